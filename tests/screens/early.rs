//! What is typed faster than answers come, and what Enter does in the palette.

use super::desk::{Desk, NAMES};

#[test]
fn keys_typed_before_an_answer_go_to_what_it_opens_and_not_to_what_is_below() {
    let mut desk = Desk::small();
    for (script, slowly) in [("m j", "m j"), ("enter m j j", "enter m j j"), ("d l", "d l"), ("m esc j", "j")] {
        let mut late = Desk::small();
        let effects = late.late(script);
        late.carry_out(effects);
        desk.keys(slowly);
        assert_eq!(late.text(), desk.text(), "after `{script}`");
        desk = Desk::small();
    }
    // Nothing is done with the one record, so that there is no menu: the key is no one else's.
    let mut desk = Desk::without_user();
    desk.keys("8 «pool» enter");
    let before = desk.text();
    let effects = desk.late("m j");
    desk.carry_out(effects);
    assert_eq!(desk.text().lines().nth(2), before.lines().nth(2));
}

#[test]
fn keys_typed_before_a_form_has_closed_are_for_what_comes_then() {
    let mut desk = Desk::small();
    let effects = desk.late("e «x» ctrl-s j");
    desk.carry_out(effects);
    assert!(desk.notice().is_empty() && desk.selected().contains(NAMES[1]), "{}", desk.text());
    desk.keys("k e end «y»");
    let effects = desk.late("ctrl-s j");
    desk.carry_out(effects);
    assert!(desk.selected().contains(NAMES[1]), "{}", desk.text());
    // It stays, because something is wrong: what was meant for the list isn't typed into it.
    desk.keys("e ctrl-u");
    let effects = desk.late("ctrl-s j j");
    desk.carry_out(effects);
    assert!(desk.notice().contains("error") && !desk.shows("jj"), "{}", desk.text());
    desk.keys("esc left enter");
    assert!(desk.selected().contains(NAMES[1]), "{}", desk.text());
}

#[test]
fn the_palette_lights_what_enter_does() {
    for (typed, row, then) in [
        ("lang", "中文 / English", "客户"),
        ("语言", "中文 / English", "客户"),
        ("lang zh-CN", "中文 / English", "客户"),
        ("theme", "Choose a theme", "theme"),
        ("q", "Quit", ""),
    ] {
        let mut desk = Desk::small();
        desk.keys(&format!(": «{typed}»"));
        let text = desk.text();
        let lit = text.lines().skip_while(|line| !line.contains(&format!("│:{typed}"))).nth(1).unwrap_or_default();
        assert!(lit.contains(row) && !lit.contains("Undo"), "{typed}: {lit}\n{}", desk.text());
        desk.keys("enter");
        assert!(desk.text().to_lowercase().contains(then), "{typed}:\n{}", desk.text());
    }
    let mut desk = Desk::small();
    desk.keys(": «lang fr» enter");
    assert!(desk.notice().contains("lang"), "{}", desk.notice());
}
