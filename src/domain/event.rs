//! Events: what happened beside the changes of records, such as sign-ins, exports and refusals.

use super::id::Id;
use super::journal::Origin;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Somebody began to work with the store.
    SignIn,
    /// Somebody was not let in.
    Refused,
    /// Somebody ended.
    SignOut,
    /// A password was set or taken away.
    Password,
    /// Records left the store as a file.
    Export,
    /// A document was printed.
    Print,
    /// Something was tried that was not allowed.
    Denied,
    /// A schema was put in force.
    Schema,
    /// The store was copied.
    Backup,
    /// A backup took the store's place.
    Restore,
    /// Old events were removed.
    Retention,
}

impl EventKind {
    /// All of them.
    pub const ALL: [EventKind; 11] = [
        EventKind::SignIn,
        EventKind::Refused,
        EventKind::SignOut,
        EventKind::Password,
        EventKind::Export,
        EventKind::Print,
        EventKind::Denied,
        EventKind::Schema,
        EventKind::Backup,
        EventKind::Restore,
        EventKind::Retention,
    ];

    /// Its name in the store, on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::SignIn => "sign-in",
            EventKind::Refused => "refused",
            EventKind::SignOut => "sign-out",
            EventKind::Password => "password",
            EventKind::Export => "export",
            EventKind::Print => "print",
            EventKind::Denied => "denied",
            EventKind::Schema => "schema",
            EventKind::Backup => "backup",
            EventKind::Restore => "restore",
            EventKind::Retention => "retention",
        }
    }

    /// The kind of a name.
    pub fn of(name: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something that is to be noted: by whom, when and from where is known where it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Happening {
    /// What happened.
    pub kind: EventKind,
    /// The login that was used, where that says more than the acting user.
    pub login: Option<String>,
    /// The object that it is about.
    pub object: Option<String>,
    /// The record that it is about.
    pub record: Option<Id>,
    /// More about it by name: `filter`, `count`, `file`, `format`, `action`, `why` …
    pub detail: BTreeMap<String, String>,
}

impl Happening {
    /// A happening of a kind about nothing in particular.
    pub fn new(kind: EventKind) -> Happening {
        Happening { kind, login: None, object: None, record: None, detail: BTreeMap::new() }
    }

    /// The same about an object, or one of its records.
    #[must_use]
    pub fn about(mut self, object: &str, record: Option<Id>) -> Happening {
        self.object = Some(object.to_owned());
        self.record = record;
        self
    }

    /// The same by a login.
    #[must_use]
    pub fn by(mut self, login: &str) -> Happening {
        self.login = Some(login.to_owned());
        self
    }

    /// The same with a detail; an empty one is left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Happening {
        let value = value.to_string();
        if !value.is_empty() {
            self.detail.insert(name.to_owned(), value);
        }
        self
    }
}

/// A happening as it was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Event {
    /// Ascending number over the whole store.
    pub number: i64,
    /// When (UTC).
    pub at: Timestamp,
    /// Who; `None` for nobody in particular and for tcrm itself.
    pub user: Option<Id>,
    /// From where.
    pub origin: Origin,
    /// What happened.
    pub what: Happening,
}
