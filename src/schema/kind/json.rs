//! Values as JSON: amounts as texts, times as RFC 3339 in UTC, records by their ids.

use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::value::{FileRef, Money, Value, timestamp_text};
use crate::msg;
use crate::schema::model::Kind;
use serde_json::Value as Json;

/// A value as JSON; an empty one is `null`.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Text(text) | Value::Choice(text) => Json::String(text.clone()),
        Value::Integer(number) => Json::from(*number),
        Value::Decimal(number) => Json::String(number.to_string()),
        Value::Money(money) => {
            serde_json::json!({ "amount": money.amount.to_string(), "currency": money.currency })
        }
        Value::Date(date) => Json::String(date.to_string()),
        Value::DateTime(at) => Json::String(timestamp_text(*at)),
        Value::Boolean(yes) => Json::Bool(*yes),
        Value::Choices(keys) => keys.iter().cloned().map(Json::String).collect(),
        Value::Ref(id) => Json::String(id.to_string()),
        Value::Refs(ids) => ids.iter().map(|id| Json::String(id.to_string())).collect(),
        Value::Files(files) => serde_json::to_value(files).unwrap_or(Json::Null),
    }
}

/// The value of a type that [`to_json`] wrote. The form is checked, limits are not: old values of a
/// changed schema stay readable.
pub fn from_json(kind: &Kind, json: &Json) -> Result<Value, Message> {
    let wrong = || msg!("value-wrong-form", type = kind.name());
    if json.is_null() {
        return Ok(Value::Empty);
    }
    let text = || json.as_str().ok_or_else(wrong);
    Ok(match kind {
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => return from_json(result, json),
        Kind::Text { .. }
        | Kind::Multiline
        | Kind::Phone
        | Kind::Email
        | Kind::Url
        | Kind::Region
        | Kind::Code { .. } => Value::text(text()?),
        Kind::Integer { .. } => Value::Integer(json.as_i64().ok_or_else(wrong)?),
        Kind::Decimal { .. } | Kind::Percent { .. } => Value::Decimal(decimal(json).ok_or_else(wrong)?),
        Kind::Money { .. } => Value::Money(money(json).ok_or_else(wrong)?),
        Kind::Date => Value::Date(text()?.parse().map_err(|_| wrong())?),
        Kind::DateTime => Value::DateTime(text()?.parse().map_err(|_| wrong())?),
        Kind::Boolean => Value::Boolean(json.as_bool().ok_or_else(wrong)?),
        Kind::Select { .. } => match text()? {
            "" => Value::Empty,
            key => Value::Choice(key.to_owned()),
        },
        Kind::MultiSelect { .. } | Kind::Tags => {
            let keys: Vec<String> = serde_json::from_value(json.clone()).map_err(|_| wrong())?;
            if keys.is_empty() { Value::Empty } else { Value::Choices(keys) }
        }
        Kind::Reference { many: true, .. } | Kind::User { many: true } => {
            let ids: Vec<Id> = serde_json::from_value(json.clone()).map_err(|_| wrong())?;
            if ids.is_empty() { Value::Empty } else { Value::Refs(ids) }
        }
        Kind::Reference { .. } | Kind::User { .. } | Kind::Department => {
            Value::Ref(text()?.parse().map_err(|_| wrong())?)
        }
        Kind::Attachment => {
            let files: Vec<FileRef> = serde_json::from_value(json.clone()).map_err(|_| wrong())?;
            if files.is_empty() { Value::Empty } else { Value::Files(files) }
        }
    })
}

/// A number as text, or as a JSON number in its exact digits.
fn decimal(json: &Json) -> Option<rust_decimal::Decimal> {
    match json {
        Json::String(text) => text.parse().ok(),
        Json::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

fn money(json: &Json) -> Option<Money> {
    let amount = decimal(json.get("amount")?)?;
    Some(Money { amount, currency: json.get("currency")?.as_str()?.to_owned() })
}

/// A value that was read as it looks, as one of a type.
pub fn typed(kind: &Kind, value: Value) -> Result<Value, Message> {
    let wrong = || msg!("value-wrong-form", type = kind.name());
    Ok(match (kind.result(), value) {
        (_, Value::Empty) => Value::Empty,
        (
            Kind::Text { .. }
            | Kind::Multiline
            | Kind::Phone
            | Kind::Email
            | Kind::Url
            | Kind::Region
            | Kind::Code { .. },
            Value::Text(text),
        ) => Value::Text(text),
        (Kind::Integer { .. }, Value::Integer(number)) => Value::Integer(number),
        (Kind::Decimal { .. } | Kind::Percent { .. }, Value::Text(text)) => {
            Value::Decimal(text.parse().map_err(|_| wrong())?)
        }
        (Kind::Decimal { .. } | Kind::Percent { .. }, Value::Integer(number)) => Value::Decimal(number.into()),
        (Kind::Decimal { .. } | Kind::Percent { .. }, Value::Decimal(number)) => Value::Decimal(number),
        (Kind::Money { .. }, Value::Money(money)) => Value::Money(money),
        (Kind::Date, Value::Text(text)) => Value::Date(text.parse().map_err(|_| wrong())?),
        (Kind::DateTime, Value::Text(text)) => Value::DateTime(text.parse().map_err(|_| wrong())?),
        (Kind::Boolean, Value::Boolean(yes)) => Value::Boolean(yes),
        (Kind::Select { .. }, Value::Text(key)) => Value::Choice(key),
        (Kind::MultiSelect { .. } | Kind::Tags, Value::Choices(keys)) => Value::Choices(keys),
        (Kind::Reference { many: true, .. } | Kind::User { many: true }, Value::Choices(ids)) => {
            Value::Refs(ids.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(|_| wrong())?)
        }
        (Kind::Reference { many: false, .. } | Kind::User { many: false } | Kind::Department, Value::Text(id)) => {
            Value::Ref(id.parse().map_err(|_| wrong())?)
        }
        (Kind::Attachment, Value::Files(files)) => Value::Files(files),
        _ => return Err(wrong()),
    })
}
