//! The terminal itself: one guard enters and leaves its modes, whoever ends the program and however.
//!
//! Nothing is asked of the terminal: no answer can delay the first screen.

mod clipboard;
mod crash;
mod editor;
mod modes;
mod notify;
mod signals;
#[cfg(test)]
mod tests;

use crate::config::Notice;
use notify::notice_sequence;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitStatus;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

pub use clipboard::{CopyError, MAX_COPY, copy_sequence};
pub use crash::install_panic_hook;
pub use editor::editor_words;
pub use signals::{Signal, Signals};

use super::renderer::{Frame, Options, Renderer};
use super::text::sanitize;

/// The terminal while tcrm owns it. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Terminal {
    out: File,
    renderer: Renderer,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, and the mouse if wanted.
    ///
    /// # Errors
    /// When standard input or output is no terminal, or refuses.
    pub fn enter(options: Options, mouse: bool) -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "standard input and output must be a terminal"));
        }
        let mut terminal = Self { out: stdout_file()?, renderer: Renderer::new(options), mouse };
        terminal.take()?;
        Ok(terminal)
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn size() -> io::Result<(u16, u16)> {
        crossterm::terminal::size()
    }

    /// Shows a frame by one write; see [`Renderer::draw`].
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, frame: &Buffer, cursor: Option<Position>) -> io::Result<Frame> {
        self.renderer.draw(frame, cursor, &mut self.out)
    }

    /// Makes the next frame paint everything: after a key for that, or when the terminal was garbled.
    pub fn repaint(&mut self) {
        self.renderer.invalidate();
    }

    /// Takes other options for drawing, at the next frame.
    pub fn set_options(&mut self, options: Options) {
        self.renderer.set_options(options);
    }

    /// Captures the mouse or leaves it to the terminal (to select text).
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn set_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        self.send(modes::mouse(on).as_bytes())
    }

    /// Names the terminal's window.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn set_title(&mut self, title: &str) -> io::Result<()> {
        self.send(modes::title(&sanitize(title)).as_bytes())
    }

    /// Rings the bell.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn bell(&mut self) -> io::Result<()> {
        self.send(b"\x07")
    }

    /// Lets the terminal show a notice, where it knows how.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn notify(&mut self, by: Notice, text: &str) -> io::Result<()> {
        let within_tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
        notice_sequence(by, text, within_tmux).map_or(Ok(()), |sequence| self.send(sequence.as_bytes()))
    }

    /// Puts `text` on the clipboard of the user's own machine, over SSH too (OSC 52).
    ///
    /// # Errors
    /// When it is too long for terminals to take, or the terminal is gone.
    pub fn copy(&mut self, text: &str) -> Result<(), CopyError> {
        let sequence = copy_sequence(text)?;
        Ok(self.send(sequence.as_bytes())?)
    }

    /// Gives the terminal back while `work` runs, then takes it again; the next frame paints everything.
    /// Pause the input reader before.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn suspend<T>(&mut self, work: impl FnOnce() -> T) -> io::Result<T> {
        modes::restore()?;
        let result = work();
        self.take()?;
        Ok(result)
    }

    /// Opens `file` in the user's editor and waits; `command` comes from [`editor_words`].
    /// Pause the input reader before.
    ///
    /// # Errors
    /// When the editor cannot be started, or the terminal is gone.
    pub fn edit(&mut self, command: &[String], file: &Path) -> io::Result<ExitStatus> {
        self.suspend(|| editor::run(command, file))?
    }

    /// Stops the program for the shell to continue (Ctrl-Z). Pause the input reader before. Not to be
    /// cancelled; needs a tokio runtime.
    ///
    /// # Errors
    /// `Unsupported` where no shell could continue it, and nothing happened; else when the terminal is gone.
    pub async fn stop(&mut self) -> io::Result<()> {
        signals::can_stop()?;
        modes::restore()?;
        let stopped = signals::stop().await;
        self.take()?;
        stopped
    }

    /// Gives the terminal back for good. Dropping does the same without a word about failure.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn leave(self) -> io::Result<()> {
        modes::restore()
    }

    fn take(&mut self) -> io::Result<()> {
        self.renderer.invalidate();
        modes::take(&mut self.out, self.mouse)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure.
        let _ = modes::restore();
    }
}

/// Standard output without the standard library's line buffer, which would split a frame at each newline.
#[cfg(unix)]
fn stdout_file() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// Standard output without the standard library's line buffer, which would split a frame at each newline.
#[cfg(windows)]
fn stdout_file() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}
