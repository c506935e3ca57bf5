//! New records, changes, deeds, several at once.

use crate::contract::problem::Problem;
use crate::contract::request::DoRequest;
use crate::contract::request::Saved;
use crate::domain::id::Id;
use crate::domain::record::Fields;
use crate::domain::record::RecordKey;
use serde::{Deserialize, Serialize};

/// A new record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Creation {
    /// An id of the client's own making; the server makes one if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The fields by name.
    pub fields: Fields,
}

/// Several records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The records.
    pub keys: Vec<RecordKey>,
}

/// Changed fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// The fields by name; `null` empties one.
    pub fields: Fields,
}

/// Several writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// The writes in order, 1,000 at most.
    pub operations: Vec<Operation>,
}

/// One write of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Creates a record.
    Create {
        /// The object's name.
        object: String,
        /// An id of the client's own making.
        #[serde(default)]
        id: Option<Id>,
        /// The fields by name.
        fields: Fields,
    },
    /// Changes a record.
    Change {
        /// The object's name.
        object: String,
        /// The record.
        id: Id,
        /// The version that the change was made on.
        version: i64,
        /// The fields by name; `null` empties one.
        fields: Fields,
    },
    /// Deletes a record.
    Delete(RecordKey),
    /// Does an action of the schema.
    Do(DoRequest),
}

/// The results of a batch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BatchAnswer {
    /// One for each operation, in order.
    pub results: Vec<Outcome>,
}

/// What became of one write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is on disk.
    Saved(Saved),
    /// It was refused.
    Failed(Box<Problem>),
}

/// An action of the schema on the record of the path.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Deed {
    /// The arguments: the fields of the action's form.
    pub fields: Fields,
    /// Why or how, in words.
    pub comment: String,
    /// The version of the record that it was decided on; a newer one is a conflict.
    pub version: Option<i64>,
}
