#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn context() -> Context {
    Context { today: date(2026, 11, 22), zone: TimeZone::get("Asia/Shanghai").unwrap() }
}

fn field(name: &str) -> Operand {
    match name {
        "amount" | "金额" => Operand::Number("1234.50".parse().unwrap()),
        "discount" => Operand::Number(10.into()),
        "zero" => Operand::Number(0.into()),
        "huge" => Operand::Number(Decimal::MAX),
        "name" => Operand::Text("华信 Huaxin".into()),
        "signed" => Operand::Date(date(2026, 11, 1)),
        // 01:00 on the 22nd in Shanghai.
        "seen" => Operand::DateTime("2026-11-21T17:00:00Z".parse().unwrap()),
        "vip" => Operand::Bool(true),
        _ => Operand::Empty,
    }
}

fn eval(text: &str) -> Result<Operand, EvalError> {
    Formula::parse(text).unwrap_or_else(|error| panic!("{}", error.render(text))).eval(&field, &context())
}

/// The value as the language itself writes it; empty is `∅`.
fn shown(text: &str) -> String {
    match eval(text).unwrap_or_else(|error| panic!("{text}: {error}")) {
        Operand::Empty => "∅".into(),
        Operand::Text(text) => format!("'{text}'"),
        Operand::Number(number) => number.normalize().to_string(),
        Operand::Date(date) => date.to_string(),
        Operand::DateTime(moment) => moment.to_string(),
        Operand::Bool(value) => value.to_string(),
    }
}

#[test]
fn values() {
    let table = [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 2", "5"),
        ("7 % 4", "3"),
        ("-2 * -3", "6"),
        ("--2", "2"),
        (".5 + 1.25", "1.75"),
        ("１＋２×３", "7"),
        ("amount * (1 - discount / 100)", "1111.05"),
        ("金额 ÷ 2", "617.25"),
        ("1 / 3 * 3 = 1", "false"),
        ("1 / 0", "∅"),
        ("1 % zero", "∅"),
        ("missing + 1", "∅"),
        ("-missing", "∅"),
        ("1 < 2", "true"),
        ("1.0 = 1", "true"),
        ("1 <> 1", "false"),
        ("2 ≥ 2", "true"),
        ("'a' < 'b'", "true"),
        ("missing = ''", "true"),
        ("missing != 1", "true"),
        ("missing > 1", "∅"),
        ("not (missing > 1)", "true"),
        ("1 = 1 and 2 = 2 or 1 = 2", "true"),
        ("1 = 2 and 1 / 1 = 1", "false"),
        ("not vip or vip", "true"),
        ("非 vip 且 true", "false"),
        ("vip or name", "true"),
        ("1 & 2", "'12'"),
        ("'￥' & amount", "'￥1234.5'"),
        ("'a' + 1 + 2", "'a12'"),
        ("1 + 2 + 'a'", "'3a'"),
        ("name & missing", "'华信 Huaxin'"),
        ("'' & ''", "∅"),
        ("'it''s' & \"say \"\"hi\"\"\"", "'it'ssay \"hi\"'"),
        ("“华信”", "'华信'"),
        ("signed + 30", "2026-12-01"),
        ("30 + signed", "2026-12-01"),
        ("signed - 1", "2026-10-31"),
        ("today() - signed", "21"),
        ("seen + 1", "2026-11-22T17:00:00Z"),
        ("seen = today()", "true"),
        ("signed < seen", "true"),
        ("'on ' & signed", "'on 2026-11-01'"),
        ("'' & seen", "'2026-11-22 01:00'"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn functions() {
    let table = [
        ("if(amount > 1000, 'big', 'small')", "'big'"),
        ("if(missing, 1)", "∅"),
        ("if(vip, 1, 'x' * 2)", "1"),
        ("IF(1 = 1， 2， 3)", "2"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1.005, 2)", "1.01"),
        ("round(missing, 2)", "∅"),
        ("min(3, 1, 2)", "1"),
        ("max(3, missing, 5)", "5"),
        ("max(signed, today())", "2026-11-22"),
        ("min(missing)", "∅"),
        ("abs(-3)", "3"),
        ("coalesce(missing, '', 0, 1)", "0"),
        ("coalesce(1, 'x' * 2)", "1"),
        ("concat(name, ' ', 1, missing)", "'华信 Huaxin 1'"),
        ("len(name)", "9"),
        ("len('👨‍👩‍👧e\u{301}')", "2"),
        ("len(missing)", "0"),
        ("upper('aé')", "'AÉ'"),
        ("lower('ÀB')", "'àb'"),
        ("left(name, 2)", "'华信'"),
        ("right(name, 3)", "'xin'"),
        ("left(name, 100)", "'华信 Huaxin'"),
        ("left(name, 0)", "∅"),
        ("year(signed) & '-' & month(signed) & '-' & day(seen)", "'2026-11-22'"),
        ("days(signed, today())", "21"),
        ("days(today(), signed)", "-21"),
        ("days(missing, today())", "∅"),
        ("date_add(signed, -1)", "2026-10-31"),
        ("contains(name, 'HUA')", "true"),
        ("contains(name, '信')", "true"),
        ("contains(missing, 'a')", "false"),
        ("empty(missing)", "true"),
        ("empty('')", "true"),
        ("empty(zero)", "false"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_has_no_value_says_where() {
    let table = [
        ("1 + vip", "formula-mismatch", 2..3),
        ("'a' * 2", "formula-mismatch", 4..5),
        ("amount > 'a'", "formula-mismatch", 7..8),
        ("vip > vip", "formula-wrong-kind", 4..5),
        ("-name", "formula-wrong-kind", 0..1),
        ("not amount", "formula-wrong-kind", 4..10),
        ("vip and 12", "formula-wrong-kind", 8..10),
        ("if(amount, 1, 2)", "formula-wrong-kind", 3..9),
        ("abs(name)", "formula-wrong-kind", 0..3),
        ("year(1)", "formula-wrong-kind", 0..4),
        ("round(1, 'a')", "formula-wrong-kind", 0..5),
        ("min(1, 'a')", "formula-mismatch", 0..3),
        ("round(1, 29)", "formula-out-of-range", 0..5),
        ("left(name, -1)", "formula-out-of-range", 0..4),
        ("signed + 0.5", "formula-out-of-range", 7..8),
        ("signed + signed", "formula-mismatch", 7..8),
        ("huge + 1", "formula-overflow", 5..6),
        ("huge * huge", "formula-overflow", 5..6),
        ("huge / 0.1", "formula-overflow", 5..6),
        ("date_add(signed, 99999999)", "formula-overflow", 0..8),
        ("date_add(signed, huge)", "formula-overflow", 0..8),
    ];
    for (text, key, span) in table {
        let error = eval(text).unwrap_err();
        assert_eq!((error.key(), error.span().clone()), (key, span), "{text}");
    }
}

#[test]
fn what_does_not_parse_says_where() {
    let table = [
        ("", "formula-unexpected-end", 0..0),
        ("1 +", "formula-unexpected-end", 3..3),
        ("(1", "formula-unclosed-paren", 0..1),
        ("round(1", "formula-unclosed-paren", 5..6),
        ("'abc", "formula-unclosed-quote", 0..4),
        ("1)", "formula-unexpected", 1..2),
        ("1 2", "formula-unexpected", 2..3),
        ("* 2", "formula-unexpected", 0..1),
        ("金额 # 2", "formula-unexpected", 7..8),
        ("a ! b", "formula-unexpected", 2..3),
        ("round(1,,2)", "formula-unexpected", 8..9),
        ("1.2.3", "formula-bad-number", 0..5),
        ("12abc", "formula-bad-number", 0..5),
        ("99999999999999999999999999999999", "formula-bad-number", 0..32),
        ("sqrt(2)", "formula-unknown-function", 0..4),
        ("round()", "formula-argument-count", 0..5),
        ("today(1)", "formula-argument-count", 0..5),
        ("if(1, 2, 3, 4)", "formula-argument-count", 0..2),
        ("1 < 2 < 3", "formula-chained-comparison", 6..7),
    ];
    for (text, key, span) in table {
        let error = Formula::parse(text).unwrap_err();
        assert_eq!((error.key(), error.span), (key, span), "{text}");
    }
}

#[test]
fn depth_and_length_are_limited() {
    let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    assert!(Formula::parse(&nested(MAX_DEPTH)).is_ok());
    for text in [nested(5_000), "-".repeat(5_000), "not ".repeat(3_000), "abs(".repeat(3_000)] {
        assert_eq!(Formula::parse(&text).unwrap_err().key(), "formula-too-deep");
    }
    let sum = vec!["1"; 8_000].join("+");
    assert_eq!(eval(&sum), Ok(Operand::Number(8_000.into())));
    assert_eq!(Formula::parse(&"1".repeat(MAX_LENGTH + 1)).unwrap_err().key(), "formula-too-long");
}

#[test]
fn fields_are_listed_in_order() {
    let text = "if(金额 > 0 and not c, amount - b, round(a)) & b";
    let formula = Formula::parse(text).unwrap();
    let fields: Vec<_> = formula.fields().map(|name| name.value.as_str()).collect();
    assert_eq!(fields, ["金额", "c", "amount", "b", "a", "b"]);
    assert!(formula.fields().all(|name| text.get(name.span.clone()) == Some(name.value.as_str())));
}

proptest! {
    #[test]
    fn sums_and_products_are_exact(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, c in 1_i64..1000) {
        let expected = Decimal::new(a, 2) + Decimal::new(b, 2) * Decimal::from(c);
        let text = format!("{} + {} * {c}", Decimal::new(a, 2), Decimal::new(b, 2));
        prop_assert_eq!(eval(&text), Ok(Operand::Number(expected)));
    }

    #[test]
    fn whatever_is_typed_never_panics(
        text in "(amount|name|signed|seen|vip|huge|missing|if\\(|round\\(|left\\(|days\\(|today\\(\\)|[0-9]|'a'|[-+*/%&=<>(),. ]| and | or |not |\\PC){0,24}"
    ) {
        match Formula::parse(&text) {
            Ok(formula) => {
                if let Err(error) = formula.eval(&field, &context()) {
                    prop_assert!(text.get(error.span().clone()).is_some());
                }
            }
            Err(error) => prop_assert!(text.get(error.span.clone()).is_some()),
        }
    }
}
