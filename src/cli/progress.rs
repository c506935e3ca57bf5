//! One line on stderr that tells how far a long command is.

use super::session::Session;
use crate::msg;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// The least time between two drawings.
const EVERY: Duration = Duration::from_millis(100);

/// A line that is drawn over itself, if stderr is a terminal.
pub(super) struct Progress {
    started: Instant,
    drawn: Option<Instant>,
    shown: bool,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Far {
    /// Rows done.
    pub(super) rows: u64,
    /// Bytes read, and of how many if that is known.
    pub(super) bytes: (u64, Option<u64>),
}

impl Progress {
    /// Begins now.
    pub(super) fn new() -> Progress {
        Progress { started: Instant::now(), drawn: None, shown: std::io::stderr().is_terminal() }
    }

    /// Draws the line, unless it was drawn a moment ago.
    pub(super) fn draw(&mut self, session: &Session, far: Far) {
        let now = Instant::now();
        if !self.shown || self.drawn.is_some_and(|at| now.duration_since(at) < EVERY) {
            return;
        }
        self.drawn = Some(now);
        let line = text(session, far, now.duration_since(self.started));
        let mut out = std::io::stderr().lock();
        let _ = write!(out, "\r\x1b[K{line}").and_then(|()| out.flush());
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "\r\x1b[K").and_then(|()| out.flush());
        }
    }
}

fn text(session: &Session, far: Far, spent: Duration) -> String {
    let seconds = spent.as_secs_f64().max(0.001);
    let rate = (far.rows as f64 / seconds).round() as u64;
    match far.bytes {
        (read, Some(size)) if size > 0 && read > 0 => {
            let share = (read as f64 / size as f64).min(1.0);
            let left = Duration::from_secs_f64((seconds / share - seconds).max(0.0));
            session.say(&msg!(
                "cli-progress-of",
                rows = far.rows,
                rate = rate,
                percent = (share * 100.0).floor() as u64,
                left = clock(left)
            ))
        }
        _ => session.say(&msg!("cli-progress", rows = far.rows, rate = rate)),
    }
}

/// `1:05`, `2:03:04`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_clocks() {
        for (seconds, text) in [(0, "0:00"), (65, "1:05"), (7384, "2:03:04")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }
}
