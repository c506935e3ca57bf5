//! The board: cards in their stages, and what happens when they are moved.

use super::desk::{Desk, NAMES};
use tcrm::contract::request::SaveRequest;
use tcrm::domain::lang::Lang;
use tcrm::domain::record::{Fields, RecordKey};
use tcrm::domain::value::{Money, Value};
use tcrm::tui::context::Effect;
use tcrm::tui::request::Request;

fn fields(given: &[(&str, Value)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn choice(key: &str) -> Value {
    Value::Choice(key.to_owned())
}

fn money(amount: i64) -> Value {
    Value::Money(Money { amount: amount.into(), currency: "CNY".to_owned() })
}

/// The board of the small store with three deals: Alpha and Beta engaging, Gamma (without a customer) prospecting.
fn board() -> Desk {
    board_of(150, 30)
}

fn board_of(width: u16, height: u16) -> Desk {
    let mut desk = Desk::small();
    let customer = Value::Ref(desk.customer(NAMES[0]).id);
    let add = |desk: &Desk, given: &[(&str, Value)]| {
        desk.save(SaveRequest { object: "opportunity".to_owned(), target: None, changes: fields(given) });
    };
    let date = |text: &str| Value::Date(text.parse().unwrap());
    for (name, amount, close) in [("Alpha", 100_000, "2026-12-01"), ("Beta", 50_000, "2026-12-24")] {
        let name = Value::Text(name.to_owned());
        let given = [("name", name), ("stage", choice("engaging")), ("customer", customer.clone())];
        add(&desk, &[&given[..], &[("amount", money(amount)), ("close_date", date(close))]].concat());
    }
    add(&desk, &[("name", Value::Text("Gamma".to_owned()))]);
    desk.resize(width, height);
    desk.keys("4");
    desk
}

fn deal(desk: &Desk, name: &str) -> RecordKey {
    desk.record("opportunity", name)
}

fn stage(desk: &Desk, name: &str) -> Value {
    desk.stored(&deal(desk, name), "stage")
}

/// The column, counted in cells, in which a text is shown.
fn x_of(desk: &Desk, text: &str) -> usize {
    let all = desk.text();
    let line = all.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}:\n{all}"));
    tcrm::tui::text::width(&line[..line.find(text).unwrap()])
}

#[test]
fn each_stage_is_a_column_with_number_sum_and_what_is_likely() {
    let desk = board();
    for text in
        ["Board: Standard", "Prospecting", "Engaging", "Proposal", "150K · likely 37.5K", "Alpha", "100K", "12-01"]
    {
        assert!(desk.shows(text), "{text}:\n{}", desk.text());
    }
    assert!(x_of(&desk, "Gamma") < x_of(&desk, "Alpha"));
}

#[test]
fn a_card_is_moved_by_a_key_and_taken_back_by_another() {
    let mut desk = board();
    desk.keys("l L");
    assert_eq!(stage(&desk, "Alpha"), choice("proposal"));
    assert!(desk.notice().contains("Alpha: Proposal"), "{}", desk.notice());
    assert!(x_of(&desk, "Beta") < x_of(&desk, "Alpha"), "{}", desk.text());
    assert!(desk.shows("100K · likely 50K"), "{}", desk.text());
    desk.keys("u");
    assert_eq!(stage(&desk, "Alpha"), choice("engaging"));
    assert_eq!(x_of(&desk, "Beta"), x_of(&desk, "Alpha"), "{}", desk.text());
}

#[test]
fn the_cursor_goes_with_the_card() {
    let mut desk = board();
    desk.keys("l L L");
    assert_eq!(stage(&desk, "Alpha"), choice("negotiation"));
    desk.keys("H");
    assert_eq!((stage(&desk, "Alpha"), stage(&desk, "Beta")), (choice("proposal"), choice("engaging")));
}

#[test]
fn keys_faster_than_the_store_end_where_the_last_one_says() {
    let mut desk = board();
    desk.keys("l");
    let effects = desk.late("L L");
    assert_eq!(stage(&desk, "Alpha"), choice("engaging"), "shown before it is stored");
    assert!(x_of(&desk, "Beta") < x_of(&desk, "Alpha"), "{}", desk.text());
    desk.carry_out(effects);
    assert_eq!(stage(&desk, "Alpha"), choice("negotiation"));
}

#[test]
fn a_column_that_comes_into_view_with_a_card_does_not_lose_it_to_another() {
    let mut desk = board_of(80, 24);
    desk.move_to(&deal(&desk, "Beta"), &[("stage", choice("negotiation"))]);
    desk.keys("R l L");
    assert!(!desk.shows("Negotiation"), "{}", desk.text());
    // The cards of the next stage are read before the move is stored, and answered before the next key.
    let (moves, pages): (Vec<_>, Vec<_>) =
        desk.late("L").into_iter().partition(|e| matches!(e, Effect::Ask(_, Request::Save(_))));
    assert!(moves.len() == 1 && !pages.is_empty());
    let mut rest: Vec<_> = pages.into_iter().flat_map(|page| desk.answer(page)).collect();
    assert!(desk.shows("Negotiation") && desk.shows("Alpha") && desk.shows("Beta"), "{}", desk.text());
    rest.extend(desk.late("L"));
    rest.extend(moves);
    desk.carry_out(rest);
    assert_eq!((stage(&desk, "Alpha"), stage(&desk, "Beta")), (choice("won"), choice("negotiation")));
}

#[test]
fn a_move_asks_for_missing_fields_and_only_for_these() {
    let mut desk = board();
    desk.keys("L");
    assert_eq!(stage(&desk, "Gamma"), choice("engaging"));
    desk.keys("L");
    assert_eq!(stage(&desk, "Gamma"), choice("engaging"), "not yet");
    for text in ["Customer", "Amount"] {
        assert!(desk.shows(text), "{text}:\n{}", desk.text());
    }
    assert!(!desk.shows("Close date") && !desk.shows("Remark"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Board: Standard") && desk.notice().contains("Not moved"), "{}", desk.text());
    assert_eq!(x_of(&desk, "Gamma"), x_of(&desk, "Beta"));
    desk.keys("L «北京银行»");
    desk.keys("enter tab «5000» ctrl-s");
    assert_eq!(
        (stage(&desk, "Gamma"), desk.stored(&deal(&desk, "Gamma"), "amount")),
        (choice("proposal"), money(5000))
    );
    assert!(x_of(&desk, "Beta") < x_of(&desk, "Gamma"), "{}", desk.text());
}

#[test]
fn a_refused_move_snaps_back_with_the_reason() {
    let mut desk = board();
    desk.keys("l L");
    desk.move_to(&deal(&desk, "Alpha"), &[("stage", choice("won"))]);
    desk.keys("R l l");
    let place = x_of(&desk, "Alpha");
    desk.keys("space h h");
    assert!(x_of(&desk, "Alpha") < place, "{}", desk.text());
    desk.keys("enter");
    assert_eq!(stage(&desk, "Alpha"), choice("won"));
    assert_eq!(x_of(&desk, "Alpha"), place, "{}", desk.text());
    assert!(desk.notice().contains("no way back to Proposal"), "{}", desk.notice());
    // Where it may go back to it goes.
    desk.keys("esc H");
    assert_eq!(stage(&desk, "Alpha"), choice("negotiation"), "{}", desk.text());
}

#[test]
fn two_who_move_the_same_card_are_told_and_see_where_it_is() {
    let mut desk = board();
    desk.keys("l");
    let effects = desk.late("L");
    desk.move_to(&deal(&desk, "Alpha"), &[("stage", choice("prospecting"))]);
    desk.carry_out(effects);
    assert_eq!(stage(&desk, "Alpha"), choice("prospecting"));
    assert!(desk.notice().contains("changed by someone else"), "{}", desk.notice());
    assert_eq!(x_of(&desk, "Alpha"), x_of(&desk, "Gamma"), "{}", desk.text());
}

#[test]
fn a_move_that_was_refused_is_told_on_another_screen_too() {
    let mut desk = board();
    desk.keys("l");
    let effects = desk.late("L 2");
    desk.move_to(&deal(&desk, "Alpha"), &[("stage", choice("prospecting"))]);
    desk.carry_out(effects);
    assert!(desk.shows("Customers"), "{}", desk.text());
    assert!(desk.notice().contains("changed by someone else"), "{}", desk.notice());
}

#[test]
fn a_grabbed_card_is_put_down_or_left() {
    let mut desk = board();
    desk.keys("l space l");
    assert_eq!(stage(&desk, "Alpha"), choice("engaging"));
    assert!(x_of(&desk, "Beta") < x_of(&desk, "Alpha"));
    desk.keys("e");
    assert!(desk.notice().contains("in your hand"), "{}", desk.notice());
    desk.keys("esc");
    assert_eq!(x_of(&desk, "Beta"), x_of(&desk, "Alpha"), "{}", desk.text());
    desk.keys("space l l enter");
    assert_eq!(stage(&desk, "Alpha"), choice("negotiation"));
    desk.keys("space enter");
    assert_eq!(stage(&desk, "Alpha"), choice("negotiation"));
}

#[test]
fn a_card_of_another_stage_has_no_neighbouring_one_but_is_put_where_it_belongs() {
    let mut desk = board();
    desk.resize(200, 30);
    desk.restart_without_stage("engaging");
    desk.keys("4 l l l l l l");
    assert!(desk.shows("Other stages 1/2"), "the cursor is there:\n{}", desk.text());
    for key in ["H", "L"] {
        desk.keys(key);
        assert!(desk.notice().contains("space takes the card"), "{key}: {}", desk.text());
        assert_eq!(stage(&desk, "Alpha"), choice("engaging"), "{key}");
    }
    desk.keys("space h h h h enter");
    assert_eq!(stage(&desk, "Alpha"), choice("proposal"), "{}", desk.text());
}

#[test]
fn filter_group_fold_and_pipeline() {
    let mut desk = board();
    desk.keys("/ «alpha» enter");
    assert!(desk.shows("Alpha") && !desk.shows("Beta"), "{}", desk.text());
    assert!(desk.shows("100K · likely 25K"), "sums follow the filter:\n{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Beta"));
    desk.keys("/ «levl:x»");
    assert!(desk.shows("levl"), "{}", desk.text());
    desk.keys("esc o");
    assert!(desk.shows("张三 2 · 150K"), "{}", desk.text());
    desk.keys("o l -");
    assert!(!desk.shows("Alpha"), "{}", desk.text());
    desk.keys("-");
    assert!(desk.shows("Alpha"));
    desk.keys("tab");
    assert!(desk.shows("Board: Renewal") && desk.shows("Renewal due") && !desk.shows("Alpha"), "{}", desk.text());
    desk.keys("p «标准» enter");
    assert!(desk.shows("Board: Standard") && desk.shows("Alpha"), "{}", desk.text());
}

#[test]
fn opening_a_card_and_adding_one_come_back_to_the_board() {
    let mut desk = board();
    desk.keys("l enter");
    assert!(desk.shows("Alpha") && !desk.shows("Beta"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Beta") && desk.shows("Board: Standard"), "{}", desk.text());
    desk.keys("a «Delta» ctrl-s");
    assert!(desk.shows("Delta") && desk.shows("Board: Standard"), "{}", desk.text());
    assert_eq!(stage(&desk, "Delta"), choice("engaging"));
}

#[test]
fn a_narrow_screen_shows_one_column_at_a_time() {
    let mut desk = board();
    desk.resize(60, 15);
    assert!(desk.shows("Gamma") && !desk.shows("Alpha"), "{}", desk.text());
    desk.keys("l");
    assert!(!desk.shows("Gamma") && desk.shows("Alpha"), "{}", desk.text());
}

#[test]
fn looks() {
    for (width, height) in [(80, 24), (120, 40), (60, 15)] {
        for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let mut desk = Desk::sample(lang, width, height);
            desk.keys("4 l j");
            insta::assert_snapshot!(format!("board_{tag}_{width}x{height}"), desk.picture());
        }
    }
    let mut desk = Desk::sample(Lang::Zh, 120, 40);
    desk.keys("4 l o - l l space l");
    insta::assert_snapshot!("board_by_owner", desk.picture());
}
