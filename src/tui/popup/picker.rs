//! Choosing from a short list by typing: views, objects, themes, columns to sort by, choices.

pub use super::ranking::{Item, matching};

use super::frame;
use super::ranking::{Ranked, ranked};
use super::rows::Rows;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Effect, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use crate::tui::widget::line_edit::{Edited, LineEdit};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Does something with the chosen key.
pub type Then = fn(&str, &mut Context<'_>);

/// The most cells of the column of groups.
const GROUP: u16 = 16;
/// The most rows that are shown at once.
const ROWS: u16 = 15;

/// A list of choices under a line to type in. Without [`PickerLayer::then`] it closes with
/// [`Closed::Picked`]: the keys of what is chosen.
pub struct PickerLayer {
    title: String,
    items: Vec<Item>,
    found: Vec<Ranked>,
    rows: Rows,
    line: LineEdit,
    multiple: bool,
    then: Option<Then>,
}

impl PickerLayer {
    /// A picker of one item, the cursor on the one that is chosen now.
    pub fn new(title: String, items: Vec<Item>) -> PickerLayer {
        let at = items.iter().position(|i| i.chosen).unwrap_or(0);
        let found = ranked(&items, "");
        PickerLayer { title, items, found, rows: Rows::new(at), line: LineEdit::new(""), multiple: false, then: None }
    }

    /// Several items may be ticked.
    #[must_use]
    pub fn multiple(mut self) -> PickerLayer {
        self.multiple = true;
        self.rows.restart();
        self
    }

    /// Begins with a text that was typed already.
    #[must_use]
    pub fn typed(mut self, text: &str) -> PickerLayer {
        if !text.is_empty() {
            self.line = LineEdit::new(text);
            self.search();
        }
        self
    }

    /// Does this with the chosen item, without asking the layer below.
    #[must_use]
    pub fn then(mut self, then: Then) -> PickerLayer {
        self.then = Some(then);
        self
    }

    fn search(&mut self) {
        self.found = ranked(&self.items, self.line.text());
        self.rows.restart();
    }

    fn toggle(&mut self) {
        let item = self.found.get(self.rows.at()).and_then(|r| self.items.get_mut(r.at));
        if let Some(item) = item.filter(|_| self.multiple) {
            item.chosen = !item.chosen;
        }
    }

    /// What Enter means: the item under the cursor; with ticks, all that are ticked, and what was found by typing.
    fn picked(&self) -> Vec<String> {
        let here = self.found.get(self.rows.at()).and_then(|r| self.items.get(r.at)).map(|i| &i.key);
        if !self.multiple {
            return here.cloned().into_iter().collect();
        }
        let mut keys: Vec<String> = self.items.iter().filter(|i| i.chosen).map(|i| i.key.clone()).collect();
        let typed = !self.line.text().trim().is_empty();
        keys.extend(here.filter(|key| typed && !keys.contains(key)).cloned());
        keys
    }

    fn finish(&mut self, cx: &mut Context<'_>) {
        let keys = self.picked();
        match (self.then, keys.first()) {
            (_, None) if !self.multiple => cx.effect(Effect::Bell),
            (Some(then), Some(key)) => {
                cx.close(Closed::Cancelled);
                then(key, cx);
            }
            _ => cx.close(Closed::Picked(keys)),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            _ if self.rows.act(action, self.found.len()) => {}
            Action::PickToggle => self.toggle(),
            Action::Back | Action::Quit => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match (key.code, key.ctrl) {
            (KeyCode::Enter, _) => self.finish(cx),
            (KeyCode::Esc, _) => cx.close(Closed::Cancelled),
            _ if self.rows.key(key, self.found.len()) => {}
            (KeyCode::Char(' '), false) if self.multiple => self.toggle(),
            _ => match self.line.handle(key) {
                Edited::Changed => self.search(),
                Edited::Moved => {}
                Edited::Ignored => return Flow::Ignored,
            },
        }
        Flow::Used
    }

    fn size(&self, shared: &Shared) -> (u16, u16) {
        let measure = shared.glyphs.measure;
        let group = usize::from(self.group_width(shared));
        let widest = self.items.iter().map(|i| measure.width(&i.text) + measure.width(&i.detail) + 8 + group).max();
        let width = widest.unwrap_or(0).max(measure.width(&self.title) + 6).clamp(44, 76);
        let rows = u16::try_from(self.items.len()).unwrap_or(u16::MAX).clamp(1, ROWS);
        (u16::try_from(width).unwrap_or(76), rows + 3)
    }

    /// The width of the column of groups; 0 without any.
    fn group_width(&self, shared: &Shared) -> u16 {
        let widest = self.items.iter().map(|i| shared.glyphs.measure.width(&i.group)).max().unwrap_or(0);
        if widest == 0 { 0 } else { u16::try_from(widest + 2).unwrap_or(0).min(GROUP) }
    }

    /// The group of a row, unless the row above it on the screen says the same.
    fn group_at(&self, place: usize, top: usize) -> &str {
        let of = |place: usize| self.found.get(place).and_then(|r| self.items.get(r.at)).map(|i| i.group.as_str());
        let above = place.checked_sub(1).filter(|above| *above >= top).and_then(of);
        of(place).filter(|group| above != Some(group)).unwrap_or_default()
    }

    fn draw_rows(&self, body: Rect, buf: &mut Buffer, shared: &Shared) {
        let top = self.rows.show(body.height.into());
        let shown = self.found.iter().enumerate().skip(top);
        let group = self.group_width(shared);
        let dim = frame::ground(shared).patch(shared.theme.style(Role::Dim));
        for (y, (place, ranked)) in (body.top()..body.bottom()).zip(shown) {
            if let Some(item) = self.items.get(ranked.at) {
                let row = Rect { y, height: 1, ..body };
                let (measure, width) = (shared.glyphs.measure, group.min(row.width));
                let (name, _) =
                    measure.cut(self.group_at(place, top), width.saturating_sub(1).into(), shared.glyphs.ellipsis);
                measure.draw(buf, row.x, y, &name, width, dim);
                let row = Rect { x: row.x + width, width: row.width - width, ..row };
                self.draw_row(item, ranked, place == self.rows.at(), row, buf, shared);
            }
        }
    }

    fn draw_row(&self, item: &Item, ranked: &Ranked, here: bool, row: Rect, buf: &mut Buffer, shared: &Shared) {
        let (measure, glyphs) = (shared.glyphs.measure, &shared.glyphs);
        let ground = frame::ground(shared);
        let style = if here { ground.patch(shared.theme.style(Role::Selection)) } else { ground };
        let style = if item.dim && !here { style.patch(shared.theme.style(Role::Dim)) } else { style };
        buf.set_style(row, style);
        let mark = match (self.multiple, item.chosen) {
            (true, true) => glyphs.checked,
            (true, false) => glyphs.unchecked,
            (false, true) => glyphs.bullet,
            (false, false) => " ",
        };
        let x = measure.draw(buf, row.x, row.y, &format!("{mark} "), row.width, style);
        let all = row.right().saturating_sub(x);
        // The detail gives way: what is chosen must be readable.
        let text_width = u16::try_from(measure.width(&item.text)).unwrap_or(u16::MAX);
        let detail_room = all.saturating_sub(text_width.saturating_add(2)).max(all / 3);
        let (detail, _) = measure.cut(&item.detail, detail_room.into(), glyphs.ellipsis);
        let detail_width = u16::try_from(measure.width(&detail)).unwrap_or(u16::MAX);
        let room = if detail_width == 0 { all } else { all.saturating_sub(detail_width + 2) };
        let marked = style.patch(shared.theme.style(Role::Match));
        let line = measure.highlight(&item.text, &ranked.matches, room.into(), glyphs.ellipsis, style, marked);
        let mut at = x;
        for span in line.spans {
            at = measure.draw(buf, at, row.y, &span.content, (x + room).saturating_sub(at), span.style);
        }
        let dim = if here { style } else { style.patch(shared.theme.style(Role::Dim)) };
        measure.draw(buf, row.right().saturating_sub(detail_width), row.y, &detail, detail_width, dim);
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
            hints.insert(0, Action::PickToggle);
        }
        hints
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => self.act(action, cx),
            Event::Key(key) => self.key(key, cx),
            Event::Paste(text) => {
                if self.line.paste(&text) == Edited::Changed {
                    self.search();
                }
                Flow::Used
            }
            _ => Flow::Ignored,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let inner = frame::boxed(area, self.size(shared), &self.title, buf, shared);
        if inner.is_empty() {
            return None;
        }
        let keys = if self.multiple { "keys-pick-several" } else { "keys-pick" };
        frame::keys(inner, &shared.text(keys), buf, shared);
        let line = Rect { height: 1, ..inner };
        let placeholder = shared.text("picker-type");
        let input = frame::ground(shared).patch(shared.theme.style(Role::Input));
        let cursor = self.line.render(line, buf, input, (&placeholder, shared.theme.style(Role::Placeholder)));
        let body = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
        if self.found.is_empty() && body.height > 0 {
            let dim = frame::ground(shared).patch(shared.theme.style(Role::Dim));
            shared.glyphs.measure.draw(buf, body.x, body.y, &shared.text("picker-nothing"), body.width, dim);
        }
        self.draw_rows(body, buf, shared);
        Some(cursor)
    }
}
