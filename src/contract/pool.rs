//! Pools: where one stands in them, and what the sweep takes back.

use crate::domain::id::Id;
use crate::domain::lang::Label;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;

/// A pool as it is for the signed-in user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PoolStanding {
    /// The pool's record.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The object whose records lie in it.
    pub object: String,
    /// A filter that shows them; empty if the pool's own can't be read.
    pub filter: String,
    /// How many lie in it.
    pub free: u64,
    /// How many of its records the user has.
    pub mine: u64,
    /// How many a person may have.
    pub capacity: Option<u64>,
    /// How many the user claimed today.
    pub claimed: u64,
    /// How many a person may claim a day.
    pub per_day: Option<u64>,
    /// How many days a previous owner waits.
    pub wait_days: i64,
    /// Whether the user may claim at all.
    pub member: bool,
    /// Whether the user administers it.
    pub administrator: bool,
    /// Whether it takes records back.
    pub recycles: bool,
    /// What is wrong with it.
    pub problem: Option<Message>,
}

/// Asks for a sweep: records that their owners left alone for too long go back to their pools.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SweepRequest {
    /// Say what would go, write nothing.
    pub dry_run: bool,
    /// Only if there was none today; done in the name of tcrm itself.
    pub if_due: bool,
    /// Told how many are back so far.
    #[serde(skip)]
    pub progress: Option<Sender<u64>>,
    /// Set to end after the batch under way.
    #[serde(skip)]
    pub stop: Arc<AtomicBool>,
}

/// What a sweep did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SweepReport {
    /// The pools that take records back, in their order.
    pub pools: Vec<SweptPool>,
    /// The records, the first few.
    pub rows: Vec<SweptRow>,
    /// How many votes passed on, because they were not cast in time.
    #[serde(default)]
    pub overdue: u64,
    /// The first few of them.
    #[serde(default)]
    pub passed_on: Vec<PassedOn>,
    /// The journal's number to take it all back by; `None` if nothing was written.
    pub txn: Option<i64>,
    /// It was ended before everything was done.
    pub stopped: bool,
}

impl SweepReport {
    /// How many records go back to pools in all.
    pub fn total(&self) -> u64 {
        self.pools.iter().map(|pool| pool.touch + pool.deal).sum()
    }
}

/// A vote that was not cast in time, and who got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PassedOn {
    /// The approval.
    pub id: Id,
    /// What it is about.
    pub title: String,
    /// Its flow.
    pub flow: Label,
    /// The name of whoever was to cast it.
    pub from: String,
    /// The name of whoever is to cast it now.
    pub to: String,
}

/// What a pool took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SweptPool {
    /// The pool's record.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The object.
    pub object: String,
    /// How many records nobody followed up.
    pub touch: u64,
    /// How many had no deal.
    pub deal: u64,
    /// Why it took nothing back: its rules can't be read.
    pub problem: Option<Message>,
}

/// A record that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SweptRow {
    /// The record.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// The pool's name.
    pub pool: String,
    /// Whose it was.
    pub owner: (Id, String),
    /// Since when it was left alone.
    pub since: Date,
    /// It had no deal; else nobody followed it up.
    pub deal: bool,
}
