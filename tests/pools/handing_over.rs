//! Handing work over: all of it or nothing, and what passes on beside records with owners.

use super::*;

fn hand_over(stage: &Stage, offset: i64, from: usize, to: &[usize], more: &[(&str, Value)]) -> Result<Saved, Error> {
    watched(stage, offset, from, to, more, Progress::default())
}

fn watched(
    stage: &Stage,
    offset: i64,
    from: usize,
    to: &[usize],
    more: &[(&str, Value)],
    progress: Progress,
) -> Result<Saved, Error> {
    let mut crm = stage.at(offset, None);
    let user = crm.get(&RecordKey { object: "user".to_owned(), id: stage.users[from] }).unwrap().record;
    let mut given = vec![("to", Value::Refs(to.iter().map(|at| stage.users[*at]).collect()))];
    given.extend(more.iter().cloned());
    let ActRequest::Do(act) = perform("hand_over", &user, &given) else { panic!() };
    crm.act(&ActRequest::DoTelling(act, progress), &NoFinder)
}

fn stored(stage: &Stage, record: &Record) -> Record {
    stage.at(0, None).get(&key(record)).unwrap().record
}

fn journal(stage: &Stage) -> Vec<i64> {
    let request = HistoryRequest { key: None, before: None, limit: 1_000 };
    stage.at(0, None).history(&request).unwrap().entries.iter().map(|entry| entry.seq).collect()
}

#[test]
fn a_hand_over_that_is_stopped_half_way_leaves_nothing_behind() {
    let stage = Stage::new();
    let customers: Vec<Record> = (0..3).map(|_| stage.customer(0, Some(ZHANG), &[])).collect();
    let task = [("subject", text_of("跟进")), ("owner", Value::Ref(stage.users[ZHANG]))];
    let task = add(&mut stage.at(0, None), "task", &task);
    let before = journal(&stage);
    // Who watches wants it to end: it looks after the customers, before the task.
    let progress = Progress::default();
    progress.stop();
    let stopped = watched(&stage, 1, ZHANG, &[LI], &[("disable", Value::Boolean(true))], progress.clone());
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    assert_eq!(progress.far(), (3, 4), "it was under way");
    for customer in &customers {
        assert_eq!(&stored(&stage, customer), customer, "nothing was handed over");
    }
    assert_eq!(stored(&stage, &task), task);
    assert_eq!(journal(&stage), before, "nor does the journal tell of anything");
    let user = stage.at(1, None).get(&RecordKey { object: "user".to_owned(), id: stage.users[ZHANG] }).unwrap().record;
    assert_ne!(user.get("active"), &Value::Boolean(false));

    hand_over(&stage, 1, ZHANG, &[LI], &[]).unwrap();
    assert!(customers.iter().all(|customer| stage.owner(customer) == Some(LI)));
    assert_eq!(stored(&stage, &task).get("owner"), &Value::Ref(stage.users[LI]));
}

#[test]
fn pools_get_other_administrators_and_members() {
    let stage = Stage::new();
    let of = |at: usize| Value::Refs(vec![stage.users[at]]);
    let both = Value::Refs(vec![stage.users[ZHANG], stage.users[LI]]);
    let pool = stage.pool(&[("members", of(ZHANG)), ("administrators", both)]);
    hand_over(&stage, 1, ZHANG, &[LI], &[("disable", Value::Boolean(true))]).unwrap();
    let after = stored(&stage, &pool);
    assert_eq!(after.get("members"), &of(LI), "it doesn't become everybody's");
    assert_eq!(after.get("administrators"), &of(LI), "once each");
    stage.at(1, None).undo().unwrap();
    assert_eq!(stored(&stage, &pool).get("members"), &of(ZHANG));
}

#[test]
fn open_votes_pass_on_to_those_who_may_cast_them() {
    let flow =
        "[flows.new_customer]\nactive = true\nsteps = [{ approvers = [\"user:li\"], empty = \"admin\", days = 9 }]";
    let stage = Stage::with(flow);
    let submitted = |by: usize| {
        let customer = stage.customer(0, Some(by), &[]);
        stage.at(0, Some(by)).act(&perform("submit", &customer, &[]), &NoFinder).unwrap();
        customer
    };
    let (of_zhang, of_wang) = (submitted(ZHANG), submitted(WANG));
    // In turn, but nobody approves what is their own.
    hand_over(&stage, 1, LI, &[ZHANG, WANG], &[]).unwrap();
    let may = |user: usize, customer: &Record| {
        stage.at(1, Some(user)).act(&perform("approve", customer, &[]), &NoFinder).map(drop)
    };
    assert_eq!(denied(may(LI, &of_zhang)), "approval-not-yours");
    assert_eq!(denied(may(ZHANG, &of_zhang)), "approval-not-yours");
    may(WANG, &of_zhang).unwrap();
    may(ZHANG, &of_wang).unwrap();

    let own = submitted(ZHANG);
    hand_over(&stage, 2, LI, &[ZHANG], &[]).unwrap();
    assert_eq!(denied(may(ZHANG, &own)), "approval-not-yours");
    may(LI, &own).unwrap();
}
