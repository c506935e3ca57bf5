//! The index as a file: a checksummed header with all sizes, then the arrays of each segment with their
//! checksums. Numbers are little-endian. Any other file, version or a damaged byte is a typed error.

use std::io::{Read, Write};

use super::index::{Change, Index};
use super::segment::{Arrays, SEGMENT, Segment};

const MAGIC: [u8; 8] = *b"TCRMIDX\n";
/// Changes with the format, the folding, the grams and the table of readings.
const VERSION: u64 = 2;
/// Numbers in the header before those of the segments.
const FIXED: usize = 6;
const PER_SEGMENT: usize = 4;
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

/// A checksum of 64 bits over four lanes of words.
#[derive(Clone, Copy)]
struct Checksum([u64; 4]);

impl Checksum {
    fn of(bytes: &[u8]) -> u64 {
        let mut sum = Checksum([1, 2, 3, 4]);
        let (blocks, rest) = bytes.as_chunks::<32>();
        blocks.iter().for_each(|block| sum.add(block));
        let mut last = [0; 32];
        last.iter_mut().zip(rest).for_each(|(a, b)| *a = *b);
        sum.add(&last);
        let length = u64::try_from(bytes.len()).unwrap_or_default();
        sum.0.iter().fold(length, |all, lane| mix(all ^ lane).rotate_left(23))
    }

    fn add(&mut self, block: &[u8; 32]) {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in self.0.iter_mut().zip(words) {
            *lane = mix(*lane ^ u64::from_le_bytes(*word)).rotate_left(29);
        }
    }
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ x >> 32
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
        out.write_all(&Checksum::of(&bytes).to_le_bytes())?;
    }
    Ok(())
}

fn read_array<T: Number>(input: &mut impl Read, len: u64) -> Result<Vec<T>, SnapshotError> {
    let mut left = usize::try_from(len).map_err(|_| SnapshotError::Damaged)?;
    let mut items = Vec::new();
    items.try_reserve_exact(left).map_err(|_| SnapshotError::Damaged)?;
    let mut bytes = vec![0; BUFFER];
    while left > 0 {
        let part = left.min(BUFFER / T::WIDTH);
        let bytes = bytes.get_mut(..part * T::WIDTH).ok_or(SnapshotError::Damaged)?;
        fill(input, bytes)?;
        if read_number(input)? != Checksum::of(bytes) {
            return Err(SnapshotError::Damaged);
        }
        T::get_all(bytes, &mut items);
        left -= part;
    }
    Ok(items)
}

fn read_number(input: &mut impl Read) -> Result<u64, SnapshotError> {
    let mut bytes = [0; 8];
    fill(input, &mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Reads all of `bytes`; a file that ends too early is damaged.
fn fill(input: &mut impl Read, bytes: &mut [u8]) -> Result<(), SnapshotError> {
    input.read_exact(bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => SnapshotError::Damaged,
        _ => SnapshotError::Io(error),
    })
}

fn size(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
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

impl Index {
    /// Writes the index to `out` (buffered by itself).
    ///
    /// # Errors
    /// What `out` reports.
    pub fn save(&self, out: &mut impl Write, stamp: Stamp) -> std::io::Result<()> {
        let mut changes = Changes::default();
        for ((object, id), change) in &self.delta {
            changes.text.extend_from_slice(&change.text);
            changes.lens.push(u32::try_from(change.text.len()).unwrap_or(u32::MAX));
            changes.ids.push(*id);
            changes.objects.push(*object);
            changes.touched.push(change.touched);
        }
        let count = size(self.segments.len());
        let header = [VERSION, stamp.store, stamp.sequence, count, size(changes.ids.len()), size(changes.text.len())];
        let mut header = header.to_vec();
        for s in &self.segments {
            header.extend([size(s.len()), size(s.text.len()), size(s.grams.len()), size(s.postings.len())]);
        }
        let bytes: Vec<u8> = header.iter().flat_map(|n| n.to_le_bytes()).collect();
        out.write_all(&MAGIC)?;
        out.write_all(&bytes)?;
        out.write_all(&Checksum::of(&bytes).to_le_bytes())?;
        for s in &self.segments {
            write_array(out, &s.text)?;
            write_array(out, &s.starts)?;
            write_array(out, &s.ids)?;
            write_array(out, &s.objects)?;
            write_array(out, &s.touched)?;
            write_array(out, &s.by_key)?;
            write_array(out, &s.grams)?;
            write_array(out, &s.offsets)?;
            write_array(out, &s.postings)?;
            write_array(out, &s.dead)?;
        }
        write_array(out, &changes.text)?;
        write_array(out, &changes.lens)?;
        write_array(out, &changes.ids)?;
        write_array(out, &changes.objects)?;
        write_array(out, &changes.touched)
    }

    /// Reads an index that [`Index::save`] wrote, and its stamp.
    ///
    /// # Errors
    /// A foreign, damaged or unreadable snapshot; nothing is half loaded.
    pub fn load(input: &mut impl Read) -> Result<(Index, Stamp), SnapshotError> {
        let header = Header::read(input)?;
        let mut index = Index::new();
        for sizes in header.segments {
            index.segments.push(read_segment(input, sizes)?);
        }
        let [count, bytes] = header.changes;
        let text: Vec<u8> = read_array(input, bytes)?;
        let lens: Vec<u32> = read_array(input, count)?;
        let ids: Vec<i64> = read_array(input, count)?;
        let objects: Vec<u16> = read_array(input, count)?;
        let touched: Vec<u32> = read_array(input, count)?;
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
    pub fn stamp(input: &mut impl Read) -> Result<Stamp, SnapshotError> {
        Header::read(input).map(|header| header.stamp)
    }
}

struct Header {
    stamp: Stamp,
    changes: [u64; 2],
    segments: Vec<[u64; PER_SEGMENT]>,
}

impl Header {
    fn read(input: &mut impl Read) -> Result<Header, SnapshotError> {
        let mut magic = [0; MAGIC.len()];
        if fill(input, &mut magic).is_err() || magic != MAGIC {
            return Err(SnapshotError::Foreign);
        }
        let mut fixed = [0; FIXED * 8];
        fill(input, &mut fixed)?;
        let mut numbers = Vec::new();
        u64::get_all(&fixed, &mut numbers);
        let [version, store, sequence, count, changes, change_bytes] = *numbers.as_slice() else {
            return Err(SnapshotError::Damaged);
        };
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        if count > MAX_SEGMENTS {
            return Err(SnapshotError::Damaged);
        }
        let mut bytes = vec![0; usize::try_from(count).unwrap_or_default() * PER_SEGMENT * 8];
        fill(input, &mut bytes)?;
        if read_number(input)? != Checksum::of(&[fixed.as_slice(), &bytes].concat()) {
            return Err(SnapshotError::Damaged);
        }
        let mut numbers = Vec::new();
        u64::get_all(&bytes, &mut numbers);
        let segments = numbers.as_chunks().0.to_vec();
        Ok(Header { stamp: Stamp { store, sequence }, changes: [changes, change_bytes], segments })
    }
}

fn read_segment(input: &mut impl Read, sizes: [u64; PER_SEGMENT]) -> Result<Segment, SnapshotError> {
    let [docs, text, grams, postings] = sizes;
    if docs > size(SEGMENT) {
        return Err(SnapshotError::Damaged);
    }
    let arrays = Arrays {
        text: read_array(input, text)?,
        starts: read_array(input, docs + 1)?,
        ids: read_array(input, docs)?,
        objects: read_array(input, docs)?,
        touched: read_array(input, docs)?,
        by_key: read_array(input, docs)?,
        grams: read_array(input, grams)?,
        offsets: read_array(input, grams.saturating_add(1))?,
        postings: read_array(input, postings)?,
    };
    Ok(Segment::with_dead(arrays, read_array(input, docs.div_ceil(64))?))
}
