//! The store: one SQLite file with a real table per object, an append-only journal, and everything
//! a session needs to read and write it fast.
//!
//! A [`Store`] is one connection and the property of one thread; open several for several threads or
//! processes. It persists and finds; it decides nothing: permissions, rules, references and what
//! is deleted along are the business of `crm`. Foreign keys are not declared for the same reason: a
//! cascade of SQLite's own would change records without a journal entry. [`Store::check`] finds
//! references that point nowhere.
//!
//! # The file
//! A table per object, named as the object, its columns named as the fields:
//!
//! | field type | column |
//! |---|---|
//! | text, multiline, phone, email, url, region, code | `TEXT COLLATE NOCASE` |
//! | select | `TEXT`, the item's key |
//! | integer, boolean | `INTEGER` |
//! | decimal, percent | `INTEGER`, scaled by the field's digits (12.5 with 2 digits is 1250): exact, sums in SQL |
//! | money | `INTEGER` minor units (1/100) and `<field>_currency TEXT` |
//! | date | `TEXT`, `2026-11-22` |
//! | datetime | `TEXT`, UTC with milliseconds: `2026-11-22T03:33:28.123Z` |
//! | reference, user, department | `INTEGER`, the record's id |
//! | several references, multiselect, tags, attachments | `TEXT`, a JSON array |
//! | formula | as its result |
//!
//! and `id`, `version`, `created_at`, `created_by`, `updated_at`, `updated_by`. Views `<object>_view` show the
//! same with labels, decimal amounts and titles. Tables that begin with `_` are the store's own.

use crate::backend::request::{Cursor, From as PageFrom};
use crate::domain::id::Id;
use crate::domain::journal::{Entry, Origin};
use crate::domain::record::{Fields, Record, Titles};
use crate::domain::value::Value;
use crate::schema::model::{Schema, SortKey};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// API OUTLINE, bodies follow. `Bound` is `schema::filter::Bound`.
pub struct Bound;
/// `schema::diff::Change`.
pub struct Change;

/// What a store operation gives. `StoreError` has `message() -> Message`, and variants: Missing, Exists, NotAStore,
/// Damaged, Locked, ReadOnly, Newer, Full, Io, Loses(Vec<Change>), VersionConflict{current: Box<Record>},
/// Gone{object,id}, Duplicate{object,field,value}, Value{object,field}, Unknown{name}, Cursor, Interrupted, Sql.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
/// See above.
#[derive(Debug)]
pub enum StoreError {}

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode { ReadWrite, ReadOnly }

/// Who writes, when and from where: what the journal says of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Who; `None` for tcrm itself.
    pub user: Option<Id>,
    /// When.
    pub now: Timestamp,
    /// From where.
    pub origin: Origin,
    /// The transaction (or the first of a whole) that this one takes back.
    pub undoes: Option<i64>,
    /// The first transaction of the whole (an import) that this one continues.
    pub part_of: Option<i64>,
}

/// Which records of an object.
#[derive(Clone, Copy)]
pub struct Which<'a> {
    /// The object's name.
    pub object: &'a str,
    /// A filter; `None` for all.
    pub filter: Option<&'a Bound>,
    /// Only these ids (hits of the search), in any order.
    pub ids: Option<&'a [i64]>,
    /// What the search engine answered for each `Bound::Words` node of the filter, in the order in which they stand.
    pub words: &'a [&'a [i64]],
}

/// A page: rows in list order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StorePage {
    pub rows: Vec<(Record, Cursor)>,
    pub more_before: bool,
    pub more_after: bool,
}

/// Undo and redo candidates of a user.
pub struct UndoState { pub undo: Option<i64>, pub redo: Option<i64> }

/// One connection.
pub struct Store;

impl Store {
    /// Makes a store; refuses an existing file.
    pub fn create(path: &Path, schema: &Schema) -> Result<Store> { todo!() }
    /// Opens a store (migrating an older one after a backup).
    pub fn open(path: &Path, mode: OpenMode) -> Result<Store> { todo!() }
    pub fn path(&self) -> &Path { todo!() }
    pub fn schema(&self) -> Arc<Schema> { todo!() }
    /// Notices a schema applied by another connection; true if it was reloaded.
    pub fn refresh_schema(&mut self) -> Result<bool> { todo!() }
    /// Applies a schema in one transaction. Lossy changes only with `allow_loss` (after a backup), else `Loses`.
    pub fn apply_schema(&mut self, new: &Schema, allow_loss: bool, now: Timestamp) -> Result<Vec<Change>> { todo!() }

    /// Runs `work` in one write transaction; an error rolls all of it back. Returns the work's result and the
    /// transaction's number (0 if nothing changed). E.g. `store.write::<_, crm::Error>(&context, |tx| …)`.
    pub fn write<T, E: std::convert::From<StoreError>>(&mut self, context: &Context, work: impl FnOnce(&mut Write<'_>) -> std::result::Result<T, E>) -> std::result::Result<(T, i64), E> { todo!() }
    /// Writes many new records (ids by the caller), journalled, in batches of the caller's (`BulkOptions`).
    pub fn bulk<T, E: std::convert::From<StoreError>>(&mut self, context: &Context, object: &str, fields: &[&str], expected: u64, work: impl FnOnce(&mut Bulk<'_>) -> std::result::Result<T, E>) -> std::result::Result<(T, Option<i64>), E> { todo!() }

    pub fn get(&self, object: &str, id: Id) -> Result<Option<Record>> { todo!() }
    pub fn get_many(&self, object: &str, ids: &[Id]) -> Result<Vec<Record>> { todo!() }
    /// `columns` empty: all. Empty values last in both directions; the id is the last key.
    pub fn page(&self, which: Which<'_>, sort: &[SortKey], columns: &[String], from: &PageFrom, limit: usize) -> Result<StorePage> { todo!() }
    /// A page of search hits, in the order of `ids`; `which.filter` narrows them.
    pub fn page_of_ids(&self, which: Which<'_>, ids: &[i64], columns: &[String], from: &PageFrom, limit: usize) -> Result<StorePage> { todo!() }
    pub fn filter_ids(&self, which: Which<'_>, ids: &[i64]) -> Result<Vec<i64>> { todo!() }
    /// Counts up to `cap`: (value, capped).
    pub fn count(&self, which: Which<'_>, cap: u64) -> Result<(u64, bool)> { todo!() }
    pub fn titles(&self, object: &str, ids: &[Id]) -> Result<Titles> { todo!() }
    /// Titles of all single and many references in these records, by the fields' targets.
    pub fn titles_of(&self, records: &[&Record]) -> Result<Titles> { todo!() }
    pub fn find_equal(&self, object: &str, field: &str, value: &Value, limit: usize) -> Result<Vec<Id>> { todo!() }
    /// Records that refer to one, by object and field, with their number.
    pub fn referring(&self, object: &str, id: Id) -> Result<Vec<(String, String, u64)>> { todo!() }
    /// The ids behind `referring`.
    pub fn referring_ids(&self, from_object: &str, field: &str, id: Id, limit: usize) -> Result<Vec<Id>> { todo!() }
    /// Streams records in id order out of one snapshot; `row` returns false to stop. Memory stays flat.
    pub fn scan(&self, which: Which<'_>, columns: &[String], row: impl FnMut(Record) -> bool) -> Result<()> { todo!() }

    /// Newest first; of one record or overall; entries with a smaller `seq` than `before`.
    pub fn journal(&self, of: Option<(&str, Id)>, before: Option<i64>, limit: usize) -> Result<Vec<Entry>> { todo!() }
    /// Oldest first, entries after `seq`.
    pub fn journal_since(&self, seq: i64, limit: usize) -> Result<Vec<Entry>> { todo!() }
    /// Entries of a transaction or of the whole (import) that begins with it, newest first, older than `before`.
    pub fn entries_of(&self, txn: i64, before: Option<i64>, limit: usize) -> Result<Vec<Entry>> { todo!() }
    /// How many entries that is.
    pub fn entry_count(&self, txn: i64) -> Result<u64> { todo!() }
    /// What undo and redo of this user would take (the number of the whole for an import).
    pub fn undo_state(&self, user: Option<Id>) -> Result<UndoState> { todo!() }
    /// The newest entry's number, 0 in an empty journal.
    pub fn journal_head(&self) -> Result<i64> { todo!() }
    /// Changes whenever another connection committed something.
    pub fn data_version(&self) -> Result<i64> { todo!() }
    /// Set it to stop the read under way (`StoreError::Interrupted`); the owner clears it.
    pub fn interrupt_flag(&self) -> Arc<AtomicBool> { todo!() }

    /// Settings of a user whose keys begin with a prefix.
    pub fn settings(&self, user: Option<Id>, prefix: &str) -> Result<Vec<(String, String)>> { todo!() }
    pub fn put_setting(&mut self, user: Option<Id>, key: &str, value: Option<&str>) -> Result<()> { todo!() }
    /// The number that `next_serial` would give.
    pub fn peek_serial(&self, prefix: &str) -> Result<i64> { todo!() }

    pub fn backup_to(&self, path: &Path) -> Result<()> { todo!() }
    /// Replaces the file at `path` by a checked copy of `backup`; keeps the old one as `FILE.before-restore-DATE`.
    pub fn restore(backup: &Path, path: &Path, now: Timestamp) -> Result<()> { todo!() }
    /// For doctor.
    pub fn check(&self) -> Result<Vec<Finding>> { todo!() }
}

/// Something that doctor reports: `message() -> Message`.
pub enum Finding {}

/// A write transaction under way. Reads in it go through `tx.store()` (a `&Store` on the same connection, sees own writes).
pub struct Write<'a>(&'a ());

impl Write<'_> {
    pub fn store(&self) -> &Store { todo!() }
    /// Inserts version 1; system fields are filled from the context.
    pub fn insert(&mut self, object: &str, id: Id, fields: Fields) -> Result<Record> { todo!() }
    /// Changes fields (an empty value empties). `VersionConflict` if the version isn't `expected` (`None`: whatever it is).
    /// A change that changes nothing writes nothing and returns the record as it is.
    pub fn update(&mut self, object: &str, id: Id, expected: Option<i64>, changes: Fields) -> Result<Record> { todo!() }
    /// Deletes; gives the record as it was.
    pub fn delete(&mut self, object: &str, id: Id, expected: Option<i64>) -> Result<Record> { todo!() }
    /// Puts a deleted record back with a given version (undo of a delete): `insert` with version = last + 1.
    pub fn revive(&mut self, object: &str, id: Id, version: i64, fields: Fields) -> Result<Record> { todo!() }
    /// The next number of a prefix, without gaps: it is kept only if the transaction commits.
    pub fn next_serial(&mut self, prefix: &str) -> Result<i64> { todo!() }
    /// The transaction's number; 0 as long as nothing changed.
    pub fn txn(&self) -> i64 { todo!() }
}

/// A bulk load under way.
pub struct Bulk<'a>(&'a ());

impl Bulk<'_> {
    /// Adds a record: values in the order of the fields given to `bulk` (created_* and updated_* are filled in).
    pub fn insert(&mut self, id: Id, values: &[Value]) -> Result<()> { todo!() }
    /// Changes a record inside the load (duplicates with policy update).
    pub fn update(&mut self, id: Id, expected: Option<i64>, changes: Fields) -> Result<Record> { todo!() }
    /// Ends the batch: everything so far is on disk after this.
    pub fn commit(&mut self) -> Result<()> { todo!() }
    /// The same connection for look-ups; sees what was inserted.
    pub fn store(&self) -> &Store { todo!() }
    pub fn next_serial(&mut self, prefix: &str) -> Result<i64> { todo!() }
}
