//! The lines of a document as a table that is edited cell by cell: what each comes to and the document's totals follow
//! every change, and all of it is saved at once.

mod draw;
mod keep;
mod rows;

use super::FormLayer;
use super::draft::Keeper;
use super::editor::Response;
use super::entry::Entry;
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, LinesAnswer, LinesRequest, Saved};
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Kind, Object};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use keep::KeptCell;
pub(super) use keep::KeptLines;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rows::{Row, Rows};

/// The answers about unsaved changes, in the order of the buttons.
const ANSWERS: [&str; 3] = ["form-answer-save", "form-answer-discard", "form-answer-stay"];
/// How many steps can be taken back.
const MOST_STEPS: usize = 200;

/// What the layer above is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Above {
    Nothing,
    Chooser,
    /// The form of a record that the cell at hand will refer to.
    Create,
    Leave,
}

/// The lines of a document as a screen.
pub struct GridLayer {
    document: RecordKey,
    lines: Object,
    by: String,
    columns: Vec<Field>,
    /// The fields of the document that are shown below: its totals.
    totals: Vec<Field>,
    rows: Rows,
    /// Rows as they were, for taking changes back.
    former: Vec<Rows>,
    row: usize,
    column: usize,
    editing: Option<Entry>,
    /// What the edited cell had.
    began: Value,
    above: Above,
    view: Option<Record>,
    errors: Vec<FieldError>,
    titles: Titles,
    slot: Slot,
    loading: Option<Ticket>,
    trying: Option<Ticket>,
    saving: Option<Ticket>,
    failed: Option<Error>,
    dirty: bool,
    keeper: Keeper,
    /// What the draft holds, as far as was asked.
    kept: Option<KeptLines>,
    /// Taken up from a draft: the stored lines come first, then the cell that was being typed in.
    resumed: Option<Option<KeptCell>>,
    /// Over: what it closes with when the draft is gone.
    ending: Option<Closed>,
}

impl GridLayer {
    /// The lines of a document; `None` if it has none that are entered one after the other.
    pub fn open(document: RecordKey, cx: &mut Context<'_>) -> Option<GridLayer> {
        let object = cx.shared.object(&document.object)?;
        let related = object.related.iter().find(|r| r.repeat)?;
        let lines = cx.shared.object(&related.object)?.clone();
        let mut grid = GridLayer {
            columns: columns(&lines, &related.field),
            totals: totals(object, &lines.name),
            by: related.field.clone(),
            lines,
            document,
            rows: Rows::default(),
            former: Vec::new(),
            row: 0,
            column: 0,
            editing: None,
            began: Value::Empty,
            above: Above::Nothing,
            view: None,
            errors: Vec::new(),
            titles: Titles::new(),
            slot: cx.slot(),
            loading: None,
            trying: None,
            saving: None,
            failed: None,
            dirty: false,
            keeper: Keeper::new(cx),
            kept: None,
            resumed: None,
            ending: None,
        };
        grid.load(cx);
        Some(grid)
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        let request = LinesRequest { lines: Vec::new(), removed: Vec::new(), ..self.request() };
        self.loading = Some(cx.ask(self.slot, Request::Lines(request)));
    }

    fn request(&self) -> LinesRequest {
        LinesRequest {
            document: self.document.object.clone(),
            id: Some(self.document.id),
            object: self.lines.name.clone(),
            by: self.by.clone(),
            lines: self.rows.changes(),
            ordered: self.rows.ordered,
            removed: self.rows.removed.clone(),
        }
    }

    /// Asks what it comes to now.
    fn try_out(&mut self, cx: &mut Context<'_>) {
        self.trying = None;
        if self.rows.differ() {
            self.trying = Some(cx.ask(self.slot, Request::Lines(self.request())));
        } else {
            self.load(cx);
        }
    }

    fn keep_step(&mut self) {
        self.former.push(self.rows.clone());
        if self.former.len() > MOST_STEPS {
            self.former.remove(0);
        }
    }

    fn field(&self) -> Option<&Field> {
        self.columns.get(self.column)
    }

    /// Begins to edit the cell at hand.
    fn edit(&mut self, cx: &mut Context<'_>) {
        let (Some(field), Some(row)) = (self.field().cloned(), self.rows.rows.get(self.row)) else { return };
        if !can_edit(&field) {
            cx.info(msg!("lines-computed", field = field.label.get(cx.shared.lang)));
            return;
        }
        let began = row.value(&field.name);
        let Some(entry) = self.begin(began, cx.shared) else { return };
        let picks = matches!(field.kind, Kind::Reference { .. } | Kind::Select { .. } | Kind::User { .. });
        let chooser = if picks { entry.editor.chooser("", cx) } else { None };
        self.editing = Some(entry);
        if let Some(layer) = chooser {
            self.above = Above::Chooser;
            cx.push(layer);
        }
    }

    /// The editor of the cell at hand.
    fn begin(&mut self, began: Value, shared: &Shared) -> Option<Entry> {
        let field = self.field()?.clone();
        let mut entry = Entry::new(&field, &began, false, shared);
        entry.state.read_only = false;
        self.began = began;
        Some(entry)
    }

    /// Takes the edited cell over. False if its text is no value.
    fn commit(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(entry) = &mut self.editing else { return true };
        entry.editor.leave(cx.shared);
        match entry.editor.value(cx.shared) {
            Ok(value) => {
                let name = entry.field.name.clone();
                self.editing = None;
                if value != self.began {
                    self.keep_step();
                    if let Some(row) = self.rows.rows.get_mut(self.row) {
                        row.set(&name, value);
                    }
                    self.try_out(cx);
                }
                true
            }
            Err(message) => {
                cx.warn(message);
                false
            }
        }
    }

    /// To the next or previous cell that can be edited; a new line behind the last.
    fn next_cell(&mut self, back: bool, cx: &mut Context<'_>) {
        let editable: Vec<usize> =
            (0..self.columns.len()).filter(|at| self.columns.get(*at).is_some_and(can_edit)).collect();
        let next = match back {
            false => editable.iter().find(|at| **at > self.column),
            true => editable.iter().rev().find(|at| **at < self.column),
        };
        match (next, back) {
            (Some(at), _) => self.column = *at,
            (None, false) if self.row + 1 < self.rows.rows.len() => {
                self.row += 1;
                self.column = editable.first().copied().unwrap_or(0);
            }
            (None, false) => self.add(self.rows.rows.len(), cx),
            (None, true) if self.row > 0 => {
                self.row -= 1;
                self.column = editable.last().copied().unwrap_or(0);
            }
            (None, true) => {}
        }
    }

    /// A new line at a place, the cursor in its first cell.
    fn add(&mut self, at: usize, cx: &mut Context<'_>) {
        self.keep_step();
        self.row = self.rows.insert(at, Row::default());
        self.column = (0..self.columns.len()).find(|at| self.columns.get(*at).is_some_and(can_edit)).unwrap_or(0);
        self.edit(cx);
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        // Until what was entered before is laid over the stored lines, there is nothing to act on.
        let waits = self.ending.is_some() || self.resumed.is_some() && self.failed.is_none();
        if self.saving.is_some() || waits && action != Action::Back {
            cx.info(msg!("form-saving"));
            return Flow::Used;
        }
        let last = self.rows.rows.len().saturating_sub(1);
        match action {
            Action::LinesEdit if self.rows.rows.is_empty() => self.add(0, cx),
            Action::LinesEdit => self.edit(cx),
            Action::NextPane => self.next_cell(false, cx),
            Action::PreviousPane => self.next_cell(true, cx),
            Action::LinesRight => self.column = (self.column + 1).min(self.columns.len().saturating_sub(1)),
            Action::LinesLeft => self.column = self.column.saturating_sub(1),
            Action::Down => self.row = (self.row + 1).min(last),
            Action::Up => self.row = self.row.saturating_sub(1),
            Action::Top => self.row = 0,
            Action::Bottom => self.row = last,
            Action::LinesAdd => self.add((self.row + 1).min(self.rows.rows.len()), cx),
            Action::LinesAddAbove => self.add(self.row, cx),
            Action::LinesCopy | Action::LinesRemove | Action::LinesLower | Action::LinesHigher => {
                if self.rows.rows.is_empty() {
                    return Flow::Used;
                }
                self.keep_step();
                self.row = match action {
                    Action::LinesCopy => self.rows.duplicate(self.row, &self.columns),
                    Action::LinesRemove => self.rows.remove(self.row),
                    Action::LinesLower => self.rows.shift(self.row, 1),
                    _ => self.rows.shift(self.row, -1),
                };
                self.try_out(cx);
            }
            Action::Undo => match self.former.pop() {
                Some(rows) => {
                    self.rows = rows;
                    self.row = self.row.min(self.rows.rows.len().saturating_sub(1));
                    self.try_out(cx);
                }
                None => cx.info(msg!("lines-nothing-to-undo")),
            },
            Action::LinesSave => self.save(cx),
            Action::Back => self.leave(cx),
            Action::Refresh | Action::Redo => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn save(&mut self, cx: &mut Context<'_>) {
        if !self.commit(cx) {
            return;
        }
        self.rows.drop_blank();
        if !self.rows.differ() {
            cx.info(msg!("form-nothing-to-save"));
            self.end(Closed::Cancelled, cx);
            return;
        }
        self.saving = Some(cx.ask(self.slot, Request::Act(ActRequest::Lines(self.request()))));
    }

    fn leave(&mut self, cx: &mut Context<'_>) {
        if self.ending.is_some() {
            // Asked again while the draft's last write is not answered: don't wait for it.
            self.keeper.hurry(cx);
            self.end_if_kept(cx);
            return;
        }
        if !self.rows.differ() {
            self.end(Closed::Cancelled, cx);
            return;
        }
        self.above = Above::Leave;
        let buttons = ANSWERS.map(|key| cx.shared.text(key)).to_vec();
        let question = cx.shared.text("form-unsaved");
        cx.push(Box::new(ConfirmLayer::new(String::new(), vec![question], buttons, ANSWERS.len() - 1)));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        let Some(entry) = &mut self.editing else { return Flow::Ignored };
        if key.code == KeyCode::Esc {
            self.editing = None;
            return Flow::Used;
        }
        if key.ctrl && key.code == KeyCode::Char('s') {
            self.save(cx);
            return Flow::Used;
        }
        match entry.editor.key(key, cx.shared) {
            Response::Choose(typed) => {
                if let Some(layer) = entry.editor.chooser(&typed, cx) {
                    self.above = Above::Chooser;
                    cx.push(layer);
                }
            }
            Response::Changed | Response::Moved | Response::Attach(_) => {}
            Response::Next | Response::Ignored if key.code == KeyCode::Enter => drop(self.commit(cx)),
            Response::Next => self.on(false, cx),
            Response::Ignored => match key.code {
                KeyCode::Tab => self.on(key.shift, cx),
                KeyCode::Down | KeyCode::Up => {
                    if self.commit(cx) {
                        self.act(if key.code == KeyCode::Down { Action::Down } else { Action::Up }, cx);
                    }
                }
                _ => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    /// Takes the cell over and edits the next one.
    fn on(&mut self, back: bool, cx: &mut Context<'_>) {
        if self.commit(cx) {
            self.next_cell(back, cx);
            // A new line has begun with its own first cell.
            if self.editing.is_none() {
                self.edit(cx);
            }
        }
    }

    fn take_closed(&mut self, closed: Closed, cx: &mut Context<'_>) {
        match std::mem::replace(&mut self.above, Above::Nothing) {
            Above::Chooser => {
                if let Closed::Create(text) = &closed {
                    self.create(text, cx);
                    return;
                }
                if let Closed::Record(key, title) = &closed {
                    self.titles.insert(key.id, title.clone());
                }
                let Some(entry) = &mut self.editing else { return };
                let chosen = entry.editor.chosen(&closed, cx.shared);
                if closed == Closed::Cancelled {
                    self.editing = None;
                } else if chosen {
                    self.on(false, cx);
                } else {
                    self.commit(cx);
                }
            }
            Above::Create => {
                let Some(entry) = &mut self.editing else { return };
                if matches!(closed, Closed::Saved(_)) && entry.editor.chosen(&closed, cx.shared) {
                    self.on(false, cx);
                } else {
                    self.editing = None;
                }
            }
            Above::Leave => match closed {
                Closed::Answered(0) => self.save(cx),
                Closed::Answered(1) => self.end(Closed::Cancelled, cx),
                _ => {}
            },
            Above::Nothing => {}
        }
    }

    /// Opens a form for the record that the cell at hand will refer to, its title typed already.
    fn create(&mut self, text: &str, cx: &mut Context<'_>) {
        let target = self.editing.as_ref().and_then(|entry| entry.field.kind.target());
        let Some(object) = target.and_then(|name| cx.shared.object(name)) else { return };
        let given = Fields::from([(object.title.clone(), Value::text(text))]);
        let form = FormLayer::add(&object.name.clone(), given, cx);
        self.above = Above::Create;
        cx.push(form);
    }

    fn take_lines(&mut self, answer: Result<Box<LinesAnswer>, Error>, loaded: bool, cx: &mut Context<'_>) {
        match answer {
            Ok(answer) => {
                let LinesAnswer { lines, document, errors, titles } = *answer;
                self.titles.extend(titles);
                self.view = document;
                self.errors = errors;
                self.failed = None;
                let resumed = if loaded { self.resumed.take() } else { None };
                match (loaded, self.rows.differ() || resumed.is_some()) {
                    (true, false) => self.rows = Rows::stored(lines),
                    // Someone else changed the document: what is entered here is laid over it.
                    (true, true) => {
                        self.rows.rebase(lines);
                        self.try_out(cx);
                    }
                    (false, _) => self.rows.see(lines),
                }
                self.row = self.row.min(self.rows.rows.len().saturating_sub(1));
                if let Some(cell) = resumed.flatten() {
                    self.take_up(cell, cx.shared);
                }
                self.keep(cx);
            }
            Err(Error::Cancelled) => {}
            Err(error) if loaded => self.failed = Some(error),
            Err(Error::Conflict { .. }) => self.load(cx),
            Err(error) => cx.fail(&error, Some(&self.lines)),
        }
    }

    fn take_saved(&mut self, result: Result<Saved, Error>, cx: &mut Context<'_>) {
        match result {
            Ok(_) => {
                let key = cx.shared.keymap.first_key(Action::Undo);
                cx.info(msg!("saved", what = self.title(cx.shared), key = key));
                self.end(Closed::Saved(self.document.id), cx);
            }
            Err(Error::Invalid(errors)) => {
                // Which line and cell: `3.price`.
                let place = errors.iter().find_map(|e| {
                    let (line, field) = e.field.split_once('.')?;
                    Some((line.parse::<usize>().ok()?.checked_sub(1)?, field.to_owned(), e.message.clone()))
                });
                let first = errors.into_iter().next().map(|e| e.message);
                if let Some((row, field, message)) = place {
                    self.row = row;
                    self.column = self.columns.iter().position(|c| c.name == field).unwrap_or(self.column);
                    let label = self.lines.field(&field).map(|f| f.label.get(cx.shared.lang)).unwrap_or_default();
                    let what = cx.shared.message(&message);
                    cx.warn(msg!("lines-wrong", line = row + 1, field = label, what = what));
                } else if let Some(message) = first {
                    cx.warn(message);
                }
                self.try_out(cx);
            }
            Err(error) => {
                if matches!(error, Error::Conflict { .. }) {
                    self.load(cx);
                }
                cx.fail(&error, Some(&self.lines));
            }
        }
    }
}

/// The columns: what a line refers to, then those of its list.
fn columns(lines: &Object, by: &str) -> Vec<Field> {
    let listed: Vec<&str> = lines.list.iter().map(|c| c.field.as_str()).collect();
    let refers = |f: &&Field| f.is_editable() && f.name != by && f.kind.target().is_some() && !f.kind.is_many();
    let first = lines.fields.iter().filter(refers).filter(|f| !listed.contains(&f.name.as_str()));
    let marks = |f: &&Field| f.kind.is_computed() && matches!(f.kind.result(), Kind::Boolean);
    let rest = listed.iter().filter(|name| **name != by).filter_map(|name| lines.field(name)).filter(|f| !marks(f));
    first.chain(rest).cloned().collect()
}

/// What the lines of an object add up to in a document, and what follows from that.
fn totals(document: &Object, lines: &str) -> Vec<Field> {
    let adds_up = |f: &Field| matches!(&f.kind, Kind::Rollup { of, .. } if of == lines);
    let group = document.fields.iter().find(|f| adds_up(f)).map(|f| f.group.clone()).unwrap_or_default();
    let counts =
        |f: &&Field| f.kind.is_computed() && f.group == group && (adds_up(f) || matches!(f.kind, Kind::Formula { .. }));
    document.fields.iter().filter(counts).cloned().collect()
}

fn can_edit(field: &Field) -> bool {
    field.is_editable() && field.read_only != crate::schema::model::When::Always
}

impl Layer for GridLayer {
    fn scopes(&self) -> Vec<Scope> {
        if self.editing.is_some() { Vec::new() } else { vec![Scope::Lines, Scope::Move, Scope::Global] }
    }

    fn takes_text(&self) -> bool {
        self.editing.is_some()
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.loading.is_none() && self.trying.is_none()
    }

    fn is_dirty(&self) -> bool {
        self.dirty
    }

    fn draft(&self) -> Option<&str> {
        Some(&self.keeper.key)
    }

    fn title(&self, shared: &Shared) -> String {
        let object = shared.object(&self.document.object);
        let title = self.view.as_ref().zip(object).map(|(record, o)| {
            let named = o.code.iter().chain([&o.title]).map(|name| record.get(name)).find(|v| !v.is_empty());
            named.and_then(Value::as_str).unwrap_or_default().to_owned()
        });
        let label = self.lines.plural_label(shared.lang);
        format!("{label} {}", title.unwrap_or_default()).trim_end().to_owned()
    }

    fn hints(&self) -> Vec<Action> {
        if self.editing.is_some() {
            return Vec::new();
        }
        use Action::*;
        vec![LinesEdit, LinesAdd, LinesCopy, LinesRemove, LinesLower, LinesHigher, LinesSave, Undo, Back]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let entered = matches!(event, Event::Action(_) | Event::Key(_) | Event::Paste(_) | Event::Closed(_));
        let flow = self.take(event, cx);
        if entered {
            self.keep(cx);
        }
        flow
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.draw_grid(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, buf, shared)
    }
}

impl GridLayer {
    fn take(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) => match &mut self.editing {
                Some(entry) => drop(entry.editor.paste(&text)),
                None => return Flow::Ignored,
            },
            Event::Reply(ticket, Reply::SettingPut(result)) if self.keeper.answered(ticket, result.is_ok(), cx) => {
                self.end_if_kept(cx);
            }
            Event::Reply(ticket, Reply::Lines(answer)) if self.loading == Some(ticket) => {
                self.loading = None;
                self.take_lines(answer, true, cx);
            }
            Event::Reply(ticket, Reply::Lines(answer)) if self.trying == Some(ticket) => {
                self.trying = None;
                self.take_lines(answer, false, cx);
            }
            Event::Reply(ticket, Reply::Acted(result)) if self.saving == Some(ticket) => {
                self.saving = None;
                self.take_saved(result, cx);
            }
            Event::Closed(closed) => self.take_closed(closed, cx),
            Event::Changed => {
                if self.editing.is_none() && self.saving.is_none() {
                    self.load(cx);
                }
                return Flow::Ignored;
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}
