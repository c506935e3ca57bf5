//! `tcrm export`.

use super::args::{Export, RowFormat};
use super::assign;
use super::failure::Failure;
use super::output::{look, named_file, note, stdout};
use super::session::{Session, Want, with_object};
use crate::backend::Backend;
use crate::backend::request::{From, Permit, Query};
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
    let job = Job { session, backend: &backend, export, fields };
    match named_file(export.output.as_deref()) {
        None => {
            job.write(stdout(), query, Format::Csv)?;
        }
        Some(path) => {
            let (output, written) = job.write(Output::create(path)?, query, Format::of_path(path))?;
            output.finish()?;
            note(&session.say(&msg!("cli-exported", number = written, path = path.display())));
        }
    }
    Ok(())
}

struct Job<'a> {
    session: &'a Session,
    backend: &'a dyn Backend,
    export: &'a Export,
    fields: Vec<&'a Field>,
}

impl Job<'_> {
    fn write<W: Write>(&self, out: W, mut query: Query, usual: Format) -> Result<(W, u64), Failure> {
        let format = match self.export.format {
            Some(RowFormat::Csv) => Format::Csv,
            Some(RowFormat::Jsonl) => Format::Jsonl,
            None => usual,
        };
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
