//! `tcrm log`: who did what and when, changes and events alike, and who is at work.

use super::agenda::now;
use super::args::Log;
use super::assign;
use super::failure::Failure;
use super::output::{self, look, note, print_json};
use super::session::{Session, Want};
use super::show::{deed_name, entry_json, origin_name};
use super::table::{self, Table};
use crate::backend::Backend;
use crate::contract::log::Log as Page;
use crate::contract::log::{self, LogFilter, LogPart, LogPlace, LogRequest, LogRow, Seat};
use crate::domain::event::Event;
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Entry, Origin};
use crate::domain::message::Message;
use crate::domain::record::{Fields, Titles, system};
use crate::schema::kind;
use crate::schema::model::Schema;
use crate::{i18n, msg};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// Rows asked for at once.
const PAGE: usize = 1_000;
const NAMES: [&str; 8] = ["number", "at", "user", "from", "what", "object", "record", "detail"];

/// Shows the log, newest first, or who is at work.
pub(super) fn run(session: &Session, args: &Log) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    if args.online {
        return online(session, &session.wait(backend.online())?, args);
    }
    let filter = filter(session, &*backend, args)?;
    let schema = backend.schema();
    let (mut rows, mut before): (Vec<Json>, Option<LogPlace>) = (Vec::new(), None);
    let mut lines = Vec::new();
    let most = if args.limit == 0 { usize::MAX } else { args.limit };
    loop {
        let limit = most.saturating_sub(rows.len().max(lines.len())).min(PAGE);
        if limit == 0 {
            break;
        }
        let page = session.wait(backend.log(LogRequest { filter: filter.clone(), before, limit }))?;
        if args.json {
            rows.extend(page.rows.iter().map(|row| row_json(session, row, &page)));
        } else {
            lines.extend(page.rows.iter().map(|row| row_cells(session, &schema, row, &page.titles)));
        }
        before = page.more;
        if before.is_none() {
            break;
        }
    }
    let more = before.is_some();
    if args.json {
        print_json(&Json::Array(rows))?;
    } else if args.csv {
        output::print_csv_rows(&NAMES, &lines)?;
    } else {
        output::print_table(Table { head: head(session, &NAMES), rows: lines }, &NAMES)?;
    }
    if more {
        note(&session.say(&msg!("log-more", limit = args.limit)));
    }
    Ok(())
}

fn filter(session: &Session, backend: &dyn Backend, args: &Log) -> Result<LogFilter, Failure> {
    let (schema, now) = (backend.schema(), now(session));
    let invalid = |message: Message| Failure::Other(3, message);
    let mut filter = LogFilter { user: args.who.clone(), ..LogFilter::default() };
    match (&args.object, &args.record) {
        (Some(object), Some(id)) => {
            let key = assign::record(session, backend, object, id)?;
            (filter.object, filter.record) = (Some(key.object), Some(key.id));
        }
        (Some(object), None) => {
            filter.object = Some(super::session::find_object(&schema, object, session.lang)?.name.clone());
        }
        _ => {}
    }
    if let Some(field) = &args.field {
        filter.set_field(field, &schema).map_err(invalid)?;
    }
    if let Some(since) = &args.since {
        filter.since = Some(log::span(since, &now).map_err(invalid)?.0);
    }
    if let Some(until) = &args.until {
        filter.until = Some(log::span(until, &now).map_err(invalid)?.1);
    }
    for kind in &args.event {
        filter.kinds.push(log::kind_of(kind).ok_or_else(|| invalid(msg!("log-no-event", name = kind)))?);
    }
    filter.part = match (args.events || !args.event.is_empty(), args.changes) {
        (true, _) => LogPart::Events,
        (_, true) => LogPart::Changes,
        _ => LogPart::All,
    };
    Ok(filter)
}

fn head(session: &Session, names: &[&str]) -> Vec<(String, bool)> {
    names.iter().map(|name| (i18n::text(session.lang, &format!("log-head-{name}")), *name == "number")).collect()
}

fn moment(session: &Session, at: Timestamp) -> String {
    at.to_zoned(session.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn title(titles: &Titles, id: Id) -> String {
    titles.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

fn row_cells(session: &Session, schema: &Schema, row: &LogRow, titles: &Titles) -> Vec<String> {
    let (number, user, origin, what) = match row {
        LogRow::Change(e) => {
            let what = i18n::text(session.lang, &format!("cli-deed-{}", deed_name(e.deed)));
            (format!("#{}", e.txn), e.user.map(|id| title(titles, id)), e.origin, what)
        }
        LogRow::Event(e) => {
            let user = e.user.map(|id| title(titles, id)).or_else(|| e.what.login.clone());
            (e.number.to_string(), user, e.origin, log::label(e.what.kind, session.lang))
        }
    };
    let object = match row {
        LogRow::Change(entry) => Some(&entry.object),
        LogRow::Event(event) => event.what.object.as_ref(),
    };
    let label = |name: &String| schema.object(name).map_or(name.as_str(), |o| o.label.get(session.lang)).to_owned();
    let detail = match row {
        LogRow::Change(entry) => changes(session, schema, entry, titles),
        LogRow::Event(event) => log::detail(event, session.lang),
    };
    vec![
        number,
        moment(session, row.at()),
        user.unwrap_or_else(|| "tcrm".to_owned()),
        origin_name(origin).to_owned(),
        what,
        object.map(label).unwrap_or_default(),
        row.key().map(|key| title(titles, key.id)).unwrap_or_default(),
        detail,
    ]
}

/// `Phone: 138 → 139, Level: A`.
fn changes(session: &Session, schema: &Schema, entry: &Entry, titles: &Titles) -> String {
    let Some(object) = schema.object(&entry.object) else { return String::new() };
    let look = look(session, schema, titles);
    let fields = object.fields.iter().filter(|f| f.name != system::UPDATED_AT);
    let line = |field: &crate::schema::model::Field| {
        let text = |side: &Fields| side.get(&field.name).map(|v| table::clean(&kind::format(&field.kind, v, &look)));
        let (before, after) = (text(&entry.before), text(&entry.after));
        (before.is_some() || after.is_some()).then(|| {
            let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
            let label = field.label.get(session.lang);
            match entry.deed {
                Deed::Create => format!("{label}: {after}"),
                Deed::Delete => format!("{label}: {before}"),
                Deed::Update => format!("{label}: {before} → {after}"),
            }
        })
    };
    fields.filter_map(line).collect::<Vec<_>>().join(", ")
}

fn row_json(session: &Session, row: &LogRow, page: &Page) -> Json {
    match row {
        LogRow::Change(entry) => {
            let mut json = entry_json(entry, &page.titles);
            if let Json::Object(map) = &mut json {
                map.insert("type".to_owned(), json!("change"));
            }
            json
        }
        LogRow::Event(event) => event_json(session, event, &page.titles),
    }
}

fn event_json(session: &Session, event: &Event, titles: &Titles) -> Json {
    json!({
        "type": "event", "number": event.number, "at": event.at.to_string(), "event": event.what.kind.name(),
        "user": event.user.map(|id| json!({ "id": id.to_string(), "title": titles.get(&id) })),
        "login": event.what.login, "origin": origin_name(event.origin), "object": event.what.object,
        "id": event.what.record.map(|id| id.to_string()), "detail": event.what.detail,
        "text": log::detail(event, session.lang),
    })
}

/// Who sits there; a server that has the store open is nobody in particular.
fn named(session: &Session, seat: &Seat) -> String {
    let nobody = if seat.origin == Origin::System { "log-server" } else { "log-nobody" };
    if seat.name.is_empty() { i18n::text(session.lang, nobody) } else { seat.name.clone() }
}

fn online(session: &Session, seats: &[Seat], args: &Log) -> Result<(), Failure> {
    if args.json {
        let seat = |s: &Seat| {
            json!({
                "user": s.user.map(|id| id.to_string()), "name": s.name, "since": s.since.to_string(),
                "origin": origin_name(s.origin), "host": s.host, "process": s.process, "certain": s.certain,
            })
        };
        return print_json(&seats.iter().map(seat).collect());
    }
    let names = ["user", "since", "from", "host", "process", "certain"];
    let cells = |s: &Seat| {
        let certain = i18n::text(session.lang, if s.certain { "log-certain" } else { "log-uncertain" });
        let origin = origin_name(s.origin).to_owned();
        vec![named(session, s), moment(session, s.since), origin, s.host.clone(), s.process.clone(), certain]
    };
    let rows: Vec<Vec<String>> = seats.iter().map(cells).collect();
    if args.csv {
        return output::print_csv_rows(&names, &rows);
    }
    if rows.is_empty() {
        note(&session.say(&msg!("told-nobody")));
        return Ok(());
    }
    output::print_table(Table { head: head(session, &names), rows }, &names)
}
