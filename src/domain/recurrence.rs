//! Recurrences: every so many days, weeks (on some weekdays), months or years, until a day or for a number of times.
//!
//! A part of RFC 5545's RRULE with two things fixed for people: a month's end stays inside the month (31 January, 28
//! February, 31 March …), and a birthday on 29 February is on the 28th in other years. The day that a series begins on
//! is always its first. The next day is worked out, not counted up to: a series that never ends costs nothing.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

/// What a series counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Days.
    Day,
    /// Weeks, which begin on Monday.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

impl Frequency {
    /// The frequency of a key of the dictionary `recurrence`.
    pub fn named(key: &str) -> Option<Frequency> {
        Some(match key {
            "day" => Frequency::Day,
            "week" => Frequency::Week,
            "month" => Frequency::Month,
            "year" => Frequency::Year,
            _ => return None,
        })
    }
}

/// The rule of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// What it counts in.
    pub frequency: Frequency,
    /// Every so many of them; 0 counts as 1.
    pub interval: u32,
    /// On these days of the week, for weeks; none for that of the first day.
    pub weekdays: Vec<Weekday>,
    /// The last day it may fall on.
    pub until: Option<Date>,
    /// How many days it has in all, the first one included.
    pub count: Option<u32>,
}

impl Recurrence {
    /// Every so many days, weeks, months or years, without an end.
    pub fn every(interval: u32, frequency: Frequency) -> Recurrence {
        Recurrence { frequency, interval, weekdays: Vec::new(), until: None, count: None }
    }

    /// The first day of the series after another day; `None` where the series has ended, or the calendar has.
    pub fn after(&self, start: Date, after: Date) -> Option<Date> {
        let (day, place) = if after < start { (start, 0) } else { self.place_after(start, after)? };
        let in_count = self.count.is_none_or(|count| place < i64::from(count));
        let in_time = self.until.is_none_or(|until| day <= until);
        (in_count && in_time).then_some(day)
    }

    /// The day and its place in the series, from 0.
    fn place_after(&self, start: Date, after: Date) -> Option<(Date, i64)> {
        let every = i64::from(self.interval.max(1));
        match self.frequency {
            Frequency::Day => {
                let place = days(start, after) / every + 1;
                Some((start.checked_add(span_days(place.checked_mul(every)?)?).ok()?, place))
            }
            Frequency::Week => self.week_after(start, after, every),
            Frequency::Month => months_after(start, after, every),
            Frequency::Year => months_after(start, after, every.checked_mul(12)?),
        }
    }

    fn week_after(&self, start: Date, after: Date, every: i64) -> Option<(Date, i64)> {
        let offset = |day: Weekday| i64::from(day.to_monday_zero_offset());
        let mut wanted: Vec<i64> = self.weekdays.iter().copied().map(offset).collect();
        if wanted.is_empty() {
            wanted.push(offset(start.weekday()));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let first = offset(start.weekday());
        let monday = start.checked_sub(span_days(first)?).ok()?;
        // The days of the first week: the start itself, and what is wanted behind it.
        let later: Vec<i64> = wanted.iter().copied().filter(|day| *day > first).collect();
        let in_first = 1 + i64::try_from(later.len()).ok()?;
        let weeks = days(monday, after).div_euclid(7);
        for week in [weeks / every, weeks / every + 1] {
            let (days_of_week, before) = if week == 0 {
                (&later, 1)
            } else {
                (&wanted, in_first + (week - 1).checked_mul(i64::try_from(wanted.len()).ok()?)?)
            };
            for (at, day) in (0_i64..).zip(days_of_week) {
                let days = week.checked_mul(every)?.checked_mul(7)?.checked_add(*day)?;
                let date = monday.checked_add(span_days(days)?).ok()?;
                if date > after {
                    return Some((date, before + at));
                }
            }
        }
        None
    }
}

fn months_after(start: Date, after: Date, every: i64) -> Option<(Date, i64)> {
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let near = (months(after) - months(start)) / every;
    [near, near + 1].into_iter().find_map(|place| {
        let span = Span::new().try_months(place.checked_mul(every)?).ok()?;
        let date = start.checked_add(span).ok()?;
        (date > after).then_some((date, place))
    })
}

/// Whole days from one day to another.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

fn span_days(days: i64) -> Option<Span> {
    Span::new().try_days(days).ok()
}

/// The moment of a time of day on a day: where the clock skips it, as much later; where it comes twice, the first.
pub fn moment(day: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_zoned(day.to_datetime(time)).compatible().ok().map(|at| at.timestamp())
}

/// The day in a year on which a yearly day falls: 29 February is on the 28th in other years.
pub fn in_year(day: Date, year: i16) -> Option<Date> {
    let first = Date::new(year, day.month(), 1).ok()?;
    Date::new(year, day.month(), day.day().min(first.days_in_month())).ok()
}

/// The first and the last day of the week that a day lies in.
pub fn week_of(day: Date, sunday_first: bool) -> (Date, Date) {
    let back = if sunday_first { day.weekday().to_sunday_zero_offset() } else { day.weekday().to_monday_zero_offset() };
    let first = day.saturating_sub(i64::from(back).days());
    (first, first.saturating_add(6.days()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn series(rule: &Recurrence, start: Date, most: usize) -> Vec<String> {
        let mut found = vec![start];
        while let Some(next) = rule.after(start, *found.last().unwrap()).filter(|_| found.len() < most) {
            found.push(next);
        }
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn months_keep_the_day_they_began_on_and_stay_inside_the_month() {
        let monthly = Recurrence::every(1, Frequency::Month);
        let expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
        assert_eq!(series(&monthly, day("2026-01-31"), 5), expected);
        let yearly = Recurrence::every(1, Frequency::Year);
        let expected = ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"];
        assert_eq!(series(&yearly, day("2024-02-29"), 5), expected);
    }

    #[test]
    fn weeks_fall_on_their_days_every_so_many_weeks() {
        let weekdays = vec![Weekday::Monday, Weekday::Wednesday, Weekday::Friday];
        let rule = Recurrence { weekdays, ..Recurrence::every(2, Frequency::Week) };
        // It begins on a Wednesday; the week after next goes on with Monday.
        let expected = ["2026-11-25", "2026-11-27", "2026-12-07", "2026-12-09", "2026-12-11", "2026-12-21"];
        assert_eq!(series(&rule, day("2026-11-25"), 6), expected);
        let plain = Recurrence::every(1, Frequency::Week);
        assert_eq!(series(&plain, day("2026-11-29"), 3), ["2026-11-29", "2026-12-06", "2026-12-13"]);
    }

    #[test]
    fn a_series_ends_with_its_count_or_its_last_day() {
        let daily = Recurrence { count: Some(3), ..Recurrence::every(2, Frequency::Day) };
        assert_eq!(series(&daily, day("2026-11-22"), 9), ["2026-11-22", "2026-11-24", "2026-11-26"]);
        // Days that were let pass count too.
        assert_eq!(daily.after(day("2026-11-22"), day("2026-11-25")), Some(day("2026-11-26")));
        assert_eq!(daily.after(day("2026-11-22"), day("2026-11-26")), None);
        let until = Recurrence { until: Some(day("2026-12-01")), ..Recurrence::every(1, Frequency::Week) };
        assert_eq!(series(&until, day("2026-11-22"), 9), ["2026-11-22", "2026-11-29"]);
        let weekdays = vec![Weekday::Tuesday];
        let counted = Recurrence { weekdays, count: Some(2), ..Recurrence::every(1, Frequency::Week) };
        assert_eq!(series(&counted, day("2026-11-23"), 9), ["2026-11-23", "2026-11-24"], "the first day always counts");
    }

    #[test]
    fn what_never_ends_costs_nothing_and_ends_with_the_calendar() {
        for frequency in [Frequency::Day, Frequency::Week, Frequency::Month, Frequency::Year] {
            let rule = Recurrence::every(1, frequency);
            let far = rule.after(date(1, 1, 1), date(9990, 6, 1)).unwrap();
            assert!(far > date(9990, 6, 1) && far <= date(9991, 6, 1), "{frequency:?} {far}");
            assert_eq!(rule.after(date(2026, 1, 1), date(9999, 12, 31)), None, "{frequency:?}");
            let wide = Recurrence::every(u32::MAX, frequency);
            assert_eq!(wide.after(date(2026, 1, 1), date(2026, 1, 1)), None, "{frequency:?}");
        }
    }

    #[test]
    fn a_time_that_the_clock_skips_comes_later_and_one_that_comes_twice_is_the_first() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at =
            |day: &str, time: &str| moment(day.parse().unwrap(), time.parse().unwrap(), &zone).unwrap().to_string();
        assert_eq!(at("2026-03-29", "02:30"), "2026-03-29T01:30:00Z", "03:30 by the new clock");
        assert_eq!(at("2026-10-25", "02:30"), "2026-10-25T00:30:00Z");
        assert_eq!(at("2026-03-28", "09:00"), "2026-03-28T08:00:00Z");
        assert_eq!(at("2026-03-30", "09:00"), "2026-03-30T07:00:00Z", "nine stays nine");
    }

    #[test]
    fn yearly_days_fall_into_every_year() {
        assert_eq!(in_year(day("1988-02-29"), 2026), Some(day("2026-02-28")));
        assert_eq!(in_year(day("1988-02-29"), 2028), Some(day("2028-02-29")));
        assert_eq!(in_year(day("1990-12-31"), 2026), Some(day("2026-12-31")));
        assert_eq!(week_of(day("2026-11-22"), false), (day("2026-11-16"), day("2026-11-22")));
        assert_eq!(week_of(day("2026-11-22"), true), (day("2026-11-22"), day("2026-11-28")));
    }

    proptest! {
        #[test]
        fn the_next_day_is_the_least_one_of_the_series_that_is_later(
            frequency in prop_oneof![Just(Frequency::Day), Just(Frequency::Week), Just(Frequency::Month), Just(Frequency::Year)],
            interval in 1_u32..5,
            weekdays in proptest::collection::vec(0_i8..7, 0..4),
            start in 0_i64..4000,
            later in 0_i64..3000,
        ) {
            let weekdays = weekdays.into_iter().map(|d| Weekday::from_monday_zero_offset(d).unwrap()).collect();
            let rule = Recurrence { weekdays, ..Recurrence::every(interval, frequency) };
            let start = date(2020, 1, 1).saturating_add(start.days());
            let after = start.saturating_add(later.days());
            // Step by step from the start comes to the same day.
            let mut walked = start;
            while walked <= after {
                let next = rule.after(start, walked).unwrap();
                prop_assert!(next > walked);
                walked = next;
            }
            prop_assert_eq!(rule.after(start, after), Some(walked));
        }
    }
}
