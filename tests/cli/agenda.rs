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
    assert!(home.ok(&["plan", "--year", "2026", "--csv"]).starts_with("period,measure,for,target,reached"));
    assert_eq!(home.json(&["plan", "--year", "2020", "--json"]).as_array().unwrap().len(), 0);
}

/// What plans of a measure are reached by is what independent SQL adds up, on made-up data, month by month; sums of
/// measures are never mixed.
#[test]
fn plans_by_measure_reach_what_sql_adds_up() {
    let home = Home::with_store();
    let path = home.path("plans.tcrm");
    let store = path.to_str().unwrap();
    home.ok(&["--store", store, "init", "--demo", "400"]);
    let conn = rusqlite::Connection::open(&path).unwrap();
    let year: String =
        conn.query_row("SELECT max(year) FROM sales_plan", [], |r| r.get::<_, i64>(0)).unwrap().to_string();
    let sum = |sql: &str, month: &str| -> (i64, i64) {
        let month = format!("{year}-{month}");
        conn.query_row(sql, [month], |r| Ok((r.get::<_, Option<i64>>(0)?.unwrap_or(0), r.get(1)?))).unwrap()
    };
    let measures = [
        ("won", "SELECT sum(amount), count(*) FROM opportunity WHERE status = 'won' AND substr(close_date, 1, 7) = ?1"),
        (
            "ordered",
            "SELECT sum(total), count(*) FROM \"order\" WHERE status <> 'cancelled' AND substr(date, 1, 7) = ?1",
        ),
        ("received", "SELECT sum(amount), count(*) FROM payment WHERE substr(date, 1, 7) = ?1"),
    ];
    let rows = home.json(&["--store", store, "plan", "--year", &year, "--json"]);
    let rows = rows.as_array().unwrap();
    let mut counted = 0;
    for (measure, sql) in measures {
        for month in 1..=12 {
            let period = format!("{year}-{month:02}");
            let row = rows.iter().find(|r| r["measure"] == measure && r["period"] == *period && r["for"].is_null());
            let row = row.unwrap_or_else(|| panic!("{measure} {period}"));
            let (units, count) = sum(sql, &format!("{month:02}"));
            let reached = row["reached"]["amount"].as_str().unwrap().replace('.', "");
            assert_eq!((reached.parse::<i64>().unwrap(), row["count"].as_i64().unwrap()), (units, count), "{row}");
            let list = ["--store", store, "list", row["object"].as_str().unwrap(), row["filter"].as_str().unwrap()];
            let behind = home.json(&[&list[..], &["--limit", "100000", "--json"]].concat());
            assert_eq!(behind.as_array().unwrap().len() as i64, count, "the filter leads to what was counted");
            counted += count;
        }
    }
    assert!(counted > 100, "{counted}");
}

#[test]
fn a_plan_counts_orders_by_person_department_and_product_and_payments_by_person() {
    let home = Home::with_store();
    home.ok(&["add", "department", "name=一部"]);
    home.ok(&["add", "department", "name=一组", "parent=一部"]);
    home.ok(&["add", "user", "login=zhangsan", "name=张三", "department=一组"]);
    home.ok(&["add", "user", "login=lisi", "name=李四", "department=一部"]);
    home.ok(&["add", "customer", "name=甲公司"]);
    home.ok(&["add", "product", "name=网关", "price=100"]);
    for (owner, date, price) in
        [("zhangsan", "2026-03-02", "100.05"), ("lisi", "2026-03-30", "200"), ("lisi", "2026-05-01", "50")]
    {
        let given = [format!("owner={owner}"), format!("date={date}"), "customer=甲公司".to_owned()];
        let order = home.ok(&[&["add", "order"], &given.each_ref().map(String::as_str)[..]].concat());
        let (order, price) = (format!("order={}", order.trim()), format!("price={price}"));
        home.ok(&["add", "order_line", &order, "product=网关", &price, "quantity=2"]);
    }
    home.ok(&["add", "payment", "customer=甲公司", "amount=70.5", "date=2026-03-09", "owner=lisi"]);
    for whom in ["person=zhangsan", "person=lisi", "department=一部", "department=一组", "product=网关"] {
        home.ok(&["add", "sales_plan", "year=2026", "month=3", "measure=ordered", "target=1000", whom]);
    }
    home.ok(&["add", "sales_plan", "year=2026", "measure=ordered", "target=1000", "person=lisi"]);
    home.ok(&["add", "sales_plan", "year=2026", "month=3", "measure=received", "target=100", "person=lisi"]);
    let product = home.run(&["add", "sales_plan", "year=2026", "measure=received", "target=1", "product=网关"]);
    assert_eq!(product.code, 3, "{}", product.err);
    let rows = home.json(&["plan", "--year", "2026", "--json"]);
    let reached = |measure: &str, period: &str, title: &str| {
        let found = rows.as_array().unwrap().iter();
        let mut found =
            found.filter(|r| r["measure"] == measure && r["period"] == period && r["for"]["title"] == title);
        found.next().unwrap()["reached"]["amount"].as_str().unwrap().to_owned()
    };
    assert_eq!(reached("ordered", "2026-03", "张三"), "200.10");
    assert_eq!(reached("ordered", "2026-03", "李四"), "400.00");
    assert_eq!(reached("ordered", "2026", "李四"), "500.00");
    assert_eq!(reached("ordered", "2026-03", "一部"), "600.10", "with the departments below");
    assert_eq!(reached("ordered", "2026-03", "一组"), "200.10");
    assert_eq!(reached("ordered", "2026-03", "网关"), "600.10");
    assert_eq!(reached("received", "2026-03", "李四"), "70.50");
    for row in rows.as_array().unwrap() {
        let behind = home.json(&["list", row["object"].as_str().unwrap(), row["filter"].as_str().unwrap(), "--json"]);
        assert_eq!(behind.as_array().unwrap().len() as u64, row["count"].as_u64().unwrap(), "{row}");
    }
    // Added up by person, what is ordered and what is paid stay apart.
    let people = home.json(&["plan", "--year", "2026", "--by", "person", "--json"]);
    let of = |measure: &str| people.as_array().unwrap().iter().filter(|r| r["measure"] == measure).count();
    assert_eq!((of("ordered"), of("received")), (2, 1));
    let shown = home.ok(&["--lang", "zh-CN", "plan", "--year", "2026"]);
    assert!(shown.contains("订单") && shown.contains("回款"), "{shown}");
}
