//! A home of its own, and the program in a pseudo-terminal whose screen is read back.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tcrm");
/// The customer that tests look for; one of the sample data has the same name.
pub(crate) const NAME: &str = "深圳市华信科技有限公司";

pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn empty() -> Home {
        Home { folder: tempfile::tempdir().unwrap() }
    }

    /// With a store of sample data, made once and copied.
    pub(crate) fn with_store() -> Home {
        static MADE: OnceLock<TempDir> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let home = Home::empty();
            home.ok(&["init", "--demo", "300", "--seed", "1"]);
            home.folder
        });
        let home = Home::empty();
        for file in std::fs::read_dir(made.path()).unwrap().map(Result::unwrap) {
            if file.file_name().to_string_lossy().starts_with("store.db") {
                std::fs::copy(file.path(), home.folder.path().join(file.file_name())).unwrap();
            }
        }
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn env(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.path(name).display().to_string();
        let given = [
            ("HOME", path("")),
            ("XDG_CONFIG_HOME", path("config")),
            ("XDG_DATA_HOME", path("data")),
            ("XDG_STATE_HOME", path("state")),
            ("TCRM_STORE", path("store.db")),
            ("TCRM_LANG", "en".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("TZ", "UTC".to_owned()),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
        ];
        given.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        Command::new(PROGRAM).args(args).current_dir(self.folder.path()).env_clear().envs(self.env()).output().unwrap()
    }

    /// The same with more in its environment.
    #[cfg(feature = "network")]
    pub(crate) fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(args).current_dir(self.folder.path()).env_clear().envs(self.env());
        command.envs(env.iter().copied()).output().unwrap()
    }

    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// A record as `tcrm show` tells it.
    pub(crate) fn show(&self, object: &str, what: &str) -> serde_json::Value {
        serde_json::from_str(&self.ok(&["show", object, what, "--json"])).unwrap()
    }

    /// How many records of an object a filter finds.
    pub(crate) fn count(&self, object: &str, filter: &str) -> usize {
        self.ok(&["list", object, filter, "--limit", "0", "--ids"]).lines().count()
    }

    /// Starts the interface.
    pub(crate) fn start(&self) -> Console {
        self.start_with(&[])
    }

    /// Starts the interface for one of the people of the sample data.
    pub(crate) fn start_as(&self, login: &str) -> Console {
        let console = self.spawn(&[PROGRAM, "--as", login], &[]);
        console.sees("Customers").sees("C-000");
        console
    }

    /// Starts the interface with more in its environment, and waits for the first screen.
    pub(crate) fn start_with(&self, env: &[(&str, &str)]) -> Console {
        let console = self.spawn(&[PROGRAM], env);
        console.sees("Customers");
        console.sees("C-000");
        console
    }

    /// Starts a command in a terminal of 80×24.
    pub(crate) fn spawn(&self, command: &[&str], env: &[(&str, &str)]) -> Console {
        let mut builder = CommandBuilder::new(command[0]);
        builder.args(&command[1..]);
        builder.env_clear();
        builder.cwd(self.folder.path());
        for (name, value) in self.env() {
            builder.env(name, value);
        }
        for (name, value) in env {
            builder.env(name, value);
        }
        Console::start(builder)
    }

    /// Waits until a file of this home is there.
    pub(crate) fn waits_for(&self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.path(name).exists() {
            assert!(Instant::now() < deadline, "there is never a file {name}");
            std::thread::yield_now();
        }
    }

    /// Writes a script for `$EDITOR` and gives the command that runs it.
    pub(crate) fn editor(&self, script: &str) -> String {
        let path = self.path("editor.sh");
        std::fs::write(&path, script).unwrap();
        format!("sh {}", path.display())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// What came out of the terminal so far.
struct Seen {
    screen: vt100::Parser,
    raw: Vec<u8>,
    over: bool,
}

pub(crate) struct Console {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Mutex<Box<dyn Write + Send>>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    /// The terminal's modes before the program changed them.
    modes: Option<u32>,
}

fn size(width: u16, height: u16) -> PtySize {
    PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

impl Console {
    fn start(builder: CommandBuilder) -> Console {
        let pair = native_pty_system().openpty(size(80, 24)).unwrap();
        let modes = modes(pair.master.as_ref());
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let seen = Seen { screen: vt100::Parser::new(cells(24), cells(80), 0), raw: Vec::new(), over: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 65_536];
            loop {
                let count = reader.read(&mut bytes).unwrap_or(0);
                // A test that failed has poisoned it.
                let Ok(mut seen) = shared.0.lock() else { break };
                seen.screen.process(&bytes[..count]);
                seen.raw.extend_from_slice(&bytes[..count]);
                seen.over = count == 0;
                shared.1.notify_all();
                if count == 0 {
                    break;
                }
            }
        });
        let writer = Mutex::new(pair.master.take_writer().unwrap());
        Console { master: pair.master, child, writer, seen, modes }
    }

    /// Types bytes as a terminal sends them.
    pub(crate) fn types(&self, text: &str) -> &Console {
        self.writer.lock().unwrap().write_all(text.as_bytes()).unwrap();
        self
    }

    fn wait(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        while !holds(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !seen.over, "never {what}:\n{}", seen.screen.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until a text is on the screen.
    pub(crate) fn sees(&self, text: &str) -> &Console {
        self.wait(text, |seen| seen.screen.screen().contents().contains(text));
        self
    }

    /// Waits until a text is no longer on the screen.
    pub(crate) fn misses(&self, text: &str) -> &Console {
        self.wait(&format!("without {text}"), |seen| !seen.screen.screen().contents().contains(text));
        self
    }

    pub(crate) fn text(&self) -> String {
        self.seen.0.lock().unwrap().screen.screen().contents()
    }

    /// Everything written so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().raw.clone()
    }

    pub(crate) fn resize(&self, width: u16, height: u16) {
        self.seen.0.lock().unwrap().screen.screen_mut().set_size(cells(height), cells(width));
        self.master.resize(size(width, height)).unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// How often the thread that draws has waited for something; `None` where the system doesn't tell.
    pub(crate) fn wakes(&self) -> Option<u64> {
        let id = self.child.process_id()?;
        let status = std::fs::read_to_string(format!("/proc/{id}/task/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        line.trim().parse().ok()
    }

    /// Waits for the end of the program and of its output; the exit code.
    pub(crate) fn end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        while !seen.over {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it never ends:\n{}", seen.screen.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
        drop(seen);
        self.child.wait().unwrap().exit_code()
    }

    /// Ends the program at once.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.end();
    }

    /// Whether the terminal is as it was: main screen, cursor shown, no paste marks, the former modes.
    pub(crate) fn assert_restored(&self) {
        let raw = self.raw();
        let raw = String::from_utf8_lossy(&raw);
        let left = raw.rfind("\x1b[?1049l").unwrap_or_else(|| panic!("alternate screen kept: {raw:?}"));
        assert!(raw.rfind("\x1b[?1049h").is_none_or(|entered| entered < left));
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.screen.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(modes(self.master.as_ref()), self.modes, "the terminal's modes");
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The local modes of the terminal: echo, lines, signals.
fn modes(master: &dyn MasterPty) -> Option<u32> {
    master.get_termios().map(|t| t.local_flags.bits())
}
