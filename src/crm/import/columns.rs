//! Cells of a file as values.

use super::keys::Keys;
use super::references::{Meaning, References, unknown};
use crate::contract::error::Error;
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

/// The columns of a file that can be read without the store.
#[derive(Clone)]
pub(super) struct Columns<'s> {
    columns: Vec<Column<'s>>,
    schema: &'s Schema,
    now: &'s Zoned,
    me: Option<Id>,
}

#[derive(Clone)]
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
    /// The mnemonic of a new record.
    pub(super) mnemonic: Option<String>,
}

/// The columns that go to fields: those that are read by themselves, and the references.
pub(super) fn columns<'s>(
    schema: &'s Schema,
    object: &'s Object,
    mapping: &[Option<String>],
    now: &'s Zoned,
    me: Option<Id>,
) -> (Columns<'s>, Links<'s>) {
    let mapped = mapping.iter().enumerate().filter_map(|(at, name)| Some((at, object.field(name.as_ref()?)?)));
    let (links, plain): (Vec<_>, Vec<_>) = mapped.partition(|(_, field)| field.kind.target().is_some());
    let column = |(place, field): (usize, &'s Field)| Column {
        place,
        field,
        repeats: matches!(
            field.kind,
            Kind::Select { .. } | Kind::MultiSelect { .. } | Kind::Boolean | Kind::Date | Kind::Percent { .. }
        ),
        known: HashMap::new(),
    };
    let columns = plain.into_iter().map(column).collect();
    (Columns { columns, schema, now, me }, Links { columns: links, schema, now, me })
}

/// The fields that columns go to.
pub(super) fn fields<'o>(object: &'o Object, mapping: &[Option<String>]) -> Vec<&'o str> {
    mapping.iter().filter_map(|name| Some(object.field(name.as_ref()?)?.name.as_str())).collect()
}

impl Columns<'_> {
    /// Reads the cells of a row: its values, and every error. References are left to [`Links`]. The names in `spare` are
    /// used again, its values don't matter.
    pub(super) fn parse(&mut self, cells: &[String], mut spare: Fields) -> Parsed {
        spare.values_mut().for_each(|value| *value = Value::Empty);
        let mut parsed = Parsed { fields: spare, ..Parsed::default() };
        let resolve = |object: &str, text: &str| Err(unknown(self.schema, object, text, &Meaning::Nothing));
        let (schema, now, me) = (self.schema, self.now, self.me);
        let context = ParseContext { now, me, currency: &schema.currency, schema, resolve: &resolve };
        for column in &mut self.columns {
            let text = cells.get(column.place).map_or("", String::as_str).trim();
            if text.is_empty() {
                continue;
            }
            let name = &column.field.name;
            if !column.repeats {
                put(&mut parsed, name, kind::parse(&column.field.kind, text, &context));
                continue;
            }
            let value = match column.known.get(text) {
                Some(known) => known.clone(),
                None => {
                    let value = kind::parse(&column.field.kind, text, &context);
                    if column.known.len() < REMEMBERED {
                        column.known.insert(text.to_owned(), value.clone());
                    }
                    value
                }
            };
            put(&mut parsed, name, value);
        }
        parsed.fields.retain(|_, value| !value.is_empty());
        parsed
    }
}

/// The columns of a file that refer to records.
pub(super) struct Links<'s> {
    columns: Vec<(usize, &'s Field)>,
    schema: &'s Schema,
    now: &'s Zoned,
    me: Option<Id>,
}

impl Links<'_> {
    /// Reads the references of a row.
    pub(super) fn parse(
        &self,
        cells: &[String],
        parsed: &mut Parsed,
        store: &Store,
        references: &References<'_>,
        keys: &Keys,
    ) -> Result<(), Error> {
        let (schema, now, me) = (self.schema, self.now, self.me);
        for (place, field) in &self.columns {
            let text = cells.get(*place).map_or("", String::as_str).trim();
            if text.is_empty() {
                continue;
            }
            let name = &field.name;
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
            let value = kind::parse(&field.kind, text, &context);
            if let Some(error) = failed.into_inner() {
                return Err(error);
            }
            if value.is_err() && !field.kind.is_many() {
                parsed.missing.extend(missing.into_inner());
            }
            put(parsed, name, value);
        }
        Ok(())
    }

    /// Whether a field is among them.
    pub(super) fn holds(&self, field: &str) -> bool {
        self.columns.iter().any(|(_, link)| link.name == field)
    }
}

fn put(parsed: &mut Parsed, field: &str, value: Result<Value, Message>) {
    match value {
        Ok(Value::Empty) => {}
        Ok(value) => match parsed.fields.get_mut(field) {
            Some(known) => *known = value,
            None => drop(parsed.fields.insert(field.to_owned(), value)),
        },
        Err(message) => parsed.errors.push(FieldError { field: field.to_owned(), message }),
    }
}
