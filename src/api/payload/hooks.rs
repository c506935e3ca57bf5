//! Webhooks: what changes is told to other programs.

use super::Changed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A webhook as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Webhook {
    /// Its number.
    pub webhook: u64,
    /// Where changes are sent to.
    pub url: String,
    /// The objects whose changes are told; none for all.
    pub objects: Vec<String>,
    /// It is at work.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last number of the journal that was taken.
    pub next: i64,
    /// How often in a row sending has failed.
    pub failures: u32,
    /// When it is tried again.
    pub retry_at: Option<Timestamp>,
    /// Why it failed last.
    pub problem: Option<String>,
}

/// Asks for a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// Where changes are to be sent to: `https://…` or `http://…`.
    pub url: String,
    /// The objects whose changes are told; none for all.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Tell what changed after this number of the journal as well; from now on if nothing is said.
    #[serde(default)]
    pub since: Option<i64>,
}

/// A new webhook with its secret: told only now.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NewWebhook {
    /// What deliveries are signed with: `tcrm-signature: t=SECONDS,v1=HEX` is the HMAC-SHA256 of `SECONDS.BODY`.
    pub secret: String,
    /// The webhook as it will be listed.
    pub webhook: Webhook,
}

impl std::fmt::Debug for NewWebhook {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhook").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// What is to change of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WebhookChange {
    /// Another address.
    pub url: Option<String>,
    /// Other objects.
    pub objects: Option<Vec<String>>,
    /// At work or not; `true` also tries at once what failed.
    pub active: Option<bool>,
}

/// From where on changes are sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// What changed after this number of the journal.
    pub since: i64,
}

/// A try to send something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Delivery {
    /// What names it: the same when it is sent again (`tcrm-delivery`).
    pub delivery: String,
    /// When it was sent.
    pub at: Timestamp,
    /// The last number of the journal before it.
    pub since: i64,
    /// The last number of the journal in it.
    pub next: i64,
    /// How many changes it told.
    pub changes: usize,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why it failed.
    pub problem: Option<String>,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// The body of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dispatch {
    /// The webhook's number.
    pub webhook: u64,
    /// What names the delivery: the same when it is sent again.
    pub delivery: String,
    /// The number to go on with, as in the changes feed.
    pub next: i64,
    /// What changed, oldest first.
    pub changes: Vec<Changed>,
}
