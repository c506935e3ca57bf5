//! Keeping the cache: filled by the rule, then by what the server says has changed.

use super::push::Pushed;
use super::state::{self, is_away, is_signed_out};
use super::{Inner, LOCK, approvals, kept};
use crate::api::payload::Changes;
use crate::backend::Backend;
use crate::backend::http::HttpBackend;
use crate::contract::error::Error;
use crate::contract::request::{From, Page, Query};
use crate::domain::id::Id;
use crate::domain::journal::Deed;
use crate::domain::record::{Record, RecordKey};
use crate::msg;
use crate::schema::model::Schema;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Rows of a page.
const PAGE: usize = 500;
/// Records that are asked for by their ids at once.
const TOGETHER: usize = 100;
/// Changes that are told at once, and so many that filling anew is less work.
const FEED: (usize, usize) = (1_000, 3_000);
/// Records that others refer to, and that the rule leaves out: the most that are kept.
const REFERRED: usize = 3_000;
/// What is older goes from the cache's journal, though it be among the newest.
const JOURNAL: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A server that says nothing for so long is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// How often, and how long apart, it is tried to become the one who brings both sides together.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// The pauses between tries to reach a server: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

impl Inner {
    /// Brings both sides together again and again: when the server tells of changes, when something is to be sent, and
    /// when the server may be there again.
    pub(super) async fn keep_up(self: Arc<Inner>) {
        let (mut pause, mut changes) = (PAUSES.0, None);
        loop {
            let result = self.round(self.options.follow).await;
            if result.is_err() {
                let _ = tokio::time::timeout(pause, self.wake.notified()).await;
                pause = (pause * 2).min(PAUSES.1);
                continue;
            }
            pause = PAUSES.0;
            if !self.options.follow {
                self.wake.notified().await;
                continue;
            }
            let http = self.http.read().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(changes) = &mut changes else {
                // What changed before one began to listen is in the next round.
                changes = http.map(|http| http.changes());
                continue;
            };
            tokio::select! {
                _ = changes.changed() => self.tick(),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(HEARTBEAT) => {}
            }
        }
    }

    /// Sends what waits and, if `pull` is set, takes in what changed: what was sent, and how many records changed here.
    pub(super) async fn round(&self, pull: bool) -> Result<(Pushed, usize), Error> {
        let _one = self.round.lock().await;
        let mut pushed = Pushed::default();
        let result = self.bring_together(pull, &mut pushed).await;
        match &result {
            Err(error) if is_away(error) || is_signed_out(error) || self.link().is_none() => self.lost(error),
            // The server is there: what went wrong is told, and tried again with the next round.
            Err(Error::Other(why)) => self.state.send_modify(|state| state.why = Some(why.clone())),
            _ => {}
        }
        let _ = self.count_pending().await;
        Ok((pushed, result?))
    }

    async fn bring_together(&self, pull: bool, pushed: &mut Pushed) -> Result<usize, Error> {
        let http = self.connect(pull).await?;
        // Another process of this machine may be at it already.
        let Some(_lock) = self.lock().await? else {
            self.found();
            return Ok(0);
        };
        let sent = self.push(&http, pushed).await;
        let doubtful = std::mem::take(&mut pushed.doubtful);
        let mut received = self.refresh(&http, doubtful.into_iter().collect()).await?;
        sent?;
        // Until then the cache is nearer to what the user has done than the server is.
        self.found();
        if pull {
            self.push_settings(&http).await?;
            received += self.pull(&http).await?;
            // Of records that came before their schema the cache has kept a part only.
            while self.take_schema(&http).await? {
                received += self.pull(&http).await?;
            }
            state::keep(&self.cache, kept::SYNCED, &Timestamp::now()).await?;
            self.trim().await?;
        }
        Ok(received)
    }

    /// What was sent, and what came, is in the server's journal.
    async fn trim(&self) -> Result<(), Error> {
        let since = Timestamp::now().saturating_sub(JOURNAL).unwrap_or(Timestamp::UNIX_EPOCH);
        while self.cache.trim_journal(since, self.options.journal).await? > 0 {}
        Ok(())
    }

    /// The right to bring both sides together; `None` if another process is at it for longer than is waited.
    pub(super) async fn lock(&self) -> Result<Option<std::fs::File>, Error> {
        let path = self.options.folder.join(LOCK);
        let failed = |e: std::io::Error| Error::Other(msg!("offline-folder", path = path.display(), reason = e));
        let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        for _ in 0..LOCK_TRIES {
            if file.try_lock().is_ok() {
                return Ok(Some(file));
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        Ok(None)
    }

    /// The server, asked whether it is there, with the schema that it has by now; if anything is to be taken in, also with
    /// what the user may do by now.
    async fn connect(&self, pull: bool) -> Result<Arc<HttpBackend>, Error> {
        let known = self.http.read().unwrap_or_else(PoisonError::into_inner).clone();
        let http = match known {
            Some(http) => http,
            None => {
                let options = self.options.http.clone();
                let opened = tokio::task::spawn_blocking(move || HttpBackend::open(options)).await;
                Arc::new(opened.unwrap_or_else(|_| Err(Error::Other(msg!("backend-job-lost"))))?)
            }
        };
        let standing = http.standing().await?;
        if standing.me.as_ref().map(|me| me.id) != self.me.as_ref().map(|me| me.id) {
            return Err(Error::Denied(msg!("offline-other-user")));
        }
        self.take_schema(&http).await?;
        if pull {
            let rights = http.my_rights().await?;
            state::keep(&self.cache, kept::RIGHTS, &rights).await?;
            self.told.say(rights.fields.clone());
            *self.rights.write().unwrap_or_else(PoisonError::into_inner) = rights;
            state::keep(&self.cache, kept::STANDING, &standing).await?;
        }
        *self.http.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&http));
        Ok(http)
    }

    /// Puts the server's schema in force here, if it is another one.
    async fn take_schema(&self, http: &HttpBackend) -> Result<bool, Error> {
        let theirs = http.schema();
        if *theirs == *self.cache.schema() {
            return Ok(false);
        }
        self.cache.apply_schema((*theirs).clone(), true).await?;
        Ok(true)
    }

    /// Takes in what changed since the last time; everything by the rule where that can't be told.
    async fn pull(&self, http: &HttpBackend) -> Result<usize, Error> {
        // The version first: of what came while the cache had an older schema, all is asked for again.
        let version = http.schema_version();
        self.take_schema(http).await?;
        let filters = self.options.rule.filters(&http.schema(), self.my_id());
        let faults = self.options.rule.faults(&http.schema(), self.my_id());
        self.state.send_if_modified(|state| std::mem::replace(&mut state.faults, faults) != state.faults);
        // Whoever may see more or less by now gets all of it anew.
        let rights = self.rights.read().unwrap_or_else(PoisonError::into_inner).clone();
        let rule = format!("{:?} {filters:?} {} {rights:?}", self.options.rule, version);
        let since: Option<i64> = state::get(&self.cache, kept::FEED).await?;
        let ruled: Option<String> = state::get(&self.cache, kept::RULE).await?;
        let Some(since) = since.filter(|_| ruled.as_ref() == Some(&rule)) else { return self.fill(http, &rule).await };
        let (mut next, mut changed, mut gone, mut decided) = (since, BTreeSet::new(), BTreeSet::new(), false);
        loop {
            let Changes { changes, next: told, more } = match http.changed_since(Some(next), FEED.0).await {
                Err(Error::Other(why)) if why.key == "api-too-old" => return self.fill(http, &rule).await,
                answer => answer?,
            };
            for change in changes {
                decided |= approvals::OBJECTS.contains(&change.key.object.as_str());
                let key = (change.key.object, change.key.id);
                let (to, from) =
                    if change.deed == Deed::Delete { (&mut gone, &mut changed) } else { (&mut changed, &mut gone) };
                from.remove(&key);
                to.insert(key);
            }
            next = told;
            if !more {
                break;
            }
            if changed.len() > FEED.1 {
                return self.fill(http, &rule).await;
            }
        }
        let mut received = self.take_changed(http, changed).await?;
        let own = self.own_records().await?;
        let gone = gone.into_iter().filter(|(_, id)| !own.contains(id) && !self.is_me(*id)).map(key).collect();
        received += self.cache.put_copies(Vec::new(), gone).await?;
        if decided {
            self.keep_inbox(http).await?;
        }
        state::keep(&self.cache, kept::FEED, &next).await?;
        if received > 0 || decided {
            self.tick();
        }
        Ok(received)
    }

    /// Of what changed, what is here already and what the rule wants.
    async fn take_changed(&self, http: &HttpBackend, changed: BTreeSet<(String, Id)>) -> Result<usize, Error> {
        let (mut known, mut others) = (Vec::new(), BTreeMap::<String, Vec<Id>>::new());
        let schema = http.schema();
        for (object, id) in changed.into_iter().filter(|(object, _)| schema.object(object).is_some()) {
            let here = self.cache.copy_of(RecordKey { object: object.clone(), id }).await?.is_some();
            match here {
                true => known.push((object, id)),
                false => others.entry(object).or_default().push(id),
            }
        }
        let mut received = self.refresh(http, known).await?;
        if self.is_full().await? {
            return Ok(received);
        }
        for (object, filter) in self.options.rule.filters(&schema, self.my_id()) {
            for ids in others.remove(&object).unwrap_or_default().chunks(TOGETHER) {
                let filter = format!("({filter}) {}", among(ids));
                let filter = filter.trim_start_matches("() ").to_owned();
                let records = records(self.page(http, &object, &filter, From::Start).await?);
                received += self.keep_records(http, records, REFERRED).await?;
            }
        }
        Ok(received)
    }

    /// Makes records here what they are on the server, whether they are there or not. What waits to be sent stays.
    pub(super) async fn refresh(&self, http: &HttpBackend, keys: Vec<(String, Id)>) -> Result<usize, Error> {
        let own = self.own_records().await?;
        let mut of: BTreeMap<String, Vec<Id>> = BTreeMap::new();
        for (object, id) in keys.into_iter().filter(|(_, id)| !own.contains(id)) {
            of.entry(object).or_default().push(id);
        }
        let mut received = 0;
        for (object, ids) in of {
            for ids in ids.chunks(TOGETHER) {
                let found = match self.page(http, &object, &among(ids), From::Start).await {
                    Ok(page) => records(page),
                    Err(error) if is_away(&error) || is_signed_out(&error) => return Err(error),
                    // What may not be seen any more isn't kept.
                    Err(_) => Vec::new(),
                };
                let there: HashSet<Id> = found.iter().map(|record| record.id).collect();
                let lost = ids.iter().filter(|id| !there.contains(id) && !self.is_me(**id));
                let lost = lost.map(|id| key((object.clone(), *id))).collect();
                received += self.cache.put_copies(found, lost).await?;
            }
        }
        Ok(received)
    }

    /// Fills the cache by the rule, and removes what it leaves out.
    async fn fill(&self, http: &HttpBackend, rule: &str) -> Result<usize, Error> {
        let head = http.changed_since(None, 1).await?.next;
        let own = self.own_records().await?;
        let mut received = 0;
        // What is left out by the rule has made room for what it wants once it is removed.
        for _ in 0..2 {
            let (mut seen, mut full) = (BTreeSet::new(), false);
            for (object, filter) in self.options.rule.filters(&http.schema(), self.my_id()) {
                let (count, is_full) = self.fill_object(http, (&object, &filter), &own, &mut seen).await?;
                received += count;
                full |= is_full;
            }
            received += self.keep_referred(http, &mut seen).await?;
            let dropped = self.drop_unseen(&seen, &own).await?;
            received += dropped;
            if !full || dropped == 0 {
                break;
            }
        }
        self.fetch_settings(http).await?;
        self.keep_inbox(http).await?;
        state::keep(&self.cache, kept::FEED, &head).await?;
        state::keep(&self.cache, kept::RULE, &rule).await?;
        self.tick();
        Ok(received)
    }

    /// Fetches what the rule wants of an object: how many records changed here, and whether the cache is full. Then what
    /// is here already stays and is kept up, and nothing is added.
    async fn fill_object(
        &self,
        http: &HttpBackend,
        (object, filter): (&str, &str),
        own: &HashSet<Id>,
        seen: &mut BTreeSet<(String, Id)>,
    ) -> Result<(usize, bool), Error> {
        let (mut from, mut count, mut received, mut full) = (From::Start, 0, 0, false);
        while count < self.options.rule.records {
            let page = match self.page(http, object, filter, from).await {
                Ok(page) => page,
                Err(error) if is_away(&error) || is_signed_out(&error) => return Err(error),
                // What may not be seen isn't kept; a filter of one's own that can't be read is told.
                Err(Error::Denied(_)) => break,
                Err(error) => return Err(error),
            };
            count += page.rows.len();
            let last = page.rows.last().map(|row| row.cursor.clone()).filter(|_| page.more_after);
            let mut kept: Vec<Record> = records(page).into_iter().filter(|record| !own.contains(&record.id)).collect();
            full = self.is_full().await?;
            if full {
                let here = self.cache.copied_ids(object.to_owned()).await?;
                kept.retain(|record| here.contains(&record.id));
            }
            let nothing_here = kept.is_empty();
            seen.extend(kept.iter().map(|record| (object.to_owned(), record.id)));
            received += self.cache.put_copies(kept, Vec::new()).await?;
            match last.filter(|_| !(full && nothing_here)) {
                Some(cursor) => from = From::After(cursor),
                None => break,
            }
        }
        Ok((received, full))
    }

    async fn is_full(&self) -> Result<bool, Error> {
        Ok(self.cache.used_bytes().await? / 1_000_000 >= self.options.rule.megabytes)
    }

    /// Keeps what the kept records refer to, so that they can be shown.
    async fn keep_referred(&self, http: &HttpBackend, seen: &mut BTreeSet<(String, Id)>) -> Result<usize, Error> {
        let (schema, mut wanted) = (http.schema(), BTreeSet::new());
        let objects: BTreeSet<&String> = seen.iter().map(|(object, _)| object).collect();
        for object in objects {
            let ids: Vec<Id> = seen.iter().filter(|(of, _)| of == object).map(|(_, id)| *id).collect();
            for id in ids {
                let here = self.cache.copy_of(RecordKey { object: object.clone(), id }).await?;
                wanted.extend(here.iter().flat_map(|record| referred(&schema, record)));
            }
        }
        let missing: Vec<(String, Id)> = wanted.difference(seen).cloned().collect();
        let missing = missing.into_iter().filter(|(object, _)| self.options.rule.keeps(object));
        let missing: Vec<(String, Id)> = missing.take(REFERRED).collect();
        seen.extend(missing.iter().cloned());
        self.refresh(http, missing).await
    }

    /// Keeps records and what they refer to.
    async fn keep_records(&self, http: &HttpBackend, records: Vec<Record>, most: usize) -> Result<usize, Error> {
        let (schema, mut wanted) = (http.schema(), BTreeSet::new());
        for record in &records {
            for (object, id) in referred(&schema, record) {
                let key = RecordKey { object: object.clone(), id };
                if self.options.rule.keeps(&object) && self.cache.copy_of(key).await?.is_none() {
                    wanted.insert((object, id));
                }
            }
        }
        let received = self.cache.put_copies(records, Vec::new()).await?;
        Ok(received + self.refresh(http, wanted.into_iter().take(most).collect()).await?)
    }

    /// Who works here.
    fn my_id(&self) -> Option<Id> {
        self.me.as_ref().map(|me| me.id)
    }

    /// Whether a record is the user's own, on whose behalf all is done here: it stays even if it may not be looked at.
    fn is_me(&self, id: Id) -> bool {
        self.me.as_ref().is_some_and(|me| me.id == id)
    }

    async fn drop_unseen(&self, seen: &BTreeSet<(String, Id)>, own: &HashSet<Id>) -> Result<usize, Error> {
        let mut dropped = 0;
        for object in &self.cache.schema().objects {
            let here = self.cache.copied_ids(object.name.clone()).await?;
            let is_kept = |id: &Id| seen.contains(&(object.name.clone(), *id)) || own.contains(id) || self.is_me(*id);
            let gone = here.into_iter().filter(|id| !is_kept(id)).map(|id| key((object.name.clone(), id))).collect();
            dropped += self.cache.put_copies(Vec::new(), gone).await?;
        }
        Ok(dropped)
    }

    async fn page(&self, http: &HttpBackend, object: &str, filter: &str, from: From) -> Result<Page, Error> {
        let (object, filter) = (object.to_owned(), filter.to_owned());
        http.query(Query { object, filter, from, limit: PAGE, ..Query::default() }).await
    }

    /// Takes over the user's settings, but those that were changed here.
    async fn fetch_settings(&self, http: &HttpBackend) -> Result<(), Error> {
        let own = self.cache.settings(kept::SETTING.to_owned()).await?;
        let is_own = |name: &str| own.iter().any(|(key, _)| key.strip_prefix(kept::SETTING) == Some(name));
        for (name, value) in http.settings(String::new()).await?.into_iter().filter(|(name, _)| !is_own(name)) {
            self.seat.put_setting(name, Some(value)).await?;
        }
        Ok(())
    }

    /// Hands over the settings that were changed here.
    async fn push_settings(&self, http: &HttpBackend) -> Result<(), Error> {
        for (key, _) in self.cache.settings(kept::SETTING.to_owned()).await? {
            let Some(name) = key.strip_prefix(kept::SETTING).map(str::to_owned) else { continue };
            let here = self.seat.settings(name.clone()).await?;
            let value = here.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value);
            match http.put_setting(name, value).await {
                Err(error) if is_away(&error) || is_signed_out(&error) => return Err(error),
                _ => self.cache.put_setting(key, None).await?,
            }
        }
        Ok(())
    }
}

fn key((object, id): (String, Id)) -> RecordKey {
    RecordKey { object, id }
}

fn records(page: Page) -> Vec<Record> {
    page.rows.into_iter().map(|row| row.record).collect()
}

/// A filter for records by their ids.
fn among(ids: &[Id]) -> String {
    let ids: Vec<String> = ids.iter().map(Id::to_string).collect();
    format!("id:{}", ids.join(","))
}

/// The records that a record refers to, with their objects.
fn referred(schema: &Schema, record: &Record) -> Vec<(String, Id)> {
    let Some(object) = schema.object(&record.object) else { return Vec::new() };
    let of = |field: &crate::schema::model::Field| {
        let target = field.kind.target().map(str::to_owned);
        let ids = record.get(&field.name).ids().to_vec();
        target.into_iter().flat_map(move |target| ids.clone().into_iter().map(move |id| (target.clone(), id)))
    };
    object.fields.iter().flat_map(of).collect()
}
