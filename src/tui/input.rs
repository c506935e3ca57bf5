//! What the user does, in tcrm's own words: keys, pastes, mouse, resizes. No other module sees the types
//! of the terminal library's events.

mod key;
#[cfg(test)]
mod tests;

use std::io;

use crossterm::event::{
    Event, EventStream, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use futures_util::StreamExt;

pub use key::{Key, KeyCode, KeyError, Keys};

/// One thing the user did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed, or repeats.
    Key(Key),
    /// Text was pasted, as it came.
    Paste(String),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
}

/// Something the mouse did, where, and with which keys held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub action: MouseAction,
    /// The column, from 0.
    pub x: u16,
    /// The row, from 0.
    pub y: u16,
    /// Control was held.
    pub ctrl: bool,
    /// Shift was held.
    pub shift: bool,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseAction {
    /// A button went down.
    Press(Button),
    /// A button went up.
    Release(Button),
    /// It moved with a button down.
    Drag(Button),
    /// The wheel turned away from the user.
    WheelUp,
    /// The wheel turned towards the user.
    WheelDown,
}

/// A mouse button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// The main button.
    Left,
    /// The menu button.
    Right,
    /// The wheel.
    Middle,
}

impl Input {
    /// The input in an event of the terminal library; `None` for what tcrm has no use for.
    fn of(event: Event) -> Option<Self> {
        match event {
            Event::Key(event) if event.kind != KeyEventKind::Release => key_of(event).map(Self::Key),
            Event::Paste(text) => Some(Self::Paste(text)),
            Event::Mouse(event) => mouse_of(event).map(Self::Mouse),
            Event::Resize(width, height) => Some(Self::Resize(width, height)),
            Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
        }
    }
}

fn key_of(event: KeyEvent) -> Option<Key> {
    use crossterm::event::KeyCode as Code;
    let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    if ctrl && event.code == Code::Char('j') {
        // A line feed is what a terminal makes of Enter that was typed before the program was there.
        return Some(Key::plain(KeyCode::Enter));
    }
    let code = match event.code {
        // Terminals send these control codes under the name of the digit on the same key.
        Code::Char('4') if ctrl => KeyCode::Char('\\'),
        Code::Char('5') if ctrl => KeyCode::Char(']'),
        Code::Char('6') if ctrl => KeyCode::Char('^'),
        Code::Char('7' | '/') if ctrl => KeyCode::Char('_'),
        Code::Char(c) if c.is_control() => return None,
        Code::Char(c) => KeyCode::Char(c),
        Code::Null => KeyCode::Char(' '),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => {
            shift = true;
            KeyCode::Tab
        }
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Insert => KeyCode::Insert,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::F(number) => KeyCode::F(number),
        _ => return None,
    };
    let ctrl = ctrl || event.code == Code::Null;
    Some(Key { code, ctrl, alt: event.modifiers.contains(KeyModifiers::ALT), shift }.tidy())
}

fn mouse_of(event: MouseEvent) -> Option<Mouse> {
    let button = |button| match button {
        MouseButton::Left => Button::Left,
        MouseButton::Right => Button::Right,
        MouseButton::Middle => Button::Middle,
    };
    let action = match event.kind {
        MouseEventKind::Down(which) => MouseAction::Press(button(which)),
        MouseEventKind::Up(which) => MouseAction::Release(button(which)),
        MouseEventKind::Drag(which) => MouseAction::Drag(button(which)),
        MouseEventKind::ScrollUp => MouseAction::WheelUp,
        MouseEventKind::ScrollDown => MouseAction::WheelDown,
        MouseEventKind::Moved | MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight => {
            return None;
        }
    };
    Some(Mouse {
        action,
        x: event.column,
        y: event.row,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        shift: event.modifiers.contains(KeyModifiers::SHIFT),
    })
}

/// Reads the terminal, except while an editor owns it.
#[derive(Debug, Default)]
pub struct InputReader {
    stream: Option<EventStream>,
}

impl InputReader {
    /// A reader at work. Needs a tokio runtime.
    #[must_use]
    pub fn new() -> Self {
        Self { stream: Some(EventStream::new()) }
    }

    /// Lets go of the terminal's input: call it before another program takes the terminal.
    pub fn pause(&mut self) {
        self.stream = None;
    }

    /// Takes the terminal's input again.
    pub fn resume(&mut self) {
        if self.stream.is_none() {
            self.stream = Some(EventStream::new());
        }
    }

    /// The next input; `None` when the terminal is gone. Waits for ever while paused. Cancel-safe.
    pub async fn next(&mut self) -> Option<io::Result<Input>> {
        let Some(stream) = &mut self.stream else {
            return std::future::pending().await;
        };
        loop {
            match stream.next().await? {
                Ok(event) => {
                    if let Some(input) = Input::of(event) {
                        return Some(Ok(input));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
