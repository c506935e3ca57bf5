//! Formats in and out: CSV and JSON lines become [`ImportRow`](crate::contract::request::ImportRow)s,
//! records become CSV and JSON lines. Everything streams: memory stays flat whatever the file's size.
//!
//! The way in: `source` opens a file, `encoding` finds its encoding, `decode` turns its bytes into UTF-8,
//! `delimiter` finds the separator, `csv_rows` or `json_rows` cut it into rows, `mapping` says which
//! column is which field. The way out: `export` writes records, `output` puts a file in place at once,
//! `rejects` keeps the rows that were refused, `safety` keeps spreadsheets from running cells.

pub mod csv_rows;
pub mod decode;
pub mod delimiter;
pub mod encoding;
pub mod export;
pub mod icalendar;
pub mod json_rows;
pub mod mapping;
pub mod output;
pub mod print;
pub mod record_text;
pub mod rejects;
pub mod safety;
pub mod source;

use crate::domain::message::Message;

/// A file can't be read or written at all. What is wrong with single rows is said in the rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The system refuses.
    #[error("{0}")]
    Io(Message),
    /// There is no such file.
    #[error("{0}")]
    Missing(Message),
    /// The content is not what it should be.
    #[error("{0}")]
    Invalid(Message),
    /// The content of a file is not what it should be, and where.
    #[error("{path}:{line}: {message}")]
    At {
        /// The file.
        path: String,
        /// The line, from 1; 0 if the whole file is meant.
        line: u64,
        /// What is wrong.
        message: Message,
    },
}

impl Error {
    /// The message for the user.
    pub fn message(&self) -> &Message {
        match self {
            Error::Io(message) | Error::Missing(message) | Error::Invalid(message) | Error::At { message, .. } => {
                message
            }
        }
    }

    /// Where it is wrong, as `file:line: `; nothing where that is not known or said by the message.
    pub fn place(&self) -> String {
        match self {
            Error::At { path, line: 0, .. } => format!("{path}: "),
            Error::At { path, line, .. } => format!("{path}:{line}: "),
            Error::Io(_) | Error::Missing(_) | Error::Invalid(_) => String::new(),
        }
    }

    /// The same about a file, where it names none.
    #[must_use]
    fn in_file(self, name: &str) -> Error {
        match self {
            Error::At { path, line, message } if path.is_empty() => Error::At { path: name.to_owned(), line, message },
            other => other,
        }
    }

    fn at(line: u64, message: Message) -> Error {
        Error::At { path: String::new(), line, message }
    }

    /// The error of a file that can't be made: where its folder is missing, that is what is said.
    pub fn making(path: &std::path::Path, error: &std::io::Error) -> Error {
        let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
        match folder.filter(|f| error.kind() == std::io::ErrorKind::NotFound && !f.exists()) {
            Some(folder) => Error::Missing(crate::msg!("transfer-no-folder", path = folder.display())),
            None => Error::io(&path.display().to_string(), error),
        }
    }

    /// The error of a failed system call on a file.
    pub fn io(path: &str, error: &std::io::Error) -> Error {
        match error.kind() {
            std::io::ErrorKind::NotFound => Error::Missing(crate::msg!("transfer-no-file", path = path)),
            _ => Error::Io(crate::msg!("transfer-io", path = path, reason = error)),
        }
    }
}

/// A row as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRow {
    /// The line where it starts, from 1.
    pub line: u64,
    /// Its cells. Cells over the limit are kept for the file of refused rows; `problem` says so.
    pub cells: Vec<String>,
    /// Why it can't be used.
    pub problem: Option<Message>,
}

impl RawRow {
    /// Whether there is nothing in it: spreadsheets leave such rows at the end.
    fn is_blank(&self) -> bool {
        self.problem.is_none() && self.cells.iter().all(|c| c.trim().is_empty())
    }
}

/// The most bytes of one cell.
pub const CELL_LIMIT: usize = 1 << 20;
/// The most cells of one row.
pub const CELLS_LIMIT: usize = 4_096;
/// What is kept of a cell over the limit, so that it can be put right: only a quotation mark that is never closed
/// makes one so long.
const CELL_KEPT: usize = 16 << 20;
