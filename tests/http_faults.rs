//! What a client does when server and network misbehave: over real sockets, through a proxy that forwards requests to
//! a real server, or does something else with them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tcrm::backend::Backend;
use tcrm::backend::http::{HttpBackend, HttpOptions};
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::error::Error;
use tcrm::contract::request::{CountRequest, Query, SaveRequest, Saved};
use tcrm::domain::password::Password;
use tcrm::domain::value::Value;
use tcrm::server::{self, LogFormat, Options};

/// What is done with the next requests.
#[derive(Debug, Clone, PartialEq)]
enum Mood {
    /// They are forwarded.
    Forward,
    /// The connection is closed without a word.
    Close,
    /// Nothing comes.
    Hang,
    /// An answer of somebody else's: status, further head, body.
    Answer(u16, &'static str, &'static str),
    /// So many times that, and forwarded from then on.
    Times(usize, Box<Mood>),
    /// Forwarded, and the answer is thrown away.
    Lose,
    /// Forwarded, and half of the answer comes.
    Half,
    /// One of the others at random, or not.
    Random,
}

struct World {
    folder: tempfile::TempDir,
    store: LocalBackend,
    runtime: Option<tokio::runtime::Runtime>,
    server: SocketAddr,
    proxy: SocketAddr,
    mood: Arc<Mutex<Mood>>,
    seen: Arc<AtomicUsize>,
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.tcrm");
        let store = LocalBackend::create(OpenOptions::new(&path), tcrm::schema::builtin()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let served = store.clone();
        let (told, address) = mpsc::channel();
        runtime.spawn(async move {
            let here = "127.0.0.1:0".parse().unwrap();
            let options =
                Options { trusting: true, rate: 0, sign_ins: 0, log: LogFormat::None, ..Options::new(served, here) };
            let running = server::start(options).await.unwrap();
            told.send(running.address).unwrap();
            std::future::pending::<()>().await;
            drop(running);
        });
        let (mood, seen) = (Arc::new(Mutex::new(Mood::Forward)), Arc::new(AtomicUsize::new(0)));
        let server = address.recv().unwrap();
        let proxy = proxy(server, Arc::clone(&mood), Arc::clone(&seen));
        World { folder, store, runtime: Some(runtime), server, proxy, mood, seen }
    }

    fn options(&self) -> HttpOptions {
        let options =
            HttpOptions::new(format!("http://{}", self.proxy), Password::new(""), self.folder.path().join("cache"));
        let token = HttpBackend::sign_in(&options, None, None, "test").unwrap().token;
        HttpOptions { token: Password::new(token), timeout: Duration::from_millis(1_500), ..options }
    }

    fn open(&self) -> HttpBackend {
        HttpBackend::open(self.options()).unwrap()
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
        self.seen.store(0, Ordering::SeqCst);
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }

    async fn count(&self) -> u64 {
        let request = CountRequest { object: "customer".to_owned(), filter: String::new(), cap: 1_000_000 };
        self.store.count(request).await.unwrap().value
    }
}

/// A proxy that takes one request a connection.
fn proxy(to: SocketAddr, mood: Arc<Mutex<Mood>>, seen: Arc<AtomicUsize>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mood, seen) = (Arc::clone(&mood), Arc::clone(&seen));
            std::thread::spawn(move || drop(serve(stream.unwrap(), to, &mood, &seen)));
        }
    });
    address
}

fn serve(mut stream: TcpStream, to: SocketAddr, mood: &Mutex<Mood>, seen: &AtomicUsize) -> std::io::Result<()> {
    let request = message(&mut stream)?;
    seen.fetch_add(1, Ordering::SeqCst);
    let now = {
        let mut mood = mood.lock().unwrap();
        match mood.clone() {
            Mood::Times(0, _) => {
                *mood = Mood::Forward;
                Mood::Forward
            }
            Mood::Times(n, inner) => {
                *mood = Mood::Times(n - 1, inner.clone());
                *inner
            }
            Mood::Random => random(),
            other => other,
        }
    };
    match now {
        Mood::Close => stream.shutdown(Shutdown::Both),
        Mood::Hang => {
            std::thread::sleep(Duration::from_secs(4));
            Ok(())
        }
        Mood::Answer(status, head, body) => {
            let length = body.len();
            write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{head}\r\n{body}")
        }
        forwarded => {
            let mut server = TcpStream::connect(to)?;
            server.write_all(&request)?;
            let answer = message(&mut server)?;
            match forwarded {
                Mood::Lose => stream.shutdown(Shutdown::Both),
                Mood::Half => {
                    stream.write_all(&answer[..answer.len() - answer.len() / 4])?;
                    stream.shutdown(Shutdown::Both)
                }
                _ => {
                    stream.write_all(&answer)?;
                    stream.shutdown(Shutdown::Write)
                }
            }
        }
    }
}

fn random() -> Mood {
    let mut bits = [0_u8; 1];
    getrandom::fill(&mut bits).unwrap();
    match bits[0] % 8 {
        0 => Mood::Close,
        1 | 2 => Mood::Lose,
        3 => Mood::Half,
        4 => Mood::Answer(503, "", "away"),
        _ => Mood::Forward,
    }
}

/// A whole request or answer: its head, and the body that the head announces.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0_u8; 16 * 1024]);
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            if let Some("chunked") = field("transfer-encoding:") {
                if bytes.ends_with(b"0\r\n\r\n") {
                    return Ok(bytes);
                }
            } else {
                let length: usize = field("content-length:").and_then(|n| n.parse().ok()).unwrap_or(0);
                if bytes.len() >= end + 4 + length {
                    return Ok(bytes);
                }
            }
        }
        match stream.read(&mut chunk)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

fn customer(name: &str) -> SaveRequest {
    let changes = [("name".to_owned(), Value::Text(name.to_owned()))].into();
    SaveRequest { object: "customer".to_owned(), target: None, changes }
}

fn list() -> Query {
    Query { object: "customer".to_owned(), limit: 10, ..Query::default() }
}

/// The kind of a failure and the key of what it says.
fn told(error: &Error) -> (&'static str, String) {
    let (kind, message) = match error {
        Error::Offline(m) => ("offline", m),
        Error::Timeout(m) => ("timeout", m),
        Error::Denied(m) => ("denied", m),
        Error::NotFound(m) => ("not found", m),
        Error::Conflict { message: m, .. } => ("conflict", m),
        Error::Other(m) => ("other", m),
        other => panic!("{other:?}"),
    };
    (kind, message.key.to_string())
}

#[tokio::test]
async fn every_fault_has_its_answer_for_reading_and_writing() {
    let world = World::new();
    let backend = world.open();
    let html = "content-type: text/html\r\n";
    let json = "content-type: application/json\r\n";
    let wait = "content-type: text/plain\r\nretry-after: 60\r\n";
    for (mood, kind, key) in [
        (Mood::Close, "offline", "http-cut"),
        (Mood::Hang, "timeout", "http-timeout"),
        (Mood::Half, "offline", "http-cut"),
        (Mood::Answer(200, html, "<html>"), "other", "http-garbage"),
        (Mood::Answer(200, json, "{\"rows\":5}"), "other", "http-garbage"),
        (Mood::Answer(200, json, "{\"ro"), "other", "http-garbage"),
        (Mood::Answer(302, "location: https://elsewhere/\r\n", ""), "other", "http-moved"),
        (Mood::Answer(401, html, "no"), "denied", "http-signed-out"),
        (Mood::Answer(403, html, "no"), "denied", "http-denied"),
        (Mood::Answer(404, html, "no"), "not found", "http-no-api"),
        (Mood::Answer(409, html, "no"), "conflict", "http-conflict"),
        (Mood::Answer(412, html, "no"), "conflict", "http-conflict"),
        (Mood::Answer(413, html, "no"), "other", "http-too-large"),
        (Mood::Answer(429, wait, "no"), "timeout", "http-too-many"),
        (Mood::Answer(500, html, "no"), "other", "http-failed"),
        (Mood::Answer(503, html, "no"), "offline", "http-away"),
    ] {
        world.is(mood.clone());
        let read = told(&backend.query(list()).await.unwrap_err());
        assert_eq!((read.0, read.1.as_str()), (kind, key), "reading, {mood:?}");
        world.is(mood.clone());
        let write = told(&backend.save(customer(&format!("{mood:?}"))).await.unwrap_err());
        assert_eq!((write.0, write.1.as_str()), (kind, key), "writing, {mood:?}");
        assert_eq!(world.seen(), 1, "a write is sent once, {mood:?}");
    }
    world.is(Mood::Forward);
    assert!(backend.query(list()).await.is_ok(), "it goes on where it can");
}

#[tokio::test]
async fn what_only_reads_is_tried_again_and_no_more_than_that() {
    let world = World::new();
    let backend = world.open();
    for mood in [Mood::Close, Mood::Answer(503, "", "away"), Mood::Answer(200, "content-type: text/html\r\n", "<html>")]
    {
        world.is(Mood::Times(1, Box::new(mood.clone())));
        let page = backend.query(list()).await;
        match mood {
            // What answers with something else answers so again.
            Mood::Answer(200, ..) => assert!(page.is_err(), "{mood:?}"),
            _ => assert!(page.is_ok(), "{mood:?}"),
        }
        world.is(mood.clone());
        assert!(backend.query(list()).await.is_err());
        assert!(world.seen() <= 3, "{mood:?}: {}", world.seen());
    }
    world.is(Mood::Answer(403, "", "no"));
    assert!(backend.query(list()).await.is_err());
    assert_eq!(world.seen(), 1, "a refusal is an answer");
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_done_once_when_it_is_sent_again() {
    let world = World::new();
    let backend = world.open();
    for mood in [Mood::Lose, Mood::Half] {
        let before = world.count().await;
        world.is(mood.clone());
        let lost = backend.save(customer(&format!("lost {mood:?}"))).await.unwrap_err();
        assert!(matches!(lost, Error::Offline(_)), "{lost:?}");
        assert_eq!(world.count().await, before + 1);
        world.is(Mood::Forward);
        let saved = backend.save(customer(&format!("lost {mood:?}"))).await.unwrap();
        assert_eq!((saved.records.len(), world.count().await), (1, before + 1), "{mood:?}");
        // Whoever means a second one of that name gets it: the first is known to be there.
        backend.save(customer(&format!("lost {mood:?}"))).await.ok();
    }
}

#[tokio::test]
async fn every_acknowledged_write_is_there_exactly_once_however_often_the_network_drops() {
    let world = World::new();
    let backend = world.open();
    let times: usize = std::env::var("TCRM_CUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    world.is(Mood::Random);
    let mut acknowledged: BTreeMap<String, Saved> = BTreeMap::new();
    for number in 0..times {
        let name = format!("{number} {:x}", number.wrapping_mul(0x9E37_79B9));
        let saved = loop {
            match backend.save(customer(&name)).await {
                Ok(saved) => break saved,
                Err(Error::Offline(_)) => {}
                Err(other) => panic!("{name}: {other:?}"),
            }
        };
        acknowledged.insert(name, saved);
    }
    world.is(Mood::Forward);
    assert_eq!(world.count().await, times as u64, "nothing doubled, nothing lost");
    for (name, saved) in acknowledged {
        let found = world.store.resolve("customer".to_owned(), name.clone()).await.unwrap();
        assert_eq!(found, saved.records[0].id, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_and_one_that_went_away_are_told_apart_from_one_with_nothing() {
    let world = World::new();
    let backend = world.open();
    assert!(backend.query(list()).await.unwrap().rows.is_empty());
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = HttpOptions { url: format!("http://{nobody}"), ..world.options() };
    let Err(error) = HttpBackend::open(options) else { panic!("nobody listens there") };
    assert_eq!(told(&error), ("offline", "http-offline".to_owned()));
    for url in ["crm.example.com", "ftp://x", ""] {
        let options = HttpOptions { url: url.to_owned(), ..world.options() };
        assert!(matches!(HttpBackend::open(options), Err(Error::Invalid(_))), "{url}");
    }
}

#[tokio::test]
async fn a_token_that_is_revoked_lets_nobody_in_from_then_on() {
    let world = World::new();
    let options = world.options();
    let backend = HttpBackend::open(options.clone()).unwrap();
    assert!(backend.query(list()).await.is_ok());
    HttpBackend::sign_out(&options).unwrap();
    let refused = backend.query(list()).await.unwrap_err();
    assert_eq!(told(&refused), ("denied", "api-unauthorized".to_owned()));
    assert!(matches!(HttpBackend::open(options), Err(Error::Denied(_))));
}

#[tokio::test]
async fn a_schema_that_changes_under_a_client_is_taken_up_with_the_next_answer() {
    let world = World::new();
    let backend = world.open();
    let before = backend.schema();
    let mut schema = (*before).clone();
    let object = schema.objects.iter_mut().find(|o| o.name == "customer").unwrap();
    let mut field = object.fields.iter().find(|f| f.name == "remark").unwrap().clone();
    "motto".clone_into(&mut field.name);
    object.fields.insert(1, field);
    world.store.apply_schema(schema, false).await.unwrap();
    assert!(backend.schema().object("customer").unwrap().field("motto").is_none());
    let mut request = customer("Acme");
    request.changes.insert("motto".to_owned(), Value::Text("ever on".to_owned()));
    let saved = backend.save(request).await.unwrap();
    assert!(backend.schema().object("customer").unwrap().field("motto").is_some());
    assert_eq!(saved.records[0].get("motto"), &Value::Text("ever on".to_owned()));
    let options = HttpOptions { timeout: Duration::from_secs(5), ..world.options() };
    assert!(HttpBackend::open(options).unwrap().schema().object("customer").unwrap().field("motto").is_some());
}

#[test]
fn the_server_keeps_the_contract_and_the_checks_leave_nothing_behind() {
    let world = World::new();
    let url = format!("http://{}", world.server);
    let options = HttpOptions { url, timeout: Duration::from_secs(20), ..world.options() };
    let report = tcrm::conformance::run(&options, |_| ()).unwrap();
    let failed: Vec<_> =
        report.outcomes.iter().filter(|o| o.result != tcrm::conformance::CheckResult::Passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(report.outcomes.len() > 30 && report.sections().len() > 8);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(world.count()), 0);
}
