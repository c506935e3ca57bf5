//! Integer, decimal, percent and money.

use crate::domain::decimal_text::{Amount, format_grouped, parse_amount};
use crate::domain::message::Message;
use crate::domain::value::{Money, Value};
use crate::msg;
use crate::schema::model::Kind;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::fmt::Display;

/// Digits after the point of amounts and percentages.
pub(super) const MONEY_SCALE: u32 = 2;

pub(super) fn parse_integer(text: &str) -> Result<Value, Message> {
    let value = bare(text)?;
    if !value.fract().is_zero() {
        return Err(msg!("value-whole", text = text.trim()));
    }
    value.to_i64().map(Value::Integer).ok_or_else(|| msg!("value-number-range"))
}

pub(super) fn parse_decimal(text: &str) -> Result<Value, Message> {
    bare(text).map(|value| Value::Decimal(value.normalize()))
}

/// `12.5`, `12.5%`: the figure in front of the sign.
pub(super) fn parse_percent(text: &str) -> Result<Value, Message> {
    let amount = amount(text)?;
    match amount.currency {
        Some(_) => Err(msg!("value-number", text = text.trim())),
        None => Ok(Value::Decimal(amount.value.normalize())),
    }
}

pub(super) fn parse_money(text: &str, currency: &str) -> Result<Value, Message> {
    let amount = amount(text)?;
    if amount.percent {
        return Err(msg!("value-number", text = text.trim()));
    }
    let currency = amount.currency.unwrap_or(currency).to_owned();
    Ok(Value::Money(Money { amount: amount.value.normalize(), currency }))
}

/// A number without currency or percent sign.
fn bare(text: &str) -> Result<Decimal, Message> {
    let amount = amount(text)?;
    if amount.currency.is_some() || amount.percent {
        return Err(msg!("value-number", text = text.trim()));
    }
    Ok(amount.value)
}

fn amount(text: &str) -> Result<Amount, Message> {
    parse_amount(text).map_err(|error| error.message())
}

pub(super) fn check_limits<T: PartialOrd + Display>(
    number: &T,
    min: Option<&T>,
    max: Option<&T>,
) -> Result<(), Message> {
    match (min, max) {
        (Some(min), _) if number < min => Err(msg!("value-min", min = min)),
        (_, Some(max)) if number > max => Err(msg!("value-max", max = max)),
        _ => Ok(()),
    }
}

pub(super) fn check_decimal(
    number: Decimal,
    scale: u32,
    min: Option<&Decimal>,
    max: Option<&Decimal>,
) -> Result<(), Message> {
    if number.normalize().scale() > scale {
        return Err(msg!("value-scale", scale = scale));
    }
    // The store keeps 64-bit integers of the smallest unit.
    let units = number.checked_mul(Decimal::from(10i64.pow(scale.min(9))));
    if units.and_then(|u| u.to_i64()).is_none() {
        return Err(msg!("value-number-range"));
    }
    check_limits(&number, min, max)
}

pub(super) fn check_money(money: &Money, min: Option<&Decimal>) -> Result<(), Message> {
    if money.currency.len() != 3 || !money.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(msg!("value-currency", text = &money.currency));
    }
    check_decimal(money.amount, MONEY_SCALE, min, None)
}

pub(super) fn format_decimal(kind: &Kind, number: Decimal) -> String {
    match kind {
        Kind::Percent { .. } => format!("{}%", number.normalize()),
        // Unit prices may have more digits than amounts; idle ones are left out.
        Kind::Decimal { scale, .. } => {
            let used = number.normalize().scale();
            format_grouped(number, Some(used.max(MONEY_SCALE).min(*scale)))
        }
        _ => format_grouped(number, None),
    }
}

/// `¥1,234.50`, `$1,234.50`, `HKD 1,234.50`.
pub(super) fn format_money(money: &Money) -> String {
    let digits = format_grouped(money.amount.abs(), Some(MONEY_SCALE));
    let sign = if money.amount.is_sign_negative() && !money.amount.is_zero() { "-" } else { "" };
    match money.currency.as_str() {
        "CNY" => format!("{sign}¥{digits}"),
        "USD" => format!("{sign}${digits}"),
        other => format!("{other} {sign}{digits}"),
    }
}

pub(super) fn plain_money(money: &Money, default: &str) -> String {
    let mut amount = money.amount;
    amount.rescale(MONEY_SCALE.max(amount.normalize().scale()));
    if money.currency == default { amount.to_string() } else { format!("{} {amount}", money.currency) }
}
