//! Records: made, listed, found, changed, logged, edited as text.

use super::*;

#[test]
fn a_store_is_made_once_and_never_made_over() {
    let home = Home::with_store();
    let before = std::fs::read(home.path("store.db")).unwrap();
    let again = home.run(&["init"]);
    assert_eq!(again.code, 6);
    assert!(again.err.contains("store.db"), "{}", again.err);
    assert_eq!(std::fs::read(home.path("store.db")).unwrap(), before);
}

#[test]
fn sample_data_is_the_same_for_the_same_seed() {
    let names = |seed: &str| {
        let home = Home::new();
        home.ok(&["init", "--demo", "20", "--seed", seed]);
        home.names()
    };
    let seven = names("7");
    assert_eq!(seven.len(), 20);
    assert_eq!(seven, names("7"));
    assert_ne!(seven, names("8"));
}

#[test]
fn records_are_added_shown_changed_and_deleted() {
    let home = Home::with_store();
    let id = home.ok(&["add", "customer", "name=华信科技", "phone=010-65512345", "tags=a;b"]);
    let id = id.trim();
    let record = home.json(&["show", "客户", id, "--json"]);
    assert_eq!(record["name"], "华信科技");
    assert_eq!(record["version"], 1);
    assert_eq!(record["tags"], serde_json::json!(["a", "b"]));
    let code = record["code"].as_str().unwrap();
    home.ok(&["set", "customer", code, "客户名称=华信集团", "phone="]);
    let record = home.json(&["show", "customer", code, "--json"]);
    assert_eq!((record["name"].as_str(), record["phone"].is_null()), (Some("华信集团"), true));
    assert!(home.ok(&["show", "customer", "华信集团"]).contains("Name\t华信集团"));
    home.ok(&["rm", "customer", code, "--dry-run"]);
    let previews = home.json(&["rm", "customer", code, id, "--dry-run", "--json"]);
    assert_eq!(previews.as_array().unwrap().len(), 2, "one array, however many");
    assert_eq!(home.names().len(), 1);
    home.ok(&["rm", "customer", code]);
    assert_eq!(home.run(&["show", "customer", code]).code, 4);
}

#[test]
fn whoever_works_alone_logs_calls_and_plans_tasks_without_naming_anybody() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["add", "task", "subject=Ring back", "due=+1d"]);
    home.ok(&["do", "log", "customer", "Acme", "--comment", "call: wants a quote; next fri 15:00 send quote"]);
    let subjects = |object: &str| -> Vec<String> {
        let rows = home.json(&["list", object, "--sort", "id", "--json"]);
        rows.as_array().unwrap().iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(subjects("activity"), ["wants a quote"]);
    assert_eq!(subjects("task"), ["Ring back", "send quote"]);
    let agenda = home.json(&["agenda", "--to", "+14d", "--json"]);
    assert_eq!(agenda.as_array().unwrap().iter().filter(|item| item["kind"] == "task").count(), 2, "{agenda}");
    // Where somebody is at work, it is theirs.
    home.ok(&["add", "user", "login=wang", "name=王敏"]);
    let task = home.ok(&["--as", "wang", "add", "task", "subject=Mine"]);
    assert_eq!(home.json(&["show", "task", task.trim(), "--json"])["owner"]["title"], "王敏");
    assert_eq!(home.run(&["--as", "wang", "set", "task", task.trim(), "owner="]).code, 3);
}

#[test]
fn changes_are_undone_redone_and_told_in_the_history() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["set", "customer", "Acme", "city=Oslo"]);
    home.ok(&["undo"]);
    assert!(home.json(&["show", "customer", "Acme", "--json"])["city"].is_null());
    home.ok(&["redo"]);
    assert_eq!(home.json(&["show", "customer", "Acme", "--json"])["city"], "Oslo");
    let history = home.json(&["history", "customer", "Acme", "--json"]);
    let deeds: Vec<&str> = history.as_array().unwrap().iter().map(|e| e["deed"].as_str().unwrap()).collect();
    assert_eq!(deeds.last(), Some(&"create"));
    assert_eq!(history[0]["after"]["city"], "Oslo");
    assert!(home.ok(&["history", "customer", "Acme"]).contains("City"));
}

#[test]
fn lists_filter_sort_limit_and_come_in_every_form() {
    let home = Home::with_store();
    for (name, city) in [("甲", "北京"), ("乙", "上海"), ("=1+1", "北京")] {
        home.ok(&["add", "customer", &format!("name={name}"), &format!("city={city}")]);
    }
    assert_eq!(home.ok(&["list", "customer", "city:北京", "--ids"]).lines().count(), 2);
    assert_eq!(home.ok(&["list", "customer", "--limit", "1", "--ids"]).lines().count(), 1);
    let csv = home.ok(&["list", "customer", "--csv", "--columns", "name,城市", "--sort", "-name"]);
    let mut lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.remove(0), "name,city");
    assert!(lines.contains(&"'=1+1,北京"), "{csv}");
    let tabbed = home.ok(&["list", "customers", "city:上海", "--columns", "name,city"]);
    assert_eq!(tabbed, "name\tcity\n乙\t上海\n");
    assert_eq!(home.json(&["list", "客户", "城市:北京", "--json"]).as_array().unwrap().len(), 2);
    assert_eq!(home.json(&["list", "customer", "city:nowhere", "--json"]), serde_json::json!([]));
}

#[test]
fn search_finds_chinese_pinyin_and_phones() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=华信科技", "phone=13800138000"]);
    for text in ["信", "huaxin", "hxkj", "0013800"] {
        let hits = home.json(&["search", text, "--json"]);
        assert_eq!(hits[0]["title"], "华信科技", "{text}");
    }
    assert_eq!(home.json(&["search", "nothing-like-it", "--json"]), serde_json::json!([]));
}

#[test]
fn errors_say_what_where_and_what_to_do_with_the_code_of_their_kind() {
    let mut home = Home::with_store();
    let empty = Home::new();
    for (args, code, part) in [
        (vec!["list", "customer", "levl:A"], 3, "\n  levl:A\n  ^^^^"),
        (vec!["list", "customer", "(level:A"], 3, "^"),
        (vec!["list", "custmer"], 4, "did you mean customer?"),
        (vec!["list", "customer", "--columns", "nmae"], 3, "name"),
        (vec!["list", "customer", "--sort", "-nmae"], 3, "name"),
        (vec!["show", "customer", "nobody"], 4, "nobody"),
        (vec!["add", "customer", "nmae=x", "level=ZZ"], 3, "level"),
        (vec!["add", "customer"], 3, "name"),
        (vec!["add", "customer", "name"], 2, "FIELD=VALUE"),
        (vec!["add", "customer", "id=5"], 3, "id"),
        (vec!["do", "fly", "customer", "x"], 4, "fly"),
        (vec!["frobnicate"], 2, "frobnicate"),
        (vec!["--profile", "nope", "list", "customer"], 3, "nope"),
        (vec!["--config", "/nowhere/c.toml", "doctor"], 3, "/nowhere/c.toml"),
        (vec!["--as", "nobody", "list", "customer"], 4, "nobody"),
        (vec!["import", "customer", "missing.csv"], 4, "missing.csv"),
        (vec!["restore", "missing.db"], 4, "missing.db"),
        (vec!["schema", "check", "missing.toml"], 4, "missing.toml"),
        (vec![], 2, "terminal"),
    ] {
        let ran = home.run(&args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "", "{args:?} prints data though it fails");
    }
    assert!(empty.run(&["list", "customer"]).err.contains("tcrm init"));
    home.lang = "zh-CN";
    assert!(home.run(&["list", "customer", "levl:A"]).err.starts_with("错误："));
    assert!(home.run(&["list", "没有"]).err.contains("没有“没有”这种对象"));
}

#[test]
fn help_speaks_the_users_language_and_shows_examples() {
    let mut home = Home::new();
    assert!(home.ok(&["import", "--help"]).contains("tcrm import --undo"));
    assert!(home.ok(&["schema", "diff", "--help"]).contains("tcrm schema diff"));
    assert!(home.ok(&["--help", "--lang", "zh-CN"]).contains("终端里的 CRM"));
    home.lang = "zh-CN";
    assert!(home.ok(&["list", "--help"]).contains("级别:A"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(home.ok(&["completions", shell]).contains("tcrm"));
    }
}

#[test]
fn a_closed_pipe_ends_a_list_quietly() {
    use std::io::{BufRead, BufReader};
    let home = Home::with_store();
    let rows: String = (0..5_000).map(|n| format!("customer number {n}\n")).collect();
    let file = home.file("many.csv", format!("name\n{rows}"));
    home.ok(&["import", "customer", &file]);
    let mut command = home.command(&["list", "customer", "--limit", "0"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap().as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn a_record_is_edited_as_text_until_it_has_no_errors() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme", "level=A"]);
    let script = "#!/bin/sh\nif grep -q '^#! ' \"$1\"; then sed -i 's/^level:.*/level: B/' \"$1\"; else sed -i 's/^level:.*/level: QQ/' \"$1\"; fi\n";
    let editor = home.file("editor.sh", script);
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let ran = Ran::of(home.command(&["edit", "customer", "Acme"]).env("EDITOR", &editor).output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(home.json(&["show", "customer", "Acme", "--json"])["level"], "B");
    let idle = Ran::of(home.command(&["edit", "customer", "Acme"]).env("EDITOR", "true").output().unwrap());
    assert_eq!((idle.code, idle.out.as_str()), (0, ""));
    let failing = Ran::of(home.command(&["edit", "customer", "Acme"]).env("EDITOR", "false").output().unwrap());
    assert_eq!(failing.code, 1);
}

#[test]
fn a_logged_contact_makes_an_activity_and_a_task_that_can_be_completed() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["add", "user", "name=张三", "login=zhangsan"]);
    let line = "call: wants a quote; tomorrow send quote";
    home.ok(&["--as", "zhangsan", "do", "log", "customer", "Acme", "--comment", line]);
    assert_eq!(home.json(&["list", "activity", "--json"]).as_array().unwrap().len(), 1);
    let tasks = home.json(&["list", "task", "--json"]);
    let id = tasks[0]["id"].as_str().unwrap();
    home.ok(&["do", "complete", "task", id, "--comment", "sent"]);
    assert_eq!(home.run(&["do", "log", "customer", "Acme"]).code, 2);
    assert_eq!(home.run(&["do", "complete", "customer", "Acme"]).code, 4);
}

#[test]
fn a_negated_word_needs_no_dashes_before_it() {
    let home = Home::with_store();
    for (name, level) in [("Alpha", "A"), ("Beta", "B"), ("Gamma", "")] {
        home.ok(&["add", "customer", &format!("name={name}"), &format!("level={level}")]);
    }
    assert_eq!(
        home.ok(&["list", "customer", "-level:A", "--columns", "name", "--sort", "-name"]),
        "name\nGamma\nBeta\n"
    );
    assert_eq!(home.ok(&["list", "customer", "a", "-级别:A", "-Gamma", "--columns", "name"]), "name\nBeta\n");
    assert_eq!(
        home.ok(&["export", "customer", "-name:lph", "--columns", "name", "--sort", "name"]),
        "name\nBeta\nGamma\n"
    );
    for wrong in ["--jsn", "-x", "-json"] {
        assert_eq!(home.run(&["list", "customer", wrong]).code, 2, "{wrong}");
    }
}

#[test]
fn a_wrong_filter_says_what_was_probably_meant_and_points_at_it() {
    for (lang, word) in [("en", "did you mean “level”?"), ("zh-CN", "是否指“level”？")] {
        let home = Home { lang, ..Home::with_store() };
        let ran = home.run(&["list", "customer", "city:x", "levl:A"]);
        assert!(ran.code == 3 && ran.err.contains(word), "{}", ran.err);
        assert!(ran.err.contains("\n  city:x levl:A\n         ^^^^\n"), "{}", ran.err);
    }
    let home = Home::with_store();
    let ran = home.run(&["list", "customer", "industry:technolgy"]);
    assert!(ran.err.contains("did you mean “"), "{}", ran.err);
    let ran = home.run(&["add", "customer", "nmae=x"]);
    assert!(ran.code == 3 && ran.err.contains("Did you mean name?"), "{}", ran.err);
}

#[test]
fn an_undone_deletion_names_what_was_deleted() {
    let home = Home::new();
    home.ok(&["init", "--as", "wang"]);
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["add", "contact", "name=Wile", "customer=Acme"]);
    home.ok(&["add", "task", "subject=Call", "customer=Acme", "owner=me"]);
    let told = |command: &str| home.run(&[command]).err;
    home.ok(&["rm", "customer", "Acme"]);
    for command in ["undo", "redo", "undo"] {
        let err = told(command);
        assert!(err.contains("Customer Acme"), "{command}: {err}");
    }
}

#[test]
fn what_rights_refuse_is_said_with_its_code_and_why_tells_the_reasons() {
    let home = Home::with_store();
    home.ok(&["add", "role", "name=Admin", "administrator=yes"]);
    home.ok(&["add", "role", "name=Sales"]);
    home.ok(&["add", "user", "login=chief", "name=Chief", "roles=Admin"]);
    home.ok(&["add", "user", "login=zhangsan", "name=张三", "roles=Sales"]);
    home.ok(&["add", "user", "login=lisi", "name=李四", "roles=Sales"]);
    home.ok(&["add", "right", "role=Sales", "object=客户", "operations=view,modify", "scope=own"]);
    home.ok(&["add", "field_right", "role=Sales", "object=Customer", "field=级别", "access=read"]);
    home.ok(&["add", "customer", "name=甲公司", "owner=zhangsan", "level=A"]);
    home.ok(&["add", "customer", "name=乙公司", "owner=lisi"]);
    let refused = |args: &[&str], code: i32, text: &str| {
        let ran = home.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(text), "{args:?}: {}", ran.err);
    };
    let names = home.ok(&["--as", "zhangsan", "list", "customer", "--columns", "name", "--csv"]);
    assert!(names.contains("甲公司") && !names.contains("乙公司"), "{names}");
    refused(&["--as", "zhangsan", "rm", "customer", "甲公司"], 5, "None of your roles");
    refused(&["--as", "zhangsan", "set", "customer", "甲公司", "level=B"], 5, "not change it");
    refused(&["--as", "zhangsan", "set", "customer", "乙公司", "city=x"], 4, "乙公司");
    refused(&["--as", "zhangsan", "export", "customer"], 5, "export");
    refused(&["--as", "zhangsan", "add", "customer", "name=丙"], 5, "add");
    refused(&["--as", "zhangsan", "list", "contact"], 5, "view");
    refused(&["--as", "zhangsan", "why", "lisi", "customer", "甲公司"], 5, "audit");
    let told = home.ok(&["--as", "chief", "why", "lisi", "customer", "甲公司"]);
    assert!(told.contains("does not cover") && told.contains("李四 can't see"), "{told}");
    let told = home.ok(&["--as", "zhangsan", "why", "zhangsan", "customer", "甲公司", "--json"]);
    assert!(told.contains("why-covers") && told.contains("why-read"), "{told}");
    refused(&["set", "user", "chief", "roles=Sales"], 5, "administrator");
}
