//! The one-line log: `call 华信 王总: wants a quote; next fri 15:00 send quote`.
//!
//! `[kind] [who:] body [; next step with its date]`. Without the semicolon a day to come that stands apart in the
//! body begins the next step (`要报价 下周五 发报价`). Every part is optional and keeps its place, so that a face can
//! show while typing what was understood. Nothing is an error: what is not understood is part of the body.

use jiff::Zoned;

use super::span::{Span, Spanned};
use super::when::{Moment, WhenError, leading_moment, parse_moment};

/// Longest text before a colon that may be a name, in characters; longer ones are a sentence.
const LONGEST_NAME: usize = 64;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LogKind {
    /// A phone call.
    Call,
    /// A visit to or by the customer.
    Visit,
    /// A meeting.
    Meeting,
    /// An e-mail.
    Email,
    /// A chat or text message.
    Message,
    /// Anything else worth writing down.
    #[default]
    Note,
}

impl LogKind {
    /// The key of the activity type.
    pub fn key(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Visit => "visit",
            Self::Meeting => "meeting",
            Self::Email => "email",
            Self::Message => "message",
            Self::Note => "note",
        }
    }
}

/// A log line in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickLog {
    /// The kind, if the line begins with a word for one.
    pub kind: Option<Spanned<LogKind>>,
    /// The text before the colon: customer, contact or both; to be looked up by the caller.
    pub who: Option<Spanned<String>>,
    /// What happened.
    pub body: Spanned<String>,
    /// What is to be done next.
    pub next: Option<NextStep>,
}

/// The part behind the last semicolon, or from the day on where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// What is to be done, without its date; may be empty.
    pub text: Spanned<String>,
    /// When, if a date or time was understood.
    pub due: Option<Spanned<Moment>>,
    /// Why what looks like a date is none, such as 30 February.
    pub problem: Option<Spanned<WhenError>>,
}

impl QuickLog {
    /// The kind; a note if none was typed.
    pub fn kind_or_note(&self) -> LogKind {
        self.kind.as_ref().map(|kind| kind.value).unwrap_or_default()
    }

    /// The body with what stands before the colon, for a line whose "who" turns out to be nobody.
    pub fn body_with_who<'a>(&self, text: &'a str) -> &'a str {
        let start = self.who.as_ref().map_or(self.body.span.start, |who| who.span.start);
        text.get(start..self.body.span.end).unwrap_or_default()
    }
}

/// Words for a kind, longer ones first where one begins another.
const ENGLISH: &[(&str, LogKind)] = &[
    ("called", LogKind::Call),
    ("call", LogKind::Call),
    ("phoned", LogKind::Call),
    ("phone", LogKind::Call),
    ("visited", LogKind::Visit),
    ("visit", LogKind::Visit),
    ("meeting", LogKind::Meeting),
    ("meet", LogKind::Meeting),
    ("met", LogKind::Meeting),
    ("emailed", LogKind::Email),
    ("email", LogKind::Email),
    ("e-mail", LogKind::Email),
    ("mail", LogKind::Email),
    ("message", LogKind::Message),
    ("msg", LogKind::Message),
    ("wechat", LogKind::Message),
    ("sms", LogKind::Message),
    ("note", LogKind::Note),
];

const CHINESE: &[(&str, LogKind)] = &[
    ("打电话", LogKind::Call),
    ("电话", LogKind::Call),
    ("致电", LogKind::Call),
    ("去电", LogKind::Call),
    ("来电", LogKind::Call),
    ("通话", LogKind::Call),
    ("拜访", LogKind::Visit),
    ("走访", LogKind::Visit),
    ("来访", LogKind::Visit),
    ("上门", LogKind::Visit),
    ("会议", LogKind::Meeting),
    ("开会", LogKind::Meeting),
    ("会面", LogKind::Meeting),
    ("见面", LogKind::Meeting),
    ("面谈", LogKind::Meeting),
    ("发邮件", LogKind::Email),
    ("邮件", LogKind::Email),
    ("企业微信", LogKind::Message),
    ("发微信", LogKind::Message),
    ("微信", LogKind::Message),
    ("发短信", LogKind::Message),
    ("短信", LogKind::Message),
    ("消息", LogKind::Message),
    ("备注", LogKind::Note),
    ("笔记", LogKind::Note),
    ("记录", LogKind::Note),
];

/// Words between the kind and the name.
const JOINING: &[&str] = &["with ", "to ", "from ", "for ", "给", "了"];

/// Reads a log line; `now` gives dates their day and zone.
pub fn parse(text: &str, now: &Zoned) -> QuickLog {
    let (log, next) = match text.rfind([';', '；']) {
        Some(at) => {
            let after = at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            (0..at, trimmed(text, after..text.len()))
        }
        None => (0..text.len(), text.len()..text.len()),
    };
    let divided = !next.is_empty();
    let log = trimmed(text, log);
    let found = kind(slice(text, &log));
    let colon = colon(text, &log);
    let (who, body) = match (colon, &found) {
        (Some(colon), found) => {
            let start = found.as_ref().map_or(log.start, |found| log.start + found.length);
            let who = joined(text, trimmed(text, start.min(colon.start)..colon.start));
            ((!who.is_empty()).then_some(who), colon.end..log.end)
        }
        // Written on in Chinese without a space, the word is part of the sentence: 拜访客户谈了价格.
        (None, Some(found)) if !found.apart => (None, log.clone()),
        (None, Some(found)) => (None, log.start + found.length..log.end),
        (None, None) => (None, log.clone()),
    };
    let body = trimmed(text, body);
    let (body, next) = match undivided(slice(text, &body), now).filter(|_| !divided) {
        Some((end, start)) => (trimmed(text, body.start..body.start + end), body.start + start..body.end),
        None => (body, next),
    };
    QuickLog {
        kind: found.map(|found| Spanned::new(found.kind, log.start..log.start + found.length)),
        who: who.map(|span| owned(text, span)),
        body: owned(text, body),
        next: (!next.is_empty()).then(|| next_step(text, next, now)),
    }
}

/// Verbs that begin what is to be done, in English, where a space says nothing.
const DOING: [&str; 24] = [
    "send", "call", "visit", "meet", "email", "mail", "quote", "follow", "check", "ask", "remind", "prepare", "sign",
    "pay", "bring", "write", "deliver", "demo", "show", "offer", "invite", "confirm", "discuss", "order",
];

/// Where a body without a semicolon ends and its next step begins, if that is plain: one day to come, written in words
/// or in full, something before it and something behind it. It stands behind a comma or full stop; in Chinese a space
/// will do, in English if a verb follows.
fn undivided(body: &str, now: &Zoned) -> Option<(usize, usize)> {
    let mut found = None;
    let mut before = ' ';
    let mut skip = 0;
    for (at, c) in body.char_indices() {
        let pause = matches!(before, ',' | '，' | '。' | '.');
        let begins = (pause || before.is_whitespace()) && !c.is_whitespace();
        if !c.is_whitespace() {
            before = c;
        } else if !pause {
            before = ' ';
        }
        if !begins || at == 0 || at < skip {
            continue;
        }
        let rest = body.get(at..).unwrap_or_default();
        let Ok(Some((moment, length))) = leading_moment(rest, now) else { continue };
        skip = at + length;
        let (day, step) = rest.split_at(length);
        let step = step.trim_start_matches([',', '，', ':', '：', ' ', '　']);
        let plain = moment.date() > now.date() && is_worded(day) && !step.is_empty();
        if plain && (pause || is_chinese(step) || begins_with_verb(step)) {
            if found.is_some() {
                return None;
            }
            found = Some((at, at));
        }
    }
    let (end, start) = found?;
    let told = body.get(..end)?.trim_end_matches([',', '，', '。', '.', ' ', '　']);
    (!told.is_empty()).then_some((told.len(), start))
}

/// A day in words or in full; `3/4` and `5号` may be a size and a house.
fn is_worded(day: &str) -> bool {
    let digits = day.chars().take_while(char::is_ascii_digit).count();
    digits == 0 || digits == 4 && day.contains('-') || day.contains(['月', '天', '周'])
}

fn is_chinese(text: &str) -> bool {
    text.chars().next().is_some_and(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c))
}

fn begins_with_verb(text: &str) -> bool {
    let word: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
    DOING.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

struct Found {
    kind: LogKind,
    /// Bytes of the word.
    length: usize,
    /// Whether it stands apart from what follows.
    apart: bool,
}

fn kind(text: &str) -> Option<Found> {
    let find = |table: &[(&str, LogKind)]| {
        table.iter().find_map(|(word, kind)| {
            let start = text.get(..word.len())?;
            let apart = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | ',' | '，');
            let apart = text.get(word.len()..).is_none_or(|rest| rest.is_empty() || rest.starts_with(apart));
            start.eq_ignore_ascii_case(word).then_some(Found { kind: *kind, length: word.len(), apart })
        })
    };
    find(ENGLISH).filter(|found| found.apart).or_else(|| find(CHINESE))
}

/// The colon that ends the name: not the one of a time or an address, and not one behind a whole sentence.
fn colon(text: &str, log: &Span) -> Option<Span> {
    let line = slice(text, log);
    for (at, c) in line.char_indices().filter(|(_, c)| matches!(c, ':' | '：')) {
        let before = line.get(..at).unwrap_or_default();
        let after = line.get(at + c.len_utf8()..).unwrap_or_default();
        let time = before.ends_with(char::is_numeric) && after.starts_with(char::is_numeric);
        if time || after.starts_with("//") {
            continue;
        }
        let sentence =
            before.contains(['。', '！', '？', '!', '?', ';', '；']) || before.chars().count() > LONGEST_NAME;
        let start = log.start + at;
        return (!sentence).then_some(start..start + c.len_utf8());
    }
    None
}

fn joined(text: &str, who: Span) -> Span {
    let name = slice(text, &who);
    let word = JOINING.iter().find(|word| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    trimmed(text, who.start + word.map_or(0, |word| word.len())..who.end)
}

/// The date at the beginning of the step (下周五发报价) or behind its last words (send quote next fri 15:00).
fn next_step(text: &str, span: Span, now: &Zoned) -> NextStep {
    let step = slice(text, &span);
    let mut problem = None;
    match leading_moment(step, now) {
        Ok(Some((moment, length))) => {
            let due = trimmed(text, span.start..span.start + length);
            let rest = slice(text, &(due.end..span.end)).trim_start_matches([',', '，', ':', '：', ' ', '　']);
            let rest = owned(text, trimmed(text, span.end - rest.len()..span.end));
            return NextStep { text: rest, due: Some(Spanned::new(moment, due)), problem: None };
        }
        Ok(None) => {}
        Err(error) => problem = Some(Spanned::new(error, span.clone())),
    }
    let mut before = ' ';
    for (at, c) in step.char_indices() {
        let begins = (before.is_whitespace() || matches!(before, ',' | '，')) && !c.is_whitespace();
        before = c;
        if !begins || at == 0 {
            continue;
        }
        let due = span.start + at..span.end;
        match parse_moment(slice(text, &due), now) {
            Ok(moment) => {
                let rest = step.get(..at).unwrap_or_default().trim_end_matches([',', '，', ' ', '　']);
                let rest = owned(text, span.start..span.start + rest.len());
                return NextStep { text: rest, due: Some(Spanned::new(moment, due)), problem: None };
            }
            Err(WhenError::Unknown { .. } | WhenError::Empty) => {}
            Err(error) => problem = problem.or(Some(Spanned::new(error, due))),
        }
    }
    NextStep { text: owned(text, span), due: None, problem }
}

fn slice<'a>(text: &'a str, span: &Span) -> &'a str {
    text.get(span.clone()).unwrap_or_default()
}

fn owned(text: &str, span: Span) -> Spanned<String> {
    Spanned::new(slice(text, &span).to_owned(), span)
}

/// The span without the spaces at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    let part = slice(text, &span);
    let start = span.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests;
