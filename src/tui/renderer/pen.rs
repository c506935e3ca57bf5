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

/// Whether a line feed leaves the cursor in its column: where raw mode is the terminal's own, and nothing else adds
/// a carriage return.
const KEEPS_COLUMN: bool = cfg!(unix);

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
        self.way_to(x, y).write(out);
        (self.x, self.y) = (Some(x), Some(y));
    }

    /// The column of the cursor if it is known and stands in row `y`.
    pub(super) fn column_in(&self, y: u16) -> Option<u16> {
        self.x.filter(|_| self.y == Some(y))
    }

    /// The shortest sequence that moves the cursor.
    pub(super) fn way_to(&self, x: u16, y: u16) -> Way {
        let mut best = Way::absolute(x, y);
        let Some(from_y) = self.y else { return best };
        let mut consider = |way: Way| {
            if way.len < best.len {
                best = way;
            }
        };
        if let Some(from_x) = self.x {
            consider(Way::default().rows(from_y, y).columns(from_x, x));
        }
        if from_y == y {
            consider(Way::default().column(x));
        }
        if from_y <= y && y - from_y < 8 {
            let down = y - from_y;
            if KEEPS_COLUMN && self.x == Some(x) {
                consider(Way::default().repeat(b'\n', down));
            }
            consider(Way::default().byte(b'\r').repeat(b'\n', down).columns(0, x));
            consider(Way::default().repeat(b'\n', down).column(x));
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
                Way::absolute(x, y).write(out);
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

/// A way of the cursor: a few bytes that are put together without asking for memory, as most are only
/// compared. The longest has two numbers of five digits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Way {
    bytes: [u8; 24],
    len: usize,
}

impl Way {
    /// How many bytes it takes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.bytes.get(..self.len).unwrap_or_default());
    }

    /// To a place, wherever the cursor is.
    fn absolute(x: u16, y: u16) -> Way {
        let way = Way::default().start();
        match (x, y) {
            (0, 0) => way,
            (0, y) => way.number(y + 1),
            (x, 0) => way.byte(b';').number(x + 1),
            (x, y) => way.number(y + 1).byte(b';').number(x + 1),
        }
        .byte(b'H')
    }

    fn byte(mut self, byte: u8) -> Way {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
        }
        self.len += 1;
        self
    }

    fn repeat(self, byte: u8, count: u16) -> Way {
        (0..count).fold(self, |way, _| way.byte(byte))
    }

    fn start(self) -> Way {
        self.byte(0x1b).byte(b'[')
    }

    fn number(self, number: u16) -> Way {
        let way = if number < 10 { self } else { self.number(number / 10) };
        way.byte(b'0' + (number % 10) as u8)
    }

    fn relative(self, count: u16, command: u8) -> Way {
        match count {
            0 => self,
            1 => self.start().byte(command),
            _ => self.start().number(count).byte(command),
        }
    }

    fn column(self, x: u16) -> Way {
        self.start().number(x + 1).byte(b'G')
    }

    fn columns(self, from: u16, to: u16) -> Way {
        if to >= from {
            return self.relative(to - from, b'C');
        }
        let back = from - to;
        if back < 4 { self.repeat(8, back) } else { self.relative(back, b'D') }
    }

    fn rows(self, from: u16, to: u16) -> Way {
        if to >= from { self.relative(to - from, b'B') } else { self.relative(from - to, b'A') }
    }
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
