//! Takes out of data whatever could steer the terminal or deceive the eye.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What becomes of line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Newlines {
    /// A visible `⏎`: one-line uses.
    #[default]
    Mark,
    /// A space: one-line uses without that character.
    Space,
    /// Every kind of line end becomes `\n`: text that is wrapped afterwards.
    Keep,
}

/// At most this many combining marks on one character: a longer stack paints over other lines.
const MAX_MARKS: usize = 4;

/// Text that is safe to draw on one line: no control characters and escape sequences, no bidirectional
/// overrides, no invisible characters; tabs are spaces, line ends `⏎`, and a lone combining mark has a base.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    sanitize_with(text, Newlines::Mark)
}

/// [`sanitize`] with a choice for line ends.
#[must_use]
pub fn sanitize_with(text: &str, newlines: Newlines) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(give_bases(&strip(text, newlines)))
}

/// Characters that need no second look: visible, not combining, not joining.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}' | '\u{30a0}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ff01}'..='\u{ff60}' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}'
        | '\u{2010}'..='\u{2027}')
}

/// Characters that show nothing, or turn the direction of what follows.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn strip(text: &str, newlines: Newlines) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut marks = 0;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = after;
        match c {
            // What leaves nothing behind parts no marks from their character.
            '\u{1b}' | '\u{9b}' | '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => {
                rest = match c {
                    '\u{1b}' => after_escape(after),
                    '\u{9b}' => after_csi(after),
                    _ => after_string(after),
                };
                continue;
            }
            '\r' if after.starts_with('\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(match newlines {
                Newlines::Mark => '⏎',
                Newlines::Space => ' ',
                Newlines::Keep => '\n',
            }),
            '\t' => out.push(' '),
            c if c.is_control() || is_hidden(c) => continue,
            '\u{200d}'
                if !(out.chars().next_back().is_some_and(is_pictograph)
                    && after.chars().next().is_some_and(is_pictograph)) =>
            {
                continue;
            }
            c => {
                let combining = c.width() == Some(0) && c != '\u{200d}';
                marks = if combining { marks + 1 } else { 0 };
                if marks <= MAX_MARKS {
                    out.push(c);
                }
                continue;
            }
        }
        marks = 0;
    }
    out
}

/// Characters that a zero-width joiner may stand between.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// What follows the sequence that an ESC started.
fn after_escape(rest: &str) -> &str {
    let mut chars = rest.chars();
    match chars.next() {
        Some('[') => after_csi(chars.as_str()),
        Some(']' | 'P' | 'X' | '^' | '_') => after_string(chars.as_str()),
        Some(' '..='/') => {
            let tail = rest.trim_start_matches(|c| matches!(c, ' '..='/'));
            let mut tail_chars = tail.chars();
            match tail_chars.next() {
                Some('0'..='~') => tail_chars.as_str(),
                _ => tail,
            }
        }
        Some('0'..='~') => chars.as_str(),
        _ => rest,
    }
}

/// What follows a control sequence: parameters, then one final character.
fn after_csi(rest: &str) -> &str {
    let tail = rest.trim_start_matches(|c| matches!(c, ' '..='?'));
    let mut chars = tail.chars();
    match chars.next() {
        Some('@'..='~') => chars.as_str(),
        _ => tail,
    }
}

/// What follows a control string. One that never ends hides nothing: only its start is taken out.
fn after_string(rest: &str) -> &str {
    let end = rest.find(['\u{7}', '\u{9c}', '\u{1b}']);
    match end.and_then(|at| rest.get(at..)) {
        Some(tail) if tail.starts_with('\u{1b}') => tail.strip_prefix("\u{1b}\\").unwrap_or(tail),
        Some(tail) => tail.get(tail.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default(),
        None => rest,
    }
}

/// Puts a dotted circle under clusters that would take no cell: marks with nothing to stand on. In place of those
/// that don't join it either, such as the vowels of Hangul by themselves.
fn give_bases(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if cluster.width() > 0 || cluster == "\n" {
            out.push_str(cluster);
            continue;
        }
        let based = format!("◌{cluster}");
        let joined = based.graphemes(true).nth(1).is_none();
        out.push_str(if joined { &based } else { "◌" });
    }
    out
}
