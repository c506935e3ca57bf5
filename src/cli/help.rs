//! Help texts in the user's language, filled into the commands when the program starts.

use super::args::Args;
use super::failure::Failure;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::i18n;
use clap::builder::Styles;
use clap::{Arg, ArgAction, Command, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Gives every command and argument its text: `cli-help-import`, `cli-help-import-dry-run`,
/// `cli-examples-import`; arguments that several commands share are `cli-help-arg-json`. What clap says of its own,
/// headings and all, is said in the user's language too.
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
    let mut place = 0;
    command = headings(command, lang).mut_args(|arg| {
        place += 1;
        let text = arg_text(key, arg.get_id().as_str(), &names, lang);
        let heading = match (arg.is_global_set(), arg.is_positional()) {
            (true, _) => "cli-help-heading-global",
            (_, true) => "cli-help-heading-arguments",
            _ => "cli-help-heading-options",
        };
        let arg = arg.help_heading(i18n::text(lang, heading));
        // Clap sorts those without a name by theirs.
        let arg = if arg.is_positional() { arg.display_order(place) } else { arg };
        text.map_or(arg.clone(), |text| explained(arg, text, lang))
    });
    for name in names {
        let inner = format!("{key}-{name}");
        command = command.mut_subcommand(name, |c| fill(c, &inner, lang));
    }
    command
}

/// The frame of a help text, and the arguments that clap would add in English.
fn headings(command: Command, lang: Lang) -> Command {
    let style = *Styles::default().get_header();
    let usage = i18n::text(lang, "cli-help-heading-usage");
    let own = |id: &'static str, short: char, action: ArgAction| {
        // Behind all others.
        Arg::new(id).short(short).long(id).action(action).global(true).display_order(usize::MAX)
    };
    let is_first = command.get_name() == "tcrm";
    let command = command
        .help_template(format!(
            "{{before-help}}{{about-with-newline}}\n{style}{usage}{style:#} {{usage}}\n\n{{all-args}}{{after-help}}"
        ))
        .subcommand_help_heading(i18n::text(lang, "cli-help-heading-commands"))
        .disable_help_flag(true)
        .disable_version_flag(true);
    match is_first {
        true => command.args([own("help", 'h', ArgAction::Help), own("version", 'V', ArgAction::Version)]),
        false => command,
    }
}

/// The text of an argument with what it may be and where else it comes from.
fn explained(arg: Arg, text: String, lang: Lang) -> Arg {
    if !arg.get_action().takes_values() {
        return arg.help(text);
    }
    let said = |key: &'static str, value: String| i18n::message(lang, &Message::new(key).with("value", value));
    let mut notes = vec![text];
    if let Some(name) = arg.get_env() {
        notes.push(said("cli-help-env", name.to_string_lossy().into_owned()));
    }
    let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !default.is_empty() && !arg.is_hide_default_value_set() {
        notes.push(said("cli-help-default", default.join(", ")));
    }
    let possible = arg.get_possible_values();
    let possible: Vec<&str> = possible.iter().filter(|v| !v.is_hide_set()).map(|v| v.get_name()).collect();
    if !possible.is_empty() && !arg.is_hide_possible_values_set() {
        notes.push(said("cli-help-possible", possible.join(", ")));
    }
    let aliases: Vec<String> = arg.get_visible_aliases().unwrap_or_default().iter().map(|a| (*a).to_owned()).collect();
    let arg = arg.hide_env(true).hide_default_value(true).hide_possible_values(true);
    if aliases.is_empty() {
        return arg.help(notes.join(" "));
    }
    notes.push(said("cli-help-alias", aliases.iter().map(|a| format!("--{a}")).collect::<Vec<_>>().join(", ")));
    arg.help(notes.join(" ")).visible_alias(None).aliases(aliases)
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

    /// The words of a command as a shell would split it, up to a pipe, a redirection or a remark.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for c in line.chars() {
            match (quote, c) {
                (Some(q), c) if q == c => quote = None,
                (None, '\'' | '"') => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (None, '|' | '>' | '&' | '#' | ';' | ')') if c != '#' || word.is_none() => break,
                (None, ' ') => words.extend(word.take()),
                (_, c) => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        words
    }

    /// The lines of a text that begin a command; remarks stand behind three blanks.
    fn commands(text: &str) -> impl Iterator<Item = &str> {
        let of_line =
            |line: &'_ str| line.find("tcrm ").filter(|at| matches!(line.get(..*at), Some("" | "EDITOR=nano ")));
        let lines = text.lines().map(str::trim).filter(move |line| of_line(line).is_some());
        lines.map(|line| line.split("   ").next().unwrap_or(line))
    }

    #[test]
    fn every_command_that_is_written_down_is_one() {
        // Of pages what stands between fences; the rest is prose.
        let pages = [include_str!("../../README.md"), include_str!("../../docs/postgresql.md")];
        let fenced = pages.iter().flat_map(|page| page.split("```").skip(1).step_by(2));
        let mut texts: Vec<String> = fenced.map(str::to_owned).collect();
        for lang in Lang::ALL {
            let mut all = vec![(Args::command(), "cli-examples".to_owned())];
            while let Some((command, key)) = all.pop() {
                texts.extend(i18n::optional(lang, &key));
                all.extend(command.get_subcommands().map(|c| (c.clone(), format!("{key}-{}", c.get_name()))));
            }
        }
        let (mut seen, mut wrong) = (0, Vec::new());
        for line in texts.iter().flat_map(|text| commands(text)) {
            seen += 1;
            let words = words(line.trim_start_matches("EDITOR=nano "));
            let args: Vec<std::ffi::OsString> = words.into_iter().map(Into::into).collect();
            let command = Args::command();
            let args = crate::cli::negation::hide(&command, crate::cli::short::expand(&command, args));
            if let Err(error) = command.try_get_matches_from(&args) {
                wrong.push(format!("{line}: {}", error.to_string().lines().next().unwrap_or_default()));
            }
        }
        assert!(seen > 250, "only {seen} were found");
        assert_eq!(wrong, Vec::<String>::new());
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
    fn help_says_everything_in_the_language_of_the_user() {
        let help = |lang: Lang| {
            let mut command = translate(Args::command(), lang);
            command.build();
            let import = command.find_subcommand_mut("import").map(Command::render_help);
            (command.render_help().to_string(), import.map(|text| text.to_string()).unwrap_or_default())
        };
        let (program, import) = help(Lang::Zh);
        for english in ["Usage", "Commands", "Arguments", "Options:", "Print", "env:", "default:", "alias"] {
            assert!(!program.contains(english) && !import.contains(english), "{english} in\n{program}\n{import}");
        }
        let (program, import) = help(Lang::En);
        for heading in ["Usage: tcrm", "Commands:", "Global options:", "Print help"] {
            assert!(program.contains(heading), "{heading} not in\n{program}");
        }
        let order = ["[OBJECT]  ", "[FILE]  ", "Options:", "[default:", "[alias:", "Global options:", "-V"];
        let places = order.map(|text| import.find(text));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in\n{import}");
    }

    #[test]
    fn commands_are_well_formed() {
        for lang in Lang::ALL {
            translate(Args::command(), lang).debug_assert();
        }
    }
}
