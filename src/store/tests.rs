//! The store on real files.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod carrying;
mod chaining;
mod events;
mod files;
mod filters;
mod loading;
mod paging;
mod schemas;
mod writing;

use super::*;
use crate::domain::lang::Label;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::schema::model::{CurrencyOf, Dictionary, Field, Item, Kind, Object, SortKey, Summary};
use std::collections::BTreeMap;
use tempfile::TempDir;

pub(super) fn field(name: &str, kind: Kind) -> Field {
    Field { group: "main".to_owned(), ..Field::new(name, Label::same(name), kind) }
}

fn text() -> Kind {
    Kind::Text { max: 0, pattern: String::new() }
}

fn object(name: &str, title: &str, fields: Vec<Field>) -> Object {
    Object {
        name: name.to_owned(),
        plural_name: format!("{name}s"),
        title: title.to_owned(),
        fields,
        sort: vec![SortKey { field: "updated_at".to_owned(), descending: true }],
        ..Object::default()
    }
}

fn level() -> Dictionary {
    let item = |key: &str, zh: &str, en: &str| Item {
        key: key.to_owned(),
        label: Label { zh: zh.to_owned(), en: en.to_owned() },
        ..Item::default()
    };
    let items = vec![item("key", "重点", "Key"), item("a", "甲", "First"), item("b", "乙", "Second")];
    Dictionary { name: "level".to_owned(), label: Label::same("level"), items }
}

/// Customers with a field of every type, contacts that refer to them, users.
fn schema() -> Schema {
    let indexed = |mut f: Field| {
        f.index = true;
        f
    };
    let unique = |mut f: Field| {
        f.unique = true;
        f
    };
    let user = || Kind::User { many: false };
    let customer = vec![
        indexed(field("name", text())),
        unique(field("code", Kind::Code { rule: "customer".to_owned() })),
        field("remark", Kind::Multiline),
        indexed(field("size", Kind::Integer { min: None, max: None })),
        field("weight", Kind::Decimal { scale: 3, min: None, max: None }),
        field("discount", Kind::Percent { min: None, max: None }),
        indexed(field("credit", Kind::Money { min: None })),
        field("founded", Kind::Date),
        field("seen", Kind::DateTime),
        field("active", Kind::Boolean),
        indexed(field("level", Kind::Select { dictionary: "level".to_owned() })),
        field("levels", Kind::MultiSelect { dictionary: "level".to_owned() }),
        field("tags", Kind::Tags),
        field("phone", Kind::Phone),
        field("parent", Kind::Reference { object: "customer".to_owned(), many: false }),
        field("partners", Kind::Reference { object: "customer".to_owned(), many: true }),
        field("owner", user()),
        field("files", Kind::Attachment),
        field(
            "double",
            Kind::Formula { expression: String::new(), result: Box::new(Kind::Date), currency: CurrencyOf::Operand },
        ),
    ];
    let contact =
        vec![field("name", text()), field("customer", Kind::Reference { object: "customer".to_owned(), many: false })];
    Schema {
        objects: vec![
            object("customer", "name", customer),
            object("contact", "name", contact),
            object("user", "name", vec![field("name", text())]),
        ],
        dictionaries: BTreeMap::from([("level".to_owned(), level())]),
        numbers: BTreeMap::new(),
        currency: "CNY".to_owned(),
        ..Schema::default()
    }
}

/// A store in a folder of its own, which lives as long as the test.
struct Scene {
    folder: TempDir,
    store: Store,
}

impl Scene {
    fn new() -> Scene {
        let folder = TempDir::new().unwrap();
        let store = Store::create(&folder.path().join("s.tcrm"), &schema()).unwrap();
        Scene { folder, store }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("s.tcrm")
    }

    fn other(&self) -> Store {
        let store = Store::open(&self.path(), OpenMode::ReadWrite).unwrap();
        store.set_busy_timeout(Duration::ZERO).unwrap();
        store
    }
}

fn id(n: i64) -> Id {
    Id::from_i64(n).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn by(user: i64, second: i64) -> Context {
    Context::new(Some(id(user)), at(second), Origin::Tui)
}

fn named(name: &str) -> Fields {
    Fields::from([("name".to_owned(), Value::text(name))])
}

fn put(store: &mut Store, n: i64, fields: Fields) -> Record {
    store.write::<_, StoreError>(&by(1, n), |w| w.insert("customer", id(n), fields)).unwrap().0
}
