//! The rows at hand: a stretch of the list that grows at the edge the cursor nears and is cut at the
//! other, with the place of the cursor and of the screen in it.

use super::Want;
use crate::contract::request::{Count, Cursor, Page, Row};
use crate::domain::id::Id;

/// More rows than this are not kept.
const MOST: usize = 3_000;

/// A stretch of the list.
#[derive(Debug, Default)]
pub(super) struct Window {
    pub(super) rows: Vec<Row>,
    /// The place of the first row in the whole list, where it is known.
    pub(super) first: Option<u64>,
    pub(super) more_before: bool,
    pub(super) more_after: bool,
    /// The row under the cursor.
    pub(super) cursor: usize,
    /// The first row on the screen.
    pub(super) top: usize,
    /// On which line of the screen the cursor shall stand once the rows before it are there.
    pub(super) settle: Option<usize>,
}

impl Window {
    pub(super) fn first_cursor(&self) -> Option<Cursor> {
        self.rows.first().map(|r| r.cursor.clone())
    }

    pub(super) fn last_cursor(&self) -> Option<Cursor> {
        self.rows.last().map(|r| r.cursor.clone())
    }

    /// Goes to the start; the rows on the screen stay only until new ones come.
    pub(super) fn forget(&mut self) {
        self.cursor = 0;
        self.top = 0;
        self.first = None;
    }

    pub(super) fn move_by(&mut self, delta: isize, height: usize) {
        let last = self.rows.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(delta).min(last);
        self.show_cursor(height);
    }

    /// Moves the screen's first row no further than needed to show the cursor.
    pub(super) fn show_cursor(&mut self, height: usize) {
        let lowest = (self.cursor + 1).saturating_sub(height);
        self.top = self.top.clamp(lowest, self.cursor.max(lowest));
        let full = self.rows.len().saturating_sub(height);
        self.top = self.top.min(full);
    }

    pub(super) fn take(&mut self, page: Page, want: Want, count: Option<Count>, height: usize) {
        match want {
            Want::Append => self.append(page),
            Want::Prepend => self.prepend(page),
            Want::Locate { .. } => {}
            Want::Replace { keep, at_end, row } => {
                let from_start = !page.more_before;
                let known =
                    page.rows.first().and_then(|new| self.rows.iter().position(|r| r.record.id == new.record.id));
                let old_first = self.first.map(|f| f + known.unwrap_or(self.top) as u64);
                self.settle = None;
                let was_at_top = self.top == 0;
                self.rows = match keep.filter(|_| !at_end) {
                    Some(id) => self.held(id, page.rows, page.more_before, page.more_after),
                    None => page.rows,
                };
                self.more_before = page.more_before;
                self.more_after = page.more_after;
                self.first = if from_start { Some(0) } else { old_first.filter(|_| !at_end) };
                let kept = keep.and_then(|id| self.rows.iter().position(|r| r.record.id == id));
                let last = self.rows.len().saturating_sub(1);
                self.cursor = if at_end { last } else { kept.unwrap_or(row).min(last) };
                self.top = match (at_end, was_at_top && from_start) {
                    (true, _) => last,
                    (_, true) => 0,
                    _ => self.cursor.saturating_sub(row),
                };
                if let Some(count) = count {
                    self.anchor_to_end(count);
                }
            }
        }
        self.show_cursor(height);
    }

    /// New rows in their order, but the one under the cursor stays between its neighbours: who works down
    /// a list that is sorted by what the work changes must not lose the place.
    fn held(&self, id: Id, mut rows: Vec<Row>, more_before: bool, more_after: bool) -> Vec<Row> {
        let at = |rows: &[Row], id: Id| rows.iter().position(|r| r.record.id == id);
        if self.rows.get(self.cursor).is_none_or(|r| r.record.id != id) {
            return rows;
        }
        let Some(from) = at(&rows, id) else { return rows };
        let neighbour = |place: Option<usize>| Some(self.rows.get(place?)?.record.id);
        let after = neighbour(self.cursor.checked_add(1)).and_then(|n| at(&rows, n));
        let before = neighbour(self.cursor.checked_sub(1)).and_then(|n| at(&rows, n)).map(|place| place + 1);
        let Some(to) = after.or(before) else { return rows };
        // Rows are asked for by the places of the first and the last: these must be true.
        if (to == 0 && more_before) || (to >= rows.len() && more_after) {
            return rows;
        }
        let row = rows.remove(from);
        rows.insert(if to > from { to - 1 } else { to }, row);
        rows
    }

    /// A page with the row at hand put back between its neighbours, though it stands elsewhere in the list now.
    pub(super) fn holding(&self, mut page: Page, row: Option<Row>) -> Page {
        let at = |place: Option<usize>| {
            let id = self.rows.get(place?)?.record.id;
            page.rows.iter().position(|r| r.record.id == id)
        };
        let before = at(self.cursor.checked_sub(1)).map(|place| place + 1);
        let to = before.or_else(|| at(self.cursor.checked_add(1)));
        // Rows are asked for by the places of the first and the last: these must be true.
        let inside = |to: &usize| (*to > 0 || !page.more_before) && (*to < page.rows.len() || !page.more_after);
        if let (Some(to), Some(row)) = (to.filter(inside), row) {
            page.rows.insert(to, row);
        }
        page
    }

    /// Where the window ends with the list, its place follows from the number of all rows.
    pub(super) fn anchor_to_end(&mut self, count: Count) {
        if !self.more_after && !count.capped && self.first != Some(0) {
            self.first = count.value.checked_sub(self.rows.len() as u64);
        }
    }

    fn append(&mut self, page: Page) {
        self.more_after = page.more_after;
        self.rows.extend(page.rows);
        let over = self.rows.len().saturating_sub(MOST).min(self.top);
        if over > 0 {
            self.rows.drain(..over);
            self.more_before = true;
            self.first = self.first.map(|f| f + over as u64);
            self.cursor -= over;
            self.top -= over;
        }
    }

    fn prepend(&mut self, page: Page) {
        let new = page.rows.len();
        self.more_before = page.more_before;
        self.first = if page.more_before { self.first.map(|f| f.saturating_sub(new as u64)) } else { Some(0) };
        self.rows.splice(0..0, page.rows);
        self.cursor += new;
        self.top += new;
        if let Some(row) = self.settle.take() {
            self.top = self.cursor.saturating_sub(row);
        }
        if self.rows.len() > MOST {
            self.rows.truncate(MOST.max(self.cursor + 1));
            self.more_after = true;
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::record::{Fields, Record};

    fn page(ids: std::ops::Range<i64>, before: bool, after: bool) -> Page {
        let row = |raw: i64| {
            let id = Id::from_i64(raw + 1).unwrap();
            let record = Record { object: "customer".into(), id, version: 1, fields: Fields::new() };
            Row { record, cursor: Cursor(raw.to_string()) }
        };
        Page { rows: ids.map(row).collect(), more_before: before, more_after: after, ..Page::default() }
    }

    fn replace() -> Want {
        Want::Replace { keep: None, at_end: false, row: 0 }
    }

    #[test]
    fn rows_far_behind_are_dropped_and_the_place_in_the_list_stays_right() {
        let mut window = Window::default();
        window.take(page(0..1_000, false, true), replace(), None, 10);
        for start in (1_000..5_000).step_by(1_000) {
            window.move_by(10_000, 10);
            window.take(page(start..start + 1_000, true, true), Want::Append, None, 10);
        }
        assert!(window.rows.len() <= MOST + 10);
        let place = window.first.unwrap() + window.cursor as u64;
        assert_eq!(window.rows[window.cursor].cursor.0, place.to_string());
    }

    #[test]
    fn the_end_of_a_counted_list_tells_its_place() {
        let mut window = Window::default();
        let end = Want::Replace { keep: None, at_end: true, row: 0 };
        window.take(page(900..1_000, true, false), end, Some(Count { value: 1_000, capped: false }), 10);
        assert_eq!((window.first, window.cursor, window.top), (Some(900), 99, 90));
        window.take(page(800..900, true, true), Want::Prepend, None, 10);
        assert_eq!((window.first, window.cursor), (Some(800), 199));
    }

    #[test]
    fn the_cursor_stays_on_its_record_when_rows_come_before_it() {
        let mut window = Window::default();
        window.take(page(10..20, false, false), replace(), None, 5);
        window.move_by(3, 5);
        let id = window.rows[window.cursor].record.id;
        let again = Want::Replace { keep: Some(id), at_end: false, row: 3 };
        window.take(page(8..20, false, false), again, None, 5);
        assert_eq!(window.rows[window.cursor].record.id, id);
    }

    #[test]
    fn the_row_under_the_cursor_keeps_its_place_when_a_change_would_sort_it_elsewhere() {
        let shown = |w: &Window| w.rows.iter().map(|r| r.cursor.0.clone()).collect::<Vec<_>>().join(" ");
        let mut window = Window::default();
        window.take(page(0..6, false, true), replace(), None, 5);
        window.move_by(3, 5);
        let id = window.rows[3].record.id;
        let mut moved = page(0..6, false, true);
        let row = moved.rows.remove(3);
        moved.rows.insert(0, row);
        window.take(moved, Want::Replace { keep: Some(id), at_end: false, row: 3 }, None, 5);
        assert_eq!((shown(&window).as_str(), window.cursor, window.top), ("0 1 2 3 4 5", 3, 0));

        // A new record above does not push the top of the list off the screen.
        let mut with_new = page(0..6, false, true);
        let new = with_new.rows.remove(5);
        with_new.rows.insert(0, new);
        let id = with_new.rows[0].record.id;
        window.take(with_new, Want::Replace { keep: Some(id), at_end: false, row: 3 }, None, 5);
        assert_eq!((shown(&window).as_str(), window.cursor, window.top), ("5 0 1 2 3 4", 0, 0));
    }
}
