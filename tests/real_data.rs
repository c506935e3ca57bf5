//! Real CRM data through the import. The data is not part of the project: the tests skip where it is absent.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may stop at the first surprise and says why it skips"
)]

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::backend::report;
use tcrm::contract::request::{
    AggregateRequest, CountRequest, From, Group, ImportReport, ImportRequest, ImportRow, OnDuplicate, Query,
    SearchRequest,
};
use tcrm::domain::lang::Lang;
use tcrm::domain::value::Value;

fn data(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("TCRM_TEST_DATA").map_or(beside, PathBuf::from);
    let folder = root.join(folder);
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

fn store(folder: &Path) -> LocalBackend {
    let options = OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(folder.join("real.tcrm")) };
    LocalBackend::create(options, tcrm::schema::builtin()).unwrap()
}

/// Imports the columns of a CSV file that have a field: `(column, field)`.
async fn import(backend: &LocalBackend, object: &str, text: &str, columns: &[(&str, &str)]) -> ImportReport {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> =
        columns.iter().map(|(column, _)| header.iter().position(|h| h == *column).unwrap()).collect();
    let rows: Vec<ImportRow> = (2..)
        .zip(reader.records())
        .map(|(line, record)| {
            let record = record.unwrap();
            let cells = places.iter().map(|at| record.get(*at).unwrap_or_default().to_owned()).collect();
            ImportRow { line, cells, error: None }
        })
        .collect();
    let request = ImportRequest {
        object: object.to_owned(),
        mapping: columns.iter().map(|(_, field)| Some((*field).to_owned())).collect(),
        expected: 0,
        rows: Box::new(rows.into_iter()),
        on_duplicate: OnDuplicate::Error,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    };
    backend.import(request).await.unwrap()
}

async fn count(backend: &LocalBackend, object: &str, filter: &str) -> u64 {
    let request = CountRequest { object: object.to_owned(), filter: filter.to_owned(), cap: u64::MAX };
    backend.count(request).await.unwrap().value
}

#[tokio::test]
async fn a_hardware_sellers_accounts_and_pipeline_keep_their_figures() {
    let Some(data) = data("maven-crm") else { return };
    let folder = tempfile::tempdir().unwrap();
    let backend = store(folder.path());
    let read = |name: &str| std::fs::read_to_string(data.join(name)).unwrap();
    let sellers = [("sales_agent", "login"), ("sales_agent", "name")];
    assert_eq!(import(&backend, "user", &read("sales_teams.csv"), &sellers).await.created, 35);
    let products = [("product", "name"), ("series", "series"), ("sales_price", "price")];
    assert_eq!(import(&backend, "product", &read("products.csv"), &products).await.created, 7);
    let accounts = [
        ("account", "name"),
        ("year_established", "founded"),
        ("revenue", "annual_revenue"),
        ("employees", "employees"),
        ("office_location", "region"),
        ("subsidiary_of", "parent"),
    ];
    // A subsidiary may stand before its parent.
    assert_eq!(import(&backend, "customer", &read("accounts.csv"), &accounts).await.created, 85);
    let pipeline = [
        ("opportunity_id", "code"),
        ("opportunity_id", "name"),
        ("sales_agent", "owner"),
        ("product", "product"),
        ("account", "customer"),
        ("deal_stage", "stage"),
        ("engage_date", "opened"),
        ("close_date", "close_date"),
        ("close_value", "amount"),
    ];
    let report = import(&backend, "opportunity", &read("sales_pipeline.csv"), &pipeline).await;
    assert_eq!((report.created, report.rejected), (8_800, 0));
    assert_eq!(count(&backend, "opportunity", "customer:empty").await, 1_425);
    for (stage, number) in [("won", 4_238), ("lost", 2_473), ("engaging", 1_589), ("prospecting", 500)] {
        assert_eq!(count(&backend, "opportunity", &format!("stage:{stage}")).await, number, "{stage}");
    }
    assert_eq!(count(&backend, "opportunity", "product:empty").await, 0);
    assert_eq!(count(&backend, "opportunity", "owner:empty").await, 0);
    let second_quarter = "close_date:2017-04-01..2017-06-30";
    assert_eq!(count(&backend, "opportunity", &format!("stage:won {second_quarter}")).await, 1_254);
    assert_eq!(won(&backend, second_quarter).await, Decimal::from(3_086_111));
    assert_eq!(won(&backend, "").await, Decimal::from(10_005_534));
    assert_eq!(won(&backend, "customer=Kan-code").await, Decimal::from(341_455));
    assert_eq!(won(&backend, "customer=Konex").await, Decimal::from(269_245));
    assert_eq!(won(&backend, "customer=Condax").await, Decimal::from(206_410));
    the_board_is_that_of_bare_sql(&backend, folder.path()).await;
    the_reports_are_those_of_bare_sql(&backend, folder.path()).await;
    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched, 8_800);
    assert_eq!(count(&backend, "opportunity", "").await, 0);
}

/// The sums of each stage, beside those of a statement of its own over the file.
async fn the_board_is_that_of_bare_sql(backend: &LocalBackend, folder: &Path) {
    let request = AggregateRequest {
        object: "opportunity".to_owned(),
        filter: "pipeline:standard".to_owned(),
        group: vec![Group::Field("stage".to_owned())],
        sums: vec!["amount".to_owned(), "weighted".to_owned()],
    };
    let found = backend.aggregate(request).await.unwrap();
    let mut rows: Vec<(String, u64, Decimal, Decimal)> = Vec::new();
    for row in &found.rows {
        let sum = |at: usize| row.sums.get(at).and_then(|s| s.total).unwrap().normalize();
        let stage = row.keys.first().and_then(Value::as_str).unwrap().to_owned();
        rows.push((stage, row.count, sum(0), sum(1)));
    }
    rows.sort();
    let conn = rusqlite::Connection::open(folder.join("real.tcrm")).unwrap();
    let sql = "SELECT stage, count(*), coalesce(sum(amount), 0), coalesce(sum(amount * probability / 100), 0)
        FROM opportunity GROUP BY stage ORDER BY stage";
    let mut statement = conn.prepare(sql).unwrap();
    let bare = statement.query_map([], |r| {
        let (stage, count, sum, weighted): (String, u32, i64, i64) = (r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?);
        // Minor units; the probability has two digits as well.
        Ok((stage, u64::from(count), Decimal::new(sum, 2).normalize(), Decimal::new(weighted, 4).normalize()))
    });
    let bare: Vec<_> = bare.unwrap().map(Result::unwrap).collect();
    assert_eq!(rows, bare);
}

/// The reports of won deals and of all stages, beside statements of their own over the file.
async fn the_reports_are_those_of_bare_sql(backend: &LocalBackend, folder: &Path) {
    let conn = rusqlite::Connection::open(folder.join("real.tcrm")).unwrap();
    let year = ("2017-01-01".parse().ok(), "2017-12-31".parse().ok());
    let won = "SELECT substr(close_date, 1, 7), count(*), sum(amount) FROM opportunity
        WHERE status = 'won' AND close_date BETWEEN '2017-01-01' AND '2017-12-31' GROUP BY 1 ORDER BY 1";
    let stages = "SELECT stage, count(*), coalesce(sum(amount), 0) FROM opportunity GROUP BY 1 ORDER BY 1";
    for (name, days, sql) in [("won", year, won), ("funnel", (None, None), stages)] {
        let report = report::report(backend, name, days, "", Lang::En).await.unwrap();
        let schema = backend.schema();
        let mut rows: Vec<(String, u64, Decimal)> = Vec::new();
        for row in &report.groups.rows {
            let key = match row.keys.last().unwrap() {
                Value::Choice(stage) => stage.clone(),
                _ => report.labels(row, &schema, Lang::En, &TimeZone::UTC).concat(),
            };
            rows.push((key, row.count, row.sums.first().and_then(|sum| sum.total).unwrap().normalize()));
            assert_eq!(count(backend, "opportunity", &report.behind(row).unwrap()).await, row.count, "{name}");
        }
        rows.sort();
        let mut statement = conn.prepare(sql).unwrap();
        let bare = statement.query_map([], |r| {
            let (key, count, sum): (String, u32, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok((key, u64::from(count), Decimal::new(sum, 2).normalize()))
        });
        let bare: Vec<_> = bare.unwrap().map(Result::unwrap).collect();
        assert!(bare.len() > 3, "{name}");
        assert_eq!(rows, bare, "{name}");
    }
}

/// The sum of won deals, page by page.
async fn won(backend: &LocalBackend, filter: &str) -> Decimal {
    let (mut sum, mut from) = (Decimal::ZERO, From::Start);
    loop {
        let query = Query {
            object: "opportunity".to_owned(),
            filter: format!("stage:won {filter}"),
            columns: vec!["amount".to_owned()],
            limit: 1_000,
            from,
            ..Query::default()
        };
        let page = backend.query(query).await.unwrap();
        for row in &page.rows {
            if let Value::Money(money) = row.record.get("amount") {
                sum += money.amount;
            }
        }
        match page.rows.last() {
            Some(last) if page.more_after => from = From::After(last.cursor.clone()),
            _ => return sum,
        }
    }
}

#[tokio::test]
async fn listed_companies_are_found_by_fragment_and_pinyin() {
    let Some(data) = data("chinese-companies") else { return };
    let folder = tempfile::tempdir().unwrap();
    let backend = store(folder.path());
    let bytes = std::fs::read(data.join("listed-companies-gbk.csv")).unwrap();
    let (text, _, broken) = encoding_rs::GB18030.decode(&bytes);
    assert!(!broken);
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let columns = [
        (header.first().copied().unwrap(), "code"),
        (header.get(2).copied().unwrap(), "name"),
        (header.get(1).copied().unwrap(), "short_name"),
    ];
    let report = import(&backend, "customer", &text, &columns).await;
    assert_eq!((report.created, report.rejected), (3_373, 0));
    backend.search_ready().await.unwrap();
    for fragment in ["医药", "yiyao", "gzmt", "茅台"] {
        let request = SearchRequest { text: fragment.to_owned(), objects: Vec::new(), limit: 20 };
        let answer = backend.search(request).await.unwrap();
        assert!(answer.complete && !answer.hits.is_empty(), "{fragment}");
        let found = count(&backend, "customer", fragment).await;
        assert!(found >= answer.hits.len() as u64, "{fragment}: {found}");
    }
}
