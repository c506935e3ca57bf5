//! Amounts in Chinese capitals, as contracts and receipts spell them so that no digit can be changed:
//! 1234.5 is 壹仟贰佰叁拾肆元伍角整.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const MYRIADS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// An amount in capitals, rounded half up to 分. `None` beyond what the words reach (10²⁰).
pub fn capitals(amount: Decimal) -> Option<String> {
    let rounded = amount.abs().round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    let cents = rounded.checked_mul(Decimal::ONE_HUNDRED)?.to_u128()?;
    let (whole, jiao, fen) = (cents / 100, (cents / 10 % 10) as usize, (cents % 10) as usize);
    let mut text = String::new();
    if amount.is_sign_negative() && cents > 0 {
        text.push('负');
    }
    if whole > 0 || cents == 0 {
        text.push_str(&integer(whole)?);
        text.push('元');
    }
    if jiao > 0 {
        text.push_str(DIGITS.get(jiao)?);
        text.push('角');
    } else if fen > 0 && whole > 0 {
        text.push('零');
    }
    if fen > 0 {
        text.push_str(DIGITS.get(fen)?);
        text.push('分');
    } else {
        text.push('整');
    }
    Some(text)
}

/// A whole number: groups of four digits, and one 零 for any run of zeros between digits.
fn integer(number: u128) -> Option<String> {
    if number == 0 {
        return Some("零".to_owned());
    }
    let mut text = String::new();
    let mut gap = false;
    for group in (0..MYRIADS.len()).rev() {
        let part = number / 10_000u128.pow(u32::try_from(group).ok()?) % 10_000;
        if part == 0 {
            gap = true;
            continue;
        }
        for place in (0..PLACES.len()).rev() {
            let digit = (part / 10u128.pow(u32::try_from(place).ok()?) % 10) as usize;
            if digit == 0 {
                gap = true;
                continue;
            }
            if gap && !text.is_empty() {
                text.push('零');
            }
            gap = false;
            text.push_str(DIGITS.get(digit)?);
            text.push_str(PLACES.get(place)?);
        }
        text.push_str(MYRIADS.get(group)?);
        // Zeros at the end of a group stand between its word and the next digit.
        gap = part.is_multiple_of(10);
    }
    (number < 10u128.pow(20)).then_some(text)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn amounts_are_spelled_as_banks_spell_them() {
        let table = [
            ("0", "零元整"),
            ("1", "壹元整"),
            ("0.5", "伍角整"),
            ("0.05", "伍分"),
            ("10", "壹拾元整"),
            ("16.40", "壹拾陆元肆角整"),
            ("107000.53", "壹拾万零柒仟元伍角叁分"),
            ("1409.50", "壹仟肆佰零玖元伍角整"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
            ("325.04", "叁佰贰拾伍元零肆分"),
            ("10000", "壹万元整"),
            ("10001", "壹万零壹元整"),
            ("100000001", "壹亿零壹元整"),
            ("1000100010", "壹拾亿零壹拾万零壹拾元整"),
            ("123456789.01", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"),
            ("2.345", "贰元叁角伍分"),
            ("-12.5", "负壹拾贰元伍角整"),
        ];
        for (amount, words) in table {
            assert_eq!(capitals(amount.parse().unwrap()).unwrap(), words, "{amount}");
        }
        assert_eq!(capitals("1000000000000000000000".parse().unwrap()), None);
    }
}
