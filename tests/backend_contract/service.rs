//! Service requests, campaigns, competitors, stock: their actions, relations and rules.

use super::*;

fn refused(offers: &[Offer]) -> Vec<&str> {
    offers.iter().filter(|o| o.refusal.is_some()).map(|o| o.action.as_str()).collect()
}

async fn offers(backend: &dyn Backend, record: &Record) -> Vec<Offer> {
    backend.offers(key(record)).await.unwrap()
}

async fn act(backend: &dyn Backend, action: &str, record: &Record, given: &[(&str, Value)], comment: &str) -> Saved {
    backend.act(perform(action, key(record), given, comment)).await.unwrap()
}

async fn now(backend: &dyn Backend, record: &Record) -> Record {
    backend.get(key(record)).await.unwrap().record
}

async fn user(backend: &dyn Backend, login: &str) -> Value {
    let page = backend.query(list("user", &format!("login={login}"))).await.unwrap();
    Value::Ref(page.rows[0].record.id)
}

#[tokio::test]
async fn a_request_is_assigned_worked_on_resolved_closed_and_reopened() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let customer = customer(backend, "华信科技").await;
    let given = [("subject", text("网关掉线")), ("customer", Value::Ref(customer.id)), ("kind", choice("repair"))];
    let case = add(backend, "case", &given).await;
    assert_eq!(case.get("status"), &choice("new"));
    assert!(case.get("code").as_str().unwrap().starts_with("SR-"), "{case:?}");
    assert_eq!(refused(&offers(backend, &case).await), ["close", "reopen"]);

    let Err(Error::Invalid(errors)) = backend.act(perform("assign", key(&case), &[], "")).await else { panic!() };
    assert_eq!(errors[0].field, "owner");
    let lisi = user(backend, "lisi").await;
    let done = act(backend, "assign", &case, &[("owner", lisi.clone())], "请今天联系客户").await;
    let first = &done.records[0];
    assert_eq!((first.get("status"), first.get("owner")), (&choice("assigned"), &lisi));
    assert!(matches!(first.get("assigned_at"), Value::DateTime(_)));
    let note = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!((note.get("case"), note.get("customer")), (&Value::Ref(case.id), &Value::Ref(customer.id)));

    act(backend, "progress", &case, &[], "已联系，明天上门").await;
    let Err(Error::Invalid(errors)) = backend.act(perform("resolve", key(&case), &[], "")).await else { panic!() };
    assert_eq!(errors[0].field, "solution");
    act(backend, "resolve", &case, &[("solution", text("换了电源")), ("satisfaction", Value::Integer(4))], "").await;
    let solved = now(backend, &case).await;
    assert_eq!((solved.get("status"), solved.get("satisfaction")), (&choice("resolved"), &Value::Integer(4)));
    let six = backend.act(perform("close", key(&case), &[("satisfaction", Value::Integer(6))], "")).await;
    assert!(matches!(six, Err(Error::Invalid(_))), "{six:?}");
    act(backend, "close", &case, &[("satisfaction", Value::Integer(5))], "").await;
    assert_eq!(refused(&offers(backend, &case).await), ["assign", "start", "progress", "resolve", "close"]);
    act(backend, "reopen", &case, &[], "又掉线了").await;
    let again = now(backend, &case).await;
    assert_eq!((again.get("status"), again.get("satisfaction")), (&choice("in_progress"), &Value::Empty));
    assert!(again.get("closed_at").is_empty() && again.get("resolved_at").is_empty());
    assert_eq!(again.get("solution"), &text("换了电源"), "what was tried stays");
    backend.undo().await.unwrap();
    assert_eq!(now(backend, &case).await.get("status"), &choice("closed"));
}

#[tokio::test]
async fn what_hangs_on_a_customer_keeps_it_or_goes_along() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let customer = add(backend, "customer", &[("name", text("华信科技")), ("type", choice("distributor"))]).await;
    let it = || ("customer", Value::Ref(customer.id));
    let product = add(backend, "product", &[("name", text("网关")), ("unit", text("台"))]).await;
    let bought = add(backend, "installed_product", &[it(), ("product", Value::Ref(product.id))]).await;
    assert_eq!((bought.get("name"), bought.get("unit")), (&text("网关"), &text("台")), "taken from the product");
    let given = [("subject", text("掉线")), ("installed_product", Value::Ref(bought.id))];
    let case = add(backend, "case", &given).await;
    assert_eq!((case.get("customer"), case.get("product")), (&Value::Ref(customer.id), &Value::Ref(product.id)));
    assert_eq!(now(backend, &product).await.get("cases"), &Value::Integer(1));
    let stock = [it(), ("product", Value::Ref(product.id))];
    let Err(Error::Invalid(errors)) = backend.save(creation("distributor_stock", &stock)).await else { panic!() };
    assert_eq!(errors[0].field, "stock");
    let counted = [stock[0].clone(), stock[1].clone(), ("stock", Value::Decimal(Decimal::from(3)))];
    let stock = add(backend, "distributor_stock", &counted).await;

    assert!(matches!(backend.delete(vec![key(&customer)]).await, Err(Error::Denied(_))));
    backend.delete(vec![key(&case), key(&bought)]).await.unwrap();
    backend.delete(vec![key(&customer)]).await.unwrap();
    assert!(matches!(backend.get(key(&stock)).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn stock_is_counted_at_distributors_only() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let product = add(backend, "product", &[("name", text("网关"))]).await;
    let [end, dealer] = [("华信", "end_customer"), ("智远", "distributor")]
        .map(|(name, kind)| [("name", text(name)), ("type", choice(kind))]);
    let (end, dealer) = (add(backend, "customer", &end).await, add(backend, "customer", &dealer).await);
    let count =
        |at: &Record| [("customer", to(at)), ("product", to(&product)), ("stock", Value::Decimal(Decimal::from(3)))];
    let refused = errors(backend.save(creation("distributor_stock", &count(&end))).await.unwrap_err());
    assert_eq!(refused.into_iter().collect::<Vec<_>>(), [("customer".into(), "crm-reference-unfit".into())]);
    let counted = add(backend, "distributor_stock", &count(&dealer)).await;
    let moved = backend.save(change(&counted, &[("customer", to(&end))])).await;
    assert_eq!(errors(moved.unwrap_err())["customer"], "crm-reference-unfit");
    // What was counted stays when the customer is no distributor any more.
    backend.save(change(&dealer, &[("type", choice("partner"))])).await.unwrap();
    backend.save(change(&counted, &[("remark", text("已核对"))])).await.unwrap();
}

#[tokio::test]
async fn a_relation_is_between_two_customers_and_told_once() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let (a, b) = (customer(backend, "甲").await, customer(backend, "乙").await);
    let relation = |from: &Record, kind: &str, other: &Record| {
        creation("customer_relation", &[("customer", to(from)), ("kind", choice(kind)), ("other", to(other))])
    };
    let own = errors(backend.save(relation(&a, "supplier", &a)).await.unwrap_err());
    assert_eq!(own.into_iter().collect::<Vec<_>>(), [("other".into(), "schema-rule".into())]);
    backend.save(relation(&a, "supplier", &b)).await.unwrap();
    let twice = errors(backend.save(relation(&a, "supplier", &b)).await.unwrap_err());
    assert_eq!(twice.into_iter().collect::<Vec<_>>(), [("other".into(), "crm-not-unique".into())]);
    let mut others = Vec::new();
    for other in [relation(&a, "rival", &b), relation(&b, "supplier", &a)] {
        others.push(backend.save(other).await.unwrap().records.remove(0));
    }
    let same = backend.save(change(&others[0], &[("kind", choice("supplier"))])).await.unwrap_err();
    assert_eq!(errors(same)["other"], "crm-not-unique");
    backend.save(change(&others[0], &[("remark", text("x"))])).await.unwrap();
}

fn to(record: &Record) -> Value {
    Value::Ref(record.id)
}

#[tokio::test]
async fn nothing_comes_to_stand_above_itself() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let [a, b, c] = [customer(backend, "甲").await, customer(backend, "乙").await, customer(backend, "丙").await];
    let below = |record: &Record, above: &Record| change(record, &[("parent", Value::Ref(above.id))]);
    backend.save(below(&b, &a)).await.unwrap();
    backend.save(below(&c, &b)).await.unwrap();
    let Err(Error::Invalid(errors)) = backend.save(below(&a, &c)).await else { panic!() };
    assert_eq!((errors[0].field.as_str(), errors[0].message.key.as_ref()), ("parent", "crm-circle"));
    let said = tcrm::i18n::message(tcrm::domain::lang::Lang::Zh, &errors[0].message);
    assert!(said.contains("甲 → 丙 → 乙 → 甲"), "{said}");
    assert!(now(backend, &a).await.get("parent").is_empty());

    let [one, two] = ["大类", "小类"].map(|name| [("name", text(name))]);
    let one = add(backend, "customer_class", &one).await;
    let two = add(backend, "customer_class", &[two[0].clone(), ("parent", Value::Ref(one.id))]).await;
    assert!(matches!(backend.save(below(&one, &two)).await, Err(Error::Invalid(_))));
    // The other way round once it was taken apart, and then taken back.
    let apart = backend.save(change(&two, &[("parent", Value::Empty)])).await.unwrap();
    backend.save(below(&one, &two)).await.unwrap();
    let back = backend.revert(apart.txn).await;
    assert!(matches!(&back, Err(Error::Conflict { message, .. }) if message.key == "crm-circle"), "{back:?}");
}

async fn campaign(backend: &dyn Backend) -> Record {
    add(backend, "campaign", &[("name", text("春季展会")), ("budget", Value::Decimal(Decimal::from(1000)))]).await
}

fn from(object: &str, filter: &str) -> [(&'static str, Value); 2] {
    [("object", choice(object)), ("filter", text(filter))]
}

#[tokio::test]
async fn a_campaign_takes_its_members_from_a_filter_each_once() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    for (name, level) in [("华信科技", "A"), ("智远电子", "A"), ("金源食品", "B")] {
        add(backend, "customer", &[("name", text(name)), ("level", choice(level)), ("phone", text("0755-83335555"))])
            .await;
    }
    let campaign = campaign(backend).await;
    let Err(Error::Filter { span, .. }) =
        backend.act(perform("fill_members", key(&campaign), &from("customer", "level:A levl:B"), "")).await
    else {
        panic!()
    };
    assert_eq!(span.start, 8, "the error points at the field");
    let nobody = backend.act(perform("fill_members", key(&campaign), &from("customer", "level:D"), "")).await;
    assert!(matches!(&nobody, Err(Error::Invalid(e)) if e[0].field == "filter"), "{nobody:?}");

    act(backend, "fill_members", &campaign, &from("customer", "level:A"), "").await;
    assert_eq!(now(backend, &campaign).await.get("members"), &Value::Integer(2));
    act(backend, "fill_members", &campaign, &from("customer", "name:科技"), "").await;
    act(backend, "fill_members", &campaign, &from("customer", ""), "").await;
    let page = backend.query(list("campaign_member", "")).await.unwrap();
    let mut names: Vec<_> = page.rows.iter().map(|r| r.record.get("name").as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["华信科技", "智远电子", "金源食品"]);
    assert!(page.rows.iter().all(|r| r.record.get("phone") == &text("0755-83335555")));

    // A contact is a member of its own, beside its customer.
    let customer = backend.query(list("customer", "name:华信")).await.unwrap().rows.remove(0).record;
    add(backend, "contact", &[("name", text("王总")), ("customer", Value::Ref(customer.id))]).await;
    act(backend, "fill_members", &campaign, &from("contact", ""), "").await;
    act(backend, "fill_members", &campaign, &from("customer", ""), "").await;
    let wang = backend.query(list("campaign_member", "name:王总")).await.unwrap().rows.remove(0).record;
    assert_eq!((wang.get("customer"), wang.get("company")), (&Value::Ref(customer.id), &text("华信科技")));
    assert_eq!(now(backend, &campaign).await.get("members"), &Value::Integer(4));
    backend.revert(backend.history(HistoryRequest::default()).await.unwrap().entries[0].txn).await.unwrap();
    assert_eq!(now(backend, &campaign).await.get("members"), &Value::Integer(3));
}

#[tokio::test]
async fn a_response_makes_a_lead_that_counts_for_the_campaign() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let campaign = campaign(backend).await;
    let customer = customer(backend, "华信科技").await;
    let old = add(backend, "lead", &[("name", text("李雷"))]).await;
    act(backend, "fill_members", &campaign, &from("customer", ""), "").await;
    act(backend, "fill_members", &campaign, &from("lead", ""), "").await;
    let member = |name: &'static str| async move {
        backend.query(list("campaign_member", &format!("name:{name}"))).await.unwrap().rows.remove(0).record
    };
    let done = act(backend, "respond", &member("华信").await, &[("interest", text("要报价"))], "").await;
    let lead = done.records.iter().find(|r| r.object == "lead").unwrap();
    assert_eq!(lead.get("campaign"), &Value::Ref(campaign.id));
    assert_eq!((lead.get("source"), lead.get("interest")), (&choice("campaign"), &text("要报价")));
    assert_eq!(done.records[0].get("made_lead"), &Value::Ref(lead.id));
    let twice = backend.act(perform("respond", key(&done.records[0]), &[], "")).await;
    assert!(matches!(twice, Err(Error::Denied(_))), "{twice:?}");
    act(backend, "respond", &member("李雷").await, &[], "").await;
    assert_eq!(now(backend, &old).await.get("campaign"), &Value::Ref(campaign.id), "it is a lead already");
    let all = now(backend, &campaign).await;
    assert_eq!((all.get("leads"), all.get("responded")), (&Value::Integer(2), &Value::Integer(2)));

    backend.delete(vec![key(&customer)]).await.unwrap();
    assert_eq!(now(backend, &campaign).await.get("members"), &Value::Integer(1), "members go with the customer");
}

#[tokio::test]
async fn expenses_are_held_against_the_budget() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let campaign = campaign(backend).await;
    let expense = |amount: i64, status: &'static str| {
        let amount = Value::Decimal(Decimal::from(amount));
        let campaign = Value::Ref(campaign.id);
        [("subject", text("场地")), ("amount", amount), ("campaign", campaign), ("status", choice(status))]
    };
    add(backend, "expense", &expense(400, "incurred")).await;
    let planned = add(backend, "expense", &expense(300, "planned")).await;
    let number = |n: i64| Value::Decimal(Decimal::from(n));
    let all = now(backend, &campaign).await;
    let figures = ["spent", "committed", "left", "used"].map(|f| all.get(f).clone());
    assert_eq!(figures, [400, 300, 600, 40].map(number));
    act(backend, "incur", &planned, &[("amount", number(350))], "").await;
    let all = now(backend, &campaign).await;
    assert_eq!(["spent", "left"].map(|f| all.get(f).clone()), [750, 250].map(number));
    assert!(matches!(backend.delete(vec![key(&campaign)]).await, Err(Error::Denied(_))), "it has cost something");
    for (action, after) in
        [("start", "running"), ("finish", "finished"), ("reopen", "running"), ("cancel", "cancelled")]
    {
        act(backend, action, &campaign, &[], "").await;
        assert_eq!(now(backend, &campaign).await.get("status"), &choice(after));
    }
    let over = backend.act(perform("fill_members", key(&campaign), &from("customer", ""), "")).await;
    assert!(matches!(over, Err(Error::Denied(_))), "{over:?}");
}

#[tokio::test]
async fn competitors_are_counted_where_they_are_met_and_partners_sign_and_end() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let rival = add(backend, "competitor", &[("name", text("云帆工控"))]).await;
    let customer = customer(backend, "华信科技").await;
    let deal = add(backend, "opportunity", &[("name", text("网关")), ("customer", Value::Ref(customer.id))]).await;
    let bare = backend.save(creation("competition", &[("competitor", Value::Ref(rival.id))])).await;
    assert!(matches!(bare, Err(Error::Invalid(_))), "{bare:?}");
    let given =
        [("competitor", Value::Ref(rival.id)), ("opportunity", Value::Ref(deal.id)), ("standing", choice("won"))];
    let met = add(backend, "competition", &given).await;
    assert_eq!((met.get("customer"), met.get("name")), (&Value::Ref(customer.id), &text("云帆工控")));
    let rival = now(backend, &rival).await;
    assert_eq!((rival.get("deals"), rival.get("lost_to")), (&Value::Integer(1), &Value::Integer(1)));

    let partner =
        add(backend, "partner", &[("name", text("启源")), ("customers", Value::Refs(vec![customer.id]))]).await;
    let page = backend.query(list("partner", &format!("customers:{}", customer.id))).await.unwrap();
    assert_eq!(page.rows.len(), 1, "the customer's tab of partners");
    let Err(Error::Invalid(errors)) = backend.act(perform("sign", key(&partner), &[], "")).await else { panic!() };
    assert_eq!(errors[0].field, "signed_on");
    let day = Value::Date(jiff::civil::date(2026, 11, 1));
    act(backend, "sign", &partner, &[("signed_on", day)], "").await;
    act(backend, "terminate", &partner, &[("end_reason", text("到期"))], "").await;
    assert_eq!(now(backend, &partner).await.get("status"), &choice("ended"));
}

/// Whose a new request is, by its rules.
const RULES: &str = r#"
[assignments.repairs]
zh = "报修按区域"
en = "Repairs by region"
object = "case"
filter = "kind:repair customer.region:浙江"
users = ["lisi"]
set = { status = "assigned", assigned_at = "now" }
[assignments.questions]
zh = "咨询轮流"
en = "Questions in turn"
object = "case"
filter = "kind:question"
department = "客服部"
[assignments.rest]
zh = "其余给最闲的"
en = "The rest to whoever has least"
object = "case"
role = "技术支持"
share = "least_loaded"
open = "-status:resolved -status:closed"
"#;

#[tokio::test]
async fn a_request_goes_by_rule_to_whose_turn_it_is_or_who_has_the_least() {
    let stage = Stage::bare();
    let schema = tcrm::schema::load(&[tcrm::schema::Source { name: "own.toml", text: RULES }]).unwrap();
    drop(LocalBackend::create(stage.options(None), &schema).unwrap());
    let backend = stage.open(None);
    let backend = &*backend;
    let top = add(backend, "department", &[("name", text("客服部"))]).await;
    let below = add(backend, "department", &[("name", text("客服一组")), ("parent", Value::Ref(top.id))]).await;
    let role = add(backend, "role", &[("name", text("技术支持")), ("administrator", Value::Boolean(true))]).await;
    let mut people = BTreeMap::new();
    for (login, department, active) in [
        ("zhangsan", Some(&top), true),
        ("lisi", None, true),
        ("wangwu", Some(&below), true),
        ("left", Some(&top), false),
    ] {
        let mut given = vec![("login", text(login)), ("name", text(login)), ("active", Value::Boolean(active))];
        given.extend(department.map(|d| ("department", Value::Ref(d.id))));
        people.insert(login, Value::Ref(add(backend, "user", &given).await.id));
    }
    let far = add(backend, "customer", &[("name", text("华信")), ("region", text("浙江"))]).await;
    let near = customer(backend, "凯达").await;
    let ask = |kind: &'static str, of: &Record, more: Vec<(&'static str, Value)>| {
        let given = [("subject", text(kind)), ("customer", Value::Ref(of.id)), ("kind", choice(kind))];
        backend.save(creation("case", &given.into_iter().chain(more).collect::<Vec<_>>()))
    };
    let owner =
        |saved: &Saved| people.iter().find(|(_, id)| *id == saved.records[0].get("owner")).map(|(name, _)| *name);
    // By kind and the customer's region.
    let first = ask("repair", &far, vec![]).await.unwrap();
    assert_eq!((owner(&first), first.records[0].get("status")), (Some("lisi"), &choice("assigned")));
    assert!(matches!(first.records[0].get("assigned_at"), Value::DateTime(_)));
    assert_eq!(first.notes[0].key, "crm-assigned", "it is told");
    // Nobody has the role yet: it stays open.
    let other = ask("repair", &near, vec![]).await.unwrap();
    assert_eq!((owner(&other), other.notes.len()), (None, 0));
    // In turn within the department and below, without those who left.
    let mut turns = Vec::new();
    for _ in 0..5 {
        turns.push(owner(&ask("question", &near, vec![]).await.unwrap()).unwrap());
    }
    assert_eq!(turns, ["zhangsan", "wangwu", "zhangsan", "wangwu", "zhangsan"]);
    // Who is named gets it, and who is away doesn't.
    let named = ask("question", &near, vec![("owner", people["lisi"].clone())]).await.unwrap();
    assert_eq!((owner(&named), named.notes.len()), (Some("lisi"), 0));
    let nobody = ask("question", &near, vec![("owner", Value::Empty)]).await.unwrap();
    assert_eq!(owner(&nobody), None, "given to nobody on purpose");
    let wangwu = backend.query(list("user", "login=wangwu")).await.unwrap().rows.remove(0).record;
    let away = [("delegate", people["lisi"].clone()), ("away_until", Value::Date("2999-01-01".parse().unwrap()))];
    backend.save(change(&wangwu, &away)).await.unwrap();
    assert_eq!(owner(&ask("question", &near, vec![]).await.unwrap()), Some("zhangsan"));
    // Whoever has the least open: lisi has two, zhangsan four.
    for login in ["zhangsan", "lisi"] {
        let user = backend.query(list("user", &format!("login={login}"))).await.unwrap().rows.remove(0).record;
        backend.save(change(&user, &[("roles", Value::Refs(vec![role.id]))])).await.unwrap();
    }
    let complaint = ask("complaint", &near, vec![]).await.unwrap();
    assert_eq!(owner(&complaint), Some("lisi"));
    // Taken back as one: the next of the kind goes the same way.
    backend.undo().await.unwrap();
    assert_eq!(owner(&ask("complaint", &near, vec![]).await.unwrap()), Some("lisi"));
}

const TURNS: &str = r#"
[objects.opportunity.fields.presales]
zh = "售前"
en = "Presales"
type = "user"
[assignments.presales]
zh = "售前轮流"
en = "Presales in turn"
object = "opportunity"
to = "presales"
filter = "customer.region:浙江"
users = ["zhangsan", "lisi"]
[assignments.leads]
zh = "线索给最闲的"
en = "Leads to whoever has least"
object = "lead"
users = ["zhangsan", "lisi"]
share = "least_loaded"
open = "-status:converted"
"#;

#[tokio::test]
async fn what_is_imported_or_made_by_an_action_goes_by_the_same_rules() {
    let stage = Stage::bare();
    let schema = tcrm::schema::load(&[tcrm::schema::Source { name: "own.toml", text: TURNS }]).unwrap();
    drop(LocalBackend::create(stage.options(None), &schema).unwrap());
    let backend = stage.open(None);
    let backend = &*backend;
    let mut people = BTreeMap::new();
    for login in ["zhangsan", "lisi"] {
        let id = add(backend, "user", &[("login", text(login)), ("name", text(login))]).await.id;
        people.insert(id, login);
    }
    let far = add(backend, "customer", &[("name", text("华信")), ("region", text("浙江"))]).await;
    add(backend, "customer", &[("name", text("凯达"))]).await;
    let who = |record: &Record, field: &str| record.get(field).as_ref_id().map(|id| people[&id]);
    let all = async |object: &str, field: &str| {
        let page = backend.query(Query { sort: by("id"), ..list(object, "") }).await.unwrap();
        page.rows.iter().map(|row| who(&row.record, field)).collect::<Vec<_>>()
    };

    let rows = ["甲", "乙", "丙", "丁"].map(|name| vec![name, if name == "丁" { "凯达" } else { "华信" }]);
    let request = bringing_in::import("opportunity", &["name", "customer"], rows.to_vec(), OnDuplicate::Error);
    assert_eq!(backend.import(request).await.unwrap().created, 4);
    let turns = [Some("zhangsan"), Some("lisi"), Some("zhangsan"), None];
    assert_eq!(all("opportunity", "presales").await, turns, "in turn, and only those that the rule is about");

    let rows = [vec!["一", "zhangsan"], vec!["二", "zhangsan"], vec!["三", ""], vec!["四", ""], vec!["五", ""]];
    let request = bringing_in::import("lead", &["name", "owner"], rows.to_vec(), OnDuplicate::Error);
    let report = backend.import(request).await.unwrap();
    assert_eq!((report.created, report.rejected), (5, 0));
    let owners = all("lead", "owner").await;
    assert_eq!(owners[..2], [Some("zhangsan"); 2], "the file's word counts");
    let moves = async || backend.query(list("owner_change", "")).await.unwrap().rows.len();
    assert_eq!(moves().await, 3, "what the rule gave is on record");
    // What the file gives counts for whose turn is next: lisi has one less than zhangsan, then two more.
    let rows = [vec!["六", ""], vec!["七", "lisi"], vec!["八", "lisi"], vec!["九", ""], vec!["十", ""]];
    let request = bringing_in::import("lead", &["name", "owner"], rows.to_vec(), OnDuplicate::Error);
    assert_eq!(backend.import(request).await.unwrap().created, 5);
    let turns = ["lisi", "lisi", "lisi", "zhangsan", "zhangsan"].map(Some);
    assert_eq!(all("lead", "owner").await[5..], turns);

    let before = moves().await;
    let lead = add(backend, "lead", &[("name", text("王建国")), ("company", text("云帆"))]).await;
    assert_eq!(moves().await, before + 1, "as by hand");
    let given = [("customer", Value::Ref(far.id)), ("opportunity_name", text("戊"))];
    backend.act(perform("convert", key(&lead), &given, "")).await.unwrap();
    assert_eq!(all("opportunity", "presales").await[4], Some("lisi"), "whose turn it is after the import");
}
