//! Forms driven by keys through the application, against made-up answers of a backend.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod amending;
mod drafts;
mod editors;
mod files;
mod filling;
mod merging;
mod screens;
mod stored;

use super::FormLayer;
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::contract::request::{CheckAnswer, CheckRequest, Hit, Page, SaveRequest, Saved, SearchAnswer, View};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::Value;
use crate::schema::model::{Schema, When};
use crate::tui::app::{App, Msg};
use crate::tui::context::{Context, Effect, Goto, Shared, Wishes};
use crate::tui::input::{Key, Keys};
use crate::tui::keymap::Keymap;
use crate::tui::layer::Layer;
use crate::tui::request::{Reply, Request, Ticket, ask};
use crate::tui::text::{Glyphs, width};
use crate::tui::theme::Theme;
use jiff::Zoned;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// The built-in schema.
pub(super) fn schema() -> Schema {
    crate::schema::load(&[]).unwrap()
}

/// A Sunday.
fn now() -> Zoned {
    "2026-11-22T10:30:00+08:00[Asia/Shanghai]".parse().unwrap()
}

fn id(number: i64) -> Id {
    Id::from_i64(number).unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn fields(values: &[(&str, Value)]) -> Fields {
    values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn shared(lang: Lang) -> Shared {
    Shared {
        schema: Arc::new(schema()),
        me: None,
        lang,
        now: now(),
        size: Size { width: 80, height: 24 },
        theme: Theme::mono(),
        glyphs: *Glyphs::select(false, crate::tui::text::Measure::Narrow),
        keymap: Keymap::new([]).unwrap(),
        settings: BTreeMap::new(),
        writable: true,
        config: Arc::default(),
        sync: None,
        pending: Vec::new(),
        place: String::new(),
    }
}

/// A backend that answers at once, from what a test puts in.
struct Fake {
    records: BTreeMap<i64, Record>,
    titles: Titles,
    prepared: Fields,
    check: Box<dyn Fn(&CheckRequest) -> CheckAnswer>,
    /// Results of the next saves; when there are none left, saving works.
    saves: VecDeque<Result<Saved, Error>>,
    /// Results of the next amendments; then they work.
    settles: VecDeque<Result<(), Error>>,
    hits: Vec<Hit>,
    settings: BTreeMap<String, String>,
    /// Writes of settings are not answered until they are released.
    holds_settings: bool,
    held: Vec<(Ticket, Reply)>,
    asked: Vec<Request>,
}

impl Fake {
    fn new(schema: &Arc<Schema>) -> Fake {
        let schema = schema.clone();
        let check = move |request: &CheckRequest| CheckAnswer {
            states: states(&schema, &request.object),
            ..CheckAnswer::default()
        };
        Fake {
            records: BTreeMap::new(),
            titles: Titles::new(),
            prepared: Fields::new(),
            check: Box::new(check),
            saves: VecDeque::new(),
            settles: VecDeque::new(),
            hits: Vec::new(),
            settings: BTreeMap::new(),
            holds_settings: false,
            held: Vec::new(),
            asked: Vec::new(),
        }
    }

    fn answer(&mut self, request: Request) -> Option<Reply> {
        self.asked.push(request.clone());
        let view = |record: Record, titles: &Titles| View { record, titles: titles.clone() };
        Some(match request {
            Request::Settings(_) => Reply::Settings(Ok(self.settings.clone().into_iter().collect())),
            Request::Prepare { object, given } => {
                let mut fields = self.prepared.clone();
                fields.extend(given);
                let record = Record { object, id: id(1), version: 0, fields };
                Reply::Prepared(Ok(view(record, &self.titles)))
            }
            Request::Get(key) => Reply::View(match self.records.get(&key.id.as_i64()) {
                Some(record) => Ok(view(record.clone(), &self.titles)),
                None => Err(Error::NotFound(crate::msg!("error-not-found", what = "it"))),
            }),
            Request::Check(request) => Reply::Checked(Ok((self.check)(&request))),
            Request::Save(request) => Reply::Saved(self.saves.pop_front().unwrap_or_else(|| Ok(self.save(request)))),
            Request::Settle(..) => Reply::Settled(self.settles.pop_front().unwrap_or(Ok(()))),
            Request::Search(_) => Reply::Found(Ok(SearchAnswer { hits: self.hits.clone(), complete: true })),
            Request::Query(_) => Reply::Page(Ok(Page::default())),
            Request::PutSetting { key, value } => {
                match value {
                    Some(value) => self.settings.insert(key, value),
                    None => self.settings.remove(&key),
                };
                Reply::SettingPut(Ok(()))
            }
            _ => return None,
        })
    }

    fn save(&mut self, request: SaveRequest) -> Saved {
        let (id, version) = request.target.unwrap_or((id(900), 0));
        let mut record = Record { object: request.object, id, version: version + 1, fields: Fields::new() };
        record.fields.extend(request.changes);
        self.records.insert(id.as_i64(), record.clone());
        Saved { records: vec![record], txn: 1, touched: 1, ..Saved::default() }
    }
}

/// How the fields of an object stand by the schema alone.
fn states(schema: &Schema, object: &str) -> BTreeMap<String, crate::contract::request::FieldState> {
    let object = schema.object(object).unwrap();
    let state = |f: &crate::schema::model::Field| crate::contract::request::FieldState {
        visible: f.visible == When::Always,
        required: f.required == When::Always,
        read_only: f.read_only == When::Always,
    };
    object.fields.iter().map(|f| (f.name.clone(), state(f))).collect()
}

/// The application with a form on it, and its backend.
struct Desk {
    app: App,
    fake: Fake,
    /// A real store that answers instead.
    store: Option<(tokio::runtime::Runtime, Arc<dyn Backend>)>,
    effects: Vec<Effect>,
}

impl Desk {
    fn start(fake: impl FnOnce(&mut Fake), lang: Lang, start: Goto) -> Desk {
        let shared = shared(lang);
        let mut backend = Fake::new(&shared.schema);
        fake(&mut backend);
        let app = App::new(shared, false, start, |pid| pid == std::process::id());
        let mut desk = Desk { app, fake: backend, store: None, effects: Vec::new() };
        let effects = desk.app.start();
        desk.carry_out(effects);
        desk
    }

    /// A form for a new record.
    fn add(object: &str, fake: impl FnOnce(&mut Fake)) -> Desk {
        Desk::start(fake, Lang::En, Goto::Add(object.to_owned(), Fields::new()))
    }

    /// A list with a form for record 7 above it.
    fn edit(object: &str, values: &[(&str, Value)], fake: impl FnOnce(&mut Fake)) -> Desk {
        let record = Record { object: object.to_owned(), id: id(7), version: 3, fields: fields(values) };
        let put = |backend: &mut Fake| {
            backend.records.insert(7, record);
            fake(backend);
        };
        let mut desk = Desk::start(put, Lang::En, Goto::List(object.to_owned(), String::new()));
        let key = RecordKey { object: object.to_owned(), id: id(7) };
        desk.open(|cx| FormLayer::edit(key, None, cx));
        desk
    }

    fn open(&mut self, make: impl FnOnce(&mut Context<'_>) -> Box<dyn Layer>) {
        let mut serial = 1_000_000;
        let mut out = Wishes::default();
        let layer = make(&mut Context { shared: &self.app.shared, serial: &mut serial, out: &mut out });
        self.app.layers.push(layer);
        self.carry_out(out.effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        let mut queue = VecDeque::from(effects);
        while let Some(effect) = queue.pop_front() {
            let Effect::Ask(ticket, request) = effect else {
                self.effects.push(effect);
                continue;
            };
            let holds = self.fake.holds_settings && matches!(request, Request::PutSetting { .. });
            let reply = match &self.store {
                Some((runtime, store)) => {
                    self.fake.asked.push(request.clone());
                    Some(runtime.block_on(ask(store.clone(), request)))
                }
                None => self.fake.answer(request),
            };
            let Some(reply) = reply else { continue };
            if holds {
                self.fake.held.push((ticket, reply));
            } else {
                queue.extend(self.app.update(Msg::Reply(ticket, reply), now()));
            }
        }
    }

    /// Answers the writes of settings that were held back.
    fn release(&mut self) {
        self.fake.holds_settings = false;
        for (ticket, reply) in std::mem::take(&mut self.fake.held) {
            self.send(Msg::Reply(ticket, reply));
        }
    }

    fn send(&mut self, msg: Msg) {
        let effects = self.app.update(msg, now());
        self.carry_out(effects);
    }

    /// Presses keys by name: `tab ctrl-s`.
    fn press(&mut self, keys: &str) -> &mut Desk {
        let keys: Keys = keys.parse().unwrap();
        for key in keys.0 {
            self.send(Msg::Key(key));
        }
        self
    }

    fn type_text(&mut self, text: &str) -> &mut Desk {
        for c in text.chars() {
            self.send(Msg::Key(Key::char(c)));
        }
        self
    }

    /// Moves from field to field, down and then up, until the cursor is in one.
    fn to(&mut self, label: &str) -> &mut Desk {
        for step in ["tab", "shift-tab"] {
            for _ in 0..60 {
                if self.focused_line().contains(label) {
                    return self;
                }
                self.press(step);
            }
        }
        panic!("no field {label}:\n{}", self.screen(90, 40));
    }

    /// The line of the screen with the label of the field that the cursor stands in.
    fn focused_line(&self) -> String {
        let (text, cursor) = self.draw(90, 40);
        let row = usize::from(cursor.unwrap_or_default().y);
        let lines: Vec<&str> = text.lines().take(row + 1).collect();
        let labelled = lines.iter().rev().find(|l| l.chars().nth(2).is_some_and(|c| c != ' '));
        labelled.map(|l| (*l).to_owned()).unwrap_or_default()
    }

    fn draw(&self, width: u16, height: u16) -> (String, Option<Position>) {
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        let layers = &self.app.layers;
        let from = layers.iter().rposition(|l| !l.is_popup()).unwrap_or(0);
        let mut cursor = None;
        for layer in layers.iter().skip(from) {
            cursor = layer.draw(area, &mut buf, &self.app.shared);
        }
        (buffer_text(&buf), cursor)
    }

    fn screen(&self, width: u16, height: u16) -> String {
        self.draw(width, height).0
    }

    fn shows(&self, text: &str) -> bool {
        self.screen(90, 60).contains(text)
    }

    fn depth(&self) -> usize {
        self.app.layers.len()
    }

    fn saves(&self) -> Vec<SaveRequest> {
        let saves = self.fake.asked.iter().filter_map(|r| match r {
            Request::Save(save) => Some(save.clone()),
            _ => None,
        });
        saves.collect()
    }

    fn notice(&self) -> String {
        self.app.notice().map(|n| n.text.clone()).unwrap_or_default()
    }

    fn drafts(&self) -> Vec<&String> {
        self.fake.settings.iter().filter(|(k, _)| k.starts_with("draft/")).map(|(_, v)| v).collect()
    }
}

/// The visible text of a buffer: the cells that a wide glyph covers are left out.
fn buffer_text(buf: &Buffer) -> String {
    let mut text = String::new();
    for y in buf.area.top()..buf.area.bottom() {
        let mut line = String::new();
        let mut x = buf.area.left();
        while x < buf.area.right() {
            let symbol = buf[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(width(symbol)).unwrap().max(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
