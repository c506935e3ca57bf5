//! Help texts in the user's language, filled into the commands when the program starts.

use super::args::Args;
use super::failure::Failure;
use crate::domain::lang::Lang;
use crate::i18n;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Gives every command and argument its text: `cli-help-import`, `cli-help-import-dry-run`,
/// `cli-examples-import`; arguments that several commands share are `cli-help-arg-json`.
pub(super) fn translate(command: Command, lang: Lang) -> Command {
    fill(command, "cli-help", lang)
}

fn fill(mut command: Command, key: &str, lang: Lang) -> Command {
    if let Some(about) = i18n::optional(lang, key) {
        command = command.about(about);
    }
    if let Some(examples) = i18n::optional(lang, &key.replacen("cli-help", "cli-examples", 1)) {
        command = command.after_help(examples);
    }
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    command = command.mut_args(|arg| match arg_text(key, arg.get_id().as_str(), &names, lang) {
        Some(text) => arg.help(text),
        None => arg,
    });
    for name in names {
        let inner = format!("{key}-{name}");
        command = command.mut_subcommand(name, |c| fill(c, &inner, lang));
    }
    command
}

/// The text of an argument; what is said under its name may be that of a command of the same name.
fn arg_text(key: &str, id: &str, commands: &[String], lang: Lang) -> Option<String> {
    let id = id.replace('_', "-");
    let own = (!commands.contains(&id)).then(|| i18n::optional(lang, &format!("{key}-{id}"))).flatten();
    own.or_else(|| i18n::optional(lang, &format!("cli-help-arg-{id}")))
}

/// Prints a shell's completions.
pub(super) fn completions(shell: Shell, lang: Lang) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut translate(Args::command(), lang), "tcrm", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(command: &Command, key: &str, lang: Lang, found: &mut Vec<String>) {
        if i18n::optional(lang, key).is_none() {
            found.push(format!("{} {key}", lang.tag()));
        }
        let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for arg in command.get_arguments() {
            if arg_text(key, arg.get_id().as_str(), &names, lang).is_none() {
                found.push(format!("{} {key}-{}", lang.tag(), arg.get_id()));
            }
        }
        let examples = key.replacen("cli-help", "cli-examples", 1);
        if i18n::optional(lang, &examples).is_none() {
            found.push(format!("{} {examples}", lang.tag()));
        }
        for inner in command.get_subcommands() {
            missing(inner, &format!("{key}-{}", inner.get_name()), lang, found);
        }
    }

    #[test]
    fn every_command_has_examples_and_every_argument_a_text_in_both_languages() {
        let mut found = Vec::new();
        for lang in Lang::ALL {
            missing(&Args::command(), "cli-help", lang, &mut found);
        }
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn commands_are_well_formed() {
        for lang in Lang::ALL {
            translate(Args::command(), lang).debug_assert();
        }
    }
}
