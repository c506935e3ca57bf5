//! Characters to tokens; values are read in a mode of their own, where most signs are plain text.

use crate::domain::fold::ascii_key;
use crate::domain::span::{Span, Spanned};

use super::{Expected, FilterError, FilterErrorKind, Literal, Op};

/// How far a parenthesis glued to a word is looked after for its closing half, in characters.
const GLUED_LIMIT: usize = 128;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    Minus,
    And,
    Or,
    Not,
    Word(String),
    Op(Op),
    End,
}

/// How bare text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A free word or a field name: ends before an operator.
    Word,
    /// One of several values or an end of a range: ends before a comma and `..`.
    Item,
    /// The only value of an ordering.
    Whole,
}

#[derive(Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character as its ASCII key, where it has one.
    pub(super) fn key(&self) -> Option<char> {
        self.rest().chars().next().map(ascii_key)
    }

    fn key_after(&self) -> Option<char> {
        self.rest().chars().nth(1).map(ascii_key)
    }

    fn bump(&mut self) {
        if let Some(c) = self.rest().chars().next() {
            self.at += c.len_utf8();
        }
    }

    /// Takes the next character if it is this key.
    pub(super) fn eat(&mut self, key: char) -> bool {
        let found = self.key() == Some(key);
        if found {
            self.bump();
        }
        found
    }

    /// Takes `..`.
    pub(super) fn eat_dots(&mut self) -> bool {
        let found = self.key() == Some('.') && self.key_after() == Some('.');
        if found {
            self.bump();
            self.bump();
        }
        found
    }

    pub(super) fn skip_space(&mut self) {
        while self.rest().chars().next().is_some_and(char::is_whitespace) {
            self.bump();
        }
    }

    /// The next token where a condition or an operator may stand.
    pub(super) fn token(&mut self) -> Result<Spanned<Token>, FilterError> {
        self.skip_space();
        let start = self.at;
        let Some(key) = self.key() else {
            return Ok(Spanned::new(Token::End, start..start));
        };
        if let Some(op) = self.op() {
            return Ok(Spanned::new(Token::Op(op), start..self.at));
        }
        let token = match key {
            '(' => self.sign(Token::Open),
            ')' => self.sign(Token::Close),
            '-' if self.key_after().is_none_or(|next| !next.is_whitespace()) => self.sign(Token::Minus),
            '"' => Token::Word(self.quoted()?),
            _ => keyword(self.bare(Mode::Word)),
        };
        Ok(Spanned::new(token, start..self.at))
    }

    fn sign(&mut self, token: Token) -> Token {
        self.bump();
        token
    }

    /// Takes a comparison sign; `:` may be followed by another one, which then counts.
    fn op(&mut self) -> Option<Op> {
        let first = self.plain_op()?;
        if first != Op::Has {
            return Some(first);
        }
        let mut ahead = self.clone();
        ahead.skip_space();
        match ahead.plain_op() {
            Some(second) if second != Op::Has => {
                *self = ahead;
                Some(second)
            }
            _ => Some(first),
        }
    }

    fn plain_op(&mut self) -> Option<Op> {
        let (op, length) = match (self.key()?, self.key_after()) {
            (':', _) => (Op::Has, 1),
            ('!', Some('=')) | ('<', Some('>')) => (Op::Ne, 2),
            ('<', Some('=')) => (Op::Le, 2),
            ('>', Some('=')) => (Op::Ge, 2),
            ('=', Some('=')) => (Op::Eq, 2),
            ('=', _) => (Op::Eq, 1),
            ('<', _) => (Op::Lt, 1),
            ('>', _) => (Op::Gt, 1),
            ('≠', _) => (Op::Ne, 1),
            ('≤', _) => (Op::Le, 1),
            ('≥', _) => (Op::Ge, 1),
            _ => return None,
        };
        for _ in 0..length {
            self.bump();
        }
        Some(op)
    }

    /// A value at this very place, or `None` if none starts here.
    pub(super) fn literal(&mut self, mode: Mode) -> Result<Option<Spanned<Literal>>, FilterError> {
        let start = self.at;
        let literal = if self.key() == Some('"') {
            Literal { text: self.quoted()?, quoted: true }
        } else {
            if self.clone().plain_op().is_some() {
                return Ok(None);
            }
            let text = self.bare(mode);
            if text.is_empty() {
                return Ok(None);
            }
            Literal { text, quoted: false }
        };
        Ok(Some(Spanned::new(literal, start..self.at)))
    }

    /// Text in quotes. ASCII marks close ASCII ones; curly ones are closed by either.
    fn quoted(&mut self) -> Result<String, FilterError> {
        let start = self.at;
        let curly = matches!(self.rest().chars().next(), Some('“' | '”'));
        self.bump();
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            self.bump();
            match c {
                '\\' => {
                    let next = self.rest().chars().next();
                    match next.filter(|n| *n == '\\' || ascii_key(*n) == '"') {
                        Some(escaped) => {
                            self.bump();
                            text.push(escaped);
                        }
                        None => text.push(c),
                    }
                }
                '"' | '＂' => return Ok(text),
                '“' | '”' if curly => return Ok(text),
                _ => text.push(c),
            }
        }
        let span: Span = start..self.text.len();
        Err(FilterError::new(span, FilterErrorKind::UnclosedQuote, &[Expected::CloseQuote], true))
    }

    fn bare(&mut self, mode: Mode) -> String {
        let start = self.at;
        let mut glued = 0_usize;
        while let Some(key) = self.key() {
            let ends = match key {
                '"' => true,
                '(' if self.at > start && !is_keyword(self.since(start)) && (glued > 0 || self.closes_soon(mode)) => {
                    glued += 1;
                    false
                }
                '(' => true,
                ')' if glued > 0 => {
                    glued -= 1;
                    false
                }
                ')' => true,
                _ => key.is_whitespace() || self.ends_bare(mode),
            };
            if ends {
                break;
            }
            self.bump();
        }
        self.since(start).to_owned()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn ends_bare(&self, mode: Mode) -> bool {
        match mode {
            Mode::Word => self.clone().plain_op().is_some(),
            Mode::Item => match self.key() {
                Some(',') => true,
                Some('.') => self.key_after() == Some('.'),
                _ => false,
            },
            Mode::Whole => false,
        }
    }

    /// Whether the parenthesis here closes again within the same bare word.
    fn closes_soon(&self, mode: Mode) -> bool {
        let mut ahead = self.clone();
        let mut depth = 0_usize;
        for _ in 0..GLUED_LIMIT {
            match ahead.key() {
                Some('(') => depth += 1,
                Some(')') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return true;
                    }
                }
                None | Some('"') => return false,
                Some(key) if key.is_whitespace() || ahead.ends_bare(mode) => return false,
                Some(_) => {}
            }
            ahead.bump();
        }
        false
    }
}

/// A bare word as a token: the words between conditions, or free text.
fn keyword(word: String) -> Token {
    match word.as_str() {
        "且" => Token::And,
        "或" => Token::Or,
        "非" => Token::Not,
        w if w.eq_ignore_ascii_case("and") => Token::And,
        w if w.eq_ignore_ascii_case("or") => Token::Or,
        w if w.eq_ignore_ascii_case("not") => Token::Not,
        _ => Token::Word(word),
    }
}

pub(super) fn is_keyword(word: &str) -> bool {
    // No keyword is longer: a long word is not copied again and again.
    word.len() <= 3 && !matches!(keyword(word.to_owned()), Token::Word(_))
}

/// Whether text typed without quotes comes back whole as one piece of this mode.
pub(super) fn is_bare(text: &str, mode: Mode) -> bool {
    let mut lexer = Lexer::new(text);
    match mode {
        Mode::Word => {
            matches!(lexer.token(), Ok(Spanned { value: Token::Word(word), .. }) if word == text && lexer.at_end())
        }
        Mode::Item | Mode::Whole => {
            matches!(lexer.literal(mode), Ok(Some(l)) if !l.value.quoted && l.value.text == text)
        }
    }
}
