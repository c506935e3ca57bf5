//! A month to choose a day from. Weeks start on Monday or Sunday, as the settings say.

use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::popup::frame::{self, boxed, ground};
use crate::tui::theme::Role;
use jiff::Span;
use jiff::civil::{Date, Weekday};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Chooses a day. Closes with [`Closed::Entered`]: the day as `2026-11-22`.
pub(super) struct CalendarLayer {
    day: Date,
}

/// The name of a day of the week.
pub(super) fn weekday(date: Date, shared: &Shared) -> String {
    shared.text(weekday_key(date.weekday()))
}

fn weekday_key(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "form-weekday-1",
        Weekday::Tuesday => "form-weekday-2",
        Weekday::Wednesday => "form-weekday-3",
        Weekday::Thursday => "form-weekday-4",
        Weekday::Friday => "form-weekday-5",
        Weekday::Saturday => "form-weekday-6",
        Weekday::Sunday => "form-weekday-7",
    }
}

const DAYS: [&str; 7] =
    ["form-day-1", "form-day-2", "form-day-3", "form-day-4", "form-day-5", "form-day-6", "form-day-7"];

impl CalendarLayer {
    /// A calendar that starts on a day.
    pub(super) fn new(day: Date) -> CalendarLayer {
        CalendarLayer { day }
    }

    fn shift(&mut self, span: Span) {
        if let Ok(day) = self.day.checked_add(span) {
            self.day = day;
        }
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.to_ascii().code {
            _ if key.ctrl || key.alt => return Flow::Ignored,
            KeyCode::Char('h') | KeyCode::Left => self.shift(Span::new().days(-1)),
            KeyCode::Char('l') | KeyCode::Right => self.shift(Span::new().days(1)),
            KeyCode::Char('k') | KeyCode::Up => self.shift(Span::new().days(-7)),
            KeyCode::Char('j') | KeyCode::Down => self.shift(Span::new().days(7)),
            KeyCode::Char('[') | KeyCode::PageUp => self.shift(Span::new().months(-1)),
            KeyCode::Char(']') | KeyCode::PageDown => self.shift(Span::new().months(1)),
            KeyCode::Char('{') => self.shift(Span::new().years(-1)),
            KeyCode::Char('}') => self.shift(Span::new().years(1)),
            KeyCode::Home => self.day = self.day.first_of_month(),
            KeyCode::End => self.day = self.day.last_of_month(),
            KeyCode::Char('t') => self.day = cx.shared.now.date(),
            KeyCode::Enter | KeyCode::Char(' ') => cx.close(Closed::Entered(self.day.to_string())),
            KeyCode::Esc | KeyCode::Char('q') => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw_days(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let plain = ground(shared);
        let first = self.day.first_of_month();
        let sunday_first = shared.config.interface.sunday_first;
        let place_of = |day: Weekday| match sunday_first {
            true => day.to_sunday_zero_offset(),
            false => day.to_monday_zero_offset(),
        };
        let offset = i64::from(place_of(first.weekday()));
        let mut place = None;
        for number in 1..=self.day.days_in_month() {
            let index = offset + i64::from(number) - 1;
            let (row, column) = (index / 7, index % 7);
            let (Ok(row), Ok(column)) = (u16::try_from(row), u16::try_from(column)) else { continue };
            let (x, y) = (area.x + column * 4, area.y + row);
            let date = first.checked_add(Span::new().days(i64::from(number) - 1)).unwrap_or(first);
            if y >= area.bottom() || x >= area.right() {
                continue;
            }
            let mut style = plain;
            if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
                style = style.patch(shared.theme.style(Role::Dim));
            }
            if date == shared.now.date() {
                style = style.patch(shared.theme.style(Role::Accent));
            }
            if date == self.day {
                style = plain.patch(shared.theme.style(Role::Selection));
                place = Some(Position::new((x + 1).min(area.right() - 1), y));
            }
            measure.draw(buf, x, y, &format!("{number:>3}"), area.right() - x, style);
        }
        place
    }
}

impl Layer for CalendarLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.message(&msg!("form-month", year = self.day.year(), month = format!("{:02}", self.day.month())))
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let key = match event {
            Event::Key(key) => key,
            Event::Action(Action::PickNext) => Key::plain(KeyCode::Down),
            Event::Action(Action::PickPrevious) => Key::plain(KeyCode::Up),
            Event::Action(Action::PickPageDown) => Key::plain(KeyCode::PageDown),
            Event::Action(Action::PickPageUp) => Key::plain(KeyCode::PageUp),
            Event::Action(Action::Back) => Key::plain(KeyCode::Esc),
            _ => return Flow::Ignored,
        };
        self.key(key, cx)
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let inner = boxed(area, (36, 10), &self.title(shared), buf, shared);
        if inner.is_empty() {
            return None;
        }
        let measure = shared.glyphs.measure;
        let dim = ground(shared).patch(shared.theme.style(Role::Dim));
        let first = if shared.config.interface.sunday_first { 6 } else { 0 };
        for (column, key) in (0u16..).zip(DAYS.iter().cycle().skip(first).take(7)) {
            let x = inner.x + column * 4;
            if x < inner.right() {
                let name = measure.fit(&shared.text(key), 3, "", crate::tui::text::Align::Right);
                measure.draw(buf, x, inner.y, &name, inner.right() - x, dim);
            }
        }
        let days = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
        frame::keys(inner, &shared.text("form-calendar-hint"), buf, shared);
        self.draw_days(days, buf, shared)
    }
}
