#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use super::*;
use crate::contract::request::SaveRequest;
use crate::crm::{self, Crm};
use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use crate::schema::condition::Conditions;
use crate::schema::filter::BindContext;
use crate::schema::model::{Kind, Schema};
use crate::schema::{builtin, kind};
use crate::store::{OpenMode, Store};
use jiff::Zoned;
use jiff::tz::{Offset, TimeZone};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

fn now() -> Zoned {
    jiff::civil::date(2026, 11, 22).at(8, 5, 0, 0).to_zoned(TimeZone::fixed(Offset::constant(8))).unwrap()
}

fn world(seed: u64, customers: u64) -> World {
    World::new(seed, Sizes::for_customers(customers), &now())
}

fn print(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in Table::ALL.iter().flat_map(|table| world.rows(*table)) {
        format!("{row:?}").hash(&mut hasher);
    }
    hasher.finish()
}

fn text<'r>(row: &'r Row, field: &str) -> &'r str {
    row.cells.iter().find(|(name, _)| *name == field).and_then(|(_, v)| v.as_str()).unwrap_or_default()
}

fn filled(path: &Path, schema: &Schema, seed: u64, sizes: Sizes) -> Store {
    let mut store = Store::create(path, schema).unwrap();
    let mut told = Vec::new();
    let written = fill(&mut store, seed, &now(), &sizes, &mut |done, total| told.push((done, total))).unwrap();
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&(written, written)));
    drop(store);
    Store::open(path, OpenMode::ReadWrite).unwrap()
}

fn all(store: &Store, object: &str) -> Vec<Record> {
    let mut records = Vec::new();
    let ids: Vec<Id> = Table::ALL
        .iter()
        .filter(|t| t.object() == object)
        .flat_map(|t| world(7, 300).rows(*t).map(|r| r.id).collect::<Vec<_>>())
        .collect();
    for id in ids {
        records.push(store.get(object, id).unwrap().unwrap());
    }
    records
}

#[test]
fn a_seed_gives_the_same_data_whatever_the_hour_and_another_seed_gives_others() {
    let first = print(&world(7, 60));
    assert_eq!(print(&world(7, 60)), first);
    assert_eq!(
        print(&World::new(7, Sizes::for_customers(60), &now().saturating_add(jiff::Span::new().hours(9)))),
        first
    );
    assert_ne!(print(&world(8, 60)), first);
}

#[test]
fn every_table_has_as_many_rows_as_announced_all_alike_and_no_id_twice() {
    for customers in [0, 1, 300, 6_000] {
        let world = world(7, customers);
        let mut ids = HashSet::new();
        for table in Table::ALL {
            let mut rows = 0;
            let mut names: Option<Vec<&str>> = None;
            for row in world.rows(table) {
                let here: Vec<&str> = row.cells.iter().map(|(name, _)| *name).collect();
                assert_eq!(*names.get_or_insert_with(|| here.clone()), here, "{table:?}");
                assert!(ids.insert(row.id), "{table:?} {row:?}");
                rows += 1;
            }
            assert_eq!(world.count(table), rows, "{table:?}");
        }
    }
}

#[test]
fn counts_are_as_one_expects_of_small_and_of_large_sets() {
    let of = |customers, table| world(7, customers).count(table) as f64 / customers as f64;
    for (customers, table, low, high) in [
        (2_000, Table::Contact, 1.7, 2.2),
        (2_000, Table::Opportunity, 0.9, 1.1),
        (2_000, Table::Activity, 3.5, 4.4),
        (20_000, Table::Contact, 1.3, 1.6),
        (20_000, Table::Opportunity, 0.19, 0.21),
        (20_000, Table::Activity, 0.48, 0.52),
    ] {
        assert!((low..high).contains(&of(customers, table)), "{customers} {table:?} {}", of(customers, table));
    }
    assert_eq!([1, 2_000, 1_000_000].map(|n| Sizes::for_customers(n).salespeople), [8, 10, 60]);
}

#[test]
fn the_people_that_guides_name_are_there_and_salespeople_are_under_the_manager() {
    let world = world(3, 300);
    let users: Vec<Row> = world.rows(Table::User).collect();
    let by_login: HashMap<&str, &Row> = users.iter().map(|r| (text(r, "login"), r)).collect();
    assert_eq!(by_login.len(), users.len());
    for (login, name, position) in
        [("zhangsan", "张三", "销售经理"), ("lisi", "李四", "工程经理"), ("wangwu", "王五", "财务主管")]
    {
        assert_eq!((text(by_login[login], "name"), text(by_login[login], "position")), (name, position));
    }
    let manager = Value::Ref(by_login["zhangsan"].id);
    let under = users.iter().filter(|r| r.fields().get("supervisor") == Some(&manager)).count();
    assert_eq!(under as u64, world.sizes.salespeople);
    let first = world.rows(Table::Customer).next().unwrap();
    assert_eq!((text(&first, "name"), text(&first, "mnemonic")), ("深圳市华信科技有限公司", "SZSHXKJYXGS"));
}

#[test]
fn seven_of_ten_names_are_chinese_and_none_stands_twice() {
    let world = world(7, 30_000);
    let mut names = HashSet::new();
    let mut tax_numbers = HashSet::new();
    let mut latin = 0;
    for row in world.rows(Table::Customer) {
        let name = text(&row, "name").to_owned();
        latin += usize::from(name.chars().all(|c| !('\u{4e00}'..'\u{a000}').contains(&c)));
        let number = text(&row, "tax_number").to_owned();
        if number.len() == 18 {
            assert_eq!(number.chars().last(), Some(tax::check(&number)), "{number}");
            assert!(tax_numbers.insert(number));
        }
        assert!(names.insert(name), "{row:?}");
    }
    assert!((8_900..9_100).contains(&latin), "{latin}");
    assert!(tax_numbers.len() > 10_000);
}

#[test]
fn every_record_is_one_that_the_rules_accept() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = filled(&folder.path().join("demo.tcrm"), builtin(), 7, Sizes::for_customers(300));
    let (schema, now) = (builtin(), now());
    let mut ids: BTreeMap<&str, HashSet<Id>> = BTreeMap::new();
    let mut waiting: Vec<(String, Id)> = Vec::new();
    for table in Table::ALL {
        let object = schema.object(table.object()).unwrap();
        let conditions = Conditions::of(schema, object, &BindContext { now: &now, me: None });
        let mut codes = HashSet::new();
        for record in all(&store, table.object()) {
            ids.entry(table.object()).or_default().insert(record.id);
            let entered: Fields = record.fields.clone();
            assert_eq!(conditions.mistakes(schema, object, &entered), [], "{record:?}");
            for field in &object.fields {
                let value = record.get(&field.name);
                kind::check(&field.kind, value, schema).unwrap_or_else(|e| panic!("{} {value:?} {e:?}", field.name));
                let hidden = !field.is_system() && !conditions.is_visible(object, field, &entered);
                assert!(!hidden || value.is_empty(), "{} of {record:?}", field.name);
                let one = value.as_ref_id().into_iter();
                let many = if let Value::Refs(ids) = value { ids.clone() } else { Vec::new() };
                if let Some(target) = field.kind.target() {
                    waiting.extend(one.chain(many).map(|id| (target.to_owned(), id)));
                }
                if matches!(field.kind, Kind::Code { .. }) {
                    assert!(codes.insert(value.as_str().unwrap().to_owned()), "{value:?}");
                }
            }
        }
    }
    for (target, id) in waiting {
        assert!(ids[target.as_str()].contains(&id), "{target} {id}");
    }
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn dates_and_last_contacts_agree() {
    let world = world(7, 300);
    let mut last: HashMap<Id, jiff::Timestamp> = HashMap::new();
    for row in world.rows(Table::Activity) {
        let fields = row.fields();
        let Value::DateTime(at) = fields["at"] else { panic!("no time") };
        if text(&row, "state") == "planned" {
            assert!(at > now().timestamp(), "{row:?}");
            continue;
        }
        assert!(at < now().timestamp(), "{row:?}");
        let seen = last.entry(fields["customer"].as_ref_id().unwrap()).or_insert(at);
        *seen = at.max(*seen);
    }
    for row in world.rows(Table::Customer) {
        let fields = row.fields();
        let seen = last.get(&row.id).map(|at| Value::DateTime(*at));
        assert_eq!(fields.get("last_contact"), seen.as_ref());
        let (Value::DateTime(created), Value::DateTime(updated)) =
            (&fields[system::CREATED_AT], &fields[system::UPDATED_AT])
        else {
            panic!("no times")
        };
        assert!(created <= updated && *updated < now().timestamp());
    }
    let due: Vec<jiff::civil::Date> = world
        .rows(Table::Task)
        .filter(|r| matches!(text(r, "state"), "open" | "accepted" | "returned" | "submitted"))
        .filter_map(|r| match r.fields()["due"] {
            Value::DateTime(at) => Some(at.to_zoned(now().time_zone().clone()).date()),
            _ => None,
        })
        .collect();
    let today = now().date();
    assert!(due.iter().any(|d| *d < today) && due.contains(&today) && due.iter().any(|d| *d > today));
    let stages: HashSet<String> = world.rows(Table::Opportunity).map(|r| text(&r, "stage").to_owned()).collect();
    assert_eq!(stages.len(), 8, "{stages:?}");
    the_way_of_a_deal_ends_where_it_stands(&world);
}

fn the_way_of_a_deal_ends_where_it_stands(world: &World) {
    let mut ends: std::collections::HashMap<String, (Value, Value)> = Default::default();
    for row in world.rows(Table::StageChange) {
        let fields = row.fields();
        let deal = format!("{:?}", fields["opportunity"]);
        assert!(matches!(fields["seconds"], Value::Integer(0..)), "{row:?}");
        if let Some((to, _)) = ends.insert(deal, (fields["to_stage"].clone(), fields["at"].clone())) {
            assert_eq!(to, fields["from_stage"], "one after the other");
        }
    }
    for row in world.rows(Table::Opportunity) {
        let deal = format!("{:?}", Value::Ref(row.id));
        if let Some((to, at)) = ends.get(&deal) {
            assert_eq!((to, at), (&row.fields()["stage"], &row.fields()["stage_since"]));
        }
    }
}

#[test]
fn the_next_customer_made_by_hand_continues_the_codes() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = filled(&folder.path().join("demo.tcrm"), builtin(), 7, Sizes::for_customers(300));
    let customers = all(&store, "customer");
    assert_eq!((customers[0].get("code"), customers[299].get("code")), (&code("C-000001"), &code("C-000300")));
    let entries = store.entries_of(store.entries_of(1, None, 1).unwrap()[0].txn, None, 1).unwrap();
    assert_eq!(entries[0].origin, Origin::System);
    let mut crm = Crm::new(store, crm::Context::fixed(None, Origin::Cli, now(), 1));
    let changes = Fields::from([("name".to_owned(), Value::text("新客户"))]);
    let saved = crm.save(&SaveRequest { object: "customer".into(), target: None, changes }).unwrap();
    assert_eq!(saved.records[0].get("code"), &code("C-000301"));
}

fn code(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn a_large_set_is_loaded_in_batches_of_one_whole_and_reads_like_a_small_one() {
    let folder = tempfile::TempDir::new().unwrap();
    let sizes = Sizes::for_customers(9_000);
    let store = filled(&folder.path().join("demo.tcrm"), builtin(), 7, sizes);
    let world = World::new(7, sizes, &now());
    let total: u64 = Table::ALL.iter().map(|t| world.count(*t)).sum();
    assert!(total > 20_000);
    assert_eq!(store.entry_count(1).unwrap(), total);
    let last = world.rows(Table::Customer).last().unwrap();
    let record = store.get("customer", last.id).unwrap().unwrap();
    assert_eq!(record.get("code"), &code("C-009000"));
    let mut expected = last.fields();
    expected.insert("code".to_owned(), code("C-009000"));
    for (name, value) in &expected {
        assert_eq!(record.get(name), value, "{name}");
    }
    let deal = world.rows(Table::Opportunity).next().unwrap();
    assert!(!store.get("opportunity", deal.id).unwrap().unwrap().get("weighted").is_empty());
    assert_eq!(store.check().unwrap(), []);
}

#[test]
fn what_a_schema_does_not_have_is_left_out() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut schema = builtin().clone();
    schema.objects.retain(|o| o.name != "lead" && o.name != "product" && o.name != "activity" && o.name != "task");
    for object in &mut schema.objects {
        object.fields.retain(|f| f.name != "website" && !matches!(f.kind.target(), Some("lead" | "product")));
        object.fields.retain(|f| !matches!(&f.kind, Kind::Rollup { of, .. } if of == "lead"));
    }
    let store = filled(&folder.path().join("demo.tcrm"), &schema, 7, Sizes::for_customers(300));
    assert_eq!(all(&store, "customer").len(), 300);
}
