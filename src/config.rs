//! The user's settings: `config.toml` over the defaults. Every setting stands once in `setting`, and with its
//! default in `config.example.toml`; a test holds them together.

pub mod place;
mod problem;
mod read;
mod setting;

pub use problem::{ConfigError, Problem};

use crate::domain::lang::Lang;
use crate::domain::message::Message;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The commented file of all settings with their defaults.
pub const EXAMPLE: &str = include_str!("../config.example.toml");

/// A place in a file: line and column, from 1.
pub type LineColumn = (usize, usize);

/// All settings in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The interface's language; `None` for the system's.
    pub language: Option<Lang>,
    /// The profile in use when none is named; empty for none.
    pub profile: String,
    /// Looks and behaviour of the terminal interface.
    pub interface: Interface,
    /// How values are shown and read.
    pub format: Format,
    /// Where the data is.
    pub store: Store,
    /// Reminders.
    pub reminders: Reminders,
    /// Lists.
    pub list: List,
    /// Editing.
    pub edit: Edit,
    /// Export.
    pub export: Export,
    /// Working without a network.
    pub offline: Offline,
    /// Which records of a server are kept here, where it isn't the usual ones: object → filter, or `none`.
    pub keep: BTreeMap<String, String>,
    /// Where each of those is written: the object and its filter.
    pub keep_at: BTreeMap<String, (LineColumn, LineColumn)>,
    /// Named places of data.
    pub profiles: BTreeMap<String, Profile>,
    /// Keys that differ from the built-in ones, in the file's order, not yet checked.
    pub keys: Vec<KeyBinding>,
    /// The file that these settings were read from.
    pub file: Option<PathBuf>,
}

/// Looks and behaviour of the terminal interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// A theme's name, or a path to a theme's file.
    pub theme: String,
    /// Where the theme is named: line and column, from 1; zeros where it isn't.
    pub theme_at: (usize, usize),
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Characters of ambiguous width take two cells.
    pub ambiguous_wide: bool,
    /// Listen to the mouse.
    pub mouse: bool,
    /// Show the bar of keys.
    pub hints: bool,
    /// Ring the terminal's bell on errors.
    pub bell: bool,
    /// How long a passing notice stays, in seconds.
    pub notice_seconds: u64,
    /// How long the second key of a sequence may take until the choices are shown, in milliseconds.
    pub which_key_ms: u64,
    /// Ask before quitting even if nothing is unsaved.
    pub confirm_quit: bool,
    /// Weeks begin on Sunday.
    pub sunday_first: bool,
    /// The screen that the interface opens with.
    pub start: Start,
}

/// The screen that the interface opens with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// The list of customers.
    #[default]
    Customers,
    /// What is due, and one's figures.
    Today,
    /// The agenda.
    Agenda,
    /// The list of leads.
    Leads,
    /// The list of opportunities.
    Opportunities,
}

/// What happens when something falls due while the interface is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminders {
    /// Show the number of what is due in the header line.
    pub badge: bool,
    /// Ring the terminal's bell.
    pub bell: bool,
    /// How a notice is shown outside the terminal.
    pub notice: Notice,
    /// The command that shows it, with its arguments; the text comes last.
    pub command: Option<String>,
}

/// How a notice is shown outside the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notice {
    /// Not at all.
    #[default]
    None,
    /// By the terminal: OSC 9 (iTerm2, WezTerm, Windows Terminal, foot, kitty).
    Osc9,
    /// By the terminal: OSC 777 (urxvt, foot, WezTerm, Ghostty).
    Osc777,
    /// By a command.
    Command,
}

/// How values are shown and read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// An IANA time zone; `None` for the system's.
    pub time_zone: Option<String>,
    /// The currency of new stores (ISO 4217); `None` for the schema's.
    pub currency: Option<String>,
}

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The local store's file; `None` for `tcrm.db` in the data folder.
    pub path: Option<PathBuf>,
    /// The user's own schema, laid over the built-in one; `None` for `schema.toml` beside the configuration,
    /// if there is one.
    pub schema: Option<PathBuf>,
    /// Login of the user that works; `None` for nobody in particular.
    pub user: Option<String>,
    /// The command that prints the user's password, for a store that demands one.
    pub password_command: Option<String>,
    /// The command that prints the password of the database, where the store is one.
    pub database_password_command: Option<String>,
}

/// Lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Rows fetched at once.
    pub page: usize,
    /// Counts go no further than this.
    pub count_limit: u64,
    /// Rows that `tcrm list` prints unless told otherwise.
    pub limit: usize,
}

/// Editing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The external editor with its arguments; `None` for `$VISUAL`, `$EDITOR`, then `vi`.
    pub editor: Option<String>,
    /// Ask before deleting.
    pub confirm_delete: bool,
}

/// Export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Begin CSV files with a byte order mark, so that spreadsheets read Chinese.
    pub mark: bool,
}

/// A named place of data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The local store's file.
    pub store: Option<PathBuf>,
    /// The user's own schema.
    pub schema: Option<PathBuf>,
    /// The command that prints the password of the database, where the store is one.
    pub database_password_command: Option<String>,
    /// Login of the user that works.
    pub user: Option<String>,
    /// The address of a server that is worked with instead of a store.
    pub url: Option<String>,
    /// The command that prints the server's token.
    pub token_command: Option<String>,
    /// Where the server's token is kept.
    pub secret: Option<Secret>,
    /// The file that the server's token is kept in.
    pub token_file: Option<PathBuf>,
    /// A file of further certificates to trust, as PEM.
    pub certificates: Option<PathBuf>,
}

/// Where the token of a server is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// In a file that only its owner can read.
    File,
    /// In the keyring of the system.
    Keyring,
    /// Elsewhere: a command prints it.
    Command,
}

/// Keys for an action, as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// The action's name.
    pub action: String,
    /// The keys; none takes the action's keys away.
    pub keys: Vec<String>,
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in the file, from 1, in characters.
    pub column: usize,
}

/// Working without a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offline {
    /// Keep a part of a server's data on this machine.
    pub enabled: bool,
    /// The most records of one object.
    pub records: usize,
    /// The most megabytes.
    pub megabytes: u64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            language: None,
            profile: String::new(),
            interface: Interface {
                theme: "terminal".to_owned(),
                theme_at: (0, 0),
                ascii: false,
                ambiguous_wide: false,
                mouse: true,
                hints: true,
                bell: false,
                notice_seconds: 4,
                which_key_ms: 400,
                confirm_quit: false,
                sunday_first: false,
                start: Start::Customers,
            },
            reminders: Reminders { badge: true, bell: false, notice: Notice::None, command: None },
            format: Format { time_zone: None, currency: None },
            store: Store {
                path: None,
                schema: None,
                user: None,
                password_command: None,
                database_password_command: None,
            },
            list: List { page: 200, count_limit: 10_000_000, limit: 50 },
            edit: Edit { editor: None, confirm_delete: true },
            export: Export { mark: false },
            offline: Offline { enabled: true, records: 20_000, megabytes: 256 },
            keep: BTreeMap::new(),
            keep_at: BTreeMap::new(),
            profiles: BTreeMap::new(),
            keys: Vec::new(),
            file: None,
        }
    }
}

impl Config {
    /// Reads a file over the defaults. A file that isn't there is an error only if `required`.
    pub fn load(path: &Path, required: bool) -> Result<Config, ConfigError> {
        let (config, problems) = Config::examine(path, required)?;
        if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
    }

    /// The same as far as it can be read, with every mistake in the file's order.
    pub fn examine(path: &Path, required: bool) -> Result<(Config, Vec<Problem>), ConfigError> {
        let text = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !required => return Ok(Default::default()),
            Err(e) => return Err(ConfigError::unreadable(path, &e)),
        };
        let text = String::from_utf8(text)
            .map_err(|e| ConfigError::not_utf8(path, e.as_bytes(), e.utf8_error().valid_up_to()))?;
        Ok(read::read_all(&text, path))
    }

    /// Reads settings from the text of a file over the defaults; all mistakes are reported at once.
    pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
        read::read(text, path)
    }

    /// The profile of a name; the one in use for `None`. An unknown name is an error.
    pub fn profile(&self, name: Option<&str>) -> Result<Profile, Message> {
        let name = name.unwrap_or(&self.profile);
        if name.is_empty() {
            return Ok(Profile::default());
        }
        let known = || self.profiles.keys().cloned().collect::<Vec<_>>().join(", ");
        self.profiles.get(name).cloned().ok_or_else(|| crate::msg!("config-profile", name = name, known = known()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, Path::new("/c/config.toml"))
    }

    /// The example with every setting's line uncommented.
    fn uncommented() -> String {
        let setting = |line: &str| {
            line.strip_prefix('#').filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())).map(str::to_owned)
        };
        EXAMPLE.lines().map(|l| setting(l).unwrap_or_else(|| l.to_owned()) + "\n").collect()
    }

    #[test]
    fn the_example_changes_nothing_as_it_stands() {
        assert_eq!(Config { file: None, ..parse(EXAMPLE).unwrap() }, Config::default());
    }

    #[test]
    fn the_example_shows_every_setting_with_its_default() {
        let text = uncommented();
        let mut read = Config { file: None, ..parse(&text).unwrap() };
        read.interface.theme_at = (0, 0);
        assert_eq!(read, Config::default());
        let document: toml::Table = text.parse().unwrap();
        let mut shown = Vec::new();
        for (name, value) in &document {
            match value {
                toml::Value::Table(section) => shown.extend(section.keys().map(|k| format!("{name}.{k}"))),
                _ => shown.push(name.clone()),
            }
        }
        let known: Vec<&str> = setting::SETTINGS.iter().map(|s| s.key).collect();
        for key in &known {
            assert!(shown.iter().any(|s| s == key), "{key} is not in config.example.toml");
        }
        assert_eq!(shown.len(), known.len());
        for key in setting::PROFILE_KEYS {
            assert!(EXAMPLE.contains(&format!("#   {key} = ")), "profile setting {key} is not in the example");
        }
    }

    #[test]
    fn settings_are_taken_over_and_the_rest_stays() {
        let text = "language = \"zh-CN\"\n[interface]\nmouse = false\nsymbols = \"ascii\"\n[list]\npage = 50\n\
                    [store]\npath = \"data/crm.db\"\n[profiles.work]\nstore = \"/srv/crm.db\"\nuser = \"zhangsan\"\n\
                    [keys]\n\"customers.edit\" = [\"e\", \"F2\"]\n\"app.quit\" = []\n\"x.y\" = \"z\"\n";
        let config = parse(text).unwrap();
        assert_eq!(config.language, Some(Lang::Zh));
        assert!(!config.interface.mouse && config.interface.ascii && config.interface.hints);
        assert_eq!(config.list.page, 50);
        assert_eq!(config.store.path, Some(PathBuf::from("/c/data/crm.db")));
        assert_eq!(config.profile(Some("work")).unwrap().user.as_deref(), Some("zhangsan"));
        assert_eq!(config.profile(Some("nope")).unwrap_err().key, "config-profile");
        let keys: Vec<(&str, usize, usize)> =
            config.keys.iter().map(|k| (k.action.as_str(), k.keys.len(), k.line)).collect();
        assert_eq!(keys, [("customers.edit", 2, 13), ("app.quit", 0, 14), ("x.y", 1, 15)]);
    }

    #[test]
    fn every_mistake_is_reported_with_its_place_and_what_is_near() {
        for (text, places) in [
            ("langage = \"en\"\n", "1:1 config-unknown-near language"),
            ("[interfce]\nmouse = true\n", "1:2 config-unknown-near interface"),
            ("[interface]\nmose = true\nbell = 1\n", "2:1 config-unknown-near mouse|3:8 config-type "),
            ("[interface]\nsymbols = \"asci\"\n", "2:11 config-choice-near ascii"),
            ("language = \"klingon\"", "1:12 config-choice "),
            ("[list]\npage = 0\n", "2:8 config-range "),
            ("[list]\npage = 5.5\n", "2:8 config-type "),
            ("list = 5\n", "1:8 config-type "),
            ("[format]\ntime_zone = \"Asia/Shangai\"\n", "2:13 config-zone "),
            ("[format]\ncurrency = \"yuan\"\n", "2:12 config-currency "),
            (
                "profile = \"wrk\"\n[profiles.work]\nstre = \"x\"\n",
                "1:11 config-choice-near work|3:1 config-unknown-near store",
            ),
            ("[profiles.a]\nsecret = \"keychain\"\n", "2:10 config-choice "),
            ("[profiles.a]\nsecret = \"command\"\n", "2:10 config-secret-command "),
            ("[profiles.a]\ntoken_command = \"x\"\nsecret = \"file\"\n", "3:10 config-secret-twice "),
            ("[profiles.a]\ntoken_file = \"x\"\nsecret = \"keyring\"\n", "3:10 config-secret-file "),
            ("[keys]\n\"中\" = 5\n", "2:7 config-type "),
            ("[keys]\n\"a.b\" = [\"x\", 3]\n", "2:15 config-type "),
            ("[list\npage = 1\n", "1:6 config-syntax "),
            ("a = 1\na = 2\n", "2:1 config-syntax "),
        ] {
            let problems = parse(text).unwrap_err().problems;
            let found: Vec<String> = problems
                .iter()
                .map(|p| format!("{}:{} {} {}", p.line, p.column, p.message.key, p.message.arg("near").unwrap_or("")))
                .collect();
            assert_eq!(found.join("|"), places, "{text:?}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error_only_when_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        assert_eq!(Config::load(&path, false).unwrap(), Config::default());
        assert!(Config::load(&path, true).is_err());
        std::fs::write(&path, b"# ok\nx = \"\xFF\"\n").unwrap();
        let problem = Config::load(&path, false).unwrap_err().problems.remove(0);
        assert_eq!((problem.line, problem.column, problem.message.key.as_ref()), (2, 6, "config-utf8"));
    }
}
