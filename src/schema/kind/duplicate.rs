//! The part of a value that two records of the same company or person share.

use super::contact::split_extension;
use crate::domain::fold::ascii_key;
use crate::domain::value::Value;
use crate::schema::model::Kind;

/// Words that say the form of a company, or that a name says anyway; the longest first.
const SUFFIXES: [&str; 28] = [
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "集团股份公司",
    "有限公司",
    "股份公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "corporation",
    "incorporated",
    "company",
    "limited",
    "coltd",
    "gmbh",
    "corp",
    "pteltd",
    "llc",
    "ltd",
    "inc",
    "plc",
    "co",
    "bv",
    "ag",
    "sa",
    "kk",
    "srl",
];
/// Fewer characters would match by chance.
const PHONE_DIGITS_MIN: usize = 7;

/// What to compare when looking for duplicates: equal keys are likely duplicates. `None` if the value
/// says too little or its type isn't looked at.
///
/// Names: width, case, blanks, punctuation and the company's form set aside (`华信科技（北京）有限公司` is
/// `华信科技北京`, `Acme Co., Ltd.` is `acme`). Phones: digits without country code. E-mail: lower case.
/// URL: host without `www.`.
pub fn duplicate_key(kind: &Kind, value: &Value) -> Option<String> {
    let Value::Text(text) = value else { return None };
    let key = match kind {
        Kind::Phone => phone(text)?,
        Kind::Email => text.trim().to_lowercase(),
        Kind::Url => host(text),
        Kind::Text { .. } => name(text),
        _ => return None,
    };
    (!key.is_empty()).then_some(key)
}

fn name(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| folded.extend(kept(c)));
    let mut words = None;
    let mut key = folded.as_str();
    while let Some(rest) = without_suffix(key, text, &mut words) {
        key = rest;
    }
    let length = key.len();
    folded.truncate(length);
    folded
}

/// What is kept of a character of a name: letters and digits, in lower case and half width.
fn kept(c: char) -> impl Iterator<Item = char> {
    // Most characters of most names: neither case nor width to fold.
    let plain = matches!(c, '\u{4E00}'..='\u{9FFF}' | 'a'..='z' | '0'..='9').then_some(c);
    let other = plain.is_none().then(|| ascii_key(c).to_lowercase().filter(|c| c.is_alphanumeric()));
    plain.into_iter().chain(other.into_iter().flatten())
}

fn without_suffix<'k>(key: &'k str, text: &str, words: &mut Option<Vec<String>>) -> Option<&'k str> {
    for suffix in SUFFIXES {
        let Some(rest) = key.strip_suffix(suffix).filter(|rest| !rest.is_empty()) else { continue };
        if !suffix.is_ascii() {
            return Some(rest);
        }
        // A Latin suffix counts only as a word of its own: `cisco` keeps its `co`.
        let words = words.get_or_insert_with(|| split(text));
        if words.last().is_some_and(|last| last == suffix) {
            words.pop();
            return Some(rest);
        }
    }
    None
}

fn split(text: &str) -> Vec<String> {
    let folded: String = text.chars().map(ascii_key).flat_map(char::to_lowercase).collect();
    folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn phone(text: &str) -> Option<String> {
    let (number, _) = split_extension(text);
    let folded: String = number.chars().map(ascii_key).collect();
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let local = if folded.trim_start().starts_with('+') {
        digits.strip_prefix("86").unwrap_or(&digits)
    } else {
        digits.strip_prefix("0086").unwrap_or(&digits)
    };
    let local = local.strip_prefix('0').unwrap_or(local);
    (local.len() >= PHONE_DIGITS_MIN).then(|| local.to_owned())
}

fn host(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: &Kind, text: &str) -> Option<String> {
        duplicate_key(kind, &Value::Text(text.into()))
    }

    #[test]
    fn the_same_company_has_one_key() {
        let kind = Kind::Text { max: 0, pattern: String::new() };
        for (a, b) in [
            ("华信科技（北京）有限公司", "华信科技(北京)有限责任公司"),
            ("Acme Co., Ltd.", "ＡＣＭＥ"),
            ("Acme Corporation", "acme corp"),
            ("金蝶 软件", "金蝶软件股份有限公司"),
        ] {
            assert_eq!(key(&kind, a), key(&kind, b), "{a} {b}");
        }
        assert_eq!(key(&kind, "Cisco").as_deref(), Some("cisco"));
        assert_eq!(key(&kind, "Cisco Co").as_deref(), Some("cisco"));
        assert_eq!(key(&kind, "公司").as_deref(), Some("公司"));
        assert_ne!(key(&kind, "华信科技"), key(&kind, "华信软件"));
    }

    #[test]
    fn the_same_number_has_one_key() {
        for text in ["13800138000", "+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００", "13800138000转8"]
        {
            assert_eq!(key(&Kind::Phone, text).as_deref(), Some("13800138000"), "{text}");
        }
        assert_eq!(key(&Kind::Phone, "010-12345678"), key(&Kind::Phone, "+86 10 12345678"));
        assert_eq!(key(&Kind::Phone, "110"), None);
    }

    #[test]
    fn hosts_and_addresses_lose_case_and_prefix() {
        assert_eq!(key(&Kind::Url, "https://www.Acme.com/a?b"), key(&Kind::Url, "acme.com"));
        assert_eq!(key(&Kind::Email, "Li@ACME.com").as_deref(), Some("li@acme.com"));
    }
}
