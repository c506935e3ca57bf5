//! Approvals: what may not simply be done is submitted, voted on step by step, and carried out when it is approved.
//!
//! The flows and their rules are `domain::workflow`'s; here they meet the records. What was submitted is an
//! `approval` that keeps the flow as it was; each vote on it is an `approval_vote`.

mod course;
mod decide;
mod draft;
mod inbox;
mod leaver;
mod overdue;
mod people;
mod review;
mod submit;

pub(super) use course::{Case, Ground};
pub(super) use decide::{decide, unfit};
pub(super) use draft::{begin_draft, draft_told, guard, is_draft_again, is_mark, marks, refused, split, strip};
pub(super) use leaver::{follow_leavers, may_inherit};
pub(super) use overdue::Overdue;
pub(super) use submit::{flow_on_action, submit_action, submit_change};

use super::evaluate::Rules;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::lang::Label;
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::Value;
use crate::domain::workflow::Flow;
use crate::schema::filter::{self, BindContext};
use crate::schema::kind;
use crate::schema::model::{Object, Schema};
use crate::store::Store;
use jiff::Zoned;

pub(super) const APPROVAL: &str = "approval";
pub(super) const VOTE: &str = "approval_vote";
const AUDIT: &str = "audit";
const ENABLED: &str = "enabled";
/// The most approvals of one record, and votes of one approval, that are looked through.
const MOST: usize = 10_000;

/// Whether a filter of the schema matches a record's fields.
fn holds(schema: &Schema, object: &Object, text: &str, fields: &Fields, now: &Zoned, me: Option<Id>) -> bool {
    if text.trim().is_empty() {
        return true;
    }
    let context = BindContext { now, me: me.or_else(|| Id::from_i64(1)) };
    filter::parse(schema, object, text, &context).is_ok_and(|bound| {
        filter::matches(&bound, object, &|name| fields.get(name).unwrap_or(&Value::Empty), &Titles::new())
    })
}

/// Whether a flow is about a record as it would be.
fn applies(rules: &Rules<'_>, flow: &Flow, fields: &Fields) -> bool {
    holds(rules.schema(), rules.object(), &flow.when, fields, rules.now(), rules.me())
}

/// The approval of a record that is under way, if there is one.
pub(super) fn pending(store: &Store, schema: &Schema, key: &RecordKey) -> Result<Option<Record>, Error> {
    Ok(approvals(store, schema, key)?.into_iter().find(|approval| state(approval) == "pending"))
}

/// All approvals of a record, the newest first.
fn approvals(store: &Store, schema: &Schema, key: &RecordKey) -> Result<Vec<Record>, Error> {
    let refers = schema.object(APPROVAL).is_some_and(|o| o.field(&key.object).is_some_and(|f| !f.kind.is_many()));
    if !refers || key.object == APPROVAL {
        return Ok(Vec::new());
    }
    let ids = store.referring_ids(APPROVAL, &key.object, key.id, MOST)?;
    let mut found = store.get_many(APPROVAL, &ids)?;
    found.sort_by_key(|approval| std::cmp::Reverse(approval.id));
    Ok(found)
}

fn state(approval: &Record) -> &str {
    approval.get("state").as_str().unwrap_or_default()
}

/// The fields that people enter and that a flow is about.
fn watched<'o>(object: &'o Object, flow: &'o Flow) -> impl Iterator<Item = &'o crate::schema::model::Field> {
    object.fields.iter().filter(move |field| {
        let named = flow.fields.contains(&field.name);
        named || flow.fields.is_empty() && field.is_editable() && !is_governed(&field.name)
    })
}

/// Whether a field is the approvals' own.
fn is_governed(name: &str) -> bool {
    name == AUDIT || name == ENABLED
}

/// Fields as JSON by name.
fn written<'f>(fields: impl Iterator<Item = (&'f String, &'f Value)>) -> Value {
    let map: serde_json::Map<String, serde_json::Value> =
        fields.map(|(name, value)| (name.clone(), kind::to_json(value))).collect();
    if map.is_empty() { Value::Empty } else { Value::Text(serde_json::Value::Object(map).to_string()) }
}

/// The same read again with the types of an object; what it has no field for any more is left out.
fn read(object: &Object, text: &Value) -> Fields {
    let map = text.as_str().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let Some(serde_json::Value::Object(map)) = map else { return Fields::new() };
    let value = |(name, json): (String, serde_json::Value)| {
        let value = kind::from_json(&object.field(&name)?.kind, &json).ok()?;
        Some((name, value))
    };
    map.into_iter().filter_map(value).collect()
}

/// The arguments of an action that were kept; an action that is gone by now has none.
fn read_arguments(ground: &Ground<'_>, object: &str, action: &str, text: &Value) -> Fields {
    let form = ground.schema.object(object).and_then(|object| object.action(action)).map(|action| &action.form);
    let Some(form) = form else { return Fields::new() };
    let mut arguments = read(form, text);
    // A comment may stand beside what the form asks for.
    let kept = text.as_str().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    if let Some(comment) = kept.as_ref().and_then(|kept| kept.get("comment")?.as_str()) {
        arguments.insert("comment".to_owned(), Value::text(comment));
    }
    arguments
}

/// A step's label, or its number.
fn step_label(flow: &Flow, at: usize) -> Label {
    match flow.steps.get(at) {
        Some(step) if !step.label.zh.is_empty() || !step.label.en.is_empty() => step.label.clone(),
        _ => Label::same((at + 1).to_string()),
    }
}
