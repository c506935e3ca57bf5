//! How much is kept on this machine.

use super::*;
use tcrm::backend::offline::Rule;

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
