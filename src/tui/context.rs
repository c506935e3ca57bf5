//! What layers know and what they can ask for.

use crate::backend::Me;
use crate::backend::sync::{Link, SyncState};
use crate::config::Config;
use crate::contract::error::Error;
use crate::contract::request::View;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey, Titles};
use crate::domain::value::Value;
use crate::i18n;
use crate::schema::compute;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Kind, Object, Schema};
use crate::tui::action::Action;
use crate::tui::app::Msg;
use crate::tui::keymap::Keymap;
use crate::tui::layer::{Closed, Layer};
use crate::tui::request::{Request, Slot, Ticket};
use crate::tui::screen::queue::QueueOf;
use crate::tui::text::Glyphs;
use crate::tui::theme::Theme;
use jiff::Zoned;
use ratatui::layout::Size;
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What every layer may read: the same for all of them.
pub struct Shared {
    /// The schema in force.
    pub schema: Arc<Schema>,
    /// The signed-in user.
    pub me: Option<Me>,
    /// The interface's language.
    pub lang: Lang,
    /// The moment of the event being dealt with, in the user's zone.
    pub now: Zoned,
    /// The screen's size.
    pub size: Size,
    /// Colours by role.
    pub theme: Theme,
    /// Symbols and measure of text.
    pub glyphs: Glyphs,
    /// Keys and actions.
    pub keymap: Keymap,
    /// The user's settings: columns, views, drafts.
    pub settings: BTreeMap<String, String>,
    /// The name of the store; empty where it needs none.
    pub place: String,
    /// Whether changes can be made at all.
    pub writable: bool,
    /// The configuration.
    pub config: Arc<Config>,
    /// How it stands with the server; `None` for a store of this machine.
    pub sync: Option<SyncState>,
    /// What follows `y`, `g` …: the keys of a sequence typed so far.
    pub pending: Vec<crate::tui::input::Key>,
}

impl Shared {
    /// A text of the catalogue.
    pub fn text(&self, key: &str) -> String {
        i18n::text(self.lang, key)
    }

    /// A message in the interface's language.
    pub fn message(&self, message: &Message) -> String {
        i18n::message(self.lang, message)
    }

    /// Parts of a list one after the other, set apart as the interface's language does it.
    pub fn listed(&self, parts: &[impl Borrow<str>]) -> String {
        parts.join(&self.text("list-separator"))
    }

    /// A label and what it stands for.
    pub fn labelled(&self, label: &str, value: &str) -> String {
        format!("{label}{}{value}", self.text("label-colon"))
    }

    /// The list of an object with a filter that the program wrote, in the words of the interface's language.
    pub fn list_of(&self, name: &str, filter: &str) -> Goto {
        let worded = |object| crate::schema::filter::worded(&self.schema, object, filter, self.lang);
        Goto::List(name.to_owned(), self.object(name).map_or_else(|| filter.to_owned(), worded))
    }

    /// An error in the interface's language, in one line.
    pub fn error(&self, error: &Error, object: Option<&Object>) -> String {
        match error {
            Error::Invalid(errors) => {
                let name = |field: &str| {
                    object.and_then(|o| o.field(field)).map_or(field.to_owned(), |f| f.label.get(self.lang).to_owned())
                };
                let line = |e: &crate::domain::message::FieldError| match e.field.as_str() {
                    "" => self.message(&e.message),
                    field => self.labelled(&name(field), &self.message(&e.message)),
                };
                errors.iter().map(line).collect::<Vec<_>>().join(&self.text("list-sentences"))
            }
            Error::NotFound(m)
            | Error::Denied(m)
            | Error::Offline(m)
            | Error::Timeout(m)
            | Error::Corrupt(m)
            | Error::Other(m) => self.message(m),
            Error::Filter { message, .. } => {
                let mut message = message.clone();
                for (name, value) in &mut message.args {
                    if let Some(field) = object.filter(|_| *name == "field").and_then(|o| o.field(value)) {
                        *value = field.label.get(self.lang).to_owned();
                    }
                }
                self.message(&message)
            }
            Error::Ambiguous { message, .. } | Error::Conflict { message, .. } => self.message(message),
            Error::Cancelled => self.text("cancelled"),
        }
    }

    /// An object of the schema.
    pub fn object(&self, name: &str) -> Option<&Object> {
        self.schema.object(name)
    }

    /// A value as it is shown.
    pub fn format(&self, kind: &Kind, value: &Value, titles: &Titles) -> String {
        let text = kind::format(kind, value, &self.format_context(titles));
        match kind {
            Kind::Rollup { .. } | Kind::Formula { .. }
                if self.counts_what_is_here() && !text.is_empty() && compute::rests_on_rollups(&self.schema, kind) =>
            {
                self.message(&crate::msg!("sync-counted-here", value = text))
            }
            _ => text,
        }
    }

    /// Whether what is worked out of other records knows only those that are on this machine.
    fn counts_what_is_here(&self) -> bool {
        self.sync.as_ref().is_some_and(|state| state.link != Link::Online)
    }

    /// What a record is called: its title, and its code where it has one.
    pub fn record_title(&self, view: &View) -> String {
        let Some(object) = self.object(&view.record.object) else { return String::new() };
        let show = |name: &str| {
            let field = object.field(name);
            field.map(|f| self.format(&f.kind, view.record.get(name), &view.titles)).filter(|t| !t.is_empty())
        };
        let code = object.code.as_deref().filter(|code| *code != object.title);
        [show(&object.title), code.and_then(show)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// What formatting needs beside the value.
    pub fn format_context<'a>(&'a self, titles: &'a Titles) -> FormatContext<'a> {
        FormatContext { lang: self.lang, zone: self.now.time_zone(), titles, schema: &self.schema }
    }
}

/// How weighty a notice is. Errors stay until dismissed, others go with the next key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Something was done.
    Info,
    /// Something is odd.
    Warning,
    /// Something failed.
    Error,
}

/// A line for the user at the foot of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How weighty.
    pub severity: Severity,
    /// The text.
    pub text: String,
}

/// Something outside the interface that is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the backend.
    Ask(Ticket, Request),
    /// Put text on the clipboard.
    Copy(String),
    /// Open text in the external editor; the top layer gets it back.
    Edit {
        /// The text to start from.
        text: String,
        /// The file name's extension, for the editor's colours.
        extension: &'static str,
    },
    /// Open a link, address or number with the system's opener.
    OpenLink(String),
    /// Switch mouse reports.
    Mouse(bool),
    /// Stop the process until it is continued.
    Suspend,
    /// Ring the bell.
    Bell,
    /// Show a notice on the desktop, as the configuration says.
    Notify(String),
    /// Send this message after some time.
    Later(Duration, Msg),
    /// End the program.
    Quit,
}

/// What a layer asks for while it deals with an event.
pub struct Context<'a> {
    /// What it may read.
    pub shared: &'a Shared,
    pub(in crate::tui) serial: &'a mut u64,
    pub(in crate::tui) out: &'a mut Wishes,
}

/// Collected by [`Context`], carried out by the application after the event.
#[derive(Default)]
pub struct Wishes {
    pub(in crate::tui) effects: Vec<Effect>,
    pub(in crate::tui) push: Vec<Box<dyn Layer>>,
    pub(in crate::tui) close: Option<Closed>,
    pub(in crate::tui) notice: Option<Notice>,
    pub(in crate::tui) goto: Option<Goto>,
    pub(in crate::tui) change: Vec<Change>,
    pub(in crate::tui) settings: Vec<(String, Option<String>)>,
    pub(in crate::tui) action: Option<Action>,
    pub(in crate::tui) step: Option<isize>,
}

/// Changes what all layers share.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another theme by name.
    Theme(String),
    /// Another language.
    Lang(Lang),
}

/// Leads to another place of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Goto {
    /// The list of an object, with a filter.
    List(String, String),
    /// The board of a pipeline, or of the one that was open last.
    Board(Option<String>),
    /// The 360° view of a record, above what is open.
    Record(RecordKey),
    /// A form for a new record of an object, with the fields it starts with.
    Add(String, Fields),
    /// The call queue of a list, above it.
    Queue(QueueOf),
    /// The same for a record that is about another one: it refers to that, and to what that refers to.
    AddAbout(String, RecordKey, Fields),
    /// What is due, and one's figures.
    Today,
    /// The agenda.
    Agenda,
    /// The log of changes and events, with a filter.
    Log(String),
    /// The inbox of approvals.
    Inbox,
    /// The reports.
    Reports,
    /// The administrator's menu.
    Admin,
}

impl Context<'_> {
    /// A new slot for requests that supersede each other.
    pub fn slot(&mut self) -> Slot {
        *self.serial += 1;
        Slot(*self.serial)
    }

    /// Asks the backend; the answer comes as [`super::layer::Event::Reply`] with this ticket.
    pub fn ask(&mut self, slot: Slot, request: Request) -> Ticket {
        *self.serial += 1;
        let ticket = Ticket { slot, serial: *self.serial };
        self.out.effects.push(Effect::Ask(ticket, request));
        ticket
    }

    /// Asks for an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.out.effects.push(effect);
    }

    /// Opens a layer above this one.
    pub fn push(&mut self, layer: Box<dyn Layer>) {
        self.out.push.push(layer);
    }

    /// Closes this layer with a result for the one below.
    pub fn close(&mut self, result: Closed) {
        self.out.close = Some(result);
    }

    /// Goes to another place.
    pub fn goto(&mut self, place: Goto) {
        self.out.goto = Some(place);
    }

    /// Changes what all layers share.
    pub fn change(&mut self, change: Change) {
        self.out.change.push(change);
    }

    /// Keeps a setting of the user, or removes it.
    pub fn put_setting(&mut self, key: String, value: Option<String>) {
        self.out.settings.push((key, value));
    }

    /// Does an action after this event, as if its key had been pressed in what is on top then.
    pub fn act(&mut self, action: Action) {
        self.out.action = Some(action);
    }

    /// Steps the list below; this layer is told the record by [`super::layer::Event::Stepped`].
    pub fn step(&mut self, delta: isize) {
        self.out.step = Some(delta);
    }

    /// Tells the user something.
    pub fn info(&mut self, message: Message) {
        self.notice(Severity::Info, message);
    }

    /// Warns the user.
    pub fn warn(&mut self, message: Message) {
        self.notice(Severity::Warning, message);
    }

    /// Shows a failure.
    pub fn fail(&mut self, error: &Error, object: Option<&Object>) {
        let text = self.shared.error(error, object);
        self.out.notice = Some(Notice { severity: Severity::Error, text });
    }

    fn notice(&mut self, severity: Severity, message: Message) {
        self.out.notice = Some(Notice { severity, text: self.shared.message(&message) });
    }
}
