//! A connection to PostgreSQL that is used as one to SQLite is: by one thread, one statement after the other.
//!
//! One transaction writes at a time: it begins by counting itself in a row of `_meta`, which the next one waits for.
//! So serial numbers have no gaps, the journal's chain has one order, and a rule that was checked holds when it is
//! acted on, as on a file. An engine that answers "could not serialize" instead of waiting is asked again: at that
//! point nothing has been done yet.
//!
//! A connection that only reads may be one to a copy of the server. It never shows less than what this process has
//! written: until the copy has that too, and where it takes too long, the server itself is asked.

use super::marks::numbered;
use super::rows::Rows;
use super::values::{Bound, as_params, bound, values_of};
use super::{Error, Params, Result};
use crate::store::address::Address;
use crate::store::stop::{Stop, Tell};
use ::postgres::error::SqlState;
use ::postgres::{Client, Row};
use rusqlite::types::Value;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Statements kept prepared.
const PREPARED: usize = 512;
/// Rows that are fetched at once of a long answer.
const CHUNK: usize = 2_000;
/// How long is waited before "could not serialize" is asked again, the first time; then twice as long, and so on.
const PAUSE: Duration = Duration::from_millis(2);
/// How long a copy of the server may take to have what was written here.
const CATCH_UP: Duration = Duration::from_millis(100);
/// How many transactions have been written.
const WRITES: &str = "SELECT value FROM _meta WHERE key = 'writes'";
/// What this process has written to each database, by its address.
static WRITTEN: Mutex<BTreeMap<String, Arc<AtomicI64>>> = Mutex::new(BTreeMap::new());
/// Whose turn it is of the copies of a server.
static TURN: AtomicUsize = AtomicUsize::new(0);
/// Counts the transaction in, behind the one under way.
const COUNT_IN: &str = "UPDATE _meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'writes'";

/// A connection.
pub(in crate::store) struct Session {
    address: Address,
    client: RefCell<Held>,
    statements: RefCell<HashMap<String, ::postgres::Statement>>,
    in_transaction: Cell<bool>,
    /// The transaction under way writes: it is not stopped half way.
    writing: Cell<bool>,
    wait: Cell<Duration>,
    read_only: bool,
    cursors: Cell<u64>,
    stop: Arc<Stop>,
    /// What tells the server of the connection to stop.
    tell: RefCell<Tell>,
    /// The server was told to stop something: a late word of that must not stop anything else.
    spoilt: Cell<bool>,
    /// Rows that are sent together before anything else is asked.
    rows: RefCell<Rows>,
    /// The number of the last transaction that this process has written to the database.
    written: Arc<AtomicI64>,
    /// The number of the one under way.
    writes: Cell<i64>,
    /// Up to which one the copy of the server that is asked is known to be; `None` where the server itself is.
    seen: Cell<Option<i64>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("address", &self.address).finish_non_exhaustive()
    }
}

/// A statement with the values bound so far.
pub(in crate::store) struct Prepared<'c> {
    session: &'c Session,
    sql: String,
    values: Vec<Bound>,
}

impl Session {
    /// Connects.
    pub(in crate::store) fn connect(
        address: &Address,
        read_only: bool,
        wait: Duration,
        stop: Arc<Stop>,
    ) -> Result<Session> {
        let copy = if read_only { address.of_replica(TURN.fetch_add(1, Ordering::Relaxed)) } else { None };
        // A copy that is away is no reason not to work.
        let copied = copy.and_then(|copy| greet(&copy, read_only, wait).ok());
        let seen = Cell::new(copied.is_some().then_some(0));
        let (client, tell) = copied.map_or_else(|| greet(address, read_only, wait), Ok)?;
        let place = format!("{}:{}/{} {:?}", address.host, address.port, address.database, address.schema);
        let written = Arc::clone(WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_default());
        Ok(Session {
            written,
            writes: Cell::new(0),
            seen,
            address: address.clone(),
            client: RefCell::new(Held(Some(client))),
            statements: RefCell::default(),
            in_transaction: Cell::new(false),
            writing: Cell::new(false),
            wait: Cell::new(wait),
            read_only,
            cursors: Cell::new(0),
            stop,
            tell: RefCell::new(tell),
            spoilt: Cell::new(false),
            rows: RefCell::default(),
        })
    }

    pub(super) fn prepare(&self, sql: &str) -> Result<Prepared<'_>> {
        Ok(Prepared { session: self, sql: sql.to_owned(), values: Vec::new() })
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.send_rows()?;
        self.ask(|client| client.batch_execute(sql))
    }

    /// Whether rows are collected, see [`Session::add_row`].
    pub(super) fn is_collecting(&self) -> bool {
        self.rows.borrow().collecting
    }

    /// Collects rows from now on, until the transaction under way ends.
    pub(super) fn collect(&self) {
        self.rows.borrow_mut().collecting = true;
    }

    /// Adds a row to a table with its columns. It is sent before anything else is asked, and fails there.
    pub(super) fn add_row(&self, into: &str, params: impl Params) -> Result<()> {
        let values = values_of(params)?.into_iter().map(|bound| bound.0).collect::<Vec<Value>>();
        let is_much = self.rows.borrow_mut().add(into, &values);
        if is_much { self.send_rows() } else { Ok(()) }
    }

    fn send_rows(&self) -> Result<()> {
        if self.rows.borrow().is_empty() {
            return Ok(());
        }
        self.rows.borrow_mut().send(|sql, text| {
            self.ask(|client| {
                use std::io::Write;
                let mut writer = client.copy_in(sql)?;
                // What the server refuses is told at the end.
                let _ = writer.write_all(text);
                writer.finish().map(drop)
            })
        })
    }

    pub(super) fn begin_reading(&self) -> Result<()> {
        self.catch_up()?;
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    pub(super) fn begin_writing(&self) -> Result<()> {
        let begin = format!("BEGIN ISOLATION LEVEL {}; {COUNT_IN}", self.address.isolation.sql());
        self.begin(&begin)?;
        self.writing.set(true);
        if !self.address.replicas.is_empty() {
            self.writes.set(self.ask(writes)?);
        }
        Ok(())
    }

    /// Waits until the copy that is asked has what this process has written; gives it up if it takes too long.
    fn catch_up(&self) -> Result<()> {
        let wanted = self.written.load(Ordering::SeqCst);
        let until = Instant::now() + CATCH_UP;
        while self.seen.get().is_some_and(|seen| seen < wanted) {
            if Instant::now() > until {
                return self.reconnect();
            }
            match self.ask(writes) {
                Ok(seen) if seen >= wanted => self.seen.set(Some(seen)),
                // It may not even have the tables yet.
                Ok(_) => std::thread::sleep(PAUSE),
                Err(Error::Postgres(error)) if !is_lost(&error) => std::thread::sleep(PAUSE),
                Err(_) => self.reconnect()?,
            }
        }
        Ok(())
    }

    /// Nothing has been done before it, so that a failure that passes can be waited out.
    pub(super) fn begin_making(&self) -> Result<()> {
        self.begin("BEGIN")?;
        // What a new store says of itself.
        self.writes.set(1);
        Ok(())
    }

    fn begin(&self, sql: &str) -> Result<()> {
        self.mend()?;
        self.again(|| match self.batch(sql) {
            Err(Error::Postgres(error)) if is_lost(&error) => {
                self.reconnect()?;
                self.batch(sql)
            }
            Err(error) => {
                // A transaction that failed is one still.
                let _ = self.batch("ROLLBACK");
                Err(error)
            }
            done => done,
        })?;
        self.in_transaction.set(true);
        Ok(())
    }

    fn ended(&self) {
        let mut rows = self.rows.borrow_mut();
        rows.clear();
        rows.collecting = false;
        self.writes.set(0);
        self.in_transaction.set(false);
        self.writing.set(false);
    }

    /// Whether what is read is not wanted any more.
    fn is_stopped(&self) -> bool {
        self.stop.is_set() && !self.writing.get()
    }

    pub(super) fn commit(&self) -> Result<()> {
        // The commit of a transaction in which something failed is a rollback that looks like success: asked anything
        // else, it says so.
        let done = self.batch("SELECT 1; COMMIT");
        if done.is_ok() {
            self.written.fetch_max(self.writes.take(), Ordering::SeqCst);
            self.ended();
        }
        done
    }

    pub(super) fn roll_back(&self) -> Result<()> {
        self.ended();
        self.batch("ROLLBACK")
    }

    /// Whether it may write.
    pub(super) fn is_writable(&self) -> bool {
        !self.read_only
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.in_transaction.get()
    }

    pub(super) fn set_wait(&self, wait: Duration) -> Result<()> {
        self.wait.set(wait);
        self.batch(&lock_timeout(wait))
    }

    pub(super) fn forget_statements(&self) {
        self.statements.borrow_mut().clear();
    }

    /// Asks the server something. It can be stopped unless it is part of a transaction that writes.
    fn ask<T: Send>(&self, work: impl FnOnce(&mut Client) -> Result<T, ::postgres::Error> + Send) -> Result<T> {
        if self.spoilt.get() && self.in_transaction.get() && !self.writing.get() {
            return Err(Error::Interrupted);
        }
        let mut held = self.client.borrow_mut();
        let client = held.0.as_mut().ok_or(Error::Interrupted)?;
        if self.writing.get() {
            return Ok(outside(|| work(client))?);
        }
        self.stop.begin(Arc::clone(&self.tell.borrow()));
        let answer = outside(|| work(client));
        if self.stop.end() {
            self.spoilt.set(true);
        }
        Ok(answer?)
    }

    /// Connects again if the server was told to stop something.
    fn mend(&self) -> Result<()> {
        if self.spoilt.get() { self.reconnect() } else { Ok(()) }
    }

    /// Connects again, to the server itself.
    fn reconnect(&self) -> Result<()> {
        self.forget_statements();
        self.seen.set(None);
        let (client, tell) = greet(&self.address, self.read_only, self.wait.get())?;
        *self.client.borrow_mut() = Held(Some(client));
        *self.tell.borrow_mut() = tell;
        self.spoilt.set(false);
        Ok(())
    }

    /// Does something that leaves nothing behind where it fails, and again where others were in its way.
    fn again<T>(&self, work: impl Fn() -> Result<T>) -> Result<T> {
        let until = Instant::now() + self.wait.get();
        let mut pause = PAUSE;
        loop {
            match work() {
                Err(Error::Postgres(error)) if was_in_the_way(&error) && Instant::now() < until => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(100));
                }
                other => return other,
            }
        }
    }

    /// Runs a statement by its text. What only reads is done again after a lost connection, and after the tables have
    /// changed under it.
    fn with<T>(
        &self,
        sql: &str,
        work: impl Fn(&mut Client, &::postgres::Statement) -> Result<T, ::postgres::Error> + Sync,
    ) -> Result<T>
    where
        T: Send,
    {
        self.send_rows()?;
        if self.in_transaction.get() {
            return self.run(sql, &work);
        }
        self.mend()?;
        if !self.address.replicas.is_empty() && !self.read_only && !sql.starts_with("SELECT") {
            // Counted, so that copies are known to have it.
            self.begin_writing()?;
            let done = self.run(sql, &work).and_then(|done| self.commit().map(|()| done));
            if done.is_err() {
                let _ = self.roll_back();
            }
            return done;
        }
        self.catch_up()?;
        let is_reading = sql.starts_with("SELECT");
        self.again(|| match self.run(sql, &work) {
            // Whether what was to be written is written, who can say? The next one will be.
            Err(Error::Postgres(error)) if is_lost(&error) => {
                self.reconnect()?;
                if is_reading { self.run(sql, &work) } else { Err(error.into()) }
            }
            Err(Error::Postgres(error)) if is_reading && has_other_tables(&error) => {
                self.forget_statements();
                self.run(sql, &work)
            }
            other => other,
        })
    }

    fn run<T>(
        &self,
        sql: &str,
        work: &(impl Fn(&mut Client, &::postgres::Statement) -> Result<T, ::postgres::Error> + Sync),
    ) -> Result<T>
    where
        T: Send,
    {
        let known = self.statements.borrow().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let marked = numbered(sql);
                let statement = self.ask(|client| client.prepare(&marked))?;
                let mut statements = self.statements.borrow_mut();
                if statements.len() >= PREPARED {
                    statements.clear();
                }
                statements.insert(sql.to_owned(), statement.clone());
                statement
            }
        };
        self.ask(|client| work(client, &statement))
    }

    /// Hands over the rows of a query as they come.
    pub(super) fn stream(
        &self,
        sql: &str,
        params: impl Params,
        take: &mut dyn FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        let own = !self.in_transaction.get();
        if own {
            self.begin_reading()?;
        }
        let streamed = self.fetch(sql, params, take);
        if own {
            let _ = self.roll_back();
        }
        streamed
    }

    fn fetch(&self, sql: &str, params: impl Params, take: &mut dyn FnMut(&Row) -> Result<bool>) -> Result<()> {
        self.send_rows()?;
        let values = values_of(params)?;
        let number = self.cursors.get();
        self.cursors.set(number.wrapping_add(1));
        let name = format!("tcrm_{number}");
        let declare = numbered(&format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"));
        self.ask(|client| client.execute(declare.as_str(), &as_params(&values)))?;
        let fetch = format!("FETCH {CHUNK} FROM {name}");
        let mut go_on = true;
        while go_on {
            let rows = self.ask(|client| client.query(fetch.as_str(), &[]))?;
            go_on = rows.len() == CHUNK;
            // As on a file, what is read in one go is not stopped: the flag may be that of the read before.
            if go_on && self.is_stopped() {
                return Err(Error::Interrupted);
            }
            for row in &rows {
                if !take(row)? {
                    go_on = false;
                    break;
                }
            }
        }
        self.batch(&format!("CLOSE {name}"))
    }
}

impl Prepared<'_> {
    pub(super) fn bind(&mut self, value: &dyn rusqlite::ToSql) -> Result<()> {
        self.values.push(bound(value)?);
        Ok(())
    }

    pub(super) fn rows(&mut self) -> Result<Vec<Row>> {
        let values = std::mem::take(&mut self.values);
        self.session.with(&self.sql, |client, statement| client.query(statement, &as_params(&values)))
    }

    pub(super) fn execute(&mut self) -> Result<usize> {
        let values = std::mem::take(&mut self.values);
        let changed =
            self.session.with(&self.sql, |client, statement| client.execute(statement, &as_params(&values)))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }
}

/// A connection that is given up where that may be waited for.
struct Held(Option<Client>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            outside(|| drop(client));
        }
    }
}

/// Does something that waits for the network. A thread that drives an async runtime may not: then another one does.
fn outside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if tokio::runtime::Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

/// Connects and says how the connection is used.
fn greet(address: &Address, read_only: bool, wait: Duration) -> Result<(Client, Tell)> {
    let mut client = outside(|| address.connect())?;
    let mut session = format!("SET client_min_messages = warning; {};", lock_timeout(wait));
    if let Some(schema) = &address.schema {
        session.push_str(&format!(" SET search_path = {};", crate::store::table::quote(schema)));
    }
    if read_only {
        session.push_str(" SET default_transaction_read_only = on;");
    }
    outside(|| client.batch_execute(&session))?;
    let tell = address.tell(&client);
    Ok((client, tell))
}

/// How many transactions have been written, as the server that is asked knows.
fn writes(client: &mut Client) -> Result<i64, ::postgres::Error> {
    let row = client.query_one(WRITES, &[])?;
    Ok(row.try_get::<_, String>(0)?.parse().unwrap_or_default())
}

/// Zero would be for ever.
fn lock_timeout(wait: Duration) -> String {
    format!("SET lock_timeout = {}", wait.as_millis().max(1))
}

/// Whether a statement failed because of what others did at the same time.
fn was_in_the_way(error: &::postgres::Error) -> bool {
    matches!(error.code(), Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}

/// Whether the connection is gone.
fn is_lost(error: &::postgres::Error) -> bool {
    use std::error::Error as _;
    let told = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN];
    error.is_closed()
        || error.code().is_some_and(|code| told.contains(code))
        || error.source().is_some_and(|source| source.is::<std::io::Error>())
}

/// Whether a statement was prepared for tables that have changed.
fn has_other_tables(error: &::postgres::Error) -> bool {
    let changed = [SqlState::FEATURE_NOT_SUPPORTED, SqlState::INVALID_SQL_STATEMENT_NAME];
    error.code().is_some_and(|code| changed.contains(code))
}

/// An error in the database's words, with what it adds to them.
pub(in crate::store) fn words(error: &::postgres::Error) -> String {
    use std::error::Error as _;
    match error.as_db_error() {
        Some(said) => match said.detail() {
            Some(detail) => format!("{} ({detail})", said.message()),
            None => said.message().to_owned(),
        },
        None => match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
