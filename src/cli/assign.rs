//! Reads `field=value` arguments.

use super::failure::Failure;
use super::session::{Session, find_object};
use crate::backend::{Backend, texts};
use crate::contract::error::Error;
use crate::domain::message::Message;
use crate::domain::record::Fields;
use crate::msg;
use crate::schema::model::{Field, Object};
use jiff::Timestamp;
use std::collections::BTreeMap;

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
    let pairs = arguments.iter().map(|a| split(a).map(|(name, text)| (name.to_owned(), text.to_owned())));
    Ok(parse(session, backend, object, stored, &pairs.collect::<Result<_, _>>()?)?)
}

/// The values that texts by field name or label give.
pub(super) fn parse(
    session: &Session,
    backend: &dyn Backend,
    object: &Object,
    stored: &Fields,
    texts: &BTreeMap<String, String>,
) -> Result<Fields, Error> {
    let now = Timestamp::now().to_zoned(session.zone.clone());
    session.wait(texts::parse(backend, &object.name, stored, texts, &now))
}

/// The message that a field is not there, with the nearest that is.
pub(super) fn unknown_field(object: &Object, name: &str) -> Message {
    texts::unknown_field(object, name)
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
