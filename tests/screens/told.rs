//! What is told is told whole, and hints name only what helps here.

use super::desk::Desk;
use tcrm::domain::lang::Lang;

/// The text of the screen without the breaks and blanks between its lines.
fn joined(desk: &Desk) -> String {
    desk.text().lines().map(str::trim).collect::<Vec<_>>().join("")
}

/// The last line: hints or a notice.
fn foot(desk: &Desk) -> String {
    desk.text().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_notice_that_is_longer_than_the_line_takes_more_of_them() {
    for lang in [Lang::Zh, Lang::En] {
        let mut desk = Desk::sample_as("zhaojianguo", lang, 80, 24);
        desk.keys("9 j j enter / «zhangsan» enter d");
        let notice: String = desk.notice().split_whitespace().collect();
        let shown: String = joined(&desk).split_whitespace().collect();
        assert!(notice.chars().count() > 60, "{notice}");
        assert!(shown.contains(&notice), "{notice} is cut:\n{}", desk.text());
        desk.keys("j");
        assert!(!foot(&desk).contains('⚠'), "{}", desk.text());
    }
}

#[test]
fn hints_leave_out_what_makes_no_sense_for_the_record() {
    let mut desk = Desk::sample_as("zhaojianguo", Lang::En, 80, 24);
    desk.keys("2");
    assert!(foot(&desk).contains("Log a contact"), "{}", desk.text());
    desk.keys("9 j enter");
    assert!(foot(&desk).contains("Edit") && !foot(&desk).contains("Log a contact"), "{}", desk.text());
    desk.keys("c");
    assert!(desk.notice().starts_with("No contact is logged about Department"), "{}", desk.notice());
    desk.keys("enter");
    assert!(!foot(&desk).contains("Add a task"), "{}", desk.text());
    desk.keys("esc : «quotes» enter");
    assert!(foot(&desk).contains("Log a contact"), "a quote leads to its customer: {}", desk.text());
    desk.keys("e");
    assert!(foot(&desk).contains("f3"), "a quote has lines: {}", desk.text());
    desk.keys("esc 2 e");
    assert!(foot(&desk).contains("ctrl-s") && !foot(&desk).contains("f3"), "{}", desk.text());
}

#[test]
fn what_tcrm_writes_by_itself_is_not_offered_to_be_added() {
    let mut desk = Desk::small();
    desk.keys("2 enter");
    // The owner history stands behind what is sold.
    for _ in 0..40 {
        if desk.shows("tcrm writes this by itself") {
            break;
        }
        desk.keys("]");
    }
    assert!(desk.shows("Nothing here yet. tcrm writes this by itself"), "{}", desk.text());
    assert!(!foot(&desk).contains("Add to this tab"), "{}", desk.text());
    desk.keys("a");
    assert!(desk.notice().contains("by itself"), "{}", desk.notice());
}

#[test]
fn the_question_of_a_preview_has_its_own_keys_only() {
    let mut desk = Desk::small();
    desk.keys("9 G");
    desk.keys("k k k k k k k k k k k k k enter enter a «S» tab «S» ctrl-s");
    assert!(desk.shows("Enter apply"), "{}", desk.text());
    desk.keys("j");
    assert!(!foot(&desk).contains("y Yes"), "{}", desk.text());
}

#[test]
fn help_notes_and_explanations_go_on_in_the_next_line() {
    let mut desk = Desk::sample_as("zhaojianguo", Lang::Zh, 80, 24);
    desk.keys("9 G k k k k k k k k k enter enter e tab tab");
    assert!(joined(&desk).contains("field:字段"), "{}", desk.text());
    let mut desk = Desk::sample_as("zhaojianguo", Lang::En, 120, 40);
    desk.keys(": «shares» enter");
    assert!(desk.shows("tcrm import"), "{}", desk.text());
    desk.keys("2 g ?");
    assert!(desk.shows("bulk") && desk.shows("audit"), "{}", desk.text());
}

#[test]
fn an_action_is_asked_about_and_told_with_its_record() {
    let mut desk = Desk::sample_as("zhaojianguo", Lang::En, 80, 24);
    desk.keys("9 j j enter / «lisi» enter m «disable» enter");
    assert!(desk.shows("Disable 李四?"), "{}", desk.text());
    desk.keys("y");
    assert!(desk.notice().starts_with("Disable: 李四."), "{}", desk.notice());
}
