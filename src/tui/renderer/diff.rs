//! Writes the cells in which two frames differ.

use super::Options;
use super::color::Paint;
use super::grid::{Grid, Look, Tile};
use super::pen::Pen;

/// From this many blanks on, erasing is shorter than writing spaces: to the end of the line …
const MIN_TAIL: usize = 4;
/// … and inside it, where the cursor has to be moved on afterwards.
const MIN_GAP: usize = 11;

/// Appends what turns a terminal that shows `shown` into one that shows `next`; both have one size.
pub(super) fn write(shown: &Grid, next: &Grid, options: &Options, pen: &mut Pen, out: &mut Vec<u8>) {
    for y in 0..next.height() {
        let (old, new) = (shown.row(y), next.row(y));
        if old != new {
            Row { y, new, dirty: dirty_cells(old, new), options }.write(pen, out);
        }
    }
}

/// Which cells must be written: those that differ, and those that a glyph whose width terminals disagree
/// about may have covered. Wide glyphs need no more care: where one half changes, the other changes too
/// or is written with it.
fn dirty_cells(old: &[Tile], new: &[Tile]) -> Vec<bool> {
    let mut dirty: Vec<bool> = old.iter().zip(new).map(|(old, new)| old != new).collect();
    let joined: Vec<bool> = old.iter().zip(new).map(|(old, new)| old.is_hidden() || new.is_hidden()).collect();
    let spread = |dirty: &mut Vec<bool>| {
        let mut before = false;
        for (cell, joined) in dirty.iter_mut().zip(&joined) {
            *cell |= before && *joined;
            before = *cell;
        }
        let mut after = false;
        for (cell, joined) in dirty.iter_mut().zip(&joined).rev() {
            *cell |= after;
            after = *cell && *joined;
        }
    };
    if old.iter().chain(new).any(|tile| tile.disputed().is_some()) {
        // Whatever such a glyph may have spilt over is written again.
        for x in 0..dirty.len() {
            let most = [old, new].iter().filter_map(|row| row.get(x)?.disputed()).max();
            if let (Some(most), Some(true)) = (most, dirty.get(x).copied()) {
                dirty.iter_mut().skip(x).take(most).for_each(|cell| *cell = true);
                spread(&mut dirty);
            }
        }
    }
    dirty
}

struct Row<'a> {
    y: u16,
    new: &'a [Tile],
    dirty: Vec<bool>,
    options: &'a Options,
}

/// The blank end of a row.
struct Tail {
    start: usize,
    /// The first of its cells that must be written.
    dirty: usize,
    look: Look,
}

impl Row<'_> {
    fn write(&self, pen: &mut Pen, out: &mut Vec<u8>) {
        let tail = self.erasable_tail();
        let end = tail.as_ref().map_or(self.new.len(), |tail| tail.dirty);
        let mut x = 0;
        while x < end {
            if self.is_dirty(x) {
                self.reach(x, pen, out);
                x += self.write_at(x, end, pen, out);
            } else {
                x += 1;
            }
        }
        if let Some(Tail { start, dirty, look }) = tail {
            // What is blank already may be erased again, where that saves a move.
            if !pen.column_in(self.y).is_some_and(|x| (start..=dirty).contains(&usize::from(x))) {
                self.reach(dirty, pen, out);
            }
            pen.erase_to_end(look, out);
        }
    }

    fn is_dirty(&self, x: usize) -> bool {
        self.dirty.get(x).copied().unwrap_or(false)
    }

    /// Whether a blank can be made by erasing.
    fn erasable(&self, tile: &Tile) -> bool {
        tile.is_blank() && tile.look.is_plain() && (self.options.background_erase || tile.look.bg == Paint::Default)
    }

    /// The blank end of the row, if erasing it is worth it.
    fn erasable_tail(&self) -> Option<Tail> {
        let last = self.new.last().filter(|tile| self.erasable(tile))?;
        let length = self.new.iter().rev().take_while(|tile| *tile == last).count();
        let start = self.new.len() - length;
        let dirty = self.dirty.iter().skip(start);
        let count = dirty.clone().filter(|dirty| **dirty).count();
        let first = dirty.clone().position(|dirty| *dirty)?;
        (count >= MIN_TAIL).then_some(Tail { start, dirty: start + first, look: last.look })
    }

    /// Brings the cursor to column `x`: by a move, or by writing again what stands between.
    fn reach(&self, x: usize, pen: &mut Pen, out: &mut Vec<u8>) {
        let Ok(column) = u16::try_from(x) else { return };
        if pen.column_in(self.y) == Some(column) {
            return;
        }
        if let Some(start) = pen.column_in(self.y).map(usize::from)
            && start < x
            && let Some(between) = self.new.get(start..x)
            && between.len() <= 10
        {
            let typed = between.iter().all(|tile| (tile.is_hidden() || pen.suits(tile)) && tile.disputed().is_none());
            let mut text = Vec::new();
            let mut copy = pen.clone();
            if typed && self.new.get(start).is_some_and(|tile| !tile.is_hidden()) {
                let mut at = start;
                while at < x {
                    at += self.write_glyph(at, &mut copy, &mut text);
                }
                if at == x && text.len() <= pen.way_to(column, self.y).len() {
                    out.extend_from_slice(&text);
                    *pen = copy;
                    return;
                }
            }
        }
        pen.move_to(column, self.y, out);
    }

    /// Writes what starts at `x`, which is before `end`, and returns how many columns that was.
    fn write_at(&self, x: usize, end: usize, pen: &mut Pen, out: &mut Vec<u8>) -> usize {
        let Some(tile) = self.new.get(x) else {
            return 1;
        };
        if self.erasable(tile) {
            let run = self.new.iter().take(end).skip(x).take_while(|next| *next == tile).count();
            let dirty = (x..x + run).take_while(|x| self.is_dirty(*x)).count();
            if dirty >= MIN_GAP {
                pen.erase(dirty, tile.look, out);
                return dirty;
            }
        }
        self.write_glyph(x, pen, out)
    }

    fn write_glyph(&self, x: usize, pen: &mut Pen, out: &mut Vec<u8>) -> usize {
        let Some(tile) = self.new.get(x) else {
            return 1;
        };
        let hidden = self.new.iter().skip(x + 1).take_while(|tile| tile.is_hidden()).count();
        let cells = u16::try_from(hidden + 1).unwrap_or(u16::MAX);
        let width = u16::try_from(self.new.len()).unwrap_or(u16::MAX);
        if tile.is_blank() && !pen.suits(tile) {
            // In the colours of what follows, they needn't be chosen twice.
            let text = self.new.iter().zip(&self.dirty).skip(x).find(|(next, dirty)| !**dirty || !next.is_blank());
            if let Some((next, true)) = text
                && next.look.blanks_like(tile.look)
            {
                pen.choose(next.look, out);
            }
        }
        pen.write(tile, cells, width, out);
        hidden + 1
    }
}
