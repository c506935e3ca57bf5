//! Computed fields: the formulas of an object, in the order in which they need each other.

use super::model::{CurrencyOf, Field, Kind, Object, Schema};
use crate::domain::formula::{Context, Formula, Operand};
use crate::domain::message::FieldError;
use crate::domain::record::Fields;
use crate::domain::value::{Money, Value};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::{BTreeMap, BTreeSet};

/// Digits after the point of amounts and percentages.
const PERCENT_SCALE: u32 = 2;

/// The compiled formulas of an object.
#[derive(Debug, Clone, Default)]
pub struct Formulas {
    /// Each after those that it reads.
    ordered: Vec<Computed>,
}

#[derive(Debug, Clone)]
struct Computed {
    field: String,
    formula: Formula,
    result: Kind,
    currency: CurrencyOf,
}

impl Computed {
    /// The currency of an amount that the formula gives for a record.
    fn currency(&self, fields: &Fields) -> Option<String> {
        match &self.currency {
            CurrencyOf::Fixed(code) => Some(code.clone()),
            CurrencyOf::Field(name) => fields.get(name)?.as_str().map(str::to_owned),
            CurrencyOf::Operand => self.formula.fields().find_map(|read| match fields.get(&read.value)? {
                Value::Money(money) => Some(money.currency.clone()),
                _ => None,
            }),
        }
    }
}

impl Formulas {
    /// Compiles the formulas of an object. Those in a circle (the loader refuses them) are left out.
    pub fn of(object: &Object) -> Formulas {
        let mut waiting: Vec<Computed> = Vec::new();
        for field in &object.fields {
            if let Kind::Formula { expression, result, currency } = &field.kind
                && let Ok(formula) = Formula::parse(expression)
            {
                let (field, result) = (field.name.clone(), (**result).clone());
                waiting.push(Computed { field, formula, result, currency: currency.clone() });
            }
        }
        let mut ordered: Vec<Computed> = Vec::new();
        while !waiting.is_empty() {
            let open: BTreeSet<String> = waiting.iter().map(|c| c.field.clone()).collect();
            let (ready, rest): (Vec<_>, Vec<_>) =
                waiting.into_iter().partition(|c| !c.formula.fields().any(|f| open.contains(&f.value)));
            if ready.is_empty() {
                break;
            }
            ordered.extend(ready);
            waiting = rest;
        }
        Formulas { ordered }
    }

    /// Whether a formula reads a field.
    pub fn reads(&self, field: &str) -> bool {
        self.ordered.iter().any(|computed| computed.formula.fields().any(|read| read.value == field))
    }

    /// Whether there is nothing to compute.
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }

    /// Computes every formula field of a record. One that can't be computed is emptied and reported.
    pub fn compute(&self, fields: &mut Fields, ctx: &Context) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for computed in &self.ordered {
            let Computed { field, formula, result, .. } = computed;
            let outcome = formula.eval(&|name| fields.get(name).map_or(Operand::Empty, operand), ctx);
            let value = match outcome {
                Ok(Operand::Number(n)) if matches!(result, Kind::Money { .. }) => {
                    let amount = rounded(n, PERCENT_SCALE).normalize();
                    let money = |currency| Value::Money(Money { amount, currency });
                    computed.currency(fields).map_or(Value::Empty, money)
                }
                Ok(operand) => value(operand, result),
                Err(error) => {
                    errors.push(FieldError { field: field.clone(), message: error.message() });
                    Value::Empty
                }
            };
            if value.is_empty() {
                fields.remove(field);
            } else {
                fields.insert(field.clone(), value);
            }
        }
        errors
    }
}

/// How deep formulas are followed that read formulas: the loader refuses circles.
const DEEPEST: u32 = 16;

/// Whether a formula is worked out of what other records add up to, be it through further formulas.
pub fn rests_on_rollups(schema: &Schema, kind: &Kind) -> bool {
    let is_rollup = |field: &Field| matches!(field.kind, Kind::Rollup { .. });
    let objects = schema.objects.iter().filter(|object| object.fields.iter().any(is_rollup));
    objects.filter(|object| object.fields.iter().any(|f| f.kind == *kind)).any(|object| rests(object, kind, DEEPEST))
}

fn rests(object: &Object, kind: &Kind, depth: u32) -> bool {
    match kind {
        Kind::Rollup { .. } => true,
        Kind::Formula { expression, .. } if depth > 0 => Formula::parse(expression).is_ok_and(|formula| {
            let read = formula.fields().filter_map(|name| object.field(&name.value));
            read.into_iter().any(|field| rests(object, &field.kind, depth - 1))
        }),
        _ => false,
    }
}

/// Computes every formula field of one record; for many, keep the [`Formulas`].
pub fn compute(object: &Object, fields: &mut Fields, ctx: &Context) -> Vec<FieldError> {
    Formulas::of(object).compute(fields, ctx)
}

/// The money field whose currency a field's figures are in: the field itself, or the first that its formula
/// reads. `None` for plain numbers.
pub fn currency_field<'o>(object: &'o Object, name: &str) -> Option<&'o str> {
    // No formula reads itself: each step leaves one behind.
    let mut open = vec![name.to_owned()];
    for _ in 0..=object.fields.len() {
        let field = object.field(&open.pop()?)?;
        match &field.kind {
            kind if matches!(kind.result(), Kind::Money { .. }) => return Some(&field.name),
            Kind::Formula { expression, result, .. } if !matches!(**result, Kind::Percent { .. }) => {
                let formula = Formula::parse(expression).ok()?;
                let reads: Vec<&str> = formula.fields().map(|f| f.value.as_str()).collect();
                open.extend(reads.into_iter().rev().map(str::to_owned).filter(|r| can_carry(object, r)));
            }
            _ => {}
        }
    }
    None
}

fn can_carry(object: &Object, name: &str) -> bool {
    object.field(name).is_some_and(|f| f.kind.is_computed() || matches!(f.kind, Kind::Money { .. }))
}

/// The fields of formulas that need each other in a circle, for the loader.
pub(super) fn circular(formulas: &BTreeMap<&str, Vec<String>>) -> BTreeSet<String> {
    let mut open: BTreeMap<&str, Vec<String>> = formulas.clone();
    loop {
        let ready: Vec<&str> = open
            .iter()
            .filter(|(_, reads)| !reads.iter().any(|r| open.contains_key(r.as_str())))
            .map(|(field, _)| *field)
            .collect();
        if ready.is_empty() {
            return open.keys().map(|field| (*field).to_owned()).collect();
        }
        open.retain(|field, _| !ready.contains(field));
    }
}

/// A field's value as a formula reads it: an amount by its figure, a choice by its key.
fn operand(value: &Value) -> Operand {
    match value {
        Value::Empty => Operand::Empty,
        Value::Text(text) | Value::Choice(text) => Operand::Text(text.clone()),
        Value::Integer(number) => Operand::Number(Decimal::from(*number)),
        Value::Decimal(number) => Operand::Number(*number),
        Value::Money(money) => Operand::Number(money.amount),
        Value::Date(date) => Operand::Date(*date),
        Value::DateTime(at) => Operand::DateTime(*at),
        Value::Boolean(yes) => Operand::Bool(*yes),
        Value::Choices(keys) => Operand::Text(keys.join(", ")),
        Value::Ref(id) => Operand::Text(id.to_string()),
        Value::Refs(ids) => Operand::Text(ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        Value::Files(files) => Operand::Text(files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ")),
    }
}

/// A result as the field's type keeps it; empty where it isn't of that type.
fn value(operand: Operand, result: &Kind) -> Value {
    match (result, operand) {
        (_, Operand::Empty) => Value::Empty,
        (Kind::Integer { .. }, Operand::Number(n)) => rounded(n, 0).to_i64().map_or(Value::Empty, Value::Integer),
        (Kind::Decimal { scale, .. }, Operand::Number(n)) => Value::Decimal(rounded(n, *scale).normalize()),
        (Kind::Percent { .. }, Operand::Number(n)) => Value::Decimal(rounded(n, PERCENT_SCALE).normalize()),
        (Kind::Date, Operand::Date(date)) => Value::Date(date),
        (Kind::Boolean, Operand::Bool(yes)) => Value::Boolean(yes),
        (Kind::Select { .. }, Operand::Text(key)) => Value::Choice(key),
        (Kind::Text { .. }, Operand::Text(text)) => Value::text(&text),
        (Kind::Text { .. }, Operand::Number(n)) => Value::Text(n.normalize().to_string()),
        (Kind::Text { .. }, Operand::Date(date)) => Value::Text(date.to_string()),
        _ => Value::Empty,
    }
}

fn rounded(number: Decimal, places: u32) -> Decimal {
    number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::value::Money;
    use crate::schema::{Source, builtin, load};
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn context() -> Context {
        Context { today: date(2026, 11, 22), zone: TimeZone::UTC }
    }

    #[test]
    fn the_weighted_amount_follows_amount_and_probability() {
        let object = builtin().object("opportunity").unwrap();
        let mut fields = Fields::from([
            ("amount".to_owned(), Value::Money(Money { amount: "1000.50".parse().unwrap(), currency: "CNY".into() })),
            ("probability".to_owned(), Value::Decimal("12.5".parse().unwrap())),
        ]);
        assert_eq!(compute(object, &mut fields, &context()), []);
        assert_eq!(fields.get("weighted"), Some(&Value::Decimal("125.06".parse().unwrap())));
        fields.remove("probability");
        compute(object, &mut fields, &context());
        assert_eq!(fields.get("weighted"), None);
    }

    #[test]
    fn a_formula_over_what_others_add_up_to_is_known_as_such() {
        for (object, field, rests) in [
            ("quote", "total", true),
            ("quote", "total_base", true),
            ("quote", "gross", true),
            ("opportunity", "weighted", false),
            ("quote_line", "net", false),
            ("customer", "name", false),
        ] {
            let kind = &builtin().object(object).unwrap().field(field).unwrap().kind;
            assert_eq!(rests_on_rollups(builtin(), kind), rests, "{object}.{field}");
        }
    }

    #[test]
    fn formulas_are_computed_after_those_that_they_read() {
        let schema = load(&[Source {
            name: "mine.toml",
            text: r#"
                [objects.product.fields]
                twice = { zh = "两倍的两倍", type = "formula", result = "integer", formula = "once * 2" }
                once = { zh = "两倍", type = "formula", result = "integer", formula = "size * 2" }
                size = { zh = "尺寸", type = "integer" }
                big = { zh = "大", type = "formula", result = "boolean", formula = "twice > 10" }
            "#,
        }])
        .unwrap();
        let mut fields = Fields::from([("size".to_owned(), Value::Integer(3))]);
        assert_eq!(compute(schema.object("product").unwrap(), &mut fields, &context()), []);
        assert_eq!(fields.get("twice"), Some(&Value::Integer(12)));
        assert_eq!(fields.get("big"), Some(&Value::Boolean(true)));
    }
}
