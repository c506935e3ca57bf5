//! The index: immutable segments, the tombstones in them, and a delta of recent changes.

use std::collections::HashMap;
use std::thread::JoinHandle;

use super::fold::{END, encode, phone_digits};
use super::segment::{Entry, SEGMENT, Segment, SegmentBuilder};

/// Documents in the delta before it becomes a segment.
const DELTA: usize = 2048;
/// Small segments of like size are merged when there are so many.
const FAN_IN: usize = 8;
/// Upserts merge segments up to this many documents; larger ones wait for [`Index::compact`].
const EAGER: usize = DELTA * FAN_IN;

/// A document: a record of any object with what it is found by.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'a> {
    /// The record's id, unique within its object.
    pub id: i64,
    /// The object's number, as the caller numbers them.
    pub object: u16,
    /// What the record is called; matches here rank above others.
    pub title: &'a str,
    /// Other searchable values: short name, phone, code, email, city.
    pub extra: &'a [&'a str],
    /// When it was last touched: seconds since 1970, or any number that grows.
    pub touched: u32,
}

/// Appends the indexed text of a document.
pub(super) fn write_text(title: &str, extra: &[&str], out: &mut Vec<u8>) {
    for (at, value) in std::iter::once(&title).chain(extra).enumerate() {
        let from = out.len();
        encode(value.trim(), out);
        if let Some(digits) = out.get(from..).and_then(|folded| phone_digits(folded, 5)) {
            out.truncate(from);
            out.extend_from_slice(&digits);
        }
        if at == 0 || out.len() > from {
            out.push(END);
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) touched: u32,
    pub(super) text: Vec<u8>,
}

/// The search index over all objects. Queries take `&self`, changes `&mut self`.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) segments: Vec<Segment>,
    pub(super) delta: HashMap<(u16, i64), Change>,
}

impl Index {
    /// An empty index.
    #[must_use]
    pub fn new() -> Index {
        Index::default()
    }

    /// The number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.delta.len() + self.segments.iter().map(Segment::live).sum::<usize>()
    }

    /// Whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory that the index holds, without the allocator's own.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let delta = self.delta.values().map(|change| change.text.capacity() + 64).sum::<usize>();
        delta + self.segments.iter().map(Segment::bytes).sum::<usize>()
    }

    /// Adds a document, or replaces the one with its object and id.
    pub fn upsert(&mut self, doc: &Doc<'_>) {
        self.remove(doc.object, doc.id);
        let mut text = Vec::new();
        write_text(doc.title, doc.extra, &mut text);
        self.delta.insert((doc.object, doc.id), Change { touched: doc.touched, text });
        if self.delta.len() >= DELTA {
            self.seal();
        }
    }

    /// Removes a document; false if there was none.
    pub fn remove(&mut self, object: u16, id: i64) -> bool {
        self.delta.remove(&(object, id)).is_some() || self.segments.iter_mut().any(|s| s.remove(object, id))
    }

    /// Whether [`Index::compact`] would make queries faster or the index smaller.
    #[must_use]
    pub fn wants_compaction(&self) -> bool {
        self.segments.iter().filter(|s| worn(s)).count() > 1 || self.segments.iter().any(|s| s.live() * 2 < s.len())
    }

    /// Merges small segments and drops removed documents: about a second for a million changes.
    /// Meant for an idle moment or a clone on another thread.
    pub fn compact(&mut self) {
        self.seal();
        let (merge, keep) = std::mem::take(&mut self.segments).into_iter().partition(worn);
        self.segments = keep;
        self.merge(merge);
    }

    fn seal(&mut self) {
        if self.delta.is_empty() {
            return;
        }
        let mut builder = SegmentBuilder::default();
        for (key, change) in std::mem::take(&mut self.delta) {
            builder.push(change.entry(key));
        }
        self.segments.push(builder.finish());
        let small: Vec<usize> = (0..self.segments.len())
            .filter(|at| self.segments.get(*at).is_some_and(|s| s.len() <= EAGER / FAN_IN))
            .collect();
        if small.len() >= FAN_IN {
            let (merge, keep) = std::mem::take(&mut self.segments).into_iter().partition(|s| s.len() <= EAGER / FAN_IN);
            self.segments = keep;
            self.merge(merge);
        }
    }

    fn merge(&mut self, segments: Vec<Segment>) {
        let mut builder = SegmentBuilder::default();
        for segment in segments {
            for entry in segment.entries() {
                builder.push(entry);
                if builder.is_full() {
                    self.segments.push(std::mem::take(&mut builder).finish());
                }
            }
        }
        if !builder.is_empty() {
            self.segments.push(builder.finish());
        }
    }
}

impl Change {
    pub(super) fn entry(&self, (object, id): (u16, i64)) -> Entry<'_> {
        Entry { id, object, touched: self.touched, text: &self.text }
    }
}

/// Small, or half of it removed.
fn worn(segment: &Segment) -> bool {
    segment.len() < SEGMENT / 2 || segment.live() * 2 < segment.len()
}

/// Builds an index from a stream of documents; each key at most once. Documents pushed newest first make
/// the fastest index, but any order is right. One more thread works while the caller pushes.
#[derive(Debug, Default)]
pub struct Builder {
    index: Index,
    current: SegmentBuilder,
    working: Option<JoinHandle<Segment>>,
    text: Vec<u8>,
}

impl Builder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Adds a document.
    pub fn push(&mut self, doc: &Doc<'_>) {
        self.text.clear();
        write_text(doc.title, doc.extra, &mut self.text);
        let entry = Entry { id: doc.id, object: doc.object, touched: doc.touched, text: &self.text };
        self.current.push(entry);
        if self.current.is_full() {
            self.collect();
            let full = std::mem::take(&mut self.current);
            self.working = Some(std::thread::spawn(|| full.finish()));
        }
    }

    fn collect(&mut self) {
        if let Some(thread) = self.working.take() {
            match thread.join() {
                Ok(segment) => self.index.segments.push(segment),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    }

    /// The finished index.
    #[must_use]
    pub fn finish(mut self) -> Index {
        let last = std::mem::take(&mut self.current);
        let last = (!last.is_empty()).then(|| last.finish());
        self.collect();
        self.index.segments.extend(last);
        self.index
    }
}
