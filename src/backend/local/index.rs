//! The search index of a local store: loaded or built in the background, kept up with the journal,
//! saved beside the store.
//!
//! Who searches takes the index as it is at the moment and holds no lock; who changes it makes a copy,
//! which shares all but the latest changes, and puts it in place. So no search waits for a change, a
//! compaction or the snapshot, and none of these for a search.

use super::document;
use crate::backend::error::Error;
use crate::domain::id::Id;
use crate::schema::model::Schema;
use crate::search::{self, Builder, Index, Query, Stamp};
use crate::store::{Store, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Journal entries that become visible at once.
const CHUNK: usize = 256;
/// A snapshot so many journal entries behind is not worth loading.
const FAR: i64 = 200_000;
/// How often a wait looks whether it is still wanted.
const LOOK_UP: Duration = Duration::from_millis(50);
/// The snapshot is written anew at the end if it is so many entries behind.
const STALE: i64 = 2_000;

/// The index and how far it has come.
pub(super) struct SearchIndex {
    path: PathBuf,
    /// Locked to take or to put, no longer.
    index: RwLock<Option<Loaded>>,
    /// One at a time changes the index.
    following: Mutex<()>,
    /// The last journal entry in the index.
    sequence: AtomicI64,
    saved: AtomicI64,
    is_ready: Mutex<bool>,
    ready: Condvar,
}

#[derive(Clone)]
struct Loaded {
    index: Arc<Index>,
    /// Objects are numbered by their place here.
    schema: Arc<Schema>,
}

impl SearchIndex {
    /// No index yet, for a store file.
    pub(super) fn new(store: &Path) -> SearchIndex {
        SearchIndex {
            path: snapshot(store),
            index: RwLock::new(None),
            following: Mutex::new(()),
            sequence: AtomicI64::new(0),
            saved: AtomicI64::new(-1),
            is_ready: Mutex::new(false),
            ready: Condvar::new(),
        }
    }

    /// Takes away the snapshot of a store file that holds other records now.
    pub(super) fn discard(store: &Path) {
        // It would not be loaded anyway: whether it can be removed makes no difference.
        let _ = std::fs::remove_file(snapshot(store));
    }

    /// Loads the snapshot or builds the index, then follows the journal. Stops early when `stop` is set.
    pub(super) fn prepare(&self, store: &Store, stop: &AtomicBool) -> Result<(), Error> {
        let schema = store.schema();
        let head = store.journal_head()?;
        let (index, sequence) = match self.load(store, &schema, head) {
            Some((index, sequence)) => {
                self.saved.store(sequence, Ordering::Relaxed);
                (index, sequence)
            }
            None => (build(store, &schema, stop)?, head),
        };
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        {
            let _following = lock(&self.following);
            self.put(Some(Loaded { index: Arc::new(index), schema }));
            self.sequence.store(sequence, Ordering::Release);
        }
        self.follow(store, usize::MAX)?;
        *lock(&self.is_ready) = true;
        self.ready.notify_all();
        Ok(())
    }

    /// Forgets the index: the schema it was made by is not in force any more.
    pub(super) fn forget(&self) {
        let _following = lock(&self.following);
        *lock(&self.is_ready) = false;
        self.put(None);
        self.saved.store(-1, Ordering::Relaxed);
    }

    /// Brings the index up to the journal, by at most `most` entries; whether it got to the end.
    pub(super) fn follow(&self, store: &Store, most: usize) -> Result<bool, Error> {
        let _following = lock(&self.following);
        let mut done = 0;
        while done < most {
            let Some(loaded) = self.taken() else { return Ok(false) };
            let entries = store.journal_since(self.sequence.load(Ordering::Acquire), CHUNK)?;
            let Some(last) = entries.last() else { return Ok(true) };
            let mut changed: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
            for entry in &entries {
                changed.entry(&entry.object).or_default().insert(entry.record);
            }
            let Loaded { index, schema } = loaded;
            let mut index = Index::clone(&index);
            for (name, ids) in changed {
                if let Some(number) = document::number(&schema, name) {
                    apply(&mut index, &schema, (number, name), ids, store)?;
                }
            }
            self.put(Some(Loaded { index: Arc::new(index), schema }));
            self.sequence.store(last.seq, Ordering::Release);
            done += entries.len();
        }
        Ok(false)
    }

    /// Whether [`SearchIndex::compact`] has something to do.
    pub(super) fn wants_compaction(&self) -> bool {
        self.taken().is_some_and(|loaded| loaded.index.wants_compaction())
    }

    /// Merges what changes have left behind, as long as that makes searches faster.
    pub(super) fn compact(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let Some(mut work) = self.taken().and_then(|loaded| loaded.index.compaction()) else { return };
            work.run();
            let _following = lock(&self.following);
            let Some(Loaded { index, schema }) = self.taken() else { return };
            let mut index = Index::clone(&index);
            index.adopt(&mut work);
            self.put(Some(Loaded { index: Arc::new(index), schema }));
        }
    }

    /// The last journal entry in the index.
    pub(super) fn sequence(&self) -> i64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Whether the index covers everything.
    pub(super) fn is_ready(&self) -> bool {
        *lock(&self.is_ready)
    }

    /// Waits until the index covers everything, at most so long and not once `cancel` is set; whether it does.
    pub(super) fn wait(&self, most: Duration, cancel: &AtomicBool) -> bool {
        let until = Instant::now() + most;
        let mut ready = lock(&self.is_ready);
        while !*ready && !cancel.load(Ordering::Relaxed) {
            let left = until.saturating_duration_since(Instant::now()).min(LOOK_UP);
            if left.is_zero() {
                break;
            }
            ready = self.ready.wait_timeout(ready, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *ready
    }

    /// The best hits over some objects (all, if none are named); `None` while there is no index.
    pub(super) fn search(
        &self,
        objects: &[String],
        text: &str,
        limit: usize,
        cancel: &AtomicBool,
    ) -> Option<Result<Vec<(String, Id)>, Error>> {
        let loaded = self.taken()?;
        let numbers: Vec<u16> = objects.iter().filter_map(|o| document::number(&loaded.schema, o)).collect();
        if numbers.is_empty() && !objects.is_empty() {
            return Some(Ok(Vec::new()));
        }
        let query = Query::new(text).only(&numbers);
        let hits = match loaded.index.search(&query, limit, cancel) {
            Ok(hits) => hits,
            Err(search::Cancelled) => return Some(Err(Error::Cancelled)),
        };
        let named = hits.iter().filter_map(|hit| {
            let object = loaded.schema.objects.get(usize::from(hit.object))?;
            Some((object.name.clone(), Id::from_i64(hit.id)?))
        });
        Some(Ok(named.collect()))
    }

    /// Ids of all matches in an object, ascending; `None` while there is no index.
    pub(super) fn matches(&self, object: &str, text: &str, cancel: &AtomicBool) -> Option<Result<Vec<i64>, Error>> {
        let loaded = self.taken()?;
        let Some(number) = document::number(&loaded.schema, object) else { return Some(Ok(Vec::new())) };
        let found = loaded.index.matches(&Query::new(text), number, cancel);
        Some(found.map_err(|search::Cancelled| Error::Cancelled))
    }

    /// Writes the snapshot if it is worth it: the index is ready and the file far behind.
    pub(super) fn save_if_stale(&self, store: &Store) {
        let (sequence, saved) = (self.sequence.load(Ordering::Acquire), self.saved.load(Ordering::Relaxed));
        if self.is_ready() && (saved < 0 || sequence - saved >= STALE) && self.save(store, sequence).is_ok() {
            self.saved.store(sequence, Ordering::Relaxed);
        }
    }

    /// A snapshot is a convenience: where it can't be written the index is built again next time.
    fn save(&self, store: &Store, sequence: i64) -> std::io::Result<()> {
        let Some(loaded) = self.taken() else { return Ok(()) };
        let Ok(identity) = identity(store, &loaded.schema, sequence) else { return Ok(()) };
        let mut part = self.path.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        let part = PathBuf::from(part);
        let written = File::create(&part).and_then(|mut file| {
            let stamp = Stamp { store: identity, sequence: sequence.unsigned_abs() };
            loaded.index.save(&mut file, stamp)?;
            file.flush()
        });
        match written.and_then(|()| std::fs::rename(&part, &self.path)) {
            Ok(()) => Ok(()),
            Err(error) => {
                let _ = std::fs::remove_file(&part);
                Err(error)
            }
        }
    }

    fn load(&self, store: &Store, schema: &Schema, head: i64) -> Option<(Index, i64)> {
        let mut file = File::open(&self.path).ok()?;
        let stamp = Index::stamp(&mut file).ok()?;
        let sequence = i64::try_from(stamp.sequence).ok().filter(|s| (0..=FAR).contains(&(head - s)))?;
        if identity(store, schema, sequence).ok()? != stamp.store {
            return None;
        }
        let mut file = File::open(&self.path).ok()?;
        let (index, _) = Index::load(&mut file).ok()?;
        Some((index, sequence))
    }

    /// The index as it is now.
    fn taken(&self) -> Option<Loaded> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another index in place of the one that is, which is dropped when the lock is free again.
    fn put(&self, loaded: Option<Loaded>) {
        let mut place = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, loaded);
        drop(place);
        drop(before);
    }
}

fn snapshot(store: &Path) -> PathBuf {
    let mut path = store.as_os_str().to_owned();
    path.push(".search");
    path.into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn build(store: &Store, schema: &Schema, stop: &AtomicBool) -> Result<Index, Error> {
    let mut builder = Builder::new();
    for (number, object) in (0_u16..).zip(&schema.objects) {
        if !object.searchable || stop.load(Ordering::Relaxed) {
            continue;
        }
        let which = Which { object: &object.name, filter: None, ids: None, words: &[] };
        let rows = document::Rows::new(schema, object);
        store.scan_rows(which, &document::columns(object), |row| {
            rows.with(number, row, |doc| builder.push(doc));
            !stop.load(Ordering::Relaxed)
        })?;
    }
    Ok(builder.finish())
}

/// Brings some records of an object up to date in the index.
fn apply(
    index: &mut Index,
    schema: &Schema,
    (number, name): (u16, &str),
    mut ids: BTreeSet<Id>,
    store: &Store,
) -> Result<(), Error> {
    let Some(object) = schema.objects.get(usize::from(number)) else { return Ok(()) };
    let all: Vec<Id> = ids.iter().copied().collect();
    for record in store.get_many(name, &all)? {
        ids.remove(&record.id);
        document::Document::of(schema, object, &record).with(number, |doc| index.upsert(doc));
    }
    for gone in ids {
        index.remove(number, gone.as_i64());
    }
    Ok(())
}

/// What a snapshot belongs to: a schema, and a journal with this entry at this place. A store that
/// was restored from a backup has another one there.
fn identity(store: &Store, schema: &Schema, sequence: i64) -> Result<u64, Error> {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(schema).unwrap_or_default().hash(&mut hasher);
    let entry = if sequence > 0 { store.journal_since(sequence - 1, 1)?.pop() } else { None };
    entry.map(|e| (e.seq, e.at.as_nanosecond(), e.record, e.version)).hash(&mut hasher);
    Ok(hasher.finish())
}
