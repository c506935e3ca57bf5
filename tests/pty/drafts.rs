//! What was half typed is offered by the next start, however the program ended.

use super::console::{Console, Home};
use rustix::process::Signal;

/// A form for a new customer with a name in it, kept as a draft.
fn half_filled(home: &Home) -> Console {
    let console = home.start();
    console.types("a").sees("New Customer");
    console.types("半途而废公司").sees("半途而废公司").sees("draft kept");
    console
}

fn take_up_and_save(home: &Home) {
    let mut console = home.spawn(&[super::console::PROGRAM], &[]);
    console.sees("Unsaved work").sees("半途而废公司");
    console.types("\r").sees("New Customer").sees("半途而废公司");
    console.types("\x13").sees("Saved").misses("New Customer");
    console.types("q");
    assert_eq!(console.end(), 0);
    assert_eq!(home.show("customer", "半途而废公司")["name"], "半途而废公司");
    let console = home.start();
    console.types("gd").sees("No unfinished drafts");
}

#[test]
fn after_kill_9() {
    let home = Home::with_store();
    half_filled(&home).kill();
    take_up_and_save(&home);
}

#[test]
fn after_the_line_was_dropped() {
    let home = Home::with_store();
    let mut console = half_filled(&home);
    console.signal(Signal::HUP);
    console.end();
    take_up_and_save(&home);
}

#[test]
fn after_the_terminal_was_closed_with_keys_just_typed() {
    let home = Home::with_store();
    let mut console = half_filled(&home);
    console.types("\t\t").signal(Signal::TERM);
    console.end();
    console.assert_restored();
    take_up_and_save(&home);
}

#[test]
fn an_edit_is_taken_up_too_and_the_offer_can_wait() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=珠海蓝鲸仪表", "phone=0756-3331234"]);
    let mut console = home.start();
    console.types("/lanjing\r").sees("1/1");
    console.types("e").sees("Short name");
    console.types("改").sees("珠海蓝鲸仪表改").sees("draft kept");
    console.kill();
    let console = home.spawn(&[super::console::PROGRAM], &[]);
    console.sees("Unsaved work");
    console.types("\x1b").misses("Unsaved work");
    console.types("gd").sees("Unsaved work").types("\r").sees("珠海蓝鲸仪表改");
    console.types("\x13").sees("Saved");
    assert_eq!(home.show("customer", "珠海蓝鲸仪表改")["phone"], "0756-3331234");
}

#[test]
fn another_running_program_keeps_its_draft_to_itself() {
    let home = Home::with_store();
    let _first = half_filled(&home);
    let second = home.start();
    second.types("gd").sees("No unfinished drafts");
    assert!(!second.text().contains("Unsaved work"), "{}", second.text());
}

#[test]
fn a_table_of_lines_is_taken_up_in_the_cell_that_was_half_typed() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=珠海蓝鲸仪表"]);
    let quote = home.ok(&["add", "quote", "customer=珠海蓝鲸仪表", "subject=年度框架"]);
    let of = format!("quote={}", quote.trim());
    home.ok(&["add", "quote_line", &of, "name=培训", "quantity=2", "price=100"]);
    home.ok(&["add", "quote_line", &of, "name=差旅", "quantity=1", "price=10"]);
    let mut console = home.start();
    console.types(":quotes 年度框架\r").sees("1/1").types("\ri").sees("Gross 210.00");
    // The price of the first line, the second one taken out, a new one with its name half typed.
    console.types("llll\r\x151000.5\r").sees("Gross 2,011.00").types("jdd").sees("Gross 2,001.00");
    console.types("o").sees("Ctrl-A new").types("\x1b").misses("Ctrl-A new");
    console.types("\t\r咨询和实").sees("咨询和实").sees("draft kept");
    console.kill();
    assert_eq!(home.count("quote_line", "name:培训 price:100"), 1, "nothing is written yet");

    let mut console = home.spawn(&[super::console::PROGRAM], &[]);
    console.sees("Unsaved work").sees("Quote lines Q-");
    console.types("\r").sees("Gross 2,001.00").sees("咨询和实").misses("差旅");
    console.types("施\t\t\t5\r").sees("Gross 2,006.00");
    console.types("\x13").sees("Saved: Quote lines");
    console.types("q");
    assert_eq!(console.end(), 0);
    for (line, count) in [("培训 price:1000.5", 1), ("差旅", 0), ("咨询和实施 price:5", 1)] {
        assert_eq!(home.count("quote_line", &format!("name:{line}")), count, "{line}");
    }
    let console = home.start();
    console.types("gd").sees("No unfinished drafts");
}
