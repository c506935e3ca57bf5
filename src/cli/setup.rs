//! `tcrm`, `tcrm demo`, `tcrm init`: getting to work.

use super::args::Demo;
use super::failure::Failure;
use super::output::note;
use super::session::{Session, Want};
use crate::backend::local::LocalBackend;
use crate::msg;
use std::path::Path;

/// The terminal interface.
pub(super) fn interface(session: &Session) -> Result<(), Failure> {
    let _ = session.store_path()?;
    Err(Failure::Other(1, msg!("cli-no-interface")))
}

/// The terminal interface on a throw-away store of made-up data.
pub(super) fn demo(session: &Session, demo: &Demo) -> Result<(), Failure> {
    let _ = (demo.customers, demo.seed);
    interface(session)
}

/// Makes a store. One that is there already is refused. A half-filled one is taken away again.
pub(super) fn init(session: &Session, customers: Option<u64>, seed: u64) -> Result<(), Failure> {
    let path = session.store_path()?;
    if path.exists() {
        return Err(Failure::Other(6, msg!("cli-init-exists", path = path.display())));
    }
    let schema = session.new_schema()?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| crate::transfer::Error::io(&folder.display().to_string(), &e))?;
    }
    let backend = LocalBackend::create(session.open_options(path.clone(), Want::Write), &schema)?;
    if let Some(customers) = customers {
        fill(session, &backend, customers, seed).inspect_err(|_| discard(&path))?;
    }
    note(&session.say(&msg!("cli-init-done", path = path.display())));
    Ok(())
}

/// Fills a new store with made-up data: the one place where that is asked for.
fn fill(session: &Session, backend: &LocalBackend, customers: u64, seed: u64) -> Result<(), Failure> {
    let _ = (session, backend, customers, seed);
    Err(Failure::Other(1, msg!("cli-no-demo")))
}

fn discard(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
}
