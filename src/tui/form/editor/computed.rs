//! A value that is computed from the others: shown, never edited.

use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::schema::model::Kind;
use crate::tui::context::Shared;
use crate::tui::form::reading;
use crate::tui::input::Key;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Shows a computed value.
pub(super) struct ComputedEditor {
    kind: Kind,
    value: Value,
}

impl ComputedEditor {
    pub(super) fn new(result: &Kind) -> ComputedEditor {
        ComputedEditor { kind: result.clone(), value: Value::Empty }
    }
}

impl Editor for ComputedEditor {
    fn value(&self, _shared: &Shared) -> Result<Value, Message> {
        Ok(self.value.clone())
    }

    fn set(&mut self, value: &Value, _shared: &Shared) {
        self.value = value.clone();
    }

    fn key(&mut self, _key: Key, _shared: &Shared) -> Response {
        Response::Ignored
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        look.line(&reading::shown(&self.kind, &self.value, look.titles, look.shared), area, buf);
        area.as_position()
    }
}
