//! Cells of a file as values.

use super::keys::Keys;
use super::references::{Meaning, References, unknown};
use crate::backend::error::Error;
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Field, Kind, Object, Schema};
use crate::store::Store;
use jiff::Zoned;
use std::cell::RefCell;
use std::collections::HashMap;

/// Texts of a column of choices remembered.
const REMEMBERED: usize = 10_000;

/// The columns of a file that go to fields.
pub(super) struct Columns<'s> {
    columns: Vec<Column<'s>>,
    schema: &'s Schema,
    now: &'s Zoned,
    me: Option<Id>,
}

struct Column<'s> {
    /// Its place in the row.
    place: usize,
    field: &'s Field,
    /// Few texts come again and again: choices, yes and no, dates.
    repeats: bool,
    known: HashMap<String, Result<Value, Message>>,
}

/// A reference of a row that isn't there: its field, the object and the text.
pub(super) struct MissingReference {
    pub(super) field: String,
    pub(super) object: String,
    pub(super) text: String,
}

/// What a row says.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) fields: Fields,
    pub(super) errors: Vec<FieldError>,
    /// References that could be made.
    pub(super) missing: Vec<MissingReference>,
}

impl<'s> Columns<'s> {
    pub(super) fn new(
        schema: &'s Schema,
        object: &'s Object,
        mapping: &[Option<String>],
        now: &'s Zoned,
        me: Option<Id>,
    ) -> Columns<'s> {
        let mapped = mapping.iter().enumerate().filter_map(|(at, name)| Some((at, object.field(name.as_ref()?)?)));
        let columns = mapped.map(|(place, field)| Column {
            place,
            field,
            repeats: matches!(
                field.kind,
                Kind::Select { .. } | Kind::MultiSelect { .. } | Kind::Boolean | Kind::Date | Kind::Percent { .. }
            ),
            known: HashMap::new(),
        });
        Columns { columns: columns.collect(), schema, now, me }
    }

    /// The fields that columns go to.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|c| c.field.name.as_str())
    }

    /// Whether a column refers to records of an object.
    pub(super) fn refers_to(&self, object: &str) -> bool {
        self.columns.iter().any(|c| c.field.kind.target() == Some(object))
    }

    /// Reads a row: its values, and every error.
    pub(super) fn parse(
        &mut self,
        cells: &[String],
        store: &Store,
        references: &References<'_>,
        keys: &Keys,
    ) -> Result<Parsed, Error> {
        let mut parsed = Parsed::default();
        let (schema, now, me) = (self.schema, self.now, self.me);
        for column in &mut self.columns {
            let text = cells.get(column.place).map_or("", String::as_str).trim();
            if text.is_empty() {
                continue;
            }
            let name = &column.field.name;
            if column.repeats
                && let Some(known) = column.known.get(text)
            {
                put(&mut parsed, name, known.clone());
                continue;
            }
            let failed: RefCell<Option<Error>> = RefCell::new(None);
            let missing: RefCell<Vec<MissingReference>> = RefCell::default();
            let resolve = |object: &str, text: &str| match references.find(store, object, text, keys) {
                Ok(Meaning::One(id)) => Ok(id),
                Ok(meaning) => {
                    let message = unknown(schema, object, text, &meaning);
                    if matches!(meaning, Meaning::Nothing) {
                        let reference =
                            MissingReference { field: name.clone(), object: object.to_owned(), text: text.to_owned() };
                        missing.borrow_mut().push(reference);
                    }
                    Err(message)
                }
                Err(error) => {
                    *failed.borrow_mut() = Some(error);
                    Err(unknown(schema, object, text, &Meaning::Nothing))
                }
            };
            let context = ParseContext { now, me, currency: &schema.currency, schema, resolve: &resolve };
            let value = kind::parse(&column.field.kind, text, &context);
            if let Some(error) = failed.into_inner() {
                return Err(error);
            }
            if column.repeats && column.known.len() < REMEMBERED {
                column.known.insert(text.to_owned(), value.clone());
            }
            if value.is_err() && !column.field.kind.is_many() {
                parsed.missing.extend(missing.into_inner());
            }
            put(&mut parsed, name, value);
        }
        Ok(parsed)
    }
}

fn put(parsed: &mut Parsed, field: &str, value: Result<Value, Message>) {
    match value {
        Ok(Value::Empty) => {}
        Ok(value) => {
            parsed.fields.insert(field.to_owned(), value);
        }
        Err(message) => parsed.errors.push(FieldError { field: field.to_owned(), message }),
    }
}
