//! Imports and exports as jobs.

use crate::contract::problem::Problem;
use crate::contract::request::ImportProgress;
use crate::contract::request::ImportReport;
use crate::contract::request::ImportRow;
use crate::contract::request::OnDuplicate;
use crate::contract::request::RejectedRow;
use crate::schema::model::SortKey;
use serde::{Deserialize, Serialize};

/// An import before its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportPlan {
    /// The object's name.
    pub object: String,
    /// For each column of the file the field it goes to; `null` to leave it out.
    pub mapping: Vec<Option<String>>,
    /// About how many rows will come; 0 where nobody knows.
    #[serde(default)]
    pub expected: u64,
    /// What to do with records that are there already.
    #[serde(default)]
    pub on_duplicate: OnDuplicate,
    /// Check everything, write nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Create missing referenced records that have nothing but a name to give.
    #[serde(default)]
    pub create_references: bool,
}

/// Rows of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRows {
    /// The rows, texts as they stand in the file.
    pub rows: Vec<ImportRow>,
    /// These are the last ones.
    #[serde(default)]
    pub last: bool,
}

/// Asks for the state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WaitQuery {
    /// Answer when it has ended, or after this many seconds (30 at most).
    pub wait: u64,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportState {
    /// The job's number.
    pub id: u64,
    /// The number of the next rows, from 0.
    pub next: u64,
    /// How far it is.
    pub progress: ImportProgress,
    /// Rows that were rejected since this was told last.
    pub rejected: Vec<RejectedRow>,
    /// What it did, when it has ended.
    pub report: Option<ImportReport>,
    /// Why it failed.
    pub problem: Option<Box<Problem>>,
}

/// An export: which records, in which form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ExportPlan {
    /// The object's name.
    pub object: String,
    /// A filter in the filter grammar; empty for all.
    pub filter: String,
    /// Fields to sort by.
    pub sort: Vec<SortKey>,
    /// The fields wanted; none for all.
    pub fields: Vec<String>,
    /// The form of the file.
    pub format: ExportFormat,
    /// The header has labels in the language asked for (`Accept-Language`) instead of names.
    pub labels: bool,
}

/// The form of a file of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Separated values with a header.
    #[default]
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// How far an export is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExportState {
    /// The job's number.
    pub id: u64,
    /// Records that are written.
    pub written: u64,
    /// Records that matched when it began.
    pub expected: u64,
    /// Its file is whole.
    pub ended: bool,
    /// The file's size in bytes, when it is whole.
    pub bytes: u64,
    /// Why it failed.
    pub problem: Option<Box<Problem>>,
}
