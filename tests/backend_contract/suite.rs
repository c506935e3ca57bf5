//! What every backend must do, said against `&dyn Backend`: another implementation runs through the
//! same suite by another `Stage`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod acting;
mod adding_up;
mod approving;
mod auditing;
mod bringing_in;
mod documents;
mod handing_over;
#[cfg(feature = "postgres")]
mod on_postgres;
#[cfg(feature = "network")]
mod over_http;
mod people;
mod pools;
mod reading;
mod selling;
mod service;
mod stages;
mod tasks;
mod writing;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
#[cfg(feature = "network")]
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::backend::texts;
use tcrm::contract::error::Error;
use tcrm::contract::request::*;
use tcrm::domain::id::Id;
use tcrm::domain::journal::{Deed, Origin};
use tcrm::domain::record::{Fields, Record, RecordKey};
use tcrm::domain::value::{FileRef, Money, Value};
use tcrm::schema::model::SortKey;

/// A store in a folder of its own.
struct Stage {
    folder: tempfile::TempDir,
    /// Where its tables are, if it is a database.
    #[cfg(feature = "postgres")]
    schema: Option<String>,
    /// The server, where the suite runs over HTTP.
    #[cfg(feature = "network")]
    server: Mutex<Option<over_http::Serving>>,
}

impl Stage {
    /// A folder without a store.
    fn bare() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        Stage {
            folder,
            #[cfg(feature = "postgres")]
            schema: crate::ON_POSTGRES.then(on_postgres::schema),
            #[cfg(feature = "network")]
            server: Mutex::default(),
        }
    }

    fn new() -> Stage {
        let stage = Stage::bare();
        drop(LocalBackend::create(stage.options(None), tcrm::schema::builtin()).unwrap());
        stage
    }

    fn path(&self) -> PathBuf {
        #[cfg(feature = "postgres")]
        if let Some(schema) = &self.schema {
            return on_postgres::store(schema, self.folder.path());
        }
        self.folder.path().join("test.tcrm")
    }

    /// Changes the data by other means than tcrm.
    fn tamper(&self, sql: &str) {
        #[cfg(feature = "postgres")]
        if let Some(schema) = &self.schema {
            return on_postgres::run(schema, sql);
        }
        rusqlite::Connection::open(self.path()).unwrap().execute(sql, []).unwrap();
    }

    fn options(&self, user: Option<&str>) -> OpenOptions {
        OpenOptions {
            user: user.map(str::to_owned),
            origin: Origin::Tui,
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            search: true,
            ..OpenOptions::new(self.path())
        }
    }

    fn open(&self, user: Option<&str>) -> Box<dyn Backend> {
        #[cfg(feature = "network")]
        if crate::OVER_HTTP {
            return over_http::open(self, &self.server, user).unwrap();
        }
        Box::new(LocalBackend::open(self.options(user)).unwrap())
    }
}

#[cfg(feature = "postgres")]
impl Drop for Stage {
    fn drop(&mut self) {
        #[cfg(feature = "network")]
        self.server.lock().unwrap().take();
        if let Some(schema) = &self.schema {
            on_postgres::drop_schema(schema);
        }
    }
}

/// A stage with the users zhangsan and lisi, opened by each.
async fn two_users() -> (Stage, Box<dyn Backend>, Box<dyn Backend>) {
    let stage = Stage::new();
    let nobody = stage.open(None);
    for (login, name) in [("zhangsan", "张三"), ("lisi", "李四")] {
        add(&*nobody, "user", &[("login", text(login)), ("name", text(name))]).await;
    }
    drop(nobody);
    let (a, b) = (stage.open(Some("zhangsan")), stage.open(Some("lisi")));
    (stage, a, b)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn choice(key: &str) -> Value {
    Value::Choice(key.to_owned())
}

fn fields(given: &[(&str, Value)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn creation(object: &str, given: &[(&str, Value)]) -> SaveRequest {
    SaveRequest { object: object.to_owned(), target: None, changes: fields(given) }
}

fn change(record: &Record, given: &[(&str, Value)]) -> SaveRequest {
    SaveRequest { object: record.object.clone(), target: Some((record.id, record.version)), changes: fields(given) }
}

/// A request to mark a task done.
fn complete(task: Id, comment: &str) -> ActRequest {
    perform("complete", RecordKey { object: "task".to_owned(), id: task }, &[], comment)
}

fn perform(action: &str, key: RecordKey, given: &[(&str, Value)], comment: &str) -> ActRequest {
    let (action, comment) = (action.to_owned(), comment.to_owned());
    ActRequest::Do(DoRequest { action, key, fields: fields(given), comment, version: None })
}

async fn add(backend: &dyn Backend, object: &str, given: &[(&str, Value)]) -> Record {
    backend.save(creation(object, given)).await.unwrap().records.remove(0)
}

async fn customer(backend: &dyn Backend, name: &str) -> Record {
    add(backend, "customer", &[("name", text(name))]).await
}

async fn city(backend: &dyn Backend, record: &Record) -> Value {
    backend.get(key(record)).await.unwrap().record.get("city").clone()
}

fn key(record: &Record) -> RecordKey {
    RecordKey { object: record.object.clone(), id: record.id }
}

fn list(object: &str, filter: &str) -> Query {
    Query { object: object.to_owned(), filter: filter.to_owned(), limit: 50, ..Query::default() }
}

fn by(field: &str) -> Vec<SortKey> {
    vec![SortKey { field: field.to_owned(), descending: false }]
}

async fn names(backend: &dyn Backend, query: Query) -> Vec<String> {
    let page = backend.query(query).await.unwrap();
    page.rows.iter().map(|row| row.record.get("name").as_str().unwrap().to_owned()).collect()
}

/// Waits until a condition holds, asking again whenever something changed.
async fn until<F: Future<Output = bool>>(backend: &dyn Backend, mut holds: impl FnMut() -> F) {
    let mut changes = backend.changes();
    let wait = async {
        loop {
            changes.borrow_and_update();
            if holds().await {
                return;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
}

async fn search_ready(backend: &dyn Backend) {
    let request = || SearchRequest { text: "x".to_owned(), objects: Vec::new(), limit: 1 };
    until(backend, || async { backend.search(request()).await.unwrap().complete }).await;
}

fn errors(error: Error) -> BTreeMap<String, String> {
    match error {
        Error::Invalid(errors) => errors.into_iter().map(|e| (e.field, e.message.key.into_owned())).collect(),
        other => panic!("not about fields: {other:?}"),
    }
}
