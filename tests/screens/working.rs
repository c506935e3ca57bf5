//! Work on leads, the pool and the call queue, by keys.

use super::desk::{Desk, NAMES};
use tcrm::contract::request::SaveRequest;
use tcrm::domain::lang::Lang;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;

fn lead(desk: &Desk, company: &str) {
    let text = |text: &str| Value::Text(text.to_owned());
    let changes = Fields::from([
        ("name".to_owned(), text("王建国")),
        ("company".to_owned(), text(company)),
        ("mobile".to_owned(), text("13800138000")),
    ]);
    desk.save(SaveRequest { object: "lead".to_owned(), target: None, changes });
}

#[test]
fn a_lead_is_converted_in_one_form() {
    let mut desk = Desk::small();
    lead(&desk, "华信科技");
    desk.keys("3 m «convert» enter");
    assert!(desk.shows("华信科技") && desk.shows("王建国") && desk.shows("Make an opportunity"), "{}", desk.text());
    desk.keys("ctrl-s");
    assert!(desk.notice().contains("Convert"), "{}", desk.text());
    desk.keys("2 / «name:华信科技» enter");
    assert!(desk.selected().contains("华信科技"), "{}", desk.text());
    desk.keys("4");
    assert!(desk.shows("华信科技"), "{}", desk.text());
    desk.keys("3 m");
    assert!(desk.shows("converted already"), "{}", desk.text());
}

#[test]
fn a_duplicate_customer_is_taken_instead_of_a_new_one() {
    let mut desk = Desk::small();
    lead(&desk, NAMES[0]);
    desk.keys("3 m «convert» enter");
    assert!(desk.shows("similar: "), "the similar customer is told of:\n{}", desk.text());
    desk.keys("f9 ctrl-s");
    assert!(desk.notice().contains("Convert"), "{}", desk.text());
    desk.keys("2");
    assert!(desk.shows("/12") && !desk.shows("C-000013"), "no customer was made:\n{}", desk.text());
}

#[test]
fn marked_customers_are_released_together_and_what_was_refused_is_told() {
    let mut desk = Desk::small();
    desk.keys("g g space space m «claim» enter");
    assert!(desk.shows("2 records"), "{}", desk.text());
    desk.keys("enter");
    let keys = [desk.customer(NAMES[0]), desk.customer(NAMES[1])];
    for key in &keys {
        assert_ne!(desk.stored(key, "owner"), Value::Empty, "{}", desk.text());
    }
    // Someone else is faster with one of them.
    desk.move_to(&keys[1], &[("owner", Value::Empty)]);
    desk.keys("g g j m «release» enter");
    assert!(desk.shows("2 records") && desk.shows("Reason"), "{}", desk.text());
    desk.keys("ctrl-s");
    assert!(desk.notice().contains("Reason"), "{}", desk.notice());
    desk.keys("f4 enter ctrl-s");
    assert_eq!(desk.stored(&keys[0], "owner"), Value::Empty, "{}", desk.text());
    assert!(desk.notice().contains(NAMES[1]), "{}", desk.notice());
}

#[test]
fn views_of_the_schema_are_reached_by_list_and_palette() {
    let mut desk = Desk::small();
    desk.keys("V «pool» enter");
    assert!(desk.shows("/ owner:empty"), "{}", desk.text());
    desk.keys("g c");
    assert!(!desk.shows("owner:empty"), "{}", desk.text());
    desk.keys("ctrl-p «public pool» enter");
    assert!(desk.shows("owner:empty"), "{}", desk.text());
}

#[test]
fn the_queue_logs_by_one_key_plans_the_next_touch_and_goes_on() {
    let mut desk = Desk::small();
    desk.keys("C");
    assert!(desk.shows(NAMES[0]) && desk.shows("1/12"), "{}", desk.text());
    desk.keys("n «要报价» enter 2");
    assert!(desk.shows(NAMES[1]) && desk.shows("2/12"), "{}", desk.text());
    let first = desk.customer(NAMES[0]);
    assert!(desk.notice().contains(NAMES[0]) && desk.notice().contains("2026-11-25"), "{}", desk.notice());
    // Three days from Sunday.
    assert_eq!(desk.stored(&first, "next_contact"), Value::Date(jiff::civil::date(2026, 11, 25)));
    desk.keys("s 6 «tomorrow 15:00» enter");
    assert!(desk.shows(NAMES[3]), "{}", desk.text());
    let third = desk.customer(NAMES[2]);
    assert_eq!(desk.stored(&third, "next_contact"), Value::Date(jiff::civil::date(2026, 11, 23)));
    desk.keys("u");
    assert!(desk.shows(NAMES[2]), "the one whose call was taken back:\n{}", desk.text());
    assert_eq!(desk.stored(&third, "next_contact"), Value::Empty);
    desk.keys("enter");
    assert!(desk.shows("Basic"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows(NAMES[2]), "{}", desk.text());
    desk.keys("esc C");
    assert!(desk.shows(NAMES[2]), "it goes on where it was left:\n{}", desk.text());
    desk.keys("b b");
    assert!(desk.shows(NAMES[0]), "{}", desk.text());
}

#[test]
fn a_call_that_was_refused_comes_again_and_what_is_being_typed_goes_to_its_own_record() {
    let mut desk = Desk::small();
    desk.keys("C s s n «wants a quote» enter");
    let effects = desk.late("2 6");
    let (third, fourth) = (desk.customer(NAMES[2]), desk.customer(NAMES[3]));
    desk.remove(&third);
    desk.carry_out(effects);
    desk.keys("«tomorrow 15:00» enter");
    assert_eq!(desk.stored(&fourth, "next_contact"), Value::Date(jiff::civil::date(2026, 11, 23)), "{}", desk.text());
    assert!(desk.shows("Note: wants a quote"), "the one that was refused comes next:\n{}", desk.text());
}

#[test]
fn what_is_done_today_is_passed_over_and_the_end_is_told() {
    let mut desk = Desk::small();
    desk.keys("/ «level:A» enter C 7 7 esc C");
    assert!(desk.shows("3/4"), "{}", desk.text());
    desk.keys("7 7");
    assert!(desk.shows("4 called today"), "{}", desk.text());
    let mut other = Desk::small();
    other.keys(": «products» enter C");
    assert!(other.notice().contains("can't be called"), "{}", other.notice());
}

#[test]
fn tasks_are_called_through_and_end_or_are_put_off_with_the_call() {
    let mut desk = Desk::small();
    let company = Value::Ref(desk.customer(NAMES[0]).id);
    let given =
        [("name", Value::text("钱多多")), ("customer", company), ("mobile", Value::Text("13800138000".to_owned()))];
    let changes = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    desk.save(SaveRequest { object: "contact".to_owned(), target: None, changes });
    let contact = desk.record("contact", "钱多多").id;
    for (subject, contact) in [("催款", Some(contact)), ("回访", Some(contact)), ("写周报", None)] {
        let mut changes = Fields::from([("subject".to_owned(), Value::text(subject))]);
        changes.extend(contact.map(|id| ("contact".to_owned(), Value::Ref(id))));
        desk.save(SaveRequest { object: "task".to_owned(), target: None, changes });
    }
    let task = |desk: &Desk, subject: &str| desk.record("task", subject);
    desk.keys("g k g c / «subject:催款» enter C");
    assert!(desk.shows("钱多多") && desk.shows("13800138000"), "whom to call:\n{}", desk.text());
    // Progress ends the task, unless it is to stay.
    desk.keys("x x 1");
    let key = task(&desk, "催款");
    assert_eq!(desk.stored(&key, "state"), Value::Choice("open".to_owned()), "{}", desk.text());
    assert!(!desk.stored(&key, "due").is_empty(), "put off to the next touch");
    desk.keys("esc g c / «subject:回访» enter C 1");
    assert_eq!(desk.stored(&task(&desk, "回访"), "state"), Value::Choice("done".to_owned()), "{}", desk.text());
    // Nobody to call: the record comes back, and says why.
    desk.keys("esc g c / «subject:写周报» enter C");
    assert!(desk.shows("Nobody to call"), "{}", desk.text());
    desk.keys("1");
    assert!(desk.notice().contains("Nobody to call"), "{}", desk.notice());
    assert_eq!(desk.stored(&task(&desk, "写周报"), "state"), Value::Choice("open".to_owned()));
    // What leads to nobody at all says so.
    desk.keys("esc esc : «products» enter C");
    assert!(desk.notice().contains("Product"), "{}", desk.notice());
}

#[test]
fn the_looks_of_converting_and_of_the_queue() {
    for (width, height) in [(80, 24), (120, 40)] {
        for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            for (name, script) in [("convert", "3 / «status:new» enter m «convert» enter"), ("queue", "C")] {
                let mut desk = Desk::sample(lang, width, height);
                desk.keys(script);
                insta::assert_snapshot!(format!("{name}_{tag}_{width}x{height}"), desk.picture());
            }
        }
    }
}
