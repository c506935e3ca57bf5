use super::*;
use std::time::{Duration, Instant};

/// Writes records until so many pages are in the log.
fn write_pages(store: &mut Store, pages: i64, first: i64) -> i64 {
    let mut n = first;
    while store.log_length().unwrap() < pages {
        put(store, n, Fields::from([("name".to_owned(), Value::Text(format!("customer {n}")))]));
        n += 1;
    }
    n
}

#[test]
fn a_long_log_is_carried_over_by_another_thread_and_not_by_the_writer() {
    let mut scene = Scene::new();
    let mut carrier = scene.store.leave_log().unwrap().unwrap();
    // SQLite's own measure is a thousand.
    let next = write_pages(&mut scene.store, 1_200, 1);
    assert!(scene.store.log_length().unwrap() >= 1_200, "the writer leaves it");
    carrier.look(&scene.store);
    let patience = Instant::now() + Duration::from_secs(30);
    while scene.store.log_length().unwrap() > 0 {
        assert!(Instant::now() < patience, "nobody carries it over");
        std::thread::yield_now();
    }
    // What follows is at the beginning of the log again.
    put(&mut scene.store, next, Fields::new());
    let length = std::fs::metadata(open::sibling(&scene.path(), "-wal")).unwrap().len();
    assert!(length <= 16 * 1024 * 1024, "{length}");
    assert!(scene.store.log_length().unwrap() < 100);
    drop(carrier);
    assert_eq!(scene.other().count(Which::all("customer"), 10_000).unwrap().0, next.unsigned_abs());
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn a_short_log_is_left_alone() {
    let mut scene = Scene::new();
    let mut carrier = scene.store.leave_log().unwrap().unwrap();
    write_pages(&mut scene.store, 50, 1);
    carrier.look(&scene.store);
    drop(carrier);
    assert!(scene.store.log_length().unwrap() >= 50);
}

#[test]
fn without_the_thread_the_writer_carries_the_log_over_in_the_end() {
    let mut scene = Scene::new();
    let carrier = scene.store.leave_log().unwrap().unwrap();
    let mut longest = 0;
    for n in 1..2_000 {
        put(&mut scene.store, n, Fields::from([("name".to_owned(), Value::Text("x".repeat(4_000)))]));
        let length = scene.store.log_length().unwrap();
        if length < longest {
            break;
        }
        longest = length;
    }
    assert!((1_000..5_000).contains(&longest) && scene.store.log_length().unwrap() < longest, "{longest}");
    drop(carrier);
}

#[test]
fn there_is_nothing_to_carry_over_where_nothing_is_written() {
    let scene = Scene::new();
    let reader = Store::open(&scene.path(), OpenMode::ReadOnly).unwrap();
    assert!(reader.leave_log().unwrap().is_none());
}
