//! What is typed faster than answers come: it is kept for what it was meant for, and never goes to what happens to be
//! on top meanwhile.

use super::{App, Msg};
use crate::tui::context::Effect;
use crate::tui::input::KeyCode;
use crate::tui::layer::Awaits;
use std::collections::VecDeque;

/// The keys and pastes that wait, and for what.
#[derive(Debug, Default)]
pub(super) struct Early {
    typed: VecDeque<Msg>,
    /// What was awaited last, and how many layers had been opened and closed when that began.
    since: Option<(Awaits, u64, u64)>,
    opened: u64,
    closed: u64,
}

impl Early {
    /// A layer was opened.
    pub(super) fn note_opened(&mut self) {
        self.opened += 1;
    }

    /// A layer was closed.
    pub(super) fn note_closed(&mut self) {
        self.closed += 1;
    }
}

impl App {
    /// Takes a message, unless it is typed for what is not there yet, then what waited for it.
    pub(super) fn take_in_turn(&mut self, msg: Msg) -> Vec<Effect> {
        let is_typed = matches!(msg, Msg::Key(_) | Msg::Paste(_));
        if is_typed && leaves(&msg) {
            self.early.typed.clear();
            self.early.since = None;
            return self.take(msg);
        }
        let mut effects = Vec::new();
        if is_typed && self.awaits().is_some() {
            self.early.typed.push_back(msg);
        } else {
            effects.extend(self.take(msg));
        }
        self.note_awaited();
        while !self.early.typed.is_empty() && self.awaits().is_none() {
            if !self.has_come() {
                self.early.typed.clear();
            }
            // From here on what is typed is the business of what is on top.
            self.early.since = None;
            if let Some(msg) = self.early.typed.pop_front() {
                effects.extend(self.take(msg));
            }
            self.note_awaited();
        }
        effects
    }

    /// Remembers what is waited for from now on.
    fn note_awaited(&mut self) {
        let known = self.early.since.map(|(awaits, ..)| awaits);
        match self.awaits() {
            _ if self.early.typed.is_empty() => self.early.since = None,
            Some(awaits) if known != Some(awaits) => {
                self.early.since = Some((awaits, self.early.opened, self.early.closed));
            }
            _ => {}
        }
    }

    /// What the layer on top waits for before it, or what comes then, can take what is typed.
    fn awaits(&self) -> Option<Awaits> {
        let top = self.layers.last()?;
        let loading = (top.takes_text() && !top.is_ready()).then_some(Awaits::Itself);
        loading.or_else(|| top.awaits())
    }

    /// Whether what was awaited is there: else it was refused, and what was typed for it is of no use.
    fn has_come(&self) -> bool {
        match self.early.since {
            Some((Awaits::Opening, opened, _)) => self.early.opened > opened,
            Some((Awaits::Closing, _, closed)) => self.early.closed > closed,
            Some((Awaits::Itself, ..)) | None => true,
        }
    }
}

/// Whether it gives up waiting.
fn leaves(msg: &Msg) -> bool {
    matches!(msg, Msg::Key(key) if key.code == KeyCode::Esc || key.ctrl && key.code == KeyCode::Char('c'))
}
