//! Values from what people type: the names in references are looked up, then every text is read by its
//! field's type. For faces that take texts: command-line arguments, a record edited as text.

use super::{Backend, paths};
use crate::contract::error::Error;
use crate::contract::request::{SaveRequest, Saved};
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::{FileRef, Value};
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Field, Kind, Object, Schema};
use jiff::Zoned;
use std::collections::{BTreeMap, HashMap};

/// Found references: object and text to the record, or why there is none.
type Found = HashMap<(String, String), Result<Id, Message>>;

/// The values of texts by field name or label. `stored` is what the record has now: attached files keep
/// their names there. `Invalid` with every text that can't be read.
pub async fn parse(
    backend: &dyn Backend,
    object: &str,
    stored: &Fields,
    texts: &BTreeMap<String, String>,
    now: &Zoned,
) -> Result<Fields, Error> {
    let schema = backend.schema();
    let object = schema.object(object).ok_or_else(|| Error::NotFound(msg!("error-not-found", what = object)))?;
    let mut errors = Vec::new();
    let mut fields = Fields::new();
    for (name, text) in texts {
        let field = match editable(object, name) {
            Ok(field) => field,
            Err(message) => {
                errors.push(FieldError { field: name.clone(), message });
                continue;
            }
        };
        if let Kind::Attachment = field.kind {
            match files(backend, text, stored.get(&field.name).unwrap_or(&Value::Empty)).await? {
                Ok(value) => {
                    fields.insert(field.name.clone(), value);
                }
                Err(message) => errors.push(FieldError { field: field.name.clone(), message }),
            }
            continue;
        }
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

/// Reads texts, as they are meant `now` and in its time zone, and saves them.
pub async fn save(
    backend: &dyn Backend,
    object: String,
    target: Option<(Id, i64)>,
    texts: BTreeMap<String, String>,
    now: &Zoned,
) -> Result<Saved, Error> {
    let stored = match target {
        Some((id, _)) if names_files(&backend.schema(), &object, &texts) => {
            backend.get(RecordKey { object: object.clone(), id }).await?.record.fields
        }
        _ => Fields::new(),
    };
    let changes = parse(backend, &object, &stored, &texts, now).await?;
    backend.save(SaveRequest { object, target, changes }).await
}

fn names_files(schema: &Schema, object: &str, texts: &BTreeMap<String, String>) -> bool {
    let Some(object) = schema.object(object) else { return false };
    texts.keys().any(|name| object.find_field(name).is_some_and(|f| f.kind == Kind::Attachment))
}

/// The files that a text names between semicolons (or commas, where no name has one): those attached
/// already by their names, others by their paths on this machine, which are attached. Those that aren't
/// named any more are left out. Inside: why the text is no value.
pub async fn files(backend: &dyn Backend, text: &str, stored: &Value) -> Result<Result<Value, Message>, Error> {
    let attached = if let Value::Files(files) = stored { files.as_slice() } else { &[] };
    let known = |name: &str| attached.iter().any(|f| f.name == name) || paths::read(name).exists();
    let mut found: Vec<FileRef> = Vec::new();
    for name in file_names(text, &known) {
        let named: Vec<FileRef> = attached.iter().filter(|f| f.name == name).cloned().collect();
        if !named.is_empty() {
            found.extend(named);
            continue;
        }
        match backend.attach(paths::read(name)).await {
            Ok(file) => found.push(file),
            Err(Error::NotFound(message)) => return Ok(Err(message)),
            Err(Error::Invalid(errors)) if errors.len() == 1 => {
                return Ok(errors.into_iter().next().map_or(Ok(Value::Empty), |e| Err(e.message)));
            }
            Err(error) => return Err(error),
        }
    }
    let mut files: Vec<FileRef> = Vec::new();
    for file in found {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    Ok(Ok(if files.is_empty() { Value::Empty } else { Value::Files(files) }))
}

/// The names in a text: a part between semicolons that is none as a whole may be several between commas.
fn file_names<'t>(text: &'t str, known: &dyn Fn(&str) -> bool) -> Vec<&'t str> {
    let split = |text: &'t str, marks: &'static [char]| text.split(marks).map(str::trim).filter(|n| !n.is_empty());
    let mut names = Vec::new();
    for part in split(text, &[';', '；', '\n']) {
        let parts: Vec<&str> = split(part, &[',', '，', '、']).collect();
        if !known(part) && parts.len() > 1 && parts.iter().all(|p| known(p)) {
            names.extend(parts);
        } else {
            names.push(part);
        }
    }
    names
}

/// The field that a person names and may fill.
fn editable<'a>(object: &'a Object, name: &str) -> Result<&'a Field, Message> {
    let field = object.find_field(name).ok_or_else(|| unknown_field(object, name))?;
    if field.is_editable() { Ok(field) } else { Err(msg!("field-not-editable", field = name)) }
}

/// The message that a field is not there, with the nearest that is.
pub fn unknown_field(object: &Object, name: &str) -> Message {
    let names = object.fields.iter().flat_map(|f| [f.name.as_str(), f.label.zh.as_str(), f.label.en.as_str()]);
    match nearest(name, names) {
        Some(near) => msg!("field-unknown-near", name = name, object = &object.name, near = near),
        None => msg!("field-unknown", name = name, object = &object.name),
    }
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::backend::local::{LocalBackend, OpenOptions};

    fn saved(backend: &LocalBackend, object: &str, texts: &[(&str, &str)], now: &Zoned) -> Saved {
        let texts = texts.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(save(backend, object.to_owned(), None, texts, now)).unwrap()
    }

    #[test]
    fn times_are_meant_in_the_zone_of_the_user() {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions::new(folder.path().join("store.db"));
        let backend = LocalBackend::create(options, crate::schema::builtin()).unwrap();
        saved(&backend, "user", &[("login", "li"), ("name", "李")], &Zoned::now());
        for (zone, due) in [("Asia/Shanghai", "2026-11-30T01:00:00Z"), ("Pacific/Honolulu", "2026-11-30T19:00:00Z")] {
            let now = "2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap().in_tz(zone).unwrap();
            let texts = [("subject", "Call"), ("owner", "li"), ("due", "2026-11-30 09:00")];
            let saved = saved(&backend, "task", &texts, &now);
            assert_eq!(saved.records.first().unwrap().get("due"), &Value::DateTime(due.parse().unwrap()), "{zone}");
        }
    }
}
