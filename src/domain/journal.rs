//! The audit journal: who changed what, when, from where, before and after.

use crate::domain::id::Id;
use crate::domain::record::Fields;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a change came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The terminal interface.
    Tui,
    /// The command line.
    Cli,
    /// A bulk import.
    Import,
    /// The HTTP API.
    Api,
    /// A rule of tcrm itself (migration, demo data).
    System,
}

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// The record was made.
    Create,
    /// Fields were changed.
    Update,
    /// The record was removed.
    Delete,
}

/// One journal entry. Entries of one transaction share its number and are undone together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Entry {
    /// Ascending number over the whole store.
    pub seq: i64,
    /// The transaction it belongs to: the `seq` of its first entry.
    pub txn: i64,
    /// When (UTC).
    pub at: Timestamp,
    /// Who; `None` for tcrm itself.
    pub user: Option<Id>,
    /// From where.
    pub origin: Origin,
    /// What was done.
    pub deed: Deed,
    /// The object's name.
    pub object: String,
    /// The record.
    pub record: Id,
    /// The record's version after the change.
    pub version: i64,
    /// The changed fields before (all of them for a delete, none for a create).
    pub before: Fields,
    /// The changed fields after (all of them for a create, none for a delete).
    pub after: Fields,
    /// The transaction that this one undid, if it is an undo (or a redo of an undo).
    pub undoes: Option<i64>,
}
