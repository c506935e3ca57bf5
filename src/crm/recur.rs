//! Tasks that come again: when one is done, the next is made.

use super::context::Context;
use super::evaluate::Rules;
use super::save;
use crate::contract::error::Error;
use crate::domain::record::{Fields, Record};
use crate::domain::recurrence::{self, Frequency, Recurrence};
use crate::domain::value::Value;
use crate::store::Write;
use jiff::Zoned;
use jiff::civil::{Date, Weekday};

/// Fields of a task that the next one doesn't take over.
const OWN: [&str; 7] = ["state", "done_at", "due", "repeat_from", "accepted_at", "submitted_at", "audited_at"];

/// Makes the task that follows one that is done: on the first day of its series that is later than its own and than
/// today. `None` if it doesn't come again, or its series has ended.
pub(super) fn follow(
    tx: &mut Write<'_>,
    rules: &Rules<'_>,
    done: &Record,
    context: &mut Context,
    now: &Zoned,
) -> Result<Option<Record>, Error> {
    let Some((due, start)) = next_due(done, now) else { return Ok(None) };
    let object = rules.object();
    let mut fields: Fields = done.fields.clone();
    fields.retain(|name, _| !OWN.contains(&name.as_str()) && object.field(name).is_some_and(|f| f.is_editable()));
    fields.insert("due".to_owned(), due);
    if object.field("repeat_from").is_some() {
        fields.insert("repeat_from".to_owned(), Value::Date(start));
    }
    save::create(tx, rules, context.next_id(now), fields, now).map(Some)
}

/// The next due time and the day that the series began on.
fn next_due(task: &Record, now: &Zoned) -> Option<(Value, Date)> {
    let rule = rule(task)?;
    let Value::DateTime(due) = task.get("due") else { return None };
    let due = due.to_zoned(now.time_zone().clone());
    let start = match task.get("repeat_from") {
        Value::Date(start) => *start,
        _ => due.date(),
    };
    let day = rule.after(start, due.date().max(now.date()))?;
    let at = recurrence::moment(day, due.time(), now.time_zone())?;
    Some((Value::DateTime(at), start))
}

/// How a task comes again.
fn rule(task: &Record) -> Option<Recurrence> {
    let frequency = Frequency::named(task.get("repeat").as_str()?)?;
    let number = |field: &str| match task.get(field) {
        Value::Integer(number) => u32::try_from(*number).ok(),
        _ => None,
    };
    let weekdays = match task.get("repeat_on") {
        Value::Choices(keys) => keys.iter().filter_map(|key| weekday(key)).collect(),
        _ => Vec::new(),
    };
    let until = match task.get("repeat_until") {
        Value::Date(day) => Some(*day),
        _ => None,
    };
    let interval = number("repeat_every").unwrap_or(1);
    Some(Recurrence { frequency, interval, weekdays, until, count: number("repeat_count") })
}

fn weekday(key: &str) -> Option<Weekday> {
    let at = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|name| *name == key)?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}
