//! Writing: one transaction, its changes, and their journal entries.

use super::chain::{self, Link, LinkedEntry, LinkedTxn};
use super::column::{Cell, timestamp_text};
use super::db::{self, Optional};
use super::error::{Result, StoreError};
use super::json;
use super::rollup::Touched;
use super::table::{Table, quote};
use super::{Context, Store};
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Origin};
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const NEXT_SERIAL: &str = "INSERT INTO _serial (prefix, last) VALUES (?1, 1)
    ON CONFLICT (prefix) DO UPDATE SET last = _serial.last + 1 RETURNING last";
const RAISE_SERIAL: &str = "INSERT INTO _serial (prefix, last) VALUES (?1, ?2)
    ON CONFLICT (prefix) DO UPDATE SET last = excluded.last WHERE _serial.last < excluded.last";
const SET_SERIAL: &str = "INSERT INTO _serial (prefix, last) VALUES (?1, ?2)
    ON CONFLICT (prefix) DO UPDATE SET last = excluded.last";
const ADD_TXN: &str =
    "INSERT INTO _txn (txn, at, \"user\", origin, undoes, depth, part_of) VALUES (?, ?, ?, ?, ?, ?, ?)";
const SEAL_TXN: &str = "UPDATE _txn SET hash = ?2 WHERE txn = ?1";
const ADD_ENTRY: &str =
    "INSERT INTO _journal (seq, txn, deed, object, record, version, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const USUAL_TEMP: &str = "PRAGMA temp_store = DEFAULT";
const ENTRIES: &str = "_journal (seq, txn, deed, object, record, version, before, after)";

/// A write transaction under way. It sees its own changes; nobody else does before it is committed.
#[derive(Debug)]
pub struct Write<'a> {
    pub(super) store: &'a Store,
    context: Context,
    at: String,
    place: Place,
    /// Records whose roll-ups may not be right any more.
    pub(super) touched: Touched,
    /// The objects whose changes are told, and those so far.
    watched: Vec<String>,
    changes: Vec<Changed>,
}

/// How far a transaction is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its number; 0 as long as it has no entry.
    txn: i64,
    /// Its last entry's number.
    seq: i64,
    /// Its row; there is one from its first entry on.
    head: Option<LinkedTxn>,
    /// The hash over its entries so far.
    link: Link,
}

/// A change of a record within a transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The record after it.
    pub record: Record,
    /// What stood in the changed fields.
    pub before: Fields,
    /// What stands in them.
    pub after: Fields,
}

impl Store {
    /// Runs `work` in one write transaction. Its error, or a failure to commit, takes everything back. Gives the
    /// work's result and the transaction's number, 0 if nothing was changed (and then nothing is written).
    ///
    /// # Errors
    /// `SchemaChanged` if another process has applied a schema: it is loaded now, and the work must be done anew.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        context: &Context,
        work: impl FnOnce(&mut Write<'_>) -> Result<T, E>,
    ) -> Result<(T, i64), E> {
        if let Err(error) = self.begin() {
            if matches!(error, StoreError::SchemaChanged) {
                self.load_schema()?;
            }
            return Err(error.into());
        }
        let done = Write::new(self, context.clone()).map_err(E::from).and_then(|mut write| {
            let answer = work(&mut write)?;
            write.finish()?;
            Ok((answer, write.txn()))
        });
        match done {
            Ok(answer) => self.commit().map(|()| answer).map_err(E::from),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// Begins a write transaction; `SchemaChanged` if another connection has applied a schema.
    pub(super) fn begin(&self) -> Result<()> {
        let counter = self.enter().and_then(|()| self.stored_schema_counter());
        match counter {
            Ok(counter) if counter == self.in_force.counter => Ok(()),
            other => {
                self.roll_back();
                other.and(Err(StoreError::SchemaChanged))
            }
        }
    }

    /// Begins a write transaction, or its part of those that are written together.
    pub(super) fn enter(&self) -> Result<()> {
        self.writing.store(true, Ordering::Relaxed);
        match self.together.get() {
            true => self.has_group().and_then(|()| self.conn.execute_batch("SAVEPOINT part").map_err(self.sql())),
            false => self.conn.begin_writing().map_err(self.sql()),
        }
    }

    /// Ends a write transaction; a failure takes it back.
    pub(super) fn commit(&self) -> Result<()> {
        let committed = match self.together.get() {
            true => self.has_group().and_then(|()| self.conn.execute_batch("RELEASE part").map_err(self.sql())),
            false => self.conn.commit().map_err(self.sql()),
        };
        if committed.is_err() {
            self.roll_back();
        }
        self.writing.store(false, Ordering::Relaxed);
        committed
    }

    /// Takes a write transaction back. SQLite may have done so by itself, on a full disk for example.
    pub(super) fn roll_back(&self) {
        if !self.conn.is_autocommit() {
            let _ = match self.together.get() {
                true => self.conn.execute_batch("ROLLBACK TO part; RELEASE part"),
                false => self.conn.roll_back(),
            };
        }
        self.writing.store(false, Ordering::Relaxed);
    }

    /// Begins to write together what follows: each transaction is a part that succeeds or fails alone, and none is on
    /// disk before [`Store::end_together`]: the disk is waited for once. On a server nothing is written together; says
    /// whether it is.
    pub fn begin_together(&self) -> Result<bool> {
        if self.conn.sqlite().is_none() {
            return Ok(false);
        }
        // What a part that fails takes back is kept in memory: a part is small.
        let begun = self.conn.tune("PRAGMA temp_store = MEMORY").and_then(|()| self.conn.begin_writing());
        if begun.is_err() {
            let _ = self.conn.tune(USUAL_TEMP);
        }
        begun.map_err(self.sql())?;
        self.together.set(true);
        Ok(true)
    }

    /// Puts on disk what was written together. A failure takes all of it back, the parts that succeeded too.
    pub fn end_together(&self) -> Result<()> {
        let there = self.has_group();
        self.together.set(false);
        let ended = there.and_then(|()| self.commit());
        // Sorting for an index is not.
        let _ = self.conn.tune(USUAL_TEMP);
        ended
    }

    /// SQLite may have taken everything back by itself, on a full disk for example.
    fn has_group(&self) -> Result<()> {
        match self.conn.is_autocommit() {
            true => Err(StoreError::TakenBack(self.path.clone())),
            false => Ok(()),
        }
    }
}

impl<'a> Write<'a> {
    pub(super) fn new(store: &'a Store, context: Context) -> Result<Write<'a>> {
        let at = timestamp_text(context.now).ok_or_else(|| StoreError::Sql("a time before the year 0".to_owned()))?;
        let touched = Touched::new();
        let place = Place { txn: 0, seq: store.journal_head()?, head: None, link: Link::default() };
        Ok(Write { store, context, at, place, touched, watched: Vec::new(), changes: Vec::new() })
    }

    /// How far the transaction is.
    pub(super) fn place(&self) -> Place {
        self.place.clone()
    }

    /// Goes back to an earlier place, for which the entries since were taken back.
    pub(super) fn set_place(&mut self, place: Place) {
        self.place = place;
    }

    /// Ends the transaction's part of the journal: seals it and chains it to the one before.
    pub(super) fn finish(&mut self) -> Result<()> {
        let place = &mut self.place;
        let Some(head) = place.head.take() else { return Ok(()) };
        let (conn, link) = (&self.store.conn, std::mem::take(&mut place.link));
        let sealed = || {
            let previous = chain::hash_before(conn, head.txn)?;
            let hash = link.seal(&head, &previous);
            conn.prepare_cached(SEAL_TXN)?.execute((head.txn, hash)).map(drop)
        };
        sealed().map_err(self.store.sql())
    }

    /// The store, for reading inside the transaction.
    pub fn store(&self) -> &Store {
        self.store
    }

    /// The number of the journal's last entry, as this transaction sees it.
    pub(super) fn last_seq(&self) -> i64 {
        self.place.seq
    }

    /// The transaction's number; 0 as long as nothing is changed.
    pub fn txn(&self) -> i64 {
        self.place.txn
    }

    /// Notes every change of these objects' records from now on, for [`Write::take_changes`].
    pub fn watch(&mut self, objects: Vec<String>) {
        self.watched = objects;
    }

    /// The changes noted so far of an object.
    pub fn take_changes(&mut self, object: &str) -> Vec<Changed> {
        let (taken, left) = std::mem::take(&mut self.changes).into_iter().partition(|c| c.record.object == object);
        self.changes = left;
        taken
    }

    /// Inserts a record as version 1. The system fields come from the context; `created_*` and `updated_*` among the
    /// fields take precedence. `Duplicate` if the id or a unique value is there already.
    pub fn insert(&mut self, object: &str, id: Id, fields: Fields) -> Result<Record> {
        self.revive(object, id, 1, fields)
    }

    /// Inserts a record with a version of choice: puts back one that was deleted.
    pub fn revive(&mut self, object: &str, id: Id, version: i64, fields: Fields) -> Result<Record> {
        let table = Arc::clone(self.store.in_force.tables.get(object)?);
        let own = normalize(&table, fields)?;
        let after = journalled(&own);
        let fields = self.with_system_fields(own);
        self.insert_row(object, id, version, &fields)?;
        self.enter(Deed::Create, object, id, version, None, Some(&after))?;
        self.touch_parents(&table, |name| fields.get(name).unwrap_or(&Value::Empty));
        // A new record has nobody yet who refers to it.
        if table.has_rollups && version > 1 {
            self.touched.insert((object.to_owned(), id));
        }
        Ok(Record { object: object.to_owned(), id, version, fields })
    }

    /// Writes a record's row, and nothing of it into the journal.
    pub(super) fn insert_row(&mut self, object: &str, id: Id, version: i64, fields: &Fields) -> Result<()> {
        let table = Arc::clone(self.store.in_force.tables.get(object)?);
        let mut statement = self.store.conn.prepare_cached(&table.insert).map_err(self.store.sql())?;
        let mut at = 1;
        let mut bind = |cell: Cell<'_>| {
            at += 1;
            statement.raw_bind_parameter(at - 1, cell).map_err(self.store.sql())
        };
        bind(Cell::Integer(id.as_i64()))?;
        bind(Cell::Integer(version))?;
        for column in &table.columns {
            for cell in cells(&table, &column.name, fields.get(&column.name).unwrap_or(&Value::Empty))? {
                bind(cell)?;
            }
        }
        match statement.raw_execute().map_err(self.store.sql())? {
            0 => Err(self.store.duplicate(&table, id, |name| fields.get(name).unwrap_or(&Value::Empty))),
            _ => Ok(()),
        }
    }

    /// Changes fields of a record; an empty value empties its field. A change that changes nothing writes nothing.
    ///
    /// # Errors
    /// `VersionConflict` if the record has another version than `expected` (`None`: whichever it has); `Gone`.
    pub fn update(&mut self, object: &str, id: Id, expected: Option<i64>, changes: Fields) -> Result<Record> {
        let record = self.current(object, id, expected)?;
        self.alter(record, changes)
    }

    /// The same for a whole record as it was read within this transaction, and not written since.
    pub fn alter(&mut self, mut record: Record, changes: Fields) -> Result<Record> {
        let (object, id) = (record.object.clone(), record.id);
        let object = object.as_str();
        let table = Arc::clone(self.store.in_force.tables.get(object)?);
        let mut before = Fields::new();
        let mut after = normalize(&table, changes)?;
        after.retain(|field, _| !system::ALL.contains(&field.as_str()));
        after.retain(|field, value| record.get(field) != value);
        if after.is_empty() {
            return Ok(record);
        }
        for field in after.keys() {
            before.insert(field.clone(), record.get(field).clone());
        }
        record.version += 1;
        self.write_changes(&table, &record, &after)?;
        self.enter(
            Deed::Update,
            object,
            id,
            record.version,
            Some(&json::write_fields(&before)),
            Some(&json::write_fields(&after)),
        )?;
        let inputs = self.store.in_force.tables.inputs(object);
        self.touch_concerned(&inputs, &after, |name| record.get(name));
        for (field, value) in &after {
            set(&mut record.fields, field, value.clone());
        }
        self.touch_concerned(&inputs, &after, |name| record.get(name));
        if table.has_rollups && inputs.concerns_itself(&after) {
            self.touched.insert((object.to_owned(), id));
        }
        record.fields.insert(system::UPDATED_AT.to_owned(), Value::DateTime(self.now()));
        set(&mut record.fields, system::UPDATED_BY, self.user());
        if self.watched.iter().any(|name| name == object) {
            self.changes.push(Changed { record: record.clone(), before, after });
        }
        Ok(record)
    }

    fn write_changes(&self, table: &Table, record: &Record, changes: &Fields) -> Result<()> {
        let mut sets = Vec::new();
        let mut values = vec![
            Cell::Integer(record.id.as_i64()),
            Cell::Integer(record.version),
            Cell::Text(&self.at),
            self.context.user.map_or(Cell::Null, |u| Cell::Integer(u.as_i64())),
        ];
        for (field, value) in changes {
            let names = table.column(field)?.sql_names();
            for (name, cell) in names.iter().zip(cells(table, field, value)?) {
                values.push(cell);
                sets.push(format!("{name} = ?{}", values.len()));
            }
        }
        let sql = format!(
            "UPDATE {} SET version = ?2, updated_at = ?3, updated_by = ?4, {} WHERE id = ?1",
            quote(&table.name),
            sets.join(", ")
        );
        let mut statement = self.store.conn.prepare_cached(&sql).map_err(self.store.sql())?;
        statement.execute(db::params_from_iter(values)).map_err(self.store.sql()).map(drop)
    }

    /// Deletes a record and gives it as it was. `VersionConflict` and `Gone` as for [`Write::update`].
    pub fn delete(&mut self, object: &str, id: Id, expected: Option<i64>) -> Result<Record> {
        let record = self.current(object, id, expected)?;
        let sql = format!("DELETE FROM {} WHERE id = ?", quote(object));
        let mut statement = self.store.conn.prepare_cached(&sql).map_err(self.store.sql())?;
        statement.execute([id.as_i64()]).map_err(self.store.sql())?;
        // What the store filled in is kept too: an undo puts it back.
        let before = json::write_fields(&record.fields);
        let table = Arc::clone(self.store.in_force.tables.get(object)?);
        self.touch_parents(&table, |name| record.get(name));
        self.enter(Deed::Delete, object, id, record.version + 1, Some(&before), None)?;
        Ok(record)
    }

    fn current(&self, object: &str, id: Id, expected: Option<i64>) -> Result<Record> {
        let gone = || StoreError::Gone { object: object.to_owned(), id };
        let record = self.store.get(object, id)?.ok_or_else(gone)?;
        match expected {
            Some(version) if version != record.version => {
                Err(StoreError::VersionConflict { current: Box::new(record) })
            }
            _ => Ok(record),
        }
    }

    /// The next number of a prefix, from 1. It counts only if the transaction is committed, so that there are no gaps.
    pub fn next_serial(&mut self, prefix: &str) -> Result<i64> {
        let mut statement = self.store.conn.prepare_cached(NEXT_SERIAL).map_err(self.store.sql())?;
        statement.query_row([prefix], |r| r.get(0)).map_err(self.store.sql())
    }

    /// Makes the numbers of a prefix go on after `last` at least: for codes that were given by hand or imported.
    pub fn raise_serial(&mut self, prefix: &str, last: i64) -> Result<()> {
        let mut statement = self.store.conn.prepare_cached(RAISE_SERIAL).map_err(self.store.sql())?;
        statement.execute((prefix, last)).map_err(self.store.sql()).map(drop)
    }

    /// Makes the numbers of a prefix go on after `last`, though it may have been further.
    pub fn set_serial(&mut self, prefix: &str, last: i64) -> Result<()> {
        let mut statement = self.store.conn.prepare_cached(SET_SERIAL).map_err(self.store.sql())?;
        statement.execute((prefix, last)).map_err(self.store.sql()).map(drop)
    }

    /// Keeps a setting of a user with this transaction, or removes it.
    pub fn put_setting(&mut self, user: Option<Id>, key: &str, value: Option<&str>) -> Result<()> {
        self.store.write_setting(user, key, value)
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.context.now.as_millisecond()).unwrap_or(self.context.now)
    }

    /// The same moment as it is stored.
    pub(super) fn at(&self) -> &str {
        &self.at
    }

    pub(super) fn user(&self) -> Value {
        self.context.user.map_or(Value::Empty, Value::Ref)
    }

    /// The user as it is stored.
    pub(super) fn user_cell(&self) -> Cell<'static> {
        self.context.user.map_or(Cell::Null, |user| Cell::Integer(user.as_i64()))
    }

    fn with_system_fields(&self, mut fields: Fields) -> Fields {
        fields.retain(|_, value| !value.is_empty());
        for at in [system::CREATED_AT, system::UPDATED_AT] {
            fields.entry(at.to_owned()).or_insert_with(|| Value::DateTime(self.now()));
        }
        for by in [system::CREATED_BY, system::UPDATED_BY] {
            if let Some(user) = self.context.user {
                fields.entry(by.to_owned()).or_insert(Value::Ref(user));
            }
        }
        fields
    }

    /// Adds a journal entry; the first one gives the transaction its number.
    pub(super) fn enter(
        &mut self,
        deed: Deed,
        object: &str,
        id: Id,
        version: i64,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<()> {
        self.place.seq += 1;
        if self.place.txn == 0 {
            self.place.txn = self.place.seq;
            self.begin_txn()?;
        }
        let place = &mut self.place;
        let (seq, txn, record, deed) = (place.seq, place.txn, id.as_i64(), deed_name(deed));
        place.link.entry(&LinkedEntry { seq, txn, deed, object, record, version, before, after });
        let row = (seq, txn, deed, object, record, version, before, after);
        let conn = &self.store.conn;
        let entered = match conn.is_collecting() {
            true => conn.add_row(ENTRIES, row),
            false => conn.prepare_cached(ADD_ENTRY).and_then(|mut s| s.execute(row)).map(drop),
        };
        entered.map_err(self.store.sql())
    }

    /// Makes the transaction's row: what is done next may look for it.
    fn begin_txn(&mut self) -> Result<()> {
        let depth = match self.context.undoes {
            Some(txn) => self.depth(txn)? + 1,
            None => 0,
        };
        let txn = LinkedTxn {
            txn: self.place.txn,
            at: self.at.clone(),
            user: self.context.user.map(Id::as_i64),
            origin: origin_name(self.context.origin).to_owned(),
            undoes: self.context.undoes,
            depth,
            part_of: self.context.part_of,
            hash: None,
        };
        let row = (txn.txn, &txn.at, txn.user, &txn.origin, txn.undoes, txn.depth, txn.part_of);
        let conn = &self.store.conn;
        conn.prepare_cached(ADD_TXN).and_then(|mut s| s.execute(row)).map_err(self.store.sql())?;
        self.place.head = Some(txn);
        Ok(())
    }

    /// How often a transaction is an undo of an undo: even for what was done, odd for what was taken back.
    fn depth(&self, txn: i64) -> Result<i64> {
        let mut statement =
            self.store.conn.prepare_cached("SELECT depth FROM _txn WHERE txn = ?").map_err(self.store.sql())?;
        let depth = statement.query_row([txn], |r| r.get(0)).optional().map_err(self.store.sql())?;
        Ok(depth.unwrap_or(0))
    }
}

impl Store {
    /// Says what stands in the way of a record that could not be inserted.
    pub(super) fn duplicate<'v>(&self, table: &Table, id: Id, get: impl Fn(&str) -> &'v Value) -> StoreError {
        let is_there = |(field, name): (&str, &String)| {
            let is_unique = table.indexes.iter().any(|i| i.unique && i.name == *name);
            let found = is_unique.then(|| self.find_equal(&table.name, field, get(field), 1).ok()).flatten()?;
            (!get(field).is_empty() && !found.is_empty()).then(|| field.to_owned())
        };
        let mut fields = table.columns.iter().map(|c| {
            let name = table.dialect.name(format!("{}__{}__unique", table.name, c.name));
            is_there((&c.name, &name))
        });
        let has_id = self.get(&table.name, id).is_ok_and(|found| found.is_some());
        let field = if has_id { None } else { fields.find_map(|field| field) };
        StoreError::Duplicate { object: table.name.clone(), field: field.unwrap_or_else(|| system::ID.to_owned()) }
    }
}

/// Values as they will read back. Every field must exist and take its value.
fn normalize(table: &Table, fields: Fields) -> Result<Fields> {
    let one = |(field, value): (String, Value)| {
        let column = table.column(&field)?;
        let invalid = || StoreError::Value { object: table.name.clone(), field: field.clone() };
        let value = column.form.normalize(value).ok_or_else(invalid)?;
        if column.filled && value.is_empty() {
            return Err(invalid());
        }
        Ok((field, value))
    };
    fields.into_iter().map(one).collect()
}

/// A new record's fields as the journal keeps them: without the empty ones.
fn journalled(fields: &Fields) -> String {
    let mut out = String::new();
    for (name, value) in fields.iter().filter(|(_, v)| !v.is_empty()) {
        json::push_field(&mut out, name, value);
    }
    json::close(&mut out);
    out
}

/// The cells of a value: one, or two for money.
pub(super) fn cells<'v>(table: &Table, field: &str, value: &'v Value) -> Result<Vec<Cell<'v>>> {
    let column = table.column(field)?;
    let invalid = || StoreError::Value { object: table.name.clone(), field: field.to_owned() };
    let first = column.form.encode(value).ok_or_else(invalid)?;
    Ok(match (column.form, value) {
        (super::column::Form::Money, Value::Money(money)) => vec![first, Cell::Text(&money.currency)],
        (super::column::Form::Money, _) => vec![first, Cell::Null],
        _ => vec![first],
    })
}

fn set(fields: &mut Fields, field: &str, value: Value) {
    if value.is_empty() {
        fields.remove(field);
    } else {
        fields.insert(field.to_owned(), value);
    }
}

pub(super) fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Tui => "tui",
        Origin::Cli => "cli",
        Origin::Import => "import",
        Origin::Api => "api",
        Origin::System => "system",
    }
}

/// The origin of a name in the journal.
pub(super) fn origin_of(name: &str) -> Option<Origin> {
    [Origin::Tui, Origin::Cli, Origin::Import, Origin::Api, Origin::System]
        .into_iter()
        .find(|o| origin_name(*o) == name)
}

fn deed_name(deed: Deed) -> &'static str {
    match deed {
        Deed::Create => "create",
        Deed::Update => "update",
        Deed::Delete => "delete",
    }
}

/// The deed of a name in the journal.
pub(super) fn deed_of(name: &str) -> Option<Deed> {
    [Deed::Create, Deed::Update, Deed::Delete].into_iter().find(|d| deed_name(*d) == name)
}
