//! What is due and what was done: reminders and the agenda over many customers and activities, and the 360° view of a
//! customer with 10,000 activities, beside one bare walk of the index that each of them hangs on, in the same run.
//! `cargo bench --bench agenda`: 100,000 customers in a temporary folder. `CUSTOMERS=1000000` for more; `STORE=FILE` takes
//! a store made before, such as `tcrm init --demo 1000000` leaves.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at the first surprise"
)]

mod bring_in;
mod interface;

use bring_in::bring_in;
use interface::Screen;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use ratatui::layout::Size;
use rusqlite::{Connection, OpenFlags};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::contract::agenda::{AgendaRequest, RemindersRequest, Whose};
use tcrm::domain::lang::Lang;
use tcrm::domain::record::RecordKey;
use tcrm::schema::builtin;
use tcrm::tui::app::Msg;
use tcrm::tui::context::Goto;
use tcrm::tui::input::Key;

/// Activities of the one customer.
const ACTIVITIES: u64 = 10_000;
/// How often each is asked.
const TIMES: usize = 40;
const WHO: &str = "zhangsan";

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let made = folder.path().join("agenda.tcrm");
    let path = std::env::var_os("STORE").map_or(made, Into::into);
    if !path.exists() {
        make(&path);
    }
    let conn = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count =
        |table: &str| -> i64 { conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap() };
    println!(
        "{} customers, {} activities; milliseconds: median and worst of {TIMES}, and of the processor on the mean",
        count("customer"),
        count("activity")
    );
    due(&path, &conn);
    view(&path, &conn);
}

fn options(path: &Path) -> OpenOptions {
    OpenOptions { lang: Lang::Zh, zone: TimeZone::UTC, user: Some(WHO.to_owned()), ..OpenOptions::new(path) }
}

fn due(path: &Path, conn: &Connection) {
    let backend = LocalBackend::open(options(path)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let now = Timestamp::now();
    let today = now.to_zoned(TimeZone::UTC).date();
    let owned = "SELECT id FROM customer WHERE owner = (SELECT id FROM user WHERE login = ?1) AND next_contact <= ?2
        ORDER BY next_contact DESC LIMIT 200";
    let bare = timed(|| walk(conn, owned, &[&WHO, &today.to_string()]));
    report("bare walk of one rule", &bare);
    for of in [Whose::Me, Whose::Team] {
        let asked = || RemindersRequest { from: None, until: now, include_snoozed: false, of, limit: 200 };
        let times = timed(|| drop(runtime.block_on(backend.reminders(asked())).unwrap()));
        report(&format!("reminders, {of:?}"), &times);
        let to = today.checked_add(7.days()).unwrap();
        let week = || AgendaRequest { from: Some(today), to, of, done: false, limit: 200 };
        let times = timed(|| drop(runtime.block_on(backend.agenda(week())).unwrap()));
        report(&format!("agenda of a week, {of:?}"), &times);
    }
}

/// The 360° view: from the key that shows the activities, or moves in them, to the frame with the answer.
fn view(path: &Path, conn: &Connection) {
    let page =
        "SELECT id, kind, at, subject FROM activity WHERE customer = (SELECT id FROM customer WHERE code = 'C-000001')
        ORDER BY at DESC, id DESC LIMIT 40";
    report("bare page of activities", &timed(|| walk(conn, page, &[])));
    let backend = LocalBackend::open(options(path)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let id = runtime.block_on(backend.resolve("customer".to_owned(), "C-000001".to_owned())).unwrap();
    drop(backend);
    let key = RecordKey { object: "customer".to_owned(), id };
    let size = Size { width: 120, height: 40 };
    let opened = timed(|| drop(Screen::open(options(path), size, Goto::Record(key.clone()))));
    report("start in the 360° view", &opened);
    let mut screen = Screen::open(options(path), size, Goto::Record(key));
    screen.settle();
    for (what, key) in [("next tab", ']'), ("down", 'j'), ("end", 'G'), ("top", 'g')] {
        let mut times = Vec::new();
        let busy = processor();
        for _ in 0..TIMES {
            let begin = Instant::now();
            screen.take(Msg::Key(Key::char(key)));
            if key == 'g' {
                screen.take(Msg::Key(Key::char('g')));
            }
            screen.answer();
            screen.draw();
            times.push(begin.elapsed());
            screen.settle();
        }
        report(&format!("360° view: {what}"), &Times { each: times, busy: processor().saturating_sub(busy) });
    }
}

fn walk(conn: &Connection, sql: &str, params: &[&dyn rusqlite::ToSql]) {
    let mut statement = conn.prepare_cached(sql).unwrap();
    let mut rows = statement.query(params).unwrap();
    while let Some(row) = rows.next().unwrap() {
        black_box(row.get_ref(0).unwrap());
    }
}

/// How long each took, and how long the processor was busy with all of them.
struct Times {
    each: Vec<Duration>,
    busy: Duration,
}

/// How long the processor was busy with this process so far, where the system tells: it says more than the clock on a
/// machine that does other things too.
fn processor() -> Duration {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets; in hundredths of a second.
    let fields = told.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn timed(mut work: impl FnMut()) -> Times {
    let once = |_| {
        let begin = Instant::now();
        work();
        begin.elapsed()
    };
    let busy = processor();
    let each = (0..TIMES).map(once).collect();
    Times { each, busy: processor().saturating_sub(busy) }
}

fn report(what: &str, times: &Times) {
    let mut each = times.each.clone();
    each.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (median, worst) = (ms(each[each.len() / 2]), ms(each[each.len() - 1]));
    println!("{what:32} {median:9.3} {worst:9.3} {:9.3}", ms(times.busy) / each.len() as f64);
}

fn make(path: &Path) {
    let customers = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let demo = Demo { customers, seed: 1, now: jiff::Zoned::now() };
    let options = OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(path) };
    let backend = LocalBackend::create_demo(options, builtin(), demo, &mut |_, _| ()).unwrap();
    let fields = ["subject", "kind", "at", "customer"];
    let cells = |n: u64| {
        let at = format!("2025-{:02}-{:02} {:02}:00", 1 + n % 12, 1 + n % 28, n % 24);
        vec![format!("Call {n}"), "call".to_owned(), at, "C-000001".to_owned()]
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = bring_in(&runtime, &backend, "activity", &fields, ACTIVITIES, cells);
    assert_eq!(report.created, ACTIVITIES);
}
