//! Copying through the terminal.

use std::io;

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;
use thiserror::Error;

/// The most bytes that are copied: terminals drop sequences over 100,000 characters without a word, and
/// base64 makes four of three.
pub const MAX_COPY: usize = 74_990;

/// Why nothing was copied.
#[derive(Debug, Error)]
pub enum CopyError {
    /// Terminals would drop it silently.
    #[error("{size} bytes are too many to copy through the terminal (at most {MAX_COPY})")]
    TooLong {
        /// Its length in bytes.
        size: usize,
    },
    /// The terminal is gone.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The sequence that puts `text` on the clipboard (OSC 52).
///
/// # Errors
/// [`CopyError::TooLong`] for more than [`MAX_COPY`] bytes.
pub fn copy_sequence(text: &str) -> Result<String, CopyError> {
    if text.len() > MAX_COPY {
        return Err(CopyError::TooLong { size: text.len() });
    }
    let mut sequence = String::new();
    CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence).map_err(io::Error::other)?;
    Ok(sequence)
}
