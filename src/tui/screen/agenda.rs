//! The agenda: what is overdue, due and to come in one list, or a day, a week or a month of the calendar.

mod deeds;
pub(super) mod draw;
mod range;

use super::record_actions::RecordActions;
use crate::contract::agenda::{Agenda, AgendaItem, AgendaKind, AgendaRequest, Whose};
use crate::contract::error::Error;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Awaits, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use deeds::{Pending, Step};
use jiff::ToSpan;
use jiff::civil::Date;
use range::Mode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;

/// The most items of a kind that are asked for at once.
const LIMIT: usize = 200;

/// The agenda as a screen.
pub struct AgendaScreen {
    mode: Mode,
    /// The day in view.
    day: Date,
    of: Whose,
    /// Reminders are shown beside tasks and activities.
    reminders: bool,
    /// Whatever is overdue, the latest first; for the list.
    overdue: Agenda,
    /// The days in view.
    days: Agenda,
    error: Option<Error>,
    loaded: bool,
    cursor: usize,
    top: Cell<usize>,
    height: Cell<usize>,
    slots: [Slot; 3],
    waiting: [Option<Ticket>; 2],
    actions: RecordActions,
    step: Option<Step>,
    pending: Vec<(Ticket, Pending)>,
}

impl AgendaScreen {
    /// The agenda from today on.
    pub fn open(cx: &mut Context<'_>) -> AgendaScreen {
        let mut screen = AgendaScreen {
            mode: Mode::List,
            day: cx.shared.now.date(),
            of: Whose::Me,
            reminders: true,
            overdue: Agenda::default(),
            days: Agenda::default(),
            error: None,
            loaded: false,
            cursor: 0,
            top: Cell::new(0),
            height: Cell::new(10),
            slots: [cx.slot(), cx.slot(), cx.slot()],
            waiting: [None, None],
            actions: RecordActions::new(cx),
            step: None,
            pending: Vec::new(),
        };
        screen.load(cx);
        screen
    }

    /// Asks for what is in view.
    fn load(&mut self, cx: &mut Context<'_>) {
        let today = cx.shared.now.date();
        let (from, to) = self.mode.range(self.day, today, cx.shared.config.interface.sunday_first);
        let [overdue, days, _] = self.slots;
        // The list is of what is to be done; calendars show what was done as well.
        let request = AgendaRequest { from: Some(from), to, of: self.of, done: self.mode != Mode::List, limit: LIMIT };
        let asked = cx.ask(days, Request::Agenda(request));
        let before = (self.mode == Mode::List).then(|| {
            let request = AgendaRequest { from: None, to: today, of: self.of, done: false, limit: LIMIT };
            cx.ask(overdue, Request::Agenda(request))
        });
        self.waiting = [before, Some(asked)];
    }

    fn take(&mut self, ticket: Ticket, reply: &Reply) -> Flow {
        let Reply::Agenda(answer) = reply else { return Flow::Ignored };
        let Some(place) = self.waiting.iter().position(|asked| *asked == Some(ticket)) else { return Flow::Ignored };
        if let Some(asked) = self.waiting.get_mut(place) {
            *asked = None;
        }
        match answer {
            Ok(agenda) => {
                // Until all is there the cursor is nowhere yet, whichever answer comes first.
                let here = self.item().filter(|_| self.loaded).cloned();
                let mut agenda = agenda.clone();
                if place == 0 {
                    agenda.items.reverse();
                    self.overdue = agenda;
                } else {
                    self.days = agenda;
                }
                self.error = None;
                self.loaded |= self.waiting == [None, None];
                self.stay(here.as_ref());
            }
            Err(Error::Cancelled) => {}
            Err(error) => self.error = Some(error.clone()),
        }
        Flow::Used
    }

    /// The items in view, in the order in which they are shown.
    fn items(&self) -> impl Iterator<Item = &AgendaItem> {
        let overdue = if self.mode == Mode::List { self.overdue.items.as_slice() } else { &[] };
        let shown = |item: &&AgendaItem| self.reminders || item.kind != AgendaKind::Reminder;
        overdue.iter().chain(&self.days.items).filter(shown)
    }

    /// The item under the cursor.
    fn item(&self) -> Option<&AgendaItem> {
        if self.mode == Mode::Month { None } else { self.items().nth(self.cursor) }
    }

    /// Puts the cursor on the same item again, or leaves it where it is.
    fn stay(&mut self, here: Option<&AgendaItem>) {
        let same = |item: &AgendaItem| {
            here.is_some_and(|h| h.record == item.record && h.reminder == item.reminder && h.kind == item.kind)
        };
        let place = self.items().position(same);
        self.cursor = place.unwrap_or(self.cursor).min(self.items().count().saturating_sub(1));
    }

    /// The day that something new is for: that of the cursor, not before today in the list.
    fn day_here(&self, shared: &Shared) -> Date {
        match self.mode {
            Mode::List => {
                let day = self.item().map(|item| item.due.day(shared.now.time_zone()));
                day.unwrap_or(self.day).max(shared.now.date())
            }
            _ => self.day,
        }
    }

    fn show(&mut self, mode: Mode, cx: &mut Context<'_>) {
        self.day = match mode {
            Mode::List => cx.shared.now.date(),
            _ => self.day_here(cx.shared),
        };
        self.mode = mode;
        (self.cursor, self.loaded) = (0, false);
        self.top.set(0);
        self.days = Agenda::default();
        self.load(cx);
    }

    /// Goes to another day, and asks for it if it is out of view.
    fn go(&mut self, day: Date, cx: &mut Context<'_>) {
        let (today, sunday) = (cx.shared.now.date(), cx.shared.config.interface.sunday_first);
        let before = self.mode.range(self.day, today, sunday);
        self.day = day;
        if self.mode.range(day, today, sunday) != before {
            self.cursor = 0;
            self.top.set(0);
            self.load(cx);
        } else {
            let zone = cx.shared.now.time_zone();
            let first = self.items().position(|item| item.due.day(zone) >= day);
            self.cursor = first.unwrap_or(self.cursor);
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::AgendaList => self.show(Mode::List, cx),
            Action::AgendaDay => self.show(Mode::Day, cx),
            Action::AgendaWeek => self.show(Mode::Week, cx),
            Action::AgendaMonth => self.show(Mode::Month, cx),
            Action::AgendaNextView => self.show(self.mode.next(), cx),
            Action::AgendaPreviousView => self.show(self.mode.previous(), cx),
            Action::AgendaRight | Action::AgendaLeft if self.mode == Mode::List => {}
            Action::AgendaRight => self.go(self.day.saturating_add(1.day()), cx),
            Action::AgendaLeft => self.go(self.day.saturating_sub(1.day()), cx),
            Action::AgendaNext => self.go(self.mode.step(self.day, 1), cx),
            Action::AgendaPrevious => self.go(self.mode.step(self.day, -1), cx),
            Action::AgendaToday => self.go(cx.shared.now.date(), cx),
            Action::AgendaWhose => {
                self.of = match self.of {
                    Whose::Me => Whose::Team,
                    Whose::Team => Whose::Everyone,
                    _ => Whose::Me,
                };
                self.load(cx);
            }
            Action::AgendaReminders => {
                let here = self.item().cloned();
                self.reminders = !self.reminders;
                self.stay(here.as_ref());
            }
            Action::AgendaOpen if self.mode == Mode::Month => self.show(Mode::Day, cx),
            Action::AgendaOpen => match self.item() {
                Some(item) => cx.goto(Goto::Record(item.record.clone())),
                None => cx.info(msg!("agenda-nothing-here")),
            },
            Action::Refresh => self.load(cx),
            _ if self.moves(action, cx) => {}
            _ => return self.deed(action, cx),
        }
        Flow::Used
    }

    /// Moves the cursor.
    fn moves(&mut self, action: Action, cx: &mut Context<'_>) -> bool {
        if self.mode == Mode::Month {
            let day = match action {
                Action::Down => self.day.saturating_add(7.days()),
                Action::Up => self.day.saturating_sub(7.days()),
                Action::PageDown | Action::HalfPageDown => self.mode.step(self.day, 1),
                Action::PageUp | Action::HalfPageUp => self.mode.step(self.day, -1),
                Action::Top => self.day.first_of_month(),
                Action::Bottom => self.day.last_of_month(),
                _ => return false,
            };
            self.go(day, cx);
            return true;
        }
        let last = self.items().count().saturating_sub(1);
        let page = self.height.get().max(2);
        self.cursor = match action {
            Action::Down => (self.cursor + 1).min(last),
            Action::Up => self.cursor.saturating_sub(1),
            Action::HalfPageDown => (self.cursor + page / 2).min(last),
            Action::HalfPageUp => self.cursor.saturating_sub(page / 2),
            Action::PageDown => (self.cursor + page).min(last),
            Action::PageUp => self.cursor.saturating_sub(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return false,
        };
        if self.mode != Mode::List
            && let Some(item) = self.item()
        {
            self.day = item.due.day(cx.shared.now.time_zone());
        }
        true
    }
}

impl Layer for AgendaScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Agenda, Scope::Record, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn is_root(&self) -> bool {
        true
    }

    fn is_ready(&self) -> bool {
        self.loaded || self.error.is_some()
    }

    fn title(&self, shared: &Shared) -> String {
        let mut title = shared.text("action-app-agenda");
        let whose = match self.of {
            Whose::Team => Some("agenda-of-team"),
            Whose::Everyone => Some("agenda-of-everyone"),
            _ => None,
        };
        if let Some(key) = whose {
            title = format!("{title} ({})", shared.text(key));
        }
        title
    }

    fn current(&self) -> Option<RecordKey> {
        self.item().map(|item| item.record.clone())
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::AgendaOpen, Action::Complete, Action::AgendaSnooze, Action::AgendaAdd];
        hints.extend([Action::AddTask, Action::AgendaNextView, Action::AgendaLog]);
        hints
    }

    fn status(&self, shared: &Shared) -> String {
        let more = self.overdue.more && self.mode == Mode::List || self.days.more;
        let number = self.items().count();
        shared.message(&msg!("agenda-count", count = format!("{number}{}", if more { "+" } else { "" })))
    }

    fn awaits(&self) -> Option<Awaits> {
        self.actions.awaits()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        if self.go_on(&event, cx) == Flow::Used || self.actions.update(&event, None, cx) == Flow::Used {
            return Flow::Used;
        }
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Reply(ticket, reply) if self.take(ticket, &reply) == Flow::Ignored => {
                return self.take_pending(ticket, &reply, cx);
            }
            Event::Reply(..) => {}
            Event::Changed => self.load(cx),
            Event::Resized => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.draw_in(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, buf, shared);
        None
    }
}
