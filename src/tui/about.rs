//! What a new record about another one starts with.

use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::model::{Field, Kind, Schema};

/// The references of a new record of an object that is about another record: to that record, and to what
/// it refers to itself. A task about an opportunity belongs to the opportunity's customer too.
pub(in crate::tui) fn fields(schema: &Schema, about: &Record, object: &str) -> Fields {
    let mut fields = Fields::new();
    let (Some(new), Some(old)) = (schema.object(object), schema.object(&about.object)) else { return fields };
    let single = |field: &&Field| !field.retired && !field.kind.is_many();
    let to_it = |field: &&Field| field.kind.target() == Some(about.object.as_str());
    if let Some(field) = new.fields.iter().filter(single).find(to_it) {
        fields.insert(field.name.clone(), Value::Ref(about.id));
    }
    // People and departments are who does it, not what it is about.
    for field in new.fields.iter().filter(single).filter(|f| matches!(f.kind, Kind::Reference { .. })) {
        let alike = old.field(&field.name).is_some_and(|f| f.kind.target() == field.kind.target());
        if let (true, Value::Ref(id)) = (alike, about.get(&field.name)) {
            fields.entry(field.name.clone()).or_insert(Value::Ref(*id));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::id::Id;

    fn names(about: &str, references: &[&str], object: &str) -> String {
        let id = |n: i64| Value::Ref(Id::from_i64(n).unwrap());
        let fields = references.iter().zip(2..).map(|(name, n)| ((*name).to_owned(), id(n)));
        let record =
            Record { object: about.to_owned(), id: Id::from_i64(1).unwrap(), version: 1, fields: fields.collect() };
        let schema = crate::schema::load(&[]).unwrap();
        let found = super::fields(&schema, &record, object);
        found
            .iter()
            .map(|(name, value)| format!("{name}={}", if *value == id(1) { "it" } else { "its" }))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_record_about_another_refers_to_it_and_to_what_that_refers_to() {
        let table = [
            ("customer", &["owner"][..], "task", "customer=it"),
            ("contact", &["customer", "owner"], "task", "contact=it customer=its"),
            ("opportunity", &["customer", "contact", "owner"], "task", "contact=its customer=its opportunity=it"),
            ("opportunity", &["customer"], "activity", "customer=its opportunity=it"),
            ("task", &["customer", "opportunity"], "task", "customer=its opportunity=its"),
            ("lead", &["owner"], "task", "lead=it"),
            ("product", &[], "task", ""),
        ];
        for (about, references, object, expected) in table {
            assert_eq!(names(about, references, object), expected, "{object} about {about}");
        }
    }
}
