//! Computed fields: their formulas over a record's values, and the results as values of their types.

use crate::domain::formula::{Context, Formula, Operand};
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::model::{Kind, Object};
use jiff::Zoned;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The formulas of an object, parsed.
pub(super) struct Computed<'s> {
    formulas: Vec<(&'s str, &'s Kind, Formula)>,
    context: Context,
}

impl<'s> Computed<'s> {
    /// The formulas of an object at a moment. The loader has checked that they parse.
    pub(super) fn new(object: &'s Object, now: &Zoned) -> Computed<'s> {
        let formulas = object.fields.iter().filter_map(|field| match &field.kind {
            Kind::Formula { expression, result } => {
                Some((field.name.as_str(), result.as_ref(), Formula::parse(expression).ok()?))
            }
            _ => None,
        });
        let context = Context { today: now.date(), zone: now.time_zone().clone() };
        Computed { formulas: formulas.collect(), context }
    }

    /// Computes every formula anew; one without a result leaves its field empty. Formulas may use those
    /// before them.
    pub(super) fn apply(&self, fields: &mut Fields) {
        for (name, kind, formula) in &self.formulas {
            let read = |field: &str| operand(fields.get(field).unwrap_or(&Value::Empty));
            let value = formula.eval(&read, &self.context).map_or(Value::Empty, |result| value(kind, result));
            if value.is_empty() {
                fields.remove(*name);
            } else {
                fields.insert((*name).to_owned(), value);
            }
        }
    }
}

fn operand(value: &Value) -> Operand {
    match value {
        Value::Text(text) | Value::Choice(text) => Operand::Text(text.clone()),
        Value::Integer(number) => Operand::Number(Decimal::from(*number)),
        Value::Decimal(number) => Operand::Number(*number),
        Value::Money(money) => Operand::Number(money.amount),
        Value::Date(date) => Operand::Date(*date),
        Value::DateTime(at) => Operand::DateTime(*at),
        Value::Boolean(yes) => Operand::Bool(*yes),
        Value::Choices(texts) => Operand::Text(texts.join(", ")),
        Value::Empty | Value::Ref(_) | Value::Refs(_) | Value::Files(_) => Operand::Empty,
    }
}

fn value(kind: &Kind, result: Operand) -> Value {
    match (kind, result) {
        (Kind::Text { .. }, Operand::Text(text)) => Value::text(&text),
        (Kind::Text { .. }, Operand::Number(number)) => Value::Text(number.normalize().to_string()),
        (Kind::Integer { .. }, Operand::Number(number)) => {
            number.round().to_i64().map_or(Value::Empty, Value::Integer)
        }
        (Kind::Decimal { scale, .. }, Operand::Number(number)) => Value::Decimal(number.round_dp(*scale).normalize()),
        (Kind::Percent { .. }, Operand::Number(number)) => Value::Decimal(number.round_dp(2).normalize()),
        (Kind::Date, Operand::Date(date)) => Value::Date(date),
        (Kind::Boolean, Operand::Bool(yes)) => Value::Boolean(yes),
        _ => Value::Empty,
    }
}
