//! How a store operation fails.

use super::db;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::Record;
use crate::msg;
use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// What a store operation gives.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failed store operation. Nothing is half done after one.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message())]
pub enum StoreError {
    /// There is no file.
    Missing(PathBuf),
    /// There is a file already.
    Exists(PathBuf),
    /// The file is no database, or one of another program.
    NotAStore(PathBuf),
    /// The file was written by a newer version of tcrm; it is left untouched.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format's number.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// The schema that the store keeps says what this program doesn't know; the store is left untouched.
    UnknownSchema {
        /// The store.
        path: PathBuf,
        /// What isn't known.
        detail: String,
    },
    /// The file's content is damaged.
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        detail: String,
    },
    /// Another process held the store for longer than the waiting time.
    Locked(PathBuf),
    /// The file or its folder can't be written.
    ReadOnly(PathBuf),
    /// The disk is full.
    Full(PathBuf),
    /// Reading or writing the file failed.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        detail: String,
    },
    /// The new schema would lose data, and that was not allowed: every loss in words.
    Loses(Vec<Message>),
    /// The schema can't be stored.
    Schema(Message),
    /// Another process applied a schema; it has been loaded, nothing was written.
    SchemaChanged,
    /// The record has another version than the change was made on.
    VersionConflict {
        /// The record as it stands.
        current: Box<Record>,
    },
    /// There is no such record (any more).
    Gone {
        /// The object's name.
        object: String,
        /// The record.
        id: Id,
    },
    /// A value that must be unique is there already.
    Duplicate {
        /// The object's name.
        object: String,
        /// The field; `id` for the record's id.
        field: String,
    },
    /// A value doesn't fit its field's column (wrong type, too many digits, too great).
    Value {
        /// The object's name.
        object: String,
        /// The field.
        field: String,
    },
    /// No object or field of this name.
    Unknown(String),
    /// A cursor of another list.
    Cursor,
    /// The read was stopped through the interrupt flag.
    Interrupted,
    /// The address of a database that can't be one.
    Address(Message),
    /// What is asked for is there for a file only, or for a database only.
    Elsewhere(Message),
    /// The database can't be reached, or lets nobody in: its words.
    Unreachable {
        /// Its address.
        path: PathBuf,
        /// Its words, or the system's.
        detail: String,
    },
    /// Others' writes went together with this one, and the last of them took all back: a full disk, for example.
    TakenBack(PathBuf),
    /// Anything else that the database refuses.
    Sql(String),
}

impl StoreError {
    /// The error in the user's words.
    pub fn message(&self) -> Message {
        let file = |p: &Path| p.display().to_string();
        match self {
            StoreError::Missing(p) => msg!("store-missing", path = file(p)),
            StoreError::Exists(p) => msg!("store-exists", path = file(p)),
            StoreError::NotAStore(p) => msg!("store-not-a-store", path = file(p)),
            StoreError::Newer { path, found, known } => {
                msg!("store-newer", path = file(path), found = found, known = known)
            }
            StoreError::UnknownSchema { path, detail } => {
                msg!("store-unknown-schema", path = file(path), detail = detail)
            }
            StoreError::Damaged { path, detail } => msg!("store-damaged", path = file(path), detail = detail),
            StoreError::Locked(p) => msg!("store-locked", path = file(p)),
            StoreError::ReadOnly(p) => msg!("store-read-only", path = file(p)),
            StoreError::Full(p) => msg!("store-full", path = file(p)),
            StoreError::Io { path, detail } => msg!("store-io", path = file(path), detail = detail),
            StoreError::Loses(_) => msg!("store-loses"),
            StoreError::Schema(message) | StoreError::Address(message) | StoreError::Elsewhere(message) => {
                message.clone()
            }
            StoreError::Unreachable { path, detail } => {
                msg!("store-unreachable", path = file(path), detail = detail)
            }
            StoreError::SchemaChanged => msg!("store-schema-changed"),
            StoreError::VersionConflict { current } => {
                msg!("store-conflict", object = &current.object, id = current.id)
            }
            StoreError::Gone { object, id } => msg!("store-gone", object = object, id = id),
            StoreError::Duplicate { object, field } => msg!("store-duplicate", object = object, field = field),
            StoreError::Value { object, field } => msg!("store-value", object = object, field = field),
            StoreError::Unknown(name) => msg!("store-unknown", name = name),
            StoreError::Cursor => msg!("store-cursor"),
            StoreError::Interrupted => msg!("store-interrupted"),
            StoreError::TakenBack(p) => msg!("store-taken-back", path = file(p)),
            StoreError::Sql(detail) => msg!("store-sql", detail = detail),
        }
    }

    /// Says what an error of the database means for the store at `path`.
    pub(super) fn of(path: &Path, error: &db::Error) -> StoreError {
        match error {
            db::Error::Sqlite(error) => StoreError::of_sqlite(path, error),
            #[cfg(feature = "postgres")]
            db::Error::Postgres(error) => super::database::meaning(path, error),
            db::Error::Interrupted => StoreError::Interrupted,
            other => StoreError::Sql(other.to_string()),
        }
    }

    /// Says what an error of SQLite means for the file at `path`.
    pub(super) fn of_sqlite(path: &Path, error: &rusqlite::Error) -> StoreError {
        let path = path.to_owned();
        let detail = error.to_string();
        let Some(code) = error.sqlite_error_code() else {
            return StoreError::Sql(detail);
        };
        match code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked(path),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly(path),
            ErrorCode::DatabaseCorrupt => StoreError::Damaged { path, detail },
            ErrorCode::NotADatabase => StoreError::NotAStore(path),
            ErrorCode::DiskFull => StoreError::Full(path),
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => StoreError::Io { path, detail },
            ErrorCode::OperationInterrupted => StoreError::Interrupted,
            ErrorCode::ConstraintViolation => unique(&detail).unwrap_or(StoreError::Sql(detail)),
            _ => StoreError::Sql(detail),
        }
    }

    /// Says what an error of the file system means for the file at `path`.
    pub(super) fn io(path: &Path, error: &std::io::Error) -> StoreError {
        use std::io::ErrorKind;
        let path = path.to_owned();
        match error.kind() {
            ErrorKind::NotFound => StoreError::Missing(path),
            ErrorKind::AlreadyExists => StoreError::Exists(path),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly(path),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full(path),
            _ => StoreError::Io { path, detail: error.to_string() },
        }
    }
}

/// Reads `UNIQUE constraint failed: customer.code`.
fn unique(detail: &str) -> Option<StoreError> {
    let (_, columns) = detail.split_once("UNIQUE constraint failed: ")?;
    let (object, field) = columns.split(',').next()?.trim().split_once('.')?;
    Some(StoreError::Duplicate { object: object.to_owned(), field: field.to_owned() })
}
