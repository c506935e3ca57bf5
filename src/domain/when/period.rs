//! Weeks, months, quarters and years around today: `next week`, 上个月, 本季度, 明年.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::scan::Scan;
use super::{DateRange, WhenError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Week,
    Month,
    Quarter,
    Year,
}

/// A calendar unit so many steps from the one that holds today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) unit: Unit,
    pub(super) steps: i32,
}

const ENGLISH_STEPS: &[(&str, i32)] =
    &[("this", 0), ("current", 0), ("next", 1), ("last", -1), ("previous", -1), ("prev", -1)];

const ENGLISH_UNITS: &[(&str, Unit)] =
    &[("week", Unit::Week), ("month", Unit::Month), ("quarter", Unit::Quarter), ("year", Unit::Year)];

const CHINESE_STEPS: &[(&str, i32)] = &[
    ("上上个", -2),
    ("上上", -2),
    ("上个", -1),
    ("上一个", -1),
    ("上", -1),
    ("下下个", 2),
    ("下下", 2),
    ("下个", 1),
    ("下一个", 1),
    ("下", 1),
    ("这个", 0),
    ("这", 0),
    ("本", 0),
    ("当", 0),
];

const CHINESE_UNITS: &[(&str, Unit)] = &[
    ("星期", Unit::Week),
    ("礼拜", Unit::Week),
    ("周", Unit::Week),
    ("月份", Unit::Month),
    ("月", Unit::Month),
    ("季度", Unit::Quarter),
    ("季", Unit::Quarter),
];

const YEARS: &[(&str, i32)] =
    &[("今年", 0), ("本年", 0), ("明年", 1), ("后年", 2), ("去年", -1), ("上年", -1), ("前年", -2)];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("mon", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("tues", Weekday::Tuesday),
    ("tue", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("weds", Weekday::Wednesday),
    ("wed", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("thurs", Weekday::Thursday),
    ("thur", Weekday::Thursday),
    ("thu", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("fri", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sat", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("sun", Weekday::Sunday),
];

const CHINESE_WEEKDAYS: &[(&str, Weekday)] = &[
    ("一", Weekday::Monday),
    ("二", Weekday::Tuesday),
    ("三", Weekday::Wednesday),
    ("四", Weekday::Thursday),
    ("五", Weekday::Friday),
    ("六", Weekday::Saturday),
    ("日", Weekday::Sunday),
    ("天", Weekday::Sunday),
    ("1", Weekday::Monday),
    ("2", Weekday::Tuesday),
    ("3", Weekday::Wednesday),
    ("4", Weekday::Thursday),
    ("5", Weekday::Friday),
    ("6", Weekday::Saturday),
    ("7", Weekday::Sunday),
];

/// `this`, `next`, `last` with what joins it to its word.
pub(super) fn english_step(scan: &mut Scan<'_>) -> Option<i32> {
    scan.attempt(|s| {
        let step = s.one_of(ENGLISH_STEPS)?;
        (s.eat('-') || s.eat('_') || s.space()).then_some(step)
    })
}

/// Reads a unit with its step: `next week`, `this-month`, 下周, 上上个月, 明年.
pub(super) fn period(scan: &mut Scan<'_>) -> Option<Period> {
    scan.attempt(|s| {
        if let Some(steps) = s.one_of(YEARS) {
            return Some(Period { unit: Unit::Year, steps });
        }
        if let Some(steps) = english_step(s) {
            return s.one_of(ENGLISH_UNITS).map(|unit| Period { unit, steps });
        }
        let steps = s.one_of(CHINESE_STEPS)?;
        let unit = s.one_of(CHINESE_UNITS)?;
        Some(Period { unit, steps })
    })
}

/// Reads a bare English unit.
pub(super) fn english_unit(scan: &mut Scan<'_>) -> Option<Unit> {
    scan.one_of(ENGLISH_UNITS)
}

/// Reads an English weekday.
pub(super) fn weekday(scan: &mut Scan<'_>) -> Option<Weekday> {
    scan.one_of(WEEKDAYS)
}

/// Reads the weekday behind 周, 星期 or 礼拜.
pub(super) fn chinese_weekday(scan: &mut Scan<'_>) -> Option<Weekday> {
    scan.one_of(CHINESE_WEEKDAYS)
}

impl Period {
    /// Its days.
    pub(super) fn range(self, today: Date) -> Result<DateRange, WhenError> {
        let first = match self.unit {
            Unit::Week => monday(today)?,
            Unit::Month => today.first_of_month(),
            Unit::Quarter => {
                let month = (today.month() - 1) / 3 * 3 + 1;
                Date::new(today.year(), month, 1).map_err(|_| WhenError::OutOfRange)?
            }
            Unit::Year => today.first_of_year(),
        };
        let begin = |steps: i32| {
            let span = match self.unit {
                Unit::Week => steps.weeks(),
                Unit::Month => steps.months(),
                Unit::Quarter => (steps * 3).months(),
                Unit::Year => steps.years(),
            };
            first.checked_add(span).map_err(|_| WhenError::OutOfRange)
        };
        Ok(DateRange { from: begin(self.steps)?, to: begin(self.steps + 1)? })
    }
}

/// The Monday of a day's week.
pub(super) fn monday(day: Date) -> Result<Date, WhenError> {
    let since = i32::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(since.days()).map_err(|_| WhenError::OutOfRange)
}

/// A weekday of the week so many steps from this one.
pub(super) fn weekday_of(weekday: Weekday, steps: i32, today: Date) -> Result<Date, WhenError> {
    let days = i32::from(weekday.to_monday_zero_offset()) + 7 * steps;
    monday(today)?.checked_add(days.days()).map_err(|_| WhenError::OutOfRange)
}

/// The coming day of that name, today included.
pub(super) fn coming(weekday: Weekday, today: Date) -> Result<Date, WhenError> {
    let days = (weekday.to_monday_zero_offset() - today.weekday().to_monday_zero_offset()).rem_euclid(7);
    today.checked_add(i32::from(days).days()).map_err(|_| WhenError::OutOfRange)
}
