//! Phone, e-mail, URL and region.

use super::text::check_length;
use crate::domain::fold::ascii_key;
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::msg;

const PHONE_MAX: usize = 40;
const EMAIL_MAX: usize = 254;
const URL_MAX: usize = 500;
const REGION_MAX: usize = 200;
/// Digits of a number that can be dialled: 110 to an international one.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=20;
/// Digits of a Chinese mobile number.
const MOBILE_DIGITS: usize = 11;

/// Full-width digits and signs become ASCII, runs of blanks one.
pub(super) fn parse_phone(text: &str) -> Value {
    let folded: String = text.chars().map(ascii_key).collect();
    Value::text(&folded.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Digits with `+ - ( ) . / #` and blanks, an extension behind `ext`, `x` or 转. A number that begins
/// like a Chinese mobile has its eleven digits.
pub(super) fn check_phone(text: &str) -> Result<(), Message> {
    check_length(text, PHONE_MAX)?;
    let (number, extension) = split_extension(text);
    let bad = |c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/' | '#' | '*' | ' '));
    if let Some(found) = number.chars().find(|c| bad(*c)) {
        return Err(msg!("value-phone-character", found = found.escape_debug()));
    }
    if !extension.is_empty() && !extension.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ':')) {
        return Err(msg!("value-phone-extension", text = extension));
    }
    if number.char_indices().any(|(at, c)| c == '+' && at > 0) {
        return Err(msg!("value-phone-character", found = "+"));
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if !DIGITS.contains(&digits.len()) {
        return Err(msg!("value-phone-digits", count = digits.len()));
    }
    let mobile = digits.starts_with('1') && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'));
    let near = digits.len().abs_diff(MOBILE_DIGITS) == 1;
    if mobile && near && !number.contains(['+', '-', ' ', '(']) {
        return Err(msg!("value-phone-mobile", count = digits.len()));
    }
    Ok(())
}

/// The number and what stands behind `ext`, `x` or 转.
pub(super) fn split_extension(text: &str) -> (&str, &str) {
    let lower = text.to_ascii_lowercase();
    for mark in ["ext", "转", "x"] {
        if let Some(at) = lower.find(mark)
            && let (Some(number), Some(extension)) = (text.get(..at), text.get(at + mark.len()..))
        {
            return (number, extension.trim_start_matches(['.', ':', ' ', '：']));
        }
    }
    (text, "")
}

pub(super) fn parse_email(text: &str) -> Value {
    let folded: String = text.trim().chars().map(ascii_key).collect();
    let address = folded.strip_prefix("mailto:").unwrap_or(&folded);
    Value::text(address.trim())
}

/// One `@`, something before it, a domain with a point behind it, no blanks.
pub(super) fn check_email(text: &str) -> Result<(), Message> {
    check_length(text, EMAIL_MAX)?;
    let wrong = || msg!("value-email", text = text.escape_debug());
    let (local, domain) = text.split_once('@').ok_or_else(wrong)?;
    let unfit = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';' | '<' | '>' | '(' | ')');
    let parts_fit = domain.split('.').count() > 1 && domain.split('.').all(|part| !part.is_empty());
    if local.is_empty() || local.contains(unfit) || domain.contains(unfit) || !parts_fit {
        return Err(wrong());
    }
    Ok(())
}

pub(super) fn parse_url(text: &str) -> Value {
    Value::text(text.trim())
}

/// `http` or `https`, or none; a host with a point; no blanks.
pub(super) fn check_url(text: &str) -> Result<(), Message> {
    check_length(text, URL_MAX)?;
    let wrong = || msg!("value-url", text = text.escape_debug());
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s)) => rest,
        Some(_) => return Err(msg!("value-url-scheme")),
        None => text,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let named = host == "localhost" || host.split('.').count() > 1 && host.split('.').all(|part| !part.is_empty());
    if !named || text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"')) {
        return Err(wrong());
    }
    Ok(())
}

/// `广东/深圳/南山`; other separators become `/`.
pub(super) fn parse_region(text: &str) -> Value {
    let parts: Vec<&str> = text
        .split(['/', '／', '>', '＞', '|', '｜', '\\', '→', '\n'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    Value::text(&parts.join("/"))
}

pub(super) fn check_region(text: &str) -> Result<(), Message> {
    check_length(text, REGION_MAX)?;
    if text.chars().any(char::is_control) {
        return Err(msg!("value-control"));
    }
    if text.split('/').any(|part| part.trim().is_empty()) {
        return Err(msg!("value-region", text = text));
    }
    Ok(())
}
