//! Postings of a segment while they are made: which gram occurs in which group.
//!
//! A flat table has a slot for nearly every gram that can be (the pages of those that are not are never
//! touched), a hash map those of the rest. The texts are gone through twice: first each gram adds up how
//! long its list gets, then it writes its list to its place. Noting what was found instead would need more
//! memory than the index itself.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::fold::{END, decode};
use super::gram::{self, FLAT, Field};
use super::segment::GROUP;

/// Set in a list's place: it is a bitmap.
const BITMAP: u32 = 1 << 31;

/// The lists of a segment.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Postings {
    pub(super) grams: Vec<u32>,
    /// Where the list of each gram starts, and the end.
    pub(super) offsets: Vec<u32>,
    pub(super) lists: Vec<u8>,
}

impl Postings {
    /// The list of a gram, empty if it has none.
    pub(super) fn list(&self, gram: u32) -> &[u8] {
        let Ok(at) = self.grams.binary_search(&gram) else { return &[] };
        let from = self.offsets.get(at).copied().unwrap_or_default() as usize;
        let to = self.offsets.get(at + 1).copied().unwrap_or_default() as usize;
        self.lists.get(from..to).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        4 * (self.grams.capacity() + self.offsets.capacity()) + self.lists.capacity()
    }
}

/// Makes the postings of a segment from objects and texts of its documents, which are gone through twice.
pub(super) fn write<'a, Docs: Iterator<Item = (u16, &'a [u8])>>(docs: impl Fn() -> Docs) -> Postings {
    let mut table = Table::new();
    let mut count = 0;
    each_gram(docs().inspect(|_| count += 1), |gram, group| table.add_up(gram, group));
    let mut postings = table.lay_out(count);
    each_gram(docs(), |gram, group| table.write(gram, group, &mut postings.lists));
    postings
}

/// Calls `put` with each gram of each group, which tells whether the group was not known to have it.
fn each_gram<'a>(docs: impl Iterator<Item = (u16, &'a [u8])>, mut put: impl FnMut(u32, u16) -> bool) {
    let mut codes = Vec::new();
    for (place, (object, text)) in docs.enumerate() {
        let group = u16::try_from(place / GROUP).unwrap_or(u16::MAX);
        put(gram::object(object), group);
        let mut field = Field::Title;
        for value in text.split(|b| *b == END) {
            if !value.is_empty() {
                decode(value, &mut codes);
                gram::of_value(value, &codes, field, &mut |gram| put(gram, group));
            }
            field = Field::Value;
        }
    }
}

/// By the place of a gram. Most looks end at `after`, which is small enough for the nearer caches.
struct Table {
    /// The group after the last one that has the gram.
    after: Vec<u16>,
    /// The bytes of its list, then where the next one goes.
    lists: Vec<u32>,
    /// Places behind the flat ones of grams that have none of these.
    others: HashMap<u32, u32, BuildHasherDefault<GramHasher>>,
    /// All grams, with their places.
    grams: Vec<(u32, u32)>,
}

impl Table {
    fn new() -> Table {
        Table {
            after: vec![0; FLAT as usize],
            lists: vec![0; FLAT as usize],
            others: HashMap::default(),
            grams: Vec::new(),
        }
    }

    #[inline]
    fn place(&mut self, gram: u32) -> u32 {
        gram::flat_place(gram).unwrap_or_else(|| {
            let fresh = u32::try_from(self.after.len()).unwrap_or(u32::MAX);
            let place = *self.others.entry(gram).or_insert(fresh);
            if place == fresh {
                self.after.push(0);
                self.lists.push(0);
            }
            place
        })
    }

    /// The place of a gram that the group was not known to have, and the groups left out before it.
    #[inline]
    fn fresh(&mut self, gram: u32, group: u16) -> Option<(u32, u16, bool)> {
        let place = self.place(gram);
        let after = self.after.get_mut(place as usize)?;
        let gap = group.checked_sub(*after)?;
        let first = *after == 0;
        *after = group + 1;
        Some((place, gap, first))
    }

    #[inline]
    fn add_up(&mut self, gram: u32, group: u16) -> bool {
        let Some((place, gap, first)) = self.fresh(gram, group) else { return false };
        if first {
            self.grams.push((gram, place));
        }
        if let Some(bytes) = self.lists.get_mut(place as usize) {
            *bytes += 1 + u32::from(gap / 255);
        }
        true
    }

    /// Gives each list its place, in order of grams.
    fn lay_out(&mut self, docs: usize) -> Postings {
        let bitmap = u32::try_from(docs.div_ceil(GROUP).div_ceil(8)).unwrap_or(u32::MAX);
        let mut grams = std::mem::take(&mut self.grams);
        grams.sort_unstable();
        let (sorted, offsets) = (Vec::with_capacity(grams.len()), Vec::with_capacity(grams.len() + 1));
        let mut postings = Postings { grams: sorted, offsets, lists: Vec::new() };
        let mut end = 0_u32;
        for (gram, place) in grams {
            postings.grams.push(gram);
            postings.offsets.push(end);
            if let Some(list) = self.lists.get_mut(place as usize) {
                let bytes = bitmap.min(*list);
                *list = if bytes == bitmap { end | BITMAP } else { end };
                end = end.saturating_add(bytes);
            }
        }
        postings.offsets.push(end);
        postings.lists = vec![0; end as usize];
        self.after = vec![0; self.after.len()];
        postings
    }

    /// Writes the next group of a list: gaps of one byte (255 adds up), or a bit where it is a bitmap.
    #[inline]
    fn write(&mut self, gram: u32, group: u16, postings: &mut [u8]) -> bool {
        let Some((place, mut gap, _)) = self.fresh(gram, group) else { return false };
        let Some(list) = self.lists.get_mut(place as usize) else { return false };
        if *list & BITMAP != 0 {
            if let Some(byte) = postings.get_mut((*list & !BITMAP) as usize + usize::from(group / 8)) {
                *byte |= 1 << (group % 8);
            }
            return true;
        }
        while let Some(byte) = postings.get_mut(*list as usize) {
            *list += 1;
            *byte = u8::try_from(gap).unwrap_or(u8::MAX);
            if *byte < u8::MAX {
                break;
            }
            gap -= 255;
        }
        true
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

/// Writes lists as given, for tests of how they are read.
#[cfg(test)]
pub(super) fn write_each(docs: usize, lists: &[(u32, Vec<u16>)]) -> Postings {
    let mut table = Table::new();
    let all = || lists.iter().flat_map(|(gram, list)| list.iter().map(|group| (*gram, *group)));
    all().for_each(|(gram, group)| assert!(table.add_up(gram, group)));
    let mut postings = table.lay_out(docs);
    all().for_each(|(gram, group)| assert!(table.write(gram, group, &mut postings.lists)));
    postings
}
