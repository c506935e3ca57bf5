//! Codes made by number rules, under concurrent writers too, and renumbering.

use super::*;

/// Codes of all customers, in the order in which they were made.
fn codes(stage: &Stage) -> Vec<String> {
    let query = Query {
        object: "customer".to_owned(),
        sort: vec![tcrm::schema::model::SortKey { field: "id".to_owned(), descending: false }],
        limit: 1_000,
        ..Query::default()
    };
    let page = stage.at(0, None).query(&query, &NoFinder).unwrap();
    page.rows.iter().map(|r| r.record.get("code").as_str().unwrap_or_default().to_owned()).collect()
}

const REGION: &str = r#"[numbers]
customer = "{region}-{type}-{serial:2}"
"#;

#[test]
fn a_code_is_made_of_the_codes_of_its_parts() {
    let stage = Stage::with(REGION);
    let of = |region: &str, kind: &str| {
        stage.customer(0, None, &[("region", text_of(region)), ("type", Value::Choice(kind.to_owned()))])
    };
    of("北京/海淀", "distributor");
    of("北京", "distributor");
    of("上海", "end_customer");
    assert_eq!(codes(&stage), ["BJ-JS-01", "BJ-JS-02", "SH-ZZ-01"]);

    let stage = Stage::with("[numbers]\ncustomer = \"{owner}-{parent}-{yy}{seq:2}\"\n");
    let first = stage.customer(0, Some(LI), &[]);
    stage.customer(0, Some(LI), &[("parent", Value::Ref(first.id))]);
    assert_eq!(codes(&stage), ["li-0-2601", "li-li-0-2601-2601"]);
}

#[test]
fn a_rule_that_runs_out_of_digits_says_so_and_makes_nothing() {
    let stage = Stage::with("[numbers]\ncustomer = \"K{serial:1}\"\n");
    for _ in 0..9 {
        stage.customer(0, None, &[]);
    }
    let mut crm = stage.at(0, None);
    let refused = save(&mut crm, "customer", &[("name", text_of("十"))]);
    assert_eq!(invalid(refused), [("code".to_owned(), "crm-code-used-up".to_owned())]);
    assert_eq!(codes(&stage).len(), 9);
    let given = save(&mut crm, "customer", &[("name", text_of("十")), ("code", text_of("K10"))]);
    assert_eq!(given.unwrap().get("code"), &text_of("K10"), "a code by hand is still taken");
}

#[test]
fn a_gap_free_rule_leaves_no_gap_by_hand_given_codes_or_undone_records() {
    let rule = "[numbers]\ncustomer = { pattern = \"K{seq:3}\", gap_free = true }\n";
    let stage = Stage::with(rule);
    stage.customer(0, None, &[]);
    stage.customer(0, None, &[("code", text_of("K003"))]);
    stage.customer(0, None, &[("code", text_of("K900"))]);
    stage.customer(0, None, &[]);
    stage.customer(0, None, &[]);
    stage.at(0, None).undo().unwrap();
    stage.customer(0, None, &[]);
    assert_eq!(codes(&stage), ["K001", "K003", "K900", "K002", "K004"]);
    let stage = Stage::with("[numbers]\ncustomer = \"K{seq:3}\"\n");
    stage.customer(0, None, &[("code", text_of("K003"))]);
    stage.customer(0, None, &[]);
    assert_eq!(codes(&stage), ["K003", "K004"], "otherwise numbers go on after the greatest");
}

#[test]
fn two_writers_never_make_the_same_code_nor_leave_a_gap() {
    const EACH: usize = 60;
    let stage = Stage::with("[numbers]\ncustomer = { pattern = \"{type}-{serial:4}\", gap_free = true }\n");
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let mut crm = stage.at(0, None);
            scope.spawn(move || {
                for number in 0..EACH {
                    let name = [("name", text_of("并发"))];
                    add(&mut crm, "customer", &name);
                    if number % 10 == 9 {
                        // What is refused uses up no number.
                        assert!(save(&mut crm, "customer", &[]).is_err());
                    }
                }
            });
        }
    });
    let mut made = codes(&stage);
    made.sort();
    let expected: Vec<String> = (1..=3 * EACH).map(|n| format!("ZZ-{n:04}")).collect();
    assert_eq!(made, expected);
}

fn renumber(stage: &Stage, all: bool, apply: bool) -> Result<Renumbering, Error> {
    let request = RenumberRequest { object: "customer".to_owned(), all, apply, ..RenumberRequest::default() };
    stage.at(0, None).renumber(&request, &NoFinder)
}

#[test]
fn renumbering_is_foreseen_done_at_once_and_taken_back() {
    let stage = Stage::with("[numbers]\ncustomer = \"K{seq:3}\"\n");
    for code in ["K002", "OLD-1", "K001", "k004", "K007"] {
        stage.customer(0, None, &[("code", text_of(code))]);
    }
    let before = codes(&stage);
    let some = renumber(&stage, false, false).unwrap();
    let pairs = |r: &Renumbering| r.rows.iter().map(|r| (r.from.clone(), r.to.clone())).collect::<Vec<_>>();
    assert_eq!(pairs(&some), [("OLD-1".into(), "K008".into()), ("k004".into(), "K009".into())]);
    assert_eq!((some.changed, some.kept, some.txn), (2, 3, None));
    assert_eq!(codes(&stage), before, "a preview changes nothing");

    let all = renumber(&stage, true, true).unwrap();
    assert_eq!(codes(&stage), ["K001", "K002", "K003", "K004", "K005"]);
    assert!(all.txn.is_some());
    assert_eq!(renumber(&stage, true, true).unwrap().changed, 0, "doing it again does nothing");
    stage.customer(0, None, &[]);
    assert_eq!(codes(&stage).last().unwrap(), "K006", "numbers go on");
    let crm = &mut stage.at(0, None);
    crm.undo().unwrap();
    crm.undo().unwrap();
    assert_eq!(codes(&stage), before);
}

#[test]
fn numbering_a_part_anew_leaves_the_numbers_of_the_others_counted() {
    // What stands before the number may end in digits itself.
    for before in ["K", "K7"] {
        let stage = Stage::with(&format!("[numbers]\ncustomer = \"{before}{{seq:3}}\"\n"));
        for (number, city) in [("005", "北京"), ("002", "上海"), ("003", "上海")] {
            stage.customer(0, None, &[("code", text_of(&format!("{before}{number}"))), ("city", text_of(city))]);
        }
        let filter = "city:北京".to_owned();
        let request = RenumberRequest { object: "customer".to_owned(), filter, all: true, apply: true };
        stage.at(0, None).renumber(&request, &NoFinder).unwrap();
        assert_eq!(codes(&stage), ["001", "002", "003"].map(|number| format!("{before}{number}")));
        stage.customer(0, None, &[]);
        assert_eq!(*codes(&stage).last().unwrap(), format!("{before}004"));
    }
}

#[test]
fn renumbering_that_runs_out_of_digits_changes_nothing() {
    let stage = Stage::with("[numbers]\ncustomer = \"K{serial:1}\"\n");
    for number in 0..12 {
        stage.customer(0, None, &[("code", text_of(&format!("OLD{number}")))]);
    }
    let before = codes(&stage);
    assert_eq!(invalid(renumber(&stage, true, true)), [("code".to_owned(), "crm-code-used-up".to_owned())]);
    assert_eq!(codes(&stage), before);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6))]
    #[test]
    fn whatever_the_codes_were_renumbering_makes_them_the_first_ones_in_order(order in proptest::sample::subsequence((1..12u32).collect::<Vec<_>>(), 6), swap in 0usize..720) {
        let stage = Stage::with("[numbers]\ncustomer = \"K{seq:3}\"\n");
        let mut numbers = order;
        // A permutation by its number.
        let mut left = swap;
        for at in (1..numbers.len()).rev() {
            numbers.swap(at, left % (at + 1));
            left /= at + 1;
        }
        for number in &numbers {
            stage.customer(0, None, &[("code", text_of(&format!("K{number:03}")))]);
        }
        let before = codes(&stage);
        renumber(&stage, true, true).unwrap();
        let expected: Vec<String> = (1..=6).map(|n| format!("K{n:03}")).collect();
        proptest::prop_assert_eq!(codes(&stage), expected);
        if before != codes(&stage) {
            stage.at(0, None).undo().unwrap();
            proptest::prop_assert_eq!(codes(&stage), before);
        }
    }
}
