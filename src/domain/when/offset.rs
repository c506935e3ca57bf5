//! Distances from now: `+3d`, `-2w +1d`, `in 3 days`, `3 days ago`, 两周后, 三个月前, 半小时后, 一个半小时后.

use jiff::civil::Date;
use jiff::{Span, Zoned};

use super::WhenError;
use super::scan::Scan;

/// A signed distance; the parts are added in the order months, days, minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shift {
    pub(super) months: i64,
    pub(super) days: i64,
    pub(super) minutes: i64,
}

impl Shift {
    fn plus(self, other: Shift) -> Option<Shift> {
        Some(Shift {
            months: self.months.checked_add(other.months)?,
            days: self.days.checked_add(other.days)?,
            minutes: self.minutes.checked_add(other.minutes)?,
        })
    }

    fn times(self, n: i64) -> Option<Shift> {
        Some(Shift {
            months: self.months.checked_mul(n)?,
            days: self.days.checked_mul(n)?,
            minutes: self.minutes.checked_mul(n)?,
        })
    }

    /// Each part by itself: a jiff span has one sign for all of its parts.
    fn spans(self) -> Option<[Span; 3]> {
        let span = Span::new();
        Some([span.try_months(self.months).ok()?, span.try_days(self.days).ok()?, span.try_minutes(self.minutes).ok()?])
    }

    /// The day at this distance; hours and minutes make no day.
    pub(super) fn day_from(self, date: Date) -> Result<Date, WhenError> {
        if self.minutes != 0 {
            return Err(WhenError::NotADay);
        }
        let add = |[months, days, _]: [Span; 3]| date.checked_add(months).ok()?.checked_add(days).ok();
        self.spans().and_then(add).filter(|date| date.year() > 0).ok_or(WhenError::OutOfRange)
    }

    /// The time at this distance; days and months keep the time of day.
    pub(super) fn time_from(self, now: &Zoned) -> Result<Zoned, WhenError> {
        let add = |[months, days, minutes]: [Span; 3]| {
            now.checked_add(months).ok()?.checked_add(days).ok()?.checked_add(minutes).ok()
        };
        self.spans().and_then(add).filter(|time| time.year() > 0).ok_or(WhenError::OutOfRange)
    }
}

const MONTH: Shift = Shift { months: 1, days: 0, minutes: 0 };
const QUARTER: Shift = Shift { months: 3, days: 0, minutes: 0 };
const YEAR: Shift = Shift { months: 12, days: 0, minutes: 0 };
const DAY: Shift = Shift { months: 0, days: 1, minutes: 0 };
const WEEK: Shift = Shift { months: 0, days: 7, minutes: 0 };
const HALF_MONTH: Shift = Shift { months: 0, days: 15, minutes: 0 };
const HALF_YEAR: Shift = Shift { months: 6, days: 0, minutes: 0 };
const MINUTE: Shift = Shift { months: 0, days: 0, minutes: 1 };
const QUARTER_HOUR: Shift = Shift { months: 0, days: 0, minutes: 15 };
const HALF_HOUR: Shift = Shift { months: 0, days: 0, minutes: 30 };
const HOUR: Shift = Shift { months: 0, days: 0, minutes: 60 };

/// Units that need no sign before the number.
const UNITS: &[(&str, Shift)] = &[
    ("days", DAY),
    ("day", DAY),
    ("d", DAY),
    ("weeks", WEEK),
    ("week", WEEK),
    ("wks", WEEK),
    ("wk", WEEK),
    ("w", WEEK),
    ("minutes", MINUTE),
    ("minute", MINUTE),
    ("mins", MINUTE),
    ("min", MINUTE),
    ("months", MONTH),
    ("month", MONTH),
    ("mos", MONTH),
    ("mo", MONTH),
    ("m", MONTH),
    ("quarters", QUARTER),
    ("quarter", QUARTER),
    ("q", QUARTER),
    ("years", YEAR),
    ("year", YEAR),
    ("yrs", YEAR),
    ("yr", YEAR),
    ("y", YEAR),
    ("hours", HOUR),
    ("hour", HOUR),
    ("hrs", HOUR),
    ("hr", HOUR),
    ("h", HOUR),
    ("天", DAY),
    ("周", WEEK),
    ("个星期", WEEK),
    ("星期", WEEK),
    ("个礼拜", WEEK),
    ("礼拜", WEEK),
    ("个月", MONTH),
    ("个季度", QUARTER),
    ("季度", QUARTER),
    ("年", YEAR),
    ("个小时", HOUR),
    ("小时", HOUR),
    ("个钟头", HOUR),
    ("钟头", HOUR),
    ("刻钟", QUARTER_HOUR),
    ("分钟", MINUTE),
];

/// Without a sign these would be a month's name and a day of the month.
const SIGNED_UNITS: &[(&str, Shift)] = &[("月", MONTH), ("日", DAY), ("分", MINUTE)];

const HALVES: &[(&str, Shift)] = &[
    ("半个小时", HALF_HOUR),
    ("半小时", HALF_HOUR),
    ("半个钟头", HALF_HOUR),
    ("半个月", HALF_MONTH),
    ("半年", HALF_YEAR),
    ("half an hour", HALF_HOUR),
    ("half a year", HALF_YEAR),
];

const AND_A_HALF: &[(&str, Shift, Shift)] = &[
    ("个半小时", HOUR, HALF_HOUR),
    ("个半钟头", HOUR, HALF_HOUR),
    ("个半月", MONTH, HALF_MONTH),
    ("年半", YEAR, HALF_YEAR),
];

const DIRECTIONS: &[(&str, i64)] = &[
    ("之后", 1),
    ("以后", 1),
    ("后", 1),
    ("之前", -1),
    ("以前", -1),
    ("前", -1),
    ("from now", 1),
    ("from today", 1),
    ("later", 1),
    ("ago", -1),
];

/// Reads a distance if one stands here.
pub(super) fn offset(scan: &mut Scan<'_>) -> Result<Option<Shift>, WhenError> {
    if let Some(shift) = signed(scan)? {
        return Ok(Some(shift));
    }
    let start = scan.mark();
    let ahead = scan.attempt(|s| (s.word("in") && s.space()).then_some(()));
    let Some(length) = lengths(scan)? else {
        scan.back_to(start);
        return Ok(None);
    };
    if ahead.is_some() {
        return Ok(Some(length));
    }
    let direction = scan.attempt(|s| {
        s.space();
        s.one_of(DIRECTIONS)
    });
    match direction {
        Some(direction) => length.times(direction).map(Some).ok_or(WhenError::OutOfRange),
        None => {
            scan.back_to(start);
            Ok(None)
        }
    }
}

/// `+3d`, `-2w +1d`, `+1d2h`: a number without a sign goes on in the direction of the one before.
fn signed(scan: &mut Scan<'_>) -> Result<Option<Shift>, WhenError> {
    let mut total: Option<Shift> = None;
    let mut direction = 0;
    loop {
        let next = scan.attempt(|s| {
            s.space();
            let sign = s.one_of(&[("+", 1), ("-", -1)]).unwrap_or(direction);
            s.space();
            let n = (sign != 0).then(|| s.number()).flatten()?;
            s.space();
            let unit = s.one_of(UNITS).or_else(|| s.one_of(SIGNED_UNITS))?;
            Some((sign, n, unit))
        });
        let Some((sign, n, unit)) = next else { return Ok(total) };
        direction = sign;
        let step = unit.times(n.saturating_mul(sign));
        total = Some(step.and_then(|step| step.plus(total.unwrap_or_default())).ok_or(WhenError::OutOfRange)?);
    }
}

/// One or more lengths without a sign: `3 days`, `1 day 2 hours`, 一个半小时, 半年.
fn lengths(scan: &mut Scan<'_>) -> Result<Option<Shift>, WhenError> {
    let mut total: Option<Shift> = None;
    loop {
        let next = scan.attempt(|s| {
            s.space();
            length(s)
        });
        let Some(next) = next else { return Ok(total) };
        let sum = next.and_then(|next| next.plus(total.unwrap_or_default()));
        total = Some(sum.ok_or(WhenError::OutOfRange)?);
    }
}

/// The inner `None` is a number too large.
fn length(scan: &mut Scan<'_>) -> Option<Option<Shift>> {
    if let Some(half) = scan.one_of(HALVES) {
        return Some(Some(half));
    }
    let n = scan.number().or_else(|| scan.one_of(&[("an", 1), ("a", 1)]))?;
    scan.space();
    if let Some((_, whole, half)) = AND_A_HALF.iter().find(|(word, ..)| scan.word(word)) {
        return Some(whole.times(n).and_then(|shift| shift.plus(*half)));
    }
    let unit = scan.one_of(UNITS)?;
    Some(unit.times(n))
}
