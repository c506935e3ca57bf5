//! Imports of rows.

use crate::domain::message::{FieldError, Message};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;

/// What to do with a row whose record is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnDuplicate {
    /// Leave the record, skip the row.
    Skip,
    /// Change the record.
    Update,
    /// Report the row as an error.
    #[default]
    Error,
}

/// A row to import: texts by field, as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportRow {
    /// The line of the file where the row starts, from 1.
    pub line: u64,
    /// The row's cells in the file's order, for the error file.
    pub cells: Vec<String>,
    /// The row can't be used as it is: why.
    pub error: Option<Message>,
}

/// An import. Rows are written in large batches, each a transaction; a row with an error is left out
/// and reported; everything written can be taken back by `revert(report.import)`.
pub struct ImportRequest {
    /// The object's name.
    pub object: String,
    /// For each column of the file the field it goes to; `None` to leave it out.
    pub mapping: Vec<Option<String>>,
    /// The rows.
    pub rows: Box<dyn Iterator<Item = ImportRow> + Send>,
    /// About how many rows will come; 0 where nobody knows. A large load goes another, faster way.
    pub expected: u64,
    /// What to do with records that are there already.
    pub on_duplicate: OnDuplicate,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// Create missing referenced records that have nothing but a name to give.
    pub create_references: bool,
    /// Told after each batch.
    pub progress: Option<Sender<ImportProgress>>,
    /// Told every rejected row.
    pub rejects: Option<Sender<RejectedRow>>,
    /// Set to stop after the batch under way.
    pub stop: Arc<AtomicBool>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportProgress {
    /// Rows read.
    pub rows: u64,
    /// The last line that is on disk.
    pub line: u64,
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RejectedRow {
    /// The row.
    pub row: ImportRow,
    /// Why, field by field.
    pub errors: Vec<FieldError>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// Records created.
    pub created: u64,
    /// Records changed.
    pub updated: u64,
    /// Rows skipped as duplicates.
    pub skipped: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// The number to take the import back by; `None` if nothing was written.
    pub import: Option<i64>,
    /// It was stopped: the last line that is on disk.
    pub stopped_at: Option<u64>,
}
