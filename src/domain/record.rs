//! Records, and the names of the fields that every record has.

use crate::domain::id::Id;
use crate::domain::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// The fields that every object has and the store fills.
pub mod system {
    /// The record's id.
    pub const ID: &str = "id";
    /// Counts the record's changes, from 1.
    pub const VERSION: &str = "version";
    /// When it was created (UTC).
    pub const CREATED_AT: &str = "created_at";
    /// Who created it.
    pub const CREATED_BY: &str = "created_by";
    /// When it was last changed (UTC).
    pub const UPDATED_AT: &str = "updated_at";
    /// Who changed it last.
    pub const UPDATED_BY: &str = "updated_by";
    /// All of them, in the order of the table's columns.
    pub const ALL: [&str; 6] = [ID, VERSION, CREATED_AT, CREATED_BY, UPDATED_AT, UPDATED_BY];
}

/// Field values by field name; a missing field is empty.
pub type Fields = BTreeMap<String, Value>;

/// One record as it stands in the store, or a part of it when only some fields were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Record {
    /// The object's name (`customer`).
    pub object: String,
    /// Its id.
    pub id: Id,
    /// The version that these values are of.
    pub version: i64,
    /// Values by field name, without `id` and `version`; empty fields may be missing.
    pub fields: Fields,
}

impl Record {
    /// A field's value, [`Value::Empty`] where there is none.
    pub fn get(&self, field: &str) -> &Value {
        self.fields.get(field).unwrap_or(&Value::Empty)
    }

    /// What names it.
    pub fn key(&self) -> RecordKey {
        RecordKey { object: self.object.clone(), id: self.id }
    }
}

/// Display titles of the records that are referred to.
pub type Titles = HashMap<Id, String>;

/// Names one record of one object: what every action holds, never a row number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RecordKey {
    /// The object's name.
    pub object: String,
    /// The record's id.
    pub id: Id,
}
