//! When two names probably mean the same customer, beyond what `schema::kind` says are equal.

use crate::domain::fold::ascii_key;
use crate::schema::model::Kind;

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
    made.extend(words.filter(|w| w.len() >= 3).take(3).map(str::to_owned));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let parts = fragments(&kind, "Acme Trading Ltd", "acmetrading");
        assert!(parts.iter().any(|p| "acme trading co".contains(p.as_str())));
    }
}
