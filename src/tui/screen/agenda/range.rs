//! Which days a view of the calendar shows, and how one goes from one to the next.

use crate::domain::recurrence::week_of;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// Days that the list shows, today included.
const LIST_DAYS: i64 = 14;

/// A view of the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Overdue, today, to come.
    List,
    /// One day.
    Day,
    /// One week.
    Week,
    /// One month.
    Month,
}

impl Mode {
    const ALL: [Mode; 4] = [Mode::List, Mode::Day, Mode::Week, Mode::Month];

    /// The key of its name.
    pub(super) fn key(self) -> &'static str {
        match self {
            Mode::List => "agenda-list",
            Mode::Day => "agenda-day",
            Mode::Week => "agenda-week",
            Mode::Month => "agenda-month",
        }
    }

    pub(super) fn all() -> [Mode; 4] {
        Mode::ALL
    }

    pub(super) fn next(self) -> Mode {
        self.turned(1)
    }

    pub(super) fn previous(self) -> Mode {
        self.turned(Mode::ALL.len() - 1)
    }

    fn turned(self, by: usize) -> Mode {
        let at = Mode::ALL.iter().position(|mode| *mode == self).unwrap_or(0);
        Mode::ALL.into_iter().cycle().nth(at + by).unwrap_or(self)
    }

    /// The first day, and the one after the last.
    pub(super) fn range(self, day: Date, today: Date, sunday_first: bool) -> (Date, Date) {
        let after = |last: Date| last.saturating_add(1.day());
        match self {
            Mode::List => (today, today.saturating_add(LIST_DAYS.days())),
            Mode::Day => (day, after(day)),
            Mode::Week => {
                let (first, last) = week_of(day, sunday_first);
                (first, after(last))
            }
            Mode::Month => {
                let (first, last) = weeks_of_month(day, sunday_first);
                (first, after(last))
            }
        }
    }

    /// The same day in the next view or the one before.
    pub(super) fn step(self, day: Date, by: i64) -> Date {
        let span = match self {
            Mode::List => Span::new(),
            Mode::Day => by.days(),
            Mode::Week => by.weeks(),
            Mode::Month => by.months(),
        };
        day.saturating_add(span)
    }
}

/// The whole weeks that a month lies in.
pub(super) fn weeks_of_month(day: Date, sunday_first: bool) -> (Date, Date) {
    (week_of(day.first_of_month(), sunday_first).0, week_of(day.last_of_month(), sunday_first).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn views_show_whole_days_weeks_and_months() {
        let (day, today) = (date(2026, 11, 22), date(2026, 11, 20));
        let table = [
            (Mode::List, date(2026, 11, 20), date(2026, 12, 4)),
            (Mode::Day, date(2026, 11, 22), date(2026, 11, 23)),
            (Mode::Week, date(2026, 11, 16), date(2026, 11, 23)),
            (Mode::Month, date(2026, 10, 26), date(2026, 12, 7)),
        ];
        for (mode, from, to) in table {
            assert_eq!(mode.range(day, today, false), (from, to), "{mode:?}");
        }
        assert_eq!(Mode::Week.range(day, today, true), (date(2026, 11, 22), date(2026, 11, 29)));
        assert_eq!(Mode::Month.step(date(2026, 1, 31), 1), date(2026, 2, 28));
        assert_eq!(Mode::List.previous(), Mode::Month);
        assert_eq!(Mode::Month.next(), Mode::List);
    }
}
