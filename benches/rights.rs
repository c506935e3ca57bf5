//! What rights cost: a page of a list, its count and a search by people of narrow and of wide rights, beside the same
//! by someone who may do everything, in one run.
//! `cargo bench --bench rights`: the store is made in a temporary folder, `CUSTOMERS=100000 SELLERS=1000` for another
//! size; `STORE=file` takes one that was made before, or keeps the one that is made.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may stop at the first surprise")]

use jiff::tz::TimeZone;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::error::Error;
use tcrm::contract::request::{CountRequest, From, Page, Query, SaveRequest, SearchRequest};
use tcrm::demo::Sizes;
use tcrm::domain::journal::Origin;
use tcrm::domain::value::Value;
use tcrm::schema::builtin;
use tcrm::store::{OpenMode, Store, Which};
use tokio::runtime::Runtime;

/// How often each question is asked.
const TIMES: usize = 60;
/// Pages into the list where a deep one is asked for.
const PAGES: usize = 200;
/// What is searched for: one character, what many have, what few have.
const TEXTS: [(&str, &[&str]); 5] = [
    ("信", &["信"]),
    ("公", &["公"]),
    ("a", &["a"]),
    ("common", &["公司", "科技", "hx"]),
    ("rare", &["华信诚", "88866", "shzdh"]),
];
/// Who else asks: the scope of their right, and where they stand.
const SCOPES: [(&str, &str); 8] = [
    ("own", ""),
    ("subordinates", ""),
    ("territory", ""),
    ("department", ""),
    ("department_tree", ""),
    ("custom", "level:A"),
    ("custom", "city:深圳 or level:C"),
    ("all", ""),
];

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = std::env::var("STORE").map_or_else(|_| folder.path().join("rights.tcrm"), PathBuf::from);
    if !path.exists() {
        make(&path);
    }
    let runtime = Runtime::new().unwrap();
    let all = numbers(&path, None, &runtime);
    print!("{:34}{:>9}", "microseconds", "sees");
    all.times.iter().for_each(|(what, _)| print!("{what:>14}"));
    println!();
    print("everything", &all, &all);
    for (who, login) in people(&path).into_iter().chain(scoped(&path, &runtime)) {
        print(&format!("{who} {login}"), &numbers(&path, Some(&login), &runtime), &all);
    }
}

/// Medians in microseconds, and how many customers are seen.
struct Numbers {
    sees: u64,
    times: Vec<(String, f64)>,
}

fn print(who: &str, one: &Numbers, all: &Numbers) {
    let times = one.times.iter().zip(&all.times);
    let cells = times.map(|((_, own), (_, all))| format!("{:>14}", format!("{own:.0} {:.2}×", own / all)));
    println!("{who:34}{:>9}{}", one.sees, cells.collect::<String>());
}

fn make(path: &Path) {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let customers = number("CUSTOMERS", 20_000);
    let sizes = Sizes { salespeople: 60, ..Sizes::for_customers(customers) };
    let mut store = Store::create(path, builtin()).unwrap();
    let now = jiff::civil::date(2026, 11, 22).at(9, 0, 0, 0).in_tz("Asia/Shanghai").unwrap();
    tcrm::demo::fill(&mut store, 1, &now, &sizes, &mut |_, _| {}).unwrap();
    drop(store);
    more_people(path, number("SELLERS", 1_000) / 55);
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

/// A user for each scope, with one role that gives it; who leads has the place of one who leads.
fn scoped(path: &Path, runtime: &Runtime) -> Vec<(&'static str, String)> {
    let backend = LocalBackend::open(OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(path) }).unwrap();
    let save = |object: &str, fields: &[(&str, Value)]| {
        let changes = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let request = SaveRequest { object: object.to_owned(), target: None, changes };
        runtime.block_on(backend.save(request)).unwrap().records[0].id
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let mut found = Vec::new();
    for (at, (scope, filter)) in SCOPES.into_iter().enumerate() {
        let login = format!("bench-{at}-{scope}");
        if runtime.block_on(backend.resolve("user".to_owned(), login.clone())).is_err() {
            let role = save("role", &[("name", text(&login))]);
            let view = Value::Choices(vec!["view".to_owned()]);
            let scope = Value::Choice(scope.to_owned());
            let right =
                [("role", Value::Ref(role)), ("object", text("customer")), ("operations", view), ("scope", scope)];
            let filter = (!filter.is_empty()).then(|| ("filter", text(filter)));
            save("right", &right.into_iter().chain(filter).collect::<Vec<_>>());
            // In the place of someone who leads a group.
            let leader = people(path).into_iter().find(|(who, _)| *who == "group").unwrap().1;
            let leader = runtime.block_on(backend.resolve("user".to_owned(), leader)).unwrap();
            let key = tcrm::domain::record::RecordKey { object: "user".to_owned(), id: leader };
            let leader = runtime.block_on(backend.get(key)).unwrap().record;
            let regions = Value::Choices(vec!["广东".to_owned()]);
            let user = [
                ("login", text(&login)),
                ("name", text(&login)),
                ("roles", Value::Refs(vec![role])),
                ("department", leader.get("department").clone()),
                ("territories", regions),
            ];
            save("user", &user);
        }
        found.push((scope, login));
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
    let count = |filter: &str| {
        let request = CountRequest { object: "customer".to_owned(), filter: filter.to_owned(), cap: u64::MAX };
        runtime.block_on(backend.count(request)).unwrap().value
    };
    let sees = count("");
    let mut times = Vec::new();
    times.push(("page".to_owned(), median(TIMES, || drop(ask(query("")).unwrap()))));
    // Through the list, page by page.
    let mut deep = query("");
    for _ in 0..PAGES {
        let page = ask(deep.clone()).unwrap();
        match page.rows.last().filter(|_| page.more_after) {
            Some(row) => deep.from = From::After(row.cursor.clone()),
            None => break,
        }
    }
    times.push(("deep page".to_owned(), median(TIMES, || drop(ask(deep.clone()).unwrap()))));
    times.push(("level:A".to_owned(), median(TIMES, || drop(ask(query("level:A")).unwrap()))));
    let each = |texts: &[&str], what: &dyn Fn(&str)| {
        let times: Vec<f64> = texts.iter().map(|text| median(TIMES / 4, || what(text))).collect();
        times.iter().sum::<f64>() / times.len() as f64
    };
    for (name, texts) in TEXTS {
        times.push((format!("list {name}"), each(texts, &|text| drop(ask(query(text)).unwrap()))));
    }
    for (name, texts) in TEXTS {
        let search = |text: &str| {
            let request = SearchRequest { text: text.to_owned(), objects: vec!["customer".to_owned()], limit: 20 };
            drop(runtime.block_on(backend.search(request)).unwrap());
        };
        times.push((format!("find {name}"), each(texts, &search)));
    }
    let count_of = |filter: &str| assert!(count(filter) <= sees);
    times.push(("count".to_owned(), median(TIMES / 4, || count_of(""))));
    times.push(("count words".to_owned(), median(TIMES / 4, || count_of("科技"))));
    times.push(("count level".to_owned(), median(TIMES / 4, || count_of("level:A"))));
    Numbers { sees, times }
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
