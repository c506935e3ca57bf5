//! Documents: lines typed one after the other, totals that follow at once, the printed page.

use super::desk::{Desk, NAMES};
use tcrm::contract::request::{Query, Row, SaveRequest};
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::schema::model::SortKey;
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

/// A quote without lines, and two products to choose from.
fn with_products() -> Desk {
    let desk = Desk::small();
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
    let mut desk = with_products();
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

#[test]
fn a_document_names_itself_once_and_says_which_amount_is_which() {
    let mut desk = with_products();
    desk.keys("8 «quote» enter enter");
    assert_eq!(desk.text().lines().nth(1).unwrap().matches("Q-").count(), 1, "{}", desk.text());
    assert!(desk.shows("i Edit the lines"), "{}", desk.text());
    let customer = Value::Ref(desk.customer(NAMES[0]).id);
    let (object, changes) = ("order".to_owned(), Fields::from([("customer".to_owned(), customer)]));
    desk.save(SaveRequest { object, target: None, changes });
    desk.keys("8 «order» enter enter ] a tab «培训» tab tab tab «100» ctrl-s esc");
    let head = desk.text().lines().nth(2).unwrap_or_default().to_owned();
    assert!(head.contains("Total ¥100.00"), "it may be what is receivable: {}", desk.text());
}

/// A quote with two products to choose from, its lines open as a table.
fn table() -> Desk {
    let mut desk = with_products();
    desk.keys("8 «quote» enter enter i");
    assert!(desk.shows("No lines yet"), "{}", desk.text());
    desk
}

/// What stands in the lines of the store, in their order.
fn stored(desk: &Desk) -> Vec<String> {
    let query = Query { object: "quote_line".to_owned(), limit: 50, sort: order(), ..Query::default() };
    let page = desk.query(query);
    let shown = |row: &Row| {
        let get = |name: &str| match row.record.get(name) {
            Value::Text(text) => text.clone(),
            Value::Decimal(number) => number.normalize().to_string(),
            other => format!("{other:?}"),
        };
        format!("{} {} {} {}", get("name"), get("quantity"), get("price"), get("gross"))
    };
    page.rows.iter().map(shown).collect()
}

fn order() -> Vec<SortKey> {
    vec![
        SortKey { field: "position".to_owned(), descending: false },
        SortKey { field: "id".to_owned(), descending: false },
    ]
}

#[test]
fn lines_are_edited_as_a_table_with_totals_that_follow_and_saved_at_once() {
    let mut desk = table();
    // The product brings its name and price; then the quantity.
    desk.keys("o «网关» enter esc");
    assert!(desk.shows("2,680.00") && desk.shows("台"), "{}", desk.text());
    desk.keys("tab enter backspace «3» enter");
    assert!(desk.shows("8,040.00") && desk.shows("Total ¥8,040.00"), "{}", desk.text());
    assert_eq!(stored(&desk), [""; 0], "nothing is written yet");
    // Another one, a copy of it, which goes up.
    desk.keys("o «传感器» enter esc D K");
    assert!(desk.shows("Total ¥9,280.00"), "{}", desk.text());
    assert_eq!(desk.text().matches("传感器").count(), 4, "product and name of two lines:\n{}", desk.text());
    desk.keys("d d");
    assert!(desk.shows("Total ¥8,660.00"), "{}", desk.text());
    desk.keys("u");
    assert!(desk.shows("Total ¥9,280.00"), "taken back: {}", desk.text());
    desk.keys("d d K ctrl-s");
    assert!(!desk.shows("Total ¥") || desk.shows("Saved"), "{}", desk.text());
    assert_eq!(stored(&desk), ["传感器 1 620 620", "网关 3 2680 8040"], "in the order of the table");
    // One transaction: one step back takes all of it.
    desk.keys("u");
    assert_eq!(stored(&desk), [""; 0]);
}

#[test]
fn a_table_of_lines_says_what_is_wrong_where_and_asks_before_it_is_left() {
    let mut desk = table();
    desk.keys("o esc tab enter «咨询» enter");
    assert!(desk.shows("Unit price"), "{}", desk.text());
    desk.keys("ctrl-s");
    assert!(desk.notice().contains("Line 1: Unit price"), "{}", desk.notice());
    desk.keys("enter «-5» enter");
    assert!(desk.notice().contains("At least 0"), "{}", desk.notice());
    desk.keys("esc enter «x» enter");
    assert!(desk.notice().contains("number") || desk.notice().contains("x"), "{}", desk.notice());
    desk.keys("esc esc");
    assert!(desk.shows("Stay") || desk.shows("Keep editing"), "{}", desk.text());
    desk.keys("esc");
    desk.keys("enter «80.5» enter ctrl-s");
    assert_eq!(stored(&desk), ["咨询 1 80.5 80.5"]);
    // What is worked out isn't typed.
    desk.keys("i l l l l l l l l l enter");
    assert!(desk.notice().contains("worked out"), "{}\n{}", desk.notice(), desk.text());
}

#[test]
fn the_form_of_a_quote_goes_on_to_its_lines_and_saves_itself_before() {
    let mut desk = table();
    desk.keys("esc e tab «年度框架» f3");
    assert!(desk.shows("No lines yet"), "{}", desk.text());
    desk.keys("o esc tab enter «培训» tab tab tab «100» enter ctrl-s");
    assert_eq!(stored(&desk), ["培训 1 100 100"]);
    assert!(desk.shows("年度框架") && desk.shows("Payment terms"), "the form is there again:\n{}", desk.text());
}

#[test]
fn a_product_that_is_missing_is_made_from_its_picker_and_stands_in_the_line() {
    let mut desk = table();
    desk.keys("o «新产品» ctrl-a");
    assert!(desk.shows("New Product") && desk.shows("新产品"), "{}", desk.text());
    desk.keys("tab tab tab tab «50» ctrl-s esc");
    assert!(desk.shows("Total ¥50.00"), "its price came along:\n{}", desk.text());
    desk.keys("ctrl-s");
    assert_eq!(stored(&desk), ["新产品 1 50 50"]);
    // Leaving its form leaves the cell as it was.
    desk.keys("i o «又一个» ctrl-a esc tab enter esc");
    assert!(desk.shows("Total ¥50.00") && !desk.shows("又一个"), "{}", desk.text());
}
