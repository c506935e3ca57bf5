//! The one place that measures, cuts, pads, aligns and wraps text by display width and grapheme cluster.
//!
//! Everything here cleans its text first (see [`sanitize()`]), so data can be passed as it comes.

mod glyphs;
mod sanitize;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::str::CharIndices;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use unicode_segmentation::{GraphemeIndices, UnicodeSegmentation};
use unicode_width::UnicodeWidthStr;

pub use glyphs::Glyphs;
pub(crate) use glyphs::ascii_fallback;
pub(crate) use sanitize::is_hidden;
pub use sanitize::{Newlines, sanitize, sanitize_with};

/// Where text stands in a space wider than itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Padded on the right.
    #[default]
    Left,
    /// Padded on both sides, the odd cell on the right.
    Center,
    /// Padded on the left: numbers.
    Right,
}

/// How many cells the terminal gives to characters of ambiguous width (`…`, `·`, `→`, box drawing).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Measure {
    /// One cell: most terminals.
    #[default]
    Narrow,
    /// Two cells: terminals set up for East Asian fonts.
    Wide,
}

/// The width of `text` in cells, ambiguous characters counted as one.
#[must_use]
pub fn width(text: &str) -> usize {
    Measure::Narrow.width(text)
}

/// [`Measure::fit`] for narrow ambiguous characters, with `…`.
#[must_use]
pub fn fit(text: &str, width: usize, align: Align) -> String {
    Measure::Narrow.fit(text, width, "…", align)
}

/// [`Measure::wrap`] for narrow ambiguous characters.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<Range<usize>> {
    Measure::Narrow.wrap(text, width)
}

/// The grapheme clusters of `text` with their byte offsets.
pub(crate) fn clusters(text: &str) -> impl DoubleEndedIterator<Item = (usize, &str)> {
    if text.chars().all(stands_alone) {
        Clusters::Single(text.char_indices(), text)
    } else {
        Clusters::Any(text.grapheme_indices(true))
    }
}

/// Characters that never join with a neighbour: most of what is drawn.
fn stands_alone(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{4e00}'..='\u{9fff}')
}

/// The clusters of a text; those of plain text without a look at the tables of Unicode.
enum Clusters<'t> {
    Single(CharIndices<'t>, &'t str),
    Any(GraphemeIndices<'t>),
}

impl<'t> Clusters<'t> {
    fn single(text: &'t str, at: usize, c: char) -> (usize, &'t str) {
        (at, text.get(at..at + c.len_utf8()).unwrap_or_default())
    }
}

impl<'t> Iterator for Clusters<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Clusters::Single(chars, text) => chars.next().map(|(at, c)| Clusters::single(text, at, c)),
            Clusters::Any(clusters) => clusters.next(),
        }
    }
}

impl DoubleEndedIterator for Clusters<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match self {
            Clusters::Single(chars, text) => chars.next_back().map(|(at, c)| Clusters::single(text, at, c)),
            Clusters::Any(clusters) => clusters.next_back(),
        }
    }
}

impl Measure {
    /// The width of one grapheme cluster in cells; control characters have none.
    #[must_use]
    pub fn cluster(self, cluster: &str) -> usize {
        if let [byte] = cluster.as_bytes() {
            return usize::from((0x20..0x7f).contains(byte));
        }
        // U+4E00 to U+9FFF in UTF-8: Chinese characters, two cells wherever they stand.
        if let [0xe4, 0xb8..=0xbf, _] | [0xe5..=0xe9, _, _] = cluster.as_bytes() {
            return 2;
        }
        match self {
            Self::Narrow => cluster.width(),
            Self::Wide => cluster.width_cjk(),
        }
    }

    /// The width of `text` in cells.
    #[must_use]
    pub fn width(self, text: &str) -> usize {
        if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return text.len();
        }
        clusters(text).map(|(_, cluster)| self.cluster(cluster)).sum()
    }

    /// The longest start of `text` that takes at most `width` cells, and the cells it takes.
    #[must_use]
    pub fn head(self, text: &str, width: usize) -> (&str, usize) {
        let mut used = 0;
        for (at, cluster) in clusters(text) {
            let next = used + self.cluster(cluster);
            if next > width {
                return (text.get(..at).unwrap_or_default(), used);
            }
            used = next;
        }
        (text, used)
    }

    /// Exactly `width` cells: cut with `ellipsis` where it is longer, padded by `align` where it is shorter.
    #[must_use]
    pub fn fit(self, text: &str, width: usize, ellipsis: &str, align: Align) -> String {
        let text = sanitize(text);
        let (cut, used) = self.cut(&text, width, ellipsis);
        let free = width.saturating_sub(used);
        let left = match align {
            Align::Left => 0,
            Align::Center => free / 2,
            Align::Right => free,
        };
        let mut out = String::with_capacity(cut.len() + free);
        out.extend(std::iter::repeat_n(' ', left));
        out.push_str(&cut);
        out.extend(std::iter::repeat_n(' ', free - left));
        out
    }

    /// `text` in at most `width` cells, ending in `ellipsis` if something was cut, and the cells taken.
    #[must_use]
    pub fn cut<'a>(self, text: &'a str, width: usize, ellipsis: &str) -> (Cow<'a, str>, usize) {
        let (head, used) = self.head(text, width);
        if head.len() == text.len() {
            return (Cow::Borrowed(text), used);
        }
        let mark = self.width(ellipsis);
        if mark > width {
            return (Cow::Borrowed(head), used);
        }
        let (head, used) = self.head(text, width - mark);
        (Cow::Owned(format!("{head}{ellipsis}")), used + mark)
    }

    /// Byte ranges of the lines of `text`, none wider than `width` (but a cluster wider than that stands
    /// alone). Breaks at newlines, spaces and between CJK characters, not before closing punctuation;
    /// the spaces at a break belong to no line. Pass text cleaned with [`Newlines::Keep`].
    #[must_use]
    pub fn wrap(self, text: &str, width: usize) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split('\n') {
            let content = line.strip_suffix('\r').unwrap_or(line);
            self.wrap_line(content, start, width.max(1), &mut lines);
            start += line.len() + 1;
        }
        lines
    }

    fn wrap_line(self, line: &str, base: usize, width: usize, lines: &mut Vec<Range<usize>>) {
        let mut start = 0;
        // The last place where the line may end, and where the next one would then start.
        let mut chance: Option<(usize, usize)> = None;
        let mut used = 0;
        let mut previous = "";
        for (at, cluster) in clusters(line) {
            let end = |start: usize| line.get(..at).map_or(at, |head| head.trim_end_matches(' ').len()).max(start);
            if at > start && may_break(previous, cluster) {
                chance = Some((end(start), at));
            }
            let cells = self.cluster(cluster);
            while used + cells > width && at > start && cluster != " " {
                let (end, next) = match chance.take() {
                    Some((end, next)) if next > start => (end.max(start), next),
                    _ => (end(start), at),
                };
                lines.push(base + start..base + end);
                start = next;
                used = line.get(start..at).map_or(0, |rest| self.width(rest));
            }
            used += cells;
            previous = cluster;
        }
        let rest = line.get(start..).unwrap_or_default();
        lines.push(base + start..base + start + rest.trim_end_matches(' ').len());
    }

    /// `text` as a line of at most `width` cells in `style`, the byte ranges `marks` of it in `marked`.
    /// Ranges may overlap and come in any order; they are widened to whole grapheme clusters.
    #[must_use]
    pub fn highlight(
        self,
        text: &str,
        marks: &[Range<usize>],
        width: usize,
        ellipsis: &str,
        style: Style,
        marked: Style,
    ) -> Line<'static> {
        let pieces = marked_pieces(text, marks);
        let total: usize = pieces.iter().map(|(piece, _)| self.width(piece)).sum();
        let (room, mark) = if total <= width {
            (width, "")
        } else if self.width(ellipsis) <= width {
            (width - self.width(ellipsis), ellipsis)
        } else {
            (width, "")
        };
        let mut spans = Vec::new();
        let mut left = room;
        for (piece, is_marked) in pieces {
            let (head, used) = self.head(&piece, left);
            let patch = if is_marked { style.patch(marked) } else { style };
            if !head.is_empty() {
                spans.push(Span::styled(head.to_owned(), patch));
            }
            if head.len() < piece.len() {
                break;
            }
            left -= used;
        }
        if !mark.is_empty() {
            spans.push(Span::styled(mark.to_owned(), style));
        }
        Line::from(spans)
    }

    /// Draws `text` at `x`, `y` in at most `width` cells of `buf` and returns the column after it.
    /// Unlike ratatui's own methods it knows ambiguous widths, and it cleans the text.
    pub fn draw(self, buf: &mut Buffer, x: u16, y: u16, text: &str, width: u16, style: Style) -> u16 {
        let text = sanitize(text);
        let end = x.saturating_add(width).min(buf.area.right());
        let mut x = x;
        for (_, cluster) in clusters(&text) {
            let cells = u16::try_from(self.cluster(cluster)).unwrap_or(u16::MAX);
            if cells == 0 || x.saturating_add(cells) > end {
                if cells == 0 {
                    continue;
                }
                break;
            }
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.set_symbol(cluster).set_style(style);
            }
            for hidden in x + 1..x + cells {
                if let Some(cell) = buf.cell_mut((hidden, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
            x += cells;
        }
        x
    }

    /// Empties `area` of `buf` for a popup, in `style`, and blanks the other half of each wide glyph that
    /// the edge of `area` cuts through.
    pub fn blank(self, buf: &mut Buffer, area: Rect, style: Style) {
        let area = area.intersection(buf.area);
        for y in area.top()..area.bottom() {
            if let Some(before) = area.left().checked_sub(1)
                && let Some(cell) = buf.cell_mut((before, y))
                && self.cluster(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = buf.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }
}

/// Whether a line may end between two clusters.
fn may_break(before: &str, after: &str) -> bool {
    let closes = |c: char| "，。！？；：、）」』】》〉”’…·,.!?;:)]}%％～".contains(c);
    let opens = |c: char| "（「『【《〈“‘([{￥¥$＄".contains(c);
    let (Some(last), Some(first)) = (before.chars().next(), after.chars().next()) else {
        return false;
    };
    if first == ' ' || closes(first) || opens(last) {
        return false;
    }
    last == ' ' || last == '-' || before.width() > 1 || after.width() > 1
}

/// `text` cut at the edges of `marks` and cleaned, each piece with whether it is marked.
fn marked_pieces(text: &str, marks: &[Range<usize>]) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut raw = String::new();
    let mut state = false;
    let mut flush = |raw: &mut String, state: bool| {
        if !raw.is_empty() {
            pieces.push((sanitize(raw).into_owned(), state));
            raw.clear();
        }
    };
    for (at, cluster) in clusters(text) {
        let end = at + cluster.len();
        let marked = marks.iter().any(|range| range.start < end && at < range.end);
        if marked != state {
            flush(&mut raw, state);
            state = marked;
        }
        raw.push_str(cluster);
    }
    flush(&mut raw, state);
    pieces
}
