//! A bound filter over one record in memory.

use super::{Bound, Test};
use crate::domain::fold::ascii_key;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::schema::model::Object;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::ops::Bound as End;

/// Text as it is compared: lower case, full-width characters as ASCII.
pub fn folded(text: &str) -> String {
    text.chars().map(ascii_key).flat_map(char::to_lowercase).collect()
}

/// Whether a record matches. `titles` gives the titles of the records it refers to;
/// [`Test::Related`] needs those records themselves and never holds here.
pub fn matches<'v>(bound: &Bound, object: &Object, get: &dyn Fn(&str) -> &'v Value, titles: &Titles) -> bool {
    match bound {
        Bound::All => true,
        Bound::And(parts) => parts.iter().all(|part| matches(part, object, get, titles)),
        Bound::Or(parts) => parts.iter().any(|part| matches(part, object, get, titles)),
        Bound::Not(part) => !matches(part, object, get, titles),
        Bound::Words(words) => words.iter().all(|word| has_word(word, object, get)),
        Bound::Test { field, test } => passes(test, get(field), titles),
    }
}

fn has_word<'v>(word: &str, object: &Object, get: &dyn Fn(&str) -> &'v Value) -> bool {
    let wanted = folded(word);
    object.fields.iter().filter(|f| f.search).any(|field| match get(&field.name) {
        Value::Text(text) => folded(text).contains(&wanted),
        Value::Choices(tags) => tags.iter().any(|tag| folded(tag).contains(&wanted)),
        _ => false,
    })
}

fn passes(test: &Test, value: &Value, titles: &Titles) -> bool {
    match test {
        Test::Empty => value.is_empty(),
        Test::Contains(text) => contains(value, &folded(text)),
        Test::OneOf(ids) => value.ids().iter().any(|id| ids.has(id.as_i64())),
        Test::AnyOf(values) => values.iter().any(|wanted| is(value, wanted)),
        Test::Range { from, to } => {
            let above = match from {
                End::Unbounded => true,
                End::Included(end) => order(value, end).is_some_and(Ordering::is_ge),
                End::Excluded(end) => order(value, end).is_some_and(Ordering::is_gt),
            };
            let below = match to {
                End::Unbounded => true,
                End::Included(end) => order(value, end).is_some_and(Ordering::is_le),
                End::Excluded(end) => order(value, end).is_some_and(Ordering::is_lt),
            };
            !value.is_empty() && above && below
        }
        Test::RefersTo { text, exact, .. } => {
            let wanted = folded(text);
            let ids = match value {
                Value::Ref(id) => std::slice::from_ref(id),
                Value::Refs(ids) => ids,
                _ => return false,
            };
            ids.iter().filter_map(|id| titles.get(id)).any(|title| {
                let title = folded(title);
                if *exact { title == wanted } else { title.contains(&wanted) }
            })
        }
        Test::Related { .. } => false,
    }
}

fn contains(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Text(text) => folded(text).contains(wanted),
        Value::Files(files) => files.iter().any(|f| folded(&f.name).contains(wanted)),
        _ => false,
    }
}

fn is(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Choices(own), Value::Choice(key)) => own.iter().any(|own| folded(own) == folded(key)),
        (Value::Refs(own), Value::Ref(id)) => own.contains(id),
        (Value::Choice(own), Value::Choice(key)) => own == key,
        _ => order(value, wanted) == Some(Ordering::Equal),
    }
}

/// The order of a value and an end of the same sort; `None` where there is none.
fn order(value: &Value, end: &Value) -> Option<Ordering> {
    match (value, end) {
        (Value::Text(a), Value::Text(b)) => Some(folded(a).cmp(&folded(b))),
        (Value::Integer(a), Value::Decimal(b)) => Some(Decimal::from(*a).cmp(b)),
        (Value::Decimal(a), Value::Decimal(b)) => Some(a.cmp(b)),
        (Value::Money(a), Value::Decimal(b)) => Some(a.amount.cmp(b)),
        (Value::Money(a), Value::Money(b)) if a.currency == b.currency => Some(a.amount.cmp(&b.amount)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        (Value::Ref(a), Value::Ref(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
