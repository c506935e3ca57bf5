//! Applying another schema to a store that holds data.

use super::column::{Cell, Form};
use super::db::{self, Connection, Row};
use super::error::{Result, StoreError};
use super::index;
use super::layout::{self, key};
use super::open::sibling;
use super::table::{Column, Table, Tables, quote};
use super::{Store, backup, compiled, kept};
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::value::{Money, Value};
use crate::msg;
use crate::schema::model::{PIPELINED, Schema};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// A change of the tables that a new schema asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// The object's name.
    pub object: String,
    /// The field; `None` for the whole object.
    pub field: Option<String>,
    /// What becomes of it.
    pub deed: ChangeDeed,
    /// How many records or values would be lost by it.
    pub lost: u64,
}

/// What becomes of an object or field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeDeed {
    /// It is new.
    Add,
    /// It goes.
    Remove,
    /// Its values are turned into another type.
    Retype,
}

/// What applying a schema did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Applied {
    /// The changes of the tables.
    pub changes: Vec<Change>,
    /// The copy of the store made before, where values were lost.
    pub backup: Option<PathBuf>,
}

impl Change {
    /// The change in the user's words.
    pub fn message(&self) -> Message {
        let place = match &self.field {
            Some(field) => format!("{}.{field}", self.object),
            None => self.object.clone(),
        };
        match (self.deed, self.lost) {
            (ChangeDeed::Add, _) => msg!("store-change-add", place = place),
            (ChangeDeed::Remove, lost) => msg!("store-change-remove", place = place, lost = lost),
            (ChangeDeed::Retype, lost) => msg!("store-change-retype", place = place, lost = lost),
        }
    }
}

impl Store {
    /// What [`Store::apply_schema`] would do to the tables, and what would be lost by it. Changes nothing.
    pub fn plan_schema(&self, new: &Schema) -> Result<Vec<Change>> {
        self.changes(&Tables::checked(new, self.dialect())?, &new.currency)
    }

    /// Applies a schema in one transaction: adds, removes and converts tables and columns, makes its indexes and views.
    /// Gives what was done. Other processes notice by [`Store::refresh_schema`].
    ///
    /// # Errors
    /// `Loses` with every loss if values would be lost and `allow_loss` is not set. If it is set, the file is copied
    /// to `FILE.backup-schema-DATE` first.
    pub fn apply_schema(&mut self, new: &Schema, allow_loss: bool, now: Timestamp) -> Result<Applied> {
        self.refresh_schema()?;
        let tables = Tables::checked(new, self.dialect())?;
        if *self.in_force.schema == *new {
            return Ok(Applied::default());
        }
        let mut copy = None;
        // A database is copied by its own tools.
        if self.refuse_losses(&tables, new, allow_loss)? && self.conn.sqlite().is_some() {
            let date = now.strftime("%Y%m%d-%H%M%S");
            let path = sibling(&self.path, &format!(".backup-schema-{date}"));
            backup::copy_to(self, &path)?;
            copy = Some(path);
        }
        self.begin()?;
        let applied = self.refuse_losses(&tables, new, allow_loss).and_then(|_| self.apply(&tables, new));
        let changes = match applied {
            Ok(changes) => self.commit().map(|()| changes)?,
            Err(error) => {
                self.roll_back();
                return Err(error);
            }
        };
        self.conn.flush_prepared_statement_cache();
        self.load_schema()?;
        Ok(Applied { changes, backup: copy })
    }

    /// Whether anything would be lost; an error if that is not allowed.
    fn refuse_losses(&self, tables: &Tables, new: &Schema, allow_loss: bool) -> Result<bool> {
        let mut losses: Vec<Message> =
            self.changes(tables, &new.currency)?.iter().filter(|c| c.lost > 0).map(Change::message).collect();
        losses.extend(self.stage_losses(new)?);
        match losses.is_empty() {
            false if !allow_loss => Err(StoreError::Loses(losses)),
            empty => Ok(!empty),
        }
    }

    /// The stages that are taken out of their pipelines while records stand in them.
    fn stage_losses(&self, new: &Schema) -> Result<Vec<Message>> {
        let old = &self.in_force.schema;
        let mut losses = Vec::new();
        let there = old.object(PIPELINED).is_some() && new.object(PIPELINED).is_some();
        for pipeline in old.pipelines.iter().filter(|_| there) {
            for stage in &pipeline.stages {
                if new.pipeline(&pipeline.name).is_some_and(|p| p.stage(&stage.key).is_some()) {
                    continue;
                }
                let sql = format!("SELECT count(*) FROM {} WHERE pipeline = ? AND stage = ?", quote(PIPELINED));
                let names = [&pipeline.name, &stage.key];
                let number: i64 = self.conn.query_row(&sql, names, |r| r.get(0)).map_err(self.sql())?;
                if number > 0 {
                    let (name, key) = (&pipeline.name, &stage.key);
                    losses.push(msg!("store-change-stage", pipeline = name, stage = key, lost = number));
                }
            }
        }
        Ok(losses)
    }

    fn changes(&self, new: &Tables, currency: &str) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        let mut add = |object: &str, field: Option<&str>, deed, lost| {
            changes.push(Change { object: object.to_owned(), field: field.map(str::to_owned), deed, lost });
        };
        for old in self.in_force.tables.iter() {
            let Ok(table) = new.get(&old.name) else {
                add(&old.name, None, ChangeDeed::Remove, self.number(old, None)?);
                continue;
            };
            for column in &old.columns {
                match table.find(&column.name) {
                    None => add(&old.name, Some(&column.name), ChangeDeed::Remove, self.number(old, Some(column))?),
                    Some(now) if now.form != column.form || now.target != column.target => {
                        let lost = self.unconvertible(old, column, now, currency)?;
                        add(&old.name, Some(&column.name), ChangeDeed::Retype, lost);
                    }
                    Some(_) => {}
                }
            }
            for column in table.columns.iter().filter(|c| old.find(&c.name).is_none()) {
                add(&old.name, Some(&column.name), ChangeDeed::Add, 0);
            }
        }
        for table in new.iter().filter(|t| self.in_force.tables.get(&t.name).is_err()) {
            add(&table.name, None, ChangeDeed::Add, 0);
        }
        Ok(changes)
    }

    /// How many records, or values of a column, there are.
    fn number(&self, table: &Table, column: Option<&Column>) -> Result<u64> {
        let counted = column.map_or("*".to_owned(), |c| quote(&c.name));
        let sql = format!("SELECT count({counted}) FROM {}", quote(&table.name));
        let number: i64 = self.conn.query_row(&sql, [], |r| r.get(0)).map_err(self.sql())?;
        Ok(number.unsigned_abs())
    }

    fn unconvertible(&self, table: &Table, old: &Column, new: &Column, currency: &str) -> Result<u64> {
        let mut lost = 0;
        self.each_value(table, old, &old.name, |_, value| {
            lost += u64::from(convert(value, old, new, currency).is_none());
            Ok(())
        })?;
        Ok(lost)
    }

    /// Every value of a column, which may stand under another name.
    fn each_value(
        &self,
        table: &Table,
        column: &Column,
        name: &str,
        mut take: impl FnMut(i64, Value) -> Result<()>,
    ) -> Result<()> {
        let currency = if column.form == Form::Money { quote(&format!("{name}_currency")) } else { "NULL".to_owned() };
        let (table, name) = (quote(&table.name), quote(name));
        let sql = format!("SELECT id, {name}, {currency} FROM {table} WHERE {name} IS NOT NULL");
        let mut failed = Ok(());
        let read = |row: &Row<'_>| {
            let (stored, currency) = (row.get_ref(1)?, row.get_ref(2)?);
            let value = column.form.decode(stored, currency.as_str().ok()).unwrap_or_default();
            failed = take(row.get(0)?, value);
            Ok(failed.is_ok())
        };
        self.conn.stream(&sql, [], read).map_err(self.sql())?;
        failed
    }

    fn apply(&self, new: &Tables, schema: &Schema) -> Result<Vec<Change>> {
        let changes = self.changes(new, &schema.currency)?;
        for change in &changes {
            self.apply_change(change, new, schema)?;
        }
        index::make(&self.conn, new.iter(), None).map_err(self.sql())?;
        layout::remove(&self.conn, key::PENDING_INDEXES).map_err(self.sql())?;
        keep_labels(&self.conn, schema).map_err(self.sql())?;
        keep_schema(&self.conn, schema, self.in_force.counter + 1).map_err(self.sql())?;
        Ok(changes)
    }

    fn apply_change(&self, change: &Change, new: &Tables, schema: &Schema) -> Result<()> {
        let run = |sql: String| self.conn.execute_batch(&sql).map_err(self.sql());
        let name = quote(&change.object);
        let Some(field) = &change.field else {
            return match change.deed {
                ChangeDeed::Remove => run(format!("DROP TABLE {name}")),
                _ => run(new.get(&change.object)?.create_sql(&change.object)),
            };
        };
        match change.deed {
            ChangeDeed::Add => {
                let table = new.get(&change.object)?;
                add_column(table, table.column(field)?, run)
            }
            ChangeDeed::Remove => {
                let old = self.in_force.tables.get(&change.object)?;
                self.drop_indexes(old)?;
                let names = old.column(field)?.sql_names();
                names.iter().try_for_each(|column| run(format!("ALTER TABLE {name} DROP COLUMN {column}")))
            }
            ChangeDeed::Retype => {
                let old = self.in_force.tables.get(&change.object)?;
                self.drop_indexes(old)?;
                self.retype(old, old.column(field)?, new.get(&change.object)?.column(field)?, &schema.currency)
            }
        }
    }

    /// Sets the old column aside, adds the new one, converts, drops the old one.
    fn retype(&self, table: &Arc<Table>, old: &Column, new: &Column, currency: &str) -> Result<()> {
        let run = |sql: String| self.conn.execute_batch(&sql).map_err(self.sql());
        let name = quote(&table.name);
        let aside = format!("{}__old", old.name);
        run(format!("ALTER TABLE {name} RENAME COLUMN {} TO {}", quote(&old.name), quote(&aside)))?;
        let mut leftover = vec![aside.clone()];
        if old.form == Form::Money {
            let (from, to) = (old.currency(), format!("{aside}_currency"));
            run(format!("ALTER TABLE {name} RENAME COLUMN {} TO {}", quote(&from), quote(&to)))?;
            leftover.push(to);
        }
        add_column(table, new, run)?;
        let sets: Vec<String> = new.sql_names().iter().map(|n| format!("{n} = ?")).collect();
        let update = format!("UPDATE {name} SET {} WHERE id = ?", sets.join(", "));
        self.each_value(table, old, &aside, |id, value| {
            let Some(value) = convert(value, old, new, currency) else { return Ok(()) };
            let mut cells = vec![new.form.encode(&value).unwrap_or(Cell::Null)];
            if let (Form::Money, Value::Money(money)) = (new.form, &value) {
                cells.push(Cell::Text(&money.currency));
            }
            cells.push(Cell::Integer(id));
            let mut statement = self.conn.prepare_cached(&update).map_err(self.sql())?;
            statement.execute(db::params_from_iter(cells)).map_err(self.sql()).map(drop)
        })?;
        leftover.iter().try_for_each(|column| run(format!("ALTER TABLE {name} DROP COLUMN {}", quote(column))))
    }

    /// A column that an index stands on can't be dropped; all are made again at the end.
    fn drop_indexes(&self, table: &Table) -> Result<()> {
        for index in index::existing(&self.conn, &table.name).map_err(self.sql())?.keys() {
            self.conn.execute_batch(&format!("DROP INDEX {}", quote(index))).map_err(self.sql())?;
        }
        Ok(())
    }
}

fn add_column(table: &Table, column: &Column, run: impl Fn(String) -> Result<()>) -> Result<()> {
    let (definitions, table) = (column.definitions(table.dialect), quote(&table.name));
    definitions.iter().try_for_each(|definition| run(format!("ALTER TABLE {table} ADD COLUMN {definition}")))
}

/// A value under another type; `None` if it can't be kept.
fn convert(value: Value, old: &Column, new: &Column, currency: &str) -> Option<Value> {
    if new.target.is_some() && new.target != old.target {
        return None;
    }
    let decimal = |value: &Value| -> Option<Decimal> {
        match value {
            Value::Integer(i) => Some(Decimal::from(*i)),
            Value::Decimal(d) => Some(*d),
            Value::Money(m) => Some(m.amount),
            Value::Text(t) | Value::Choice(t) => t.trim().parse().ok(),
            Value::Boolean(b) => Some(Decimal::from(i64::from(*b))),
            _ => None,
        }
    };
    let turned = match (new.form, value) {
        (Form::Text, value) => Value::Text(plain(&value)?),
        (Form::Choice, Value::Text(t) | Value::Choice(t)) => Value::Choice(t),
        (Form::Choice, value) => Value::Choice(plain(&value)?),
        (Form::Choices, Value::Choices(keys)) => Value::Choices(keys),
        (Form::Choices, Value::Text(t) | Value::Choice(t)) => Value::Choices(vec![t]),
        (Form::Integer, value) => Value::Integer(super::column::scaled(&decimal(&value)?, 0)?),
        (Form::Scaled(_), value) => Value::Decimal(decimal(&value)?),
        (Form::Money, money @ Value::Money(_)) => money,
        (Form::Money, value) => Value::Money(Money { amount: decimal(&value)?, currency: currency.to_owned() }),
        (Form::Date, Value::Text(t)) => Value::Date(t.trim().parse().ok()?),
        (Form::DateTime, Value::Text(t)) => Value::DateTime(t.trim().parse().ok()?),
        (Form::Refs, Value::Ref(id)) => Value::Refs(vec![id]),
        (Form::Ref, Value::Refs(ids)) => match ids.as_slice() {
            [only] => Value::Ref(*only),
            _ => return None,
        },
        (Form::Boolean, Value::Integer(i @ (0 | 1))) => Value::Boolean(i == 1),
        (form, value) if form == old.form => value,
        _ => return None,
    };
    new.form.normalize(turned)
}

/// A value as plain text, where nothing is lost by that.
fn plain(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(t) | Value::Choice(t) => t.clone(),
        Value::Integer(i) => i.to_string(),
        Value::Decimal(d) => d.to_string(),
        Value::Money(m) => format!("{} {}", m.currency, m.amount),
        Value::Date(d) => d.to_string(),
        Value::DateTime(t) => super::column::timestamp_text(*t)?,
        Value::Boolean(b) => b.to_string(),
        Value::Choices(keys) => keys.join(", "),
        Value::Empty | Value::Ref(_) | Value::Refs(_) | Value::Files(_) => return None,
    })
}

/// Keeps the labels of dictionary items, for those who read the file with other tools.
pub(super) fn keep_labels(conn: &Connection, schema: &Schema) -> db::Result<()> {
    conn.execute_batch("DELETE FROM _label")?;
    let mut label =
        conn.prepare_cached("INSERT INTO _label (dictionary, key, zh, en) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")?;
    for (name, dictionary) in &schema.dictionaries {
        for item in &dictionary.items {
            label.execute((name, &item.key, item.label.get(Lang::Zh), item.label.get(Lang::En)))?;
        }
    }
    Ok(())
}

/// Keeps a schema as the one in force.
pub(super) fn keep_schema(conn: &Connection, schema: &Schema, counter: i64) -> db::Result<()> {
    let text = kept::write(schema).map_err(|e| db::Error::Unwritable(e.to_string()))?;
    layout::put(conn, key::SCHEMA, &text)?;
    layout::put(conn, key::SCHEMA_SEAL, &compiled::seal(&text, counter))?;
    layout::put(conn, key::SCHEMA_COUNTER, &counter.to_string())
}
