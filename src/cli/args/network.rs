//! The commands about servers, and their arguments.

use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Serve {
    pub(in crate::cli) file: Option<PathBuf>,
    #[arg(long, value_name = "ADDRESS", default_value = crate::server::LISTEN)]
    pub(in crate::cli) listen: String,
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) cert: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: Option<PathBuf>,
    #[arg(long)]
    pub(in crate::cli) plain: bool,
    #[arg(long)]
    pub(in crate::cli) open: bool,
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    pub(in crate::cli) log: LogShape,
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(in crate::cli) rate: u32,
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(in crate::cli) timeout: u64,
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1000", conflicts_with = "file")]
    pub(in crate::cli) demo: Option<u64>,
    #[arg(long, value_name = "MS", default_value_t = 0, hide_default_value = true)]
    pub(in crate::cli) latency: u64,
    #[arg(long, value_name = "PERCENT", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(in crate::cli) errors: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LogShape {
    Text,
    Json,
    None,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Ask {
    pub(in crate::cli) method: String,
    pub(in crate::cli) path: String,
    #[arg(short, long, value_name = "JSON")]
    pub(in crate::cli) data: Option<String>,
    #[arg(short, long)]
    pub(in crate::cli) include: bool,
    #[arg(long)]
    pub(in crate::cli) raw: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Conformance {
    // Not `url`: that is the global one.
    #[arg(value_name = "URL")]
    pub(in crate::cli) server: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) junit: Option<PathBuf>,
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// What is to become of single changes, and how it is told.
#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Sync {
    #[arg(long, value_name = "N")]
    pub(in crate::cli) retry: Vec<i64>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) discard: Vec<i64>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) mine: Vec<i64>,
    #[arg(long, value_name = "N")]
    pub(in crate::cli) theirs: Vec<i64>,
    #[arg(long, value_name = "N", requires = "fields")]
    pub(in crate::cli) amend: Option<i64>,
    #[arg(value_name = "FIELD=VALUE", requires = "amend")]
    pub(in crate::cli) fields: Vec<String>,
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
