//! People: short commands, handing over, passwords.

use super::*;
use std::io::Write;
use std::process::Stdio;

impl Home {
    /// Runs with lines on stdin.
    fn typed(&self, args: &[&str], lines: &str) -> Ran {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }
}

/// A store of the boss, lisi and zhaoliu.
fn company() -> Home {
    let home = Home::new();
    assert_eq!(home.run(&["--as", "boss", "init"]).code, 0);
    for (login, name) in [("lisi", "李四"), ("zhaoliu", "赵六")] {
        home.ok(&["--as", "boss", "user", "add", &format!("login={login}"), &format!("name={name}")]);
    }
    home
}

#[test]
fn a_store_begins_with_its_first_user_as_head_of_the_whole() {
    let home = company();
    let all = home.json(&["dept", "--json"]);
    assert_eq!((all[0]["name"].as_str(), all[0]["head"]["title"].as_str()), (Some("Company"), Some("boss")));
    home.ok(&["dept", "set", "Company", "name=星河科技"]);
    home.ok(&["dept", "add", "name=销售部", "parent=星河科技", "head=lisi"]);
    let sun = home.ok(&["user", "add", "login=sunqi", "name=孙七", "department=销售部"]);
    let sun = home.json(&["user", "show", sun.trim(), "--json"]);
    assert_eq!(sun["supervisor"]["title"], "李四");
    let circle = home.run(&["dept", "set", "星河科技", "parent=销售部"]);
    assert_eq!(circle.code, 3, "{}", circle.err);
    assert!(circle.err.contains("→"), "{}", circle.err);
    home.ok(&["team", "add", "name=大客户组", "lead=lisi"]);
    home.ok(&["role", "add", "name=销售"]);
    home.ok(&["add", "own_company", "name=星河"]);
    let second = home.run(&["add", "own_company", "name=两个"]);
    assert_eq!(second.code, 5, "{}", second.err);
}

#[test]
fn a_leaver_hands_over_leaves_and_can_do_nothing_more() {
    let home = company();
    for name in ["甲", "乙", "丙"] {
        home.ok(&["--as", "zhaoliu", "add", "customer", &format!("name={name}")]);
    }
    let boss = ["--as", "boss", "user"];
    let run = |args: &[&str]| home.run(&[&boss[..], args].concat());
    let told = run(&["hand_over", "zhaoliu", "to=lisi,boss", "--dry-run"]);
    assert_eq!((told.code, told.out.as_str()), (0, "Would be handed over: Customers: 3\n"), "{}", told.err);
    let json = run(&["hand_over", "zhaoliu", "to=lisi", "--dry-run", "--json"]);
    let json: Json = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["notes"][0]["object"], &json["notes"][0]["count"]), (&"customer".into(), &3.into()));
    let wrong = run(&["hand_over", "zhaoliu", "to=zhaoliu"]);
    assert_eq!(wrong.code, 3, "{}", wrong.err);

    assert_eq!(run(&["hand_over", "zhaoliu", "to=lisi,boss", "disable=yes"]).code, 0);
    let owners = home.json(&["list", "customer", "--json"]);
    let owners: Vec<&str> = owners.as_array().unwrap().iter().map(|c| c["owner"]["title"].as_str().unwrap()).collect();
    assert_eq!(owners.iter().filter(|o| **o == "李四").count(), 2, "{owners:?}");
    let gone = home.run(&["--as", "zhaoliu", "list", "customer"]);
    assert_eq!(gone.code, 5, "{}", gone.err);
    assert!(gone.err.contains("赵六"), "{}", gone.err);
    let given = home.run(&["--as", "boss", "add", "customer", "name=丁", "owner=zhaoliu"]);
    assert_eq!(given.code, 3, "{}", given.err);
    assert_eq!(run(&["disable", "boss"]).code, 5, "nobody disables themselves");
    home.ok(&["--as", "boss", "undo"]);
    assert_eq!(home.json(&["--as", "zhaoliu", "list", "customer", "owner:me", "--json"]).as_array().unwrap().len(), 3);
}

#[test]
fn weak_passwords_are_refused_with_the_reason_and_none_shows_anywhere() {
    let home = company();
    for (secret, reason) in [("Xk9!", "Too short"), ("lisi-is-here", "name in it"), ("Password123", "guess")] {
        let refused = home.typed(&["--as", "boss", "passwd", "lisi"], &format!("{secret}\n"));
        assert_eq!(refused.code, 3, "{}", refused.err);
        assert!(refused.err.contains(reason) && !refused.err.contains(secret), "{}", refused.err);
    }
    let secret = "k7-vogel-9";
    assert_eq!(home.typed(&["--as", "boss", "passwd", "lisi"], &format!("{secret}\n")).code, 0);
    for args in [&["history", "--json"][..], &["doctor", "--json"], &["show", "user", "lisi", "--json"]] {
        let ran = home.run(&[&["--as", "boss"][..], args].concat());
        assert!(!ran.out.contains(secret) && !ran.out.contains("argon2"), "{}", ran.out);
    }
    for file in std::fs::read_dir(home.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()));
    }
}

#[test]
fn a_store_that_demands_passwords_lets_nobody_in_without() {
    let home = company();
    let boss = |args: &[&str], lines: &str| home.typed(&[&["--as", "boss"][..], args].concat(), lines);
    let early = boss(&["passwd", "--demand", "on"], "");
    assert_eq!(early.code, 5, "{}", early.err);
    assert_eq!(boss(&["passwd"], "k7-vogel-9\n").code, 0);
    assert_eq!(boss(&["passwd", "lisi"], "m4-fisch-2\n").code, 0);
    assert_eq!(boss(&["passwd", "--demand", "on"], "").code, 0);

    let list = |login: &str, secret: &str| {
        let command = format!("echo {secret}");
        home.run(&["--as", login, "--password-command", &command, "list", "customer"])
    };
    assert_eq!(list("boss", "k7-vogel-9").code, 0);
    assert_eq!(list("lisi", "m4-fisch-2").code, 0);
    assert_eq!(list("lisi", "k7-vogel-9").code, 5);
    let none = list("zhaoliu", "anything");
    assert!(none.code == 5 && none.err.contains("no password yet"), "{}", none.err);
    let bare = home.run(&["--as", "boss", "list", "customer"]);
    assert!(bare.code == 5 && bare.err.contains("--password-command"), "{}", bare.err);
    let nobody = home.run(&["list", "customer"]);
    assert!(nobody.code == 5 && nobody.err.contains("--as"), "{}", nobody.err);
    let failed = home.run(&["--as", "boss", "--password-command", "/no/such/program", "list", "customer"]);
    assert_eq!(failed.code, 1, "{}", failed.err);

    // One's own takes the one that is in force.
    let with = |secret: &str, lines: &str| {
        let command = format!("echo {secret}");
        home.typed(&["--as", "lisi", "--password-command", &command, "passwd"], lines)
    };
    assert_eq!(with("m4-fisch-2", "r8-stein-5\n").code, 0);
    assert_eq!(list("lisi", "m4-fisch-2").code, 5);
    assert_eq!(list("lisi", "r8-stein-5").code, 0);

    for _ in 0..5 {
        assert_eq!(list("lisi", "wrong-one").code, 5);
    }
    let locked = list("lisi", "r8-stein-5");
    assert!(locked.code == 5 && locked.err.contains("locked out"), "{}", locked.err);
    let boss = |args: &[&str], lines: &str| {
        home.typed(&[&["--as", "boss", "--password-command", "echo k7-vogel-9"][..], args].concat(), lines)
    };
    let unlocked = boss(&["passwd", "lisi"], "w3-berge-1\n");
    assert_eq!(unlocked.code, 0, "{}", unlocked.err);
    assert_eq!(list("lisi", "w3-berge-1").code, 0);
    assert_eq!(boss(&["passwd", "--demand", "off"], "").code, 0);
    assert_eq!(home.run(&["--as", "lisi", "list", "customer"]).code, 0);
}
