//! `tcrm schema` where it changes the schema in force: one entry, the whole text, and what that comes to.

use super::args::SchemaChange;
use super::assign;
use super::edit::{Draft, call_editor};
use super::failure::Failure;
use super::output::{deliver, look, note, print_json, print_line};
use super::schema::as_it_is;
use super::session::{Session, Want};
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::contract::configure::{Changed, Plan};
use crate::contract::error::Error;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::edit::{self, OWN, Place};
use crate::schema::form::KEY;
use crate::schema::kind;
use crate::schema::model::{Field, Schema};
use crate::schema::{self, Source};
use serde_json::{Value as Json, json};
use std::path::Path;

/// What mistakes are marked with in the editor.
const MARK: &str = "#! ";

/// The user's own TOML, as it is in force.
pub(super) fn export(session: &Session, output: Option<&Path>) -> Result<(), Failure> {
    let backend = as_it_is(session, Want::Read)?;
    let own = backend.schema().own.clone();
    let own = if own.is_empty() || own.ends_with('\n') { own } else { own + "\n" };
    deliver(output, |out| out.write_all(own.as_bytes())).map(drop)
}

/// The values of one entry.
pub(super) fn show(session: &Session, schema: &Schema, place: &Place, as_json: bool) -> Result<(), Failure> {
    let form = schema.object(&place.form());
    let found = form.and_then(|form| Some((form, edit::read(&schema.own, place, form)?)));
    let (form, fields) = found.ok_or_else(|| Failure::Other(4, msg!("schema-edit-gone", place = place.text())))?;
    let offered = form.fields.iter().filter(|f| !f.is_system() && f.name != KEY);
    let said: Vec<(&Field, &Value)> = offered.filter_map(|f| Some((f, fields.get(&f.name)?))).collect();
    if as_json {
        let pairs = said.into_iter().map(|(field, value)| (field.name.clone(), kind::to_json(value)));
        return print_json(&Json::Object(pairs.collect()));
    }
    for (field, value) in said {
        print_line(&format!("{} = {}", field.name, one_line(session, schema, field, Some(value))))?;
    }
    Ok(())
}

fn one_line(session: &Session, forms: &Schema, field: &Field, value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    let titles = Titles::new();
    match value {
        // As it is typed, and as it stands in the TOML.
        Value::Choice(key) => key.clone(),
        value => kind::plain(&field.kind, value, &look(session, forms, &titles)).replace('\n', "; "),
    }
}

/// A plan in lines: what becomes of each entry, and what that touches.
pub(super) fn told(session: &Session, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &plan.changes {
        let sign = match (&change.before, &change.after) {
            (None, _) => "+",
            (_, None) if change.loses => "!",
            (_, None) => "-",
            _ => "~",
        };
        lines.push(format!("{sign} {}", change.place.text()));
        for (field, before, after) in differing(plan, change) {
            let show = |value| one_line(session, &plan.forms, field, value);
            lines.push(match &change.before {
                None => format!("    {}: {}", field.name, show(after)),
                Some(_) => format!("    {}: {} → {}", field.name, show(before), show(after)),
            });
        }
        lines.extend(change.touches.iter().map(|touch| format!("    {}", session.say(touch))));
    }
    lines.extend(plan.losses.iter().map(|loss| format!("! {}", session.say(loss))));
    lines
}

/// The fields of an entry that stays or comes whose values change.
fn differing<'p>(plan: &'p Plan, change: &'p Changed) -> Vec<(&'p Field, Option<&'p Value>, Option<&'p Value>)> {
    let form = plan.forms.objects.iter().find(|form| form.name == change.place.form());
    let (Some(form), Some(after)) = (form, &change.after) else { return Vec::new() };
    let offered = form.fields.iter().filter(|f| !f.is_system() && f.name != KEY);
    let pair = |field: &'p Field| {
        let before = change.before.as_ref().and_then(|before| before.get(&field.name));
        (field, before, after.get(&field.name))
    };
    offered.map(pair).filter(|(_, before, after)| before != after).collect()
}

/// An entry of a plan as JSON.
pub(super) fn as_json(session: &Session, plan: &Plan, change: &Changed) -> Json {
    let values = |fields: &Option<Fields>| match fields {
        None => Json::Null,
        Some(fields) => fields.iter().map(|(name, value)| (name.clone(), kind::to_json(value))).collect(),
    };
    let changed: Vec<&str> = differing(plan, change).into_iter().map(|(field, _, _)| field.name.as_str()).collect();
    let touches: Vec<String> = change.touches.iter().map(|touch| session.say(touch)).collect();
    json!({
        "entry": change.place.text(),
        "before": values(&change.before),
        "after": values(&change.after),
        "changed": changed,
        "touches": touches,
        "loses_data": change.loses,
    })
}

/// Puts a schema in force, unless anything stored is lost that may not be.
pub(super) fn apply(
    session: &Session,
    backend: &LocalBackend,
    schema: Schema,
    allow_loss: bool,
) -> Result<(), Failure> {
    let plan = session.wait(backend.schema_plan(Some(schema.own.clone())))?;
    let lost = plan.changes.iter().filter(|change| change.loses && change.place.kind.name == "item");
    let lost: Vec<_> = lost.flat_map(|change| change.touches.clone()).collect();
    if !lost.is_empty() && !allow_loss {
        let told = std::iter::once(msg!("cli-schema-loses")).chain(lost);
        let told = told.map(|message| FieldError { field: String::new(), message });
        return Err(Error::Invalid(told.collect()).into());
    }
    let applied = session.wait(backend.apply_schema(schema, allow_loss))?;
    for change in &applied.changes {
        note(&session.say(&change.message()));
    }
    note(&session.say(&msg!("cli-schema-applied", number = applied.changes.len())));
    if let Some(path) = applied.backup {
        note(&session.say(&msg!("cli-schema-backup", path = path.display())));
    }
    Ok(())
}

/// Shows what a text comes to, and puts it in force.
fn take(session: &Session, backend: &LocalBackend, text: String, how: SchemaChange) -> Result<(), Failure> {
    let schema = session.wait(backend.schema_of(text.clone()))?;
    let plan = session.wait(backend.schema_plan(Some(text)))?;
    if how.json {
        print_json(&plan.changes.iter().map(|change| as_json(session, &plan, change)).collect())?;
    } else {
        for line in told(session, &plan) {
            print_line(&line)?;
        }
    }
    if how.dry_run {
        note(&session.say(&msg!("cli-schema-dry-run")));
        return Ok(());
    }
    if backend.schema().own == schema.own {
        note(&session.say(&msg!("cli-edit-unchanged")));
        return Ok(());
    }
    apply(session, backend, schema, how.allow_loss)
}

fn place(path: &str) -> Result<Place, Failure> {
    Place::read(path).ok_or_else(|| Failure::Usage(msg!("cli-schema-path", path = path)))
}

/// Gives one entry other values; makes it, where there is none.
pub(super) fn set(session: &Session, path: &str, values: &[String], how: SchemaChange) -> Result<(), Failure> {
    let place = place(path)?;
    let backend = as_it_is(session, Want::Write)?;
    let schema = backend.schema();
    let form = schema.object(&place.form());
    let form = form.ok_or_else(|| Failure::Other(4, msg!("schema-edit-gone", place = place.text())))?;
    let changes = assign::fields(session, &backend, form, &Fields::new(), values)?;
    let text = session.wait(backend.schema_with(place, changes))?;
    take(session, &backend, text, how)
}

/// Takes one entry out.
pub(super) fn unset(session: &Session, path: &str, how: SchemaChange) -> Result<(), Failure> {
    let place = place(path)?;
    let backend = as_it_is(session, Want::Write)?;
    let text = edit::remove(&backend.schema().own, &place).map_err(|message| Failure::Other(4, message))?;
    take(session, &backend, text, how)
}

/// Opens the TOML in force in the editor, as often as there are mistakes in it, and puts what comes of it in force.
pub(super) fn edit(session: &Session, how: SchemaChange) -> Result<(), Failure> {
    let backend = as_it_is(session, Want::Write)?;
    let own = backend.schema().own.clone();
    let file = Draft::new("schema", "toml")?;
    let mut text = own.clone();
    loop {
        file.write(&text)?;
        call_editor(session, &file.path)?;
        let edited = file.read()?;
        let wrong = text.starts_with(MARK);
        if edited == text && wrong {
            let path = file.keep();
            return Err(Failure::Other(3, msg!("cli-edit-errors", path = path.display())));
        }
        let plain: String = edited.split_inclusive('\n').filter(|line| !line.starts_with(MARK)).collect();
        if plain == own {
            note(&session.say(&msg!("cli-edit-unchanged")));
            return Ok(());
        }
        match schema::load(&[Source { name: OWN, text: &plain }]) {
            Ok(_) => return take(session, &backend, plain, how),
            Err(errors) => {
                let marks: String =
                    errors.iter().map(|error| format!("{MARK}{}\n", error.text(session.lang))).collect();
                text = marks + &plain;
            }
        }
    }
}
