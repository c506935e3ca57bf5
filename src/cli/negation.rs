//! Filter words that begin with `-`: `tcrm list customer -level:A` means what it does in the filter line, and
//! is no bundle of flags. Flags, also mistyped ones, stay flags.

use clap::Command;
use std::collections::HashSet;
use std::ffi::OsString;

/// The commands whose arguments are a filter.
const FILTERED: [&str; 2] = ["list", "export"];
/// Stands for a leading `-` until the arguments are read: no character of any text.
const MARK: char = '\u{FDD0}';
/// The shortest field name: what stands before an operator and is shorter is a flag with its value.
const SHORTEST_NAME: usize = 3;

/// The arguments with the `-` of negated filter words hidden from the reader of flags.
pub(super) fn hide(command: &Command, args: Vec<OsString>) -> Vec<OsString> {
    let Some((at, inner)) = filtered_command(command, &args) else { return args };
    let taking = taking_options(command).chain(taking_options(inner)).collect::<HashSet<_>>();
    let mut is_value = false;
    let mut is_open = true;
    let hidden = args.into_iter().enumerate().map(|(place, arg)| {
        let Some(text) = arg.to_str().filter(|_| place > at && is_open) else { return arg };
        is_open = text != "--";
        if std::mem::replace(&mut is_value, taking.contains(text)) || !negates(inner, text) {
            return arg;
        }
        text.replacen('-', MARK.encode_utf8(&mut [0; 4]), 1).into()
    });
    hidden.collect()
}

/// A filter word as it was typed.
pub(super) fn shown(word: &str) -> Result<String, std::convert::Infallible> {
    Ok(word.strip_prefix(MARK).map_or_else(|| word.to_owned(), |rest| format!("-{rest}")))
}

/// The command whose arguments are a filter, and its place.
fn filtered_command<'c>(command: &'c Command, args: &[OsString]) -> Option<(usize, &'c Command)> {
    let taking: HashSet<String> = taking_options(command).collect();
    let mut is_value = true;
    let at = args.iter().position(|arg| {
        let text = arg.to_str().unwrap_or_default();
        !std::mem::replace(&mut is_value, taking.contains(text)) && !text.starts_with('-')
    })?;
    let name = args.get(at)?.to_str().filter(|name| FILTERED.contains(name))?;
    Some((at, command.find_subcommand(name)?))
}

/// The options whose value is the next argument, as they are typed.
pub(super) fn taking_options(command: &Command) -> impl Iterator<Item = String> {
    let options = command.get_opts().filter(|o| o.get_action().takes_values());
    options
        .flat_map(|o| o.get_long().map(|l| format!("--{l}")).into_iter().chain(o.get_short().map(|s| format!("-{s}"))))
}

/// Whether an argument is a negated filter word rather than a flag, well typed or not.
fn negates(command: &Command, text: &str) -> bool {
    let Some(word) = text.strip_prefix('-').filter(|w| !w.starts_with('-') && w.len() > 1) else {
        return false;
    };
    let is_long = command.get_arguments().any(|a| a.get_long() == Some(word));
    let name = word.split([':', '=', '<', '>', '!']).next().unwrap_or_default();
    let compares = name.len() < word.len() && name.chars().count() >= SHORTEST_NAME;
    let is_short = command.get_opts().any(|o| o.get_short().is_some_and(|s| word.starts_with(s)));
    let is_chinese = !name.is_ascii() && name.len() < word.len();
    !is_long && (compares || is_chinese || !is_short)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::args::{Args, Command as Chosen};
    use super::*;
    use clap::{CommandFactory, FromArgMatches};

    fn read(line: &[&str]) -> Result<Args, clap::Error> {
        let mut command = Args::command();
        command.build();
        let args = std::iter::once("tcrm").chain(line.iter().copied()).map(OsString::from).collect();
        Args::command().try_get_matches_from(hide(&command, args)).and_then(|m| Args::from_arg_matches(&m))
    }

    #[test]
    fn negated_words_are_filters_and_flags_stay_flags() {
        for (line, filter) in [
            (vec!["list", "customer", "-level:A"], "-level:A"),
            (vec!["--lang", "en", "list", "customer", "-级别:A", "--json"], "-级别:A"),
            (
                vec!["list", "customer", "city:北京", "or", "-level:A", "--limit", "3", "-信"],
                "city:北京 or -level:A -信",
            ),
            (vec!["list", "customer", "--sort", "-name", "-VIP"], "-VIP"),
            (vec!["list", "customer", "-\"a b\""], "-\"a b\""),
            (vec!["list", "customer", "--", "-level:A", "--json"], "-level:A --json"),
            (vec!["export", "customer", "-owner:me", "-o", "x.csv", "-hangzhou"], "-owner:me -hangzhou"),
        ] {
            let found = match read(&line).unwrap().command {
                Some(Chosen::List(list)) => list.filter.join(" "),
                Some(Chosen::Export(export)) => export.filter.join(" "),
                _ => String::new(),
            };
            assert_eq!(found, filter, "{line:?}");
        }
        let Some(Chosen::List(list)) = read(&["list", "customer", "--sort", "-name"]).unwrap().command else {
            unreachable!("it is a list")
        };
        assert_eq!(list.sort.as_deref(), Some("-name"));
        let Some(Chosen::Export(export)) = read(&["export", "customer", "-oout.csv"]).unwrap().command else {
            unreachable!("it is an export")
        };
        assert_eq!(export.output.unwrap().to_str(), Some("out.csv"));
    }

    #[test]
    fn mistyped_flags_are_reported() {
        for line in [
            vec!["list", "customer", "--jsn"],
            vec!["list", "customer", "level:A", "-x"],
            vec!["list", "customer", "-json"],
            vec!["show", "customer", "-level:A"],
        ] {
            assert!(read(&line).is_err(), "{line:?}");
        }
    }
}
