//! Attached files: kept beside the store by their content, `FILE.files/<two digits>/<hash>`. The same
//! content is kept once, and stays as long as a record, the journal or a draft names it, so that a record's
//! history stays whole.

use super::Store;
use super::column::Form;
use super::db::Row;
use super::error::{Result as StoreResult, StoreError};
use super::open::{sibling, sync_folder};
use super::table::quote;
use crate::domain::message::Message;
use crate::domain::value::FileRef;
use crate::msg;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The largest file that can be attached, in bytes.
pub const MAX_BYTES: u64 = 100 * 1024 * 1024;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;
/// Digits of a hash.
const DIGITS: usize = 64;
/// Where copies for opening are put.
const OPENED: &str = "opened";

/// Why a file can't be kept or opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// There is no such file (any more).
    NotThere(PathBuf),
    /// It is a folder or a device.
    NotAFile(PathBuf),
    /// It can't be read: why.
    Unreadable(PathBuf, String),
    /// It is larger than [`MAX_BYTES`].
    TooLarge(PathBuf),
    /// An attached file is not in the folder.
    Lost(FileRef),
    /// An attached file's content is not what was attached.
    Changed(FileRef),
    /// The folder can't be written: why.
    Write(PathBuf, String),
}

impl FileError {
    /// The error in the user's words.
    pub fn message(&self) -> Message {
        match self {
            FileError::NotThere(path) => msg!("store-file-not-there", path = path.display()),
            FileError::NotAFile(path) => msg!("store-file-not-a-file", path = path.display()),
            FileError::Unreadable(path, why) => msg!("store-file-unreadable", path = path.display(), why = why),
            FileError::TooLarge(path) => {
                msg!("store-file-too-large", path = path.display(), limit = MAX_BYTES / (1024 * 1024))
            }
            FileError::Lost(file) => msg!("store-file-lost", name = file.name),
            FileError::Changed(file) => msg!("store-file-changed", name = file.name),
            FileError::Write(path, why) => msg!("store-file-write", path = path.display(), why = why),
        }
    }

    fn reading(path: &Path, error: &io::Error) -> FileError {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => FileError::NotThere(path.to_owned()),
            _ => FileError::Unreadable(path.to_owned(), error.to_string()),
        }
    }

    fn writing(path: &Path, error: &io::Error) -> FileError {
        FileError::Write(path.to_owned(), error.to_string())
    }
}

/// The files of one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFolder {
    path: PathBuf,
}

impl FileFolder {
    /// The folder of the store at `path`, whether it exists or not.
    pub fn beside(path: &Path) -> FileFolder {
        FileFolder { path: sibling(&super::beside(path), ".files") }
    }

    /// Keeps a copy of a file. It is on disk when this returns.
    pub fn keep(&self, source: &Path) -> Result<FileRef, FileError> {
        let (mut from, name) = open_source(source)?;
        let mut temp = Temp::new(&self.path)?;
        let (size, hash) = copy(&mut from, source, &mut temp)?;
        let file = FileRef { name, size, hash };
        let place = self.place(&file).ok_or_else(|| FileError::Lost(file.clone()))?;
        temp.settle(&place)?;
        Ok(file)
    }

    /// Where an attached file is kept; `None` if its hash is none.
    fn place(&self, file: &FileRef) -> Option<PathBuf> {
        let folder = file.hash.get(..2).filter(|_| is_hash(&file.hash))?;
        Some(self.path.join(folder).join(&file.hash))
    }

    /// Whether an attached file is there with its size. Its content is looked at only by [`Self::open_copy`].
    pub fn holds(&self, file: &FileRef) -> bool {
        let meta = self.place(file).and_then(|place| fs::metadata(place).ok());
        meta.is_some_and(|m| m.is_file() && m.len() == file.size)
    }

    /// A read-only copy of an attached file under its own name, for other programs to open: what they
    /// might write must not change what was attached.
    pub fn open_copy(&self, file: &FileRef) -> Result<PathBuf, FileError> {
        let lost = || FileError::Lost(file.clone());
        let place = self.place(file).ok_or_else(lost)?;
        let mut from = File::open(&place).map_err(|e| match e.kind() {
            ErrorKind::NotFound => lost(),
            _ => FileError::reading(&place, &e),
        })?;
        let folder = self.path.join(OPENED).join(&file.hash);
        let target = folder.join(plain_name(&file.name));
        let mut temp = Temp::new(&folder)?;
        let (size, hash) = copy(&mut from, &place, &mut temp)?;
        if hash != file.hash {
            return Err(FileError::Changed(file.clone()));
        }
        // What is asked for is not what is here.
        if size != file.size {
            return Err(lost());
        }
        temp.read_only()?;
        temp.settle(&target)?;
        target.canonicalize().map_err(|e| FileError::writing(&target, &e))
    }

    /// Copies all files that `other` doesn't have.
    pub fn copy_to(&self, other: &FileFolder) -> Result<(), FileError> {
        for place in self.all().map_err(|e| FileError::reading(&self.path, &e))? {
            let Ok(inner) = place.strip_prefix(&self.path) else { continue };
            let target = other.path.join(inner);
            if target.exists() {
                continue;
            }
            let mut from = File::open(&place).map_err(|e| FileError::reading(&place, &e))?;
            let mut temp = Temp::new(&other.path)?;
            copy(&mut from, &place, &mut temp)?;
            temp.settle(&target)?;
        }
        Ok(())
    }

    /// The files that are kept.
    fn all(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let folders = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
            folders => folders?,
        };
        for folder in folders {
            let folder = folder?;
            if folder.file_name().len() != 2 || !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                found.push(file?.path());
            }
        }
        Ok(found)
    }
}

fn open_source(source: &Path) -> Result<(File, String), FileError> {
    let fail = |e: io::Error| FileError::reading(source, &e);
    let meta = fs::metadata(source).map_err(fail)?;
    let Some(name) = source.file_name().filter(|_| meta.is_file()) else {
        return Err(FileError::NotAFile(source.to_owned()));
    };
    if meta.len() > MAX_BYTES {
        return Err(FileError::TooLarge(source.to_owned()));
    }
    Ok((File::open(source).map_err(fail)?, name.to_string_lossy().into_owned()))
}

/// Copies and counts; a file that grows past the limit meanwhile is refused too.
fn copy(from: &mut File, source: &Path, to: &mut Temp) -> Result<(u64, String), FileError> {
    let mut hasher = Sha256::new();
    let mut size = 0u64;
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(FileError::reading(source, &error)),
        };
        let bytes = chunk.get(..read).unwrap_or_default();
        size += bytes.len() as u64;
        if size > MAX_BYTES {
            return Err(FileError::TooLarge(source.to_owned()));
        }
        hasher.update(bytes);
        to.file.write_all(bytes).map_err(|e| FileError::writing(&to.path, &e))?;
    }
    let digits = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((size, digits))
}

/// A name that is a file's and nothing else: no folders, no control characters, no leading dot or dash.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && *c != ':').collect();
    let clean = clean.trim().trim_start_matches(['.', '-']);
    if clean.is_empty() { "file".to_owned() } else { clean.to_owned() }
}

/// A file that is being written; it goes away unless it is settled.
struct Temp {
    path: PathBuf,
    file: File,
    settled: bool,
}

impl Temp {
    fn new(folder: &Path) -> Result<Temp, FileError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".{}-{number}.part", std::process::id()));
        let open = || {
            fs::create_dir_all(folder)?;
            OpenOptions::new().write(true).create(true).truncate(true).open(&path)
        };
        match open() {
            Ok(file) => Ok(Temp { path, file, settled: false }),
            Err(error) => Err(FileError::writing(folder, &error)),
        }
    }

    fn read_only(&self) -> Result<(), FileError> {
        let set = || {
            let mut permissions = self.file.metadata()?.permissions();
            permissions.set_readonly(true);
            self.file.set_permissions(permissions)
        };
        set().map_err(|e| FileError::writing(&self.path, &e))
    }

    /// Takes the file to its place, on disk for good.
    fn settle(mut self, place: &Path) -> Result<(), FileError> {
        let settle = || {
            self.file.sync_all()?;
            if let Some(folder) = place.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::rename(&self.path, place)
        };
        settle().map_err(|e| FileError::writing(place, &e))?;
        self.settled = true;
        sync_folder(place);
        Ok(())
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        if !self.settled {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Attached files of a field that are not in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostFiles {
    /// The object.
    pub object: String,
    /// Its field.
    pub field: String,
    /// How many.
    pub count: u64,
    /// The name of the first.
    pub first: String,
}

impl Store {
    /// The attached files that are not where they should be, by object and field. Reads every record that has files.
    pub(super) fn lost_files(&self) -> StoreResult<Vec<LostFiles>> {
        let folder = FileFolder::beside(&self.path);
        let mut found = Vec::new();
        for table in self.in_force.tables.iter() {
            for column in table.columns.iter().filter(|c| c.form == Form::Files) {
                let (name, from) = (quote(&column.name), quote(&table.name));
                let sql = format!("SELECT {name} FROM {from} WHERE {name} IS NOT NULL");
                let mut statement = self.conn.prepare_cached(&sql).map_err(self.sql())?;
                let rows = statement.query_map([], |r| r.get::<String>(0)).map_err(self.sql())?;
                let (mut count, mut first) = (0, None);
                for row in rows {
                    let files: Vec<FileRef> = serde_json::from_str(&row.map_err(self.sql())?).unwrap_or_default();
                    for file in files.into_iter().filter(|f| !folder.holds(f)) {
                        count += 1;
                        first.get_or_insert(file.name);
                    }
                }
                if let Some(first) = first {
                    let (object, field) = (table.name.clone(), column.name.clone());
                    found.push(LostFiles { object, field, count, first });
                }
            }
        }
        Ok(found)
    }
}

/// Content that nothing names any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrphanedFiles {
    /// Where it is kept.
    pub places: Vec<PathBuf>,
    /// Its size in all, in bytes.
    pub bytes: u64,
}

/// Content younger than this may belong to a form that is not saved yet.
const YOUNG: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    /// Content that no record, no entry of the journal and no setting names, and that is older than a day.
    pub(super) fn orphaned_files(&self) -> StoreResult<OrphanedFiles> {
        let folder = FileFolder::beside(&self.path);
        let mut open: BTreeMap<String, (PathBuf, u64)> = BTreeMap::new();
        for place in folder.all().map_err(|e| StoreError::io(&folder.path, &e))? {
            let Ok(meta) = fs::metadata(&place) else { continue };
            let is_old = meta.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > YOUNG));
            let name = place.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if is_old && is_hash(&name) {
                open.insert(name, (place, meta.len()));
            }
        }
        let journal = "SELECT before, after FROM _journal WHERE before LIKE '%\"hash\"%' OR after LIKE '%\"hash\"%'";
        self.strike_named(&mut open, journal)?;
        self.strike_named(&mut open, "SELECT value, NULL FROM _setting")?;
        for table in self.in_force.tables.iter() {
            for column in table.columns.iter().filter(|c| c.form == Form::Files) {
                let (name, from) = (quote(&column.name), quote(&table.name));
                self.strike_named(&mut open, &format!("SELECT {name}, NULL FROM {from} WHERE {name} IS NOT NULL"))?;
            }
        }
        let bytes = open.values().map(|(_, size)| size).sum();
        Ok(OrphanedFiles { places: open.into_values().map(|(place, _)| place).collect(), bytes })
    }

    /// Strikes out the hashes that stand in the two texts of any row.
    fn strike_named(&self, open: &mut BTreeMap<String, (PathBuf, u64)>, sql: &str) -> StoreResult<()> {
        if open.is_empty() {
            return Ok(());
        }
        let strike = |row: &Row<'_>| {
            for at in 0..2 {
                let text = row.get_ref(at)?.as_str().unwrap_or_default();
                for word in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|w| is_hash(w)) {
                    open.remove(word);
                }
            }
            Ok(true)
        };
        self.conn.stream(sql, [], strike).map_err(self.sql())
    }

    /// Removes the content that nothing names any more. Nobody can attach any meanwhile.
    pub fn remove_orphaned_files(&mut self) -> StoreResult<OrphanedFiles> {
        self.begin()?;
        let found = self.orphaned_files();
        let removed = found.map(|mut orphaned| {
            orphaned.places.retain(|place| fs::remove_file(place).is_ok());
            orphaned
        });
        self.roll_back();
        removed
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn folder() -> (tempfile::TempDir, FileFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = FileFolder::beside(&dir.path().join("crm.db"));
        (dir, folder)
    }

    fn write(dir: &tempfile::TempDir, name: &str, content: &[u8]) -> PathBuf {
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    #[test]
    fn a_file_is_kept_once_by_its_content_and_opened_under_its_name() {
        let (dir, folder) = folder();
        let first = folder.keep(&write(&dir, "报价 1.txt", b"abc")).unwrap();
        let second = folder.keep(&write(&dir, "copy.txt", b"abc")).unwrap();
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(first, FileRef { name: "报价 1.txt".into(), size: 3, hash: hash.into() });
        assert_eq!(second.hash, hash);
        assert_eq!(folder.all().unwrap(), [dir.path().join("crm.db.files/ba").join(hash)]);
        for _ in 0..2 {
            let opened = folder.open_copy(&first).unwrap();
            assert_eq!(opened.file_name().unwrap(), "报价 1.txt");
            assert_eq!(fs::read(&opened).unwrap(), b"abc");
            assert!(fs::metadata(&opened).unwrap().permissions().readonly());
        }
        let left = fs::read_dir(dir.path().join("crm.db.files")).unwrap();
        assert_eq!(left.filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().ends_with("part")).count(), 0);
    }

    #[test]
    fn what_is_no_file_is_refused_and_leaves_nothing() {
        let (dir, folder) = folder();
        let missing = dir.path().join("none.txt");
        assert_eq!(folder.keep(&missing), Err(FileError::NotThere(missing)));
        assert_eq!(folder.keep(dir.path()), Err(FileError::NotAFile(dir.path().to_owned())));
        let large = dir.path().join("large");
        File::create(&large).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert_eq!(folder.keep(&large), Err(FileError::TooLarge(large)));
        assert!(folder.all().unwrap().is_empty());
    }

    #[test]
    fn a_lost_or_changed_file_is_told_not_opened() {
        let (dir, folder) = folder();
        let file = folder.keep(&write(&dir, "a.txt", b"abc")).unwrap();
        let place = folder.place(&file).unwrap();
        fs::write(&place, b"abd").unwrap();
        assert!(folder.holds(&file), "the size is as it was");
        assert_eq!(folder.open_copy(&file), Err(FileError::Changed(file.clone())));
        assert_eq!(folder.keep(&write(&dir, "a.txt", b"abc")), Ok(file.clone()), "attached again, it is whole again");
        assert!(folder.open_copy(&file).is_ok());
        fs::remove_file(&place).unwrap();
        assert!(!folder.holds(&file));
        assert_eq!(folder.open_copy(&file), Err(FileError::Lost(file.clone())));
    }

    #[test]
    fn hashes_and_names_lead_nowhere_else() {
        let (dir, folder) = folder();
        for hash in ["", "..", "../../../etc/passwd", &"/".repeat(64), &"A".repeat(64)] {
            let file = FileRef { name: "x".into(), size: 0, hash: hash.to_owned() };
            assert!(folder.place(&file).is_none(), "{hash}");
            assert_eq!(folder.open_copy(&file), Err(FileError::Lost(file.clone())));
        }
        let kept = folder.keep(&write(&dir, "a.txt", b"abc")).unwrap();
        for (name, plain) in [
            ("../../x.txt", "x.txt"),
            ("a\\b.txt", "b.txt"),
            ("-rf", "rf"),
            ("..", "file"),
            ("x\u{1b}[1m\n.txt", "x[1m.txt"),
        ] {
            let opened = folder.open_copy(&FileRef { name: name.to_owned(), ..kept.clone() }).unwrap();
            assert_eq!(opened.file_name().unwrap(), plain);
            assert!(opened.starts_with(dir.path().canonicalize().unwrap().join("crm.db.files/opened")));
        }
    }

    #[test]
    fn a_copy_of_the_folder_has_every_file() {
        let (dir, folder) = folder();
        let files = [b"one".as_slice(), b"two"].map(|content| folder.keep(&write(&dir, "a.txt", content)).unwrap());
        folder.open_copy(&files[0]).unwrap();
        let other = FileFolder::beside(&dir.path().join("backup.db"));
        for _ in 0..2 {
            folder.copy_to(&other).unwrap();
            assert!(files.iter().all(|f| other.holds(f)));
        }
        assert_eq!(other.all().unwrap().len(), 2);
    }
}
