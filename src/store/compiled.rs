//! The schema in force in a form that is read faster than its text, in a file beside the store: it is read while SQLite
//! opens the store. It says nothing by itself. It counts as long as the text that it was made of is the store's, it may
//! be removed at any time, and who can't read or write it does without.

use super::db::Dialect;
use super::open::sibling;
use super::table::Tables;
use crate::schema::model::Schema;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// What the file starts with.
const MAGIC: &[u8; 8] = b"tcrmform";
/// A hash ends the file.
const HASH: usize = 32;
/// What isn't as small as this was not written here.
const MOST: u64 = 64 << 20;

/// Stands for the form that a schema has in this program: made of the sources that say so, since the file names no
/// fields.
const FORM: u64 = {
    let sources: [&[u8]; 6] = [
        include_bytes!("../schema/model.rs"),
        include_bytes!("../schema/model/kind.rs"),
        include_bytes!("../schema/model/action.rs"),
        include_bytes!("../schema/pipeline.rs"),
        include_bytes!("../domain/workflow.rs"),
        include_bytes!("../domain/lang.rs"),
    ];
    let (mut form, mut rest) = (0xcbf2_9ce4_8422_2325_u64, sources.as_slice());
    while let [source, others @ ..] = rest {
        let mut bytes = *source;
        while let [byte, behind @ ..] = bytes {
            form = (form ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
            bytes = behind;
        }
        rest = others;
    }
    form
};

/// What the text of a schema is known by.
pub(super) fn seal(text: &str, counter: i64) -> String {
    let digits: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{counter} {digits}")
}

/// A schema that is being read.
pub(super) struct Ahead(JoinHandle<Option<Form>>);

/// What the file says.
struct Form {
    seal: String,
    schema: Arc<Schema>,
    tables: Arc<Tables>,
}

/// Begins to read the file beside a store, if there is one.
pub(super) fn read_ahead(store: &Path, dialect: Dialect) -> Option<Ahead> {
    let file = File::open(place(store)).ok()?;
    let read = move || {
        let (seal, schema) = decode(&content(file)?)?;
        let schema = Arc::new(schema);
        let tables = Arc::new(Tables::of(&schema, dialect));
        Some(Form { seal, schema, tables })
    };
    std::thread::Builder::new().name("schema".to_owned()).spawn(read).ok().map(Ahead)
}

impl Ahead {
    /// The schema, if it is the one with this seal.
    pub(super) fn take(self, seal: &str) -> Option<(Arc<Schema>, Arc<Tables>)> {
        let read = self.0.join().ok().flatten()?;
        (read.seal == seal).then_some((read.schema, read.tables))
    }
}

/// Writes the file, unless it is there with this seal.
pub(super) fn keep(store: &Path, seal: &str, schema: &Schema) {
    let place = place(store);
    let known = File::open(&place).ok().and_then(content);
    if known.and_then(|bytes| Some(header(&bytes)?.0 == seal)) == Some(true) {
        return;
    }
    let Some(bytes) = encode(seal, schema) else { return };
    // Whoever reads meanwhile finds the old file or the new one, whole.
    let part = sibling(&place, &format!(".{}.part", std::process::id()));
    if fs::write(&part, bytes).and_then(|()| fs::rename(&part, &place)).is_err() {
        let _ = fs::remove_file(&part);
    }
}

fn place(store: &Path) -> PathBuf {
    sibling(store, ".schema")
}

fn encode(seal: &str, schema: &Schema) -> Option<Vec<u8>> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&FORM.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(seal.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(seal.as_bytes());
    rmp_serde::encode::write(&mut bytes, schema).ok()?;
    let hash = Sha256::digest(&bytes);
    bytes.extend_from_slice(&hash);
    Some(bytes)
}

/// The content of the file without its hash, if it is whole.
fn content(mut file: File) -> Option<Vec<u8>> {
    let size = file.metadata().ok().filter(|meta| meta.len() <= MOST)?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?);
    file.read_to_end(&mut bytes).ok()?;
    let hash = bytes.split_off(bytes.len().checked_sub(HASH)?);
    (*Sha256::digest(&bytes) == *hash).then_some(bytes)
}

/// The seal, and the schema's bytes.
fn header(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (form, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (seal, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let seal = str::from_utf8(seal).ok()?;
    (u64::from_le_bytes(*form) == FORM).then_some((seal, rest))
}

fn decode(bytes: &[u8]) -> Option<(String, Schema)> {
    let (seal, rest) = header(bytes)?;
    let schema = rmp_serde::from_slice(rest).ok()?;
    Some((seal.to_owned(), schema))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::builtin;

    #[test]
    fn a_schema_comes_back_as_it_was_and_only_with_its_seal() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("a.tcrm");
        assert!(read_ahead(&store, Dialect::Sqlite).is_none(), "there is no file yet");
        let (one, two) = (seal("one", 1), seal("two", 1));
        assert_ne!(one, two);
        keep(&store, &one, builtin());
        let (schema, _) = read_ahead(&store, Dialect::Sqlite).unwrap().take(&one).unwrap();
        assert_eq!(*schema, *builtin());
        assert!(read_ahead(&store, Dialect::Sqlite).unwrap().take(&two).is_none(), "another text is in force");
        keep(&store, &two, builtin());
        assert!(read_ahead(&store, Dialect::Sqlite).unwrap().take(&two).is_some());
    }

    #[test]
    fn a_file_that_is_not_whole_or_of_another_form_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("a.tcrm");
        let seal = seal("text", 1);
        keep(&store, &seal, builtin());
        let whole = fs::read(place(&store)).unwrap();
        let mut other_form = whole.clone();
        let end = other_form.len() - HASH;
        *other_form.get_mut(8).unwrap() ^= 1;
        let hash = Sha256::digest(other_form.get(..end).unwrap());
        other_form.truncate(end);
        other_form.extend_from_slice(&hash);
        let mut turned = whole.clone();
        *turned.get_mut(whole.len() / 2).unwrap() ^= 1;
        for bytes in [Vec::new(), b"x".to_vec(), turned, whole.get(..end).unwrap().to_vec(), other_form] {
            fs::write(place(&store), &bytes).unwrap();
            assert!(read_ahead(&store, Dialect::Sqlite).unwrap().take(&seal).is_none(), "{} bytes", bytes.len());
        }
    }
}
