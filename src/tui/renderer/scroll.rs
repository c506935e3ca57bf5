//! Finds blocks of rows that only moved up or down.

use super::grid::Grid;

/// Rows that the terminal moves by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shift {
    /// The first row of the block.
    pub(super) top: u16,
    /// The row after its last.
    pub(super) bottom: u16,
    /// How many rows its content moves; as many become blank.
    pub(super) by: u16,
    /// Up or down.
    pub(super) up: bool,
}

impl Shift {
    /// The row whose content stands in row `y` afterwards, `None` for a row made blank.
    pub(super) fn source(self, y: u16) -> Option<u16> {
        if y < self.top || y >= self.bottom {
            return Some(y);
        }
        let source = if self.up { y.checked_add(self.by) } else { y.checked_sub(self.by) };
        source.filter(|source| (self.top..self.bottom).contains(source))
    }
}

/// Frames that cost fewer bytes are not examined: scrolling itself costs a few dozen.
pub(super) const WORTH_A_LOOK: usize = 100;
/// Fewer cells than this are not worth a scroll.
const MIN_GAIN: i64 = 24;
/// Rows are compared by pieces of this many columns, so that a list is found beside a pane that changes.
const CHUNK: usize = 8;

type Chunks = Vec<Vec<(u64, u32)>>;

/// The shift that saves the most cells, if any is worth it.
pub(super) fn find(shown: &Grid, next: &Grid) -> Option<Shift> {
    let chunks = |grid: &Grid| -> Chunks { (0..grid.height()).map(|y| grid.chunks(y, CHUNK).collect()).collect() };
    let (old, new) = (chunks(shown), chunks(next));
    let height = next.height();
    let mut best: Option<(i64, Shift)> = None;
    for by in 1..height.saturating_sub(1) {
        for up in [true, false] {
            if let Some((gain, shift)) = best_block(&old, &new, by, up)
                && best.is_none_or(|(most, _)| gain > most)
            {
                best = Some((gain, shift));
            }
        }
    }
    best.filter(|(gain, _)| *gain >= MIN_GAIN).map(|(_, shift)| shift)
}

/// The contiguous rows that gain the most from one shift (the maximum subarray of the gains).
fn best_block(old: &Chunks, new: &Chunks, by: u16, up: bool) -> Option<(i64, Shift)> {
    let by_rows = usize::from(by);
    let count = new.len().checked_sub(by_rows)?;
    let gain = |index: usize| {
        // `index` counts the rows that receive content, from the top of the screen.
        let (to, from) = if up { (index, index + by_rows) } else { (index + by_rows, index) };
        Some(row_gain(new.get(to)?, old.get(to)?, old.get(from)?))
    };
    let mut best: Option<(i64, usize, usize)> = None;
    let (mut sum, mut start) = (0, 0);
    for index in 0..count {
        if sum <= 0 {
            (sum, start) = (0, index);
        }
        sum += gain(index)?;
        if sum > 0 && best.is_none_or(|(most, ..)| sum > most) {
            best = Some((sum, start, index));
        }
    }
    let (sum, first, last) = best?;
    let shift = Shift { top: u16::try_from(first).ok()?, bottom: u16::try_from(last + 1 + by_rows).ok()?, by, up };
    let exposed = if up { last + 1..last + 1 + by_rows } else { first..first + by_rows };
    let lost: i64 = exposed.filter_map(|y| Some(row_kept(new.get(y)?, old.get(y)?))).sum();
    Some((sum - lost, shift))
}

/// Cells of a row that need no writing because of the shift, less those that now need it.
fn row_gain(new: &[(u64, u32)], stays: &[(u64, u32)], comes: &[(u64, u32)]) -> i64 {
    new.iter()
        .zip(stays)
        .zip(comes)
        .map(|((new, stays), comes)| match (new.0 == comes.0, new.0 == stays.0) {
            (true, false) => i64::from(new.1.max(stays.1)),
            (false, true) => -i64::from(new.1.max(comes.1)),
            _ => 0,
        })
        .sum()
}

/// Visible cells of a row that would not need writing without the shift.
fn row_kept(new: &[(u64, u32)], old: &[(u64, u32)]) -> i64 {
    new.iter().zip(old).filter(|(new, old)| new.0 == old.0).map(|(new, _)| i64::from(new.1)).sum()
}
