use super::*;
use crate::domain::journal::Deed;
use crate::domain::lang::Lang;
use crate::domain::value::{FileRef, Money};
use rusqlite::Connection;

fn choices(keys: &[&str]) -> Value {
    Value::Choices(keys.iter().map(|k| (*k).to_owned()).collect())
}

/// One value of each type, as it is given and as its column holds it.
fn every_type() -> Vec<(&'static str, Value, &'static str)> {
    let money = Money { amount: "-1234.5".parse().unwrap(), currency: "USD".to_owned() };
    let file = FileRef { name: "报价.pdf".to_owned(), size: 7, hash: "ab".to_owned() };
    vec![
        ("name", Value::Text("华信 \"科技\"\n".to_owned()), "华信 \"科技\"\n"),
        ("code", Value::Text("C-1".to_owned()), "C-1"),
        ("remark", Value::Text("a\nb".to_owned()), "a\nb"),
        ("size", Value::Integer(i64::MIN), "-9223372036854775808"),
        ("weight", Value::Decimal("1.25".parse().unwrap()), "1250"),
        ("discount", Value::Decimal("12.5".parse().unwrap()), "1250"),
        ("credit", Value::Money(money), "-123450"),
        ("founded", Value::Date("1987-02-03".parse().unwrap()), "1987-02-03"),
        ("seen", Value::DateTime("2026-11-22T03:33:28.5Z".parse().unwrap()), "2026-11-22T03:33:28.500Z"),
        ("active", Value::Boolean(false), "0"),
        ("level", Value::Choice("a".to_owned()), "a"),
        ("levels", choices(&["a", "b"]), r#"["a","b"]"#),
        ("tags", choices(&["大客户"]), r#"["大客户"]"#),
        ("phone", Value::Text("+86 138".to_owned()), "+86 138"),
        ("parent", Value::Ref(id(9)), "9"),
        ("partners", Value::Refs(vec![id(3), id(2)]), "[3,2]"),
        ("owner", Value::Ref(id(1)), "1"),
        ("files", Value::Files(vec![file]), r#"[{"name":"报价.pdf","size":7,"hash":"ab"}]"#),
        ("double", Value::Date("2000-01-01".parse().unwrap()), "2000-01-01"),
    ]
}

#[test]
fn every_type_comes_back_from_a_new_connection_and_stands_readable_in_its_column() {
    let mut scene = Scene::new();
    let fields: Fields = every_type().into_iter().map(|(f, v, _)| (f.to_owned(), v)).collect();
    let written = put(&mut scene.store, 7, fields.clone());
    let read = scene.other().get("customer", id(7)).unwrap().unwrap();
    assert_eq!(written, read);
    for (field, value, column) in every_type() {
        assert_eq!(read.get(field), &value, "{field}");
        let sql = format!("SELECT CAST({field} AS TEXT) FROM customer");
        assert_eq!(scene.store.conn.query_row(&sql, [], |r| r.get::<String>(0)).unwrap(), column, "{field}");
    }
    let entry = &scene.store.journal(Some(("customer", id(7))), None, 10).unwrap()[0];
    assert_eq!(entry.after, fields, "the journal tells every type as well");
    assert_eq!((read.version, read.get("created_at")), (1, &Value::DateTime(at(7))));
    assert_eq!(read.get("updated_by"), &Value::Ref(id(1)));
}

#[test]
fn a_value_that_does_not_fit_is_refused_and_nothing_is_written() {
    let mut scene = Scene::new();
    let table = [
        ("size", Value::Text("3".to_owned())),
        ("weight", Value::Decimal("0.0001".parse().unwrap())),
        ("credit", Value::Decimal("1".parse().unwrap())),
        ("created_at", Value::Empty),
    ];
    for (field, value) in table {
        let fields = Fields::from([(field.to_owned(), value)]);
        let refused = scene.store.write::<_, StoreError>(&by(1, 1), |w| {
            w.insert("customer", id(1), named("kept?"))?;
            w.insert("customer", id(2), fields)
        });
        assert!(matches!(refused, Err(StoreError::Value { field: f, .. }) if f == field), "{field}");
        assert_eq!(scene.store.get("customer", id(1)).unwrap(), None);
        assert_eq!(scene.store.journal_head().unwrap(), 0);
    }
    let unknown = scene.store.write::<_, StoreError>(&by(1, 1), |w| {
        w.insert("customer", id(1), Fields::from([("x".to_owned(), Value::Empty)]))
    });
    assert!(matches!(unknown, Err(StoreError::Unknown(name)) if name == "customer.x"));
}

#[test]
fn a_change_raises_the_version_and_journals_only_what_changed() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("old"));
    let changes = Fields::from([
        ("name".to_owned(), Value::text("new")),
        ("size".to_owned(), Value::Integer(4)),
        ("phone".to_owned(), Value::Empty),
    ]);
    let (record, txn) =
        scene.store.write::<_, StoreError>(&by(2, 5), |w| w.update("customer", id(1), Some(1), changes)).unwrap();
    assert_eq!((record.version, txn), (2, 2));
    assert_eq!(scene.store.get("customer", id(1)).unwrap().unwrap(), record);
    let entry = &scene.store.journal(None, None, 1).unwrap()[0];
    assert_eq!(
        entry.before,
        Fields::from([("name".to_owned(), Value::text("old")), ("size".to_owned(), Value::Empty)])
    );
    assert_eq!(entry.after.keys().collect::<Vec<_>>(), ["name", "size"]);
    assert_eq!((entry.user, entry.at, entry.deed, entry.txn), (Some(id(2)), at(5), Deed::Update, 2));
}

#[test]
fn a_change_of_nothing_writes_nothing() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("same"));
    let before = scene.other().data_version().unwrap();
    let other = scene.other();
    let seen = other.data_version().unwrap();
    let (record, txn) =
        scene.store.write::<_, StoreError>(&by(1, 9), |w| w.update("customer", id(1), Some(1), named("same"))).unwrap();
    assert_eq!((record.version, txn), (1, 0));
    assert_eq!((scene.store.journal_head().unwrap(), other.data_version().unwrap()), (1, seen), "{before}");
}

#[test]
fn of_two_connections_the_second_to_save_is_told_and_given_the_newer_record() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("start"));
    let mut other = scene.other();
    let seen = other.data_version().unwrap();
    scene.store.write::<_, StoreError>(&by(1, 2), |w| w.update("customer", id(1), Some(1), named("theirs"))).unwrap();
    assert_ne!(other.data_version().unwrap(), seen, "the change is noticed");
    let mine = other.write::<_, StoreError>(&by(2, 3), |w| w.update("customer", id(1), Some(1), named("mine")));
    match mine {
        Err(StoreError::VersionConflict { current }) => assert_eq!(current.get("name"), &Value::text("theirs")),
        other => panic!("{other:?}"),
    }
    scene.store.write::<_, StoreError>(&by(1, 4), |w| w.delete("customer", id(1), Some(2))).unwrap();
    let gone = other.write::<_, StoreError>(&by(2, 5), |w| w.update("customer", id(1), Some(2), named("mine")));
    assert!(matches!(gone, Err(StoreError::Gone { .. })));
}

#[test]
fn a_deleted_record_comes_back_as_it_was_from_its_journal_entry() {
    let mut scene = Scene::new();
    let record = put(&mut scene.store, 1, named("gone"));
    scene.store.write::<_, StoreError>(&by(2, 50), |w| w.delete("customer", id(1), None)).unwrap();
    let entry = scene.store.journal(None, None, 1).unwrap().remove(0);
    assert_eq!((entry.deed, entry.version, &entry.before), (Deed::Delete, 2, &record.fields));
    let undo = Context { undoes: Some(entry.txn), ..by(2, 60) };
    let (back, _) =
        scene.store.write::<_, StoreError>(&undo, |w| w.revive("customer", id(1), 3, entry.before)).unwrap();
    assert_eq!((back.version, back.fields), (3, record.fields));
}

#[test]
fn unique_values_and_ids_are_guarded_letter_case_aside() {
    let mut scene = Scene::new();
    let code = |c: &str| Fields::from([("code".to_owned(), Value::text(c))]);
    put(&mut scene.store, 1, code("C-a"));
    put(&mut scene.store, 2, Fields::new());
    put(&mut scene.store, 3, Fields::new());
    for (n, fields, expected) in [(4, code("c-A"), "code"), (1, Fields::new(), "id")] {
        let twice = scene.store.write::<_, StoreError>(&by(1, 1), |w| w.insert("customer", id(n), fields));
        assert!(matches!(twice, Err(StoreError::Duplicate { field, .. }) if field == expected));
    }
    assert_eq!(scene.store.find_equal("customer", "code", &Value::text("C-A"), 5).unwrap(), [id(1)]);
}

#[test]
fn the_journal_can_only_grow() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("x"));
    let outside = Connection::open(scene.path()).unwrap();
    for sql in
        ["UPDATE _journal SET after = '{}'", "DELETE FROM _journal", "UPDATE _txn SET user = 2", "DELETE FROM _txn"]
    {
        let refused = outside.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
}

#[test]
fn serials_have_no_gaps_and_go_on_after_codes_from_outside() {
    let mut scene = Scene::new();
    let next = |store: &mut Store, fail: bool| {
        store.write::<i64, StoreError>(&by(1, 1), |w| {
            let n = w.next_serial("C-2026-")?;
            if fail { Err(StoreError::Cursor) } else { Ok(n) }
        })
    };
    assert_eq!(scene.store.peek_serial("C-2026-").unwrap(), 1);
    assert_eq!(next(&mut scene.store, false).unwrap().0, 1);
    assert!(next(&mut scene.store, true).is_err());
    assert_eq!(scene.store.peek_serial("C-2026-").unwrap(), 2);
    scene.store.write::<_, StoreError>(&by(1, 1), |w| w.raise_serial("C-2026-", 41)).unwrap();
    scene.store.write::<_, StoreError>(&by(1, 1), |w| w.raise_serial("C-2026-", 7)).unwrap();
    assert_eq!(next(&mut scene.store, false).unwrap().0, 42);
}

#[test]
fn settings_belong_to_a_user_and_are_listed_by_prefix() {
    let mut scene = Scene::new();
    for (user, key, value) in [
        (Some(1), "view.a", "1"),
        (Some(1), "view.b", "2"),
        (Some(2), "view.a", "3"),
        (None, "vieW", "4"),
        (Some(1), "views", "5"),
    ] {
        scene.store.put_setting(user.map(id), key, Some(value)).unwrap();
    }
    scene.store.put_setting(Some(id(1)), "view.b", None).unwrap();
    let listed = scene.other().settings(Some(id(1)), "view.").unwrap();
    assert_eq!(listed, [("view.a".to_owned(), "1".to_owned())]);
}

#[test]
fn undo_and_redo_walk_back_and_forth_over_own_transactions() {
    let mut scene = Scene::new();
    let mut n = 0;
    let mut change = |store: &mut Store, user: i64, undoes: Option<i64>| {
        n += 1;
        let context = Context { undoes, ..by(user, n) };
        store.write::<_, StoreError>(&context, |w| w.insert("customer", id(n), Fields::new())).unwrap().1
    };
    let store = &mut scene.store;
    let state = |store: &Store| {
        let s = store.undo_state(Some(id(1))).unwrap();
        (s.undo, s.redo)
    };
    assert_eq!(state(store), (None, None));
    let (a, b) = (change(store, 1, None), change(store, 1, None));
    change(store, 2, None);
    assert_eq!(state(store), (Some(b), None));
    let ub = change(store, 1, Some(b));
    assert_eq!(state(store), (Some(a), Some(ub)));
    let ua = change(store, 1, Some(a));
    assert_eq!(state(store), (None, Some(ua)));
    let ra = change(store, 1, Some(ua));
    assert_eq!(state(store), (Some(ra), Some(ub)));
    let rb = change(store, 1, Some(ub));
    assert_eq!(state(store), (Some(rb), None));
    let urb = change(store, 1, Some(rb));
    assert_eq!(state(store), (Some(ra), Some(urb)));
    let c = change(store, 1, None);
    assert_eq!(state(store), (Some(c), None), "something new ends the redo");
}

#[test]
fn references_are_counted_and_titled() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("母公司"));
    put(&mut scene.store, 2, Fields::from([("parent".to_owned(), Value::Ref(id(1)))]));
    put(&mut scene.store, 3, Fields::from([("partners".to_owned(), Value::Refs(vec![id(2), id(1)]))]));
    let counts = scene.store.referring("customer", id(1)).unwrap();
    let expected = [("customer", "parent", 1), ("customer", "partners", 1)];
    assert_eq!(counts, expected.map(|(o, f, n)| (o.to_owned(), f.to_owned(), n)));
    assert_eq!(scene.store.referring_ids("customer", "partners", id(1), 9).unwrap(), [id(3)]);
    let records = scene.store.get_many("customer", &[id(3), id(2), id(99)]).unwrap();
    assert_eq!(records.iter().map(|r| r.id).collect::<Vec<_>>(), [id(3), id(2)]);
    assert_eq!(scene.store.titles_of(&records).unwrap().get(&id(1)).unwrap(), "母公司");
}

#[test]
fn the_views_show_labels_amounts_and_titles() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("母公司"));
    let money = Money { amount: "-0.05".parse().unwrap(), currency: "CNY".to_owned() };
    let fields =
        [("parent", Value::Ref(id(1))), ("level", Value::Choice("a".to_owned())), ("credit", Value::Money(money))];
    put(&mut scene.store, 2, fields.map(|(f, v)| (f.to_owned(), v)).into());
    for (lang, label) in [(Lang::En, "First"), (Lang::Zh, "甲")] {
        let tool = Connection::open(scene.path()).unwrap();
        tool.execute_batch(&views(&scene.store.schema(), lang)).unwrap();
        let sql = "SELECT parent, level, credit, credit_currency FROM customer_view WHERE id = 2";
        let row: [String; 4] = tool.query_row(sql, [], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?])).unwrap();
        assert_eq!(row, ["母公司", label, "-0.05", "CNY"]);
    }
}

#[test]
fn a_change_of_a_part_writes_what_a_change_of_the_whole_does() {
    let counted = Kind::Rollup {
        of: "contact".to_owned(),
        by: "customer".to_owned(),
        summary: Summary::Count,
        only: "name:x".to_owned(),
        result: Box::new(Kind::Integer { min: None, max: None }),
    };
    let mut schema = schema();
    schema.objects[0].fields.push(field("contacts", counted));
    let folder = TempDir::new().unwrap();
    let mut store = Store::create(&folder.path().join("s.tcrm"), &schema).unwrap();
    put(&mut store, 1, named("Hua"));
    let contact = Fields::from([("customer".to_owned(), Value::Ref(id(1))), ("name".to_owned(), Value::text("y"))]);
    let written = store.write::<_, StoreError>(&by(1, 1), |w| {
        for n in [2, 3] {
            w.insert("contact", id(n), contact.clone())?;
        }
        w.take_touched();
        w.watch(vec!["contact".to_owned()]);
        let part = w.store().part("contact", &["name"])?;
        let record = w.update_part(&part, id(2), named("x"))?;
        let touched = w.take_touched();
        w.update("contact", id(3), None, named("x"))?;
        // Of what isn't a part of it all is read.
        let whole = w.update_part(&part, id(3), Fields::from([("customer".to_owned(), Value::Empty)]))?;
        assert_eq!((record.version, whole.version, w.take_touched()), (2, 3, touched.clone()));
        let gone = w.update_part(&part, id(9), named("x"));
        assert!(matches!(gone, Err(StoreError::Gone { .. })), "{gone:?}");
        Ok((touched, w.take_changes("contact")))
    });
    let (touched, changes) = written.unwrap().0;
    assert_eq!(touched, Touched::from([("customer".to_owned(), id(1))]));
    assert_eq!((&changes[0].before, &changes[0].after), (&changes[1].before, &changes[1].after));
    let row = |n| store.get("contact", id(n)).unwrap().unwrap();
    assert_eq!(
        (row(2).version, row(2).get("name"), row(2).get("customer")),
        (2, &Value::text("x"), &Value::Ref(id(1)))
    );
    let entries = |n| store.journal(Some(("contact", id(n))), None, 9).unwrap();
    let (part, whole) = (&entries(2)[0], &entries(3)[1]);
    assert_eq!((part.deed, &part.before, &part.after), (whole.deed, &whole.before, &whole.after));
    assert_eq!(store.chain().unwrap().broken, 0);
}
