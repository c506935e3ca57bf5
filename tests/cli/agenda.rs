//! `tcrm agenda`, `tcrm remind`, `tcrm plan`: what is due, for people, cron, status bars and calendars.

use super::Home;

/// A store with a user of one's own, and something overdue, due and to come.
fn busy() -> Home {
    let home = Home::with_store();
    home.ok(&["add", "user", "login=zhangsan", "name=张三"]);
    home.ok(&["add", "customer", "name=甲公司", "level=A"]);
    home.ok(&["add", "task", "subject=发合同", "due=-2d", "customer=甲公司", "owner=zhangsan"]);
    home.ok(&["add", "task", "subject=寄样品", "due=+3d", "owner=zhangsan"]);
    home.ok(&[
        "add",
        "activity",
        "subject=拜访",
        "kind=visit",
        "state=planned",
        "at=+1d",
        "minutes=90",
        "place=会议室",
    ]);
    home.ok(&["add", "reminder", "text==SUM(A1)", "due=-1h"]);
    home
}

#[test]
fn the_agenda_lists_what_is_overdue_and_to_come() {
    let home = busy();
    let items = home.json(&["agenda", "--json"]);
    let texts: Vec<&str> = items.as_array().unwrap().iter().map(|i| i["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["发合同", "=SUM(A1)", "拜访", "寄样品"]);
    assert_eq!(items[0]["overdue"], true);
    assert_eq!((items[2]["kind"].as_str(), items[2]["minutes"].as_i64()), (Some("activity"), Some(90)));
    assert_eq!(items[0]["about"], "甲公司");
    let later = home.json(&["agenda", "--from", "+2d", "--to", "+4d", "--json"]);
    assert_eq!(later.as_array().unwrap().len(), 1);
    let csv = home.ok(&["agenda", "--csv"]);
    assert!(csv.contains("'=SUM(A1)"), "safe for spreadsheets: {csv}");
    assert_eq!(home.run(&["agenda", "--from", "+4d", "--to", "+2d"]).code, 2);
    assert_eq!(home.run(&["agenda", "--from", "nonsense"]).code, 3);
}

#[test]
fn the_agenda_becomes_a_calendar_file_with_names_that_stay() {
    let home = busy();
    let file = home.path("a.ics");
    home.ok(&["agenda", "--ics", file.to_str().unwrap()]);
    let first = std::fs::read_to_string(&file).unwrap();
    assert_eq!(first.matches("BEGIN:VEVENT").count(), 2, "{first}");
    assert_eq!(first.matches("BEGIN:VTODO").count(), 2);
    assert!(first.contains("DURATION:PT90M\r\n") && first.contains("LOCATION:会议室\r\n"), "{first}");
    home.ok(&["agenda", "--ics", file.to_str().unwrap()]);
    let names = |text: &str| text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(names(&first), names(&std::fs::read_to_string(&file).unwrap()));
    assert_eq!(names(&home.ok(&["agenda", "--ics", "-"])), names(&first));
    assert!(!home.path("-").exists());
}

#[test]
fn a_work_log_is_drafted_from_what_was_done() {
    let home = busy();
    home.ok(&["do", "complete", "task", "发合同", "--comment", "已寄出"]);
    let log = home.ok(&["agenda", "--from", "today", "--log"]);
    assert!(log.contains("发合同: 已寄出"), "{log}");
    assert!(!log.contains("寄样品"));
}

#[test]
fn reminders_are_counted_and_dealt_with() {
    let home = busy();
    assert_eq!(home.ok(&["remind", "--count"]), "2\n");
    assert_eq!(home.ok(&["remind", "--count", "--limit", "1"]), "1+\n");
    let due = home.json(&["remind", "--json"]);
    let key = due[0]["key"].as_str().unwrap();
    assert_eq!(due[0]["text"], "=SUM(A1)", "the latest first");
    let csv = home.ok(&["remind", "--csv"]);
    assert!(csv.starts_with("due,kind,text,owner,key\n") && csv.contains("'=SUM(A1)"), "{csv}");
    assert_eq!(home.run(&["remind", "--snooze", key, "--due", "+2d"]).code, 2, "--until was meant");
    home.ok(&["remind", "--snooze", key, "--until", "+2d"]);
    assert_eq!(home.ok(&["remind", "--count"]), "1\n");
    assert_eq!(home.ok(&["remind", "--count", "--due", "+3d"]), "4\n");
    let task = home.json(&["remind", "--json"])[0]["key"].as_str().unwrap().to_owned();
    home.ok(&["remind", "--done", &task]);
    assert_eq!(home.json(&["list", "task", "state:done", "--json"]).as_array().unwrap().len(), 1, "the task is done");
    assert_eq!(home.run(&["remind", "--exit-code"]).code, 1, "nothing is due");
    assert_eq!(home.run(&["remind"]).code, 0);
    assert_eq!(home.run(&["remind", "--done", "nonsense"]).code, 3);
    assert_eq!(home.run(&["remind", "--done", "no_rule/1/2026-01-01"]).code, 4);
    assert_eq!(home.run(&["remind", "--snooze", &task, "--until", "-1d"]).code, 3);
}

#[test]
fn plans_show_how_far_they_are_reached() {
    let home = Home::with_store();
    let user = "zhangsan";
    home.ok(&["add", "user", "login=zhangsan", "name=张三"]);
    home.ok(&["add", "customer", "name=甲公司"]);
    let deal = |name: &str, amount: &str, day: &str, stage: &str| {
        let args = [
            format!("name={name}"),
            format!("amount={amount}"),
            format!("close_date={day}"),
            format!("stage={stage}"),
            format!("owner={user}"),
            "customer=甲公司".to_owned(),
        ];
        let mut all = vec!["add", "opportunity"];
        all.extend(args.iter().map(String::as_str));
        home.ok(&all);
    };
    deal("一", "600.50", "2026-03-31", "won");
    deal("二", "400", "2026-04-01", "won");
    deal("三", "9000", "2026-03-05", "proposal");
    deal("四", "USD 5", "2026-03-05", "won");
    let person = format!("person={user}");
    home.ok(&["add", "sales_plan", "year=2026", "month=3", "target=1000", &person]);
    home.ok(&["add", "sales_plan", "year=2026", "month=4", "target=1000", &person]);
    home.ok(&["add", "sales_plan", "year=2026", "target=10000"]);
    let plans = home.json(&["plan", "--year", "2026", "--json"]);
    let reached: Vec<&str> =
        plans.as_array().unwrap().iter().map(|p| p["reached"]["amount"].as_str().unwrap()).collect();
    assert_eq!(reached, ["600.50", "400.00", "1000.50"], "amounts of other currencies stay out");
    let people = home.json(&["plan", "--year", "2026", "--by", "person", "--json"]);
    assert_eq!(
        (people[0]["target"]["amount"].as_str(), people[0]["percent"].as_str()),
        (Some("2000.00"), Some("50.0"))
    );
    // What is behind a figure is found by its filter.
    let filter = plans[0]["filter"].as_str().unwrap();
    let behind = home.json(&["list", "opportunity", filter, "--json"]);
    assert_eq!(behind.as_array().unwrap().len(), 2);
    assert!(home.ok(&["plan", "--year", "2026", "--csv"]).starts_with("period,for,target,reached"));
    assert_eq!(home.json(&["plan", "--year", "2020", "--json"]).as_array().unwrap().len(), 0);
}
