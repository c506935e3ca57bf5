//! Attached files: they are reached through records that may be seen. Knowing what a file is called by is not enough.

use super::Crm;
use super::rights::Sight;
use crate::contract::error::Error;
use crate::domain::record::{Record, RecordKey};
use crate::domain::value::{FileRef, Value};
use crate::msg;

impl Crm {
    /// Whether a file may be opened: everything by whoever may see everything; else what a record that may be seen
    /// names, or what one has brought oneself. `NotFound` if it may not.
    pub fn may_open(&self, file: &FileRef, of: Option<&RecordKey>) -> Result<(), Error> {
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        if rights.is_unlimited() || sight.has_brought(file)? {
            return Ok(());
        }
        let record = of.map(|key| self.get(key)).transpose()?.map(|view| view.record);
        let is_named = record.is_some_and(|record| record.fields.values().any(|value| names(value, file)));
        if is_named { Ok(()) } else { Err(Error::NotFound(msg!("api-no-file", name = file.name))) }
    }

    /// Notes that the user brought a file.
    pub fn note_upload(&mut self, file: &FileRef) -> Result<(), Error> {
        match self.context.user {
            Some(user) => Ok(self.store.note_upload(user, &file.hash, self.context.now().timestamp())?),
            None => Ok(()),
        }
    }
}

impl Sight<'_> {
    /// The first file of a value that the user has neither brought nor finds in the record as it stands.
    pub(super) fn strange_file<'v>(
        &self,
        before: Option<&Record>,
        field: &str,
        value: &'v Value,
    ) -> Result<Option<&'v FileRef>, Error> {
        let Value::Files(files) = value else { return Ok(None) };
        let stands = |file: &FileRef| before.is_some_and(|record| names(record.get(field), file));
        for file in files.iter().filter(|file| !stands(file)) {
            if !self.has_brought(file)? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    fn has_brought(&self, file: &FileRef) -> Result<bool, Error> {
        match self.rights.user() {
            Some(user) => Ok(self.store.has_brought(user, &file.hash)?),
            None => Ok(true),
        }
    }
}

fn names(value: &Value, file: &FileRef) -> bool {
    matches!(value, Value::Files(files) if files.iter().any(|known| known.hash == file.hash))
}
