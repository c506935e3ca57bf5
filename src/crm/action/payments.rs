//! What is to be paid for an order or contract, and payments laid over it.

use super::Doing;
use crate::contract::error::Error;
use crate::crm::{Context, save};
use crate::domain::instalment::{allocate, months_later, split};
use crate::domain::record::{Fields, Record};
use crate::domain::value::{Money, Value};
use crate::msg;
use crate::store::Write;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const PLAN: &str = "payment_plan";
const PAYMENT: &str = "payment";
const ORDER: &str = "order";
const DELIVERY: &str = "delivery";
/// The field that says that nothing more is received for a plan, or delivered.
const CANCELLED: &str = "cancelled";
/// The most plans that one payment is laid over.
const MOST_PLANS: usize = 10_000;
/// The most instalments of one plan.
const MOST_MONTHS: i64 = 120;

/// Makes the payment plan of an order or contract: what isn't planned yet, at once, as deposit and balance, or by
/// months from the first day on.
pub(super) fn plan(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let record = doing.record;
    let Value::Money(total) = record.get("total") else {
        return Err(Error::field("method", msg!("document-nothing-to-plan")));
    };
    let planned = if let Value::Money(planned) = record.get("planned") { planned.amount } else { Decimal::ZERO };
    let open = total.amount - planned;
    if open <= Decimal::ZERO {
        return Err(Error::field("method", msg!("document-nothing-to-plan")));
    }
    let first = if let Value::Date(day) = doing.take("first_due") { day } else { doing.now.date() };
    let last = if let Value::Date(day) = doing.take("last_due") { Some(day) } else { None };
    if last.is_some_and(|last| last < first) {
        return Err(Error::field("last_due", msg!("document-days", from = first)));
    }
    let method = doing.take("method");
    let weights = match method.as_str().unwrap_or("once") {
        "deposit" => {
            let deposit = if let Value::Decimal(percent) = doing.take("deposit") { percent } else { Decimal::from(30) };
            vec![deposit, Decimal::ONE_HUNDRED - deposit]
        }
        "monthly" => {
            let months = if let Value::Integer(months) = doing.take("months") { months } else { 12 };
            vec![Decimal::ONE; months.clamp(1, MOST_MONTHS).to_usize().unwrap_or(1)]
        }
        _ => vec![Decimal::ONE],
    };
    let parts = split(open, &weights).unwrap_or_else(|| vec![open]);
    let is_deposit = method.as_str() == Some("deposit");
    let due = |at: usize| match (at, last) {
        (1, Some(last)) if is_deposit => Some(last),
        _ => months_later(first, u32::try_from(at).ok()?),
    };
    let rules = doing.rules(PLAN)?;
    let whole: Decimal = weights.iter().sum();
    let mut records = Vec::with_capacity(parts.len());
    for (at, (part, weight)) in parts.iter().zip(&weights).enumerate().filter(|(_, (part, _))| !part.is_zero()) {
        let percent = (*weight * Decimal::ONE_HUNDRED).checked_div(whole).unwrap_or_default().round_dp(2).normalize();
        let name = format!("{}/{} {percent}%", at + 1, parts.len());
        let Some(due) = due(at) else { return Err(Error::field("first_due", msg!("document-too-late"))) };
        let amount = Money { amount: *part, currency: total.currency.clone() };
        let fields = Fields::from([
            (record.object.clone(), Value::Ref(record.id)),
            ("name".to_owned(), Value::Text(name)),
            ("due".to_owned(), Value::Date(due)),
            ("amount".to_owned(), Value::Money(amount)),
        ]);
        records.push(save::create(tx, &rules, context.next_id(doing.now), fields, doing.now)?);
    }
    Ok(records)
}

/// Cancels what is still to be paid and delivered for an order or contract, or takes that back. What was paid or
/// delivered stays as it is.
pub(super) fn cancel(doing: &mut Doing<'_>, cancelled: bool, tx: &mut Write<'_>) -> Result<(), Error> {
    let plans = plans(doing, tx)?;
    let open = |plan: &Record| match plan.get("open") {
        Value::Money(open) => open.amount > Decimal::ZERO,
        _ => true,
    };
    mark_cancelled(doing, PLAN, plans, cancelled, open, tx)?;
    let deliveries = deliveries(doing, tx)?;
    let waiting = |delivery: &Record| *delivery.get("done") != Value::Boolean(true);
    mark_cancelled(doing, DELIVERY, deliveries, cancelled, waiting, tx)
}

fn mark_cancelled(
    doing: &mut Doing<'_>,
    object: &str,
    records: Vec<Record>,
    cancelled: bool,
    is_open: impl Fn(&Record) -> bool,
    tx: &mut Write<'_>,
) -> Result<(), Error> {
    if doing.schema.object(object).is_none_or(|o| o.field(CANCELLED).is_none()) {
        return Ok(());
    }
    let rules = doing.rules(object)?;
    for record in records {
        let was = *record.get(CANCELLED) == Value::Boolean(true);
        if was == cancelled || (cancelled && !is_open(&record)) {
            continue;
        }
        let mark = if cancelled { Value::Boolean(true) } else { Value::Empty };
        let changes = Fields::from([(CANCELLED.to_owned(), mark)]);
        doing.linked.extend(save::amend(tx, &rules, record.id, changes)?);
    }
    Ok(())
}

/// The deliveries of an order, or of a contract's open orders.
fn deliveries(doing: &Doing<'_>, tx: &Write<'_>) -> Result<Vec<Record>, Error> {
    let refers = |object: &str, field: &str| {
        let field = doing.schema.object(object).and_then(|o| o.field(field));
        field.is_some_and(|f| f.kind.target() == Some(f.name.as_str()))
    };
    if !refers(DELIVERY, ORDER) {
        return Ok(Vec::new());
    }
    let record = doing.record;
    let orders = if record.object == ORDER {
        vec![record.id]
    } else if refers(ORDER, &record.object) {
        let ids = tx.store().referring_ids(ORDER, &record.object, record.id, MOST_PLANS)?;
        let orders = tx.store().get_many(ORDER, &ids)?.into_iter();
        orders.filter(|order| order.get("status").as_str() == Some("open")).map(|order| order.id).collect()
    } else {
        Vec::new()
    };
    let mut deliveries = Vec::new();
    for order in orders {
        let ids = tx.store().referring_ids(DELIVERY, ORDER, order, MOST_PLANS)?;
        deliveries.extend(tx.store().get_many(DELIVERY, &ids)?);
    }
    Ok(deliveries)
}

/// Lays a payment over what is open of the record (one instalment, or all of an order, contract or customer),
/// the oldest due first: a payment for each instalment. More than is open is refused.
pub(super) fn receive(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let Value::Money(amount) = doing.take("amount") else {
        return Err(Error::field("amount", msg!("value-required")));
    };
    let open = open_plans(doing, tx, &amount.currency)?;
    let sums: Vec<Decimal> = open.iter().map(|(_, sum)| *sum).collect();
    let Some(parts) = allocate(amount.amount, &sums) else {
        let all = Money { amount: sums.iter().sum(), currency: amount.currency };
        let shown = format!("{} {}", all.currency, all.amount);
        return Err(Error::field("amount", msg!("document-more-than-open", open = shown)));
    };
    let mut common = Fields::new();
    for name in ["date", "method", "reference"] {
        let value = doing.take(name);
        if !value.is_empty() {
            common.insert(name.to_owned(), value);
        }
    }
    let rules = doing.rules(PAYMENT)?;
    let mut records = Vec::new();
    for ((plan, _), part) in open.iter().zip(parts).filter(|(_, part)| !part.is_zero()) {
        let mut fields = common.clone();
        fields.insert("plan".to_owned(), Value::Ref(plan.id));
        let amount = Money { amount: part, currency: amount.currency.clone() };
        fields.insert("amount".to_owned(), Value::Money(amount));
        records.push(save::create(tx, &rules, context.next_id(doing.now), fields, doing.now)?);
    }
    Ok(records)
}

/// The instalments of the record.
fn plans(doing: &Doing<'_>, tx: &Write<'_>) -> Result<Vec<Record>, Error> {
    let ids = tx.store().referring_ids(PLAN, &doing.record.object, doing.record.id, MOST_PLANS)?;
    Ok(tx.store().get_many(PLAN, &ids)?)
}

/// The instalments with something open in a currency, the oldest due first.
fn open_plans(doing: &Doing<'_>, tx: &Write<'_>, currency: &str) -> Result<Vec<(Record, Decimal)>, Error> {
    let plans = if doing.record.object == PLAN { vec![doing.record.clone()] } else { plans(doing, tx)? };
    let open = |plan: Record| match plan.get("open") {
        Value::Money(open) if open.currency == currency && open.amount > Decimal::ZERO => {
            let sum = open.amount;
            Some((plan, sum))
        }
        _ => None,
    };
    let mut open: Vec<(Record, Decimal)> = plans.into_iter().filter_map(open).collect();
    let due = |plan: &Record| if let Value::Date(due) = plan.get("due") { *due } else { Date::MAX };
    open.sort_by_key(|(plan, _)| (due(plan), plan.id));
    Ok(open)
}
