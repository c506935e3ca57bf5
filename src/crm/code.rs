//! Giving a new record its code: gap-free within the transaction that writes it.

use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Kind, NumberRule, Object, Schema};
use crate::schema::number::{Part, Prefix};
use crate::store::{Store, Write};
use jiff::civil::Date;

/// Codes given by hand may lie ahead of the serials: so many are passed over before giving up.
pub(super) const MOST_TAKEN: usize = 100_000;

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

/// What a rule makes of a record on a day, before the serial. Records referred to stand by their codes.
pub(super) fn prefix(
    store: &Store,
    schema: &Schema,
    object: &Object,
    rule: &NumberRule,
    fields: &Fields,
    today: Date,
) -> Result<Prefix, Error> {
    let mut codes = Fields::new();
    for (_, part) in rule.parts() {
        let Part::Field(name) = part else { continue };
        let target = object.field(name).and_then(|f| f.kind.target()).and_then(|t| schema.object(t));
        if let (Some(target), Some(Value::Ref(id))) = (target, fields.get(name)) {
            codes.insert(name.to_owned(), code_of(store, target, *id)?);
        }
    }
    let value = |field: &str| codes.get(field).or_else(|| fields.get(field)).unwrap_or(&Value::Empty);
    Ok(rule.prefix(schema, object, today, value))
}

/// A record's code; its title if it has none.
fn code_of(store: &Store, object: &Object, id: Id) -> Result<Value, Error> {
    let Some(record) = store.get(&object.name, id)? else { return Ok(Value::Empty) };
    let code = object.code.as_deref().map(|code| record.get(code)).filter(|code| !code.is_empty());
    Ok(code.unwrap_or(record.get(&object.title)).clone())
}

/// That a rule can make no more numbers.
pub(super) fn used_up(field: &str, rule: &NumberRule, prefix: &Prefix) -> FieldError {
    let message = msg!("crm-code-used-up", rule = &rule.name, prefix = &prefix.text, most = prefix.most());
    FieldError { field: field.to_owned(), message: message.with("pattern", &rule.pattern) }
}

/// That every number which a rule would make next is in use.
pub(super) fn none_free(field: &str, rule: &NumberRule) -> FieldError {
    FieldError { field: field.to_owned(), message: msg!("crm-no-free-code", rule = &rule.name) }
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
    let prefix = prefix(store, schema, object, rule, fields, today)?;
    let counter = counter(rule, &prefix);
    let mut last = store.peek_serial(&counter)? - 1;
    if rule.gap_free {
        last = given_back(store, object, field, &prefix, last)?;
    }
    for serial in (last + 1..).take(MOST_TAKEN) {
        if serial > prefix.most() {
            return Err(Error::Invalid(vec![used_up(&field.name, rule, &prefix)]));
        }
        let code = prefix.with_serial(serial.unsigned_abs());
        if !is_taken(store, object, field, &code)? {
            return Ok(code);
        }
    }
    Err(Error::Other(msg!("crm-no-free-code", rule = &rule.name)))
}

pub(super) fn is_taken(store: &Store, object: &Object, field: &Field, code: &str) -> Result<bool, Error> {
    Ok(!store.find_equal(&object.name, &field.name, &Value::Text(code.to_owned()), 1)?.is_empty())
}

/// The last serial before those at the end whose records are gone.
pub(super) fn given_back(
    store: &Store,
    object: &Object,
    field: &Field,
    prefix: &Prefix,
    last: i64,
) -> Result<i64, Error> {
    let mut last = last;
    while last > 0 && !is_taken(store, object, field, &prefix.with_serial(last.unsigned_abs()))? {
        last -= 1;
    }
    Ok(last)
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
        let prefix = prefix(tx.store(), schema, object, rule, fields, today)?;
        let counter = counter(rule, &prefix);
        if let Some(given) = fields.get(&field.name).and_then(Value::as_str) {
            let next = tx.store().peek_serial(&counter)?;
            let serial = prefix.serial(given);
            if serial != Some(next) {
                if let Some(serial) = serial.filter(|_| !rule.gap_free) {
                    tx.raise_serial(&counter, serial)?;
                }
                continue;
            }
        }
        let code = next_free(tx, object, (field, rule), &prefix, &counter)?;
        fields.insert(field.name.clone(), Value::Text(code));
    }
    Ok(())
}

fn next_free(
    tx: &mut Write<'_>,
    object: &Object,
    (field, rule): (&Field, &NumberRule),
    prefix: &Prefix,
    counter: &str,
) -> Result<String, Error> {
    if rule.gap_free {
        let last = tx.store().peek_serial(counter)? - 1;
        let kept = given_back(tx.store(), object, field, prefix, last)?;
        if kept < last {
            tx.set_serial(counter, kept)?;
        }
    }
    for _ in 0..MOST_TAKEN {
        let serial = tx.next_serial(counter)?;
        if serial > prefix.most() {
            return Err(Error::Invalid(vec![used_up(&field.name, rule, prefix)]));
        }
        let code = prefix.with_serial(serial.unsigned_abs());
        if !is_taken(tx.store(), object, field, &code)? {
            return Ok(code);
        }
    }
    Err(Error::Other(msg!("crm-no-free-code", rule = &field.name)))
}
