//! Brings a store of an older version up to date, step by step, after a backup.

use super::db::{self, Connection};
use super::error::{Result, StoreError};
use super::layout::{EVENTS, TXN_NO_UPDATE};
use super::open::sibling;
use super::table::quote;
use super::{OpenMode, Store, backup, chain};
use jiff::Timestamp;

/// What turns version N (its place, from 1) into version N + 1.
pub(super) type Step = fn(&Connection) -> db::Result<()>;

/// The oldest version that can be read as it stands: opening to read changes nothing then.
const READABLE: i64 = 1;

/// The steps from the first released version on.
pub(super) const STEPS: &[Step] = &[views_leave_the_file, journal_is_chained];

/// Version 2 has no views of its own in the file: SQLite parsed them at every start. Views of others stay.
fn views_leave_the_file(conn: &Connection) -> db::Result<()> {
    let sql = "SELECT v.name FROM sqlite_master v JOIN sqlite_master t ON t.type = 'table'
        AND v.name IN (t.name || '_view', t.name || '_view_zh') WHERE v.type = 'view'";
    let names: Vec<String> = conn.prepare_cached(sql)?.query_map([], |r| r.get(0))?.collect::<db::Result<_>>()?;
    names.iter().try_for_each(|name| conn.execute_batch(&format!("DROP VIEW {}", quote(name))))
}

/// Version 3 has a hash on each transaction, and events.
fn journal_is_chained(conn: &Connection) -> db::Result<()> {
    conn.execute_batch("DROP TRIGGER _txn_no_update; ALTER TABLE _txn ADD COLUMN hash BLOB")?;
    chain::seal_all(conn)?;
    conn.execute_batch(TXN_NO_UPDATE)?;
    conn.execute_batch(EVENTS)
}

/// Does the steps that are missing up to `format`, each in a transaction of its own. Before the first one the file is
/// copied to `FILE.backup-vN-DATE`.
pub(super) fn bring_up_to_date(store: &mut Store, steps: &[Step], format: i64) -> Result<()> {
    let mut version = user_version(store)?;
    if store.conn.sqlite().is_none() && version < format {
        // The first version that a database was made with is the newest.
        return Err(StoreError::NotAStore(store.path.clone()));
    }
    if version >= format {
        return Ok(());
    }
    if store.mode == OpenMode::ReadOnly {
        if version >= READABLE {
            return Ok(());
        }
        return Err(StoreError::ReadOnly(store.path.clone()));
    }
    let date = Timestamp::now().strftime("%Y%m%d-%H%M%S");
    backup::copy_to(store, &sibling(&store.path, &format!(".backup-v{version}-{date}")))?;
    while version < format {
        store.conn.begin_writing().map_err(store.sql())?;
        let stepped = step(store, steps, version);
        let ended = if stepped.is_ok() { store.conn.commit() } else { store.conn.roll_back() };
        let finished = ended.map_err(store.sql());
        version = stepped.and_then(|next| finished.map(|()| next))?;
    }
    Ok(())
}

/// One step, unless another process has done it meanwhile. Gives the version reached.
fn step(store: &Store, steps: &[Step], expected: i64) -> Result<i64> {
    let version = user_version(store)?;
    if version != expected {
        return Ok(version);
    }
    let step = usize::try_from(version - 1).ok().and_then(|at| steps.get(at));
    let Some(step) = step else {
        return Err(StoreError::NotAStore(store.path.clone()));
    };
    step(&store.conn).map_err(store.sql())?;
    store.conn.execute_batch(&format!("PRAGMA user_version = {}", version + 1)).map_err(store.sql())?;
    Ok(version + 1)
}

fn user_version(store: &Store) -> Result<i64> {
    store.conn.format().map_err(store.sql())
}
