//! Characters to tokens.

use rust_decimal::Decimal;

use crate::domain::fold::ascii_key;
use crate::domain::span::Spanned;

use super::{Arithmetic, Comparison, FormulaError, FormulaErrorKind};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    Comma,
    And,
    Or,
    Not,
    Compare(Comparison),
    Arithmetic(Arithmetic),
    Number(Decimal),
    Text(String),
    Name(String),
    End,
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn key(&self) -> Option<char> {
        self.rest().chars().next().map(ascii_key)
    }

    fn bump(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    fn eat(&mut self, key: char) -> bool {
        let found = self.key() == Some(key);
        if found {
            self.bump();
        }
        found
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let start = self.at;
        while self.key().is_some_and(&wanted) {
            self.bump();
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn token(&mut self) -> Result<Spanned<Token>, FormulaError> {
        self.take(char::is_whitespace);
        let start = self.at;
        let Some(key) = self.key() else {
            return Ok(Spanned::new(Token::End, start..start));
        };
        let token = match key {
            '0'..='9' | '.' => self.number()?,
            '"' | '\'' => self.quoted(key)?,
            key if is_name(key) => self.name(),
            _ => {
                self.bump();
                self.sign(key).ok_or_else(|| {
                    let found = self.text.get(start..self.at).unwrap_or_default().to_owned();
                    FormulaError::new(start..self.at, FormulaErrorKind::Unexpected { found })
                })?
            }
        };
        Ok(Spanned::new(token, start..self.at))
    }

    fn sign(&mut self, key: char) -> Option<Token> {
        Some(match key {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '+' => Token::Arithmetic(Arithmetic::Add),
            '-' => Token::Arithmetic(Arithmetic::Subtract),
            '*' | '×' => Token::Arithmetic(Arithmetic::Multiply),
            '/' | '÷' => Token::Arithmetic(Arithmetic::Divide),
            '%' => Token::Arithmetic(Arithmetic::Remainder),
            '&' => Token::Arithmetic(Arithmetic::Join),
            '=' => {
                self.eat('=');
                Token::Compare(Comparison::Eq)
            }
            '!' if self.eat('=') => Token::Compare(Comparison::Ne),
            '<' if self.eat('>') => Token::Compare(Comparison::Ne),
            '<' if self.eat('=') => Token::Compare(Comparison::Le),
            '>' if self.eat('=') => Token::Compare(Comparison::Ge),
            '<' => Token::Compare(Comparison::Lt),
            '>' => Token::Compare(Comparison::Gt),
            '≠' => Token::Compare(Comparison::Ne),
            '≤' => Token::Compare(Comparison::Le),
            '≥' => Token::Compare(Comparison::Ge),
            _ => return None,
        })
    }

    fn number(&mut self) -> Result<Token, FormulaError> {
        let start = self.at;
        let typed = self.take(|key| key.is_ascii_alphanumeric() || key == '.' || key == '_');
        let mut folded: String = typed.chars().map(ascii_key).collect();
        if folded.starts_with('.') {
            folded.insert(0, '0');
        }
        let plain = folded.chars().all(|c| c.is_ascii_digit() || c == '.') && !folded.ends_with('.');
        let number = plain.then(|| Decimal::from_str_exact(&folded).ok()).flatten();
        number.map(Token::Number).ok_or_else(|| {
            let kind = FormulaErrorKind::BadNumber { text: typed.to_owned() };
            FormulaError::new(start..self.at, kind)
        })
    }

    /// Text in quotes; a doubled mark stands for itself.
    fn quoted(&mut self, mark: char) -> Result<Token, FormulaError> {
        let start = self.at;
        self.bump();
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            self.bump();
            if ascii_key(c) != mark {
                text.push(c);
            } else if self.rest().starts_with(c) && c.is_ascii() {
                self.bump();
                text.push(c);
            } else {
                return Ok(Token::Text(text));
            }
        }
        Err(FormulaError::new(start..self.text.len(), FormulaErrorKind::UnclosedQuote))
    }

    fn name(&mut self) -> Token {
        let name = self.take(|key| is_name(key) || key.is_ascii_digit() || key == '.');
        match name {
            "且" => Token::And,
            "或" => Token::Or,
            "非" => Token::Not,
            name if name.eq_ignore_ascii_case("and") => Token::And,
            name if name.eq_ignore_ascii_case("or") => Token::Or,
            name if name.eq_ignore_ascii_case("not") => Token::Not,
            name => Token::Name(name.to_owned()),
        }
    }
}

fn is_name(key: char) -> bool {
    key.is_alphabetic() || key == '_'
}
