//! Each type's editor: keys in, value out.

use super::*;
use crate::domain::value::Money;
use crate::schema::model::{Field, Kind};
use crate::tui::form::editor::{Look, Response, editor};
use crate::tui::layer::Closed;

fn field(kind: Kind) -> Field {
    let schema = schema();
    let template = schema.object("customer").unwrap().field("city").unwrap().clone();
    Field { kind, ..template }
}

/// Presses keys, blanks between them; `'…'` types text.
fn play(editor: &mut dyn crate::tui::form::editor::Editor, script: &str, shared: &Shared) -> Option<Response> {
    let mut last = None;
    let mut rest = script.trim();
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('\'') {
            let (text, after) = tail.split_once('\'').unwrap();
            for c in text.chars() {
                last = Some(editor.key(Key::char(c), shared));
            }
            rest = after.trim();
        } else {
            let (key, after) = rest.split_once(' ').unwrap_or((rest, ""));
            last = Some(editor.key(key.parse().unwrap(), shared));
            rest = after.trim();
        }
    }
    last
}

fn number(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}

fn money(amount: &str) -> Value {
    Value::Money(Money { amount: number(amount), currency: "CNY".to_owned() })
}

fn plain_text() -> Kind {
    Kind::Text { max: 0, pattern: String::new() }
}

#[test]
fn typed_text_becomes_the_value_of_its_type() {
    let shared = shared(Lang::Zh);
    let day = |d: &str| Value::Date(d.parse().unwrap());
    let at = |t: &str| Value::DateTime(t.parse().unwrap());
    let integer = Kind::Integer { min: None, max: None };
    let decimal = Kind::Decimal { scale: 3, min: None, max: None };
    let percent = Kind::Percent { min: None, max: None };
    let cases: Vec<(Kind, &str, Value)> = vec![
        (plain_text(), "'华信x' backspace '科技'", text("华信科技")),
        (plain_text(), "'ab' ctrl-u ctrl-_", text("ab")),
        (plain_text(), "'  '", Value::Empty),
        (Kind::Phone, "'0755 8888 1234'", text("0755 8888 1234")),
        (Kind::Email, "'li@huaxin.cn'", text("li@huaxin.cn")),
        (integer, "'1,200'", Value::Integer(1200)),
        (decimal, "'0.125'", Value::Decimal(number("0.125"))),
        (percent, "'12.5%'", Value::Decimal(number("12.5"))),
        (Kind::Money { min: None }, "'1234.5'", money("1234.50")),
        (Kind::Money { min: None }, "'1.2万'", money("12000")),
        (Kind::Date, "'+3d'", day("2026-11-25")),
        (Kind::Date, "'next fri'", day("2026-11-27")),
        (Kind::Date, "'下周五'", day("2026-11-27")),
        (Kind::DateTime, "'2026-12-01 15:00'", at("2026-12-01T07:00:00Z")),
        (Kind::Boolean, "space", Value::Boolean(true)),
        (Kind::Boolean, "space space", Value::Boolean(false)),
        (Kind::Boolean, "'y' 'n'", Value::Boolean(false)),
        (Kind::Boolean, "'y' delete", Value::Empty),
        (Kind::Tags, "'重点、华南, 老客户'", Value::Choices(["重点", "华南", "老客户"].map(str::to_owned).to_vec())),
        (Kind::Region, "'广东/深圳'", text("广东/深圳")),
        (Kind::Multiline, "'一' enter '二'", text("一\n二")),
        (Kind::Select { dictionary: "level".to_owned() }, "right", Value::Choice(first_item("level"))),
        (Kind::Select { dictionary: "level".to_owned() }, "right delete", Value::Empty),
    ];
    for (kind, script, expected) in cases {
        let mut editor = editor(&field(kind.clone()), &shared);
        play(editor.as_mut(), script, &shared);
        let value = editor.value(&shared);
        assert!(same(&value, &expected), "{} {script}: {value:?}, not {expected:?}", kind.name());
    }
}

fn same(value: &Result<Value, crate::domain::message::Message>, expected: &Value) -> bool {
    match (value, expected) {
        (Ok(Value::Money(a)), Value::Money(b)) => a.amount == b.amount && a.currency == b.currency,
        (Ok(value), expected) => value == expected,
        (Err(_), _) => false,
    }
}

fn first_item(dictionary: &str) -> String {
    schema().dictionary(dictionary).unwrap().items[0].key.clone()
}

#[test]
fn text_that_is_no_value_says_why_and_stays() {
    let shared = shared(Lang::En);
    let cases = [
        (Kind::Integer { min: None, max: None }, "12x"),
        (Kind::Integer { min: Some(0), max: None }, "-1"),
        (Kind::Date, "nonsense"),
        (Kind::DateTime, "25:99"),
        (Kind::Email, "no mail"),
        (Kind::Money { min: None }, "lots"),
    ];
    for (kind, typed) in cases {
        let mut editor = editor(&field(kind.clone()), &shared);
        play(editor.as_mut(), &format!("'{typed}'"), &shared);
        assert!(editor.value(&shared).is_err(), "{} {typed}", kind.name());
        editor.leave(&shared);
        assert_eq!(editor.text().as_deref(), Some(typed), "{}", kind.name());
    }
}

#[test]
fn leaving_a_field_gives_the_text_its_usual_form_and_it_can_be_taken_back() {
    let shared = shared(Lang::En);
    let cases = [
        (Kind::Date, "+3d", "2026-11-25"),
        (Kind::Money { min: None }, "1.2万", "12000.00"),
        (Kind::Integer { min: None, max: None }, "1,200", "1200"),
    ];
    for (kind, typed, usual) in cases {
        let mut editor = editor(&field(kind.clone()), &shared);
        play(editor.as_mut(), &format!("'{typed}'"), &shared);
        editor.leave(&shared);
        assert_eq!(editor.text().unwrap(), usual, "{}", kind.name());
        play(editor.as_mut(), "ctrl-_", &shared);
        assert_eq!(editor.text().unwrap(), typed, "{}", kind.name());
    }
}

#[test]
fn a_stored_value_that_is_not_touched_stays_exactly_as_it_is() {
    let shared = shared(Lang::En);
    let file = crate::domain::value::FileRef { name: "offer.pdf".to_owned(), size: 3, hash: "ab".to_owned() };
    let cases = [
        (Kind::Multiline, text("one\ntwo\n")),
        (Kind::Attachment, Value::Files(vec![file])),
        (Kind::DateTime, Value::DateTime("2026-12-01T07:00:31.5Z".parse().unwrap())),
        (Kind::Select { dictionary: "level".to_owned() }, Value::Choice("no longer there".to_owned())),
        (Kind::User { many: true }, Value::Refs(vec![id(5), id(6)])),
        (plain_text(), text("tab\tand \u{200b}zero width")),
    ];
    for (kind, value) in cases {
        let mut editor = editor(&field(kind.clone()), &shared);
        editor.set(&value, &shared);
        play(editor.as_mut(), "home end", &shared);
        editor.leave(&shared);
        assert_eq!(editor.value(&shared).unwrap(), value, "{}", kind.name());
    }
}

#[test]
fn keys_that_choose_open_the_chooser_with_what_was_typed() {
    let shared = shared(Lang::En);
    let choose = |text: &str| Some(Response::Choose(text.to_owned()));
    let select = Kind::Select { dictionary: "industry".to_owned() };
    let reference = Kind::Reference { object: "customer".to_owned(), many: false };
    let cases = [
        (select.clone(), "enter", choose("")),
        (select, "'z'", choose("z")),
        (reference.clone(), "'华'", choose("华")),
        (reference, "enter", choose("")),
        (Kind::Date, "enter", choose("")),
        (Kind::Date, "'=' ", choose("")),
        (Kind::Date, "'+3d' enter", Some(Response::Next)),
        (plain_text(), "enter", Some(Response::Next)),
        (Kind::Multiline, "enter", Some(Response::Changed)),
        (Kind::Multiline, "up", Some(Response::Ignored)),
    ];
    for (kind, script, expected) in cases {
        let mut editor = editor(&field(kind.clone()), &shared);
        assert_eq!(play(editor.as_mut(), script, &shared), expected, "{} {script}", kind.name());
    }
}

#[test]
fn references_are_added_and_taken_away() {
    let shared = shared(Lang::En);
    let chosen = |n| Closed::Record(RecordKey { object: "product".to_owned(), id: id(n) }, format!("P{n}"));
    let mut many = editor(&field(Kind::Reference { object: "product".to_owned(), many: true }), &shared);
    for n in [3, 4, 3] {
        many.chosen(&chosen(n), &shared);
    }
    assert_eq!(many.value(&shared).unwrap(), Value::Refs(vec![id(3), id(4)]));
    play(many.as_mut(), "backspace", &shared);
    assert_eq!(many.value(&shared).unwrap(), Value::Refs(vec![id(3)]));

    let mut one = editor(&field(Kind::Reference { object: "product".to_owned(), many: false }), &shared);
    one.chosen(&chosen(3), &shared);
    one.chosen(&chosen(4), &shared);
    assert_eq!(one.value(&shared).unwrap(), Value::Ref(id(4)));
    play(one.as_mut(), "delete", &shared);
    assert_eq!(one.value(&shared).unwrap(), Value::Empty);
}

#[test]
fn pasted_lines_stay_lines_only_where_lines_belong() {
    let shared = shared(Lang::En);
    let mut lines = editor(&field(Kind::Multiline), &shared);
    lines.paste("一\r\n二\n三");
    assert_eq!(lines.value(&shared).unwrap(), text("一\n二\n三"));
    let mut line = editor(&field(plain_text()), &shared);
    line.paste("一\n二\n");
    assert_eq!(line.value(&shared).unwrap(), text("一 二"));
}

#[test]
fn the_cursor_of_lines_stands_behind_wide_characters_and_in_view() {
    let shared = shared(Lang::En);
    let titles = Titles::new();
    let look = Look { shared: &shared, titles: &titles, focused: true, read_only: false, preview: "" };
    let mut editor = editor(&field(Kind::Multiline), &shared);
    play(editor.as_mut(), "'第一行' enter '华信'", &shared);
    let area = Rect::new(3, 2, 20, 4);
    let mut buf = Buffer::empty(Rect::new(0, 0, 40, 10));
    assert_eq!(editor.draw(area, &mut buf, &look), Position::new(7, 3));
    for n in 0..20 {
        play(editor.as_mut(), &format!("enter '{n}'"), &shared);
    }
    let cursor = editor.draw(area, &mut buf, &look);
    assert_eq!(cursor.y, area.bottom() - 1);
}

#[test]
fn a_region_is_completed_from_the_dictionary() {
    let shared = shared(Lang::Zh);
    let mut editor = editor(&field(Kind::Region), &shared);
    play(editor.as_mut(), "'guangd'", &shared);
    assert!(editor.understood(&shared).unwrap().ends_with("广东"));
    play(editor.as_mut(), "right '/深圳'", &shared);
    assert_eq!(editor.value(&shared).unwrap(), text("广东/深圳"));
    assert_eq!(editor.understood(&shared), None);
}

#[test]
fn what_is_understood_is_told_while_typing() {
    let shared = shared(Lang::Zh);
    let cases = [
        (Kind::Date, "下周五", Some("2026-11-27 周五")),
        (Kind::Date, "nonsense", None),
        (Kind::Money { min: None }, "", Some("CNY")),
        (plain_text(), "abc", None),
    ];
    for (kind, typed, expected) in cases {
        let mut editor = editor(&field(kind.clone()), &shared);
        play(editor.as_mut(), &format!("'{typed}'"), &shared);
        assert_eq!(editor.understood(&shared).as_deref(), expected, "{} {typed}", kind.name());
    }
}

#[test]
fn a_tag_typed_behind_others_is_one_of_its_own() {
    let tags = |tags: &[&str]| Value::Choices(tags.iter().map(|tag| (*tag).to_owned()).collect());
    let stored = [("name", text("华信")), ("tags", tags(&["重点", "华南"]))];
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.to("Tags").type_text("老客户").press("ctrl-s");
    assert_eq!(desk.saves()[0].changes, fields(&[("tags", tags(&["重点", "华南", "老客户"]))]));
    // Looked at and left alone, they are what they were.
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.to("Tags").press("tab ctrl-s");
    assert!(desk.saves().is_empty());
}
