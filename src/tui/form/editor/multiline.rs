//! Lines of text.

use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::schema::model::Kind;
use crate::tui::context::Shared;
use crate::tui::form::reading;
use crate::tui::input::{Key, KeyCode};
use crate::tui::text::{Newlines, sanitize_with};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::Widget;
use tui_textarea::{CursorMove, Input, Key as AreaKey, TextArea, WrapMode};

/// The rows that it grows to while the cursor is in it, and otherwise.
const ROWS: (u16, u16) = (8, 4);

/// Edits several lines; Enter begins a new one.
pub(super) struct MultilineEditor {
    area: TextArea<'static>,
    /// The value that was put in, and its text: untouched text means exactly that value.
    given: (String, Value),
}

impl MultilineEditor {
    pub(super) fn new() -> MultilineEditor {
        MultilineEditor { area: area_of(""), given: (String::new(), Value::Empty) }
    }

    fn joined(&self) -> String {
        self.area.lines().join("\n")
    }

    /// The first row of the text, or the last: where the arrow keys leave the field.
    fn is_at_edge(&self, up: bool) -> bool {
        let row = self.area.screen_cursor().row;
        let mut probe = self.area.clone();
        probe.move_cursor(if up { CursorMove::Up } else { CursorMove::Down });
        probe.screen_cursor().row == row
    }

    fn edit(&mut self, key: Key) -> Response {
        let before = self.area.lines().to_vec();
        match (key.code, key.ctrl) {
            (KeyCode::Char('_'), true) => {
                self.area.undo();
            }
            (KeyCode::Char('y'), true) => {
                self.area.redo();
            }
            (KeyCode::Char('u'), true) => {
                self.area.delete_line_by_head();
            }
            (KeyCode::Char('a'), true) => self.area.move_cursor(CursorMove::Head),
            _ => {
                let Some(input) = input(key) else { return Response::Ignored };
                self.area.input(input);
            }
        }
        if self.area.lines() == before { Response::Moved } else { Response::Changed }
    }
}

fn area_of(text: &str) -> TextArea<'static> {
    let clean = sanitize_with(text, Newlines::Keep);
    let lines = if clean.is_empty() { vec![String::new()] } else { clean.split('\n').map(str::to_owned).collect() };
    let mut area = TextArea::new(lines);
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(Style::new());
    area.set_cursor_style(Style::new());
    area.set_max_histories(500);
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

fn input(key: Key) -> Option<Input> {
    let code = match key.code {
        KeyCode::Char(c) if !key.ctrl && !key.alt => AreaKey::Char(c),
        KeyCode::Char(c @ ('w' | 'k' | 'b' | 'f' | 'd' | 'h')) => AreaKey::Char(c),
        KeyCode::Enter => AreaKey::Enter,
        KeyCode::Backspace => AreaKey::Backspace,
        KeyCode::Delete => AreaKey::Delete,
        KeyCode::Left => AreaKey::Left,
        KeyCode::Right => AreaKey::Right,
        KeyCode::Up => AreaKey::Up,
        KeyCode::Down => AreaKey::Down,
        KeyCode::Home => AreaKey::Home,
        KeyCode::End => AreaKey::End,
        KeyCode::PageUp => AreaKey::PageUp,
        KeyCode::PageDown => AreaKey::PageDown,
        _ => return None,
    };
    Some(Input { key: code, ctrl: key.ctrl, alt: key.alt, shift: false })
}

impl Editor for MultilineEditor {
    fn value(&self, shared: &Shared) -> Result<Value, Message> {
        let text = self.joined();
        if text == self.given.0 {
            return Ok(self.given.1.clone());
        }
        reading::read(&Kind::Multiline, &text, shared)
    }

    fn set(&mut self, value: &Value, _shared: &Shared) {
        let text = value.as_str().unwrap_or_default();
        self.area = area_of(text);
        self.given = (self.joined(), value.clone());
    }

    fn key(&mut self, key: Key, _shared: &Shared) -> Response {
        match key.code {
            KeyCode::Up if self.is_at_edge(true) => Response::Ignored,
            KeyCode::Down if self.is_at_edge(false) => Response::Ignored,
            _ => self.edit(key),
        }
    }

    fn paste(&mut self, text: &str) -> Response {
        let clean = sanitize_with(text, Newlines::Keep).into_owned();
        if self.area.insert_str(clean) { Response::Changed } else { Response::Moved }
    }

    fn text(&self) -> Option<String> {
        Some(self.joined())
    }

    fn set_text(&mut self, text: &str) {
        // Through the text area's own history, so that it can be taken back.
        let clean = sanitize_with(text.trim_end_matches(['\r', '\n']), Newlines::Keep).into_owned();
        self.area.select_all();
        self.area.insert_str(&clean);
        if clean.is_empty() {
            self.area.delete_char();
        }
    }

    fn height(&self, width: u16, look: &Look<'_>) -> u16 {
        let measure = look.shared.glyphs.measure;
        let rows: usize = self.area.lines().iter().map(|l| measure.wrap(l, usize::from(width)).len().max(1)).sum();
        let (focused, other) = ROWS;
        let most = if look.focused { focused } else { other };
        let least = if look.focused { 3 } else { 1 };
        u16::try_from(rows).unwrap_or(u16::MAX).clamp(least, most)
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return area.as_position();
        }
        buf.set_style(area, look.style());
        if !look.focused {
            draw_lines(self.area.lines(), area, buf, look);
            return area.as_position();
        }
        Widget::render(&self.area, area, buf);
        buf.set_style(area, look.style());
        let cursor = self.area.screen_cursor();
        let (top, left) = self.area.scroll_offset();
        let cell = |at: usize, from: u16| u16::try_from(at).unwrap_or(u16::MAX).saturating_sub(from);
        Position::new(
            area.x.saturating_add(cell(cursor.col, left)).min(area.right() - 1),
            area.y.saturating_add(cell(cursor.row, top)).min(area.bottom() - 1),
        )
    }
}

/// The first lines, wrapped; the last row says by an ellipsis that there are more.
fn draw_lines(lines: &[String], area: Rect, buf: &mut Buffer, look: &Look<'_>) {
    let measure = look.shared.glyphs.measure;
    let mut pieces = lines.iter().flat_map(|line| {
        let ranges = measure.wrap(line, usize::from(area.width));
        ranges.into_iter().map(move |r| line.get(r).unwrap_or_default())
    });
    for y in area.top()..area.bottom() {
        let Some(piece) = pieces.next() else { return };
        measure.draw(buf, area.x, y, piece, area.width, look.style());
    }
    if pieces.next().is_some() {
        let mark = look.shared.glyphs.ellipsis;
        let width = u16::try_from(measure.width(mark)).unwrap_or(1).min(area.width);
        measure.draw(buf, area.right() - width, area.bottom() - 1, mark, width, look.style());
    }
}
