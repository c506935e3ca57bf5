//! Imports and attached files.

use super::*;

fn import(object: &str, columns: &[&str], rows: Vec<Vec<&str>>, on_duplicate: OnDuplicate) -> ImportRequest {
    let rows: Vec<ImportRow> = (2..)
        .zip(rows)
        .map(|(line, cells)| ImportRow { line, cells: cells.into_iter().map(str::to_owned).collect(), error: None })
        .collect();
    ImportRequest {
        object: object.to_owned(),
        mapping: columns.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect(),
        expected: 0,
        rows: Box::new(rows.into_iter()),
        on_duplicate,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    }
}

#[tokio::test]
async fn an_import_writes_good_rows_reports_bad_ones_and_can_be_taken_back() {
    let (_stage, backend, _) = two_users().await;
    customer(&*backend, "Old Company").await;
    let rows = || {
        vec![
            vec!["华信科技", "A 重点", "lisi", "x"],
            vec!["Acme", "nonsense", "张三", "x"],
            vec!["Blue Sky", "", "wangwu", "x"],
            vec!["华信科技有限公司", "B", "", "x"],
            vec!["old company", "C", "", "x"],
            vec!["", "", "", ""],
            vec!["Konex", "b", "李四", "x"],
        ]
    };
    let columns = ["name", "level", "owner", ""];
    let dry = ImportRequest { dry_run: true, ..import("customer", &columns, rows(), OnDuplicate::Error) };
    let report = backend.import(dry).await.unwrap();
    assert_eq!((report.created, report.rejected, report.import), (2, 5, None));
    assert_eq!(backend.query(list("customer", "")).await.unwrap().rows.len(), 1);

    let (rejects, rejected) = std::sync::mpsc::channel();
    let (progress, told) = std::sync::mpsc::channel();
    let request = import("customer", &columns, rows(), OnDuplicate::Error);
    let report =
        backend.import(ImportRequest { rejects: Some(rejects), progress: Some(progress), ..request }).await.unwrap();
    assert_eq!((report.created, report.rejected, report.skipped), (2, 5, 0));
    let reasons: Vec<(u64, String)> =
        rejected.iter().map(|r| (r.row.line, r.errors[0].message.key.clone().into_owned())).collect();
    assert_eq!(
        reasons,
        [
            (3, "value-choice-of".to_owned()),
            (4, "crm-import-no-reference".to_owned()),
            (5, "crm-import-duplicate".to_owned()),
            (6, "crm-import-duplicate".to_owned()),
            (7, "crm-import-empty-row".to_owned()),
        ]
    );
    assert_eq!(told.iter().last().unwrap(), ImportProgress { rows: 7, line: 8 });
    let page = backend.query(Query { sort: by("code"), ..list("customer", "owner:lisi") }).await.unwrap();
    let codes: Vec<&str> = page.rows.iter().map(|r| r.record.get("code").as_str().unwrap()).collect();
    assert_eq!(codes, ["C-000002", "C-000003"]);
    assert_eq!(page.rows[0].record.get("mnemonic"), &text("HXKJ"));

    let again = backend.import(import("customer", &columns, rows(), OnDuplicate::Skip)).await.unwrap();
    assert_eq!((again.created, again.skipped), (0, 4));
    let updated = import("customer", &["name", "level"], vec![vec!["Konex", "D"]], OnDuplicate::Update);
    assert_eq!(backend.import(updated).await.unwrap().updated, 1);
    backend.undo().await.unwrap();

    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched, 2);
    assert_eq!(names(&*backend, list("customer", "")).await, ["Old Company"]);
}

#[tokio::test]
async fn an_import_stopped_keeps_whole_batches_and_is_one_to_the_journal() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let stop = Arc::new(AtomicBool::new(false));
    let (flag, total) = (Arc::clone(&stop), 50_000_u64);
    let rows = (0..total).map(move |n| {
        if n == 25_000 {
            flag.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        ImportRow { line: n + 2, cells: vec![format!("Company {n}")], error: None }
    });
    let request = import("customer", &["name"], Vec::new(), OnDuplicate::Skip);
    let report = backend.import(ImportRequest { rows: Box::new(rows), stop, ..request }).await.unwrap();
    assert!(report.created > 25_000 && report.created < total, "{report:?}");
    assert_eq!(report.stopped_at, Some(report.created + 1));
    let count = CountRequest { object: "customer".to_owned(), filter: String::new(), cap: u64::MAX };
    assert_eq!(backend.count(count.clone()).await.unwrap().value, report.created);
    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched as u64, report.created);
    assert_eq!(backend.count(count).await.unwrap().value, 0);
}

#[tokio::test]
async fn an_import_that_gives_records_to_others_records_the_moves() {
    let (_stage, backend, _) = two_users().await;
    for name in ["Acme", "Blue Sky"] {
        customer(&*backend, name).await;
    }
    let rows = vec![vec!["Acme", "lisi"], vec!["Blue Sky", "zhangsan"], vec!["Konex", "lisi"]];
    let request = import("customer", &["name", "owner"], rows, OnDuplicate::Update);
    let report = backend.import(request).await.unwrap();
    assert_eq!((report.created, report.updated, report.skipped), (1, 1, 1));
    let moves = || async { backend.query(list("owner_change", "")).await.unwrap().rows };
    let told = moves().await;
    assert_eq!(told.len(), 1, "the others had that owner from the beginning");
    let (row, me) = (&told[0].record, Value::Ref(backend.me().unwrap().id));
    assert_eq!((row.get("name"), row.get("from_owner"), row.get("by")), (&text("Acme"), &me, &me));
    assert!(!row.get("to_owner").is_empty() && row.get("to_owner") != &me);
    backend.revert(report.import.unwrap()).await.unwrap();
    assert!(moves().await.is_empty());
}

#[tokio::test]
async fn an_import_that_changes_documents_keeps_their_rules() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let buyer = customer(&*backend, "华信科技").await;
    let order = add(&*backend, "order", &[("customer", Value::Ref(buyer.id))]).await;
    let code = order.get("code").as_str().unwrap();
    let foreign = || import("order", &["code", "currency"], vec![vec![code, "USD"]], OnDuplicate::Update);
    let report = backend.import(foreign()).await.unwrap();
    assert_eq!((report.updated, report.rejected), (0, 1), "there is no rate");
    // More rates than are ever looked through one by one.
    let first = jiff::civil::date(2020, 1, 1);
    let day = |n: i64| first.saturating_add(jiff::Span::new().days(n)).to_string();
    let rates: Vec<[String; 3]> = (1..1_200).map(|n| ["USD".into(), format!("7.{n:04}"), day(n)]).collect();
    let rows = rates.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let columns = ["currency", "rate", "valid_from"];
    let report = backend.import(import("exchange_rate", &columns, rows, OnDuplicate::Skip)).await.unwrap();
    assert_eq!(report.created, 1_199, "{report:?}");
    let report = backend.import(foreign()).await.unwrap();
    assert_eq!((report.updated, report.rejected), (1, 0), "{report:?}");
    let rate = backend.get(key(&order)).await.unwrap().record.get("rate").clone();
    assert_eq!(rate, Value::Decimal("7.1199".parse().unwrap()), "the newest of that day");
}

#[tokio::test]
async fn relations_and_stock_are_imported_by_the_same_rules() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for (name, kind) in [("A", "end_customer"), ("B", "distributor")] {
        add(&*backend, "customer", &[("name", text(name)), ("type", choice(kind))]).await;
    }
    let columns = ["customer", "kind", "other"];
    let rows = vec![vec!["A", "supplier", "B"], vec!["A", "supplier", "B"], vec!["A", "supplier", "A"]];
    let report = backend.import(import("customer_relation", &columns, rows, OnDuplicate::Skip)).await.unwrap();
    assert_eq!((report.created, report.rejected), (1, 2), "{report:?}");
    add(&*backend, "product", &[("name", text("P"))]).await;
    let columns = ["customer", "product", "stock"];
    let rows = vec![vec!["A", "P", "1"], vec!["B", "P", "2"]];
    let report = backend.import(import("distributor_stock", &columns, rows, OnDuplicate::Skip)).await.unwrap();
    assert_eq!((report.created, report.rejected), (1, 1), "{report:?}");
}

#[tokio::test]
async fn missing_references_are_made_where_asked_for() {
    let stage = Stage::new();
    let backend = stage.open(None);
    customer(&*backend, "GTX Pro").await;
    let rows = || vec![vec!["deal 1", "GTXPro"], vec!["deal 2", "New Company"], vec!["deal 3", "New Company"]];
    let columns = ["name", "customer"];
    let report = backend.import(import("opportunity", &columns, rows(), OnDuplicate::Error)).await.unwrap();
    assert_eq!((report.created, report.rejected), (1, 2));
    let request = import("opportunity", &columns, rows().split_off(1), OnDuplicate::Error);
    let report = backend.import(ImportRequest { create_references: true, ..request }).await.unwrap();
    assert_eq!((report.created, report.rejected), (2, 0));
    assert_eq!(names(&*backend, Query { sort: by("name"), ..list("customer", "") }).await, ["GTX Pro", "New Company"]);
    let undone = backend.revert(report.import.unwrap()).await.unwrap();
    assert_eq!(undone.touched, 3);
}

#[tokio::test]
async fn a_mapping_to_what_is_no_field_is_refused_before_anything_is_read() {
    let stage = Stage::new();
    let backend = stage.open(None);
    for (columns, field) in
        [(vec!["nonsense"], "nonsense"), (vec!["name", "name"], "name"), (vec!["id"], "id"), (vec![""], "")]
    {
        let found =
            errors(backend.import(import("customer", &columns, Vec::new(), OnDuplicate::Skip)).await.unwrap_err());
        assert_eq!(found.keys().collect::<Vec<_>>(), [field]);
    }
}

#[tokio::test]
async fn a_file_is_attached_by_content_kept_by_name_and_opened_as_a_copy() {
    let stage = Stage::new();
    let backend = stage.open(None);
    let backend = backend.as_ref();
    let path = stage.folder.path().join("报价, 最终.txt");
    std::fs::write(&path, "hello").unwrap();
    let texts = |text: String| BTreeMap::from([("attachments".to_owned(), text)]);
    let now = jiff::Zoned::now();
    let named =
        BTreeMap::from([("name".to_owned(), "华信".to_owned()), ("附件".to_owned(), path.display().to_string())]);
    let saved = texts::save(backend, "customer".to_owned(), None, named, &now).await.unwrap();
    let record = &saved.records[0];
    let Value::Files(files) = record.get("attachments").clone() else { panic!("no files: {record:?}") };
    assert_eq!((files[0].name.as_str(), files[0].size), ("报价, 最终.txt", 5));

    // What was attached stays as it was, whatever becomes of the file.
    std::fs::remove_file(&path).unwrap();
    let copy = backend.file(files[0].clone(), Some(key(record))).await.unwrap();
    assert_eq!(copy.file_name().unwrap(), "报价, 最终.txt");
    assert_eq!(std::fs::read_to_string(&copy).unwrap(), "hello");

    // Names keep their files, paths add others, what isn't named goes.
    std::fs::write(&path, "other").unwrap();
    let second = stage.folder.path().join("b.txt");
    std::fs::write(&second, "b").unwrap();
    let target = Some((record.id, record.version));
    let text = format!("报价, 最终.txt; {}", second.display());
    let saved = texts::save(backend, "customer".to_owned(), target, texts(text), &now).await.unwrap();
    let Value::Files(both) = saved.records[0].get("attachments").clone() else { panic!("no files") };
    assert_eq!(both[0], files[0]);
    assert_eq!(both[1].name, "b.txt");
    let target = Some((record.id, saved.records[0].version));
    let saved = texts::save(backend, "customer".to_owned(), target, texts("b.txt".to_owned()), &now).await.unwrap();
    assert_eq!(saved.records[0].get("attachments"), &Value::Files(vec![both[1].clone()]));

    let target = Some((record.id, saved.records[0].version));
    let gone = texts::save(backend, "customer".to_owned(), target, texts("none.txt".to_owned()), &now).await;
    let Err(Error::Invalid(errors)) = gone else { panic!("{gone:?}") };
    assert_eq!((errors[0].field.as_str(), &*errors[0].message.key), ("attachments", "store-file-not-there"));
    let folder = backend.attach(stage.folder.path().to_owned()).await;
    assert!(matches!(folder, Err(Error::Invalid(_))), "{folder:?}");
    let lost = FileRef { hash: "0".repeat(64), ..files[0].clone() };
    assert!(matches!(backend.file(lost, None).await, Err(Error::NotFound(_))));
}
