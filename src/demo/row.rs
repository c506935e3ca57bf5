//! One made-up record: its id, and its values in the order in which they were put.

use super::calendar::Calendar;
use crate::domain::id::Id;
use crate::domain::record::{Fields, system};
use crate::domain::value::{Money, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A made-up record. All rows of an object name the same fields in the same order, empty ones included; codes and
/// computed fields are left to the store's schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The record's id.
    pub id: Id,
    /// The day it was made on: what its code says.
    pub day: Date,
    /// Its values.
    pub cells: Vec<(&'static str, Value)>,
}

impl Row {
    pub(super) fn new(id: Id, day: Date) -> Row {
        Row { id, day, cells: Vec::with_capacity(48) }
    }

    pub(super) fn put(&mut self, field: &'static str, value: Value) {
        self.cells.push((field, value));
    }

    /// A text; nothing for an empty one.
    pub(super) fn text(&mut self, field: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.put(field, if text.is_empty() { Value::Empty } else { Value::Text(text) });
    }

    /// The key of a choice; nothing for an empty one.
    pub(super) fn choice(&mut self, field: &'static str, key: &str) {
        self.put(field, if key.is_empty() { Value::Empty } else { Value::Choice(key.to_owned()) });
    }

    /// Keys or tags.
    pub(super) fn choices(&mut self, field: &'static str, keys: Vec<&str>) {
        let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        self.put(field, if keys.is_empty() { Value::Empty } else { Value::Choices(keys) });
    }

    pub(super) fn number(&mut self, field: &'static str, number: Option<i64>) {
        self.put(field, number.map_or(Value::Empty, Value::Integer));
    }

    pub(super) fn refer(&mut self, field: &'static str, id: Option<Id>) {
        self.put(field, id.map_or(Value::Empty, Value::Ref));
    }

    pub(super) fn refers(&mut self, field: &'static str, ids: Vec<Id>) {
        self.put(field, if ids.is_empty() { Value::Empty } else { Value::Refs(ids) });
    }

    pub(super) fn date(&mut self, field: &'static str, date: Option<Date>) {
        self.put(field, date.map_or(Value::Empty, Value::Date));
    }

    pub(super) fn moment(&mut self, field: &'static str, at: Option<Timestamp>) {
        self.put(field, at.map_or(Value::Empty, Value::DateTime));
    }

    /// An amount in yuan.
    pub(super) fn money(&mut self, field: &'static str, amount: Option<i64>) {
        let money = |amount| Value::Money(Money { amount: Decimal::from(amount), currency: "CNY".to_owned() });
        self.put(field, amount.map_or(Value::Empty, money));
    }

    /// When and by whom it was made and last changed.
    pub(super) fn signed(&mut self, calendar: &Calendar, created: i64, updated: i64, by: Option<Id>) {
        self.moment(system::CREATED_AT, Some(calendar.moment(created)));
        self.refer(system::CREATED_BY, by);
        self.moment(system::UPDATED_AT, Some(calendar.moment(updated)));
        self.refer(system::UPDATED_BY, by);
    }

    /// The values by field name, without the empty ones.
    pub fn fields(&self) -> Fields {
        let filled = self.cells.iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(field, value)| ((*field).to_owned(), value.clone())).collect()
    }
}
