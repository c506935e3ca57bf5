//! Creating and changing one record.

use super::evaluate::{Rules, alike, stored_errors};
use super::rights::{self, Operation, Sight};
use super::{
    Context, Crm, NoFinder, approval, assign, code, derive, document, existing, follow, log, mnemonic, object, owner,
    people, pool, prepare, saved, stage,
};
use crate::contract::error::Error;
use crate::contract::request::{SaveRequest, Saved};
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::edit::is_form;
use crate::schema::model::{Kind, Object, Schema};
use crate::store::{Store, Write};
use jiff::Zoned;

/// The field that initials of the title are put in.
pub(super) const MNEMONIC: &str = "mnemonic";

impl Crm {
    /// Creates or changes a record in one transaction.
    pub fn save(&mut self, request: &SaveRequest) -> Result<Saved, Error> {
        if is_form(&request.object) {
            return self.save_entry(request);
        }
        let schema = self.schema();
        let object = object(&schema, &request.object)?;
        let target = request.target.map(|(id, _)| RecordKey { object: object.name.clone(), id });
        self.require(if target.is_some() { "edit" } else { "add" }, &object.name, target.as_ref())?;
        let mut changes = accepted(object, &request.changes)?;
        let asked = (object, request.target, &mut changes);
        let written = self.write(None, |tx, context, now| write_one(tx, context, &schema, asked, now));
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let ((records, told), txn) = written.map_err(|error| sight.told(&object.name, error))?;
        let mut saved = saved(sight.seen_after(derive::refreshed(&self.store, &schema, records)?)?, txn);
        saved.notes.extend(told);
        Ok(saved)
    }
}

/// Creates or changes a record as its user may: all written, the record first, and what else was decided.
pub(super) fn write_one(
    tx: &mut Write<'_>,
    context: &mut Context,
    schema: &Schema,
    (object, target, changes): (&Object, Option<(Id, i64)>, &mut Fields),
    now: &Zoned,
) -> Result<(Vec<Record>, Vec<Message>), Error> {
    let me = context.user;
    let rights = rights::current(tx.store(), context)?;
    let rules = Rules::of(schema, object, now, me).without(|field| rights.is_missing(&object.name, field));
    let aside = {
        let sight = Sight { store: tx.store(), rights: &rights };
        let before = match target {
            Some((id, _)) => {
                sight.demand(Operation::Modify, &object.name, id)?;
                Some(existing(tx.store(), &object.name, id)?)
            }
            None => None,
        };
        let aside = sight.set_aside(object, before.as_ref(), changes);
        sight.may_change(object, before.as_ref(), changes, me)?;
        let errors = people::left(tx.store(), schema, object, before.as_ref(), changes)?;
        if let Some(error) = people::oneself(object, before.map(|r| r.id), me, changes) {
            return Err(Error::Denied(error.message));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        aside
    };
    let Some((id, version)) = target else {
        let record = create(tx, &rules, context.next_id(now), changes.clone(), now)?;
        let sight = Sight { store: tx.store(), rights: &rights };
        sight.as_asked(&record, &aside)?;
        sight.may_lie(&record)?;
        let (record, assigned) = assign::give(tx, &rules, record, changes)?;
        let told = assigned.into_iter().chain(approval::draft_told(&record)).collect();
        let mut records = vec![record];
        records.extend(log::contacted(tx, schema, &records, now)?);
        return Ok((records, told));
    };
    let ground = approval::Ground { schema, now, me, finder: &NoFinder };
    let (record, submitted) = change(tx, &rules, (&ground, context), (id, version), changes.clone())?;
    Sight { store: tx.store(), rights: &rights }.as_asked(&record, &aside)?;
    let mut records = vec![record];
    records.extend(submitted);
    Ok((records, Vec::new()))
}

/// Changes a record as far as it may be changed at once, and submits the rest: gives the record and what was written
/// for that.
fn change(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    (ground, context): (&approval::Ground<'_>, &mut Context),
    (id, version): (Id, i64),
    changes: Fields,
) -> Result<(Record, Vec<Record>), Error> {
    let before = existing(tx.store(), &rules.object().name, id)?;
    if before.version != version {
        return Err(conflict(rules.schema(), before));
    }
    let split = approval::split(tx.store(), rules, &before, changes.clone())?;
    let Some(flow) = split.flow else { return Ok((update(tx, rules, id, version, changes)?, Vec::new())) };
    // What waits must be right as a whole.
    worked_out(tx.store(), rules, &before, changes, |all| rules.errors(Some(&before), all))?;
    let record = update(tx, rules, id, version, split.now)?;
    let submitted = approval::submit_change(tx, ground, context, (flow, &record), split.later)?;
    Ok((record, submitted))
}

/// The changes that a person may ask for: known fields that can be edited. Computed ones are left out,
/// since forms hand them back.
pub(super) fn accepted(object: &Object, changes: &Fields) -> Result<Fields, Error> {
    let mut kept = Fields::new();
    let mut errors = Vec::new();
    for (name, value) in changes {
        match object.field(name) {
            None => errors.push(FieldError { field: name.clone(), message: msg!("crm-no-field", field = name) }),
            Some(field) if field.is_system() => {
                errors.push(FieldError { field: name.clone(), message: msg!("crm-system-field") });
            }
            Some(field) if field.kind.is_computed() => {}
            Some(_) => {
                kept.insert(name.clone(), value.clone());
            }
        }
    }
    if errors.is_empty() { Ok(kept) } else { Err(Error::Invalid(errors)) }
}

/// Writes a new record: defaults, mnemonic, formulas, all checks, then its code.
pub(super) fn create(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    id: Id,
    given: Fields,
    now: &Zoned,
) -> Result<Record, Error> {
    let (schema, object) = (rules.schema(), rules.object());
    let mut fields = given;
    approval::strip(schema, object, &mut fields);
    let asked = fields.clone();
    follow::fill(tx.store(), rules, None, &mut fields)?;
    prepare::fill_defaults(rules, &mut fields);
    fill_mnemonic(object, &mut fields);
    let settled = stage::settle(rules, None, &asked, &mut fields);
    // Rules may ask for the code: a preview stands in until all is known to be right.
    let mut checked = fields.clone();
    prepare::preview_codes(tx.store(), rules, &mut checked, now.date())?;
    rules.compute(&mut checked);
    let own = people::excused(tx.store(), rules, rules.errors(None, &checked))?;
    let mut errors = settled.join(own, &asked);
    errors.extend(stored_errors(tx.store(), rules, None, &fields)?);
    errors.extend(alike(tx.store(), rules, None, &fields)?);
    errors.extend(document::errors(tx.store(), rules, None, &fields)?);
    errors.extend(pool::errors(rules, &fields));
    errors.extend(rights::mistakes(schema, &object.name, &fields));
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    code::assign(tx, schema, object, &mut fields, now.date())?;
    rules.compute(&mut fields);
    approval::begin_draft(rules, &mut fields);
    fields.retain(|_, value| !value.is_empty());
    Ok(tx.insert(&object.name, id, fields)?)
}

/// Changes a record on the version that the change was made on.
pub(super) fn update(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    id: Id,
    version: i64,
    changes: Fields,
) -> Result<Record, Error> {
    let current = existing(tx.store(), &rules.object().name, id)?;
    if current.version != version {
        return Err(conflict(rules.schema(), current));
    }
    alter(tx, rules, &current, changes, |merged| rules.errors(Some(&current), merged))
}

/// Changes that an action makes: all checks, but what people can't edit by hand may change.
pub(super) fn enact(tx: &mut Write<'_>, rules: &Rules<'_>, id: Id, changes: Fields) -> Result<Record, Error> {
    let current = existing(tx.store(), &rules.object().name, id)?;
    alter(tx, rules, &current, changes, |merged| rules.import_errors(merged))
}

/// Changes a record with all that follows; `errors` are those that the record has by itself.
fn alter(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    current: &Record,
    changes: Fields,
    errors: impl FnOnce(&Fields) -> Vec<FieldError>,
) -> Result<Record, Error> {
    let all = worked_out(tx.store(), rules, current, changes, errors)?;
    if all.is_empty() {
        return Ok(current.clone());
    }
    Ok(tx.update(&rules.object().name, current.id, Some(current.version), all)?)
}

/// Changes with all that follows from them, or every error.
fn worked_out(
    store: &Store,
    rules: &Rules<'_>,
    current: &Record,
    mut changes: Fields,
    errors: impl FnOnce(&Fields) -> Vec<FieldError>,
) -> Result<Fields, Error> {
    follow::fill(store, rules, Some(current), &mut changes)?;
    let mut changes = differing(current, changes);
    if changes.is_empty() {
        return Ok(changes);
    }
    owner::may_move(store, rules, current, &changes)?;
    let mut merged = overlaid(&current.fields, &changes);
    let settled = stage::settle(rules, Some(current), &changes, &mut merged);
    let following = settled.changes.clone();
    rules.compute(&mut merged);
    let mut errors = settled.join(people::excused(store, rules, errors(&merged))?, &changes);
    errors.extend(stored_errors(store, rules, Some(current.id), &changes)?);
    errors.extend(alike(store, rules, Some(current.id), &merged)?);
    errors.extend(document::errors(store, rules, Some(current), &merged)?);
    errors.extend(pool::errors(rules, &merged));
    errors.extend(rights::mistakes(rules.schema(), &rules.object().name, &merged));
    changes.extend(following);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if approval::is_draft_again(rules, current, &merged) {
        approval::begin_draft(rules, &mut merged);
        changes.extend(approval::marks(&merged));
    }
    Ok(rules.with_computed(current, &merged, changes))
}

/// Writes of rules, not of people: no permission, no required fields, but formulas follow.
pub(super) fn amend(tx: &mut Write<'_>, rules: &Rules<'_>, id: Id, changes: Fields) -> Result<Option<Record>, Error> {
    let object = &rules.object().name;
    let current = existing(tx.store(), object, id)?;
    let changes = differing(&current, changes);
    if changes.is_empty() {
        return Ok(None);
    }
    let mut merged = overlaid(&current.fields, &changes);
    rules.compute(&mut merged);
    let changes = rules.with_computed(&current, &merged, changes);
    Ok(Some(tx.alter(current, changes)?))
}

/// Fields with changes laid over them; empty values are gone.
pub(super) fn overlaid(fields: &Fields, changes: &Fields) -> Fields {
    let mut merged = fields.clone();
    for (name, value) in changes {
        if value.is_empty() {
            merged.remove(name);
        } else {
            merged.insert(name.clone(), value.clone());
        }
    }
    merged
}

fn differing(current: &Record, mut changes: Fields) -> Fields {
    changes.retain(|name, value| current.get(name) != value);
    changes
}

pub(super) fn conflict(schema: &Schema, theirs: Record) -> Error {
    let title = object(schema, &theirs.object)
        .map_or_else(|_| theirs.id.to_string(), |object| super::title(object, &theirs.fields, theirs.id));
    let message = msg!("crm-conflict", title = title, version = theirs.version);
    Error::Conflict { message, theirs: Some(Box::new(theirs)) }
}

pub(super) fn fill_mnemonic(object: &Object, fields: &mut Fields) {
    if let Some(made) = mnemonic(object, fields) {
        fields.insert(MNEMONIC.to_owned(), Value::Text(made));
    }
}

/// The mnemonic that a record without one gets.
pub(super) fn mnemonic(object: &Object, fields: &Fields) -> Option<String> {
    if fields.get(MNEMONIC).is_some_and(|v| !v.is_empty()) {
        return None;
    }
    object.field(MNEMONIC).filter(|f| matches!(f.kind, Kind::Text { .. }) && !f.retired)?;
    let made = fields.get(&object.title)?.as_str().map(mnemonic::mnemonic)?;
    (!made.is_empty()).then_some(made)
}
