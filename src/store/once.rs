//! Requests that are done once, however often they are sent: by whom, under which key, in which transaction. A row
//! is written with its transaction, so that the one is never there without the other.

use super::column::timestamp_text;
use super::db::Optional;
use super::error::Result;
use super::{Store, Write};
use crate::domain::id::Id;
use jiff::{SignedDuration, Timestamp};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _request (user INTEGER NOT NULL, key TEXT NOT NULL,
    digest TEXT NOT NULL, txn INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (user, key)) STRICT, WITHOUT ROWID";
const ADD: &str = "INSERT INTO _request (\"user\", key, digest, txn, at) VALUES (?1, ?2, ?3, ?4, ?5)";
const FIND: &str = "SELECT digest, txn FROM _request WHERE \"user\" = ?1 AND key = ?2";
const INDEX: &str = "CREATE INDEX IF NOT EXISTS _request__at ON _request (at)";
/// How long a key is known: a day longer than clients are told.
const KEPT: SignedDuration = SignedDuration::from_hours(15 * 24);

/// A request that is to be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnceKey {
    /// The client's key.
    pub key: String,
    /// What was asked, as a digest: the same key doesn't serve for something else.
    pub digest: String,
}

impl Store {
    /// What was asked under a user's key, and the transaction in which it was done; `None` if it wasn't.
    pub fn done_once(&self, user: Option<Id>, key: &str) -> Result<Option<(String, i64)>> {
        if !self.conn.has_table("_request").map_err(self.sql())? {
            return Ok(None);
        }
        let mut statement = self.conn.prepare_cached(FIND).map_err(self.sql())?;
        let found = statement.query_row((number(user), key), |r| Ok((r.get(0)?, r.get(1)?)));
        found.optional().map_err(self.sql())
    }
}

impl Write<'_> {
    /// Notes that a request is done in this transaction. A failure if another one has its key.
    pub fn note_once(&mut self, user: Option<Id>, once: &OnceKey, now: Timestamp) -> Result<()> {
        let conn = &self.store.conn;
        let sql = self.store.sql();
        let (at, old) = (timestamp_text(now), now.checked_sub(KEPT).ok().and_then(timestamp_text));
        conn.ensure(TABLE).and_then(|()| conn.ensure(INDEX)).map_err(&sql)?;
        conn.prepare_cached("DELETE FROM _request WHERE at < ?1").and_then(|mut s| s.execute([old])).map_err(&sql)?;
        let row = (number(user), &once.key, &once.digest, self.txn(), at);
        conn.prepare_cached(ADD).and_then(|mut s| s.execute(row)).map_err(&sql)?;
        Ok(())
    }
}

fn number(user: Option<Id>) -> i64 {
    user.map_or(0, Id::as_i64)
}
