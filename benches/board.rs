//! The board of 200,000 opportunities: from its opening and from a key to the frame that shows the answer, without
//! a terminal, beside the bare SQL of the same questions in the same run.
//! `cargo bench --bench board`: the store is made in a temporary folder. `DEALS=20000` for fewer.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may stop at the first surprise"
)]

mod bring_in;
mod interface;

use bring_in::bring_in;
use interface::Screen;
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use rusqlite::{Connection, OpenFlags};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::domain::lang::Lang;
use tcrm::schema::builtin;
use tcrm::tui::app::Msg;
use tcrm::tui::context::Goto;
use tcrm::tui::input::{Key, KeyCode};

const CUSTOMERS: u64 = 2_000;
/// How often each key is pressed.
const TIMES: usize = 100;
const STAGES: [&str; 6] = ["prospecting", "engaging", "proposal", "negotiation", "won", "lost"];

const SUMS: &str = "SELECT stage, amount_currency, count(*), sum(amount), sum(weighted) FROM opportunity \
    WHERE pipeline = 'standard' GROUP BY 1, 2";
const CARDS: &str = "SELECT id, version, name, customer, amount, amount_currency, close_date, owner, stage, stage_since, \
    status FROM opportunity WHERE pipeline = 'standard' AND stage = ? AND close_date IS NOT NULL \
    ORDER BY close_date, id LIMIT 31";

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("board.tcrm");
    make(&path);
    let conn = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let deals: i64 = conn.query_row("SELECT count(*) FROM opportunity", [], |r| r.get(0)).unwrap();
    let (cards, sums) = (raw_cards(&conn), raw_sums(&conn));
    println!("{deals} opportunities, 120×40; times in milliseconds, the median of several runs");
    println!("bare SQL: cards of six stages {:.2}, sums {:.2}", ms(cards), ms(sums));
    let mut firsts = Vec::new();
    let mut wholes = Vec::new();
    for _ in 0..7 {
        let (_, first, whole) = open(&path);
        firsts.push(first);
        wholes.push(whole);
    }
    let (first, whole) = (median(&mut firsts), median(&mut wholes));
    println!(
        "open to cards {:.2}; to cards and sums {:.2} ({:.2} × bare SQL)",
        ms(first),
        ms(whole),
        ratio(whole, cards + sums)
    );
    let (mut screen, _, _) = open(&path);
    println!("\n{:<28}{:>6}{:>8}{:>8}{:>8}", "key to frame", "n", "p50", "p99", "max");
    screen.measure("down the column", "j");
    screen.measure("to and from the next column", "lh");
    screen.measure("to the end and back", "Ggg");
    screen.measure("grab, carry, put back", " l\u{1b}");
    screen.measure("move a stage on and back", "LH");
    screen.measure("other pipeline and back", "\t\t");
    screen.measure("by owner and back", "oo");
}

/// A store of many deals, mostly closed, as they are after some years.
fn make(path: &Path) {
    let deals: u64 = std::env::var("DEALS").ok().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let demo = Demo { customers: CUSTOMERS, seed: 1, now: jiff::Zoned::now() };
    let options = OpenOptions { zone: TimeZone::UTC, ..OpenOptions::new(path) };
    let backend = LocalBackend::create_demo(options, builtin(), demo, &mut |_, _| ()).unwrap();
    let begin = Instant::now();
    let fields = ["name", "customer", "stage", "amount", "close_date", "owner"];
    let logins = ["zhangsan", "lisi", "wangwu"];
    let cells = move |n: u64| {
        // The multiplier spreads what belongs together.
        let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let stage = STAGES[[0, 0, 1, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5][(mixed % 17) as usize]];
        vec![
            format!("Deal {n}"),
            format!("C-{:06}", 1 + mixed % CUSTOMERS),
            stage.to_owned(),
            format!("CNY {}", 1_000 + mixed % 900_000),
            format!("202{}-{:02}-{:02}", 4 + mixed % 4, 1 + mixed % 12, 1 + mixed % 28),
            logins[(mixed % 3) as usize].to_owned(),
        ]
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = bring_in(&runtime, &backend, "opportunity", &fields, deals, cells);
    println!("{} deals imported in {:.1} s", report.created, begin.elapsed().as_secs_f64());
}

fn raw_cards(conn: &Connection) -> Duration {
    let mut statement = conn.prepare(CARDS).unwrap();
    timed(|| {
        for stage in STAGES {
            let mut rows = statement.query([stage]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                black_box(row.get_ref(2).unwrap());
            }
        }
    })
}

fn raw_sums(conn: &Connection) -> Duration {
    let mut statement = conn.prepare(SUMS).unwrap();
    timed(|| {
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            black_box(row.get_ref(3).unwrap());
        }
    })
}

fn timed(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let begin = Instant::now();
            work();
            begin.elapsed()
        })
        .collect();
    median(&mut times)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn ratio(time: Duration, raw: Duration) -> f64 {
    time.as_secs_f64() / raw.as_secs_f64()
}

/// Opens the board of a store: the time to its cards, and to its sums as well.
fn open(path: &Path) -> (Screen, Duration, Duration) {
    let begin = Instant::now();
    let options = OpenOptions { lang: Lang::Zh, zone: TimeZone::UTC, ..OpenOptions::new(path) };
    let mut screen = Screen::open(options, Size { width: 120, height: 40 }, Goto::Board(None));
    let first = begin.elapsed();
    screen.settle();
    screen.draw();
    (screen, first, begin.elapsed())
}

impl Screen {
    /// From each key of a script to the frame that answers it: what is shown at once, before the store has answered.
    fn measure(&mut self, what: &str, script: &str) {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            for c in script.chars() {
                let key = match c {
                    '\u{1b}' => Key::plain(KeyCode::Esc),
                    '\t' => Key::plain(KeyCode::Tab),
                    c => Key::char(c),
                };
                let begin = Instant::now();
                self.take(Msg::Key(key));
                self.draw();
                times.push(begin.elapsed());
                self.settle();
                self.draw();
            }
        }
        times.sort();
        let at = |part: usize| ms(times[(times.len() * part / 100).min(times.len() - 1)]);
        let last = ms(times[times.len() - 1]);
        println!("{what:<28}{:>6}{:>8.2}{:>8.2}{last:>8.2}", times.len(), at(50), at(99));
    }
}
