//! Every question of a face, asked of the rules on one of the threads.

use super::index::Patience;
use super::session::{self, Tried};
use super::{Desk, LocalBackend, Shared, Wake, found};
use crate::backend::{Answer, Backend, History, Me};
use crate::contract::agenda::{Agenda, AgendaRequest, PlanRequest, PlanRow, Reminders, RemindersRequest};
use crate::contract::approvals::{Inbox, InboxRequest, Review};
use crate::contract::configure::{Deed, Outline, Plan};
use crate::contract::error::Error;
use crate::contract::log::{Log, LogRequest, Seat};
use crate::contract::pool::{PoolStanding, SweepReport, SweepRequest};
use crate::contract::request::*;
use crate::domain::event::Happening;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::FileRef;
use crate::msg;
use crate::schema::model::{Schema, UseCase};
use crate::store::Applied;
use crate::store::files::FileFolder;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use tokio::sync::watch;

/// So many records are deleted together with what others write; what takes longer doesn't make others wait for it.
const MOST_DELETED_TOGETHER: usize = 100;

impl Backend for LocalBackend {
    fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.engine.shared.schema.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn me(&self) -> Option<Me> {
        self.seat.me.clone()
    }

    fn capabilities(&self) -> Capabilities {
        let write = !self.engine.shared.options.read_only;
        Capabilities { write, undo: write, import: write }
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        let patience = self.patience(&query.filter);
        if patience != Patience::None {
            self.hurry_search();
        }
        let wake = self.wake();
        self.read(move |desk, shared| {
            let page = desk.crm.query(&query, &desk.through(shared, patience)?);
            if let Some(wake) = wake {
                let _ = wake.send(shared.next_wake());
            }
            page
        })
    }

    fn export(&self, query: Query) -> Answer<'_, Page> {
        let patience = self.patience(&query.filter);
        self.read(move |desk, shared| desk.crm.export(&query, &desk.through(shared, patience)?))
    }

    fn count(&self, request: CountRequest) -> Answer<'_, Count> {
        let patience = self.patience(&request.filter);
        self.read(move |desk, shared| desk.crm.count(&request, &desk.through(shared, patience)?))
    }

    fn counts(&self, requests: Vec<CountRequest>) -> Answer<'_, Vec<Option<Count>>> {
        let mut patience = requests.iter().map(|request| self.patience(&request.filter));
        let patience = patience.find(|patience| *patience != Patience::None).unwrap_or(Patience::None);
        self.read(move |desk, shared| {
            let finder = desk.through(shared, patience)?;
            let counts = requests.iter().map(|request| match desk.crm.count(request, &finder) {
                Err(Error::Denied(_)) => Ok(None),
                counted => counted.map(Some),
            });
            counts.collect()
        })
    }

    fn aggregate(&self, request: AggregateRequest) -> Answer<'_, Aggregate> {
        let patience = self.patience(&request.filter);
        self.read(move |desk, shared| desk.crm.aggregate(&request, &desk.through(shared, patience)?))
    }

    fn get(&self, key: RecordKey) -> Answer<'_, View> {
        let tried = Tried::new("view", &key.object, Some(key.id));
        self.noting(tried, self.read(move |desk, _| desk.crm.get(&key)))
    }

    fn resolve(&self, object: String, text: String) -> Answer<'_, Id> {
        self.read(move |desk, _| desk.crm.resolve(&object, &text))
    }

    fn search(&self, request: SearchRequest) -> Answer<'_, SearchAnswer> {
        let patience = self.search_patience(Patience::None);
        let wake = self.wake();
        self.read(move |desk, shared| {
            shared.search.wait(patience, desk.interrupt.flag());
            let answer = found::search(desk, shared, &request);
            if let (Some(wake), Wake::Rebuild) = (wake, shared.next_wake()) {
                let _ = wake.send(Wake::Rebuild);
            }
            answer
        })
    }

    fn prepare(&self, object: String, given: Fields) -> Answer<'_, View> {
        self.read(move |desk, _| desk.crm.prepare(&object, given))
    }

    fn check(&self, request: CheckRequest) -> Answer<'_, CheckAnswer> {
        self.read(move |desk, shared| desk.crm.check(&request, &desk.through(shared, Patience::None)?))
    }

    fn save(&self, request: SaveRequest) -> Answer<'_, Saved> {
        let action = if request.target.is_some() { "edit" } else { "add" };
        let tried = Tried::new(action, &request.object, request.target.map(|(id, _)| id));
        self.noting(tried, self.write_together(move |desk, _| desk.crm.save(&request)))
    }

    fn delete(&self, keys: Vec<RecordKey>) -> Answer<'_, Saved> {
        let tried = match keys.first() {
            Some(first) => Tried::new("delete", &first.object, Some(first.id)),
            None => Tried::alone("delete"),
        };
        let is_small = keys.len() <= MOST_DELETED_TOGETHER;
        let delete = move |desk: &mut Desk, _: &Shared| desk.crm.delete(&keys);
        self.noting(tried, if is_small { self.write_together(delete) } else { self.write(delete) })
    }

    fn delete_preview(&self, key: RecordKey) -> Answer<'_, DeletePreview> {
        self.read(move |desk, _| desk.crm.delete_preview(&key))
    }

    fn allowed(&self, action: ActionName, object: String, key: Option<RecordKey>) -> Answer<'_, Permit> {
        self.read(move |desk, _| desk.crm.allowed(action, &object, key.as_ref()))
    }

    fn why(&self, user: Id, key: RecordKey) -> Answer<'_, Vec<Message>> {
        self.read(move |desk, _| desk.crm.why(user, &key))
    }

    fn offers(&self, key: RecordKey) -> Answer<'_, Vec<Offer>> {
        self.read(move |desk, _| desk.crm.offers(&key))
    }

    fn begin(&self, action: String, key: RecordKey) -> Answer<'_, View> {
        let tried = Tried::new(&action, &key.object, Some(key.id));
        self.noting(tried, self.read(move |desk, _| desk.crm.begin(&action, &key)))
    }

    fn act(&self, request: ActRequest) -> Answer<'_, Saved> {
        let shared = Arc::clone(&self.engine.shared);
        let (tried, lasts) = (session::tried(&request), takes_long(&self.schema(), &request));
        let work = move |desk: &mut Desk, _: &Shared| {
            let (index, cancel) = (&shared.search, AtomicBool::new(false));
            let veiled = found::veiled(desk.crm.store(), &*desk.crm.rights_now()?);
            desk.crm.act(&request, &found::Ranked { index, cancel: &cancel, veiled })
        };
        // Nobody else's change is to wait for it on its way to the disk.
        let answer = if lasts { self.write(work) } else { self.write_together(work) };
        self.noting(tried, answer)
    }

    fn lines(&self, request: LinesRequest) -> Answer<'_, LinesAnswer> {
        if request.lines.is_empty() && request.removed.is_empty() {
            return self.read(move |desk, _| desk.crm.stored_lines(&request));
        }
        self.write_together(move |desk, _| desk.crm.lines(&request))
    }

    fn reminders(&self, request: RemindersRequest) -> Answer<'_, Reminders> {
        self.read(move |desk, _| desk.crm.reminders(&request))
    }

    fn inbox(&self, request: InboxRequest) -> Answer<'_, Inbox> {
        self.read(move |desk, _| desk.crm.inbox(&request))
    }

    fn review(&self, approval: Id) -> Answer<'_, Review> {
        self.read(move |desk, shared| desk.crm.review(approval, &desk.through(shared, Patience::None)?))
    }

    fn agenda(&self, request: AgendaRequest) -> Answer<'_, Agenda> {
        self.read(move |desk, _| desk.crm.agenda(&request))
    }

    fn plan(&self, request: PlanRequest) -> Answer<'_, Vec<PlanRow>> {
        self.read(move |desk, _| desk.crm.plan(&request))
    }

    fn change_password(&self, current: Option<Password>, new: Password) -> Answer<'_, ()> {
        match self.me() {
            Some(me) => self.set_password(me.id, current, new),
            None => Box::pin(async { Err(Error::Denied(msg!("passwd-nobody"))) }),
        }
    }

    fn pools(&self) -> Answer<'_, Vec<PoolStanding>> {
        self.read(|desk, _| desk.crm.pools())
    }

    fn sweep(&self, request: SweepRequest) -> Answer<'_, SweepReport> {
        let guard = StopOnDrop(Arc::clone(&request.stop), true);
        let first = (request.if_due && !request.dry_run).then(|| self.read(|desk, _| desk.crm.may_sweep()));
        let dry = request.dry_run;
        let sweep = move |desk: &mut Desk, _: &Shared| desk.crm.sweep(&request);
        Box::pin(async move {
            let mut guard = guard;
            // Most days nothing is to be done: no other connection is needed to see that.
            let may = match first {
                Some(may) => may.await?,
                None => true,
            };
            let report = match (may, dry) {
                (false, _) => Ok(SweepReport::default()),
                (true, true) => self.read(sweep).await,
                // Between its batches others may write.
                (true, false) => self.write_in(&self.engine.importer, sweep).await,
            };
            guard.1 = false;
            report
        })
    }

    fn renumber(&self, request: RenumberRequest) -> Answer<'_, Renumbering> {
        let patience = self.patience(&request.filter);
        let apply = request.apply;
        let work = move |desk: &mut Desk, shared: &Shared| {
            shared.search.wait(patience, desk.interrupt.flag());
            let (index, cancel) = (&shared.search, AtomicBool::new(false));
            let veiled = found::veiled(desk.crm.store(), &*desk.crm.rights_now()?);
            desk.crm.renumber(&request, &found::Ranked { index, cancel: &cancel, veiled })
        };
        if apply { self.write(work) } else { self.read(work) }
    }

    fn history(&self, request: HistoryRequest) -> Answer<'_, History> {
        self.read(move |desk, _| desk.crm.history(&request))
    }

    fn log(&self, request: LogRequest) -> Answer<'_, Log> {
        self.noting(Tried::alone("audit"), self.read(move |desk, _| desk.crm.audit_log(&request)))
    }

    fn online(&self) -> Answer<'_, Vec<Seat>> {
        self.noting(Tried::alone("audit"), self.seats())
    }

    fn note(&self, what: Happening) -> Answer<'_, ()> {
        match session::is_of_a_face(what.kind) {
            Ok(()) => self.note_down(what),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn undo(&self) -> Answer<'_, Undone> {
        self.noting(Tried::alone("undo"), self.write(|desk, _| desk.crm.undo()))
    }

    fn redo(&self) -> Answer<'_, Undone> {
        self.noting(Tried::alone("redo"), self.write(|desk, _| desk.crm.redo()))
    }

    fn settings(&self, prefix: String) -> Answer<'_, Vec<(String, String)>> {
        self.read(move |desk, _| desk.crm.settings(&prefix))
    }

    fn put_setting(&self, key: String, value: Option<String>) -> Answer<'_, ()> {
        self.write(move |desk, _| desk.crm.put_setting(&key, value.as_deref()))
    }

    fn import(&self, request: ImportRequest) -> Answer<'_, ImportReport> {
        let guard = StopOnDrop(Arc::clone(&request.stop), true);
        let tried = Tried::new("import", &request.object, None);
        let work = self.write_in(&self.engine.importer, move |desk, _| desk.crm.import(request));
        Box::pin(async move {
            let mut guard = guard;
            let report = self.noting(tried, work).await;
            guard.1 = false;
            report
        })
    }

    fn revert(&self, txn: i64) -> Answer<'_, Undone> {
        self.noting(Tried::alone("revert"), self.write(move |desk, _| desk.crm.revert(txn)))
    }

    fn attach(&self, path: PathBuf) -> Answer<'_, FileRef> {
        let kept = self.read(move |_, shared| {
            if shared.options.read_only {
                return Err(Error::Denied(msg!("backend-no-files")));
            }
            Ok(FileFolder::beside(&shared.options.path).keep(&path)?)
        });
        Box::pin(async move {
            let file = kept.await?;
            let noted = file.clone();
            self.write(move |desk, _| desk.crm.note_upload(&noted)).await?;
            Ok(file)
        })
    }

    fn file(&self, file: FileRef, of: Option<RecordKey>) -> Answer<'_, PathBuf> {
        self.read(move |desk, shared| {
            desk.crm.may_open(&file, of.as_ref())?;
            Ok(FileFolder::beside(&shared.options.path).open_copy(&file)?)
        })
    }

    fn findings(&self) -> Answer<'_, Vec<Message>> {
        self.doctor()
    }

    fn back_up(&self) -> Answer<'_, PathBuf> {
        let path = &self.engine.shared.options.path;
        let name = self.name();
        let date = Timestamp::now().strftime("%Y%m%d-%H%M%S");
        let to = path.with_file_name(format!("{name}.backup-{date}"));
        let copied = self.backup(to.clone());
        Box::pin(async move { copied.await.map(|()| to) })
    }

    fn outline(&self, of: String) -> Answer<'_, Outline> {
        self.read(move |desk, _| desk.crm.outline(&of))
    }

    fn configure(&self, deed: Deed) -> Answer<'_, ()> {
        self.noting(Tried::alone("schema"), self.write(move |desk, _| desk.crm.configure(&deed)))
    }

    fn schema_plan(&self, text: Option<String>) -> Answer<'_, Plan> {
        self.read(move |desk, _| desk.crm.schema_plan(text.as_deref()))
    }

    fn apply_changes(&self, allow_loss: bool) -> Answer<'_, Applied> {
        self.noting(Tried::alone("schema"), self.putting_in_force(move |crm| crm.apply_changes(allow_loss)))
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.start_watch();
        self.engine.shared.changes.subscribe()
    }
}

/// Whether an action may take more than a moment: for all records of somebody, or for many at once.
fn takes_long(schema: &Schema, request: &ActRequest) -> bool {
    let does = |deed: &DoRequest| Some(schema.object(&deed.key.object)?.find_action(&deed.action)?.does);
    match request {
        ActRequest::DoTelling(..) | ActRequest::DoEach(_) => true,
        ActRequest::Do(deed) => matches!(does(deed), Some(UseCase::HandOver | UseCase::FillMembers)),
        ActRequest::Log { .. } | ActRequest::Remind { .. } | ActRequest::Lines(_) => false,
    }
}

/// Ends an import with the batch under way when nobody waits for it any more.
struct StopOnDrop(Arc<AtomicBool>, bool);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        if self.1 {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn what_takes_long_keeps_nobody_elses_change_from_the_disk() {
        let deed = |action: &str, object: &str| DoRequest {
            action: action.to_owned(),
            key: RecordKey { object: object.to_owned(), id: Id::from_i64(1).unwrap() },
            fields: Fields::new(),
            comment: String::new(),
            version: None,
        };
        let lasts = |request: ActRequest| takes_long(crate::schema::builtin(), &request);
        assert!(lasts(ActRequest::Do(deed("hand_over", "user"))));
        assert!(lasts(ActRequest::DoTelling(deed("win", "opportunity"), Progress::default())));
        assert!(!lasts(ActRequest::Do(deed("win", "opportunity"))));
        assert!(!lasts(ActRequest::Do(deed("no_such", "opportunity"))));
        assert!(!lasts(ActRequest::Log { about: None, line: String::new() }));
    }
}
