//! Expressions of computed fields and rules: `round(amount * (1 - discount / 100), 2)`.
//!
//! Values are numbers (exact decimals), text, days, times, yes/no and empty. What is empty stays empty in arithmetic
//! and comparison, is no text when joined, and counts as no in a condition. Full-width signs and 且 或 非 are accepted.
//!
//! | binds | operators |
//! |---|---|
//! | least | `or` |
//! | | `and` |
//! | | `not` |
//! | | `= != <> < <= > >=` (not chained) |
//! | | `&` joins as text |
//! | | `+ -`: numbers; a day and a number of days; two days; `+` joins where a side is text |
//! | | `* / %`: dividing by zero gives empty |
//! | most | `-` before a value |
//!
//! Functions: see [`Function`].

mod eval;
mod function;
mod lexer;
mod parser;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use thiserror::Error;

use super::message::Message;
use super::span::{Caret, Span, Spanned};
pub use function::Function;

/// How deep parentheses, calls and signs may nest.
pub const MAX_DEPTH: usize = 64;

/// Longest accepted formula, in bytes.
pub const MAX_LENGTH: usize = 16 * 1024;

/// A value that a formula reads or gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Operand {
    /// Nothing entered.
    #[default]
    Empty,
    /// Text; the empty text equals [`Operand::Empty`] in formulas.
    Text(String),
    /// An exact number.
    Number(Decimal),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// Yes or no.
    Bool(bool),
}

/// The kind of a value, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// Text.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// Yes or no.
    Bool,
}

impl Kind {
    /// Stable key for translation.
    pub fn key(self) -> &'static str {
        match self {
            Self::Empty => "formula-kind-empty",
            Self::Text => "formula-kind-text",
            Self::Number => "formula-kind-number",
            Self::Date => "formula-kind-date",
            Self::DateTime => "formula-kind-datetime",
            Self::Bool => "formula-kind-bool",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "nothing",
            Self::Text => "text",
            Self::Number => "a number",
            Self::Date => "a date",
            Self::DateTime => "a time",
            Self::Bool => "yes or no",
        })
    }
}

impl Operand {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Empty => Kind::Empty,
            Self::Text(_) => Kind::Text,
            Self::Number(_) => Kind::Number,
            Self::Date(_) => Kind::Date,
            Self::DateTime(_) => Kind::DateTime,
            Self::Bool(_) => Kind::Bool,
        }
    }

    /// Whether nothing is there: empty, or a text without characters.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// What a formula needs to know besides its fields.
#[derive(Debug, Clone)]
pub struct Context {
    /// The user's current day.
    pub today: Date,
    /// The user's zone, in which moments have their day.
    pub zone: TimeZone,
}

/// A parsed formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    root: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Literal(Spanned<Operand>),
    Field(Spanned<String>),
    Negate(Box<Node>, Spanned<()>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Box<Node>, Spanned<Comparison>, Box<Node>),
    /// Operators of one rank from left to right; a list, so that long sums nest no deeper.
    Chain(Box<Node>, Vec<(Spanned<Arithmetic>, Node)>),
    Call(Spanned<Function>, Vec<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arithmetic {
    Join,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Why a formula does not parse, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct FormulaError {
    /// The characters at fault; empty at the end of the text.
    pub span: Span,
    /// What is wrong.
    pub kind: FormulaErrorKind,
}

/// What is wrong with a formula.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormulaErrorKind {
    /// The text ends where more must follow.
    #[error("the formula ends where a value is missing")]
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
    /// A number with too many digits or two points.
    #[error("`{text}` is not a number")]
    BadNumber {
        /// The number as typed.
        text: String,
    },
    /// A name before a parenthesis that is no function.
    #[error("there is no function `{name}`")]
    UnknownFunction {
        /// The name.
        name: String,
    },
    /// A function with too few or too many arguments.
    #[error("`{name}` takes {takes} arguments, not {given}")]
    ArgumentCount {
        /// The function.
        name: &'static str,
        /// How many it takes, such as `2` or `1–2`.
        takes: String,
        /// How many there are.
        given: usize,
    },
    /// Comparisons side by side.
    #[error("comparisons cannot be chained; join them with `and`")]
    ChainedComparison,
    /// Nested too deep.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// The most levels accepted.
        limit: usize,
    },
    /// The text is longer than any formula should be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The most bytes accepted.
        limit: usize,
    },
}

impl FormulaError {
    fn new(span: Span, kind: FormulaErrorKind) -> Self {
        Self { span, kind }
    }

    /// Stable key for translation.
    pub fn key(&self) -> &'static str {
        match self.kind {
            FormulaErrorKind::UnexpectedEnd => "formula-unexpected-end",
            FormulaErrorKind::Unexpected { .. } => "formula-unexpected",
            FormulaErrorKind::UnclosedParen => "formula-unclosed-paren",
            FormulaErrorKind::UnclosedQuote => "formula-unclosed-quote",
            FormulaErrorKind::BadNumber { .. } => "formula-bad-number",
            FormulaErrorKind::UnknownFunction { .. } => "formula-unknown-function",
            FormulaErrorKind::ArgumentCount { .. } => "formula-argument-count",
            FormulaErrorKind::ChainedComparison => "formula-chained-comparison",
            FormulaErrorKind::TooDeep { .. } => "formula-too-deep",
            FormulaErrorKind::TooLong { .. } => "formula-too-long",
        }
    }

    /// The message with its arguments, for the user's language.
    pub fn message(&self) -> Message {
        let message = Message::new(self.key());
        match &self.kind {
            FormulaErrorKind::Unexpected { found } => message.with("found", found),
            FormulaErrorKind::BadNumber { text } => message.with("text", text),
            FormulaErrorKind::UnknownFunction { name } => message.with("name", name),
            FormulaErrorKind::ArgumentCount { name, takes, given } => {
                message.with("name", name).with("takes", takes).with("given", given)
            }
            FormulaErrorKind::TooDeep { limit } | FormulaErrorKind::TooLong { limit } => message.with("limit", limit),
            _ => message,
        }
    }

    /// The formula with carets under the mistake and the English message behind them.
    pub fn render<'a>(&self, text: &'a str) -> Caret<'a> {
        Caret { text, span: self.span.clone(), message: self.to_string() }
    }
}

/// Why a formula has no value for a record.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvalError {
    /// A value of a kind that the operator or function cannot take.
    #[error("`{what}` cannot take {found}")]
    WrongKind {
        /// The operator or function.
        what: &'static str,
        /// The kind that was found.
        found: Kind,
        /// Where it stands.
        span: Span,
    },
    /// Two values of different kinds.
    #[error("`{what}` cannot take {left} with {right}")]
    Mismatch {
        /// The operator or function.
        what: &'static str,
        /// The kind on the left.
        left: Kind,
        /// The kind on the right.
        right: Kind,
        /// Where it stands.
        span: Span,
    },
    /// An argument outside its range, such as a part of a day in `date_add`.
    #[error("an argument of `{what}` is out of range")]
    OutOfRange {
        /// The operator or function.
        what: &'static str,
        /// Where it stands.
        span: Span,
    },
    /// A number or date too large to be kept.
    #[error("the result of `{what}` is too large")]
    Overflow {
        /// The operator or function.
        what: &'static str,
        /// Where it stands.
        span: Span,
    },
}

impl EvalError {
    /// Where in the formula.
    pub fn span(&self) -> &Span {
        match self {
            Self::WrongKind { span, .. }
            | Self::Mismatch { span, .. }
            | Self::OutOfRange { span, .. }
            | Self::Overflow { span, .. } => span,
        }
    }

    /// Stable key for translation.
    pub fn key(&self) -> &'static str {
        match self {
            Self::WrongKind { .. } => "formula-wrong-kind",
            Self::Mismatch { .. } => "formula-mismatch",
            Self::OutOfRange { .. } => "formula-out-of-range",
            Self::Overflow { .. } => "formula-overflow",
        }
    }

    /// The message with its arguments; kinds are given by their keys.
    pub fn message(&self) -> Message {
        let message = Message::new(self.key());
        match self {
            Self::WrongKind { what, found, .. } => message.with("what", what).with("found", found.key()),
            Self::Mismatch { what, left, right, .. } => {
                message.with("what", what).with("left", left.key()).with("right", right.key())
            }
            Self::OutOfRange { what, .. } | Self::Overflow { what, .. } => message.with("what", what),
        }
    }
}

impl Formula {
    /// Parses a formula.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        parser::parse(text).map(|root| Self { root })
    }

    /// The fields it reads, in order of appearance, with their places; one may come several times.
    pub fn fields(&self) -> impl Iterator<Item = &Spanned<String>> {
        let mut found = Vec::new();
        collect(&self.root, &mut found);
        found.into_iter()
    }

    /// Its value: `field` gives the value of each field it names. Parts that do not matter
    /// (the other branch of an `if`) are not evaluated.
    pub fn eval(&self, field: &dyn Fn(&str) -> Operand, context: &Context) -> Result<Operand, EvalError> {
        eval::Evaluation { field, context }.value(&self.root)
    }
}

fn collect<'a>(node: &'a Node, found: &mut Vec<&'a Spanned<String>>) {
    match node {
        Node::Literal(_) => {}
        Node::Field(name) => found.push(name),
        Node::Negate(inner, _) | Node::Not(inner) => collect(inner, found),
        Node::And(parts) | Node::Or(parts) | Node::Call(_, parts) => {
            parts.iter().for_each(|part| collect(part, found));
        }
        Node::Compare(left, _, right) => {
            collect(left, found);
            collect(right, found);
        }
        Node::Chain(first, rest) => {
            collect(first, found);
            rest.iter().for_each(|(_, part)| collect(part, found));
        }
    }
}

#[cfg(test)]
mod tests;
