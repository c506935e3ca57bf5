//! The first start, and what is to be told before there is a screen.

use super::console::{Home, PROGRAM};

#[test]
fn a_first_import_tells_what_it_left_out_before_the_interface_covers_it() {
    let home = Home::empty();
    let csv = home.path("a.csv");
    std::fs::write(&csv, "name,level,shoe size\nHuaxin,A,42\nBlue Whale,Z,43\n").unwrap();
    let console = home.spawn(&[PROGRAM], &[]);
    console
        .sees("import a file")
        .types("3\r")
        .sees("The file's name")
        .types(&format!("{}\r", home.path("nothing.csv").display()));
    // What can't be read is asked for again, and makes no store.
    console.sees("no such file");
    assert!(!home.path("store.db").exists());
    // Back to the choice, and to the file again.
    console.types("\r").types("9\r").sees("no choice “9”");
    console.types("３\r");
    console.types(&format!("{}\r", csv.display()));
    console.sees("shoe size").sees("line 3: Level").sees("1 refused").sees("Enter opens");
    console.types("\r").sees("Customers").sees("Huaxin");
    console.types("q");
}

#[test]
fn a_schema_that_waits_for_a_yes_is_told_on_the_screen() {
    let home = Home::empty();
    home.ok(&["init"]);
    let file = |name: &str, kind: &str| {
        let path = home.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!("[objects.customer.fields]\nshoe = {{ zh = \"鞋码\", en = \"Shoe\", type = \"{kind}\" }}\n");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    home.ok(&["schema", "apply", &file("first.toml", "text")]);
    home.ok(&["add", "customer", "name=Huaxin", "shoe=large"]);
    file("config/tcrm/schema.toml", "integer");
    let console = home.start();
    console.sees("1 change of your schema could lose data").types("q");
}

#[test]
fn sample_data_says_as_whom_it_is_seen() {
    let home = Home::empty();
    let console = home.spawn(&[PROGRAM], &[]);
    console.sees("then Enter").types("2\r").sees("Customers").sees("--as zhangsan").types("q");
    let mut console = home.spawn(&[PROGRAM], &[]);
    console.sees("Customers").types("q");
    assert_eq!(console.end(), 0);
}

#[test]
fn enter_alone_leaves_and_makes_nothing() {
    let home = Home::empty();
    let mut console = home.spawn(&[PROGRAM], &[]);
    console.sees("then Enter").types("\r");
    assert_eq!(console.end(), 0);
    assert!(!home.path("store.db").exists());
}
