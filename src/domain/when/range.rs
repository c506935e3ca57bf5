//! Spans of days for filters and reports: `2026-11`, `this-week`, 上月, `2026-Q3`, `last 30 days`, `2026-01..2026-03`.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::offset::offset;
use super::period::{Period, Unit, english_step, monday, period, weekday_of};
use super::scan::Scan;
use super::{WhenError, parse_date};

/// Days from the first to before the last: `to` is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateRange {
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
}

impl DateRange {
    /// A single day.
    pub fn day(date: Date) -> Result<Self, WhenError> {
        Ok(Self { from: date, to: date.tomorrow().map_err(|_| WhenError::OutOfRange)? })
    }

    /// Whether a day lies inside.
    pub fn contains(&self, date: Date) -> bool {
        self.from <= date && date < self.to
    }

    /// The first instant inside and the first one after, in a zone.
    pub fn instants(&self, zone: &TimeZone) -> Result<(Timestamp, Timestamp), WhenError> {
        let start = |date: Date| date.to_zoned(zone.clone()).map(|time| time.timestamp());
        Ok((start(self.from).map_err(|_| WhenError::OutOfRange)?, start(self.to).map_err(|_| WhenError::OutOfRange)?))
    }
}

/// Between the two ends of a range, both included.
const BETWEEN: &[&str] = &["..", "~", "～", "至", "到", " to "];

/// Parses a range of days: a month (`2026-11`), quarter (`2026-Q3`), year (`2026`), a period around today
/// (`this-month`, 上周), the past or coming days (`last 30 days`, 最近7天), two of those joined by `..` or 至,
/// or anything that [`parse_date`] reads, as one day.
pub fn parse_range(text: &str, today: Date) -> Result<DateRange, WhenError> {
    for between in BETWEEN {
        let Some((from, to)) = text.split_once(between) else { continue };
        // 到 may be part of a word: then the whole says what is wrong.
        let (Ok(from), Ok(to)) = (single(from, today), single(to, today)) else { continue };
        if to.to <= from.from {
            return Err(WhenError::Reversed);
        }
        return Ok(DateRange { from: from.from, to: to.to });
    }
    single(text, today)
}

/// Reads one form; `None` if the text has another.
type Reader = fn(&mut Scan<'_>, Date) -> Option<Result<DateRange, WhenError>>;

fn single(text: &str, today: Date) -> Result<DateRange, WhenError> {
    let readers: [Reader; 6] = [quarter, month, year, around, rolling, weekend];
    for read in readers {
        let mut scan = Scan::new(text);
        scan.space();
        if let Some(range) = read(&mut scan, today) {
            scan.space();
            if scan.at_end() {
                return range;
            }
        }
    }
    DateRange::day(parse_date(text, today)?)
}

fn year(scan: &mut Scan<'_>, _: Date) -> Option<Result<DateRange, WhenError>> {
    let (year, _) = scan.digits().filter(|(_, count)| *count == 4)?;
    scan.space();
    scan.one_of(&[("年度", ()), ("年", ())]);
    let half = scan.one_of(&[("上半年", 1), ("下半年", 7)]);
    Some(months(year, half.unwrap_or(1), if half.is_some() { 6 } else { 12 }))
}

/// The year before a month or quarter: `2026-`, 2026年, 去年; this year if there is none.
fn leading_year(scan: &mut Scan<'_>, today: Date) -> i64 {
    let typed = scan.attempt(|s| {
        let (year, _) = s.digits().filter(|(_, count)| *count == 4)?;
        s.space();
        s.one_of(&[("-", ()), ("/", ()), ("年", ())]);
        s.space();
        Some(year)
    });
    let named = |s: &mut Scan<'_>| match period(s)? {
        Period { unit: Unit::Year, steps } => Some(i64::from(today.year()) + i64::from(steps)),
        _ => None,
    };
    typed.or_else(|| scan.attempt(named)).unwrap_or(i64::from(today.year()))
}

/// `2026-11`, `2026/11`, 2026年11月, 11月.
fn month(scan: &mut Scan<'_>, today: Date) -> Option<Result<DateRange, WhenError>> {
    let start = scan.mark();
    let year = leading_year(scan, today);
    let bare = scan.mark() == start;
    let separated = scan.since(start).ends_with(['-', '/', '－', '／']);
    let month = scan.number()?;
    scan.space();
    let named = scan.one_of(&[("月份", ()), ("月", ())]).is_some();
    let known = named || (separated && !bare);
    known.then(|| {
        if (1..=12).contains(&month) {
            months(year, month, 1)
        } else {
            Err(WhenError::NoSuchDate { year, month, day: 1 })
        }
    })
}

/// `2026-Q3`, `2026q3`, `Q3`, 2026年三季度, 第三季度, 去年四季度.
fn quarter(scan: &mut Scan<'_>, today: Date) -> Option<Result<DateRange, WhenError>> {
    let year = leading_year(scan, today);
    let number = if scan.eat('q') {
        scan.digits()?.0
    } else {
        scan.eat('第');
        let number = scan.number()?;
        scan.one_of(&[("季度", ()), ("季", ())])?;
        number
    };
    (1..=4).contains(&number).then(|| months(year, number * 3 - 2, 3))
}

fn around(scan: &mut Scan<'_>, today: Date) -> Option<Result<DateRange, WhenError>> {
    if let Some(first) = scan.one_of(&[("上半年", 1), ("下半年", 7)]) {
        return Some(months(i64::from(today.year()), first, 6));
    }
    let period = period(scan)?;
    if period.unit == Unit::Year
        && let Some(first) = scan.one_of(&[("上半年", 1), ("下半年", 7)])
    {
        return Some(months(i64::from(today.year()) + i64::from(period.steps), first, 6));
    }
    Some(period.range(today))
}

/// `last 30 days`, `last-7d`, 最近7天, 过去三个月 (today is the last day); `next 2 weeks`, 未来7天 (the first).
fn rolling(scan: &mut Scan<'_>, today: Date) -> Option<Result<DateRange, WhenError>> {
    let chinese = [("最近", -1), ("过去", -1), ("近", -1), ("未来", 1), ("今后", 1), ("接下来", 1)];
    let direction = match scan.one_of(&chinese) {
        Some(direction) => direction,
        None if scan.word("past") => {
            scan.space();
            -1
        }
        None => english_step(scan).filter(|step| *step != 0)?,
    };
    scan.space();
    let length = scan.mark();
    // Read as a distance from today, then turned into the days up to there.
    let signed = format!("{}{}", if direction < 0 { '-' } else { '+' }, rest(scan));
    let mut ahead = Scan::new(&signed);
    let shift = match offset(&mut ahead) {
        Ok(Some(shift)) if ahead.at_end() => shift,
        _ => {
            scan.back_to(length);
            return None;
        }
    };
    Some(shift.day_from(today).and_then(|end| {
        let day = |date: Date, days: i32| date.checked_add(days.days()).map_err(|_| WhenError::OutOfRange);
        if direction < 0 {
            Ok(DateRange { from: day(end, 1)?, to: day(today, 1)? })
        } else {
            Ok(DateRange { from: today, to: end })
        }
    }))
}

/// Takes the rest of the text.
fn rest<'a>(scan: &mut Scan<'a>) -> &'a str {
    let mark = scan.mark();
    scan.skip_rest();
    scan.since(mark).trim_end()
}

/// A Saturday and Sunday; without a week, those of this one.
fn weekend(scan: &mut Scan<'_>, today: Date) -> Option<Result<DateRange, WhenError>> {
    let step = match english_step(scan) {
        Some(step) => scan.word("weekend").then_some(step)?,
        None if scan.word("weekend") => 0,
        None => {
            let step = match period(scan) {
                Some(Period { unit: Unit::Week, steps }) => steps,
                Some(_) => return None,
                None => scan.word("周").then_some(0)?,
            };
            scan.eat('末').then_some(step)?
        }
    };
    let saturday = weekday_of(jiff::civil::Weekday::Saturday, step, today);
    let next_monday =
        monday(today).and_then(|day| day.checked_add((7 * (step + 1)).days()).map_err(|_| WhenError::OutOfRange));
    Some(saturday.and_then(|from| Ok(DateRange { from, to: next_monday? })))
}

/// So many whole months from the first of one.
fn months(year: i64, month: i64, count: i32) -> Result<DateRange, WhenError> {
    let first = || {
        let year = i16::try_from(year).ok().filter(|year| *year > 0)?;
        Date::new(year, i8::try_from(month).ok()?, 1).ok()
    };
    let from = first().ok_or(WhenError::NoSuchDate { year, month, day: 1 })?;
    let to = from.checked_add(count.months()).map_err(|_| WhenError::OutOfRange)?;
    Ok(DateRange { from, to })
}
