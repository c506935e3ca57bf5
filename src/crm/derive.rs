//! What follows from a write: roll-ups of the records that the written ones refer to, and the formulas over
//! them, inside the same transaction.

use super::save::overlaid;
use crate::contract::error::Error;
use crate::domain::formula;
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::compute::Formulas;
use crate::schema::condition::Conditions;
use crate::schema::filter::BindContext;
use crate::schema::model::{Kind, Object, Schema};
use crate::store::{self, Store, Write};
use jiff::Zoned;
use std::collections::HashMap;

/// Brings everything that is computed over the written records up to date. Gives the rules that records keep no
/// longer because of it: they are for whoever wrote to refuse or to bear.
pub(crate) fn settle(tx: &mut Write<'_>, schema: &Schema, now: &Zoned) -> store::Result<Vec<FieldError>> {
    let mut parents: HashMap<String, Parent<'_>> = HashMap::new();
    let mut broken = Vec::new();
    loop {
        let touched = tx.take_touched();
        if touched.is_empty() {
            return Ok(broken);
        }
        for (name, id) in touched {
            let Some(object) = schema.object(&name) else { continue };
            let parent = parents.entry(name).or_insert_with(|| Parent::of(schema, object, now));
            let Some(record) = tx.store().get(&object.name, id)? else { continue };
            let rolled = tx.rollups(&object.name, id)?;
            let merged = parent.computed(&record, &rolled);
            let changes = parent.changes(&record, &merged);
            if changes.is_empty() {
                continue;
            }
            broken.extend(parent.broken(&record.fields, &merged));
            tx.derive(&record, &changes)?;
        }
    }
}

/// As [`settle`], and a rule that isn't kept any more refuses the whole write.
pub(super) fn settle_or_refuse(tx: &mut Write<'_>, schema: &Schema, now: &Zoned) -> Result<(), Error> {
    let broken = settle(tx, schema, now)?;
    // The field at fault is another record's.
    let errors: Vec<FieldError> = broken.into_iter().map(|e| FieldError { field: String::new(), ..e }).collect();
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Records as they are stored now, where what was written to others may have changed them.
pub(super) fn refreshed(store: &Store, schema: &Schema, records: Vec<Record>) -> Result<Vec<Record>, Error> {
    let is_parent = |r: &Record| schema.object(&r.object).is_some_and(has_rollups);
    let fresh = |r: Record| if is_parent(&r) { Ok(store.get(&r.object, r.id)?.unwrap_or(r)) } else { Ok(r) };
    records.into_iter().map(fresh).collect()
}

/// Whether anything is rolled up to an object's records.
pub(crate) fn has_rollups(object: &Object) -> bool {
    object.fields.iter().any(|f| matches!(f.kind, Kind::Rollup { .. }))
}

struct Parent<'s> {
    object: &'s Object,
    formulas: Formulas,
    context: formula::Context,
    conditions: Conditions,
}

impl<'s> Parent<'s> {
    fn of(schema: &'s Schema, object: &'s Object, now: &Zoned) -> Parent<'s> {
        Parent {
            object,
            formulas: Formulas::of(object),
            context: formula::Context { today: now.date(), zone: now.time_zone().clone() },
            conditions: Conditions::of(schema, object, &BindContext { now, me: None::<Id> }),
        }
    }

    fn computed(&self, record: &Record, rolled: &Fields) -> Fields {
        let mut merged = overlaid(&record.fields, rolled);
        self.formulas.compute(&mut merged, &self.context);
        merged
    }

    fn changes(&self, record: &Record, merged: &Fields) -> Fields {
        let computed = self.object.fields.iter().filter(|f| f.kind.is_computed() && !f.retired);
        let now = |name: &str| merged.get(name).cloned().unwrap_or(Value::Empty);
        let changed = computed.filter(|f| *record.get(&f.name) != now(&f.name));
        changed.map(|f| (f.name.clone(), now(&f.name))).collect()
    }

    fn broken(&self, before: &Fields, after: &Fields) -> Vec<FieldError> {
        let already = self.conditions.broken_rules(self.object, before);
        let mut now = self.conditions.broken_rules(self.object, after);
        now.retain(|error| !already.contains(error));
        now
    }
}
