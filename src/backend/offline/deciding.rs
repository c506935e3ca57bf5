//! What waits and what was refused, and what the user decides about it.

use super::push::{CONFLICT, REJECTED, WAITING, ready};
use super::{Inner, OfflineBackend};
use crate::api::typing::Typed;
use crate::backend::http::Sent;
use crate::backend::local::OutboxRow;
use crate::backend::sync::{
    Link, Pending, PendingField, PendingKind, PendingState, Settle, SyncReport, SyncState, Syncing,
};
use crate::backend::{Answer, Backend};
use crate::contract::error::Error;
use crate::contract::request::ActRequest;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::msg;
use tokio::sync::watch;

impl Syncing for OfflineBackend {
    fn state(&self) -> watch::Receiver<SyncState> {
        self.inner.state.subscribe()
    }

    fn pending(&self) -> Answer<'_, Vec<Pending>> {
        self.run(true, |inner| async move { inner.pending().await })
    }

    fn sync(&self) -> Answer<'_, SyncReport> {
        self.run(false, |inner| async move {
            let mut report = SyncReport::default();
            match inner.round(true).await {
                Ok((pushed, received)) => {
                    (report.sent, report.merged, report.received) = (pushed.sent, pushed.merged, received);
                }
                Err(error) if matches!(inner.state.borrow().link, Link::Offline | Link::SignedOut) => drop(error),
                Err(error) => return Err(error),
            }
            report.pending = inner.pending().await?;
            report.state = inner.state.borrow().clone();
            Ok(report)
        })
    }

    fn settle(&self, number: i64, how: Settle) -> Answer<'_, ()> {
        if let Settle::Amend(fields) = &how
            && fields.is_empty()
        {
            return ready(Ok(()));
        }
        self.run(false, move |inner| async move {
            let round = inner.round.lock().await;
            let is_amended = matches!(how, Settle::Amend(_));
            let settled = inner.settle(number, how).await;
            drop(round);
            inner.count_pending().await?;
            inner.tick();
            if settled.is_ok() && is_amended && inner.link().is_some() {
                // Whoever mends it is told at once what is still wrong.
                let _ = inner.round(false).await;
                return inner.refusal(number).await?.map_or(Ok(()), Err);
            }
            inner.wake.notify_one();
            settled
        })
    }
}

impl Inner {
    async fn pending(&self) -> Result<Vec<Pending>, Error> {
        let rows = self.cache.outbox().await?;
        let held = self.held(&rows).await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let is_held = held.contains(&row.number);
            all.push(self.shown(row, is_held).await?);
        }
        Ok(all)
    }

    async fn shown(&self, row: OutboxRow, held: bool) -> Result<Pending, Error> {
        let sent: Option<Sent> = super::read_json(&row.queued.request);
        let key = row.queued.record.map(|id| RecordKey { object: row.queued.object.clone(), id });
        let (kind, action) = match &sent {
            Some(Sent::Create { .. }) => (PendingKind::Create, None),
            Some(Sent::Change { .. }) => (PendingKind::Change, None),
            Some(Sent::Delete(_)) => (PendingKind::Delete, None),
            Some(Sent::Act(ActRequest::Do(deed))) => (PendingKind::Act, Some(deed.action.clone())),
            _ => (PendingKind::Act, None),
        };
        let state = match row.state.as_str() {
            CONFLICT => PendingState::Conflict,
            REJECTED => PendingState::Rejected,
            _ if held => PendingState::Held,
            _ => PendingState::Waiting,
        };
        let fields = match (&sent, &key) {
            (Some(sent @ (Sent::Create { .. } | Sent::Change { .. })), Some(key)) => {
                self.shown_fields(&row, key, sent).await?
            }
            _ => Vec::new(),
        };
        let problem = row.problem.as_deref().and_then(super::read_json);
        let (number, at, title) = (row.number, row.at, row.queued.title);
        Ok(Pending { number, at, kind, action, key, title, state, fields, problem })
    }

    async fn shown_fields(&self, row: &OutboxRow, key: &RecordKey, sent: &Sent) -> Result<Vec<PendingField>, Error> {
        let own = self.own(row, key, sent).await?;
        let theirs = self.theirs(row);
        let asked = theirs.as_ref().map(|theirs| own.merge(&theirs.fields).ask).unwrap_or_default();
        let field = |(name, value): (String, crate::domain::value::Value)| PendingField {
            base: own.base.get(&name).cloned().unwrap_or_default(),
            theirs: theirs.as_ref().map(|theirs| theirs.get(&name).clone()),
            asked: asked.contains(&name),
            mine: value,
            field: name,
        };
        Ok(own.mine.clone().into_iter().map(field).collect())
    }

    fn theirs(&self, row: &OutboxRow) -> Option<Record> {
        let mut theirs: Record = super::read_json(row.theirs.as_deref()?)?;
        theirs.type_by(&self.cache.schema());
        Some(theirs)
    }

    async fn settle(&self, number: i64, how: Settle) -> Result<(), Error> {
        let rows = self.cache.outbox().await?;
        let gone = || Error::NotFound(msg!("offline-no-pending", number = number));
        let mut row = rows.iter().find(|row| row.number == number).cloned().ok_or_else(gone)?;
        let sent: Sent = super::read_json(&row.queued.request).ok_or_else(|| Error::Corrupt(msg!("offline-cache")))?;
        let version = self.theirs(&row).map_or(row.queued.version, |theirs| theirs.version);
        match (how, sent) {
            (Settle::Retry, sent) => {
                let version = row.queued.version;
                self.send_on(&mut row, &sent, version).await
            }
            (Settle::Amend(new), Sent::Create { object, id, mut fields, mut amended }) => {
                amended.extend(new.keys().cloned());
                fields.extend(new);
                self.amend(row, Sent::Create { object, id, fields, amended }, 0).await
            }
            (Settle::Amend(new), Sent::Change { key, mut fields, mut amended }) => {
                amended.extend(new.keys().cloned());
                fields.extend(new);
                self.amend(row, Sent::Change { key, fields, amended }, version).await
            }
            (Settle::Amend(_), _) => Err(Error::Denied(msg!("offline-not-amended"))),
            (Settle::Keep(kept), Sent::Change { key, mut fields, amended }) => {
                let sent = Sent::Change { key: key.clone(), fields: fields.clone(), amended: amended.clone() };
                let asked = self.shown_fields(&row, &key, &sent).await?;
                let lost = |field: &PendingField| field.asked && !kept.contains(&field.field);
                for field in asked.iter().filter(|field| lost(field)) {
                    fields.remove(&field.field);
                }
                if fields.is_empty() {
                    return self.cache.leave_outbox(row, Some(version), Vec::new()).await;
                }
                self.send_on(&mut row, &Sent::Change { key, fields, amended }, version).await
            }
            (Settle::Keep(_), sent) => self.send_on(&mut row, &sent, version).await,
            (Settle::Discard, _) => {
                if row.state == WAITING {
                    // What was done here is taken back; something later may build on it.
                    self.take_back(&row).await?;
                }
                self.cache.leave_outbox(row, None, Vec::new()).await
            }
        }
    }

    /// Sends it with other values, which stand here until then.
    async fn amend(&self, mut row: OutboxRow, sent: Sent, version: i64) -> Result<(), Error> {
        self.send_on(&mut row, &sent, version).await?;
        let (key, fields) = match sent {
            Sent::Create { object, id, fields, .. } => (RecordKey { object, id }, fields),
            Sent::Change { key, fields, .. } => (key, fields),
            Sent::Delete(_) | Sent::Act(_) => return Ok(()),
        };
        let fields = self.typed(&key, fields);
        let here = self.cache.copy_of(key.clone()).await?;
        let mut record = here.unwrap_or(Record { object: key.object, id: key.id, version: 1, fields: Fields::new() });
        record.fields.extend(fields);
        self.cache.put_copies(vec![record], Vec::new()).await.map(drop)
    }

    /// Why something was refused, if it is.
    async fn refusal(&self, number: i64) -> Result<Option<Error>, Error> {
        let rows = self.cache.outbox().await?;
        let row = rows.into_iter().find(|row| row.number == number && row.state == REJECTED);
        Ok(row.and_then(|row| super::read_json(row.problem.as_deref()?)))
    }
}
