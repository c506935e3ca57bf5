//! Where tcrm's files are on this machine, and what names a database instead.

use directories::{BaseDirs, ProjectDirs};
use std::path::{Path, PathBuf};

fn dirs() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "tcrm")
}

/// The user's home.
pub fn home() -> Option<PathBuf> {
    BaseDirs::new().map(|d| d.home_dir().to_owned())
}

/// The configuration unless another is named: `config.toml` in the platform's folder.
pub fn config_file() -> Option<PathBuf> {
    dirs().map(|d| d.config_dir().join("config.toml"))
}

/// The user's own schema unless another is named: `schema.toml` beside the configuration.
pub fn schema_file() -> Option<PathBuf> {
    dirs().map(|d| d.config_dir().join("schema.toml"))
}

/// The local store unless another is named: `tcrm.db` in the platform's data folder.
pub fn store_file() -> Option<PathBuf> {
    dirs().map(|d| d.data_dir().join("tcrm.db"))
}

/// The platform's folder of data.
pub fn data_folder() -> Option<PathBuf> {
    dirs().map(|d| d.data_dir().to_owned())
}

/// The folder of logs, crash reports and what the interface remembers.
pub fn state_dir() -> Option<PathBuf> {
    dirs().map(|d| d.state_dir().unwrap_or_else(|| d.data_local_dir()).to_owned())
}

/// The folder of what can be fetched again: schemas and files of servers.
pub fn cache_dir() -> Option<PathBuf> {
    dirs().map(|d| d.cache_dir().to_owned())
}
/// How an address of a database begins.
pub(crate) const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Whether a store's address names a database rather than a file.
pub fn is_database(path: &Path) -> bool {
    path.to_str().is_some_and(|text| SCHEMES.iter().any(|scheme| text.starts_with(scheme)))
}
