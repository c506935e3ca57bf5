//! Where columns and cards stand: as many columns side by side as fit, one where the screen is narrow.

use super::BoardScreen;
use crate::schema::model::PIPELINED;
use crate::tui::context::Shared;
use ratatui::layout::{Position, Rect};

/// Below this width one column is shown at a time.
const SIDE_BY_SIDE: u16 = 80;
/// The least width of a column, its separator included.
const LEAST: u16 = 24;
/// The width of a folded column.
const FOLDED: u16 = 5;
/// Lines above the cards: stage and sums.
pub(super) const HEADER: u16 = 2;

/// A column on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its place among all columns.
    pub(super) column: usize,
    pub(super) area: Rect,
    pub(super) folded: bool,
}

impl BoardScreen {
    /// The area between the lines of the application.
    fn body(&self, shared: &Shared) -> Rect {
        Rect { x: 0, y: 1, width: shared.size.width, height: shared.size.height.saturating_sub(2) }
    }

    pub(super) fn has_filter_line(&self) -> bool {
        self.typing.is_some() || !self.filter.is_empty()
    }

    /// The columns of an area and the line for the filter.
    pub(super) fn places(&self, area: Rect) -> (Vec<Place>, Rect) {
        let line = u16::from(self.has_filter_line());
        let filter = Rect { y: area.bottom().saturating_sub(line), height: line, ..area };
        let body = Rect { height: area.height.saturating_sub(line), ..area };
        (self.columns_in(body, self.first), filter)
    }

    fn is_folded(&self, column: usize) -> bool {
        let key = self.columns.get(column).map(|c| c.key().unwrap_or_default());
        key.is_some_and(|key| self.state.folded.contains(key))
    }

    fn columns_in(&self, area: Rect, first: usize) -> Vec<Place> {
        if area.width < SIDE_BY_SIDE {
            return vec![Place { column: self.at, area, folded: false }];
        }
        let least = |column: usize| if self.is_folded(column) { FOLDED } else { LEAST };
        let mut taken = 0;
        let mut shown: Vec<usize> = Vec::new();
        for column in first..self.columns.len() {
            if taken + least(column) > area.width && !shown.is_empty() {
                break;
            }
            taken += least(column);
            shown.push(column);
        }
        let open = shown.iter().filter(|c| !self.is_folded(**c)).count() as u16;
        let spare = area.width.saturating_sub(taken);
        let mut x = area.x;
        let mut number = 0;
        let place = |column: usize| {
            let folded = self.is_folded(column);
            let mut width = least(column).min(area.right().saturating_sub(x));
            if !folded && open > 0 {
                width += spare / open + u16::from(number < spare % open);
                number += 1;
            }
            let place = Place { column, area: Rect { x, width, ..area }, folded };
            x += width;
            place
        };
        shown.into_iter().map(place).collect()
    }

    /// The columns on the screen.
    pub(super) fn shown(&self, shared: &Shared) -> Vec<usize> {
        self.places(self.body(shared)).0.into_iter().filter(|p| !p.folded).map(|p| p.column).collect()
    }

    /// Moves the first column no further than needed to show the one under the cursor.
    pub(super) fn keep_in_view(&mut self, shared: &Shared) {
        self.at = self.at.min(self.columns.len().saturating_sub(1));
        self.first = self.first.min(self.at);
        let area = self.body(shared);
        let sees = |first: usize, at: usize| self.columns_in(area, first).iter().any(|p| p.column == at);
        let mut first = self.first;
        while first < self.at && !sees(first, self.at) {
            first += 1;
        }
        // Nor is room left over on the right.
        let last = self.columns.len().saturating_sub(1);
        while first > 0 && sees(first - 1, self.at) && sees(first - 1, last) {
            first -= 1;
        }
        self.first = first;
        let height = self.cards_high(shared);
        for column in &mut self.columns {
            column.show_cursor(height);
        }
    }

    /// The fields of a card, its title first.
    pub(super) fn card_layout(&self, shared: &Shared) -> Vec<String> {
        shared.object(PIPELINED).map(|o| o.board.cards.clone()).unwrap_or_default()
    }

    /// The fields that cards need: those shown, and those that their marks are made of.
    pub(super) fn card_fields(&self, shared: &Shared) -> Vec<String> {
        let mut fields = self.card_layout(shared);
        let Some(object) = shared.object(PIPELINED) else { return fields };
        for name in ["stage", "stage_since", "close_date", "owner", "status", object.title.as_str()] {
            if object.field(name).is_some() && !fields.iter().any(|f| f == name) {
                fields.push(name.to_owned());
            }
        }
        fields
    }

    /// Lines of a card: one above it, its title, and two fields in each further line.
    pub(super) fn card_height(&self, shared: &Shared) -> u16 {
        let more = self.card_layout(shared).len().saturating_sub(1);
        2 + more.div_ceil(2) as u16
    }

    /// How many cards stand below each other.
    pub(super) fn cards_high(&self, shared: &Shared) -> usize {
        let line = u16::from(self.has_filter_line());
        let room = self.body(shared).height.saturating_sub(HEADER + line);
        usize::from((room / self.card_height(shared).max(1)).max(1))
    }

    /// The column at a cell of the screen, and the place of the card in it.
    pub(super) fn hit(&self, at: Position, shared: &Shared) -> Option<(usize, Option<usize>)> {
        let place = self.places(self.body(shared)).0.into_iter().find(|p| p.area.contains(at))?;
        let column = self.columns.get(place.column)?;
        let line = at.y.checked_sub(place.area.y + HEADER).filter(|_| !place.folded);
        let card = line.map(|line| column.top + usize::from(line / self.card_height(shared).max(1)));
        Some((place.column, card.filter(|card| *card < column.cards.len())))
    }
}
