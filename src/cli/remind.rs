//! `tcrm remind`: what is due, for people, cron and status bars; and what is made of it.

use super::agenda::{due_json, due_text, now, whose};
use super::args::Remind;
use super::failure::Failure;
use super::output::{self, note, print_json, print_line};
use super::session::{Session, Want};
use super::table::Table;
use crate::contract::agenda::{Reminder, ReminderDeed, ReminderKey, RemindersRequest};
use crate::contract::request::ActRequest;
use crate::domain::when::{self, Moment};
use crate::i18n;
use crate::msg;
use jiff::{Timestamp, Zoned};
use serde_json::{Value as Json, json};

/// The hour of a day on which what is put off to that day comes back.
const MORNING: i8 = 9;

/// Shows reminders, or deals with one.
pub(super) fn run(session: &Session, args: &Remind) -> Result<(), Failure> {
    let deed = [(&args.done, ReminderDeed::Done), (&args.considered, ReminderDeed::Considered)];
    for (key, deed) in deed {
        if let Some(key) = key {
            return deal(session, key, deed, args.json);
        }
    }
    if let Some(key) = &args.snooze {
        let until = args.until.as_deref().unwrap_or("+1d");
        return deal(session, key, ReminderDeed::Snooze(snooze_until(until, &now(session))?), args.json);
    }
    show(session, args)
}

/// The moment that a text puts something off to: a day is its morning.
fn snooze_until(text: &str, now: &Zoned) -> Result<Timestamp, Failure> {
    let wrong = |error: when::WhenError| Failure::Other(3, error.message());
    Ok(match when::parse_moment(text, now).map_err(wrong)? {
        Moment::At(at) => at.timestamp(),
        Moment::Day(day) => {
            let at = day.at(MORNING, 0, 0, 0).to_zoned(now.time_zone().clone());
            at.map_err(|_| wrong(when::WhenError::OutOfRange))?.timestamp()
        }
    })
}

/// The last moment of the day, or the moment, that a text means.
fn until(text: Option<&str>, now: &Zoned) -> Result<Timestamp, Failure> {
    let Some(text) = text else { return Ok(now.timestamp()) };
    let wrong = |error: when::WhenError| Failure::Other(3, error.message());
    Ok(match when::parse_moment(text, now).map_err(wrong)? {
        Moment::At(at) => at.timestamp(),
        Moment::Day(day) => {
            let end = day.tomorrow().ok().and_then(|next| next.to_zoned(now.time_zone().clone()).ok());
            let end = end.ok_or_else(|| wrong(when::WhenError::OutOfRange))?.timestamp();
            Timestamp::from_millisecond(end.as_millisecond() - 1).unwrap_or(end)
        }
    })
}

fn show(session: &Session, args: &Remind) -> Result<(), Failure> {
    let now = now(session);
    let until = until(args.due.as_deref(), &now)?;
    let backend = session.open(Want::Read)?;
    let of = whose(session, &*backend, args.of.as_deref())?;
    let request = RemindersRequest { from: None, until, include_snoozed: args.snoozed, of, limit: args.limit };
    let found = session.wait(backend.reminders(request))?;
    let number = found.items.len();
    match (args.count, args.json) {
        (true, true) => print_json(&json!({ "count": number, "more": found.more }))?,
        (true, false) => print_line(&format!("{number}{}", if found.more { "+" } else { "" }))?,
        (false, true) => print_json(&found.items.iter().map(|r| reminder_json(session, r)).collect())?,
        (false, false) => {
            print(session, &found.items, args.csv)?;
            if found.more {
                note(&session.say(&msg!("cli-list-more", shown = number)));
            }
        }
    }
    if args.exit_code && number == 0 { Err(Failure::Said(1)) } else { Ok(()) }
}

fn reminder_json(session: &Session, reminder: &Reminder) -> Json {
    json!({
        "key": reminder.key.to_string(), "rule": reminder.key.rule, "label": reminder.label.get(session.lang),
        "text": reminder.text.get(session.lang), "object": reminder.record.object,
        "id": reminder.record.id.to_string(), "due": due_json(reminder.due),
        "owner": reminder.owner.as_ref().map(|(id, name)| json!({ "id": id.to_string(), "title": name })),
        "snoozed": reminder.snoozed.map(|at| at.to_string()), "escalated": reminder.escalated,
    })
}

fn print(session: &Session, reminders: &[Reminder], csv: bool) -> Result<(), Failure> {
    let names = ["due", "kind", "text", "owner", "key"];
    let head = |name: &&str| (i18n::text(session.lang, &format!("cli-agenda-{name}")), false);
    let row = |reminder: &Reminder| {
        vec![
            due_text(session, reminder.due),
            reminder.label.get(session.lang).to_owned(),
            reminder.text.get(session.lang).to_owned(),
            reminder.owner.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
            reminder.key.to_string(),
        ]
    };
    let table = Table { head: names.iter().map(head).collect(), rows: reminders.iter().map(row).collect() };
    if csv { output::print_csv_rows(&names, &table.rows) } else { output::print_table(table, &names) }
}

fn deal(session: &Session, key: &str, deed: ReminderDeed, as_json: bool) -> Result<(), Failure> {
    let reminder: ReminderKey = key.parse().map_err(|_| Failure::Other(3, msg!("cli-remind-key", key = key)))?;
    let backend = session.open(Want::Write)?;
    let saved = session.wait(backend.act(ActRequest::Remind { reminder, deed }))?;
    if as_json {
        return print_json(&json!({ "txn": saved.txn }));
    }
    note(&session.say(&match deed {
        ReminderDeed::Snooze(until) => {
            let at = until.to_zoned(session.zone.clone()).strftime("%Y-%m-%d %H:%M");
            msg!("cli-remind-snoozed", at = at)
        }
        _ => msg!("cli-remind-dealt"),
    }));
    Ok(())
}
