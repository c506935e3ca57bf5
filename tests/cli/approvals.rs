//! Approvals from the command line: submit, decide, and the inbox.

use super::Home;

fn office() -> Home {
    let home = Home::with_store();
    home.ok(&["add", "user", "login=wang", "name=王经理"]);
    home.ok(&["add", "user", "login=zhang", "name=张三", "supervisor=wang"]);
    home.ok(&["add", "user", "login=li", "name=李四"]);
    let flows = home.path("flows.toml");
    std::fs::write(&flows, "[flows.new_customer]\nactive = true\n").unwrap();
    home.ok(&["schema", "apply", flows.to_str().unwrap()]);
    home
}

fn audit(home: &Home) -> String {
    home.json(&["show", "customer", "华信", "--json"])["audit"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn everything_is_done_from_the_command_line() {
    let home = office();
    home.ok(&["--as", "zhang", "add", "customer", "name=华信"]);
    let act = |who: &str, action: &str, more: &[&str]| {
        let mut args = vec!["--as", who, "do", action, "customer", "华信"];
        args.extend(more);
        home.run(&args)
    };
    assert_eq!(act("wang", "approve", &[]).code, 5, "nothing is in approval");
    let said = act("zhang", "submit", &["--comment", "老同学"]);
    assert!(said.code == 0 && said.err.contains("submitted for approval"), "{}", said.err);
    assert_eq!(act("zhang", "withdraw", &[]).code, 0);
    assert_eq!(audit(&home), "draft");
    act("zhang", "submit", &[]);
    assert_eq!(act("zhang", "approve", &[]).code, 5, "not one's own");
    assert_eq!(act("wang", "return", &[]).code, 3, "why must be said");
    assert_eq!(act("wang", "return", &["--comment", "缺税号"]).code, 0);
    assert_eq!(audit(&home), "returned");
    act("zhang", "submit", &[]);
    assert_eq!(act("wang", "add_signer", &["signer=li"]).code, 0);
    assert_eq!(act("li", "approve", &[]).code, 0);
    assert_eq!(act("li", "approve", &[]).code, 6, "decided already");
    assert_eq!(act("wang", "approve", &["--comment", "同意"]).code, 0);
    assert_eq!(audit(&home), "approved");
    assert_eq!(home.run(&["add", "order", "customer=华信"]).code, 3);
    assert_eq!(act("wang", "enable", &[]).code, 0);
    home.ok(&["add", "order", "customer=华信"]);
    assert_eq!(act("wang", "disable", &[]).code, 0);
    assert_eq!(home.run(&["add", "order", "customer=华信"]).code, 3);
}

#[test]
fn the_inbox_tells_what_waits_and_what_it_changes() {
    let home = office();
    for name in ["甲公司", "乙公司"] {
        home.ok(&["--as", "zhang", "add", "customer", &format!("name={name}")]);
        home.ok(&["--as", "zhang", "do", "submit", "customer", name]);
    }
    assert_eq!(home.ok(&["--as", "wang", "inbox", "--count"]), "2\n");
    assert_eq!(home.ok(&["--as", "li", "inbox", "--count"]), "0\n");
    assert_eq!(home.ok(&["--as", "wang", "remind", "--count"]), "2\n", "the badge counts them");
    let waiting = home.json(&["--as", "wang", "inbox", "--json"]);
    assert_eq!((&waiting[0]["title"], &waiting[0]["by"]), (&"甲公司".into(), &"张三".into()), "the oldest first");
    let id = waiting[0]["approval"].as_str().unwrap();
    let review = home.json(&["--as", "wang", "inbox", id, "--json"]);
    assert_eq!(review["changes"][0]["field"], "name");
    assert_eq!(review["missing"][0], "phone");
    assert!(review["refusal"].is_null());
    home.ok(&["--as", "wang", "do", "approve", "approval", id]);
    assert_eq!(home.ok(&["--as", "wang", "inbox", "--done", "--count"]), "1\n");
    let mine = home.json(&["--as", "zhang", "inbox", "--mine", "--json"]);
    let states: Vec<&str> = mine.as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["pending", "approved"]);
    assert_eq!(home.run(&["inbox", "nonsense"]).code, 4);
}
