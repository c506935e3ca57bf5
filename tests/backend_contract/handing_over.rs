//! The pool: customers and leads go to and from it by hand, and every move is recorded.

use super::*;

async fn moves(backend: &dyn Backend) -> Vec<Record> {
    let page = backend.query(list("owner_change", "")).await.unwrap();
    page.rows.into_iter().map(|row| row.record).collect()
}

fn me(backend: &dyn Backend) -> Value {
    Value::Ref(backend.me().unwrap().id)
}

#[tokio::test]
async fn a_release_needs_a_reason_a_claim_takes_from_the_pool_and_both_are_recorded() {
    let (_stage, one, other) = two_users().await;
    let who = customer(&*one, "华信科技").await;
    let bare = errors(one.act(perform("release", key(&who), &[], "")).await.unwrap_err());
    assert_eq!(bare["reason"], "value-required");
    let taken = other.act(perform("claim", key(&who), &[], "")).await;
    assert!(matches!(taken, Err(Error::Denied(_))), "{taken:?}");
    assert!(moves(&*one).await.is_empty(), "nothing half done");

    let reason = [("reason", choice("no_budget"))];
    let done = one.act(perform("release", key(&who), &reason, "等明年预算")).await.unwrap();
    assert!(done.records[0].get("owner").is_empty());
    let pool = one.query(list("customer", "owner:empty")).await.unwrap();
    assert_eq!(pool.rows.len(), 1);
    other.act(perform("claim", key(&who), &[], "")).await.unwrap();
    let told = moves(&*one).await;
    let (claimed, released) = (&told[0], &told[1]);
    assert_eq!((released.get("from_owner"), released.get("to_owner")), (&me(&*one), &Value::Empty));
    assert_eq!((released.get("reason"), released.get("comment")), (&choice("no_budget"), &text("等明年预算")));
    assert_eq!((claimed.get("from_owner"), claimed.get("to_owner")), (&Value::Empty, &me(&*other)));
    assert_eq!((claimed.get("by"), claimed.get("customer")), (&me(&*other), &Value::Ref(who.id)));
    assert!(one.query(list("activity", "")).await.unwrap().rows.is_empty(), "the comment stands in the history");

    other.undo().await.unwrap();
    assert!(other.get(key(&who)).await.unwrap().record.get("owner").is_empty());
    assert_eq!(moves(&*one).await.len(), 1);
}

#[tokio::test]
async fn editing_the_owner_and_assigning_are_moves_too_and_other_edits_are_none() {
    let (_stage, one, other) = two_users().await;
    let lead = add(&*one, "lead", &[("name", text("王建国"))]).await;
    assert!(moves(&*one).await.is_empty(), "a new record has not moved");
    let lead = one.save(change(&lead, &[("company", text("华信"))])).await.unwrap().records.remove(0);
    assert!(moves(&*one).await.is_empty());
    one.save(change(&lead, &[("owner", me(&*other))])).await.unwrap();
    let back = [("owner", me(&*one))];
    other.act(perform("assign", key(&lead), &back, "")).await.unwrap();
    let told = moves(&*one).await;
    assert_eq!(told.iter().map(|r| r.get("to_owner").clone()).collect::<Vec<_>>(), [me(&*one), me(&*other)]);
    let same = other.act(perform("assign", key(&lead), &back, "")).await.unwrap();
    assert_eq!((same.txn, moves(&*one).await.len()), (0, 2), "to the same owner is no move");
}

#[tokio::test]
async fn a_response_that_gives_a_lead_its_owner_is_a_move() {
    let (_stage, one, other) = two_users().await;
    let lead = add(&*one, "lead", &[("name", text("王建国")), ("owner", Value::Empty)]).await;
    let campaign = add(&*one, "campaign", &[("name", text("展会"))]).await;
    let member = [("campaign", Value::Ref(campaign.id)), ("lead", Value::Ref(lead.id))];
    let member = add(&*one, "campaign_member", &member).await;
    one.act(perform("respond", key(&member), &[("lead_owner", me(&*other))], "")).await.unwrap();
    let told = moves(&*one).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].get("lead"), told[0].get("to_owner")), (&Value::Ref(lead.id), &me(&*other)));
    one.undo().await.unwrap();
    assert!(moves(&*one).await.is_empty());
}

#[tokio::test]
async fn two_who_claim_at_once_do_not_both_get_it() {
    let (_stage, one, other) = two_users().await;
    // Again and again: who looks before the other has written is rare.
    for round in 1..=20 {
        let name = text(&format!("华信科技 {round}"));
        let who = add(&*one, "customer", &[("name", name), ("owner", Value::Empty)]).await;
        let claim = || perform("claim", key(&who), &[], "");
        let (a, b) = tokio::join!(one.act(claim()), other.act(claim()));
        let refused: Vec<_> = [a, b].into_iter().filter_map(Result::err).collect();
        assert!(matches!(refused.as_slice(), [Error::Denied(_)]), "{refused:?}");
        assert_eq!(moves(&*one).await.len(), round);
    }
}

#[tokio::test]
async fn nobody_claims_where_nobody_is_signed_in() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let who = customer(&*backend, "华信科技").await;
    let claim = backend.act(perform("claim", key(&who), &[], "")).await;
    assert!(matches!(claim, Err(Error::Denied(_))), "{claim:?}");
}

#[tokio::test]
async fn an_action_on_several_tells_what_was_refused_and_is_undone_as_one() {
    let (_stage, one, other) = two_users().await;
    let mut keys = Vec::new();
    for name in ["甲", "乙", "丙"] {
        keys.push(key(&add(&*one, "customer", &[("name", text(name)), ("owner", Value::Empty)]).await));
    }
    other.act(perform("claim", keys[1].clone(), &[], "")).await.unwrap();
    let each = |action: &str, given: &[(&str, Value)]| {
        let (action, keys, comment) = (action.to_owned(), keys.clone(), String::new());
        ActRequest::DoEach(EachRequest { action, keys, fields: fields(given), comment })
    };
    let done = one.act(each("claim", &[])).await.unwrap();
    assert_eq!(done.records.len(), 2);
    assert_eq!(done.refused.iter().map(|r| r.title.as_str()).collect::<Vec<_>>(), ["乙"]);
    assert!(matches!(done.refused[0].why, Error::Denied(_)));
    one.undo().await.unwrap();
    let pool = one.query(list("customer", "owner:empty")).await.unwrap();
    assert_eq!(pool.rows.len(), 2, "both are back");
    let wrong = errors(one.act(each("release", &[])).await.unwrap_err());
    assert_eq!(wrong["reason"], "value-required");
}
