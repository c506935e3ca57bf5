use super::*;
use crate::domain::value::Money;

fn customer_of(schema: &mut Schema) -> &mut Object {
    &mut schema.objects[0]
}

fn retype(schema: &mut Schema, name: &str, kind: Kind) {
    customer_of(schema).fields.iter_mut().find(|f| f.name == name).unwrap().kind = kind;
}

#[test]
fn additions_are_applied_at_once_and_noticed_by_others() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, named("x"));
    let mut other = scene.other();
    let mut new = schema();
    let mut city = field("city", text());
    city.index = true;
    customer_of(&mut new).fields.push(city);
    new.objects.push(object("task", "title", vec![field("title", text())]));
    let changes = scene.store.apply_schema(&new, false, at(0)).unwrap().changes;
    assert_eq!(
        changes.iter().map(|c| (c.object.as_str(), c.field.as_deref(), c.deed)).collect::<Vec<_>>(),
        [("customer", Some("city"), ChangeDeed::Add), ("task", None, ChangeDeed::Add)]
    );
    let city = || Fields::from([("city".to_owned(), Value::text("北京"))]);
    let first = other.write::<_, StoreError>(&by(1, 1), |w| w.update("customer", id(1), None, city()));
    assert!(matches!(first, Err(StoreError::SchemaChanged)), "{first:?}");
    other.write::<_, StoreError>(&by(1, 1), |w| w.update("customer", id(1), None, city())).unwrap();
    assert_eq!(scene.store.get("customer", id(1)).unwrap().unwrap().get("city"), &Value::text("北京"));
    assert_eq!(scene.store.check().unwrap(), [], "indexes are those of the new schema");
    assert!(scene.store.apply_schema(&new, false, at(0)).unwrap().changes.is_empty());
}

#[test]
fn a_loss_is_refused_with_what_would_be_lost_unless_allowed_and_then_backed_up() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, Fields::from([("phone".to_owned(), Value::text("138"))]));
    let mut new = schema();
    customer_of(&mut new).fields.retain(|f| f.name != "phone" && f.name != "weight");
    match scene.store.apply_schema(&new, false, at(0)) {
        Err(StoreError::Loses(losses)) => {
            assert_eq!(
                losses.iter().map(ToString::to_string).collect::<Vec<_>>(),
                ["store-change-remove place=customer.phone lost=1"]
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.store.get("customer", id(1)).unwrap().unwrap().get("phone"), &Value::text("138"));
    let copy = scene.store.apply_schema(&new, true, at(0)).unwrap().backup;
    assert!(copy.is_some_and(|path| path.is_file()));
    assert!(scene.store.page(Which::all("customer"), &[], &["phone".to_owned()], &Default::default(), 5).is_err());
    let backup = std::fs::read_dir(scene.folder.path()).unwrap().map(|e| e.unwrap().path());
    let backup = backup.into_iter().find(|p| p.to_string_lossy().contains("backup-schema")).expect("a backup");
    let backup = Store::open(&backup, OpenMode::ReadOnly).unwrap();
    assert_eq!(backup.get("customer", id(1)).unwrap().unwrap().get("phone"), &Value::text("138"));
    assert_eq!(scene.store.journal(None, None, 9).unwrap()[0].after.get("phone"), Some(&Value::text("138")));
}

#[test]
fn values_are_carried_over_to_another_type_where_they_can_be() {
    let money = |amount: &str| Value::Money(Money { amount: amount.parse().unwrap(), currency: "CNY".to_owned() });
    let decimal = |scale| Kind::Decimal { scale, min: None, max: None };
    let select = || Kind::Select { dictionary: "level".to_owned() };
    let table = [
        ("size", Value::Integer(3), decimal(1), Some(Value::Decimal("3.0".parse().unwrap()))),
        ("weight", Value::Decimal("1.250".parse().unwrap()), decimal(2), Some(Value::Decimal("1.25".parse().unwrap()))),
        ("weight", Value::Decimal("1.255".parse().unwrap()), decimal(2), None),
        ("weight", Value::Decimal("1.25".parse().unwrap()), Kind::Money { min: None }, Some(money("1.25"))),
        ("credit", money("7.10"), decimal(2), Some(Value::Decimal("7.10".parse().unwrap()))),
        ("credit", money("7.10"), text(), Some(Value::text("CNY 7.10"))),
        ("phone", Value::text("a"), select(), Some(Value::Choice("a".to_owned()))),
        ("level", Value::Choice("a".to_owned()), text(), Some(Value::text("a"))),
        ("phone", Value::text("12"), Kind::Integer { min: None, max: None }, Some(Value::Integer(12))),
        ("phone", Value::text("x12"), Kind::Integer { min: None, max: None }, None),
        ("phone", Value::text("2026-01-02"), Kind::Date, Some(Value::Date("2026-01-02".parse().unwrap()))),
        (
            "parent",
            Value::Ref(id(4)),
            Kind::Reference { object: "customer".to_owned(), many: true },
            Some(Value::Refs(vec![id(4)])),
        ),
        ("parent", Value::Ref(id(4)), Kind::User { many: false }, None),
        ("owner", Value::Ref(id(4)), text(), None),
    ];
    for (name, value, kind, expected) in table {
        let mut scene = Scene::new();
        put(&mut scene.store, 1, Fields::from([(name.to_owned(), value.clone())]));
        put(&mut scene.store, 2, Fields::new());
        let mut new = schema();
        retype(&mut new, name, kind.clone());
        let refused = scene.store.apply_schema(&new, false, at(0)).is_err();
        assert_eq!(refused, expected.is_none(), "{name} {value:?} to {kind:?}");
        scene.store.apply_schema(&new, true, at(0)).unwrap();
        let read = scene.store.get("customer", id(1)).unwrap().unwrap();
        assert_eq!(read.get(name), &expected.unwrap_or_default(), "{name} {value:?} to {kind:?}");
        assert_eq!(
            scene.store.check().unwrap().len(),
            usize::from(matches!(read.get(name), Value::Ref(_) | Value::Refs(_)))
        );
    }
}

#[test]
fn a_changed_dictionary_changes_the_order_of_its_fields() {
    let mut scene = Scene::new();
    for (n, level) in [(1, "b"), (2, "key"), (3, "a")] {
        put(&mut scene.store, n, Fields::from([("level".to_owned(), Value::Choice(level.to_owned()))]));
    }
    let sort = [SortKey { field: "level".to_owned(), descending: false }];
    let order = |store: &Store| {
        let page = store.page(Which::all("customer"), &sort, &[], &Default::default(), 9).unwrap();
        page.rows.iter().map(|(r, _)| r.id.as_i64()).collect::<Vec<_>>()
    };
    assert_eq!(order(&scene.store), [2, 3, 1]);
    let mut new = schema();
    new.dictionaries.get_mut("level").unwrap().items.reverse();
    assert!(scene.store.apply_schema(&new, false, at(0)).unwrap().changes.is_empty(), "no table changes");
    assert_eq!(order(&scene.store), [1, 3, 2]);
    assert_eq!(scene.store.check().unwrap(), []);
}

#[test]
fn two_fields_for_one_column_are_refused() {
    let mut new = schema();
    customer_of(&mut new).fields.push(field("credit_currency", text()));
    let folder = TempDir::new().unwrap();
    let made = Store::create(&folder.path().join("x"), &new);
    assert!(matches!(made, Err(StoreError::Schema(_))), "{made:?}");
}
