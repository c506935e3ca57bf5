//! The interface over a real store and without a terminal, as its benches drive it: what the program asks before and
//! after a frame is asked here in the same order.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::config::Config;
use tcrm::domain::lang::Lang;
use tcrm::tui::app::{App, Msg};
use tcrm::tui::context::{Effect, Goto, Shared};
use tcrm::tui::keymap::Keymap;
use tcrm::tui::renderer::{Options, Renderer};
use tcrm::tui::request::{Request, Slot, Ticket, ask};
use tcrm::tui::text::{Glyphs, Measure};
use tcrm::tui::theme::Theme;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

/// The interface without a terminal.
pub(crate) struct Screen {
    app: App,
    renderer: Renderer,
    pub(crate) backend: Arc<LocalBackend>,
    pub(crate) runtime: Runtime,
    sender: UnboundedSender<Msg>,
    receiver: UnboundedReceiver<Msg>,
    /// The serial of each question, and whether a frame is shown without its answer.
    running: HashMap<Slot, (u64, AbortHandle, bool)>,
    /// What is asked when the frame is out.
    held: Vec<(Ticket, Request)>,
    out: Vec<u8>,
}

impl Screen {
    /// Opens a store and draws its first frame, as the program does.
    pub(crate) fn open(options: OpenOptions, size: Size, first: Goto) -> Screen {
        let theme = Theme::built_in("terminal").unwrap();
        let keymap = Keymap::new([]).unwrap_or_else(|_| panic!("the built-in keys clash"));
        let backend = Arc::new(LocalBackend::open(options).unwrap());
        let shared = Shared {
            schema: backend.schema(),
            me: backend.me(),
            lang: Lang::Zh,
            now: Timestamp::now().to_zoned(TimeZone::UTC),
            size,
            theme,
            glyphs: *Glyphs::select(false, Measure::Narrow),
            keymap,
            settings: BTreeMap::new(),
            place: String::new(),
            writable: true,
            config: Arc::new(Config::default()),
            sync: None,
            pending: Vec::new(),
        };
        let (sender, receiver) = unbounded_channel();
        let mut screen = Screen {
            app: App::new(shared, false, first, |_| false),
            renderer: Renderer::new(Options::default()),
            backend,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            sender,
            receiver,
            running: HashMap::new(),
            held: Vec::new(),
            out: Vec::new(),
        };
        let effects = screen.app.start();
        screen.carry_out(effects);
        screen.answer();
        screen.draw();
        screen
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Ask(ticket, request) = effect else { continue };
            self.held.retain(|(older, _)| older.slot != ticket.slot);
            if request.can_wait() {
                self.held.push((ticket, request));
            } else {
                self.ask(ticket, request);
            }
        }
    }

    fn ask(&mut self, ticket: Ticket, request: Request) {
        // The cards of a board are shown before their sums.
        let is_late = request.can_wait() || matches!(request, Request::Aggregate(_));
        let (backend, sender) = (self.backend.clone(), self.sender.clone());
        let task = self.runtime.spawn(async move {
            let reply = ask(backend, request).await;
            let _ = sender.send(Msg::Reply(ticket, reply));
        });
        let task = (ticket.serial, task.abort_handle(), is_late);
        if let Some((_, older, _)) = self.running.insert(ticket.slot, task) {
            older.abort();
        }
    }

    /// Takes the answers that the frame waits for.
    pub(crate) fn answer(&mut self) {
        while self.running.values().any(|(_, _, is_late)| !is_late) {
            let msg = self.runtime.block_on(self.receiver.recv()).unwrap();
            self.take(msg);
        }
    }

    /// Asks what could wait for the frame, and takes all answers.
    pub(crate) fn settle(&mut self) {
        while !self.held.is_empty() || !self.running.is_empty() {
            for (ticket, request) in std::mem::take(&mut self.held) {
                self.ask(ticket, request);
            }
            while !self.running.is_empty() {
                let msg = self.runtime.block_on(self.receiver.recv()).unwrap();
                self.take(msg);
            }
        }
    }

    /// Hands a message to the program, and asks what it asks then.
    pub(crate) fn take(&mut self, msg: Msg) {
        if let Msg::Reply(ticket, _) = &msg
            && self.running.get(&ticket.slot).is_some_and(|(serial, ..)| *serial == ticket.serial)
        {
            self.running.remove(&ticket.slot);
        }
        let effects = self.app.update(msg, Timestamp::now().to_zoned(TimeZone::UTC));
        self.carry_out(effects);
    }

    /// Draws a frame: the bytes for the terminal.
    pub(crate) fn draw(&mut self) -> usize {
        let size = self.app.shared().size;
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: size.width, height: size.height });
        let cursor = self.app.draw(&mut buffer);
        self.out.clear();
        self.renderer.draw(&buffer, cursor, &mut self.out).unwrap().bytes
    }
}
