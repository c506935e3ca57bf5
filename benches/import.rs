//! The import of a face's rows (texts) through the rules, against a bare prepared-statement loop over the same
//! values, table and indexes, in the same run. `ROWS=1000000 cargo bench --bench import`; 200,000 unless set.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop at the first surprise")]

use jiff::tz::TimeZone;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::request::{From, ImportRequest, ImportRow, OnDuplicate, Query, SearchRequest};

const COLUMNS: [&str; 14] = [
    "code",
    "name",
    "short_name",
    "level",
    "industry",
    "city",
    "employees",
    "phone",
    "email",
    "tax_number",
    "address",
    "annual_revenue",
    "next_contact",
    "remark",
];

fn main() {
    let rows: u64 = std::env::var("ROWS").ok().and_then(|r| r.parse().ok()).unwrap_or(200_000);
    let folder = tempfile::tempdir().unwrap();
    let (ours, bare) = (folder.path().join("ours.tcrm"), folder.path().join("bare.db"));
    let options = OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(&ours) };
    drop(LocalBackend::create(options.clone(), tcrm::schema::builtin()).unwrap());
    std::fs::copy(&ours, &bare).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

    let backend = LocalBackend::open(options.clone()).unwrap();
    let (start, worked) = (Instant::now(), processor_time());
    let report = runtime.block_on(backend.import(request(rows, OnDuplicate::Error))).unwrap();
    let (taken, worked) = (start.elapsed(), processor_time() - worked);
    assert_eq!((report.created, report.rejected), (rows, 0));
    let before = processor_time();
    let raw = bare_loop(&bare, rows);
    let raw_worked = processor_time() - before;
    let rate = |d: Duration| rows as f64 / d.as_secs_f64();
    println!("{rows} rows of {} columns", COLUMNS.len());
    println!("import      {:>8.0} rows/s, peak memory {} MB", rate(taken), peak_memory() / 1024);
    println!("bare loop   {:>8.0} rows/s, same indexes, no journal", rate(raw));
    println!("ratio       {:>8.2}", rate(taken) / rate(raw));
    println!(
        "processor   {worked:>8.2} s (all threads) against {raw_worked:.2} s of the loop: {:.2}",
        raw_worked / worked
    );

    let start = Instant::now();
    let report = runtime.block_on(backend.import(request(rows, OnDuplicate::Skip))).unwrap();
    assert_eq!(report.skipped, rows);
    println!("skip all    {:>8.0} rows/s", rate(start.elapsed()));
    drop(backend);

    let start = Instant::now();
    let backend = LocalBackend::open(OpenOptions { search: true, ..options.clone() }).unwrap();
    let query = Query { object: "customer".to_owned(), from: From::Start, limit: 50, ..Query::default() };
    runtime.block_on(backend.query(query.clone())).unwrap();
    println!("open and first page     {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    runtime.block_on(backend.search_ready()).unwrap();
    println!("search ready (built)    {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    drop(backend);
    let start = Instant::now();
    let backend = LocalBackend::open(OpenOptions { search: true, ..options }).unwrap();
    runtime.block_on(backend.query(query)).unwrap();
    println!("open and first page     {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    runtime.block_on(backend.search_ready()).unwrap();
    println!("search ready (loaded)   {:>8.1} ms", start.elapsed().as_secs_f64() * 1e3);
    searches(&runtime, &backend);
    println!("peak memory             {:>8} MB", peak_memory() / 1024);
}

fn searches(runtime: &tokio::runtime::Runtime, backend: &LocalBackend) {
    for text in ["信", "华信", "hx", "huaxin", "13800", "C-0001", "科技 东"] {
        let mut times: Vec<f64> = (0..20)
            .map(|_| {
                let start = Instant::now();
                let list =
                    Query { object: "customer".to_owned(), filter: text.to_owned(), limit: 50, ..Query::default() };
                runtime.block_on(backend.query(list)).unwrap();
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let start = Instant::now();
        let request = SearchRequest { text: text.to_owned(), objects: Vec::new(), limit: 50 };
        let found = runtime.block_on(backend.search(request)).unwrap().hits.len();
        let all = start.elapsed().as_secs_f64() * 1e3;
        println!(
            "list filtered by {text}: median {:.2} ms, worst {:.2} ms; search {all:.2} ms, {found} hits",
            times[10], times[19]
        );
    }
}

fn cells(n: u64) -> Vec<String> {
    let mixed = n.wrapping_mul(6_364_136_223_846_793_005) >> 20;
    let part = |of: &[&str], shift: u64| of[((mixed >> shift) % of.len() as u64) as usize].to_owned();
    let first = part(&["华", "东", "新", "中", "金", "海"], 3);
    let second = part(&["信", "方", "科", "润", "达", "通"], 7);
    vec![
        format!("C-{:07}", n + 1),
        format!("{first}{second}{n}科技有限公司"),
        format!("{first}{second}{n}"),
        part(&["A", "B", "C", "D"], 11),
        part(&["manufacturing", "软件", "Finance", "零售"], 13),
        part(&["北京", "上海", "深圳", "广州"], 17),
        (mixed % 9_000).to_string(),
        format!("138{:08}", mixed % 100_000_000),
        format!("sales{n}@example.com"),
        format!("9111{n:012}"),
        format!("{}路{}号", part(&["中山", "人民", "解放"], 19), mixed % 999),
        format!("{}", mixed % 9_999_999),
        format!("2026-{:02}-{:02}", mixed % 12 + 1, mixed % 28 + 1),
        "第一次见面".to_owned(),
    ]
}

fn request(rows: u64, on_duplicate: OnDuplicate) -> ImportRequest {
    ImportRequest {
        object: "customer".to_owned(),
        mapping: COLUMNS.iter().map(|c| Some((*c).to_owned())).collect(),
        expected: rows,
        rows: Box::new((0..rows).map(|n| ImportRow { line: n + 2, cells: cells(n), error: None })),
        on_duplicate,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

/// The same values into a copy of the empty store, 20,000 rows a transaction.
fn bare_loop(path: &Path, rows: u64) -> Duration {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536").unwrap();
    let marks = vec!["?"; COLUMNS.len()].join(", ");
    let sql = format!(
        "INSERT INTO customer (id, version, created_at, updated_at, annual_revenue_currency, type, status, mnemonic, {}) \
         VALUES (?, 1, '2026-11-22T00:00:00.000Z', '2026-11-22T00:00:00.000Z', 'CNY', 'end_customer', 'prospective', \
         'HXKJ', {marks})",
        COLUMNS.join(", ")
    );
    let start = Instant::now();
    let mut next = 0;
    while next < rows {
        let tx = conn.unchecked_transaction().unwrap();
        {
            let mut insert = conn.prepare_cached(&sql).unwrap();
            for n in next..(next + 20_000).min(rows) {
                let cells = cells(n);
                insert.raw_bind_parameter(1, (n + 1) as i64).unwrap();
                for (at, cell) in cells.iter().enumerate() {
                    insert.raw_bind_parameter(at + 2, cell.as_str()).unwrap();
                }
                insert.raw_execute().unwrap();
            }
        }
        tx.commit().unwrap();
        next += 20_000;
    }
    start.elapsed()
}

/// The seconds that all threads have worked, in hundredths.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// The most memory this process ever held, in kB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default().to_owned();
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0)
}
