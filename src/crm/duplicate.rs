//! Candidates for duplicates: records whose name, phone, e-mail or tax number is alike.

use super::likeness;
use super::title;
use crate::contract::error::Error;
use crate::contract::request::Duplicate;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::schema::kind;
use crate::schema::model::{Field, Kind, Object};
use crate::search::Chosen;
use crate::store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Records looked at per fragment, and candidates named.
const LOOKED_AT: usize = 40;
const NAMED: usize = 8;

/// Finds records by words in their searchable fields: the search index as the rules see it.
pub trait Finder {
    /// Ids of the best hits in an object, best first, at most `limit`.
    fn ranked(&self, object: &str, text: &str, limit: usize) -> Result<Vec<i64>, Error>;

    /// The same among some records only.
    fn ranked_among(
        &self,
        object: &str,
        text: &str,
        limit: usize,
        among: Option<&Arc<Chosen>>,
    ) -> Result<Vec<i64>, Error> {
        let mut found = self.ranked(object, text, limit)?;
        found.retain(|id| among.is_none_or(|among| among.has(*id)));
        Ok(found)
    }

    /// Ids of all hits in an object, ascending.
    fn all(&self, object: &str, text: &str) -> Result<Vec<i64>, Error>;

    /// The same among some records only.
    fn all_among(&self, object: &str, text: &str, among: Option<&Arc<Chosen>>) -> Result<Vec<i64>, Error> {
        let mut found = self.all(object, text)?;
        found.retain(|id| among.is_none_or(|among| among.has(*id)));
        Ok(found)
    }
}

/// Finds nothing: only values that are equal as they are stored are candidates then.
pub struct NoFinder;

impl Finder for NoFinder {
    fn ranked(&self, _: &str, _: &str, _: usize) -> Result<Vec<i64>, Error> {
        Ok(Vec::new())
    }

    fn all(&self, _: &str, _: &str) -> Result<Vec<i64>, Error> {
        Ok(Vec::new())
    }
}

/// A field of the record in the form with what a duplicate would share.
struct Trait<'a> {
    field: &'a Field,
    core: String,
}

/// Records alike to the one given, most alike first.
pub(super) fn duplicates(
    store: &Store,
    object: &Object,
    id: Option<Id>,
    fields: &Fields,
    finder: &dyn Finder,
) -> Result<Vec<Duplicate>, Error> {
    let keys = object.fields.iter().filter(|f| f.duplicate && !f.retired);
    let traits: Vec<Trait<'_>> = keys
        .filter_map(|field| {
            let core = kind::duplicate_key(&field.kind, fields.get(&field.name)?)?;
            Some(Trait { field, core })
        })
        .collect();
    let mut ids: BTreeSet<Id> = BTreeSet::new();
    for one in &traits {
        let Some(value) = fields.get(&one.field.name) else { continue };
        if one.field.index || one.field.unique {
            ids.extend(store.find_equal(&object.name, &one.field.name, value, LOOKED_AT)?);
        }
        let text = value.as_str().unwrap_or_default();
        for fragment in likeness::fragments(&one.field.kind, text, &one.core) {
            let hits = finder.ranked(&object.name, &fragment, LOOKED_AT)?;
            ids.extend(hits.into_iter().filter_map(Id::from_i64));
        }
    }
    ids.retain(|other| Some(*other) != id);
    let ids: Vec<Id> = ids.into_iter().collect();
    let mut found: Vec<Duplicate> =
        store.get_many(&object.name, &ids)?.iter().filter_map(|record| candidate(object, &traits, record)).collect();
    found.sort_by_key(|d| std::cmp::Reverse(d.fields.len()));
    found.truncate(NAMED);
    Ok(found)
}

fn candidate(object: &Object, traits: &[Trait<'_>], record: &Record) -> Option<Duplicate> {
    let alike: Vec<String> =
        traits.iter().filter(|t| is_alike(object, t, record)).map(|t| t.field.name.clone()).collect();
    if alike.is_empty() {
        return None;
    }
    let title = title(object, &record.fields, record.id);
    Some(Duplicate { key: super::key(record), title, fields: alike })
}

fn is_alike(object: &Object, one: &Trait<'_>, record: &Record) -> bool {
    let is_phone = matches!(one.field.kind, Kind::Phone);
    // A mobile number entered as the office phone is still the same number.
    let fields = object
        .fields
        .iter()
        .filter(|f| f.name == one.field.name || (is_phone && f.duplicate && matches!(f.kind, Kind::Phone)));
    let mut cores = fields.filter_map(|f| kind::duplicate_key(&f.kind, record.get(&f.name)));
    let is_name = one.field.name == object.title;
    cores.any(|core| if is_name { likeness::near(&core, &one.core) } else { core == one.core })
}
