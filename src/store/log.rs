//! Looking through the journal and the events by who, what and when, page by page.

use super::Store;
use super::column::timestamp_text;
use super::db::{self, Dialect};
use super::error::Result;
use super::journal::SELECT;
use crate::domain::event::{Event, EventKind};
use crate::domain::id::Id;
use crate::domain::journal::Entry;
use jiff::Timestamp;
use rusqlite::types::Value as Raw;

/// Which entries of the journal. What is `None` leaves all.
#[derive(Debug, Clone, Default)]
pub struct LogQuery<'a> {
    /// By a user.
    pub user: Option<Id>,
    /// Of an object.
    pub object: Option<&'a str>,
    /// Of a record; only together with its object.
    pub record: Option<Id>,
    /// Changes of a field.
    pub field: Option<&'a str>,
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Older than the entry of this number.
    pub before: Option<i64>,
}

/// Which events. What is `None` leaves all.
#[derive(Debug, Clone, Default)]
pub struct EventQuery<'a> {
    /// By a user.
    pub user: Option<Id>,
    /// By who used this login: also where nobody was let in.
    pub login: Option<&'a str>,
    /// About an object.
    pub object: Option<&'a str>,
    /// About a record.
    pub record: Option<Id>,
    /// Of these kinds; all if there are none.
    pub kinds: &'a [EventKind],
    /// At this moment or later.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Older than the event of this number.
    pub before: Option<i64>,
}

/// Conditions of a statement with their values.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Raw>,
}

impl Conditions {
    /// Adds a condition in which `?` stands for the value.
    fn add(&mut self, sql: &str, value: impl Into<Raw>) {
        self.values.push(value.into());
        self.sql.push(sql.replace('?', &format!("?{}", self.values.len())));
    }

    fn time(&mut self, column: &str, since: Option<Timestamp>, until: Option<Timestamp>) {
        for (compare, at) in [(">=", since), ("<", until)] {
            if let Some(at) = at.and_then(timestamp_text) {
                self.add(&format!("{column} {compare} ?"), at);
            }
        }
    }

    fn joined(&self) -> String {
        if self.sql.is_empty() { "TRUE".to_owned() } else { self.sql.join(" AND ") }
    }
}

impl LogQuery<'_> {
    /// The rest of the statement after `SELECT … FROM`. Each way goes backwards along a key and sorts nothing.
    fn statement(&self, conditions: &mut Conditions, dialect: Dialect) -> String {
        let by_txn = self.record.is_none() && (self.user.is_some() || self.since.is_some() || self.until.is_some());
        if let Some(user) = self.user {
            conditions.add("t.user = ?", user.as_i64());
        }
        conditions.time("t.at", self.since, self.until);
        if let Some(before) = self.before {
            if by_txn {
                conditions.add("t.txn < ?", before);
            }
            conditions.add("j.seq < ?", before);
        }
        if let Some(record) = self.record {
            conditions.add("j.record = ?", record.as_i64());
        }
        if let Some(object) = self.object {
            conditions.add("j.object = ?", object.to_owned());
        }
        if let Some(field) = self.field {
            // The cheap look first: the name with its quotes and colon stands in no text that has been escaped.
            let either = |of: &dyn Fn(&str) -> String| format!("({} OR {})", of("j.after"), of("j.before"));
            conditions.add(&either(&|column| dialect.holds(column)), format!("\"{field}\":"));
            let (_, member) = dialect.has_member("j.after", field);
            conditions.add(&either(&|column| dialect.has_member(column, field).0), member);
        }
        let (tables, order) = if by_txn {
            let end = "coalesce((SELECT min(n.txn) FROM _txn n WHERE n.txn > t.txn), 9223372036854775807)";
            let then = dialect.then_join();
            let join = format!("_txn t {then} _journal j ON j.seq >= t.txn AND j.seq < {end} AND j.txn = t.txn");
            (join, "t.txn DESC, j.seq DESC")
        } else {
            (format!("_journal j {} _txn t ON t.txn = j.txn", dialect.then_join()), "j.seq DESC")
        };
        format!("{tables} WHERE {} ORDER BY {order}", conditions.joined())
    }
}

impl Store {
    /// Entries of the journal, newest first.
    pub fn log(&self, query: &LogQuery<'_>, limit: usize) -> Result<Vec<Entry>> {
        let mut conditions = Conditions::default();
        let rest = query.statement(&mut conditions, self.dialect());
        let sql = format!("{SELECT} FROM {rest} LIMIT {limit}");
        self.entries(&sql, db::params_from_iter(conditions.values))
    }

    /// Events, newest first.
    pub fn events(&self, query: &EventQuery<'_>, limit: usize) -> Result<Vec<Event>> {
        if !self.is_chained()? {
            return Ok(Vec::new());
        }
        let mut conditions = Conditions::default();
        match (query.user, query.login) {
            (Some(user), Some(login)) => {
                conditions.values = vec![user.as_i64().into(), login.to_owned().into()];
                conditions
                    .sql
                    .push(format!("(\"user\" = ?1 OR {})", self.dialect().is_alike("login").replace('?', "?2")));
            }
            (Some(user), None) => conditions.add("\"user\" = ?", user.as_i64()),
            (None, Some(login)) => conditions.add(&self.dialect().is_alike("login"), login.to_owned()),
            (None, None) => {}
        }
        if let Some(object) = query.object {
            conditions.add("object = ?", object.to_owned());
        }
        if let Some(record) = query.record {
            conditions.add("record = ?", record.as_i64());
        }
        if !query.kinds.is_empty() {
            let names: Vec<String> = query.kinds.iter().map(|kind| format!("'{}'", kind.name())).collect();
            conditions.sql.push(format!("kind IN ({})", names.join(", ")));
        }
        conditions.time("at", query.since, query.until);
        if let Some(before) = query.before {
            conditions.add("event < ?", before);
        }
        let sql = format!(
            "SELECT event, at, \"user\", login, origin, kind, object, record, detail FROM _event WHERE {}
            ORDER BY event DESC LIMIT {limit}",
            conditions.joined()
        );
        self.read_events(&sql, db::params_from_iter(conditions.values))
    }
}
