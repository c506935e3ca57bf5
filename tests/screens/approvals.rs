//! The inbox of approvals: what is in it, what is decided from it.

use super::desk::{Desk, NAMES};
use tcrm::domain::lang::Lang;
use tcrm::domain::value::Value;

/// Days and times of the clock are of no interest.
fn timeless(picture: &str) -> String {
    let mut chars: Vec<char> = picture.chars().collect();
    for at in 0..chars.len().saturating_sub(4) {
        let is = |n: usize| chars[at + n].is_ascii_digit();
        if is(0) && is(1) && is(3) && is(4) && matches!(chars[at + 2], '-' | ':') {
            chars[at..at + 5].copy_from_slice(&['0', '0', '-', '0', '0']);
        }
    }
    chars.into_iter().collect()
}

fn choice(key: &str) -> Value {
    Value::Choice(key.to_owned())
}

#[test]
fn what_waits_stands_with_what_it_would_change() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40), (60, 15)] {
            let mut desk = Desk::submitted(lang, "zhangsan", width, height);
            desk.keys("6");
            insta::assert_snapshot!(format!("inbox_{tag}_{width}x{height}"), timeless(&desk.picture()));
        }
    }
    let mut desk = Desk::submitted(Lang::En, "zhangsan", 120, 40);
    desk.keys("6 j");
    insta::assert_snapshot!("inbox_new_customer", timeless(&desk.picture()));
}

#[test]
fn one_is_approved_at_once_and_taken_back() {
    let mut desk = Desk::submitted(Lang::En, "zhangsan", 80, 24);
    let customer = desk.customer(NAMES[0]);
    desk.keys("6 A");
    assert!(desk.notice().starts_with("Approved: "), "{}", desk.notice());
    assert_eq!(desk.stored(&customer, "bank"), Value::Text("招商银行深圳分行".to_owned()));
    assert!(!desk.shows("招商银行"), "the next one is in view");
    desk.keys("u g g");
    assert_eq!(desk.stored(&customer, "bank"), Value::Text("中国银行".to_owned()));
    assert!(desk.shows("招商银行"));
}

#[test]
fn one_is_sent_back_with_a_comment_that_its_author_sees() {
    let mut desk = Desk::submitted(Lang::En, "zhangsan", 80, 24);
    let customer = desk.customer(NAMES[2]);
    desk.keys("6 j B enter");
    assert_eq!(desk.stored(&customer, "audit"), choice("submitted"), "why must be said");
    desk.keys("«no address» enter");
    assert!(desk.notice().starts_with("Sent back: "), "{}", desk.notice());
    assert_eq!(desk.stored(&customer, "audit"), choice("returned"));
    desk.keys("] ]");
    assert!(desk.shows("Sent back") && desk.shows("no address"));
}

#[test]
fn several_are_approved_after_a_preview_and_each_tells_what_became_of_it() {
    let mut desk = Desk::submitted(Lang::En, "zhangsan", 80, 24);
    let [first, second] = [NAMES[2], NAMES[5]].map(|name| desk.customer(name));
    desk.keys("6 j space space A");
    insta::assert_snapshot!("inbox_preview", timeless(&desk.picture()));
    desk.keys("esc");
    assert_eq!(desk.stored(&first, "audit"), choice("submitted"));
    desk.keys("A y");
    assert_eq!(desk.stored(&first, "audit"), choice("approved"));
    assert_eq!(desk.stored(&second, "audit"), choice("approved"));
    assert!(desk.notice().starts_with("Approved: "), "{}", desk.notice());
    assert!(desk.shows("1/1"));
}

#[test]
fn what_can_t_be_decided_says_why_in_its_row() {
    let mut desk = Desk::submitted(Lang::En, "zhangsan", 100, 24);
    desk.keys("6");
    // Its author takes one back while the list is on the screen.
    let author = Desk::beside(&desk, "lisi");
    author.act("withdraw", &desk.customer(NAMES[2]));
    let asked = desk.late("* A y");
    desk.carry_out(asked);
    assert!(desk.notice().contains("1 could not be decided"), "{}", desk.notice());
    assert_eq!(desk.stored(&desk.customer(NAMES[5]), "audit"), choice("approved"));
}

#[test]
fn the_author_sees_what_became_of_it_and_decides_nothing() {
    let mut desk = Desk::submitted(Lang::Zh, "lisi", 80, 24);
    desk.keys("6");
    assert!(desk.shows("没有待您审批的内容"));
    desk.keys("]");
    insta::assert_snapshot!("inbox_mine", timeless(&desk.picture()));
    desk.keys("A");
    assert!(desk.notice().contains("只能处理"), "{}", desk.notice());
    desk.keys("m");
    assert!(desk.shows("撤回"));
    desk.keys("«撤回» enter ctrl-s");
    assert!(desk.shows("已撤回"), "{}", desk.text());
}

#[test]
fn an_order_picks_only_customers_that_are_approved_and_enabled() {
    let mut desk = Desk::submitted(Lang::En, "zhangsan", 80, 24);
    desk.keys(": «orders» enter a");
    let form = desk.text();
    assert!(form.contains("Customer"), "{form}");
    desk.keys("tab tab enter");
    let picker = desk.text();
    assert!(!picker.contains(NAMES[2]) && !picker.contains(NAMES[0]), "{picker}");
}

#[test]
fn a_change_that_was_sent_back_is_filled_in_to_be_corrected() {
    let mut boss = Desk::submitted(Lang::En, "zhangsan", 80, 24);
    let customer = boss.customer(NAMES[0]);
    boss.keys("6 B «wrong branch» enter");
    let mut desk = Desk::beside(&boss, "lisi");
    desk.resize(80, 40);
    // It is the latest but two.
    desk.keys("6 ] j j");
    assert!(desk.shows("wrong branch"), "{}", desk.text());
    desk.keys("e");
    let form = desk.text();
    assert!(form.contains("招商银行深圳分行") && form.contains("6214 8300 0000 0001"), "{form}");
    // The cursor is in the bank: what is added there is submitted with the rest.
    desk.keys("end «南山支行» ctrl-s");
    assert!(desk.notice().contains("Submitted") || desk.notice().contains("submitted"), "{}", desk.notice());
    assert_eq!(desk.stored(&customer, "bank"), Value::Text("中国银行".to_owned()), "the approved value stays");
    boss.keys("6 R G");
    assert!(boss.shows("招商银行深圳分行南山支行") && boss.shows("6214 8300 0000 0001"), "{}", boss.text());
}

#[test]
fn what_can_not_be_done_is_dim_with_the_reason() {
    let mut desk = Desk::submitted(Lang::En, "lisi", 80, 24);
    desk.keys("6 ] m");
    let picture = desk.picture();
    let refused = picture.lines().find(|line| line.contains("Approve ")).unwrap();
    assert!(refused.contains("not yours to decide: 张三"), "it says why: {picture}");
    insta::assert_snapshot!("inbox_actions", timeless(&picture));
}
