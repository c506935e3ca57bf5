#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::*;
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record, Titles};
use crate::domain::value::{Money, Value};
use crate::schema::builtin;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

fn record(object: &str, id: i64, given: &[(&str, Value)]) -> Record {
    let fields: Fields = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Record { object: object.to_owned(), id: Id::from_i64(id).unwrap(), version: 1, fields }
}

fn text_of(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

fn line(at: i64, name: &str, price: &str, quantity: &str, gross: &str) -> Record {
    let given = [
        ("name", text_of(name)),
        ("quantity", number(quantity)),
        ("unit", text_of("台")),
        ("price", number(price)),
        ("tax_rate", number("13")),
        ("gross", number(gross)),
    ];
    record("quote_line", at, &given)
}

fn page(lang: Lang) -> Sheet {
    let customer = Id::from_i64(9).unwrap();
    let total = Value::Money(Money { amount: "12075.5".parse().unwrap(), currency: "CNY".to_owned() });
    let document = record(
        "quote",
        1,
        &[
            ("code", text_of("Q-202611-0001")),
            ("customer", Value::Ref(customer)),
            ("date", Value::Date("2026-11-22".parse().unwrap())),
            ("valid_until", Value::Date("2026-12-22".parse().unwrap())),
            ("currency", Value::Choice("CNY".to_owned())),
            ("net", number("10686.28")),
            ("tax", number("1389.22")),
            ("gross", number("12075.5")),
            ("total", total),
            ("payment_terms", text_of("预付 30%，余款 60 天")),
            ("terms", text_of("一、质保一年\n二、运费由卖方承担 <b>")),
        ],
    );
    let lines = [
        line(2, "工业网关 G300 <script>alert('x')</script>", "5980", "2", "11960"),
        line(3, "导轨安装件\u{1b}[31m", "0.1155", "1000", "115.5"),
    ];
    let company = record(
        "own_company",
        4,
        &[
            ("name", text_of("星河智联 & 公司")),
            ("english_name", text_of("Xinghe \"Connected\"")),
            ("phone", text_of("021-5550 0100")),
            ("bank", text_of("示范银行")),
            ("bank_account", text_of("6200 0000")),
        ],
    );
    let titles = Titles::from([(customer, "深圳市华信科技有限公司".to_owned())]);
    let papers =
        Papers { schema: builtin(), document: &document, lines: &lines, company: Some(&company), titles: &titles };
    sheet(&papers, lang, &TimeZone::UTC)
}

#[test]
fn a_quote_as_text_in_both_languages() {
    insta::assert_snapshot!(text(&page(Lang::Zh)));
    insta::assert_snapshot!(text(&page(Lang::En)));
}

#[test]
fn a_quote_as_html() {
    insta::assert_snapshot!(html(&page(Lang::Zh)));
}

#[test]
fn data_is_no_markup_and_the_page_needs_no_other_file() {
    let page = html(&page(Lang::Zh));
    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains('\u{1b}'), "{page}");
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)"));
    assert!(!page.contains("http") && !page.contains("src=") && !page.contains("url("), "{page}");
    assert!(page.contains("壹万贰仟零柒拾伍元伍角整"));
}

#[test]
fn text_keeps_to_its_width_whatever_the_names() {
    let mut sheet = page(Lang::Zh);
    for line in &mut sheet.lines {
        if let Some(name) = line.get_mut(1) {
            *name = "很长的产品名称".repeat(20);
        }
    }
    for line in text(&sheet).lines() {
        assert!(line.width() <= 78, "{line}");
    }
}
