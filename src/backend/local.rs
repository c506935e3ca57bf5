//! The local store as a [`Backend`](super::Backend): `crm` called in-process on threads of its own.

use super::error::Error;
use crate::domain::journal::Origin;
use crate::schema::model::Schema;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::Arc;

/// How to open a local store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The store's file.
    pub path: PathBuf,
    /// Refuse every write.
    pub read_only: bool,
    /// Login of the user on whose behalf all calls are made; `None` for nobody in particular.
    pub user: Option<String>,
    /// Where changes are said to come from.
    pub origin: Origin,
    /// The user's time zone: what `today` means.
    pub zone: TimeZone,
    /// Keep a search index in memory (a one-shot command that doesn't search need not).
    pub search: bool,
}

/// A store file and the threads that work on it.
pub struct LocalBackend {
    schema: Arc<Schema>,
}

impl LocalBackend {
    /// Opens an existing store. `NotFound` if there is no file, `Timeout` if another process holds
    /// it, `Corrupt` if it can't be read as a store, `Denied` if it comes from a newer version.
    pub fn open(options: OpenOptions) -> Result<LocalBackend, Error> {
        let _ = options;
        Err(Error::Cancelled)
    }

    /// Makes a new store with a schema and opens it. `Conflict` if the file exists.
    pub fn create(options: OpenOptions, schema: Schema) -> Result<LocalBackend, Error> {
        let _ = (options, schema);
        Err(Error::Cancelled)
    }
}
