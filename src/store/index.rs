//! Secondary indexes: made from the schema, dropped for a large load and made again after it.

use super::db::{self, Connection, Dialect};
use super::error::Result;
use super::layout::{self, key};
use super::open::sibling;
use super::table::{Index, Table, literal, quote};
use super::{OpenMode, Store, beside};
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;

/// Makes the indexes that are missing or differ from the schema's, and drops those that it doesn't ask for
/// (of one object, or all). Gives the number of changes.
pub(super) fn make<'a>(
    conn: &Connection,
    tables: impl Iterator<Item = &'a Arc<Table>>,
    only: Option<&str>,
) -> db::Result<usize> {
    let mut changes = 0;
    for table in tables.filter(|t| only.is_none_or(|name| name == t.name)) {
        let mut there = existing(conn, &table.name)?;
        let wanted: Vec<_> = table.indexes.iter().filter(|i| there.remove(&i.name).as_ref() != Some(&i.sql)).collect();
        let mut whole = String::new();
        for name in there.keys() {
            whole.push_str(&format!("DROP INDEX {};\n", quote(name)));
        }
        for index in &wanted {
            whole.push_str(&statements(conn.dialect(), index));
        }
        conn.execute_batch(&whole)?;
        changes += there.len() + wanted.len();
    }
    Ok(changes)
}

/// The indexes of a table as they stand: name to the SQL that made them. PostgreSQL keeps that in its own words, so
/// ours stands in a comment.
pub(super) fn existing(conn: &Connection, table: &str) -> db::Result<BTreeMap<String, String>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
        }
        Dialect::Postgres => {
            "SELECT CAST(i.relname AS TEXT), coalesce(obj_description(i.oid, 'pg_class'), '') FROM pg_index x
                JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
                WHERE t.relname = ? AND t.relnamespace = CAST(current_schema() AS regnamespace)
                AND NOT x.indisprimary"
        }
    };
    conn.prepare_cached(sql)?.query_map([table], |r| Ok((r.get(0)?, r.get(1)?)))?.collect()
}

/// Drops the indexes of a table that don't guard uniqueness, and notes it, in one transaction with what follows. An
/// index over nothing that the load writes stays: its new entries all go to one place, one behind the other, which
/// costs less than sorting them.
pub(super) fn drop_for_load(conn: &Connection, table: &Table, written: &[&str]) -> db::Result<()> {
    let mut pending = pending(conn)?;
    if !pending.contains(&table.name) {
        pending.push(table.name.clone());
    }
    layout::put(conn, key::PENDING_INDEXES, &pending.join(","))?;
    // What is rolled up is looked up while it is loaded.
    let watched = |name: &str| table.watched.iter().any(|(column, _)| name == format!("{}__{column}", table.name));
    let columns: Vec<String> = written.iter().filter_map(|f| table.find(f)).flat_map(|c| c.sql_names()).collect();
    let varies = |sql: &str| columns.iter().any(|column| sql.contains(column));
    for index in table.indexes.iter().filter(|i| !i.unique && !watched(&i.name) && varies(&i.sql)) {
        conn.execute_batch(&format!("DROP INDEX IF EXISTS {}", quote(&index.name)))?;
    }
    Ok(())
}

/// Objects whose indexes are to be made again.
pub(super) fn pending(conn: &Connection) -> db::Result<Vec<String>> {
    let text = layout::get(conn, key::PENDING_INDEXES)?.unwrap_or_default();
    Ok(text.split(',').filter(|n| !n.is_empty()).map(str::to_owned).collect())
}

/// Makes all missing indexes again and forgets that any were dropped.
pub(super) fn make_pending(store: &Store) -> Result<()> {
    let conn = &store.conn;
    // Sorting for an index goes faster with a second thread and more memory than usual.
    conn.tune("PRAGMA threads = 2").and_then(|()| conn.begin_writing()).map_err(store.sql())?;
    let made = make(conn, store.in_force.tables.iter(), None)
        .and_then(|_| layout::remove(conn, key::PENDING_INDEXES))
        .and_then(|()| conn.commit());
    if made.is_err() {
        let _ = conn.roll_back();
    }
    let _ = conn.tune("PRAGMA threads = 0");
    made.map_err(store.sql())
}

/// Makes the indexes that the tables lack, as they do where a newer program asks for more of them than the one that
/// made the store. Each in a transaction of its own, so that others write in between; `stop` is asked before each. Those
/// that guard uniqueness come with a change of the schema only. Gives the number of those that were made.
pub(super) fn make_lacking(store: &Store, stop: &dyn Fn() -> bool) -> Result<usize> {
    let conn = &store.conn;
    // A load leaves some out on purpose.
    if store.mode == OpenMode::ReadOnly || !pending(conn).map_err(store.sql())?.is_empty() {
        return Ok(0);
    }
    let mut made = 0;
    for table in store.in_force.tables.iter() {
        let there = existing(conn, &table.name).map_err(store.sql())?;
        let lacking = table.indexes.iter().filter(|i| !i.unique && there.get(&i.name) != Some(&i.sql));
        for index in lacking {
            let Some(_lock) = LoadLock::take(store).filter(|_| !stop()) else { return Ok(made) };
            conn.begin_writing().map_err(store.sql())?;
            let done = make_one(conn, index).and_then(|()| conn.commit());
            if done.is_err() {
                let _ = conn.roll_back();
            }
            done.map_err(store.sql())?;
            made += 1;
        }
    }
    Ok(made)
}

fn make_one(conn: &Connection, index: &Index) -> db::Result<()> {
    conn.execute_batch(&statements(conn.dialect(), index))
}

/// Makes an index in the place of one of its name.
fn statements(dialect: Dialect, index: &Index) -> String {
    let name = quote(&index.name);
    let mut text = format!("DROP INDEX IF EXISTS {name}; {};\n", index.sql);
    if dialect == Dialect::Postgres {
        text.push_str(&format!("COMMENT ON INDEX {name} IS {};\n", literal(&index.sql)));
    }
    text
}

/// Makes the indexes that an interrupted load has left out, unless the load is still under way elsewhere.
pub(super) fn finish_pending(store: &mut Store) -> Result<()> {
    if store.mode == OpenMode::ReadOnly || pending(&store.conn).map_err(store.sql())?.is_empty() {
        return Ok(());
    }
    match LoadLock::take(store) {
        Some(_lock) => make_pending(store),
        None => Ok(()),
    }
}

/// Held while a load has dropped indexes; a killed process gives it up by itself.
pub(super) struct LoadLock {
    path: std::path::PathBuf,
    _file: File,
}

impl LoadLock {
    /// The lock, or `None` if another process is loading.
    pub(super) fn take(store: &Store) -> Option<LoadLock> {
        let path = sibling(&beside(&store.path), "-load");
        let file = File::create(&path).ok()?;
        file.try_lock().ok()?;
        Some(LoadLock { path, _file: file })
    }
}

impl Drop for LoadLock {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
