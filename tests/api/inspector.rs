//! What was asked of a server, for whoever looks.

use super::*;
use tcrm::contract::request::Query;

#[test]
fn requests_are_kept_with_what_became_of_them_and_without_secrets() {
    let mut house = House::new();
    let token = house.token("chief");
    let backend = HttpBackend::open(house.options(&token)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let changes = [("name".to_owned(), text("华信科技"))].into();
    let save = SaveRequest { object: "customer".to_owned(), target: None, changes };
    let saved = runtime.block_on(backend.save(save)).unwrap();
    let query = Query { object: "customer".to_owned(), limit: 7, ..Query::default() };
    runtime.block_on(backend.query(query.clone())).unwrap();
    let last = backend.traffic().unwrap();
    let [asked, written, ..] = &last[..] else { panic!("{last:?}") };
    assert_eq!((asked.method.as_str(), asked.status), ("GET", Some(200)));
    assert!(asked.path.starts_with("/api/v1/objects/customer/records?limit=7"), "{}", asked.path);
    let rows: Json = serde_json::from_slice(&asked.answer.kept).unwrap();
    assert_eq!(rows["rows"][0]["record"]["id"], json!(saved.records[0].id.to_string()));
    assert_eq!((written.method.as_str(), written.status), ("POST", Some(201)));
    assert!(written.curl().contains("华信科技") && written.curl().contains("idempotency-key: "), "{}", written.curl());
    assert!(last.iter().all(|one| !format!("{one:?} {}", one.curl()).contains(&token)), "no token in it");
    // The same request by hand is the same answer: it was done once.
    assert!(written.curl().starts_with("curl -X POST 'http://127.0.0.1:"));
    house.stop();
    assert!(runtime.block_on(backend.query(query)).is_err());
    let last = backend.traffic().unwrap();
    assert_eq!(last[0].status, None);
    assert!(last[0].problem.is_some(), "why no answer came is told");
    assert!(house.store.traffic().is_none(), "a store of this machine is asked by no requests");
}
