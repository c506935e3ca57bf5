//! Rows that are collected and sent to PostgreSQL together, by `COPY`: a question each would be waited for each time.

use super::Result;
use rusqlite::types::Value;

/// Rows of one table that wait to be sent.
#[derive(Debug)]
struct Waiting {
    into: String,
    text: Vec<u8>,
}

/// Rows that wait to be sent.
#[derive(Debug, Default)]
pub(super) struct Rows {
    tables: Vec<Waiting>,
    /// Whether rows are collected at all.
    pub(super) collecting: bool,
}

/// Bytes of one table's rows that are sent at once.
const MUCH: usize = 512 * 1024;

impl Rows {
    /// Adds a row; `into` is a table with its columns: `_journal (seq, txn)`. Whether it is time to send them.
    pub(super) fn add(&mut self, into: &str, values: &[Value]) -> bool {
        let at = self.tables.iter().position(|waiting| waiting.into == into).unwrap_or_else(|| {
            self.tables.push(Waiting { into: into.to_owned(), text: Vec::new() });
            self.tables.len() - 1
        });
        let Some(waiting) = self.tables.get_mut(at) else { return false };
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                waiting.text.push(b'\t');
            }
            push(&mut waiting.text, value);
        }
        waiting.text.push(b'\n');
        waiting.text.len() >= MUCH
    }

    /// Whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Forgets them.
    pub(super) fn clear(&mut self) {
        self.tables.clear();
    }

    /// Hands over the rows of each table, with the statement by which they are sent.
    pub(super) fn send(&mut self, mut send: impl FnMut(&str, &[u8]) -> Result<()>) -> Result<()> {
        std::mem::take(&mut self.tables)
            .into_iter()
            .try_for_each(|waiting| send(&format!("COPY {} FROM STDIN", waiting.into), &waiting.text))
    }
}

/// Writes a value in the text form of `COPY`.
fn push(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"\\N"),
        Value::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Real(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Text(text) => {
            for byte in text.bytes() {
                match byte {
                    b'\\' => out.extend_from_slice(b"\\\\"),
                    b'\t' => out.extend_from_slice(b"\\t"),
                    b'\n' => out.extend_from_slice(b"\\n"),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    other => out.push(other),
                }
            }
        }
        Value::Blob(bytes) => {
            out.extend_from_slice(b"\\\\x");
            bytes.iter().for_each(|byte| out.extend_from_slice(format!("{byte:02x}").as_bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_form_of_copy() {
        let mut rows = Rows::default();
        let text = |text: &str| Value::Text(text.to_owned());
        rows.add("a (b, c)", &[Value::Integer(-7), text("客户\t\\N\r\n")]);
        rows.add("d (e)", &[Value::Blob(vec![1, 255])]);
        rows.add("a (b, c)", &[Value::Null, text("")]);
        let mut sent = Vec::new();
        let done = rows.send(|sql, text| {
            sent.push(format!("{sql}: {}", String::from_utf8_lossy(text)));
            Ok(())
        });
        assert!(done.is_ok() && rows.is_empty());
        assert_eq!(
            sent,
            [
                "COPY a (b, c) FROM STDIN: -7\t客户\\t\\\\N\\r\\n\n\\N\t\n".to_owned(),
                "COPY d (e) FROM STDIN: \\\\x01ff\n".to_owned()
            ]
        );
    }
}
