//! A text to be read and copied: the JSON of a record, the body of an answer.

use super::frame;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Effect, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;

/// A text with what is copied of it.
pub struct TextLayer {
    title: String,
    lines: Vec<String>,
    /// What `y` copies.
    copied: String,
    top: usize,
    room: Cell<usize>,
}

impl TextLayer {
    /// A text that is copied as it stands.
    pub fn new(title: String, text: String) -> TextLayer {
        let lines = text.lines().map(str::to_owned).collect();
        TextLayer { title, lines, copied: text, top: 0, room: Cell::new(10) }
    }

    /// The same, of which something else is copied.
    #[must_use]
    pub fn copying(mut self, copied: String) -> TextLayer {
        self.copied = copied;
        self
    }

    fn scroll(&mut self, rows: isize) {
        let last = self.lines.len().saturating_sub(self.room.get());
        self.top = self.top.saturating_add_signed(rows).min(last);
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        let page = self.room.get() as isize;
        let key = key.to_ascii();
        match key.code {
            _ if key.ctrl || key.alt => return Flow::Ignored,
            KeyCode::Esc | KeyCode::Char('q') => cx.close(Closed::Cancelled),
            KeyCode::Down | KeyCode::Char('j') => self.scroll(1),
            KeyCode::Up | KeyCode::Char('k') => self.scroll(-1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll(page),
            KeyCode::PageUp => self.scroll(-page),
            KeyCode::Home | KeyCode::Char('g') => self.top = 0,
            KeyCode::End | KeyCode::Char('G') => self.scroll(isize::MAX),
            KeyCode::Char('y') => cx.effect(Effect::Copy(self.copied.clone())),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}

impl Layer for TextLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    /// Its letters are its own, whatever they mean elsewhere.
    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, _: &Shared) -> String {
        self.title.clone()
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let page = self.room.get() as isize;
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Action(Action::PickNext) => self.scroll(1),
            Event::Action(Action::PickPrevious) => self.scroll(-1),
            Event::Action(Action::PickPageDown) => self.scroll(page),
            Event::Action(Action::PickPageUp) => self.scroll(-page),
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let height = u16::try_from(self.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        let height = height.clamp(6, area.height.saturating_sub(2).max(6));
        let inner = frame::boxed(area, (100, height), &self.title, buf, shared);
        frame::keys(inner, &shared.text("text-keys"), buf, shared);
        self.room.set(usize::from(inner.height));
        let style = frame::ground(shared).patch(shared.theme.style(Role::Popup));
        for (y, text) in (inner.y..inner.bottom()).zip(self.lines.iter().skip(self.top)) {
            let (text, _) = measure.cut(text, usize::from(inner.width), shared.glyphs.ellipsis);
            measure.draw(buf, inner.x, y, &text, inner.width, style);
        }
        None
    }
}
