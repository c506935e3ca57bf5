//! Who brought which attached files: until a record names a file, only whoever brought it may refer to it.

use super::Store;
use super::column::timestamp_text;
use super::error::Result;
use crate::domain::id::Id;
use jiff::{SignedDuration, Timestamp};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _upload (hash TEXT NOT NULL, user INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (hash, user)) STRICT, WITHOUT ROWID";
const FORGET: &str = "DELETE FROM _upload WHERE at < ?1";
const ADD: &str = "INSERT INTO _upload (hash, \"user\", at) VALUES (?1, ?2, ?3)
    ON CONFLICT (hash, \"user\") DO UPDATE SET at = excluded.at";
const FIND: &str = "SELECT count(*) FROM _upload WHERE hash = ?1 AND \"user\" = ?2";
/// How long it is known who brought a file: as long as a draft may wait to be saved.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Store {
    /// Notes who brought a file.
    pub fn note_upload(&mut self, user: Id, hash: &str, now: Timestamp) -> Result<()> {
        let (at, old) = (timestamp_text(now), now.checked_sub(KEPT).ok().and_then(timestamp_text));
        self.conn.ensure(TABLE).map_err(self.sql())?;
        self.conn.execute(FORGET, [old]).map_err(self.sql())?;
        self.conn.execute(ADD, (hash, user.as_i64(), at)).map_err(self.sql())?;
        Ok(())
    }

    /// Whether a user brought a file.
    pub fn has_brought(&self, user: Id, hash: &str) -> Result<bool> {
        if !self.conn.has_table("_upload").map_err(self.sql())? {
            return Ok(false);
        }
        let mut statement = self.conn.prepare_cached(FIND).map_err(self.sql())?;
        let found: i64 = statement.query_row((hash, user.as_i64()), |r| r.get(0)).map_err(self.sql())?;
        Ok(found > 0)
    }
}
