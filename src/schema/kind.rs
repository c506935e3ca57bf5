//! What each field type does: parsing what people type, showing it, checking it, comparing it, JSON,
//! duplicates, filter operators. The types stand in families, one file each; the functions here are the
//! whole of what others need. A new type is a variant of [`Kind`] and an arm in its family.

mod choice;
mod contact;
mod duplicate;
mod json;
mod number;
mod reference;
mod text;
mod time;

pub(crate) use choice::{nearest_item, parse_boolean as parse_yes_no};
pub use duplicate::duplicate_key;
pub use json::{from_json, to_json, typed};
pub(crate) use reference::is_me;

use super::model::{Kind, Schema};
use crate::domain::filter::Op;
use crate::domain::id::Id;
use crate::domain::lang::{Lang, as_read};
use crate::domain::message::Message;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::msg;
use jiff::Zoned;
use jiff::tz::TimeZone;
use std::cmp::Ordering;

/// Finds a record of an object by what was typed: title, code or id.
pub type Resolve<'c> = &'c dyn Fn(&str, &str) -> Result<Id, Message>;

/// What the meaning of typed text depends on.
pub struct ParseContext<'c> {
    /// The moment, in the user's zone.
    pub now: &'c Zoned,
    /// The user who types, for `me`.
    pub me: Option<Id>,
    /// The currency of amounts that name none.
    pub currency: &'c str,
    /// The schema, for dictionaries.
    pub schema: &'c Schema,
    /// Finds the records that are referred to.
    pub resolve: Resolve<'c>,
}

/// What the look of a value depends on.
pub struct FormatContext<'c> {
    /// The language of labels.
    pub lang: Lang,
    /// The zone that times are shown in.
    pub zone: &'c TimeZone,
    /// Titles of the records that values refer to.
    pub titles: &'c Titles,
    /// The schema, for dictionaries.
    pub schema: &'c Schema,
}

/// Reads what a person typed, in either language, and checks it. Blank text is [`Value::Empty`].
pub fn parse(kind: &Kind, text: &str, ctx: &ParseContext<'_>) -> Result<Value, Message> {
    if text.trim().is_empty() {
        return Ok(Value::Empty);
    }
    let value = match kind {
        Kind::Text { .. } | Kind::Code { .. } => text::parse_line(text),
        Kind::Multiline => text::parse_lines(text),
        Kind::Integer { .. } => number::parse_integer(text)?,
        Kind::Decimal { .. } => number::parse_decimal(text)?,
        Kind::Percent { .. } => number::parse_percent(text)?,
        Kind::Money { .. } => number::parse_money(text, ctx.currency)?,
        Kind::Date => time::parse_date(text, ctx.now)?,
        Kind::DateTime => time::parse_datetime(text, ctx.now)?,
        Kind::Boolean => choice::parse_boolean(text)?,
        Kind::Select { dictionary } => choice::parse_select(text, dictionary, ctx.schema)?,
        Kind::MultiSelect { dictionary } => choice::parse_multiselect(text, dictionary, ctx.schema)?,
        Kind::Tags => choice::parse_tags(text),
        Kind::Phone => contact::parse_phone(text),
        Kind::Email => contact::parse_email(text),
        Kind::Url => contact::parse_url(text),
        Kind::Region => contact::parse_region(text),
        Kind::Reference { object, many } => reference::parse(text, object, *many, ctx)?,
        Kind::User { many } => reference::parse(text, "user", *many, ctx)?,
        Kind::Department => reference::parse(text, "department", false, ctx)?,
        Kind::Attachment => return Err(msg!("value-attachment")),
        Kind::Formula { .. } | Kind::Rollup { .. } => return Err(msg!("value-computed")),
    };
    check(kind, &value, ctx.schema)?;
    Ok(value)
}

/// The value as it is shown to people; nothing for an empty one.
pub fn format(kind: &Kind, value: &Value, ctx: &FormatContext<'_>) -> String {
    match (kind, value) {
        (Kind::Formula { result, .. } | Kind::Rollup { result, .. }, value) => format(result, value, ctx),
        (_, Value::Empty) => String::new(),
        (Kind::Multiline, Value::Text(text)) => as_read(text, ctx.lang).to_owned(),
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Integer(number)) => number.to_string(),
        (kind, Value::Decimal(number)) => number::format_decimal(kind, *number),
        (_, Value::Money(money)) => number::format_money(money),
        (_, Value::Date(date)) => date.to_string(),
        (_, Value::DateTime(at)) => time::format_datetime(*at, ctx.zone),
        (_, Value::Boolean(yes)) => choice::boolean_label(*yes, ctx.lang).to_owned(),
        (kind, Value::Choice(key)) => choice::label(kind, key, ctx).to_owned(),
        (kind, Value::Choices(keys)) => choice::labels(kind, keys, ctx),
        (_, Value::Ref(id)) => reference::title(*id, ctx),
        (_, Value::Refs(ids)) => reference::titles(ids, ctx),
        (_, Value::Files(files)) => files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// The value as text for editing, CSV and `$EDITOR`: [`parse`] reads it back to the same value, where the
/// default currency and zone are the same and titles are unambiguous.
pub fn plain(kind: &Kind, value: &Value, ctx: &FormatContext<'_>) -> String {
    match (kind, value) {
        (Kind::Formula { result, .. } | Kind::Rollup { result, .. }, value) => plain(result, value, ctx),
        (_, Value::Decimal(number)) => number.normalize().to_string(),
        (_, Value::Money(money)) => number::plain_money(money, &ctx.schema.currency),
        (_, Value::DateTime(at)) => time::plain_datetime(*at, ctx.zone),
        (kind, Value::Choices(keys)) => choice::plain(kind, keys, ctx),
        (_, Value::Refs(ids)) => reference::plain(ids, ctx),
        // Names of files hold commas more often.
        (_, Value::Files(files)) => files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("; "),
        _ => format(kind, value, ctx),
    }
}

/// Whether a value may stand in a field of a type: its form, length, limits, pattern and choices.
/// An empty value always may; whether one is required is the field's to say.
pub fn check(kind: &Kind, value: &Value, schema: &Schema) -> Result<(), Message> {
    match (kind, value) {
        (_, Value::Empty) => Ok(()),
        (Kind::Formula { .. } | Kind::Rollup { .. }, _) => Ok(()),
        (Kind::Text { max, pattern }, Value::Text(text)) => text::check_line(text, *max, pattern),
        (Kind::Code { .. }, Value::Text(text)) => text::check_code(text),
        (Kind::Multiline, Value::Text(text)) => text::check_lines(text),
        (Kind::Integer { min, max }, Value::Integer(number)) => {
            number::check_limits(number, min.as_ref(), max.as_ref())
        }
        (Kind::Decimal { scale, min, max }, Value::Decimal(number)) => {
            number::check_decimal(*number, *scale, min.as_ref(), max.as_ref())
        }
        (Kind::Percent { min, max }, Value::Decimal(number)) => {
            number::check_decimal(*number, number::MONEY_SCALE, min.as_ref(), max.as_ref())
        }
        (Kind::Money { min }, Value::Money(money)) => number::check_money(money, min.as_ref()),
        (Kind::Date, Value::Date(_)) | (Kind::DateTime, Value::DateTime(_)) | (Kind::Boolean, Value::Boolean(_)) => {
            Ok(())
        }
        (Kind::Select { dictionary }, Value::Choice(key)) => choice::check(dictionary, key, schema),
        (Kind::MultiSelect { dictionary }, Value::Choices(keys)) => {
            keys.iter().try_for_each(|key| choice::check(dictionary, key, schema))
        }
        (Kind::Tags, Value::Choices(tags)) => choice::check_tags(tags),
        (Kind::Phone, Value::Text(text)) => contact::check_phone(text),
        (Kind::Email, Value::Text(text)) => contact::check_email(text),
        (Kind::Url, Value::Text(text)) => contact::check_url(text),
        (Kind::Region, Value::Text(text)) => contact::check_region(text),
        (Kind::Reference { many: false, .. } | Kind::User { many: false } | Kind::Department, Value::Ref(_)) => Ok(()),
        (Kind::Reference { many: true, .. } | Kind::User { many: true }, Value::Refs(_)) => Ok(()),
        (Kind::Attachment, Value::Files(_)) => Ok(()),
        (kind, _) => Err(msg!("value-wrong-form", type = kind.name())),
    }
}

/// The order of two values of a type; choices in their dictionary's order, empty ones first.
pub fn compare(kind: &Kind, a: &Value, b: &Value, schema: &Schema) -> Ordering {
    match (a, b) {
        (Value::Empty, Value::Empty) => Ordering::Equal,
        (Value::Empty, _) => Ordering::Less,
        (_, Value::Empty) => Ordering::Greater,
        (Value::Text(a), Value::Text(b)) => text::compare(a, b),
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
        (Value::Money(a), Value::Money(b)) => a.amount.cmp(&b.amount).then_with(|| a.currency.cmp(&b.currency)),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Choice(a), Value::Choice(b)) => choice::compare(kind, a, b, schema),
        (Value::Choices(a), Value::Choices(b)) => a.cmp(b),
        (Value::Ref(a), Value::Ref(b)) => a.cmp(b),
        (Value::Refs(a), Value::Refs(b)) => a.cmp(b),
        (Value::Files(a), Value::Files(b)) => a.len().cmp(&b.len()),
        // Of different types: one of them is from before a change of the schema.
        _ => Ordering::Equal,
    }
}

/// The relations that a filter may ask of a type.
pub fn operators(kind: &Kind) -> &'static [Op] {
    const EQUALITY: &[Op] = &[Op::Has, Op::Eq, Op::Ne];
    const ORDER: &[Op] = &[Op::Has, Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
    match kind {
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => operators(result),
        Kind::Integer { .. }
        | Kind::Decimal { .. }
        | Kind::Percent { .. }
        | Kind::Money { .. }
        | Kind::Date
        | Kind::DateTime
        | Kind::Text { .. }
        | Kind::Code { .. }
        // The order of the dictionary: `level:<=B`.
        | Kind::Select { .. } => ORDER,
        _ => EQUALITY,
    }
}

/// Whether values stand at the right edge of a column.
pub fn is_right_aligned(kind: &Kind) -> bool {
    match kind {
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => is_right_aligned(result),
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. } => true,
        _ => false,
    }
}

/// The width in cells of a column that names none.
pub fn usual_width(kind: &Kind) -> u16 {
    match kind {
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => usual_width(result),
        Kind::Multiline => 40,
        Kind::Text { .. } | Kind::Reference { .. } | Kind::Email | Kind::Url => 24,
        Kind::DateTime | Kind::Money { .. } | Kind::Phone => 16,
        Kind::Date => 11,
        Kind::Region | Kind::Tags | Kind::MultiSelect { .. } | Kind::Department | Kind::Attachment => 16,
        Kind::Select { .. } | Kind::Code { .. } | Kind::User { .. } | Kind::Integer { .. } | Kind::Decimal { .. } => 12,
        Kind::Percent { .. } | Kind::Boolean => 8,
    }
}

/// The pieces of a list as people write it: between commas, semicolons, 顿号, bars and line ends.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_separator).map(str::trim).filter(|piece| !piece.is_empty())
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | '，' | '、' | ';' | '；' | '|' | '\n')
}

#[cfg(test)]
mod tests;
