//! Actions beyond plain saving, and numbering anew.

use super::LinesRequest;
use crate::contract::agenda::{ReminderDeed, ReminderKey};
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// An action on records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActRequest {
    /// Logs a contact in one line, about a record: an activity, and a task if there is a next step.
    Log {
        /// The record it is about (a customer, contact, lead or opportunity); `None`: the line names the customer.
        about: Option<RecordKey>,
        /// The line (`call 王总: wants a quote; next fri 15:00 send quote`).
        line: String,
    },
    /// Puts a reminder off, or notes that it was dealt with.
    Remind {
        /// The reminder.
        reminder: ReminderKey,
        /// What is made of it.
        deed: ReminderDeed,
    },
    /// Does an action of the schema on a record.
    Do(DoRequest),
    /// Writes all lines of a document in one transaction.
    Lines(LinesRequest),
    /// The same, and tells how far it is: for what takes a while.
    #[serde(skip)]
    DoTelling(DoRequest, Progress),
    /// Does an action of the schema on several records, each in a transaction of its own that are undone as one.
    /// What it can't be done with is told in [`Saved::refused`](super::Saved::refused).
    DoEach(EachRequest),
}

/// An action of the schema on a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DoRequest {
    /// The action's name.
    pub action: String,
    /// The record.
    pub key: RecordKey,
    /// The arguments: the fields of the action's form.
    pub fields: Fields,
    /// Why or how, in words: noted as an activity where the action does nothing else with it. Empty for none.
    pub comment: String,
    /// The version of the record that it was decided on; `Conflict` if there is a newer one.
    pub version: Option<i64>,
}

/// How far a long action is: shared between whoever does it and whoever watches, and may stop it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<(AtomicU64, AtomicU64, AtomicBool)>);

impl Progress {
    /// Begins an action of so many records.
    pub fn begin(&self, all: u64) {
        self.0.0.store(0, Ordering::Relaxed);
        self.0.1.store(all, Ordering::Relaxed);
    }

    /// So many records are done.
    pub fn reach(&self, done: usize) {
        self.0.0.store(done as u64, Ordering::Relaxed);
    }

    /// Wants the action to end and to leave nothing behind. What is done already by then stays done.
    pub fn stop(&self) {
        self.0.2.store(true, Ordering::Relaxed);
    }

    /// Whether that is wanted.
    pub fn is_stopped(&self) -> bool {
        self.0.2.load(Ordering::Relaxed)
    }

    /// How many records are done, and of how many: 0 before it is known.
    pub fn far(&self) -> (u64, u64) {
        (self.0.0.load(Ordering::Relaxed), self.0.1.load(Ordering::Relaxed))
    }
}

impl PartialEq for Progress {
    /// Whoever asks for the same asks for the same, whoever watches.
    fn eq(&self, _: &Progress) -> bool {
        true
    }
}

/// An action of the schema on several records of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EachRequest {
    /// The action's name.
    pub action: String,
    /// The records.
    pub keys: Vec<RecordKey>,
    /// The arguments, the same for all.
    pub fields: Fields,
    /// Why or how, in words. Empty for none.
    pub comment: String,
}

/// An action of a record's object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Offer {
    /// The action's name.
    pub action: String,
    /// Why it can't be done now; `None` if it can.
    pub refusal: Option<Message>,
    /// What is worth knowing before it is done: the work that a user who is to be disabled still has.
    #[serde(default)]
    pub notes: Vec<Message>,
}

/// Asks for the codes that an object's number rule makes now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RenumberRequest {
    /// The object's name.
    pub object: String,
    /// Which records; empty for all.
    pub filter: String,
    /// Number those anew that have a code of the rule already, so that gaps are closed.
    pub all: bool,
    /// Do it; otherwise only say what would change.
    pub apply: bool,
}

/// What numbering anew changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Renumbering {
    /// The records, the first few.
    pub rows: Vec<Renumbered>,
    /// How many codes change.
    pub changed: u64,
    /// How many stay.
    pub kept: u64,
    /// The rule's pattern.
    pub pattern: String,
    /// The journal's number; `None` if nothing was written.
    pub txn: Option<i64>,
}

/// A record with another code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Renumbered {
    /// The record.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// The code it has; empty for none.
    pub from: String,
    /// The code it gets.
    pub to: String,
}
