//! How much is kept on this machine.

use super::*;
use tcrm::backend::offline::Rule;
use tcrm::store::{OpenMode, Store};

#[test]
fn a_full_cache_keeps_what_it_has_up_to_date_and_takes_nothing_more() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        let kept = make(&backend, "customer", &[("name", text("留"))]).await;
        sync(&backend).await;
        drop(backend);
        set(&stage.other, &kept, &[("short_name", text("新"))]).await;
        let zhangsan = found(&stage.other, "user", "login=zhangsan").await.remove(0);
        make(&stage.other, "customer", &[("name", text("后来的")), ("owner", Value::Ref(zhangsan.id))]).await;
        let full = |objects: &[(&str, &str)]| {
            let objects = objects.iter().map(|(o, f)| ((*o).to_owned(), (*f).to_owned())).collect();
            let mut options = stage.options();
            options.rule = Rule { megabytes: 0, objects, ..Rule::default() };
            OfflineBackend::open(options).unwrap()
        };
        let backend = full(&[]);
        sync(&backend).await;
        drop(backend);
        // Filled anew by another rule, what is here and is wanted stays.
        let backend = full(&[("lead", "none")]);
        sync(&backend).await;
        stage.way.close();
        assert_eq!(names(&backend, "customer", "").await, ["留"]);
        assert_eq!(get(&backend, &kept).await.get("short_name"), &text("新"));
    });
}

#[test]
fn the_journal_of_the_cache_is_trimmed_and_what_waits_and_undo_still_work() {
    run(async {
        let stage = Stage::new();
        let open = || {
            let mut options = stage.options();
            options.journal = 3;
            OfflineBackend::open(options).unwrap()
        };
        let backend = open();
        sync(&backend).await;
        let records = make_some(&backend, 10).await;
        sync(&backend).await;
        let entries = || {
            let cache = Store::open(&stage.cache().join("cache.db"), OpenMode::ReadOnly).unwrap();
            assert_eq!(cache.check().unwrap(), []);
            cache.journal(None, None, 1_000).unwrap().len()
        };
        assert!((1..10).contains(&entries()), "{}", entries());
        // Changed without a network: nothing of it goes as long as it waits.
        stage.way.close();
        for record in &records {
            let record = get(&backend, record).await;
            set(&backend, &record, &[("short_name", text("改"))]).await;
        }
        let last = get(&backend, &records[9]).await;
        set(&backend, &last, &[("short_name", text("再改"))]).await;
        drop(backend);
        let backend = open();
        until(&backend, Link::Offline).await;
        assert!(entries() >= 11);
        backend.undo().await.unwrap();
        assert_eq!(get(&backend, &records[9]).await.get("short_name"), &text("改"));
        let found = |text: &str| SearchRequest { text: text.to_owned(), objects: Vec::new(), limit: 20 };
        stage.way.open();
        sync(&backend).await;
        assert_eq!(pending(&backend).await.len(), 0);
        assert!((1..10).contains(&entries()), "{}", entries());
        for record in &records {
            assert_eq!(get(&stage.other, record).await.get("short_name"), &text("改"));
        }
        // The search goes on from where the journal begins now.
        stage.way.close();
        until(&backend, Link::Offline).await;
        let hits = loop {
            let answer = backend.search(found("客户3")).await.unwrap();
            if answer.complete {
                break answer.hits;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(hits.first().map(|hit| hit.key.id), Some(records[3].id));
    });
}

async fn make_some(backend: &OfflineBackend, number: usize) -> Vec<tcrm::domain::record::Record> {
    let mut records = Vec::new();
    for n in 0..number {
        records.push(make(backend, "customer", &[("name", text(&format!("客户{n}")))]).await);
    }
    records
}
