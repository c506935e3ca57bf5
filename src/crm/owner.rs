//! Who has a customer or lead: every move from one to another, into the pool and out of it, is recorded.

use super::evaluate::Rules;
use super::{Context, object, save, title};
use crate::backend::error::Error;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::store::Write;
use jiff::Zoned;

/// The object that records the moves.
const CHANGE: &str = "owner_change";
const OWNER: &str = "owner";

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
    let name = title(rules.object(), &after.fields, after.id);
    let mut fields = Fields::from([
        ("name".to_owned(), Value::text(&name)),
        (before.object.clone(), Value::Ref(before.id)),
        ("from_owner".to_owned(), before.get(OWNER).clone()),
        ("to_owner".to_owned(), after.get(OWNER).clone()),
        ("reason".to_owned(), why.reason),
        ("comment".to_owned(), why.comment),
        ("at".to_owned(), Value::DateTime(now.timestamp())),
        ("by".to_owned(), rules.me().map_or(Value::Empty, Value::Ref)),
    ]);
    fields.retain(|name, value| !value.is_empty() && change.field(name).is_some_and(|f| !f.retired));
    let rules = Rules::of(schema, change, now, rules.me());
    save::create(tx, &rules, context.next_id(now), fields, now).map(Some)
}
