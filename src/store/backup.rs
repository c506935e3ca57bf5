//! Copies of the whole store, and back.

use super::error::{Result, StoreError};
use super::layout::{self, key};
use super::open::{self, sibling, sync_folder};
use super::{OpenMode, Store};
use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

impl Store {
    /// Copies the store to `path` while others read and write; an existing file there is replaced, and only by a whole
    /// copy.
    pub fn backup_to(&self, path: &Path) -> Result<()> {
        copy_to(self, path)
    }

    /// Replaces the store at `path` by a backup, which is checked first. What was there is kept as
    /// `FILE.before-restore-DATE`, whose path is given back. Processes that have the store open go on with the new
    /// content.
    pub fn restore(backup: &Path, path: &Path, now: Timestamp) -> Result<Option<PathBuf>> {
        only_files(backup)?;
        only_files(path)?;
        let source = open::open_still(backup)?;
        source.quick_check()?;
        if !path.exists() {
            copy_to(&source, path)?;
            return Ok(None);
        }
        let kept = sibling(path, &format!(".before-restore-{}", now.strftime("%Y%m%d-%H%M%S")));
        match Store::open(path, OpenMode::ReadWrite) {
            Ok(current) => {
                copy_to(&current, &kept)?;
                replace(current, &source)?;
            }
            Err(error @ (StoreError::Locked(_) | StoreError::ReadOnly(_) | StoreError::Full(_))) => return Err(error),
            Err(_) => {
                set_aside(path, &kept)?;
                copy_to(&source, path)?;
            }
        }
        Ok(Some(kept))
    }

    /// Fails as `Damaged` with the first things that SQLite's own check finds.
    pub(super) fn quick_check(&self) -> Result<()> {
        if self.conn.sqlite().is_none() {
            return Ok(());
        }
        let mut statement = self.conn.prepare_cached("PRAGMA quick_check(10)").map_err(self.sql())?;
        let rows = statement.query_map([], |r| r.get::<String>(0)).map_err(self.sql())?;
        let found = rows.collect::<super::db::Result<Vec<String>>>().map_err(self.sql())?;
        match found.as_slice() {
            [only] if only == "ok" => Ok(()),
            _ => Err(StoreError::Damaged { path: self.path.clone(), detail: found.join("; ") }),
        }
    }
}

/// Copies a store to a file, which appears whole or not at all.
pub(super) fn copy_to(store: &Store, path: &Path) -> Result<()> {
    only_files(&store.path)?;
    if same_file(&store.path, path) {
        return Err(StoreError::Exists(path.to_owned()));
    }
    let draft = sibling(path, ".part");
    let _ = fs::remove_file(&draft);
    let copied = copy(store, &draft).and_then(|()| {
        File::open(&draft).and_then(|f| f.sync_all()).map_err(|e| StoreError::io(&draft, &e))?;
        fs::rename(&draft, path).map_err(|e| StoreError::io(path, &e))
    });
    if copied.is_err() {
        let _ = fs::remove_file(&draft);
        let _ = fs::remove_file(sibling(&draft, "-journal"));
    }
    sync_folder(path);
    copied
}

/// A database is copied by its own tools.
fn only_files(path: &Path) -> Result<()> {
    match super::is_database(path) {
        true => Err(StoreError::Elsewhere(crate::msg!("store-backup-elsewhere"))),
        false => Ok(()),
    }
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn copy(store: &Store, path: &Path) -> Result<()> {
    let sql = |e: rusqlite::Error| StoreError::of_sqlite(path, &e);
    let mut target = Connection::open(path).map_err(sql)?;
    // The draft is synced as a whole at the end, and thrown away if it doesn't get there.
    target.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF").map_err(sql)?;
    run(store, &mut target, path)?;
    target.close().map_err(|(_, e)| sql(e))
}

/// Copies all pages out of one snapshot.
fn run(source: &Store, target: &mut Connection, path: &Path) -> Result<()> {
    let sql = |e: rusqlite::Error| StoreError::of_sqlite(path, &e);
    let Some(conn) = source.conn.sqlite() else { return only_files(&source.path) };
    let backup = Backup::new(conn, target).map_err(sql)?;
    for _ in 0..50 {
        match backup.step(-1).map_err(sql)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(Duration::from_millis(100)),
        }
    }
    Err(StoreError::Locked(path.to_owned()))
}

/// Puts another store's content into this one, for all who have it open.
fn replace(mut current: Store, source: &Store) -> Result<()> {
    let path = current.path.clone();
    let counter = current.in_force.counter;
    if let Some(conn) = current.conn.sqlite_mut() {
        run(source, conn, &path)?;
    }
    // Whoever has the store open must see that its schema may be another one.
    let counter = counter.max(current.stored_schema_counter()?) + 1;
    layout::put(&current.conn, key::SCHEMA_COUNTER, &counter.to_string()).map_err(current.sql())?;
    current.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").map_err(current.sql())
}

/// Moves a file that can't be opened out of the way, with its log.
fn set_aside(path: &Path, kept: &Path) -> Result<()> {
    fs::rename(path, kept).map_err(|e| StoreError::io(path, &e))?;
    for suffix in ["-wal", "-shm"] {
        let log = sibling(path, suffix);
        if log.exists() {
            fs::rename(&log, sibling(kept, suffix)).map_err(|e| StoreError::io(&log, &e))?;
        }
    }
    Ok(())
}
