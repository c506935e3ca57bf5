//! The index as a file: a header, then of each segment its blocks, which stay there and are read as they
//! are needed, and its arrays; then recent changes and the directory, which the header points to. Header and
//! directory are written last. Numbers are little-endian, and everything has checksums: any other file or
//! version, and a damaged array, is a typed error; a damaged block is noticed when it is read.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};

use super::blocks::{Blocks, KEYS};
use super::checksum;
use super::file_at::{Cursor, Source, as_u64};
use super::index::{Change, Index};
use super::postings::Postings;
use super::segment::{Arrays, GROUP, SEGMENT, Segment};

const MAGIC: [u8; 8] = *b"TCRMIDX\n";
/// Changes with the format, the folding, the grams and the table of readings.
const VERSION: u64 = 3;
/// Numbers in the header: version, store, sequence, position and length of the directory.
const FIXED: usize = 5;
/// Bytes of the header.
const HEADER: u64 = 8 + 8 * 5 + 8;
/// Numbers in the directory before those of the segments: position, count and bytes of the changes.
const CHANGES: usize = 3;
/// Position, documents, bytes of blocks, grams, bytes of lists.
const PER_SEGMENT: usize = 5;
const MAX_SEGMENTS: u64 = 1 << 16;
const BUFFER: usize = 1 << 16;

/// What the snapshot was taken of: the store, and how far its journal had gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The store's identity.
    pub store: u64,
    /// The last journal entry that the index contains.
    pub sequence: u64,
}

/// Why a snapshot was not loaded: build the index anew.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Not a search snapshot.
    #[error("not a search snapshot")]
    Foreign,
    /// Written by a version of the program with another format.
    #[error("search snapshot of format {0}, this program reads {VERSION}")]
    Version(u64),
    /// Sizes or checksums don't fit.
    #[error("the search snapshot is damaged")]
    Damaged,
    /// Reading failed.
    #[error("search snapshot: {0}")]
    Io(#[from] std::io::Error),
}

/// A number of fixed width in an array.
trait Number: Sized {
    const WIDTH: usize;
    fn put(&self, out: &mut Vec<u8>);
    fn get_all(bytes: &[u8], out: &mut Vec<Self>);
}

macro_rules! number {
    ($($type:ty)*) => {$(
        impl Number for $type {
            const WIDTH: usize = size_of::<$type>();
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn get_all(bytes: &[u8], out: &mut Vec<Self>) {
                out.extend(bytes.as_chunks().0.iter().map(|b| Self::from_le_bytes(*b)));
            }
        }
    )*};
}
number!(u8 u16 u32 u64 i64);

fn write_array<T: Number>(out: &mut impl Write, items: &[T]) -> std::io::Result<()> {
    let mut bytes = Vec::with_capacity(BUFFER);
    for part in items.chunks(BUFFER / T::WIDTH) {
        bytes.clear();
        part.iter().for_each(|item| item.put(&mut bytes));
        out.write_all(&bytes)?;
        out.write_all(&checksum::of(&bytes).to_le_bytes())?;
    }
    Ok(())
}

fn read_array<T: Number>(input: &mut impl Read, len: u64) -> Result<Vec<T>, SnapshotError> {
    let mut left = usize::try_from(len).map_err(|_| SnapshotError::Damaged)?;
    let mut items = Vec::new();
    items.try_reserve_exact(left).map_err(|_| SnapshotError::Damaged)?;
    let mut bytes = vec![0; BUFFER + 8];
    while left > 0 {
        let part = left.min(BUFFER / T::WIDTH);
        let bytes = bytes.get_mut(..part * T::WIDTH + 8).ok_or(SnapshotError::Damaged)?;
        fill(input, bytes)?;
        let (bytes, sum) = bytes.split_last_chunk::<8>().ok_or(SnapshotError::Damaged)?;
        if u64::from_le_bytes(*sum) != checksum::of(bytes) {
            return Err(SnapshotError::Damaged);
        }
        T::get_all(bytes, &mut items);
        left -= part;
    }
    Ok(items)
}

/// Reads all of `bytes`; a file that ends too early is damaged.
fn fill(input: &mut impl Read, bytes: &mut [u8]) -> Result<(), SnapshotError> {
    input.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => SnapshotError::Damaged,
        _ => SnapshotError::Io(error),
    })
}

/// The delta in arrays.
#[derive(Default)]
struct Changes {
    text: Vec<u8>,
    lens: Vec<u32>,
    ids: Vec<i64>,
    objects: Vec<u16>,
    touched: Vec<u32>,
}

impl Changes {
    fn of(index: &Index) -> Changes {
        let mut changes = Changes::default();
        for ((object, id), change) in &index.delta {
            changes.text.extend_from_slice(&change.text);
            changes.lens.push(u32::try_from(change.text.len()).unwrap_or(u32::MAX));
            changes.ids.push(*id);
            changes.objects.push(*object);
            changes.touched.push(change.touched);
        }
        changes
    }
}

/// A snapshot in the making.
#[derive(Debug)]
pub(super) struct Saving {
    source: Arc<Source>,
    at: u64,
    segments: Vec<[u64; PER_SEGMENT]>,
}

impl Saving {
    /// A snapshot in a new file.
    pub(super) fn new(file: File) -> Saving {
        Saving { source: Source::new(file), at: HEADER, segments: Vec::new() }
    }

    /// Writes a segment but for what was removed from it; the same one resting in the file.
    pub(super) fn segment(&mut self, segment: &Segment) -> std::io::Result<Segment> {
        let from = self.at;
        let mut out = Cursor { source: Arc::clone(&self.source), at: from };
        let len = segment.blocks.len();
        let mut buffer = Vec::new();
        for start in (0..len).step_by(BUFFER) {
            let part = segment.blocks.raw(start..(start + BUFFER).min(len), &mut buffer);
            out.write_all(part.ok_or(std::io::ErrorKind::UnexpectedEof)?)?;
        }
        write_array(&mut out, &segment.starts)?;
        write_array(&mut out, &segment.newest)?;
        write_array(&mut out, &segment.key_objects)?;
        write_array(&mut out, &segment.key_ids)?;
        write_array(&mut out, &segment.postings.grams)?;
        write_array(&mut out, &segment.postings.offsets)?;
        write_array(&mut out, &segment.postings.lists)?;
        let (grams, lists) = (segment.postings.grams.len(), segment.postings.lists.len());
        self.segments.push([from, as_u64(segment.len), as_u64(len), as_u64(grams), as_u64(lists)]);
        self.at = out.at;
        let blocks = Blocks::File { source: Arc::clone(&self.source), from, len };
        Ok(segment.resting_on(Arc::new(blocks)))
    }

    /// Writes the rest: what was removed from the segments, the changes, directory and header.
    pub(super) fn finish(self, index: &Index, stamp: Stamp) -> std::io::Result<()> {
        let changes = Changes::of(index);
        let mut directory = vec![self.at, as_u64(changes.ids.len()), as_u64(changes.text.len())];
        let mut out = Cursor { source: Arc::clone(&self.source), at: self.at };
        for segment in &index.segments {
            write_array(&mut out, &segment.dead)?;
        }
        write_array(&mut out, &changes.text)?;
        write_array(&mut out, &changes.lens)?;
        write_array(&mut out, &changes.ids)?;
        write_array(&mut out, &changes.objects)?;
        write_array(&mut out, &changes.touched)?;
        directory.extend(self.segments.as_flattened());
        let at = out.at;
        write_array(&mut out, &directory)?;
        let numbers = [VERSION, stamp.store, stamp.sequence, at, as_u64(directory.len())];
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let header = [MAGIC.as_slice(), &bytes, &checksum::of(&bytes).to_le_bytes()].concat();
        self.source.write_at(&header, 0)
    }
}

impl Index {
    /// Writes the index to a new file that is open for reading and writing; the same index with its texts
    /// resting there, for [`Index::rest_on`].
    ///
    /// # Errors
    /// What the file reports, or that the file is damaged where texts rest now.
    pub fn save(&self, file: File, stamp: Stamp) -> std::io::Result<Index> {
        let mut saving = Saving::new(file);
        let mut saved = Index { segments: Vec::new(), delta: self.delta.clone() };
        for segment in &self.segments {
            saved.segments.push(saving.segment(segment)?);
        }
        saving.finish(&saved, stamp)?;
        Ok(saved)
    }

    /// Reads an index that [`Index::save`] wrote, and its stamp. The texts rest in the file.
    ///
    /// # Errors
    /// A foreign, damaged or unreadable snapshot; nothing is half loaded.
    pub fn load(file: File) -> Result<(Index, Stamp), SnapshotError> {
        let source = Source::new(file);
        let mut input = Cursor { source: Arc::clone(&source), at: 0 };
        let header = Header::read(&mut input)?;
        input.at = header.directory;
        let directory: Vec<u64> = read_array(&mut input, header.numbers)?;
        let Some(([position, count, bytes], segments)) = directory.split_first_chunk::<CHANGES>() else {
            return Err(SnapshotError::Damaged);
        };
        let mut index = Index::new();
        for sizes in segments.as_chunks::<PER_SEGMENT>().0 {
            index.segments.push(read_segment(&source, *sizes)?);
        }
        input.at = *position;
        for segment in &mut index.segments {
            segment.dead = read_array(&mut input, as_u64(segment.len.div_ceil(64)))?;
        }
        let text: Vec<u8> = read_array(&mut input, *bytes)?;
        let lens: Vec<u32> = read_array(&mut input, *count)?;
        let ids: Vec<i64> = read_array(&mut input, *count)?;
        let objects: Vec<u16> = read_array(&mut input, *count)?;
        let touched: Vec<u32> = read_array(&mut input, *count)?;
        let mut from = 0;
        for (((len, id), object), touched) in lens.iter().zip(ids).zip(objects).zip(touched) {
            let to = from + *len as usize;
            let text = text.get(from..to).ok_or(SnapshotError::Damaged)?.to_vec();
            index.delta.insert((object, id), Change { touched, text });
            from = to;
        }
        Ok((index, header.stamp))
    }

    /// Reads only the stamp of a snapshot, to decide whether loading is worth it.
    ///
    /// # Errors
    /// As [`Index::load`].
    pub fn stamp(file: &mut File) -> Result<Stamp, SnapshotError> {
        Header::read(file).map(|header| header.stamp)
    }
}

struct Header {
    stamp: Stamp,
    /// Position and count of the numbers in the directory.
    directory: u64,
    numbers: u64,
}

impl Header {
    fn read(input: &mut impl Read) -> Result<Header, SnapshotError> {
        let mut magic = [0; MAGIC.len()];
        if fill(input, &mut magic).is_err() || magic != MAGIC {
            return Err(SnapshotError::Foreign);
        }
        let mut bytes = [0; FIXED * 8];
        fill(input, &mut bytes)?;
        let mut numbers = Vec::new();
        u64::get_all(&bytes, &mut numbers);
        let [version, store, sequence, directory, numbers] = *numbers.as_slice() else {
            return Err(SnapshotError::Damaged);
        };
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        let mut sum = [0; 8];
        fill(input, &mut sum)?;
        let most = as_u64(CHANGES) + as_u64(PER_SEGMENT) * MAX_SEGMENTS;
        if u64::from_le_bytes(sum) != checksum::of(&bytes) || numbers > most {
            return Err(SnapshotError::Damaged);
        }
        Ok(Header { stamp: Stamp { store, sequence }, directory, numbers })
    }
}

fn read_segment(source: &Arc<Source>, sizes: [u64; PER_SEGMENT]) -> Result<Segment, SnapshotError> {
    let [from, docs, blocks, grams, lists] = sizes;
    let len = usize::try_from(docs).ok().filter(|docs| *docs <= SEGMENT).ok_or(SnapshotError::Damaged)?;
    let (groups, keys) = (as_u64(len.div_ceil(GROUP)), as_u64(len.div_ceil(KEYS)));
    let mut input = Cursor { source: Arc::clone(source), at: from.saturating_add(blocks) };
    let arrays = Arrays {
        len,
        starts: read_array(&mut input, groups + keys + 1)?,
        newest: read_array(&mut input, groups)?,
        key_objects: read_array(&mut input, keys + 1)?,
        key_ids: read_array(&mut input, keys + 1)?,
        postings: Postings {
            grams: read_array(&mut input, grams)?,
            offsets: read_array(&mut input, grams.saturating_add(1))?,
            lists: read_array(&mut input, lists)?,
        },
        letters: OnceLock::new(),
    };
    let len = usize::try_from(blocks).map_err(|_| SnapshotError::Damaged)?;
    let blocks = Blocks::File { source: Arc::clone(source), from, len };
    Ok(Segment::new(arrays, blocks))
}
