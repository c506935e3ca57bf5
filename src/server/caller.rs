//! Who calls: the token of a request, the user it stands for, their zone and language.

use super::app::App;
use super::failure::Failure;
use crate::api::payload::Scope;
use crate::api::{ORIGIN, ProblemKind, TOKEN_PREFIX, ZONE};
use crate::backend::local::{Entrance, LocalBackend, SeatOptions, Token};
use crate::contract::error::Error;
use crate::domain::journal::Origin;
use crate::domain::lang::Lang;
use crate::msg;
use axum::http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most seats that are remembered.
const MOST: usize = 2_048;
/// For how long a token is good without being looked for again: it may have ended in another process.
const SURE: Duration = Duration::from_secs(1);
/// Whoever asked something within this time is at work.
const LATELY: Duration = Duration::from_secs(600);

/// Whoever is signed in.
#[derive(Clone)]
pub(super) struct Caller {
    /// The store on their behalf.
    pub(super) backend: LocalBackend,
    /// The token's number.
    pub(super) token: i64,
    pub(super) session: bool,
    pub(super) scopes: Arc<[Scope]>,
    expires_at: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    token: String,
    zone: String,
    lang: Lang,
    origin: &'static str,
}

/// Those who are signed in, by token.
#[derive(Default)]
pub(super) struct Seats(Mutex<HashMap<Place, Seated>>);

/// Somebody who is signed in, and when their token was last looked for.
struct Seated {
    caller: Caller,
    looked: Instant,
}

impl Seats {
    /// Nobody sits by that token any more.
    pub(super) fn forget(&self, token: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, seated| seated.caller.token != token);
    }

    /// The tokens that were asked with lately.
    pub(super) fn at_work(&self) -> HashSet<i64> {
        let seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = seats.values().filter(|seated| seated.looked.elapsed() < LATELY);
        lately.map(|seated| seated.caller.token).collect()
    }

    /// Who sits there, and whether their token was looked for just now.
    fn find(&self, place: &Place) -> Option<(Caller, bool)> {
        let seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.get(place).map(|seated| (seated.caller.clone(), seated.looked.elapsed() < SURE))
    }

    fn keep(&self, place: Place, caller: Caller) {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.len() >= MOST && !seats.contains_key(&place) {
            seats.clear();
        }
        seats.insert(place, Seated { caller, looked: Instant::now() });
    }
}

/// A token's hash: what is kept of it.
pub(super) fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A new token.
pub(super) fn new_token() -> Result<String, Error> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| Error::Other(msg!("sign-in-failed", reason = error)))?;
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{TOKEN_PREFIX}{digits}"))
}

/// The language that is asked for.
pub(super) fn language(headers: &HeaderMap) -> Lang {
    let tags = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    tags.split(',').find_map(|tag| Lang::from_tag(tag.trim())).unwrap_or_default()
}

/// The zone that is named, else the server's own.
pub(super) fn zone(headers: &HeaderMap) -> Result<(String, TimeZone), Failure> {
    match headers.get(ZONE).and_then(|value| value.to_str().ok()) {
        None => Ok((String::new(), TimeZone::system())),
        Some(name) => match TimeZone::get(name) {
            Ok(zone) => Ok((name.to_owned(), zone)),
            Err(_) => Err(Failure::Server(ProblemKind::Malformed, msg!("api-no-zone", name = name))),
        },
    }
}

fn origin(headers: &HeaderMap) -> (&'static str, Origin) {
    match headers.get(ORIGIN).and_then(|value| value.to_str().ok()) {
        Some("tui") => ("tui", Origin::Tui),
        Some("cli") => ("cli", Origin::Cli),
        _ => ("api", Origin::Api),
    }
}

fn unauthorized() -> Failure {
    Failure::Server(ProblemKind::Unauthorized, msg!("api-unauthorized"))
}

/// Who sends a request. A failure unless its token is known and good.
pub(super) async fn of(app: &Arc<App>, headers: &HeaderMap) -> Result<Caller, Failure> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim).ok_or_else(unauthorized)?;
    let hash = hash(token);
    let ((zone_name, zone), lang, (from, origin)) = (zone(headers)?, language(headers), origin(headers));
    let place = Place { token: hash.clone(), zone: zone_name, lang, origin: from };
    let known = app.seats.find(&place);
    let caller = match known {
        Some((caller, true)) => caller,
        known => {
            let Some(token) = app.store.token(hash).await? else {
                known.iter().for_each(|(caller, _)| app.seats.forget(caller.token));
                return Err(unauthorized());
            };
            let caller = match known {
                Some((caller, _)) => caller,
                None => {
                    let options = SeatOptions { entrance: Entrance::Vouched(token.user), origin, zone, lang };
                    seat(app, options, &token).await?
                }
            };
            app.seats.keep(place, caller.clone());
            caller
        }
    };
    match caller.expires_at {
        Some(at) if at <= Timestamp::now() => Err(unauthorized()),
        _ => Ok(caller),
    }
}

/// A seat for the owner of a token.
async fn seat(app: &Arc<App>, options: SeatOptions, token: &Token) -> Result<Caller, Failure> {
    let backend = sit(app, options).await?;
    let scopes = token.scopes.split(' ').filter_map(Scope::of).collect();
    Ok(Caller { backend, token: token.number, session: token.session, scopes, expires_at: token.expires_at })
}

/// Lets somebody in, on a thread that may wait.
pub(super) async fn sit(app: &Arc<App>, options: SeatOptions) -> Result<LocalBackend, Failure> {
    let app = Arc::clone(app);
    let seated = tokio::task::spawn_blocking(move || app.store.seat(options)).await;
    Ok(seated.map_err(|_| Error::Other(msg!("backend-job-lost")))??)
}

impl Caller {
    /// Whoever isn't signed in: good for nothing.
    pub(super) fn nobody(backend: LocalBackend) -> Caller {
        Caller { backend, token: 0, session: false, scopes: Arc::new([]), expires_at: None }
    }
}
