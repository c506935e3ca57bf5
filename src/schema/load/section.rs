//! One table of a schema file, read key by key: wrong value types are reported as they are met, and
//! the keys that nobody asked for at the end.

use super::super::error::nearest;
use super::super::tree::{Data, Entry, Errors, Node, Place, TYPE_SETTINGS, Table};
use crate::domain::lang::Label;
use crate::msg;
use rust_decimal::Decimal;

/// A text and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    pub(super) at: Place,
    pub(super) text: &'t str,
}

pub(super) struct Section<'t, 'a, 'e> {
    pub(super) table: &'t Table<'a>,
    /// The key of the section itself, for what is missing in it.
    pub(super) at: Place,
    pub(super) errors: &'t Errors<'e>,
    known: Vec<&'static str>,
}

impl<'t, 'a, 'e> Section<'t, 'a, 'e> {
    /// Opens an entry that must be a table.
    pub(super) fn open(entry: &'t Entry<'a>, errors: &'t Errors<'e>) -> Option<Section<'t, 'a, 'e>> {
        let Some(table) = entry.node.table() else {
            errors.add(entry.node.at, msg!("schema-wants-table", key = &entry.key), None);
            return None;
        };
        Some(Section { table, at: entry.at, errors, known: Vec::new() })
    }

    pub(super) fn root(table: &'t Table<'a>, errors: &'t Errors<'e>) -> Section<'t, 'a, 'e> {
        Section { table, at: Place::default(), errors, known: Vec::new() }
    }

    /// Opens an item of a list that must be a table; `key` is the list's.
    pub(super) fn item(node: &'t Node<'a>, key: &str, errors: &'t Errors<'e>) -> Option<Section<'t, 'a, 'e>> {
        let Some(table) = node.table() else {
            errors.add(node.at, msg!("schema-wants-table", key = key), None);
            return None;
        };
        Some(Section { table, at: node.at, errors, known: Vec::new() })
    }

    pub(super) fn node(&mut self, key: &'static str) -> Option<&'t Node<'a>> {
        self.known.push(key);
        self.table.entry(key).map(|e| &e.node)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text<'t>> {
        let node = self.node(key)?;
        match &node.data {
            Data::Text(text) => Some(Text { at: node.at, text }),
            _ => {
                self.errors.add(node.at, msg!("schema-wants-text", key = key), None);
                None
            }
        }
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let node = self.node(key)?;
        match node.data {
            Data::Boolean(yes) => Some(yes),
            _ => {
                self.errors.add(node.at, msg!("schema-wants-boolean", key = key), None);
                None
            }
        }
    }

    pub(super) fn integer(&mut self, key: &'static str) -> Option<(i64, Place)> {
        let node = self.node(key)?;
        match node.data {
            Data::Integer(number) => Some((number, node.at)),
            _ => {
                self.errors.add(node.at, msg!("schema-wants-integer", key = key), None);
                None
            }
        }
    }

    pub(super) fn decimal(&mut self, key: &'static str) -> Option<(Decimal, Place)> {
        let node = self.node(key)?;
        let number = match &node.data {
            Data::Integer(number) => Some(Decimal::from(*number)),
            Data::Float(text) => text.parse().ok(),
            Data::Text(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.errors.add(node.at, msg!("schema-wants-number", key = key), None);
        }
        number.map(|n| (n, node.at))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Text<'t>>> {
        let node = self.node(key)?;
        let Data::List(items) = &node.data else {
            self.errors.add(node.at, msg!("schema-wants-list", key = key), None);
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.data {
                Data::Text(text) => texts.push(Text { at: item.at, text }),
                _ => self.errors.add(item.at, msg!("schema-wants-text", key = key), None),
            }
        }
        Some(texts)
    }

    /// A list of lists of texts.
    pub(super) fn text_lists(&mut self, key: &'static str) -> Vec<Vec<Text<'t>>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let Data::List(lists) = &node.data else {
            self.errors.add(node.at, msg!("schema-wants-list", key = key), None);
            return Vec::new();
        };
        let mut found = Vec::new();
        for list in lists {
            let Data::List(items) = &list.data else {
                self.errors.add(list.at, msg!("schema-wants-list", key = key), None);
                continue;
            };
            found.push(
                items
                    .iter()
                    .filter_map(|item| match &item.data {
                        Data::Text(text) => Some(Text { at: item.at, text }),
                        _ => {
                            self.errors.add(item.at, msg!("schema-wants-text", key = key), None);
                            None
                        }
                    })
                    .collect(),
            );
        }
        found
    }

    /// A text, number or boolean as it would be typed.
    pub(super) fn typed(&mut self, key: &'static str) -> Option<(String, Place)> {
        let node = self.node(key)?;
        let text = match &node.data {
            Data::Text(text) => text.to_string(),
            Data::Integer(number) => number.to_string(),
            Data::Float(number) => number.clone(),
            Data::Boolean(yes) => yes.to_string(),
            _ => {
                self.errors.add(node.at, msg!("schema-wants-text", key = key), None);
                return None;
            }
        };
        Some((text, node.at))
    }

    /// `true`, `false` or a filter.
    pub(super) fn condition(&mut self, key: &'static str) -> Option<Condition<'t>> {
        let node = self.node(key)?;
        match &node.data {
            Data::Boolean(yes) => Some(Condition::Fixed(*yes)),
            Data::Text(text) => Some(Condition::Filter(Text { at: node.at, text })),
            _ => {
                self.errors.add(node.at, msg!("schema-wants-condition", key = key), None);
                None
            }
        }
    }

    /// The entries of an inner table.
    pub(super) fn entries(&mut self, key: &'static str) -> &'t [Entry<'a>] {
        let Some(node) = self.node(key) else { return &[] };
        match &node.data {
            Data::Table(table) => &table.0,
            _ => {
                self.errors.add(node.at, msg!("schema-wants-table", key = key), None);
                &[]
            }
        }
    }

    pub(super) fn inner(&mut self, key: &'static str) -> Option<Section<'t, 'a, 'e>> {
        self.known.push(key);
        Section::open(self.table.entry(key)?, self.errors)
    }

    /// The section's own `zh` and `en`; `None` if it has neither.
    pub(super) fn label(&mut self) -> Option<Label> {
        let mut read = |key| self.text(key).map(|t| t.text.trim().to_owned()).unwrap_or_default();
        let (zh, en) = (read("zh"), read("en"));
        (!zh.is_empty() || !en.is_empty()).then_some(Label { zh, en })
    }

    /// A label in an inner table, `key = { zh = "…", en = "…" }`.
    pub(super) fn inner_label(&mut self, key: &'static str) -> Option<Label> {
        let mut inner = self.inner(key)?;
        let label = inner.label();
        inner.finish();
        label
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self) {
        self.finish_for(None);
    }

    /// The same for a field of a type: settings of other types are told apart from unknown keys.
    pub(super) fn finish_for(self, kind: Option<&str>) {
        for entry in &self.table.0 {
            let key = entry.key.as_ref();
            if self.known.contains(&key) {
                continue;
            }
            match kind {
                Some("") if TYPE_SETTINGS.contains(&key) => {}
                Some(kind) if TYPE_SETTINGS.contains(&key) => {
                    self.errors.add(entry.at, msg!("schema-key-not-for-type", key = key, type = kind), None);
                }
                _ => {
                    let meant = nearest(key, self.known.iter().copied());
                    self.errors.add(entry.at, msg!("schema-unknown-key", key = key), meant);
                }
            }
        }
    }
}

pub(super) enum Condition<'t> {
    Fixed(bool),
    Filter(Text<'t>),
}
