//! The commands and their arguments. Their texts are filled in by `help` in the user's language.

#[cfg(feature = "network")]
mod network;
mod schema;

#[cfg(feature = "network")]
pub(super) use network::{Ask, Conformance, LogShape, Serve, Sync};
pub(super) use schema::{SchemaChange, SchemaCommand};

use super::negation;
use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(name = "tcrm", version, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Clone, Default, ClapArgs)]
pub(super) struct Global {
    #[arg(long, global = true, value_name = "FILE", env = "TCRM_CONFIG", hide_env_values = true)]
    pub(super) config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "NAME", env = "TCRM_PROFILE", hide_env_values = true)]
    pub(super) profile: Option<String>,
    #[arg(long, global = true, value_name = "FILE", env = "TCRM_STORE", hide_env_values = true)]
    pub(super) store: Option<PathBuf>,
    #[arg(long, global = true, value_name = "URL", env = "TCRM_URL", hide_env_values = true, conflicts_with = "store")]
    pub(super) url: Option<String>,
    #[arg(long = "as", global = true, value_name = "USER")]
    pub(super) user: Option<String>,
    #[arg(long, global = true, value_name = "COMMAND", env = "TCRM_PASSWORD_COMMAND", hide_env_values = true)]
    pub(super) password_command: Option<String>,
    #[arg(long, global = true, value_name = "LANG", env = "TCRM_LANG", hide_env_values = true)]
    pub(super) lang: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Demo(Demo),
    Init {
        #[arg(long, value_name = "N")]
        demo: Option<u64>,
        #[arg(long, value_name = "S", default_value_t = 1)]
        seed: u64,
    },
    List(List),
    Show {
        object: String,
        id: String,
        #[arg(long)]
        json: bool,
    },
    Search(Search),
    History(History),
    Log(Log),
    Add {
        object: String,
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    Set {
        object: String,
        id: String,
        #[arg(value_name = "FIELD=VALUE", required = true)]
        fields: Vec<String>,
        #[arg(long)]
        json: bool,
    },
    Rm {
        object: String,
        #[arg(value_name = "ID", required = true)]
        ids: Vec<String>,
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        json: bool,
    },
    Do(Action),
    User(Short),
    Dept(Short),
    Role(Short),
    Team(Short),
    Passwd(Passwd),
    Board(Board),
    Edit {
        object: String,
        id: String,
    },
    Undo {
        #[arg(long)]
        json: bool,
    },
    Redo {
        #[arg(long)]
        json: bool,
    },
    Revert {
        #[arg(value_name = "N")]
        number: i64,
        #[arg(long)]
        json: bool,
    },
    Agenda(AgendaArgs),
    Remind(Remind),
    Inbox(InboxArgs),
    Plan(PlanArgs),
    Report(ReportArgs),
    Sweep(Sweep),
    Renumber(Renumber),
    Import(Import),
    Why(Why),
    Export(Export),
    Print(Print),
    Schema {
        #[command(subcommand)]
        what: SchemaCommand,
    },
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    Backup {
        file: PathBuf,
    },
    Restore {
        file: PathBuf,
    },
    Doctor {
        #[arg(long)]
        fix: bool,
        #[arg(long)]
        json: bool,
    },
    #[cfg(feature = "network")]
    Serve(Serve),
    #[cfg(feature = "network")]
    Sync(Sync),
    #[cfg(feature = "network")]
    Login,
    #[cfg(feature = "network")]
    Logout,
    #[cfg(feature = "network")]
    Api(Ask),
    #[cfg(feature = "network")]
    Conformance(Conformance),
    Completions {
        shell: Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub(super) struct Demo {
    #[arg(long, value_name = "N", default_value_t = crate::demo::USUAL_CUSTOMERS)]
    pub(super) customers: u64,
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(super) seed: u64,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("form"))]
pub(super) struct List {
    pub(super) object: String,
    #[arg(value_name = "FILTER", value_parser = negation::shown)]
    pub(super) filter: Vec<String>,
    #[arg(long, value_name = "F,-G", allow_hyphen_values = true)]
    pub(super) sort: Option<String>,
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    #[arg(long, value_name = "A,B")]
    pub(super) columns: Option<String>,
    #[arg(long, group = "form")]
    pub(super) json: bool,
    #[arg(long, group = "form")]
    pub(super) csv: bool,
    #[arg(long, group = "form")]
    pub(super) ids: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Why {
    // Not `user`: that is who asks.
    #[arg(value_name = "USER")]
    pub(super) who: String,
    pub(super) object: String,
    pub(super) id: String,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Search {
    #[arg(required = true)]
    pub(super) text: Vec<String>,
    #[arg(long, value_name = "OBJECT")]
    pub(super) object: Vec<String>,
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) limit: usize,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct History {
    #[arg(requires = "id")]
    pub(super) object: Option<String>,
    pub(super) id: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) limit: usize,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("log_form"))]
pub(super) struct Log {
    // `user` is the id of the global --as.
    #[arg(long = "user", value_name = "USER")]
    pub(super) who: Option<String>,
    #[arg(long, value_name = "OBJECT")]
    pub(super) object: Option<String>,
    #[arg(long, value_name = "ID", requires = "object")]
    pub(super) record: Option<String>,
    #[arg(long, value_name = "FIELD")]
    pub(super) field: Option<String>,
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub(super) since: Option<String>,
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub(super) until: Option<String>,
    #[arg(long, conflicts_with_all = ["changes", "field"])]
    pub(super) events: bool,
    #[arg(long, value_name = "KIND", conflicts_with_all = ["changes", "field"])]
    pub(super) event: Vec<String>,
    #[arg(long)]
    pub(super) changes: bool,
    #[arg(long, conflicts_with_all = ["who", "object", "record", "field", "since", "until", "events", "event", "changes"])]
    pub(super) online: bool,
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) limit: usize,
    #[arg(long, group = "log_form")]
    pub(super) json: bool,
    #[arg(long, group = "log_form")]
    pub(super) csv: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Action {
    pub(super) action: String,
    pub(super) object: String,
    pub(super) id: String,
    #[arg(long, value_name = "TEXT")]
    pub(super) comment: Option<String>,
    #[arg(value_name = "FIELD=VALUE")]
    pub(super) fields: Vec<String>,
    #[arg(long)]
    pub(super) dry_run: bool,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Passwd {
    #[arg(value_name = "USER")]
    pub(super) whose: Option<String>,
    #[arg(long, value_enum, conflicts_with = "whose")]
    pub(super) demand: Option<Switch>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

/// The rest of a short form, which `short` turns into the long one before the arguments are read.
#[derive(Debug, ClapArgs)]
pub(super) struct Short {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) words: Vec<String>,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("board_form"))]
pub(super) struct Board {
    pub(super) pipeline: Option<String>,
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub(super) filter: Option<String>,
    #[arg(long, group = "board_form")]
    pub(super) json: bool,
    #[arg(long, group = "board_form")]
    pub(super) csv: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("agenda_form"))]
pub(super) struct AgendaArgs {
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub(super) from: Option<String>,
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    pub(super) to: Option<String>,
    #[arg(long, value_name = "WHO")]
    pub(super) of: Option<String>,
    #[arg(long)]
    pub(super) done: bool,
    #[arg(long, group = "agenda_form")]
    pub(super) json: bool,
    #[arg(long, group = "agenda_form")]
    pub(super) csv: bool,
    #[arg(long, value_name = "FILE", group = "agenda_form")]
    pub(super) ics: Option<PathBuf>,
    #[arg(long, group = "agenda_form")]
    pub(super) log: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("remind_deed"))]
pub(super) struct Remind {
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true, conflicts_with = "remind_deed")]
    pub(super) due: Option<String>,
    #[arg(long, value_name = "WHO", conflicts_with = "remind_deed")]
    pub(super) of: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "remind_deed")]
    pub(super) limit: usize,
    #[arg(long, conflicts_with = "remind_deed")]
    pub(super) snoozed: bool,
    #[arg(long, conflicts_with = "remind_deed")]
    pub(super) count: bool,
    #[arg(long, conflicts_with = "remind_deed")]
    pub(super) exit_code: bool,
    #[arg(long, value_name = "KEY", group = "remind_deed")]
    pub(super) done: Option<String>,
    #[arg(long, value_name = "KEY", group = "remind_deed")]
    pub(super) considered: Option<String>,
    #[arg(long, value_name = "KEY", group = "remind_deed")]
    pub(super) snooze: Option<String>,
    #[arg(long, value_name = "WHEN", requires = "snooze", allow_hyphen_values = true)]
    pub(super) until: Option<String>,
    #[arg(long)]
    pub(super) json: bool,
    #[arg(long, conflicts_with_all = ["remind_deed", "json", "count"])]
    pub(super) csv: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("inbox_tray"))]
pub(super) struct InboxArgs {
    #[arg(value_name = "APPROVAL")]
    pub(super) id: Option<String>,
    #[arg(long, group = "inbox_tray")]
    pub(super) mine: bool,
    #[arg(long, group = "inbox_tray")]
    pub(super) done: bool,
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) limit: usize,
    #[arg(long)]
    pub(super) count: bool,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("plan_form"))]
pub(super) struct PlanArgs {
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1..=9999))]
    pub(super) year: Option<i16>,
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) by: Option<PlanGroup>,
    #[arg(long, group = "plan_form")]
    pub(super) json: bool,
    #[arg(long, group = "plan_form")]
    pub(super) csv: bool,
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("report_form"))]
pub(super) struct ReportArgs {
    pub(super) name: Option<String>,
    #[arg(long, value_name = "DAY", requires = "name", allow_hyphen_values = true)]
    pub(super) from: Option<String>,
    #[arg(long, value_name = "DAY", requires = "name", allow_hyphen_values = true)]
    pub(super) to: Option<String>,
    #[arg(long, value_name = "FILTER", requires = "name", value_parser = negation::shown)]
    pub(super) filter: Option<String>,
    #[arg(long, group = "report_form")]
    pub(super) json: bool,
    #[arg(long, group = "report_form")]
    pub(super) csv: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Sweep {
    #[arg(long)]
    pub(super) dry_run: bool,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Renumber {
    pub(super) object: String,
    #[arg(value_name = "FILTER", value_parser = negation::shown)]
    pub(super) filter: Vec<String>,
    #[arg(long)]
    pub(super) all: bool,
    #[arg(long)]
    pub(super) apply: bool,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanGroup {
    Person,
    Department,
    Product,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Duplicates {
    Skip,
    Update,
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RowFormat {
    Csv,
    Jsonl,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Import {
    #[arg(required_unless_present = "undo")]
    pub(super) object: Option<String>,
    #[arg(required_unless_present = "undo")]
    pub(super) file: Option<PathBuf>,
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(super) map: Vec<String>,
    #[arg(long = "value", value_name = "FIELD:FROM=TO")]
    pub(super) values: Vec<String>,
    #[arg(long, value_enum, value_name = "POLICY", default_value = "error", hide_possible_values = true)]
    pub(super) on_duplicate: Duplicates,
    #[arg(long)]
    pub(super) create_references: bool,
    #[arg(long)]
    pub(super) dry_run: bool,
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, visible_alias = "skip")]
    pub(super) from_line: u64,
    #[arg(long, value_enum)]
    pub(super) format: Option<RowFormat>,
    #[arg(long, value_name = "NAME")]
    pub(super) encoding: Option<String>,
    #[arg(long, value_name = "CHAR", allow_hyphen_values = true)]
    pub(super) delimiter: Option<String>,
    #[arg(long)]
    pub(super) no_header: bool,
    #[arg(long, value_name = "FILE")]
    pub(super) errors: Option<PathBuf>,
    #[arg(long, value_name = "N", conflicts_with_all = ["object", "file"])]
    pub(super) undo: Option<i64>,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Export {
    pub(super) object: String,
    #[arg(value_name = "FILTER", value_parser = negation::shown)]
    pub(super) filter: Vec<String>,
    #[arg(long, value_enum)]
    pub(super) format: Option<RowFormat>,
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[arg(long, value_name = "A,B")]
    pub(super) columns: Option<String>,
    #[arg(long, value_name = "F,-G", allow_hyphen_values = true)]
    pub(super) sort: Option<String>,
    #[arg(long)]
    pub(super) labels: bool,
    #[arg(long)]
    pub(super) bom: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    Html,
    Text,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Print {
    pub(super) object: String,
    pub(super) id: String,
    #[arg(long, value_enum)]
    pub(super) format: Option<PageFormat>,
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    Path,
    Check,
    Default {
        #[arg(long)]
        write: bool,
    },
}
