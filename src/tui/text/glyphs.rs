//! The symbols of the interface, in Unicode and in ASCII.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;

use super::{Align, Measure};

/// Every symbol that the interface draws by itself, and how to measure text beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the symbols say what they are")]
pub struct Glyphs {
    /// How the terminal counts ambiguous characters.
    pub measure: Measure,
    pub border: border::Set<'static>,
    pub horizontal: &'static str,
    pub vertical: &'static str,
    pub ellipsis: &'static str,
    pub newline: &'static str,
    pub bullet: &'static str,
    pub separator: &'static str,
    pub cursor: &'static str,
    pub marked: &'static str,
    pub unmarked: &'static str,
    pub checked: &'static str,
    pub unchecked: &'static str,
    pub radio_on: &'static str,
    pub radio_off: &'static str,
    pub required: &'static str,
    pub error: &'static str,
    pub warning: &'static str,
    pub success: &'static str,
    pub info: &'static str,
    pub locked: &'static str,
    pub star: &'static str,
    pub due: &'static str,
    pub overdue: &'static str,
    pub ascending: &'static str,
    pub descending: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub left: &'static str,
    pub right: &'static str,
    pub enter: &'static str,
    pub expanded: &'static str,
    pub collapsed: &'static str,
    pub branch: &'static str,
    pub last_branch: &'static str,
    pub scroll_track: &'static str,
    pub scroll_thumb: &'static str,
    pub bar_full: &'static str,
    pub bar_empty: &'static str,
    /// From empty to full, for small charts.
    pub levels: &'static [&'static str],
    /// The frames of a spinner.
    pub spinner: &'static [&'static str],
}

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

static UNICODE: Glyphs = Glyphs {
    measure: Measure::Narrow,
    border: border::ROUNDED,
    horizontal: "─",
    vertical: "│",
    ellipsis: "…",
    newline: "⏎",
    bullet: "•",
    separator: "·",
    cursor: "▌",
    marked: "◆",
    unmarked: " ",
    checked: "☑",
    unchecked: "☐",
    radio_on: "◉",
    radio_off: "○",
    required: "*",
    error: "✗",
    warning: "⚠",
    success: "✓",
    info: "ℹ",
    locked: "⊘",
    star: "★",
    due: "◷",
    overdue: "!",
    ascending: "▲",
    descending: "▼",
    up: "↑",
    down: "↓",
    left: "←",
    right: "→",
    enter: "⏎",
    expanded: "▾",
    collapsed: "▸",
    branch: "├",
    last_branch: "└",
    scroll_track: "│",
    scroll_thumb: "█",
    bar_full: "█",
    bar_empty: "░",
    levels: &[" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

static ASCII: Glyphs = Glyphs {
    measure: Measure::Narrow,
    border: ASCII_BORDER,
    horizontal: "-",
    vertical: "|",
    ellipsis: "~",
    newline: "$",
    bullet: "*",
    separator: "-",
    cursor: ">",
    marked: "*",
    unmarked: " ",
    checked: "x",
    unchecked: "-",
    radio_on: "*",
    radio_off: "o",
    required: "*",
    error: "x",
    warning: "!",
    success: "+",
    info: "i",
    locked: "#",
    star: "*",
    due: "@",
    overdue: "!",
    ascending: "^",
    descending: "v",
    up: "^",
    down: "v",
    left: "<",
    right: ">",
    enter: "Enter",
    expanded: "-",
    collapsed: "+",
    branch: "|",
    last_branch: "`",
    scroll_track: "|",
    scroll_thumb: "#",
    bar_full: "#",
    bar_empty: ".",
    levels: &[" ", ".", ":", "-", "=", "+", "*", "%", "#"],
    spinner: &["|", "/", "-", "\\"],
};

static ASCII_WIDE: Glyphs = Glyphs { measure: Measure::Wide, ..ASCII };

impl Glyphs {
    /// The set for these settings. Where ambiguous characters are wide, symbols are ASCII too: most of the
    /// Unicode ones are ambiguous, and frames made of them would not close.
    #[must_use]
    pub fn select(ascii: bool, measure: Measure) -> &'static Self {
        match (ascii, measure) {
            (false, Measure::Narrow) => &UNICODE,
            (true, Measure::Narrow) => &ASCII,
            (_, Measure::Wide) => &ASCII_WIDE,
        }
    }

    /// The width of `text` in cells.
    #[must_use]
    pub fn width(&self, text: &str) -> usize {
        self.measure.width(text)
    }

    /// [`Measure::fit`] with this set's ellipsis.
    #[must_use]
    pub fn fit(&self, text: &str, width: usize, align: Align) -> String {
        self.measure.fit(text, width, self.ellipsis, align)
    }

    /// [`Measure::highlight`] with this set's ellipsis.
    #[must_use]
    pub fn highlight(
        &self,
        text: &str,
        marks: &[Range<usize>],
        width: usize,
        style: Style,
        marked: Style,
    ) -> Line<'static> {
        self.measure.highlight(text, marks, width, self.ellipsis, style, marked)
    }
}

/// What stands in one cell for a character that would need two and has one: the ASCII look-alike.
pub(crate) fn ascii_fallback(c: char) -> char {
    match c {
        '\u{2500}' | '\u{2501}' | '\u{2550}' | '—' | '–' | '―' => '-',
        '\u{2502}' | '\u{2503}' | '\u{2551}' => '|',
        '\u{2504}'..='\u{257f}' => '+',
        '\u{2581}'..='\u{2588}' | '▌' => '#',
        '\u{2591}'..='\u{2593}' => '.',
        '…' | '·' => '.',
        '→' | '▸' | '▶' => '>',
        '←' | '◀' => '<',
        '↑' | '▲' => '^',
        '↓' | '▼' => 'v',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '×' => 'x',
        '±' => '+',
        '•' | '●' | '○' | '◆' | '★' | '※' => '*',
        _ => '?',
    }
}
