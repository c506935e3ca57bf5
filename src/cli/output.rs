//! What commands print on stdout.

use super::failure::Failure;
use super::session::Session;
use super::table::{self, Table};
use crate::domain::id::Id;
use crate::domain::record::{Record, Titles, system};
use crate::domain::value::Value;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Field, Schema};
use crate::transfer::output::Output;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};
use std::io::{BufWriter, IsTerminal, StdoutLock, Write};
use std::path::Path;

/// Buffered stdout, locked for the whole command.
pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(std::io::stdout().lock())
}

/// Prints a table: aligned on a terminal, between tabs into a pipe. `names` are the headings for a pipe.
pub(super) fn print_table(mut table: Table, names: &[&str]) -> Result<(), Failure> {
    let lines = if std::io::stdout().is_terminal() {
        table.aligned(terminal_width())
    } else {
        for (head, name) in table.head.iter_mut().zip(names) {
            (*name).clone_into(&mut head.0);
        }
        table.tabbed()
    };
    let mut out = stdout();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

/// The cells of a line where stdout is a terminal that says so.
pub(super) fn terminal_width() -> Option<usize> {
    let size = std::io::stdout().is_terminal().then(crossterm::terminal::size)?;
    size.ok().map(|(columns, _)| usize::from(columns))
}

/// Prints JSON, indented for people.
pub(super) fn print_json(value: &Json) -> Result<(), Failure> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// Prints rows of texts as CSV that no spreadsheet takes for formulas.
pub(super) fn print_csv_rows(names: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(stdout());
    let wrong = |error: csv::Error| std::io::Error::other(error);
    writer.write_record(names).map_err(wrong)?;
    for row in rows {
        let cells = row.iter().map(|cell| crate::transfer::safety::guard(cell));
        writer.write_record(cells.map(|cell| cell.as_bytes().to_vec())).map_err(wrong)?;
    }
    Ok(writer.flush()?)
}

/// Prints a line of data.
pub(super) fn print_line(line: &str) -> Result<(), Failure> {
    let mut out = stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// An amount as data: with two digits, without grouping.
pub(super) fn amount(mut amount: Decimal) -> String {
    amount.rescale(2);
    amount.to_string()
}

/// The file that is to be written: none for stdout, which `-` means too.
pub(super) fn named_file(path: Option<&Path>) -> Option<&Path> {
    path.filter(|path| path.as_os_str() != "-")
}

/// Writes a file that appears whole or not at all, or to stdout where none is named. Whether it was a file.
pub(super) fn deliver(
    file: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<bool, Failure> {
    let Some(path) = file else {
        let mut out = stdout();
        write(&mut out)?;
        out.flush()?;
        return Ok(false);
    };
    let mut out = Output::create(path)?;
    write(&mut out)?;
    out.finish()?;
    Ok(true)
}

/// Says something to the user, beside the data.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The look of values in the session's language and zone.
pub(super) fn look<'a>(session: &'a Session, schema: &'a Schema, titles: &'a Titles) -> FormatContext<'a> {
    FormatContext { lang: session.lang, zone: &session.zone, titles, schema }
}

/// A field's value of a record, the id and version included.
pub(super) fn field_text(field: &Field, record: &Record, look: &FormatContext<'_>) -> String {
    match field.name.as_str() {
        system::ID => record.id.to_string(),
        system::VERSION => record.version.to_string(),
        name => kind::format(&field.kind, record.get(name), look),
    }
}

/// A record as JSON: `id`, `version` and the fields; references as `{"id", "title"}`.
pub(super) fn record_json<'f>(record: &Record, fields: impl Iterator<Item = &'f Field>, titles: &Titles) -> Json {
    let mut map = Map::new();
    map.insert(system::ID.to_owned(), json!(record.id.to_string()));
    for field in fields {
        let value = match field.name.as_str() {
            system::ID => continue,
            system::VERSION => json!(record.version),
            name => value_json(record.get(name), titles),
        };
        map.insert(field.name.clone(), value);
    }
    Json::Object(map)
}

/// A value as JSON; references with their titles.
pub(super) fn value_json(value: &Value, titles: &Titles) -> Json {
    let reference = |id: &Id| json!({ "id": id.to_string(), "title": titles.get(id) });
    match value {
        Value::Ref(id) => reference(id),
        Value::Refs(ids) => ids.iter().map(reference).collect(),
        other => kind::to_json(other),
    }
}

/// Prints pairs of label and text, the labels aligned on a terminal, a tab between them in a pipe.
pub(super) fn print_pairs(out: &mut impl Write, pairs: &[(String, String)]) -> Result<(), Failure> {
    let aligned = std::io::stdout().is_terminal();
    let widest = pairs.iter().map(|(label, _)| table::width(label)).max().unwrap_or(0);
    for (label, text) in pairs {
        if aligned {
            let indent = format!("\n{}", " ".repeat(widest + 4));
            let lines: Vec<String> = text.lines().map(table::clean).collect();
            writeln!(out, "  {}  {}", table::padded(label, widest), lines.join(&indent))?;
        } else {
            writeln!(out, "{label}\t{}", table::clean(text))?;
        }
    }
    Ok(())
}
