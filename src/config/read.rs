//! Reads the configuration's text, collecting every mistake with its place.

use super::problem::{ConfigError, Problem, locate};
use super::setting::{FREE_SECTIONS, Given, PROFILE_KEYS, SECRETS, SETTINGS, Setting, Takes};
use super::{Config, KeyBinding, Profile, Secret};
use crate::domain::message::Message;
use crate::msg;
use crate::schema::error::nearest;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

pub(super) fn read(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let (config, problems) = read_all(text, path);
    if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
}

/// What could be read, and every mistake.
pub(super) fn read_all(text: &str, path: &Path) -> (Config, Vec<Problem>) {
    let mut reader = Reader { text, path, config: Config::default(), problems: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or_default();
        reader.problem(span, crate::i18n::syntax::message("config-syntax", error.message()));
    }
    if reader.problems.is_empty() {
        reader.document(document.get_ref());
        reader.chosen_profile(document.get_ref());
    }
    reader.problems.sort_by_key(|p| (p.line, p.column));
    (Config { file: Some(path.to_owned()), ..reader.config }, reader.problems)
}

struct Reader<'t> {
    text: &'t str,
    path: &'t Path,
    config: Config,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Range<usize>, message: Message) {
        let (line, column) = locate(self.text, span.start);
        self.problems.push(Problem { path: self.path.to_owned(), line, column, message });
    }

    fn document(&mut self, document: &DeTable<'_>) {
        for (name, value) in in_order(document) {
            let key = name.get_ref().as_ref();
            if let Some(setting) = find(key) {
                self.setting(setting, value);
            } else if key == "profiles" {
                self.table(value, Reader::profiles);
            } else if key == "keys" {
                self.table(value, Reader::keys);
            } else if key == "keep" {
                self.table(value, Reader::keep);
            } else if is_section(key) {
                self.table(value, |reader, table| reader.section(key, table));
            } else {
                let names = SETTINGS.iter().map(|s| s.key.split('.').next().unwrap_or_default());
                self.unknown(name.span(), key, names.chain(FREE_SECTIONS));
            }
        }
    }

    fn table(&mut self, value: &Spanned<DeValue<'_>>, read: impl FnOnce(&mut Self, &DeTable<'_>)) {
        match value.get_ref() {
            DeValue::Table(table) => read(self, table),
            other => {
                self.wrong_type::<()>(value.span(), "table", other);
            }
        }
    }

    fn section(&mut self, section: &str, table: &DeTable<'_>) {
        for (name, value) in in_order(table) {
            match find(&format!("{section}.{}", name.get_ref())) {
                Some(setting) => self.setting(setting, value),
                None => {
                    let inside = SETTINGS.iter().filter_map(|s| s.key.strip_prefix(section)?.strip_prefix('.'));
                    self.unknown(name.span(), name.get_ref(), inside);
                }
            }
        }
    }

    fn setting(&mut self, setting: &Setting, value: &Spanned<DeValue<'_>>) {
        if let Some(given) = self.given(setting.takes, value) {
            (setting.put)(&mut self.config, given);
            if setting.key == "interface.theme" {
                self.config.interface.theme_at = locate(self.text, value.span().start);
            }
        }
    }

    /// The value as a setting takes it; otherwise the mistake is noted.
    fn given(&mut self, takes: Takes, value: &Spanned<DeValue<'_>>) -> Option<Given> {
        let refused = match (takes, value.get_ref()) {
            (Takes::Boolean, DeValue::Boolean(on)) => return Some(Given::Boolean(*on)),
            (Takes::Number(least, most), DeValue::Integer(number)) => {
                let digits = number.as_str().replace('_', "");
                match i64::from_str_radix(&digits, number.radix()) {
                    Ok(n) if (least..=most).contains(&n) => return Some(Given::Number(n)),
                    _ => msg!("config-range", least = least, most = most),
                }
            }
            (Takes::Boolean, other) => return self.wrong_type(value.span(), "boolean", other),
            (Takes::Number(..), other) => return self.wrong_type(value.span(), "number", other),
            (_, DeValue::String(text)) => match self.text_value(takes, text) {
                Ok(text) => return Some(Given::Text(text)),
                Err(message) => message,
            },
            (_, other) => return self.wrong_type(value.span(), "text", other),
        };
        self.problem(value.span(), refused);
        None
    }

    fn text_value(&self, takes: Takes, text: &str) -> Result<String, Message> {
        match takes {
            Takes::OneOf(choices) if !choices.contains(&text) => Err(not_among(text, choices.iter().copied())),
            Takes::Zone if !text.is_empty() && jiff::tz::TimeZone::get(text).is_err() => {
                Err(msg!("config-zone", name = text))
            }
            Takes::Currency if !text.is_empty() && !is_currency(text) => Err(msg!("config-currency", name = text)),
            Takes::Path if !text.is_empty() => Ok(self.resolve(text).to_string_lossy().into_owned()),
            _ => Ok(text.to_owned()),
        }
    }

    /// A path as the file means it.
    fn resolve(&self, text: &str) -> PathBuf {
        if super::place::is_database(Path::new(text)) {
            return PathBuf::from(text);
        }
        match text.strip_prefix("~/").zip(super::place::home()) {
            Some((rest, home)) => home.join(rest),
            None => self.path.parent().unwrap_or(Path::new("")).join(text),
        }
    }

    fn profiles(&mut self, profiles: &DeTable<'_>) {
        for (name, value) in in_order(profiles) {
            self.table(value, |reader, table| {
                let mut profile = Profile::default();
                for (key, value) in in_order(table) {
                    let key_name = key.get_ref().as_ref();
                    let is_text = matches!(key_name, "user" | "url" | "token_command" | "database_password_command");
                    let takes = match key_name {
                        "secret" => Takes::OneOf(SECRETS),
                        _ if is_text => Takes::Text,
                        _ => Takes::Path,
                    };
                    if !PROFILE_KEYS.contains(&key_name) {
                        reader.unknown(key.span(), key_name, PROFILE_KEYS.into_iter());
                    } else if let Some(given) = reader.given(takes, value) {
                        match key_name {
                            "store" => profile.store = given.path(),
                            "schema" => profile.schema = given.path(),
                            "url" => profile.url = given.some(),
                            "token_command" => profile.token_command = given.some(),
                            "database_password_command" => profile.database_password_command = given.some(),
                            "token_file" => profile.token_file = given.path(),
                            "secret" => profile.secret = secret(&given),
                            "certificates" => profile.certificates = given.path(),
                            _ => profile.user = given.some(),
                        }
                    }
                }
                reader.secret_of(&profile, table);
                reader.config.profiles.insert(name.get_ref().to_string(), profile);
            });
        }
    }

    /// A secret is in one place, and a command is named.
    fn secret_of(&mut self, profile: &Profile, table: &DeTable<'_>) {
        let message = match (profile.secret, &profile.token_command) {
            (Some(Secret::Command), None) => msg!("config-secret-command"),
            (Some(Secret::File | Secret::Keyring), Some(_)) => msg!("config-secret-twice"),
            (Some(Secret::Keyring), None) if profile.token_file.is_some() => msg!("config-secret-file"),
            _ => return,
        };
        if let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == "secret") {
            self.problem(value.span(), message);
        }
    }

    fn keep(&mut self, filters: &DeTable<'_>) {
        for (name, value) in in_order(filters) {
            if let Some(Given::Text(filter)) = self.given(Takes::Text, value) {
                let at = |span: Range<usize>| locate(self.text, span.start);
                self.config.keep_at.insert(name.get_ref().to_string(), (at(name.span()), at(value.span())));
                self.config.keep.insert(name.get_ref().to_string(), filter);
            }
        }
    }

    fn keys(&mut self, bindings: &DeTable<'_>) {
        for (name, value) in in_order(bindings) {
            let single = std::slice::from_ref(value);
            let values: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
                DeValue::Array(items) => items.iter().collect(),
                _ => single.iter().collect(),
            };
            let mut keys = Vec::new();
            for value in values {
                match value.get_ref() {
                    DeValue::String(key) => keys.push(key.to_string()),
                    other => {
                        self.wrong_type::<()>(value.span(), "keys", other);
                    }
                }
            }
            let (line, column) = locate(self.text, name.span().start);
            self.config.keys.push(KeyBinding { action: name.get_ref().to_string(), keys, line, column });
        }
    }

    /// The profile in use must be one of the profiles.
    fn chosen_profile(&mut self, document: &DeTable<'_>) {
        let chosen = self.config.profile.clone();
        if let Some(value) = document.get("profile")
            && !chosen.is_empty()
            && !self.config.profiles.contains_key(&chosen)
        {
            let message = not_among(&chosen, self.config.profiles.keys().map(String::as_str));
            self.problem(value.span(), message);
        }
    }

    fn unknown<'a>(&mut self, span: Range<usize>, name: &str, names: impl Iterator<Item = &'a str>) {
        let message = match nearest(name, names) {
            Some(near) => msg!("config-unknown-near", name = name, near = near),
            None => msg!("config-unknown", name = name),
        };
        self.problem(span, message);
    }

    fn wrong_type<T>(&mut self, span: Range<usize>, wanted: &'static str, given: &DeValue<'_>) -> Option<T> {
        self.problem(span, msg!("config-type", wanted = wanted, given = given.type_str()));
        None
    }
}

fn secret(given: &Given) -> Option<Secret> {
    match given {
        Given::Text(text) if text == "keyring" => Some(Secret::Keyring),
        Given::Text(text) if text == "command" => Some(Secret::Command),
        _ => Some(Secret::File),
    }
}

fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|s| s.key == key)
}

fn is_section(name: &str) -> bool {
    SETTINGS.iter().any(|s| s.key.split_once('.').is_some_and(|(section, _)| section == name))
}

/// The entries of a table in the order of the text.
fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

fn not_among<'a>(text: &str, choices: impl Iterator<Item = &'a str> + Clone) -> Message {
    let listed = choices.clone().collect::<Vec<_>>().join(", ");
    match nearest(text, choices) {
        Some(near) => msg!("config-choice-near", value = text, near = near, choices = listed),
        None => msg!("config-choice", value = text, choices = listed),
    }
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}
