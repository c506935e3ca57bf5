//! What falls due while the program is open: the terminal's bell and notices outside the program.

use super::console::{Console, Home};

/// The same store with what `[reminders]` says.
fn home(reminders: &str) -> Home {
    let home = Home::with_store();
    std::fs::create_dir_all(home.path("config/tcrm")).unwrap();
    std::fs::write(home.path("config/tcrm/config.toml"), format!("[reminders]\n{reminders}\n")).unwrap();
    home
}

/// Something falls due for the user of the console, by another process.
fn falls_due(home: &Home, console: &Console) {
    home.ok(&["--as", "zhangsan", "add", "reminder", "text=给王总回电; 今天", "due=now", "owner=zhangsan"]);
    console.sees("Due: Reminder: 给王总回电; 今天");
}

/// How often the bell rings in what was written, beside the ends of sequences.
fn bells(raw: &[u8]) -> usize {
    let text = String::from_utf8_lossy(raw);
    let mut rest: &str = &text;
    let mut plain = String::new();
    while let Some((before, sequence)) = rest.split_once("\x1b]") {
        plain.push_str(before);
        let end = sequence.find(['\x07', '\x1b']).map_or(sequence.len(), |at| at + 1);
        rest = &sequence[end..];
    }
    plain.push_str(rest);
    plain.matches('\x07').count()
}

#[test]
fn the_bell_rings_when_something_falls_due() {
    for (setting, rings) in [("bell = true", true), ("bell = false", false)] {
        let home = home(setting);
        let console = home.start_as("zhangsan");
        // The number of what is due is there: what falls due from now on is news.
        console.sees("99+");
        assert_eq!(bells(&console.raw()), 0, "what was due at the start is no news");
        falls_due(&home, &console);
        assert_eq!(bells(&console.raw()), usize::from(rings), "{setting}");
    }
}

#[test]
fn a_notice_on_the_desktop_is_one_sequence_by_the_terminals_own_way() {
    let text = "Reminder: 给王总回电, 今天";
    for (notice, env, expected) in [
        ("osc9", None, format!("\x1b]9;{text}\x07")),
        ("osc777", None, format!("\x1b]777;notify;tcrm;{text}\x07")),
        ("osc9", Some(("TMUX", "/tmp/tmux-0/default,1,0")), format!("\x1bPtmux;\x1b\x1b]9;{text}\x07\x1b\\")),
    ] {
        let home = home(&format!("notice = \"{notice}\""));
        let env: Vec<_> = env.into_iter().collect();
        let console = home.spawn(&[super::console::PROGRAM, "--as", "zhangsan"], &env);
        console.sees("Customers").sees("C-000").sees("99+");
        falls_due(&home, &console);
        let raw = String::from_utf8_lossy(&console.raw()).into_owned();
        assert_eq!(raw.matches(&expected).count(), 1, "{notice}: {raw:?}");
        assert_eq!(bells(&console.raw()), 0, "{notice}");
    }
}

#[test]
fn a_command_shows_the_notice_and_one_that_is_missing_is_told() {
    let home = home("notice = \"command\"\ncommand = \"sh notify.sh told\"");
    std::fs::write(home.path("notify.sh"), "printf '%s|%s' \"$1\" \"$2\" > told.part && mv told.part told.txt")
        .unwrap();
    let console = home.start_as("zhangsan");
    console.sees("99+");
    falls_due(&home, &console);
    home.waits_for("told.txt");
    assert_eq!(std::fs::read_to_string(home.path("told.txt")).unwrap(), "told|Reminder: 给王总回电; 今天");
    let home = self::home("notice = \"command\"\ncommand = \"no-such-program\"");
    let console = home.start_as("zhangsan");
    console.sees("99+");
    home.ok(&["--as", "zhangsan", "add", "reminder", "text=回电", "due=now", "owner=zhangsan"]);
    console.sees("no-such-program");
}
