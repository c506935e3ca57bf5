//! Mnemonics: what one types to find a name again, 华信科技 → HXKJ, Acme Trading Corp → ATC.

use crate::domain::fold::ascii_key;
use pinyin::ToPinyin;

/// The most characters of a made mnemonic.
const MAX: usize = 16;

/// Initials of a name: of each Chinese character, of each Latin word (a name of one Latin word gives the
/// word's start), and digits as they are. Empty if the name has none of them.
pub(crate) fn mnemonic(name: &str) -> String {
    let folded: String = name.chars().map(ascii_key).collect();
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    if let [word] = words.as_slice()
        && word.is_ascii()
    {
        return word.chars().take(MAX / 2).collect::<String>().to_uppercase();
    }
    words.iter().flat_map(|word| initials(word)).take(MAX).collect()
}

fn initials(word: &str) -> Vec<char> {
    let mut made = Vec::new();
    let mut in_latin = false;
    for c in word.chars() {
        let pinyin = c.to_pinyin().and_then(|p| p.first_letter().chars().next());
        match pinyin {
            Some(letter) => made.push(letter.to_ascii_uppercase()),
            None if c.is_ascii_digit() => made.push(c),
            None if c.is_alphabetic() && !in_latin => made.extend(c.to_uppercase()),
            None => {}
        }
        in_latin = pinyin.is_none() && c.is_alphabetic();
    }
    made
}

#[cfg(test)]
mod tests {
    use super::mnemonic;

    #[test]
    fn initials_of_characters_and_words() {
        for (name, made) in [
            ("华信科技", "HXKJ"),
            ("Acme Trading Corp", "ATC"),
            ("Kan-code", "KC"),
            ("Konex", "KONEX"),
            ("3M中国", "3MZG"),
            ("ＡＢＢ（中国）", "AZG"),
            ("", ""),
            ("！！", ""),
        ] {
            assert_eq!(mnemonic(name), made, "{name}");
        }
    }
}
