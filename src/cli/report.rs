//! `tcrm report`: the reports there are, and the figures of one.

use super::agenda::{day, now};
use super::args::ReportArgs;
use super::failure::Failure;
use super::output::{amount, note, print_csv_rows, print_json, print_table};
use super::session::{Session, Want};
use super::table::Table;
use crate::backend::report;
use crate::contract::report::{Report, ReportEntry};
use crate::contract::request::{AggregateRow, CountRequest, Sum};
use crate::i18n;
use crate::msg;
use crate::schema::model::Schema;
use serde_json::{Value as Json, json};

/// Lists the reports, or shows one.
pub(super) fn run(session: &Session, args: &ReportArgs) -> Result<(), Failure> {
    let backend = session.open(if args.filter.is_some() { Want::Search } else { Want::Read })?;
    let schema = backend.schema();
    let Some(name) = &args.name else { return list(session, &schema, args) };
    let now = now(session);
    let bound = |text: &Option<String>| text.as_deref().map(|text| day(text, &now)).transpose();
    let days = (bound(&args.from)?, bound(&args.to)?);
    if let (Some(from), Some(to)) = days
        && to < from
    {
        return Err(Failure::Usage(msg!("when-reversed")));
    }
    let filter = args.filter.as_deref().unwrap_or_default();
    let known = report::reports(&schema, session.lang);
    let known = known.iter().find(|entry| entry.name == *name).ok_or_else(|| missing(name, &known))?;
    if !filter.trim().is_empty() {
        // Asked about by itself first, so that what is wrong with it is pointed at as it was typed.
        let request = CountRequest { object: known.object.clone(), filter: filter.to_owned(), cap: 1 };
        session.wait(backend.count(request))?;
    }
    let report = session.wait(report::report(&*backend, name, days, filter, session.lang))?;
    if args.json {
        return print_json(&json_of(session, &schema, &report));
    }
    if report.groups.more {
        note(&i18n::text(session.lang, "report-more"));
    }
    print(session, &schema, &report, args.csv)
}

fn missing(name: &str, known: &[ReportEntry]) -> Failure {
    let known = known.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", ");
    crate::contract::error::Error::NotFound(msg!("cli-no-report", name = name, known = known)).into()
}

fn list(session: &Session, schema: &Schema, args: &ReportArgs) -> Result<(), Failure> {
    let all = report::reports(schema, session.lang);
    if args.json {
        return print_json(&json!(all));
    }
    let object = |name: &str| schema.object(name).map_or(name, |object| object.label.get(session.lang)).to_owned();
    let columns = ["name", "title", "object"];
    let rows: Vec<Vec<String>> =
        all.iter().map(|entry| vec![entry.name.clone(), entry.title.clone(), object(&entry.object)]).collect();
    if args.csv {
        return print_csv_rows(&columns, &rows);
    }
    let head = columns.iter().map(|name| (i18n::text(session.lang, &format!("report-{name}")), false)).collect();
    print_table(Table { head, rows }, &columns)
}

/// A row for each group: what its records have in common, their number and sums.
fn print(session: &Session, schema: &Schema, report: &Report, csv: bool) -> Result<(), Failure> {
    let entry = &report.report;
    let object = schema.object(&entry.object);
    let label = |name: &str| object.and_then(|o| o.field(name)).map_or(name, |f| f.label.get(session.lang)).to_owned();
    let groups = entry.group.iter().map(|group| group.field());
    let sums = entry.sums.iter().map(String::as_str);
    let names: Vec<&str> = groups.clone().chain(["count"]).chain(sums.clone()).collect();
    let mut head: Vec<(String, bool)> = groups.map(|name| (label(name), false)).collect();
    head.push((i18n::text(session.lang, "report-count"), true));
    head.extend(sums.map(|name| (label(name), true)));
    let cells = |row: &AggregateRow| {
        let mut cells = report.labels(row, schema, session.lang, &session.zone);
        cells.push(row.count.to_string());
        cells.extend(row.sums.iter().map(sum_text));
        cells
    };
    let rows: Vec<Vec<String>> = report.groups.rows.iter().map(cells).collect();
    if csv { print_csv_rows(&names, &rows) } else { print_table(Table { head, rows }, &names) }
}

/// A sum with its currency; of several without rates each by itself.
fn sum_text(sum: &Sum) -> String {
    let named = |number: String, currency: &str| format!("{currency} {number}").trim_start().to_owned();
    match sum.total {
        Some(total) => named(amount(total), sum.currency.as_deref().unwrap_or_default()),
        None => sum.parts.iter().map(|p| named(amount(p.amount), &p.currency)).collect::<Vec<_>>().join(" + "),
    }
}

/// Amounts as strings; `null` where currencies have no rate, with the sum of each in `parts`.
fn json_of(session: &Session, schema: &Schema, report: &Report) -> Json {
    let sum = |sum: &Sum| {
        let parts: Json =
            sum.parts.iter().map(|p| json!({ "currency": p.currency, "amount": amount(p.amount) })).collect();
        json!({ "total": sum.total.map(amount), "currency": sum.currency, "parts": parts })
    };
    let row = |row: &AggregateRow| {
        let sums: serde_json::Map<String, Json> =
            report.report.sums.iter().cloned().zip(row.sums.iter().map(sum)).collect();
        json!({
            "labels": report.labels(row, schema, session.lang, &session.zone),
            "count": row.count, "sums": sums, "filter": report.behind(row),
        })
    };
    json!({
        "report": report.report, "filter": report.filter, "more": report.groups.more,
        "rows": report.groups.rows.iter().map(row).collect::<Json>(),
    })
}
