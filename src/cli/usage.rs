//! Mistakes in the arguments, in the user's language.

use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::i18n;
use crate::msg;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// The likeness (0 to 1) above which a command counts as meant.
const LIKENESS: f64 = 0.6;

/// What is wrong with the arguments and what was probably meant; `None` for help texts and for what is left in clap's
/// own words.
pub(super) fn explain(error: &Error, lang: Lang) -> Option<String> {
    let wrong = wrong(error)?;
    let mut lines = vec![i18n::message(lang, &msg!("cli-usage-error", what = i18n::message(lang, &wrong)))];
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(meant) = meant.into_iter().find_map(|kind| told(error, kind)).filter(|meant| is_near(error, meant)) {
        lines.push(i18n::message(lang, &msg!("cli-usage-meant", meant = meant)));
    }
    let valid = told(error, ContextKind::ValidValue).or_else(|| told(error, ContextKind::ValidSubcommand));
    if let Some(valid) = valid {
        lines.push(i18n::message(lang, &msg!("cli-usage-values", values = valid)));
    }
    if let Some(usage) = told(error, ContextKind::Usage) {
        let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
        lines.push(i18n::message(lang, &msg!("cli-usage-usage", usage = usage)));
    }
    lines.push(i18n::message(lang, &Message::new("cli-usage-more")));
    Some(lines.join("\n"))
}

/// Whether a command is near enough to what was typed to be a slip of the keys: clap finds much alike.
fn is_near(error: &Error, meant: &str) -> bool {
    let typed = told(error, ContextKind::InvalidSubcommand);
    typed.is_none_or(|typed| strsim::normalized_damerau_levenshtein(&typed.to_lowercase(), meant) > LIKENESS)
}

fn wrong(error: &Error) -> Option<Message> {
    let arg = || told(error, ContextKind::InvalidArg);
    Some(match error.kind() {
        ErrorKind::UnknownArgument => msg!("cli-usage-unknown", arg = arg()?),
        ErrorKind::InvalidSubcommand => {
            msg!("cli-usage-command", command = told(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingSubcommand => {
            msg!("cli-usage-subcommand", command = told(error, ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::MissingRequiredArgument => msg!("cli-usage-missing", arg = arg()?),
        ErrorKind::InvalidValue => match told(error, ContextKind::InvalidValue)? {
            given if given.is_empty() => msg!("cli-usage-empty", arg = arg()?),
            given => msg!("cli-usage-value", value = given, arg = arg()?),
        },
        ErrorKind::ValueValidation => {
            msg!("cli-usage-value", value = told(error, ContextKind::InvalidValue)?, arg = arg()?)
        }
        ErrorKind::ArgumentConflict => match told(error, ContextKind::PriorArg) {
            Some(other) => msg!("cli-usage-conflict", arg = arg()?, other = other),
            None => msg!("cli-usage-twice", arg = arg()?),
        },
        _ => return None,
    })
}

fn told(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        // Of what may be meant, the likeliest comes last.
        ContextValue::Strings(texts) if kind == ContextKind::SuggestedSubcommand => texts.last().cloned(),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(texts) if !texts.is_empty() => {
            Some(texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}
