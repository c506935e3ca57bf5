//! `tcrm schema` and its arguments.

use clap::{Args as ClapArgs, Subcommand};
use std::path::PathBuf;

/// How a change of the schema in force is made.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub(in crate::cli) struct SchemaChange {
    #[arg(long)]
    pub(in crate::cli) allow_loss: bool,
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SchemaCommand {
    Show {
        object: Option<String>,
        #[arg(long, conflicts_with_all = ["object", "json"])]
        builtin: bool,
        #[arg(long)]
        json: bool,
    },
    Check {
        file: PathBuf,
    },
    Diff {
        file: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    Apply {
        file: Option<PathBuf>,
        #[arg(long)]
        allow_loss: bool,
    },
    Export {
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    Edit(SchemaChange),
    Set {
        path: String,
        #[arg(value_name = "KEY=VALUE", required = true)]
        values: Vec<String>,
        #[command(flatten)]
        change: SchemaChange,
    },
    Unset {
        path: String,
        #[command(flatten)]
        change: SchemaChange,
    },
    Views,
}
