//! Working without a network: how things stand with the server, what waits to be sent, and what it refused.

use super::Answer;
use crate::contract::error::Error;
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// How it stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// It is being asked for the first time.
    #[default]
    Connecting,
    /// It answers.
    Online,
    /// It doesn't.
    Offline,
    /// It answers, but doesn't let the user in.
    SignedOut,
}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SyncState {
    /// With the server.
    pub link: Link,
    /// Since when it is away.
    pub since: Option<Timestamp>,
    /// Why it is away.
    pub why: Option<Message>,
    /// How many changes wait to be sent.
    pub waiting: usize,
    /// How many of them are to be decided, since others changed the same.
    pub conflicts: usize,
    /// How many were refused.
    pub rejected: usize,
    /// When everything here was last as on the server.
    pub synced: Option<Timestamp>,
    /// What of the rule by which records are kept has no meaning for the server's objects.
    #[serde(default)]
    pub faults: Vec<Message>,
}

/// What is to become of a change that was done here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingState {
    /// It is sent as soon as the server is there.
    Waiting,
    /// It waits until one before it, which it depends on, is settled.
    Held,
    /// Others changed the same: the user decides.
    Conflict,
    /// The server refused it.
    Rejected,
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingKind {
    /// A new record.
    Create,
    /// A change of a record.
    Change,
    /// A deletion.
    Delete,
    /// An action.
    Act,
}

/// A field of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingField {
    /// Its name.
    pub field: String,
    /// What stood there when the user changed it.
    pub base: Value,
    /// What the user put there.
    pub mine: Value,
    /// What stands there on the server, where that was told.
    pub theirs: Option<Value>,
    /// Both changed it, to different values.
    pub asked: bool,
}

/// A change that was done here and isn't on the server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pending {
    /// Its number.
    pub number: i64,
    /// When it was done.
    pub at: Timestamp,
    /// What kind of change it is.
    pub kind: PendingKind,
    /// The action's name, of an action.
    pub action: Option<String>,
    /// The record; `None` where a line names it.
    pub key: Option<RecordKey>,
    /// What the record is called.
    pub title: String,
    /// What is to become of it.
    pub state: PendingState,
    /// The changed fields.
    pub fields: Vec<PendingField>,
    /// Why it was refused.
    pub problem: Option<Error>,
}

/// What the user decides about a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Settle {
    /// Send it again.
    Retry,
    /// Give it up: what stands on the server stays.
    Discard,
    /// Of the fields that both changed, these get my values; the others stay theirs.
    Keep(Vec<String>),
    /// Send it with other values.
    Amend(Fields),
}

/// What bringing both sides together came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SyncReport {
    /// How things stand now.
    pub state: SyncState,
    /// How many changes the server took.
    pub sent: usize,
    /// Of these, how many were put together with changes of others.
    pub merged: usize,
    /// How many records came in or changed.
    pub received: usize,
    /// What waits or was refused.
    pub pending: Vec<Pending>,
}

/// A backend that goes on working without a network.
pub trait Syncing: Send + Sync {
    /// How things stand, as it changes.
    fn state(&self) -> watch::Receiver<SyncState>;

    /// What waits or was refused, oldest first.
    fn pending(&self) -> Answer<'_, Vec<Pending>>;

    /// Sends what waits and takes in what changed, now. A server that is away is told in the state.
    fn sync(&self) -> Answer<'_, SyncReport>;

    /// Decides about a change. `NotFound` if there is none of that number (any more), `Conflict` if one that was done
    /// after it builds on it.
    fn settle(&self, number: i64, how: Settle) -> Answer<'_, ()>;
}
