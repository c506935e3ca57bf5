//! Text, multiline and code.

use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::msg;
use std::cmp::Ordering;

/// The most characters of a line without a limit of its own.
const LINE_MAX: usize = 1_000;
/// The most characters of a multi-line text.
const LINES_MAX: usize = 100_000;
/// The most characters of a code.
const CODE_MAX: usize = 60;

/// Line ends and tabs of pasted text become blanks.
pub(super) fn parse_line(text: &str) -> Value {
    if memchr::memchr3(b'\n', b'\r', b'\t', text.as_bytes()).is_none() {
        return Value::text(text.trim());
    }
    let line: String = text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).collect();
    Value::text(line.trim())
}

/// Line ends are `\n`; blanks at the end go.
pub(super) fn parse_lines(text: &str) -> Value {
    Value::text(text.replace("\r\n", "\n").replace('\r', "\n").trim_end())
}

pub(super) fn check_line(text: &str, max: usize, pattern: &str) -> Result<(), Message> {
    check_length(text, if max == 0 { LINE_MAX } else { max })?;
    if text.chars().any(char::is_control) {
        return Err(msg!("value-control"));
    }
    if !pattern.is_empty() && !wildcard(pattern, text) {
        return Err(msg!("value-pattern", pattern = pattern));
    }
    Ok(())
}

pub(super) fn check_code(text: &str) -> Result<(), Message> {
    check_line(text, CODE_MAX, "")
}

pub(super) fn check_lines(text: &str) -> Result<(), Message> {
    check_length(text, LINES_MAX)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(msg!("value-control"));
    }
    Ok(())
}

pub(super) fn check_length(text: &str, max: usize) -> Result<(), Message> {
    // Bytes are never fewer than characters.
    if text.len() <= max {
        return Ok(());
    }
    let count = text.chars().count();
    if count > max { Err(msg!("value-long", count = count, max = max)) } else { Ok(()) }
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let folded = a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase));
    folded.then_with(|| a.cmp(b))
}

/// `*` stands for any characters, `?` for one.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == c => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                (p, t) = (star + 1, from + 1);
            }
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_whole_texts() {
        for (pattern, text, fits) in [
            ("91*", "91310000", true),
            ("91*", "a91", false),
            ("??-*", "京A-1", true),
            ("??-*", "京-1", false),
            ("*信*", "华信科技", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXb", false),
            ("*", "x", true),
        ] {
            assert_eq!(wildcard(pattern, text), fits, "{pattern} {text}");
        }
    }
}
