//! Records as they stand in another store: put here with its ids, versions and times, past all rules.

use super::error::{Result, StoreError};
use super::write::Write;
use super::{Store, json};
use crate::domain::id::Id;
use crate::domain::journal::Deed;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use std::sync::Arc;

impl Store {
    /// The bytes that the data takes up, without what is free in the file.
    pub fn used_bytes(&self) -> Result<u64> {
        const SQL: &str = "SELECT (c.page_count - f.freelist_count) * s.page_size
            FROM pragma_page_count c, pragma_freelist_count f, pragma_page_size s";
        let bytes: i64 = self.conn.query_row(SQL, [], |row| row.get(0)).map_err(self.sql())?;
        Ok(u64::try_from(bytes).unwrap_or_default())
    }
}

impl Write<'_> {
    /// Makes a record here what it is elsewhere: whether anything changed. Fields that this store doesn't know, and
    /// values that they can't hold, are left out. A value that must be unique and stands in another record is taken
    /// from that one: it is the older news.
    pub fn put_copy(&mut self, record: &Record) -> Result<bool> {
        let table = Arc::clone(self.store.in_force.tables.get(&record.object)?);
        let known = |(name, value): (&String, &Value)| {
            let column = table.column(name).ok()?;
            Some((name.clone(), column.form.normalize(value.clone())?)).filter(|(_, value)| !value.is_empty())
        };
        let fields: Fields = record.fields.iter().filter_map(known).collect();
        let here = self.store.get(&record.object, record.id)?;
        if here.as_ref().is_some_and(|here| here.version == record.version && here.fields == fields) {
            return Ok(false);
        }
        let copy = Record { fields, ..record.clone() };
        match self.replace(here.as_ref(), &copy) {
            Err(StoreError::Duplicate { object, field }) => {
                self.make_room(&object, &field, &copy)?;
                self.replace(here.as_ref(), &copy)?;
            }
            done => done?,
        }
        Ok(true)
    }

    /// Removes a copy: whether it was there.
    pub fn drop_copy(&mut self, object: &str, id: Id) -> Result<bool> {
        match self.delete(object, id, None) {
            Ok(_) => Ok(true),
            Err(StoreError::Gone { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn replace(&mut self, here: Option<&Record>, copy: &Record) -> Result<()> {
        let place = self.place();
        let savepoint = |sql: &str| self.store.conn.execute_batch(sql).map_err(self.store.sql());
        savepoint("SAVEPOINT copy")?;
        let done = self.replace_row(here, copy);
        let end = if done.is_ok() { "RELEASE copy" } else { "ROLLBACK TO copy; RELEASE copy" };
        self.store.conn.execute_batch(end).map_err(self.store.sql())?;
        if done.is_err() {
            self.set_place(place);
        }
        done
    }

    fn replace_row(&mut self, here: Option<&Record>, copy: &Record) -> Result<()> {
        let (object, id, version) = (copy.object.as_str(), copy.id, copy.version);
        let Some(here) = here else { return self.revive(object, id, version, copy.fields.clone()).map(drop) };
        let sql = format!("DELETE FROM {} WHERE id = ?", super::table::quote(object));
        let mut statement = self.store.conn.prepare_cached(&sql).map_err(self.store.sql())?;
        statement.execute([id.as_i64()]).map_err(self.store.sql())?;
        self.insert_row(object, id, version, &copy.fields)?;
        let names: std::collections::BTreeSet<&String> = here.fields.keys().chain(copy.fields.keys()).collect();
        let (mut before, mut after) = (Fields::new(), Fields::new());
        for name in names.into_iter().filter(|name| here.get(name) != copy.get(name)) {
            before.insert(name.clone(), here.get(name).clone());
            after.insert(name.clone(), copy.get(name).clone());
        }
        let (before, after) = (json::write_fields(&before), json::write_fields(&after));
        self.enter(Deed::Update, object, id, version, Some(&before), Some(&after))
    }

    /// Takes a value that must be unique from the record that has it.
    fn make_room(&mut self, object: &str, field: &str, copy: &Record) -> Result<()> {
        let holders = self.store.find_equal(object, field, copy.get(field), 2)?;
        for id in holders.into_iter().filter(|id| *id != copy.id) {
            let empty = Fields::from([(field.to_owned(), Value::Empty)]);
            self.update(object, id, None, empty)?;
        }
        Ok(())
    }
}
