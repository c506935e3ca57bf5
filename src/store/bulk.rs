//! Loading many records: prepared statements, large batches, and for a load that makes most of a table no
//! secondary indexes until it is done.

use super::column::{Cell, Form};
use super::db::params_from_iter;
use super::error::{Result, StoreError};
use super::index::{self, LoadLock};
use super::json;
use super::table::{Table, quote};
use super::write::{Place, Write};
use super::{Context, Store};
use crate::domain::id::Id;
use crate::domain::journal::Deed;
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// A good number of records between two commits: few waits for the disk, and little lost when stopped.
pub const BATCH_ROWS: usize = 20_000;
/// A load of at least this many records into a table that is at most half as large goes without indexes.
const LARGE_LOAD: u64 = 20_000;
/// While loading: 32 MiB of page cache, and the log is worked in every 64 MiB.
const LOADING: &str = "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 16384;";
/// While much is changed all over a large store: 256 MiB for the pages that every change comes back to, and the log is
/// worked in every 256 MiB.
const CHANGING: &str = "PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 65536;";
/// While indexes are made: sorting takes as much again for each of its threads.
const INDEXING: &str = "PRAGMA shrink_memory; PRAGMA cache_size = -16384;";
/// Afterwards: as every connection, the memory given back, the log emptied.
const LOADED: &str = "PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 1000; PRAGMA shrink_memory;
    PRAGMA wal_checkpoint(TRUNCATE);";

/// A load under way.
#[derive(Debug)]
pub struct Bulk<'a> {
    store: &'a Store,
    context: Context,
    table: Arc<Table>,
    fields: Vec<String>,
    /// Their names as the journal has them.
    labels: Vec<String>,
    /// The columns of the fields that stand in the statement, each with the field's place; the system's are apart.
    columns: Vec<(usize, Form)>,
    /// The places of the system's fields among the fields, where they are given, and their forms.
    system: Vec<(Option<usize>, Form)>,
    insert: String,
    /// The table with the columns of the statement, where rows are collected and sent together; then the store keeps
    /// no value unique row by row.
    collected: Option<String>,
    /// The journal's text of the record under way.
    after: String,
    /// The batch under way.
    write: Option<Write<'a>>,
    /// The serials that the batch has used, by prefix; written when it is committed.
    serials: HashMap<String, i64>,
    /// The number of the first batch that changed something.
    whole: Option<i64>,
    /// The journal's last entry at the end of the last batch; 0 before the first.
    ended: i64,
}

/// A moment within a batch to go back to.
#[derive(Debug)]
pub struct Savepoint {
    place: Place,
    serials: HashMap<String, i64>,
}

impl Store {
    /// Loads records of one object in batches, each a transaction that the journal names as a part of one whole.
    /// `fields` are those of the values given to [`Bulk::insert`]; `expected` is about how many records will come.
    /// Gives the work's result and the number of the whole, `None` if nothing was written. If the work fails, whole
    /// batches stay and the batch under way is taken back.
    ///
    /// A large load into a small table drops the indexes that don't guard uniqueness until it is done: look-ups by
    /// other fields are slow meanwhile. If it is killed, the next `open` makes them.
    pub fn bulk<T, E: From<StoreError>>(
        &mut self,
        context: &Context,
        object: &str,
        fields: &[&str],
        expected: u64,
        work: impl FnOnce(&mut Bulk<'_>) -> Result<T, E>,
    ) -> Result<(T, Option<i64>), E> {
        self.refresh_schema()?;
        let table = Arc::clone(self.in_force.tables.get(object)?);
        let lock = self.drop_indexes_for(&table, fields, expected)?;
        self.conn.tune(LOADING).map_err(self.sql())?;
        let done = Bulk::new(self, context, table, fields).map_err(E::from).and_then(|mut bulk| {
            let worked = work(&mut bulk).and_then(|answer| bulk.commit().map(|()| answer).map_err(E::from));
            if worked.is_err() && bulk.write.take().is_some() {
                self.roll_back();
            }
            worked.map(|answer| (answer, bulk.whole))
        });
        let indexed = match &lock {
            Some(_) => {
                let _ = self.conn.tune(INDEXING);
                index::make_pending(self)
            }
            None => Ok(()),
        };
        // Giving memory back and emptying the log are no part of the promise.
        let _ = self.conn.tune(LOADED);
        let answer = done?;
        indexed?;
        Ok(answer)
    }

    /// Prepares for many changes in large transactions: more memory, and the log is worked in seldom.
    /// [`Store::after_many`] makes it as it was.
    pub fn before_many(&self) -> Result<()> {
        self.conn.tune(CHANGING).map_err(self.sql())
    }

    /// Gives the memory back and empties the log. That is no part of any promise: it can't fail.
    pub fn after_many(&self) {
        let _ = self.conn.tune(LOADED);
    }

    /// Whether a load tells of a value that is there already only with its batch, which then fails: rows are sent many
    /// at once. Whoever loads looks before.
    pub fn tells_late(&self, object: &str) -> bool {
        self.in_force.tables.get(object).is_ok_and(|table| self.collects(table))
    }

    /// Rows of this table are collected while they are loaded: what is unique is a field's, for which one can look
    /// before.
    fn collects(&self, table: &Table) -> bool {
        let is_of_field = |name: &String| {
            table.columns.iter().any(|c| *name == table.dialect.name(format!("{}__{}__unique", table.name, c.name)))
        };
        self.conn.sqlite().is_none() && table.indexes.iter().filter(|i| i.unique).all(|i| is_of_field(&i.name))
    }

    /// Drops the secondary indexes over what is loaded, if the load makes most of the table and nobody else is loading.
    fn drop_indexes_for(&self, table: &Table, fields: &[&str], expected: u64) -> Result<Option<LoadLock>> {
        if self.conn.sqlite().is_none() {
            return Ok(None);
        }
        let half = i64::try_from(expected / 2).unwrap_or(i64::MAX);
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT ?)", quote(&table.name));
        let there: i64 = self.conn.query_row(&sql, [half.saturating_add(1)], |r| r.get(0)).map_err(self.sql())?;
        if expected < LARGE_LOAD || there > half {
            return Ok(None);
        }
        let Some(lock) = LoadLock::take(self) else { return Ok(None) };
        self.begin()?;
        match index::drop_for_load(&self.conn, table, fields).map_err(self.sql()) {
            Ok(()) => self.commit().map(|()| Some(lock)),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }
}

impl<'a> Bulk<'a> {
    fn new(store: &'a Store, context: &Context, table: Arc<Table>, fields: &[&str]) -> Result<Bulk<'a>> {
        let mut names = vec!["id".to_owned(), "version".to_owned()];
        let mut filled = Vec::new();
        for field in [system::CREATED_AT, system::CREATED_BY, system::UPDATED_AT, system::UPDATED_BY] {
            names.push(quote(field));
            filled.push((fields.iter().position(|f| *f == field), table.column(field)?.form));
        }
        let mut columns = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            let column = table.column(field)?;
            if !system::ALL.contains(field) {
                names.extend(column.sql_names());
                columns.push((place, column.form));
            }
        }
        let marks = vec!["?"; names.len()].join(", ");
        let insert = table.insert_sql(&names.join(", "), &marks);
        let collected = store.collects(&table).then(|| format!("{} ({})", quote(&table.name), names.join(", ")));
        let labels = fields.iter().map(|f| json::label(f)).collect();
        let fields = fields.iter().map(|f| (*f).to_owned()).collect();
        let (context, whole) = (context.clone(), context.part_of);
        Ok(Bulk {
            store,
            context,
            table,
            fields,
            labels,
            columns,
            system: filled,
            insert,
            collected,
            after: String::new(),
            write: None,
            serials: HashMap::new(),
            whole,
            ended: 0,
        })
    }

    /// The batch under way, begun when it is first needed: between batches others may write.
    fn batch(&mut self) -> Result<&mut Write<'a>> {
        if self.write.is_none() {
            self.store.begin()?;
            let context = Context { part_of: self.whole, ..self.context.clone() };
            match Write::new(self.store, context) {
                Ok(write) => {
                    if self.collected.is_some() {
                        self.store.conn.collect_rows();
                    }
                    self.write = Some(write);
                }
                Err(error) => {
                    self.store.roll_back();
                    return Err(error);
                }
            }
        }
        self.write.as_mut().ok_or(StoreError::Interrupted)
    }

    /// Begins a batch, unless one is under way: until it ends nobody else writes. Gives, for a batch that is begun now,
    /// the number of the journal's entry with which the one before ended; 0 for the first.
    pub fn begin(&mut self) -> Result<Option<i64>> {
        if self.write.is_some() {
            return Ok(None);
        }
        self.batch()?;
        Ok(Some(self.ended))
    }

    /// Adds a record as version 1, its values in the order of the fields given to [`Store::bulk`]. `created_*` and
    /// `updated_*` come from the context unless they are among the fields.
    /// A failed record leaves the batch as it was before it; where the store [tells late](Store::tells_late), a value
    /// that is there already fails the batch.
    pub fn insert(&mut self, id: Id, values: &[Value]) -> Result<()> {
        let mut after = std::mem::take(&mut self.after);
        after.clear();
        for (label, value) in self.labels.iter().zip(values).filter(|(_, v)| !v.is_empty()) {
            json::push_labelled(&mut after, label, value);
        }
        json::close(&mut after);
        self.batch()?;
        self.bind_and_run(id, values)?;
        let table = Arc::clone(&self.table);
        let fields = &self.fields;
        let given = |name: &str| fields.iter().position(|f| f == name).and_then(|at| values.get(at));
        if let Some(write) = self.write.as_mut() {
            write.touch_parents(&table, |name| given(name).unwrap_or(&Value::Empty));
        }
        self.batch()?.enter(Deed::Create, &table.name, id, 1, None, Some(&after))?;
        self.after = after;
        Ok(())
    }

    /// The batch under way, if anything was written in it, for what follows from it.
    pub fn write(&mut self) -> Option<&mut Write<'a>> {
        self.write.as_mut()
    }

    fn bind_and_run(&mut self, id: Id, values: &[Value]) -> Result<()> {
        let store = self.store;
        let Some(write) = self.write.as_ref() else { return Ok(()) };
        let invalid = |place: usize| StoreError::Value {
            object: self.table.name.clone(),
            field: self.fields.get(place).cloned().unwrap_or_default(),
        };
        let mut cells = vec![Cell::Integer(id.as_i64()), Cell::Integer(1)];
        for (place, form) in &self.system {
            let given = place.and_then(|at| values.get(at)).filter(|v| !v.is_empty());
            cells.push(match (given, form) {
                (Some(value), form) => form.encode(value).ok_or_else(|| invalid(place.unwrap_or_default()))?,
                (None, Form::DateTime) => Cell::Text(write.at()),
                (None, _) => write.user_cell(),
            });
        }
        for (place, form) in &self.columns {
            let value = values.get(*place).unwrap_or(&Value::Empty);
            cells.push(form.encode(value).ok_or_else(|| invalid(*place))?);
            if *form == Form::Money {
                cells.push(if let Value::Money(money) = value { Cell::Text(&money.currency) } else { Cell::Null });
            }
        }
        if let Some(into) = &self.collected {
            return store.conn.add_row(into, params_from_iter(cells)).map_err(store.sql());
        }
        let mut statement = store.conn.prepare_cached(&self.insert).map_err(store.sql())?;
        match statement.execute(params_from_iter(cells)).map_err(store.sql())? {
            0 => Err(store.duplicate(&self.table, id, |name| {
                let place = self.fields.iter().position(|field| field == name);
                place.and_then(|at| values.get(at)).unwrap_or(&Value::Empty)
            })),
            _ => Ok(()),
        }
    }

    /// Changes a record within the batch, as [`Write::update`] does.
    pub fn update(&mut self, id: Id, expected: Option<i64>, changes: Fields) -> Result<Record> {
        let table = Arc::clone(&self.table);
        self.batch()?.update(&table.name, id, expected, changes)
    }

    /// Adds a record of any object within the batch (one that an imported record refers to).
    pub fn insert_other(&mut self, object: &str, id: Id, fields: Fields) -> Result<Record> {
        self.batch()?.insert(object, id, fields)
    }

    /// The next number of a prefix, as [`Write::next_serial`] gives it.
    pub fn next_serial(&mut self, prefix: &str) -> Result<i64> {
        let last = self.serial(prefix)?;
        *last += 1;
        Ok(*last)
    }

    /// Makes the numbers of a prefix go on after `last`, as [`Write::raise_serial`] does.
    pub fn raise_serial(&mut self, prefix: &str, last: i64) -> Result<()> {
        let used = self.serial(prefix)?;
        *used = (*used).max(last);
        Ok(())
    }

    /// Makes the numbers of a prefix go on after `last`, though it may have been further: what was taken since is
    /// given back.
    pub fn set_serial(&mut self, prefix: &str, last: i64) -> Result<()> {
        *self.serial(prefix)? = last;
        Ok(())
    }

    /// The last number used of a prefix. During a batch nobody else uses any.
    fn serial(&mut self, prefix: &str) -> Result<&mut i64> {
        if !self.serials.contains_key(prefix) {
            self.batch()?;
            let last = self.store.peek_serial(prefix)? - 1;
            self.serials.insert(prefix.to_owned(), last);
        }
        self.serials.get_mut(prefix).ok_or(StoreError::Interrupted)
    }

    /// Marks a moment to which [`Bulk::go_back`] takes the batch back.
    pub fn savepoint(&mut self) -> Result<Savepoint> {
        self.batch()?;
        self.store.conn.execute_batch("SAVEPOINT one").map_err(self.store.sql())?;
        let place = self.batch()?.place();
        Ok(Savepoint { place, serials: self.serials.clone() })
    }

    /// What was written since the moment stays.
    pub fn keep(&mut self, _: Savepoint) -> Result<()> {
        self.store.conn.execute_batch("RELEASE one").map_err(self.store.sql())
    }

    /// Takes back what was written since the moment.
    pub fn go_back(&mut self, to: Savepoint) -> Result<()> {
        self.store.conn.execute_batch("ROLLBACK TO one; RELEASE one").map_err(self.store.sql())?;
        self.serials = to.serials;
        self.batch()?.set_place(to.place);
        Ok(())
    }

    /// Ends the batch: everything added so far is on disk afterwards. The next record begins another one.
    pub fn commit(&mut self) -> Result<()> {
        let Some(mut write) = self.write.take() else { return Ok(()) };
        let mut serials = self.serials.drain().filter(|(_, last)| *last > 0);
        let ended = serials.try_for_each(|(prefix, last)| write.raise_serial(&prefix, last));
        if let Err(error) = ended.and_then(|()| write.finish()) {
            self.store.roll_back();
            return Err(error);
        }
        self.store.commit()?;
        self.ended = write.last_seq();
        if write.txn() != 0 {
            self.whole.get_or_insert(write.txn());
        }
        Ok(())
    }

    /// The number of the whole, once a batch is committed.
    pub fn whole(&self) -> Option<i64> {
        self.whole
    }

    /// The store, for look-ups; sees what was added.
    pub fn store(&self) -> &Store {
        self.store
    }
}
