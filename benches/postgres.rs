//! A store in PostgreSQL against the bare SQL through the same client, in the same run: a page of a list, a filtered
//! page, one record, and one write that is safe on disk.
//! `TCRM_TEST_POSTGRES=postgres://… ROWS=100000 cargo bench --bench postgres`; 20,000 customers unless set.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop at the first surprise")]

use postgres::{Client, NoTls};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tcrm::contract::request::From as Start;
use tcrm::domain::id::Id;
use tcrm::domain::journal::Origin;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::schema::builtin;
use tcrm::schema::filter::{BindContext, parse};
use tcrm::schema::model::SortKey;
use tcrm::store::{Context, OpenMode, Store, StoreError, Which};

const SCHEMA: &str = "bench_tcrm";
const COLUMNS: [&str; 6] = ["code", "name", "level", "status", "owner", "updated_at"];

fn main() {
    let Ok(url) = std::env::var("TCRM_TEST_POSTGRES") else {
        println!("TCRM_TEST_POSTGRES names no database");
        return;
    };
    let rows: i64 = std::env::var("ROWS").ok().and_then(|r| r.parse().ok()).unwrap_or(20_000);
    let mut bare = Client::connect(&url, NoTls).unwrap();
    let gone = format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    bare.batch_execute(&gone).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let joined = if url.contains('?') { '&' } else { '?' };
    let path: PathBuf = format!("{url}{joined}schema={SCHEMA}&folder={}", folder.path().display()).into();
    let started = Instant::now();
    drop(Store::create(&path, builtin()).unwrap());
    println!("made in {:.2} s", started.elapsed().as_secs_f64());
    fill(&path, rows);
    bare.batch_execute(&format!("SET search_path = {SCHEMA}; ANALYZE")).unwrap();
    println!("\n{:<40}{:>10}{:>10}{:>10}{:>8}", "median and p99, microseconds", "median", "p99", "bare", "ratio");
    reads(&path, &mut bare, rows);
    writes(&path, &mut bare, rows);
    bare.batch_execute(&gone).unwrap();
}

fn context() -> Context {
    Context::new(None, jiff::Timestamp::now(), Origin::Import)
}

fn fill(path: &Path, rows: i64) {
    let mut store = Store::open(path, OpenMode::ReadWrite).unwrap();
    let levels: Vec<&str> = ["A", "B", "C", "D"].to_vec();
    let started = Instant::now();
    let fields = ["name", "code", "level", "status", "phone", "region"];
    let filled = store.bulk::<_, StoreError>(&context(), "customer", &fields, rows as u64, |bulk| {
        for n in 1..=rows {
            let level = levels[(n.wrapping_mul(7_919) % 4) as usize];
            let values = [
                Value::text(&format!("华信{n}科技有限公司")),
                Value::text(&format!("C-{n:08}")),
                Value::Choice(level.to_owned()),
                Value::Choice("formal".to_owned()),
                Value::text(&format!("+861{:010}", n * 7_919 % 10_000_000_000)),
                Value::text("广东/深圳"),
            ];
            bulk.insert(Id::from_i64(n).unwrap(), &values)?;
            if n % 20_000 == 0 {
                bulk.commit()?;
            }
        }
        Ok(())
    });
    filled.unwrap();
    println!("{rows} customers loaded, {:.0} rows/s", rows as f64 / started.elapsed().as_secs_f64());
}

fn reads(path: &Path, bare: &mut Client, rows: i64) {
    let store = Store::open(path, OpenMode::ReadOnly).unwrap();
    let columns: Vec<String> = COLUMNS.iter().map(|c| (*c).to_owned()).collect();
    let names = "id, version, code, name, level, status, owner, updated_at";
    let sort = [SortKey { field: "updated_at".to_owned(), descending: true }];
    let list = format!("SELECT {names} FROM customer ORDER BY updated_at DESC, id DESC LIMIT 51");
    let list = bare.prepare(&list).unwrap();
    pair(
        "list, a page of 50",
        || drop(black_box(store.page(Which::all("customer"), &sort, &columns, &Start::Start, 50).unwrap())),
        || drop(black_box(bare.query(&list, &[]).unwrap())),
    );
    let now = jiff::Zoned::now();
    let customer = builtin().object("customer").unwrap();
    let bound = parse(builtin(), customer, "level:A name:9科技", &BindContext { now: &now, me: None }).unwrap();
    let which = Which::filtered("customer", &bound);
    let filtered = format!(
        "SELECT {names} FROM customer WHERE level = $1 AND strpos(name, $2) > 0 ORDER BY updated_at DESC, id DESC LIMIT 51"
    );
    let filtered = bare.prepare(&filtered).unwrap();
    pair(
        "list, filtered by level and part of name",
        || drop(black_box(store.page(which, &sort, &columns, &Start::Start, 50).unwrap())),
        || drop(black_box(bare.query(&filtered, &[&"A", &"9科技"]).unwrap())),
    );
    let get = bare.prepare(&format!("SELECT {names} FROM customer WHERE id = $1")).unwrap();
    let (mut n, mut m) = (0, 0);
    let next = |n: &mut i64| {
        *n = (*n * 31 + 17) % rows + 1;
        *n
    };
    pair(
        "one record",
        || drop(black_box(store.get("customer", Id::from_i64(next(&mut n)).unwrap()).unwrap())),
        || {
            m = (m * 31 + 17) % rows + 1;
            drop(black_box(bare.query(&get, &[&m]).unwrap()));
        },
    );
}

fn writes(path: &Path, bare: &mut Client, rows: i64) {
    let mut store = Store::open(path, OpenMode::ReadWrite).unwrap();
    bare.batch_execute(
        "CREATE TABLE bare_journal (seq BIGINT PRIMARY KEY, object TEXT, record BIGINT, after TEXT, hash BYTEA)",
    )
    .unwrap();
    let update = bare.prepare("UPDATE customer SET phone = $2, version = version + 1 WHERE id = $1").unwrap();
    let journal = bare.prepare("INSERT INTO bare_journal VALUES ($1, 'customer', $2, $3, $4)").unwrap();
    let (mut n, mut m) = (0, 0);
    pair(
        "a change on disk, with its journal entry",
        || {
            n += 1;
            let id = Id::from_i64(n % rows + 1).unwrap();
            let changes = Fields::from([("phone".to_owned(), Value::text(&format!("138{n:08}")))]);
            store.write::<_, StoreError>(&context(), |tx| tx.update("customer", id, None, changes)).unwrap();
        },
        || {
            m += 1;
            let id = rows - m % rows;
            let mut tx = bare.transaction().unwrap();
            tx.execute(&update, &[&id, &format!("139{m:08}")]).unwrap();
            tx.execute(&journal, &[&m, &id, &"{}", &[0u8; 32].as_slice()]).unwrap();
            tx.commit().unwrap();
        },
    );
}

/// Measures ours and the bare one in turns, so that both meet the same moments.
fn pair(name: &str, mut ours: impl FnMut(), mut bare: impl FnMut()) {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let until = Instant::now() + Duration::from_secs(4);
    while Instant::now() < until {
        for (times, work) in [(&mut one, &mut ours as &mut dyn FnMut()), (&mut other, &mut bare)] {
            let started = Instant::now();
            work();
            times.push(started.elapsed().as_secs_f64() * 1e6);
        }
    }
    let warm = one.len() / 10;
    let sorted = |times: &mut Vec<f64>| {
        times.drain(..warm);
        times.sort_by(f64::total_cmp);
        (times[times.len() / 2], times[times.len() * 99 / 100])
    };
    let ((median, p99), (bare, _)) = (sorted(&mut one), sorted(&mut other));
    println!("{name:<40}{median:>10.0}{p99:>10.0}{bare:>10.0}{:>8.2}", median / bare);
}
