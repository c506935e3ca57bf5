//! The keys by which an import knows a record again: its code, its unique fields, and the fields in
//! which a likeness means the same record. Kept as hashes, so that a million fit in little memory.

use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::value::Value;
use crate::schema::kind;
use crate::schema::model::{Field, Kind, Object};
use crate::store::{Store, Which};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// A field whose values are keys.
struct Key {
    field: String,
    kind: Kind,
    /// Exact values (code, unique); else what `schema::kind` says that duplicates share.
    exact: bool,
}

/// The fields whose values are keys, and how those are hashed.
pub(super) struct KeyFields {
    keys: Vec<Key>,
    hashing: RandomState,
}

/// The keys of the records that are there, and of the rows written so far.
pub(super) struct Keys {
    fields: Arc<KeyFields>,
    /// The ids of each field's keys.
    tables: Vec<Table>,
    /// By code and by title, where rows may refer to each other.
    named: Option<Table>,
    naming: Vec<String>,
}

/// The keys of one row.
pub(super) struct Hashes(Vec<Option<u64>>);

/// What a row was found to be.
pub(super) struct Known {
    /// The record.
    pub(super) id: Id,
    /// By which field it was known.
    pub(super) field: String,
}

impl Keys {
    /// Reads the keys of an object's records that the written fields can hit.
    /// Without `unique`, the fields that the store keeps unique itself are left to it.
    pub(super) fn read(
        store: &Store,
        object: &Object,
        written: &[&str],
        unique: bool,
        named: bool,
    ) -> Result<Keys, Error> {
        let naming: Vec<String> = object.code.iter().chain([&object.title]).filter(|_| named).cloned().collect();
        let named = named.then(Table::default);
        let read = key_fields(object).filter(|f| written.contains(&f.name.as_str()) && (unique || !f.unique));
        let key = |f: &Field| Key { field: f.name.clone(), kind: f.kind.clone(), exact: is_exact(object, f) };
        let fields = KeyFields { keys: read.map(key).collect(), hashing: RandomState::new() };
        let tables = fields.keys.iter().map(|_| Table::default()).collect();
        let mut keys = Keys { fields: Arc::new(fields), tables, named, naming };
        let columns = keys.columns();
        if !columns.is_empty() {
            store.scan(Which::all(&object.name), &columns, |record| {
                let hashes = keys.hashes(|field| record.get(field));
                keys.add(record.id, &hashes, |field| record.get(field));
                true
            })?;
        }
        Ok(keys)
    }

    /// The fields that its hashes and names are made of.
    pub(super) fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = self.fields.keys.iter().map(|k| k.field.clone()).collect();
        columns.extend(self.naming.iter().cloned());
        columns.sort();
        columns.dedup();
        columns
    }

    /// The fields whose values are keys.
    pub(super) fn fields(&self) -> Arc<KeyFields> {
        Arc::clone(&self.fields)
    }

    /// The keys of a row's or record's values.
    pub(super) fn hashes<'v>(&self, get: impl Fn(&str) -> &'v Value) -> Hashes {
        self.fields.hashes(get)
    }

    /// The record that has one of these keys already, if any.
    pub(super) fn find(&self, hashes: &Hashes) -> Option<Known> {
        self.fields.keys.iter().zip(&self.tables).zip(&hashes.0).find_map(|((key, ids), hash)| {
            let id = ids.get(hash.as_ref().copied()?)?;
            Some(Known { id: Id::from_i64(id)?, field: key.field.clone() })
        })
    }

    /// Whether a record has this value; `None` if the field's values are no keys.
    pub(super) fn has(&self, field: &str, value: &Value) -> Option<bool> {
        let at = self.fields.keys.iter().position(|key| key.field == field)?;
        let (key, ids) = (self.fields.keys.get(at)?, self.tables.get(at)?);
        Some(self.fields.hash(key, value).is_some_and(|hash| ids.get(hash).is_some()))
    }

    /// Remembers a record's keys. The first record of a key keeps it.
    pub(super) fn add<'v>(&mut self, id: Id, hashes: &Hashes, get: impl Fn(&str) -> &'v Value) {
        for (ids, hash) in self.tables.iter_mut().zip(&hashes.0) {
            if let Some(hash) = hash {
                ids.add(*hash, id.as_i64());
            }
        }
        if let Some(named) = &mut self.named {
            for text in self.naming.iter().filter_map(|field| get(field).as_str()) {
                named.add(self.fields.hashing.hash_one(text.to_lowercase()), id.as_i64());
            }
        }
    }

    /// Forgets the keys of a record that is not written after all.
    pub(super) fn forget<'v>(&mut self, id: Id, hashes: &Hashes, get: impl Fn(&str) -> &'v Value) {
        for (ids, hash) in self.tables.iter_mut().zip(&hashes.0) {
            if let Some(hash) = hash {
                ids.remove(*hash, id.as_i64());
            }
        }
        if let Some(named) = &mut self.named {
            for text in self.naming.iter().filter_map(|field| get(field).as_str()) {
                named.remove(self.fields.hashing.hash_one(text.to_lowercase()), id.as_i64());
            }
        }
    }

    /// The record of the object itself that a text names, where rows may refer to each other.
    pub(super) fn named(&self, text: &str) -> Option<Id> {
        Id::from_i64(self.named.as_ref()?.get(self.fields.hashing.hash_one(text.to_lowercase()))?)
    }
}

impl KeyFields {
    /// The keys of a row's or record's values.
    pub(super) fn hashes<'v>(&self, get: impl Fn(&str) -> &'v Value) -> Hashes {
        Hashes(self.keys.iter().map(|key| self.hash(key, get(&key.field))).collect())
    }

    /// Whether one of the fields is such.
    pub(super) fn any(&self, is: impl Fn(&str) -> bool) -> bool {
        self.keys.iter().any(|key| is(&key.field))
    }

    fn hash(&self, key: &Key, value: &Value) -> Option<u64> {
        if !key.exact {
            return kind::duplicate_key(&key.kind, value).map(|text| self.hashing.hash_one(text));
        }
        match value {
            Value::Empty => None,
            Value::Text(text) => Some(self.hashing.hash_one(text.to_ascii_lowercase())),
            other => Some(self.hashing.hash_one(format!("{other:?}"))),
        }
    }
}

/// Code first, then unique fields, then the names and numbers that tell two records of this object apart.
fn key_fields(object: &Object) -> impl Iterator<Item = &Field> {
    let code = object.fields.iter().filter(|f| object.code.as_ref() == Some(&f.name));
    let unique = object.fields.iter().filter(|f| f.unique && object.code.as_ref() != Some(&f.name));
    // A switchboard or a website is shared by several companies, a name or tax number isn't; but of
    // people, whose names repeat, the telephone tells.
    let is_text = |f: &Field| matches!(f.kind, Kind::Text { .. });
    let by_text = object.fields.iter().any(|f| f.duplicate && is_text(f));
    let alike = object.fields.iter().filter(move |f| f.duplicate && !f.unique && (!by_text || is_text(f)));
    code.chain(unique).chain(alike).filter(|f| !f.retired)
}

fn is_exact(object: &Object, field: &Field) -> bool {
    field.unique || object.code.as_ref() == Some(&field.name)
}

/// Ids by hash, in hardly more memory than they need: a hash table grows by leaps, and holds both sizes while it does.
struct Table(Vec<Bucket>);

/// The hashes that end alike, and the ids in the same order.
#[derive(Default, Clone)]
struct Bucket {
    hashes: Vec<u64>,
    ids: Vec<i64>,
}

/// Buckets of a table: of a million hashes each is looked through in a few dozen nanoseconds.
const BUCKETS: usize = 1 << 14;

impl Default for Table {
    fn default() -> Table {
        Table(vec![Bucket::default(); BUCKETS])
    }
}

impl Table {
    fn get(&self, hash: u64) -> Option<i64> {
        let bucket = self.0.get(hash as usize % BUCKETS)?;
        bucket.ids.get(bucket.place(hash)?).copied()
    }

    /// Adds an id, unless the hash has one already.
    fn add(&mut self, hash: u64, id: i64) {
        let Some(bucket) = self.0.get_mut(hash as usize % BUCKETS) else { return };
        if bucket.place(hash).is_none() {
            if bucket.hashes.len() == bucket.hashes.capacity() {
                let more = (bucket.hashes.len() / 4).max(4);
                bucket.hashes.reserve_exact(more);
                bucket.ids.reserve_exact(more);
            }
            bucket.hashes.push(hash);
            bucket.ids.push(id);
        }
    }

    /// Takes an id out, if the hash has this one.
    fn remove(&mut self, hash: u64, id: i64) {
        let Some(bucket) = self.0.get_mut(hash as usize % BUCKETS) else { return };
        if let Some(place) = bucket.place(hash).filter(|place| bucket.ids.get(*place) == Some(&id)) {
            bucket.hashes.swap_remove(place);
            bucket.ids.swap_remove(place);
        }
    }
}

impl Bucket {
    fn place(&self, hash: u64) -> Option<usize> {
        self.hashes.iter().position(|other| *other == hash)
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn the_first_id_of_a_hash_keeps_it_until_it_is_taken_out() {
        let mut table = Table::default();
        for hash in 0..100_000u64 {
            table.add(hash.wrapping_mul(0x9E37_79B9_7F4A_7C15), hash as i64);
            table.add(hash.wrapping_mul(0x9E37_79B9_7F4A_7C15), -1);
        }
        let of = |hash: u64| hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        assert!((0..100_000u64).all(|hash| table.get(of(hash)) == Some(hash as i64)));
        table.remove(of(5), -1);
        assert_eq!(table.get(of(5)), Some(5));
        table.remove(of(5), 5);
        assert_eq!(table.get(of(5)), None);
        table.add(of(5), 7);
        assert_eq!((table.get(of(5)), table.get(of(6))), (Some(7), Some(6)));
    }
}
