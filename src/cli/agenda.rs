//! `tcrm agenda`: what happens and is to be done, as a list, a calendar file or a work log.

use super::args::AgendaArgs;
use super::failure::Failure;
use super::output::{self, deliver, named_file, note, print_json};
use super::session::{Session, Want};
use super::table::Table;
use crate::backend::{Backend, work_log};
use crate::contract::agenda::{AgendaItem, AgendaKind, AgendaRequest, Due, Whose};
use crate::domain::when;
use crate::i18n;
use crate::msg;
use crate::transfer::icalendar::{self, At, Entry, Kind};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::{Value as Json, json};
use std::io::Write;

/// The days shown unless told otherwise, today included.
const DAYS: i64 = 7;
/// The most items of a kind.
const LIMIT: usize = 2_000;
/// Minutes before a meeting that the calendar rings.
const ALARM: i64 = 15;
/// What is due on a whole day rings at nine.
const MORNING: i64 = -9 * 60;

/// Shows the agenda.
pub(super) fn run(session: &Session, args: &AgendaArgs) -> Result<(), Failure> {
    let now = now(session);
    let first = args.from.as_deref().map(|text| day(text, &now)).transpose()?;
    let from = first.unwrap_or_else(|| now.date());
    let last = match &args.to {
        Some(text) => day(text, &now)?,
        None if args.log => from,
        None => from.saturating_add((DAYS - 1).days()),
    };
    if last < from {
        return Err(Failure::Usage(msg!("when-reversed")));
    }
    let to = last.tomorrow().map_err(|_| Failure::Usage(msg!("when-out-of-range")))?;
    let backend = session.open(Want::Read)?;
    let of = whose(session, &*backend, args.of.as_deref())?;
    let ask = |from: Option<Date>, to: Date| {
        let request = AgendaRequest { from, to, of, done: args.done || args.log, limit: LIMIT };
        session.wait(backend.agenda(request))
    };
    let mut items = Vec::new();
    let mut more = false;
    // What is overdue belongs to what is to be done now.
    if first.is_none() && !args.log {
        let overdue = ask(None, from)?;
        more = overdue.more;
        items = overdue.items;
    }
    let agenda = ask(Some(from), to)?;
    items.extend(agenda.items);
    if more || agenda.more {
        note(&session.say(&msg!("cli-agenda-more", limit = LIMIT)));
    }
    if let Some(path) = &args.ics {
        let entries = entries(session, &items);
        let calendar = |out: &mut dyn Write| icalendar::write(out, "tcrm", now.timestamp(), &entries);
        if deliver(named_file(Some(path)), calendar)? {
            note(&session.say(&msg!("cli-agenda-ics", number = items.len(), path = path.display())));
        }
        return Ok(());
    }
    if args.log {
        let log = work_log::draft(&items, session.lang, &session.zone);
        deliver(None, |out| out.write_all(log.as_bytes()))?;
        return Ok(());
    }
    if args.json {
        return print_json(&items.iter().map(|item| item_json(session, item, &now)).collect());
    }
    print(session, &items, &now, args.csv)
}

/// The moment, where the user is.
pub(super) fn now(session: &Session) -> Zoned {
    Timestamp::now().to_zoned(session.zone.clone())
}

/// A day as people write it.
pub(super) fn day(text: &str, now: &Zoned) -> Result<Date, Failure> {
    when::parse_date(text, now.date()).map_err(|error| Failure::Other(3, error.message()))
}

/// Whose agenda: `me`, `team`, `everyone`, or a user.
pub(super) fn whose(session: &Session, backend: &dyn Backend, of: Option<&str>) -> Result<Whose, Failure> {
    Ok(match of {
        None | Some("me") => Whose::Me,
        Some("team") => Whose::Team,
        Some("everyone") => Whose::Everyone,
        Some(user) => Whose::User(session.wait(backend.resolve("user".to_owned(), user.to_owned()))?),
    })
}

/// `2026-11-22 15:00`, or the day alone.
pub(super) fn due_text(session: &Session, due: Due) -> String {
    match due {
        Due::Day(day) => day.to_string(),
        Due::At(at) => at.to_zoned(session.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// RFC 3339, or the day alone.
pub(super) fn due_json(due: Due) -> Json {
    match due {
        Due::Day(day) => json!(day.to_string()),
        Due::At(at) => json!(at.to_string()),
    }
}

fn kind(item: &AgendaItem) -> &'static str {
    match item.kind {
        AgendaKind::Activity => "activity",
        AgendaKind::Task => "task",
        AgendaKind::Reminder => "reminder",
    }
}

fn is_overdue(session: &Session, item: &AgendaItem, now: &Zoned) -> bool {
    !item.done
        && match item.due {
            Due::Day(day) => day < now.date(),
            Due::At(at) => at.to_zoned(session.zone.clone()) < *now,
        }
}

fn item_json(session: &Session, item: &AgendaItem, now: &Zoned) -> Json {
    json!({
        "kind": kind(item), "object": item.record.object, "id": item.record.id.to_string(),
        "due": due_json(item.due), "minutes": item.minutes, "text": item.text.get(session.lang),
        "label": item.label.get(session.lang), "about": item.about, "owner": item.owner, "place": item.place,
        "done": item.done, "urgent": item.urgent, "overdue": is_overdue(session, item, now),
        "reminder": item.reminder.as_ref().map(ToString::to_string),
    })
}

fn print(session: &Session, items: &[AgendaItem], now: &Zoned, csv: bool) -> Result<(), Failure> {
    let names = ["due", "state", "kind", "text", "about", "owner"];
    let head = |name: &&str| (i18n::text(session.lang, &format!("cli-agenda-{name}")), false);
    let row = |item: &AgendaItem| {
        let state = match (item.done, is_overdue(session, item, now)) {
            (true, _) => "cli-agenda-done",
            (_, true) => "cli-agenda-overdue",
            _ => "cli-agenda-open",
        };
        let label = item.label.get(session.lang);
        let kind = if label.is_empty() { i18n::text(session.lang, "work-log-task") } else { label.to_owned() };
        vec![
            due_text(session, item.due),
            i18n::text(session.lang, state),
            kind,
            item.text.get(session.lang).to_owned(),
            item.about.clone(),
            item.owner.clone(),
        ]
    };
    let table = Table { head: names.iter().map(head).collect(), rows: items.iter().map(row).collect() };
    if csv { output::print_csv_rows(&names, &table.rows) } else { output::print_table(table, &names) }
}

/// The entries of a calendar file.
fn entries(session: &Session, items: &[AgendaItem]) -> Vec<Entry> {
    let entry = |item: &AgendaItem| {
        let name = match &item.reminder {
            Some(key) => key.to_string().replace('/', "-"),
            None => format!("{}-{}", item.record.object, item.record.id),
        };
        let at = match item.due {
            Due::Day(day) => At::Day(day),
            Due::At(at) => At::Moment(at),
        };
        let event = item.kind != AgendaKind::Task;
        let text = item.text.get(session.lang);
        let label = item.label.get(session.lang);
        Entry {
            kind: if event { Kind::Event } else { Kind::Todo },
            uid: format!("{name}@tcrm"),
            at,
            minutes: item.minutes,
            summary: if item.about.is_empty() { text.to_owned() } else { format!("{text} ({})", item.about) },
            description: item.content.clone(),
            place: item.place.clone(),
            categories: [label].into_iter().filter(|l| !l.is_empty()).map(str::to_owned).collect(),
            done: item.done,
            alarm: (!item.done).then_some(match (item.kind, item.due) {
                (_, Due::Day(_)) => MORNING,
                (AgendaKind::Activity, _) => ALARM,
                _ => 0,
            }),
        }
    };
    items.iter().map(entry).collect()
}
