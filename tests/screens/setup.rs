//! The schema on screen: lists, forms, the preview of what a change comes to, and what follows at once.

use super::desk::{Desk, NAMES};
use tcrm::contract::request::Query;
use tcrm::domain::lang::Lang;
use tcrm::domain::value::Value;
use tcrm::schema::model::When;
use tcrm::tui::app::Msg;

/// Opens a line of the administrator's menu by its distance from the last.
fn open(desk: &mut Desk, from_below: usize) {
    desk.keys("9 G");
    for _ in 0..from_below {
        desk.keys("k");
    }
    desk.keys("enter");
}

const SETTINGS: usize = 5;
const REMINDERS: usize = 7;
const FLOWS: usize = 9;
const NUMBERS: usize = 10;
const MENUS: usize = 11;
const OBJECTS: usize = 12;
const DICTIONARIES: usize = 13;

/// The items of the dictionary of levels.
fn levels(desk: &mut Desk) {
    open(desk, DICTIONARIES);
    desk.keys("j j enter");
    assert!(desk.shows("Level"), "{}", desk.text());
}

fn keys(desk: &Desk, dictionary: &str) -> Vec<String> {
    desk.backend.schema().dictionary(dictionary).unwrap().items.iter().map(|i| i.key.clone()).collect()
}

#[test]
fn lists_forms_and_previews_in_both_languages_and_sizes() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40)] {
            let size = format!("{tag}_{width}x{height}");
            let mut desk = Desk::sample_as("zhaojianguo", lang, width, height);
            open(&mut desk, OBJECTS);
            insta::assert_snapshot!(format!("setup_objects_{size}"), desk.picture());
            desk.keys("enter");
            insta::assert_snapshot!(format!("setup_object_{size}"), desk.picture());
            desk.keys("j j j j j j j j j j j j j e");
            insta::assert_snapshot!(format!("setup_field_{size}"), desk.picture());
            desk.keys("esc");
            open(&mut desk, DICTIONARIES);
            desk.keys("j j enter j d");
            insta::assert_snapshot!(format!("setup_mistakes_{size}"), desk.picture());
            desk.keys("esc");
            open(&mut desk, DICTIONARIES);
            desk.keys("j j j enter j d p");
            insta::assert_snapshot!(format!("setup_preview_{size}"), desk.picture());
        }
    }
}

#[test]
fn an_item_is_added_renamed_moved_and_in_force_at_once() {
    let mut desk = Desk::small();
    levels(&mut desk);
    desk.keys("a «S» tab «S 战略» tab «S strategic» ctrl-s");
    assert!(desk.shows("dictionaries.level.items.S"), "{}", desk.text());
    assert_eq!(keys(&desk, "level"), ["A", "B", "C", "D"], "a preview changes nothing");
    desk.keys("enter");
    assert_eq!(desk.notice(), "Applied: it is in force.");
    assert_eq!(keys(&desk, "level"), ["A", "B", "C", "D", "S"]);
    desk.keys("G K K K K p enter");
    assert_eq!(keys(&desk, "level"), ["S", "A", "B", "C", "D"]);
    desk.keys("j e «重» ctrl-s enter");
    let schema = desk.backend.schema();
    assert_eq!(schema.dictionary("level").unwrap().item("A").unwrap().label.zh, "A 重点重");
    // The form of a customer offers it without a new start.
    desk.keys("2 enter e");
    assert!(desk.shows("Level"), "{}", desk.text());
}

#[test]
fn what_is_lost_is_counted_and_takes_an_explicit_yes() {
    let mut desk = Desk::small();
    open(&mut desk, OBJECTS);
    // The field of phones, which every customer has.
    desk.keys("enter");
    to_line(&mut desk, "phone");
    desk.keys("d");
    assert!(desk.shows("not applied") || desk.notice().contains("phone"), "{}", desk.text());
    desk.keys("esc esc");
    open(&mut desk, DICTIONARIES);
    desk.keys("j enter a «vip» tab tab «VIP» ctrl-s enter");
    let customer = desk.customer(NAMES[0]);
    desk.move_to(&customer, &[("status", Value::Choice("vip".to_owned()))]);
    desk.keys("G d p");
    assert!(desk.shows("1 record has it in customer.status"), "{}", desk.text());
    desk.keys("enter");
    assert!(desk.notice().contains("would be lost"), "{}", desk.notice());
    assert!(keys(&desk, "customer_status").contains(&"vip".to_owned()));
    desk.keys("y");
    assert!(!keys(&desk, "customer_status").contains(&"vip".to_owned()), "{}", desk.text());
}

/// Moves the cursor to the first line that begins with a key.
fn to_line(desk: &mut Desk, key: &str) {
    desk.keys(&format!("/ «{key}» enter"));
}

#[test]
fn errors_stand_under_the_fields_and_nothing_is_kept() {
    let mut desk = Desk::small();
    open(&mut desk, NUMBERS);
    desk.keys("e");
    desk.keys("home «{nmae}» ctrl-s");
    assert!(desk.shows("nmae"), "{}", desk.text());
    assert!(desk.shows("did you mean `name`?"), "{}", desk.text());
    desk.keys("esc");
    insta::assert_snapshot!("setup_leave", desk.picture());
}

#[test]
fn a_field_added_on_screen_is_in_form_list_filter_and_page_at_once() {
    let mut desk = Desk::small();
    open(&mut desk, OBJECTS);
    desk.keys("enter");
    to_line(&mut desk, "phone");
    desk.keys("a «iso» tab «认证» tab «Certificate» tab");
    // The group and the type are chosen.
    desk.keys("«basic» enter tab tab tab");
    insta::assert_snapshot!("setup_new_field", desk.picture());
    desk.keys("«text» enter ctrl-s");
    assert!(desk.shows("Empty in 12 records"), "{}", desk.text());
    desk.keys("enter");
    let schema = desk.backend.schema();
    let field = schema.object("customer").unwrap().field("iso").unwrap();
    assert_eq!((field.label.en.as_str(), &field.required), ("Certificate", &When::Never));
    let customer = desk.customer(NAMES[0]);
    desk.keys("2 enter e");
    for _ in 0..60 {
        if desk.text().lines().any(|line| line.contains("Certificate")) {
            break;
        }
        desk.keys("tab");
    }
    assert!(desk.shows("Certificate"), "{}", desk.text());
    desk.keys("esc");
    desk.move_to(&customer, &[("iso", Value::Text("ISO 9001".to_owned()))]);
    let query = Query { object: "customer".into(), filter: "Certificate:9001".into(), limit: 10, ..Query::default() };
    let page = desk.query(query);
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].record.get("iso"), &Value::Text("ISO 9001".to_owned()));
    desk.keys("2 / «认证:9001» enter");
    assert!(desk.shows(NAMES[0]) && !desk.shows(NAMES[1]), "{}", desk.text());
    desk.keys("f G");
    assert!(desk.shows("Certificate"), "{}", desk.text());
}

#[test]
fn a_flow_is_switched_on_and_its_step_changed() {
    let mut desk = Desk::small();
    open(&mut desk, FLOWS);
    to_line(&mut desk, "new_customer");
    desk.keys("e tab tab space ctrl-s");
    assert!(desk.shows("In force: No"), "{}", desk.text());
    desk.keys("enter enter");
    assert!(desk.backend.schema().flows.iter().any(|f| f.name == "new_customer" && f.active), "{}", desk.text());
    assert!(desk.shows("Steps ("), "{}", desk.text());
    desk.keys("e tab tab «, head» ctrl-s enter");
    let schema = desk.backend.schema();
    let flow = schema.flows.iter().find(|f| f.name == "new_customer").unwrap();
    assert!(flow.steps[0].approvers.len() > 1, "{}", desk.text());
}

#[test]
fn menus_are_put_in_another_order_and_reminders_changed() {
    let mut desk = Desk::small();
    open(&mut desk, MENUS);
    desk.keys("j K p enter");
    let menus = |desk: &Desk| desk.backend.schema().menus.iter().map(|m| m.name.clone()).collect::<Vec<_>>();
    assert_eq!(menus(&desk)[..2], ["sales", "customers"], "{}", desk.text());
    open(&mut desk, REMINDERS);
    desk.keys("e «!» ctrl-s enter");
    assert!(desk.backend.schema().reminders[0].label.zh.ends_with('!'), "{}", desk.text());
    open(&mut desk, SETTINGS);
    desk.keys("enter tab «90» ctrl-s enter");
    assert_eq!(desk.backend.schema().keep_events_days, Some(90));
}

#[test]
fn changes_wait_over_a_new_start_are_given_up_and_joined_with_those_of_others() {
    let mut desk = Desk::small();
    levels(&mut desk);
    desk.keys("a «S» tab «S 战略» ctrl-s esc");
    assert!(desk.shows("1 not applied"), "{}", desk.text());
    let mut other = Desk::beside(&desk, "lisi");
    open_app(&mut other);
    levels(&mut other);
    assert!(!other.shows("战略"), "what waits is nobody else's: {}", other.text());
    other.keys("a «T» tab «T 测试» ctrl-s enter");
    assert_eq!(keys(&other, "level"), ["A", "B", "C", "D", "T"], "{}", other.text());
    desk.keys("R p");
    assert!(desk.shows("items.S") && !desk.shows("items.T"), "{}", desk.text());
    desk.keys("enter");
    assert_eq!(keys(&desk, "level"), ["A", "B", "C", "D", "T", "S"]);
    other.keys("R");
    other.send(Msg::Changed);
    assert!(other.shows("战略"), "{}", other.text());
    desk.keys("G d p D");
    assert!(desk.notice().contains("D once more"), "{}", desk.notice());
    desk.keys("D");
    assert_eq!(keys(&desk, "level"), ["A", "B", "C", "D", "T", "S"]);
    assert!(!desk.shows("not applied"), "{}", desk.text());
}

fn open_app(desk: &mut Desk) {
    let effects = desk.app.start();
    desk.carry_out(effects);
}

#[test]
fn only_an_administrator_changes_the_schema() {
    let mut desk = Desk::sample(Lang::En, 80, 24);
    open(&mut desk, DICTIONARIES);
    assert!(desk.shows("Only an administrator changes the schema."), "{}", desk.text());
    desk.keys("a e d J p enter E");
    assert!(desk.shows("Only an administrator"), "{}", desk.text());
}

#[test]
fn the_text_is_edited_in_the_editor_and_kept_while_it_is_wrong() {
    let mut desk = Desk::small();
    levels(&mut desk);
    desk.keys("E");
    desk.send(Msg::Edited(Some("[dictionaries.level]\nzh = 3\n".to_owned())));
    assert!(desk.notice().contains("schema.toml:2"), "{}", desk.notice());
    desk.effects.clear();
    desk.keys("esc E");
    let again = desk.effects.iter().any(|effect| format!("{effect:?}").contains("zh = 3"));
    assert!(again, "{:?}", desk.effects);
    desk.send(Msg::Edited(Some("# mine\n[dictionaries.level]\nzh = \"等级\"\n".to_owned())));
    assert!(desk.shows("~ Dictionary"), "{}", desk.text());
    desk.keys("enter");
    assert_eq!(desk.backend.schema().own, "# mine\n[dictionaries.level]\nzh = \"等级\"\n");
}

#[test]
fn what_is_still_used_is_not_taken_out_and_the_places_are_named() {
    let mut desk = Desk::small();
    open(&mut desk, OBJECTS);
    desk.keys("d");
    assert!(desk.notice().starts_with("objects.customer can't be taken out:"), "{}", desk.notice());
    assert!(desk.notice().contains("objects.contact.fields.customer"), "{}", desk.notice());
    desk.keys("esc");
    levels(&mut desk);
    desk.keys("j d");
    assert!(desk.notice().contains("reminders.no_touch"), "{}", desk.notice());
}

#[test]
fn lists_speak_the_language_and_name_what_they_are_about() {
    let mut desk = Desk::small_in(Lang::Zh);
    open(&mut desk, OBJECTS);
    desk.keys("enter");
    assert!(desk.shows("手机") || desk.shows("文本"), "{}", desk.text());
    assert!(!desk.shows(" text") && !desk.shows("updated_at"), "{}", desk.text());
    open(&mut desk, NUMBERS);
    assert!(desk.text().lines().any(|l| l.contains("customer") && l.contains("客户") && l.contains("C-{seq:6}")));
    open(&mut desk, FLOWS);
    assert!(desk.text().lines().any(|l| l.contains("new_customer") && l.contains("未启用、客户")), "{}", desk.text());
}

#[test]
fn an_entry_without_parts_is_reached_by_enter_alone() {
    let mut desk = Desk::small();
    open(&mut desk, FLOWS - 1);
    desk.keys("enter enter");
    assert!(desk.shows("Press a to add the first one"), "{}", desk.text());
    desk.keys("enter");
    assert!(desk.shows("Probability"), "{}", desk.text());
}

#[test]
fn an_approver_whom_nobody_is_is_pointed_out_before_it_is_in_force() {
    let mut desk = Desk::small();
    open(&mut desk, FLOWS);
    to_line(&mut desk, "new_customer");
    desk.keys("enter e tab tab «, user:nobody» ctrl-s");
    assert!(desk.shows("nobody has the login name nobody"), "{}", desk.text());
}

#[test]
fn an_object_is_added_on_screen_with_fields_and_used_at_once() {
    let mut desk = Desk::small();
    open(&mut desk, OBJECTS);
    desk.keys("a «device» tab «设备» tab «Device» ctrl-s");
    assert!(desk.shows("+ Field  Name"), "an object begins with a title: {}", desk.text());
    // The cursor stands on what was added.
    desk.keys("esc enter");
    assert!(desk.shows("Object Device") && desk.shows("Fields (1)"), "{}", desk.text());
    to_line(&mut desk, "name");
    desk.keys("a «price» tab «单价» tab «Price» tab tab tab tab tab «money» enter ctrl-s esc");
    to_line(&mut desk, "name");
    desk.keys("a «buyer» tab «买方» tab «Buyer» tab tab tab tab tab «reference» enter");
    desk.keys("«customer» enter ctrl-s");
    desk.keys("enter");
    assert_eq!(desk.notice(), "Applied: it is in force.", "{}", desk.text());
    let schema = desk.backend.schema();
    let device = schema.object("device").unwrap();
    assert_eq!(device.title, "name");
    assert!(device.field("price").is_some() && device.field("buyer").is_some(), "{}", desk.text());
    // A record of it, found by the search.
    desk.keys(": «device» enter");
    desk.keys("a «泵 17» tab «1200» ctrl-s");
    assert!(desk.shows("泵 17"), "{}", desk.text());
    desk.keys("esc esc ctrl-k «泵 17»");
    assert!(desk.shows("Device"), "{}", desk.text());
}

#[test]
fn a_pipeline_begins_with_the_stages_of_the_first_and_a_flow_with_the_supervisor() {
    let mut desk = Desk::small();
    open(&mut desk, FLOWS - 1);
    desk.keys("a «service» tab «服务» tab «Service» ctrl-s enter");
    let schema = desk.backend.schema();
    let keys =
        |name: &str| -> Vec<String> { schema.pipeline(name).unwrap().stages.iter().map(|s| s.key.clone()).collect() };
    assert_eq!(keys("service"), keys(&schema.pipelines[0].name), "{}", desk.text());
    open(&mut desk, FLOWS);
    desk.keys("a «big_lead» tab «大线索» tab «Big lead» tab tab «lead» enter «create» ctrl-s enter");
    let schema = desk.backend.schema();
    let flow = schema.flows.iter().find(|f| f.name == "big_lead");
    assert_eq!(flow.map(|f| f.steps.len()), Some(1), "{}", desk.text());
}
