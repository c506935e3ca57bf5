//! The call queue: the records of a list one after the other, one key for each outcome. It logs the call, plans
//! the next touch and goes on; the next record is there before it is wanted.

mod card;
mod place;

use crate::contract::dossier::Dossier;
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, Cursor, DoRequest, From, Query, Saved};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey, Titles};
use crate::domain::value::Value;
use crate::domain::when::{self, Moment};
use crate::msg;
use crate::schema::model::{Item, SortKey, UseCase};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::widget::line_edit::{Edited, LineEdit};
use place::Place;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::collections::{BTreeMap, BTreeSet};

/// Records looked up at once.
const PAGE: usize = 500;
/// The dictionary of outcomes.
const OUTCOMES: &str = "activity_outcome";
/// The argument that says whether a task is done with the call.
const DONE: &str = "done";

/// What is called through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueueOf {
    /// The object of the list.
    pub object: String,
    /// The list's filter.
    pub filter: String,
    /// The list's order.
    pub sort: Vec<SortKey>,
    /// Only these, in this order; empty for the whole list.
    pub marks: Vec<Id>,
}

/// A call that is being written or was written.
struct Call {
    id: Id,
    note: String,
    ticket: Ticket,
    /// The journal's number, once it is on disk.
    txn: Option<i64>,
}

/// The queue as a screen.
pub struct QueueScreen {
    of: QueueOf,
    /// The action that logs a call.
    action: String,
    ids: Vec<Id>,
    /// Where the records after the last known one begin.
    more: Option<Cursor>,
    at: usize,
    done: BTreeSet<Id>,
    cards: BTreeMap<Id, Result<Box<Dossier>, Error>>,
    asked: Vec<(Ticket, Id)>,
    calls: Vec<Call>,
    undoing: Option<Ticket>,
    paging: Option<Ticket>,
    slot: Slot,
    loaded: bool,
    error: Option<Error>,
    /// The record that the user stopped at.
    start: Option<Id>,
    note: String,
    /// Notes of records that come again.
    notes: BTreeMap<Id, String>,
    typing: Option<LineEdit>,
    /// The outcome that waits for a date.
    asking: Option<String>,
    /// Whether the task at hand is done with the call; `None`: the outcome says so.
    finish: Option<bool>,
}

impl QueueScreen {
    /// Begins or goes on with the queue of a list; `None` if its records can't be called.
    pub fn open(of: QueueOf, cx: &mut Context<'_>) -> Option<QueueScreen> {
        let action = cx.shared.object(&of.object)?.actions.iter().find(|a| a.does == UseCase::Call)?;
        let place = Place::kept(&of, cx.shared);
        let mut screen = QueueScreen {
            action: action.name.clone(),
            ids: of.marks.clone(),
            more: None,
            at: 0,
            done: place.done,
            cards: BTreeMap::new(),
            asked: Vec::new(),
            calls: Vec::new(),
            undoing: None,
            paging: None,
            slot: cx.slot(),
            loaded: !of.marks.is_empty(),
            error: None,
            start: place.at,
            note: String::new(),
            notes: BTreeMap::new(),
            typing: None,
            asking: None,
            finish: None,
            of,
        };
        if screen.loaded {
            screen.begin(cx)
        } else {
            screen.ask_page(From::Start, cx)
        }
        Some(screen)
    }

    fn ask_page(&mut self, from: From, cx: &mut Context<'_>) {
        let title = cx.shared.object(&self.of.object).map(|o| o.title.clone());
        let query = Query {
            object: self.of.object.clone(),
            filter: self.of.filter.clone(),
            sort: self.of.sort.clone(),
            columns: title.into_iter().collect(),
            from,
            limit: PAGE,
        };
        self.paging = Some(cx.ask(self.slot, Request::Query(query)));
    }

    /// The first records are there: goes to where the user stopped, past what was done today.
    fn begin(&mut self, cx: &mut Context<'_>) {
        let stopped = self.start.take().and_then(|id| self.ids.iter().position(|other| *other == id));
        self.at = stopped.unwrap_or(0);
        self.pass_done();
        // What was left out before the place comes again at the end.
        if self.at >= self.ids.len() && self.more.is_none() {
            self.at = 0;
            self.pass_done();
        }
        self.look(cx);
    }

    fn pass_done(&mut self) {
        while self.ids.get(self.at).is_some_and(|id| self.done.contains(id)) {
            self.at += 1;
        }
    }

    fn id(&self) -> Option<Id> {
        self.ids.get(self.at).copied()
    }

    fn key(&self, id: Id) -> RecordKey {
        RecordKey { object: self.of.object.clone(), id }
    }

    fn card(&self) -> Option<&Result<Box<Dossier>, Error>> {
        self.cards.get(&self.id()?)
    }

    /// Asks for the record at hand and for the next one, and for more records near the end.
    fn look(&mut self, cx: &mut Context<'_>) {
        let near: Vec<Id> =
            self.ids.iter().skip(self.at).filter(|id| !self.done.contains(id)).take(2).copied().collect();
        let near: Vec<Id> = self.id().into_iter().chain(near).take(3).collect();
        self.cards.retain(|id, _| near.contains(id));
        for id in near {
            if !self.cards.contains_key(&id) && !self.asked.iter().any(|(_, asked)| *asked == id) {
                self.ask_card(id, cx);
            }
        }
        if self.at + 2 >= self.ids.len()
            && self.paging.is_none()
            && let Some(cursor) = self.more.take()
        {
            self.ask_page(From::After(cursor), cx);
        }
    }

    fn ask_card(&mut self, id: Id, cx: &mut Context<'_>) {
        let slot = cx.slot();
        let ticket = cx.ask(slot, Request::Dossier(self.key(id)));
        self.asked.push((ticket, id));
    }

    fn go(&mut self, at: usize, cx: &mut Context<'_>) {
        let note = std::mem::take(&mut self.note);
        if let Some(id) = self.id().filter(|_| !note.trim().is_empty()) {
            self.notes.insert(id, note);
        }
        self.at = at.min(self.ids.len());
        self.finish = None;
        self.note = self.id().and_then(|id| self.notes.remove(&id)).unwrap_or_default();
        self.look(cx);
        self.remember(cx);
    }

    fn next(&mut self, cx: &mut Context<'_>) {
        let mut at = self.at + 1;
        while self.ids.get(at).is_some_and(|id| self.done.contains(id)) {
            at += 1;
        }
        self.go(at, cx);
    }

    fn remember(&self, cx: &mut Context<'_>) {
        let place = Place { at: self.id(), done: self.done.clone() };
        let (key, value) = place.setting(&self.of, cx.shared);
        cx.put_setting(key, Some(value));
    }

    /// Whether what is called for can be done with the call.
    fn can_finish(&self, shared: &Shared) -> bool {
        let action = shared.object(&self.of.object).and_then(|o| o.action(&self.action));
        action.is_some_and(|a| a.form.field(DONE).is_some())
    }

    /// The outcomes, in the order of their keys.
    fn outcomes<'s>(&self, shared: &'s Shared) -> Vec<&'s Item> {
        let items = shared.schema.dictionary(OUTCOMES).map(|d| d.items.as_slice()).unwrap_or_default();
        items.iter().filter(|i| !i.retired).take(9).collect()
    }

    fn outcome(&mut self, number: usize, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let Some(item) = self.outcomes(shared).get(number).copied() else { return };
        if self.id().is_none() {
            return;
        }
        if item.ask_next {
            self.ask_when(item.key.clone(), "", cx);
        } else {
            self.log(&item.key, None, cx);
        }
    }

    fn ask_when(&mut self, outcome: String, text: &str, cx: &mut Context<'_>) {
        let title = cx.shared.text("queue-when");
        let help = cx.shared.text("queue-when-help");
        cx.push(Box::new(PromptLayer::new(title, text, help).preview(card::show_when)));
        self.asking = Some(outcome);
    }

    fn take_when(&mut self, outcome: String, text: &str, cx: &mut Context<'_>) {
        let now = &cx.shared.now;
        let at = when::parse_moment(text, now).map_err(|e| e.message()).and_then(|moment| match moment {
            Moment::At(at) => Ok(at.timestamp()),
            Moment::Day(day) => {
                let at = day.at(9, 0, 0, 0).to_zoned(now.time_zone().clone());
                at.map(|at| at.timestamp()).map_err(|_| msg!("queue-when"))
            }
        });
        match at {
            Ok(at) => self.log(&outcome, Some(Value::DateTime(at)), cx),
            Err(message) => {
                self.ask_when(outcome, text, cx);
                cx.warn(message);
            }
        }
    }

    /// Writes the call and goes on at once; if it can't be written the record comes back.
    fn log(&mut self, outcome: &str, next: Option<Value>, cx: &mut Context<'_>) {
        let Some(id) = self.id() else { return };
        let item = cx.shared.schema.dictionary(OUTCOMES).and_then(|d| d.item(outcome));
        let label = item.map_or(outcome, |i| i.label.get(cx.shared.lang));
        let mut fields = Fields::from([("outcome".to_owned(), Value::Choice(outcome.to_owned()))]);
        if self.note.trim().is_empty() {
            fields.insert("subject".to_owned(), Value::text(label));
        } else {
            fields.insert("comment".to_owned(), Value::text(self.note.trim()));
        }
        fields.extend(next.map(|next| ("next_date".to_owned(), next)));
        fields.extend(self.finish.map(|done| (DONE.to_owned(), Value::Boolean(done))));
        let (action, key) = (self.action.clone(), self.key(id));
        let request = DoRequest { action, key, fields, comment: String::new(), version: None };
        let slot = cx.slot();
        let ticket = cx.ask(slot, Request::Act(ActRequest::Do(request)));
        self.calls.push(Call { id, note: std::mem::take(&mut self.note), ticket, txn: None });
        self.done.insert(id);
        self.next(cx);
    }

    /// Goes back to the record of a call that is not on disk. What is being typed belongs to the record at hand: then
    /// the other one comes next.
    fn return_to(&mut self, id: Id, note: String, cx: &mut Context<'_>) {
        self.done.remove(&id);
        let Some(from) = self.ids.iter().position(|other| *other == id) else { return };
        self.notes.insert(id, note);
        if self.typing.is_none() && self.asking.is_none() {
            self.go(from, cx);
            return;
        }
        self.ids.remove(from);
        if from < self.at {
            self.at -= 1;
        }
        self.ids.insert((self.at + 1).min(self.ids.len()), id);
        self.look(cx);
    }

    fn undo(&mut self, cx: &mut Context<'_>) -> Flow {
        match self.calls.last() {
            None => return Flow::Ignored,
            Some(call) if call.txn.is_none() || self.undoing.is_some() => cx.info(msg!("queue-writing")),
            Some(_) => {
                let slot = cx.slot();
                self.undoing = Some(cx.ask(slot, Request::Undo));
            }
        }
        Flow::Used
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        use Action::*;
        let outcomes = [
            QueueOutcome1,
            QueueOutcome2,
            QueueOutcome3,
            QueueOutcome4,
            QueueOutcome5,
            QueueOutcome6,
            QueueOutcome7,
            QueueOutcome8,
            QueueOutcome9,
        ];
        if let Some(number) = outcomes.iter().position(|a| *a == action) {
            self.outcome(number, cx);
            return Flow::Used;
        }
        match action {
            QueueNote => self.typing = Some(LineEdit::new(&self.note).measured(cx.shared.glyphs.measure)),
            QueueDone if self.can_finish(cx.shared) => {
                self.finish = match self.finish {
                    None => Some(true),
                    Some(true) => Some(false),
                    Some(false) => None,
                };
            }
            QueueDone => cx.info(msg!("queue-no-done")),
            QueueSkip if self.id().is_some() => self.next(cx),
            QueueBack => self.go(self.at.saturating_sub(1), cx),
            QueueOpen => {
                if let Some(id) = self.id() {
                    cx.goto(Goto::Record(self.key(id)));
                }
            }
            Undo => return self.undo(cx),
            Refresh => return Flow::Ignored,
            Back => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn type_note(&mut self, key: Key) -> Flow {
        let Some(line) = &mut self.typing else { return Flow::Ignored };
        match key.code {
            KeyCode::Enter => {
                self.note = line.text().to_owned();
                self.typing = None;
            }
            KeyCode::Esc => self.typing = None,
            _ if line.handle(key) == Edited::Ignored => return Flow::Ignored,
            _ => {}
        }
        Flow::Used
    }

    fn take(&mut self, ticket: Ticket, reply: Reply, cx: &mut Context<'_>) -> Flow {
        if let Some(place) = self.asked.iter().position(|(asked, _)| *asked == ticket) {
            let (_, id) = self.asked.remove(place);
            if let Reply::Dossier(answer) = reply {
                self.cards.insert(id, answer);
            }
        } else if self.paging == Some(ticket) {
            self.paging = None;
            self.take_page(reply, cx);
        } else if self.undoing == Some(ticket) {
            self.undoing = None;
            self.take_undone(reply, cx);
        } else if let Some(place) = self.calls.iter().position(|call| call.ticket == ticket) {
            self.take_written(place, reply, cx);
        } else {
            return Flow::Ignored;
        }
        Flow::Used
    }

    fn take_page(&mut self, reply: Reply, cx: &mut Context<'_>) {
        match reply {
            Reply::Page(Ok(page)) => {
                self.more = page.rows.last().filter(|_| page.more_after).map(|row| row.cursor.clone());
                let known: BTreeSet<Id> = self.ids.iter().copied().collect();
                self.ids.extend(page.rows.iter().map(|row| row.record.id).filter(|id| !known.contains(id)));
                if std::mem::replace(&mut self.loaded, true) {
                    self.look(cx)
                } else {
                    self.begin(cx)
                }
                self.pass_done();
            }
            Reply::Page(Err(error)) => {
                self.loaded = true;
                self.error = Some(error);
            }
            _ => {}
        }
    }

    fn take_written(&mut self, place: usize, reply: Reply, cx: &mut Context<'_>) {
        match reply {
            Reply::Acted(Ok(saved)) => {
                if let Some(call) = self.calls.get_mut(place) {
                    call.txn = Some(saved.txn);
                }
                if let Some(told) = logged(&saved, cx.shared) {
                    cx.info(told);
                }
            }
            Reply::Acted(Err(error)) => {
                let Call { id, note, .. } = self.calls.remove(place);
                self.return_to(id, note, cx);
                cx.fail(&error, cx.shared.object(&self.of.object).and_then(|o| Some(&o.action(&self.action)?.form)));
            }
            _ => {}
        }
    }

    /// The last call is taken back: its record is at hand again.
    fn take_undone(&mut self, reply: Reply, cx: &mut Context<'_>) {
        match reply {
            Reply::Undone(Ok(undone)) => {
                if self.calls.last().is_some_and(|call| call.txn == Some(undone.txn))
                    && let Some(call) = self.calls.pop()
                {
                    self.return_to(call.id, call.note, cx);
                }
                cx.info(msg!("undone", what = undone.title.1, count = undone.touched));
            }
            Reply::Undone(Err(error)) => cx.fail(&error, None),
            _ => {}
        }
    }
}

/// Whom a call that was written was to, how it ended and when the next touch comes.
fn logged(saved: &Saved, shared: &Shared) -> Option<Message> {
    let called = saved.records.first()?;
    let title = shared.object(&called.object).and_then(|o| called.get(&o.title).as_str()).unwrap_or_default();
    let call = saved.records.iter().find(|record| record.object == "activity")?;
    let object = shared.object("activity")?;
    let shown = |name: &str| {
        let field = object.field(name)?;
        Some(shared.format(&field.kind, call.get(name), &Titles::new())).filter(|text| !text.is_empty())
    };
    let (outcome, key) = (shown("outcome").unwrap_or_default(), shared.keymap.first_key(Action::Undo));
    Some(match shown("next_date") {
        Some(next) => msg!("queue-logged-next", title = title, outcome = outcome, next = next, key = key),
        None => msg!("queue-logged", title = title, outcome = outcome, key = key),
    })
}

impl Layer for QueueScreen {
    fn scopes(&self) -> Vec<Scope> {
        if self.typing.is_some() { Vec::new() } else { vec![Scope::Queue, Scope::Global] }
    }

    fn takes_text(&self) -> bool {
        self.typing.is_some()
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn is_ready(&self) -> bool {
        self.loaded
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-list-queue")
    }

    fn status(&self, shared: &Shared) -> String {
        let more = if self.more.is_some() || self.paging.is_some() { "+" } else { "" };
        let place = format!("{}/{}{more}", (self.at + 1).min(self.ids.len()), self.ids.len());
        let done = self.ids.iter().filter(|id| self.done.contains(id)).count();
        format!("{place}  {}", shared.message(&msg!("queue-done", count = done)))
    }

    fn current(&self) -> Option<RecordKey> {
        self.id().map(|id| self.key(id))
    }

    fn hints(&self) -> Vec<Action> {
        if self.typing.is_some() {
            return Vec::new();
        }
        vec![Action::QueueNote, Action::QueueSkip, Action::QueueBack, Action::QueueOpen, Action::Undo, Action::Back]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Key(key) => return self.type_note(key),
            Event::Paste(text) => match &mut self.typing {
                Some(line) => drop(line.paste(&text)),
                None => return Flow::Ignored,
            },
            Event::Reply(ticket, reply) => return self.take(ticket, reply, cx),
            Event::Closed(closed) => {
                if let (Some(outcome), Closed::Entered(text)) = (self.asking.take(), &closed) {
                    self.take_when(outcome, text, cx);
                }
            }
            Event::Changed => {
                // The card stays until the new one is there.
                if let Some(id) = self.id().filter(|id| self.cards.contains_key(id)) {
                    self.cards.retain(|other, _| *other == id);
                    self.ask_card(id, cx);
                    self.look(cx);
                }
                return Flow::Ignored;
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        card::draw(self, area, buf, shared)
    }
}
