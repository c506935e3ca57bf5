//! A change that the server refused, in its form again: my values over the record as it stands, and why it was refused.

use super::{FormLayer, Phase};
use crate::backend::sync::{Link, Pending, PendingKind, Settle};
use crate::contract::error::Error;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::tui::context::{Context, Shared};
use crate::tui::layer::{Closed, Layer};
use crate::tui::request::Request;

/// What the form is to put in the place of what was refused.
#[derive(Clone)]
pub(super) struct Amended {
    /// The change's number.
    pub(super) number: i64,
    /// What was put in and refused.
    mine: Fields,
    /// Why.
    reason: Option<Error>,
}

impl FormLayer {
    /// A refused change in its form; `None` for what has no form: deletions and actions.
    pub fn amend(pending: &Pending, cx: &mut Context<'_>) -> Option<Box<dyn Layer>> {
        let key = pending.key.clone()?;
        let mine = pending.fields.iter().map(|field| (field.field.clone(), field.mine.clone()));
        let mine: Fields = mine.collect();
        let mut form = match pending.kind {
            PendingKind::Change => FormLayer::of_record(key, None, cx),
            PendingKind::Create => {
                let mut form = FormLayer::blank(&key.object, cx);
                let editable = |name: &str| form.object.field(name).is_some_and(|field| field.is_editable());
                let given = mine.iter().filter(|(name, _)| editable(name));
                let given = given.map(|(name, value)| (name.clone(), value.clone())).collect();
                let ticket = cx.ask(form.slot, Request::Prepare { object: key.object, given });
                form.phase = Phase::Loading(ticket);
                form
            }
            PendingKind::Delete | PendingKind::Act => return None,
        };
        form.amends = Some(Amended { number: pending.number, mine, reason: pending.problem.clone() });
        Some(Box::new(form))
    }

    /// The same from a draft.
    pub(super) fn amend_again(&mut self, number: i64) {
        self.amends = Some(Amended { number, mine: Fields::new(), reason: None });
    }

    /// Puts my values into the fields of the record as it stands.
    pub(super) fn put_mine(&mut self, cx: &mut Context<'_>) {
        let Some(Amended { mine, reason, .. }) = self.amends.clone() else { return };
        self.put(&mine, cx);
        let first = match reason {
            Some(Error::Invalid(errors)) => {
                errors.iter().find_map(|e| self.entries.iter().position(|entry| entry.field.name == e.field))
            }
            _ => None,
        };
        if let Some(place) = first.filter(|place| self.entries.get(*place).is_some_and(|entry| entry.is_open())) {
            self.focus = place;
        }
        self.dirty = true;
    }

    /// What the form sends in the place of what was refused.
    pub(super) fn amendment(&self, changes: &Fields, shared: &Shared) -> Option<Request> {
        let amended = self.amends.as_ref()?;
        let values = self.values(shared);
        // What was refused is given in any case, if as it stands on the server: else it would be sent again.
        let refused =
            amended.mine.keys().filter(|name| self.entries.iter().any(|e| e.field.name == **name && !e.is_computed()));
        let mut fields: Fields =
            refused.map(|name| (name.clone(), values.get(name).cloned().unwrap_or(Value::Empty))).collect();
        fields.extend(changes.clone());
        Some(Request::Settle(amended.number, Settle::Amend(fields)))
    }

    /// The server, or its outbox, has taken what was amended.
    pub(super) fn take_settled(&mut self, result: Result<(), Error>, after: super::close::After, cx: &mut Context<'_>) {
        self.phase = Phase::Open;
        match result {
            Ok(()) => {
                self.dirty = false;
                let is_there = cx.shared.sync.as_ref().is_some_and(|state| state.link == Link::Online);
                cx.info(if is_there { msg!("sync-amended-sent") } else { msg!("sync-amended") });
                let closed = self.target.map_or(Closed::Cancelled, |(id, _)| Closed::Saved(id));
                self.end(closed, after, cx);
            }
            Err(error) => {
                if let Error::Invalid(errors) = &error {
                    self.set_errors(errors.clone());
                    self.show_errors(cx);
                } else {
                    cx.fail(&error, Some(&self.object));
                }
                if let Some(amended) = &mut self.amends {
                    amended.reason = Some(error);
                }
            }
        }
    }

    /// Why it was refused, for the line below the title.
    pub(super) fn refused_because(&self, shared: &Shared) -> Option<String> {
        let reason = self.amends.as_ref()?.reason.as_ref()?;
        Some(shared.labelled(&shared.text("sync-rejected"), &shared.error(reason, Some(&self.object))))
    }

    /// The number of the change that is amended, for the draft.
    pub(super) fn amended_number(&self) -> Option<i64> {
        self.amends.as_ref().map(|amended| amended.number)
    }
}
