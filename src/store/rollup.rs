//! Roll-ups: what is worked out of the records that refer to one. They are recomputed by SQL inside the write
//! transaction, never added to, so that two writers can't count past each other. As formulas do, they leave no
//! entry in the journal and don't raise the version: the entry of the record that was written tells of them.

use super::column::{Cell, Form};
use super::db;
use super::error::Result;
use super::filter;
use super::read::read_value;
use super::table::{Column, Table, Tables, quote};
use super::write::{Write, cells};
use super::{Store, Which};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use crate::schema::compute::Formulas;
use crate::schema::filter::{BindContext, Bound, parse};
use crate::schema::model::{Kind, Object, Schema, Summary};
use jiff::{Timestamp, tz::TimeZone};
use sea_query::{Expr, Query};
use std::collections::{BTreeSet, HashSet};

/// A record whose roll-ups may not be right any more: object and id.
pub type Touched = BTreeSet<(String, Id)>;

/// Roll-ups of an object over the same records: one statement computes them all.
#[derive(Debug)]
pub(super) struct Group {
    of: String,
    by: String,
    /// The condition over the other table, if there is one.
    only: Option<String>,
    fields: Vec<Rolled>,
}

#[derive(Debug)]
struct Rolled {
    name: String,
    form: Form,
    /// The expressions of its column, and of its currency's.
    exprs: Vec<String>,
}

impl Group {
    /// The values of all records, or of the one given as `?1`, as `parent, value, …`.
    fn sql(&self, one: bool) -> String {
        let by = quote(&self.by);
        let exprs: Vec<&str> = self.fields.iter().flat_map(|f| f.exprs.iter().map(String::as_str)).collect();
        let of_one = format!("min({by})");
        let only = self.only.as_ref().map(|only| format!(" AND ({only})")).unwrap_or_default();
        let which = if one { format!("{by} = ?1{only}") } else { format!("{by} IS NOT NULL{only} GROUP BY {by}") };
        let parent = if one { &of_one } else { &by };
        format!("SELECT {parent}, {} FROM {} WHERE {which}", exprs.join(", "), quote(&self.of))
    }
}

/// The roll-ups of an object, grouped by what they look at.
pub(super) fn groups(tables: &Tables, schema: &Schema, object: &Object) -> Result<Vec<Group>> {
    let mut groups: Vec<(String, Group)> = Vec::new();
    for field in &object.fields {
        let Kind::Rollup { of, by, summary, only, .. } = &field.kind else { continue };
        let key = format!("{of}.{by} {only}");
        if !groups.iter().any(|(k, _)| *k == key) {
            let only = condition(tables, schema, of, only)?;
            groups.push((key.clone(), Group { of: of.clone(), by: by.clone(), only, fields: Vec::new() }));
        }
        let (form, exprs) = expressions(tables.get(of)?, summary)?;
        if let Some((_, group)) = groups.iter_mut().find(|(k, _)| *k == key) {
            group.fields.push(Rolled { name: field.name.clone(), form, exprs });
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

fn meaning(schema: &Schema, of: &str, only: &str) -> Option<Bound> {
    let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    schema.object(of).and_then(|o| parse(schema, o, only, &BindContext { now: &now, me: None }).ok())
}

/// A roll-up's filter as SQL. It says nothing of today or of the user, so any moment does.
fn condition(tables: &Tables, schema: &Schema, of: &str, only: &str) -> Result<Option<String>> {
    let Some(bound) = meaning(schema, of, only) else { return Ok(None) };
    let table = tables.get(of)?;
    let mut select = Query::select();
    select.from(table.name.clone()).expr(Expr::cust("1"));
    select.cond_where(filter::condition(tables, table, Which::filtered(of, &bound))?);
    let text = table.dialect.text(&select);
    Ok(text.split_once(" WHERE ").map(|(_, condition)| condition.to_owned()))
}

fn expressions(table: &Table, summary: &Summary) -> Result<(Form, Vec<String>)> {
    let (word, name) = match summary {
        Summary::Count => return Ok((Form::Integer, vec!["nullif(count(*), 0)".to_owned()])),
        Summary::Sum(name) => ("sum", name),
        Summary::Min(name) => ("min", name),
        Summary::Max(name) => ("max", name),
    };
    let column = table.column(name)?;
    let value = if word == "sum" { table.dialect.sum(&quote(name)) } else { format!("{word}({})", quote(name)) };
    if column.form != Form::Money {
        return Ok((column.form, vec![value]));
    }
    let code = quote(&column.currency());
    let one = |then: &str| format!("CASE WHEN min({code}) IS NOT DISTINCT FROM max({code}) THEN {then} END");
    Ok((Form::Money, vec![one(&value), one(&format!("min({code})"))]))
}

/// Which changes of an object's records make what is computed doubtful.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// Fields that its own formulas read.
    own: HashSet<String>,
    /// References to records that look at these, each with the fields that they look at.
    parents: Vec<(String, String, HashSet<String>)>,
}

impl Inputs {
    pub(super) fn of(schema: &Schema, object: &Object) -> Inputs {
        let formulas = Formulas::of(object);
        let own = object.fields.iter().map(|f| &f.name).filter(|name| formulas.reads(name)).cloned().collect();
        let mut parents: Vec<(String, String, HashSet<String>)> = Vec::new();
        for parent in &schema.objects {
            for field in &parent.fields {
                let Kind::Rollup { of, by, summary, only, .. } = &field.kind else { continue };
                if *of != object.name {
                    continue;
                }
                let mut looked_at = HashSet::from([by.clone()]);
                if let Summary::Sum(name) | Summary::Min(name) | Summary::Max(name) = summary {
                    looked_at.insert(name.clone());
                }
                add_fields(&meaning(schema, of, only).unwrap_or(Bound::All), &mut looked_at);
                match parents.iter_mut().find(|(column, name, _)| column == by && *name == parent.name) {
                    Some((_, _, known)) => known.extend(looked_at),
                    None => parents.push((by.clone(), parent.name.clone(), looked_at)),
                }
            }
        }
        Inputs { own, parents }
    }

    /// The references to records that look at these.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.parents.iter().map(|(column, _, _)| column.as_str())
    }

    /// Whether the record's own formulas follow from these fields.
    pub(super) fn concerns_itself(&self, changes: &Fields) -> bool {
        is_among(changes, &self.own)
    }
}

/// Whether a change of fields is one of some; every change is one of when and by whom.
fn is_among(changes: &Fields, fields: &HashSet<String>) -> bool {
    let always = [system::UPDATED_AT, system::UPDATED_BY, system::VERSION];
    always.iter().any(|name| fields.contains(*name)) || changes.keys().any(|name| fields.contains(name))
}

fn add_fields(bound: &Bound, fields: &mut HashSet<String>) {
    match bound {
        Bound::And(parts) | Bound::Or(parts) => parts.iter().for_each(|part| add_fields(part, fields)),
        Bound::Not(part) => add_fields(part, fields),
        Bound::Test { field, .. } => {
            fields.insert(field.clone());
        }
        Bound::All | Bound::Words(_) => {}
    }
}

impl Write<'_> {
    /// The records whose roll-ups may not be right any more since this was asked last.
    pub fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }

    /// Holds the roll-ups of all records of an object that are referred to for doubtful.
    pub fn touch_all(&mut self, object: &str) -> Result<()> {
        for group in self.store.in_force.tables.rollups(object)?.iter() {
            let sql = format!("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL", quote(&group.by), quote(&group.of));
            self.touch_found(object, &sql)?;
            let stale: Vec<String> = group.fields.iter().map(|f| format!("{} IS NOT NULL", quote(&f.name))).collect();
            self.touch_found(object, &format!("SELECT id FROM {} WHERE {}", quote(object), stale.join(" OR ")))?;
        }
        Ok(())
    }

    fn touch_found(&mut self, object: &str, sql: &str) -> Result<()> {
        let mut statement = self.store.conn.prepare_cached(sql).map_err(self.store.sql())?;
        let ids = statement.query_map([], |row| row.get::<i64>(0)).map_err(self.store.sql())?;
        for id in ids {
            let id = Id::from_i64(id.map_err(self.store.sql())?);
            self.touched.extend(id.map(|id| (object.to_owned(), id)));
        }
        Ok(())
    }

    /// What a record's roll-ups are now, the empty ones included.
    pub fn rollups(&self, object: &str, id: Id) -> Result<Fields> {
        let mut found = Fields::new();
        for group in self.store.in_force.tables.rollups(object)?.iter() {
            let mut statement = self.store.conn.prepare_cached(&group.sql(true)).map_err(self.store.sql())?;
            let read = |row: &db::Row<'_>| {
                let mut at = 1;
                for field in &group.fields {
                    found.insert(field.name.clone(), read_value(row, at, field.form)?);
                    at += field.exprs.len();
                }
                Ok(())
            };
            statement.query_row([id.as_i64()], read).map_err(self.store.sql())?;
        }
        Ok(found)
    }

    /// Writes computed fields of a record, as they follow from records that were written.
    pub fn derive(&mut self, record: &Record, changes: &Fields) -> Result<()> {
        let table = std::sync::Arc::clone(self.store.in_force.tables.get(&record.object)?);
        let mut values = vec![Cell::Integer(record.id.as_i64())];
        let mut sets = Vec::new();
        for (field, value) in changes {
            let names = table.column(field)?.sql_names();
            for (name, cell) in names.iter().zip(cells(&table, field, value)?) {
                values.push(cell);
                sets.push(format!("{name} = ?{}", values.len()));
            }
        }
        let sql = format!("UPDATE {} SET {} WHERE id = ?1", quote(&table.name), sets.join(", "));
        let mut statement = self.store.conn.prepare_cached(&sql).map_err(self.store.sql())?;
        statement.execute(db::params_from_iter(values)).map_err(self.store.sql())?;
        self.touch_parents(&table, |name| record.get(name));
        Ok(())
    }

    /// Notes what a record refers to and what looks at fields of it that were changed.
    pub(super) fn touch_concerned<'v>(&mut self, inputs: &Inputs, changes: &Fields, get: impl Fn(&str) -> &'v Value) {
        for (column, parent, _) in inputs.parents.iter().filter(|(_, _, looked_at)| is_among(changes, looked_at)) {
            if let Value::Ref(id) = get(column) {
                self.touched.insert((parent.clone(), *id));
            }
        }
    }

    /// Notes what a record refers to and what looks at it in turn.
    pub(super) fn touch_parents<'v>(&mut self, table: &Table, get: impl Fn(&str) -> &'v Value) {
        for (column, parent) in &table.watched {
            if let Value::Ref(id) = get(column) {
                self.touched.insert((parent.clone(), *id));
            }
        }
    }
}

impl Store {
    /// Roll-ups that aren't what their records come to: object, field, number of records.
    pub(super) fn wrong_rollups(&self) -> Result<Vec<(String, String, u64)>> {
        let mut wrong = Vec::new();
        for object in &self.in_force.schema.objects {
            for group in self.in_force.tables.rollups(&object.name)?.iter() {
                let columns: Vec<&Column> = group
                    .fields
                    .iter()
                    .map(|f| self.in_force.tables.get(&object.name)?.column(&f.name))
                    .collect::<Result<_>>()?;
                let mut at = 0;
                let differing = columns.iter().map(|column| {
                    let differs: Vec<String> = column
                        .sql_names()
                        .iter()
                        .map(|name| {
                            at += 1;
                            format!("p.{name} IS DISTINCT FROM c.v{at}")
                        })
                        .collect();
                    format!("coalesce({}, 0)", self.dialect().number_of(&differs.join(" OR ")))
                });
                let differing: Vec<String> = differing.collect();
                let names: Vec<String> = (1..=at).map(|n| format!("v{n}")).collect();
                let sql = format!(
                    "WITH c(parent, {}) AS ({}) SELECT {} FROM {} p LEFT JOIN c ON c.parent = p.id",
                    names.join(", "),
                    group.sql(false),
                    differing.join(", "),
                    quote(&object.name)
                );
                let read = |row: &db::Row<'_>| {
                    (0..group.fields.len()).map(|n| row.get::<i64>(n)).collect::<db::Result<Vec<i64>>>()
                };
                let counts = self.conn.query_row(&sql, [], read).map_err(self.sql())?;
                let named = group.fields.iter().zip(counts).filter(|(_, n)| *n > 0);
                wrong.extend(named.map(|(f, n)| (object.name.clone(), f.name.clone(), n.unsigned_abs())));
            }
        }
        Ok(wrong)
    }
}
