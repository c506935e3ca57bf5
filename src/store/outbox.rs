//! What was done without a network and waits to be sent: a table of the store's own, made with the first row. A row is
//! written with its transaction, so that the one is never there without the other.

use super::column::timestamp_text;
use super::db::{self, Row};
use super::error::Result;
use super::{Store, Write};
use crate::domain::id::Id;
use jiff::Timestamp;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL,
    key TEXT NOT NULL, txn INTEGER NOT NULL, request TEXT NOT NULL, title TEXT NOT NULL, object TEXT NOT NULL,
    record INTEGER, version INTEGER NOT NULL, state TEXT NOT NULL, problem TEXT, theirs TEXT, tries INTEGER NOT NULL)
    STRICT";
/// A record that has something waiting already goes on from the server's version that was known then.
const ADD: &str = "INSERT INTO _outbox (at, key, txn, request, title, object, record, version, state, tries)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce((SELECT version FROM _outbox WHERE object = ?6 AND record = ?7
    ORDER BY number DESC LIMIT 1), ?8), 'waiting', ?9)";
const ALL: &str = "SELECT number, at, key, txn, request, title, object, record, version, state, problem, theirs, tries
    FROM _outbox ORDER BY number";
const SET: &str = "UPDATE _outbox SET key = ?2, request = ?3, version = ?4, state = ?5, problem = ?6, theirs = ?7,
    tries = ?8 WHERE number = ?1";
const CLAIM: &str = "UPDATE _outbox SET tries = tries + 1 WHERE number = ?1 AND tries = ?2 AND key = ?3";
const GO_ON: &str = "UPDATE _outbox SET version = ?4 WHERE number > ?1 AND object = ?2 AND record = ?3";
const RENAME: &str = "UPDATE _outbox SET request = replace(request, ?2, ?3),
    record = CASE record WHEN ?4 THEN ?5 ELSE record END WHERE number > ?1";

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The key by which the server does it once.
    pub key: String,
    /// What is asked, as JSON.
    pub request: String,
    /// What the record is called.
    pub title: String,
    /// The main record's object.
    pub object: String,
    /// The main record, if there is one.
    pub record: Option<Id>,
    /// The version that it was done on.
    pub version: i64,
    /// How often it was sent already without an answer.
    pub tries: i64,
}

/// Something that was done here and is to be sent, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number, in the order of doing.
    pub number: i64,
    /// When it was done.
    pub at: Timestamp,
    /// The transaction here.
    pub txn: i64,
    /// What is sent.
    pub queued: Queued,
    /// `waiting`, `conflict` or `rejected`.
    pub state: String,
    /// Why it was refused, as a problem document.
    pub problem: Option<String>,
    /// The record as the server had it when it was refused, as JSON.
    pub theirs: Option<String>,
}

impl Store {
    /// Everything that waits or was refused, oldest first.
    pub fn outbox(&self) -> Result<Vec<OutboxRow>> {
        if !self.has_outbox()? {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare_cached(ALL).map_err(self.sql())?;
        let rows = statement.query_map([], read).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    /// Keeps what changed of a row.
    pub fn set_outbox(&mut self, row: &OutboxRow) -> Result<()> {
        let q = &row.queued;
        let values = (row.number, &q.key, &q.request, q.version, &row.state, &row.problem, &row.theirs, q.tries);
        self.conn.execute(SET, values).map_err(self.sql()).map(drop)
    }

    /// Puts down that a row is being sent, or taken back, once more; whether it stands as it was read: somebody else may
    /// have been first.
    pub fn claim_outbox(&mut self, row: &OutboxRow) -> Result<bool> {
        let values = (row.number, row.queued.tries, &row.queued.key);
        self.conn.execute(CLAIM, values).map_err(self.sql()).map(|changed| changed > 0)
    }

    /// Takes a row out. Later ones of its record go on from a version, and call records that have other ids on the
    /// server by those.
    pub fn leave_outbox(&mut self, row: &OutboxRow, version: Option<i64>, renamed: &[(Id, Id)]) -> Result<()> {
        self.begin()?;
        let left = self.left(row, version, renamed);
        match left {
            Ok(()) => self.commit(),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    fn left(&self, row: &OutboxRow, version: Option<i64>, renamed: &[(Id, Id)]) -> Result<()> {
        self.conn.execute("DELETE FROM _outbox WHERE number = ?1", [row.number]).map_err(self.sql())?;
        if let (Some(version), Some(record)) = (version, row.queued.record) {
            let values = (row.number, &row.queued.object, record.as_i64(), version);
            self.conn.execute(GO_ON, values).map_err(self.sql())?;
        }
        for (here, there) in renamed {
            let values = (row.number, here.to_string(), there.to_string(), here.as_i64(), there.as_i64());
            self.conn.execute(RENAME, values).map_err(self.sql())?;
        }
        Ok(())
    }

    fn has_outbox(&self) -> Result<bool> {
        self.conn.has_table("_outbox").map_err(self.sql())
    }
}

impl Write<'_> {
    /// Notes that this transaction is to be sent.
    pub fn enqueue(&mut self, queued: &Queued, now: Timestamp) -> Result<()> {
        let conn = &self.store.conn;
        conn.ensure(TABLE).map_err(self.store.sql())?;
        let record = queued.record.map(Id::as_i64);
        let q = queued;
        let at = timestamp_text(now);
        let row = (at, &q.key, self.txn(), &q.request, &q.title, &q.object, record, q.version, q.tries);
        conn.prepare_cached(ADD).and_then(|mut s| s.execute(row)).map_err(self.store.sql()).map(drop)
    }
}

fn read(row: &Row<'_>) -> db::Result<OutboxRow> {
    let queued = Queued {
        key: row.get(2)?,
        request: row.get(4)?,
        title: row.get(5)?,
        object: row.get(6)?,
        record: row.get::<Option<i64>>(7)?.and_then(Id::from_i64),
        version: row.get(8)?,
        tries: row.get(12)?,
    };
    Ok(OutboxRow {
        number: row.get(0)?,
        at: row.get::<String>(1)?.parse().unwrap_or_default(),
        txn: row.get(3)?,
        queued,
        state: row.get(9)?,
        problem: row.get(10)?,
        theirs: row.get(11)?,
    })
}
