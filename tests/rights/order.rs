//! Who gives rights, and what no change of them may bring about.

use super::*;

const ALL: &[&str] = &["view", "add", "modify", "delete", "export", "import", "assign", "bulk", "audit"];

async fn fresh(small: &Small, record: &Record) -> Record {
    small.nobody.get(key(record)).await.unwrap().record
}

#[tokio::test]
async fn until_a_role_is_given_everybody_may_do_everything() {
    let house = House::new();
    let nobody = house.nobody();
    for login in ["zhangsan", "lisi"] {
        add(&nobody, "user", &[("login", text(login)), ("name", text(login))]).await;
    }
    let one = house.open("zhangsan");
    let who = add(&one, "customer", &[("name", text("华信"))]).await;
    let role = add(&one, "role", &[("name", text("销售"))]).await;
    give(&one, ("role", role.id), "*", &["view"], "own").await;
    assert!(house.open("lisi").save(change(&who, &[("city", text("深圳"))])).await.is_ok(), "roles that nobody has");
}

#[tokio::test]
async fn the_first_role_is_an_administrators_and_the_last_administrator_stays() {
    let house = House::new();
    let nobody = house.nobody();
    let sales = add(&nobody, "role", &[("name", text("销售"))]).await;
    let admins = add(&nobody, "role", &[("name", text("管理")), ("administrator", Value::Boolean(true))]).await;
    let roles = |role: &Record| ("roles", Value::Refs(vec![role.id]));
    let user =
        |login: &str, role: &Record| creation("user", &[("login", text(login)), ("name", text(login)), roles(role)]);
    assert_eq!(denied(nobody.save(user("a", &sales)).await), "rights-last-administrator");
    let chief = nobody.save(user("chief", &admins)).await.unwrap().records.remove(0);
    nobody.save(user("zhangsan", &sales)).await.unwrap();
    let mine = house.open("chief");
    for given in [roles(&sales), ("roles", Value::Empty)] {
        assert_eq!(denied(mine.save(change(&chief, &[given])).await), "rights-last-administrator");
    }
    let leaving = change(&chief, &[("active", Value::Boolean(false))]);
    assert_eq!(denied(nobody.save(leaving.clone()).await), "rights-last-administrator");
    assert_eq!(denied(mine.save(leaving).await), "people-not-oneself");
    assert_eq!(
        denied(mine.save(change(&admins, &[("administrator", Value::Boolean(false))])).await),
        "rights-last-administrator"
    );
    assert_eq!(denied(nobody.delete(vec![key(&chief)]).await), "rights-last-administrator");
    // With a second one, the first may go; to take that back is always possible.
    let second = mine.save(user("second", &admins)).await.unwrap().records.remove(0);
    nobody.delete(vec![key(&chief)]).await.unwrap();
    nobody.undo().await.unwrap();
    mine.delete(vec![key(&second)]).await.unwrap();
    assert_eq!(denied(nobody.delete(vec![key(&chief)]).await), "rights-last-administrator");
}

#[tokio::test]
async fn nobody_gives_rights_to_himself() {
    let small = Small::new(&[("*", ALL, "all")]).await;
    let admins = small.nobody.resolve("role".to_owned(), "管理员".to_owned()).await.unwrap();
    let mine = small.house.open("zhangsan");
    let me = fresh(&small, &small.zhangsan).await;
    let roles = Value::Refs(vec![small.role.id, admins]);
    assert_eq!(denied(mine.save(change(&me, &[("roles", roles.clone())])).await), "rights-only-administrators");
    let other = fresh(&small, &small.lisi).await;
    assert_eq!(denied(mine.save(change(&other, &[("roles", roles)])).await), "rights-only-administrators");
    let role = fresh(&small, &small.role).await;
    let grand = [("administrator", Value::Boolean(true))];
    assert_eq!(denied(mine.save(change(&role, &grand)).await), "rights-only-administrators");
    for object in ["right", "field_right"] {
        let given = match object {
            "right" => vec![("object", choice("*")), ("operations", choices(&["approve"])), ("scope", choice("all"))],
            _ => vec![("object", choice("customer")), ("field", text("phone")), ("access", choice("write"))],
        };
        let given = [given, vec![("user", Value::Ref(small.zhangsan.id))]].concat();
        assert_eq!(denied(mine.save(creation(object, &given)).await), "rights-only-administrators", "{object}");
    }
    // Nor what his rights hang on.
    let department = add(&small.nobody, "department", &[("name", text("销售部"))]).await;
    assert_eq!(
        denied(mine.save(change(&me, &[("department", Value::Ref(department.id))])).await),
        "rights-not-oneself"
    );
    assert_eq!(denied(mine.save(change(&me, &[("territories", choices(&["北京"]))])).await), "rights-not-oneself");
    assert_eq!(denied(mine.save(change(&department, &[("head", Value::Ref(me.id))])).await), "rights-not-oneself");
    assert!(mine.save(change(&me, &[("phone", text("13800000000"))])).await.is_ok());
    assert!(mine.save(change(&other, &[("department", Value::Ref(department.id))])).await.is_ok());
    let rows = vec![ImportRow { line: 2, cells: vec!["新角色".to_owned()], error: None }];
    let import = super::fields::import("role", &["name"], rows);
    assert_eq!(denied(mine.import(import).await), "rights-only-administrators");
    let schema = tcrm::schema::builtin().clone();
    assert_eq!(denied(mine.apply_schema(schema, false).await), "rights-schema");
}

#[tokio::test]
async fn rights_that_change_count_at_once_for_who_is_signed_in() {
    let small = Small::new(&[("customer", &["view", "modify"], "own")]).await;
    let own = small.customer("张三的", &small.zhangsan, &[]).await;
    let theirs = small.customer("李四的", &small.lisi, &[]).await;
    let mine = small.house.open("zhangsan");
    assert_eq!(ids(&mine, list("customer", "")).await, [own.id]);
    let right = give(&small.nobody, ("user", small.zhangsan.id), "customer", &["view"], "all").await;
    assert_eq!(ids(&mine, list("customer", "")).await, [own.id, theirs.id], "given by another connection");
    small.nobody.delete(vec![key(&right)]).await.unwrap();
    assert_eq!(ids(&mine, list("customer", "")).await, [own.id]);
    // A write is judged by the rights of its own moment.
    let zhangsan = fresh(&small, &small.zhangsan).await;
    small.nobody.save(change(&zhangsan, &[("roles", Value::Empty)])).await.unwrap();
    let refused = mine.save(change(&own, &[("city", text("深圳"))])).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
    assert_eq!(denied(mine.query(list("customer", "")).await), "rights-none");
    // So does who is below whom.
    let lisi = fresh(&small, &small.lisi).await;
    let role = [("roles", Value::Refs(vec![small.role.id]))];
    let zhangsan = fresh(&small, &small.zhangsan).await;
    small.nobody.save(change(&zhangsan, &role)).await.unwrap();
    give(&small.nobody, ("role", small.role.id), "customer", &["view"], "subordinates").await;
    assert_eq!(ids(&mine, list("customer", "")).await, [own.id]);
    small.nobody.save(change(&lisi, &[("supervisor", Value::Ref(zhangsan.id))])).await.unwrap();
    assert_eq!(ids(&mine, list("customer", "")).await, [own.id, theirs.id]);
}

#[tokio::test]
async fn a_circle_of_supervisors_or_departments_ends() {
    let small =
        Small::new(&[("customer", &["view"], "subordinates"), ("customer", &["view"], "department_tree")]).await;
    // What the rules refuse can come from elsewhere.
    let zhangsan = fresh(&small, &small.zhangsan).await;
    small.nobody.save(change(&zhangsan, &[("supervisor", Value::Ref(small.lisi.id))])).await.unwrap();
    let path = small.house.path();
    {
        let store = rusqlite::Connection::open(path).unwrap();
        let of = |id: Id| id.as_i64();
        store.execute("UPDATE user SET supervisor = ? WHERE id = ?", (of(zhangsan.id), of(small.lisi.id))).unwrap();
    }
    small.nobody.save(change(&fresh(&small, &small.role).await, &[("description", text("新"))])).await.unwrap();
    let theirs = small.customer("李四的", &small.lisi, &[]).await;
    assert_eq!(ids(&small.house.open("zhangsan"), list("customer", "")).await, [theirs.id]);
}

#[tokio::test]
async fn rights_name_what_there_is() {
    let small = Small::new(&[]).await;
    let role = || ("role", Value::Ref(small.role.id));
    let error = |answer: Result<Saved, Error>| match answer {
        Err(Error::Invalid(errors)) => (errors[0].field.clone(), errors[0].message.key.clone().into_owned()),
        other => panic!("{other:?}"),
    };
    let right = |object: &str, scope: &str, filter: &str| {
        let mut given =
            vec![role(), ("object", choice(object)), ("operations", choices(&["view"])), ("scope", choice(scope))];
        if !filter.is_empty() {
            given.push(("filter", text(filter)));
        }
        creation("right", &given)
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(error(small.nobody.save(right("custmer", "own", "")).await), pair("object", "value-choice"));
    assert_eq!(error(small.nobody.save(right("customer", "custom", "")).await), pair("filter", "value-required"));
    assert_eq!(error(small.nobody.save(right("customer", "custom", "nolevel:A")).await).0, "filter");
    assert_eq!(
        error(small.nobody.save(right("customer", "custom", "华信")).await),
        pair("filter", "rights-filter-words")
    );
    assert!(small.nobody.save(right("customer", "custom", "level:A owner:me")).await.is_ok());
    let field = |field: &str, access: &str| {
        creation(
            "field_right",
            &[role(), ("object", choice("customer")), ("field", text(field)), ("access", choice(access))],
        )
    };
    assert_eq!(error(small.nobody.save(field("nosuch", "none")).await), pair("field", "rights-no-such-field"));
    assert_eq!(error(small.nobody.save(field("name", "none")).await), pair("field", "rights-title-shown"));
    let nobodys =
        creation("right", &[("object", choice("*")), ("operations", choices(&["view"])), ("scope", choice("all"))]);
    assert_eq!(error(small.nobody.save(nobodys).await).0, "role");
}

#[tokio::test]
async fn several_at_once_take_a_right_of_their_own_and_say_why_one_by_one() {
    let small = Small::new(&[("customer", &["view", "modify", "delete"], "own")]).await;
    let one = small.customer("一", &small.zhangsan, &[]).await;
    let two = small.customer("二", &small.zhangsan, &[]).await;
    let theirs = small.customer("三", &small.lisi, &[]).await;
    let mine = small.house.open("zhangsan");
    assert_eq!(denied(mine.delete(vec![key(&one), key(&two)]).await), "rights-none");
    give(&small.nobody, ("user", small.zhangsan.id), "customer", &["view", "bulk"], "own").await;
    let each = EachRequest {
        action: "release".to_owned(),
        keys: vec![key(&one), key(&theirs)],
        fields: fields(&[("reason", choice("no_budget"))]),
        comment: String::new(),
    };
    let done = mine.act(ActRequest::DoEach(each)).await.unwrap();
    assert_eq!((done.records.len(), done.refused.len()), (1, 1));
    assert!(matches!(done.refused[0].why, Error::NotFound(_)));
    assert_ne!(done.refused[0].title, "三");
}

#[tokio::test]
async fn the_pool_is_seen_and_claimed_by_a_right_with_a_filter() {
    let small =
        Small::new(&[("customer", &["view", "modify"], "own"), ("customer", &["view", "claim"], "custom/owner:empty")])
            .await;
    let who = small.customer("公海客户", &small.zhangsan, &[("owner", Value::Empty)]).await;
    let mine = small.house.open("zhangsan");
    assert_eq!(ids(&mine, list("customer", "owner:empty")).await, [who.id]);
    assert_eq!(denied(mine.save(change(&who, &[("city", text("深圳"))])).await), "rights-beyond");
    let offers = mine.offers(key(&who)).await.unwrap();
    let refusal =
        |name: &str| offers.iter().find(|o| o.action == name).unwrap().refusal.as_ref().map(|m| m.key.as_ref());
    assert_eq!((refusal("claim"), refusal("assign")), (None, Some("rights-none")));
    let act = |action: &str| DoRequest {
        action: action.to_owned(),
        key: key(&who),
        fields: Fields::new(),
        comment: String::new(),
        version: None,
    };
    assert_eq!(denied(mine.act(ActRequest::Do(act("assign"))).await), "rights-none");
    mine.act(ActRequest::Do(act("claim"))).await.unwrap();
    assert!(small.house.open("lisi").get(key(&who)).await.is_err());
}

#[tokio::test]
async fn why_tells_the_rights_one_by_one_and_what_they_come_to() {
    let small = Small::new(&[("customer", &["view", "modify"], "own")]).await;
    let who = small.customer("华信", &small.zhangsan, &[]).await;
    let chief = small.house.open("chief");
    let keys = |told: Vec<tcrm::domain::message::Message>| -> Vec<String> {
        told.into_iter().map(|message| message.key.into_owned()).collect()
    };
    let mine = keys(chief.why(small.zhangsan.id, key(&who)).await.unwrap());
    assert_eq!(mine, ["why-owner", "why-covers", "why-sees", "why-may", "why-may-not"]);
    let other = keys(chief.why(small.lisi.id, key(&who)).await.unwrap());
    assert_eq!(other, ["why-owner", "why-misses", "why-sees-not"]);
    let of_chief = keys(chief.why(chief.me().unwrap().id, key(&who)).await.unwrap());
    assert_eq!(of_chief[..2], ["why-administrator", "why-sees"]);
    let own = small.house.open("zhangsan");
    assert_eq!(keys(own.why(small.zhangsan.id, key(&who)).await.unwrap()).len(), 5);
    assert_eq!(denied(own.why(small.lisi.id, key(&who)).await), "rights-none", "about others ask who may know");
    let hidden = small.house.open("lisi").why(small.lisi.id, key(&who)).await;
    assert!(matches!(hidden, Err(Error::NotFound(_))));
}
