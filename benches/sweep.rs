//! The sweep of a store of customers: what is idle is found, taken back, found no more, and given back; beside the
//! bare SQL that finds and empties the same, without journal, history, rules or a commit.
//! `cargo bench --bench sweep`: a million customers in a temporary folder. `CUSTOMERS=100000` for fewer, `DAYS=30`
//! for another rule; `STORE=file` takes a store that was made before.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::contract::pool::{SweepReport, SweepRequest};
use tcrm::contract::request::SaveRequest;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::schema::builtin;
use tokio::runtime::Runtime;

/// As much memory as the sweep takes.
const CACHE: &str = "PRAGMA cache_size = -262144; PRAGMA synchronous = FULL";
/// The same question as the sweep's, and only that.
const FIND: &str = "SELECT id FROM customer WHERE owner IS NOT NULL AND coalesce(last_contact, created_at) < ?1 \
    AND created_at < ?1 AND NOT EXISTS (SELECT 1 FROM owner_change m WHERE m.customer = customer.id AND m.at >= ?1)";

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn main() {
    let (customers, days) = (number("CUSTOMERS", 1_000_000), number("DAYS", 180));
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("sweep.tcrm");
    let options = OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(&path) };
    // What a store that was made before holds is found, taken back and given back in it; by hand it is not kept.
    let made = std::env::var("STORE").map(PathBuf::from);
    let path = made.unwrap_or(path);
    let options = OpenOptions { path: path.clone(), ..options };
    if !path.exists() {
        let demo = Demo { customers, seed: 1, now: jiff::Zoned::now() };
        drop(LocalBackend::create_demo(options.clone(), builtin(), demo, &mut |_, _| ()).unwrap());
    }
    let (found, finding, emptying) = by_hand(&path, days);
    println!("{customers} customers, {found} of them idle for {days} days; seconds");
    println!("bare SQL:  find {:6.2}  empty {:6.2}", s(finding), s(emptying));

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let backend = LocalBackend::open(options).unwrap();
    let days = i64::try_from(days).unwrap();
    let pool = [
        ("name", Value::Text("公海".to_owned())),
        ("position", Value::Integer(0)),
        ("no_touch_days", Value::Integer(days)),
    ];
    let changes: Fields = pool.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let request = SaveRequest { object: "pool".to_owned(), target: None, changes };
    runtime.block_on(backend.save(request)).unwrap();
    let (foreseen, previewing) = sweep(&runtime, &backend, true);
    let (swept, sweeping) = sweep(&runtime, &backend, false);
    let (again, once_more) = sweep(&runtime, &backend, false);
    assert_eq!((foreseen.total(), again.total()), (swept.total(), 0));
    println!(
        "sweep:     find {:6.2}  take back {} in {:6.2} ({:.1} µs each)  again {:6.2}",
        s(previewing),
        swept.total(),
        s(sweeping),
        (s(sweeping) - s(previewing)).max(0.0) * 1e6 / swept.total().max(1) as f64,
        s(once_more)
    );
    let begin = Instant::now();
    let undone = runtime.block_on(backend.revert(swept.txn.unwrap())).unwrap();
    println!("given back: {} entries in {:.2}", undone.touched, s(begin.elapsed()));
}

fn sweep(runtime: &Runtime, backend: &dyn Backend, dry_run: bool) -> (SweepReport, Duration) {
    let begin = Instant::now();
    let report = runtime.block_on(backend.sweep(SweepRequest { dry_run, ..SweepRequest::default() })).unwrap();
    (report, begin.elapsed())
}

/// Finds and empties without tcrm.
fn by_hand(path: &Path, days: u64) -> (usize, Duration, Duration) {
    let conn = Connection::open(path).unwrap();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).start_of_day().unwrap();
    let before = today.checked_sub(i64::try_from(days - 1).unwrap().days()).unwrap().timestamp();
    let before = format!("{before:.3}");
    let begin = Instant::now();
    let ids: Vec<i64> = conn
        .prepare(FIND)
        .unwrap()
        .query_map([&before], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    let finding = begin.elapsed();
    let begin = Instant::now();
    conn.execute_batch(CACHE).unwrap();
    conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut update = conn.prepare("UPDATE customer SET owner = NULL WHERE id = ?").unwrap();
    for id in &ids {
        update.execute([id]).unwrap();
    }
    drop(update);
    let emptying = begin.elapsed();
    conn.execute_batch("ROLLBACK").unwrap();
    (ids.len(), finding, emptying)
}

fn s(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
