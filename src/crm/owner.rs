//! Who has a customer or lead: every move from one to another, into the pool and out of it, is recorded.

use super::evaluate::Rules;
use super::pool::{self, CHANGE, OWNER};
use super::{Context, object, save, title};
use crate::backend::error::Error;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::store::{Store, Write};
use jiff::Zoned;

/// What is told of a move.
#[derive(Debug, Default)]
pub(super) struct Why {
    /// An item of the reasons' dictionary.
    pub(super) reason: Value,
    /// In words.
    pub(super) comment: Value,
}

/// Whether a change moves the record to another owner, and the schema records such moves of its object.
pub(super) fn is_move(rules: &Rules<'_>, before: &Record, changes: &Fields) -> bool {
    let recorded = rules.schema().object(CHANGE).and_then(|o| o.field(&before.object));
    recorded.is_some() && changes.get(OWNER).is_some_and(|owner| owner != before.get(OWNER))
}

/// `Denied` if the changes take a record out of a pool that doesn't let it go to whom they say.
pub(super) fn may_move(store: &Store, rules: &Rules<'_>, before: &Record, changes: &Fields) -> Result<(), Error> {
    let Some(to) = changes.get(OWNER).and_then(Value::as_ref_id) else { return Ok(()) };
    match pool::refusal(store, rules.schema(), before, to, (rules.now(), rules.me()))? {
        Some(reason) => Err(Error::Denied(reason)),
        None => Ok(()),
    }
}

/// Records a move, if it is one: the record before and after.
pub(super) fn note(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    (before, after): (&Record, &Record),
    why: Why,
    context: &mut Context,
    now: &Zoned,
) -> Result<Option<Record>, Error> {
    if !is_move(rules, before, &Fields::from([(OWNER.to_owned(), after.get(OWNER).clone())])) {
        return Ok(None);
    }
    let schema = rules.schema();
    let change = object(schema, CHANGE)?;
    let mut fields = recorded(&title(rules.object(), &after.fields, after.id), before, after.get(OWNER));
    fields.extend([
        ("reason".to_owned(), why.reason),
        ("comment".to_owned(), why.comment),
        ("at".to_owned(), Value::DateTime(now.timestamp())),
        ("by".to_owned(), rules.me().map_or(Value::Empty, Value::Ref)),
    ]);
    if before.get(OWNER).is_empty() || after.get(OWNER).is_empty() {
        let pools = pool::pools(tx.store(), schema, now)?;
        // A release must not fail for a rule that can't be read.
        let pool = pool::belonging(tx.store(), &pools, &after.object, after.id).ok().flatten();
        fields.insert(pool::POOL.to_owned(), pool.map_or(Value::Empty, |pool| Value::Ref(pool.id)));
    }
    fields.retain(|name, value| !value.is_empty() && change.field(name).is_some_and(|f| !f.retired));
    let rules = Rules::of(schema, change, now, rules.me());
    save::create(tx, &rules, context.next_id(now), fields, now).map(Some)
}

/// Who had a record called `name` and who has it now.
pub(super) fn recorded(name: &str, before: &Record, to: &Value) -> Fields {
    Fields::from([
        ("name".to_owned(), Value::text(name)),
        (before.object.clone(), Value::Ref(before.id)),
        ("from_owner".to_owned(), before.get(OWNER).clone()),
        ("to_owner".to_owned(), to.clone()),
    ])
}
