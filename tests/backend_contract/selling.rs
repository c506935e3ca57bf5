//! Leads that become customers, calls and plans.

use super::*;

async fn lead(backend: &dyn Backend) -> Record {
    let given = [
        ("name", text("王建国")),
        ("company", text("华信科技")),
        ("mobile", text("13800138000")),
        ("source", choice("website")),
        ("interest", text("三条产线联网")),
    ];
    add(backend, "lead", &given).await
}

fn money(amount: i64) -> Value {
    Value::Money(Money { amount: Decimal::from(amount), currency: "CNY".to_owned() })
}

async fn get(backend: &dyn Backend, object: &str, id: Id) -> Record {
    backend.get(RecordKey { object: object.to_owned(), id }).await.unwrap().record
}

async fn rows(backend: &dyn Backend, object: &str) -> usize {
    backend.query(list(object, "")).await.unwrap().rows.len()
}

#[tokio::test]
async fn converting_makes_customer_contact_and_opportunity_with_the_history_and_is_undone_as_one() {
    let (_stage, backend, _) = two_users().await;
    let lead = lead(&*backend).await;
    let about = |subject: &str| [("subject", text(subject)), ("lead", Value::Ref(lead.id))];
    let call = add(&*backend, "activity", &about("第一次电话")).await;
    let task = add(&*backend, "task", &about("发资料")).await;
    let lead = get(&*backend, "lead", lead.id).await;

    let form = backend.begin("convert".to_owned(), key(&lead)).await.unwrap().record;
    assert_eq!((form.get("customer_name"), form.get("contact_name")), (&text("华信科技"), &text("王建国")));
    assert_eq!(form.get("make_opportunity"), &Value::Boolean(true));
    let given = [("opportunity_name", text("产线联网")), ("amount", money(120_000))];
    let done = backend.act(perform("convert", key(&lead), &given, "")).await.unwrap();

    let after = &done.records[0];
    assert_eq!((after.id, after.get("status")), (lead.id, &choice("converted")));
    let refer = |field: &str| after.get(field).as_ref_id().unwrap();
    let customer = get(&*backend, "customer", refer("customer")).await;
    assert_eq!((customer.get("name"), customer.get("source")), (&text("华信科技"), &choice("website")));
    assert_eq!((customer.get("owner"), customer.get("last_contact")), (lead.get("owner"), call.get("at")));
    let contact = get(&*backend, "contact", refer("contact")).await;
    assert_eq!((contact.get("mobile"), contact.get("customer")), (&text("13800138000"), &Value::Ref(customer.id)));
    let deal = get(&*backend, "opportunity", refer("opportunity")).await;
    assert_eq!((deal.get("amount"), deal.get("customer")), (&money(120_000), &Value::Ref(customer.id)));
    for record in [&call, &task] {
        let linked = backend.get(key(record)).await.unwrap().record;
        let links = ["lead", "customer", "contact", "opportunity"].map(|field| linked.get(field).as_ref_id());
        assert_eq!(links, [Some(lead.id), Some(customer.id), Some(contact.id), Some(deal.id)]);
    }

    backend.undo().await.unwrap();
    assert_eq!(get(&*backend, "lead", lead.id).await.get("status"), &choice("new"));
    for object in ["customer", "contact", "opportunity"] {
        assert_eq!(rows(&*backend, object).await, 0, "{object}");
    }
    assert!(backend.get(key(&call)).await.unwrap().record.get("customer").is_empty());
}

#[tokio::test]
async fn of_two_who_convert_at_once_the_second_is_refused_and_makes_nothing() {
    let (_stage, one, other) = two_users().await;
    let lead = lead(&*one).await;
    let request = || perform("convert", key(&lead), &[], "");
    let (a, b) = tokio::join!(one.act(request()), other.act(request()));
    let refused: Vec<_> = [a, b].into_iter().filter_map(Result::err).collect();
    assert!(matches!(refused.as_slice(), [Error::Denied(_)]), "{refused:?}");
    for object in ["customer", "contact", "opportunity"] {
        assert_eq!(rows(&*one, object).await, 1, "{object}");
    }
}

#[tokio::test]
async fn converting_into_an_existing_customer_uses_its_contact_of_that_name() {
    let (_stage, backend, _) = two_users().await;
    let known = customer(&*backend, "华信科技").await;
    let person = add(&*backend, "contact", &[("name", text("王建国")), ("customer", Value::Ref(known.id))]).await;
    let lead = lead(&*backend).await;
    let request = CheckRequest {
        object: "lead.convert".to_owned(),
        id: None,
        fields: fields(&[("customer_name", text("华信科技"))]),
        duplicates: true,
    };
    search_ready(&*backend).await;
    let check = backend.check(request.clone()).await.unwrap();
    assert_eq!(check.duplicates.iter().map(|d| d.key.clone()).collect::<Vec<_>>(), [key(&known)]);
    let chosen = fields(&[("customer", Value::Ref(known.id)), ("customer_name", text("华信科技"))]);
    let chosen = backend.check(CheckRequest { fields: chosen, ..request }).await.unwrap();
    assert!(chosen.duplicates.is_empty() && !chosen.states["customer_name"].visible, "{chosen:?}");

    let given = [("customer", Value::Ref(known.id)), ("make_opportunity", Value::Boolean(false))];
    let done = backend.act(perform("convert", key(&lead), &given, "")).await.unwrap();
    let after = &done.records[0];
    assert_eq!((after.get("customer"), after.get("contact")), (&Value::Ref(known.id), &Value::Ref(person.id)));
    assert!(after.get("opportunity").is_empty());
    assert_eq!((rows(&*backend, "customer").await, rows(&*backend, "contact").await), (1, 1));
}

#[tokio::test]
async fn what_cannot_be_converted_says_which_argument_is_wrong() {
    let (_stage, backend, _) = two_users().await;
    let lead = lead(&*backend).await;
    let given = [("customer_name", Value::Empty), ("opportunity_name", Value::Empty)];
    let wrong = errors(backend.act(perform("convert", key(&lead), &given, "")).await.unwrap_err());
    assert_eq!(wrong.keys().collect::<Vec<_>>(), ["customer_name", "opportunity_name"]);
    assert_eq!(rows(&*backend, "customer").await, 0);
    let junk = [("junk_reason", choice("no_need"))];
    backend.act(perform("junk", key(&lead), &junk, "")).await.unwrap();
    assert!(matches!(backend.act(perform("convert", key(&lead), &[], "")).await, Err(Error::Denied(_))));
}

#[tokio::test]
async fn the_outcome_of_a_call_plans_the_next_touch() {
    let (_stage, backend, _) = two_users().await;
    let who = customer(&*backend, "华信科技").await;
    let call = |outcome: &str, given: &[(&str, Value)]| {
        let mut all = vec![("outcome", choice(outcome))];
        all.extend_from_slice(given);
        perform("call", key(&who), &all, "")
    };
    let done = backend.act(call("interested", &[("comment", text("要报价"))])).await.unwrap();
    let logged = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!((logged.get("kind"), logged.get("subject")), (&choice("call"), &text("要报价")));
    let Value::DateTime(next) = logged.get("next_date") else { panic!("no next touch: {logged:?}") };
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let next = next.to_zoned(zone).date();
    let after = backend.get(key(&who)).await.unwrap().record;
    assert_eq!((after.get("next_contact"), after.get("last_contact")), (&Value::Date(next), logged.get("at")));
    assert!(!matches!(next.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday));

    let wrong = errors(backend.act(call("call_back", &[])).await.unwrap_err());
    assert_eq!(wrong["next_date"], "crm-call-when");
    backend.act(call("refused", &[])).await.unwrap();
    assert_eq!(backend.query(list("activity", "")).await.unwrap().rows.len(), 2);
}

#[tokio::test]
async fn a_call_about_a_deal_leaves_its_traces_on_deal_customer_and_contact() {
    let (_stage, backend, _) = two_users().await;
    let buyer = customer(&*backend, "华信科技").await;
    let given = [("name", text("李总")), ("customer", Value::Ref(buyer.id))];
    let person = add(&*backend, "contact", &given).await;
    let links = [("name", text("新购")), ("customer", Value::Ref(buyer.id)), ("contact", Value::Ref(person.id))];
    let deal = add(&*backend, "opportunity", &links).await;
    let given = [("outcome", choice("interested"))];
    let done = backend.act(perform("call", key(&deal), &given, "")).await.unwrap();
    let logged = done.records.iter().find(|r| r.object == "activity").unwrap();
    let about = ["opportunity", "customer", "contact"].map(|f| logged.get(f).as_ref_id().unwrap());
    assert_eq!(about, [deal.id, buyer.id, person.id]);
    for record in [&deal, &buyer, &person] {
        let after = backend.get(key(record)).await.unwrap().record;
        assert_eq!(after.get("last_contact"), logged.get("at"), "{}", record.object);
    }
    assert!(!backend.get(key(&deal)).await.unwrap().record.get("next_contact").is_empty());
}

#[tokio::test]
async fn a_plan_that_is_carried_out_is_a_contact_and_makes_the_next_step() {
    let (_stage, backend, _) = two_users().await;
    let who = customer(&*backend, "华信科技").await;
    let at = |text: &str| Value::DateTime(text.parse().unwrap());
    let planned = [
        ("subject", text("上门拜访")),
        ("kind", choice("visit")),
        ("state", choice("planned")),
        ("at", at("2031-03-03T02:00:00Z")),
        ("customer", Value::Ref(who.id)),
    ];
    let plan = add(&*backend, "activity", &planned).await;
    assert!(backend.get(key(&who)).await.unwrap().record.get("last_contact").is_empty(), "a plan is no contact");
    let given = |next_as: &str| {
        [
            ("outcome", choice("progress")),
            ("next_step", text("发报价")),
            ("next_date", at("2031-03-10T02:00:00Z")),
            ("next_as", choice(next_as)),
        ]
    };
    let done = backend.act(perform("finish", key(&plan), &given("task"), "")).await.unwrap();
    assert_eq!(done.records[0].get("state"), &choice("done"));
    let task = done.records.iter().find(|r| r.object == "task").unwrap();
    assert_eq!((task.get("subject"), task.get("customer")), (&text("发报价"), &Value::Ref(who.id)));
    assert_eq!(task.get("due"), &at("2031-03-10T02:00:00Z"));
    assert!(!backend.get(key(&who)).await.unwrap().record.get("last_contact").is_empty());
    let again = backend.act(perform("finish", key(&plan), &given("task"), "")).await;
    assert!(matches!(again, Err(Error::Denied(_))), "{again:?}");

    let plan = add(&*backend, "activity", &planned).await;
    let done = backend.act(perform("finish", key(&plan), &given("activity"), "")).await.unwrap();
    let next = done.records.iter().find(|r| r.object == "activity" && r.id != plan.id).unwrap();
    assert_eq!((next.get("state"), next.get("kind")), (&choice("planned"), &choice("visit")));
}

#[tokio::test]
async fn whatever_leads_to_somebody_can_be_called_for_and_a_task_is_done_or_put_off_by_the_outcome() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let company = customer(backend, "华信科技").await;
    let given = [("name", text("王总")), ("customer", Value::Ref(company.id)), ("mobile", text("13800138000"))];
    let person = add(backend, "contact", &given).await;
    let call = |of: &Record, outcome: &str, more: &[(&str, Value)]| {
        let given = [("outcome", choice(outcome))].into_iter().chain(more.iter().cloned()).collect::<Vec<_>>();
        backend.act(perform("call", key(of), &given, ""))
    };
    let about = |subject: &str| vec![("subject", text(subject)), ("contact", Value::Ref(person.id))];
    // Not reached: the task stays and is put off to the next touch, the customer's too.
    let task = add(backend, "task", &about("催回款")).await;
    let done = call(&task, "no_answer", &[]).await.unwrap();
    let activity = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!(activity.get("task"), &Value::Ref(task.id));
    assert_eq!(activity.get("customer"), &Value::Ref(company.id), "by the contact");
    let after = get(backend, "task", task.id).await;
    assert_eq!((after.get("state"), after.get("due")), (&choice("open"), activity.get("next_date")));
    assert!(!get(backend, "customer", company.id).await.get("next_contact").is_empty());
    // Reached: it is done; unless one says otherwise.
    call(&task, "progress", &[("done", Value::Boolean(false))]).await.unwrap();
    assert_eq!(get(backend, "task", task.id).await.get("state"), &choice("open"));
    call(&task, "progress", &[]).await.unwrap();
    let after = get(backend, "task", task.id).await;
    assert_eq!(after.get("state"), &choice("done"));
    assert!(matches!(after.get("done_at"), Value::DateTime(_)));
    assert!(matches!(call(&task, "progress", &[]).await, Err(Error::Denied(_))), "the task is over");
    backend.undo().await.unwrap();
    assert_eq!(get(backend, "task", task.id).await.get("state"), &choice("open"));
    // Who audits a task says when it is done.
    let lisi = backend.query(list("user", "login=lisi")).await.unwrap().rows[0].record.id;
    let audited = [about("对账"), vec![("auditor", Value::Ref(lisi))]].concat();
    let audited = add(backend, "task", &audited).await;
    let refused = call(&audited, "progress", &[("done", Value::Boolean(true))]).await.unwrap_err();
    assert_eq!(errors(refused)["done"], "crm-call-audited");
    call(&audited, "progress", &[]).await.unwrap();
    assert_eq!(get(backend, "task", audited.id).await.get("state"), &choice("open"));
    // Nobody to call.
    let alone = add(backend, "task", &[("subject", text("写周报"))]).await;
    let Err(Error::Denied(why)) = call(&alone, "progress", &[]).await else { panic!() };
    assert_eq!(why.key, "crm-call-nobody");
    // Requests, orders, reminders, plans; one's own objects are looked at by the schema's tests.
    let to = ("customer", Value::Ref(company.id));
    let case = add(backend, "case", &[("subject", text("掉线")), to.clone()]).await;
    let order = add(backend, "order", std::slice::from_ref(&to)).await;
    for of in [&case, &order] {
        let made = call(of, "progress", &[]).await.unwrap();
        let activity = made.records.iter().find(|r| r.object == "activity").unwrap();
        assert_eq!(activity.get("customer"), &to.1, "{}", of.object);
    }
    let nudge = [("text", text("回电")), ("due", activity.get("at").clone()), to.clone()];
    let nudge = add(backend, "reminder", &nudge).await;
    call(&nudge, "busy", &[]).await.unwrap();
    let later = get(backend, "reminder", nudge.id).await;
    assert!(later.get("state") == &choice("open") && !later.get("snoozed").is_empty());
    call(&nudge, "refused", &[]).await.unwrap();
    assert_eq!(get(backend, "reminder", nudge.id).await.get("state"), &choice("done"));
    // A planned call has been made: no second one is written.
    let planned =
        [("subject", text("约好的")), ("state", choice("planned")), ("at", activity.get("next_date").clone()), to];
    let planned = add(backend, "activity", &planned).await;
    let before = rows(backend, "activity").await;
    call(&planned, "interested", &[]).await.unwrap();
    let held = get(backend, "activity", planned.id).await;
    assert_eq!((held.get("state"), held.get("outcome")), (&choice("done"), &choice("interested")));
    assert_eq!(rows(backend, "activity").await, before);
    // What leads to nobody has no such action.
    let schema = backend.schema();
    for (object, can) in
        [("payment_plan", true), ("campaign_member", true), ("product", false), ("share", false), ("delivery", false)]
    {
        assert_eq!(schema.object(object).unwrap().action("call").is_some(), can, "{object}");
    }
}
