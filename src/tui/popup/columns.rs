//! Choosing, ordering and sizing the columns of a list.

use super::frame;
use crate::schema::kind;
use crate::schema::model::{Column, Object};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A field that may be a column.
struct Choice {
    field: String,
    label: String,
    shown: bool,
    width: Option<u16>,
    usual: u16,
}

/// The chooser. Closes with [`Closed::Picked`]: `field` or `field=width` for each column, in order.
pub struct ColumnsLayer {
    choices: Vec<Choice>,
    cursor: usize,
}

/// A column from a picked key.
pub fn parse(key: &str) -> Column {
    match key.split_once('=') {
        Some((field, width)) => Column { field: field.to_owned(), width: width.parse().ok() },
        None => Column { field: key.to_owned(), width: None },
    }
}

/// The picked key of a column.
pub fn key(column: &Column) -> String {
    match column.width {
        Some(width) => format!("{}={width}", column.field),
        None => column.field.clone(),
    }
}

impl ColumnsLayer {
    /// The columns of a list first, then the other fields.
    pub fn new(object: &Object, columns: &[Column], shared: &Shared) -> ColumnsLayer {
        let shown = columns.iter().filter_map(|c| object.field(&c.field).map(|f| (f, c.width, true)));
        let others = object.fields.iter().filter(|f| !f.retired && !columns.iter().any(|c| c.field == f.name));
        let choices = shown.chain(others.map(|f| (f, None, false))).map(|(f, width, shown)| Choice {
            field: f.name.clone(),
            label: f.label.get(shared.lang).to_owned(),
            shown,
            width,
            usual: kind::usual_width(&f.kind),
        });
        ColumnsLayer { choices: choices.collect(), cursor: 0 }
    }

    fn shift(&mut self, delta: isize) {
        let to = self.cursor.saturating_add_signed(delta);
        if to < self.choices.len() {
            self.choices.swap(self.cursor, to);
            self.cursor = to;
        }
    }

    fn resize(&mut self, delta: i16) {
        if let Some(choice) = self.choices.get_mut(self.cursor) {
            let width = choice.width.unwrap_or(choice.usual).saturating_add_signed(delta);
            choice.width = Some(width.clamp(3, 60));
        }
    }

    fn finish(&self, cx: &mut Context<'_>) {
        let shown = self.choices.iter().filter(|c| c.shown);
        let keys: Vec<String> = shown.map(|c| key(&Column { field: c.field.clone(), width: c.width })).collect();
        if keys.is_empty() {
            cx.warn(crate::msg!("columns-none"));
        } else {
            cx.close(Closed::Picked(keys));
        }
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        let last = self.choices.len().saturating_sub(1);
        match key.code {
            KeyCode::Enter => self.finish(cx),
            KeyCode::Esc | KeyCode::Char('q') => cx.close(Closed::Cancelled),
            KeyCode::Char(' ' | 'x') => {
                if let Some(choice) = self.choices.get_mut(self.cursor) {
                    choice.shown = !choice.shown;
                }
            }
            KeyCode::Char('J') => self.shift(1),
            KeyCode::Char('K') => self.shift(-1),
            KeyCode::Char('>' | '+') | KeyCode::Right | KeyCode::Char('l') => self.resize(1),
            KeyCode::Char('<' | '-') | KeyCode::Left | KeyCode::Char('h') => self.resize(-1),
            KeyCode::Char('=') => {
                if let Some(choice) = self.choices.get_mut(self.cursor) {
                    choice.width = None;
                }
            }
            KeyCode::Char('j') | KeyCode::Down => self.cursor = (self.cursor + 1).min(last),
            KeyCode::Char('k') | KeyCode::Up => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Char('G') | KeyCode::End => self.cursor = last,
            KeyCode::Char('g') | KeyCode::Home => self.cursor = 0,
            KeyCode::PageDown => self.cursor = (self.cursor + 10).min(last),
            KeyCode::PageUp => self.cursor = self.cursor.saturating_sub(10),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}

impl Layer for ColumnsLayer {
    fn scopes(&self) -> Vec<Scope> {
        Vec::new()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-list-columns")
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Key(key) => self.key(key.to_ascii(), cx),
            _ => Flow::Ignored,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let inner = frame::draw(frame::centered(area, 50, area.height), &self.title(shared), buf, shared);
        let help = shared.text("columns-help");
        let help_lines = measure.wrap(&help, inner.width as usize);
        let room = (inner.height as usize).saturating_sub(help_lines.len());
        let top = (self.cursor + 1).saturating_sub(room);
        for (i, choice) in self.choices.iter().enumerate().skip(top).take(room) {
            let y = inner.y + (i - top) as u16;
            let role = if i == self.cursor { Role::Selection } else { Role::Popup };
            let style = shared.theme.style(role);
            buf.set_style(Rect { y, height: 1, ..inner }, style);
            let mark = if choice.shown { shared.glyphs.checked } else { shared.glyphs.unchecked };
            let x = measure.draw(buf, inner.x + 1, y, mark, 2, style) + 1;
            let label = measure.fit(&choice.label, 24, shared.glyphs.ellipsis, Default::default());
            measure.draw(buf, x, y, &label, 24, style);
            let width = choice.width.map_or_else(|| shared.text("columns-auto"), |w| w.to_string());
            measure.draw(buf, inner.right().saturating_sub(8), y, &width, 8, style);
        }
        for (i, line) in help_lines.into_iter().enumerate() {
            let y = inner.y + (room + i) as u16;
            measure.draw(
                buf,
                inner.x,
                y,
                help.get(line).unwrap_or_default(),
                inner.width,
                shared.theme.style(Role::Dim),
            );
        }
        None
    }
}
