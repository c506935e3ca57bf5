//! Forms made from the schema: one editor for each field, checked while typing, kept as a draft, saved
//! with a merge where someone else was faster.
//!
//! A new field type gets its editor in `editor`, which is the one place that looks at types.

mod amend;
mod attach;
mod calendar;
mod choices;
mod close;
pub(in crate::tui) mod conflict;
pub mod draft;
mod drafts;
mod draw;
mod editor;
mod entry;
mod fill;
pub mod grid;
mod keys;
mod layout;
mod reading;
mod save;
mod search;
#[cfg(test)]
mod tests;
mod watch;

use crate::contract::error::Error;
use crate::contract::request::{Duplicate, Progress, View};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::Object;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::Key;
use crate::tui::layer::{Awaits, Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use amend::Amended;
use attach::Asked;
use close::After;
use draft::{Draft, Keeper, Kept};
use entry::Entry;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;

/// What the layer above the form is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Above {
    Nothing,
    /// Chooses the value of an entry.
    Chooser(usize),
    /// Lists files for an entry.
    Files(usize),
    /// Makes the record that an entry will refer to.
    Create(usize),
    /// Asks what to do with unsaved changes before going on.
    Leave(After),
    /// Shows what both changed.
    Conflict,
    /// Lists similar records.
    Duplicates,
    /// Edits the lines of the document.
    Lines,
    /// Something else, whose result is not the form's.
    Other,
}

/// Where the form is on its way from the record to the record.
#[derive(Debug, Clone, PartialEq)]
enum Phase {
    /// The record is on its way.
    Loading(Ticket),
    /// It did not come.
    Failed(Error),
    /// At the user's hands.
    Open,
    /// On its way to the store; then …
    Saving(Ticket, After),
    /// Someone else was faster: their record is on its way.
    Merging(Ticket, After),
    /// All done; waits until the draft's last write is answered.
    Ending(Closed, After),
}

/// What happened to the record underneath while the form was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Underneath {
    Same,
    Changed,
    Deleted,
}

/// A form for one record.
pub struct FormLayer {
    object: Object,
    /// The record and the version that the changes are made on; `None` for a new record.
    target: Option<(Id, i64)>,
    /// What is saved along with the fields of the form: it only asks for what that needs.
    along: Fields,
    /// What is filled in when the record is there, as if it had been typed.
    typed: Fields,
    /// The record that the action of this form is for, and the version it is decided on.
    acting: Option<(RecordKey, i64)>,
    /// All records that the action is for, where they are several.
    each: Vec<RecordKey>,
    /// What the server refused and the form mends.
    amends: Option<Amended>,
    /// The values that the form began with.
    base: Fields,
    titles: Titles,
    entries: Vec<Entry>,
    focus: usize,
    /// The field that the cursor has just gone on from: what its value opens is filled in next.
    left: Option<usize>,
    start: Option<String>,
    phase: Phase,
    /// Keys typed before the record was there.
    early: Vec<Key>,
    above: Above,
    /// A save was tried: every error is shown.
    submitted: bool,
    /// Errors that belong to no visible field.
    general: Vec<Message>,
    duplicates: Vec<Duplicate>,
    /// What it would come to, as the rules say.
    notes: Vec<Message>,
    /// How far the action is that is being done.
    progress: Progress,
    slot: Slot,
    check_slot: Slot,
    checking: Option<Ticket>,
    watching: Option<Ticket>,
    underneath: Underneath,
    /// A new record's title is on its way, for the reference that now points to it.
    naming: Option<Ticket>,
    file_slot: Slot,
    attaching: Option<Asked>,
    completing: Option<Asked>,
    /// Their record, the fields taken from it, and what was wanted after saving, while the user chooses.
    conflict: Option<(Box<View>, Vec<String>, After)>,
    keeper: Keeper,
    /// What was taken over from others has been told, and is not to be talked over.
    told: bool,
    dirty: bool,
    area: Cell<Rect>,
    top: Cell<usize>,
}

impl FormLayer {
    /// A form for a new record that starts with the given fields.
    pub fn add(object: &str, given: Fields, cx: &mut Context<'_>) -> Box<dyn Layer> {
        let mut form = FormLayer::blank(object, cx);
        let ticket = cx.ask(form.slot, Request::Prepare { object: object.to_owned(), given });
        form.phase = Phase::Loading(ticket);
        Box::new(form)
    }

    /// The same for a record that is about another one.
    pub fn add_about(object: &str, about: RecordKey, given: Fields, cx: &mut Context<'_>) -> Box<dyn Layer> {
        let mut form = FormLayer::blank(object, cx);
        let ticket = cx.ask(form.slot, Request::PrepareAbout { object: object.to_owned(), about, given });
        form.phase = Phase::Loading(ticket);
        Box::new(form)
    }

    /// A form for a stored record, the cursor in `field` if that can be edited.
    pub fn edit(key: RecordKey, field: Option<&str>, cx: &mut Context<'_>) -> Box<dyn Layer> {
        Box::new(FormLayer::of_record(key, field, cx))
    }

    /// A form that asks for some fields of a stored record only, and saves others along.
    pub fn ask_for(key: RecordKey, fields: Vec<String>, along: Fields, cx: &mut Context<'_>) -> Box<dyn Layer> {
        let mut form = FormLayer::of_record(key, None, cx);
        form.object.fields.retain(|f| fields.contains(&f.name));
        form.along = along;
        Box::new(form)
    }

    /// A form for a stored record, or for an action on it, in which values stand as if they had been typed: what was
    /// sent back, to be corrected. `titles` are those of what they refer to.
    pub fn correct(
        (key, action): (RecordKey, Option<&str>),
        typed: Fields,
        titles: Titles,
        cx: &mut Context<'_>,
    ) -> Box<dyn Layer> {
        let mut form = match action {
            Some(action) => FormLayer::of_action(action, key, cx),
            None => FormLayer::of_record(key, None, cx),
        };
        (form.typed, form.titles) = (typed, titles);
        Box::new(form)
    }

    /// The form of an action on a record.
    pub fn perform(action: &str, key: RecordKey, cx: &mut Context<'_>) -> Box<dyn Layer> {
        Box::new(FormLayer::of_action(action, key, cx))
    }

    fn of_action(action: &str, key: RecordKey, cx: &mut Context<'_>) -> FormLayer {
        let mut form = FormLayer::blank(&format!("{}.{action}", key.object), cx);
        let begin = Request::Begin { action: action.to_owned(), key: key.clone() };
        form.phase = Phase::Loading(cx.ask(form.slot, begin));
        form.acting = Some((key, 0));
        form
    }

    /// The form of an action on several records of one object: what is entered goes for all of them.
    pub fn perform_each(action: &str, keys: Vec<RecordKey>, cx: &mut Context<'_>) -> Box<dyn Layer> {
        let Some(first) = keys.first().cloned() else { return Box::new(FormLayer::blank("", cx)) };
        let name = format!("{}.{action}", first.object);
        let mut form = FormLayer::blank(&name, cx);
        form.phase = Phase::Loading(cx.ask(form.slot, Request::Prepare { object: name, given: Fields::new() }));
        form.acting = Some((first, 0));
        form.each = keys;
        Box::new(form)
    }

    /// A form as it was left.
    pub fn from_draft(draft: Draft, cx: &mut Context<'_>) -> Box<dyn Layer> {
        let mut form = FormLayer::blank(&draft.object, cx);
        form.keeper = Keeper::of(&draft, cx);
        if let Some(number) = draft.amends {
            form.amend_again(number);
        }
        match (draft.object.split_once('.'), draft.id) {
            (Some((object, _)), Some(id)) => {
                form.acting = Some((RecordKey { object: object.to_owned(), id }, draft.version));
            }
            (_, id) => form.target = id.map(|id| (id, draft.version)),
        }
        form.titles = draft.titles();
        form.base = draft.base(&form.object);
        form.make_entries(cx.shared);
        for (name, kept) in &draft.fields {
            let Some(entry) = form.entries.iter_mut().find(|e| e.field.name == *name) else { continue };
            match kept {
                Kept::Text(text) => entry.editor.set_text(text),
                Kept::Value(json) => {
                    if let Ok(value) = crate::schema::kind::from_json(&entry.field.kind, json) {
                        entry.editor.set(&value, cx.shared);
                    }
                }
            }
            entry.touched = true;
            entry.read(cx.shared);
            entry.remember(cx.shared);
        }
        form.phase = Phase::Open;
        form.focus_start();
        form.after_change(cx);
        form.look_underneath(cx);
        Box::new(form)
    }

    fn of_record(key: RecordKey, field: Option<&str>, cx: &mut Context<'_>) -> FormLayer {
        let mut form = FormLayer::blank(&key.object, cx);
        form.start = field.map(str::to_owned);
        form.target = Some((key.id, 0));
        form.phase = Phase::Loading(cx.ask(form.slot, Request::Get(key)));
        form
    }

    fn blank(object: &str, cx: &mut Context<'_>) -> FormLayer {
        let known = cx.shared.object(object).cloned();
        let phase = match known {
            Some(_) => Phase::Open,
            None => Phase::Failed(Error::NotFound(msg!("form-no-object", object = object))),
        };
        FormLayer {
            object: known.unwrap_or_default(),
            target: None,
            along: Fields::new(),
            typed: Fields::new(),
            acting: None,
            each: Vec::new(),
            amends: None,
            base: Fields::new(),
            titles: Titles::new(),
            entries: Vec::new(),
            focus: 0,
            left: None,
            start: None,
            phase,
            early: Vec::new(),
            above: Above::Nothing,
            submitted: false,
            general: Vec::new(),
            duplicates: Vec::new(),
            notes: Vec::new(),
            progress: Progress::default(),
            slot: cx.slot(),
            check_slot: cx.slot(),
            checking: None,
            watching: None,
            underneath: Underneath::Same,
            naming: None,
            file_slot: cx.slot(),
            attaching: None,
            completing: None,
            conflict: None,
            keeper: Keeper::new(cx),
            told: false,
            dirty: false,
            area: Cell::new(Rect::default()),
            top: Cell::new(0),
        }
    }

    /// The record is there: the form begins.
    fn begin(&mut self, view: View, cx: &mut Context<'_>) {
        if self.target.is_some() {
            self.target = Some((view.record.id, view.record.version));
        }
        if let Some((_, version)) = &mut self.acting {
            *version = view.record.version;
        }
        self.base = view.record.fields;
        self.base.extend(self.along.clone());
        self.titles.extend(view.titles);
        self.make_entries(cx.shared);
        self.phase = Phase::Open;
        self.focus_start();
        self.put_mine(cx);
        match std::mem::take(&mut self.typed) {
            typed if typed.is_empty() => self.ask_check(cx),
            typed => self.type_in(typed, cx),
        }
        for key in std::mem::take(&mut self.early) {
            self.key(key, cx);
        }
    }

    /// Puts values in as if they had been typed, the cursor into the first of them.
    fn type_in(&mut self, typed: Fields, cx: &mut Context<'_>) {
        self.focus = self.put(&typed, cx).unwrap_or(self.focus);
        self.after_change(cx);
    }

    /// Enters values, as if typed; the place of the first.
    fn put(&mut self, values: &Fields, cx: &Context<'_>) -> Option<usize> {
        let mut first = None;
        for (at, entry) in self.entries.iter_mut().enumerate().filter(|(_, entry)| !entry.is_computed()) {
            let Some(value) = values.get(&entry.field.name) else { continue };
            first = first.or(Some(at));
            entry.editor.set(value, cx.shared);
            entry.touched = true;
            entry.read(cx.shared);
            entry.remember(cx.shared);
        }
        first
    }

    fn make_entries(&mut self, shared: &Shared) {
        let is_new = self.target.is_none();
        let offered = self.object.fields.iter().filter(|f| !f.is_system());
        let grouped = self.object.groups.iter().flat_map(|g| offered.clone().filter(|f| f.group == g.name));
        let ungrouped = offered.clone().filter(|f| !self.object.groups.iter().any(|g| g.name == f.group));
        let fields = grouped.chain(ungrouped);
        // A field that is no longer offered stays while it holds something.
        let base = &self.base;
        let value = |name: &str| base.get(name).cloned().unwrap_or(Value::Empty);
        let kept = fields.filter(|f| !f.retired || !value(&f.name).is_empty());
        let entries: Vec<Entry> = kept.map(|f| Entry::new(f, &value(&f.name), is_new, shared)).collect();
        for entry in entries.iter().filter(|e| is_new && e.is_code()) {
            self.base.remove(&entry.field.name);
        }
        self.entries = entries;
    }

    /// Puts the cursor into the field that was asked for, else the first that one would fill.
    fn focus_start(&mut self) {
        let asked = self.start.take();
        let place = |name: &str| self.entries.iter().position(|e| e.field.name == name && e.is_open());
        let first = || self.entries.iter().position(|e| e.is_open() && !e.is_code());
        self.focus = asked.and_then(|name| place(&name)).or_else(first).unwrap_or(0);
    }

    /// The one record that the action of this form is for.
    fn acting_on(&self) -> Option<Id> {
        self.acting.as_ref().filter(|_| self.each.is_empty()).map(|(key, _)| key.id)
    }

    fn current_entry(&self) -> Option<&Entry> {
        self.entries.get(self.focus)
    }

    /// The value of the record's title field as it stands in the form.
    fn record_title(&self, shared: &Shared) -> String {
        let entry = self.entries.iter().find(|e| e.field.name == self.object.title);
        if entry.is_none() {
            // A form of some fields only.
            return self.base.get(&self.object.title).and_then(Value::as_str).unwrap_or_default().to_owned();
        }
        let value =
            entry.and_then(|e| e.editor.value(shared).ok().map(|v| shared.format(&e.field.kind, &v, &self.titles)));
        value.unwrap_or_default()
    }

    fn take_reply(&mut self, ticket: Ticket, reply: Reply, cx: &mut Context<'_>) -> Flow {
        if let Reply::SettingPut(result) = &reply
            && self.keeper.answered(ticket, result.is_ok(), cx)
        {
            self.end_if_kept(cx);
            return Flow::Used;
        }
        if self.checking == Some(ticket) {
            self.checking = None;
            self.take_check(reply, cx);
        } else if self.watching == Some(ticket) {
            self.watching = None;
            self.take_watch(reply);
        } else if self.naming == Some(ticket) {
            self.naming = None;
            self.take_name(reply, cx.shared);
        } else if let Some(asked) = self.attaching.take_if(|a| a.ticket == ticket) {
            if let Reply::Attached(result) = reply {
                self.take_attached(&asked, result, cx);
            }
        } else if let Some(asked) = self.completing.take_if(|a| a.ticket == ticket) {
            if let Reply::Paths(result) = reply {
                self.take_paths(&asked, result, cx);
            }
        } else {
            return self.take_phase(ticket, reply, cx);
        }
        Flow::Used
    }

    fn take_phase(&mut self, ticket: Ticket, reply: Reply, cx: &mut Context<'_>) -> Flow {
        match (self.phase.clone(), reply) {
            (Phase::Loading(asked), Reply::View(result) | Reply::Prepared(result)) if asked == ticket => match result {
                Ok(view) => self.begin(view, cx),
                Err(error) => self.phase = Phase::Failed(error),
            },
            (Phase::Saving(asked, after), Reply::Saved(result) | Reply::Acted(result)) if asked == ticket => {
                self.take_saved(result, after, cx)
            }
            (Phase::Saving(asked, after), Reply::Settled(result)) if asked == ticket => {
                self.take_settled(result, after, cx)
            }
            (Phase::Merging(asked, after), Reply::View(result)) if asked == ticket => {
                self.take_theirs(result, after, cx)
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}

impl Layer for FormLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Form, Scope::Global]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        let object = self.object.label.get(shared.lang);
        if let Some((key, _)) = &self.acting {
            let several = shared.message(&msg!("record-count", count = self.each.len()));
            let title =
                if self.each.is_empty() { self.titles.get(&key.id).map_or("", String::as_str) } else { &several };
            return shared.message(&msg!("form-act", action = object, title = title));
        }
        match self.target {
            Some(_) => shared.message(&msg!("form-edit", object = object, title = self.record_title(shared))),
            None => shared.message(&msg!("form-new", object = object)),
        }
    }

    fn current(&self) -> Option<RecordKey> {
        self.target.map(|(id, _)| RecordKey { object: self.object.name.clone(), id })
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::Save, Action::NextField];
        if !self.duplicates.is_empty() {
            hints.push(Action::FormDuplicate);
        }
        if self.entries.iter().any(|e| e.error(self.submitted).is_some()) {
            hints.push(Action::NextError);
        }
        // A quote's lines are `quote_line`; what else can be filled in as a table is no everyday matter.
        if self.object.related.iter().any(|r| r.repeat && r.object.starts_with(&self.object.name)) {
            hints.push(Action::FormLines);
        }
        hints.push(Action::FormChoose);
        hints.push(Action::FieldEditor);
        if self.target.is_some() && self.amends.is_none() {
            hints.extend([Action::FormNextRecord, Action::FormPreviousRecord]);
        }
        hints
    }

    fn unavailable(&self, action: Action, _shared: &Shared) -> Option<Message> {
        match action {
            Action::FormNextRecord | Action::FormPreviousRecord
                if self.target.is_none() || !self.along.is_empty() || self.amends.is_some() =>
            {
                Some(msg!("form-not-stored"))
            }
            Action::FieldEditor if self.current_entry().is_none_or(|e| e.editor.text().is_none()) => {
                Some(msg!("form-not-text"))
            }
            Action::FormLines if !self.object.related.iter().any(|r| r.repeat) => Some(msg!("lines-not-here")),
            Action::FormDuplicate if self.duplicates.is_empty() => Some(msg!("form-no-duplicate")),
            _ => None,
        }
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Reply(ticket, reply) => return self.take_reply(ticket, reply, cx),
            Event::Closed(closed) => self.take_closed(closed, cx),
            Event::Stepped(key) => {
                let field = self.current_entry().map(|e| e.field.name.clone());
                *self = FormLayer::of_record(key, field.as_deref(), cx);
            }
            Event::Changed => {
                self.look_underneath(cx);
                return Flow::Ignored;
            }
            Event::Resized => return Flow::Ignored,
            Event::Action(action) => return self.act(action, cx),
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) => self.paste(&text, cx),
            Event::Mouse(mouse) => return self.mouse(mouse, cx),
            Event::Edited(text) => self.take_edited(text, cx),
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.draw_form(area, buf, shared)
    }

    fn is_ready(&self) -> bool {
        !matches!(self.phase, Phase::Loading(_))
    }

    fn awaits(&self) -> Option<Awaits> {
        matches!(self.phase, Phase::Saving(..) | Phase::Ending(..)).then_some(Awaits::Closing)
    }

    fn draft(&self) -> Option<&str> {
        Some(&self.keeper.key)
    }

    fn is_working(&self) -> bool {
        self.acting.is_some() && matches!(self.phase, Phase::Saving(..))
    }

    fn is_dirty(&self) -> bool {
        self.dirty
    }
}
