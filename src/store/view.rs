//! Views for other tools: each object with labels, decimal amounts and titles in place of keys, scaled integers and ids.
//!
//! They are not part of the file: SQLite parses what it finds there at every start, and eighty views take longer than
//! all tables together.

use super::column::Form;
use super::db::Dialect;
use super::table::{Column, Table, Tables, literal, quote};
use crate::domain::lang::Lang;
use crate::schema::model::{Object, Schema};
use std::sync::Arc;

/// The statements that make a temporary view `<object>_view` of every object, with the labels of a language. They hold
/// for the session of the tool that runs them.
pub fn views(schema: &Arc<Schema>, lang: Lang) -> String {
    let tables = Tables::of(schema, Dialect::Sqlite);
    tables.iter().filter_map(|table| Some(view(table, schema.object(&table.name)?, schema, lang))).collect()
}

fn view(table: &Table, object: &Object, schema: &Schema, lang: Lang) -> String {
    let columns: Vec<String> = table.columns.iter().map(|c| view_column(c, object, schema, lang)).collect();
    let (name, of) = (quote(&format!("{}_view", table.name)), quote(&table.name));
    format!("CREATE TEMP VIEW {name} AS SELECT t.id, t.version, {} FROM {of} t;\n", columns.join(", "))
}

fn view_column(column: &Column, object: &Object, schema: &Schema, lang: Lang) -> String {
    let name = quote(&column.name);
    let shown = match column.form {
        Form::Scaled(scale) => decimal_sql(&name, scale),
        Form::Money => decimal_sql(&name, 2),
        Form::Choice => labels_sql(column, object, lang),
        Form::Ref => title_sql(column, schema),
        _ => format!("t.{name}"),
    };
    let currency =
        if column.form == Form::Money { format!(", t.{}", quote(&column.currency())) } else { String::new() };
    format!("{shown} AS {name}{currency}")
}

/// The digits of a scaled integer with its point, exact however great it is.
fn decimal_sql(name: &str, scale: u32) -> String {
    if scale == 0 {
        return format!("t.{name}");
    }
    let unit = 10i64.saturating_pow(scale);
    let parts = format!("abs(t.{name}) / {unit}, abs(t.{name}) % {unit}");
    format!(
        "CASE WHEN t.{name} IS NULL THEN NULL ELSE printf('%s%d.%0{scale}d', iif(t.{name} < 0, '-', ''), {parts}) END"
    )
}

/// The label of an item, as the store keeps it.
fn labels_sql(column: &Column, object: &Object, lang: Lang) -> String {
    let name = quote(&column.name);
    let label = match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    match object.field(&column.name).and_then(|f| f.kind.dictionary()) {
        Some(dictionary) => format!(
            "coalesce((SELECT {label} FROM _label WHERE dictionary = {} AND key = t.{name}), t.{name})",
            literal(dictionary)
        ),
        None => format!("t.{name}"),
    }
}

fn title_sql(column: &Column, schema: &Schema) -> String {
    let name = quote(&column.name);
    match column.target.as_deref().and_then(|t| schema.object(t)) {
        Some(target) => {
            let (table, title) = (quote(&target.name), quote(&target.title));
            format!("(SELECT r.{title} FROM {table} r WHERE r.id = t.{name})")
        }
        None => format!("t.{name}"),
    }
}
