//! Input that means harm, and users who guess: each with a defined answer, and nothing changed.

use super::*;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn other_peoples_records_are_not_there_however_one_asks() {
    let house = House::new();
    let (chief, seller) = (house.token("chief"), house.token("zhangsan"));
    let id = house.customer(&chief, "别人的客户");
    let record = format!("/objects/customer/records/{id}");
    let change = || Some(json!({ "fields": { "remark": "x" } }));
    let key = json!({ "object": "customer", "id": id });
    for (method, path, body) in [
        (Method::Get, record.clone(), None),
        (Method::Get, format!("{record}/dossier"), None),
        (Method::Get, format!("{record}/actions"), None),
        (Method::Get, format!("{record}/actions/claim"), None),
        (Method::Get, format!("{record}/delete-preview"), None),
        (Method::Delete, record.clone(), None),
        (Method::Post, "/delete".to_owned(), Some(json!({ "keys": [key] }))),
        (Method::Post, format!("{record}/actions/claim"), Some(json!({}))),
        (Method::Post, "/history".to_owned(), Some(json!({ "key": key, "before": null, "limit": 5 }))),
        (Method::Get, format!("/objects/customer/resolve?text={id}"), None),
    ] {
        let (status, answer) = house.ask(&seller, method, &path, body);
        assert!(matches!(status, 403 | 404), "{path}: {status} {answer}");
        assert!(!answer.to_string().contains("别人的客户"), "{path}: {answer}");
    }
    let patch = RawRequest {
        method: Method::Patch,
        path: record.clone(),
        headers: vec![("if-match".to_owned(), "\"1\"".to_owned())],
        body: change().map(|json| json.to_string().into_bytes()),
        signed_in: true,
    };
    let refused = Talk::new(&house.options(&seller)).unwrap().ask(patch).unwrap();
    assert!(matches!(refused.status, 403 | 404), "{refused:?}");
    let batch = json!({ "operations": [{ "delete": key }, { "create": { "object": "customer", "fields": { "name": "我的" } } }] });
    let (_, answer) = house.ask(&seller, Method::Post, "/batch", Some(batch));
    assert!(answer["results"][0]["failed"].is_object() && answer["results"][1]["saved"].is_object(), "{answer}");
    let (_, changes) = house.ask(&seller, Method::Get, "/changes?since=0&limit=1000", None);
    let told = changes["changes"].as_array().unwrap().iter().filter(|c| c["key"]["id"] == json!(id));
    assert!(told.clone().count() > 0 && told.clone().all(|c| c["deed"] == "delete" && c["fields"] == json!([])));
    assert_eq!(house.ask(&chief, Method::Get, &record, None).1["record"]["version"], 1, "nothing was done to it");
}

#[test]
fn a_file_is_fetched_through_a_record_not_by_its_hash() {
    let house = House::new();
    let (zhangsan, lisi) = (house.token("zhangsan"), house.token("lisi"));
    let kept = house.raw(&lisi, Method::Post, "/attachments?name=%E5%BA%95%E4%BB%B7.txt", Some(b"secret"));
    assert_eq!(kept.status, 201);
    let file: Json = serde_json::from_slice(&kept.body).unwrap();
    let fields = json!({ "fields": { "name": "李四的客户", "attachments": [file] } });
    let (status, made) = house.ask(&lisi, Method::Post, "/objects/customer/records", Some(fields.clone()));
    assert_eq!(status, 201, "{made}");
    let id = made["records"][0]["id"].as_str().unwrap();
    let alone = format!("/attachments/{}?name=x&size=6", file["hash"].as_str().unwrap());
    let through = format!("{alone}&object=customer&id={id}");
    assert_eq!(house.raw(&lisi, Method::Get, &through, None).body, b"secret");
    for path in [&alone, &through] {
        let refused = house.raw(&zhangsan, Method::Get, path, None);
        assert!(matches!(refused.status, 403 | 404), "{path}: {refused:?}");
    }
    assert_eq!(house.ask(&zhangsan, Method::Post, "/objects/customer/records", Some(fields)).0, 422, "not by a copy");
    for path in [
        "/attachments/..%2F..%2Fhouse.tcrm?name=x&size=1",
        "/attachments/%2Fetc%2Fpasswd?name=x&size=1",
        &format!("/attachments/{}?name=..%2Fx&size=6", file["hash"].as_str().unwrap()),
        &format!("/attachments/{}?name=x&size=6", "0".repeat(64)),
    ] {
        assert_eq!(house.raw(&lisi, Method::Get, path, None).status, 404, "{path}");
    }
}

#[test]
fn filters_and_sorting_take_no_orders() {
    let house = House::new();
    let token = house.token("chief");
    house.customer(&token, "华信");
    for evil in [
        "'; DROP TABLE customer; --",
        "name:\"x\" or 1=1",
        "\" UNION SELECT * FROM _token --",
        "name:%_\\",
        "((((((((((",
        "level:A) or (name:*",
        "\u{0}\u{1}\u{7f}",
        "name:\u{202e}evil",
        &"(".repeat(5_000),
        &"a or ".repeat(2_000),
    ] {
        let filter = serde_urlencoded::to_string([("filter", evil)]).unwrap();
        let sort = serde_urlencoded::to_string([("sort", evil)]).unwrap();
        for path in [
            "/objects/customer/records",
            "/objects/customer/count",
            "/objects/customer/export",
            "/board",
            "/reports/won",
        ] {
            let (status, answer) = house.ask(&token, Method::Get, &format!("{path}?{filter}"), None);
            assert!(matches!(status, 200 | 400 | 422), "{path} {evil:.40?}: {status} {answer}");
        }
        let (status, answer) = house.ask(&token, Method::Get, &format!("/objects/customer/records?{sort}"), None);
        assert!(matches!(status, 400 | 404 | 422), "{evil:.40?}: {status} {answer}");
        let fields = json!({ "fields": { evil: "x" } });
        assert_eq!(house.ask(&token, Method::Post, "/objects/customer/records", Some(fields)).0, 422);
    }
    assert_eq!(house.ask(&token, Method::Get, "/objects/customer/count", None).1["value"], 1);
}

#[test]
fn what_makes_no_sense_is_the_askers_mistake_not_the_servers() {
    let house = House::new();
    let token = house.token("chief");
    house.customer(&token, "华信");
    for query in ["after=", "after=x", "before=%5B1%2C2%2C3%5D", "at=%7B%7D"] {
        for path in ["records", "export"] {
            let (status, why) = house.ask(&token, Method::Get, &format!("/objects/customer/{path}?{query}"), None);
            assert_eq!((status, &why["errors"][0]["message"]["key"]), (422, &json!("store-cursor")), "{path} {query}");
        }
    }
    let body = json!({ "from": { "before": "x" } });
    assert_eq!(house.ask(&token, Method::Post, "/objects/customer/query", Some(body.clone())).0, 422);
    assert_eq!(house.ask(&token, Method::Post, "/inbox", Some(body)).0, 422);
    let body = json!({ "object": "task", "filter": "", "all": true, "apply": false });
    assert_eq!(house.ask(&token, Method::Post, "/renumber", Some(body)).0, 422);
    let kept = house.raw(&token, Method::Post, "/attachments?name=a.txt", Some(b"1234"));
    let file: Json = serde_json::from_slice(&kept.body).unwrap();
    let path = format!("/attachments/{}?name=a.txt&size=0", file["hash"].as_str().unwrap());
    assert_eq!(house.raw(&token, Method::Get, &path, None).status, 404);
}

/// What a server says to bytes as they are.
fn say(house: &House, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", house.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // A server may hang up before all is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn oversize_deep_and_broken_requests_are_refused_and_the_server_goes_on() {
    let house = House::new();
    let token = house.token("chief");
    let path = "/objects/customer/records";
    let large = format!("{{\"fields\":{{\"remark\":\"{}\"}}}}", "x".repeat(5 * 1024 * 1024));
    assert_eq!(house.raw(&token, Method::Post, path, Some(large.as_bytes())).status, 413);
    let deep = format!("{{\"fields\":{{\"remark\":{}{}}}}}", "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(house.raw(&token, Method::Post, path, Some(deep.as_bytes())).status, 400);
    let many =
        json!({ "operations": vec![json!({ "delete": { "object": "customer", "id": "0000000000001" } }); 1_001] });
    assert_eq!(house.ask(&token, Method::Post, "/batch", Some(many)).0, 413);
    let head =
        format!("POST /api/v1{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n");
    for (request, expected) in [
        (format!("{head}content-length: 99999999999\r\n\r\n"), "413"),
        (format!("{head}content-length: -1\r\n\r\n{{}}"), "400"),
        (format!("{head}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"), "400"),
        (
            format!("GET /api/v1/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx: {}\r\n\r\n", "a".repeat(200_000)),
            "431",
        ),
        ("\u{16}\u{3}\u{1}garbage\r\n\r\n".to_owned(), "400"),
        (format!("GET /api/v1/{} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "../".repeat(20)), "404"),
    ] {
        let answer = say(&house, request.as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{expected}: {answer:.200}");
    }
    // A body that never comes whole, from somebody who hangs up.
    let mut half = TcpStream::connect(("127.0.0.1", house.port())).unwrap();
    write!(half, "{head}content-length: 100\r\n\r\n{{\"fields\"").unwrap();
    drop(half);
    assert_eq!(house.ask(&token, Method::Get, "/objects/customer/count", None).1["value"], 0, "nothing was written");
}

#[test]
fn a_clock_that_is_hours_off_spoils_nothing() {
    let house = House::new();
    let token = house.token("chief");
    let now = jiff::Timestamp::now();
    for hours in [-30, 30] {
        let at = now + jiff::SignedDuration::from_hours(hours);
        let id = tcrm::domain::id::IdSource::default().next(at.as_millisecond(), 77);
        let body = json!({ "id": id.to_string(), "fields": { "name": format!("客户 {hours}") } });
        let key = format!("k-{:x}", at.as_nanosecond());
        let request = || RawRequest {
            method: Method::Post,
            path: "/objects/customer/records".to_owned(),
            headers: vec![
                ("idempotency-key".to_owned(), key.clone()),
                ("date".to_owned(), at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
            ],
            body: Some(body.to_string().into_bytes()),
            signed_in: true,
        };
        let talk = Talk::new(&house.options(&token)).unwrap();
        let first = talk.ask(request()).unwrap();
        let again = talk.ask(request()).unwrap();
        assert_eq!((first.status, again.status), (201, 201), "{first:?}");
        let (_, view) = house.ask(&token, Method::Get, &format!("/objects/customer/records/{id}"), None);
        let made: jiff::Timestamp = view["record"]["fields"]["created_at"].as_str().unwrap().parse().unwrap();
        assert!(made.duration_since(now).abs() < jiff::SignedDuration::from_mins(5), "the server's own time: {made}");
    }
    let (_, found) = house.ask(&token, Method::Get, "/objects/customer/count", None);
    assert_eq!(found["value"], 2, "each is there once");
    // The token is good by the server's clock.
    assert_eq!(house.ask(&token, Method::Get, "/me", None).0, 200);
}

/// What is written when the disk takes no more, over a process whose files may not grow.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_what_was_there_stays() {
    use std::process::{Command, Stdio};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.tcrm");
    drop(LocalBackend::create(OpenOptions::new(&path), tcrm::schema::builtin()).unwrap());
    // In blocks of 512 bytes or 1 KiB, by shell: a little more than the store has now.
    let blocks = std::fs::metadata(&path).unwrap().len() / 512 + 200;
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" serve \"$1\" --open --listen 127.0.0.1:0 --log none --lang en"
    );
    let mut child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_tcrm")])
        .arg(&path)
        .env("HOME", folder.path())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut stderr, &mut said).unwrap();
    let url =
        said.split_whitespace().find(|word| word.starts_with("http://")).unwrap().trim_end_matches(';').to_owned();
    let options = HttpOptions::new(&url, Password::new(""), folder.path().join("cache"));
    let token = HttpBackend::sign_in(&options, None, None, "test").unwrap().token;
    let talk = Talk::new(&HttpOptions { token: Password::new(&token), ..options }).unwrap();
    let ask = |method, path: &str, body: Option<String>| {
        let body = body.map(String::into_bytes);
        talk.ask(RawRequest { method, path: path.to_owned(), headers: Vec::new(), body, signed_in: true }).unwrap()
    };
    let mut kept = 0;
    let refused = loop {
        let body = json!({ "fields": { "name": format!("客户 {kept}"), "remark": "x".repeat(20_000) } }).to_string();
        let answer = ask(Method::Post, "/objects/customer/records", Some(body));
        if answer.status != 201 {
            break answer;
        }
        kept += 1;
        assert!(kept < 2_000, "the disk never filled");
    };
    let why: Json = serde_json::from_slice(&refused.body).unwrap();
    assert!(refused.status >= 500 && why["detail"].as_str().is_some_and(|text| !text.is_empty()), "{why}");
    let count: Json = serde_json::from_slice(&ask(Method::Get, "/objects/customer/count", None).body).unwrap();
    assert_eq!(count["value"].as_u64(), Some(kept), "what was acknowledged is there, and nothing else");
    child.kill().unwrap();
    child.wait().unwrap();
    let store = LocalBackend::open(OpenOptions::new(&path)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(store.findings()).unwrap().is_empty());
    assert!(kept > 0);
}
