//! Where the terminal's cursor and colours stand, and the shortest way to others.

use std::io::Write as _;

use ratatui::style::Modifier;

use super::grid::{Look, Symbol, Tile};
use super::scroll::Shift;

/// The terminal's cursor and colours as far as they are known.
#[derive(Debug, Clone)]
pub(super) struct Pen {
    x: Option<u16>,
    y: Option<u16>,
    look: Option<Look>,
}

/// Appends formatted text; a `Vec` takes all that is written to it.
macro_rules! put {
    ($out:expr, $($format:tt)*) => {{ let _ = write!($out, $($format)*); }};
}

/// Attributes with the codes that switch them on and off.
const ATTRIBUTES: [(Modifier, u16, u16); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    pub(super) fn unknown() -> Self {
        Self { x: None, y: None, look: None }
    }

    /// Empties the screen in the default colours.
    pub(super) fn clear_screen(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\x1b[m\x1b[r\x1b[2J\x1b[H");
        *self = Self { x: Some(0), y: Some(0), look: Some(Look::default()) };
    }

    /// Scrolls a block of rows. Deleting and inserting lines at the top of a scroll region is the way that
    /// every terminal knows, the Linux console too.
    pub(super) fn scroll(&mut self, shift: Shift, out: &mut Vec<u8>) {
        if self.look.is_none_or(|look| !look.blanks_like(Look::default())) {
            self.choose(Look::default(), out);
        }
        put!(out, "\x1b[{};{}r", shift.top + 1, shift.bottom);
        // Setting the region put the cursor home.
        if shift.top > 0 {
            put!(out, "\x1b[{}H", shift.top + 1);
        }
        let command = if shift.up { 'M' } else { 'L' };
        if shift.by == 1 {
            put!(out, "\x1b[{command}");
        } else {
            put!(out, "\x1b[{}{command}", shift.by);
        }
        out.extend_from_slice(b"\x1b[r");
        (self.x, self.y) = (Some(0), Some(0));
    }

    /// Moves the cursor by the shortest sequence.
    pub(super) fn move_to(&mut self, x: u16, y: u16, out: &mut Vec<u8>) {
        if (self.x, self.y) == (Some(x), Some(y)) {
            return;
        }
        out.extend_from_slice(&self.way_to(x, y));
        (self.x, self.y) = (Some(x), Some(y));
    }

    /// The column of the cursor if it is known and stands in row `y`.
    pub(super) fn column_in(&self, y: u16) -> Option<u16> {
        self.x.filter(|_| self.y == Some(y))
    }

    /// The shortest sequence that moves the cursor.
    pub(super) fn way_to(&self, x: u16, y: u16) -> Vec<u8> {
        let mut best = absolute(x, y);
        let Some(from_y) = self.y else { return best };
        let mut consider = |way: Vec<u8>| {
            if way.len() < best.len() {
                best = way;
            }
        };
        if let Some(from_x) = self.x {
            let mut way = vertical(from_y, y);
            way.extend(horizontal(from_x, x));
            consider(way);
        }
        if from_y == y {
            consider(format!("\x1b[{}G", x + 1).into_bytes());
        }
        if from_y <= y && y - from_y < 8 {
            let mut way = vec![b'\r'];
            way.extend(std::iter::repeat_n(b'\n', usize::from(y - from_y)));
            way.extend(horizontal(0, x));
            consider(way);
            let mut way = vec![b'\n'; usize::from(y - from_y)];
            way.extend(format!("\x1b[{}G", x + 1).into_bytes());
            consider(way);
        }
        best
    }

    /// Takes the colours of `look` by the fewest codes.
    pub(super) fn choose(&mut self, look: Look, out: &mut Vec<u8>) {
        if self.look == Some(look) {
            return;
        }
        let anew = sgr(&codes_anew(look));
        let best = match self.look {
            Some(from) => {
                let change = sgr(&codes_between(from, look));
                if change.len() < anew.len() { change } else { anew }
            }
            None => anew,
        };
        out.extend_from_slice(&best);
        self.look = Some(look);
    }

    /// Takes colours in which a blank looks as in `look`, if it does not yet.
    pub(super) fn choose_for_blank(&mut self, look: Look, out: &mut Vec<u8>) {
        if self.look.is_none_or(|own| !own.blanks_like(look)) {
            self.choose(look, out);
        }
    }

    /// Whether `tile` can be written without choosing other colours.
    pub(super) fn suits(&self, tile: &Tile) -> bool {
        self.look.is_some_and(|own| own == tile.look || (tile.is_blank() && own.blanks_like(tile.look)))
    }

    /// Writes a tile of `cells` columns at the cursor of a screen `width` columns wide.
    pub(super) fn write(&mut self, tile: &Tile, cells: u16, width: u16, out: &mut Vec<u8>) {
        if tile.is_blank() {
            self.choose_for_blank(tile.look, out);
        } else {
            self.choose(tile.look, out);
        }
        let disputed = tile.disputed();
        if disputed.is_some() {
            // The terminal may draw it narrower: nothing old shall show through.
            out.extend(std::iter::repeat_n(b' ', usize::from(cells)));
            if let (Some(x), Some(y)) = (self.x, self.y) {
                out.extend_from_slice(&absolute(x, y));
            }
        }
        match &tile.symbol {
            Symbol::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Symbol::Cluster(text) => out.extend_from_slice(text.as_bytes()),
            Symbol::Hidden => {}
        }
        let reach = self.x.map_or(width, |x| x.saturating_add(cells));
        if let Some(most) = disputed {
            let worst = self.x.map_or(usize::MAX, |x| usize::from(x) + most);
            self.x = None;
            if worst >= usize::from(width) {
                self.y = None;
            }
        } else {
            // At the right edge terminals differ in where the cursor is.
            self.x = (reach < width).then_some(reach);
        }
    }

    /// Erases from the cursor to the end of the line in the background of `look`.
    pub(super) fn erase_to_end(&mut self, look: Look, out: &mut Vec<u8>) {
        self.choose_for_blank(look, out);
        out.extend_from_slice(b"\x1b[K");
    }

    /// Erases `count` cells from the cursor on, which stays.
    pub(super) fn erase(&mut self, count: usize, look: Look, out: &mut Vec<u8>) {
        self.choose_for_blank(look, out);
        put!(out, "\x1b[{count}X");
    }
}

fn absolute(x: u16, y: u16) -> Vec<u8> {
    match (x, y) {
        (0, 0) => b"\x1b[H".to_vec(),
        (0, y) => format!("\x1b[{}H", y + 1).into_bytes(),
        (x, 0) => format!("\x1b[;{}H", x + 1).into_bytes(),
        (x, y) => format!("\x1b[{};{}H", y + 1, x + 1).into_bytes(),
    }
}

fn relative(count: u16, command: char) -> Vec<u8> {
    match count {
        0 => Vec::new(),
        1 => format!("\x1b[{command}").into_bytes(),
        _ => format!("\x1b[{count}{command}").into_bytes(),
    }
}

fn horizontal(from: u16, to: u16) -> Vec<u8> {
    if to >= from {
        return relative(to - from, 'C');
    }
    let back = from - to;
    if back < 4 { vec![8; usize::from(back)] } else { relative(back, 'D') }
}

fn vertical(from: u16, to: u16) -> Vec<u8> {
    if to >= from { relative(to - from, 'B') } else { relative(from - to, 'A') }
}

fn codes_anew(look: Look) -> Vec<u16> {
    let mut codes = vec![0];
    codes.extend(ATTRIBUTES.iter().filter(|(flag, ..)| look.modifier.contains(*flag)).map(|(_, on, _)| on));
    if look.fg != Default::default() {
        look.fg.push_codes(30, &mut codes);
    }
    if look.bg != Default::default() {
        look.bg.push_codes(40, &mut codes);
    }
    codes
}

fn codes_between(from: Look, to: Look) -> Vec<u16> {
    let mut codes = Vec::new();
    let mut kept = from.modifier & to.modifier;
    for (flag, _, off) in ATTRIBUTES {
        if from.modifier.contains(flag) && !to.modifier.contains(flag) && !codes.contains(&off) {
            codes.push(off);
        }
    }
    for (flag, _, off) in ATTRIBUTES {
        // Bold and dim share the code that ends them.
        if codes.contains(&off) {
            kept.remove(flag);
        }
    }
    codes.extend(
        ATTRIBUTES
            .iter()
            .filter(|(flag, ..)| to.modifier.contains(*flag) && !kept.contains(*flag))
            .map(|(_, on, _)| on),
    );
    if from.fg != to.fg {
        to.fg.push_codes(30, &mut codes);
    }
    if from.bg != to.bg {
        to.bg.push_codes(40, &mut codes);
    }
    codes
}

fn sgr(codes: &[u16]) -> Vec<u8> {
    match codes {
        [] => Vec::new(),
        [0] => b"\x1b[m".to_vec(),
        _ => {
            let list: Vec<String> = codes.iter().map(u16::to_string).collect();
            format!("\x1b[{}m", list.join(";")).into_bytes()
        }
    }
}
