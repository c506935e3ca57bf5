//! Watching a form while it is filled: rules after each change, the draft, the record underneath.

use super::draft::{Draft, Kept};
use super::{FormLayer, Phase, Underneath};
use crate::contract::error::Error;
use crate::contract::request::{CheckAnswer, CheckRequest};
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::schema::kind;
use crate::tui::context::{Context, Shared};
use crate::tui::request::{Reply, Request};

impl FormLayer {
    /// Everything that follows a change of a value.
    pub(super) fn after_change(&mut self, cx: &mut Context<'_>) {
        self.dirty = self.entries.iter().any(|e| e.differs(&self.base, cx.shared));
        self.ask_check(cx);
        self.keep_draft(cx);
    }

    /// The record as it stands in the form. Hidden fields are as they were; unreadable ones are missing.
    pub(super) fn values(&self, shared: &Shared) -> Fields {
        let mut fields = self.base.clone();
        for entry in self.entries.iter().filter(|e| e.state.visible && !e.is_computed()) {
            match entry.editor.value(shared) {
                Ok(value) if !value.is_empty() => fields.insert(entry.field.name.clone(), value),
                _ => fields.remove(&entry.field.name),
            };
        }
        fields
    }

    /// Asks what the rules say; an older question that is still open is given up.
    pub(super) fn ask_check(&mut self, cx: &mut Context<'_>) {
        let mut fields = self.values(cx.shared);
        // What was emptied must be told: a missing field would stand as it is stored.
        for name in self.base.keys() {
            fields.entry(name.clone()).or_insert(Value::Empty);
        }
        let request = CheckRequest {
            object: self.object.name.clone(),
            id: self.target.map(|(id, _)| id).or_else(|| self.acting_on()),
            fields,
            duplicates: self.entries.iter().any(|e| (e.touched || self.acting.is_some()) && e.field.duplicate),
        };
        self.checking = Some(cx.ask(self.check_slot, Request::Check(request)));
    }

    pub(super) fn take_check(&mut self, reply: Reply, cx: &mut Context<'_>) {
        let answer = match reply {
            Reply::Checked(Ok(answer)) => answer,
            Reply::Checked(Err(error)) if error != Error::Cancelled => {
                cx.fail(&error, Some(&self.object));
                return;
            }
            _ => return,
        };
        let CheckAnswer { errors, states, computed, suggested, titles, duplicates, notes } = answer;
        self.notes = notes;
        self.titles.extend(titles);
        self.duplicates = duplicates;
        for entry in &mut self.entries {
            if let Some(state) = states.get(&entry.field.name) {
                entry.state = *state;
            }
            let computed = computed.get(&entry.field.name);
            if let Some(value) = computed.filter(|_| entry.is_computed()) {
                entry.editor.set(value, cx.shared);
            }
            if let Some(code) = computed.filter(|_| entry.is_code() && self.target.is_none()) {
                entry.preview = code.as_str().unwrap_or_default().to_owned();
            }
        }
        self.set_errors(errors);
        self.keep_focus_open();
        self.go_to_opened();
        if self.follow(&suggested, cx.shared) {
            self.after_change(cx);
        }
    }

    /// Fills in what follows what was chosen, except where the user has entered something himself; whether
    /// anything is another now.
    fn follow(&mut self, suggested: &Fields, shared: &Shared) -> bool {
        let mut changed = false;
        for entry in self.entries.iter_mut().filter(|e| !e.touched && !e.is_computed() && !e.is_code()) {
            let Some(value) = suggested.get(&entry.field.name) else { continue };
            // Nothing follows: only what followed before is taken away.
            if value.is_empty() && !entry.followed || entry.editor.held(shared) == *value {
                continue;
            }
            entry.editor.set(value, shared);
            entry.followed = true;
            entry.read(shared);
            entry.remember(shared);
            changed = true;
        }
        changed
    }

    /// Puts errors under their fields, and those of no visible field on top.
    pub(super) fn set_errors(&mut self, errors: Vec<crate::domain::message::FieldError>) {
        self.general.clear();
        for entry in &mut self.entries {
            entry.ruled.clear();
        }
        for error in errors {
            match self.entries.iter_mut().find(|e| e.field.name == error.field && e.state.visible) {
                Some(entry) => entry.ruled.push(error.message),
                None => self.general.push(error.message),
            }
        }
    }

    /// The rules may have closed the field that the cursor is in.
    fn keep_focus_open(&mut self) {
        if self.entries.get(self.focus).is_some_and(|e| e.is_open()) {
            return;
        }
        let after = (self.focus..self.entries.len()).find(|i| self.entries.get(*i).is_some_and(|e| e.is_open()));
        let before = || (0..self.focus).rev().find(|i| self.entries.get(*i).is_some_and(|e| e.is_open()));
        if let Some(place) = after.or_else(before) {
            self.focus = place;
        }
    }

    /// Keeps the state of the form as a draft, or removes it where there is nothing to keep.
    pub(super) fn keep_draft(&mut self, cx: &mut Context<'_>) {
        // What is saved along is not in a draft; what is for several records would come back for the first alone.
        let state =
            (self.dirty && self.along.is_empty() && self.each.is_empty()).then(|| self.draft(cx.shared).to_text());
        self.keeper.keep(state, cx);
    }

    fn draft(&self, shared: &Shared) -> Draft {
        let changed = self.entries.iter().filter(|e| e.differs(&self.base, shared));
        let acting = self.acting.as_ref().map(|(key, version)| (key.id, *version));
        let on = self.target.or(acting);
        let title = acting.and_then(|(id, _)| self.titles.get(&id).cloned());
        let title = title.unwrap_or_else(|| self.record_title(shared));
        Draft {
            key: self.keeper.key.clone(),
            object: self.object.name.clone(),
            id: on.map(|(id, _)| id),
            version: on.map_or(0, |(_, version)| version),
            amends: self.amended_number(),
            title,
            pid: std::process::id(),
            at: shared.now.timestamp(),
            base: self.base.iter().map(|(name, value)| (name.clone(), kind::to_json(value))).collect(),
            fields: changed.map(|e| (e.field.name.clone(), Kept::of(e, shared))).collect(),
            titles: self.titles.iter().map(|(id, title)| (*id, title.clone())).collect(),
            lines: None,
        }
    }

    /// Stored data changed: looks whether it was this record. The form keeps what is typed either way.
    pub(super) fn look_underneath(&mut self, cx: &mut Context<'_>) {
        if let (Some((id, _)), Phase::Open) = (self.target, &self.phase) {
            let key = RecordKey { object: self.object.name.clone(), id };
            let slot = cx.slot();
            self.watching = Some(cx.ask(slot, Request::Get(key)));
        }
    }

    pub(super) fn take_watch(&mut self, reply: Reply) {
        self.underneath = match (reply, self.target) {
            (Reply::View(Ok(view)), Some((_, version))) if view.record.version > version => Underneath::Changed,
            (Reply::View(Err(Error::NotFound(_))), _) => Underneath::Deleted,
            (Reply::View(Ok(_)), _) => Underneath::Same,
            _ => self.underneath,
        };
    }

    /// The stored title of a record that was made for a reference.
    pub(super) fn take_name(&mut self, reply: Reply, shared: &Shared) {
        let Reply::View(Ok(view)) = reply else { return };
        let field = shared.object(&view.record.object).and_then(|o| o.field(&o.title));
        if let Some(field) = field {
            let title = shared.format(&field.kind, view.record.get(&field.name), &view.titles);
            self.titles.insert(view.record.id, title);
        }
    }
}
