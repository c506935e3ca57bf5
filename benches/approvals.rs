//! The inbox of approvals with 10,000 pending: from a key to the frame that shows the answer, without a terminal, and
//! the questions behind it. `cargo bench --bench approvals`: the store is made in a temporary folder.
//! `PENDING=2000` for fewer.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may stop at the first surprise"
)]

mod bring_in;

use bring_in::bring_in;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use std::collections::{BTreeMap, VecDeque};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::approvals::{InboxRequest, Tray};
use tcrm::contract::request::*;
use tcrm::domain::id::Id;
use tcrm::domain::lang::Lang;
use tcrm::domain::record::{Fields, RecordKey};
use tcrm::domain::value::Value;
use tcrm::schema::Source;
use tcrm::tui::app::{App, Msg};
use tcrm::tui::context::{Effect, Goto, Shared};
use tcrm::tui::input::Keys;
use tcrm::tui::keymap::Keymap;
use tcrm::tui::request::ask;
use tcrm::tui::text::{Glyphs, Measure};
use tcrm::tui::theme::Theme;
use tokio::runtime::Runtime;

const FLOWS: &str = "[flows.new_customer]\nactive = true\n";
/// How often each thing is done.
const TIMES: usize = 200;

fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("approvals.tcrm");
    let pending = std::env::var("PENDING").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let bench = Bench { path: &path, runtime: runtime() };
    bench.make(pending);
    println!("\n{:<34}{:>6}{:>9}{:>9}{:>9}", "milliseconds", "n", "p50", "p99", "max");
    bench.questions();
    bench.keys();
    bench.decisions();
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

struct Bench<'p> {
    path: &'p Path,
    runtime: Runtime,
}

impl Bench<'_> {
    fn open(&self, user: Option<&str>) -> LocalBackend {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let options = OpenOptions { user: user.map(str::to_owned), zone, search: true, ..OpenOptions::new(self.path) };
        LocalBackend::open(options).unwrap()
    }

    /// Customers that zhang has entered and submitted to wang.
    fn make(&self, pending: usize) {
        let schema = tcrm::schema::load(&[Source { name: "flows.toml", text: FLOWS }]).unwrap();
        drop(LocalBackend::create(OpenOptions::new(self.path), &schema).unwrap());
        let nobody = self.open(None);
        let text = |text: &str| Value::Text(text.to_owned());
        let user = |given: &[(&str, Value)]| {
            let changes = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let request = SaveRequest { object: "user".to_owned(), target: None, changes };
            self.runtime.block_on(nobody.save(request)).unwrap().records[0].id
        };
        let wang = user(&[("login", text("wang")), ("name", text("王经理"))]);
        user(&[("login", text("zhang")), ("name", text("张三")), ("supervisor", Value::Ref(wang))]);
        let zhang = self.open(Some("zhang"));
        let cells = |n: u64| vec![format!("客户 {n:05} 有限公司"), format!("0755-{n:08}"), format!("91440300{n:07}")];
        let fields = ["name", "phone", "tax_number"];
        let report = bring_in(&self.runtime, &zhang, "customer", &fields, pending as u64, cells);
        assert_eq!(report.created, pending as u64);
        let mut keys = Vec::new();
        let mut from = From::Start;
        loop {
            let query = Query {
                object: "customer".to_owned(),
                columns: vec!["name".to_owned()],
                from,
                limit: 1_000,
                ..Query::default()
            };
            let page = self.runtime.block_on(zhang.query(query)).unwrap();
            keys.extend(page.rows.iter().map(|row| RecordKey { object: "customer".to_owned(), id: row.record.id }));
            match page.rows.last().filter(|_| page.more_after) {
                Some(last) => from = From::After(last.cursor.clone()),
                None => break,
            }
        }
        let begun = Instant::now();
        let request = EachRequest { action: "submit".to_owned(), keys, fields: Fields::new(), comment: String::new() };
        let saved = self.runtime.block_on(zhang.act(ActRequest::DoEach(request))).unwrap();
        assert!(saved.refused.is_empty(), "{:?}", saved.refused.first());
        let each = begun.elapsed().as_secs_f64() * 1000.0 / pending as f64;
        println!("{pending} customers submitted, each in a transaction of its own: {each:.2} ms each");
        self.runtime.block_on(zhang.search_ready()).unwrap();
    }

    fn questions(&self) {
        let wang = self.open(Some("wang"));
        self.runtime.block_on(wang.search_ready()).unwrap();
        let page = |tray: Tray, from: From, limit: usize| {
            self.runtime.block_on(wang.inbox(InboxRequest { tray, from, limit })).unwrap()
        };
        let first = page(Tray::Pending, From::Start, 200);
        let ids: Vec<Id> = first.rows.iter().map(|row| row.approval.id).collect();
        measure("page of 200 of what waits", TIMES, |_| drop(black_box(page(Tray::Pending, From::Start, 200))));
        measure("page of 50 of what waits", TIMES, |_| drop(black_box(page(Tray::Pending, From::Start, 50))));
        let mut from = From::Start;
        measure("next page of 200", 40, |_| {
            let next = page(Tray::Pending, from.clone(), 200);
            from = next.rows.last().map_or(From::Start, |row| From::After(row.cursor.clone()));
        });
        measure("review of one", TIMES, |n| {
            drop(black_box(self.runtime.block_on(wang.review(ids[n % ids.len()])).unwrap()))
        });
        let nobody = self.open(None);
        let request = || InboxRequest { tray: Tray::Pending, from: From::Start, limit: 200 };
        measure("page of 200, nobody in particular", TIMES, |_| {
            drop(black_box(self.runtime.block_on(nobody.inbox(request())).unwrap()));
        });
        let zhang = self.open(Some("zhang"));
        let mine = || InboxRequest { tray: Tray::Mine, from: From::Start, limit: 200 };
        measure("page of 200 of one's own", TIMES, |_| {
            drop(black_box(self.runtime.block_on(zhang.inbox(mine())).unwrap()));
        });
    }

    fn keys(&self) {
        let mut desk = Desk::open(self.open(Some("wang")), runtime());
        measure("open the inbox to its frame", 50, |_| desk.keys("6"));
        measure("down a row, with its review", TIMES, |_| desk.keys("j"));
        measure("a page down", 100, |_| desk.keys("pagedown"));
        measure("to the end of what is loaded", 20, |n| desk.keys(if n % 2 == 0 { "G" } else { "g g" }));
    }

    fn decisions(&self) {
        let mut desk = Desk::open(self.open(Some("wang")), runtime());
        desk.keys("6");
        measure("approve one, to the next frame", 100, |_| desk.keys("A"));
        desk.keys("*");
        let begun = Instant::now();
        desk.keys("A y");
        println!("{:<34}{:>6}{:>9.1}", "approve what is loaded, marked", "", begun.elapsed().as_secs_f64() * 1000.0);
    }
}

/// The application without a terminal.
struct Desk {
    app: App,
    backend: Arc<dyn Backend>,
    runtime: Runtime,
    buf: Buffer,
}

impl Desk {
    fn open(backend: LocalBackend, runtime: Runtime) -> Desk {
        runtime.block_on(backend.search_ready()).unwrap();
        let size = Size { width: 120, height: 40 };
        let shared = Shared {
            schema: backend.schema(),
            me: backend.me(),
            lang: Lang::Zh,
            now: Timestamp::now().to_zoned(TimeZone::get("Asia/Shanghai").unwrap()),
            size,
            theme: Theme::mono(),
            glyphs: *Glyphs::select(false, Measure::Narrow),
            keymap: Keymap::new([]).unwrap(),
            settings: BTreeMap::new(),
            place: String::new(),
            writable: true,
            config: Arc::default(),
            sync: None,
            pending: Vec::new(),
        };
        let app = App::new(shared, false, Goto::Today, |_| false);
        let buf = Buffer::empty(Rect { x: 0, y: 0, width: 120, height: 40 });
        let mut desk = Desk { app, backend: Arc::new(backend), runtime, buf };
        let effects = desk.app.start();
        desk.carry_out(effects);
        desk
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut queue = VecDeque::from(effects);
        while let Some(effect) = queue.pop_front() {
            let Effect::Ask(ticket, request) = effect else { continue };
            let reply = self.runtime.block_on(ask(Arc::clone(&self.backend), request));
            let wrote = reply.is_of_write();
            let now = self.app.shared().now.clone();
            queue.extend(self.app.update(Msg::Reply(ticket, reply), now.clone()));
            if wrote {
                queue.extend(self.app.update(Msg::Changed, now));
            }
        }
    }

    /// Types keys, waits for every answer and draws.
    fn keys(&mut self, script: &str) {
        let keys: Keys = script.parse().unwrap_or_else(|e| panic!("{script}: {e}"));
        for key in keys.0 {
            let now = self.app.shared().now.clone();
            let effects = self.app.update(Msg::Key(key), now);
            self.carry_out(effects);
        }
        self.buf.reset();
        black_box(self.app.draw(&mut self.buf));
    }
}

fn measure(what: &str, times: usize, mut work: impl FnMut(usize)) {
    let mut taken: Vec<Duration> = (0..times)
        .map(|n| {
            let begun = Instant::now();
            work(n);
            begun.elapsed()
        })
        .collect();
    taken.sort();
    let ms = |at: usize| taken[at.min(taken.len() - 1)].as_secs_f64() * 1000.0;
    println!("{what:<34}{times:>6}{:>9.2}{:>9.2}{:>9.2}", ms(times / 2), ms(times * 99 / 100), ms(times - 1));
}
