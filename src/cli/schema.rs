//! `tcrm schema`: what is in force, what a file would mean, putting it in force.

use super::args::SchemaCommand;
use super::configure;
use super::failure::Failure;
use super::output::{self, note, print_json, stdout};
use super::session::{Session, Want, find_object, read_schema};
use super::table::Table;
use crate::backend::Backend;
use crate::backend::local::{self, LocalBackend};
use crate::msg;
use crate::schema;
use crate::schema::diff;
use crate::schema::edit::Place;
use crate::schema::model::{Object, Schema, When};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Runs a command about the schema.
pub(super) fn run(session: &Session, what: &SchemaCommand) -> Result<(), Failure> {
    match what {
        SchemaCommand::Show { builtin: true, .. } => builtin(),
        SchemaCommand::Show { object, json, .. } => show(session, object.as_deref(), *json),
        SchemaCommand::Views => views(session),
        SchemaCommand::Check { file } => {
            let schema = read_schema(file)?;
            let fields: usize = schema.objects.iter().map(|o| o.fields.len()).sum();
            note(&session.say(&msg!("cli-schema-good", objects = schema.objects.len(), fields = fields)));
            Ok(())
        }
        SchemaCommand::Diff { file, json } => difference(session, file.as_deref(), *json),
        SchemaCommand::Apply { file, allow_loss } => {
            let schema = wanted(session, file.as_deref())?;
            configure::apply(session, &as_it_is(session, Want::Write)?, schema, *allow_loss)
        }
        SchemaCommand::Export { output } => configure::export(session, output.as_deref()),
        SchemaCommand::Edit(change) => configure::edit(session, *change),
        SchemaCommand::Set { path, values, change } => configure::set(session, path, values, *change),
        SchemaCommand::Unset { path, change } => configure::unset(session, path, *change),
    }
}

/// The schema of a file; without one, the one that the settings name.
fn wanted(session: &Session, file: Option<&Path>) -> Result<Schema, Failure> {
    file.map_or_else(|| session.new_schema(false), read_schema)
}

pub(super) fn as_it_is(session: &Session, want: Want) -> Result<LocalBackend, Failure> {
    let path = session.store_path()?;
    if !local::exists(&path)? {
        return Err(Failure::Other(4, msg!("cli-no-store", path = path.display())));
    }
    session.open_as_it_is(path, want)
}

/// What applying a schema would change; what could lose data is marked.
fn difference(session: &Session, file: Option<&Path>, as_json: bool) -> Result<(), Failure> {
    let schema = wanted(session, file)?;
    let backend = as_it_is(session, Want::Read)?;
    let old = backend.schema();
    let own = schema.own.clone();
    let changes = diff::diff(&old, &Schema { currency: old.currency.clone(), ..schema });
    // Whoever may not change the schema sees the changes alone.
    let plan = session.wait(backend.schema_plan(Some(own))).unwrap_or_default();
    if as_json {
        let change = |c: &diff::Change| json!({ "change": session.say(&c.message), "loses_data": c.loses_data() });
        let entries = plan.changes.iter().map(|c| configure::as_json(session, &plan, c));
        return print_json(&changes.iter().map(change).chain(entries).collect());
    }
    let mut out = stdout();
    for change in &changes {
        writeln!(out, "{} {}", if change.loses_data() { "!" } else { "+" }, session.say(&change.message))?;
    }
    for line in configure::told(session, &plan) {
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    let lossy = changes.iter().filter(|c| c.loses_data()).count();
    note(&session.say(&msg!("cli-schema-diff", number = changes.len(), lossy = lossy)));
    Ok(())
}

/// The built-in files as they are, to copy from.
fn builtin() -> Result<(), Failure> {
    let mut out = stdout();
    for source in schema::builtin_sources() {
        writeln!(out, "# {}\n{}", source.name, source.text)?;
    }
    Ok(out.flush()?)
}

/// SQL of views for other tools, in the language of the interface.
fn views(session: &Session) -> Result<(), Failure> {
    let mut out = stdout();
    out.write_all(local::views(&Arc::new(in_force(session)?), session.lang).as_bytes())?;
    Ok(out.flush()?)
}

/// The schema of the store; of new stores, if there is no store yet.
fn in_force(session: &Session) -> Result<Schema, Failure> {
    if local::exists(&session.store_path()?)? {
        Ok((*session.open(Want::Read)?.schema()).clone())
    } else {
        session.new_schema(false)
    }
}

fn show(session: &Session, object: Option<&str>, as_json: bool) -> Result<(), Failure> {
    let schema = in_force(session)?;
    if let Some(place) = object.and_then(Place::read) {
        return configure::show(session, &schema, &place, as_json);
    }
    let object = object.map(|name| find_object(&schema, name, session.lang)).transpose()?;
    match (object, as_json) {
        (Some(object), true) => print_json(&json!(object)),
        (None, true) => print_json(&json!(schema)),
        (Some(object), false) => fields(session, object),
        (None, false) => objects(session, &schema),
    }
}

fn head(session: &Session, keys: &[&str]) -> Vec<(String, bool)> {
    keys.iter().map(|k| (crate::i18n::text(session.lang, &format!("cli-head-{k}")), false)).collect()
}

fn objects(session: &Session, schema: &Schema) -> Result<(), Failure> {
    let row = |o: &Object| {
        let label = o.label.get(session.lang).to_owned();
        vec![o.name.clone(), label, o.fields.len().to_string(), o.aliases.join(", ")]
    };
    let names = ["name", "label", "fields", "aliases"];
    output::print_table(Table { head: head(session, &names), rows: schema.objects.iter().map(row).collect() }, &names)
}

fn fields(session: &Session, object: &Object) -> Result<(), Failure> {
    let row = |f: &crate::schema::model::Field| {
        let detail = f.kind.target().or_else(|| f.kind.dictionary()).unwrap_or_default().to_owned();
        let required = match &f.required {
            When::Never => String::new(),
            When::Always => "*".to_owned(),
            When::If(filter) => filter.clone(),
        };
        let label = f.label.get(session.lang).to_owned();
        vec![f.name.clone(), label, f.kind.name().to_owned(), detail, required, f.group.clone()]
    };
    let names = ["name", "label", "type", "of", "required", "group"];
    output::print_table(Table { head: head(session, &names), rows: object.fields.iter().map(row).collect() }, &names)
}
