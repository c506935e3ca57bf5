//! A salesperson's work, from the first screen to the record on disk.

use super::console::{Home, NAME};

/// Adds a customer that no other resembles.
fn with_customer() -> Home {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=珠海蓝鲸仪表", "phone=0756-3331234"]);
    home
}

#[test]
fn a_customer_is_found_by_pinyin_and_opened() {
    let home = Home::with_store();
    let console = home.start();
    console.sees("/300");
    console.types("g/").sees("Type a name");
    console.types("huaxin").sees(NAME);
    console.types("\r").sees("Basic").sees("C-000001");
    console.types("\x1b").misses("Basic").sees("Customers");
}

#[test]
fn the_list_is_filtered_while_typing_and_esc_brings_all_back() {
    let home = with_customer();
    let console = home.start();
    console.types("/lj").sees("/1").sees("珠海蓝鲸仪表");
    console.types("yb").sees("/ ljyb").sees("珠海蓝鲸仪表");
    console.types("\x1b").misses("/ ljyb").sees("/301");
}

#[test]
fn an_edit_is_in_the_list_and_on_disk() {
    let home = with_customer();
    let console = home.start();
    console.types("/lanjing\r").sees("1/1");
    console.types("e").sees("Ctrl-S".to_lowercase().as_str());
    console.types("公司").sees("珠海蓝鲸仪表公司");
    console.types("\x13").sees("Saved");
    console.sees("珠海蓝鲸仪表公司");
    assert_eq!(home.show("customer", "珠海蓝鲸仪表公司")["phone"], "0756-3331234");
}

#[test]
fn a_customer_is_added_with_the_form() {
    let home = Home::with_store();
    let console = home.start();
    console.types("a").sees("New Customer");
    console.types("\x13").sees("1 error");
    console.types("阿尔法测试厂").sees("阿尔法测试厂");
    console.types("\x13").sees("Saved").misses("New Customer").sees("阿尔法测试厂");
    assert_eq!(home.show("customer", "阿尔法测试厂")["code"], "C-000301");
}

#[test]
fn a_call_is_logged_in_one_line_with_its_next_step() {
    let home = with_customer();
    let console = home.start_as("zhangsan");
    console.types("/lanjing\r").sees("1/1");
    console.types("c").sees("kind person");
    console.types("call 王总: 要样品; tomorrow 寄样品").sees("Task: 寄样品");
    console.types("\r").sees("Logged with next step");
    assert_eq!(home.count("activity", "要样品"), 1);
    assert_eq!(home.count("task", "寄样品"), 1);
}

#[test]
fn a_deletion_asks_and_is_taken_back() {
    let home = with_customer();
    let console = home.start();
    console.types("/lanjing\r").sees("1/1");
    console.types("d").sees("Delete Customer “珠海蓝鲸仪表");
    console.types("\r").misses("Delete Customer “珠海蓝鲸仪表");
    assert_eq!(home.count("customer", "lanjing"), 1, "the question starts on Cancel");
    console.types("d").sees("Delete Customer “珠海蓝鲸仪表");
    console.types("y").sees("u brings it back").sees("Nothing matches");
    assert_eq!(home.count("customer", "lanjing"), 0);
    console.types("u").sees("Undone").sees("珠海蓝鲸仪表");
    assert_eq!(home.count("customer", "lanjing"), 1);
}

#[test]
fn a_field_and_a_whole_record_go_through_the_editor() {
    let home = with_customer();
    let editor = home.editor("printf 'in the editor\\n'\nsed -i.bak 's/蓝鲸/白鲸/' \"$1\" && rm -f \"$1.bak\"\n");
    let mut console = home.start_with(&[("EDITOR", &editor)]);
    console.types("/lanjing\r").sees("1/1");
    console.types("e").sees("Short name");
    console.types("\x05").sees("珠海白鲸仪表");
    assert!(String::from_utf8_lossy(&console.raw()).contains("\x1b[?1049l"), "the editor has the screen");
    console.types("\x13").sees("Saved").sees("Nothing matches");
    console.types("\x1b").sees("/301").types("/baijing\r").sees("1/1");
    home.editor("sed -i.bak 's/白鲸/灰鲸/' \"$1\" && rm -f \"$1.bak\"\n");
    console.types("E").sees("Saved: 珠海灰鲸仪表");
    assert_eq!(home.show("customer", "珠海灰鲸仪表")["phone"], "0756-3331234");
    console.types("q");
    assert_eq!(console.end(), 0);
    console.assert_restored();
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let home = with_customer();
    let console = home.start_with(&[("EDITOR", "false")]);
    console.types("/lanjing\r").sees("1/1");
    console.types("E").sees("The editor “false” failed");
    console.types("e").sees("Short name");
    console.types("\x05").sees("as it was").types("\x1b").sees("珠海蓝鲸仪表");
    assert_eq!(home.count("customer", "lanjing"), 1);
}

#[test]
fn what_one_changes_another_sees_without_a_key() {
    let home = with_customer();
    let (one, other) = (home.start(), home.start());
    one.types("/lanjing\r").sees("1/1");
    other.types("/lanjing\r").sees("1/1");
    one.types("e").sees("Short name");
    one.types("总厂").sees("珠海蓝鲸仪表总厂").types("\x13").sees("Saved");
    other.sees("珠海蓝鲸仪表总厂");
    home.ok(&["set", "customer", "珠海蓝鲸仪表总厂", "name=珠海蓝鲸仪表分厂"]);
    one.sees("珠海蓝鲸仪表分厂");
    other.sees("珠海蓝鲸仪表分厂");
}
