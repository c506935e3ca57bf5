//! The agenda: activities, tasks and reminders of some days in one list.

use super::Crm;
use super::remind::{First, Span, groups, moments, tie_at};
use super::rights::{Operation, Reach, Sight};
use crate::contract::agenda::{Agenda, AgendaItem, AgendaKind, AgendaRequest, Due, RemindersRequest};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::lang::Label;
use crate::domain::record::{Record, RecordKey, Titles};
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::{Object, Schema};
use crate::store::DueQuery;
use jiff::ToSpan;
use jiff::tz::TimeZone;

const TASK: &str = "task";
const ACTIVITY: &str = "activity";
/// The most items of a kind in one answer.
const MOST: usize = 2_000;

/// What is asked of one object.
struct Wanted<'w> {
    object: &'w str,
    states: &'w [&'w str],
    /// All states but those.
    others: bool,
    date: &'w str,
    done: bool,
}

/// Open tasks, planned activities, and what is done of both.
const WANTED: [Wanted<'static>; 4] = [
    Wanted { object: TASK, states: &["done", "cancelled"], others: true, date: "due", done: false },
    Wanted { object: ACTIVITY, states: &["planned"], others: false, date: "at", done: false },
    Wanted { object: TASK, states: &["done"], others: false, date: "done_at", done: true },
    Wanted { object: ACTIVITY, states: &["done"], others: false, date: "at", done: true },
];

impl Crm {
    /// What happens and is to be done on some days.
    pub fn agenda(&self, request: &AgendaRequest) -> Result<Agenda, Error> {
        let schema = self.schema();
        let now = self.context.now();
        let zone = now.time_zone();
        let limit = request.limit.clamp(1, MOST);
        let start = |day: jiff::civil::Date| {
            let bad = |_| Error::field("from", crate::domain::when::WhenError::OutOfRange.message());
            day.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(bad)
        };
        let (from, until) = (request.from.map(start).transpose()?, start(request.to)?);
        let people = self.people(request.of)?;
        let mut agenda = Agenda::default();
        for wanted in WANTED.iter().filter(|w| request.done || !w.done) {
            // What is done has no end in the past: only the days asked for are looked through.
            if wanted.done && from.is_none() {
                continue;
            }
            let found =
                self.dated(&schema, wanted, &people, Span { from, until, latest_first: from.is_none() }, limit)?;
            agenda.more |= found.1;
            agenda.items.extend(found.0);
        }
        let last = until.saturating_sub(1.millisecond()).unwrap_or(until);
        let asked = RemindersRequest { from, until: last, include_snoozed: false, of: request.of, limit };
        // Tasks and activities stand there themselves.
        let reminders = self.reminders_but(&asked, &[TASK, ACTIVITY])?;
        agenda.more |= reminders.more;
        agenda.items.extend(reminders.items.into_iter().map(|reminder| AgendaItem {
            kind: AgendaKind::Reminder,
            record: reminder.record,
            due: reminder.due,
            minutes: None,
            text: reminder.text,
            label: reminder.label,
            about: String::new(),
            owner: reminder.owner.map(|(_, name)| name).unwrap_or_default(),
            content: String::new(),
            place: String::new(),
            done: false,
            urgent: reminder.escalated,
            reminder: Some(reminder.key),
        }));
        sort(&mut agenda.items, zone);
        Ok(agenda)
    }

    /// Records of some states by their date.
    fn dated(
        &self,
        schema: &Schema,
        wanted: &Wanted<'_>,
        people: &[Option<Id>],
        span: Span,
        limit: usize,
    ) -> Result<(Vec<AgendaItem>, bool), Error> {
        let Some(object) = schema.object(wanted.object) else { return Ok((Vec::new(), false)) };
        if [wanted.date, "state", "owner"].iter().any(|name| object.field(name).is_none()) {
            return Ok((Vec::new(), false));
        }
        let states = wanted.states.iter().map(|s| Value::Choice((*s).to_owned())).collect();
        let mut filter = Bound::Test { field: "state".to_owned(), test: Test::AnyOf(states) };
        if wanted.others {
            filter = Bound::Not(Box::new(filter));
        }
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let reach = rights.reach(wanted.object, Operation::View);
        if reach == Reach::Nothing || rights.is_hidden(wanted.object, wanted.date) {
            return Ok((Vec::new(), false));
        }
        filter = filter.and(reach.bound());
        let mut first = First::new(span.latest_first, limit + 1);
        for owners in groups(people) {
            let narrowed = first.narrowed(span);
            let rows = self.store.due(&DueQuery {
                object: wanted.object,
                filter: Some(&filter),
                owner: "owner",
                owners: &owners,
                ids: None,
                item: None,
                date: wanted.date,
                between: moments(narrowed.from, narrowed.until),
                marks: None,
                tie: first.last().map(|last| tie_at(last, span.latest_first)),
                latest_first: span.latest_first,
                limit: limit + 1,
            })?;
            first.add(rows.into_iter().filter_map(|row| match row.date {
                Value::DateTime(at) => Some((at, row.id, row.id)),
                _ => None,
            }));
        }
        let mut ids = first.into_kept();
        let more = ids.len() > limit;
        ids.truncate(limit);
        let records = sight.stripped(wanted.object, self.store.get_many(wanted.object, &ids)?)?;
        let titles = sight.titles_of(&records)?;
        let made = records.iter().filter_map(|record| item(schema, object, wanted, record, &titles));
        Ok((made.collect(), more))
    }
}

fn item(schema: &Schema, object: &Object, wanted: &Wanted<'_>, record: &Record, titles: &Titles) -> Option<AgendaItem> {
    let Value::DateTime(at) = record.get(wanted.date) else { return None };
    let title_of = |field: &str| {
        let id = record.get(field).as_ref_id();
        id.and_then(|id| titles.get(&id)).cloned().unwrap_or_default()
    };
    let text = |field: &str| record.get(field).as_str().unwrap_or_default().to_owned();
    let kind = object.field("kind").and_then(|f| f.kind.dictionary()).and_then(|d| schema.dictionary(d));
    let label = kind.and_then(|d| d.item(record.get("kind").as_str()?)).map(|i| i.label.clone());
    let about = ["customer", "lead", "contact"].into_iter().map(title_of).find(|t| !t.is_empty());
    Some(AgendaItem {
        kind: if wanted.object == TASK { AgendaKind::Task } else { AgendaKind::Activity },
        record: RecordKey { object: wanted.object.to_owned(), id: record.id },
        due: Due::At(*at),
        minutes: match record.get("minutes") {
            Value::Integer(minutes) => Some(*minutes),
            _ => None,
        },
        text: Label::same(super::title(object, &record.fields, record.id)),
        label: label.unwrap_or_default(),
        about: about.unwrap_or_default(),
        owner: title_of("owner"),
        content: text("content"),
        place: text("place"),
        done: wanted.done,
        urgent: record.get("priority").as_str() == Some("high"),
        reminder: None,
    })
}

/// By time; what is due on a day as a whole comes before its hours.
fn sort(items: &mut [AgendaItem], zone: &TimeZone) {
    items.sort_by(|a, b| {
        let key = |item: &AgendaItem| (item.due.moment(zone), item.kind, item.record.id);
        key(a).cmp(&key(b))
    });
}
