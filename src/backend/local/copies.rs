//! A store as the cache of another: copies of records, and what was done here and is to be sent.

use super::{LocalBackend, Queued};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::journal::{Entry, Origin};
use crate::domain::record::{Record, RecordKey};
use crate::store::{Context, KeptJournal, OutboxRow, Which};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;

/// The most entries of a transaction that are looked at.
const MOST_ENTRIES: usize = 10_000;

type Later<T> = BoxFuture<'static, Result<T, Error>>;

impl LocalBackend {
    /// The same, and the next write is put down to be sent to a server.
    #[must_use]
    pub fn queueing(&self, queued: Queued) -> LocalBackend {
        let (engine, seat) = (Arc::clone(&self.engine), Arc::clone(&self.seat));
        LocalBackend { engine, seat, once: None, queue: Some(queued) }
    }

    /// Notes what is to be sent without doing it here.
    pub fn put_down(&self, queued: Queued) -> Later<()> {
        self.write(move |desk, _| {
            let now = Timestamp::now();
            let context = Context::new(None, now, Origin::System);
            desk.crm.store_mut().write::<_, Error>(&context, |tx| Ok(tx.enqueue(&queued, now)?))?;
            Ok(())
        })
    }

    /// Makes records here what they are elsewhere, and removes others, in one transaction: how many that changed.
    pub fn put_copies(&self, records: Vec<Record>, gone: Vec<RecordKey>) -> Later<usize> {
        if records.is_empty() && gone.is_empty() {
            return Box::pin(std::future::ready(Ok(0)));
        }
        self.write(move |desk, _| {
            let context = Context::new(None, Timestamp::now(), Origin::System);
            let (changed, _) = desk.crm.store_mut().write::<_, Error>(&context, |tx| {
                let mut changed = 0;
                for record in &records {
                    changed += usize::from(tx.put_copy(record)?);
                }
                for key in &gone {
                    changed += usize::from(tx.drop_copy(&key.object, key.id)?);
                }
                Ok(changed)
            })?;
            Ok(changed)
        })
    }

    /// A record as it stands here, whoever asks; `None` if there is none.
    pub fn copy_of(&self, key: RecordKey) -> Later<Option<Record>> {
        self.read(move |desk, _| Ok(desk.crm.store().get(&key.object, key.id)?))
    }

    /// The ids of all records of an object.
    pub fn copied_ids(&self, object: String) -> Later<HashSet<Id>> {
        self.read(move |desk, _| {
            let mut ids = HashSet::new();
            desk.crm.store().each_id(Which::all(&object), |id| ids.extend(Id::from_i64(id)))?;
            Ok(ids)
        })
    }

    /// What a transaction did, oldest first.
    pub fn entries_of(&self, txn: i64) -> Later<Vec<Entry>> {
        self.read(move |desk, _| {
            let mut entries = desk.crm.store().entries_of(txn, None, MOST_ENTRIES)?;
            entries.reverse();
            Ok(entries)
        })
    }

    /// What waits to be sent or was refused, oldest first.
    pub fn outbox(&self) -> Later<Vec<OutboxRow>> {
        self.read(|desk, _| Ok(desk.crm.store().outbox()?))
    }

    /// Puts down that something is being sent, or taken back: see [`crate::store::Store::claim_outbox`].
    pub fn claim_outbox(&self, row: OutboxRow) -> Later<bool> {
        self.write(move |desk, _| Ok(desk.crm.store_mut().claim_outbox(&row)?))
    }

    /// Removes the oldest part of the journal, but nothing that is younger than a moment, among so many newest entries,
    /// or needed for what waits to be sent: how many entries went, some of those to go if there are many.
    pub fn trim_journal(&self, since: Timestamp, entries: usize) -> Later<u64> {
        self.write(move |desk, shared| {
            let seen = match shared.search.sequence() {
                // Nobody follows it here yet.
                0 => i64::MAX,
                seen => seen,
            };
            Ok(desk.crm.store_mut().trim_journal(KeptJournal { since, entries, seen })?)
        })
    }

    /// The bytes that what is kept takes up.
    pub fn used_bytes(&self) -> Later<u64> {
        self.read(|desk, _| Ok(desk.crm.store().used_bytes()?))
    }

    /// Keeps what changed of something to be sent.
    pub fn set_outbox(&self, row: OutboxRow) -> Later<()> {
        self.write(move |desk, _| Ok(desk.crm.store_mut().set_outbox(&row)?))
    }

    /// Takes out what is sent or given up: see [`crate::store::Store::leave_outbox`].
    pub fn leave_outbox(&self, row: OutboxRow, version: Option<i64>, renamed: Vec<(Id, Id)>) -> Later<()> {
        self.write(move |desk, _| Ok(desk.crm.store_mut().leave_outbox(&row, version, &renamed)?))
    }
}
