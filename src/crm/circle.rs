//! References of records to others of their own object make trees: companies and their parents, classes, departments,
//! supervisors. No record may come to stand above itself.

use super::title;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Object};
use crate::store::Store;
use std::collections::HashSet;

/// Records of a chain that a message names.
const NAMED: usize = 6;

/// The changed fields by which a record would come to stand above itself.
pub(super) fn errors(store: &Store, object: &Object, id: Id, changed: &Fields) -> Result<Vec<FieldError>, Error> {
    let mut errors = Vec::new();
    for field in object.fields.iter().filter(|f| refers_to_own(object, f)) {
        if let Some(Value::Ref(above)) = changed.get(&field.name)
            && let Some(message) = circle(store, object, &field.name, id, *above)?
        {
            errors.push(FieldError { field: field.name.clone(), message });
        }
    }
    Ok(errors)
}

fn refers_to_own(object: &Object, field: &Field) -> bool {
    field.kind.target() == Some(object.name.as_str()) && !field.kind.is_many() && !field.is_system()
}

/// Follows a reference upwards from `above`; the message names the way if it comes back to `id`.
fn circle(store: &Store, object: &Object, field: &str, id: Id, above: Id) -> Result<Option<Message>, Error> {
    // To refer to itself is said by its own message.
    if above == id {
        return Ok(None);
    }
    let mut way = Vec::new();
    let mut seen = HashSet::new();
    let mut here = above;
    // What is circular already, from before there was this rule, must not hold anyone here.
    while seen.insert(here) {
        let Some(record) = store.get(&object.name, here)? else { return Ok(None) };
        way.push(title(object, &record.fields, here));
        match record.get(field) {
            Value::Ref(next) if *next == id => return named(store, object, id, way).map(Some),
            Value::Ref(next) => here = *next,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

fn named(store: &Store, object: &Object, id: Id, mut way: Vec<String>) -> Result<Message, Error> {
    let own = store.get(&object.name, id)?.map_or_else(|| id.to_string(), |r| title(object, &r.fields, id));
    if way.len() > NAMED {
        let last = way.pop();
        way.truncate(NAMED - 1);
        way.push("…".to_owned());
        way.extend(last);
    }
    way.insert(0, own.clone());
    way.push(own);
    Ok(msg!("crm-circle", way = way.join(" → ")))
}
