//! `tcrm config`.

use super::args::{ConfigCommand, Global};
use super::failure::Failure;
use super::output::{note, print_line};
use super::session::load_config;
use crate::config::{ConfigError, EXAMPLE, place};
use crate::domain::lang::Lang;
use crate::{i18n, msg};

/// Runs a command about the configuration.
pub(super) fn run(what: &ConfigCommand, global: &Global, lang: Lang) -> Result<(), Failure> {
    let path = global.config.clone().or_else(place::config_file);
    let path = path.ok_or_else(|| Failure::Other(3, msg!("cli-no-home")))?;
    match what {
        ConfigCommand::Path => print_line(&path.display().to_string()),
        ConfigCommand::Default => print_line(EXAMPLE.trim_end()),
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
