//! The real program, command by command: what it prints, where, and its exit code.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A home of its own with a store in it.
struct Home {
    folder: TempDir,
    lang: &'static str,
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Home {
        Home { folder: tempfile::tempdir().unwrap(), lang: "en" }
    }

    fn with_store() -> Home {
        let home = Home::new();
        assert_eq!(home.run(&["init"]).code, 0);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name).display().to_string()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tcrm"));
        command.args(args).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("TCRM_LANG", self.lang).env("TCRM_STORE", self.path("store.db"));
        command.env("PATH", std::env::var("PATH").unwrap_or_default()).env("TZ", "UTC");
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
        ran.out
    }

    fn json(&self, args: &[&str]) -> Json {
        serde_json::from_str(&self.ok(args)).unwrap()
    }

    /// Names of all customers, in order.
    fn names(&self) -> Vec<String> {
        let rows = self.json(&["list", "customer", "--sort", "name", "--limit", "0", "--json"]);
        rows.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap().to_owned()).collect()
    }
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

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
    assert_eq!(home.names().len(), 1);
    home.ok(&["rm", "customer", code]);
    assert_eq!(home.run(&["show", "customer", code]).code, 4);
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
        (vec!["list", "custmer"], 4, "customer"),
        (vec!["list", "customer", "--columns", "nmae"], 3, "name"),
        (vec!["list", "customer", "--sort", "-nmae"], 3, "name"),
        (vec!["show", "customer", "nobody"], 4, "nobody"),
        (vec!["add", "customer", "nmae=x", "level=ZZ"], 3, "level"),
        (vec!["add", "customer"], 3, "name"),
        (vec!["add", "customer", "name"], 2, "FIELD=VALUE"),
        (vec!["add", "customer", "id=5"], 3, "id"),
        (vec!["do", "fly", "customer", "x"], 4, ""),
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
    assert!(home.ok(&["--help", "--lang", "zh-CN"]).contains("终端里的 CRM"));
    home.lang = "zh-CN";
    assert!(home.ok(&["list", "--help"]).contains("级别:A"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(home.ok(&["completions", shell]).contains("tcrm"));
    }
}

#[test]
fn an_import_maps_reports_and_can_be_taken_back() {
    let home = Home::with_store();
    let file = home.file("a.csv", "客户名称,电话,级别,乱七八糟\n甲公司,010-1,A,x\n,010-2,B,x\n丙公司,010-3,Q,x\n");
    let dry = home.run(&["import", "customer", &file, "--dry-run", "--json"]);
    assert_eq!(dry.code, 3);
    let report: Json = serde_json::from_str(&dry.out).unwrap();
    assert_eq!((&report["created"], &report["rejected"]), (&Json::from(1), &Json::from(2)));
    assert_eq!((home.names().len(), home.path("a.errors.csv").exists()), (0, false));
    let ran = home.run(&["import", "customer", &file, "--json"]);
    let report: Json = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["mapping"]["客户名称"], "name");
    assert_eq!(report["unmapped"], serde_json::json!(["乱七八糟"]));
    assert_eq!(home.names(), ["甲公司"]);
    let errors = std::fs::read_to_string(home.path("a.errors.csv")).unwrap();
    assert!(errors.starts_with("客户名称,电话,级别,乱七八糟,tcrm_error\n"), "{errors}");
    assert_eq!(errors.lines().count(), 3);
    std::fs::write(home.path("a.errors.csv"), errors.replace("\n,010", "\n乙公司,010").replace(",Q,", ",C,")).unwrap();
    home.ok(&["import", "customer", "a.errors.csv"]);
    assert_eq!(home.names().len(), 3);
    let number = report["import"].to_string();
    home.ok(&["import", "--undo", &number]);
    assert_eq!(home.names().len(), 2);
}

#[test]
fn duplicates_go_by_the_policy() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme", "city=Oslo"]);
    let code = home.json(&["show", "customer", "Acme", "--json"])["code"].as_str().unwrap().to_owned();
    let file = home.file("d.csv", format!("code,name,city\n{code},Acme,Bergen\n"));
    let counted = |policy: &str| {
        let ran = home.run(&["import", "customer", &file, "--on-duplicate", policy, "--json"]);
        let report: Json = serde_json::from_str(&ran.out).unwrap();
        (ran.code, ["created", "updated", "skipped", "rejected"].map(|k| report[k].as_u64().unwrap()))
    };
    assert_eq!(counted("error"), (3, [0, 0, 0, 1]));
    assert_eq!(counted("skip"), (0, [0, 0, 1, 0]));
    assert_eq!(counted("update"), (0, [0, 1, 0, 0]));
    assert_eq!(home.json(&["show", "customer", "Acme", "--json"])["city"], "Bergen");
}

#[test]
fn files_of_every_encoding_give_the_same_records() {
    let text = "客户名称;城市\n华信科技有限公司;北京\n深圳蓝海贸易公司;深圳\n";
    let utf16 = |big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    for (name, bytes) in [
        ("utf8", text.as_bytes().to_vec()),
        ("bom", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("gbk", encoding_rs::GB18030.encode(text).0.into_owned()),
        ("utf16le", [b"\xFF\xFE".to_vec(), utf16(false)].concat()),
        ("utf16be", utf16(true)),
    ] {
        let home = Home::with_store();
        let file = home.file("e.csv", bytes);
        home.ok(&["import", "customer", &file]);
        let mut names = home.names();
        names.sort();
        assert_eq!(names, ["华信科技有限公司", "深圳蓝海贸易公司"], "{name}");
    }
}

#[test]
fn bad_files_are_refused_or_lose_only_their_bad_rows() {
    let huge = format!("name,city\n{},x\nfine,y\n", "a".repeat((1 << 20) + 5));
    for (bytes, code, kept, part) in [
        (b"name,city\nok,x\nshort\nlong,x,y\n".to_vec(), 3, 1, "2 "),
        (b"name,city\na\0b,x\nok,y\n".to_vec(), 3, 1, "NUL"),
        (b"name,city\nok,x\nbr\xFFken,\xE5\x8C\x97\xE4\xBA\xAC\n".to_vec(), 3, 1, "line 3"),
        (huge.into_bytes(), 3, 1, "1024 KiB"),
        (b"name,city\nok,x\nbad,\"open\nx,y\n".to_vec(), 3, 1, "never closed"),
        (b"PK\x03\x04\0\0\0\0".to_vec(), 3, 0, "XLSX"),
        ((0..=255u8).cycle().take(4000).collect(), 3, 0, "no text"),
        (b"".to_vec(), 3, 0, "empty"),
        ("华信科技,北京\n蓝海,上海\n".into(), 3, 0, "--map"),
    ] {
        let home = Home::with_store();
        let file = home.file("bad.csv", &bytes);
        let ran = home.run(&["import", "customer", &file]);
        assert_eq!(ran.code, code, "{part}: {}", ran.err);
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
        assert_eq!(home.names().len(), kept, "{part}: {}", ran.err);
    }
}

#[test]
fn a_file_without_header_is_imported_by_column_numbers_and_from_a_line() {
    let home = Home::with_store();
    let file = home.file("n.csv", "甲,北京\n乙,上海\n丙,深圳\n");
    home.ok(&["import", "customer", &file, "--no-header", "--map", "name=1", "--map", "city=2", "--from-line", "2"]);
    assert_eq!(home.names().len(), 2);
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    for (name, more) in [("x.csv", "--bom"), ("x.jsonl", "--labels")] {
        let home = Home::with_store();
        home.ok(&["add", "customer", "name=母公司", "remark=一\n二", "annual_revenue=USD 12.50", "tags=a;b"]);
        home.ok(&["add", "customer", "name==危险", "parent=母公司", "phone=+86 138-0013-8000", "level=A"]);
        home.ok(&["export", "customer", "-o", name, more, "--sort", "id"]);
        let other = Home::with_store();
        std::fs::copy(home.path(name), other.path(name)).unwrap();
        other.ok(&["import", "customer", name, "--create-references", "--on-duplicate", "update"]);
        for record in ["母公司", "=危险"] {
            let (one, two) = (
                home.json(&["show", "customer", record, "--json"]),
                other.json(&["show", "customer", record, "--json"]),
            );
            for field in ["name", "code", "remark", "annual_revenue", "tags", "phone", "level"] {
                assert_eq!(one[field], two[field], "{name} {record} {field}");
            }
            assert_eq!(one["parent"]["title"], two["parent"]["title"], "{name} {record}");
        }
    }
}

#[test]
fn an_export_that_fails_leaves_the_old_file() {
    let home = Home::with_store();
    home.file("out.csv", "old");
    assert_eq!(home.run(&["export", "customer", "levl:A", "-o", "out.csv"]).code, 3);
    assert_eq!(std::fs::read_to_string(home.path("out.csv")).unwrap(), "old");
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
    assert_eq!(home.run(&["do", "complete", "customer", "Acme"]).code, 2);
}

#[test]
fn a_backup_is_restored_and_what_was_there_is_kept() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["backup", "b.db"]);
    assert_eq!(home.run(&["backup", "b.db"]).code, 6);
    home.ok(&["rm", "customer", "Acme"]);
    home.ok(&["search", "Acme"]);
    assert!(home.path("store.db.search").exists());
    home.ok(&["restore", "b.db"]);
    for left in ["b.db-wal", "b.db-shm", "store.db.search"] {
        assert!(!home.path(left).exists(), "{left}");
    }
    assert_eq!(home.names(), ["Acme"]);
    let kept = std::fs::read_dir(home.folder.path())
        .unwrap()
        .any(|e| e.unwrap().file_name().to_string_lossy().contains("before-restore"));
    assert!(kept);
    home.file("junk.db", "no database");
    assert_ne!(home.run(&["restore", "junk.db"]).code, 0);
    assert_eq!(home.names(), ["Acme"]);
}

#[test]
fn stores_that_cannot_be_used_are_refused_untouched() {
    let home = Home::with_store();
    let store = |ran: Ran| (ran.code, ran.err);
    let text = home.file("text.db", "this is no database, only a text of some length\n".repeat(100));
    let (code, err) = store(home.run(&["--store", &text, "list", "customer"]));
    assert!(code == 1 && err.contains("text.db"), "{code} {err}");
    let newer = home.path("newer.db");
    std::fs::copy(home.path("store.db"), &newer).unwrap();
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    let before = std::fs::read(&newer).unwrap();
    let (code, err) = store(home.run(&["--store", newer.to_str().unwrap(), "add", "customer", "name=x"]));
    assert!(code != 0 && err.contains("newer.db"), "{code} {err}");
    assert_eq!(std::fs::read(&newer).unwrap(), before);
    let folder = home.folder.path().to_str().unwrap();
    assert_ne!(home.run(&["--store", folder, "list", "customer"]).code, 0);
}

#[test]
fn the_configuration_is_found_checked_and_used() {
    let home = Home::with_store();
    assert!(home.ok(&["config", "path"]).trim().ends_with("config.toml"));
    let shown = home.ok(&["config", "default"]);
    let file = home.file("c.toml", &shown);
    home.ok(&["--config", &file, "config", "check"]);
    let bad = home.file("bad.toml", "[interface]\nmose = true\n[keys]\n\"no.such\" = [\"x\"]\n");
    let ran = home.run(&["--config", &bad, "config", "check"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("bad.toml:2:1: ") && ran.err.contains("mouse"), "{}", ran.err);
    let keys = home.file("keys.toml", "[keys]\n\"no.such\" = [\"x\"]\n");
    let ran = home.run(&["--config", &keys, "config", "check"]);
    assert!(ran.code == 3 && ran.err.contains("keys.toml:2:1: "), "{} {}", ran.code, ran.err);
    home.ok(&["add", "customer", "name=Acme"]);
    let profile = home.file("p.toml", "[profiles.work]\nstore = \"store.db\"\n[list]\nlimit = 1\n");
    let mut command = home.command(&["--config", &profile, "--profile", "work", "list", "customer", "--ids"]);
    assert_eq!(Ran::of(command.env_remove("TCRM_STORE").output().unwrap()).out.lines().count(), 1);
}

#[test]
fn schemas_are_shown_checked_and_applied() {
    let home = Home::with_store();
    assert!(home.ok(&["schema", "show"]).contains("customer"));
    assert!(home.json(&["schema", "show", "customer", "--json"])["fields"].is_array());
    assert!(home.ok(&["schema", "show", "--builtin"]).contains("[objects.customer]"));
    let bad = home.file("bad.toml", "[objects.customer.fields]\nx = { zh = \"甲\", en = \"X\", type = \"txt\" }\n");
    let ran = home.run(&["schema", "check", &bad]);
    assert!(ran.code == 3 && ran.err.contains("bad.toml:2:") && ran.err.contains("text"), "{} {}", ran.code, ran.err);
    let good = home.file("good.toml", "[objects.customer.fields]\nnickname = { group = \"basic\", zh = \"绰号\", en = \"Nickname\", type = \"text\" }\n");
    home.ok(&["schema", "check", &good]);
    home.ok(&["schema", "apply", &good]);
    home.ok(&["add", "customer", "name=Acme", "绰号=the coyote's"]);
    assert_eq!(home.json(&["show", "customer", "Acme", "--json"])["nickname"], "the coyote's");
}

#[test]
fn doctor_tells_facts_and_findings() {
    let home = Home::with_store();
    let report = home.json(&["doctor", "--json"]);
    assert_eq!(report["problems"], serde_json::json!([]));
    assert!(report["facts"]["store"].as_str().unwrap().ends_with("store.db"));
    assert_eq!(Home::new().run(&["doctor"]).code, 1);
}

/// A folder of real data that is not part of the project; `None`, with a word, where it is absent.
fn real_data(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let root = std::env::var_os("TCRM_TEST_DATA").map_or(beside, PathBuf::from);
    let folder = root.join(folder);
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

#[test]
fn the_maven_accounts_and_pipeline_are_imported_with_their_references() {
    let Some(folder) = real_data("maven-crm") else { return };
    let home = Home::with_store();
    let file = |name: &str| {
        std::fs::copy(folder.join(name), home.path(name)).unwrap();
        name.to_owned()
    };
    let import = |object: &str, name: &str, more: &[&str]| -> Json {
        home.json(&[&["import", object, &file(name), "--json"][..], more].concat())
    };
    let names = ["--map", "name=sales_agent", "--map", "login=sales_agent", "--create-references"];
    assert_eq!(import("user", "sales_teams.csv", &names)["created"], 35);
    assert_eq!(import("product", "products.csv", &[])["created"], 7);
    let accounts = import("customer", "accounts.csv", &["--value", "industry:technolgy=technology"]);
    assert_eq!((&accounts["created"], &accounts["rejected"]), (&Json::from(85), &Json::from(0)));
    assert_eq!(home.names().len(), 85);
    let names = ["--map", "name=opportunity_id", "--map", "code=opportunity_id"];
    let deals = import("opportunity", "sales_pipeline.csv", &names);
    assert_eq!((&deals["created"], &deals["rejected"]), (&Json::from(8_800), &Json::from(0)));
    let deals = |filter: &str| -> Vec<Json> {
        let columns = ["--limit", "0", "--columns", "amount,owner,product,customer", "--json"];
        let rows = home.json(&[&["list", "opportunity", filter][..], &columns].concat());
        rows.as_array().unwrap().clone()
    };
    assert_eq!(deals("stage:engaging").len(), 1_589);
    assert_eq!(deals("product:empty or owner:empty").len(), 0);
    assert_eq!(deals("customer:empty").len(), 1_425);
    let won = deals("stage:won");
    let sum: f64 = won.iter().map(|r| r["amount"]["amount"].as_str().unwrap().parse::<f64>().unwrap()).sum();
    assert_eq!((won.len(), sum), (4_238, 10_005_534.0));
}

#[test]
fn files_are_attached_listed_exported_backed_up_and_missed() {
    let home = Home::with_store();
    home.file("报价.pdf", "pdf");
    home.file("b.png", "png!");
    let id = home.ok(&["add", "customer", "name=华信", "attachments=报价.pdf; ./b.png"]);
    let id = id.trim();
    assert!(home.ok(&["show", "customer", id]).contains("报价.pdf, b.png"));
    home.ok(&["set", "customer", id, "attachments=报价.pdf"]);
    let record = home.json(&["show", "customer", id, "--json"]);
    assert_eq!(record["attachments"][0]["name"], "报价.pdf");
    assert_eq!(record["attachments"].as_array().unwrap().len(), 1);
    assert!(home.ok(&["export", "customer"]).contains("报价.pdf"));

    let ran = home.run(&["set", "customer", id, "attachments=none.pdf"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("none.pdf"), "{}", ran.err);

    home.ok(&["backup", "backup.db"]);
    home.ok(&["doctor"]);
    std::fs::remove_dir_all(home.path("store.db.files")).unwrap();
    let doctor = home.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out.contains("报价.pdf"), "{}", doctor.out);
    home.ok(&["restore", "backup.db"]);
    home.ok(&["doctor"]);
}

#[test]
fn rows_may_refer_to_rows_further_down() {
    let home = Home::with_store();
    let file =
        home.file("a.csv", "name,parent\nLeaf,Branch\nBranch,Root\nTwig,branch\nLone,Nowhere\nRoot,\nX,Y\nY,X\n");
    let ran = home.run(&["import", "customer", &file]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("line 5: parent:") && ran.err.contains("line 8:"), "{}", ran.err);
    assert_eq!(home.names(), ["Branch", "Leaf", "Root", "Twig"]);
    assert_eq!(home.json(&["show", "customer", "Leaf", "--json"])["parent"]["title"], "Branch");
    let home = Home::with_store();
    let file = home.file("a.csv", "name,parent\nLeaf,Branch\nBranch,Root\nLone,Nowhere\nTwo,Nowhere\nRoot,\n");
    home.ok(&["import", "customer", &file, "--create-references"]);
    assert_eq!(home.names(), ["Branch", "Leaf", "Lone", "Nowhere", "Root", "Two"], "each of them once");
}

#[test]
fn values_of_a_file_are_replaced_as_told() {
    let home = Home::with_store();
    let file = home.file("a.csv", "name,industry\nA,technolgy\nB, Technolgy \n");
    home.ok(&["import", "customer", &file, "--value", "industry:technolgy=technology"]);
    assert_eq!(home.names().len(), 2);
    for (value, code) in [("industry", 2), ("nope:a=b", 3), ("city:a=b", 3)] {
        assert_eq!(home.run(&["import", "customer", &file, "--value", value]).code, code, "{value}");
    }
}

#[test]
fn whoever_makes_a_store_is_its_first_user() {
    let home = Home::new();
    assert_eq!(home.command(&["init"]).env("USER", "wang").status().unwrap().code(), Some(0));
    let users = home.json(&["list", "user", "--columns", "login,name,active", "--json"]);
    assert_eq!(users.as_array().unwrap().len(), 1);
    assert_eq!(
        (&users[0]["login"], &users[0]["name"], &users[0]["active"]),
        (&"wang".into(), &"wang".into(), &true.into())
    );
    home.ok(&["add", "customer", "name=Acme", "owner=me"]);
    home.ok(&["add", "user", "login=li", "name=Li"]);
    // Of two users, the one that the system says it is.
    let mine = |user: &str| {
        let out = home.command(&["list", "customer", "owner:me", "--json"]).env("USER", user).output().unwrap();
        serde_json::from_slice::<Json>(&out.stdout).unwrap_or_default().as_array().map_or(0, Vec::len)
    };
    assert_eq!((mine("wang"), mine("li")), (1, 0));
    let home = Home::new();
    home.ok(&["init", "--as", "boss"]);
    assert_eq!(home.json(&["list", "user", "--json", "--columns", "login"])[0]["login"], "boss");
}
