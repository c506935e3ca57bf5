//! Short forms for the people of a store: `tcrm user add …` is `tcrm add user …`, `tcrm user disable zhaoliu` is
//! `tcrm do disable user zhaoliu`, `tcrm user` lists them.

use super::negation::taking_options;
use clap::Command;
use std::collections::HashSet;
use std::ffi::OsString;

/// The short forms and the objects that they are of.
const OBJECTS: [(&str, &str); 4] = [("user", "user"), ("dept", "department"), ("role", "role"), ("team", "team")];
/// The commands that are said of an object.
const COMMANDS: [&str; 10] = ["list", "show", "add", "set", "rm", "edit", "import", "export", "history", "do"];

/// The arguments with a short form written out.
pub(super) fn expand(command: &Command, args: Vec<OsString>) -> Vec<OsString> {
    let taking: HashSet<String> = taking_options(command).collect();
    let mut is_value = true;
    let named = |arg: &OsString| {
        let text = arg.to_str().unwrap_or_default();
        !std::mem::replace(&mut is_value, taking.contains(text)) && !text.starts_with('-')
    };
    let Some(at) = args.iter().position(named) else { return args };
    let object = OBJECTS.iter().find(|(short, _)| args.get(at).is_some_and(|arg| arg == short));
    let (Some((_, object)), (before, rest)) = (object, args.split_at(at)) else { return args };
    let Some(long) = long(object, rest.get(1..).unwrap_or_default()) else { return args };
    before.iter().cloned().chain(long).collect()
}

/// The long form of what stands behind the name of an object; `None` where its help is asked for.
fn long(object: &str, words: &[OsString]) -> Option<Vec<OsString>> {
    let text = |at: usize| words.get(at).and_then(|word| word.to_str()).unwrap_or_default();
    if words.iter().take(1).any(|word| word == "--help" || word == "-h") {
        return None;
    }
    let is_word = |at: usize| !text(at).is_empty() && !text(at).starts_with('-');
    let filters = text(0).contains([':', '=', '<', '>', '：']);
    let (head, rest): (Vec<&str>, usize) = match text(0) {
        "do" if is_word(1) => (vec!["do", text(1), object], 2),
        name if COMMANDS.contains(&name) => (vec![name, object], 1),
        _ if !is_word(0) || filters => (vec!["list", object], 0),
        action if is_word(1) => (vec!["do", action, object], 1),
        _ => (vec!["show", object], 0),
    };
    let head = head.into_iter().map(OsString::from);
    Some(head.chain(words.get(rest..).unwrap_or_default().iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    #[test]
    fn short_forms_are_written_out() {
        for (short, long) in [
            ("user", "list user"),
            ("user --json", "list user --json"),
            ("user active:false --json", "list user active:false --json"),
            ("user zhaoliu", "show user zhaoliu"),
            ("--as li user add login=x name=y", "--as li add user login=x name=y"),
            ("user disable zhaoliu", "do disable user zhaoliu"),
            ("user hand_over zhaoliu to=lisi --dry-run", "do hand_over user zhaoliu to=lisi --dry-run"),
            ("user do enable zhaoliu", "do enable user zhaoliu"),
            ("dept set 销售部 name=营销部", "set department 销售部 name=营销部"),
            ("role rm 销售", "rm role 销售"),
            ("user --help", "user --help"),
            ("list user", "list user"),
            ("--as user list customer", "--as user list customer"),
        ] {
            let words = |text: &str| -> Vec<OsString> {
                std::iter::once("tcrm").chain(text.split(' ')).map(OsString::from).collect()
            };
            assert_eq!(expand(&Args::command(), words(short)), words(long), "{short}");
        }
    }
}
