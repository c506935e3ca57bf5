//! `tcrm sync`, and the cache that a command or the interface works on beside its server.

use super::args::Sync;
use super::failure::Failure;
use super::output::{self, note, print_json};
use super::session::Session;
use super::table::Table;
use crate::backend::http::{HttpBackend, HttpOptions};
use crate::backend::offline::{OfflineBackend, OfflineOptions, Rule};
use crate::backend::sync::{Link, Pending, PendingField, PendingState, Settle, SyncReport, Syncing};
use crate::backend::{Backend, texts};
use crate::config::place;
use crate::contract::error::Error;
use crate::domain::record::{Fields, Titles};
use crate::domain::value::Value;
use crate::i18n;
use crate::msg;
use crate::schema::kind::{self, FormatContext};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How long a command waits for the server to say whether it is there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the cache of a server is, and what it holds.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    folder: PathBuf,
    rule: Rule,
}

impl Cache {
    /// The cache of a server for a user; `None` where none is wanted, or there is no home for it.
    pub(super) fn of(url: &str, session: &Session) -> Option<Cache> {
        let offline = &session.config.offline;
        if !offline.enabled {
            return None;
        }
        let user = session.login().unwrap_or_default();
        let digest = Sha256::digest(format!("{} {user}", url.trim_end_matches('/')).as_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let folder = place::store_file()?.with_file_name("offline").join(name);
        let objects = session.config.keep.clone();
        Some(Cache { folder, rule: Rule { objects, records: offline.records, megabytes: offline.megabytes } })
    }

    fn options(&self, http: HttpOptions, follow: bool) -> OfflineOptions {
        let rule = self.rule.clone();
        OfflineOptions { rule, follow, ..OfflineOptions::new(http, self.folder.clone()) }
    }
}

/// Connects for a command: by way of the cache where there is one.
pub(super) fn connect(cache: Option<&Cache>, http: HttpOptions) -> Result<Box<dyn Backend>, Failure> {
    match cache.filter(|cache| OfflineBackend::has_cache(&cache.folder)) {
        None => Ok(Box::new(HttpBackend::open(http)?)),
        Some(cache) => {
            let backend = OfflineBackend::open(cache.options(http, false))?;
            backend.settle_down(PATIENCE);
            Ok(Box::new(backend))
        }
    }
}

/// Connects for the interface, which makes a cache if there is none.
pub(super) fn connect_interface(cache: Option<&Cache>, http: HttpOptions) -> Result<Box<dyn Backend>, Failure> {
    match cache {
        None => Ok(Box::new(HttpBackend::open(http)?)),
        Some(cache) => Ok(Box::new(OfflineBackend::open(cache.options(http, true))?)),
    }
}

/// Sends what waits, takes in what changed, and says what is to be decided.
pub(super) fn run(session: &Session, args: &Sync) -> Result<(), Failure> {
    let remote = session.remote().ok_or_else(|| Failure::Usage(msg!("cli-which-server")))?;
    let cache = remote.cache().ok_or_else(|| Failure::Usage(msg!("cli-sync-off")))?;
    let options = OfflineOptions { follow: false, ..cache.options(remote.options()?, false) };
    let backend = OfflineBackend::open(options)?;
    backend.settle_down(PATIENCE);
    for (number, how) in decisions(session, &backend, args)? {
        session.wait(backend.settle(number, how))?;
    }
    let report = session.wait(backend.sync())?;
    match args.json {
        true => print_json(&json(&report))?,
        false => tell(session, &backend, &report)?,
    }
    let state = &report.state;
    match state.link {
        Link::SignedOut => Err(Failure::Said(5)),
        Link::Offline | Link::Connecting => Err(Failure::Said(7)),
        Link::Online if state.conflicts > 0 => Err(Failure::Said(6)),
        Link::Online if state.rejected + state.faults.len() > 0 => Err(Failure::Said(3)),
        Link::Online => Ok(()),
    }
}

/// What the arguments decide, change by change.
fn decisions(session: &Session, backend: &OfflineBackend, args: &Sync) -> Result<Vec<(i64, Settle)>, Failure> {
    let mut all: Vec<(i64, Settle)> = Vec::new();
    all.extend(args.retry.iter().map(|number| (*number, Settle::Retry)));
    all.extend(args.discard.iter().map(|number| (*number, Settle::Discard)));
    all.extend(args.theirs.iter().map(|number| (*number, Settle::Keep(Vec::new()))));
    let pending = session.wait(backend.pending())?;
    for number in &args.mine {
        let asked = pending.iter().filter(|p| p.number == *number).flat_map(|p| &p.fields).filter(|f| f.asked);
        all.push((*number, Settle::Keep(asked.map(|field| field.field.clone()).collect())));
    }
    if let Some(number) = args.amend {
        let gone = || Failure::from(Error::NotFound(msg!("offline-no-pending", number = number)));
        let one = pending.iter().find(|p| p.number == number).ok_or_else(gone)?;
        let key = one.key.as_ref().ok_or_else(gone)?;
        let mut given = BTreeMap::new();
        for field in &args.fields {
            let (name, text) =
                field.split_once('=').ok_or_else(|| Failure::Usage(msg!("cli-assignment", text = field)))?;
            given.insert(name.to_owned(), text.to_owned());
        }
        let now = jiff::Timestamp::now().to_zoned(session.zone.clone());
        let fields = session.wait(texts::parse(backend, &key.object, &Fields::new(), &given, &now))?;
        all.push((number, Settle::Amend(fields)));
    }
    Ok(all)
}

fn json(report: &SyncReport) -> serde_json::Value {
    let field = |f: &PendingField| json!({ "field": f.field, "base": f.base, "mine": f.mine, "theirs": f.theirs, "asked": f.asked });
    let pending = |p: &Pending| {
        json!({
            "number": p.number, "at": p.at, "kind": p.kind, "action": p.action, "key": p.key, "title": p.title,
            "state": p.state, "problem": p.problem, "fields": p.fields.iter().map(field).collect::<Vec<_>>(),
        })
    };
    json!({
        "link": report.state.link, "since": report.state.since, "synced": report.state.synced, "sent": report.sent,
        "merged": report.merged, "received": report.received, "waiting": report.state.waiting,
        "conflicts": report.state.conflicts, "rejected": report.state.rejected, "faults": report.state.faults,
        "pending": report.pending.iter().map(pending).collect::<Vec<_>>(),
    })
}

fn tell(session: &Session, backend: &OfflineBackend, report: &SyncReport) -> Result<(), Failure> {
    let names = ["number", "what", "record", "state", "why"];
    let labels = ["sync-number", "sync-what", "sync-record", "sync-state", "sync-why"];
    let head = |name: &&str| (i18n::text(session.lang, name), *name == "sync-number");
    let mut rows = Vec::new();
    for pending in &report.pending {
        let what = what(session, pending, backend);
        let state = i18n::text(session.lang, state_key(pending.state));
        rows.push(vec![pending.number.to_string(), what, pending.title.clone(), state, why(session, pending, backend)]);
    }
    if !rows.is_empty() {
        output::print_table(Table { head: labels.iter().map(head).collect(), rows }, &names)?;
    }
    let state = &report.state;
    let why = state.why.as_ref().map(|why| session.say(why)).unwrap_or_default();
    note(&session.say(&match state.link {
        Link::Online => msg!("cli-synced", sent = report.sent, received = report.received),
        Link::SignedOut => msg!("cli-sync-signed-out", why = why, waiting = state.waiting),
        Link::Offline | Link::Connecting => msg!("cli-sync-away", why = why, waiting = state.waiting),
    }));
    for fault in &state.faults {
        note(&session.say(fault));
    }
    if state.conflicts + state.rejected > 0 {
        note(&session.say(&msg!("cli-sync-decide")));
    }
    Ok(())
}

fn what(session: &Session, pending: &Pending, backend: &dyn Backend) -> String {
    let schema = backend.schema();
    let object = pending.key.as_ref().and_then(|key| schema.object(&key.object));
    let action = pending.action.as_ref().and_then(|name| object?.action(name));
    match action {
        Some(action) => action.label.get(session.lang).to_owned(),
        None => i18n::text(session.lang, kind_key(pending)),
    }
}

/// The text of a change's kind.
fn kind_key(pending: &Pending) -> &'static str {
    use crate::backend::sync::PendingKind;
    match pending.kind {
        PendingKind::Create => "sync-create",
        PendingKind::Change => "sync-change",
        PendingKind::Delete => "sync-delete",
        PendingKind::Act => "sync-act",
    }
}

fn state_key(state: PendingState) -> &'static str {
    match state {
        PendingState::Waiting => "sync-waiting",
        PendingState::Held => "sync-held",
        PendingState::Conflict => "sync-conflict",
        PendingState::Rejected => "sync-rejected",
    }
}

/// The reason, or what both changed.
fn why(session: &Session, pending: &Pending, backend: &dyn Backend) -> String {
    if let Some(problem) = &pending.problem {
        return Failure::from(problem.clone()).message(session.lang);
    }
    let schema = backend.schema();
    let Some(object) = pending.key.as_ref().and_then(|key| schema.object(&key.object)) else { return String::new() };
    let titles = Titles::new();
    let context = FormatContext { lang: session.lang, zone: &session.zone, titles: &titles, schema: &schema };
    let asked = pending.fields.iter().filter(|field| field.asked).filter_map(|asked| {
        let field = object.field(&asked.field)?;
        let show = |value: &Value| kind::format(&field.kind, value, &context);
        let theirs = asked.theirs.as_ref().map(show).unwrap_or_default();
        let label = field.label.get(session.lang);
        Some(session.say(&msg!("sync-both", field = label, mine = show(&asked.mine), theirs = theirs)))
    });
    asked.collect::<Vec<_>>().join("; ")
}
