//! The cursor among the rows of a popup: it moves, pages and scrolls alike in every one.

use super::frame;
use crate::tui::action::Action;
use crate::tui::input::{Key, KeyCode};
use std::cell::Cell;

/// Which row is meant, and which is the first on the screen.
#[derive(Debug)]
pub struct Rows {
    at: usize,
    top: Cell<usize>,
    /// How many were on the screen when it was last drawn.
    room: Cell<usize>,
}

impl Rows {
    /// The cursor on a row.
    pub fn new(at: usize) -> Rows {
        Rows { at, top: Cell::new(0), room: Cell::new(10) }
    }

    /// The row under the cursor.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Puts the cursor on a row.
    pub fn go(&mut self, at: usize) {
        self.at = at;
    }

    /// Other rows: the cursor goes to the first.
    pub fn restart(&mut self) {
        self.at = 0;
        self.top.set(0);
    }

    /// Keeps the cursor among `count` rows.
    pub fn limit(&mut self, count: usize) {
        self.at = self.at.min(count.saturating_sub(1));
    }

    /// Moves among `count` rows.
    pub fn move_by(&mut self, delta: isize, count: usize) {
        self.at = self.at.saturating_add_signed(delta).min(count.saturating_sub(1));
    }

    /// Takes an action that moves; whether it was one.
    pub fn act(&mut self, action: Action, count: usize) -> bool {
        let page = self.room.get() as isize;
        match action {
            Action::PickNext => self.move_by(1, count),
            Action::PickPrevious => self.move_by(-1, count),
            Action::PickPageDown => self.move_by(page, count),
            Action::PickPageUp => self.move_by(-page, count),
            _ => return false,
        }
        true
    }

    /// Takes a key that moves; whether it was one. Tab goes round, so that it leads everywhere.
    pub fn key(&mut self, key: Key, count: usize) -> bool {
        let page = self.room.get() as isize;
        match key.code {
            KeyCode::Tab if key.shift => self.at = self.at.checked_sub(1).unwrap_or(count.saturating_sub(1)),
            KeyCode::Tab => self.at = if self.at + 1 < count { self.at + 1 } else { 0 },
            KeyCode::Down => self.move_by(1, count),
            KeyCode::Up => self.move_by(-1, count),
            KeyCode::PageDown => self.move_by(page, count),
            KeyCode::PageUp => self.move_by(-page, count),
            _ => return false,
        }
        true
    }

    /// The same where nothing is typed: j and k move too.
    pub fn key_or_letter(&mut self, key: Key, count: usize) -> bool {
        match key.to_ascii().code {
            KeyCode::Char('j') => self.move_by(1, count),
            KeyCode::Char('k') => self.move_by(-1, count),
            _ => return self.key(key, count),
        }
        true
    }

    /// The first row to draw where there is room for so many.
    pub fn show(&self, room: usize) -> usize {
        self.room.set(room.max(1));
        self.top.set(frame::scroll(self.top.get(), self.at, room));
        self.top.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(rows: &mut Rows, code: KeyCode, shift: bool) -> usize {
        assert!(rows.key(Key { code, ctrl: false, alt: false, shift }, 3));
        rows.at()
    }

    #[test]
    fn tab_goes_round_and_the_arrows_stop_at_the_ends() {
        let mut rows = Rows::new(0);
        let tab = [1, 2, 0, 1].map(|_| press(&mut rows, KeyCode::Tab, false));
        assert_eq!(tab, [1, 2, 0, 1]);
        assert_eq!([(); 3].map(|()| press(&mut rows, KeyCode::Tab, true)), [0, 2, 1]);
        assert_eq!([(); 3].map(|()| press(&mut rows, KeyCode::Down, false)), [2, 2, 2]);
        assert_eq!([(); 3].map(|()| press(&mut rows, KeyCode::Up, false)), [1, 0, 0]);
    }

    #[test]
    fn a_page_is_what_is_on_the_screen() {
        let mut rows = Rows::new(0);
        assert_eq!(rows.show(4), 0);
        assert!(rows.act(Action::PickPageDown, 20));
        assert_eq!((rows.at(), rows.show(4)), (4, 1));
        assert!(!rows.act(Action::Save, 20));
    }
}
