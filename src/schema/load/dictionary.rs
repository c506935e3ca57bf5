//! Dictionaries.

use super::Loader;
use super::section::Section;
use crate::domain::lang::Label;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{Dictionary, Item};
use crate::schema::tree::{Data, Entry};
use std::collections::BTreeMap;

/// The most characters of an item's key.
const KEY_MAX: usize = 48;
/// The most days until the next touch.
const NEXT_MAX: u16 = 3_650;

impl<'t, 'a> Loader<'t, 'a, '_> {
    pub(super) fn dictionary(&self, entry: &'t Entry<'a>) -> Option<Dictionary> {
        self.check_name(&entry.key, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        if label.is_none() {
            let others = self.names("dictionaries").filter(|n| *n != entry.key);
            self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), nearest(&entry.key, others));
        }
        let entries = section.entries("items");
        let mut items: Vec<Item> = entries.iter().filter_map(|e| self.item(e)).collect();
        self.check_items(entries, &items);
        let order = section.texts("order").unwrap_or_default();
        let mut ranks: BTreeMap<String, usize> = BTreeMap::new();
        for (rank, key) in order.iter().enumerate() {
            if !items.iter().any(|i| i.key == key.text) {
                let message = msg!("schema-unknown-item", name = key.text, dictionary = &entry.key);
                self.errors.add(key.at, message, nearest(key.text, items.iter().map(|i| i.key.as_str())));
            } else if ranks.insert(key.text.to_owned(), rank).is_some() {
                self.errors.add(key.at, msg!("schema-twice", name = key.text), None);
            }
        }
        items.sort_by_key(|i| ranks.get(&i.key).copied().unwrap_or(usize::MAX));
        section.finish();
        Some(Dictionary { name: entry.key.to_string(), label: label.unwrap_or_default(), items })
    }

    fn item(&self, entry: &'t Entry<'a>) -> Option<Item> {
        let key = entry.key.as_ref();
        let unfit = |c: char| c.is_control() || matches!(c, ',' | '，' | '、' | ';' | '；' | '|');
        if key.trim() != key || key.is_empty() || key.chars().count() > KEY_MAX || key.contains(unfit) {
            self.errors.add(entry.at, msg!("schema-item-key", name = key.escape_debug(), max = KEY_MAX), None);
        }
        if let Data::Text(label) = &entry.node.data {
            let label = Label::same(label.trim());
            return Some(Item { key: key.to_owned(), label, ..Item::default() });
        }
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        match &label {
            Some(label) => self.check_label(label, entry.at),
            None => self.errors.add(entry.at, msg!("schema-missing-label", name = key), None),
        }
        let owned = |t: super::Text<'_>| t.text.to_owned();
        let item = Item {
            key: key.to_owned(),
            label: label.unwrap_or_default(),
            code: section.text("code").map(owned),
            color: section.text("color").map(owned),
            next_days: self.next_days(&mut section),
            ask_next: section.boolean("ask_next").unwrap_or(false),
            closes: section.boolean("closes").unwrap_or(false),
            retired: section.boolean("retired").unwrap_or(false),
        };
        section.finish();
        Some(item)
    }

    /// `next_days`: at most ten years.
    fn next_days(&self, section: &mut Section<'t, 'a, '_>) -> Option<u16> {
        let (days, at) = section.integer("next_days")?;
        let days = u16::try_from(days).ok().filter(|days| *days <= NEXT_MAX);
        if days.is_none() {
            self.errors.add(at, msg!("schema-next-days", max = NEXT_MAX), None);
        }
        days
    }

    /// No two items can be meant by the same text.
    fn check_items(&self, entries: &[Entry<'_>], items: &[Item]) {
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for item in items {
            let at = entries.iter().find(|e| e.key == item.key).map(|e| e.at).unwrap_or_default();
            let mut own: BTreeMap<String, &str> = BTreeMap::new();
            let texts = [Some(&item.key), Some(&item.label.zh), Some(&item.label.en), item.code.as_ref()];
            own.extend(texts.into_iter().flatten().filter(|t| !t.is_empty()).map(|t| (t.to_lowercase(), t.as_str())));
            for (lower, name) in own {
                if let Some(other) = taken.insert(lower, &item.key) {
                    self.errors.add(at, msg!("schema-item-taken", name = name, item = other), None);
                }
            }
        }
    }
}

/// The dictionary by which fields name the entries of another part of the schema; `None` if there are none. What is
/// wrong with an entry is told where it is read whole.
pub(super) fn dictionary_of(entries: &[Entry<'_>], name: &str, label: Label) -> Option<Dictionary> {
    let item = |entry: &Entry<'_>| {
        let table = entry.node.table()?;
        let text = |key: &str| match &table.entry(key)?.node.data {
            Data::Text(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        let label = Label { zh: text("zh").unwrap_or_default(), en: text("en").unwrap_or_default() };
        let retired = matches!(table.entry("retired").map(|e| &e.node.data), Some(Data::Boolean(true)));
        Some(Item { key: entry.key.to_string(), label, retired, ..Item::default() })
    };
    let items: Vec<Item> = entries.iter().filter_map(item).collect();
    (!entries.is_empty()).then(|| Dictionary { name: name.to_owned(), label, items })
}
