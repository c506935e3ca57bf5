//! Starting the terminal interface: the store, the theme, the keys.

use super::failure::Failure;
use super::session::{Session, Want};
use crate::backend::error::Error;
use crate::backend::local::{LocalBackend, OpenOptions};
use crate::config::{ConfigError, Problem, place};
use crate::domain::journal::Origin;
use crate::msg;
use crate::tui::context::Goto;
use crate::tui::keymap::Keymap;
use crate::tui::renderer::ColorDepth;
use crate::tui::run::{self, Setup};
use crate::tui::text::Measure;
use crate::tui::theme::Theme;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

/// How the interface opens a store: for writing, with the search ready in the background.
pub(super) fn options(session: &Session, path: PathBuf) -> OpenOptions {
    OpenOptions { origin: Origin::Tui, search: true, ..session.open_options(path, Want::Write) }
}

/// Refuses to start where there is no terminal to draw on.
pub(super) fn need_terminal() -> Result<(), Failure> {
    let there = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if there { Ok(()) } else { Err(Failure::Usage(msg!("cli-no-terminal"))) }
}

/// Opens a store that is there and shows it. One that can't be written is shown for reading only.
pub(super) fn open(session: &Session, path: PathBuf) -> Result<(), Failure> {
    need_terminal()?;
    let options = options(session, path);
    let backend = match LocalBackend::open(options.clone()) {
        Err(Error::Denied(_)) => LocalBackend::open(OpenOptions { read_only: true, ..options })?,
        opened => opened?,
    };
    show(session, backend)
}

/// Shows an open store until the user quits.
pub(super) fn show(session: &Session, backend: LocalBackend) -> Result<(), Failure> {
    need_terminal()?;
    let config = &session.config;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let measure = if config.interface.ambiguous_wide { Measure::Wide } else { Measure::Narrow };
    let setup = Setup {
        backend: Arc::new(backend),
        lang: session.lang,
        theme: if no_color { Theme::mono() } else { theme(session)? },
        depth: ColorDepth::detect(|name| std::env::var(name).ok()),
        measure,
        zone: session.zone.clone(),
        keymap: keymap(session)?,
        state_dir: place::state_dir().unwrap_or_else(std::env::temp_dir),
        start: Goto::List("customer".to_owned(), String::new()),
        config: config.clone(),
    };
    run::run(setup)?;
    Ok(())
}

/// The theme of the configuration: built in, a file in the folder `themes` beside it, or a path.
fn theme(session: &Session) -> Result<Theme, Failure> {
    let name = &session.config.interface.theme;
    if let Some(theme) = Theme::built_in(name) {
        return Ok(theme);
    }
    let beside = place::config_file().and_then(|f| Some(f.parent()?.join("themes").join(format!("{name}.toml"))));
    let path = beside.filter(|p| p.is_file()).unwrap_or_else(|| PathBuf::from(name));
    let text = std::fs::read_to_string(&path).map_err(|_| {
        let known = crate::tui::theme::BUILT_IN.map(|(n, _)| n).join(", ");
        Failure::Other(3, msg!("cli-no-theme", name = name, known = known))
    })?;
    Theme::parse(name, &text).map_err(|errors| {
        let line = |e: &crate::tui::theme::ThemeError| format!("{}: {e}", path.display());
        Failure::Other(3, crate::domain::message::Message::literal(errors.iter().map(line).collect::<Vec<_>>().join("\n")))
    })
}

/// The keys with the user's own; every mistake is located in the configuration.
pub(super) fn keymap(session: &Session) -> Result<Keymap, Failure> {
    let config = &session.config;
    let own = config.keys.iter().map(|b| (b.action.as_str(), b.keys.as_slice()));
    Keymap::new(own).map_err(|errors| {
        let path = config.file.clone().unwrap_or_default();
        let at = |name: &str| config.keys.iter().find(|b| b.action == name).map_or((1, 1), |b| (b.line, b.column));
        let problem = |(name, message): (String, crate::domain::message::Message)| {
            let (line, column) = at(&name);
            Problem { path: path.clone(), line, column, message }
        };
        Failure::Config(ConfigError { problems: errors.into_iter().map(problem).collect() })
    })
}
