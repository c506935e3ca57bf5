#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Read as _;
use std::num::NonZeroU16;
use std::path::PathBuf;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use ratatui::layout::Rect;
use ratatui::style::Style;
use vt100::Parser;

use super::*;
use crate::tui::input::{Input, InputReader, Key};

#[test]
fn the_editor_is_split_into_words_without_a_shell() {
    let cases: &[(Option<&str>, Option<&str>, &[&str])] = &[
        (Some("code --wait"), Some("vi"), &["code", "--wait"]),
        (None, Some("emacs -nw"), &["emacs", "-nw"]),
        (Some("  "), None, &["vi"]),
        (None, None, &["vi"]),
        (Some("'/opt/my editor/bin' -x \"a b\""), None, &["/opt/my editor/bin", "-x", "a b"]),
        (Some(r"/opt/my\ editor -c 'set \n'"), None, &["/opt/my editor", "-c", r"set \n"]),
        (Some("vi; rm -rf $HOME"), None, &["vi;", "rm", "-rf", "$HOME"]),
        (Some("vi ''"), None, &["vi", ""]),
    ];
    for (visual, editor, expected) in cases {
        assert_eq!(editor_words(*visual, *editor), *expected, "{visual:?} {editor:?}");
    }
}

#[test]
fn text_is_copied_as_base64_up_to_a_limit() {
    let sequence = copy_sequence("华信").unwrap();
    assert!(sequence.starts_with("\x1b]52;c;5Y2O5L+h"), "{sequence:?}");
    assert!(copy_sequence(&"x".repeat(MAX_COPY)).unwrap().len() <= 100_000);
    assert!(matches!(copy_sequence(&"x".repeat(MAX_COPY + 1)), Err(CopyError::TooLong { size: 74_991 })));
}

#[test]
fn leaving_undoes_all_that_entering_did() {
    let size = |cells| NonZeroU16::new(cells).unwrap();
    let mut parser = Parser::new(size(5), size(20), 0);
    parser.process(b"shell$ ");
    let before = parser.screen().clone();
    parser.process(format!("{}{}", modes::ENTER, modes::mouse(true)).as_bytes());
    assert!(parser.screen().alternate_screen() && parser.screen().bracketed_paste());
    assert_eq!(parser.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::ButtonMotion);
    parser.process(b"\x1b[2;4r\x1b[31mdrawn\x1b[?25l");
    parser.process(modes::LEAVE.as_bytes());
    assert_eq!(parser.screen().state_formatted(), before.state_formatted());
}

#[test]
fn reports_have_names_of_their_own_and_are_private() {
    let dir = tempfile::tempdir().unwrap();
    let nested = dir.path().join("new");
    let first = crash::write_report(&nested, "one").unwrap();
    let second = crash::write_report(&nested, "two").unwrap();
    assert_ne!(first, second);
    assert_eq!(std::fs::read_to_string(&first).unwrap(), "one");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(crash::write_report(&file, "x").is_err());
}

#[test]
fn an_editor_that_is_not_there_is_named() {
    let error = editor::run(&["no-such-editor".to_owned()], Path::new("x")).unwrap_err();
    assert!(error.to_string().contains("no-such-editor"), "{error}");
    assert!(editor::run(&[], Path::new("x")).is_err());
}

/// Plays a part in a terminal of its own; run by [`in_a_terminal`].
#[test]
#[ignore = "a part of other tests"]
fn part() {
    let Ok(part) = std::env::var("TCRM_TEST_PART") else {
        return;
    };
    let dir = PathBuf::from(std::env::var_os("TCRM_TEST_DIR").unwrap());
    install_panic_hook(dir.join("crashes"));
    let mut terminal = Terminal::enter(Options::default(), true).unwrap();
    let (width, height) = Terminal::size().unwrap();
    let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
    frame.set_string(0, 0, "华信", Style::new());
    terminal.draw(&frame, None).unwrap();
    match part.as_str() {
        "leave" => terminal.leave().unwrap(),
        "drop" => drop(terminal),
        "panic" => inner_panic(),
        "thread" => {
            std::thread::spawn(inner_panic).join().unwrap_err();
            frame.set_string(0, 1, "still here", Style::new());
            terminal.draw(&frame, None).unwrap();
            std::process::exit(0);
        }
        "edit" => {
            let file = dir.join("text");
            let script = "test -t 0 && stty -a > \"$1\"".to_owned();
            let command = ["sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()];
            assert!(terminal.edit(&command, &file).unwrap().success());
            assert!(terminal.draw(&frame, None).unwrap().full);
            std::process::exit(0);
        }
        "stop" => {
            let stopped = run(terminal.stop());
            std::fs::write(dir.join("stopped"), format!("{:?}", stopped.map_err(|error| error.kind()))).unwrap();
            frame.set_string(0, 1, "back", Style::new());
            terminal.draw(&frame, None).unwrap();
            std::process::exit(0);
        }
        "input" => std::fs::write(dir.join("keys"), run(keys_until_q())).unwrap(),
        "signals" => run(receive_signals()),
        other => unreachable!("{other}"),
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn keys_until_q() -> String {
    let mut reader = InputReader::new();
    let mut names = Vec::new();
    loop {
        match reader.next().await.unwrap().unwrap() {
            Input::Key(key) if key == Key::char('q') => return names.join(" "),
            Input::Key(key) => names.push(key.to_string()),
            Input::Paste(text) => names.push(format!("paste:{text}")),
            Input::Resize(..) | Input::Mouse(_) => {}
        }
        reader.pause();
        reader.resume();
    }
}

#[cfg(unix)]
async fn receive_signals() {
    use rustix::process::{Signal as Raw, getpid, kill_process};
    let mut signals = Signals::new().unwrap();
    for (raw, expected) in [
        (Raw::TERM, Signal::Terminate),
        (Raw::HUP, Signal::Hangup),
        (Raw::INT, Signal::Interrupt),
        (Raw::TSTP, Signal::Stop),
        (Raw::CONT, Signal::Continue),
        (Raw::WINCH, Signal::WindowChange),
    ] {
        kill_process(getpid(), raw).unwrap();
        assert_eq!(signals.next().await, expected);
    }
}

fn inner_panic() {
    std::env::var("TCRM_NOT_SET").unwrap();
}

/// Plays `part` in a terminal of its own; returns what the terminal shows at the end, and its bytes.
fn in_a_terminal(part: &str, dir: &Path) -> (Parser, String) {
    in_a_terminal_with(part, dir, &[], "")
}

/// The same, started by the command `shell`, with `typed` on the keyboard.
fn in_a_terminal_with(part: &str, dir: &Path, shell: &[&str], typed: &str) -> (Parser, String) {
    let size = PtySize { rows: 24, cols: 80, ..PtySize::default() };
    let pty = native_pty_system().openpty(size).unwrap();
    let program = std::env::current_exe().unwrap().into_os_string().into_string().unwrap();
    let arguments = ["--exact", "tui::terminal::tests::part", "--ignored", "--nocapture", "--test-threads", "1"];
    let words: Vec<&str> = shell.iter().copied().chain([program.as_str()]).chain(arguments).collect();
    let mut command = CommandBuilder::from_argv(words.into_iter().map(Into::into).collect());
    command.env("TCRM_TEST_PART", part);
    command.env("TCRM_TEST_DIR", dir);
    let mut child = pty.slave.spawn_command(command).unwrap();
    pty.master.take_writer().unwrap().write_all(typed.as_bytes()).unwrap();
    let mut reader = pty.master.try_clone_reader().unwrap();
    let reading = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // The read ends with an error when the terminal's other side closes.
        let _ = reader.read_to_end(&mut bytes);
        bytes
    });
    child.wait().unwrap();
    // The slave was kept open so that the line's settings can be looked at.
    #[cfg(unix)]
    if let Some(settings) = pty.master.get_termios() {
        let cooked = format!("{:?}", settings.local_flags).contains("ICANON");
        assert_eq!(cooked, !matches!(part, "thread" | "edit" | "stop"), "{part}");
    }
    drop(pty.slave);
    let bytes = reading.join().unwrap();
    let cells = |count| NonZeroU16::new(count).unwrap();
    let mut parser = Parser::new(cells(24), cells(80), 0);
    parser.process(&bytes);
    (parser, String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn the_terminal_comes_back_however_the_program_ends() {
    for part in ["leave", "drop", "panic"] {
        let dir = tempfile::tempdir().unwrap();
        let (parser, bytes) = in_a_terminal(part, dir.path());
        let screen = parser.screen();
        assert!(bytes.contains("华信"), "{part} drew: {bytes:?}");
        assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor(), "{part}");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "{part}");
        let reports = std::fs::read_dir(dir.path().join("crashes")).map_or(0, Iterator::count);
        assert_eq!(reports, usize::from(part == "panic"), "{part}");
        assert_eq!(screen.contents().contains("A report is in"), part == "panic", "{part}");
    }
}

#[test]
fn a_panic_beside_the_screen_leaves_it_alone_and_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let (parser, _) = in_a_terminal("thread", dir.path());
    assert!(parser.screen().alternate_screen());
    assert_eq!(parser.screen().contents().trim_end(), "华信\nstill here");
    let report = std::fs::read_dir(dir.path().join("crashes")).unwrap().next().unwrap().unwrap();
    assert!(std::fs::read_to_string(report.path()).unwrap().contains("inner_panic"));
}

#[test]
fn an_editor_gets_an_ordinary_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let (parser, _) = in_a_terminal("edit", dir.path());
    let settings = std::fs::read_to_string(dir.path().join("text")).unwrap();
    assert!(settings.contains(" icanon") && settings.contains(" echo "), "{settings}");
    assert!(parser.screen().alternate_screen());
}

#[test]
fn keys_are_read_and_reading_can_pause() {
    let dir = tempfile::tempdir().unwrap();
    in_a_terminal_with("input", dir.path(), &[], "jG\x1b[A\x1b[1;5C华\x1b[200~a b\x1b[201~q");
    let keys = std::fs::read_to_string(dir.path().join("keys")).unwrap();
    assert_eq!(keys, "j G up ctrl-right 华 paste:a b");
}

#[test]
fn signals_arrive_as_messages() {
    let dir = tempfile::tempdir().unwrap();
    let (parser, _) = in_a_terminal("signals", dir.path());
    assert!(parser.screen().contents().contains("1 passed"), "{}", parser.screen().contents());
}

#[test]
fn stopping_hands_the_terminal_to_the_shell_and_takes_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let script = "set -m; \"$@\"; stty -a | grep -o ' icanon' > \"$TCRM_TEST_DIR/line\"; fg";
    let (parser, _) = in_a_terminal_with("stop", dir.path(), &["sh", "-c", script, "sh"], "");
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!((read("line").as_str(), read("stopped").as_str()), (" icanon\n", "Ok(())"));
    assert!(parser.screen().alternate_screen());
    assert_eq!(parser.screen().contents().trim_end(), "华信\nback");
}

#[test]
fn without_a_shell_to_return_to_nothing_stops() {
    let dir = tempfile::tempdir().unwrap();
    let (parser, _) = in_a_terminal("stop", dir.path());
    assert_eq!(std::fs::read_to_string(dir.path().join("stopped")).unwrap(), "Err(Unsupported)");
    assert_eq!(parser.screen().contents().trim_end(), "华信\nback");
}
