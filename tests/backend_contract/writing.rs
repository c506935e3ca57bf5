//! Making, changing, deleting, undoing.

use super::*;

#[tokio::test]
async fn a_new_record_starts_from_defaults_and_shows_its_code_without_using_it_up() {
    let (_stage, backend, _) = two_users().await;
    let me = backend.me().unwrap();
    assert_eq!((me.login.as_str(), me.name.as_str()), ("zhangsan", "张三"));
    let first = backend.prepare("customer".to_owned(), fields(&[("name", text("华信科技"))])).await.unwrap();
    let second = backend.prepare("customer".to_owned(), Fields::new()).await.unwrap();
    assert_eq!(first.record.get("code"), &text("C-000001"));
    assert_eq!(second.record.get("code"), &text("C-000001"));
    assert_eq!(first.record.get("owner"), &Value::Ref(me.id));
    assert_eq!(first.titles[&me.id], "张三");
    assert_eq!(first.record.get("status"), &choice("prospective"));
    assert_eq!(first.record.get("mnemonic"), &text("HXKJ"));
    let saved = backend.save(creation("customer", &[("name", text("华信科技"))])).await.unwrap();
    assert_eq!(saved.records[0].get("code"), &text("C-000001"));
    assert_eq!(saved.records[0].get("type"), &choice("end_customer"));
    assert_eq!(saved.records[0].get("mnemonic"), &text("HXKJ"));
    assert_eq!((saved.records[0].version, saved.touched), (1, 1));
    assert_ne!(saved.txn, 0);
}

#[tokio::test]
async fn every_error_of_a_record_is_told_at_once_and_nothing_is_written() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let credit = Value::Money(Money { amount: Decimal::from(5), currency: "CNY".to_owned() });
    let bad = [
        ("email", text("no address")),
        ("industry", choice("nonsense")),
        ("credit_limit", credit),
        ("parent", Value::Ref(Id::from_i64(77).unwrap())),
        ("nonsense", text("x")),
    ];
    assert_eq!(
        errors(backend.save(creation("customer", &bad)).await.unwrap_err()),
        BTreeMap::from([("nonsense".to_owned(), "crm-no-field".to_owned())])
    );
    let request =
        CheckRequest { object: "customer".to_owned(), id: None, fields: fields(&bad[..4]), duplicates: false };
    let answer = backend.check(request).await.unwrap();
    let found: Vec<&str> = answer.errors.iter().map(|e| e.field.as_str()).collect();
    for field in ["name", "email", "industry", "credit_term", "parent"] {
        assert!(found.contains(&field), "{field} in {found:?}");
    }
    let refused = errors(backend.save(creation("customer", &bad[..4])).await.unwrap_err());
    assert_eq!(refused.len(), found.len());
    assert_eq!(refused["name"], "value-required");
    assert_eq!(refused["credit_term"], "schema-rule");
    assert!(backend.query(list("customer", "")).await.unwrap().rows.is_empty());
    assert!(backend.history(HistoryRequest { limit: 10, ..Default::default() }).await.unwrap().entries.is_empty());
    assert_eq!(customer(&*backend, "华信").await.get("code"), &text("C-000001"));
}

#[tokio::test]
async fn conditions_and_formulas_follow_the_form() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let money = Value::Money(Money { amount: Decimal::from(1000), currency: "CNY".to_owned() });
    let check = |stage: &str| CheckRequest {
        object: "opportunity".to_owned(),
        id: None,
        fields: fields(&[
            ("stage", choice(stage)),
            ("amount", money.clone()),
            ("probability", Value::Decimal(25.into())),
        ]),
        duplicates: false,
    };
    let open = backend.check(check("prospecting")).await.unwrap();
    assert!(!open.states["loss_reason"].visible && !open.states["amount"].required);
    assert_eq!(open.computed["weighted"], Value::Decimal(250.into()));
    assert!(open.states["weighted"].read_only);
    assert!(backend.check(check("lost")).await.unwrap().states["loss_reason"].visible);
    assert!(backend.check(check("won")).await.unwrap().states["amount"].required);
}

#[tokio::test]
async fn a_unique_value_is_refused_naming_the_record_that_has_it() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let first = customer(&*backend, "华信科技").await;
    let taken = creation("customer", &[("name", text("Acme")), ("code", first.get("code").clone())]);
    match backend.save(taken).await.unwrap_err() {
        Error::Invalid(errors) => {
            assert_eq!(errors[0].field, "code");
            assert_eq!(errors[0].message.arg("title"), Some("华信科技"));
        }
        other => panic!("{other:?}"),
    }
    let own = creation("customer", &[("name", text("Acme")), ("code", text("C-000007"))]);
    assert_eq!(backend.save(own).await.unwrap().records[0].get("code"), &text("C-000007"));
    assert_eq!(customer(&*backend, "Next").await.get("code"), &text("C-000008"));
}

#[tokio::test]
async fn an_edit_writes_what_changed_and_one_that_changes_nothing_writes_nothing() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let made = customer(&*backend, "华信科技").await;
    let saved = backend.save(change(&made, &[("phone", text("010-8888"))])).await.unwrap();
    assert_eq!((saved.records[0].version, saved.records[0].get("phone")), (2, &text("010-8888")));
    let again = backend.save(change(&saved.records[0], &[("phone", text("010-8888"))])).await.unwrap();
    assert_eq!((again.txn, again.touched, again.records[0].version), (0, 0, 2));
    let emptied = backend.save(change(&saved.records[0], &[("phone", Value::Empty)])).await.unwrap();
    assert!(emptied.records[0].get("phone").is_empty());
    let request = HistoryRequest { key: Some(key(&made)), before: None, limit: 10 };
    let history = backend.history(request).await.unwrap();
    let deeds: Vec<Deed> = history.entries.iter().map(|e| e.deed).collect();
    assert_eq!(deeds, [Deed::Update, Deed::Update, Deed::Create]);
    assert_eq!(history.entries[0].before, fields(&[("phone", text("010-8888"))]));
    assert!(!history.more);
}

#[tokio::test]
async fn a_save_on_an_old_version_is_a_conflict_that_shows_theirs() {
    let (_stage, a, b) = two_users().await;
    let made = customer(&*a, "华信科技").await;
    b.save(change(&made, &[("city", text("北京"))])).await.unwrap();
    match a.save(change(&made, &[("city", text("上海"))])).await.unwrap_err() {
        Error::Conflict { theirs: Some(theirs), .. } => {
            assert_eq!((theirs.version, theirs.get("city")), (2, &text("北京")));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(a.get(key(&made)).await.unwrap().record.get("city"), &text("北京"));
}

#[tokio::test]
async fn codes_have_no_gaps_though_two_write_at_once() {
    let (_stage, a, b) = two_users().await;
    let make = |backend: Box<dyn Backend>, prefix: &'static str| async move {
        for n in 0..20 {
            customer(&*backend, &format!("{prefix}{n}")).await;
            // A refused record must not use up a number.
            assert!(backend.save(creation("customer", &[])).await.is_err());
        }
        backend
    };
    let (a, b) = tokio::join!(tokio::spawn(make(a, "a")), tokio::spawn(make(b, "b")));
    let (a, _b) = (a.unwrap(), b.unwrap());
    let page = a.query(Query { sort: by("code"), ..list("customer", "") }).await.unwrap();
    let codes: Vec<String> = page.rows.iter().map(|r| r.record.get("code").as_str().unwrap().to_owned()).collect();
    let expected: Vec<String> = (1..=40).map(|n| format!("C-{n:06}")).collect();
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn deleting_takes_along_empties_or_refuses_as_the_schema_says() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let parent = customer(&*backend, "母公司").await;
    let child = add(&*backend, "customer", &[("name", text("子公司")), ("parent", Value::Ref(parent.id))]).await;
    let contact = add(&*backend, "contact", &[("name", text("王总")), ("customer", Value::Ref(parent.id))]).await;
    let deal = add(&*backend, "opportunity", &[("name", text("deal")), ("customer", Value::Ref(parent.id))]).await;
    let preview = backend.delete_preview(key(&parent)).await.unwrap();
    assert_eq!(preview.cascades, [("contact".to_owned(), 1)]);
    assert_eq!(preview.clears, [("customer".to_owned(), 1)]);
    assert_eq!(preview.restricts, [("opportunity".to_owned(), 1)]);
    assert!(matches!(backend.delete(vec![key(&parent)]).await, Err(Error::Denied(_))));
    assert!(backend.get(key(&contact)).await.is_ok());
    let gone = backend.delete(vec![key(&deal), key(&parent)]).await.unwrap();
    assert_eq!(gone.touched, 4);
    assert!(matches!(backend.get(key(&contact)).await, Err(Error::NotFound(_))));
    assert!(backend.get(key(&child)).await.unwrap().record.get("parent").is_empty());
    let undone = backend.undo().await.unwrap();
    assert_eq!((undone.txn, undone.touched), (gone.txn, 4));
    let back = backend.get(key(&parent)).await.unwrap().record;
    assert_eq!((back.get("name"), back.get("code")), (parent.get("name"), parent.get("code")));
    assert_eq!(back.get("created_at"), parent.get("created_at"));
    assert_eq!(backend.get(key(&child)).await.unwrap().record.get("parent"), &Value::Ref(parent.id));
}

#[tokio::test]
async fn undo_and_redo_walk_through_the_own_changes() {
    let (_stage, a, b) = two_users().await;
    let made = customer(&*a, "华信科技").await;
    let edited = a.save(change(&made, &[("city", text("北京"))])).await.unwrap().records.remove(0);
    a.save(change(&edited, &[("city", text("上海"))])).await.unwrap();
    customer(&*b, "别人的").await;
    let undone = a.undo().await.unwrap();
    assert_eq!((undone.touched, undone.title), (1, ("customer".to_owned(), "华信科技".to_owned())));
    assert_eq!(city(&*a, &made).await, text("北京"));
    a.undo().await.unwrap();
    assert_eq!(city(&*a, &made).await, Value::Empty);
    a.redo().await.unwrap();
    assert_eq!(city(&*a, &made).await, text("北京"));
    a.redo().await.unwrap();
    assert_eq!(city(&*a, &made).await, text("上海"));
    assert!(matches!(a.redo().await, Err(Error::NotFound(_))));
    for _ in 0..3 {
        a.undo().await.unwrap();
    }
    assert!(matches!(a.get(key(&made)).await, Err(Error::NotFound(_))));
    assert!(matches!(a.undo().await, Err(Error::NotFound(_))));
    assert_eq!(names(&*a, list("customer", "")).await, ["别人的"]);
}

#[tokio::test]
async fn undo_refuses_what_another_changed_since_and_says_who() {
    let (_stage, a, b) = two_users().await;
    let made = customer(&*a, "华信科技").await;
    let edited = a.save(change(&made, &[("city", text("北京"))])).await.unwrap().records.remove(0);
    b.save(change(&edited, &[("city", text("上海"))])).await.unwrap();
    match a.undo().await.unwrap_err() {
        Error::Conflict { message, theirs: Some(theirs) } => {
            assert_eq!((message.arg("who"), message.arg("title")), (Some("李四"), Some("华信科技")));
            assert!(message.arg("at").is_some());
            assert_eq!(theirs.get("city"), &text("上海"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(a.get(key(&made)).await.unwrap().record.get("city"), &text("上海"));
}

#[tokio::test]
async fn changes_that_come_at_once_succeed_or_fail_each_alone() {
    let (_stage, backend, _) = two_users().await;
    let backend: std::sync::Arc<dyn Backend> = backend.into();
    let save = |n: u32| {
        let backend = std::sync::Arc::clone(&backend);
        tokio::spawn(async move {
            // Every third lacks its name, every fifth has somebody else's code.
            let name = if n.is_multiple_of(3) { Value::Empty } else { text(&format!("客户 {n}")) };
            let mut given = vec![("name", name)];
            if n.is_multiple_of(5) {
                given.push(("code", text("TAKEN")));
            }
            backend.save(creation("customer", &given)).await
        })
    };
    let saves: Vec<_> = (1..=40).map(save).collect();
    let (mut codes, mut taken) = (Vec::new(), 0);
    for (n, saved) in (1u32..).zip(saves) {
        match saved.await.unwrap() {
            Ok(saved) if saved.records[0].get("code") == &text("TAKEN") => taken += 1,
            Ok(saved) => codes.push(saved.records[0].get("code").as_str().unwrap().to_owned()),
            Err(error) => {
                let errors = errors(error);
                let lacks = errors.contains_key("name");
                assert!(lacks == n.is_multiple_of(3) && (lacks || errors.contains_key("code")), "{n}: {errors:?}");
            }
        }
    }
    codes.sort();
    let expected: Vec<String> = (1..=codes.len()).map(|n| format!("C-{n:06}")).collect();
    assert_eq!((taken, codes.len(), codes), (1, 21, expected), "one has the code, and no number is left out");
    let all = backend.query(Query { limit: 100, ..list("customer", "") }).await.unwrap();
    assert_eq!(all.rows.len(), 22);
}
