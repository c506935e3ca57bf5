//! How a command fails: one type, one way to say it, one exit code per kind.

use crate::config::ConfigError;
use crate::contract::error::Error;
use crate::domain::lang::Lang;
use crate::domain::message::{FieldError, Message};
use crate::schema::error::SchemaError;
use crate::{i18n, msg, transfer};
use std::io::Write;

/// A failed command.
#[derive(Debug)]
pub(super) enum Failure {
    /// The backend refused.
    Backend(Error),
    /// A file can't be read or written.
    Transfer(transfer::Error),
    /// The configuration is wrong.
    Config(ConfigError),
    /// A schema is wrong.
    Schema(Vec<SchemaError>),
    /// The arguments don't go together.
    Usage(Message),
    /// Anything else, with its exit code.
    Other(u8, Message),
    /// What was to be said is said.
    Said(u8),
}

impl Failure {
    /// The program's exit code.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Failure::Backend(error) => error.exit_code(),
            Failure::Transfer(transfer::Error::Missing(_)) => 4,
            Failure::Transfer(transfer::Error::Io(_)) => 1,
            Failure::Transfer(transfer::Error::Invalid(_) | transfer::Error::At { .. })
            | Failure::Config(_)
            | Failure::Schema(_) => 3,
            Failure::Usage(_) => 2,
            Failure::Other(code, _) | Failure::Said(code) => *code,
        }
    }

    /// Says on stderr what is wrong, where, and what to do.
    pub(super) fn report(&self, lang: Lang) {
        let text = self.text(lang);
        if !text.is_empty() {
            // Nobody is left to tell if stderr is closed.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// What is wrong, without the word that it is an error.
    pub(super) fn message(&self, lang: Lang) -> String {
        let text = self.text(lang);
        let prefix = prefixed(lang, "");
        text.strip_prefix(prefix.trim_end()).unwrap_or(&text).trim().to_owned()
    }

    fn text(&self, lang: Lang) -> String {
        let say = |message: &Message| prefixed(lang, &i18n::message(lang, message));
        match self {
            Failure::Backend(error) => backend_text(error, lang),
            Failure::Transfer(error) => {
                prefixed(lang, &format!("{}{}", error.place(), i18n::message(lang, error.message())))
            }
            Failure::Config(error) => error.problems.iter().map(|p| p.text(lang)).collect::<Vec<_>>().join("\n"),
            Failure::Schema(errors) => errors.iter().map(|e| e.text(lang)).collect::<Vec<_>>().join("\n"),
            Failure::Usage(message) | Failure::Other(_, message) => say(message),
            Failure::Said(_) => String::new(),
        }
    }
}

/// What is wrong with a field, the field first.
pub(super) fn field_text(lang: Lang, error: &FieldError) -> String {
    let text = i18n::message(lang, &error.message);
    if error.field.is_empty() { text } else { format!("{}: {text}", error.field) }
}

fn prefixed(lang: Lang, text: &str) -> String {
    i18n::message(lang, &msg!("cli-error", text = text))
}

fn backend_text(error: &Error, lang: Lang) -> String {
    let say = |message: &Message| prefixed(lang, &i18n::message(lang, message));
    match error {
        Error::NotFound(m)
        | Error::Denied(m)
        | Error::Offline(m)
        | Error::Timeout(m)
        | Error::Corrupt(m)
        | Error::Other(m) => say(m),
        Error::Conflict { message, .. } => say(message),
        Error::Cancelled => say(&msg!("cli-cancelled")),
        Error::Invalid(errors) => {
            let lines: Vec<String> = errors.iter().map(|error| field_text(lang, error)).collect();
            prefixed(lang, &lines.join("\n  "))
        }
        Error::Ambiguous { message, candidates } => {
            let mut text = say(message);
            for (id, title) in candidates {
                text.push_str(&format!("\n  {id}  {title}"));
            }
            text
        }
        Error::Filter { text, span, message, .. } => {
            format!("{}\n{}", say(message), super::table::pointed(text, span.clone()))
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Backend(error)
    }
}

impl From<transfer::Error> for Failure {
    fn from(error: transfer::Error) -> Failure {
        Failure::Transfer(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Failure {
        Failure::Config(error)
    }
}

impl From<std::io::Error> for Failure {
    /// A closed pipe is how `head` says that it has enough.
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::Said(0),
            _ => Failure::Other(1, msg!("cli-output", reason = error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_error_points_at_the_character() {
        let error = Error::Filter {
            text: "城市:北京 levl:A".to_owned(),
            span: 14..18,
            message: Message::literal("no such field"),
            incomplete: false,
        };
        let text = Failure::from(error).text(Lang::En);
        assert!(text.ends_with("  城市:北京 levl:A\n            ^^^^"), "{text}");
    }

    #[test]
    fn every_failing_field_is_named() {
        let field = |name: &str| FieldError { field: name.to_owned(), message: Message::literal("required") };
        let text = Failure::from(Error::Invalid(vec![field("name"), field("phone")])).text(Lang::En);
        assert!(text.contains("name: required") && text.contains("phone: required"), "{text}");
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        assert_eq!(Failure::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe)).exit_code(), 0);
        assert_eq!(Failure::from(std::io::Error::other("x")).exit_code(), 1);
    }
}
