//! Settings per user (columns, views, drafts) and serial numbers.

use super::Store;
use super::db::{self, Optional};
use super::error::Result;
use crate::domain::id::Id;

impl Store {
    /// Settings of a user whose keys begin with a prefix, by key.
    pub fn settings(&self, user: Option<Id>, prefix: &str) -> Result<Vec<(String, String)>> {
        let sql =
            "SELECT key, value FROM _setting WHERE \"user\" = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2
            ORDER BY key";
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        let rows = statement.query_map((owner(user), prefix), |r| Ok((r.get(0)?, r.get(1)?))).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    /// Keeps a setting of a user, or removes it. It survives a killed process at once, and a power failure from the
    /// next change on: drafts are written while typing, and the disk is not waited for.
    pub fn put_setting(&mut self, user: Option<Id>, key: &str, value: Option<&str>) -> Result<()> {
        if !self.conn.is_autocommit() {
            return self.write_setting(user, key, value);
        }
        self.conn.tune("PRAGMA synchronous = NORMAL").map_err(self.sql())?;
        let put = self.write_setting(user, key, value);
        self.conn.tune("PRAGMA synchronous = FULL").map_err(self.sql())?;
        put
    }

    /// Keeps a setting of a user, or removes it; it is on disk afterwards.
    pub fn keep_setting(&mut self, user: Option<Id>, key: &str, value: Option<&str>) -> Result<()> {
        self.write_setting(user, key, value)
    }

    pub(super) fn write_setting(&self, user: Option<Id>, key: &str, value: Option<&str>) -> Result<()> {
        let done = match value {
            Some(value) => {
                let sql = "INSERT INTO _setting (\"user\", key, value) VALUES (?1, ?2, ?3)
                    ON CONFLICT (\"user\", key) DO UPDATE SET value = excluded.value WHERE _setting.value <> excluded.value";
                self.conn.prepare_cached(sql).and_then(|mut s| s.execute((owner(user), key, value)))
            }
            None => {
                let sql = "DELETE FROM _setting WHERE \"user\" = ?1 AND key = ?2";
                self.conn.prepare_cached(sql).and_then(|mut s| s.execute((owner(user), key)))
            }
        };
        done.map_err(self.sql()).map(drop)
    }

    /// The number that [`Write::next_serial`](super::Write::next_serial) would give for a prefix.
    pub fn peek_serial(&self, prefix: &str) -> Result<i64> {
        let mut statement =
            self.conn.prepare_cached("SELECT last + 1 FROM _serial WHERE prefix = ?").map_err(self.sql())?;
        Ok(statement.query_row([prefix], |r| r.get(0)).optional().map_err(self.sql())?.unwrap_or(1))
    }
}

/// The owner's column: 0 for a store without users.
fn owner(user: Option<Id>) -> i64 {
    user.map_or(0, Id::as_i64)
}
