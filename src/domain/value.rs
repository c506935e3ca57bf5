//! The value of a field. What a value means, and how it is read, shown and checked, is the business
//! of its field's type: see `schema::kind`.

mod json;

pub(crate) use json::timestamp_text;

use crate::domain::id::Id;
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One field's value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing entered. Never the same as an empty text or zero.
    #[default]
    Empty,
    /// Text, multiline, phone, e-mail, URL, region path, code; never empty.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number; a percent is kept as its percent figure (12.5 is 12.5 %).
    Decimal(Decimal),
    /// An amount with its currency.
    Money(Money),
    /// A calendar date.
    Date(Date),
    /// A moment, kept in UTC.
    DateTime(Timestamp),
    /// Yes or no.
    Boolean(bool),
    /// The key of one dictionary item.
    Choice(String),
    /// Keys of several dictionary items, or tags; never empty.
    Choices(Vec<String>),
    /// A record of another object, a user or a department.
    Ref(Id),
    /// Several of them; never empty.
    Refs(Vec<Id>),
    /// Attached files; never empty.
    Files(Vec<FileRef>),
}

impl Value {
    /// Whether nothing is entered.
    pub fn is_empty(&self) -> bool {
        matches!(self, Value::Empty)
    }

    /// A text value, empty for blank text.
    pub fn text(text: &str) -> Value {
        if text.trim().is_empty() { Value::Empty } else { Value::Text(text.to_owned()) }
    }

    /// The record referred to, if it is a single reference.
    pub fn as_ref_id(&self) -> Option<Id> {
        match self {
            Value::Ref(id) => Some(*id),
            _ => None,
        }
    }

    /// The records referred to.
    pub fn ids(&self) -> &[Id] {
        match self {
            Value::Ref(id) => std::slice::from_ref(id),
            Value::Refs(ids) => ids,
            _ => &[],
        }
    }

    /// The text of a text value or the key of a choice.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(s) | Value::Choice(s) => Some(s),
            _ => None,
        }
    }
}

/// An exact amount in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Money {
    /// The amount in whole currency units (`1234.50`).
    pub amount: Decimal,
    /// ISO 4217 code (`CNY`).
    pub currency: String,
}

/// A file kept beside the store by its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileRef {
    /// The name it was attached under.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// The content's hash in hexadecimal, its name in the file folder.
    pub hash: String,
}

impl FileRef {
    /// The size as people read it: `312 B`, `4.2 KB`, `1.0 MB`.
    pub fn size_text(&self) -> String {
        const UNITS: [&str; 3] = ["KB", "MB", "GB"];
        if self.size < 1024 {
            return format!("{} B", self.size);
        }
        let mut size = self.size as f64;
        let mut unit = "B";
        for next in UNITS {
            if size < 1023.95 {
                break;
            }
            size /= 1024.0;
            unit = next;
        }
        format!("{size:.1} {unit}")
    }
}
