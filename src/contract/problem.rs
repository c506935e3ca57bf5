//! Failed calls as JSON: problem documents after RFC 9457, which say all that an [`Error`] says, in words as well as
//! in a form that a program can act on.

use super::error::Error;
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::Record;
use crate::i18n;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The media type of problem documents.
pub const MEDIA_TYPE: &str = "application/problem+json";
/// What the types of problems begin with.
const TYPE: &str = "urn:tcrm:problem:";

/// What kind of failure it is: what a program decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// No such record, object, route …
    NotFound,
    /// Several records are meant by one text.
    Ambiguous,
    /// Bad input: every failing field is listed.
    Invalid,
    /// A filter can't be read.
    Filter,
    /// Someone else changed the record since, or something stands in the way.
    Conflict,
    /// The record has a newer version than the one that the change was made on.
    Outdated,
    /// Not allowed.
    Denied,
    /// The data can't be reached.
    Offline,
    /// No answer in time.
    Timeout,
    /// Stored data can't be read.
    Corrupt,
    /// Superseded by a newer call.
    Cancelled,
    /// Anything else.
    Other,
    /// Nobody is signed in: no token, or one that is not valid any more.
    Unauthorized,
    /// The request can't be read.
    Malformed,
    /// The request needs a version (`If-Match`).
    VersionWanted,
    /// The request is too large.
    TooLarge,
    /// Too many requests; `Retry-After` says when to come back.
    TooMany,
    /// The route has no such method.
    NoSuchMethod,
    /// The changes asked for aren't known any more: start again from the records themselves.
    TooOld,
}

impl ProblemKind {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            ProblemKind::Filter | ProblemKind::Malformed => 400,
            ProblemKind::Unauthorized => 401,
            ProblemKind::Denied => 403,
            ProblemKind::NotFound => 404,
            ProblemKind::NoSuchMethod => 405,
            ProblemKind::Ambiguous | ProblemKind::Conflict => 409,
            ProblemKind::TooOld => 410,
            ProblemKind::Outdated => 412,
            ProblemKind::TooLarge => 413,
            ProblemKind::Invalid => 422,
            ProblemKind::VersionWanted => 428,
            ProblemKind::TooMany => 429,
            ProblemKind::Corrupt | ProblemKind::Other => 500,
            ProblemKind::Offline | ProblemKind::Timeout | ProblemKind::Cancelled => 503,
        }
    }

    fn title(self) -> &'static str {
        match self {
            ProblemKind::NotFound => "Not found",
            ProblemKind::Ambiguous => "Several records are meant",
            ProblemKind::Invalid => "Invalid input",
            ProblemKind::Filter => "The filter can't be read",
            ProblemKind::Conflict => "Conflict",
            ProblemKind::Outdated => "Changed by someone else",
            ProblemKind::Denied => "Not allowed",
            ProblemKind::Offline => "The data can't be reached",
            ProblemKind::Timeout => "No answer in time",
            ProblemKind::Corrupt => "Stored data can't be read",
            ProblemKind::Cancelled => "Cancelled",
            ProblemKind::Other => "Failed",
            ProblemKind::Unauthorized => "Not signed in",
            ProblemKind::Malformed => "The request can't be read",
            ProblemKind::VersionWanted => "A version is needed",
            ProblemKind::TooLarge => "Too large",
            ProblemKind::TooMany => "Too many requests",
            ProblemKind::NoSuchMethod => "No such method",
            ProblemKind::TooOld => "Too old, start again",
        }
    }

    fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// A problem document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Problem {
    /// `urn:tcrm:problem:KIND`.
    #[serde(rename = "type", default)]
    pub address: String,
    /// The kind in a few English words.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What is wrong and what to do, in the language asked for.
    #[serde(default)]
    pub detail: String,
    /// What kind of failure it is.
    pub kind: ProblemKind,
    /// `detail` as a key of the catalogue and its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// Every failing field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// The record as it stands now, where someone else changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Box<Record>>,
    /// The records that may be meant, the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// Where a filter goes wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<FilterPlace>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldProblem {
    /// The field's name; empty when it is about the whole record.
    pub field: String,
    /// What is wrong and what to do.
    #[serde(default)]
    pub detail: String,
    /// The same as a key of the catalogue and its arguments.
    pub message: Message,
}

/// A record that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Candidate {
    /// Its id.
    pub id: Id,
    /// Its title.
    pub title: String,
}

/// Where a filter goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FilterPlace {
    /// The filter's text.
    pub text: String,
    /// The first byte at fault.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// It could become right by typing on.
    pub incomplete: bool,
}

impl Problem {
    /// A problem of a kind, in a language.
    pub fn new(kind: ProblemKind, message: Message, lang: Lang) -> Problem {
        Problem { detail: i18n::message(lang, &message), message: Some(message), ..Problem::bare(kind) }
    }

    fn bare(kind: ProblemKind) -> Problem {
        Problem {
            address: format!("{TYPE}{}", kind.name()),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: String::new(),
            kind,
            message: None,
            errors: Vec::new(),
            theirs: None,
            candidates: Vec::new(),
            filter: None,
        }
    }

    /// A failed call, in a language.
    pub fn of(error: &Error, lang: Lang) -> Problem {
        let new = |kind, message: &Message| Problem::new(kind, message.clone(), lang);
        match error {
            Error::NotFound(message) => new(ProblemKind::NotFound, message),
            Error::Denied(message) => new(ProblemKind::Denied, message),
            Error::Offline(message) => new(ProblemKind::Offline, message),
            Error::Timeout(message) => new(ProblemKind::Timeout, message),
            Error::Corrupt(message) => new(ProblemKind::Corrupt, message),
            Error::Other(message) => new(ProblemKind::Other, message),
            Error::Cancelled => Problem::bare(ProblemKind::Cancelled),
            Error::Ambiguous { message, candidates } => {
                let candidate = |(id, title): &(Id, String)| Candidate { id: *id, title: title.clone() };
                let candidates = candidates.iter().map(candidate).collect();
                Problem { candidates, ..new(ProblemKind::Ambiguous, message) }
            }
            Error::Invalid(errors) => {
                let detail = |e: &FieldError| i18n::message(lang, &e.message);
                let texts: Vec<String> = errors.iter().map(|e| format!("{}: {}", e.field, detail(e))).collect();
                let field = |e: &FieldError| FieldProblem {
                    field: e.field.clone(),
                    detail: detail(e),
                    message: e.message.clone(),
                };
                let (detail, errors) = (texts.join("; "), errors.iter().map(field).collect());
                Problem { detail, errors, ..Problem::bare(ProblemKind::Invalid) }
            }
            Error::Filter { text, span, message, incomplete } => {
                let (text, start, end) = (text.clone(), span.start, span.end);
                let filter = Some(FilterPlace { text, start, end, incomplete: *incomplete });
                Problem { filter, ..new(ProblemKind::Filter, message) }
            }
            Error::Conflict { message, theirs } => {
                let kind = if theirs.is_some() { ProblemKind::Outdated } else { ProblemKind::Conflict };
                Problem { theirs: theirs.clone(), ..new(kind, message) }
            }
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        let message = problem.message.unwrap_or_else(|| {
            Message::literal(if problem.detail.is_empty() { problem.title } else { problem.detail })
        });
        match problem.kind {
            ProblemKind::NotFound => Error::NotFound(message),
            ProblemKind::Denied | ProblemKind::Unauthorized => Error::Denied(message),
            ProblemKind::Offline => Error::Offline(message),
            ProblemKind::Timeout | ProblemKind::TooMany => Error::Timeout(message),
            ProblemKind::Corrupt => Error::Corrupt(message),
            ProblemKind::Cancelled => Error::Cancelled,
            ProblemKind::Conflict | ProblemKind::Outdated => Error::Conflict { message, theirs: problem.theirs },
            ProblemKind::Ambiguous => {
                let candidates = problem.candidates.into_iter().map(|c| (c.id, c.title)).collect();
                Error::Ambiguous { message, candidates }
            }
            ProblemKind::Invalid => {
                let errors = problem.errors.into_iter();
                Error::Invalid(errors.map(|e| FieldError { field: e.field, message: e.message }).collect())
            }
            ProblemKind::Filter => match problem.filter {
                Some(place) => Error::Filter {
                    span: place.start..place.end,
                    text: place.text,
                    message,
                    incomplete: place.incomplete,
                },
                None => Error::Other(message),
            },
            ProblemKind::Other
            | ProblemKind::Malformed
            | ProblemKind::VersionWanted
            | ProblemKind::TooLarge
            | ProblemKind::NoSuchMethod
            | ProblemKind::TooOld => Error::Other(message),
        }
    }
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Problem::of(self, Lang::En).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Error, D::Error> {
        Problem::deserialize(from).map(Error::from)
    }
}

#[cfg(test)]
mod described {
    use super::{Error, Problem};
    use schemars::{JsonSchema, Schema, SchemaGenerator};

    impl JsonSchema for Error {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            Problem::schema_name()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            Problem::json_schema(generator)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::record::Fields;
    use crate::msg;

    #[test]
    fn every_failure_comes_back_as_it_was() {
        let id = Id::from_i64(5).unwrap();
        let record = Record { object: "customer".into(), id, version: 3, fields: Fields::new() };
        let say = || msg!("crm-no-object", object = "x");
        let field = |name: &str| FieldError { field: name.into(), message: say() };
        for error in [
            Error::NotFound(say()),
            Error::Denied(say()),
            Error::Offline(say()),
            Error::Timeout(say()),
            Error::Corrupt(say()),
            Error::Other(say()),
            Error::Cancelled,
            Error::Invalid(vec![field("name"), field("")]),
            Error::Conflict { message: say(), theirs: None },
            Error::Conflict { message: say(), theirs: Some(Box::new(record)) },
            Error::Ambiguous { message: say(), candidates: vec![(id, "甲".into())] },
            Error::Filter { text: "a:".into(), span: 2..2, message: say(), incomplete: true },
        ] {
            let text = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<Error>(&text).unwrap(), error, "{text}");
        }
    }
}
