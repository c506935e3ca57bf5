//! Filling a form: checks while typing, choosing, saving, leaving.

use super::*;
use crate::contract::request::{Duplicate, FieldState};
use crate::domain::message::{FieldError, Message};
use crate::msg;

fn error(field: &str, message: &str) -> FieldError {
    FieldError { field: field.to_owned(), message: Message::literal(message) }
}

/// A check that knows the built-in states and adds something of its own.
fn check(f: impl Fn(&CheckRequest, &mut CheckAnswer) + 'static) -> Box<dyn Fn(&CheckRequest) -> CheckAnswer> {
    let schema = schema();
    Box::new(move |request| {
        let mut answer = CheckAnswer { states: states(&schema, &request.object), ..CheckAnswer::default() };
        f(request, &mut answer);
        answer
    })
}

#[test]
fn a_new_customer_is_typed_and_saved_without_its_number_preview() {
    let mut desk = Desk::add("customer", |b| {
        b.prepared = fields(&[("code", text("C-000012")), ("status", Value::Choice("prospective".to_owned()))]);
    });
    assert!(desk.shows("C-000012"), "{}", desk.screen(80, 24));
    desk.type_text("华信科技").press("tab").type_text("华信").press("ctrl-s");
    let saves = desk.saves();
    assert_eq!(saves.len(), 1);
    assert_eq!(saves[0].target, None);
    let expected = fields(&[
        ("name", text("华信科技")),
        ("short_name", text("华信")),
        ("status", Value::Choice("prospective".to_owned())),
    ]);
    assert_eq!(saves[0].changes, expected);
    assert!(desk.effects.contains(&Effect::Quit), "the only layer closed");
    assert!(desk.drafts().is_empty());
}

#[test]
fn only_changed_fields_of_a_stored_record_are_saved_on_its_version() {
    let stored = [("name", text("华信")), ("phone", text("0755-1")), ("level", Value::Choice("a".to_owned()))];
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.to("Phone").press("ctrl-u").type_text("0755-2").to("Level").press("delete").press("ctrl-s");
    let expected = fields(&[("phone", text("0755-2")), ("level", Value::Empty)]);
    assert_eq!(
        desk.saves(),
        [SaveRequest { object: "customer".to_owned(), target: Some((id(7), 3)), changes: expected }]
    );
    assert_eq!(desk.depth(), 1, "back on the list");
}

#[test]
fn nothing_is_sent_when_nothing_changed() {
    let mut desk = Desk::edit("customer", &[("name", text("华信"))], |_| {});
    desk.type_text("x").press("backspace").press("ctrl-s");
    assert_eq!(desk.saves(), []);
    assert_eq!(desk.depth(), 1);
    assert!(desk.drafts().is_empty(), "a draft that came to nothing is removed");
}

#[test]
fn wrong_text_is_told_at_once_and_keeps_the_form_from_saving() {
    let mut desk = Desk::add("customer", |_| {});
    desk.type_text("华信").to("E-mail").type_text("not a mail");
    let told = desk.screen(90, 60).lines().filter(|l| l.contains('✗')).count();
    assert_eq!(told, 1, "{}", desk.screen(90, 60));
    desk.to("Employees").type_text("many").press("shift-tab ctrl-s");
    assert_eq!(desk.saves(), []);
    assert!(desk.notice().starts_with("2 errors: "), "{}", desk.notice());
    assert!(desk.focused_line().contains("Employees"), "the first of them: {}", desk.focused_line());
    desk.press("f6");
    assert!(desk.focused_line().contains("E-mail"));
    desk.press("f6");
    assert!(desk.focused_line().contains("Employees"), "around to the first");
}

#[test]
fn errors_of_the_rules_show_under_touched_fields_while_typing_and_under_all_on_save() {
    let mut desk = Desk::add("customer", |b| {
        b.check = check(|request, answer| {
            if !request.fields.contains_key("name") {
                answer.errors.push(error("name", "a name is needed"));
            }
            answer.errors.push(error("tax_number", "taken by Acme"));
        });
        b.saves.push_back(Err(Error::Invalid(vec![error("name", "a name is needed"), error("", "a rule over all")])));
    });
    desk.to("Tax number");
    assert!(!desk.shows("taken by Acme"));
    desk.type_text("9144");
    assert!(desk.shows("taken by Acme"));
    assert!(!desk.shows("a name is needed"), "not touched, not told");
    desk.press("ctrl-s");
    assert!(desk.shows("a name is needed") && desk.shows("a rule over all"));
    assert!(desk.focused_line().contains("Name"));
    assert!(desk.notice().starts_with("2 errors: "), "{}", desk.notice());
    assert_eq!(desk.depth(), 1, "the form stays");
}

#[test]
fn fields_appear_disappear_and_close_as_the_rules_say() {
    let mut desk = Desk::add("customer", |b| {
        b.check = check(|request, answer| {
            let named = request.fields.contains_key("name");
            answer.states.insert("city".to_owned(), FieldState { visible: named, required: named, read_only: false });
            answer
                .states
                .insert("short_name".to_owned(), FieldState { visible: true, required: false, read_only: named });
        });
    });
    assert!(!desk.shows("City"));
    desk.type_text("A");
    assert!(desk.shows("* City"), "{}", desk.screen(90, 60));
    desk.press("tab");
    assert!(!desk.focused_line().contains("Short name"), "a read-only field is passed over");
}

#[test]
fn an_emptied_field_is_told_to_the_rules_as_empty() {
    let mut desk = Desk::edit("customer", &[("name", text("华信")), ("phone", text("0755-88881234"))], |_| {});
    desk.to("Phone").press("ctrl-u");
    let last = desk.fake.asked.iter().rev().find_map(|r| match r {
        Request::Check(check) => Some(check.fields.clone()),
        _ => None,
    });
    assert_eq!(last.unwrap().get("phone"), Some(&Value::Empty));
}

#[test]
fn a_formula_is_shown_live_and_never_entered() {
    let mut desk = Desk::add("opportunity", |b| {
        b.check = check(|request, answer| {
            let length = request.fields.get("name").and_then(Value::as_str).map_or(0, str::len);
            let weighted = Value::Decimal(rust_decimal::Decimal::from(length * 111));
            answer.computed.insert("weighted".to_owned(), weighted);
        });
    });
    desk.to("Name").type_text("abc");
    let line = |desk: &Desk| desk.screen(90, 60).lines().find(|l| l.contains("Weighted amount")).map(str::to_owned);
    assert!(line(&desk).unwrap().contains("333"), "{:?}", line(&desk));
    for _ in 0..60 {
        desk.press("tab");
        assert!(!desk.focused_line().contains("Weighted amount"));
    }
}

#[test]
fn typing_in_a_choice_opens_the_picker_and_enter_takes_what_was_found() {
    let mut desk = Desk::add("customer", |_| {});
    desk.to("Type").type_text("jxs");
    assert_eq!(desk.depth(), 2);
    desk.press("enter");
    assert_eq!(desk.depth(), 1);
    assert!(desk.shows("Distributor"));
    assert!(desk.focused_line().contains("Status"), "on to the next field: {}", desk.focused_line());
    desk.press("enter esc");
    assert!(desk.focused_line().contains("Status"), "Esc changes nothing");
}

#[test]
fn several_choices_are_ticked() {
    let mut desk = Desk::add("customer", |_| {});
    desk.to("Way of communication").press("enter space down down space enter ctrl-s");
    let schema = schema();
    let items = &schema.dictionary("communication").unwrap().items;
    let expected = Value::Choices(vec![items[0].key.clone(), items[2].key.clone()]);
    assert_eq!(desk.saves()[0].changes.get("communication"), Some(&expected));
}

#[test]
fn a_date_is_chosen_from_a_calendar_by_vi_keys() {
    let mut desk = Desk::add("customer", |_| {});
    desk.to("Next contact").press("enter");
    assert!(desk.shows("2026-11"), "{}", desk.screen(80, 24));
    // Sunday the 22nd: a week on, a day back, a month on.
    desk.type_text("jh]").press("enter ctrl-s");
    let expected = Value::Date("2026-12-28".parse().unwrap());
    assert_eq!(desk.saves()[0].changes.get("next_contact"), Some(&expected));
}

fn hit(number: i64, title: &str) -> Hit {
    Hit {
        key: RecordKey { object: "customer".to_owned(), id: id(number) },
        title: title.to_owned(),
        code: format!("C-{number:06}"),
        detail: "广东/深圳".to_owned(),
        title_matches: std::iter::once(0..6).collect(),
        other_match: None,
    }
}

#[test]
fn a_reference_is_searched_as_one_types_among_its_object_alone() {
    let mut desk = Desk::add("contact", |b| b.hits = vec![hit(12, "华信科技"), hit(13, "华信电子")]);
    desk.to("Customer").type_text("华信");
    let searches = desk.fake.asked.iter().filter_map(|r| match r {
        Request::Search(s) => Some((s.text.as_str(), s.objects.clone())),
        _ => None,
    });
    assert_eq!(
        searches.collect::<Vec<_>>(),
        [("华", vec!["customer".to_owned()]), ("华信", vec!["customer".to_owned()])]
    );
    assert!(desk.shows("C-000013") && desk.shows("create new \"华信\""), "{}", desk.screen(80, 24));
    desk.press("down enter");
    assert!(desk.shows("华信电子"));
    desk.press("ctrl-s");
    assert_eq!(desk.saves()[0].changes.get("customer"), Some(&Value::Ref(id(13))));
}

#[test]
fn a_record_that_is_missing_is_made_on_the_way_with_its_title_typed_already() {
    let mut desk = Desk::add("contact", |_| {});
    desk.type_text("王芳").to("Customer").type_text("新客户").press("enter");
    assert_eq!(desk.depth(), 2, "a form above the form");
    assert!(desk.shows("New Customer") && desk.shows("新客户"));
    desk.press("ctrl-s");
    assert_eq!(desk.depth(), 1);
    assert!(desk.shows("新客户"), "{}", desk.screen(80, 24));
    desk.press("ctrl-s");
    let saves = desk.saves();
    assert_eq!(saves[0].changes, fields(&[("name", text("新客户"))]));
    assert_eq!(saves[1].changes, fields(&[("name", text("王芳")), ("customer", Value::Ref(id(900)))]));
}

#[test]
fn similar_records_are_told_while_typing_and_one_key_away() {
    let mut desk = Desk::add("customer", |b| {
        b.check = check(|request, answer| {
            if request.duplicates {
                let key = RecordKey { object: "customer".to_owned(), id: id(12) };
                let fields = vec!["name".to_owned()];
                answer.duplicates.push(Duplicate { key, title: "华信科技".to_owned(), fields });
            }
        });
    });
    assert!(!desk.shows("similar"));
    desk.type_text("华信");
    assert!(desk.shows("similar: 华信科技 … f9 to look") || desk.shows("similar: 华信科技 … F9 to look"));
    desk.press("f9");
    assert_eq!(desk.depth(), 2, "the record above the form");
}

#[test]
fn esc_closes_an_untouched_form_and_asks_about_a_touched_one() {
    let mut desk = Desk::edit("customer", &[("name", text("华信"))], |_| {});
    desk.press("esc");
    assert_eq!(desk.depth(), 1);

    let mut desk = Desk::edit("customer", &[("name", text("华信"))], |_| {});
    desk.type_text("x").press("esc");
    assert_eq!(desk.depth(), 3, "a question");
    desk.press("enter");
    assert_eq!(desk.depth(), 2, "it starts on keeping on");
    assert!(desk.shows("华信x"));
    desk.press("esc shift-tab enter");
    assert_eq!(desk.depth(), 1, "discarded");
    assert_eq!(desk.saves(), []);
    assert!(desk.drafts().is_empty());

    let mut desk = Desk::edit("customer", &[("name", text("华信"))], |_| {});
    desk.type_text("x").press("esc tab enter");
    assert_eq!(desk.saves().len(), 1, "saved");
    assert_eq!(desk.depth(), 1);
}

#[test]
fn a_failed_save_keeps_the_form_and_says_why() {
    let mut desk = Desk::add("customer", |b| b.saves.push_back(Err(Error::Other(msg!("store-read-only")))));
    desk.type_text("华信").press("ctrl-s");
    assert_eq!(desk.depth(), 1);
    assert!(desk.shows("华信") && !desk.notice().is_empty());
    desk.press("esc").press("ctrl-s");
    assert_eq!(desk.saves().len(), 2);
}

#[test]
fn the_external_editor_gets_the_text_and_brings_it_back() {
    let mut desk = Desk::edit("customer", &[("name", text("华信")), ("remark", text("一\n二"))], |_| {});
    desk.to("Remark").press("ctrl-e");
    assert!(desk.effects.contains(&Effect::Edit { text: "一\n二".to_owned(), extension: "txt" }));
    desk.send(Msg::Edited(Some("一\n二\n三\n".to_owned())));
    desk.press("ctrl-s");
    assert_eq!(desk.saves()[0].changes, fields(&[("remark", text("一\n二\n三"))]));
}

#[test]
fn a_pasted_block_of_labelled_lines_fills_fields() {
    let mut desk = Desk::add("customer", |_| {});
    desk.send(Msg::Paste("客户名称：华信科技\nPhone: 0755-88881234\n级别: A\n".to_owned()));
    desk.press("ctrl-s");
    let saves = desk.saves();
    assert_eq!(saves[0].changes.get("name"), Some(&text("华信科技")));
    assert_eq!(saves[0].changes.get("phone"), Some(&text("0755-88881234")));
    assert!(matches!(saves[0].changes.get("level"), Some(Value::Choice(_))), "{:?}", saves[0].changes);
}

#[test]
fn keys_move_between_fields_and_no_printable_key_is_stolen() {
    let mut desk = Desk::add("customer", |_| {});
    assert!(desk.focused_line().contains("Name"), "the code comes by itself: {}", desk.focused_line());
    desk.type_text("quit: j/k? 9");
    assert!(desk.focused_line().contains("quit: j/k? 9"));
    for (keys, label) in [("down", "Short name"), ("enter", "Mnemonic"), ("up", "Short name"), ("shift-tab", "Name")] {
        desk.press(keys);
        assert!(desk.focused_line().contains(label), "{keys}: {}", desk.focused_line());
    }
    desk.press("pagedown");
    assert!(desk.focused_line().contains("Phone"), "{}", desk.focused_line());
    desk.press("pageup");
    assert!(desk.focused_line().contains("Code") || desk.focused_line().contains("Name"));
}

#[test]
fn arrows_leave_lines_only_at_their_edges() {
    let mut desk = Desk::edit("customer", &[("name", text("华信")), ("remark", text("一\n二"))], |_| {});
    desk.to("Remark").press("up");
    desk.type_text("x").press("up up");
    assert!(!desk.focused_line().contains("x"), "out at the top: {}", desk.focused_line());
    desk.press("ctrl-s");
    assert_eq!(desk.saves()[0].changes, fields(&[("remark", text("一x\n二"))]));
}

#[test]
fn the_edit_starts_in_the_field_that_was_asked_for() {
    let mut desk = Desk::edit("customer", &[("name", text("华信"))], |_| {});
    let key = RecordKey { object: "customer".to_owned(), id: id(7) };
    desk.open(|cx| FormLayer::edit(key, Some("phone"), cx));
    assert!(desk.focused_line().contains("Phone"));
    assert!(desk.shows("Customer 华信"));
}

#[test]
fn a_record_that_cannot_be_read_shows_why_instead_of_an_empty_form() {
    let mut desk = Desk::add("customer", |_| {});
    let key = RecordKey { object: "customer".to_owned(), id: id(404) };
    desk.open(|cx| FormLayer::edit(key, None, cx));
    assert!(!desk.shows("Phone"));
    desk.type_text("x").press("ctrl-s");
    assert_eq!(desk.saves(), []);
    desk.press("esc");
    assert_eq!(desk.depth(), 1);
}

#[test]
fn the_last_change_of_a_choice_a_reference_or_a_yes_or_no_is_taken_back() {
    let stored = [("name", text("王")), ("primary", Value::Boolean(true)), ("role", Value::Choice("user".to_owned()))];
    let mut desk = Desk::edit("contact", &stored, |b| {
        b.titles.insert(id(55), "华信".to_owned());
        b.hits = vec![Hit {
            key: RecordKey { object: "customer".to_owned(), id: id(55) },
            title: "华信".to_owned(),
            code: String::new(),
            detail: String::new(),
            title_matches: Vec::new(),
            other_match: None,
        }];
    });
    desk.to("Primary").press("space delete ctrl-_ ctrl-_");
    desk.to("Role").press("right delete ctrl-_");
    desk.to("Customer").type_text("华").press("enter").to("Customer").press("ctrl-_ ctrl-y");
    desk.press("ctrl-s");
    let saves = desk.saves();
    let changes = &saves[0].changes;
    assert_eq!(changes.get("primary"), None, "as it was");
    assert!(matches!(changes.get("role"), Some(Value::Choice(key)) if key != "user"), "{changes:?}");
    assert_eq!(changes.get("customer"), Some(&Value::Ref(id(55))), "taken back and made again");
}

#[test]
fn keys_typed_before_the_record_is_there_are_not_lost() {
    let mut desk = Desk::start(|_| {}, Lang::En, Goto::List("customer".to_owned(), String::new()));
    let mut serial = 1_000_000;
    let mut out = Wishes::default();
    let form = FormLayer::add(
        "customer",
        Fields::new(),
        &mut Context { shared: &desk.app.shared, serial: &mut serial, out: &mut out },
    );
    desk.app.layers.push(form);
    desk.type_text("华信");
    desk.carry_out(out.effects);
    desk.press("ctrl-s");
    assert_eq!(desk.saves()[0].changes.get("name"), Some(&text("华信")));
    assert!(desk.notice().starts_with("Saved: Customer 华信"), "{}", desk.notice());
}

#[test]
fn what_is_typed_takes_the_place_of_a_number_that_stands_there_until_the_cursor_moves_in_it() {
    let stored = [("name", Value::text("华信")), ("employees", Value::Integer(10))];
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.to("Employees").type_text("35").press("ctrl-s");
    assert_eq!(desk.saves()[0].changes.get("employees"), Some(&Value::Integer(35)));
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.to("Employees").press("end").type_text("5").press("ctrl-s");
    assert_eq!(desk.saves()[0].changes.get("employees"), Some(&Value::Integer(105)));
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.to("Employees").type_text("3").press("ctrl-_ ctrl-_ ctrl-s");
    assert!(desk.saves().is_empty(), "it can be taken back:\n{}", desk.screen(80, 24));
}
