//! What is written to the terminal: sizes, colours, silence.

use super::console::{Console, Home, PROGRAM};

#[test]
fn it_follows_the_size_of_the_terminal() {
    let home = Home::with_store();
    let console = home.start();
    console.resize(39, 9);
    console.sees("At least 40×10");
    console.resize(1, 1);
    console.types("jjjkG");
    console.resize(80, 24);
    console.sees("Customers").sees("C-000").sees("300/300");
    console.resize(140, 40);
    console.sees("Basic");
    console.resize(60, 15);
    console.misses("Basic").sees("300/300");
}

/// The numbers of all colour sequences written.
fn colours(console: &Console) -> Vec<u32> {
    let raw = String::from_utf8_lossy(&console.raw()).into_owned();
    let mut numbers = Vec::new();
    for part in raw.split("\x1b[").skip(1) {
        let end = part.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == ':')).unwrap_or(part.len());
        if part[end..].starts_with('m') {
            numbers.extend(part[..end].split([';', ':']).filter_map(|n| n.parse::<u32>().ok()));
        }
    }
    numbers.retain(|n| (30..=49).contains(n) && *n != 39 && *n != 49 || (90..=107).contains(n));
    numbers
}

#[test]
fn no_color_means_none() {
    let home = Home::with_store();
    let walk = |console: &mut Console| {
        console.types("jj \r").sees("Basic");
        console.types("?").sees("Help");
        console.types("\x1be").sees("Short name");
    };
    let mut console = home.start();
    walk(&mut console);
    assert!(!colours(&console).is_empty());
    let mut console = home.start_with(&[("NO_COLOR", "1")]);
    walk(&mut console);
    assert_eq!(colours(&console), Vec::<u32>::new());
}

#[test]
fn it_is_silent_while_nothing_happens() {
    let home = Home::with_store();
    let console = home.start();
    console.sees("1/300");
    // Another program's work is the clock: first what is still to come may come.
    let other = Home::empty();
    other.ok(&["init", "--demo", "20"]);
    other.ok(&["search", "hx"]);
    let (written, wakes) = (console.raw().len(), console.wakes());
    for _ in 0..10 {
        other.ok(&["list", "customer"]);
    }
    assert_eq!(console.raw().len(), written);
    let woken = console.wakes().zip(wakes).map_or(0, |(after, before)| after - before);
    assert!(woken < 5, "nothing ticks: {woken}");
}

#[test]
fn data_cannot_reach_the_terminal() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=恶意公司"]);
    // Past all rules, as another program could write it.
    let store = rusqlite::Connection::open(home.path("store.db")).unwrap();
    let evil = "恶意\u{1b}]0;pwned\u{7}\u{1b}[2J\u{202e}公司";
    assert_eq!(store.execute("UPDATE customer SET name = ?1 WHERE name = '恶意公司'", [evil]).unwrap(), 1);
    let console = home.start();
    console.sees("恶意");
    let raw = String::from_utf8_lossy(&console.raw()).into_owned();
    assert!(!raw.contains("\x1b]0;pwned") && !raw.contains("\x1b[2J\u{202e}") && !raw.contains('\u{202e}'));
}

#[test]
fn a_store_that_cannot_be_written_is_shown_and_edits_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::with_store();
    let allow = |name: &str, mode| {
        std::fs::set_permissions(home.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow("store.db", 0o444);
    allow("", 0o555);
    // Root may write whatever the permissions say, so it gives its rights up.
    let root = rustix::process::getuid().is_root();
    let command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM];
    let reachable = !root || {
        let mut probe = std::process::Command::new(command[0]);
        probe.args(&command[1..]).arg("--version").output().is_ok_and(|o| o.status.success())
    };
    if reachable {
        let mut console = home.spawn(if root { &command } else { &[PROGRAM] }, &[]);
        console.sees("Customers").sees("C-000");
        console.types("e").sees("open for reading only");
        console.types("\r").sees("Basic").types("d").sees("open for reading only");
        console.types("q");
        assert_eq!(console.end(), 0);
    } else {
        eprintln!("skipped: root can't give its rights up here");
    }
    allow("", 0o755);
    assert!(home.folder().exists());
}
