//! Records by a date and whom it concerns: what reminders and the agenda are made of.
//!
//! Each question names one owner and, where days differ by an item, one item, so that an index on (owner, item, date)
//! answers it from its own place, in the order of the date, and stops at the limit.

use super::column::timestamp_text;
use super::error::{Result, StoreError};
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
/// What a mark that ends its reminder counts as: later than every moment.
const ENDED: &str = "~";

/// Asks for records by a date.
#[derive(Debug, Clone)]
pub struct DueQuery<'a> {
    /// The object's name.
    pub object: &'a str,
    /// Only the records that this filter, without words, matches.
    pub filter: Option<&'a Bound>,
    /// The field of the owner, and the owner; nobody for `None`.
    pub owner: (&'a str, Option<Id>),
    /// A select field, and the item it must have; none for `None`.
    pub item: Option<(&'a str, Option<&'a str>)>,
    /// The field of the date.
    pub date: &'a str,
    /// Between which ends it lies.
    pub between: Between,
    /// Which of those that were marked are left out; `None` for no marks at all.
    pub marks: Option<Marks<'a>>,
    /// The latest first, else the earliest.
    pub latest_first: bool,
    /// The most records.
    pub limit: usize,
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
    /// Put off until then or later is left out; `None` to show whatever is put off.
    pub until: Option<Timestamp>,
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
    /// Records by a date, with one owner.
    pub fn due(&self, query: &DueQuery<'_>) -> Result<Vec<DueRow>> {
        let tables = &self.in_force.tables;
        let table = tables.get(query.object)?;
        let column = table.column(query.date)?;
        let (date, form) = (quote(&column.name), column.form);
        let mut select = Query::select();
        select.from(table.name.clone()).expr(Expr::cust("id")).expr(Expr::cust(date.clone()));
        let which = Which { filter: query.filter, ..Which::all(query.object) };
        select.cond_where(filter::condition(tables, table, which)?);
        let owner = query.owner.1.map_or(Test::Empty, |id| Test::AnyOf(vec![Value::Ref(id)]));
        self.and_test(&mut select, query.object, query.owner.0, owner)?;
        if let Some((field, item)) = query.item {
            let test = item.map_or(Test::Empty, |key| Test::AnyOf(vec![Value::Choice(key.to_owned())]));
            self.and_test(&mut select, query.object, field, test)?;
        }
        match &query.between {
            Between::Values(from, to) => {
                let test = Test::Range { from: from.clone(), to: to.clone() };
                self.and_test(&mut select, query.object, query.date, test)?;
            }
            Between::Yearly(from, to) => {
                select.and_where(Expr::cust(format!("{date} IS NOT NULL")));
                select.and_where(yearly(&date, *from, *to));
            }
        }
        let marks = query.marks.filter(|_| tables.get(MARKS).is_ok());
        match marks {
            Some(marks) => {
                let mark = mark(table, &date, marks.rule, &query.between);
                select.expr(Expr::cust(format!("({mark})")));
                let bound = match marks.until {
                    Some(until) => timestamp_text(until).ok_or(StoreError::Cursor)?,
                    None => ENDED.to_owned(),
                };
                select.and_where(Expr::cust_with_values(format!("coalesce(({mark}), '') < ?"), [bound]));
            }
            None => {
                select.expr(Expr::cust("NULL"));
            }
        }
        let way = if query.latest_first { Order::Desc } else { Order::Asc };
        select.order_by_expr(Expr::cust(date), way).limit(query.limit as u64);
        self.rows(&select, |row| {
            let snoozed = match row.get_ref(2)? {
                ValueRef::Text(text) => std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()),
                _ => None,
            };
            Ok(DueRow { id: read_id(row, 0)?, date: form.decode(row.get_ref(1)?, None).unwrap_or_default(), snoozed })
        })
    }

    fn and_test(&self, select: &mut sea_query::SelectStatement, object: &str, field: &str, test: Test) -> Result<()> {
        let tables = &self.in_force.tables;
        let bound = Bound::Test { field: field.to_owned(), test };
        let which = Which::filtered(object, &bound);
        select.cond_where(filter::condition(tables, tables.get(object)?, which)?);
        Ok(())
    }
}

/// The month and day of a date lie between those of two days, over the turn of the year too. 29 February counts as
/// the 28th in years without it.
fn yearly(date: &str, from: Date, to: Date) -> Expr {
    if from.until(to).is_ok_and(|span| span.get_days() >= 365) {
        return Expr::cust("TRUE");
    }
    let month_day = |day: Date| day.strftime("%m-%d").to_string();
    let last = if month_day(to) == "02-28" { "02-29".to_owned() } else { month_day(to) };
    let (first, place) = (month_day(from), format!("substr({date}, 6, 5)"));
    let joined = if first <= last { "AND" } else { "OR" };
    Expr::cust_with_values(format!("({place} >= ? {joined} {place} <= ?)"), [first, last])
}

/// The mark of a record's reminder as a text: until when it is put off, or [`ENDED`].
fn mark(table: &Table, date: &str, rule: &str, between: &Between) -> String {
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
    let (marks, key) = (quote(MARKS), format!("{} || {name}.id || '/' || {occurrence}", literal(&format!("{rule}/"))));
    format!(
        "SELECT CASE WHEN m.\"state\" = 'snoozed' THEN m.\"until\" ELSE '{ENDED}' END FROM {marks} m WHERE m.\"key\" = {key}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(from: &str, to: &str, day: &str) -> Option<bool> {
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        let mut select = Query::select();
        select.expr(yearly(&literal(day), from, to));
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
