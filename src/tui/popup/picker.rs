//! Choosing from a short list by typing: views, objects, themes, columns to sort by, choices.

use super::frame;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// One choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// What is handed back.
    pub key: String,
    /// What is shown.
    pub text: String,
    /// Found by this as well: the label in the other language, a name, pinyin.
    pub also: String,
    /// Shown on the right.
    pub detail: String,
    /// It is marked as chosen.
    pub chosen: bool,
}

/// Does something with the chosen key.
pub type Then = fn(&str, &mut Context<'_>);

/// A list of choices under a line to type in.
pub struct PickerLayer {
    title: String,
    items: Vec<Item>,
    shown: Vec<usize>,
    cursor: usize,
    input: LineEdit,
    multiple: bool,
    then: Option<Then>,
}

/// The numbers of the items that match what was typed, best first.
pub fn matching(items: &[Item], typed: &str) -> Vec<usize> {
    if typed.trim().is_empty() {
        return (0..items.len()).collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut scratch = Vec::new();
    let mut found: Vec<(u32, usize)> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        // What is shown counts more than what is only known.
        let text = pattern.score(Utf32Str::new(&item.text, &mut scratch), &mut matcher).map(|s| s + 50);
        let also = pattern.score(Utf32Str::new(&item.also, &mut scratch), &mut matcher);
        let detail = pattern.score(Utf32Str::new(&item.detail, &mut scratch), &mut matcher);
        if let Some(score) = text.max(also).max(detail) {
            found.push((score, i));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.into_iter().map(|(_, i)| i).collect()
}

impl PickerLayer {
    /// A picker of one item; without [`PickerLayer::then`] the layer below gets [`Closed::Picked`].
    pub fn new(title: String, items: Vec<Item>) -> PickerLayer {
        let cursor = items.iter().position(|i| i.chosen).unwrap_or(0);
        let shown = (0..items.len()).collect();
        PickerLayer { title, items, shown, cursor, input: LineEdit::new(""), multiple: false, then: None }
    }

    /// Several items may be chosen.
    #[must_use]
    pub fn multiple(mut self) -> PickerLayer {
        self.multiple = true;
        self.cursor = 0;
        self
    }

    /// Does this with the chosen item, without asking the layer below.
    #[must_use]
    pub fn then(mut self, then: Then) -> PickerLayer {
        self.then = Some(then);
        self
    }

    fn search(&mut self) {
        self.shown = matching(&self.items, self.input.text());
        self.cursor = 0;
    }

    fn here(&self) -> Option<usize> {
        self.shown.get(self.cursor).copied()
    }

    fn finish(&mut self, cx: &mut Context<'_>) {
        let keys: Vec<String> = if self.multiple {
            self.items.iter().filter(|i| i.chosen).map(|i| i.key.clone()).collect()
        } else {
            self.here().and_then(|i| self.items.get(i)).map(|i| i.key.clone()).into_iter().collect()
        };
        match (self.then, keys.first()) {
            (Some(then), Some(key)) => {
                cx.close(Closed::Cancelled);
                then(key, cx);
            }
            (Some(_), None) => cx.close(Closed::Cancelled),
            (None, None) if !self.multiple => cx.close(Closed::Cancelled),
            (None, _) => cx.close(Closed::Picked(keys)),
        }
    }

    fn toggle(&mut self) {
        if let Some(item) = self.here().and_then(|i| self.items.get_mut(i)) {
            item.chosen = !item.chosen;
            self.cursor = (self.cursor + 1).min(self.shown.len().saturating_sub(1));
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let last = self.shown.len().saturating_sub(1);
        match action {
            Action::PickNext => self.cursor = (self.cursor + 1).min(last),
            Action::PickPrevious => self.cursor = self.cursor.saturating_sub(1),
            Action::PickPageDown => self.cursor = (self.cursor + 10).min(last),
            Action::PickPageUp => self.cursor = self.cursor.saturating_sub(10),
            Action::PickToggle if self.multiple => self.toggle(),
            Action::Back => cx.close(Closed::Cancelled),
            Action::Quit => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn key(&mut self, key: crate::tui::input::Key, cx: &mut Context<'_>) -> Flow {
        use crate::tui::input::KeyCode;
        match key.code {
            KeyCode::Enter => self.finish(cx),
            KeyCode::Esc => cx.close(Closed::Cancelled),
            KeyCode::Char(' ') if self.multiple && self.input.is_empty() => self.toggle(),
            _ => match self.input.handle(key) {
                Edited::Changed => self.search(),
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    fn area(&self, area: Rect, shared: &Shared) -> Rect {
        let measure = shared.glyphs.measure;
        let widest =
            self.items.iter().map(|i| measure.width(&i.text) + measure.width(&i.detail) + 8).max().unwrap_or(0);
        let width = widest.max(measure.width(&self.title) + 6).clamp(36, 76) as u16;
        frame::centered(area, width, (self.items.len() as u16 + 3).min(area.height.saturating_sub(2)))
    }
}

impl Layer for PickerLayer {
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
        let mut hints = vec![Action::PickNext, Action::PickPrevious];
        if self.multiple {
            hints.push(Action::PickToggle);
        }
        hints
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => self.act(action, cx),
            Event::Key(key) => self.key(key, cx),
            Event::Paste(text) => {
                self.input.paste(&text);
                self.search();
                Flow::Used
            }
            _ => Flow::Ignored,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let inner = frame::draw(self.area(area, shared), &self.title, buf, shared);
        let line = Rect { height: 1, ..inner };
        let placeholder = shared.text("picker-type");
        let input = shared.theme.style(Role::Input);
        let cursor = self.input.render(line, buf, input, (&placeholder, shared.theme.style(Role::Placeholder)));
        let body = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        if self.shown.is_empty() {
            measure.draw(
                buf,
                body.x,
                body.y,
                &shared.text("picker-nothing"),
                body.width,
                shared.theme.style(Role::Dim),
            );
        }
        let top = (self.cursor + 1).saturating_sub(body.height as usize);
        for (row, number) in self.shown.iter().enumerate().skip(top).take(body.height as usize) {
            let Some(item) = self.items.get(*number) else { continue };
            let y = body.y + (row - top) as u16;
            let role = if row == self.cursor { Role::Selection } else { Role::Popup };
            let style = shared.theme.style(role);
            buf.set_style(Rect { y, height: 1, ..body }, style);
            let mark = match (self.multiple, item.chosen) {
                (true, true) => shared.glyphs.checked,
                (true, false) => shared.glyphs.unchecked,
                (false, true) => shared.glyphs.bullet,
                (false, false) => " ",
            };
            let x = measure.draw(buf, body.x, y, mark, 2, style);
            let detail = measure.width(&item.detail) as u16;
            let room = body.right().saturating_sub(x + 2 + detail);
            let text = measure.fit(&item.text, room as usize, shared.glyphs.ellipsis, Default::default());
            measure.draw(buf, x + 1, y, &text, room, style);
            let dim = style.patch(if row == self.cursor { style } else { shared.theme.style(Role::Dim) });
            measure.draw(buf, body.right().saturating_sub(detail), y, &item.detail, detail, dim);
        }
        Some(cursor)
    }
}
