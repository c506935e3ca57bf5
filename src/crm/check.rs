//! A record as it stands in a form: what is wrong with it, what is computed, what may be the same.

use super::duplicate::{Finder, duplicates};
use super::evaluate::{Rules, alike, stored_errors};
use super::rights::{self, Access, Operation, Rights, Sight};
use super::{Crm, action, approval, document, follow, object, people, prepare, save, stage};
use crate::contract::error::Error;
use crate::contract::request::{CheckAnswer, CheckRequest, Duplicate, FieldState};
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::edit::is_form;
use crate::schema::model::{Kind, Object};
use std::collections::BTreeMap;

impl Crm {
    /// All that the rules say of a record in a form. Writes nothing.
    pub fn check(&self, request: &CheckRequest, finder: &dyn Finder) -> Result<CheckAnswer, Error> {
        if is_form(&request.object) {
            return self.check_entry(request);
        }
        let schema = self.schema();
        let object = object(&schema, &request.object)?;
        let now = self.context.now();
        let rights = self.rights()?;
        let rules = Rules::of(&schema, object, &now, self.context.user);
        let rules = rules.without(|field| rights.is_missing(&object.name, field));
        let sight = Sight { store: &self.store, rights: &rights };
        // The form of an action has no record of its own.
        let stored = request.id.filter(|_| !object.name.contains('.'));
        let current = stored.map(|id| sight.get(&object.name, id)).transpose()?;
        let mut given = given(object, &rights, &request.fields);
        let changes = changed(current.as_ref(), &given);
        let unseen = sight.unseen(object, current.as_ref(), &changes)?;
        for error in &unseen {
            given.remove(&error.field);
        }
        let base = current.as_ref().map(|r| r.fields.clone()).unwrap_or_default();
        let mut fields = save::overlaid(&base, &given);
        if current.is_none() {
            prepare::preview_codes(&self.store, &rules, &mut fields, now.date())?;
        }
        let mut suggested = follow::followed(&self.store, &rules, current.as_ref(), &fields)?;
        let changed = changed(current.as_ref(), &given);
        let settled = stage::settle(&rules, current.as_ref(), &changed, &mut fields);
        let demanded = settled.required.clone();
        rules.compute(&mut fields);
        let own = people::excused(&self.store, &rules, rules.errors(current.as_ref(), &fields))?;
        let mut errors = settled.join(own, &changed);
        errors.extend(mistakes(&sight, &rules, (stored, current.as_ref()), &given, &fields)?);
        errors = sight.veiled(&object.name, errors)?;
        errors.retain(|error| !unseen.iter().any(|u| u.field == error.field));
        errors.extend(unseen);
        let mut computed = computed(object, &fields);
        rights.strip_fields(&object.name, &mut computed);
        rights.strip_fields(&object.name, &mut suggested);
        let id = stored.map_or_else(prepare::not_saved, Ok)?;
        let shown = Record { object: object.name.clone(), id, version: 0, fields };
        let duplicates =
            if request.duplicates { likely(&sight, &rules, stored, &shown.fields, finder)? } else { Vec::new() };
        let mut named = computed.clone();
        named.extend(suggested.clone());
        let titles = sight.titles_of([&Record { fields: named, ..shown.clone() }])?;
        let mut states = states(&rules, &sight, &shown.fields, &demanded)?;
        let operation = if request.id.is_some() { Operation::Modify } else { Operation::Add };
        let of_record = !object.name.contains('.');
        if let Some(why) = sight.refusal(operation, &object.name, request.id)?.filter(|_| of_record) {
            // Nothing of it can be changed, whatever else is wrong with it.
            states.values_mut().for_each(|state| state.read_only = true);
            errors = vec![FieldError { field: String::new(), message: why }];
        }
        let of_whom = request.id.filter(|_| action::hand_over::is_form(&schema, object).is_some());
        let preview = |user| action::hand_over::preview(&sight, &schema, user, &shown.fields, &now);
        let notes = of_whom.map_or_else(|| Ok(Vec::new()), preview)?;
        Ok(CheckAnswer { errors, states, computed, suggested, titles, duplicates, notes })
    }
}

/// What is wrong with a record beyond what its own fields say. `given` is what its form says, `fields` the whole.
fn mistakes(
    sight: &Sight<'_>,
    rules: &Rules<'_>,
    (stored, current): (Option<Id>, Option<&Record>),
    given: &Fields,
    fields: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let (store, schema, object) = (sight.store, rules.schema(), rules.object());
    let changed = changed(current, given);
    let mut errors = stored_errors(store, rules, stored, &changed)?;
    errors.extend(people::left(store, schema, object, current, &changed)?);
    errors.extend(people::oneself(object, stored, rules.me(), &changed));
    errors.extend(alike(store, rules, stored, fields)?);
    errors.extend(document::errors(store, rules, current, fields)?);
    if let Some(current) = current {
        errors.extend(approval::refused(store, rules, current, given)?);
    }
    errors.extend(rights::mistakes(schema, &object.name, fields));
    Ok(errors)
}

/// What a form says of the fields that it can have and the user may see.
fn given(object: &Object, rights: &Rights, fields: &Fields) -> Fields {
    let mut given = fields.clone();
    given.retain(|name, _| object.field(name).is_some_and(|f| !f.is_system()));
    rights.strip_fields(&object.name, &mut given);
    given
}

/// How each field stands: as the rules of the object say, with those that a stage demands, as far as rights go.
fn states(
    rules: &Rules<'_>,
    sight: &Sight<'_>,
    fields: &Fields,
    demanded: &[String],
) -> Result<BTreeMap<String, FieldState>, Error> {
    let mut states = rules.states(fields);
    for field in demanded {
        if let Some(state) = states.get_mut(field) {
            state.required = state.visible;
        }
    }
    for (field, access) in sight.rights.barred(&rules.object().name).iter() {
        if let Some(state) = states.get_mut(field) {
            state.visible &= *access != Access::None;
            state.read_only = true;
        }
    }
    for (field, state) in states.iter_mut().filter(|(_, state)| state.required) {
        state.required = !people::names_nobody(sight.store, rules, field)?;
    }
    Ok(states)
}

/// What is not entered, as it would be.
fn computed(object: &Object, fields: &Fields) -> Fields {
    let made = object.fields.iter().filter(|f| f.kind.is_computed() || matches!(f.kind, Kind::Code { .. }));
    made.map(|f| (f.name.clone(), fields.get(&f.name).cloned().unwrap_or(Value::Empty))).collect()
}

/// Records that may be the same as the one in the form, or as what its action would make.
fn likely(
    sight: &Sight<'_>,
    rules: &Rules<'_>,
    stored: Option<Id>,
    fields: &Fields,
    finder: &dyn Finder,
) -> Result<Vec<Duplicate>, Error> {
    let object = rules.object();
    let found = match action::likely(rules.schema(), object, fields) {
        Some((made, fields)) => {
            let found = duplicates(sight.store, made, None, &fields, finder)?;
            found.into_iter().map(action::by_argument).collect()
        }
        None if object.name.contains('.') => Vec::new(),
        None => duplicates(sight.store, object, stored, fields, finder)?,
    };
    seen_duplicates(sight, found)
}

/// Those that may be seen, without the fields that may not.
fn seen_duplicates(sight: &Sight<'_>, found: Vec<Duplicate>) -> Result<Vec<Duplicate>, Error> {
    let mut seen = Vec::new();
    for mut one in found {
        one.fields.retain(|field| !sight.rights.is_hidden(&one.key.object, field));
        if !one.fields.is_empty() && sight.reaches(Operation::View, &one.key.object, one.key.id)? {
            seen.push(one);
        }
    }
    Ok(seen)
}

fn changed(current: Option<&Record>, given: &Fields) -> Fields {
    let differs = |name: &str, value: &Value| current.is_none_or(|r| r.get(name) != value);
    given.iter().filter(|(name, value)| differs(name, value)).map(|(n, v)| (n.clone(), v.clone())).collect()
}
