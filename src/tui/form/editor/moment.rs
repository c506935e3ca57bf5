//! Dates and times, typed as people say them or chosen from a calendar.

use super::line::LineEditor;
use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::schema::model::Kind;
use crate::tui::context::{Context, Shared};
use crate::tui::form::calendar::{CalendarLayer, weekday};
use crate::tui::form::reading;
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Layer};
use jiff::civil::Date;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Edits a date or a moment.
pub(super) struct MomentEditor {
    kind: Kind,
    line: LineEditor,
    /// Something was typed since the cursor came here: Enter then goes on instead of opening the calendar.
    typing: bool,
}

impl MomentEditor {
    pub(super) fn new(kind: Kind, shared: &Shared) -> MomentEditor {
        MomentEditor { line: LineEditor::new(kind.clone(), shared), kind, typing: false }
    }

    fn date(&self, shared: &Shared) -> Option<Date> {
        match self.line.value(shared).ok()? {
            Value::Date(date) => Some(date),
            Value::DateTime(at) => Some(at.to_zoned(shared.now.time_zone().clone()).date()),
            _ => None,
        }
    }

    /// The time of day that goes with a chosen day.
    fn time(&self, shared: &Shared) -> String {
        match self.line.value(shared) {
            Ok(Value::DateTime(at)) => at.to_zoned(shared.now.time_zone().clone()).strftime("%H:%M").to_string(),
            _ => "09:00".to_owned(),
        }
    }
}

impl Editor for MomentEditor {
    fn value(&self, shared: &Shared) -> Result<Value, Message> {
        self.line.value(shared)
    }

    fn set(&mut self, value: &Value, shared: &Shared) {
        self.line.set(value, shared);
    }

    fn key(&mut self, key: Key, shared: &Shared) -> Response {
        if key == Key::char('=') || (key == Key::plain(KeyCode::Enter) && !self.typing) {
            return Response::Choose(String::new());
        }
        let response = self.line.key(key, shared);
        self.typing |= response == Response::Changed;
        response
    }

    fn paste(&mut self, text: &str) -> Response {
        self.typing = true;
        self.line.paste(text)
    }

    fn leave(&mut self, shared: &Shared) {
        self.typing = false;
        self.line.leave(shared);
    }

    fn chooser(&self, _typed: &str, cx: &mut Context<'_>) -> Option<Box<dyn Layer>> {
        let today = cx.shared.now.date();
        Some(Box::new(CalendarLayer::new(self.date(cx.shared).unwrap_or(today))))
    }

    fn chosen(&mut self, closed: &Closed, shared: &Shared) -> bool {
        let Closed::Entered(date) = closed else { return false };
        let text = match self.kind {
            Kind::DateTime => format!("{date} {}", self.time(shared)),
            _ => date.clone(),
        };
        self.typing = true;
        self.line.set_text(&text);
        true
    }

    fn text(&self) -> Option<String> {
        self.line.text()
    }

    fn set_text(&mut self, text: &str) {
        self.line.set_text(text);
    }

    fn understood(&self, shared: &Shared) -> Option<String> {
        let value = self.line.value(shared).ok().filter(|v| !v.is_empty())?;
        let shown = reading::shown(&self.kind, &value, &Titles::new(), shared);
        let day = self.date(shared).map(|d| weekday(d, shared)).unwrap_or_default();
        Some(format!("{shown} {day}"))
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        self.line.draw(area, buf, look)
    }
}
