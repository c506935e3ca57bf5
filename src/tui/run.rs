//! The loop: wait for an event, take all that is queued, draw once if something changed. No tick.

use crate::backend::Backend;
use crate::backend::sync::SyncState;
use crate::config::{Config, Notice};
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::msg;
use crate::tui::app::{App, Msg};
use crate::tui::context::{Effect, Goto, Shared};
use crate::tui::input::{Input, InputReader};
use crate::tui::keymap::Keymap;
use crate::tui::renderer::{ColorDepth, Options};
use crate::tui::request::{Reply, Request, Slot, Ticket, ask};
use crate::tui::terminal::{Signal, Signals, Terminal, editor_words, install_panic_hook};
use crate::tui::text::{Glyphs, Measure};
use crate::tui::theme::Theme;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

/// How long the first frame waits for the first page, so that the screen doesn't come twice.
const FIRST_FRAME: Duration = Duration::from_millis(80);
/// How long a frame waits for the answers to the keys it shows: mostly one frame shows both then.
const ANSWERS: Duration = Duration::from_millis(2);
/// How long the end waits for writes that are under way.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// What the interface is started with.
pub struct Setup {
    /// Where the data is.
    pub backend: Arc<dyn Backend>,
    /// The language.
    pub lang: Lang,
    /// It was asked for: the one that the user chose before doesn't count.
    pub fixed_lang: bool,
    /// The theme.
    pub theme: Theme,
    /// How the terminal counts ambiguous characters.
    pub measure: Measure,
    /// How many colours are written.
    pub depth: ColorDepth,
    /// The user's time zone.
    pub zone: TimeZone,
    /// Keys.
    pub keymap: Keymap,
    /// Where reports of crashes and texts for the editor are put.
    pub state_dir: PathBuf,
    /// The store's name in the header; empty for a demonstration.
    pub place: String,
    /// What is to be told once the interface is there: it would cover what was said before.
    pub news: Option<Message>,
    /// The first screen.
    pub start: Goto,
    /// The user's settings.
    pub config: Config,
}

/// Runs the interface until the user quits. The terminal is given back whatever happens.
///
/// # Errors
/// When standard input and output are no terminal, or the terminal is gone.
pub fn run(setup: Setup) -> io::Result<()> {
    // Work is done on the backend's threads: this one waits, and draws.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    install_panic_hook(setup.state_dir.clone());
    let result = runtime.block_on(Loop::start(setup));
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}

/// How it stands with the server when that changes; never for a store of this machine.
async fn next_state(link: &mut Option<watch::Receiver<SyncState>>) -> Option<SyncState> {
    let link = link.as_mut()?;
    link.changed().await.ok()?;
    Some(link.borrow_and_update().clone())
}

struct Loop {
    app: App,
    terminal: Terminal,
    reader: InputReader,
    backend: Arc<dyn Backend>,
    sender: UnboundedSender<Msg>,
    receiver: UnboundedReceiver<Msg>,
    running: HashMap<Slot, (u64, AbortHandle)>,
    /// What was asked since the last frame and may be worth waiting for.
    awaited: HashMap<Slot, u64>,
    /// What is asked when the next frame is out.
    held: Vec<(Ticket, Request)>,
    writes: usize,
    zone: TimeZone,
    state_dir: PathBuf,
    config: Arc<Config>,
    done: bool,
    dirty: bool,
}

impl Loop {
    async fn start(setup: Setup) -> io::Result<()> {
        // Signals are taken over before the terminal is, so that none can leave it in disorder.
        let mut signals = Signals::new()?;
        let (width, height) = Terminal::size()?;
        let config = Arc::new(setup.config);
        let mouse = config.interface.mouse;
        let glyphs = *Glyphs::select(config.interface.ascii, setup.measure);
        let shared = Shared {
            schema: setup.backend.schema(),
            me: setup.backend.me(),
            lang: setup.lang,
            now: Timestamp::now().to_zoned(setup.zone.clone()),
            size: Size { width, height },
            theme: setup.theme,
            glyphs,
            keymap: setup.keymap,
            settings: BTreeMap::new(),
            place: setup.place,
            writable: setup.backend.capabilities().write,
            sync: setup.backend.syncing().map(|syncing| syncing.state().borrow().clone()),
            pending: Vec::new(),
            config: config.clone(),
        };
        let app =
            App::new(shared, mouse, setup.start, is_alive).with_fixed_lang(setup.fixed_lang).with_news(setup.news);
        let (sender, receiver) = unbounded_channel();
        let options = Options { depth: setup.depth, measure: setup.measure, ..Options::default() };
        let terminal = Terminal::enter(options, mouse)?;
        let mut this = Loop {
            app,
            terminal,
            reader: InputReader::new(),
            backend: setup.backend,
            sender,
            receiver,
            running: HashMap::new(),
            awaited: HashMap::new(),
            held: Vec::new(),
            writes: 0,
            zone: setup.zone,
            state_dir: setup.state_dir,
            config,
            done: false,
            dirty: true,
        };
        let result = this.turn(&mut signals).await;
        this.finish().await;
        this.terminal.leave()?;
        result
    }

    async fn turn(&mut self, signals: &mut Signals) -> io::Result<()> {
        let effects = self.app.start();
        self.carry_out(effects).await?;
        self.wait_for_first_page().await?;
        self.show().await?;
        let mut changes = self.backend.changes();
        let mut link = self.backend.syncing().map(|syncing| syncing.state());
        if let Some(link) = &mut link {
            link.mark_changed();
        }
        while !self.done {
            self.show().await?;
            tokio::select! {
                input = self.reader.next() => match input {
                    Some(input) => self.take_inputs(input?).await?,
                    None => self.done = true,
                },
                Some(msg) = self.receiver.recv() => self.take(msg).await?,
                Ok(()) = changes.changed() => self.take(Msg::Changed).await?,
                Some(state) = next_state(&mut link) => self.take(Msg::Sync(state)).await?,
                signal = signals.next() => self.take_signal(signal).await?,
            }
            while let Ok(msg) = self.receiver.try_recv() {
                self.take(msg).await?;
            }
        }
        Ok(())
    }

    async fn wait_for_first_page(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + FIRST_FRAME;
        while !self.app.is_ready() {
            match timeout_at(deadline, self.receiver.recv()).await {
                Ok(Some(msg)) => self.take(msg).await?,
                _ => break,
            }
        }
        Ok(())
    }

    /// Draws if something changed, then asks what could wait for that.
    async fn show(&mut self) -> io::Result<()> {
        if self.dirty {
            self.wait_for_answers().await?;
            self.draw()?;
        }
        for (ticket, request) in std::mem::take(&mut self.held) {
            self.ask(ticket, request);
        }
        Ok(())
    }

    async fn wait_for_answers(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + ANSWERS;
        while !self.awaited.is_empty() && !self.done {
            match timeout_at(deadline, self.receiver.recv()).await {
                Ok(Some(msg)) => self.take(msg).await?,
                _ => break,
            }
        }
        self.awaited.clear();
        Ok(())
    }

    /// Takes an input and all that is queued behind it before anything is drawn.
    async fn take_inputs(&mut self, first: Input) -> io::Result<()> {
        let mut next = Some(first);
        while let Some(input) = next {
            let msg = match input {
                Input::Key(key) => Msg::Key(key),
                Input::Paste(text) => Msg::Paste(text),
                Input::Mouse(mouse) => Msg::Mouse(mouse),
                Input::Resize(width, height) => Msg::Resize(Size { width, height }),
            };
            self.take(msg).await?;
            if self.done {
                return Ok(());
            }
            // Polled by this task itself: the reader remembers the waker it is first polled with.
            next = tokio::select! {
                biased;
                input = self.reader.next() => {
                    self.done = input.is_none();
                    input.transpose()?
                }
                () = std::future::ready(()) => None,
            };
        }
        Ok(())
    }

    async fn take_signal(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::Terminate | Signal::Interrupt | Signal::Hangup => self.take(Msg::Terminate).await,
            Signal::Stop => self.stop().await,
            Signal::Continue => {
                self.terminal.repaint();
                self.dirty = true;
                Ok(())
            }
            Signal::WindowChange => {
                let (width, height) = Terminal::size()?;
                self.take(Msg::Resize(Size { width, height })).await
            }
        }
    }

    async fn take(&mut self, msg: Msg) -> io::Result<()> {
        self.dirty = true;
        if let Msg::Reply(ticket, reply) = &msg {
            self.forget(*ticket, reply);
        }
        if matches!(msg, Msg::Changed) {
            self.app.take_schema(&self.backend.schema());
        }
        let now = Timestamp::now().to_zoned(self.zone.clone());
        let effects = self.app.update(msg, now);
        self.carry_out(effects).await
    }

    fn forget(&mut self, ticket: Ticket, reply: &Reply) {
        if self.running.get(&ticket.slot).is_some_and(|(serial, _)| *serial == ticket.serial) {
            self.running.remove(&ticket.slot);
        }
        if self.awaited.get(&ticket.slot) == Some(&ticket.serial) {
            self.awaited.remove(&ticket.slot);
        }
        if reply.is_of_write() {
            self.writes = self.writes.saturating_sub(1);
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        self.dirty = false;
        let size = self.app.shared().size;
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: size.width, height: size.height });
        let cursor = self.app.draw(&mut buffer);
        self.terminal.draw(&buffer, cursor)?;
        Ok(())
    }

    async fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Ask(ticket, request) if request.can_wait() => self.hold(ticket, request),
                Effect::Ask(ticket, request) => {
                    self.held.retain(|(older, _)| older.slot != ticket.slot);
                    if !request.writes() {
                        self.awaited.insert(ticket.slot, ticket.serial);
                    }
                    self.ask(ticket, request);
                }
                Effect::Copy(text) => {
                    if let Err(error) = self.terminal.copy(&text) {
                        self.fail(msg!("copy-failed", why = error));
                    }
                }
                Effect::Edit { text, extension } => self.edit(&text, extension)?,
                Effect::OpenLink(link) => self.open_link(&link),
                Effect::Mouse(on) => self.terminal.set_mouse(on)?,
                Effect::Suspend => self.stop().await?,
                Effect::Bell => self.terminal.bell()?,
                Effect::Notify(text) => self.notify(&text)?,
                Effect::Later(after, msg) => {
                    let sender = self.sender.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(after).await;
                        let _ = sender.send(msg);
                    });
                }
                Effect::Quit => self.done = true,
            }
        }
        Ok(())
    }

    /// Keeps a question until the next frame is out; what it supersedes is over at once.
    fn hold(&mut self, ticket: Ticket, request: Request) {
        if let Some((_, older)) = self.running.remove(&ticket.slot) {
            older.abort();
        }
        self.held.retain(|(older, _)| older.slot != ticket.slot);
        self.held.push((ticket, request));
    }

    fn ask(&mut self, ticket: Ticket, request: Request) {
        let writes = request.writes();
        let (backend, sender) = (self.backend.clone(), self.sender.clone());
        let task = tokio::spawn(async move {
            let reply = ask(backend, request).await;
            // The receiver is gone only when the program ends.
            let _ = sender.send(Msg::Reply(ticket, reply));
        });
        if writes {
            self.writes += 1;
        } else if let Some((_, older)) = self.running.insert(ticket.slot, (ticket.serial, task.abort_handle())) {
            older.abort();
        }
    }

    fn fail(&self, message: crate::domain::message::Message) {
        let _ = self.sender.send(Msg::Failed(message));
    }

    async fn stop(&mut self) -> io::Result<()> {
        self.reader.pause();
        if let Err(error) = self.terminal.stop().await {
            if error.kind() != io::ErrorKind::Unsupported {
                return Err(error);
            }
            self.fail(msg!("suspend-unsupported"));
        }
        self.reader.resume();
        let (width, height) = Terminal::size()?;
        let _ = self.sender.send(Msg::Resize(Size { width, height }));
        self.dirty = true;
        Ok(())
    }

    /// Lets the user edit text in the external editor and hands it to the top layer.
    fn edit(&mut self, text: &str, extension: &str) -> io::Result<()> {
        let visual = self.config.edit.editor.clone().or_else(|| std::env::var("VISUAL").ok());
        let command = editor_words(visual.as_deref(), std::env::var("EDITOR").ok().as_deref());
        let path = self.state_dir.join(format!("edit-{}.{extension}", std::process::id()));
        if let Err(error) = write_private(&path, text) {
            self.fail(msg!("editor-file", path = path.display(), why = error));
            return Ok(());
        }
        self.reader.pause();
        let ended = self.terminal.edit(&command, &path);
        self.reader.resume();
        let edited = match ended {
            Ok(status) if status.success() => std::fs::read_to_string(&path).ok(),
            Ok(status) => {
                self.fail(msg!("editor-failed", command = command.join(" "), why = status));
                None
            }
            Err(error) => {
                self.fail(msg!("editor-failed", command = command.join(" "), why = error));
                None
            }
        };
        // What was typed is with the form from here on; a file that can't be removed does no harm.
        let _ = std::fs::remove_file(&path);
        let _ = self.sender.send(Msg::Edited(edited));
        let (width, height) = Terminal::size()?;
        let _ = self.sender.send(Msg::Resize(Size { width, height }));
        Ok(())
    }

    fn open_link(&self, link: &str) {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let null = std::process::Stdio::null;
        let mut process = std::process::Command::new(opener);
        let started = process.arg(link).stdin(null()).stdout(null()).stderr(null()).spawn();
        match started {
            Ok(child) => wait_apart(child),
            // Over SSH there may be nothing to open it with: it is told where it is.
            Err(error) => self.fail(msg!("link-failed", link = link, command = opener, why = error)),
        }
    }

    /// Shows a notice outside the terminal, as the configuration says.
    fn notify(&mut self, text: &str) -> io::Result<()> {
        let config = &self.config.reminders;
        let (Notice::Command, Some(command)) = (config.notice, &config.command) else {
            return self.terminal.notify(config.notice, text);
        };
        let words = editor_words(Some(command), None);
        let null = std::process::Stdio::null;
        if let Some((program, args)) = words.split_first() {
            let plain: String = text.chars().filter(|c| !c.is_control()).collect();
            let mut process = std::process::Command::new(program);
            let started = process.args(args).arg(plain).stdin(null()).stdout(null()).stderr(null()).spawn();
            match started {
                Ok(child) => wait_apart(child),
                Err(error) => self.fail(msg!("remind-notice-failed", command = program, why = error)),
            }
        }
        Ok(())
    }

    /// Waits for the writes that are under way, drafts above all.
    async fn finish(&mut self) {
        let deadline = Instant::now() + LAST_WRITES;
        while self.writes > 0 {
            match timeout_at(deadline, self.receiver.recv()).await {
                Ok(Some(msg @ Msg::Reply(..))) => {
                    if self.take(msg).await.is_err() {
                        break;
                    }
                }
                Ok(Some(_)) => {}
                _ => break,
            }
        }
    }
}

/// Writes a file that only the user can read.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use io::Write;
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

/// Whether a process of this program still runs on this machine. Where that can't be told, it is taken for
/// ended, as is one that was killed and not yet buried, and another program that was given its number.
fn is_alive(pid: u32) -> bool {
    let stat = |who: &str| {
        let text = std::fs::read_to_string(format!("/proc/{who}/stat")).ok()?;
        let (name, rest) = text.rsplit_once(')')?;
        Some((name.split_once('(')?.1.to_owned(), rest.trim_start().chars().next()?))
    };
    match (stat(&pid.to_string()), stat("self")) {
        (Some((name, state)), Some((own, _))) => {
            pid != std::process::id() && name == own && !matches!(state, 'Z' | 'X')
        }
        _ => false,
    }
}

/// Somebody must wait for a process that was started, or its remains stay.
fn wait_apart(mut child: std::process::Child) {
    drop(std::thread::Builder::new().spawn(move || child.wait()));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::is_alive;

    #[test]
    fn a_process_that_ended_or_is_another_program_does_not_hold_its_drafts_back() {
        let mut other = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(!is_alive(other.id()), "another program");
        other.kill().unwrap();
        other.wait().unwrap();
        assert!(!is_alive(other.id()));
        assert!(!is_alive(std::process::id()), "drafts of its own are shown when asked for");
    }
}
