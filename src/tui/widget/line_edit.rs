//! A text field of one line.

#[cfg(test)]
mod tests;

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::tui::input::{Key, KeyCode};
use crate::tui::text::{Measure, Newlines, clusters, is_hidden, sanitize_with};

/// What a key did to the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It is none of the field's keys: the layer below may have it.
    Ignored,
    /// The text is as it was; the cursor may have moved.
    Moved,
    /// The text changed.
    Changed,
}

/// The text of a field with its cursor and its own history. Cursor and edits go by grapheme cluster.
///
/// Keys: Home End Ctrl-A Ctrl-E, ← →, Ctrl-← Ctrl-→ (or Alt-B Alt-F) by word; Backspace Delete, Ctrl-W the
/// word before, Ctrl-U to the start, Ctrl-K to the end; Ctrl-_ undoes, Ctrl-Y redoes (Ctrl-Z suspends).
#[derive(Debug, Clone, Default)]
pub struct LineEdit {
    text: String,
    /// Byte offset of a cluster, or the end.
    cursor: usize,
    /// Byte offset of the first cluster in view; drawing keeps the cursor in view.
    first: Cell<usize>,
    undo: Vec<State>,
    redo: Vec<State>,
    typing: bool,
    measure: Measure,
}

type State = (String, usize);

/// Steps that can be taken back.
const MAX_UNDO: usize = 500;

impl LineEdit {
    /// A field with `text`, the cursor at its end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = sanitize_with(text, Newlines::Space).into_owned();
        Self { cursor: text.len(), text, ..Self::default() }
    }

    /// The same field for a terminal that counts ambiguous characters otherwise.
    #[must_use]
    pub fn measured(mut self, measure: Measure) -> Self {
        self.measure = measure;
        self
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cursor's byte offset in the text.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Puts other text into the field, as a step that can be undone.
    pub fn set_text(&mut self, text: &str) {
        self.remember();
        self.text = sanitize_with(text, Newlines::Space).into_owned();
        self.cursor = self.text.len();
    }

    /// Puts the cursor on the cluster at `byte`.
    pub fn set_cursor(&mut self, byte: usize) {
        self.typing = false;
        self.cursor = self.boundary_after(byte);
    }

    /// Does what `key` does in a text field.
    pub fn handle(&mut self, key: Key) -> Edited {
        if let Some(c) = key.typed() {
            return self.type_char(c);
        }
        match (key.code, key.ctrl, key.alt) {
            (KeyCode::Left, false, false) => self.go(self.before()),
            (KeyCode::Right, false, false) => self.go(self.after()),
            (KeyCode::Home, ..) | (KeyCode::Char('a'), true, false) => self.go(0),
            (KeyCode::End, ..) | (KeyCode::Char('e'), true, false) => self.go(self.text.len()),
            (KeyCode::Left, ..) | (KeyCode::Char('b'), false, true) => self.go(self.word_before()),
            (KeyCode::Right, ..) | (KeyCode::Char('f'), false, true) => self.go(self.word_after()),
            (KeyCode::Backspace, true, _) | (KeyCode::Backspace, _, true) | (KeyCode::Char('w'), true, false) => {
                self.delete(self.word_before(), self.cursor)
            }
            (KeyCode::Backspace, ..) | (KeyCode::Char('h'), true, false) => self.delete(self.before(), self.cursor),
            (KeyCode::Delete, true, _) => self.delete(self.cursor, self.word_after()),
            (KeyCode::Delete, ..) => self.delete(self.cursor, self.after()),
            (KeyCode::Char('u'), true, false) => self.delete(0, self.cursor),
            (KeyCode::Char('k'), true, false) => self.delete(self.cursor, self.text.len()),
            (KeyCode::Char('_'), true, false) => self.undo(),
            (KeyCode::Char('y'), true, false) => self.redo(),
            _ => Edited::Ignored,
        }
    }

    /// Inserts pasted text at the cursor: line ends become spaces, what cannot be seen is left out.
    pub fn paste(&mut self, text: &str) -> Edited {
        let trimmed = text.trim_end_matches(['\r', '\n']);
        let clean = sanitize_with(trimmed, Newlines::Space);
        if clean.is_empty() {
            return Edited::Moved;
        }
        self.remember();
        self.insert(&clean);
        Edited::Changed
    }

    /// Takes the last change back.
    pub fn undo(&mut self) -> Edited {
        let Some(state) = self.undo.pop() else {
            return Edited::Moved;
        };
        let now = self.replace(state);
        self.redo.push(now);
        Edited::Changed
    }

    /// Makes a change again that was taken back.
    pub fn redo(&mut self) -> Edited {
        let Some(state) = self.redo.pop() else {
            return Edited::Moved;
        };
        let now = self.replace(state);
        self.undo.push(now);
        Edited::Changed
    }

    /// Draws the first row of `area` and returns where the real cursor belongs. `placeholder` is shown, in
    /// its own style, while the field is empty.
    pub fn render(&self, area: Rect, buf: &mut Buffer, style: Style, placeholder: (&str, Style)) -> Position {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return area.as_position();
        }
        self.measure.blank(buf, Rect { height: 1, ..area }, style);
        if self.text.is_empty() {
            self.measure.draw(buf, area.x, area.y, placeholder.0, area.width, style.patch(placeholder.1));
            return area.as_position();
        }
        self.follow(usize::from(area.width));
        let first = self.first.get();
        self.measure.draw(buf, area.x, area.y, self.slice(first, self.text.len()), area.width, style);
        let column = u16::try_from(self.width(first, self.cursor)).unwrap_or(u16::MAX);
        Position::new(area.x.saturating_add(column).min(area.right() - 1), area.y)
    }

    /// Scrolls so that the cluster under the cursor is in view, and no room is wasted.
    fn follow(&self, width: usize) {
        let mut first = self.boundary_after(self.first.get()).min(self.cursor);
        let under = self.width(self.cursor, self.after()).max(1);
        while first < self.cursor && self.width(first, self.cursor) + under > width {
            first = self.next(first);
        }
        while let Some(previous) = self.previous(first)
            && self.width(previous, self.text.len()) < width
        {
            first = previous;
        }
        self.first.set(first);
    }

    fn type_char(&mut self, c: char) -> Edited {
        if c.is_control() || is_hidden(c) {
            return Edited::Moved;
        }
        // A word is one step back, not each of its letters.
        if !self.typing || c == ' ' {
            self.remember();
        }
        self.insert(c.encode_utf8(&mut [0; 4]));
        self.typing = true;
        Edited::Changed
    }

    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.cursor = self.boundary_after(self.cursor + text.len());
    }

    fn delete(&mut self, from: usize, to: usize) -> Edited {
        if from >= to {
            return Edited::Moved;
        }
        self.remember();
        self.text.replace_range(from..to, "");
        self.cursor = self.boundary_after(from);
        Edited::Changed
    }

    fn go(&mut self, to: usize) -> Edited {
        self.typing = false;
        self.cursor = to;
        Edited::Moved
    }

    fn remember(&mut self) {
        if self.undo.len() == MAX_UNDO {
            self.undo.remove(0);
        }
        self.undo.push((self.text.clone(), self.cursor));
        self.redo.clear();
        self.typing = false;
    }

    fn replace(&mut self, (text, cursor): State) -> State {
        self.typing = false;
        (std::mem::replace(&mut self.text, text), std::mem::replace(&mut self.cursor, cursor))
    }

    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn width(&self, from: usize, to: usize) -> usize {
        self.measure.width(self.slice(from, to))
    }

    /// The first start of a cluster at or after `byte`.
    fn boundary_after(&self, byte: usize) -> usize {
        clusters(&self.text).map(|(at, _)| at).find(|at| *at >= byte).unwrap_or(self.text.len())
    }

    fn next(&self, from: usize) -> usize {
        self.boundary_after(from + 1)
    }

    fn previous(&self, from: usize) -> Option<usize> {
        clusters(&self.text).map(|(at, _)| at).take_while(|at| *at < from).last()
    }

    fn before(&self) -> usize {
        self.previous(self.cursor).unwrap_or(0)
    }

    fn after(&self) -> usize {
        self.next(self.cursor)
    }

    fn word_before(&self) -> usize {
        let mut start = self.cursor;
        let mut class = None;
        for (at, cluster) in clusters(self.slice(0, self.cursor)).rev() {
            let own = Class::of(cluster);
            if class.is_some_and(|class| class != own) {
                break;
            }
            if own != Class::Space {
                class = Some(own);
            }
            start = at;
        }
        start
    }

    fn word_after(&self) -> usize {
        let mut class = None;
        for (at, cluster) in clusters(self.slice(self.cursor, self.text.len())) {
            let own = Class::of(cluster);
            match class {
                Some(class) if class != own => return self.cursor + at,
                None if own != Class::Space => class = Some(own),
                _ => {}
            }
        }
        self.text.len()
    }
}

/// Clusters that make a word together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letters,
    Cjk,
    Other,
}

impl Class {
    fn of(cluster: &str) -> Self {
        match cluster.chars().next() {
            Some(c) if c.is_whitespace() => Self::Space,
            Some(
                '\u{2e80}'..='\u{2fff}' | '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}',
            ) => Self::Cjk,
            Some(c) if c.is_alphanumeric() || c == '_' => Self::Letters,
            _ => Self::Other,
        }
    }
}
