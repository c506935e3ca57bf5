//! Amounts as people type and read them: `1,234.50`, `￥1.2万`, `USD 12k`, 3亿5000万, `12.5%`.

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

use super::fold::ascii_key;
use super::message::Message;
use super::numeral;

/// A number as typed, with what stood around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// The number; a percentage is its figure (12.5 for `12.5%`).
    pub value: Decimal,
    /// ISO 4217 code of the currency, if one was typed; `¥` is CNY and `$` is USD.
    pub currency: Option<&'static str>,
    /// Whether a percent sign followed.
    pub percent: bool,
}

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Nothing was typed.
    #[error("no number is given")]
    Empty,
    /// Something that is no number.
    #[error("`{text}` is not a number")]
    Unknown {
        /// The part that was not understood.
        text: String,
    },
    /// Commas that do not stand between groups of three digits: `1,5` may be meant in two ways.
    #[error("the commas in `{text}` do not part thousands; write a decimal point as `.`")]
    Grouping {
        /// The number as typed.
        text: String,
    },
    /// Two different currencies.
    #[error("{first} and {second} cannot both be the currency")]
    Currencies {
        /// The code in front.
        first: &'static str,
        /// The code behind.
        second: &'static str,
    },
    /// More digits than are kept exactly (28).
    #[error("the number has too many digits")]
    TooLong,
}

impl AmountError {
    /// Stable key for translation.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "amount-empty",
            Self::Unknown { .. } => "amount-unknown",
            Self::Grouping { .. } => "amount-grouping",
            Self::Currencies { .. } => "amount-currencies",
            Self::TooLong => "amount-too-long",
        }
    }

    /// The message with its arguments, for the user's language.
    pub fn message(&self) -> Message {
        let message = Message::new(self.key());
        match self {
            Self::Unknown { text } | Self::Grouping { text } => message.with("text", text),
            Self::Currencies { first, second } => message.with("first", first).with("second", second),
            Self::Empty | Self::TooLong => message,
        }
    }
}

/// Signs and names of currencies, longer ones first where one begins another; folded and in upper case.
const CURRENCIES: &[(&str, &str)] = &[
    ("HK$", "HKD"),
    ("NT$", "TWD"),
    ("US$", "USD"),
    ("A$", "AUD"),
    ("C$", "CAD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("CN¥", "CNY"),
    ("JP¥", "JPY"),
    ("RMB", "CNY"),
    ("¥", "CNY"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₩", "KRW"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("人民币", "CNY"),
    ("新台币", "TWD"),
    ("台币", "TWD"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("欧元", "EUR"),
    ("英镑", "GBP"),
    ("日元", "JPY"),
    ("日圆", "JPY"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("韩元", "KRW"),
    ("新加坡元", "SGD"),
    ("新元", "SGD"),
    ("澳元", "AUD"),
    ("加元", "CAD"),
    ("卢布", "RUB"),
    ("元", "CNY"),
    ("块", "CNY"),
];

/// Codes accepted before or behind a number.
const CODES: &[&str] = &[
    "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "MOP", "KRW", "SGD", "AUD", "CAD", "NZD", "CHF", "SEK", "NOK",
    "DKK", "PLN", "CZK", "HUF", "RUB", "TRY", "INR", "IDR", "MYR", "THB", "VND", "PHP", "AED", "SAR", "ILS", "ZAR",
    "EGP", "BRL", "MXN", "ARS", "CLP", "COP", "KZT", "UAH",
];

/// Factors behind a number, as powers of ten; longer ones first.
const FACTORS: &[(&str, u32)] = &[
    ("万亿", 12),
    ("千万", 7),
    ("百万", 6),
    ("十万", 5),
    ("亿", 8),
    ("万", 4),
    ("千", 3),
    ("百", 2),
    ("BN", 9),
    ("B", 9),
    ("M", 6),
    ("K", 3),
    ("W", 4),
];

/// Parses an amount. Full-width digits and signs count as ASCII; `(1,234)` is negative; `w` is 万.
pub fn parse_amount(text: &str) -> Result<Amount, AmountError> {
    // What most cells of most files hold.
    if text.len() <= 18
        && text.bytes().all(|b| b.is_ascii_digit())
        && let Ok(whole) = text.parse::<u64>()
    {
        return Ok(Amount { value: Decimal::from(whole), currency: None, percent: false });
    }
    let folded: String = text.chars().map(|c| ascii_key(c).to_ascii_uppercase()).collect();
    let mut rest = folded.trim();
    if rest.is_empty() {
        return Err(AmountError::Empty);
    }
    let unknown = || AmountError::Unknown { text: text.trim().to_owned() };
    let bracketed = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let mut negative = bracketed.is_some();
    rest = bracketed.unwrap_or(rest).trim();

    let mut signed = take_sign(&mut rest);
    let front = take_currency_front(&mut rest);
    signed = signed.or_else(|| take_sign(&mut rest));
    if negative && signed.is_some() {
        return Err(unknown());
    }
    negative |= signed == Some(true);
    let percent = rest.strip_suffix('%').map(|before| rest = before.trim_end()).is_some();
    let back = take_currency_back(&mut rest);
    let currency = match (front, back) {
        (Some(first), Some(second)) if first != second => return Err(AmountError::Currencies { first, second }),
        (front, back) => front.or(back),
    };
    if percent && currency.is_some() {
        return Err(unknown());
    }
    let mut value = magnitude(rest, text)?;
    value.set_sign_negative(negative && !value.is_zero());
    Ok(Amount { value, currency, percent })
}

/// `Some(true)` for a minus.
fn take_sign(rest: &mut &str) -> Option<bool> {
    let negative = rest.starts_with('-');
    let after = rest.strip_prefix(['-', '+'])?;
    *rest = after.trim_start();
    Some(negative)
}

fn take_currency_front(rest: &mut &str) -> Option<&'static str> {
    let sign = CURRENCIES.iter().find_map(|(sign, code)| rest.strip_prefix(sign).map(|after| (after, *code)));
    let code = || CODES.iter().find_map(|code| rest.strip_prefix(code).map(|after| (after, *code)));
    let (after, code) = sign.or_else(code)?;
    *rest = after.trim_start();
    Some(code)
}

fn take_currency_back(rest: &mut &str) -> Option<&'static str> {
    // The longest name wins: 美元 before 元.
    let sign = CURRENCIES.iter().filter(|(sign, _)| rest.ends_with(sign)).max_by_key(|(sign, _)| sign.len());
    let sign = sign.and_then(|(sign, code)| rest.strip_suffix(sign).map(|before| (before, *code)));
    let code = || CODES.iter().find_map(|code| rest.strip_suffix(code).map(|before| (before, *code)));
    let (before, code) = sign.or_else(code)?;
    *rest = before.trim_end();
    Some(code)
}

/// Digits with their factors, largest first (3亿5000万), or a Chinese numeral (三万五千).
fn magnitude(text: &str, typed: &str) -> Result<Decimal, AmountError> {
    let unknown = || AmountError::Unknown { text: typed.trim().to_owned() };
    let keys: Vec<char> = text.chars().collect();
    if let Some((value, length)) = numeral::leading(&keys)
        && length == keys.len()
    {
        return Ok(Decimal::from(value));
    }
    let mut rest = text;
    let mut total = Decimal::ZERO;
    let mut before = u32::MAX;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end).ok_or_else(unknown)?;
        let number = plain(digits, typed)?;
        let after = after.trim_start();
        let factor = FACTORS.iter().find_map(|(name, power)| after.strip_prefix(name).map(|after| (after, *power)));
        let (after, power) = factor.unwrap_or((after, 0));
        // A last part without a factor is refused: 1万5 may be 10,005 or 15,000.
        if power >= before || (power == 0 && (before != u32::MAX || !after.is_empty())) {
            return Err(unknown());
        }
        let scaled = number.checked_mul(Decimal::from(10_u64.pow(power))).ok_or(AmountError::TooLong)?;
        total = total.checked_add(scaled).ok_or(AmountError::TooLong)?;
        before = power;
        rest = after.trim_start();
    }
    match before {
        u32::MAX => Err(unknown()),
        // The decimals as typed: 1,234.50 keeps its zero.
        0 => Ok(total),
        _ => Ok(total.normalize()),
    }
}

/// Digits with commas between thousands and one decimal point.
fn plain(digits: &str, typed: &str) -> Result<Decimal, AmountError> {
    let unknown = || AmountError::Unknown { text: typed.trim().to_owned() };
    let grouping = || AmountError::Grouping { text: typed.trim().to_owned() };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.contains([',', '.']) {
        return Err(grouping());
    }
    if whole.is_empty() && fraction.is_empty() {
        return Err(unknown());
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    if whole.contains(',') && (!(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3)) {
        return Err(grouping());
    }
    let number = format!("{}.{fraction}", whole.replace(',', ""));
    let number = number.trim_end_matches('.');
    let number = if number.starts_with('.') { format!("0{number}") } else { number.to_owned() };
    Decimal::from_str_exact(&number).map_err(|_| AmountError::TooLong)
}

/// Writes a number with commas between thousands; with `places` rounded half away from zero to so many decimals.
pub fn format_grouped(value: Decimal, places: Option<u32>) -> String {
    let text = match places {
        Some(places) => {
            let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            let places = usize::try_from(places).unwrap_or(0);
            format!("{:.places$}", rounded.abs())
        }
        None => value.abs().to_string(),
    };
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut grouped = String::with_capacity(text.len() + text.len() / 3 + 1);
    if value.is_sign_negative() && !zero {
        grouped.push('-');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// The steps of a short form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// 万, 亿, 万亿.
    Chinese,
    /// k, M, B.
    English,
}

/// Writes a number short, with three digits that count and no whole digit lost: 1.23万, 1,235万, `12.3k`, `1.5M`.
pub fn format_compact(value: Decimal, notation: Notation) -> String {
    let steps: &[(u32, &str)] = match notation {
        Notation::Chinese => &[(0, ""), (4, "万"), (8, "亿"), (12, "万亿")],
        Notation::English => &[(0, ""), (3, "k"), (6, "M"), (9, "B")],
    };
    let mut shown = String::new();
    for (i, (power, unit)) in steps.iter().enumerate() {
        let scaled = three_digits(value.abs() / Decimal::from(10_u64.pow(*power)));
        shown = format!("{}{unit}", format_grouped(scaled.normalize(), None));
        let Some((next, _)) = steps.get(i + 1) else { break };
        // Compared after rounding, so that 9,999.9万 becomes 1亿.
        if scaled < Decimal::from(10_u64.pow(next - power)) {
            break;
        }
    }
    if value.is_sign_negative() && !shown.starts_with('0') { format!("-{shown}") } else { shown }
}

fn three_digits(value: Decimal) -> Decimal {
    let places = match value {
        v if v < Decimal::TEN => 2,
        v if v < Decimal::ONE_HUNDRED => 1,
        _ => 0,
    };
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests;
