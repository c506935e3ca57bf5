//! A file's write-ahead log is carried over into it by a thread of its own, so that whoever writes doesn't wait for that.
//!
//! SQLite has the writer whose commit makes the log long carry it over: its answer then waits for a thousand pages
//! that are written all over the file, and for the disk. Here a thread carries over what there is while others go on
//! writing; the log begins anew with the first write that finds all of it done.

use super::db;
use super::error::Result;
use super::open::BUSY_TIMEOUT;
use super::{OpenMode, Store};
use rusqlite::OpenFlags;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

/// Pages in the log that make it worth while.
const WORTH: i64 = 500;
/// Where writers never pause, the log would never begin anew: at so many pages the writer does the rest itself. A part
/// of the log's index has places for so many.
const PATIENTLY: &str = "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 16777216;";

/// Carries over the log of one file, from when it is first long until it is dropped.
#[derive(Debug)]
pub struct Carrier {
    path: PathBuf,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Store {
    /// Leaves it to the carrier to carry over what this connection writes. `None` where there is nothing to carry
    /// over: in a database, or in a store that is open for reading.
    pub fn leave_log(&self) -> Result<Option<Carrier>> {
        if self.conn.sqlite().is_none() || self.mode == OpenMode::ReadOnly {
            return Ok(None);
        }
        self.conn.tune(PATIENTLY).map_err(self.sql())?;
        Ok(Some(Carrier { path: self.path.clone(), thread: None }))
    }

    /// The number of pages in the log that are not in the file yet.
    pub(super) fn log_length(&self) -> Result<i64> {
        let length = |row: &db::Row<'_>| Ok(row.get::<i64>(1)? - row.get::<i64>(2)?);
        self.conn.query_row("PRAGMA wal_checkpoint(NOOP)", [], length).map_err(self.sql())
    }
}

impl Carrier {
    /// Sees to the log after something was written on a connection of the same file. Doesn't wait for anything.
    pub fn look(&mut self, store: &Store) {
        // A log whose length can't be told is carried over at the latest by the last who closes the file.
        if store.log_length().unwrap_or(0) < WORTH {
            return;
        }
        if self.thread.is_none() {
            let (wake, wakes) = mpsc::channel();
            let path = self.path.clone();
            let thread = std::thread::Builder::new().name("log".to_owned()).spawn(move || carry(&path, &wakes));
            self.thread = thread.ok().map(|thread| (wake, thread));
        }
        if let Some((wake, _)) = &self.thread {
            let _ = wake.send(());
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        if let Some((wake, thread)) = self.thread.take() {
            drop(wake);
            let _ = thread.join();
        }
    }
}

/// Where it can't be done here, the writer does it after all.
fn carry(path: &Path, wakes: &Receiver<()>) {
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(conn) = rusqlite::Connection::open_with_flags(path, access) else { return };
    // Both the log and the file have to be on disk before the log begins anew.
    let settled = conn.busy_timeout(BUSY_TIMEOUT).and_then(|()| conn.execute_batch("PRAGMA synchronous = FULL"));
    if settled.is_err() {
        return;
    }
    while wakes.recv().is_ok() {
        while wakes.try_recv().is_ok() {}
        let _ = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }
}
