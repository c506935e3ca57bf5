//! Making and opening a store in a PostgreSQL database, and what its errors mean.

use super::address::Address;
use super::db::postgres::{Session, words};
use super::db::{self, Connection, Dialect};
use super::error::{Result, StoreError};
use super::layout::{self, FORMAT, key};
use super::open::{BUSY_TIMEOUT, finish};
use super::table::{Tables, literal, quote};
use super::{InForce, OpenMode, Store, beside, compiled, evolve, index};
use crate::domain::fold::ascii_key;
use crate::schema::model::Schema;
use ::postgres::error::SqlState;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The store's own tables.
const OWN_TABLES: &str = include_str!("postgres.sql");
/// Whether there is a store.
const HAS_STORE: &str = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()
    AND table_name = '_meta'";

/// Makes a store, whole or not at all.
pub(super) fn create(path: &Path, schema: &Schema) -> Result<Store> {
    let tables = Tables::checked(schema, Dialect::Postgres)?;
    let address = Address::parse(path)?;
    let sql = |e: db::Error| StoreError::of(path, &e);
    let conn = connect(path, &address, OpenMode::ReadWrite, Arc::default())?;
    make_schema(&conn, &address).map_err(sql)?;
    if has_store(&conn).map_err(sql)? {
        return Err(StoreError::Exists(path.to_owned()));
    }
    conn.begin_making().map_err(sql)?;
    match build(&conn, schema, &tables).and_then(|()| conn.commit()) {
        Ok(()) => open(path, OpenMode::ReadWrite, None),
        Err(error) => {
            let _ = conn.roll_back();
            Err(sql(error))
        }
    }
}

/// The folder of the tables, where one is named that isn't there.
fn make_schema(conn: &Connection, address: &Address) -> db::Result<()> {
    let Some(name) = &address.schema else { return Ok(()) };
    let sql = "SELECT count(*) FROM information_schema.schemata WHERE schema_name = ?";
    match conn.query_row(sql, [name], |r| r.get::<i64>(0))? {
        0 => conn.execute_batch(&format!("CREATE SCHEMA {}", quote(name))),
        _ => Ok(()),
    }
}

fn build(conn: &Connection, schema: &Schema, tables: &Tables) -> db::Result<()> {
    conn.execute_batch(OWN_TABLES)?;
    conn.execute_batch(&functions(conn)?)?;
    let whole: String = tables.iter().map(|table| table.create_sql(&table.name) + ";\n").collect();
    conn.execute_batch(&whole)?;
    index::make(conn, tables.iter(), None)?;
    evolve::keep_labels(conn, schema)?;
    evolve::keep_schema(conn, schema, 1)?;
    layout::put(conn, key::FORMAT, &FORMAT.to_string())?;
    layout::put(conn, key::WRITES, "1")
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
    let interrupt: Arc<AtomicBool> = Arc::default();
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

fn connect(path: &Path, address: &Address, mode: OpenMode, stop: Arc<AtomicBool>) -> Result<Connection> {
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
