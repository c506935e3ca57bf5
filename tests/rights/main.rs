//! Who may see and do what: every answer of the backend against a plainly written oracle, and the ways by which
//! something could leak.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod fields;
mod leaks;
mod oracle;
mod order;
mod random;

use jiff::tz::TimeZone;
use std::path::PathBuf;
use tcrm::backend::Backend;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::error::Error;
use tcrm::contract::request::*;
use tcrm::domain::id::Id;
use tcrm::domain::journal::Origin;
use tcrm::domain::record::{Fields, Record, RecordKey};
use tcrm::domain::value::Value;

/// A store in a folder of its own.
struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> House {
        let house = House { folder: tempfile::tempdir().unwrap() };
        drop(LocalBackend::create(house.options(None), tcrm::schema::builtin()).unwrap());
        house
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("house.tcrm")
    }

    fn options(&self, user: Option<&str>) -> OpenOptions {
        OpenOptions {
            user: user.map(str::to_owned),
            origin: Origin::Cli,
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            ..OpenOptions::new(self.path())
        }
    }

    fn open(&self, user: &str) -> LocalBackend {
        LocalBackend::open(self.options(Some(user))).unwrap()
    }

    /// By nobody in particular, who may do everything.
    fn nobody(&self) -> LocalBackend {
        LocalBackend::open(self.options(None)).unwrap()
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn choice(key: &str) -> Value {
    Value::Choice(key.to_owned())
}

fn choices(keys: &[&str]) -> Value {
    Value::Choices(keys.iter().map(|key| (*key).to_owned()).collect())
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

async fn add(backend: &dyn Backend, object: &str, given: &[(&str, Value)]) -> Record {
    backend.save(creation(object, given)).await.unwrap().records.remove(0)
}

fn key(record: &Record) -> RecordKey {
    RecordKey { object: record.object.clone(), id: record.id }
}

fn list(object: &str, filter: &str) -> Query {
    Query { object: object.to_owned(), filter: filter.to_owned(), limit: 500, ..Query::default() }
}

async fn ids(backend: &dyn Backend, query: Query) -> Vec<Id> {
    let mut ids: Vec<Id> = backend.query(query).await.unwrap().rows.iter().map(|row| row.record.id).collect();
    ids.sort();
    ids
}

fn count(object: &str, filter: &str) -> CountRequest {
    CountRequest { object: object.to_owned(), filter: filter.to_owned(), cap: 1_000 }
}

/// Why something was refused.
fn denied<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Denied(why)) => why.key.into_owned(),
        other => panic!("not denied: {other:?}"),
    }
}

/// A small house: an administrator, and 张三 and 李四 with a role each.
struct Small {
    house: House,
    nobody: LocalBackend,
    zhangsan: Record,
    lisi: Record,
    role: Record,
}

impl Small {
    /// Both with one role of these rights: object, operations, scope.
    async fn new(rights: &[(&str, &[&str], &str)]) -> Small {
        let house = House::new();
        let nobody = house.nobody();
        let administrator =
            add(&nobody, "role", &[("name", text("管理员")), ("administrator", Value::Boolean(true))]).await;
        let chief = [("login", text("chief")), ("name", text("总管")), ("roles", Value::Refs(vec![administrator.id]))];
        add(&nobody, "user", &chief).await;
        let role = add(&nobody, "role", &[("name", text("销售"))]).await;
        for (object, operations, scope) in rights {
            give(&nobody, ("role", role.id), object, operations, scope).await;
        }
        let roles = || ("roles", Value::Refs(vec![role.id]));
        let zhangsan = add(&nobody, "user", &[("login", text("zhangsan")), ("name", text("张三")), roles()]).await;
        let lisi = add(&nobody, "user", &[("login", text("lisi")), ("name", text("李四")), roles()]).await;
        Small { house, nobody, zhangsan, lisi, role }
    }

    async fn customer(&self, name: &str, owner: &Record, more: &[(&str, Value)]) -> Record {
        let mut given = vec![("name", text(name)), ("owner", Value::Ref(owner.id))];
        given.extend(more.iter().cloned());
        add(&self.nobody, "customer", &given).await
    }
}

/// Gives a right to a role or user.
async fn give(by: &dyn Backend, to: (&str, Id), object: &str, operations: &[&str], scope: &str) -> Record {
    let (scope, filter) = scope.split_once('/').unwrap_or((scope, ""));
    let mut given = vec![
        ("object", choice(object)),
        ("operations", choices(operations)),
        ("scope", choice(scope)),
        (to.0, Value::Ref(to.1)),
    ];
    if !filter.is_empty() {
        given.push(("filter", text(filter)));
    }
    add(by, "right", &given).await
}

/// Says how a field may be used by a role or user.
async fn limit(by: &dyn Backend, to: (&str, Id), object: &str, field: &str, access: &str) -> Record {
    let given =
        [("object", choice(object)), ("field", text(field)), ("access", choice(access)), (to.0, Value::Ref(to.1))];
    add(by, "field_right", &given).await
}
