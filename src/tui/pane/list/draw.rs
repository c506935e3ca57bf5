//! Drawing a list: header, rows, marks, highlighted matches, the scroll thumb.

use super::ListPane;
use crate::contract::error::Error;
use crate::domain::record::Record;
use crate::domain::span::Caret;
use crate::domain::value::Value;
use crate::schema::kind;
use crate::schema::model::{Column, Field, Kind, Object};
use crate::search::{Query, highlight};
use crate::tui::action::Action;
use crate::tui::context::Shared;
use crate::tui::deadline;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Cells between two columns.
const GAP: u16 = 2;
/// Cells before the first column: cursor and mark.
const GUTTER: u16 = 2;
/// The title column takes spare room up to this width.
const WIDEST_TITLE: u16 = 48;

/// A column with its place on the screen.
struct Slot<'a> {
    field: &'a Field,
    x: u16,
    width: u16,
}

impl ListPane {
    /// Draws the list. `focused` tells whether keys go to it.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared, focused: bool) {
        let Some(object) = shared.object(&self.object) else { return };
        if area.height < 2 || area.width < 8 {
            return;
        }
        let slots = place(&self.columns, object, area, shared);
        self.draw_header(Rect { height: 1, ..area }, buf, shared, &slots);
        let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
        if let Some(text) = self.nothing_to_show(object, shared) {
            let style = shared.theme.style(if self.error.is_some() { Role::Error } else { Role::Dim });
            let (measure, width) = (shared.glyphs.measure, body.width - GUTTER);
            // The line that points at a mistake stands under the filter as it is.
            let is_filter = matches!(self.error, Some(Error::Filter { .. }));
            let rows = if is_filter { Vec::new() } else { measure.wrap(&text, usize::from(width)) };
            let lines: Vec<&str> = match is_filter {
                true => text.lines().collect(),
                false => rows.into_iter().filter_map(|row| text.get(row)).collect(),
            };
            for (y, line) in (body.y..body.bottom()).zip(lines) {
                measure.draw(buf, body.x + GUTTER, y, line, width, style);
            }
            return;
        }
        let words = words(&self.filter);
        for (i, row) in self.window.rows.iter().skip(self.window.top).take(body.height as usize).enumerate() {
            let here = self.window.top + i == self.window.cursor;
            let line = Rect { y: body.y + i as u16, height: 1, ..body };
            let marked = self.marks.contains(&row.record.id);
            let base = row_style(shared, here, focused, marked);
            buf.set_style(line, base);
            let mark = if marked { shared.glyphs.marked } else { " " };
            let cursor = if here && focused { shared.glyphs.cursor } else { " " };
            shared.glyphs.measure.draw(buf, line.x, line.y, cursor, 1, base);
            shared.glyphs.measure.draw(buf, line.x + 1, line.y, mark, 1, base.patch(shared.theme.style(Role::Marked)));
            for slot in &slots {
                self.draw_cell(&row.record, slot, line.y, base, &words, buf, shared);
            }
        }
    }

    fn nothing_to_show(&self, object: &Object, shared: &Shared) -> Option<String> {
        if let Some(error) = &self.error {
            let said = shared.error(error, Some(object));
            return Some(match error {
                Error::Filter { text, span, .. } => {
                    format!("{said}\n{}", Caret { text, span: span.clone(), message: String::new() })
                }
                _ => said,
            });
        }
        if !self.window.rows.is_empty() {
            return None;
        }
        if !self.loaded {
            return Some(shared.text("list-loading"));
        }
        Some(match (self.filter.is_empty(), self.base.is_empty()) {
            (false, _) => shared.text("list-no-match"),
            _ if !object.editable => shared.text("list-empty-kept"),
            (true, true) => shared.text("list-empty"),
            (true, false) => {
                shared.message(&crate::msg!("list-empty-tab", key = shared.keymap.first_key(Action::DetailAdd)))
            }
        })
    }

    fn draw_header(&self, area: Rect, buf: &mut Buffer, shared: &Shared, slots: &[Slot<'_>]) {
        let style = shared.theme.style(Role::Header);
        buf.set_style(area, style);
        for slot in slots {
            let sorted = self.sort.first().filter(|s| s.field == slot.field.name);
            let arrow = match sorted {
                Some(key) if key.descending => shared.glyphs.descending,
                Some(_) => shared.glyphs.ascending,
                None => "",
            };
            let label = format!("{}{arrow}", slot.field.label.get(shared.lang));
            let align = if kind::is_right_aligned(&slot.field.kind) { Align::Right } else { Align::Left };
            let text = shared.glyphs.measure.fit(&label, slot.width as usize, shared.glyphs.ellipsis, align);
            shared.glyphs.measure.draw(buf, slot.x, area.y, &text, slot.width, style);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one cell knows its place, its look and its text")]
    fn draw_cell(
        &self,
        record: &Record,
        slot: &Slot<'_>,
        y: u16,
        base: Style,
        words: &Query,
        buf: &mut Buffer,
        shared: &Shared,
    ) {
        let value = record.get(&slot.field.name);
        let text = short_moment(value, shared).unwrap_or_else(|| shared.format(&slot.field.kind, value, &self.titles));
        if text.is_empty() {
            return;
        }
        let due = deadline::of(record, slot.field, shared);
        let style = base.patch(value_style(slot.field, value, shared));
        let style = due.map_or(style, |due| style.patch(shared.theme.style(due.role())));
        let measure = shared.glyphs.measure;
        if !words.is_empty() && slot.field.search {
            let clean = crate::tui::text::sanitize(&text);
            let matches = highlight(&clean, words);
            if !matches.is_empty() {
                let mark = shared.theme.style(Role::Match);
                let line =
                    measure.highlight(&clean, &matches, slot.width as usize, shared.glyphs.ellipsis, style, mark);
                let mut x = slot.x;
                for span in line.spans {
                    x = measure.draw(buf, x, y, &span.content, slot.x + slot.width - x, span.style);
                }
                return;
            }
        }
        let align = if kind::is_right_aligned(&slot.field.kind) { Align::Right } else { Align::Left };
        let fitted = measure.fit(&text, slot.width as usize, shared.glyphs.ellipsis, align);
        let x = measure.draw(buf, slot.x, y, fitted.trim_end(), slot.width, style);
        if let Some(due) = due {
            // In the gap behind the column, where the date fills it.
            measure.draw(buf, x, y, due.sign(shared), 1, style);
        }
    }
}

/// A day or time as briefly as it is clear: today by its name, this year's times without the year.
fn short_moment(value: &Value, shared: &Shared) -> Option<String> {
    let today = shared.now.date();
    let text = match value {
        Value::Date(day) if *day == today => shared.text("today"),
        Value::DateTime(at) => {
            let at = at.to_zoned(shared.now.time_zone().clone());
            let time = at.strftime("%H:%M");
            match at.date() {
                day if day == today => format!("{} {time}", shared.text("today")),
                day if day.year() == today.year() => at.strftime("%m-%d %H:%M").to_string(),
                day => day.to_string(),
            }
        }
        _ => return None,
    };
    Some(text)
}

/// The free words of a filter: what is highlighted.
fn words(filter: &str) -> Query {
    use crate::domain::filter::{Expr, parse};
    fn collect(expr: &Expr, out: &mut String) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|p| collect(p, out)),
            Expr::Word(word) => {
                out.push_str(&word.value);
                out.push(' ');
            }
            _ => {}
        }
    }
    let mut text = String::new();
    if let Ok(expr) = parse(filter) {
        collect(&expr, &mut text);
    }
    Query::new(&text)
}

fn row_style(shared: &Shared, here: bool, focused: bool, marked: bool) -> Style {
    let text = shared.theme.style(Role::Text);
    match (here, focused) {
        (true, true) => text.patch(shared.theme.style(Role::Selection)),
        (true, false) => text.patch(shared.theme.style(Role::SelectionInactive)),
        _ if marked => text.patch(shared.theme.style(Role::Marked)),
        _ => text,
    }
}

/// The colour of a choice, as its dictionary says.
pub(in crate::tui) fn value_style(field: &Field, value: &Value, shared: &Shared) -> Style {
    let Kind::Select { dictionary } = &field.kind else { return Style::default() };
    let item = value.as_str().and_then(|key| shared.schema.dictionary(dictionary)?.item(key));
    item.and_then(|i| i.color.as_deref()).and_then(Role::named).map(|r| shared.theme.style(r)).unwrap_or_default()
}

/// What the choices of a field take in the interface's language, where they are short.
fn choices_width(field: &Field, shared: &Shared) -> Option<u16> {
    let Kind::Select { dictionary } = &field.kind else { return None };
    let items = &shared.schema.dictionary(dictionary)?.items;
    let width = items.iter().map(|i| shared.glyphs.measure.width(i.label.get(shared.lang)) as u16).max()?;
    Some(width.clamp(4, 14))
}

/// Gives each column its place; the title takes what is left, columns that don't fit are left out.
fn place<'a>(columns: &'a [Column], object: &'a Object, area: Rect, shared: &Shared) -> Vec<Slot<'a>> {
    let room = area.width.saturating_sub(GUTTER);
    let mut wanted: Vec<(&Field, u16, bool)> = Vec::new();
    let mut taken = 0;
    for column in columns {
        let Some(field) = object.field(&column.field) else { continue };
        let label = shared.glyphs.measure.width(field.label.get(shared.lang)) as u16;
        let usual = kind::usual_width(&field.kind).max(label.min(14));
        // The schema's width of a choice gives way to what its labels take in the interface's language.
        let given = match choices_width(field, shared).filter(|_| object.list.contains(column)) {
            Some(width) => Some(width.max(label.min(14))),
            None => column.width,
        };
        let width = given.unwrap_or(usual).clamp(2, 80);
        // The first column is shown however narrow the pane is.
        if taken + width > room && !wanted.is_empty() {
            break;
        }
        // As wide as the user made it; the schema's own title column takes what is left over.
        let grows = field.name == object.title && (column.width.is_none() || object.list.contains(column));
        wanted.push((field, width.min(room), grows));
        taken += width + GAP;
    }
    let spare = (room + GAP).saturating_sub(taken);
    if let Some((_, width, _)) = wanted.iter_mut().find(|w| w.2) {
        *width = (*width + spare).min(WIDEST_TITLE.max(*width));
    }
    let mut x = area.x + GUTTER;
    let slot = |(field, width, _)| {
        let slot = Slot { field, x, width };
        x += width + GAP;
        slot
    };
    wanted.into_iter().map(slot).collect()
}

/// The columns that a pane of some width has room for, and the field under a cell of its header.
pub(super) fn column_at(columns: &[Column], object: &Object, area: Rect, shared: &Shared, x: u16) -> Option<String> {
    place(columns, object, area, shared)
        .into_iter()
        .find(|s| (s.x..s.x + s.width + GAP).contains(&x))
        .map(|s| s.field.name.clone())
}
