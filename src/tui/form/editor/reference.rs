//! Records of another object: references, users, departments.

use super::line::draw_chips;
use super::{Editor, Look, Response};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::tui::context::{Context, Shared};
use crate::tui::form::search::SearchLayer;
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Layer};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Edits one reference or several.
pub(super) struct ReferenceEditor {
    object: String,
    many: bool,
    /// A filter over the records that are offered; empty for all.
    only: String,
    ids: Vec<Id>,
}

impl ReferenceEditor {
    pub(super) fn new(object: &str, many: bool, only: String) -> ReferenceEditor {
        ReferenceEditor { object: object.to_owned(), many, only, ids: Vec::new() }
    }

    fn add(&mut self, id: Id) -> bool {
        if self.ids.contains(&id) {
            return false;
        }
        if !self.many {
            self.ids.clear();
        }
        self.ids.push(id);
        true
    }
}

fn title(id: Id, titles: &Titles) -> String {
    titles.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

impl Editor for ReferenceEditor {
    fn value(&self, _shared: &Shared) -> Result<Value, Message> {
        Ok(match (self.ids.first(), self.many) {
            (None, _) => Value::Empty,
            (Some(_), true) => Value::Refs(self.ids.clone()),
            (Some(id), false) => Value::Ref(*id),
        })
    }

    fn set(&mut self, value: &Value, _shared: &Shared) {
        self.ids = match value {
            Value::Ref(id) => vec![*id],
            Value::Refs(ids) => ids.clone(),
            _ => Vec::new(),
        };
    }

    fn key(&mut self, key: Key, _shared: &Shared) -> Response {
        if let Some(c) = key.typed() {
            return Response::Choose(if c == ' ' { String::new() } else { c.to_string() });
        }
        match key.code {
            _ if key.ctrl || key.alt => Response::Ignored,
            KeyCode::Enter => Response::Choose(String::new()),
            KeyCode::Delete if !self.ids.is_empty() => {
                self.ids.clear();
                Response::Changed
            }
            KeyCode::Backspace if !self.ids.is_empty() => {
                self.ids.pop();
                Response::Changed
            }
            KeyCode::Delete | KeyCode::Backspace | KeyCode::Left | KeyCode::Right => Response::Moved,
            _ => Response::Ignored,
        }
    }

    fn paste(&mut self, text: &str) -> Response {
        let text = text.trim();
        if text.is_empty() { Response::Moved } else { Response::Choose(text.to_owned()) }
    }

    fn chooser(&self, typed: &str, cx: &mut Context<'_>) -> Option<Box<dyn Layer>> {
        Some(Box::new(SearchLayer::new(&self.object, &self.only, typed, true, cx)))
    }

    fn chosen(&mut self, closed: &Closed, _shared: &Shared) -> bool {
        match closed {
            Closed::Record(key, _) => self.add(key.id),
            Closed::Saved(id) => self.add(*id),
            _ => false,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        let titles: Vec<String> = self.ids.iter().map(|id| title(*id, look.titles)).collect();
        if self.many {
            let x = draw_chips(titles.iter().map(String::as_str), area, buf, look);
            return Position::new(x.min(area.right().saturating_sub(1)).max(area.x), area.y);
        }
        if let Some(title) = titles.first() {
            look.line(title, area, buf);
        }
        area.as_position()
    }
}
