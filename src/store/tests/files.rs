use super::*;
use rusqlite::Connection;
use std::fs;

fn open(path: &Path) -> Result<Store> {
    Store::open(path, OpenMode::ReadWrite)
}

#[test]
fn a_file_that_is_no_store_is_named_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x");
    assert!(matches!(open(&path), Err(StoreError::Missing(p)) if p == path));
    assert!(!path.exists(), "looking makes no file");
    let mut foreign = vec![0u8; 8192];
    foreign[..16].copy_from_slice(b"SQLite format 3\0");
    for content in [b"".to_vec(), b"name,phone\n".to_vec(), vec![7u8; 5000], foreign] {
        fs::write(&path, &content).unwrap();
        assert!(matches!(open(&path), Err(StoreError::NotAStore(_))));
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    assert!(matches!(open(folder.path()), Err(StoreError::NotAStore(_) | StoreError::Io { .. })));
}

#[test]
fn creating_refuses_what_is_there_and_takes_an_empty_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("x");
    fs::write(&path, b"mine").unwrap();
    assert!(matches!(Store::create(&path, &schema()), Err(StoreError::Exists(_))));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    fs::write(&path, b"").unwrap();
    drop(Store::create(&path, &schema()).unwrap());
    assert!(matches!(Store::create(&path, &schema()), Err(StoreError::Exists(_))));
    let nowhere = folder.path().join("no/such/folder");
    assert!(matches!(Store::create(&nowhere, &schema()), Err(StoreError::Missing(_))));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["x"], "no drafts are left behind");
}

#[test]
fn a_store_of_a_newer_version_is_refused_untouched() {
    let scene = Scene::new();
    let path = scene.path();
    scene.store.conn.execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let Scene { folder: _folder, store } = scene;
    drop(store);
    let before = fs::read(&path).unwrap();
    for mode in [OpenMode::ReadWrite, OpenMode::ReadOnly] {
        assert!(matches!(Store::open(&path, mode), Err(StoreError::Newer { found: 99, known: 3, .. })));
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_schema_that_a_newer_version_wrote_is_not_called_damage() {
    let scene = Scene::new();
    let path = scene.path();
    let says = |text: &str| {
        scene.store.conn.execute_batch(&format!("UPDATE _meta SET value = {text} WHERE key = 'schema'")).unwrap();
        open(&path).map(drop).unwrap_err()
    };
    let foreign = says(r#"json_set(value, '$.objects[0].fields[0].kind.type', 'hologram')"#);
    assert!(matches!(&foreign, StoreError::UnknownSchema { detail, .. } if detail.contains("hologram")), "{foreign:?}");
    let cut = says("substr(value, 1, 99)");
    assert!(matches!(cut, StoreError::Damaged { .. }), "{cut:?}");
}

#[test]
fn a_version_that_still_stands_in_the_log_is_seen_too() {
    let scene = Scene::new();
    scene.store.conn.execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(open(&scene.path()), Err(StoreError::Newer { .. })));
}

#[test]
fn a_damaged_file_says_so_and_is_found_by_the_check() {
    let mut scene = Scene::new();
    let context = by(1, 1);
    scene
        .store
        .write::<_, StoreError>(&context, |w| {
            (1..500).try_for_each(|n| w.insert("customer", id(n), named(&"x".repeat(200))).map(drop))
        })
        .unwrap();
    let path = scene.path();
    let Scene { folder: _folder, store } = scene;
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].iter_mut().for_each(|b| *b = b.wrapping_mul(31).wrapping_add(7));
    fs::write(&path, &bytes).unwrap();
    let found = open(&path).and_then(|s| s.check());
    assert!(matches!(found.as_deref(), Err(StoreError::Damaged { .. }) | Ok([Finding::Damaged(_)])), "{found:?}");
    fs::write(&path, &bytes[..4096 * 2]).unwrap();
    let cut = open(&path).and_then(|s| s.check());
    assert!(matches!(cut.as_deref(), Err(StoreError::Damaged { .. }) | Ok([Finding::Damaged(_)])), "{cut:?}");
}

#[test]
fn a_writer_waits_for_another_only_so_long() {
    let mut scene = Scene::new();
    let other = scene.other();
    other.conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    scene.store.set_busy_timeout(Duration::from_millis(1)).unwrap();
    let locked = scene.store.write::<_, StoreError>(&by(1, 1), |w| w.insert("customer", id(1), named("x")));
    assert!(matches!(locked, Err(StoreError::Locked(_))), "{locked:?}");
    other.conn.execute_batch("COMMIT").unwrap();
    put(&mut scene.store, 1, named("x"));
}

#[test]
fn a_read_only_store_reads_and_refuses_to_write() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("x"));
    let mut reader = Store::open(&scene.path(), OpenMode::ReadOnly).unwrap();
    assert!(reader.get("customer", id(1)).unwrap().is_some());
    let refused = reader.write::<_, StoreError>(&by(1, 1), |w| w.insert("customer", id(2), named("x")));
    assert!(matches!(refused, Err(StoreError::ReadOnly(_))), "{refused:?}");
    assert!(matches!(reader.put_setting(None, "a", Some("b")), Err(StoreError::ReadOnly(_))));
}

#[test]
fn a_full_disk_fails_the_write_and_leaves_the_store_as_it_was() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("before"));
    let pages: i64 = scene.store.conn.query_row("PRAGMA page_count", [], |r| r.get(0)).unwrap();
    scene.store.conn.query_row(&format!("PRAGMA max_page_count = {}", pages + 20), [], |_| Ok(())).unwrap();
    let head = scene.store.journal_head().unwrap();
    let full = scene.store.write::<_, StoreError>(&by(1, 2), |w| {
        w.update("customer", id(1), None, named("half"))?;
        (2..5000).try_for_each(|n| w.insert("customer", id(n), named(&"x".repeat(500))).map(drop))
    });
    assert!(matches!(full, Err(StoreError::Full(_))), "{full:?}");
    assert_eq!(scene.store.get("customer", id(1)).unwrap().unwrap().get("name"), &Value::text("before"));
    assert_eq!(scene.store.journal_head().unwrap(), head);
    assert_eq!(scene.store.check().unwrap(), []);
    scene.store.conn.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
    put(&mut scene.store, 2, named("room again"));
}

#[test]
fn an_older_store_is_migrated_after_a_backup_and_a_failing_step_leaves_it() {
    let mut scene = Scene::new();
    scene.store.conn.execute_batch("PRAGMA user_version = 1").unwrap();
    let good: migrate::Step = |conn| conn.execute_batch("CREATE TABLE _new (a INTEGER) STRICT");
    let bad: migrate::Step = |conn| conn.execute_batch("CREATE TABLE _half (a INTEGER); SELECT nonsense");
    let failed = migrate::bring_up_to_date(&mut scene.store, &[good, bad], 3);
    assert!(matches!(failed, Err(StoreError::Sql(_))), "{failed:?}");
    let version = |s: &Store| s.conn.query_row("PRAGMA user_version", [], |r| r.get::<i64>(0)).unwrap();
    let tables = "SELECT group_concat(name) FROM sqlite_master WHERE name IN ('_new', '_half')";
    let made: String = scene.store.conn.query_row(tables, [], |r| r.get(0)).unwrap();
    assert_eq!((version(&scene.store), made.as_str()), (2, "_new"));
    let is_backup = |e: &fs::DirEntry| e.file_name().to_string_lossy().starts_with("s.tcrm.backup-v1-");
    let backup = fs::read_dir(scene.folder.path()).unwrap().map(Result::unwrap).find(is_backup).expect("a backup");
    let raw = Connection::open(backup.path()).unwrap();
    assert_eq!(raw.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0)).unwrap(), 1);
}

#[test]
fn opening_a_store_of_version_1_drops_its_views_and_no_others() {
    let scene = Scene::new();
    let old =
        "CREATE VIEW customer_view AS SELECT id FROM customer; CREATE VIEW customer_view_zh AS SELECT id FROM customer;
        CREATE VIEW my_view AS SELECT name FROM customer; PRAGMA user_version = 1";
    super::chaining::without_chain(&scene.store.conn);
    scene.store.conn.execute_batch(old).unwrap();
    scene.store.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(Store::open(&scene.path(), OpenMode::ReadOnly).unwrap());
    let copy = scene.folder.path().join("old");
    fs::copy(scene.path(), &copy).unwrap();
    let store = open(&scene.path()).unwrap();
    let views = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name)";
    let left: String = store.conn.query_row(views, [], |r| r.get(0)).unwrap();
    assert_eq!(left, "_log,my_view");
    drop(store);
    Store::restore(&copy, &scene.path(), at(0)).unwrap();
    assert!(open(&scene.path()).is_ok(), "a backup of an older version is put back and brought up to date");
}

#[test]
fn a_backup_is_a_store_and_can_be_put_back_under_open_connections() {
    let mut scene = Scene::new();
    let copy = scene.folder.path().join("copy");
    put(&mut scene.store, 1, named("kept"));
    scene.store.backup_to(&copy).unwrap();
    put(&mut scene.store, 2, named("later"));
    let kept = Store::restore(&copy, &scene.path(), at(0)).unwrap().unwrap();
    assert!(scene.store.get("customer", id(2)).unwrap().is_none(), "who has it open sees the old content");
    assert!(open(&kept).unwrap().get("customer", id(2)).unwrap().is_some(), "what was there is kept");
    assert!(matches!(scene.store.backup_to(&scene.path()), Err(StoreError::Exists(_))));
    fs::write(&copy, b"no store").unwrap();
    assert!(matches!(Store::restore(&copy, &scene.path(), at(1)), Err(StoreError::NotAStore(_))));
    assert!(scene.store.get("customer", id(1)).unwrap().is_some());
}

#[test]
fn restoring_over_a_ruin_keeps_the_ruin() {
    let mut scene = Scene::new();
    let copy = scene.folder.path().join("copy");
    put(&mut scene.store, 1, named("kept"));
    scene.store.backup_to(&copy).unwrap();
    let ruin = scene.folder.path().join("ruin");
    fs::write(&ruin, b"ruin").unwrap();
    let kept = Store::restore(&copy, &ruin, at(0)).unwrap().unwrap();
    assert_eq!(fs::read(kept).unwrap(), b"ruin");
    assert!(open(&ruin).unwrap().get("customer", id(1)).unwrap().is_some());
}

#[test]
fn the_check_finds_references_to_nothing_and_missing_indexes() {
    let mut scene = Scene::new();
    assert_eq!(scene.store.check().unwrap(), []);
    put(&mut scene.store, 1, Fields::from([("parent".to_owned(), Value::Ref(id(77)))]));
    put(&mut scene.store, 2, Fields::from([("partners".to_owned(), Value::Refs(vec![id(1), id(78)]))]));
    scene.store.put_setting(None, "draft.customer", Some("{}")).unwrap();
    scene.store.conn.execute_batch("DROP INDEX customer__name").unwrap();
    let dangling =
        |field: &str| Finding::Dangling { object: "customer".to_owned(), field: field.to_owned(), records: 1 };
    let expected = [
        dangling("parent"),
        dangling("partners"),
        Finding::MissingIndexes(vec!["customer__name".to_owned()]),
        Finding::Drafts(1),
    ];
    assert_eq!(scene.store.check().unwrap(), expected);
}
