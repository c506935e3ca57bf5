//! The lines of a document as one whole: all of them are written in one transaction, or tried out to see what the
//! document would come to.

use super::evaluate::Rules;
use super::rights::{self, Operation, Sight};
use super::{Context, Crm, derive, document, existing, object, save, saved};
use crate::contract::error::Error;
use crate::contract::request::{LineChange, LineSeen, LinesAnswer, LinesRequest, Saved};
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Object, Schema};
use crate::store::Write;
use jiff::Zoned;

/// The field that keeps the order of lines.
const POSITION: &str = "position";
/// The most lines of a document that are worked on at once.
const MOST: usize = 2_000;

/// The document and the object of its lines.
struct Asked<'s> {
    document: RecordKey,
    lines: &'s Object,
    /// The field by which they belong to it.
    by: String,
}

impl Crm {
    /// The lines of a document as they are stored.
    pub fn stored_lines(&self, request: &LinesRequest) -> Result<LinesAnswer, Error> {
        let schema = self.schema();
        let asked = asked(&schema, request)?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let document = sight.get(&asked.document.object, asked.document.id)?;
        let ids = self.store.referring_ids(&asked.lines.name, &request.by, asked.document.id, MOST)?;
        let mut lines = self.store.get_many(&asked.lines.name, &ids)?;
        lines.sort_by_key(|line| (place(line).unwrap_or(i64::MAX), line.id));
        let lines = sight.stripped(&asked.lines.name, lines)?;
        let titles = sight.titles_of(&lines)?;
        let seen = |line: Record| LineSeen { record: Some(line), errors: Vec::new() };
        Ok(LinesAnswer {
            lines: lines.into_iter().map(seen).collect(),
            document: Some(document),
            titles,
            ..LinesAnswer::default()
        })
    }

    /// What a document would come to: everything is written as it will be, and taken back.
    pub fn lines(&mut self, request: &LinesRequest) -> Result<LinesAnswer, Error> {
        let schema = self.schema();
        let asked = asked(&schema, request)?;
        self.require("edit", &asked.document.object, Some(&asked.document))?;
        let mut answer = None;
        let tried: Result<((), i64), Error> = self.write(None, |tx, context, now| {
            let mut lines = Vec::with_capacity(request.lines.len());
            remove(tx, context, &asked, &request.removed)?;
            for (at, line) in request.lines.iter().enumerate() {
                lines.push(match write_line(tx, context, (&schema, &asked, request), line, at, now) {
                    Ok(record) => LineSeen { record: Some(record), errors: Vec::new() },
                    Err(Error::Invalid(errors)) => LineSeen { record: None, errors },
                    Err(error) => return Err(error),
                });
            }
            let broken = derive::settle(tx, &schema, now)?;
            for seen in &mut lines {
                if let Some(record) = &mut seen.record {
                    *record = existing(tx.store(), &record.object, record.id)?;
                }
            }
            let errors = broken.into_iter().map(|e| FieldError { field: String::new(), ..e }).collect();
            let document = Some(existing(tx.store(), &asked.document.object, asked.document.id)?);
            let rights = rights::current(tx.store(), context)?;
            let sight = Sight { store: tx.store(), rights: &rights };
            let titles = sight.titles_of(lines.iter().filter_map(|line| line.record.as_ref()))?;
            answer = Some(LinesAnswer { lines, document, errors, titles });
            // Nothing of it stays.
            Err(Error::Cancelled)
        });
        match (tried, answer) {
            (_, Some(answer)) => Ok(answer),
            (Err(error), None) => Err(error),
            (Ok(_), None) => Err(Error::Cancelled),
        }
    }

    /// Writes all lines in one transaction. The first that can't be stored refuses the whole, by its number.
    pub(super) fn write_lines(&mut self, request: &LinesRequest) -> Result<Saved, Error> {
        let schema = self.schema();
        let asked = asked(&schema, request)?;
        self.require("edit", &asked.document.object, Some(&asked.document))?;
        let (records, txn) = self.write(None, |tx, context, now| {
            remove(tx, context, &asked, &request.removed)?;
            let mut records = vec![existing(tx.store(), &asked.document.object, asked.document.id)?];
            for (at, line) in request.lines.iter().enumerate() {
                let written = write_line(tx, context, (&schema, &asked, request), line, at, now);
                records.push(written.map_err(|error| of_line(at, error))?);
            }
            Ok(records)
        })?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        Ok(saved(sight.seen_after(derive::refreshed(&self.store, &schema, records)?)?, txn))
    }
}

fn asked<'s>(schema: &'s Schema, request: &LinesRequest) -> Result<Asked<'s>, Error> {
    let lines = object(schema, &request.object)?;
    let refers = lines.field(&request.by).is_some_and(|f| f.kind.target() == Some(request.document.as_str()));
    match request.id.filter(|_| refers) {
        Some(id) => {
            let document = RecordKey { object: request.document.clone(), id };
            Ok(Asked { document, lines, by: request.by.clone() })
        }
        None => Err(Error::NotFound(msg!("crm-no-field", field = &request.by))),
    }
}

fn place(line: &Record) -> Option<i64> {
    match line.get(POSITION) {
        Value::Integer(place) => Some(*place),
        _ => None,
    }
}

fn remove(tx: &mut Write<'_>, context: &mut Context, asked: &Asked<'_>, removed: &[(Id, i64)]) -> Result<(), Error> {
    if removed.is_empty() {
        return Ok(());
    }
    let rights = rights::current(tx.store(), context)?;
    let sight = Sight { store: tx.store(), rights: &rights };
    let key = |id: &Id| RecordKey { object: asked.lines.name.clone(), id: *id };
    for (id, _) in removed {
        let line = existing(tx.store(), &asked.lines.name, *id)?;
        if line.get(&asked.by).as_ref_id() != Some(asked.document.id) {
            return Err(Error::NotFound(msg!("crm-no-record", object = &asked.lines.name, id = id)));
        }
        sight.demand(Operation::Delete, &asked.lines.name, *id)?;
    }
    document::may_delete(tx.store(), &removed.iter().map(|(id, _)| key(id)).collect::<Vec<_>>())?;
    for (id, version) in removed {
        tx.delete(&asked.lines.name, *id, Some(*version))?;
    }
    Ok(())
}

/// Writes a line at its place. One that stays as it is is not touched.
fn write_line(
    tx: &mut Write<'_>,
    context: &mut Context,
    (schema, asked, request): (&Schema, &Asked<'_>, &LinesRequest),
    line: &LineChange,
    at: usize,
    now: &Zoned,
) -> Result<Record, Error> {
    let mut changes = save::accepted(asked.lines, &line.changes)?;
    let position = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1);
    let stored = match line.target {
        Some((id, _)) => Some(existing(tx.store(), &asked.lines.name, id)?),
        None => None,
    };
    let belongs = |record: &Record| record.get(&request.by).as_ref_id() == Some(asked.document.id);
    if stored.as_ref().is_some_and(|record| !belongs(record)) {
        return Err(Error::field(&request.by, msg!("crm-no-field", field = &request.by)));
    }
    changes.remove(&request.by);
    if line.target.is_none() {
        changes.insert(request.by.clone(), Value::Ref(asked.document.id));
    }
    let mut record = match (line.target, changes.is_empty(), stored) {
        (Some(_), true, Some(stored)) => stored,
        (target, ..) => {
            let written = save::write_one(tx, context, schema, (asked.lines, target, &mut changes), now)?;
            let first = written.0.into_iter().next();
            first.ok_or_else(|| Error::NotFound(msg!("crm-no-object", object = &asked.lines.name)))?
        }
    };
    if request.ordered && asked.lines.field(POSITION).is_some() && place(&record) != Some(position) {
        let rules = Rules::of(schema, asked.lines, now, context.user);
        let changes = Fields::from([(POSITION.to_owned(), Value::Integer(position))]);
        record = save::amend(tx, &rules, record.id, changes)?.unwrap_or(record);
    }
    Ok(record)
}

/// Says in which line the error is: `3.price`.
fn of_line(at: usize, error: Error) -> Error {
    match error {
        Error::Invalid(errors) => {
            let placed = |e: FieldError| FieldError { field: format!("{}.{}", at + 1, e.field), ..e };
            Error::Invalid(errors.into_iter().map(placed).collect())
        }
        other => other,
    }
}
