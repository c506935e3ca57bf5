//! One item of a dictionary, or several.

use super::line::draw_chips;
use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::tui::context::{Context, Shared};
use crate::tui::form::choices::items_of;
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Layer};
use crate::tui::popup::picker::PickerLayer;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Up to so many items are stepped through with the arrow keys.
const FEW: usize = 9;

/// Edits a choice from a dictionary.
pub(super) struct ChoiceEditor {
    dictionary: String,
    several: bool,
    keys: Vec<String>,
}

impl ChoiceEditor {
    pub(super) fn one(dictionary: &str) -> ChoiceEditor {
        ChoiceEditor { dictionary: dictionary.to_owned(), several: false, keys: Vec::new() }
    }

    pub(super) fn several(dictionary: &str) -> ChoiceEditor {
        ChoiceEditor { several: true, ..ChoiceEditor::one(dictionary) }
    }

    fn label<'s>(&'s self, key: &'s str, shared: &'s Shared) -> &'s str {
        let dictionary = shared.schema.dictionary(&self.dictionary);
        dictionary.and_then(|d| d.item(key)).map_or(key, |item| item.label.get(shared.lang))
    }

    /// Steps to the next or previous item of a short dictionary.
    fn step(&mut self, forward: bool, shared: &Shared) -> Response {
        let Some(dictionary) = shared.schema.dictionary(&self.dictionary) else { return Response::Moved };
        let items: Vec<&str> = dictionary.items.iter().filter(|i| !i.retired).map(|i| i.key.as_str()).collect();
        if self.several || items.is_empty() || items.len() > FEW {
            return Response::Moved;
        }
        let here = self.keys.first().and_then(|k| items.iter().position(|i| i == k));
        let next = match (here, forward) {
            (None, true) => 0,
            (None, false) => items.len() - 1,
            (Some(at), true) => (at + 1) % items.len(),
            (Some(at), false) => (at + items.len() - 1) % items.len(),
        };
        self.keys = items.get(next).map(|k| vec![(*k).to_owned()]).unwrap_or_default();
        Response::Changed
    }
}

impl Editor for ChoiceEditor {
    fn value(&self, _shared: &Shared) -> Result<Value, Message> {
        Ok(match (self.keys.first(), self.several) {
            (None, _) => Value::Empty,
            (Some(_), true) => Value::Choices(self.keys.clone()),
            (Some(key), false) => Value::Choice(key.clone()),
        })
    }

    fn set(&mut self, value: &Value, _shared: &Shared) {
        self.keys = match value {
            Value::Choice(key) => vec![key.clone()],
            Value::Choices(keys) => keys.clone(),
            _ => Vec::new(),
        };
    }

    fn key(&mut self, key: Key, shared: &Shared) -> Response {
        if let Some(c) = key.typed() {
            return Response::Choose(if c == ' ' { String::new() } else { c.to_string() });
        }
        match key.code {
            _ if key.ctrl || key.alt => Response::Ignored,
            KeyCode::Enter => Response::Choose(String::new()),
            KeyCode::Left => self.step(false, shared),
            KeyCode::Right => self.step(true, shared),
            KeyCode::Delete if !self.keys.is_empty() => {
                self.keys.clear();
                Response::Changed
            }
            KeyCode::Backspace if !self.keys.is_empty() => {
                self.keys.pop();
                Response::Changed
            }
            KeyCode::Delete | KeyCode::Backspace => Response::Moved,
            _ => Response::Ignored,
        }
    }

    fn paste(&mut self, text: &str) -> Response {
        let text = text.trim();
        if text.is_empty() { Response::Moved } else { Response::Choose(text.to_owned()) }
    }

    fn chooser(&self, typed: &str, cx: &mut Context<'_>) -> Option<Box<dyn Layer>> {
        let dictionary = cx.shared.schema.dictionary(&self.dictionary)?;
        let items = items_of(dictionary, cx.shared.lang, &self.keys);
        let picker = PickerLayer::new(dictionary.label.get(cx.shared.lang).to_owned(), items);
        let picker = if self.several { picker.multiple() } else { picker };
        Some(Box::new(picker.typed(typed)))
    }

    fn chosen(&mut self, closed: &Closed, _shared: &Shared) -> bool {
        let Closed::Picked(keys) = closed else { return false };
        let changed = *keys != self.keys;
        self.keys.clone_from(keys);
        changed
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        if self.several {
            let x = draw_chips(self.keys.iter().map(|k| self.label(k, look.shared)), area, buf, look);
            return Position::new(x.min(area.right().saturating_sub(1)).max(area.x), area.y);
        }
        if let Some(key) = self.keys.first() {
            look.line(self.label(key, look.shared), area, buf);
        }
        area.as_position()
    }
}
