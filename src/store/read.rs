//! Reading records.

use super::column::Form;
use super::db::{self, Optional, Row};
use super::error::Result;
use super::filter;
use super::page::values_of;
use super::table::{Column, Table, quote};
use super::{Store, StoreError, Which};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record, Titles, system};
use crate::domain::value::Value;
use rusqlite::types::ValueRef;
use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use std::collections::BTreeMap;

/// The columns of a statement, and how its rows are read: id, version, then the fields.
pub(super) struct Selection<'t> {
    pub(super) table: &'t Table,
    columns: Vec<&'t Column>,
}

impl<'t> Selection<'t> {
    /// Some fields (all, if empty). `id` and `version` are always there.
    pub(super) fn of(table: &'t Table, fields: &[String]) -> Result<Selection<'t>> {
        let columns = if fields.is_empty() {
            table.columns.iter().collect()
        } else {
            let own = fields.iter().filter(|f| *f != system::ID && *f != system::VERSION);
            own.map(|f| table.column(f)).collect::<Result<_>>()?
        };
        Ok(Selection { table, columns })
    }

    /// A statement without a WHERE.
    pub(super) fn select(&self) -> SelectStatement {
        let mut select = Query::select();
        select.from(self.table.name.clone()).expr(Expr::cust("id")).expr(Expr::cust("version"));
        for name in self.columns.iter().flat_map(|c| c.sql_names()) {
            select.expr(Expr::cust(name));
        }
        select
    }

    /// How many columns the statement has.
    pub(super) fn width(&self) -> usize {
        2 + self.columns.iter().map(|c| if c.form == Form::Money { 2 } else { 1 }).sum::<usize>()
    }

    /// A row as a record; empty fields are left out.
    pub(super) fn record(&self, row: &Row<'_>) -> db::Result<Record> {
        let mut fields = Fields::new();
        let mut at = 2;
        for column in &self.columns {
            let value = read_value(row, at, column.form)?;
            at += if column.form == Form::Money { 2 } else { 1 };
            if !value.is_empty() {
                fields.insert(column.name.clone(), value);
            }
        }
        Ok(Record { object: self.table.name.clone(), id: read_id(row, 0)?, version: row.get(1)?, fields })
    }
}

/// An id column.
pub(super) fn read_id(row: &Row<'_>, at: usize) -> db::Result<Id> {
    let raw: i64 = row.get(at)?;
    Id::from_i64(raw).ok_or(db::Error::NoId(raw))
}

/// A field's value. What another program has put there and can't be read as the field's type is shown as it is.
pub(super) fn read_value(row: &Row<'_>, at: usize, form: Form) -> db::Result<Value> {
    let stored = row.get_ref(at)?;
    let currency = match form {
        Form::Money => row.get_ref(at + 1)?.as_str().ok(),
        _ => None,
    };
    Ok(form.decode(stored, currency).unwrap_or_else(|| match stored {
        ValueRef::Integer(i) => Value::Integer(i),
        ValueRef::Text(bytes) => Value::text(&String::from_utf8_lossy(bytes)),
        _ => Value::Empty,
    }))
}

/// A row during [`Store::scan_rows`]: values are read when asked for.
pub struct RowView<'r, 's> {
    row: &'r Row<'r>,
    places: &'s [(usize, Form)],
}

impl RowView<'_, '_> {
    /// The record's id.
    pub fn id(&self) -> i64 {
        self.row.get(0).unwrap_or_default()
    }

    /// The text of a text or select column, by its place among the columns asked for; `None` if it is empty or
    /// of another type. Nothing is copied.
    pub fn text(&self, column: usize) -> Option<&str> {
        let (at, _) = self.places.get(column)?;
        self.row.get_ref(*at).ok()?.as_str().ok()
    }

    /// A column's value, by its place among the columns asked for.
    pub fn value(&self, column: usize) -> Value {
        let place = self.places.get(column);
        place.and_then(|(at, form)| read_value(self.row, *at, *form).ok()).unwrap_or_default()
    }
}

/// Gives the object that a field of a name refers to.
type TargetOf<'s> = dyn Fn(&str) -> Option<&'s str> + 's;

/// As long as it lives, all that is read is of one state of the store.
#[derive(Debug)]
pub struct Snapshot<'s>(Option<&'s Store>);

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.0 {
            // Nothing was written: there is nothing to lose.
            let _ = store.conn.roll_back();
        }
    }
}

impl Store {
    /// Begins to read one state of the store; inside a write, which does that anyway, nothing.
    pub fn snapshot(&self) -> Result<Snapshot<'_>> {
        if !self.conn.is_autocommit() {
            return Ok(Snapshot(None));
        }
        self.conn.begin_reading().map_err(self.sql())?;
        Ok(Snapshot(Some(self)))
    }

    /// One whole record, or `None`.
    pub fn get(&self, object: &str, id: Id) -> Result<Option<Record>> {
        let table = self.in_force.tables.get(object)?;
        let selection = Selection::of(table, &[])?;
        let sql = format!("{} WHERE id = ?", table.select);
        let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
        statement.query_row([id.as_i64()], |row| selection.record(row)).optional().map_err(self.sql())
    }

    /// Whole records in the order of `ids`; those that aren't there are left out.
    pub fn get_many(&self, object: &str, ids: &[Id]) -> Result<Vec<Record>> {
        let raw: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
        self.records_of(object, &raw, &[])
    }

    /// The same with some fields of each.
    pub fn get_some(&self, object: &str, ids: &[Id], columns: &[String]) -> Result<Vec<Record>> {
        let raw: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
        self.records_of(object, &raw, columns)
    }

    /// Records in the order of `ids` with some fields.
    pub(super) fn records_of(&self, object: &str, ids: &[i64], columns: &[String]) -> Result<Vec<Record>> {
        self.records_where(Which::all(object), ids, columns)
    }

    /// Those that match of the records with some ids, in the order of `ids`, with some fields.
    pub fn records_where(&self, which: Which<'_>, ids: &[i64], columns: &[String]) -> Result<Vec<Record>> {
        let table = self.in_force.tables.get(which.object)?;
        let selection = Selection::of(table, columns)?;
        let mut select = selection.select();
        select.and_where(filter::among(table.dialect, ids)).cond_where(filter::condition(
            &self.in_force.tables,
            table,
            which,
        )?);
        let found = self.rows(&select, |row| selection.record(row))?;
        let mut found: BTreeMap<i64, Record> = found.into_iter().map(|r| (r.id.as_i64(), r)).collect();
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Those of `ids` that match, in their order.
    pub fn filter_ids(&self, which: Which<'_>, ids: &[i64]) -> Result<Vec<i64>> {
        let table = self.in_force.tables.get(which.object)?;
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id")).and_where(filter::among(table.dialect, ids));
        select.cond_where(filter::condition(&self.in_force.tables, table, which)?);
        let found: std::collections::HashSet<i64> = self.rows(&select, |row| row.get(0))?.into_iter().collect();
        Ok(ids.iter().copied().filter(|id| found.contains(id)).collect())
    }

    /// How many records match, counted no further than `cap`: the number, and whether there are more.
    pub fn count(&self, which: Which<'_>, cap: u64) -> Result<(u64, bool)> {
        let table = self.in_force.tables.get(which.object)?;
        let mut inner = Query::select();
        inner.from(table.name.clone()).expr(Expr::cust("1")).cond_where(filter::condition(
            &self.in_force.tables,
            table,
            which,
        )?);
        // A limit keeps SQLite from counting by the pages of an index, which is faster than any loop.
        if cap < u64::MAX {
            inner.limit(Ord::min(cap.saturating_add(1), i64::MAX as u64));
        }
        let mut outer = Query::select();
        outer.expr(Expr::cust("count(*)")).from_subquery(inner, "matching");
        let found: i64 = self.rows(&outer, |row| row.get(0))?.into_iter().next().unwrap_or(0);
        let found = u64::try_from(found).unwrap_or(0);
        Ok((Ord::min(found, cap), found > cap))
    }

    /// Titles of records; those that aren't there are missing.
    pub fn titles(&self, object: &str, ids: &[Id]) -> Result<Titles> {
        let mut titles = Titles::new();
        self.add_titles(object, ids.iter().map(|id| id.as_i64()).collect(), &mut titles)?;
        Ok(titles)
    }

    /// Titles of all records that these refer to, and of the users who made and changed them.
    pub fn titles_of<'r>(&self, records: impl IntoIterator<Item = &'r Record>) -> Result<Titles> {
        let mut wanted: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
        for record in records {
            let target = self.targets(&record.object)?;
            for (name, value) in &record.fields {
                let Some(target) = target(name) else { continue };
                match value {
                    Value::Ref(id) => wanted.entry(target).or_default().push(id.as_i64()),
                    Value::Refs(ids) => wanted.entry(target).or_default().extend(ids.iter().map(|id| id.as_i64())),
                    _ => {}
                }
            }
        }
        let mut titles = Titles::new();
        for (target, mut ids) in wanted {
            ids.sort_unstable();
            ids.dedup();
            self.add_titles(target, ids, &mut titles)?;
        }
        Ok(titles)
    }

    /// Tells the object that a field refers to. The arguments of an action refer to records too, though
    /// they have no table of their own.
    fn targets<'s>(&'s self, object: &str) -> Result<Box<TargetOf<'s>>> {
        match (self.in_force.tables.get(object), self.in_force.schema.object(object)) {
            (Ok(table), _) => Ok(Box::new(|name| table.find(name)?.target.as_deref())),
            (Err(_), Some(form)) => Ok(Box::new(|name| form.field(name)?.kind.target())),
            (Err(error), None) => Err(error),
        }
    }

    fn add_titles(&self, object: &str, ids: Vec<i64>, titles: &mut Titles) -> Result<()> {
        let Ok(table) = self.in_force.tables.get(object) else { return Ok(()) };
        let Some(title) = table.title.and_then(|at| table.columns.get(at)) else { return Ok(()) };
        if ids.is_empty() {
            return Ok(());
        }
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id")).expr(Expr::cust(quote(&title.name)));
        select.and_where(filter::among(table.dialect, &ids));
        let title_of = |row: &Row<'_>| {
            let text = match row.get_ref(1)? {
                ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                ValueRef::Integer(i) => i.to_string(),
                _ => String::new(),
            };
            Ok((read_id(row, 0)?, text))
        };
        titles.extend(self.rows(&select, title_of)?);
        Ok(())
    }

    /// Records whose field has exactly this value (texts: letter case of ASCII aside), oldest first.
    pub fn find_equal(&self, object: &str, field: &str, value: &Value, limit: usize) -> Result<Vec<Id>> {
        let table = self.in_force.tables.get(object)?;
        let column = table.column(field)?;
        let invalid = || StoreError::Value { object: object.to_owned(), field: field.to_owned() };
        let cell = column.form.encode(value).ok_or_else(invalid)?;
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id"));
        select.and_where(filter::equals(table, column, cell));
        if let Value::Money(money) = value {
            select.and_where(Expr::cust(quote(&column.currency())).eq(money.currency.clone()));
        }
        select.order_by_expr(Expr::cust("id"), Order::Asc).limit(limit as u64);
        self.rows(&select, |row| read_id(row, 0))
    }

    /// How many records refer to one, by object and field. Only fields where there are any.
    pub fn referring(&self, object: &str, id: Id) -> Result<Vec<(String, String, u64)>> {
        let mut found = Vec::new();
        for table in self.in_force.tables.iter() {
            for column in table.columns.iter().filter(|c| c.target.as_deref() == Some(object)) {
                if system::ALL.contains(&column.name.as_str()) {
                    continue;
                }
                let sql = format!("SELECT count(*) FROM {} WHERE {}", quote(&table.name), refers(table, column));
                let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
                let number: i64 = statement.query_row([id.as_i64()], |r| r.get(0)).map_err(self.sql())?;
                if number > 0 {
                    found.push((table.name.clone(), column.name.clone(), number.unsigned_abs()));
                }
            }
        }
        Ok(found)
    }

    /// Records of `object` that refer to one through a field, oldest first.
    pub fn referring_ids(&self, object: &str, field: &str, id: Id, limit: usize) -> Result<Vec<Id>> {
        let table = self.in_force.tables.get(object)?;
        let column = table.column(field)?;
        let sql = format!("SELECT id FROM {} WHERE {} ORDER BY id LIMIT ?2", quote(&table.name), refers(table, column));
        let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map([id.as_i64(), limit], |row| read_id(row, 0)).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    /// Streams matching records in the order of their ids out of one snapshot; `row` returns false to stop.
    pub fn scan(&self, which: Which<'_>, columns: &[String], mut row: impl FnMut(Record) -> bool) -> Result<()> {
        let table = self.in_force.tables.get(which.object)?;
        let selection = Selection::of(table, columns)?;
        let mut select = selection.select();
        select
            .cond_where(filter::condition(&self.in_force.tables, table, which)?)
            .order_by_expr(Expr::cust("id"), Order::Asc);
        self.each(&select, |r| selection.record(r).map(&mut row))
    }

    /// The matching record that was made last.
    pub fn newest(&self, which: Which<'_>) -> Result<Option<Id>> {
        let table = self.in_force.tables.get(which.object)?;
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id"));
        select.cond_where(filter::condition(&self.in_force.tables, table, which)?);
        select.order_by_expr(Expr::cust("id"), Order::Desc).limit(1);
        Ok(self.rows(&select, |row| read_id(row, 0))?.pop())
    }

    /// The ids of matching records, in whatever order is quickest.
    pub fn each_id(&self, which: Which<'_>, mut take: impl FnMut(i64)) -> Result<()> {
        let table = self.in_force.tables.get(which.object)?;
        let refers_to = |_: &str, value: &Value| value.as_ref_id().map(Id::as_i64);
        if let Some((field, values)) =
            which.filter.and_then(|filter| values_of(filter, usize::MAX, &refers_to)).filter(|_| which.ids.is_none())
            && let Some(column) = table.find(field).filter(|column| table.is_indexed(&column.order))
        {
            // An index has the ids of each value together.
            let name = quote(&column.name);
            let ids = format!("SELECT id FROM {} WHERE {name}", quote(&table.name));
            let mut one = |row: &Row<'_>| {
                take(row.get(0)?);
                Ok(true)
            };
            for value in values {
                let read = match value {
                    Some(id) => self.conn.stream(&format!("{ids} = ?"), [id], &mut one),
                    None => self.conn.stream(&format!("{ids} IS NULL"), [], &mut one),
                };
                read.map_err(self.sql())?;
            }
            return Ok(());
        }
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id"));
        select.cond_where(filter::condition(&self.in_force.tables, table, which)?);
        self.each(&select, |row| {
            take(row.get(0)?);
            Ok(true)
        })
    }

    /// The same without making records and from the newest id on: for building indexes.
    pub fn scan_rows(
        &self,
        which: Which<'_>,
        columns: &[String],
        mut row: impl FnMut(&RowView<'_, '_>) -> bool,
    ) -> Result<()> {
        let table = self.in_force.tables.get(which.object)?;
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id"));
        let (mut places, mut at) = (Vec::new(), 1);
        for name in columns {
            let column = table.column(name)?;
            places.push((at, column.form));
            for part in column.sql_names() {
                select.expr(Expr::cust(part));
                at += 1;
            }
        }
        select
            .cond_where(filter::condition(&self.in_force.tables, table, which)?)
            .order_by_expr(Expr::cust("id"), Order::Desc);
        self.each(&select, |r| Ok(row(&RowView { row: r, places: &places })))
    }

    /// Runs a statement and collects its rows.
    pub(super) fn rows<T>(
        &self,
        select: &SelectStatement,
        read: impl FnMut(&Row<'_>) -> db::Result<T>,
    ) -> Result<Vec<T>> {
        let (sql, values) = self.dialect().build(select);
        let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
        let params = db::params_from_iter(values.0.iter().map(filter::bind));
        let rows = statement.query_map(params, read).map_err(self.sql())?;
        rows.collect::<db::Result<_>>().map_err(self.sql())
    }

    fn each(&self, select: &SelectStatement, mut take: impl FnMut(&Row<'_>) -> db::Result<bool>) -> Result<()> {
        let (sql, values) = self.dialect().build(select);
        let params = db::params_from_iter(values.0.iter().map(filter::bind));
        self.conn.stream(&sql, params, &mut take).map_err(self.sql())
    }
}

/// The condition that a reference column points to `?1`.
fn refers(table: &Table, column: &Column) -> String {
    let name = quote(&column.name);
    match column.form {
        // Qualified: `json_each` has columns named `parent`, `type`, `value` … of its own.
        Form::Refs => {
            let items = table.dialect.items(&format!("{}.{name}", quote(&table.name)));
            format!("EXISTS (SELECT 1 FROM {items} WHERE {} = ?1)", table.dialect.item_number())
        }
        _ => format!("{name} = ?1"),
    }
}
