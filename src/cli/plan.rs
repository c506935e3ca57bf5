//! `tcrm plan`: how far the sales plans of a year are reached.

use super::agenda::now;
use super::args::{PlanArgs, PlanGroup};
use super::failure::Failure;
use super::output::{self, amount, print_json};
use super::session::{Session, Want};
use super::table::Table;
use crate::contract::agenda::{PlanBy, PlanRequest, PlanRow};
use crate::domain::lang::Lang;
use crate::i18n;
use crate::schema::model::Schema;
use serde_json::{Value as Json, json};

/// Shows the plans of a year.
pub(super) fn run(session: &Session, args: &PlanArgs) -> Result<(), Failure> {
    let year = args.year.unwrap_or_else(|| now(session).year());
    let by = args.by.map(|by| match by {
        PlanGroup::Person => PlanBy::Person,
        PlanGroup::Department => PlanBy::Department,
        PlanGroup::Product => PlanBy::Product,
    });
    let backend = session.open(Want::Read)?;
    let rows = session.wait(backend.plan(PlanRequest { year, by, person: None, month: None }))?;
    if args.json {
        return print_json(&rows.iter().map(|row| row_json(row, year)).collect());
    }
    let names = ["period", "measure", "for", "target", "reached", "percent", "currency", "count"];
    let right = ["target", "reached", "percent", "count"];
    let head = |name: &&str| (i18n::text(session.lang, &format!("cli-plan-{name}")), right.contains(name));
    let schema = backend.schema();
    let table = Table {
        head: names.iter().map(head).collect(),
        rows: rows.iter().map(|r| cells(session, &schema, r, year)).collect(),
    };
    if args.csv { output::print_csv_rows(&names, &table.rows) } else { output::print_table(table, &names) }
}

fn period(row: &PlanRow, year: i16) -> String {
    row.month.map_or_else(|| year.to_string(), |month| format!("{year}-{month:02}"))
}

/// The label of what a plan counts.
fn measure(schema: &Schema, lang: Lang, row: &PlanRow) -> String {
    let item = schema.dictionary("plan_measure").and_then(|d| d.item(&row.measure));
    item.map_or_else(|| row.measure.clone(), |item| item.label.get(lang).to_owned())
}

fn cells(session: &Session, schema: &Schema, row: &PlanRow, year: i16) -> Vec<String> {
    vec![
        period(row, year),
        measure(schema, session.lang, row),
        row.of.as_ref().map_or_else(|| i18n::text(session.lang, "plan-all"), |(_, name)| name.clone()),
        amount(row.target.amount),
        amount(row.reached.amount),
        row.percent().map(|p| p.to_string()).unwrap_or_default(),
        row.target.currency.clone(),
        row.count.to_string(),
    ]
}

fn row_json(row: &PlanRow, year: i16) -> Json {
    json!({
        "plan": row.plan.as_ref().map(|key| key.id.to_string()), "period": period(row, year),
        "measure": row.measure,
        "for": row.of.as_ref().map(|(key, name)| json!({ "object": key.object, "id": key.id.to_string(), "title": name })),
        "target": { "amount": amount(row.target.amount), "currency": row.target.currency },
        "reached": { "amount": amount(row.reached.amount), "currency": row.reached.currency },
        "percent": row.percent().map(|p| p.to_string()), "count": row.count,
        "object": row.behind.0, "filter": row.behind.1,
    })
}
