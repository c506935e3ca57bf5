//! How it ends: the terminal is given back, and errors are told in the shell.

use super::console::{Home, PROGRAM};
use rustix::process::Signal;

#[test]
fn quitting_gives_the_terminal_back() {
    for keys in ["q", "\x03", ":q\r"] {
        let home = Home::with_store();
        let mut console = home.start();
        console.types(keys);
        assert_eq!(console.end(), 0, "{keys:?}");
        console.assert_restored();
    }
}

#[test]
fn signals_give_the_terminal_back() {
    for signal in [Signal::TERM, Signal::INT, Signal::QUIT, Signal::HUP] {
        let home = Home::with_store();
        let mut console = home.start();
        console.types("gm").sees("Mouse off").types("gm").sees("Mouse on");
        console.signal(signal);
        console.end();
        console.assert_restored();
    }
}

#[test]
fn ctrl_z_gives_the_shell_back_and_fg_the_screen() {
    let home = Home::with_store();
    let mut console = home.spawn(&["sh", "-i"], &[("PS1", "$ ")]);
    console.sees("$ ");
    console.types(&format!("{PROGRAM}\n")).sees("Customers").sees("C-000");
    console.types("\x1a").sees("$ ").misses("C-000");
    console.types("echo at the shell\n").sees("at the shell");
    console.types("fg\n").sees("Customers").sees("C-000").misses("at the shell");
    console.types("q").misses("C-000").types("exit\n");
    console.end();
}

#[test]
fn a_file_that_is_no_store_is_told_and_nothing_is_drawn() {
    let home = Home::empty();
    std::fs::write(home.path("store.db"), "name;phone\n".repeat(1_000)).unwrap();
    let before = std::fs::read(home.path("store.db")).unwrap();
    let mut console = home.spawn(&[PROGRAM], &[]);
    assert_eq!(console.end(), 3);
    assert!(console.text().contains("store.db"), "{}", console.text());
    assert!(!String::from_utf8_lossy(&console.raw()).contains("\x1b["), "nothing but text");
    assert_eq!(std::fs::read(home.path("store.db")).unwrap(), before);
}

#[test]
fn a_wrong_configuration_is_told_with_its_line() {
    let home = Home::with_store();
    std::fs::write(home.path("bad.toml"), "[keys]\n\"record.edlt\" = \"e\"\n").unwrap();
    let config = home.path("bad.toml").display().to_string();
    let mut console = home.spawn(&[PROGRAM, "--config", &config], &[]);
    assert_eq!(console.end(), 3);
    assert!(console.text().contains("bad.toml:2"), "{}", console.text());
    assert!(console.text().contains("record.edit"), "{}", console.text());
}

#[test]
fn the_first_start_asks_how_to_begin() {
    let home = Home::empty();
    let console = home.spawn(&[PROGRAM], &[]);
    console.sees("store.db").sees("1");
    console.types("1\n").sees("Nothing here yet").types("a").sees("New Customer");
    console.types("第一位客户\x13").sees("Saved").sees("C-000001");
}
