//! The server as its clients see it: who is let in, what a token is good for, encryption, limits, stopping.

use super::*;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tcrm::contract::error::Error;

const SECRET: &str = "k7-vogel-9";

/// A store with zhangsan, who has a password, and lisi, who has none; passwords are demanded.
fn guarded(change: impl FnOnce(&mut Options)) -> House {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("house.tcrm");
    let store = LocalBackend::create(OpenOptions::new(&path), tcrm::schema::builtin()).unwrap();
    let house = House::with(folder, store, change);
    let ids = ["zhangsan", "lisi"].map(|login| house.add("user", &[("login", text(login)), ("name", text(login))]));
    let first = house.store.set_password(ids[0], None, Password::new(SECRET));
    house.runtime().block_on(first).unwrap();
    let one = LocalBackend::open(OpenOptions { user: Some("zhangsan".to_owned()), ..OpenOptions::new(&path) });
    house.runtime().block_on(one.unwrap().demand_passwords(true)).unwrap();
    house
}

impl House {
    fn sign_in(&self, login: &str, password: &str) -> Result<String, Error> {
        let secret = Password::new(password);
        let signed_in = HttpBackend::sign_in(&self.options(""), Some(login.to_owned()), Some(&secret), "test")?;
        Ok(signed_in.token)
    }
}

fn key(error: Result<String, Error>) -> String {
    match error.unwrap_err() {
        Error::Denied(m) | Error::NotFound(m) | Error::Timeout(m) => m.key.into_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_who_has_the_password_is_let_in_and_trying_is_counted() {
    let house = guarded(|options| options.sign_ins = 0);
    assert!(house.sign_in("zhangsan", SECRET).is_ok());
    assert_eq!(key(house.sign_in("zhangsan", "wrong-guess-1")), "sign-in-wrong");
    assert_eq!(key(house.sign_in("lisi", "anything-at-all-1")), "sign-in-none");
    assert_eq!(key(house.sign_in("nobody", "x")), "backend-no-user");
    for _ in 0..4 {
        assert_eq!(key(house.sign_in("zhangsan", "wrong-guess-2")), "sign-in-wrong");
    }
    assert_eq!(key(house.sign_in("zhangsan", SECRET)), "sign-in-locked", "five wrong ones lock");
}

#[test]
fn guessing_from_one_address_is_slowed_down() {
    let house = guarded(|options| options.sign_ins = 3);
    let mut told: Vec<String> = (0..4).map(|n| key(house.sign_in("nobody", &n.to_string()))).collect();
    assert_eq!(told.pop().unwrap(), "api-too-many");
    assert!(told.iter().all(|key| key == "backend-no-user"), "{told:?}");
}

#[test]
fn a_token_asks_so_much_and_no_more_in_a_second() {
    let house = guarded(|options| options.rate = 5);
    let token = house.sign_in("zhangsan", SECRET).unwrap();
    let answers: Vec<RawAnswer> = (0..40).map(|_| house.raw(&token, Method::Get, "/me", None)).collect();
    let refused = answers.iter().find(|a| a.status == 429).unwrap();
    assert!(refused.headers.iter().any(|(name, value)| name == "retry-after" && value == "1"), "{refused:?}");
    assert!(answers.iter().filter(|a| a.status == 200).count() >= 10);
}

#[test]
fn a_key_is_good_for_its_scopes_only_until_it_is_revoked() {
    let house = guarded(|_| ());
    let token = house.sign_in("zhangsan", SECRET).unwrap();
    let (status, made) =
        house.ask(&token, Method::Post, "/keys", Some(json!({ "label": "reports", "scopes": ["read"], "days": 7 })));
    assert_eq!((status, &made["key"]["label"]), (201, &json!("reports")));
    let reader = made["token"].as_str().unwrap();
    assert_eq!(house.ask(reader, Method::Get, "/objects/customer/records", None).0, 200);
    let new = || Some(json!({ "fields": { "name": "Acme" } }));
    let (status, refused) = house.ask(reader, Method::Post, "/objects/customer/records", new());
    assert_eq!((status, &refused["message"]["key"]), (403, &json!("api-scope")));
    assert_eq!(house.ask(reader, Method::Get, "/keys", None).0, 403);
    assert_eq!(house.ask(reader, Method::Delete, "/sessions/current", None).0, 409, "a key is no session");
    assert_eq!(house.ask(&token, Method::Post, "/objects/customer/records", new()).0, 201);
    let (_, listed) = house.ask(&token, Method::Get, "/keys", None);
    assert!(!listed.to_string().contains("tcrm_"), "keys are told once");
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let number = made["key"]["key"].as_i64().unwrap();
    assert_eq!(house.ask(&token, Method::Delete, &format!("/keys/{number}"), None).0, 200);
    assert_eq!(house.ask(reader, Method::Get, "/me", None).0, 401);
    let stored = std::fs::read(house.folder.path().join("house.tcrm")).unwrap();
    let is_in = |secret: &str| stored.windows(secret.len()).any(|w| w == secret.as_bytes());
    assert!(!is_in(&token) && !is_in(reader) && !is_in(SECRET), "only hashes are kept");
}

#[test]
fn who_is_disabled_is_out_at_once() {
    let house = guarded(|_| ());
    let token = house.sign_in("zhangsan", SECRET).unwrap();
    let backend = HttpBackend::open(house.options(&token)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let me = backend.me().unwrap();
        assert_eq!(me.login, "zhangsan");
        let user = |text: &str| house.store.resolve("user".to_owned(), text.to_owned());
        let id = user("zhangsan").await.unwrap();
        let record = house.store.get(tcrm::domain::record::RecordKey { object: "user".to_owned(), id }).await.unwrap();
        let changes = [("active".to_owned(), Value::Boolean(false))].into();
        let request = SaveRequest { object: "user".to_owned(), target: Some((id, record.record.version)), changes };
        house.store.save(request).await.unwrap();
        let refused = backend.settings(String::new()).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    });
}

#[test]
fn whoever_is_signed_in_at_the_server_is_at_work_until_they_sign_out() {
    let house = guarded(|_| ());
    let (token, other) = (house.sign_in("zhangsan", SECRET).unwrap(), house.sign_in("zhangsan", SECRET).unwrap());
    house.ask(&token, Method::Post, "/keys", Some(json!({ "label": "nightly", "scopes": ["read"] })));
    let seats = |token: &str| {
        let (status, seats) = house.ask(token, Method::Get, "/online", None);
        assert_eq!(status, 200);
        let seats: Vec<Json> = seats.as_array().unwrap().clone();
        seats
            .iter()
            .map(|seat| (seat["name"].clone(), seat["host"].clone(), seat["certain"].clone()))
            .collect::<Vec<_>>()
    };
    let seat = |certain: bool| (json!("zhangsan"), json!("test"), json!(certain));
    assert_eq!(
        seats(&token),
        [seat(false), seat(true)],
        "newest first; the other has asked nothing yet, a key is nobody"
    );
    assert_eq!(house.ask(&other, Method::Get, "/me", None).0, 200);
    assert_eq!(seats(&token), [seat(true), seat(true)]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let beside = runtime.block_on(house.store.online()).unwrap();
    assert_eq!(
        beside.iter().map(|seat| seat.certain).collect::<Vec<_>>(),
        [false, false],
        "who reads the file can't say"
    );
    assert_eq!(house.ask(&other, Method::Delete, "/sessions/current", None).0, 200);
    assert_eq!(seats(&token), [seat(true)]);
}

/// The reason under a field of a refused password.
fn refused(done: Result<(), Error>) -> (String, String) {
    match done.unwrap_err() {
        Error::Invalid(errors) => (errors[0].field.clone(), errors[0].message.key.clone().into_owned()),
        Error::Denied(message) => (String::new(), message.key.into_owned()),
        other => panic!("{other:?}"),
    }
}

const NEXT: &str = "amsel-4-wiese";

#[test]
fn a_password_is_changed_by_who_knows_it_and_ends_the_other_sessions() {
    let house = guarded(|options| options.sign_ins = 0);
    let (token, other) = (house.sign_in("zhangsan", SECRET).unwrap(), house.sign_in("zhangsan", SECRET).unwrap());
    let made =
        house.ask(&token, Method::Post, "/keys", Some(json!({ "label": "nightly", "scopes": ["read", "write"] })));
    let api_key = made.1["token"].as_str().unwrap();
    let backend = HttpBackend::open(house.options(&token)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let change = |current: Option<&str>, new: &str| {
        runtime.block_on(backend.change_password(current.map(Password::new), Password::new(new)))
    };
    let expected = |field: &str, key: &str| (field.to_owned(), key.to_owned());
    assert_eq!(refused(change(None, NEXT)), expected("current", "sign-in-wrong"));
    assert_eq!(refused(change(Some("wrong-guess-1"), NEXT)), expected("current", "sign-in-wrong"));
    assert_eq!(refused(change(Some(SECRET), "abc")).0, "password", "too weak");
    assert_eq!(refused(change(Some(SECRET), SECRET)), expected("password", "passwd-same"));
    let body = || Some(json!({ "current": SECRET, "new": NEXT }));
    let (status, told) = house.ask(api_key, Method::Put, "/me/password", body());
    assert_eq!((status, &told["message"]["key"]), (403, &json!("api-key-password")));
    assert_eq!(house.ask("", Method::Put, "/me/password", body()).0, 401);
    assert_eq!(house.ask(&other, Method::Get, "/me", None).0, 200, "nothing has changed so far");
    change(Some(SECRET), NEXT).unwrap();
    assert_eq!(house.ask(&token, Method::Get, "/me", None).0, 200, "the session that did it goes on");
    assert_eq!(house.ask(&other, Method::Get, "/me", None).0, 401, "others end at once");
    assert_eq!(house.ask(api_key, Method::Get, "/me", None).0, 200, "a program's key stays");
    assert_eq!(key(house.sign_in("zhangsan", SECRET)), "sign-in-wrong");
    assert!(house.sign_in("zhangsan", NEXT).is_ok());
    let kept = backend.traffic().unwrap();
    let secret = |text: &str| [SECRET, NEXT].iter().any(|secret| text.contains(secret));
    assert!(!kept.iter().any(|one| secret(&one.request.text()) || secret(&one.curl())), "nor is it kept anywhere");
}

#[test]
fn guessing_the_password_in_a_session_locks_out_as_signing_in_does() {
    let house = guarded(|options| options.sign_ins = 0);
    let token = house.sign_in("zhangsan", SECRET).unwrap();
    let change = |current: &str| {
        let body = Some(json!({ "current": current, "new": NEXT }));
        house.ask(&token, Method::Put, "/me/password", body)
    };
    for n in 0..5 {
        assert_eq!(change(&format!("guess-number-{n}")).0, 422);
    }
    let (status, told) = change(SECRET);
    assert_eq!((status, &told["message"]["key"]), (403, &json!("sign-in-locked")));
    assert_eq!(key(house.sign_in("zhangsan", SECRET)), "sign-in-locked");
    let slow = guarded(|options| options.sign_ins = 2);
    let token = slow.sign_in("zhangsan", SECRET).unwrap();
    let body = || Some(json!({ "current": "a-guess", "new": NEXT }));
    let told: Vec<u16> = (0..2).map(|_| slow.ask(&token, Method::Put, "/me/password", body()).0).collect();
    assert_eq!(told, [422, 429], "and is slowed down with it");
}

#[test]
fn a_password_set_beside_the_server_ends_all_sessions() {
    let house = guarded(|_| ());
    let token = house.sign_in("zhangsan", SECRET).unwrap();
    assert_eq!(house.ask(&token, Method::Get, "/me", None).0, 200);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let id = house.store.resolve("user".to_owned(), "zhangsan".to_owned()).await.unwrap();
        house.store.set_password(id, None, Password::new(NEXT)).await.unwrap();
    });
    let until = Instant::now() + Duration::from_secs(20);
    while house.ask(&token, Method::Get, "/me", None).0 != 401 {
        assert!(Instant::now() < until, "the server still takes the token");
    }
}

fn tls(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

#[test]
fn https_takes_a_certificate_that_the_client_trusts() {
    let house = guarded(|options| options.tls = Some((tls("cert.pem"), tls("key.pem"))));
    let url = format!("https://localhost:{}", house.port());
    let trusting = HttpOptions { url, certificates: Some(tls("cert.pem")), ..house.options("") };
    let secret = Password::new(SECRET);
    let login = || Some("zhangsan".to_owned());
    let signed_in = HttpBackend::sign_in(&trusting, login(), Some(&secret), "test").unwrap();
    let backend = HttpBackend::open(HttpOptions { token: Password::new(signed_in.token), ..trusting.clone() }).unwrap();
    assert_eq!(backend.me().unwrap().login, "zhangsan");
    let stranger = HttpOptions { certificates: None, ..trusting };
    let refused = HttpBackend::sign_in(&stranger, login(), Some(&secret), "test");
    assert!(matches!(refused, Err(Error::Offline(_) | Error::Other(_))), "{refused:?}");
    let plain = HttpBackend::sign_in(&house.options(""), login(), Some(&secret), "test");
    assert!(plain.is_err(), "nothing in plain sight");
}

#[test]
fn a_server_that_stops_ends_what_only_listens_and_can_be_started_again() {
    let mut house = guarded(|_| ());
    let token = house.sign_in("zhangsan", SECRET).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", house.port())).unwrap();
    write!(stream, "GET /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut heard = [0; 1_024];
    let first = stream.read(&mut heard).unwrap();
    assert!(String::from_utf8_lossy(heard.get(..first).unwrap()).starts_with("HTTP/1.1 200"));
    let began = Instant::now();
    house.stop();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    house.start(|_| ());
    assert_eq!(house.ask(&token, Method::Get, "/me", None).0, 200, "the token outlives the server");
}

#[test]
fn what_looks_after_the_server_is_answered() {
    let house = guarded(|_| ());
    let get = |path: &str| {
        let answer = house.raw("", Method::Get, path, None);
        (answer.status, String::from_utf8(answer.body).unwrap())
    };
    assert_eq!(get("/healthz").0, 200);
    assert_eq!(get("/readyz"), (200, "ready\n".to_owned()));
    get("/me");
    let (status, figures) = get("/metrics");
    assert_eq!(status, 200);
    let line = "tcrm_requests_total{method=\"GET\",route=\"/api/v1/me\",status=\"401\"} 1";
    assert!(figures.contains(line), "{figures}");
    assert_eq!(get("/api/v1/openapi.json").1, tcrm::api::OPENAPI);
}
