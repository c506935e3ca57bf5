//! Logging a call by its outcome, which says when the next touch comes.

use super::{COMMENT, Doing};
use crate::backend::error::Error;
use crate::crm::{Context, log, object, save};
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::store::Write;
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan, Zoned};

/// The hour at which a touch is planned that was given no time.
const HOUR: i8 = 9;

/// Makes the activity. The traces on what it is about are those of any activity.
pub(super) fn run(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let outcome = doing.take("outcome");
    let note = doing.take(COMMENT);
    let next = next_touch(doing, &outcome)?;
    if next.is_none() {
        // The touch that was due has been: nothing is left to be reminded of.
        let today = doing.now.date();
        if matches!(doing.record.get("next_contact"), Value::Date(day) if *day <= today) {
            doing.changes.insert("next_contact".to_owned(), Value::Empty);
        }
    }
    let text = note.as_str().unwrap_or_default();
    let subject = match (doing.take("subject"), text) {
        (Value::Text(subject), _) => subject,
        (_, "") => outcome.as_str().unwrap_or_default().to_owned(),
        (_, text) => log::shortened(text),
    };
    let contact = doing.take("contact");
    let activity = object(doing.schema, log::ACTIVITY)?;
    let mut fields = Fields::from([
        ("kind".to_owned(), Value::Choice("call".to_owned())),
        ("at".to_owned(), Value::DateTime(doing.now.timestamp())),
        ("subject".to_owned(), Value::Text(subject)),
        ("content".to_owned(), note),
        ("outcome".to_owned(), outcome),
        ("next_date".to_owned(), next.map_or(Value::Empty, Value::DateTime)),
    ]);
    if !contact.is_empty() {
        fields.insert("contact".to_owned(), contact);
    }
    log::link(activity, doing.record, &mut fields);
    let fields = log::known(activity, fields);
    Ok(vec![save::create(tx, &doing.rules(log::ACTIVITY)?, context.next_id(doing.now), fields, doing.now)?])
}

/// When the next touch comes: as it is given, else as the outcome says.
fn next_touch(doing: &mut Doing<'_>, outcome: &Value) -> Result<Option<Timestamp>, Error> {
    if let Value::DateTime(at) = doing.take("next_date") {
        return Ok(Some(at));
    }
    let dictionary = doing.schema.dictionary("activity_outcome");
    let item = outcome.as_str().and_then(|key| dictionary?.item(key));
    match item {
        Some(item) if item.ask_next => Err(Error::field("next_date", msg!("crm-call-when"))),
        Some(item) => item.next_days.map(|days| in_days(doing.now, days)).transpose(),
        None => Ok(None),
    }
}

/// In the morning some days later, on Monday where that is a weekend.
fn in_days(now: &Zoned, days: u16) -> Result<Timestamp, Error> {
    let late = |_| Error::field("next_date", msg!("crm-call-when"));
    let day = now.date().checked_add(i64::from(days).days()).map_err(late)?;
    let shift = match day.weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    let day = day.checked_add(shift.days()).map_err(late)?;
    Ok(day.at(HOUR, 0, 0, 0).to_zoned(now.time_zone().clone()).map_err(late)?.timestamp())
}
