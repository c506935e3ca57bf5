//! Prices of the lines of documents, and the exchange rates that documents are valued by.

use super::evaluate::Rules;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::{Object, Schema};
use crate::store::{Store, Which};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The lines of documents, and their field that refers to the document.
pub(super) const LINES: [(&str, &str); 3] =
    [("quote_line", "quote"), ("contract_line", "contract"), ("order_line", "order")];

/// The document that the lines of an object belong to.
pub(super) fn document_of(line: &str) -> Option<&'static str> {
    LINES.iter().find(|(object, _)| *object == line).map(|(_, document)| *document)
}

/// The lines of a document.
pub(super) fn lines_of(document: &str) -> Option<&'static str> {
    LINES.iter().find(|(_, field)| *field == document).map(|(object, _)| *object)
}

/// The price and floor of a line's product, or the rate of a document's currency, where those changed.
pub(super) fn followed(
    store: &Store,
    rules: &Rules<'_>,
    before: Option<&Record>,
    fields: &Fields,
) -> Result<Fields, Error> {
    let (schema, object, today) = (rules.schema(), rules.object(), rules.now().date());
    let changed = |name: &str| before.is_none_or(|r| fields.get(name) != r.fields.get(name));
    let mut found = Fields::new();
    if let Some(document) = document_of(&object.name)
        && changed("product")
        && let (Some(Value::Ref(product)), Some(Value::Ref(id))) = (fields.get("product"), fields.get(document))
        && let Some(document) = store.get(document, *id)?
    {
        let price = price(store, schema, *product, &document, today)?;
        let value = |number: Option<Decimal>| number.map_or(Value::Empty, |n| Value::Decimal(n.normalize()));
        found.insert("price".to_owned(), value(price.price));
        found.insert("floor".to_owned(), value(price.floor));
    }
    if is_valued(object)
        && changed("currency")
        && let Some(Value::Choice(currency)) = fields.get("currency")
    {
        let day = date_of(fields, "date").unwrap_or(today);
        let rate = if *currency == schema.currency { None } else { rate(store, schema, currency, day)? };
        found.insert("rate".to_owned(), rate.map_or(Value::Empty, Value::Decimal));
    }
    Ok(found)
}

/// Whether records of an object are in a currency of their own with its rate.
pub(super) fn is_valued(object: &Object) -> bool {
    object.name != "exchange_rate" && object.field("currency").is_some() && object.field("rate").is_some()
}

/// Whether anything is filled here.
pub(super) fn follows(object: &Object) -> bool {
    document_of(&object.name).is_some() || is_valued(object)
}

/// Whether a field may be filled here.
pub(super) fn may_fill(object: &Object, name: &str) -> bool {
    match name {
        "price" | "floor" => document_of(&object.name).is_some(),
        "rate" => is_valued(object),
        _ => false,
    }
}

/// A product's price for a document.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Price {
    pub(super) price: Option<Decimal>,
    pub(super) floor: Option<Decimal>,
}

/// The price of the document's price list on the document's day, else the product's own where the currency is the
/// same. Amounts are never converted: a price in another currency is no price.
fn price(store: &Store, schema: &Schema, product: Id, document: &Record, today: Date) -> Result<Price, Error> {
    let day = date_of(&document.fields, "date").unwrap_or(today);
    let currency = document.get("currency").as_str().unwrap_or(&schema.currency);
    let standard = store.get("product", product)?;
    let amount = |field: &str| match standard.as_ref().map(|r| r.get(field)) {
        Some(Value::Money(money)) if money.currency == currency => Some(money.amount),
        _ => None,
    };
    let own = Price { price: amount("price"), floor: amount("floor_price") };
    let Value::Ref(list) = document.get("price_list") else { return Ok(own) };
    let Some(record) = schema.object("price_list").map(|_| store.get("price_list", *list)).transpose()?.flatten()
    else {
        return Ok(own);
    };
    let is_off = record.get("active") == &Value::Boolean(false);
    if is_off || record.get("currency").as_str() != Some(currency) || !is_valid(&record, day) {
        return Ok(own);
    }
    let wanted = is("price_list", Value::Ref(*list)).and(is("product", Value::Ref(product)));
    let columns = ["price", "floor", "valid_from", "valid_to"];
    let Some(item) = newest(store, "price_list_item", &wanted, &columns, |item| is_valid(item, day))? else {
        return Ok(own);
    };
    let number = |field: &str| if let Value::Decimal(n) = item.get(field) { Some(*n) } else { None };
    Ok(Price { price: number("price").or(own.price), floor: number("floor").or(own.floor) })
}

fn is_valid(record: &Record, day: Date) -> bool {
    date_of(&record.fields, "valid_from").is_none_or(|from| from <= day)
        && date_of(&record.fields, "valid_to").is_none_or(|to| day <= to)
}

fn date_of(fields: &Fields, name: &str) -> Option<Date> {
    match fields.get(name) {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    }
}

/// The rate of a currency on a day: the newest record that is valid by then, else the schema's.
pub(super) fn rate(store: &Store, schema: &Schema, currency: &str, day: Date) -> Result<Option<Decimal>, Error> {
    if schema.object("exchange_rate").is_none() {
        return Ok(schema.rate(currency));
    }
    let wanted = is("currency", Value::Choice(currency.to_owned()));
    let is_in_force = |r: &Record| date_of(&r.fields, "valid_from").is_some_and(|from| from <= day);
    let found = newest(store, "exchange_rate", &wanted, &["rate", "valid_from"], is_in_force)?;
    let own = found.and_then(|r| if let Value::Decimal(n) = r.get("rate") { Some(*n) } else { None });
    Ok(own.or(schema.rate(currency)))
}

fn is(field: &str, value: Value) -> Bound {
    Bound::Test { field: field.to_owned(), test: Test::AnyOf(vec![value]) }
}

/// The record that is valid from the latest day on, of those that match and fit; of several the newest.
fn newest(
    store: &Store,
    object: &str,
    wanted: &Bound,
    columns: &[&str],
    fits: impl Fn(&Record) -> bool,
) -> Result<Option<Record>, Error> {
    let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
    let mut best: Option<Record> = None;
    let from = |record: &Record| date_of(&record.fields, "valid_from");
    store.scan(Which::filtered(object, wanted), &columns, |record| {
        // They come in the order of their ids.
        if fits(&record) && best.as_ref().is_none_or(|best| from(best) <= from(&record)) {
            best = Some(record);
        }
        true
    })?;
    Ok(best)
}
