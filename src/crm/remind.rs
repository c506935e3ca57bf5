//! Reminders: worked out from the schema's rules whenever they are asked for, and what was made of them.

mod first;
mod search;
mod warning;

pub(super) use first::{First, Span, groups};
use search::Search;
pub(super) use search::{moments, tie_at};

use super::evaluate::Rules;
use super::rights::Sight;
use super::{Crm, existing, object, save, saved, title};
use crate::contract::agenda::{Due, Reminder, ReminderDeed, ReminderKey, Reminders, RemindersRequest, Whose};
use crate::contract::error::Error;
use crate::contract::request::{DoRequest, Saved};
use crate::domain::id::Id;
use crate::domain::lang::{Label, Lang};
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Kind, ReminderRule, Schema};
use crate::store::Which;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use std::collections::{BTreeMap, HashMap};

const MARK: &str = "reminder_mark";
/// The most people whose reminders are looked through at once.
const MOST_PEOPLE: usize = 1_000;
/// How far down a team goes, whatever circles its records draw.
const MOST_LEVELS: usize = 12;
/// The most reminders of one answer.
const MOST: usize = 1_000;

/// A reminder that was found, before it is put into words.
struct Found<'s> {
    rule: Option<&'s ReminderRule>,
    object: &'s str,
    id: Id,
    occurrence: String,
    due: Due,
    snoozed: Option<Timestamp>,
    escalated: bool,
    /// The text, where the rule's own doesn't say all.
    text: Option<Label>,
}

impl<'s> Found<'s> {
    fn new(rule: Option<&'s ReminderRule>, object: &'s str, id: Id, due: Due) -> Found<'s> {
        Found { rule, object, id, occurrence: String::new(), due, snoozed: None, escalated: false, text: None }
    }
}

impl Crm {
    /// The reminders that fall due in a span of time.
    pub fn reminders(&self, request: &RemindersRequest) -> Result<Reminders, Error> {
        let next = self.next_due(&self.schema(), request, &self.context.now())?;
        Ok(Reminders { next, ..self.reminders_but(request, &[])? })
    }

    /// The same without those of some objects, but for what their owners have left too long, and without the next.
    pub(super) fn reminders_but(&self, request: &RemindersRequest, without: &[&str]) -> Result<Reminders, Error> {
        let schema = self.schema();
        let limit = request.limit.clamp(1, MOST);
        let now = self.context.now();
        // The last moment is included.
        let until = request.until.saturating_add(1.millisecond()).unwrap_or(request.until);
        let latest_first = request.from.is_none();
        let span = Span { from: request.from, until, latest_first };
        let mut search = Search::new(self, &schema, &now, span, request.include_snoozed, limit + 1)?;
        let warnings = self.pool_warnings(&schema, &now)?;
        let people = self.people(request.of)?;
        for some in groups(&people) {
            search.manual(&some)?;
            for rule in schema.reminders.iter().filter(|rule| !without.contains(&rule.object.as_str())) {
                search.by_rule(rule, &some, None)?;
            }
            for (warning, owner) in warnings.iter().flat_map(|w| some.iter().map(move |owner| (w, *owner))) {
                search.warned(warning, owner)?;
            }
        }
        if request.of == Whose::Me && request.from.is_none() {
            search.escalated()?;
        }
        let mut found = search.found();
        let more = found.len() > limit;
        found.truncate(limit);
        let items = self.worded(&schema, found, now.time_zone())?;
        Ok(Reminders { items, more, next: None })
    }

    /// Those whose reminders or appointments are meant.
    pub(super) fn people(&self, of: Whose) -> Result<Vec<Option<Id>>, Error> {
        Ok(match (of, self.context.user) {
            (Whose::Me, Some(me)) => vec![Some(me)],
            (Whose::User(id), _) => vec![Some(id)],
            (Whose::Team, Some(me)) => {
                let mut team = vec![me];
                let mut level = vec![me];
                for _ in 0..MOST_LEVELS {
                    let mut below = Vec::new();
                    for boss in &level {
                        below.extend(self.subordinates(*boss)?.into_iter().filter(|id| !team.contains(id)));
                    }
                    below.truncate(MOST_PEOPLE.saturating_sub(team.len()));
                    if below.is_empty() {
                        break;
                    }
                    team.extend(&below);
                    level = below;
                }
                team.into_iter().map(Some).collect()
            }
            (Whose::Everyone, _) | (Whose::Me | Whose::Team, None) => {
                let mut everyone = vec![None];
                if self.schema().object("user").is_some() {
                    self.store.scan(Which::all("user"), &[crate::domain::record::system::ID.to_owned()], |user| {
                        everyone.push(Some(user.id));
                        everyone.len() < MOST_PEOPLE
                    })?;
                }
                everyone
            }
        })
    }

    fn subordinates(&self, boss: Id) -> Result<Vec<Id>, Error> {
        let schema = self.schema();
        let has_field = schema.object("user").is_some_and(|o| o.field("supervisor").is_some());
        if !has_field {
            return Ok(Vec::new());
        }
        Ok(self.store.referring_ids("user", "supervisor", boss, MOST_PEOPLE)?)
    }

    /// The next moment that something falls due: at midnight whatever is due by the day.
    fn next_due(&self, schema: &Schema, request: &RemindersRequest, now: &Zoned) -> Result<Option<Timestamp>, Error> {
        if request.from.is_some() || request.of != Whose::Me {
            return Ok(None);
        }
        let midnight = now.date().tomorrow().ok().and_then(|day| day.to_zoned(now.time_zone().clone()).ok());
        let Some(midnight) = midnight.map(|at| at.timestamp()) else { return Ok(None) };
        let from = Some(request.until.saturating_add(1.millisecond()).unwrap_or(request.until));
        let Some(me) = self.context.user else { return Ok(Some(midnight)) };
        let is_moment = |rule: &&ReminderRule| {
            let date = schema.object(&rule.object).and_then(|o| o.field(&rule.date));
            !rule.yearly && rule.days == Some(0) && date.is_some_and(|f| matches!(f.kind.result(), Kind::DateTime))
        };
        let span = Span { from, until: midnight, latest_first: false };
        let mut search = Search::new(self, schema, now, span, false, 1)?;
        search.manual(&[me])?;
        for rule in schema.reminders.iter().filter(is_moment) {
            search.by_rule(rule, &[me], None)?;
        }
        let first = search.found().first().map(|found| found.due.moment(now.time_zone()));
        Ok(Some(first.map_or(midnight, |first| first.min(midnight))))
    }

    /// Reminders in words.
    fn worded(&self, schema: &Schema, found: Vec<Found<'_>>, zone: &TimeZone) -> Result<Vec<Reminder>, Error> {
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let mut ids: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
        for one in &found {
            ids.entry(one.object).or_default().push(one.id);
        }
        let mut records: HashMap<(&str, Id), Record> = HashMap::new();
        for (object, mut ids) in ids {
            ids.sort_unstable();
            ids.dedup();
            let found = sight.stripped(object, self.store.get_many(object, &ids)?)?;
            records.extend(found.into_iter().map(|r| ((object, r.id), r)));
        }
        let titles = sight.titles_of(records.values())?;
        let mut items = Vec::new();
        for one in found {
            let Some(record) = records.get(&(one.object, one.id)) else { continue };
            let Some(object) = schema.object(one.object) else { continue };
            let owner = record.get(one.rule.map_or("owner", |r| r.to.as_str())).as_ref_id();
            let owner = owner.map(|id| (id, titles.get(&id).cloned().unwrap_or_default()));
            let rule = one.rule.map_or(ReminderKey::MANUAL, |r| r.name.as_str()).to_owned();
            let text = match one.rule {
                Some(rule) => words(schema, one.text.as_ref().unwrap_or(&rule.text), record, &titles, zone),
                None => Label::same(title(object, &record.fields, record.id)),
            };
            let (due, snoozed) = match (one.rule, record.get("snoozed")) {
                (None, Value::DateTime(until)) => (one.due, Some(*until)),
                _ => (one.due, one.snoozed),
            };
            items.push(Reminder {
                key: ReminderKey { rule, record: one.id, occurrence: one.occurrence },
                label: one.rule.map_or_else(|| object.label.clone(), |r| r.label.clone()),
                text,
                record: RecordKey { object: one.object.to_owned(), id: one.id },
                due,
                owner,
                snoozed,
                escalated: one.escalated,
            });
        }
        Ok(items)
    }

    /// Puts a reminder off, or notes that it was dealt with.
    pub(super) fn remind(&mut self, key: &ReminderKey, deed: ReminderDeed) -> Result<Saved, Error> {
        let schema = self.schema();
        let rule = schema.reminder(&key.rule);
        let of = match rule {
            Some(rule) => rule.object.clone(),
            None if warning::pool_of(&key.rule).is_some() => self.warned_object(&key.rule)?,
            None if key.rule == ReminderKey::MANUAL => ReminderKey::MANUAL.to_owned(),
            None => return Err(Error::NotFound(msg!("crm-no-reminder", key = key))),
        };
        let record = RecordKey { object: of.clone(), id: key.record };
        // To put off what one is reminded of changes nothing of the record.
        self.require(if rule.is_none() { "edit" } else { "view" }, &of, Some(&record))?;
        if let ReminderDeed::Snooze(until) = deed
            && until <= self.context.now().timestamp()
        {
            return Err(Error::field("until", msg!("crm-snooze-past")));
        }
        if of == "task" && deed == ReminderDeed::Done {
            let (action, fields, comment) = ("complete".to_owned(), Fields::new(), String::new());
            let request = DoRequest { action, key: record, fields, comment, version: None };
            return self.perform(&request, None, &super::NoFinder);
        }
        let (me, manual) = (self.context.user, key.rule == ReminderKey::MANUAL);
        let (records, txn) = self.write(None, |tx, context, now| {
            let about = existing(tx.store(), &of, key.record)?;
            if manual {
                let rules = Rules::of(&schema, object(&schema, &of)?, now, me);
                return Ok(save::amend(tx, &rules, key.record, manual_changes(deed))?.into_iter().collect());
            }
            let marks = object(&schema, MARK)?;
            let rules = Rules::of(&schema, marks, now, me);
            let name = Value::Text(key.to_string());
            let fields = mark_fields(title(object(&schema, &of)?, &about.fields, about.id), &key.rule, &name, deed, me);
            let known = tx.store().find_equal(MARK, "key", &name, 1)?;
            let record = match known.first() {
                Some(id) => save::amend(tx, &rules, *id, fields)?,
                None => {
                    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
                    Some(save::create(tx, &rules, context.next_id(now), fields, now)?)
                }
            };
            Ok(record.into_iter().collect::<Vec<Record>>())
        })?;
        Ok(saved(records, txn))
    }

    /// The reminder made by hand that an id means, for actions by name.
    pub fn manual_reminder(&self, id: Id) -> Result<ReminderKey, Error> {
        let rights = self.rights()?;
        Sight { store: &self.store, rights: &rights }.get(ReminderKey::MANUAL, id)?;
        Ok(ReminderKey { rule: ReminderKey::MANUAL.to_owned(), record: id, occurrence: String::new() })
    }
}

fn manual_changes(deed: ReminderDeed) -> Fields {
    let state = |key: &str| ("state".to_owned(), Value::Choice(key.to_owned()));
    match deed {
        ReminderDeed::Snooze(until) => Fields::from([("snoozed".to_owned(), Value::DateTime(until)), state("open")]),
        ReminderDeed::Done => Fields::from([state("done")]),
        ReminderDeed::Considered => Fields::from([state("considered")]),
    }
}

fn mark_fields(about: String, rule: &str, key: &Value, deed: ReminderDeed, me: Option<Id>) -> Fields {
    let (state, until) = match deed {
        ReminderDeed::Snooze(until) => ("snoozed", Value::DateTime(until)),
        ReminderDeed::Done => ("done", Value::Empty),
        ReminderDeed::Considered => ("considered", Value::Empty),
    };
    Fields::from([
        ("about".to_owned(), Value::text(&about)),
        ("key".to_owned(), key.clone()),
        ("rule".to_owned(), Value::text(rule)),
        ("state".to_owned(), Value::Choice(state.to_owned())),
        ("until".to_owned(), until),
        ("owner".to_owned(), me.map_or(Value::Empty, Value::Ref)),
    ])
}

/// A rule's text with a record's values in it.
fn words(schema: &Schema, text: &Label, record: &Record, titles: &Titles, zone: &TimeZone) -> Label {
    let object = schema.object(&record.object);
    let fill = |lang: Lang| {
        let context = FormatContext { lang, zone, titles, schema };
        let mut filled = String::new();
        let mut rest = text.get(lang);
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                rest = after;
                continue;
            };
            if let Some(field) = object.and_then(|o| o.field(name)) {
                let shown = kind::format(&field.kind, record.get(name), &context);
                if shown.is_empty() {
                    // No value leaves no gap.
                    filled.truncate(filled.trim_end().len());
                }
                filled.push_str(&shown);
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled.trim().to_owned()
    };
    Label { zh: fill(Lang::Zh), en: fill(Lang::En) }
}
