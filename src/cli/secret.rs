//! Secrets from the user or from a command: never shown, never in the arguments, never in a log.

use super::failure::Failure;
use super::session::Session;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::msg;
use crate::tui::terminal::editor_words;
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use std::io::{BufRead, IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use zeroize::Zeroize;

/// The most bytes that a command may answer.
const MOST: u64 = 4_096;

/// Asks on the terminal without showing what is typed; where there is none, takes a line of stdin.
pub(super) fn ask(session: &Session, what: &Message) -> Result<Password, Failure> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().take(MOST).read_line(&mut line)?;
        let password = Password::new(line.trim_end_matches(['\r', '\n']));
        line.zeroize();
        return Ok(password);
    }
    let mut out = std::io::stderr().lock();
    write!(out, "{} ", session.say(what))?;
    out.flush()?;
    enable_raw_mode()?;
    let typed = Hidden.line();
    let restored = disable_raw_mode();
    writeln!(out)?;
    let typed = typed?;
    restored?;
    typed.ok_or(Failure::Said(1))
}

struct Hidden;

impl Hidden {
    /// What is typed until Enter; `None` if it is given up.
    fn line(&self) -> std::io::Result<Option<Password>> {
        let mut typed = String::new();
        loop {
            let Event::Key(key) = read()? else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
            match key.code {
                KeyCode::Enter => {
                    let password = Password::new(typed.as_str());
                    typed.zeroize();
                    return Ok(Some(password));
                }
                KeyCode::Esc => {
                    typed.zeroize();
                    return Ok(None);
                }
                KeyCode::Char('c' | 'd') if ctrl => {
                    typed.zeroize();
                    return Ok(None);
                }
                KeyCode::Char('u') if ctrl => typed.zeroize(),
                KeyCode::Backspace => drop(typed.pop()),
                KeyCode::Char(c) if !ctrl => typed.push(c),
                _ => {}
            }
        }
    }
}

/// The first line that a command prints. It is run without a shell.
pub(super) fn of_command(command: &str) -> Result<Password, Failure> {
    let failed = |reason: String| Failure::Other(1, msg!("passwd-command", reason = reason));
    let words = editor_words(Some(command), None);
    let Some((program, arguments)) = words.split_first() else { return Err(failed(String::new())) };
    let mut child = Command::new(program);
    child.args(arguments).stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = child.spawn().map_err(|error| failed(format!("{program}: {error}")))?;
    let mut text = String::new();
    let read = child.stdout.take().map(|out| out.take(MOST).read_to_string(&mut text));
    let status = child.wait()?;
    let password = Password::new(text.lines().next().unwrap_or_default());
    text.zeroize();
    read.transpose().map_err(|error| failed(format!("{program}: {error}")))?;
    if !status.success() {
        return Err(failed(format!("{program}: {status}")));
    }
    Ok(password)
}
