//! Cuts UTF-8 text into rows of cells, as RFC 4180 and spreadsheets write them. Memory is bounded by the
//! cell limit, even where a quote is never closed.

use super::decode::BROKEN;
use super::{CELL_KEPT, CELL_LIMIT, CELLS_LIMIT, RawRow, safety};
use crate::domain::message::Message;
use crate::msg;
use csv_core::ReadFieldResult;
use std::io::BufRead;

/// The rows of a CSV text; blank rows are left out. A row that can't be used says why and the next follows.
pub struct CsvRows<R> {
    input: R,
    core: csv_core::Reader,
    cell: Vec<u8>,
    lines: LineCount,
    ended: bool,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads rows separated by `delimiter`; the text starts at line `line`.
    pub fn new(input: R, delimiter: u8, line: u64) -> CsvRows<R> {
        CsvRows {
            input,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            cell: vec![0; 4 * 1024],
            lines: LineCount { line, after_return: false },
            ended: false,
        }
    }

    /// Steps over line ends before a row, so that the row knows the line it starts on.
    fn skip_line_ends(&mut self) -> std::io::Result<()> {
        loop {
            let ready = self.input.fill_buf()?;
            let blank = ready.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            self.lines.pass(ready.get(..blank).unwrap_or_default());
            let more = blank > 0 && blank == ready.len();
            self.input.consume(blank);
            if !more {
                return Ok(());
            }
        }
    }

    fn read_row(&mut self) -> std::io::Result<Option<RawRow>> {
        self.skip_line_ends()?;
        let mut building = Building { row: RawRow { line: self.lines.line, ..RawRow::default() }, quotes: 0 };
        let (mut length, mut is_cut) = (0, false);
        loop {
            let ready = self.input.fill_buf()?;
            let at_end = ready.is_empty();
            let free = self.cell.get_mut(length..).unwrap_or_default();
            let (result, read, written) = self.core.read_field(ready, free);
            let passed = ready.get(..read).unwrap_or_default();
            building.quotes += memchr::memchr_iter(b'"', passed).count();
            self.lines.pass(passed);
            self.input.consume(read);
            length += written;
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull if length < CELL_KEPT => {
                    let larger = (self.cell.len() * 2).min(CELL_KEPT);
                    self.cell.resize(larger, 0);
                }
                ReadFieldResult::OutputFull => {
                    is_cut = true;
                    length = CELL_KEPT / 2;
                }
                ReadFieldResult::Field { record_end } => {
                    let kept = if is_cut { CELL_KEPT / 2 } else { length };
                    let bytes = self.cell.get(..kept).unwrap_or_default();
                    building.push(bytes, is_cut);
                    (length, is_cut) = (0, false);
                    if self.cell.len() > CELL_LIMIT {
                        self.cell = vec![0; 4 * 1024];
                    }
                    if record_end {
                        return Ok(Some(building.finish(at_end, self.lines.line)));
                    }
                }
                ReadFieldResult::End => return Ok(None),
            }
        }
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = RawRow;

    fn next(&mut self) -> Option<RawRow> {
        while !self.ended {
            match self.read_row() {
                Ok(Some(row)) if row.is_blank() => {}
                Ok(Some(row)) => return Some(row),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    let problem = Some(msg!("transfer-row-io", reason = error));
                    return Some(RawRow { line: self.lines.line, cells: Vec::new(), problem });
                }
            }
        }
        None
    }
}

/// A row under construction.
struct Building {
    row: RawRow,
    quotes: usize,
}

impl Building {
    fn push(&mut self, shown: &[u8], is_cut: bool) {
        let column = self.row.cells.len() + 1;
        if column > CELLS_LIMIT {
            self.blame(|| msg!("transfer-row-cells", limit = CELLS_LIMIT));
            return;
        }
        let mut cell = match std::str::from_utf8(shown) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(shown).into_owned(),
        };
        if is_cut {
            self.blame(|| msg!("transfer-row-cut", column = column, limit = CELL_KEPT >> 20));
        } else if shown.len() > CELL_LIMIT {
            self.blame(|| msg!("transfer-row-cell", column = column, limit = CELL_LIMIT / 1024));
        } else if memchr::memchr(0, shown).is_some() {
            self.blame(|| msg!("transfer-row-nul", column = column));
            cell = cell.replace('\0', "");
        } else if shown.len() >= 3 && cell.contains(BROKEN) {
            self.blame(|| msg!("transfer-row-encoding", column = column));
            cell = cell.replace(BROKEN, "\u{FFFD}");
        }
        self.row.cells.push(safety::unguard(cell));
    }

    /// The first problem stays: it is the likeliest cause of the others.
    fn blame(&mut self, problem: impl FnOnce() -> Message) {
        if self.row.problem.is_none() {
            self.row.problem = Some(problem());
        }
    }

    fn finish(mut self, at_end: bool, last: u64) -> RawRow {
        if at_end && self.quotes % 2 == 1 && last > self.row.line {
            let first = self.row.line;
            self.row.problem = Some(msg!("transfer-row-quote", first = first, last = last));
        }
        self.row
    }
}

/// Counts lines ended by LF, CR LF or CR.
struct LineCount {
    line: u64,
    after_return: bool,
}

impl LineCount {
    fn pass(&mut self, bytes: &[u8]) {
        let mut after = if self.after_return { Some(0) } else { None };
        for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
            let feed = bytes.get(at) == Some(&b'\n');
            if !(feed && after == Some(at)) {
                self.line += 1;
            }
            after = (!feed).then_some(at + 1);
        }
        if !bytes.is_empty() {
            self.after_return = bytes.last() == Some(&b'\r');
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::io::BufReader;

    fn rows(text: &str) -> Vec<RawRow> {
        CsvRows::new(text.as_bytes(), b',', 1).collect()
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        rows(text).into_iter().map(|r| r.cells).collect()
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_quotes() {
        let text = "a,\"b,1\"\r\n\"two\r\nlines\",\"say \"\"hi\"\"\"\r\n";
        assert_eq!(cells(text), [vec!["a", "b,1"], vec!["two\r\nlines", "say \"hi\""]]);
    }

    #[test]
    fn rows_know_their_line_whatever_the_line_ends_and_read_sizes() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,b{end}{end}\"x{end}y\",1{end}c,d{end}");
            for size in [1, 2, 3, 100] {
                let reader = BufReader::with_capacity(size, text.as_bytes());
                let lines: Vec<u64> = CsvRows::new(reader, b',', 1).map(|r| r.line).collect();
                assert_eq!(lines, [1, 3, 5], "line end {end:?}, reads of {size}");
            }
        }
    }

    #[test]
    fn blank_rows_are_left_out_and_the_last_needs_no_line_end() {
        assert_eq!(cells("a,b\n\n,,\n  \n1,2"), [vec!["a", "b"], vec!["1", "2"]]);
    }

    #[test]
    fn a_bad_cell_spoils_its_row_only() {
        let long = "x".repeat(CELL_LIMIT + 1);
        let many = "1,".repeat(CELLS_LIMIT + 1);
        for (cell, key) in [
            ("a\0b", "transfer-row-nul"),
            (long.as_str(), "transfer-row-cell"),
            ("a\u{FFFF}b", "transfer-row-encoding"),
            (many.as_str(), "transfer-row-cells"),
        ] {
            let rows = rows(&format!("h,i\n{cell},2\nfine,3\n"));
            assert_eq!(rows.len(), 3, "{key}");
            assert_eq!(rows.get(1).and_then(|r| r.problem.as_ref()).unwrap().key, key);
            assert_eq!(rows.get(2).unwrap().cells, ["fine", "3"]);
        }
    }

    #[test]
    fn a_cell_over_the_limit_is_kept_to_be_put_right_unless_it_is_boundless() {
        let long = "x".repeat(3 * CELL_LIMIT);
        let rows_of_long = rows(&format!("h,i\n\"{long}\",2\n"));
        assert_eq!(rows_of_long.last().unwrap().cells, [long.as_str(), "2"]);
        let boundless = "x".repeat(CELL_KEPT + 2);
        let row = rows(&format!("h,i\n{boundless},2\n")).pop().unwrap();
        assert_eq!(row.problem.unwrap().key, "transfer-row-cut");
        assert_eq!(row.cells.first().map(String::len), Some(CELL_KEPT / 2));
    }

    #[test]
    fn a_cell_at_the_limit_is_whole() {
        let long = "x".repeat(CELL_LIMIT - 1);
        let rows = rows(&format!("{long},2\n"));
        assert_eq!(rows.first().unwrap().cells.first().unwrap().len(), CELL_LIMIT - 1);
        assert_eq!(rows.first().unwrap().problem, None);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_reported_with_its_lines() {
        let rows = rows("h,i\n1,\"open\n2,x\n3,y\n");
        let problem = rows.get(1).unwrap().problem.clone().unwrap();
        assert_eq!((problem.key.as_ref(), problem.arg("first")), ("transfer-row-quote", Some("2")));
    }

    #[test]
    fn the_guard_of_formula_like_cells_is_taken_off() {
        assert_eq!(cells("'=1+1,'@x,'tis\n"), [vec!["=1+1", "@x", "'tis"]]);
    }
}
