//! A cursor over a typed line whose characters are read as lower-case ASCII keys.

use crate::domain::fold::ascii_key;
use crate::domain::numeral;

use super::WhenError;

/// Most digits of a number; more cannot be part of a date.
const MOST_DIGITS: usize = 9;

pub(super) struct Scan<'a> {
    text: &'a str,
    /// Byte place and key of each character.
    keys: Vec<(usize, char)>,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let keys = text.char_indices().map(|(at, c)| (at, ascii_key(c).to_ascii_lowercase())).collect();
        Self { text, keys, at: 0 }
    }

    pub(super) fn mark(&self) -> usize {
        self.at
    }

    pub(super) fn back_to(&mut self, mark: usize) {
        self.at = mark;
    }

    pub(super) fn skip_rest(&mut self) {
        self.at = self.keys.len();
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.keys.len()
    }

    /// The place in bytes of the text.
    pub(super) fn byte(&self) -> usize {
        self.byte_of(self.at)
    }

    fn byte_of(&self, mark: usize) -> usize {
        self.keys.get(mark).map_or(self.text.len(), |(at, _)| *at)
    }

    /// The text since a mark.
    pub(super) fn since(&self, mark: usize) -> &'a str {
        self.text.get(self.byte_of(mark)..self.byte()).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, n: usize) -> Option<char> {
        self.keys.get(self.at + n).map(|(_, key)| *key)
    }

    /// Runs a reader and goes back if it finds nothing.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mark = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = mark;
        }
        found
    }

    /// Skips spaces; whether there were any.
    pub(super) fn space(&mut self) -> bool {
        let mark = self.at;
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.at > mark
    }

    pub(super) fn eat(&mut self, key: char) -> bool {
        let found = self.peek() == Some(key);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes a word; one of letters must not go on with another letter.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let mut end = self.at;
        for wanted in word.chars() {
            if self.keys.get(end).map(|(_, key)| *key) != Some(wanted) {
                return false;
            }
            end += 1;
        }
        let letters = word.ends_with(|c: char| c.is_ascii_alphabetic());
        if letters && self.keys.get(end).is_some_and(|(_, key)| key.is_ascii_alphabetic()) {
            return false;
        }
        self.at = end;
        true
    }

    /// Takes the first word of the table that stands here; longer ones come first in the table.
    pub(super) fn one_of<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        table.iter().find(|(word, _)| self.word(word)).map(|(_, meaning)| *meaning)
    }

    /// Arabic digits: the number and how many digits it has.
    pub(super) fn digits(&mut self) -> Option<(i64, usize)> {
        self.attempt(|s| {
            let (mut value, mut count) = (0_i64, 0);
            while let Some(digit) = s.peek().and_then(|key| key.to_digit(10)) {
                value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
                count += 1;
                s.at += 1;
            }
            (1..=MOST_DIGITS).contains(&count).then_some((value, count))
        })
    }

    /// A number in Arabic digits or Chinese numerals.
    pub(super) fn number(&mut self) -> Option<i64> {
        if let Some((value, _)) = self.digits() {
            return Some(value);
        }
        let end = self.keys.len().min(self.at + MOST_DIGITS);
        let keys: Vec<char> = self.keys.get(self.at..end)?.iter().map(|(_, key)| *key).collect();
        let (value, length) = numeral::leading(&keys)?;
        self.at += length;
        i64::try_from(value).ok()
    }

    /// Whether the cursor stands inside a Latin word or number.
    pub(super) fn cuts_word(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.keys.get(at));
        let inside = |key: Option<char>| key.is_some_and(|key| key.is_ascii_alphanumeric());
        inside(before.map(|(_, key)| *key)) && inside(self.peek())
    }

    /// The error for the part from the cursor on.
    pub(super) fn unknown(&self) -> WhenError {
        let start = self.byte();
        let text = self.text.get(start..).unwrap_or_default().trim_end();
        WhenError::Unknown { text: text.to_owned(), span: start..start + text.len() }
    }
}
