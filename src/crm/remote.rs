//! What clients on other machines need: writes that are done once, ids of their own making, and what changed since
//! they last asked.

use super::rights::{Operation, Sight};
use super::{Context, Crm, derive};
use crate::contract::error::Error;
use crate::contract::request::{SaveRequest, Saved};
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Entry};
use crate::domain::record::RecordKey;
use crate::msg;
use crate::store::OnceKey;
use std::collections::{BTreeMap, BTreeSet};

/// The most changes that are told at once.
const MOST_CHANGES: usize = 1_000;

/// What changed, as far as the user may see it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feed {
    /// The changes, oldest first; of records that can't be seen nothing but that they are gone.
    pub entries: Vec<Entry>,
    /// The last number that was looked at.
    pub next: i64,
    /// There are more.
    pub more: bool,
}

impl Crm {
    /// Acts in another context from now on. Gives the one until now.
    pub fn sit(&mut self, context: Context) -> Context {
        std::mem::replace(&mut self.context, context)
    }

    /// The next write is done once, under a key.
    pub fn once(&mut self, key: Option<OnceKey>) {
        self.context.once = key;
    }

    /// The next new record gets this id.
    pub fn give_id(&mut self, id: Option<Id>) {
        self.context.given_id = id;
    }

    /// What a write under a key has done, if it was done. `Conflict` if the key was used for something else.
    pub fn done_once(&self, once: &OnceKey) -> Result<Option<Saved>, Error> {
        let Some((digest, txn)) = self.store.done_once(self.context.user, &once.key)? else { return Ok(None) };
        if digest != once.digest {
            return Err(Error::Conflict { message: msg!("api-key-reused", key = once.key), theirs: None });
        }
        let entries = self.store.entries_of(txn, None, MOST_CHANGES)?;
        let (mut seen, mut records) = (BTreeSet::new(), Vec::new());
        for entry in entries.iter().rev().filter(|entry| seen.insert((entry.object.clone(), entry.record))) {
            records.extend(self.store.get(&entry.object, entry.record)?);
        }
        let (rights, schema) = (self.rights()?, self.schema());
        let sight = Sight { store: &self.store, rights: &rights };
        let records = sight.seen_after(derive::refreshed(&self.store, &schema, records)?)?;
        Ok(Some(Saved { records, txn, touched: seen.len(), ..Saved::default() }))
    }

    /// Creates a record with an id of the client's making. `Conflict` with the record if there is one of that id.
    pub fn save_as(&mut self, id: Id, request: &SaveRequest) -> Result<Saved, Error> {
        if self.store.get(&request.object, id)?.is_some() {
            let key = RecordKey { object: request.object.clone(), id };
            let theirs = self.get(&key).ok().map(|view| Box::new(view.record));
            return Err(Error::Conflict { message: msg!("api-id-taken", id = id), theirs });
        }
        self.context.given_id = Some(id);
        let saved = self.save(request);
        self.context.given_id = None;
        saved
    }

    /// What changed after a number of the journal, oldest first. `None` if the journal isn't that far: it is another
    /// one by now.
    pub fn feed(&self, since: i64, limit: usize) -> Result<Option<Feed>, Error> {
        let head = self.store.journal_head()?;
        if since > head || since < 0 {
            return Ok(None);
        }
        let limit = limit.clamp(1, MOST_CHANGES);
        let mut entries = self.store.journal_since(since, limit)?;
        let next = entries.last().map_or(since, |entry| entry.seq);
        let rights = self.rights()?;
        if !rights.is_unlimited() {
            let sight = Sight { store: &self.store, rights: &rights };
            let mut ids: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
            for entry in &entries {
                ids.entry(&entry.object).or_default().push(entry.record);
            }
            let mut seen = BTreeSet::new();
            for (object, ids) in ids {
                let visible = sight.among(Operation::View, object, &ids)?;
                seen.extend(visible.into_iter().map(|id| (object.to_owned(), id)));
            }
            for entry in entries.iter_mut().filter(|e| !seen.contains(&(e.object.clone(), e.record))) {
                entry.deed = Deed::Delete;
                entry.before.clear();
                entry.after.clear();
                entry.user = None;
            }
            for entry in &mut entries {
                rights.strip_fields(&entry.object, &mut entry.before);
                rights.strip_fields(&entry.object, &mut entry.after);
            }
            sight.veil_entries(&mut entries)?;
        }
        Ok(Some(Feed { more: next < head, entries, next }))
    }
}
