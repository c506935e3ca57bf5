//! What lies in a pool shows some fields to its administrators only: neither a page nor a view, a filter, a group,
//! the history or a hit of the search tells them to others.

use super::guard::Sight;
use crate::contract::error::Error;
use crate::crm::pool::{self, OWNER, POOL, pools};
use crate::domain::id::Id;
use crate::domain::journal::Entry;
use crate::domain::record::Record;
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test, folded};
use crate::schema::model::{Object, Schema};
use crate::store::{Store, Which};
use jiff::Zoned;
use std::collections::HashSet;

/// Fields of the records of a pool that the user doesn't see.
#[derive(Debug, Clone)]
struct Veil {
    object: String,
    /// The records that lie in the pool.
    over: Bound,
    fields: Vec<String>,
}

/// All that is hidden from the user.
#[derive(Debug, Clone, Default)]
pub(super) struct Veils(Vec<Veil>);

impl Veils {
    /// What pools hide from a user.
    pub(super) fn of(store: &Store, schema: &Schema, me: Id, now: &Zoned) -> Result<Veils, Error> {
        if schema.object(POOL).is_none_or(|o| o.field("hidden").is_none()) {
            return Ok(Veils::default());
        }
        let hiding = pools(store, schema, now)?.into_iter();
        let hiding = hiding.filter(|pool| !pool.hidden.is_empty() && !pool.is_administrator(me));
        let veil = |pool: pool::Pool| {
            let nobody = Bound::Test { field: OWNER.to_owned(), test: Test::Empty };
            // A pool that can't be read hides its fields from everything without an owner.
            let over = nobody.and(pool.belongs.unwrap_or(Bound::All));
            Veil { object: pool.object, over, fields: pool.hidden }
        };
        Ok(Veils(hiding.map(veil).collect()))
    }
}

impl Sight<'_> {
    /// Takes out of an object's records what may not be seen of them, by rights or by the pool that they lie in; gives
    /// those of which a pool hides something.
    pub(in crate::crm) fn hide<'r>(
        &self,
        object: &str,
        records: impl IntoIterator<Item = &'r mut Record>,
    ) -> Result<HashSet<Id>, Error> {
        let mut veiled = HashSet::new();
        let mut records: Vec<&mut Record> = records.into_iter().collect();
        records.iter_mut().for_each(|record| self.rights.strip_fields(object, &mut record.fields));
        let mut own = self.rights.veils.0.iter().filter(|veil| veil.object == object).peekable();
        if own.peek().is_none() {
            return Ok(veiled);
        }
        let ids: Vec<i64> = records.iter().map(|record| record.id.as_i64()).collect();
        for veil in own {
            let under = self.store.filter_ids(Which::filtered(object, &veil.over), &ids)?;
            let under: HashSet<i64> = under.into_iter().collect();
            for record in records.iter_mut().filter(|record| under.contains(&record.id.as_i64())) {
                record.fields.retain(|name, _| !veil.fields.contains(name));
                veiled.insert(record.id);
            }
        }
        Ok(veiled)
    }

    /// Takes out of the journal what pools hide.
    pub(in crate::crm) fn veil_entries(&self, entries: &mut [Entry]) -> Result<(), Error> {
        for entry in entries {
            if !self.rights.veils.0.iter().any(|veil| veil.object == entry.object) {
                continue;
            }
            let all = entry.before.keys().chain(entry.after.keys());
            let seen = all.map(|name| (name.clone(), Value::Boolean(true))).collect();
            let (object, id, version) = (entry.object.clone(), entry.record, entry.version);
            let mut record = Record { object, id, version, fields: seen };
            if !self.hide(&entry.object, [&mut record])?.is_empty() {
                entry.before.retain(|name, _| record.fields.contains_key(name));
                entry.after.retain(|name, _| record.fields.contains_key(name));
            }
        }
        Ok(())
    }
}

impl Veils {
    /// A filter that can't tell what is hidden: a test of a hidden field holds for no record that hides it, and
    /// words are looked for in the titles of such records alone.
    pub(in crate::crm) fn over(&self, schema: &Schema, object: &Object, bound: Bound) -> Bound {
        if self.0.is_empty() {
            return bound;
        }
        match bound {
            Bound::All => Bound::All,
            Bound::And(parts) => {
                let parts = parts.into_iter().map(|part| self.over(schema, object, part));
                parts.fold(Bound::All, Bound::and)
            }
            Bound::Or(parts) => Bound::Or(parts.into_iter().map(|part| self.over(schema, object, part)).collect()),
            Bound::Not(part) => Bound::Not(Box::new(self.over(schema, object, *part))),
            Bound::Words(words) => {
                let mut whole = Bound::Words(words.clone());
                for veil in self.0.iter().filter(|veil| veil.object == object.name) {
                    let titled =
                        |word: &String| Bound::Test { field: object.title.clone(), test: Test::Contains(folded(word)) };
                    let shown = Bound::And(words.iter().map(titled).collect());
                    whole = whole.and(Bound::Or(vec![Bound::Not(Box::new(veil.over.clone())), shown]));
                }
                whole
            }
            Bound::Test { field, test: Test::Related { object: other, inner } } => {
                let inner = match schema.object(&other) {
                    Some(target) => Box::new(self.over(schema, target, *inner)),
                    None => inner,
                };
                self.seen(object, Bound::Test { field, test: Test::Related { object: other, inner } })
            }
            test @ Bound::Test { .. } => self.seen(object, test),
        }
    }

    /// A test, and that the record doesn't hide what it asks for.
    fn seen(&self, object: &Object, test: Bound) -> Bound {
        let Bound::Test { field, .. } = &test else { return test };
        let hiding = self.0.iter().filter(|veil| veil.object == object.name && veil.fields.contains(field));
        let hiding: Vec<Bound> = hiding.map(|veil| Bound::Not(Box::new(veil.over.clone()))).collect();
        hiding.into_iter().fold(test, Bound::and)
    }

    /// The records of an object that hide none of these fields.
    pub(in crate::crm) fn showing<'f>(&self, object: &str, mut fields: impl Iterator<Item = &'f str>) -> Bound {
        let hiding = self.0.iter().filter(|veil| veil.object == object);
        let asked: Vec<&str> = fields.by_ref().collect();
        let hiding = hiding.filter(|veil| veil.fields.iter().any(|field| asked.contains(&field.as_str())));
        hiding.map(|veil| Bound::Not(Box::new(veil.over.clone()))).fold(Bound::All, Bound::and)
    }
}
