//! Reading the journal, and what undo and redo would take.

use super::Store;
use super::column::Form;
use super::db::{self, Row};
use super::error::{Result, StoreError};
use super::json;
use super::write::{deed_of, origin_of};
use crate::domain::id::Id;
use crate::domain::journal::Entry;
use crate::domain::record::Fields;

/// The columns of an entry, of `_journal j` and `_txn t`.
pub(super) const SELECT: &str =
    "SELECT j.seq, j.txn, t.at, t.user, t.origin, j.deed, j.object, j.record, j.version, j.before, j.after, t.undoes";
/// How many of a user's transactions an undo looks through.
const UNDO_DEPTH: usize = 10_000;

/// So many are read at once.
const UNDO_CHUNK: usize = 16;

/// What undo and redo of a user would take: the number of a transaction, or of the first one of a whole (an import).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UndoState {
    /// The last own transaction that stands.
    pub undo: Option<i64>,
    /// The last own undo that stands, unless something new was done after it.
    pub redo: Option<i64>,
}

impl Store {
    /// Entries, newest first: of one record, or of all; only older ones than the number `before`.
    pub fn journal(&self, of: Option<(&str, Id)>, before: Option<i64>, limit: usize) -> Result<Vec<Entry>> {
        let before = before.unwrap_or(i64::MAX);
        match of {
            Some((object, id)) => {
                let rest = "WHERE j.record = ?1 AND j.object = ?2 AND j.seq < ?3 ORDER BY j.seq DESC LIMIT ?4";
                self.of_journal(rest, (id.as_i64(), object, before, limit as i64))
            }
            None => self.of_journal("WHERE j.seq < ?1 ORDER BY j.seq DESC LIMIT ?2", (before, limit as i64)),
        }
    }

    /// Entries after a number, oldest first.
    pub fn journal_since(&self, seq: i64, limit: usize) -> Result<Vec<Entry>> {
        self.of_journal("WHERE j.seq > ?1 ORDER BY j.seq LIMIT ?2", (seq, limit as i64))
    }

    /// Whether a record of some objects was touched after an entry.
    pub fn journal_touched(&self, seq: i64, objects: &[&str]) -> Result<bool> {
        let marks = vec!["?"; objects.len()].join(", ");
        let sql = format!("SELECT EXISTS (SELECT 1 FROM _journal WHERE seq > ? AND object IN ({marks}))");
        let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
        let mut values: Vec<&dyn rusqlite::ToSql> = vec![&seq];
        values.extend(objects.iter().map(|name| name as &dyn rusqlite::ToSql));
        statement.query_row(values.as_slice(), |r| r.get(0)).map_err(self.sql())
    }

    /// The records that entries after a number are about, by object; `None` if there are more than `most` entries.
    pub fn touched_since(&self, seq: i64, most: usize) -> Result<Option<Vec<(String, i64)>>> {
        let sql = "SELECT object, record FROM _journal WHERE seq > ?1 LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let rows = statement.query_map([seq, limit], |row| Ok((row.get(0)?, row.get(1)?))).map_err(self.sql())?;
        let touched: Vec<(String, i64)> = rows.collect::<db::Result<_>>().map_err(self.sql())?;
        Ok((touched.len() <= most).then_some(touched))
    }

    /// Entries of a transaction, or of the whole that begins with it, newest first; only older ones than `before`.
    pub fn entries_of(&self, txn: i64, before: Option<i64>, limit: usize) -> Result<Vec<Entry>> {
        let end = self.end_of(txn)?.min(before.unwrap_or(i64::MAX));
        let rest = "WHERE j.seq >= ?1 AND j.seq < ?2 AND (t.txn = ?1 OR t.part_of = ?1) ORDER BY j.seq DESC LIMIT ?3";
        self.of_journal(rest, (txn, end, limit as i64))
    }

    /// How many entries a transaction, or the whole that begins with it, has.
    pub fn entry_count(&self, txn: i64) -> Result<u64> {
        let sql = "SELECT count(*) FROM _journal j JOIN _txn t ON t.txn = j.txn
            WHERE j.seq >= ?1 AND j.seq < ?2 AND (t.txn = ?1 OR t.part_of = ?1)";
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        let number: i64 = statement.query_row([txn, self.end_of(txn)?], |r| r.get(0)).map_err(self.sql())?;
        Ok(number.unsigned_abs())
    }

    /// The number after the last entry of a transaction or whole.
    fn end_of(&self, txn: i64) -> Result<i64> {
        let sql = "SELECT coalesce((SELECT min(txn) FROM _txn WHERE txn >
            (SELECT coalesce(max(txn), ?1) FROM _txn WHERE part_of = ?1)), 9223372036854775807)";
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        statement.query_row([txn], |r| r.get(0)).map_err(self.sql())
    }

    /// The newest entry's number; 0 in an empty journal.
    pub fn journal_head(&self) -> Result<i64> {
        let sql = "SELECT coalesce(max(seq), 0) FROM _journal";
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        statement.query_row([], |r| r.get(0)).map_err(self.sql())
    }

    /// What undo and redo of a user would take. What tcrm did by itself is nobody's last change.
    pub fn undo_state(&self, user: Option<Id>) -> Result<UndoState> {
        let mut state = UndoState::default();
        let (mut last, mut fresh, mut before) = (0, false, i64::MAX);
        let mut read = 0;
        let mut chunk = self.own_txns(user, before)?.into_iter();
        while read < UNDO_DEPTH {
            let Some((number, txn, depth)) = chunk.next() else {
                // The last chunk is shorter, or has nothing behind it.
                chunk = self.own_txns(user, before)?.into_iter();
                if chunk.len() == 0 {
                    break;
                }
                continue;
            };
            (before, read) = (number, read + 1);
            if txn == last {
                continue;
            }
            last = txn;
            if self.is_undone(txn)? {
                continue;
            }
            match depth % 2 {
                0 => {
                    fresh |= depth == 0;
                    state.undo.get_or_insert(txn);
                }
                _ if !fresh => {
                    state.redo.get_or_insert(txn);
                }
                _ => {}
            }
            if state.undo.is_some() && (fresh || state.redo.is_some()) {
                break;
            }
        }
        Ok(state)
    }

    /// The next transactions of a user before one, newest first: number, the whole that each is a part of, and depth.
    fn own_txns(&self, user: Option<Id>, before: i64) -> Result<Vec<(i64, i64, i64)>> {
        let whose = if user.is_some() { "\"user\" = ?1" } else { "\"user\" IS NULL" };
        let limit = if user.is_some() { "txn < ?2" } else { "txn < ?1" };
        let sql = format!(
            "SELECT txn, coalesce(part_of, txn), depth FROM _txn WHERE {whose} AND origin <> 'system' AND {limit}
            ORDER BY txn DESC LIMIT {UNDO_CHUNK}"
        );
        let values: Vec<i64> = user.map(Id::as_i64).into_iter().chain([before]).collect();
        let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let rows = statement.query_map(db::params_from_iter(values), read).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    /// Whether a transaction was taken back by one that stands itself.
    pub fn is_undone(&self, txn: i64) -> Result<bool> {
        let sql = "SELECT DISTINCT coalesce(part_of, txn) FROM _txn WHERE undoes = ?1";
        let undoers: Vec<i64> = {
            let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
            let rows = statement.query_map([txn], |r| r.get(0)).map_err(self.sql())?;
            rows.collect::<db::Result<_>>().map_err(self.sql())?
        };
        for undoer in undoers {
            if !self.is_undone(undoer)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn of_journal(&self, rest: &str, params: impl db::Params) -> Result<Vec<Entry>> {
        self.entries(&format!("{SELECT} FROM _journal j JOIN _txn t ON t.txn = j.txn {rest}"), params)
    }

    /// Entries of a statement over the columns of [`SELECT`].
    pub(super) fn entries(&self, sql: &str, params: impl db::Params) -> Result<Vec<Entry>> {
        let mut statement = self.conn.prepare_cached(sql).map_err(self.sql())?;
        let mut rows = statement.query(params).map_err(self.sql())?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().map_err(self.sql())? {
            entries.push(self.entry(&row).map_err(self.sql())?.ok_or_else(|| {
                let detail = format!("journal entry {}", row.get::<i64>(0).unwrap_or_default());
                StoreError::Damaged { path: self.path.clone(), detail }
            })?);
        }
        Ok(entries)
    }

    /// A row of the journal; `None` if it can't be understood.
    fn entry(&self, row: &Row<'_>) -> db::Result<Option<Entry>> {
        let object: String = row.get(6)?;
        let table = self.in_force.tables.get(&object).ok();
        let form_of = |field: &str| -> Option<Form> { Some(table?.find(field)?.form) };
        let fields = |text: Option<&str>| match text {
            Some(text) => json::read_fields(text, form_of),
            None => Some(Fields::new()),
        };
        let (before, after) = (row.get_ref(9)?.as_str().ok(), row.get_ref(10)?.as_str().ok());
        let text = |at: usize| row.get_ref(at).map(|v| v.as_str().unwrap_or_default().to_owned());
        let (at, origin, deed) = (text(2)?.parse().ok(), origin_of(&text(4)?), deed_of(&text(5)?));
        let (before, after, record) = (fields(before), fields(after), Id::from_i64(row.get(7)?));
        let parts = (at, origin, deed, before, after, record);
        let (Some(at), Some(origin), Some(deed), Some(before), Some(after), Some(record)) = parts else {
            return Ok(None);
        };
        Ok(Some(Entry {
            seq: row.get(0)?,
            txn: row.get(1)?,
            at,
            user: row.get::<Option<i64>>(3)?.and_then(Id::from_i64),
            origin,
            deed,
            object,
            record,
            version: row.get(8)?,
            before,
            after,
            undoes: row.get(11)?,
        }))
    }
}
