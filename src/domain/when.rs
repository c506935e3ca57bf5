//! Dates and times as people type them, in Chinese and English; full-width digits and signs count as ASCII.
//!
//! What is ambiguous elsewhere is fixed here:
//! * Weeks begin on Monday. `this fri` 这周五 本周五 is the Friday of this week, also when it is past; `next fri` 下周五
//!   the Friday of the week after; `last fri` 上周五 of the week before. `fri` 周五 alone is the coming one, today
//!   included; so is 周末 (a Saturday, or today on a weekend).
//! * A date without its year is of this year, a day without its month of this month: nothing rolls over.
//! * `next week` 下周 as one day is its Monday, `next month` 下月 its first, `next year` 明年 1 January.
//! * `+1m` is a month, `+30min` minutes; a month's end stays inside the month (31 January `+1m` is 28 February).
//! * `26-11-22` and `22/11/2026` are refused as ambiguous: the year comes first, with four digits.
//! * A time that a clock change skips is refused; one that it repeats is the first of the two.

mod clock;
mod day;
mod offset;
mod period;
mod range;
mod scan;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use thiserror::Error;

use super::message::Message;
use super::span::Span;
use clock::Clock;
use offset::Shift;
pub use range::{DateRange, parse_range};
use scan::Scan;

/// Why a text is no date or time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WhenError {
    /// Nothing was typed.
    #[error("no date is given")]
    Empty,
    /// A part that means no date or time.
    #[error("`{text}` is not a date or time")]
    Unknown {
        /// The part that was not understood.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// A date in no four-digit, year-first form.
    #[error("`{text}` may be read in several ways; write the year first, as in 2026-11-22")]
    Ambiguous {
        /// The date as typed.
        text: String,
    },
    /// A day that the calendar lacks, such as 30 February.
    #[error("there is no day {year}-{month:02}-{day:02}")]
    NoSuchDate {
        /// Year.
        year: i64,
        /// Month.
        month: i64,
        /// Day of the month.
        day: i64,
    },
    /// A time that the clock lacks, such as 25:00.
    #[error("there is no time `{text}`")]
    NoSuchTime {
        /// The time as typed.
        text: String,
    },
    /// A time that the clock change of that day skips.
    #[error("the clock change skips {time}")]
    Skipped {
        /// The local time.
        time: DateTime,
    },
    /// A time of day where only a day can stand.
    #[error("only a day can stand here, without a time")]
    NotADay,
    /// A range that ends before it begins.
    #[error("the range ends before it begins")]
    Reversed,
    /// Beyond the years 1 to 9999.
    #[error("the date is out of range")]
    OutOfRange,
}

impl WhenError {
    /// Stable key for translation.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "when-empty",
            Self::Unknown { .. } => "when-unknown",
            Self::Ambiguous { .. } => "when-ambiguous",
            Self::NoSuchDate { .. } => "when-no-such-date",
            Self::NoSuchTime { .. } => "when-no-such-time",
            Self::Skipped { .. } => "when-skipped",
            Self::NotADay => "when-not-a-day",
            Self::Reversed => "when-reversed",
            Self::OutOfRange => "when-out-of-range",
        }
    }

    /// The message with its arguments, for the user's language.
    pub fn message(&self) -> Message {
        let message = Message::new(self.key());
        match self {
            Self::Unknown { text, .. } | Self::Ambiguous { text } | Self::NoSuchTime { text } => {
                message.with("text", text)
            }
            Self::NoSuchDate { year, month, day } => message.with("date", format!("{year}-{month:02}-{day:02}")),
            Self::Skipped { time } => message.with("time", time),
            _ => message,
        }
    }
}

/// A day, or an exact time where one was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A day without a time.
    Day(Date),
    /// An exact time in the user's zone.
    At(Zoned),
}

impl Moment {
    /// The day, in the zone of the moment.
    pub fn date(&self) -> Date {
        match self {
            Self::Day(date) => *date,
            Self::At(time) => time.date(),
        }
    }

    /// The exact time; a day counts from its first instant in `zone`.
    pub fn start(&self, zone: &TimeZone) -> Result<Zoned, WhenError> {
        match self {
            Self::Day(date) => date.to_zoned(zone.clone()).map_err(|_| WhenError::OutOfRange),
            Self::At(time) => Ok(time.clone()),
        }
    }
}

/// What was typed, before it meets the clock.
struct Typed {
    day: Option<Day>,
    clock: Option<Clock>,
}

enum Day {
    Now,
    On(Date),
    Shift(Shift),
}

/// Parses a day: `2026-11-22`, `11/22`, `next fri`, `+3d`, 下周五, 三个月前, 月底.
/// A text that also holds a time is refused ([`WhenError::NotADay`]).
pub fn parse_date(text: &str, today: Date) -> Result<Date, WhenError> {
    let typed = whole(text, today)?;
    if typed.clock.is_some() {
        return Err(WhenError::NotADay);
    }
    match typed.day {
        Some(Day::On(date)) => Ok(date),
        Some(Day::Shift(shift)) => shift.day_from(today),
        Some(Day::Now) => Ok(today),
        None => Err(WhenError::NotADay),
    }
}

/// Parses an exact time in the zone of `now`: `next fri 15:00`, 下周五下午3点, `+2h`, `now`, RFC 3339.
/// A day alone is its first instant; an offset such as `+3d` keeps the time of day.
pub fn parse_datetime(text: &str, now: &Zoned) -> Result<Zoned, WhenError> {
    if let Some(exact) = exact(text, now) {
        return Ok(exact);
    }
    let typed = whole(text, now.date())?;
    match typed {
        Typed { day: Some(Day::Shift(shift)), clock: None } => shift.time_from(now),
        typed => resolve(&typed, now)?.start(now.time_zone()),
    }
}

/// Parses a day or an exact time, whichever was typed; `+3d` is a day, `+2h` a time.
pub fn parse_moment(text: &str, now: &Zoned) -> Result<Moment, WhenError> {
    match exact(text, now) {
        Some(exact) => Ok(Moment::At(exact)),
        None => resolve(&whole(text, now.date())?, now),
    }
}

/// The day or time that a text begins with, and its length in bytes; `None` if it begins with neither.
/// The rest is not looked at, but a word is never cut: `may` is not found in `maybe`.
pub fn leading_moment(text: &str, now: &Zoned) -> Result<Option<(Moment, usize)>, WhenError> {
    let mut scan = Scan::new(text);
    let Some(typed) = typed(&mut scan, now.date())? else { return Ok(None) };
    if scan.cuts_word() {
        return Ok(None);
    }
    Ok(Some((resolve(&typed, now)?, scan.byte())))
}

/// RFC 3339 with an offset.
fn exact(text: &str, now: &Zoned) -> Option<Zoned> {
    let stamp: Timestamp = text.trim().parse().ok()?;
    Some(stamp.to_zoned(now.time_zone().clone()))
}

fn resolve(typed: &Typed, now: &Zoned) -> Result<Moment, WhenError> {
    let date = match &typed.day {
        Some(Day::Now) if typed.clock.is_none() => return Ok(Moment::At(now.clone())),
        Some(Day::Shift(shift)) if shift.minutes != 0 && typed.clock.is_none() => {
            return Ok(Moment::At(shift.time_from(now)?));
        }
        Some(Day::Shift(shift)) => shift.day_from(now.date())?,
        Some(Day::On(date)) => *date,
        Some(Day::Now) | None => now.date(),
    };
    let Some(clock) = typed.clock else { return Ok(Moment::Day(date)) };
    let date = if clock.next_day { date.tomorrow().map_err(|_| WhenError::OutOfRange)? } else { date };
    Ok(Moment::At(at(date, clock.time, now.time_zone())?))
}

fn at(date: Date, time: Time, zone: &TimeZone) -> Result<Zoned, WhenError> {
    let time = date.to_datetime(time);
    let zoned = zone.to_ambiguous_zoned(time);
    if let AmbiguousOffset::Gap { .. } = zoned.offset() {
        return Err(WhenError::Skipped { time });
    }
    zoned.earlier().map_err(|_| WhenError::OutOfRange)
}

/// Reads the whole text or says which part means nothing.
fn whole(text: &str, today: Date) -> Result<Typed, WhenError> {
    let mut scan = Scan::new(text);
    scan.space();
    if scan.at_end() {
        return Err(WhenError::Empty);
    }
    let typed = typed(&mut scan, today)?;
    scan.space();
    match typed {
        Some(typed) if scan.at_end() => Ok(typed),
        _ => Err(scan.unknown()),
    }
}

/// A day, a time, or both in either order.
fn typed(scan: &mut Scan<'_>, today: Date) -> Result<Option<Typed>, WhenError> {
    scan.space();
    scan.attempt(|s| s.one_of(&[("on", ()), ("by", ())]).filter(|()| s.space()));
    if let Some(day) = day::day(scan, today)? {
        let before = scan.mark();
        scan.space();
        scan.attempt(|s| s.one_of(&[("at", ()), (",", ()), ("的", ()), ("t", ())]));
        scan.space();
        let clock = clock::clock(scan)?;
        if clock.is_none() {
            scan.back_to(before);
        }
        return Ok(Some(Typed { day: Some(day), clock }));
    }
    scan.attempt(|s| s.one_of(&[("at", ())]).filter(|()| s.space()));
    let Some(clock) = clock::clock(scan)? else { return Ok(None) };
    let before = scan.mark();
    scan.space();
    scan.attempt(|s| s.one_of(&[("on", ())]).filter(|()| s.space()));
    let day = day::day(scan, today)?;
    if day.is_none() {
        scan.back_to(before);
    }
    Ok(Some(Typed { day, clock: Some(clock) }))
}

#[cfg(test)]
mod tests;
