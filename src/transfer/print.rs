//! Documents on paper: a quote, order or contract as a page of HTML that needs no other file, or as plain text.
//!
//! [`Sheet`] is what stands on the page, all texts made ready in the language of the page; [`html()`] and
//! [`text()`] only set it. `sheet` makes it of records.

mod html;
mod sheet;
mod text;

pub use html::html;
pub use sheet::{Papers, sheet};
pub use text::text;

use crate::domain::lang::Lang;

/// A document ready to be set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// The language of its words.
    pub lang: Lang,
    /// What it is (`报价单`).
    pub title: String,
    /// Its number.
    pub code: String,
    /// Who it is from: the name, then label and value; empty values are left out.
    pub company: String,
    /// How the company is reached and paid.
    pub company_facts: Vec<(String, String)>,
    /// Label and value of what the document says of itself: customer, dates, terms.
    pub facts: Vec<(String, String)>,
    /// The heads of the table of lines.
    pub columns: Vec<Column>,
    /// The cells of the lines.
    pub lines: Vec<Vec<String>>,
    /// Label and amount below the lines, the total last.
    pub sums: Vec<(String, String)>,
    /// The total in words, where the language has a form for it.
    pub in_words: Option<(String, String)>,
    /// Label and text of longer terms.
    pub terms: Vec<(String, String)>,
    /// Who signs.
    pub signatures: Vec<String>,
}

/// A column of the table of lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Column {
    /// Its head.
    pub label: String,
    /// Figures stand at the right edge.
    pub right: bool,
}

#[cfg(test)]
mod tests;
