//! Stages of pipelines: what it takes to enter, what follows, what is kept of the way.

use super::*;

fn money(amount: i64) -> Value {
    Value::Money(Money { amount: amount.into(), currency: "CNY".to_owned() })
}

fn percent(figure: i64) -> Value {
    Value::Decimal(figure.into())
}

async fn deal(backend: &dyn Backend, given: &[(&str, Value)]) -> Record {
    let buyer = customer(backend, "华信").await;
    let mut all = vec![("name", text("ERP")), ("customer", Value::Ref(buyer.id)), ("amount", money(100))];
    all.retain(|(name, _)| !given.iter().any(|(n, _)| n == name));
    all.extend_from_slice(given);
    all.retain(|(_, value)| !value.is_empty());
    add(backend, "opportunity", &all).await
}

async fn moved(backend: &dyn Backend, record: &Record, given: &[(&str, Value)]) -> Record {
    backend.save(change(record, given)).await.unwrap().records.remove(0)
}

async fn refused(backend: &dyn Backend, record: &Record, given: &[(&str, Value)]) -> BTreeMap<String, String> {
    let refusal = errors(backend.save(change(record, given)).await.unwrap_err());
    assert_eq!(backend.get(key(record)).await.unwrap().record, *record, "nothing changed");
    refusal
}

fn are(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    expected.iter().map(|(field, key)| ((*field).to_owned(), (*key).to_owned())).collect()
}

async fn history(backend: &dyn Backend) -> Vec<Record> {
    let query = Query { sort: by("id"), ..list("stage_change", "") };
    backend.query(query).await.unwrap().rows.into_iter().map(|row| row.record).collect()
}

#[tokio::test]
async fn a_new_deal_gets_what_follows_from_its_stage() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let deal = add(&*backend, "opportunity", &[("name", text("a"))]).await;
    for (field, value) in [
        ("pipeline", choice("standard")),
        ("stage", choice("prospecting")),
        ("status", choice("open")),
        ("probability", percent(10)),
    ] {
        assert_eq!(deal.get(field), &value, "{field}");
    }
    assert!(matches!(deal.get("stage_since"), Value::DateTime(_)));
    assert!(history(&*backend).await.is_empty());

    let renewal = [("name", text("b")), ("pipeline", choice("renewal"))];
    let asked = errors(backend.save(creation("opportunity", &renewal)).await.unwrap_err());
    assert_eq!(asked, are(&[("customer", "value-required")]), "the first stage of renewals asks for the customer");
    let elsewhere = [("name", text("b")), ("pipeline", choice("renewal")), ("stage", choice("negotiation"))];
    let asked = errors(backend.save(creation("opportunity", &elsewhere)).await.unwrap_err());
    assert_eq!(asked, are(&[("stage", "crm-stage-not-of")]));
    let prepared = backend.prepare("opportunity".to_owned(), fields(&[("pipeline", choice("renewal"))])).await.unwrap();
    assert_eq!(prepared.record.get("stage"), &choice("renewal_due"));
    assert_eq!(prepared.record.get("probability"), &Value::Empty, "it follows when the deal is saved");
}

#[tokio::test]
async fn entering_a_stage_asks_for_every_missing_field_at_once() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let deal = add(&*backend, "opportunity", &[("name", text("a"))]).await;
    let missing =
        are(&[("customer", "value-required"), ("amount", "value-required"), ("close_date", "value-required")]);
    assert_eq!(refused(&*backend, &deal, &[("stage", choice("negotiation"))]).await, missing);
    let check = CheckRequest {
        object: "opportunity".to_owned(),
        id: Some(deal.id),
        fields: fields(&[("stage", choice("negotiation"))]),
        duplicates: false,
    };
    let answer = backend.check(check).await.unwrap();
    assert!(answer.states["close_date"].required && answer.states["amount"].required);
    let found: Vec<&str> = answer.errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(found.len(), 3, "{found:?}");
}

#[tokio::test]
async fn the_probability_follows_the_stage_unless_the_user_fixed_it() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let deal = deal(&*backend, &[]).await;
    let deal = moved(&*backend, &deal, &[("stage", choice("proposal"))]).await;
    assert_eq!(
        (deal.get("probability"), deal.get("weighted")),
        (&percent(50), &Value::Decimal("50.00".parse().unwrap()))
    );
    let deal = moved(&*backend, &deal, &[("stage", choice("engaging")), ("probability", percent(33))]).await;
    assert_eq!(deal.get("probability"), &percent(33), "given in the same change");
    let deal = moved(&*backend, &deal, &[("probability_fixed", Value::Boolean(true))]).await;
    let deal = moved(&*backend, &deal, &[("stage", choice("proposal"))]).await;
    assert_eq!(deal.get("probability"), &percent(33), "fixed");
    let deal = moved(&*backend, &deal, &[("remark", text("x"))]).await;
    assert_eq!(deal.get("probability"), &percent(33));
}

#[tokio::test]
async fn a_lost_deal_wants_its_reason_and_the_competitor_where_it_went() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let deal = deal(&*backend, &[]).await;
    let lost = ("stage", choice("lost"));
    assert_eq!(refused(&*backend, &deal, std::slice::from_ref(&lost)).await, are(&[("loss_reason", "value-required")]));
    let to_whom = refused(&*backend, &deal, &[lost.clone(), ("loss_reason", choice("competitor"))]).await;
    assert_eq!(to_whom, are(&[("lost_to", "schema-rule")]));
    let rival = add(&*backend, "competitor", &[("name", text("云帆工控"))]).await;
    let went = [lost.clone(), ("loss_reason", choice("competitor")), ("lost_to", Value::Ref(rival.id))];
    assert_eq!(moved(&*backend, &deal, &went).await.get("lost_to"), &Value::Ref(rival.id));
    backend.undo().await.unwrap();
    let deal = backend.get(key(&deal)).await.unwrap().record;
    let deal = moved(&*backend, &deal, &[lost, ("loss_reason", choice("price"))]).await;
    assert_eq!((deal.get("status"), deal.get("probability")), (&choice("lost"), &percent(0)));
}

#[tokio::test]
async fn ways_back_are_as_the_pipeline_has_them() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let standard = deal(&*backend, &[("stage", choice("won"))]).await;
    assert_eq!(standard.get("status"), &choice("won"));
    let no_way = are(&[("stage", "crm-stage-no-way-back")]);
    assert_eq!(refused(&*backend, &standard, &[("stage", choice("engaging"))]).await, no_way);
    let date = ("close_date", Value::Date("2026-12-01".parse().unwrap()));
    let back = moved(&*backend, &standard, &[("stage", choice("negotiation")), date]).await;
    assert_eq!(back.get("status"), &choice("open"));
    let renewal = deal(&*backend, &[("pipeline", choice("renewal")), ("stage", choice("won"))]).await;
    assert_eq!(refused(&*backend, &renewal, &[("stage", choice("proposal"))]).await, no_way);
    // What the rules set, people can't.
    let by_hand = refused(&*backend, &back, &[("status", choice("won"))]).await;
    assert_eq!(by_hand, are(&[("status", "crm-read-only-field")]));
}

#[tokio::test]
async fn every_move_is_kept_and_undone_with_its_history() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let first = deal(backend, &[]).await;
    let second = moved(backend, &first, &[("stage", choice("proposal"))]).await;
    let third = moved(backend, &second, &[("stage", choice("won"))]).await;
    let way = history(backend).await;
    let steps: Vec<(&Value, &Value)> = way.iter().map(|r| (r.get("from_stage"), r.get("to_stage"))).collect();
    let (prospecting, proposal, won) = (choice("prospecting"), choice("proposal"), choice("won"));
    assert_eq!(steps, [(&prospecting, &proposal), (&proposal, &won)]);
    for change in &way {
        assert_eq!(change.get("opportunity"), &Value::Ref(first.id));
        assert!(matches!(change.get("seconds"), Value::Integer(0..60)), "{change:?}");
        assert_eq!(change.get("amount"), &money(100));
    }
    assert_eq!(third.get("status"), &won);
    backend.undo().await.unwrap();
    let back = backend.get(key(&first)).await.unwrap().record;
    for field in ["stage", "status", "stage_since", "probability", "weighted"] {
        assert_eq!(back.get(field), second.get(field), "{field}");
    }
    assert_eq!(history(backend).await.len(), 1);
    backend.redo().await.unwrap();
    let again = backend.get(key(&first)).await.unwrap().record;
    assert_eq!((again.get("stage"), again.get("stage_since")), (third.get("stage"), third.get("stage_since")));
    let again = history(backend).await;
    assert_eq!((again.len(), again[1].id, again[1].get("to_stage")), (2, way[1].id, &won));
    // A deal takes its history along.
    backend.delete(vec![key(&first)]).await.unwrap();
    assert!(history(backend).await.is_empty());
}

#[tokio::test]
async fn two_who_move_the_same_deal_do_not_overwrite_each_other() {
    let (_stage, a, b) = two_users().await;
    let deal = deal(&*a, &[]).await;
    moved(&*a, &deal, &[("stage", choice("engaging"))]).await;
    match b.save(change(&deal, &[("stage", choice("proposal"))])).await.unwrap_err() {
        Error::Conflict { theirs: Some(theirs), .. } => assert_eq!(theirs.get("stage"), &choice("engaging")),
        other => panic!("{other:?}"),
    }
    assert_eq!(history(&*b).await.len(), 1);
}

fn rows(lines: &[[&str; 2]], on_duplicate: OnDuplicate) -> ImportRequest {
    let rows: Vec<ImportRow> = lines
        .iter()
        .zip(2..)
        .map(|(cells, line)| ImportRow { line, cells: cells.iter().map(|c| (*c).to_owned()).collect(), error: None })
        .collect();
    ImportRequest {
        object: "opportunity".to_owned(),
        mapping: vec![Some("name".to_owned()), Some("stage".to_owned())],
        rows: Box::new(rows.into_iter()),
        expected: 0,
        on_duplicate,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

#[tokio::test]
async fn an_import_takes_deals_where_they_stand_and_keeps_the_rules_for_moves() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let report = backend.import(rows(&[["a", "lost"], ["b", "Engaging"]], OnDuplicate::Error)).await.unwrap();
    assert_eq!((report.created, report.rejected), (2, 0), "{report:?}");
    let of = |page: Page, name: &str| {
        page.rows.into_iter().map(|r| r.record).find(|r| r.get("name") == &text(name)).unwrap()
    };
    let a = of(backend.query(list("opportunity", "")).await.unwrap(), "a");
    assert_eq!((a.get("status"), a.get("pipeline")), (&choice("lost"), &choice("standard")));
    assert!(history(&*backend).await.is_empty());
    drop(a);
    let b = of(backend.query(list("opportunity", "")).await.unwrap(), "b");
    let code = b.get("code").as_str().unwrap().to_owned();
    let by_code = |stage: &str| {
        let mut request = rows(&[], OnDuplicate::Update);
        request.mapping = vec![Some("code".to_owned()), Some("stage".to_owned())];
        let cells = vec![code.clone(), stage.to_owned()];
        request.rows = Box::new(std::iter::once(ImportRow { line: 2, cells, error: None }));
        request
    };
    let report = backend.import(by_code("won")).await.unwrap();
    assert_eq!((report.updated, report.rejected), (0, 1), "a won deal has a customer and an amount: {report:?}");
    let report = backend.import(by_code("prospecting")).await.unwrap();
    assert_eq!((report.updated, report.rejected), (1, 0), "{report:?}");
    let way = history(&*backend).await;
    assert_eq!(way.len(), 1);
    assert_eq!(way[0].get("from_stage"), &choice("engaging"));
}

#[tokio::test]
async fn a_stage_with_deals_in_it_is_taken_out_only_when_told_and_the_deals_stay() {
    let stage = Stage::new();
    let backend = LocalBackend::open(stage.options(None)).unwrap();
    let deal = deal(&backend, &[("stage", choice("engaging"))]).await;
    let without = |stage: &str| {
        let text = format!("[pipelines.standard.stages.{stage}]\nretired = true\n");
        tcrm::schema::load(&[tcrm::schema::Source { name: "mine", text: &text }]).unwrap()
    };
    let empty = backend.apply_schema(without("negotiation"), false).await;
    assert!(empty.is_ok(), "nothing stands in it: {empty:?}");
    let refusal = backend.apply_schema(without("engaging"), false).await.unwrap_err();
    let told = match &refusal {
        Error::Invalid(errors) => errors.iter().any(|e| e.message.key == "store-change-stage"),
        _ => false,
    };
    assert!(told, "{refusal:?}");
    backend.apply_schema(without("engaging"), true).await.unwrap();
    let kept = backend.get(key(&deal)).await.unwrap().record;
    assert_eq!(kept, deal);
    let edited = moved(&backend, &kept, &[("remark", text("x"))]).await;
    assert_eq!((edited.get("stage"), edited.get("status")), (&choice("engaging"), &choice("open")));
    let gone = refused(&backend, &edited, &[("stage", choice("engaging")), ("pipeline", choice("renewal"))]).await;
    assert_eq!(gone, are(&[("stage", "crm-stage-not-of")]));
    let on = moved(&backend, &edited, &[("stage", choice("proposal"))]).await;
    assert_eq!(on.get("probability"), &percent(50));
}

fn doing(action: &str, record: &Record, given: &[(&str, Value)]) -> ActRequest {
    ActRequest::Do(DoRequest {
        action: action.to_owned(),
        key: key(record),
        fields: fields(given),
        comment: String::new(),
        version: None,
    })
}

#[tokio::test]
async fn a_deal_is_advanced_won_and_lost_by_its_pipeline() {
    let (_stage, backend, _) = two_users().await;
    let backend = &*backend;
    let deal = deal(backend, &[("amount", Value::Empty)]).await;
    let done = backend.act(doing("advance", &deal, &[])).await.unwrap();
    assert_eq!(done.records[0].get("stage"), &choice("engaging"));
    let refusal = errors(backend.act(doing("advance", &deal, &[])).await.unwrap_err());
    assert_eq!(refusal, are(&[("amount", "value-required")]));
    let done = backend.act(doing("advance", &deal, &[("amount", money(7))])).await.unwrap();
    assert_eq!((done.records[0].get("stage"), done.records[0].get("probability")), (&choice("proposal"), &percent(50)));
    let refusal = errors(backend.act(doing("lose", &deal, &[])).await.unwrap_err());
    assert_eq!(refusal, are(&[("loss_reason", "value-required")]));
    let done = backend.act(doing("lose", &deal, &[("loss_reason", choice("price"))])).await.unwrap();
    assert_eq!((done.records[0].get("stage"), done.records[0].get("status")), (&choice("lost"), &choice("lost")));
    assert!(matches!(backend.act(doing("advance", &deal, &[])).await, Err(Error::Denied(_))));
    backend.undo().await.unwrap();
    let done = backend.act(doing("win", &deal, &[])).await.unwrap();
    assert_eq!((done.records[0].get("status"), done.records[0].get("probability")), (&choice("won"), &percent(100)));
    assert_eq!(history(backend).await.len(), 3);
}
