//! Reads `field=value` arguments.

use super::failure::Failure;
use super::session::{Session, find_object};
use crate::backend::error::Error;
use crate::backend::{Backend, texts};
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Field, Kind, Object, Schema};
use jiff::{Timestamp, Zoned};

/// Splits a `name=value` argument.
pub(super) fn split(argument: &str) -> Result<(&str, &str), Failure> {
    argument.split_once('=').ok_or_else(|| Failure::Usage(msg!("cli-assignment", text = argument)))
}

/// The values that arguments give to fields. All bad ones are reported at once.
pub(super) fn fields(
    session: &Session,
    backend: &dyn Backend,
    object: &Object,
    stored: &Fields,
    arguments: &[String],
) -> Result<Fields, Failure> {
    let pairs: Vec<(&str, &str)> = arguments.iter().map(|a| split(a)).collect::<Result<_, _>>()?;
    parse(session, backend, object, stored, pairs.into_iter()).map_err(|e| Failure::Backend(Error::Invalid(e)))
}

/// The values that texts by field name give. All bad ones are reported at once.
pub(super) fn parse<'a>(
    session: &Session,
    backend: &dyn Backend,
    object: &Object,
    stored: &Fields,
    pairs: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Fields, Vec<FieldError>> {
    let desk = Desk { session, backend, stored };
    let schema = backend.schema();
    let now = Timestamp::now().to_zoned(session.zone.clone());
    let mut fields = Fields::new();
    let mut errors = Vec::new();
    for (name, text) in pairs {
        match field(object, name).and_then(|f| desk.value(&schema, &now, f, text).map(|v| (f, v))) {
            Ok((field, value)) => {
                fields.insert(field.name.clone(), value);
            }
            Err(message) => errors.push(FieldError { field: name.to_owned(), message }),
        }
    }
    if errors.is_empty() { Ok(fields) } else { Err(errors) }
}

/// The field that a user names and may fill.
fn field<'a>(object: &'a Object, name: &str) -> Result<&'a Field, Message> {
    let field = object.find_field(name).ok_or_else(|| unknown_field(object, name))?;
    if field.is_editable() { Ok(field) } else { Err(msg!("cli-field-computed")) }
}

/// The message that a field is not there, with the nearest that is.
pub(super) fn unknown_field(object: &Object, name: &str) -> Message {
    match nearest(name, object.fields.iter().map(|f| f.name.as_str())) {
        Some(near) => msg!("cli-no-field-near", name = name, object = &object.name, near = near),
        None => msg!("cli-no-field", name = name, object = &object.name),
    }
}

/// What reading texts needs: `stored` is what the record has now.
struct Desk<'a> {
    session: &'a Session,
    backend: &'a dyn Backend,
    stored: &'a Fields,
}

impl Desk<'_> {
    fn value(&self, schema: &Schema, now: &Zoned, field: &Field, text: &str) -> Result<Value, Message> {
        let Desk { session, backend, stored } = self;
        if let Kind::Attachment = field.kind {
            let stored = stored.get(&field.name).unwrap_or(&Value::Empty);
            let files = session.wait(texts::files(*backend, text, stored));
            return match files {
                Ok(value) => value,
                Err(Error::Denied(message) | Error::Other(message)) => Err(message),
                Err(error) => Err(Message::literal(error.to_string())),
            };
        }
        let resolve = |object: &str, text: &str| resolve(session, *backend, object, text);
        let me = backend.me().map(|m| m.id);
        let currency = &schema.currency;
        kind::parse(&field.kind, text, &ParseContext { now, me, currency, schema, resolve: &resolve })
    }
}

fn resolve(session: &Session, backend: &dyn Backend, object: &str, text: &str) -> Result<Id, Message> {
    match session.wait(backend.resolve(object.to_owned(), text.to_owned())) {
        Ok(id) => Ok(id),
        Err(Error::NotFound(message) | Error::Ambiguous { message, .. } | Error::Other(message)) => Err(message),
        Err(error) => Err(Message::literal(error.to_string())),
    }
}

/// The names of fields in a list between commas.
pub(super) fn columns<'a>(object: &'a Object, list: &str) -> Result<Vec<&'a Field>, Failure> {
    let names = list.split([',', '，']).map(str::trim).filter(|n| !n.is_empty());
    names.map(|n| object.find_field(n).ok_or_else(|| Failure::Other(3, unknown_field(object, n)))).collect()
}

/// The order that a list such as `name,-updated_at` gives.
pub(super) fn sort(object: &Object, list: Option<&str>) -> Result<Vec<crate::schema::model::SortKey>, Failure> {
    let names = list.unwrap_or_default().split([',', '，']).map(str::trim).filter(|n| !n.is_empty());
    names
        .map(|name| {
            let (name, descending) = name.strip_prefix('-').map_or((name, false), |rest| (rest, true));
            let field = object.find_field(name).ok_or_else(|| Failure::Other(3, unknown_field(object, name)))?;
            Ok(crate::schema::model::SortKey { field: field.name.clone(), descending })
        })
        .collect()
}

/// The record that a user names by id, code or name.
pub(super) fn record(
    session: &Session,
    backend: &dyn Backend,
    object: &str,
    text: &str,
) -> Result<crate::domain::record::RecordKey, Failure> {
    let object = find_object(&backend.schema(), object, session.lang)?.name.clone();
    let id = session.wait(backend.resolve(object.clone(), text.to_owned()))?;
    Ok(crate::domain::record::RecordKey { object, id })
}
