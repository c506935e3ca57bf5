//! What may not be done with the record under the cursor: asked for when the frame with it is out, so that palette and
//! hint bar show it beforehand and a key says why.

use super::App;
use crate::contract::request::Permit;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::schema::model::{Field, Kind, Object};
use crate::tui::action::Action;
use crate::tui::context::{Effect, Shared};
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

    /// Why an action makes no sense for the kind of record under the cursor: nothing is logged about a role, and what
    /// tcrm writes by itself isn't edited.
    pub(super) fn unsuited(&self, action: Action) -> Option<Message> {
        let key = self.layers.last()?.current()?;
        let object = self.shared.object(&key.object)?;
        let label = object.label.get(self.shared.lang);
        match action {
            Action::Log if !can_be_about(&self.shared, "activity", object) => {
                Some(msg!("log-not-about", object = label))
            }
            Action::Edit | Action::EditText | Action::Add | Action::Delete if !object.editable => {
                Some(msg!("record-not-editable", object = label))
            }
            _ => None,
        }
    }

    /// Whether a hint for it helps with the record under the cursor.
    pub(super) fn is_worth_a_hint(&self, action: Action) -> bool {
        let top = self.layers.last();
        let object = || top.and_then(|layer| layer.current()).and_then(|key| self.shared.object(&key.object).cloned());
        let refused = top.is_some_and(|layer| layer.unavailable(action, &self.shared).is_some());
        let about_it = || object().is_none_or(|object| can_be_about(&self.shared, "task", &object));
        !refused && self.unsuited(action).is_none() && (action != Action::AddTask || about_it())
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

/// Whether records of `of` can be linked to those of `object`: directly, or to what these belong to.
fn can_be_about(shared: &Shared, of: &str, object: &Object) -> bool {
    let Some(by) = shared.object(of) else { return false };
    let linked = |name: &str| {
        by.fields.iter().any(|field| matches!(&field.kind, Kind::Reference { object, .. } if object == name))
    };
    let leads_there =
        |field: &Field| matches!(&field.kind, Kind::Reference { object, many: false, .. } if linked(object));
    object.name == of || linked(&object.name) || object.fields.iter().any(leads_there)
}

/// As many answers as there are names.
const _: () = assert!(PERMITTED.len() == ACTIONS.len());
