//! Working time: made-up things happen Monday to Friday, 9:00 to 18:30 where the user is.
//!
//! A point in it is a count of working milliseconds since a Monday more than two years back.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, Zoned};

const OPENS_MS: i64 = 9 * HOUR;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Working milliseconds of a day.
pub(super) const WORK_DAY: i64 = 9 * HOUR + HOUR / 2;
const WORK_DAYS: i64 = 5;
/// Weeks of history.
const WEEKS: i64 = 104;

/// From working time to days and moments.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    /// Today.
    pub(super) today: Date,
    first: Date,
    /// Unix milliseconds of midnight at the start of the first Monday.
    first_ms: i64,
    /// Everything that has happened lies before this point: this morning.
    pub(super) now: i64,
}

impl Calendar {
    /// The calendar that ends on a day. Only the day and the zone's distance from UTC count, not the hour.
    pub(super) fn new(now: &Zoned) -> Calendar {
        let today = now.date();
        let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
        let first = monday.saturating_sub(WEEKS.weeks());
        let offset = i64::from(now.offset().seconds()) * 1000;
        let days = i64::from(Date::constant(1970, 1, 1).until(first).map_or(0, |s| s.get_days()));
        let work_days = WEEKS * WORK_DAYS + i64::from(today.weekday().to_monday_zero_offset()).min(WORK_DAYS);
        Calendar { today, first, first_ms: days * DAY - offset, now: work_days * WORK_DAY }
    }

    /// Whole days from the first Monday, and working milliseconds into the day.
    fn split(at: i64) -> (i64, i64) {
        let day = at.div_euclid(WORK_DAY);
        (day.div_euclid(WORK_DAYS) * 7 + day.rem_euclid(WORK_DAYS), at.rem_euclid(WORK_DAY))
    }

    /// The moment in Unix milliseconds.
    pub(super) fn millis(&self, at: i64) -> i64 {
        let (day, rest) = Calendar::split(at);
        self.first_ms + day * DAY + OPENS_MS + rest
    }

    /// The moment.
    pub(super) fn moment(&self, at: i64) -> Timestamp {
        Timestamp::from_millisecond(self.millis(at)).unwrap_or_default()
    }

    /// The moment to five minutes, as people write it down.
    pub(super) fn rounded(&self, at: i64) -> Timestamp {
        self.moment(at - at.rem_euclid(5 * 60_000))
    }

    /// The day.
    pub(super) fn day(&self, at: i64) -> Date {
        self.first.saturating_add(Calendar::split(at).0.days())
    }

    /// Some days before or after today.
    pub(super) fn days_away(&self, days: i64) -> Date {
        self.today.saturating_add(days.days())
    }

    /// Some days before or after today, moved off the weekend, at an hour and minute.
    pub(super) fn clock(&self, days: i64, hour: i64, minute: i64) -> Timestamp {
        let shift = match self.days_away(days).weekday() {
            _ if days == 0 => 0,
            Weekday::Saturday => -1,
            Weekday::Sunday => 1,
            _ => 0,
        };
        let shift = if days + shift == 0 { -shift } else { shift };
        let day = i64::from(self.first.until(self.today).map_or(0, |s| s.get_days())) + days + shift;
        let ms = self.first_ms + day * DAY + hour * HOUR + minute * 60_000;
        Timestamp::from_millisecond(ms).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use jiff::tz::{Offset, TimeZone};

    #[test]
    fn the_past_ends_before_today_and_keeps_office_hours() {
        let zone = TimeZone::fixed(Offset::constant(8));
        for day in 16..=29 {
            let now = jiff::civil::date(2026, 11, day).at(8, 3, 0, 0).to_zoned(zone.clone()).unwrap();
            let calendar = Calendar::new(&now);
            let mut before = calendar.millis(0) - 1;
            for at in (0..calendar.now).step_by(7_777_777).chain([calendar.now - 1]) {
                let local = calendar.moment(at).to_zoned(zone.clone());
                assert!(local.date() < now.date(), "{local}");
                assert_eq!(local.date(), calendar.day(at));
                assert!((9..=18).contains(&local.hour()), "{local}");
                assert!(!matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday), "{local}");
                assert!(calendar.millis(at) > before);
                before = calendar.millis(at);
            }
            assert!(calendar.day(0) < calendar.days_away(-720));
            assert_eq!(calendar.clock(0, 14, 30).to_zoned(zone.clone()).date(), now.date());
        }
    }
}
