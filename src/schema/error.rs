//! Mistakes in schema files, each with its place and the valid name that was probably meant.

use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::i18n;
use std::fmt;

/// One mistake in a schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The file's name as it was given.
    pub file: String,
    /// Its line, from 1; 0 where the mistake has no place.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: Message,
    /// The valid name nearest to the wrong one.
    pub nearest: Option<String>,
}

impl SchemaError {
    /// `file:line:column: what (did you mean …?)` in a language.
    pub fn text(&self, lang: Lang) -> String {
        let mut text = format!("{}:{}:{}: {}", self.file, self.line, self.column, i18n::message(lang, &self.message));
        if let Some(nearest) = &self.nearest {
            text.push(' ');
            text.push_str(&i18n::message(lang, &crate::msg!("schema-did-you-mean", name = nearest)));
        }
        text
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for SchemaError {}

/// The least likeness (0 to 1) at which a name counts as meant, and that of a name of two characters: one may be wrong.
const LIKENESS: f64 = 0.55;
const LIKENESS_OF_TWO: f64 = 0.5;

/// The candidate most like `text`, letter case aside; `None` if none is near.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = text.to_lowercase();
    let least = if wanted.chars().count() == 2 { LIKENESS_OF_TWO } else { LIKENESS };
    candidates
        .into_iter()
        .map(|c| (strsim::normalized_damerau_levenshtein(&wanted, &c.to_lowercase()), c))
        .filter(|(likeness, _)| *likeness >= least)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, c)| c.to_owned())
}
