//! Opens a file to import: finds its format, encoding and separator, reads its header, gives its rows.

use super::csv_rows::CsvRows;
use super::decode::Utf8Reader;
use super::{Error, RawRow, delimiter, encoding, json_rows, rejects};
use crate::contract::request::ImportRow;
use crate::msg;
use encoding_rs::{Encoding, UTF_8};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of a file is looked at before reading it.
const SAMPLE: usize = 256 * 1024;

/// A format of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Separated values.
    Csv,
    /// One JSON object per line.
    Jsonl,
}

impl Format {
    /// The format that a file's name suggests.
    pub fn of_path(path: &Path) -> Format {
        match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("jsonl" | "ndjson") => Format::Jsonl,
            _ => Format::Csv,
        }
    }
}

/// What the user says of a file, where it is not to be found out.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The format; by the name otherwise.
    pub format: Option<Format>,
    /// The encoding's name.
    pub encoding: Option<String>,
    /// The separator.
    pub delimiter: Option<String>,
    /// The first row is data: columns are named by their number.
    pub no_header: bool,
}

/// An open file.
pub struct Source {
    /// Its format.
    pub format: Format,
    /// Its encoding.
    pub encoding: &'static Encoding,
    /// It begins with a byte order mark.
    pub bom: bool,
    /// What separates its cells.
    pub delimiter: u8,
    /// Its size in bytes, if known.
    pub size: Option<u64>,
    /// About how many rows it has, by the length of the first ones; 0 where its size is not known.
    pub expected: u64,
    /// How many bytes are read so far.
    pub read: Arc<AtomicU64>,
    /// The names of its columns.
    pub header: Vec<String>,
    rows: Box<dyn Iterator<Item = RawRow> + Send>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("format", &self.format).field("header", &self.header).finish_non_exhaustive()
    }
}

/// Opens a file, or standard input for `-`.
pub fn open(path: &Path, options: &Options) -> Result<Source, Error> {
    let name = path.display().to_string();
    let fail = |error: std::io::Error| Error::io(&name, &error);
    let format = options.format.unwrap_or_else(|| Format::of_path(path));
    if name == "-" {
        return read(Box::new(std::io::stdin()), None, None, format, options).map_err(|e| e.in_file("stdin"));
    }
    let mut file = File::open(path).map_err(fail)?;
    let facts = file.metadata().map_err(fail)?;
    if facts.is_dir() {
        return Err(Error::Invalid(msg!("transfer-directory", path = name)));
    }
    let telling = if facts.is_file() { telling_part(&mut file).map_err(fail)? } else { None };
    let size = facts.is_file().then_some(facts.len());
    read(Box::new(file), size, telling, format, options).map_err(|e| e.in_file(&name))
}

/// A later part of the file that shows its encoding, where the beginning is plain ASCII.
fn telling_part(file: &mut File) -> std::io::Result<Option<Vec<u8>>> {
    let mut block = vec![0; SAMPLE];
    let mut found = None;
    let mut first = true;
    loop {
        let read = file.read(&mut block)?;
        let part = block.get(..read).unwrap_or_default();
        if read == 0 || (first && !encoding::is_plain(part)) {
            break;
        }
        first = false;
        if let Some(at) = part.iter().position(|b| !b.is_ascii()) {
            found = Some(part.get(at..).unwrap_or_default().to_vec());
            break;
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(found)
}

fn read(
    input: Box<dyn Read + Send>,
    size: Option<u64>,
    telling: Option<Vec<u8>>,
    format: Format,
    options: &Options,
) -> Result<Source, Error> {
    let counter = Arc::new(AtomicU64::new(0));
    let mut input = Counted { inner: input, read: Arc::clone(&counter) };
    let mut sample = Vec::new();
    input
        .by_ref()
        .take(SAMPLE as u64)
        .read_to_end(&mut sample)
        .map_err(|e| Error::Io(msg!("transfer-row-io", reason = e)))?;
    let whole = sample.len() < SAMPLE;
    let sampled = sample.len() as u64;
    let (encoding, bom) = choose_encoding(&sample, telling.as_deref(), options)?;
    let text = sample_text(&sample, bom, encoding, whole);
    let mut bytes = Cursor::new(sample);
    bytes.set_position(bom as u64);
    let mut decoded = BufReader::new(Utf8Reader::new(bytes.chain(input), encoding));
    let declared = if format == Format::Csv { delimiter::declared(&text) } else { None };
    let delimiter = choose_delimiter(&text, whole, declared, options)?;
    let (header, rows) = match format {
        Format::Jsonl => json_rows::read(decoded),
        Format::Csv => {
            if declared.is_some() {
                decoded.skip_until(b'\n').map_err(|e| Error::Io(msg!("transfer-row-io", reason = e)))?;
            }
            csv(CsvRows::new(decoded, delimiter, 1 + u64::from(declared.is_some())), options.no_header)?
        }
    };
    if header.is_empty() {
        return Err(Error::at(0, msg!("transfer-empty")));
    }
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
    let expected = size.map_or(0, |size| size.saturating_mul(lines) / sampled.max(1));
    Ok(Source { expected, format, encoding, bom: bom > 0, delimiter, size, read: counter, header, rows })
}

fn choose_encoding(
    sample: &[u8],
    telling: Option<&[u8]>,
    options: &Options,
) -> Result<(&'static Encoding, usize), Error> {
    if let Some(name) = &options.encoding {
        let encoding =
            encoding::by_name(name).ok_or_else(|| Error::Invalid(msg!("transfer-encoding-unknown", name = name)))?;
        let bom = Encoding::for_bom(sample).filter(|(found, _)| *found == encoding).map_or(0, |(_, length)| length);
        return Ok((encoding, bom));
    }
    let found = encoding::detect(sample).map_err(|message| Error::at(0, message))?;
    match telling {
        Some(part) if found.encoding == UTF_8 && found.bom == 0 => {
            // The beginning was refused above if it is no text; what is odd further on is left to the rows.
            Ok((encoding::detect(part).map_or(UTF_8, |f| f.encoding), 0))
        }
        _ => Ok((found.encoding, found.bom)),
    }
}

fn sample_text(sample: &[u8], bom: usize, encoding: &'static Encoding, whole: bool) -> String {
    let body = sample.get(bom..).unwrap_or_default();
    let (text, _) = encoding.decode_without_bom_handling(body);
    if whole { text.into_owned() } else { text.trim_end_matches('\u{FFFD}').to_owned() }
}

fn choose_delimiter(text: &str, whole: bool, declared: Option<u8>, options: &Options) -> Result<u8, Error> {
    match &options.delimiter {
        Some(name) => {
            delimiter::by_name(name).ok_or_else(|| Error::Invalid(msg!("transfer-delimiter-unknown", name = name)))
        }
        None => Ok(declared.unwrap_or_else(|| delimiter::detect(text, whole))),
    }
}

type HeaderAndRows = (Vec<String>, Box<dyn Iterator<Item = RawRow> + Send>);

fn csv<R: BufRead + Send + 'static>(mut rows: CsvRows<R>, no_header: bool) -> Result<HeaderAndRows, Error> {
    let Some(first) = rows.next() else { return Ok((Vec::new(), Box::new(rows))) };
    if no_header {
        let header = (1..=first.cells.len()).map(|n| n.to_string()).collect();
        return Ok((header, Box::new(std::iter::once(first).chain(rows))));
    }
    match first.problem {
        Some(problem) => Err(Error::at(first.line, problem)),
        None => Ok((trim_header(first.cells), Box::new(rows))),
    }
}

/// Column names without blanks around them, without empty columns at the end.
fn trim_header(cells: Vec<String>) -> Vec<String> {
    let mut header: Vec<String> = cells.into_iter().map(|c| c.trim().to_owned()).collect();
    while header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    header
}

impl Source {
    /// The rows from a line on, as an import takes them. The column of reasons of an error file is emptied.
    pub fn into_rows(self, from_line: u64) -> impl Iterator<Item = ImportRow> + Send {
        let width = self.header.len();
        let reason = self.header.iter().position(|h| h == rejects::REASON);
        self.rows.filter(move |row| row.line >= from_line).map(move |row| fit(row, width, reason))
    }

    /// The separator as people name it.
    pub fn delimiter_name(&self) -> String {
        match self.delimiter {
            b'\t' => "TAB".to_owned(),
            other => char::from(other).to_string(),
        }
    }
}

/// Gives a row as many cells as the header has, or says why that can't be.
fn fit(row: RawRow, width: usize, reason: Option<usize>) -> ImportRow {
    let RawRow { line, mut cells, mut problem } = row;
    while cells.len() > width && cells.last().is_some_and(|c| c.trim().is_empty()) {
        cells.pop();
    }
    if problem.is_none() && cells.len() != width {
        problem = Some(msg!("transfer-row-width", cells = cells.len(), columns = width));
    }
    if let Some(cell) = reason.and_then(|at| cells.get_mut(at)) {
        cell.clear();
    }
    ImportRow { line, cells, error: problem }
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use encoding_rs::{BIG5, GB18030};
    use std::path::PathBuf;

    fn open_bytes(bytes: &[u8], options: &Options) -> Result<Source, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        std::fs::write(&path, bytes).unwrap();
        open(&path, options)
    }

    fn rows(source: Source) -> Vec<(u64, Vec<String>, Option<String>)> {
        source.into_rows(0).map(|r| (r.line, r.cells, r.error.map(|m| m.key.into_owned()))).collect()
    }

    #[test]
    fn the_same_rows_come_out_of_every_encoding() {
        let text = "名称,城市\n华信科技,北京\n統一企業,臺北\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let variants: Vec<(&str, Vec<u8>)> = vec![
            ("", text.as_bytes().to_vec()),
            ("", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            ("", [b"\xFF\xFE".to_vec(), utf16.clone()].concat()),
            ("utf-16le", utf16),
            ("gbk", GB18030.encode(text).0.into_owned()),
        ];
        for (name, bytes) in variants {
            let options = Options { encoding: (!name.is_empty()).then(|| name.to_owned()), ..Options::default() };
            let source = open_bytes(&bytes, &options).unwrap();
            assert_eq!(source.header, ["名称", "城市"]);
            let cells: Vec<Vec<String>> = rows(source).into_iter().map(|r| r.1).collect();
            assert_eq!(cells, [["华信科技", "北京"], ["統一企業", "臺北"]]);
        }
        let wrong = Options { encoding: Some("big5".to_owned()), ..Options::default() };
        assert!(open_bytes(&BIG5.encode("名稱\n統一\n").0, &wrong).is_ok());
    }

    #[test]
    fn chinese_that_starts_far_behind_is_still_found() {
        let mut text = "name,city\n".to_owned();
        text.push_str(&"Acme,Oslo\n".repeat(SAMPLE / 8));
        text.push_str(&"华信科技有限公司,北京市\n".repeat(20));
        let source = open_bytes(&GB18030.encode(&text).0, &Options::default()).unwrap();
        assert_eq!(source.encoding, GB18030);
        assert_eq!(source.into_rows(0).last().unwrap().cells, ["华信科技有限公司", "北京市"]);
    }

    #[test]
    fn the_number_of_rows_is_foreseen_by_the_first_ones() {
        for rows in [3, 50_000] {
            let text = format!("a,b\n{}", "one,two\n".repeat(rows));
            let expected = open_bytes(text.as_bytes(), &Options::default()).unwrap().expected;
            assert!((expected as usize).abs_diff(rows) < rows / 100 + 2, "{expected} of {rows}");
        }
    }

    #[test]
    fn ragged_rows_are_reported_and_trailing_blanks_forgiven() {
        let source = open_bytes(b"a,b\n1,2\n3\n4,5,6\n7,8,,\n", &Options::default()).unwrap();
        let problems: Vec<_> = rows(source).into_iter().map(|r| (r.0, r.2)).collect();
        let ragged = || Some("transfer-row-width".to_owned());
        assert_eq!(problems, [(2, None), (3, ragged()), (4, ragged()), (5, None)]);
    }

    #[test]
    fn reading_goes_on_from_a_line() {
        let source = open_bytes(b"sep=;\na;b\n1;2\n3;4\n", &Options::default()).unwrap();
        assert_eq!(source.header, ["a", "b"]);
        let lines: Vec<u64> = source.into_rows(4).map(|r| r.line).collect();
        assert_eq!(lines, [4]);
    }

    #[test]
    fn files_that_hold_no_rows_are_refused_with_the_reason() {
        let cases: [(&[u8], &str); 4] = [
            (b"", "transfer-empty"),
            (b"\n\n", "transfer-empty"),
            (b"PK\x03\x04\0\0\0", "transfer-binary"),
            (b"\x01\x02\x03\x04,c\n1,2\n", "transfer-no-text"),
        ];
        for (bytes, key) in cases {
            assert_eq!(open_bytes(bytes, &Options::default()).unwrap_err().message().key, key);
        }
        let gone = open(&PathBuf::from("/nowhere/at.csv"), &Options::default()).unwrap_err();
        assert!(matches!(gone, Error::Missing(_)));
    }

    #[test]
    fn csv_spectrum_is_read_as_it_says() {
        let Ok(data) = std::env::var("TCRM_TEST_DATA") else {
            eprintln!("skipped: TCRM_TEST_DATA names no folder with csv-spectrum");
            return;
        };
        let folder = Path::new(&data).join("csv-spectrum");
        let Ok(entries) = std::fs::read_dir(folder.join("csvs")) else {
            eprintln!("skipped: no {}", folder.display());
            return;
        };
        for path in entries.map(|e| e.unwrap().path()) {
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let json = std::fs::read_to_string(folder.join("json").join(format!("{stem}.json"))).unwrap();
            let expected: serde_json::Value = serde_json::from_str(&json).unwrap();
            if !expected.is_array() {
                // Its answer is of other data than its file.
                continue;
            }
            let source = open(&path, &Options::default()).unwrap();
            let header = source.header.clone();
            let found: Vec<serde_json::Value> = source
                .into_rows(0)
                .map(|row| {
                    header.iter().cloned().zip(row.cells).map(|(k, v)| (k, serde_json::Value::from(v))).collect()
                })
                .collect();
            assert_eq!(serde_json::Value::Array(found), expected, "{stem}");
        }
    }
}
