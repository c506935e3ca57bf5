//! A place as a path (`广东/深圳`), completed from the dictionary of regions.

use super::line::LineEditor;
use super::{Editor, Look, Response};
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::schema::model::Kind;
use crate::tui::context::{Context, Shared};
use crate::tui::form::choices::items_of;
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Layer};
use crate::tui::popup::picker::PickerLayer;
use crate::tui::popup::ranking::{Item, ranked};
use crate::tui::widget::line_edit::LineEdit;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The dictionary that the first part of a path is completed from.
const DICTIONARY: &str = "region";

/// Edits a place.
pub(super) struct RegionEditor {
    line: LineEditor,
}

impl RegionEditor {
    pub(super) fn new(shared: &Shared) -> RegionEditor {
        RegionEditor { line: LineEditor::new(Kind::Region, shared) }
    }

    /// The region that the typed start of a path may become.
    fn completion(&self, shared: &Shared) -> Option<String> {
        let text = self.line.line().text();
        if !self.line.is_typed() || text.trim().is_empty() || text.contains(['/', ' ']) {
            return None;
        }
        let regions = items_of(shared.schema.dictionary(DICTIONARY)?, shared.lang, &[]);
        let best = ranked(&regions, text).first().and_then(|r| regions.get(r.at))?;
        (best.text != text).then(|| best.text.clone())
    }

    fn replace_first_part(&mut self, part: &str) {
        let text = self.line.line().text().to_owned();
        let whole = match text.split_once('/') {
            Some((_, rest)) => format!("{part}/{rest}"),
            None => part.to_owned(),
        };
        self.line.line_mut().set_text(&whole);
    }

    fn regions(shared: &Shared) -> Vec<Item> {
        shared.schema.dictionary(DICTIONARY).map(|d| items_of(d, shared.lang, &[])).unwrap_or_default()
    }

    fn at_end(line: &LineEdit) -> bool {
        line.cursor() == line.text().len()
    }
}

impl Editor for RegionEditor {
    fn value(&self, shared: &Shared) -> Result<Value, Message> {
        self.line.value(shared)
    }

    fn set(&mut self, value: &Value, shared: &Shared) {
        self.line.set(value, shared);
    }

    fn key(&mut self, key: Key, shared: &Shared) -> Response {
        let accepts = key == Key::plain(KeyCode::Right) || key == Key::plain(KeyCode::End);
        if accepts
            && Self::at_end(self.line.line())
            && let Some(completion) = self.completion(shared)
        {
            self.replace_first_part(&completion);
            return Response::Changed;
        }
        if key == Key::plain(KeyCode::Enter) && !self.line.is_typed() && self.line.line().is_empty() {
            return Response::Choose(String::new());
        }
        self.line.key(key, shared)
    }

    fn paste(&mut self, text: &str) -> Response {
        self.line.paste(text)
    }

    fn leave(&mut self, shared: &Shared) {
        self.line.leave(shared);
    }

    fn chooser(&self, typed: &str, cx: &mut Context<'_>) -> Option<Box<dyn Layer>> {
        let dictionary = cx.shared.schema.dictionary(DICTIONARY)?;
        let title = dictionary.label.get(cx.shared.lang).to_owned();
        Some(Box::new(PickerLayer::new(title, Self::regions(cx.shared)).typed(typed)))
    }

    fn chosen(&mut self, closed: &Closed, shared: &Shared) -> bool {
        let Closed::Picked(keys) = closed else { return false };
        let regions = Self::regions(shared);
        let Some(region) = keys.first().and_then(|k| regions.iter().find(|r| r.key == *k)) else { return false };
        self.replace_first_part(&region.text);
        true
    }

    fn text(&self) -> Option<String> {
        self.line.text()
    }

    fn set_text(&mut self, text: &str) {
        self.line.set_text(text);
    }

    fn understood(&self, shared: &Shared) -> Option<String> {
        self.completion(shared).map(|c| format!("{} {c}", shared.glyphs.right))
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position {
        self.line.draw(area, buf, look)
    }
}
