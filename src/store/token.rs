//! Tokens that let programs in over the network, by their hashes: a table of the store's own, made with the first
//! token. It has no journal and is in no export.

use super::column::timestamp_text;
use super::db::{self, Optional, Row};
use super::error::Result;
use super::{Store, StoreError};
use crate::domain::id::Id;
use jiff::Timestamp;
use std::collections::HashSet;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _token (token INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,
    user INTEGER, label TEXT NOT NULL, scopes TEXT NOT NULL, session INTEGER NOT NULL, created_at TEXT NOT NULL,
    expires_at TEXT) STRICT";
const ADD: &str = "INSERT INTO _token (hash, \"user\", label, scopes, session, created_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING token";
const END_SESSIONS: &str = "DELETE FROM _token WHERE \"user\" = ?1 AND token <> ?2 AND session = 1 RETURNING token";
const GOOD_SESSIONS: &str = "SELECT token FROM _token WHERE session = 1 AND (expires_at IS NULL OR expires_at > ?1)";
const COLUMNS: &str = "SELECT token, \"user\", label, scopes, session, created_at, expires_at FROM _token";

/// What is kept of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its number.
    pub number: i64,
    /// On whose behalf it lets in; `None` for nobody in particular.
    pub user: Option<Id>,
    /// What it is for.
    pub label: String,
    /// What it is good for, separated by blanks.
    pub scopes: String,
    /// It is a session's.
    pub session: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// Keeps a token by its hash, and forgets those that are not good any more. Gives its number.
    pub fn add_token(&mut self, hash: &str, token: &Token) -> Result<i64> {
        let time = |at: Timestamp| timestamp_text(at).ok_or_else(|| StoreError::Sql("a time before year 0".to_owned()));
        let (made, ends) = (time(token.created_at)?, token.expires_at.map(time).transpose()?);
        self.conn.ensure(TABLE).map_err(self.sql())?;
        self.conn.execute("DELETE FROM _token WHERE expires_at < ?1", [&made]).map_err(self.sql())?;
        let user = token.user.map(Id::as_i64);
        let row = (hash, user, &token.label, &token.scopes, token.session, made, ends);
        self.conn.query_row(ADD, row, |r| r.get(0)).map_err(self.sql())
    }

    /// The token of a hash, whether it is still good or not.
    pub fn token(&self, hash: &str) -> Result<Option<Token>> {
        if !self.has_tokens()? {
            return Ok(None);
        }
        let mut statement = self.conn.prepare_cached(&format!("{COLUMNS} WHERE hash = ?1")).map_err(self.sql())?;
        statement.query_row([hash], read).optional().map_err(self.sql())
    }

    /// The tokens of a user, oldest first.
    pub fn tokens_of(&self, user: Option<Id>) -> Result<Vec<Token>> {
        if !self.has_tokens()? {
            return Ok(Vec::new());
        }
        let sql = format!("{COLUMNS} WHERE \"user\" IS NOT DISTINCT FROM ?1 ORDER BY token");
        let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
        let rows = statement.query_map([user.map(Id::as_i64)], read).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    /// Forgets a token of a user: whether there was one.
    pub fn remove_token(&mut self, user: Option<Id>, number: i64) -> Result<bool> {
        if !self.has_tokens()? {
            return Ok(false);
        }
        let sql = "DELETE FROM _token WHERE token = ?1 AND \"user\" IS NOT DISTINCT FROM ?2";
        Ok(self.conn.execute(sql, (number, user.map(Id::as_i64))).map_err(self.sql())? > 0)
    }

    /// The numbers of the sessions that are still good.
    pub fn sessions(&self, now: Timestamp) -> Result<HashSet<i64>> {
        if !self.has_tokens()? {
            return Ok(HashSet::new());
        }
        let now = timestamp_text(now).unwrap_or_default();
        let mut statement = self.conn.prepare_cached(GOOD_SESSIONS).map_err(self.sql())?;
        let rows = statement.query_map([now], |row| row.get(0)).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    /// Forgets the sessions of a user, but one. Gives the numbers of those forgotten.
    pub(super) fn remove_sessions(&self, user: Id, but: Option<i64>) -> Result<Vec<i64>> {
        if !self.has_tokens()? {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare_cached(END_SESSIONS).map_err(self.sql())?;
        // Numbers begin at 1.
        let given = (user.as_i64(), but.unwrap_or_default());
        let rows = statement.query_map(given, |row| row.get(0)).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    fn has_tokens(&self) -> Result<bool> {
        self.conn.has_table("_token").map_err(self.sql())
    }
}

fn read(row: &Row<'_>) -> db::Result<Token> {
    let time = |at: usize| row.get::<Option<String>>(at).map(|text| text.and_then(|text| text.parse().ok()));
    Ok(Token {
        number: row.get(0)?,
        user: row.get::<Option<i64>>(1)?.and_then(Id::from_i64),
        label: row.get(2)?,
        scopes: row.get(3)?,
        session: row.get(4)?,
        created_at: time(5)?.unwrap_or_default(),
        expires_at: time(6)?,
    })
}
