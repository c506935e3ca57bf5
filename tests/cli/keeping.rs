//! Stores, settings and schemas: made, kept, checked, refused.

use super::*;

#[test]
fn a_backup_is_restored_and_what_was_there_is_kept() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme"]);
    home.ok(&["backup", "b.db"]);
    assert_eq!(home.run(&["backup", "b.db"]).code, 6);
    home.ok(&["rm", "customer", "Acme"]);
    home.ok(&["search", "Acme"]);
    assert!(home.path("store.db.search").exists());
    let restored = home.run(&["restore", "b.db"]);
    assert!(restored.code == 0 && restored.err.contains(".before-restore-"), "{}", restored.err);
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
fn sample_data_can_be_searched_at_once_and_a_damaged_snapshot_is_made_anew() {
    let home = Home::with_store();
    let store = home.path("demo.db");
    let run = |args: &[&str]| home.ok(&[&["--store", store.to_str().unwrap()], args].concat());
    run(&["init", "--demo", "60"]);
    let snapshot = home.path("demo.db.search");
    assert!(snapshot.exists());
    let whole = std::fs::metadata(&snapshot).unwrap().len();
    let expected = run(&["search", "gs", "--object", "customer", "--json"]);
    let mut bytes = std::fs::read(&snapshot).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&snapshot, bytes).unwrap();
    assert_eq!(run(&["search", "gs", "--object", "customer", "--json"]), expected);
    assert!(!snapshot.exists());
    assert_eq!(run(&["search", "gs", "--object", "customer", "--json"]), expected);
    assert_eq!(std::fs::metadata(&snapshot).unwrap().len(), whole);
    let left = std::fs::read_dir(home.folder.path())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(left.count(), 0);
}

#[test]
fn stores_that_cannot_be_used_are_refused_untouched() {
    let home = Home::with_store();
    let store = |ran: Ran| (ran.code, ran.err);
    let text = home.file("text.db", "this is no database, only a text of some length\n".repeat(100));
    let (code, err) = store(home.run(&["--store", &text, "list", "customer"]));
    assert!(code == 3 && err.contains("text.db"), "{code} {err}");
    let newer = home.path("newer.db");
    std::fs::copy(home.path("store.db"), &newer).unwrap();
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    let before = std::fs::read(&newer).unwrap();
    let (code, err) = store(home.run(&["--store", newer.to_str().unwrap(), "add", "customer", "name=x"]));
    assert!(code == 3 && err.contains("newer.db"), "{code} {err}");
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

#[test]
fn keys_and_themes_are_checked_together_in_the_users_language() {
    let home = Home { lang: "zh-CN", ..Home::new() };
    let config = home.file("k.toml", "[interface]\ntheme = \"t.toml\"\n[keys]\n\"record.edit\" = [\"Ctrl-Foo\"]\n");
    home.file("t.toml", "[roles]\naccnt = \"red\"\nbadge = []\n");
    let ran = home.run(&["--config", &config, "config", "check"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("k.toml:4:1: 没有按键“Ctrl-Foo”"), "{}", ran.err);
    assert!(ran.err.contains("t.toml:2:1: 没有角色“accnt”；是否指"), "{}", ran.err);
    assert!(ran.err.contains("t.toml:3:1: “badge”需要颜色：颜色名"), "{}", ran.err);
    let config = home.file("k.toml", "[interface]\ntheme = \"nope\"\n");
    let ran = home.run(&["--config", &config, "config", "check"]);
    assert!(ran.code == 3 && ran.err.contains("high-contrast"), "{}", ran.err);
    assert!(ran.err.contains("k.toml:2:9: "), "{}", ran.err);
}

#[test]
fn all_mistakes_of_a_configuration_are_told_in_the_order_of_its_lines() {
    let home = Home { lang: "zh-CN", ..Home::new() };
    let config = "[interface]\ntheme = \"t.toml\"\n[keys]\n\"record.edit\" = [\"Ctrl-Foo\"]\n[list]\npagge = 1\n[keep]\n\
        custmer = \"owner:me\"\nlead = \"owner:me statu:new\"\ntask = \"(state:open\"\nwidget = \"owner:me\"\n\
        campaign = \"none\"\n[format]\nzone = \"Mars/Base\"\n";
    let config = home.file("k.toml", config);
    home.file("t.toml", "[roles]\naccnt = \"red\"\n");
    let ran = home.run(&["--config", &config, "config", "check"]);
    assert_eq!(ran.code, 3);
    let folder = format!("{}/", home.folder.path().display());
    let told = ran.err.replace(&folder, "");
    let places: Vec<String> = told
        .lines()
        .filter_map(|line| line.split_once(".toml:"))
        .map(|(file, rest)| format!("{} {}", &file[file.len() - 1..], rest.split(':').next().unwrap_or_default()))
        .collect();
    assert_eq!(places, ["k 4", "k 6", "k 8", "k 9", "k 10", "k 14", "t 2"], "{told}");
    assert!(told.contains("k.toml:8:1: 没有对象“custmer”；是否指“customer”？"), "{told}");
    assert!(told.contains("k.toml:9:18: lead 的筛选：") && told.contains("k.toml:10:9: task 的筛选："), "{told}");
    let config = home.file("k.toml", "[keep]\na = [1, 2\n");
    let ran = home.run(&["--config", &config, "config", "check"]);
    assert!(ran.err.contains("不是有效的 TOML：数组没有写完，此处应为`]`"), "{}", ran.err);
}

#[test]
fn a_mistake_of_a_number_rule_is_told_once() {
    let home = Home::with_store();
    for (text, times) in [
        ("[numbers.customer]\npattern = 5\n", 1),
        ("[numbers.customer]\npatern = \"C-{seq:4}\"\n", 1),
        ("[numbers.customer]\ngap_free = true\n", 1),
        ("[numbers]\ncustomer = \"{nope}-{seq:3}\"\n", 1),
        ("[numbers]\ncustomer = 5\n", 1),
        ("[numbers]\ncustomer = \"{nope}-{seq:3}\"\n[objects.order.fields]\ncode = { rule = \"customer\" }\n", 1),
        ("[numbers]\ncustomer = \"{nope}-{nil}\"\n", 3),
    ] {
        let file = home.file("n.toml", text);
        let ran = home.run(&["schema", "check", &file]);
        assert_eq!(ran.err.matches("n.toml:").count(), times, "{text}: {}", ran.err);
    }
}

#[test]
fn doctor_tells_what_it_can_of_a_store_that_cannot_be_opened() {
    let home = Home::new();
    home.file("store.db", "no database");
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("Version") && ran.out.contains("! ") && ran.out.contains("is not a store"), "{}", ran.out);
    let fixed = home.run(&["doctor", "--fix"]);
    assert_eq!((fixed.code, fixed.out), (ran.code, ran.out));
}

#[test]
fn the_views_of_the_schema_make_the_file_readable_for_other_tools() {
    let home = Home::new();
    home.ok(&["init", "--demo", "50"]);
    let tool = rusqlite::Connection::open(home.path("store.db")).unwrap();
    tool.execute_batch(&home.ok(&["schema", "views", "--lang", "zh"])).unwrap();
    let owners = "SELECT count(*) FROM customer_view v JOIN customer c ON c.id = v.id JOIN user u ON u.name = v.owner
        WHERE u.id = c.owner AND v.level IN ('A 重点', 'B 重要', 'C 普通', 'D 小客户')";
    let shown: i64 = tool.query_row(owners, [], |r| r.get(0)).unwrap();
    assert!(shown > 0);
}

#[test]
fn a_schema_that_loses_values_says_which_and_is_applied_when_told_to() {
    let home = Home::with_store();
    let field = "slogan = { zh = \"口号\", en = \"Slogan\", type = \"text\", group = \"basic\" }\n";
    let with = home.file("with.toml", format!("[objects.customer.fields]\n{field}"));
    let without = home.file("without.toml", "");
    home.ok(&["schema", "apply", &with]);
    home.ok(&["add", "customer", "name=Acme", "slogan=Everything"]);
    let ran = home.run(&["schema", "apply", &without]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("customer.slogan goes, with 1 values") && ran.err.contains("--allow-loss"), "{}", ran.err);
    assert_eq!(home.json(&["list", "customer", "slogan:Every", "--json"]).as_array().unwrap().len(), 1);
    let ran = home.run(&["schema", "apply", &without, "--allow-loss"]);
    assert!(ran.code == 0 && ran.err.contains("backup-schema"), "{}", ran.err);
    assert_eq!(home.run(&["list", "customer", "slogan:x"]).code, 3);
}

#[test]
fn a_variable_set_to_nothing_counts_as_not_set() {
    let home = Home::new();
    let mut command = home.command(&["config", "path"]);
    for name in ["TCRM_STORE", "TCRM_CONFIG", "TCRM_PROFILE", "TCRM_LANG"] {
        command.env(name, "");
    }
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = Ran::of(home.command(&["init"]).env("TCRM_STORE", "").output().unwrap());
    assert!(ran.code == 0 && ran.err.contains("tcrm.db"), "{}", ran.err);
}

#[test]
fn the_schema_of_the_settings_is_taken_over_as_far_as_it_adds() {
    let home = Home::with_store();
    let field = |name: &str, kind: &str| {
        format!("{name} = {{ zh = \"{name}字\", en = \"{name}\", type = \"{kind}\", group = \"basic\" }}\n")
    };
    let config = home.file("c.toml", "[store]\nschema = \"mine.toml\"\n");
    let schema = |fields: &[String]| home.file("mine.toml", format!("[objects.customer.fields]\n{}", fields.concat()));
    let with = |args: &[&str]| home.run(&[&["--config", &config][..], args].concat());
    schema(&[field("slogan", "text")]);
    let ran = with(&["add", "customer", "name=Acme", "slogan=Everything"]);
    assert!(ran.code == 0 && ran.err.contains("customer.slogan is new"), "{}", ran.err);
    assert!(!with(&["list", "customer"]).err.contains("slogan"), "it is told once");
    schema(&[field("motto", "text")]);
    let diff = with(&["schema", "diff"]);
    assert!(diff.out.contains("! customer.slogan") && diff.out.contains("+ customer.motto"), "{}", diff.out);
    let ran = with(&["list", "customer", "slogan:Every", "--columns", "name,motto"]);
    assert!(ran.out.contains("Acme") && ran.err.contains("customer.motto is new"), "{} {}", ran.out, ran.err);
    assert!(
        ran.err.contains("1 change of your schema could lose data") && ran.err.contains("tcrm schema diff"),
        "{}",
        ran.err
    );
    let ran = with(&["schema", "apply", "--allow-loss"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(with(&["list", "customer", "slogan:x"]).code, 3);
    assert_eq!(with(&["list", "customer"]).err, "");
    home.file("mine.toml", "[objects.customer.fields]\nx = { type = \"txt\" }\n");
    let ran = with(&["list", "customer"]);
    assert!(ran.code == 3 && ran.err.contains("mine.toml:2:"), "{}", ran.err);
}

#[test]
fn an_unknown_command_proposes_only_what_is_near() {
    let home = Home::new();
    for (typed, meant) in [("bogus", None), ("nothing", None), ("lst", Some("list")), ("exprot", Some("export"))] {
        let ran = home.run(&[typed]);
        assert_eq!(ran.code, 2);
        let told = ran.err.lines().find_map(|line| line.strip_prefix("Did you mean: "));
        assert_eq!(told, meant, "{typed}: {}", ran.err);
    }
}

#[test]
fn mistakes_in_the_arguments_are_told_in_the_users_language() {
    let home = Home { lang: "zh-CN", ..Home::with_store() };
    let cases: [(&[&str], &[&str]); 5] = [
        (&["lsit"], &["没有命令“lsit”", "是否想写：list"]),
        (&["list", "customer", "--limt", "3"], &["没有参数“--limt”", "是否想写：--limit"]),
        (&["show", "customer"], &["缺少参数：", "用法：tcrm show"]),
        (&["list", "customer", "--limit", "x"], &["“x”不能作为“--limit"]),
        (&["list", "customer", "--json", "--csv"], &["不能与“--csv”同时使用"]),
    ];
    for (args, told) in cases {
        let ran = home.run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(told.iter().all(|part| ran.err.contains(part)), "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("error"), "{args:?}: {}", ran.err);
    }
    let ran = home.run(&["add", "customer", "name=甲", "level=特级"]);
    assert!(ran.code == 3 && ran.err.contains("不在选项中：A 重点、B 重要"), "{}", ran.err);
    assert!(
        home.ok(&["--help"]).contains("从这个文件读取设置"),
        "the option has its own text, not that of the command"
    );
}

#[test]
fn a_store_of_sample_data_is_made_without_a_word_about_its_records() {
    let home = Home::new();
    let ran = home.run(&["init", "--demo", "60"]);
    assert_eq!((ran.code, ran.err.lines().count()), (0, 1), "{}", ran.err);
    assert!(ran.err.contains("made-up data"), "{}", ran.err);
    // Nor does who opens it first hear of what is overdue in it.
    let first = home.run(&["list", "customer", "--limit", "1", "--ids"]);
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{}", first.err);
}

#[test]
#[cfg(feature = "network")]
fn without_a_keyring_signing_in_says_where_else_the_secret_can_be() {
    let home = Home::new();
    let text = "[profiles.team]\nurl = \"http://127.0.0.1:1\"\nsecret = \"keyring\"\n";
    let config = home.file("config.toml", text);
    for what in ["login", "logout", "agenda"] {
        let mut command = home.command(&["--config", &config, "--profile", "team", what]);
        let ran = Ran::of(command.env_remove("TCRM_STORE").output().unwrap());
        assert!([1, 3].contains(&ran.code), "{what}: {} {}", ran.code, ran.err);
        assert!(ran.err.contains("secret = \"file\"") && ran.err.contains("0600"), "{what}: {}", ran.err);
    }
}
