//! Marking a task done: what was done becomes an activity, and a task that comes again is made anew.

use super::Doing;
use crate::contract::error::Error;
use crate::crm::{Context, log, recur, save};
use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::store::Write;

/// Makes the activity, with the comment as its content.
pub(super) fn run(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let comment = doing.take(super::COMMENT);
    let comment = comment.as_str().unwrap_or_default();
    doing.changes.insert("done_at".to_owned(), Value::DateTime(doing.now.timestamp()));
    let fields = log::outcome_fields(doing.schema, doing.record, comment, doing.now)?;
    let rules = doing.rules(log::ACTIVITY)?;
    let mut made = vec![save::create(tx, &rules, context.next_id(doing.now), fields, doing.now)?];
    made.extend(recur::follow(tx, &doing.rules(&doing.record.object)?, doing.record, context, doing.now)?);
    Ok(made)
}
