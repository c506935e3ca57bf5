//! One line of text that is read as a value: texts, numbers, amounts, phones, addresses, tags.

use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::schema::model::Kind;
use crate::tui::context::Shared;
use crate::tui::form::reading;
use crate::tui::input::{Key, KeyCode};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// Edits text of one line.
pub(super) struct LineEditor {
    kind: Kind,
    line: LineEdit,
    /// The value that was put in, and its text: text that is untouched means exactly that value.
    given: (String, Value),
    /// The cursor has just come to a number: what is typed takes its place, as in a spreadsheet.
    whole: bool,
}

impl LineEditor {
    pub(super) fn new(kind: Kind, shared: &Shared) -> LineEditor {
        let line = LineEdit::new("").measured(shared.glyphs.measure);
        LineEditor { kind, line, given: (String::new(), Value::Empty), whole: true }
    }

    pub(super) fn line(&self) -> &LineEdit {
        &self.line
    }

    pub(super) fn line_mut(&mut self) -> &mut LineEdit {
        &mut self.line
    }

    fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. })
    }

    /// Whether what is typed takes the place of what stands here.
    fn gives_way(&self) -> bool {
        self.whole && self.is_number() && !self.line.is_empty()
    }

    fn give_way(&mut self) {
        if self.gives_way() {
            self.line.handle(Key::plain(KeyCode::End));
            self.line.handle(Key::ctrl('u'));
        }
        self.whole = false;
    }

    /// Whether the text is another than the one that was put in.
    pub(super) fn is_typed(&self) -> bool {
        self.line.text() != self.given.0
    }

    /// Where a value stands when the cursor isn't in the field: numbers as they are shown, tags as chips.
    fn draw_value(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) {
        match self.value(look.shared) {
            Ok(Value::Choices(words)) => {
                draw_chips(words.iter().map(String::as_str), area, buf, look);
            }
            Ok(value) => {
                let text = reading::shown(&self.kind, &value, look.titles, look.shared);
                look.line(&text, area, buf);
            }
            Err(_) => {
                look.line(self.line.text(), area, buf);
            }
        }
    }
}

/// Words side by side, each a small block.
pub(super) fn draw_chips<'t>(
    words: impl Iterator<Item = &'t str>,
    area: Rect,
    buf: &mut Buffer,
    look: &Look<'_>,
) -> u16 {
    let measure = look.shared.glyphs.measure;
    let style = look.style().patch(look.shared.theme.style(Role::Badge));
    let mut x = area.x;
    for word in words {
        let free = area.right().saturating_sub(x);
        if free == 0 {
            break;
        }
        let (cut, _) = measure.cut(word, usize::from(free), look.shared.glyphs.ellipsis);
        x = measure.draw(buf, x, area.y, &cut, free, style).saturating_add(1);
    }
    x.min(area.right())
}

impl Editor for LineEditor {
    fn value(&self, shared: &Shared) -> Result<Value, Message> {
        if !self.is_typed() {
            return Ok(self.given.1.clone());
        }
        reading::read(&self.kind, self.line.text(), shared)
    }

    fn set(&mut self, value: &Value, shared: &Shared) {
        let mut text = reading::written(&self.kind, value, shared);
        if matches!(self.kind, Kind::Tags) && !text.is_empty() {
            // What is typed behind them is a tag of its own.
            text.push_str(", ");
        }
        if self.line.text() != text {
            self.line.set_text(&text);
            self.whole = true;
        }
        self.given = (self.line.text().to_owned(), value.clone());
    }

    fn key(&mut self, key: Key, _shared: &Shared) -> Response {
        if key == Key::plain(KeyCode::Enter) {
            return Response::Next;
        }
        if key.typed().is_some() {
            self.give_way();
        }
        self.whole = false;
        match self.line.handle(key) {
            Edited::Ignored => Response::Ignored,
            Edited::Moved => Response::Moved,
            Edited::Changed => Response::Changed,
        }
    }

    fn paste(&mut self, text: &str) -> Response {
        self.give_way();
        match self.line.paste(text) {
            Edited::Changed => Response::Changed,
            Edited::Moved | Edited::Ignored => Response::Moved,
        }
    }

    fn leave(&mut self, shared: &Shared) {
        self.whole = true;
        if !self.is_typed() {
            return;
        }
        if let Ok(value) = self.value(shared) {
            let text = reading::written(&self.kind, &value, shared);
            if text != self.line.text() {
                self.line.set_text(&text);
            }
        }
    }

    fn text(&self) -> Option<String> {
        Some(self.line.text().to_owned())
    }

    fn set_text(&mut self, text: &str) {
        self.line.set_text(text.trim_end_matches(['\r', '\n']));
    }

    fn understood(&self, shared: &Shared) -> Option<String> {
        let text = self.line.text();
        match &self.kind {
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } => {}
            Kind::Money { .. } if text.trim().is_empty() => return Some(shared.schema.currency.clone()),
            Kind::Money { .. } => {}
            _ => return None,
        }
        let value = self.value(shared).ok().filter(|v| !v.is_empty())?;
        let shown = reading::shown(&self.kind, &value, &Titles::new(), shared);
        (shown != text.trim()).then_some(shown)
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        if self.line.is_empty() && !look.focused {
            let style = look.placeholder();
            look.shared.glyphs.measure.draw(buf, area.x, area.y, look.preview, area.width, style);
            return area.as_position();
        }
        if look.focused && !look.read_only {
            let given = if self.gives_way() { look.shared.theme.style(Role::Selection) } else { Style::new() };
            return self.line.render(area, buf, look.style().patch(given), (look.preview, look.placeholder()));
        }
        self.draw_value(area, buf, look);
        area.as_position()
    }
}
