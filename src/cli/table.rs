//! Columns on the terminal: the command line's one place of display widths.

use crate::tui::text::{self, Align};
use std::ops::Range;

/// The widest column before the terminal's width is known to allow more.
const WIDEST: usize = 40;
/// As much of a text says enough where other columns want to be seen.
const ENOUGH: usize = 24;

/// A table to print.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The headings, and whether the column is aligned to the right.
    pub(super) head: Vec<(String, bool)>,
    /// The cells.
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// Lines of aligned columns, at most `width` cells wide if there is a limit.
    pub(super) fn aligned(&self, width: Option<usize>) -> Vec<String> {
        let widths = self.widths(width);
        let head: Vec<String> = self.head.iter().map(|(h, _)| h.clone()).collect();
        std::iter::once(&head).chain(&self.rows).map(|row| self.line(row, &widths)).collect()
    }

    /// Takes away the last columns that find no room within `limit` cells unless others are cut short; two are left
    /// at least. Their headings.
    pub(super) fn hide_beyond(&mut self, limit: usize) -> Vec<String> {
        let needs = self.needs(ENOUGH);
        let ends = needs.iter().scan(0, |end, need| {
            *end += need + 2;
            Some(*end - 2)
        });
        let fitting = ends.take_while(|end| *end <= limit).count().max(2).min(needs.len());
        self.rows.iter_mut().for_each(|row| row.truncate(fitting));
        self.head.split_off(fitting).into_iter().map(|(heading, _)| heading).collect()
    }

    /// Lines of cells between tabs.
    pub(super) fn tabbed(&self) -> Vec<String> {
        let line = |cells: Vec<String>| cells.join("\t");
        let head = self.head.iter().map(|(h, _)| clean(h)).collect();
        std::iter::once(head).chain(self.rows.iter().map(|r| r.iter().map(|c| clean(c)).collect())).map(line).collect()
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, width), (_, right)) in row.iter().zip(widths).zip(&self.head) {
            let align = if *right { Align::Right } else { Align::Left };
            line.push_str(&text::fit(cell, *width, align));
            line.push_str("  ");
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// The width of each column: what it needs, then the widest made narrower until all fit.
    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let mut widths = self.needs(WIDEST);
        let Some(limit) = limit else { return widths };
        let gaps = 2 * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > limit {
            match widths.iter_mut().max() {
                Some(widest) if *widest > 6 => *widest -= 1,
                _ => break,
            }
        }
        widths
    }

    /// The cells that each column takes to show all of it, `most` at most of what stands below the heading.
    fn needs(&self, most: usize) -> Vec<usize> {
        let mut needs: Vec<usize> = self.head.iter().map(|(h, _)| text::width(h)).collect();
        for row in &self.rows {
            for (need, cell) in needs.iter_mut().zip(row) {
                *need = (*need).max(text::width(cell).min(most));
            }
        }
        needs
    }
}

/// A text as it may go to a terminal or a file of lines: one line, no control characters.
pub(super) fn clean(cell: &str) -> String {
    text::sanitize(&cell.replace(['\n', '\t', '\r'], " ")).into_owned()
}

/// A text with a line of carets under a part of it.
pub(super) fn pointed(text: &str, span: Range<usize>) -> String {
    let before = text.get(..span.start).unwrap_or(text);
    let marked = text.get(span.start..span.end.min(text.len())).unwrap_or_default();
    let carets = text::width(marked).max(1);
    format!("  {}\n  {}{}", clean(text), " ".repeat(text::width(before)), "^".repeat(carets))
}

/// Pads a label so that what follows stands in one column.
pub(super) fn padded(label: &str, width: usize) -> String {
    text::fit(label, width, Align::Left)
}

/// The width of a text in cells.
pub(super) fn width(cell: &str) -> usize {
    text::width(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        Table {
            head: vec![("名称".to_owned(), false), ("Amount".to_owned(), true), ("Note".to_owned(), false)],
            rows: vec![row(["华信科技", "5", "a\tb\nc"]), row(["Acme", "12345", ""])],
        }
    }

    #[test]
    fn columns_are_aligned_by_cells_not_characters() {
        let lines = table().aligned(None);
        assert_eq!(lines.first().map(String::as_str), Some("名称      Amount  Note"));
        assert_eq!(lines.get(2).map(String::as_str), Some("Acme       12345"));
    }

    #[test]
    fn a_narrow_terminal_makes_the_widest_columns_narrower() {
        assert!(table().aligned(Some(20)).iter().all(|l| width(l) <= 20));
    }

    #[test]
    fn columns_without_room_are_hidden_rather_than_all_cut_short() {
        let mut narrow = table();
        assert_eq!(narrow.hide_beyond(21), ["Note"]);
        assert_eq!(narrow.aligned(Some(21)).get(1).map(String::as_str), Some("华信科技       5"));
        assert_eq!(table().hide_beyond(22), [""; 0], "all three take 8 + 6 + 4 cells and the gaps");
        assert_eq!(table().hide_beyond(5), ["Note"], "two stay");
    }

    #[test]
    fn tabbed_cells_hold_no_tabs_or_line_ends() {
        assert_eq!(table().tabbed().get(1).map(String::as_str), Some("华信科技\t5\ta b c"));
    }
}
