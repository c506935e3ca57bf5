//! The store's own tables, its version, and what it keeps about itself.

use super::db::{self, Connection, Optional};

/// Marks the file as a store of tcrm ("tcrm" in ASCII).
pub(super) const APPLICATION_ID: i64 = 0x7463_726d;
/// The version of the store's own tables.
pub(super) const FORMAT: i64 = 3;
/// The version from which the journal is chained and events are kept.
pub(super) const CHAINED: i64 = 3;

/// Events: they only grow too, but old ones may go from the oldest on, up to the one named in `_meta`.
pub(super) const EVENTS: &str = "
CREATE TABLE _event (event INTEGER PRIMARY KEY, at TEXT NOT NULL, user INTEGER, login TEXT, origin TEXT NOT NULL,
    kind TEXT NOT NULL, object TEXT, record INTEGER, detail TEXT NOT NULL, head INTEGER NOT NULL, seal BLOB NOT NULL,
    hash BLOB NOT NULL) STRICT;
CREATE TRIGGER _event_no_update BEFORE UPDATE ON _event
    BEGIN SELECT RAISE(ABORT, 'the log of events is append-only'); END;
CREATE TRIGGER _event_no_delete BEFORE DELETE ON _event
    WHEN OLD.event > coalesce((SELECT CAST(value AS INTEGER) FROM _meta WHERE key = 'events_gone'), 0)
    BEGIN SELECT RAISE(ABORT, 'the log of events is append-only'); END;
";

/// What keeps the transactions as they are: only one under way, which has no hash yet, is given it.
pub(super) const TXN_NO_UPDATE: &str = "CREATE TRIGGER _txn_no_update BEFORE UPDATE ON _txn WHEN OLD.hash IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;";

/// The store's own tables beside those of [`EVENTS`]. The journal and its transactions can only grow.
pub(super) const OWN_TABLES: &str = "
CREATE TABLE _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE _setting (user INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (user, key)) STRICT, WITHOUT ROWID;
CREATE TABLE _serial (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE _label (dictionary TEXT NOT NULL, key TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL,
    PRIMARY KEY (dictionary, key)) STRICT, WITHOUT ROWID;
CREATE TABLE _txn (txn INTEGER PRIMARY KEY, at TEXT NOT NULL, user INTEGER, origin TEXT NOT NULL, undoes INTEGER,
    depth INTEGER NOT NULL, part_of INTEGER, hash BLOB) STRICT;
CREATE INDEX _txn__user ON _txn (user);
CREATE INDEX _txn__undoes ON _txn (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX _txn__part ON _txn (part_of) WHERE part_of IS NOT NULL;
CREATE TABLE _journal (seq INTEGER PRIMARY KEY, txn INTEGER NOT NULL, deed TEXT NOT NULL, object TEXT NOT NULL,
    record INTEGER NOT NULL, version INTEGER NOT NULL, before TEXT, after TEXT) STRICT;
CREATE INDEX _journal__record ON _journal (record);
CREATE TRIGGER _journal_no_update BEFORE UPDATE ON _journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER _journal_no_delete BEFORE DELETE ON _journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER _txn_no_delete BEFORE DELETE ON _txn
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE VIEW _log AS SELECT j.seq, j.txn, t.at, t.user, t.origin, j.deed, j.object, j.record, j.version, j.before,
    j.after, t.undoes FROM _journal j JOIN _txn t ON t.txn = j.txn;
";

/// Keys of `_meta`.
pub(super) mod key {
    /// The schema in force, as JSON.
    pub(in crate::store) const SCHEMA: &str = "schema";
    /// What its text is known by: the counter of the schema that it is of, and the text's SHA-256 in hexadecimal digits.
    pub(in crate::store) const SCHEMA_SEAL: &str = "schema_seal";
    /// Counts the schemas that were applied.
    pub(in crate::store) const SCHEMA_COUNTER: &str = "schema_counter";
    /// The last event that was removed, with its hash as hexadecimal digits.
    pub(in crate::store) const EVENTS_GONE: &str = "events_gone";
    /// The last entry of the journal that was removed, with its transaction's hash as hexadecimal digits.
    pub(in crate::store) const JOURNAL_GONE: &str = "journal_gone";
    /// There if nobody works without a password.
    pub(in crate::store) const PASSWORDS: &str = "passwords";
    /// The version of the store's own tables, in a database that has no place of its own for it.
    #[cfg(feature = "postgres")]
    pub(in crate::store) const FORMAT: &str = "format";
    /// Which of the steps that make the store's own tables were done, in a database: the number of the last.
    #[cfg(feature = "postgres")]
    pub(in crate::store) const TABLES: &str = "tables";
    /// There if the database's folder of tables was made along with the store.
    #[cfg(feature = "postgres")]
    pub(in crate::store) const OWN_SCHEMA: &str = "own_schema";
    /// Counts the transactions that write, in a database where that is how they wait for one another.
    #[cfg(feature = "postgres")]
    pub(in crate::store) const WRITES: &str = "writes";
    /// Objects whose indexes were dropped for a load, comma-separated; missing when all are there.
    pub(in crate::store) const PENDING_INDEXES: &str = "pending_indexes";
}

/// Reads a value of `_meta`.
pub(super) fn get(conn: &Connection, key: &str) -> db::Result<Option<String>> {
    conn.prepare_cached("SELECT value FROM _meta WHERE key = ?")?.query_row([key], |r| r.get(0)).optional()
}

/// Writes a value of `_meta`.
pub(super) fn put(conn: &Connection, key: &str, value: &str) -> db::Result<()> {
    let sql = "INSERT INTO _meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    conn.prepare_cached(sql)?.execute([key, value]).map(drop)
}

/// Removes a value of `_meta`.
pub(super) fn remove(conn: &Connection, key: &str) -> db::Result<()> {
    conn.prepare_cached("DELETE FROM _meta WHERE key = ?")?.execute([key]).map(drop)
}
