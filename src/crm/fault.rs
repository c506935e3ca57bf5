//! Failures of the store in the kinds that a face can act on.

use crate::contract::error::Error;
use crate::domain::message::FieldError;
use crate::msg;
use crate::store::StoreError;
use crate::store::files::FileError;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        let message = error.message();
        match error {
            StoreError::Missing(_) | StoreError::Gone { .. } | StoreError::Unknown(_) => Error::NotFound(message),
            StoreError::Loses(losses) => {
                let losses = losses.into_iter().map(|message| FieldError { field: String::new(), message });
                Error::Invalid(std::iter::once(FieldError { field: String::new(), message }).chain(losses).collect())
            }
            StoreError::Exists(_) | StoreError::SchemaChanged => Error::Conflict { message, theirs: None },
            StoreError::NotAStore(_)
            | StoreError::Damaged { .. }
            | StoreError::Newer { .. }
            | StoreError::UnknownSchema { .. } => Error::Corrupt(message),
            StoreError::Locked(_) | StoreError::TakenBack(_) => Error::Timeout(message),
            StoreError::Unreachable { .. } => Error::Offline(message),
            StoreError::Address(_) => Error::field("store", message),
            StoreError::ReadOnly(_) => Error::Denied(message),
            StoreError::VersionConflict { current } => Error::Conflict { message, theirs: Some(current) },
            StoreError::Duplicate { field, .. } => Error::field(field, msg!("crm-not-unique-here")),
            StoreError::Value { field, .. } => Error::field(field, message),
            StoreError::Cursor => Error::field("from", message),
            StoreError::Interrupted => Error::Cancelled,
            StoreError::Schema(_)
            | StoreError::Full(_)
            | StoreError::Io { .. }
            | StoreError::Elsewhere(_)
            | StoreError::Sql(_) => Error::Other(message),
        }
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Error {
        let message = error.message();
        match error {
            FileError::NotThere(_) | FileError::Lost(_) => Error::NotFound(message),
            FileError::NotAFile(_) | FileError::Unreadable(..) | FileError::TooLarge(_) => Error::field("", message),
            FileError::Changed(_) => Error::Corrupt(message),
            FileError::Write(..) => Error::Other(message),
        }
    }
}
