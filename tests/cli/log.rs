//! `tcrm log` and what gets into it.

use super::*;

fn logins(rows: &Json) -> Vec<String> {
    let of = |r: &Json| r["login"].as_str().unwrap_or_default().to_owned();
    rows.as_array().unwrap().iter().map(of).collect()
}

#[test]
fn exports_prints_backups_and_refusals_are_in_the_log() {
    let home = Home::with_store();
    home.ok(&["add", "user", "login=wang", "name=王五"]);
    home.ok(&["add", "customer", "name=Acme", "level=a"]);
    home.ok(&["add", "customer", "name=Beta"]);
    home.ok(&["--as", "wang", "export", "customer", "level:a", "-o", "out.csv"]);
    home.ok(&["--as", "wang", "export", "customer"]);
    assert_ne!(home.run(&["--as", "wang", "export", "customer", "nofield:1", "-o", "bad.csv"]).code, 0);
    home.ok(&["backup", "b.db"]);
    assert_eq!(home.run(&["--as", "nobody", "list", "customer"]).code, 4);
    let rows = home.json(&["log", "--events", "--json"]);
    let kinds: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["refused", "backup", "export", "export"], "a filter that can't be read exports nothing");
    assert_eq!(logins(&rows)[0], "nobody");
    let first = &rows[3];
    assert_eq!((first["login"].as_str(), first["user"]["title"].as_str()), (Some("wang"), Some("王五")));
    assert_eq!((first["detail"]["filter"].as_str(), first["detail"]["count"].as_str()), (Some("level:a"), Some("1")));
    assert!(first["detail"]["file"].as_str().unwrap().ends_with("out.csv"));
    assert_eq!(rows[2]["detail"]["count"], "2");
    assert_eq!(home.json(&["log", "--event", "export", "--user", "wang", "--json"]).as_array().unwrap().len(), 2);
    assert_eq!(home.json(&["log", "--user", "nobody", "--json"]).as_array().unwrap().len(), 1);
    assert_eq!(home.run(&["log", "--user", "who"]).code, 4);
    assert_eq!(home.run(&["log", "--event", "coffee"]).code, 3);
}

#[test]
fn the_log_is_filtered_limited_and_printed_as_table_csv_and_json() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["set", "customer", "Acme", "city=北京"]);
    home.ok(&["add", "contact", "name==2+5", "customer=Acme"]);
    let table = home.ok(&["log"]);
    assert!(table.starts_with("number\tat\tuser\tfrom\twhat\tobject\trecord\tdetail\n"), "{table}");
    let csv = home.ok(&["log", "--object", "contact", "--csv"]);
    assert!(csv.lines().count() == 2 && csv.contains(",'=2+5,"), "{csv}");
    let of_field = home.json(&["log", "--object", "customer", "--field", "City", "--json"]);
    assert_eq!(of_field.as_array().unwrap().len(), 1);
    assert_eq!(of_field[0]["after"]["city"], "北京");
    assert_eq!((of_field[0]["type"].as_str(), of_field[0]["deed"].as_str()), (Some("change"), Some("update")));
    let record = home.json(&["log", "--object", "customer", "--record", "Acme", "--since", "today", "--json"]);
    assert_eq!(record.as_array().unwrap().len(), 2);
    assert_eq!(home.json(&["log", "--until", "2020-01-01", "--json"]), Json::Array(Vec::new()));
    let limited = home.run(&["log", "--limit", "2", "--json"]);
    assert!(limited.code == 0 && limited.err.contains("--limit"), "{}", limited.err);
    assert_eq!(serde_json::from_str::<Json>(&limited.out).unwrap().as_array().unwrap().len(), 2);
    assert!(home.run(&["log", "--limit", "0"]).err.is_empty());
    for bad in [&["log", "--since", "someday"][..], &["log", "--field", "nofield"]] {
        assert_eq!(home.run(bad).code, 3, "{bad:?}");
    }
    assert_eq!(home.run(&["log", "--events", "--field", "city"]).code, 2);
    assert_eq!(home.json(&["log", "--online", "--json"]), Json::Array(Vec::new()), "a command is no session");
    let told = home.run(&["log", "--online", "--lang", "en"]);
    assert_eq!((told.out.as_str(), told.err.trim()), ("", "Nobody is signed in."), "no heads of an empty table");
}

#[test]
fn the_doctor_names_the_first_transaction_that_was_changed_by_other_means() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["add", "customer", "name=Beta"]);
    let good = home.json(&["doctor", "--json"]);
    let fact = good["facts"]["journal"].as_str().unwrap();
    assert!(fact.rsplit(' ').next().is_some_and(|hash| hash.len() == 64), "{fact}");
    let conn = rusqlite::Connection::open(home.path("store.db")).unwrap();
    conn.execute_batch("DROP TRIGGER _journal_no_update; UPDATE _journal SET after = replace(after, 'Acme', 'Acne')")
        .unwrap();
    drop(conn);
    let ran = home.run(&["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("transaction #"), "{}", ran.out);
}
