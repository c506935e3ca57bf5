use super::*;
use crate::domain::journal::Deed;

fn import() -> Context {
    Context { origin: Origin::Import, ..by(1, 100) }
}

/// Loads records 1 to `number` in batches of 1,000.
fn load(store: &mut Store, first: i64, number: i64, expected: u64) -> Option<i64> {
    let loaded = store.bulk::<_, StoreError>(&import(), "customer", &["name", "code"], expected, |bulk| {
        for n in first..first + number {
            bulk.insert(id(n), &[Value::Text(format!("n{n}")), Value::Text(format!("C-{n}"))])?;
            if n % 1000 == 0 {
                bulk.commit()?;
            }
        }
        Ok(())
    });
    loaded.unwrap().1
}

#[test]
fn a_load_is_one_whole_in_the_journal_and_reads_like_single_inserts() {
    let mut scene = Scene::new();
    put(&mut scene.store, 9000, named("n9000"));
    let whole = load(&mut scene.store, 1, 3500, 3500).unwrap();
    assert_eq!((whole, scene.store.entry_count(whole).unwrap()), (2, 3500));
    put(&mut scene.store, 9001, named("after"));
    assert_eq!(scene.store.entry_count(whole).unwrap(), 3500);
    let entries = scene.store.entries_of(whole, None, 2).unwrap();
    assert_eq!((entries[0].seq, entries[0].record, entries[0].deed), (3501, id(3500), Deed::Create));
    assert_eq!(scene.store.entries_of(whole, Some(4), 9).unwrap().len(), 2);
    let single = scene.store.get("customer", id(9000)).unwrap().unwrap();
    let loaded = scene.store.get("customer", id(3500)).unwrap().unwrap();
    assert_eq!(
        loaded.fields.keys().filter(|k| *k != "code").collect::<Vec<_>>(),
        single.fields.keys().collect::<Vec<_>>()
    );
    assert_eq!(scene.store.undo_state(Some(id(1))).unwrap().undo, Some(3502));
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn a_large_load_goes_without_indexes_and_has_them_afterwards() {
    let mut scene = Scene::new();
    let existing = |store: &Store| index::existing(&store.conn, "customer").unwrap();
    let indexes = |store: &Store| existing(store).len();
    let all = indexes(&scene.store);
    let (mut within, mut kept) = (0, Vec::new());
    let context = import();
    let loaded = scene.store.bulk::<_, StoreError>(&context, "customer", &["name"], 50_000, |bulk| {
        bulk.insert(id(1), &[Value::text("x")])?;
        bulk.commit()?;
        within = indexes(bulk.store());
        kept = existing(bulk.store()).into_values().collect();
        bulk.insert(id(2), &[Value::text("taken back")])?;
        Err::<(), _>(StoreError::Cursor)
    });
    assert!(matches!(loaded, Err(StoreError::Cursor)));
    assert!(within < all, "{within} of {all}");
    let over_names = |sql: &String| !sql.contains("UNIQUE") && sql.contains("\"name\"");
    assert!(!kept.iter().any(over_names), "{kept:?}");
    assert!(within > 1, "what the load doesn't write stays indexed: {kept:?}");
    assert_eq!(indexes(&scene.store), all);
    assert!(scene.store.get("customer", id(1)).unwrap().is_some(), "whole batches stay");
    assert!(scene.store.get("customer", id(2)).unwrap().is_none());
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn indexes_that_a_store_lacks_are_made_unless_a_load_has_left_them_out() {
    let scene = Scene::new();
    let names = || index::existing(&scene.store.conn, "customer").unwrap().into_keys().collect::<Vec<_>>();
    let all = names();
    assert!(!scene.store.lacks_indexes().unwrap());
    let table = scene.store.in_force.tables.get("customer").unwrap().clone();
    let (gone, other) = {
        let mut plain = table.indexes.iter().filter(|i| !i.unique);
        (plain.next().unwrap(), plain.next().unwrap())
    };
    // Another program's, and one as another program made it.
    let tampered = format!(
        "DROP INDEX {}; DROP INDEX {}; CREATE INDEX {} ON customer (id); CREATE INDEX mine ON customer (version)",
        gone.name, other.name, other.name
    );
    scene.store.conn.execute_batch(&tampered).unwrap();
    assert!(scene.store.lacks_indexes().unwrap());
    assert_eq!(scene.store.make_lacking_indexes(&|| true).unwrap(), 0, "it is to stop");
    let lock = index::LoadLock::take(&scene.store).unwrap();
    assert_eq!(scene.store.make_lacking_indexes(&|| false).unwrap(), 0, "a load is under way");
    drop(lock);
    let reader = Store::open(&scene.path(), OpenMode::ReadOnly).unwrap();
    assert_eq!(reader.make_lacking_indexes(&|| false).unwrap(), 0);
    assert_eq!(scene.store.make_lacking_indexes(&|| false).unwrap(), 2);
    assert!(!scene.store.lacks_indexes().unwrap());
    let mut now = names();
    now.retain(|name| name != "mine");
    assert_eq!(now, all, "what others made stays");
    assert_eq!(scene.store.make_lacking_indexes(&|| false).unwrap(), 0);
}

#[test]
fn indexes_of_a_killed_load_are_made_by_the_next_open_but_not_while_it_runs() {
    let scene = Scene::new();
    let table = Arc::clone(scene.store.in_force.tables.get("customer").unwrap());
    let lock = index::LoadLock::take(&scene.store).unwrap();
    scene.store.conn.execute_batch("BEGIN").unwrap();
    index::drop_for_load(&scene.store.conn, &table, &["code", "name"]).unwrap();
    scene.store.conn.execute_batch("COMMIT").unwrap();
    let missing = |store: &Store| matches!(store.check().unwrap().as_slice(), [Finding::MissingIndexes(_)]);
    assert!(missing(&scene.other()), "the load is under way");
    drop(lock);
    assert!(!missing(&scene.other()));
    assert!(index::pending(&scene.store.conn).unwrap().is_empty());
}

#[test]
fn a_record_that_is_refused_leaves_its_batch_usable() {
    let mut scene = Scene::new();
    let context = import();
    let loaded = scene.store.bulk::<_, StoreError>(&context, "customer", &["code", "weight"], 10, |bulk| {
        bulk.insert(id(1), &[Value::text("A"), Value::Empty])?;
        let twice = bulk.insert(id(2), &[Value::text("a"), Value::Empty]);
        assert!(matches!(twice, Err(StoreError::Duplicate { .. })));
        let wrong = bulk.insert(id(3), &[Value::Empty, Value::text("x")]);
        assert!(matches!(wrong, Err(StoreError::Value { .. })));
        let given = bulk.next_serial("C-")?;
        bulk.insert(id(4), &[Value::Text(format!("C-{given}")), Value::Empty])?;
        bulk.update(id(1), None, named("renamed"))?;
        Ok(())
    });
    let whole = loaded.unwrap().1.unwrap();
    assert_eq!(scene.store.count(Which::all("customer"), 99).unwrap().0, 2);
    assert_eq!(scene.store.entry_count(whole).unwrap(), 3, "only what was written is in the journal");
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn an_empty_load_writes_nothing() {
    let mut scene = Scene::new();
    assert_eq!(load(&mut scene.store, 1, 0, 0), None);
    assert_eq!(scene.store.journal_head().unwrap(), 0);
}
