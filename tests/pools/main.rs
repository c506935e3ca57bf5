//! Pools, the sweep, number rules and hand-overs, on stores whose days are chosen.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod claims;
mod handing_over;
mod numbers;
mod overdue;
mod sweeping;

use jiff::civil::date;
use jiff::{ToSpan, Zoned};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tcrm::contract::agenda::{Reminder, ReminderDeed, RemindersRequest, Whose};
use tcrm::contract::error::Error;
use tcrm::contract::pool::{SweepReport, SweepRequest};
use tcrm::contract::request::*;
use tcrm::crm::{Context, Crm, NoFinder};
use tcrm::domain::id::Id;
use tcrm::domain::journal::Origin;
use tcrm::domain::record::{Fields, Record, RecordKey};
use tcrm::domain::value::Value;
use tcrm::schema::{self, Source};
use tcrm::store::{OpenMode, Store};

/// A store with the users zhang, li and wang, at noon of a day that tests move on from.
struct Stage {
    folder: tempfile::TempDir,
    seed: std::cell::Cell<u64>,
    users: [Id; 3],
}

const ZHANG: usize = 0;
const LI: usize = 1;
const WANG: usize = 2;

fn day(offset: i64) -> Zoned {
    date(2026, 6, 1).at(12, 0, 0, 0).in_tz("Asia/Shanghai").unwrap().checked_add(offset.days()).unwrap()
}

impl Stage {
    fn new() -> Stage {
        Stage::with("")
    }

    /// With a schema of one's own over the built-in one.
    fn with(text: &str) -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let schema = schema::load(&[Source { name: "own.toml", text }]).unwrap();
        drop(Store::create(&folder.path().join("test.tcrm"), &schema).unwrap());
        let nobody = Id::from_i64(1).unwrap();
        let mut stage = Stage { folder, seed: std::cell::Cell::new(1), users: [nobody; 3] };
        let mut crm = stage.at(0, None);
        let users = ["zhang", "li", "wang"]
            .map(|login| add(&mut crm, "user", &[("login", text_of(login)), ("name", text_of(login))]).id);
        stage.users = users;
        stage
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("test.tcrm")
    }

    fn at(&self, offset: i64, user: Option<usize>) -> Crm {
        self.seed.set(self.seed.get() + 1);
        let user = user.map(|at| self.users[at]);
        // Each a moment later than the one before: ids are made in the order of time.
        let now = day(offset).checked_add(i64::try_from(self.seed.get()).unwrap().milliseconds()).unwrap();
        let context = Context::fixed(user, Origin::Cli, now, self.seed.get());
        Crm::new(Store::open(&self.path(), OpenMode::ReadWrite).unwrap(), context)
    }

    fn pool(&self, fields: &[(&str, Value)]) -> Record {
        let name = [("name", text_of("公海"))];
        let given: Vec<(&str, Value)> = name.into_iter().chain(fields.iter().cloned()).collect();
        add(&mut self.at(0, None), "pool", &given)
    }

    /// A customer of somebody, or of nobody, made on a day.
    fn customer(&self, offset: i64, owner: Option<usize>, more: &[(&str, Value)]) -> Record {
        let owner = owner.map_or(Value::Empty, |at| Value::Ref(self.users[at]));
        let name = format!("客户{}", self.seed.get());
        let mut given = vec![("name", text_of(&name)), ("owner", owner)];
        given.extend(more.iter().cloned());
        add(&mut self.at(offset, None), "customer", &given)
    }

    fn owner(&self, record: &Record) -> Option<usize> {
        let crm = self.at(0, None);
        let owner = crm.get(&key(record)).unwrap().record.get("owner").as_ref_id()?;
        self.users.iter().position(|id| *id == owner)
    }

    fn claim(&self, offset: i64, user: usize, record: &Record) -> Result<Saved, Error> {
        self.at(offset, Some(user)).act(&perform("claim", record, &[]), &NoFinder)
    }

    fn release(&self, offset: i64, user: usize, record: &Record) {
        let given = [("reason", Value::Choice("workload".to_owned()))];
        self.at(offset, Some(user)).act(&perform("release", record, &given), &NoFinder).unwrap();
    }

    fn touch(&self, offset: i64, record: &Record) {
        let log = ActRequest::Log { about: Some(key(record)), line: "call 谈了价格".to_owned() };
        self.at(offset, None).act(&log, &NoFinder).unwrap();
    }

    fn sweep(&self, offset: i64) -> SweepReport {
        self.at(offset, None).sweep(&SweepRequest::default()).unwrap()
    }

    fn foresee(&self, offset: i64) -> SweepReport {
        self.at(offset, None).sweep(&SweepRequest { dry_run: true, ..SweepRequest::default() }).unwrap()
    }

    /// The reminders of a user whose rule's name begins so.
    fn reminded(&self, offset: i64, user: usize, rule: &str) -> Vec<Reminder> {
        let request = RemindersRequest {
            from: None,
            until: day(offset).timestamp(),
            of: Whose::Me,
            include_snoozed: false,
            limit: 100,
        };
        let all = self.at(offset, Some(user)).reminders(&request).unwrap().items;
        all.into_iter().filter(|r| r.key.rule.starts_with(rule)).collect()
    }

    fn warnings(&self, offset: i64, user: usize) -> Vec<String> {
        self.reminded(offset, user, "pool-").into_iter().map(|r| r.text.en).collect()
    }
}

fn text_of(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn key(record: &Record) -> RecordKey {
    RecordKey { object: record.object.clone(), id: record.id }
}

fn fields(given: &[(&str, Value)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn save(crm: &mut Crm, object: &str, given: &[(&str, Value)]) -> Result<Record, Error> {
    let request = SaveRequest { object: object.to_owned(), target: None, changes: fields(given) };
    crm.save(&request).map(|saved| saved.records[0].clone())
}

fn add(crm: &mut Crm, object: &str, given: &[(&str, Value)]) -> Record {
    save(crm, object, given).unwrap()
}

fn change(crm: &mut Crm, record: &Record, given: &[(&str, Value)]) -> Result<Saved, Error> {
    let version = crm.get(&key(record)).unwrap().record.version;
    crm.save(&SaveRequest { object: record.object.clone(), target: Some((record.id, version)), changes: fields(given) })
}

fn perform(action: &str, record: &Record, given: &[(&str, Value)]) -> ActRequest {
    ActRequest::Do(DoRequest {
        action: action.to_owned(),
        key: key(record),
        fields: fields(given),
        comment: String::new(),
        version: None,
    })
}

/// The key of the message that a call was denied with.
fn denied<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Denied(message)) => message.key.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The fields that were refused, and the keys of the messages.
fn invalid<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<(String, String)> {
    match result {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.message.key.to_string())).collect(),
        other => panic!("{other:?}"),
    }
}

fn int(number: i64) -> Value {
    Value::Integer(number)
}

fn level(key: &str) -> (&'static str, Value) {
    ("level", Value::Choice(key.to_owned()))
}
