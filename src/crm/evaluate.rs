//! The schema's conditions, rules, defaults and formulas for the records of one object, made ready
//! once for a use-case (or a whole import) and applied to records in memory.

use super::title;
use crate::backend::error::Error;
use crate::backend::request::FieldState;
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, Titles};
use crate::domain::value::Value;
use crate::msg;
use super::computed::Computed;
use crate::schema::filter::{self, BindContext, Bound};
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Field, Kind, Object, Rule, Schema, When};
use crate::store::Store;
use jiff::Zoned;
use std::collections::BTreeMap;

/// A property of a field that may depend on the record.
enum Condition {
    Never,
    Always,
    If(Bound),
}

struct FieldRules<'s> {
    field: &'s Field,
    required: Condition,
    visible: Condition,
    read_only: Condition,
}

/// All that the schema says of an object's records, at one moment for one user.
pub(super) struct Rules<'s> {
    schema: &'s Schema,
    object: &'s Object,
    me: Option<Id>,
    fields: Vec<FieldRules<'s>>,
    rules: Vec<(Bound, Bound, &'s Rule)>,
    defaults: Vec<(String, Value)>,
    computed: Computed<'s>,
}

impl<'s> Rules<'s> {
    pub(super) fn of(
        schema: &'s Schema,
        object: &'s Object,
        now: &Zoned,
        me: Option<Id>,
    ) -> Result<Rules<'s>, Error> {
        let context = BindContext { now, me };
        // The loader has checked all filters; one that speaks of `me` can't hold where there is nobody.
        let bound = |text: &str| filter::parse(schema, object, text, &context).ok();
        let condition = |when: &When| match when {
            When::Never => Condition::Never,
            When::Always => Condition::Always,
            When::If(text) => bound(text).map_or(Condition::Never, Condition::If),
        };
        let entered = object.fields.iter().filter(|f| !f.is_system() && !f.retired);
        let fields = entered.map(|field| FieldRules {
            field,
            required: condition(&field.required),
            visible: condition(&field.visible),
            read_only: condition(&field.read_only),
        });
        let rules = object.rules.iter().filter_map(|rule| Some((bound(&rule.when)?, bound(&rule.check)?, rule)));
        Ok(Rules {
            schema,
            object,
            me,
            fields: fields.collect(),
            rules: rules.collect(),
            defaults: defaults(schema, object, now, me),
            computed: Computed::new(object, now),
        })
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

    /// Fields with a default, and what it is here and now.
    pub(super) fn defaults(&self) -> &[(String, Value)] {
        &self.defaults
    }

    /// Computes the formulas.
    pub(super) fn compute(&self, fields: &mut Fields) {
        self.computed.apply(fields);
    }

    /// The changes, with what the formulas make of them.
    pub(super) fn with_computed(&self, before: &Record, merged: &Fields, mut changes: Fields) -> Fields {
        for rules in self.fields.iter().filter(|r| matches!(r.field.kind, Kind::Formula { .. })) {
            let name = &rules.field.name;
            let value = merged.get(name).unwrap_or(&Value::Empty);
            if before.get(name) != value {
                changes.insert(name.clone(), value.clone());
            }
        }
        changes
    }

    /// How each field stands.
    pub(super) fn states(&self, fields: &Fields) -> BTreeMap<String, FieldState> {
        let state = |rules: &FieldRules<'_>| FieldState {
            visible: self.holds(&rules.visible, fields),
            required: self.holds(&rules.required, fields),
            read_only: self.holds(&rules.read_only, fields) || !rules.field.is_editable(),
        };
        self.fields.iter().map(|rules| (rules.field.name.clone(), state(rules))).collect()
    }

    /// Every error of a record, by itself: types of what was changed, required and read-only fields, rules.
    pub(super) fn errors(&self, before: Option<&Record>, fields: &Fields) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for rules in self.fields.iter().filter(|r| !matches!(r.field.kind, Kind::Formula { .. })) {
            let value = fields.get(&rules.field.name).unwrap_or(&Value::Empty);
            let changed = before.is_none_or(|record| record.get(&rules.field.name) != value);
            if let Some(message) = self.field_error(rules, value, changed, before.is_some(), fields) {
                errors.push(FieldError { field: rules.field.name.clone(), message });
            }
        }
        self.rule_errors(fields, &mut errors);
        errors
    }

    /// The same for an import: types are checked already, and read-only fields may come from elsewhere.
    pub(super) fn import_errors(&self, fields: &Fields) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for rules in &self.fields {
            if matches!(rules.required, Condition::Never) || matches!(rules.field.kind, Kind::Code { .. }) {
                continue;
            }
            let empty = fields.get(&rules.field.name).is_none_or(Value::is_empty);
            if empty && self.is_missing(rules, fields) {
                errors.push(FieldError { field: rules.field.name.clone(), message: msg!("crm-required") });
            }
        }
        self.rule_errors(fields, &mut errors);
        errors
    }

    fn field_error(
        &self,
        rules: &FieldRules<'_>,
        value: &Value,
        changed: bool,
        exists: bool,
        fields: &Fields,
    ) -> Option<Message> {
        if value.is_empty() && self.is_missing(rules, fields) {
            return Some(msg!("crm-required"));
        }
        if !changed {
            return None;
        }
        if exists && self.holds(&rules.read_only, fields) {
            return Some(msg!("crm-read-only-field"));
        }
        kind::check(&rules.field.kind, value, self.schema).err()
    }

    fn is_missing(&self, rules: &FieldRules<'_>, fields: &Fields) -> bool {
        self.holds(&rules.required, fields) && self.holds(&rules.visible, fields)
    }

    fn rule_errors(&self, fields: &Fields, errors: &mut Vec<FieldError>) {
        for (when, check, rule) in &self.rules {
            if self.matches(when, fields) && !self.matches(check, fields) {
                let message = msg!("crm-rule", zh = &rule.message.zh, en = &rule.message.en);
                errors.push(FieldError { field: rule.field.clone().unwrap_or_default(), message });
            }
        }
    }

    fn holds(&self, condition: &Condition, fields: &Fields) -> bool {
        match condition {
            Condition::Never => false,
            Condition::Always => true,
            Condition::If(bound) => self.matches(bound, fields),
        }
    }

    fn matches(&self, bound: &Bound, fields: &Fields) -> bool {
        let get = |name: &str| fields.get(name).unwrap_or(&Value::Empty);
        filter::matches(bound, self.object, &get, &Titles::new())
    }
}

fn defaults(schema: &Schema, object: &Object, now: &Zoned, me: Option<Id>) -> Vec<(String, Value)> {
    let resolve = |object: &str, text: &str| Err(msg!("crm-no-match", object = object, text = text));
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
/// and references to records that aren't.
pub(super) fn stored_errors(
    store: &Store,
    schema: &Schema,
    object: &Object,
    id: Option<Id>,
    changed: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let mut errors = Vec::new();
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
    let ids: &[Id] = match value {
        Value::Ref(id) => std::slice::from_ref(id),
        Value::Refs(ids) => ids,
        _ => return Ok(None),
    };
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
