//! Opening a local store and starting its threads, and ending them.

use super::index::{Patience, SearchIndex};
use super::lane::{Interrupt, Lane, Make, Together};
use super::watch::Watch;
use super::{Desk, Engine, LocalBackend, OWN_ENTRIES, PATIENCE, Seat, Shared, Wake, session};
use crate::backend::Me;
use crate::contract::error::Error;
use crate::contract::request::From;
use crate::crm::{Crm, Told, sign_in};
use crate::demo::Sizes;
use crate::domain::filter::{self as language, Expr};
use crate::domain::journal::Origin;
use crate::domain::lang::Lang;
use crate::domain::password::Password;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::Schema;
use crate::store::files::FileFolder;
use crate::store::{OpenMode, Store, Which};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::watch as channel;

/// What the first frame takes after its page is there, at most.
const FIRST_FRAME: Duration = Duration::from_millis(30);

/// How to open a local store.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// The store's file.
    pub path: PathBuf,
    /// Refuse every write.
    pub read_only: bool,
    /// Login of the user on whose behalf all calls are made; `None` for nobody in particular.
    pub user: Option<String>,
    /// Login of who that is if `user` is `None`, provided that the store knows it.
    pub likely_user: Option<String>,
    /// The user's password, where the store demands one.
    pub password: Option<Password>,
    /// tcrm itself opens it, for what belongs to no user: nobody signs in.
    pub unattended: bool,
    /// It holds copies of what a server let one person see, and what that said of fields: it is opened by nobody, and
    /// asks for no rights of its own.
    pub copies: Option<Told>,
    /// Where changes are said to come from.
    pub origin: Origin,
    /// The user's time zone: what `today` means.
    pub zone: TimeZone,
    /// How far its clock goes ahead of the system's: tests have a day of their own.
    pub ahead: SignedDuration,
    /// The language of labels in search hits.
    pub lang: Lang,
    /// Make the search index ready in the background. Without, it is made when it is first needed.
    pub search: bool,
    /// It is a session of somebody at work, whose beginning and end are noted in the log.
    pub session: bool,
}

impl OpenOptions {
    /// A store for reading and writing by nobody in particular, in the system's time zone.
    pub fn new(path: impl Into<PathBuf>) -> OpenOptions {
        OpenOptions {
            path: path.into(),
            read_only: false,
            user: None,
            likely_user: None,
            password: None,
            unattended: false,
            copies: None,
            origin: Origin::Cli,
            zone: TimeZone::system(),
            ahead: SignedDuration::ZERO,
            lang: Lang::En,
            search: false,
            session: false,
        }
    }
}

/// What made-up data a store is filled with.
#[derive(Debug, Clone)]
pub struct Demo {
    /// How many customers.
    pub customers: u64,
    /// The same seed and day give the same data.
    pub seed: u64,
    /// The day that the data is about.
    pub now: Zoned,
}

impl LocalBackend {
    /// Opens an existing store. `NotFound` if there is no file or no such user, `Timeout` if another
    /// process holds it, `Corrupt` if it can't be read as a store or a newer version made it.
    pub fn open(options: OpenOptions) -> Result<LocalBackend, Error> {
        // The thread that reads the first page starts while the file is opened.
        let readers = Readers::new();
        readers.lane.warm();
        let store = Store::open(&options.path, mode(&options))?;
        LocalBackend::start(store, options, readers)
    }

    /// Makes a new store with a schema and opens it. `Conflict` if the file exists.
    pub fn create(options: OpenOptions, schema: &Schema) -> Result<LocalBackend, Error> {
        let store = Store::create(&options.path, schema)?;
        let path = options.path.clone();
        LocalBackend::start(store, options, Readers::new()).inspect_err(|_| discard(&path))
    }

    /// Makes a new store filled with made-up data and opens it. `progress` is told records written, of all. A failure
    /// leaves nothing behind.
    pub fn create_demo(
        options: OpenOptions,
        schema: &Schema,
        demo: Demo,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<LocalBackend, Error> {
        let mut store = Store::create(&options.path, schema)?;
        let path = options.path.clone();
        let sizes = Sizes::for_customers(demo.customers);
        let filled = crate::demo::fill(&mut store, demo.seed, &demo.now, &sizes, progress);
        let made = match filled.map_err(Error::from) {
            Ok(_) => crate::demo::submit(store, demo.seed, &demo.now),
            Err(error) => {
                drop(store);
                Err(error)
            }
        };
        let made = made.and_then(|mut store| {
            crate::crm::sweep::count_as_swept(&mut store, demo.now.date())?;
            Ok(store)
        });
        made.and_then(|store| LocalBackend::start(store, options, Readers::new())).inspect_err(|_| discard(&path))
    }

    /// Puts a checked copy of a backup in a store's place, with its attached files. What was there is kept
    /// beside it; gives its path. The log of the store then says so, and by which login.
    pub fn restore(backup: &Path, path: &Path, login: Option<&str>) -> Result<Option<PathBuf>, Error> {
        let kept = Store::restore(backup, path, Timestamp::now())?;
        SearchIndex::discard(path);
        FileFolder::beside(backup).copy_to(&FileFolder::beside(path))?;
        session::restored(path, backup, kept.as_deref(), login)?;
        Ok(kept)
    }

    fn start(store: Store, options: OpenOptions, readers: Readers) -> Result<LocalBackend, Error> {
        let refused = |error: &Error| {
            // Who is asked for the password has not been refused yet.
            let is_asked = matches!(error, Error::Denied(why) if why.key == sign_in::WANTED);
            if let Some(login) = options.user.as_ref().filter(|_| !is_asked) {
                session::refuse(&options, login, error);
            }
        };
        let me = if options.copies.is_some() { None } else { signed_in(&store, &options).inspect_err(refused)? };
        if !options.unattended {
            sign_in(&store, &options, me.as_ref()).inspect_err(refused)?;
        }
        let first = Arc::new(Seat::first(me, &options));
        let shared = Arc::new(Shared {
            first: Arc::clone(&first),
            schema: RwLock::new(store.schema()),
            known: Mutex::new(store.in_force()),
            changes: channel::Sender::new(0),
            seen: Mutex::new((store.journal_head()?, 0)),
            search: SearchIndex::new(&options.path),
            closing: AtomicBool::new(false),
            session: AtomicI64::new(0),
            options,
        });
        let open = desk(store, &shared);
        open.crm.admit()?;
        *readers.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
        let _ = readers.shared.set(Arc::clone(&shared));
        let of = Arc::clone(&shared);
        let write: Make<Desk> = Arc::new(move || Ok((open_desk(&of, mode(&of.options))?, None)));
        let open = Arc::clone(&write);
        let write_alone: Make<Desk> = Arc::new(move || {
            let (mut desk, interrupt) = open()?;
            desk.carrier = desk.crm.store().leave_log()?;
            Ok((desk, interrupt))
        });
        let search = shared.options.search || shared.options.session;
        let engine = Engine {
            readers: readers.lane,
            writer: Lane::new("writer", 1, write_alone).together(TOGETHER),
            importer: Lane::new("importer", 1, write),
            watch: Mutex::new(None),
            indexer: Mutex::new(None),
            shared,
        };
        let backend = LocalBackend { engine: Arc::new(engine), seat: first, once: None, queue: None };
        if search {
            backend.start_search();
        }
        Ok(backend)
    }

    /// Looks after other processes' writes from now on, unless it does already. Where the system can't tell
    /// of them, a store still works: it then sees others' changes with its own next read.
    pub(super) fn start_watch(&self) {
        let mut watch = self.engine.watch.lock().unwrap_or_else(PoisonError::into_inner);
        if watch.is_some() {
            return;
        }
        let shared = Arc::clone(&self.engine.shared);
        let wake = self.wake();
        let mut eyes: Option<(Desk, i64)> = None;
        let look = move || {
            if eyes.is_none() {
                eyes = open_desk(&shared, OpenMode::ReadOnly).ok().map(|desk| (desk, -1));
            }
            let Some((desk, seen)) = eyes.as_mut() else { return };
            let Ok(version) = desk.crm.store().data_version() else {
                eyes = None;
                return;
            };
            if version == *seen {
                return;
            }
            *seen = version;
            let schema_before = shared.schema_number();
            let refreshed = desk.crm.refresh_schema();
            // Whoever hears of the change may search for it at once.
            let caught_up = shared.search.follow(desk.crm.store(), OWN_ENTRIES).unwrap_or(false);
            if let (Ok(()), Some(wake)) = (refreshed.and_then(|()| shared.note(desk)), &wake) {
                if shared.schema_number() != schema_before {
                    let _ = wake.send(Wake::Rebuild);
                } else if !caught_up {
                    let _ = wake.send(Wake::Follow);
                }
            }
        };
        *watch = Watch::start(&self.engine.shared.options.path, look).ok();
    }

    /// Starts the thread that keeps the search index, unless it runs.
    pub(super) fn start_search(&self) {
        let mut indexer = self.engine.indexer.lock().unwrap_or_else(PoisonError::into_inner);
        if indexer.is_some() {
            return;
        }
        let (wake, wakes) = mpsc::channel();
        let shared = Arc::clone(&self.engine.shared);
        // In the background the first page goes first; else somebody waits for the index.
        let first_page = if shared.options.search { Duration::from_millis(300) } else { Duration::ZERO };
        let keep = move || keep_index(&shared, &wakes, first_page);
        if let Ok(thread) = std::thread::Builder::new().name("search".to_owned()).spawn(keep) {
            *indexer = Some((wake, thread));
        }
    }

    /// How long a filter may wait for the index; starts making one if the filter needs it.
    pub(super) fn patience(&self, filter: &str) -> Patience {
        if !language::parse(filter).is_ok_and(|expr| has_words(&expr)) {
            return Patience::None;
        }
        self.search_patience(Patience::ToLoad(PATIENCE))
    }

    /// How long a search may wait for the index: `first` while one is being made in the background
    /// anyway, as long as it takes where one is made for it.
    pub(super) fn search_patience(&self, first: Patience) -> Patience {
        if self.engine.shared.options.search {
            return first;
        }
        self.start_search();
        Patience::ToTheEnd(Duration::from_secs(600))
    }
}

/// The lane of the readers before there is a store to read.
struct Readers {
    lane: Lane<Desk>,
    /// The first page is read on the connection that is open already.
    first: Arc<Mutex<Option<Desk>>>,
    shared: Arc<OnceLock<Arc<Shared>>>,
}

impl Readers {
    fn new() -> Readers {
        let first = Arc::new(Mutex::new(None::<Desk>));
        let shared = Arc::new(OnceLock::<Arc<Shared>>::new());
        let (ready, of) = (Arc::clone(&first), Arc::clone(&shared));
        let make: Make<Desk> = Arc::new(move || {
            let ready = ready.lock().unwrap_or_else(PoisonError::into_inner).take();
            let desk = match (ready, of.get()) {
                (Some(desk), _) => desk,
                (None, Some(shared)) => open_desk(shared, OpenMode::ReadOnly)?,
                (None, None) => return Err(Error::Other(msg!("backend-job-lost"))),
            };
            let interrupt: Interrupt = Arc::clone(&desk.interrupt);
            Ok((desk, Some(interrupt)))
        });
        Readers { lane: Lane::new("reader", 2, make), first, shared }
    }
}

/// Writes that wait are put on disk together.
const TOGETHER: Together<Desk> = Together {
    begin: |desk| desk.crm.store().begin_together().unwrap_or(false),
    end: |desk| Ok(desk.crm.store().end_together()?),
};

/// Takes away a store that was just made and could not be finished, with what stands beside it. What can't be taken
/// away stays.
pub(super) fn discard(path: &Path) {
    let _ = crate::store::discard(path);
    SearchIndex::discard(path);
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let indexer = self.indexer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((wake, thread)) = indexer {
            drop(wake);
            let _ = thread.join();
        }
        session::sign_out(&self.shared);
    }
}

fn has_words(expr: &Expr) -> bool {
    match expr {
        Expr::Word(_) => true,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(has_words),
        Expr::Not(part) => has_words(part),
        Expr::All | Expr::Compare { .. } => false,
    }
}

fn mode(options: &OpenOptions) -> OpenMode {
    if options.read_only { OpenMode::ReadOnly } else { OpenMode::ReadWrite }
}

pub(super) fn open_desk(shared: &Shared, mode: OpenMode) -> Result<Desk, Error> {
    let known = shared.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(desk(Store::open_knowing(&shared.options.path, mode, known)?, shared))
}

pub(super) fn desk(store: Store, shared: &Shared) -> Desk {
    let seat = Arc::clone(&shared.first);
    let interrupt = store.interrupt();
    Desk { crm: Crm::new(store, seat.context()), interrupt, seat, resting: HashMap::new(), carrier: None }
}

pub(super) fn signed_in(store: &Store, options: &OpenOptions) -> Result<Option<Me>, Error> {
    match (&options.user, &options.likely_user) {
        (Some(login), _) => known_user(store, login).map(Some),
        (None, Some(login)) => known_user(store, login).map(Some).or_else(|_| only_user(store)),
        (None, None) => only_user(store),
    }
}

/// `Denied` unless the user may work with the store. Failures are counted wherever the file can be written.
fn sign_in(store: &Store, options: &OpenOptions, me: Option<&Me>) -> Result<(), Error> {
    if store.demands_passwords()? { check_password(store, options, me) } else { Ok(()) }
}

/// `Denied` unless the user has a password and it was given.
pub(super) fn check_password(store: &Store, options: &OpenOptions, me: Option<&Me>) -> Result<(), Error> {
    let counting = Store::open_knowing(&options.path, OpenMode::ReadWrite, store.in_force());
    let mut store = counting.or_else(|_| Store::open_knowing(&options.path, OpenMode::ReadOnly, store.in_force()))?;
    sign_in::sign_in(&mut store, me.map(|me| me.id), options.password.as_ref(), Timestamp::now())
}

pub(super) fn known_user(store: &Store, login: &str) -> Result<Me, Error> {
    let unknown = || Error::NotFound(msg!("backend-no-user", login = login));
    let schema = store.schema();
    let object = schema.object("user").ok_or_else(unknown)?;
    let field = object.code.as_deref().unwrap_or(&object.title);
    let found = store.find_equal("user", field, &Value::Text(login.to_owned()), 1)?;
    let id = *found.first().ok_or_else(unknown)?;
    let record = store.get("user", id)?.ok_or_else(unknown)?;
    let name = record.get(&object.title).as_str().unwrap_or(login).to_owned();
    let login = record.get(field).as_str().unwrap_or(login).to_owned();
    Ok(Me { id, login, name })
}

/// Who nobody in particular is: the only user of the store, where there is just one.
fn only_user(store: &Store) -> Result<Option<Me>, Error> {
    let schema = store.schema();
    let Some(object) = schema.object("user") else { return Ok(None) };
    let login = object.code.as_ref().unwrap_or(&object.title);
    let columns = [login.clone(), object.title.clone()];
    let page = store.page(Which::all("user"), &[], &columns, &From::Start, 2)?;
    let [row] = page.rows.as_slice() else { return Ok(None) };
    let text = |field: &str| row.0.get(field).as_str().unwrap_or_default().to_owned();
    let login = text(login);
    Ok(Some(Me { id: row.0.id, login, name: text(&object.title) }))
}

/// The life of the index thread: make the index when the first page is out, follow the journal, save. It has a
/// connection only as long as it works.
fn keep_index(shared: &Shared, wakes: &Receiver<Wake>, first_page: Duration) {
    wait_for_first_frame(wakes, first_page);
    session::sign_in(shared);
    if shared.closing.load(Ordering::SeqCst) {
        return;
    }
    match open_desk(shared, OpenMode::ReadOnly) {
        Ok(desk) => {
            make_index(shared, &desk);
            // The first search shall find ready what all searches need.
            let schema = desk.crm.schema();
            let searched = schema.objects.iter().filter(|o| o.searchable);
            desk.crm.store().make_ready(searched.map(|o| o.name.as_str()));
            crate::search::make_ready();
            if !shared.options.read_only {
                desk.crm.store().keep_compiled();
                make_lacking_indexes(shared, &desk);
            }
        }
        Err(_) => return,
    }
    while let Ok(first) = wakes.recv() {
        let mut told = first;
        while let Ok(next) = wakes.try_recv() {
            told = told.max(next);
        }
        if shared.closing.load(Ordering::SeqCst) {
            break;
        }
        if told <= Wake::Hurry && shared.search.is_ready() {
            continue;
        }
        if let Ok(mut desk) = open_desk(shared, OpenMode::ReadOnly) {
            keep_up(shared, &mut desk, told);
        }
    }
    if shared.search.is_damaged() {
        shared.search.forget();
    }
    if shared.search.is_stale()
        && let Ok(desk) = open_desk(shared, OpenMode::ReadOnly)
    {
        shared.search.save(desk.crm.store());
    }
}

/// Makes the indexes that an older program has not made. What can't be made now is made another time: all is found
/// without them too, only later.
fn make_lacking_indexes(shared: &Shared, desk: &Desk) {
    if desk.crm.store().lacks_indexes().unwrap_or(false)
        && let Ok(writing) = open_desk(shared, OpenMode::ReadWrite)
    {
        let _ = writing.crm.store().make_lacking_indexes(&|| shared.closing.load(Ordering::SeqCst));
    }
}

fn keep_up(shared: &Shared, desk: &mut Desk, told: Wake) {
    if told == Wake::Rebuild && desk.crm.refresh_schema().is_ok() {
        shared.search.forget();
        make_index(shared, desk);
        return;
    }
    let before = shared.search.sequence();
    let _ = shared.search.follow(desk.crm.store(), usize::MAX);
    if shared.search.sequence() != before {
        shared.changes.send_modify(|n| *n += 1);
    }
    shared.search.compact(&shared.closing);
    shared.search.learn_letters(&shared.closing);
    if shared.search.is_heavy() {
        shared.search.save(desk.crm.store());
    }
}

/// The first page goes first, and the frame that shows it, unless somebody waits for the index.
fn wait_for_first_frame(wakes: &Receiver<Wake>, first_page: Duration) {
    if !matches!(wakes.recv_timeout(first_page), Ok(Wake::Start)) {
        return;
    }
    let until = Instant::now() + FIRST_FRAME;
    while let Ok(Wake::Start) = wakes.recv_timeout(until.saturating_duration_since(Instant::now())) {}
}

fn make_index(shared: &Shared, desk: &Desk) {
    if shared.search.prepare(desk.crm.store(), &shared.closing).is_ok() && shared.search.is_ready() {
        // Lists that were filtered by words without it can be filled now.
        shared.changes.send_modify(|n| *n += 1);
        // Where that can't be found out beforehand, the first search does.
        let _ = desk.crm.look_around(&|| shared.closing.load(Ordering::SeqCst));
        if desk.crm.rights_now().is_ok_and(|rights| !rights.is_unlimited()) {
            shared.search.note_limited();
        }
        shared.search.compact(&shared.closing);
        shared.search.learn_letters(&shared.closing);
        if shared.search.is_stale() {
            shared.search.save(desk.crm.store());
        }
    }
}
