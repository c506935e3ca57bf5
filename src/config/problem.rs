//! What is wrong with a configuration, and where.

use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::{i18n, msg};
use std::path::{Path, PathBuf};

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: Message,
}

impl Problem {
    /// `file:line:column: message` in a language.
    pub fn text(&self, lang: Lang) -> String {
        let message = i18n::message(lang, &self.message);
        match self.line {
            0 => format!("{}: {message}", self.path.display()),
            line => format!("{}:{line}:{}: {message}", self.path.display(), self.column),
        }
    }
}

/// A configuration that can't be used: every mistake in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.iter().map(|p| p.text(Lang::En)).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// The mistakes in the file's order, at least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> ConfigError {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => msg!("config-no-file"),
            _ => msg!("config-io", reason = error),
        };
        ConfigError { problems: vec![Problem { path: path.to_owned(), line: 0, column: 0, message }] }
    }

    pub(super) fn not_utf8(path: &Path, bytes: &[u8], valid: usize) -> ConfigError {
        let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
        let (line, column) = locate(&before, before.len());
        ConfigError { problems: vec![Problem { path: path.to_owned(), line, column, message: msg!("config-utf8") }] }
    }
}

/// Line and column (both from 1, in characters) of a byte of a text.
pub(super) fn locate(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
