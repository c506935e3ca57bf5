//! iCalendar (RFC 5545): events and to-dos with alarms, for calendars of other programs.
//!
//! Times are written in UTC, which every reader turns into its own zone; whole days as dates. Lines end with CRLF and
//! are folded at 75 bytes between characters.

use jiff::Timestamp;
use jiff::civil::Date;
use std::io::{self, Write};

/// The most bytes of a line, its end aside.
const LINE: usize = 75;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Takes place.
    Event,
    /// Is to be done.
    Todo,
}

/// When an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A whole day.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
}

/// An entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Names it for ever: the same entry written again replaces itself in the reader's calendar.
    pub uid: String,
    /// When it takes place or is due.
    pub at: At,
    /// How long it takes, for events at a moment.
    pub minutes: Option<i64>,
    /// One line.
    pub summary: String,
    /// More lines; may be empty.
    pub description: String,
    /// Where; may be empty.
    pub place: String,
    /// Words to sort it under.
    pub categories: Vec<String>,
    /// It is done.
    pub done: bool,
    /// Ring so many minutes before.
    pub alarm: Option<i64>,
}

/// Writes a calendar. `stamp` is the moment of writing.
///
/// # Errors
/// When it can't be written.
pub fn write(out: &mut dyn Write, name: &str, stamp: Timestamp, entries: &[Entry]) -> io::Result<()> {
    let mut lines = Lines { out };
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tcrm//tcrm//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"] {
        lines.line(text)?;
    }
    lines.text("X-WR-CALNAME", name)?;
    for entry in entries {
        lines.entry(entry, stamp)?;
    }
    lines.line("END:VCALENDAR")
}

struct Lines<'w> {
    out: &'w mut dyn Write,
}

impl Lines<'_> {
    fn entry(&mut self, entry: &Entry, stamp: Timestamp) -> io::Result<()> {
        let name = match entry.kind {
            Kind::Event => "VEVENT",
            Kind::Todo => "VTODO",
        };
        self.line(&format!("BEGIN:{name}"))?;
        self.text("UID", &entry.uid)?;
        self.line(&format!("DTSTAMP:{}", utc(stamp)))?;
        self.times(entry)?;
        self.text("SUMMARY", &entry.summary)?;
        for (key, text) in [("DESCRIPTION", &entry.description), ("LOCATION", &entry.place)] {
            if !text.is_empty() {
                self.text(key, text)?;
            }
        }
        if !entry.categories.is_empty() {
            let words: Vec<String> = entry.categories.iter().map(|word| escaped(word)).collect();
            self.line(&format!("CATEGORIES:{}", words.join(",")))?;
        }
        match (entry.kind, entry.done) {
            (Kind::Todo, true) => self.line("STATUS:COMPLETED")?,
            (Kind::Todo, false) => self.line("STATUS:NEEDS-ACTION")?,
            (Kind::Event, _) => {}
        }
        if let Some(minutes) = entry.alarm {
            self.alarm(entry, minutes)?;
        }
        self.line(&format!("END:{name}"))
    }

    fn times(&mut self, entry: &Entry) -> io::Result<()> {
        match (entry.kind, entry.at) {
            (Kind::Todo, At::Day(day)) => self.line(&format!("DUE;VALUE=DATE:{}", date(day))),
            (Kind::Todo, At::Moment(at)) => self.line(&format!("DUE:{}", utc(at))),
            (Kind::Event, At::Day(day)) => {
                self.line(&format!("DTSTART;VALUE=DATE:{}", date(day)))?;
                // A day that is only marked leaves its owner free.
                self.line("TRANSP:TRANSPARENT")
            }
            (Kind::Event, At::Moment(at)) => {
                self.line(&format!("DTSTART:{}", utc(at)))?;
                match entry.minutes.filter(|minutes| *minutes > 0) {
                    Some(minutes) => self.line(&format!("DURATION:PT{minutes}M")),
                    None => Ok(()),
                }
            }
        }
    }

    fn alarm(&mut self, entry: &Entry, minutes: i64) -> io::Result<()> {
        let related = if entry.kind == Kind::Todo { ";RELATED=END" } else { "" };
        let sign = if minutes > 0 { "-" } else { "" };
        self.line("BEGIN:VALARM")?;
        self.line("ACTION:DISPLAY")?;
        self.text("DESCRIPTION", &entry.summary)?;
        self.line(&format!("TRIGGER{related}:{sign}PT{}M", minutes.unsigned_abs()))?;
        self.line("END:VALARM")
    }

    fn text(&mut self, key: &str, text: &str) -> io::Result<()> {
        self.line(&format!("{key}:{}", escaped(text)))
    }

    /// A line, folded: what goes on in the next begins with a blank.
    fn line(&mut self, text: &str) -> io::Result<()> {
        let (mut rest, mut room) = (text, LINE);
        while rest.len() > room {
            let cut = (1..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (head, tail) = rest.split_at(cut);
            write!(self.out, "{head}\r\n ")?;
            (rest, room) = (tail, LINE - 1);
        }
        write!(self.out, "{rest}\r\n")
    }
}

/// A text value: what would end it is escaped, control characters are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn date(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn entry(summary: &str) -> Entry {
        Entry {
            kind: Kind::Event,
            uid: "activity-1@tcrm".to_owned(),
            at: At::Moment("2026-11-22T15:00:00+08:00".parse().unwrap()),
            minutes: Some(90),
            summary: summary.to_owned(),
            description: "第一行\nsecond, with; signs\\".to_owned(),
            place: String::new(),
            categories: vec!["拜访".to_owned(), "a,b".to_owned()],
            done: false,
            alarm: Some(15),
        }
    }

    fn written(entries: &[Entry]) -> String {
        let mut out = Vec::new();
        write(&mut out, "tcrm", "2026-11-22T00:00:00Z".parse().unwrap(), entries).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn events_and_todos_say_when_in_utc_and_whole_days_as_dates() {
        let text = written(&[
            entry("拜访王总"),
            Entry { kind: Kind::Todo, at: At::Day("2026-11-30".parse().unwrap()), done: true, ..entry("Report") },
        ]);
        for line in [
            "BEGIN:VEVENT",
            "DTSTAMP:20261122T000000Z",
            "DTSTART:20261122T070000Z",
            "DURATION:PT90M",
            "SUMMARY:拜访王总",
            "DESCRIPTION:第一行\\nsecond\\, with\\; signs\\\\",
            "CATEGORIES:拜访,a\\,b",
            "TRIGGER:-PT15M",
            "DUE;VALUE=DATE:20261130",
            "STATUS:COMPLETED",
            "TRIGGER;RELATED=END:-PT15M",
            "END:VCALENDAR",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} in\n{text}");
        }
    }

    proptest! {
        #[test]
        fn lines_are_short_and_unfold_to_what_was_meant(summary in "[\\u{20}-\\u{7e}中文字符éü🙂]{0,200}") {
            let text = written(&[entry(&summary)]);
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= 75, "{}", line);
                prop_assert!(!line.contains('\n'));
            }
            let whole = text.replace("\r\n ", "");
            let value = whole.lines().find(|l| l.starts_with("SUMMARY:")).unwrap()["SUMMARY:".len()..].to_owned();
            let read = value.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            prop_assert_eq!(read, summary);
        }
    }
}
