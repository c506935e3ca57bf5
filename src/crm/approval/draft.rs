//! What approvals mean for the record itself: when it is a draft, which changes must wait, and what stands still.

use super::{AUDIT, Case, ENABLED, applies, is_governed, pending};
use crate::contract::error::Error;
use crate::crm::evaluate::Rules;
use crate::crm::{key, save};
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::domain::workflow::Flow;
use crate::msg;
use crate::schema::model::{Object, Schema};
use crate::store::Store;

/// Changes of a record: those that can be made now, and those that wait for an approval.
pub(in crate::crm) struct Split<'s> {
    pub(in crate::crm) now: Fields,
    pub(in crate::crm) later: Fields,
    pub(in crate::crm) flow: Option<&'s Flow>,
}

/// Takes out what only approvals write.
pub(in crate::crm) fn strip(schema: &Schema, object: &Object, fields: &mut Fields) {
    if schema.flows.iter().any(|flow| flow.object == object.name) {
        fields.retain(|name, _| !is_governed(name));
    }
}

/// Whether a field of an object is written when a record becomes a draft.
pub(in crate::crm) fn is_mark(object: &Object, name: &str) -> bool {
    is_governed(name) && object.field(AUDIT).is_some()
}

/// Makes a new record a draft, if a flow is about it.
pub(in crate::crm) fn begin_draft(rules: &Rules<'_>, fields: &mut Fields) {
    let mut flows = rules.schema().flows_of(&rules.object().name).filter(|flow| flow.is_on_create());
    let Some(flow) = flows.find(|flow| applies(rules, flow, fields)) else { return };
    fields.insert(AUDIT.to_owned(), Value::Choice("draft".to_owned()));
    if flow.enable {
        fields.insert(ENABLED.to_owned(), Value::Boolean(false));
    }
}

/// That a new record is a draft, for who has entered it: nothing comes of it before it is submitted.
pub(in crate::crm) fn draft_told(record: &Record) -> Option<Message> {
    (record.get(AUDIT).as_str() == Some("draft")).then(|| msg!("approval-draft-saved"))
}

/// What makes a record a draft, of its fields.
pub(in crate::crm) fn marks(fields: &Fields) -> Fields {
    fields.iter().filter(|(name, _)| is_governed(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a change brings a record that no flow was about into one: then it is a draft.
pub(in crate::crm) fn is_draft_again(rules: &Rules<'_>, before: &Record, after: &Fields) -> bool {
    let mut flows = rules.schema().flows_of(&rules.object().name).filter(|flow| flow.is_on_create());
    before.get(AUDIT).is_empty()
        && flows.any(|flow| applies(rules, flow, after) && !applies(rules, flow, &before.fields))
}

/// An error for each changed field that stands still while it is in approval.
fn locked(store: &Store, schema: &Schema, current: &Record, changed: &Fields) -> Result<Vec<FieldError>, Error> {
    if !schema.flows.iter().any(|flow| flow.object == current.object) {
        return Ok(Vec::new());
    }
    let differing = || changed.iter().filter(|(name, value)| current.get(name) != *value).map(|(name, _)| name);
    if differing().next().is_none() {
        return Ok(Vec::new());
    }
    let Some(approval) = pending(store, schema, &key(current))? else { return Ok(Vec::new()) };
    let case = Case::of(approval)?;
    let error = |field: &String| FieldError { field: field.clone(), message: msg!("approval-locked") };
    Ok(differing().filter(|name| case.flow.watches(name)).map(error).collect())
}

/// The flow that a change of a field of a record in force needs.
fn flow_of<'s>(rules: &Rules<'s>, current: &Record, after: &Fields, field: &str) -> Option<&'s Flow> {
    let flows = || rules.schema().flows_of(&rules.object().name).filter(|flow| flow.watches(field));
    let audit = current.get(AUDIT).as_str();
    let changes = || flows().find(|flow| flow.is_on_change() && applies(rules, flow, after));
    match audit {
        None => changes(),
        // What was approved as new changes by another submission.
        Some("approved") => {
            changes().or_else(|| flows().find(|flow| flow.is_on_create() && applies(rules, flow, after)))
        }
        Some(_) => None,
    }
}

/// Parts the changes that somebody made in a form. `Invalid` for fields that stand still, or that need approvals of
/// different flows.
pub(in crate::crm) fn split<'s>(
    store: &Store,
    rules: &Rules<'s>,
    current: &Record,
    mut changes: Fields,
) -> Result<Split<'s>, Error> {
    changes.retain(|name, value| current.get(name) != value);
    let mut split = Split { now: changes, later: Fields::new(), flow: None };
    if rules.schema().flows_of(&current.object).next().is_none() {
        return Ok(split);
    }
    let mut errors = locked(store, rules.schema(), current, &split.now)?;
    let mut after = save::overlaid(&current.fields, &split.now);
    rules.compute(&mut after);
    let names: Vec<String> = split.now.keys().cloned().collect();
    for name in names {
        let Some(flow) = flow_of(rules, current, &after, &name) else { continue };
        if split.flow.is_some_and(|first| first.name != flow.name) {
            errors.push(FieldError { field: name, message: msg!("approval-two-flows") });
            continue;
        }
        split.flow = Some(flow);
        if let Some((name, value)) = split.now.remove_entry(&name) {
            split.later.insert(name, value);
        }
    }
    if errors.is_empty() && !split.later.is_empty() && pending(store, rules.schema(), &key(current))?.is_some() {
        let names = split.later.keys();
        errors.extend(names.map(|name| FieldError { field: name.clone(), message: msg!("approval-locked") }));
    }
    if errors.is_empty() { Ok(split) } else { Err(Error::Invalid(errors)) }
}

/// What stands against changes even if they are submitted.
pub(in crate::crm) fn refused(
    store: &Store,
    rules: &Rules<'_>,
    current: &Record,
    changes: &Fields,
) -> Result<Vec<FieldError>, Error> {
    Ok(tried(store, rules, current, changes)?.err().unwrap_or_default())
}

/// What stands against changes that can't be submitted (of actions, imports, undo): fields that stand still or need
/// an approval.
pub(in crate::crm) fn guard(
    store: &Store,
    rules: &Rules<'_>,
    current: &Record,
    changes: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let error = |field: &String| FieldError { field: field.clone(), message: msg!("approval-needed") };
    let needed = |split: Split<'_>| split.later.keys().map(error).collect();
    Ok(tried(store, rules, current, changes)?.map_or_else(|errors| errors, needed))
}

/// What is written now and later, or what stands against it.
fn tried<'s>(
    store: &Store,
    rules: &Rules<'s>,
    current: &Record,
    changes: &Fields,
) -> Result<Result<Split<'s>, Vec<FieldError>>, Error> {
    match split(store, rules, current, changes.clone()) {
        Ok(split) => Ok(Ok(split)),
        Err(Error::Invalid(errors)) => Ok(Err(errors)),
        Err(error) => Err(error),
    }
}
