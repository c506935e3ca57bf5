//! Tasks: assigned, accepted, submitted, audited.

use super::*;

async fn state(backend: &dyn Backend, task: &Record) -> String {
    backend.get(key(task)).await.unwrap().record.get("state").as_str().unwrap().to_owned()
}

async fn refused(backend: &dyn Backend, action: &str, task: &Record) {
    let answer = backend.act(perform(action, key(task), &[("comment", text("为什么"))], "")).await;
    let Err(error) = answer else { panic!("{action} was done") };
    assert!(matches!(error, Error::Denied(_) | Error::Invalid(_)), "{action}: {error:?}");
    let offers = backend.offers(key(task)).await.unwrap();
    assert!(offers.iter().any(|o| o.action == action && o.refusal.is_some()), "{action} is offered");
}

#[tokio::test]
async fn a_task_with_an_auditor_goes_back_and_forth_until_it_is_approved() {
    let (_stage, boss, worker) = two_users().await;
    let who = customer(&*boss, "华信科技").await;
    let (boss_id, worker_id) = (boss.me().unwrap().id, worker.me().unwrap().id);
    let given = [
        ("subject", text("写方案")),
        ("owner", Value::Ref(worker_id)),
        ("auditor", Value::Ref(boss_id)),
        ("customer", Value::Ref(who.id)),
    ];
    let task = add(&*boss, "task", &given).await;
    for (backend, action) in
        [(&boss, "accept"), (&boss, "submit"), (&boss, "approve"), (&worker, "approve"), (&worker, "complete")]
    {
        refused(&**backend, action, &task).await;
    }
    let act = |action: &'static str, comment: &'static str| perform(action, key(&task), &[], comment);
    worker.act(act("accept", "")).await.unwrap();
    worker.act(act("submit", "写好了")).await.unwrap();
    refused(&*worker, "approve", &task).await;
    let bare = errors(boss.act(act("return", "")).await.unwrap_err());
    assert_eq!(bare.keys().collect::<Vec<_>>(), ["comment"]);
    boss.act(act("return", "缺报价")).await.unwrap();
    assert_eq!(state(&*boss, &task).await, "returned");
    worker.act(act("accept", "")).await.unwrap();
    worker.act(act("submit", "")).await.unwrap();
    let done = boss.act(act("approve", "很好")).await.unwrap();
    assert_eq!((state(&*boss, &task).await.as_str(), done.records[0].get("done_at").is_empty()), ("done", false));
    let made = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!((made.get("task"), made.get("customer")), (&Value::Ref(task.id), &Value::Ref(who.id)));
    let notes = boss.query(list("activity", &format!("task:{}", task.id))).await.unwrap();
    assert_eq!(notes.rows.len(), 3, "what was said on the way, and what was done");
    refused(&*boss, "cancel", &task).await;
    boss.act(act("reopen", "")).await.unwrap();
    let open = boss.get(key(&task)).await.unwrap().record;
    assert_eq!((open.get("state"), open.get("done_at")), (&choice("open"), &Value::Empty));
}

#[tokio::test]
async fn a_task_without_an_auditor_is_done_at_once_and_assigning_opens_it_again() {
    let (_stage, boss, worker) = two_users().await;
    let task = add(&*boss, "task", &[("subject", text("发资料"))]).await;
    refused(&*boss, "submit", &task).await;
    boss.act(perform("accept", key(&task), &[], "")).await.unwrap();
    let to = [("owner", Value::Ref(worker.me().unwrap().id))];
    boss.act(perform("assign", key(&task), &to, "")).await.unwrap();
    assert_eq!(state(&*worker, &task).await, "open");
    worker.act(complete(task.id, "发了")).await.unwrap();
    assert_eq!(state(&*boss, &task).await, "done");
}
