//! A list of records of one object: a window of pages around the cursor, loaded by key as the cursor
//! nears its edge, so that a million rows scroll like a hundred.

mod draw;
mod window;

pub(in crate::tui) use draw::value_style;

use crate::contract::error::Error;
use crate::contract::request::{Count, CountRequest, Cursor, From, Page, Query, Row};
use crate::domain::id::Id;
use crate::domain::record::{RecordKey, Titles};
use crate::msg;
use crate::schema::filter::folded;
use crate::schema::model::{Column, Object, SortKey};
use crate::tui::action::Action;
use crate::tui::context::{Context, Shared};
use crate::tui::deadline;
use crate::tui::layer::{Event, Flow};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use ratatui::layout::Rect;
use std::collections::BTreeSet;
use window::Window;

/// The most rows that are asked for at once.
const FAR: usize = 1_000;
/// Counted no further than this before a list is loaded.
const AHEAD: u64 = 999;

/// What is being waited for.
#[derive(Debug, Clone, PartialEq)]
enum Want {
    /// A new window; the cursor goes to this record if it is there, else near where it was.
    Replace { keep: Option<Id>, at_end: bool, row: usize },
    /// The place of a record that the new window lacks.
    Locate { id: Id, without: Box<Page>, row: usize },
    /// More rows behind.
    Append,
    /// More rows before.
    Prepend,
}

/// The state of a list.
pub struct ListPane {
    /// The object's name.
    pub object: String,
    /// A filter that always holds, such as the record that a tab belongs to.
    pub base: String,
    /// The user's filter.
    pub filter: String,
    /// The user's order; empty for the object's own.
    pub sort: Vec<SortKey>,
    /// The columns shown.
    pub columns: Vec<Column>,
    /// Marked records.
    pub marks: BTreeSet<Id>,
    anchor: Option<Id>,
    /// All rows were marked while more were on their way: these are meant as well.
    marking: bool,
    window: Window,
    titles: Titles,
    count: Option<Count>,
    waiting: Option<(Ticket, Want)>,
    /// The record that the cursor is to go to once it is there: a newer reload must not forget it.
    sought: Option<Id>,
    counting: Option<Ticket>,
    /// To be counted when the page is there: rows go first, and what is typed over is never counted.
    uncounted: bool,
    error: Option<Error>,
    /// Why the filter being typed makes no sense yet.
    unfinished: Option<Error>,
    /// The filter is being typed.
    typing: bool,
    /// What the filter being typed finds as long as its last word is not the field's name that it may become.
    unmatched: Option<Page>,
    loaded: bool,
    page_slot: Slot,
    count_slot: Slot,
    height: usize,
}

impl ListPane {
    /// A list with the object's own columns; call [`ListPane::load`] to fill it.
    pub fn new(object: &Object, base: String, cx: &mut Context<'_>) -> ListPane {
        ListPane {
            object: object.name.clone(),
            base,
            filter: String::new(),
            sort: Vec::new(),
            columns: object.list.clone(),
            marks: BTreeSet::new(),
            anchor: None,
            marking: false,
            window: Window::default(),
            titles: Titles::new(),
            count: None,
            waiting: None,
            sought: None,
            counting: None,
            uncounted: false,
            error: None,
            unfinished: None,
            typing: false,
            unmatched: None,
            loaded: false,
            page_slot: cx.slot(),
            count_slot: cx.slot(),
            height: 20,
        }
    }

    /// The record under the cursor.
    pub fn current(&self) -> Option<&Row> {
        self.window.rows.get(self.window.cursor)
    }

    /// Names the record under the cursor.
    pub fn current_key(&self) -> Option<RecordKey> {
        self.current().map(|r| self.key(r.record.id))
    }

    /// The records that an action is meant for: a deletion and the menu of actions take the marked ones, everything else the one
    /// under the cursor.
    pub fn meant(&self, action: Action) -> Vec<RecordKey> {
        if matches!(action, Action::Delete | Action::Actions) && !self.marks.is_empty() {
            self.marks.iter().map(|id| self.key(*id)).collect()
        } else {
            self.current_key().into_iter().collect()
        }
    }

    fn key(&self, id: Id) -> RecordKey {
        RecordKey { object: self.object.clone(), id }
    }

    /// Titles of the records that the rows refer to.
    pub fn titles(&self) -> &Titles {
        &self.titles
    }

    /// How many records there are, as far as it is known.
    pub fn count(&self) -> Option<Count> {
        self.count
    }

    /// The place of the cursor from 1, where it is known.
    pub fn position(&self) -> Option<u64> {
        self.window.first.map(|first| first + self.window.cursor as u64 + 1)
    }

    /// Whether the rows are there (or it is known that there are none).
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Why the last question failed, if it did.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Whether no row matches.
    pub fn is_empty(&self) -> bool {
        self.loaded && self.window.rows.is_empty()
    }

    /// Tells how many rows the screen holds.
    pub fn set_height(&mut self, height: usize) {
        self.height = height.max(1);
        self.window.show_cursor(self.height);
    }

    /// Both filters as one.
    pub fn whole_filter(&self) -> String {
        match (self.base.trim(), self.filter.trim()) {
            ("", filter) => filter.to_owned(),
            (base, "") => base.to_owned(),
            (base, filter) => format!("{base} ({filter})"),
        }
    }

    /// Loads from the start.
    pub fn load(&mut self, cx: &mut Context<'_>) {
        self.uncounted = true;
        self.replace(From::Start, None, false, cx);
    }

    /// Loads again what is on the screen, with the cursor on the same record, or on `focus`.
    pub fn reload(&mut self, focus: Option<Id>, cx: &mut Context<'_>) {
        // Who is on the way to an end of the list still wants to go there.
        if focus.is_none()
            && let Some((_, Want::Replace { keep: None, at_end, .. })) = self.waiting
        {
            self.uncounted = true;
            self.replace(if at_end { From::End } else { From::Start }, None, at_end, cx);
            return;
        }
        // Who works down a list stays with the row at hand, wherever a change of it would sort it.
        let focus = focus.filter(|id| self.current().is_none_or(|row| row.record.id != *id));
        // A record that is still being gone to is not forgotten over news of a change.
        self.sought = focus.or(self.sought);
        let keep = self.sought.or_else(|| self.current().map(|r| r.record.id));
        // Near the start from the start, so that a row whose place in the order has changed is among the rows.
        let near_start = self.window.first == Some(0) && self.window.top + self.height * 2 <= FAR;
        // From above the row at hand, so that it keeps a neighbour if it goes.
        let top = self.window.top.min(self.window.cursor.saturating_sub(1));
        let from = match self.window.rows.get(top) {
            Some(row) if !near_start && self.sought.is_none() => From::At(row.cursor.clone()),
            _ => From::Start,
        };
        self.uncounted = true;
        self.replace(from, keep, false, cx);
    }

    fn replace(&mut self, from: From, keep: Option<Id>, at_end: bool, cx: &mut Context<'_>) {
        let row = self.window.cursor.saturating_sub(self.window.top);
        // What the screen shows and no more: the rest comes when that is out. A kept record may be further off.
        let rows = match (&from, keep) {
            (From::Start, Some(_)) => cx.shared.config.list.page.max(self.window.top + self.height * 2),
            (_, Some(_)) => cx.shared.config.list.page,
            (_, None) => self.height,
        };
        let query = self.query(from, rows, cx);
        let ticket = cx.ask(self.page_slot, Request::Query(query));
        self.waiting = Some((ticket, Want::Replace { keep, at_end, row }));
    }

    /// Asks for rows at an edge of the window before they are needed.
    fn ask_ahead(&mut self, from: From, want: Want, cx: &mut Context<'_>) {
        let query = self.query(from, cx.shared.config.list.page.max(self.height * 3), cx);
        let ticket = cx.ask(self.page_slot, Request::Ahead(query));
        self.waiting = Some((ticket, want));
    }

    fn query(&self, from: From, rows: usize, cx: &Context<'_>) -> Query {
        Query {
            object: self.object.clone(),
            filter: self.whole_filter(),
            sort: self.sort.clone(),
            columns: self.wanted_columns(cx),
            from,
            limit: rows.min(FAR),
        }
    }

    /// The shown fields, and those that naming a record and telling its state takes.
    fn wanted_columns(&self, cx: &Context<'_>) -> Vec<String> {
        let mut wanted: Vec<String> = self.columns.iter().map(|c| c.field.clone()).collect();
        if let Some(object) = cx.shared.object(&self.object) {
            let naming = std::iter::once(&object.title).chain(&object.code).map(String::as_str);
            for extra in naming.chain(deadline::fields(object)) {
                if !wanted.iter().any(|w| w == extra) {
                    wanted.push(extra.to_owned());
                }
            }
        }
        wanted
    }

    /// Counts the list, unless the window holds all of it.
    fn begin_count(&mut self, cx: &mut Context<'_>) {
        if self.window.more_before || self.window.more_after {
            self.ask_count(cx.shared.config.list.count_limit, cx);
        } else {
            self.counting = None;
            self.count = Some(Count { value: self.window.rows.len() as u64, capped: false });
        }
    }

    /// How many there are, before anything is loaded, up to a small limit.
    pub fn count_ahead(&self, shared: &Shared) -> CountRequest {
        self.count_to(AHEAD.min(shared.config.list.count_limit))
    }

    /// Takes the number that was [asked for](ListPane::count_ahead).
    pub fn set_count(&mut self, count: Count) {
        self.count = Some(count);
    }

    fn ask_count(&mut self, cap: u64, cx: &mut Context<'_>) {
        self.counting = Some(cx.ask(self.count_slot, Request::Count(self.count_to(cap))));
    }

    fn count_to(&self, cap: u64) -> CountRequest {
        CountRequest { object: self.object.clone(), filter: self.whole_filter(), cap }
    }

    /// Takes moves, marks and answers.
    pub fn update(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => self.act(*action, cx),
            Event::Reply(ticket, reply) => self.take(*ticket, reply, cx),
            Event::Changed => {
                self.reload(None, cx);
                Flow::Ignored
            }
            _ => Flow::Ignored,
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let page = self.height.saturating_sub(1).max(1) as isize;
        match action {
            Action::Down => self.move_by(1, cx),
            Action::Up => self.move_by(-1, cx),
            Action::HalfPageDown => self.move_by((self.height as isize / 2).max(1), cx),
            Action::HalfPageUp => self.move_by(-(self.height as isize / 2).max(1), cx),
            Action::PageDown => self.move_by(page, cx),
            Action::PageUp => self.move_by(-page, cx),
            Action::Top => self.go_top(cx),
            Action::Bottom => self.go_bottom(cx),
            Action::Mark => self.mark(cx),
            Action::MarkRange => self.mark_range(cx),
            Action::MarkAll => self.mark_all(),
            Action::Refresh => self.reload(None, cx),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    /// Moves the cursor; at an edge of the window more rows are asked for.
    pub fn move_by(&mut self, delta: isize, cx: &mut Context<'_>) {
        self.sought = None;
        self.window.settle = None;
        self.window.move_by(delta, self.height);
        self.fill(cx);
    }

    /// Puts the cursor on a visible row, counted from the top of the pane.
    pub fn click(&mut self, row: usize, cx: &mut Context<'_>) {
        let target = self.window.top + row;
        if target < self.window.rows.len() {
            self.move_by(target as isize - self.window.cursor as isize, cx);
        }
    }

    /// Moves to the next or previous record and names it.
    pub fn step(&mut self, delta: isize, cx: &mut Context<'_>) -> Option<RecordKey> {
        let before = self.window.cursor;
        self.move_by(delta, cx);
        (self.window.cursor != before).then(|| self.current_key()).flatten()
    }

    fn fill(&mut self, cx: &mut Context<'_>) {
        if self.waiting.is_some() {
            return;
        }
        let margin = self.height * 2;
        let behind = self.window.rows.len().saturating_sub(self.window.cursor);
        if self.window.more_after && behind < margin {
            if let Some(cursor) = self.window.last_cursor() {
                self.ask_ahead(From::After(cursor), Want::Append, cx);
            }
        } else if self.window.more_before
            && self.window.cursor < margin
            && let Some(cursor) = self.window.first_cursor()
        {
            self.ask_ahead(From::Before(cursor), Want::Prepend, cx);
        }
    }

    fn go_top(&mut self, cx: &mut Context<'_>) {
        if self.window.more_before {
            self.window.cursor = 0;
            self.replace(From::Start, None, false, cx);
        } else {
            self.window.move_by(isize::MIN / 2, self.height);
        }
    }

    fn go_bottom(&mut self, cx: &mut Context<'_>) {
        if self.window.more_after {
            self.replace(From::End, None, true, cx);
        } else {
            self.window.move_by(isize::MAX / 2, self.height);
        }
    }

    fn mark(&mut self, cx: &mut Context<'_>) {
        if let Some(id) = self.current().map(|r| r.record.id) {
            if !self.marks.remove(&id) {
                self.marks.insert(id);
            }
            self.move_by(1, cx);
        }
    }

    /// The first time remembers the row, the second marks all rows between.
    fn mark_range(&mut self, cx: &mut Context<'_>) {
        let Some(here) = self.current().map(|r| r.record.id) else { return };
        let place = |id: Id| self.window.rows.iter().position(|r| r.record.id == id);
        match self.anchor.take().and_then(place).zip(place(here)) {
            None => {
                self.anchor = Some(here);
                cx.info(msg!("list-range-begun", key = cx.shared.keymap.first_key(Action::MarkRange)));
            }
            Some((a, b)) => {
                let ids = self.window.rows.iter().skip(a.min(b)).take(a.abs_diff(b) + 1).map(|r| r.record.id);
                self.marks.extend(ids);
            }
        }
    }

    fn mark_all(&mut self) {
        self.anchor = None;
        let on_their_way = matches!(self.waiting, Some((_, Want::Append | Want::Prepend)));
        self.marking = self.marks.is_empty() && on_their_way;
        if self.marks.is_empty() {
            self.marks = self.window.rows.iter().map(|r| r.record.id).collect();
        } else {
            self.marks.clear();
        }
    }

    /// Whether a range was begun.
    pub fn has_anchor(&self) -> bool {
        self.anchor.is_some()
    }

    /// Gives up marks and the beginning of a range; whether there were any.
    pub fn unmark(&mut self) -> bool {
        let had = !self.marks.is_empty() || self.anchor.is_some();
        self.marks.clear();
        self.anchor = None;
        self.marking = false;
        had
    }

    fn take(&mut self, ticket: Ticket, reply: &Reply, cx: &mut Context<'_>) -> Flow {
        if self.counting == Some(ticket) {
            self.counting = None;
            if let Reply::Count(Ok(count)) = reply {
                self.count = Some(*count);
                self.window.anchor_to_end(*count);
            }
            return Flow::Used;
        }
        let Some((asked, want)) = self.waiting.clone() else { return Flow::Ignored };
        if asked != ticket {
            return Flow::Ignored;
        }
        self.waiting = None;
        match reply {
            Reply::Page(Ok(page)) => {
                self.error = None;
                self.unfinished = None;
                self.loaded = true;
                self.titles.extend(page.titles.iter().map(|(id, t)| (*id, t.clone())));
                if std::mem::take(&mut self.marking) {
                    self.marks.extend(page.rows.iter().map(|r| r.record.id));
                }
                self.take_page(page.clone(), want, cx);
            }
            Reply::Page(Err(Error::Cancelled)) => {}
            Reply::Page(Err(error)) => {
                // A filter that is being typed keeps the last rows until it makes sense again.
                let typing = matches!(error, Error::Filter { incomplete: true, .. });
                self.error = (!typing).then(|| error.clone());
                self.unfinished = typing.then(|| error.clone());
                self.loaded = true;
            }
            _ => {}
        }
        Flow::Used
    }

    fn take_page(&mut self, page: Page, want: Want, cx: &mut Context<'_>) {
        match want {
            Want::Replace { .. } if page.rows.is_empty() && self.typing && self.may_become_a_field(cx.shared) => {
                self.unmatched = Some(page);
                return;
            }
            Want::Replace { keep: Some(id), at_end: false, row } if lacks(&page, id) => {
                if page.more_before || page.more_after {
                    let rest = if self.sought == Some(id) { 0 } else { 1 };
                    self.locate(id, rest, Want::Locate { id, without: Box::new(page), row }, cx);
                    return;
                }
                self.tell_out_of_sight(id, cx);
                self.window.take(page, want, self.count, self.height);
            }
            Want::Locate { id, without, row } => self.take_located(id, page, *without, row, cx),
            want => self.window.take(page, want, self.count, self.height),
        }
        if self.waiting.is_some() {
            return;
        }
        self.sought = None;
        self.fill(cx);
        // Where the list ends with the next rows, there is nothing to count.
        if self.waiting.is_none() && std::mem::take(&mut self.uncounted) {
            self.begin_count(cx);
        }
    }

    /// Asks where a record stands now: `rows` of the list from there, or a page if 0.
    fn locate(&mut self, id: Id, rows: usize, want: Want, cx: &mut Context<'_>) {
        let rows = if rows == 0 { cx.shared.config.list.page } else { rows };
        let query = self.query(From::Record(id), rows, cx);
        let ticket = cx.ask(self.page_slot, Request::Query(query));
        self.waiting = Some((ticket, want));
    }

    fn take_located(&mut self, id: Id, page: Page, without: Page, row: usize, cx: &mut Context<'_>) {
        let sought = self.sought == Some(id);
        let found = !lacks(&page, id);
        let want = Want::Replace { keep: Some(id), at_end: false, row };
        match (sought, found) {
            (true, true) => {
                self.window.first = None;
                self.window.take(page, want, self.count, self.height);
                self.window.settle = Some(self.height / 3);
            }
            (true, false) => {
                self.sought = None;
                self.tell_out_of_sight(id, cx);
                self.reload(None, cx);
            }
            (false, true) => {
                let row = page.rows.into_iter().find(|row| row.record.id == id);
                let held = self.window.holding(without, row);
                self.window.take(held, want, self.count, self.height);
            }
            (false, false) => self.window.take(without, want, self.count, self.height),
        }
    }

    /// A record that was just saved is not in the list: without a word it would seem lost.
    fn tell_out_of_sight(&self, id: Id, cx: &mut Context<'_>) {
        if self.sought == Some(id) && !self.filter.trim().is_empty() {
            cx.info(msg!("saved-out-of-sight", key = cx.shared.keymap.first_key(Action::ClearFilter)));
        }
    }

    /// Whether the last word of the filter begins the name of a field: `lev` on the way to `level:A`.
    fn may_become_a_field(&self, shared: &Shared) -> bool {
        let Some(object) = shared.object(&self.object) else { return false };
        let apart = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '-' | '"');
        let word = folded(self.filter.rsplit(apart).next().unwrap_or_default());
        let begins = |name: &str| folded(name).starts_with(&word);
        let mut fields = object.fields.iter().filter(|f| !f.retired);
        !word.is_empty() && fields.any(|f| begins(&f.name) || begins(&f.label.zh) || begins(&f.label.en))
    }

    /// The filter is being typed from now on.
    pub fn begin_filter(&mut self) {
        self.typing = true;
    }

    /// Changes the filter and loads from the start.
    pub fn set_filter(&mut self, filter: &str, cx: &mut Context<'_>) {
        if self.filter != filter {
            self.filter = filter.to_owned();
            self.unmatched = None;
            // What is marked must be seen: a filter could hide it from the eyes, but not from an action.
            self.unmark();
            self.window.forget();
            self.load(cx);
        }
    }

    /// The filter is as it shall be: what kept it from making sense while it was typed is told now.
    pub fn settle_filter(&mut self, cx: &mut Context<'_>) {
        self.typing = false;
        if let Some(page) = self.unmatched.take() {
            self.take_page(page, Want::Replace { keep: None, at_end: false, row: 0 }, cx);
        }
        if let Some(error) = self.unfinished.take() {
            self.error = Some(error);
        }
    }

    /// Changes the order and loads from the start.
    pub fn set_sort(&mut self, sort: Vec<SortKey>, cx: &mut Context<'_>) {
        self.sort = sort;
        self.window.forget();
        self.load(cx);
    }

    /// The field whose column stands at a cell of the header, for the mouse.
    pub fn column_at(&self, area: Rect, shared: &Shared, x: u16) -> Option<String> {
        draw::column_at(&self.columns, shared.object(&self.object)?, area, shared, x)
    }

    /// The place of the row under the cursor, for showing it again later.
    pub fn place(&self) -> Option<Cursor> {
        self.current().map(|r| r.cursor.clone())
    }
}

fn lacks(page: &Page, id: Id) -> bool {
    page.rows.iter().all(|row| row.record.id != id)
}
