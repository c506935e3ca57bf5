//! Reports: which there are, and what one comes to.

use super::request::{Aggregate, Group};
use serde::{Deserialize, Serialize};

/// A report as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReportEntry {
    /// Its name.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// The object whose records it sums up.
    pub object: String,
    /// The field that its days are of.
    pub date: String,
    /// What the records are put together by, outermost first.
    pub group: Vec<Group>,
    /// The fields that are added up.
    pub sums: Vec<String>,
}

/// What a report comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// Which it is.
    pub report: ReportEntry,
    /// The filter of its records, ready for a list of them.
    pub filter: String,
    /// The groups with number and sums.
    pub groups: Aggregate,
}
