//! Amounts in parts, exact to the cent: instalments of a total, and a payment over what is open.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

/// Digits of an amount.
const CENTS: u32 = 2;

/// Splits an amount by weights. The parts add up to it to the cent and none has another sign than it: each is what
/// the rounded sum up to it (half up) grows by. Nothing for weights that are negative or add up to nothing.
pub fn split(amount: Decimal, weights: &[Decimal]) -> Option<Vec<Decimal>> {
    let whole: Decimal = weights.iter().try_fold(Decimal::ZERO, |sum, w| sum.checked_add(*w))?;
    if whole.is_zero() || weights.iter().any(Decimal::is_sign_negative) {
        return None;
    }
    let (mut sum, mut given) = (Decimal::ZERO, Decimal::ZERO);
    let mut parts = Vec::with_capacity(weights.len());
    for weight in weights {
        sum = sum.checked_add(*weight)?;
        let until = if sum == whole { amount } else { amount.checked_mul(sum)?.checked_div(whole)? };
        let until = until.round_dp_with_strategy(CENTS, RoundingStrategy::MidpointAwayFromZero);
        parts.push(until - given);
        given = until;
    }
    Some(parts)
}

/// Lays a payment over open amounts in their order, each filled before the next. `None` if it is more than all.
pub fn allocate(payment: Decimal, open: &[Decimal]) -> Option<Vec<Decimal>> {
    let mut left = payment;
    let mut parts = Vec::with_capacity(open.len());
    for amount in open {
        let part = left.min(*amount).max(Decimal::ZERO);
        left -= part;
        parts.push(part);
    }
    left.is_zero().then_some(parts)
}

/// The day so many months later; the last of the month where it has no such day. Counted from the first day each
/// time, so that a 31st comes back.
pub fn months_later(day: Date, months: u32) -> Option<Date> {
    day.checked_add(jiff::Span::new().try_months(months).ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn numbers(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|t| t.parse().unwrap()).collect()
    }

    #[test]
    fn parts_are_rounded_so_that_they_add_up() {
        let table: [(&str, &[&str], &[&str]); 5] = [
            ("100", &["30", "70"], &["30", "70"]),
            ("100", &["1", "1", "1"], &["33.33", "33.34", "33.33"]),
            ("0.05", &["30", "70"], &["0.02", "0.03"]),
            ("0.01", &["1", "1", "1"], &["0", "0.01", "0"]),
            ("99.99", &["0", "1"], &["0", "99.99"]),
        ];
        for (amount, weights, parts) in table {
            assert_eq!(split(amount.parse().unwrap(), &numbers(weights)), Some(numbers(parts)), "{amount}");
        }
        assert_eq!(split(Decimal::ONE, &[]), None);
        assert_eq!(split(Decimal::ONE, &numbers(&["-1", "2"])), None);
    }

    #[test]
    fn a_payment_fills_what_is_open_in_order_and_never_more() {
        let open = numbers(&["30", "0", "70"]);
        assert_eq!(allocate("50".parse().unwrap(), &open), Some(numbers(&["30", "0", "20"])));
        assert_eq!(allocate("100".parse().unwrap(), &open), Some(open.clone()));
        assert_eq!(allocate("100.01".parse().unwrap(), &open), None);
    }

    #[test]
    fn months_end_where_they_end_and_the_31st_comes_back() {
        let days: Vec<Date> = (1..=3).map(|n| months_later(date(2026, 12, 31), n).unwrap()).collect();
        assert_eq!(days, [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]);
    }

    proptest! {
        #[test]
        fn instalments_add_up_to_the_cent(cents in 0i64..10_000_000_000, weights in prop::collection::vec(0u32..1000, 1..40)) {
            let amount = Decimal::new(cents, 2);
            let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
            let parts = split(amount, &weights);
            prop_assert_eq!(parts.is_none(), weights.iter().all(Decimal::is_zero));
            if let Some(parts) = parts {
                prop_assert_eq!(parts.iter().sum::<Decimal>(), amount);
                prop_assert!(parts.iter().all(|p| !p.is_sign_negative() || p.is_zero()));
                prop_assert!(parts.iter().all(|p| p.scale() <= 2));
            }
        }

        #[test]
        fn an_allocation_is_the_payment(cents in 0i64..1_000_000, open in prop::collection::vec(0i64..100_000, 0..20)) {
            let open: Vec<Decimal> = open.into_iter().map(|c| Decimal::new(c, 2)).collect();
            let payment = Decimal::new(cents, 2);
            match allocate(payment, &open) {
                None => prop_assert!(payment > open.iter().sum()),
                Some(parts) => {
                    prop_assert_eq!(parts.iter().sum::<Decimal>(), payment);
                    prop_assert!(parts.iter().zip(&open).all(|(p, o)| p <= o));
                }
            }
        }
    }
}
