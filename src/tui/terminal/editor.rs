//! The user's own editor.

use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// The editor's command in words: `visual`, else `editor` (the values of `$VISUAL` and `$EDITOR`), else vi.
/// Quotes and backslashes keep spaces together as in a shell; nothing else means anything, and no shell runs.
#[must_use]
pub fn editor_words(visual: Option<&str>, editor: Option<&str>) -> Vec<String> {
    let fallback = if cfg!(windows) { "notepad" } else { "vi" };
    [visual, editor]
        .into_iter()
        .flatten()
        .map(words)
        .find(|words| words.first().is_some_and(|program| !program.is_empty()))
        .unwrap_or_else(|| vec![fallback.to_owned()])
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') if chars.peek().is_some_and(|next| escapes(*next)) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What a backslash may stand before; before others it is itself, as in paths of Windows.
fn escapes(c: char) -> bool {
    matches!(c, ' ' | '\'' | '"' | '\\')
}

/// Runs the editor on `file` in the terminal and waits for it.
pub(super) fn run(command: &[String], file: &Path) -> io::Result<ExitStatus> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no editor is named"));
    };
    Command::new(program)
        .args(arguments)
        .arg(file)
        .status()
        .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))
}
