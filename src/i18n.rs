//! The interface's texts in Chinese and English: Fluent catalogues, one file per part of the program
//! and language, embedded in the binary.

pub(crate) mod syntax;

use crate::domain::lang::Lang;
use crate::domain::message::Message;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

macro_rules! catalogue {
    ($($part:literal),* $(,)?) => {
        /// The parts of the catalogue: name, Chinese, English.
        const PARTS: &[(&str, &str, &str)] = &[$((
            $part,
            include_str!(concat!("i18n/zh-CN/", $part, ".ftl")),
            include_str!(concat!("i18n/en/", $part, ".ftl")),
        )),*];
    };
}
// In the order in which they are looked through: what every screen needs comes first.
catalogue!(
    "tui",
    "actions",
    "agenda",
    "approvals",
    "report",
    "domain",
    "backend",
    "api",
    "offline",
    "crm",
    "store",
    "document",
    "campaign",
    "pools",
    "people",
    "print",
    "form",
    "transfer",
    "config",
    "schema",
    "logs",
    "cli",
    "rights",
    "configure"
);

/// The text of a key in a language; the key itself if the catalogue doesn't know it.
pub fn text(lang: Lang, key: &str) -> String {
    format(lang, key, None).unwrap_or_else(|| key.to_owned())
}

/// The text of a key that may be missing.
pub fn optional(lang: Lang, key: &str) -> Option<String> {
    format(lang, key, None)
}

/// Up to here a floating-point number tells every whole number from the next.
const EXACT: u64 = 1 << 53;

/// A message in a language.
pub fn message(lang: Lang, message: &Message) -> String {
    if message.key == "literal" {
        return message.arg("text").unwrap_or_default().to_owned();
    }
    let mut args = FluentArgs::new();
    for (name, value) in &message.args {
        // Whole numbers are passed as numbers, so that plural forms can be chosen by them; not the long ones, which
        // are names or accounts and would be rounded.
        match value.parse::<i64>() {
            Ok(number) if number.unsigned_abs() <= EXACT && number.to_string() == *value => {
                args.set(name.to_string(), number);
            }
            _ => args.set(name.to_string(), value.as_str()),
        }
    }
    format(lang, &message.key, Some(&args)).unwrap_or_else(|| message.to_string())
}

fn format(lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
    let bundles = (0..PARTS.len()).map(|part| bundle(lang, part));
    bundles.flatten().find_map(|bundle| {
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, args, &mut errors).into_owned())
    })
}

type Bundle = FluentBundle<FluentResource>;

/// The texts of a part, read when they are first looked through.
fn bundle(lang: Lang, part: usize) -> Option<&'static Bundle> {
    static ZH: [OnceLock<Bundle>; PARTS.len()] = [const { OnceLock::new() }; PARTS.len()];
    static EN: [OnceLock<Bundle>; PARTS.len()] = [const { OnceLock::new() }; PARTS.len()];
    let (cells, source) = match (lang, PARTS.get(part)?) {
        (Lang::Zh, (_, zh, _)) => (&ZH, zh),
        (Lang::En, (_, _, en)) => (&EN, en),
    };
    Some(cells.get(part)?.get_or_init(|| build(lang, source)))
}

fn build(lang: Lang, source: &str) -> Bundle {
    let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    // Numbers stand as they are: grouping is the business of the fields' formats.
    // A broken entry is left out here and reported by the test of the catalogues.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let _ = bundle.add_resource(resource);
    bundle
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::collections::BTreeSet;

    fn keys(source: &str) -> BTreeSet<String> {
        let key = |line: &str| line.split_once(" =").map(|(k, _)| k.to_owned());
        source.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(key).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_every_entry_is_well_formed() {
        for (part, zh, en) in PARTS {
            assert_eq!(keys(zh), keys(en), "keys of part {part}");
            for source in [zh, en] {
                let broken = FluentResource::try_new((*source).to_owned()).err().map(|(_, errors)| errors);
                assert!(broken.is_none(), "part {part}: {broken:?}");
            }
        }
    }

    #[test]
    fn no_key_stands_in_two_parts() {
        let mut seen = BTreeSet::new();
        for (part, zh, _) in PARTS {
            for key in keys(zh) {
                assert!(seen.insert(key.clone()), "{key} of part {part} stands in another part too");
            }
        }
    }

    /// Every file of the program's source.
    fn sources(folder: &std::path::Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    /// The literals in a source that look like keys: `part-word…`.
    fn literals(source: &str) -> impl Iterator<Item = &str> {
        let quoted = source.split('"').skip(1);
        quoted.filter(|text| {
            let is_key_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            text.contains('-') && text.chars().all(is_key_letter) && !text.starts_with('-') && !text.ends_with('-')
        })
    }

    #[test]
    fn every_key_in_the_source_has_its_texts() {
        let known: BTreeSet<String> = PARTS.iter().flat_map(|(_, zh, _)| keys(zh)).collect();
        let parts: BTreeSet<&str> = known.iter().filter_map(|k| k.split('-').next()).collect();
        // Names of other things that begin like a key: a role of themes, a thread, kinds of events, an isolation of
        // transactions, and what tests make up.
        let names = ["tab-active", "store-watch", "sign-in", "sign-out", "read-committed"];
        let other = [&names[..], &["no-such-key", "no-such-editor", "no-store"]].concat();
        let mut files = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let mut missing = Vec::new();
        for (file, source) in files.iter().filter(|(file, _)| !file.contains("tests")) {
            let meant = literals(source).filter(|k| k.split('-').next().is_some_and(|part| parts.contains(part)));
            let absent = meant.filter(|k| !known.contains(*k) && !other.contains(k));
            missing.extend(absent.map(|k| format!("{k} in {file}")));
        }
        assert!(missing.is_empty(), "no text for {missing:#?}");
        assert!(files.len() > 100, "the sources were found");
    }

    #[test]
    fn every_text_is_used_in_the_source() {
        // Keys that the program puts together from a name.
        let made = [
            "action-",
            "theme-",
            "form-weekday-",
            "form-day-",
            "cli-help-",
            "cli-examples-",
            "cli-doctor-",
            "cli-deed-",
            "event-",
            "log-head-",
            "inbox-",
            "admin-",
            "report-",
        ];
        let tables = ["cli-agenda-", "cli-board-", "cli-plan-", "cli-sweep-", "cli-renumber-", "cli-head-"];
        let is_made = |key: &str| made.iter().chain(&tables).any(|part| key.starts_with(part));
        let mut files = Vec::new();
        sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let quoted: BTreeSet<&str> = files.iter().flat_map(|(_, source)| source.split('"')).collect();
        let known = PARTS.iter().flat_map(|(_, zh, _)| keys(zh));
        let unused: Vec<String> = known.filter(|key| !is_made(key) && !quoted.contains(key.as_str())).collect();
        assert!(unused.is_empty(), "no use of {unused:#?}");
    }

    #[test]
    fn messages_take_their_arguments_and_unknown_keys_stay_readable() {
        let known = crate::msg!("error-not-found", what = "客户 C-000001");
        assert!(message(Lang::Zh, &known).contains("客户 C-000001"));
        assert_eq!(message(Lang::En, &crate::msg!("no-such-key", a = 1)), "no-such-key a=1");
        assert_eq!(message(Lang::En, &Message::literal("as it is")), "as it is");
        let account = crate::msg!("error-not-found", what = "1530918975507649176");
        assert!(message(Lang::En, &account).contains("1530918975507649176"), "no digit is rounded away");
    }
}
