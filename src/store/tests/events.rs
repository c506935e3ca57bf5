//! Events and the log: noted, found by who, what and when, kept and removed.

use super::*;
use crate::domain::event::{EventKind, Happening};
use rusqlite::Connection;

fn note(store: &mut Store, user: i64, second: i64, what: Happening) -> i64 {
    store.note(&by(user, second), &what).unwrap()
}

fn numbers(store: &Store, query: &EventQuery<'_>) -> Vec<i64> {
    store.events(query, 100).unwrap().iter().map(|e| e.number).collect()
}

fn some_events() -> Scene {
    let mut scene = Scene::new();
    note(&mut scene.store, 1, 1, Happening::new(EventKind::SignIn).by("zhang").with("pid", 7));
    note(&mut scene.store, 2, 2, Happening::new(EventKind::SignIn).by("li"));
    let export = Happening::new(EventKind::Export).about("customer", None).with("filter", "level:a").with("count", 3);
    note(&mut scene.store, 1, 3, export);
    note(&mut scene.store, 2, 4, Happening::new(EventKind::Denied).about("customer", Some(id(9))));
    let refused = Happening::new(EventKind::Refused).by("Wang");
    scene.store.note(&Context::new(None, at(5), Origin::Cli), &refused).unwrap();
    scene
}

#[test]
fn events_are_read_as_they_were_noted_newest_first() {
    let scene = some_events();
    let events = scene.store.events(&EventQuery::default(), 3).unwrap();
    assert_eq!(events.iter().map(|e| e.number).collect::<Vec<_>>(), [5, 4, 3]);
    let export = &events[2];
    assert_eq!((export.user, export.at, export.origin), (Some(id(1)), at(3), Origin::Tui));
    assert_eq!(export.what.detail.get("filter").map(String::as_str), Some("level:a"));
    assert_eq!(export.what.object.as_deref(), Some("customer"));
    assert_eq!((events[0].user, events[0].what.login.as_deref()), (None, Some("Wang")));
}

#[test]
fn events_are_found_by_who_what_and_when() {
    let scene = some_events();
    let kinds = [EventKind::SignIn, EventKind::Denied];
    let all = EventQuery::default;
    let table = [
        (all(), vec![5, 4, 3, 2, 1]),
        (EventQuery { user: Some(id(1)), ..all() }, vec![3, 1]),
        (EventQuery { login: Some("wang"), ..all() }, vec![5]),
        (EventQuery { user: Some(id(1)), login: Some("LI"), ..all() }, vec![3, 2, 1]),
        (EventQuery { object: Some("customer"), ..all() }, vec![4, 3]),
        (EventQuery { object: Some("customer"), record: Some(id(9)), ..all() }, vec![4]),
        (EventQuery { kinds: &kinds, ..all() }, vec![4, 2, 1]),
        (EventQuery { since: Some(at(2)), until: Some(at(4)), ..all() }, vec![3, 2]),
        (EventQuery { before: Some(3), ..all() }, vec![2, 1]),
        (EventQuery { user: Some(id(2)), before: Some(4), ..all() }, vec![2]),
    ];
    for (query, expected) in table {
        assert_eq!(numbers(&scene.store, &query), expected, "{query:?}");
    }
}

#[test]
fn events_can_only_grow_and_changes_by_other_means_are_found() {
    let table = [
        ("UPDATE _event SET user = 9 WHERE event = 2", Some((2, 1))),
        ("UPDATE _event SET detail = '{}' WHERE event = 3", Some((3, 1))),
        ("UPDATE _event SET kind = 'sign-out' WHERE event = 3", Some((3, 1))),
        ("UPDATE _event SET login = NULL WHERE event = 1", Some((1, 1))),
        ("DELETE FROM _event WHERE event = 1", Some((2, 1))),
        ("DELETE FROM _event WHERE event = 3", Some((4, 1))),
        ("UPDATE _event SET seal = x'00' WHERE event = 3", Some((3, 1))),
        ("SELECT 1", None),
    ];
    for (sql, expected) in table {
        let scene = some_events();
        let conn = Connection::open(scene.path()).unwrap();
        if let Some(verb) = expected.map(|_| sql) {
            let refused = conn.execute(verb, []).unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
        conn.execute_batch("DROP TRIGGER _event_no_update; DROP TRIGGER _event_no_delete").unwrap();
        conn.execute_batch(sql).unwrap();
        let found = scene.store.check().unwrap().into_iter().find_map(|f| match f {
            Finding::EventsChanged(event, _, number) => Some((event, number)),
            _ => None,
        });
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn old_events_go_from_the_oldest_on_and_the_rest_is_still_whole() {
    let mut scene = some_events();
    put(&mut scene.store, 1, named("x"));
    let keeper = Context::new(None, at(90), Origin::System);
    assert_eq!(scene.store.remove_events(at(1), &keeper).unwrap(), 0);
    assert_eq!(scene.store.remove_events(at(3), &keeper).unwrap(), 2);
    assert_eq!(numbers(&scene.store, &EventQuery::default()), [6, 5, 4, 3]);
    let noted = scene.store.events(&EventQuery::default(), 1).unwrap().remove(0);
    assert_eq!((noted.what.kind, noted.what.detail["count"].as_str()), (EventKind::Retention, "2"));
    assert_eq!(scene.store.check().unwrap(), []);
    assert_eq!(scene.store.remove_events(at(1_000), &keeper).unwrap(), 3, "the newest stays");
    assert_eq!(numbers(&scene.store, &EventQuery::default()), [7, 6]);
    assert_eq!(note(&mut scene.store, 1, 99, Happening::new(EventKind::SignOut)), 8);
    assert_eq!(scene.store.check().unwrap(), []);
    assert_eq!(scene.store.oldest_event().unwrap(), Some(at(90)));
}

#[test]
fn the_journal_is_looked_through_by_who_what_and_when_page_by_page() {
    let mut scene = Scene::new();
    for n in 1..=4 {
        put(&mut scene.store, n, named("x"));
    }
    let phone = |text: &str| Fields::from([("phone".to_owned(), Value::text(text))]);
    scene.store.write::<_, StoreError>(&by(2, 5), |w| w.update("customer", id(2), None, phone("1"))).unwrap();
    let both = |w: &mut Write<'_>| {
        w.insert("contact", id(8), named("\"phone\":"))?;
        w.update("customer", id(3), None, phone("2"))
    };
    scene.store.write::<_, StoreError>(&by(2, 6), both).unwrap();
    scene.store.write::<_, StoreError>(&by(3, 7), |w| w.delete("customer", id(2), None)).unwrap();
    let all = LogQuery::default;
    let table = [
        (all(), vec![8, 7, 6, 5, 4, 3, 2, 1]),
        (LogQuery { user: Some(id(2)), ..all() }, vec![7, 6, 5]),
        (LogQuery { user: Some(id(2)), before: Some(7), ..all() }, vec![6, 5]),
        (LogQuery { user: Some(id(2)), object: Some("customer"), ..all() }, vec![7, 5]),
        (LogQuery { object: Some("contact"), ..all() }, vec![6]),
        (LogQuery { object: Some("customer"), record: Some(id(2)), ..all() }, vec![8, 5, 2]),
        (LogQuery { object: Some("customer"), record: Some(id(2)), user: Some(id(1)), ..all() }, vec![2]),
        (LogQuery { field: Some("phone"), ..all() }, vec![8, 7, 5]),
        (LogQuery { field: Some("amount"), ..all() }, vec![]),
        (LogQuery { since: Some(at(5)), ..all() }, vec![8, 7, 6, 5]),
        (LogQuery { until: Some(at(3)), ..all() }, vec![2, 1]),
        (LogQuery { since: Some(at(2)), until: Some(at(7)), before: Some(7), ..all() }, vec![6, 5, 4, 3, 2]),
        (LogQuery { before: Some(3), ..all() }, vec![2, 1]),
    ];
    for (query, expected) in table {
        let seqs = |query: &LogQuery<'_>, limit| -> Vec<i64> {
            scene.store.log(query, limit).unwrap().iter().map(|e| e.seq).collect()
        };
        assert_eq!(seqs(&query, 100), expected, "{query:?}");
        let mut paged = Vec::new();
        let mut next = query.clone();
        loop {
            let page = seqs(&next, 2);
            let Some(last) = page.last().copied() else { break };
            paged.extend(page);
            next.before = Some(last);
        }
        assert_eq!(paged, expected, "by pages: {query:?}");
    }
}

#[test]
fn a_password_is_changed_with_all_that_comes_of_it_or_not_at_all() {
    let mut scene = Scene::new();
    let user = id(1);
    let change = |store: &mut Store, hash: &str, second: i64| {
        let what = Happening::new(EventKind::Password).about("user", Some(user));
        store.change_password(user, hash, None, (&by(1, second), &what))
    };
    assert!(change(&mut scene.store, "first", 1).unwrap().is_empty());
    let (label, scopes) = ("laptop".to_owned(), "read".to_owned());
    let token =
        Token { number: 0, user: Some(user), label, scopes, session: true, created_at: at(2), expires_at: None };
    let number = scene.store.add_token("hash", &token).unwrap();
    let refuses = "CREATE TRIGGER refuses BEFORE DELETE ON _token BEGIN SELECT RAISE(ABORT, 'no'); END";
    scene.store.conn.execute_batch(refuses).unwrap();
    assert!(change(&mut scene.store, "second", 3).is_err());
    let kept = |store: &Store| store.password(user).unwrap().unwrap().hash;
    assert_eq!((kept(&scene.store).as_str(), numbers(&scene.store, &EventQuery::default())), ("first", vec![1]));
    scene.store.conn.execute_batch("DROP TRIGGER refuses").unwrap();
    assert_eq!(change(&mut scene.store, "second", 4).unwrap(), [number]);
    assert_eq!((kept(&scene.store).as_str(), numbers(&scene.store, &EventQuery::default())), ("second", vec![2, 1]));
}
