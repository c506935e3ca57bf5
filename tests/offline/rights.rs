//! What the server says of fields holds without it too.

use super::*;
use tcrm::contract::request::{CheckRequest, Query};

/// zhangsan as a seller who doesn't see a customer's phone and doesn't change its website.
async fn seller(stage: &Stage) {
    let seller = sellers(stage, &["customer"]).await;
    let choice = |key: &str| Value::Choice(key.to_owned());
    for (field, access) in [("phone", "none"), ("website", "read")] {
        let given = [
            ("role", Value::Ref(seller.id)),
            ("object", choice("customer")),
            ("field", text(field)),
            ("access", choice(access)),
        ];
        make(&stage.other, "field_right", &given).await;
    }
}

/// A schema in which a customer must have a phone.
async fn phone_is_required(stage: &Stage) {
    let mut schema = tcrm::schema::builtin().clone();
    let object = schema.objects.iter_mut().find(|object| object.name == "customer").unwrap();
    let field = object.fields.iter_mut().find(|field| field.name == "phone").unwrap();
    field.required = tcrm::schema::model::When::Always;
    stage.other.apply_schema(schema, false).await.unwrap();
}

#[test]
fn what_is_hidden_stays_hidden_and_what_is_only_read_is_not_written() {
    run(async {
        let stage = Stage::new();
        phone_is_required(&stage).await;
        seller(&stage).await;
        let zhangsan = found(&stage.other, "user", "login=zhangsan").await.remove(0);
        let given = [("name", text("华信科技")), ("phone", text("0755-1")), ("website", text("http://a.cn"))];
        let customer = make(&stage.other, "customer", &given).await;
        let customer = set(&stage.other, &customer, &[("owner", Value::Ref(zhangsan.id))]).await;
        // What the server said is kept.
        let backend = anew_without_the_server(&stage).await;
        let here = get(&backend, &customer).await;
        assert_eq!((here.get("phone"), here.get("website")), (&Value::Empty, &text("http://a.cn")));
        let check = CheckRequest {
            object: "customer".to_owned(),
            id: Some(customer.id),
            fields: here.fields.clone(),
            duplicates: false,
        };
        let told = backend.check(check).await.unwrap();
        assert_eq!(told.errors, [], "nobody is asked for what they don't see");
        assert!(!told.states["phone"].visible && told.states["website"].read_only && told.states["website"].visible);
        assert!(!told.states["short_name"].read_only);
        let change = async |changes: &[(&str, Value)]| {
            let target = Some((here.id, here.version));
            backend.save(SaveRequest { object: "customer".to_owned(), target, changes: fields(changes) }).await
        };
        for refused in [("phone", text("0755-2")), ("website", text("http://b.cn"))] {
            assert!(matches!(change(std::slice::from_ref(&refused)).await, Err(Error::Denied(_))), "{refused:?}");
        }
        let query = |filter: &str| Query {
            object: "customer".to_owned(),
            filter: filter.to_owned(),
            limit: 10,
            ..Query::default()
        };
        assert!(matches!(backend.query(query("phone:0755")).await, Err(Error::Denied(_))));
        change(&[("short_name", text("离线"))]).await.unwrap();
        stage.way.open();
        assert!(sync(&backend).await.pending.is_empty());
        let there = get(&stage.other, &customer).await;
        assert_eq!((there.get("short_name"), there.get("phone")), (&text("离线"), &text("0755-1")));
    });
}

#[test]
fn who_may_see_less_by_now_finds_nothing_of_it_here() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        let customer = make(&backend, "customer", &[("name", text("华信科技")), ("phone", text("0755-1"))]).await;
        sync(&backend).await;
        seller(&stage).await;
        sync(&backend).await;
        stage.way.close();
        assert_eq!(names(&backend, "customer", "").await, ["华信科技"]);
        assert_eq!(get(&backend, &customer).await.get("phone"), &Value::Empty);
    });
}
