//! `tcrm login`, `tcrm logout`, `tcrm api`: servers, and the secrets that let one in at them.

use super::args::Ask;
use super::connected::Connected;
use super::failure::Failure;
use super::keyring;
use super::output::{note, stdout};
use super::secret;
use super::session::Session;
use super::sync::{self, Cache};
use crate::api::Method;
use crate::backend::Backend;
use crate::backend::http::{HttpBackend, HttpOptions, RawRequest, Talk};
use crate::config::{Profile, Secret, place};
use crate::domain::journal::Origin;
use crate::domain::password::Password;
use crate::msg;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A server as the options and the profile name it.
#[derive(Debug, Clone)]
pub(super) struct Remote {
    options: HttpOptions,
    place: Place,
    cache: Option<Cache>,
}

/// Where the token is.
#[derive(Debug, Clone)]
enum Place {
    /// In a file of its owner's, if there is a folder for it.
    File(Option<PathBuf>),
    /// In the keyring of the system.
    Keyring,
    /// A command prints it.
    Command(String),
}

impl Remote {
    /// The server at an address.
    pub(super) fn new(url: &str, profile: &Profile, session: &Session) -> Remote {
        let cache = place::cache_dir().unwrap_or_else(std::env::temp_dir);
        let digest = Sha256::digest(url.trim_end_matches('/').as_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let usual = place::state_dir().map(|folder| folder.join("tokens").join(name));
        let options = HttpOptions {
            zone: session.zone.clone(),
            lang: session.lang,
            certificates: profile.certificates.clone(),
            ..HttpOptions::new(url, Password::new(""), cache)
        };
        let place = match (&profile.token_command, profile.secret) {
            _ if profile.url.as_deref() != Some(url) => Place::File(usual),
            (Some(command), _) => Place::Command(command.clone()),
            (None, Some(Secret::Keyring)) => Place::Keyring,
            (None, _) => Place::File(profile.token_file.clone().or(usual)),
        };
        Remote { options, place, cache: Cache::of(url, session) }
    }

    /// How to reach it, with the token: of `TCRM_TOKEN`, or where the profile says.
    pub(super) fn options(&self) -> Result<HttpOptions, Failure> {
        let given = std::env::var("TCRM_TOKEN").ok().filter(|token| !token.trim().is_empty());
        let token = match (given, &self.place) {
            (Some(token), _) => Password::new(token.trim()),
            (None, Place::Command(command)) => secret::of_command(command)?,
            (None, Place::Keyring) => keyring::get(&self.options.url)?.ok_or_else(|| self.absent())?,
            (None, Place::File(path)) => self.kept(path.as_deref())?,
        };
        Ok(HttpOptions { token, ..self.options.clone() })
    }

    /// The cache of its data, if one is wanted.
    pub(super) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// Connects for a command.
    pub(super) fn connect(&self) -> Result<Connected, Failure> {
        Ok(Connected::Http(sync::connect(self.cache(), self.options()?)?))
    }

    /// Connects for the terminal interface: the backend, and the name that it shows for the server.
    pub(super) fn connect_interface(&self) -> Result<(Arc<dyn Backend>, String), Failure> {
        let options = HttpOptions { origin: Origin::Tui, ..self.options()? };
        let shown = options.url.trim_end_matches('/').split("://").last().unwrap_or_default().to_owned();
        Ok((Arc::from(sync::connect_interface(self.cache(), options)?), shown))
    }

    fn absent(&self) -> Failure {
        Failure::Other(5, msg!("cli-not-signed-in", url = self.options.url))
    }

    fn kept(&self, path: Option<&Path>) -> Result<Password, Failure> {
        let path = path.ok_or_else(|| self.absent())?;
        let file = std::fs::File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => self.absent(),
            _ => Failure::Other(1, msg!("cli-token-file", path = path.display(), reason = error)),
        })?;
        refuse_open_file(&file, path)?;
        let mut text = String::new();
        file.take(4_096).read_to_string(&mut text)?;
        Ok(Password::new(text.trim()))
    }

    /// Keeps a token; gives the file that it is in, if it is in one.
    fn keep(&self, token: &str) -> Result<Option<PathBuf>, Failure> {
        let path = match &self.place {
            Place::Keyring => return keyring::put(&self.options.url, token).map(|()| None),
            Place::File(Some(path)) => path.clone(),
            Place::File(None) | Place::Command(_) => return Err(Failure::Other(3, msg!("cli-no-home"))),
        };
        let failed =
            |reason: std::io::Error| Failure::Other(1, msg!("cli-token-file", path = path.display(), reason = reason));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let fresh = path.with_extension("new");
        let _ = std::fs::remove_file(&fresh);
        let mut how = std::fs::OpenOptions::new();
        how.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            how.mode(0o600);
        }
        let mut file = how.open(&fresh).map_err(failed)?;
        writeln!(file, "{token}").and_then(|()| file.sync_all()).map_err(failed)?;
        std::fs::rename(&fresh, &path).map_err(failed)?;
        Ok(Some(path))
    }
}

/// A secret that others can read is none.
#[cfg(unix)]
fn refuse_open_file(file: &std::fs::File, path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(Failure::Other(3, msg!("cli-token-open", path = path.display()))),
    }
}

#[cfg(not(unix))]
fn refuse_open_file(_: &std::fs::File, _: &Path) -> Result<(), Failure> {
    Ok(())
}

fn server(session: &Session) -> Result<Remote, Failure> {
    session.remote().ok_or_else(|| Failure::Usage(msg!("cli-which-server")))
}

/// Signs in at the server and keeps the token.
pub(super) fn login(session: &Session) -> Result<(), Failure> {
    let remote = server(session)?;
    match &remote.place {
        Place::Command(_) => return Err(Failure::Usage(msg!("cli-token-by-command"))),
        // Before anything is asked: where there is no keyring, there is no place for what is asked for.
        Place::Keyring => drop(keyring::get(&remote.options.url)?),
        Place::File(_) => {}
    }
    let login = session.login();
    let password = match session.password_command() {
        Some(command) => secret::of_command(command)?,
        None => secret::ask(session, &msg!("passwd-ask-of", name = login.clone().unwrap_or_default()))?,
    };
    let password = Some(password).filter(|password| !password.is_empty());
    let label = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let signed_in = HttpBackend::sign_in(&remote.options, login, password.as_ref(), label.trim())?;
    let path = remote.keep(&signed_in.token)?;
    let name = signed_in.me.map(|me| me.name).unwrap_or_default();
    let until = signed_in.expires_at.to_zoned(session.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let url = &remote.options.url;
    note(&session.say(&match path {
        Some(path) => msg!("cli-signed-in", name = name, url = url, until = until, path = path.display()),
        None => msg!("cli-signed-in-keyring", name = name, url = url, until = until),
    }));
    Ok(())
}

/// Signs out at the server and forgets the token.
pub(super) fn logout(session: &Session) -> Result<(), Failure> {
    let remote = server(session)?;
    let signed_out = remote.options().and_then(|options| Ok(HttpBackend::sign_out(&options)?));
    let forgotten = match &remote.place {
        Place::File(Some(path)) => {
            let _ = std::fs::remove_file(path);
            Ok(())
        }
        Place::Keyring => keyring::forget(&remote.options.url),
        Place::File(None) | Place::Command(_) => Ok(()),
    };
    signed_out.and(forgotten)?;
    note(&session.say(&msg!("cli-signed-out", url = remote.options.url)));
    Ok(())
}

/// Asks the server something by method and path, and prints the answer as it comes.
pub(super) fn ask(session: &Session, ask: &Ask) -> Result<(), Failure> {
    let options = server(session)?.options()?;
    let method = match ask.method.to_uppercase().as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        other => return Err(Failure::Usage(msg!("cli-no-method", name = other))),
    };
    let body = match ask.data.as_deref() {
        None => None,
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes)?;
            Some(bytes)
        }
        Some(text) => match text.strip_prefix('@') {
            Some(path) => Some(std::fs::read(path).map_err(|e| crate::transfer::Error::io(path, &e))?),
            None => Some(text.as_bytes().to_vec()),
        },
    };
    let request = RawRequest { method, path: ask.path.clone(), headers: Vec::new(), body, signed_in: true };
    let answer = Talk::new(&options)?.ask(request)?;
    let mut out = stdout();
    if ask.include {
        writeln!(out, "{}", answer.status)?;
        for (name, value) in &answer.headers {
            writeln!(out, "{name}: {value}")?;
        }
        writeln!(out)?;
    }
    match serde_json::from_slice::<serde_json::Value>(&answer.body) {
        Ok(json) if !ask.raw => writeln!(out, "{}", serde_json::to_string_pretty(&json).unwrap_or_default())?,
        _ => out.write_all(&answer.body)?,
    }
    out.flush()?;
    match answer.status {
        200..=399 => Ok(()),
        401 | 403 => Err(Failure::Said(5)),
        404 => Err(Failure::Said(4)),
        409 | 412 => Err(Failure::Said(6)),
        400 | 422 => Err(Failure::Said(3)),
        _ => Err(Failure::Said(1)),
    }
}
