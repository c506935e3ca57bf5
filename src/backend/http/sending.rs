//! What working without a network needs of a server: writes under keys of the caller's, what changed, whether it is there.

use super::HttpBackend;
use crate::api::Endpoint;
use crate::api::endpoint::{Act, ChangeRecord, CreateRecord, DeleteRecords, GetMe, GetMyRights, ListChanges};
use crate::api::payload::{Change, Changes, ChangesQuery, Creation, Keys, Nothing, ObjectRights, Standing};
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, Saved};
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

/// A write as it is sent, now or later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// A new record with its id.
    Create {
        /// The object's name.
        object: String,
        /// The id, made here.
        id: Id,
        /// The fields.
        fields: Fields,
        /// Those of them that the user has given other values since it was refused.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        amended: BTreeSet<String>,
    },
    /// A change of a record.
    Change {
        /// The record.
        key: RecordKey,
        /// The changed fields.
        fields: Fields,
        /// Those of them that the user has given other values since it was refused.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        amended: BTreeSet<String>,
    },
    /// Deletions.
    Delete(Vec<RecordKey>),
    /// An action.
    Act(ActRequest),
}

type Later<T> = BoxFuture<'static, Result<T, Error>>;

impl HttpBackend {
    /// Sends a write under a key, by which the server does it once however often it is sent. `version` is the one that
    /// it was done on, where it was done on one.
    pub fn send(&self, key: String, version: i64, what: Sent) -> Later<Saved> {
        match what {
            Sent::Create { object, id, fields, .. } => {
                self.under::<CreateRecord>(key, vec![object], None, Creation { id: Some(id), fields })
            }
            Sent::Change { key: of, fields, .. } => {
                self.under::<ChangeRecord>(key, vec![of.object, of.id.to_string()], Some(version), Change { fields })
            }
            Sent::Delete(keys) => self.under::<DeleteRecords>(key, Vec::new(), None, Keys { keys }),
            Sent::Act(mut request) => {
                if let ActRequest::Do(deed) = &mut request {
                    deed.version = deed.version.map(|_| version);
                }
                self.under::<Act>(key, Vec::new(), None, request)
            }
        }
    }

    fn under<E>(&self, key: String, path: Vec<String>, version: Option<i64>, body: E::Body) -> Later<Saved>
    where
        E: Endpoint<Answer = Saved>,
        E::Body: Sync + 'static,
        E::Query: Sync + 'static,
    {
        self.run(false, move |inner| async move {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let result = inner.client.write::<E>(&path, version, &key, &body).await;
            inner.written(result).await.map(|saved| inner.in_types(saved))
        })
    }

    /// What changed after a number of the journal; without one, the newest number.
    pub fn changed_since(&self, since: Option<i64>, limit: usize) -> Later<Changes> {
        self.ask::<ListChanges>(Vec::new(), ChangesQuery { since, limit: Some(limit) }, Nothing {})
    }

    /// Who is signed in, and whether the server is there at all.
    pub fn standing(&self) -> Later<Standing> {
        self.ask::<GetMe>(Vec::new(), Nothing {}, Nothing {})
    }

    /// The version of the schema that answers are read by.
    pub fn schema_version(&self) -> Arc<str> {
        Arc::clone(&self.inner.schema.read().unwrap_or_else(PoisonError::into_inner).0)
    }

    /// What the user may do with the records of each object.
    pub fn my_rights(&self) -> Later<ObjectRights> {
        self.ask::<GetMyRights>(Vec::new(), Nothing {}, Nothing {})
    }
}
