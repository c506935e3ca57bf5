//! What a server refused, in its form again.

use super::*;
use crate::backend::sync::{Pending, PendingField, PendingKind, PendingState, Settle};
use crate::domain::message::FieldError;
use crate::msg;
use jiff::Timestamp;

fn refused(kind: PendingKind, values: &[(&str, Value)]) -> Pending {
    let field = |(name, value): &(&str, Value)| PendingField {
        field: (*name).to_owned(),
        base: Value::Empty,
        mine: value.clone(),
        theirs: None,
        asked: false,
    };
    let why = FieldError { field: "tax_number".to_owned(), message: msg!("value-not-unique") };
    Pending {
        number: 5,
        at: Timestamp::UNIX_EPOCH,
        kind,
        action: None,
        key: Some(RecordKey { object: "customer".to_owned(), id: id(7) }),
        title: "华信".to_owned(),
        state: PendingState::Rejected,
        fields: values.iter().map(field).collect(),
        problem: Some(Error::Invalid(vec![why])),
    }
}

/// The list of customers, with one that stands there so.
fn with_customer(stored: &[(&str, Value)]) -> Desk {
    let record = Record { object: "customer".to_owned(), id: id(7), version: 3, fields: fields(stored) };
    let list = Goto::List("customer".to_owned(), String::new());
    Desk::start(|fake| drop(fake.records.insert(7, record)), Lang::En, list)
}

fn settled(desk: &Desk) -> Vec<(i64, Settle)> {
    let settled = desk.fake.asked.iter().filter_map(|asked| match asked {
        Request::Settle(number, how) => Some((*number, how.clone())),
        _ => None,
    });
    settled.collect()
}

#[test]
fn a_refused_change_opens_with_my_values_and_the_reason_and_goes_out_again() {
    let mut desk = with_customer(&[("name", text("华信")), ("city", text("深圳"))]);
    let pending = refused(PendingKind::Change, &[("name", text("华信科技")), ("tax_number", text("91"))]);
    desk.open(|cx| FormLayer::amend(&pending, cx).unwrap());
    for shown in ["refused: ", "华信科技", "深圳", "91"] {
        assert!(desk.shows(shown), "{shown}:\n{}", desk.screen(90, 40));
    }
    assert!(desk.focused_line().contains("Tax"), "the cursor is where it was refused: {}", desk.focused_line());
    desk.type_text("44");
    assert!(desk.drafts()[0].contains("\"amends\":5"), "{:?}", desk.drafts());
    // Still wrong: the form stays, and says so.
    let again = FieldError { field: "name".to_owned(), message: msg!("value-required") };
    desk.fake.settles.push_back(Err(Error::Invalid(vec![again])));
    desk.press("ctrl-s");
    assert_eq!(desk.depth(), 2);
    desk.press("ctrl-s");
    let sent = fields(&[("name", text("华信科技")), ("tax_number", text("9144"))]);
    assert_eq!(settled(&desk), [(5, Settle::Amend(sent.clone())), (5, Settle::Amend(sent))]);
    assert!(desk.saves().is_empty(), "nothing is saved beside it");
    assert_eq!((desk.depth(), desk.drafts().len()), (1, 0));
}

#[test]
fn what_is_taken_back_to_the_servers_value_is_not_sent_as_it_was_refused() {
    let mut desk = with_customer(&[("name", text("华信"))]);
    let pending = refused(PendingKind::Change, &[("name", text("华信科技")), ("tax_number", text("91"))]);
    desk.open(|cx| FormLayer::amend(&pending, cx).unwrap());
    desk.press("backspace backspace ctrl-s");
    let sent = fields(&[("name", text("华信科技")), ("tax_number", Value::Empty)]);
    assert_eq!(settled(&desk), [(5, Settle::Amend(sent))]);
}

#[test]
fn a_refused_new_record_is_mended_and_not_made_a_second_time() {
    let mut desk = Desk::start(|_| {}, Lang::Zh, Goto::List("customer".to_owned(), String::new()));
    let pending = refused(PendingKind::Create, &[("name", text("华信科技")), ("tax_number", text("91"))]);
    desk.open(|cx| FormLayer::amend(&pending, cx).unwrap());
    assert!(desk.shows("被拒绝"), "{}", desk.screen(90, 40));
    desk.type_text("44").press("ctrl-s");
    assert!(desk.saves().is_empty());
    let settled = settled(&desk);
    let [(5, Settle::Amend(sent))] = settled.as_slice() else { panic!("{settled:?}") };
    assert_eq!((sent.get("name"), sent.get("tax_number")), (Some(&text("华信科技")), Some(&text("9144"))));
}

#[test]
fn a_refused_deletion_has_no_form() {
    let mut desk = Desk::start(|_| {}, Lang::En, Goto::List("customer".to_owned(), String::new()));
    desk.open(|cx| {
        assert!(FormLayer::amend(&refused(PendingKind::Delete, &[]), cx).is_none());
        FormLayer::add("customer", Fields::new(), cx)
    });
}

#[test]
fn refreshing_without_the_server_asks_whether_it_is_there() {
    use crate::backend::sync::{Link, SyncState};
    for (link, asks) in [(Link::Offline, true), (Link::Online, false)] {
        let mut desk = Desk::start(|_| {}, Lang::En, Goto::List("customer".to_owned(), String::new()));
        desk.app.shared.sync = Some(SyncState { link, ..SyncState::default() });
        desk.press("R");
        assert_eq!(desk.fake.asked.iter().any(|asked| matches!(asked, Request::Sync)), asks, "{link:?}");
    }
}

#[test]
fn what_is_counted_without_the_server_says_that_it_counts_what_is_here() {
    use crate::backend::sync::{Link, SyncState};
    for (link, lang, shown) in [
        (Some(Link::Offline), Lang::En, "3 (here)"),
        (Some(Link::Offline), Lang::Zh, "3（本机）"),
        (Some(Link::Online), Lang::En, "3"),
        (None, Lang::En, "3"),
    ] {
        let mut shared = shared(lang);
        shared.sync = link.map(|link| SyncState { link, ..SyncState::default() });
        let items = shared.object("price_list").unwrap().field("items").unwrap().kind.clone();
        let name = shared.object("price_list").unwrap().field("name").unwrap().kind.clone();
        assert_eq!(shared.format(&items, &Value::Integer(3), &Titles::new()), shown);
        assert_eq!(shared.format(&items, &Value::Empty, &Titles::new()), "");
        assert_eq!(shared.format(&name, &text("3"), &Titles::new()), "3", "what isn't counted is as it is");
    }
}
