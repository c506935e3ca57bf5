//! A frame in the form that frames are compared in.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthChar;

use super::Options;
use super::color::Paint;
use super::scroll::Shift;
use crate::tui::text::{Measure, ascii_fallback};

/// The colours and attributes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Look {
    pub(super) fg: Paint,
    pub(super) bg: Paint,
    pub(super) modifier: Modifier,
}

/// Attributes that can be seen on a blank.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

impl Look {
    /// This look without what cannot be seen on a blank.
    fn on_blank(self) -> Self {
        if self.modifier.contains(Modifier::REVERSED) {
            return self;
        }
        let modifier = self.modifier & SEEN_ON_BLANK;
        let fg = if modifier.is_empty() { Paint::Default } else { self.fg };
        Self { fg, bg: self.bg, modifier }
    }

    /// Whether a blank written in this look shows as one in `other`.
    pub(super) fn blanks_like(self, other: Self) -> bool {
        self.on_blank() == other.on_blank()
    }

    /// Whether a blank in it is nothing but background, as erasing makes.
    pub(super) fn is_plain(self) -> bool {
        !self.modifier.intersects(SEEN_ON_BLANK)
    }
}

/// What a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Symbol {
    Char(char),
    Cluster(Box<str>),
    /// The rest of the wide glyph before it.
    Hidden,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) symbol: Symbol,
    pub(super) look: Look,
}

impl Tile {
    pub(super) const BLANK: Self = Self {
        symbol: Symbol::Char(' '),
        look: Look { fg: Paint::Default, bg: Paint::Default, modifier: Modifier::empty() },
    };

    fn blank(look: Look) -> Self {
        Self { symbol: Symbol::Char(' '), look: look.on_blank() }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.symbol == Symbol::Char(' ')
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.symbol == Symbol::Hidden
    }

    /// The most cells that a terminal might give to this cell's cluster, if terminals disagree about it:
    /// joined emoji, flags, presentation selectors.
    pub(super) fn disputed(&self) -> Option<usize> {
        let Symbol::Cluster(cluster) = &self.symbol else {
            return None;
        };
        let mut chars = cluster.chars();
        let first = chars.next()?.width().unwrap_or(0);
        let agreed = first > 0 && chars.clone().all(|c| c.width() == Some(0) && c != '\u{fe0f}' && c != '\u{200d}');
        (!agreed).then(|| cluster.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>().max(2))
    }

    fn fold(&self, hash: u64) -> u64 {
        const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
        let step = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(PRIME);
        let hash = match &self.symbol {
            Symbol::Char(c) => step(hash, u64::from(*c)),
            Symbol::Hidden => step(hash, u64::MAX),
            Symbol::Cluster(text) => text.bytes().fold(hash, |hash, byte| step(hash, u64::from(byte) | 1 << 32)),
        };
        let colors = u64::from(self.look.fg.key()) << 32 | u64::from(self.look.bg.key());
        step(hash, colors ^ u64::from(self.look.modifier.bits()) << 40)
    }
}

/// A whole frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    width: u16,
    height: u16,
    tiles: Vec<Tile>,
}

impl Grid {
    pub(super) fn blank(width: u16, height: u16) -> Self {
        Self { width, height, tiles: vec![Tile::BLANK; usize::from(width) * usize::from(height)] }
    }

    /// The frame of `buffer` as the terminal can show it: colours reduced, wide glyphs that lost a half
    /// blanked, nothing that could steer the terminal.
    pub(super) fn of(buffer: &Buffer, options: &Options) -> Self {
        let width = usize::from(buffer.area.width);
        let mut tiles = Vec::with_capacity(buffer.content.len());
        if width > 0 {
            for row in buffer.content.chunks(width) {
                push_row(row, options, &mut tiles);
            }
        }
        Self { width: buffer.area.width, height: buffer.area.height, tiles }
    }

    pub(super) fn width(&self) -> u16 {
        self.width
    }

    pub(super) fn height(&self) -> u16 {
        self.height
    }

    pub(super) fn same_size(&self, other: &Self) -> bool {
        self.width == other.width && self.height == other.height
    }

    pub(super) fn row(&self, y: u16) -> &[Tile] {
        let start = usize::from(y) * usize::from(self.width);
        self.tiles.get(start..start + usize::from(self.width)).unwrap_or_default()
    }

    /// What the terminal shows after it scrolled.
    pub(super) fn shifted(&self, shift: Shift) -> Self {
        let mut tiles = Vec::with_capacity(self.tiles.len());
        for y in 0..self.height {
            match shift.source(y) {
                Some(source) => tiles.extend_from_slice(self.row(source)),
                None => tiles.extend(std::iter::repeat_n(Tile::BLANK, usize::from(self.width))),
            }
        }
        Self { width: self.width, height: self.height, tiles }
    }

    /// A hash and the number of visible cells for each `size` columns of row `y`.
    pub(super) fn chunks(&self, y: u16, size: usize) -> impl Iterator<Item = (u64, u32)> {
        self.row(y).chunks(size).map(|chunk| {
            let seen = chunk.iter().filter(|tile| **tile != Tile::BLANK).count();
            (chunk.iter().fold(0, |hash, tile| tile.fold(hash)), u32::try_from(seen).unwrap_or(0))
        })
    }
}

fn push_row(row: &[Cell], options: &Options, tiles: &mut Vec<Tile>) {
    let mut rest = row;
    while let Some((cell, after)) = rest.split_first() {
        let look = look_of(cell, options);
        let symbol = cell.symbol();
        if let [byte @ 0x21..=0x7e] = symbol.as_bytes() {
            tiles.push(Tile { symbol: Symbol::Char(char::from(*byte)), look });
            rest = after;
            continue;
        }
        if symbol == " " {
            tiles.push(Tile::blank(look));
            rest = after;
            continue;
        }
        let cells = if symbol.chars().any(char::is_control) { 0 } else { options.measure.cluster(symbol) };
        let hidden = cells.saturating_sub(1);
        let covers = after.get(..hidden).is_some_and(|next| next.iter().all(|cell| cell.symbol() == " "));
        if cells == 0 {
            tiles.push(Tile::blank(look));
            rest = after;
        } else if covers {
            let symbol = single(symbol).map_or_else(|| Symbol::Cluster(symbol.into()), Symbol::Char);
            tiles.push(Tile { symbol, look });
            tiles.extend(std::iter::repeat_n(Tile { symbol: Symbol::Hidden, look }, hidden));
            rest = after.get(hidden..).unwrap_or_default();
        } else {
            tiles.push(match single(symbol) {
                Some(c) if Measure::Narrow.cluster(symbol) == 1 => {
                    Tile { symbol: Symbol::Char(ascii_fallback(c)), look }
                }
                _ => Tile::blank(look),
            });
            rest = after;
        }
    }
}

fn single(symbol: &str) -> Option<char> {
    let mut chars = symbol.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn look_of(cell: &Cell, options: &Options) -> Look {
    Look { fg: Paint::of(cell.fg, options.depth), bg: Paint::of(cell.bg, options.depth), modifier: cell.modifier }
}
