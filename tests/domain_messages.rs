//! Mistakes in typed lines are said in both languages, with what was typed.

#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use jiff::tz::TimeZone;
use tcrm::domain::decimal_text::parse_amount;
use tcrm::domain::filter;
use tcrm::domain::formula::{Context, Formula, Operand};
use tcrm::domain::lang::Lang;
use tcrm::domain::message::Message;
use tcrm::domain::when::{parse_date, parse_range};
use tcrm::i18n;

fn said(message: &Message, part: &str) {
    for lang in Lang::ALL {
        let text = i18n::message(lang, message);
        assert!(i18n::optional(lang, &message.key).is_some(), "{} is not translated", message.key);
        assert!(text.contains(part), "{text}: lacks {part}");
    }
}

#[test]
fn filters() {
    let deep = "(".repeat(100);
    let long = "a".repeat(filter::MAX_LENGTH + 1);
    for (text, part) in [("a:", ""), ("a)", ")"), ("(a", ""), ("\"a", ""), (&deep, "64"), (&long, "65536")] {
        let error = filter::parse(text).unwrap_err();
        said(&error.message(), part);
        for expected in error.expected {
            said(&Message::new(expected.key()), "");
        }
    }
}

#[test]
fn dates() {
    let today = date(2026, 11, 22);
    let table = [("", ""), ("xyz", "xyz"), ("1/2/26", "1/2/26"), ("2-30", "2026-02-30"), ("25:00", "25:00")];
    for (text, part) in table.into_iter().chain([("+1h", ""), ("+9999y", "")]) {
        said(&parse_date(text, today).unwrap_err().message(), part);
    }
    said(&parse_range("2026-02..2026-01", today).unwrap_err().message(), "");
}

#[test]
fn amounts() {
    let long = "9".repeat(40);
    for (text, part) in [("", ""), ("xyz", "xyz"), ("1,5", "1,5"), ("$1 EUR", "EUR"), (&long, "")] {
        said(&parse_amount(text).unwrap_err().message(), part);
    }
}

#[test]
fn formulas() {
    let deep = "(".repeat(100);
    let long = "1".repeat(20_000);
    let table = [
        ("", ""),
        (")", ")"),
        ("(1", ""),
        ("'a", ""),
        ("1.2.3", "1.2.3"),
        ("sqrt(1)", "sqrt"),
        ("abs()", "abs"),
        ("1 < 2 < 3", ""),
        (&deep, "64"),
        (&long, ""),
    ];
    for (text, part) in table {
        said(&Formula::parse(text).unwrap_err().message(), part);
    }
    let context = Context { today: date(2026, 11, 22), zone: TimeZone::UTC };
    let kinds = ["'a'", "1", "today()", "true"];
    for text in kinds.map(|kind| format!("not {kind}")).iter().chain(&["abs('a')".into(), "1 * 'a'".into()]) {
        if let Err(error) = Formula::parse(text).unwrap().eval(&|_| Operand::Empty, &context) {
            said(&error.message(), "");
        }
    }
    for (text, part) in [("round(1, 99)", "round"), ("1 * 'a'", "*"), ("abs('a')", "abs")] {
        said(&Formula::parse(text).unwrap().eval(&|_| Operand::Empty, &context).unwrap_err().message(), part);
    }
}
