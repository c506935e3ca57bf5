//! Fields that may not be written, or not even be seen.

use super::*;
use tcrm::schema::model::SortKey;

const ALL: &[&str] = &["view", "add", "modify", "delete", "export", "import", "assign", "bulk", "audit"];

/// 张三 sees no bank account nor tax number, which is named by its label, and can't change the credit limit.
async fn limited() -> (Small, Record) {
    let small = Small::new(&[("*", ALL, "all")]).await;
    limit(&small.nobody, ("role", small.role.id), "customer", "bank_account", "none").await;
    limit(&small.nobody, ("role", small.role.id), "customer", "税号", "none").await;
    limit(&small.nobody, ("role", small.role.id), "customer", "level", "read").await;
    let more =
        [("bank_account", text("6222020200112233")), ("tax_number", text("91440300SECRET")), ("level", choice("A"))];
    let who = small.customer("华信科技", &small.zhangsan, &more).await;
    (small, who)
}

#[tokio::test]
async fn what_may_not_be_seen_is_in_no_answer() {
    let (small, who) = limited().await;
    let mine = small.house.open("zhangsan");
    mine.search_ready().await.unwrap();
    let record = mine.get(key(&who)).await.unwrap().record;
    assert!(record.get("bank_account").is_empty() && record.get("level") == &choice("A"));
    let whole = mine.query(list("customer", "")).await.unwrap();
    assert!(whole.rows[0].record.get("bank_account").is_empty());
    let asked = Query { columns: vec!["name".to_owned(), "bank_account".to_owned()], ..list("customer", "") };
    assert!(mine.query(asked.clone()).await.unwrap().rows[0].record.get("bank_account").is_empty());
    assert!(mine.export(asked).await.unwrap().rows[0].record.get("bank_account").is_empty());
    let history = mine.history(HistoryRequest { key: Some(key(&who)), before: None, limit: 10 }).await.unwrap();
    assert!(history.entries.iter().all(|e| !e.after.contains_key("bank_account") && e.after.contains_key("name")));
    let saved = mine.save(change(&who, &[("city", text("深圳"))])).await.unwrap();
    assert!(saved.records[0].get("bank_account").is_empty());
    assert_eq!(
        small.nobody.get(key(&who)).await.unwrap().record.get("bank_account"),
        &text("6222020200112233"),
        "what isn't seen stays"
    );
    let old = mine.save(change(&who, &[("city", text("广州"))])).await;
    let Err(Error::Conflict { theirs: Some(theirs), .. }) = old else { panic!("{old:?}") };
    assert!(theirs.get("bank_account").is_empty());
}

#[tokio::test]
async fn what_may_not_be_seen_is_no_test_no_order_no_group_and_no_word() {
    let (small, _) = limited().await;
    let mine = small.house.open("zhangsan");
    mine.search_ready().await.unwrap();
    for filter in ["bank_account:6222", "-bank_account:empty", "name:华信 or tax_number:9144", "not (tax_number:1)"] {
        assert_eq!(denied(mine.query(list("customer", filter)).await), "rights-field-hidden", "{filter}");
        assert_eq!(denied(mine.count(count("customer", filter)).await), "rights-field-hidden", "{filter}");
    }
    assert_eq!(denied(mine.query(list("contact", "customer.bank_account:6222")).await), "rights-field-hidden");
    let sort = vec![SortKey { field: "bank_account".to_owned(), descending: false }];
    assert_eq!(denied(mine.query(Query { sort, ..list("customer", "") }).await), "rights-field-hidden");
    let group = vec![Group::Field("bank_account".to_owned())];
    let sums = AggregateRequest { object: "customer".to_owned(), group, ..AggregateRequest::default() };
    assert_eq!(denied(mine.aggregate(sums).await), "rights-field-hidden");
    // A tax number is what records are found by, but not by who may not see it.
    let hits = |text: &str| SearchRequest { text: text.to_owned(), objects: Vec::new(), limit: 10 };
    assert!(mine.search(hits("91440300secret")).await.unwrap().hits.is_empty());
    assert_eq!(mine.search(hits("华信")).await.unwrap().hits.len(), 1);
    assert_eq!(mine.search(hits("hxkj")).await.unwrap().hits.len(), 1, "in pinyin too");
    assert!(ids(&mine, list("customer", "91440300secret")).await.is_empty());
    assert_eq!(mine.count(count("customer", "91440300secret")).await.unwrap().value, 0);
    let chief = small.house.open("chief");
    chief.search_ready().await.unwrap();
    assert_eq!(chief.search(hits("91440300secret")).await.unwrap().hits.len(), 1);
}

#[tokio::test]
async fn a_form_shows_what_may_be_seen_and_a_write_of_the_rest_is_refused() {
    let (small, who) = limited().await;
    let mine = small.house.open("zhangsan");
    let mut form = mine.get(key(&who)).await.unwrap().record.fields;
    form.insert("city".to_owned(), text("深圳"));
    let request = CheckRequest { object: "customer".to_owned(), id: Some(who.id), fields: form, duplicates: true };
    let answer = mine.check(request).await.unwrap();
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    assert!(!answer.states["bank_account"].visible && answer.states["name"].visible);
    assert!(answer.states["level"].read_only && answer.states["level"].visible && !answer.states["city"].read_only);
    let why = mine.save(change(&who, &[("level", choice("B"))])).await;
    assert_eq!(denied(why), "rights-field-read");
    let why = mine.save(change(&who, &[("bank_account", text("1"))])).await;
    assert_eq!(denied(why), "rights-field-hidden");
    // A form hands back what it showed.
    let same = mine.save(change(&who, &[("level", choice("A")), ("city", text("深圳"))])).await.unwrap();
    assert_eq!(same.records[0].get("city"), &text("深圳"));
    let new = [("name", text("新客户")), ("level", choice("A"))];
    assert_eq!(denied(mine.save(creation("customer", &new)).await), "rights-field-read");
    assert!(mine.save(creation("customer", &[("name", text("新客户"))])).await.is_ok());
    // Alike by what isn't seen is told of by nothing.
    let given = fields(&[("name", text("别的")), ("tax_number", text("91440300SECRET"))]);
    let request = CheckRequest { object: "customer".to_owned(), id: None, fields: given, duplicates: true };
    assert!(mine.check(request).await.unwrap().duplicates.is_empty());
}

#[tokio::test]
async fn the_most_generous_role_counts_and_a_right_of_ones_own_before_all() {
    let (small, who) = limited().await;
    let open = add(&small.nobody, "role", &[("name", text("财务"))]).await;
    give(&small.nobody, ("role", open.id), "customer", &["view"], "all").await;
    let roles = Value::Refs(vec![small.role.id, open.id]);
    let lisi = small.nobody.get(key(&small.lisi)).await.unwrap().record;
    small.nobody.save(change(&lisi, &[("roles", roles)])).await.unwrap();
    let other = small.house.open("lisi");
    assert_eq!(other.get(key(&who)).await.unwrap().record.get("bank_account"), &text("6222020200112233"));
    limit(&small.nobody, ("user", small.lisi.id), "customer", "bank_account", "none").await;
    assert!(other.get(key(&who)).await.unwrap().record.get("bank_account").is_empty());
    limit(&small.nobody, ("user", small.zhangsan.id), "customer", "bank_account", "write").await;
    let mine = small.house.open("zhangsan");
    assert_eq!(mine.get(key(&who)).await.unwrap().record.get("bank_account"), &text("6222020200112233"));
}

#[tokio::test]
async fn an_action_writes_no_field_that_may_not_be_written() {
    let small = Small::new(&[("*", ALL, "all")]).await;
    limit(&small.nobody, ("role", small.role.id), "customer", "owner", "read").await;
    let who = small.customer("华信", &small.zhangsan, &[]).await;
    let mine = small.house.open("zhangsan");
    let (action, comment) = ("assign".to_owned(), String::new());
    let given = fields(&[("owner", Value::Ref(small.lisi.id))]);
    let request = DoRequest { action, key: key(&who), fields: given, comment, version: None };
    assert_eq!(denied(mine.act(ActRequest::Do(request)).await), "rights-field-read");
}

#[tokio::test]
async fn an_import_writes_no_such_column() {
    let (small, _) = limited().await;
    let mine = small.house.open("zhangsan");
    for (field, why) in [("level", "rights-field-read"), ("bank_account", "rights-field-hidden")] {
        let rows = vec![ImportRow { line: 2, cells: vec!["甲".to_owned(), "A".to_owned()], error: None }];
        let request = import("customer", &["name", field], rows);
        assert_eq!(denied(mine.import(request).await), why);
    }
}

pub(crate) fn import(object: &str, columns: &[&str], rows: Vec<ImportRow>) -> ImportRequest {
    ImportRequest {
        object: object.to_owned(),
        mapping: columns.iter().map(|name| Some((*name).to_owned())).collect(),
        expected: rows.len() as u64,
        rows: Box::new(rows.into_iter()),
        on_duplicate: OnDuplicate::Update,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: std::sync::Arc::default(),
    }
}
