//! Quotes, orders, payments: lines that follow products, totals that follow lines.

use super::*;
use proptest::prelude::*;

fn number(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

fn money(text: &str) -> Value {
    Value::Money(Money { amount: text.parse().unwrap(), currency: "CNY".to_owned() })
}

fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn to(record: &Record) -> Value {
    Value::Ref(record.id)
}

async fn now(backend: &dyn Backend, record: &Record) -> Record {
    backend.get(key(record)).await.unwrap().record
}

async fn product(backend: &dyn Backend, name: &str, price: &str) -> Record {
    let given = [("name", text(name)), ("unit", text("台")), ("price", money(price)), ("floor_price", money("80"))];
    add(backend, "product", &given).await
}

async fn quote(backend: &dyn Backend) -> (Record, Record) {
    let customer = customer(backend, "华信科技").await;
    let quote = add(backend, "quote", &[("customer", to(&customer))]).await;
    (customer, quote)
}

async fn line(backend: &dyn Backend, quote: &Record, price: &str, quantity: &str) -> Record {
    let given = [("quote", to(quote)), ("name", text("x")), ("price", number(price)), ("quantity", number(quantity))];
    add(backend, "quote_line", &given).await
}

#[tokio::test]
async fn totals_follow_every_write_of_a_line() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let (_, quote) = quote(backend).await;
    let customer = now(backend, &quote).await.get("customer").clone();
    let other = add(backend, "quote", &[("customer", customer)]).await;
    let total = |record: &Record| {
        let record = record.clone();
        async move { now(backend, &record).await.get("total").clone() }
    };
    assert_eq!(total(&quote).await, money("0"));
    let first = line(backend, &quote, "100", "2").await;
    let second = line(backend, &quote, "50.5", "1").await;
    assert_eq!(total(&quote).await, money("250.50"));
    let record = now(backend, &quote).await;
    assert_eq!(record.get("lines"), &Value::Integer(2));
    assert_eq!((record.get("net"), record.get("tax")), (&number("221.68"), &number("28.82")), "13 % in the price");
    assert_eq!(record.version, quote.version, "what follows is no change of the quote's own");
    // Changed, deleted, taken back, done again.
    let changed = backend.save(change(&first, &[("quantity", number("3"))])).await.unwrap();
    assert_eq!(total(&quote).await, money("350.50"));
    backend.delete(vec![key(&second)]).await.unwrap();
    assert_eq!(total(&quote).await, money("300"));
    backend.undo().await.unwrap();
    assert_eq!(total(&quote).await, money("350.50"));
    backend.redo().await.unwrap();
    assert_eq!(total(&quote).await, money("300"));
    backend.revert(changed.txn).await.unwrap();
    assert_eq!(total(&quote).await, money("200"));
    assert_eq!(total(&other).await, money("0"));
    assert!(backend.query(list("quote", "total:200 lines:1")).await.unwrap().rows.len() == 1);
    // A deleted quote comes back with its lines and totals.
    let gone = backend.delete(vec![key(&quote)]).await.unwrap();
    assert_eq!(gone.touched, 2);
    backend.undo().await.unwrap();
    assert_eq!(total(&quote).await, money("200"));
}

#[tokio::test]
async fn my_line_can_be_taken_back_after_another_user_added_his() {
    let (_stage, mine, theirs) = two_users().await;
    let (_, quote) = quote(&*mine).await;
    line(&*mine, &quote, "10", "1").await;
    line(&*theirs, &quote, "5", "1").await;
    assert_eq!(now(&*mine, &quote).await.get("total"), &money("15"));
    mine.undo().await.unwrap();
    assert_eq!(now(&*mine, &quote).await.get("total"), &money("5"));
}

#[tokio::test]
async fn a_discount_that_makes_the_total_negative_is_refused_from_either_side() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let (_, quote) = quote(&*backend).await;
    let line = line(&*backend, &quote, "100", "1").await;
    let quote = now(&*backend, &quote).await;
    let refused = backend.save(change(&quote, &[("discount", number("100.01"))])).await.unwrap_err();
    assert_eq!(errors(refused)["discount"], "schema-rule");
    backend.save(change(&quote, &[("discount", number("40"))])).await.unwrap();
    assert_eq!(now(&*backend, &quote).await.get("total"), &money("60"));
    let refused = backend.save(change(&line, &[("price", number("39"))])).await.unwrap_err();
    assert_eq!(errors(refused)[""], "schema-rule");
    assert_eq!(now(&*backend, &line).await.get("price"), &number("100"), "nothing is half done");
    let refused = backend.delete(vec![key(&line)]).await.unwrap_err();
    assert_eq!(errors(refused)[""], "schema-rule");
    let wrong = [("price", number("-1")), ("discount", number("101")), ("quantity", number("-2"))];
    let refused = errors(backend.save(change(&line, &wrong)).await.unwrap_err());
    assert_eq!(refused.keys().collect::<Vec<_>>(), ["discount", "price", "quantity"]);
}

#[tokio::test]
async fn a_line_follows_its_product_and_the_customers_price_list() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let (customer, plain) = quote(backend).await;
    let product = product(backend, "网关", "100").await;
    let prices = add(backend, "price_list", &[("name", text("大客户"))]).await;
    let item = [
        ("price_list", to(&prices)),
        ("product", to(&product)),
        ("price", number("88")),
        ("floor", number("85")),
        ("valid_to", date("2999-01-01")),
    ];
    let item = add(backend, "price_list_item", &item).await;
    assert_eq!(item.get("name"), &text("网关"));
    backend.save(change(&customer, &[("price_list", to(&prices))])).await.unwrap();
    let special = add(backend, "quote", &[("customer", to(&customer))]).await;
    assert_eq!(special.get("price_list"), &to(&prices));
    for (quote, price, floor) in [(&plain, "100", "80"), (&special, "88", "85")] {
        let given = fields(&[("quote", to(quote)), ("product", to(&product))]);
        let request =
            CheckRequest { object: "quote_line".to_owned(), id: None, fields: given.clone(), duplicates: false };
        let suggested = backend.check(request).await.unwrap().suggested;
        assert_eq!(suggested["name"], text("网关"));
        assert_eq!(suggested["price"], number(price));
        let prepared = backend.prepare("quote_line".to_owned(), given.clone()).await.unwrap().record;
        assert_eq!(prepared.get("price"), &number(price));
        let saved = add(backend, "quote_line", &[("quote", to(quote)), ("product", to(&product))]).await;
        assert_eq!((saved.get("price"), saved.get("floor")), (&number(price), &number(floor)));
        assert_eq!((saved.get("unit"), saved.get("gross")), (&text("台"), &number(price)));
        assert_eq!(saved.get("below_floor"), &Value::Boolean(false));
        let changed = change(&saved, &[("discount", number("30"))]);
        let changed = backend.save(changed).await.unwrap().records.remove(0);
        assert_eq!(changed.get("below_floor"), &Value::Boolean(true), "an approval can hang on it");
        assert_eq!(now(backend, quote).await.get("below_floor"), &Value::Integer(1));
    }
    // What is given by hand stays; another product brings its own price.
    let own = [("quote", to(&plain)), ("product", to(&product)), ("price", number("99"))];
    let own = add(backend, "quote_line", &own).await;
    assert_eq!(own.get("price"), &number("99"));
    let other = self::product(backend, "传感器", "20").await;
    let saved = backend.save(change(&own, &[("product", to(&other))])).await.unwrap().records.remove(0);
    assert_eq!((saved.get("name"), saved.get("price")), (&text("传感器"), &number("20")));
}

#[tokio::test]
async fn a_foreign_currency_needs_a_rate_and_lines_keep_the_currency() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let (customer, _) = quote(backend).await;
    let foreign = [("customer", to(&customer)), ("currency", choice("USD")), ("date", date("2026-11-20"))];
    let refused = errors(backend.save(creation("quote", &foreign)).await.unwrap_err());
    assert_eq!(refused["rate"], "document-no-rate");
    for (rate, from) in [("7.1", "2026-11-01"), ("7.2", "2026-11-10"), ("7.3", "2026-12-01")] {
        let given = [("currency", choice("USD")), ("rate", number(rate)), ("valid_from", date(from))];
        add(backend, "exchange_rate", &given).await;
    }
    let quote = add(backend, "quote", &foreign).await;
    assert_eq!(quote.get("rate"), &number("7.2"), "the newest of that day");
    line(backend, &quote, "100", "1").await;
    let record = now(backend, &quote).await;
    let usd = Value::Money(Money { amount: 100.into(), currency: "USD".to_owned() });
    assert_eq!((record.get("total"), record.get("total_base")), (&usd, &money("720")));
    let refused = backend.save(change(&record, &[("currency", choice("CNY"))])).await.unwrap_err();
    assert_eq!(errors(refused)["currency"], "document-has-lines");
    let refused = backend.save(change(&record, &[("valid_until", date("2026-11-19"))])).await.unwrap_err();
    assert_eq!(errors(refused)["valid_until"], "document-days");
}

#[tokio::test]
async fn payments_fill_their_plan_and_the_customers_sums() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let customer = customer(backend, "华信科技").await;
    let order = add(backend, "order", &[("customer", to(&customer))]).await;
    let plan = |due: &str, amount: &str| {
        let given = [("order", to(&order)), ("due", date(due)), ("amount", money(amount))];
        let request = creation("payment_plan", &given);
        async move { backend.save(request).await.unwrap().records.remove(0) }
    };
    let first = plan("2026-01-31", "300").await;
    let second = plan("2026-02-28", "700").await;
    assert_eq!((first.get("customer"), first.get("status")), (&to(&customer), &choice("open")));
    let sums = |receivable: &'static str, next: &'static str| {
        let customer = customer.clone();
        async move {
            let record = now(backend, &customer).await;
            assert_eq!((record.get("receivable"), record.get("next_due")), (&money(receivable), &date(next)));
        }
    };
    sums("1000", "2026-01-31").await;
    let paid = add(backend, "payment", &[("plan", to(&first)), ("amount", money("300"))]).await;
    assert_eq!((paid.get("customer"), paid.get("order")), (&to(&customer), &to(&order)));
    assert_eq!(now(backend, &first).await.get("status"), &choice("paid"));
    sums("700", "2026-02-28").await;
    let part = add(backend, "payment", &[("plan", to(&second)), ("amount", money("100"))]).await;
    assert_eq!(now(backend, &second).await.get("status"), &choice("partial"));
    let refused = backend.save(creation("payment", &[("plan", to(&second)), ("amount", money("600.01"))])).await;
    assert_eq!(errors(refused.unwrap_err())[""], "schema-rule", "more than is open");
    let dollars = Value::Money(Money { amount: 1.into(), currency: "USD".to_owned() });
    let refused = backend.save(creation("payment", &[("plan", to(&second)), ("amount", dollars)])).await;
    assert_eq!(errors(refused.unwrap_err())["amount"], "document-currency");
    let record = now(backend, &order).await;
    assert_eq!((record.get("received"), record.get("receivable")), (&money("400"), &money("600")));
    assert_eq!(backend.query(list("customer", "receivable:600 next_due:<2026-03-01")).await.unwrap().rows.len(), 1);
    // Moved to another plan: both follow.
    backend.save(change(&paid, &[("plan", to(&second))])).await.unwrap();
    assert_eq!(now(backend, &first).await.get("open"), &money("300"));
    assert_eq!(now(backend, &second).await.get("open"), &money("300"));
    backend.delete(vec![key(&part)]).await.unwrap();
    sums("700", "2026-01-31").await;
}

#[tokio::test]
async fn an_import_brings_totals_up_to_date_and_doctor_agrees() {
    let stage = Stage::new();
    let backend = LocalBackend::open(stage.options(None)).unwrap();
    let (_, quote) = quote(&backend).await;
    let code = quote.get("code").as_str().unwrap().to_owned();
    let rows = (0..250u64).map(move |n| ImportRow {
        line: n + 2,
        cells: vec![code.clone(), format!("件 {n}"), "1.005".to_owned(), "3".to_owned()],
        error: None,
    });
    let request = ImportRequest {
        object: "quote_line".to_owned(),
        mapping: ["quote", "name", "price", "quantity"].map(|f| Some(f.to_owned())).to_vec(),
        rows: Box::new(rows),
        expected: 250,
        on_duplicate: OnDuplicate::Error,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let report = backend.import(request).await.unwrap();
    assert_eq!((report.created, report.rejected), (250, 0));
    // 3.015 is 3.02 in every line, before the lines are added.
    assert_eq!(now(&backend, &quote).await.get("total"), &money("755"));
    assert!(backend.doctor().await.unwrap().is_empty());
    stage.tamper("UPDATE quote SET gross = gross + 1");
    let found: Vec<String> = backend.doctor().await.unwrap().iter().map(|m| m.key.to_string()).collect();
    assert_eq!(found, ["store-check-rollups"]);
    backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(now(&backend, &quote).await.get("total"), &money("0"));
    assert!(backend.doctor().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_quote_becomes_a_contract_and_an_order_without_retyping() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let (customer, quote) = quote(backend).await;
    line(backend, &quote, "100", "2").await;
    line(backend, &quote, "33.335", "3").await;
    let record = now(backend, &quote).await;
    let given = [("discount", number("10")), ("payment_terms", text("预付")), ("subject", text("网关"))];
    backend.save(change(&record, &given)).await.unwrap();
    let act = |name: &'static str, record: &Record, given: Fields| {
        let request = DoRequest {
            action: name.to_owned(),
            key: key(record),
            fields: given,
            comment: String::new(),
            version: None,
        };
        backend.act(ActRequest::Do(request))
    };
    let total = now(backend, &quote).await.get("total").clone();
    assert_eq!(total, money("290.01"));
    let saved = act("to_contract", &quote, Fields::new()).await.unwrap();
    let contract = saved.records.iter().find(|r| r.object == "contract").unwrap().clone();
    assert_eq!((contract.get("name"), contract.get("total")), (&text("网关"), &total));
    assert_eq!(contract.get("lines"), &Value::Integer(2));
    let source = now(backend, &quote).await;
    assert_eq!((source.get("contract"), source.get("status")), (&to(&contract), &choice("accepted")));
    assert!(matches!(act("to_contract", &quote, Fields::new()).await, Err(Error::Denied(_))), "once");
    let delivery = fields(&[("delivery_date", date("2999-01-31"))]);
    let saved = act("to_order", &contract, delivery).await.unwrap();
    let order = saved.records.iter().find(|r| r.object == "order").unwrap().clone();
    assert_eq!((order.get("total"), order.get("customer")), (&total, &to(&customer)));
    assert_eq!((order.get("quote"), order.get("contract")), (&to(&quote), &to(&contract)));
    assert_eq!((order.get("payment_terms"), order.get("delivery_date")), (&text("预付"), &date("2999-01-31")));
    assert_eq!(now(backend, &quote).await.get("order"), &to(&order), "the quote knows it too");
    assert!(matches!(act("to_order", &quote, Fields::new()).await, Err(Error::Denied(_))));
    // A line of an accepted quote stays as it was accepted.
    let ids = backend.query(list("quote_line", &format!("quote:{}", quote.id))).await.unwrap().rows;
    let fixed = &ids[0].record;
    let refused = backend.save(change(fixed, &[("price", number("1"))])).await.unwrap_err();
    assert_eq!(errors(refused)["quote"], "document-closed");
    assert!(matches!(backend.delete(vec![key(fixed)]).await, Err(Error::Denied(_))));
    // One step back takes the order, its lines and the links along.
    backend.undo().await.unwrap();
    assert!(now(backend, &quote).await.get("order").is_empty());
    assert!(backend.query(list("order", "")).await.unwrap().rows.is_empty());
    assert!(backend.query(list("order_line", "")).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn an_order_gets_its_payment_plan_and_a_payment_fills_the_oldest_first() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let customer = customer(backend, "华信科技").await;
    let order = add(backend, "order", &[("customer", to(&customer))]).await;
    add(backend, "order_line", &[("order", to(&order)), ("name", text("x")), ("price", number("1000.01"))]).await;
    let act = |name: &'static str, record: &Record, given: &[(&str, Value)]| {
        let request = DoRequest {
            action: name.to_owned(),
            key: key(record),
            fields: fields(given),
            comment: String::new(),
            version: None,
        };
        backend.act(ActRequest::Do(request))
    };
    let args = [("method", choice("deposit")), ("first_due", date("2026-01-31")), ("last_due", date("2026-03-15"))];
    act("plan", &order, &args).await.unwrap();
    let plans = || async {
        let page = backend.query(Query { sort: by("due"), ..list("payment_plan", "") }).await.unwrap();
        let of = |name: &str| page.rows.iter().map(|r| r.record.get(name).clone()).collect::<Vec<_>>();
        (of("amount"), of("due"), of("open"))
    };
    let (amounts, due, _) = plans().await;
    assert_eq!(amounts, [money("300"), money("700.01")]);
    assert_eq!(due, [date("2026-01-31"), date("2026-03-15")]);
    let again = act("plan", &order, &[("method", choice("once"))]).await.unwrap_err();
    assert_eq!(errors(again)["method"], "document-nothing-to-plan");
    let paid = act("receive", &order, &[("amount", money("500")), ("date", date("2026-02-01"))]).await.unwrap();
    let made: Vec<&Value> = paid.records.iter().filter(|r| r.object == "payment").map(|r| r.get("amount")).collect();
    assert_eq!(made, [&money("300"), &money("200")]);
    assert_eq!(plans().await.2, [money("0"), money("500.01")]);
    let refused = act("receive", &customer, &[("amount", money("500.02"))]).await.unwrap_err();
    assert_eq!(errors(refused)["amount"], "document-more-than-open");
    act("receive", &customer, &[("amount", money("500.01"))]).await.unwrap();
    let record = now(backend, &customer).await;
    assert_eq!((record.get("receivable"), record.get("received")), (&money("0"), &money("1000.01")));
    assert!(record.get("next_due").is_empty());
    assert!(matches!(act("receive", &customer, &[("amount", money("1"))]).await, Err(Error::Denied(_))));
}

#[tokio::test]
async fn a_cancelled_order_cancels_what_is_to_be_paid_for_it_until_it_is_opened_again() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let customer = customer(backend, "华信科技").await;
    let order = add(backend, "order", &[("customer", to(&customer))]).await;
    add(backend, "order_line", &[("order", to(&order)), ("name", text("x")), ("price", number("1000"))]).await;
    let act = |name: &'static str, given: &[(&str, Value)]| backend.act(perform(name, key(&order), given, ""));
    let args = [("method", choice("deposit")), ("first_due", date("2026-01-31"))];
    act("plan", &args).await.unwrap();
    let states = || async {
        let page = backend.query(Query { sort: by("due"), ..list("payment_plan", "") }).await.unwrap();
        page.rows.iter().map(|r| (r.record.get("status").clone(), r.record.get("open").clone())).collect::<Vec<_>>()
    };
    let due = || async {
        let record = now(backend, &customer).await;
        (record.get("receivable").clone(), record.get("next_due").clone())
    };
    act("cancel", &[]).await.unwrap();
    let off = (choice("cancelled"), money("0"));
    assert_eq!(states().await, [off.clone(), off]);
    assert_eq!(due().await, (money("0"), Value::Empty));
    assert!(now(backend, &order).await.get("planned").is_empty());
    let plan = backend.query(list("payment_plan", "")).await.unwrap().rows.remove(0).record;
    let paid = backend.save(creation("payment", &[("plan", to(&plan)), ("amount", money("1"))])).await;
    assert_eq!(errors(paid.unwrap_err())[""], "schema-rule");
    assert!(matches!(act("plan", &args).await, Err(Error::Denied(_))), "nothing is planned for a cancelled order");
    act("reopen", &[]).await.unwrap();
    let open = [(choice("open"), money("300")), (choice("open"), money("700"))];
    assert_eq!(states().await, open);
    assert_eq!(due().await, (money("1000"), date("2026-01-31")));
    backend.undo().await.unwrap();
    backend.undo().await.unwrap();
    assert_eq!(states().await, open, "taken back with the order");
}

#[tokio::test]
async fn a_terminated_contract_cancels_what_is_still_to_be_paid_and_delivered() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let customer = customer(backend, "华信科技").await;
    let contract =
        add(backend, "contract", &[("customer", to(&customer)), ("name", text("框架")), ("date", date("2026-01-04"))])
            .await;
    let line = [("contract", to(&contract)), ("name", text("x")), ("price", number("1000"))];
    add(backend, "contract_line", &line).await;
    let act = |name: &'static str, given: &[(&str, Value)]| backend.act(perform(name, key(&contract), given, ""));
    act("sign", &[("signed_on", date("2026-01-05"))]).await.unwrap();
    act("plan", &[("method", choice("monthly")), ("months", Value::Integer(3)), ("first_due", date("2026-01-31"))])
        .await
        .unwrap();
    // The first instalment is paid, the second in part.
    act("receive", &[("amount", money("500"))]).await.unwrap();
    let order = add(backend, "order", &[("customer", to(&customer)), ("contract", to(&contract))]).await;
    let delivery = [("order", to(&order)), ("name", text("x")), ("date", date("2026-02-01"))];
    let sent = [("done", Value::Boolean(true)), ("done_on", date("2026-02-02"))];
    add(backend, "delivery", &delivery.iter().cloned().chain(sent).collect::<Vec<_>>()).await;
    add(backend, "delivery", &delivery).await;
    let states = || async {
        let page = backend.query(Query { sort: by("due"), ..list("payment_plan", "") }).await.unwrap();
        let state = |r: &Row| r.record.get("status").as_str().unwrap().to_owned();
        let plans: Vec<String> = page.rows.iter().map(state).collect();
        let off = backend.query(list("delivery", "cancelled:yes")).await.unwrap().rows;
        (plans.join(" "), off.iter().filter(|r| r.record.get("done") == &Value::Boolean(false)).count(), off.len())
    };
    assert_eq!(states().await, ("paid partial open".to_owned(), 0, 0));
    let done = act("terminate", &[]).await.unwrap();
    assert_eq!(done.records[0].get("status"), &choice("terminated"));
    assert_eq!(states().await, ("paid cancelled cancelled".to_owned(), 1, 1), "what was sent stays as it is");
    let due = now(backend, &contract).await;
    assert_eq!((due.get("receivable"), due.get("received")), (&money("0"), &money("500")));
    backend.undo().await.unwrap();
    assert_eq!(states().await, ("paid partial open".to_owned(), 0, 0), "taken back as one");
    assert_eq!(now(backend, &contract).await.get("status"), &choice("signed"));
}

#[tokio::test]
async fn lines_are_tried_out_without_a_trace_and_written_as_one() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let (_, quote) = quote(backend).await;
    let first = line(backend, &quote, "100", "1").await;
    let second = line(backend, &quote, "50", "2").await;
    let gateway = product(backend, "网关", "300").await;
    let of = |target: Option<&Record>, given: &[(&str, Value)]| LineChange {
        target: target.map(|r| (r.id, r.version)),
        changes: fields(given),
    };
    let request = |lines: Vec<LineChange>, removed: Vec<(Id, i64)>, ordered: bool| LinesRequest {
        document: "quote".to_owned(),
        id: Some(quote.id),
        object: "quote_line".to_owned(),
        by: "quote".to_owned(),
        lines,
        ordered,
        removed,
    };
    let stored = || async { backend.lines(request(vec![], vec![], false)).await.unwrap() };
    let before = stored().await;
    assert_eq!(before.lines.len(), 2);
    // A new line of a product goes first, the first line changes, the second goes.
    let lines = vec![
        of(None, &[("product", to(&gateway)), ("quantity", number("3"))]),
        of(Some(&first), &[("price", number("99.99"))]),
    ];
    let wanted = request(lines, vec![(second.id, second.version)], true);
    let seen = backend.lines(wanted.clone()).await.unwrap();
    let made = seen.lines[0].record.as_ref().unwrap();
    assert_eq!(
        (made.get("name"), made.get("price"), made.get("gross")),
        (&text("网关"), &number("300"), &number("900"))
    );
    assert_eq!(seen.document.unwrap().get("total"), &money("999.99"));
    assert_eq!(stored().await, before, "nothing of it is there");
    let saved = backend.act(ActRequest::Lines(wanted.clone())).await.unwrap();
    assert_eq!(saved.records[0].get("total"), &money("999.99"));
    let after = stored().await;
    let prices: Vec<Value> = after.lines.iter().map(|l| l.record.as_ref().unwrap().get("price").clone()).collect();
    assert_eq!(prices, [number("300"), number("99.99")], "in the order asked for");
    // On versions that are no longer there nothing is written.
    let conflict = backend.act(ActRequest::Lines(wanted)).await;
    assert!(matches!(conflict, Err(Error::Conflict { .. } | Error::NotFound(_))), "{conflict:?}");
    assert_eq!(stored().await, after);
    backend.undo().await.unwrap();
    assert_eq!(now(backend, &quote).await.get("total"), &money("200"));
    assert_eq!(stored().await.lines.len(), 2, "taken back as one");
    // A line that is wrong is named; the others are worked out nevertheless.
    let first = now(backend, &first).await;
    let lines = vec![of(Some(&first), &[("price", number("10"))]), of(None, &[("name", text("y"))])];
    let seen = backend.lines(request(lines.clone(), vec![], false)).await.unwrap();
    assert!(seen.lines[0].errors.is_empty() && seen.lines[1].errors.iter().any(|e| e.field == "price"));
    let refused = backend.act(ActRequest::Lines(request(lines, vec![], false))).await.unwrap_err();
    assert!(errors(refused).contains_key("2.price"));
    // Lines of another document are not this one's; a closed document's stay.
    let other = add(backend, "quote", &[("customer", quote.get("customer").clone())]).await;
    let foreign = line(backend, &other, "1", "1").await;
    let taken =
        backend.act(ActRequest::Lines(request(vec![of(Some(&foreign), &[("price", number("2"))])], vec![], false)));
    assert!(matches!(taken.await, Err(Error::Invalid(_))));
    let gone = backend.act(ActRequest::Lines(request(vec![], vec![(foreign.id, foreign.version)], false))).await;
    assert!(gone.is_err(), "{gone:?}");
    backend.act(perform("send", key(&quote), &[], "")).await.unwrap();
    let closed =
        backend.act(ActRequest::Lines(request(vec![of(Some(&first), &[("price", number("2"))])], vec![], false)));
    assert!(matches!(closed.await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn what_an_action_asks_for_is_held_to_the_same_days_as_a_form() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = &*backend;
    let customer = customer(backend, "华信科技").await;
    let contract = add(backend, "contract", &[("customer", to(&customer)), ("name", text("年度合同"))]).await;
    add(backend, "contract_line", &[("contract", to(&contract)), ("name", text("x")), ("price", number("1"))]).await;
    let until = |end: &str| {
        let given = [("signed_on", contract.get("date").clone()), ("start", date("2026-06-01")), ("end", date(end))];
        backend.act(perform("sign", key(&contract), &given, ""))
    };
    assert_eq!(errors(until("2026-05-31").await.unwrap_err())["end"], "document-days");
    until("2027-05-31").await.unwrap();
}

/// A line's typed figures: price (1/10000), quantity (1/100), discount and tax rate (1/100 %), tax in the price.
type Figures = (i64, i64, i64, i64, bool);

fn figures() -> impl Strategy<Value = Figures> {
    (0i64..10_000_000, 0i64..100_000, 0i64..=10_000, 0i64..=3_000, any::<bool>())
}

proptest! {
    #[test]
    fn net_and_tax_of_every_line_are_its_gross_to_the_cent(
        (price, quantity, discount, rate, included) in figures()
    ) {
        let object = tcrm::schema::builtin().object("quote_line").unwrap();
        let decimal = |n: i64, scale: u32| Decimal::new(n, scale);
        let mut record = fields(&[
            ("price", Value::Decimal(decimal(price, 4))),
            ("quantity", Value::Decimal(decimal(quantity, 2))),
            ("discount", Value::Decimal(decimal(discount, 2))),
            ("tax_rate", Value::Decimal(decimal(rate, 2))),
            ("tax_included", Value::Boolean(included)),
        ]);
        let context = tcrm::domain::formula::Context { today: "2026-11-22".parse().unwrap(), zone: TimeZone::UTC };
        prop_assert!(tcrm::schema::compute(object, &mut record, &context).is_empty());
        let of = |name: &str| match &record[name] {
            Value::Decimal(n) => *n,
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(of("net") + of("tax"), of("gross"));
        // Independently, in whole numbers of the smallest unit: 4 + 2 + 4 digits after the point.
        let exact = i128::from(price) * i128::from(quantity) * i128::from(10_000 - discount);
        let cents = (exact * 2 + 100_000_000) / 200_000_000;
        prop_assert_eq!(of("amount"), Decimal::from_i128_with_scale(cents, 2), "half up, once");
        prop_assert_eq!(of(if included { "gross" } else { "net" }), of("amount"));
    }
}
