//! Others at work on the same record, and other records from the same form.

use super::*;
use crate::msg;

fn conflict() -> Result<Saved, Error> {
    Err(Error::Conflict { message: msg!("error-conflict"), theirs: None })
}

fn stored() -> [(&'static str, Value); 3] {
    [("name", text("华信")), ("phone", text("0755-1")), ("city", text("深圳"))]
}

/// Someone else saves version 4 of record 7.
fn other_saves(desk: &mut Desk, values: &[(&str, Value)]) {
    let record = desk.fake.records.get_mut(&7).unwrap();
    record.version = 4;
    record.fields.extend(fields(values));
    desk.fake.saves.push_back(conflict());
}

#[test]
fn changes_of_different_fields_are_merged_without_a_question() {
    let mut desk = Desk::edit("customer", &stored(), |_| {});
    desk.type_text("科技");
    other_saves(&mut desk, &[("city", text("广州"))]);
    desk.press("ctrl-s");
    let saves = desk.saves();
    assert_eq!(saves.len(), 2);
    assert_eq!(saves[1].target, Some((id(7), 4)), "on their version");
    assert_eq!(saves[1].changes, fields(&[("name", text("华信科技"))]), "only mine");
    assert_eq!(desk.depth(), 1);
}

#[test]
fn changes_of_the_same_field_are_asked_about_field_by_field() {
    let mut desk = Desk::edit("customer", &stored(), |_| {});
    desk.type_text("科技").to("Phone").type_text("2");
    other_saves(&mut desk, &[("name", text("华信集团")), ("phone", text("0755-9")), ("city", text("广州"))]);
    desk.press("ctrl-s");
    assert_eq!(desk.depth(), 3);
    for shown in ["华信科技", "华信集团", "0755-12", "0755-9", "taken over: City"] {
        assert!(desk.shows(shown), "{shown}:\n{}", desk.screen(80, 24));
    }
    desk.press("down right enter");
    let saves = desk.saves();
    assert_eq!(saves[1].target, Some((id(7), 4)));
    assert_eq!(saves[1].changes, fields(&[("name", text("华信科技"))]), "my name, their phone and city");
    assert_eq!(desk.depth(), 1);
}

#[test]
fn the_question_can_be_left_without_losing_what_was_typed() {
    let mut desk = Desk::edit("customer", &stored(), |_| {});
    desk.type_text("科技");
    other_saves(&mut desk, &[("name", text("华信集团"))]);
    desk.press("ctrl-s esc");
    assert_eq!(desk.depth(), 2);
    assert!(desk.shows("华信科技") && desk.shows("Someone changed this record"));
    assert_eq!(desk.drafts().len(), 1);
    other_saves(&mut desk, &[]);
    desk.press("ctrl-s").type_text("T").press("enter");
    assert_eq!(desk.saves().len(), 2, "all theirs: there is nothing left to save");
    assert_eq!(desk.depth(), 1);
    assert!(desk.drafts().is_empty());
}

#[test]
fn a_change_underneath_is_told_and_nothing_typed_is_touched() {
    let mut desk = Desk::edit("customer", &stored(), |_| {});
    desk.type_text("科技");
    desk.send(Msg::Changed);
    assert!(!desk.shows("Someone changed"), "another record changed");
    desk.fake.records.get_mut(&7).unwrap().version = 4;
    desk.send(Msg::Changed);
    assert!(desk.shows("Someone changed") && desk.shows("华信科技"));
    desk.fake.records.remove(&7);
    desk.send(Msg::Changed);
    assert!(desk.shows("Someone deleted") && desk.shows("华信科技"));
}

#[test]
fn language_and_size_change_under_an_open_form_without_losing_text() {
    let mut desk = Desk::edit("customer", &stored(), |_| {});
    desk.type_text("科技").to("Employees").type_text("about ten");
    desk.app.shared.lang = Lang::Zh;
    desk.send(Msg::Resize(Size { width: 40, height: 12 }));
    desk.screen(40, 12);
    assert!(desk.shows("员工人数") && desk.shows("about ten") && desk.shows("华信科技"));
}

#[test]
fn the_next_record_of_the_list_opens_in_the_form_and_unsaved_changes_are_asked_about() {
    let mut desk = Desk::edit("customer", &stored(), |_| {});
    let other =
        Record { object: "customer".to_owned(), id: id(8), version: 1, fields: fields(&[("name", text("万科"))]) };
    desk.fake.records.insert(8, other);
    desk.to("Phone").press("f7");
    assert!(desk.shows("华信"), "the list has no next record: the form stays");
    let stepped = |desk: &mut Desk| {
        let key = RecordKey { object: "customer".to_owned(), id: id(8) };
        let mut serial = 2_000_000;
        let mut out = Wishes::default();
        let layer = desk.app.layers.last_mut().unwrap();
        let mut cx = Context { shared: &desk.app.shared, serial: &mut serial, out: &mut out };
        layer.update(crate::tui::layer::Event::Stepped(key), &mut cx);
        desk.carry_out(out.effects);
    };
    stepped(&mut desk);
    assert!(desk.shows("万科"));
    assert!(desk.focused_line().contains("Phone"), "the cursor stays in its field");
    desk.type_text("0755-88881234").press("f8");
    assert_eq!(desk.depth(), 3, "a question");
    desk.press("tab enter");
    assert_eq!(desk.saves().len(), 1, "saved before the step");
}
