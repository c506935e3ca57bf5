//! What every command works with: the settings in force, the language, the store.

use super::args::Global;
use super::connected::{Connected, only_here};
use super::failure::Failure;
use super::output::note;
use super::remote::Remote;
use super::secret;
use crate::backend::Backend;
use crate::backend::local::{self, LocalBackend, OpenOptions, PASSWORD_WANTED, PASSWORD_WRONG};
use crate::config::{Config, Profile, place};
use crate::contract::error::Error;
use crate::contract::pool::SweepRequest;
use crate::domain::journal::Origin;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::schema::diff;
use crate::schema::error::nearest;
use crate::schema::model::{Object, Schema};
use crate::{i18n, msg, schema};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::ffi::OsString;
use std::future::Future;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;

/// The settings in force and the means to use them.
pub(super) struct Session {
    /// The configuration.
    pub(super) config: Config,
    /// The interface's language.
    pub(super) lang: Lang,
    /// The user's time zone.
    pub(super) zone: TimeZone,
    global: Global,
    profile: Profile,
    /// The password that was given for this run.
    password: RefCell<Option<Password>>,
    runtime: Runtime,
}

/// What a command wants of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// Read.
    Read,
    /// Read, and search by words.
    Search,
    /// Write.
    Write,
}

impl Session {
    /// Reads the configuration and takes the options over it.
    pub(super) fn new(global: Global) -> Result<Session, Failure> {
        let config = load_config(&global)?;
        if let Some(tag) = global.lang.as_deref()
            && Lang::from_tag(tag).is_none()
        {
            return Err(Failure::Usage(msg!("cli-lang", tag = tag)));
        }
        let lang = language(global.lang.as_deref(), Some(&config));
        let zone = config.format.time_zone.as_deref().and_then(|z| TimeZone::get(z).ok()).unwrap_or_else(system_zone);
        let profile = config.profile(global.profile.as_deref()).map_err(|m| Failure::Other(3, m))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let password = RefCell::default();
        Ok(Session { config, lang, zone, global, profile, password, runtime })
    }

    /// Whether the language was named for this run, rather than found in settings.
    pub(super) fn names_language(&self) -> bool {
        self.global.lang.is_some()
    }

    /// A text of the catalogue.
    pub(super) fn say(&self, message: &Message) -> String {
        i18n::message(self.lang, message)
    }

    /// Waits for an answer.
    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The server that is worked with: the option's, or the profile's unless a store is named.
    pub(super) fn remote(&self) -> Option<Remote> {
        if self.global.store.is_some() {
            return None;
        }
        let url = self.global.url.clone().or_else(|| self.profile.url.clone())?;
        Some(Remote::new(&url, &self.profile, self))
    }

    /// The command that prints the user's password.
    pub(super) fn password_command(&self) -> Option<&str> {
        self.global.password_command.as_deref().or(self.config.store.password_command.as_deref())
    }

    /// The store's file: the option, the profile's, the configuration's, the default. A failure where a server is
    /// worked with.
    pub(super) fn store_path(&self) -> Result<PathBuf, Failure> {
        if self.remote().is_some() {
            return Err(only_here());
        }
        if let Some(named) = &self.global.store {
            return Ok(named.clone());
        }
        let store = &self.config.store;
        let (named, command) = match &self.profile.store {
            Some(named) => (Some(named), &self.profile.database_password_command),
            None => (store.path.as_ref(), &store.database_password_command),
        };
        if let (Some(path), Some(command)) = (named, command) {
            // Nobody but the database that it stands beside is told what it prints.
            let (command, lang) = (command.clone(), self.lang);
            let ask = move || super::secret::of_command(&command).map_err(|failure| failure.message(lang));
            local::ask_password(path, Box::new(ask));
        }
        named.cloned().or_else(place::store_file).ok_or_else(|| Failure::Other(3, msg!("cli-no-home")))
    }

    /// Who the options and settings say that the user is.
    fn named_user(&self) -> Option<String> {
        let user = self.global.user.clone().or_else(|| self.profile.user.clone());
        user.or_else(|| self.config.store.user.clone())
    }

    /// The login of the user: as the options and settings say, otherwise the system's.
    pub(super) fn login(&self) -> Option<String> {
        self.named_user().or_else(system_login)
    }

    /// How the store is to be opened.
    pub(super) fn open_options(&self, path: PathBuf, want: Want) -> OpenOptions {
        OpenOptions {
            path,
            read_only: want != Want::Write,
            user: self.named_user(),
            likely_user: system_login(),
            password: self.given_password(),
            unattended: false,
            copies: None,
            ahead: jiff::SignedDuration::ZERO,
            origin: Origin::Cli,
            zone: self.zone.clone(),
            search: want == Want::Search,
            session: false,
            lang: self.lang,
        }
    }

    /// Takes the user's own schema over into the store at `path`: additions at once. Of what could lose data it only
    /// says that it waits. A store that is named for one command, or can't be written, stays as it is.
    pub(super) fn take_schema(&self, path: &Path) -> Result<Option<Message>, Failure> {
        let from_environment = || std::env::var_os("TCRM_STORE").map(PathBuf::from) == self.global.store;
        let Some(file) = self.schema_file().filter(|_| self.global.store.is_none() || from_environment()) else {
            return Ok(None);
        };
        let stamp = file_stamp(&file);
        let options = OpenOptions {
            user: None,
            likely_user: None,
            unattended: true,
            ..self.open_options(path.to_owned(), Want::Write)
        };
        let backend = match LocalBackend::open(options) {
            Err(Error::Denied(_)) => return Ok(None),
            opened => opened?,
        };
        let seen = self.wait(backend.settings(SCHEMA_SEEN.to_owned()))?;
        let seen = seen.into_iter().map(|(_, value)| value).next();
        let old = backend.schema();
        if stamp.is_some() && seen == stamp && !old.own.is_empty() {
            return Ok(None);
        }
        let new = Schema { currency: old.currency.clone(), ..read_schema(&file)? };
        if new.own != old.own && is_another(&old.own, seen.as_deref()) {
            let edited = msg!("cli-schema-edited", path = file.display());
            note(&self.say(&edited));
            return Ok(Some(edited));
        }
        let applied = self.wait(backend.apply_schema(diff::additions(&old, &new), false))?;
        for change in &applied.changes {
            note(&self.say(&change.message()));
        }
        let waiting = diff::diff(&backend.schema(), &new).iter().filter(|c| c.loses_data()).count();
        if waiting > 0 {
            let message = msg!("cli-schema-waits", number = waiting, path = file.display());
            note(&self.say(&message));
            let waits = stamp.map(|stamp| format!("{stamp}{WAITS}"));
            self.wait(backend.put_setting(SCHEMA_SEEN.to_owned(), waits))?;
            return Ok(Some(message));
        } else {
            self.wait(backend.put_setting(SCHEMA_SEEN.to_owned(), stamp))?;
        }
        Ok(None)
    }

    /// The user's own schema: the profile's, the configuration's, the one beside it.
    fn schema_file(&self) -> Option<PathBuf> {
        let named = self.profile.schema.clone().or_else(|| self.config.store.schema.clone());
        named.or_else(|| place::schema_file().filter(|p| p.is_file()))
    }

    /// Opens the store; where there is none, says how to make one. To write, the sweep of the day is done first, if
    /// it wasn't yet.
    pub(super) fn open(&self, want: Want) -> Result<Connected, Failure> {
        let backend = self.open_unswept(want)?;
        if let (Want::Write, Some(store)) = (want, backend.local()) {
            self.sweep(store);
        }
        Ok(backend)
    }

    /// The same for what only works on the file itself.
    pub(super) fn open_local(&self, want: Want) -> Result<LocalBackend, Failure> {
        self.open(want)?.into_local()
    }

    /// The sweep of the day. That it can't be done now is no reason not to do what was asked.
    fn sweep(&self, backend: &LocalBackend) {
        let request = SweepRequest { if_due: true, ..SweepRequest::default() };
        if let Ok(report) = self.wait(backend.sweep(request))
            && let Some(txn) = report.txn
        {
            note(&self.say(&super::sweep::done(&report, txn)));
        }
    }

    /// Opens the store and leaves the sweep of the day alone.
    pub(super) fn open_unswept(&self, want: Want) -> Result<Connected, Failure> {
        if let Some(remote) = self.remote() {
            return Connected::try_from(&remote);
        }
        let path = self.store_path()?;
        if !local::exists(&path)? {
            return Err(Failure::Other(4, msg!("cli-no-store", path = path.display())));
        }
        self.take_schema(&path)?;
        Ok(self.open_as_it_is(path, want)?.into())
    }

    /// Opens the store without looking at the user's own schema.
    pub(super) fn open_as_it_is(&self, path: PathBuf, want: Want) -> Result<LocalBackend, Failure> {
        self.signing_in(self.open_options(path, want), LocalBackend::open)
    }

    /// The password that was given for this run.
    pub(super) fn given_password(&self) -> Option<Password> {
        self.password.borrow().clone()
    }

    /// Opens a store; where it demands a password, that of the command or one that is typed, three times at most.
    pub(super) fn signing_in(
        &self,
        mut options: OpenOptions,
        open: impl Fn(OpenOptions) -> Result<LocalBackend, Error>,
    ) -> Result<LocalBackend, Failure> {
        let mut tries = 0;
        loop {
            let refused = match open(options.clone()) {
                Err(Error::Denied(reason)) => reason,
                opened => return Ok(opened?),
            };
            let is_wrong = refused.key == PASSWORD_WRONG;
            if refused.key != PASSWORD_WANTED && !is_wrong {
                return Err(Error::Denied(refused).into());
            }
            let command = self.password_command();
            let typed = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
            tries += 1;
            let password = match command {
                Some(command) if !is_wrong => secret::of_command(command)?,
                None if typed && tries <= TRIES => {
                    if is_wrong {
                        note(&self.say(&refused));
                    }
                    let name = refused.arg("name").unwrap_or_default().to_owned();
                    secret::ask(
                        self,
                        &if name.is_empty() { msg!("passwd-ask") } else { msg!("passwd-ask-of", name = name) },
                    )?
                }
                None if !is_wrong => return Err(Failure::Other(5, msg!("passwd-no-terminal"))),
                _ => return Err(Error::Denied(refused).into()),
            };
            options.password = Some(password.clone());
            *self.password.borrow_mut() = Some(password);
        }
    }

    /// The schema for new stores: the built-in one with the user's laid over it; `made_up` data adds its flows.
    pub(super) fn new_schema(&self, made_up: bool) -> Result<Schema, Failure> {
        let mut schema = match self.schema_file() {
            Some(path) => read_schema(&path)?,
            None if made_up => schema::load(&[crate::demo::FLOWS]).map_err(Failure::Schema)?,
            None => schema::load(&[]).map_err(Failure::Schema)?,
        };
        if let Some(currency) = &self.config.format.currency {
            schema.currency.clone_from(currency);
        }
        Ok(schema)
    }
}

/// How often a password is asked for.
const TRIES: usize = 3;
/// Under which setting a store keeps which file of the user's schema it has taken over.
const SCHEMA_SEEN: &str = "schema/seen";

/// What follows the stamp of a file that was taken over but for what could lose data.
const WAITS: &str = " waits";

/// What tells a file from its later versions, and for which version of tcrm that was.
fn file_stamp(path: &Path) -> Option<String> {
    let digits = digits(&std::fs::read(path).ok()?);
    Some(format!("{} {} {digits}", env!("CARGO_PKG_VERSION"), path.display()))
}

fn digits(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the TOML in force was changed in the store since a file was taken over.
fn is_another(own: &str, seen: Option<&str>) -> bool {
    let taken = seen.map(|seen| seen.strip_suffix(WAITS).unwrap_or(seen)).and_then(|seen| seen.rsplit(' ').next());
    !own.is_empty() && taken.is_some_and(|taken| taken != digits(own.as_bytes()))
}

/// The login that the system knows the user by.
fn system_login() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|v| !v.trim().is_empty()))
}

/// The built-in schema with a file laid over it.
pub(super) fn read_schema(path: &Path) -> Result<Schema, Failure> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|e| crate::transfer::Error::io(&name, &e))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes().iter().take(e.utf8_error().valid_up_to()).filter(|b| **b == b'\n').count() + 1;
        Failure::Other(3, msg!("cli-not-utf8", path = &name, line = line))
    })?;
    schema::load(&[schema::Source { name: &name, text: &text }]).map_err(Failure::Schema)
}

/// The object that a user names; otherwise what there is.
pub(super) fn find_object<'a>(schema: &'a Schema, name: &str, lang: Lang) -> Result<&'a Object, Failure> {
    schema.find_object(name).ok_or_else(|| {
        let names: Vec<String> = schema.objects.iter().map(|o| format!("{} ({})", o.name, o.label.get(lang))).collect();
        let known = schema.objects.iter().flat_map(|o| [o.name.as_str(), &o.label.zh, &o.label.en]);
        Failure::Other(
            4,
            match nearest(name, known) {
                Some(near) => msg!("cli-no-object-near", name = name, near = near, names = names.join(", ")),
                None => msg!("cli-no-object", name = name, names = names.join(", ")),
            },
        )
    })
}

/// The object and the backend it is in.
pub(super) fn with_object(session: &Session, name: &str, want: Want) -> Result<(Connected, Object), Failure> {
    let backend = session.open(want)?;
    let object = find_object(&backend.schema(), name, session.lang)?.clone();
    Ok((backend, object))
}

/// The configuration that the options name.
pub(super) fn load_config(global: &Global) -> Result<Config, Failure> {
    match &global.config {
        Some(path) => Ok(Config::load(path, true)?),
        None => Ok(place::config_file().map_or_else(|| Ok(Config::default()), |path| Config::load(&path, false))?),
    }
}

/// The system's time zone. Where the system says by a link which one it is, only that one is read, rather
/// than the list of all.
fn system_zone() -> TimeZone {
    let place = Path::new("/etc/localtime");
    let linked = || {
        let target = std::fs::read_link(place).ok()?;
        let (_, name) = target.to_str()?.rsplit_once("zoneinfo/")?;
        TimeZone::tzif(name, &std::fs::read(place).ok()?).ok()
    };
    let own = std::env::var_os("TZ").is_none().then(linked).flatten();
    own.unwrap_or_else(TimeZone::system)
}

fn language(named: Option<&str>, config: Option<&Config>) -> Lang {
    let system = || sys_locale::get_locale().and_then(|tag| Lang::from_tag(&tag));
    named.and_then(Lang::from_tag).or_else(|| config.and_then(|c| c.language)).or_else(system).unwrap_or_default()
}

/// The language before the arguments are read, for help and errors.
pub(super) fn early_language(args: &[OsString]) -> Lang {
    let option = |name: &str| {
        let mut rest = args
            .iter()
            .filter_map(|a| a.to_str())
            .take_while(|a| *a != "--")
            .skip_while(|a| *a != name && !a.strip_prefix(name).is_some_and(|v| v.starts_with('=')));
        let found = rest.next()?;
        found.split_once('=').map(|(_, v)| v.to_owned()).or_else(|| rest.next().map(str::to_owned))
    };
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let named = option("--lang").or_else(|| variable("TCRM_LANG"));
    let config = option("--config").or_else(|| variable("TCRM_CONFIG")).map(PathBuf::from);
    let global = Global { config, ..Global::default() };
    language(named.as_deref(), load_config(&global).ok().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_arguments_are_read() {
        let args = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();
        for (list, lang) in [
            (vec!["tcrm", "--lang", "zh-CN", "--nope"], Lang::Zh),
            (vec!["tcrm", "--lang=zh"], Lang::Zh),
            (vec!["tcrm", "list", "--lang", "en"], Lang::En),
        ] {
            assert_eq!(early_language(&args(&list)), lang, "{list:?}");
        }
    }
}
