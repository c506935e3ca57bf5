//! The use-cases, and the only place that decides: permission, validation, rules, then one transaction
//! that writes the change and its journal entry together.
//!
//! Everything here is synchronous and belongs to one thread; `backend::local` puts it behind the
//! [`Backend`](crate::backend::Backend) interface.

mod action;
mod agenda;
mod aggregate;
mod approval;
mod assign;
mod attached;
mod audit;
mod check;
mod circle;
pub(crate) mod code;
mod configure;
mod context;
mod delete;
pub(crate) mod derive;
mod document;
mod duplicate;
mod evaluate;
mod fault;
mod follow;
mod history;
pub mod import;
mod likeness;
mod lines;
mod log;
pub(crate) mod mnemonic;
mod owner;
pub(crate) mod people;
mod permit;
mod plan;
mod pool;
mod prepare;
mod pricing;
mod queue;
mod read;
mod recur;
mod remind;
mod remote;
mod renumber;
mod rights;
mod save;
pub(crate) mod sign_in;
mod stage;
pub(crate) mod sweep;
mod undo;

pub use context::{Context, Told};
pub use duplicate::{Finder, NoFinder};
pub use remote::Feed;
pub(crate) use rights::{Rights, Sightings};

use crate::contract::error::Error;
use crate::contract::request::Saved;
use crate::domain::event::{EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Kind, Object, Schema};
use crate::store::{self, Applied, Store, Write};
use jiff::Zoned;
use owner::Why;
use std::sync::Arc;

/// The most entries of a schema that the log names.
const MOST_NAMED: usize = 20;

/// The object of those who sign in.
const USER: &str = "user";

/// A store with the rules over it, on behalf of one user.
pub struct Crm {
    store: Store,
    context: Context,
}

impl Crm {
    /// The rules over a store, for a user.
    pub fn new(store: Store, context: Context) -> Crm {
        Crm { store, context }
    }

    /// The store underneath, when the rules are done with it.
    pub fn into_store(self) -> Store {
        self.store
    }

    /// The moment, in the user's zone.
    pub fn now(&self) -> Zoned {
        self.context.now()
    }

    /// The store underneath.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The store underneath, for what the rules have no say in: backup, schema.
    pub fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    /// Acts for another user from now on.
    pub fn set_user(&mut self, user: Option<Id>) {
        self.context.user = user;
    }

    /// What the acting user may do, by the store as it is now.
    fn rights(&self) -> Result<Arc<Rights>, Error> {
        rights::current(&self.store, &self.context)
    }

    /// The same for whoever finds records before the rules see them.
    pub(crate) fn rights_now(&self) -> Result<Arc<Rights>, Error> {
        self.rights()
    }

    /// The schema in force.
    pub fn schema(&self) -> Arc<Schema> {
        self.store.schema()
    }

    /// Before every use-case: takes up a schema that was applied by another connection. `Denied` if the acting user
    /// was disabled meanwhile.
    pub fn begin_work(&mut self) -> Result<(), Error> {
        self.refresh_schema()?;
        self.admit()
    }

    /// `Denied` if the acting user was disabled or deleted.
    pub fn admit(&self) -> Result<(), Error> {
        let Some(user) = self.context.user else { return Ok(()) };
        let now = (user, self.store.journal_head()?);
        if self.context.admitted.get() != Some(now) {
            people::admit(&self.store, Some(user))?;
            self.context.admitted.set(Some(now));
        }
        Ok(())
    }

    /// Takes up a schema that was applied by another connection.
    pub fn refresh_schema(&mut self) -> Result<(), Error> {
        self.store.refresh_schema()?;
        Ok(())
    }

    /// Puts another schema in force, and gives the number of changes that the tables needed for it.
    pub fn apply_schema(&mut self, schema: &Schema, allow_loss: bool) -> Result<Applied, Error> {
        if self.context.read_only {
            return Err(Error::Denied(msg!("crm-read-only-store")));
        }
        if !self.rights()?.may_give() {
            return Err(Error::Denied(msg!("rights-schema")));
        }
        let now = self.context.now();
        let before = self.schema();
        let applied = self.store.apply_schema(schema, allow_loss, now.timestamp())?;
        stage::adopt(&mut self.store, now.timestamp())?;
        self.roll_up_anew(&before, schema, &now)?;
        if *before != *schema {
            let backup = applied.backup.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
            let forms = crate::schema::form::made(schema);
            let changed = crate::schema::edit::compare(&before.own, &schema.own, &[&forms, &before]);
            let named = changed.iter().take(MOST_NAMED).map(|change| change.place.text()).collect::<Vec<_>>().join(" ");
            let what = Happening::new(EventKind::Schema).with("count", applied.changes.len()).with("backup", backup);
            let what = what.with("entries", changed.len()).with("what", named);
            self.note(&what)?;
        }
        Ok(applied)
    }

    /// Works out the roll-ups that a new schema has or changes.
    fn roll_up_anew(&mut self, before: &Schema, schema: &Schema, now: &Zoned) -> Result<(), Error> {
        let rolled = |schema: &Schema, name: &str| -> Vec<Field> {
            let fields = schema.object(name).map(|o| o.fields.clone()).unwrap_or_default();
            fields.into_iter().filter(|f| matches!(f.kind, Kind::Rollup { .. })).collect()
        };
        let mut changed = schema.objects.iter().filter(|o| rolled(before, &o.name) != rolled(schema, &o.name));
        let stamp = self.stamp(now, None);
        self.store.write::<_, Error>(&stamp, |tx| {
            changed.try_for_each(|o| tx.touch_all(&o.name))?;
            derive::settle(tx, schema, now)?;
            Ok(())
        })?;
        Ok(())
    }

    /// The user's settings whose keys begin with a prefix.
    pub fn settings(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        Ok(self.store.settings(self.context.user, prefix)?)
    }

    /// Keeps a setting, or removes it. Settings are the user's own: they have no journal.
    pub fn put_setting(&mut self, key: &str, value: Option<&str>) -> Result<(), Error> {
        if self.context.read_only {
            return Err(Error::Denied(msg!("crm-read-only-store")));
        }
        Ok(self.store.put_setting(self.context.user, key, value)?)
    }

    /// Keeps what the program itself has to know at its next start: it is on disk afterwards.
    pub fn keep_setting(&mut self, key: &str, value: Option<&str>) -> Result<(), Error> {
        Ok(self.store.keep_setting(self.context.user, key, value)?)
    }

    /// One write transaction, at one moment.
    fn write<T>(
        &mut self,
        undoes: Option<i64>,
        work: impl FnOnce(&mut Write<'_>, &mut Context, &Zoned) -> Result<T, Error>,
    ) -> Result<(T, i64), Error> {
        self.write_part(undoes, None, work)
    }

    /// The same as a part of a whole, by the number of its first transaction: they are undone together.
    fn write_part<T>(
        &mut self,
        undoes: Option<i64>,
        part_of: Option<i64>,
        work: impl FnOnce(&mut Write<'_>, &mut Context, &Zoned) -> Result<T, Error>,
    ) -> Result<(T, i64), Error> {
        if self.context.read_only {
            return Err(Error::Denied(msg!("crm-read-only-store")));
        }
        let now = self.context.now();
        let stamp = store::Context { part_of, ..self.stamp(&now, undoes) };
        let schema = self.schema();
        let context = &mut self.context;
        let written = self.store.write(&stamp, |tx| {
            let (rights, head) = (rights::current(tx.store(), context)?, tx.store().journal_head()?);
            // What is taken back takes its history along.
            if undoes.is_none() {
                let mut watched = history::watched(&schema);
                watched.push(USER.to_owned());
                tx.watch(watched);
            }
            let me = context.user;
            // Whoever was disabled while this waited for its turn is too late.
            people::admit(tx.store(), context.user)?;
            let done = work(tx, context, &now)?;
            let gone = |change: store::Changed| {
                let left = change.after.get("active") == Some(&Value::Boolean(false));
                left.then_some(Some(change.record.id))
            };
            let gone: Vec<Option<Id>> = tx.take_changes(USER).into_iter().filter_map(gone).collect();
            let ground = approval::Ground { schema: &schema, now: &now, me, finder: &NoFinder };
            approval::follow_leavers(tx, &ground, context, &gone)?;
            history::keep(tx, context, &schema, &Why::default(), &now)?;
            derive::settle_or_refuse(tx, &schema, &now)?;
            rights::keep_order(tx.store(), &rights, context.user, head)?;
            if let Some(once) = context.once.take()
                && tx.txn() != 0
            {
                tx.note_once(context.user, &once, now.timestamp())?;
            }
            if let Some(queued) = context.queue.take()
                && tx.txn() != 0
            {
                tx.enqueue(&queued, now.timestamp())?;
            }
            Ok(done)
        });
        if written.is_err() {
            self.context.rights.forget();
        }
        written
    }

    fn stamp(&self, now: &Zoned, undoes: Option<i64>) -> store::Context {
        let (user, origin) = (self.context.user, self.context.origin);
        store::Context { user, now: now.timestamp(), origin, undoes, part_of: None }
    }
}

/// An object of the schema, or `NotFound`.
fn object<'s>(schema: &'s Schema, name: &str) -> Result<&'s Object, Error> {
    schema.object(name).ok_or_else(|| Error::NotFound(msg!("crm-no-object", object = name)))
}

/// A record that must be there.
fn existing(store: &Store, object: &str, id: Id) -> Result<Record, Error> {
    store.get(object, id)?.ok_or_else(|| missing(object, id))
}

fn missing(object: &str, id: Id) -> Error {
    Error::NotFound(msg!("crm-no-record", object = object, id = id))
}

/// What names a record to people: its title, else its code, else its id.
pub(crate) fn title(object: &Object, fields: &Fields, id: Id) -> String {
    let of = |name: &str| fields.get(name).and_then(|v| v.as_str()).map(str::to_owned);
    of(&object.title).or_else(|| of(object.code.as_deref()?)).unwrap_or_else(|| id.to_string())
}

/// A message about an object, with its label in both languages.
fn named(message: Message, schema: &Schema, object: &str) -> Message {
    let label = |lang| schema.object(object).map_or(object, |o| o.label.get(lang)).to_owned();
    message.with("zh", label(Lang::Zh)).with("en", label(Lang::En))
}

/// A message that says what a filter over an object wants, in both languages; the filter itself where no words can be
/// made of it.
fn wanting(message: Message, schema: &Schema, object: &Object, filter: &str) -> Message {
    let said = |lang| crate::schema::filter::said(schema, object, filter, lang).unwrap_or_else(|| filter.to_owned());
    message.with("wants-zh", said(Lang::Zh)).with("wants-en", said(Lang::En))
}

fn key(record: &Record) -> RecordKey {
    RecordKey { object: record.object.clone(), id: record.id }
}

fn saved(records: Vec<Record>, txn: i64) -> Saved {
    let touched = if txn == 0 { 0 } else { records.len() };
    Saved { records, txn, touched, ..Saved::default() }
}
