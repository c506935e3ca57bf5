//! How a call fails, as kinds that a face can act on.

use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::Record;
use std::fmt;

/// A failed call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// No such record, object, view …
    NotFound(Message),
    /// Several records are meant by one text.
    Ambiguous {
        /// What was looked for.
        message: Message,
        /// Ids and titles of the candidates, the first few.
        candidates: Vec<(Id, String)>,
    },
    /// Bad input: every failing field at once.
    Invalid(Vec<FieldError>),
    /// A filter can't be read; the span is in bytes of its text.
    Filter {
        /// The filter's text.
        text: String,
        /// Where it goes wrong.
        span: std::ops::Range<usize>,
        /// What is wrong.
        message: Message,
        /// It could become right by typing on.
        incomplete: bool,
    },
    /// Someone else changed the record since.
    Conflict {
        /// What happened.
        message: Message,
        /// The record as it stands now.
        theirs: Option<Box<Record>>,
    },
    /// Not allowed.
    Denied(Message),
    /// No connection.
    Offline(Message),
    /// No answer in time; also: another process holds the store.
    Timeout(Message),
    /// Stored data can't be read: it is damaged, of another program, or of a newer version.
    Corrupt(Message),
    /// Superseded by a newer call.
    Cancelled,
    /// Anything else.
    Other(Message),
}

impl Error {
    /// The exit code of the command line for this failure.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::NotFound(_) => 4,
            Error::Invalid(_) | Error::Filter { .. } | Error::Ambiguous { .. } | Error::Corrupt(_) => 3,
            Error::Denied(_) => 5,
            Error::Conflict { .. } => 6,
            Error::Offline(_) => 7,
            Error::Timeout(_) | Error::Cancelled | Error::Other(_) => 1,
        }
    }

    /// An error about one field.
    pub fn field(field: impl Into<String>, message: Message) -> Error {
        Error::Invalid(vec![FieldError { field: field.into(), message }])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Ambiguous { message, .. }
            | Error::Filter { message, .. }
            | Error::Conflict { message, .. }
            | Error::NotFound(message)
            | Error::Denied(message)
            | Error::Offline(message)
            | Error::Timeout(message)
            | Error::Corrupt(message)
            | Error::Other(message) => message.fmt(f),
            Error::Invalid(errors) => {
                for (i, e) in errors.iter().enumerate() {
                    write!(f, "{}{}: {}", if i > 0 { "; " } else { "" }, e.field, e.message)?;
                }
                Ok(())
            }
            Error::Cancelled => f.write_str("cancelled"),
        }
    }
}
