//! The command line: every command of tcrm, its help in both languages, its answers as tables, JSON or CSV.
//!
//! Data goes to stdout, everything else to stderr. On a terminal lists are aligned tables; into a pipe they
//! are tab-separated with the field names as header. A closed pipe ends a command quietly.
//!
//! To add a command: a variant in `args`, an arm in `dispatch`, its texts in `i18n/*/cli.ftl`
//! (a test names the missing ones), a file here.

mod acting;
mod agenda;
mod args;
mod assign;
mod board;
mod change;
mod configure;
#[cfg(feature = "network")]
mod conformance;
mod connected;
mod doctor;
mod edit;
mod export;
mod failure;
mod help;
mod import;
mod inbox;
mod interface;
mod keep;
#[cfg(feature = "network")]
mod keyring;
mod list;
mod log;
mod negation;
mod output;
mod passwd;
mod plan;
mod print;
mod progress;
mod remind;
#[cfg(feature = "network")]
mod remote;
#[cfg(not(feature = "network"))]
#[path = "cli/no_remote.rs"]
mod remote;
mod renumber;
mod report;
mod schema;
mod secret;
#[cfg(feature = "network")]
mod serve;
mod session;
mod settings;
mod setup;
mod short;
mod show;
mod sweep;
#[cfg(feature = "network")]
mod sync;
mod table;
mod usage;
mod why;

use crate::domain::lang::Lang;
use args::{Args, Command};
use clap::{CommandFactory, FromArgMatches};
use failure::Failure;
use session::Session;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with its arguments (the program's name first) and gives its exit code: 0 done, 1 other
/// failure, 2 usage, 3 invalid input or configuration, 4 not found, 5 denied, 6 conflict, 7 offline.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = session::early_language(&args);
    let args = negation::hide(&command(), short::expand(&command(), args));
    let parse = |command: clap::Command| {
        command.try_get_matches_from(&args).and_then(|matches| Args::from_arg_matches(&matches))
    };
    // Texts are needed only where there is something to explain.
    let args = match parse(command()).or_else(|_| parse(help::translate(command(), lang))) {
        Ok(args) => args,
        Err(error) => {
            match usage::explain(&error, lang) {
                Some(text) => output::note(&text),
                // A closed pipe is no reason to fail over a help text.
                None => drop(error.print()),
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match start(args, lang) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(lang);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// The program's commands; a variable that is set to nothing counts as not set.
fn command() -> clap::Command {
    let is_blank = |name: &std::ffi::OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    Args::command().mut_args(|arg| match arg.get_env() {
        Some(name) if is_blank(name) => arg.env(clap::builder::Resettable::Reset),
        _ => arg,
    })
}

fn start(args: Args, lang: Lang) -> Result<(), Failure> {
    match &args.command {
        // These must work whatever is wrong with the configuration.
        Some(Command::Completions { shell }) => return help::completions(*shell, lang),
        Some(Command::Config { what }) => return settings::run(what, &args.global, lang),
        _ => {}
    }
    let session = Session::new(args.global)?;
    dispatch(args.command, &session)
}

fn dispatch(command: Option<Command>, session: &Session) -> Result<(), Failure> {
    match command {
        None => setup::interface(session),
        Some(Command::Demo(demo)) => setup::demonstrate(session, &demo),
        Some(Command::Init { demo, seed }) => setup::init(session, demo, seed),
        Some(Command::List(list)) => list::run(session, &list),
        Some(Command::Show { object, id, json }) => show::run(session, &object, &id, json),
        Some(Command::Search(search)) => show::search(session, &search),
        Some(Command::History(history)) => show::history(session, &history),
        Some(Command::Log(args)) => log::run(session, &args),
        Some(Command::Add { object, fields, json }) => change::add(session, &object, &fields, json),
        Some(Command::Set { object, id, fields, json }) => change::set(session, &object, &id, &fields, json),
        Some(Command::Rm { object, ids, dry_run, json }) => change::remove(session, &object, &ids, dry_run, json),
        Some(Command::Do(action)) => change::act(session, &action),
        // The words alone are a list; all else was turned into another command before.
        Some(Command::User(_) | Command::Dept(_) | Command::Role(_) | Command::Team(_)) => Ok(()),
        Some(Command::Passwd(args)) => passwd::run(session, &args),
        Some(Command::Board(board)) => board::run(session, &board),
        Some(Command::Undo { json }) => change::undo(session, json),
        Some(Command::Redo { json }) => change::redo(session, json),
        Some(Command::Revert { number, json }) => change::revert(session, number, json),
        Some(Command::Edit { object, id }) => edit::run(session, &object, &id),
        Some(Command::Agenda(args)) => agenda::run(session, &args),
        Some(Command::Remind(args)) => remind::run(session, &args),
        Some(Command::Inbox(args)) => inbox::run(session, &args),
        Some(Command::Plan(args)) => plan::run(session, &args),
        Some(Command::Report(args)) => report::run(session, &args),
        Some(Command::Sweep(args)) => sweep::run(session, &args),
        Some(Command::Renumber(args)) => renumber::run(session, &args),
        Some(Command::Import(import)) => import::run(session, &import),
        Some(Command::Print(args)) => print::run(session, &args),
        Some(Command::Export(export)) => export::run(session, &export),
        Some(Command::Schema { what }) => schema::run(session, &what),
        Some(Command::Why(args)) => why::run(session, &args),
        Some(Command::Backup { file }) => keep::backup(session, &file),
        Some(Command::Restore { file }) => keep::restore(session, &file),
        Some(Command::Doctor { fix, json }) => doctor::run(session, fix, json),
        #[cfg(feature = "network")]
        Some(Command::Serve(args)) => serve::run(session, &args),
        #[cfg(feature = "network")]
        Some(Command::Sync(args)) => sync::run(session, &args),
        #[cfg(feature = "network")]
        Some(Command::Login) => remote::login(session),
        #[cfg(feature = "network")]
        Some(Command::Logout) => remote::logout(session),
        #[cfg(feature = "network")]
        Some(Command::Api(args)) => remote::ask(session, &args),
        #[cfg(feature = "network")]
        Some(Command::Conformance(args)) => conformance::run(session, &args),
        // Done before there is a session.
        Some(Command::Config { .. } | Command::Completions { .. }) => Ok(()),
    }
}
