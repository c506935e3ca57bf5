//! What is due, looked for by rules and people in turn: each answer narrows what the next is asked for.

use super::first::{First, Span, groups};
use super::warning::Warning;
use super::{Found, MOST};
use crate::contract::agenda::{Due, ReminderKey};
use crate::contract::error::Error;
use crate::crm::Crm;
use crate::crm::rights::{Operation, Reach};
use crate::domain::id::Id;
use crate::domain::recurrence;
use crate::domain::value::Value;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::model::{Kind, PIPELINE, Pipeline, ReminderRule, Schema, StageType};
use crate::store::{Between, DueQuery, DueRow, Marks, Tie, TieAt};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use std::collections::BTreeMap;
use std::ops::Bound as End;

/// Yearly days are over after so many days.
const YEARLY_DAYS: i64 = 7;
/// The most reminders that were put off, of everyone's, the latest first.
const MOST_PUT_OFF: usize = 2_000;

/// A search for the first reminders of a span of time.
pub(super) struct Search<'s> {
    crm: &'s Crm,
    schema: &'s Schema,
    now: &'s Zoned,
    span: Span,
    include_snoozed: bool,
    limit: usize,
    /// Records of rules whose reminders were put off.
    put_off: BTreeMap<String, Vec<i64>>,
    first: First<Found<'s>>,
}

/// A rule as it is asked for.
struct Asked<'q, 's> {
    rule: &'s ReminderRule,
    owners: &'q [Id],
    filter: Bound,
    kind: &'s Kind,
    /// The moments that come before others found.
    span: Span,
    /// The supervisor is asked.
    escalated: bool,
}

impl<'s> Search<'s> {
    /// A search that found nothing yet.
    pub(super) fn new(
        crm: &'s Crm,
        schema: &'s Schema,
        now: &'s Zoned,
        span: Span,
        include_snoozed: bool,
        limit: usize,
    ) -> Result<Search<'s>, Error> {
        let mut put_off: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let (from, until) = if include_snoozed { (None, None) } else { (span.from, Some(span.until)) };
        for one in crm.store.put_off(from, until, MOST_PUT_OFF)? {
            put_off.entry(one.rule).or_default().push(one.id.as_i64());
        }
        let first = First::new(span.latest_first, limit);
        Ok(Search { crm, schema, now, span, include_snoozed, limit, put_off, first })
    }

    /// What was found, in order.
    pub(super) fn found(self) -> Vec<Found<'s>> {
        self.first.into_kept()
    }

    fn add(&mut self, found: impl IntoIterator<Item = Found<'s>>) {
        let zone = self.now.time_zone();
        self.first.add(found.into_iter().map(|found| (found.due.moment(zone), found.id, found)));
    }

    /// Reminders made by hand.
    pub(super) fn manual(&mut self, owners: &[Id]) -> Result<(), Error> {
        let Some(object) = self.schema.object(ReminderKey::MANUAL) else { return Ok(()) };
        let needed = ["owner", "state", "due", "snoozed"];
        let reach = self.crm.rights()?.reach(&object.name, Operation::View);
        if reach == Reach::Nothing || needed.iter().any(|name| object.field(name).is_none()) {
            return Ok(());
        }
        let state = Test::AnyOf(vec![Value::Choice("open".to_owned())]);
        let open = Bound::Test { field: "state".to_owned(), test: state }.and(reach.bound());
        let ask = |filter: &Bound, date: &str, span: Span, limit: usize, tie: Option<Tie>| {
            self.crm.store.due(&DueQuery {
                object: &object.name,
                filter: Some(filter),
                owner: "owner",
                owners,
                ids: None,
                item: None,
                date,
                between: moments(span.from, span.until),
                marks: None,
                tie,
                latest_first: span.latest_first,
                limit,
            })
        };
        let due = |at: Timestamp, id| Found::new(None, &object.name, id, Due::At(at));
        let fresh = Bound::Test { field: "snoozed".to_owned(), test: Test::Empty };
        let tie = self.first.last().map(|last| tie_at(last, self.span.latest_first));
        let rows = ask(&open.clone().and(fresh), "due", self.first.narrowed(self.span), self.limit, tie)?;
        let mut found: Vec<Found<'s>> = rows.iter().filter_map(|row| Some(due(moment(&row.date)?, row.id))).collect();
        // What was put off is due when that is over.
        let until = if self.include_snoozed { Timestamp::MAX } else { self.span.until };
        let rows = ask(&open, "snoozed", Span { from: None, until, latest_first: true }, MOST, None)?;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        for record in self.crm.store.get_many(&object.name, &ids)? {
            let (Some(first), Some(later)) = (moment(record.get("due")), moment(record.get("snoozed"))) else {
                continue;
            };
            let at = first.max(later);
            if self.span.holds(if self.include_snoozed { first } else { at }) {
                found.push(Found { snoozed: Some(later), ..due(at, record.id) });
            }
        }
        self.add(found);
        Ok(())
    }

    /// What a rule reminds some people of; with days, what they have left so long.
    pub(super) fn by_rule(
        &mut self,
        rule: &'s ReminderRule,
        owners: &[Id],
        escalate: Option<i64>,
    ) -> Result<(), Error> {
        let Some(object) = self.schema.object(&rule.object) else { return Ok(()) };
        let Some(date) = object.field(&rule.date) else { return Ok(()) };
        let bound = |me: Option<Id>| {
            let context = BindContext { now: self.now, me };
            filter::parse(self.schema, object, &rule.filter, &context)
        };
        let Ok(filter) = bound(owners.first().copied()) else { return Ok(()) };
        if owners.len() > 1 && bound(owners.get(1).copied()).ok().as_ref() != Some(&filter) {
            // It speaks of oneself.
            for owner in owners {
                self.by_rule(rule, &[*owner], escalate)?;
            }
            return Ok(());
        }
        let rights = self.crm.rights()?;
        let reach = rights.reach(&object.name, Operation::View);
        if reach == Reach::Nothing || rights.is_hidden(&object.name, &rule.date) {
            return Ok(());
        }
        let mut span = self.span;
        if let Some(days) = escalate {
            span.until = span.until.to_zoned(self.now.time_zone().clone()).saturating_sub(days.days()).timestamp();
        }
        let filter = filter.and(reach.bound());
        let asked = Asked { rule, owners, filter, kind: date.kind.result(), span, escalated: escalate.is_some() };
        for case in cases(self.schema, rule) {
            self.case(&asked, &case)?;
        }
        Ok(())
    }

    fn case(&mut self, asked: &Asked<'_, 's>, case: &Case<'s>) -> Result<(), Error> {
        let (rule, span) = (asked.rule, asked.span);
        let is_day = matches!(asked.kind, Kind::Date) || case.days != 0 || rule.yearly;
        let zone = self.now.time_zone();
        let filter = asked.filter.clone().and(case.filter.clone());
        let last = self.first.last().map(|(at, id)| (at.to_zoned(zone.clone()), id));
        let ask = |between: &Between, ids: Option<&[i64]>, limit: usize| {
            let last = last.as_ref().filter(|_| ids.is_none());
            let tie = last.and_then(|(at, id)| tie(at, *id, between, (is_day, case.days), span.latest_first));
            self.crm.store.due(&DueQuery {
                object: &rule.object,
                filter: (filter != Bound::All).then_some(&filter),
                owner: &rule.to,
                owners: asked.owners,
                ids,
                item: rule.by.as_deref().map(|by| (by, case.item)),
                date: &rule.date,
                between: between.clone(),
                tie,
                marks: Some(Marks { rule: &rule.name, put_off: ids.is_some() }),
                latest_first: span.latest_first,
                limit,
            })
        };
        let made = |row: &DueRow, between: &Between| {
            let (occurrence, due) = occurrence(&row.date, is_day, case.days, between, zone)?;
            let (due, snoozed) = (row.snoozed.map_or(due, Due::At), row.snoozed);
            let found = Found::new(Some(rule), &rule.object, row.id, due);
            Some(Found { occurrence, snoozed, escalated: asked.escalated, ..found })
        };
        let mut found = Vec::new();
        let narrowed = self.first.narrowed(span);
        for between in between(rule, asked.kind, is_day, case.days, narrowed, zone) {
            let rows = ask(&between, None, self.limit)?;
            found.extend(rows.iter().filter_map(|row| made(row, &between)));
        }
        if let Some(ids) = self.put_off.get(&rule.name) {
            // Due when that is over, however long ago it first was.
            let whole = if self.include_snoozed { span } else { Span { from: None, ..span } };
            for between in between(rule, asked.kind, is_day, case.days, whole, zone) {
                let rows = ask(&between, Some(ids), MOST_PUT_OFF)?;
                let over = rows.iter().filter(|r| self.include_snoozed || r.snoozed.is_some_and(|at| span.holds(at)));
                found.extend(over.filter_map(|row| made(row, &between)));
            }
        }
        self.add(found);
        Ok(())
    }

    /// What a pool warns one person of.
    pub(super) fn warned(&mut self, warning: &'s Warning<'_>, owner: Id) -> Result<(), Error> {
        let span = self.first.narrowed(self.span);
        let found = self.crm.warned(warning, owner, span, self.include_snoozed, self.limit, self.now)?;
        self.add(found);
        Ok(())
    }

    /// What one's people have left too long.
    pub(super) fn escalated(&mut self) -> Result<(), Error> {
        let Some(me) = self.crm.context.user else { return Ok(()) };
        let people: Vec<Option<Id>> = self.crm.subordinates(me)?.into_iter().map(Some).collect();
        for some in groups(&people) {
            for rule in &self.schema.reminders {
                if rule.escalate.is_some() {
                    self.by_rule(rule, &some, rule.escalate)?;
                }
            }
        }
        Ok(())
    }
}

fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::DateTime(at) => Some(*at),
        _ => None,
    }
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

pub(in crate::crm) fn moments(from: Option<Timestamp>, until: Timestamp) -> Between {
    let from = from.map_or(End::Unbounded, |at| End::Included(Value::DateTime(at)));
    Between::Values(from, End::Excluded(Value::DateTime(until)))
}

/// The place of the last of those found, among moments: of others there only those that come before it are of use.
pub(in crate::crm) fn tie_at((at, id): (Timestamp, Id), latest_first: bool) -> Tie {
    let after = at.saturating_add(1.millisecond()).unwrap_or(at);
    Tie { at: TieAt::Value(Value::DateTime(if latest_first { after } else { at })), id }
}

/// The same among the dates of a rule whose reminders fall due some days later, if the last of those found fell due
/// with a day as a whole.
fn tie(at: &Zoned, id: Id, between: &Between, (is_day, days): (bool, i64), latest_first: bool) -> Option<Tie> {
    if !is_day {
        return Some(tie_at((at.timestamp(), id), latest_first));
    }
    if *at != at.start_of_day().ok()? {
        return None;
    }
    let day = at.date().checked_sub(days.days()).ok()?;
    let to = match between {
        Between::Yearly(first, last) => {
            let ends = if latest_first { first } else { last };
            return (day == *ends).then_some(Tie { at: TieAt::Yearly(day), id });
        }
        Between::Values(_, to) => to,
    };
    let edge = if latest_first { day.tomorrow().ok()? } else { day };
    let edge = match to {
        End::Included(Value::Date(_)) => Value::Date(edge),
        _ => Value::DateTime(edge.to_zoned(at.time_zone().clone()).ok()?.timestamp()),
    };
    Some(Tie { at: TieAt::Value(edge), id })
}

/// The dates whose reminders fall into a span of time, in ranges that an index has in one piece.
fn between(rule: &ReminderRule, kind: &Kind, is_day: bool, days: i64, span: Span, zone: &TimeZone) -> Vec<Between> {
    match one_between(rule, kind, is_day, days, span, zone) {
        Some(Between::Yearly(first, last)) if first.year() < last.year() => {
            let (end, start) = (Date::new(first.year(), 12, 31), Date::new(last.year(), 1, 1));
            match (end, start) {
                (Ok(end), Ok(start)) if first.until(last).is_ok_and(|span| span.get_days() < 365) => {
                    vec![Between::Yearly(first, end), Between::Yearly(start, last)]
                }
                _ => vec![Between::Yearly(first, last)],
            }
        }
        one => one.into_iter().collect(),
    }
}

fn one_between(
    rule: &ReminderRule,
    kind: &Kind,
    is_day: bool,
    days: i64,
    span: Span,
    zone: &TimeZone,
) -> Option<Between> {
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
        // Looking back, yearly days are over at some time.
        let over = span.latest_first.then(|| last.saturating_sub(YEARLY_DAYS.days()));
        return Some(Between::Yearly(first.max(over)?, last));
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
