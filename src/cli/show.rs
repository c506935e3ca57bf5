//! `tcrm show`, `search`, `history`: reading one record, finding records, reading the journal.

use super::args;
use super::assign;
use super::failure::Failure;
use super::output::{self, note, print_json, stdout, value_json};
use super::session::{Session, Want, find_object};
use super::table::{self, Table};
use crate::backend::History;
use crate::contract::request::{HistoryRequest, SearchRequest};
use crate::domain::journal::{Deed, Entry, Origin};
use crate::domain::record::{RecordKey, Titles, system};
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Field, Schema};
use serde_json::{Map, Value as Json, json};
use std::io::Write;

/// Shows one record with all its fields.
pub(super) fn run(session: &Session, object: &str, id: &str, as_json: bool) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    let key = assign::record(session, &*backend, object, id)?;
    let view = session.wait(backend.get(key))?;
    let schema = backend.schema();
    let object = find_object(&schema, &view.record.object, session.lang)?;
    if as_json {
        return print_json(&output::record_json(&view.record, object.fields.iter(), &view.titles));
    }
    let look = output::look(session, &schema, &view.titles);
    let mut out = stdout();
    let title = table::clean(&kind::format(&field_kind(object, &object.title), view.record.get(&object.title), &look));
    writeln!(out, "{} {title}", object.label.get(session.lang))?;
    for group in &object.groups {
        let pairs = pairs(session, object.group_fields(&group.name), &view.record, &look);
        if !pairs.is_empty() {
            writeln!(out, "{}", group.label.get(session.lang))?;
            output::print_pairs(&mut out, &pairs)?;
        }
    }
    let system = object.fields.iter().filter(|f| f.is_system());
    output::print_pairs(&mut out, &pairs(session, system, &view.record, &look))?;
    Ok(out.flush()?)
}

fn field_kind(object: &crate::schema::model::Object, name: &str) -> crate::schema::model::Kind {
    object.field(name).map_or(crate::schema::model::Kind::Multiline, |f| f.kind.clone())
}

fn pairs<'f>(
    session: &Session,
    fields: impl Iterator<Item = &'f Field>,
    record: &crate::domain::record::Record,
    look: &kind::FormatContext<'_>,
) -> Vec<(String, String)> {
    let pair = |f: &Field| (f.label.get(session.lang).to_owned(), output::field_text(f, record, look));
    fields.map(pair).filter(|(_, text)| !text.is_empty()).collect()
}

/// Finds records of all objects or some by words.
pub(super) fn search(session: &Session, search: &args::Search) -> Result<(), Failure> {
    let backend = session.open(Want::Search)?;
    let schema = backend.schema();
    let objects = search.object.iter().map(|o| find_object(&schema, o, session.lang).map(|o| o.name.clone()));
    let objects: Vec<String> = objects.collect::<Result<_, _>>()?;
    if let Some(store) = backend.local() {
        session.wait(store.search_ready())?;
    }
    let request = SearchRequest { text: search.text.join(" "), objects, limit: search.limit };
    let answer = session.wait(backend.search(request))?;
    if search.json {
        let hit = |h: &crate::contract::request::Hit| {
            json!({ "object": h.key.object, "id": h.key.id.to_string(), "title": h.title, "code": h.code,
                    "detail": h.detail, "matched": h.other_match.as_ref().map(|(f, t, _)| json!({ "field": f, "text": t })) })
        };
        return print_json(&answer.hits.iter().map(hit).collect());
    }
    let label =
        |name: &str| schema.object(name).map_or_else(|| name.to_owned(), |o| o.label.get(session.lang).to_owned());
    let row = |h: &crate::contract::request::Hit| {
        let matched = h.other_match.as_ref().map_or_else(|| h.detail.clone(), |(_, text, _)| text.clone());
        vec![label(&h.key.object), h.key.id.to_string(), h.code.clone(), h.title.clone(), matched]
    };
    let names = ["object", "id", "code", "title", "detail"];
    let head = ["cli-head-object", "cli-head-id", "cli-head-code", "cli-head-title", "cli-head-detail"];
    let head = head.map(|key| (crate::i18n::text(session.lang, key), false)).to_vec();
    if answer.hits.is_empty() {
        note(&session.say(&msg!("cli-search-none", text = search.text.join(" "))));
    }
    output::print_table(Table { head, rows: answer.hits.iter().map(row).collect() }, &names)
}

/// Shows what happened to a record, or to everything, newest first.
pub(super) fn history(session: &Session, args: &args::History) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    let key: Option<RecordKey> = match (&args.object, &args.id) {
        (Some(object), Some(id)) => Some(assign::record(session, &*backend, object, id)?),
        _ => None,
    };
    let request = HistoryRequest { key, before: None, limit: args.limit };
    let history = session.wait(backend.history(request))?;
    let schema = backend.schema();
    if args.json {
        return print_json(&history.entries.iter().map(|e| entry_json(e, &history.titles)).collect());
    }
    let mut out = stdout();
    for entry in &history.entries {
        let lines = entry_lines(session, &schema, entry, &history);
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

/// The name of a deed in JSON.
pub(super) fn deed_name(deed: Deed) -> &'static str {
    match deed {
        Deed::Create => "create",
        Deed::Update => "update",
        Deed::Delete => "delete",
    }
}

/// The name of an origin in JSON.
pub(super) fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Tui => "tui",
        Origin::Cli => "cli",
        Origin::Import => "import",
        Origin::Api => "api",
        Origin::System => "system",
    }
}

/// A change as JSON.
pub(super) fn entry_json(entry: &Entry, titles: &Titles) -> Json {
    let side = |fields: &crate::domain::record::Fields| -> Json {
        let pairs = fields.iter().map(|(name, value)| (name.clone(), value_json(value, titles)));
        Json::Object(pairs.collect::<Map<_, _>>())
    };
    json!({
        "seq": entry.seq, "txn": entry.txn, "at": entry.at.to_string(), "object": entry.object,
        "user": entry.user.map(|id| json!({ "id": id.to_string(), "title": titles.get(&id) })),
        "id": entry.record.to_string(), "version": entry.version, "deed": deed_name(entry.deed),
        "origin": origin_name(entry.origin), "before": side(&entry.before), "after": side(&entry.after),
        "undoes": entry.undoes,
    })
}

fn entry_lines(session: &Session, schema: &Schema, entry: &Entry, history: &History) -> Vec<String> {
    let at = entry.at.to_zoned(session.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let user = entry.user.map(|id| history.titles.get(&id).cloned().unwrap_or_else(|| id.to_string()));
    let object = schema.object(&entry.object);
    let label = object.map_or(entry.object.as_str(), |o| o.label.get(session.lang));
    let title = history.titles.get(&entry.record).cloned().unwrap_or_else(|| entry.record.to_string());
    let deed = crate::i18n::text(session.lang, &format!("cli-deed-{}", deed_name(entry.deed)));
    let user = user.unwrap_or_else(|| "tcrm".to_owned());
    let mut lines = vec![table::clean(&format!(
        "{at}  #{}  {user} ({})  {deed}  {label} {title}",
        entry.txn,
        origin_name(entry.origin)
    ))];
    let look = output::look(session, schema, &history.titles);
    let names: std::collections::BTreeSet<&String> = entry.before.keys().chain(entry.after.keys()).collect();
    for name in names {
        let Some(field) = object.and_then(|o| o.field(name)).filter(|f| f.name != system::UPDATED_AT) else { continue };
        let text = |fields: &crate::domain::record::Fields| {
            fields.get(name).map(|v| table::clean(&kind::format(&field.kind, v, &look))).unwrap_or_default()
        };
        let (before, after) = (text(&entry.before), text(&entry.after));
        let label = field.label.get(session.lang);
        lines.push(match entry.deed {
            Deed::Create => format!("    {label}: {after}"),
            Deed::Delete => format!("    {label}: {before}"),
            Deed::Update => format!("    {label}: {before} → {after}"),
        });
    }
    lines
}
