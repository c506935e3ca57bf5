//! The help: every action with its keys, this screen's first, found by typing.

use super::frame;
use super::picker::{Item, matching};
use crate::tui::action::{Action, CATALOGUE, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::KeyCode;
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A searchable list of keys.
pub struct HelpLayer {
    scopes: Vec<Scope>,
    input: LineEdit,
    top: usize,
}

/// A line of the help.
enum Line {
    Heading(String),
    Key(String, String),
}

impl HelpLayer {
    /// The help for where the user is: the scopes in force come first.
    pub fn new(scopes: Vec<Scope>) -> HelpLayer {
        HelpLayer { scopes, input: LineEdit::new(""), top: 0 }
    }

    /// Goes on to the keys of the next or former place; round at the end.
    fn next_heading(&mut self, down: bool, shared: &Shared) {
        let lines = self.lines(shared);
        let heading = |place: &usize| matches!(lines.get(*place), Some(Line::Heading(_)));
        let to = match down {
            true => (self.top + 1..lines.len()).find(heading),
            false => (0..self.top).rev().find(heading),
        };
        self.top = to.unwrap_or(0);
    }

    fn lines(&self, shared: &Shared) -> Vec<Line> {
        let others = Scope::ALL.into_iter().filter(|s| !self.scopes.contains(s));
        let order: Vec<Scope> = self.scopes.iter().copied().chain(others).collect();
        let mut lines = Vec::new();
        for scope in order {
            let entries: Vec<_> = CATALOGUE.iter().filter(|e| e.scope == scope).collect();
            let items: Vec<Item> = entries
                .iter()
                .map(|e| Item {
                    text: shared.text(&e.action.text_key()),
                    also: e.name.to_owned(),
                    detail: shared.keymap.keys(e.action).join("  "),
                    ..Item::default()
                })
                .collect();
            let mut found = matching(&items, self.input.text());
            found.sort_unstable();
            if !found.is_empty() {
                lines.push(Line::Heading(shared.text(scope.key())));
            }
            let line = |i: usize| items.get(i).map(|item| Line::Key(item.detail.clone(), item.text.clone()));
            lines.extend(found.into_iter().filter_map(line));
        }
        lines
    }
}

impl Layer for HelpLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-help")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::PickNext, Action::PickPrevious, Action::PickPageDown]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let last = self.lines(cx.shared).len().saturating_sub(1);
        match event {
            Event::Action(Action::PickNext) => self.top = (self.top + 1).min(last),
            Event::Action(Action::PickPrevious) => self.top = self.top.saturating_sub(1),
            Event::Action(Action::PickPageDown) => self.top = (self.top + 10).min(last),
            Event::Action(Action::PickPageUp) => self.top = self.top.saturating_sub(10),
            Event::Action(Action::Back | Action::Quit) => cx.close(Closed::Cancelled),
            Event::Key(key) if matches!(key.code, KeyCode::Esc | KeyCode::Enter) => cx.close(Closed::Cancelled),
            Event::Key(key) if key.code == KeyCode::Tab => self.next_heading(!key.shift, cx.shared),
            Event::Key(key) => match self.input.handle(key) {
                Edited::Changed => self.top = 0,
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let place = frame::centered(area, 64, area.height);
        let inner = frame::draw(place, &self.title(shared), buf, shared);
        let line = Rect { height: 1, ..inner };
        let placeholder = shared.text("picker-type");
        let placeholder = (placeholder.as_str(), shared.theme.style(Role::Placeholder));
        let cursor = self.input.render(line, buf, shared.theme.style(Role::Input), placeholder);
        frame::keys(inner, &shared.text("keys-help"), buf, shared);
        let lines = self.lines(shared);
        let room = inner.height.saturating_sub(1) as usize;
        let top = self.top.min(lines.len().saturating_sub(room));
        if lines.is_empty() && room > 0 {
            let dim = frame::ground(shared).patch(shared.theme.style(Role::Dim));
            measure.draw(buf, inner.x, inner.y + 1, &shared.text("picker-nothing"), inner.width, dim);
        }
        for (i, line) in lines.iter().skip(top).take(room).enumerate() {
            let y = inner.y + 1 + i as u16;
            match line {
                Line::Heading(text) => {
                    measure.draw(buf, inner.x, y, text, inner.width, shared.theme.style(Role::Title));
                }
                Line::Key(keys, text) => {
                    measure.draw(buf, inner.x + 2, y, keys, 20, shared.theme.style(Role::HintKey));
                    measure.draw(
                        buf,
                        inner.x + 23,
                        y,
                        text,
                        inner.width.saturating_sub(23),
                        shared.theme.style(Role::Popup),
                    );
                }
            }
        }
        Some(cursor)
    }
}
