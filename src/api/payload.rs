//! What goes over the wire beside the types of the [`Backend`](crate::backend::Backend), by what it is about.

mod access;
mod following;
mod hooks;
mod importing;
mod reading;
mod schema;
mod writing;

use crate::domain::id::Id;
pub use access::*;
pub use following::*;
pub use hooks::*;
pub use importing::*;
pub use reading::*;
pub use schema::*;
use serde::{Deserialize, Deserializer, Serialize};
pub use writing::*;

/// Nothing: no query, no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Nothing {}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Nothing, D::Error> {
        serde::de::IgnoredAny::deserialize(from).map(|_| Nothing {})
    }
}

/// Bytes that are no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Raw {}

/// Which settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PrefixQuery {
    /// What their keys begin with.
    pub prefix: String,
}

/// A setting of the user's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A setting to be kept, or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingChange {
    /// Its key.
    pub key: String,
    /// Its value; `null` removes it.
    pub value: Option<String>,
}

/// The name of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NameQuery {
    /// Its name, without folders.
    pub name: String,
}

/// Which file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileQuery {
    /// The name it was attached under.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The object of the record that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The record that names it. Without one only whoever attached the file gets it, or may see everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// A place on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The path.
    pub path: String,
}
