//! Field values as JSON in the journal: amounts as texts, ids in their 13 characters, times in RFC 3339.
//! Written by hand into one text, because an import writes a million of them.

use super::column::{Form, timestamp_text};
use crate::domain::id::Id;
use crate::domain::record::Fields;
use crate::domain::value::{FileRef, Money, Value};
use serde_json::Value as Json;
use std::fmt::Write;

/// Adds `"name":value` to an object that is being written.
pub(super) fn push_field(out: &mut String, name: &str, value: &Value) {
    out.push(if out.is_empty() { '{' } else { ',' });
    push_text(out, name);
    out.push(':');
    push_value(out, value);
}

/// Ends an object that `push_field` began.
pub(super) fn close(out: &mut String) {
    out.push_str(if out.is_empty() { "{}" } else { "}" });
}

/// Fields as an object.
pub(super) fn write_fields(fields: &Fields) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        push_field(&mut out, name, value);
    }
    close(&mut out);
    out
}

fn push_value(out: &mut String, value: &Value) {
    match value {
        Value::Empty => out.push_str("null"),
        Value::Text(t) | Value::Choice(t) => push_text(out, t),
        Value::Integer(i) => push_display(out, i),
        Value::Decimal(d) => push_quoted(out, d),
        Value::Money(m) => {
            out.push_str("{\"amount\":");
            push_quoted(out, &m.amount);
            out.push_str(",\"currency\":");
            push_text(out, &m.currency);
            out.push('}');
        }
        Value::Date(d) => push_quoted(out, d),
        Value::DateTime(t) => push_text(out, &timestamp_text(*t).unwrap_or_default()),
        Value::Boolean(b) => push_display(out, b),
        Value::Choices(keys) => push_list(out, keys, |out, key| push_text(out, key)),
        Value::Ref(id) => push_quoted(out, id),
        Value::Refs(ids) => push_list(out, ids, push_quoted),
        Value::Files(files) => out.push_str(&serde_json::to_string(files).unwrap_or_else(|_| "null".to_owned())),
    }
}

fn push_list<T>(out: &mut String, items: &[T], push: impl Fn(&mut String, &T)) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

fn push_display(out: &mut String, value: &impl std::fmt::Display) {
    // Writing into a String can't fail.
    let _ = write!(out, "{value}");
}

fn push_quoted(out: &mut String, value: &impl std::fmt::Display) {
    out.push('"');
    push_display(out, value);
    out.push('"');
}

/// A JSON string: quotes, backslashes and control characters escaped.
pub(super) fn push_text(out: &mut String, text: &str) {
    out.push('"');
    // Hardly any text has such: looking for one, without a way out, goes many bytes at a time.
    let is_special = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    if !text.bytes().fold(false, |found, byte| found | is_special(byte)) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut clean_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !is_special(byte) {
            continue;
        }
        out.push_str(text.get(clean_from..at).unwrap_or_default());
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
        clean_from = at + 1;
    }
    out.push_str(text.get(clean_from..).unwrap_or_default());
    out.push('"');
}

/// Reads an object of the journal. A field that the schema doesn't know any more, or that has another type by now,
/// is read as what it looks like: the journal outlives the schema.
pub(super) fn read_fields(text: &str, form_of: impl Fn(&str) -> Option<Form>) -> Option<Fields> {
    let Ok(Json::Object(object)) = serde_json::from_str::<Json>(text) else {
        return None;
    };
    let read = |(name, json): (String, Json)| {
        let value = form_of(&name).and_then(|form| typed(form, &json)).unwrap_or_else(|| untyped(&json));
        (name, value)
    };
    Some(object.into_iter().map(read).collect())
}

fn typed(form: Form, json: &Json) -> Option<Value> {
    Some(match (form, json) {
        (_, Json::Null) => Value::Empty,
        (Form::Text, Json::String(s)) => Value::Text(s.clone()),
        (Form::Choice, Json::String(s)) => Value::Choice(s.clone()),
        (Form::Integer, Json::Number(n)) => Value::Integer(n.as_i64()?),
        (Form::Scaled(_), Json::String(s)) => Value::Decimal(s.parse().ok()?),
        (Form::Money, Json::Object(_)) => Value::Money(serde_json::from_value::<Money>(json.clone()).ok()?),
        (Form::Date, Json::String(s)) => Value::Date(s.parse().ok()?),
        (Form::DateTime, Json::String(s)) => Value::DateTime(s.parse().ok()?),
        (Form::Boolean, Json::Bool(b)) => Value::Boolean(*b),
        (Form::Choices, Json::Array(items)) => Value::Choices(texts(items)?),
        (Form::Ref, Json::String(s)) => Value::Ref(s.parse().ok()?),
        (Form::Refs, Json::Array(items)) => {
            Value::Refs(texts(items)?.iter().map(|s| s.parse::<Id>().ok()).collect::<Option<_>>()?)
        }
        (Form::Files, Json::Array(_)) => Value::Files(serde_json::from_value::<Vec<FileRef>>(json.clone()).ok()?),
        _ => return None,
    })
}

fn texts(items: &[Json]) -> Option<Vec<String>> {
    items.iter().map(|i| i.as_str().map(str::to_owned)).collect()
}

fn untyped(json: &Json) -> Value {
    match json {
        Json::Null => Value::Empty,
        Json::Bool(b) => Value::Boolean(*b),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::text(&n.to_string()), Value::Integer),
        Json::String(s) => Value::text(s),
        Json::Array(items) => match texts(items) {
            Some(keys) if !keys.is_empty() => Value::Choices(keys),
            _ => serde_json::from_value::<Vec<FileRef>>(json.clone()).map_or(Value::Empty, Value::Files),
        },
        Json::Object(_) => {
            serde_json::from_value::<Money>(json.clone()).map_or_else(|_| Value::text(&json.to_string()), Value::Money)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_written_as_json_reads_it(text in "\\PC*|[\\x00-\\x7f]*") {
            let mut out = String::new();
            push_text(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn a_field_that_the_schema_no_longer_knows_is_still_shown() {
        let text = r#"{"old":"A","price":{"amount":"1.50","currency":"CNY"},"n":3,"gone":null,"tags":["a","b"]}"#;
        let fields = read_fields(text, |_| None).unwrap();
        assert_eq!(fields.get("old"), Some(&Value::Text("A".into())));
        assert_eq!(fields.get("n"), Some(&Value::Integer(3)));
        assert_eq!(fields.get("gone"), Some(&Value::Empty));
        assert!(matches!(fields.get("price"), Some(Value::Money(m)) if m.currency == "CNY"));
        assert!(matches!(fields.get("tags"), Some(Value::Choices(keys)) if keys.len() == 2));
    }
}
