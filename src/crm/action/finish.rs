//! Carrying out a planned activity: it has happened now, and its next step is a task or the next plan.

use super::Doing;
use crate::contract::error::Error;
use crate::crm::{Context, log, object, save};
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::store::Write;

/// What the next step takes over from the activity, where it has such a field.
const TAKEN: [&str; 8] = ["customer", "contact", "opportunity", "lead", "owner", "collaborators", "kind", "products"];

/// Makes what comes next, if a date for it is given.
pub(super) fn run(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let now = doing.now.timestamp();
    if matches!(doing.record.get("at"), Value::DateTime(at) if *at > now) {
        doing.changes.insert("at".to_owned(), Value::DateTime(now));
    }
    let next_as = doing.take("next_as");
    let due = doing.changes.get("next_date").cloned().unwrap_or(Value::Empty);
    let name = match next_as.as_str() {
        _ if due.is_empty() => return Ok(Vec::new()),
        Some("task") => log::TASK,
        Some("activity") => log::ACTIVITY,
        _ => return Ok(Vec::new()),
    };
    let next = object(doing.schema, name)?;
    let mut fields: Fields = TAKEN.iter().map(|field| ((*field).to_owned(), doing.record.get(field).clone())).collect();
    let step = doing.changes.get("next_step").cloned().unwrap_or(Value::Empty);
    fields.insert("subject".to_owned(), if step.is_empty() { doing.record.get("subject").clone() } else { step });
    fields.insert(if name == log::TASK { "due" } else { "at" }.to_owned(), due);
    if name == log::ACTIVITY {
        fields.insert("state".to_owned(), Value::Choice("planned".to_owned()));
    }
    let fields = log::known(next, fields);
    Ok(vec![save::create(tx, &doing.rules(name)?, context.next_id(doing.now), fields, doing.now)?])
}
