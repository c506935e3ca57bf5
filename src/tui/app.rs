//! The application: the stack of layers, what they share, and the way of a key press.
//!
//! `update` takes a message and returns effects; it does no I/O and reads no clock, so that all a user
//! can do is testable as data. `draw` shows the state.

mod badge;
mod dispatch;
mod draw;
mod early;
mod global;
mod permits;
mod schema;
mod sweep;
mod sync;

use crate::backend::sync::SyncState;
use crate::contract::error::Error;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::schema::model::{PIPELINED, Schema};
use crate::tui::context::{Change, Context, Effect, Goto, Notice, Severity, Shared, Wishes};
use crate::tui::form::{FormLayer, draft};
use crate::tui::input::{Key, Mouse};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::screen::admin::AdminScreen;
use crate::tui::screen::agenda::AgendaScreen;
use crate::tui::screen::board::BoardScreen;
use crate::tui::screen::detail::DetailScreen;
use crate::tui::screen::inbox::InboxScreen;
use crate::tui::screen::journal::JournalScreen;
use crate::tui::screen::list::ListScreen;
use crate::tui::screen::queue::QueueScreen;
use crate::tui::screen::reports::ReportsScreen;
use crate::tui::screen::today::TodayScreen;
use jiff::Zoned;
use ratatui::layout::Size;
use std::sync::Arc;
use std::time::Duration;

/// Something that happened outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key press.
    Key(Key),
    /// Pasted text.
    Paste(String),
    /// A mouse event.
    Mouse(Mouse),
    /// The screen has another size.
    Resize(Size),
    /// An answer of the backend.
    Reply(Ticket, Reply),
    /// Stored data changed.
    Changed,
    /// The external editor ended.
    Edited(Option<String>),
    /// Something failed outside (clipboard, editor, opener).
    Failed(Message),
    /// A passing notice has been shown long enough.
    NoticeOver(u64),
    /// The first keys of a sequence have waited long enough: show what may follow.
    WhichKey(u64),
    /// Something may have fallen due.
    Due(u64),
    /// It stands otherwise with the server.
    Sync(SyncState),
    /// The sweep of the day may be due.
    Sweep,
    /// What is under way may have gone further: show how far it is.
    Look,
    /// The program is asked to end by a signal: drafts are on their way already.
    Terminate,
}

/// How often what is under way is looked at.
pub(in crate::tui) const LOOK: Duration = Duration::from_millis(200);
/// How often notices are kept for looking back.
const KEPT_NOTICES: usize = 200;
/// The setting that keeps the language the user chose.
const LANGUAGE: &str = "ui/lang";
/// The setting that keeps the theme.
const THEME: &str = "ui/theme";

/// The whole state of the interface.
pub struct App {
    pub(in crate::tui) shared: Shared,
    pub(in crate::tui) layers: Vec<Box<dyn Layer>>,
    pub(in crate::tui) notice: Option<Notice>,
    pub(in crate::tui) notices: Vec<(String, Notice)>,
    /// News that waits until what is shown about the user's own doing is gone.
    news: Option<Notice>,
    serial: u64,
    shown_notices: u64,
    sequences: u64,
    which_key: bool,
    settings: Option<Ticket>,
    undoing: Option<Ticket>,
    listing_drafts: Option<Ticket>,
    confirm_quit: bool,
    mouse: bool,
    /// The language was asked for at the start: the one that was chosen before doesn't count.
    fixed_lang: bool,
    start: Goto,
    alive: fn(u32) -> bool,
    offered_drafts: bool,
    early: early::Early,
    badge: badge::Badge,
    sweeping: Option<Ticket>,
    permits: permits::Permits,
    /// The schema in force, without the forms of one in the making.
    in_force: Arc<Schema>,
}

impl App {
    /// The interface with nothing on it; `start` tells where to go once the user's settings are there.
    /// `alive` tells whether a process of this machine still runs.
    pub fn new(shared: Shared, mouse: bool, start: Goto, alive: fn(u32) -> bool) -> App {
        App {
            in_force: Arc::clone(&shared.schema),
            shared,
            layers: Vec::new(),
            notice: None,
            notices: Vec::new(),
            news: None,
            serial: 0,
            shown_notices: 0,
            sequences: 0,
            which_key: false,
            settings: None,
            undoing: None,
            listing_drafts: None,
            confirm_quit: false,
            mouse,
            fixed_lang: false,
            start,
            alive,
            offered_drafts: false,
            early: early::Early::default(),
            badge: badge::Badge::default(),
            sweeping: None,
            permits: permits::Permits::default(),
        }
    }

    /// Keeps the language it was made with, whichever was chosen in an earlier run.
    #[must_use]
    pub fn with_fixed_lang(mut self, fixed: bool) -> App {
        self.fixed_lang = fixed;
        self
    }

    /// Begins by telling something that was found out before there was a screen.
    #[must_use]
    pub fn with_news(mut self, news: Option<Message>) -> App {
        if let Some(news) = news {
            self.tell(Severity::Warning, news);
        }
        self
    }

    /// Asks for the user's settings: the first effects.
    pub fn start(&mut self) -> Vec<Effect> {
        self.with_context(|app, cx| {
            let slot = cx.slot();
            *app = Some(cx.ask(slot, Request::Settings(String::new())));
        })
    }

    fn with_context(&mut self, f: impl FnOnce(&mut Option<Ticket>, &mut Context<'_>)) -> Vec<Effect> {
        let mut wishes = Wishes::default();
        let mut ticket = None;
        let mut cx = Context { shared: &self.shared, serial: &mut self.serial, out: &mut wishes };
        f(&mut ticket, &mut cx);
        if ticket.is_some() {
            self.settings = ticket;
        }
        self.carry_out(wishes)
    }

    /// Whether the first screen has been filled.
    pub fn is_ready(&self) -> bool {
        self.layers.first().is_some_and(|l| l.is_ready())
    }

    /// What layers share, for the outside.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether mouse reports are wanted.
    pub fn wants_mouse(&self) -> bool {
        self.mouse
    }

    /// The text of the current notice, for tests and the log.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Takes a message at a moment and tells what is to be done outside.
    pub fn update(&mut self, msg: Msg, now: Zoned) -> Vec<Effect> {
        self.shared.now = now;
        let before = self.shown_notices;
        let mut effects = self.take_in_turn(msg);
        if self.shown_notices != before {
            effects.extend(self.pass_notice());
        }
        effects.extend(self.ask_permits());
        effects
    }

    /// What a new notice asks for: an end, if it is a passing one, and the bell.
    fn pass_notice(&self) -> Vec<Effect> {
        let config = &self.shared.config.interface;
        match &self.notice {
            Some(Notice { severity: Severity::Error, .. }) if config.bell => vec![Effect::Bell],
            Some(Notice { severity: Severity::Error, .. }) | None => Vec::new(),
            Some(_) => {
                let after = Duration::from_secs(config.notice_seconds);
                vec![Effect::Later(after, Msg::NoticeOver(self.shown_notices))]
            }
        }
    }

    fn take(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => self.key(key),
            Msg::Paste(text) => self.send_top(Event::Paste(text)),
            Msg::Mouse(mouse) => self.mouse(mouse),
            Msg::Resize(size) => {
                self.shared.size = size;
                self.send_all(&Event::Resized)
            }
            Msg::Reply(ticket, reply) => self.reply(ticket, reply),
            Msg::Changed => {
                self.forget_permits();
                let mut effects = self.send_all(&Event::Changed);
                effects.extend(self.badge_soon());
                effects
            }
            Msg::Due(timer) => self.badge_due(timer),
            Msg::Sync(state) => {
                self.shared.sync = Some(state);
                Vec::new()
            }
            Msg::Sweep => self.sweep_now(),
            Msg::Edited(text) => self.send_top(Event::Edited(text)),
            Msg::Failed(message) => {
                self.tell(Severity::Error, message);
                Vec::new()
            }
            Msg::NoticeOver(number) => {
                let passing = self.notice.as_ref().is_none_or(|n| n.severity != Severity::Error);
                if passing && number == self.shown_notices {
                    self.show_news();
                }
                Vec::new()
            }
            Msg::WhichKey(number) => {
                self.which_key = number == self.sequences && !self.shared.pending.is_empty();
                Vec::new()
            }
            Msg::Look if self.layers.iter().any(|l| l.is_working()) => vec![Effect::Later(LOOK, Msg::Look)],
            Msg::Look => Vec::new(),
            Msg::Terminate => vec![Effect::Quit],
        }
    }

    fn tell(&mut self, severity: Severity, message: Message) {
        let text = self.shared.message(&message);
        self.show(Notice { severity, text });
    }

    fn show(&mut self, notice: Notice) {
        let at = self.shared.now.strftime("%H:%M:%S").to_string();
        self.notices.push((at, notice.clone()));
        if self.notices.len() > KEPT_NOTICES {
            self.notices.remove(0);
        }
        self.notice = Some(notice);
        self.shown_notices += 1;
    }

    /// Puts the news that waited, if any, in the place of what is shown.
    fn show_news(&mut self) {
        self.notice = None;
        if let Some(news) = self.news.take() {
            self.show(news);
        }
    }

    fn send_all(&mut self, event: &Event) -> Vec<Effect> {
        let mut effects = Vec::new();
        for place in 0..self.layers.len() {
            effects.extend(self.send(place, event.clone()).1);
        }
        effects
    }

    fn send_top(&mut self, event: Event) -> Vec<Effect> {
        match self.layers.len().checked_sub(1) {
            Some(top) => self.send(top, event).1,
            None => Vec::new(),
        }
    }

    /// Gives an event to one layer and carries out what it asks for.
    fn send(&mut self, place: usize, event: Event) -> (Flow, Vec<Effect>) {
        let mut wishes = Wishes::default();
        let flow = match self.layers.get_mut(place) {
            Some(layer) => {
                let mut cx = Context { shared: &self.shared, serial: &mut self.serial, out: &mut wishes };
                layer.update(event, &mut cx)
            }
            None => Flow::Ignored,
        };
        let mut effects = Vec::new();
        if let Some(result) = wishes.close.take() {
            effects.extend(self.close(place, result));
        }
        effects.extend(self.carry_out(wishes));
        (flow, effects)
    }

    /// Removes a layer and hands its result to the one below.
    fn close(&mut self, place: usize, result: Closed) -> Vec<Effect> {
        if place >= self.layers.len() {
            return Vec::new();
        }
        self.layers.remove(place);
        self.early.note_closed();
        match place.checked_sub(1) {
            Some(below) => self.send(below, Event::Closed(result)).1,
            None if self.layers.is_empty() => vec![Effect::Quit],
            None => Vec::new(),
        }
    }

    fn carry_out(&mut self, wishes: Wishes) -> Vec<Effect> {
        let mut effects = wishes.effects;
        self.mirror(&effects);
        if let Some(notice) = wishes.notice {
            self.show(notice);
        }
        for (key, value) in wishes.settings {
            effects.extend(self.put_setting(key, value));
        }
        for change in wishes.change {
            effects.extend(self.change(change));
        }
        for layer in wishes.push {
            // The keys of a sequence were meant for what was on top.
            self.shared.pending.clear();
            self.early.note_opened();
            self.layers.push(layer);
        }
        if let Some(place) = wishes.goto {
            effects.extend(self.open_place(place, true));
        }
        if let Some(action) = wishes.action {
            effects.extend(self.act(action));
        }
        if let Some(delta) = wishes.step {
            effects.extend(self.step(delta));
        }
        effects
    }

    /// Settings that layers write themselves, forms their drafts above all, are known here at once.
    fn mirror(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Ask(_, Request::PutSetting { key, value }) = effect {
                self.remember_setting(key, value.as_deref());
            }
        }
    }

    fn remember_setting(&mut self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.shared.settings.insert(key.to_owned(), value.to_owned()),
            None => self.shared.settings.remove(key),
        };
    }

    fn put_setting(&mut self, key: String, value: Option<String>) -> Vec<Effect> {
        self.remember_setting(&key, value.as_deref());
        self.serial += 2;
        let ticket = Ticket { slot: Slot(self.serial - 1), serial: self.serial };
        vec![Effect::Ask(ticket, Request::PutSetting { key, value })]
    }

    fn change(&mut self, change: Change) -> Vec<Effect> {
        let mut effects = match change {
            Change::Theme(name) => {
                if !self.take_theme(&name) {
                    return Vec::new();
                }
                self.put_setting(THEME.to_owned(), Some(name))
            }
            Change::Lang(lang) => {
                self.shared.lang = lang;
                self.put_setting(LANGUAGE.to_owned(), Some(lang.tag().to_owned()))
            }
        };
        effects.extend(self.send_all(&Event::Resized));
        effects
    }

    /// Shows everything in a theme; whether there is one of that name.
    fn take_theme(&mut self, name: &str) -> bool {
        let theme = crate::tui::theme::Theme::built_in(name);
        let known = theme.is_some();
        match theme {
            Some(theme) => self.shared.theme = theme,
            None => self.tell(Severity::Error, crate::msg!("theme-unknown", name = name)),
        }
        known
    }

    /// Opens a place.
    fn go(&mut self, place: Goto) -> Vec<Effect> {
        self.open_place(place, false)
    }

    /// Opens a place; a list in the place of all screens, unless it leads back to the one that it was opened from.
    fn open_place(&mut self, place: Goto, leads_back: bool) -> Vec<Effect> {
        let leads_back =
            leads_back && matches!(place, Goto::List(..)) && self.layers.last().is_some_and(|l| l.keeps_below());
        let mut wishes = Wishes::default();
        let mut cx = Context { shared: &self.shared, serial: &mut self.serial, out: &mut wishes };
        let layer: Option<Box<dyn Layer>> = match place {
            Goto::List(object, filter) => {
                let object = self.shared.schema.find_object(&object).map(|o| o.name.clone());
                let list = object.and_then(|o| ListScreen::open(&o, &filter, &mut cx));
                list.map(|list| Box::new(if leads_back { list.leading_back() } else { list }) as Box<dyn Layer>)
            }
            Goto::Board(pipeline) => match BoardScreen::open(pipeline.as_deref(), &mut cx) {
                Some(board) => Some(Box::new(board)),
                // Without pipelines there is the list.
                None => ListScreen::open(PIPELINED, "", &mut cx).map(|s| Box::new(s) as Box<dyn Layer>),
            },
            Goto::Record(key) => Some(Box::new(DetailScreen::open(key, &mut cx))),
            Goto::Add(object, given) => Some(FormLayer::add(&object, given, &mut cx)),
            Goto::Queue(of) => QueueScreen::open(of, &mut cx).map(|s| Box::new(s) as Box<dyn Layer>),
            Goto::AddAbout(object, about, given) => Some(FormLayer::add_about(&object, about, given, &mut cx)),
            Goto::Today => Some(Box::new(TodayScreen::open(&mut cx))),
            Goto::Agenda => Some(Box::new(AgendaScreen::open(&mut cx))),
            Goto::Log(filter) => Some(Box::new(JournalScreen::new(&filter, &mut cx))),
            Goto::Inbox => Some(Box::new(InboxScreen::open(&mut cx))),
            Goto::Reports => Some(Box::new(ReportsScreen::open(&mut cx))),
            Goto::Admin => Some(Box::new(AdminScreen::open(&mut cx))),
        };
        let is_list = layer.as_ref().is_some_and(|l| l.is_root());
        if let Some(layer) = layer {
            if is_list && !leads_back && !self.layers.iter().any(|l| l.is_dirty()) {
                self.layers.clear();
            }
            self.early.note_opened();
            self.layers.push(layer);
        }
        self.carry_out(wishes)
    }

    /// Steps the nearest list below the top layer and tells the top layer the record it is on now.
    fn step(&mut self, delta: isize) -> Vec<Effect> {
        let Some(top) = self.layers.len().checked_sub(1) else { return Vec::new() };
        let mut wishes = Wishes::default();
        let mut key = None;
        for layer in self.layers.iter_mut().take(top).rev() {
            let mut cx = Context { shared: &self.shared, serial: &mut self.serial, out: &mut wishes };
            key = layer.step(delta, &mut cx);
            if key.is_some() || layer.can_step() {
                break;
            }
        }
        let mut effects = self.carry_out(wishes);
        match key {
            Some(key) => effects.extend(self.send(top, Event::Stepped(key)).1),
            None => self.tell(Severity::Info, crate::msg!("step-no-more")),
        }
        effects
    }

    fn reply(&mut self, ticket: Ticket, reply: Reply) -> Vec<Effect> {
        if self.settings == Some(ticket) {
            self.settings = None;
            return self.take_settings(reply);
        }
        if self.undoing == Some(ticket) {
            self.undoing = None;
            self.tell_undone(&reply);
            return Vec::new();
        }
        if self.listing_drafts == Some(ticket) {
            self.listing_drafts = None;
            return self.list_drafts(reply);
        }
        if self.permits_answer(ticket, &reply) || self.sweep_answer(ticket, &reply) {
            return Vec::new();
        }
        if let Some(effects) = self.badge_answer(ticket, &reply) {
            return effects;
        }
        if let Reply::SettingPut(Err(error)) = &reply
            && *error != Error::Cancelled
        {
            let text = self.shared.error(error, None);
            self.show(Notice { severity: Severity::Error, text });
        }
        self.take_forms(&reply);
        for place in (0..self.layers.len()).rev() {
            let (flow, effects) = self.send(place, Event::Reply(ticket, reply.clone()));
            if flow == Flow::Used {
                return effects;
            }
        }
        // Nobody waits for it any more, but what was not written must be told.
        if let Some(error) = reply.unwritten() {
            let text = self.shared.error(error, None);
            self.show(Notice { severity: Severity::Error, text });
        }
        Vec::new()
    }

    /// The user's settings are there: open the first screen, then what was left unfinished.
    fn take_settings(&mut self, reply: Reply) -> Vec<Effect> {
        match reply {
            Reply::Settings(Ok(settings)) => {
                self.shared.settings = settings.into_iter().collect();
            }
            Reply::Settings(Err(error)) => {
                let text = self.shared.error(&error, None);
                self.show(Notice { severity: Severity::Error, text });
            }
            _ => {}
        }
        let mut effects = Vec::new();
        if let Some(lang) = self.shared.settings.get(LANGUAGE).and_then(|tag| Lang::from_tag(tag))
            && !self.fixed_lang
        {
            self.shared.lang = lang;
        }
        if let Some(name) = self.shared.settings.get(THEME).cloned() {
            self.take_theme(&name);
            effects.extend(self.send_all(&Event::Resized));
        }
        if self.layers.is_empty() {
            effects.extend(self.go(self.start.clone()));
        }
        let drafts = self.left_drafts();
        if !drafts.is_empty() && !self.offered_drafts {
            self.layers.push(Box::new(draft::DraftsLayer::new(drafts)));
        }
        self.offered_drafts = true;
        effects.extend(self.badge_soon());
        effects.extend(self.sweep_soon());
        effects
    }
}
