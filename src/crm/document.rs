//! What documents must keep beyond what the schema can say: a rate for a foreign currency, one currency through
//! a document and its payments, lines that are changed only while the document is open, days in their order.

use super::evaluate::Rules;
use super::pricing::{document_of, is_valued, lines_of};
use crate::contract::error::Error;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Object, Schema};
use crate::store::Store;

/// Days that can't come before others: object, first, last.
const ORDERED: [(&str, &str, &str); 6] = [
    ("quote", "date", "valid_until"),
    ("contract", "start", "end"),
    ("contract", "date", "signed_on"),
    ("order", "date", "delivery_date"),
    ("price_list", "valid_from", "valid_to"),
    ("price_list_item", "valid_from", "valid_to"),
];
/// The states in which the lines of a document may be changed.
const OPEN: [(&str, &str); 3] = [("quote", "draft"), ("contract", "draft"), ("order", "open")];
/// What a document's lines were reckoned by: it stays while there are lines.
const FIXED_BY_LINES: [&str; 2] = ["currency", "tax_included"];

/// What is wrong with a record as a document, a line or a payment.
pub(super) fn errors(
    store: &Store,
    rules: &Rules<'_>,
    before: Option<&Record>,
    fields: &Fields,
) -> Result<Vec<FieldError>, Error> {
    let object = rules.object();
    let mut errors = import_errors(store, rules, fields)?;
    if let Some(document) = document_of(&object.name) {
        errors.extend(closed(store, document, before.map(|r| &r.fields))?);
        if before.is_none_or(|r| r.fields.get(document) != fields.get(document)) {
            errors.extend(closed(store, document, Some(fields))?);
        }
    }
    if let (Some(_), Some(before)) = (lines_of(&object.name), before)
        && matches!(before.get("lines"), Value::Integer(1..))
    {
        let changed = FIXED_BY_LINES.iter().filter(|name| object.field(name).is_some());
        let changed = changed.filter(|name| before.fields.get(**name) != fields.get(**name));
        errors.extend(changed.map(|name| error(name, msg!("document-has-lines"))));
    }
    Ok(errors)
}

/// The same for a record that comes from elsewhere, where documents may be closed already.
pub(super) fn import_errors(store: &Store, rules: &Rules<'_>, fields: &Fields) -> Result<Vec<FieldError>, Error> {
    let (schema, object) = (rules.schema(), rules.object());
    let mut errors = days_reversed(object, fields);
    errors.extend(rate_missing(schema, object, fields));
    errors.extend(foreign_amount(store, schema, object, fields)?);
    Ok(errors)
}

fn error(field: &str, message: crate::domain::message::Message) -> FieldError {
    FieldError { field: field.to_owned(), message }
}

fn rate_missing(schema: &Schema, object: &Object, fields: &Fields) -> Option<FieldError> {
    let currency = fields.get("currency").and_then(Value::as_str).filter(|_| is_valued(object))?;
    let has_rate = matches!(fields.get("rate"), Some(Value::Decimal(rate)) if !rate.is_zero());
    (currency != schema.currency && !has_rate)
        .then(|| error("rate", msg!("document-no-rate", currency = currency, base = &schema.currency)))
}

fn days_reversed(object: &Object, fields: &Fields) -> Vec<FieldError> {
    let own = ORDERED.iter().filter(|(name, ..)| *name == object.name);
    own.filter_map(|(_, first, last)| match (fields.get(*first), fields.get(*last)) {
        (Some(Value::Date(from)), Some(Value::Date(to))) if to < from => {
            Some(error(last, msg!("document-days", from = from)))
        }
        _ => None,
    })
    .collect()
}

/// Why the lines of a line's document can't be changed, if so.
fn closed(store: &Store, document: &str, fields: Option<&Fields>) -> Result<Option<FieldError>, Error> {
    let Some(Value::Ref(id)) = fields.and_then(|f| f.get(document)) else { return Ok(None) };
    let Some(record) = store.get(document, *id)? else { return Ok(None) };
    if matches!(record.get("pending"), Value::Integer(1..)) {
        return Ok(Some(error(document, msg!("approval-locked"))));
    }
    let is_open = OPEN.iter().any(|(name, state)| *name == document && record.get("status").as_str() == Some(state));
    Ok((!is_open).then(|| error(document, msg!("document-closed"))))
}

/// `Denied` if lines among these records belong to a document that isn't deleted along and isn't open.
pub(super) fn may_delete(store: &Store, keys: &[RecordKey]) -> Result<(), Error> {
    for key in keys {
        let Some(document) = document_of(&key.object) else { continue };
        let Some(line) = store.get(&key.object, key.id)? else { continue };
        let goes_along = |id| keys.iter().any(|k| k.object == document && k.id == id);
        if line.get(document).as_ref_id().is_some_and(goes_along) {
            continue;
        }
        if let Some(refusal) = closed(store, document, Some(&line.fields))? {
            return Err(Error::Denied(refusal.message));
        }
    }
    Ok(())
}

/// Payments and plans are in the currency of what they pay.
fn foreign_amount(
    store: &Store,
    schema: &Schema,
    object: &Object,
    fields: &Fields,
) -> Result<Option<FieldError>, Error> {
    let paid: &[&str] = match object.name.as_str() {
        "payment" => &["plan", "order", "contract"],
        "payment_plan" => &["order", "contract"],
        _ => return Ok(None),
    };
    let Some(Value::Money(amount)) = fields.get("amount") else { return Ok(None) };
    for name in paid {
        let target = object.field(name).and_then(|f| f.kind.target());
        let (Some(target), Some(Value::Ref(id))) = (target, fields.get(*name)) else { continue };
        let Some(record) = store.get(target, *id)? else { continue };
        let currency = match (record.get("currency"), record.get("amount")) {
            (Value::Choice(code), _) => code,
            (_, Value::Money(money)) => &money.currency,
            _ => continue,
        };
        if *currency != amount.currency {
            return Ok(Some(error("amount", msg!("document-currency", currency = currency))));
        }
    }
    let has_rate = matches!(fields.get("rate"), Some(Value::Decimal(rate)) if !rate.is_zero());
    let needs = amount.currency != schema.currency && !has_rate;
    Ok(needs.then(|| error("rate", msg!("document-no-rate", currency = &amount.currency, base = &schema.currency))))
}
