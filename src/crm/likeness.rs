//! When two values probably mean the same customer: company names, phones, addresses, tax numbers.

use crate::domain::fold::ascii_key;
use crate::domain::value::Value;
use crate::schema::model::Kind;

/// What two company names must share to be candidates: the name without its legal form, place in
/// parentheses, spaces and punctuation, in lower case and half width.
pub(crate) fn name_core(name: &str) -> String {
    let folded: String = name.chars().map(ascii_key).flat_map(char::to_lowercase).collect();
    let outside = without_parentheses(&folded);
    let words: Vec<&str> = outside.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let kept = words.iter().rposition(|w| !LATIN_FORMS.contains(w)).map_or(0, |last| last + 1);
    let mut core: String = words.iter().take(kept.max(1)).copied().collect();
    while let Some(shorter) = HAN_FORMS.iter().find_map(|form| core.strip_suffix(form))
        && shorter.chars().count() >= 2
    {
        core.truncate(shorter.len());
    }
    core
}

/// Legal forms at the end of Chinese names, longest first.
const HAN_FORMS: &[&str] =
    &["股份有限公司", "有限责任公司", "控股集团", "集团公司", "有限公司", "总公司", "分公司", "集团", "公司"];

/// Legal forms at the end of Latin names.
const LATIN_FORMS: &[&str] = &[
    "co", "ltd", "inc", "llc", "llp", "corp", "corporation", "company", "limited", "gmbh", "ag", "sa", "bv", "plc",
    "group", "holdings", "pte", "pty", "kg",
];

fn without_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    // A name that is all parentheses, or whose parenthesis never closes, is taken as it is.
    if kept.trim().is_empty() || depth > 0 { text.to_owned() } else { kept }
}

/// The digits that two phone numbers must share: without country code, separators and extension.
pub(crate) fn phone_core(phone: &str) -> String {
    let folded: String = phone.chars().map(ascii_key).collect();
    let number = folded.split(['x', 'X', '#', '转']).next().unwrap_or_default();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let national = ["0086", "86"].iter().find_map(|code| digits.strip_prefix(code).filter(|rest| rest.len() >= 10));
    national.unwrap_or(&digits).trim_start_matches('0').to_owned()
}

/// What values of a field must share to be alike, by its type; `None` if the value says too little.
pub(crate) fn core(kind: &Kind, value: &Value) -> Option<String> {
    let text = match value {
        Value::Text(text) => text,
        _ => return None,
    };
    let (core, least) = match kind {
        Kind::Phone => (phone_core(text), 7),
        Kind::Email => (text.trim().to_lowercase(), 5),
        Kind::Url => (text.trim().trim_end_matches('/').to_lowercase(), 5),
        _ => (name_core(text), 2),
    };
    (core.chars().count() >= least).then_some(core)
}

/// Whether two cores are the same but for one character put in, left out, swapped or replaced.
/// Short cores must be equal: 华信 and 华新 are two companies.
pub(crate) fn near(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let least = if long.iter().all(char::is_ascii) { 7 } else { 5 };
    if short.len() < least || long.len() - short.len() > 1 {
        return false;
    }
    let head = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(x, y)| x == y).count();
    let covered = head + tail;
    if short.len() == long.len() {
        covered + 1 >= short.len() || (covered + 2 >= short.len() && swapped(short, long, head))
    } else {
        covered >= short.len()
    }
}

fn swapped(a: &[char], b: &[char], at: usize) -> bool {
    a.get(at) == b.get(at + 1) && a.get(at + 1) == b.get(at) && a.get(at).is_some()
}

/// Texts to look for: a value alike to `text`, whose core is `core`, most likely contains at least one of them.
pub(crate) fn fragments(kind: &Kind, text: &str, core: &str) -> Vec<String> {
    let mut made = vec![core.to_owned()];
    let chars: Vec<char> = core.chars().collect();
    if !matches!(kind, Kind::Text { .. }) || chars.len() < 5 {
        return made;
    }
    // With one slip, one half is still whole.
    let (first, second) = chars.split_at(chars.len() / 2);
    made.extend([first.iter().collect(), second.iter().collect()]);
    let folded: String = text.chars().map(ascii_key).flat_map(char::to_lowercase).collect();
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric());
    made.extend(words.filter(|w| w.len() >= 3 && !LATIN_FORMS.contains(w)).take(3).map(str::to_owned));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_names_are_alike_without_form_place_and_width() {
        for (a, b) in [
            ("华信科技有限公司", "华信科技"),
            ("华信科技（北京）股份有限公司", "华信科技集团有限公司"),
            ("ＡＣＭＥ Co., Ltd.", "acme"),
            ("Acme Holdings Inc", "ACME"),
            ("Kan-code", "kancode"),
        ] {
            assert_eq!(name_core(a), name_core(b), "{a} / {b}");
        }
        assert_ne!(name_core("华信科技有限公司"), name_core("华信贸易有限公司"));
        assert_eq!(name_core("公司"), "公司");
        assert_eq!(name_core("（北京）"), "北京");
        assert_eq!(name_core("Group"), "group");
    }

    #[test]
    fn phones_are_alike_without_country_code_and_separators() {
        for other in ["+86 138-0013-8000", "0086 13800138000", "138 0013 8000", "８６-13800138000", "13800138000转8"] {
            assert_eq!(phone_core(other), "13800138000", "{other}");
        }
        assert_eq!(phone_core("010-8888 6666"), "1088886666");
        assert_eq!(phone_core("86543210"), "86543210");
    }

    #[test]
    fn near_is_one_slip_in_names_long_enough() {
        for (a, b, alike) in [
            ("华信科技发展", "华信科技发展", true),
            ("华信科技发展", "华新科技发展", true),
            ("华信科技发展", "华信科发展", true),
            ("华信科技发展", "华科信技发展", true),
            ("华信", "华新", false),
            ("华信科技", "华新科技", false),
            ("华信科技发展", "华新科枝发展", false),
            ("kancode", "kanncode", true),
            ("konex", "konax", false),
            ("aaaaaaaa", "aaaaaaaaa", true),
        ] {
            assert_eq!(near(a, b), alike, "{a} / {b}");
            assert_eq!(near(b, a), alike, "{b} / {a}");
        }
    }

    #[test]
    fn one_fragment_survives_any_slip() {
        let kind = Kind::Text { max: 0, pattern: String::new() };
        let parts = fragments(&kind, "华信科技发展有限公司", "华信科技发展");
        assert!(parts.iter().any(|p| "华新科技发展".contains(p.as_str())));
        assert!(parts.iter().any(|p| "华信科技发屋".contains(p.as_str())));
        let parts = fragments(&kind, "Acme Trading Ltd", &name_core("Acme Trading Ltd"));
        assert!(parts.iter().any(|p| "acme trading co".contains(p.as_str())));
    }
}
