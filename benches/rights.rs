//! What rights cost: a page of a list, its count and a search by people of narrow and of wide rights, beside the same
//! by someone who may do everything, in one run.
//! `cargo bench --bench rights`: the store is made in a temporary folder, `CUSTOMERS=100000 SELLERS=1000` for another
//! size; `STORE=file` takes one that was made with `tcrm init --demo`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop at the first surprise")]

use jiff::tz::TimeZone;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::error::Error;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::backend::request::{CountRequest, From, Page, Query, SearchRequest};
use tcrm::demo::Sizes;
use tcrm::domain::journal::Origin;
use tcrm::schema::builtin;
use tcrm::store::{OpenMode, Store, Which};
use tokio::runtime::Runtime;

/// How often each question is asked.
const TIMES: usize = 60;
/// Pages walked through, one after the other.
const PAGES: usize = 40;
const TEXTS: [&str; 6] = ["公司", "科技", "深圳", "华信", "hx", "gs"];

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = std::env::var("STORE").map_or_else(|_| make(folder.path()), PathBuf::from);
    let runtime = Runtime::new().unwrap();
    let all = numbers(&path, None, &runtime);
    println!("{:26}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}", "", "sees", "page", "walk", "words", "search", "count");
    print("everything", &all, &all);
    for (who, login) in people(&path) {
        print(&format!("{who} {login}"), &numbers(&path, Some(&login), &runtime), &all);
    }
}

/// Medians in microseconds, and how many customers are seen.
struct Numbers {
    sees: u64,
    page: f64,
    walk: f64,
    words: f64,
    search: f64,
    count: f64,
}

fn print(who: &str, one: &Numbers, all: &Numbers) {
    let times = [(one.page, all.page), (one.walk, all.walk), (one.words, all.words), (one.search, all.search)];
    let times = times.into_iter().chain([(one.count, all.count)]);
    let cells: Vec<String> = times.map(|(own, all)| format!("{own:.0} {:.2}×", own / all)).collect();
    println!("{who:26}{:>10}{}", one.sees, cells.iter().map(|c| format!("{c:>15}")).collect::<String>());
}

fn make(folder: &Path) -> PathBuf {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let customers = number("CUSTOMERS", 20_000);
    let sizes = Sizes { salespeople: 60, ..Sizes::for_customers(customers) };
    let path = folder.join("rights.tcrm");
    let mut store = Store::create(&path, builtin()).unwrap();
    let now = jiff::civil::date(2026, 11, 22).at(9, 0, 0, 0).in_tz("Asia/Shanghai").unwrap();
    tcrm::demo::fill(&mut store, 1, &now, &sizes, &mut |_, _| {}).unwrap();
    drop(store);
    more_people(&path, number("SELLERS", 1_000) / 55);
    path
}

/// Makes so many of each salesperson, and shares the customers out among them.
fn more_people(path: &Path, times: u64) {
    let conn = Connection::open(path).unwrap();
    let of = "FROM user WHERE position = '销售代表' AND login NOT LIKE '%-%'";
    for at in 1..times {
        let copy = format!(
            "INSERT INTO user (id, version, login, name, position, department, supervisor, active, roles, created_at, updated_at)
            SELECT id + {at}, 1, login || '-{at}', name, position, department, supervisor, active, roles, created_at, updated_at {of}"
        );
        conn.execute(&copy, []).unwrap();
    }
    let share = format!("UPDATE customer SET owner = owner + (id / 7919) % {times} WHERE owner IN (SELECT id {of})");
    conn.execute(&share, []).unwrap();
}

/// A salesperson, a leader of a group and the manager, with their logins.
fn people(path: &Path) -> Vec<(&'static str, String)> {
    let store = Store::open(path, OpenMode::ReadOnly).unwrap();
    let columns = ["login", "position"].map(str::to_owned);
    let mut found: Vec<(&str, String)> = Vec::new();
    for (who, position) in [("own", "销售代表"), ("group", "销售组长"), ("department", "销售经理")] {
        store
            .scan(Which::all("user"), &columns, |user| {
                let is_one = user.get("position").as_str() == Some(position);
                if is_one {
                    found.push((who, user.get("login").as_str().unwrap().to_owned()));
                }
                !is_one
            })
            .unwrap();
    }
    found
}

fn numbers(path: &Path, user: Option<&str>, runtime: &Runtime) -> Numbers {
    let options = OpenOptions {
        user: user.map(str::to_owned),
        read_only: true,
        origin: Origin::Cli,
        zone: TimeZone::UTC,
        search: true,
        ..OpenOptions::new(path)
    };
    let backend = LocalBackend::open(options).unwrap();
    runtime.block_on(backend.search_ready()).unwrap();
    let columns = ["code", "name", "level", "status", "phone", "owner", "updated_at"].map(str::to_owned).to_vec();
    let query = |filter: &str| Query {
        object: "customer".to_owned(),
        filter: filter.to_owned(),
        columns: columns.clone(),
        limit: 50,
        ..Query::default()
    };
    let ask = |query: Query| -> Result<Page, Error> { runtime.block_on(backend.query(query)) };
    let count = || CountRequest { object: "customer".to_owned(), filter: String::new(), cap: u64::MAX };
    let sees = runtime.block_on(backend.count(count())).unwrap().value;
    let page = median(TIMES, || drop(ask(query("")).unwrap()));
    // Through the list, page by page.
    let mut next = query("");
    let mut walked = Vec::new();
    for _ in 0..PAGES {
        let start = Instant::now();
        let page = ask(next.clone()).unwrap();
        walked.push(start.elapsed());
        match page.rows.last().filter(|_| page.more_after) {
            Some(row) => next.from = From::After(row.cursor.clone()),
            None => next.from = From::Start,
        }
    }
    let each = |what: &dyn Fn(&str)| {
        let times: Vec<f64> = TEXTS.iter().map(|text| median(TIMES / 4, || what(text))).collect();
        times.iter().sum::<f64>() / times.len() as f64
    };
    let words = each(&|text| drop(ask(query(text)).unwrap()));
    let search = each(&|text| {
        let request = SearchRequest { text: text.to_owned(), objects: vec!["customer".to_owned()], limit: 20 };
        drop(runtime.block_on(backend.search(request)).unwrap());
    });
    let count = median(TIMES / 4, || {
        runtime.block_on(backend.count(count())).unwrap();
    });
    Numbers { sees, page, walk: middle(walked), words, search, count }
}

fn median(times: usize, mut what: impl FnMut()) -> f64 {
    let one = |_| {
        let start = Instant::now();
        what();
        start.elapsed()
    };
    middle((0..times).map(one).collect())
}

fn middle(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e6
}
