//! The administrator's menu, and handing a leaver's work over.

use super::desk::Desk;
use tcrm::contract::request::Query;
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

#[test]
fn departments_are_a_tree_with_heads_and_people() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut desk = Desk::sample_as("zhaojianguo", lang, 80, 24);
        desk.keys("9 j enter");
        insta::assert_snapshot!(format!("departments_{tag}_80x24"), desk.picture());
    }
    let mut desk = Desk::sample_as("zhaojianguo", Lang::En, 80, 24);
    desk.keys("9 j enter");
    let place = |desk: &Desk, name: &str| {
        let text = desk.text();
        text.lines().enumerate().find_map(|(row, line)| Some((row, line.find(name)?))).unwrap()
    };
    let (top, sales, team) = (place(&desk, "全公司"), place(&desk, "销售部"), place(&desk, "华东销售组"));
    assert!(top < sales && sales < team && top.1 < sales.1 && sales.1 < team.1, "{}", desk.text());
    // The root is renamed like any other, and what is added stands below the one under the cursor.
    desk.keys("e end «集团» ctrl-s");
    assert!(desk.shows("全公司集团"), "{}", desk.text());
    desk.keys("a «审计部» ctrl-s");
    let added = desk.record("department", "审计部");
    assert_eq!(desk.stored(&added, "parent"), Value::Ref(desk.record("department", "全公司集团").id));
    assert!(place(&desk, "审计部").1 == sales.1, "{}", desk.text());
    desk.keys("/");
    assert!(desk.text().lines().next().unwrap().contains("1/"), "the list filters: {}", desk.text());
}

#[test]
fn more_departments_than_a_tree_has_are_told_of() {
    let mut desk = Desk::small();
    desk.fill("department", 1_001);
    desk.keys("9 j enter");
    assert!(desk.shows("These are the first 1000"), "{}", desk.text());
}

#[test]
fn a_list_of_the_menu_leads_back_to_it() {
    let mut desk = Desk::sample_as("zhaojianguo", Lang::En, 80, 24);
    desk.keys("9 j j enter");
    assert!(desk.text().lines().next().unwrap().contains("Admin → Users"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Organisation"), "{}", desk.text());
    desk.keys("2 esc");
    assert!(!desk.text().lines().next().unwrap().contains("Admin"), "{}", desk.text());
    assert!(desk.notice().contains("nothing") || desk.notice().contains("Nothing"), "{}", desk.notice());
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
fn disabling_somebody_tells_what_is_still_theirs_and_hands_it_over_first() {
    let mut desk = Desk::small();
    let lisi = desk.record("user", "李四");
    desk.move_to(&desk.customer("北京银行"), &[("owner", Value::Ref(lisi.id))]);
    desk.keys("9 j j enter / «lisi» enter m «disable» enter");
    assert!(desk.shows("Theirs still: Customers: 1"), "{}", desk.text());
    desk.keys("2");
    assert!(desk.shows("Would be handed over: Customers: 1"), "{}", desk.text());
    assert_ne!(desk.stored(&lisi, "active"), Value::Boolean(false));
    desk.keys("esc");
    desk.keys("2 c");
    assert!(desk.shows("Log a contact: "), "the line says whom it is about: {}", desk.text());
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

#[test]
fn who_is_at_work_and_what_numbering_anew_changes_are_lines_of_the_menu() {
    let mut desk = Desk::small();
    desk.keys("9 G k k k enter");
    assert!(desk.shows("Who is at work"), "{}", desk.text());
    desk.keys("esc G k k enter «customer» enter");
    assert!(desk.shows("Number anew"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Price lists"), "{}", desk.text());
}

#[test]
fn a_record_tells_why_somebody_may_see_it() {
    let mut desk = Desk::small();
    desk.keys("g ?");
    assert!(desk.shows("Why someone may see it or not") && desk.shows("zhangsan"), "{}", desk.text());
    desk.keys("ctrl-u «nobody-at-all» enter");
    assert!(desk.shows("nobody-at-all"), "{}", desk.text());
    desk.keys("esc j");
    assert!(!desk.shows("Why someone"), "{}", desk.text());
}

#[test]
fn what_is_not_allowed_is_told_before_anything_opens() {
    let desk = Desk::sample(Lang::En, 100, 30);
    let filter = "position:销售代表".to_owned();
    let people = desk.query(Query { object: "user".to_owned(), filter, limit: 1, ..Query::default() });
    let login = people.rows[0].record.get("login").as_str().unwrap().to_owned();
    let mut seller = Desk::beside(&desk, &login);
    let effects = seller.start();
    seller.carry_out(effects);
    // Salespeople of the sample delete no customers.
    seller.keys("2 d");
    assert!(seller.notice().to_lowercase().contains("delete"), "{}", seller.text());
    assert!(!seller.shows("Yes"), "nothing was asked: {}", seller.text());
    seller.keys("ctrl-p «delete»");
    assert!(seller.shows("Delete"), "{}", seller.text());
}

#[test]
fn a_password_is_changed_unseen_and_only_with_the_one_there_is() {
    let mut desk = Desk::submitted(Lang::En, "lisi", 80, 24);
    desk.keys("g P tab «k7-vogel-9» tab «k7-vogel-8» enter");
    assert!(desk.shows("The two are different"), "{}", desk.text());
    assert!(!desk.text().contains("vogel"), "nothing of it shows: {}", desk.text());
    desk.keys("ctrl-u «k7-vogel-9» enter");
    assert!(desk.notice().contains("The password is set"), "{}", desk.notice());
    desk.keys("g P tab «k8-vogel-9» tab «k8-vogel-9» enter");
    assert!(desk.shows("The password is wrong") || desk.shows("wrong"), "{}", desk.text());
    desk.keys("ctrl-u «k7-vogel-9» tab ctrl-u «lisi» tab ctrl-u «lisi» ctrl-s");
    assert!(!desk.notice().contains("lisi") && desk.shows("Once more"), "a weak one is refused: {}", desk.text());
}
