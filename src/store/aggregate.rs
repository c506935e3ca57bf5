//! Groups of records with their number and exact sums, each asked for in one statement.
//!
//! Amounts of several currencies never meet in one sum: the currencies are groups of their own below the
//! wanted ones. Sums are of whole minor units, so they are exact. Where an index covers the fields
//! (`covering` in the schema), the records themselves are not read.

use super::column::Form;
use super::db::{self, Dialect, Row};
use super::error::Result;
use super::filter;
use super::table::{Column, Table, literal, quote};
use super::{Store, StoreError, Which};
use crate::contract::request::Group;
use crate::domain::value::Value;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rust_decimal::Decimal;
use sea_query::{Expr, NullOrdering, Order, Query, SelectStatement};

/// The SQL function for the day of a moment in a zone.
const DAY: &str = "tcrm_day";

/// A field to add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summand {
    /// The field.
    pub field: String,
    /// The money field whose currency its figures are in; `None` for plain numbers.
    pub currency_of: Option<String>,
}

/// The records of one group in one currency of each summand.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreGroup {
    /// What they have in common, in the order of the groups asked for; periods by their first day.
    pub keys: Vec<Value>,
    /// How many they are.
    pub count: u64,
    /// The exact sum of each summand, `None` where every value is empty, and its currency.
    pub sums: Vec<(Option<Decimal>, Option<String>)>,
}

/// Gives a connection the function that periods of moments use.
pub(super) fn add_functions(conn: &rusqlite::Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function(DAY, 2, flags, |ctx| {
        // Looked up once for a statement.
        let zone = ctx.get_or_create_aux(1, |name| name.as_str().map(zone))?;
        let at = ctx.get_raw(0).as_str().ok().and_then(|text| text.parse::<Timestamp>().ok());
        Ok(at.map(|at| zone.to_datetime(at).date().to_string()))
    })
}

/// The day of a moment in a zone, as PostgreSQL works it out: by the zone's name, else by its offset in seconds.
fn day_in(name: &str, zone: &str) -> String {
    let zone = match zone.parse::<i32>() {
        Ok(seconds) => format!("make_interval(secs => {seconds})"),
        Err(_) => literal(zone),
    };
    format!("to_char(CAST({name} AS timestamptz) AT TIME ZONE {zone}, 'YYYY-MM-DD')")
}

/// A zone as text for SQL: its name, else the seconds of its offset.
fn zone_text(zone: &TimeZone, now: Timestamp) -> String {
    zone.iana_name().map_or_else(|| zone.to_offset(now).seconds().to_string(), str::to_owned)
}

fn zone(text: &str) -> TimeZone {
    let fixed = || Offset::from_seconds(text.parse().ok()?).ok().map(Offset::to_time_zone);
    fixed().or_else(|| TimeZone::get(text).ok()).unwrap_or(TimeZone::UTC)
}

/// A group's expression, how it is ordered and how its key is read.
struct Key {
    select: Expr,
    order: Expr,
    form: Form,
}

impl Key {
    /// `place` is its number among the statement's columns, from 1.
    fn of(table: &Table, group: &Group, place: usize, zone: &str) -> Result<Key> {
        let (field, period) = match group {
            Group::Field(field) => (field, None),
            Group::Period(field, period) => (field, Some(*period)),
        };
        let own;
        let column = match field.as_str() {
            crate::domain::record::system::ID => {
                own = Column::plain("id", Form::Ref);
                &own
            }
            _ => table.column(field)?,
        };
        let refused = || StoreError::Value { object: table.name.clone(), field: field.clone() };
        let name = quote(&column.name);
        let ordinal = || Expr::cust(place.to_string());
        let Some(period) = period else {
            if column.form.is_list() || column.form == Form::Money {
                return Err(refused());
            }
            // What differs in letter case differs.
            let select = if column.form == Form::Text { table.dialect.exact(&name) } else { name };
            let order = if column.form == Form::Choice { Expr::cust(column.order.clone()) } else { ordinal() };
            return Ok(Key { select: Expr::cust(select), order, form: column.form });
        };
        let select = match column.form {
            Form::Date => Expr::cust(table.dialect.first_day(&name, period)),
            Form::DateTime => match table.dialect {
                Dialect::Sqlite => {
                    let marks = table.dialect.first_day(&format!("{DAY}({name}, ?)"), period);
                    let values = vec![zone.to_owned(); marks.matches('?').count()];
                    Expr::cust_with_values(marks, values)
                }
                Dialect::Postgres => Expr::cust(table.dialect.first_day(&day_in(&name, zone), period)),
            },
            _ => return Err(refused()),
        };
        Ok(Key { select, order: ordinal(), form: Form::Date })
    }
}

impl Store {
    /// The groups of the records that match, in the groups' order (empty ones last), each with its number and sums;
    /// at most `limit` rows, of which several may be of one group in several currencies. `Value` for fields that
    /// can't be grouped or added up.
    pub fn aggregate(
        &self,
        which: Which<'_>,
        group: &[Group],
        sums: &[Summand],
        at: (&TimeZone, Timestamp),
        limit: usize,
    ) -> Result<Vec<StoreGroup>> {
        let table = self.in_force.tables.get(which.object)?;
        let zone = zone_text(at.0, at.1);
        let keys: Vec<Key> =
            group.iter().zip(1..).map(|(g, place)| Key::of(table, g, place, &zone)).collect::<Result<_>>()?;
        let summed: Vec<&Column> = sums.iter().map(|s| addable(table, &s.field)).collect::<Result<_>>()?;
        let mut currencies: Vec<&str> = Vec::new();
        for of in sums.iter().filter_map(|s| s.currency_of.as_deref()) {
            if !currencies.contains(&of) {
                currencies.push(of);
            }
        }
        let select = statement(table, which, self, (&keys, &currencies, &summed), limit)?;
        self.rows(&select, |row| {
            let mut at = 0..;
            let mut next = || at.next().unwrap_or_default();
            let mut found = Vec::with_capacity(keys.len());
            for key in &keys {
                found.push(read_key(row.get_ref(next())?, key.form));
            }
            let held: Vec<Option<String>> = currencies.iter().map(|_| row.get(next())).collect::<db::Result<_>>()?;
            let count: i64 = row.get(next())?;
            let mut figures = Vec::with_capacity(sums.len());
            for (summand, column) in sums.iter().zip(&summed) {
                let figure = figure(row, next(), column.form)?;
                let place = currencies.iter().position(|c| Some(*c) == summand.currency_of.as_deref());
                figures.push((figure, place.and_then(|p| held.get(p)).cloned().flatten()));
            }
            Ok(StoreGroup { keys: found, count: count.unsigned_abs(), sums: figures })
        })
    }
}

fn statement(
    table: &Table,
    which: Which<'_>,
    store: &Store,
    (keys, currencies, summed): (&[Key], &[&str], &[&Column]),
    limit: usize,
) -> Result<SelectStatement> {
    let mut select = Query::select();
    select.from(table.name.clone()).cond_where(filter::condition(&store.in_force.tables, table, which)?);
    for key in keys {
        select.expr(key.select.clone());
    }
    for of in currencies {
        select.expr(Expr::cust(quote(&table.column(of)?.currency())));
    }
    select.expr(Expr::cust("count(*)"));
    for column in summed {
        select.expr(Expr::cust(table.dialect.sum(&quote(&column.name))));
    }
    let places = keys.len() + currencies.len();
    if places > 0 {
        select.add_group_by((1..=places).map(|place| Expr::cust(place.to_string())));
    }
    for key in keys {
        select.order_by_expr_with_nulls(key.order.clone(), Order::Asc, NullOrdering::Last);
    }
    for place in keys.len()..places {
        select.order_by_expr(Expr::cust((place + 1).to_string()), Order::Asc);
    }
    select.limit(limit as u64);
    Ok(select)
}

fn addable<'t>(table: &'t Table, field: &str) -> Result<&'t Column> {
    let column = table.column(field)?;
    match column.form {
        Form::Integer | Form::Scaled(_) | Form::Money => Ok(column),
        _ => Err(StoreError::Value { object: table.name.clone(), field: field.to_owned() }),
    }
}

fn read_key(stored: ValueRef<'_>, form: Form) -> Value {
    form.decode(stored, None).unwrap_or_else(|| match stored {
        ValueRef::Integer(i) => Value::Integer(i),
        ValueRef::Text(bytes) => Value::text(&String::from_utf8_lossy(bytes)),
        _ => Value::Empty,
    })
}

fn figure(row: &Row<'_>, at: usize, form: Form) -> db::Result<Option<Decimal>> {
    let Some(units) = row.get::<Option<i64>>(at)? else { return Ok(None) };
    let scale = match form {
        Form::Scaled(scale) => scale,
        Form::Money => super::column::MONEY_SCALE,
        _ => 0,
    };
    Ok(Decimal::try_new(units, scale).ok())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::contract::request::Period;

    #[test]
    fn a_zone_survives_its_text() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(zone(&zone_text(&shanghai, now)), shanghai);
        let fixed = Offset::from_seconds(-12_600).unwrap().to_time_zone();
        assert_eq!(zone(&zone_text(&fixed, now)).to_offset(now).seconds(), -12_600);
        assert_eq!(zone(&zone_text(&TimeZone::UTC, now)), TimeZone::UTC);
    }

    #[test]
    fn periods_begin_on_their_first_day() {
        let conn = rusqlite::Connection::open_in_memory().unwrap();
        for (period, day, expected) in [
            (Period::Day, "2026-11-22", "2026-11-22"),
            (Period::Week, "2026-11-22", "2026-11-16"),
            (Period::Week, "2026-11-23", "2026-11-23"),
            (Period::Week, "2027-01-01", "2026-12-28"),
            (Period::Month, "2026-02-28", "2026-02-01"),
            (Period::Quarter, "2026-12-31", "2026-10-01"),
            (Period::Quarter, "2026-04-01", "2026-04-01"),
            (Period::Year, "2026-11-22", "2026-01-01"),
        ] {
            let sql = format!("SELECT {}", Dialect::Sqlite.first_day(&format!("'{day}'"), period));
            let found: String = conn.query_row(&sql, [], |r| r.get(0)).unwrap();
            assert_eq!(found, expected, "{period:?} of {day}");
            let none: Option<String> = conn
                .query_row(&format!("SELECT {}", Dialect::Sqlite.first_day("NULL", period)), [], |r| r.get(0))
                .unwrap();
            assert_eq!(none, None, "{period:?}");
        }
    }
}
