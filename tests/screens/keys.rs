//! Key scripts: what is typed, and what is seen then.

use super::desk::{Desk, NAMES, check};
use tcrm::contract::request::SaveRequest;
use tcrm::domain::lang::Lang;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::tui::app::Msg;
use tcrm::tui::context::Effect;
use tcrm::tui::request::Request;

/// A script, and the customer under the cursor then.
fn cursor(table: &[(&str, usize)]) {
    for (script, place) in table {
        let mut desk = Desk::small();
        desk.keys(script);
        assert!(desk.selected().contains(NAMES[*place]), "after `{script}`:\n{}", desk.text());
    }
}

#[test]
fn moving() {
    cursor(&[
        ("", 0),
        ("j j", 2),
        ("down down up", 1),
        ("k", 0),
        ("G", 11),
        ("end home", 0),
        ("G g g", 0),
        ("ctrl-f", 11),
        ("G ctrl-b", 0),
        ("ｊ ｊ", 2),
        ("j J J", 3),
        ("j K K", 0),
    ]);
    let mut desk = Desk::small();
    desk.resize(80, 11);
    desk.keys("ctrl-d");
    assert!(desk.selected().contains(NAMES[4]), "{}", desk.text());
    desk.keys("ctrl-d ctrl-u");
    assert!(desk.selected().contains(NAMES[4]), "{}", desk.text());
    desk.keys("pagedown pagedown");
    assert!(desk.selected().contains(NAMES[11]), "{}", desk.text());
}

#[test]
fn a_record_is_shown_as_json_and_a_store_of_this_machine_has_no_requests() {
    check(&[
        ("g j", &["\"code\": \"C-000001\"", "\"name\": \"深圳市华信科技有限公司\"", "y copy"]),
        ("enter g j", &["\"version\": 1"]),
        ("g j esc", &["-\"code\"", "Nordic Steel AB"]),
        ("g r", &["Requests to the server", "no server is asked"]),
        (": h t t p enter", &["Requests to the server"]),
    ]);
    let mut desk = Desk::small();
    desk.keys("g j y");
    let copied = desk.effects.iter().find_map(|effect| if let Effect::Copy(text) = effect { Some(text) } else { None });
    let json: serde_json::Value = serde_json::from_str(copied.unwrap()).unwrap();
    assert_eq!(json["code"], "C-000001");
}

#[test]
fn opening_and_going_back() {
    check(&[
        ("enter", &["Basic", "C-000001", "深圳市华信科技有限公司"]),
        ("l", &["Basic"]),
        ("enter esc", &["Nordic Steel AB", "-Basic"]),
        ("esc", &["Nothing to go back to"]),
        ("enter J", &["C-000002", "北京银行", "-深圳市华信"]),
        ("enter J K", &["C-000001"]),
        ("enter J esc", &["C-000002"]),
        ("G enter J", &["That was the last one"]),
        ("enter ]", &["王经理"]),
        ("enter ] enter", &["王经理", "Customers → 深圳市华信科技有限公司 → 王经理"]),
        ("3", &["Leads", "Nothing here yet"]),
        ("2", &["Customers"]),
        ("8 «contact» enter", &["王经理"]),
    ]);
    let mut desk = Desk::small();
    desk.keys("enter J J esc");
    assert!(desk.selected().contains(NAMES[2]), "the list has come along:\n{}", desk.text());
}

#[test]
fn filtering_live() {
    check(&[
        ("/ «hx»", &["深圳市华信", "上海华新", "-北京银行"]),
        ("/ «hx» esc", &["北京银行"]),
        ("/ «hx» enter", &["深圳市华信", "-北京银行", "/ hx"]),
        ("/ «hx» enter esc", &["北京银行", "-/ hx"]),
        ("/ «hx» enter g c", &["北京银行"]),
        ("/ «hx» enter / backspace backspace «yh» enter", &["北京银行", "-华信"]),
        ("/ «hx» enter / «zz» esc", &["深圳市华信", "/ hx"]),
        ("/ «level:A» enter / «hx»", &["/ level:A hx", "深圳市华信", "-上海华新"]),
        ("/ «level:A» enter / end «B»", &["/ level:AB"]),
        ("/ «level:A» enter / space «hx»", &["/ level:A hx", "深圳市华信"]),
        ("/ «q»", &["/ q"]),
        ("／ «华信»", &["深圳市华信", "-北京银行"]),
        ("/ «level:A»", &["深圳市华信", "-北京银行"]),
        ("/ «级别:A»", &["深圳市华信", "-北京银行"]),
        ("/ «没有» enter", &["Nothing matches"]),
    ]);
}

#[test]
fn a_filter_that_is_wrong_tells_where_and_an_unfinished_one_keeps_the_rows() {
    check(&[
        ("/ «华 (»", &["深圳市华信"]),
        ("/ «(华»", &["深圳市华信"]),
        ("/ «\"华»", &["深圳市华信"]),
        ("/ «level:A levl:A»", &["no field “levl”", "level:A levl:A\n          ^^^^"]),
        ("/ «levl:A» enter", &["no field “levl”"]),
    ]);
}

#[test]
fn marks_and_ranges() {
    check(&[
        ("space", &["1 marked"]),
        ("space space", &["2 marked"]),
        ("space k space", &["-marked"]),
        ("v j j v", &["3 marked"]),
        ("*", &["12 marked"]),
        ("* *", &["-marked"]),
        ("* esc", &["-marked", "北京银行"]),
        ("/ «hx» enter space esc", &["-marked", "/ hx"]),
        ("/ «hx» enter space esc esc", &["北京银行", "-/ hx"]),
    ]);
}

#[test]
fn deleting_asks_and_is_taken_back() {
    check(&[
        ("j j d", &["Delete Customer “重庆长安汽车 C-000003”?", "[ Cancel ]", "y n or Tab, Enter  Esc cancel"]),
        ("j j d enter", &["重庆长安汽车"]),
        ("j j d esc", &["重庆长安汽车"]),
        ("j j d y", &["-重庆长安汽车", "u brings it back"]),
        ("j j d tab enter", &["-重庆长安汽车"]),
        ("j j d y u", &["重庆长安汽车", "Undone: Customer 重庆长安汽车"]),
        ("j j d y u U", &["-C-000003", "Done again"]),
        ("u u u u u u u u", &["-panicked"]),
        ("j j space space d", &["Delete these 2 records (Customer)?"]),
        ("j j space space d y", &["-重庆长安汽车", "-单氏餐饮", "2 records deleted", "-marked"]),
        ("j j space space d y u", &["重庆长安汽车", "单氏餐饮"]),
        ("j j enter d y", &["-重庆长安汽车", "北京银行", "brings it back"]),
    ]);
}

#[test]
fn an_action_holds_its_record_when_the_list_changes_under_it() {
    let mut desk = Desk::small();
    desk.keys("j j d");
    let key = desk.customer("Acme Corporation");
    let changes = Fields::from([("code".to_owned(), Value::Text("B-000000".to_owned()))]);
    desk.save(SaveRequest { object: "customer".to_owned(), target: Some((key.id, 1)), changes });
    desk.send(Msg::Changed);
    desk.keys("y");
    assert!(!desk.shows("重庆长安汽车") && desk.shows("北京银行") && desk.shows("Acme"), "{}", desk.text());
}

#[test]
fn editing_stepping_and_leaving_forms() {
    let mut desk = Desk::small();
    desk.keys("j e «甲» ctrl-s");
    assert!(desk.shows("北京银行甲"), "{}", desk.text());
    let key = desk.customer("北京银行甲");
    assert_eq!(desk.stored(&key, "name"), Value::Text("北京银行甲".to_owned()));
    desk.keys("e f7");
    assert!(desk.shows("重庆长安汽车"), "the form of the next record:\n{}", desk.text());
    desk.keys("f8 f8");
    assert!(desk.shows("深圳市华信科技有限公司"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.selected().contains(NAMES[0]), "{}", desk.text());
    desk.keys("e «乙» f7");
    assert!(desk.shows("unsaved"), "{}", desk.text());
    desk.keys("esc esc");
    assert!(desk.shows("unsaved"), "{}", desk.text());
    desk.keys("shift-tab enter");
    assert!(desk.selected().contains(NAMES[0]) && !desk.shows("乙"), "{}", desk.text());
}

#[test]
fn adding_from_a_tab_refers_to_the_record() {
    let mut desk = Desk::small();
    desk.keys("enter ] a «李工» ctrl-s");
    assert!(desk.shows("李工") && desk.shows("王经理"), "back in the tab:\n{}", desk.text());
}

#[test]
fn quitting() {
    let mut desk = Desk::small();
    desk.keys("q");
    assert!(desk.quits());

    let mut desk = Desk::small();
    desk.keys("e «quit»");
    assert!(!desk.quits() && desk.shows("quit"), "{}", desk.text());
    desk.keys("ctrl-c");
    assert!(!desk.quits(), "unsaved work is asked about");
    assert!(desk.notice().contains("unsaved"), "{}", desk.text());
    desk.keys("«s»");
    desk.keys("ctrl-c");
    assert!(!desk.quits(), "another key in between: asked again");
    desk.keys("ctrl-c");
    assert!(desk.quits());
}

#[test]
fn logging_and_tasks() {
    let mut desk = Desk::small();
    desk.keys("c «call 王总: wants a quote; next fri 15:00 send quote»");
    assert!(desk.shows("2026-11-27"), "{}", desk.text());
    desk.keys("enter");
    assert!(desk.notice().contains("next step"), "{}", desk.text());
    desk.keys("g k");
    assert!(desk.shows("send quote"), "{}", desk.text());
    desk.keys("x «sent» enter");
    assert!(desk.notice().starts_with("Done"), "{}", desk.text());
    desk.keys("2 t «call back» ctrl-s");
    desk.keys("g k");
    assert!(desk.shows("call back"), "{}", desk.text());
    desk.resize(100, 24);
    assert!(desk.shows("深圳市华信"), "{}", desk.text());
    desk.keys("2 x");
    assert!(desk.notice().contains("Only tasks"), "{}", desk.notice());
}

#[test]
fn sorting_and_columns() {
    let mut desk = Desk::small();
    desk.keys("s «name» enter g g");
    assert!(desk.selected().contains("Acme"), "{}", desk.text());
    desk.keys("s «name» enter g g");
    assert!(!desk.selected().contains("Acme"), "the other way round:\n{}", desk.text());
    desk.keys("f space enter");
    assert!(!desk.shows("C-000001") && desk.shows("Name"), "{}", desk.text());
    desk.keys("3 2");
    assert!(!desk.shows("C-000001"), "the list is as it was left:\n{}", desk.text());
}

#[test]
fn views_are_saved_and_opened_by_number() {
    let mut desk = Desk::small();
    desk.keys("V");
    assert!(desk.shows("Public pool"), "those of the schema:\n{}", desk.text());
    desk.keys("esc / «华» enter W «华系» enter");
    assert!(desk.notice().contains("华系"), "{}", desk.notice());
    desk.keys("esc ' 1");
    assert!(desk.shows("/ 华") && !desk.shows("北京银行"), "{}", desk.text());
    desk.keys("esc V enter");
    assert!(desk.shows("/ 华") && !desk.shows("北京银行"), "{}", desk.text());
    desk.keys("' 7");
    assert!(desk.notice().contains("no view 7"), "{}", desk.notice());
}

#[test]
fn commands() {
    check(&[
        (": «customers level:A» enter", &["深圳市华信", "-北京银行", "/ level:A"]),
        ("： «客户 level:A» enter", &["深圳市华信", "-北京银行"]),
        (": «contacts» enter", &["王经理"]),
        (": «nonsense» enter", &["Unknown command “nonsense”"]),
        (": «lang zh-CN» enter", &["客户", "-Customers"]),
        (": «theme none» enter", &["There is no theme none"]),
        ("？", &["Help"]),
        ("? «undo»", &["Undo"]),
        ("ctrl-p «leads» enter", &["Nothing here yet"]),
        ("ctrl-k «bjyh»", &["北京银行"]),
        ("ctrl-k «bjyh» enter", &["C-000002", "Basic"]),
        ("g / «王经理» enter", &["王经理"]),
        ("Q", &["Q does nothing here"]),
        ("g Q", &["g Q does nothing here"]),
    ]);
    let mut desk = Desk::small();
    desk.keys(": «q» enter");
    assert!(desk.quits());
}

#[test]
fn copying() {
    use tcrm::tui::context::Effect;
    let copied = |script: &str| {
        let mut desk = Desk::small();
        desk.keys(script);
        let text = desk.effects.iter().find_map(|e| match e {
            Effect::Copy(text) => Some(text.clone()),
            _ => None,
        });
        text.unwrap_or_else(|| panic!("nothing copied: {}", desk.notice()))
    };
    assert_eq!(copied("y y"), NAMES[0]);
    assert_eq!(copied("y t"), NAMES[0]);
    assert!(copied("y j").contains("\"name\": \"深圳市华信科技有限公司\""));
    assert!(copied("y r").contains("Phone: 0755"));
}

#[test]
fn a_store_for_reading_refuses_with_a_reason() {
    for key in ["a", "e", "d", "c", "t", "u"] {
        let mut desk = Desk::read_only();
        let before = desk.text();
        desk.keys(key);
        assert_eq!(desk.notice(), "The store is open for reading only", "{key}");
        desk.keys("esc");
        assert_eq!(desk.text().lines().take(22).collect::<Vec<_>>(), before.lines().take(22).collect::<Vec<_>>());
    }
}

#[test]
fn what_is_typed_before_a_form_is_there_is_not_lost() {
    let mut desk = Desk::small();
    // All keys come before any answer of the backend.
    let effects = desk.late("a«早»ctrl-s");
    desk.carry_out(effects);
    assert!(desk.notice().starts_with("Saved: Customer 早"), "{}", desk.text());
    assert!(desk.selected().contains("早"), "the cursor is on the new record:\n{}", desk.text());
    let effects = desk.late("e«x»esc");
    desk.carry_out(effects);
    assert!(!desk.shows("早x"), "Esc leaves a form that is still awaited:\n{}", desk.text());
}

#[test]
fn a_log_that_cannot_be_written_comes_back_to_be_changed() {
    let mut desk = Desk::without_user();
    desk.keys("c «call 王总: a sample; 2026-02-30 send it» enter");
    assert!(desk.shows("Log a contact") && desk.shows("2026-02-30 send it"), "{}", desk.text());
    assert!(desk.notice().contains("date"), "{}", desk.notice());
}

#[test]
fn with_marks_only_a_deletion_takes_them_and_a_filter_lets_go_of_them() {
    let mut desk = Desk::small();
    desk.keys("space g g j j y t");
    let row = desk.selected();
    let title = desk.notice().trim_start_matches("Copied: ").to_owned();
    assert!(!title.is_empty() && row.contains(&title), "{title} is not the row under the cursor: {row}");
    assert!(desk.shows("1 marked"), "{}", desk.text());
    desk.keys("d");
    assert!(desk.shows(&format!("Delete Customer “{}", NAMES[0])), "{}", desk.text());
    desk.keys("esc / «银行» enter");
    assert!(!desk.shows("1 marked"), "{}", desk.text());
}

#[test]
fn a_filter_kept_unfinished_says_what_is_missing() {
    let mut desk = Desk::small();
    desk.keys("/ «(level:A» enter");
    assert!(desk.shows("(level:A") && !desk.shows("C-000001"), "{}", desk.text());
}

#[test]
fn a_line_left_for_the_form_or_for_later_is_still_there() {
    let mut desk = Desk::small();
    desk.keys("c «call 王经理: wants a sample» tab");
    assert!(desk.shows("New Activity") && desk.shows("深圳市华信"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Log a contact") && desk.shows("call 王经理: wants a sample"), "{}", desk.text());
    desk.keys("tab tab «!» esc");
    assert!(desk.shows("unsaved"), "{}", desk.text());
    desk.keys("2");
    assert!(desk.shows("call 王经理: wants a sample"), "{}", desk.text());
    desk.keys("« now» esc");
    assert!(desk.notice().contains("c goes on"), "{}", desk.notice());
    desk.keys("j c");
    assert!(!desk.shows("a sample"), "another customer's line:\n{}", desk.text());
    desk.keys("esc k c");
    assert!(desk.shows("wants a sample now"), "{}", desk.text());
    desk.keys("enter c");
    assert!(!desk.shows("a sample"), "it was logged:\n{}", desk.text());
}

#[test]
fn a_form_that_a_line_led_to_is_saved_in_place_of_the_line() {
    let mut desk = Desk::small();
    desk.keys("c «call 王经理: wants a sample» tab ctrl-s");
    assert!(desk.notice().starts_with("Saved: Activity"), "{}", desk.text());
    desk.keys("c");
    assert!(!desk.shows("a sample"), "{}", desk.text());
}

#[test]
fn the_log_shows_what_it_makes_before_it_does() {
    let mut desk = Desk::small();
    desk.keys("c «电话 王总：要报价 下周五 发报价»");
    assert!(desk.shows("Task: 发报价  2026-11-27 Friday"), "{}", desk.text());
    desk.keys("enter g k");
    assert!(desk.shows("发报价"), "{}", desk.text());
    desk.keys("2 c «call: no answer»");
    assert!(desk.shows("No task."), "{}", desk.text());
}

#[test]
fn the_language_that_was_chosen_is_kept() {
    let mut desk = Desk::small();
    desk.keys("g l");
    assert!(desk.shows("客户"), "{}", desk.text());
    desk.restart();
    assert!(desk.shows("客户") && !desk.shows("Customers"), "{}", desk.text());
    desk.keys(": «lang en» enter");
    desk.restart();
    assert!(desk.shows("Customers"), "{}", desk.text());
}

#[test]
fn only_a_theme_that_there_is_is_kept() {
    let mut desk = Desk::small();
    desk.keys(": «theme nonsense» enter");
    assert_eq!(desk.notice(), "There is no theme nonsense");
    desk.restart();
    assert_eq!(desk.notice(), "");
    desk.keys(": «theme dark» enter");
    desk.restart();
    assert_eq!(desk.app.shared().settings.get("ui/theme").map(String::as_str), Some("dark"));
}

#[test]
fn a_task_that_is_done_is_not_asked_about_but_opened_again() {
    let mut desk = Desk::small();
    desk.keys("t «call back» ctrl-s g k x «reached» enter esc");
    assert!(desk.shows("call back"), "{}", desk.text());
    desk.keys("x");
    assert!(desk.shows("Open it again?") && !desk.shows("What came of it"), "{}", desk.text());
    desk.keys("enter x y");
    assert!(desk.notice().starts_with("Open again: call back"), "{}", desk.text());
    desk.keys("x");
    assert!(desk.shows("What came of it"), "{}", desk.text());
    desk.keys("«half a comm» esc x");
    assert!(desk.shows("half a comm"), "{}", desk.text());
}

#[test]
fn what_is_overdue_has_a_sign() {
    let mut desk = Desk::small();
    desk.keys("t «late» ctrl-s t «late too» ctrl-s g k");
    let key = |desk: &Desk, title: &str| desk.record("task", title);
    for (title, due) in [("late", "2026-11-20T01:00:00Z"), ("late too", "2026-11-22T01:00:00Z")] {
        let (key, version) = (key(&desk, title), 1);
        let changes = Fields::from([("due".to_owned(), Value::DateTime(due.parse().unwrap()))]);
        desk.save(SaveRequest { object: "task".to_owned(), target: Some((key.id, version)), changes });
    }
    desk.send(Msg::Changed);
    assert!(desk.shows("11-20 09:00!") && desk.shows("today 09:00!"), "{}", desk.text());
    desk.keys("x enter");
    assert!(desk.notice().starts_with("Done: late"), "no comment is needed: {}", desk.text());
}

#[test]
fn a_task_made_in_a_record_is_about_it_and_its_customer() {
    let mut desk = Desk::small();
    desk.keys("enter ] enter t");
    assert!(desk.shows("New Task") && desk.shows("深圳市华信") && desk.shows("王经理"), "{}", desk.text());
    desk.keys("«ring» ctrl-s t");
    assert!(desk.shows("王经理"), "{}", desk.text());
}

#[test]
fn tabs_say_how_much_is_in_them_before_they_are_opened() {
    let mut desk = Desk::small();
    desk.keys("enter");
    assert!(desk.shows("Contacts 1") && desk.shows("Tasks 0"), "{}", desk.text());
    desk.keys("t «ring» ctrl-s");
    assert!(desk.shows("Tasks 1"), "{}", desk.text());
    desk.keys("J J");
    assert!(desk.shows("Contacts 0"), "{}", desk.text());
}

#[test]
fn tab_leads_through_popups_and_each_says_its_keys() {
    check(&[
        ("8", &["Tab next  Enter choose  Esc cancel"]),
        ("ctrl-k", &["Tab next  Enter open  Esc close"]),
        ("ctrl-p", &["Tab complete"]),
        ("ctrl-p «delet» tab", &[">Delete  "]),
        ("?", &["Esc close"]),
        ("W", &["Enter OK  Esc cancel"]),
        ("c", &["Enter log  Tab form  Esc later"]),
        ("a «x» esc", &["number or Tab, Enter"]),
    ]);
    let mut desk = Desk::small();
    desk.keys("8");
    let first = desk.picture();
    desk.keys("tab");
    assert_ne!(desk.picture(), first);
    desk.keys("shift-tab");
    assert_eq!(desk.picture(), first);
}

#[test]
fn enter_before_the_finds_are_there_opens_what_was_typed() {
    let mut desk = Desk::small();
    desk.keys("ctrl-k «hx»");
    let effects = desk.late("ctrl-u «bjyh» enter");
    desk.carry_out(effects);
    assert!(desk.shows("C-000002") && desk.shows("Basic"), "{}", desk.text());
}

#[test]
fn a_word_on_its_way_to_a_field_keeps_the_rows() {
    check(&[
        ("/ «lev»", &["上海华新", "-Nothing"]),
        ("/ «level»", &["上海华新", "-Nothing"]),
        ("/ «级别»", &["深圳市华信", "-Nothing"]),
        ("/ «hx lev»", &["上海华新", "-北京银行"]),
        ("/ «zzz»", &["Nothing matches"]),
        ("/ «lev» enter", &["Nothing matches"]),
        ("/ «lev» esc", &["深圳市华信"]),
        ("/ «lev» backspace backspace backspace «zzz»", &["Nothing matches"]),
    ]);
}

#[test]
fn a_new_record_is_shown_wherever_it_lands() {
    let mut desk = Desk::small();
    desk.fill("customer", 1_500);
    desk.send(Msg::Changed);
    // Sorted by code: the new one stands at the end, behind more than a page.
    desk.keys("a «最后一个客户» ctrl-s");
    assert!(desk.selected().contains("最后一个客户"), "{}", desk.text());
    assert!(desk.shows("客户 1499"), "with the rows before it:\n{}", desk.text());
    desk.keys("k");
    assert!(desk.selected().contains("客户 1499"), "{}", desk.text());
    desk.keys("g g / «hx» enter a «与筛选无关» ctrl-s");
    assert!(desk.notice().contains("filter leaves it out"), "{}", desk.notice());
}

#[test]
fn news_of_a_change_does_not_stop_the_way_to_an_end() {
    let mut desk = Desk::small();
    desk.fill("customer", 1_500);
    desk.send(Msg::Changed);
    let effects = desk.late("G");
    desk.send(Msg::Changed);
    desk.carry_out(effects);
    assert!(desk.selected().contains("客户 1499"), "{}", desk.text());
    let effects = desk.late("g g");
    desk.send(Msg::Changed);
    desk.carry_out(effects);
    assert!(desk.selected().contains(NAMES[0]), "{}", desk.text());
}

#[test]
fn the_row_at_hand_stays_far_down_a_list_that_the_work_sorts() {
    let mut desk = Desk::small();
    desk.fill("customer", 1_500);
    desk.send(Msg::Changed);
    desk.keys("s «name» enter g g");
    for _ in 0..60 {
        desk.keys("pagedown");
    }
    let before = desk.selected();
    assert!(before.contains("客户 "), "{before}");
    desk.keys("k k k e home «A» ctrl-s");
    let after = desk.selected();
    assert!(after.contains("A客户 "), "the row is renamed and still under the cursor:\n{}", desk.text());
    desk.keys("j j j");
    assert_eq!(desk.selected(), before, "among the same neighbours:\n{}", desk.text());
}

#[test]
fn rows_beyond_the_screen_wait_for_its_frame_and_are_marked_with_all_others() {
    let mut desk = Desk::sample(Lang::En, 80, 12);
    let mut asked = desk.late("/ «name!=empty»");
    let last = asked.pop().unwrap();
    assert!(matches!(&last, Effect::Ask(_, Request::Query(query)) if query.limit < 12), "{last:?}");
    let later = desk.answer(last);
    assert!(matches!(later.as_slice(), [Effect::Ask(_, Request::Ahead(_))]), "{later:?}");
    let typed = desk.late("enter *");
    desk.carry_out(typed);
    assert!(!desk.shows("40 marked"), "{}", desk.text());
    desk.carry_out(later);
    assert!(desk.shows("40 marked"), "{}", desk.text());
    desk.keys("G j k");
    assert!(desk.shows("40 marked"), "{}", desk.text());
}
