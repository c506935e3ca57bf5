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

/// Imports customers by name and code; what was made, and why rows were refused.
fn import(stage: &Stage, rows: &[(&str, &str)]) -> (u64, Vec<String>) {
    let row = |(at, (name, code)): (usize, &(&str, &str))| ImportRow {
        line: at as u64 + 2,
        cells: vec![(*name).to_owned(), (*code).to_owned()],
        error: None,
    };
    let rows: Vec<ImportRow> = rows.iter().enumerate().map(row).collect();
    let (rejects, refused) = std::sync::mpsc::channel();
    let request = ImportRequest {
        object: "customer".to_owned(),
        mapping: vec![Some("name".to_owned()), Some("code".to_owned())],
        expected: 0,
        rows: Box::new(rows.into_iter()),
        on_duplicate: OnDuplicate::Error,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: Some(rejects),
        stop: Arc::new(AtomicBool::new(false)),
    };
    let report = stage.at(0, None).import(request).unwrap();
    (report.created, refused.iter().map(|r| r.errors[0].message.key.clone().into_owned()).collect())
}

#[test]
fn an_import_passes_over_codes_in_use_where_the_counter_stands_behind_them() {
    let stage = Stage::with("[numbers]\ncustomer = \"K{seq:3}\"\n");
    let first = stage.customer(0, None, &[]);
    let second = stage.customer(0, None, &[]);
    // Changed by hand, they lie ahead of the counter, which stands at 2.
    for (record, code) in [(&first, "K004"), (&second, "K006")] {
        let request = SaveRequest {
            object: "customer".to_owned(),
            target: Some((record.id, record.version)),
            changes: Fields::from([("code".to_owned(), text_of(code))]),
        };
        stage.at(0, None).save(&request).unwrap();
    }
    let (made, refused) = import(&stage, &[("甲", ""), ("乙", ""), ("丙", ""), ("丁", "K004"), ("戊", "")]);
    assert_eq!((made, refused), (4, vec!["crm-import-duplicate".to_owned()]));
    assert_eq!(codes(&stage), ["K004", "K006", "K003", "K005", "K007", "K008"]);
    stage.customer(0, None, &[]);
    assert_eq!(codes(&stage).last().unwrap(), "K009", "a refused row uses up no number");
}

#[test]
fn an_import_by_a_rule_without_gaps_fills_what_is_free_and_says_when_nothing_is() {
    let stage = Stage::with("[numbers]\ncustomer = { pattern = \"K{serial:1}\", gap_free = true }\n");
    stage.customer(0, None, &[]);
    stage.customer(0, None, &[("code", text_of("K4"))]);
    stage.customer(0, None, &[]);
    stage.at(0, None).undo().unwrap();
    let names: Vec<String> = (0..8).map(|n| format!("进口甲{n}")).collect();
    let mut rows: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    rows.insert(2, ("自编", "K6"));
    let (made, refused) = import(&stage, &rows);
    assert_eq!((made, refused), (7 + 1 - 1, vec!["crm-code-used-up".to_owned(); 2]));
    let mut all = codes(&stage);
    all.sort();
    assert_eq!(all, ["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9"], "the number of the undone one too");
}

#[test]
fn a_record_made_for_a_reference_passes_over_codes_in_use() {
    let stage = Stage::with("[numbers]\ncustomer = \"K{seq:3}\"\n");
    let first = stage.customer(0, None, &[]);
    let request = SaveRequest {
        object: "customer".to_owned(),
        target: Some((first.id, first.version)),
        changes: Fields::from([("code".to_owned(), text_of("K002"))]),
    };
    stage.at(0, None).save(&request).unwrap();
    let row = ImportRow { line: 2, cells: vec!["王芳".to_owned(), "新客户".to_owned()], error: None };
    let request = ImportRequest {
        object: "contact".to_owned(),
        mapping: vec![Some("name".to_owned()), Some("customer".to_owned())],
        expected: 0,
        rows: Box::new(vec![row].into_iter()),
        on_duplicate: OnDuplicate::Error,
        dry_run: false,
        create_references: true,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    };
    assert_eq!(stage.at(0, None).import(request).unwrap().created, 1);
    assert_eq!(codes(&stage), ["K002", "K003"]);
}
