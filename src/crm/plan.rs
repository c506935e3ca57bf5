//! Sales plans: how far what was set for a month or year is reached.

use super::rights::{Operation, Reach};
use super::{Crm, NoFinder};
use crate::contract::agenda::{PlanBy, PlanRequest, PlanRow};
use crate::contract::error::Error;
use crate::contract::request::{AggregateRequest, From, Group, Period, Query};
use crate::domain::id::Id;
use crate::domain::record::{Record, RecordKey, Titles};
use crate::domain::value::{Money, Value};
use crate::schema::model::{Object, Schema};
use crate::store::Which;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};

const PLAN: &str = "sales_plan";
/// Plans of one year that are read.
const MOST_PLANS: usize = 10_000;
const PAGE: usize = 1_000;
/// How deep departments lie.
const MOST_LEVELS: usize = 20;

/// What a plan counts: the records of an object, on a date, an amount.
#[derive(Clone, Copy)]
struct Measure {
    object: &'static str,
    /// The field that tells which of them, and the filter.
    only: (&'static str, &'static str),
    date: &'static str,
    amount: &'static str,
}

/// By the items of the dictionary `plan_measure`.
const MEASURES: [(&str, Measure); 4] = [
    ("won", Measure { object: "opportunity", only: ("status", "status:won"), date: "close_date", amount: "amount" }),
    ("won", Measure { object: "opportunity", only: ("stage", "stage:won"), date: "close_date", amount: "amount" }),
    ("ordered", Measure { object: "order", only: ("status", "-status:cancelled"), date: "date", amount: "total" }),
    ("received", Measure { object: "payment", only: ("", ""), date: "date", amount: "amount" }),
];
/// Orders by product are counted by their lines, with the day, state and currency of the order.
const LINE: &str = "order_line";

/// The measure of an item of the dictionary `plan_measure`, as far as the schema has what it needs.
fn measure(schema: &Schema, key: &str) -> Option<Measure> {
    let fits = |m: &Measure| {
        let names = [m.only.0, m.date, m.amount];
        schema.object(m.object).is_some_and(|o| names.iter().all(|n| n.is_empty() || o.field(n).is_some()))
    };
    MEASURES.into_iter().find(|(name, m)| *name == key && fits(m)).map(|(_, m)| m)
}

impl Measure {
    /// Its records of a time, as a filter.
    fn of(&self, period: &str) -> String {
        format!("{} {}:{period}", self.only.1, self.date).trim_start().to_owned()
    }

    /// The field that tells of which person, department or product a record is: its own, or its owner's department.
    fn field(&self, schema: &Schema, by: &'static str) -> Option<&'static str> {
        let object = schema.object(self.object)?;
        if object.field(by).is_some() {
            return Some(by);
        }
        (by == "department" && object.field("owner").is_some()).then_some("owner")
    }
}

/// What is reached: by measure, dimension, whose, month and currency.
type Reached = HashMap<(String, Option<&'static str>, Option<Id>, i8, String), (Decimal, u64)>;

impl Crm {
    /// The plans of a year and how far they are reached.
    pub fn plan(&self, request: &PlanRequest) -> Result<Vec<PlanRow>, Error> {
        let schema = self.schema();
        let Some(object) = schema.object(PLAN) else { return Ok(Vec::new()) };
        let (plans, titles) = self.plans(object, request)?;
        let mut reached = Reached::new();
        let mut counted: HashSet<(String, Option<&'static str>)> = HashSet::new();
        for plan in &plans {
            let key = (measure_key(plan), dimension(plan).map(|by| by.fields().1));
            if counted.insert(key.clone()) {
                self.count_reached(&schema, request.year, key, &mut reached)?;
            }
        }
        let mut below: HashMap<Id, Vec<Id>> = HashMap::new();
        let mut rows = Vec::new();
        for plan in &plans {
            let of = dimension(plan).and_then(|by| Some((by, plan.get(by.fields().0).as_ref_id()?)));
            let ids = match of {
                None => vec![None],
                Some((PlanBy::Department, id)) => {
                    let known = below.get(&id).cloned();
                    let ids = known.map_or_else(|| self.departments_below(&schema, id), Ok)?;
                    below.insert(id, ids.clone());
                    ids.into_iter().map(Some).collect()
                }
                Some((_, id)) => vec![Some(id)],
            };
            rows.extend(row(&schema, request.year, plan, of, &ids, &titles, &reached));
        }
        Ok(match request.by {
            Some(by) => added_up(rows, by),
            None => rows,
        })
    }

    fn plans(&self, object: &Object, request: &PlanRequest) -> Result<(Vec<Record>, Titles), Error> {
        let mut filter = format!("year:{}", request.year);
        if let Some(month) = request.month {
            filter.push_str(&format!(" month:{month}"));
        }
        if let Some(person) = request.person {
            filter.push_str(&format!(" person:{person}"));
        }
        if let Some(by) = request.by {
            filter.push_str(&format!(" {}!=empty", by.fields().0));
        }
        let sort = ["month", "measure", "person", "department", "product"];
        let sort = sort.iter().filter(|name| object.field(name).is_some());
        let ascending = |name: &&str| crate::schema::model::SortKey { field: (*name).to_owned(), descending: false };
        let rights = self.rights()?;
        if rights.reach(PLAN, Operation::View) == Reach::Nothing {
            return Ok((Vec::new(), Titles::new()));
        }
        let mut query = Query {
            object: PLAN.to_owned(),
            filter,
            sort: sort.map(ascending).collect(),
            limit: PAGE,
            ..Query::default()
        };
        let (mut plans, mut titles) = (Vec::new(), Titles::new());
        loop {
            let page = self.query(&query, &NoFinder)?;
            let last = page.rows.last().map(|row| row.cursor.clone());
            plans.extend(page.rows.into_iter().map(|row| row.record));
            titles.extend(page.titles);
            match last.filter(|_| page.more_after && plans.len() < MOST_PLANS) {
                Some(cursor) => query.from = From::After(cursor),
                None => return Ok((plans, titles)),
            }
        }
    }

    /// Adds up a measure over a year, month by month and by whom or what.
    fn count_reached(
        &self,
        schema: &Schema,
        year: i16,
        (key, by): (String, Option<&'static str>),
        reached: &mut Reached,
    ) -> Result<(), Error> {
        let Some(measure) = measure(schema, &key) else { return Ok(()) };
        if by == Some("product") && measure.object == "order" {
            return self.count_lines(schema, year, &measure, &key, reached);
        }
        let field = by.map(|by| measure.field(schema, by));
        if field == Some(None) {
            return Ok(());
        }
        let field = field.flatten();
        let mut group = vec![Group::Period(measure.date.to_owned(), Period::Month)];
        group.extend(field.map(|field| Group::Field(field.to_owned())));
        // What of it one may not see isn't counted.
        let rights = self.rights()?;
        let asked = [measure.only.0, measure.date, measure.amount];
        if rights.reach(measure.object, Operation::View) == Reach::Nothing
            || asked.into_iter().chain(field).any(|field| rights.is_hidden(measure.object, field))
        {
            return Ok(());
        }
        let answer = self.aggregate(
            &AggregateRequest {
                object: measure.object.to_owned(),
                filter: measure.of(&year.to_string()),
                group,
                sums: vec![measure.amount.to_owned()],
            },
            &NoFinder,
        )?;
        let departments = if field == by { None } else { Some(self.departments_of_people()?) };
        for row in answer.rows {
            let Some(Value::Date(month)) = row.keys.first() else { continue };
            let of = row.keys.get(1).and_then(Value::as_ref_id);
            let of = match &departments {
                Some(departments) => of.and_then(|person| departments.get(&person).copied()),
                None => of,
            };
            for part in row.sums.iter().flat_map(|sum| &sum.parts) {
                let place = (key.clone(), by, of, month.month(), part.currency.clone());
                let entry = reached.entry(place).or_default();
                entry.0 += part.amount;
                entry.1 += row.count;
            }
        }
        Ok(())
    }

    /// Orders by product: what their lines come to, month by month and currency by currency.
    fn count_lines(
        &self,
        schema: &Schema,
        year: i16,
        measure: &Measure,
        key: &str,
        reached: &mut Reached,
    ) -> Result<(), Error> {
        let fits = |object: &str, names: &[&str]| {
            schema.object(object).is_some_and(|o| names.iter().all(|name| o.field(name).is_some()))
        };
        let rights = self.rights()?;
        let asked = ["product", "gross", "order"];
        if !fits(LINE, &asked)
            || !fits(measure.object, &["currency"])
            || rights.reach(LINE, Operation::View) == Reach::Nothing
            || asked.into_iter().any(|field| rights.is_hidden(LINE, field))
        {
            return Ok(());
        }
        let aggregate = |object: &str, filter: String, group: &str, sums: &[&str]| {
            let sums = sums.iter().map(|s| (*s).to_owned()).collect();
            let group = vec![Group::Field(group.to_owned())];
            self.aggregate(&AggregateRequest { object: object.to_owned(), filter, group, sums }, &NoFinder)
        };
        for month in 1..=12i8 {
            let period = format!("{year}-{month:02}");
            for row in aggregate(measure.object, measure.of(&period), "currency", &[])?.rows {
                let Some(currency) = row.keys.first().and_then(Value::as_str) else { continue };
                let filter = line_filter(measure, &period, currency);
                for row in aggregate(LINE, filter, "product", &["gross"])?.rows {
                    let of = row.keys.first().and_then(Value::as_ref_id);
                    let place = (key.to_owned(), Some("product"), of, month, currency.to_owned());
                    let entry = reached.entry(place).or_default();
                    entry.0 += row.sums.iter().filter_map(|sum| sum.total).sum::<Decimal>();
                    entry.1 += row.count;
                }
            }
        }
        Ok(())
    }

    /// The department of each person.
    fn departments_of_people(&self) -> Result<HashMap<Id, Id>, Error> {
        let mut departments = HashMap::new();
        if self.schema().object("user").is_none_or(|o| o.field("department").is_none()) {
            return Ok(departments);
        }
        self.store.scan(Which::all("user"), &["department".to_owned()], |user| {
            if let Some(department) = user.get("department").as_ref_id() {
                departments.insert(user.id, department);
            }
            true
        })?;
        Ok(departments)
    }

    /// A department and all below it.
    fn departments_below(&self, schema: &Schema, top: Id) -> Result<Vec<Id>, Error> {
        let mut all = vec![top];
        if schema.object("department").is_none_or(|o| o.field("parent").is_none()) {
            return Ok(all);
        }
        let mut level = vec![top];
        for _ in 0..MOST_LEVELS {
            let mut next = Vec::new();
            for id in level {
                let found = self.store.referring_ids("department", "parent", id, PAGE)?;
                next.extend(found.into_iter().filter(|id| !all.contains(id)));
            }
            all.extend(&next);
            if next.is_empty() {
                break;
            }
            level = next;
        }
        Ok(all)
    }
}

fn measure_key(plan: &Record) -> String {
    plan.get("measure").as_str().unwrap_or("won").to_owned()
}

/// What a plan is for.
fn dimension(plan: &Record) -> Option<PlanBy> {
    let all = [PlanBy::Person, PlanBy::Department, PlanBy::Product];
    all.into_iter().find(|by| plan.get(by.fields().0).as_ref_id().is_some())
}

fn object_of(by: PlanBy) -> &'static str {
    match by {
        PlanBy::Person => "user",
        PlanBy::Department => "department",
        PlanBy::Product => "product",
    }
}

fn row(
    schema: &Schema,
    year: i16,
    plan: &Record,
    of: Option<(PlanBy, Id)>,
    ids: &[Option<Id>],
    titles: &Titles,
    reached: &Reached,
) -> Option<PlanRow> {
    let Value::Money(target) = plan.get("target") else { return None };
    let month = match plan.get("month") {
        Value::Integer(month) => i8::try_from(*month).ok(),
        _ => None,
    };
    let key = measure_key(plan);
    let by = of.map(|(by, _)| by.fields().1);
    let months = month.map_or(1..=12, |m| m..=m);
    let (mut amount, mut count) = (Decimal::ZERO, 0);
    for month in months {
        for id in ids {
            let place = (key.clone(), by, *id, month, target.currency.clone());
            if let Some((sum, records)) = reached.get(&place) {
                amount = amount.checked_add(*sum)?;
                count += records;
            }
        }
    }
    let behind = measure(schema, &key).map(|m| {
        let period = month.map_or_else(|| year.to_string(), |month| format!("{year}-{month:02}"));
        if by == Some("product") && m.object == "order" {
            return behind(LINE, line_filter(&m, &period, &target.currency), by, ids);
        }
        let field = by.and_then(|by| m.field(schema, by));
        let field = if field == by { field } else { Some("owner.department") };
        behind(m.object, m.of(&period), field, ids)
    });
    Some(PlanRow {
        measure: key,
        plan: Some(RecordKey { object: PLAN.to_owned(), id: plan.id }),
        month,
        of: of.map(|(by, id)| {
            let key = RecordKey { object: object_of(by).to_owned(), id };
            (key, titles.get(&id).cloned().unwrap_or_default())
        }),
        target: target.clone(),
        reached: Money { amount, currency: target.currency.clone() },
        count,
        behind: behind.unwrap_or_default(),
    })
}

/// The object and the filter that lead to what a plan counts.
fn behind(object: &str, mut filter: String, field: Option<&str>, ids: &[Option<Id>]) -> (String, String) {
    let tests: Vec<String> = ids.iter().flatten().filter_map(|id| Some(format!("{}:{id}", field?))).collect();
    match tests.as_slice() {
        [] => {}
        [one] => filter.push_str(&format!(" {one}")),
        more => filter.push_str(&format!(" ({})", more.join(" or "))),
    }
    (object.to_owned(), filter)
}

/// The lines of the orders of a time, in a currency.
fn line_filter(measure: &Measure, period: &str, currency: &str) -> String {
    format!("-order.status:cancelled order.{}:{period} order.currency:{currency}", measure.date)
}

/// The plans of one measure and person, department or product as one row per currency: that of the whole year where there is one,
/// else its months together.
fn added_up(rows: Vec<PlanRow>, by: PlanBy) -> Vec<PlanRow> {
    let object = object_of(by);
    let mut groups: BTreeMap<(String, Id, String, String), Vec<PlanRow>> = BTreeMap::new();
    for row in rows {
        let Some((key, name)) = row.of.clone().filter(|(key, _)| key.object == object) else { continue };
        groups.entry((name, key.id, row.measure.clone(), row.target.currency.clone())).or_default().push(row);
    }
    let mut sums = Vec::new();
    for plans in groups.into_values() {
        let whole: Vec<PlanRow> = plans.iter().filter(|p| p.month.is_none()).cloned().collect();
        let taken = if whole.is_empty() { plans } else { whole };
        let single = taken.len() == 1;
        let Some(mut total) = taken.first().cloned() else { continue };
        for plan in taken.iter().skip(1) {
            total.target.amount = total.target.amount.saturating_add(plan.target.amount);
            total.reached.amount = total.reached.amount.saturating_add(plan.reached.amount);
            total.count += plan.count;
            total.month = None;
        }
        if !single {
            total.plan = None;
            total.behind.1 = without_month(&total.behind.1);
        }
        sums.push(total);
    }
    sums
}

/// The filter of a month opened to its year: `close_date:2026-11` to `close_date:2026`.
fn without_month(filter: &str) -> String {
    let open = |word: &str| match word.split_once(':') {
        Some((field, period)) if is_month(period) => format!("{field}:{}", period.get(..4).unwrap_or(period)),
        _ => word.to_owned(),
    };
    filter.split(' ').map(open).collect::<Vec<_>>().join(" ")
}

fn is_month(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 7 && bytes.iter().enumerate().all(|(at, b)| if at == 4 { *b == b'-' } else { b.is_ascii_digit() })
}
