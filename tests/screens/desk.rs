//! The application with a store of its own, without a terminal.

use jiff::{SignedDuration, Timestamp, Zoned};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Modifier, Style};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tcrm::backend::Backend;
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::contract::request::{ActRequest, DoRequest, ImportRequest, ImportRow, OnDuplicate, Page, Query, SaveRequest};
use tcrm::domain::lang::Lang;
use tcrm::domain::record::{Fields, RecordKey};
use tcrm::domain::value::Value;
use tcrm::tui::app::{App, Msg};
use tcrm::tui::context::{Effect, Goto, Shared};
use tcrm::tui::input::{Key, Keys};
use tcrm::tui::keymap::Keymap;
use tcrm::tui::request::{Reply, ask};
use tcrm::tui::text::{Glyphs, Measure, width};
use tcrm::tui::theme::Theme;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A Sunday.
pub(crate) fn now() -> Zoned {
    "2026-11-22T10:30:00+08:00[Asia/Shanghai]".parse().unwrap()
}

/// The customers of the small store, in the order in which the list shows them.
pub(crate) const NAMES: [&str; 12] = [
    "深圳市华信科技有限公司",
    "北京银行",
    "重庆长安汽车",
    "单氏餐饮",
    "Nordic Steel AB",
    "上海华新玻璃",
    "广州白云电器",
    "Acme Corporation",
    "杭州云深网络",
    "苏州精密仪器",
    "成都天府软件",
    "西安航天动力",
];

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) backend: Arc<dyn Backend>,
    /// Effects that are not the backend's.
    pub(crate) effects: Vec<Effect>,
    runtime: Runtime,
    _folder: TempDir,
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn options(path: &Path) -> OpenOptions {
    OpenOptions { zone: now().time_zone().clone(), ahead: ahead(), ..OpenOptions::new(path) }
}

/// How far the clock of the stores goes ahead of the system's, so that theirs is the day of the desks.
fn ahead() -> SignedDuration {
    static AHEAD: OnceLock<SignedDuration> = OnceLock::new();
    *AHEAD.get_or_init(|| now().timestamp().duration_since(Timestamp::now()))
}

/// A store made once, copied for each desk.
fn template(cell: &'static OnceLock<TempDir>, make: impl FnOnce(&Path) -> LocalBackend) -> &'static Path {
    let folder = cell.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let backend = make(&folder.path().join("made.db"));
        runtime().block_on(backend.backup(folder.path().join("crm.db"))).unwrap();
        folder
    });
    folder.path()
}

fn small_store() -> &'static Path {
    static CELL: OnceLock<TempDir> = OnceLock::new();
    template(&CELL, |path| {
        let backend = LocalBackend::create(options(path), &tcrm::schema::load(&[]).unwrap()).unwrap();
        let save = |object: &str, texts: &[(&str, Value)]| {
            let changes: Fields = texts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let request = SaveRequest { object: object.to_owned(), target: None, changes };
            runtime().block_on(backend.save(request)).unwrap().records.remove(0).id
        };
        let text = |text: &str| Value::Text(text.to_owned());
        for (login, name) in [("zhangsan", "张三"), ("lisi", "李四")] {
            save("user", &[("login", text(login)), ("name", text(name))]);
        }
        for (place, name) in NAMES.iter().enumerate() {
            let level = Value::Choice(["A", "B", "C"][place % 3].to_owned());
            // Codes ascend with the names, and the list is sorted by them.
            let id = save("customer", &[("name", text(name)), ("level", level), ("phone", text("0755-88881234"))]);
            if place < 2 {
                save("contact", &[("name", text("王经理")), ("customer", Value::Ref(id))]);
            }
        }
        backend
    })
}

/// Li Si has submitted two new customers and a change of a third; Zhang San is his supervisor.
fn submitted_store() -> &'static Path {
    static CELL: OnceLock<TempDir> = OnceLock::new();
    template(&CELL, |path| {
        let flows = "[flows.new_customer]\nactive = true\n[flows.customer_finance]\nactive = true\nsteps = [{ approvers = [\"supervisor\"] }]";
        let source = tcrm::schema::Source { name: "flows.toml", text: flows };
        let nobody = LocalBackend::create(options(path), &tcrm::schema::load(&[source]).unwrap()).unwrap();
        let save = |backend: &LocalBackend, object: &str, target, texts: &[(&str, Value)]| {
            let changes: Fields = texts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let request = SaveRequest { object: object.to_owned(), target, changes };
            runtime().block_on(backend.save(request)).unwrap().records.remove(0)
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let boss = save(&nobody, "user", None, &[("login", text("zhangsan")), ("name", text("张三"))]).id;
        let given = [("login", text("lisi")), ("name", text("李四")), ("supervisor", Value::Ref(boss))];
        save(&nobody, "user", None, &given);
        let as_user = |login: &str| {
            let user = Some(login.to_owned());
            LocalBackend::open(OpenOptions { user, ..options(path) }).unwrap()
        };
        let (lisi, zhangsan) = (as_user("lisi"), as_user("zhangsan"));
        let act = |backend: &LocalBackend, action: &str, id, fields: Fields| {
            let key = RecordKey { object: "customer".to_owned(), id };
            let request = DoRequest { action: action.to_owned(), key, fields, comment: String::new(), version: None };
            runtime().block_on(backend.act(ActRequest::Do(request))).unwrap().records.remove(0)
        };
        let given = [("name", text(NAMES[0])), ("bank", text("中国银行")), ("tax_number", text("91440300"))];
        let old = save(&lisi, "customer", None, &given).id;
        act(&lisi, "submit", old, Fields::new());
        let approved = act(&zhangsan, "approve", old, Fields::new());
        let change = [("bank", text("招商银行深圳分行")), ("bank_account", text("6214 8300 0000 0001"))];
        save(&lisi, "customer", Some((old, approved.version)), &change);
        for name in [NAMES[2], NAMES[5]] {
            let id = save(&lisi, "customer", None, &[("name", text(name)), ("phone", text("0755-1234"))]).id;
            act(&lisi, "submit", id, Fields::new());
        }
        nobody
    })
}

fn sample_store() -> &'static Path {
    static CELL: OnceLock<TempDir> = OnceLock::new();
    template(&CELL, |path| {
        let demo = Demo { customers: 40, seed: 7, now: now() };
        let schema = tcrm::schema::load(&[]).unwrap();
        LocalBackend::create_demo(options(path), &schema, demo, &mut |_, _| {}).unwrap()
    })
}

fn shared(backend: &dyn Backend, lang: Lang) -> Shared {
    Shared {
        schema: backend.schema(),
        me: backend.me(),
        lang,
        now: now(),
        size: Size { width: 80, height: 24 },
        theme: Theme::mono(),
        glyphs: *Glyphs::select(false, Measure::Narrow),
        keymap: Keymap::new([]).unwrap(),
        settings: BTreeMap::new(),
        place: String::new(),
        writable: backend.capabilities().write,
        config: Arc::default(),
        sync: None,
        pending: Vec::new(),
    }
}

impl Desk {
    /// On twelve known customers, sorted by code, in English, 80×24.
    pub(crate) fn small() -> Desk {
        let order = r#"{"filter":"","sort":[{"field":"code","descending":false}],"columns":[{"field":"code","width":10},{"field":"name","width":26},{"field":"level","width":8}]}"#;
        let prepare = |backend: &LocalBackend| {
            let put = backend.put_setting("list/customer".to_owned(), Some(order.to_owned()));
            runtime().block_on(put).unwrap();
        };
        Desk::open(small_store(), Lang::En, Some("zhangsan"), false, prepare)
    }

    /// The same in a language, sorted as usual.
    pub(crate) fn small_in(lang: Lang) -> Desk {
        Desk::open(small_store(), lang, Some("zhangsan"), false, |_| {})
    }

    /// On a small store that may not be changed.
    pub(crate) fn read_only() -> Desk {
        Desk::open(small_store(), Lang::En, None, true, |_| {})
    }

    /// On the small store, without saying who works.
    pub(crate) fn without_user() -> Desk {
        Desk::open(small_store(), Lang::En, None, false, |_| {})
    }

    /// On what Li Si has submitted, as Zhang San or Li Si.
    pub(crate) fn submitted(lang: Lang, user: &str, width: u16, height: u16) -> Desk {
        let mut desk = Desk::open(submitted_store(), lang, Some(user), false, |_| {});
        desk.resize(width, height);
        desk
    }

    /// On sample data of a fixed day, seen by the sales manager.
    pub(crate) fn sample(lang: Lang, width: u16, height: u16) -> Desk {
        Desk::sample_as("zhangsan", lang, width, height)
    }

    /// The same, seen by somebody else.
    pub(crate) fn sample_as(user: &str, lang: Lang, width: u16, height: u16) -> Desk {
        let mut desk = Desk::open(sample_store(), lang, Some(user), false, |_| {});
        desk.resize(width, height);
        desk
    }

    fn open(
        template: &Path,
        lang: Lang,
        user: Option<&str>,
        read_only: bool,
        prepare: impl FnOnce(&LocalBackend),
    ) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crm.db");
        std::fs::copy(template.join("crm.db"), &path).unwrap();
        let options = OpenOptions { user: user.map(str::to_owned), search: true, lang, read_only, ..options(&path) };
        let backend = LocalBackend::open(options).unwrap();
        prepare(&backend);
        let runtime = runtime();
        runtime.block_on(backend.search_ready()).unwrap();
        let shared = shared(&backend, lang);
        let app = App::new(shared, false, Goto::List("customer".to_owned(), String::new()), |_| false);
        let mut desk = Desk { app, backend: Arc::new(backend), effects: Vec::new(), runtime, _folder: folder };
        let effects = desk.app.start();
        desk.carry_out(effects);
        desk
    }

    /// Carries effects out until nothing more is asked; a change of the store is told as the loop tells it.
    pub(crate) fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut queue = VecDeque::from(effects);
        while let Some(effect) = queue.pop_front() {
            let Effect::Ask(ticket, request) = effect else {
                self.effects.push(effect);
                continue;
            };
            let reply = self.runtime.block_on(ask(self.backend.clone(), request));
            let wrote = reply.is_of_write() && !matches!(reply, Reply::SettingPut(_));
            queue.extend(self.app.update(Msg::Reply(ticket, reply), now()));
            if wrote {
                self.app.take_schema(&self.backend.schema());
                queue.extend(self.app.update(Msg::Changed, now()));
            }
        }
    }

    /// Answers one question; gives what is asked then.
    pub(crate) fn answer(&mut self, effect: Effect) -> Vec<Effect> {
        let Effect::Ask(ticket, request) = effect else { panic!("no question") };
        let reply = self.runtime.block_on(ask(self.backend.clone(), request));
        self.app.update(Msg::Reply(ticket, reply), now())
    }

    pub(crate) fn send(&mut self, msg: Msg) {
        let effects = self.app.update(msg, now());
        self.carry_out(effects);
    }

    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.send(Msg::Resize(Size { width, height }));
    }

    /// Types a script: names of keys between blanks, and between « and » text.
    pub(crate) fn keys(&mut self, script: &str) -> &mut Desk {
        for key in script_keys(script) {
            self.send(Msg::Key(key));
        }
        self
    }

    /// Types a script whose keys come before any answer; gives what is to be carried out.
    pub(crate) fn late(&mut self, script: &str) -> Vec<Effect> {
        script_keys(script).into_iter().flat_map(|key| self.app.update(Msg::Key(key), now())).collect()
    }

    /// Lets the box of following keys come up.
    pub(crate) fn wait(&mut self) {
        self.pass(|msg| matches!(msg, Msg::WhichKey(_)));
    }

    /// Lets the time of the latest timer of a kind pass.
    pub(crate) fn pass(&mut self, kind: fn(&Msg) -> bool) {
        let waiting = self.effects.iter().rev().find_map(|e| match e {
            Effect::Later(_, msg) if kind(msg) => Some(msg.clone()),
            _ => None,
        });
        self.send(waiting.unwrap());
    }

    /// Begins as the program does.
    pub(crate) fn start(&mut self) -> Vec<Effect> {
        self.app.start()
    }

    /// Notes something in the log.
    pub(crate) fn note(&self, what: tcrm::domain::event::Happening) {
        self.runtime.block_on(self.backend.note(what)).unwrap();
    }

    /// Another person at the same store.
    pub(crate) fn beside(desk: &Desk, user: &str) -> Desk {
        let path = desk._folder.path().join("crm.db");
        let options = OpenOptions { user: Some(user.to_owned()), ..options(&path) };
        let backend = LocalBackend::open(options).unwrap();
        let app = App::new(shared(&backend, Lang::En), false, Goto::Today, |_| false);
        let folder = tempfile::tempdir().unwrap();
        Desk { app, backend: Arc::new(backend), effects: Vec::new(), runtime: runtime(), _folder: folder }
    }

    /// Does an action of the schema behind the interface's back.
    pub(crate) fn act(&self, action: &str, key: &RecordKey) {
        let (action, key, fields) = (action.to_owned(), key.clone(), Fields::new());
        let request = DoRequest { action, key, fields, comment: String::new(), version: None };
        self.runtime.block_on(self.backend.act(ActRequest::Do(request))).unwrap();
    }

    /// A change behind the interface's back.
    pub(crate) fn save(&self, request: SaveRequest) {
        self.runtime.block_on(self.backend.save(request)).unwrap();
    }

    /// A page as the store has it.
    pub(crate) fn query(&self, query: Query) -> Page {
        self.runtime.block_on(self.backend.query(query)).unwrap()
    }

    /// A deletion behind the interface's back.
    pub(crate) fn remove(&self, key: &RecordKey) {
        self.runtime.block_on(self.backend.delete(vec![key.clone()])).unwrap();
    }

    /// A customer by name.
    pub(crate) fn customer(&self, name: &str) -> RecordKey {
        self.record("customer", name)
    }

    /// A record by its title.
    pub(crate) fn record(&self, object: &str, title: &str) -> RecordKey {
        let id = self.runtime.block_on(self.backend.resolve(object.to_owned(), title.to_owned())).unwrap();
        RecordKey { object: object.to_owned(), id }
    }

    /// Imports so many records named `客户 0000`, `客户 0001` …
    pub(crate) fn fill(&self, object: &str, count: usize) {
        let row = |n: usize| ImportRow { line: n as u64 + 1, cells: vec![format!("客户 {n:04}")], error: None };
        let request = ImportRequest {
            object: object.to_owned(),
            mapping: vec![Some("name".to_owned())],
            rows: Box::new((0..count).map(row).collect::<Vec<_>>().into_iter()),
            expected: 0,
            on_duplicate: OnDuplicate::Error,
            dry_run: false,
            create_references: false,
            progress: None,
            rejects: None,
            stop: Arc::default(),
        };
        let report = self.runtime.block_on(self.backend.import(request)).unwrap();
        assert_eq!(report.created, count as u64);
    }

    /// The program started again on the same store, in the language it was made with.
    pub(crate) fn restart(&mut self) {
        let shared = shared(self.backend.as_ref(), Lang::En);
        self.app = App::new(shared, false, Goto::List("customer".to_owned(), String::new()), |_| false);
        let effects = self.app.start();
        self.carry_out(effects);
    }

    /// The program started again where a pipeline no longer has a stage, though deals still stand in it.
    pub(crate) fn restart_without_stage(&mut self, key: &str) {
        let mut shared = shared(self.backend.as_ref(), Lang::En);
        shared.size = self.app.shared().size;
        let schema = Arc::make_mut(&mut shared.schema);
        schema.pipelines.iter_mut().for_each(|pipeline| pipeline.stages.retain(|stage| stage.key != key));
        self.app = App::new(shared, false, Goto::List("customer".to_owned(), String::new()), |_| false);
        let effects = self.app.start();
        self.carry_out(effects);
    }

    /// A change of a stored record behind the interface's back.
    pub(crate) fn move_to(&self, key: &RecordKey, given: &[(&str, Value)]) {
        let version = self.runtime.block_on(self.backend.get(key.clone())).unwrap().record.version;
        let changes = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.save(SaveRequest { object: key.object.clone(), target: Some((key.id, version)), changes });
    }

    /// A field of a record as it is stored.
    pub(crate) fn stored(&self, key: &RecordKey, field: &str) -> Value {
        self.runtime.block_on(self.backend.get(key.clone())).unwrap().record.get(field).clone()
    }

    pub(crate) fn buffer(&self) -> (Buffer, Option<Position>) {
        let Size { width, height } = self.app.shared().size;
        let mut buf = Buffer::empty(Rect { x: 0, y: 0, width, height });
        let cursor = self.app.draw(&mut buf);
        (buf, cursor)
    }

    /// The visible text.
    pub(crate) fn text(&self) -> String {
        lines(&self.buffer().0).join("\n")
    }

    pub(crate) fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The line under the cursor of the list or view: the first that is drawn as selected.
    pub(crate) fn selected(&self) -> String {
        let (buf, _) = self.buffer();
        let rows = 1..buf.area.height.saturating_sub(1);
        let row = rows.into_iter().find(|y| (0..4).any(|x| buf[(x, *y)].modifier.contains(Modifier::REVERSED)));
        row.and_then(|y| lines(&buf).get(usize::from(y)).cloned()).unwrap_or_default()
    }

    pub(crate) fn notice(&self) -> String {
        self.app.notice().map(|n| n.text.clone()).unwrap_or_default()
    }

    pub(crate) fn quits(&self) -> bool {
        self.effects.contains(&Effect::Quit)
    }

    /// Text, the cursor's place, and where a line is not in plain style, its style cell by cell.
    pub(crate) fn picture(&self) -> String {
        let (buf, cursor) = self.buffer();
        let mut picture = String::new();
        for line in lines(&buf) {
            picture.push_str(&line);
            picture.push('\n');
        }
        for y in 0..buf.area.height {
            let marks: String = (0..buf.area.width).map(|x| mark(buf[(x, y)].style())).collect();
            if marks.contains('R') && (1..buf.area.height - 1).contains(&y) {
                picture.push_str(&format!("{y:>2} {}\n", marks.trim_end()));
            }
        }
        if let Some(cursor) = cursor {
            picture.push_str(&format!("cursor {} {}\n", cursor.x, cursor.y));
        }
        picture
    }
}

/// A script on the small store; what the screen shows then, and what it doesn't (`-`).
pub(crate) fn check(table: &[(&str, &[&str])]) {
    for (script, expected) in table {
        let mut desk = Desk::small();
        desk.keys(script);
        for text in *expected {
            let (text, wanted) = text.strip_prefix('-').map_or((*text, true), |t| (t, false));
            assert_eq!(desk.shows(text), wanted, "after `{script}`: {text}\n{}", desk.text());
        }
    }
}

/// The keys of a script.
fn script_keys(script: &str) -> Vec<Key> {
    let part = |(place, part): (usize, &str)| match place % 2 {
        1 => part.chars().map(Key::char).collect(),
        _ if part.trim().is_empty() => Vec::new(),
        _ => part.parse::<Keys>().map(|k| k.0).unwrap_or_else(|e| panic!("{part}: {e}")),
    };
    script.split(['«', '»']).enumerate().flat_map(part).collect()
}

fn mark(style: Style) -> char {
    let has = |modifier| style.add_modifier.contains(modifier);
    match () {
        () if has(Modifier::REVERSED) => 'R',
        () if has(Modifier::UNDERLINED) => 'U',
        () if has(Modifier::BOLD) => 'B',
        () if has(Modifier::DIM) => 'd',
        () => ' ',
    }
}

/// The lines of a buffer; the cell that the second half of a wide glyph covers is left out.
fn lines(buf: &Buffer) -> Vec<String> {
    let row = |y: u16| {
        let mut line = String::new();
        let mut x = buf.area.left();
        while x < buf.area.right() {
            let symbol = buf[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(width(symbol)).unwrap().max(1);
        }
        line.trim_end().to_owned()
    };
    (buf.area.top()..buf.area.bottom()).map(row).collect()
}
