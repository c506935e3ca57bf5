//! Yes or no.

use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::tui::context::Shared;
use crate::tui::input::{Key, KeyCode};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Edits a yes or no that may be left open.
#[derive(Default)]
pub(super) struct ToggleEditor {
    value: Option<bool>,
}

impl Editor for ToggleEditor {
    fn value(&self, _shared: &Shared) -> Result<Value, Message> {
        Ok(self.value.map_or(Value::Empty, Value::Boolean))
    }

    fn set(&mut self, value: &Value, _shared: &Shared) {
        self.value = match value {
            Value::Boolean(yes) => Some(*yes),
            _ => None,
        };
    }

    fn key(&mut self, key: Key, _shared: &Shared) -> Response {
        let before = self.value;
        match key.to_ascii().code {
            KeyCode::Enter => return Response::Next,
            _ if key.ctrl || key.alt => return Response::Ignored,
            KeyCode::Char(' ') | KeyCode::Left | KeyCode::Right => self.value = Some(!self.value.unwrap_or(false)),
            KeyCode::Char('y' | 'Y' | '1' | '是') => self.value = Some(true),
            KeyCode::Char('n' | 'N' | '0' | '否') => self.value = Some(false),
            KeyCode::Backspace | KeyCode::Delete => self.value = None,
            _ => return Response::Ignored,
        }
        if self.value == before { Response::Moved } else { Response::Changed }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        let glyphs = &look.shared.glyphs;
        let text = match self.value {
            Some(true) => format!("{} {}", glyphs.checked, look.shared.text("form-yes")),
            Some(false) => format!("{} {}", glyphs.unchecked, look.shared.text("form-no")),
            None => glyphs.unchecked.to_owned(),
        };
        look.line(&text, area, buf);
        area.as_position()
    }
}
