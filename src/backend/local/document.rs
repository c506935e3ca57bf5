//! A record as the search index sees it.

use crate::domain::lang::Lang;
use crate::domain::record::{Record, system};
use crate::domain::value::Value;
use crate::schema::model::{Field, Kind, Object, Schema};
use crate::search::Doc;
use crate::store::RowView;

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
        let touched = touched(record.get(system::UPDATED_AT));
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

/// Rows of [`columns`] as documents, without making records of them: for building the whole index.
pub(super) struct Rows<'s> {
    schema: &'s Schema,
    fields: Vec<&'s Field>,
    title: Option<usize>,
}

impl<'s> Rows<'s> {
    /// Rows of an object.
    pub(super) fn new(schema: &'s Schema, object: &'s Object) -> Rows<'s> {
        let fields: Vec<&Field> = found_by(object).collect();
        let title = fields.iter().position(|f| f.name == object.title);
        Rows { schema, fields, title }
    }

    /// Lends a row's document to the index, under the object's number.
    pub(super) fn with(&self, object: u16, row: &RowView<'_, '_>, lend: impl FnOnce(&Doc<'_>)) {
        let made: Vec<(usize, String)> = (0..)
            .zip(&self.fields)
            .filter(|(_, field)| !is_text(&field.kind))
            .map(|(at, field)| (at, shown(self.schema, field, &row.value(at))))
            .collect();
        let of = |at: usize| match made.iter().find(|(place, _)| *place == at) {
            Some((_, text)) => Some(text.as_str()).filter(|text| !text.is_empty()),
            None => row.text(at),
        };
        let places = (0..self.fields.len()).filter(|at| Some(*at) != self.title);
        let extra: Vec<&str> = places.filter_map(of).collect();
        let title = self.title.and_then(of).unwrap_or_default();
        let touched = touched(&row.value(self.fields.len()));
        lend(&Doc { id: row.id(), object, title, extra: &extra, touched });
    }
}

/// Whether values are texts as they stand in the store.
fn is_text(kind: &Kind) -> bool {
    match kind {
        Kind::Text { .. }
        | Kind::Multiline
        | Kind::Code { .. }
        | Kind::Phone
        | Kind::Email
        | Kind::Url
        | Kind::Region => true,
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => is_text(result),
        _ => false,
    }
}

fn touched(updated_at: &Value) -> u32 {
    match updated_at {
        Value::DateTime(at) => u32::try_from(at.as_second()).unwrap_or(0),
        _ => 0,
    }
}

fn text(schema: &Schema, field: &Field, record: &Record) -> String {
    shown(schema, field, record.get(&field.name))
}

fn shown(schema: &Schema, field: &Field, value: &Value) -> String {
    let label = |key: &str| {
        let item = field.kind.dictionary().and_then(|d| schema.dictionary(d)).and_then(|d| d.item(key));
        item.map_or_else(|| key.to_owned(), |i| format!("{} {}", i.label.get(Lang::Zh), i.label.get(Lang::En)))
    };
    match value {
        Value::Text(text) => text.clone(),
        Value::Choice(key) => label(key),
        Value::Choices(keys) => keys.iter().map(|key| label(key)).collect::<Vec<_>>().join(" "),
        Value::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}
