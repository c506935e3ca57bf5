//! One line to enter, with a preview of what it means.

use super::frame;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Effect, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Lines that explain what a text would do.
pub type Preview = fn(&str, &Shared) -> Vec<String>;

/// A prompt. Closes with [`Closed::Entered`], or [`Closed::Left`] with what was typed; with Tab, where it is allowed,
/// with [`Closed::Create`] to go on in a form.
pub struct PromptLayer {
    title: String,
    help: String,
    keys: Option<String>,
    input: LineEdit,
    preview: Option<Preview>,
    form: bool,
    empty: bool,
}

impl PromptLayer {
    /// A prompt with a text to start from and a line of help.
    pub fn new(title: String, text: &str, help: String) -> PromptLayer {
        PromptLayer { title, help, keys: None, input: LineEdit::new(text), preview: None, form: false, empty: false }
    }

    /// Shows what the text means while it is typed.
    #[must_use]
    pub fn preview(mut self, preview: Preview) -> PromptLayer {
        self.preview = Some(preview);
        self
    }

    /// What its keys do, where that is not plain.
    #[must_use]
    pub fn keys(mut self, keys: String) -> PromptLayer {
        self.keys = Some(keys);
        self
    }

    /// Nothing is an answer too.
    #[must_use]
    pub fn or_empty(mut self) -> PromptLayer {
        self.empty = true;
        self
    }

    /// Tab goes on in a form.
    #[must_use]
    pub fn or_form(mut self) -> PromptLayer {
        self.form = true;
        self
    }

    fn leave(&self, cx: &mut Context<'_>) {
        cx.close(Closed::Left(self.input.text().to_owned()));
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.code {
            KeyCode::Enter if self.empty || !self.input.text().trim().is_empty() => {
                cx.close(Closed::Entered(self.input.text().to_owned()));
            }
            KeyCode::Enter => cx.effect(Effect::Bell),
            KeyCode::Esc => self.leave(cx),
            KeyCode::Tab if self.form => cx.close(Closed::Create(self.input.text().to_owned())),
            _ if self.input.handle(key) == Edited::Ignored => return Flow::Ignored,
            _ => {}
        }
        Flow::Used
    }
}

impl Layer for PromptLayer {
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
        Vec::new()
    }

    fn is_dirty(&self) -> bool {
        !self.input.is_empty()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Back | Action::Quit) => self.leave(cx),
            Event::Key(key) => return self.key(key, cx),
            Event::Paste(text) => {
                self.input.paste(&text);
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let lines = self.preview.map(|p| p(self.input.text(), shared)).unwrap_or_default();
        let height = lines.len().max(1) as u16 + 4;
        let inner = frame::draw(frame::centered(area, 76, height), &self.title, buf, shared);
        let keys = self.keys.clone().unwrap_or_else(|| shared.text("keys-prompt"));
        frame::keys(inner, &keys, buf, shared);
        let line = Rect { height: 1, ..inner };
        let cursor =
            self.input.render(line, buf, shared.theme.style(Role::Input), ("", shared.theme.style(Role::Placeholder)));
        for (i, text) in lines.iter().enumerate() {
            let y = inner.y + 1 + i as u16;
            if y < inner.bottom() {
                let text = measure.fit(text, inner.width as usize, shared.glyphs.ellipsis, Default::default());
                measure.draw(buf, inner.x, y, &text, inner.width, shared.theme.style(Role::Info));
            }
        }
        let help = measure.fit(&self.help, inner.width as usize, shared.glyphs.ellipsis, Default::default());
        measure.draw(buf, inner.x, inner.bottom().saturating_sub(1), &help, inner.width, shared.theme.style(Role::Dim));
        Some(cursor)
    }
}
