//! Folding and the byte code of indexed text.
//!
//! Folded text has no capitals, no accents, no fullwidth forms and no control characters, which leaves
//! byte values free: a Chinese character takes two bytes instead of UTF-8's three. A lead byte is
//! `0x80..=0xFD`; a trail byte is one that never stands for an ASCII character of folded text
//! (`0x80..`, `A..=Z`, `0x04..=0x1F`), so an ASCII needle can only match ASCII.

/// Ends every value of a document.
pub(super) const END: u8 = 1;
/// The code of a character outside the two-byte ranges.
pub(super) const RARE: u16 = u16::MAX;
/// The first code that is not ASCII: U+4E00.
pub(super) const HAN: u16 = 128;
/// How many codes from [`HAN`] on are Chinese characters.
pub(super) const HAN_COUNT: u16 = 0x5200;

const TRAILS: u32 = 182;
const RARE_LEAD: u8 = 0xFE;
const RARE_NEXT: u8 = 0xFF;

/// Character ranges with two-byte codes, in code order.
const RANGES: [(u32, u32); 7] = [
    (0x4E00, 0x9FFF),
    (0x00A0, 0x024F),
    (0x0370, 0x052F),
    (0x2000, 0x206F),
    (0x2100, 0x214F),
    (0x2460, 0x24FF),
    (0x3000, 0x30FF),
];

/// Base letters of U+00C0..=U+017F; `.` keeps the character.
const ACCENTS: &[u8; 192] = b"aaaaaa.ceeeeiiii.nooooo.ouuuuy..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk.lllllll\
lllnnnnnn...oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// One character folded: width, case, accents. `None` for marks that carry no letter.
pub(super) fn fold_char(c: char) -> Option<char> {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{A0}' => ' ',
        other => other,
    };
    match c {
        '\0'..='\u{1F}' | '\u{7F}' => Some(' '),
        ' '..='~' => Some(c.to_ascii_lowercase()),
        '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => None,
        '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => None,
        '\u{C0}'..='\u{17F}' => Some(fold_accent(c)),
        '\u{4E00}'..='\u{9FFF}' => Some(c),
        _ => Some(c.to_lowercase().next().unwrap_or(c)),
    }
}

fn fold_accent(c: char) -> char {
    let place = (u32::from(c) - 0xC0) as usize;
    match ACCENTS.get(place) {
        Some(b'.') | None => c.to_lowercase().next().unwrap_or(c),
        Some(base) => char::from(*base),
    }
}

/// Appends the folded code of `text`.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    for c in text.chars().filter_map(fold_char) {
        encode_char(c, out);
    }
}

/// Appends the code of one folded character.
pub(super) fn encode_char(c: char, out: &mut Vec<u8>) {
    if c.is_ascii() {
        out.push(c as u8);
        return;
    }
    let point = u32::from(c);
    let mut base = 0;
    for (first, last) in RANGES {
        if (first..=last).contains(&point) {
            let place = base + point - first;
            out.extend([lead(place), trail(place % TRAILS)]);
            return;
        }
        base += last - first + 1;
    }
    out.extend([RARE_LEAD, trail(point / (TRAILS * TRAILS))]);
    out.extend([RARE_NEXT, trail(point / TRAILS % TRAILS)]);
    out.extend([RARE_NEXT, trail(point % TRAILS)]);
}

fn lead(place: u32) -> u8 {
    u8::try_from(0x80 + place / TRAILS).unwrap_or(RARE_LEAD)
}

fn trail(i: u32) -> u8 {
    let i = u8::try_from(i).unwrap_or_default();
    match i {
        0..128 => 0x80 + i,
        128..154 => b'A' + (i - 128),
        _ => 4 + (i - 154),
    }
}

fn untrail(b: u8) -> u16 {
    u16::from(match b {
        0x80.. => b - 0x80,
        b'A'..=b'Z' => b - b'A' + 128,
        _ => b.saturating_sub(4).saturating_add(154),
    })
}

/// Replaces `codes` by the codes of `bytes`: ASCII as itself, then [`HAN`] and up, or [`RARE`].
pub(super) fn decode(bytes: &[u8], codes: &mut Vec<u16>) {
    codes.clear();
    let mut rest = bytes.iter().copied();
    while let Some(b) = rest.next() {
        codes.push(code(b, &mut rest));
    }
}

/// The first code of `bytes`.
pub(super) fn first_code(bytes: &[u8]) -> Option<u16> {
    let mut rest = bytes.iter().copied();
    rest.next().map(|b| code(b, &mut rest))
}

fn code(lead: u8, rest: &mut impl Iterator<Item = u8>) -> u16 {
    match lead {
        0..0x80 => u16::from(lead),
        RARE_LEAD.. => {
            rest.nth(4);
            RARE
        }
        _ => HAN + u16::from(lead - 0x80) * 182 + untrail(rest.next().unwrap_or(0x80)),
    }
}

/// Whether a character starts at `at` rather than a trail byte standing there.
pub(super) fn starts_char(bytes: &[u8], at: usize) -> bool {
    if bytes.get(at).is_none_or(|b| *b < 0x80) {
        return true;
    }
    let before = bytes.get(..at).unwrap_or_default();
    let run = before.iter().rev().take_while(|b| **b >= 0x80).count();
    run % 2 == 0
}

/// The digits of a value or typed word that is written like a telephone number: digits and separators only,
/// at least `least` digits; the prefix of China (+86, 0086, 86 before a mobile number) is dropped.
pub(super) fn phone_digits(folded: &[u8], least: usize) -> Option<Vec<u8>> {
    let separator = |b: &u8| matches!(b, b'+' | b'-' | b'(' | b')' | b' ' | b'.' | b'/');
    if !folded.iter().all(|b| b.is_ascii_digit() || separator(b)) {
        return None;
    }
    let digits: Vec<u8> = folded.iter().copied().filter(u8::is_ascii_digit).collect();
    if digits.len() < least.max(1) {
        return None;
    }
    let national = if folded.iter().find(|b| **b != b'(') == Some(&b'+') {
        digits.strip_prefix(b"86")
    } else {
        let long = (digits.len() == 13 && digits.starts_with(b"861")).then_some(2);
        let long = long.or((digits.len() > 9 && digits.starts_with(b"0086")).then_some(4));
        long.and_then(|n| digits.get(n..))
    };
    match national {
        Some(rest) if !rest.is_empty() => Some(rest.to_vec()),
        _ => Some(digits),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        encode(text, &mut out);
        out
    }

    #[test]
    fn width_case_and_accents_fold() {
        for (typed, plain) in [
            ("ＡＢＣ１２３", "abc123"),
            ("ÉCOLE Łódź", "ecole lodz"),
            ("e\u{301}", "e"),
            ("a\u{3000}b", "a b"),
            ("（上海）", "(上海)"),
            ("ŸŽſ", "yzs"),
            ("a\tb\u{1}", "a b "),
        ] {
            assert_eq!(bytes(typed), bytes(plain), "{typed}");
        }
    }

    #[test]
    fn every_character_has_its_own_code_and_length() {
        let mut seen = std::collections::HashSet::new();
        for c in ('\u{20}'..='\u{2FFFF}').filter(|c| !c.is_ascii_uppercase()) {
            let mut out = Vec::new();
            encode_char(c, &mut out);
            assert!(seen.insert(out.clone()), "{c:?}");
            let mut codes = Vec::new();
            decode(&out, &mut codes);
            assert_eq!(codes.len(), 1, "{c:?}");
            assert!(out.iter().skip(1).all(|b| !(0x20..0x41).contains(b) && !(0x5B..0x80).contains(b)));
        }
        assert_eq!(bytes("华").len(), 2);
    }

    #[test]
    fn telephone_numbers_lose_separators_and_country() {
        for (text, digits) in [
            ("+86 138-0013-8000", Some("13800138000")),
            ("(0755) 8888 1234", Some("075588881234")),
            ("0086 13800138000", Some("13800138000")),
            ("8613800138000", Some("13800138000")),
            ("+1 415 555 0100", Some("14155550100")),
            ("+86", None),
            ("c-10001", None),
        ] {
            let got = phone_digits(text.as_bytes(), 5);
            assert_eq!(got.map(|d| String::from_utf8(d).unwrap()).as_deref(), digits, "{text}");
        }
        assert_eq!(phone_digits(b"+86", 1).unwrap(), b"86");
        assert_eq!(phone_digits(b"+86138", 1).unwrap(), b"138");
    }

    #[test]
    fn a_trail_byte_is_no_start() {
        let text = bytes("a华信科技\u{20000}b");
        let mut starts: Vec<usize> = Vec::new();
        let mut at = 0;
        for c in "a华信科技\u{20000}b".chars() {
            starts.push(at);
            let mut out = Vec::new();
            encode_char(c, &mut out);
            at += out.len();
        }
        for at in starts {
            assert!(starts_char(&text, at));
        }
    }
}
