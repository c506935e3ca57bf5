//! What the interface asks of the backend, as data, and the answers that come back as messages.

use crate::backend::dossier;
use crate::backend::report;
use crate::backend::sync::{Pending, Settle, SyncReport};
use crate::backend::traffic::Exchange;
use crate::backend::{Backend, History, paths, printing, texts};
use crate::contract::agenda::{Agenda, AgendaRequest, PlanRequest, PlanRow, Reminders, RemindersRequest};
use crate::contract::approvals::{Inbox, InboxRequest, Review};
use crate::contract::configure::{Deed, Outline, Plan};
use crate::contract::dossier::Dossier;
use crate::contract::error::Error;
use crate::contract::log::{Log, LogRequest, Seat};
use crate::contract::pool::{PoolStanding, SweepReport, SweepRequest};
use crate::contract::report::Report;
use crate::contract::request::*;
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::FileRef;
use crate::msg;
use crate::store::Applied;
use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Requests of one slot supersede each other: a newer one cancels the one under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot(pub u64);

/// Names one request; a late answer is recognised by it and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The slot it was asked in.
    pub slot: Slot,
    /// Ascending over all requests.
    pub serial: u64,
}

/// A question to the backend.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "one for each method of the backend")]
pub enum Request {
    Query(Query),
    /// Rows beyond the screen, fetched before they are needed.
    Ahead(Query),
    Count(CountRequest),
    /// Several numbers that are shown together.
    Counts(Vec<CountRequest>),
    Aggregate(AggregateRequest),
    Get(RecordKey),
    Resolve {
        object: String,
        text: String,
    },
    Search(SearchRequest),
    Prepare {
        object: String,
        given: Fields,
    },
    /// A new record that refers to another one and to what that refers to.
    PrepareAbout {
        object: String,
        about: RecordKey,
        given: Fields,
    },
    Check(CheckRequest),
    Save(SaveRequest),
    /// Saves fields given as people type them.
    SaveTexts {
        object: String,
        target: Option<(Id, i64)>,
        texts: BTreeMap<String, String>,
        /// When and in which zone they are meant.
        now: Zoned,
    },
    Delete(Vec<RecordKey>),
    /// What deleting records comes to.
    DeletePreview(Vec<RecordKey>),
    Allowed {
        action: ActionName,
        object: String,
        key: Option<RecordKey>,
    },
    /// Each of [`PERMITTED`] for a record.
    Permits(RecordKey),
    Offers(RecordKey),
    Begin {
        action: String,
        key: RecordKey,
    },
    Act(ActRequest),
    Lines(LinesRequest),
    Dossier(RecordKey),
    /// A report by its name, over some days.
    Report {
        name: String,
        from: Option<Date>,
        to: Option<Date>,
        filter: String,
        lang: Lang,
    },
    Reminders(RemindersRequest),
    Agenda(AgendaRequest),
    Inbox(InboxRequest),
    Review(Id),
    Plan(PlanRequest),
    Pools,
    /// Why a user, by login or name, may see a record or not.
    Why {
        user: String,
        key: RecordKey,
    },
    /// Gives the signed-in user another password.
    SetPassword {
        current: Option<Password>,
        new: Password,
    },
    Online,
    Renumber(RenumberRequest),
    /// Takes idle records back to their pools, or says what would go.
    Sweep {
        dry_run: bool,
        if_due: bool,
    },
    History(HistoryRequest),
    Log(LogRequest),
    /// What was done here and isn't on the server.
    Pending,
    /// The last requests to the server.
    Traffic,
    /// Bring both sides together now.
    Sync,
    /// Decide about something that isn't on the server.
    Settle(i64, Settle),
    /// Entries of the schema: of a form, or the parts of an entry.
    Outline(String),
    Configure(Deed),
    SchemaPlan,
    ApplyChanges(bool),
    /// What is wrong with the stored data.
    Findings,
    /// Copies the store beside itself.
    Backup,
    Undo,
    Redo,
    Settings(String),
    PutSetting {
        key: String,
        value: Option<String>,
    },
    /// Keeps a copy of the file at a typed path.
    Attach(String),
    /// How a typed path may go on.
    Complete(String),
    /// A copy of a file that a record names.
    File(FileRef, RecordKey),
    /// Writes a document as a page to be printed.
    Print {
        key: RecordKey,
        lang: Lang,
        zone: TimeZone,
    },
}

impl Request {
    /// Whether it is asked only when the frame is out that shows what the user did: nothing on it depends on
    /// the answer.
    pub fn can_wait(&self) -> bool {
        matches!(self, Request::Ahead(_) | Request::Count(_) | Request::Counts(_) | Request::Permits(_))
    }

    /// Whether it changes data: such a request is never cancelled by a newer one.
    pub fn writes(&self) -> bool {
        matches!(
            self,
            Request::Save(_)
                | Request::SaveTexts { .. }
                | Request::Delete(_)
                | Request::Act(_)
                | Request::Undo
                | Request::Redo
                | Request::PutSetting { .. }
                | Request::Sync
                | Request::Settle(..)
                | Request::Attach(_)
                | Request::Sweep { dry_run: false, .. }
                | Request::Renumber(RenumberRequest { apply: true, .. })
                | Request::Configure(_)
                | Request::ApplyChanges(_)
        )
    }
}

/// The answer to a [`Request`].
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "one for each method of the backend")]
pub enum Reply {
    Page(Result<Page, Error>),
    Count(Result<Count, Error>),
    Counts(Result<Vec<Option<Count>>, Error>),
    Aggregated(Result<Aggregate, Error>),
    View(Result<View, Error>),
    Resolved(Result<Id, Error>),
    Found(Result<SearchAnswer, Error>),
    Prepared(Result<View, Error>),
    Checked(Result<CheckAnswer, Error>),
    Saved(Result<Saved, Error>),
    Deleted(Result<Saved, Error>),
    DeletePreview(Result<Deletion, Error>),
    Allowed(Result<Permit, Error>),
    Permits(Result<Vec<Permit>, Error>),
    Offers(Result<Vec<Offer>, Error>),
    Acted(Result<Saved, Error>),
    Lines(Result<Box<LinesAnswer>, Error>),
    Dossier(Result<Box<Dossier>, Error>),
    Report(Result<Box<Report>, Error>),
    Reminders(Result<Reminders, Error>),
    Agenda(Result<Agenda, Error>),
    Inbox(Result<Inbox, Error>),
    Review(Result<Box<Review>, Error>),
    Plan(Result<Vec<PlanRow>, Error>),
    Pools(Result<Vec<PoolStanding>, Error>),
    Told(Result<Vec<Message>, Error>),
    PasswordSet(Result<(), Error>),
    Online(Result<Vec<Seat>, Error>),
    Renumbered(Result<Renumbering, Error>),
    Foreseen(Result<SweepReport, Error>),
    Swept(Result<SweepReport, Error>),
    History(Result<History, Error>),
    Log(Result<Log, Error>),
    Undone(Result<Undone, Error>),
    Redone(Result<Undone, Error>),
    Settings(Result<Vec<(String, String)>, Error>),
    SettingPut(Result<(), Error>),
    Attached(Result<FileRef, Error>),
    Paths(Result<Vec<String>, Error>),
    File(Result<PathBuf, Error>),
    Outline(Result<Outline, Error>),
    Configured(Result<(), Error>),
    SchemaPlan(Result<Plan, Error>),
    Applied(Result<Applied, Error>),
    Findings(Result<Vec<Message>, Error>),
    Pending(Result<Vec<Pending>, Error>),
    Traffic(Option<Vec<Arc<Exchange>>>),
    Synced(Result<Box<SyncReport>, Error>),
    Settled(Result<(), Error>),
    BackedUp(Result<PathBuf, Error>),
}

impl Reply {
    /// Whether it answers a request that changes data.
    pub fn is_of_write(&self) -> bool {
        matches!(
            self,
            Reply::Saved(_)
                | Reply::Deleted(_)
                | Reply::Acted(_)
                | Reply::Undone(_)
                | Reply::Redone(_)
                | Reply::SettingPut(_)
                | Reply::Synced(_)
                | Reply::Settled(_)
                | Reply::Attached(_)
                | Reply::Swept(_)
                | Reply::Renumbered(Ok(Renumbering { txn: Some(_), .. }))
                | Reply::Configured(_)
                | Reply::Applied(_)
        )
    }

    /// Why a change of records that was asked for was not written, if so.
    pub fn unwritten(&self) -> Option<&Error> {
        match self {
            Reply::Saved(Err(error)) | Reply::Deleted(Err(error)) | Reply::Acted(Err(error)) => Some(error),
            Reply::Undone(Err(error)) | Reply::Redone(Err(error)) => Some(error),
            _ => None,
        }
    }
}

/// What deleting records comes to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Deletion {
    /// What goes with them and what refers to them, over all of them.
    pub preview: DeletePreview,
    /// The record itself, if it is only one.
    pub record: Option<View>,
}

async fn deletion(backend: &dyn Backend, keys: Vec<RecordKey>) -> Result<Deletion, Error> {
    fn add(all: &mut Vec<(String, u64)>, more: Vec<(String, u64)>) {
        for (object, number) in more {
            match all.iter_mut().find(|(known, _)| *known == object) {
                Some((_, sum)) => *sum += number,
                None => all.push((object, number)),
            }
        }
    }
    let mut found = Deletion::default();
    if let [key] = keys.as_slice() {
        found.record = Some(backend.get(key.clone()).await?);
    }
    for key in keys {
        let preview = backend.delete_preview(key).await?;
        add(&mut found.preview.cascades, preview.cascades);
        add(&mut found.preview.clears, preview.clears);
        add(&mut found.preview.restricts, preview.restricts);
    }
    Ok(found)
}

/// What is asked of a record beforehand.
pub const PERMITTED: [ActionName; 3] = ["edit", "delete", "add"];

async fn permits(backend: &dyn Backend, key: RecordKey) -> Result<Vec<Permit>, Error> {
    let mut permits = Vec::new();
    for action in PERMITTED {
        let of = (action != "add").then(|| key.clone());
        permits.push(backend.allowed(action, key.object.clone(), of).await?);
    }
    Ok(permits)
}

async fn prepare_about(backend: &dyn Backend, object: String, about: RecordKey, given: Fields) -> Result<View, Error> {
    let about = backend.get(about).await?.record;
    let mut fields = super::about::fields(&backend.schema(), &about, &object);
    fields.extend(given);
    backend.prepare(object, fields).await
}

/// Asks the backend.
pub async fn ask(backend: Arc<dyn Backend>, request: Request) -> Reply {
    match request {
        Request::Query(query) | Request::Ahead(query) => Reply::Page(backend.query(query).await),
        Request::Count(count) => Reply::Count(backend.count(count).await),
        Request::Counts(counts) => Reply::Counts(backend.counts(counts).await),
        Request::Aggregate(request) => Reply::Aggregated(backend.aggregate(request).await),
        Request::Get(key) => Reply::View(backend.get(key).await),
        Request::Resolve { object, text } => Reply::Resolved(backend.resolve(object, text).await),
        Request::Search(search) => Reply::Found(backend.search(search).await),
        Request::PrepareAbout { object, about, given } => {
            Reply::Prepared(prepare_about(backend.as_ref(), object, about, given).await)
        }
        Request::Prepare { object, given } => Reply::Prepared(backend.prepare(object, given).await),
        Request::Check(check) => Reply::Checked(backend.check(check).await),
        Request::Save(save) => Reply::Saved(backend.save(save).await),
        Request::SaveTexts { object, target, texts, now } => {
            Reply::Saved(texts::save(backend.as_ref(), object, target, texts, &now).await)
        }
        Request::Delete(keys) => Reply::Deleted(backend.delete(keys).await),
        Request::DeletePreview(keys) => Reply::DeletePreview(deletion(backend.as_ref(), keys).await),
        Request::Allowed { action, object, key } => Reply::Allowed(backend.allowed(action, object, key).await),
        Request::Permits(key) => Reply::Permits(permits(backend.as_ref(), key).await),
        Request::Offers(key) => Reply::Offers(backend.offers(key).await),
        Request::Begin { action, key } => Reply::Prepared(backend.begin(action, key).await),
        Request::Report { name, from, to, filter, lang } => {
            Reply::Report(report::report(backend.as_ref(), &name, (from, to), &filter, lang).await.map(Box::new))
        }
        Request::Dossier(key) => Reply::Dossier(dossier::dossier(backend.as_ref(), key).await.map(Box::new)),
        Request::Lines(lines) => Reply::Lines(backend.lines(lines).await.map(Box::new)),
        Request::Act(act) => Reply::Acted(backend.act(act).await),
        Request::Reminders(reminders) => Reply::Reminders(backend.reminders(reminders).await),
        Request::Agenda(agenda) => Reply::Agenda(backend.agenda(agenda).await),
        Request::Inbox(inbox) => Reply::Inbox(backend.inbox(inbox).await),
        Request::Review(id) => Reply::Review(backend.review(id).await.map(Box::new)),
        Request::Plan(plan) => Reply::Plan(backend.plan(plan).await),
        Request::Log(log) => Reply::Log(backend.log(log).await),
        Request::Pools => Reply::Pools(backend.pools().await),
        Request::Why { user, key } => Reply::Told(match backend.resolve("user".to_owned(), user).await {
            Ok(user) => backend.why(user, key).await,
            Err(error) => Err(error),
        }),
        Request::SetPassword { current, new } => Reply::PasswordSet(backend.change_password(current, new).await),
        Request::Online => Reply::Online(backend.online().await),
        Request::Renumber(request) => Reply::Renumbered(backend.renumber(request).await),
        Request::Sweep { dry_run, if_due } => {
            let report = backend.sweep(SweepRequest { dry_run, if_due, ..SweepRequest::default() }).await;
            if dry_run { Reply::Foreseen(report) } else { Reply::Swept(report) }
        }
        Request::History(history) => Reply::History(backend.history(history).await),
        Request::Pending => Reply::Pending(match backend.syncing() {
            Some(syncing) => syncing.pending().await,
            None => Ok(Vec::new()),
        }),
        Request::Traffic => Reply::Traffic(backend.traffic()),
        Request::Sync => Reply::Synced(match backend.syncing() {
            Some(syncing) => syncing.sync().await.map(Box::new),
            None => Err(Error::Other(msg!("sync-local"))),
        }),
        Request::Settle(number, how) => Reply::Settled(match backend.syncing() {
            Some(syncing) => syncing.settle(number, how).await,
            None => Err(Error::Other(msg!("sync-local"))),
        }),
        Request::Outline(of) => Reply::Outline(backend.outline(of).await),
        Request::Configure(deed) => Reply::Configured(backend.configure(deed).await),
        Request::SchemaPlan => Reply::SchemaPlan(backend.schema_plan(None).await),
        Request::ApplyChanges(allow_loss) => Reply::Applied(backend.apply_changes(allow_loss).await),
        Request::Findings => Reply::Findings(backend.findings().await),
        Request::Backup => Reply::BackedUp(backend.back_up().await),
        Request::Undo => Reply::Undone(backend.undo().await),
        Request::Redo => Reply::Redone(backend.redo().await),
        Request::Settings(prefix) => Reply::Settings(backend.settings(prefix).await),
        Request::Attach(path) => Reply::Attached(backend.attach(paths::read(&path)).await),
        Request::Complete(typed) => {
            let listed = tokio::task::spawn_blocking(move || paths::completions(&typed)).await;
            Reply::Paths(listed.unwrap_or(Err(Error::Cancelled)))
        }
        Request::File(file, of) => Reply::File(backend.file(file, Some(of)).await),
        Request::Print { key, lang, zone } => Reply::File(printing::to_file(backend.as_ref(), key, lang, &zone).await),
        Request::PutSetting { key, value } => Reply::SettingPut(backend.put_setting(key, value).await),
    }
}
