//! The schema on screen: lists, forms, the preview of what a change comes to, and what follows at once.

use super::desk::Desk;
use tcrm::domain::lang::Lang;
use tcrm::domain::value::Value;

/// Opens a line of the administrator's menu by its distance from the last.
fn open(desk: &mut Desk, from_below: usize) {
    desk.keys("9 G");
    for _ in 0..from_below {
        desk.keys("k");
    }
    desk.keys("enter");
}

const SETTINGS: usize = 3;
const NUMBERS: usize = 8;
const OBJECTS: usize = 10;
const DICTIONARIES: usize = 11;

#[test]
fn look() {
    let mut desk = Desk::sample_as("zhaojianguo", Lang::En, 80, 24);
    desk.keys("9");
    eprintln!("{}", desk.picture());
    open(&mut desk, DICTIONARIES);
    eprintln!("{}", desk.picture());
    desk.keys("G k k enter");
    eprintln!("{}", desk.picture());
    desk.keys("j e");
    eprintln!("{}", desk.picture());
    desk.keys("tab «甲乙» ctrl-s");
    eprintln!("{}", desk.picture());
    let mut desk = Desk::sample_as("zhaojianguo", Lang::Zh, 120, 40);
    open(&mut desk, OBJECTS);
    eprintln!("{}", desk.picture());
    desk.keys("j enter");
    eprintln!("{}", desk.picture());
    open(&mut desk, NUMBERS);
    eprintln!("{}", desk.picture());
    open(&mut desk, SETTINGS);
    eprintln!("{}", desk.picture());
    let _ = Value::Empty;
}
