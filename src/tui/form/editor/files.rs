//! Attached files: one a row, and below them a line for the path of another.

use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::value::{FileRef, Value};
use crate::msg;
use crate::tui::context::Shared;
use crate::tui::input::{Key, KeyCode};
use crate::tui::popup::frame::scroll;
use crate::tui::text::Measure;
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The rows that it grows to while the cursor is in it, and otherwise.
const ROWS: (u16, u16) = (8, 4);

/// Edits attached files. Enter on a path attaches it, Backspace or Delete takes a file away.
pub(super) struct FilesEditor {
    files: Vec<FileRef>,
    /// The row of the cursor; the line to type in is the one after the files.
    at: usize,
    line: LineEdit,
    measure: Measure,
}

impl FilesEditor {
    pub(super) fn new(shared: &Shared) -> FilesEditor {
        let measure = shared.glyphs.measure;
        FilesEditor { files: Vec::new(), at: 0, line: LineEdit::new("").measured(measure), measure }
    }

    fn is_on_line(&self) -> bool {
        self.at >= self.files.len()
    }

    fn typed(&self) -> &str {
        self.line.text().trim()
    }

    fn clear_line(&mut self) {
        self.line = LineEdit::new("").measured(self.measure);
    }

    /// Takes the file under the cursor away, or the last one.
    fn remove(&mut self) -> Response {
        if self.files.is_empty() {
            return Response::Moved;
        }
        let on_line = self.is_on_line();
        self.files.remove(self.at.min(self.files.len() - 1));
        self.at = if on_line { self.files.len() } else { self.at };
        Response::Changed
    }

    fn type_key(&mut self, key: Key) -> Response {
        if !self.is_on_line() && key.typed().is_some() {
            self.at = self.files.len();
        }
        match self.line.handle(key) {
            Edited::Ignored => Response::Ignored,
            Edited::Moved => Response::Moved,
            Edited::Changed => Response::Changed,
        }
    }

    fn draw_file(&self, file: &FileRef, selected: bool, row: Rect, buf: &mut Buffer, look: &Look<'_>) {
        let measure = look.shared.glyphs.measure;
        let mut style = look.style();
        if selected {
            style = style.patch(look.shared.theme.style(Role::Selection));
            buf.set_style(row, style);
        }
        let size = file.size_text();
        let room = usize::from(row.width).saturating_sub(measure.width(&size) + 2);
        let (name, _) = measure.cut(&file.name, room, look.shared.glyphs.ellipsis);
        let x = measure.draw(buf, row.x, row.y, &name, row.width, style).saturating_add(2);
        let dim = if selected { style } else { style.patch(look.shared.theme.style(Role::Dim)) };
        measure.draw(buf, x, row.y, &size, row.right().saturating_sub(x), dim);
    }
}

impl Editor for FilesEditor {
    fn value(&self, shared: &Shared) -> Result<Value, Message> {
        if self.typed().is_empty() { Ok(self.held(shared)) } else { Err(msg!("form-not-attached")) }
    }

    fn held(&self, _shared: &Shared) -> Value {
        if self.files.is_empty() { Value::Empty } else { Value::Files(self.files.clone()) }
    }

    fn set(&mut self, value: &Value, _shared: &Shared) {
        self.files = if let Value::Files(files) = value { files.clone() } else { Vec::new() };
        self.at = self.files.len();
    }

    fn key(&mut self, key: Key, _shared: &Shared) -> Response {
        match key.code {
            KeyCode::Up if self.at > 0 => {
                self.at = self.at.min(self.files.len()) - 1;
                Response::Moved
            }
            KeyCode::Down if !self.is_on_line() => {
                self.at += 1;
                Response::Moved
            }
            KeyCode::Up | KeyCode::Down => Response::Ignored,
            KeyCode::Delete | KeyCode::Backspace if !self.is_on_line() || self.line.is_empty() => self.remove(),
            KeyCode::Enter if self.is_on_line() && !self.typed().is_empty() => {
                Response::Attach(self.typed().to_owned())
            }
            KeyCode::Enter => Response::Next,
            // The line's own history ends with its text; the files have the form's.
            KeyCode::Char('_' | 'y') if key.ctrl && self.line.is_empty() => Response::Ignored,
            _ => self.type_key(key),
        }
    }

    fn paste(&mut self, text: &str) -> Response {
        self.at = self.files.len();
        match self.line.paste(text.trim()) {
            Edited::Changed => Response::Changed,
            Edited::Moved | Edited::Ignored => Response::Moved,
        }
    }

    fn leave(&mut self, _shared: &Shared) {
        self.at = self.files.len();
    }

    fn path(&self) -> Option<&str> {
        // A completed path may go on behind a blank.
        Some(self.line.text().trim_start())
    }

    fn complete(&mut self, path: &str) {
        self.at = self.files.len();
        self.line.set_text(path);
    }

    fn attached(&mut self, path: &str, file: FileRef) {
        if self.typed() == path.trim() {
            self.clear_line();
        }
        if !self.files.contains(&file) {
            self.files.push(file);
        }
        self.at = self.files.len();
    }

    fn height(&self, _width: u16, look: &Look<'_>) -> u16 {
        let files = u16::try_from(self.files.len()).unwrap_or(u16::MAX);
        let (focused, other) = ROWS;
        if look.focused && !look.read_only { files.saturating_add(1).min(focused) } else { files.clamp(1, other) }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        let focused = look.focused && !look.read_only;
        let rows = usize::from(area.height);
        let top = if focused { scroll(0, self.at, rows) } else { 0 };
        let hidden = if focused { 0 } else { self.files.len().saturating_sub(rows) };
        let mut cursor = area.as_position();
        for (y, place) in (area.top()..area.bottom()).zip(top..) {
            let row = Rect { y, height: 1, ..area };
            match self.files.get(place) {
                Some(_) if hidden > 0 && y + 1 == area.bottom() => {
                    let more = look.shared.message(&msg!("form-more-files", count = hidden + 1));
                    look.line(&more, row, buf);
                }
                Some(file) => {
                    self.draw_file(file, focused && place == self.at, row, buf, look);
                    if place == self.at {
                        cursor = row.as_position();
                    }
                }
                None if focused && place == self.files.len() => {
                    let hint = look.shared.text("form-file-hint");
                    let at = self.line.render(row, buf, look.style(), (&hint, look.placeholder()));
                    if self.is_on_line() {
                        cursor = at;
                    }
                }
                None => {}
            }
        }
        cursor
    }
}
