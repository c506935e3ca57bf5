//! What the sweep takes back, what it leaves, and the warnings before it.

use super::*;

#[test]
fn the_sweep_takes_back_what_was_left_alone_and_nothing_else() {
    let stage = Stage::new();
    stage.pool(&[("no_touch_days", int(30)), ("no_touch_by", text_of("A=10 D=-")), ("filter", text_of("-level:B"))]);
    let idle = stage.customer(0, Some(ZHANG), &[level("C")]);
    let key_customer = stage.customer(21, Some(ZHANG), &[level("A")]);
    let never = stage.customer(0, Some(ZHANG), &[level("D")]);
    let elsewhere = stage.customer(0, Some(ZHANG), &[level("B")]);
    let touched = stage.customer(0, Some(ZHANG), &[]);
    stage.touch(5, &touched);
    let taken_over = stage.customer(0, Some(LI), &[]);
    let to_zhang = [("owner", Value::Ref(stage.users[ZHANG]))];
    stage.at(9, None).act(&perform("assign", &taken_over, &to_zhang), &NoFinder).unwrap();
    let free = stage.customer(0, None, &[]);

    assert_eq!(stage.foresee(29).total(), 0);
    let foreseen = stage.foresee(30);
    assert_eq!(foreseen.rows.iter().map(|r| r.key.id).collect::<Vec<_>>(), [idle.id]);
    assert_eq!(foreseen.rows[0].owner.1, "zhang");
    assert_eq!(foreseen.rows[0].since, day(0).date());
    assert_eq!(stage.owner(&idle), Some(ZHANG), "a preview changes nothing");

    let swept = stage.sweep(31);
    let ids: Vec<Id> = swept.rows.iter().map(|r| r.key.id).collect();
    assert_eq!(ids, [idle.id, key_customer.id]);
    assert_eq!((swept.pools[0].touch, swept.pools[0].deal), (2, 0));
    for (record, owner) in [
        (&idle, None),
        (&key_customer, None),
        (&never, Some(ZHANG)),
        (&elsewhere, Some(ZHANG)),
        (&touched, Some(ZHANG)),
        (&taken_over, Some(ZHANG)),
        (&free, None),
    ] {
        assert_eq!(stage.owner(record), owner);
    }
    let again = stage.sweep(31);
    assert_eq!((again.total(), again.txn), (0, None), "doing it again does nothing");
    assert_eq!(stage.sweep(34).total(), 0);
    assert_eq!(stage.sweep(35).rows.iter().map(|r| r.key.id).collect::<Vec<_>>(), [touched.id]);

    let crm = stage.at(31, None);
    let change = Query {
        object: "owner_change".to_owned(),
        filter: format!("customer:{}", idle.id),
        limit: 9,
        ..Query::default()
    };
    let move_ = crm.query(&change, &NoFinder).unwrap().rows.remove(0).record;
    assert_eq!(move_.get("from_owner"), &Value::Ref(stage.users[ZHANG]));
    assert_eq!(move_.get("reason"), &Value::Choice("recycled_touch".to_owned()));
    assert!(move_.get("to_owner").is_empty() && move_.get("pool").as_ref_id().is_some());
}

#[test]
fn of_several_pools_each_has_its_records_named() {
    let stage = Stage::new();
    for (name, filter, position) in [("甲", "level:A", 1), ("乙", "", 2)] {
        let rules = [("no_touch_days", int(30)), ("filter", text_of(filter)), ("position", int(position))];
        stage.pool(&[&[("name", text_of(name))][..], &rules].concat());
    }
    for _ in 0..110 {
        stage.customer(0, Some(ZHANG), &[level("A")]);
        stage.customer(0, Some(ZHANG), &[level("C")]);
    }
    let foreseen = stage.foresee(40);
    let named = |name: &str| foreseen.rows.iter().filter(|row| row.pool == name).count();
    assert_eq!((foreseen.total(), named("甲"), named("乙")), (220, 100, 100));
}

#[test]
fn a_sweep_is_taken_back_as_one_whole() {
    let stage = Stage::new();
    stage.pool(&[("no_touch_days", int(30)), ("wait_days", int(10))]);
    let mut crm = stage.at(0, None);
    let mut all = Vec::new();
    for _ in 0..30 {
        let fields = [("name", text_of("批量")), ("owner", Value::Ref(stage.users[LI]))];
        all.push(add(&mut crm, "customer", &fields));
    }
    let swept = stage.sweep(40);
    assert_eq!(swept.total(), 30);
    assert_eq!(denied(stage.claim(41, LI, &all[0])), "pool-wait");
    let undone = stage.at(41, None).undo().unwrap();
    assert_eq!(undone.txn, swept.txn.unwrap());
    assert!(all.iter().all(|record| stage.owner(record) == Some(LI)));
    let moves = CountRequest { object: "owner_change".to_owned(), filter: String::new(), cap: 100 };
    assert_eq!(stage.at(41, None).count(&moves, &NoFinder).unwrap().value, 0);
    stage.at(41, None).redo().unwrap();
    assert!(all.iter().all(|record| stage.owner(record).is_none()));
}

#[test]
fn who_sells_nothing_loses_it_too() {
    let stage = Stage::new();
    stage.pool(&[("no_deal_days", int(60)), ("no_deal_by", text_of("A=90"))]);
    let (idle, sold, key_customer) = (
        stage.customer(0, Some(ZHANG), &[]),
        stage.customer(0, Some(ZHANG), &[]),
        stage.customer(0, Some(ZHANG), &[level("A")]),
    );
    // To be in touch is not enough.
    stage.touch(50, &idle);
    let order = [("customer", Value::Ref(sold.id)), ("date", Value::Date(day(20).date()))];
    add(&mut stage.at(20, None), "order", &order);
    assert_eq!(stage.foresee(59).total(), 0);
    let swept = stage.sweep(60);
    assert_eq!(swept.rows.iter().map(|r| (r.key.id, r.deal)).collect::<Vec<_>>(), [(idle.id, true)]);
    let foreseen = stage.foresee(80);
    assert_eq!(foreseen.rows.iter().map(|r| (r.key.id, r.since)).collect::<Vec<_>>(), [(sold.id, day(20).date())]);
    assert_eq!(stage.sweep(90).rows.iter().map(|r| r.key.id).collect::<Vec<_>>(), [sold.id, key_customer.id]);
}

#[test]
fn leads_go_back_too_but_not_those_converted() {
    let stage = Stage::new();
    let lead_pool = [("object", Value::Choice("lead".to_owned())), ("no_deal_days", int(15)), ("capacity", int(1))];
    stage.pool(&lead_pool);
    let mut crm = stage.at(0, Some(ZHANG));
    let mine = [("name", text_of("王")), ("company", text_of("华信")), ("owner", Value::Ref(stage.users[ZHANG]))];
    let (lead, converted) = (add(&mut crm, "lead", &mine), add(&mut crm, "lead", &mine));
    crm.act(&perform("convert", &converted, &[]), &NoFinder).unwrap();
    assert_eq!(stage.at(1, Some(ZHANG)).pools().unwrap()[0].mine, 1, "what is converted is no burden");
    let swept = stage.sweep(20);
    assert_eq!(swept.rows.iter().map(|r| r.key.id).collect::<Vec<_>>(), [lead.id]);
}

#[test]
fn the_owner_is_warned_before_and_no_longer_once_it_was_touched() {
    let stage = Stage::new();
    stage.pool(&[("no_touch_days", int(30)), ("warn_days", int(7))]);
    let customer = stage.customer(0, Some(ZHANG), &[]);
    assert_eq!(stage.warnings(22, ZHANG), [] as [String; 0]);
    let warned = stage.warnings(23, ZHANG);
    assert_eq!(warned.len(), 1);
    assert!(warned[0].contains(&day(30).date().to_string()), "{warned:?}");
    assert_eq!(stage.warnings(23, LI), [] as [String; 0]);

    let mut crm = stage.at(24, Some(ZHANG));
    let request =
        RemindersRequest { from: None, until: day(24).timestamp(), of: Whose::Me, include_snoozed: false, limit: 100 };
    let reminder =
        crm.reminders(&request).unwrap().items.into_iter().find(|r| r.key.rule.starts_with("pool-")).unwrap();
    let until = day(27).timestamp();
    crm.act(&ActRequest::Remind { reminder: reminder.key.clone(), deed: ReminderDeed::Snooze(until) }, &NoFinder)
        .unwrap();
    assert_eq!(stage.warnings(25, ZHANG).len(), 0);
    assert_eq!(stage.warnings(28, ZHANG).len(), 1, "it comes back");
    stage.touch(28, &customer);
    assert_eq!(stage.warnings(30, ZHANG), [] as [String; 0]);
    assert_eq!(stage.warnings(51, ZHANG).len(), 1);
    crm.act(&ActRequest::Remind { reminder: reminder.key, deed: ReminderDeed::Done }, &NoFinder).unwrap();
    assert_eq!(stage.warnings(51, ZHANG).len(), 1, "what was dealt with was the one before");
}

#[test]
fn the_sweep_of_the_day_is_done_once_and_a_clock_that_went_back_takes_nothing() {
    let stage = Stage::new();
    stage.pool(&[("no_touch_days", int(30))]);
    stage.customer(0, Some(ZHANG), &[]);
    let due = |offset: i64| {
        let mut crm = stage.at(offset, Some(LI));
        crm.sweep(&SweepRequest { if_due: true, ..SweepRequest::default() }).unwrap()
    };
    assert_eq!(due(40).total(), 1);
    let late = stage.customer(0, Some(ZHANG), &[]);
    assert_eq!(due(40).total(), 0, "once a day");
    // The clock was ahead: back on its day it waits for the next.
    assert_eq!(due(35).total(), 0);
    assert_eq!(due(35).total(), 0);
    assert_eq!(stage.owner(&late), Some(ZHANG));
    assert_eq!(due(36).total(), 1);
    // It is tcrm's own doing: whoever opened the store doesn't undo it by chance.
    assert!(matches!(stage.at(36, Some(LI)).undo(), Err(Error::NotFound(_))));
}

#[test]
fn a_sweep_that_is_stopped_goes_on_where_it_was() {
    let stage = Stage::new();
    stage.pool(&[("no_touch_days", int(30))]);
    let customer = stage.customer(0, Some(ZHANG), &[]);
    let stop = Arc::new(AtomicBool::new(false));
    stop.store(true, Ordering::SeqCst);
    let stopped = stage.at(40, None).sweep(&SweepRequest { stop, ..SweepRequest::default() }).unwrap();
    assert!(stopped.stopped && stopped.txn.is_none());
    assert_eq!(stage.owner(&customer), Some(ZHANG));
    assert_eq!(stage.sweep(40).total(), 1);
}
