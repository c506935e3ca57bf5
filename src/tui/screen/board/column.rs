//! A column of the board: the cards at hand, loaded by pages as the cursor nears their end, and the sums of all.

use crate::contract::error::Error;
use crate::contract::request::{From, Page, Query, Row, Sum};
use crate::domain::id::Id;
use crate::schema::model::{PIPELINED, SortKey, Stage, StageType};
use crate::tui::context::Context;
use crate::tui::request::{Request, Slot, Ticket};

/// The least cards that are asked for at once.
const PAGE: usize = 30;
/// The most.
const MOST: usize = 1_000;

/// Number and sums of all cards of a column, shown or not.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Totals {
    pub(super) count: u64,
    pub(super) sum: Sum,
    pub(super) weighted: Sum,
}

/// What a column asks for.
pub(super) struct Ask<'a> {
    /// The filter of its cards.
    pub(super) filter: String,
    /// By whom first, before the date.
    pub(super) by_owner: bool,
    pub(super) columns: &'a [String],
}

/// The cards of a stage.
pub(super) struct Column {
    /// The stage; `None` for what stands in a stage that the pipeline doesn't have.
    pub(super) stage: Option<Stage>,
    pub(super) cards: Vec<Row>,
    pub(super) cursor: usize,
    /// The first card on the screen.
    pub(super) top: usize,
    pub(super) more: bool,
    pub(super) totals: Option<Totals>,
    pub(super) error: Option<Error>,
    pub(super) loaded: bool,
    slot: Slot,
    /// The page under way, and whether it goes behind the others.
    waiting: Option<(Ticket, bool)>,
    /// The card that the cursor is to go to.
    sought: Option<Id>,
}

impl Column {
    pub(super) fn new(stage: Option<Stage>, cx: &mut Context<'_>) -> Column {
        Column {
            stage,
            cards: Vec::new(),
            cursor: 0,
            top: 0,
            more: false,
            totals: None,
            error: None,
            loaded: false,
            slot: cx.slot(),
            waiting: None,
            sought: None,
        }
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.stage.as_ref().map(|s| s.key.as_str())
    }

    fn is_closed(&self) -> bool {
        self.stage.as_ref().is_some_and(|s| s.kind != StageType::Open)
    }

    /// Whether a page is under way.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn current(&self) -> Option<&Row> {
        self.cards.get(self.cursor)
    }

    /// Asks for the cards from the first on, as many as are there now.
    pub(super) fn load(&mut self, ask: &Ask<'_>, height: usize, focus: Option<Id>, cx: &mut Context<'_>) {
        self.sought = focus.or(self.sought).or_else(|| self.current().map(|row| row.record.id));
        let wanted = self.cards.len().max(height * 2).max(PAGE);
        self.ask(ask, From::Start, wanted, false, cx);
    }

    /// Asks for more cards where the cursor is near the last one.
    pub(super) fn fill(&mut self, ask: &Ask<'_>, height: usize, cx: &mut Context<'_>) {
        if self.waiting.is_some() || !self.more || self.cards.len().saturating_sub(self.cursor) > height * 2 {
            return;
        }
        if let Some(last) = self.cards.last().map(|row| row.cursor.clone()) {
            self.ask(ask, From::After(last), (height * 3).max(PAGE), true, cx);
        }
    }

    fn ask(&mut self, ask: &Ask<'_>, from: From, limit: usize, behind: bool, cx: &mut Context<'_>) {
        let key = |field: &str, descending| SortKey { field: field.to_owned(), descending };
        // What is open by what comes next, what is closed by what came last.
        let mut sort = vec![key("close_date", self.is_closed())];
        if ask.by_owner {
            sort.insert(0, key("owner", false));
        }
        let (object, columns) = (PIPELINED.to_owned(), ask.columns.to_vec());
        let query = Query { object, filter: ask.filter.clone(), sort, columns, from, limit: limit.min(MOST) };
        self.waiting = Some((cx.ask(self.slot, Request::Query(query)), behind));
    }

    /// Takes a page if it is this column's. Cards that are away (in the hand or on their way to another stage)
    /// stay where they are shown, whatever the store says of them.
    pub(super) fn take(&mut self, ticket: Ticket, result: &Result<Page, Error>, away: &[Id], height: usize) -> bool {
        let Some((_, behind)) = self.waiting.take_if(|(asked, _)| *asked == ticket) else { return false };
        match result {
            Ok(page) => {
                self.error = None;
                self.loaded = true;
                self.more = page.more_after;
                let is_away = |row: &Row| away.contains(&row.record.id);
                let stored = page.rows.iter().filter(|row| !is_away(row)).cloned();
                if behind {
                    self.cards.extend(stored);
                } else {
                    let held = self.current().filter(|row| is_away(row)).map(|row| row.record.id);
                    let sought = held.or(self.sought.take());
                    let before = std::mem::replace(&mut self.cards, stored.collect());
                    for (place, row) in before.into_iter().enumerate().filter(|(_, row)| is_away(row)) {
                        self.cards.insert(place.min(self.cards.len()), row);
                    }
                    let at = sought.and_then(|id| self.cards.iter().position(|row| row.record.id == id));
                    self.cursor = at.unwrap_or(self.cursor).min(self.cards.len().saturating_sub(1));
                }
                self.show_cursor(height);
            }
            Err(Error::Cancelled) => {}
            Err(error) => {
                // A filter that is being typed keeps the cards until it makes sense again.
                if !matches!(error, Error::Filter { incomplete: true, .. }) {
                    self.error = Some(error.clone());
                    self.cards.clear();
                }
                self.loaded = true;
            }
        }
        true
    }

    /// Forgets the place: another filter or pipeline begins at the top.
    pub(super) fn forget(&mut self) {
        (self.cursor, self.top, self.sought) = (0, 0, None);
        self.cards.clear();
        self.totals = None;
    }

    pub(super) fn move_by(&mut self, delta: isize, height: usize) {
        let last = self.cards.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(delta).min(last);
        self.show_cursor(height);
    }

    /// Moves the first card on the screen no further than needed to show the cursor; `height` is in cards.
    pub(super) fn show_cursor(&mut self, height: usize) {
        self.cursor = self.cursor.min(self.cards.len().saturating_sub(1));
        let lowest = (self.cursor + 1).saturating_sub(height.max(1));
        self.top = self.top.clamp(lowest, self.cursor.max(lowest));
        self.top = self.top.min(self.cards.len().saturating_sub(height.max(1)));
    }

    /// Takes a card out, with its place.
    pub(super) fn remove(&mut self, id: Id) -> Option<(usize, Row)> {
        let at = self.cards.iter().position(|row| row.record.id == id)?;
        let row = self.cards.remove(at);
        if self.cursor > at || self.cursor >= self.cards.len() {
            self.cursor = self.cursor.saturating_sub(1);
        }
        Some((at, row))
    }

    /// Puts a card in at a place, under the cursor.
    pub(super) fn insert(&mut self, at: usize, row: Row, height: usize) {
        let at = at.min(self.cards.len());
        self.cards.insert(at, row);
        self.cursor = at;
        self.show_cursor(height);
    }
}
