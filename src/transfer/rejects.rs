//! The file of the rows that an import refused: the same columns and one with the reasons, ready to be put
//! right and imported again.

use super::output::Output;
use super::source::{Format, Source};
use super::{Error, safety};
use crate::contract::request::ImportRow;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The name of the column of reasons, which an import leaves out.
pub const REASON: &str = "tcrm_error";

/// Writes refused rows; there is no file as long as there is none.
#[derive(Debug)]
pub struct Rejects {
    path: PathBuf,
    format: Format,
    header: Vec<String>,
    delimiter: u8,
    /// A spreadsheet needs the mark to read anything but the machine's own encoding.
    mark: bool,
    output: Option<Sink>,
}

#[derive(Debug)]
enum Sink {
    Csv(Box<csv::Writer<Output>>),
    Lines(Output),
}

impl Rejects {
    /// For the rows of a source, to a file that is made when it is needed.
    pub fn new(source: &Source, path: PathBuf) -> Rejects {
        Rejects {
            path,
            format: source.format,
            header: source.header.clone(),
            delimiter: source.delimiter,
            mark: source.bom || source.encoding != encoding_rs::UTF_8,
            output: None,
        }
    }

    /// Adds a row with its reasons as one text.
    pub fn add(&mut self, row: &ImportRow, reason: &str) -> Result<(), Error> {
        let fail = |path: &Path, e: std::io::Error| Error::io(&path.display().to_string(), &e);
        let mut sink = match self.output.take() {
            Some(sink) => sink,
            None => self.begin()?,
        };
        let written = match &mut sink {
            Sink::Csv(writer) => self.add_csv(writer, row, reason),
            Sink::Lines(output) => self.add_line(output, row, reason),
        };
        written.map_err(|e| fail(&self.path, e))?;
        self.output = Some(sink);
        Ok(())
    }

    /// Puts the file in its place; `None` if no row was refused.
    pub fn finish(self) -> Result<Option<PathBuf>, Error> {
        let fail = |e: std::io::Error| Error::io(&self.path.display().to_string(), &e);
        match self.output {
            None => return Ok(None),
            Some(Sink::Csv(writer)) => writer.into_inner().map_err(|e| fail(e.into_error()))?.finish()?,
            Some(Sink::Lines(output)) => output.finish()?,
        }
        Ok(Some(self.path))
    }

    fn begin(&self) -> Result<Sink, Error> {
        let mut output = Output::create(&self.path)?;
        if self.format == Format::Jsonl {
            return Ok(Sink::Lines(output));
        }
        let fail = |e: std::io::Error| Error::io(&self.path.display().to_string(), &e);
        if self.mark {
            output.write_all("\u{FEFF}".as_bytes()).map_err(fail)?;
        }
        let mut writer = csv::WriterBuilder::new().delimiter(self.delimiter).flexible(true).from_writer(output);
        let names = self.columns().map(|(_, name)| name).chain([REASON]);
        writer.write_record(names).map_err(|e| fail(e.into()))?;
        Ok(Sink::Csv(Box::new(writer)))
    }

    /// The columns without the one of reasons, with their places.
    fn columns(&self) -> impl Iterator<Item = (usize, &str)> {
        self.header.iter().map(String::as_str).enumerate().filter(|(_, name)| *name != REASON)
    }

    fn add_csv(&self, writer: &mut csv::Writer<Output>, row: &ImportRow, reason: &str) -> std::io::Result<()> {
        let empty = String::new();
        let known = self.columns().map(|(at, _)| row.cells.get(at).unwrap_or(&empty).as_str());
        // Cells beyond the header stand behind the reason, so that nothing is lost and the row is still told apart.
        let beyond = row.cells.iter().skip(self.header.len()).map(String::as_str);
        for cell in known.chain([reason]).chain(beyond) {
            writer.write_field(safety::guard(cell).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn add_line(&self, output: &mut Output, row: &ImportRow, reason: &str) -> std::io::Result<()> {
        let filled = self.columns().filter_map(|(at, name)| Some((name, row.cells.get(at)?.as_str())));
        let mut object: serde_json::Map<String, serde_json::Value> =
            filled.filter(|(_, cell)| !cell.is_empty()).map(|(name, cell)| (name.to_owned(), cell.into())).collect();
        object.insert(REASON.to_owned(), reason.into());
        serde_json::to_writer(&mut *output, &object)?;
        output.write_all(b"\n")
    }
}

/// Where the refused rows of a file go: `customers.csv` → `customers.errors.csv`, then `customers.errors-2.csv`;
/// a file that is there already is never written over.
pub fn path_for(file: &Path, exists: impl Fn(&Path) -> bool) -> PathBuf {
    let name = if file.as_os_str() == "-" { "stdin.csv".into() } else { file.to_string_lossy().into_owned() };
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains(['/', '\\']) && !stem.is_empty() => (stem, extension),
        _ => (name.as_str(), "csv"),
    };
    let stem = match stem.rsplit_once(".errors") {
        Some((base, rest)) if rest.chars().all(|c| c == '-' || c.is_ascii_digit()) => base,
        _ => stem,
    };
    let candidate = |n: u32| match n {
        1 => PathBuf::from(format!("{stem}.errors.{extension}")),
        n => PathBuf::from(format!("{stem}.errors-{n}.{extension}")),
    };
    (1..10_000).map(candidate).find(|p| !exists(p)).unwrap_or_else(|| candidate(10_000))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::transfer::source::{self, Options};

    fn reject_all(name: &str, bytes: &[u8]) -> (Vec<u8>, Vec<ImportRow>, Vec<ImportRow>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let source = source::open(&path, &Options::default()).unwrap();
        let mut rejects = Rejects::new(&source, path_for(&path, |p| p.exists()));
        let rows: Vec<ImportRow> = source.into_rows(0).collect();
        for row in &rows {
            rejects.add(row, "name: 必填").unwrap();
        }
        let errors = rejects.finish().unwrap().unwrap();
        let again = source::open(&errors, &Options::default()).unwrap();
        let reason = again.header.iter().position(|h| h == REASON).unwrap();
        let mut again: Vec<ImportRow> = again.into_rows(0).collect();
        for row in &mut again {
            assert_eq!(row.cells.remove(reason), "", "the reason is not imported");
        }
        (std::fs::read(&errors).unwrap(), rows, again)
    }

    #[test]
    fn refused_rows_can_be_imported_again_as_they_were() {
        for (name, text) in [
            ("a.csv", "\u{FEFF}名称;说明\n华信;\"一\n二;\"\n'=1+1;-5\n"),
            ("b.csv", "name,note\na,\"say \"\"x\"\"\"\nb,c\n"),
            ("c.jsonl", "{\"name\":\"a\"}\n{\"name\":\"b\",\"note\":\"x\\ny\"}\n"),
        ] {
            let (bytes, rows, again) = reject_all(name, text.as_bytes());
            let cells = |rows: &[ImportRow]| rows.iter().map(|r| r.cells.clone()).collect::<Vec<_>>();
            assert_eq!(cells(&again), cells(&rows), "{name}");
            assert!(again.iter().all(|r| r.error.is_none()));
            assert_eq!(bytes.starts_with("\u{FEFF}".as_bytes()), text.starts_with('\u{FEFF}'), "{name}");
            assert!(String::from_utf8(bytes).unwrap().contains("必填"));
        }
    }

    #[test]
    fn no_file_is_made_when_no_row_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        let source = source::open(&path, &Options::default()).unwrap();
        assert_eq!(Rejects::new(&source, folder.path().join("e.csv")).finish().unwrap(), None);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_error_file_has_a_name_of_its_own() {
        let taken = |p: &Path| p == Path::new("d.x/b.errors.csv");
        for (file, expected) in [
            ("a.csv", "a.errors.csv"),
            ("d.x/b.csv", "d.x/b.errors-2.csv"),
            ("d.x/b.errors.csv", "d.x/b.errors-2.csv"),
            ("d.x/plain", "d.x/plain.errors.csv"),
            ("-", "stdin.errors.csv"),
            ("c.jsonl", "c.errors.jsonl"),
        ] {
            assert_eq!(path_for(Path::new(file), taken), Path::new(expected), "{file}");
        }
    }
}
