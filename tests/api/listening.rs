//! Who listens for changes, and means harm by it or hangs up: everybody else is told as before.

use super::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Says something to the server; the stream from which it answers.
fn say(house: &House, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", house.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    stream
}

/// The status that it answers with.
fn status(stream: &TcpStream) -> u16 {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{line:?}"))
}

/// The number of the next change that is told.
fn told(listener: &mut BufReader<TcpStream>) -> i64 {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(listener.read_line(&mut line).unwrap(), 0, "the stream ended");
        if let Some(json) = line.strip_prefix("data: ") {
            return serde_json::from_str::<Json>(json).unwrap()["seq"].as_i64().unwrap();
        }
    }
}

#[test]
fn listeners_that_ask_nonsense_are_refused_or_told_what_all_are_told() {
    let house = House::new();
    let token = house.token("chief");
    let right = format!("host: x\r\nauthorization: Bearer {token}\r\n");
    let long = "a".repeat(3_000);
    for (request, expected) in [
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}\r\n"), 200..=200),
        (format!("GET /api/v1/events?since=-1&x=%00&y=%F0%28 HTTP/1.1\r\n{right}\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}last-event-id: -9223372036854775809\r\n\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}last-event-id: '; DROP TABLE _journal\r\n\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}last-event-id: {long}\r\n\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}accept: image/png\r\n\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}tcrm-zone: ../../etc/passwd\r\n\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}accept-encoding: gzip, br;q=9\r\n\r\n"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}content-length: 5\r\n\r\nabcde"), 200..=499),
        (format!("GET /api/v1/events HTTP/1.1\r\n{right}transfer-encoding: chunked\r\n\r\nzz\r\n"), 200..=499),
        (format!("GET /api/v1/events/1 HTTP/1.1\r\n{right}\r\n"), 404..=404),
        (format!("POST /api/v1/events HTTP/1.1\r\n{right}content-length: 2\r\n\r\n{{}}"), 405..=405),
        (format!("DELETE /api/v1/events HTTP/1.1\r\n{right}\r\n"), 405..=405),
        ("GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), 401..=401),
        ("GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n\r\n".to_owned(), 401..=401),
        (format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Basic {token}\r\n\r\n"), 401..=401),
    ] {
        let found = status(&say(&house, &request));
        assert!(expected.contains(&found), "{request:.200}: {found}");
    }
    assert_eq!(house.ask(&token, Method::Get, "/me", None).0, 200);
}

#[test]
fn listeners_that_hang_up_or_never_read_keep_nobody_from_being_told() {
    let house = House::new();
    let token = house.token("chief");
    let request = format!("GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    let mut listener = BufReader::new(say(&house, &request));
    let first = told(&mut listener);
    let mut idle = Vec::new();
    for n in 0..60 {
        let mut stream = say(&house, &request);
        match n % 3 {
            // Gone before the first answer, gone after it, and there without ever reading.
            0 => drop(stream),
            1 => drop(stream.read(&mut [0; 16])),
            _ => idle.push(stream),
        }
    }
    let mut known = first;
    for n in 0..20 {
        house.customer(&token, &format!("客户 {n}"));
        let now = told(&mut listener);
        assert!(now > known, "{now} after {known}");
        known = now;
    }
    drop(idle);
    // Half a head, and nothing more.
    drop(say(&house, "GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthor"));
    house.customer(&token, "最后");
    assert!(told(&mut listener) > known);
}
