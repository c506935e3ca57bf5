//! Exports as jobs, and reports.

use super::*;

fn wait(house: &House, token: &str, state: &Json) -> Json {
    let path = format!("/exports/{}?wait=20", state["id"]);
    house.ask(token, Method::Get, &path, None).1
}

#[test]
fn an_export_is_written_as_a_job_and_fetched_by_whoever_began_it() {
    let house = House::demo(1_500);
    let token = house.token("");
    let plan =
        json!({ "object": "customer", "fields": ["code", "name"], "sort": [{ "field": "code", "descending": false }] });
    let (status, begun) = house.ask(&token, Method::Post, "/exports", Some(plan));
    assert_eq!((status, &begun["expected"]), (200, &json!(1_500)));
    let ended = wait(&house, &token, &begun);
    assert_eq!((&ended["ended"], &ended["written"]), (&json!(true), &json!(1_500)), "{ended}");
    let file = format!("/exports/{}/file", begun["id"]);
    let answer = house.raw(&token, Method::Get, &file, None);
    let csv = String::from_utf8(answer.body).unwrap();
    assert_eq!(csv.len() as u64, ended["bytes"].as_u64().unwrap());
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("code,name"));
    assert_eq!(lines.count(), 1_500);
    let kind = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
    assert_eq!(kind, Some("text/csv; charset=utf-8"));
    assert_eq!(house.ask(&token, Method::Delete, &format!("/exports/{}", begun["id"]), None).0, 200);
    assert_eq!(house.ask(&token, Method::Get, &file, None).0, 404);
    let plan = json!({ "object": "customer", "filter": "level:A", "fields": ["name"], "format": "jsonl" });
    let (_, begun) = house.ask(&token, Method::Post, "/exports", Some(plan));
    wait(&house, &token, &begun);
    let answer = house.raw(&token, Method::Get, &format!("/exports/{}/file", begun["id"]), None);
    let rows = String::from_utf8(answer.body).unwrap();
    assert_eq!(rows.lines().count() as u64, begun["expected"].as_u64().unwrap());
    assert!(rows.lines().all(|line| serde_json::from_str::<Json>(line).unwrap()["name"].is_string()));
}

#[test]
fn an_export_needs_the_right_to_take_records_out_and_is_nobody_elses() {
    let house = House::new();
    let (chief, seller) = (house.token("chief"), house.token("zhangsan"));
    house.customer(&chief, "=cmd|' /C calc'!A0");
    let plan = || Some(json!({ "object": "customer", "fields": ["name"] }));
    let (status, begun) = house.ask(&chief, Method::Post, "/exports", plan());
    assert_eq!(status, 200, "{begun}");
    wait(&house, &chief, &begun);
    let file = format!("/exports/{}/file", begun["id"]);
    let answer = house.raw(&chief, Method::Get, &file, None);
    assert!(String::from_utf8(answer.body).unwrap().contains("'=cmd"), "no spreadsheet runs it");
    assert_eq!(house.ask(&seller, Method::Get, &file, None).0, 404, "a guessed number");
    assert_eq!(house.ask(&seller, Method::Delete, &format!("/exports/{}", begun["id"]), None).0, 404);
    assert_eq!(house.ask(&seller, Method::Post, "/exports", plan()).0, 403);
    for (bad, expected) in [
        (json!({ "object": "nothing" }), 404),
        (json!({ "object": "customer", "filter": "level:(" }), 400),
        (json!({ "object": "customer", "fields": ["no_such"] }), 422),
        (json!({ "object": "customer", "format": "exe" }), 400),
    ] {
        assert_eq!(house.ask(&chief, Method::Post, "/exports", Some(bad.clone())).0, expected, "{bad}");
    }
}

#[test]
fn whoever_removes_no_export_loses_the_oldest_and_keeps_nobody_from_beginning_one() {
    let house = House::new();
    let chief = house.token("chief");
    house.customer(&chief, "甲");
    let mut numbers = Vec::new();
    for _ in 0..40 {
        let (status, begun) = house.ask(&chief, Method::Post, "/exports", Some(json!({ "object": "customer" })));
        assert_eq!(status, 200, "{begun}");
        wait(&house, &chief, &begun);
        numbers.push(begun["id"].clone());
    }
    let status = |number: &Json| house.ask(&chief, Method::Get, &format!("/exports/{number}"), None).0;
    assert_eq!((status(&numbers[0]), status(&numbers[39])), (404, 200));
}

#[test]
fn every_report_adds_up_over_its_days_and_what_may_be_seen() {
    let house = House::demo(300);
    let token = house.token("");
    let (_, all) = house.ask(&token, Method::Get, "/reports", None);
    let names: Vec<&str> = all.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert!(names.len() >= 10 && names.contains(&"funnel"), "{names:?}");
    let counted = |report: &Json| -> u64 {
        report["groups"]["rows"].as_array().unwrap().iter().map(|row| row["count"].as_u64().unwrap()).sum()
    };
    for name in names {
        let (status, whole) = house.ask(&token, Method::Get, &format!("/reports/{name}"), None);
        assert_eq!(status, 200, "{name}: {whole}");
        let (object, filter) = (whole["report"]["object"].as_str().unwrap(), whole["filter"].as_str().unwrap());
        let query = serde_urlencoded::to_string([("filter", filter), ("cap", "1000000")]).unwrap();
        let (_, count) = house.ask(&token, Method::Get, &format!("/objects/{object}/count?{query}"), None);
        assert_eq!(count["value"], counted(&whole), "{name} is of the records of {filter}");
        // Two halves of all days are the whole, where a record has a day at all.
        let part = |days: &str| counted(&house.ask(&token, Method::Get, &format!("/reports/{name}?{days}"), None).1);
        let halves = part("to=2026-06-30") + part("from=2026-07-01");
        assert_eq!(halves, part("from=0001-01-01"), "{name}");
    }
    assert_eq!(house.ask(&token, Method::Get, "/reports/none", None).0, 404);
    assert_eq!(house.ask(&token, Method::Get, "/reports/won?from=soon", None).0, 400);
    let (status, filtered) = house.ask(&token, Method::Get, "/reports/won?filter=amount%3E0)%20or%20(x", None);
    assert_eq!(status, 400, "nothing is smuggled out of the brackets: {filtered}");
}
