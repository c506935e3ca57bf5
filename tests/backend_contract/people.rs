//! The people of a store: handing work over, leaving, who stands above whom.

use super::*;

async fn user(backend: &dyn Backend, login: &str, given: &[(&str, Value)]) -> Record {
    let mut all = vec![("login", text(login)), ("name", text(login))];
    all.extend(given.iter().cloned());
    add(backend, "user", &all).await
}

fn to(records: &[&Record]) -> Value {
    Value::Refs(records.iter().map(|r| r.id).collect())
}

async fn owners(backend: &dyn Backend, object: &str) -> Vec<Value> {
    let page = backend.query(Query { sort: by("id"), ..list(object, "") }).await.unwrap();
    page.rows.iter().map(|row| row.record.get("owner").clone()).collect()
}

async fn stored(backend: &dyn Backend, record: &Record) -> Record {
    backend.get(key(record)).await.unwrap().record
}

/// Nobody in particular, and three users.
async fn company() -> (Stage, Box<dyn Backend>, [Record; 3]) {
    let stage = Stage::new();
    let backend = stage.open(None);
    let users = [
        user(&*backend, "zhaoliu", &[]).await,
        user(&*backend, "lisi", &[]).await,
        user(&*backend, "wangwu", &[]).await,
    ];
    (stage, backend, users)
}

#[tokio::test]
async fn everything_that_a_user_owns_passes_to_others_in_turn_and_back_in_one_step() {
    let (_stage, backend, [leaver, li, wang]) = company().await;
    let me = Value::Ref(leaver.id);
    let mut customers = Vec::new();
    for name in ["甲", "乙", "丙", "丁"] {
        customers.push(add(&*backend, "customer", &[("name", text(name)), ("owner", me.clone())]).await);
    }
    let of = |at: usize| Value::Ref(customers[at].id);
    let deal = [("name", text("商机")), ("customer", of(1)), ("owner", me.clone())];
    let deal = add(&*backend, "opportunity", &deal).await;
    let other = add(&*backend, "customer", &[("name", text("别人的")), ("owner", Value::Ref(wang.id))]).await;
    let mine = [("subject", text("跟进")), ("owner", me.clone()), ("collaborators", to(&[&leaver, &wang]))];
    let task = add(&*backend, "task", &mine).await;
    let before = backend.query(list("owner_change", "")).await.unwrap().rows.len();

    let act = perform("hand_over", key(&leaver), &[("to", to(&[&li, &wang]))], "离职");
    let done = backend.act(act).await.unwrap();
    assert_eq!(done.touched, 4 + 1 + 2 + 1, "customers, the deal, the task twice, the user");
    let (a, b) = (Value::Ref(li.id), Value::Ref(wang.id));
    let after: Vec<Value> = owners(&*backend, "customer").await;
    assert_eq!(after, [a.clone(), b.clone(), a.clone(), b.clone(), b.clone()]);
    assert_eq!(stored(&*backend, &deal).await.get("owner"), &b, "with its customer");
    assert_eq!(stored(&*backend, &task).await.get("owner"), &a);
    assert_eq!(stored(&*backend, &task).await.get("collaborators"), &to(&[&li, &wang]));
    assert_eq!(stored(&*backend, &other).await.version, other.version, "others' records are left alone");
    let moves = backend.query(list("owner_change", "")).await.unwrap().rows;
    assert_eq!(moves.len(), before + 4);
    assert_eq!((moves[0].record.get("from_owner"), moves[0].record.get("comment")), (&me, &text("离职")));

    backend.undo().await.unwrap();
    assert_eq!(owners(&*backend, "customer").await, [me.clone(), me.clone(), me.clone(), me.clone(), b]);
    assert_eq!(stored(&*backend, &task).await.get("collaborators"), &to(&[&leaver, &wang]));
    assert_eq!(backend.query(list("owner_change", "")).await.unwrap().rows.len(), before);
    backend.redo().await.unwrap();
    assert_eq!(owners(&*backend, "customer").await, after);
}

#[tokio::test]
async fn what_is_done_stays_with_who_did_it_unless_it_is_asked_for() {
    let (_stage, backend, [leaver, li, _]) = company().await;
    let me = Value::Ref(leaver.id);
    let open = add(&*backend, "task", &[("subject", text("open")), ("owner", me.clone())]).await;
    let over = [("subject", text("over")), ("owner", me.clone()), ("state", choice("done"))];
    let over = add(&*backend, "task", &over).await;
    let past = add(&*backend, "activity", &[("subject", text("met")), ("owner", me.clone())]).await;
    let customer = add(&*backend, "customer", &[("name", text("甲")), ("owner", me.clone())]).await;

    let check = |given: &[(&str, Value)]| CheckRequest {
        object: "user.hand_over".to_owned(),
        id: Some(leaver.id),
        fields: fields(given),
        duplicates: false,
    };
    let told = backend.check(check(&[("to", to(&[&li]))])).await.unwrap();
    assert!(told.errors.is_empty(), "{:?}", told.errors);
    let counts = |answer: &CheckAnswer| -> Vec<(String, String, String)> {
        let arg = |m: &tcrm::domain::message::Message, name: &str| m.arg(name).unwrap_or_default().to_owned();
        answer.notes.iter().map(|m| (arg(m, "object"), arg(m, "count"), arg(m, "done"))).collect()
    };
    let part = |object: &str, count: &str, done: &str| (object.to_owned(), count.to_owned(), done.to_owned());
    assert_eq!(counts(&told), [part("customer", "1", ""), part("activity", "0", "1"), part("task", "1", "1")]);
    let whole = [("to", to(&[&li])), ("done", Value::Boolean(true))];
    assert_eq!(
        counts(&backend.check(check(&whole)).await.unwrap()),
        [part("customer", "1", ""), part("activity", "1", ""), part("task", "2", "")]
    );

    let only = [("to", to(&[&li])), ("objects", Value::Choices(vec!["task".to_owned()]))];
    backend.act(perform("hand_over", key(&leaver), &only, "")).await.unwrap();
    let owner = async |record: &Record| stored(&*backend, record).await.get("owner").clone();
    assert_eq!((owner(&open).await, owner(&over).await), (Value::Ref(li.id), me.clone()));
    assert_eq!((owner(&past).await, owner(&customer).await), (me.clone(), me.clone()));
    backend.act(perform("hand_over", key(&leaver), &whole, "")).await.unwrap();
    for record in [&open, &over, &past, &customer] {
        assert_eq!(owner(record).await, Value::Ref(li.id));
    }
    let told = backend.check(check(&whole)).await.unwrap();
    assert_eq!(told.notes[0].key, "hand-over-nothing");
}

#[tokio::test]
async fn departments_teams_and_subordinates_pass_on_and_nobody_comes_to_stand_above_themselves() {
    let (_stage, backend, [leaver, li, wang]) = company().await;
    let below = [("supervisor", Value::Ref(leaver.id))];
    let sun = user(&*backend, "sunqi", &below).await;
    let boss = user(&*backend, "boss", &[]).await;
    let set = async |record: &Record, given: &[(&str, Value)]| {
        let current = stored(&*backend, record).await;
        backend.save(change(&current, given)).await.unwrap();
    };
    set(&leaver, &[("supervisor", Value::Ref(boss.id))]).await;
    // lisi reports to wangwu, who reports to the leaver.
    set(&wang, &below).await;
    set(&li, &[("supervisor", Value::Ref(wang.id))]).await;
    let head = [("name", text("销售部")), ("head", Value::Ref(leaver.id))];
    let department = add(&*backend, "department", &head).await;

    backend.act(perform("hand_over", key(&leaver), &[("to", to(&[&li]))], "")).await.unwrap();
    let above = async |record: &Record| stored(&*backend, record).await.get("supervisor").clone();
    assert_eq!(above(&sun).await, Value::Ref(li.id));
    assert_eq!(above(&wang).await, Value::Ref(boss.id), "lisi stands below wangwu");
    assert_eq!(stored(&*backend, &department).await.get("head"), &Value::Ref(li.id));
}

#[tokio::test]
async fn a_hand_over_to_nobody_to_themselves_or_to_who_left_is_refused() {
    let (_stage, backend, [leaver, li, wang]) = company().await;
    backend.act(perform("disable", key(&wang), &[], "")).await.unwrap();
    for (given, field) in [
        (vec![], "to"),
        (vec![("to", to(&[&leaver]))], "to"),
        (vec![("to", to(&[&li, &wang]))], "to"),
        (vec![("to", to(&[&li])), ("objects", Value::Choices(vec!["nothing".to_owned()]))], "objects"),
    ] {
        let refused = backend.act(perform("hand_over", key(&leaver), &given, "")).await;
        assert!(errors(refused.unwrap_err()).contains_key(field), "{given:?}");
    }
    let both = [("to", to(&[&li])), ("disable", Value::Boolean(true))];
    backend.act(perform("hand_over", key(&leaver), &both, "")).await.unwrap();
    assert_eq!(stored(&*backend, &leaver).await.get("active"), &Value::Boolean(false));
}

#[tokio::test]
async fn a_user_that_is_disabled_while_signed_in_can_do_nothing_from_then_on() {
    let (stage, one, other) = two_users().await;
    let lead = add(&*other, "lead", &[("name", text("王建国"))]).await;
    let lisi = RecordKey { object: "user".to_owned(), id: other.me().unwrap().id };
    one.act(perform("disable", lisi.clone(), &[], "")).await.unwrap();
    let denied = |result: Result<(), Error>| match result {
        Err(Error::Denied(message)) => message.key.to_string(),
        answer => panic!("{answer:?}"),
    };
    assert_eq!(denied(other.query(list("lead", "")).await.map(drop)), "people-disabled");
    assert_eq!(denied(other.get(key(&lead)).await.map(drop)), "people-disabled");
    assert_eq!(denied(other.save(change(&lead, &[("company", text("x"))])).await.map(drop)), "people-disabled");
    assert_eq!(denied(other.undo().await.map(drop)), "people-disabled");
    let again = LocalBackend::open(stage.options(Some("lisi"))).err().unwrap();
    assert_eq!(denied(Err(again)), "people-disabled");
    assert_eq!(
        denied(LocalBackend::open(stage.options(Some("nobody"))).map(drop).map_err(|e| match e {
            Error::NotFound(m) => Error::Denied(m),
            other => other,
        })),
        "backend-no-user"
    );

    one.act(perform("enable", lisi.clone(), &[], "")).await.unwrap();
    assert_eq!(other.query(list("lead", "")).await.unwrap().rows.len(), 1);
    let record = one.get(lisi).await.unwrap().record;
    let me = RecordKey { object: "user".to_owned(), id: one.me().unwrap().id };
    assert_eq!(denied(one.act(perform("disable", me.clone(), &[], "")).await.map(drop)), "people-not-oneself");
    let mine = one.get(me).await.unwrap().record;
    let leaves = change(&mine, &[("active", Value::Boolean(false))]);
    assert_eq!(denied(one.save(leaves).await.map(drop)), "people-not-oneself");
    one.delete(vec![key(&lead)]).await.unwrap();
    drop(record);
}

#[tokio::test]
async fn nobody_gives_work_to_who_left_but_what_names_them_can_still_be_changed() {
    let (_stage, backend, [leaver, li, wang]) = company().await;
    let me = Value::Ref(leaver.id);
    backend.act(perform("disable", key(&wang), &[], "")).await.unwrap();
    let before = add(&*backend, "customer", &[("name", text("甲")), ("owner", me.clone())]).await;
    backend.act(perform("disable", key(&leaver), &[], "")).await.unwrap();
    let new = backend.save(creation("customer", &[("name", text("乙")), ("owner", me.clone())])).await;
    assert_eq!(errors(new.unwrap_err())["owner"], "people-left");
    let given = backend.act(perform("assign", key(&before), &[("owner", Value::Ref(wang.id))], "")).await;
    assert_eq!(errors(given.unwrap_err())["owner"], "people-left");
    let same = [("name", text("甲公司")), ("owner", me.clone())];
    let changed = backend.save(change(&before, &same)).await.unwrap().records.remove(0);
    let task = [("subject", text("x")), ("owner", Value::Ref(li.id)), ("collaborators", to(&[&li, &leaver]))];
    assert_eq!(errors(backend.save(creation("task", &task)).await.unwrap_err())["collaborators"], "people-left");
    let request = CheckRequest {
        object: "task".to_owned(),
        id: None,
        fields: fields(&[("subject", text("x")), ("owner", me.clone())]),
        duplicates: false,
    };
    let told = backend.check(request).await.unwrap().errors;
    assert!(told.iter().any(|e| e.field == "owner" && e.message.key == "people-left"), "{told:?}");
    assert_eq!(changed.get("owner"), &me);
}

#[tokio::test]
async fn a_leaver_without_records_can_be_deleted() {
    let (_stage, backend, [leaver, li, _]) = company().await;
    let customer = add(&*backend, "customer", &[("name", text("甲")), ("owner", Value::Ref(leaver.id))]).await;
    let refused = backend.delete(vec![key(&leaver)]).await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    backend.act(perform("hand_over", key(&leaver), &[("to", to(&[&li]))], "")).await.unwrap();
    backend.delete(vec![key(&leaver)]).await.unwrap();
    assert_eq!(stored(&*backend, &customer).await.get("owner"), &Value::Ref(li.id));
}

#[tokio::test]
async fn the_head_of_the_department_is_the_supervisor_unless_another_is_named() {
    let (_stage, backend, [boss, li, wang]) = company().await;
    let head = [("name", text("销售部")), ("head", Value::Ref(boss.id))];
    let department = Value::Ref(add(&*backend, "department", &head).await.id);
    let sun = user(&*backend, "sunqi", &[("department", department.clone())]).await;
    assert_eq!(sun.get("supervisor"), &Value::Ref(boss.id));
    let named = [("department", department.clone()), ("supervisor", Value::Ref(li.id))];
    let zhou = user(&*backend, "zhouba", &named).await;
    assert_eq!(zhou.get("supervisor"), &Value::Ref(li.id));
    let moved = backend.save(change(&wang, &[("department", department.clone())])).await.unwrap();
    assert_eq!(moved.records[0].get("supervisor"), &Value::Ref(boss.id));
    let own = backend.save(change(&boss, &[("department", department)])).await.unwrap();
    assert!(own.records[0].get("supervisor").is_empty(), "nobody stands above themselves");
}
