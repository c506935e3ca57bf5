//! References of an import: what a text in a file means, remembered.

use super::keys::Keys;
use crate::contract::error::Error;
use crate::crm::named;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Object, Schema};
use crate::store::{Store, Which};
use std::cell::RefCell;
use std::collections::HashMap;

/// Texts remembered per object.
const REMEMBERED: usize = 100_000;
/// Objects with at most so many records are also searched by likeness: `GTXPro` is `GTX Pro`.
const SMALL: u64 = 20_000;

/// What a text was found to mean.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    One(Id),
    Nothing,
    Several,
}

/// Finds the records that texts mean.
pub(super) struct References<'s> {
    schema: &'s Schema,
    /// The object being imported.
    own: &'s str,
    known: RefCell<HashMap<String, Target>>,
}

#[derive(Default)]
struct Target {
    meanings: HashMap<String, Meaning>,
    /// Ids by likeness; made when first needed, `None` inside if there are too many records.
    alike: Option<Option<HashMap<String, Meaning>>>,
}

impl<'s> References<'s> {
    pub(super) fn new(schema: &'s Schema, own: &'s str) -> References<'s> {
        References { schema, own, known: RefCell::default() }
    }

    /// The record of an object that a text means: by code, title, id, or a title that differs in blanks,
    /// case and punctuation only.
    pub(super) fn find(&self, store: &Store, object: &str, text: &str, keys: &Keys) -> Result<Meaning, Error> {
        if object == self.own {
            // The store's indexes may be away during a large load; the names are in memory.
            return Ok(keys.named(text).map_or(Meaning::Nothing, Meaning::One));
        }
        if let Some(meaning) = self.known.borrow().get(object).and_then(|t| t.meanings.get(text)) {
            return Ok(meaning.clone());
        }
        let Some(target) = self.schema.object(object) else { return Ok(Meaning::Nothing) };
        let mut meaning = exact(store, target, text)?;
        if matches!(meaning, Meaning::Nothing) {
            meaning = self.alike(store, target, text)?;
        }
        self.remember(object, text, meaning.clone());
        Ok(meaning)
    }

    /// A record was made of which a text may speak from now on.
    pub(super) fn remember(&self, object: &str, text: &str, meaning: Meaning) {
        let mut known = self.known.borrow_mut();
        let target = known.entry(object.to_owned()).or_default();
        if target.meanings.len() >= REMEMBERED {
            target.meanings.clear();
        }
        target.meanings.insert(text.to_owned(), meaning);
    }

    /// A record was not made after all.
    pub(super) fn forget(&self, object: &str, text: &str) {
        if let Some(target) = self.known.borrow_mut().get_mut(object) {
            target.meanings.remove(text);
        }
    }

    fn alike(&self, store: &Store, target: &Object, text: &str) -> Result<Meaning, Error> {
        let Some(title) = target.field(&target.title) else { return Ok(Meaning::Nothing) };
        let Some(key) = kind::duplicate_key(&title.kind, &Value::text(text)) else { return Ok(Meaning::Nothing) };
        let mut known = self.known.borrow_mut();
        let place = known.entry(target.name.clone()).or_default();
        if place.alike.is_none() {
            place.alike = Some(self.read_alike(store, target)?);
        }
        let found = place.alike.as_ref().and_then(Option::as_ref).and_then(|keys| keys.get(&key));
        Ok(found.cloned().unwrap_or(Meaning::Nothing))
    }

    fn read_alike(&self, store: &Store, target: &Object) -> Result<Option<HashMap<String, Meaning>>, Error> {
        let which = Which::all(&target.name);
        if store.count(which, SMALL)?.1 {
            return Ok(None);
        }
        let Some(title) = target.field(&target.title) else { return Ok(None) };
        let mut keys: HashMap<String, Meaning> = HashMap::new();
        store.scan(which, std::slice::from_ref(&title.name), |record| {
            if let Some(key) = kind::duplicate_key(&title.kind, record.get(&title.name)) {
                keys.entry(key).and_modify(|m| *m = Meaning::Several).or_insert(Meaning::One(record.id));
            }
            true
        })?;
        Ok(Some(keys))
    }
}

fn exact(store: &Store, target: &Object, text: &str) -> Result<Meaning, Error> {
    let value = Value::Text(text.to_owned());
    for field in target.code.iter().chain([&target.title]) {
        match store.find_equal(&target.name, field, &value, 2)?.as_slice() {
            [] => {}
            [id] => return Ok(Meaning::One(*id)),
            _ => return Ok(Meaning::Several),
        }
    }
    match text.parse::<Id>() {
        Ok(id) if store.get(&target.name, id)?.is_some() => Ok(Meaning::One(id)),
        _ => Ok(Meaning::Nothing),
    }
}

/// Why a text means no record.
pub(super) fn unknown(schema: &Schema, object: &str, text: &str, meaning: &Meaning) -> Message {
    let message = match meaning {
        Meaning::Several => msg!("crm-import-ambiguous", object = object, text = text),
        _ => msg!("crm-import-no-reference", object = object, text = text),
    };
    named(message, schema, object)
}
