//! From a key to the frame that shows its answer, over a real store and without a terminal: state, backend,
//! drawing and the bytes for the terminal, beside the raw limit measured in the same run (the same SQL through
//! a bare prepared statement; one `memmem` scan of the names for a search).
//! `cargo bench --bench screen`: 100,000 customers, made in a temporary folder. `CUSTOMERS=1000000` for more;
//! `STORE=FILE` for a store that is there already; `PARTS=start` (or `moves`, `words`, `bytes`, or several) for a part of
//! it; `FRAGMENTS=hx,华` for other words.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may stop at the first surprise"
)]

mod interface;

use interface::Screen;
use jiff::tz::TimeZone;
use memchr::memmem;
use ratatui::layout::Size;
use rusqlite::{Connection, OpenFlags, types::Value as Raw};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::domain::lang::Lang;
use tcrm::schema::builtin;
use tcrm::tui::app::Msg;
use tcrm::tui::context::Goto;
use tcrm::tui::input::{Key, KeyCode};

const ORDER: &str = "ORDER BY updated_at DESC, id DESC";
const SIZE: Size = Size { width: 120, height: 40 };
/// Rows of the list at that size.
const ROWS: usize = 37;

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = store(folder.path());
    let conn = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let customers: i64 = conn.query_row("SELECT count(*) FROM customer", [], |r| r.get(0)).unwrap();
    println!("{customers} customers, {}×{}; times in milliseconds", SIZE.width, SIZE.height);
    let parts = std::env::var("PARTS").unwrap_or_default();
    let wanted = |part: &str| parts.is_empty() || parts.split(',').any(|p| p == part);
    if wanted("start") {
        start(&path);
    }
    if !["moves", "words", "bytes"].into_iter().any(wanted) {
        return;
    }
    let mut screen = Screen::open(options(&path), SIZE, customers_list());
    screen.wait_for_search();
    if wanted("moves") || wanted("words") {
        println!(
            "\n{:<28}{:>6}{:>8}{:>8}{:>8}{:>8}{:>8}{:>9}{:>8}{:>8}",
            "key to frame", "n", "calm", "work", "p50", "p99", "max", "raw", "ratio", "bytes"
        );
    }
    if wanted("moves") {
        moves(&mut screen, &conn, customers);
    }
    if wanted("words") {
        searches(&mut screen, &names(&conn));
    }
    println!("\nmemory at most {} MB", peak_memory());
    if wanted("bytes") {
        scrolled_rows(&mut screen);
    }
}

/// The store to measure: the one that is named, or a new one.
fn store(folder: &Path) -> PathBuf {
    if let Some(path) = std::env::var_os("STORE") {
        return path.into();
    }
    let customers = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let path = folder.join("screen.tcrm");
    let begin = Instant::now();
    let demo = Demo { customers, seed: 1, now: jiff::Zoned::now() };
    drop(LocalBackend::create_demo(OpenOptions::new(&path), builtin(), demo, &mut |_, _| ()).unwrap());
    println!("store made in {:.1} s", begin.elapsed().as_secs_f64());
    path
}

fn options(path: &Path) -> OpenOptions {
    OpenOptions { search: true, lang: Lang::Zh, zone: TimeZone::UTC, ..OpenOptions::new(path) }
}

fn customers_list() -> Goto {
    Goto::List("customer".to_owned(), String::new())
}

/// What a key cost.
#[derive(Clone, Copy)]
struct Cost {
    /// Until the frame with its answer.
    time: Duration,
    /// What the processors did until then, all threads together.
    work: Duration,
    /// Of that frame, and of the counts that come after it.
    bytes: usize,
}

impl Screen {
    fn press(&mut self, key: Key) -> Cost {
        let (begin, worked) = (Instant::now(), processor_time());
        self.take(Msg::Key(key));
        self.answer();
        let mut bytes = self.draw();
        let (time, work) = (begin.elapsed(), processor_time().saturating_sub(worked));
        self.settle();
        bytes += self.draw();
        Cost { time, work, bytes }
    }

    fn press_all(&mut self, keys: &str) -> Vec<Cost> {
        keys.chars().map(|c| self.press(Key::char(c))).collect()
    }

    fn escape(&mut self) -> Cost {
        self.press(Key::plain(KeyCode::Esc))
    }

    fn wait_for_search(&mut self) {
        let begin = Instant::now();
        self.settle();
        self.runtime.block_on(self.backend.search_ready()).unwrap();
        println!("search ready {:.0} later", millis(begin.elapsed()));
    }
}

/// From opening the file to the first frame, against opening it the same way and reading the rows of the first
/// page with the names of their owners.
fn start(path: &Path) {
    let times = std::env::var("STARTS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let mut ours: Vec<Duration> = Vec::new();
    let mut bare: Vec<Duration> = Vec::new();
    for _ in 0..times {
        let options = options(path);
        let begin = Instant::now();
        let screen = Screen::open(options, SIZE, customers_list());
        ours.push(begin.elapsed());
        drop(screen);
        bare.push(time(|| first_page(path)));
    }
    let (ours, bare) = (at(&mut ours, 0.5), at(&mut bare, 0.5));
    println!("open to first frame {:.2}; open and first page, bare {:.2}; ratio {:.2}", ours, bare, ours / bare);
}

fn first_page(path: &Path) {
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, access).unwrap();
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -8192").unwrap();
    let page = format!("SELECT id, version, {} FROM customer {ORDER} LIMIT {}", list_sql(), ROWS + 1);
    read(&conn, &page, &[]);
    let owners = format!("SELECT id, name FROM user WHERE id IN (SELECT owner FROM customer {ORDER} LIMIT {ROWS})");
    read(&conn, &owners, &[]);
}

fn moves(screen: &mut Screen, conn: &Connection, customers: i64) {
    let key = Key::plain;
    let page = |order: &str| format!("SELECT {} FROM customer {order} LIMIT {ROWS}", list_sql());
    let record = "SELECT * FROM customer WHERE id = ?".to_owned();
    let mut n = 0;
    let mut get = || {
        n = (n + 7_919) % customers;
        time(|| read(conn, &record, &[&(n + 1)]))
    };
    let mut gets: Vec<Duration> = (0..500).map(|_| get()).collect();
    let get = at(&mut gets, 0.5);
    let raw = |order: &str| {
        let mut times: Vec<Duration> = (0..20).map(|_| time(|| read(conn, &page(order), &[]))).collect();
        at(&mut times, 0.5)
    };
    let first = raw(ORDER);
    let last = raw("ORDER BY updated_at, id");
    let repeat = |screen: &mut Screen, code: KeyCode, times: usize| -> Vec<Cost> {
        (0..times).map(|_| screen.press(key(code))).collect()
    };
    report("j (a row, record beside it)", repeat(screen, KeyCode::Char('j'), 600), 1, get);
    report("k", repeat(screen, KeyCode::Char('k'), 600), 1, get);
    report("PgDn", repeat(screen, KeyCode::PageDown, 300), 1, get);
    let mut ends = (Vec::new(), Vec::new());
    for _ in 0..20 {
        ends.0.push(screen.press(Key::char('G')));
        screen.press(Key::char('g'));
        ends.1.push(screen.press(Key::char('g')));
    }
    report("G", ends.0, 1, last);
    report("gg", ends.1, 1, first);
    let mut opened = (Vec::new(), Vec::new());
    for _ in 0..200 {
        opened.0.push(screen.press(key(KeyCode::Enter)));
        opened.1.push(screen.escape());
        screen.press(Key::char('j'));
    }
    report("Enter (open a record)", opened.0, 1, get);
    report("Esc (back)", opened.1, 1, get);
}

const FRAGMENTS: &str = "华,信,公司,科技有限,hx,huaxin,138,C-00001";

fn searches(screen: &mut Screen, names: &[u8]) {
    screen.press_all("gg");
    let fragments = std::env::var("FRAGMENTS").unwrap_or_else(|_| FRAGMENTS.to_owned());
    for fragment in fragments.split(',') {
        let mut raw: Vec<Duration> =
            (0..5).map(|_| time(|| _ = black_box(memmem::find_iter(names, fragment).count()))).collect();
        let raw = at(&mut raw, 0.5);
        let (mut filter, mut find) = (Vec::new(), Vec::new());
        for _ in 0..12 {
            screen.press(Key::char('/'));
            filter.extend(screen.press_all(fragment));
            screen.escape();
            screen.press_all("g/");
            find.extend(screen.press_all(fragment));
            screen.escape();
        }
        report(&format!("/ {fragment}"), filter, fragment.chars().count(), raw);
        report(&format!("g/ {fragment}"), find, fragment.chars().count(), raw);
    }
}

/// Bytes of a row scrolled, beside the record and alone.
fn scrolled_rows(screen: &mut Screen) {
    for (name, prepare) in [("list beside the record", ""), ("list alone", "z")] {
        screen.press_all(prepare);
        screen.press_all("gg");
        (0..60).for_each(|_| _ = screen.press(Key::char('j')));
        let costs: Vec<Cost> = (0..300).map(|_| screen.press(Key::char('j'))).collect();
        let mut bytes: Vec<usize> = costs.iter().map(|c| c.bytes).collect();
        bytes.sort_unstable();
        let mean = bytes.iter().sum::<usize>() / bytes.len();
        println!("{name}: bytes a row scrolled, mean {mean}, p99 {}", bytes[bytes.len() * 99 / 100]);
    }
}

/// The costs of keys that were pressed in rounds of `period`. The least of a key's rounds is what it takes on a calm
/// machine: the slowest key by that is shown as well, and the most that a key made the processors do, by its median.
fn report(name: &str, costs: Vec<Cost>, period: usize, raw: f64) {
    let least = |key: usize| costs.iter().skip(key).step_by(period).map(|c| c.time).min().unwrap_or_default();
    let calm = millis((0..period).map(least).max().unwrap_or_default());
    let usual = |key: usize| at(&mut costs.iter().skip(key).step_by(period).map(|c| c.work).collect::<Vec<_>>(), 0.5);
    let work = (0..period).map(usual).fold(0.0, f64::max);
    let mut times: Vec<Duration> = costs.iter().map(|c| c.time).collect();
    let bytes = costs.iter().map(|c| c.bytes).sum::<usize>() / costs.len();
    let (p50, p99, most) = (at(&mut times, 0.5), at(&mut times, 0.99), at(&mut times, 1.0));
    let n = costs.len();
    println!(
        "{name:<28}{n:>6}{calm:>8.2}{work:>8.2}{p50:>8.2}{p99:>8.2}{most:>8.2}{raw:>9.4}{:>8.1}{bytes:>8}",
        p50 / raw
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The time at a share of all, in milliseconds.
fn at(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    millis(times[((times.len() - 1) as f64 * share).ceil() as usize])
}

fn time(run: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    run();
    begin.elapsed()
}

fn read(conn: &Connection, sql: &str, params: &[&dyn rusqlite::ToSql]) {
    let mut statement = conn.prepare_cached(sql).unwrap();
    let width = statement.column_count();
    let mut rows = statement.query(params).unwrap();
    while let Some(row) = rows.next().unwrap() {
        (0..width).for_each(|at| drop(black_box(row.get::<_, Raw>(at).unwrap())));
    }
}

fn list_sql() -> String {
    let columns = builtin().object("customer").unwrap().list.iter().map(|c| format!("\"{}\"", c.field));
    columns.collect::<Vec<_>>().join(", ")
}

/// All names in one piece.
fn names(conn: &Connection) -> Vec<u8> {
    let mut statement = conn.prepare("SELECT name FROM customer").unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut text = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        text.extend_from_slice(row.get_ref(0).unwrap().as_bytes().unwrap());
        text.push(b'\n');
    }
    text
}

/// What the processors have done for this process.
fn processor_time() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(spent.tv_sec.unsigned_abs(), u32::try_from(spent.tv_nsec).unwrap_or_default())
}

fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) / 1024
}
