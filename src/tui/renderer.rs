//! Turns frames into the fewest bytes a terminal needs.
//!
//! A frame is a ratatui [`Buffer`]. The renderer remembers what the terminal shows, moves blocks of rows
//! that only scrolled by the terminal's own scroll region, as less and vim do, and writes the cells that
//! remain different. It asks the terminal nothing.

mod color;
mod diff;
mod grid;
mod pen;
mod scroll;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

pub use color::ColorDepth;
#[cfg(test)]
pub(in crate::tui) use color::rgb_of;
use grid::Grid;
use pen::Pen;

use super::text::Measure;

/// What the terminal can do and the user wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many colours are written.
    pub depth: ColorDepth,
    /// Whether erasing fills with the current background: all but GNU screen and very old terminals.
    pub background_erase: bool,
    /// Whether frames are wrapped in synchronised updates (DEC mode 2026; unknown modes are ignored).
    pub synchronized: bool,
    /// How many cells ambiguous characters take.
    pub measure: Measure,
}

impl Default for Options {
    fn default() -> Self {
        Self { depth: ColorDepth::True, background_erase: true, synchronized: true, measure: Measure::Narrow }
    }
}

/// What one frame cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frame {
    /// Bytes written, 0 if the screen already showed it.
    pub bytes: usize,
    /// Whether the scroll region moved rows.
    pub scrolled: bool,
    /// Whether the whole screen was painted anew.
    pub full: bool,
}

/// The terminal's side of the screen: what it shows and where its cursor and colours stand.
#[derive(Debug)]
pub struct Renderer {
    options: Options,
    shown: Option<Grid>,
    pen: Pen,
    cursor_shown: Option<bool>,
    bytes: Vec<u8>,
}

const SYNC_BEGIN: &[u8] = b"\x1b[?2026h";
const SYNC_END: &[u8] = b"\x1b[?2026l";
const CURSOR_HIDE: &[u8] = b"\x1b[?25l";
const CURSOR_SHOW: &[u8] = b"\x1b[?25h";

/// Up to this many bytes arrive at once, so the cursor cannot be seen running about, nor half of them alone.
const CALM_BYTES: usize = 128;

impl Renderer {
    /// A renderer for a terminal whose state is unknown: the first frame paints everything.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, shown: None, pen: Pen::unknown(), cursor_shown: None, bytes: Vec::new() }
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> Options {
        self.options
    }

    /// Takes other options; the next frame paints everything.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
        self.invalidate();
    }

    /// Forgets what the terminal shows, after something else wrote to it. The next frame paints everything.
    pub fn invalidate(&mut self) {
        self.shown = None;
        self.pen = Pen::unknown();
        self.cursor_shown = None;
    }

    /// Shows `next`, with the real cursor at `cursor` or hidden, by one write to `out`. Writes nothing if
    /// the terminal shows just that. After an error the next frame paints everything.
    pub fn draw(&mut self, next: &Buffer, cursor: Option<Position>, out: &mut impl Write) -> io::Result<Frame> {
        let frame = self.encode(next, cursor);
        if frame.bytes > 0
            && let Err(error) = out.write_all(&self.bytes).and_then(|()| out.flush())
        {
            self.invalidate();
            return Err(error);
        }
        Ok(frame)
    }

    /// The bytes of the frame that [`Self::encode`] prepared.
    #[cfg(test)]
    fn encoded(&self) -> &[u8] {
        &self.bytes
    }

    /// Prepares the bytes that bring the terminal from what it shows to `next`.
    fn encode(&mut self, next: &Buffer, cursor: Option<Position>) -> Frame {
        let next = Grid::of(next, &self.options);
        let (body, pen, mut frame) = self.body(&next);
        let cursor = cursor.filter(|at| at.x < next.width() && at.y < next.height());
        self.pen = pen;
        self.shown = Some(next);
        self.compose(&body, cursor);
        frame.bytes = self.bytes.len();
        frame
    }

    /// The cheapest way to the cells of `next`, without cursor and wrapping.
    fn body(&self, next: &Grid) -> (Vec<u8>, Pen, Frame) {
        let Some(shown) = self.shown.as_ref().filter(|shown| shown.same_size(next)) else {
            let mut pen = Pen::unknown();
            let mut out = Vec::new();
            pen.clear_screen(&mut out);
            diff::write(&Grid::blank(next.width(), next.height()), next, &self.options, &mut pen, &mut out);
            return (out, pen, Frame { full: true, ..Frame::default() });
        };
        let mut plain_pen = self.pen.clone();
        let mut plain = Vec::new();
        diff::write(shown, next, &self.options, &mut plain_pen, &mut plain);
        if plain.len() > scroll::WORTH_A_LOOK
            && let Some(shift) = scroll::find(shown, next)
        {
            let mut pen = self.pen.clone();
            let mut out = Vec::new();
            pen.scroll(shift, &mut out);
            diff::write(&shown.shifted(shift), next, &self.options, &mut pen, &mut out);
            if out.len() < plain.len() {
                return (out, pen, Frame { scrolled: true, ..Frame::default() });
            }
        }
        (plain, plain_pen, Frame::default())
    }

    /// Puts `body`, the cursor and what wraps them into `self.bytes`.
    fn compose(&mut self, body: &[u8], cursor: Option<Position>) {
        let mut tail = Vec::new();
        if let Some(at) = cursor {
            self.pen.move_to(at.x, at.y, &mut tail);
        }
        let mut shown = self.cursor_shown;
        let hide = match cursor {
            None => shown != Some(false),
            Some(_) => shown != Some(false) && body.len() > CALM_BYTES,
        };
        if hide {
            shown = Some(false);
        }
        let show = cursor.is_some() && shown != Some(true);
        self.cursor_shown = Some(cursor.is_some());
        let sync = self.options.synchronized && body.len() > CALM_BYTES;
        self.bytes.clear();
        for (part, wanted) in [
            (SYNC_BEGIN, sync),
            (CURSOR_HIDE, hide),
            (body, true),
            (tail.as_slice(), true),
            (CURSOR_SHOW, show),
            (SYNC_END, sync),
        ] {
            if wanted {
                self.bytes.extend_from_slice(part);
            }
        }
    }
}
