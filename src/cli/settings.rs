//! `tcrm config`.

use super::args::{ConfigCommand, Global};
use super::failure::Failure;
use super::output::{note, print_line};
use super::session::load_config;
use crate::config::{ConfigError, EXAMPLE, place};
use crate::domain::lang::Lang;
use crate::{i18n, msg};
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
            let config = load_config(global)?;
            let mut problems = super::interface::keymap(&config).err().map(|e| e.problems).unwrap_or_default();
            match super::interface::theme(&config) {
                Err(Failure::Config(error)) => problems.extend(error.problems),
                other => drop(other?),
            }
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
