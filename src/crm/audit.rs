//! The log: looking through journal and events, noting what happens beside changes, keeping events as long as the
//! schema says.

use super::Crm;
use super::rights::{Operation, Reach, Sight};
use crate::contract::error::Error;
use crate::contract::log::{Log, LogFilter, LogPart, LogPlace, LogRequest, LogRow, Seat};
use crate::domain::event::{Event, EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::journal::Entry;
use crate::domain::record::{Record, RecordKey, Titles};
use crate::store::{EventQuery, LogQuery};
use jiff::ToSpan;
use std::collections::BTreeSet;

/// The most rows of a page.
const MOST_ROWS: usize = 1_000;
/// The object whose records act.
const USERS: &str = "user";
/// How many sign-ins and sign-outs are looked through for those at work.
const SIGNS: usize = 5_000;
/// Events are removed when the oldest is so many days over its time, so that it isn't done at every start.
const SLACK_DAYS: i64 = 7;

/// Whom a filter means.
struct By {
    user: Option<Id>,
    login: Option<String>,
}

impl Crm {
    /// A page of the log, newest first. `NotFound` if the filter names a user whom neither the store nor the log knows.
    pub fn audit_log(&self, request: &LogRequest) -> Result<Log, Error> {
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let limit = request.limit.clamp(1, MOST_ROWS);
        let filter = &request.filter;
        let (by, unknown) = match self.by(filter) {
            Ok(by) => (by, None),
            Err(error @ Error::NotFound(_)) => (By { user: None, login: filter.user.clone() }, Some(error)),
            Err(error) => return Err(error),
        };
        let changes = match filter.part {
            LogPart::Events => Vec::new(),
            // Who is no user has changed nothing.
            _ if unknown.is_some() => Vec::new(),
            _ => self.changes(&sight, filter, &by, request.before, limit + 1)?,
        };
        let events = match filter.part {
            LogPart::Changes => Vec::new(),
            _ if filter.field.is_some() => Vec::new(),
            _ => self.events(&sight, filter, &by, request.before, limit + 1)?,
        };
        match unknown {
            Some(error) if events.is_empty() && request.before.is_none() => return Err(error),
            _ => {}
        }
        let (rows, more) = merge(changes, events, request.before, limit);
        let titles = self.titles_of_log(&sight, &rows)?;
        Ok(Log { rows, titles, more })
    }

    fn by(&self, filter: &LogFilter) -> Result<By, Error> {
        let user = match filter.user.as_deref() {
            None => return Ok(By { user: None, login: None }),
            Some("me" | "我") if self.context.user.is_some() => self.context.user,
            Some(text) => Some(self.resolve(USERS, text)?),
        };
        let schema = self.schema();
        let code = schema.object(USERS).and_then(|o| o.code.clone());
        let record = user.map_or(Ok(None), |id| self.store.get(USERS, id))?;
        let login = record.zip(code).and_then(|(user, code)| user.get(&code).as_str().map(str::to_owned));
        Ok(By { user, login })
    }

    fn changes(
        &self,
        sight: &Sight<'_>,
        filter: &LogFilter,
        by: &By,
        before: Option<LogPlace>,
        limit: usize,
    ) -> Result<Vec<Entry>, Error> {
        let query = LogQuery {
            user: by.user,
            object: filter.object.as_deref(),
            record: filter.record,
            field: filter.field.as_deref(),
            since: filter.since,
            until: filter.until,
            before: None,
        };
        let key = filter.object.clone().zip(filter.record).map(|(object, id)| RecordKey { object, id });
        let before = before.map(|place| place.entry);
        let read = |before, limit| {
            let mut entries = self.store.log(&LogQuery { before, ..query.clone() }, limit)?;
            sight.veil_entries(&mut entries)?;
            Ok(entries)
        };
        // That a hidden field was changed is as hidden as its value.
        let keep = |entry: &Entry| {
            filter.field.as_ref().is_none_or(|f| entry.before.contains_key(f) || entry.after.contains_key(f))
        };
        self.seen_of(sight, key.as_ref(), before, limit, read, keep)
    }

    /// Events that may be seen: one's own, and those about what one has the right to look through.
    fn events(
        &self,
        sight: &Sight<'_>,
        filter: &LogFilter,
        by: &By,
        before: Option<LogPlace>,
        limit: usize,
    ) -> Result<Vec<Event>, Error> {
        let mut query = EventQuery {
            user: by.user,
            login: by.login.as_deref(),
            object: filter.object.as_deref(),
            record: filter.record,
            kinds: &filter.kinds,
            since: filter.since,
            until: filter.until,
            before: before.map(|place| place.event),
        };
        if sight.rights.is_unlimited() {
            return Ok(self.store.events(&query, limit)?);
        }
        let mut seen = Vec::new();
        while seen.len() < limit {
            let events = self.store.events(&query, MOST_ROWS)?;
            let Some(last) = events.last() else { break };
            query.before = Some(last.number);
            for event in events {
                if self.may_see(sight, &event)? {
                    seen.push(event);
                }
            }
        }
        seen.truncate(limit);
        Ok(seen)
    }

    /// Whether an event may be seen. What is about no record is seen by those who may look through all of its object,
    /// what is about nothing in particular by those who may look through all users.
    fn may_see(&self, sight: &Sight<'_>, event: &Event) -> Result<bool, Error> {
        if event.user.is_some() && event.user == self.context.user {
            return Ok(true);
        }
        match (&event.what.object, event.what.record) {
            (Some(object), Some(id)) => sight.reaches(Operation::Audit, object, id),
            (Some(object), None) => Ok(sight.rights.reach(object, Operation::Audit) == Reach::Everything),
            (None, _) => Ok(sight.rights.reach(USERS, Operation::Audit) == Reach::Everything),
        }
    }

    fn titles_of_log(&self, sight: &Sight<'_>, rows: &[LogRow]) -> Result<Titles, Error> {
        let entries: Vec<&Entry> = rows.iter().filter_map(LogRow::change).collect();
        let mut titles = self.titles_of_entries(sight, &entries)?;
        let users: BTreeSet<Id> = rows.iter().filter_map(LogRow::event).filter_map(|e| e.user).collect();
        titles.extend(self.store.titles(USERS, &users.into_iter().collect::<Vec<_>>())?);
        for key in rows.iter().filter(|row| row.event().is_some()).filter_map(LogRow::key) {
            let is_known = titles.contains_key(&key.id) || self.schema().object(&key.object).is_none();
            // Who was refused a record may not know its name either.
            if !is_known && sight.reaches(Operation::View, &key.object, key.id)? {
                titles.extend(self.store.titles(&key.object, &[key.id])?);
            }
        }
        Ok(titles)
    }

    /// Titles of the users, of the records and of what stood in their fields.
    pub(super) fn titles_of_entries(&self, sight: &Sight<'_>, entries: &[&Entry]) -> Result<Titles, Error> {
        let users: BTreeSet<Id> = entries.iter().filter_map(|e| e.user).collect();
        let mut titles = self.store.titles(USERS, &users.into_iter().collect::<Vec<_>>())?;
        let side = |e: &Entry, fields: &crate::domain::record::Fields| Record {
            object: e.object.clone(),
            id: e.record,
            version: e.version,
            fields: fields.clone(),
        };
        let sides: Vec<Record> = entries.iter().flat_map(|e| [side(e, &e.before), side(e, &e.after)]).collect();
        titles.extend(sight.titles_of(&sides)?);
        for entry in entries {
            if !titles.contains_key(&entry.record) {
                titles.extend(self.store.titles(&entry.object, &[entry.record])?);
            }
        }
        Ok(titles)
    }

    /// Notes something that happened, by the acting user, now. Not part of any transaction: it stays whatever follows.
    pub fn note(&mut self, what: &Happening) -> Result<i64, Error> {
        let stamp = self.stamp(&self.context.now(), None);
        Ok(self.store.note(&stamp, what)?)
    }

    /// Those who signed in and not out again, here or over the network, newest first, with their sign-ins and as nothing
    /// is known yet of their processes.
    pub fn seats(&self) -> Result<Vec<(Event, Seat)>, Error> {
        let rights = self.rights()?;
        let sees_all = rights.reach(USERS, Operation::Audit) == Reach::Everything;
        let kinds = [EventKind::SignIn, EventKind::SignOut];
        let events = self.store.events(&EventQuery { kinds: &kinds, ..EventQuery::default() }, SIGNS)?;
        let ended: BTreeSet<i64> =
            events.iter().filter_map(|e| e.what.detail.get("session")?.parse::<i64>().ok()).collect();
        let ids: BTreeSet<Id> = events.iter().filter_map(|e| e.user).collect();
        let titles = self.store.titles(USERS, &ids.into_iter().collect::<Vec<_>>())?;
        let is_seen = |e: &Event| sees_all || (e.user.is_some() && e.user == self.context.user);
        // A key of a program is nobody at work; a session is, until it is ended or was forgotten.
        let sessions = self.store.sessions(self.context.now().timestamp())?;
        let token = |e: &Event| e.what.detail.get("token").and_then(|number| number.parse::<i64>().ok());
        let is_there = |e: &Event| match token(e) {
            Some(token) => sessions.contains(&token),
            None => e.what.detail.contains_key("process"),
        };
        let is_at_work = |e: &Event| e.what.kind == EventKind::SignIn && is_there(e);
        let is_open = |e: &Event| is_at_work(e) && !ended.contains(&e.number) && is_seen(e);
        let open = events.into_iter().filter(is_open);
        let seat = |event: Event| {
            let text = |name: &str| event.what.detail.get(name).cloned().unwrap_or_default();
            let title = event.user.and_then(|id| titles.get(&id).cloned());
            let name = title.or_else(|| event.what.login.clone()).unwrap_or_default();
            let (user, since, origin) = (event.user, event.at, event.origin);
            let (token, process) = (token(&event), text("process"));
            let host = text(if token.is_some() { "label" } else { "host" });
            (event, Seat { user, name, since, origin, host, process, token, certain: false })
        };
        Ok(open.map(seat).collect())
    }

    /// Removes the events that are older than the schema keeps them: at once, or when it is worth it. Gives how many.
    pub fn keep_events(&mut self, at_once: bool) -> Result<u64, Error> {
        let days = i64::from(self.schema().event_days());
        if days == 0 || self.context.read_only {
            return Ok(0);
        }
        let now = self.context.now();
        let limit = |days: i64| now.checked_sub(days.days()).map(|at| at.timestamp()).ok();
        let due = limit(days + if at_once { 0 } else { SLACK_DAYS });
        let is_due = self.store.oldest_event()?.zip(due).is_some_and(|(oldest, due)| oldest < due);
        let Some(before) = limit(days).filter(|_| is_due) else { return Ok(0) };
        let stamp = self.stamp(&now, None);
        Ok(self.store.remove_events(before, &stamp)?)
    }
}

impl LogRow {
    fn change(&self) -> Option<&Entry> {
        match self {
            LogRow::Change(entry) => Some(entry),
            LogRow::Event(_) => None,
        }
    }

    fn event(&self) -> Option<&Event> {
        match self {
            LogRow::Change(_) => None,
            LogRow::Event(event) => Some(event),
        }
    }
}

/// The newest of both, and the place after them if there are more.
fn merge(
    changes: Vec<Entry>,
    events: Vec<Event>,
    before: Option<LogPlace>,
    limit: usize,
) -> (Vec<LogRow>, Option<LogPlace>) {
    let mut place = before.unwrap_or(LogPlace { entry: i64::MAX, event: i64::MAX });
    let (mut changes, mut events) = (changes.into_iter().peekable(), events.into_iter().peekable());
    let mut rows = Vec::new();
    while rows.len() < limit {
        let is_event = match (changes.peek(), events.peek()) {
            (Some(change), Some(event)) => event.at >= change.at,
            (None, Some(_)) => true,
            _ => false,
        };
        if is_event {
            let Some(event) = events.next() else { break };
            place.event = event.number;
            rows.push(LogRow::Event(event));
        } else {
            let Some(change) = changes.next() else { break };
            place.entry = change.seq;
            rows.push(LogRow::Change(change));
        }
    }
    let more = changes.peek().is_some() || events.peek().is_some();
    (rows, more.then_some(place))
}
