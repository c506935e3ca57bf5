//! A server's data with a cache of it on this machine: a [`Backend`](super::Backend) that opens at once, and goes on
//! when the network is gone.
//!
//! While the server answers, it is asked. When it doesn't, the cache answers: an ordinary store with the server's
//! schema, which holds what the user works with (see [`Rule`]). What is changed then goes through the rules of `crm`
//! into the cache, and in the same transaction into its outbox; from there it is sent in order (`push`), each under a
//! key by which the server does it once. What others changed meanwhile is put together field by field (`merge`); what
//! changed on the server comes in through its feed of changes (`fill`).

mod answers;
mod approvals;
mod deciding;
mod files;
mod fill;
mod merge;
mod push;
mod rule;
mod state;
mod writing;

pub use rule::Rule;

use super::Me;
use super::http::{HttpBackend, HttpOptions};
use super::local::{Entrance, LocalBackend, OpenOptions, SeatOptions, Told};
use super::sync::{Link, SyncState};
use crate::api::payload::{ObjectRights, Standing};
use crate::contract::error::Error;
use crate::contract::request::Capabilities;
use crate::domain::id::IdSource;
use crate::msg;
use crate::schema::model::Schema;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, watch};

/// How to work with a server and without it.
#[derive(Debug, Clone)]
pub struct OfflineOptions {
    /// The server.
    pub http: HttpOptions,
    /// The folder of the cache and of what waits to be sent.
    pub folder: PathBuf,
    /// What is kept here.
    pub rule: Rule,
    /// So many entries of the cache's own journal are kept beside those that are needed, and those of some days.
    pub journal: usize,
    /// How long an answer of the server is waited for before the cache answers.
    pub patience: Duration,
    /// Keeps the cache up to date as long as it is open; else only what waits is sent.
    pub follow: bool,
}

impl OfflineOptions {
    /// A server with a cache in a folder, with what is usual.
    pub fn new(http: HttpOptions, folder: PathBuf) -> OfflineOptions {
        OfflineOptions {
            http,
            folder,
            rule: Rule::default(),
            journal: 5_000,
            patience: Duration::from_secs(5),
            follow: true,
        }
    }
}

/// The cache's file in its folder.
const CACHE: &str = "cache.db";
/// Whoever brings both sides together holds it: one process at a time.
const LOCK: &str = "sync.lock";

/// What is kept in the cache beside the records, as settings of nobody.
mod kept {
    pub(super) const STANDING: &str = "offline/standing";
    pub(super) const RIGHTS: &str = "offline/rights";
    pub(super) const FEED: &str = "offline/feed";
    pub(super) const SYNCED: &str = "offline/synced";
    pub(super) const RULE: &str = "offline/rule";
    /// The inbox of approvals, tray by tray.
    pub(super) const INBOX: &str = "offline/inbox/";
    /// All that is to be seen of an approval, by its id.
    pub(super) const REVIEW: &str = "offline/review/";
    /// The user's settings that were changed here.
    pub(super) const SETTING: &str = "offline/setting/";
}

/// A server with a cache.
pub struct OfflineBackend {
    inner: Arc<Inner>,
    engine: Engine,
}

struct Engine(Option<Runtime>);

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

struct Inner {
    options: OfflineOptions,
    /// The cache, as tcrm itself works with it.
    cache: LocalBackend,
    /// The cache on the user's behalf.
    seat: LocalBackend,
    me: Option<Me>,
    capabilities: Capabilities,
    rights: RwLock<ObjectRights>,
    /// What was said of fields, for the rules here.
    told: Told,
    http: RwLock<Option<Arc<HttpBackend>>>,
    state: watch::Sender<SyncState>,
    changes: watch::Sender<u64>,
    /// Asks for another round.
    wake: Notify,
    /// Only one at a time brings both sides together.
    round: tokio::sync::Mutex<()>,
    ids: Mutex<IdSource>,
}

impl OfflineBackend {
    /// Whether there is a cache in a folder.
    pub fn has_cache(folder: &Path) -> bool {
        folder.join(CACHE).metadata().is_ok_and(|found| found.len() > 0)
    }

    /// Opens the cache, without waiting for the server if there is one already. The first time the server must be
    /// there: `Offline` else.
    pub fn open(options: OfflineOptions) -> Result<OfflineBackend, Error> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder
            .worker_threads(1)
            .thread_name("sync")
            .enable_all()
            .build()
            .map_err(|e| Error::Other(msg!("http-runtime", reason = e)))?;
        let engine = Engine(Some(runtime));
        let path = options.folder.join(CACHE);
        let first = match OfflineBackend::has_cache(&options.folder) {
            true => None,
            false => Some(Arc::new(HttpBackend::open(options.http.clone())?)),
        };
        if let Some(http) = &first {
            make_folder(&options.folder)?;
            make_cache(&path, &super::Backend::schema(&**http), &options)?;
        }
        let told = Told::default();
        let cache = LocalBackend::open(cache_options(&path, &options, &told))?;
        let inner = Inner::start(cache, told, first, options, &engine)?;
        let backend = OfflineBackend { inner: Arc::new(inner), engine };
        backend.begin();
        Ok(backend)
    }

    /// Waits until the server has answered or not, but no longer than that.
    pub fn settle_down(&self, at_most: Duration) {
        let mut state = self.inner.state.subscribe();
        let (told, waiting) = std::sync::mpsc::channel();
        self.spawn(async move {
            let _ = state.wait_for(|state| state.link != Link::Connecting).await;
            let _ = told.send(());
        });
        let _ = waiting.recv_timeout(at_most);
    }

    fn begin(&self) {
        let inner = Arc::clone(&self.inner);
        self.spawn(async move {
            let _ = inner.count_pending().await;
            inner.keep_up().await;
        });
        let (inner, mut changes) = (Arc::clone(&self.inner), super::Backend::changes(&self.inner.cache));
        self.spawn(async move {
            while changes.changed().await.is_ok() {
                // Online the server tells of changes: what is put into the cache is none.
                if inner.state.borrow().link != Link::Online {
                    inner.tick();
                }
            }
        });
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.engine.0 {
            runtime.spawn(work);
        }
    }

    /// Runs work on the backend's own threads; what only reads ends when nobody waits for it.
    fn run<T, F>(&self, reads: bool, work: impl FnOnce(Arc<Inner>) -> F) -> BoxFuture<'static, Result<T, Error>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let lost = || Error::Other(msg!("backend-job-lost"));
        let Some(runtime) = &self.engine.0 else { return Box::pin(std::future::ready(Err(lost()))) };
        let mut task = EndOnDrop(runtime.spawn(work(Arc::clone(&self.inner))), reads);
        Box::pin(async move {
            let result = (&mut task.0).await;
            result.unwrap_or_else(|_| Err(lost()))
        })
    }
}

/// Ends a task when nobody waits for it.
struct EndOnDrop<T>(tokio::task::JoinHandle<T>, bool);

impl<T> Drop for EndOnDrop<T> {
    fn drop(&mut self) {
        if self.1 {
            self.0.abort();
        }
    }
}

impl Inner {
    fn start(
        cache: LocalBackend,
        told: Told,
        first: Option<Arc<HttpBackend>>,
        options: OfflineOptions,
        engine: &Engine,
    ) -> Result<Inner, Error> {
        let runtime = engine.0.as_ref().ok_or_else(|| Error::Other(msg!("backend-job-lost")))?;
        let (standing, rights) = wait(runtime, {
            let (cache, first) = (cache.clone(), first.clone());
            async move {
                if let Some(http) = first {
                    state::keep(&cache, kept::STANDING, &http.standing().await?).await?;
                    state::keep(&cache, kept::RIGHTS, &http.my_rights().await?).await?;
                }
                let gone = || Error::Corrupt(msg!("offline-cache"));
                let standing: Standing = state::get(&cache, kept::STANDING).await?.ok_or_else(gone)?;
                state::introduce(&cache, &standing).await?;
                let rights: ObjectRights = state::get(&cache, kept::RIGHTS).await?.unwrap_or_default();
                Ok((standing, rights))
            }
        })?;
        told.say(rights.fields.clone());
        let seat = cache.seat(SeatOptions {
            entrance: Entrance::Vouched(standing.me.as_ref().map(|me| me.id)),
            origin: options.http.origin,
            zone: options.http.zone.clone(),
            lang: options.http.lang,
        })?;
        Ok(Inner {
            cache,
            seat,
            capabilities: standing.writing(),
            me: standing.me,
            rights: RwLock::new(rights),
            told,
            state: watch::Sender::new(SyncState {
                link: if first.is_some() { Link::Online } else { Link::Connecting },
                ..SyncState::default()
            }),
            changes: watch::Sender::new(0),
            http: RwLock::new(first),
            wake: Notify::new(),
            round: tokio::sync::Mutex::new(()),
            ids: Mutex::default(),
            options,
        })
    }

    /// The server, if it answers.
    fn link(&self) -> Option<Arc<HttpBackend>> {
        if self.state.borrow().link != Link::Online {
            return None;
        }
        self.http.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn schema(&self) -> Arc<Schema> {
        match self.link() {
            Some(http) => super::Backend::schema(&*http),
            None => super::Backend::schema(&self.cache),
        }
    }

    fn tick(&self) {
        self.changes.send_modify(|n| *n += 1);
    }
}

impl Standing {
    /// What can be done with the token.
    fn writing(&self) -> Capabilities {
        let writes = self.scopes.contains(&crate::api::payload::Scope::Write);
        let Capabilities { write, undo, import } = self.capabilities;
        Capabilities { write: write && writes, undo: undo && writes, import: import && writes }
    }
}

fn cache_options(path: &Path, options: &OfflineOptions, told: &Told) -> OpenOptions {
    OpenOptions {
        unattended: true,
        copies: Some(told.clone()),
        origin: options.http.origin,
        zone: options.http.zone.clone(),
        lang: options.http.lang,
        search: options.follow,
        ..OpenOptions::new(path)
    }
}

fn make_cache(path: &Path, schema: &Schema, options: &OfflineOptions) -> Result<(), Error> {
    // What is in it is nobody else's business.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let made = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        made.map_err(|e| Error::Other(msg!("offline-folder", path = path.display(), reason = e)))?;
    }
    drop(LocalBackend::create(cache_options(path, options, &Told::default()), schema)?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| Error::Other(msg!("offline-folder", path = folder.display(), reason = e)))
}

/// Waits on this thread for work on another.
fn wait<T: Send + 'static>(
    runtime: &Runtime,
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    let (answer, waiting) = std::sync::mpsc::channel();
    runtime.spawn(async move {
        let _ = answer.send(work.await);
    });
    waiting.recv().unwrap_or_else(|_| Err(Error::Other(msg!("backend-job-lost"))))
}

fn read_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
