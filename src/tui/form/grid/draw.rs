//! Drawing the lines of a document, its totals below them.

use super::{GridLayer, can_edit};
use crate::domain::value::Value;
use crate::schema::model::{Field, Kind};
use crate::tui::context::Shared;
use crate::tui::form::editor::Look;
use crate::tui::layer::Layer;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The narrowest column.
const LEAST: u16 = 6;
/// The widest number where there is little room.
const MOST: u16 = 11;

impl GridLayer {
    pub(super) fn draw_grid(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let area = area.intersection(buf.area);
        if area.height < 2 {
            return None;
        }
        let put = |buf: &mut Buffer, area: Rect, text: &str, role: Role| {
            let measure = shared.glyphs.measure;
            let (text, _) = measure.cut(text, area.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, area.x, area.y, &text, area.width, shared.theme.style(role));
        };
        let line = |y: u16| Rect { y, height: 1, ..area };
        put(buf, line(area.y), &self.title(shared), Role::Title);
        if let Some((text, role)) = self.keeping(shared) {
            let width = (shared.glyphs.measure.width(&text) as u16).min(area.width);
            put(buf, Rect { x: area.right() - width, width, ..line(area.y) }, &text, role);
        }
        if let Some(error) = &self.failed {
            put(buf, line(area.y + 1), &shared.error(error, Some(&self.lines)), Role::Error);
            return None;
        }
        let totals = self.total_lines(area.width, shared);
        let foot = (totals.len() as u16 + 2).min(area.height.saturating_sub(3));
        let widths = self.widths(area.width, shared);
        let head = line(area.y + 1);
        self.draw_row(head, &widths, buf, shared, Role::Label, &|field| field.label.get(shared.lang).to_owned());
        let body = Rect { y: area.y + 2, height: area.height.saturating_sub(2 + foot), ..area };
        let cursor = self.draw_rows(body, &widths, buf, shared);
        if self.rows.rows.is_empty() && self.loading.is_none() {
            put(buf, line(body.y), &shared.text("lines-none"), Role::Dim);
        }
        let mut y = body.bottom();
        if y < area.bottom() {
            put(buf, line(y), &self.wrong(shared), Role::Error);
            y += 1;
        }
        for text in totals {
            if y < area.bottom() {
                put(buf, line(y), &text, Role::Accent);
                y += 1;
            }
        }
        cursor
    }

    fn draw_rows(&self, body: Rect, widths: &[u16], buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let height = usize::from(body.height).max(1);
        let top = (self.row + 1).saturating_sub(height);
        let mut cursor = None;
        for (at, (row, y)) in self.rows.rows.iter().skip(top).zip(body.y..body.bottom()).enumerate() {
            let here = top + at == self.row;
            let area = Rect { y, height: 1, ..body };
            let role = match (row.errors.is_empty(), here) {
                (false, _) => Role::Error,
                (_, true) => Role::CursorLine,
                _ => Role::Text,
            };
            if here {
                buf.set_style(area, shared.theme.style(Role::CursorLine));
            }
            self.draw_row(area, widths, buf, shared, role, &|field| self.shown(field, &row.value(&field.name), shared));
            if here {
                cursor = self.draw_cell(area, widths, buf, shared);
            }
        }
        cursor
    }

    /// The cell at hand: its editor, or its value marked.
    fn draw_cell(&self, row: Rect, widths: &[u16], buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let before: u16 = widths.iter().take(self.column).map(|width| width + 1).sum();
        let width = widths.get(self.column).copied().unwrap_or(0).min(row.width.saturating_sub(before));
        let cell = Rect { x: row.x + before, y: row.y, width, height: 1 };
        let style = shared.theme.style(Role::Input);
        let Some(entry) = &self.editing else {
            buf.set_style(cell, style);
            return Some(cell.as_position());
        };
        let blank = " ".repeat(width.into());
        shared.glyphs.measure.draw(buf, cell.x, cell.y, &blank, width, style);
        let look = Look { shared, titles: &self.titles, focused: true, read_only: false, preview: "" };
        Some(entry.editor.draw(cell, buf, &look))
    }

    fn draw_row(
        &self,
        area: Rect,
        widths: &[u16],
        buf: &mut Buffer,
        shared: &Shared,
        role: Role,
        text: &dyn Fn(&Field) -> String,
    ) {
        let measure = shared.glyphs.measure;
        let mut x = area.x;
        for (field, width) in self.columns.iter().zip(widths) {
            let width = (*width).min(area.right().saturating_sub(x));
            let align = if is_number(field) { Align::Right } else { Align::Left };
            let fitted = measure.fit(&text(field), width.into(), shared.glyphs.ellipsis, align);
            measure.draw(buf, x, area.y, &fitted, width, shared.theme.style(role));
            x = x.saturating_add(width + 1);
        }
    }

    fn shown(&self, field: &Field, value: &Value, shared: &Shared) -> String {
        shared.format(&field.kind, value, &self.titles).replace('\n', " ")
    }

    /// Widths of the columns: as the list has them, the first two take what is left, and give what is missing.
    fn widths(&self, room: u16, shared: &Shared) -> Vec<u16> {
        let listed = |field: &Field| self.lines.list.iter().find(|c| c.field == field.name).and_then(|c| c.width);
        let label = |field: &Field| shared.glyphs.measure.width(field.label.get(shared.lang)) as u16;
        let wide = |field: &Field| listed(field).unwrap_or(16).max(label(field)).max(LEAST);
        let tight =
            |field: &Field| if is_number(field) { listed(field).unwrap_or(8).clamp(LEAST, MOST) } else { wide(field) };
        let sum = |widths: &[u16]| widths.iter().map(|width| width + 1).sum::<u16>().saturating_sub(1);
        let mut widths: Vec<u16> = self.columns.iter().map(wide).collect();
        if sum(&widths) > room {
            widths = self.columns.iter().map(tight).collect();
        }
        let used = sum(&widths);
        let texts = self.columns.iter().filter(|f| can_edit(f) && !is_number(f)).count().clamp(1, 2);
        for (at, width) in widths.iter_mut().take(texts).enumerate() {
            let share = |all: u16| all / texts as u16 + u16::from(at == 0) * (all % texts as u16);
            *width = match used <= room {
                true => *width + share(room - used),
                false => width.saturating_sub(share(used - room)).max(LEAST),
            };
        }
        widths
    }

    /// Whether what is entered would survive a crash.
    fn keeping(&self, shared: &Shared) -> Option<(String, Role)> {
        match self.keeper.failed {
            _ if !self.dirty => None,
            true => Some((shared.text("form-no-draft"), Role::Warning)),
            false => self.keeper.is_settled().then(|| (shared.text("form-draft-kept"), Role::Dim)),
        }
    }

    /// What is wrong with the line at hand, else with the whole.
    fn wrong(&self, shared: &Shared) -> String {
        let own = self.rows.rows.get(self.row).and_then(|row| row.errors.first());
        let Some(error) = own.or(self.errors.first()) else { return String::new() };
        let label = self.lines.field(&error.field).map(|f| f.label.get(shared.lang)).unwrap_or_default();
        let said = shared.message(&error.message);
        format!("{} {label} {said}", shared.glyphs.error)
    }

    /// The totals of the document, in as many lines as they need.
    fn total_lines(&self, width: u16, shared: &Shared) -> Vec<String> {
        let Some(view) = &self.view else { return Vec::new() };
        let mut lines: Vec<String> = vec![String::new()];
        for field in &self.totals {
            let value = view.get(&field.name);
            if value.is_empty() {
                continue;
            }
            let text = format!("{} {}", field.label.get(shared.lang), self.shown(field, value, shared));
            let Some(last) = lines.last_mut() else { continue };
            let measure = shared.glyphs.measure;
            if last.is_empty() {
                *last = text;
            } else if measure.width(last) + measure.width(&text) + 3 <= usize::from(width) {
                last.push_str("   ");
                last.push_str(&text);
            } else {
                lines.push(text);
            }
        }
        lines
    }
}

fn is_number(field: &Field) -> bool {
    matches!(
        field.kind.result(),
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. }
    )
}
