//! Drawing the agenda: tabs of the views, lines under the headings of their days, the grid of a month.

use super::AgendaScreen;
use super::range::{Mode, weeks_of_month};
use crate::contract::agenda::{AgendaItem, AgendaKind, Due};
use crate::tui::context::Shared;
use crate::tui::pane::tabs::{draw_error, draw_tabs};
use crate::tui::popup::frame;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use jiff::ToSpan;
use jiff::civil::Date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Cells of the time in front of a line.
const TIME: u16 = 6;
/// The widest a customer's name gets.
const ABOUT: u16 = 28;

/// A line of the list.
enum Row<'a> {
    Head(String, Role),
    Item(usize, &'a AgendaItem),
    Note(String),
}

impl AgendaScreen {
    pub(super) fn draw_in(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        if area.height < 3 {
            return;
        }
        self.draw_head(area, buf, shared);
        let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
        if let Some(error) = &self.error {
            return draw_error(error, body, buf, shared);
        }
        if self.mode == Mode::Month {
            self.draw_month(body, buf, shared);
        } else {
            self.draw_rows(body, buf, shared);
        }
    }

    fn draw_head(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let tabs = Mode::all().into_iter().map(|mode| (shared.text(mode.key()), mode == self.mode));
        let x = draw_tabs(tabs, area, buf, shared);
        let shown = self.period(shared);
        let width = u16::try_from(measure.width(&shown)).unwrap_or(u16::MAX);
        let at = area.right().saturating_sub(width).max(x);
        measure.draw(buf, at, area.y, &shown, area.right().saturating_sub(at), shared.theme.style(Role::Title));
    }

    /// The days in view, in words.
    fn period(&self, shared: &Shared) -> String {
        let sunday = shared.config.interface.sunday_first;
        let (from, to) = self.mode.range(self.day, shared.now.date(), sunday);
        match self.mode {
            Mode::List => String::new(),
            Mode::Day => day_text(self.day, shared),
            Mode::Week => format!("{from} {} {}", shared.glyphs.right, to.saturating_sub(1.day())),
            Mode::Month => self.day.strftime("%Y-%m").to_string(),
        }
    }

    fn rows(&self, shared: &Shared) -> Vec<Row<'_>> {
        let zone = shared.now.time_zone();
        let today = shared.now.date();
        let mut rows = Vec::new();
        let mut day = None;
        let sunday = shared.config.interface.sunday_first;
        let mut days: Vec<Date> = match self.mode {
            Mode::Week => {
                let (from, to) = self.mode.range(self.day, today, sunday);
                std::iter::successors(Some(from), |d| d.tomorrow().ok()).take_while(|d| *d < to).collect()
            }
            _ => Vec::new(),
        };
        days.reverse();
        for (place, item) in self.items().enumerate() {
            let of = item.due.day(zone);
            let overdue = self.mode == Mode::List && of < today;
            let head = if overdue { Date::MIN } else { of };
            // The days of a week without anything stand there too.
            while let Some(free) = days.pop_if(|free| *free <= of) {
                if free < of {
                    rows.push(Row::Head(day_text(free, shared), Role::Dim));
                }
            }
            if day != Some(head) {
                rows.push(match overdue {
                    true => Row::Head(shared.text("agenda-overdue"), Role::Overdue),
                    false => Row::Head(day_text(of, shared), if of == today { Role::Accent } else { Role::Title }),
                });
                day = Some(head);
            }
            rows.push(Row::Item(place, item));
        }
        while let Some(free) = days.pop() {
            rows.push(Row::Head(day_text(free, shared), Role::Dim));
        }
        if rows.is_empty() || self.items().next().is_none() {
            let key = if self.loaded { "agenda-empty" } else { "list-loading" };
            rows.push(Row::Note(shared.text(key)));
        }
        rows
    }

    fn draw_rows(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let rows = self.rows(shared);
        let room = usize::from(area.height);
        self.height.set(room);
        let at = rows.iter().position(|row| matches!(row, Row::Item(place, _) if *place == self.cursor)).unwrap_or(0);
        // The heading above the first item is seen with it.
        let at_least = if self.cursor == 0 { 0 } else { at };
        let top = frame::scroll(self.top.get(), at, room).min(at_least.max(self.top.get().min(at_least)));
        self.top.set(if self.cursor == 0 { 0 } else { top });
        for (y, row) in (area.top()..area.bottom()).zip(rows.iter().skip(self.top.get())) {
            let line = Rect { y, height: 1, ..area };
            match row {
                Row::Head(text, role) => {
                    measure.draw(buf, line.x, y, text, line.width, shared.theme.style(*role));
                }
                Row::Note(text) => {
                    let room = line.width.saturating_sub(2);
                    let (text, _) = measure.cut(text, room.into(), shared.glyphs.ellipsis);
                    measure.draw(buf, line.x + 2, y, &text, room, shared.theme.style(Role::Dim));
                }
                Row::Item(place, item) => self.draw_item(item, *place == self.cursor, line, buf, shared),
            }
        }
    }

    fn draw_item(&self, item: &AgendaItem, here: bool, line: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let zone = shared.now.time_zone();
        let today = shared.now.date();
        let past = !item.done && item.due.moment(zone) < shared.now.timestamp() && item.due.day(zone) <= today;
        let late = past && !(matches!(item.due, Due::Day(day) if day == today));
        let base = shared.theme.style(if here { Role::Selection } else { Role::Text });
        if here {
            buf.set_style(line, base);
        }
        let look = |role: Role| if here { base } else { base.patch(shared.theme.style(role)) };
        let overdue_list = self.mode == Mode::List && item.due.day(zone) < today;
        let time = match item.due {
            _ if overdue_list => past_day(item.due.day(zone), today),
            Due::At(at) => at.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
            Due::Day(_) => String::new(),
        };
        let role = match (late, item.done) {
            (true, _) => Role::Overdue,
            (_, true) => Role::Dim,
            _ => Role::Due,
        };
        measure.draw(buf, line.x + 1, line.y, &time, TIME, look(role));
        let mark = match item.kind {
            _ if item.done => shared.glyphs.success,
            AgendaKind::Task => shared.glyphs.unchecked,
            AgendaKind::Activity => shared.glyphs.bullet,
            AgendaKind::Reminder => shared.glyphs.due,
        };
        let mark_role = if item.urgent && !item.done { Role::Overdue } else { Role::Accent };
        measure.draw(buf, line.x + TIME + 1, line.y, mark, 1, look(mark_role));
        let x = line.x + TIME + 3;
        let room = line.right().saturating_sub(x);
        let mut about = item.about.clone();
        let own = shared.me.as_ref().is_some_and(|me| me.name == item.owner);
        if !own && !item.owner.is_empty() {
            let gap = if about.is_empty() { "" } else { "  " };
            about = format!("{about}{gap}{}", item.owner);
        }
        let about_room = ABOUT.min(room / 3);
        let (about, about_width) = measure.cut(&about, about_room.into(), shared.glyphs.ellipsis);
        let about_width = u16::try_from(about_width).unwrap_or(0);
        let text_room = room.saturating_sub(if about_width == 0 { 0 } else { about_width + 2 });
        let label = item.label.get(shared.lang);
        let label_width = if label.is_empty() {
            0
        } else {
            let end = measure.draw(buf, x, line.y, label, text_room, look(Role::Label));
            end.saturating_sub(x) + 1
        };
        let room = text_room.saturating_sub(label_width);
        let text = measure.fit(item.text.get(shared.lang), room.into(), shared.glyphs.ellipsis, Align::Left);
        let role = if item.done { Role::Dim } else { Role::Text };
        measure.draw(buf, x + label_width, line.y, &text, room, look(role));
        let at = line.right().saturating_sub(about_width);
        measure.draw(buf, at, line.y, &about, about_width, look(Role::Dim));
    }

    fn draw_month(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let sunday = shared.config.interface.sunday_first;
        let (first, last) = weeks_of_month(self.day, sunday);
        let weeks = first.until(last).map_or(6, |span| (span.get_days() + 1) / 7).max(1);
        let (width, height) =
            (area.width / 7, (area.height.saturating_sub(1) / u16::try_from(weeks).unwrap_or(6)).max(1));
        let names = |part: &str| -> Vec<String> {
            let days = (0..7_i64).map(|n| first.saturating_add(n.days()).weekday().to_monday_one_offset());
            days.map(|day| shared.text(&format!("{part}{day}"))).collect()
        };
        let mut heads = names("form-weekday-");
        if heads.iter().any(|name| measure.width(name) >= usize::from(width)) {
            heads = names("form-day-");
        }
        for (column, name) in (0u16..).zip(&heads) {
            measure.draw(buf, area.x + column * width, area.y, name, width, shared.theme.style(Role::Header));
        }
        let mut day = first;
        for week in 0..u16::try_from(weeks).unwrap_or(6) {
            for column in 0..7_u16 {
                let y = area.y + 1 + week * height;
                let cell = Rect { x: area.x + column * width, y, width: width.saturating_sub(1), height };
                if cell.bottom() <= area.bottom() {
                    self.draw_cell(day, cell, buf, shared);
                }
                day = day.saturating_add(1.day());
            }
        }
    }

    fn draw_cell(&self, day: Date, cell: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let zone = shared.now.time_zone();
        let items: Vec<&AgendaItem> = self.items().filter(|item| item.due.day(zone) == day).collect();
        let role = match day {
            _ if day == self.day => Role::Selection,
            _ if day == shared.now.date() => Role::Accent,
            _ if day.month() != self.day.month() => Role::Dim,
            _ => Role::Text,
        };
        let style = shared.theme.style(role);
        if day == self.day {
            buf.set_style(Rect { height: 1, ..cell }, style);
        }
        measure.draw(buf, cell.x, cell.y, &format!("{:>2}", day.day()), cell.width, style);
        let lines = usize::from(cell.height.saturating_sub(1));
        let shown = if items.len() > lines { lines.saturating_sub(1) } else { items.len() };
        let open = items.iter().filter(|item| !item.done).count();
        if !items.is_empty() && (shown < items.len()) {
            let count = if open > 0 {
                format!("{} {open}", shared.glyphs.due)
            } else {
                format!("{} {}", shared.glyphs.success, items.len())
            };
            measure.draw(buf, cell.x + 3, cell.y, &count, cell.width.saturating_sub(3), style);
        }
        for (y, item) in (cell.y + 1..cell.bottom()).zip(items.iter().take(lines)) {
            let role = if item.done { Role::Dim } else { Role::Text };
            let (text, _) = measure.cut(item.text.get(shared.lang), cell.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, cell.x, y, &text, cell.width, shared.theme.style(role));
        }
    }
}

/// Month and day of a day that is past; the year, if that is another one.
pub(in crate::tui::screen) fn past_day(day: Date, today: Date) -> String {
    day.strftime(if day.year() == today.year() { "%m-%d" } else { "%Y" }).to_string()
}

/// `2026-11-22 Sun`, with a word for today and tomorrow.
fn day_text(day: Date, shared: &Shared) -> String {
    let weekday = shared.text(&format!("form-weekday-{}", day.weekday().to_monday_one_offset()));
    let today = shared.now.date();
    let word = match () {
        () if day == today => Some("agenda-today"),
        () if today.tomorrow().ok() == Some(day) => Some("agenda-tomorrow"),
        () => None,
    };
    match word {
        Some(key) => format!("{} {day} {weekday}", shared.text(key)),
        None => format!("{day} {weekday}"),
    }
}
