//! The journal's chain: what was changed by other means is found, and nothing else.

use super::*;
use crate::domain::event::{EventKind, Happening};
use rusqlite::Connection;

/// Makes the store's own tables those of version 2.
pub(super) fn without_chain(conn: &crate::store::db::Connection) {
    let old = "DROP TRIGGER IF EXISTS _txn_no_update; ALTER TABLE _txn DROP COLUMN hash; DROP TABLE _event;
        CREATE TRIGGER _txn_no_update BEFORE UPDATE ON _txn BEGIN SELECT 1; END; PRAGMA user_version = 2";
    conn.execute_batch(old).unwrap();
}

/// A store with some history: single writes, an import in batches, an undo.
fn with_history() -> Scene {
    let mut scene = Scene::new();
    for n in 1..=5 {
        put(&mut scene.store, n, named(&format!("华信{n}")));
    }
    scene.store.write::<_, StoreError>(&by(2, 7), |w| w.update("customer", id(2), Some(1), named("新"))).unwrap();
    let load = |bulk: &mut Bulk<'_>| {
        for n in 10..20 {
            bulk.insert(id(n), &[Value::text(&format!("n{n}"))])?;
            if n % 4 == 0 {
                bulk.commit()?;
            }
        }
        Ok(())
    };
    scene.store.bulk::<_, StoreError>(&by(1, 9), "customer", &["name"], 10, load).unwrap();
    let undo = Context { undoes: Some(6), ..by(2, 10) };
    scene.store.write::<_, StoreError>(&undo, |w| w.update("customer", id(2), Some(2), named("华信2"))).unwrap();
    scene.store.write::<_, StoreError>(&by(1, 11), |w| w.delete("customer", id(3), None)).unwrap();
    scene
}

/// Changes the file by other means: the triggers are no hindrance to who knows SQL.
fn tamper(scene: &Scene, sql: &str) {
    let conn = Connection::open(scene.path()).unwrap();
    let names: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |r| r.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    names.iter().for_each(|name| conn.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    conn.execute_batch(sql).unwrap();
}

fn changed(findings: &[Finding]) -> Vec<(i64, u64)> {
    let of = |f: &Finding| match f {
        Finding::JournalChanged { txn, number, .. } => Some((*txn, *number)),
        _ => None,
    };
    findings.iter().filter_map(of).collect()
}

#[test]
fn a_journal_that_only_tcrm_wrote_is_whole() {
    let scene = with_history();
    let chain = scene.store.chain().unwrap();
    assert_eq!((chain.transactions, chain.last.0, chain.first_broken), (11, 18, None));
    assert_eq!(chain.last.1.len(), 64);
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn whatever_is_changed_by_other_means_is_found_and_the_first_one_named() {
    let table = [
        ("UPDATE _journal SET after = '{\"name\":\"x\"}' WHERE seq = 2", vec![(2, 1)]),
        ("UPDATE _journal SET before = NULL WHERE seq = 6", vec![(6, 1)]),
        ("UPDATE _journal SET record = 4 WHERE seq = 5", vec![(5, 1)]),
        ("UPDATE _journal SET object = 'contact' WHERE seq = 8", vec![(7, 1)]),
        ("UPDATE _journal SET deed = 'update' WHERE seq = 1", vec![(1, 1)]),
        ("UPDATE _journal SET version = 9 WHERE seq = 1", vec![(1, 1)]),
        ("UPDATE _txn SET user = 7 WHERE txn = 3", vec![(3, 1)]),
        ("UPDATE _txn SET at = '2020-01-01T00:00:00.000Z' WHERE txn = 3", vec![(3, 1)]),
        ("UPDATE _txn SET origin = 'api' WHERE txn = 3", vec![(3, 1)]),
        ("UPDATE _txn SET undoes = NULL WHERE undoes IS NOT NULL", vec![(17, 1)]),
        ("UPDATE _txn SET part_of = NULL WHERE part_of IS NOT NULL", vec![(10, 2)]),
        ("UPDATE _txn SET hash = x'00' WHERE txn = 3", vec![(3, 2)]),
        ("UPDATE _txn SET hash = NULL WHERE txn = 18", vec![(18, 1)]),
        ("DELETE FROM _journal WHERE seq = 8", vec![(7, 1)]),
        ("DELETE FROM _journal WHERE seq = 4; DELETE FROM _txn WHERE txn = 4", vec![(5, 1)]),
        ("UPDATE _journal SET seq = 99 WHERE seq = 2; UPDATE _txn SET txn = 99 WHERE txn = 2", vec![(3, 2)]),
        ("INSERT INTO _journal VALUES (19, 18, 'create', 'customer', 77, 1, NULL, '{}')", vec![(18, 1)]),
        ("UPDATE _journal SET after = CAST(x'FF' AS TEXT) WHERE seq = 2", vec![(2, 1)]),
    ];
    for (sql, expected) in table {
        let scene = with_history();
        tamper(&scene, sql);
        assert_eq!(changed(&scene.store.check().unwrap()), expected, "{sql}");
    }
}

#[test]
fn two_entries_that_change_places_are_found() {
    let scene = with_history();
    tamper(
        &scene,
        "UPDATE _journal SET seq = -1 WHERE seq = 8; UPDATE _journal SET seq = 8 WHERE seq = 9;
        UPDATE _journal SET seq = 9 WHERE seq = -1",
    );
    assert_eq!(changed(&scene.store.check().unwrap()), [(7, 1)]);
}

#[test]
fn who_makes_all_hashes_anew_or_cuts_the_end_off_is_found_by_the_events() {
    for sql in ["DELETE FROM _journal WHERE seq >= 17; DELETE FROM _txn WHERE txn >= 17", "anew"] {
        let mut scene = with_history();
        scene.store.note(&by(1, 20), &Happening::new(EventKind::SignIn)).unwrap();
        if sql == "anew" {
            tamper(&scene, "UPDATE _txn SET user = 7 WHERE txn = 3");
            let conn = crate::store::db::Connection::Sqlite(Connection::open(scene.path()).unwrap());
            super::super::chain::seal_all(&conn).unwrap();
        } else {
            tamper(&scene, sql);
        }
        let found = scene.store.check().unwrap();
        assert_eq!(changed(&found), [], "{sql}");
        assert!(matches!(found.as_slice(), [Finding::JournalCut(18, _)]), "{sql}: {found:?}");
    }
}

#[test]
fn a_store_of_version_2_is_chained_when_it_is_opened() {
    let scene = with_history();
    let before = scene.store.chain().unwrap();
    tamper(&scene, "SELECT 1");
    without_chain(&scene.store.conn);
    scene.store.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let still = Store::open(&scene.path(), OpenMode::ReadOnly).unwrap();
    assert_eq!(still.chain().unwrap(), ChainState::default(), "to read is to leave it as it is");
    assert_eq!(still.events(&EventQuery::default(), 9).unwrap(), []);
    drop(still);
    let mut store = Store::open(&scene.path(), OpenMode::ReadWrite).unwrap();
    assert_eq!(store.chain().unwrap(), before, "the same hashes as if they had been made while writing");
    put(&mut store, 50, named("after"));
    store.note(&by(1, 20), &Happening::new(EventKind::SignIn)).unwrap();
    assert_eq!(store.check().unwrap(), []);
    let refused = store.conn.execute("UPDATE _txn SET hash = NULL", []).unwrap_err().to_string();
    assert!(refused.contains("append-only"), "{refused}");
}

#[test]
fn a_row_of_an_import_that_is_taken_back_leaves_no_trace_in_the_chain() {
    let mut scene = Scene::new();
    let load = |bulk: &mut Bulk<'_>| {
        for n in 1..=6 {
            let moment = bulk.savepoint()?;
            bulk.insert(id(n), &[Value::text("n")])?;
            if n % 3 == 0 { bulk.go_back(moment)? } else { bulk.keep(moment)? }
        }
        Ok(())
    };
    scene.store.bulk::<_, StoreError>(&by(1, 1), "customer", &["name"], 6, load).unwrap();
    assert_eq!(scene.store.chain().unwrap().last.0, 1);
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn a_transaction_sees_its_own_entries_before_it_is_sealed() {
    let mut scene = with_history();
    let seen = scene.store.write::<_, StoreError>(&by(1, 30), |w| {
        w.insert("customer", id(60), named("x"))?;
        let entries = w.store().entries_of(w.txn(), None, 9)?;
        Ok((entries.len(), w.store().journal(None, None, 1)?[0].seq))
    });
    assert_eq!(seen.unwrap(), ((1, 19), 19));
    assert_eq!(scene.store.check().unwrap(), []);
}

fn kept(entries: usize) -> KeptJournal {
    KeptJournal { since: at(1_000_000), entries, seen: i64::MAX }
}

#[test]
fn a_trimmed_journal_is_whole_and_goes_on() {
    let mut scene = Scene::new();
    let undone = put(&mut scene.store, 1, named("first"));
    for n in 2..=10 {
        put(&mut scene.store, n, named("x"));
    }
    // An older one has two entries.
    let of_two =
        |w: &mut Write<'_>| w.insert("customer", id(11), named("a")).and(w.insert("customer", id(12), named("b")));
    scene.store.write::<_, StoreError>(&by(1, 11), of_two).unwrap();
    assert_eq!(scene.store.trim_journal(kept(1)).unwrap(), 10, "the last transaction stays whole");
    assert_eq!(scene.store.trim_journal(kept(1)).unwrap(), 0);
    assert_eq!(scene.store.check().unwrap(), []);
    assert_eq!(scene.store.journal_head().unwrap(), 12);
    put(&mut scene.store, 13, named("later"));
    let change = |w: &mut Write<'_>| w.update("customer", id(1), Some(undone.version), named("again"));
    scene.store.write::<_, StoreError>(&by(1, 14), change).unwrap();
    assert_eq!(scene.store.check().unwrap(), []);
    assert_eq!(scene.other().journal(None, None, 99).unwrap().len(), 4);
    // What stays can't be taken away by other means, and what was taken away is missed if more is.
    assert!(scene.store.conn.execute_batch("DELETE FROM _journal WHERE seq = 13").is_err());
    assert!(scene.store.conn.execute_batch("DELETE FROM _txn WHERE txn = 13").is_err());
    let tampered = "UPDATE _meta SET value = '13 00' WHERE key = 'journal_gone'; DELETE FROM _journal WHERE seq = 13";
    scene.store.conn.execute_batch(tampered).unwrap();
    assert_ne!(scene.store.check().unwrap(), []);
}

#[test]
fn a_journal_keeps_what_is_young_what_was_not_looked_at_and_what_waits_to_be_sent() {
    let mut scene = Scene::new();
    for n in 1..=10 {
        put(&mut scene.store, n, named("x"));
    }
    let of = |store: &mut Store, kept| {
        store.trim_journal(kept).unwrap();
        store.journal(None, None, 99).unwrap().last().unwrap().seq
    };
    assert_eq!(of(&mut scene.store, KeptJournal { since: at(1), ..kept(99) }), 1, "nothing is older");
    assert_eq!(of(&mut scene.store, KeptJournal { since: at(3), ..kept(99) }), 3, "what is old goes though it be new");
    assert_eq!(of(&mut scene.store, KeptJournal { seen: 4, ..kept(0) }), 5);
    let queued = Queued {
        key: "k".to_owned(),
        request: "{}".to_owned(),
        title: String::new(),
        object: "customer".to_owned(),
        record: Some(id(11)),
        version: 0,
        tries: 0,
    };
    let queue = |w: &mut Write<'_>| {
        w.insert("customer", id(11), named("mine"))?;
        w.enqueue(&queued, at(11))
    };
    scene.store.write::<_, StoreError>(&by(1, 11), queue).unwrap();
    for n in 12..=15 {
        put(&mut scene.store, n, named("x"));
    }
    assert_eq!(of(&mut scene.store, kept(0)), 11);
    let row = scene.store.outbox().unwrap().remove(0);
    scene.store.leave_outbox(&row, None, &[]).unwrap();
    assert_eq!(of(&mut scene.store, KeptJournal { since: at(0), ..kept(2) }), 14, "so many newest");
    assert_eq!(of(&mut scene.store, kept(0)), 15, "the newest stays");
    assert_eq!(scene.store.check().unwrap(), []);
}
