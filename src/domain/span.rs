//! Where something stands in a typed line, and how to point at it.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// Byte range in the text that was parsed.
pub type Span = Range<usize>;

/// A value with the place it came from. Two are equal when their values are: the place is only for messages.
#[derive(Debug, Clone)]
pub struct Spanned<T> {
    /// What stands there.
    pub value: T,
    /// Where, in bytes of the parsed text.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value and its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Spanned<T> {}

/// Shows a line with carets under a span and a message behind them, aligned by display width.
/// Control characters are drawn as spaces, so that the text cannot act on the terminal.
#[derive(Debug, Clone)]
pub struct Caret<'a> {
    /// The whole text that was parsed.
    pub text: &'a str,
    /// The part to point at; an empty span gets one caret.
    pub span: Span,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Caret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut before, mut under) = (0, 0);
        let mut line = String::with_capacity(self.text.len());
        for (at, c) in self.text.char_indices() {
            let c = if c.is_control() { ' ' } else { c };
            line.push(c);
            let width = c.width().unwrap_or(0);
            if at < self.span.start {
                before += width;
            } else if at < self.span.end {
                under += width;
            }
        }
        writeln!(f, "{line}")?;
        write!(f, "{:before$}{} {}", "", "^".repeat(under.max(1)), self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caret(text: &str, span: Span) -> String {
        Caret { text, span, message: "here".into() }.to_string()
    }

    #[test]
    fn wide_characters_count_two_cells() {
        assert_eq!(caret("级别:A", 7..8), "级别:A\n     ^ here");
        assert_eq!(caret("a 华信 b", 2..8), "a 华信 b\n  ^^^^ here");
    }

    #[test]
    fn the_end_of_the_text_gets_one_caret() {
        assert_eq!(caret("level:", 6..6), "level:\n      ^ here");
        assert_eq!(caret("", 0..0), "\n^ here");
    }

    #[test]
    fn control_characters_are_not_drawn() {
        assert_eq!(caret("a\u{1b}[2Jb\n", 5..6), "a [2Jb \n     ^ here");
    }
}
