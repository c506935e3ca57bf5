#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use crate::domain::lang::Lang;
use crate::domain::record::{Fields, Titles};
use crate::domain::value::Money;
use crate::schema::builtin;
use jiff::civil::date;

fn now() -> Zoned {
    date(2026, 11, 22).at(10, 30, 0, 0).in_tz("Asia/Shanghai").unwrap()
}

fn id(n: i64) -> Id {
    Id::from_i64(n).unwrap()
}

fn read(object: &str, text: &str) -> Result<Bound, FilterError> {
    let now = now();
    parse(builtin(), builtin().object(object).unwrap(), text, &BindContext { now: &now, me: Some(id(9)) })
}

fn test(field: &str, test: Test) -> Bound {
    Bound::Test { field: field.into(), test }
}

fn choices(field: &str, keys: &[&str]) -> Bound {
    test(field, Test::AnyOf(keys.iter().map(|k| Value::Choice((*k).into())).collect()))
}

fn dec(n: i64) -> Value {
    Value::Decimal(n.into())
}

fn day(y: i16, m: i8, d: i8) -> Value {
    Value::Date(date(y, m, d))
}

fn instant(text: &str) -> Value {
    Value::DateTime(text.parse().unwrap())
}

#[test]
fn names_labels_and_values_of_either_language_mean_the_same() {
    for (text, bound) in [
        ("", Bound::All),
        ("level:A", choices("level", &["A"])),
        ("级别:重点", choices("level", &["A"])),
        ("Level:a", choices("level", &["A"])),
        ("industry:制造,Retail", choices("industry", &["manufacturing", "retail"])),
        ("level:<=B", choices("level", &["A", "B"])),
        ("level:B..C", choices("level", &["B", "C"])),
        ("tags:VIP", choices("tags", &["VIP"])),
        ("name:华信", test("name", Test::Contains("华信".into()))),
        ("name=华信", test("name", Test::AnyOf(vec![Value::Text("华信".into())]))),
        ("owner:me", test("owner", Test::AnyOf(vec![Value::Ref(id(9))]))),
        ("owner:\"me\"", test("owner", Test::RefersTo { object: "user".into(), text: "me".into(), exact: false })),
        ("phone:empty", test("phone", Test::Empty)),
        ("phone:空", test("phone", Test::Empty)),
        ("phone!=empty", Bound::Not(Box::new(test("phone", Test::Empty)))),
        ("employees:>100", test("employees", Test::Range { from: End::Excluded(dec(100)), to: End::Unbounded })),
        (
            "annual_revenue:>=3万",
            test("annual_revenue", Test::Range { from: End::Included(dec(30_000)), to: End::Unbounded }),
        ),
        (
            "credit_limit:<$5",
            test(
                "credit_limit",
                Test::Range {
                    from: End::Unbounded,
                    to: End::Excluded(Value::Money(Money { amount: 5.into(), currency: "USD".into() })),
                },
            ),
        ),
        (
            "next_contact:2026-11",
            test(
                "next_contact",
                Test::Range { from: End::Included(day(2026, 11, 1)), to: End::Excluded(day(2026, 12, 1)) },
            ),
        ),
        (
            "next_contact:<=this-month",
            test("next_contact", Test::Range { from: End::Unbounded, to: End::Excluded(day(2026, 12, 1)) }),
        ),
        (
            "next_contact:2026-11-01..",
            test("next_contact", Test::Range { from: End::Included(day(2026, 11, 1)), to: End::Unbounded }),
        ),
        (
            "updated:<-30d",
            test(
                "updated_at",
                Test::Range { from: End::Unbounded, to: End::Excluded(instant("2026-10-22T16:00:00Z")) },
            ),
        ),
        (
            "created_at:today",
            test(
                "created_at",
                Test::Range {
                    from: End::Included(instant("2026-11-21T16:00:00Z")),
                    to: End::Excluded(instant("2026-11-22T16:00:00Z")),
                },
            ),
        ),
        (
            "parent:华信",
            test("parent", Test::RefersTo { object: "customer".into(), text: "华信".into(), exact: false }),
        ),
        ("id:0000000000007", test("id", Test::AnyOf(vec![Value::Ref(id(7))]))),
        ("华信 hx", Bound::Words(vec!["华信".into(), "hx".into()])),
    ] {
        assert_eq!(read("customer", text).unwrap(), bound, "{text}");
    }
}

#[test]
fn one_step_into_the_record_referred_to() {
    let inner = Box::new(choices("level", &["A"]));
    let expected = test("customer", Test::Related { object: "customer".into(), inner });
    assert_eq!(read("contact", "customer.level:A").unwrap(), expected);
    assert_eq!(read("contact", "客户.级别:A").unwrap(), expected);
    let twice = read("contact", "customer.owner.name:x").unwrap_err();
    assert_eq!((twice.message.key.as_ref(), twice.span), ("bind-one-hop", 9..19));
}

#[test]
fn mistakes_are_pointed_at_with_the_nearest_name() {
    for (text, key, span, nearest) in [
        ("levle:A", "bind-unknown-field", 0..5, Some("level")),
        ("name:x 行页:制造", "bind-unknown-field", 7..13, Some("行业")),
        ("industry:technolgy", "bind-choice", 9..18, Some("technology")),
        ("owner:<me", "bind-operator", 7..9, None),
        ("employees:many", "amount-unknown", 10..14, None),
        ("employees:5%", "value-number", 10..12, None),
        ("next_contact:someday", "when-unknown", 13..20, None),
        ("parent.levle:A", "bind-unknown-field", 7..12, Some("level")),
        ("name.level:A", "bind-no-reference", 0..4, None),
        ("tags:a..b", "bind-range", 5..9, None),
        ("type:", "filter-unexpected-end", 5..5, None),
    ] {
        let error = read("customer", text).unwrap_err();
        assert_eq!((error.message.key.as_ref(), error.nearest.as_deref()), (key, nearest), "{text}");
        assert_eq!(error.span, span, "{text}");
    }
    let now = now();
    let nobody = BindContext { now: &now, me: None };
    let error = parse(builtin(), builtin().object("customer").unwrap(), "owner:me", &nobody).unwrap_err();
    assert_eq!(error.message.key, "value-no-me");
}

#[test]
fn a_record_in_memory_matches_by_the_same_rules() {
    let money = Value::Money(Money { amount: 100.into(), currency: "CNY".into() });
    let fields = Fields::from([
        ("name".to_owned(), Value::Text("华信科技 ACME".into())),
        ("level".to_owned(), Value::Choice("A".into())),
        ("tags".to_owned(), Value::Choices(vec!["VIP".into()])),
        ("credit_limit".to_owned(), money),
        ("employees".to_owned(), Value::Integer(50)),
        ("next_contact".to_owned(), day(2026, 11, 22)),
        ("updated_at".to_owned(), instant("2026-11-21T16:00:00Z")),
        ("owner".to_owned(), Value::Ref(id(9))),
    ]);
    let titles = Titles::from([(id(9), "张三".to_owned())]);
    let customer = builtin().object("customer").unwrap();
    for (text, expected) in [
        ("", true),
        ("acme", true),
        ("ＡＣＭＥ 华信", true),
        ("acme nobody", false),
        ("level:A,B", true),
        ("level!=A", false),
        ("-level:B", true),
        ("status!=formal", true),
        ("status:formal", false),
        ("status:empty", true),
        ("tags:vip", true),
        ("credit_limit:100", true),
        ("credit_limit:>=$100", false),
        ("credit_limit:50..100", true),
        ("employees:<50", false),
        ("employees:<=50", true),
        ("founded:<2000", false),
        ("next_contact:today", true),
        ("next_contact:>today", false),
        ("updated:today", true),
        ("owner:me", true),
        ("owner:张", true),
        ("owner=张", false),
        ("name=\"华信科技 acme\"", true),
        ("(level:B or employees:50) not tags:old", true),
    ] {
        let bound = read("customer", text).unwrap();
        let empty = Value::Empty;
        let get = |name: &str| fields.get(name).unwrap_or(&empty);
        assert_eq!(matches(&bound, customer, &get, &titles), expected, "{text}");
    }
}

#[test]
fn a_filter_in_the_words_of_a_language_means_the_same() {
    let schema = builtin();
    let worded_in = |object: &str, text: &str, lang: Lang| {
        let worded = worded(schema, schema.object(object).unwrap(), text, lang);
        assert_eq!(read(object, &worded).unwrap(), read(object, text).unwrap(), "{worded}");
        worded
    };
    for (object, text, zh, en) in [
        ("customer", "", "", ""),
        ("opportunity", "owner:me status:open", "负责人:我 商机状态:进行中", "owner:me status:open"),
        ("opportunity", "next_step:empty", "下一步:空", "next_step:empty"),
        ("opportunity", "pipeline:\"standard\" (stage=won or -close_date:<today)", "", ""),
        ("task", "-state:done,cancelled", "-状态:完成,取消", "-state:done,cancelled"),
        ("contact", "customer.level:A primary:yes 华信", "", ""),
        ("customer", "level:A..B employees:>1,000 owner:\"me\"", "", ""),
    ] {
        for (lang, expected) in [(Lang::Zh, zh), (Lang::En, en)] {
            let worded = worded_in(object, text, lang);
            assert!(expected.is_empty() || worded == expected, "{worded}");
            assert_eq!(worded.is_empty(), text.is_empty());
        }
    }
    let customer = schema.object("customer").unwrap();
    for left_alone in ["no_such:1", "level:", "(", "\"half"] {
        assert_eq!(worded(schema, customer, left_alone, Lang::Zh), left_alone);
    }
}

#[test]
fn what_a_filter_wants_is_said_in_words_or_not_at_all() {
    let schema = builtin();
    for (object, text, zh, en) in [
        ("user", "active:yes", "“在职”为“是”", "“Active” is “yes”"),
        ("opportunity", "owner:me status:open", "“负责人”为本人，且“商机状态”为“进行中”", ""),
        ("task", "-state:done -state:cancelled", "“状态”不为“完成”，且“状态”不为“取消”", ""),
        ("task", "-state:done,cancelled", "“状态”不为“完成”或“取消”", ""),
        ("opportunity", "next_step:empty", "“下一步”为空", "“Next step” is empty"),
        ("opportunity", "next_step!=empty", "“下一步”已填写", "“Next step” is filled in"),
        ("contact", "customer.level:A", "“客户的级别”为“A 重点”", "“Level of Customer” is “A key”"),
        ("customer", "employees:>1000", "", "“Employees” is more than 1000"),
        ("customer", "-employees:>1000", "", "“Employees” is not more than 1000"),
        ("customer", "name:华信", "“客户名称”包含“华信”", ""),
        ("customer", "created_at:<2026-01-01", "“创建时间”早于2026-01-01", ""),
        ("customer", "level:A (status:formal or status:potential)", "", ""),
    ] {
        let of = |lang| said(schema, schema.object(object).unwrap(), text, lang).unwrap();
        for (lang, expected) in [(Lang::Zh, zh), (Lang::En, en)] {
            let told = of(lang);
            assert!(expected.is_empty() || told == expected, "{text}: {told}");
            assert!(!told.contains(':') && !told.contains('_'), "{text}: {told}");
        }
    }
    let customer = schema.object("customer").unwrap();
    for beyond in ["华信", "level:A..B", "updated:<-30d", "no_such:1", "(", "", "-(level:A status:formal)"] {
        assert_eq!(said(schema, customer, beyond, Lang::En), None, "{beyond}");
    }
}
