//! Sums in a few cells: 万 and 亿 in Chinese, K, M and B in English.

use crate::contract::request::Sum;
use crate::domain::lang::Lang;
use rust_decimal::{Decimal, RoundingStrategy};

const CHINESE: [(i64, &str); 2] = [(100_000_000, "亿"), (10_000, "万")];
const ENGLISH: [(i64, &str); 3] = [(1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")];

/// A sum in at most about ten cells; of several currencies without rates each by itself. The currency is named
/// where it isn't the usual one.
pub fn short(sum: &Sum, usual: &str, lang: Lang) -> String {
    match (sum.total, &sum.currency) {
        (Some(total), currency) => named(total, currency.as_deref().unwrap_or(usual), usual, lang),
        (None, _) => {
            let parts = sum.parts.iter().map(|p| named(p.amount, &p.currency, usual, lang));
            parts.collect::<Vec<_>>().join("+")
        }
    }
}

fn named(amount: Decimal, currency: &str, usual: &str, lang: Lang) -> String {
    let figure = abbreviated(amount, lang);
    if currency == usual { figure } else { format!("{currency} {figure}") }
}

/// A number to three or four digits with its unit; small ones as they are, without a fraction.
pub fn abbreviated(amount: Decimal, lang: Lang) -> String {
    let units: &[(i64, &str)] = if lang == Lang::Zh { &CHINESE } else { &ENGLISH };
    let unit = units.iter().find(|(size, _)| amount.abs() >= Decimal::from(*size));
    let rounded = |value: Decimal, digits| value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    match unit {
        Some((size, name)) => {
            let scaled = amount / Decimal::from(*size);
            let digits = if scaled.abs() >= Decimal::ONE_HUNDRED { 0 } else { 1 };
            format!("{}{name}", rounded(scaled, digits).normalize())
        }
        None => rounded(amount, 0).normalize().to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::value::Money;

    #[test]
    fn figures_are_short_in_the_units_of_the_language() {
        for (amount, zh, en) in [
            ("0", "0", "0"),
            ("999.5", "1000", "1000"),
            ("9999", "9999", "10K"),
            ("12345", "1.2万", "12.3K"),
            ("1234567", "123万", "1.2M"),
            ("-2500000000", "-25亿", "-2.5B"),
        ] {
            let amount: Decimal = amount.parse().unwrap();
            assert_eq!(abbreviated(amount, Lang::Zh), zh, "{amount}");
            assert_eq!(abbreviated(amount, Lang::En), en, "{amount}");
        }
    }

    #[test]
    fn currencies_without_a_rate_stand_each_by_itself() {
        let part = |amount: i64, currency: &str| Money { amount: amount.into(), currency: currency.to_owned() };
        let sum = Sum { parts: vec![part(100, "CNY"), part(20_000, "USD")], ..Sum::default() };
        assert_eq!(short(&sum, "CNY", Lang::En), "100+USD 20K");
        let one = Sum { total: Some(5.into()), currency: Some("EUR".into()), ..Sum::default() };
        assert_eq!(short(&one, "CNY", Lang::Zh), "EUR 5");
    }
}
