//! Whose a new record is by the assignment rules of the schema: the first rule that fits gives it to one of its people.
//!
//! Who got something last is told by the records themselves, so that two who write at once never count twice.

use super::evaluate::Rules;
use super::{action, save};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::model::{Assignment, Object, Schema, Sharing};
use crate::store::{Store, Which, Write};
use jiff::Zoned;
use std::collections::BTreeMap;

/// The most people among whom a rule shares.
const MOST_PEOPLE: usize = 1_000;
/// The most records that are counted of one person.
const MOST_OPEN: u64 = 100_000;
/// How deep departments lie.
const MOST_LEVELS: usize = 20;

/// Gives a new record to one of the people of the first rule that fits, unless it was given to someone (or to nobody
/// on purpose). Gives the record as it is then, and what to tell.
pub(super) fn give(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    record: Record,
    given: &Fields,
) -> Result<(Record, Option<Message>), Error> {
    let found = Turns::default().choose(tx.store(), rules, &record, |field| given.contains_key(field))?;
    let Some((changes, told)) = found else { return Ok((record, None)) };
    let record = save::amend(tx, rules, record.id, changes)?.unwrap_or(record);
    Ok((record, Some(told)))
}

/// The rules about an object.
pub(super) fn rules_of<'s>(schema: &'s Schema, object: &str) -> impl Iterator<Item = &'s Assignment> {
    schema.assignments.iter().filter(move |rule| rule.object == object)
}

/// How much somebody has open, and what they got last: the least comes next.
type Place = (u64, Option<Id>);

/// Whose turn it is, for several records that are made one after another: what each got meanwhile is
/// [noted](Turns::note).
#[derive(Default)]
pub(super) struct Turns(BTreeMap<String, Vec<(Place, Record)>>);

impl Turns {
    /// What gives a new record, as it is stored, to one of the people of the first rule that fits, and what to tell.
    pub(super) fn choose(
        &mut self,
        store: &Store,
        rules: &Rules<'_>,
        record: &Record,
        is_given: impl Fn(&str) -> bool,
    ) -> Result<Option<(Fields, Message)>, Error> {
        let (schema, object) = (rules.schema(), rules.object());
        for rule in rules_of(schema, &object.name) {
            if is_given(&rule.to) || !record.get(&rule.to).is_empty() || !fits(store, rules, rule, record)? {
                continue;
            }
            if !self.0.contains_key(&rule.name) {
                self.0.insert(rule.name.clone(), places(store, schema, object, rule, rules.now())?);
            }
            // The first of those who are equal.
            let places = self.0.get(&rule.name).into_iter().flatten();
            let Some((_, person)) = places.min_by_key(|(place, _)| *place) else { continue };
            let mut changes = action::fixed(schema, object, &rule.set, rules.now(), rules.me())?;
            changes.insert(rule.to.clone(), Value::Ref(person.id));
            let name = schema.object("user").map(|user| super::title(user, &person.fields, person.id));
            let told = msg!("crm-assigned", who = name.unwrap_or_default())
                .with("zh", rule.label.get(Lang::Zh))
                .with("en", rule.label.get(Lang::En));
            return Ok(Some((changes, told)));
        }
        Ok(None)
    }

    /// Notes a new record as it is stored by now, whoever gave it to somebody.
    pub(super) fn note(&mut self, store: &Store, rules: &Rules<'_>, record: &Record) -> Result<(), Error> {
        for rule in rules_of(rules.schema(), &record.object) {
            let owner = record.get(&rule.to).as_ref_id();
            let places = self.0.get_mut(&rule.name).into_iter().flatten();
            let Some((place, _)) = places.into_iter().find(|(_, person)| Some(person.id) == owner) else { continue };
            if rule.share == Sharing::LeastLoaded && is_among(store, rules, &rule.open, record)? {
                place.0 += 1;
            }
            if fits(store, rules, rule, record)? {
                place.1 = place.1.max(Some(record.id));
            }
        }
        Ok(())
    }
}

fn bound(schema: &Schema, object: &Object, text: &str, now: &Zoned) -> Bound {
    // The loader has read it already.
    filter::parse(schema, object, text, &BindContext { now, me: None }).unwrap_or(Bound::All)
}

fn fits(store: &Store, rules: &Rules<'_>, rule: &Assignment, record: &Record) -> Result<bool, Error> {
    is_among(store, rules, &rule.filter, record)
}

/// Whether a record, as it is stored, matches a filter of a rule.
fn is_among(store: &Store, rules: &Rules<'_>, filter: &str, record: &Record) -> Result<bool, Error> {
    if filter.trim().is_empty() {
        return Ok(true);
    }
    let filter = bound(rules.schema(), rules.object(), filter, rules.now());
    let id = [record.id.as_i64()];
    let which = Which { ids: Some(&id), ..Which::filtered(&record.object, &filter) };
    Ok(store.count(which, 1)?.0 > 0)
}

/// Who takes part in a rule, each with the place in the turn.
fn places(
    store: &Store,
    schema: &Schema,
    object: &Object,
    rule: &Assignment,
    now: &Zoned,
) -> Result<Vec<(Place, Record)>, Error> {
    let of_rule = bound(schema, object, &rule.filter, now);
    let open = bound(schema, object, &rule.open, now);
    let mut places = Vec::new();
    for person in people(store, schema, rule, now)? {
        let theirs = Bound::Test { field: rule.to.clone(), test: Test::AnyOf(vec![Value::Ref(person.id)]) };
        let load = match rule.share {
            Sharing::RoundRobin => 0,
            Sharing::LeastLoaded => {
                let filter = theirs.clone().and(open.clone());
                store.count(Which::filtered(&rule.object, &filter), MOST_OPEN)?.0
            }
        };
        let filter = theirs.and(of_rule.clone());
        places.push(((load, store.newest(Which::filtered(&rule.object, &filter))?), person));
    }
    Ok(places)
}

/// Those who take part in a rule, in its order: who has left or is away does not.
fn people(store: &Store, schema: &Schema, rule: &Assignment, now: &Zoned) -> Result<Vec<Record>, Error> {
    let Some(user) = schema.object("user") else { return Ok(Vec::new()) };
    let mut ids: Vec<Id> = Vec::new();
    let login = user.code.as_deref().unwrap_or("login");
    for name in &rule.users {
        ids.extend(store.find_equal("user", login, &Value::text(name), 1)?);
    }
    let named = [("role", "roles", &rule.role), ("department", "department", &rule.department)];
    for (object, field, name) in named {
        let Some(name) = name else { continue };
        let among = below(store, schema, object, named_records(store, schema, object, name)?)?;
        if among.is_empty() || user.field(field).is_none() {
            continue;
        }
        let values = among.into_iter().map(Value::Ref).collect();
        let filter = Bound::Test { field: field.to_owned(), test: Test::AnyOf(values) };
        store.scan(Which::filtered("user", &filter), &[system::ID.to_owned()], |person| {
            ids.push(person.id);
            ids.len() < MOST_PEOPLE
        })?;
    }
    let mut kept: Vec<Record> = Vec::new();
    let mut found = store.get_many("user", &ids)?;
    for id in ids {
        let Some(at) = found.iter().position(|person| person.id == id) else { continue };
        let person = found.swap_remove(at);
        let left = *person.get("active") == Value::Boolean(false);
        let away = matches!(person.get("away_until"), Value::Date(day) if *day >= now.date());
        if !left && !away {
            kept.push(person);
        }
    }
    Ok(kept)
}

fn named_records(store: &Store, schema: &Schema, object: &str, name: &str) -> Result<Vec<Id>, Error> {
    let Some(object) = schema.object(object) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for field in object.code.iter().chain([&object.title]) {
        found.extend(store.find_equal(&object.name, field, &Value::text(name), 1)?);
    }
    found.truncate(1);
    Ok(found)
}

/// Departments with all below them.
fn below(store: &Store, schema: &Schema, object: &str, top: Vec<Id>) -> Result<Vec<Id>, Error> {
    let mut all = top.clone();
    let mut level = top;
    if schema.object(object).is_none_or(|o| o.field("parent").is_none()) {
        return Ok(all);
    }
    for _ in 0..MOST_LEVELS {
        let mut next = Vec::new();
        for id in level {
            let found = store.referring_ids(object, "parent", id, MOST_PEOPLE)?;
            next.extend(found.into_iter().filter(|id| !all.contains(id)));
        }
        if next.is_empty() {
            break;
        }
        all.extend(&next);
        level = next;
    }
    Ok(all)
}
