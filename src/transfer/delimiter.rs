//! Finds what separates the cells of a CSV text.

use super::csv_rows::CsvRows;

/// The separators that are looked for, the likelier first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
const ROWS: usize = 50;

/// The separator that cuts the beginning of a text into the most even rows; a comma where none does.
/// `whole` says that the text doesn't go on behind the sample.
pub fn detect(sample: &str, whole: bool) -> u8 {
    let mut best = (b',', 0.0);
    for candidate in CANDIDATES {
        let score = score(sample, candidate, whole);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    best.0
}

/// The separator that a first line `sep=;` names, as Excel writes it.
pub fn declared(sample: &str) -> Option<u8> {
    let line = sample.lines().next()?;
    let separator = line.strip_prefix("sep=").or_else(|| line.strip_prefix("\"sep=")?.strip_suffix('"'))?;
    match separator.as_bytes() {
        [one] if one.is_ascii_punctuation() || *one == b'\t' => Some(*one),
        _ => None,
    }
}

/// The separator that a user names: itself, or `comma`, `semicolon`, `tab`, `pipe`, `\t`.
pub fn by_name(name: &str) -> Option<u8> {
    match (name.to_ascii_lowercase().as_str(), name.as_bytes()) {
        ("comma", _) => Some(b','),
        ("semicolon", _) => Some(b';'),
        ("tab" | "\\t", _) => Some(b'\t'),
        ("pipe", _) => Some(b'|'),
        (_, [one]) if one.is_ascii() && !one.is_ascii_alphanumeric() && !matches!(one, b'"' | b'\n' | b'\r') => {
            Some(*one)
        }
        _ => None,
    }
}

/// The share of rows as wide as the first, weighed by that width.
fn score(sample: &str, delimiter: u8, whole: bool) -> f64 {
    let mut widths: Vec<usize> =
        CsvRows::new(sample.as_bytes(), delimiter, 1).take(ROWS + 1).map(|r| r.cells.len()).collect();
    if !whole || widths.len() > ROWS {
        // The sample may end in the middle of its last row.
        widths.pop();
    }
    let Some(first) = widths.first().copied().filter(|w| *w > 1) else { return 0.0 };
    let even = widths.iter().filter(|w| **w == first).count();
    let share = even as f64 / widths.len() as f64;
    share * share * (1.0 + (first as f64).ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_found_with_regard_to_quotes() {
        for (text, found) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b;c\n1,5;2,5;3,5\n", b';'),
            ("a\tb\n1,2\t3\n", b'\t'),
            ("name;note\n\"x,y,z\";\"a,b,c\"\n", b';'),
            ("\"a;b;c\",d\n\"1;2;3\",4\n", b','),
            ("one\ntwo\n", b','),
            ("", b','),
            ("a|b\n1|2\n", b'|'),
            ("名称;备注\n华信;\"一,二\n三,四\"\n蓝海;好\n", b';'),
        ] {
            assert_eq!(detect(text, true) as char, found as char, "{text:?}");
        }
    }

    #[test]
    fn declared_and_named_separators_are_read() {
        assert_eq!(declared("sep=;\na;b\n"), Some(b';'));
        assert_eq!(declared("sep,b\n"), None);
        for (name, found) in [("tab", Some(b'\t')), ("\\t", Some(b'\t')), (";", Some(b';')), ("ab", None), ("\"", None)]
        {
            assert_eq!(by_name(name), found, "{name}");
        }
    }
}
