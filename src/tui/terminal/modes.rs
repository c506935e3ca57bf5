//! The modes of the terminal, and who holds them.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The thread that took the terminal, while it is taken.
static HOLDER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Title saved, alternate screen, no wrapping at the edge, bracketed paste.
pub(super) const ENTER: &str = "\x1b[22;2t\x1b[?1049h\x1b[?7l\x1b[?2004h";
/// Everything that could be on is off: mouse, paste, an update begun, region, colours, wrapping, a hidden
/// cursor, the alternate screen, the title.
pub(super) const LEAVE: &str =
    "\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[?2026l\x1b[r\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l\x1b[23;2t";

/// Buttons, wheel and drags, in the encoding without a limit of columns.
pub(super) fn mouse(on: bool) -> &'static str {
    if on { "\x1b[?1000h\x1b[?1002h\x1b[?1006h" } else { "\x1b[?1006l\x1b[?1002l\x1b[?1000l" }
}

/// Names the window; `title` holds no control characters.
pub(super) fn title(title: &str) -> String {
    format!("\x1b]2;{title}\x1b\\")
}

fn holder() -> MutexGuard<'static, Option<ThreadId>> {
    HOLDER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal for this thread.
pub(super) fn take(out: &mut impl Write, with_mouse: bool) -> io::Result<()> {
    let mut holder = holder();
    crossterm::terminal::enable_raw_mode()?;
    *holder = Some(thread::current().id());
    let wanted = if with_mouse { mouse(true) } else { "" };
    out.write_all(format!("{ENTER}{wanted}").as_bytes())
}

/// Gives the terminal back if it is taken; safe to call at any time, from any thread, more than once.
pub(super) fn restore() -> io::Result<()> {
    let mut holder = holder();
    if holder.take().is_none() {
        return Ok(());
    }
    // Both are tried, whatever becomes of the other.
    let written = super::stdout_file().and_then(|mut out| out.write_all(LEAVE.as_bytes()));
    let cooked = crossterm::terminal::disable_raw_mode();
    written.and(cooked)
}

/// Whether the terminal is taken, and by this thread.
pub(super) fn held() -> (bool, bool) {
    let holder = *holder();
    (holder.is_some(), holder == Some(thread::current().id()))
}
