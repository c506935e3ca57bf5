//! Webhooks: what a receiver gets, and what becomes of it when it isn't taken.

use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

/// A request as a receiver got it.
struct Got {
    head: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> String {
        let found = self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_default().to_owned()
    }

    fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }

    fn is_signed_with(&self, secret: &str) -> bool {
        let header = self.header("tcrm-signature");
        let (second, tag) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let tag: Vec<u8> =
            (0..tag.len()).step_by(2).map(|at| u8::from_str_radix(&tag[at..at + 2], 16).unwrap()).collect();
        ring::hmac::verify(&key, format!("{second}.{}", self.body).as_bytes(), &tag).is_ok()
    }
}

/// Takes what is sent to it, answering with statuses in turn, and with the last one from then on.
struct Catcher {
    url: String,
    got: Receiver<Got>,
    statuses: Arc<Mutex<Vec<u16>>>,
}

impl Catcher {
    fn new(statuses: &[u16]) -> Catcher {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let statuses = Arc::new(Mutex::new(statuses.to_vec()));
        let (tell, got) = channel();
        let turn = Arc::clone(&statuses);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (mut bytes, mut chunk) = (Vec::new(), [0; 4_096]);
                let whole = loop {
                    let read = stream.read(&mut chunk).unwrap();
                    bytes.extend_from_slice(&chunk[..read]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                    if body.len() >= length.parse::<usize>().unwrap() {
                        break Got { head: head.to_owned(), body: body.to_owned() };
                    }
                };
                let mut turn = turn.lock().unwrap();
                let status = if turn.len() > 1 { turn.remove(0) } else { turn[0] };
                let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
                if tell.send(whole).is_err() {
                    return;
                }
            }
        });
        Catcher { url, got, statuses }
    }

    fn next(&self) -> Got {
        self.got.recv_timeout(Duration::from_secs(20)).unwrap()
    }

    fn answers(&self, status: u16) {
        *self.statuses.lock().unwrap() = vec![status];
    }
}

/// Asks until the answer is as it is to be.
fn until(house: &House, token: &str, path: &str, holds: impl Fn(&Json) -> bool) -> Json {
    let began = std::time::Instant::now();
    loop {
        let (status, found) = house.ask(token, Method::Get, path, None);
        assert_eq!(status, 200, "{found}");
        if holds(&found) {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{found}");
    }
}

#[test]
fn what_changes_is_sent_signed_in_order_and_again_until_it_is_taken() {
    let mut house = House::new();
    let chief = house.token("chief");
    let catcher = Catcher::new(&[500, 503, 200]);
    let wanted = json!({ "url": catcher.url, "objects": ["customer"] });
    let (status, made) = house.ask(&chief, Method::Post, "/webhooks", Some(wanted));
    assert_eq!(status, 201, "{made}");
    let secret = made["secret"].as_str().unwrap();
    let id = house.customer(&chief, "华信科技");
    let tries: Vec<Got> = (0..3).map(|_| catcher.next()).collect();
    for got in &tries {
        assert!(got.is_signed_with(secret) && !got.is_signed_with("another"), "{}", got.head);
        assert_eq!(got.header("tcrm-delivery"), tries[0].header("tcrm-delivery"), "the same, sent again");
        assert_eq!(got.json()["changes"][0]["key"], json!({ "object": "customer", "id": id }));
    }
    // What nobody asked for is passed over.
    house.add("department", &[("name", text("华东"))]);
    house.ask(&chief, Method::Delete, &format!("/objects/customer/records/{id}"), None);
    let gone = catcher.next().json();
    assert_eq!((gone["changes"].as_array().unwrap().len(), &gone["changes"][0]["deed"]), (1, &json!("delete")));
    let log = until(&house, &chief, "/webhooks/1/deliveries", |found| found.as_array().unwrap().len() == 4);
    let statuses: Vec<_> = log.as_array().unwrap().iter().map(|d| d["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 503, 500], "newest first");
    assert!(log[2]["problem"].as_str().unwrap().contains("503"));
    // It is kept over a restart, and what happened meanwhile is sent then.
    house.stop();
    house.add("customer", &[("name", text("停机时"))]);
    house.start(trusting);
    assert_eq!(catcher.next().json()["changes"][0]["deed"], "create");
    let listed = until(&house, &chief, "/webhooks", |found| found[0]["failures"] == 0);
    assert!(!listed.to_string().contains(secret), "the secret is told once");
    // Everything once more.
    house.ask(&chief, Method::Post, "/webhooks/1/replay", Some(json!({ "since": 0 })));
    let again = catcher.next().json();
    assert_eq!(again["changes"].as_array().unwrap().len(), 3, "{again}");
    assert_eq!(house.ask(&chief, Method::Delete, "/webhooks/1", None).0, 200);
    assert_eq!(house.ask(&chief, Method::Get, "/webhooks/1/deliveries", None).0, 404);
}

#[test]
fn a_receiver_that_is_gone_for_good_is_left_alone_until_somebody_says_otherwise() {
    let house = House::new();
    let chief = house.token("chief");
    let catcher = Catcher::new(&[410]);
    house.ask(&chief, Method::Post, "/webhooks", Some(json!({ "url": catcher.url })));
    house.customer(&chief, "甲");
    catcher.next();
    until(&house, &chief, "/webhooks", |found| found[0]["active"] == false);
    house.customer(&chief, "乙");
    catcher.answers(200);
    let (status, changed) = house.ask(&chief, Method::Patch, "/webhooks/1", Some(json!({ "active": true })));
    assert_eq!((status, &changed["active"]), (200, &json!(true)));
    let told = catcher.next().json();
    assert!(told["changes"].as_array().unwrap().len() >= 2, "nothing is left out: {told}");
}

#[test]
fn what_several_do_about_webhooks_at_once_is_all_done() {
    let house = House::new();
    let chief = house.token("chief");
    let catcher = Catcher::new(&[200]);
    let make = || {
        let (status, made) = house.ask(&chief, Method::Post, "/webhooks", Some(json!({ "url": catcher.url })));
        assert_eq!(status, 201, "{made}");
        made["webhook"]["webhook"].as_u64().unwrap()
    };
    let numbers = || {
        let listed = house.ask(&chief, Method::Get, "/webhooks", None).1;
        listed.as_array().unwrap().iter().map(|hook| hook["webhook"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let mut made: Vec<u64> = std::thread::scope(|scope| {
        let begun: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        begun.into_iter().map(|one| one.join().unwrap()).collect()
    });
    made.sort_unstable();
    assert_eq!(made, numbers(), "each has a number of its own");
    let remove = |number: u64| house.ask(&chief, Method::Delete, &format!("/webhooks/{number}"), None).0;
    // One that is removed while something is sent for it stays away, and its number is not given again.
    house.customer(&chief, "甲");
    assert!(made.iter().all(|number| remove(*number) == 200));
    for _ in 0..10 {
        let number = make();
        assert!(!made.contains(&number));
        house.customer(&chief, "乙");
        assert_eq!(remove(number), 200);
        made.push(number);
    }
    assert_eq!(numbers(), [0; 0]);
}

#[test]
fn webhooks_are_for_administrators_and_go_to_addresses() {
    let house = House::new();
    let (chief, seller) = (house.token("chief"), house.token("zhangsan"));
    let wanted = |url: &str| Some(json!({ "url": url }));
    for (method, path, body) in [
        (Method::Get, "/webhooks", None),
        (Method::Post, "/webhooks", wanted("http://127.0.0.1:9/")),
        (Method::Post, "/webhooks/1/replay", Some(json!({ "since": 0 }))),
        (Method::Patch, "/webhooks/1", Some(json!({ "active": false }))),
        (Method::Get, "/webhooks/1/deliveries", None),
        (Method::Delete, "/webhooks/1", None),
    ] {
        assert_eq!(house.ask(&seller, method, path, body).0, 403, "{path}");
    }
    for bad in ["", "ftp://x/", "file:///etc/passwd", "x", "http://"] {
        let (status, why) = house.ask(&chief, Method::Post, "/webhooks", wanted(bad));
        assert_eq!((status, &why["errors"][0]["field"]), (422, &json!("url")), "{bad}");
    }
    let (status, _) =
        house.ask(&chief, Method::Post, "/webhooks", Some(json!({ "url": "http://x/", "objects": ["no"] })));
    assert_eq!(status, 422);
    // A key that may only read has no use for them.
    let (_, key) = house.ask(&chief, Method::Post, "/keys", Some(json!({ "scopes": ["read"] })));
    assert_eq!(house.ask(key["token"].as_str().unwrap(), Method::Get, "/webhooks", None).0, 403);
}
