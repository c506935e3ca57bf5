//! The lines of a document as one whole: what is asked of the backend, and what it answers.

use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record, Titles};
use serde::{Deserialize, Serialize};

/// All lines of a document as they are to be: changed, new and removed ones, in their order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LinesRequest {
    /// The object of the document.
    pub document: String,
    /// The document.
    pub id: Option<Id>,
    /// The object of its lines.
    pub object: String,
    /// Their field that refers to the document.
    pub by: String,
    /// The lines, in their order.
    pub lines: Vec<LineChange>,
    /// Their order is kept; else they stand as they were made.
    pub ordered: bool,
    /// Lines that go, with the versions that were seen.
    pub removed: Vec<(Id, i64)>,
}

/// A line as it is to be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LineChange {
    /// The line and the version that it was changed on; `None` for a new one.
    pub target: Option<(Id, i64)>,
    /// What is changed of it; of a new one what was entered.
    pub changes: Fields,
}

/// What a document would come to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LinesAnswer {
    /// The lines, in the order asked for.
    pub lines: Vec<LineSeen>,
    /// The document with its totals.
    pub document: Option<Record>,
    /// What is wrong with the whole.
    pub errors: Vec<FieldError>,
    /// Titles of the records referred to.
    pub titles: Titles,
}

/// A line as it would be stored, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LineSeen {
    /// The line; a new one has an id that it will not keep. `None` where it can't be stored like this.
    pub record: Option<Record>,
    /// Every error.
    pub errors: Vec<FieldError>,
}
