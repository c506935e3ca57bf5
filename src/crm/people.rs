//! The people who work with the store: who may act, who is offered for work, and who stands above whom.

use super::evaluate::Rules;
use super::title;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{ACTIVE, Object, Schema, USER};
use crate::store::{Store, Which};
use std::collections::HashSet;

/// How far up departments are asked for a head, whatever circles their records draw.
const MOST_LEVELS: usize = 32;

/// `Denied` if the acting user was disabled or deleted: asked before every use-case, and again inside every write.
pub(super) fn admit(store: &Store, user: Option<Id>) -> Result<(), Error> {
    let schema = store.schema();
    let (Some(id), Some(object)) = (user, schema.object(USER)) else { return Ok(()) };
    match store.get(USER, id)? {
        None => Err(Error::Denied(msg!("people-gone"))),
        Some(record) if is_disabled(&record) => {
            Err(Error::Denied(msg!("people-disabled", name = title(object, &record.fields, id))))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a user may not act any more.
pub(crate) fn is_disabled(user: &Record) -> bool {
    *user.get(ACTIVE) == Value::Boolean(false)
}

/// Given users that are disabled, where they weren't named before: nobody new is given work that they can't do.
pub(super) fn left(
    store: &Store,
    schema: &Schema,
    object: &Object,
    before: Option<&Record>,
    given: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let Some(users) = schema.object(USER) else { return Ok(Vec::new()) };
    let mut errors = Vec::new();
    for field in object.fields.iter().filter(|f| f.kind.target() == Some(USER) && !f.is_system()) {
        let known = before.map_or(&[][..], |record| record.get(&field.name).ids());
        let named = given.get(&field.name).map_or(&[][..], Value::ids);
        let new: Vec<Id> = named.iter().copied().filter(|id| !known.contains(id)).collect();
        for user in store.get_many(USER, &new)?.iter().filter(|user| is_disabled(user)) {
            let message = msg!("people-left", name = title(users, &user.fields, user.id));
            errors.push(FieldError { field: field.name.clone(), message });
        }
    }
    Ok(errors)
}

/// Whether a field can be left empty whatever the schema demands: it would name oneself, and the store of somebody
/// who works alone has nobody on record.
pub(super) fn names_nobody(store: &Store, rules: &Rules<'_>, field: &str) -> Result<bool, Error> {
    let oneself = rules.object().field(field).is_some_and(|f| f.default.as_deref() == Some("me"));
    if !oneself || rules.me().is_some() || rules.schema().object(USER).is_none() {
        return Ok(false);
    }
    Ok(store.count(Which::all(USER), 1)?.0 == 0)
}

/// The errors without the demands for names where nobody is on record.
pub(super) fn excused(store: &Store, rules: &Rules<'_>, errors: Vec<FieldError>) -> Result<Vec<FieldError>, Error> {
    let mut kept = Vec::with_capacity(errors.len());
    for error in errors {
        if error.message.key != "value-required" || !names_nobody(store, rules, &error.field)? {
            kept.push(error);
        }
    }
    Ok(kept)
}

/// Nobody disables themselves: they could not take it back.
pub(super) fn oneself(object: &Object, id: Option<Id>, me: Option<Id>, changes: &Fields) -> Option<FieldError> {
    let is_me = object.name == USER && id.is_some() && id == me;
    let leaves = changes.get(ACTIVE) == Some(&Value::Boolean(false));
    (is_me && leaves).then(|| FieldError { field: ACTIVE.to_owned(), message: msg!("people-not-oneself") })
}

/// Who stands directly above a user: the one that is entered, else the head of their department, else of the next
/// department above that has another head. `None` at the top.
pub(crate) fn supervisor(store: &Store, user: Id) -> Result<Option<Id>, Error> {
    let Some(record) = store.get(USER, user)? else { return Ok(None) };
    if let Some(above) = record.get("supervisor").as_ref_id() {
        return Ok(Some(above));
    }
    let mut department = record.get("department").as_ref_id();
    let mut seen = HashSet::new();
    while let Some(id) = department.filter(|id| seen.len() < MOST_LEVELS && seen.insert(*id)) {
        let Some(found) = store.get("department", id)? else { break };
        if let Some(head) = found.get("head").as_ref_id().filter(|head| *head != user) {
            return Ok(Some(head));
        }
        department = found.get("parent").as_ref_id();
    }
    Ok(None)
}
