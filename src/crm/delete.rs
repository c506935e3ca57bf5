//! Deleting records with what the schema says goes with them, in one transaction.

use super::rights::{self, Operation, Sight};
use super::{Crm, NoFinder, USER, approval, document, existing, named, object};
use crate::contract::error::Error;
use crate::contract::request::{DeletePreview, Saved};
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{OnDelete, Schema};
use crate::store::Store;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// The most records that may go with one deletion: more is surely a mistake, and is an import to revert.
const MOST_ALONG: usize = 100_000;

/// What a deletion comes to.
#[derive(Default)]
struct Plan {
    /// In the order in which they are found: those asked for, then what goes with them.
    deleted: Vec<RecordKey>,
    asked: usize,
    /// References to be emptied: who refers, by which field.
    cleared: Vec<(RecordKey, String)>,
    /// The same of those who may not be seen.
    unseen: Vec<(RecordKey, String)>,
    /// What stands in the way.
    standing: Vec<RecordKey>,
    /// What stands in the way: object and number.
    restricted: BTreeMap<String, u64>,
}

impl Crm {
    /// What deleting a record would take along, or what stands in the way.
    pub fn delete_preview(&self, key: &RecordKey) -> Result<DeletePreview, Error> {
        let schema = self.schema();
        object(&schema, &key.object)?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        sight.get(&key.object, key.id)?;
        sight.demand(Operation::Delete, &key.object, key.id)?;
        let mut plan = plan(&self.store, &schema, std::slice::from_ref(key))?;
        if !rights.is_unlimited() {
            only_seen(&sight, &mut plan)?;
        }
        let along = plan.deleted.iter().skip(plan.asked).map(|k| k.object.clone());
        let clears = plan.cleared.iter().map(|(k, _)| k.object.clone());
        Ok(DeletePreview {
            cascades: tally(along).into_iter().collect(),
            clears: tally(clears).into_iter().collect(),
            restricts: plan.restricted.into_iter().collect(),
        })
    }

    /// Deletes records in one transaction. `Denied` if other records stand in the way.
    pub fn delete(&mut self, keys: &[RecordKey]) -> Result<Saved, Error> {
        let schema = self.schema();
        for key in keys {
            self.require("delete", &key.object, Some(key))?;
        }
        if let Some(key) = keys.first().filter(|_| keys.len() > 1) {
            self.require("bulk", &key.object, None)?;
        }
        let me = self.context.user;
        let (touched, txn) = self.write(None, |tx, context, now| {
            let rights = rights::current(tx.store(), context)?;
            let sight = Sight { store: tx.store(), rights: &rights };
            for key in keys {
                existing(tx.store(), &key.object, key.id)?;
                sight.demand(Operation::Delete, &key.object, key.id)?;
            }
            let mut plan = plan(tx.store(), &schema, keys)?;
            if !rights.is_unlimited() && only_seen(&sight, &mut plan)? {
                return Err(Error::Denied(msg!("rights-along")));
            }
            if let Some((name, number)) = plan.restricted.iter().next() {
                let message = msg!("crm-delete-restricted", object = name, count = number);
                return Err(Error::Denied(named(message, &schema, name)));
            }
            document::may_delete(tx.store(), &plan.deleted)?;
            let target: HashSet<Id> = plan.deleted.iter().map(|k| k.id).collect();
            for (key, field) in plan.cleared.iter().chain(&plan.unseen) {
                let record = existing(tx.store(), &key.object, key.id)?;
                let changes = Fields::from([(field.clone(), without(record.get(field), &target))]);
                tx.update(&key.object, key.id, None, changes)?;
            }
            // What refers goes before what it refers to, so that an undo puts them back in the right order.
            for key in plan.deleted.iter().rev() {
                tx.delete(&key.object, key.id, None)?;
            }
            if plan.deleted.iter().any(|key| key.object == USER) {
                let ground = approval::Ground { schema: &schema, now, me, finder: &NoFinder };
                approval::follow_leavers(tx, &ground, context, &[None])?;
            }
            Ok(plan.deleted.len() + plan.cleared.len())
        })?;
        Ok(Saved { txn, touched, ..Saved::default() })
    }
}

fn plan(store: &Store, schema: &Schema, keys: &[RecordKey]) -> Result<Plan, Error> {
    let mut plan = Plan::default();
    let mut doomed: HashSet<RecordKey> = HashSet::new();
    let mut open: VecDeque<RecordKey> = VecDeque::new();
    for key in keys {
        if doomed.insert(key.clone()) {
            plan.deleted.push(key.clone());
            open.push_back(key.clone());
        }
    }
    plan.asked = plan.deleted.len();
    let mut restricts: Vec<RecordKey> = Vec::new();
    let mut overflow: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(key) = open.pop_front() {
        for (from, field, number) in store.referring(&key.object, key.id)? {
            let on_delete = schema.object(&from).and_then(|o| o.field(&field)).map(|f| f.on_delete);
            let on_delete = on_delete.unwrap_or_default();
            if number as usize > MOST_ALONG {
                *overflow.entry(from).or_default() += number;
                continue;
            }
            for id in store.referring_ids(&from, &field, key.id, MOST_ALONG)? {
                let referrer = RecordKey { object: from.clone(), id };
                match on_delete {
                    OnDelete::Restrict => restricts.push(referrer),
                    OnDelete::Clear => plan.cleared.push((referrer, field.clone())),
                    OnDelete::Cascade if doomed.insert(referrer.clone()) => {
                        plan.deleted.push(referrer.clone());
                        open.push_back(referrer);
                    }
                    OnDelete::Cascade => {}
                }
            }
        }
    }
    // What is deleted anyway neither stands in the way nor needs its references emptied.
    plan.cleared.retain(|(key, _)| !doomed.contains(key));
    let mut seen = HashSet::new();
    plan.cleared.retain(|pair| seen.insert(pair.clone()));
    let standing: HashSet<RecordKey> = restricts.into_iter().filter(|k| !doomed.contains(k)).collect();
    plan.standing = standing.iter().cloned().collect();
    plan.restricted = tally(standing.into_iter().map(|k| k.object));
    for (name, number) in overflow {
        *plan.restricted.entry(name).or_default() += number;
    }
    Ok(plan)
}

/// Leaves in a plan what may be seen, and tells whether there was more. Of what stands in the way, but may not be
/// seen, no number is told.
fn only_seen(sight: &Sight<'_>, plan: &mut Plan) -> Result<bool, Error> {
    let sees = |key: &RecordKey| sight.reaches(Operation::View, &key.object, key.id);
    let mut more = false;
    let mut deleted = Vec::new();
    for key in std::mem::take(&mut plan.deleted) {
        if sees(&key)? { deleted.push(key) } else { more = true }
    }
    plan.deleted = deleted;
    let mut cleared = Vec::new();
    for (key, field) in &plan.cleared {
        if sees(key)? {
            cleared.push((key.clone(), field.clone()));
        }
    }
    // What is emptied is emptied, whoever sees it: only a preview leaves it out.
    if !more {
        plan.unseen = plan.cleared.iter().filter(|pair| !cleared.contains(pair)).cloned().collect();
        plan.cleared = cleared;
    }
    let mut standing: BTreeMap<String, u64> = BTreeMap::new();
    for key in &plan.standing {
        let number = standing.entry(key.object.clone()).or_default();
        *number += u64::from(sees(key)?);
    }
    for (name, number) in &mut plan.restricted {
        *number = standing.get(name).copied().unwrap_or_default().max(1);
    }
    Ok(more)
}

fn tally(names: impl Iterator<Item = String>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}

fn without(value: &Value, gone: &HashSet<Id>) -> Value {
    match value {
        Value::Refs(ids) => {
            let left: Vec<Id> = ids.iter().copied().filter(|id| !gone.contains(id)).collect();
            if left.is_empty() { Value::Empty } else { Value::Refs(left) }
        }
        _ => Value::Empty,
    }
}
