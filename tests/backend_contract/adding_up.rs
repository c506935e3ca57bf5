//! Groups of records with their number and sums.

use super::*;

fn groups(object: &str, filter: &str, group: Vec<Group>, sums: &[&str]) -> AggregateRequest {
    let sums = sums.iter().map(|s| (*s).to_owned()).collect();
    AggregateRequest { object: object.to_owned(), filter: filter.to_owned(), group, sums }
}

fn by_field(field: &str) -> Vec<Group> {
    vec![Group::Field(field.to_owned())]
}

fn money(amount: &str, currency: &str) -> Value {
    Value::Money(Money { amount: amount.parse().unwrap(), currency: currency.to_owned() })
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

async fn deal(backend: &dyn Backend, name: &str, stage: &str, amount: Value, more: &[(&str, Value)]) -> Record {
    let buyer = customer(backend, "华信").await;
    let mut given = vec![("name", text(name)), ("stage", choice(stage)), ("amount", amount)];
    given.push(("customer", Value::Ref(buyer.id)));
    given.extend_from_slice(more);
    add(backend, "opportunity", &given).await
}

#[tokio::test]
async fn records_are_counted_and_added_up_exactly_by_group() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for (name, stage, amount, chance) in
        [("a", "proposal", "0.10", "50"), ("b", "proposal", "0.20", "50"), ("c", "engaging", "90071992547409.93", "10")]
    {
        deal(&*backend, name, stage, money(amount, "CNY"), &[("probability", Value::Decimal(decimal(chance)))]).await;
    }
    deal(&*backend, "d", "engaging", Value::Empty, &[]).await;
    let request = groups("opportunity", "", by_field("stage"), &["amount", "weighted"]);
    let found = backend.aggregate(request).await.unwrap();
    assert!(!found.more);
    let rows: Vec<_> = found.rows.iter().map(|r| (r.keys.clone(), r.count, r.sums[0].total, r.sums[1].total)).collect();
    // In the dictionary's order.
    let expected = [
        (vec![choice("engaging")], 2, Some(decimal("90071992547409.93")), Some(decimal("9007199254740.99"))),
        (vec![choice("proposal")], 2, Some(decimal("0.30")), Some(decimal("0.15"))),
    ];
    assert_eq!(rows, expected);
    assert_eq!(found.rows[0].sums[0].currency.as_deref(), Some("CNY"));

    let all = backend.aggregate(groups("opportunity", "name:a", Vec::new(), &["amount"])).await.unwrap();
    assert_eq!((all.rows[0].count, all.rows[0].sums[0].total), (1, Some(decimal("0.10"))));
    let none = backend.aggregate(groups("opportunity", "name:zzz", Vec::new(), &["amount"])).await.unwrap();
    assert_eq!((none.rows[0].count, none.rows[0].sums[0].total), (0, Some(Decimal::ZERO)));
    let none = backend.aggregate(groups("opportunity", "name:zzz", by_field("stage"), &["amount"])).await.unwrap();
    assert!(none.rows.is_empty());
}

#[tokio::test]
async fn currencies_are_never_added_as_if_they_were_the_same() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let half = [("probability", Value::Decimal(decimal("50")))];
    deal(&*backend, "a", "engaging", money("100", "CNY"), &half).await;
    deal(&*backend, "b", "engaging", money("10", "USD"), &half).await;
    deal(&*backend, "c", "engaging", money("2", "USD"), &half).await;
    deal(&*backend, "d", "proposal", money("7", "USD"), &half).await;
    let request = || groups("opportunity", "", by_field("stage"), &["amount", "weighted"]);
    let found = backend.aggregate(request()).await.unwrap();
    let part = |amount: &str, currency: &str| Money { amount: decimal(amount), currency: currency.to_owned() };
    let sum = &found.rows[0].sums[0];
    assert_eq!((sum.total, sum.unrated.as_slice()), (None, ["USD".to_owned()].as_slice()));
    assert_eq!(sum.parts, [part("100", "CNY"), part("12", "USD")]);
    // What is computed from an amount is in its currency.
    let weighted = &found.rows[0].sums[1];
    assert_eq!((weighted.total, weighted.parts.as_slice()), (None, [part("50", "CNY"), part("6", "USD")].as_slice()));
    let only = &found.rows[1].sums[0];
    assert_eq!((only.total, only.currency.as_deref()), (Some(decimal("7")), Some("USD")));
    assert_eq!(found.rows[0].count, 3);
    drop(backend);

    let rates = tcrm::schema::Source { name: "rates", text: "[rates]\nUSD = 7.125\n" };
    let schema = tcrm::schema::load(&[rates]).unwrap();
    let backend = LocalBackend::open(stage.options(None)).unwrap();
    backend.apply_schema(schema, false).await.unwrap();
    let found = backend.aggregate(request()).await.unwrap();
    let sum = &found.rows[0].sums[0];
    // 12 × 7.125 = 85.50
    assert_eq!((sum.total, sum.currency.as_deref()), (Some(decimal("185.50")), Some("CNY")));
    assert!(sum.unrated.is_empty());
    assert_eq!(sum.parts.len(), 2);
}

#[tokio::test]
async fn dates_are_put_together_by_period_in_the_users_zone() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let date = |text: &str| Value::Date(text.parse().unwrap());
    for (name, close) in [("a", "2026-01-01"), ("b", "2026-03-31"), ("c", "2026-04-01"), ("d", "2025-12-29")] {
        deal(&*backend, name, "engaging", Value::Empty, &[("close_date", date(close))]).await;
    }
    deal(&*backend, "e", "engaging", Value::Empty, &[]).await;
    let firsts = [
        (Period::Week, vec![("2025-12-29", 2), ("2026-03-30", 2)]),
        (Period::Month, vec![("2025-12-01", 1), ("2026-01-01", 1), ("2026-03-01", 1), ("2026-04-01", 1)]),
        (Period::Quarter, vec![("2025-10-01", 1), ("2026-01-01", 2), ("2026-04-01", 1)]),
        (Period::Year, vec![("2025-01-01", 1), ("2026-01-01", 3)]),
    ];
    for (period, expected) in firsts {
        let group = vec![Group::Period("close_date".to_owned(), period)];
        let found = backend.aggregate(groups("opportunity", "", group, &[])).await.unwrap();
        let mut rows: Vec<_> = expected.into_iter().map(|(day, count)| (vec![date(day)], count)).collect();
        rows.push((vec![Value::Empty], 1));
        let found: Vec<_> = found.rows.into_iter().map(|row| (row.keys, row.count)).collect();
        assert_eq!(found, rows, "{period:?}");
    }
    // 23:30 in London is the next day in Shanghai.
    let at = Value::DateTime("2026-03-31T23:30:00Z".parse().unwrap());
    add(&*backend, "activity", &[("kind", choice("note")), ("subject", text("x")), ("at", at)]).await;
    let group = vec![Group::Period("at".to_owned(), Period::Month)];
    let found = backend.aggregate(groups("activity", "", group, &[])).await.unwrap();
    assert_eq!(found.rows[0].keys, [date("2026-04-01")]);
}

#[tokio::test]
async fn groups_by_reference_come_with_titles_and_what_makes_no_sense_is_refused() {
    let (_stage, zhangsan, _) = two_users().await;
    let backend = &*zhangsan;
    let me = backend.me().unwrap();
    deal(backend, "a", "engaging", money("5", "CNY"), &[]).await;
    let group = vec![Group::Field("owner".to_owned()), Group::Field("stage".to_owned())];
    let found = backend.aggregate(groups("opportunity", "owner:me", group, &["amount"])).await.unwrap();
    assert_eq!(found.rows[0].keys, [Value::Ref(me.id), choice("engaging")]);
    assert_eq!(found.titles.get(&me.id).map(String::as_str), Some("张三"));

    for (group, sums, field) in [
        (by_field("amount"), vec![], "amount"),
        (by_field("tags"), vec![], "tags"),
        (by_field("collaborators"), vec![], "collaborators"),
        (by_field("nonsense"), vec![], "nonsense"),
        (vec![Group::Period("name".to_owned(), Period::Day)], vec![], "name"),
        (Vec::new(), vec!["name"], "name"),
        (Vec::new(), vec!["nonsense"], "nonsense"),
    ] {
        let found = backend.aggregate(groups("opportunity", "", group, &sums)).await;
        assert!(errors(found.unwrap_err()).contains_key(field), "{field}");
    }
    let unknown = backend.aggregate(groups("nonsense", "", Vec::new(), &[])).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
    let unread = backend.aggregate(groups("opportunity", "stgae:won", Vec::new(), &[])).await;
    assert!(matches!(unread, Err(Error::Filter { .. })));
}
