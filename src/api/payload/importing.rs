//! Imports as jobs.

use crate::backend::problem::Problem;
use crate::backend::request::ImportProgress;
use crate::backend::request::ImportReport;
use crate::backend::request::ImportRow;
use crate::backend::request::OnDuplicate;
use crate::backend::request::RejectedRow;
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

/// Asks for an import's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ImportQuery {
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
