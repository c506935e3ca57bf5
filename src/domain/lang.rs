//! The interface languages.

use serde::{Deserialize, Serialize};

/// A language of the interface and of labels in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Lang {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Zh,
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// Every language, for tests and for label look-ups that accept either.
    pub const ALL: [Lang; 2] = [Lang::Zh, Lang::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The language of a BCP 47 or POSIX tag (`zh-CN`, `zh_CN.UTF-8`, `en_US`); `None` if neither.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let tag = tag.to_ascii_lowercase();
        if tag.starts_with("zh") {
            Some(Lang::Zh)
        } else if tag.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    }
}

/// What tcrm itself writes into records, for readers of both languages: Chinese, and English on the line below.
pub const PASSED_ON: &str = "逾期未审批，已转交\nNot decided in time: passed on";

/// A text of a record as it is read: what tcrm wrote itself in the reader's language, everything else as it is.
pub fn as_read(text: &str, lang: Lang) -> &str {
    match (text == PASSED_ON).then(|| text.split_once('\n')).flatten() {
        Some((zh, en)) => match lang {
            Lang::Zh => zh,
            Lang::En => en,
        },
        None => text,
    }
}

/// A text in both languages, as the schema gives labels.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// A label that reads the same in both languages.
    pub fn same(text: impl Into<String>) -> Label {
        let text = text.into();
        Label { zh: text.clone(), en: text }
    }

    /// The label in one language; the other one where it is missing.
    pub fn get(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        if first.is_empty() { second } else { first }
    }

    /// Whether `text` is this label in either language, letter case aside.
    pub fn is(&self, text: &str) -> bool {
        [&self.zh, &self.en].into_iter().any(|l| !l.is_empty() && l.to_lowercase() == text.to_lowercase())
    }
}
