//! The store: one SQLite file, or one schema of a PostgreSQL database, with a real table per object, an append-only
//! journal, and everything a session needs to read and write it fast.
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
//! | several references, multiselect, tags, attachments | `TEXT`, a JSON array (ids as integers) |
//! | formula | as its result |
//!
//! and `id`, `version`, `created_at`, `created_by`, `updated_at`, `updated_by`. [`views`] gives
//! the SQL of views that show the same with labels, decimal amounts and titles; `_log` shows the journal.
//! Tables that begin with `_` are the store's own. The write-ahead log stands beside the file as `FILE-wal`.
//!
//!
//! # The database
//! The same tables and columns in PostgreSQL: numbers are `BIGINT`, texts `TEXT COLLATE "C"`, compared by `lower(…)` where
//! a file has NOCASE. `db` is what the other files know of either; where their SQL differs stands in `db::dialect`.
//!
//! # Where to add
//! A field type: `column.rs` (its form) and `json.rs`. A change of the store's own tables: a step in `migrate.rs`, and
//! `postgres.sql`. SQL that only one of the two understands: `db/dialect.rs`.

mod address;
mod aggregate;
mod backup;
mod bulk;
mod carry;
mod chain;
mod check;
mod column;
mod compiled;
mod copy;
#[cfg(feature = "postgres")]
mod database;
mod db;
mod due;
mod error;
mod event;
mod evolve;
pub mod files;
mod filter;
mod idle;
mod index;
mod journal;
mod json;
mod kept;
mod layout;
mod log;
mod migrate;
mod once;
mod open;
mod outbox;
mod page;
mod part;
mod password;
mod password_source;
mod read;
mod rollup;
mod setting;
mod stop;
mod table;
mod token;
mod trim;
mod upload;
mod view;
mod write;

pub use address::{beside, is_database, name};
pub use aggregate::{StoreGroup, Summand};
pub use bulk::{BATCH_ROWS, Bulk};
pub use carry::Carrier;
pub use chain::ChainState;
pub use check::Finding;
pub use due::{Between, DueQuery, DueRow, Marks, PutOff, Tie, TieAt};
pub use error::{Result, StoreError};
pub use evolve::{Applied, Change, ChangeDeed};
pub use idle::{Cutoff, Cutoffs, Deals, Idle, IdleQuery, IdleRow};
pub use journal::UndoState;
pub use log::{EventQuery, LogQuery};
pub use once::OnceKey;
pub use outbox::{OutboxRow, Queued};
pub use page::StorePage;
pub use part::Part;
pub use password::Kept as KeptPassword;
pub use password_source::{AskPassword, ask_password};
pub use read::RowView;
pub use rollup::Touched;
pub use stop::Stop;
pub use token::Token;
pub use trim::Kept as KeptJournal;
pub use view::views;
pub use write::{Changed, Write};

use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::schema::filter::Bound;
use crate::schema::model::Schema;
use db::{Connection, Dialect};
use jiff::Timestamp;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use table::Tables;

/// Whether there is a store at an address. Fails where a database can't be asked.
pub fn exists(path: &Path) -> Result<bool> {
    match is_database(path) {
        true => open::is_in_database(path),
        false => Ok(path.exists()),
    }
}

/// Takes away a store that could not be finished, with all that came with it: only for whoever has just made it.
pub fn discard(path: &Path) -> Result<()> {
    open::discard(path)
}

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// To read and write.
    ReadWrite,
    /// To read only; works where neither file nor folder can be written.
    ReadOnly,
}

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

impl Context {
    /// A context of an ordinary change.
    pub fn new(user: Option<Id>, now: Timestamp, origin: Origin) -> Context {
        Context { user, now, origin, undoes: None, part_of: None }
    }
}

/// Which records of an object.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// The object's name.
    pub object: &'a str,
    /// A filter; `None` for all.
    pub filter: Option<&'a Bound>,
    /// Only these ids (hits of the search), in any order.
    pub ids: Option<&'a [i64]>,
    /// What the search engine answered for each `Bound::Words` node of the filter, in the order in which they stand.
    /// A node without an answer here matches nothing.
    pub words: &'a [&'a [i64]],
}

impl<'a> Which<'a> {
    /// All records of an object.
    pub fn all(object: &'a str) -> Which<'a> {
        Which { object, filter: None, ids: None, words: &[] }
    }

    /// The records of an object that a filter without words matches.
    pub fn filtered(object: &'a str, filter: &'a Bound) -> Which<'a> {
        Which { filter: Some(filter), ..Which::all(object) }
    }
}

/// The schema in force with what a connection works out from it, for sharing among connections to one file.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    schema: Arc<Schema>,
    tables: Arc<Tables>,
    counter: i64,
}

/// One connection to a store.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    path: PathBuf,
    mode: OpenMode,
    in_force: InForce,
    interrupt: Arc<Stop>,
    /// A write is under way: it is not interrupted.
    writing: Arc<AtomicBool>,
    /// Transactions are parts of one, see [`Store::begin_together`].
    together: Cell<bool>,
}

impl Store {
    /// Makes a store with the tables of a schema and opens it. `Exists` if there is a file already (an empty one is
    /// taken). A failed creation leaves nothing behind.
    pub fn create(path: &Path, schema: &Schema) -> Result<Store> {
        open::create(path, schema)
    }

    /// Opens a store. An older one is migrated after a backup beside it; a newer one is refused, untouched. Indexes
    /// that an interrupted load left out are made.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Store> {
        open::open(path, mode, None)
    }

    /// Opens a store of which another connection knows the schema; reads it only if it is not in force any more.
    pub fn open_knowing(path: &Path, mode: OpenMode, known: InForce) -> Result<Store> {
        open::open(path, mode, Some(known))
    }

    /// What the schema in force, as this connection knows it, differs by from any other; `None` if another one is in
    /// force by now, or the store doesn't tell.
    pub fn seal_in_force(&self) -> Result<Option<String>> {
        let own = format!("{} ", self.in_force.counter);
        Ok(self.schema_seal()?.filter(|seal| seal.starts_with(&own)))
    }

    /// The schema in force, as this connection knows it, for [`Store::open_knowing`].
    pub fn in_force(&self) -> InForce {
        self.in_force.clone()
    }

    /// Works out what reading records of these objects takes, once for all connections that share it.
    pub fn make_ready<'o>(&self, objects: impl Iterator<Item = &'o str>) {
        // What there is no table of is not read either.
        objects.for_each(|object| drop(self.in_force.tables.get(object)));
    }

    /// Makes the indexes that the store lacks because an older program made it; `stop` is asked before each. Gives how
    /// many were made: none in a store that is open for reading, or that is being filled.
    pub fn make_lacking_indexes(&self, stop: &dyn Fn() -> bool) -> Result<usize> {
        index::make_lacking(self, stop)
    }

    /// Keeps the schema in force beside the file in a form that the next start reads faster, unless it is there.
    /// Where it can't be written, the next start reads the store alone.
    pub fn keep_compiled(&self) {
        if let Ok(Some(seal)) = self.seal_in_force() {
            compiled::keep(&beside(&self.path), &seal, &self.in_force.schema);
        }
    }

    /// The file, or the address of the database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The schema in force, as this connection knows it.
    pub fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.in_force.schema)
    }

    /// Loads the schema again if another connection has applied one; true if so.
    pub fn refresh_schema(&mut self) -> Result<bool> {
        if self.stored_schema_counter()? == self.in_force.counter {
            return Ok(false);
        }
        self.load_schema().map(|()| true)
    }

    /// How long a statement waits for another process before it fails as `Locked`; 5 seconds unless set.
    pub fn set_busy_timeout(&self, timeout: Duration) -> Result<()> {
        self.conn.busy_timeout(timeout).map_err(self.sql())
    }

    /// Stops the read under way, which then fails as `Interrupted`. Its owner clears it. Writes are never stopped half
    /// way.
    pub fn interrupt(&self) -> Arc<Stop> {
        Arc::clone(&self.interrupt)
    }

    /// A number that differs whenever another connection has committed something since.
    pub fn data_version(&self) -> Result<i64> {
        self.conn.data_version().map_err(self.sql())
    }

    /// In whose SQL statements are written.
    fn dialect(&self) -> Dialect {
        self.conn.dialect()
    }

    /// Turns the database's errors into the store's.
    fn sql(&self) -> impl Fn(db::Error) -> StoreError + Copy + '_ {
        |error| StoreError::of(&self.path, &error)
    }
}

#[cfg(test)]
mod tests;
