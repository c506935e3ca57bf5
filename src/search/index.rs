//! The index: immutable segments, the tombstones in them, and a delta of recent changes.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::blocks::Meta;
use super::fold::{END, encode, phone_digits};
use super::segment::{Entry, SEGMENT, Segment, SegmentBuilder};
use super::snapshot::{Saving, Stamp};

/// Documents in the delta before it becomes a segment: that takes 2 ms.
const DELTA: usize = 1024;
/// Small segments of like size are merged when there are so many.
const FAN_IN: usize = 8;
/// Documents of the first segment while a snapshot is built: so much can be searched at once.
const FIRST: usize = 8192;
/// Segments that a builder finishes while more documents come.
const WORKERS: usize = 2;

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

    /// Bytes of memory that texts take which could rest in a snapshot.
    #[must_use]
    pub fn text_in_memory(&self) -> usize {
        self.segments.iter().map(|s| s.blocks.resident()).sum()
    }

    /// Bytes of all texts and keys, wherever they are.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.segments.iter().map(|s| s.blocks.len()).sum()
    }

    /// Whether the file of the snapshot is not what was written, so that answers may lack something: build
    /// the index anew.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.segments.iter().any(|s| s.blocks.is_damaged())
    }

    /// Leaves in the snapshot what [`Index::save`] has written of this or an earlier state of this index.
    pub fn rest_on(&mut self, saved: &Index) {
        for segment in &mut self.segments {
            if let Some(same) = saved.segments.iter().find(|s| s.is_copy_of(segment)) {
                *segment = segment.resting_on(Arc::clone(&same.blocks));
            }
        }
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

    /// Finds out what titles are typed with: searches by letters among some of all documents read few others then. A
    /// second or so for millions of documents, in the background.
    pub fn learn_letters(&self, stop: &AtomicBool) {
        let segments = self.segments.iter().take_while(|_| !stop.load(Ordering::Relaxed));
        segments.for_each(Segment::learn_letters);
    }

    /// Whether there is a [`Index::compaction`] worth its time.
    #[must_use]
    pub fn wants_compaction(&self) -> bool {
        !self.to_merge().is_empty()
    }

    /// Work that makes queries faster and the index smaller: small segments merged, removed documents
    /// dropped. Made in a moment, it runs anywhere, while the index is searched and changed.
    #[must_use]
    pub fn compaction(&self) -> Option<Compaction> {
        let from = self.to_merge();
        (!from.is_empty()).then(|| Compaction { from, into: Vec::new() })
    }

    /// Takes over what a compaction has done. Drop it after that where nobody waits: it holds the last
    /// copies of what it replaced.
    pub fn adopt(&mut self, done: &mut Compaction) {
        let mut removed = Vec::new();
        for from in &done.from {
            let Some(now) = self.segments.iter().find(|s| s.is_copy_of(from)) else { return };
            removed.extend(now.removed_since(from));
        }
        for (object, id) in removed {
            done.into.iter_mut().any(|s| s.remove(object, id));
        }
        self.segments.retain(|s| !done.from.iter().any(|from| s.is_copy_of(from)));
        self.segments.append(&mut done.into);
    }

    /// Merges all small segments and drops removed documents: about a second for a million changes.
    pub fn compact(&mut self) {
        self.seal();
        let from: Vec<Segment> = self.segments.iter().filter(|s| worn(s)).cloned().collect();
        if !from.is_empty() {
            let mut work = Compaction { from, into: Vec::new() };
            work.run();
            self.adopt(&mut work);
        }
    }

    /// The segments that are best merged next: so many of like size, or one of which half is gone.
    fn to_merge(&self) -> Vec<Segment> {
        let mut most = DELTA;
        while most < SEGMENT / 2 {
            most *= FAN_IN;
            let small = || self.segments.iter().filter(|s| s.len < most.min(SEGMENT / 2));
            if small().count() >= FAN_IN {
                return small().cloned().collect();
            }
        }
        self.segments.iter().filter(|s| s.live() * 2 < s.len).cloned().collect()
    }

    fn seal(&mut self) {
        if self.delta.is_empty() {
            return;
        }
        let mut builder = SegmentBuilder::default();
        for (key, change) in std::mem::take(&mut self.delta) {
            builder.push(Entry { meta: change.meta(key), text: &change.text });
        }
        self.segments.push(builder.finish());
    }
}

/// Segments and what they are merged into.
#[derive(Debug)]
pub struct Compaction {
    from: Vec<Segment>,
    into: Vec<Segment>,
}

impl Compaction {
    /// Does the work: up to a second. [`Index::adopt`] makes the index profit from it.
    pub fn run(&mut self) {
        let mut builder = SegmentBuilder::default();
        for segment in &self.from {
            segment.each_entry(|entry| {
                builder.push(entry);
                if builder.is_full() {
                    self.into.push(std::mem::take(&mut builder).finish());
                }
            });
        }
        if !builder.is_empty() {
            self.into.push(builder.finish());
        }
    }
}

impl Change {
    pub(super) fn meta(&self, (object, id): (u16, i64)) -> Meta {
        Meta { id, object, touched: self.touched }
    }
}

/// Small, or half of it removed.
fn worn(segment: &Segment) -> bool {
    segment.len < SEGMENT / 2 || segment.live() * 2 < segment.len
}

/// Builds an index from a stream of documents; each key at most once. Documents pushed newest first make
/// the fastest index, but any order is right. One or two more threads work while the caller pushes.
#[derive(Debug, Default)]
pub struct Builder {
    index: Index,
    current: SegmentBuilder,
    working: VecDeque<JoinHandle<Segment>>,
    text: Vec<u8>,
    saving: Option<Saving>,
    /// Segments that are done or being made.
    begun: u32,
}

impl Builder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> Builder {
        Builder::default()
    }

    /// A builder that writes the snapshot while it builds, to a new file open for reading and writing: texts
    /// leave the memory as soon as they are there. Where that fails they stay.
    #[must_use]
    pub fn saving(file: File) -> Builder {
        Builder { saving: Some(Saving::new(file)), ..Builder::default() }
    }

    /// Adds a document.
    pub fn push(&mut self, doc: &Doc<'_>) {
        self.text.clear();
        write_text(doc.title, doc.extra, &mut self.text);
        let meta = Meta { id: doc.id, object: doc.object, touched: doc.touched };
        self.current.push(Entry { meta, text: &self.text });
        let first = FIRST << self.begun.min(8);
        if self.current.is_full() || (self.saving.is_some() && self.current.len() >= first) {
            self.begun += 1;
            // While a snapshot is built, others want the memory, and the other core.
            if self.working.len() >= if self.saving.is_some() { 1 } else { WORKERS } {
                self.collect();
            }
            let full = std::mem::take(&mut self.current);
            self.working.push_back(std::thread::spawn(|| full.finish()));
        }
    }

    /// How many segments are searchable so far.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.index.segments.len()
    }

    /// What is searchable so far: whole segments of the documents pushed first.
    #[must_use]
    pub fn so_far(&self) -> &Index {
        &self.index
    }

    /// Waits for the segment that was begun first.
    fn collect(&mut self) {
        match self.working.pop_front().map(JoinHandle::join) {
            Some(Ok(segment)) => self.take(segment),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => {}
        }
    }

    fn take(&mut self, segment: Segment) {
        let saved = self.saving.as_mut().map(|saving| saving.segment(&segment));
        let segment = match saved {
            Some(Ok(resting)) => resting,
            Some(Err(_)) => {
                self.saving = None;
                segment
            }
            None => segment,
        };
        self.index.segments.push(segment);
    }

    fn complete(&mut self) {
        let last = std::mem::take(&mut self.current);
        let last = (!last.is_empty()).then(|| last.finish());
        while !self.working.is_empty() {
            self.collect();
        }
        if let Some(last) = last {
            self.take(last);
        }
    }

    /// The finished index.
    #[must_use]
    pub fn finish(mut self) -> Index {
        self.complete();
        self.index
    }

    /// The finished index, and whether the snapshot is complete, with this stamp.
    #[must_use]
    pub fn finish_saving(mut self, stamp: Stamp) -> (Index, bool) {
        self.complete();
        let saved = self.saving.take().is_some_and(|saving| saving.finish(&self.index, stamp).is_ok());
        (self.index, saved)
    }
}
