//! Records whose owners have left them alone for too long: what pools take back, found set-wise.
//!
//! A record is idle since the latest of: it was made, it came to its owner, and it was last in touch (or had a
//! deal). Cheap tests come first, so that the other tables are asked only about what may be idle.

use super::column::{Form, timestamp_text};
use super::error::{Result, StoreError};
use super::filter;
use super::read::read_id;
use super::table::{Table, literal, quote};
use super::{Store, Which};
use crate::domain::id::Id;
use crate::domain::record::system;
use crate::domain::value::Value;
use crate::schema::filter::Bound;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::ValueRef;
use sea_query::{Expr, Order, Query};

/// Before which moment a record must have been left alone, by an item of a select field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cutoffs {
    /// Of items that have none of their own; `None`: never idle.
    pub rest: Option<Cutoff>,
    /// Of some items.
    pub by: Vec<(String, Option<Cutoff>)>,
}

/// The beginning of a day, as a moment and as the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff {
    /// The moment at which the day begins.
    pub at: Timestamp,
    /// The day.
    pub day: Date,
}

/// Records of another object that refer to this one and count as deals.
#[derive(Debug, Clone)]
pub struct Deals<'a> {
    /// The other object.
    pub object: &'a str,
    /// Its field that refers to the record.
    pub by: &'a str,
    /// Its field with the day or moment of the deal.
    pub date: &'a str,
    /// Only those that this filter, without words, matches.
    pub filter: Bound,
}

/// Asks for idle records with an owner.
#[derive(Debug, Clone)]
pub struct IdleQuery<'a> {
    /// The object's name.
    pub object: &'a str,
    /// Only the records that this filter, without words, matches.
    pub filter: Option<&'a Bound>,
    /// The field of the owner, and only records of this one if there is one.
    pub owner: (&'a str, Option<Id>),
    /// The select field whose items have cutoffs of their own.
    pub by: Option<&'a str>,
    /// Where moves to an owner are recorded: object, its field that refers to the record, and its moment.
    pub moves: Option<(&'a str, &'a str, &'a str)>,
    /// The field with the moment of the last touch, and before when it must lie.
    pub touch: Option<(&'a str, Cutoffs)>,
    /// What counts as a deal, and before when all of them must lie.
    pub deals: Option<(Vec<Deals<'a>>, Cutoffs)>,
    /// Only records after this one.
    pub after: Option<Id>,
    /// The most records.
    pub limit: usize,
}

/// What a record is idle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Idle {
    /// Nobody was in touch.
    Touch,
    /// There was no deal.
    Deal,
}

/// An idle record.
#[derive(Debug, Clone, PartialEq)]
pub struct IdleRow {
    /// The record.
    pub id: Id,
    /// Whose it is.
    pub owner: Id,
    /// What it is called.
    pub title: String,
    /// The item of [`IdleQuery::by`].
    pub item: Option<String>,
    /// Why.
    pub idle: Idle,
    /// Since when: a moment, or the day of a deal.
    pub since: Value,
}

impl Store {
    /// Idle records in the order of their ids.
    pub fn idle(&self, query: &IdleQuery<'_>) -> Result<Vec<IdleRow>> {
        let tables = &self.in_force.tables;
        let table = tables.get(query.object)?;
        let parts = Parts::of(self, table, query)?;
        let owner = quote(&table.column(query.owner.0)?.name);
        let title = table.title.and_then(|at| table.columns.get(at)).map_or("NULL".to_owned(), |c| quote(&c.name));
        let mut select = Query::select();
        select.from(table.name.clone());
        let why = format!("CASE WHEN {} THEN 0 ELSE 1 END", parts.touch);
        let since = format!("CASE WHEN {} THEN {} ELSE {} END", parts.touch, parts.touched, parts.dealt);
        let item = parts.item.clone().unwrap_or_else(|| "NULL".to_owned());
        for column in ["id".to_owned(), owner.clone(), title, item, why, since] {
            select.expr(Expr::cust(column));
        }
        match query.owner.1 {
            Some(id) => select.and_where(Expr::cust(format!("{owner} = {}", id.as_i64()))),
            None => select.and_where(Expr::cust(format!("{owner} IS NOT NULL"))),
        };
        if let Some(after) = query.after {
            select.and_where(Expr::cust(format!("id > {}", after.as_i64())));
        }
        select.cond_where(filter::condition(
            tables,
            table,
            Which { filter: query.filter, ..Which::all(query.object) },
        )?);
        select.and_where(Expr::cust(format!("({} OR {})", parts.touch, parts.deal)));
        select.order_by_expr(Expr::cust("id"), Order::Asc).limit(query.limit as u64);
        self.rows(&select, |row| {
            let text = |at: usize| row.get_ref(at).map(|v| v.as_str().ok().map(str::to_owned));
            let since = match row.get_ref(5)? {
                ValueRef::Text(text) if text.len() == 10 => Form::Date.decode(row.get_ref(5)?, None),
                _ => Form::DateTime.decode(row.get_ref(5)?, None),
            };
            Ok(IdleRow {
                id: read_id(row, 0)?,
                owner: read_id(row, 1)?,
                title: text(2)?.unwrap_or_default(),
                item: text(3)?,
                idle: if row.get::<i64>(4)? == 0 { Idle::Touch } else { Idle::Deal },
                since: since.unwrap_or_default(),
            })
        })
    }
}

/// The conditions and values of a statement, as SQL.
struct Parts {
    item: Option<String>,
    /// It is idle of a touch, and since when.
    touch: String,
    touched: String,
    /// It is idle of a deal, and since when.
    deal: String,
    dealt: String,
}

impl Parts {
    fn of(store: &Store, table: &Table, query: &IdleQuery<'_>) -> Result<Parts> {
        // Qualified: the other tables may have columns of the same names.
        let own =
            |field: &str| Ok::<_, StoreError>(format!("{}.{}", quote(&table.name), quote(&table.column(field)?.name)));
        let item = query.by.map(own).transpose()?;
        let made = format!("{}.{}", quote(&table.name), quote(system::CREATED_AT));
        let moved = query.moves.map(|m| Others::of(store, table, m, None)).transpose()?;
        let mut parts = Parts { item, touch: never(), touched: made.clone(), deal: never(), dealt: made.clone() };
        let since = |others: &[&Others]| {
            let last: Vec<String> = others.iter().map(|o| format!("coalesce(({}), {made})", o.last())).collect();
            last.join(", ")
        };
        if let Some((field, cutoffs)) = &query.touch {
            let at = parts.cutoff(cutoffs, false)?;
            let field = own(field)?;
            let mut tests = vec![format!("coalesce({field}, {made}) < {at}"), format!("{made} < {at}")];
            tests.extend(moved.iter().map(|m| format!("NOT {}", m.since(&at))));
            parts.touch = all(&tests);
            let moves: Vec<&Others> = moved.iter().collect();
            parts.touched = greatest(table, &[made.clone(), format!("coalesce({field}, {made})"), since(&moves)]);
        }
        if let Some((deals, cutoffs)) = &query.deals {
            let (at, day) = (parts.cutoff(cutoffs, false)?, parts.cutoff(cutoffs, true)?);
            let mut tests = vec![format!("{made} < {at}")];
            tests.extend(moved.iter().map(|m| format!("NOT {}", m.since(&at))));
            let mut all_of: Vec<Others> = Vec::new();
            for one in deals {
                let others = Others::of(store, table, (one.object, one.by, one.date), Some(&one.filter))?;
                tests.push(format!("NOT {}", others.since(if others.by_day { &day } else { &at })));
                all_of.push(others);
            }
            parts.deal = all(&tests);
            let others: Vec<&Others> = moved.iter().chain(&all_of).collect();
            parts.dealt = greatest(table, &[made.clone(), since(&others)]);
        }
        Ok(parts)
    }

    /// The cutoff of a record as an expression: NULL for never.
    fn cutoff(&self, cutoffs: &Cutoffs, by_day: bool) -> Result<String> {
        let one = |cutoff: &Option<Cutoff>| match cutoff {
            None => Ok("NULL".to_owned()),
            Some(cutoff) if by_day => Ok(literal(&cutoff.day.to_string())),
            Some(cutoff) => timestamp_text(cutoff.at).map(|text| literal(&text)).ok_or(StoreError::Cursor),
        };
        let rest = one(&cutoffs.rest)?;
        let Some(item) = self.item.as_ref().filter(|_| !cutoffs.by.is_empty()) else { return Ok(rest) };
        let mut cases = String::new();
        for (key, cutoff) in &cutoffs.by {
            cases.push_str(&format!(" WHEN {} THEN {}", literal(key), one(cutoff)?));
        }
        Ok(format!("CASE {item}{cases} ELSE {rest} END"))
    }
}

/// Records of another object that refer to the one in question.
struct Others {
    from: String,
    which: String,
    date: String,
    by_day: bool,
}

impl Others {
    fn of(
        store: &Store,
        table: &Table,
        (object, by, date): (&str, &str, &str),
        filter: Option<&Bound>,
    ) -> Result<Others> {
        let tables = &store.in_force.tables;
        let other = tables.get(object)?;
        let mut select = Query::select();
        select.from(other.name.clone()).expr(Expr::cust("1"));
        select.cond_where(filter::condition(tables, other, Which { filter, ..Which::all(object) })?);
        let text = other.dialect.text(&select);
        let only = text.split_once(" WHERE ").map(|(_, only)| format!(" AND ({only})")).unwrap_or_default();
        let by = quote(&other.column(by)?.name);
        let column = other.column(date)?;
        Ok(Others {
            from: quote(&other.name),
            which: format!("{by} = {}.id{only}", quote(&table.name)),
            date: quote(&column.name),
            by_day: column.form == Form::Date,
        })
    }

    /// There is one since.
    fn since(&self, cutoff: &str) -> String {
        format!("EXISTS (SELECT 1 FROM {} WHERE {} AND {} >= {cutoff})", self.from, self.which, self.date)
    }

    /// When the last one was.
    fn last(&self) -> String {
        format!("SELECT max({}) FROM {} WHERE {}", self.date, self.from, self.which)
    }
}

fn never() -> String {
    "FALSE".to_owned()
}

fn all(tests: &[String]) -> String {
    format!("({})", tests.join(" AND "))
}

/// The greatest of some expressions; of one alone itself.
fn greatest(table: &Table, parts: &[String]) -> String {
    let given: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
    if given.len() == 1 { given.concat() } else { table.dialect.greatest(&given.join(", ")) }
}
