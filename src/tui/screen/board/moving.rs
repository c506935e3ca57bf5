//! Moving cards: shown at once, and taken back with the reason where the rules refuse.

use super::{BoardScreen, Child};
use crate::contract::error::Error;
use crate::contract::request::{Row, SaveRequest, Saved};
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::PIPELINED;
use crate::tui::action::Action;
use crate::tui::context::{Context, Shared};
use crate::tui::form::FormLayer;
use crate::tui::layer::Flow;
use crate::tui::request::{Request, Ticket};

/// A card in the hand: not moved yet.
pub(super) struct Grab {
    /// The card as it is stored.
    pub(super) row: Row,
    home: Home,
}

/// Where a card came from: its column and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Home {
    column: usize,
    place: usize,
}

/// A move on its way to the store.
pub(super) struct Move {
    pub(super) ticket: Ticket,
    /// The card as it is stored.
    row: Row,
    home: Home,
    to: usize,
    /// Where it was moved on to meanwhile.
    then: usize,
}

impl BoardScreen {
    /// Whether a card is on its way.
    pub(super) fn is_moving(&self, id: Id) -> bool {
        self.moves.iter().any(|m| m.row.record.id == id)
    }

    /// The cards that are shown elsewhere than they are stored.
    pub(super) fn away(&self) -> Vec<Id> {
        let grabbed = self.grabbed.iter().map(|grab| grab.row.record.id);
        self.moves.iter().map(|m| m.row.record.id).chain(grabbed).collect()
    }

    pub(super) fn is_grabbed(&self, id: Id) -> bool {
        self.grabbed.as_ref().is_some_and(|grab| grab.row.record.id == id)
    }

    /// Moves the card under the cursor by a stage.
    pub(super) fn shift(&mut self, delta: isize, cx: &mut Context<'_>) {
        let Some(row) = self.column().and_then(|c| c.current()).cloned() else {
            cx.info(msg!("no-record"));
            return;
        };
        // The column beside those of other stages is the pipeline's last, the lost deals: no neighbour of theirs.
        if self.column().is_some_and(|c| c.stage.is_none()) {
            cx.info(msg!("board-no-order", key = cx.shared.keymap.first_key(Action::BoardGrab)));
            return;
        }
        let Some(to) = self.neighbour(self.at, delta) else {
            cx.info(msg!("board-no-stage"));
            return;
        };
        let Some(home) = self.carry(row.record.id, to, cx.shared) else { return };
        match self.moves.iter_mut().find(|m| m.row.record.id == row.record.id) {
            Some(under_way) => under_way.then = to,
            None => self.send(row, home, to, cx),
        }
        self.fill(cx);
    }

    /// The next column that has a stage.
    fn neighbour(&self, from: usize, delta: isize) -> Option<usize> {
        let to = from.checked_add_signed(delta)?;
        self.columns.get(to).filter(|column| column.stage.is_some()).map(|_| to)
    }

    /// Shows a card in another column and follows it there.
    fn carry(&mut self, id: Id, to: usize, shared: &Shared) -> Option<Home> {
        let height = self.cards_high(shared);
        let from = self.columns.iter().position(|c| c.cards.iter().any(|row| row.record.id == id))?;
        let (place, row) = self.columns.get_mut(from)?.remove(id)?;
        let there = self.columns.get_mut(to)?;
        let date = |row: &Row| match row.record.get("close_date") {
            Value::Date(date) => Some(*date),
            _ => None,
        };
        let own = date(&row);
        let after = there.cards.iter().position(|other| match (own, date(other)) {
            (Some(own), Some(other)) => other > own,
            (Some(_), None) => true,
            (None, _) => false,
        });
        let at = after.unwrap_or(if there.more { 0 } else { there.cards.len() });
        there.insert(at, row, height);
        self.count(from, -1);
        self.count(to, 1);
        self.at = to;
        Some(Home { column: from, place })
    }

    fn count(&mut self, column: usize, change: i64) {
        if let Some(totals) = self.columns.get_mut(column).and_then(|c| c.totals.as_mut()) {
            totals.count = totals.count.saturating_add_signed(change);
        }
    }

    fn send(&mut self, row: Row, home: Home, to: usize, cx: &mut Context<'_>) {
        let Some(key) = self.columns.get(to).and_then(|c| c.key()).map(str::to_owned) else { return };
        let changes = Fields::from([("stage".to_owned(), Value::Choice(key))]);
        let target = Some((row.record.id, row.record.version));
        let slot = cx.slot();
        let ticket = cx.ask(slot, Request::Save(SaveRequest { object: PIPELINED.to_owned(), target, changes }));
        self.moves.push(Move { ticket, row, home, to, then: to });
    }

    /// The store has answered a move.
    pub(super) fn take_moved(&mut self, moved: Move, result: &Result<Saved, Error>, cx: &mut Context<'_>) {
        match result {
            Ok(saved) => self.settle(moved, saved, cx),
            Err(error) => {
                let to = moved.to;
                let id = moved.row.record.id;
                self.put_back(moved.row, moved.home, cx.shared);
                self.explain(id, to, error, cx);
            }
        }
        if self.moves.is_empty() && self.grabbed.is_none() {
            self.load_all(None, cx);
        }
    }

    fn settle(&mut self, moved: Move, saved: &Saved, cx: &mut Context<'_>) {
        let Some(record) = saved.records.iter().find(|r| r.id == moved.row.record.id) else { return };
        let row = Row { record: record.clone(), cursor: moved.row.cursor.clone() };
        let cards = self.columns.iter_mut().flat_map(|c| c.cards.iter_mut());
        for card in cards.filter(|card| card.record.id == record.id) {
            card.record = record.clone();
        }
        if moved.then != moved.to {
            self.send(row, Home { column: moved.to, place: 0 }, moved.then, cx);
            return;
        }
        let stage = self.columns.get(moved.to).map(|c| self.stage_label(c, cx.shared)).unwrap_or_default();
        let title = self.card_title(&row, cx.shared);
        cx.info(msg!("board-moved", title = title, stage = stage, key = cx.shared.keymap.first_key(Action::Undo)));
    }

    /// Puts a card back where it came from, as it is stored.
    fn put_back(&mut self, row: Row, home: Home, shared: &Shared) {
        let height = self.cards_high(shared);
        let id = row.record.id;
        let at = self.columns.iter().position(|c| c.cards.iter().any(|card| card.record.id == id));
        let follows = self.current_key().is_some_and(|key| key.id == id);
        if let Some(column) = at {
            self.columns.iter_mut().skip(column).take(1).for_each(|c| drop(c.remove(id)));
            self.count(column, -1);
        }
        self.count(home.column, 1);
        if let Some(column) = self.columns.get_mut(home.column) {
            column.insert(home.place, row, height);
        }
        if follows {
            self.at = home.column;
        }
    }

    /// Tells why a card could not be moved, and asks for what was missing.
    fn explain(&mut self, id: Id, to: usize, error: &Error, cx: &mut Context<'_>) {
        let object = cx.shared.object(PIPELINED);
        match error {
            Error::Invalid(errors) => {
                let fields = missing(errors, cx.shared);
                let stage = self.columns.get(to).and_then(|c| c.key()).map(str::to_owned);
                match (fields.is_empty(), stage) {
                    (false, Some(stage)) => {
                        let key = RecordKey { object: PIPELINED.to_owned(), id };
                        let set = Fields::from([("stage".to_owned(), Value::Choice(stage))]);
                        let form = FormLayer::ask_for(key, fields, set, cx);
                        cx.push(form);
                        self.child = Some(Child::Move(to));
                    }
                    _ => cx.fail(error, object),
                }
            }
            Error::Conflict { message, .. } => {
                let reason = cx.shared.message(message);
                cx.warn(msg!("board-conflict", reason = reason));
            }
            other => cx.fail(other, object),
        }
    }

    /// Takes the card under the cursor into the hand.
    pub(super) fn grab(&mut self, cx: &mut Context<'_>) {
        let Some(column) = self.column() else { return };
        let Some(row) = column.current().cloned() else {
            cx.info(msg!("no-record"));
            return;
        };
        if !cx.shared.writable {
            cx.warn(msg!("opened-read-only"));
        } else if self.is_moving(row.record.id) {
            cx.info(msg!("board-on-its-way"));
        } else {
            let home = Home { column: self.at, place: column.cursor };
            self.grabbed = Some(Grab { row, home });
        }
    }

    /// Keys while a card is in the hand.
    pub(super) fn act_grabbed(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let Some(id) = self.grabbed.as_ref().map(|grab| grab.row.record.id) else { return Flow::Ignored };
        match action {
            Action::BoardLeft | Action::BoardMoveLeft => self.carry_by(id, -1, cx),
            Action::BoardRight | Action::BoardMoveRight => self.carry_by(id, 1, cx),
            Action::BoardGrab | Action::BoardOpen => self.drop_card(cx),
            Action::Back => {
                if let Some(grab) = self.grabbed.take() {
                    self.put_back(grab.row, grab.home, cx.shared);
                    self.fill(cx);
                    self.refresh_if_stale(cx);
                }
            }
            // Nothing else is done with a card in the hand.
            Action::Help | Action::Palette | Action::Quit | Action::Suspend => return Flow::Ignored,
            _ => cx.info(msg!("board-in-hand")),
        }
        Flow::Used
    }

    fn carry_by(&mut self, id: Id, delta: isize, cx: &mut Context<'_>) {
        match self.neighbour(self.at, delta) {
            Some(to) => {
                self.carry(id, to, cx.shared);
                self.fill(cx);
            }
            None => cx.info(msg!("board-no-stage")),
        }
    }

    fn drop_card(&mut self, cx: &mut Context<'_>) {
        let Some(Grab { row, home }) = self.grabbed.take() else { return };
        if self.at == home.column {
            self.put_back(row, home, cx.shared);
        } else {
            self.send(row, home, self.at, cx);
        }
        self.refresh_if_stale(cx);
    }

    fn refresh_if_stale(&mut self, cx: &mut Context<'_>) {
        if self.stale && self.moves.is_empty() {
            self.load_all(None, cx);
        }
    }
}

/// The fields that a form can ask for; empty if something else is wrong.
fn missing(errors: &[FieldError], shared: &Shared) -> Vec<String> {
    let Some(object) = shared.object(PIPELINED) else { return Vec::new() };
    let asked = |e: &FieldError| e.field != "stage" && object.field(&e.field).is_some_and(|f| f.is_editable());
    if !errors.iter().all(asked) {
        return Vec::new();
    }
    let mut fields: Vec<String> = Vec::new();
    for error in errors {
        if !fields.contains(&error.field) {
            fields.push(error.field.clone());
        }
    }
    fields
}
