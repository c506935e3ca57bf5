//! All that one person has handed over to two others in one transaction, and taken back in one.
//! `cargo bench --bench hand_over`: 50,000 customers in a temporary folder, `CUSTOMERS=10000` for fewer.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use jiff::tz::TimeZone;
use rusqlite::Connection;
use std::time::Instant;
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::request::{ActRequest, DoRequest, Progress};
use tcrm::demo::Sizes;
use tcrm::domain::record::{Fields, RecordKey};
use tcrm::domain::value::Value;
use tcrm::schema::builtin;
use tcrm::store::Store;
use tokio::runtime::Runtime;

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("hand_over.tcrm");
    let customers: u64 = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(50_000);
    let mut store = Store::create(&path, builtin()).unwrap();
    let now = jiff::civil::date(2026, 11, 22).at(9, 0, 0, 0).in_tz("Asia/Shanghai").unwrap();
    tcrm::demo::fill(&mut store, 1, &now, &Sizes::for_customers(customers), &mut |_, _| {}).unwrap();
    drop(store);
    let conn = Connection::open(&path).unwrap();
    // One person has all customers, and what they had of the rest.
    let from = "(SELECT id FROM user WHERE position = '销售代表' ORDER BY id LIMIT 1)";
    conn.execute(&format!("UPDATE customer SET owner = {from}"), []).unwrap();
    let people = |rest: &str| -> Vec<i64> {
        let sql = format!("SELECT id FROM user WHERE position = '销售代表' ORDER BY id {rest}");
        conn.prepare(&sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let id = |raw: &i64| tcrm::domain::id::Id::from_i64(*raw).unwrap();
    let (from, to) = (people("LIMIT 1"), people("LIMIT 2 OFFSET 1"));
    drop(conn);

    let runtime = Runtime::new().unwrap();
    let backend = LocalBackend::open(OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(&path) }).unwrap();
    runtime.block_on(backend.search_ready()).unwrap();
    let fields = Fields::from([("to".to_owned(), Value::Refs(to.iter().map(id).collect()))]);
    let key = RecordKey { object: "user".to_owned(), id: from.first().map(id).unwrap() };
    let request = DoRequest { action: "hand_over".to_owned(), key, fields, comment: String::new(), version: None };
    let progress = Progress::default();
    let begun = Instant::now();
    let saved = runtime.block_on(backend.act(ActRequest::DoTelling(request, progress.clone()))).unwrap();
    let handed = begun.elapsed();
    let (done, all) = progress.far();
    println!(
        "handed over: {done} of {all} records in {:.2} s, {:.1} µs each",
        handed.as_secs_f64(),
        handed.as_micros() as f64 / done as f64
    );
    assert!(saved.txn > 0);
    let begun = Instant::now();
    runtime.block_on(backend.undo()).unwrap();
    println!("taken back:  {:.2} s", begun.elapsed().as_secs_f64());
}
