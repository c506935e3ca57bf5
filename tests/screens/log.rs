//! The log of changes and events as a screen.

use super::desk::{Desk, NAMES};
use tcrm::domain::event::{EventKind, Happening};

fn with_export() -> Desk {
    let desk = Desk::small();
    let export = Happening::new(EventKind::Export).about("customer", None).with("filter", "level:A").with("count", 4);
    desk.note(export);
    desk
}

#[test]
fn changes_and_events_are_seen_and_filtered_while_typing() {
    let mut desk = with_export();
    desk.keys("g h");
    assert!(desk.shows("export") && desk.shows("filter: level:A") && desk.shows(NAMES[11]), "{}", desk.text());
    desk.keys("/ «export»");
    assert!(desk.shows("filter: level:A") && !desk.shows(NAMES[11]), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows(NAMES[11]), "the former filter is back: {}", desk.text());
    desk.keys("/ «object:contact» enter");
    assert!(desk.shows("王经理") && !desk.shows("export"), "{}", desk.text());
    desk.keys("g c / «object:nothing»");
    assert!(desk.shows("There is no object nothing"), "{}", desk.text());
    desk.keys("esc / «nobody» enter");
    assert!(desk.shows("nobody") && !desk.shows("export"), "{}", desk.text());
}

#[test]
fn a_change_shows_before_and_after_and_enter_opens_its_record() {
    let mut desk = Desk::small();
    desk.keys("e");
    desk.keys("esc");
    let before = desk.text();
    desk.keys(": «log field:level object:customer» enter");
    assert!(desk.shows("created") && desk.text() != before, "{}", desk.text());
    assert!(desk.shows("Level"), "what was changed: {}", desk.text());
    desk.keys("enter");
    assert!(desk.shows(NAMES[11]), "the newest customer: {}", desk.text());
    desk.keys("esc esc");
    assert!(desk.shows(NAMES[0]), "{}", desk.text());
}

#[test]
fn the_log_pages_on_to_the_oldest_entry() {
    let mut desk = Desk::sample(tcrm::domain::lang::Lang::En, 80, 24);
    desk.keys(": «log changes» enter G");
    let first = desk.text();
    for _ in 0..60 {
        desk.keys("G");
    }
    assert_ne!(desk.text(), first, "older entries came");
    assert!(!desk.shows("There is no"), "{}", desk.text());
}
