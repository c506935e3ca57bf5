//! The inbox of approvals: what is asked of the [`Backend`](crate::backend::Backend), and what it answers.

use super::request::{Count, Cursor, Duplicate, From};
use crate::domain::lang::Label;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::Value;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A part of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tray {
    /// What waits for one's own vote, or for that of somebody whom one stands in for; the oldest first.
    #[default]
    Pending,
    /// What one has submitted, the newest first.
    Mine,
    /// What one has decided, the newest first.
    Done,
}

impl Tray {
    /// All of them, in the order of the screen.
    pub const ALL: [Tray; 3] = [Tray::Pending, Tray::Mine, Tray::Done];

    /// Its name in the catalogue of texts and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Tray::Pending => "pending",
            Tray::Mine => "mine",
            Tray::Done => "done",
        }
    }
}

/// Asks for a page of a tray. Nobody in particular sees everyone's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct InboxRequest {
    /// Which part.
    pub tray: Tray,
    /// Where the page starts.
    pub from: From,
    /// The most rows, 1 to 1,000.
    pub limit: usize,
}

/// A page of a tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Inbox {
    /// The rows.
    pub rows: Vec<InboxRow>,
    /// There are rows after the last.
    pub more: bool,
    /// How many there are in the whole tray.
    pub count: Count,
}

/// One approval in a tray.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct InboxRow {
    /// The approval.
    pub approval: RecordKey,
    /// The record that it is about.
    pub about: RecordKey,
    /// The record's title when it was submitted.
    pub title: String,
    /// The flow.
    pub flow: Label,
    /// `create`, `change` or `action`.
    pub kind: String,
    /// Who submitted it.
    pub by: String,
    /// Since when it waits, or when it was submitted or decided.
    pub at: Timestamp,
    /// Until when it is to be decided.
    pub due: Option<Date>,
    /// The approval's state; in the tray of what one has decided the vote's.
    pub state: String,
    /// The step under way, from 1.
    pub step: usize,
    /// Whom one stands in for.
    pub instead: Option<String>,
    /// The row's place.
    pub cursor: Cursor,
}

/// Everything that an approver wants to see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Review {
    /// The approval.
    pub approval: Record,
    /// The flow as it was when this was submitted.
    pub flow: Label,
    /// The label of the step under way.
    pub step: Label,
    /// How many steps there are.
    pub steps: usize,
    /// The record as it stands, with what is in force.
    pub record: Record,
    /// What changed since the last approval, or what a new record says.
    pub differences: Vec<Difference>,
    /// There is something that it is compared with.
    pub compared: bool,
    /// The action that is asked for, and its arguments.
    pub action: Option<(String, Fields)>,
    /// Records that may be the same.
    pub duplicates: Vec<Duplicate>,
    /// Fields that should be filled and aren't.
    pub missing: Vec<String>,
    /// The votes so far and to come, oldest first.
    pub votes: Vec<Record>,
    /// Titles of what all of these refer to.
    pub titles: Titles,
    /// Why one can't decide on it now.
    pub refusal: Option<Message>,
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Difference {
    /// The field's name.
    pub field: String,
    /// What is in force, or was when it was last approved.
    pub before: Value,
    /// What is submitted.
    pub after: Value,
}
