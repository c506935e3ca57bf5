//! What every backend must do, said against `&dyn Backend`: another implementation runs through the
//! same suite by another `Stage`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tcrm::backend::Backend;
use tcrm::backend::error::Error;
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::backend::request::*;
use tcrm::backend::texts;
use tcrm::domain::id::Id;
use tcrm::domain::journal::{Deed, Origin};
use tcrm::domain::record::{Fields, Record, RecordKey};
use tcrm::domain::value::{FileRef, Money, Value};
use tcrm::schema::model::SortKey;

/// A store in a folder of its own.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Stage {
        let stage = Stage { folder: tempfile::tempdir().unwrap() };
        drop(LocalBackend::create(stage.options(None), tcrm::schema::builtin()).unwrap());
        stage
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("test.tcrm")
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
        Box::new(LocalBackend::open(self.options(user)).unwrap())
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

#[tokio::test]
async fn a_new_record_starts_from_defaults_and_shows_its_code_without_using_it_up() {
    let (_stage, backend, _) = two_users().await;
    let me = backend.me().unwrap();
    assert_eq!((me.login.as_str(), me.name.as_str()), ("zhangsan", "张三"));
    let first = backend.prepare("customer".to_owned(), fields(&[("name", text("华信科技"))])).await.unwrap();
    let second = backend.prepare("customer".to_owned(), Fields::new()).await.unwrap();
    assert_eq!(first.record.get("code"), &text("C-000001"));
    assert_eq!(second.record.get("code"), &text("C-000001"));
    assert_eq!(first.record.get("owner"), &Value::Ref(me.id));
    assert_eq!(first.titles[&me.id], "张三");
    assert_eq!(first.record.get("status"), &choice("prospective"));
    assert_eq!(first.record.get("mnemonic"), &text("HXKJ"));
    let saved = backend.save(creation("customer", &[("name", text("华信科技"))])).await.unwrap();
    assert_eq!(saved.records[0].get("code"), &text("C-000001"));
    assert_eq!(saved.records[0].get("type"), &choice("end_customer"));
    assert_eq!(saved.records[0].get("mnemonic"), &text("HXKJ"));
    assert_eq!((saved.records[0].version, saved.touched), (1, 1));
    assert_ne!(saved.txn, 0);
}

#[tokio::test]
async fn every_error_of_a_record_is_told_at_once_and_nothing_is_written() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let credit = Value::Money(Money { amount: Decimal::from(5), currency: "CNY".to_owned() });
    let bad = [
        ("email", text("no address")),
        ("industry", choice("nonsense")),
        ("credit_limit", credit),
        ("parent", Value::Ref(Id::from_i64(77).unwrap())),
        ("nonsense", text("x")),
    ];
    assert_eq!(
        errors(backend.save(creation("customer", &bad)).await.unwrap_err()),
        BTreeMap::from([("nonsense".to_owned(), "crm-no-field".to_owned())])
    );
    let request =
        CheckRequest { object: "customer".to_owned(), id: None, fields: fields(&bad[..4]), duplicates: false };
    let answer = backend.check(request).await.unwrap();
    let found: Vec<&str> = answer.errors.iter().map(|e| e.field.as_str()).collect();
    for field in ["name", "email", "industry", "credit_term", "parent"] {
        assert!(found.contains(&field), "{field} in {found:?}");
    }
    let refused = errors(backend.save(creation("customer", &bad[..4])).await.unwrap_err());
    assert_eq!(refused.len(), found.len());
    assert_eq!(refused["name"], "value-required");
    assert_eq!(refused["credit_term"], "schema-rule");
    assert!(backend.query(list("customer", "")).await.unwrap().rows.is_empty());
    assert!(backend.history(HistoryRequest { limit: 10, ..Default::default() }).await.unwrap().entries.is_empty());
    assert_eq!(customer(&*backend, "华信").await.get("code"), &text("C-000001"));
}

#[tokio::test]
async fn conditions_and_formulas_follow_the_form() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let money = Value::Money(Money { amount: Decimal::from(1000), currency: "CNY".to_owned() });
    let check = |stage: &str| CheckRequest {
        object: "opportunity".to_owned(),
        id: None,
        fields: fields(&[
            ("stage", choice(stage)),
            ("amount", money.clone()),
            ("probability", Value::Decimal(25.into())),
        ]),
        duplicates: false,
    };
    let open = backend.check(check("prospecting")).await.unwrap();
    assert!(!open.states["loss_reason"].visible && !open.states["amount"].required);
    assert_eq!(open.computed["weighted"], Value::Decimal(250.into()));
    assert!(open.states["weighted"].read_only);
    assert!(backend.check(check("lost")).await.unwrap().states["loss_reason"].visible);
    assert!(backend.check(check("won")).await.unwrap().states["amount"].required);
}

#[tokio::test]
async fn a_unique_value_is_refused_naming_the_record_that_has_it() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let first = customer(&*backend, "华信科技").await;
    let taken = creation("customer", &[("name", text("Acme")), ("code", first.get("code").clone())]);
    match backend.save(taken).await.unwrap_err() {
        Error::Invalid(errors) => {
            assert_eq!(errors[0].field, "code");
            assert_eq!(errors[0].message.arg("title"), Some("华信科技"));
        }
        other => panic!("{other:?}"),
    }
    let own = creation("customer", &[("name", text("Acme")), ("code", text("C-000007"))]);
    assert_eq!(backend.save(own).await.unwrap().records[0].get("code"), &text("C-000007"));
    assert_eq!(customer(&*backend, "Next").await.get("code"), &text("C-000008"));
}

#[tokio::test]
async fn an_edit_writes_what_changed_and_one_that_changes_nothing_writes_nothing() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let made = customer(&*backend, "华信科技").await;
    let saved = backend.save(change(&made, &[("phone", text("010-8888"))])).await.unwrap();
    assert_eq!((saved.records[0].version, saved.records[0].get("phone")), (2, &text("010-8888")));
    let again = backend.save(change(&saved.records[0], &[("phone", text("010-8888"))])).await.unwrap();
    assert_eq!((again.txn, again.touched, again.records[0].version), (0, 0, 2));
    let emptied = backend.save(change(&saved.records[0], &[("phone", Value::Empty)])).await.unwrap();
    assert!(emptied.records[0].get("phone").is_empty());
    let request = HistoryRequest { key: Some(key(&made)), before: None, limit: 10 };
    let history = backend.history(request).await.unwrap();
    let deeds: Vec<Deed> = history.entries.iter().map(|e| e.deed).collect();
    assert_eq!(deeds, [Deed::Update, Deed::Update, Deed::Create]);
    assert_eq!(history.entries[0].before, fields(&[("phone", text("010-8888"))]));
    assert!(!history.more);
}

#[tokio::test]
async fn a_save_on_an_old_version_is_a_conflict_that_shows_theirs() {
    let (_stage, a, b) = two_users().await;
    let made = customer(&*a, "华信科技").await;
    b.save(change(&made, &[("city", text("北京"))])).await.unwrap();
    match a.save(change(&made, &[("city", text("上海"))])).await.unwrap_err() {
        Error::Conflict { theirs: Some(theirs), .. } => {
            assert_eq!((theirs.version, theirs.get("city")), (2, &text("北京")));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(a.get(key(&made)).await.unwrap().record.get("city"), &text("北京"));
}

#[tokio::test]
async fn codes_have_no_gaps_though_two_write_at_once() {
    let (_stage, a, b) = two_users().await;
    let make = |backend: Box<dyn Backend>, prefix: &'static str| async move {
        for n in 0..20 {
            customer(&*backend, &format!("{prefix}{n}")).await;
            // A refused record must not use up a number.
            assert!(backend.save(creation("customer", &[])).await.is_err());
        }
        backend
    };
    let (a, b) = tokio::join!(tokio::spawn(make(a, "a")), tokio::spawn(make(b, "b")));
    let (a, _b) = (a.unwrap(), b.unwrap());
    let page = a.query(Query { sort: by("code"), ..list("customer", "") }).await.unwrap();
    let codes: Vec<String> = page.rows.iter().map(|r| r.record.get("code").as_str().unwrap().to_owned()).collect();
    let expected: Vec<String> = (1..=40).map(|n| format!("C-{n:06}")).collect();
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn deleting_takes_along_empties_or_refuses_as_the_schema_says() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let parent = customer(&*backend, "母公司").await;
    let child = add(&*backend, "customer", &[("name", text("子公司")), ("parent", Value::Ref(parent.id))]).await;
    let contact = add(&*backend, "contact", &[("name", text("王总")), ("customer", Value::Ref(parent.id))]).await;
    let deal = add(&*backend, "opportunity", &[("name", text("deal")), ("customer", Value::Ref(parent.id))]).await;
    let preview = backend.delete_preview(key(&parent)).await.unwrap();
    assert_eq!(preview.cascades, [("contact".to_owned(), 1)]);
    assert_eq!(preview.clears, [("customer".to_owned(), 1)]);
    assert_eq!(preview.restricts, [("opportunity".to_owned(), 1)]);
    assert!(matches!(backend.delete(vec![key(&parent)]).await, Err(Error::Denied(_))));
    assert!(backend.get(key(&contact)).await.is_ok());
    let gone = backend.delete(vec![key(&deal), key(&parent)]).await.unwrap();
    assert_eq!(gone.touched, 4);
    assert!(matches!(backend.get(key(&contact)).await, Err(Error::NotFound(_))));
    assert!(backend.get(key(&child)).await.unwrap().record.get("parent").is_empty());
    let undone = backend.undo().await.unwrap();
    assert_eq!((undone.txn, undone.touched), (gone.txn, 4));
    let back = backend.get(key(&parent)).await.unwrap().record;
    assert_eq!((back.get("name"), back.get("code")), (parent.get("name"), parent.get("code")));
    assert_eq!(back.get("created_at"), parent.get("created_at"));
    assert_eq!(backend.get(key(&child)).await.unwrap().record.get("parent"), &Value::Ref(parent.id));
}

#[tokio::test]
async fn undo_and_redo_walk_through_the_own_changes() {
    let (_stage, a, b) = two_users().await;
    let made = customer(&*a, "华信科技").await;
    let edited = a.save(change(&made, &[("city", text("北京"))])).await.unwrap().records.remove(0);
    a.save(change(&edited, &[("city", text("上海"))])).await.unwrap();
    customer(&*b, "别人的").await;
    let undone = a.undo().await.unwrap();
    assert_eq!((undone.touched, undone.title), (1, ("customer".to_owned(), "华信科技".to_owned())));
    assert_eq!(city(&*a, &made).await, text("北京"));
    a.undo().await.unwrap();
    assert_eq!(city(&*a, &made).await, Value::Empty);
    a.redo().await.unwrap();
    assert_eq!(city(&*a, &made).await, text("北京"));
    a.redo().await.unwrap();
    assert_eq!(city(&*a, &made).await, text("上海"));
    assert!(matches!(a.redo().await, Err(Error::NotFound(_))));
    for _ in 0..3 {
        a.undo().await.unwrap();
    }
    assert!(matches!(a.get(key(&made)).await, Err(Error::NotFound(_))));
    assert!(matches!(a.undo().await, Err(Error::NotFound(_))));
    assert_eq!(names(&*a, list("customer", "")).await, ["别人的"]);
}

#[tokio::test]
async fn undo_refuses_what_another_changed_since_and_says_who() {
    let (_stage, a, b) = two_users().await;
    let made = customer(&*a, "华信科技").await;
    let edited = a.save(change(&made, &[("city", text("北京"))])).await.unwrap().records.remove(0);
    b.save(change(&edited, &[("city", text("上海"))])).await.unwrap();
    match a.undo().await.unwrap_err() {
        Error::Conflict { message, theirs: Some(theirs) } => {
            assert_eq!((message.arg("who"), message.arg("title")), (Some("李四"), Some("华信科技")));
            assert!(message.arg("at").is_some());
            assert_eq!(theirs.get("city"), &text("上海"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(a.get(key(&made)).await.unwrap().record.get("city"), &text("上海"));
}

#[tokio::test]
async fn a_record_is_meant_by_id_code_or_exact_name() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let one = customer(&*backend, "华信科技").await;
    customer(&*backend, "Twin").await;
    customer(&*backend, "Twin").await;
    let code = one.get("code").as_str().unwrap().to_owned();
    for means in [one.id.to_string(), code, "华信科技".to_owned()] {
        assert_eq!(backend.resolve("customer".to_owned(), means).await.unwrap(), one.id);
    }
    match backend.resolve("customer".to_owned(), "Twin".to_owned()).await.unwrap_err() {
        Error::Ambiguous { candidates, .. } => assert_eq!(candidates.len(), 2),
        other => panic!("{other:?}"),
    }
    assert!(matches!(backend.resolve("customer".to_owned(), "nobody".to_owned()).await, Err(Error::NotFound(_))));
    assert!(matches!(backend.query(list("nonsense", "")).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn pages_follow_each_other_in_both_directions() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for n in 0..25 {
        customer(&*backend, &format!("N{n:02}")).await;
    }
    let ask = |from| Query { sort: by("name"), limit: 10, from, ..list("customer", "") };
    let first = backend.query(ask(From::Start)).await.unwrap();
    assert_eq!((first.rows.len(), first.more_before, first.more_after), (10, false, true));
    let second = backend.query(ask(From::After(first.rows[9].cursor.clone()))).await.unwrap();
    assert_eq!(second.rows[0].record.get("name"), &text("N10"));
    let back = backend.query(ask(From::Before(second.rows[0].cursor.clone()))).await.unwrap();
    assert_eq!(back.rows, first.rows);
    let last = backend.query(ask(From::End)).await.unwrap();
    assert_eq!(last.rows[9].record.get("name"), &text("N24"));
    assert!(last.more_before && !last.more_after);
    let at = backend.query(ask(From::At(second.rows[3].cursor.clone()))).await.unwrap();
    assert_eq!(at.rows[0].record.get("name"), &text("N13"));
    let count = CountRequest { object: "customer".to_owned(), filter: "name:N1".to_owned(), cap: 5 };
    assert_eq!(backend.count(count).await.unwrap(), Count { value: 5, capped: true });
}

#[tokio::test]
async fn filters_find_by_field_word_and_both() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for (name, level, city) in [("华信科技", "A", "北京"), ("华信贸易", "B", "北京"), ("Acme", "A", "上海")]
    {
        add(&*backend, "customer", &[("name", text(name)), ("level", choice(level)), ("city", text(city))]).await;
    }
    search_ready(&*backend).await;
    for (filter, expected) in [
        ("level:A", vec!["Acme", "华信科技"]),
        ("city:北京 level:B", vec!["华信贸易"]),
        ("huaxin", vec!["华信科技", "华信贸易"]),
        ("hx level:A", vec!["华信科技"]),
        ("级别:A or 贸易", vec!["Acme", "华信科技", "华信贸易"]),
        ("-华信", vec!["Acme"]),
        ("name:nobody", vec![]),
    ] {
        let sorted = Query { sort: by("name"), ..list("customer", filter) };
        assert_eq!(names(&*backend, sorted).await, expected, "{filter}");
        let ranked = names(&*backend, list("customer", filter)).await;
        assert_eq!(ranked.len(), expected.len(), "{filter}");
        let count = CountRequest { object: "customer".to_owned(), filter: filter.to_owned(), cap: 100 };
        assert_eq!(backend.count(count).await.unwrap().value, expected.len() as u64, "{filter}");
    }
    match backend.query(list("customer", "levle:A")).await.unwrap_err() {
        Error::Filter { span, message, .. } => {
            assert_eq!(span, 0..5);
            assert_eq!(message.arg("nearest"), Some("level"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn hits_come_best_first_and_page_by_page() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for n in 0..30 {
        customer(&*backend, &format!("公司{n:02}华信")).await;
    }
    customer(&*backend, "华信").await;
    search_ready(&*backend).await;
    let ask = |from| Query { limit: 10, from, ..list("customer", "华信") };
    let first = backend.query(ask(From::Start)).await.unwrap();
    assert_eq!(first.rows[0].record.get("name"), &text("华信"));
    let mut seen: Vec<Id> = first.rows.iter().map(|r| r.record.id).collect();
    let mut page = first.clone();
    while page.more_after {
        page = backend.query(ask(From::After(page.rows.last().unwrap().cursor.clone()))).await.unwrap();
        seen.extend(page.rows.iter().map(|r| r.record.id));
    }
    assert_eq!(seen.len(), 31);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 31);
    let second = backend.query(ask(From::After(first.rows[9].cursor.clone()))).await.unwrap();
    let back = backend.query(ask(From::Before(second.rows[0].cursor.clone()))).await.unwrap();
    assert_eq!(back.rows, first.rows);
}

#[tokio::test]
async fn the_search_finds_over_all_objects_and_follows_every_write() {
    let stage = Stage::new();
    let backend = stage.open(None);
    search_ready(&*backend).await;
    let made = add(&*backend, "customer", &[("name", text("华信科技")), ("phone", text("010-88886666"))]).await;
    add(&*backend, "contact", &[("name", text("华信明")), ("customer", Value::Ref(made.id))]).await;
    let find = |text: &str| backend.search(SearchRequest { text: text.to_owned(), objects: Vec::new(), limit: 10 });
    let hits = find("hx").await.unwrap().hits;
    let objects: Vec<&str> = hits.iter().map(|h| h.key.object.as_str()).collect();
    assert!(objects.contains(&"customer") && objects.contains(&"contact"), "{hits:?}");
    let hit = find("88886").await.unwrap().hits.remove(0);
    assert_eq!((hit.title.as_str(), hit.code.as_str()), ("华信科技", "C-000001"));
    assert_eq!(hit.other_match.unwrap().0, "phone");
    let hit = find("科技").await.unwrap().hits.remove(0);
    assert_eq!(hit.title_matches, std::slice::from_ref(&(6..12)));
    backend.save(change(&made, &[("name", text("蓝天"))])).await.unwrap();
    assert!(find("科技").await.unwrap().hits.is_empty());
    assert_eq!(find("lantian").await.unwrap().hits.len(), 1);
    backend.delete(vec![key(&made)]).await.unwrap();
    assert!(find("lantian").await.unwrap().hits.is_empty());
}

#[tokio::test]
async fn candidates_for_duplicates_are_shown_with_what_is_alike() {
    let stage = Stage::new();
    let backend = stage.open(None);
    search_ready(&*backend).await;
    let there = add(
        &*backend,
        "customer",
        &[
            ("name", text("北京华信科技发展有限公司")),
            ("phone", text("138-0013-8000")),
            ("tax_number", text("91110108")),
        ],
    )
    .await;
    customer(&*backend, "上海蓝天贸易有限公司").await;
    for (given, alike) in [
        (fields(&[("name", text("北京华信科技发展"))]), "name"),
        (fields(&[("name", text("北京华新科技发展有限公司"))]), "name"),
        (fields(&[("name", text("x")), ("phone", text("+86 13800138000"))]), "phone"),
        (fields(&[("name", text("x")), ("tax_number", text("91110108"))]), "tax_number"),
    ] {
        let request = CheckRequest { object: "customer".to_owned(), id: None, fields: given.clone(), duplicates: true };
        let found = backend.check(request).await.unwrap().duplicates;
        assert_eq!(found.len(), 1, "{given:?}");
        assert_eq!((&found[0].key, found[0].fields.as_slice()), (&key(&there), [alike.to_owned()].as_slice()));
    }
    let own = CheckRequest {
        object: "customer".to_owned(),
        id: Some(there.id),
        fields: there.fields.clone().into_iter().filter(|(f, _)| !f.ends_with("_at") && !f.ends_with("_by")).collect(),
        duplicates: true,
    };
    let answer = backend.check(own).await.unwrap();
    assert!(answer.duplicates.is_empty() && answer.errors.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn a_log_line_makes_an_activity_and_a_task_and_leaves_its_traces() {
    let (_stage, backend, _) = two_users().await;
    let me = backend.me().unwrap();
    let made = customer(&*backend, "华信").await;
    let contact = add(&*backend, "contact", &[("name", text("王建国")), ("customer", Value::Ref(made.id))]).await;
    let log = |about: Option<RecordKey>, line: &str| backend.act(ActRequest::Log { about, line: line.to_owned() });
    let saved = log(None, "call 华信 王总: wants a quote; tomorrow 15:00 send quote").await.unwrap();
    let activity = &saved.records[0];
    assert_eq!((activity.object.as_str(), activity.get("kind")), ("activity", &choice("call")));
    assert_eq!(activity.get("subject"), &text("wants a quote"));
    assert_eq!(activity.get("customer"), &Value::Ref(made.id));
    assert_eq!(activity.get("contact"), &Value::Ref(contact.id));
    assert_eq!(activity.get("next_step"), &text("send quote"));
    let task = saved.records.iter().find(|r| r.object == "task").unwrap();
    assert_eq!((task.get("subject"), task.get("owner")), (&text("send quote"), &Value::Ref(me.id)));
    assert_eq!(task.get("due"), activity.get("next_date"));
    let seen = backend.get(key(&made)).await.unwrap().record;
    assert_eq!(seen.get("last_contact"), activity.get("at"));
    assert!(!seen.get("next_contact").is_empty());
    assert!(matches!(log(None, "call nobody: x").await, Err(Error::Invalid(_))));

    let done = backend.act(ActRequest::Complete { task: task.id, comment: "sent".to_owned() }).await.unwrap();
    assert_eq!(done.records[0].get("state"), &choice("done"));
    assert!(!done.records[0].get("done_at").is_empty());
    let noted = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!((noted.get("customer"), noted.get("content")), (&Value::Ref(made.id), &text("sent")));
    assert!(backend.act(ActRequest::Complete { task: task.id, comment: String::new() }).await.is_err());

    backend.undo().await.unwrap();
    backend.undo().await.unwrap();
    assert!(backend.query(list("activity", "")).await.unwrap().rows.is_empty());
    assert!(backend.get(key(&made)).await.unwrap().record.get("last_contact").is_empty());
}

#[tokio::test]
async fn settings_are_the_users_own() {
    let (_stage, a, b) = two_users().await;
    a.put_setting("view.customer".to_owned(), Some("x".to_owned())).await.unwrap();
    a.put_setting("draft.1".to_owned(), Some("y".to_owned())).await.unwrap();
    assert_eq!(a.settings("view.".to_owned()).await.unwrap(), [("view.customer".to_owned(), "x".to_owned())]);
    assert!(b.settings(String::new()).await.unwrap().is_empty());
    a.put_setting("view.customer".to_owned(), None).await.unwrap();
    assert!(a.settings("view.".to_owned()).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_backends_on_one_file_see_each_others_changes() {
    let (_stage, a, b) = two_users().await;
    search_ready(&*b).await;
    let made = customer(&*a, "华信科技").await;
    until(&*b, || async { b.get(key(&made)).await.is_ok() }).await;
    until(&*b, || async {
        let request = SearchRequest { text: "huaxin".to_owned(), objects: Vec::new(), limit: 5 };
        b.search(request).await.unwrap().hits.len() == 1
    })
    .await;
}

#[tokio::test]
async fn a_store_opened_for_reading_says_why_it_does_not_write() {
    let stage = Stage::new();
    let made = customer(&*stage.open(None), "华信科技").await;
    let options = OpenOptions { read_only: true, ..stage.options(None) };
    let backend = LocalBackend::open(options).unwrap();
    assert!(!backend.capabilities().write);
    assert!(matches!(backend.allowed("edit", "customer".to_owned(), Some(key(&made))).await, Ok(Permit::No(_))));
    assert_eq!(backend.allowed("export", "customer".to_owned(), None).await, Ok(Permit::Yes));
    assert!(matches!(backend.save(change(&made, &[("city", text("x"))])).await, Err(Error::Denied(_))));
    assert!(matches!(backend.undo().await, Err(Error::Denied(_))));
    assert!(backend.get(key(&made)).await.is_ok());
}

fn import(object: &str, columns: &[&str], rows: Vec<Vec<&str>>, on_duplicate: OnDuplicate) -> ImportRequest {
    let rows: Vec<ImportRow> = (2..)
        .zip(rows)
        .map(|(line, cells)| ImportRow { line, cells: cells.into_iter().map(str::to_owned).collect(), error: None })
        .collect();
    ImportRequest {
        object: object.to_owned(),
        mapping: columns.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect(),
        rows: Box::new(rows.into_iter()),
        on_duplicate,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

#[tokio::test]
async fn an_import_writes_good_rows_reports_bad_ones_and_can_be_taken_back() {
    let (_stage, backend, _) = two_users().await;
    customer(&*backend, "Old Company").await;
    let rows = || {
        vec![
            vec!["华信科技", "A 重点", "lisi", "x"],
            vec!["Acme", "nonsense", "张三", "x"],
            vec!["Blue Sky", "", "wangwu", "x"],
            vec!["华信科技有限公司", "B", "", "x"],
            vec!["old company", "C", "", "x"],
            vec!["", "", "", ""],
            vec!["Konex", "b", "李四", "x"],
        ]
    };
    let columns = ["name", "level", "owner", ""];
    let dry = ImportRequest { dry_run: true, ..import("customer", &columns, rows(), OnDuplicate::Error) };
    let report = backend.import(dry).await.unwrap();
    assert_eq!((report.created, report.rejected, report.import), (2, 5, None));
    assert_eq!(backend.query(list("customer", "")).await.unwrap().rows.len(), 1);

    let (rejects, rejected) = std::sync::mpsc::channel();
    let (progress, told) = std::sync::mpsc::channel();
    let request = import("customer", &columns, rows(), OnDuplicate::Error);
    let report =
        backend.import(ImportRequest { rejects: Some(rejects), progress: Some(progress), ..request }).await.unwrap();
    assert_eq!((report.created, report.rejected, report.skipped), (2, 5, 0));
    let reasons: Vec<(u64, String)> =
        rejected.iter().map(|r| (r.row.line, r.errors[0].message.key.clone().into_owned())).collect();
    assert_eq!(
        reasons,
        [
            (3, "value-choice".to_owned()),
            (4, "crm-import-no-reference".to_owned()),
            (5, "crm-import-duplicate".to_owned()),
            (6, "crm-import-duplicate".to_owned()),
            (7, "crm-import-empty-row".to_owned()),
        ]
    );
    assert_eq!(told.iter().last().unwrap(), ImportProgress { rows: 7, line: 8 });
    let page = backend.query(Query { sort: by("code"), ..list("customer", "owner:lisi") }).await.unwrap();
    let codes: Vec<&str> = page.rows.iter().map(|r| r.record.get("code").as_str().unwrap()).collect();
    assert_eq!(codes, ["C-000002", "C-000003"]);
    assert_eq!(page.rows[0].record.get("mnemonic"), &text("HXKJ"));

    let again = backend.import(import("customer", &columns, rows(), OnDuplicate::Skip)).await.unwrap();
    assert_eq!((again.created, again.skipped), (0, 4));
    let updated = import("customer", &["name", "level"], vec![vec!["Konex", "D"]], OnDuplicate::Update);
    assert_eq!(backend.import(updated).await.unwrap().updated, 1);
    backend.undo().await.unwrap();

    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched, 2);
    assert_eq!(names(&*backend, list("customer", "")).await, ["Old Company"]);
}

#[tokio::test]
async fn an_import_stopped_keeps_whole_batches_and_is_one_to_the_journal() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let stop = Arc::new(AtomicBool::new(false));
    let (flag, total) = (Arc::clone(&stop), 50_000_u64);
    let rows = (0..total).map(move |n| {
        if n == 25_000 {
            flag.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        ImportRow { line: n + 2, cells: vec![format!("Company {n}")], error: None }
    });
    let request = import("customer", &["name"], Vec::new(), OnDuplicate::Skip);
    let report = backend.import(ImportRequest { rows: Box::new(rows), stop, ..request }).await.unwrap();
    assert!(report.created > 25_000 && report.created < total, "{report:?}");
    assert_eq!(report.stopped_at, Some(report.created + 1));
    let count = CountRequest { object: "customer".to_owned(), filter: String::new(), cap: u64::MAX };
    assert_eq!(backend.count(count.clone()).await.unwrap().value, report.created);
    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched as u64, report.created);
    assert_eq!(backend.count(count).await.unwrap().value, 0);
}

#[tokio::test]
async fn missing_references_are_made_where_asked_for() {
    let stage = Stage::new();
    let backend = stage.open(None);
    customer(&*backend, "GTX Pro").await;
    let rows = || vec![vec!["deal 1", "GTXPro"], vec!["deal 2", "New Company"], vec!["deal 3", "New Company"]];
    let columns = ["name", "customer"];
    let report = backend.import(import("opportunity", &columns, rows(), OnDuplicate::Error)).await.unwrap();
    assert_eq!((report.created, report.rejected), (1, 2));
    let request = import("opportunity", &columns, rows().split_off(1), OnDuplicate::Error);
    let report = backend.import(ImportRequest { create_references: true, ..request }).await.unwrap();
    assert_eq!((report.created, report.rejected), (2, 0));
    assert_eq!(names(&*backend, Query { sort: by("name"), ..list("customer", "") }).await, ["GTX Pro", "New Company"]);
    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched, 3);
}

#[tokio::test]
async fn a_mapping_to_what_is_no_field_is_refused_before_anything_is_read() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for (columns, field) in
        [(vec!["nonsense"], "nonsense"), (vec!["name", "name"], "name"), (vec!["id"], "id"), (vec![""], "")]
    {
        let found =
            errors(backend.import(import("customer", &columns, Vec::new(), OnDuplicate::Skip)).await.unwrap_err());
        assert_eq!(found.keys().collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn a_file_is_attached_by_content_kept_by_name_and_opened_as_a_copy() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = backend.as_ref();
    let path = stage.folder.path().join("报价, 最终.txt");
    std::fs::write(&path, "hello").unwrap();
    let texts = |text: String| BTreeMap::from([("attachments".to_owned(), text)]);
    let named =
        BTreeMap::from([("name".to_owned(), "华信".to_owned()), ("附件".to_owned(), path.display().to_string())]);
    let saved = texts::save(backend, "customer".to_owned(), None, named).await.unwrap();
    let record = &saved.records[0];
    let Value::Files(files) = record.get("attachments").clone() else { panic!("no files: {record:?}") };
    assert_eq!((files[0].name.as_str(), files[0].size), ("报价, 最终.txt", 5));

    // What was attached stays as it was, whatever becomes of the file.
    std::fs::remove_file(&path).unwrap();
    let copy = backend.file(files[0].clone()).await.unwrap();
    assert_eq!(copy.file_name().unwrap(), "报价, 最终.txt");
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "hello");

    // Names keep their files, paths add others, what isn't named goes.
    std::fs::write(&path, "other").unwrap();
    let second = stage.folder.path().join("b.txt");
    std::fs::write(&second, "b").unwrap();
    let target = Some((record.id, record.version));
    let text = format!("报价, 最终.txt; {}", second.display());
    let saved = texts::save(backend, "customer".to_owned(), target, texts(text)).await.unwrap();
    let Value::Files(both) = saved.records[0].get("attachments").clone() else { panic!("no files") };
    assert_eq!(both[0], files[0]);
    assert_eq!(both[1].name, "b.txt");
    let target = Some((record.id, saved.records[0].version));
    let saved = texts::save(backend, "customer".to_owned(), target, texts("b.txt".to_owned())).await.unwrap();
    assert_eq!(saved.records[0].get("attachments"), &Value::Files(vec![both[1].clone()]));

    let target = Some((record.id, saved.records[0].version));
    let gone = texts::save(backend, "customer".to_owned(), target, texts("none.txt".to_owned())).await;
    let Err(Error::Invalid(errors)) = gone else { panic!("{gone:?}") };
    assert_eq!((errors[0].field.as_str(), &*errors[0].message.key), ("attachments", "store-file-not-there"));
    let folder = backend.attach(stage.folder.path().to_owned()).await;
    assert!(matches!(folder, Err(Error::Invalid(_))), "{folder:?}");
    let lost = FileRef { hash: "0".repeat(64), ..files[0].clone() };
    assert!(matches!(backend.file(lost).await, Err(Error::NotFound(_))));
}
