//! The ways by which something could be told of what may not be seen.

use super::*;
use jiff::Timestamp;
use tcrm::contract::agenda::{AgendaRequest, PlanRequest, RemindersRequest, Whose};
use tcrm::contract::log::{LogFilter, LogRequest, LogRow};
use tcrm::domain::event::{EventKind, Happening};

const OWN: &[&str] = &["view", "add", "modify", "delete", "export", "import", "assign", "bulk"];

/// 张三 and 李四 see their own; each has a customer with a contact.
async fn two() -> (Small, Record, Record) {
    let small = Small::new(&[("*", OWN, "own"), ("product", &["view"], "all")]).await;
    let mine = small.customer("张三的客户", &small.zhangsan, &[("phone", text("0755-1111111"))]).await;
    let theirs = small.customer("李四的客户", &small.lisi, &[("phone", text("0755-2222222"))]).await;
    (small, mine, theirs)
}

#[tokio::test]
async fn a_name_behind_a_reference_is_veiled_and_can_not_be_asked_for() {
    let (small, _, theirs) = two().await;
    let given = [("name", text("王总")), ("customer", Value::Ref(theirs.id)), ("owner", Value::Ref(small.zhangsan.id))];
    let contact = add(&small.nobody, "contact", &given).await;
    let mine = small.house.open("zhangsan");
    let view = mine.get(key(&contact)).await.unwrap();
    assert_eq!(view.titles[&theirs.id], "***");
    assert_eq!(view.titles[&small.zhangsan.id], "张三", "colleagues are no secret");
    let page = mine.query(list("contact", "")).await.unwrap();
    assert_eq!(page.titles[&theirs.id], "***");
    for filter in ["customer:李四的客户", "customer.name:李四", "customer.phone:2222222"] {
        assert!(ids(&mine, list("contact", filter)).await.is_empty(), "{filter}");
        assert_eq!(mine.count(count("contact", filter)).await.unwrap().value, 0, "{filter}");
    }
    let group = vec![Group::Field("customer".to_owned())];
    let sums = AggregateRequest { object: "contact".to_owned(), group, ..AggregateRequest::default() };
    assert_eq!(mine.aggregate(sums).await.unwrap().titles[&theirs.id], "***");
    let history = mine.history(HistoryRequest { key: Some(key(&contact)), before: None, limit: 5 }).await.unwrap();
    assert_eq!(history.titles[&theirs.id], "***");
}

#[tokio::test]
async fn what_is_not_seen_can_not_be_named_referred_to_or_run_into() {
    let (small, own, theirs) = two().await;
    let mine = small.house.open("zhangsan");
    mine.search_ready().await.unwrap();
    let named = mine.resolve("customer".to_owned(), "李四的客户".to_owned()).await;
    assert!(matches!(named, Err(Error::NotFound(_))), "{named:?}");
    let given = [("name", text("王总")), ("customer", Value::Ref(theirs.id))];
    let refused = mine.save(creation("contact", &given)).await;
    let Err(Error::Invalid(errors)) = refused else { panic!("{refused:?}") };
    assert_eq!((errors[0].field.as_str(), errors[0].message.key.as_ref()), ("customer", "crm-no-record"));
    let prepared = mine.prepare("contact".to_owned(), fields(&given)).await.unwrap();
    assert!(prepared.record.get("customer").is_empty() && !prepared.titles.contains_key(&theirs.id));
    // The code is taken: that much is told, but not by whom.
    let code = theirs.get("code").clone();
    let taken = mine.save(change(&own, &[("code", code)])).await;
    let Err(Error::Invalid(errors)) = taken else { panic!("{taken:?}") };
    assert_eq!(errors[0].message.key, "crm-not-unique-here");
    assert!(!errors[0].message.to_string().contains("李四"));
    let alike = fields(&[("name", text("李四的客户")), ("phone", text("0755-2222222"))]);
    let request = CheckRequest { object: "customer".to_owned(), id: None, fields: alike, duplicates: true };
    assert!(mine.check(request).await.unwrap().duplicates.is_empty());
    let line = "call 李四的客户: 报价".to_owned();
    assert!(mine.act(ActRequest::Log { about: None, line }).await.is_err());
    let line = "报价".to_owned();
    let about = mine.act(ActRequest::Log { about: Some(key(&theirs)), line }).await;
    assert!(matches!(about, Err(Error::NotFound(_))), "{about:?}");
}

#[tokio::test]
async fn days_and_plans_tell_of_ones_own() {
    let (small, own, theirs) = two().await;
    let due: Timestamp = "2030-01-01T02:00:00Z".parse().unwrap();
    for (customer, owner) in [(&own, &small.zhangsan), (&theirs, &small.lisi)] {
        let owner = || ("owner", Value::Ref(owner.id));
        let task = [
            ("subject", text("寄样品")),
            owner(),
            ("due", Value::DateTime(due)),
            ("customer", Value::Ref(customer.id)),
        ];
        add(&small.nobody, "task", &task).await;
        let manual = [("subject", text("提醒")), owner(), ("due", Value::DateTime(due))];
        let _ = small.nobody.save(creation("reminder", &manual)).await;
    }
    let mine = small.house.open("zhangsan");
    let days = |of| AgendaRequest { from: None, to: "2030-02-01".parse().unwrap(), of, done: true, limit: 50 };
    for of in [Whose::Everyone, Whose::User(small.lisi.id), Whose::Team, Whose::Me] {
        let agenda = mine.agenda(days(of)).await.unwrap();
        assert!(agenda.items.iter().all(|item| item.owner != "李四"), "{of:?}");
        let until = "2030-02-01T00:00:00Z".parse().unwrap();
        let asked = RemindersRequest { from: None, until, include_snoozed: true, of, limit: 50 };
        let told = mine.reminders(asked).await.unwrap().items;
        assert!(told.iter().all(|r| r.owner.as_ref().is_none_or(|(id, _)| *id != small.lisi.id)), "{of:?}");
    }
    let everyone = small.nobody.agenda(days(Whose::Everyone)).await.unwrap();
    assert!(everyone.items.iter().any(|item| item.owner == "李四"), "there is something to be seen");
    let plans = mine.plan(PlanRequest { year: 2030, by: None, person: None, month: None }).await.unwrap();
    assert!(plans.is_empty());
}

#[tokio::test]
async fn the_journal_tells_of_what_may_be_seen() {
    let (small, own, theirs) = two().await;
    let mine = small.house.open("zhangsan");
    mine.save(change(&own, &[("city", text("深圳"))])).await.unwrap();
    small.nobody.save(change(&theirs, &[("city", text("广州"))])).await.unwrap();
    let overall = || HistoryRequest { key: None, before: None, limit: 50 };
    let told = mine.history(overall()).await.unwrap();
    assert_eq!(told.entries.len(), 1, "one's own deeds");
    assert!(told.entries.iter().all(|entry| entry.record == own.id));
    let gone = mine.history(HistoryRequest { key: Some(key(&theirs)), before: None, limit: 5 }).await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
    give(&small.nobody, ("user", small.zhangsan.id), "customer", &["view", "audit"], "own").await;
    let told = mine.history(overall()).await.unwrap();
    assert_eq!(told.entries.len(), 2, "with the right to look through it, all of one's own records");
    assert!(told.entries.iter().all(|entry| entry.record == own.id));
    small.nobody.delete(vec![key(&own)]).await.unwrap();
    assert!(mine.history(overall()).await.unwrap().entries.is_empty(), "what is gone is nobody's");
}

#[tokio::test]
async fn nothing_is_deleted_along_that_is_not_seen() {
    let (small, own, _) = two().await;
    let given =
        [("name", text("李四的联系人")), ("customer", Value::Ref(own.id)), ("owner", Value::Ref(small.lisi.id))];
    let contact = add(&small.nobody, "contact", &given).await;
    let mine = small.house.open("zhangsan");
    let preview = mine.delete_preview(key(&own)).await.unwrap();
    assert!(preview.cascades.is_empty(), "{preview:?}");
    assert_eq!(denied(mine.delete(vec![key(&own)]).await), "rights-along");
    assert!(small.nobody.get(key(&contact)).await.is_ok());
    small.nobody.delete(vec![key(&contact)]).await.unwrap();
    assert!(mine.delete(vec![key(&own)]).await.is_ok());
}

#[tokio::test]
async fn an_undo_reaches_no_further_than_the_rights_of_now() {
    let (small, own, _) = two().await;
    let mine = small.house.open("zhangsan");
    // One's own gift of a record can be taken back.
    mine.save(change(&own, &[("owner", Value::Ref(small.lisi.id))])).await.unwrap();
    assert!(mine.get(key(&own)).await.is_err());
    mine.undo().await.unwrap();
    let own = mine.get(key(&own)).await.unwrap().record;
    // What another has done can't be reverted where it isn't seen.
    let theirs = small.house.open("lisi");
    let made = theirs.save(creation("customer", &[("name", text("新"))])).await.unwrap();
    assert_eq!(denied(mine.revert(made.txn).await), "rights-undo");
    // Rights that are gone are gone for an undo too.
    mine.save(change(&own, &[("city", text("深圳"))])).await.unwrap();
    let zhangsan = small.nobody.get(key(&small.zhangsan)).await.unwrap().record;
    small.nobody.save(change(&zhangsan, &[("roles", Value::Empty)])).await.unwrap();
    assert_eq!(denied(mine.undo().await), "rights-undo");
    assert_eq!(small.nobody.get(key(&own)).await.unwrap().record.get("city"), &text("深圳"));
}

#[tokio::test]
async fn rows_of_an_import_lie_within_the_rights() {
    let (small, own, theirs) = two().await;
    let mine = small.house.open("zhangsan");
    let code = |record: &Record| record.get("code").as_str().unwrap().to_owned();
    let row = |line: u64, cells: &[&str]| ImportRow {
        line,
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        error: None,
    };
    let rows = vec![
        row(2, &["", "新客户", "张三", "深圳"]),
        row(3, &["", "给李四的", "李四", "深圳"]),
        row(4, &[&code(&own), "张三的客户", "张三", "深圳"]),
        row(5, &[&code(&theirs), "李四的客户", "李四", "被改"]),
    ];
    let (sender, rejected) = std::sync::mpsc::channel();
    let mut request = super::fields::import("customer", &["code", "name", "owner", "city"], rows);
    request.rejects = Some(sender);
    let report = mine.import(request).await.unwrap();
    assert_eq!((report.created, report.updated, report.rejected), (1, 1, 2));
    let told: Vec<RejectedRow> = rejected.iter().collect();
    assert_eq!(told.iter().map(|r| r.row.line).collect::<Vec<_>>(), [3, 5]);
    assert!(told.iter().all(|r| r.errors.iter().all(|e| !e.message.to_string().contains("李四"))));
    assert!(small.nobody.get(key(&theirs)).await.unwrap().record.get("city").is_empty());
    assert_eq!(small.nobody.count(count("customer", "name:给李四的")).await.unwrap().value, 0);
}

#[tokio::test]
async fn what_is_shared_is_seen_with_what_hangs_on_it_and_no_further() {
    let (small, own, theirs) = two().await;
    let of = |customer: &Record| {
        [("name", text("联系人")), ("customer", Value::Ref(customer.id)), ("owner", Value::Ref(small.lisi.id))]
    };
    let contact = add(&small.nobody, "contact", &of(&theirs)).await;
    let (mine, other) = (small.house.open("zhangsan"), small.house.open("lisi"));
    assert!(mine.get(key(&theirs)).await.is_err());
    let share = |who: &Record, what: &Record, access: &str| {
        creation(
            "share",
            &[("user", Value::Ref(who.id)), ("customer", Value::Ref(what.id)), ("access", choice(access))],
        )
    };
    let foreign = mine.save(share(&small.zhangsan, &theirs, "write")).await;
    assert!(foreign.is_err(), "nobody shares with himself what isn't his: {foreign:?}");
    let made = other.save(share(&small.zhangsan, &theirs, "read")).await.unwrap().records.remove(0);
    assert_eq!(made.get("name"), &text("李四的客户"));
    assert!(mine.get(key(&theirs)).await.is_ok() && mine.get(key(&contact)).await.is_ok());
    let now = mine.get(key(&theirs)).await.unwrap().record;
    assert_eq!(denied(mine.save(change(&now, &[("city", text("x"))])).await), "rights-beyond");
    other.save(change(&made, &[("access", choice("write"))])).await.unwrap();
    assert!(mine.save(change(&now, &[("city", text("深圳"))])).await.is_ok());
    assert_eq!(denied(mine.delete(vec![key(&theirs)]).await), "rights-beyond");
    other.delete(vec![key(&made)]).await.unwrap();
    assert!(mine.get(key(&theirs)).await.is_err() && mine.get(key(&contact)).await.is_err());
    assert!(mine.get(key(&own)).await.is_ok());
}

#[tokio::test]
async fn the_log_tells_of_ones_own_deeds_and_of_what_one_may_look_through() {
    let (small, own, theirs) = two().await;
    let mine = small.house.open("zhangsan");
    mine.save(change(&own, &[("city", text("深圳"))])).await.unwrap();
    small.nobody.save(change(&theirs, &[("city", text("广州"))])).await.unwrap();
    let export = |count: u64| Happening::new(EventKind::Export).about("customer", None).with("count", count);
    mine.note(export(1)).await.unwrap();
    small.nobody.note(export(2)).await.unwrap();
    let counts = async |filter: LogFilter| {
        let log = mine.log(LogRequest { filter, before: None, limit: 50 }).await.unwrap();
        let events = log.rows.iter().filter(|row| matches!(row, LogRow::Event(_))).count();
        (log.rows.len() - events, events)
    };
    assert_eq!(counts(LogFilter::default()).await, (1, 1), "one's own change and one's own export");
    let about = |record: &Record| LogFilter {
        object: Some("customer".to_owned()),
        record: Some(record.id),
        ..LogFilter::default()
    };
    assert_eq!(counts(about(&own)).await, (2, 0));
    let gone = mine.log(LogRequest { filter: about(&theirs), before: None, limit: 5 }).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    give(&small.nobody, ("user", small.zhangsan.id), "customer", &["view", "audit"], "all").await;
    let customers = || LogFilter { object: Some("customer".to_owned()), ..LogFilter::default() };
    assert_eq!(counts(customers()).await, (4, 2), "with the right to look through all of them");
    assert_eq!(counts(LogFilter { field: Some("city".to_owned()), ..customers() }).await, (2, 0));
    assert!(mine.online().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_is_reached_through_a_record_that_is_seen_not_by_its_hash() {
    let (small, own, theirs) = two().await;
    let (mine, yours) = (small.house.open("zhangsan"), small.house.open("lisi"));
    let path = small.house.folder.path().join("底价.txt");
    std::fs::write(&path, "secret").unwrap();
    let file = yours.attach(path).await.unwrap();
    yours.file(file.clone(), None).await.unwrap();
    let files = || Value::Files(vec![file.clone()]);
    let theirs = yours.save(change(&theirs, &[("attachments", files())])).await.unwrap().records.remove(0);
    for of in [None, Some(key(&theirs)), Some(key(&own))] {
        let opened = mine.file(file.clone(), of).await;
        assert!(matches!(opened, Err(Error::NotFound(_) | Error::Denied(_))), "{opened:?}");
    }
    // Nor by putting what one knows of it into a record of one's own.
    let given = || [("attachments", files())];
    for refused in [mine.save(change(&own, &given())).await, mine.save(creation("customer", &given())).await] {
        let Err(Error::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].message.key.as_ref()), ("attachments", "api-no-file"));
    }
    // What others put into a record that is seen is reached, and stays in it.
    let shared = small.nobody.save(change(&own, &given())).await.unwrap().records.remove(0);
    mine.file(file.clone(), Some(key(&own))).await.unwrap();
    let kept = mine.save(change(&shared, &[("attachments", files()), ("city", text("北京"))])).await.unwrap();
    assert_eq!(kept.records[0].get("attachments"), &files());
    limit(&small.nobody, ("user", small.zhangsan.id), "customer", "attachments", "none").await;
    assert!(mine.file(file.clone(), Some(key(&own))).await.is_err(), "a hidden field names nothing");
}
