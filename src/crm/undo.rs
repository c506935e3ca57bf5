//! Taking transactions back through the journal, and doing them again: an undo is a change like any
//! other, with a journal entry that says what it took back.

use super::approval::{self, APPROVAL};
use super::evaluate::Rules;
use super::rights::{self, Operation, Rights, Sight};
use super::{Crm, circle, named, object, title};
use crate::contract::error::Error;
use crate::contract::request::Undone;
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Entry};
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, RecordKey, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::Schema;
use crate::store::{Store, Write};
use jiff::Zoned;
use std::collections::{HashMap, HashSet};

/// Entries read at a time, so that a large import can be taken back in little memory.
const CHUNK: usize = 2_000;
/// How many records an answer names.
const NAMED: usize = 100;
/// From so many entries on the store is prepared for many changes.
const MANY_ENTRIES: u64 = 5_000;
/// From so many deleted records on, references to them are looked for table by table.
const MANY: usize = 1_000;

impl Crm {
    /// Takes back the last own transaction that is not yet undone.
    pub fn undo(&mut self) -> Result<Undone, Error> {
        let candidate = self.store.undo_state(self.context.user)?.undo;
        let txn = candidate.ok_or_else(|| Error::NotFound(msg!("crm-nothing-to-undo")))?;
        self.take_back(txn)
    }

    /// Does the last undone transaction again.
    pub fn redo(&mut self) -> Result<Undone, Error> {
        let candidate = self.store.undo_state(self.context.user)?.redo;
        let txn = candidate.ok_or_else(|| Error::NotFound(msg!("crm-nothing-to-redo")))?;
        self.take_back(txn)
    }

    /// Takes back a whole transaction or import by its number.
    pub fn revert(&mut self, txn: i64) -> Result<Undone, Error> {
        if self.store.entry_count(txn)? == 0 {
            return Err(Error::NotFound(msg!("crm-no-transaction", txn = txn)));
        }
        self.take_back(txn)
    }

    fn take_back(&mut self, txn: i64) -> Result<Undone, Error> {
        let many = self.store.entry_count(txn)? >= MANY_ENTRIES;
        if many {
            self.store.before_many()?;
        }
        let undone = self.take_back_whole(txn);
        if many {
            self.store.after_many();
        }
        undone
    }

    fn take_back_whole(&mut self, txn: i64) -> Result<Undone, Error> {
        let schema = self.schema();
        let me = self.context.user;
        let (undone, _) = self.write(Some(txn), |tx, context, now| {
            let undone = Undone::of(txn);
            let rights = rights::current(tx.store(), context)?;
            // What an approval wrote goes back with it.
            let decided = tx.store().entries_of(txn, None, CHUNK)?.iter().any(|e| e.object == APPROVAL);
            let (deleted, was_deletion, rights, rules) = (Vec::new(), false, &*rights, HashMap::new());
            let mut work =
                TakingBack { schema: &schema, rights, me, now, txn, decided, deleted, undone, was_deletion, rules };
            let mut before = None;
            loop {
                let entries = tx.store().entries_of(txn, before, CHUNK)?;
                let Some(last) = entries.last() else { break };
                before = Some(last.seq);
                for entry in &entries {
                    work.inverse(tx, entry)?;
                }
            }
            work.no_reference_left(tx.store())?;
            Ok(work.undone)
        })?;
        Ok(undone)
    }
}

impl Undone {
    fn of(txn: i64) -> Undone {
        Undone { txn, records: Vec::new(), touched: 0, title: (String::new(), String::new()) }
    }
}

struct TakingBack<'a> {
    schema: &'a Schema,
    rights: &'a Rights,
    me: Option<Id>,
    now: &'a Zoned,
    txn: i64,
    /// It was a submission or a decision on one.
    decided: bool,
    deleted: Vec<RecordKey>,
    undone: Undone,
    /// The transaction ends with a deletion.
    was_deletion: bool,
    /// By object.
    rules: HashMap<&'a str, Rules<'a>>,
}

impl TakingBack<'_> {
    fn inverse(&mut self, tx: &mut Write<'_>, entry: &Entry) -> Result<(), Error> {
        let current = tx.store().get(&entry.object, entry.record)?;
        let was_reached = self.reaches(tx.store(), entry)?;
        if !was_reached && (entry.deed == Deed::Create || entry.user != self.me) {
            return Err(self.out_of_reach(entry));
        }
        self.unchanged_since(tx.store(), entry, current.as_ref())?;
        let name = match entry.deed {
            Deed::Create => {
                let gone = tx.delete(&entry.object, entry.record, None)?;
                self.deleted.push(RecordKey { object: entry.object.clone(), id: entry.record });
                self.title_of(&entry.object, &gone.fields, entry.record)
            }
            Deed::Update => {
                let changes = inverse_changes(entry);
                self.no_approval_missing(tx.store(), entry, current.as_ref(), &changes)?;
                self.no_circle(tx.store(), entry, &changes)?;
                let record = match current {
                    Some(current) => tx.alter(current, changes)?,
                    None => tx.update(&entry.object, entry.record, None, changes)?,
                };
                self.title_of(&entry.object, &record.fields, entry.record)
            }
            Deed::Delete => {
                let mut fields = entered(self.schema, &entry.object, &entry.before);
                for made in [system::CREATED_AT, system::CREATED_BY] {
                    fields.extend(entry.before.get(made).map(|v| (made.to_owned(), v.clone())));
                }
                let record = tx.revive(&entry.object, entry.record, entry.version + 1, fields)?;
                self.title_of(&entry.object, &record.fields, entry.record)
            }
        };
        // One's own change of an owner is taken back where the record comes to be one's own again.
        if !was_reached && entry.deed != Deed::Create && !self.reaches(tx.store(), entry)? {
            return Err(self.out_of_reach(entry));
        }
        self.note(entry, name);
        Ok(())
    }

    /// Whether the user may do with the record what undoing the entry comes to.
    fn reaches(&self, store: &Store, entry: &Entry) -> Result<bool, Error> {
        let by_hand = self.schema.object(&entry.object).is_some_and(|o| o.editable);
        // What the rules wrote goes along with what it came of.
        if self.rights.is_unlimited() || !by_hand {
            return Ok(true);
        }
        let own = entry.user == self.me;
        let sight = Sight { store, rights: self.rights };
        let any: &[Operation] = match entry.deed {
            Deed::Update => &[Operation::Modify, Operation::Assign, Operation::Claim],
            // To take back what one has just added is no more than to add it.
            Deed::Create if own => &[Operation::Delete, Operation::Add],
            Deed::Create => &[Operation::Delete],
            Deed::Delete => &[Operation::Delete, Operation::Add],
        };
        let changed = entry.before.keys().chain(entry.after.keys()).filter(|name| !is_system(name));
        if !own && self.rights.may_write(&entry.object, changed).is_some() {
            return Ok(false);
        }
        for operation in any {
            if sight.reaches(*operation, &entry.object, entry.record)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn out_of_reach(&self, entry: &Entry) -> Error {
        Error::Denied(named(msg!("rights-undo", object = &entry.object), self.schema, &entry.object))
    }

    fn title_of(&self, name: &str, fields: &Fields, id: Id) -> String {
        object(self.schema, name).map_or_else(|_| id.to_string(), |o| title(o, fields, id))
    }

    fn note(&mut self, entry: &Entry, name: String) {
        let undone = &mut self.undone;
        // The oldest entry is the transaction's main record, and comes last; but a deletion comes to it at the end.
        let is_newest = undone.touched == 0;
        self.was_deletion |= is_newest && entry.deed == Deed::Delete;
        undone.touched += 1;
        if is_newest || !self.was_deletion {
            undone.title = (entry.object.clone(), name);
        }
        let key = RecordKey { object: entry.object.clone(), id: entry.record };
        if undone.records.len() < NAMED && !undone.records.contains(&key) {
            undone.records.push(key);
        }
    }

    /// Refuses if the record isn't as the entry left it, or another user has touched it since.
    fn unchanged_since(&self, store: &Store, entry: &Entry, current: Option<&Record>) -> Result<(), Error> {
        match (entry.deed, current) {
            (Deed::Delete, None) => return Ok(()),
            (Deed::Delete, Some(_)) | (_, None) => return Err(self.conflict(store, entry, current)),
            (_, Some(record)) if record.version == entry.version => return Ok(()),
            _ => {}
        }
        let Some(record) = current else { return Ok(()) };
        let same = match entry.deed {
            Deed::Create => self.typed(&entry.object, &record.fields) == self.typed(&entry.object, &entry.after),
            _ => {
                let free = |field: &str| is_system(field) || self.is_computed(&entry.object, field);
                entry.after.iter().all(|(field, value)| free(field) || record.get(field) == value)
                    && entry.before.keys().all(|f| free(f) || entry.after.contains_key(f) || record.get(f).is_empty())
            }
        };
        if !same || self.touched_by_another(store, entry)? {
            return Err(self.conflict(store, entry, current));
        }
        Ok(())
    }

    /// What people entered: computed fields follow other records too.
    fn typed(&self, object: &str, fields: &Fields) -> Fields {
        let mut fields = entered(self.schema, object, fields);
        fields.retain(|field, _| !self.is_computed(object, field));
        fields
    }

    fn is_computed(&self, object: &str, field: &str) -> bool {
        self.schema.object(object).and_then(|o| o.field(field)).is_some_and(|f| f.kind.is_computed())
    }

    fn touched_by_another(&self, store: &Store, entry: &Entry) -> Result<bool, Error> {
        let later = store.journal(Some((&entry.object, entry.record)), None, 100)?;
        Ok(later.iter().take_while(|e| e.seq > entry.seq).any(|e| e.user != self.me && e.undoes != Some(self.txn)))
    }

    fn conflict(&self, store: &Store, entry: &Entry, current: Option<&Record>) -> Error {
        let newest = store.journal(Some((&entry.object, entry.record)), None, 1).ok().and_then(|mut e| e.pop());
        let fields = current.map_or(if entry.after.is_empty() { &entry.before } else { &entry.after }, |r| &r.fields);
        let what = self.title_of(&entry.object, fields, entry.record);
        let message = match newest {
            Some(newest) => changed_since(store, &what, &newest),
            None => msg!("crm-undo-gone", title = what),
        };
        Error::Conflict { message, theirs: current.map(|r| Box::new(r.clone())) }
    }

    /// Refuses to take back a change of what is in force by an approval, or in one now: it must be submitted.
    fn no_approval_missing(
        &mut self,
        store: &Store,
        entry: &Entry,
        current: Option<&Record>,
        changes: &Fields,
    ) -> Result<(), Error> {
        let Some(current) = current.filter(|_| !self.decided) else { return Ok(()) };
        if self.schema.flows_of(&entry.object).next().is_none() {
            return Ok(());
        }
        let object = object(self.schema, &entry.object)?;
        let rules = self.rules.entry(&object.name).or_insert_with(|| Rules::of(self.schema, object, self.now, self.me));
        match approval::guard(store, rules, current, changes)?.into_iter().next() {
            None => Ok(()),
            Some(error) => Err(Error::Conflict { message: error.message, theirs: None }),
        }
    }

    /// Refuses if a record would come to stand above itself: others were put below it since.
    fn no_circle(&self, store: &Store, entry: &Entry, changes: &Fields) -> Result<(), Error> {
        let errors = circle::errors(store, object(self.schema, &entry.object)?, entry.record, changes)?;
        match errors.into_iter().next() {
            None => Ok(()),
            Some(error) => Err(Error::Conflict { message: error.message, theirs: None }),
        }
    }

    /// Refuses if a record that would be gone is referred to.
    fn no_reference_left(&self, store: &Store) -> Result<(), Error> {
        let found =
            if self.deleted.len() < MANY { self.referrer_of_few(store)? } else { self.referrer_of_many(store)? };
        match found {
            None => Ok(()),
            Some(name) => {
                let message = named(msg!("crm-undo-referred", object = name), self.schema, &name);
                Err(Error::Conflict { message, theirs: None })
            }
        }
    }

    fn referrer_of_few(&self, store: &Store) -> Result<Option<String>, Error> {
        for key in &self.deleted {
            if let Some((name, _, _)) = store.referring(&key.object, key.id)?.into_iter().find(|(_, _, n)| *n > 0) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    fn referrer_of_many(&self, store: &Store) -> Result<Option<String>, Error> {
        let gone: HashSet<i64> = self.deleted.iter().map(|k| k.id.as_i64()).collect();
        let objects: HashSet<&str> = self.deleted.iter().map(|k| k.object.as_str()).collect();
        for from in &self.schema.objects {
            let fields = from.fields.iter().filter(|f| f.kind.target().is_some_and(|t| objects.contains(t)));
            let columns: Vec<String> = fields.filter(|f| !f.is_system()).map(|f| f.name.clone()).collect();
            if columns.is_empty() {
                continue;
            }
            let which = crate::store::Which { object: &from.name, filter: None, ids: None, words: &[] };
            let mut found = false;
            store.scan(which, &columns, |record| {
                found = record.fields.values().any(|value| refers_to(value, &gone));
                !found
            })?;
            if found {
                return Ok(Some(from.name.clone()));
            }
        }
        Ok(None)
    }
}

fn refers_to(value: &Value, gone: &HashSet<i64>) -> bool {
    value.ids().iter().any(|id| gone.contains(&id.as_i64()))
}

/// Who changed a record and when, for the refusal.
fn changed_since(store: &Store, what: &str, newest: &Entry) -> Message {
    let who = newest.user.and_then(|id| store.titles("user", &[id]).ok()?.remove(&id));
    let at = newest.at.strftime("%Y-%m-%d %H:%M:%SZ");
    match who {
        Some(who) => msg!("crm-changed-since-by", title = what, who = who, at = at),
        None => msg!("crm-changed-since", title = what, at = at),
    }
}

fn is_system(field: &str) -> bool {
    system::ALL.contains(&field)
}

/// The fields of a record that the store doesn't fill itself and that the schema still has.
fn entered(schema: &Schema, name: &str, fields: &Fields) -> Fields {
    let known = |field: &str| schema.object(name).is_some_and(|o| o.field(field).is_some());
    let kept = fields.iter().filter(|(f, v)| !v.is_empty() && !is_system(f) && known(f));
    kept.map(|(f, v)| (f.clone(), v.clone())).collect()
}

fn inverse_changes(entry: &Entry) -> Fields {
    let emptied = entry.after.keys().filter(|f| !entry.before.contains_key(*f)).map(|f| (f.clone(), Value::Empty));
    let back = entry.before.iter().map(|(f, v)| (f.clone(), v.clone()));
    back.chain(emptied).filter(|(f, _)| !is_system(f)).collect()
}
