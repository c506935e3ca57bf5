//! Values as JSON without their type: amounts as texts, times as RFC 3339 in UTC, records by their ids. What is read
//! is what it looks like; `schema::kind` gives it the type of its field.

use super::{FileRef, Money, Value};
use jiff::Timestamp;
use serde::de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// RFC 3339 in UTC to the millisecond.
pub(crate) fn timestamp_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Empty => to.serialize_unit(),
            Value::Text(text) | Value::Choice(text) => to.serialize_str(text),
            Value::Integer(number) => to.serialize_i64(*number),
            Value::Decimal(number) => to.collect_str(number),
            Value::Money(money) => money.serialize(to),
            Value::Date(date) => to.collect_str(date),
            Value::DateTime(at) => to.serialize_str(&timestamp_text(*at)),
            Value::Boolean(yes) => to.serialize_bool(*yes),
            Value::Choices(keys) => keys.serialize(to),
            Value::Ref(id) => id.serialize(to),
            Value::Refs(ids) => ids.serialize(to),
            Value::Files(files) => {
                let mut list = to.serialize_seq(Some(files.len()))?;
                files.iter().try_for_each(|file| list.serialize_element(file))?;
                list.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
        from.deserialize_any(AsItLooks)
    }
}

/// An element of a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Key(String),
    File(FileRef),
}

struct AsItLooks;

impl<'de> Visitor<'de> for AsItLooks {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a text, a number, true or false, an amount with its currency, or a list of keys or files")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Empty)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Boolean(yes))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Integer).map_err(|_| E::custom("a number beyond what is kept"))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        // The shortest digits that mean it are those that were written, as far as they are exact.
        const EXACT: f64 = 1e15;
        match number.to_string().parse() {
            Ok(decimal) if number.abs() < EXACT => Ok(Value::Decimal(decimal)),
            _ => Err(E::custom("a number beyond what is exact: write it as a text")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::text(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(if text.trim().is_empty() { Value::Empty } else { Value::Text(text) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let (mut keys, mut files) = (Vec::new(), Vec::new());
        while let Some(item) = list.next_element::<Item>()? {
            match item {
                Item::Key(key) => keys.push(key),
                Item::File(file) => files.push(file),
            }
        }
        match (keys.is_empty(), files.is_empty()) {
            (true, true) => Ok(Value::Empty),
            (false, true) => Ok(Value::Choices(keys)),
            (true, false) => Ok(Value::Files(files)),
            (false, false) => Err(A::Error::custom("a list of keys and files")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        Money::deserialize(MapAccessDeserializer::new(map)).map(Value::Money)
    }
}

#[cfg(test)]
mod described {
    use crate::domain::id::Id;
    use crate::domain::value::{FileRef, Money, Value};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use std::borrow::Cow;

    impl JsonSchema for Value {
        fn schema_name() -> Cow<'static, str> {
            "Value".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let (money, file) = (generator.subschema_for::<Money>(), generator.subschema_for::<FileRef>());
            json_schema!({
                "description": "A field's value, by the type of its field: null where nothing is entered; decimals as \
                    texts; dates as YYYY-MM-DD; times as RFC 3339; choices by key; records by id.",
                "anyOf": [
                    { "type": "null" }, { "type": "string" }, { "type": "integer" }, { "type": "boolean" }, money,
                    { "type": "array", "items": { "type": "string" } }, { "type": "array", "items": file },
                ],
            })
        }
    }

    impl JsonSchema for Id {
        fn schema_name() -> Cow<'static, str> {
            "Id".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "string",
                "pattern": "^[0-9A-HJKMNP-TV-Z]{13}$",
                "description": "The id of a record: 13 characters of Crockford base 32, ascending in time.",
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::id::Id;
    use serde_json::json;

    #[test]
    fn values_are_written_as_people_write_them_in_json() {
        let id = Id::from_i64(77).unwrap();
        let file = FileRef { name: "a".into(), size: 3, hash: "00".into() };
        let money = Money { amount: "1234.50".parse().unwrap(), currency: "CNY".into() };
        for (value, text) in [
            (Value::Empty, json!(null)),
            (Value::Text("华信".into()), json!("华信")),
            (Value::Integer(7), json!(7)),
            (Value::Decimal("12.50".parse().unwrap()), json!("12.50")),
            (Value::Money(money), json!({"amount": "1234.50", "currency": "CNY"})),
            (Value::Date("2026-11-22".parse().unwrap()), json!("2026-11-22")),
            (Value::DateTime("2026-11-22T08:00:00.5Z".parse().unwrap()), json!("2026-11-22T08:00:00.500Z")),
            (Value::Boolean(true), json!(true)),
            (Value::Choices(vec!["a".into()]), json!(["a"])),
            (Value::Ref(id), json!(id.to_string())),
            (Value::Refs(vec![id]), json!([id.to_string()])),
            (Value::Files(vec![file]), json!([{"name": "a", "size": 3, "hash": "00"}])),
        ] {
            assert_eq!(serde_json::to_value(&value).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for bad in ["{}", "[1]", "[[\"a\"]]", r#"{"amount":"x","currency":"CNY"}"#] {
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
        }
    }
}
