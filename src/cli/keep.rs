//! `tcrm backup` and `tcrm restore`.

use super::failure::Failure;
use super::output::note;
use super::session::{Session, Want};
use crate::backend::local::LocalBackend;
use crate::{msg, transfer};
use std::io::ErrorKind;
use std::path::Path;

/// Copies the store to a new file while it may be in use.
pub(super) fn backup(session: &Session, file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::Other(6, msg!("cli-backup-exists", path = file.display())));
    }
    if file.parent().is_some_and(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        return Err(transfer::Error::making(file, &ErrorKind::NotFound.into()).into());
    }
    let backend = session.open_local(Want::Read)?;
    session.wait(backend.backup(file.to_owned()))?;
    note(&session.say(&msg!("cli-backup-done", path = file.display())));
    Ok(())
}

/// Puts a checked copy of a backup in the store's place; the store that was there is kept beside it.
pub(super) fn restore(session: &Session, file: &Path) -> Result<(), Failure> {
    let path = session.store_path()?;
    if !file.exists() {
        return Err(Failure::Other(4, msg!("cli-no-backup", path = file.display())));
    }
    let kept = LocalBackend::restore(file, &path, session.login().as_deref())?;
    note(&session.say(&msg!("cli-restore-done", path = path.display(), from = file.display())));
    if let Some(kept) = kept {
        note(&session.say(&msg!("cli-restore-kept", path = kept.display())));
    }
    Ok(())
}
