//! Drawing the board: headings with sums, cards with age and marks, folded columns, the filter line.

use super::BoardScreen;
use super::column::{Column, Totals};
use super::place::{HEADER, Place};
use crate::contract::error::Error;
use crate::contract::request::Row;
use crate::domain::span::Caret;
use crate::domain::value::Value;
use crate::schema::model::{PIPELINED, StageType};
use crate::tui::context::Shared;
use crate::tui::pane::figure;
use crate::tui::pane::list::value_style;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use crate::tui::widget::filter_line;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// Seconds of a day.
const DAY: i64 = 86_400;

impl BoardScreen {
    pub(super) fn draw_board(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let (places, line) = self.places(area);
        let last = places.last().map(|p| p.column);
        for place in &places {
            let Some(column) = self.columns.get(place.column) else { continue };
            if place.folded {
                self.draw_folded(*place, column, buf, shared);
                continue;
            }
            // A line stands between two columns.
            let mut inner = place.area;
            if Some(place.column) != last {
                inner.width = inner.width.saturating_sub(1);
                let style = shared.theme.style(Role::Border);
                for y in inner.top()..inner.bottom() {
                    shared.glyphs.measure.draw(buf, inner.right(), y, shared.glyphs.vertical, 1, style);
                }
            }
            self.draw_column(place.column, inner, buf, shared);
        }
        self.draw_beyond(&places, area, buf, shared);
        if line.height == 0 {
            return None;
        }
        filter_line::draw(self.typing.as_ref(), &self.filter, "", line, buf, shared)
    }

    /// Arrows where there are more columns beside those on the screen.
    fn draw_beyond(&self, places: &[Place], area: Rect, buf: &mut Buffer, shared: &Shared) {
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        let style = shared.theme.style(Role::Accent);
        let measure = shared.glyphs.measure;
        if first.column > 0 {
            measure.draw(buf, area.x, area.y + 1, shared.glyphs.left, 1, style);
        }
        if last.column + 1 < self.columns.len() {
            measure.draw(buf, area.right().saturating_sub(1), area.y + 1, shared.glyphs.right, 1, style);
        }
    }

    /// The label of a column's stage.
    pub(super) fn stage_label(&self, column: &Column, shared: &Shared) -> String {
        let Some(key) = column.key() else { return shared.text("board-elsewhere") };
        let field = shared.object(PIPELINED).and_then(|o| o.field("stage"));
        let value = Value::Choice(key.to_owned());
        field.map_or_else(|| key.to_owned(), |f| shared.format(&f.kind, &value, &self.titles))
    }

    fn stage_style(&self, column: &Column, shared: &Shared) -> Style {
        let field = shared.object(PIPELINED).and_then(|o| o.field("stage"));
        match (column.key(), field) {
            (Some(key), Some(field)) => value_style(field, &Value::Choice(key.to_owned()), shared),
            _ => shared.theme.style(Role::Warning),
        }
    }

    /// What a card is called.
    pub(super) fn card_title(&self, row: &Row, shared: &Shared) -> String {
        let Some(object) = shared.object(PIPELINED) else { return String::new() };
        let field = object.field(&object.title);
        field.map(|f| shared.format(&f.kind, row.record.get(&f.name), &self.titles)).unwrap_or_default()
    }

    /// A folded column: its number and its stage, a character below the other.
    fn draw_folded(&self, place: Place, column: &Column, buf: &mut Buffer, shared: &Shared) {
        let (area, measure) = (place.area, shared.glyphs.measure);
        let here = place.column == self.at;
        let style = shared.theme.style(if here { Role::Selection } else { Role::Header });
        buf.set_style(Rect { width: area.width.saturating_sub(1), ..area }, shared.theme.style(Role::Dim));
        buf.set_style(Rect { width: area.width.saturating_sub(1), height: HEADER.min(area.height), ..area }, style);
        let count =
            column.totals.as_ref().map(|t| figure::abbreviated(t.count.into(), shared.lang)).unwrap_or_default();
        let width = area.width.saturating_sub(1);
        let text = measure.fit(&count, usize::from(width), shared.glyphs.ellipsis, Align::Center);
        measure.draw(buf, area.x, area.y, &text, width, style);
        let label = self.stage_label(column, shared);
        let letters = crate::tui::text::clusters(&label).map(|(_, letter)| letter);
        let room = area.height.saturating_sub(HEADER);
        for (y, letter) in (area.y + HEADER..area.y + HEADER + room).zip(letters) {
            measure.draw(buf, area.x + 1, y, letter, 2, self.stage_style(column, shared));
        }
        let border = shared.theme.style(Role::Border);
        for y in area.top()..area.bottom() {
            measure.draw(buf, area.right().saturating_sub(1), y, shared.glyphs.vertical, 1, border);
        }
    }

    fn draw_column(&self, at: usize, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let Some(column) = self.columns.get(at) else { return };
        let focused = at == self.at;
        self.draw_heading(column, Rect { height: HEADER.min(area.height), ..area }, focused, buf, shared);
        let body = Rect { y: area.y + HEADER, height: area.height.saturating_sub(HEADER), ..area };
        if let Some(text) = self.nothing_to_show(column, focused, shared) {
            let style = shared.theme.style(if column.error.is_some() { Role::Error } else { Role::Dim });
            let width = body.width.saturating_sub(2);
            for (y, range) in (body.y + 1..body.bottom()).zip(shared.glyphs.measure.wrap(&text, usize::from(width))) {
                let line = text.get(range).unwrap_or_default();
                shared.glyphs.measure.draw(buf, body.x + 1, y, line, width, style);
            }
            return;
        }
        let height = self.card_height(shared);
        let mut y = body.y;
        let mut owner: Option<&Value> = None;
        for (place, row) in column.cards.iter().enumerate().skip(column.top) {
            if y + 1 >= body.bottom() {
                break;
            }
            let card = Rect { y, height: height.min(body.bottom() - y), ..body };
            if self.state.by_owner && owner != Some(row.record.get("owner")) {
                owner = Some(row.record.get("owner"));
                self.draw_owner(at, row, Rect { height: 1, ..card }, buf, shared);
            }
            let below = Rect { y: y + 1, height: card.height - 1, ..card };
            self.draw_card(column, row, below, focused && place == column.cursor, buf, shared);
            y += height;
        }
    }

    fn nothing_to_show(&self, column: &Column, focused: bool, shared: &Shared) -> Option<String> {
        if let Some(error) = &column.error {
            // All columns ask with the same filter: one of them says what is wrong.
            let said = shared.error(error, shared.object(PIPELINED));
            return Some(match (error, focused) {
                (_, false) => String::new(),
                (Error::Filter { .. }, true) => self.filter_fault(&said, error),
                _ => said,
            });
        }
        if !column.cards.is_empty() {
            return None;
        }
        Some(shared.text(match (column.loaded, self.filter.is_empty()) {
            (false, _) => "list-loading",
            (true, true) => "board-empty",
            (true, false) => "list-no-match",
        }))
    }

    /// The mistake with its place in what the user typed: the filter's own part of the whole question.
    fn filter_fault(&self, said: &str, error: &Error) -> String {
        let Error::Filter { text, span, .. } = error else { return said.to_owned() };
        let Some(skip) = text.rfind(&self.filter) else { return said.to_owned() };
        match (span.start.checked_sub(skip), span.end.checked_sub(skip)) {
            (Some(start), Some(end)) if end <= self.filter.len() => {
                let caret = Caret { text: &self.filter, span: start..end, message: String::new() };
                format!("{said}\n{caret}")
            }
            _ => said.to_owned(),
        }
    }

    /// Stage, probability and number; below them the sum and what of it is likely.
    fn draw_heading(&self, column: &Column, area: Rect, focused: bool, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let base = shared.theme.style(Role::Header);
        let base = if focused { base.patch(shared.theme.style(Role::FocusBorder)) } else { base };
        buf.set_style(area, base);
        let totals = column.totals.as_ref();
        let count = totals.map(|t| t.count.to_string()).unwrap_or_else(|| shared.glyphs.ellipsis.to_owned());
        let width = measure.width(&count) as u16;
        let room = area.width.saturating_sub(width + 3);
        let cursor = if focused { shared.glyphs.cursor } else { " " };
        measure.draw(buf, area.x, area.y, cursor, 1, base);
        let label = self.stage_label(column, shared);
        let text = measure.fit(&label, usize::from(room), shared.glyphs.ellipsis, Align::Left);
        measure.draw(buf, area.x + 1, area.y, text.trim_end(), room, base.patch(self.stage_style(column, shared)));
        measure.draw(buf, area.right().saturating_sub(width + 1), area.y, &count, width, base);
        if area.height < 2 {
            return;
        }
        let text = totals.map(|totals| sums(totals, column, shared)).unwrap_or_default();
        let room = area.width.saturating_sub(2);
        let text = measure.fit(&text, usize::from(room), shared.glyphs.ellipsis, Align::Left);
        let unrated = totals.is_some_and(|t| !t.sum.unrated.is_empty());
        let role = if unrated { Role::Warning } else { Role::Dim };
        measure.draw(buf, area.x + 1, area.y + 1, text.trim_end(), room, base.patch(shared.theme.style(role)));
    }

    /// The heading of an owner's cards.
    fn draw_owner(&self, at: usize, row: &Row, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let owner = row.record.get("owner").as_ref_id();
        let name = match owner {
            Some(id) => self.titles.get(&id).cloned().unwrap_or_default(),
            None => shared.text("board-nobody"),
        };
        let totals = self.owners.get(&(at, owner));
        let figures = totals.map(|t| {
            let sum = figure::short(&t.sum, &shared.schema.currency, shared.lang);
            format!(" {} {} {sum}", t.count, shared.glyphs.separator)
        });
        let text = format!("{name}{}", figures.unwrap_or_default());
        let measure = shared.glyphs.measure;
        let text = measure.fit(&text, usize::from(area.width.saturating_sub(2)), shared.glyphs.ellipsis, Align::Left);
        measure.draw(buf, area.x + 1, area.y, text.trim_end(), area.width, shared.theme.style(Role::Label));
    }

    fn draw_card(&self, column: &Column, row: &Row, area: Rect, here: bool, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let id = row.record.id;
        let mut base = shared.theme.style(Role::Text);
        if self.is_moving(id) {
            base = base.patch(shared.theme.style(Role::Dim));
        }
        if self.is_grabbed(id) {
            base = base.patch(shared.theme.style(Role::Marked));
        }
        if here {
            base = base.patch(shared.theme.style(Role::Selection));
        }
        buf.set_style(area, base);
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let sign = if self.is_grabbed(id) { shared.glyphs.marked } else { shared.glyphs.cursor };
        if here || self.is_grabbed(id) {
            measure.draw(buf, area.x, area.y, sign, 1, base);
        }
        let (mark, style) = mark(column, row, shared);
        let width = measure.width(&mark) as u16;
        let room = inner.width.saturating_sub(width + 1);
        let layout = self.card_layout(shared);
        let mut fields = layout.iter();
        let title = fields.next().map(|name| self.card_text(name, row, shared).0).unwrap_or_default();
        let title = measure.fit(&title, usize::from(room), shared.glyphs.ellipsis, Align::Left);
        measure.draw(buf, inner.x, inner.y, title.trim_end(), room, base);
        measure.draw(buf, inner.right().saturating_sub(width), inner.y, &mark, width, base.patch(style));
        let rest: Vec<&String> = fields.collect();
        for (y, pair) in (inner.y + 1..area.bottom()).zip(rest.chunks(2)) {
            self.draw_pair(pair, row, Rect { y, height: 1, ..inner }, base, buf, shared);
        }
    }

    /// Two fields in a line: the right one whole as far as possible, the left one in what is left.
    fn draw_pair(&self, pair: &[&String], row: &Row, line: Rect, base: Style, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let cell = |at: usize| pair.get(at).map(|name| self.card_text(name, row, shared)).unwrap_or_default();
        let ((left, left_style), (right, right_style)) = (cell(0), cell(1));
        let most = usize::from(line.width.saturating_sub(7));
        let right =
            measure.cut(&right, most.min(usize::from(line.width) * 2 / 3), shared.glyphs.ellipsis).0.into_owned();
        let width = measure.width(&right) as u16;
        let room = line.width.saturating_sub(if width > 0 { width + 1 } else { 0 });
        let left = measure.fit(&left, usize::from(room), shared.glyphs.ellipsis, Align::Left);
        let dim = base.patch(shared.theme.style(Role::Dim));
        measure.draw(buf, line.x, line.y, left.trim_end(), room, dim.patch(left_style));
        measure.draw(buf, line.right().saturating_sub(width), line.y, &right, width, dim.patch(right_style));
    }

    /// A field of a card: amounts short, dates of this year without the year.
    fn card_text(&self, name: &str, row: &Row, shared: &Shared) -> (String, Style) {
        let Some(field) = shared.object(PIPELINED).and_then(|o| o.field(name)) else { return Default::default() };
        let value = row.record.get(name);
        let style = value_style(field, value, shared);
        let text = match value {
            Value::Empty => String::new(),
            Value::Money(money) => {
                let figure = figure::abbreviated(money.amount, shared.lang);
                let usual = money.currency == shared.schema.currency;
                if usual { figure } else { format!("{} {figure}", money.currency) }
            }
            Value::Date(day) if day.year() == shared.now.date().year() => day.strftime("%m-%d").to_string(),
            value => shared.format(&field.kind, value, &self.titles),
        };
        let overdue = name == "close_date" && is_overdue(row, shared);
        let style = if overdue { style.patch(shared.theme.style(Role::Overdue)) } else { style };
        (text.replace('\n', " "), style)
    }
}

/// The sum, and for open stages what of it is likely.
fn sums(totals: &Totals, column: &Column, shared: &Shared) -> String {
    if totals.count == 0 {
        return String::new();
    }
    let usual = &shared.schema.currency;
    let sum = figure::short(&totals.sum, usual, shared.lang);
    let open = column.stage.as_ref().is_none_or(|s| s.kind == StageType::Open);
    if !open {
        return sum;
    }
    let weighted = figure::short(&totals.weighted, usual, shared.lang);
    format!("{sum} {} {} {weighted}", shared.glyphs.separator, shared.text("board-weighted"))
}

/// Days in the stage, with a sign where the expected date has passed or the card has stood too long.
fn mark(column: &Column, row: &Row, shared: &Shared) -> (String, Style) {
    let Value::DateTime(since) = row.record.get("stage_since") else { return Default::default() };
    let days = (shared.now.timestamp().as_second() - since.as_second()).max(0) / DAY;
    let age = shared.message(&crate::msg!("board-days", days = days));
    let rotting = column.stage.as_ref().and_then(|s| s.rotting_days).is_some_and(|limit| days >= i64::from(limit));
    let (sign, role) = match (is_overdue(row, shared), rotting) {
        (true, _) => (shared.glyphs.due, Role::Overdue),
        (false, true) => (shared.glyphs.warning, Role::Warning),
        (false, false) => return (age, shared.theme.style(Role::Dim)),
    };
    let both = if is_overdue(row, shared) && rotting { shared.glyphs.warning } else { "" };
    (format!("{sign}{both} {age}"), shared.theme.style(role))
}

/// Whether an open deal's expected date has passed.
fn is_overdue(row: &Row, shared: &Shared) -> bool {
    let open = matches!(row.record.get("status").as_str(), None | Some("open"));
    matches!(row.record.get("close_date"), Value::Date(day) if open && *day < shared.now.date())
}
