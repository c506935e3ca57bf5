//! `tcrm config`.

use super::args::{ConfigCommand, Global};
use super::failure::Failure;
use super::output::{note, print_line};
use crate::config::{Config, ConfigError, EXAMPLE, Problem, place};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::schema;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext};
use crate::{i18n, msg};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::Write;
use std::path::Path;

/// Writes the defaults to the place of the configuration, unless there is one.
fn write(path: &Path, lang: Lang) -> Result<(), Failure> {
    let failed = |e: &std::io::Error| crate::transfer::Error::io(&path.display().to_string(), e);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
    }
    let mut file = match std::fs::File::create_new(path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::Other(6, msg!("cli-init-exists", path = path.display())));
        }
        opened => opened.map_err(|e| failed(&e))?,
    };
    file.write_all(EXAMPLE.as_bytes()).map_err(|e| failed(&e))?;
    note(&i18n::message(lang, &msg!("cli-config-written", path = path.display())));
    Ok(())
}

/// Runs a command about the configuration.
pub(super) fn run(what: &ConfigCommand, global: &Global, lang: Lang) -> Result<(), Failure> {
    let path = global.config.clone().or_else(place::config_file);
    let path = path.ok_or_else(|| Failure::Other(3, msg!("cli-no-home")))?;
    match what {
        ConfigCommand::Path => print_line(&path.display().to_string()),
        ConfigCommand::Default { write: false } => print_line(EXAMPLE.trim_end()),
        ConfigCommand::Default { write: true } => write(&path, lang),
        ConfigCommand::Check => {
            let (config, problems) = Config::examine(&path, global.config.is_some())?;
            let problems = mistakes(&config, problems, lang)?;
            if !problems.is_empty() {
                return Err(Failure::Config(ConfigError { problems }));
            }
            let message = match config.file {
                Some(_) => msg!("cli-config-good", path = path.display()),
                None => msg!("cli-config-none", path = path.display()),
            };
            note(&i18n::message(lang, &message));
            Ok(())
        }
    }
}

/// Every mistake in the settings, the keys, what is kept of a server and the theme: those of the configuration's file
/// in its order, then those of the theme's.
fn mistakes(config: &Config, mut problems: Vec<Problem>, lang: Lang) -> Result<Vec<Problem>, Failure> {
    problems.extend(super::interface::keymap(config).err().map(|e| e.problems).unwrap_or_default());
    problems.extend(kept(config, lang));
    match super::interface::theme(config) {
        Err(Failure::Config(error)) => problems.extend(error.problems),
        other => drop(other?),
    }
    problems.sort_by_key(|p| (config.file.as_deref() != Some(p.path.as_path()), p.line, p.column));
    problems.dedup();
    Ok(problems)
}

/// What is wrong with `[keep]` by the built-in objects. A server may have others: what is like none of them passes.
fn kept(config: &Config, lang: Lang) -> Vec<Problem> {
    let schema = schema::builtin();
    let path = config.file.as_deref().unwrap_or(Path::new(""));
    let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    let problem = |(line, column): (usize, usize), message: Message| {
        let path = path.to_owned();
        Problem { path, line, column, message }
    };
    let check = |(name, text): (&String, &String)| {
        let (named, given) = config.keep_at.get(name).copied().unwrap_or_default();
        let Some(object) = schema.object(name) else {
            let near = nearest(name, schema.objects.iter().map(|o| o.name.as_str()))?;
            return Some(problem(named, msg!("config-keep-near", object = name, near = near)));
        };
        if text.trim() == "none" {
            return None;
        }
        let context = BindContext { now: &now, me: Some(Id::NOBODY) };
        let wrong = filter::parse(&schema, object, text, &context).err()?;
        // Behind the quotation mark that the filter begins with.
        let before = text.get(..wrong.span.start).unwrap_or(text).chars().count();
        let what = i18n::message(lang, &wrong.message);
        let message = match wrong.nearest {
            Some(near) => msg!("config-keep-filter-near", object = name, what = what, near = near),
            // A field that a server's own schema may have.
            None if wrong.message.key.contains("field") => return None,
            None => msg!("config-keep-filter", object = name, what = what),
        };
        Some(problem((given.0, given.1 + 1 + before), message))
    };
    config.keep.iter().filter_map(check).collect()
}
