//! Tokens to nodes, by falling rank of the operators.

use crate::domain::span::{Span, Spanned};

use super::lexer::{Lexer, Token};
use super::{Arithmetic, FormulaError, FormulaErrorKind, Function, MAX_DEPTH, MAX_LENGTH, Node, Operand};

pub(super) fn parse(text: &str) -> Result<Node, FormulaError> {
    if text.len() > MAX_LENGTH {
        let start = text.floor_char_boundary(MAX_LENGTH);
        return Err(FormulaError::new(start..text.len(), FormulaErrorKind::TooLong { limit: MAX_LENGTH }));
    }
    let mut lexer = Lexer::new(text);
    let next = lexer.token()?;
    let mut parser = Parser { text, lexer, next, depth: 0 };
    let root = parser.any()?;
    match parser.next.value {
        Token::End => Ok(root),
        _ => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    next: Spanned<Token>,
    depth: usize,
}

/// Arithmetic from the loosest to the tightest rank.
const RANKS: &[&[Arithmetic]] = &[
    &[Arithmetic::Join],
    &[Arithmetic::Add, Arithmetic::Subtract],
    &[Arithmetic::Multiply, Arithmetic::Divide, Arithmetic::Remainder],
];

impl Parser<'_> {
    fn advance(&mut self) -> Result<Spanned<Token>, FormulaError> {
        let next = self.lexer.token()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn eat(&mut self, token: &Token) -> Result<bool, FormulaError> {
        let found = self.next.value == *token;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn any(&mut self) -> Result<Node, FormulaError> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.eat(&Token::Or)? {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Node::Or))
    }

    fn all(&mut self) -> Result<Node, FormulaError> {
        let first = self.negation()?;
        let mut parts = vec![first];
        while self.eat(&Token::And)? {
            parts.push(self.negation()?);
        }
        Ok(one_or(parts, Node::And))
    }

    fn negation(&mut self) -> Result<Node, FormulaError> {
        let span = self.next.span.clone();
        if !self.eat(&Token::Not)? {
            return self.comparison();
        }
        self.enter(&span)?;
        let inner = self.negation()?;
        self.depth -= 1;
        Ok(Node::Not(Box::new(inner)))
    }

    fn comparison(&mut self) -> Result<Node, FormulaError> {
        let left = self.arithmetic(RANKS)?;
        let Token::Compare(op) = self.next.value else { return Ok(left) };
        let span = self.advance()?.span;
        let right = self.arithmetic(RANKS)?;
        if let Token::Compare(_) = self.next.value {
            return Err(FormulaError::new(self.next.span.clone(), FormulaErrorKind::ChainedComparison));
        }
        Ok(Node::Compare(Box::new(left), Spanned::new(op, span), Box::new(right)))
    }

    fn arithmetic(&mut self, ranks: &[&[Arithmetic]]) -> Result<Node, FormulaError> {
        let Some((rank, tighter)) = ranks.split_first() else { return self.signed() };
        let first = self.arithmetic(tighter)?;
        let mut rest = Vec::new();
        while let Token::Arithmetic(op) = self.next.value
            && rank.contains(&op)
        {
            let span = self.advance()?.span;
            rest.push((Spanned::new(op, span), self.arithmetic(tighter)?));
        }
        Ok(if rest.is_empty() { first } else { Node::Chain(Box::new(first), rest) })
    }

    fn signed(&mut self) -> Result<Node, FormulaError> {
        let span = self.next.span.clone();
        match self.next.value {
            Token::Arithmetic(Arithmetic::Subtract) => {
                self.advance()?;
                self.enter(&span)?;
                let inner = self.signed()?;
                self.depth -= 1;
                Ok(Node::Negate(Box::new(inner), Spanned::new((), span)))
            }
            Token::Arithmetic(Arithmetic::Add) => {
                self.advance()?;
                self.value()
            }
            _ => self.value(),
        }
    }

    fn value(&mut self) -> Result<Node, FormulaError> {
        match &self.next.value {
            Token::Number(_) | Token::Text(_) | Token::Name(_) => {}
            Token::Open => {
                let span = self.advance()?.span;
                self.enter(&span)?;
                let inner = self.any()?;
                self.close(span)?;
                self.depth -= 1;
                return Ok(inner);
            }
            _ => return Err(self.unexpected()),
        }
        let Spanned { value, span } = self.advance()?;
        match value {
            Token::Number(number) => Ok(Node::Literal(Spanned::new(Operand::Number(number), span))),
            Token::Text(text) => Ok(Node::Literal(Spanned::new(Operand::Text(text), span))),
            Token::Name(name) if self.next.value == Token::Open => self.call(name, span),
            Token::Name(name) => Ok(match name.to_ascii_lowercase().as_str() {
                "true" | "yes" => Node::Literal(Spanned::new(Operand::Bool(true), span)),
                "false" | "no" => Node::Literal(Spanned::new(Operand::Bool(false), span)),
                _ => Node::Field(Spanned::new(name, span)),
            }),
            _ => Err(self.unexpected()),
        }
    }

    fn call(&mut self, name: String, span: Span) -> Result<Node, FormulaError> {
        let Some(function) = Function::by_name(&name) else {
            return Err(FormulaError::new(span, FormulaErrorKind::UnknownFunction { name }));
        };
        let open = self.advance()?.span;
        self.enter(&open)?;
        let mut arguments = Vec::new();
        if self.next.value != Token::Close {
            arguments.push(self.any()?);
            while self.eat(&Token::Comma)? {
                arguments.push(self.any()?);
            }
        }
        self.close(open)?;
        self.depth -= 1;
        let (fewest, most) = function.arguments();
        let given = arguments.len();
        if given < fewest || most.is_some_and(|most| given > most) {
            let takes = match most {
                Some(most) if most == fewest => most.to_string(),
                Some(most) => format!("{fewest}–{most}"),
                None => format!("{fewest}+"),
            };
            return Err(FormulaError::new(
                span,
                FormulaErrorKind::ArgumentCount { name: function.name(), takes, given },
            ));
        }
        Ok(Node::Call(Spanned::new(function, span), arguments))
    }

    fn close(&mut self, open: Span) -> Result<(), FormulaError> {
        if self.eat(&Token::Close)? {
            return Ok(());
        }
        Err(match self.next.value {
            Token::End => FormulaError::new(open, FormulaErrorKind::UnclosedParen),
            _ => self.unexpected(),
        })
    }

    fn enter(&mut self, span: &Span) -> Result<(), FormulaError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(FormulaError::new(span.clone(), FormulaErrorKind::TooDeep { limit: MAX_DEPTH }));
        }
        Ok(())
    }

    fn unexpected(&self) -> FormulaError {
        let span = self.next.span.clone();
        let kind = match self.next.value {
            Token::End => FormulaErrorKind::UnexpectedEnd,
            _ => FormulaErrorKind::Unexpected { found: self.text.get(span.clone()).unwrap_or_default().to_owned() },
        };
        FormulaError::new(span, kind)
    }
}

fn one_or(mut parts: Vec<Node>, join: impl FnOnce(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}
