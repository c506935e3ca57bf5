//! The chain of the journal: each transaction carries a hash over itself, its entries and the hash of the one before.
//! Who changes a row of the past has to change every hash from there on, and the events that name one of them.

use super::Store;
use super::db::{self, Connection, Optional, Row};
use super::error::Result;
use super::trim;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// A hash, as it is stored.
pub(super) type Hash = [u8; 32];

/// Transactions read at once.
const CHUNK: usize = 1_000;
const TXNS: &str =
    "SELECT txn, at, \"user\", origin, undoes, depth, part_of, hash FROM _txn WHERE txn > ?1 ORDER BY txn
    LIMIT ?2";
const ENTRIES: &str = "SELECT seq, txn, deed, object, record, version, before, after FROM _journal
    WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";

/// A link of a chain that is being made.
#[derive(Debug, Clone, Default)]
pub(super) struct Link(Sha256);

impl Link {
    /// Adds a text or none.
    pub(super) fn text(&mut self, text: Option<&str>) {
        self.bytes(text.map(str::as_bytes));
    }

    /// Adds a number or none.
    pub(super) fn number(&mut self, number: Option<i64>) {
        self.bytes(number.map(i64::to_le_bytes).as_ref().map(<[u8; 8]>::as_slice));
    }

    /// Adds bytes or none; their length goes first, so that nothing can move from one to the next.
    pub(super) fn bytes(&mut self, bytes: Option<&[u8]>) {
        self.0.update(bytes.map_or(u64::MAX, |b| b.len() as u64).to_le_bytes());
        self.0.update(bytes.unwrap_or_default());
    }

    /// Adds an entry of the journal.
    pub(super) fn entry(&mut self, entry: &LinkedEntry<'_>) {
        for number in [entry.seq, entry.txn, entry.record, entry.version] {
            self.number(Some(number));
        }
        for text in [Some(entry.deed), Some(entry.object), entry.before, entry.after] {
            self.text(text);
        }
    }

    /// The hash of a transaction whose entries were added.
    pub(super) fn seal(mut self, txn: &LinkedTxn, previous: &[u8]) -> Hash {
        for number in [Some(txn.txn), txn.user, txn.undoes, Some(txn.depth), txn.part_of] {
            self.number(number);
        }
        self.text(Some(&txn.at));
        self.text(Some(&txn.origin));
        self.close(previous)
    }

    /// The hash of what was added and the hash before.
    pub(super) fn close(mut self, previous: &[u8]) -> Hash {
        self.bytes(Some(previous));
        self.0.finalize().into()
    }
}

/// An entry as the chain sees it.
#[derive(Debug)]
pub(super) struct LinkedEntry<'a> {
    pub(super) seq: i64,
    pub(super) txn: i64,
    pub(super) deed: &'a str,
    pub(super) object: &'a str,
    pub(super) record: i64,
    pub(super) version: i64,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
}

/// A transaction as the chain sees it.
#[derive(Debug, Clone)]
pub(super) struct LinkedTxn {
    pub(super) txn: i64,
    pub(super) at: String,
    pub(super) user: Option<i64>,
    pub(super) origin: String,
    pub(super) undoes: Option<i64>,
    pub(super) depth: i64,
    pub(super) part_of: Option<i64>,
    /// What is stored; not part of what is hashed.
    pub(super) hash: Option<Vec<u8>>,
}

impl LinkedTxn {
    fn of(row: &Row<'_>) -> db::Result<LinkedTxn> {
        // Whatever stands there now: what isn't of its type is no match, and no reason to stop.
        let text = |at: usize| row.get_ref(at).map(|v| v.as_str().unwrap_or_default().to_owned());
        Ok(LinkedTxn {
            txn: row.get(0)?,
            at: text(1)?,
            user: number(row, 2)?,
            origin: text(3)?,
            undoes: number(row, 4)?,
            depth: number(row, 5)?.unwrap_or_default(),
            part_of: number(row, 6)?,
            hash: row.get_ref(7)?.as_blob().ok().map(<[u8]>::to_vec),
        })
    }
}

fn number(row: &Row<'_>, at: usize) -> db::Result<Option<i64>> {
    row.get_ref(at).map(|v| v.as_i64().ok())
}

/// What the journal's chain looks like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChainState {
    /// How many transactions there are.
    pub transactions: u64,
    /// The last one's number and the hash over all, as hexadecimal digits; empty without transactions.
    pub last: (i64, String),
    /// Transactions that aren't as they were written.
    pub broken: u64,
    /// The first of them: number and time.
    pub first_broken: Option<(i64, String)>,
}

/// The hash of the newest transaction; empty in an empty journal.
pub(super) fn head(conn: &Connection) -> db::Result<(i64, Vec<u8>)> {
    let hash = conn.dialect().bytes_or_none("hash");
    let sql = format!("SELECT txn, {hash} FROM _txn ORDER BY txn DESC LIMIT 1");
    let found = conn.prepare_cached(&sql)?.query_row([], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

/// The hash of the transaction before another; empty before the first.
pub(super) fn hash_before(conn: &Connection, txn: i64) -> db::Result<Vec<u8>> {
    let hash = conn.dialect().bytes_or_none("hash");
    let sql = format!("SELECT {hash} FROM _txn WHERE txn < ?1 ORDER BY txn DESC LIMIT 1");
    let found = conn.prepare_cached(&sql)?.query_row([txn], |r| r.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// Chains what is in the journal.
pub(super) fn seal_all(conn: &Connection) -> db::Result<()> {
    let mut update = conn.prepare_cached("UPDATE _txn SET hash = ?2 WHERE txn = ?1")?;
    let mut previous = Vec::new();
    walk(conn, |txn, link| {
        previous = link.seal(txn, &previous).to_vec();
        update.execute((txn.txn, &previous)).map(drop)
    })
}

/// Goes through all transactions, each with the link of its entries.
fn walk(conn: &Connection, mut take: impl FnMut(&LinkedTxn, Link) -> db::Result<()>) -> db::Result<()> {
    let mut txns = conn.prepare_cached(TXNS)?;
    let mut entries = conn.prepare_cached(ENTRIES)?;
    let mut last: Option<LinkedTxn> = None;
    loop {
        let after = last.as_ref().map_or(i64::MIN, |t| t.txn);
        let chunk: Vec<LinkedTxn> = txns.query_map((after, CHUNK as i64), LinkedTxn::of)?.collect::<db::Result<_>>()?;
        let is_end = chunk.len() < CHUNK;
        for txn in chunk {
            if let Some(done) = last.replace(txn) {
                let until = last.as_ref().map_or(i64::MAX, |t| t.txn);
                let link = link_of(&mut entries, done.txn, until)?;
                take(&done, link)?;
            }
        }
        if is_end {
            break;
        }
    }
    match last {
        Some(done) => {
            let link = link_of(&mut entries, done.txn, i64::MAX)?;
            take(&done, link)
        }
        None => Ok(()),
    }
}

/// The link of the entries from a number to before another.
fn link_of(entries: &mut db::Statement<'_>, from: i64, until: i64) -> db::Result<Link> {
    let mut link = Link::default();
    let mut rows = entries.query((from, until))?;
    while let Some(row) = rows.next()? {
        let text = |at: usize| -> db::Result<Option<&str>> {
            Ok(match row.get_ref(at)? {
                ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
                _ => None,
            })
        };
        link.entry(&LinkedEntry {
            seq: row.get(0)?,
            txn: number(&row, 1)?.unwrap_or_default(),
            deed: text(2)?.unwrap_or_default(),
            object: text(3)?.unwrap_or_default(),
            record: number(&row, 4)?.unwrap_or_default(),
            version: number(&row, 5)?.unwrap_or_default(),
            before: text(6)?,
            after: text(7)?,
        });
    }
    Ok(link)
}

/// A number with a hash behind it, as they are kept of what was removed; nothing of another text.
pub(super) fn numbered(text: &str) -> (i64, Vec<u8>) {
    let (number, hash) = text.split_once(' ').unwrap_or_default();
    let byte = |at: usize| u8::from_str_radix(hash.get(at..at + 2)?, 16).ok();
    (number.parse().unwrap_or_default(), (0..hash.len()).step_by(2).map_while(byte).collect())
}

/// A hash for people.
pub(super) fn digits(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Compares the whole journal with its chain. Takes some seconds for a million entries.
    pub fn chain(&self) -> Result<ChainState> {
        let mut state = ChainState::default();
        if !self.is_chained()? {
            return Ok(state);
        }
        let (_, mut previous) = trim::gone(&self.conn).map_err(self.sql())?;
        let walked = walk(&self.conn, |txn, link| {
            state.transactions += 1;
            let stored = txn.hash.clone().unwrap_or_default();
            if link.seal(txn, &previous).as_slice() != stored {
                state.broken += 1;
                state.first_broken.get_or_insert_with(|| (txn.txn, txn.at.clone()));
            }
            state.last = (txn.txn, digits(&stored));
            previous = stored;
            Ok(())
        });
        walked.map_err(self.sql())?;
        Ok(state)
    }

    /// Whether the store's own tables are of a version with a chain and events: one opened for reading may be older.
    pub(super) fn is_chained(&self) -> Result<bool> {
        let version = self.conn.format().map_err(self.sql())?;
        Ok(version >= super::layout::CHAINED)
    }
}
