//! `tcrm export`.

use super::args::{Export, RowFormat};
use super::assign;
use super::failure::Failure;
use super::output::{look, named_file, note, stdout};
use super::session::{Session, Want, with_object};
use crate::backend::Backend;
use crate::contract::request::{CountRequest, From, Permit, Query};
use crate::domain::event::{EventKind, Happening};
use crate::domain::record::system;
use crate::msg;
use crate::schema::model::Field;
use crate::transfer::export::{CsvSink, Sink, default_fields};
use crate::transfer::output::Output;
use crate::transfer::source::Format;
use std::io::Write;

const PAGE: usize = 1_000;

/// Writes the records that a filter matches to stdout or a file, page by page.
pub(super) fn run(session: &Session, export: &Export) -> Result<(), Failure> {
    let filter = export.filter.join(" ");
    let want = if filter.is_empty() { Want::Read } else { Want::Search };
    let (backend, object) = with_object(session, &export.object, want)?;
    if let Permit::No(why) = session.wait(backend.allowed("export", object.name.clone(), None))? {
        return Err(Failure::Other(5, why));
    }
    let fields = match &export.columns {
        Some(columns) => assign::columns(&object, columns)?,
        None => default_fields(&object),
    };
    let query = Query {
        object: object.name.clone(),
        filter,
        sort: assign::sort(&object, export.sort.as_deref())?,
        columns: fields.iter().filter(|f| f.name != system::ID).map(|f| f.name.clone()).collect(),
        from: From::Start,
        limit: PAGE,
    };
    let format = match (export.format, named_file(export.output.as_deref())) {
        (Some(RowFormat::Csv), _) | (None, None) => Format::Csv,
        (Some(RowFormat::Jsonl), _) => Format::Jsonl,
        (None, Some(path)) => Format::of_path(path),
    };
    note_down(session, &*backend, &query, format, export)?;
    let job = Job { session, backend: &*backend, export, fields };
    match named_file(export.output.as_deref()) {
        None => {
            job.write(stdout(), query, format)?;
        }
        Some(path) => {
            let (output, written) = job.write(Output::create(path)?, query, format)?;
            output.finish()?;
            note(&session.say(&msg!("cli-exported", number = written, path = path.display())));
        }
    }
    Ok(())
}

/// Notes in the log what is about to leave the store: a wrong filter fails here, before there is a file.
fn note_down(
    session: &Session,
    backend: &dyn Backend,
    query: &Query,
    format: Format,
    export: &Export,
) -> Result<(), Failure> {
    let (object, filter) = (query.object.clone(), query.filter.clone());
    let count = session.wait(backend.count(CountRequest { object, filter, cap: u64::MAX }))?;
    let file = named_file(export.output.as_deref()).map(|path| path.display().to_string());
    let what = Happening::new(EventKind::Export)
        .about(&query.object, None)
        .with("filter", &query.filter)
        .with("count", count.value)
        .with("format", if format == Format::Csv { "csv" } else { "jsonl" })
        .with("columns", query.columns.join(","))
        .with("file", file.unwrap_or_else(|| "-".to_owned()));
    Ok(session.wait(backend.note(what))?)
}

struct Job<'a> {
    session: &'a Session,
    backend: &'a dyn Backend,
    export: &'a Export,
    fields: Vec<&'a Field>,
}

impl Job<'_> {
    fn write<W: Write>(&self, out: W, mut query: Query, format: Format) -> Result<(W, u64), Failure> {
        let schema = self.backend.schema();
        // The first page comes before the header: a wrong filter writes nothing.
        let mut page = self.session.wait(self.backend.export(query.clone()))?;
        let labels = self.export.labels.then_some(self.session.lang);
        let mark = self.export.bom || self.session.config.export.mark;
        let mut sink = match format {
            Format::Csv => Sink::Csv(Box::new(CsvSink::new(out, &self.fields, labels, mark)?)),
            Format::Jsonl => Sink::Jsonl(out),
        };
        let mut written = 0;
        loop {
            let look = look(self.session, &schema, &page.titles);
            for row in &page.rows {
                sink.write(&self.fields, &row.record, &look)?;
                written += 1;
            }
            let Some(last) = page.rows.last().filter(|_| page.more_after) else { break };
            query.from = From::After(last.cursor.clone());
            page = self.session.wait(self.backend.export(query.clone()))?;
        }
        Ok((sink.finish()?, written))
    }
}
