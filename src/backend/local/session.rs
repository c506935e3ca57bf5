//! Events of a local store: signing in and out, what was refused, who is at work.

use super::open::{desk, open_desk};
use super::{Desk, LocalBackend, Shared};
use crate::backend::{Answer, Me};
use crate::contract::error::Error;
use crate::contract::log::Seat;
use crate::contract::request::ActRequest;
use crate::crm::{Context, Crm};
use crate::domain::event::{Event, EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::msg;
use crate::store::{self, OpenMode, Store};
use futures_util::future::BoxFuture;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What somebody tries to do, for the log if it is refused.
pub(super) struct Tried(Happening);

impl Tried {
    /// An operation on an object, or on one of its records.
    pub(super) fn new(action: &str, object: &str, record: Option<Id>) -> Tried {
        Tried(Happening::new(EventKind::Denied).about(object, record).with("action", action))
    }

    /// An operation on nothing in particular.
    pub(super) fn alone(action: &str) -> Tried {
        Tried(Happening::new(EventKind::Denied).with("action", action))
    }
}

/// What an action tries to do.
pub(super) fn tried(request: &ActRequest) -> Tried {
    match request {
        ActRequest::Log { about, .. } => match about {
            Some(key) => Tried::new("log", &key.object, Some(key.id)),
            None => Tried::alone("log"),
        },
        ActRequest::Remind { .. } => Tried::alone("remind"),
        ActRequest::Do(deed) | ActRequest::DoTelling(deed, _) => {
            Tried::new(&deed.action, &deed.key.object, Some(deed.key.id))
        }
        ActRequest::Lines(lines) => Tried::new("edit", &lines.document, lines.id),
        ActRequest::DoEach(each) => match each.keys.first() {
            Some(key) => Tried::new(&each.action, &key.object, Some(key.id)),
            None => Tried::alone(&each.action),
        },
    }
}

impl LocalBackend {
    /// Notes something that happened, on disk when the answer comes. A store that can't be written, or is of an older
    /// version and only read, keeps none.
    pub(super) fn note_down(&self, what: Happening) -> BoxFuture<'static, Result<(), Error>> {
        let (shared, seat) = (Arc::clone(&self.engine.shared), Arc::clone(&self.seat));
        self.engine.writer.call(move |desk| {
            // Whoever may not act any more still leaves a trace.
            let _ = desk.begin(&seat);
            note(&shared, desk, what)
        })
    }

    /// The answer, and a note of it if it is a refusal.
    pub(super) fn noting<'a, T: Send + 'a>(
        &'a self,
        tried: Tried,
        answer: BoxFuture<'static, Result<T, Error>>,
    ) -> Answer<'a, T> {
        Box::pin(async move {
            let result = answer.await;
            if let Err(Error::Denied(why)) = &result
                && !self.engine.shared.options.read_only
            {
                let why = serde_json::to_string(why).unwrap_or_default();
                // The refusal is what counts; it holds whether it could be noted or not.
                let _ = self.note_down(tried.0.with("why", why)).await;
            }
            result
        })
    }

    /// Those who are at work with the store.
    pub(super) fn seats(&self) -> BoxFuture<'static, Result<Vec<Seat>, Error>> {
        self.read(|desk, _| {
            let here = host();
            let alive = |(event, mut seat): (Event, Seat)| {
                let started = event.what.detail.get("started").map_or("", String::as_str);
                let runs = (seat.host == here).then(|| runs(&seat.process, started)).flatten();
                seat.certain = runs == Some(true);
                (runs != Some(false)).then_some(seat)
            };
            Ok(desk.crm.seats()?.into_iter().filter_map(alive).collect())
        })
    }
}

fn note(shared: &Shared, desk: &mut Desk, mut what: Happening) -> Result<(), Error> {
    if what.login.is_none() {
        what.login = login(desk.seat.me.as_ref());
    }
    if !shared.options.read_only {
        return desk.crm.note(&what).map(drop);
    }
    if !desk.crm.store().keeps_events()? {
        return Ok(());
    }
    match open_desk(shared, OpenMode::ReadWrite) {
        Ok(mut desk) => desk.crm.note(&what).map(drop),
        // Who can't write the file leaves no trace in it.
        Err(Error::Denied(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Notes that somebody was not let in, where the store can be written.
pub(super) fn refuse(options: &super::OpenOptions, login: &str, why: &Error) {
    let Ok(store) = Store::open(&options.path, OpenMode::ReadWrite) else { return };
    let why = match why {
        Error::NotFound(why) | Error::Denied(why) => serde_json::to_string(why).unwrap_or_default(),
        other => other.to_string(),
    };
    let mut crm = Crm::new(store, Context::new(None, options.origin, options.zone.clone()));
    let what = Happening::new(EventKind::Refused).by(login).with("why", why).with("host", host());
    // Whoever is refused is refused, noted or not.
    let _ = crm.note(&what);
}

/// Notes in a store that it was put in its place from a backup.
pub(super) fn restored(path: &Path, backup: &Path, kept: Option<&Path>, login: Option<&str>) -> Result<(), Error> {
    let mut store = Store::open(path, OpenMode::ReadWrite)?;
    let text = |path: &Path| path.display().to_string();
    let mut what = Happening::new(EventKind::Restore)
        .with("file", text(backup))
        .with("backup", kept.map(text).unwrap_or_default());
    what.login = login.map(str::to_owned);
    let context = store::Context::new(None, jiff::Timestamp::now(), Origin::Cli);
    Ok(store.note(&context, &what).map(drop)?)
}

/// Notes the beginning of a session, and removes what events need not be kept any more.
pub(super) fn sign_in(shared: &Shared) {
    if !shared.options.session || shared.options.read_only {
        return;
    }
    let Ok(mut desk) = open_desk(shared, OpenMode::ReadWrite) else { return };
    let process = std::process::id().to_string();
    let mut what = Happening::new(EventKind::SignIn)
        .with("host", host())
        .with("started", started(&process).unwrap_or_default())
        .with("process", process);
    what.login = login(shared.first.me.as_ref());
    if let Ok(number) = desk.crm.note(&what) {
        shared.session.store(number, Ordering::SeqCst);
    }
    let _ = desk.crm.keep_events(false);
}

/// Notes the end of the session, if its beginning was.
pub(super) fn sign_out(shared: &Shared) {
    let number = shared.session.swap(0, Ordering::SeqCst);
    if number == 0 {
        return;
    }
    let known = shared.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let Ok(store) = Store::open_knowing(&shared.options.path, OpenMode::ReadWrite, known) else { return };
    let mut what = Happening::new(EventKind::SignOut).with("session", number);
    what.login = login(shared.first.me.as_ref());
    let _ = desk(store, shared).crm.note(&what);
}

fn login(me: Option<&Me>) -> Option<String> {
    me.map(|me| me.login.clone())
}

/// The machine's name; empty where nothing tells it.
fn host() -> String {
    let file = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let variable = || ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    file.or_else(variable).unwrap_or_default().trim().to_owned()
}

/// When a process was started, as the system counts it: tells it from a later one of the same number.
fn started(process: &str) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program stands in brackets and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19).map(str::to_owned)
}

/// Whether a process of this machine runs; `None` where that can't be told.
fn runs(process: &str, since: &str) -> Option<bool> {
    if let Some(now) = started(process) {
        return Some(since.is_empty() || now == since);
    }
    exists(process.parse().ok()?)
}

#[cfg(unix)]
fn exists(process: i32) -> Option<bool> {
    let process = rustix::process::Pid::from_raw(process)?;
    match rustix::process::test_kill_process(process) {
        Ok(()) | Err(rustix::io::Errno::PERM) => Some(true),
        Err(_) => Some(false),
    }
}

#[cfg(not(unix))]
fn exists(_process: i32) -> Option<bool> {
    None
}

/// What a face may note by itself: what it has done with what it read.
pub(super) fn is_of_a_face(kind: EventKind) -> Result<(), Error> {
    match kind {
        EventKind::Export | EventKind::Print => Ok(()),
        _ => Err(Error::Denied(msg!("log-not-yours"))),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_process_that_runs_is_told_from_one_that_ended_or_has_only_its_number() {
        let own = std::process::id().to_string();
        let since = started(&own).unwrap_or_default();
        assert_eq!(runs(&own, &since), Some(true));
        if !since.is_empty() {
            assert_eq!(runs(&own, "1"), Some(false));
        }
        let mut child = std::process::Command::new(std::env::current_exe().unwrap()).arg("--list").spawn().unwrap();
        child.wait().unwrap();
        assert_eq!(runs(&child.id().to_string(), ""), Some(false));
    }
}
