use super::*;
use crate::contract::request::From as Start;
use crate::schema::filter::Test;
use proptest::prelude::*;
use std::cmp::Ordering;

/// One record: name, size, level.
type Row = (Option<String>, Option<i64>, Option<&'static str>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let name =
        proptest::option::weighted(0.7, prop_oneof!["[abAB]{1,2}", Just("华信".to_owned()), Just("o'x".to_owned())]);
    let size = proptest::option::weighted(0.6, -2i64..3);
    let level = proptest::option::weighted(0.7, proptest::sample::select(vec!["key", "a", "b", "zz"]));
    proptest::collection::vec((name, size, level), 0..40)
}

fn order() -> impl Strategy<Value = Vec<SortKey>> {
    // `phone` has no index: the way without one must give the same.
    let fields = vec!["name", "size", "level", "phone", "updated_at", "id"];
    let key = (proptest::sample::select(fields), any::<bool>())
        .prop_map(|(field, descending)| SortKey { field: field.to_owned(), descending });
    proptest::collection::vec(key, 1..4)
}

fn fill(store: &mut Store, rows: &[Row]) {
    let context = by(1, 1);
    store
        .write::<_, StoreError>(&context, |w| {
            for (n, (name, size, level)) in rows.iter().enumerate() {
                let mut fields = Fields::new();
                fields.insert("name".to_owned(), name.clone().map_or(Value::Empty, Value::Text));
                fields.insert("phone".to_owned(), name.clone().map_or(Value::Empty, Value::Text));
                fields.insert("size".to_owned(), size.map_or(Value::Empty, Value::Integer));
                fields.insert("level".to_owned(), level.map_or(Value::Empty, |l| Value::Choice(l.to_owned())));
                // Ties of three.
                fields.insert("updated_at".to_owned(), Value::DateTime(at(n as i64 / 3)));
                w.insert("customer", id(n as i64 + 1), fields)?;
            }
            Ok(())
        })
        .unwrap();
}

/// What the order means, said in another way: empty values last, the id last, in the first key's direction.
fn oracle(rows: &[Row], sort: &[SortKey]) -> Vec<i64> {
    let rank = |l: &&str| ["key", "a", "b"].iter().position(|k| k == l).unwrap_or(3) as i64;
    let value = |n: i64, field: &str| -> (Option<String>, Option<i64>) {
        let (name, size, level) = &rows[n as usize - 1];
        match field {
            "name" | "phone" => (name.as_ref().map(|n| n.to_ascii_lowercase()), None),
            "size" => (None, *size),
            "level" => (None, level.as_ref().map(rank)),
            "updated_at" => (None, Some((n - 1) / 3)),
            _ => (None, Some(n)),
        }
    };
    let compare = |a: i64, b: i64| {
        for key in sort {
            let (x, y) = (value(a, &key.field), value(b, &key.field));
            let empty = |v: &(Option<String>, Option<i64>)| v.0.is_none() && v.1.is_none();
            let ordering = empty(&x).cmp(&empty(&y)).then_with(|| {
                let plain = x.cmp(&y);
                if key.descending { plain.reverse() } else { plain }
            });
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        if sort[0].descending { b.cmp(&a) } else { a.cmp(&b) }
    };
    let mut ids: Vec<i64> = (1..=rows.len() as i64).collect();
    ids.sort_by(|a, b| compare(*a, *b));
    ids
}

fn ids(page: &StorePage) -> Vec<i64> {
    page.rows.iter().map(|(r, _)| r.id.as_i64()).collect()
}

fn all_pages(store: &Store, which: Which<'_>, sort: &[SortKey], limit: usize, forward: bool) -> Vec<i64> {
    let mut all: Vec<i64> = Vec::new();
    let mut from = if forward { Start::Start } else { Start::End };
    loop {
        let page = store.page(which, sort, &["name".to_owned()], &from, limit).unwrap();
        let found = ids(&page);
        let more = if forward { page.more_after } else { page.more_before };
        if forward {
            all.extend(found)
        } else {
            all.splice(0..0, found).for_each(drop)
        }
        from = match (forward, page.rows.first(), page.rows.last()) {
            (_, None, _) | (_, _, None) => break,
            (true, _, Some((_, cursor))) => Start::After(cursor.clone()),
            (false, Some((_, cursor)), _) => Start::Before(cursor.clone()),
        };
        if !more {
            break;
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn pages_forward_and_backward_are_the_sorted_whole(rows in rows(), sort in order(), limit in 1usize..7) {
        let mut scene = Scene::new();
        fill(&mut scene.store, &rows);
        let expected = oracle(&rows, &sort);
        let which = Which::all("customer");
        prop_assert_eq!(&all_pages(&scene.store, which, &sort, limit, true), &expected);
        prop_assert_eq!(&all_pages(&scene.store, which, &sort, limit, false), &expected);
        // Any row can be shown again as the first of a page.
        let whole = scene.store.page(which, &sort, &[], &Start::Start, 1000).unwrap();
        for (at, (_, cursor)) in whole.rows.iter().enumerate().step_by(5) {
            let page = scene.store.page(which, &sort, &[], &Start::At(cursor.clone()), limit).unwrap();
            prop_assert_eq!(ids(&page), expected.iter().copied().skip(at).take(limit).collect::<Vec<_>>());
            prop_assert_eq!((page.more_before, page.more_after), (at > 0, at + limit < expected.len()));
        }
        let some: Vec<i64> = (1..=rows.len() as i64).filter(|n| n % 3 == 0).collect();
        let of_some = Which { ids: Some(&some), ..which };
        let expected: Vec<i64> = expected.into_iter().filter(|n| n % 3 == 0).collect();
        prop_assert_eq!(&all_pages(&scene.store, of_some, &sort, limit, true), &expected);
    }

    #[test]
    fn pages_of_a_choice_are_the_sorted_rest(rows in rows(), sort in order(), limit in 1usize..7) {
        let mut scene = Scene::new();
        fill(&mut scene.store, &rows);
        let has = |n: &i64, level: &str| rows[*n as usize - 1].2 == Some(level);
        let test = |level: &str| {
            let test = Test::AnyOf(vec![Value::Choice(level.to_owned())]);
            Bound::Test { field: "level".to_owned(), test }
        };
        let beside = Bound::Not(Box::new(Bound::Test { field: "size".to_owned(), test: Test::Empty }));
        let sized = |n: &i64| rows[*n as usize - 1].1.is_some();
        let none = Bound::Test { field: "level".to_owned(), test: Test::Empty };
        let either = Bound::Or(vec![test("b"), test("a"), none.clone(), test("a")]);
        let of_either = |n: &i64| has(n, "a") || has(n, "b") || rows[*n as usize - 1].2.is_none();
        let all = || oracle(&rows, &sort).into_iter();
        for (filter, expected) in [
            (test("a"), all().filter(|n| has(n, "a")).collect::<Vec<_>>()),
            (Bound::And(vec![test("a"), beside.clone()]), all().filter(|n| has(n, "a") && sized(n)).collect()),
            (none, all().filter(|n| rows[*n as usize - 1].2.is_none()).collect()),
            (either.clone(), all().filter(of_either).collect()),
            (Bound::And(vec![beside.clone(), either.clone()]), all().filter(|n| of_either(n) && sized(n)).collect()),
            (Bound::And(vec![either, test("b"), beside]), all().filter(|n| has(n, "b") && sized(n)).collect()),
        ] {
            let which = Which::filtered("customer", &filter);
            for forward in [true, false] {
                prop_assert_eq!(&all_pages(&scene.store, which, &sort, limit, forward), &expected);
            }
        }
    }
}

#[test]
fn the_orders_that_an_index_serves_are_walked_without_sorting() {
    let scene = Scene::new();
    let plan = |sql: &str| -> String {
        let mut statement = scene.store.conn.prepare_cached(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows = statement.query_map([], |r| r.get::<String>(3)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    let level = scene.store.in_force.tables.get("customer").unwrap().column("level").unwrap().order.clone();
    for (order, condition, bound) in [
        ("\"name\"".to_owned(), "\"name\" = 'x' AND id > 5", "(name=? AND rowid>?)"),
        ("\"name\"".to_owned(), "\"name\" > 'x'", "(name>?)"),
        ("\"updated_at\"".to_owned(), "\"updated_at\" < 'x'", "(updated_at<?)"),
        (level.clone(), &format!("{level} > 1"), "(<expr>>?)"),
    ] {
        for way in ["ASC", "DESC"] {
            let sql =
                format!("SELECT id, name FROM customer WHERE {condition} ORDER BY {order} {way}, id {way} LIMIT 5");
            let plan = plan(&sql);
            assert!(plan.contains(bound) && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
        }
    }
}

#[test]
fn a_page_of_a_choice_is_read_off_an_index() {
    let scene = Scene::new();
    let plan = |filter: &Bound| -> String {
        let tables = &scene.store.in_force.tables;
        let table = tables.get("customer").unwrap();
        let mut select = sea_query::Query::select();
        let condition = filter::condition(tables, table, Which::filtered("customer", filter)).unwrap();
        select.from("customer").expr(sea_query::Expr::cust("id, name")).cond_where(condition).limit(5);
        for order in ["updated_at", "id"] {
            select.order_by_expr(sea_query::Expr::cust(order), sea_query::Order::Desc);
        }
        let (sql, values) = scene.store.dialect().build(&select);
        let mut statement = scene.store.conn.prepare_cached(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let params = db::params_from_iter(values.0.iter().map(filter::bind));
        let rows = statement.query_map(params, |r| r.get::<String>(3)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    let test = |test| Bound::Test { field: "level".to_owned(), test };
    for filter in [test(Test::AnyOf(vec![Value::Choice("a".to_owned())])), test(Test::Empty)] {
        let plan = plan(&filter);
        assert!(plan.contains("customer__level__list (<expr>=?)") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[test]
fn hits_are_paged_in_their_own_order() {
    let mut scene = Scene::new();
    let rows: Vec<Row> = (0..20).map(|n| (Some(format!("n{n}")), None, None)).collect();
    fill(&mut scene.store, &rows);
    let hits = [7, 3, 99, 12, 1, 20];
    let which = Which::all("customer");
    let page = |from: &Start, limit| {
        let page = scene.store.page_of_ids(which, &hits, &[], from, limit).unwrap();
        (ids(&page), page.more_before, page.more_after)
    };
    let cursor = |n: i64| crate::contract::request::Cursor(format!("[{n}]"));
    assert_eq!(page(&Start::Start, 3), (vec![7, 3, 12], false, true));
    assert_eq!(page(&Start::After(cursor(12)), 3), (vec![1, 20], true, false));
    assert_eq!(page(&Start::Before(cursor(1)), 2), (vec![3, 12], true, true));
    assert_eq!(page(&Start::End, 2), (vec![1, 20], true, false));
    assert_eq!(page(&Start::At(cursor(3)), 1), (vec![3], true, true));
}

#[test]
fn a_cursor_from_elsewhere_is_refused() {
    let scene = Scene::new();
    for text in ["", "[1]", "nonsense", "[\"a\",\"b\"]", "[[],1]", "{}", "[1.5,1]"] {
        let from = Start::After(crate::contract::request::Cursor(text.to_owned()));
        let sort = [SortKey { field: "name".to_owned(), descending: false }];
        let page = scene.store.page(Which::all("customer"), &sort, &[], &from, 5);
        assert!(matches!(page, Err(StoreError::Cursor)), "{text}: {page:?}");
    }
}

#[test]
fn counting_stops_at_the_cap() {
    let mut scene = Scene::new();
    let rows: Vec<Row> = (0..20).map(|_| (None, None, None)).collect();
    fill(&mut scene.store, &rows);
    for (cap, expected) in
        [(5, (5, true)), (20, (20, false)), (19, (19, true)), (u64::MAX, (20, false)), (0, (0, true))]
    {
        assert_eq!(scene.store.count(Which::all("customer"), cap).unwrap(), expected);
    }
}

#[test]
fn scanning_begins_with_the_newest_and_stops_when_told() {
    let mut scene = Scene::new();
    let rows: Vec<Row> = (0..20).map(|n| (Some(format!("n{n}")), None, None)).collect();
    fill(&mut scene.store, &rows);
    let mut seen = Vec::new();
    let columns = ["size".to_owned(), "name".to_owned()];
    let row = |r: &RowView<'_, '_>| {
        seen.push((r.id(), r.text(1).map(str::to_owned), r.value(0)));
        seen.len() < 3
    };
    scene.store.scan_rows(Which::all("customer"), &columns, row).unwrap();
    assert_eq!(seen[2], (18, Some("n17".to_owned()), Value::Empty));
    assert_eq!(seen.len(), 3);
}

#[test]
fn a_read_is_stopped_by_the_flag_and_a_write_is_not() {
    let mut scene = Scene::new();
    let rows: Vec<Row> = (0..2000).map(|n| (Some(format!("n{n}")), None, None)).collect();
    scene.store.interrupt().stop();
    fill(&mut scene.store, &rows);
    let sort = [SortKey { field: "phone".to_owned(), descending: false }];
    let read = scene.store.page(Which::all("customer"), &sort, &[], &Start::Start, 5);
    assert!(matches!(read, Err(StoreError::Interrupted)), "{read:?}");
    scene.store.interrupt().clear();
    assert_eq!(scene.store.count(Which::all("customer"), u64::MAX).unwrap().0, 2000);
}
