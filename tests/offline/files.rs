//! Attached files without the server.

use super::*;
use std::path::Path;

fn write(stage: &Stage, name: &str, content: &str) -> std::path::PathBuf {
    let path = stage.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn what_was_opened_before_is_read_and_what_is_new_is_sent() {
    run(async {
        let stage = Stage::new();
        let opened = stage.other.attach(write(&stage, "合同.txt", "第一份")).await.unwrap();
        let never = stage.other.attach(write(&stage, "没看过.txt", "第二份")).await.unwrap();
        let both = Value::Files(vec![opened.clone(), never.clone()]);
        let theirs = make(&stage.other, "customer", &[("name", text("别人的")), ("attachments", both)]).await;
        let of = Some(key(&theirs));
        let backend = stage.open_synced().await;
        assert_eq!(read(&backend.file(opened.clone(), of.clone()).await.unwrap()), "第一份");
        drop(backend);
        stage.way.close();
        let backend = stage.open();
        until(&backend, Link::Offline).await;
        assert_eq!(read(&backend.file(opened, of.clone()).await.unwrap()), "第一份");
        let Err(Error::Offline(why)) = backend.file(never, of).await else { panic!("it isn't here") };
        assert_eq!((why.key.as_ref(), why.arg("name")), ("offline-no-file", Some("没看过.txt")));
        let new = backend.attach(write(&stage, "照片.txt", "在路上拍的")).await.unwrap();
        assert_eq!(read(&backend.file(new.clone(), None).await.unwrap()), "在路上拍的", "seen before it is sent");
        let given = [("name", text("有附件的")), ("attachments", Value::Files(vec![new.clone()]))];
        let customer = make(&backend, "customer", &given).await;
        // The answer to the first try gets lost.
        stage.way.open();
        stage.way.cut(1);
        sync(&backend).await;
        stage.way.cut(0);
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        let there = get(&stage.other, &customer).await;
        assert_eq!(there.get("attachments"), &Value::Files(vec![new.clone()]));
        assert_eq!(read(&stage.other.file(new, Some(key(&customer))).await.unwrap()), "在路上拍的");
    });
}

#[test]
fn an_import_and_a_redo_say_why_they_are_not_done() {
    run(async {
        let stage = Stage::new();
        let (backend, _) = apart(&stage).await;
        names(&backend, "customer", "").await;
        until(&backend, Link::Offline).await;
        let Err(Error::Offline(why)) = backend.redo().await else { panic!("done again") };
        assert_eq!(why.key, "offline-no-redo");
        let request = tcrm::contract::request::ImportRequest {
            object: "customer".to_owned(),
            mapping: vec![Some("name".to_owned())],
            rows: Box::new(std::iter::empty()),
            expected: 0,
            on_duplicate: Default::default(),
            dry_run: false,
            create_references: false,
            progress: None,
            rejects: None,
            stop: Default::default(),
        };
        let Err(Error::Offline(why)) = backend.import(request).await else { panic!("imported") };
        assert_eq!(why.key, "offline-no-import");
    });
}
