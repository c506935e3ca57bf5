//! A segment: an immutable run of documents, newest first, with the postings of its groups.
//!
//! Postings hold groups of [`GROUP`] neighbouring documents, not documents: a group repeats most of its
//! grams, so the lists are a third of the size, and a candidate group is verified in one read of
//! about two kilobytes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::fold::{END, decode};
use super::gram::{self, Field};

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
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Segment {
    /// Codes of all documents, each value ended by [`END`].
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
    /// A bit for each removed document.
    pub(super) dead: Vec<u64>,
}

impl Segment {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
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

    fn is_dead(&self, place: usize) -> bool {
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

    fn bitmap_len(&self) -> usize {
        self.len().div_ceil(GROUP).div_ceil(8)
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
        let mut segment = Segment {
            text: Vec::with_capacity(self.text.len()),
            starts: Vec::with_capacity(count + 1),
            ids: self.metas.iter().map(|m| m.id).collect(),
            objects: self.metas.iter().map(|m| m.object).collect(),
            touched: self.metas.iter().map(|m| m.touched).collect(),
            by_key: (0..).take(count).collect(),
            dead: vec![0; count.div_ceil(64)],
            ..Segment::default()
        };
        segment.starts.push(0);
        for meta in &self.metas {
            let text = self.text.get(meta.from as usize..meta.to as usize).unwrap_or_default();
            segment.text.extend_from_slice(text);
            segment.starts.push(u32::try_from(segment.text.len()).unwrap_or(u32::MAX));
        }
        self.text = Vec::new();
        let metas = &self.metas;
        segment.by_key.sort_unstable_by_key(|p| metas.get(*p as usize).map(|m| (m.object, m.id)));
        self.metas = Vec::new();
        Occurrences::of(&segment).write(&mut segment);
        segment
    }
}

/// Which gram occurs in which group, as slots in order of groups.
struct Occurrences {
    /// Per gram its slot and the last group that had it, plus one.
    slots: HashMap<u32, (u32, u32), BuildHasherDefault<GramHasher>>,
    /// Grams seen lately, with their group: most repeats end here, in the nearest cache.
    recent: Vec<(u32, u32)>,
    seen: Vec<u32>,
    group_ends: Vec<usize>,
}

const RECENT: usize = 1 << 12;

impl Occurrences {
    fn of(segment: &Segment) -> Occurrences {
        let mut all = Occurrences {
            slots: HashMap::default(),
            recent: vec![(0, 0); RECENT],
            seen: Vec::new(),
            group_ends: Vec::new(),
        };
        let mut codes = Vec::new();
        for group in 0..segment.len().div_ceil(GROUP) {
            let mark = u32::try_from(group).unwrap_or_default() + 1;
            for place in (group * GROUP..segment.len()).take(GROUP) {
                let Some(entry) = segment.entry(place) else {
                    continue;
                };
                all.add(gram::object(entry.object), mark);
                let mut field = Field::Title;
                for value in entry.text.split(|b| *b == END) {
                    if !value.is_empty() {
                        decode(value, &mut codes);
                        gram::of_value(value, &codes, field, &mut |gram| all.add(gram, mark));
                    }
                    field = Field::Value;
                }
            }
            all.group_ends.push(all.seen.len());
        }
        all
    }

    fn add(&mut self, gram: u32, mark: u32) {
        let hash = gram.wrapping_mul(0x9E37_79B1) >> 20;
        if let Some(recent) = self.recent.get_mut(hash as usize) {
            if *recent == (gram, mark) {
                return;
            }
            *recent = (gram, mark);
        }
        let fresh = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        let (slot, last) = self.slots.entry(gram).or_insert((fresh, 0));
        if *last != mark {
            *last = mark;
            self.seen.push(*slot);
        }
    }

    fn write(self, segment: &mut Segment) {
        let mut grams: Vec<(u32, u32)> = self.slots.into_iter().map(|(gram, (slot, _))| (gram, slot)).collect();
        grams.sort_unstable();
        let mut counts = vec![0_u32; grams.len()];
        for slot in &self.seen {
            if let Some(count) = counts.get_mut(*slot as usize) {
                *count += 1;
            }
        }
        let mut next = vec![0; grams.len()];
        let mut end = 0;
        for (_, slot) in &grams {
            if let (Some(next), Some(count)) = (next.get_mut(*slot as usize), counts.get(*slot as usize)) {
                *next = end;
                end += *count as usize;
            }
        }
        let mut groups = vec![0_u16; self.seen.len()];
        let mut from = 0;
        for (group, end) in self.group_ends.iter().enumerate() {
            for slot in self.seen.get(from..*end).unwrap_or_default() {
                if let Some(next) = next.get_mut(*slot as usize) {
                    if let Some(place) = groups.get_mut(*next) {
                        *place = u16::try_from(group).unwrap_or(u16::MAX);
                    }
                    *next += 1;
                }
            }
            from = *end;
        }
        drop(self.seen);
        write_postings(segment, &grams, &counts, &groups);
    }
}

fn write_postings(segment: &mut Segment, grams: &[(u32, u32)], counts: &[u32], groups: &[u16]) {
    let bitmap = segment.bitmap_len();
    let (mut from, mut out) = (0, Vec::with_capacity(groups.len()));
    segment.offsets.push(0);
    for (gram, slot) in grams {
        let count = counts.get(*slot as usize).map_or(0, |c| *c as usize);
        let list = groups.get(from..from + count).unwrap_or_default();
        from += count;
        write_list(list, bitmap, &mut out);
        segment.grams.push(*gram);
        segment.offsets.push(u32::try_from(out.len()).unwrap_or(u32::MAX));
    }
    out.shrink_to_fit();
    segment.postings = out;
    segment.grams.shrink_to_fit();
    segment.offsets.shrink_to_fit();
}

/// Gaps of one byte (255 adds up), or a bitmap when that is not longer.
fn write_list(list: &[u16], bitmap: usize, out: &mut Vec<u8>) {
    let start = out.len();
    let mut next = 0;
    for group in list {
        let mut gap = group - next;
        while gap >= 255 {
            out.push(255);
            gap -= 255;
        }
        out.push(u8::try_from(gap).unwrap_or_default());
        next = group + 1;
        if out.len() - start >= bitmap {
            out.truncate(start);
            out.resize(start + bitmap, 0);
            for group in list {
                if let Some(byte) = out.get_mut(start + usize::from(group / 8)) {
                    *byte |= 1 << (group % 8);
                }
            }
            return;
        }
    }
}

/// Spreads a gram over 64 bits by one multiplication.
#[derive(Default)]
struct GramHasher(u64);

impl Hasher for GramHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u32(u32::from(*b)));
    }
    fn write_u32(&mut self, gram: u32) {
        let spread = (self.0 ^ u64::from(gram)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = spread ^ spread >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posting_lists_come_back_whatever_their_density() {
        for step in [1, 2, 7, 8, 9, 254, 255, 256, 511, 4000] {
            let list: Vec<u16> = (0..4096).filter(|g| g % step == step / 2).collect();
            let mut segment = Segment { ids: vec![0; SEGMENT], grams: vec![5], ..Segment::default() };
            write_list(&list, segment.bitmap_len(), &mut segment.postings);
            segment.offsets = vec![0, u32::try_from(segment.postings.len()).unwrap_or_default()];
            let mut groups = Groups::NONE;
            segment.add_groups(5, &mut groups);
            assert!(groups.iter().eq(list.iter().map(|g| usize::from(*g))), "step {step}");
        }
    }
}
