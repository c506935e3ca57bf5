//! Finding, paging, searching, hearing of changes.

use super::*;

#[tokio::test]
async fn a_record_is_meant_by_id_code_or_exact_name() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let one = customer(&*backend, "华信科技").await;
    customer(&*backend, "Twin").await;
    customer(&*backend, "Twin").await;
    let code = one.get("code").as_str().unwrap().to_owned();
    for means in [one.id.to_string(), code, "华信科技".to_owned()] {
        assert_eq!(backend.resolve("customer".to_owned(), means).await.unwrap(), one.id);
    }
    match backend.resolve("customer".to_owned(), "Twin".to_owned()).await.unwrap_err() {
        Error::Ambiguous { candidates, .. } => assert_eq!(candidates.len(), 2),
        other => panic!("{other:?}"),
    }
    assert!(matches!(backend.resolve("customer".to_owned(), "nobody".to_owned()).await, Err(Error::NotFound(_))));
    assert!(matches!(backend.query(list("nonsense", "")).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn pages_follow_each_other_in_both_directions() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for n in 0..25 {
        customer(&*backend, &format!("N{n:02}")).await;
    }
    let ask = |from| Query { sort: by("name"), limit: 10, from, ..list("customer", "") };
    let first = backend.query(ask(From::Start)).await.unwrap();
    assert_eq!((first.rows.len(), first.more_before, first.more_after), (10, false, true));
    let second = backend.query(ask(From::After(first.rows[9].cursor.clone()))).await.unwrap();
    assert_eq!(second.rows[0].record.get("name"), &text("N10"));
    let back = backend.query(ask(From::Before(second.rows[0].cursor.clone()))).await.unwrap();
    assert_eq!(back.rows, first.rows);
    let last = backend.query(ask(From::End)).await.unwrap();
    assert_eq!(last.rows[9].record.get("name"), &text("N24"));
    assert!(last.more_before && !last.more_after);
    let at = backend.query(ask(From::At(second.rows[3].cursor.clone()))).await.unwrap();
    assert_eq!(at.rows[0].record.get("name"), &text("N13"));
    let count =
        |object: &str, filter: &str, cap| CountRequest { object: object.to_owned(), filter: filter.to_owned(), cap };
    let capped = Count { value: 5, capped: true };
    assert_eq!(backend.count(count("customer", "name:N1", 5)).await.unwrap(), capped);
    let several = vec![count("contact", "", 9), count("customer", "name:N1", 5), count("customer", "name:N24", 5)];
    let number = |value| Count { value, capped: false };
    assert_eq!(backend.counts(several).await.unwrap(), [Some(number(0)), Some(capped), Some(number(1))]);
    assert_eq!(backend.counts(Vec::new()).await.unwrap(), []);
}

#[tokio::test]
async fn no_number_tells_of_what_may_not_be_seen() {
    let stage = Stage::new();
    let nobody = stage.open(None);
    let administrator = [("name", text("管理员")), ("administrator", Value::Boolean(true))];
    let administrator = add(&*nobody, "role", &administrator).await;
    let seller = add(&*nobody, "role", &[("name", text("销售"))]).await;
    let right = [
        ("role", Value::Ref(seller.id)),
        ("object", choice("customer")),
        ("operations", Value::Choices(vec!["view".to_owned()])),
        ("scope", choice("own")),
    ];
    add(&*nobody, "right", &right).await;
    let mut users = Vec::new();
    for (login, role) in [("chief", administrator), ("lisi", seller)] {
        let roles = Value::Refs(vec![role.id]);
        users.push(add(&*nobody, "user", &[("login", text(login)), ("name", text(login)), ("roles", roles)]).await);
    }
    drop(nobody);
    let chief = stage.open(Some("chief"));
    for (name, owner) in [("甲", 0), ("乙", 1), ("丙", 0)] {
        add(&*chief, "customer", &[("name", text(name)), ("owner", Value::Ref(users[owner].id))]).await;
    }
    let ask =
        ["customer", "task"].map(|object| CountRequest { object: object.to_owned(), filter: String::new(), cap: 9 });
    let number = |value| Some(Count { value, capped: false });
    assert_eq!(chief.counts(ask.to_vec()).await.unwrap(), [number(3), number(0)]);
    let lisi = stage.open(Some("lisi"));
    assert_eq!(lisi.counts(ask.to_vec()).await.unwrap(), [number(1), None]);
}

#[tokio::test]
async fn filters_find_by_field_word_and_both() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for (name, level, city) in [("华信科技", "A", "北京"), ("华信贸易", "B", "北京"), ("Acme", "A", "上海")]
    {
        add(&*backend, "customer", &[("name", text(name)), ("level", choice(level)), ("city", text(city))]).await;
    }
    search_ready(&*backend).await;
    for (filter, expected) in [
        ("level:A", vec!["Acme", "华信科技"]),
        ("city:北京 level:B", vec!["华信贸易"]),
        ("huaxin", vec!["华信科技", "华信贸易"]),
        ("hx level:A", vec!["华信科技"]),
        ("级别:A or 贸易", vec!["Acme", "华信科技", "华信贸易"]),
        ("-华信", vec!["Acme"]),
        ("name:nobody", vec![]),
    ] {
        let sorted = Query { sort: by("name"), ..list("customer", filter) };
        assert_eq!(names(&*backend, sorted).await, expected, "{filter}");
        let ranked = names(&*backend, list("customer", filter)).await;
        assert_eq!(ranked.len(), expected.len(), "{filter}");
        let count = CountRequest { object: "customer".to_owned(), filter: filter.to_owned(), cap: 100 };
        assert_eq!(backend.count(count).await.unwrap().value, expected.len() as u64, "{filter}");
    }
    match backend.query(list("customer", "levle:A")).await.unwrap_err() {
        Error::Filter { span, message, .. } => {
            assert_eq!(span, 0..5);
            assert_eq!(message.arg("nearest"), Some("level"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn hits_come_best_first_and_page_by_page() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for n in 0..30 {
        customer(&*backend, &format!("公司{n:02}华信")).await;
    }
    customer(&*backend, "华信").await;
    search_ready(&*backend).await;
    let ask = |from| Query { limit: 10, from, ..list("customer", "华信") };
    let first = backend.query(ask(From::Start)).await.unwrap();
    assert_eq!(first.rows[0].record.get("name"), &text("华信"));
    let mut seen: Vec<Id> = first.rows.iter().map(|r| r.record.id).collect();
    let mut page = first.clone();
    while page.more_after {
        page = backend.query(ask(From::After(page.rows.last().unwrap().cursor.clone()))).await.unwrap();
        seen.extend(page.rows.iter().map(|r| r.record.id));
    }
    assert_eq!(seen.len(), 31);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 31);
    let second = backend.query(ask(From::After(first.rows[9].cursor.clone()))).await.unwrap();
    let back = backend.query(ask(From::Before(second.rows[0].cursor.clone()))).await.unwrap();
    assert_eq!(back.rows, first.rows);
}

#[tokio::test]
async fn the_search_finds_over_all_objects_and_follows_every_write() {
    let stage = Stage::new();
    let backend = stage.open(None);
    search_ready(&*backend).await;
    let made = add(&*backend, "customer", &[("name", text("华信科技")), ("phone", text("010-88886666"))]).await;
    add(&*backend, "contact", &[("name", text("华信明")), ("customer", Value::Ref(made.id))]).await;
    let find = |text: &str| backend.search(SearchRequest { text: text.to_owned(), objects: Vec::new(), limit: 10 });
    let hits = find("hx").await.unwrap().hits;
    let objects: Vec<&str> = hits.iter().map(|h| h.key.object.as_str()).collect();
    assert!(objects.contains(&"customer") && objects.contains(&"contact"), "{hits:?}");
    let hit = find("88886").await.unwrap().hits.remove(0);
    assert_eq!((hit.title.as_str(), hit.code.as_str()), ("华信科技", "C-000001"));
    assert_eq!(hit.other_match.unwrap().0, "phone");
    let hit = find("科技").await.unwrap().hits.remove(0);
    assert_eq!(hit.title_matches, std::slice::from_ref(&(6..12)));
    backend.save(change(&made, &[("name", text("蓝天"))])).await.unwrap();
    assert!(find("科技").await.unwrap().hits.is_empty());
    assert_eq!(find("lantian").await.unwrap().hits.len(), 1);
    backend.delete(vec![key(&made)]).await.unwrap();
    assert!(find("lantian").await.unwrap().hits.is_empty());
}

#[tokio::test]
async fn candidates_for_duplicates_are_shown_with_what_is_alike() {
    let stage = Stage::new();
    let backend = stage.open(None);
    search_ready(&*backend).await;
    let there = add(
        &*backend,
        "customer",
        &[
            ("name", text("北京华信科技发展有限公司")),
            ("phone", text("138-0013-8000")),
            ("tax_number", text("91110108")),
        ],
    )
    .await;
    customer(&*backend, "上海蓝天贸易有限公司").await;
    for (given, alike) in [
        (fields(&[("name", text("北京华信科技发展"))]), "name"),
        (fields(&[("name", text("北京华新科技发展有限公司"))]), "name"),
        (fields(&[("name", text("x")), ("phone", text("+86 13800138000"))]), "phone"),
        (fields(&[("name", text("x")), ("tax_number", text("91110108"))]), "tax_number"),
    ] {
        let request = CheckRequest { object: "customer".to_owned(), id: None, fields: given.clone(), duplicates: true };
        let found = backend.check(request).await.unwrap().duplicates;
        assert_eq!(found.len(), 1, "{given:?}");
        assert_eq!((&found[0].key, found[0].fields.as_slice()), (&key(&there), [alike.to_owned()].as_slice()));
    }
    let own = CheckRequest {
        object: "customer".to_owned(),
        id: Some(there.id),
        fields: there.fields.clone().into_iter().filter(|(f, _)| !f.ends_with("_at") && !f.ends_with("_by")).collect(),
        duplicates: true,
    };
    let answer = backend.check(own).await.unwrap();
    assert!(answer.duplicates.is_empty() && answer.errors.is_empty(), "{answer:?}");
}

#[tokio::test]
async fn what_nobody_in_particular_logs_is_to_be_done_by_whose_the_customer_is() {
    let (stage, backend, _) = two_users().await;
    let me = backend.me().unwrap();
    let made = customer(&*backend, "华信").await;
    let nobody = stage.open(None);
    let line = "电话：要报价；明天 15:00 发报价".to_owned();
    let saved = nobody.act(ActRequest::Log { about: Some(key(&made)), line }).await.unwrap();
    let task = saved.records.iter().find(|r| r.object == "task").unwrap();
    assert_eq!((task.get("subject"), task.get("owner")), (&text("发报价"), &Value::Ref(me.id)));
}

#[tokio::test]
async fn a_log_line_makes_an_activity_and_a_task_and_leaves_its_traces() {
    let (_stage, backend, _) = two_users().await;
    let me = backend.me().unwrap();
    let made = customer(&*backend, "华信").await;
    let contact = add(&*backend, "contact", &[("name", text("王建国")), ("customer", Value::Ref(made.id))]).await;
    let log = |about: Option<RecordKey>, line: &str| backend.act(ActRequest::Log { about, line: line.to_owned() });
    let saved = log(None, "call 华信 王总: wants a quote; tomorrow 15:00 send quote").await.unwrap();
    let activity = &saved.records[0];
    assert_eq!((activity.object.as_str(), activity.get("kind")), ("activity", &choice("call")));
    assert_eq!(activity.get("subject"), &text("wants a quote"));
    assert_eq!(activity.get("customer"), &Value::Ref(made.id));
    assert_eq!(activity.get("contact"), &Value::Ref(contact.id));
    assert_eq!(activity.get("next_step"), &text("send quote"));
    let task = saved.records.iter().find(|r| r.object == "task").unwrap();
    assert_eq!((task.get("subject"), task.get("owner")), (&text("send quote"), &Value::Ref(me.id)));
    assert_eq!(task.get("due"), activity.get("next_date"));
    let seen = backend.get(key(&made)).await.unwrap().record;
    assert_eq!(seen.get("last_contact"), activity.get("at"));
    assert!(!seen.get("next_contact").is_empty());
    assert!(matches!(log(None, "call nobody: x").await, Err(Error::Invalid(_))));

    let done = backend.act(complete(task.id, "sent")).await.unwrap();
    assert_eq!(done.records[0].get("state"), &choice("done"));
    assert!(!done.records[0].get("done_at").is_empty());
    let noted = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!((noted.get("customer"), noted.get("content")), (&Value::Ref(made.id), &text("sent")));
    assert!(backend.act(complete(task.id, "")).await.is_err());

    backend.undo().await.unwrap();
    backend.undo().await.unwrap();
    assert!(backend.query(list("activity", "")).await.unwrap().rows.is_empty());
    assert!(backend.get(key(&made)).await.unwrap().record.get("last_contact").is_empty());
}

#[tokio::test]
async fn settings_are_the_users_own() {
    let (_stage, a, b) = two_users().await;
    a.put_setting("view.customer".to_owned(), Some("x".to_owned())).await.unwrap();
    a.put_setting("draft.1".to_owned(), Some("y".to_owned())).await.unwrap();
    assert_eq!(a.settings("view.".to_owned()).await.unwrap(), [("view.customer".to_owned(), "x".to_owned())]);
    assert!(b.settings(String::new()).await.unwrap().is_empty());
    a.put_setting("view.customer".to_owned(), None).await.unwrap();
    assert!(a.settings("view.".to_owned()).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_backends_on_one_file_see_each_others_changes() {
    let (_stage, a, b) = two_users().await;
    search_ready(&*b).await;
    let made = customer(&*a, "华信科技").await;
    until(&*b, || async { b.get(key(&made)).await.is_ok() }).await;
    until(&*b, || async {
        let request = SearchRequest { text: "huaxin".to_owned(), objects: Vec::new(), limit: 5 };
        b.search(request).await.unwrap().hits.len() == 1
    })
    .await;
}

#[tokio::test]
async fn a_store_opened_for_reading_says_why_it_does_not_write() {
    let stage = Stage::new();
    let made = customer(&*stage.open(None), "华信科技").await;
    let options = OpenOptions { read_only: true, ..stage.options(None) };
    let backend = LocalBackend::open(options).unwrap();
    assert!(!backend.capabilities().write);
    assert!(matches!(backend.allowed("edit", "customer".to_owned(), Some(key(&made))).await, Ok(Permit::No(_))));
    assert_eq!(backend.allowed("export", "customer".to_owned(), None).await, Ok(Permit::Yes));
    assert!(matches!(backend.save(change(&made, &[("city", text("x"))])).await, Err(Error::Denied(_))));
    assert!(matches!(backend.undo().await, Err(Error::Denied(_))));
    assert!(backend.get(key(&made)).await.is_ok());
}
