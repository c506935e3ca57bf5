//! Sending what waits, in order, each once; and what becomes of what the server doesn't take.

use super::merge::{Merged, merge};
use super::state::{is_away, is_signed_out};
use super::{Inner, writing};
use crate::api::typing::Typed;
use crate::backend::http::{HttpBackend, Sent};
use crate::backend::local::OutboxRow;
use crate::backend::{Answer, Backend};
use crate::contract::error::Error;
use crate::contract::request::Saved;
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Entry};
use crate::domain::record::{Fields, Record, RecordKey};
use crate::msg;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashSet};

/// States of what is in the outbox.
pub(super) const WAITING: &str = "waiting";
pub(super) const CONFLICT: &str = "conflict";
pub(super) const REJECTED: &str = "rejected";
/// So often something is sent that the server fails at, until it is held for refused.
const TRIES: i64 = 5;

/// What sending came to.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    pub(super) sent: usize,
    pub(super) merged: usize,
    /// Records that may stand otherwise on the server than here.
    pub(super) doubtful: BTreeSet<(String, Id)>,
}

/// What one sending came to.
enum Step {
    /// It is on the server.
    Done(Saved),
    /// It is sent again, as the row says now.
    Again,
    /// It was refused, or others changed the same.
    Stuck,
    /// It was taken back meanwhile, or another process sends it.
    Gone,
}

/// What a change puts into its record: what stood there, and what it puts there.
pub(super) struct Own {
    pub(super) base: Fields,
    pub(super) mine: Fields,
    /// What was given another value since it was refused.
    amended: BTreeSet<String>,
}

impl Own {
    /// Compares it with what stands on the server now. What was put in only after it was refused was put in with that
    /// in sight.
    pub(super) fn merge(&self, theirs: &Fields) -> Merged {
        let mut base = self.base.clone();
        for name in self.amended.iter().filter(|name| !self.base.contains_key(*name)) {
            base.insert(name.clone(), theirs.get(name).cloned().unwrap_or_default());
        }
        merge(&base, &self.mine, theirs)
    }
}

impl Inner {
    /// Sends what waits until nothing does that can be sent. A failure ends it where the server can't be reached:
    /// nothing is lost then, and nothing doubled.
    pub(super) async fn push(&self, http: &HttpBackend, pushed: &mut Pushed) -> Result<(), Error> {
        while let Some(row) = self.next_to_send().await? {
            match self.send_row(http, row.clone()).await? {
                Step::Done(saved) => {
                    self.acknowledge(row, saved, pushed).await?;
                    pushed.sent += 1;
                }
                Step::Again => pushed.merged += 1,
                Step::Stuck => self.put_back(&row, pushed).await?,
                Step::Gone => {}
            }
            self.count_pending().await?;
        }
        Ok(())
    }

    /// The oldest that waits and depends on nothing that is stuck.
    async fn next_to_send(&self) -> Result<Option<OutboxRow>, Error> {
        let rows = self.cache.outbox().await?;
        let held = self.held(&rows).await?;
        Ok(rows.into_iter().find(|row| row.state == WAITING && !held.contains(&row.number)))
    }

    /// What depends on something before it that is stuck: the same record, or one that isn't there yet.
    pub(super) async fn held(&self, rows: &[OutboxRow]) -> Result<HashSet<i64>, Error> {
        let (mut records, mut missing, mut held) = (HashSet::new(), Vec::new(), HashSet::new());
        for row in rows {
            let same = row.queued.record.is_some_and(|id| records.contains(&id));
            let depends = same || missing.iter().any(|id: &String| row.queued.request.contains(id.as_str()));
            if depends && row.state == WAITING {
                held.insert(row.number);
            }
            if depends || row.state != WAITING {
                records.extend(row.queued.record);
                missing.extend(self.made_by(row).await?.iter().map(|key| key.id.to_string()));
            }
        }
        Ok(held)
    }

    /// The records that something in the outbox has made.
    async fn made_by(&self, row: &OutboxRow) -> Result<Vec<RecordKey>, Error> {
        let entries = self.cache.entries_of(row.txn).await?;
        Ok(entries.iter().filter(|entry| entry.deed == Deed::Create).map(key_of).collect())
    }

    async fn send_row(&self, http: &HttpBackend, mut row: OutboxRow) -> Result<Step, Error> {
        let Ok(sent) = serde_json::from_str::<Sent>(&row.queued.request) else {
            return self.reject(row, Error::Corrupt(msg!("offline-cache"))).await;
        };
        // The server may have forgotten that it was done: whoever sent it decides.
        let is_repeated = row.queued.tries > 0 && matches!(sent, Sent::Act(_));
        if is_repeated && writing::is_forgotten(&row.queued.key, Timestamp::now()) {
            return self.reject(row, Error::Conflict { message: msg!("offline-unsure"), theirs: None }).await;
        }
        // It is put down before it is sent: nobody knows then whether it was done.
        if !self.cache.claim_outbox(row.clone()).await? {
            return Ok(Step::Gone);
        }
        row.queued.tries += 1;
        if let Err(error) = self.send_files(http, &row).await {
            return match is_away(&error) || is_signed_out(&error) {
                true => Err(error),
                false => self.reject(row, error).await,
            };
        }
        let error = match http.send(row.queued.key.clone(), row.queued.version, sent.clone()).await {
            Ok(saved) => return Ok(Step::Done(saved)),
            Err(error) => error,
        };
        match (&sent, error) {
            (_, error) if is_away(&error) || is_signed_out(&error) || error == Error::Cancelled => Err(error),
            (_, Error::Other(why)) if row.queued.tries < TRIES => Err(Error::Other(why)),
            (Sent::Create { .. }, Error::Conflict { message, theirs: Some(theirs) })
                if message.key == "api-id-taken" =>
            {
                Ok(Step::Done(Saved { records: vec![*theirs], ..Saved::default() }))
            }
            (Sent::Change { key, .. }, Error::Conflict { theirs, message }) => {
                let theirs = match theirs {
                    Some(theirs) => *theirs,
                    None => match http.get(key.clone()).await {
                        Ok(view) => view.record,
                        Err(error) if is_away(&error) => return Err(error),
                        Err(_) => return self.reject(row, Error::Conflict { message, theirs: None }).await,
                    },
                };
                self.merge_row(row, key, &sent, theirs).await
            }
            (Sent::Delete(keys), Error::NotFound(_)) if keys.len() == 1 => Ok(Step::Done(Saved::default())),
            (_, error) => self.reject(row, error).await,
        }
    }

    /// What a change puts into its record: what the journal here has of it, and what was amended since.
    pub(super) async fn own(&self, row: &OutboxRow, key: &RecordKey, sent: &Sent) -> Result<Own, Error> {
        let entries = self.cache.entries_of(row.txn).await?;
        let of = |entry: &Entry| entry.object == key.object;
        // What was made by an action has another id there than here.
        let at = entries.iter().position(|entry| of(entry) && entry.record == key.id);
        let at = at.or_else(|| entries.iter().position(|entry| of(entry) && entry.deed == Deed::Update));
        let entry = at.and_then(|at| entries.into_iter().nth(at));
        let (base, mut mine) = entry.map(|entry| (entry.before, entry.after)).unwrap_or_default();
        let none = BTreeSet::new();
        let (fields, amended) = match sent {
            Sent::Create { fields, amended, .. } | Sent::Change { fields, amended, .. } => (fields, amended),
            Sent::Delete(_) | Sent::Act(_) => return Ok(Own { base, mine: Fields::new(), amended: none }),
        };
        mine.retain(|name, _| fields.contains_key(name));
        let given = fields.iter().filter(|(name, _)| amended.contains(*name));
        mine.extend(self.typed(key, given.map(|(name, value)| (name.clone(), value.clone())).collect()));
        Ok(Own { base, mine, amended: amended.clone() })
    }

    /// Values of a record as its fields hold them.
    pub(super) fn typed(&self, key: &RecordKey, fields: Fields) -> Fields {
        let mut record = Record { object: key.object.clone(), id: key.id, version: 0, fields };
        record.type_by(&self.cache.schema());
        record.fields
    }

    /// Puts a change together with what others changed meanwhile.
    async fn merge_row(&self, mut row: OutboxRow, key: &RecordKey, sent: &Sent, theirs: Record) -> Result<Step, Error> {
        let Sent::Change { fields, amended, .. } = sent else { return Ok(Step::Stuck) };
        let own = self.own(&row, key, sent).await?;
        let merged = own.merge(&theirs.fields);
        if !merged.ask.is_empty() {
            row.state = CONFLICT.to_owned();
            row.theirs = serde_json::to_string(&theirs).ok();
            self.cache.set_outbox(row).await?;
            self.cache.put_copies(vec![theirs], Vec::new()).await?;
            return Ok(Step::Stuck);
        }
        if merged.send.is_empty() {
            return Ok(Step::Done(Saved { records: vec![theirs], ..Saved::default() }));
        }
        let fields = fields.iter().filter(|(name, _)| merged.send.contains(*name));
        let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
        let sent = Sent::Change { key: key.clone(), fields, amended: amended.clone() };
        self.send_on(&mut row, &sent, theirs.version).await?;
        Ok(Step::Again)
    }

    /// Changes what is sent: under a key of its own, put down before it is sent.
    pub(super) async fn send_on(&self, row: &mut OutboxRow, sent: &Sent, version: i64) -> Result<(), Error> {
        row.queued.request = serde_json::to_string(sent).map_err(|e| Error::Other(msg!("http-setup", reason = e)))?;
        row.queued.key = writing::fresh_key();
        row.queued.version = version;
        row.queued.tries = 0;
        row.state = WAITING.to_owned();
        (row.problem, row.theirs) = (None, None);
        self.cache.set_outbox(row.clone()).await
    }

    async fn reject(&self, mut row: OutboxRow, error: Error) -> Result<Step, Error> {
        row.state = REJECTED.to_owned();
        row.problem = serde_json::to_string(&error).ok();
        if let Error::Conflict { theirs: Some(theirs), .. } = &error {
            row.theirs = serde_json::to_string(theirs).ok();
        }
        self.cache.set_outbox(row).await?;
        Ok(Step::Stuck)
    }

    /// Something is on the server: the records get there what they are there, and what comes after it goes on from there.
    async fn acknowledge(&self, row: OutboxRow, saved: Saved, pushed: &mut Pushed) -> Result<(), Error> {
        let entries = self.cache.entries_of(row.txn).await?;
        let later = self.later_ids(&row).await?;
        let main = saved.records.iter().find(|record| Some(record.id) == row.queued.record);
        let version = main.map(|record| record.version);
        let mut renamed = Vec::new();
        let mut strangers: Vec<&Record> = Vec::new();
        for record in &saved.records {
            if self.cache.copy_of(record.key()).await?.is_none() {
                strangers.push(record);
            }
        }
        // What the same deed made here and there is the same, in order.
        let known: HashSet<Id> = saved.records.iter().map(|record| record.id).collect();
        let made = entries.iter().filter(|e| e.deed == Deed::Create && !known.contains(&e.record));
        let mut gone = Vec::new();
        for entry in made {
            if let Some(at) = strangers.iter().position(|record| record.object == entry.object) {
                renamed.push((entry.record, strangers.remove(at).id));
            }
            gone.push(key_of(entry));
        }
        let gone_ids: HashSet<Id> = gone.iter().map(|key| key.id).collect();
        let touched = entries.iter().filter(|e| !gone_ids.contains(&e.record) && !later.contains(&e.record));
        pushed.doubtful.extend(touched.map(|entry| (entry.object.clone(), entry.record)));
        let records: Vec<Record> = saved.records.into_iter().filter(|record| !later.contains(&record.id)).collect();
        for record in &records {
            pushed.doubtful.remove(&(record.object.clone(), record.id));
        }
        self.cache.put_copies(records, gone).await?;
        self.cache.leave_outbox(row, version, renamed).await
    }

    /// The records that something later in the outbox is about.
    async fn later_ids(&self, row: &OutboxRow) -> Result<HashSet<Id>, Error> {
        let rows = self.cache.outbox().await?;
        let later = rows.into_iter().filter(|other| other.number > row.number && other.state == WAITING);
        Ok(later.filter_map(|other| other.queued.record).collect())
    }

    /// Something is stuck: what it did here is taken back, unless something waits that builds on it.
    async fn put_back(&self, row: &OutboxRow, pushed: &mut Pushed) -> Result<(), Error> {
        let entries = self.cache.entries_of(row.txn).await?;
        let later = self.later_ids(row).await?;
        let rest = entries.iter().filter(|entry| !later.contains(&entry.record));
        pushed.doubtful.extend(rest.map(|entry| (entry.object.clone(), entry.record)));
        Ok(())
    }

    /// The records whose state here is not the server's: what waits is about them.
    pub(super) async fn own_records(&self) -> Result<HashSet<Id>, Error> {
        let mut ids = HashSet::new();
        for row in self.cache.outbox().await?.into_iter().filter(|row| row.state == WAITING) {
            ids.extend(self.cache.entries_of(row.txn).await?.into_iter().map(|entry| entry.record));
        }
        Ok(ids)
    }
}

pub(super) fn key_of(entry: &Entry) -> RecordKey {
    RecordKey { object: entry.object.clone(), id: entry.record }
}

/// An answer that is there already.
pub(super) fn ready<'a, T: Send + 'a>(answer: Result<T, Error>) -> Answer<'a, T> {
    Box::pin(std::future::ready(answer))
}
