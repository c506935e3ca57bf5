//! How things stand, and what of it is kept in the cache.

use super::{Inner, kept};
use crate::api::payload::Standing;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::backend::sync::Link;
use crate::contract::error::Error;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Keeps something in the cache.
pub(super) async fn keep<T: Serialize>(cache: &LocalBackend, key: &str, what: &T) -> Result<(), Error> {
    cache.put_setting(key.to_owned(), serde_json::to_string(what).ok()).await
}

/// What is kept in the cache.
pub(super) async fn get<T: DeserializeOwned>(cache: &LocalBackend, key: &str) -> Result<Option<T>, Error> {
    let found = cache.settings(key.to_owned()).await?;
    Ok(found.into_iter().find(|(name, _)| name == key).and_then(|(_, text)| super::read_json(&text)))
}

/// Makes the user known to the cache, so that work can be done on their behalf.
pub(super) async fn introduce(cache: &LocalBackend, standing: &Standing) -> Result<(), Error> {
    let Some(me) = &standing.me else { return Ok(()) };
    let key = RecordKey { object: "user".to_owned(), id: me.id };
    if cache.copy_of(key).await?.is_some() {
        return Ok(());
    }
    let text = |text: &str| Value::Text(text.to_owned());
    let fields = [("login", text(&me.login)), ("name", text(&me.name)), ("active", Value::Boolean(true))];
    let fields: Fields = fields.map(|(name, value)| (name.to_owned(), value)).into();
    // The server's own record is a newer version, whichever it has.
    let record = Record { object: "user".to_owned(), id: me.id, version: 0, fields };
    cache.put_copies(vec![record], Vec::new()).await.map(drop)
}

/// Whether a failure means that the server can't be reached.
pub(super) fn is_away(error: &Error) -> bool {
    matches!(error, Error::Offline(_) | Error::Timeout(_))
}

/// Whether the server doesn't know the user any more.
pub(super) fn is_signed_out(error: &Error) -> bool {
    matches!(error, Error::Denied(why) if ["api-unauthorized", "http-signed-out"].contains(&why.key.as_ref()))
}

impl Inner {
    /// The server answers.
    pub(super) fn found(&self) {
        let was = self.state.borrow().link;
        self.state.send_modify(|state| {
            state.link = Link::Online;
            (state.since, state.why) = (None, None);
        });
        if was != Link::Online {
            self.tick();
        }
    }

    /// The server doesn't answer: the cache does from now on.
    pub(super) fn lost(&self, error: &Error) {
        let link = if is_signed_out(error) { Link::SignedOut } else { Link::Offline };
        let was = self.state.borrow().link;
        let why = match error {
            Error::Offline(why) | Error::Timeout(why) | Error::Denied(why) | Error::Other(why) => Some(why.clone()),
            _ => None,
        };
        self.state.send_modify(|state| {
            state.link = link;
            state.since = state.since.or_else(|| Some(Timestamp::now()));
            state.why = why;
        });
        if was == Link::Online {
            self.tick();
            self.wake.notify_one();
        }
    }

    /// Counts what waits and what was refused.
    pub(super) async fn count_pending(&self) -> Result<(), Error> {
        let rows = self.cache.outbox().await?;
        let synced = get(&self.cache, kept::SYNCED).await?;
        let of = |state: &str| rows.iter().filter(|row| row.state == state).count();
        let (conflicts, rejected) = (of(super::push::CONFLICT), of(super::push::REJECTED));
        self.state.send_if_modified(|state| {
            let before = state.clone();
            state.waiting = rows.len() - conflicts - rejected;
            (state.conflicts, state.rejected, state.synced) = (conflicts, rejected, synced);
            *state != before
        });
        Ok(())
    }
}
