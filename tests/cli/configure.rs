//! The schema changed entry by entry, as text, and what that touches.

use super::Home;

const ITEM: &str = "dictionaries.level.items.S";

#[test]
fn an_item_is_added_shown_touched_retired_and_taken_out() {
    let home = Home::with_store();
    let ran = home.run(&["schema", "set", ITEM, "zh=S 战略", "en=S strategic", "color=red", "--dry-run"]);
    assert!(ran.code == 0 && ran.out.contains("+ dictionaries.level.items.S"), "{}{}", ran.out, ran.err);
    assert_eq!(home.run(&["schema", "show", ITEM]).code, 4, "a look changes nothing");
    home.ok(&["schema", "set", ITEM, "zh=S 战略", "en=S strategic", "color=red"]);
    assert_eq!(home.json(&["schema", "show", ITEM, "--json"])["color"], "red");
    home.ok(&["add", "customer", "name=Acme", "level=S"]);
    let ran = home.run(&["schema", "unset", ITEM]);
    assert!(ran.code == 3 && ran.err.contains("1 record has it in customer.level"), "{}", ran.err);
    assert_eq!(home.run(&["list", "customer", "level:S", "--ids"]).out.lines().count(), 1);
    let json = home.json(&["schema", "set", ITEM, "retired=yes", "--json"]);
    assert_eq!(json[0]["changed"][0], "retired");
    assert!(json[0]["touches"][0].as_str().unwrap().contains("keeps it"), "{json}");
    assert!(!json[0]["loses_data"].as_bool().unwrap());
    home.ok(&["schema", "unset", ITEM, "--allow-loss"]);
    assert_eq!(home.run(&["schema", "show", ITEM]).code, 4);
}

#[test]
fn what_is_changed_is_exported_and_makes_the_same_schema_elsewhere() {
    let home = Home::with_store();
    home.ok(&[
        "schema",
        "set",
        "objects.customer.fields.iso",
        "zh=认证",
        "en=Certificate",
        "type=text",
        "group=basic",
        "max=12",
    ]);
    home.ok(&["schema", "set", "numbers.order", "pattern=D{yyyy}-{serial:5}", "gap_free=yes"]);
    home.ok(&["schema", "set", "settings", "keep_events_days=90"]);
    let text = home.ok(&["schema", "export"]);
    assert!(text.contains("iso = {") && text.contains("keep_events_days = 90"), "{text}");
    let other = Home::with_store();
    other.ok(&["schema", "apply", &other.file("own.toml", &text)]);
    assert_eq!(other.json(&["schema", "show", "--json"]), home.json(&["schema", "show", "--json"]));
    assert_eq!(home.run(&["add", "customer", "name=Acme", "iso=0123456789abc"]).code, 3);
    home.ok(&["add", "customer", "name=Acme", "认证=9001"]);
    assert!(home.ok(&["export", "customer", "iso:9001", "--format", "csv"]).contains("9001"));
}

#[test]
fn a_wrong_entry_is_refused_with_what_is_wrong() {
    let home = Home::with_store();
    for (args, code, told) in [
        (&["schema", "set", "objects.customer.fields.iso", "zh=认证", "type=txt"][..], 3, "text"),
        (&["schema", "set", "objects.customer.fields.iso", "zh=认证"], 3, "type"),
        (&["schema", "set", "numbers.customer", "pattern={nmae}-{seq:3}"], 3, "name"),
        (&["schema", "set", "nothing.at.all", "zh=x"], 2, "dictionaries.level.items.S"),
        (&["schema", "unset", "dictionaries.level.items.Q"], 4, "dictionaries.level.items.Q"),
        (&["schema", "set", "flows.new_customer.steps.1", "approvers=bose"], 3, "bose"),
        (&["schema", "set", "pipelines.standard.stages.won", "type=open"], 3, "won"),
        (&["schema", "set", ITEM, "zh=A 重点"], 3, "A 重点"),
    ] {
        let ran = home.run(args);
        assert!(ran.code == code && ran.err.contains(told), "{args:?}: {} {}", ran.code, ran.err);
    }
    assert_eq!(home.ok(&["schema", "export"]), "");
}

#[test]
fn the_whole_text_is_edited_as_often_as_there_are_mistakes() {
    let home = Home::with_store();
    // Writes a mistake first, mends it when it is asked again.
    let editor = home.file(
        "editor.sh",
        "grep -q '^#! ' \"$1\" && sed -i 's/txt/text/' \"$1\" || printf '# mine\\n[objects.customer.fields]\\niso = { zh = \"认证\", type = \"txt\", group = \"basic\" }\\n' > \"$1\"\n",
    );
    let config = home.file("c.toml", format!("[edit]\neditor = \"sh {editor}\"\n"));
    let ran = home.run(&["--config", &config, "schema", "edit"]);
    assert!(ran.code == 0 && ran.out.contains("+ objects.customer.fields.iso"), "{}{}", ran.out, ran.err);
    let text = home.ok(&["schema", "export"]);
    assert!(text.starts_with("# mine\n") && !text.contains("#!"), "{text}");
    let ran = home.run(&["--config", &config, "schema", "edit"]);
    assert!(ran.code == 0 && ran.out.is_empty(), "{}{}", ran.out, ran.err);
}

#[test]
fn a_schema_file_does_not_undo_what_was_changed_in_the_store() {
    let home = Home::with_store();
    let config = home.file("c.toml", "[store]\nschema = \"mine.toml\"\n");
    let with = |args: &[&str]| home.run(&[&["--config", &config][..], args].concat());
    home.file("mine.toml", "[dictionaries.level]\nzh = \"等级\"\n");
    assert_eq!(with(&["list", "customer"]).code, 0);
    assert_eq!(with(&["schema", "set", "dictionaries.level", "en=Grade"]).code, 0);
    assert_eq!(with(&["list", "customer"]).err, "");
    home.file("mine.toml", "[dictionaries.level]\nzh = \"级\"\n");
    let ran = with(&["list", "customer"]);
    assert!(ran.code == 0 && ran.err.contains("tcrm schema apply"), "{}", ran.err);
    let text = home.ok(&["schema", "export"]);
    assert!(text.contains("等级") && text.contains("Grade"), "{text}");
    assert_eq!(with(&["schema", "apply"]).code, 0);
    assert!(home.ok(&["schema", "export"]).contains("\"级\""));
    assert_eq!(with(&["list", "customer"]).err, "");
}
