//! Notices that another process wrote to the store: the operating system tells when the write-ahead
//! log changes, and only then the store is asked whether something was committed. Nothing runs while
//! nothing is written. A database is asked twice a second.

use crate::contract::error::Error;
use crate::msg;
use crate::store::is_database;
use notify::{EventKind, RecursiveMode, Watcher};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// A commit shows a little after the log was written (the disk has to say that it is safe): how long
/// to look again after the last sign.
const LOOK_AGAIN_MS: [u64; 8] = [2, 4, 8, 16, 32, 64, 256, 1_024];

/// How often a database is asked.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Watches one store until it is dropped.
pub(super) struct Watch {
    watcher: Option<Box<dyn Send>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Calls `look` on a thread of its own a few times after each sign of a write.
    pub(super) fn start(store: &Path, look: impl FnMut() + Send + 'static) -> Result<Watch, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Other(msg!("backend-watch", detail = error));
        let (signal, signals) = mpsc::channel();
        if is_database(store) {
            let thread = std::thread::Builder::new().name("store-watch".to_owned());
            let thread = thread.spawn(move || poll(&signals, look)).map_err(|e| failed(&e))?;
            return Ok(Watch { watcher: Some(Box::new(signal)), thread: Some(thread) });
        }
        let (folder, names) = watched(store);
        let mut watcher = notify::recommended_watcher(handler(names, signal)).map_err(|e| failed(&e))?;
        watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(|e| failed(&e))?;
        let thread = std::thread::Builder::new()
            .name("store-watch".to_owned())
            .spawn(move || run(&signals, look))
            .map_err(|e| failed(&e))?;
        Ok(Watch { watcher: Some(Box::new(watcher)), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Dropping the watcher drops the sender, which ends the thread.
        self.watcher = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Asks a database, which nothing else tells of: one small question each time.
fn poll(signals: &Receiver<()>, mut look: impl FnMut()) {
    loop {
        look();
        if signals.recv_timeout(ASK_AGAIN) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

fn watched(store: &Path) -> (PathBuf, Vec<OsString>) {
    let store = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let folder = match store.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let name = store.file_name().unwrap_or_default().to_owned();
    let mut log = name.clone();
    log.push("-wal");
    (folder, vec![name, log])
}

fn handler(names: Vec<OsString>, signal: Sender<()>) -> impl FnMut(notify::Result<notify::Event>) + Send {
    move |event| {
        let Ok(event) = event else { return };
        if matches!(event.kind, EventKind::Access(_) | EventKind::Remove(_)) {
            return;
        }
        let ours = |path: &PathBuf| path.file_name().is_some_and(|name| names.iter().any(|n| n == name));
        if event.paths.iter().any(ours) {
            let _ = signal.send(());
        }
    }
}

fn run(signals: &Receiver<()>, mut look: impl FnMut()) {
    while signals.recv().is_ok() {
        let mut waits = LOOK_AGAIN_MS.iter();
        loop {
            while signals.try_recv().is_ok() {}
            // A change seen is no reason to stop: it may be an earlier one than the last sign's.
            look();
            let Some(wait) = waits.next() else { break };
            match signals.recv_timeout(Duration::from_millis(*wait)) {
                Ok(()) => waits = LOOK_AGAIN_MS.iter(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}
