//! Times of day: `15:00`, `3:30 pm`, 下午3点半, 晚上8点, 中午.

use jiff::civil::Time;

use super::WhenError;
use super::scan::Scan;

/// A time of day; midnight at the end of a day (24:00, 晚上12点) belongs to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) time: Time,
    pub(super) next_day: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Night,
    Morning,
    Noon,
    Afternoon,
    Evening,
    Am,
    Pm,
}

const PARTS: &[(&str, Part)] = &[
    ("凌晨", Part::Night),
    ("清晨", Part::Morning),
    ("早晨", Part::Morning),
    ("早上", Part::Morning),
    ("上午", Part::Morning),
    ("早", Part::Morning),
    ("中午", Part::Noon),
    ("下午", Part::Afternoon),
    ("傍晚", Part::Evening),
    ("晚上", Part::Evening),
    ("夜里", Part::Evening),
    ("晚", Part::Evening),
];

const HALVES: &[(&str, Part)] = &[("am", Part::Am), ("pm", Part::Pm), ("a.m.", Part::Am), ("p.m.", Part::Pm)];

/// Reads a time of day if one stands here; errors if it has the form of one but the clock lacks it.
pub(super) fn clock(scan: &mut Scan<'_>) -> Result<Option<Clock>, WhenError> {
    let start = scan.mark();
    if scan.word("noon") {
        return Ok(Some(Clock { time: Time::constant(12, 0, 0, 0), next_day: false }));
    }
    let part = scan.one_of(PARTS);
    scan.space();
    let Some((hour, minute, second, half)) = scan.attempt(hands) else {
        scan.back_to(start);
        if scan.word("中午") {
            return Ok(Some(Clock { time: Time::constant(12, 0, 0, 0), next_day: false }));
        }
        return Ok(None);
    };
    let no_such_time = || WhenError::NoSuchTime { text: scan.since(start).to_owned() };
    if part.is_some() && half.is_some() {
        return Err(no_such_time());
    }
    let hour = match part.or(half) {
        Some(part) => on_the_day(hour, part).ok_or_else(no_such_time)?,
        None => hour,
    };
    let next_day = hour == 24 && minute == 0 && second == 0;
    let hour = if next_day { 0 } else { hour };
    let hand = |value: i64| i8::try_from(value).map_err(|_| no_such_time());
    let time = Time::new(hand(hour)?, hand(minute)?, hand(second)?, 0).map_err(|_| no_such_time())?;
    Ok(Some(Clock { time, next_day }))
}

/// Hour, minute, second and the half of the day, by colons, by 点, or an hour with am or pm.
fn hands(scan: &mut Scan<'_>) -> Option<(i64, i64, i64, Option<Part>)> {
    let by_colons = scan.attempt(|s| {
        let (hour, _) = s.digits().filter(|(_, count)| *count <= 2)?;
        let minute = sixtieth(s)?;
        let second = s.attempt(sixtieth).unwrap_or(0);
        let half = half(s);
        Some((hour, minute, second, half))
    });
    let by_points = |s: &mut Scan<'_>| {
        let hour = s.number()?;
        s.space();
        s.one_of(&[("点钟", ()), ("点整", ()), ("点", ()), ("點", ()), ("时", ())])?;
        s.space();
        Some((hour, minute_of(s), 0, None))
    };
    let by_half = |s: &mut Scan<'_>| {
        let (hour, _) = s.digits().filter(|(_, count)| *count <= 2)?;
        Some((hour, 0, 0, Some(half(s)?)))
    };
    by_colons.or_else(|| scan.attempt(by_points)).or_else(|| scan.attempt(by_half))
}

fn sixtieth(scan: &mut Scan<'_>) -> Option<i64> {
    scan.eat(':').then_some(())?;
    scan.digits().filter(|(_, count)| *count == 2).map(|(value, _)| value)
}

fn half(scan: &mut Scan<'_>) -> Option<Part> {
    scan.attempt(|s| {
        s.space();
        s.one_of(HALVES)
    })
}

/// What follows 点: 半, 一刻, 三刻, 20分, 20; nothing is the full hour.
fn minute_of(scan: &mut Scan<'_>) -> i64 {
    if let Some(minute) = scan.one_of(&[("半", 30), ("一刻", 15), ("三刻", 45)]) {
        return minute;
    }
    let minute = scan.attempt(|s| {
        s.eat('零');
        let minute = s.number()?;
        s.space();
        s.word("分").then_some(minute)
    });
    // A bare number counts only with two digits: 3点20, but not the 5 of 3点5人开会.
    let bare = |s: &mut Scan<'_>| s.digits().filter(|(_, count)| *count == 2).map(|(minute, _)| minute);
    minute.or_else(|| scan.attempt(bare)).unwrap_or(0)
}

/// The hour of the day, or `None` where the words contradict each other (上午 15点) or leave it open (晚上2点).
fn on_the_day(hour: i64, part: Part) -> Option<i64> {
    match (part, hour) {
        (Part::Night, 12) | (Part::Am, 12) => Some(0),
        (Part::Night, 0..=6) | (Part::Morning, 0..=12) | (Part::Noon, 11..=14) | (Part::Am, 1..=11) => Some(hour),
        (Part::Noon, 1..=2) | (Part::Afternoon, 1..=11) | (Part::Evening, 5..=11) | (Part::Pm, 1..=11) => {
            Some(hour + 12)
        }
        (Part::Afternoon, 12..=18) | (Part::Evening, 17..=24) | (Part::Pm, 12) => Some(hour),
        (Part::Evening, 12) => Some(24),
        _ => None,
    }
}
