//! Writes: sent where the server answers, else done in the cache and put down to be sent.

use super::state::is_away;
use super::{Inner, OfflineBackend};
use crate::api::KEYS_KNOWN;
use crate::backend::http::{HttpBackend, Sent};
use crate::backend::local::{OutboxRow, Queued};
use crate::backend::{Answer, Backend};
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, DoRequest, Refusal, SaveRequest, Saved, Undone};
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::schema::model::{Kind, UseCase};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

/// A write that may be done on either side.
struct Deed {
    sent: Sent,
    /// The main record.
    key: Option<RecordKey>,
    /// The version that it is done on; 0 for none.
    version: i64,
}

impl OfflineBackend {
    pub(super) fn save_somewhere(&self, request: SaveRequest) -> Answer<'_, Saved> {
        let SaveRequest { object, target, changes: fields } = request;
        let deed = match target {
            None => {
                let id = self.inner.next_id();
                let key = Some(RecordKey { object: object.clone(), id });
                Deed { sent: Sent::Create { object, id, fields, amended: BTreeSet::new() }, key, version: 0 }
            }
            Some((id, version)) => {
                let key = RecordKey { object, id };
                let sent = Sent::Change { key: key.clone(), fields, amended: BTreeSet::new() };
                Deed { sent, key: Some(key), version }
            }
        };
        self.run(false, move |inner| async move { inner.write(deed).await })
    }

    pub(super) fn delete_somewhere(&self, keys: Vec<RecordKey>) -> Answer<'_, Saved> {
        let deed = Deed { key: keys.first().cloned(), sent: Sent::Delete(keys), version: 0 };
        self.run(false, move |inner| async move { inner.write(deed).await })
    }

    pub(super) fn act_somewhere(&self, request: ActRequest) -> Answer<'_, Saved> {
        let request = match request {
            ActRequest::DoTelling(deed, _) => ActRequest::Do(deed),
            other => other,
        };
        self.run(false, move |inner| async move { inner.act(request).await })
    }

    pub(super) fn undo_somewhere(&self) -> Answer<'_, Undone> {
        self.run(false, move |inner| async move {
            if let Some(http) = inner.link() {
                return http.undo().await.inspect_err(|error| inner.note_if_away(error));
            }
            inner.undo_here().await
        })
    }
}

impl Inner {
    pub(super) fn note_if_away(&self, error: &Error) {
        if is_away(error) {
            self.lost(error);
        }
    }

    fn next_id(&self) -> Id {
        let mut random = [0_u8; 8];
        let _ = getrandom::fill(&mut random);
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.next(Timestamp::now().as_millisecond(), u64::from_le_bytes(random))
    }

    /// Sends a write, or does it here.
    async fn write(&self, deed: Deed) -> Result<Saved, Error> {
        let mut queued = self.queued(&deed).await?;
        if let Some(http) = self.link() {
            match self.send(&http, &queued, &deed).await {
                Ok(saved) => {
                    // It is on the server, whatever becomes of the copy.
                    let _ = self.cache.put_copies(saved.records.clone(), Vec::new()).await;
                    return Ok(saved);
                }
                Err(error) if is_away(&error) => {
                    self.lost(&error);
                    if !self.can_do_here(&deed).await? {
                        return Err(error);
                    }
                    // It may have been done. Under its key it is safe to be sent again.
                    let never_sent = matches!(&error, Error::Offline(why) if why.key == "http-offline");
                    queued.tries = i64::from(!never_sent);
                }
                Err(error) => return Err(error),
            }
        }
        if self.is_for_server(&deed.sent) {
            return self.put_down(&deed, queued).await;
        }
        if queued.tries == 0 {
            self.leave_numbers_to_server(&deed, &mut queued).await?;
        }
        let saved = self.do_here(deed, queued).await?;
        let _ = self.count_pending().await;
        self.tick();
        Ok(saved)
    }

    /// Puts down what only the server can do.
    async fn put_down(&self, deed: &Deed, queued: Queued) -> Result<Saved, Error> {
        self.cache.put_down(queued).await?;
        let _ = self.count_pending().await;
        self.tick();
        let kept = match &deed.key {
            Some(key) => self.kept_review(key.id).await.ok().map(|review| review.approval),
            None => None,
        };
        let records = kept.into_iter().collect();
        Ok(Saved { records, touched: 1, notes: vec![msg!("offline-put-down")], ..Saved::default() })
    }

    async fn send(&self, http: &HttpBackend, queued: &Queued, deed: &Deed) -> Result<Saved, Error> {
        http.send(queued.key.clone(), deed.version, deed.sent.clone()).await
    }

    /// Whether the cache has what the write is about.
    async fn can_do_here(&self, deed: &Deed) -> Result<bool, Error> {
        if let Sent::Act(ActRequest::Do(one)) = &deed.sent
            && self.is_for_server(&deed.sent)
        {
            return Ok(self.may_put_down(one).await.is_ok());
        }
        Ok(match (&deed.sent, &deed.key) {
            (Sent::Create { .. }, _) | (_, None) => true,
            (_, Some(key)) => self.cache.copy_of(key.clone()).await?.is_some(),
        })
    }

    async fn queued(&self, deed: &Deed) -> Result<Queued, Error> {
        let titled = |object: &str, fields: &Fields, id| {
            let schema = self.schema();
            schema.object(object).map_or_else(String::new, |object| crate::crm::title(object, fields, id))
        };
        let title = match (&deed.sent, &deed.key) {
            (Sent::Create { object, id, fields, .. }, _) => titled(object, fields, *id),
            (Sent::Act(ActRequest::Log { line, .. }), None) => line.clone(),
            (_, Some(key)) => match self.cache.copy_of(key.clone()).await? {
                Some(record) => titled(&key.object, &record.fields, key.id),
                None => self.approval_title(key).await.unwrap_or_else(|| key.id.to_string()),
            },
            _ => String::new(),
        };
        let request = serde_json::to_string(&deed.sent);
        Ok(Queued {
            key: fresh_key(),
            request: request.map_err(|e| Error::Other(msg!("http-setup", reason = e)))?,
            title,
            object: deed.key.as_ref().map(|key| key.object.clone()).unwrap_or_default(),
            record: deed.key.as_ref().map(|key| key.id),
            version: deed.version,
            tries: 0,
        })
    }

    /// A number that was only foreseen here isn't sent: the server makes its own.
    async fn leave_numbers_to_server(&self, deed: &Deed, queued: &mut Queued) -> Result<(), Error> {
        let Sent::Create { object, id, fields, .. } = &deed.sent else { return Ok(()) };
        let schema = self.schema();
        let is_number = |name: &str| {
            let field = schema.object(object).and_then(|object| object.field(name));
            field.is_some_and(|field| matches!(field.kind, Kind::Code { .. }))
        };
        let mut rest = fields.clone();
        rest.retain(|name, _| !is_number(name));
        if rest.len() == fields.len() {
            return Ok(());
        }
        let foreseen = self.seat.prepare(object.clone(), rest).await?.record;
        let mut sent = fields.clone();
        sent.retain(|name, value| !is_number(name) || foreseen.get(name) != value);
        let sent = Sent::Create { object: object.clone(), id: *id, fields: sent, amended: BTreeSet::new() };
        queued.request = serde_json::to_string(&sent).map_err(|e| Error::Other(msg!("http-setup", reason = e)))?;
        Ok(())
    }

    /// Does a write in the cache, by all its rules.
    fn do_here(&self, deed: Deed, queued: Queued) -> BoxFuture<'_, Result<Saved, Error>> {
        let seat = self.seat.queueing(queued);
        Box::pin(async move {
            match deed.sent {
                Sent::Create { object, id, fields, .. } => {
                    self.may_here(&object, "add")?;
                    let request = SaveRequest { object, target: None, changes: fields };
                    seat.save_as(id, request).await
                }
                Sent::Change { key, fields, .. } => {
                    self.may_here(&key.object, "edit")?;
                    let target = Some((key.id, deed.version));
                    seat.save(SaveRequest { object: key.object, target, changes: fields }).await
                }
                Sent::Delete(keys) => {
                    keys.iter().try_for_each(|key| self.may_here(&key.object, "delete"))?;
                    seat.delete(keys).await
                }
                Sent::Act(request) => seat.act(request).await,
            }
        })
    }

    /// `Denied` if the server said that the user may not do this with any record of an object.
    pub(super) fn may_here(&self, object: &str, operation: &str) -> Result<(), Error> {
        let rights = self.rights.read().unwrap_or_else(PoisonError::into_inner);
        match rights.objects.get(object) {
            Some(allowed) if !allowed.iter().any(|one| one == operation) => {
                Err(Error::Denied(msg!("offline-not-allowed")))
            }
            _ => Ok(()),
        }
    }

    async fn act(self: Arc<Self>, request: ActRequest) -> Result<Saved, Error> {
        match request {
            ActRequest::DoEach(each) if self.link().is_none() => {
                let mut all = Saved::default();
                for key in each.keys {
                    let (action, fields, comment) = (each.action.clone(), each.fields.clone(), each.comment.clone());
                    let deed = DoRequest { action, key: key.clone(), fields, comment, version: None };
                    match Arc::clone(&self).act_one(ActRequest::Do(deed)).await {
                        Ok(saved) => {
                            all.touched += saved.touched;
                            all.txn = if all.txn == 0 { saved.txn } else { all.txn };
                            all.records.extend(saved.records);
                        }
                        Err(why) => all.refused.push(Refusal { title: key.id.to_string(), key, why }),
                    }
                }
                Ok(all)
            }
            one => self.act_one(one).await,
        }
    }

    async fn act_one(self: Arc<Self>, request: ActRequest) -> Result<Saved, Error> {
        let (key, version) = match &request {
            ActRequest::Do(deed) => (Some(deed.key.clone()), deed.version),
            ActRequest::Log { about, .. } => (about.clone(), None),
            _ => (None, None),
        };
        let mut request = request;
        if self.link().is_none()
            && let ActRequest::Do(deed) = &mut request
        {
            self.may_act_here(deed)?;
            if self.is_for_server(&Sent::Act(ActRequest::Do(deed.clone()))) {
                // Decided is on what was seen: if it is something else by now, the server says so.
                deed.version = self.may_put_down(deed).await?;
            }
        }
        let version = match &request {
            ActRequest::Do(deed) => deed.version,
            _ => version,
        };
        let version = match (version, &key) {
            (Some(version), _) => version,
            (None, Some(key)) => self.cache.copy_of(key.clone()).await?.map_or(0, |record| record.version),
            (None, None) => 0,
        };
        self.write(Deed { sent: Sent::Act(request), key, version }).await
    }

    /// What moves the work of others can only be done where their work is.
    fn may_act_here(&self, deed: &DoRequest) -> Result<(), Error> {
        match self.use_case(deed) {
            Some(UseCase::HandOver | UseCase::FillMembers) => Err(Error::Offline(msg!("offline-needs-server"))),
            _ => Ok(()),
        }
    }

    /// Takes back the last thing that was done here and waits.
    async fn undo_here(&self) -> Result<Undone, Error> {
        // While it is taken back nothing is sent, should the server be there this moment.
        let Some(_lock) = self.lock().await? else { return Err(Error::Offline(msg!("offline-busy"))) };
        let rows = self.cache.outbox().await?;
        let last = rows.into_iter().rev().find(|row| row.state == super::push::WAITING && row.queued.tries == 0);
        let Some(row) = last else { return Err(Error::Offline(msg!("offline-no-undo"))) };
        // Another one may be taking it back.
        if !self.cache.claim_outbox(row.clone()).await? {
            return Err(Error::Offline(msg!("offline-no-undo")));
        }
        let undone = match self.take_back(&row).await {
            Ok(undone) => undone,
            Err(error) => {
                self.cache.set_outbox(row).await?;
                return Err(error);
            }
        };
        self.cache.leave_outbox(row, None, Vec::new()).await?;
        self.count_pending().await?;
        self.tick();
        Ok(undone)
    }
}

impl Inner {
    /// Takes back what something that waits did here. What was only put down for the server did nothing.
    pub(super) async fn take_back(&self, row: &OutboxRow) -> Result<Undone, Error> {
        if row.txn != 0 {
            return self.seat.revert(row.txn).await;
        }
        let key = row.queued.record.map(|id| RecordKey { object: row.queued.object.clone(), id });
        let title = (row.queued.object.clone(), row.queued.title.clone());
        Ok(Undone { txn: 0, records: key.into_iter().collect(), touched: 1, title })
    }
}

/// Whether a server may not know any more what was sent under a key.
pub(super) fn is_forgotten(key: &str, now: Timestamp) -> bool {
    let made = key.rsplit_once('-').and_then(|(_, digits)| i128::from_str_radix(digits, 16).ok());
    let made = made.and_then(|nanoseconds| Timestamp::from_nanosecond(nanoseconds).ok());
    made.is_none_or(|made| now.duration_since(made) > KEYS_KNOWN)
}

/// A key that no other write has. It ends with the time at which it was made.
pub(super) fn fresh_key() -> String {
    let mut random = [0_u8; 16];
    let _ = getrandom::fill(&mut random);
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}-{:x}", Timestamp::now().as_nanosecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn a_key_says_itself_whether_a_server_still_knows_it() {
        let (key, now) = (fresh_key(), Timestamp::now());
        for (hours, forgotten) in [(0, false), (13 * 24, false), (14 * 24 + 1, true), (-48, false)] {
            assert_eq!(is_forgotten(&key, now + SignedDuration::from_hours(hours)), forgotten, "{hours}");
        }
        assert!(is_forgotten("no time in it", now) && is_forgotten("", now));
    }
}
