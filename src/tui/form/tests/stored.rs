//! Forms on a real store.

use super::*;
use crate::backend::local::{LocalBackend, OpenOptions};
use crate::tui::form::draft;
use std::path::Path;

fn options(folder: &Path) -> OpenOptions {
    OpenOptions { zone: now().time_zone().clone(), ..OpenOptions::new(folder.join("crm.db")) }
}

/// A desk on the store of a folder, with a list of customers on it.
fn desk(backend: LocalBackend) -> Desk {
    let mut desk = Desk::start(|_| {}, Lang::En, Goto::List("customer".to_owned(), String::new()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    desk.store = Some((runtime, Arc::new(backend)));
    desk
}

fn stored(desk: &Desk, key: RecordKey) -> Record {
    let (runtime, store) = desk.store.as_ref().unwrap();
    runtime.block_on(store.get(key)).unwrap().record
}

/// Saves behind the form's back.
fn save(desk: &Desk, request: SaveRequest) -> Record {
    let (runtime, store) = desk.store.as_ref().unwrap();
    runtime.block_on(store.save(request)).unwrap().records.remove(0)
}

fn create(desk: &Desk, values: &[(&str, Value)]) -> RecordKey {
    let record = save(desk, SaveRequest { object: "customer".to_owned(), target: None, changes: fields(values) });
    RecordKey { object: record.object, id: record.id }
}

#[test]
fn a_customer_is_added_with_its_code_and_edited_against_another_writer() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(LocalBackend::create(options(folder.path()), &schema()).unwrap());
    desk.open(|cx| FormLayer::add("customer", Fields::new(), cx));
    assert!(desk.shows("C-000001"), "the number that it will get:\n{}", desk.screen(80, 24));
    desk.press("ctrl-s");
    assert!(desk.notice().starts_with("1 error: Name"), "{}", desk.screen(80, 24));
    desk.type_text("华信科技").to("Credit limit").type_text("5万").press("ctrl-s");
    assert!(desk.shows("✗ A customer with a credit limit needs a credit term"), "{}", desk.screen(90, 50));
    assert!(desk.focused_line().contains("Credit term"));
    desk.type_text("30").press("ctrl-s");
    assert_eq!(desk.depth(), 1, "{}", desk.notice());

    let (runtime, store) = desk.store.as_ref().unwrap();
    let id = runtime.block_on(store.resolve("customer".to_owned(), "C-000001".to_owned())).unwrap();
    let key = RecordKey { object: "customer".to_owned(), id };
    let record = stored(&desk, key.clone());
    assert_eq!(record.get("name"), &text("华信科技"));
    assert_eq!(record.get("credit_term"), &Value::Integer(30));

    let edited = key.clone();
    desk.open(|cx| FormLayer::edit(edited, None, cx));
    desk.type_text("集团").to("City").type_text("深圳");
    let changes = fields(&[("city", text("广州")), ("address", text("天河路 1 号"))]);
    save(&desk, SaveRequest { object: "customer".to_owned(), target: Some((id, record.version)), changes });
    desk.send(Msg::Changed);
    assert!(desk.shows("Someone changed this record"));
    desk.press("ctrl-s");
    assert_eq!(desk.depth(), 3, "the city is asked about:\n{}", desk.screen(80, 24));
    desk.press("enter");
    assert_eq!(desk.depth(), 1, "{}", desk.notice());
    let merged = stored(&desk, key);
    for (field, value) in [("name", "华信科技集团"), ("city", "深圳"), ("address", "天河路 1 号")] {
        assert_eq!(merged.get(field), &text(value), "{field}");
    }
}

#[test]
fn an_emptied_field_is_empty_in_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(LocalBackend::create(options(folder.path()), &schema()).unwrap());
    let key = create(&desk, &[("name", text("华信")), ("phone", text("0755-88881234"))]);
    let edited = key.clone();
    desk.open(|cx| FormLayer::edit(edited, Some("phone"), cx));
    desk.press("ctrl-u ctrl-s");
    assert_eq!(desk.depth(), 1, "{}", desk.notice());
    assert_eq!(stored(&desk, key).get("phone"), &Value::Empty);
}

#[test]
fn a_similar_name_is_told_while_it_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(LocalBackend::create(options(folder.path()), &schema()).unwrap());
    create(&desk, &[("name", text("华信科技有限公司"))]);
    desk.open(|cx| FormLayer::add("customer", Fields::new(), cx));
    desk.type_text("华信科技");
    assert!(desk.shows("similar: 华信科技有限公司"), "{}", desk.screen(80, 24));
}

#[test]
fn a_draft_outlives_the_program_and_is_gone_when_it_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = desk(LocalBackend::create(options(folder.path()), &schema()).unwrap());
    first.open(|cx| FormLayer::add("customer", Fields::new(), cx));
    first.type_text("华信科技").to("Phone").type_text("0755");
    drop(first);

    let mut second = desk(LocalBackend::open(options(folder.path())).unwrap());
    let settings = |desk: &Desk| {
        let (runtime, store) = desk.store.as_ref().unwrap();
        runtime.block_on(store.settings(draft::PREFIX.to_owned())).unwrap()
    };
    let draft = draft::parse(&settings(&second)).remove(0);
    second.open(|cx| FormLayer::from_draft(draft, cx));
    assert!(second.shows("华信科技") && second.shows("0755"), "{}", second.screen(80, 24));
    second.to("Phone").type_text("-88881234").press("ctrl-s");
    assert_eq!(second.depth(), 1, "{}", second.notice());
    assert_eq!(settings(&second), []);
}

#[test]
fn an_owner_is_found_by_pinyin_and_the_first_users_are_offered_without_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = desk(LocalBackend::create(options(folder.path()), &schema()).unwrap());
    for (login, name) in [("zhangsan", "张三"), ("lisi", "李四")] {
        let changes = fields(&[("login", text(login)), ("name", text(name))]);
        save(&desk, SaveRequest { object: "user".to_owned(), target: None, changes });
    }
    desk.open(|cx| FormLayer::add("customer", Fields::new(), cx));
    desk.type_text("华信").to("Owner").press("enter");
    assert!(desk.shows("张三") && desk.shows("李四") && desk.shows("zhangsan"), "{}", desk.screen(80, 24));
    desk.press("esc").type_text("ls");
    assert!(!desk.shows("张三"), "{}", desk.screen(80, 24));
    desk.press("enter");
    assert!(desk.shows("Owner") && desk.shows("李四"), "{}", desk.screen(90, 50));
}
