//! Documents: lines typed one after the other, totals that follow at once, the printed page.

use super::desk::{Desk, NAMES};
use tcrm::backend::request::SaveRequest;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::tui::context::Effect;

/// The lines tab of a new quote.
fn lines() -> Desk {
    let mut desk = Desk::small();
    let customer = Value::Ref(desk.customer(NAMES[0]).id);
    let changes = Fields::from([("customer".to_owned(), customer)]);
    desk.save(SaveRequest { object: "quote".to_owned(), target: None, changes });
    desk.keys("8 «quote» enter enter ]");
    assert!(desk.shows("Lines") && desk.shows("Nothing here yet"), "{}", desk.text());
    desk
}

#[test]
fn lines_are_typed_one_after_the_other_and_the_total_follows() {
    let mut desk = lines();
    for (name, price) in [("咨询", "100.5"), ("培训", "50")] {
        // The form of the first line is opened, those after it come by themselves.
        desk.keys(if name == "咨询" { "a" } else { "" });
        assert!(desk.shows("New Quote line"), "{}", desk.text());
        desk.keys(&format!("tab «{name}» tab tab tab «{price}» ctrl-s"));
    }
    assert!(desk.shows("New Quote line"), "{}", desk.text());
    desk.keys("esc");
    for text in ["咨询", "培训", "¥150.50"] {
        assert!(desk.shows(text), "{text}\n{}", desk.text());
    }
    desk.keys("a esc");
    assert!(!desk.shows("New Quote line"), "leaving ends the row:\n{}", desk.text());
}

#[test]
fn a_line_takes_name_and_price_of_the_chosen_product_but_not_over_what_was_typed() {
    let mut desk = Desk::small();
    let money =
        |amount: i64| Value::Money(tcrm::domain::value::Money { amount: amount.into(), currency: "CNY".to_owned() });
    for (name, price) in [("网关", 2680), ("传感器", 620)] {
        let changes = Fields::from([
            ("name".to_owned(), Value::Text(name.to_owned())),
            ("unit".to_owned(), Value::Text("台".to_owned())),
            ("price".to_owned(), money(price)),
        ]);
        desk.save(SaveRequest { object: "product".to_owned(), target: None, changes });
    }
    let customer = Value::Ref(desk.customer(NAMES[0]).id);
    let changes = Fields::from([("customer".to_owned(), customer)]);
    desk.save(SaveRequest { object: "quote".to_owned(), target: None, changes });
    desk.keys("8 «quote» enter enter ] a f4 «网关» enter");
    assert!(desk.shows("2,680.00"), "{}", desk.text());
    desk.keys("ctrl-s tab «专用网关» tab tab tab «99» shift-tab shift-tab shift-tab shift-tab f4 «传感器» enter");
    assert!(desk.shows("专用网关") && desk.shows("99") && !desk.shows("620"), "{}", desk.text());
    desk.keys("ctrl-s esc");
    assert!(desk.shows("¥2,779.00"), "{}", desk.text());
}

#[test]
fn p_prints_a_quote_and_says_that_a_customer_is_none() {
    let mut desk = lines();
    desk.keys("[ p");
    let opened = desk.effects.iter().find_map(|e| match e {
        Effect::OpenLink(link) => Some(link.clone()),
        _ => None,
    });
    let page = std::fs::read_to_string(opened.unwrap()).unwrap();
    assert!(page.contains(NAMES[0]) && page.contains("Quote"), "{page}");
    let mut desk = Desk::small();
    desk.keys("enter p");
    assert!(desk.notice().contains("Only quotes, contracts and orders"), "{}", desk.notice());
}
