//! The actions of the schema: when they may be done, what they ask for, what they leave behind.

use super::*;

async fn lead(backend: &dyn Backend) -> Record {
    add(backend, "lead", &[("name", text("王建国")), ("company", text("华信科技")), ("mobile", text("13800138000"))])
        .await
}

fn refusal(offers: &[Offer], action: &str) -> Option<String> {
    let offer = offers.iter().find(|o| o.action == action).unwrap();
    offer.refusal.as_ref().map(|m| m.key.to_string())
}

#[tokio::test]
async fn an_action_asks_for_what_it_needs_sets_its_fields_and_can_be_undone() {
    let (_stage, backend, _) = two_users().await;
    let lead = lead(&*backend).await;
    let offers = backend.offers(key(&lead)).await.unwrap();
    assert_eq!(refusal(&offers, "junk"), None);
    assert_eq!(refusal(&offers, "reopen").as_deref(), Some("schema-rule"));

    let Err(Error::Invalid(errors)) = backend.act(perform("junk", key(&lead), &[], "")).await else { panic!() };
    assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["junk_reason"]);
    assert_eq!(backend.get(key(&lead)).await.unwrap().record.version, lead.version, "nothing half done");

    let given = [("junk_reason", choice("no_need"))];
    let done = backend.act(perform("junk", key(&lead), &given, "has a supplier")).await.unwrap();
    let first = &done.records[0];
    assert_eq!((first.get("status"), first.get("junk_reason")), (&choice("junk"), &choice("no_need")));
    let note = done.records.iter().find(|r| r.object == "activity").unwrap();
    assert_eq!((note.get("subject"), note.get("lead")), (&text("has a supplier"), &Value::Ref(lead.id)));

    let again = backend.act(perform("junk", key(&lead), &given, "")).await;
    assert!(matches!(again, Err(Error::Denied(_))), "{again:?}");
    backend.undo().await.unwrap();
    let back = backend.get(key(&lead)).await.unwrap().record;
    assert_eq!((back.get("status"), back.get("junk_reason")), (&choice("new"), &Value::Empty));
    assert!(backend.query(list("activity", "")).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn the_form_of_an_action_is_prepared_and_checked_like_any_other() {
    let (_stage, backend, _) = two_users().await;
    let lead = lead(&*backend).await;
    let form = backend.begin("junk".to_owned(), key(&lead)).await.unwrap();
    assert_eq!(
        (form.record.object.as_str(), form.record.id, form.record.version),
        ("lead.junk", lead.id, lead.version)
    );
    assert_eq!(form.titles.get(&lead.id).map(String::as_str), Some("王建国"));
    let request = |given: &[(&str, Value)]| CheckRequest {
        object: "lead.junk".to_owned(),
        id: None,
        fields: fields(given),
        duplicates: false,
    };
    let bare = backend.check(request(&[])).await.unwrap();
    assert_eq!(bare.errors.len(), 1);
    assert!(bare.states["junk_reason"].required && bare.states["junk_reason"].visible);
    let wrong = backend.check(request(&[("junk_reason", choice("rain"))])).await.unwrap();
    assert_eq!(wrong.errors.len(), 1);
    let right = backend.check(request(&[("junk_reason", choice("no_need"))])).await.unwrap();
    assert!(right.errors.is_empty(), "{:?}", right.errors);
}

#[tokio::test]
async fn an_action_on_an_older_version_or_of_no_name_is_refused() {
    let (_stage, backend, other) = two_users().await;
    let lead = lead(&*backend).await;
    other.save(change(&lead, &[("company", text("华信"))])).await.unwrap();
    let ActRequest::Do(request) = perform("junk", key(&lead), &[("junk_reason", choice("no_need"))], "") else {
        panic!()
    };
    let stale = ActRequest::Do(DoRequest { version: Some(lead.version), ..request.clone() });
    let Err(Error::Conflict { theirs, .. }) = backend.act(stale).await else { panic!() };
    assert_eq!(theirs.unwrap().get("company"), &text("华信"));
    let unknown = ActRequest::Do(DoRequest { action: "junkk".to_owned(), ..request.clone() });
    assert!(matches!(backend.act(unknown).await, Err(Error::NotFound(_))));
    let stray = ActRequest::Do(DoRequest { fields: fields(&[("colour", text("red"))]), ..request });
    assert!(matches!(backend.act(stray).await, Err(Error::Invalid(_))));
}
