#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> (String, Option<&'static str>) {
    let amount = parse_amount(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert!(!amount.percent, "{text}");
    (amount.value.to_string(), amount.currency)
}

#[test]
fn amounts() {
    let table = [
        ("0", "0", None),
        ("12", "12", None),
        ("1234.50", "1234.50", None),
        ("1,234.50", "1234.50", None),
        ("1，234.5", "1234.5", None),
        ("１２３４．５", "1234.5", None),
        ("12。5", "12.5", None),
        ("1,234,567", "1234567", None),
        (".5", "0.5", None),
        ("5.", "5", None),
        ("-12", "-12", None),
        ("−12", "-12", None),
        ("+12", "12", None),
        ("-0", "0", None),
        ("(1,234.50)", "-1234.50", None),
        ("￥1,234", "1234", Some("CNY")),
        ("¥ 1234", "1234", Some("CNY")),
        ("-￥12", "-12", Some("CNY")),
        ("￥-12", "-12", Some("CNY")),
        ("$12.5", "12.5", Some("USD")),
        ("HK$12", "12", Some("HKD")),
        ("€5", "5", Some("EUR")),
        ("USD 12", "12", Some("USD")),
        ("usd12", "12", Some("USD")),
        ("12 EUR", "12", Some("EUR")),
        ("RMB 100", "100", Some("CNY")),
        ("100元", "100", Some("CNY")),
        ("100美元", "100", Some("USD")),
        ("￥100元", "100", Some("CNY")),
        ("人民币 3万元", "30000", Some("CNY")),
        ("1.2万", "12000", None),
        ("1.2 万", "12000", None),
        ("１．２万", "12000", None),
        ("1.23456万", "12345.6", None),
        ("3亿", "300000000", None),
        ("3亿5000万", "350000000", None),
        ("1万2千", "12000", None),
        ("5百万", "5000000", None),
        ("2千万", "20000000", None),
        ("1.5万亿", "1500000000000", None),
        ("12k", "12000", None),
        ("1.5m", "1500000", None),
        ("$1.5M", "1500000", Some("USD")),
        ("2bn", "2000000000", None),
        ("3w", "30000", None),
        ("1,000万", "10000000", None),
        ("三万五千", "35000", None),
        ("三百万元", "3000000", Some("CNY")),
        ("十", "10", None),
    ];
    for (text, value, currency) in table {
        assert_eq!(read(text), (value.to_owned(), currency), "{text}");
    }
}

#[test]
fn a_percentage_is_its_figure() {
    let amount = parse_amount("１２．５％").unwrap();
    assert_eq!((amount.value.to_string().as_str(), amount.percent), ("12.5", true));
    assert_eq!(parse_amount("-3 %").unwrap().value, Decimal::from(-3));
}

#[test]
fn what_is_no_amount() {
    let table = [
        ("", "amount-empty"),
        ("　", "amount-empty"),
        ("abc", "amount-unknown"),
        ("￥", "amount-unknown"),
        ("-", "amount-unknown"),
        (".", "amount-unknown"),
        ("12 abc", "amount-unknown"),
        ("12-", "amount-unknown"),
        ("--12", "amount-unknown"),
        ("(-12)", "amount-unknown"),
        ("(12", "amount-unknown"),
        ("1e5", "amount-unknown"),
        ("1 234", "amount-unknown"),
        ("1万5", "amount-unknown"),
        ("三万五", "amount-unknown"),
        ("5千3万", "amount-unknown"),
        ("12kk", "amount-unknown"),
        ("$5%", "amount-unknown"),
        ("万", "amount-unknown"),
        ("1,5", "amount-grouping"),
        ("1.234,50", "amount-grouping"),
        ("1,2345", "amount-grouping"),
        ("1234,567", "amount-grouping"),
        (",123", "amount-grouping"),
        ("1,,234", "amount-grouping"),
        ("1.2.3", "amount-grouping"),
        ("$5 EUR", "amount-currencies"),
        ("99999999999999999999999999999999", "amount-too-long"),
        ("9999999999999999999999999亿", "amount-too-long"),
        ("0.00000000000000000000000000001", "amount-too-long"),
    ];
    for (text, key) in table {
        assert_eq!(parse_amount(text).map_err(|error| error.key()), Err(key), "{text}");
    }
}

#[test]
fn grouped() {
    let table = [
        ("0", None, "0"),
        ("123", None, "123"),
        ("1234", None, "1,234"),
        ("1234567.8901", None, "1,234,567.8901"),
        ("-1234.5", Some(2), "-1,234.50"),
        ("999.995", Some(2), "1,000.00"),
        ("0.5", Some(0), "1"),
        ("-0.004", Some(2), "0.00"),
        ("1234.50", Some(0), "1,235"),
    ];
    for (value, places, expected) in table {
        assert_eq!(format_grouped(value.parse().unwrap(), places), expected, "{value}");
    }
}

#[test]
fn compact() {
    let table = [
        ("0", "0", "0"),
        ("9.999", "10", "10"),
        ("999", "999", "999"),
        ("1234", "1,234", "1.23k"),
        ("9999.9", "1万", "10k"),
        ("12345", "1.23万", "12.3k"),
        ("123456", "12.3万", "123k"),
        ("999999", "100万", "1M"),
        ("12345678", "1,235万", "12.3M"),
        ("99999999", "1亿", "100M"),
        ("-350000000", "-3.5亿", "-350M"),
        ("1500000000000", "1.5万亿", "1,500B"),
        ("-0.001", "0", "0"),
    ];
    for (value, chinese, english) in table {
        let value: Decimal = value.parse().unwrap();
        assert_eq!(format_compact(value, Notation::Chinese), chinese, "{value}");
        assert_eq!(format_compact(value, Notation::English), english, "{value}");
    }
    let _ = format_compact(Decimal::MIN, Notation::Chinese);
}

proptest! {
    #[test]
    fn what_is_grouped_reads_back(cents in -1_000_000_000_000_000_i64..1_000_000_000_000_000) {
        let value = Decimal::new(cents, 2);
        let text = format_grouped(value, Some(2));
        prop_assert_eq!(parse_amount(&text).map(|amount| amount.value), Ok(value), "{}", text);
    }

    #[test]
    fn whatever_is_typed_never_panics(text in "([0-9,.%¥$万亿千百十k() -]|USD|元|\\PC){0,14}") {
        let _ = parse_amount(&text);
    }
}
