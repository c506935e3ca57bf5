//! `tcrm report`: the reports that there are, and what one comes to.

use super::agenda::{day, now};
use super::args::ReportArgs;
use super::failure::Failure;
use super::output::{self, amount, note, print_csv_rows, print_json, print_table};
use super::session::{Session, Want};
use super::table::Table;
use crate::backend::Backend;
use crate::backend::report::{self, Report, ReportEntry};
use crate::backend::request::{AggregateRow, CountRequest, Sum};
use crate::i18n;
use crate::msg;
use serde_json::{Map, Value as Json, json};

/// Shows a report, or which there are.
pub(super) fn run(session: &Session, args: &ReportArgs) -> Result<(), Failure> {
    let want = if args.filter.is_some() { Want::Search } else { Want::Read };
    let backend = session.open(want)?;
    let Some(name) = &args.name else { return list(session, &*backend, args) };
    let now = now(session);
    let days = [&args.from, &args.to].map(|text| text.as_deref().map(|text| day(text, &now)).transpose());
    let [from, to] = days;
    let days = (from?, to?);
    if let (Some(from), Some(to)) = days
        && to < from
    {
        return Err(Failure::Usage(msg!("when-reversed")));
    }
    let own = args.filter.as_deref().unwrap_or_default();
    let known = report::reports(&backend.schema(), session.lang);
    let entry = known.into_iter().find(|report| report.name == *name);
    if let Some(entry) = entry.filter(|_| !own.trim().is_empty()) {
        // By itself first, so that what is wrong with it is pointed at as it was typed.
        let request = CountRequest { object: entry.object, filter: own.to_owned(), cap: 1 };
        session.wait(backend.count(request))?;
    }
    let report = session.wait(report::report(&*backend, name, days, own, session.lang))?;
    if report.groups.more {
        note(&session.say(&msg!("cli-report-more", number = report.groups.rows.len())));
    }
    if args.json { print_json(&report_json(&report)) } else { print(session, &*backend, &report, args.csv) }
}

/// The reports that the schema has the objects and fields for.
fn list(session: &Session, backend: &dyn Backend, args: &ReportArgs) -> Result<(), Failure> {
    let schema = backend.schema();
    let all = report::reports(&schema, session.lang);
    let names = ["report", "title", "object"];
    if args.json {
        let entry = |e: &ReportEntry| json!({ "report": e.name, "title": e.title, "object": e.object, "date": e.date });
        return print_json(&all.iter().map(entry).collect());
    }
    let object = |e: &ReportEntry| match schema.object(&e.object) {
        Some(object) if !args.csv => object.label.get(session.lang).to_owned(),
        _ => e.object.clone(),
    };
    let rows: Vec<_> = all.iter().map(|e| vec![e.name.clone(), e.title.clone(), object(e)]).collect();
    if args.csv {
        return print_csv_rows(&names, &rows);
    }
    let head = |name: &&str| (i18n::text(session.lang, &format!("cli-report-{name}")), false);
    print_table(Table { head: names.iter().map(head).collect(), rows }, &names)
}

/// The groups with number and sums, a line each.
fn print(session: &Session, backend: &dyn Backend, report: &Report, csv: bool) -> Result<(), Failure> {
    let (schema, entry) = (backend.schema(), &report.report);
    let look = output::look(session, &schema, &report.groups.titles);
    let mut names: Vec<&str> = entry.group.iter().map(|group| group.field()).collect();
    let grouped = names.len();
    names.push("count");
    for sum in &entry.sums {
        names.extend([sum.as_str(), "currency"]);
    }
    let label = |(at, name): (usize, &&str)| {
        let text = match *name {
            "count" | "currency" => i18n::text(session.lang, &format!("cli-board-{name}")),
            field => report::label(&schema, entry, field, session.lang),
        };
        (text, at >= grouped && *name != "currency")
    };
    let cells = |row: &AggregateRow| {
        let keys = row.keys.iter().zip(&entry.group);
        let mut cells: Vec<String> =
            keys.map(|(key, group)| report::key_text(&schema, entry, group, key, &look)).collect();
        cells.push(row.count.to_string());
        row.sums.iter().for_each(|sum| cells.extend(sum_cells(sum)));
        cells
    };
    let rows: Vec<Vec<String>> = report.groups.rows.iter().map(cells).collect();
    if csv {
        return print_csv_rows(&names, &rows);
    }
    note(&entry.title);
    print_table(Table { head: names.iter().enumerate().map(label).collect(), rows }, &names)
}

/// The amount and its currency; where currencies have no rate, each with its own.
fn sum_cells(sum: &Sum) -> [String; 2] {
    match sum.total {
        Some(total) => [amount(total), sum.currency.clone().unwrap_or_default()],
        None => [
            sum.parts.iter().map(|p| format!("{} {}", p.currency, amount(p.amount))).collect::<Vec<_>>().join(" + "),
            String::new(),
        ],
    }
}

fn report_json(report: &Report) -> Json {
    let entry = &report.report;
    let row = |row: &AggregateRow| {
        let keys = entry.group.iter().zip(&row.keys);
        let keys: Map<String, Json> = keys
            .map(|(group, key)| (group.field().to_owned(), output::value_json(key, &report.groups.titles)))
            .collect();
        let sums = entry.sums.iter().zip(&row.sums);
        let sums: Map<String, Json> = sums.map(|(field, sum)| (field.clone(), sum_json(sum))).collect();
        json!({ "keys": keys, "count": row.count, "sums": sums })
    };
    json!({
        "report": entry.name, "title": entry.title, "object": entry.object, "filter": report.filter,
        "groups": report.groups.rows.iter().map(row).collect::<Vec<_>>(), "more": report.groups.more,
    })
}

/// `null` for the amount where currencies have no rate: then the parts tell.
fn sum_json(sum: &Sum) -> Json {
    let parts = sum.parts.iter().map(|p| json!({ "currency": p.currency, "amount": amount(p.amount) }));
    let parts: Vec<Json> = if sum.parts.len() > 1 { parts.collect() } else { Vec::new() };
    json!({ "amount": sum.total.map(amount), "currency": sum.currency, "parts": parts })
}
