//! `tcrm add`, `set`, `rm`, `do`, `undo`, `redo`, `revert`: everything that changes records.

use super::args::Action;
use super::failure::Failure;
use super::output::{note, print_json, print_line, record_json};
use super::session::{Session, Want, find_object, with_object};
use super::{acting, assign};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, DeletePreview, DoRequest, SaveRequest, Saved, Undone};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{Object, Schema};
use serde_json::{Value as Json, json};

/// Makes a record and prints its id.
pub(super) fn add(session: &Session, object: &str, arguments: &[String], as_json: bool) -> Result<(), Failure> {
    let (backend, object) = with_object(session, object, Want::Write)?;
    let changes = assign::fields(session, &*backend, &object, &Fields::new(), arguments)?;
    let request = SaveRequest { object: object.name.clone(), target: None, changes };
    let saved = session.wait(backend.save(request))?;
    told(session, &*backend, &saved, as_json, "cli-added")
}

/// Changes fields of a record.
pub(super) fn set(
    session: &Session,
    object: &str,
    id: &str,
    arguments: &[String],
    as_json: bool,
) -> Result<(), Failure> {
    let (backend, object) = with_object(session, object, Want::Write)?;
    let key = assign::record(session, &*backend, &object.name, id)?;
    let record = session.wait(backend.get(key.clone()))?.record;
    let changes = assign::fields(session, &*backend, &object, &record.fields, arguments)?;
    save(session, &*backend, key, record.version, changes, as_json)
}

/// Saves changes that were made on a version.
pub(super) fn save(
    session: &Session,
    backend: &dyn Backend,
    key: RecordKey,
    version: i64,
    changes: Fields,
    as_json: bool,
) -> Result<(), Failure> {
    let request = SaveRequest { object: key.object, target: Some((key.id, version)), changes };
    let saved = session.wait(backend.save(request))?;
    let message = if saved.txn == 0 { "cli-unchanged" } else { "cli-changed" };
    told(session, backend, &saved, as_json, message)
}

/// Says what was written: ids on stdout, so that scripts can go on with them.
fn told(
    session: &Session,
    backend: &dyn Backend,
    saved: &Saved,
    as_json: bool,
    message: &'static str,
) -> Result<(), Failure> {
    let schema = backend.schema();
    if as_json {
        let record = |r: &Record| {
            let fields = schema.object(&r.object).map(|o| o.fields.as_slice()).unwrap_or_default();
            record_json(r, fields.iter(), &crate::domain::record::Titles::new())
        };
        let records: Vec<Json> = saved.records.iter().map(record).collect();
        return print_json(&json!({ "txn": saved.txn, "touched": saved.touched, "records": records }));
    }
    if let Some(first) = saved.records.first() {
        print_line(&first.id.to_string())?;
        let submitted =
            |r: &Record| r.object == "approval" && r.version == 1 && r.get("state").as_str() == Some("pending");
        let message = if saved.records.iter().skip(1).any(submitted) { "cli-submitted" } else { message };
        note(&session.say(&Message::new(message).with("what", named(session, &schema, first))));
    }
    for told in &saved.notes {
        note(&session.say(told));
    }
    Ok(())
}

/// A record as people call it: object, code, title.
fn named(session: &Session, schema: &Schema, record: &Record) -> String {
    let Some(object) = schema.object(&record.object) else { return record.id.to_string() };
    let text = |field: &str| record.get(field).as_str().unwrap_or_default().to_owned();
    let code = object.code.as_deref().map(text).unwrap_or_default();
    let words = [object.label.get(session.lang).to_owned(), code, text(&object.title)];
    super::table::clean(&words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Deletes records in one transaction, or says what that would take along.
pub(super) fn remove(
    session: &Session,
    object: &str,
    ids: &[String],
    dry_run: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let (backend, object) = with_object(session, object, if dry_run { Want::Read } else { Want::Write })?;
    let keys = ids.iter().map(|id| assign::record(session, &*backend, &object.name, id));
    let keys: Vec<RecordKey> = keys.collect::<Result<_, _>>()?;
    if dry_run {
        let preview = |key: RecordKey| session.wait(backend.delete_preview(key.clone())).map(|found| (key.id, found));
        let previews: Vec<(Id, DeletePreview)> = keys.into_iter().map(preview).collect::<Result<_, _>>()?;
        if as_json {
            return print_json(&previews.iter().map(|(id, preview)| preview_json(*id, preview)).collect());
        }
        return previews.iter().try_for_each(|(_, preview)| tell_preview(session, &backend.schema(), preview));
    }
    let number = keys.len();
    let saved = session.wait(backend.delete(keys))?;
    if as_json {
        return print_json(&json!({ "txn": saved.txn, "deleted": number, "touched": saved.touched }));
    }
    note(&session.say(&msg!("cli-deleted", number = number, along = saved.touched.saturating_sub(number))));
    Ok(())
}

fn preview_json(id: Id, preview: &DeletePreview) -> Json {
    let side = |list: &[(String, u64)]| -> Json {
        list.iter().map(|(o, n)| (o.clone(), json!(n))).collect::<serde_json::Map<_, _>>().into()
    };
    json!({ "id": id.to_string(), "cascades": side(&preview.cascades), "clears": side(&preview.clears),
        "restricts": side(&preview.restricts) })
}

fn tell_preview(session: &Session, schema: &Schema, preview: &DeletePreview) -> Result<(), Failure> {
    let label = |name: &str| {
        find_object(schema, name, session.lang).map_or(name.to_owned(), |o| o.plural.get(session.lang).to_owned())
    };
    let sides = [
        ("cli-delete-cascades", &preview.cascades),
        ("cli-delete-clears", &preview.clears),
        ("cli-delete-restricts", &preview.restricts),
    ];
    for (message, list) in sides {
        for (object, number) in list {
            print_line(&session.say(&Message::new(message).with("number", number).with("what", label(object))))?;
        }
    }
    if preview == &DeletePreview::default() {
        print_line(&session.say(&msg!("cli-delete-alone")))?;
    }
    Ok(())
}

/// Does an action on a record.
pub(super) fn act(session: &Session, action: &Action) -> Result<(), Failure> {
    let (backend, object) = with_object(session, &action.object, Want::Write)?;
    let comment = action.comment.clone().unwrap_or_default();
    if action.action == "log" {
        let key = assign::record(session, &*backend, &object.name, &action.id)?;
        let request = match (comment.trim(), action.fields.as_slice()) {
            (_, [_, ..]) => return Err(Failure::Usage(msg!("cli-do-fields", action = &action.action))),
            ("", []) => return Err(Failure::Usage(msg!("cli-do-comment"))),
            (_, []) => ActRequest::Log { about: Some(key), line: comment },
        };
        let saved = session.wait(backend.act(request))?;
        return told(session, &*backend, &saved, action.json, "cli-done");
    }
    let Some(known) = object.find_action(&action.action) else {
        return Err(Failure::Backend(Error::NotFound(no_action(&object, &action.action))));
    };
    let key = assign::record(session, &*backend, &object.name, &action.id)?;
    let fields = assign::fields(session, &*backend, &known.form, &Fields::new(), &action.fields)?;
    let request = DoRequest { action: known.name.clone(), key, fields, comment, version: None };
    if action.dry_run {
        return acting::preview(session, &*backend, known, request, action.json);
    }
    let saved = acting::perform(session, &*backend, request)?;
    match made(known, &saved).filter(|_| !action.json) {
        Some(document) => tell_made(session, &backend.schema(), document, &saved)?,
        None => told(session, &*backend, &saved, action.json, "cli-done")?,
    }
    if saved.touched > saved.records.len() && !action.json {
        note(&session.say(&msg!("cli-done-touched", count = saved.touched)));
    }
    Ok(())
}

/// The document that an action made of its record.
fn made<'s>(action: &crate::schema::model::Action, saved: &'s Saved) -> Option<&'s Record> {
    let object = action.does.makes()?;
    saved.records.iter().skip(1).find(|record| record.object == object)
}

/// Says which document was made, and of what: its id on stdout, so that scripts can go on with it.
fn tell_made(session: &Session, schema: &Schema, document: &Record, saved: &Saved) -> Result<(), Failure> {
    print_line(&document.id.to_string())?;
    let of = saved.records.first().map(|record| named(session, schema, record)).unwrap_or_default();
    note(&session.say(&msg!("cli-made", what = named(session, schema, document), of = of)));
    Ok(())
}

/// The message that an object has no such action, with those it has.
fn no_action(object: &Object, name: &str) -> Message {
    let names = || object.actions.iter().map(|a| a.name.as_str()).chain(["log"]);
    let known = names().collect::<Vec<_>>().join(", ");
    match nearest(name, names()) {
        Some(near) => {
            msg!("crm-no-action-near", action = name, object = &object.name, near = near, known = known)
        }
        None => msg!("crm-no-action", action = name, object = &object.name, known = known),
    }
}

/// Takes back the last own change.
pub(super) fn undo(session: &Session, as_json: bool) -> Result<(), Failure> {
    let backend = session.open(Want::Write)?;
    let undone = session.wait(backend.undo());
    tell_undone(session, &*backend, undone, as_json, "cli-undone")
}

/// Does the last undone change again.
pub(super) fn redo(session: &Session, as_json: bool) -> Result<(), Failure> {
    let backend = session.open(Want::Write)?;
    let redone = session.wait(backend.redo());
    tell_undone(session, &*backend, redone, as_json, "cli-redone")
}

/// Takes back a whole transaction or import.
pub(super) fn revert(session: &Session, number: i64, as_json: bool) -> Result<(), Failure> {
    let backend = session.open(Want::Write)?;
    let undone = session.wait(backend.revert(number));
    tell_undone(session, &*backend, undone, as_json, "cli-reverted")
}

fn tell_undone(
    session: &Session,
    backend: &dyn Backend,
    undone: Result<Undone, Error>,
    as_json: bool,
    message: &'static str,
) -> Result<(), Failure> {
    let undone = undone?;
    if as_json {
        let record = |k: &RecordKey| json!({ "object": k.object, "id": k.id.to_string() });
        let records: Vec<Json> = undone.records.iter().map(record).collect();
        return print_json(&json!({ "txn": undone.txn, "touched": undone.touched, "records": records }));
    }
    let schema = backend.schema();
    let (object, title) = &undone.title;
    let label = schema.object(object).map_or(object.as_str(), |o| o.label.get(session.lang));
    let what = super::table::clean(&format!("{label} {title}"));
    let message = Message::new(message).with("txn", undone.txn).with("touched", undone.touched).with("what", what);
    note(&session.say(&message));
    Ok(())
}
