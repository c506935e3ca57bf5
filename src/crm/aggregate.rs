//! Groups of records with their number and sums, and how amounts of several currencies make one figure.

use super::read::answers;
use super::rights::{Operation, Sight};
use super::{Crm, Finder, object};
use crate::contract::error::Error;
use crate::contract::request::{Aggregate, AggregateRequest, AggregateRow, Group, Sum};
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Record};
use crate::domain::value::{Money, Value};
use crate::msg;
use crate::schema::compute::currency_field;
use crate::schema::filter::Bound;
use crate::schema::model::{Kind, Object, Schema};
use crate::store::{StoreGroup, Summand, Which};
use rust_decimal::{Decimal, RoundingStrategy};

/// The most groups of an answer.
const MOST_GROUPS: usize = 10_000;
/// Digits after the point of an amount.
const MONEY_SCALE: u32 = 2;

impl Crm {
    /// Groups of the records that match, each with its number and exact sums.
    pub fn aggregate(&self, request: &AggregateRequest, finder: &dyn Finder) -> Result<Aggregate, Error> {
        let schema = self.schema();
        let object = object(&schema, &request.object)?;
        let _snapshot = self.store.snapshot()?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        sight.may_view(&object.name)?;
        let errors: Vec<FieldError> = mistakes(object, request).collect();
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let fields = request.group.iter().map(Group::field).chain(request.sums.iter().map(String::as_str));
        fields.into_iter().try_for_each(|field| rights.may_see(object, field))?;
        let asked = self.asked(&schema, object, &request.filter, (&rights, Operation::View, false))?;
        let words = asked.as_ref().map_or(Ok(Vec::new()), |a| answers(object, &a.bound, finder))?;
        let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
        let told = request.group.iter().map(Group::field).chain(request.sums.iter().map(String::as_str));
        let showing = rights.showing(&object.name, told);
        let bound = asked.map_or(Bound::All, |a| a.bound).and(showing);
        let filter = (bound != Bound::All).then_some(&bound);
        let which = Which { object: &object.name, filter, ids: None, words: &words };
        let summand = |field: &String| Summand {
            field: field.clone(),
            currency_of: currency_field(object, field).map(str::to_owned),
        };
        let sums: Vec<Summand> = request.sums.iter().map(summand).collect();
        let now = self.context.now();
        let found =
            self.store.aggregate(which, &request.group, &sums, (now.time_zone(), now.timestamp()), MOST_GROUPS + 1)?;
        let more = found.len() > MOST_GROUPS;
        let mut rows = merged(&schema, &sums, found);
        if more {
            // The last one may go on.
            rows.pop();
        }
        if rows.is_empty() && request.group.is_empty() {
            rows.push(AggregateRow { keys: Vec::new(), count: 0, sums: sums.iter().map(|_| Sum::zero()).collect() });
        }
        let titles = sight.titles_of(&key_records(request, &rows))?;
        Ok(Aggregate { rows, titles, more })
    }
}

/// What can't be grouped or added up.
fn mistakes<'r>(object: &'r Object, request: &'r AggregateRequest) -> impl Iterator<Item = FieldError> + 'r {
    let unknown = |field: &str| FieldError { field: field.to_owned(), message: msg!("crm-no-field", field = field) };
    let groups = request.group.iter().filter_map(move |group| {
        let name = group.field();
        let Some(field) = object.field(name) else { return Some(unknown(name)) };
        let fits = match group {
            Group::Field(_) => {
                let result = field.kind.result();
                !result.is_many()
                    && !matches!(result, Kind::MultiSelect { .. } | Kind::Tags | Kind::Attachment | Kind::Money { .. })
            }
            Group::Period(..) => matches!(field.kind.result(), Kind::Date | Kind::DateTime),
        };
        let message = msg!("crm-no-group", field = name);
        (!fits).then(|| FieldError { field: name.to_owned(), message })
    });
    let sums = request.sums.iter().filter_map(move |name| {
        let Some(field) = object.field(name) else { return Some(unknown(name)) };
        let kind = field.kind.result();
        let fits =
            matches!(kind, Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. });
        (!fits).then(|| FieldError { field: name.clone(), message: msg!("crm-no-sum", field = name) })
    });
    groups.chain(sums)
}

/// Puts the currencies of a group together again.
fn merged(schema: &Schema, summands: &[Summand], found: Vec<StoreGroup>) -> Vec<AggregateRow> {
    let mut rows: Vec<AggregateRow> = Vec::new();
    for group in found {
        if rows.last().is_none_or(|last| last.keys != group.keys) {
            let sums = summands.iter().map(|_| Sum::default()).collect();
            rows.push(AggregateRow { keys: group.keys, count: 0, sums });
        }
        let Some(row) = rows.last_mut() else { continue };
        row.count += group.count;
        for (sum, (figure, currency)) in row.sums.iter_mut().zip(group.sums) {
            match (figure, currency) {
                (Some(figure), Some(currency)) => sum.add(figure, currency),
                (Some(figure), None) => sum.total = Some(sum.total.unwrap_or_default() + figure),
                (None, _) => {}
            }
        }
    }
    for sum in rows.iter_mut().flat_map(|row| &mut row.sums) {
        sum.settle(schema);
    }
    rows
}

impl Sum {
    /// The sum of nothing.
    pub fn zero() -> Sum {
        Sum { total: Some(Decimal::ZERO), ..Sum::default() }
    }

    /// Several sums as one.
    pub fn of<'s>(sums: impl IntoIterator<Item = &'s Sum>, schema: &Schema) -> Sum {
        let mut whole = Sum::default();
        for sum in sums {
            if sum.parts.is_empty() {
                whole.total = Some(whole.total.unwrap_or_default() + sum.total.unwrap_or_default());
            }
            for part in &sum.parts {
                whole.add(part.amount, part.currency.clone());
            }
        }
        whole.settle(schema);
        whole
    }

    fn add(&mut self, amount: Decimal, currency: String) {
        match self.parts.iter_mut().find(|part| part.currency == currency) {
            Some(part) => part.amount += amount,
            None => self.parts.push(Money { amount, currency }),
        }
    }

    /// One figure out of the parts, if there is one.
    fn settle(&mut self, schema: &Schema) {
        self.parts.sort_by(|a, b| a.currency.cmp(&b.currency));
        let (total, currency) = match self.parts.as_slice() {
            [] => (Some(self.total.unwrap_or_default()), None),
            [only] => (Some(only.amount), Some(only.currency.clone())),
            parts => {
                self.unrated =
                    parts.iter().map(|p| &p.currency).filter(|c| schema.rate(c).is_none()).cloned().collect();
                let converted = parts.iter().map(|p| schema.rate(&p.currency)?.checked_mul(p.amount));
                let total = converted.sum::<Option<Decimal>>();
                let rounded = |d: Decimal| d.round_dp_with_strategy(MONEY_SCALE, RoundingStrategy::MidpointNearestEven);
                (total.map(rounded), Some(schema.currency.clone()))
            }
        };
        (self.total, self.currency) = (total, currency);
    }
}

/// The keys as records, for the titles of what they refer to.
fn key_records(request: &AggregateRequest, rows: &[AggregateRow]) -> Vec<Record> {
    let fields = |row: &AggregateRow| -> Fields {
        let named = request.group.iter().zip(&row.keys);
        named
            .filter(|(_, key)| matches!(key, Value::Ref(_)))
            .map(|(g, key)| (g.field().to_owned(), key.clone()))
            .collect()
    };
    let Ok(id) = super::prepare::not_saved() else { return Vec::new() };
    rows.iter().map(|row| Record { object: request.object.clone(), id, version: 0, fields: fields(row) }).collect()
}
