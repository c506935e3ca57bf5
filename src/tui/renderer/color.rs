//! Colours as the terminal gets them.

use ratatui::style::Color;

/// How many colours are written to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorDepth {
    /// None (`NO_COLOR`): bold, reverse and underline remain.
    None,
    /// The terminal's own sixteen.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    #[default]
    True,
}

impl ColorDepth {
    /// What the environment says (`NO_COLOR`, `COLORTERM`, `TERM`), asked through `var`.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::None;
        }
        if var("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit") {
            return Self::True;
        }
        let term = var("TERM").unwrap_or_default();
        if term == "dumb" {
            Self::None
        } else if term.contains("direct") || term.contains("kitty") || term.contains("ghostty") {
            Self::True
        } else if term.contains("256") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }
}

/// A colour after reduction to what the terminal gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Paint {
    #[default]
    Default,
    Index(u8),
    Rgb(u8, u8, u8),
}

impl Paint {
    pub(super) fn of(color: Color, depth: ColorDepth) -> Self {
        if depth == ColorDepth::None {
            return Self::Default;
        }
        let paint = match color {
            Color::Reset => Self::Default,
            Color::Black => Self::Index(0),
            Color::Red => Self::Index(1),
            Color::Green => Self::Index(2),
            Color::Yellow => Self::Index(3),
            Color::Blue => Self::Index(4),
            Color::Magenta => Self::Index(5),
            Color::Cyan => Self::Index(6),
            Color::Gray => Self::Index(7),
            Color::DarkGray => Self::Index(8),
            Color::LightRed => Self::Index(9),
            Color::LightGreen => Self::Index(10),
            Color::LightYellow => Self::Index(11),
            Color::LightBlue => Self::Index(12),
            Color::LightMagenta => Self::Index(13),
            Color::LightCyan => Self::Index(14),
            Color::White => Self::Index(15),
            Color::Indexed(index) => Self::Index(index),
            Color::Rgb(r, g, b) => Self::Rgb(r, g, b),
        };
        match (depth, paint) {
            (ColorDepth::Indexed, Self::Rgb(r, g, b)) => Self::Index(nearest((r, g, b), 16..=255)),
            (ColorDepth::Sixteen, Self::Rgb(r, g, b)) => Self::Index(nearest((r, g, b), 0..=15)),
            (ColorDepth::Sixteen, Self::Index(index @ 16..)) => Self::Index(nearest(rgb_of(index), 0..=15)),
            _ => paint,
        }
    }

    /// Appends the SGR parameters that choose this colour for the text (`base` 30) or behind it (40).
    pub(super) fn push_codes(self, base: u16, codes: &mut Vec<u16>) {
        match self {
            Self::Default => codes.push(base + 9),
            Self::Index(index @ 0..8) => codes.push(base + u16::from(index)),
            Self::Index(index @ 8..16) => codes.push(base + 52 + u16::from(index)),
            Self::Index(index) => codes.extend([base + 8, 5, u16::from(index)]),
            Self::Rgb(r, g, b) => codes.extend([base + 8, 2, u16::from(r), u16::from(g), u16::from(b)]),
        }
    }

    /// A number of its own for each colour.
    pub(super) fn key(self) -> u32 {
        match self {
            Self::Default => 0,
            Self::Index(index) => 1 << 24 | u32::from(index),
            Self::Rgb(r, g, b) => u32::from_be_bytes([2, r, g, b]),
        }
    }
}

/// The usual values of the sixteen; the terminal's own differ, but not in kind.
const SIXTEEN: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// The red, green and blue of a colour of the 256.
pub(in crate::tui) fn rgb_of(index: u8) -> (u8, u8, u8) {
    if let Some(known) = SIXTEEN.get(usize::from(index)) {
        return *known;
    }
    if index >= 232 {
        let level = 8 + 10 * (index - 232);
        return (level, level, level);
    }
    let cube = index - 16;
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

fn nearest(wanted: (u8, u8, u8), among: std::ops::RangeInclusive<u8>) -> u8 {
    // Weighted by how much the eye sees of each; good enough to choose a neighbour by.
    let distance = |index: u8| {
        let (r, g, b) = rgb_of(index);
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        3 * square(r, wanted.0) + 6 * square(g, wanted.1) + square(b, wanted.2)
    };
    among.min_by_key(|index| distance(*index)).unwrap_or_default()
}
