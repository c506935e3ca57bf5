//! The log: changes of records from the journal and events beside them, filtered, newest first; who is at work.

use crate::domain::event::{Event, EventKind};
use crate::domain::id::Id;
use crate::domain::journal::{Entry, Origin};
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::record::{RecordKey, Titles};
use crate::domain::when;
use crate::i18n;
use crate::msg;
use crate::schema::model::Schema;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// Which part of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogPart {
    /// Changes and events.
    #[default]
    All,
    /// Only changes of records.
    Changes,
    /// Only events.
    Events,
}

/// What of the log. What is empty leaves all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LogFilter {
    /// Changes or events.
    pub part: LogPart,
    /// Events of these kinds.
    pub kinds: Vec<EventKind>,
    /// By a user: id, login or name; `me`.
    pub user: Option<String>,
    /// Of an object, by its name in the schema.
    pub object: Option<String>,
    /// Of a record of that object.
    pub record: Option<Id>,
    /// Changes of a field, by its name.
    pub field: Option<String>,
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// A place in the log: what is older than these numbers comes after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LogPlace {
    /// The number of an entry of the journal.
    pub entry: i64,
    /// The number of an event.
    pub event: i64,
}

/// Asks for a page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LogRequest {
    /// What of it.
    pub filter: LogFilter,
    /// Where the page starts; `None` for the newest.
    pub before: Option<LogPlace>,
    /// The most rows, 1 to 1,000.
    pub limit: usize,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogRow {
    /// A change of a record.
    Change(Entry),
    /// Something else that happened.
    Event(Event),
}

impl LogRow {
    /// When.
    pub fn at(&self) -> Timestamp {
        match self {
            LogRow::Change(entry) => entry.at,
            LogRow::Event(event) => event.at,
        }
    }

    /// The record that it is about.
    pub fn key(&self) -> Option<RecordKey> {
        match self {
            LogRow::Change(entry) => Some(RecordKey { object: entry.object.clone(), id: entry.record }),
            LogRow::Event(event) => Some(RecordKey { object: event.what.object.clone()?, id: event.what.record? }),
        }
    }
}

/// A page of the log with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Log {
    /// Newest first.
    pub rows: Vec<LogRow>,
    /// Titles of users, of the records and of those in the values.
    pub titles: Titles,
    /// Where older rows are; `None` if there are none.
    pub more: Option<LogPlace>,
}

/// Somebody who works with the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Seat {
    /// Who; `None` for nobody in particular.
    pub user: Option<Id>,
    /// The user's title, or the login that was used.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// By which face.
    pub origin: Origin,
    /// On which machine.
    pub host: String,
    /// The number of the process there.
    pub process: String,
    /// The session's token, of whoever signed in over the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<i64>,
    /// Whether it is known to run; on another machine nobody can say, but the server that it asks.
    pub certain: bool,
}

/// The words of the filter line, in both languages.
const WORDS: [(&str, Word); 7] = [
    ("log-word-user", Word::User),
    ("log-word-object", Word::Object),
    ("log-word-field", Word::Field),
    ("log-word-day", Word::Day),
    ("log-word-since", Word::Since),
    ("log-word-until", Word::Until),
    ("log-word-event", Word::Event),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    User,
    Object,
    Field,
    Day,
    Since,
    Until,
    Event,
}

impl LogFilter {
    /// Reads what people type: `user:zhang object:customer field:phone day:this-week since:… until:… event:export`,
    /// in either language; alone, an object's name, a day, `events`, `changes` or a user's name will do.
    pub fn parse(text: &str, schema: &Schema, now: &Zoned) -> Result<LogFilter, Message> {
        let mut filter = LogFilter::default();
        let mut field = None;
        for word in split(text) {
            match word.split_once([':', '：']).and_then(|(name, value)| Some((named(name)?, value))) {
                Some((_, "")) => {}
                Some((Word::Field, value)) => field = Some(value.to_owned()),
                Some((name, value)) => filter.take(name, value, schema, now)?,
                None => filter.guess(&word, schema, now)?,
            }
        }
        if let Some(name) = field {
            filter.set_field(&name, schema)?;
        }
        Ok(filter)
    }

    fn take(&mut self, word: Word, value: &str, schema: &Schema, now: &Zoned) -> Result<(), Message> {
        match word {
            Word::User => self.user = Some(value.to_owned()),
            Word::Object => {
                let found = schema.find_object(value).ok_or_else(|| msg!("log-no-object", name = value))?;
                self.object = Some(found.name.clone());
            }
            Word::Field => self.set_field(value, schema)?,
            Word::Day => self.set_days(value, now)?,
            Word::Since => self.since = Some(span(value, now)?.0),
            Word::Until => self.until = Some(span(value, now)?.1),
            Word::Event => {
                let kind = kind_of(value).ok_or_else(|| msg!("log-no-event", name = value))?;
                self.kinds.push(kind);
                self.part = LogPart::Events;
            }
        }
        Ok(())
    }

    /// A word alone.
    fn guess(&mut self, word: &str, schema: &Schema, now: &Zoned) -> Result<(), Message> {
        let is = |key: &str| Lang::ALL.iter().any(|lang| i18n::text(*lang, key).eq_ignore_ascii_case(word));
        if is("log-word-events") {
            self.part = LogPart::Events;
        } else if is("log-word-changes") {
            self.part = LogPart::Changes;
        } else if let Some(object) = schema.find_object(word) {
            self.object = Some(object.name.clone());
        } else if let Some(kind) = kind_of(word) {
            self.kinds.push(kind);
            self.part = LogPart::Events;
        } else if self.set_days(word, now).is_err() {
            self.user = Some(word.to_owned());
        }
        Ok(())
    }

    /// The days in a text: from the first to the last.
    pub fn set_days(&mut self, text: &str, now: &Zoned) -> Result<(), Message> {
        let (since, until) = span(text, now)?;
        (self.since, self.until) = (Some(since), Some(until));
        Ok(())
    }

    /// The field that a name or label means: of the object, or of any.
    pub fn set_field(&mut self, text: &str, schema: &Schema) -> Result<(), Message> {
        let objects = schema.objects.iter().filter(|o| self.object.as_ref().is_none_or(|name| *name == o.name));
        let found = objects.filter_map(|o| o.find_field(text)).next();
        let found = found.ok_or_else(|| msg!("log-no-field", name = text))?;
        self.field = Some(found.name.clone());
        Ok(())
    }
}

/// The first moment of some days and the first one after them.
pub fn span(text: &str, now: &Zoned) -> Result<(Timestamp, Timestamp), Message> {
    let range = when::parse_range(text, now.date()).map_err(|e| e.message())?;
    range.instants(now.time_zone()).map_err(|e| e.message())
}

/// The kind of events that a name or its label means.
pub fn kind_of(text: &str) -> Option<EventKind> {
    let is = |kind: &EventKind| Lang::ALL.iter().any(|lang| label(*kind, *lang).eq_ignore_ascii_case(text));
    EventKind::of(&text.to_lowercase()).or_else(|| EventKind::ALL.into_iter().find(is))
}

/// What people call a kind of events.
pub fn label(kind: EventKind, lang: Lang) -> String {
    i18n::text(lang, &format!("event-{}", kind.name()))
}

fn named(name: &str) -> Option<Word> {
    let is = |key: &str| Lang::ALL.iter().any(|lang| i18n::text(*lang, key).eq_ignore_ascii_case(name));
    WORDS.iter().find(|(key, _)| is(key)).map(|(_, word)| *word)
}

/// Words between blanks; what stands in quotes is one, without them.
fn split(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' | '“' | '”' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|w| !w.is_empty());
    words
}

/// What an event is about beyond its kind, in the user's words: for one line.
pub fn detail(event: &Event, lang: Lang) -> String {
    details(event, lang).join(", ")
}

/// The same, part by part.
pub fn details(event: &Event, lang: Lang) -> Vec<String> {
    let part = |(name, value): (&String, &String)| match (name.as_str(), serde_json::from_str::<Message>(value)) {
        ("why", Ok(why)) => i18n::message(lang, &why),
        _ => {
            let label = i18n::optional(lang, &format!("event-detail-{name}")).unwrap_or_else(|| name.clone());
            format!("{label} {value}")
        }
    };
    event.what.detail.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::builtin;

    fn now() -> Zoned {
        "2026-11-22T10:00:00+08:00[Asia/Shanghai]".parse().unwrap()
    }

    #[test]
    fn a_filter_is_read_in_both_languages() {
        let day = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let base = LogFilter::default;
        let table = [
            ("", base()),
            ("user:zhangsan", LogFilter { user: Some("zhangsan".into()), ..base() }),
            (
                "用户：张三 对象:客户",
                LogFilter { user: Some("张三".into()), object: Some("customer".into()), ..base() },
            ),
            ("user:\"Li Si\"", LogFilter { user: Some("Li Si".into()), ..base() }),
            (
                "field:phone object:contact",
                LogFilter { object: Some("contact".into()), field: Some("phone".into()), ..base() },
            ),
            ("today", LogFilter { since: day("2026-11-21T16:00:00Z"), until: day("2026-11-22T16:00:00Z"), ..base() }),
            (
                "since:2026-11-01 until:2026-11-02",
                LogFilter { since: day("2026-10-31T16:00:00Z"), until: day("2026-11-02T16:00:00Z"), ..base() },
            ),
            ("events", LogFilter { part: LogPart::Events, ..base() }),
            ("变更", LogFilter { part: LogPart::Changes, ..base() }),
            (
                "export 登录",
                LogFilter { part: LogPart::Events, kinds: vec![EventKind::Export, EventKind::SignIn], ..base() },
            ),
            ("event:denied", LogFilter { part: LogPart::Events, kinds: vec![EventKind::Denied], ..base() }),
            ("wang object:", LogFilter { user: Some("wang".into()), ..base() }),
        ];
        for (text, expected) in table {
            assert_eq!(LogFilter::parse(text, builtin(), &now()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        for (text, key) in [
            ("object:nothing", "log-no-object"),
            ("field:nothing", "log-no-field"),
            ("event:nothing", "log-no-event"),
            ("day:nothing", "when-unknown"),
        ] {
            assert_eq!(LogFilter::parse(text, builtin(), &now()).unwrap_err().key, key, "{text}");
        }
    }

    #[test]
    fn every_kind_of_events_has_a_label_in_both_languages_and_is_found_by_it() {
        for kind in EventKind::ALL {
            for lang in Lang::ALL {
                assert!(i18n::optional(lang, &format!("event-{}", kind.name())).is_some(), "{kind:?}");
                assert_eq!(kind_of(&label(kind, lang)), Some(kind));
            }
        }
    }
}
