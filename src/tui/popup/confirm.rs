//! A question with buttons. Where an answer destroys something, it starts on another one.

use super::frame;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A question. Closes with [`Closed::Answered`].
pub struct ConfirmLayer {
    title: String,
    lines: Vec<String>,
    buttons: Vec<String>,
    cursor: usize,
}

impl ConfirmLayer {
    /// A question with its answers, starting on answer `start`. `y` means the first answer, `n` and Esc the last.
    pub fn new(title: String, lines: Vec<String>, buttons: Vec<String>, start: usize) -> ConfirmLayer {
        ConfirmLayer { title, lines, buttons, cursor: start }
    }
}

impl Layer for ConfirmLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Dialog]
    }

    fn title(&self, _shared: &Shared) -> String {
        self.title.clone()
    }

    fn hints(&self) -> Vec<Action> {
        match self.buttons.len() {
            2 => vec![Action::Yes, Action::No, Action::DialogNext],
            // The buttons of other questions carry their numbers.
            _ => vec![Action::DialogNext],
        }
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let count = self.buttons.len().max(1);
        match event {
            Event::Action(Action::Yes) => cx.close(Closed::Answered(0)),
            Event::Action(Action::No | Action::Back | Action::Quit) => cx.close(Closed::Answered(count - 1)),
            Event::Action(Action::DialogNext) => self.cursor = (self.cursor + 1) % count,
            Event::Action(Action::DialogPrevious) => self.cursor = (self.cursor + count - 1) % count,
            Event::Key(Key { code: KeyCode::Char(c @ '1'..='9'), ctrl: false, alt: false, .. }) if count > 2 => {
                let number = c.to_digit(10).map_or(0, |d| d as usize);
                match number <= count {
                    true => cx.close(Closed::Answered(number - 1)),
                    false => return Flow::Ignored,
                }
            }
            Event::Key(key) if key.code == KeyCode::Enter => cx.close(Closed::Answered(self.cursor)),
            Event::Key(key) if key.code == KeyCode::Esc => cx.close(Closed::Answered(count - 1)),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let buttons: Vec<String> = match self.buttons.len() {
            2 => self.buttons.iter().map(|b| format!("[ {b} ]")).collect(),
            _ => self.buttons.iter().enumerate().map(|(i, b)| format!("[ {} {b} ]", i + 1)).collect(),
        };
        let row: usize = buttons.iter().map(|b| measure.width(b) + 2).sum();
        let widest =
            self.lines.iter().map(|l| measure.width(l)).max().unwrap_or(0).max(row).max(measure.width(&self.title));
        let width = (widest + 6).clamp(42, 72);
        let wrapped: Vec<&str> =
            self.lines.iter().flat_map(|l| measure.wrap(l, width - 4).into_iter().filter_map(|r| l.get(r))).collect();
        let inner =
            frame::draw(frame::centered(area, width as u16, wrapped.len() as u16 + 4), &self.title, buf, shared);
        for (i, line) in wrapped.iter().enumerate() {
            let y = inner.y + i as u16;
            if y < inner.bottom() {
                measure.draw(buf, inner.x + 1, y, line, inner.width, shared.theme.style(Role::Popup));
            }
        }
        let keys = if self.buttons.len() == 2 { "keys-confirm" } else { "keys-answers" };
        frame::keys(inner, &shared.text(keys), buf, shared);
        let mut x = inner.x + 1;
        let y = inner.bottom().saturating_sub(1);
        for (i, button) in buttons.iter().enumerate() {
            let role = if i == self.cursor { Role::Selection } else { Role::Popup };
            x = measure.draw(buf, x, y, button, inner.right().saturating_sub(x), shared.theme.style(role)) + 2;
        }
        None
    }
}
