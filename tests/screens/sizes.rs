//! No size and no keys break the interface.

use super::desk::Desk;
use proptest::prelude::*;

/// Keys that open, move in and close everything there is.
const KEYS: [&str; 50] = [
    "4 L",
    "H",
    "o",
    "-",
    "j",
    "k",
    "G",
    "g g",
    "ctrl-d",
    "ctrl-u",
    "pagedown",
    "pageup",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "]",
    "[",
    "h",
    "l",
    "/ «华» enter",
    "/ «level:»",
    "s",
    "f",
    "V",
    "W",
    "space",
    "v",
    "*",
    "e",
    "a",
    "d",
    "c",
    "t",
    "x",
    "?",
    "ctrl-p",
    "ctrl-k «hx»",
    ":",
    "8",
    "3",
    "4",
    "g h",
    "9",
    "9 G k k k enter",
    "z",
    "J",
    "u",
    "«信　»",
    "backspace",
];

#[derive(Debug, Clone)]
enum Step {
    Keys(&'static str),
    Size(u16, u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::sample::select(&KEYS[..]).prop_map(Step::Keys),
        1 => (1..=200u16, 1..=60u16).prop_map(|(w, h)| Step::Size(w, h)),
        1 => (1..=45u16, 1..=14u16).prop_map(|(w, h)| Step::Size(w, h)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_at_any_size_leave_the_cursor_on_the_screen(steps in prop::collection::vec(step(), 1..40)) {
        let mut desk = Desk::small();
        for step in steps {
            match step {
                Step::Keys(keys) => { desk.keys(keys); }
                Step::Size(width, height) => desk.resize(width, height),
            }
            let (buf, cursor) = desk.buffer();
            prop_assert!(cursor.is_none_or(|c| buf.area.contains(c)), "{cursor:?} in {:?}", buf.area);
        }
    }
}
