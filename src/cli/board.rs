//! `tcrm board`: number and sums of each stage of a pipeline.

use super::args::Board;
use super::failure::Failure;
use super::output::{amount, print_csv_rows, print_json, print_table};
use super::session::{Session, Want};
use super::table::Table;
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::contract::request::{Aggregate, AggregateRequest, AggregateRow, CountRequest, Group, Sum};
use crate::domain::value::Value;
use crate::i18n;
use crate::msg;
use crate::schema::model::{PIPELINED, Pipeline, Schema, StageType};
use serde_json::{Value as Json, json};

/// What stands in a stage.
struct Line {
    stage: String,
    label: String,
    /// `None` for a stage that the pipeline doesn't have.
    kind: Option<StageType>,
    count: u64,
    sum: Sum,
    weighted: Sum,
}

const COLUMNS: [&str; 6] = ["stage", "type", "count", "sum", "weighted", "currency"];

/// Shows the stages of a pipeline, the first one if none is named.
pub(super) fn run(session: &Session, board: &Board) -> Result<(), Failure> {
    let want = if board.filter.is_some() { Want::Search } else { Want::Read };
    let backend = session.open(want)?;
    let schema = backend.schema();
    let pipeline = pipeline(&schema, board.pipeline.as_deref(), session)?;
    let request = AggregateRequest {
        object: PIPELINED.to_owned(),
        filter: whole_filter(session, &*backend, pipeline, board.filter.as_deref().unwrap_or_default())?,
        group: vec![Group::Field("stage".to_owned())],
        sums: ["amount", "weighted"].map(str::to_owned).to_vec(),
    };
    let lines = lines(session, &schema, pipeline, &session.wait(backend.aggregate(request))?);
    if board.json {
        return print_json(&lines.iter().map(|line| line.json(pipeline)).collect::<Json>());
    }
    if board.csv {
        let rows: Vec<Vec<String>> = lines.iter().map(|line| line.cells(&line.stage)).collect();
        return print_csv_rows(&COLUMNS, &rows);
    }
    let head = |name: &str| {
        let right = matches!(name, "count" | "sum" | "weighted");
        (i18n::text(session.lang, &format!("cli-board-{name}")), right)
    };
    let rows = lines.iter().map(|line| line.cells(&line.label)).collect();
    print_table(Table { head: COLUMNS.iter().map(|name| head(name)).collect(), rows }, &COLUMNS)
}

/// The filter of a pipeline's deals, of those that the user's own lets through. The own one is asked about by itself
/// first, so that what is wrong with it is pointed at as it was typed.
fn whole_filter(session: &Session, backend: &dyn Backend, pipeline: &Pipeline, own: &str) -> Result<String, Failure> {
    let base = format!("pipeline:\"{}\"", pipeline.name);
    if own.trim().is_empty() {
        return Ok(base);
    }
    session.wait(backend.count(CountRequest { object: PIPELINED.to_owned(), filter: own.to_owned(), cap: 1 }))?;
    Ok(format!("{base} ({own})"))
}

fn pipeline<'s>(schema: &'s Schema, name: Option<&str>, session: &Session) -> Result<&'s Pipeline, Failure> {
    let found = match name {
        Some(name) => schema.find_pipeline(name),
        None => schema.default_pipeline(None),
    };
    let label = |p: &Pipeline| format!("{} ({})", p.name, p.label.get(session.lang));
    let known = || schema.pipelines.iter().map(label).collect::<Vec<_>>().join(", ");
    let missing = || Error::NotFound(msg!("cli-no-pipeline", name = name.unwrap_or_default(), known = known()));
    Ok(found.ok_or_else(missing)?)
}

/// A line for each stage of the pipeline in order, then those that it doesn't have.
fn lines(session: &Session, schema: &Schema, pipeline: &Pipeline, found: &Aggregate) -> Vec<Line> {
    let key = |row: &AggregateRow| row.keys.first().and_then(Value::as_str).unwrap_or_default().to_owned();
    let line = |stage: &str, kind: Option<StageType>, row: Option<&AggregateRow>| {
        let sum = |at: usize| row.and_then(|row| row.sums.get(at)).cloned().unwrap_or_else(Sum::zero);
        let dictionary = schema.object(PIPELINED).and_then(|o| o.field("stage")).and_then(|f| f.kind.dictionary());
        let item = dictionary.and_then(|d| schema.dictionary(d)).and_then(|d| d.item(stage));
        let label = item.map_or(stage, |i| i.label.get(session.lang)).to_owned();
        let count = row.map_or(0, |row| row.count);
        Line { stage: stage.to_owned(), label, kind, count, sum: sum(0), weighted: sum(1) }
    };
    let of = |stage: &str| found.rows.iter().find(|row| key(row) == stage);
    let mut lines: Vec<Line> =
        pipeline.stages.iter().map(|stage| line(&stage.key, Some(stage.kind), of(&stage.key))).collect();
    let elsewhere = found.rows.iter().filter(|row| pipeline.stage(&key(row)).is_none());
    lines.extend(elsewhere.map(|row| line(&key(row), None, Some(row))));
    lines
}

impl Line {
    fn kind(&self) -> &'static str {
        self.kind.map_or("", StageType::key)
    }

    fn cells(&self, stage: &str) -> Vec<String> {
        let several = self.sum.total.is_none();
        let text = |sum: &Sum| match sum.total {
            Some(total) => amount(total),
            None => {
                sum.parts.iter().map(|p| format!("{} {}", p.currency, amount(p.amount))).collect::<Vec<_>>().join(" + ")
            }
        };
        let currency = self.sum.currency.clone().filter(|_| !several).unwrap_or_default();
        let count = self.count.to_string();
        vec![stage.to_owned(), self.kind().to_owned(), count, text(&self.sum), text(&self.weighted), currency]
    }

    /// Amounts as strings; `null` where currencies have no rate, with the sum of each in `parts`.
    fn json(&self, pipeline: &Pipeline) -> Json {
        let mut json = json!({
            "pipeline": pipeline.name,
            "stage": self.stage,
            "label": self.label,
            "type": self.kind.map(StageType::key),
            "count": self.count,
            "sum": self.sum.total.map(amount),
            "weighted": self.weighted.total.map(amount),
            "currency": self.sum.currency,
        });
        if self.sum.parts.len() > 1
            && let Some(map) = json.as_object_mut()
        {
            let parts = |sum: &Sum| -> Json {
                sum.parts.iter().map(|p| json!({ "currency": p.currency, "amount": amount(p.amount) })).collect()
            };
            map.insert("parts".to_owned(), parts(&self.sum));
            map.insert("weighted_parts".to_owned(), parts(&self.weighted));
        }
        json
    }
}
