//! How the value of a field stands in its column: the one place where a field type meets SQL.

use super::db::Dialect;
use crate::domain::id::Id;
use crate::domain::value::{FileRef, Money, Value};
use crate::schema::model::Kind;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rust_decimal::Decimal;

/// Digits after the point of money and percent columns.
pub(super) const MONEY_SCALE: u32 = 2;

/// The form of a value in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Integer,
    /// A decimal times ten to this power.
    Scaled(u32),
    /// Minor units; the currency stands in a second column.
    Money,
    Date,
    DateTime,
    Boolean,
    Choice,
    Choices,
    Ref,
    Refs,
    Files,
}

/// A value ready to be bound.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Owned(String),
}

impl rusqlite::ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Null => ValueRef::Null,
            Cell::Integer(i) => ValueRef::Integer(*i),
            Cell::Text(t) => ValueRef::Text(t.as_bytes()),
            Cell::Owned(t) => ValueRef::Text(t.as_bytes()),
        }))
    }
}

impl Form {
    /// The form of a field type.
    pub(super) fn of(kind: &Kind) -> Form {
        match kind {
            Kind::Text { .. }
            | Kind::Multiline
            | Kind::Phone
            | Kind::Email
            | Kind::Url
            | Kind::Region
            | Kind::Code { .. } => Form::Text,
            Kind::Integer { .. } => Form::Integer,
            Kind::Decimal { scale, .. } => Form::Scaled(*scale),
            Kind::Percent { .. } => Form::Scaled(MONEY_SCALE),
            Kind::Money { .. } => Form::Money,
            Kind::Date => Form::Date,
            Kind::DateTime => Form::DateTime,
            Kind::Boolean => Form::Boolean,
            Kind::Select { .. } => Form::Choice,
            Kind::MultiSelect { .. } | Kind::Tags => Form::Choices,
            Kind::Reference { many: true, .. } | Kind::User { many: true } => Form::Refs,
            Kind::Reference { .. } | Kind::User { .. } | Kind::Department => Form::Ref,
            Kind::Attachment => Form::Files,
            Kind::Formula { result, .. } | Kind::Rollup { result, .. } => Form::of(result),
        }
    }

    /// The column's type with its collation.
    pub(super) fn sql_type(self, dialect: Dialect) -> &'static str {
        match self {
            Form::Text => dialect.loose_text_type(),
            Form::Integer | Form::Scaled(_) | Form::Money | Form::Boolean | Form::Ref => dialect.integer(),
            Form::Date | Form::DateTime | Form::Choice | Form::Choices | Form::Refs | Form::Files => {
                dialect.text_type()
            }
        }
    }

    /// Whether the column holds a JSON array.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Form::Choices | Form::Refs | Form::Files)
    }

    /// The value as it is bound; for money the amount. `None` if it doesn't fit the column.
    pub(super) fn encode(self, value: &Value) -> Option<Cell<'_>> {
        Some(match (self, value) {
            (_, Value::Empty) => Cell::Null,
            (_, Value::Text(t) | Value::Choice(t)) if t.is_empty() => Cell::Null,
            (_, Value::Choices(keys)) if keys.is_empty() => Cell::Null,
            (_, Value::Refs(ids)) if ids.is_empty() => Cell::Null,
            (_, Value::Files(files)) if files.is_empty() => Cell::Null,
            (Form::Text, Value::Text(t)) | (Form::Choice, Value::Choice(t)) => Cell::Text(t),
            // A formula over choices or texts may give either.
            (Form::Text, Value::Choice(t)) | (Form::Choice, Value::Text(t)) => Cell::Text(t),
            (Form::Integer, Value::Integer(i)) => Cell::Integer(*i),
            (Form::Scaled(scale), Value::Decimal(d)) => Cell::Integer(scaled(d, scale)?),
            (Form::Scaled(scale), Value::Integer(i)) => Cell::Integer(scaled(&Decimal::from(*i), scale)?),
            (Form::Money, Value::Money(m)) => Cell::Integer(scaled(&m.amount, MONEY_SCALE)?),
            (Form::Date, Value::Date(d)) if d.year() >= 0 => Cell::Owned(d.to_string()),
            (Form::DateTime, Value::DateTime(t)) => Cell::Owned(timestamp_text(*t)?),
            (Form::Boolean, Value::Boolean(b)) => Cell::Integer(i64::from(*b)),
            (Form::Choices, Value::Choices(keys)) => Cell::Owned(serde_json::to_string(keys).ok()?),
            (Form::Ref, Value::Ref(id)) => Cell::Integer(id.as_i64()),
            (Form::Refs, Value::Refs(ids)) => {
                let raw: Vec<i64> = ids.iter().map(|id| id.as_i64()).collect();
                Cell::Owned(serde_json::to_string(&raw).ok()?)
            }
            (Form::Files, Value::Files(files)) => Cell::Owned(serde_json::to_string(files).ok()?),
            _ => return None,
        })
    }

    /// Reads a stored value back; `currency` is the second column of money. `None` if it makes no sense.
    pub(super) fn decode(self, stored: ValueRef<'_>, currency: Option<&str>) -> Option<Value> {
        Some(match (self, stored) {
            (_, ValueRef::Null) => Value::Empty,
            (Form::Integer, ValueRef::Integer(i)) => Value::Integer(i),
            (Form::Scaled(scale), ValueRef::Integer(i)) => Value::Decimal(unscaled(i, scale)?),
            (Form::Money, ValueRef::Integer(i)) => {
                Value::Money(Money { amount: unscaled(i, MONEY_SCALE)?, currency: currency?.to_owned() })
            }
            (Form::Boolean, ValueRef::Integer(i)) => Value::Boolean(i != 0),
            (Form::Ref, ValueRef::Integer(i)) => Value::Ref(Id::from_i64(i)?),
            (form, ValueRef::Text(bytes)) => return form.decode_text(std::str::from_utf8(bytes).ok()?),
            _ => return None,
        })
    }

    fn decode_text(self, text: &str) -> Option<Value> {
        Some(match self {
            Form::Text => Value::Text(text.to_owned()),
            Form::Choice => Value::Choice(text.to_owned()),
            Form::Date => Value::Date(text.parse::<Date>().ok()?),
            Form::DateTime => Value::DateTime(text.parse::<Timestamp>().ok()?),
            Form::Choices => match serde_json::from_str::<Vec<String>>(text).ok()? {
                keys if keys.is_empty() => Value::Empty,
                keys => Value::Choices(keys),
            },
            Form::Refs => {
                let raw: Vec<i64> = serde_json::from_str(text).ok()?;
                match raw.into_iter().map(Id::from_i64).collect::<Option<Vec<Id>>>()? {
                    ids if ids.is_empty() => Value::Empty,
                    ids => Value::Refs(ids),
                }
            }
            Form::Files => match serde_json::from_str::<Vec<FileRef>>(text).ok()? {
                files if files.is_empty() => Value::Empty,
                files => Value::Files(files),
            },
            Form::Integer | Form::Scaled(_) | Form::Money | Form::Boolean | Form::Ref => return None,
        })
    }

    /// The value as it will read back: amounts at the column's digits, moments at milliseconds, a list without items empty.
    pub(super) fn normalize(self, value: Value) -> Option<Value> {
        Some(match (self, value) {
            (Form::Scaled(scale), v @ (Value::Decimal(_) | Value::Integer(_))) => match self.encode(&v)? {
                Cell::Integer(i) => Value::Decimal(unscaled(i, scale)?),
                _ => return None,
            },
            (Form::Money, Value::Money(m)) => {
                let amount = unscaled(scaled(&m.amount, MONEY_SCALE)?, MONEY_SCALE)?;
                Value::Money(Money { amount, currency: m.currency })
            }
            (Form::DateTime, Value::DateTime(t)) => {
                Value::DateTime(Timestamp::from_millisecond(t.as_millisecond()).ok()?)
            }
            (_, Value::Choices(keys)) if keys.is_empty() => Value::Empty,
            (_, Value::Refs(ids)) if ids.is_empty() => Value::Empty,
            (_, Value::Files(files)) if files.is_empty() => Value::Empty,
            (_, Value::Text(text) | Value::Choice(text)) if text.is_empty() => Value::Empty,
            (Form::Text, Value::Choice(text)) => Value::Text(text),
            (Form::Choice, Value::Text(text)) => Value::Choice(text),
            (_, Value::Empty) => Value::Empty,
            (form, value) => {
                form.encode(&value)?;
                value
            }
        })
    }
}

/// A moment as the store writes it: UTC, always with three digits of milliseconds, so that texts sort as times do.
/// `None` before the year 0.
pub(super) fn timestamp_text(at: Timestamp) -> Option<String> {
    let at = Timestamp::from_millisecond(at.as_millisecond()).ok()?;
    let text = format!("{at:.3}");
    (!text.starts_with('-')).then_some(text)
}

/// A decimal as an integer of its smallest unit; `None` if digits would be lost or it is too great.
pub(super) fn scaled(value: &Decimal, scale: u32) -> Option<i64> {
    let have = value.scale();
    let mantissa = value.mantissa();
    let units = if have <= scale {
        mantissa.checked_mul(10i128.checked_pow(scale - have)?)?
    } else {
        let divisor = 10i128.checked_pow(have - scale)?;
        if mantissa % divisor != 0 {
            return None;
        }
        mantissa / divisor
    };
    i64::try_from(units).ok()
}

fn unscaled(units: i64, scale: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(i128::from(units), scale).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn decimals_keep_every_digit_or_are_refused() {
        let table = [("12.5", 2, Some(1250)), ("12.500", 2, Some(1250)), ("12.505", 2, None), ("-0.01", 2, Some(-1))];
        for (text, scale, expected) in table {
            assert_eq!(scaled(&text.parse().unwrap(), scale), expected, "{text}");
        }
        assert_eq!(scaled(&"92233720368547758.08".parse().unwrap(), 2), None, "one cent too much");
        assert_eq!(scaled(&"92233720368547758.07".parse().unwrap(), 2), Some(i64::MAX));
    }

    #[test]
    fn moments_are_written_with_three_digits_whatever_they_have() {
        let table = [
            ("2026-11-22T03:33:28Z", "2026-11-22T03:33:28.000Z"),
            ("2026-11-22T03:33:28.1239Z", "2026-11-22T03:33:28.123Z"),
            ("2026-11-22T11:33:28.5+08:00", "2026-11-22T03:33:28.500Z"),
        ];
        for (text, expected) in table {
            assert_eq!(timestamp_text(text.parse().unwrap()).unwrap(), expected);
        }
    }
}
