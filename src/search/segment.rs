//! A segment: an immutable run of documents, newest first, with the postings of its groups.
//!
//! Postings hold groups of [`GROUP`] neighbouring documents, not documents: a group repeats most of its
//! grams, so the lists are a third of the size, and a candidate group is verified in one read of
//! about two kilobytes, which may come from the snapshot ([`Blocks`]).

use std::cmp::Reverse;
use std::ops::{Deref, Range};
use std::sync::{Arc, OnceLock};

use super::blocks::{Blocks, Group, KEYS, Key, Meta, Window, write_group, write_keys};
use super::chosen::Places;
use super::letters::Letters;
use super::postings::{self, Postings};

/// Documents of a group.
pub(super) const GROUP: usize = 32;
/// Documents of a segment at most.
pub(super) const SEGMENT: usize = WORDS * 64 * GROUP;
const WORDS: usize = 64;

/// A set of groups of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Groups([u64; WORDS]);

impl Groups {
    pub(super) const NONE: Groups = Groups([0; WORDS]);
    pub(super) const ALL: Groups = Groups([u64::MAX; WORDS]);

    pub(super) fn insert(&mut self, group: usize) {
        if let Some(word) = self.0.get_mut(group / 64) {
            *word |= 1 << (group % 64);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|w| *w == 0)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                word &= word.wrapping_sub(1);
                (bit < 64).then_some(at * 64 + bit)
            })
        })
    }
}

impl std::ops::BitAndAssign for Groups {
    fn bitand_assign(&mut self, other: Groups) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a &= b);
    }
}

impl std::ops::BitOrAssign for Groups {
    fn bitor_assign(&mut self, other: Groups) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
    }
}

impl std::ops::Not for Groups {
    type Output = Groups;
    fn not(mut self) -> Groups {
        self.0.iter_mut().for_each(|a| *a = !*a);
        self
    }
}

/// One document inside a segment or the delta: what ranking needs, and its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) meta: Meta,
    pub(super) text: &'a [u8],
}

/// What a segment keeps at hand.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Arrays {
    /// How many documents.
    pub(super) len: usize,
    /// Where the block of each group starts, then each block of keys, and the end.
    pub(super) starts: Vec<u32>,
    /// When the newest document of each group was touched.
    pub(super) newest: Vec<u32>,
    /// Object and id of the first key of each block of keys, and of the last key.
    pub(super) key_objects: Vec<u16>,
    pub(super) key_ids: Vec<i64>,
    pub(super) postings: Postings,
    /// What titles are typed with, once it is of use.
    pub(super) letters: OnceLock<Letters>,
}

impl Arrays {
    pub(super) fn groups(&self) -> usize {
        self.len.div_ceil(GROUP)
    }

    fn bitmap_len(&self) -> usize {
        self.groups().div_ceil(8)
    }

    fn block(&self, number: usize) -> Range<usize> {
        let at = |number: usize| self.starts.get(number).map_or(0, |at| *at as usize);
        at(number)..at(number + 1)
    }
}

/// A segment in use: what copies of the index share, and what was removed.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    arrays: Arc<Arrays>,
    pub(super) blocks: Arc<Blocks>,
    /// A bit for each removed document.
    pub(super) dead: Vec<u64>,
}

impl Deref for Segment {
    type Target = Arrays;
    fn deref(&self) -> &Arrays {
        &self.arrays
    }
}

impl Segment {
    pub(super) fn new(arrays: Arrays, blocks: Blocks) -> Segment {
        let dead = vec![0; arrays.len.div_ceil(64)];
        Segment { arrays: Arc::new(arrays), blocks: Arc::new(blocks), dead }
    }

    /// Finds out what its titles are typed with, for queries that may find only some of its documents.
    pub(super) fn learn_letters(&self) {
        self.arrays.letters.get_or_init(|| Letters::of(self));
    }

    /// What copies of the segment share: it tells one segment from another.
    pub(super) fn arrays(&self) -> &Arc<Arrays> {
        &self.arrays
    }

    /// Whether both have the same documents, whatever was removed from them.
    pub(super) fn is_copy_of(&self, other: &Segment) -> bool {
        Arc::ptr_eq(&self.arrays, &other.arrays)
    }

    /// The same with its blocks elsewhere.
    pub(super) fn resting_on(&self, blocks: Arc<Blocks>) -> Segment {
        Segment { arrays: Arc::clone(&self.arrays), blocks, dead: self.dead.clone() }
    }

    /// Object and id of what was removed here, but not yet in an earlier copy.
    pub(super) fn removed_since(&self, earlier: &Segment) -> Vec<Key> {
        let (mut block, mut metas) = (Window::default(), Vec::new());
        let words = self.dead.iter().zip(&earlier.dead).enumerate().filter(|(_, (now, then))| now != then);
        let mut keys = Vec::new();
        for (at, (now, then)) in words {
            let fresh = now & !then;
            for bit in (0..64).filter(|bit| fresh >> bit & 1 == 1) {
                let place = at * 64 + bit;
                self.read(place / GROUP, &mut block).metas(&mut metas);
                keys.extend(metas.get(place % GROUP).map(|meta| (meta.object, meta.id)));
            }
        }
        keys
    }

    pub(super) fn live(&self) -> usize {
        self.len.saturating_sub(self.dead.iter().map(|w| w.count_ones() as usize).sum())
    }

    pub(super) fn newest(&self) -> u32 {
        self.newest.first().copied().unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        4 * (self.starts.capacity() + self.newest.capacity())
            + 8 * (self.dead.capacity() + self.key_ids.capacity())
            + 2 * self.key_objects.capacity()
            + self.postings.bytes()
            + self.letters.get().map_or(0, Letters::bytes)
            + self.blocks.resident()
    }

    pub(super) fn is_dead(&self, place: usize) -> bool {
        self.dead.get(place / 64).is_some_and(|w| w >> (place % 64) & 1 == 1)
    }

    /// Calls `take` with each live document.
    pub(super) fn each_entry(&self, mut take: impl FnMut(Entry<'_>)) {
        let (mut block, mut metas) = (Window::default(), Vec::new());
        for number in 0..self.groups() {
            let group = self.read(number, &mut block);
            group.metas(&mut metas);
            for ((place, text), meta) in group.texts().zip(&metas) {
                if !self.is_dead(place) {
                    take(Entry { meta: *meta, text });
                }
            }
        }
    }

    /// Reads a group through the window, if it isn't in memory. Behind the last one there are empty groups.
    pub(super) fn read<'a>(&'a self, group: usize, window: &'a mut Window) -> Group<'a> {
        if group >= self.groups() {
            return Group::default();
        }
        self.blocks.group(self.block(group), group * GROUP, window)
    }

    /// Marks a document as removed; false if it is not here.
    pub(super) fn remove(&mut self, object: u16, id: i64) -> bool {
        let key = (object, id);
        let first = |block: usize| self.key_objects.get(block).copied().zip(self.key_ids.get(block).copied());
        // The block before the first one that starts behind the key.
        let (mut from, mut to) = (0, self.key_ids.len().saturating_sub(1));
        if first(to).is_none_or(|last| last < key) {
            return false;
        }
        while from < to {
            let middle = usize::midpoint(from, to);
            if first(middle).is_some_and(|first| first <= key) { from = middle + 1 } else { to = middle }
        }
        let Some(block) = from.checked_sub(1) else { return false };
        let places = self.blocks.places_of(key, self.block(self.groups() + block), &mut Window::default());
        let Some(place) = places.into_iter().find(|place| !self.is_dead(*place)) else {
            return false;
        };
        if let Some(word) = self.dead.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
        true
    }

    /// Where the documents of an object with these ids, which ascend, lie; removed ones too.
    pub(super) fn places_of(&self, object: u16, ids: &[i64]) -> Places {
        let (mut places, mut window) = (Places::NONE, Window::default());
        let (Some(last), mut ids) = (ids.last().copied(), ids) else { return places };
        let bounds = self.key_objects.iter().copied().zip(self.key_ids.iter().copied());
        // The last of all keys is told too: it begins no block.
        for (block, (from, to)) in bounds.clone().zip(bounds.skip(1)).enumerate() {
            if to < (object, i64::MIN) {
                continue;
            }
            let (Some(first), true) = (ids.first(), from <= (object, last)) else { break };
            if to < (object, *first) {
                continue;
            }
            let range = self.block(self.groups() + block);
            self.blocks.each_key(range, &mut window, |(of, id), place| {
                if of == object {
                    let passed = ids.partition_point(|other| *other < id);
                    ids = ids.get(passed..).unwrap_or_default();
                    if ids.first() == Some(&id) {
                        places.insert(place, self.len);
                    }
                }
            });
        }
        places
    }

    /// Adds the groups of a gram to `groups`.
    pub(super) fn add_groups(&self, gram: u32, groups: &mut Groups) {
        let list = self.postings.list(gram);
        if list.is_empty() {
            return;
        }
        if list.len() == self.bitmap_len() {
            for (word, bytes) in groups.0.iter_mut().zip(list.chunks(8)) {
                let mut whole = [0; 8];
                whole.iter_mut().zip(bytes).for_each(|(a, b)| *a = *b);
                *word |= u64::from_le_bytes(whole);
            }
            return;
        }
        let mut next = 0;
        for gap in list {
            next += usize::from(*gap);
            if *gap < u8::MAX {
                groups.insert(next);
                next += 1;
            }
        }
    }
}

/// Where a document of a segment in the making has its text.
#[derive(Clone, Copy, Debug)]
struct Piece {
    meta: Meta,
    from: u32,
    to: u32,
}

/// Collects the documents of one segment.
#[derive(Debug, Default)]
pub(super) struct SegmentBuilder {
    text: Vec<u8>,
    pieces: Vec<Piece>,
}

impl SegmentBuilder {
    pub(super) fn push(&mut self, entry: Entry<'_>) {
        let from = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.extend_from_slice(entry.text);
        let to = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.pieces.push(Piece { meta: entry.meta, from, to });
    }

    /// No more documents fit: by number, or by bytes where values are huge.
    pub(super) fn is_full(&self) -> bool {
        self.len() >= SEGMENT || self.text.len() > 1 << 30
    }

    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn finish(mut self) -> Segment {
        let order = |p: &Piece| (Reverse(p.meta.touched), Reverse(p.meta.id), p.meta.object);
        self.pieces.sort_unstable_by_key(order);
        let text = |piece: &Piece| self.text.get(piece.from as usize..piece.to as usize).unwrap_or_default();
        let mut arrays = Arrays { len: self.pieces.len(), ..Arrays::default() };
        arrays.postings = postings::write(|| self.pieces.iter().map(|piece| (piece.meta.object, text(piece))));
        let mut blocks = Vec::with_capacity(self.text.len() + 24 * self.pieces.len());
        let start = |blocks: &Vec<u8>| u32::try_from(blocks.len()).unwrap_or(u32::MAX);
        for group in self.pieces.chunks(GROUP) {
            arrays.starts.push(start(&blocks));
            arrays.newest.extend(group.first().map(|piece| piece.meta.touched));
            write_group(group.iter().map(|piece| (piece.meta, text(piece))), &mut blocks);
        }
        self.text = Vec::new();
        let mut keys: Vec<(Key, u32)> = self.pieces.iter().map(|p| (p.meta.object, p.meta.id)).zip(0..).collect();
        keys.sort_unstable();
        for block in keys.chunks(KEYS) {
            arrays.starts.push(start(&blocks));
            write_keys(block, &mut blocks);
        }
        arrays.starts.push(start(&blocks));
        for ((object, id), _) in keys.iter().step_by(KEYS).chain(keys.last()) {
            arrays.key_objects.push(*object);
            arrays.key_ids.push(*id);
        }
        blocks.shrink_to_fit();
        Segment::new(arrays, Blocks::Memory(blocks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posting_lists_come_back_whatever_their_density() {
        for step in [1, 2, 7, 8, 9, 254, 255, 256, 511, 4000] {
            let list: Vec<u16> = (0..4096).filter(|g| g % step == step / 2).collect();
            let postings = postings::write_each(SEGMENT, &[(5, list.clone()), (1 << 27, vec![4095])]);
            let arrays = Arrays { len: SEGMENT, postings, ..Arrays::default() };
            let segment = Segment::new(arrays, Blocks::Memory(Vec::new()));
            let mut groups = Groups::NONE;
            segment.add_groups(5, &mut groups);
            assert!(groups.iter().eq(list.iter().map(|g| usize::from(*g))), "step {step}");
        }
    }
}
