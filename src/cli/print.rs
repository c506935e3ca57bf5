//! `tcrm print`: a quote, order or contract as a page, or its records as JSON.

use super::args::{PageFormat, Print};
use super::assign;
use super::failure::Failure;
use super::output::{deliver, named_file, note, print_json, record_json};
use super::session::{Session, Want};
use crate::backend::printing::{self, Gathered};
use crate::domain::record::Record;
use crate::msg;
use crate::schema::model::Schema;
use crate::transfer::print::{html, text};
use serde_json::{Value as Json, json};

/// Writes a document to stdout as text, or to a file: as a page of HTML unless told otherwise.
pub(super) fn run(session: &Session, args: &Print) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    let key = assign::record(session, &*backend, &args.object, &args.id)?;
    let gathered = session.wait(printing::gather(&*backend, key.clone()))?;
    let place = named_file(args.output.as_deref()).map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    session.wait(printing::note(&*backend, key, &place))?;
    let schema = backend.schema();
    if args.json {
        return print_json(&records_json(&schema, &gathered));
    }
    let sheet = gathered.sheet(&schema, session.lang, &session.zone);
    let file = named_file(args.output.as_deref());
    let usual = match file {
        Some(path) if path.extension().is_none_or(|extension| extension != "txt") => PageFormat::Html,
        _ => PageFormat::Text,
    };
    let page = match args.format.unwrap_or(usual) {
        PageFormat::Html => html(&sheet),
        PageFormat::Text => text(&sheet),
    };
    if deliver(file, |out| out.write_all(page.as_bytes()))?
        && let Some(path) = file
    {
        note(&session.say(&msg!("print-written", path = path.display())));
    }
    Ok(())
}

/// The document with its lines and the own company.
fn records_json(schema: &Schema, gathered: &Gathered) -> Json {
    let json = |record: &Record| {
        let fields = schema.object(&record.object).map(|o| o.fields.as_slice()).unwrap_or_default();
        record_json(record, fields.iter(), &gathered.titles)
    };
    json!({ "object": gathered.document.object, "document": json(&gathered.document),
        "lines": gathered.lines.iter().map(json).collect::<Vec<_>>(), "company": gathered.company.as_ref().map(json) })
}
