//! Schema files as one merged tree in which every key and value remembers its file and place.

use crate::domain::message::Message;
use crate::domain::record::system;
use crate::schema::error::{SchemaError, nearest};
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
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pub(super) at: Place,
    pub(super) data: Data<'a>,
}

#[derive(Debug, Clone)]
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
#[derive(Debug, Default, Clone)]
pub(super) struct Table<'a>(pub(super) Vec<Entry<'a>>);

#[derive(Debug, Clone)]
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

    /// The table under a key.
    pub(super) fn inner(&self, key: &str) -> Option<&Table<'a>> {
        self.entry(key)?.node.table()
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

/// The key under which a table names what it takes out of earlier files.
pub(super) const UNSET: &str = "unset";

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
    read_over(Table::default(), 0, sources, errors)
}

/// Reads sources and lays them over what was read of the first `known` files.
pub(super) fn read_over<'a>(
    mut merged: Table<'a>,
    known: usize,
    sources: &[Source<'a>],
    errors: &Errors<'_>,
) -> Table<'a> {
    for (file, source) in (known..).zip(sources) {
        let (root, mistakes) = DeTable::parse_recoverable(source.text);
        for mistake in &mistakes {
            let span = mistake.span().unwrap_or(0..0);
            let message = crate::i18n::syntax::message("schema-syntax", mistake.message());
            let at = Place { file, start: span.start, end: span.end };
            errors.add(at, message, None);
            errors.stop_at(at);
        }
        let mut over = table(root.into_inner(), file);
        say_groups(&merged, &mut over);
        merge(&mut merged, over, &mut Vec::new(), errors);
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

/// Lays a later file over the earlier ones: what it unsets goes, tables are joined, all else is replaced.
fn merge<'a>(base: &mut Table<'a>, mut over: Table<'a>, path: &mut Vec<String>, errors: &Errors<'_>) {
    unset(base, &mut over, errors);
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
                merge(inner, new, path, errors);
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

/// `unset = ["key", …]` takes out what earlier files say there.
fn unset(base: &mut Table<'_>, over: &mut Table<'_>, errors: &Errors<'_>) {
    let names = match over.entry(UNSET).map(|e| &e.node.data) {
        Some(Data::List(items)) => items,
        _ => return,
    };
    for item in names {
        let Data::Text(name) = &item.data else {
            errors.add(item.at, crate::msg!("schema-wants-text", key = UNSET), None);
            continue;
        };
        let before = base.0.len();
        base.0.retain(|e| e.key != *name);
        if base.0.len() == before {
            let meant = nearest(name, base.0.iter().map(|e| e.key.as_ref()));
            errors.add(item.at, crate::msg!("schema-unset-unknown", name = name), meant);
        }
    }
    over.0.retain(|e| e.key != UNSET);
}

/// A new field without a group stands in that of the field above it in the same file: says so, so that what is
/// laid over one field later moves no other.
fn say_groups<'a>(base: &Table<'a>, over: &mut Table<'a>) {
    let known = base.inner("objects");
    let Some(Data::Table(objects)) = over.0.iter_mut().find(|e| e.key == "objects").map(|e| &mut e.node.data) else {
        return;
    };
    for object in &mut objects.0 {
        let known = known.and_then(|objects| objects.inner(&object.key)?.inner("fields"));
        let Data::Table(settings) = &mut object.node.data else { continue };
        let Some(own) = settings.0.iter_mut().find(|e| e.key == "fields") else { continue };
        let Data::Table(own) = &mut own.node.data else { continue };
        let mut above: Option<(Place, Place, Cow<'a, str>)> = None;
        for field in &mut own.0 {
            let is_new = known.is_none_or(|known| known.entry(&field.key).is_none());
            let is_new = is_new && !system::ALL.contains(&field.key.as_ref());
            let Data::Table(settings) = &mut field.node.data else { continue };
            if let Some(group) = settings.entry("group") {
                if let Data::Text(name) = &group.node.data {
                    above = Some((group.at, group.node.at, name.clone()));
                }
            } else if let Some((key, at, name)) = above.as_ref().filter(|_| is_new) {
                let node = Node { at: *at, data: Data::Text(name.clone()) };
                settings.0.push(Entry { key: Cow::Borrowed("group"), at: *key, node });
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
