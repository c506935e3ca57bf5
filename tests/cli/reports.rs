//! Reports on the command line, against independent SQL on made-up data.

use super::*;

#[test]
fn reports_add_up_what_sql_does_and_name_the_records_behind_each_figure() {
    let home = Home::with_store();
    let path = home.path("reports.tcrm");
    let store = path.to_str().unwrap();
    home.ok(&["--store", store, "init", "--demo", "300"]);
    let conn = rusqlite::Connection::open(&path).unwrap();
    let all = home.json(&["--store", store, "report", "--json"]);
    assert_eq!(all.as_array().unwrap().len(), 10);
    for entry in all.as_array().unwrap() {
        let (name, object) = (entry["name"].as_str().unwrap(), entry["object"].as_str().unwrap());
        let report = home.json(&["--store", store, "report", name, "--json"]);
        let rows = report["rows"].as_array().unwrap();
        assert!(!rows.is_empty(), "{name}");
        for row in rows {
            let filter = row["filter"].as_str().unwrap();
            let ids = home.ok(&["--store", store, "list", object, filter, "--ids", "--limit", "100000"]);
            assert_eq!(ids.lines().count() as u64, row["count"].as_u64().unwrap(), "{name}: {filter}");
        }
    }
    let lost = home.json(&["--store", store, "report", "lost", "--json"]);
    let mut told: Vec<(i64, i64)> = lost["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let total = row["sums"]["amount"]["total"].as_str().unwrap().replace('.', "");
            (row["count"].as_i64().unwrap(), total.parse().unwrap())
        })
        .collect();
    let sql = "SELECT count(*), sum(amount) FROM opportunity WHERE status = 'lost' GROUP BY loss_reason";
    let mut statement = conn.prepare(sql).unwrap();
    let mut expected: Vec<(i64, i64)> =
        statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(Result::unwrap).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
}

#[test]
fn a_report_takes_days_and_a_filter_and_says_what_is_wrong() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=甲公司"]);
    for (name, amount, day) in [("一", "600.50", "2026-03-31"), ("二", "400", "2026-04-01")] {
        let close = format!("close_date={day}");
        let deal = [&format!("name={name}"), &format!("amount={amount}"), &close, "stage=won", "customer=甲公司"];
        home.ok(&[&["add", "opportunity"], &deal[..]].concat());
    }
    let won = |more: &[&str]| home.ok(&[&["report", "won", "--csv"], more].concat());
    assert_eq!(won(&[]), "close_date,count,amount\n2026-03,1,CNY 600.50\n2026-04,1,CNY 400.00\n");
    assert_eq!(won(&["--from", "2026-04-01"]), "close_date,count,amount\n2026-04,1,CNY 400.00\n");
    assert_eq!(won(&["--to", "2026-03-31"]), "close_date,count,amount\n2026-03,1,CNY 600.50\n");
    assert_eq!(won(&["--filter", "amount:>500"]), "close_date,count,amount\n2026-03,1,CNY 600.50\n");
    for (args, code, words) in [
        (vec!["report", "nothing"], 4, "funnel, forecast, won"),
        (vec!["report", "won", "--from", "2026-13-40"], 3, "2026-13-40"),
        (vec!["report", "won", "--from", "2026-04-01", "--to", "2026-03-01"], 2, ""),
        (vec!["report", "won", "--filter", "amuont:1"], 3, "amount"),
        (vec!["report", "--from", "today"], 2, ""),
    ] {
        let ran = home.run(&args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{args:?}: {}", ran.err);
    }
}
