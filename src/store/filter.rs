//! Filters as conditions of SQL.

use super::column::Cell;
use super::error::Result;
use super::read::sea_value;
use super::table::Column;
use super::table::Table;
use super::Which;
use rusqlite::types::{ToSqlOutput, ValueRef};
use sea_query::{Cond, Condition, Expr, ExprTrait};

/// The condition for the records asked for.
pub(super) fn condition(_table: &Table, which: Which<'_>) -> Result<Condition> {
    let mut condition = Cond::all();
    if let Some(ids) = which.ids {
        condition = condition.add(among(ids));
    }
    Ok(condition)
}

/// The id is one of these: passed as one JSON text, so that the statement is the same for any number.
pub(super) fn among(ids: &[i64]) -> Expr {
    let mut list = String::with_capacity(ids.len() * 20 + 2);
    list.push('[');
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            list.push(',');
        }
        list.push_str(&id.to_string());
    }
    list.push(']');
    Expr::cust_with_values("id IN (SELECT e.value FROM json_each(?) e)", [list])
}

/// A column has exactly this value.
pub(super) fn equals(column: &Column, cell: Cell<'_>) -> Expr {
    if let Cell::Text(key) = &cell
        && let Some(rank) = column.ranks.get(*key)
    {
        // The index of a dictionary field stands on the rank.
        return Expr::cust(column.order.clone()).eq(*rank);
    }
    let name = Expr::cust(super::table::quote(&column.name));
    match cell {
        Cell::Null => name.is_null(),
        cell => name.eq(sea_value(cell)),
    }
}

/// A value of a built statement, ready to be bound.
pub(super) fn bind(value: &sea_query::Value) -> ToSqlOutput<'_> {
    use sea_query::Value;
    ToSqlOutput::Borrowed(match value {
        Value::BigInt(Some(i)) => ValueRef::Integer(*i),
        Value::String(Some(text)) => ValueRef::Text(text.as_bytes()),
        // A limit.
        Value::BigUnsigned(Some(n)) => ValueRef::Integer(i64::try_from(*n).unwrap_or(i64::MAX)),
        _ => ValueRef::Null,
    })
}

/// Stands in.
#[derive(Debug)]
pub enum Bound {}
