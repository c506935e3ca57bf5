//! Reports on the command line, and the password of a database by a command.

use super::*;

#[test]
fn a_report_as_table_csv_and_json_and_of_no_such_name() {
    let home = Home::with_store();
    let won = |name: &str, date: &str, amount: &str| {
        let (name, date) = (format!("name={name}"), format!("close_date={date}"));
        home.ok(&["add", "opportunity", &name, &date, &format!("amount={amount}"), "stage=prospecting"]);
    };
    won("A", "2026-02-03", "CNY 100");
    won("B", "2026-02-28", "CNY 20.50");
    won("C", "2026-03-01", "USD 5");
    let list = home.json(&["report", "--json"]);
    assert_eq!(list.as_array().unwrap().len(), 10);
    assert_eq!(
        list[1],
        serde_json::json!({ "report": "forecast", "title": "Open deals by month",
        "object": "opportunity", "date": "close_date" })
    );
    assert!(home.ok(&["report"]).contains("forecast"));
    let forecast = home.json(&["report", "forecast", "--json"]);
    assert_eq!(forecast["groups"][0]["count"], 2);
    assert_eq!(forecast["groups"][0]["keys"]["close_date"], "2026-02-01");
    let amount = serde_json::json!({ "amount": "120.50", "currency": "CNY", "parts": [] });
    assert_eq!(forecast["groups"][0]["sums"]["amount"], amount);
    let csv = home.ok(&["report", "forecast", "--csv", "--from", "2026-03-01", "--filter", "name:C"]);
    assert!(csv.starts_with("close_date,count,amount,currency,weighted,currency\n2026-03,1,5.00,USD,"), "{csv}");
    assert_eq!(csv.lines().count(), 2, "{csv}");

    let ran = home.run(&["report", "nonsense"]);
    assert!(ran.code == 4 && ran.err.contains("nonsense"), "{}", ran.err);
    for filter in ["levl:A", "name:C) or (name:A"] {
        let ran = home.run(&["report", "forecast", "--filter", filter]);
        assert!(ran.code == 3 && ran.err.contains(&format!("\n  {filter}\n")), "{}", ran.err);
    }
    assert_eq!(home.run(&["report", "forecast", "--from", "2026-03-01", "--to", "2026-02-01"]).code, 2);
    assert_eq!(home.run(&["report", "forecast", "--from", "neverday"]).code, 3);
    assert_eq!(home.run(&["report", "--from", "2026-03-01"]).code, 2, "days are of a report");
}

#[test]
fn the_password_of_a_database_is_told_to_that_database_alone() {
    let home = Home::new();
    let address = "postgres://nobody@127.0.0.1:1/none";
    let config = format!("[profiles.team]\nstore = \"{address}\"\ndatabase_password_command = \"/no/such/program\"\n");
    let config = home.file("config.toml", config);
    let mut of_profile = home.command(&["--config", &config, "--profile", "team", "list", "customer"]);
    let ran = Ran::of(of_profile.env_remove("TCRM_STORE").output().unwrap());
    assert!(ran.code != 0 && ran.err.contains("/no/such/program"), "{}", ran.err);
    let other = home.run(&["--config", &config, "--profile", "team", "--store", address, "list", "customer"]);
    assert!(other.code == 7 && !other.err.contains("/no/such/program"), "{} {}", other.code, other.err);
}
