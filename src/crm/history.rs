//! What a change leaves behind beside the journal: the moves of a record through its pipeline and from owner to
//! owner. They are made of the changes themselves, so that no way of changing a record can leave them out.

use super::Context;
use super::owner::{self, Why};
use super::pool;
use super::stage;
use crate::contract::error::Error;
use crate::domain::formula;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::schema;
use crate::schema::model::{PIPELINED, Schema};
use crate::store::{Changed, Store, Write};
use jiff::Zoned;

/// The objects whose changes leave something behind.
pub(super) fn watched(schema: &Schema) -> Vec<String> {
    owner::owned(schema).chain([PIPELINED]).map(str::to_owned).collect()
}

/// What a change by a user leaves behind: records of other objects, with their formulas.
pub(super) fn of(
    store: &Store,
    schema: &Schema,
    change: &Changed,
    why: &Why,
    by: Option<Id>,
    now: &Zoned,
) -> Result<Vec<(&'static str, Fields)>, Error> {
    let stages = stage::history(schema, change, now.timestamp()).map(|fields| (stage::HISTORY, fields));
    let owners = owner::history(schema, change, why, by, now.timestamp()).map(|fields| (owner::HISTORY, fields));
    let mut all: Vec<_> = stages.into_iter().chain(owners).collect();
    let context = formula::Context { today: now.date(), zone: now.time_zone().clone() };
    for (name, fields) in &mut all {
        let Some(object) = schema.object(name) else { continue };
        if *name == owner::HISTORY && why.pool.is_none() {
            fields.extend(pool::of_move(store, schema, change, now)?);
        }
        fields.retain(|name, value| !value.is_empty() && object.field(name).is_some_and(|f| !f.retired));
        schema::compute(object, fields, &context);
    }
    Ok(all)
}

/// Writes what the changes of a transaction so far leave behind, and gives it.
pub(super) fn keep(
    tx: &mut Write<'_>,
    context: &mut Context,
    schema: &Schema,
    why: &Why,
    now: &Zoned,
) -> Result<Vec<Record>, Error> {
    let mut kept = Vec::new();
    let changes: Vec<Changed> = watched(schema).iter().flat_map(|object| tx.take_changes(object)).collect();
    for change in changes {
        for (name, fields) in of(tx.store(), schema, &change, why, context.user, now)? {
            kept.push(tx.insert(name, context.next_id(now), fields)?);
        }
    }
    Ok(kept)
}
