//! The schema's conditions, rules, defaults and formulas for the records of one object, made ready
//! once for a use-case (or a whole import) and applied to records in memory.

use super::{circle, follow, named, title, wanting};
use crate::contract::error::Error;
use crate::contract::request::FieldState;
use crate::domain::formula;
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::compute::Formulas;
use crate::schema::condition::Conditions;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Field, Kind, Object, Rule, Schema, When};
use crate::store::{Store, Which};
use jiff::Zoned;
use std::collections::BTreeMap;

/// All that the schema says of an object's records, at one moment for one user.
pub(super) struct Rules<'s> {
    schema: &'s Schema,
    object: &'s Object,
    me: Option<Id>,
    now: Zoned,
    conditions: Conditions,
    /// Fields that must be filled, at times at least.
    wanted: Vec<&'s Field>,
    defaults: Vec<(String, Value)>,
    /// References that narrow what they can refer to.
    narrow: Vec<&'s Field>,
    /// Some field follows another.
    pub(super) follows: bool,
    formulas: Formulas,
    formula_context: formula::Context,
}

impl<'s> Rules<'s> {
    pub(super) fn of(schema: &'s Schema, object: &'s Object, now: &Zoned, me: Option<Id>) -> Rules<'s> {
        let entered = object.fields.iter().filter(|f| !f.is_system() && !f.retired);
        // Codes are made when the record is saved.
        let wanted = entered.filter(|f| f.required != When::Never && !matches!(f.kind, Kind::Code { .. }));
        Rules {
            schema,
            object,
            me,
            now: now.clone(),
            conditions: Conditions::of(schema, object, &BindContext { now, me }),
            wanted: wanted.collect(),
            defaults: defaults(schema, object, now, me),
            narrow: object.fields.iter().filter(|f| !f.only.is_empty()).collect(),
            follows: follow::follows(object),
            formulas: Formulas::of(object),
            formula_context: formula::Context { today: now.date(), zone: now.time_zone().clone() },
        }
    }

    /// The same where some fields are hidden because the store doesn't have them: whether they are filled isn't known.
    pub(super) fn without(mut self, hidden: impl Fn(&str) -> bool) -> Rules<'s> {
        self.wanted.retain(|field| !hidden(&field.name));
        self
    }

    pub(super) fn schema(&self) -> &'s Schema {
        self.schema
    }

    pub(super) fn object(&self) -> &'s Object {
        self.object
    }

    pub(super) fn me(&self) -> Option<Id> {
        self.me
    }

    /// The moment, in the user's zone.
    pub(super) fn now(&self) -> &Zoned {
        &self.now
    }

    /// The rules of a list that a record breaks; those without a field of their own stand under `field`.
    pub(super) fn broken(&self, rules: &[Rule], field: &str, fields: &Fields) -> Vec<FieldError> {
        let context = BindContext { now: &self.now, me: self.me };
        let mut broken = Conditions::broken_of(self.schema, self.object, rules, fields, &context);
        for error in broken.iter_mut().filter(|e| e.field.is_empty()) {
            error.field = field.to_owned();
        }
        broken
    }

    /// Fields with a default, and what it is here and now.
    pub(super) fn defaults(&self) -> &[(String, Value)] {
        &self.defaults
    }

    /// Computes the formulas; one that has no value for this record leaves its field empty.
    pub(super) fn compute(&self, fields: &mut Fields) {
        self.formulas.compute(fields, &self.formula_context);
    }

    /// The changes, with what the formulas make of them.
    pub(super) fn with_computed(&self, before: &Record, merged: &Fields, mut changes: Fields) -> Fields {
        for field in self.object.fields.iter().filter(|f| f.kind.is_computed()) {
            let value = merged.get(&field.name).unwrap_or(&Value::Empty);
            if before.get(&field.name) != value {
                changes.insert(field.name.clone(), value.clone());
            }
        }
        changes
    }

    /// How each field stands.
    pub(super) fn states(&self, fields: &Fields) -> BTreeMap<String, FieldState> {
        let entered = self.object.fields.iter().filter(|f| !f.is_system() && !f.retired);
        let state = |field: &Field| FieldState {
            visible: self.conditions.is_visible(self.object, field, fields),
            required: self.conditions.is_required(self.object, field, fields),
            read_only: self.conditions.is_read_only(self.object, field, fields),
        };
        entered.map(|field| (field.name.clone(), state(field))).collect()
    }

    /// Every error of a record, by itself: types of what was changed, required and read-only fields, rules.
    pub(super) fn errors(&self, before: Option<&Record>, fields: &Fields) -> Vec<FieldError> {
        let mut errors = self.missing(fields);
        for field in self.object.fields.iter().filter(|f| f.is_editable()) {
            let value = fields.get(&field.name).unwrap_or(&Value::Empty);
            if before.is_some_and(|record| record.get(&field.name) == value) {
                continue;
            }
            let fixed = before.is_some() && self.conditions.is_read_only(self.object, field, fields);
            let message = if fixed {
                Some(msg!("crm-read-only-field"))
            } else {
                kind::check(&field.kind, value, self.schema).err()
            };
            errors.extend(message.map(|message| FieldError { field: field.name.clone(), message }));
        }
        errors.extend(self.conditions.broken_rules(self.object, fields));
        errors
    }

    /// An error for each value of a field that the object doesn't have, `but` one.
    pub(super) fn unknown(&self, fields: &Fields, but: &str) -> Vec<FieldError> {
        let unknown = fields.keys().filter(|name| *name != but && self.object.field(name).is_none());
        unknown.map(|name| FieldError { field: name.clone(), message: msg!("crm-no-field", field = name) }).collect()
    }

    /// What [`Rules::errors`] finds of an import or an action: types are checked already, and read-only fields may come from elsewhere.
    pub(super) fn import_errors(&self, fields: &Fields) -> Vec<FieldError> {
        let mut errors = self.missing(fields);
        errors.extend(self.conditions.broken_rules(self.object, fields));
        errors
    }

    fn missing(&self, fields: &Fields) -> Vec<FieldError> {
        let empty = self.wanted.iter().filter(|f| fields.get(&f.name).is_none_or(Value::is_empty));
        let missing = empty.filter(|f| self.conditions.is_required(self.object, f, fields));
        missing.map(|f| FieldError { field: f.name.clone(), message: msg!("value-required") }).collect()
    }
}

fn defaults(schema: &Schema, object: &Object, now: &Zoned, me: Option<Id>) -> Vec<(String, Value)> {
    let resolve =
        |object: &str, text: &str| Err(named(msg!("crm-no-match", object = object, text = text), schema, object));
    let context = ParseContext { now, me, currency: &schema.currency, schema, resolve: &resolve };
    let given = object.fields.iter().filter(|f| f.is_editable());
    given
        .filter_map(|field| {
            // `me` where there is nobody gives no default.
            let value = kind::parse(&field.kind, field.default.as_deref()?, &context).ok()?;
            (!value.is_empty()).then(|| (field.name.clone(), value))
        })
        .collect()
}

/// What only the store can tell of changed fields: values that must be unique and are there already,
/// and references to records that aren't, or aren't fit for it.
pub(super) fn stored_errors(
    store: &Store,
    rules: &Rules<'_>,
    id: Option<Id>,
    changed: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let (schema, object) = (rules.schema(), rules.object());
    let mut errors = unfit_references(store, rules, changed)?;
    for (name, value) in changed.iter().filter(|(_, value)| !value.is_empty()) {
        let Some(field) = object.field(name) else { continue };
        let is_unique = field.unique || object.code.as_ref() == Some(name) || matches!(field.kind, Kind::Code { .. });
        if is_unique && let Some(message) = taken(store, object, name, value, id)? {
            errors.push(FieldError { field: name.clone(), message });
        }
        if let Some(target) = field.kind.target().and_then(|t| schema.object(t))
            && let Some(message) = dangling(store, object, target, value, id)?
        {
            errors.push(FieldError { field: name.clone(), message });
        }
    }
    if let Some(id) = id {
        errors.extend(circle::errors(store, object, id, changed)?);
    }
    Ok(errors)
}

/// Changed references to records that the schema doesn't let a field refer to.
pub(super) fn unfit_references(store: &Store, rules: &Rules<'_>, changed: &Fields) -> Result<Vec<FieldError>, Error> {
    let mut errors = Vec::new();
    for field in &rules.narrow {
        let ids = changed.get(&field.name).map_or(&[][..], Value::ids);
        let Some(target) = field.kind.target().filter(|_| !ids.is_empty()).and_then(|t| rules.schema().object(t))
        else {
            continue;
        };
        let context = BindContext { now: rules.now(), me: rules.me() };
        // The loader has refused a filter without a meaning.
        let Ok(only) = filter::parse(rules.schema(), target, &field.only, &context) else { continue };
        for record in store.get_many(&target.name, ids)? {
            if !filter::matches(&only, target, &|name| record.get(name), &Titles::new()) {
                let title = title(target, &record.fields, record.id);
                let message = msg!("crm-reference-unfit", title = title);
                let message = wanting(message, rules.schema(), target, &field.only);
                errors.push(FieldError { field: field.name.clone(), message });
            }
        }
    }
    Ok(errors)
}

/// Fields in which a whole record has the same as another one, though no two may. What is empty is like nothing.
pub(super) fn alike(
    store: &Store,
    rules: &Rules<'_>,
    id: Option<Id>,
    fields: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let object = rules.object();
    let mut errors = Vec::new();
    for names in &object.unique {
        let test = |name: &String| {
            let value = fields.get(name).filter(|value| !value.is_empty())?.clone();
            Some(Bound::Test { field: name.clone(), test: Test::AnyOf(vec![value]) })
        };
        let Some(same) = names.iter().map(test).collect::<Option<Vec<Bound>>>() else { continue };
        let same = same.into_iter().fold(Bound::All, Bound::and);
        let mut other = None;
        store.scan(Which::filtered(&object.name, &same), std::slice::from_ref(&object.title), |record| {
            other = Some(record).filter(|record| Some(record.id) != id);
            other.is_none()
        })?;
        if let (Some(other), Some(field)) = (other, names.last()) {
            let title = title(object, &other.fields, other.id);
            errors.push(FieldError {
                field: field.clone(),
                message: msg!("crm-not-unique", title = title, id = other.id),
            });
        }
    }
    Ok(errors)
}

fn taken(store: &Store, object: &Object, field: &str, value: &Value, id: Option<Id>) -> Result<Option<Message>, Error> {
    let holders = store.find_equal(&object.name, field, value, 2)?;
    let Some(other) = holders.into_iter().find(|holder| Some(*holder) != id) else { return Ok(None) };
    let record = store.get(&object.name, other)?;
    let name = record.map_or_else(|| other.to_string(), |r| title(object, &r.fields, other));
    Ok(Some(msg!("crm-not-unique", title = name, id = other)))
}

fn dangling(
    store: &Store,
    object: &Object,
    target: &Object,
    value: &Value,
    id: Option<Id>,
) -> Result<Option<Message>, Error> {
    let ids = value.ids();
    if object.name == target.name && id.is_some_and(|id| ids.contains(&id)) {
        return Ok(Some(msg!("crm-refers-to-itself")));
    }
    for other in ids {
        if store.get(&target.name, *other)?.is_none() {
            return Ok(Some(msg!("crm-no-record", object = &target.name, id = other)));
        }
    }
    Ok(None)
}
