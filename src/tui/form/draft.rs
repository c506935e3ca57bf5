//! Drafts: what is half typed in a form, kept as a setting of the user until it is saved or discarded.

pub use super::drafts::DraftsLayer;
use super::entry::Entry;
use super::grid::KeptLines;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Titles};
use crate::schema::kind;
use crate::schema::model::Object;
use crate::tui::context::{Context, Shared};
use crate::tui::request::{Request, Slot, Ticket};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What the keys of drafts begin with among the user's settings.
pub const PREFIX: &str = "draft/";

/// A form as it was left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The setting's key, `draft/…`.
    #[serde(skip)]
    pub key: String,
    /// The object's name.
    pub object: String,
    /// The record being edited; `None` for a new one.
    pub id: Option<Id>,
    /// The version that the changes were made on.
    pub version: i64,
    /// The number of the refused change that it mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<i64>,
    /// The record's title as it stood in the form.
    pub title: String,
    /// The process that the form was open in.
    pub pid: u32,
    /// When it was last kept.
    pub at: Timestamp,
    /// The values that the form began with.
    pub(super) base: BTreeMap<String, Json>,
    /// What was changed.
    pub(super) fields: BTreeMap<String, Kept>,
    /// Titles of the records referred to.
    pub(super) titles: BTreeMap<Id, String>,
    /// The lines of the document, where their table was open and not a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lines: Option<KeptLines>,
}

/// The state of one editor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kept {
    /// A text as it was typed, right or wrong.
    Text(String),
    /// A chosen value.
    Value(Json),
}

impl Kept {
    pub(super) fn of(entry: &Entry, shared: &Shared) -> Kept {
        match entry.editor.text() {
            Some(text) => Kept::Text(text),
            None => Kept::Value(kind::to_json(&entry.editor.held(shared))),
        }
    }
}

impl Draft {
    /// The draft as the setting's value.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The values that the form began with, as far as the object still has their fields.
    pub(super) fn base(&self, object: &Object) -> Fields {
        let read = |(name, json): (&String, &Json)| {
            let field = object.field(name)?;
            let value = kind::from_json(&field.kind, json).ok()?;
            Some((name.clone(), value))
        };
        self.base.iter().filter_map(read).collect()
    }

    /// Titles of the records referred to.
    pub(super) fn titles(&self) -> Titles {
        self.titles.iter().map(|(id, title)| (*id, title.clone())).collect()
    }
}

/// The process that a draft's form was open in.
pub(in crate::tui) fn pid(text: &str) -> Option<u32> {
    serde_json::from_str::<Draft>(text).ok().map(|d| d.pid)
}

/// The drafts among settings, the newest first. What can't be read is left where it is.
pub fn parse(settings: &[(String, String)]) -> Vec<Draft> {
    let read = |(key, text): &(String, String)| {
        let draft: Draft = key.starts_with(PREFIX).then(|| serde_json::from_str(text).ok())??;
        Some(Draft { key: key.clone(), ..draft })
    };
    let mut drafts: Vec<Draft> = settings.iter().filter_map(read).collect();
    drafts.sort_by_key(|d| std::cmp::Reverse(d.at));
    drafts
}

/// Keeps the newest state of one form: one write at a time, and never an older state after a newer one.
pub(super) struct Keeper {
    pub(super) key: String,
    slot: Slot,
    /// Whether something is stored, as far as was asked.
    stored: bool,
    waiting: Option<Ticket>,
    /// The state to be written next: a text, or none to remove the draft.
    next: Option<Option<String>>,
    /// The last write failed.
    pub(super) failed: bool,
}

impl Keeper {
    /// A keeper for a new form.
    pub(super) fn new(cx: &mut Context<'_>) -> Keeper {
        let slot = cx.slot();
        let stamp = cx.shared.now.timestamp().as_millisecond();
        let key = format!("{PREFIX}{stamp:x}-{:x}-{:x}", std::process::id(), slot.0);
        Keeper { key, slot, stored: false, waiting: None, next: None, failed: false }
    }

    /// The keeper of a draft that is taken up again.
    pub(super) fn of(draft: &Draft, cx: &mut Context<'_>) -> Keeper {
        Keeper { key: draft.key.clone(), stored: true, ..Keeper::new(cx) }
    }

    /// Keeps a state, or removes the draft.
    pub(super) fn keep(&mut self, state: Option<String>, cx: &mut Context<'_>) {
        if state.is_none() && !self.stored && self.waiting.is_none() {
            return;
        }
        self.next = Some(state);
        self.send(cx);
    }

    fn send(&mut self, cx: &mut Context<'_>) {
        if self.waiting.is_some() {
            return;
        }
        if let Some(value) = self.next.take() {
            self.stored = value.is_some();
            let request = Request::PutSetting { key: self.key.clone(), value };
            self.waiting = Some(cx.ask(self.slot, request));
        }
    }

    /// Sends what is still to be written without waiting for the answer before.
    pub(super) fn hurry(&mut self, cx: &mut Context<'_>) {
        self.waiting = None;
        self.send(cx);
    }

    /// Takes the answer to a write; whether it was this keeper's.
    pub(super) fn answered(&mut self, ticket: Ticket, ok: bool, cx: &mut Context<'_>) -> bool {
        if self.waiting != Some(ticket) {
            return false;
        }
        self.waiting = None;
        self.failed = !ok;
        self.send(cx);
        true
    }

    /// Whether everything asked for has been sent.
    pub(super) fn has_sent_all(&self) -> bool {
        self.next.is_none()
    }

    /// Whether the newest state is stored.
    pub(super) fn is_settled(&self) -> bool {
        self.next.is_none() && self.waiting.is_none() && !self.failed
    }
}
