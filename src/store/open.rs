//! Making and opening the file.

use super::aggregate;
use super::compiled::Ahead;
use super::db::{self, Connection, Dialect};
use super::error::{Result, StoreError};
use super::layout::{self, APPLICATION_ID, EVENTS, FORMAT, OWN_TABLES, TXN_NO_UPDATE, key};
use super::table::Tables;
use super::{InForce, OpenMode, Stop, Store, compiled, evolve, filter, index, is_database, kept, migrate};
use crate::schema::model::Schema;
use rusqlite::{ErrorCode, OpenFlags};
use serde_json::error::Category;
use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a statement waits for another process.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Virtual-machine steps between two looks at the interrupt flag: some tens of microseconds.
const STEPS_PER_LOOK: i32 = 20_000;
/// Statements kept prepared.
const PREPARED: usize = 256;
/// Settings of every connection; none of them reads the file.
const SESSION: &str = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;";
/// What a connection's page cache holds at most, in KiB, for the smallest and the largest files; it grows with use.
const CACHE: (u64, u64) = (128, 8192);

/// Makes a store at `path`. It is built aside and moved into place when it is whole.
pub(super) fn create(path: &Path, schema: &Schema) -> Result<Store> {
    if is_database(path) {
        return create_in_database(path, schema);
    }
    let tables = Tables::checked(schema, Dialect::Sqlite)?;
    reserve(path)?;
    let draft = sibling(path, ".new");
    let made = build(&draft, schema, &tables).and_then(|()| {
        fs::rename(&draft, path).map_err(|e| StoreError::io(path, &e))?;
        sync_folder(path);
        Ok(())
    });
    if let Err(error) = made {
        let _ = fs::remove_file(&draft);
        let _ = fs::remove_file(path);
        return Err(error);
    }
    open(path, OpenMode::ReadWrite, None)
}

/// Takes the name: an empty file stands in for a store to come, anything else is refused.
fn reserve(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => match fs::metadata(path) {
            Ok(found) if found.is_file() && found.len() == 0 => Ok(()),
            _ => Err(StoreError::Exists(path.to_owned())),
        },
        Err(error) => Err(StoreError::io(path, &error)),
    }
}

fn build(path: &Path, schema: &Schema, tables: &Tables) -> Result<()> {
    let _ = fs::remove_file(path);
    let sql = |e: db::Error| StoreError::of(path, &e);
    let conn = Connection::Sqlite(rusqlite::Connection::open(path).map_err(|e| StoreError::of_sqlite(path, &e))?);
    // The header is written before the journal mode, so that the main file alone tells what it is.
    conn.execute_batch(&format!(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = MEMORY; PRAGMA application_id = {APPLICATION_ID};
         PRAGMA user_version = {FORMAT}; BEGIN; {OWN_TABLES} {TXN_NO_UPDATE} {EVENTS}"
    ))
    .map_err(sql)?;
    for table in tables.iter() {
        conn.execute_batch(&table.create_sql(&table.name)).map_err(sql)?;
    }
    index::make(&conn, tables.iter(), None).map_err(sql)?;
    evolve::keep_labels(&conn, schema).map_err(sql)?;
    evolve::keep_schema(&conn, schema, 1).map_err(sql)?;
    conn.execute_batch(
        "COMMIT; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .map_err(sql)?;
    if let Some(conn) = conn.into_sqlite() {
        conn.close().map_err(|(_, e)| StoreError::of_sqlite(path, &e))?;
    }
    File::open(path).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(path, &e))
}

/// Opens the store at `path`.
pub(super) fn open(path: &Path, mode: OpenMode, known: Option<InForce>) -> Result<Store> {
    if is_database(path) {
        return open_database(path, mode, known);
    }
    inspect(path)?;
    let ahead = if known.is_none() { compiled::read_ahead(path, Dialect::Sqlite) } else { None };
    finish(path, mode, Connection::Sqlite(connect(path, mode)?), (known, ahead), Arc::default())
}

/// Opens a store that nobody writes, such as a backup, for reading and without leaving anything beside it.
pub(super) fn open_still(path: &Path) -> Result<Store> {
    if is_database(path) || sibling(path, "-wal").exists() {
        return open(path, OpenMode::ReadOnly, None);
    }
    inspect(path)?;
    let conn = connect_immutable(path).map_err(|e| StoreError::of_sqlite(path, &e))?;
    finish(path, OpenMode::ReadOnly, Connection::Sqlite(conn), (None, None), Arc::default())
}

#[cfg(feature = "postgres")]
pub(super) use super::database::exists as is_in_database;
#[cfg(feature = "postgres")]
use super::database::{create as create_in_database, discard as discard_in_database, open as open_database};

/// Takes a store away: its file or its tables.
pub(super) fn discard(path: &Path) -> Result<()> {
    if is_database(path) {
        return discard_in_database(path);
    }
    for suffix in ["-wal", "-shm", ".schema"] {
        let _ = fs::remove_file(sibling(path, suffix));
    }
    fs::remove_file(path).map_err(|e| StoreError::io(path, &e))
}

#[cfg(not(feature = "postgres"))]
fn create_in_database(path: &Path, _: &Schema) -> Result<Store> {
    open_database(path, OpenMode::ReadWrite, None)
}

#[cfg(not(feature = "postgres"))]
fn discard_in_database(path: &Path) -> Result<()> {
    open_database(path, OpenMode::ReadWrite, None).map(drop)
}

#[cfg(not(feature = "postgres"))]
pub(super) fn is_in_database(path: &Path) -> Result<bool> {
    open_database(path, OpenMode::ReadOnly, None).map(|_| true)
}

#[cfg(not(feature = "postgres"))]
fn open_database(_: &Path, _: OpenMode, _: Option<InForce>) -> Result<Store> {
    Err(StoreError::Elsewhere(crate::msg!("store-no-postgres")))
}

/// Brings a connection to where a store can be worked with. The flag stops what is being read.
pub(super) fn finish(
    path: &Path,
    mode: OpenMode,
    conn: Connection,
    (known, ahead): (Option<InForce>, Option<Ahead>),
    interrupt: Arc<Stop>,
) -> Result<Store> {
    let writing = Arc::new(AtomicBool::new(false));
    let mut store = Store {
        conn,
        path: path.to_owned(),
        in_force: known.unwrap_or_default(),
        interrupt: Arc::clone(&interrupt),
        writing: Arc::clone(&writing),
        together: Cell::new(false),
        mode,
    };
    let stop = move || interrupt.is_set() && !writing.load(Ordering::Relaxed);
    if let Some(conn) = store.conn.sqlite_mut() {
        conn.progress_handler(STEPS_PER_LOOK, Some(stop)).map_err(|e| StoreError::of_sqlite(path, &e))?;
    }
    migrate::bring_up_to_date(&mut store, migrate::STEPS, FORMAT)?;
    if let (Some(ahead), Some(seal)) = (ahead, store.schema_seal()?)
        && let Some((schema, tables)) = ahead.take(&seal)
    {
        store.in_force = InForce { schema, tables, counter: store.stored_schema_counter()? };
    }
    // No schema has the number 0.
    store.refresh_schema()?;
    index::finish_pending(&mut store)?;
    Ok(store)
}

fn connect(path: &Path, mode: OpenMode) -> Result<rusqlite::Connection> {
    let sql = |e: rusqlite::Error| StoreError::of_sqlite(path, &e);
    let access = match mode {
        OpenMode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
        OpenMode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let conn = rusqlite::Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(sql)?;
    if mode == OpenMode::ReadWrite && conn.is_readonly("main").map_err(sql)? {
        return Err(StoreError::ReadOnly(path.to_owned()));
    }
    // Whichever statement comes first finds out whether the file and its log can be used.
    match settle(&conn, path).and_then(|()| conn.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0))) {
        Ok(found) if found > FORMAT => Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT }),
        Ok(_) => Ok(conn),
        // A folder that can't be written has no place for the log's index; without a log the file alone is the store.
        Err(error) if mode == OpenMode::ReadOnly && is_no_place(&error) && !sibling(path, "-wal").exists() => {
            connect_immutable(path).map_err(sql)
        }
        Err(error) if mode == OpenMode::ReadWrite && is_no_place(&error) => Err(StoreError::ReadOnly(path.to_owned())),
        Err(error) => Err(sql(error)),
    }
}

fn connect_immutable(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let access = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let conn = rusqlite::Connection::open_with_flags(immutable_uri(path), access)?;
    settle(&conn, path)?;
    Ok(conn)
}

fn settle(conn: &rusqlite::Connection, path: &Path) -> rusqlite::Result<()> {
    // A part of the file: what isn't in it comes from the system's cache, which all connections share.
    let cache = fs::metadata(path).map_or(0, |m| m.len() / 64 / 1024).clamp(CACHE.0, CACHE.1);
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(PREPARED);
    filter::add_functions(conn)?;
    aggregate::add_functions(conn)?;
    conn.execute_batch(&format!("{SESSION} PRAGMA cache_size = -{cache}"))
}

fn is_no_place(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri + "?immutable=1"
}

/// Looks at the header before SQLite touches the file: what isn't ours, or is too new, stays as it is.
pub(super) fn inspect(path: &Path) -> Result<()> {
    let mut header = [0u8; 100];
    let mut file = File::open(path).map_err(|e| StoreError::io(path, &e))?;
    file.read_exact(&mut header).map_err(|_| StoreError::NotAStore(path.to_owned()))?;
    let number = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|b| <[u8; 4]>::try_from(b).ok()).unwrap_or_default();
        i64::from(u32::from_be_bytes(bytes))
    };
    if !header.starts_with(b"SQLite format 3\0") || number(68) != APPLICATION_ID {
        return Err(StoreError::NotAStore(path.to_owned()));
    }
    match number(60) {
        found if found > FORMAT => Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT }),
        _ => Ok(()),
    }
}

/// The path with something added to its name.
pub(super) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a rename last. Not every system can: then the rename itself must do.
pub(super) fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

impl Store {
    /// Loads the schema in force.
    pub(super) fn load_schema(&mut self) -> Result<()> {
        let damaged = |detail: &str| StoreError::Damaged { path: self.path.clone(), detail: detail.to_owned() };
        let text = layout::get(&self.conn, key::SCHEMA).map_err(self.sql())?;
        let schema: Schema = match text {
            Some(text) => kept::read(&text).map_err(|error| match error.classify() {
                Category::Data => StoreError::UnknownSchema { path: self.path.clone(), detail: error.to_string() },
                _ => damaged(&error.to_string()),
            })?,
            None => return Err(damaged("no schema")),
        };
        let schema = Arc::new(schema);
        let tables = Arc::new(Tables::of(&schema, self.dialect()));
        self.conn.flush_prepared_statement_cache();
        self.in_force = InForce { schema, tables, counter: self.stored_schema_counter()? };
        Ok(())
    }

    /// What the schema in the file is known by; `None` if that isn't noted.
    pub(super) fn schema_seal(&self) -> Result<Option<String>> {
        let seal = layout::get(&self.conn, key::SCHEMA_SEAL).map_err(self.sql())?;
        let Some(seal) = seal else { return Ok(None) };
        let counter = self.stored_schema_counter()?.to_string();
        Ok((seal.split(' ').next() == Some(counter.as_str())).then_some(seal))
    }

    /// The counter of applied schemas as it stands in the file.
    pub(super) fn stored_schema_counter(&self) -> Result<i64> {
        let text = layout::get(&self.conn, key::SCHEMA_COUNTER).map_err(self.sql())?;
        Ok(text.and_then(|t| t.parse().ok()).unwrap_or(0))
    }
}
