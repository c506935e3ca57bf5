//! Giving a new record its code: gap-free within the transaction that writes it.

use crate::backend::error::Error;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Kind, NumberRule, Object, Schema};
use crate::schema::number::Prefix;
use crate::store::{Store, Write};
use jiff::civil::Date;

/// Codes given by hand may lie ahead of the serials: so many are passed over before giving up.
const MOST_TAKEN: usize = 100_000;

/// The fields of an object that hold an automatic number, with their rules.
pub(super) fn code_fields<'s>(
    schema: &'s Schema,
    object: &'s Object,
) -> impl Iterator<Item = (&'s Field, &'s NumberRule)> {
    object.fields.iter().filter_map(|field| match &field.kind {
        Kind::Code { rule } => Some((field, schema.numbers.get(rule)?)),
        _ => None,
    })
}

/// What a rule makes of a record on a day, before the serial.
pub(super) fn prefix(schema: &Schema, object: &Object, rule: &NumberRule, fields: &Fields, today: Date) -> Prefix {
    rule.prefix(schema, object, today, |field| fields.get(field).unwrap_or(&Value::Empty))
}

/// The serial of a code that a prefix could have made.
pub(super) fn serial(prefix: &Prefix, code: &str) -> Option<i64> {
    let digits = code.strip_prefix(&prefix.text)?;
    (digits.len() >= prefix.digits && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// What serials of a rule and prefix are counted under.
pub(crate) fn counter(rule: &NumberRule, prefix: &Prefix) -> String {
    format!("{}:{}", rule.name, prefix.text)
}

/// The code that a record saved now would get.
pub(super) fn preview(
    store: &Store,
    schema: &Schema,
    object: &Object,
    (field, rule): (&Field, &NumberRule),
    fields: &Fields,
    today: Date,
) -> Result<String, Error> {
    let prefix = prefix(schema, object, rule, fields, today);
    let first = store.peek_serial(&counter(rule, &prefix))?;
    for serial in (first..).take(MOST_TAKEN) {
        let code = prefix.with_serial(serial.unsigned_abs());
        if store.find_equal(&object.name, &field.name, &Value::Text(code.clone()), 1)?.is_empty() {
            return Ok(code);
        }
    }
    Err(Error::Other(msg!("crm-no-free-code", rule = &rule.name)))
}

/// Fills the empty code fields of a new record. A given code that is just the next one counts as
/// automatic: it was shown as a preview.
pub(super) fn assign(
    tx: &mut Write<'_>,
    schema: &Schema,
    object: &Object,
    fields: &mut Fields,
    today: Date,
) -> Result<(), Error> {
    for (field, rule) in code_fields(schema, object) {
        let prefix = prefix(schema, object, rule, fields, today);
        let counter = counter(rule, &prefix);
        if let Some(given) = fields.get(&field.name).and_then(Value::as_str) {
            let next = tx.store().peek_serial(&counter)?;
            let serial = serial(&prefix, given);
            if serial != Some(next) {
                if let Some(serial) = serial {
                    tx.raise_serial(&counter, serial)?;
                }
                continue;
            }
        }
        let code = next_free(tx, object, field, &prefix, &counter)?;
        fields.insert(field.name.clone(), Value::Text(code));
    }
    Ok(())
}

fn next_free(
    tx: &mut Write<'_>,
    object: &Object,
    field: &Field,
    prefix: &Prefix,
    counter: &str,
) -> Result<String, Error> {
    for _ in 0..MOST_TAKEN {
        let code = prefix.with_serial(tx.next_serial(counter)?.unsigned_abs());
        if tx.store().find_equal(&object.name, &field.name, &Value::Text(code.clone()), 1)?.is_empty() {
            return Ok(code);
        }
    }
    Err(Error::Other(msg!("crm-no-free-code", rule = &field.name)))
}
