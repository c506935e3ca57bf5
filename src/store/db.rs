//! The connection to a database, whichever it is: what the store's files use of one, named as `rusqlite` names it.
//!
//! SQLite's own types go straight through. With the feature `postgres` a connection may be one to PostgreSQL: its
//! rows and values are read as the same types, and statements are written with `?` or `?1` for both. What differs
//! in their SQL stands in [`dialect`].

pub(super) mod dialect;
#[cfg(feature = "postgres")]
mod marks;
mod params;
#[cfg(feature = "postgres")]
pub(super) mod postgres;
#[cfg(feature = "postgres")]
mod rows;
#[cfg(feature = "postgres")]
mod tls;
#[cfg(feature = "postgres")]
mod values;

pub(super) use dialect::Dialect;
pub(super) use params::{Params, params_from_iter};

use rusqlite::ToSql;
use rusqlite::types::{FromSql, ValueRef};
use std::time::Duration;

/// What a statement gives.
pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

/// A statement that failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// SQLite's error.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL's error.
    #[cfg(feature = "postgres")]
    #[error("{}", postgres::words(.0))]
    Postgres(#[from] ::postgres::Error),
    /// A row's value is of another type than it was read as.
    #[error("{0}")]
    Type(#[from] rusqlite::types::FromSqlError),
    /// A number that is no id.
    #[error("{0} is no id")]
    NoId(i64),
    /// There is no row where there must be one.
    #[error("no rows")]
    NoRows,
    /// What is to be written can't be put into words.
    #[error("{0}")]
    Unwritable(String),
    /// The read was stopped before it began.
    #[error("interrupted")]
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "SQLite has its own"))]
    Interrupted,
}

/// A connection.
#[derive(Debug)]
pub(super) enum Connection {
    /// To a file.
    Sqlite(rusqlite::Connection),
    /// To a PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres(Box<postgres::Session>),
}

/// A prepared statement.
pub(super) enum Statement<'c> {
    /// SQLite's.
    Sqlite(rusqlite::CachedStatement<'c>),
    /// PostgreSQL's.
    #[cfg(feature = "postgres")]
    Postgres(postgres::Prepared<'c>),
}

/// Rows on their way.
pub(super) enum Rows<'s> {
    /// One after the other.
    Sqlite(rusqlite::Rows<'s>),
    /// All that were found, and the one looked at.
    #[cfg(feature = "postgres")]
    Postgres(std::vec::IntoIter<::postgres::Row>, Option<::postgres::Row>),
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row<'r> {
    /// SQLite's.
    Sqlite(&'r rusqlite::Row<'r>),
    /// PostgreSQL's.
    #[cfg(feature = "postgres")]
    Postgres(&'r ::postgres::Row),
}

/// Rows that are read as something else.
pub(super) struct Mapped<'s, F> {
    rows: Rows<'s>,
    read: F,
}

/// The answer of a query for one row that may not be there.
pub(super) trait Optional<T> {
    /// `None` where there is no row.
    fn optional(self) -> Result<Option<T>>;
}

impl<T> Optional<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoRows) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Connection {
    /// In whose SQL it is spoken to.
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Connection::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Dialect::Postgres,
        }
    }

    /// SQLite's own connection, for what only a file can do.
    pub(super) fn sqlite(&self) -> Option<&rusqlite::Connection> {
        match self {
            Connection::Sqlite(conn) => Some(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => None,
        }
    }

    /// The same, to change it.
    pub(super) fn sqlite_mut(&mut self) -> Option<&mut rusqlite::Connection> {
        match self {
            Connection::Sqlite(conn) => Some(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => None,
        }
    }

    /// The same, to end it.
    pub(super) fn into_sqlite(self) -> Option<rusqlite::Connection> {
        match self {
            Connection::Sqlite(conn) => Some(conn),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => None,
        }
    }

    /// A statement that is kept prepared.
    pub(super) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_>> {
        Ok(match self {
            Connection::Sqlite(conn) => Statement::Sqlite(conn.prepare_cached(sql)?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => Statement::Postgres(session.prepare(sql)?),
        })
    }

    /// Runs a statement and gives the number of rows it changed.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.prepare_cached(sql)?.execute(params)
    }

    /// Reads the first row of a query; `NoRows` where there is none.
    pub(super) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.prepare_cached(sql)?.query_row(params, read)
    }

    /// Runs statements without values.
    pub(super) fn execute_batch(&self, sql: &str) -> Result<()> {
        match self {
            Connection::Sqlite(conn) => Ok(conn.execute_batch(sql)?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.batch(sql),
        }
    }

    /// Runs what only tunes SQLite; another database is tuned by who runs it.
    pub(super) fn tune(&self, pragmas: &str) -> Result<()> {
        self.sqlite().map_or(Ok(()), |conn| Ok(conn.execute_batch(pragmas)?))
    }

    /// Collects rows given to [`Connection::add_row`] until the transaction under way ends, where a question each takes
    /// its time: on a server.
    pub(super) fn collect_rows(&self) {
        #[cfg(feature = "postgres")]
        if let Connection::Postgres(session) = self {
            session.collect();
        }
    }

    /// Whether rows are collected.
    pub(super) fn is_collecting(&self) -> bool {
        match self {
            Connection::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.is_collecting(),
        }
    }

    /// Adds a row to a table with its columns, `_journal (seq, txn)`. Collected rows are sent together before anything
    /// else is asked, which then fails with what they fail of. Only while rows are collected.
    #[cfg_attr(not(feature = "postgres"), expect(unused_variables, reason = "a file takes each row at once"))]
    pub(super) fn add_row(&self, into: &str, params: impl Params) -> Result<()> {
        match self {
            Connection::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.add_row(into, params),
        }
    }

    /// Begins a transaction that only reads, all of it out of one state.
    pub(super) fn begin_reading(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => self.prepare_cached("BEGIN")?.execute([]).map(drop),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.begin_reading(),
        }
    }

    /// Begins a transaction that writes; waits for the one that is under way elsewhere.
    pub(super) fn begin_writing(&self) -> Result<()> {
        match self {
            Connection::Sqlite(conn) => Ok(conn.execute_batch("BEGIN IMMEDIATE")?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.begin_writing(),
        }
    }

    /// Begins a transaction that makes the tables of a store.
    #[cfg(feature = "postgres")]
    pub(super) fn begin_making(&self) -> Result<()> {
        match self {
            Connection::Sqlite(conn) => Ok(conn.execute_batch("BEGIN")?),
            Connection::Postgres(session) => session.begin_making(),
        }
    }

    /// Ends a transaction for good.
    pub(super) fn commit(&self) -> Result<()> {
        match self {
            Connection::Sqlite(conn) => Ok(conn.execute_batch("COMMIT")?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.commit(),
        }
    }

    /// Takes a transaction back.
    pub(super) fn roll_back(&self) -> Result<()> {
        match self {
            Connection::Sqlite(_) => self.prepare_cached("ROLLBACK")?.execute([]).map(drop),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.roll_back(),
        }
    }

    /// Whether no transaction is under way.
    pub(super) fn is_autocommit(&self) -> bool {
        match self {
            Connection::Sqlite(conn) => conn.is_autocommit(),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => !session.is_in_transaction(),
        }
    }

    /// How long a statement waits for another writer.
    pub(super) fn busy_timeout(&self, timeout: Duration) -> Result<()> {
        match self {
            Connection::Sqlite(conn) => Ok(conn.busy_timeout(timeout)?),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.set_wait(timeout),
        }
    }

    /// Forgets prepared statements: tables have changed.
    pub(super) fn flush_prepared_statement_cache(&self) {
        match self {
            Connection::Sqlite(conn) => conn.flush_prepared_statement_cache(),
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) => session.forget_statements(),
        }
    }

    /// Makes a table of the store's own that only few stores need. On PostgreSQL all are there once it was opened
    /// to be written.
    pub(super) fn ensure(&self, sql: &str) -> Result<()> {
        self.sqlite().map_or(Ok(()), |conn| Ok(conn.execute_batch(sql)?))
    }

    /// Whether there is a table of the store's own that only few stores have. On PostgreSQL only one that is read as an
    /// older version has left it may lack it.
    pub(super) fn has_table(&self, name: &str) -> Result<bool> {
        let sql = match self {
            Connection::Sqlite(_) => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
            #[cfg(feature = "postgres")]
            Connection::Postgres(session) if session.is_writable() => return Ok(true),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => {
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?"
            }
        };
        Ok(self.prepare_cached(sql)?.query_row([name], |r| r.get::<i64>(0))? > 0)
    }

    /// The version of the store's own tables.
    pub(super) fn format(&self) -> Result<i64> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "PRAGMA user_version",
            Dialect::Postgres => "SELECT CAST(value AS BIGINT) FROM _meta WHERE key = 'format'",
        };
        self.query_row(sql, [], |r| r.get(0))
    }

    /// A number that differs whenever another connection has committed something since.
    pub(super) fn data_version(&self) -> Result<i64> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "PRAGMA data_version",
            Dialect::Postgres => "SELECT CAST(value AS BIGINT) FROM _meta WHERE key = 'writes'",
        };
        self.query_row(sql, [], |r| r.get(0))
    }

    /// Runs a query and hands over its rows as they come, until `take` gives false: not all of them are held at once.
    pub(super) fn stream(
        &self,
        sql: &str,
        params: impl Params,
        mut take: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        #[cfg(feature = "postgres")]
        if let Connection::Postgres(session) = self {
            return session.stream(sql, params, &mut |row| take(&Row::Postgres(row)));
        }
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            if !take(&row)? {
                break;
            }
        }
        Ok(())
    }
}

impl Statement<'_> {
    /// Runs it and gives the number of rows that it changed.
    pub(super) fn execute(&mut self, params: impl Params) -> Result<usize> {
        self.bind(params)?;
        self.raw_execute()
    }

    /// Runs it for its rows.
    pub(super) fn query(&mut self, params: impl Params) -> Result<Rows<'_>> {
        self.bind(params)?;
        Ok(match self {
            Statement::Sqlite(statement) => Rows::Sqlite(statement.raw_query()),
            #[cfg(feature = "postgres")]
            Statement::Postgres(prepared) => Rows::Postgres(prepared.rows()?.into_iter(), None),
        })
    }

    /// Reads its first row; `NoRows` where there is none.
    pub(super) fn query_row<T>(&mut self, params: impl Params, read: impl FnOnce(&Row<'_>) -> Result<T>) -> Result<T> {
        let mut rows = self.query(params)?;
        read(&rows.next()?.ok_or(Error::NoRows)?)
    }

    /// Reads each of its rows.
    pub(super) fn query_map<T, F: FnMut(&Row<'_>) -> Result<T>>(
        &mut self,
        params: impl Params,
        read: F,
    ) -> Result<Mapped<'_, F>> {
        Ok(Mapped { rows: self.query(params)?, read })
    }

    /// Binds one value, by its place from 1.
    pub(super) fn raw_bind_parameter(&mut self, at: usize, value: impl ToSql) -> Result<()> {
        match self {
            Statement::Sqlite(statement) => Ok(statement.raw_bind_parameter(at, value)?),
            #[cfg(feature = "postgres")]
            Statement::Postgres(prepared) => prepared.bind(&value),
        }
    }

    /// Runs it with the values that were bound.
    pub(super) fn raw_execute(&mut self) -> Result<usize> {
        match self {
            Statement::Sqlite(statement) => Ok(statement.raw_execute()?),
            #[cfg(feature = "postgres")]
            Statement::Postgres(prepared) => prepared.execute(),
        }
    }

    fn bind(&mut self, params: impl Params) -> Result<()> {
        match self {
            Statement::Sqlite(statement) => {
                let mut at = 0;
                params.each(&mut |value| {
                    at += 1;
                    Ok(statement.raw_bind_parameter(at, value)?)
                })
            }
            #[cfg(feature = "postgres")]
            Statement::Postgres(prepared) => params.each(&mut |value| prepared.bind(value)),
        }
    }
}

impl Rows<'_> {
    /// The next row.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>> {
        Ok(match self {
            Rows::Sqlite(rows) => rows.next()?.map(Row::Sqlite),
            #[cfg(feature = "postgres")]
            Rows::Postgres(rows, current) => {
                *current = rows.next();
                current.as_ref().map(Row::Postgres)
            }
        })
    }
}

impl<T, F: FnMut(&Row<'_>) -> Result<T>> Iterator for Mapped<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        match self.rows.next() {
            Ok(row) => row.map(|row| (self.read)(&row)),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<'r> Row<'r> {
    /// A value as it stands in the row.
    pub(super) fn get_ref(&self, at: usize) -> Result<ValueRef<'r>> {
        Ok(match self {
            Row::Sqlite(row) => row.get_ref(at)?,
            #[cfg(feature = "postgres")]
            Row::Postgres(row) => row.try_get::<_, values::Stored<'r>>(at)?.0,
        })
    }

    /// A value as a type.
    pub(super) fn get<T: FromSql>(&self, at: usize) -> Result<T> {
        match self {
            Row::Sqlite(row) => Ok(row.get(at)?),
            #[cfg(feature = "postgres")]
            Row::Postgres(_) => Ok(T::column_result(self.get_ref(at)?)?),
        }
    }
}
