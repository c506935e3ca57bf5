//! Signing in at the terminal: the password is asked for, and not shown.

use super::console::{Home, PROGRAM};

#[test]
fn a_password_is_set_and_asked_for_without_being_shown() {
    let home = Home::empty();
    home.ok(&["--as", "boss", "init"]);
    let secret = "k7-vogel-9";
    let mut console = home.spawn(&[PROGRAM, "--as", "boss", "passwd"], &[]);
    console.sees("New password:").types(&format!("{secret}x\x7f\r"));
    console.sees("Once more:").types(&format!("{secret}\r"));
    assert_eq!(console.end(), 0, "{}", console.text());
    assert!(!console.text().contains("vogel"), "{}", console.text());
    home.ok(&["--as", "boss", "passwd", "--demand", "on"]);
}

#[test]
fn a_store_that_demands_passwords_opens_with_the_right_one_and_not_without() {
    let home = Home::empty();
    home.ok(&["--as", "boss", "init"]);
    let secret = "k7-vogel-9";
    let mut set = home.spawn(&[PROGRAM, "--as", "boss", "passwd"], &[]);
    set.sees("New password:").types(&format!("{secret}\r")).sees("Once more:").types(&format!("{secret}\r"));
    assert_eq!(set.end(), 0);
    let mut demand = home.spawn(&[PROGRAM, "--as", "boss", "passwd", "--demand", "on"], &[]);
    assert_eq!(demand.end(), 0);

    let mut console = home.spawn(&[PROGRAM, "--as", "boss"], &[]);
    console.sees("Password of boss:").types("wrong\r").sees("The password is wrong.");
    console.sees("Password:").types(&format!("{secret}\r")).sees("Customers");
    console.types("9").sees("Organisation").types("q");
    assert_eq!(console.end(), 0);
    assert!(!String::from_utf8_lossy(&console.raw()).contains("vogel"));

    let mut given_up = home.spawn(&[PROGRAM, "--as", "boss", "user"], &[]);
    given_up.sees("Password of boss:").types("\x03");
    assert_ne!(given_up.end(), 0);
    let mut list = home.spawn(&[PROGRAM, "--as", "boss", "user"], &[]);
    list.sees("Password of boss:").types(&format!("{secret}\r")).sees("boss");
    assert_eq!(list.end(), 0);
}
