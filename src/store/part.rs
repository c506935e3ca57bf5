//! Changing many records of which only a part is read: what the change looks at, and no more.

use super::db::Optional;
use super::error::{Result, StoreError};
use super::read::Selection;
use super::{Store, Write};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};

/// The part of an object's records that some changes ask for.
#[derive(Debug)]
pub struct Part {
    object: String,
    fields: Vec<String>,
    sql: String,
}

impl Store {
    /// The part of some fields, and of those by which other records' roll-ups look at a change.
    pub fn part(&self, object: &str, fields: &[&str]) -> Result<Part> {
        let tables = &self.in_force.tables;
        let table = tables.get(object)?;
        let inputs = tables.inputs(object);
        let mut fields: Vec<String> = fields.iter().copied().chain(inputs.columns()).map(str::to_owned).collect();
        fields.sort_unstable();
        fields.dedup();
        let select = Selection::of(table, &fields)?.select();
        let sql = format!("{} WHERE id = ?", table.dialect.text(&select));
        Ok(Part { object: object.to_owned(), fields, sql })
    }
}

impl Write<'_> {
    /// As [`Write::update`], of a record of which only a part is read and given. A change of anything else reads all.
    pub fn update_part(&mut self, part: &Part, id: Id, changes: Fields) -> Result<Record> {
        let object = part.object.as_str();
        if !changes.keys().all(|field| part.fields.contains(field)) {
            return self.update(object, id, None, changes);
        }
        let store = self.store;
        let selection = Selection::of(store.in_force.tables.get(object)?, &part.fields)?;
        let mut statement = store.conn.prepare_cached(&part.sql).map_err(store.sql())?;
        let found = statement.query_row([id.as_i64()], |row| selection.record(row)).optional().map_err(store.sql())?;
        drop(statement);
        let record = found.ok_or_else(|| StoreError::Gone { object: object.to_owned(), id })?;
        self.alter(record, changes)
    }
}
