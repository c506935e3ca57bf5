//! Making and opening a store in a PostgreSQL database, and what its errors mean.

use super::address::Address;
use super::db::postgres::{Session, words};
use super::db::{self, Connection, Dialect};
use super::error::{Result, StoreError};
use super::layout::{self, FORMAT, key};
use super::open::{BUSY_TIMEOUT, finish};
use super::table::{Tables, literal, quote};
use super::{InForce, OpenMode, Stop, Store, beside, compiled, evolve, index};
use crate::domain::fold::ascii_key;
use crate::schema::model::Schema;
use ::postgres::error::SqlState;
use std::path::Path;
use std::sync::Arc;

/// The store's own tables, in steps.
const OWN_TABLES: &str = include_str!("postgres.sql");
/// How each step but the first begins.
const STEP: &str = "\n-- step ";
/// Whether there is a store.
const HAS_STORE: &str = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()
    AND table_name = '_meta'";

/// Makes a store, whole or not at all.
pub(super) fn create(path: &Path, schema: &Schema) -> Result<Store> {
    let tables = Tables::checked(schema, Dialect::Postgres)?;
    let address = Address::parse(path)?;
    let sql = |e: db::Error| StoreError::of(path, &e);
    let conn = connect(path, &address, OpenMode::ReadWrite, Arc::default())?;
    if has_store(&conn).map_err(sql)? {
        return Err(StoreError::Exists(path.to_owned()));
    }
    conn.begin_making().map_err(sql)?;
    match build(&conn, &address, schema, &tables).and_then(|()| conn.commit()) {
        Ok(()) => open(path, OpenMode::ReadWrite, None),
        Err(error) => {
            let _ = conn.roll_back();
            Err(sql(error))
        }
    }
}

/// Takes away everything that [`create`] has made, in one transaction.
pub(super) fn discard(path: &Path) -> Result<()> {
    let address = Address::parse(path)?;
    let store = open(path, OpenMode::ReadWrite, None)?;
    let conn = &store.conn;
    conn.begin_writing().map_err(store.sql())?;
    match drop_all(&store, &address).and_then(|()| conn.commit()) {
        Ok(()) => Ok(()),
        Err(error) => {
            let _ = conn.roll_back();
            Err(StoreError::of(path, &error))
        }
    }
}

fn drop_all(store: &Store, address: &Address) -> db::Result<()> {
    let conn = &store.conn;
    let own_schema = layout::get(conn, key::OWN_SCHEMA)?.is_some();
    let mut drops = String::from("DROP VIEW IF EXISTS _log;");
    let of_schema = store.in_force.tables.iter().map(|table| table.name.clone());
    for name in of_schema.chain(own_tables().map(str::to_owned)) {
        drops.push_str(&format!("DROP TABLE IF EXISTS {};", quote(&name)));
    }
    drops.push_str("DROP FUNCTION IF EXISTS _append_only(); DROP FUNCTION IF EXISTS _events_gone();");
    drops.push_str("DROP FUNCTION IF EXISTS tcrm_contains(TEXT, TEXT); DROP FUNCTION IF EXISTS tcrm_folded(TEXT);");
    conn.execute_batch(&drops)?;
    match &address.schema {
        // What others have put there stays.
        Some(name) if own_schema && is_empty(conn, name)? => {
            conn.execute_batch(&format!("DROP SCHEMA {}", quote(name)))
        }
        _ => Ok(()),
    }
}

/// The names of the store's own tables.
fn own_tables() -> impl Iterator<Item = &'static str> {
    OWN_TABLES.lines().filter_map(|line| {
        let rest = line.strip_prefix("CREATE TABLE ")?;
        rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest).split(' ').next()
    })
}

fn is_empty(conn: &Connection, schema: &str) -> db::Result<bool> {
    let sql = "SELECT count(*) FROM information_schema.tables WHERE table_schema = ?";
    Ok(conn.query_row(sql, [schema], |r| r.get::<i64>(0))? == 0)
}

/// The folder of the tables, where one is named that isn't there. Whether it was made.
fn make_schema(conn: &Connection, address: &Address) -> db::Result<bool> {
    let Some(name) = &address.schema else { return Ok(false) };
    let sql = "SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?";
    match conn.query_row(sql, [name], |r| r.get::<i64>(0))? {
        0 => conn.execute_batch(&format!("CREATE SCHEMA {}", quote(name))).map(|()| true),
        _ => Ok(false),
    }
}

fn build(conn: &Connection, address: &Address, schema: &Schema, tables: &Tables) -> db::Result<()> {
    let own_schema = make_schema(conn, address)?;
    conn.execute_batch(OWN_TABLES)?;
    conn.execute_batch(&functions(conn)?)?;
    let whole: String = tables.iter().map(|table| table.create_sql(&table.name) + ";\n").collect();
    conn.execute_batch(&whole)?;
    index::make(conn, tables.iter(), None)?;
    evolve::keep_labels(conn, schema)?;
    evolve::keep_schema(conn, schema, 1)?;
    layout::put(conn, key::FORMAT, &FORMAT.to_string())?;
    layout::put(conn, key::TABLES, &steps().count().to_string())?;
    if own_schema {
        layout::put(conn, key::OWN_SCHEMA, "1")?;
    }
    layout::put(conn, key::WRITES, "1")
}

/// What makes the store's own tables, step by step, as they came with one version after the other.
fn steps() -> impl Iterator<Item = &'static str> {
    OWN_TABLES.split(STEP)
}

/// The number of the last step that a database has; those from before there were steps have the first.
fn steps_done(conn: &Connection) -> db::Result<usize> {
    Ok(layout::get(conn, key::TABLES)?.and_then(|text| text.parse().ok()).unwrap_or(1))
}

/// Does the steps that a database of an older version lacks, in one transaction, while nobody else writes. One of a
/// newer version keeps what it has.
fn catch_up(conn: &Connection) -> db::Result<()> {
    if steps_done(conn)? >= steps().count() {
        return Ok(());
    }
    conn.begin_writing()?;
    // Another process may have done them meanwhile.
    let caught_up = steps_done(conn).and_then(|done| {
        let missing: String = steps().skip(done).map(|step| format!("{STEP}{step}")).collect();
        conn.execute_batch(&missing)?;
        layout::put(conn, key::TABLES, &steps().count().max(done).to_string())
    });
    match caught_up.and_then(|()| conn.commit()) {
        Ok(()) => Ok(()),
        Err(error) => {
            let _ = conn.roll_back();
            Err(error)
        }
    }
}

/// The functions that compare texts as filters do: letters in lower case, full-width keys as ASCII.
fn functions(conn: &Connection) -> db::Result<String> {
    let keys: Vec<(char, char)> =
        ('\u{80}'..=char::MAX).map(|c| (c, ascii_key(c))).filter(|(c, key)| c != key).collect();
    let (from, to): (String, String) = keys.into_iter().unzip();
    let has_icu = "SELECT count(*) FROM pg_collation WHERE collname = 'und-x-icu'";
    let collation = match conn.query_row(has_icu, [], |r| r.get::<i64>(0))? {
        0 => "default",
        _ => "und-x-icu",
    };
    Ok(format!(
        "CREATE FUNCTION tcrm_folded(TEXT) RETURNS TEXT LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $f$
            SELECT lower(translate($1, {}, {}) COLLATE {}) COLLATE \"C\" $f$;
        CREATE FUNCTION tcrm_contains(TEXT, TEXT) RETURNS BOOLEAN LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $f$
            SELECT strpos($1, $2) > 0 OR strpos(tcrm_folded($1), $2) > 0 $f$;",
        literal(&from),
        literal(&to),
        quote(collation)
    ))
}

/// Opens a store.
pub(super) fn open(path: &Path, mode: OpenMode, known: Option<InForce>) -> Result<Store> {
    let address = Address::parse(path)?;
    let sql = |e: db::Error| StoreError::of(path, &e);
    let interrupt: Arc<Stop> = Arc::default();
    let conn = connect(path, &address, mode, Arc::clone(&interrupt))?;
    if known.is_none() {
        if !has_store(&conn).map_err(sql)? {
            return Err(StoreError::Missing(path.to_owned()));
        }
        match conn.format().map_err(sql)? {
            found if found > FORMAT => {
                return Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT });
            }
            _ => {}
        }
    }
    if mode == OpenMode::ReadWrite && known.is_none() {
        catch_up(&conn).map_err(sql)?;
    }
    if let Some(folder) = beside(path).parent() {
        // Without it attached files and the snapshot of the search have no place, and nothing else.
        let _ = std::fs::create_dir_all(folder);
    }
    let ahead = if known.is_none() { compiled::read_ahead(&beside(path), Dialect::Postgres) } else { None };
    finish(path, mode, conn, (known, ahead), interrupt)
}

/// Whether there is a store at an address.
pub(super) fn exists(path: &Path) -> Result<bool> {
    let conn = connect(path, &Address::parse(path)?, OpenMode::ReadOnly, Arc::default())?;
    has_store(&conn).map_err(|e| StoreError::of(path, &e))
}

fn connect(path: &Path, address: &Address, mode: OpenMode, stop: Arc<Stop>) -> Result<Connection> {
    let session = Session::connect(address, mode == OpenMode::ReadOnly, BUSY_TIMEOUT, stop);
    Ok(Connection::Postgres(Box::new(session.map_err(|e| StoreError::of(path, &e))?)))
}

fn has_store(conn: &Connection) -> db::Result<bool> {
    Ok(conn.query_row(HAS_STORE, [], |r| r.get::<i64>(0))? > 0)
}

/// Says what an error of PostgreSQL means for the store at an address.
pub(super) fn meaning(path: &Path, error: &::postgres::Error) -> StoreError {
    let (place, detail) = (path.to_owned(), words(error));
    let Some(code) = error.code() else {
        return StoreError::Unreachable { path: place, detail };
    };
    match *code {
        SqlState::LOCK_NOT_AVAILABLE | SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            StoreError::Locked(place)
        }
        SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INSUFFICIENT_PRIVILEGE => StoreError::ReadOnly(place),
        SqlState::DISK_FULL => StoreError::Full(place),
        SqlState::QUERY_CANCELED => StoreError::Interrupted,
        SqlState::UNDEFINED_DATABASE => StoreError::Missing(place),
        SqlState::DUPLICATE_TABLE | SqlState::DUPLICATE_FUNCTION => StoreError::Exists(place),
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => StoreError::Damaged { path: place, detail },
        SqlState::UNIQUE_VIOLATION => duplicate(error).unwrap_or(StoreError::Sql(detail)),
        SqlState::INVALID_PASSWORD
        | SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW => StoreError::Unreachable { path: place, detail },
        _ => StoreError::Sql(detail),
    }
}

/// Reads `customer__code__unique` of the table `customer`.
fn duplicate(error: &::postgres::Error) -> Option<StoreError> {
    let said = error.as_db_error()?;
    let (object, index) = (said.table()?.to_owned(), said.constraint()?);
    let field = index.strip_prefix(object.as_str()).and_then(|rest| rest.strip_prefix("__")?.strip_suffix("__unique"));
    let field = field.map_or_else(|| "id".to_owned(), str::to_owned);
    Some(StoreError::Duplicate { object, field })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn a_step_that_databases_have_done_stays_as_it_is() {
        let sums: Vec<String> =
            steps().map(|step| Sha256::digest(step).iter().take(4).map(|b| format!("{b:02x}")).collect()).collect();
        // A further table needs a further step and a further sum here: no database does a step twice.
        assert_eq!(sums, ["0b71ef02", "fdd6f24f"]);
    }

    #[test]
    fn the_stores_own_tables_are_known_by_name() {
        let names: Vec<&str> = own_tables().collect();
        assert!(names.contains(&"_meta") && names.contains(&"_upload") && names.iter().all(|n| n.starts_with('_')));
        assert_eq!(names.len(), OWN_TABLES.matches("CREATE TABLE").count());
    }
}
