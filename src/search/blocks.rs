//! What a segment need not have at hand: the texts and keys of its documents, in blocks of one group each,
//! then the keys of all documents in order. They lie in memory while the segment is young, else in the
//! snapshot, of which the system keeps in memory what is used.

use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use super::checksum;
use super::file_at::{Source, as_u64};

/// Ends the text of each document within its group.
pub(super) const DOC_END: u8 = 3;
/// Object and id of a document.
pub(super) type Key = (u16, i64);
/// Keys of a block.
pub(super) const KEYS: usize = 128;
const SUM: usize = 8;
const LENGTH: usize = 4;
/// Object, id and place.
const KEY_WIDTH: usize = 14;

/// The blocks of a segment, one after the other.
#[derive(Debug)]
pub(super) enum Blocks {
    Memory(Vec<u8>),
    File { source: Arc<Source>, from: u64, len: usize },
}

impl Blocks {
    pub(super) fn len(&self) -> usize {
        match self {
            Blocks::Memory(bytes) => bytes.len(),
            Blocks::File { len, .. } => *len,
        }
    }

    /// Bytes of memory.
    pub(super) fn resident(&self) -> usize {
        match self {
            Blocks::Memory(bytes) => bytes.capacity(),
            Blocks::File { .. } => 0,
        }
    }

    pub(super) fn is_damaged(&self) -> bool {
        matches!(self, Blocks::File { source, .. } if source.is_damaged())
    }

    /// The bytes of the range as they are; `None` if they can't be read.
    pub(super) fn raw<'a>(&'a self, range: Range<usize>, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        match self {
            Blocks::Memory(bytes) => bytes.get(range),
            Blocks::File { source, from, .. } => {
                if buffer.len() < range.len() {
                    buffer.resize(range.len(), 0);
                }
                let bytes = buffer.get_mut(..range.len())?;
                let at = from + u64::try_from(range.start).ok()?;
                source.read_at(bytes, at).ok().map(|()| &*bytes)
            }
        }
    }

    /// What is in the block of this range. Nothing, and a note of it, if that is not what was written.
    fn content<'a>(&'a self, range: Range<usize>, window: &'a mut Window) -> &'a [u8] {
        let (source, from, len) = match self {
            Blocks::Memory(bytes) => {
                let block = bytes.get(range).and_then(|block| block.split_last_chunk::<SUM>());
                return block.map_or(&[], |(content, _)| content);
            }
            Blocks::File { source, from, len } => (source, *from, *len),
        };
        let read = window.read(source, from, range, len);
        match read.and_then(|block| block.split_last_chunk::<SUM>()) {
            Some((content, sum)) if checksum::of(content) == u64::from_le_bytes(*sum) => content,
            _ => {
                source.set_damaged();
                &[]
            }
        }
    }

    /// The group in the block of this range, whose first document has the place `base`.
    pub(super) fn group<'a>(&'a self, range: Range<usize>, base: usize, window: &'a mut Window) -> Group<'a> {
        let content = self.content(range, window);
        let split = content.split_last_chunk::<LENGTH>().and_then(|(content, len)| {
            let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
            content.split_at_checked(len)
        });
        let (text, metas) = split.unwrap_or_default();
        Group { base, text, metas }
    }

    /// The places of the documents with this key in the block of keys of this range.
    pub(super) fn places_of(&self, key: Key, range: Range<usize>, window: &mut Window) -> Vec<usize> {
        let mut places = Vec::new();
        self.each_key(range, window, |found, place| {
            if found == key {
                places.push(place);
            }
        });
        places
    }

    /// Calls `take` with each key of the block of keys of this range, and the place of its document.
    pub(super) fn each_key(&self, range: Range<usize>, window: &mut Window, mut take: impl FnMut(Key, usize)) {
        for bytes in self.content(range, window).as_chunks::<KEY_WIDTH>().0 {
            let Some((object, rest)) = bytes.split_first_chunk::<2>() else { continue };
            let Some((id, place)) = rest.split_first_chunk::<8>() else { continue };
            let Ok(place) = place.try_into().map(u32::from_le_bytes) else { continue };
            take((u16::from_le_bytes(*object), i64::from_le_bytes(*id)), place as usize);
        }
    }
}

/// A part of a file in memory. Who reads on where the last read ended gets more than asked for, ever more.
#[derive(Debug, Default)]
pub(super) struct Window {
    bytes: Vec<u8>,
    /// The part: its place in a file, known by its address.
    source: usize,
    part: Range<u64>,
    ahead: usize,
}

/// Bytes between two blocks that are read over rather than left out.
const NEAR: u64 = 8 << 10;
/// Bytes read at once at most.
const AHEAD: usize = 128 << 10;

impl Window {
    /// The range of the blocks at `from` to `from + len` in a file.
    fn read(&mut self, source: &Arc<Source>, from: u64, range: Range<usize>, len: usize) -> Option<&[u8]> {
        let at = from + as_u64(range.start);
        let id = Arc::as_ptr(source).addr();
        let is_same = self.source == id && self.part.start <= at;
        if !is_same || at + as_u64(range.len()) > self.part.end {
            let goes_on = is_same && at <= self.part.end + NEAR;
            self.ahead = if goes_on { (2 * self.ahead).clamp(2 * range.len(), AHEAD) } else { 0 };
            let size = range.len().max(self.ahead.min(len.saturating_sub(range.start)));
            if self.bytes.len() < size {
                self.bytes.resize(size, 0);
            }
            self.source = 0;
            source.read_at(self.bytes.get_mut(..size)?, at).ok()?;
            (self.source, self.part) = (id, at..at + as_u64(size));
        }
        let start = usize::try_from(at - self.part.start).ok()?;
        self.bytes.get(start..start + range.len())
    }
}

/// Ends the block that began at `from` with its checksum.
fn seal(blocks: &mut Vec<u8>, from: usize) {
    let sum = checksum::of(blocks.get(from..).unwrap_or_default());
    blocks.extend_from_slice(&sum.to_le_bytes());
}

/// What ranking needs to know of a document beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) id: i64,
    pub(super) object: u16,
    pub(super) touched: u32,
}

/// Appends the block of a group of documents, newest first.
pub(super) fn write_group<'a>(docs: impl Iterator<Item = (Meta, &'a [u8])> + Clone, blocks: &mut Vec<u8>) {
    let from = blocks.len();
    for (_, text) in docs.clone() {
        blocks.extend_from_slice(text);
        blocks.push(DOC_END);
    }
    let len = u32::try_from(blocks.len() - from).unwrap_or(u32::MAX);
    let mut before = Meta::default();
    for (meta, _) in docs {
        let step = meta.id.wrapping_sub(before.id);
        put_varint((step << 1 ^ step >> 63).cast_unsigned(), blocks);
        put_varint(u64::from(before.touched.wrapping_sub(meta.touched)), blocks);
        put_varint(u64::from(meta.object), blocks);
        before = meta;
    }
    blocks.extend_from_slice(&len.to_le_bytes());
    seal(blocks, from);
}

/// Appends a block of keys with the places of their documents.
pub(super) fn write_keys(keys: &[(Key, u32)], blocks: &mut Vec<u8>) {
    let from = blocks.len();
    for ((object, id), place) in keys {
        blocks.extend_from_slice(&object.to_le_bytes());
        blocks.extend_from_slice(&id.to_le_bytes());
        blocks.extend_from_slice(&place.to_le_bytes());
    }
    seal(blocks, from);
}

fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7F).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or_default());
}

fn varint(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = bytes.next()?;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// The documents of a group.
#[derive(Clone, Copy, Default)]
pub(super) struct Group<'a> {
    /// The place of the first one in the segment.
    base: usize,
    /// The texts of all, each ended by [`DOC_END`]; removed documents included.
    pub(super) text: &'a [u8],
    metas: &'a [u8],
}

impl<'a> Group<'a> {
    /// Each document's place and text.
    pub(super) fn texts(self) -> impl Iterator<Item = (usize, &'a [u8])> {
        let ends = memchr_iter(DOC_END, self.text);
        ends.scan(0, move |from, end| Some(self.text.get(std::mem::replace(from, end + 1)..end).unwrap_or_default()))
            .enumerate()
            .map(move |(at, text)| (self.base + at, text))
    }

    /// Where in [`Group::text`] the document is that has the byte `at`.
    pub(super) fn around(self, at: usize) -> Range<usize> {
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, &[]));
        let start = memrchr(DOC_END, before).map_or(0, |end| end + 1);
        start..at + memchr(DOC_END, after).unwrap_or(after.len())
    }

    /// The place of the document that starts at `start` in [`Group::text`], as it follows the place of
    /// another that starts at `from`.
    pub(super) fn place(self, (from, place): (usize, usize), start: usize) -> usize {
        place + self.text.get(from..start).map_or(0, |passed| memchr_iter(DOC_END, passed).count())
    }

    /// The start and the place of the first document.
    pub(super) fn first(self) -> (usize, usize) {
        (0, self.base)
    }

    /// Puts what is known of all documents into `metas`.
    pub(super) fn metas(self, metas: &mut Vec<Meta>) {
        metas.clear();
        let mut bytes = self.metas.iter().copied();
        let mut before = Meta::default();
        let mut next = || {
            let (step, gap, object) = (varint(&mut bytes)?, varint(&mut bytes)?, varint(&mut bytes)?);
            let step = (step >> 1).cast_signed() ^ -(step & 1).cast_signed();
            let gap = u32::try_from(gap).ok()?;
            before = Meta {
                id: before.id.wrapping_add(step),
                object: u16::try_from(object).ok()?,
                touched: before.touched.wrapping_sub(gap),
            };
            Some(before)
        };
        metas.extend(std::iter::from_fn(&mut next));
    }
}

/// What a search writes on: kept from one group to the next.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) codes: Vec<u16>,
    pub(super) block: Window,
    pub(super) metas: Vec<Meta>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_and_keys_come_back(docs in prop::collection::vec((any::<i64>(), any::<u16>(), any::<u32>(), "[a-z\u{1}]{0,9}"), 1..33)) {
            let metas: Vec<Meta> = docs.iter().map(|(id, object, touched, _)| Meta { id: *id, object: *object, touched: *touched }).collect();
            let mut bytes = vec![7; 5];
            write_group(metas.iter().copied().zip(docs.iter().map(|d| d.3.as_bytes())), &mut bytes);
            let end = bytes.len();
            let keys: Vec<(Key, u32)> = metas.iter().zip(0..).map(|(m, place)| ((m.object, m.id), place)).collect();
            write_keys(&keys, &mut bytes);
            let all = bytes.len();
            let (blocks, mut buffer) = (Blocks::Memory(bytes), Window::default());
            let group = blocks.group(5..end, 64, &mut buffer);
            let texts: Vec<_> = group.texts().collect();
            let expected: Vec<_> = docs.iter().enumerate().map(|(at, d)| (64 + at, d.3.as_bytes())).collect();
            prop_assert_eq!(texts, expected);
            let mut found = Vec::new();
            group.metas(&mut found);
            prop_assert_eq!(&found, &metas);
            let last = docs.len() - 1;
            let start = docs.iter().take(last).map(|d| d.3.len() + 1).sum::<usize>();
            prop_assert_eq!(group.around(start), start..group.text.len() - 1);
            prop_assert_eq!(group.place(group.first(), start), 64 + last);
            for (key, place) in keys {
                let mut buffer = Window::default();
                prop_assert!(blocks.places_of(key, end..all, &mut buffer).contains(&(place as usize)));
            }
        }
    }
}
