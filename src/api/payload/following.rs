//! What changed.

use crate::domain::journal::Deed as Done;
use crate::domain::record::RecordKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where to go on with the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangesQuery {
    /// The last number that is known; none to be told the newest one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// The most changes, 1 to 1,000; 200 if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What changed, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changes {
    /// The changes of records that the user may see.
    pub changes: Vec<Changed>,
    /// The number to go on with.
    pub next: i64,
    /// There are more.
    pub more: bool,
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changed {
    /// Its number in the journal.
    pub seq: i64,
    /// The transaction.
    pub txn: i64,
    /// When.
    pub at: Timestamp,
    /// The record.
    pub key: RecordKey,
    /// The record's version after it.
    pub version: i64,
    /// What was done; `delete` is a tombstone.
    pub deed: Done,
    /// The fields that changed.
    pub fields: Vec<String>,
}
