//! Days: numeric forms, names, weekdays, ends of periods.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::offset::offset;
use super::period::{Period, Unit, chinese_weekday, coming, english_step, english_unit, period, weekday, weekday_of};
use super::scan::Scan;
use super::{Day, WhenError};

const NAMED: &[(&str, i32)] = &[
    ("today", 0),
    ("tonight", 0),
    ("tomorrow", 1),
    ("tmr", 1),
    ("day after tomorrow", 2),
    ("the day after tomorrow", 2),
    ("yesterday", -1),
    ("day before yesterday", -2),
    ("the day before yesterday", -2),
    ("大后天", 3),
    ("大前天", -3),
    ("今天", 0),
    ("今日", 0),
    ("明天", 1),
    ("明日", 1),
    ("后天", 2),
    ("昨天", -1),
    ("昨日", -1),
    ("前天", -2),
];

const BEFORE_PART_OF_DAY: &[(&str, i32)] = &[("今", 0), ("明", 1), ("昨", -1)];

const MONTHS: &[(&str, i64)] = &[
    ("january", 1),
    ("jan", 1),
    ("february", 2),
    ("feb", 2),
    ("march", 3),
    ("mar", 3),
    ("april", 4),
    ("apr", 4),
    ("may", 5),
    ("june", 6),
    ("jun", 6),
    ("july", 7),
    ("jul", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("october", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
];

/// 5号 is a day, 5号楼 a building.
const NUMBERED_THINGS: &str = "楼线院仓门店厅馆桌机库站";

#[derive(Clone, Copy)]
enum Edge {
    First,
    Middle,
    Last,
}

type Reader = fn(&mut Scan<'_>, Date) -> Result<Option<Date>, WhenError>;

/// Reads a day if one stands here; errors if it has the form of one but cannot be.
pub(super) fn day(scan: &mut Scan<'_>, today: Date) -> Result<Option<Day>, WhenError> {
    if scan.one_of(&[("now", ()), ("现在", ()), ("此刻", ())]).is_some() {
        return Ok(Some(Day::Now));
    }
    if let Some(days) = scan.one_of(NAMED).or_else(|| scan.attempt(before_part_of_day)) {
        return later(today, days).map(|date| Some(Day::On(date)));
    }
    if let Some(shift) = offset(scan)? {
        return Ok(Some(Day::Shift(shift)));
    }
    let readers: [Reader; 6] = [by_weekday, edge_of_period, in_period, numeric, chinese, by_month_name];
    for read in readers {
        let mark = scan.mark();
        if let Some(date) = read(scan, today)? {
            return Ok(Some(Day::On(date)));
        }
        scan.back_to(mark);
    }
    Ok(None)
}

/// The 今 of 今晚8点; the part of the day is left to the clock.
fn before_part_of_day(scan: &mut Scan<'_>) -> Option<i32> {
    let days = scan.one_of(BEFORE_PART_OF_DAY)?;
    matches!(scan.peek(), Some('早' | '晚')).then_some(days)
}

fn later(today: Date, days: i32) -> Result<Date, WhenError> {
    today.checked_add(days.days()).map_err(|_| WhenError::OutOfRange)
}

/// `fri`, `next fri`, `weekend`, 周五, 下下周一, 本周末.
fn by_weekday(scan: &mut Scan<'_>, today: Date) -> Result<Option<Date>, WhenError> {
    let step = english_step(scan);
    scan.attempt(|s| (step.is_none() && s.word("coming") && s.space()).then_some(()));
    if scan.word("weekend") {
        return weekend(step, today).map(Some);
    }
    if let Some(day) = weekday(scan) {
        return step.map_or_else(|| coming(day, today), |step| weekday_of(day, step, today)).map(Some);
    }
    if step.is_some() {
        return Ok(None);
    }
    let step = match period(scan) {
        Some(Period { unit: Unit::Week, steps }) => Some(steps),
        Some(_) => return Ok(None),
        None if scan.one_of(&[("星期", ()), ("礼拜", ()), ("周", ())]).is_some() => None,
        None => return Ok(None),
    };
    if scan.eat('末') {
        return weekend(step, today).map(Some);
    }
    let Some(day) = chinese_weekday(scan) else { return Ok(None) };
    step.map_or_else(|| coming(day, today), |step| weekday_of(day, step, today)).map(Some)
}

/// The Saturday of a week; without a week the coming one, or today on a weekend.
fn weekend(step: Option<i32>, today: Date) -> Result<Date, WhenError> {
    match (step, today.weekday()) {
        (Some(step), _) => weekday_of(Weekday::Saturday, step, today),
        (None, Weekday::Sunday) => Ok(today),
        (None, _) => coming(Weekday::Saturday, today),
    }
}

/// 月底, 下个月初, 明年年底, `end of next month`, `eom`.
fn edge_of_period(scan: &mut Scan<'_>, today: Date) -> Result<Option<Date>, WhenError> {
    let eo = [("eow", Unit::Week), ("eom", Unit::Month), ("eoq", Unit::Quarter), ("eoy", Unit::Year)];
    let found = scan.one_of(&eo).map(|unit| (Period { unit, steps: 0 }, Edge::Last));
    let found = found.or_else(|| scan.attempt(english_edge)).or_else(|| scan.attempt(chinese_edge));
    let Some((period, edge)) = found else { return Ok(None) };
    let range = period.range(today)?;
    match edge {
        Edge::First => Ok(Some(range.from)),
        Edge::Middle => later(range.from, 14).map(Some),
        Edge::Last => range.to.yesterday().map(Some).map_err(|_| WhenError::OutOfRange),
    }
}

fn english_edge(scan: &mut Scan<'_>) -> Option<(Period, Edge)> {
    let edges =
        [("end of", Edge::Last), ("the end of", Edge::Last), ("start of", Edge::First), ("beginning of", Edge::First)];
    let edge = scan.one_of(&edges)?;
    scan.space();
    scan.attempt(|s| (s.word("the") && s.space()).then_some(()));
    let here = |s: &mut Scan<'_>| english_unit(s).map(|unit| Period { unit, steps: 0 });
    let period = period(scan).or_else(|| here(scan))?;
    Some((period, edge))
}

fn chinese_edge(scan: &mut Scan<'_>) -> Option<(Period, Edge)> {
    let units = [("月", Unit::Month), ("年", Unit::Year), ("季度", Unit::Quarter), ("季", Unit::Quarter)];
    let period = match period(scan) {
        Some(Period { unit: Unit::Week, .. }) => return None,
        Some(period) => {
            scan.attempt(|s| s.one_of(&units).filter(|unit| *unit == period.unit));
            period
        }
        None => Period { unit: scan.one_of(&units)?, steps: 0 },
    };
    let edge = scan.one_of(&[("底", Edge::Last), ("末", Edge::Last), ("初", Edge::First), ("中", Edge::Middle)])?;
    let whole_month = matches!(edge, Edge::Middle) && period.unit != Unit::Month;
    (!whole_month).then_some((period, edge))
}

/// 下个月5号, 明年3月1日; a following period alone is its first day.
fn in_period(scan: &mut Scan<'_>, today: Date) -> Result<Option<Date>, WhenError> {
    let Some(period) = period(scan) else { return Ok(None) };
    let first = period.range(today)?.from;
    let (year, month) = (i64::from(first.year()), i64::from(first.month()));
    let inside = match period.unit {
        Unit::Month => scan.attempt(|s| day_number(s).map(|day| (month, day))),
        Unit::Year => scan.attempt(month_and_day),
        Unit::Week | Unit::Quarter => None,
    };
    match inside {
        Some((month, day)) => civil(year, month, day).map(Some),
        None if scan.peek().is_some_and(|key| key.is_ascii_digit()) => Ok(None),
        None => Ok((period.steps != 0).then_some(first)),
    }
}

/// `2026-11-22`, `2026/11/22`, `2026.11.22`, `20261122`, `11-22`, `11/22`.
fn numeric(scan: &mut Scan<'_>, today: Date) -> Result<Option<Date>, WhenError> {
    let start = scan.mark();
    let Some((first, digits)) = scan.digits() else { return Ok(None) };
    if digits == 8 {
        return civil(first / 10_000, first / 100 % 100, first % 100).map(Some);
    }
    let Some(separator) = scan.one_of(&[("-", '-'), ("/", '/'), (".", '.')]) else { return Ok(None) };
    let Some((second, _)) = scan.digits().filter(|(_, count)| *count <= 2) else { return Ok(None) };
    let third = scan.attempt(|s| s.eat(separator).then(|| s.digits()).flatten());
    match third {
        Some((third, count)) if digits == 4 && count <= 2 => civil(first, second, third).map(Some),
        Some(_) if separator == '.' => Ok(None),
        Some(_) => Err(WhenError::Ambiguous { text: scan.since(start).to_owned() }),
        None if separator == '.' || digits > 2 => Ok(None),
        None if !(1..=12).contains(&first) || !(1..=31).contains(&second) => Ok(None),
        None => civil(i64::from(today.year()), first, second).map(Some),
    }
}

/// 2026年11月22日, 26年11月22日, 11月22日, 十一月二十二号, 22日.
fn chinese(scan: &mut Scan<'_>, today: Date) -> Result<Option<Date>, WhenError> {
    let year = scan.attempt(|s| {
        let year = s.number()?;
        s.space();
        s.eat('年').then_some(if year < 100 { year + 2000 } else { year })
    });
    scan.space();
    if let Some((month, day)) = scan.attempt(month_and_day) {
        return civil(year.unwrap_or(i64::from(today.year())), month, day).map(Some);
    }
    let day = if year.is_none() { scan.attempt(day_number) } else { None };
    day.map(|day| civil(i64::from(today.year()), i64::from(today.month()), day)).transpose()
}

/// 11月22日, 11月22号, 11月22.
fn month_and_day(scan: &mut Scan<'_>) -> Option<(i64, i64)> {
    let month = scan.number().filter(|month| (1..=12).contains(month))?;
    scan.space();
    scan.one_of(&[("月份", ()), ("月", ())])?;
    scan.space();
    let day = scan.number()?;
    scan.space();
    scan.one_of(&[("日", ()), ("号", ())]);
    Some((month, day))
}

/// 22日, 5号.
fn day_number(scan: &mut Scan<'_>) -> Option<i64> {
    let day = scan.number().filter(|day| (1..=31).contains(day))?;
    scan.space();
    scan.one_of(&[("日", ()), ("号", ())])?;
    let thing = scan.peek().is_some_and(|key| NUMBERED_THINGS.contains(key));
    (!thing).then_some(day)
}

/// `Nov 22`, `November 22, 2026`, `22 Nov 2026`.
fn by_month_name(scan: &mut Scan<'_>, today: Date) -> Result<Option<Date>, WhenError> {
    let day_of = |s: &mut Scan<'_>| {
        let (day, _) = s.digits().filter(|(_, count)| *count <= 2)?;
        s.one_of(&[("st", ()), ("nd", ()), ("rd", ()), ("th", ())]);
        Some(day)
    };
    let found = scan.attempt(|s| {
        if let Some(month) = s.one_of(MONTHS) {
            s.eat('.');
            s.space();
            return day_of(s).map(|day| (month, day));
        }
        let day = day_of(s)?;
        s.space();
        s.one_of(MONTHS).map(|month| (month, day))
    });
    let Some((month, day)) = found else { return Ok(None) };
    let year = scan.attempt(|s| {
        s.eat(',');
        s.space();
        s.digits().filter(|(_, count)| *count == 4 && s.peek() != Some(':')).map(|(year, _)| year)
    });
    civil(year.unwrap_or(i64::from(today.year())), month, day).map(Some)
}

fn civil(year: i64, month: i64, day: i64) -> Result<Date, WhenError> {
    let date = || {
        let year = i16::try_from(year).ok().filter(|year| *year > 0)?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    date().ok_or(WhenError::NoSuchDate { year, month, day })
}
