//! Gives a parsed filter its meaning over an object: which fields, which operators, which values.
//!
//! What comes out is typed and free of text to be interpreted: the store makes SQL of it, forms and rules
//! evaluate it in memory by [`matches()`]. Both must agree on one thing above all: **tests are two-valued**.
//! An empty field passes no test but [`Test::Empty`], and [`Bound::Not`] turns that around: `level!=A` finds
//! the records without a level too.

mod bind;
mod matching;
mod said;
mod value;
mod worded;

pub use bind::{bind, parse};
pub use matching::{folded, matches};
pub use said::said;
pub use worded::worded;

use crate::domain::filter as language;
use crate::domain::id::Id;
use crate::domain::id_set::IdSet;
use crate::domain::message::Message;
use crate::domain::span::Span;
use crate::domain::value::Value;
use jiff::Zoned;
use std::ops::Bound as End;
use std::sync::Arc;

/// A filter over the records of one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Every record.
    All,
    /// All parts hold.
    And(Vec<Bound>),
    /// One part holds at least.
    Or(Vec<Bound>),
    /// The part does not hold.
    Not(Box<Bound>),
    /// Each word or phrase stands in some searchable field.
    Words(Vec<String>),
    /// A test of one field.
    Test {
        /// The field's name.
        field: String,
        /// What is asked of its value.
        test: Test,
    },
}

/// What is asked of a field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Nothing is entered.
    Empty,
    /// The text contains this one, both [`folded`]. For text, multiline, code, phone, e-mail, URL, region
    /// and names of attached files.
    Contains(String),
    /// The value is one of these; a field of several values has one of these. Texts and tags compare
    /// [`folded`]. Tags and choices are given as [`Value::Choice`]. An amount typed without a currency is
    /// given as [`Value::Decimal`] and meets every currency.
    AnyOf(Vec<Value>),
    /// The record referred to, or the record itself where the field is its id, is one of many.
    OneOf(Arc<IdSet>),
    /// The value lies between two ends, of the type as in [`Test::AnyOf`]; amounts with a currency meet
    /// only that one. Days and periods are half-open.
    Range {
        /// The lower end.
        from: End<Value>,
        /// The upper end.
        to: End<Value>,
    },
    /// The record referred to (one of them) has a title that contains the text, or the text as its code;
    /// both [`folded`].
    RefersTo {
        /// The object referred to.
        object: String,
        /// What was typed.
        text: String,
        /// The title must be the whole text.
        exact: bool,
    },
    /// The record referred to (one of them) matches a filter over its own object.
    Related {
        /// The object referred to.
        object: String,
        /// The filter over it.
        inner: Box<Bound>,
    },
}

impl Bound {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Bound) -> Bound {
        match (self, other) {
            (Bound::All, one) | (one, Bound::All) => one,
            (Bound::And(mut parts), Bound::And(more)) => {
                parts.extend(more);
                Bound::And(parts)
            }
            (Bound::And(mut parts), one) => {
                parts.push(one);
                Bound::And(parts)
            }
            (one, other) => Bound::And(vec![one, other]),
        }
    }

    /// The words and phrases that every match holds, for ranking and highlighting.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Bound::Words(words) => words.iter().map(String::as_str).collect(),
            Bound::And(parts) => parts.iter().flat_map(Bound::words).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it looks into other records than the one tested.
    pub fn needs_other_records(&self) -> bool {
        match self {
            Bound::All | Bound::Words(_) => false,
            Bound::And(parts) | Bound::Or(parts) => parts.iter().any(Bound::needs_other_records),
            Bound::Not(part) => part.needs_other_records(),
            Bound::Test { test, .. } => matches!(test, Test::RefersTo { .. } | Test::Related { .. }),
        }
    }

    /// The fields it tests.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Bound::All | Bound::Words(_) => Vec::new(),
            Bound::And(parts) | Bound::Or(parts) => parts.iter().flat_map(Bound::fields).collect(),
            Bound::Not(part) => part.fields(),
            Bound::Test { field, .. } => vec![field],
        }
    }
}

/// What the words of a filter depend on.
#[derive(Clone, Copy)]
pub struct BindContext<'c> {
    /// The moment, in the user's zone.
    pub now: &'c Zoned,
    /// The user, for `me`.
    pub me: Option<Id>,
}

/// Why a filter has no meaning for an object, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The bytes of the filter at fault.
    pub span: Span,
    /// What is wrong.
    pub message: Message,
    /// The valid name that was probably meant.
    pub nearest: Option<String>,
    /// Typing on could make it right.
    pub incomplete: bool,
}

impl From<language::FilterError> for FilterError {
    fn from(error: language::FilterError) -> FilterError {
        FilterError {
            span: error.span.clone(),
            message: error.message(),
            nearest: None,
            incomplete: error.is_incomplete(),
        }
    }
}

#[cfg(test)]
mod tests;
