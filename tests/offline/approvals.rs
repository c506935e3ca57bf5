//! The inbox without the server: read as it was, decided, and sent when the server is there.

use super::*;
use tcrm::contract::approvals::{InboxRequest, Tray};
use tcrm::domain::record::{Record, RecordKey};
use tcrm::schema::Source;

/// New customers are approved by one person.
async fn with_flow(approver: &str) -> Stage {
    let stage = Stage::new();
    let text = format!("[flows.new_customer]\nactive = true\nsteps = [{{ approvers = [\"user:{approver}\"] }}]\n");
    let schema = tcrm::schema::load(&[Source { name: "test.toml", text: &text }]).unwrap();
    stage.other.apply_schema(schema, false).await.unwrap();
    stage
}

/// lisi makes a customer and submits it.
async fn submitted(stage: &Stage, name: &str) -> Record {
    let customer = make(&stage.other, "customer", &[("name", text(name))]).await;
    stage.other.act(deed("submit", key(&customer), "")).await.unwrap();
    customer
}

fn deed(action: &str, key: RecordKey, why: &str) -> ActRequest {
    let given = if why.is_empty() { Fields::new() } else { fields(&[("comment", text(why))]) };
    ActRequest::Do(DoRequest { action: action.to_owned(), key, fields: given, comment: String::new(), version: None })
}

async fn waiting(backend: &OfflineBackend) -> Vec<(String, RecordKey)> {
    let request = InboxRequest { tray: Tray::Pending, limit: 10, ..InboxRequest::default() };
    let inbox = backend.inbox(request).await.unwrap();
    assert_eq!(inbox.count.value as usize, inbox.rows.len());
    inbox.rows.into_iter().map(|row| (row.title, row.approval)).collect()
}

async fn audit(stage: &Stage, record: &Record) -> String {
    get(&stage.other, record).await.get("audit").as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_waits_is_read_and_decided_without_the_server_and_carried_out_by_it() {
    run(async {
        let stage = with_flow("zhangsan").await;
        let (good, bad) = (submitted(&stage, "好客户").await, submitted(&stage, "不够好").await);
        let backend = anew_without_the_server(&stage).await;
        let rows = waiting(&backend).await;
        let names: Vec<&str> = rows.iter().map(|(title, _)| title.as_str()).collect();
        assert!(names[0].contains("好客户") && names[1].contains("不够好"), "{names:?}");
        let review = backend.review(rows[0].1.id).await.unwrap();
        assert!(review.differences.iter().any(|one| one.field == "name" && one.after == text("好客户")));
        assert_eq!(review.refusal, None);
        let told = backend.act(deed("approve", rows[0].1.clone(), "")).await.unwrap();
        assert_eq!(told.notes[0].key, "offline-put-down");
        backend.act(deed("return", rows[1].1.clone(), "缺税号")).await.unwrap();
        assert!(waiting(&backend).await.is_empty(), "what is decided doesn't wait for a decision");
        assert!(backend.review(rows[0].1.id).await.unwrap().refusal.is_some());
        assert!(matches!(backend.act(deed("approve", rows[0].1.clone(), "")).await, Err(Error::Denied(_))), "once");
        assert_ne!(audit(&stage, &good).await, "approved", "the server carries it out");
        let titles: Vec<String> = pending(&backend).await.into_iter().map(|one| one.title).collect();
        assert!(titles[0].contains("好客户") && titles.len() == 2, "{titles:?}");
        stage.way.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        assert_eq!([audit(&stage, &good).await, audit(&stage, &bad).await], ["approved", "returned"]);
    });
}

#[test]
fn a_decision_on_what_was_decided_meanwhile_is_refused_and_kept_with_its_reason() {
    run(async {
        let stage = with_flow("zhangsan").await;
        let customer = submitted(&stage, "好客户").await;
        let backend = anew_without_the_server(&stage).await;
        let (_, approval) = waiting(&backend).await.remove(0);
        backend.act(deed("approve", approval, "")).await.unwrap();
        stage.other.act(deed("withdraw", key(&customer), "")).await.unwrap();
        stage.way.open();
        let report = sync(&backend).await;
        let [refused] = report.pending.as_slice() else { panic!("{report:?}") };
        assert_eq!(refused.state, PendingState::Rejected);
        assert!(matches!(refused.problem, Some(Error::Conflict { .. } | Error::Denied(_))), "{:?}", refused.problem);
        backend.settle(refused.number, Settle::Discard).await.unwrap();
        assert!(pending(&backend).await.is_empty());
    });
}

#[test]
fn a_decision_can_be_taken_back_before_it_is_sent() {
    run(async {
        let stage = with_flow("zhangsan").await;
        submitted(&stage, "好客户").await;
        let backend = anew_without_the_server(&stage).await;
        let (_, approval) = waiting(&backend).await.remove(0);
        backend.act(deed("approve", approval, "")).await.unwrap();
        backend.undo().await.unwrap();
        assert_eq!((pending(&backend).await.len(), waiting(&backend).await.len()), (0, 1));
    });
}

#[test]
fn a_new_customer_is_submitted_without_the_server() {
    run(async {
        let stage = with_flow("lisi").await;
        let backend = stage.open_synced().await;
        // The server tells of the flow as soon as it has seen it itself.
        while backend.schema().object("customer").unwrap().action("submit").is_none() {
            sync(&backend).await;
        }
        stage.way.close();
        let customer = make(&backend, "customer", &[("name", text("路上谈的"))]).await;
        until(&backend, Link::Offline).await;
        backend.act(deed("submit", key(&customer), "")).await.unwrap();
        assert!(matches!(backend.act(deed("submit", key(&customer), "")).await, Err(Error::Denied(_))), "once");
        stage.way.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        assert_ne!(audit(&stage, &customer).await, "draft");
    });
}
