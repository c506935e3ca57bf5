//! Records by a date and whom it concerns: what reminders and the agenda are made of.
//!
//! Each question names its owners and, where days differ by an item, one item, so that an index on (owner, item, date)
//! answers it: for one owner in the order of the date, up to the limit; for several from a place of each.

use super::db::Dialect;
use super::error::Result;
use super::read::read_id;
use super::table::{Table, literal, quote};
use super::{Store, Which, filter};
use crate::domain::id::Id;
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::ValueRef;
use sea_query::{Expr, Order, Query};
use std::ops::Bound as End;

/// The object that keeps what was made of reminders.
const MARKS: &str = "reminder_mark";

/// Asks for records by a date.
#[derive(Debug, Clone)]
pub struct DueQuery<'a> {
    /// The object's name.
    pub object: &'a str,
    /// Only the records that this filter, without words, matches.
    pub filter: Option<&'a Bound>,
    /// The field of the owner.
    pub owner: &'a str,
    /// The owners; records without one for none at all.
    pub owners: &'a [Id],
    /// Only these records; `None` for all.
    pub ids: Option<&'a [i64]>,
    /// A select field, and the item it must have; none for `None`.
    pub item: Option<(&'a str, Option<&'a str>)>,
    /// The field of the date.
    pub date: &'a str,
    /// Between which ends it lies.
    pub between: Between,
    /// Which by the marks of a rule; `None` whatever their marks.
    pub marks: Option<Marks<'a>>,
    /// Of the records on the last place only those that come before an id.
    pub tie: Option<Tie>,
    /// The latest first, else the earliest.
    pub latest_first: bool,
    /// The most records.
    pub limit: usize,
}

/// The last place that is of use: of the records there, only those that come before one by their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// The place.
    pub at: TieAt,
    /// That one.
    pub id: Id,
}

/// A place in the order of a date.
#[derive(Debug, Clone, PartialEq)]
pub enum TieAt {
    /// From a value on; with the latest first, up to before it.
    Value(Value),
    /// The month and day of a yearly day.
    Yearly(Date),
}

/// Between which ends a date lies.
#[derive(Debug, Clone, PartialEq)]
pub enum Between {
    /// From a value to a value, of the field's type.
    Values(End<Value>, End<Value>),
    /// On days whose month and day lie between those of these two, both included.
    Yearly(Date, Date),
}

/// What was made of reminders: a mark is named `rule/record/day`, yearly ones `rule/record/year`.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'a> {
    /// The rule's name.
    pub rule: &'a str,
    /// Only what was put off, else only what was not marked.
    pub put_off: bool,
}

/// Reminders of a rule that were put off.
#[derive(Debug, Clone, PartialEq)]
pub struct PutOff {
    /// The rule's name.
    pub rule: String,
    /// The record.
    pub id: Id,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct DueRow {
    /// The record.
    pub id: Id,
    /// Its date.
    pub date: Value,
    /// It is put off until then.
    pub snoozed: Option<Timestamp>,
}

impl Store {
    /// Records by a date, of some owners.
    pub fn due(&self, query: &DueQuery<'_>) -> Result<Vec<DueRow>> {
        let tables = &self.in_force.tables;
        let table = tables.get(query.object)?;
        let column = table.column(query.date)?;
        let (date, form) = (quote(&column.name), column.form);
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id")).expr(Expr::cust(date.clone()));
        let parts = query.filter.map_or(&[][..], |filter| match filter {
            Bound::And(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        });
        for part in parts {
            let which = Which::filtered(query.object, part);
            let condition = filter::condition_for_few(tables, table, which)?;
            // No other index than that of the date may look better for it.
            if matches!(part, Bound::Test { field, test: Test::AnyOf(_) } if table.has_index(&[query.owner, field, query.date]))
            {
                select.cond_where(condition);
            } else if *part != Bound::All {
                select.and_where(table.dialect.with_exprs("(?) IS TRUE", [condition.into()]));
            }
        }
        if query.ids.is_some() {
            select.cond_where(filter::condition(tables, table, Which { ids: query.ids, ..Which::all(query.object) })?);
        }
        select.and_where(owned(table.dialect, &quote(&table.column(query.owner)?.name), query.owners));
        if let Some((field, item)) = query.item {
            let test = item.map_or(Test::Empty, |key| Test::AnyOf(vec![Value::Choice(key.to_owned())]));
            self.and_test(&mut select, query.object, field, test)?;
        }
        let order = match &query.between {
            Between::Values(from, to) => {
                let test = Test::Range { from: from.clone(), to: to.clone() };
                self.and_test(&mut select, query.object, query.date, test)?;
                date.clone()
            }
            Between::Yearly(from, to) => {
                select.and_where(yearly(table.dialect, &date, *from, *to));
                month_and_day(&date)
            }
        };
        self.and_tie(&mut select, query, &date)?;
        self.and_marks(&mut select, query, &date)?;
        let way = if query.latest_first { Order::Desc } else { Order::Asc };
        select.order_by_expr(Expr::cust(order), way.clone()).order_by_expr(Expr::cust("id"), way);
        select.limit(query.limit as u64);
        self.rows(&select, |row| {
            let snoozed = match row.get_ref(2)? {
                ValueRef::Text(text) => std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()),
                _ => None,
            };
            Ok(DueRow { id: read_id(row, 0)?, date: form.decode(row.get_ref(1)?, None).unwrap_or_default(), snoozed })
        })
    }

    /// What was put off until moments between those, the latest first.
    pub fn put_off(&self, from: Option<Timestamp>, until: Option<Timestamp>, limit: usize) -> Result<Vec<PutOff>> {
        let tables = &self.in_force.tables;
        let Ok(table) = tables.get(MARKS) else { return Ok(Vec::new()) };
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("\"key\""));
        let snoozed = Test::AnyOf(vec![Value::Choice("snoozed".to_owned())]);
        self.and_test(&mut select, MARKS, "state", snoozed)?;
        let from = from.map_or(End::Unbounded, |at| End::Included(Value::DateTime(at)));
        let to = until.map_or(End::Unbounded, |at| End::Excluded(Value::DateTime(at)));
        self.and_test(&mut select, MARKS, "until", Test::Range { from, to })?;
        select.order_by_expr(Expr::cust("\"until\""), Order::Desc).limit(limit as u64);
        let keys = self.rows(&select, |row| Ok(row.get_ref(0)?.as_str().map(str::to_owned).unwrap_or_default()))?;
        let parts = |key: String| {
            let mut parts = key.split('/');
            let (rule, id) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
            Some(PutOff { rule, id: Id::from_i64(id)? })
        };
        Ok(keys.into_iter().filter_map(parts).collect())
    }

    /// Only what comes before the last that is of use.
    fn and_tie(&self, select: &mut sea_query::SelectStatement, query: &DueQuery<'_>, date: &str) -> Result<()> {
        if let Some(tie) = &query.tie {
            let there = self.tied(query, tie, date)?;
            let before = if query.latest_first { ">" } else { "<" };
            let sql = format!("((?) IS NOT TRUE OR id {before} {}) IS TRUE", tie.id.as_i64());
            select.and_where(self.dialect().with_exprs(&sql, [there]));
        }
        Ok(())
    }

    /// What was made of reminders, as the third column, and which of them are wanted.
    fn and_marks(&self, select: &mut sea_query::SelectStatement, query: &DueQuery<'_>, date: &str) -> Result<()> {
        let tables = &self.in_force.tables;
        let table = tables.get(query.object)?;
        match query.marks.filter(|_| tables.get(MARKS).is_ok()) {
            Some(marks) => {
                let (name, key) = (quote(MARKS), key(table, date, marks.rule, &query.between));
                let mark = |what: &str| format!("(SELECT {what} FROM {name} m WHERE m.\"key\" = {key}");
                let until = mark("m.\"until\"") + " AND m.\"state\" = 'snoozed')";
                if marks.put_off {
                    select.expr(Expr::cust(until.clone())).and_where(Expr::cust(until + " IS NOT NULL"));
                } else {
                    select.expr(Expr::cust("NULL")).and_where(Expr::cust(format!("NOT EXISTS {})", mark("1"))));
                }
            }
            None => {
                select.expr(Expr::cust("NULL"));
            }
        }
        Ok(())
    }

    /// A record is on the last place, or past it.
    fn tied(&self, query: &DueQuery<'_>, tie: &Tie, date: &str) -> Result<Expr> {
        let tables = &self.in_force.tables;
        let table = tables.get(query.object)?;
        match &tie.at {
            TieAt::Yearly(day) => {
                let past = if query.latest_first { "<=" } else { ">=" };
                let day = day.strftime("%m-%d").to_string();
                Ok(table.dialect.with_values(&format!("{} {past} ?", month_and_day(date)), [day]))
            }
            TieAt::Value(value) => {
                let (from, to) = match query.latest_first {
                    true => (End::Unbounded, End::Excluded(value.clone())),
                    false => (End::Included(value.clone()), End::Unbounded),
                };
                let bound = Bound::Test { field: query.date.to_owned(), test: Test::Range { from, to } };
                Ok(filter::condition(tables, table, Which::filtered(query.object, &bound))?.into())
            }
        }
    }

    fn and_test(&self, select: &mut sea_query::SelectStatement, object: &str, field: &str, test: Test) -> Result<()> {
        let tables = &self.in_force.tables;
        let bound = Bound::Test { field: field.to_owned(), test };
        let which = Which::filtered(object, &bound);
        select.cond_where(filter::condition(tables, tables.get(object)?, which)?);
        Ok(())
    }
}

/// The owner is one of these; nobody for none.
fn owned(dialect: Dialect, owner: &str, owners: &[Id]) -> Expr {
    match owners {
        [] => Expr::cust(format!("{owner} IS NULL")),
        [one] => dialect.with_values(&format!("{owner} = ?"), [one.as_i64()]),
        many => dialect.is_one_of(owner, &many.iter().map(|id| id.as_i64()).collect::<Vec<_>>()),
    }
}

/// The month and day of a date, as an index for yearly days has them.
pub(super) fn month_and_day(date: &str) -> String {
    format!("substr({date}, 6, 5)")
}

/// The month and day of a date lie between those of two days, over the turn of the year too. 29 February counts as
/// the 28th in years without it.
fn yearly(dialect: Dialect, date: &str, from: Date, to: Date) -> Expr {
    let place = month_and_day(date);
    if from.until(to).is_ok_and(|span| span.get_days() >= 365) {
        return Expr::cust(format!("{place} IS NOT NULL"));
    }
    let month_day = |day: Date| day.strftime("%m-%d").to_string();
    let last = if month_day(to) == "02-28" { "02-29".to_owned() } else { month_day(to) };
    let first = month_day(from);
    let joined = if first <= last { "AND" } else { "OR" };
    dialect.with_values(&format!("({place} >= ? {joined} {place} <= ?)"), [first, last])
}

/// The name of the mark of a record's reminder.
fn key(table: &Table, date: &str, rule: &str, between: &Between) -> String {
    let name = quote(&table.name);
    let occurrence = match between {
        Between::Values(..) => format!("substr({name}.{date}, 1, 10)"),
        Between::Yearly(from, to) => format!(
            "CASE WHEN substr({name}.{date}, 6, 5) >= '{}' THEN '{}' ELSE '{}' END",
            from.strftime("%m-%d"),
            from.year(),
            to.year()
        ),
    };
    format!("{} || {name}.id || '/' || {occurrence}", literal(&format!("{rule}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(from: &str, to: &str, day: &str) -> Option<bool> {
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        let mut select = Query::select();
        select.expr(yearly(Dialect::Sqlite, &literal(day), from, to));
        let conn = rusqlite::Connection::open_in_memory().ok()?;
        let (sql, values) = select.build(sea_query::SqliteQueryBuilder);
        let params = rusqlite::params_from_iter(values.0.iter().map(filter::bind));
        conn.query_row(&sql, params, |row| row.get(0)).ok()
    }

    #[test]
    fn yearly_days_are_found_over_the_turn_of_the_year_and_on_leap_days() {
        for (from, to, day, expected) in [
            ("2026-11-20", "2026-11-29", "1988-11-22", true),
            ("2026-11-20", "2026-11-29", "1988-11-30", false),
            ("2026-12-28", "2027-01-05", "1990-01-03", true),
            ("2026-12-28", "2027-01-05", "1990-12-30", true),
            ("2026-12-28", "2027-01-05", "1990-06-30", false),
            ("2026-02-20", "2026-02-28", "1988-02-29", true),
            ("2026-02-20", "2026-03-01", "1988-02-29", true),
            ("2026-03-01", "2026-03-05", "1988-02-29", false),
            ("2026-01-01", "2027-01-01", "1988-07-01", true),
        ] {
            assert_eq!(held(from, to, day), Some(expected), "{day} from {from} to {to}");
        }
    }
}
