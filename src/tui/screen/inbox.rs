//! The inbox of approvals: what waits for me, what I have submitted, what I have decided; beside it what the one
//! under the cursor would change.

mod deeds;
mod draw;

use super::record_actions::RecordActions;
use crate::contract::approvals::{InboxRequest, InboxRow, Review, Tray};
use crate::contract::error::Error;
use crate::contract::request::{Count, From};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Awaits, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use deeds::Step;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Rows asked for at once.
const PAGE: usize = 200;
/// The most rows that are asked for again when something changed.
const MOST: usize = 1_000;
/// So near the last row more are asked for.
const NEAR: usize = 40;

/// The inbox as a screen.
pub struct InboxScreen {
    tray: Tray,
    rows: Vec<InboxRow>,
    more: bool,
    count: Option<Count>,
    cursor: usize,
    top: Cell<usize>,
    height: Cell<usize>,
    /// Marked approvals.
    marks: BTreeSet<Id>,
    /// Why an approval couldn't be decided.
    refusals: BTreeMap<Id, String>,
    review: Option<(Id, Result<Box<Review>, Error>)>,
    /// The first line of the review in view, and whether the keys move it.
    review_top: Cell<usize>,
    in_review: bool,
    loaded: bool,
    error: Option<Error>,
    slots: [Slot; 3],
    listing: Option<Ticket>,
    paging: Option<Ticket>,
    reviewing: Option<(Ticket, Id)>,
    actions: RecordActions,
    step: Option<Step>,
}

impl InboxScreen {
    /// What waits for the signed-in user.
    pub fn open(cx: &mut Context<'_>) -> InboxScreen {
        let mut screen = InboxScreen {
            tray: Tray::Pending,
            rows: Vec::new(),
            more: false,
            count: None,
            cursor: 0,
            top: Cell::new(0),
            height: Cell::new(10),
            marks: BTreeSet::new(),
            refusals: BTreeMap::new(),
            review: None,
            review_top: Cell::new(0),
            in_review: false,
            loaded: false,
            error: None,
            slots: [cx.slot(), cx.slot(), cx.slot()],
            listing: None,
            paging: None,
            reviewing: None,
            actions: RecordActions::new(cx),
            step: None,
        };
        screen.load(cx);
        screen
    }

    /// Asks for what is in the tray, as far as it was in view.
    fn load(&mut self, cx: &mut Context<'_>) {
        let limit = self.rows.len().clamp(PAGE, MOST);
        let request = InboxRequest { tray: self.tray, from: From::Start, limit };
        let [list, page, _] = self.slots;
        self.listing = Some(cx.ask(list, Request::Inbox(request)));
        // What comes of an older list is of no use any more.
        self.paging.take();
        let _ = page;
    }

    /// Asks for more rows near the end.
    fn look_ahead(&mut self, cx: &mut Context<'_>) {
        let [_, page, _] = self.slots;
        if self.more
            && self.paging.is_none()
            && self.cursor + NEAR >= self.rows.len()
            && let Some(last) = self.rows.last()
        {
            let request = InboxRequest { tray: self.tray, from: From::After(last.cursor.clone()), limit: PAGE };
            self.paging = Some(cx.ask(page, Request::Inbox(request)));
        }
    }

    /// Asks for the review of the row under the cursor.
    fn look(&mut self, cx: &mut Context<'_>) {
        let [_, _, slot] = self.slots;
        let Some(id) = self.row().map(|row| row.approval.id) else {
            self.review = None;
            return;
        };
        let is_there = self.review.as_ref().is_some_and(|(of, _)| *of == id);
        let is_asked = self.reviewing.is_some_and(|(_, of)| of == id);
        if !is_there && !is_asked {
            self.reviewing = Some((cx.ask(slot, Request::Review(id)), id));
        }
    }

    fn row(&self) -> Option<&InboxRow> {
        self.rows.get(self.cursor)
    }

    fn take(&mut self, ticket: Ticket, reply: Reply, cx: &mut Context<'_>) -> Flow {
        match reply {
            Reply::Inbox(answer) if self.listing == Some(ticket) => {
                self.listing = None;
                match answer {
                    Ok(inbox) => {
                        let here = self.row().map(|row| row.approval.id);
                        (self.rows, self.more, self.count) = (inbox.rows, inbox.more, Some(inbox.count));
                        let same = self.rows.iter().position(|row| Some(row.approval.id) == here);
                        self.cursor = same.unwrap_or(self.cursor).min(self.rows.len().saturating_sub(1));
                        let known: BTreeSet<Id> = self.rows.iter().map(|row| row.approval.id).collect();
                        self.marks.retain(|id| known.contains(id));
                        self.refusals.retain(|id, _| known.contains(id));
                        (self.loaded, self.error) = (true, None);
                        self.look(cx);
                    }
                    Err(Error::Cancelled) => {}
                    Err(error) => self.error = Some(error),
                }
            }
            Reply::Inbox(answer) if self.paging == Some(ticket) => {
                self.paging = None;
                if let Ok(inbox) = answer {
                    self.rows.extend(inbox.rows);
                    self.more = inbox.more;
                }
            }
            Reply::Review(answer) if self.reviewing.is_some_and(|(asked, _)| asked == ticket) => {
                if let Some((_, id)) = self.reviewing.take()
                    && !matches!(answer, Err(Error::Cancelled))
                {
                    if self.review.as_ref().is_none_or(|(of, _)| *of != id) {
                        self.review_top.set(0);
                    }
                    self.review = Some((id, answer));
                }
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn show(&mut self, tray: Tray, cx: &mut Context<'_>) {
        self.tray = tray;
        self.rows.clear();
        self.marks.clear();
        self.refusals.clear();
        (self.cursor, self.loaded, self.count, self.review) = (0, false, None, None);
        self.top.set(0);
        self.in_review = false;
        self.load(cx);
    }

    fn turn(&mut self, by: usize, cx: &mut Context<'_>) {
        let at = Tray::ALL.iter().position(|tray| *tray == self.tray).unwrap_or(0);
        if let Some(tray) = Tray::ALL.get((at + by) % Tray::ALL.len()) {
            self.show(*tray, cx);
        }
    }

    fn mark(&mut self) {
        if let Some(id) = self.row().map(|row| row.approval.id)
            && !self.marks.remove(&id)
        {
            self.marks.insert(id);
        }
        self.cursor = (self.cursor + 1).min(self.rows.len().saturating_sub(1));
    }

    fn mark_all(&mut self) {
        if self.marks.len() == self.rows.len() {
            self.marks.clear();
        } else {
            self.marks = self.rows.iter().map(|row| row.approval.id).collect();
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::InboxNextTray => self.turn(1, cx),
            Action::InboxPreviousTray => self.turn(Tray::ALL.len() - 1, cx),
            Action::InboxMark => self.mark(),
            Action::InboxMarkAll => self.mark_all(),
            Action::InboxOpen => match self.row() {
                Some(row) => cx.goto(Goto::Record(row.about.clone())),
                None => cx.info(msg!("inbox-nothing")),
            },
            Action::NextPane | Action::PreviousPane => self.in_review = !self.in_review && self.review.is_some(),
            Action::Back if self.in_review => self.in_review = false,
            Action::Back if !self.marks.is_empty() => self.marks.clear(),
            Action::Refresh => self.load(cx),
            _ if self.moves(action) => {}
            _ => return self.deed(action, cx),
        }
        self.look(cx);
        self.look_ahead(cx);
        Flow::Used
    }

    /// Moves the cursor, or the review.
    fn moves(&mut self, action: Action) -> bool {
        let last = self.rows.len().saturating_sub(1);
        let page = self.height.get().max(2);
        let (at, last) = if self.in_review { (self.review_top.get(), usize::MAX) } else { (self.cursor, last) };
        let to = match action {
            Action::Down => at.saturating_add(1),
            Action::Up => at.saturating_sub(1),
            Action::NextRecord | Action::PreviousRecord if self.in_review => return false,
            Action::NextRecord => at + 1,
            Action::PreviousRecord => at.saturating_sub(1),
            Action::HalfPageDown => at.saturating_add(page / 2),
            Action::HalfPageUp => at.saturating_sub(page / 2),
            Action::PageDown => at.saturating_add(page),
            Action::PageUp => at.saturating_sub(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return false,
        };
        if self.in_review {
            self.review_top.set(to)
        } else {
            self.cursor = to.min(last)
        }
        true
    }
}

impl Layer for InboxScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Inbox, Scope::Record, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn is_root(&self) -> bool {
        true
    }

    fn is_ready(&self) -> bool {
        self.error.is_some() || self.loaded && (self.rows.is_empty() || self.review.is_some())
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-approvals")
    }

    fn current(&self) -> Option<RecordKey> {
        self.row().map(|row| row.about.clone())
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::InboxApprove, Action::InboxReturn, Action::Actions, Action::InboxMark];
        if self.tray != Tray::Pending || self.rows.is_empty() {
            hints = vec![Action::Actions];
        }
        if self.tray == Tray::Mine && !self.rows.is_empty() {
            hints.insert(0, Action::Edit);
        }
        hints.extend([Action::InboxOpen, Action::NextPane, Action::InboxNextTray]);
        hints
    }

    fn unavailable(&self, action: Action, _shared: &Shared) -> Option<Message> {
        (action == Action::Delete).then(|| msg!("inbox-no-delete"))
    }

    fn status(&self, _shared: &Shared) -> String {
        let count = self.count.map(|c| format!("{}{}", c.value, if c.capped { "+" } else { "" })).unwrap_or_default();
        let marked = if self.marks.is_empty() { String::new() } else { format!("({}) ", self.marks.len()) };
        let place = if self.rows.is_empty() { String::new() } else { format!("{}/", self.cursor + 1) };
        format!("{marked}{place}{count}")
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
            Event::Reply(ticket, reply) => return self.take(ticket, reply, cx),
            Event::Changed => {
                // What the review says may be another thing by now.
                self.reviewing = None;
                if let Some(id) = self.row().map(|row| row.approval.id) {
                    let [_, _, slot] = self.slots;
                    self.reviewing = Some((cx.ask(slot, Request::Review(id)), id));
                }
                self.load(cx);
            }
            Event::Resized | Event::Closed(_) => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.draw_in(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, buf, shared);
        None
    }
}
