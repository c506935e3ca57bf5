//! Keys and their names, as keymaps write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::domain::message::Message;
use crate::msg;
use crate::tui::nearest::nearest;

/// A key without what is held with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of keys say what they are")]
pub enum KeyCode {
    /// A character, in the case it was typed.
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Insert,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    /// A function key by number, from 1.
    F(u8),
}

/// A key with what is held with it. Written `ctrl-s`, `space`, `f5`, `G`, `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// Control was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; never set for characters, whose case says it.
    pub shift: bool,
}

/// Keys to press one after the other, written with spaces between: `g g`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Keys(pub Vec<Key>);

/// A key name that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Nothing is written.
    #[error("no key is named")]
    Empty,
    /// No key has that name.
    #[error("unknown key `{wrong}`{}", .nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    Unknown {
        /// What was written.
        wrong: String,
        /// The name that was probably meant.
        nearest: Option<String>,
    },
}

impl KeyError {
    /// The mistake in the user's words.
    pub fn message(&self) -> Message {
        match self {
            KeyError::Empty => msg!("keymap-empty-key"),
            KeyError::Unknown { wrong, nearest: Some(near) } => {
                msg!("keymap-unknown-key-near", key = wrong, near = near)
            }
            KeyError::Unknown { wrong, nearest: None } => msg!("keymap-unknown-key", key = wrong),
        }
    }
}

/// Names of keys; the first for a code is the one displayed.
const NAMES: [(&str, KeyCode); 24] = [
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("bs", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("del", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("ins", KeyCode::Insert),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pgup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("pgdn", KeyCode::PageDown),
    ("pgdown", KeyCode::PageDown),
    ("minus", KeyCode::Char('-')),
];

impl Key {
    /// A key with nothing held.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }

    /// A character with Control held.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// The character it types into a text field, if it types one.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The key on a keyboard without an input method: full-width forms and Chinese punctuation become the
    /// ASCII characters they share a key with. For use outside text fields.
    #[must_use]
    pub fn to_ascii(self) -> Self {
        let KeyCode::Char(c) = self.code else {
            return self;
        };
        let ascii = match c {
            '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(c) - 0xfee0).map_or(c, char::from),
            '\u{3000}' => ' ',
            '。' => '.',
            '、' => '/',
            '【' | '「' => '[',
            '】' | '」' => ']',
            '《' => '<',
            '》' => '>',
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '￥' => '$',
            '·' => '`',
            _ => c,
        };
        Self { code: KeyCode::Char(ascii), ..self }
    }

    /// Whether some terminals cannot tell it from another key or do not send it: Alt, Shift with anything
    /// but Tab, Ctrl-H, I, J, M, Ctrl with keys that are no letters. No action may be reachable by such
    /// keys alone.
    #[must_use]
    pub fn is_unreliable(self) -> bool {
        let held = match self.code {
            KeyCode::Char('h' | 'i' | 'j' | 'm' | '[') => self.ctrl,
            KeyCode::Char(c) => self.ctrl && !matches!(c, 'a'..='z' | '\\' | ']' | '^' | '_' | ' '),
            KeyCode::Tab => self.ctrl,
            _ => self.ctrl || self.shift,
        };
        self.alt || held
    }

    /// The one form of keys that mean the same.
    pub(super) fn tidy(mut self) -> Self {
        if let KeyCode::Char(c) = self.code {
            if self.shift && !self.ctrl && c.is_lowercase() {
                let mut upper = c.to_uppercase();
                if let (Some(single), None) = (upper.next(), upper.next()) {
                    self.code = KeyCode::Char(single);
                }
            }
            if self.ctrl {
                self.code = KeyCode::Char(c.to_ascii_lowercase());
            }
            self.shift = false;
        }
        self
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, prefix) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(prefix)?;
            }
        }
        match self.code {
            KeyCode::F(number) => write!(f, "f{number}"),
            KeyCode::Char(c) if c != ' ' => write!(f, "{c}"),
            code => f.write_str(NAMES.iter().find(|(_, named)| *named == code).map_or("", |(name, _)| name)),
        }
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        let mut key = Self::char(' ');
        let mut rest = text;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (held, length) = if lower.starts_with("ctrl-") {
                (&mut key.ctrl, 5)
            } else if lower.starts_with("alt-") {
                (&mut key.alt, 4)
            } else if lower.starts_with("shift-") {
                (&mut key.shift, 6)
            } else {
                break;
            };
            *held = true;
            rest = rest.get(length..).unwrap_or_default();
        }
        key.code = code_of(rest).ok_or_else(|| unknown(text, rest))?;
        Ok(key.tidy())
    }
}

fn code_of(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control() && !c.is_whitespace()).then_some(KeyCode::Char(c));
    }
    let lower = name.to_ascii_lowercase();
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == lower) {
        return Some(*code);
    }
    let number = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(KeyCode::F(number))
}

fn unknown(text: &str, name: &str) -> KeyError {
    let prefix = text.strip_suffix(name).unwrap_or_default();
    let near = nearest(name, NAMES.iter().map(|(known, _)| *known));
    KeyError::Unknown { wrong: text.to_owned(), nearest: near.map(|name| format!("{prefix}{name}")) }
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            write!(f, "{space}{key}")?;
        }
        Ok(())
    }
}

impl FromStr for Keys {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let keys: Vec<Key> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self(keys)) }
    }
}

/// Keys are stored as their names.
macro_rules! stored_by_name {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

stored_by_name!(Key);
stored_by_name!(Keys);
