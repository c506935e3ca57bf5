//! A slow way to the server: 200 ms there and back, 1 Mbit/s.

use super::*;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tcrm::contract::request::Query;

/// Half of the time there and back.
const ONE_WAY: Duration = Duration::from_millis(100);
/// Bytes that pass in a second: 1 Mbit.
const BYTES_PER_SECOND: u32 = 125_000;

/// What passed.
#[derive(Default)]
struct Passed {
    requests: AtomicUsize,
    down: AtomicUsize,
}

/// A way to the server that is slow in both directions.
fn slow(to: SocketAddr) -> (SocketAddr, Arc<Passed>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let passed = Arc::new(Passed::default());
    let of = Arc::clone(&passed);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), TcpStream::connect(to).unwrap());
            client.set_nodelay(true).unwrap();
            server.set_nodelay(true).unwrap();
            let (up, down) = (Arc::clone(&of), Arc::clone(&of));
            let (back, forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || {
                carry(client, server, |_| {
                    up.requests.fetch_add(1, Ordering::SeqCst);
                });
            });
            std::thread::spawn(move || {
                carry(back, forth, |bytes| {
                    down.down.fetch_add(bytes, Ordering::SeqCst);
                })
            });
        }
    });
    (address, passed)
}

/// Carries bytes in one direction; what was sent together arrives after the way and its own length.
fn carry(mut from: TcpStream, mut to: TcpStream, tell: impl Fn(usize)) {
    use std::io::{Read, Write};
    let mut chunk = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk) {
        tell(read);
        std::thread::sleep(ONE_WAY + Duration::from_secs(1) * u32::try_from(read).unwrap() / BYTES_PER_SECOND);
        if to.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_list_page_takes_one_round_trip_and_less_than_six_kilobytes() {
    let house = House::demo(2_000);
    let (address, passed) = slow(house.running.as_ref().unwrap().address);
    let token = house.token("");
    let options = HttpOptions { url: format!("http://{address}"), ..house.options(&token) };
    let backend = HttpBackend::open(options).unwrap();
    let object = backend.schema().object("customer").unwrap().clone();
    let columns: Vec<String> = object.list.iter().map(|column| column.field.clone()).collect();
    let query =
        Query { object: "customer".to_owned(), columns, sort: object.sort.clone(), limit: 50, ..Query::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ask = || {
        let (requests, down) = (passed.requests.load(Ordering::SeqCst), passed.down.load(Ordering::SeqCst));
        let began = Instant::now();
        let page = runtime.block_on(backend.query(query.clone())).unwrap();
        assert_eq!(page.rows.len(), 50);
        let more = |now: &AtomicUsize, before| now.load(Ordering::SeqCst) - before;
        (more(&passed.requests, requests), more(&passed.down, down), began.elapsed())
    };
    ask();
    let (requests, bytes, took) = ask();
    println!("a page of 50: {requests} round trip, {bytes} bytes, {took:?}");
    assert_eq!(requests, 1, "one round trip");
    assert!(bytes < 6_000, "{bytes} bytes");
    assert!(took >= ONE_WAY * 2 && took < ONE_WAY * 4, "{took:?}");
}
