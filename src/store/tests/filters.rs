use super::*;
use crate::domain::record::Titles;
use crate::domain::value::Money;
use crate::schema::filter::{Bound, Test, matches};
use proptest::prelude::*;
use std::ops::Bound as End;

fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["a", "A", "Ａ", "ab", "华信", "é", "É", "o'x", "b%", "_"]).prop_map(str::to_owned)
}

fn amount() -> impl Strategy<Value = rust_decimal::Decimal> {
    (-30i64..30, 0u32..3).prop_map(|(n, scale)| rust_decimal::Decimal::new(n, scale))
}

fn money() -> impl Strategy<Value = Value> {
    let currency = proptest::sample::select(vec!["CNY", "USD"]);
    (amount(), currency).prop_map(|(amount, c)| Value::Money(Money { amount, currency: c.to_owned() }))
}

fn date() -> impl Strategy<Value = Value> {
    (1i8..4).prop_map(|d| Value::Date(jiff::civil::date(2026, 1, d)))
}

fn level_key() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["key", "a", "b", "zz"]).prop_map(str::to_owned)
}

fn reference() -> impl Strategy<Value = Id> {
    (1i64..6).prop_map(id)
}

/// A value of a field, as records hold it.
fn value(field: &'static str) -> BoxedStrategy<Value> {
    match field {
        "name" | "phone" => word().prop_map(Value::Text).boxed(),
        "size" => (-3i64..4).prop_map(Value::Integer).boxed(),
        "weight" => amount().prop_map(Value::Decimal).boxed(),
        "credit" => money().boxed(),
        "founded" => date().boxed(),
        "active" => any::<bool>().prop_map(Value::Boolean).boxed(),
        "level" => level_key().prop_map(Value::Choice).boxed(),
        "tags" => proptest::collection::vec(word(), 1..3).prop_map(Value::Choices).boxed(),
        "parent" => reference().prop_map(Value::Ref).boxed(),
        _ => proptest::collection::vec(reference(), 1..3).prop_map(Value::Refs).boxed(),
    }
}

const FIELDS: [&str; 11] =
    ["name", "phone", "size", "weight", "credit", "founded", "active", "level", "tags", "parent", "partners"];

/// A value of a field, as filters name it.
fn wanted(field: &'static str) -> BoxedStrategy<Value> {
    match field {
        "size" | "weight" => amount().prop_map(Value::Decimal).boxed(),
        "credit" => prop_oneof![money(), amount().prop_map(Value::Decimal)].boxed(),
        "tags" => word().prop_map(Value::Choice).boxed(),
        "partners" => reference().prop_map(Value::Ref).boxed(),
        other => value(other),
    }
}

fn end(field: &'static str) -> BoxedStrategy<End<Value>> {
    let value = wanted(field);
    (value, 0..3)
        .prop_map(|(v, sort)| match sort {
            0 => End::Unbounded,
            1 => End::Included(v),
            _ => End::Excluded(v),
        })
        .boxed()
}

fn one_of(ids: Vec<i64>) -> Test {
    Test::OneOf(std::sync::Arc::new(crate::domain::id_set::IdSet::new(ids)))
}

fn test() -> impl Strategy<Value = Bound> {
    proptest::sample::select(FIELDS.to_vec()).prop_flat_map(|field| {
        let any_of = proptest::collection::vec(wanted(field), 0..3).prop_map(Test::AnyOf).boxed();
        let mut tests = vec![Just(Test::Empty).boxed(), any_of];
        match field {
            "name" | "phone" => tests.push(word().prop_map(Test::Contains).boxed()),
            "parent" | "partners" => {
                tests.push(proptest::collection::vec(1i64..6, 0..4).prop_map(one_of).boxed());
                let text = (word(), any::<bool>());
                let refers = |(text, exact)| Test::RefersTo { object: "customer".to_owned(), text, exact };
                tests.push(text.prop_map(refers).boxed());
            }
            _ => {}
        }
        if !matches!(field, "level" | "tags" | "parent" | "partners" | "active") {
            tests.push((end(field), end(field)).prop_map(|(from, to)| Test::Range { from, to }).boxed());
        }
        proptest::strategy::Union::new(tests).prop_map(move |test| Bound::Test { field: field.to_owned(), test })
    })
}

fn bound() -> impl Strategy<Value = Bound> {
    let leaf = prop_oneof![8 => test(), 1 => Just(Bound::All)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let parts = proptest::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            parts.clone().prop_map(Bound::And),
            parts.prop_map(Bound::Or),
            inner.prop_map(|b| Bound::Not(Box::new(b)))
        ]
    })
}

fn record() -> impl Strategy<Value = Fields> {
    let fields: Vec<_> = FIELDS.iter().map(|f| proptest::option::weighted(0.7, value(f))).collect();
    fields.prop_map(|values| {
        let named = FIELDS.iter().zip(values).filter_map(|(f, v)| Some(((*f).to_owned(), v?)));
        named.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn the_store_finds_what_the_filter_means(
        records in proptest::collection::vec(record(), 1..8),
        bounds in proptest::collection::vec(bound(), 12),
    ) {
        let mut scene = Scene::new();
        let mut kept = Vec::new();
        for (n, fields) in (1i64..).zip(records) {
            kept.push(put(&mut scene.store, n, fields));
        }
        let all: Vec<i64> = kept.iter().map(|r| r.id.as_i64()).collect();
        let titles: Titles = kept.iter().filter_map(|r| Some((r.id, r.get("name").as_str()?.to_owned()))).collect();
        let schema = schema();
        for bound in bounds {
            let means = |r: &&Record| matches(&bound, &schema.objects[0], &|f| r.get(f), &titles);
            let expected: Vec<i64> = kept.iter().filter(means).map(|r| r.id.as_i64()).collect();
            let found = scene.store.filter_ids(Which::filtered("customer", &bound), &all).unwrap();
            prop_assert_eq!(found, expected, "{:?}", bound);
        }
    }
}

fn find(store: &Store, bound: &Bound, words: &[&[i64]]) -> Vec<i64> {
    let which = Which { words, ..Which::filtered("customer", bound) };
    let sort = [SortKey { field: "id".to_owned(), descending: false }];
    let page = store.page(which, &sort, &[], &Default::default(), 99).unwrap();
    page.rows.iter().map(|(r, _)| r.id.as_i64()).collect()
}

#[test]
fn each_group_of_words_takes_its_own_hits() {
    let mut scene = Scene::new();
    for n in 1..=4 {
        put(&mut scene.store, n, Fields::new());
    }
    let words = || Bound::Words(vec!["x".to_owned()]);
    let either = Bound::Or(vec![words(), Bound::Not(Box::new(words()))]);
    assert_eq!(find(&scene.store, &either, &[&[1], &[1, 2, 3]]), [1, 4]);
    assert!(find(&scene.store, &words(), &[]).is_empty(), "unanswered words match nothing");
}

#[test]
fn records_are_found_among_few_and_among_many() {
    let mut scene = Scene::new();
    for n in 1..=6 {
        put(&mut scene.store, n, Fields::from([("parent".to_owned(), Value::Ref(id(1 + n % 3)))]));
    }
    let among = |field: &str, ids: Vec<i64>| Bound::Test { field: field.to_owned(), test: one_of(ids) };
    // Few are looked up, many are asked for one by one: the same is found.
    for others in [0, 5_000] {
        let ids = |own: &[i64]| own.iter().copied().chain(1_000..1_000 + others).collect::<Vec<i64>>();
        let (two, other) = (among("id", ids(&[5, 2])), among("id", ids(&[3])));
        assert_eq!(find(&scene.store, &two, &[]), [2, 5]);
        assert_eq!(find(&scene.store, &Bound::Not(Box::new(two.clone())), &[]), [1, 3, 4, 6]);
        assert_eq!(find(&scene.store, &Bound::Or(vec![two.clone(), other.clone()]), &[]), [2, 3, 5]);
        assert!(find(&scene.store, &two.and(other), &[]).is_empty());
        assert_eq!(find(&scene.store, &among("parent", ids(&[1, 2])), &[]), [1, 3, 4, 6]);
        let mut found = Vec::new();
        let parents = among("parent", ids(&[1, 2]));
        scene.store.each_id(Which::filtered("customer", &parents), |id| found.push(id)).unwrap();
        found.sort_unstable();
        assert_eq!(found, [1, 3, 4, 6]);
    }
}

#[test]
fn a_snapshot_sees_no_later_write() {
    let mut scene = Scene::new();
    put(&mut scene.store, 1, Fields::new());
    let reader = scene.other();
    let count = || reader.count(Which::all("customer"), 9).unwrap().0;
    let snapshot = reader.snapshot().unwrap();
    assert_eq!(count(), 1);
    put(&mut scene.store, 2, Fields::new());
    assert_eq!(count(), 1);
    drop(snapshot);
    assert_eq!(count(), 2);
}

#[test]
fn a_filter_looks_into_the_records_referred_to() {
    let mut scene = Scene::new();
    let with = |field: &str, value: Value| Fields::from([(field.to_owned(), value)]);
    put(
        &mut scene.store,
        1,
        Fields::from([("level".to_owned(), Value::Choice("a".to_owned())), ("code".to_owned(), Value::text("C-1"))]),
    );
    put(&mut scene.store, 2, with("parent", Value::Ref(id(1))));
    put(&mut scene.store, 3, with("partners", Value::Refs(vec![id(2), id(1)])));
    put(&mut scene.store, 4, with("parent", Value::Ref(id(2))));
    let level = || Bound::Test { field: "level".to_owned(), test: Test::AnyOf(vec![Value::Choice("a".to_owned())]) };
    let related = |field: &str, inner: Bound| {
        let test = Test::Related { object: "customer".to_owned(), inner: Box::new(inner) };
        Bound::Test { field: field.to_owned(), test }
    };
    assert_eq!(find(&scene.store, &related("parent", level()), &[]), [2]);
    assert_eq!(find(&scene.store, &related("partners", level()), &[]), [3]);
    assert_eq!(find(&scene.store, &related("parent", related("parent", level())), &[]), [4]);
    assert_eq!(find(&scene.store, &Bound::Not(Box::new(related("parent", level()))), &[]), [1, 3, 4]);
    let own = Bound::Test { field: "id".to_owned(), test: Test::AnyOf(vec![Value::Ref(id(3))]) };
    assert_eq!(find(&scene.store, &own, &[]), [3]);
}

#[test]
fn a_look_into_what_is_referred_to_finds_the_same_alone_and_beside_others() {
    let mut scene = Scene::new();
    let with = |field: &str, value: Value| Fields::from([(field.to_owned(), value)]);
    let level = |key: &str| with("level", Value::Choice(key.to_owned()));
    put(&mut scene.store, 1, level("a"));
    put(&mut scene.store, 2, level("b"));
    let mut contact = |n: i64, fields: Fields| {
        scene.store.write::<_, StoreError>(&by(1, n), |w| w.insert("contact", id(n), fields)).unwrap();
    };
    contact(11, with("customer", Value::Ref(id(1))));
    contact(12, with("customer", Value::Ref(id(2))));
    contact(13, with("name", Value::text("nobody's")));
    let has = |field: &str, test: Test| Bound::Test { field: field.to_owned(), test };
    let of_level = |key: &str| {
        let inner = Box::new(has("level", Test::AnyOf(vec![Value::Choice(key.to_owned())])));
        has("customer", Test::Related { object: "customer".to_owned(), inner })
    };
    let found = |bound: &Bound| scene.store.filter_ids(Which::filtered("contact", bound), &[11, 12, 13]).unwrap();
    let nameless = || has("name", Test::Contains("nobody".to_owned()));
    assert_eq!(found(&of_level("a")), [11]);
    assert_eq!(found(&Bound::Or(vec![of_level("a"), nameless()])), [11, 13]);
    assert_eq!(found(&Bound::Or(vec![of_level("a"), of_level("b")])), [11, 12]);
    assert_eq!(found(&Bound::Not(Box::new(of_level("a")))), [12, 13]);
    assert_eq!(found(&Bound::Not(Box::new(Bound::Or(vec![of_level("b"), nameless()])))), [11]);
}
