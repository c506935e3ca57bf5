//! The local store as a [`Backend`](crate::backend::Backend): `crm` called in-process on threads of its own.
//!
//! One thread writes, two read, one imports (between its batches others may write), one keeps the
//! search index, one waits for signs of other processes' writes. Each has its own connection, opened
//! when it is first needed.

mod answers;
mod copies;
mod document;
mod found;
mod index;
mod lane;
mod open;
mod recent;
mod seat;
mod session;
mod watch;

pub use crate::crm::sign_in::{WANTED as PASSWORD_WANTED, WRONG as PASSWORD_WRONG};
pub use crate::crm::{Feed, Told};
pub use crate::store::{OnceKey, OutboxRow, Queued, Token};
pub use crate::store::{beside, is_database, views};
pub use open::{Demo, OpenOptions};
pub use seat::{Entrance, SeatOptions};

use crate::contract::error::Error;
use crate::crm::{Context, Crm};
use crate::domain::event::{EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::domain::record::Fields;
use crate::schema::edit::Place;
use crate::schema::model::Schema;
use crate::store::files::FileFolder;
use crate::store::{Applied, AskPassword, Carrier, ChainState, InForce, Stop};
use futures_util::future::BoxFuture;
use index::{Patience, SearchIndex};
use lane::Lane;
use seat::Seat;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch as channel;

/// Whether there is a store at an address. Fails where a database can't be asked.
pub fn exists(path: &Path) -> Result<bool, Error> {
    Ok(crate::store::exists(path)?)
}

/// Takes away a store that could not be finished: only for whoever has just made it.
pub fn discard(path: &Path) {
    open::discard(path);
}

/// From now on the password of the database at this very address is asked for so.
pub fn ask_password(path: &Path, ask: AskPassword) {
    crate::store::ask_password(path, ask);
}

/// How long a list filtered by words waits for the index at the start before it makes do with what
/// can be found without.
const PATIENCE: Duration = Duration::from_millis(400);
/// Of how many others a thread remembers what the rules know of them.
const MOST_RESTING: usize = 128;
/// Journal entries that a writer puts into the index itself, so that it finds its own changes at once.
const OWN_ENTRIES: usize = 512;

/// A store file and the threads that work on it. Dropping it waits for writes under way.
#[derive(Clone)]
pub struct LocalBackend {
    engine: Arc<Engine>,
    /// On whose behalf.
    seat: Arc<Seat>,
    /// The next write is done once, under this key.
    once: Option<OnceKey>,
    /// The next write is to be sent to a server.
    queue: Option<Queued>,
}

/// The threads that work on a store, for all who use it in this process.
struct Engine {
    shared: Arc<Shared>,
    readers: Lane<Desk>,
    writer: Lane<Desk>,
    importer: Lane<Desk>,
    watch: Mutex<Option<watch::Watch>>,
    indexer: Mutex<Option<(Sender<Wake>, JoinHandle<()>)>>,
}

/// What a thread works with.
struct Desk {
    crm: Crm,
    interrupt: Arc<Stop>,
    /// On whose behalf it works right now.
    seat: Arc<Seat>,
    /// What the rules know of the others that it worked for.
    resting: HashMap<u64, Context>,
    /// Carries over what it writes, if it writes often.
    carrier: Option<Carrier>,
}

/// What all threads know.
struct Shared {
    options: OpenOptions,
    /// Who opened the store.
    first: Arc<Seat>,
    schema: RwLock<Arc<Schema>>,
    /// What the next connection need not find out.
    known: Mutex<InForce>,
    changes: channel::Sender<u64>,
    /// Journal head and schema as they were last told to [`Backend::changes`](crate::backend::Backend::changes).
    seen: Mutex<(i64, u64)>,
    search: SearchIndex,
    closing: AtomicBool,
    /// The number of the session's sign-in in the log; 0 before it is noted and after its end.
    session: AtomicI64,
}

/// What the index thread is told, what outdoes the others last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wake {
    /// A first answer is out: there will be time soon.
    Start,
    /// Somebody waits for the index.
    Hurry,
    /// The journal went on.
    Follow,
    /// Another schema is in force.
    Rebuild,
}

impl Shared {
    /// Tells the watchers if stored data changed since they were told last.
    fn note(&self, desk: &Desk) -> Result<(), Error> {
        let head = desk.crm.store().journal_head()?;
        let schema = desk.crm.schema();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut current = self.schema.write().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&current, &schema) && **current != *schema {
            *current = schema;
            *self.known.lock().unwrap_or_else(PoisonError::into_inner) = desk.crm.store().in_force();
            seen.1 += 1;
            seen.0 = -1;
        }
        drop(current);
        if seen.0 != head {
            seen.0 = head;
            self.changes.send_modify(|n| *n += 1);
        }
        Ok(())
    }

    /// What the index thread is to be told after a read.
    fn next_wake(&self) -> Wake {
        if self.search.is_damaged() { Wake::Rebuild } else { Wake::Start }
    }

    fn schema_number(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

impl LocalBackend {
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk, &Shared) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        let (shared, seat) = (Arc::clone(&self.engine.shared), Arc::clone(&self.seat));
        self.engine.readers.call(move |desk| {
            desk.begin(&seat)?;
            work(desk, &shared)
        })
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk, &Shared) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        self.write_in(&self.engine.writer, work)
    }

    fn write_in<T: Send + 'static>(
        &self,
        lane: &Lane<Desk>,
        work: impl FnOnce(&mut Desk, &Shared) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        let (work, follow) = (self.change(work), self.follow());
        lane.call(move |desk| {
            let result = work(desk);
            follow(desk);
            result
        })
    }

    /// A write in one transaction, which may be put on disk together with those that wait with it.
    fn write_together<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk, &Shared) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, Error>> {
        self.engine.writer.join(self.change(work), self.follow())
    }

    /// A change as this user's.
    fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk, &Shared) -> Result<T, Error> + Send + 'static,
    ) -> impl FnOnce(&mut Desk) -> Result<T, Error> + Send + 'static {
        let (shared, seat, once) = (Arc::clone(&self.engine.shared), Arc::clone(&self.seat), self.once.clone());
        let queue = self.queue.clone();
        move |desk| {
            desk.begin(&seat)?;
            desk.crm.once(once);
            desk.crm.queue(queue);
            let result = work(desk, &shared);
            desk.crm.once(None);
            desk.crm.queue(None);
            result
        }
    }

    /// What follows a write that is done, or not: it must not change its answer.
    fn follow(&self) -> impl FnOnce(&mut Desk) + Send + 'static {
        let (shared, wake) = (Arc::clone(&self.engine.shared), self.wake());
        move |desk| {
            let caught_up = shared.search.follow(desk.crm.store(), OWN_ENTRIES).unwrap_or(false);
            let _ = shared.note(desk);
            if let Some(carrier) = &mut desk.carrier {
                carrier.look(desk.crm.store());
            }
            let is_in_order = caught_up && !shared.search.wants_compaction();
            if let (false, Some(wake)) = (is_in_order, wake) {
                let _ = wake.send(Wake::Follow);
            }
        }
    }

    fn wake(&self) -> Option<Sender<Wake>> {
        self.engine.indexer.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(wake, _)| wake.clone())
    }

    /// Somebody waits for the index: it doesn't wait for the first page then.
    fn hurry_search(&self) {
        if let Some(wake) = self.wake() {
            let _ = wake.send(Wake::Hurry);
        }
    }

    /// Waits until the search covers everything.
    pub fn search_ready(&self) -> BoxFuture<'static, Result<(), Error>> {
        self.start_search();
        self.hurry_search();
        self.read(|desk, shared| {
            let ready = shared.search.wait(Patience::ToTheEnd(Duration::from_secs(3_600)), desk.interrupt.flag());
            if ready { Ok(()) } else { Err(Error::Cancelled) }
        })
    }

    /// Brings the snapshot of the search up to date if it is far behind, so that the next start is quick:
    /// it is written when the backend is dropped at the latest.
    pub async fn refresh_search(&self) -> Result<(), Error> {
        if self.read(|desk, shared| shared.search.is_behind(desk.crm.store())).await? {
            self.search_ready().await?;
        }
        Ok(())
    }

    /// Copies the store to a new file while it is in use, and the attached files beside it.
    pub fn backup(&self, to: PathBuf) -> BoxFuture<'static, Result<(), Error>> {
        let noted = self.note_down(Happening::new(EventKind::Backup).with("file", to.display()));
        let copied = self.read(move |desk, shared| {
            desk.crm.store().backup_to(&to)?;
            Ok(FileFolder::beside(&shared.options.path).copy_to(&FileFolder::beside(&to))?)
        });
        Box::pin(async move {
            noted.await?;
            copied.await
        })
    }

    /// What is wrong with the stored data, if anything.
    pub fn doctor(&self) -> BoxFuture<'static, Result<Vec<Message>, Error>> {
        self.read(|desk, _| Ok(desk.crm.store().check()?.iter().map(|f| f.message()).collect()))
    }

    /// Keeps a setting as [`Backend::put_setting`](crate::backend::Backend::put_setting) does, on disk afterwards:
    /// what isn't typed but promised.
    pub fn keep_setting(&self, key: String, value: Option<String>) -> BoxFuture<'static, Result<(), Error>> {
        self.write(move |desk, _| desk.crm.keep_setting(&key, value.as_deref()))
    }

    /// Removes the events that are older than the schema keeps them: how many.
    pub fn keep_events(&self) -> BoxFuture<'static, Result<u64, Error>> {
        self.write(|desk, _| desk.crm.keep_events(true))
    }

    /// How many transactions the journal has, and the hash that stands for all of them.
    pub fn chain(&self) -> BoxFuture<'static, Result<ChainState, Error>> {
        self.read(|desk, _| Ok(desk.crm.store().chain()?))
    }

    /// Removes the content of attached files that no record, journal entry or draft names: how many, and their bytes.
    pub fn remove_orphaned_files(&self) -> BoxFuture<'static, Result<(usize, u64), Error>> {
        self.write(|desk, _| {
            let removed = desk.crm.store_mut().remove_orphaned_files()?;
            Ok((removed.places.len(), removed.bytes))
        })
    }

    /// Gives a user another password; their own takes the one they have now. `Invalid` with the reason if it is too
    /// weak or the current one is wrong.
    pub fn set_password(
        &self,
        user: Id,
        current: Option<Password>,
        new: Password,
    ) -> BoxFuture<'static, Result<(), Error>> {
        self.write(move |desk, _| desk.crm.set_password(user, (current.as_ref(), &new), None).map(drop))
    }

    /// Whether a user has a password.
    pub fn has_password(&self, user: Id) -> BoxFuture<'static, Result<bool, Error>> {
        self.read(move |desk, _| desk.crm.has_password(user))
    }

    /// Demands passwords of everybody from now on, or not any more. `Denied` to whoever has none.
    pub fn demand_passwords(&self, on: bool) -> BoxFuture<'static, Result<(), Error>> {
        self.write(move |desk, _| desk.crm.demand_passwords(on))
    }

    /// Puts another schema in force. Changes that lose data are made only if `allow_loss` is set,
    /// after a backup; else `Conflict` says what would be lost.
    pub fn apply_schema(&self, schema: Schema, allow_loss: bool) -> BoxFuture<'static, Result<Applied, Error>> {
        self.putting_in_force(move |crm| crm.apply_schema(&schema, allow_loss))
    }

    /// A text as a schema, in the store's currency unless it names one. `Invalid` with every mistake.
    pub fn schema_of(&self, text: String) -> BoxFuture<'static, Result<Schema, Error>> {
        self.read(move |desk, _| desk.crm.schema_from(&text))
    }

    /// The user's own TOML in force with other values of one entry. `Invalid` with every mistake.
    pub fn schema_with(&self, place: Place, changes: Fields) -> BoxFuture<'static, Result<String, Error>> {
        self.read(move |desk, _| desk.crm.schema_with(&place, &changes))
    }

    /// Work that puts another schema in force: whoever follows the store is told, and the search is made anew.
    fn putting_in_force(
        &self,
        work: impl FnOnce(&mut Crm) -> Result<Applied, Error> + Send + 'static,
    ) -> BoxFuture<'static, Result<Applied, Error>> {
        let wake = self.wake();
        self.write(move |desk, shared| {
            let applied = work(&mut desk.crm)?;
            shared.note(desk)?;
            if let Some(wake) = wake {
                let _ = wake.send(Wake::Rebuild);
            }
            Ok(applied)
        })
    }
}

impl Desk {
    /// Begins a job on somebody's behalf.
    fn begin(&mut self, seat: &Arc<Seat>) -> Result<(), Error> {
        if self.seat.number != seat.number {
            let next = self.resting.remove(&seat.number).unwrap_or_else(|| seat.context());
            if self.resting.len() >= MOST_RESTING {
                self.resting.clear();
            }
            let last = std::mem::replace(&mut self.seat, Arc::clone(seat));
            self.resting.insert(last.number, self.crm.sit(next));
        }
        self.crm.begin_work()
    }

    fn through<'a>(&'a self, shared: &'a Shared, patience: Patience) -> Result<found::Through<'a>, Error> {
        let (store, cancel, rights) = (self.crm.store(), self.interrupt.flag(), self.crm.rights_now()?);
        Ok(found::Through { index: &shared.search, store, cancel, patience, rights })
    }
}
