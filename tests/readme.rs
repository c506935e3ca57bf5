//! The README tells the truth: its key table is that of the program, its commands do what it says.
//!
//! `UPDATE_README=1 cargo test --test readme` writes the key table anew.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use tcrm::domain::lang::Lang;
use tcrm::i18n;
use tcrm::tui::action::{CATALOGUE, Scope};
use tcrm::tui::keymap::Keymap;

const BEGIN: &str = "<!-- keys: made from the program -->\n";
const END: &str = "<!-- end of keys -->";

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

fn key_table() -> String {
    let keymap = Keymap::new([]).unwrap();
    let mut table = String::new();
    for scope in Scope::ALL {
        let entries = CATALOGUE.iter().filter(|e| e.scope == scope && !e.name.starts_with("list.view-"));
        let heading = format!("{} · {}", i18n::text(Lang::En, scope.key()), i18n::text(Lang::Zh, scope.key()));
        write!(table, "\n| {heading} | | | name |\n|---|---|---|---|\n").unwrap();
        for entry in entries {
            let keys: Vec<String> =
                keymap.keys(entry.action).iter().map(|k| format!("`{}`", k.replace('|', "\\|"))).collect();
            let text = |lang| i18n::text(lang, &entry.action.text_key());
            writeln!(table, "| {} | {} | {} | `{}` |", keys.join(" "), text(Lang::En), text(Lang::Zh), entry.name)
                .unwrap();
        }
    }
    table
}

#[test]
fn the_key_table_is_that_of_the_program() {
    let text = readme();
    let start = text.find(BEGIN).unwrap() + BEGIN.len();
    let end = text.find(END).unwrap();
    let table = format!("{}\n", key_table());
    if std::env::var_os("UPDATE_README").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        std::fs::write(path, format!("{}{table}{}", &text[..start], &text[end..])).unwrap();
        return;
    }
    assert!(text[start..end] == table, "the key table is stale: UPDATE_README=1 cargo test --test readme");
}

/// The README's block of commands, comments and all: a shell reads it as it stands.
fn tour(text: &str) -> String {
    text.split("```sh tour\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_schema_of_the_readme_is_right() {
    let text = readme();
    let schema = text.split("```toml schema\n").nth(1).unwrap().split("```").next().unwrap();
    let schema = tcrm::schema::load(&[tcrm::schema::Source { name: "README.md", text: schema }]).unwrap();
    assert!(schema.object("customer").unwrap().field("wechat").unwrap().search);
}

#[cfg(unix)]
#[test]
fn every_command_of_the_tour_works_in_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path();
    let bin = home.join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tcrm"), bin.join("tcrm")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let tour = tour(&readme());
    assert!(tour.matches("\ntcrm ").count() > 10, "the tour is there");
    let output = Command::new("sh")
        .args(["-e", "-x", "-c", &tour])
        .current_dir(home)
        .env("PATH", path)
        .env("HOME", home)
        .env("USER", "me")
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_DATA_HOME", home)
        .env("XDG_STATE_HOME", home)
        .env_remove("TCRM_STORE")
        .env_remove("TCRM_CONFIG")
        .env_remove("TCRM_PROFILE")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let found = String::from_utf8_lossy(&output.stdout);
    assert!(found.matches("华信科技有限公司").count() >= 4, "search, list, show and history name it: {found}");
}
