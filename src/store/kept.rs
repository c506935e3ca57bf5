//! The schema in force as text: JSON without what most objects, fields and items have in common, since every
//! start reads it.

use crate::schema::model::Schema;
use serde_json::{Map, Value};

/// Words that a field or its type has where nothing else is said. What reads a schema knows them as defaults.
const USUAL: [(&str, &str); 5] =
    [("required", "Never"), ("read_only", "Never"), ("visible", "Always"), ("on_delete", "restrict"), ("pattern", "")];

/// A schema as it is kept.
pub(super) fn write(schema: &Schema) -> serde_json::Result<String> {
    let mut whole = serde_json::to_value(schema)?;
    for object in members(&mut whole, "objects") {
        shorten(object);
        for field in members(object, "fields") {
            shorten(field);
            field.get_mut("kind").into_iter().for_each(shorten);
        }
    }
    for dictionary in members(&mut whole, "dictionaries") {
        members(dictionary, "items").for_each(shorten);
    }
    serde_json::to_string(&whole)
}

/// The schema in a text of [`write()`], or in one with everything.
pub(super) fn read(text: &str) -> serde_json::Result<Schema> {
    serde_json::from_str(text)
}

/// What stands in a list or map of a value.
fn members<'v>(value: &'v mut Value, name: &str) -> Box<dyn Iterator<Item = &'v mut Value> + 'v> {
    match value.get_mut(name) {
        Some(Value::Array(items)) => Box::new(items.iter_mut()),
        Some(Value::Object(items)) => Box::new(items.values_mut()),
        _ => Box::new(std::iter::empty()),
    }
}

fn shorten(value: &mut Value) {
    let Value::Object(entries) = value else { return };
    let told = |name: &str, value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !USUAL.contains(&(name, text.as_str())),
        _ => true,
    };
    *entries = std::mem::take(entries).into_iter().filter(|(name, value)| told(name, value)).collect::<Map<_, _>>();
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::builtin;

    #[test]
    fn a_kept_schema_is_read_as_it_was_and_takes_less_room() {
        let whole = serde_json::to_string(builtin()).unwrap();
        let kept = write(builtin()).unwrap();
        assert_eq!(read(&kept).unwrap(), *builtin());
        assert_eq!(read(&whole).unwrap(), *builtin());
        assert!(kept.len() * 10 < whole.len() * 7, "{} of {}", kept.len(), whole.len());
    }
}
