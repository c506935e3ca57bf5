//! Values from what people type: the names in references are looked up, then every text is read by its
//! field's type. For faces that take texts: command-line arguments, a record edited as text.

use super::Backend;
use super::error::Error;
use super::request::{SaveRequest, Saved};
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::Fields;
use crate::msg;
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Field, Object};
use jiff::Zoned;
use std::collections::{BTreeMap, HashMap};

/// Found references: object and text to the record, or why there is none.
type Found = HashMap<(String, String), Result<Id, Message>>;

/// The values of texts by field name or label. `Invalid` with every text that can't be read.
pub async fn parse(
    backend: &dyn Backend,
    object: &str,
    texts: &BTreeMap<String, String>,
    now: &Zoned,
) -> Result<Fields, Error> {
    let schema = backend.schema();
    let object = schema.object(object).ok_or_else(|| Error::NotFound(msg!("error-not-found", what = object)))?;
    let mut errors = Vec::new();
    let mut fields = Fields::new();
    for (name, text) in texts {
        let Some(field) = editable(object, name) else {
            errors.push(FieldError { field: name.clone(), message: msg!("field-not-editable", field = name) });
            continue;
        };
        let found = look_up(backend, field, text).await?;
        let resolve = |object: &str, text: &str| match found.get(&(object.to_owned(), text.to_owned())) {
            Some(result) => result.clone(),
            None => Err(msg!("error-not-found", what = text)),
        };
        let me = backend.me().map(|m| m.id);
        let context = ParseContext { now, me, currency: &schema.currency, schema: &schema, resolve: &resolve };
        match kind::parse(&field.kind, text, &context) {
            Ok(value) => {
                fields.insert(field.name.clone(), value);
            }
            Err(message) => errors.push(FieldError { field: field.name.clone(), message }),
        }
    }
    if errors.is_empty() { Ok(fields) } else { Err(Error::Invalid(errors)) }
}

/// Reads texts and saves them.
pub async fn save(
    backend: &dyn Backend,
    object: String,
    target: Option<(Id, i64)>,
    texts: BTreeMap<String, String>,
) -> Result<Saved, Error> {
    let changes = parse(backend, &object, &texts, &Zoned::now()).await?;
    backend.save(SaveRequest { object, target, changes }).await
}

fn editable<'a>(object: &'a Object, name: &str) -> Option<&'a Field> {
    object.find_field(name).filter(|f| f.is_editable())
}

/// Finds what a reference's text may mean: the whole of it and, where several may stand, each part.
async fn look_up(backend: &dyn Backend, field: &Field, text: &str) -> Result<Found, Error> {
    let mut found = Found::new();
    let Some(target) = field.kind.target() else { return Ok(found) };
    let mut pieces = vec![text.trim()];
    if field.kind.is_many() {
        pieces.extend(text.split([',', '，', '、', ';', '；', '\n']).map(str::trim));
    }
    for piece in pieces.into_iter().filter(|p| !p.is_empty()) {
        let result = match backend.resolve(target.to_owned(), piece.to_owned()).await {
            Ok(id) => Ok(id),
            Err(Error::NotFound(message) | Error::Ambiguous { message, .. }) => Err(message),
            Err(error) => return Err(error),
        };
        found.insert((target.to_owned(), piece.to_owned()), result);
    }
    Ok(found)
}
