#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use crate::domain::value::Money;
use crate::schema::builtin;
use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn now() -> Zoned {
    date(2026, 11, 22).at(10, 30, 0, 0).in_tz("Asia/Shanghai").unwrap()
}

fn id(n: i64) -> Id {
    Id::from_i64(n).unwrap()
}

fn resolve(object: &str, text: &str) -> Result<Id, Message> {
    match (object, text) {
        ("customer", "华信科技") => Ok(id(1)),
        ("customer", "Foo, Inc.") => Ok(id(2)),
        ("user", "zhangsan") => Ok(id(3)),
        ("department", "销售部") => Ok(id(4)),
        _ => text.parse().map_err(|_| msg!("error-not-found", what = text)),
    }
}

fn read(kind: &Kind, text: &str) -> Result<Value, Message> {
    let now = now();
    let ctx = ParseContext { now: &now, me: Some(id(9)), currency: "CNY", schema: builtin(), resolve: &resolve };
    parse(kind, text, &ctx)
}

fn shown(kind: &Kind, value: &Value, lang: Lang) -> (String, String) {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let titles = Titles::from([(id(1), "华信科技".to_owned()), (id(2), "Foo, Inc.".to_owned())]);
    let ctx = FormatContext { lang, zone: &zone, titles: &titles, schema: builtin() };
    (format(kind, value, &ctx), plain(kind, value, &ctx))
}

fn text(max: usize, pattern: &str) -> Kind {
    Kind::Text { max, pattern: pattern.into() }
}

fn select(dictionary: &str) -> Kind {
    Kind::Select { dictionary: dictionary.into() }
}

fn money(text: &str, currency: &str) -> Value {
    Value::Money(Money { amount: text.parse().unwrap(), currency: currency.into() })
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

fn any_decimal(scale: u32) -> Kind {
    Kind::Decimal { scale, min: None, max: None }
}

fn percent() -> Kind {
    Kind::Percent { min: Some(Decimal::ZERO), max: Some(Decimal::ONE_HUNDRED) }
}

fn reference(many: bool) -> Kind {
    Kind::Reference { object: "customer".into(), many }
}

#[test]
fn typed_text_becomes_a_value() {
    let timestamp = |s: &str| Value::DateTime(s.parse().unwrap());
    let several = |keys: &[&str]| Value::Choices(keys.iter().map(|k| (*k).to_owned()).collect());
    let multiselect = Kind::MultiSelect { dictionary: "communication".into() };
    for (kind, typed, value) in [
        (text(0, ""), "  a\tb\nc ", Value::Text("a b c".into())),
        (text(0, ""), "   ", Value::Empty),
        (Kind::Multiline, "a\r\nb\n", Value::Text("a\nb".into())),
        (Kind::Integer { min: None, max: None }, "1,234", Value::Integer(1234)),
        (any_decimal(3), "1.250", decimal("1.25")),
        (percent(), "12.5%", decimal("12.5")),
        (percent(), "12.5", decimal("12.5")),
        (Kind::Money { min: None }, "1,234.5", money("1234.5", "CNY")),
        (Kind::Money { min: None }, "$ 20", money("20", "USD")),
        (Kind::Money { min: None }, "3万", money("30000", "CNY")),
        (Kind::Date, "2016-10-20", Value::Date(date(2016, 10, 20))),
        (Kind::Date, "2016-10-20 00:00", Value::Date(date(2016, 10, 20))),
        (Kind::Date, "明天", Value::Date(date(2026, 11, 23))),
        (Kind::DateTime, "2026-11-22 15:00", timestamp("2026-11-22T07:00:00Z")),
        (Kind::Boolean, "是", Value::Boolean(true)),
        (Kind::Boolean, "No", Value::Boolean(false)),
        (Kind::Boolean, "0", Value::Boolean(false)),
        (select("industry"), "制造", Value::Choice("manufacturing".into())),
        (select("industry"), "MANUFACTURING", Value::Choice("manufacturing".into())),
        (select("customer_type"), "JS", Value::Choice("distributor".into())),
        (select("level"), "a 重点", Value::Choice("A".into())),
        (multiselect, "电话、微信；Phone", several(&["phone", "wechat"])),
        (Kind::Tags, "重点, VIP；vip、老客户", several(&["重点", "VIP", "老客户"])),
        (Kind::Phone, " ０１０－１２３４５６７８ ", Value::Text("010-12345678".into())),
        (Kind::Email, "mailto:li@acme.com", Value::Text("li@acme.com".into())),
        (Kind::Region, " 广东 ／ 深圳 > 南山", Value::Text("广东/深圳/南山".into())),
        (Kind::Region, "United States", Value::Text("United States".into())),
        (reference(false), "华信科技", Value::Ref(id(1))),
        (reference(true), "Foo, Inc.", Value::Refs(vec![id(2)])),
        (reference(true), "华信科技; 华信科技", Value::Refs(vec![id(1)])),
        (Kind::User { many: false }, "me", Value::Ref(id(9))),
        (Kind::User { many: false }, "我", Value::Ref(id(9))),
        (Kind::User { many: true }, "zhangsan, me", Value::Refs(vec![id(3), id(9)])),
        (Kind::Department, "销售部", Value::Ref(id(4))),
    ] {
        assert_eq!(read(&kind, typed).unwrap(), value, "{} {typed:?}", kind.name());
    }
}

#[test]
fn wrong_text_is_refused_with_the_reason() {
    let code = Kind::Code { rule: "customer".into() };
    let result = Box::new(Kind::Integer { min: None, max: None });
    let formula = Kind::Formula { expression: "1".into(), result, currency: crate::schema::model::CurrencyOf::Operand };
    let bounded = Kind::Integer { min: Some(1), max: Some(5) };
    for (kind, typed, key) in [
        (text(3, ""), "四个汉字", "value-long"),
        (text(0, "91*"), "12", "value-pattern"),
        (text(0, ""), "a\u{0}b", "value-control"),
        (Kind::Multiline, "a\u{1b}[2J", "value-control"),
        (code, "a\u{7}", "value-control"),
        (bounded.clone(), "6", "value-max"),
        (bounded.clone(), "0", "value-min"),
        (bounded.clone(), "1.5", "value-whole"),
        (bounded, "5%", "value-number"),
        (any_decimal(2), "1.234", "value-scale"),
        (any_decimal(9), "99999999999", "value-number-range"),
        (percent(), "101", "value-max"),
        (Kind::Money { min: Some(Decimal::ZERO) }, "-1", "value-min"),
        (Kind::Money { min: None }, "1.005", "value-scale"),
        (Kind::Money { min: None }, "92233720368547758.08", "value-number-range"),
        (Kind::Boolean, "maybe", "value-boolean"),
        (select("industry"), "制造业", "value-choice-nearest"),
        (select("industry"), "technolgy", "value-choice-nearest"),
        (select("industry"), "qqqqq", "value-choice-of"),
        (Kind::Phone, "12a", "value-phone-character"),
        (Kind::Phone, "1380013800", "value-phone-mobile"),
        (Kind::Phone, "12", "value-phone-digits"),
        (Kind::Phone, "010-1234 转 ab", "value-phone-extension"),
        (Kind::Email, "li@acme", "value-email"),
        (Kind::Email, "li acme.com", "value-email"),
        (Kind::Email, "a@b@c.com", "value-email"),
        (Kind::Url, "javascript://x.y", "value-url-scheme"),
        (Kind::Url, "no host", "value-url"),
        (reference(false), "没有", "error-not-found"),
        (Kind::Attachment, "x", "value-attachment"),
        (formula, "1", "value-computed"),
    ] {
        assert_eq!(read(&kind, typed).unwrap_err().key, key, "{} {typed:?}", kind.name());
    }
}

#[test]
fn usual_phones_addresses_and_hosts_pass() {
    for typed in [
        "13800138000",
        "+86 138 0013 8000",
        "010-12345678",
        "400-800-8820",
        "(021) 6888 8888 ext. 12",
        "0755-86013388转8012",
        "10086",
        "+1 (415) 555-0132 x5",
        "1-541-754-3010",
    ] {
        assert!(read(&Kind::Phone, typed).is_ok(), "{typed}: {:?}", read(&Kind::Phone, typed));
    }
    for typed in ["li.si+crm@mail.acme.com.cn", "李四@例子.公司"] {
        assert!(read(&Kind::Email, typed).is_ok(), "{typed}");
    }
    for typed in ["www.acme.com", "https://acme.com:8080/a?b=c", "localhost", "例子.中国"] {
        assert!(read(&Kind::Url, typed).is_ok(), "{typed}");
    }
}

#[test]
fn values_are_shown_in_the_users_language_and_zone() {
    let at = Value::DateTime("2026-11-22T07:00:00Z".parse().unwrap());
    let both = Value::Choices(vec!["phone".into(), "wechat".into()]);
    let multiselect = Kind::MultiSelect { dictionary: "communication".into() };
    for (kind, value, lang, display, edit) in [
        (Kind::Money { min: None }, money("1234.5", "CNY"), Lang::En, "¥1,234.50", "1234.50"),
        (Kind::Money { min: None }, money("-1234.5", "USD"), Lang::En, "-$1,234.50", "USD -1234.50"),
        (Kind::Money { min: None }, money("5", "HKD"), Lang::En, "HKD 5.00", "HKD 5.00"),
        (any_decimal(3), decimal("1234.5"), Lang::En, "1,234.50", "1234.5"),
        (any_decimal(3), decimal("1234.567"), Lang::En, "1,234.567", "1234.567"),
        (percent(), decimal("12.50"), Lang::En, "12.5%", "12.5"),
        (Kind::Integer { min: None, max: None }, Value::Integer(1996), Lang::En, "1996", "1996"),
        (Kind::DateTime, at, Lang::Zh, "2026-11-22 15:00", "2026-11-22 15:00"),
        (Kind::Boolean, Value::Boolean(true), Lang::Zh, "是", "是"),
        (select("industry"), Value::Choice("manufacturing".into()), Lang::Zh, "制造", "制造"),
        (select("industry"), Value::Choice("gone".into()), Lang::Zh, "gone", "gone"),
        (multiselect, both, Lang::Zh, "电话、微信", "电话, 微信"),
        (reference(false), Value::Ref(id(1)), Lang::Zh, "华信科技", "华信科技"),
        (reference(false), Value::Ref(id(7)), Lang::Zh, "0000000000007", "0000000000007"),
        (reference(true), Value::Refs(vec![id(1), id(2)]), Lang::Zh, "华信科技, Foo, Inc.", "华信科技; 0000000000002"),
        (text(0, ""), Value::Empty, Lang::Zh, "", ""),
    ] {
        assert_eq!(shown(&kind, &value, lang), (display.to_owned(), edit.to_owned()));
    }
}

#[test]
fn choices_compare_by_their_order_and_empty_comes_first() {
    let level = select("level");
    let choice = |key: &str| Value::Choice(key.into());
    let order = |a: &Value, b: &Value| compare(&level, a, b, builtin());
    assert_eq!(order(&choice("A"), &choice("D")), Ordering::Less);
    assert_eq!(order(&Value::Empty, &choice("A")), Ordering::Less);
    let stage = select("opportunity_stage");
    assert_eq!(compare(&stage, &choice("won"), &choice("engaging"), builtin()), Ordering::Greater);
}

#[test]
fn json_names_amounts_as_texts_and_times_in_utc() {
    let at = Value::DateTime("2026-11-22T15:00:00.5+08:00".parse().unwrap());
    assert_eq!(to_json(&at), "2026-11-22T07:00:00.500Z");
    assert_eq!(to_json(&money("10.50", "CNY")), serde_json::json!({"amount": "10.50", "currency": "CNY"}));
    assert_eq!(to_json(&Value::Empty), serde_json::Value::Null);
    assert!(from_json(&Kind::Date, &serde_json::json!("2026-13-01")).is_err());
    assert!(from_json(&reference(false), &serde_json::json!(["x"])).is_err());
}

fn value_of_some_type() -> impl Strategy<Value = (Kind, Value)> {
    let cents = -9_000_000_000_000_000i64..9_000_000_000_000_000;
    prop_oneof![
        any::<i64>().prop_map(|n| (Kind::Integer { min: None, max: None }, Value::Integer(n))),
        cents.clone().prop_map(|n| (any_decimal(2), Value::Decimal(Decimal::new(n, 2).normalize()))),
        (cents, prop_oneof![Just("CNY"), Just("USD"), Just("EUR")]).prop_map(|(n, currency)| {
            let amount = Decimal::new(n, 2).normalize();
            (Kind::Money { min: None }, Value::Money(Money { amount, currency: currency.into() }))
        }),
        (1i64..4_000_000_000_000)
            .prop_map(|ms| { (Kind::DateTime, Value::DateTime(jiff::Timestamp::from_millisecond(ms).unwrap())) }),
        (1i16..9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| (Kind::Date, Value::Date(date(y, m, d)))),
        any::<bool>().prop_map(|yes| (Kind::Boolean, Value::Boolean(yes))),
        proptest::sample::select(vec!["A", "B", "C", "D"]).prop_map(|key| (select("level"), Value::Choice(key.into()))),
        (1..=i64::MAX).prop_map(|n| (reference(false), Value::Ref(id(n)))),
        proptest::collection::vec(1..=i64::MAX, 1..4).prop_map(|mut ns| {
            ns.sort_unstable();
            ns.dedup();
            (reference(true), Value::Refs(ns.into_iter().map(id).collect()))
        }),
        "[a-z信 ]{1,20}".prop_map(|s| (text(0, ""), Value::text(s.trim()))),
    ]
}

proptest! {
    #[test]
    fn plain_text_reads_back_to_the_same_value((kind, value) in value_of_some_type(), zh in any::<bool>()) {
        let (_, plain) = shown(&kind, &value, if zh { Lang::Zh } else { Lang::En });
        prop_assert_eq!(read(&kind, &plain).unwrap(), value);
    }

    #[test]
    fn json_reads_back_to_the_same_value((kind, value) in value_of_some_type()) {
        prop_assert_eq!(from_json(&kind, &to_json(&value)).unwrap(), value.clone());
        let read: Value = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
        prop_assert_eq!(typed(&kind, read).unwrap(), value);
    }

    #[test]
    fn no_text_makes_a_parser_panic(typed in "\\PC{0,40}") {
        for field in builtin().objects.iter().flat_map(|o| &o.fields) {
            if let Ok(value) = read(&field.kind, &typed) {
                prop_assert!(check(&field.kind, &value, builtin()).is_ok());
            }
        }
    }
}
