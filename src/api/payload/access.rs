//! Who is let in, with what, and what they may do.

use crate::contract::request::Me;
use crate::contract::request::{Capabilities, FieldBars};
use crate::domain::id::Id;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read what the user may read, and keep settings of one's own.
    Read,
    /// Create, change, delete, act.
    Write,
    /// Keys, backups, what is wrong with the data.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Admin];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Admin => "admin",
        }
    }

    /// The scope of a name.
    pub fn of(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Who wants to sign in.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SignInRequest {
    /// The login; none where a server lets anybody in.
    pub login: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// What the token is for, for the list of keys: the machine's name.
    pub label: String,
    /// What the token is to be good for; everything if nothing is said.
    pub scopes: Vec<Scope>,
}

impl std::fmt::Debug for SignInRequest {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInRequest").field("login", &self.login).field("label", &self.label).finish_non_exhaustive()
    }
}

/// Another password for whoever is signed in.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password they have now; none for whoever has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The new one.
    pub new: String,
}

impl std::fmt::Debug for PasswordChange {
    /// Without the passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordChange").finish_non_exhaustive()
    }
}

/// A session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SignedIn {
    /// What `Authorization: Bearer` takes.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Who is signed in; nobody in particular where a server lets anybody in.
    pub me: Option<Me>,
}

impl std::fmt::Debug for SignedIn {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("me", &self.me).finish_non_exhaustive()
    }
}

/// Who is signed in, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Standing {
    /// The user; nobody in particular where a server lets anybody in.
    pub me: Option<Me>,
    /// What the backend can do.
    pub capabilities: Capabilities,
    /// What the token is good for.
    pub scopes: Vec<Scope>,
    /// The version of the schema in force: its ETag without quotes.
    pub schema: String,
    /// The version of tcrm that answers.
    pub server: String,
    /// What the data is called: the store's name.
    pub name: String,
}

/// For each object what the user may do with its records: the operations that are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ObjectRights {
    /// By object: of `view`, `add`, `edit`, `delete`, `import`, `export`, `bulk` those that are allowed at all.
    pub objects: BTreeMap<String, Vec<String>>,
    /// By object: the fields that may not be changed, or not even be seen.
    #[serde(default)]
    pub fields: FieldBars,
}

/// An API key as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiKey {
    /// Its number.
    pub key: i64,
    /// What it is for.
    pub label: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good; `null` for ever.
    pub expires_at: Option<Timestamp>,
    /// It is a session's: signing out ends it.
    pub session: bool,
}

/// Asks for an API key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KeyRequest {
    /// What it is for.
    pub label: String,
    /// What it is to be good for.
    pub scopes: Vec<Scope>,
    /// For how many days it is good; for ever if nothing is said.
    pub days: Option<u32>,
}

/// A new key: told only now.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NewKey {
    /// What `Authorization: Bearer` takes.
    pub token: String,
    /// The key as it will be listed.
    pub key: ApiKey,
}

impl std::fmt::Debug for NewKey {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AllowedQuery {
    /// `add`, `edit`, `delete`, `export`, `import`, `log`, `bulk`, `view`, or an action of the schema.
    pub action: String,
    /// The record; none for the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// Whose rights.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WhyQuery {
    /// The user.
    pub user: Option<Id>,
}
