//! Who may claim and assign what lies in a pool, how much of it, and what of it is hidden until then.

use super::*;

#[test]
fn without_a_pool_whoever_likes_claims_as_much_as_they_like() {
    let stage = Stage::new();
    for _ in 0..5 {
        let customer = stage.customer(0, None, &[]);
        stage.claim(0, ZHANG, &customer).unwrap();
        stage.release(0, ZHANG, &customer);
        stage.claim(0, ZHANG, &customer).unwrap();
        assert_eq!(stage.owner(&customer), Some(ZHANG));
    }
    assert!(stage.at(0, Some(ZHANG)).pools().unwrap().is_empty());
    assert_eq!(stage.sweep(900), SweepReport::default());
}

#[test]
fn only_members_claim_and_only_administrators_assign() {
    let stage = Stage::new();
    let people = |at: usize| Value::Refs(vec![stage.users[at]]);
    stage.pool(&[("members", people(LI)), ("administrators", people(WANG))]);
    let customer = stage.customer(0, None, &[]);
    assert_eq!(denied(stage.claim(0, ZHANG, &customer)), "pool-member");
    let to_li = [("owner", Value::Ref(stage.users[LI]))];
    let assigned = stage.at(0, Some(ZHANG)).act(&perform("assign", &customer, &to_li), &NoFinder);
    assert_eq!(denied(assigned), "pool-assign");
    // The form of the record is no way round.
    let to_me = [("owner", Value::Ref(stage.users[ZHANG]))];
    assert_eq!(denied(change(&mut stage.at(0, Some(ZHANG)), &customer, &to_me)), "pool-member");
    assert_eq!(denied(change(&mut stage.at(0, Some(LI)), &customer, &to_me)), "pool-assign");
    assert_eq!(stage.owner(&customer), None);

    let offers = stage.at(0, Some(ZHANG)).offers(&key(&customer)).unwrap();
    for (action, reason) in [("claim", "pool-member"), ("assign", "pool-assign")] {
        let offer = offers.iter().find(|o| o.action == action).unwrap();
        assert_eq!(offer.refusal.as_ref().map(|m| m.key.as_ref()), Some(reason));
    }
    stage.claim(0, LI, &customer).unwrap();
    assert_eq!(stage.owner(&customer), Some(LI));
    let other = stage.customer(0, None, &[]);
    let to_zhang = [("owner", Value::Ref(stage.users[ZHANG]))];
    stage.at(0, Some(WANG)).act(&perform("assign", &other, &to_zhang), &NoFinder).unwrap();
    assert_eq!(stage.owner(&other), Some(ZHANG), "an administrator assigns to whom they like");
    // What has an owner is no business of the pool.
    let moved = stage.at(0, Some(ZHANG)).act(&perform("assign", &other, &to_li), &NoFinder);
    moved.unwrap();
}

#[test]
fn claims_are_limited_by_day_and_by_capacity() {
    let stage = Stage::new();
    stage.pool(&[("per_day", int(2)), ("capacity", int(3))]);
    let all: Vec<Record> = (0..6).map(|_| stage.customer(0, None, &[])).collect();
    stage.claim(0, ZHANG, &all[0]).unwrap();
    stage.claim(0, ZHANG, &all[1]).unwrap();
    assert_eq!(denied(stage.claim(0, ZHANG, &all[2])), "pool-per-day");
    assert_eq!(stage.owner(&all[2]), None, "nothing changes");
    stage.claim(0, LI, &all[2]).unwrap();
    stage.claim(1, ZHANG, &all[3]).unwrap();
    assert_eq!(denied(stage.claim(1, ZHANG, &all[4])), "pool-capacity");
    let standing = stage.at(1, Some(ZHANG)).pools().unwrap().remove(0);
    assert_eq!((standing.mine, standing.claimed, standing.free), (3, 1, 2));
    stage.release(1, ZHANG, &all[0]);
    stage.claim(1, ZHANG, &all[4]).unwrap();
    // A clock that went back makes no new day: claims of the future count.
    assert_eq!(denied(stage.claim(-3, ZHANG, &all[5])), "pool-per-day");
}

#[test]
fn who_had_it_waits_before_they_claim_it_again() {
    let stage = Stage::new();
    stage.pool(&[("wait_days", int(30))]);
    let customer = stage.customer(0, Some(ZHANG), &[]);
    stage.release(10, ZHANG, &customer);
    assert_eq!(denied(stage.claim(10, ZHANG, &customer)), "pool-wait");
    assert_eq!(denied(stage.claim(39, ZHANG, &customer)), "pool-wait");
    let Err(Error::Denied(message)) = stage.claim(39, ZHANG, &customer) else { panic!() };
    assert_eq!(message.arg("until"), Some(day(40).date().to_string().as_str()));
    // Through another's hands it doesn't come back earlier.
    stage.claim(11, LI, &customer).unwrap();
    stage.release(12, LI, &customer);
    assert_eq!(denied(stage.claim(13, ZHANG, &customer)), "pool-wait");
    assert_eq!(denied(stage.claim(0, ZHANG, &customer)), "pool-wait");
    stage.claim(40, ZHANG, &customer).unwrap();
}

#[test]
fn a_record_belongs_to_the_first_pool_that_fits() {
    let stage = Stage::new();
    let only = |at: usize| ("members", Value::Refs(vec![stage.users[at]]));
    let mut crm = stage.at(0, None);
    let pool = |crm: &mut Crm, name: &str, filter: &str, at: i64, who| {
        add(crm, "pool", &[("name", text_of(name)), ("filter", text_of(filter)), ("position", int(at)), only(who)]);
    };
    pool(&mut crm, "rest", "name!=empty", 9, LI);
    pool(&mut crm, "key", "level:A", 1, ZHANG);
    let (a, b) = (stage.customer(0, None, &[level("A")]), stage.customer(0, None, &[level("B")]));
    assert_eq!(denied(stage.claim(0, LI, &a)), "pool-member");
    assert_eq!(denied(stage.claim(0, ZHANG, &b)), "pool-member");
    stage.claim(0, ZHANG, &a).unwrap();
    stage.claim(0, LI, &b).unwrap();
    let free: Vec<(String, u64)> = crm.pools().unwrap().into_iter().map(|p| (p.name, p.mine)).collect();
    assert_eq!(free.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["key", "rest"]);
}

#[test]
fn rules_that_cannot_be_read_are_refused_and_named() {
    let stage = Stage::new();
    let mut crm = stage.at(0, None);
    for (field, value, expected) in [
        ("filter", text_of("levl:A"), "bind-unknown-field"),
        ("filter", text_of("华信"), "pool-words"),
        ("filter", text_of("owner:me"), "value-no-me"),
        ("no_touch_by", text_of("A=x"), "pool-days"),
        ("no_deal_by", text_of("Z=3"), "pool-level"),
        ("hidden", Value::Choices(vec!["fone".to_owned()]), "pool-no-field-near"),
        ("hidden", Value::Choices(vec!["name".to_owned()]), "pool-shown"),
    ] {
        let refused = save(&mut crm, "pool", &[("name", text_of("x")), (field, value.clone())]);
        assert_eq!(invalid(refused), [(field.to_owned(), expected.to_owned())], "{value:?}");
    }
    let lead = ("object", Value::Choice("lead".to_owned()));
    let refused = save(&mut crm, "pool", &[("name", text_of("x")), lead, ("no_touch_by", text_of("A=3"))]);
    assert_eq!(invalid(refused), [("no_touch_by".to_owned(), "pool-no-level".to_owned())]);
}

#[test]
fn hidden_fields_are_told_to_nobody_but_administrators_until_it_is_claimed() {
    let stage = Stage::new();
    let hidden = Value::Choices(vec!["phone".to_owned(), "level".to_owned()]);
    stage.pool(&[("hidden", hidden), ("administrators", Value::Refs(vec![stage.users[WANG]]))]);
    let phone = ("phone", text_of("13800138000"));
    let free = stage.customer(0, None, &[phone.clone(), level("A")]);
    let mine = stage.customer(0, Some(ZHANG), &[phone, level("A")]);
    let rows = |user: Option<usize>, filter: &str| {
        let query = Query { object: "customer".to_owned(), filter: filter.to_owned(), limit: 9, ..Query::default() };
        stage.at(0, user).query(&query, &NoFinder).unwrap().rows
    };
    let all = |user| rows(user, "").iter().filter(|row| !row.record.get("phone").is_empty()).count();
    assert_eq!((all(Some(ZHANG)), all(Some(WANG)), all(None)), (1, 2, 2));
    let ids = |filter: &str| rows(Some(ZHANG), filter).iter().map(|row| row.record.id).collect::<Vec<_>>();
    for (filter, found) in [
        ("phone:138", vec![mine.id]),
        ("level:A", vec![mine.id]),
        ("level:A owner:empty", vec![]),
        ("phone:138 or owner:empty", vec![mine.id, free.id]),
    ] {
        let mut shown = ids(filter);
        shown.sort();
        let mut found = found;
        found.sort();
        assert_eq!(shown, found, "{filter}");
    }
    // Whether a test holds or not makes no difference for what is hidden.
    assert_eq!(ids("-phone:138 owner:empty"), ids("-phone:139 owner:empty"));
    let view = stage.at(0, Some(ZHANG)).get(&key(&free)).unwrap().record;
    assert!(view.get("phone").is_empty() && view.get("level").is_empty() && !view.get("name").is_empty());
    let history = |user| {
        let request = HistoryRequest { key: Some(key(&free)), before: None, limit: 9 };
        stage.at(0, user).history(&request).unwrap().entries.iter().any(|e| e.after.contains_key("phone"))
    };
    assert_eq!((history(Some(ZHANG)), history(Some(WANG))), (false, true));
    let groups = |user| {
        let group = vec![Group::Field("level".to_owned())];
        let request = AggregateRequest { object: "customer".to_owned(), group, ..AggregateRequest::default() };
        stage.at(0, user).aggregate(&request, &NoFinder).unwrap().rows.iter().map(|row| row.count).sum::<u64>()
    };
    assert_eq!((groups(Some(ZHANG)), groups(Some(WANG))), (1, 2));
    let count = |filter: &str| {
        let request = CountRequest { object: "customer".to_owned(), filter: filter.to_owned(), cap: 9 };
        stage.at(0, Some(ZHANG)).count(&request, &NoFinder).unwrap().value
    };
    assert_eq!(count("level:A"), 1);
    stage.claim(0, ZHANG, &free).unwrap();
    assert_eq!(all(Some(ZHANG)), 2);
}
