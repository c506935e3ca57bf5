//! The journal of a copy of another store is trimmed from its oldest end: what was sent stands in the other's journal.
//! What waits to be sent or was refused needs its entries, and keeps all that came after them.

use super::chain::{self, digits};
use super::column::timestamp_text;
use super::db::{self, Connection, Optional};
use super::error::Result;
use super::layout::{self, key};
use super::{Store, StoreError};
use jiff::Timestamp;

/// The journal only grows in a store of one's own. Of a copy the oldest part may go, up to the entry named in `_meta`.
const ALLOW: &str = "DROP TRIGGER _journal_no_delete; DROP TRIGGER _txn_no_delete;
CREATE TRIGGER _journal_no_delete BEFORE DELETE ON _journal
    WHEN OLD.seq > coalesce((SELECT CAST(value AS INTEGER) FROM _meta WHERE key = 'journal_gone'), 0)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER _txn_no_delete BEFORE DELETE ON _txn
    WHEN OLD.txn > coalesce((SELECT CAST(value AS INTEGER) FROM _meta WHERE key = 'journal_gone'), 0)
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;";
/// The most entries that go at once: others may write in between.
const AT_ONCE: i64 = 20_000;

/// How much of the journal stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Older transactions go,
    pub since: Timestamp,
    /// and those before so many newest entries.
    pub entries: usize,
    /// Entries after this one stay in any case: they were not looked at yet.
    pub seen: i64,
}

impl Store {
    /// Removes the oldest part of the journal, with whole transactions: the number of entries that went, some of those
    /// to go if there are many. Only for a copy of another store. The newest transaction and all from the oldest on
    /// that waits to be sent stay.
    pub fn trim_journal(&mut self, kept: Kept) -> Result<u64> {
        if self.conn.sqlite().is_none() {
            return Ok(0);
        }
        self.begin()?;
        let trimmed = self.first_to_stay(kept).and_then(|first| match first {
            Some(first) => remove(&self.conn, first).map_err(self.sql()),
            None => Ok(0),
        });
        match trimmed {
            Ok(removed) => self.commit().map(|()| removed),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// The first transaction that stays; `None` if there is nothing to remove.
    fn first_to_stay(&self, kept: Kept) -> Result<Option<i64>> {
        let since = timestamp_text(kept.since).ok_or_else(|| StoreError::Sql("a time before the year 0".to_owned()))?;
        let (gone, _) = gone(&self.conn).map_err(self.sql())?;
        let newest = self.journal_head()?;
        let entries = i64::try_from(kept.entries).unwrap_or(i64::MAX);
        let young = "SELECT txn FROM _txn WHERE at >= ?1 ORDER BY txn LIMIT 1";
        let young: Option<i64> = self.conn.query_row(young, [since], |r| r.get(0)).optional().map_err(self.sql())?;
        let waiting = self.outbox()?.iter().map(|row| row.txn).filter(|txn| *txn > 0).min();
        let mut first = young.unwrap_or(newest).max(newest.saturating_sub(entries).saturating_add(1));
        for most in [waiting.unwrap_or(newest), kept.seen.saturating_add(1), gone.saturating_add(AT_ONCE)] {
            first = first.min(most);
        }
        // A transaction goes as a whole, and has the number of its first entry.
        let whole = "SELECT coalesce(max(txn), 0) FROM _txn WHERE txn <= ?1";
        let first = self.conn.query_row(whole, [first], |r| r.get(0)).map_err(self.sql())?;
        Ok((first > gone + 1).then_some(first))
    }

    /// The last entry of the journal that was removed; 0 if none was.
    pub(super) fn journal_gone(&self) -> Result<i64> {
        gone(&self.conn).map(|(gone, _)| gone).map_err(self.sql())
    }
}

/// The last entry that was removed, and the hash of its transaction.
pub(super) fn gone(conn: &Connection) -> db::Result<(i64, Vec<u8>)> {
    let text = layout::get(conn, key::JOURNAL_GONE)?.unwrap_or_default();
    Ok(chain::numbered(&text))
}

fn remove(conn: &Connection, first: i64) -> db::Result<u64> {
    let (before, _) = gone(conn)?;
    let sql = "SELECT sql FROM sqlite_master WHERE name = '_txn_no_delete'";
    let trigger: String = conn.query_row(sql, [], |r| r.get(0))?;
    if !trigger.contains(key::JOURNAL_GONE) {
        conn.execute_batch(ALLOW)?;
    }
    let hash = digits(&chain::hash_before(conn, first)?);
    layout::put(conn, key::JOURNAL_GONE, &format!("{} {hash}", first - 1))?;
    conn.execute("DELETE FROM _txn WHERE txn < ?1 AND txn > ?2", [first, before])?;
    Ok(conn.execute("DELETE FROM _journal WHERE seq < ?1 AND seq > ?2", [first, before])? as u64)
}
