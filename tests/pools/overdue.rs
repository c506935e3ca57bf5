//! Approvals that are overdue pass on with the sweep of the day.

use super::*;
use tcrm::contract::approvals::{InboxRequest, Tray};

/// zhang works under li, li under wang; new customers are li's to approve within two days.
fn stage(overdue: &str) -> Stage {
    let steps = format!(
        r#"steps = [{{ approvers = ["user:li"], days = 2, overdue = "{overdue}" }}, {{ approvers = ["user:zhang"], self = true }}]"#
    );
    let stage = Stage::with(&format!("[flows.new_customer]\nactive = true\n{steps}"));
    for (who, boss) in [(ZHANG, LI), (LI, WANG)] {
        let mut crm = stage.at(0, None);
        let user = crm.get(&RecordKey { object: "user".to_owned(), id: stage.users[who] }).unwrap().record;
        change(&mut crm, &user, &[("supervisor", Value::Ref(stage.users[boss]))]).unwrap();
    }
    stage
}

fn submitted(stage: &Stage) -> Record {
    let customer = stage.customer(0, Some(ZHANG), &[]);
    stage.at(0, Some(ZHANG)).act(&perform("submit", &customer, &[]), &NoFinder).unwrap();
    customer
}

fn waits_for(stage: &Stage, offset: i64, user: usize) -> usize {
    let request = InboxRequest { tray: Tray::Pending, from: From::Start, limit: 10 };
    stage.at(offset, Some(user)).inbox(&request).unwrap().rows.len()
}

fn all(stage: &Stage, object: &str) -> Vec<Record> {
    let page = stage.at(0, None).query(&Query { object: object.to_owned(), limit: 100, ..Query::default() }, &NoFinder);
    page.unwrap().rows.into_iter().map(|row| row.record).collect()
}

#[test]
fn a_vote_that_is_overdue_passes_to_the_supervisor_who_decides_it() {
    let stage = stage("supervisor");
    let customer = submitted(&stage);
    assert_eq!((stage.sweep(2).overdue, waits_for(&stage, 2, LI)), (0, 1), "the last day is in time");
    let foreseen = stage.foresee(3);
    assert_eq!((foreseen.overdue, foreseen.txn), (1, None));
    assert_eq!((foreseen.passed_on[0].from.as_str(), foreseen.passed_on[0].to.as_str()), ("li", "wang"));
    assert_eq!(waits_for(&stage, 3, LI), 1, "nothing was written");

    let swept = stage.sweep(3);
    assert_eq!((swept.overdue, swept.passed_on), (1, foreseen.passed_on));
    assert_eq!((waits_for(&stage, 3, LI), waits_for(&stage, 3, WANG)), (0, 1));
    assert_eq!(stage.sweep(3).overdue, 0, "whoever took it over has as many days again");
    let states = |stage: &Stage| {
        let mut votes = all(stage, "approval_vote");
        votes.sort_by_key(|vote| vote.id);
        votes.iter().map(|vote| vote.get("state").as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states(&stage), ["transferred", "waiting"]);
    let votes = all(&stage, "approval_vote");
    let passed = votes.iter().find(|vote| vote.get("state").as_str() == Some("transferred")).unwrap();
    let request = HistoryRequest { key: Some(key(passed)), before: None, limit: 10 };
    let told = stage.at(3, None).history(&request).unwrap();
    assert_eq!(told.entries.first().map(|entry| entry.txn), swept.txn, "the journal says so");
    assert!(passed.get("comment").as_str().unwrap().contains("Not decided in time"));

    // Nobody stands above wang.
    assert_eq!(stage.sweep(9).overdue, 0);
    stage.at(9, Some(WANG)).act(&perform("approve", &customer, &[]), &NoFinder).unwrap();
    assert_eq!(states(&stage), ["transferred", "approved", "waiting"], "the next step is still to be decided");
}

#[test]
fn it_passes_to_the_next_step_or_only_reminds_as_the_flow_said_when_it_was_submitted() {
    let stage = stage("next");
    submitted(&stage);
    assert_eq!(stage.sweep(3).overdue, 1);
    assert_eq!((waits_for(&stage, 3, ZHANG), waits_for(&stage, 3, WANG)), (0, 1), "the author of it may not decide");

    let stage = self::stage("remind");
    submitted(&stage);
    assert_eq!((stage.sweep(30).overdue, waits_for(&stage, 30, LI)), (0, 1));
    let text = "[flows.new_customer]\nactive = true\nsteps = [{ approvers = [\"user:li\"], days = 2, overdue = \"supervisor\" }]";
    let schema = schema::load(&[Source { name: "own.toml", text }]).unwrap();
    stage.at(31, None).apply_schema(&schema, false).unwrap();
    assert_eq!(stage.sweep(31).overdue, 0, "it ends as it began");
}

#[test]
fn the_sweep_of_the_day_passes_on_without_any_pool_and_is_taken_back_as_a_whole() {
    let stage = stage("supervisor");
    submitted(&stage);
    let mut crm = stage.at(3, Some(ZHANG));
    assert!(crm.may_sweep().unwrap());
    let report = crm.sweep(&SweepRequest { if_due: true, ..SweepRequest::default() }).unwrap();
    assert_eq!(report.overdue, 1);
    assert!(!crm.may_sweep().unwrap());
    stage.at(3, None).revert(report.txn.unwrap()).unwrap();
    assert_eq!((waits_for(&stage, 3, LI), waits_for(&stage, 3, WANG)), (1, 0));
}

#[test]
fn an_overdue_vote_is_told_of_once() {
    let stage = stage("remind");
    submitted(&stage);
    let told = |offset: i64| -> Vec<String> {
        stage.reminded(offset, LI, "approval").into_iter().map(|r| r.key.rule).collect()
    };
    assert_eq!(told(1), ["approval"]);
    assert_eq!(told(5), ["approval_due"]);
}
