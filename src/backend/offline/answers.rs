//! Every question of a face: asked of the server while it answers, else of the cache.

use super::state::is_away;
use super::{Inner, OfflineBackend, kept};
use crate::backend::sync::Syncing;
use crate::backend::traffic::Exchange;
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
use crate::schema::model::Schema;
use crate::store::Applied;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use tokio::sync::watch;

/// Asks the server, or the cache where it doesn't answer in time.
macro_rules! read {
    ($self:ident, |$backend:ident| $ask:expr) => {
        $self.run(true, move |inner| async move {
            if let Some(http) = inner.link() {
                let $backend: &dyn Backend = &*http;
                if let Some(answer) = inner.in_time($ask).await {
                    return answer;
                }
            }
            let $backend: &dyn Backend = &inner.seat;
            $ask.await
        })
    };
}

/// Asks the server alone: it can't be done here.
macro_rules! there {
    ($self:ident, $reads:expr, |$backend:ident| $ask:expr) => {
        there!($self, $reads, "offline-needs-server", |$backend| $ask)
    };
    ($self:ident, $reads:expr, $why:literal, |$backend:ident| $ask:expr) => {
        $self.run($reads, move |inner| async move {
            let http = inner.link().ok_or_else(|| Error::Offline(msg!($why)))?;
            let $backend: &dyn Backend = &*http;
            $ask.await.inspect_err(|error| inner.note_if_away(error))
        })
    };
}

impl Inner {
    /// The server's answer; `None` if the cache is to answer.
    async fn in_time<T>(&self, answer: Answer<'_, T>) -> Option<Result<T, Error>> {
        let late = || Error::Timeout(msg!("http-timeout", url = self.options.http.url));
        let answer = tokio::time::timeout(self.options.patience, answer).await.unwrap_or_else(|_| Err(late()));
        match answer {
            Err(error) if is_away(&error) => {
                self.lost(&error);
                None
            }
            answer => Some(answer),
        }
    }
}

impl Backend for OfflineBackend {
    fn schema(&self) -> Arc<Schema> {
        self.inner.schema()
    }

    fn me(&self) -> Option<Me> {
        self.inner.me.clone()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities
    }

    fn syncing(&self) -> Option<&dyn Syncing> {
        Some(self)
    }

    fn traffic(&self) -> Option<Vec<Arc<Exchange>>> {
        let http = self.inner.http.read().unwrap_or_else(PoisonError::into_inner);
        Some(http.as_ref().and_then(|http| http.traffic()).unwrap_or_default())
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        read!(self, |b| b.query(query.clone()))
    }

    fn export(&self, query: Query) -> Answer<'_, Page> {
        read!(self, |b| b.export(query.clone()))
    }

    fn count(&self, request: CountRequest) -> Answer<'_, Count> {
        read!(self, |b| b.count(request.clone()))
    }

    fn counts(&self, requests: Vec<CountRequest>) -> Answer<'_, Vec<Option<Count>>> {
        read!(self, |b| b.counts(requests.clone()))
    }

    fn aggregate(&self, request: AggregateRequest) -> Answer<'_, Aggregate> {
        read!(self, |b| b.aggregate(request.clone()))
    }

    fn get(&self, key: RecordKey) -> Answer<'_, View> {
        self.run(true, move |inner| async move {
            if let Some(http) = inner.link()
                && let Some(answer) = inner.in_time(http.get(key.clone())).await
            {
                // What is looked at is worked with: it is here when the server isn't.
                if let Ok(view) = &answer {
                    inner.remember(view).await;
                }
                return answer;
            }
            inner.seat.get(key).await
        })
    }

    fn resolve(&self, object: String, text: String) -> Answer<'_, Id> {
        read!(self, |b| b.resolve(object.clone(), text.clone()))
    }

    fn search(&self, request: SearchRequest) -> Answer<'_, SearchAnswer> {
        read!(self, |b| b.search(request.clone()))
    }

    fn prepare(&self, object: String, given: Fields) -> Answer<'_, View> {
        read!(self, |b| b.prepare(object.clone(), given.clone()))
    }

    fn check(&self, request: CheckRequest) -> Answer<'_, CheckAnswer> {
        read!(self, |b| b.check(request.clone()))
    }

    fn lines(&self, request: LinesRequest) -> Answer<'_, LinesAnswer> {
        read!(self, |b| b.lines(request.clone()))
    }

    fn save(&self, request: SaveRequest) -> Answer<'_, Saved> {
        // What makes up the schema is no record: it is the server's alone.
        if request.object.starts_with("schema/") {
            return there!(self, false, |b| b.save(request));
        }
        self.save_somewhere(request)
    }

    fn delete(&self, keys: Vec<RecordKey>) -> Answer<'_, Saved> {
        self.delete_somewhere(keys)
    }

    fn delete_preview(&self, key: RecordKey) -> Answer<'_, DeletePreview> {
        read!(self, |b| b.delete_preview(key.clone()))
    }

    fn allowed(&self, action: ActionName, object: String, key: Option<RecordKey>) -> Answer<'_, Permit> {
        self.run(true, move |inner| async move {
            if let Some(http) = inner.link()
                && let Some(answer) = inner.in_time(http.allowed(action, object.clone(), key.clone())).await
            {
                return answer;
            }
            if let ("add" | "edit" | "delete", Err(Error::Denied(why))) = (action, inner.may_here(&object, action)) {
                return Ok(Permit::No(why));
            }
            inner.seat.allowed(action, object, key).await
        })
    }

    fn why(&self, user: Id, key: RecordKey) -> Answer<'_, Vec<Message>> {
        there!(self, true, |b| b.why(user, key.clone()))
    }

    fn offers(&self, key: RecordKey) -> Answer<'_, Vec<Offer>> {
        read!(self, |b| b.offers(key.clone()))
    }

    fn begin(&self, action: String, key: RecordKey) -> Answer<'_, View> {
        read!(self, |b| b.begin(action.clone(), key.clone()))
    }

    fn act(&self, request: ActRequest) -> Answer<'_, Saved> {
        self.act_somewhere(request)
    }

    fn reminders(&self, request: RemindersRequest) -> Answer<'_, Reminders> {
        read!(self, |b| b.reminders(request.clone()))
    }

    fn inbox(&self, request: InboxRequest) -> Answer<'_, Inbox> {
        self.run(true, move |inner| async move {
            if let Some(http) = inner.link()
                && let Some(answer) = inner.in_time(http.inbox(request.clone())).await
            {
                return answer;
            }
            inner.kept_inbox(&request).await
        })
    }

    fn review(&self, approval: Id) -> Answer<'_, Review> {
        self.run(true, move |inner| async move {
            if let Some(http) = inner.link()
                && let Some(answer) = inner.in_time(http.review(approval)).await
            {
                return answer;
            }
            inner.kept_review(approval).await
        })
    }

    fn agenda(&self, request: AgendaRequest) -> Answer<'_, Agenda> {
        read!(self, |b| b.agenda(request.clone()))
    }

    fn plan(&self, request: PlanRequest) -> Answer<'_, Vec<PlanRow>> {
        read!(self, |b| b.plan(request))
    }

    fn pools(&self) -> Answer<'_, Vec<PoolStanding>> {
        read!(self, |b| b.pools())
    }

    fn sweep(&self, request: SweepRequest) -> Answer<'_, SweepReport> {
        // The sweep of the day is the server's: without it there is nothing to be said.
        if request.if_due && self.inner.link().is_none() {
            return Box::pin(std::future::ready(Ok(SweepReport::default())));
        }
        there!(self, false, |b| b.sweep(request))
    }

    fn renumber(&self, request: RenumberRequest) -> Answer<'_, Renumbering> {
        there!(self, false, |b| b.renumber(request))
    }

    fn history(&self, request: HistoryRequest) -> Answer<'_, History> {
        read!(self, |b| b.history(request.clone()))
    }

    fn log(&self, request: LogRequest) -> Answer<'_, Log> {
        there!(self, true, |b| b.log(request))
    }

    fn online(&self) -> Answer<'_, Vec<Seat>> {
        there!(self, true, |b| b.online())
    }

    fn change_password(&self, current: Option<Password>, new: Password) -> Answer<'_, ()> {
        there!(self, false, |b| b.change_password(current, new))
    }

    fn note(&self, what: Happening) -> Answer<'_, ()> {
        there!(self, false, |b| b.note(what))
    }

    fn undo(&self) -> Answer<'_, Undone> {
        self.undo_somewhere()
    }

    fn redo(&self) -> Answer<'_, Undone> {
        there!(self, false, "offline-no-redo", |b| b.redo())
    }

    fn settings(&self, prefix: String) -> Answer<'_, Vec<(String, String)>> {
        self.run(true, move |inner| async move {
            if let Some(http) = inner.link()
                && let Some(answer) = inner.in_time(http.settings(prefix.clone())).await
            {
                return answer;
            }
            let mut found = inner.seat.settings(prefix).await?;
            found.retain(|(key, _)| !key.starts_with("offline/"));
            Ok(found)
        })
    }

    fn put_setting(&self, key: String, value: Option<String>) -> Answer<'_, ()> {
        self.run(false, move |inner| async move {
            inner.seat.put_setting(key.clone(), value.clone()).await?;
            if let Some(http) = inner.link()
                && let Some(answer) = inner.in_time(http.put_setting(key.clone(), value)).await
            {
                return answer;
            }
            inner.cache.put_setting(format!("{}{key}", kept::SETTING), Some("1".to_owned())).await
        })
    }

    fn import(&self, request: ImportRequest) -> Answer<'_, ImportReport> {
        there!(self, true, "offline-no-import", |b| b.import(request))
    }

    fn revert(&self, txn: i64) -> Answer<'_, Undone> {
        there!(self, false, |b| b.revert(txn))
    }

    fn attach(&self, path: PathBuf) -> Answer<'_, FileRef> {
        self.run(false, move |inner| async move {
            if let Some(http) = inner.link() {
                match http.attach(path.clone()).await {
                    Err(error) if is_away(&error) => inner.lost(&error),
                    Err(error) => return Err(error),
                    // Should the server be gone before what refers to it is saved, it is here as well.
                    Ok(file) => return Ok(inner.seat.attach(path).await.unwrap_or(file)),
                }
            }
            inner.seat.attach(path).await
        })
    }

    fn file(&self, file: FileRef, of: Option<RecordKey>) -> Answer<'_, PathBuf> {
        self.run(true, move |inner| async move {
            if let Some(http) = inner.link() {
                match http.file(file.clone(), of).await {
                    Err(error) if is_away(&error) => inner.lost(&error),
                    answer => return answer,
                }
            }
            inner.kept_file(&file)
        })
    }

    fn findings(&self) -> Answer<'_, Vec<Message>> {
        there!(self, true, |b| b.findings())
    }

    fn back_up(&self) -> Answer<'_, PathBuf> {
        there!(self, false, |b| b.back_up())
    }

    fn outline(&self, of: String) -> Answer<'_, Outline> {
        there!(self, true, |b| b.outline(of))
    }

    fn configure(&self, deed: Deed) -> Answer<'_, ()> {
        there!(self, false, |b| b.configure(deed))
    }

    fn schema_plan(&self, text: Option<String>) -> Answer<'_, Plan> {
        there!(self, true, |b| b.schema_plan(text))
    }

    fn apply_changes(&self, allow_loss: bool) -> Answer<'_, Applied> {
        there!(self, false, |b| b.apply_changes(allow_loss))
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }
}

impl Inner {
    /// Keeps a record that was looked at.
    async fn remember(&self, view: &View) {
        let is_own = self.own_records().await.is_ok_and(|own| own.contains(&view.record.id));
        if !is_own && self.options.rule.keeps(&view.record.object) {
            let _ = self.cache.put_copies(vec![view.record.clone()], Vec::new()).await;
        }
    }
}
