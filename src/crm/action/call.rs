//! Logging a call by its outcome, which says when the next touch comes, and what becomes of the task it was made for.

use super::{COMMENT, Doing};
use crate::contract::error::Error;
use crate::crm::{Context, log, object, recur, save};
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::store::{Store, Write};
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan, Zoned};

/// The hour at which a touch is planned that was given no time.
const HOUR: i8 = 9;
/// Who can be called, those nearest to the matter first.
const CALLED: [&str; 3] = ["contact", "lead", "customer"];

/// Makes the activity. The traces on what it is about are those of any activity.
pub(super) fn run(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let outcome = doing.take("outcome");
    let outcomes = doing.schema.dictionary("activity_outcome");
    let outcome_closes = outcome.as_str().and_then(|key| outcomes?.item(key)).is_some_and(|item| item.closes);
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
    let done = doing.take("done");
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
    whom(doing, tx.store(), &mut fields)?;
    let fields = log::known(activity, fields);
    let mut made = Vec::new();
    match doing.record.object.as_str() {
        log::TASK => made.extend(task_called(doing, done, outcome_closes, next, tx, context)?),
        "reminder" => reminder_called(doing, outcome_closes, next),
        _ => {}
    }
    if doing.record.object == log::ACTIVITY && doing.record.get("state").as_str() == Some("planned") {
        // What was planned has happened: it says how.
        let said = ["at", "content", "outcome", "next_date", "contact"];
        doing.changes.extend(fields.into_iter().filter(|(name, _)| said.contains(&name.as_str())));
        doing.changes.insert("state".to_owned(), Value::Choice("done".to_owned()));
        return Ok(made);
    }
    made.insert(0, save::create(tx, &doing.rules(log::ACTIVITY)?, context.next_id(doing.now), fields, doing.now)?);
    Ok(made)
}

/// Puts in whom a record leads to: a customer, contact or lead. `Denied` where there is nobody to call.
fn whom(doing: &Doing<'_>, store: &Store, links: &mut Fields) -> Result<(), Error> {
    let record = doing.record;
    let fields = doing.schema.object(&record.object).map_or(&[][..], |o| &o.fields);
    for field in fields.iter().filter(|f| !f.retired && !f.kind.is_many() && !f.is_system()) {
        if let (Some(target), Value::Ref(id)) = (field.kind.target(), record.get(&field.name))
            && CALLED.contains(&target)
            && target != record.object
        {
            links.entry(target.to_owned()).or_insert(Value::Ref(*id));
        }
    }
    if !links.contains_key("customer")
        && let Some(Value::Ref(contact)) = links.get("contact")
        && let Some(contact) = store.get("contact", *contact)?
        && let customer @ Value::Ref(_) = contact.get("customer")
    {
        links.insert("customer".to_owned(), customer.clone());
    }
    match CALLED.iter().any(|name| links.get(*name).is_some_and(|value| !value.is_empty())) {
        true => Ok(()),
        false => Err(Error::Denied(msg!("crm-call-nobody"))),
    }
}

/// A task that somebody was called for is done with it where it is said, or the outcome says so and nobody else has
/// to look at it; else it is put off until the next touch.
fn task_called(
    doing: &mut Doing<'_>,
    done: Value,
    closes: bool,
    next: Option<Timestamp>,
    tx: &mut Write<'_>,
    context: &mut Context,
) -> Result<Vec<Record>, Error> {
    let auditor = doing.record.get("auditor").as_ref_id();
    let is_audited = auditor.is_some() && auditor != doing.me;
    let done = match done {
        Value::Boolean(true) if is_audited => return Err(Error::field("done", msg!("crm-call-audited"))),
        Value::Boolean(done) => done,
        _ => closes && !is_audited,
    };
    if done {
        doing.changes.insert("state".to_owned(), Value::Choice("done".to_owned()));
        doing.changes.insert("done_at".to_owned(), Value::DateTime(doing.now.timestamp()));
        return Ok(recur::follow(tx, &doing.rules(log::TASK)?, doing.record, context, doing.now)?
            .into_iter()
            .collect());
    }
    if let Some(next) = next
        && !matches!(doing.record.get("due"), Value::DateTime(due) if *due > next)
    {
        doing.changes.insert("due".to_owned(), Value::DateTime(next));
    }
    Ok(Vec::new())
}

/// A reminder is dealt with by a call that reached its end, else put off until the next touch.
fn reminder_called(doing: &mut Doing<'_>, closes: bool, next: Option<Timestamp>) {
    if doing.record.get("state").as_str() != Some("open") {
        return;
    }
    match next.filter(|_| !closes) {
        Some(next) => doing.changes.insert("snoozed".to_owned(), Value::DateTime(next)),
        None => doing.changes.insert("state".to_owned(), Value::Choice("done".to_owned())),
    };
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
