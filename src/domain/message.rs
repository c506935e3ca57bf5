//! Messages as data: a key of the translation catalogues and its arguments. Every layer says what
//! went wrong this way; the faces render it in the user's language through `i18n`.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A translatable message. `Display` gives a plain form for logs and tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Message {
    /// The key in `src/i18n/*/*.ftl`.
    pub key: Cow<'static, str>,
    /// Named arguments.
    pub args: Vec<(Cow<'static, str>, String)>,
}

impl Message {
    /// A message without arguments.
    pub fn new(key: &'static str) -> Message {
        Message { key: Cow::Borrowed(key), args: Vec::new() }
    }

    /// A text to be shown as it is, such as a rule's own message from the schema.
    pub fn literal(text: impl Into<String>) -> Message {
        Message::new("literal").with("text", text.into())
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Message {
        self.args.push((Cow::Borrowed(name), value.to_string()));
        self
    }

    /// The value of an argument.
    pub fn arg(&self, name: &str) -> Option<&str> {
        self.args.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// `msg!("key", name = value, …)`: a [`Message`].
#[macro_export]
macro_rules! msg {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::domain::message::Message::new($key)$(.with(stringify!($name), &$value))*
    };
}

/// What is wrong with one field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldError {
    /// The field's name; empty when the error is about the whole record.
    pub field: String,
    /// What is wrong and what to do.
    pub message: Message,
}
