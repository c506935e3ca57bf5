//! Every question of a face as a request.

use super::HttpBackend;
use crate::api::endpoint::*;
use crate::api::payload::{
    AllowedQuery, Change, CountQuery, Counts, Creation, Keys, LossQuery, Nothing, OfQuery, PasswordChange, PrefixQuery,
    RecordsQuery, SchemaText, SettingChange, TextQuery, WhyQuery,
};
use crate::api::typing;
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
use std::sync::Arc;
use tokio::sync::watch;

const NONE: Nothing = Nothing {};

/// The parts of a record's path.
fn at(key: &RecordKey) -> Vec<String> {
    vec![key.object.clone(), key.id.to_string()]
}

impl Backend for HttpBackend {
    fn schema(&self) -> Arc<Schema> {
        self.inner.schema()
    }

    fn me(&self) -> Option<Me> {
        self.me.clone()
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn traffic(&self) -> Option<Vec<Arc<Exchange>>> {
        Some(self.inner.client.traffic.last())
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        let (wire, object) = (RecordsQuery::of(&query), query.object);
        let answer = self.ask_typed::<ListRecords>(vec![object], wire, NONE);
        Box::pin(async move { Ok(answer.await?.page()) })
    }

    fn export(&self, query: Query) -> Answer<'_, Page> {
        let (wire, object) = (RecordsQuery::of(&query), query.object);
        self.ask_typed::<ExportRecords>(vec![object], wire, NONE)
    }

    fn count(&self, request: CountRequest) -> Answer<'_, Count> {
        let query = CountQuery { filter: request.filter, cap: Some(request.cap) };
        self.ask::<CountRecords>(vec![request.object], query, NONE)
    }

    fn counts(&self, requests: Vec<CountRequest>) -> Answer<'_, Vec<Option<Count>>> {
        self.run(true, move |inner| async move {
            inner.ask::<CountTogether>(&[], &NONE, &Counts { counts: requests }).await
        })
    }

    fn aggregate(&self, request: AggregateRequest) -> Answer<'_, Aggregate> {
        self.run(true, move |inner| async move {
            let mut answer = inner.ask::<AggregateRecords>(&[], &NONE, &request).await?;
            typing::type_groups(&inner.schema(), &request.object, &request.group, &mut answer);
            Ok(answer)
        })
    }

    fn get(&self, key: RecordKey) -> Answer<'_, View> {
        self.ask_typed::<GetRecord>(at(&key), NONE, NONE)
    }

    fn resolve(&self, object: String, text: String) -> Answer<'_, Id> {
        let answer = self.ask::<ResolveRecord>(vec![object], TextQuery { text }, NONE);
        Box::pin(async move { Ok(answer.await?.id) })
    }

    fn search(&self, request: SearchRequest) -> Answer<'_, SearchAnswer> {
        self.ask::<Search>(Vec::new(), NONE, request)
    }

    fn prepare(&self, object: String, given: Fields) -> Answer<'_, View> {
        self.ask_typed::<PrepareRecord>(vec![object], NONE, Change { fields: given })
    }

    fn check(&self, request: CheckRequest) -> Answer<'_, CheckAnswer> {
        self.run(true, move |inner| async move {
            let mut answer = inner.ask::<CheckRecord>(&[], &NONE, &request).await?;
            typing::type_check(&inner.schema(), &request.object, &mut answer);
            Ok(answer)
        })
    }

    fn save(&self, request: SaveRequest) -> Answer<'_, Saved> {
        let SaveRequest { object, target, changes: fields } = request;
        match target {
            None => self.write::<CreateRecord>(vec![object], None, Creation { id: None, fields }),
            Some((id, version)) => {
                self.write::<ChangeRecord>(vec![object, id.to_string()], Some(version), Change { fields })
            }
        }
    }

    fn delete(&self, keys: Vec<RecordKey>) -> Answer<'_, Saved> {
        self.write::<DeleteRecords>(Vec::new(), None, Keys { keys })
    }

    fn delete_preview(&self, key: RecordKey) -> Answer<'_, DeletePreview> {
        self.ask::<PreviewDelete>(at(&key), NONE, NONE)
    }

    fn allowed(&self, action: ActionName, object: String, key: Option<RecordKey>) -> Answer<'_, Permit> {
        let query = AllowedQuery { action: action.to_owned(), id: key.map(|key| key.id) };
        self.ask::<GetAllowed>(vec![object], query, NONE)
    }

    fn why(&self, user: Id, key: RecordKey) -> Answer<'_, Vec<Message>> {
        self.ask::<GetWhy>(at(&key), WhyQuery { user: Some(user) }, NONE)
    }

    fn offers(&self, key: RecordKey) -> Answer<'_, Vec<Offer>> {
        self.ask::<ListOffers>(at(&key), NONE, NONE)
    }

    fn begin(&self, action: String, key: RecordKey) -> Answer<'_, View> {
        let mut path = at(&key);
        path.push(action);
        self.ask_typed::<BeginAction>(path, NONE, NONE)
    }

    fn act(&self, request: ActRequest) -> Answer<'_, Saved> {
        let request = match request {
            ActRequest::DoTelling(deed, _) => ActRequest::Do(deed),
            other => other,
        };
        self.write::<Act>(Vec::new(), None, request)
    }

    fn lines(&self, request: LinesRequest) -> Answer<'_, LinesAnswer> {
        self.run(true, move |inner| async move {
            let mut answer = inner.ask::<PreviewLines>(&[], &NONE, &request).await?;
            typing::type_lines(&inner.schema(), &mut answer);
            Ok(answer)
        })
    }

    fn outline(&self, of: String) -> Answer<'_, Outline> {
        self.ask::<GetOutline>(Vec::new(), OfQuery { of }, NONE)
    }

    fn configure(&self, deed: Deed) -> Answer<'_, ()> {
        let answer = self.ask::<Configure>(Vec::new(), NONE, deed);
        Box::pin(async move { answer.await.map(drop) })
    }

    fn schema_plan(&self, text: Option<String>) -> Answer<'_, Plan> {
        self.run(true, move |inner| async move {
            let mut plan = inner.ask::<PlanSchema>(&[], &NONE, &SchemaText { text }).await?;
            typing::type_plan(&mut plan);
            Ok(plan)
        })
    }

    fn apply_changes(&self, allow_loss: bool) -> Answer<'_, Applied> {
        self.ask::<ApplySchema>(Vec::new(), LossQuery { allow_loss }, NONE)
    }

    fn reminders(&self, request: RemindersRequest) -> Answer<'_, Reminders> {
        self.ask::<ListReminders>(Vec::new(), NONE, request)
    }

    fn inbox(&self, request: InboxRequest) -> Answer<'_, Inbox> {
        self.ask::<ListInbox>(Vec::new(), NONE, request)
    }

    fn review(&self, approval: Id) -> Answer<'_, Review> {
        self.ask_typed::<GetReview>(vec![approval.to_string()], NONE, NONE)
    }

    fn agenda(&self, request: AgendaRequest) -> Answer<'_, Agenda> {
        self.ask::<GetAgenda>(Vec::new(), NONE, request)
    }

    fn plan(&self, request: PlanRequest) -> Answer<'_, Vec<PlanRow>> {
        self.ask::<GetPlan>(Vec::new(), NONE, request)
    }

    fn pools(&self) -> Answer<'_, Vec<PoolStanding>> {
        self.ask::<ListPools>(Vec::new(), NONE, NONE)
    }

    fn sweep(&self, request: SweepRequest) -> Answer<'_, SweepReport> {
        self.ask::<Sweep>(Vec::new(), NONE, request)
    }

    fn renumber(&self, request: RenumberRequest) -> Answer<'_, Renumbering> {
        self.ask::<Renumber>(Vec::new(), NONE, request)
    }

    fn history(&self, request: HistoryRequest) -> Answer<'_, History> {
        self.ask_typed::<GetHistory>(Vec::new(), NONE, request)
    }

    fn log(&self, request: LogRequest) -> Answer<'_, Log> {
        self.ask_typed::<GetLog>(Vec::new(), NONE, request)
    }

    fn change_password(&self, current: Option<Password>, new: Password) -> Answer<'_, ()> {
        let text = |password: &Password| String::from_utf8_lossy(password.bytes()).into_owned();
        let change = PasswordChange { current: current.as_ref().map(text), new: text(&new) };
        let answer = self.ask::<ChangePassword>(Vec::new(), NONE, change);
        Box::pin(async move { answer.await.map(drop) })
    }

    fn online(&self) -> Answer<'_, Vec<Seat>> {
        self.ask::<ListSeats>(Vec::new(), NONE, NONE)
    }

    fn note(&self, what: Happening) -> Answer<'_, ()> {
        let answer = self.ask::<Note>(Vec::new(), NONE, what);
        Box::pin(async move { answer.await.map(drop) })
    }

    fn undo(&self) -> Answer<'_, Undone> {
        self.ask::<Undo>(Vec::new(), NONE, NONE)
    }

    fn redo(&self) -> Answer<'_, Undone> {
        self.ask::<Redo>(Vec::new(), NONE, NONE)
    }

    fn settings(&self, prefix: String) -> Answer<'_, Vec<(String, String)>> {
        let answer = self.ask::<ListSettings>(Vec::new(), PrefixQuery { prefix }, NONE);
        Box::pin(async move { Ok(answer.await?.into_iter().map(|s| (s.key, s.value)).collect()) })
    }

    fn put_setting(&self, key: String, value: Option<String>) -> Answer<'_, ()> {
        let answer = self.ask::<PutSetting>(Vec::new(), NONE, SettingChange { key, value });
        Box::pin(async move { answer.await.map(drop) })
    }

    fn import(&self, request: ImportRequest) -> Answer<'_, ImportReport> {
        self.import_rows(request)
    }

    fn revert(&self, txn: i64) -> Answer<'_, Undone> {
        self.ask::<Revert>(vec![txn.to_string()], NONE, NONE)
    }

    fn attach(&self, path: PathBuf) -> Answer<'_, FileRef> {
        if !self.capabilities.write {
            return Box::pin(std::future::ready(Err(Error::Denied(msg!("backend-no-files")))));
        }
        self.send_file(path)
    }

    fn file(&self, file: FileRef, of: Option<RecordKey>) -> Answer<'_, PathBuf> {
        self.fetch_file(file, of)
    }

    fn findings(&self) -> Answer<'_, Vec<Message>> {
        self.ask::<ListFindings>(Vec::new(), NONE, NONE)
    }

    fn back_up(&self) -> Answer<'_, PathBuf> {
        let answer = self.ask::<BackUp>(Vec::new(), NONE, NONE);
        Box::pin(async move { Ok(PathBuf::from(answer.await?.path)) })
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.listen();
        self.inner.changes.subscribe()
    }
}
