//! Schema files as one merged tree in which every key and value remembers its file and place.

use crate::domain::message::Message;
use crate::schema::error::SchemaError;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A schema file: its name for messages, and its text.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Shown in front of each mistake.
    pub name: &'a str,
    /// TOML.
    pub text: &'a str,
}

/// Bytes of one of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) at: Place,
    pub(super) data: Data<'a>,
}

#[derive(Debug)]
pub(super) enum Data<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    /// As written.
    Float(String),
    Boolean(bool),
    List(Vec<Node<'a>>),
    Table(Table<'a>),
    /// A date, or a number out of range.
    Other,
}

/// Entries in the order written, those of later files behind.
#[derive(Debug, Default)]
pub(super) struct Table<'a>(pub(super) Vec<Entry<'a>>);

#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) key: Cow<'a, str>,
    /// The key's place.
    pub(super) at: Place,
    pub(super) node: Node<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.0.iter().find(|e| e.key == key)
    }
}

impl<'a> Node<'a> {
    pub(super) fn table(&self) -> Option<&Table<'a>> {
        match &self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }
}

/// Settings that belong to a field's type: a new type in a later file starts without them.
pub(super) const TYPE_SETTINGS: [&str; 15] = [
    "dictionary",
    "object",
    "many",
    "min",
    "max",
    "scale",
    "pattern",
    "rule",
    "formula",
    "result",
    "currency",
    "of",
    "where",
    "count",
    "sum",
];

/// Reads all sources; syntax errors are collected, and what could be read goes on.
pub(super) fn read<'a>(sources: &[Source<'a>], errors: &Errors<'_>) -> Table<'a> {
    let mut merged = Table::default();
    for (file, source) in sources.iter().enumerate() {
        let (root, mistakes) = DeTable::parse_recoverable(source.text);
        for mistake in &mistakes {
            let span = mistake.span().unwrap_or(0..0);
            let message = crate::msg!("schema-syntax", what = mistake.message().replace('\n', "; "));
            let at = Place { file, start: span.start, end: span.end };
            errors.add(at, message, None);
            errors.stop_at(at);
        }
        merge(&mut merged, table(root.into_inner(), file), &mut Vec::new());
    }
    merged
}

fn place(file: usize, span: Range<usize>) -> Place {
    Place { file, start: span.start, end: span.end }
}

fn table<'a>(source: DeTable<'a>, file: usize) -> Table<'a> {
    let mut entries: Vec<Entry<'a>> = source
        .into_iter()
        .map(|(key, value)| {
            let at = place(file, key.span());
            Entry { key: key.into_inner(), at, node: node(value, file) }
        })
        .collect();
    entries.sort_by_key(|e| e.at.start);
    Table(entries)
}

fn node<'a>(source: toml::Spanned<DeValue<'a>>, file: usize) -> Node<'a> {
    let at = place(file, source.span());
    let data = match source.into_inner() {
        DeValue::String(text) => Data::Text(text),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Data::Other, Data::Integer)
        }
        DeValue::Float(number) => Data::Float(number.as_str().to_owned()),
        DeValue::Boolean(yes) => Data::Boolean(yes),
        DeValue::Array(items) => Data::List(items.into_iter().map(|item| node(item, file)).collect()),
        DeValue::Table(inner) => Data::Table(table(inner, file)),
        DeValue::Datetime(_) => Data::Other,
    };
    Node { at, data }
}

/// Lays a later file over the earlier ones: tables are joined, all else is replaced.
fn merge<'a>(base: &mut Table<'a>, over: Table<'a>, path: &mut Vec<String>) {
    if is_field(path) && over.entry("type").is_some() {
        base.0.retain(|e| !TYPE_SETTINGS.contains(&e.key.as_ref()));
    }
    for entry in over.0 {
        let Some(known) = base.0.iter_mut().find(|e| e.key == entry.key) else {
            base.0.push(entry);
            continue;
        };
        match (&mut known.node.data, entry.node.data) {
            (Data::Table(inner), Data::Table(new)) => {
                path.push(entry.key.into_owned());
                merge(inner, new, path);
                path.pop();
            }
            (slot, data) => {
                *slot = data;
                known.node.at = entry.node.at;
                known.at = entry.at;
            }
        }
    }
}

fn is_field(path: &[String]) -> bool {
    matches!(path, [objects, _, fields, _] if objects == "objects" && fields == "fields")
}

/// Collects mistakes.
pub(super) struct Errors<'s> {
    sources: &'s [Source<'s>],
    found: RefCell<Vec<(Place, SchemaError)>>,
    /// How much was found before the reading ended, and where each file's syntax first breaks: what
    /// follows there is only its echo.
    broken: RefCell<(usize, BTreeMap<usize, usize>)>,
}

impl<'s> Errors<'s> {
    pub(super) fn new(sources: &'s [Source<'s>]) -> Errors<'s> {
        Errors { sources, found: RefCell::default(), broken: RefCell::default() }
    }

    /// Notes a mistake at a place.
    pub(super) fn add(&self, at: Place, message: Message, nearest: Option<String>) {
        let (name, text) = self.sources.get(at.file).map_or(("", ""), |s| (s.name, s.text));
        let before = text.get(..at.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        let error = SchemaError { file: name.to_owned(), line, column, message, nearest };
        let mut found = self.found.borrow_mut();
        if !found.iter().any(|(_, e)| *e == error) {
            found.push((at, error));
        }
    }

    /// Notes that a file's syntax breaks here.
    fn stop_at(&self, at: Place) {
        let mut broken = self.broken.borrow_mut();
        broken.0 = self.found.borrow().len();
        let first = broken.1.entry(at.file).or_insert(at.start);
        *first = at.start.min(*first);
    }

    /// The place of some bytes of a string's value inside the file: exact where the string is written
    /// without escapes, else the whole string.
    pub(super) fn inside(&self, at: Place, value: &str, span: Range<usize>) -> Place {
        let raw = self.sources.get(at.file).and_then(|s| s.text.get(at.start..at.end)).unwrap_or_default();
        match raw.find(value) {
            Some(skip) if !value.is_empty() => {
                Place { file: at.file, start: at.start + skip + span.start, end: at.start + skip + span.end }
            }
            _ => at,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// All mistakes in the order of the files.
    pub(super) fn into_vec(self) -> Vec<SchemaError> {
        let (syntax, first) = self.broken.into_inner();
        let found = self.found.into_inner().into_iter().enumerate();
        let is_echo = |at: &Place| first.get(&at.file).is_some_and(|first| at.start >= *first);
        let mut found: Vec<_> =
            found.filter(|(i, (at, _))| *i < syntax || !is_echo(at)).map(|(_, error)| error).collect();
        found.sort_by_key(|(at, _)| (at.file, at.start));
        found.into_iter().map(|(_, error)| error).collect()
    }
}
