//! Pools, the sweep and codes on the command line.

use super::*;
use tcrm::contract::request::SaveRequest;
use tcrm::crm::{Context, Crm};
use tcrm::domain::journal::Origin;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::store::{OpenMode, Store};

/// Makes customers of a user that were entered long ago.
fn left_alone(home: &Home, number: u64) {
    let then = "2020-01-01T09:00:00+00:00[UTC]".parse().unwrap();
    let store = Store::open(&home.path("store.db"), OpenMode::ReadWrite).unwrap();
    let mut crm = Crm::new(store, Context::fixed(None, Origin::Cli, then, 1));
    let owner = crm.resolve("user", "li").unwrap();
    for at in 0..number {
        let name = Value::Text(format!("客户{at}"));
        let changes = Fields::from([("name".to_owned(), name), ("owner".to_owned(), Value::Ref(owner))]);
        crm.save(&SaveRequest { object: "customer".to_owned(), target: None, changes }).unwrap();
    }
}

fn with_user() -> Home {
    let home = Home::with_store();
    home.ok(&["add", "user", "login=li", "name=李"]);
    home
}

#[test]
fn a_sweep_is_foreseen_done_and_reverted() {
    let home = with_user();
    left_alone(&home, 3);
    let none = home.json(&["sweep", "--dry-run", "--json"]);
    assert_eq!((none["total"].as_i64(), none["pools"].as_array().unwrap().len()), (Some(0), 0));
    home.ok(&["add", "pool", "name=公海", "no_touch_days=30"]);
    let foreseen = home.json(&["sweep", "--dry-run", "--json"]);
    assert_eq!(foreseen["total"], 3);
    assert_eq!(foreseen["records"][0]["owner"]["title"], "李");
    assert!(foreseen["txn"].is_null());
    let done = home.json(&["sweep", "--json"]);
    assert_eq!(done["total"], 3);
    assert!(home.ok(&["sweep"]).is_empty(), "doing it again does nothing");
    assert_eq!(home.ok(&["list", "customer", "owner:empty", "--ids"]).lines().count(), 3);
    home.ok(&["revert", &done["txn"].to_string()]);
    assert_eq!(home.ok(&["list", "customer", "owner:empty", "--ids"]).lines().count(), 0);
    let again = home.run(&["sweep"]);
    assert!(again.out.contains("客户0") && again.err.contains("3 went back"), "{} {}", again.out, again.err);
}

#[test]
fn the_sweep_of_the_day_comes_before_the_first_write() {
    let home = with_user();
    left_alone(&home, 2);
    home.ok(&["add", "pool", "name=公海", "no_touch_days=30"]);
    assert_eq!(home.ok(&["list", "customer", "owner:empty", "--ids"]).lines().count(), 0, "reading changes nothing");
    let first = home.run(&["add", "customer", "name=新", "owner=li"]);
    assert!(first.err.contains("2 went back"), "{}", first.err);
    assert_eq!(home.ok(&["list", "customer", "owner:empty", "--ids"]).lines().count(), 2);
    home.ok(&["undo"]);
    assert_eq!(home.ok(&["list", "customer", "owner:empty", "--ids"]).lines().count(), 2, "it was no one's change");
}

#[test]
fn a_claim_over_the_limit_is_denied() {
    let home = with_user();
    home.ok(&["add", "pool", "name=公海", "per_day=1"]);
    for name in ["甲", "乙"] {
        home.ok(&["add", "customer", &format!("name={name}"), "owner="]);
    }
    home.ok(&["--as", "li", "do", "claim", "customer", "甲"]);
    let refused = home.run(&["--as", "li", "do", "claim", "customer", "乙"]);
    assert_eq!(refused.code, 5);
    assert!(refused.err.contains("公海: you have claimed the 1 of today"), "{}", refused.err);
}

#[test]
fn two_processes_make_codes_without_gaps_or_repeats() {
    let home = Home::with_store();
    let rule = "[numbers]\ncustomer = { pattern = \"{type}-{serial:3}\", gap_free = true }\n";
    home.ok(&["schema", "apply", &home.file("own.toml", rule)]);
    let start = |worker: usize| {
        let rows: String = (0..40).map(|n| format!("客户{worker}-{n}\n")).collect();
        let file = home.file(&format!("rows{worker}.csv"), format!("name\n{rows}"));
        home.command(&["import", "customer", &file]).spawn().unwrap()
    };
    let mut workers: Vec<_> = (0..2).map(start).collect();
    for number in 0..5 {
        home.ok(&["add", "customer", &format!("name=单独{number}")]);
    }
    assert!(workers.iter_mut().all(|w| w.wait().unwrap().success()));
    let rows = home.json(&["list", "customer", "--sort", "code", "--limit", "0", "--columns", "code", "--json"]);
    let codes: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    let expected: Vec<String> = (1..=85).map(|n| format!("ZZ-{n:03}")).collect();
    assert_eq!(codes, expected);
}

#[test]
fn an_import_that_runs_out_of_numbers_refuses_the_rest_and_says_why() {
    let home = Home::with_store();
    home.ok(&["schema", "apply", &home.file("own.toml", "[numbers]\ncustomer = \"K{serial:1}\"\n")]);
    let rows: String = (0..12).map(|n| format!("客户{n}\n")).collect();
    let ran = home.run(&["import", "customer", &home.file("rows.csv", format!("name\n{rows}"))]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("no number left for K"), "{}", ran.err);
    assert_eq!(home.names().len(), 9);
}

#[test]
fn codes_are_made_anew_after_a_preview() {
    let home = Home::with_store();
    for code in ["OLD-2", "C-000001", "OLD-1"] {
        home.ok(&["add", "customer", &format!("name=客户{code}"), &format!("code={code}")]);
    }
    let codes = || {
        let rows = home.json(&["list", "customer", "--sort", "id", "--columns", "code", "--json"]);
        rows.as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let preview = home.run(&["renumber", "customer"]);
    assert!(preview.out.contains("OLD-2\tC-000002") && preview.err.contains("2 codes would change"), "{}", preview.err);
    assert_eq!(codes(), ["OLD-2", "C-000001", "OLD-1"]);
    let done = home.json(&["renumber", "customer", "--all", "--apply", "--json"]);
    assert_eq!(done["changed"], 3);
    assert_eq!(codes(), ["C-000001", "C-000002", "C-000003"]);
    home.ok(&["undo"]);
    assert_eq!(codes(), ["OLD-2", "C-000001", "OLD-1"]);
    assert_eq!(home.run(&["renumber", "activity"]).code, 3);
}
