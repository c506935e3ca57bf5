//! A segment: an immutable run of documents, newest first, with the postings of its groups.
//!
//! Postings hold groups of [`GROUP`] neighbouring documents, not documents: a group repeats most of its
//! grams, so the lists are a third of the size, and a candidate group is verified in one read of
//! about two kilobytes.

use std::ops::Deref;
use std::sync::Arc;

use super::postings;

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
    pub(super) id: i64,
    pub(super) object: u16,
    pub(super) touched: u32,
    pub(super) text: &'a [u8],
}

/// The arrays of a segment, as they are also saved.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Arrays {
    /// Codes of all documents, each value ended by [`END`](super::fold::END).
    pub(super) text: Vec<u8>,
    /// Where each document starts, and the end.
    pub(super) starts: Vec<u32>,
    pub(super) ids: Vec<i64>,
    pub(super) objects: Vec<u16>,
    pub(super) touched: Vec<u32>,
    /// Places in order of (object, id).
    pub(super) by_key: Vec<u32>,
    pub(super) grams: Vec<u32>,
    /// Where the postings of each gram start, and the end.
    pub(super) offsets: Vec<u32>,
    pub(super) postings: Vec<u8>,
}

impl Arrays {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn bitmap_len(&self) -> usize {
        self.len().div_ceil(GROUP).div_ceil(8)
    }
}

/// A segment in use: its arrays, which copies of the index share, and what was removed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    arrays: Arc<Arrays>,
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
    pub(super) fn new(arrays: Arrays) -> Segment {
        let dead = vec![0; arrays.len().div_ceil(64)];
        Segment::with_dead(arrays, dead)
    }

    pub(super) fn with_dead(arrays: Arrays, dead: Vec<u64>) -> Segment {
        Segment { arrays: Arc::new(arrays), dead }
    }

    /// Whether both have the same documents, whatever was removed from them.
    pub(super) fn is_copy_of(&self, other: &Segment) -> bool {
        Arc::ptr_eq(&self.arrays, &other.arrays)
    }

    /// Object and id of what was removed here, but not yet in an earlier copy.
    pub(super) fn removed_since(&self, earlier: &Segment) -> Vec<(u16, i64)> {
        let words = self.dead.iter().zip(&earlier.dead).enumerate().filter(|(_, (now, then))| now != then);
        let places = words.flat_map(|(at, (now, then))| {
            let fresh = now & !then;
            (0..64).filter(move |bit| fresh >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        });
        places.filter_map(|at| Some((*self.objects.get(at)?, *self.ids.get(at)?))).collect()
    }

    pub(super) fn live(&self) -> usize {
        self.len().saturating_sub(self.dead.iter().map(|w| w.count_ones() as usize).sum())
    }

    pub(super) fn newest(&self) -> u32 {
        self.touched.first().copied().unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len()
            + 4 * (self.starts.len() + self.touched.len() + self.by_key.len() + self.grams.len() + self.offsets.len())
            + 8 * (self.ids.len() + self.dead.len())
            + 2 * self.objects.len()
            + self.postings.len()
    }

    pub(super) fn is_dead(&self, place: usize) -> bool {
        self.dead.get(place / 64).is_some_and(|w| w >> (place % 64) & 1 == 1)
    }

    /// The live document at a place.
    pub(super) fn entry(&self, place: usize) -> Option<Entry<'_>> {
        let from = *self.starts.get(place)? as usize;
        let to = *self.starts.get(place + 1)? as usize;
        if self.is_dead(place) {
            return None;
        }
        Some(Entry {
            id: *self.ids.get(place)?,
            object: *self.objects.get(place)?,
            touched: *self.touched.get(place)?,
            text: self.text.get(from..to)?,
        })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).filter_map(|place| self.entry(place))
    }

    /// The places of a group's documents.
    pub(super) fn group(&self, group: usize) -> std::ops::Range<usize> {
        group * GROUP..((group + 1) * GROUP).min(self.len())
    }

    /// The place of a group's document whose text has the byte `at` of the group's text.
    pub(super) fn place_of(&self, group: usize, at: usize) -> usize {
        let base = self.starts.get(group * GROUP).copied().unwrap_or_default() as usize;
        let starts = self.starts.get(self.group(group)).unwrap_or_default();
        group * GROUP + starts.partition_point(|start| *start as usize <= base + at).saturating_sub(1)
    }

    /// Text of a whole group, removed documents included.
    pub(super) fn group_text(&self, group: usize) -> &[u8] {
        let from = self.starts.get(group * GROUP).copied().unwrap_or_default() as usize;
        let last = ((group + 1) * GROUP).min(self.len());
        let to = self.starts.get(last).copied().unwrap_or_default() as usize;
        self.text.get(from..to).unwrap_or_default()
    }

    /// Marks a document as removed; false if it is not here.
    pub(super) fn remove(&mut self, object: u16, id: i64) -> bool {
        let key = |place: &u32| {
            let at = *place as usize;
            (self.objects.get(at).copied().unwrap_or_default(), self.ids.get(at).copied().unwrap_or_default())
        };
        let from = self.by_key.partition_point(|place| key(place) < (object, id));
        let rest = self.by_key.get(from..).unwrap_or_default();
        let same = rest.iter().take_while(|place| key(place) == (object, id)).map(|p| *p as usize);
        let Some(place) = same.into_iter().find(|place| !self.is_dead(*place)) else {
            return false;
        };
        if let Some(word) = self.dead.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
        true
    }

    /// Adds the groups of a gram to `groups`.
    pub(super) fn add_groups(&self, gram: u32, groups: &mut Groups) {
        let Ok(at) = self.grams.binary_search(&gram) else {
            return;
        };
        let from = self.offsets.get(at).copied().unwrap_or_default() as usize;
        let to = self.offsets.get(at + 1).copied().unwrap_or_default() as usize;
        let list = self.postings.get(from..to).unwrap_or_default();
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

#[derive(Clone, Copy, Debug)]
struct Meta {
    id: i64,
    object: u16,
    touched: u32,
    from: u32,
    to: u32,
}

/// Collects the documents of one segment.
#[derive(Debug, Default)]
pub(super) struct SegmentBuilder {
    text: Vec<u8>,
    metas: Vec<Meta>,
}

impl SegmentBuilder {
    pub(super) fn push(&mut self, entry: Entry<'_>) {
        let from = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.extend_from_slice(entry.text);
        let to = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.metas.push(Meta { id: entry.id, object: entry.object, touched: entry.touched, from, to });
    }

    /// No more documents fit: by number, or by bytes where values are huge.
    pub(super) fn is_full(&self) -> bool {
        self.metas.len() >= SEGMENT || self.text.len() > 1 << 30
    }

    pub(super) fn is_empty(&self) -> bool {
        self.metas.is_empty()
    }

    pub(super) fn finish(mut self) -> Segment {
        self.metas.sort_unstable_by_key(|m| (std::cmp::Reverse(m.touched), std::cmp::Reverse(m.id), m.object));
        let count = self.metas.len();
        let mut arrays = Arrays {
            text: Vec::with_capacity(self.text.len()),
            starts: Vec::with_capacity(count + 1),
            ids: self.metas.iter().map(|m| m.id).collect(),
            objects: self.metas.iter().map(|m| m.object).collect(),
            touched: self.metas.iter().map(|m| m.touched).collect(),
            by_key: (0..).take(count).collect(),
            ..Arrays::default()
        };
        arrays.starts.push(0);
        for meta in &self.metas {
            let text = self.text.get(meta.from as usize..meta.to as usize).unwrap_or_default();
            arrays.text.extend_from_slice(text);
            arrays.starts.push(u32::try_from(arrays.text.len()).unwrap_or(u32::MAX));
        }
        self.text = Vec::new();
        let metas = &self.metas;
        arrays.by_key.sort_unstable_by_key(|p| metas.get(*p as usize).map(|m| (m.object, m.id)));
        self.metas = Vec::new();
        postings::write(&mut arrays);
        Segment::new(arrays)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posting_lists_come_back_whatever_their_density() {
        for step in [1, 2, 7, 8, 9, 254, 255, 256, 511, 4000] {
            let list: Vec<u16> = (0..4096).filter(|g| g % step == step / 2).collect();
            let mut arrays = Arrays { ids: vec![0; SEGMENT], ..Arrays::default() };
            postings::write_each(&mut arrays, &[(5, list.clone()), (1 << 27, vec![4095])]);
            let segment = Segment::new(arrays);
            let mut groups = Groups::NONE;
            segment.add_groups(5, &mut groups);
            assert!(groups.iter().eq(list.iter().map(|g| usize::from(*g))), "step {step}");
        }
    }
}
