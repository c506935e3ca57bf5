//! Records as CSV or JSON lines, one after the other.

use super::{Error, safety};
use crate::domain::record::{Record, Titles, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Field, Object};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};

/// What a file that can't be written is called in errors.
fn fail(error: io::Error) -> Error {
    Error::Io(msg!("transfer-write", reason = error))
}

/// The fields that an export holds unless told otherwise: all but retired ones. Of attached files the names.
pub fn default_fields(object: &Object) -> Vec<&Field> {
    let wanted = |f: &&Field| !f.retired && f.name != system::VERSION;
    object.fields.iter().filter(wanted).collect()
}

/// Writes CSV: cells that a spreadsheet would run are guarded (see [`safety`]).
pub struct CsvSink<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> CsvSink<W> {
    /// Begins with the header: field names, or labels in a language. `mark` puts a byte order mark first.
    pub fn new(
        mut out: W,
        fields: &[&Field],
        labels: Option<crate::domain::lang::Lang>,
        mark: bool,
    ) -> io::Result<CsvSink<W>> {
        if mark {
            out.write_all("\u{FEFF}".as_bytes())?;
        }
        let mut writer = csv::Writer::from_writer(out);
        let name = |f: &&Field| labels.map_or_else(|| f.name.clone(), |lang| f.label.get(lang).to_owned());
        writer.write_record(fields.iter().map(name))?;
        Ok(CsvSink { writer })
    }

    /// Adds a record: values as texts that an import reads back.
    pub fn write(&mut self, fields: &[&Field], record: &Record, look: &FormatContext<'_>) -> io::Result<()> {
        for field in fields {
            let cell = match field.name.as_str() {
                system::ID => record.id.to_string(),
                system::VERSION => record.version.to_string(),
                name => kind::plain(&field.kind, record.get(name), look),
            };
            self.writer.write_field(safety::guard(&cell).as_bytes())?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes what is buffered and gives the target back.
    pub fn finish(self) -> io::Result<W> {
        let mut out = self.writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        out.flush()?;
        Ok(out)
    }
}

/// A record as a JSON object; references as `{"id", "title"}`, so that they mean something in another store.
pub fn json(fields: &[&Field], record: &Record, titles: &Titles) -> Json {
    let reference = |id: &crate::domain::id::Id| json!({ "id": id.to_string(), "title": titles.get(id) });
    let mut map = Map::new();
    for field in fields {
        let value = match field.name.as_str() {
            system::ID => json!(record.id.to_string()),
            system::VERSION => json!(record.version),
            name => match record.get(name) {
                Value::Ref(id) => reference(id),
                Value::Refs(ids) => ids.iter().map(reference).collect(),
                other => kind::to_json(other),
            },
        };
        map.insert(field.name.clone(), value);
    }
    Json::Object(map)
}

/// Where an export goes and how.
pub enum Sink<W: Write> {
    /// Separated values.
    Csv(Box<CsvSink<W>>),
    /// A JSON object a line.
    Jsonl(W),
}

impl<W: Write> Sink<W> {
    /// Adds a record.
    pub fn write(&mut self, fields: &[&Field], record: &Record, look: &FormatContext<'_>) -> io::Result<()> {
        match self {
            Sink::Csv(sink) => sink.write(fields, record, look),
            Sink::Jsonl(out) => {
                serde_json::to_writer(&mut *out, &json(fields, record, look.titles))?;
                out.write_all(b"\n")
            }
        }
    }

    /// Writes what is buffered and gives the target back.
    pub fn finish(self) -> Result<W, Error> {
        match self {
            Sink::Csv(sink) => sink.finish().map_err(fail),
            Sink::Jsonl(mut out) => {
                out.flush().map_err(fail)?;
                Ok(out)
            }
        }
    }
}
