//! Hashes of passwords and failed sign-ins: a table of the store's own, made with the first password. It has no
//! journal and is in no export.

use super::column::timestamp_text;
use super::db::Optional;
use super::error::Result;
use super::{Context, Store, StoreError, event, layout};
use crate::domain::event::Happening;
use crate::domain::id::Id;
use jiff::Timestamp;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _password (user INTEGER PRIMARY KEY, hash TEXT NOT NULL,
    changed_at TEXT NOT NULL, failures INTEGER NOT NULL, locked_until TEXT) STRICT";
const READ: &str = "SELECT hash, failures, locked_until FROM _password WHERE \"user\" = ?1";
const PUT: &str = "INSERT INTO _password (\"user\", hash, changed_at, failures) VALUES (?1, ?2, ?3, 0)
    ON CONFLICT (\"user\") DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at, failures = 0,
    locked_until = NULL";
const NOTE: &str = "UPDATE _password SET failures = ?2, locked_until = ?3 WHERE \"user\" = ?1";
const FAIL: &str = "UPDATE _password SET failures = failures + 1 WHERE \"user\" = ?1 RETURNING failures";

/// What is kept of a user's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The hash, with how it was made.
    pub hash: String,
    /// How often a wrong one was given since the last right one.
    pub failures: u32,
    /// Until when none is taken.
    pub locked_until: Option<Timestamp>,
}

impl Store {
    /// Whether nobody works with the store without a password.
    pub fn demands_passwords(&self) -> Result<bool> {
        Ok(layout::get(&self.conn, layout::key::PASSWORDS).map_err(self.sql())?.is_some())
    }

    /// Demands passwords from now on, or not any more.
    pub fn demand_passwords(&mut self, on: bool) -> Result<()> {
        let done = match on {
            true => layout::put(&self.conn, layout::key::PASSWORDS, "required"),
            false => layout::remove(&self.conn, layout::key::PASSWORDS),
        };
        done.map_err(self.sql())
    }

    /// What is kept of a user's password; `None` if they have none.
    pub fn password(&self, user: Id) -> Result<Option<Kept>> {
        if !self.conn.has_table("_password").map_err(self.sql())? {
            return Ok(None);
        }
        let kept = self.conn.query_row(READ, [user.as_i64()], |r| {
            let until: Option<String> = r.get(2)?;
            Ok(Kept {
                hash: r.get(0)?,
                failures: r.get::<i64>(1)?.try_into().unwrap_or(u32::MAX),
                locked_until: until.and_then(|text| text.parse().ok()),
            })
        });
        kept.optional().map_err(self.sql())
    }

    /// Keeps another hash for a user, forgets the failures and the user's sessions but one, and notes it: all of that or
    /// nothing. Gives the numbers of the sessions that ended.
    pub fn change_password(
        &mut self,
        user: Id,
        hash: &str,
        but: Option<i64>,
        (context, what): (&Context, &Happening),
    ) -> Result<Vec<i64>> {
        let at = text(context.now)?;
        self.own_write(|store| {
            store.conn.ensure(TABLE).map_err(store.sql())?;
            store.conn.execute(PUT, (user.as_i64(), hash, at)).map_err(store.sql())?;
            let ended = store.remove_sessions(user, but)?;
            event::add(&store.conn, context, what).map_err(store.sql())?;
            Ok(ended)
        })
    }

    /// Counts one more failure of a user, at once and for good: how many there are now.
    pub fn fail_password(&mut self, user: Id) -> Result<u32> {
        let failures: i64 = self.conn.query_row(FAIL, [user.as_i64()], |r| r.get(0)).map_err(self.sql())?;
        Ok(failures.try_into().unwrap_or(u32::MAX))
    }

    /// Notes how many failures there are, and until when no password is taken.
    pub fn note_password(&mut self, user: Id, failures: u32, locked_until: Option<Timestamp>) -> Result<()> {
        let until = locked_until.map(text).transpose()?;
        self.conn.execute(NOTE, (user.as_i64(), failures, until)).map_err(self.sql()).map(drop)
    }
}

fn text(at: Timestamp) -> Result<String> {
    timestamp_text(at).ok_or_else(|| StoreError::Sql("a time before the year 0".to_owned()))
}
