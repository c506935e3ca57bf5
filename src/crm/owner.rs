//! Who has a customer or lead: every move from one to another, into the pool and out of it, is recorded.

use super::evaluate::Rules;
use super::pool::{self, OWNER};
use super::title;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::model::Schema;
use crate::store::{Changed, Store};
use jiff::Timestamp;

/// The object that records the moves: a field for each object whose records have owners.
pub(super) const HISTORY: &str = "owner_change";

/// What is told of a move.
#[derive(Debug, Default)]
pub(super) struct Why {
    /// An item of the reasons' dictionary.
    pub(super) reason: Value,
    /// In words.
    pub(super) comment: Value,
    /// The pool that took the record back; otherwise the one that it belongs to is looked for.
    pub(super) pool: Option<Id>,
}

/// `Denied` if the changes take a record out of a pool that doesn't let it go to whom they say.
pub(super) fn may_move(store: &Store, rules: &Rules<'_>, before: &Record, changes: &Fields) -> Result<(), Error> {
    let Some(to) = changes.get(OWNER).and_then(Value::as_ref_id) else { return Ok(()) };
    match pool::refusal(store, rules.schema(), before, to, (rules.now(), rules.me()))? {
        Some(reason) => Err(Error::Denied(reason)),
        None => Ok(()),
    }
}

/// The objects whose moves are recorded.
pub(super) fn owned(schema: &Schema) -> impl Iterator<Item = &str> {
    let fields = schema.object(HISTORY).map_or(&[][..], |o| &o.fields);
    let own = fields.iter().filter(|f| !f.is_system() && f.kind.target() == Some(f.name.as_str()));
    own.map(|f| f.name.as_str()).filter(|name| schema.object(name).is_some_and(|o| o.field(OWNER).is_some()))
}

/// Whether a change moves the record to another owner, and such moves are recorded.
pub(super) fn is_move(schema: &Schema, before: &Record, changes: &Fields) -> bool {
    owned(schema).any(|name| name == before.object)
        && changes.get(OWNER).is_some_and(|owner| owner != before.get(OWNER))
}

/// The record of a move, if a change is one.
pub(super) fn history(schema: &Schema, change: &Changed, why: &Why, by: Option<Id>, now: Timestamp) -> Option<Fields> {
    let record = &change.record;
    let to = change.after.get(OWNER)?;
    let from = change.before.get(OWNER).unwrap_or(&Value::Empty);
    if from == to || !owned(schema).any(|name| name == record.object) {
        return None;
    }
    let name = title(schema.object(&record.object)?, &record.fields, record.id);
    Some(Fields::from([
        ("name".to_owned(), Value::text(&name)),
        (record.object.clone(), Value::Ref(record.id)),
        ("from_owner".to_owned(), from.clone()),
        ("to_owner".to_owned(), to.clone()),
        ("reason".to_owned(), why.reason.clone()),
        ("comment".to_owned(), why.comment.clone()),
        ("at".to_owned(), Value::DateTime(now)),
        ("by".to_owned(), by.map_or(Value::Empty, Value::Ref)),
        (pool::POOL.to_owned(), why.pool.map_or(Value::Empty, Value::Ref)),
    ]))
}
