//! What may not be done with the record under the cursor: asked for when the frame with it is out, so that palette and
//! hint bar show it beforehand and a key says why.

use super::App;
use crate::backend::request::Permit;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::tui::action::Action;
use crate::tui::context::Effect;
use crate::tui::request::{PERMITTED, Reply, Request, Slot, Ticket};

/// The actions of the interface that an answer of the backend is about, in the order of [`PERMITTED`].
const ACTIONS: [&[Action]; 3] =
    [&[Action::Edit, Action::EditText], &[Action::Delete], &[Action::Add, Action::BoardAdd]];

/// What is known of one record.
#[derive(Debug, Default)]
pub(super) struct Permits {
    slot: Option<Slot>,
    asked: Option<(Ticket, RecordKey)>,
    known: Option<(RecordKey, Vec<Permit>)>,
}

impl App {
    /// Asks about the record under the cursor, unless it was asked about. Nobody in particular may everything.
    pub(super) fn ask_permits(&mut self) -> Vec<Effect> {
        let top = self.layers.last().filter(|layer| !layer.is_popup() && layer.is_ready());
        let (Some(key), true) = (top.and_then(|layer| layer.current()), self.shared.me.is_some()) else {
            return Vec::new();
        };
        let is_same = |other: &RecordKey| *other == key;
        let permits = &self.permits;
        let known = permits.asked.as_ref().map(|(_, key)| key).or(permits.known.as_ref().map(|(key, _)| key));
        if known.is_some_and(is_same) {
            return Vec::new();
        }
        let before = self.permits.slot;
        let mut asked = None;
        let effects = self.with_context(|_, cx| {
            let slot = before.unwrap_or_else(|| cx.slot());
            asked = Some((slot, cx.ask(slot, Request::Permits(key.clone()))));
        });
        if let Some((slot, ticket)) = asked {
            self.permits.slot = Some(slot);
            self.permits.asked = Some((ticket, key));
        }
        effects
    }

    /// Takes the answer, if it is the one.
    pub(super) fn permits_answer(&mut self, ticket: Ticket, reply: &Reply) -> bool {
        let Some((_, key)) = self.permits.asked.take_if(|(asked, _)| *asked == ticket) else { return false };
        // What can't be told is not asked again and again.
        let permits = if let Reply::Permits(Ok(permits)) = reply { permits.clone() } else { Vec::new() };
        self.permits.known = Some((key, permits));
        true
    }

    /// What was known may not hold any more.
    pub(super) fn forget_permits(&mut self) {
        self.permits.known = None;
        self.permits.asked = None;
    }

    /// Why an action isn't allowed on the record under the cursor, as far as that is known.
    pub(super) fn forbidden(&self, action: Action) -> Option<Message> {
        let (key, permits) = self.permits.known.as_ref()?;
        let place = ACTIONS.iter().position(|actions| actions.contains(&action))?;
        let current = self.layers.last()?.current();
        match permits.get(place)? {
            Permit::No(why) if current.as_ref() == Some(key) => Some(why.clone()),
            _ => None,
        }
    }
}

/// As many answers as there are names.
const _: () = assert!(PERMITTED.len() == ACTIONS.len());
