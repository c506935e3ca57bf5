//! Writing, keeping and checking events: a table that only grows, chained like the journal. Each event also names
//! the newest transaction and its hash, so that the journal's end can't be taken away unseen.

use super::chain::{self, Hash, Link, digits};
use super::column::timestamp_text;
use super::db::{self, Connection, Optional, Row};
use super::error::{Result, StoreError};
use super::layout::{self, key};
use super::write::{origin_name, origin_of};
use super::{Context, Store};
use crate::domain::event::{Event, EventKind, Happening};
use crate::domain::id::Id;
use jiff::Timestamp;

const ADD: &str = "INSERT INTO _event (event, at, \"user\", login, origin, kind, object, record, detail, head, seal,
    hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const ALL: &str = "SELECT e.event, e.at, e.user, e.login, e.origin, e.kind, e.object, e.record, e.detail, e.head,
    e.seal, e.hash, (SELECT t.hash FROM _txn t WHERE t.txn = e.head) FROM _event e ORDER BY e.event";

/// An event as its chain sees it.
struct Linked<'a> {
    event: i64,
    at: &'a str,
    user: Option<i64>,
    login: Option<&'a str>,
    origin: &'a str,
    kind: &'a str,
    object: Option<&'a str>,
    record: Option<i64>,
    detail: &'a str,
    head: i64,
    seal: &'a [u8],
}

impl Linked<'_> {
    fn hash(&self, previous: &[u8]) -> Hash {
        let mut link = Link::default();
        for number in [Some(self.event), self.user, self.record, Some(self.head)] {
            link.number(number);
        }
        let texts = [Some(self.at), self.login, Some(self.origin), Some(self.kind), self.object, Some(self.detail)];
        texts.into_iter().for_each(|text| link.text(text));
        link.bytes(Some(self.seal));
        link.close(previous)
    }
}

/// What the events' chain looks like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct EventChain {
    /// Events that aren't as they were written.
    pub(super) broken: u64,
    /// The first of them: number and time.
    pub(super) first_broken: Option<(i64, String)>,
    /// The first transaction that an event names and that isn't there as it was, with the event's time.
    pub(super) first_cut: Option<(i64, String)>,
}

impl Store {
    /// Notes something that happened and gives its number. It is on disk afterwards.
    pub fn note(&mut self, context: &Context, what: &Happening) -> Result<i64> {
        self.own_write(|store| add(&store.conn, context, what).map_err(store.sql()))
    }

    /// Whether events can be noted here: a store of an older version that is only read keeps none.
    pub fn keeps_events(&self) -> Result<bool> {
        self.is_chained()
    }

    /// A write transaction that the schema has no part in.
    pub(super) fn own_write<T>(&self, work: impl FnOnce(&Store) -> Result<T>) -> Result<T> {
        match self.enter().and_then(|()| work(self)) {
            Ok(answer) => self.commit().map(|()| answer),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// Removes the events before a moment, from the oldest on and never the newest, and notes how many were.
    pub fn remove_events(&mut self, before: Timestamp, context: &Context) -> Result<u64> {
        let Some(before) = timestamp_text(before) else { return Ok(0) };
        self.own_write(|store| {
            let run = || -> db::Result<u64> {
                let number = remove(&store.conn, &before)?;
                if number > 0 {
                    let what = Happening::new(EventKind::Retention).with("count", number).with("before", &before);
                    add(&store.conn, context, &what)?;
                }
                Ok(number)
            };
            run().map_err(store.sql())
        })
    }

    /// When the oldest event was noted.
    pub fn oldest_event(&self) -> Result<Option<Timestamp>> {
        if !self.is_chained()? {
            return Ok(None);
        }
        let sql = "SELECT at FROM _event ORDER BY event LIMIT 1";
        let at: Option<String> = self.conn.query_row(sql, [], |r| r.get(0)).optional().map_err(self.sql())?;
        Ok(at.and_then(|at| at.parse().ok()))
    }

    /// Compares all events with their chain, and the transactions that they name with those that stand there.
    pub(super) fn event_chain(&self) -> Result<EventChain> {
        let mut state = EventChain::default();
        if !self.is_chained()? {
            return Ok(state);
        }
        let (mut number, mut previous) = gone(&self.conn).map_err(self.sql())?;
        let trimmed = self.journal_gone()?;
        let walked = self.conn.stream(ALL, [], |row| {
            {
                let (event, at) = (row.get::<i64>(0)?, row.get_ref(1)?.as_str().unwrap_or_default().to_owned());
                let (hash, head) = linked_hash(row, &previous)?;
                let stored = row.get_ref(11)?.as_blob().unwrap_or_default().to_vec();
                if hash.as_slice() != stored || event != number + 1 {
                    state.broken += 1;
                    state.first_broken.get_or_insert_with(|| (event, at.clone()));
                }
                let named = row.get_ref(10)?.as_blob().unwrap_or_default();
                if head > trimmed && row.get_ref(12)?.as_blob().ok() != Some(named) {
                    state.first_cut.get_or_insert((head, at));
                }
                (number, previous) = (event, stored);
            }
            Ok(true)
        });
        walked.map_err(self.sql())?;
        Ok(state)
    }

    /// Events of a statement over the columns of [`event()`].
    pub(super) fn read_events(&self, sql: &str, params: impl db::Params) -> Result<Vec<Event>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        let mut rows = statement.query(params).map_err(self.sql())?;
        let mut events = Vec::new();
        while let Some(row) = rows.next().map_err(self.sql())? {
            events.push(event(&row).map_err(self.sql())?.ok_or_else(|| {
                let detail = format!("event {}", row.get::<i64>(0).unwrap_or_default());
                StoreError::Damaged { path: self.path.clone(), detail }
            })?);
        }
        Ok(events)
    }
}

/// Adds an event within a transaction.
pub(super) fn add(conn: &Connection, context: &Context, what: &Happening) -> db::Result<i64> {
    let (last, previous) = newest(conn)?;
    let (head, seal) = chain::head(conn)?;
    let at = timestamp_text(context.now).unwrap_or_default();
    let detail = serde_json::to_string(&what.detail).unwrap_or_default();
    let event = Linked {
        event: last + 1,
        at: &at,
        user: context.user.map(Id::as_i64),
        login: what.login.as_deref(),
        origin: origin_name(context.origin),
        kind: what.kind.name(),
        object: what.object.as_deref(),
        record: what.record.map(Id::as_i64),
        detail: &detail,
        head,
        seal: &seal,
    };
    let mut statement = conn.prepare_cached(ADD)?;
    statement.execute(rusqlite::params![
        event.event,
        event.at,
        event.user,
        event.login,
        event.origin,
        event.kind,
        event.object,
        event.record,
        event.detail,
        event.head,
        event.seal,
        event.hash(&previous),
    ])?;
    Ok(event.event)
}

/// The newest event's number and hash.
fn newest(conn: &Connection) -> db::Result<(i64, Vec<u8>)> {
    let sql = "SELECT event, hash FROM _event ORDER BY event DESC LIMIT 1";
    let found = conn.prepare_cached(sql)?.query_row([], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    found.map_or_else(|| gone(conn), Ok)
}

/// The last event that was removed: its number and hash.
fn gone(conn: &Connection) -> db::Result<(i64, Vec<u8>)> {
    let text = layout::get(conn, key::EVENTS_GONE)?.unwrap_or_default();
    Ok(chain::numbered(&text))
}

/// Removes the oldest events up to the first one at `before` or later.
fn remove(conn: &Connection, before: &str) -> db::Result<u64> {
    let sql = "SELECT event, hash FROM _event
        WHERE event < coalesce((SELECT min(event) FROM _event WHERE at >= ?1), (SELECT max(event) FROM _event))
        ORDER BY event DESC LIMIT 1";
    let last: Option<(i64, Vec<u8>)> =
        conn.prepare_cached(sql)?.query_row([before], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    let Some((last, hash)) = last else { return Ok(0) };
    layout::put(conn, key::EVENTS_GONE, &format!("{last} {}", digits(&hash)))?;
    Ok(conn.execute("DELETE FROM _event WHERE event <= ?", [last])? as u64)
}

/// The hash that a row should have, and the transaction that it names.
fn linked_hash(row: &Row<'_>, previous: &[u8]) -> db::Result<(Hash, i64)> {
    let text = |at: usize| row.get_ref(at).map(|v| v.as_str().ok());
    let number = |at: usize| row.get_ref(at).map(|v| v.as_i64().ok());
    let linked = Linked {
        event: row.get(0)?,
        at: text(1)?.unwrap_or_default(),
        user: number(2)?,
        login: text(3)?,
        origin: text(4)?.unwrap_or_default(),
        kind: text(5)?.unwrap_or_default(),
        object: text(6)?,
        record: number(7)?,
        detail: text(8)?.unwrap_or_default(),
        head: number(9)?.unwrap_or_default(),
        seal: row.get_ref(10)?.as_blob().unwrap_or_default(),
    };
    Ok((linked.hash(previous), linked.head))
}

/// A row of events; `None` if it can't be understood.
fn event(row: &Row<'_>) -> db::Result<Option<Event>> {
    let text = |at: usize| row.get_ref(at).map(|v| v.as_str().ok().map(str::to_owned));
    let id = |at: usize| row.get::<Option<i64>>(at).map(|id| id.and_then(Id::from_i64));
    let at = text(1)?.and_then(|at| at.parse().ok());
    let origin = text(4)?.and_then(|origin| origin_of(&origin));
    let kind = text(5)?.and_then(|kind| EventKind::of(&kind));
    let detail = text(8)?.and_then(|detail| serde_json::from_str(&detail).ok());
    let (Some(at), Some(origin), Some(kind), Some(detail)) = (at, origin, kind, detail) else { return Ok(None) };
    let what = Happening { kind, login: text(3)?, object: text(6)?, record: id(7)?, detail };
    Ok(Some(Event { number: row.get(0)?, at, user: id(2)?, origin, what }))
}
