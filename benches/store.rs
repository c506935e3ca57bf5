//! The store against the raw limit: the same table, indexes and SQL through bare prepared statements, in the same run.
//! `ROWS=1000000 cargo bench --bench store`; 200,000 rows unless set.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at the first surprise"
)]

use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value as Raw};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use tcrm::contract::request::From as Start;
use tcrm::domain::id::Id;
use tcrm::domain::journal::Origin;
use tcrm::domain::record::Fields;
use tcrm::domain::value::{Money, Value};
use tcrm::schema::builtin;
use tcrm::schema::model::{Kind, SortKey};
use tcrm::store::{BATCH_ROWS, Context, OpenMode, Store, StoreError, Which};

const FIELDS: usize = 16;

fn main() {
    let rows: i64 = std::env::var("ROWS").ok().and_then(|r| r.parse().ok()).unwrap_or(200_000);
    let folder = tempfile::TempDir::new().unwrap();
    let (ours, bare) = (folder.path().join("ours.tcrm"), folder.path().join("bare.db"));
    drop(Store::create(&ours, builtin()).unwrap());
    println!("{rows} customers of {} fields", fields().len());
    import(&ours, &bare, rows);
    println!("\n{:<44}{:>10}{:>10}{:>10}{:>8}", "median and p99, microseconds", "median", "p99", "bare", "ratio");
    open_and_first_page(&ours);
    pages(&ours, rows);
    gets(&ours, rows);
    writes(&ours, &bare, rows);
}

/// The customer's fields that take plain values.
fn fields() -> Vec<(&'static str, &'static Kind)> {
    let customer = builtin().object("customer").unwrap();
    let plain = |k: &Kind| {
        !matches!(
            k,
            Kind::Formula { .. } | Kind::Attachment | Kind::Reference { .. } | Kind::User { .. } | Kind::Department
        )
    };
    customer
        .fields
        .iter()
        .filter(|f| !f.is_system() && plain(&f.kind))
        .take(FIELDS)
        .map(|f| (f.name.as_str(), &f.kind))
        .collect()
}

fn value(kind: &Kind, place: usize, n: i64) -> Value {
    let mixed = (n.wrapping_mul(6_364_136_223_846_793_005) >> 20).unsigned_abs() + place as u64;
    match kind {
        Kind::Integer { .. } => Value::Integer((mixed % 1000) as i64),
        Kind::Decimal { scale, .. } => {
            Value::Decimal(rust_decimal::Decimal::new((mixed % 9999) as i64, (*scale).min(2)))
        }
        Kind::Percent { .. } => Value::Decimal(rust_decimal::Decimal::new((mixed % 9999) as i64, 2)),
        Kind::Money { .. } => {
            let amount = rust_decimal::Decimal::new((mixed % 99_999_999) as i64, 2);
            Value::Money(Money { amount, currency: "CNY".to_owned() })
        }
        Kind::Date => {
            Value::Date(jiff::civil::date(2020 + (mixed % 7) as i16, 1 + (mixed % 12) as i8, 1 + (mixed % 28) as i8))
        }
        Kind::DateTime => {
            Value::DateTime(jiff::Timestamp::from_second(1_700_000_000 + (mixed % 99_999_999) as i64).unwrap())
        }
        Kind::Boolean => Value::Boolean(mixed.is_multiple_of(2)),
        Kind::Select { dictionary } | Kind::MultiSelect { dictionary } => {
            let items = &builtin().dictionary(dictionary).unwrap().items;
            let key = items.get(mixed as usize % items.len().max(1)).map(|i| i.key.clone()).unwrap_or_default();
            if matches!(kind, Kind::Select { .. }) { Value::Choice(key) } else { Value::Choices(vec![key]) }
        }
        Kind::Tags => Value::Choices(vec!["老客户".to_owned()]),
        Kind::Phone => Value::Text(format!("+861{:010}", mixed % 10_000_000_000)),
        Kind::Code { .. } => Value::Text(format!("C-{n:08}")),
        _ => Value::Text(format!("华信{}科技有限公司{n}", ["东", "南", "西", "北"][(mixed % 4) as usize])),
    }
}

/// The value as a bare program would bind it: one or two columns.
fn raw(kind: &Kind, value: &Value) -> Vec<Raw> {
    let scaled = |d: &rust_decimal::Decimal, scale: u32| {
        let mut d = *d;
        d.rescale(scale);
        Raw::Integer(d.mantissa() as i64)
    };
    vec![match (kind, value) {
        (_, Value::Text(t) | Value::Choice(t)) => Raw::Text(t.clone()),
        (_, Value::Integer(i)) => Raw::Integer(*i),
        (Kind::Decimal { scale, .. }, Value::Decimal(d)) => scaled(d, *scale),
        (_, Value::Decimal(d)) => scaled(d, 2),
        (_, Value::Money(m)) => return vec![scaled(&m.amount, 2), Raw::Text(m.currency.clone())],
        (_, Value::Date(d)) => Raw::Text(d.to_string()),
        (_, Value::DateTime(t)) => Raw::Text(format!("{t:.3}")),
        (_, Value::Boolean(b)) => Raw::Integer(i64::from(*b)),
        (_, Value::Choices(keys)) => Raw::Text(serde_json::to_string(keys).unwrap()),
        _ => Raw::Null,
    }]
}

fn import(ours: &Path, bare: &Path, rows: i64) {
    let fields = fields();
    let make = |n: i64| fields.iter().enumerate().map(|(at, (_, kind))| value(kind, at, n)).collect::<Vec<_>>();
    let started = Instant::now();
    (1..=rows).for_each(|n| drop(black_box(make(n))));
    let made = started.elapsed();

    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let mut store = Store::open(ours, OpenMode::ReadWrite).unwrap();
    let context = Context::new(None, jiff::Timestamp::now(), Origin::Import);
    let started = Instant::now();
    let load = store.bulk::<_, StoreError>(&context, "customer", &names, rows as u64, |bulk| {
        for n in 1..=rows {
            bulk.insert(Id::from_i64(n).unwrap(), &make(n))?;
            if (n as usize).is_multiple_of(BATCH_ROWS) {
                bulk.commit()?;
            }
        }
        Ok(())
    });
    load.unwrap();
    let took = started.elapsed().saturating_sub(made);
    println!("memory at most {} MB", peak_memory());

    let started = Instant::now();
    let conn = copy_layout(&store, ours, bare);
    let columns: Vec<String> = fields
        .iter()
        .flat_map(|(name, kind)| match kind {
            Kind::Money { .. } => vec![format!("\"{name}\""), format!("\"{name}_currency\"")],
            _ => vec![format!("\"{name}\"")],
        })
        .collect();
    let marks = vec!["?"; columns.len() + 4].join(",");
    let sql =
        format!("INSERT INTO customer (id, version, created_at, updated_at, {}) VALUES ({marks})", columns.join(","));
    let mut statement = conn.prepare(&sql).unwrap();
    conn.execute_batch("BEGIN").unwrap();
    for n in 1..=rows {
        let at = || Raw::Text("2026-11-22T03:33:28.123Z".to_owned());
        let mut row = vec![Raw::Integer(n), Raw::Integer(1), at(), at()];
        for ((_, kind), value) in fields.iter().zip(make(n)) {
            row.extend(raw(kind, &value));
        }
        statement.execute(params_from_iter(row)).unwrap();
        if (n as usize).is_multiple_of(BATCH_ROWS) {
            conn.execute_batch("COMMIT; BEGIN").unwrap();
        }
    }
    conn.execute_batch("COMMIT").unwrap();
    let limit = started.elapsed().saturating_sub(made);
    let rate = |d: Duration| rows as f64 / d.as_secs_f64();
    println!(
        "import with journal {:.0} rows/s; bare loop, same indexes, no journal {:.0} rows/s; ratio {:.2}",
        rate(took),
        rate(limit),
        rate(took) / rate(limit)
    );
}

/// A database with the same customer table and indexes and nothing else.
fn copy_layout(_store: &Store, ours: &Path, bare: &Path) -> Connection {
    let source = Connection::open_with_flags(ours, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let conn = Connection::open(bare).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536").unwrap();
    let sql =
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'customer' AND sql IS NOT NULL AND type IN ('table', 'index')
        ORDER BY type = 'index'";
    let mut statement = source.prepare(sql).unwrap();
    let statements: Vec<String> = statement.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    println!("{} secondary indexes", statements.len() - 1);
    statements.iter().for_each(|s| conn.execute_batch(s).unwrap());
    conn
}

fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
}

/// Median and p99 in microseconds.
fn measure(times: u32, mut run: impl FnMut(u32)) -> (f64, f64) {
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let started = Instant::now();
            run(n);
            started.elapsed()
        })
        .collect();
    taken.sort();
    let at = |share: f64| taken[((taken.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    (at(0.5), at(0.99))
}

fn report(name: &str, ours: (f64, f64), bare: (f64, f64)) {
    println!("{name:<44}{:>10.0}{:>10.0}{:>10.0}{:>8.2}", ours.0, ours.1, bare.0, ours.0 / bare.0);
}

fn list_columns() -> Vec<String> {
    builtin().object("customer").unwrap().list.iter().map(|c| c.field.clone()).collect()
}

/// The same columns for a bare statement.
fn list_sql() -> String {
    list_columns().iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ")
}

fn bare_page(conn: &Connection, sql: &str, params: &[&dyn rusqlite::ToSql]) {
    let mut statement = conn.prepare_cached(sql).unwrap();
    let width = statement.column_count();
    let mut rows = statement.query(params).unwrap();
    while let Some(row) = rows.next().unwrap() {
        (0..width).for_each(|at| drop(black_box(row.get::<_, Raw>(at).unwrap())));
    }
}

fn open_and_first_page(ours: &Path) {
    let columns = list_columns();
    let bare_sql =
        format!("SELECT id, version, {} FROM customer ORDER BY updated_at DESC, id DESC LIMIT 51", list_sql());
    let mine = measure(60, |_| {
        let store = Store::open(ours, OpenMode::ReadWrite).unwrap();
        black_box(store.page(Which::all("customer"), &newest(), &columns, &Start::Start, 50).unwrap());
    });
    let bare = measure(60, |_| bare_page(&Connection::open(ours).unwrap(), &bare_sql, &[]));
    report("open and first page", mine, bare);
}

fn newest() -> Vec<SortKey> {
    vec![SortKey { field: "updated_at".to_owned(), descending: true }]
}

fn pages(ours: &Path, rows: i64) {
    let store = Store::open(ours, OpenMode::ReadWrite).unwrap();
    let conn = Connection::open(ours).unwrap();
    let columns = list_columns();
    let title = builtin().object("customer").unwrap().title.clone();
    let by_title = vec![SortKey { field: title.clone(), descending: false }];
    let mut from = Start::Start;
    let mine = measure(400, |_| {
        let page = store.page(Which::all("customer"), &by_title, &columns, &from, 50).unwrap();
        from = page.rows.last().map_or(Start::Start, |(_, cursor)| Start::After(cursor.clone()));
    });
    let sql = format!(
        "SELECT id, version, {}, \"{title}\" FROM customer WHERE \"{title}\" > ? ORDER BY \"{title}\", id LIMIT 51",
        list_sql()
    );
    let bare = measure(400, |n| {
        bare_page(
            &conn,
            &sql,
            &[&format!("华信{}科技有限公司{}", ["东", "南", "西", "北"][n as usize % 4], i64::from(n) * rows / 400)],
        )
    });
    report("page of 50 by title, each after the last", mine, bare);
}

fn gets(ours: &Path, rows: i64) {
    let store = Store::open(ours, OpenMode::ReadWrite).unwrap();
    let conn = Connection::open(ours).unwrap();
    let id = |n: u32| 1 + (i64::from(n) * 7919) % rows;
    let mine = measure(2000, |n| drop(black_box(store.get("customer", Id::from_i64(id(n)).unwrap()).unwrap())));
    let bare = measure(2000, |n| bare_page(&conn, "SELECT * FROM customer WHERE id = ?", &[&id(n)]));
    report("get by id", mine, bare);
    let value = |n: u32| Value::Text(format!("C-{:08}", id(n)));
    let Some(code) = builtin().object("customer").unwrap().code.clone() else { return };
    let mine = measure(2000, |n| drop(black_box(store.find_equal("customer", &code, &value(n), 2).unwrap())));
    let sql = format!("SELECT id FROM customer WHERE \"{code}\" = ? ORDER BY id LIMIT 2");
    let bare = measure(2000, |n| bare_page(&conn, &sql, &[&format!("C-{:08}", id(n))]));
    report("id by code", mine, bare);
}

fn writes(ours: &Path, bare: &Path, rows: i64) {
    let mut store = Store::open(ours, OpenMode::ReadWrite).unwrap();
    let conn = Connection::open(bare).unwrap();
    conn.execute_batch("PRAGMA synchronous = FULL").unwrap();
    let (name, _) = fields().into_iter().find(|(_, k)| matches!(k, Kind::Text { .. })).expect("a text field");
    let id = |n: u32| 1 + (i64::from(n) * 7919) % rows;
    let mine = measure(200, |n| {
        let context = Context::new(None, jiff::Timestamp::now(), Origin::Tui);
        let changes = Fields::from([(name.to_owned(), Value::Text(format!("改名{n}")))]);
        store
            .write::<_, StoreError>(&context, |w| w.update("customer", Id::from_i64(id(n)).unwrap(), None, changes))
            .unwrap();
    });
    let sql = format!("UPDATE customer SET \"{name}\" = ?, version = version + 1, updated_at = ? WHERE id = ?");
    let now = || jiff::Timestamp::now().to_string();
    let bare = measure(200, |n| {
        conn.prepare_cached(&sql).unwrap().execute((format!("改名{n}"), now(), id(n))).map(drop).unwrap();
    });
    report("durable change of a field", mine, bare);
}
