//! The inbox: its pages, what a review shows, and what goes along with a submission.

use super::*;

fn inbox(tray: Tray) -> InboxRequest {
    InboxRequest { tray, from: From::Start, limit: 2 }
}

#[tokio::test]
async fn the_inbox_has_pages_and_what_waits_for_those_one_stands_in_for() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let mut made = Vec::new();
    for name in ["甲", "乙", "丙"] {
        let it = customer(zhang, name).await;
        firm.act("zhang", "submit", &it, &[]).await.unwrap();
        made.push(it);
    }
    let wang = firm.as_user("wang");
    let first = wang.inbox(inbox(Tray::Pending)).await.unwrap();
    let titles = |inbox: &Inbox| inbox.rows.iter().map(|row| row.title.clone()).collect::<Vec<_>>();
    assert_eq!((titles(&first), first.more, first.count.value), (vec!["甲".to_owned(), "乙".to_owned()], true, 3));
    let rest = InboxRequest { from: From::After(first.rows[1].cursor.clone()), ..inbox(Tray::Pending) };
    let rest = wang.inbox(rest).await.unwrap();
    assert_eq!((titles(&rest), rest.more), (vec!["丙".to_owned()], false));
    assert_eq!(first.rows[0].about, key(&made[0]));
    assert!(first.rows[0].due.is_some() && first.rows[0].instead.is_none());

    let li = firm.as_user("li");
    assert_eq!(li.inbox(inbox(Tray::Pending)).await.unwrap().count.value, 0);
    let nobody = firm.as_user("");
    assert_eq!(nobody.inbox(inbox(Tray::Pending)).await.unwrap().count.value, 3, "everyone's");
    let user = |who: &str| RecordKey { object: "user".to_owned(), id: firm.people[who] };
    let boss = nobody.get(user("wang")).await.unwrap().record;
    let far = Value::Date(jiff::civil::date(2999, 1, 1));
    let away = [("delegate", Value::Ref(firm.people["li"])), ("away_until", far)];
    nobody.save(change(&boss, &away)).await.unwrap();
    let instead = li.inbox(inbox(Tray::Pending)).await.unwrap();
    assert_eq!((instead.count.value, instead.rows[0].instead.as_deref()), (3, Some("wang name")));
    // What the stand-in has submitted isn't theirs to decide.
    let own = customer(li, "丁").await;
    firm.act("li", "submit", &own, &[]).await.unwrap();
    assert_eq!(li.inbox(inbox(Tray::Pending)).await.unwrap().count.value, 3);
    assert_eq!(wang.inbox(inbox(Tray::Pending)).await.unwrap().count.value, 4, "whoever is away may still decide");

    firm.act("li", "approve", &made[0], &[]).await.unwrap();
    for who in [li, wang] {
        assert_eq!(titles(&who.inbox(inbox(Tray::Done)).await.unwrap()), ["甲"], "both see what was decided");
    }
    let mine = zhang.inbox(inbox(Tray::Mine)).await.unwrap();
    assert_eq!(mine.rows.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["pending", "pending"]);
    assert_eq!(titles(&mine), ["丙", "乙"], "the newest first");
}

#[tokio::test]
async fn a_review_shows_what_changed_since_the_last_submission() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let known = add(zhang, "customer", &[("name", text("华信电子")), ("phone", text("0755-83335555"))]).await;
    let it = add(zhang, "customer", &[("name", text("华信科技")), ("phone", text("0755 8333 5555"))]).await;
    firm.act("zhang", "submit", &it, &[]).await.unwrap();
    let wang = firm.as_user("wang");
    let review = wang.review(firm.approval(&it).await.id).await.unwrap();
    assert!(!review.compared && review.differences.iter().any(|d| d.after == text("华信科技")));
    assert_eq!(review.duplicates[0].key, key(&known));
    assert!(review.missing.contains(&"address".to_owned()) && !review.missing.contains(&"phone".to_owned()));
    firm.act("wang", "return", &it, &comment("税号")).await.unwrap();
    let record = firm.now(&it).await;
    zhang.save(change(&record, &[("tax_number", text("91440300"))])).await.unwrap();
    firm.act("zhang", "submit", &it, &[]).await.unwrap();
    let review = wang.review(firm.approval(&it).await.id).await.unwrap();
    let changed: Vec<(&str, &Value, &Value)> =
        review.differences.iter().map(|d| (d.field.as_str(), &d.before, &d.after)).collect();
    assert_eq!(changed, [("tax_number", &Value::Empty, &text("91440300"))]);
    assert!(review.compared);
}

#[tokio::test]
async fn files_and_words_go_with_what_is_submitted_and_are_added_while_it_waits() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let file = async |name: &str| {
        let path = firm.stage.folder.path().join(name);
        std::fs::write(&path, name).unwrap();
        zhang.attach(path).await.unwrap()
    };
    let (licence, letter) = (file("licence.txt").await, file("letter.txt").await);
    let customer = customer(zhang, "华信科技").await;
    let given = [("comment", text("新客户")), ("attachments", Value::Files(vec![licence.clone()]))];
    firm.act("zhang", "submit", &customer, &given).await.unwrap();
    let approval = firm.approval(&customer).await;
    assert_eq!(approval.get("attachments"), &Value::Files(vec![licence.clone()]));

    let more = [("comment", text("还有公函")), ("attachments", Value::Files(vec![letter.clone()]))];
    assert_eq!(why(firm.act("wang", "supplement", &customer, &more).await), "approval-not-author");
    let nothing = firm.act("zhang", "supplement", &customer, &[]).await.unwrap_err();
    assert_eq!(errors(nothing)["comment"], "value-required");
    firm.act("zhang", "supplement", &approval, &more).await.unwrap();
    let review = firm.as_user("wang").review(approval.id).await.unwrap();
    assert_eq!(review.approval.get("comment"), &text("新客户\n还有公函"));
    assert_eq!(review.approval.get("attachments"), &Value::Files(vec![licence, letter]));
    firm.act("wang", "approve", &customer, &[]).await.unwrap();
    assert_eq!(why(firm.act("zhang", "supplement", &approval, &more).await), "approval-decided-meanwhile");
}

#[tokio::test]
async fn no_file_goes_along_that_its_author_has_not_brought() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let operations = ["view", "add", "modify"].map(str::to_owned).to_vec();
    let right = [
        ("object", choice("customer")),
        ("operations", Value::Choices(operations)),
        ("scope", choice("own")),
        ("user", Value::Ref(firm.people["zhang"])),
    ];
    let nobody = firm.as_user("");
    add(nobody, "right", &right).await;
    // Where nobody is an administrator, everybody may do everything.
    let role = add(nobody, "role", &[("name", text("管理员")), ("administrator", Value::Boolean(true))]).await;
    let chief = RecordKey { object: "user".to_owned(), id: firm.people["wang"] };
    let chief = nobody.get(chief).await.unwrap().record;
    nobody.save(change(&chief, &[("roles", Value::Refs(vec![role.id]))])).await.unwrap();
    let file = async |login: &str| {
        let path = firm.stage.folder.path().join(format!("{login}.txt"));
        std::fs::write(&path, login).unwrap();
        Value::Files(vec![firm.as_user(login).attach(path).await.unwrap()])
    };
    let (own, others) = ([("attachments", file("zhang").await)], [("attachments", file("wang").await)]);
    let customer = customer(zhang, "华信科技").await;
    let refused = firm.act("zhang", "submit", &customer, &others).await.unwrap_err();
    assert_eq!(errors(refused)["attachments"], "api-no-file", "whoever knows its hash knows no more than that");
    firm.act("zhang", "submit", &customer, &own).await.unwrap();
    let approval = firm.approval(&customer).await;
    let refused = firm.act("zhang", "supplement", &approval, &others).await.unwrap_err();
    assert_eq!(errors(refused)["attachments"], "api-no-file");
    firm.act("zhang", "supplement", &approval, &own).await.unwrap();
}
