//! Fields that follow a record referred to: the name, unit and price of the product of a line, the customer of an
//! opportunity. They are offered when the reference is chosen, and whoever writes may give others.

use super::evaluate::Rules;
use super::pricing;
use crate::contract::error::Error;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::kind;
use crate::schema::model::Object;
use crate::store::Store;

/// What the fields of a record follow to. `before` is the stored record: only references that differ from it
/// count. Fields that are given steer what follows from them in turn. A field with nothing to follow is empty.
pub(super) fn followed(
    store: &Store,
    rules: &Rules<'_>,
    before: Option<&Record>,
    fields: &Fields,
) -> Result<Fields, Error> {
    let object = rules.object();
    let mut found = Fields::new();
    for field in object.fields.iter().filter(|f| !f.fill.is_empty() && !f.retired) {
        let given = fields.get(&field.name).filter(|v| !v.is_empty());
        let Some(Value::Ref(id)) = given.or_else(|| found.get(&field.name)) else { continue };
        let stored = before.and_then(|r| r.get(&field.name).as_ref_id());
        let Some(target) = field.kind.target().filter(|_| stored != Some(*id)) else { continue };
        let Some(other) = store.get(target, *id)? else { continue };
        for (ours, theirs) in &field.fill {
            let value = other.get(theirs);
            let fits = object.field(ours).is_some_and(|f| kind::check(&f.kind, value, rules.schema()).is_ok());
            // The head of a department doesn't stand above themselves.
            let is_itself = before.is_some_and(|r| r.object == object.name && value.ids().contains(&r.id));
            let is_better = fits && !is_itself && found.get(ours).is_none_or(Value::is_empty);
            if is_better {
                found.insert(ours.clone(), value.clone());
            }
        }
    }
    let whole = filled(fields, &found);
    found.extend(pricing::followed(store, rules, before, &whole)?);
    Ok(found)
}

/// Whether any field of an object follows another.
pub(super) fn follows(object: &Object) -> bool {
    object.fields.iter().any(|f| !f.fill.is_empty() && !f.retired) || pricing::follows(object)
}

/// Whether a field may get its value from what another one refers to.
pub(super) fn may_fill(object: &Object, name: &str) -> bool {
    object.fields.iter().any(|field| field.fill.contains_key(name)) || pricing::may_fill(object, name)
}

/// Given fields, and behind them what follows from them.
pub(super) fn filled(given: &Fields, found: &Fields) -> Fields {
    let mut whole = found.clone();
    whole.extend(given.clone());
    whole.retain(|_, value| !value.is_empty());
    whole
}

/// Puts what follows into the fields that are not given.
pub(super) fn fill(
    store: &Store,
    rules: &Rules<'_>,
    before: Option<&Record>,
    fields: &mut Fields,
) -> Result<(), Error> {
    if !rules.follows {
        return Ok(());
    }
    let mut whole = before.map(|r| r.fields.clone()).unwrap_or_default();
    whole.extend(fields.clone());
    for (name, value) in followed(store, rules, before, &whole)? {
        let is_given = fields.contains_key(&name);
        if !is_given && (before.is_some() || !value.is_empty()) {
            fields.insert(name, value);
        }
    }
    Ok(())
}
