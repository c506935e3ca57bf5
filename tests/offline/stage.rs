//! A server behind a way that can be closed, and cut in the middle of an answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tcrm::backend::Backend;
use tcrm::backend::http::{HttpBackend, HttpOptions};
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::backend::offline::{OfflineBackend, OfflineOptions};
use tcrm::backend::sync::{Link, Pending, SyncReport, Syncing};
use tcrm::contract::request::{Query, SaveRequest};
use tcrm::domain::journal::Origin;
use tcrm::domain::password::Password;
use tcrm::domain::record::{Fields, Record, RecordKey};
use tcrm::domain::value::Value;
use tcrm::server::{self, LogFormat, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// How long a condition is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The way to the server.
pub(crate) struct Way {
    open: watch::Sender<bool>,
    /// Of so many writes the answers get lost.
    cuts: Arc<AtomicUsize>,
    /// Writes that went through to the server.
    pub(crate) writes: Arc<AtomicUsize>,
    pub(crate) address: SocketAddr,
}

impl Way {
    fn start(runtime: &Runtime, server: SocketAddr) -> Way {
        let (open, _) = watch::channel(true);
        let (cuts, writes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (is_open, cut, written) = (open.clone(), Arc::clone(&cuts), Arc::clone(&writes));
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *is_open.borrow() {
                    let (cut, written, mut closed) = (Arc::clone(&cut), Arc::clone(&written), is_open.subscribe());
                    tokio::spawn(async move {
                        tokio::select! {
                            () = pass(client, server, cut, written) => {}
                            _ = closed.wait_for(|open| !open) => {}
                        }
                    });
                }
            }
        });
        Way { open, cuts, writes, address }
    }

    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn open(&self) {
        self.open.send_replace(true);
    }

    /// The answers to so many writes get lost on the way.
    pub(crate) fn cut(&self, writes: usize) {
        self.cuts.store(writes, Ordering::SeqCst);
    }
}

/// Carries bytes both ways. The answer to a write is swallowed, and the connection cut, as long as there are cuts.
async fn pass(mut client: TcpStream, server: SocketAddr, cuts: Arc<AtomicUsize>, writes: Arc<AtomicUsize>) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut there, mut back) = (vec![0; 65_536], vec![0; 65_536]);
    let mut is_write = false;
    loop {
        tokio::select! {
            read = client.read(&mut there) => {
                let Ok(n @ 1..) = read else { return };
                let text = String::from_utf8_lossy(&there[..n]).to_lowercase();
                if text.contains("idempotency-key:") {
                    writes.fetch_add(1, Ordering::SeqCst);
                    is_write = true;
                }
                if server.write_all(&there[..n]).await.is_err() {
                    return;
                }
            }
            read = server.read(&mut back) => {
                let Ok(n @ 1..) = read else { return };
                let left = |n: usize| n.checked_sub(1);
                if is_write && cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
                    // Half of the head, and no more.
                    let _ = client.write_all(&back[..n.min(30)]).await;
                    return;
                }
                is_write = false;
                if client.write_all(&back[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}

pub(crate) struct Stage {
    pub(crate) folder: tempfile::TempDir,
    /// The server's store, as somebody else works with it.
    pub(crate) other: LocalBackend,
    pub(crate) way: Way,
    token: String,
    runtime: Option<Runtime>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Stage {
    /// A server with the users zhangsan and lisi; zhangsan works at a distance, lisi beside it.
    pub(crate) fn new() -> Stage {
        // A test may be on a runtime of its own, where nothing may block.
        std::thread::spawn(Stage::make).join().unwrap()
    }

    fn make() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.tcrm");
        let options = |user: Option<&str>| OpenOptions { user: user.map(str::to_owned), ..OpenOptions::new(&path) };
        let nobody = LocalBackend::create(options(None), tcrm::schema::builtin()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        for (login, name) in [("zhangsan", "张三"), ("lisi", "李四")] {
            runtime.block_on(make(&nobody, "user", &[("login", text(login)), ("name", text(name))]));
        }
        drop(nobody);
        let store = LocalBackend::open(OpenOptions { origin: Origin::Api, ..options(None) }).unwrap();
        let here = "127.0.0.1:0".parse().unwrap();
        let served =
            Options { trusting: true, rate: 0, sign_ins: 0, log: LogFormat::None, ..Options::new(store, here) };
        let (told, address) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            let running = server::start(served).await.unwrap();
            told.send(running.address).unwrap();
            std::future::pending::<()>().await;
            drop(running);
        });
        let way = Way::start(&runtime, address.recv().unwrap());
        let client = HttpOptions::new(format!("http://{}", way.address), Password::new(""), folder.path().join("http"));
        let signed_in = HttpBackend::sign_in(&client, Some("zhangsan".to_owned()), None, "test").unwrap();
        let other = LocalBackend::open(options(Some("lisi"))).unwrap();
        Stage { folder, other, way, token: signed_in.token, runtime: Some(runtime) }
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    pub(crate) fn options(&self) -> OfflineOptions {
        let url = format!("http://{}", self.way.address);
        let http = HttpOptions::new(url, Password::new(&self.token), self.folder.path().join("http"));
        OfflineOptions::new(http, self.cache())
    }

    /// The program at a distance, just started.
    pub(crate) fn open(&self) -> OfflineBackend {
        OfflineBackend::open(self.options()).unwrap()
    }

    /// The same, once everything is as on the server.
    pub(crate) async fn open_synced(&self) -> OfflineBackend {
        let backend = self.open();
        sync(&backend).await;
        backend
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn fields(given: &[(&str, Value)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

pub(crate) async fn make(backend: &dyn Backend, object: &str, given: &[(&str, Value)]) -> Record {
    let request = SaveRequest { object: object.to_owned(), target: None, changes: fields(given) };
    backend.save(request).await.unwrap().records.remove(0)
}

pub(crate) async fn set(backend: &dyn Backend, record: &Record, given: &[(&str, Value)]) -> Record {
    let target = Some((record.id, record.version));
    let request = SaveRequest { object: record.object.clone(), target, changes: fields(given) };
    backend.save(request).await.unwrap().records.remove(0)
}

pub(crate) async fn get(backend: &dyn Backend, record: &Record) -> Record {
    backend.get(key(record)).await.unwrap().record
}

pub(crate) fn key(record: &Record) -> RecordKey {
    RecordKey { object: record.object.clone(), id: record.id }
}

/// The records of an object that a filter matches.
pub(crate) async fn found(backend: &dyn Backend, object: &str, filter: &str) -> Vec<Record> {
    let query = Query { object: object.to_owned(), filter: filter.to_owned(), limit: 1_000, ..Query::default() };
    backend.query(query).await.unwrap().rows.into_iter().map(|row| row.record).collect()
}

pub(crate) async fn names(backend: &dyn Backend, object: &str, filter: &str) -> Vec<String> {
    let mut names: Vec<String> =
        found(backend, object, filter).await.iter().map(|r| r.get("name").as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Brings both sides together.
pub(crate) async fn sync(backend: &OfflineBackend) -> SyncReport {
    backend.sync().await.unwrap()
}

pub(crate) async fn pending(backend: &OfflineBackend) -> Vec<Pending> {
    backend.pending().await.unwrap()
}

/// Waits until it stands so with the server.
pub(crate) async fn until(backend: &OfflineBackend, link: Link) {
    let mut state = backend.state();
    tokio::time::timeout(PATIENCE, state.wait_for(|state| state.link == link)).await.unwrap().unwrap();
}
