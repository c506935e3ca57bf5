//! The administrator's menu, and handing a leaver's work over.

use super::desk::Desk;
use tcrm::domain::lang::Lang;
use tcrm::domain::value::Value;

#[test]
fn the_administrators_menu() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 24), (120, 40), (60, 15)] {
            let mut desk = Desk::sample(lang, width, height);
            desk.keys("9");
            insta::assert_snapshot!(format!("admin_{tag}_{width}x{height}"), desk.picture());
        }
    }
}

#[test]
fn the_menu_leads_to_its_lists_the_company_and_the_check_of_the_store() {
    let mut desk = Desk::small();
    desk.keys("9 enter");
    assert!(desk.shows("New Own company"), "{}", desk.text());
    desk.keys("«星河科技» ctrl-s 9 enter");
    assert!(desk.shows("Own company 星河科技") || desk.shows("星河科技"), "{}", desk.text());
    desk.keys("9 j j enter");
    assert!(desk.text().lines().next().unwrap().contains("Users"), "{}", desk.text());
    desk.keys("9 G enter");
    assert_eq!(desk.notice(), "The store is in order.");
    desk.keys("k enter");
    assert!(desk.notice().contains(".backup-"), "{}", desk.notice());
}

/// All customers are zhangsan's, who is signed in.
fn owned() -> Desk {
    let desk = Desk::small();
    let zhangsan = Value::Ref(desk.record("user", "张三").id);
    for name in ["北京银行", "重庆长安汽车", "单氏餐饮"] {
        desk.move_to(&desk.customer(name), &[("owner", zhangsan.clone())]);
    }
    desk
}

#[test]
fn a_leavers_work_is_previewed_handed_over_and_taken_back() {
    let mut desk = owned();
    let (zhangsan, lisi) = (desk.record("user", "张三"), desk.record("user", "李四"));
    let bank = desk.customer("北京银行");
    desk.keys("9 j j enter m «hand» enter");
    assert!(desk.shows("Customers: 3"), "{}", desk.text());
    insta::assert_snapshot!("hand_over", desk.picture());
    desk.keys("ctrl-s");
    assert!(desk.notice().contains("To"), "{}", desk.text());
    desk.keys("«lisi» enter ctrl-s");
    assert_eq!(desk.stored(&bank, "owner"), Value::Ref(lisi.id), "{}", desk.text());
    desk.keys("u");
    assert_eq!(desk.stored(&bank, "owner"), Value::Ref(zhangsan.id));
}

#[test]
fn who_left_is_not_offered() {
    let mut desk = owned();
    desk.keys("9 j j enter m «hand» enter «li»");
    assert!(desk.shows("李四"), "{}", desk.text());
    let lisi = desk.record("user", "李四");
    desk.move_to(&lisi, &[("active", Value::Boolean(false))]);
    desk.keys("s");
    desk.keys("backspace");
    assert!(!desk.text().lines().skip(8).any(|line| line.contains("李四")), "{}", desk.text());
}
