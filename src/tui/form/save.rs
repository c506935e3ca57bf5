//! Saving a form: every error at once, and a merge where someone else was faster.

use super::close::After;
use super::conflict::{ConflictLayer, Differences, Row, differences};
use super::{Above, FormLayer, Phase, Underneath};
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, DoRequest, EachRequest, Progress, SaveRequest, Saved, View};
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::tui::action::Action;
use crate::tui::app::{LOOK, Msg};
use crate::tui::context::{Context, Effect, Shared};
use crate::tui::layer::Closed;
use crate::tui::request::Request;
use crate::tui::screen::refused;

impl FormLayer {
    /// Saves, or shows everything that is wrong. Then does what was wanted after.
    pub(super) fn save(&mut self, after: After, cx: &mut Context<'_>) {
        if self.phase != Phase::Open {
            return;
        }
        self.leave_field(cx.shared);
        self.submitted = true;
        for entry in &mut self.entries {
            entry.read(cx.shared);
        }
        if self.entries.iter().any(|e| e.is_unreadable()) {
            self.show_errors(cx);
            return;
        }
        let changes = self.changes(cx.shared);
        if self.target.is_some() && changes.is_empty() && self.amends.is_none() {
            cx.info(msg!("form-nothing-to-save"));
            self.end(Closed::Cancelled, after, cx);
            return;
        }
        if let Some(amended) = self.amendment(&changes, cx.shared) {
            self.phase = Phase::Saving(cx.ask(self.slot, amended), after);
            return;
        }
        let request = match &self.acting {
            Some((key, _)) if !self.each.is_empty() => {
                let action = self.object.name.trim_start_matches(&key.object).trim_start_matches('.').to_owned();
                let (keys, comment) = (self.each.clone(), String::new());
                Request::Act(ActRequest::DoEach(EachRequest { action, keys, fields: changes, comment }))
            }
            Some((key, version)) => {
                let name = self.object.name.split_once('.').map_or("", |(_, action)| action);
                let (action, key, version) = (name.to_owned(), key.clone(), Some(*version));
                let act = DoRequest { action, key, fields: changes, comment: String::new(), version };
                self.progress = Progress::default();
                cx.effect(Effect::Later(LOOK, Msg::Look));
                Request::Act(ActRequest::DoTelling(act, self.progress.clone()))
            }
            None => Request::Save(SaveRequest { object: self.object.name.clone(), target: self.target, changes }),
        };
        self.phase = Phase::Saving(cx.ask(self.slot, request), after);
    }

    /// The changed fields of a stored record, all fields of a new one.
    fn changes(&self, shared: &Shared) -> Fields {
        let values = self.values(shared);
        let editable = self.entries.iter().filter(|e| !e.is_computed());
        let names = editable.map(|e| e.field.name.as_str());
        let empty = Value::Empty;
        if self.target.is_none() {
            let visible = |name: &str| self.entries.iter().any(|e| e.field.name == name && e.state.visible);
            let prepared = |name: &str| self.base.contains_key(name);
            let given = names.filter(|name| visible(name) || prepared(name));
            // An emptied default is given as empty, so that it isn't filled in again.
            let wanted = given.filter(|name| values.contains_key(*name) || prepared(name));
            return wanted.map(|name| (name.to_owned(), values.get(name).unwrap_or(&empty).clone())).collect();
        }
        let value = |fields: &Fields, name: &str| fields.get(name).unwrap_or(&empty).clone();
        let changed = names.filter(|name| value(&values, name) != value(&self.base, name));
        let changed = changed.map(|name| (name.to_owned(), value(&values, name)));
        changed.chain(self.along.clone()).collect()
    }

    /// Says how many errors there are and goes to the first.
    pub(super) fn show_errors(&mut self, cx: &mut Context<'_>) {
        let wrong = |e: &super::Entry| e.error(true).is_some();
        let key = cx.shared.keymap.first_key(Action::NextError);
        let count = self.entries.iter().filter(|e| wrong(e)).count() + self.general.len();
        if let Some(first) = self.entries.iter().position(|e| wrong(e) && e.is_open()) {
            self.focus = first;
        }
        let fields = self.entries.iter().filter(|e| wrong(e)).map(|e| e.field.label.get(cx.shared.lang));
        let mut what: Vec<&str> = fields.take(4).collect();
        let general: Vec<String> = self.general.iter().map(|m| cx.shared.message(m)).collect();
        what.extend(general.iter().map(String::as_str));
        cx.warn(msg!("form-errors-in", count = count, what = cx.shared.listed(&what), key = key));
    }

    pub(super) fn take_saved(&mut self, result: Result<Saved, Error>, after: After, cx: &mut Context<'_>) {
        self.phase = Phase::Open;
        match result {
            Ok(saved) => {
                let id = saved.records.first().map(|r| r.id).or(self.target.map(|(id, _)| id));
                self.dirty = false;
                if !saved.refused.is_empty() {
                    cx.warn(refused(&saved, self.object.label.get(cx.shared.lang), cx.shared));
                } else if crate::schema::edit::is_form(&self.object.name) {
                    cx.info(msg!("setup-kept"));
                } else if !self.told {
                    let key = cx.shared.keymap.first_key(Action::Undo);
                    let object = self.object.label.get(cx.shared.lang);
                    let title = match &self.acting {
                        Some((key, _)) => self.titles.get(&key.id).cloned().unwrap_or_default(),
                        None => self.record_title(cx.shared),
                    };
                    let what = format!("{object} {title}");
                    let is_submitted = saved.records.iter().skip(1).any(crate::tui::screen::is_submission);
                    let notes: Vec<String> = saved.notes.iter().map(|note| cx.shared.message(note)).collect();
                    let note = cx.shared.listed(&notes.iter().map(String::as_str).collect::<Vec<_>>());
                    cx.info(match (is_submitted, note.is_empty()) {
                        (true, _) => msg!("submitted", what = what.trim_end(), key = key),
                        (false, true) => msg!("saved", what = what.trim_end(), key = key),
                        (false, false) => msg!("saved-noted", what = what.trim_end(), note = note, key = key),
                    });
                }
                self.end(id.map_or(Closed::Cancelled, Closed::Saved), after, cx);
            }
            Err(Error::Invalid(errors)) => {
                self.set_errors(errors);
                self.show_errors(cx);
            }
            // What is decided here still holds: the next try is on the record as it stands now.
            Err(Error::Conflict { message, theirs: Some(theirs) }) if self.acting.is_some() => {
                if let Some((_, version)) = &mut self.acting {
                    *version = theirs.version;
                }
                let say = msg!("form-act-conflict", what = cx.shared.message(&message));
                cx.warn(say);
            }
            Err(Error::Conflict { message, .. }) => match self.target {
                // Asked for as a whole, with the titles that are needed to show it.
                Some((id, _)) => {
                    let key = RecordKey { object: self.object.name.clone(), id };
                    self.phase = Phase::Merging(cx.ask(self.slot, Request::Get(key)), after);
                }
                None => cx.fail(&Error::Other(message), None),
            },
            Err(Error::Cancelled) => cx.info(msg!("form-stopped")),
            Err(error) => {
                if matches!(error, Error::NotFound(_)) {
                    self.underneath = Underneath::Deleted;
                }
                cx.fail(&error, Some(&self.object));
            }
        }
    }

    /// Their record is there: takes what only they changed, asks about what both changed.
    pub(super) fn take_theirs(&mut self, result: Result<View, Error>, after: After, cx: &mut Context<'_>) {
        self.phase = Phase::Open;
        let view = match result {
            Ok(view) => view,
            Err(error) => {
                if matches!(error, Error::NotFound(_)) {
                    self.underneath = Underneath::Deleted;
                }
                cx.fail(&error, Some(&self.object));
                return;
            }
        };
        self.titles.extend(view.titles.iter().map(|(id, title)| (*id, title.clone())));
        let mine = self.values(cx.shared);
        let editable = self.entries.iter().filter(|e| !e.is_computed());
        let names = editable.map(|e| e.field.name.as_str());
        let Differences { both, theirs } = differences(names, &self.base, &mine, &view.record.fields);
        if both.is_empty() {
            self.merge(&view, &theirs, cx.shared);
            if !theirs.is_empty() {
                cx.info(msg!("form-merged", fields = self.labels(&theirs, cx.shared)));
                self.told = true;
            }
            self.keep_draft(cx);
            self.save(after, cx);
            return;
        }
        let rows = both.iter().filter_map(|name| self.row(name, &mine, &view.record.fields, cx.shared)).collect();
        let taken = self.labels(&theirs, cx.shared);
        self.conflict = Some((Box::new(view), theirs, after));
        self.above = Above::Conflict;
        cx.push(Box::new(ConflictLayer::new(rows, taken)));
    }

    /// The user chose whose values to keep.
    pub(super) fn take_choice(&mut self, closed: Closed, cx: &mut Context<'_>) {
        let Some((view, mut theirs, after)) = self.conflict.take() else { return };
        let Closed::Picked(chosen) = closed else {
            self.underneath = Underneath::Changed;
            return;
        };
        theirs.extend(chosen);
        self.merge(&view, &theirs, cx.shared);
        self.after_change(cx);
        self.save(after, cx);
    }

    /// Goes on from their version, with their values in some fields and mine in the others.
    fn merge(&mut self, view: &View, theirs: &[String], shared: &Shared) {
        let mine = self.values(shared);
        let former = std::mem::replace(&mut self.base, view.record.fields.clone());
        self.target = Some((view.record.id, view.record.version));
        self.underneath = Underneath::Same;
        for entry in self.entries.iter_mut().filter(|e| !e.is_computed()) {
            let name = &entry.field.name;
            let of = |fields: &Fields| fields.get(name).cloned().unwrap_or(Value::Empty);
            if theirs.contains(name) || of(&mine) == of(&former) {
                entry.editor.set(&of(&self.base), shared);
                entry.remember(shared);
            }
        }
    }

    fn row(&self, name: &str, mine: &Fields, theirs: &Fields, shared: &Shared) -> Option<Row> {
        let field = self.object.field(name)?;
        let show = |fields: &Fields| {
            let value = fields.get(name).unwrap_or(&Value::Empty);
            shared.format(&field.kind, value, &self.titles).replace('\n', " ")
        };
        let label = field.label.get(shared.lang).to_owned();
        Some(Row { field: name.to_owned(), label, mine: show(mine), theirs: show(theirs) })
    }

    fn labels(&self, names: &[String], shared: &Shared) -> String {
        let fields = names.iter().filter_map(|name| self.object.field(name));
        shared.listed(&fields.map(|f| f.label.get(shared.lang)).collect::<Vec<_>>())
    }
}
