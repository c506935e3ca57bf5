//! Starts the terminal interface with the settings in force.

use super::failure::Failure;
use super::remote::Remote;
use super::session::{Session, Want};
use crate::backend::Backend;
use crate::backend::local::{LocalBackend, OpenOptions};
use crate::config::{Config, ConfigError, Problem, Start, place};
use crate::contract::error::Error;
use crate::domain::journal::Origin;
use crate::domain::message::Message;
use crate::msg;
use crate::tui::context::Goto;
use crate::tui::keymap::Keymap;
use crate::tui::renderer::ColorDepth;
use crate::tui::run::{self, Setup};
use crate::tui::text::Measure;
use crate::tui::theme::{BUILT_IN, Theme};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first screen.
fn start(config: &Config) -> Goto {
    let list = |object: &str| Goto::List(object.to_owned(), String::new());
    match config.interface.start {
        Start::Customers => list("customer"),
        Start::Leads => list("lead"),
        Start::Opportunities => list("opportunity"),
        Start::Today => Goto::Today,
        Start::Agenda => Goto::Agenda,
    }
}

/// Opens a store and hands the terminal to the interface until the user quits. `user` is who the user is
/// unless the options say otherwise, `told` what the first screen begins with. A store that can't be written is shown
/// for reading.
pub(super) fn run(session: &Session, store: PathBuf, user: Option<&str>, told: Option<Message>) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::Usage(msg!("cli-no-terminal")));
    }
    let news = match user {
        None => session.take_schema(&store)?.or(told),
        Some(_) => told,
    };
    let name = store.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let shown = if user.is_none() { name } else { String::new() };
    let depth = ColorDepth::detect(|name| std::env::var(name).ok());
    let usual = session.open_options(store, Want::Write);
    let mut options = OpenOptions { origin: Origin::Tui, search: true, session: true, ..usual };
    options.user = options.user.or_else(|| user.map(str::to_owned));
    let config = &session.config;
    let keymap = keymap(config)?;
    let theme = if depth == ColorDepth::None { Theme::mono() } else { theme(config)? };
    let backend = session.signing_in(options, open)?;
    show(session, Arc::new(backend), (shown, news), (keymap, theme, depth))
}

/// The same on a server.
pub(super) fn run_remote(session: &Session, remote: &Remote) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::Usage(msg!("cli-no-terminal")));
    }
    let depth = ColorDepth::detect(|name| std::env::var(name).ok());
    let keymap = keymap(&session.config)?;
    let theme = if depth == ColorDepth::None { Theme::mono() } else { theme(&session.config)? };
    let (backend, place) = remote.connect_interface()?;
    show(session, backend, (place, None), (keymap, theme, depth))
}

/// Hands the terminal to the interface until the user quits.
fn show(
    session: &Session,
    backend: Arc<dyn Backend>,
    (shown, news): (String, Option<Message>),
    (keymap, theme, depth): (Keymap, Theme, ColorDepth),
) -> Result<(), Failure> {
    let config = &session.config;
    let setup = Setup {
        backend,
        lang: session.lang,
        fixed_lang: session.names_language(),
        theme,
        measure: if config.interface.ambiguous_wide { Measure::Wide } else { Measure::Narrow },
        depth,
        zone: session.zone.clone(),
        keymap,
        state_dir: place::state_dir().unwrap_or_else(std::env::temp_dir),
        place: shown,
        news,
        start: start(config),
        config: config.clone(),
    };
    run::run(setup).map_err(|e| Failure::Other(1, msg!("cli-terminal", reason = e)))
}

/// Opens a store, for reading where it can't be written.
fn open(options: OpenOptions) -> Result<LocalBackend, Error> {
    match LocalBackend::open(options.clone()) {
        Err(Error::Denied(reason)) if reason.key.starts_with("sign-in-") => Err(Error::Denied(reason)),
        Err(Error::Denied(_)) => LocalBackend::open(OpenOptions { read_only: true, ..options }),
        opened => opened,
    }
}

/// The keys in force, or every mistake in the configuration's with its place.
pub(super) fn keymap(config: &Config) -> Result<Keymap, ConfigError> {
    let own = config.keys.iter().map(|b| (b.action.as_str(), b.keys.as_slice()));
    Keymap::new(own).map_err(|mistakes| {
        let problem = |(action, message): (String, Message)| {
            let at = config.keys.iter().find(|b| b.action == action);
            let (line, column) = at.map_or((0, 0), |b| (b.line, b.column));
            Problem { path: config.file.clone().unwrap_or_default(), line, column, message }
        };
        ConfigError { problems: mistakes.into_iter().map(problem).collect() }
    })
}

/// The theme that the settings name: a built-in one, or a file.
pub(super) fn theme(config: &Config) -> Result<Theme, Failure> {
    let name = &config.interface.theme;
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme);
    }
    let folder = config.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|_| {
        let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        let message = msg!("cli-theme", name = name, names = names.join(", "));
        let path = config.file.clone().unwrap_or_default();
        let (line, column) = config.interface.theme_at;
        Failure::Config(ConfigError { problems: vec![Problem { path, line, column, message }] })
    })?;
    Theme::parse(name, &text).map_err(|mistakes| {
        let line = |e: &crate::tui::theme::ThemeError| Problem {
            path: path.clone(),
            line: e.line,
            column: 1,
            message: e.message(),
        };
        Failure::Config(ConfigError { problems: mistakes.iter().map(line).collect() })
    })
}
