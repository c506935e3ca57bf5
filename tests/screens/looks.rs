//! Pictures of the screens in both languages at the sizes of the design.

use super::desk::Desk;
use tcrm::domain::lang::Lang;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (60, 15)];

/// A screen by the keys that lead to it.
fn look(name: &str, script: &str) {
    for (width, height) in SIZES {
        for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let mut desk = Desk::sample(lang, width, height);
            desk.keys(script);
            insta::assert_snapshot!(format!("{name}_{tag}_{width}x{height}"), desk.picture());
        }
    }
}

#[test]
fn the_list() {
    look("list", "j j");
}

#[test]
fn a_list_with_a_filter_and_marks() {
    look("filter", "/ «科技» enter space space j");
}

#[test]
fn a_filter_that_is_wrong() {
    look("filter_wrong", "/ «levl:A»");
}

#[test]
fn an_empty_list() {
    look("no_match", "/ «没有这样的客户» enter");
}

#[test]
fn the_view_of_a_customer() {
    look("detail", "enter");
    look("detail_contacts", "enter ]");
}

#[test]
fn the_tabs_of_a_customer() {
    for (tab, name) in ["opportunities", "activities", "tasks"].iter().enumerate() {
        let mut desk = Desk::sample(Lang::Zh, 80, 24);
        desk.keys("enter ]");
        desk.keys(&"] ".repeat(tab + 1));
        insta::assert_snapshot!(format!("tab_{name}"), desk.picture());
    }
}

#[test]
fn the_history_of_a_customer_and_of_all() {
    look("history", "enter [");
    // Events carry the moment of the test and its folder.
    look("journal", "g h / «changes» enter");
}

#[test]
fn other_objects() {
    for (name, script) in [("leads", "3"), ("opportunities", "4 O"), ("tasks", "g k"), ("objects", "8")] {
        for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let mut desk = Desk::sample(lang, 80, 24);
            desk.keys(script);
            insta::assert_snapshot!(format!("{name}_{tag}"), desk.picture());
        }
    }
}

#[test]
fn the_agenda_today_and_plans() {
    look("agenda", "5");
    look("agenda_day", "5 v d l l");
    look("agenda_week", "5 v w");
    look("agenda_month", "5 v m");
    look("agenda_snooze", "5 s backspace backspace backspace «下周五»");
    look("today", "1");
    look("plans", "g p");
}

#[test]
fn help_and_palette() {
    look("help", "?");
    look("help_found", "? «标记»");
    look("palette", "ctrl-p");
    look("command", ": «customers»");
}

#[test]
fn finding() {
    look("find", "ctrl-k «kj»");
}

#[test]
fn choosing_columns_order_and_view() {
    look("columns", "f j j");
    look("sort", "s");
    look("save_view", "W «重点»");
}

#[test]
fn the_questions() {
    look("delete", "3 d");
    look("delete_refused", "d");
    look("log", "c «电话 王总：要报价；下周五 15:00 发报价单»");
    look("leave", "a «x» esc");
}

#[test]
fn the_form_in_the_whole_screen() {
    look("form", "e");
}

#[test]
fn the_keys_that_may_follow() {
    for (width, height) in SIZES {
        for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let mut desk = Desk::sample(lang, width, height);
            desk.keys("g");
            desk.wait();
            insta::assert_snapshot!(format!("which_key_{tag}_{width}x{height}"), desk.picture());
        }
    }
}

#[test]
fn a_screen_that_is_too_small() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        insta::assert_snapshot!(format!("small_{tag}"), Desk::sample(lang, 39, 9).picture());
        insta::assert_snapshot!(format!("compact_{tag}"), Desk::sample(lang, 40, 10).picture());
    }
}
