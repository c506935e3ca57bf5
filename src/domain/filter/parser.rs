//! Tokens to the expression: or, and, not, then words, comparisons and groups.

use crate::domain::span::{Span, Spanned};

use super::lexer::{Lexer, Mode, Token};
use super::{Expected, Expr, FilterError, FilterErrorKind, Literal, MAX_DEPTH, MAX_LENGTH, Op, Operand};

pub(super) struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    next: Spanned<Token>,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, FilterError> {
        if text.len() > MAX_LENGTH {
            let kind = FilterErrorKind::TooLong { limit: MAX_LENGTH };
            let start = text.floor_char_boundary(MAX_LENGTH);
            return Err(FilterError::new(start..text.len(), kind, &[], false));
        }
        let mut lexer = Lexer::new(text);
        let next = lexer.token()?;
        Ok(Self { text, lexer, next, depth: 0 })
    }

    pub(super) fn parse(mut self) -> Result<Expr, FilterError> {
        if self.next.value == Token::End {
            return Ok(Expr::All);
        }
        let expr = self.any()?;
        match self.next.value {
            Token::End => Ok(expr),
            _ => Err(self.unexpected(&[])),
        }
    }

    fn advance(&mut self) -> Result<(), FilterError> {
        self.next = self.lexer.token()?;
        Ok(())
    }

    fn any(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.all()?];
        while self.next.value == Token::Or {
            self.advance()?;
            parts.push(self.all()?);
        }
        Ok(Expr::any(parts))
    }

    fn all(&mut self) -> Result<Expr, FilterError> {
        let mut parts = vec![self.term()?];
        loop {
            match self.next.value {
                Token::And => {
                    self.advance()?;
                    parts.push(self.term()?);
                }
                Token::Open | Token::Minus | Token::Not | Token::Word(_) => parts.push(self.term()?),
                Token::Or | Token::Close | Token::Op(_) | Token::End => return Ok(Expr::all(parts)),
            }
        }
    }

    fn term(&mut self) -> Result<Expr, FilterError> {
        let span = self.next.span.clone();
        match &self.next.value {
            Token::Minus | Token::Not => {
                self.enter(&span)?;
                self.advance()?;
                let inner = self.term()?;
                self.depth -= 1;
                Ok(Expr::Not(Box::new(inner)))
            }
            Token::Open => {
                self.enter(&span)?;
                self.advance()?;
                let inner = self.any()?;
                match self.next.value {
                    Token::Close => self.advance()?,
                    Token::End => {
                        let kind = FilterErrorKind::UnclosedParen;
                        return Err(FilterError::new(span, kind, &[Expected::CloseParen], true));
                    }
                    _ => return Err(self.unexpected(&[Expected::CloseParen])),
                }
                self.depth -= 1;
                Ok(inner)
            }
            Token::Word(word) => {
                let word = Spanned::new(word.clone(), span);
                self.advance()?;
                match self.next.value {
                    Token::Op(op) => self.comparison(word, op),
                    _ => Ok(Expr::Word(word)),
                }
            }
            _ => Err(self.unexpected(&[Expected::Condition])),
        }
    }

    fn enter(&mut self, span: &Span) -> Result<(), FilterError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let kind = FilterErrorKind::TooDeep { limit: MAX_DEPTH };
            return Err(FilterError::new(span.clone(), kind, &[], false));
        }
        Ok(())
    }

    fn comparison(&mut self, field: Spanned<String>, op: Op) -> Result<Expr, FilterError> {
        self.lexer.skip_space();
        let value = if op.is_ordering() {
            let literal = self.lexer.literal(Mode::Whole)?.ok_or_else(|| self.no_value())?;
            Spanned::new(Operand::One(literal.value), literal.span)
        } else {
            self.list()?
        };
        self.advance()?;
        Ok(Expr::Compare { field, op, value })
    }

    fn list(&mut self) -> Result<Spanned<Operand>, FilterError> {
        let first = self.item()?;
        let start = first.span.start;
        let mut items = vec![first];
        while self.lexer.eat(',') {
            self.lexer.skip_space();
            items.push(self.item()?);
        }
        let end = self.lexer.at();
        Ok(match items.pop() {
            Some(only) if items.is_empty() => only,
            last => {
                items.extend(last);
                Spanned::new(Operand::AnyOf(items), start..end)
            }
        })
    }

    fn item(&mut self) -> Result<Spanned<Operand>, FilterError> {
        let start = self.lexer.at();
        let from = self.lexer.literal(Mode::Item)?;
        if !self.lexer.eat_dots() {
            let Spanned { value, span } = from.ok_or_else(|| self.no_value())?;
            return Ok(Spanned::new(Operand::One(value), span));
        }
        let to: Option<Spanned<Literal>> = self.lexer.literal(Mode::Item)?;
        if from.is_none() && to.is_none() {
            return Err(self.no_value());
        }
        Ok(Spanned::new(Operand::Between { from, to }, start..self.lexer.at()))
    }

    /// The error for whatever stands at the lexer's place instead of a value.
    fn no_value(&self) -> FilterError {
        let at = self.lexer.at();
        let Some(found) = self.text.get(at..).and_then(|rest| rest.chars().next()) else {
            return FilterError::new(at..at, FilterErrorKind::UnexpectedEnd, &[Expected::Value], true);
        };
        let kind = FilterErrorKind::Unexpected { found: found.to_string() };
        FilterError::new(at..at + found.len_utf8(), kind, &[Expected::Value], false)
    }

    /// The error for the token at hand. A word such as `or` at the end may yet become another word.
    fn unexpected(&self, expected: &'static [Expected]) -> FilterError {
        let Spanned { value, span } = self.next.clone();
        if value == Token::End {
            return FilterError::new(span, FilterErrorKind::UnexpectedEnd, expected, true);
        }
        let unfinished = matches!(value, Token::And | Token::Or | Token::Not) && span.end == self.text.len();
        let found = self.text.get(span.clone()).unwrap_or_default().to_owned();
        FilterError::new(span, FilterErrorKind::Unexpected { found }, expected, unfinished)
    }
}
