//! The API over loopback: list pages, records, the board, writes that are on disk; beside the same questions asked of the
//! store in the process. `CUSTOMERS=1000000 cargo bench --bench api`; 20,000 unless set.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop at the first surprise")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::http::{HttpBackend, HttpOptions};
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::contract::request::{Query, SaveRequest};
use tcrm::domain::password::Password;
use tcrm::domain::value::Value;
use tcrm::server::{self, LogFormat, Options};

/// Connections that ask at once.
const CLIENTS: usize = 8;

fn main() {
    let customers: u64 = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions { search: true, user: None, ..OpenOptions::new(folder.path().join("bench.db")) };
    let demo = Demo { customers, seed: 1, now: jiff::Zoned::now() };
    let store = LocalBackend::create_demo(options, tcrm::schema::builtin(), demo, &mut |_, _| ()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(store.search_ready()).unwrap();
    let address = serve(&runtime, store.clone());
    let url = format!("http://{address}");
    let client = HttpOptions::new(&url, Password::new(""), folder.path().join("cache"));
    let token = HttpBackend::sign_in(&client, None, None, "bench").unwrap().token;
    println!("{customers} customers, {CLIENTS} connections at once, on {} processors", threads());
    println!("{:<34}{:>10}{:>10}{:>10}{:>12}", "", "p50 ms", "p99 ms", "max ms", "requests/s");
    let columns = "name,code,level,status,phone,owner,updated_at";
    for (what, path, requests) in [
        ("list page of 50", format!("/objects/customer/records?limit=50&fields={columns}"), 4_000),
        ("filtered page of 50", format!("/objects/customer/records?limit=50&fields={columns}&filter=level:A"), 2_000),
        ("who am I", "/me".to_owned(), 4_000),
        ("board", "/board?cards=30".to_owned(), 200),
    ] {
        let mut took = ask(address, &token, &path, requests);
        told(what, &mut took.0, took.1);
    }
    in_process(&runtime, &store);
    writes(&runtime, &HttpBackend::open(HttpOptions { token: Password::new(token), ..client }).unwrap());
    runtime.shutdown_background();
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get())
}

fn serve(runtime: &tokio::runtime::Runtime, store: LocalBackend) -> SocketAddr {
    let (tell, address) = mpsc::channel();
    runtime.spawn(async move {
        let here = "127.0.0.1:0".parse().unwrap();
        let options =
            Options { trusting: true, rate: 0, sign_ins: 0, log: LogFormat::None, ..Options::new(store, here) };
        let running = server::start(options).await.unwrap();
        tell.send(running.address).unwrap();
        std::future::pending::<()>().await;
        drop(running);
    });
    address.recv().unwrap()
}

fn told(what: &str, took: &mut [Duration], whole: Duration) {
    took.sort();
    let ms = |at: usize| took[at.min(took.len() - 1)].as_secs_f64() * 1_000.0;
    let rate = took.len() as f64 / whole.as_secs_f64();
    println!(
        "{what:<34}{:>10.2}{:>10.2}{:>10.2}{rate:>12.0}",
        ms(took.len() / 2),
        ms(took.len() * 99 / 100),
        ms(took.len())
    );
}

/// Asks over connections that stay open: how long each answer took, and all.
fn ask(address: SocketAddr, token: &str, path: &str, requests: usize) -> (Vec<Duration>, Duration) {
    let request = format!("GET /api/v1{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    let began = Instant::now();
    let threads: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = vec![0; 1 << 20];
                let mut took = Vec::new();
                for _ in 0..requests / CLIENTS {
                    let asked = Instant::now();
                    stream.write_all(request.as_bytes()).unwrap();
                    read_answer(&mut stream, &mut buffer);
                    took.push(asked.elapsed());
                }
                took
            })
        })
        .collect();
    let took = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    (took, began.elapsed())
}

fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).unwrap();
        assert!(read > 0, "the server hung up");
        filled += read;
        let Some(end) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if filled >= end + 4 + length.unwrap() {
            return;
        }
    }
}

/// The same page asked of the store itself, one after the other.
fn in_process(runtime: &tokio::runtime::Runtime, store: &LocalBackend) {
    let columns = ["name", "code", "level", "status", "phone", "owner", "updated_at"].map(str::to_owned).to_vec();
    let query = Query { object: "customer".to_owned(), columns, limit: 50, ..Query::default() };
    let (mut took, began) = (Vec::new(), Instant::now());
    for _ in 0..1_000 {
        let asked = Instant::now();
        runtime.block_on(store.query(query.clone())).unwrap();
        took.push(asked.elapsed());
    }
    told("the same page, in the process", &mut took, began.elapsed());
}

fn writes(runtime: &tokio::runtime::Runtime, backend: &HttpBackend) {
    let (mut took, began) = (Vec::new(), Instant::now());
    for number in 0..200 {
        let changes = [("name".to_owned(), Value::Text(format!("Bench {number} {:x}", number * 7_919)))].into();
        let request = SaveRequest { object: "customer".to_owned(), target: None, changes };
        let asked = Instant::now();
        runtime.block_on(backend.save(request)).unwrap();
        took.push(asked.elapsed());
    }
    told("a new customer, on disk", &mut took, began.elapsed());
}
