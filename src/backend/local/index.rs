//! The search index of a local store: loaded or built in the background, kept up with the journal,
//! saved beside the store.
//!
//! Who searches takes the index as it is at the moment and holds no lock; who changes it makes a copy,
//! which shares all but the latest changes, and puts it in place. So no search waits for a change, a
//! compaction or the snapshot, and none of these for a search. While an index is built from nothing, what
//! there is of it is searched together with the newest records ([`recent`]).

use super::{document, recent};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::schema::model::Schema;
use crate::search::{self, Builder, Chosen, Hit, Index, Query, Stamp};
use crate::store::{Store, Which, beside};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
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
/// A half-written snapshot that was not added to for so long will not be finished.
const LEFT_OVER: Duration = Duration::from_secs(600);
/// It is written anew at once when the index holds so many bytes of text, and a good part of all.
const HEAVY: usize = 48 << 20;

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
    stage: Mutex<Stage>,
    staged: Condvar,
    /// Somebody searches who may not see everything.
    limited: AtomicBool,
    /// The journal is trimmed to where it can't be followed any more.
    outrun: AtomicBool,
}

/// How far the index is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Not begun, or the snapshot is being read: a matter of a moment.
    Loading,
    /// Being made from the records.
    Building,
    /// Covers everything.
    Ready,
}

/// How long a search waits for an index that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// Not at all.
    None,
    /// So long, if there is a snapshot to load.
    ToLoad(Duration),
    /// So long, whatever is to do.
    ToTheEnd(Duration),
}

/// What is searched for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// In these objects; in all, if none are named.
    pub(super) objects: &'a [String],
    pub(super) text: &'a str,
    /// Of these objects, only these records.
    pub(super) among: &'a [(String, Arc<Chosen>)],
}

impl<'a> Asked<'a> {
    /// Whatever matches in some objects.
    pub(super) fn all(objects: &'a [String], text: &'a str) -> Asked<'a> {
        Asked { objects, text, among: &[] }
    }

    fn takes(&self, object: &str, id: i64) -> bool {
        self.among.iter().all(|(of, chosen)| of != object || chosen.has(id))
    }
}

#[derive(Clone)]
struct Loaded {
    index: Arc<Index>,
    /// Objects are numbered by their place here.
    schema: Arc<Schema>,
    /// There is more to come.
    partial: bool,
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
            stage: Mutex::new(Stage::Loading),
            staged: Condvar::new(),
            limited: AtomicBool::new(false),
            outrun: AtomicBool::new(false),
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
        let (index, sequence, saved) = match self.load(store, &schema, head) {
            Some((index, sequence)) => (index, sequence, true),
            None => {
                self.set(Stage::Building);
                let (index, saved) = self.build(store, &schema, head, stop)?;
                (index, head, saved)
            }
        };
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        {
            let _following = lock(&self.following);
            self.put(Some(Loaded { index: Arc::new(index), schema, partial: false }));
            self.sequence.store(sequence, Ordering::Release);
            self.saved.store(if saved { sequence } else { -1 }, Ordering::Relaxed);
        }
        self.follow(store, usize::MAX)?;
        self.set(Stage::Ready);
        Ok(())
    }

    /// Makes the index from the records, and the snapshot with it; whether that could be written. What there
    /// is can be searched meanwhile.
    fn build(&self, store: &Store, schema: &Arc<Schema>, head: i64, stop: &AtomicBool) -> Result<(Index, bool), Error> {
        self.remove_left_over();
        let part = self.part();
        let file = File::options().read(true).write(true).create_new(true).open(&part);
        let mut builder = file.map_or_else(|_| Builder::new(), Builder::saving);
        let scanned = self.scan(store, schema, &mut builder, stop);
        let finished = scanned.and_then(|()| {
            if stop.load(Ordering::Relaxed) {
                // Nobody waits for what is under way.
                return Ok((Index::new(), false));
            }
            let stamp = Stamp { store: identity(store, schema, head)?, sequence: head.unsigned_abs() };
            Ok(builder.finish_saving(stamp))
        });
        let saved = matches!(&finished, Ok((_, true))) && std::fs::rename(&part, &self.path).is_ok();
        if !saved {
            // It may never have been made.
            let _ = std::fs::remove_file(&part);
        }
        finished.map(|(index, _)| (index, saved))
    }

    fn scan(&self, store: &Store, schema: &Arc<Schema>, builder: &mut Builder, stop: &AtomicBool) -> Result<(), Error> {
        let mut shown = 0;
        for (number, object) in (0_u16..).zip(&schema.objects) {
            if !object.searchable || stop.load(Ordering::Relaxed) {
                continue;
            }
            let which = Which { object: &object.name, filter: None, ids: None, words: &[] };
            let rows = document::Rows::new(schema, object);
            store.scan_rows(which, &document::columns(object), |row| {
                rows.with(number, row, |doc| builder.push(doc));
                if builder.segments() > shown {
                    shown = builder.segments();
                    let index = Arc::new(builder.so_far().clone());
                    self.put(Some(Loaded { index, schema: Arc::clone(schema), partial: true }));
                }
                !stop.load(Ordering::Relaxed)
            })?;
        }
        Ok(())
    }

    /// Forgets the index: the schema it was made by is not in force any more, or its snapshot is damaged.
    pub(super) fn forget(&self) {
        let _following = lock(&self.following);
        if self.is_damaged() {
            // Where it can't be removed, it is there to be found damaged again.
            let _ = std::fs::remove_file(&self.path);
        }
        self.set(Stage::Loading);
        self.put(None);
        self.outrun.store(false, Ordering::Relaxed);
        self.saved.store(-1, Ordering::Relaxed);
    }

    /// Whether answers may lack something because the snapshot is not what was written: to be made anew.
    pub(super) fn is_damaged(&self) -> bool {
        self.outrun.load(Ordering::Relaxed) || self.taken().is_some_and(|loaded| loaded.index.is_damaged())
    }

    /// Brings the index up to the journal, by at most `most` entries; whether it got to the end.
    pub(super) fn follow(&self, store: &Store, most: usize) -> Result<bool, Error> {
        let _following = lock(&self.following);
        let mut done = 0;
        while done < most {
            let Some(loaded) = self.complete() else { return Ok(false) };
            let entries = store.journal_since(self.sequence.load(Ordering::Acquire), CHUNK)?;
            let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(true) };
            // The journal of a copy is trimmed: what was done then is not known any more.
            if first.seq > self.sequence.load(Ordering::Acquire) + 1 {
                self.outrun.store(true, Ordering::Relaxed);
                return Ok(false);
            }
            let mut changed: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
            for entry in &entries {
                changed.entry(&entry.object).or_default().insert(entry.record);
            }
            let Loaded { index, schema, .. } = loaded;
            let mut index = Index::clone(&index);
            for (name, ids) in changed {
                if let Some(number) = document::number(&schema, name) {
                    apply(&mut index, &schema, (number, name), ids, store)?;
                }
            }
            self.put(Some(Loaded { index: Arc::new(index), schema, partial: false }));
            self.sequence.store(last.seq, Ordering::Release);
            done += entries.len();
        }
        Ok(false)
    }

    /// Whether [`SearchIndex::compact`] has something to do.
    pub(super) fn wants_compaction(&self) -> bool {
        self.complete().is_some_and(|loaded| loaded.index.wants_compaction())
    }

    /// Merges what changes have left behind, as long as that makes searches faster.
    pub(super) fn compact(&self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let Some(mut work) = self.complete().and_then(|loaded| loaded.index.compaction()) else { return };
            work.run();
            let _following = lock(&self.following);
            let Some(Loaded { index, schema, .. }) = self.complete() else { return };
            let mut index = Index::clone(&index);
            index.adopt(&mut work);
            self.put(Some(Loaded { index: Arc::new(index), schema, partial: false }));
        }
    }

    /// Notes that somebody searches who may not see everything; whether they are the first.
    pub(super) fn note_limited(&self) -> bool {
        !self.limited.swap(true, Ordering::Relaxed)
    }

    /// Makes ready for those who may not see everything, if there are any.
    pub(super) fn learn_letters(&self, stop: &AtomicBool) {
        if self.limited.load(Ordering::Relaxed)
            && let Some(loaded) = self.complete()
        {
            loaded.index.learn_letters(stop);
        }
    }

    /// The last journal entry in the index.
    pub(super) fn sequence(&self) -> i64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Whether the index covers everything.
    pub(super) fn is_ready(&self) -> bool {
        *lock(&self.stage) == Stage::Ready
    }

    fn set(&self, stage: Stage) {
        *lock(&self.stage) = stage;
        self.staged.notify_all();
    }

    /// Waits until the index covers everything, as patiently as that, and not once `cancel` is set; whether
    /// it does.
    pub(super) fn wait(&self, patience: Patience, cancel: &AtomicBool) -> bool {
        let (most, stays) = match patience {
            Patience::None => return self.is_ready(),
            Patience::ToLoad(most) => (most, false),
            Patience::ToTheEnd(most) => (most, true),
        };
        let until = Instant::now() + most;
        let mut stage = lock(&self.stage);
        while *stage != Stage::Ready && (stays || *stage == Stage::Loading) && !cancel.load(Ordering::Relaxed) {
            let left = until.saturating_duration_since(Instant::now()).min(LOOK_UP);
            if left.is_zero() {
                break;
            }
            stage = self.staged.wait_timeout(stage, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *stage == Stage::Ready
    }

    /// The best hits over some objects (all, if none are named). As long as there is no whole index, those of
    /// what there is of it and of the newest records.
    pub(super) fn search(
        &self,
        store: &Store,
        asked: &Asked<'_>,
        limit: usize,
        cancel: &AtomicBool,
    ) -> Result<Vec<(String, Id)>, Error> {
        if let Some(loaded) = self.complete().filter(|_| !self.is_damaged()) {
            let hits = loaded.hits(asked, limit, cancel)?;
            if !self.is_damaged() {
                return Ok(named(&loaded.schema, &hits));
            }
        }
        let schema = store.schema();
        let mut hits = recent::search(store, &schema, asked.objects, asked.text, limit, cancel)?;
        hits.retain(|hit| schema.objects.get(usize::from(hit.object)).is_some_and(|o| asked.takes(&o.name, hit.id)));
        if let Some(more) = self.taken().filter(|loaded| *loaded.schema == *schema) {
            hits.extend(more.hits(asked, limit, cancel)?);
            hits.sort_by_key(Hit::order);
            let mut seen = HashSet::new();
            hits.retain(|hit| seen.insert((hit.object, hit.id)));
            hits.truncate(limit);
        }
        Ok(named(&schema, &hits))
    }

    /// The best hits that are known without looking into the store.
    pub(super) fn known(&self, object: &str, text: &str, limit: usize, cancel: &AtomicBool) -> Result<Vec<i64>, Error> {
        let Some(loaded) = self.taken() else { return Ok(Vec::new()) };
        let objects = [object.to_owned()];
        let hits = loaded.hits(&Asked::all(&objects, text), limit, cancel)?;
        Ok(hits.iter().map(|hit| hit.id).collect())
    }

    /// Ids of all matches in an object, or among some of its records, ascending; `None` while there is no whole index.
    pub(super) fn matches(
        &self,
        object: &str,
        text: &str,
        among: Option<&Arc<Chosen>>,
        cancel: &AtomicBool,
    ) -> Option<Result<Vec<i64>, Error>> {
        let loaded = self.complete().filter(|_| !self.is_damaged())?;
        let Some(number) = document::number(&loaded.schema, object) else { return Some(Ok(Vec::new())) };
        let mut query = Query::new(text);
        if let Some(chosen) = among {
            query = query.among(number, Arc::clone(chosen));
        }
        let found = loaded.index.matches(&query, number, cancel);
        (!self.is_damaged()).then(|| found.map_err(|search::Cancelled| Error::Cancelled))
    }

    /// Whether the snapshot is so far behind the index that it is worth writing.
    pub(super) fn is_stale(&self) -> bool {
        let (sequence, saved) = (self.sequence(), self.saved.load(Ordering::Relaxed));
        self.is_ready() && (saved < 0 || sequence - saved >= STALE)
    }

    /// Whether writing the snapshot frees much memory: texts are read from it afterwards.
    pub(super) fn is_heavy(&self) -> bool {
        let heavy = |index: &Index| index.text_in_memory() > HEAVY.max(index.text_bytes() / 4);
        self.is_ready() && self.complete().is_some_and(|loaded| heavy(&loaded.index))
    }

    /// Writes the snapshot and lets the texts rest there. Where it can't be written, they stay in memory, and
    /// the index is built again next time.
    pub(super) fn save(&self, store: &Store) {
        let _ = self.try_save(store);
    }

    fn try_save(&self, store: &Store) -> Result<(), Error> {
        let (loaded, sequence) = {
            let _following = lock(&self.following);
            (self.complete(), self.sequence())
        };
        let Some(loaded) = loaded else { return Ok(()) };
        let stamp = Stamp { store: identity(store, &loaded.schema, sequence)?, sequence: sequence.unsigned_abs() };
        let part = self.part();
        let written = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&part)
            .and_then(|file| loaded.index.save(file, stamp))
            .and_then(|saved| std::fs::rename(&part, &self.path).map(|()| saved));
        let Ok(saved) = written else {
            let _ = std::fs::remove_file(&part);
            return Ok(());
        };
        self.saved.store(sequence, Ordering::Relaxed);
        let _following = lock(&self.following);
        if let Some(Loaded { index, schema, partial }) = self.complete() {
            let mut index = Index::clone(&index);
            index.rest_on(&saved);
            self.put(Some(Loaded { index: Arc::new(index), schema, partial }));
        }
        Ok(())
    }

    /// Removes what processes that were killed have left of their snapshots: who still writes has done so
    /// lately.
    fn remove_left_over(&self) {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let Some(begins) = name(&self.path).map(|name| name + ".") else { return };
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let Ok(entries) = std::fs::read_dir(folder.unwrap_or(Path::new("."))) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            let is_part = name(&path).is_some_and(|name| name.starts_with(&begins) && name.ends_with(".part"));
            let written = || std::fs::metadata(&path).and_then(|meta| meta.modified()).ok();
            let is_old = || written().and_then(|at| at.elapsed().ok()).is_some_and(|age| age > LEFT_OVER);
            if is_part && is_old() {
                // Another process may have been faster.
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// Where a snapshot is written before it takes the place of the one that is.
    fn part(&self) -> PathBuf {
        let mut part = self.path.as_os_str().to_owned();
        part.push(format!(".{}.part", std::process::id()));
        part.into()
    }

    /// Whether making the index would take noticeably longer than loading the snapshot.
    pub(super) fn is_behind(&self, store: &Store) -> Result<bool, Error> {
        let stamp = File::open(&self.path).ok().and_then(|mut file| Index::stamp(&mut file).ok());
        let sequence = stamp.and_then(|stamp| i64::try_from(stamp.sequence).ok());
        let head = store.journal_head()?;
        Ok(sequence.is_none_or(|sequence| sequence > head || head - sequence >= STALE))
    }

    fn load(&self, store: &Store, schema: &Schema, head: i64) -> Option<(Index, i64)> {
        let mut file = File::open(&self.path).ok()?;
        let stamp = Index::stamp(&mut file).ok()?;
        let sequence = i64::try_from(stamp.sequence).ok().filter(|s| (0..=FAR).contains(&(head - s)))?;
        if identity(store, schema, sequence).ok()? != stamp.store {
            return None;
        }
        let (index, _) = Index::load(File::open(&self.path).ok()?).ok()?;
        Some((index, sequence))
    }

    /// The index as it is now, if it is whole.
    fn complete(&self) -> Option<Loaded> {
        self.taken().filter(|loaded| !loaded.partial)
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

impl Loaded {
    fn hits(&self, asked: &Asked<'_>, limit: usize, cancel: &AtomicBool) -> Result<Vec<Hit>, Error> {
        let Asked { objects, text, among } = *asked;
        let numbers: Vec<u16> = objects.iter().filter_map(|o| document::number(&self.schema, o)).collect();
        if numbers.is_empty() && !objects.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = Query::new(text).only(&numbers);
        for (object, ids) in among {
            if let Some(number) = document::number(&self.schema, object) {
                query = query.among(number, Arc::clone(ids));
            }
        }
        self.index.search(&query, limit, cancel).map_err(|search::Cancelled| Error::Cancelled)
    }
}

fn named(schema: &Schema, hits: &[Hit]) -> Vec<(String, Id)> {
    let named = hits.iter().filter_map(|hit| {
        let object = schema.objects.get(usize::from(hit.object))?;
        Some((object.name.clone(), Id::from_i64(hit.id)?))
    });
    named.collect()
}

fn snapshot(store: &Path) -> PathBuf {
    let mut path = beside(store).into_os_string();
    path.push(".search");
    path.into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    match store.seal_in_force()? {
        Some(seal) => seal.hash(&mut hasher),
        None => serde_json::to_string(schema).unwrap_or_default().hash(&mut hasher),
    }
    let entry = if sequence > 0 { store.journal_since(sequence - 1, 1)?.pop() } else { None };
    entry.map(|e| (e.seq, e.at.as_nanosecond(), e.record, e.version)).hash(&mut hasher);
    Ok(hasher.finish())
}
