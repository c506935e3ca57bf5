//! A record as the search index sees it.

use crate::domain::lang::Lang;
use crate::domain::record::{Record, system};
use crate::domain::value::Value;
use crate::schema::model::{Field, Object, Schema};
use crate::search::Doc;

/// The texts of a record that it is found by.
pub(super) struct Document {
    id: i64,
    title: String,
    /// Field name and text.
    pub(super) extra: Vec<(String, String)>,
    touched: u32,
}

impl Document {
    /// The document of a record that has at least the columns of [`columns`].
    pub(super) fn of(schema: &Schema, object: &Object, record: &Record) -> Document {
        let title = object.field(&object.title).map(|f| text(schema, f, record)).unwrap_or_default();
        let extra = found_by(object)
            .filter(|f| f.name != object.title)
            .map(|f| (f.name.clone(), text(schema, f, record)))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let touched = match record.get(system::UPDATED_AT) {
            Value::DateTime(at) => u32::try_from(at.as_second()).unwrap_or(0),
            _ => 0,
        };
        Document { id: record.id.as_i64(), title, extra, touched }
    }

    /// Lends the document to the index, under the object's number.
    pub(super) fn with(&self, object: u16, lend: impl FnOnce(&Doc<'_>)) {
        let extra: Vec<&str> = self.extra.iter().map(|(_, text)| text.as_str()).collect();
        lend(&Doc { id: self.id, object, title: &self.title, extra: &extra, touched: self.touched });
    }

    /// The title.
    pub(super) fn title(&self) -> &str {
        &self.title
    }
}

/// The number of a searchable object in the index: its place in the schema.
pub(super) fn number(schema: &Schema, name: &str) -> Option<u16> {
    let place = schema.objects.iter().position(|o| o.searchable && o.name == name)?;
    u16::try_from(place).ok()
}

/// The columns that a document is made of.
pub(super) fn columns(object: &Object) -> Vec<String> {
    let mut names: Vec<String> = found_by(object).map(|f| f.name.clone()).collect();
    names.push(system::UPDATED_AT.to_owned());
    names
}

/// The fields that a record is found by: those marked so, its title and its code.
fn found_by(object: &Object) -> impl Iterator<Item = &Field> {
    object
        .fields
        .iter()
        .filter(|f| f.search && !f.retired || f.name == object.title || object.code.as_deref() == Some(f.name.as_str()))
}

fn text(schema: &Schema, field: &Field, record: &Record) -> String {
    let label = |key: &str| {
        let item = field.kind.dictionary().and_then(|d| schema.dictionary(d)).and_then(|d| d.item(key));
        item.map_or_else(|| key.to_owned(), |i| format!("{} {}", i.label.get(Lang::Zh), i.label.get(Lang::En)))
    };
    match record.get(&field.name) {
        Value::Text(text) => text.clone(),
        Value::Choice(key) => label(key),
        Value::Choices(keys) => keys.iter().map(|key| label(key)).collect::<Vec<_>>().join(" "),
        Value::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}
