//! The schema, and changing it.

use crate::schema::model::Schema;
use serde::{Deserialize, Serialize};

/// The schema of a store, as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnySchema(pub Schema);

/// Which entries of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct OfQuery {
    /// A form (`schema/dictionary`), or the path of an entry (`objects.customer`).
    pub of: String,
}

/// Whether a loss of data is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LossQuery {
    /// It is.
    pub allow_loss: bool,
}

/// A schema's TOML.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SchemaText {
    /// The text; `null` for the changes that wait.
    pub text: Option<String>,
}

#[cfg(test)]
mod described {
    use super::AnySchema;
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    impl JsonSchema for AnySchema {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Schema".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "object",
                "description": "Objects with their fields, dictionaries, pipelines and rules, as `tcrm schema show --json` \
                    prints them.",
                "properties": {
                    "objects": { "type": "array", "items": { "type": "object" } },
                    "dictionaries": { "type": "object" },
                    "currency": { "type": "string" },
                },
                "required": ["objects", "dictionaries", "currency"],
            })
        }
    }
}
