//! The filter line: `level:A industry:制造 updated:<-30d (city:北京 or city:上海) "华信 科技"`.
//!
//! One grammar for the filter line, saved views, `list`, `export` and the API. What comes out is untyped: which
//! fields exist and what their values mean is the schema's to say, with the spans kept here to point at mistakes.
//!
//! * Terms side by side must all hold; `and`, `or`, `not`, `且`, `或`, `非` are words of their own and bind in the
//!   order not, and, or. A leading `-` negates; a lone `-` between spaces is a word.
//! * `field:value`, and `= != < <= > >=` with or without spaces around; behind `:` another comparison may follow.
//!   `≠ ≤ ≥ == <>` and all full-width forms are accepted. A field label with spaces is written in quotes.
//! * Behind `:`, `=` and `!=`, a comma (`,` `，` `、`) makes a list (any of) and `..` a range whose ends may be open;
//!   quote a value that contains them. Behind an ordering a comma belongs to the number: `amount:>1,000`.
//! * A parenthesis glued to a word and closed before the next space belongs to it: `name:华信（北京）`.

mod lexer;
mod parser;
mod print;

use std::fmt;

use thiserror::Error;

use super::message::Message;
use super::span::{Caret, Span, Spanned};

/// How deep parentheses and negations may nest.
pub const MAX_DEPTH: usize = 64;

/// Longest accepted filter, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// A filter as typed, before the schema gives its fields a meaning.
/// `Display` prints the canonical text, which parses back to an equal expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// No condition: the empty filter. Stands alone, never inside another expression.
    All,
    /// Every part holds; two or more, none of them `And`.
    And(Vec<Expr>),
    /// At least one part holds; two or more, none of them `Or`.
    Or(Vec<Expr>),
    /// The part does not hold.
    Not(Box<Expr>),
    /// Free text for the searchable fields; spaces inside come from quotes and make it a phrase.
    Word(Spanned<String>),
    /// A condition on one field.
    Compare {
        /// Field name, label or dotted path as typed.
        field: Spanned<String>,
        /// The relation.
        op: Op,
        /// What it is compared with.
        value: Spanned<Operand>,
    },
}

impl Expr {
    /// All of the parts, flattened: `All` for none, the part itself for one.
    pub fn all(parts: impl IntoIterator<Item = Expr>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::one_or(flat, Self::And)
    }

    /// Any of the parts, flattened: `All` for none, the part itself for one.
    pub fn any(parts: impl IntoIterator<Item = Expr>) -> Self {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        Self::one_or(flat, Self::Or)
    }

    fn one_or(mut parts: Vec<Expr>, join: impl FnOnce(Vec<Expr>) -> Expr) -> Self {
        if parts.len() > 1 {
            return join(parts);
        }
        parts.pop().unwrap_or(Self::All)
    }
}

/// The relation between a field and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `:` contains for text, equals for choices, inside for dates: the field's type decides.
    Has,
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Op {
    /// The ASCII sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Has => ":",
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }

    /// Whether it orders values; orderings take one value, no list and no range.
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

/// The right side of a comparison, as raw text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// One value.
    One(Literal),
    /// From one value to another, both included; an end may be open, not both.
    Between {
        /// The lower end.
        from: Option<Spanned<Literal>>,
        /// The upper end.
        to: Option<Spanned<Literal>>,
    },
    /// Any of two or more values or ranges; never another list.
    AnyOf(Vec<Spanned<Operand>>),
}

/// A value as typed. Quoted text is never one of the words with a meaning (`me`, `empty`, `today`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Literal {
    /// The text without its quotes.
    pub text: String,
    /// Whether it stood in quotes.
    pub quoted: bool,
}

/// Why a filter does not parse, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}{}", ExpectedText(.expected))]
pub struct FilterError {
    /// The characters at fault; empty at the end of the text.
    pub span: Span,
    /// What is wrong.
    pub kind: FilterErrorKind,
    /// What could stand there instead; empty if that would say nothing.
    pub expected: &'static [Expected],
    incomplete: bool,
}

/// What is wrong with a filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterErrorKind {
    /// The text ends where more must follow.
    #[error("the filter ends here")]
    UnexpectedEnd,
    /// Something stands where it cannot.
    #[error("`{found}` cannot stand here")]
    Unexpected {
        /// The text found.
        found: String,
    },
    /// A parenthesis that is never closed.
    #[error("this parenthesis is not closed")]
    UnclosedParen,
    /// A quotation mark that is never closed.
    #[error("this quotation mark is not closed")]
    UnclosedQuote,
    /// Parentheses or negations nested too deep.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The most levels accepted.
        limit: usize,
    },
    /// The text is longer than any filter should be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The most bytes accepted.
        limit: usize,
    },
}

/// What a filter may go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// A word, a comparison or a group.
    Condition,
    /// A value for the field.
    Value,
    /// `)`
    CloseParen,
    /// `"`
    CloseQuote,
}

impl Expected {
    /// Stable key for translation.
    pub fn key(self) -> &'static str {
        match self {
            Self::Condition => "filter-expected-condition",
            Self::Value => "filter-expected-value",
            Self::CloseParen => "filter-expected-close-paren",
            Self::CloseQuote => "filter-expected-close-quote",
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::Condition => "a word or a condition",
            Self::Value => "a value",
            Self::CloseParen => "`)`",
            Self::CloseQuote => "`\"`",
        }
    }
}

struct ExpectedText<'a>(&'a &'static [Expected]);

impl fmt::Display for ExpectedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, expected) in self.0.iter().enumerate() {
            f.write_str(if i == 0 { "; expected " } else { " or " })?;
            f.write_str(expected.english())?;
        }
        Ok(())
    }
}

impl FilterError {
    fn new(span: Span, kind: FilterErrorKind, expected: &'static [Expected], incomplete: bool) -> Self {
        Self { span, kind, expected, incomplete }
    }

    /// Whether typing on could make it right: live filtering then keeps its last good result and stays quiet.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// Stable key for translation.
    pub fn key(&self) -> &'static str {
        match self.kind {
            FilterErrorKind::UnexpectedEnd => "filter-unexpected-end",
            FilterErrorKind::Unexpected { .. } => "filter-unexpected",
            FilterErrorKind::UnclosedParen => "filter-unclosed-paren",
            FilterErrorKind::UnclosedQuote => "filter-unclosed-quote",
            FilterErrorKind::TooDeep { .. } => "filter-too-deep",
            FilterErrorKind::TooLong { .. } => "filter-too-long",
        }
    }

    /// The message with its arguments, for the user's language; what is expected has keys of its own.
    pub fn message(&self) -> Message {
        let message = Message::new(self.key());
        match &self.kind {
            FilterErrorKind::Unexpected { found } => message.with("found", found),
            FilterErrorKind::TooDeep { limit } | FilterErrorKind::TooLong { limit } => message.with("limit", limit),
            _ => message,
        }
    }

    /// The filter with carets under the mistake and the English message behind them.
    pub fn render<'a>(&self, text: &'a str) -> Caret<'a> {
        self.render_with(text, self.to_string())
    }

    /// The same with a translated message.
    pub fn render_with<'a>(&self, text: &'a str, message: String) -> Caret<'a> {
        Caret { text, span: self.span.clone(), message }
    }
}

/// Parses a filter; the empty text is [`Expr::All`].
pub fn parse(text: &str) -> Result<Expr, FilterError> {
    parser::Parser::new(text)?.parse()
}

/// A filter of tests that all hold, narrowed by another one from elsewhere, whatever stands in that. One that can't be
/// read comes out as it is, so that it is told about by itself.
pub fn narrowed(filter: &str, own: &str) -> String {
    match (parse(own), filter.is_empty()) {
        (Ok(Expr::All), _) => filter.to_owned(),
        (Ok(_), false) => format!("{filter} ({})", own.trim()),
        (Ok(_), true) | (Err(_), _) => own.trim().to_owned(),
    }
}

impl std::str::FromStr for Expr {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        parse(text)
    }
}

#[cfg(test)]
mod tests;
