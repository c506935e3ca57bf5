//! Cuts JSON lines into rows of cells: one object per line, its keys as the header.

use super::decode::BROKEN;
use super::{CELL_LIMIT, RawRow};
use crate::domain::message::Message;
use crate::msg;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::io::BufRead;

/// The most bytes of one line.
const LINE_LIMIT: usize = 8 * CELL_LIMIT;
/// How many lines are read ahead for the keys.
const AHEAD: usize = 1_000;

/// The header of a JSON lines text, which is all keys of its first thousand lines in the order of their
/// appearance, and its rows. A key that appears later for the first time is an error of its row.
pub fn read<R: BufRead + Send + 'static>(input: R) -> (Vec<String>, Box<dyn Iterator<Item = RawRow> + Send>) {
    let mut lines = Lines { input, line: 0, ended: false };
    let ahead: Vec<Line> = lines.by_ref().take(AHEAD).collect();
    let mut columns = Columns::default();
    for line in &ahead {
        for (key, _) in &line.pairs {
            columns.add(key);
        }
    }
    let header = columns.names.clone();
    let rows = ahead.into_iter().chain(lines).map(move |line| columns.row(line));
    (header, Box::new(rows))
}

/// A value as it would stand in a cell.
pub fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(";"),
        Json::Object(map) => match (map.get("amount"), map.get("currency")) {
            (Some(amount), Some(currency)) => format!("{} {}", cell(currency), cell(amount)),
            _ => {
                ["code", "title", "name", "id"].iter().find_map(|k| map.get(*k)).map_or_else(|| value.to_string(), cell)
            }
        },
        Json::Bool(_) | Json::Number(_) => value.to_string(),
    }
}

struct Line {
    number: u64,
    pairs: Vec<(String, String)>,
    problem: Option<Message>,
}

impl Line {
    fn broken(number: u64, problem: Message) -> Line {
        Line { number, pairs: Vec::new(), problem: Some(problem) }
    }
}

struct Lines<R> {
    input: R,
    line: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    /// The next line without its end, cut at the limit; `None` at the end of the text.
    fn read_line(&mut self, text: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
        let (mut too_long, mut any) = (false, false);
        loop {
            let ready = self.input.fill_buf()?;
            if ready.is_empty() {
                return Ok(any.then_some(too_long));
            }
            any = true;
            let end = memchr::memchr(b'\n', ready);
            let part = ready.get(..end.unwrap_or(ready.len())).unwrap_or_default();
            if text.len() + part.len() > LINE_LIMIT {
                too_long = true;
            } else {
                text.extend_from_slice(part);
            }
            let read = end.map_or(ready.len(), |e| e + 1);
            self.input.consume(read);
            if end.is_some() {
                return Ok(Some(too_long));
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.ended {
            let mut text = Vec::new();
            let read = self.read_line(&mut text);
            self.line += 1;
            let number = self.line;
            match read {
                Ok(None) => self.ended = true,
                Ok(Some(true)) => {
                    let problem = msg!("transfer-row-line", limit = LINE_LIMIT / 1024);
                    return Some(Line::broken(number, problem));
                }
                Ok(Some(false)) if text.trim_ascii().is_empty() => {}
                Ok(Some(false)) => return Some(parse(number, &text)),
                Err(error) => {
                    self.ended = true;
                    return Some(Line::broken(number, msg!("transfer-row-io", reason = error)));
                }
            }
        }
        None
    }
}

fn parse(number: u64, text: &[u8]) -> Line {
    let object: serde_json::Map<String, Json> = match serde_json::from_slice(text) {
        Ok(object) => object,
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            return Line::broken(number, msg!("transfer-row-json", column = error.column(), reason = reason));
        }
    };
    let pairs: Vec<(String, String)> = object.iter().map(|(key, value)| (key.clone(), cell(value))).collect();
    let problem = pairs.iter().find_map(|(key, text)| {
        if text.len() > CELL_LIMIT {
            return Some(msg!("transfer-row-cell", column = key, limit = CELL_LIMIT / 1024));
        }
        if text.contains('\0') {
            return Some(msg!("transfer-row-nul", column = key));
        }
        text.contains(BROKEN).then(|| msg!("transfer-row-encoding", column = key))
    });
    Line { number, pairs, problem }
}

#[derive(Default)]
struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    fn add(&mut self, key: &str) {
        if !self.places.contains_key(key) && self.names.len() < super::CELLS_LIMIT {
            self.places.insert(key.to_owned(), self.names.len());
            self.names.push(key.to_owned());
        }
    }

    fn row(&self, line: Line) -> RawRow {
        let cells = vec![String::new(); self.names.len()];
        let mut row = RawRow { line: line.number, cells, problem: line.problem };
        for (key, text) in line.pairs {
            match self.places.get(&key).and_then(|at| row.cells.get_mut(*at)) {
                Some(slot) => *slot = text,
                None => row.problem = Some(msg!("transfer-row-key", key = key)),
            }
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn keys_of_all_first_lines_make_the_header() {
        let text = "{\"name\":\"华信\",\"tags\":[\"a\",\"b\"]}\n\n{\"name\":\"蓝海\",\"n\":5,\"m\":{\"amount\":\"1.5\",\"currency\":\"CNY\"}}\n";
        let (header, rows) = read(Cursor::new(text));
        assert_eq!(header, ["name", "tags", "m", "n"]);
        let rows: Vec<_> = rows.map(|r| (r.line, r.cells)).collect();
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        assert_eq!(rows, [(1, row(["华信", "a;b", "", ""])), (3, row(["蓝海", "", "CNY 1.5", "5"]))]);
    }

    #[test]
    fn a_broken_line_spoils_itself_only() {
        let (_, rows) = read(Cursor::new("{\"a\":1}\n{\"a\":\n[1]\n{\"a\":\"x\\u0000\"}\n{\"a\":2}\n"));
        let problems: Vec<Option<String>> = rows.map(|r| r.problem.map(|p| p.key.into_owned())).collect();
        let expected = [None, Some("transfer-row-json"), Some("transfer-row-json"), Some("transfer-row-nul"), None];
        assert_eq!(problems, expected.map(|p| p.map(str::to_owned)));
    }

    #[test]
    fn a_key_that_comes_too_late_is_an_error_of_its_row() {
        let text = "{\"a\":1}\n".repeat(AHEAD) + "{\"a\":1,\"b\":2}\n{\"a\":3}\n";
        let (_, rows) = read(Cursor::new(text));
        let bad: Vec<u64> = rows.filter(|r| r.problem.is_some()).map(|r| r.line).collect();
        assert_eq!(bad, [AHEAD as u64 + 1]);
    }
}
