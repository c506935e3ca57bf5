//! A popup that finds choices by a few letters: one, or several to tick.

use super::choices::{Choice, Ranked, ranked};
use super::frame::{frame, ground, scroll};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;

/// Offers choices. Closes with [`Closed::Picked`]: the keys of what is chosen.
pub(super) struct ChoiceLayer {
    title: String,
    choices: Vec<Choice>,
    several: bool,
    line: LineEdit,
    found: Vec<Ranked>,
    at: usize,
    top: Cell<usize>,
    rows: Cell<usize>,
}

impl ChoiceLayer {
    /// A popup to choose one; `typed` is what was typed already.
    pub(super) fn one(title: &str, choices: Vec<Choice>, typed: &str, cx: &Context<'_>) -> ChoiceLayer {
        let mut layer = ChoiceLayer {
            title: title.to_owned(),
            several: false,
            line: LineEdit::new(typed).measured(cx.shared.glyphs.measure),
            found: Vec::new(),
            at: 0,
            top: Cell::new(0),
            rows: Cell::new(10),
            choices,
        };
        layer.find();
        if typed.is_empty() {
            layer.at = layer.choices.iter().position(|c| c.marked).unwrap_or(0);
        }
        layer
    }

    /// A popup to tick several.
    pub(super) fn several(title: &str, choices: Vec<Choice>, typed: &str, cx: &Context<'_>) -> ChoiceLayer {
        ChoiceLayer { several: true, at: 0, ..ChoiceLayer::one(title, choices, typed, cx) }
    }

    fn find(&mut self) {
        self.found = ranked(&self.choices, self.line.text());
        self.at = 0;
        self.top.set(0);
    }

    fn move_by(&mut self, delta: isize) {
        let last = self.found.len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(delta).min(last);
    }

    fn toggle(&mut self) {
        let choice = self.found.get(self.at).and_then(|r| self.choices.get_mut(r.at));
        if let Some(choice) = choice.filter(|_| self.several) {
            choice.marked = !choice.marked;
        }
    }

    fn accept(&mut self, cx: &mut Context<'_>) {
        let here = self.found.get(self.at).and_then(|r| self.choices.get(r.at)).map(|c| c.key.clone());
        let typed = !self.line.text().trim().is_empty();
        let mut keys: Vec<String> = Vec::new();
        if self.several {
            let marked = self.choices.iter().filter(|c| c.marked).map(|c| c.key.clone());
            keys.extend(marked);
        }
        // Typing a few letters and Enter chooses what was found, ticked or not.
        if let Some(here) = here
            && (!self.several || typed)
            && !keys.contains(&here)
        {
            keys.push(here);
        }
        if keys.is_empty() && !self.several {
            cx.effect(crate::tui::context::Effect::Bell);
            return;
        }
        cx.close(Closed::Picked(keys));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match (key.code, key.ctrl) {
            (KeyCode::Esc, _) => cx.close(Closed::Cancelled),
            (KeyCode::Enter, _) => self.accept(cx),
            (KeyCode::Down, _) => self.move_by(1),
            (KeyCode::Up, _) => self.move_by(-1),
            (KeyCode::PageDown, _) => self.move_by(self.rows.get() as isize),
            (KeyCode::PageUp, _) => self.move_by(-(self.rows.get() as isize)),
            (KeyCode::Char(' '), false) if self.several => self.toggle(),
            _ => match self.line.handle(key) {
                Edited::Changed => self.find(),
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    fn draw_rows(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let rows = usize::from(area.height);
        self.rows.set(rows.max(1));
        self.top.set(scroll(self.top.get(), self.at, rows));
        let plain = ground(shared);
        let shown = self.found.iter().enumerate().skip(self.top.get()).take(rows);
        for (y, (place, ranked)) in (area.top()..).zip(shown) {
            let Some(choice) = self.choices.get(ranked.at) else { continue };
            let style = if place == self.at { plain.patch(shared.theme.style(Role::Selection)) } else { plain };
            let row = Rect { y, height: 1, ..area };
            buf.set_style(row, style);
            let mark = match (self.several, choice.marked) {
                (true, true) => shared.glyphs.checked,
                (true, false) => shared.glyphs.unchecked,
                (false, true) => shared.glyphs.success,
                (false, false) => " ",
            };
            let x = shared.glyphs.measure.draw(buf, row.x, y, &format!("{mark} "), row.width, style);
            let room = row.right().saturating_sub(x);
            let marked = style.patch(shared.theme.style(Role::Match));
            let glyphs = &shared.glyphs;
            let line =
                glyphs.measure.highlight(&choice.label, &ranked.matches, room.into(), glyphs.ellipsis, style, marked);
            let mut x = x;
            for span in line.spans {
                x = glyphs.measure.draw(buf, x, y, &span.content, row.right().saturating_sub(x), span.style);
            }
            if !choice.detail.is_empty() {
                let dim = style.patch(shared.theme.style(Role::Dim));
                glyphs.measure.draw(buf, x + 2, y, &choice.detail, row.right().saturating_sub(x + 2), dim);
            }
        }
    }

    fn width(&self, shared: &Shared) -> u16 {
        let measure = shared.glyphs.measure;
        let widest =
            self.choices.iter().map(|c| measure.width(&c.label) + measure.width(&c.detail) + 2).max().unwrap_or(0);
        u16::try_from(widest + 8).unwrap_or(u16::MAX).clamp(30, 70)
    }
}

impl Layer for ChoiceLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, _shared: &Shared) -> String {
        self.title.clone()
    }

    fn hints(&self) -> Vec<Action> {
        if self.several {
            vec![Action::PickToggle, Action::PickNext]
        } else {
            vec![Action::PickNext, Action::PickPrevious]
        }
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let page = self.rows.get() as isize;
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) => {
                if self.line.paste(&text) == Edited::Changed {
                    self.find();
                }
            }
            Event::Action(Action::PickNext) => self.move_by(1),
            Event::Action(Action::PickPrevious) => self.move_by(-1),
            Event::Action(Action::PickPageDown) => self.move_by(page),
            Event::Action(Action::PickPageUp) => self.move_by(-page),
            Event::Action(Action::PickToggle) => self.toggle(),
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let height = u16::try_from(self.choices.len() + 3).unwrap_or(u16::MAX).min(18);
        let inner = frame(area, (self.width(shared), height), &self.title, buf, shared);
        if inner.is_empty() {
            return None;
        }
        let style = ground(shared).patch(shared.theme.style(Role::Input));
        let hint = shared.text("form-type-to-find");
        let line = Rect { height: 1, ..inner };
        let position = self.line.render(line, buf, style, (&hint, shared.theme.style(Role::Placeholder)));
        let rows = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        if self.found.is_empty() && rows.height > 0 {
            let dim = ground(shared).patch(shared.theme.style(Role::Dim));
            shared.glyphs.measure.draw(buf, rows.x, rows.y, &shared.text("form-nothing-found"), rows.width, dim);
        }
        self.draw_rows(rows, buf, shared);
        Some(position)
    }
}
