//! The schema edited entry by entry: what there is, what is changed and not yet in force, what that touches.

use crate::domain::message::Message;
use crate::domain::record::Fields;
use crate::schema::edit::{Listed, Place};
use crate::schema::model::Schema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Entries of a schema, with the changes that are not yet in force.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outline {
    /// The lists asked for.
    pub sections: Vec<Section>,
    /// How many entries are changed and not yet in force.
    pub waiting: usize,
    /// The user's own TOML as it would be.
    pub text: String,
    /// The forms that the entries are edited by.
    #[serde(with = "shared")]
    #[cfg_attr(test, schemars(with = "serde_json::Value"))]
    pub forms: Arc<Schema>,
}

/// The entries of one kind that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Section {
    /// The name of their form's object.
    pub form: String,
    /// In the order in which they count.
    pub entries: Vec<Listed>,
}

/// A change of the schema beyond filling a form. It waits until the whole is put in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Takes an entry out.
    Remove(Place),
    /// Moves an entry among its like.
    Shift(Place, isize),
    /// Takes another text as the user's own TOML.
    Text(String),
    /// Forgets all that waits.
    Discard,
}

/// What putting a schema in force comes to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Plan {
    /// Entry by entry.
    pub changes: Vec<Changed>,
    /// What else would be lost by it: values that don't fit their new types, what a change of tables drops.
    pub losses: Vec<Message>,
    /// The TOML is another one, if only in its remarks.
    pub differs: bool,
    /// The forms of the entries, to show their values by.
    #[serde(with = "shared")]
    #[cfg_attr(test, schemars(with = "serde_json::Value"))]
    pub forms: Arc<Schema>,
}

impl Plan {
    /// Whether anything stored would be lost or left without meaning.
    pub fn loses(&self) -> bool {
        !self.losses.is_empty() || self.changes.iter().any(|change| change.loses)
    }
}

/// One entry that becomes another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changed {
    /// Where it stands.
    pub place: Place,
    /// Its values now; `None` if it is new.
    pub before: Option<Fields>,
    /// Its values then; `None` if it goes.
    pub after: Option<Fields>,
    /// What it means for what is stored.
    pub touches: Vec<Message>,
    /// Something stored is lost or left without meaning.
    pub loses: bool,
}

/// A schema that is shared, as JSON.
mod shared {
    use super::{Arc, Schema};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(schema: &Arc<Schema>, to: S) -> Result<S::Ok, S::Error> {
        (**schema).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Schema>, D::Error> {
        Schema::deserialize(from).map(Arc::new)
    }
}

/// A place as its path: `dictionaries.level.items.A`.
mod place {
    use crate::schema::edit::Place;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    impl Serialize for Place {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str(&self.text())
        }
    }

    impl<'de> Deserialize<'de> for Place {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Place, D::Error> {
            let path = String::deserialize(from)?;
            Place::read(&path).ok_or_else(|| de::Error::custom(format!("{path:?} is no entry of a schema")))
        }
    }

    #[cfg(test)]
    impl schemars::JsonSchema for Place {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Place".into()
        }

        fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
            schemars::json_schema!({
                "type": "string",
                "description": "An entry of the schema by its path: dictionaries.level.items.A.",
            })
        }
    }
}
