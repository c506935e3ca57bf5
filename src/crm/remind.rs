//! Reminders: worked out from the schema's rules whenever they are asked for, and what was made of them.

mod warning;

use super::evaluate::Rules;
use super::rights::{Operation, Reach, Sight};
use super::{Crm, existing, object, save, saved, title};
use crate::backend::agenda::{Due, Reminder, ReminderDeed, ReminderKey, Reminders, RemindersRequest, Whose};
use crate::backend::error::Error;
use crate::backend::request::{DoRequest, Saved};
use crate::domain::id::Id;
use crate::domain::lang::{Label, Lang};
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::recurrence;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Kind, PIPELINE, Pipeline, ReminderRule, Schema, StageType};
use crate::store::{Between, DueQuery, Marks, Which};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound as End;

const MARK: &str = "reminder_mark";
/// Yearly days are over after so many days.
const YEARLY_DAYS: i64 = 7;
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

/// A span of time, half open, and how it is walked through.
#[derive(Clone, Copy)]
struct Span {
    from: Option<Timestamp>,
    until: Timestamp,
    include_snoozed: bool,
    limit: usize,
}

impl Crm {
    /// The reminders that fall due in a span of time.
    pub fn reminders(&self, request: &RemindersRequest) -> Result<Reminders, Error> {
        let schema = self.schema();
        let limit = request.limit.clamp(1, MOST);
        let now = self.context.now();
        let zone = now.time_zone().clone();
        // The last moment is included.
        let until = request.until.saturating_add(1.millisecond()).unwrap_or(request.until);
        let span = Span { from: request.from, until, include_snoozed: request.include_snoozed, limit: limit + 1 };
        let mut found = Vec::new();
        let warnings = self.pool_warnings(&schema, &now)?;
        // Whoever works without saying who they are gets a number, not the whole company's list.
        let enough = if request.of == Whose::Me { limit * 3 } else { usize::MAX };
        for owner in self.people(request.of)? {
            found.extend(self.found(&schema, owner, span, &now)?);
            for warning in &warnings {
                found.extend(self.warned(warning, owner, span, &now)?);
            }
            if found.len() > enough {
                break;
            }
        }
        if request.of == Whose::Me && request.from.is_none() {
            found.extend(self.escalated(&schema, span, &now)?);
        }
        found.sort_by_key(|f| (f.due.moment(&zone), f.id));
        if request.from.is_none() {
            found.reverse();
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let items = self.worded(&schema, found, &zone)?;
        Ok(Reminders { items, more, next: self.next_due(&schema, request, &now)? })
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

    /// What one person is reminded of.
    fn found<'s>(
        &self,
        schema: &'s Schema,
        owner: Option<Id>,
        span: Span,
        now: &Zoned,
    ) -> Result<Vec<Found<'s>>, Error> {
        let mut found = self.manual(schema, owner, span)?;
        for rule in &schema.reminders {
            found.extend(self.by_rule(schema, rule, owner, span, now)?);
        }
        Ok(found)
    }

    /// What one's people have left too long.
    fn escalated<'s>(&self, schema: &'s Schema, span: Span, now: &Zoned) -> Result<Vec<Found<'s>>, Error> {
        let Some(me) = self.context.user else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let people = self.subordinates(me)?;
        for rule in &schema.reminders {
            let Some(days) = rule.escalate else { continue };
            let until = span.until.to_zoned(now.time_zone().clone()).saturating_sub(days.days()).timestamp();
            for person in &people {
                // What came before is enough to fill the answer.
                if found.len() > span.limit * 2 {
                    return Ok(found);
                }
                let left = self.by_rule(schema, rule, Some(*person), Span { until, ..span }, now)?;
                found.extend(left.into_iter().map(|f| Found { escalated: true, ..f }));
            }
        }
        Ok(found)
    }

    /// Reminders made by hand.
    fn manual<'s>(&self, schema: &'s Schema, owner: Option<Id>, span: Span) -> Result<Vec<Found<'s>>, Error> {
        let Some(object) = schema.object(ReminderKey::MANUAL) else { return Ok(Vec::new()) };
        let open = Test::AnyOf(vec![Value::Choice("open".to_owned())]);
        let mut filter = Bound::Test { field: "state".to_owned(), test: open };
        if !span.include_snoozed {
            let later = Test::Range { from: End::Included(Value::DateTime(span.until)), to: End::Unbounded };
            let test = Bound::Test { field: "snoozed".to_owned(), test: later };
            filter = filter.and(Bound::Not(Box::new(test)));
        }
        match self.rights()?.reach(&object.name, Operation::View) {
            Reach::Nothing => return Ok(Vec::new()),
            reach => filter = filter.and(reach.bound()),
        }
        let needed = ["owner", "state", "due", "snoozed"];
        if needed.iter().any(|name| object.field(name).is_none()) {
            return Ok(Vec::new());
        }
        let rows = self.store.due(&DueQuery {
            object: &object.name,
            filter: Some(&filter),
            owner: ("owner", owner),
            item: None,
            date: "due",
            between: moments(span.from, span.until),
            marks: None,
            latest_first: span.from.is_none(),
            limit: span.limit,
        })?;
        let found = |row: crate::store::DueRow| {
            let Value::DateTime(at) = row.date else { return None };
            Some(Found::new(None, &object.name, row.id, Due::At(at)))
        };
        Ok(rows.into_iter().filter_map(found).collect())
    }

    /// What a rule reminds one person of.
    fn by_rule<'s>(
        &self,
        schema: &'s Schema,
        rule: &'s ReminderRule,
        owner: Option<Id>,
        span: Span,
        now: &Zoned,
    ) -> Result<Vec<Found<'s>>, Error> {
        let Some(object) = schema.object(&rule.object) else { return Ok(Vec::new()) };
        let Some(date) = object.field(&rule.date) else { return Ok(Vec::new()) };
        let context = BindContext { now, me: owner };
        let Ok(filter) = filter::parse(schema, object, &rule.filter, &context) else { return Ok(Vec::new()) };
        let rights = self.rights()?;
        let reach = rights.reach(&object.name, Operation::View);
        if reach == Reach::Nothing || rights.is_hidden(&object.name, &rule.date) {
            return Ok(Vec::new());
        }
        let filter = filter.and(reach.bound());
        let mut found = Vec::new();
        for Case { item, filter: of_case, days } in cases(schema, rule) {
            let filter = filter.clone().and(of_case);
            let kind = date.kind.result();
            let is_day = matches!(kind, Kind::Date) || days != 0 || rule.yearly;
            let Some(between) = between(rule, kind, is_day, days, span, now.time_zone()) else { continue };
            let marks = Marks { rule: &rule.name, until: (!span.include_snoozed).then_some(span.until) };
            let rows = self.store.due(&DueQuery {
                object: &rule.object,
                filter: (filter != Bound::All).then_some(&filter),
                owner: (&rule.to, owner),
                item: rule.by.as_deref().map(|by| (by, item)),
                date: &rule.date,
                between: between.clone(),
                marks: Some(marks),
                latest_first: span.from.is_none(),
                limit: span.limit,
            })?;
            for row in rows {
                let made = occurrence(&row.date, is_day, days, &between, now.time_zone());
                let Some((occurrence, due)) = made else { continue };
                let due = row.snoozed.map_or(due, Due::At);
                let snoozed = row.snoozed;
                let object = rule.object.as_str();
                found.push(Found { occurrence, snoozed, ..Found::new(Some(rule), object, row.id, due) });
            }
        }
        Ok(found)
    }

    /// The next moment that something falls due: at midnight whatever is due by the day.
    fn next_due(&self, schema: &Schema, request: &RemindersRequest, now: &Zoned) -> Result<Option<Timestamp>, Error> {
        if request.from.is_some() || request.of != Whose::Me {
            return Ok(None);
        }
        let midnight = now.date().tomorrow().ok().and_then(|day| day.to_zoned(now.time_zone().clone()).ok());
        let Some(midnight) = midnight.map(|at| at.timestamp()) else { return Ok(None) };
        let from = Some(request.until.saturating_add(1.millisecond()).unwrap_or(request.until));
        let span = Span { from, until: midnight, include_snoozed: false, limit: 1 };
        let Some(me) = self.context.user else { return Ok(Some(midnight)) };
        let mut next = midnight;
        let is_moment = |rule: &&ReminderRule| {
            let date = schema.object(&rule.object).and_then(|o| o.field(&rule.date));
            !rule.yearly && rule.days == Some(0) && date.is_some_and(|f| matches!(f.kind.result(), Kind::DateTime))
        };
        let mut first = self.manual(schema, Some(me), span)?;
        for rule in schema.reminders.iter().filter(is_moment) {
            first.extend(self.by_rule(schema, rule, Some(me), span, now)?);
        }
        for found in first {
            next = next.min(found.due.moment(now.time_zone()));
        }
        Ok(Some(next))
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
                (None, Value::DateTime(until)) => (Due::At(one.due.moment(zone).max(*until)), Some(*until)),
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

/// Records that a rule has the same days for.
struct Case<'s> {
    /// The item that its field must have, where the days differ by one.
    item: Option<&'s str>,
    /// What else they must match.
    filter: Bound,
    days: i64,
}

fn cases<'s>(schema: &'s Schema, rule: &'s ReminderRule) -> Vec<Case<'s>> {
    if rule.rotting {
        return schema.pipelines.iter().flat_map(|pipeline| rotting(schema, pipeline)).collect();
    }
    let case = |item, days| Case { item, filter: Bound::All, days };
    let Some(by) = &rule.by else { return vec![case(None, rule.days.unwrap_or(0))] };
    let mut cases: Vec<Case<'_>> = rule.days_by.iter().map(|(k, d)| case(Some(k.as_str()), *d)).collect();
    if let Some(days) = rule.days {
        let field = schema.object(&rule.object).and_then(|o| o.field(by));
        let dictionary = field.and_then(|f| f.kind.dictionary()).and_then(|name| schema.dictionary(name));
        let others = dictionary.into_iter().flat_map(|d| &d.items).map(|i| i.key.as_str());
        cases.extend(others.filter(|key| !rule.days_by.contains_key(*key)).map(|key| case(Some(key), days)));
        cases.push(case(None, days));
    }
    cases
}

/// The open stages of a pipeline in which a record may stay only so long. A record that names no pipeline goes by
/// the one that it would be put into.
fn rotting<'s>(schema: &'s Schema, pipeline: &'s Pipeline) -> impl Iterator<Item = Case<'s>> {
    pipeline.stages.iter().filter(|stage| stage.kind == StageType::Open).filter_map(move |stage| {
        let test = |test| Bound::Test { field: PIPELINE.to_owned(), test };
        let named = test(Test::AnyOf(vec![Value::Choice(pipeline.name.clone())]));
        let usual = schema.default_pipeline(Some(&stage.key)).is_some_and(|p| p.name == pipeline.name);
        let filter = if usual { Bound::Or(vec![named, test(Test::Empty)]) } else { named };
        Some(Case { item: Some(&stage.key), filter, days: stage.rotting_days?.into() })
    })
}

pub(super) fn moments(from: Option<Timestamp>, until: Timestamp) -> Between {
    let from = from.map_or(End::Unbounded, |at| End::Included(Value::DateTime(at)));
    Between::Values(from, End::Excluded(Value::DateTime(until)))
}

/// The dates whose reminders fall into a span of time. `None` if there are none.
fn between(rule: &ReminderRule, kind: &Kind, is_day: bool, days: i64, span: Span, zone: &TimeZone) -> Option<Between> {
    if !is_day {
        return Some(moments(span.from, span.until));
    }
    // A day begins its reminders at its first moment.
    let local = |at: Timestamp| at.to_zoned(zone.clone());
    let last = local(span.until.saturating_sub(1.nanosecond()).ok()?).date().checked_sub(days.days()).ok()?;
    let first = match span.from.map(local) {
        None => None,
        Some(from) if from == from.start_of_day().ok()? => Some(from.date()),
        Some(from) => Some(from.date().tomorrow().ok()?),
    };
    let first = first.map(|day| day.checked_sub(days.days())).transpose().ok()?;
    if first.is_some_and(|first| first > last) {
        return None;
    }
    if rule.yearly {
        let first = first.unwrap_or_else(|| last.saturating_sub(YEARLY_DAYS.days()));
        return Some(Between::Yearly(first, last));
    }
    if matches!(kind, Kind::Date) {
        let from = first.map_or(End::Unbounded, |day| End::Included(Value::Date(day)));
        return Some(Between::Values(from, End::Included(Value::Date(last))));
    }
    let start = |day: Date| day.to_zoned(zone.clone()).map(|at| Value::DateTime(at.timestamp())).ok();
    let from = match first {
        Some(day) => End::Included(start(day)?),
        None => End::Unbounded,
    };
    Some(Between::Values(from, End::Excluded(start(last.tomorrow().ok()?)?)))
}

/// What makes a reminder this one, and when it is due.
fn occurrence(date: &Value, is_day: bool, days: i64, between: &Between, zone: &TimeZone) -> Option<(String, Due)> {
    let day = match date {
        Value::Date(day) => *day,
        Value::DateTime(at) => at.to_zoned(zone.clone()).date(),
        _ => return None,
    };
    if let Between::Yearly(first, last) = between {
        let years = [first.year(), last.year()];
        let base = years.into_iter().filter_map(|y| recurrence::in_year(day, y)).find(|d| d >= first && d <= last)?;
        return Some((base.year().to_string(), Due::Day(base.checked_add(days.days()).ok()?)));
    }
    let name = match date {
        // As the store writes it.
        Value::DateTime(at) => at.strftime("%Y-%m-%d").to_string(),
        _ => day.to_string(),
    };
    let due = match date {
        Value::DateTime(at) if !is_day => Due::At(*at),
        _ => Due::Day(day.checked_add(days.days()).ok()?),
    };
    Some((name, due))
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
                filled.push_str(&kind::format(&field.kind, record.get(name), &context));
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled.trim().to_owned()
    };
    Label { zh: fill(Lang::Zh), en: fill(Lang::En) }
}
