//! Passwords: secrets that never show, and why one is too weak to be taken.

use super::message::Message;
use crate::msg;
use std::fmt;
use zeroize::Zeroize;

/// The fewest characters.
const LEAST: usize = 8;
/// The most bytes.
const MOST: usize = 1_024;
/// From so many characters on, one kind of characters is enough.
const LONG: usize = 14;
/// The fewest different characters.
const DIFFERENT: usize = 5;
/// Names of fewer bytes may stand in a password.
const SHORTEST_NAME: usize = 3;

/// What people choose first, without the digits and signs around it.
const COMMON: [&str; 48] = [
    "password",
    "passwort",
    "passw",
    "qwerty",
    "qwertyuiop",
    "qwert",
    "asdfgh",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "qazwsx",
    "qweasd",
    "qweasdzxc",
    "qwe",
    "qweqwe",
    "qwer",
    "asdf",
    "asd",
    "zxc",
    "abc",
    "abcd",
    "abcdef",
    "admin",
    "administrator",
    "root",
    "test",
    "guest",
    "user",
    "login",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "woaini",
    "woaiwojia",
    "wodemima",
    "mima",
    "tcrm",
    "crm",
    "dragon",
    "monkey",
    "master",
    "sunshine",
    "princess",
    "football",
    "superman",
    "changeme",
    "secret",
];
/// Rows of keys and the alphabet, which fingers follow.
const ROWS: [&str; 5] = ["01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"];

/// A password. It never shows in a log or message, and its memory is emptied when it is dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes a secret.
    pub fn new(secret: impl Into<String>) -> Password {
        Password(secret.into())
    }

    /// Its bytes, for the function that makes a hash of it.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Why it is too weak for a person with these names, if it is.
    pub fn weakness(&self, names: &[&str]) -> Option<Message> {
        let characters = self.0.chars().count();
        if characters < LEAST {
            return Some(msg!("password-short", least = LEAST));
        }
        if self.0.len() > MOST {
            return Some(msg!("password-long", most = MOST));
        }
        if self.0.chars().any(char::is_control) {
            return Some(msg!("password-control"));
        }
        let lower = self.0.to_lowercase();
        let is_name = |name: &&&str| {
            let name = name.to_lowercase();
            name.len() >= SHORTEST_NAME && lower.contains(&name)
        };
        if let Some(name) = names.iter().find(is_name) {
            return Some(msg!("password-name", name = name));
        }
        let mut kinds: Vec<char> = lower.chars().collect();
        kinds.sort_unstable();
        kinds.dedup();
        let core = lower.trim_matches(|c: char| !c.is_alphabetic());
        if kinds.len() < DIFFERENT || COMMON.contains(&core) || follows_keys(&lower) {
            return Some(msg!("password-common"));
        }
        let has = |test: fn(char) -> bool| usize::from(self.0.chars().any(test));
        let kinds = has(char::is_lowercase) + has(char::is_uppercase) + has(|c| c.is_numeric());
        let kinds = kinds + has(|c| !c.is_alphanumeric() || (c.is_alphabetic() && !c.is_ascii()));
        (kinds < 2 && characters < LONG).then(|| msg!("password-plain", long = LONG))
    }
}

/// Whether it is little else than keys beside each other, forwards or backwards.
fn follows_keys(lower: &str) -> bool {
    let characters: Vec<char> = lower.chars().collect();
    let beside = |pair: &[char]| {
        let [a, b] = pair else { return false };
        let (forwards, backwards) = (format!("{a}{b}"), format!("{b}{a}"));
        a == b || ROWS.iter().any(|row| row.contains(&forwards) || row.contains(&backwards))
    };
    let number = characters.windows(2).filter(|pair| beside(pair)).count();
    number * 4 >= characters.len().saturating_sub(1) * 3
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_ones_are_refused_with_the_reason() {
        for (secret, reason) in [
            ("", "password-short"),
            ("Xk9!", "password-short"),
            ("lisi-2026", "password-name"),
            ("我是李四啊啊啊", "password-short"),
            ("我就是李四本人呀", "password-name"),
            ("Password123!", "password-common"),
            ("woaini1314", "password-common"),
            ("qwertyuiop", "password-common"),
            ("1234567890", "password-common"),
            ("987654321a", "password-common"),
            ("aaaaaaaa", "password-common"),
            ("abababab", "password-common"),
            ("Admin@2026", "password-common"),
            ("83750146", "password-plain"),
            ("kxmvwqpz", "password-plain"),
            ("kxm\u{1b}vwq9pz", "password-control"),
        ] {
            let found = Password::new(secret).weakness(&["lisi", "李四"]);
            let found = found.map(|m| m.key.into_owned());
            assert_eq!(found.as_deref(), Some(reason), "{secret}");
        }
        assert_eq!(
            Password::new("x".repeat(2_000)).weakness(&[]).map(|m| m.key.into_owned()),
            Some("password-long".into())
        );
    }

    #[test]
    fn others_are_taken() {
        for secret in ["k7-vogel-9", "马到成功2026年", "correct horse battery", "kxmvwqpzrtlnhd", "T9w$kq2m"] {
            assert_eq!(Password::new(secret).weakness(&["lisi", "李四"]), None, "{secret}");
        }
    }

    #[test]
    fn it_never_shows() {
        assert_eq!(format!("{:?}", Password::new("k7-vogel-9")), "Password(…)");
    }
}
