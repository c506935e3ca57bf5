//! The place in a queue, kept as a setting: where the user stopped, and whom they have called today.

use super::QueueOf;
use crate::domain::id::Id;
use crate::tui::context::Shared;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A place in a queue.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The record at hand; `None` at the end.
    pub(super) at: Option<Id>,
    /// The records done today.
    pub(super) done: BTreeSet<Id>,
}

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    day: String,
    at: Option<String>,
    done: Vec<String>,
}

impl Place {
    /// The place as it was left. What was done on another day is due again.
    pub(super) fn kept(of: &QueueOf, shared: &Shared) -> Place {
        let kept = shared.settings.get(&key(of)).and_then(|text| serde_json::from_str::<Kept>(text).ok());
        let Some(kept) = kept else { return Place::default() };
        let at = kept.at.and_then(|id| id.parse().ok());
        let today = kept.day == shared.now.date().to_string();
        let done = kept.done.iter().filter(|_| today).filter_map(|id| id.parse().ok()).collect();
        Place { at, done }
    }

    /// The setting that keeps it.
    pub(super) fn setting(&self, of: &QueueOf, shared: &Shared) -> (String, String) {
        let kept = Kept {
            day: shared.now.date().to_string(),
            at: self.at.map(|id| id.to_string()),
            done: self.done.iter().map(Id::to_string).collect(),
        };
        (key(of), serde_json::to_string(&kept).unwrap_or_default())
    }
}

fn key(of: &QueueOf) -> String {
    let filter = if of.marks.is_empty() { of.filter.as_str() } else { "*" };
    format!("queue/{}/{filter}", of.object)
}
