//! Cells that a spreadsheet would run as a formula get an apostrophe in front when written, and lose it
//! when read again.
//!
//! Guarded are cells that begin with `=`, `+`, `-`, `@` (full-width too), a tab or a carriage return, except signed
//! numbers and phone numbers: those hold only digits and `+ - . , ( ) / %` and blanks, can't call anything,
//! and must stay usable (`-12.50`, `+86 138-0013-8000`). A cell that would look guarded without being so
//! gets an apostrophe as well, so that reading always gives back what was written.

use std::borrow::Cow;

const GUARD: char = '\'';

/// The cell as it may be written.
pub fn guard(cell: &str) -> Cow<'_, str> {
    if needs_guard(cell) { Cow::Owned(format!("{GUARD}{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was before [`guard`].
pub fn unguard(mut cell: String) -> String {
    if cell.strip_prefix(GUARD).is_some_and(needs_guard) {
        cell.remove(0);
    }
    cell
}

fn needs_guard(cell: &str) -> bool {
    match cell.chars().next() {
        Some('=' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !cell.chars().all(|c| c.is_ascii_digit() || "+-.,()/% ".contains(c)),
        Some(GUARD) => cell.strip_prefix(GUARD).is_some_and(needs_guard),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for cell in ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-A1", "\t=1", "＝1", "'=1", "''=1"] {
            assert_eq!(guard(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "-12.50", "+86 138-0013-8000", "(010) 6655", "it's", "'tis", "a=b", "-3%", "'-5"] {
            assert_eq!(guard(cell), cell, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_guarded_is_read_back_as_it_was(cell in "['=+@\\-\t0-9a中]{0,6}") {
            prop_assert_eq!(unguard(guard(&cell).into_owned()), cell.clone());
        }

        #[test]
        fn no_written_cell_runs(cell in "\\PC{0,12}") {
            let written = guard(&cell);
            let first = written.chars().next();
            prop_assert!(!matches!(first, Some('=' | '@')));
            if let Some('+' | '-') = first {
                prop_assert!(!written.chars().any(char::is_alphabetic));
            }
        }
    }
}
