//! Editing a schema entry by entry: what an entry says as values of its form, and the user's TOML with one entry
//! said otherwise. Comments, order and everything else in the TOML stay.

mod begin;
#[cfg(test)]
mod tests;
mod write;

pub use begin::begin;
pub use write::{put_order, remove, shift, write};

use super::error::SchemaError;
use super::form::{EntryKind, FORM, KEY, KINDS, Shape};
use super::load::{BUILTIN, builtin_tree};
use super::model::{Field, Kind, Object, Schema};
use super::tree::{self, Data, Errors, Node, Source, Table};
use crate::domain::id::Id;
use crate::domain::lang::{Label, Lang};
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, system};
use crate::domain::value::Value;
use crate::msg;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::de::{DeTable, DeValue};

/// What the user's TOML is called in messages.
pub const OWN: &str = "schema.toml";
/// The dictionary of conditions.
const WHEN: &str = "schema/when";
/// Texts that are numbers in the TOML where they can be.
const NUMBERS: [&str; 2] = ["min", "max"];
/// Lines of names, which are lists of lists in the TOML.
const LISTS: [&str; 2] = ["indexes", "unique"];

/// One entry of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its kind.
    pub kind: &'static EntryKind,
    /// The key of the entry that it belongs to; empty where it belongs to none.
    pub whose: String,
    /// Its own key; in a list its number from 1.
    pub key: String,
}

impl Place {
    /// An entry by kind, owner and key.
    pub fn new(kind: &'static EntryKind, whose: &str, key: &str) -> Place {
        Place { kind, whose: whose.to_owned(), key: key.to_owned() }
    }

    /// The entry of a path such as `dictionaries.level.items.A`.
    pub fn read(path: &str) -> Option<Place> {
        if path == "settings" {
            return EntryKind::named(path).map(|kind| Place::new(kind, "", ""));
        }
        KINDS.iter().filter(|kind| kind.shape != Shape::Root).find_map(|kind| {
            let mut parts = path.splitn(kind.path.len() + 1, '.');
            let mut owners: Vec<&str> = Vec::new();
            for name in kind.path {
                match (*name, parts.next()?) {
                    ("*", part) => owners.push(part),
                    (name, part) if name == part => {}
                    _ => return None,
                }
            }
            let key = parts.next().filter(|key| !key.is_empty())?;
            let is_part = kind.parts().any(|part| {
                let inner = part.path.last().copied().unwrap_or_default();
                key.split_once('.').is_some_and(|(_, rest)| rest == inner || rest.starts_with(&format!("{inner}.")))
            });
            (!is_part).then(|| Place::new(kind, &owners.join("."), key))
        })
    }

    /// The names under which it stands in the TOML.
    pub fn path(&self) -> Vec<String> {
        let mut path = self.kind.table(&self.whose);
        if self.kind.shape != Shape::Root && !self.key.is_empty() {
            path.push(self.key.clone());
        }
        path
    }

    /// The same as text: `dictionaries.level.items.A`.
    pub fn text(&self) -> String {
        if self.kind.shape == Shape::Root { self.kind.name.to_owned() } else { self.path().join(".") }
    }

    /// Whose the entries are that belong to this one.
    pub fn owner(&self) -> String {
        if self.whose.is_empty() { self.key.clone() } else { format!("{}.{}", self.whose, self.key) }
    }

    /// The name of its form's object.
    pub fn form(&self) -> String {
        self.kind.form(&self.whose)
    }

    /// What stands for it where records have an id: always the same for the same path.
    pub fn id(&self) -> Id {
        let digest = Sha256::digest(self.text().as_bytes());
        let bytes = digest.iter().take(8).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        i64::try_from(bytes >> 1).ok().and_then(Id::from_i64).unwrap_or(Id::NOBODY)
    }
}

/// An entry in a list of entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Listed {
    /// Where it stands.
    pub place: Place,
    /// Its label; empty where it has none.
    pub label: Label,
    /// What else is worth seeing: pattern, type, filter.
    pub detail: String,
    /// The object that it is about, where it says one.
    #[serde(default)]
    pub object: String,
    /// It is retired.
    pub retired: bool,
    /// It is not in force.
    #[serde(default)]
    pub off: bool,
    /// The user's own TOML says something of it.
    pub own: bool,
    /// Only the user's own TOML says anything of it.
    pub added: bool,
}

/// The built-in files with a text laid over them.
fn with_tree<T>(text: &str, work: impl FnOnce(&Table<'_>) -> T) -> T {
    let errors = Errors::new(&[]);
    let own = [Source { name: OWN, text }];
    work(&tree::read_over(builtin_tree().clone(), BUILTIN.len(), &own, &errors))
}

fn table_at<'t, 'a>(root: &'t Table<'a>, path: &[String]) -> Option<&'t Table<'a>> {
    path.iter().try_fold(root, |table, name| table.inner(name))
}

/// What stands at a place; the root itself is no node.
fn node_at<'t, 'a>(root: &'t Table<'a>, place: &Place) -> Option<&'t Node<'a>> {
    let table = place.kind.table(&place.whose);
    let (last, outer) = table.split_last()?;
    if place.kind.shape == Shape::List {
        let Data::List(items) = &table_at(root, outer)?.entry(last)?.node.data else { return None };
        return items.get(place.key.parse::<usize>().ok()?.checked_sub(1)?);
    }
    Some(&table_at(root, &table)?.entry(&place.key)?.node)
}

/// The keys of a kind's entries in the order of the files.
fn keys(root: &Table<'_>, kind: &EntryKind, whose: &str) -> Vec<String> {
    let table = kind.table(whose);
    match (kind.shape, table.split_last()) {
        (Shape::Root, _) => vec![String::new()],
        (Shape::List, Some((last, outer))) => {
            let list = table_at(root, outer).and_then(|t| t.entry(last)).map(|e| &e.node.data);
            let number = if let Some(Data::List(items)) = list { items.len() } else { 0 };
            (1..=number).map(|number| number.to_string()).collect()
        }
        _ => table_at(root, &table).into_iter().flat_map(|t| t.0.iter().map(|e| e.key.to_string())).collect(),
    }
}

/// The entries of a kind that belong to another one, in the order in which they count.
pub fn list(text: &str, schema: &Schema, kind: &'static EntryKind, whose: &str) -> Vec<Listed> {
    let order = order(schema, kind, whose);
    let own = text.parse::<toml_edit::DocumentMut>().unwrap_or_default();
    let base_keys = keys(builtin_tree(), kind, whose);
    with_tree(text, |root| {
        let mut keys = keys(root, kind, whose);
        // What every record has is no field to be edited.
        keys.retain(|key| kind.name != "field" || !system::ALL.contains(&key.as_str()));
        keys.sort_by_key(|key| order.iter().position(|known| known == key).unwrap_or(usize::MAX));
        let listed = keys.into_iter().map(|key| {
            let place = Place::new(kind, whose, &key);
            let table = node_at(root, &place).and_then(Node::table);
            let text = |name: &str| table.and_then(|t| t.entry(name)).and_then(|e| plain(&e.node));
            let says = |name: &str, what: bool| {
                matches!(table.and_then(|t| t.entry(name)).map(|e| &e.node.data), Some(Data::Boolean(yes)) if *yes == what)
            };
            let bare = node_at(root, &place).and_then(plain);
            let label = Label { zh: text("zh").unwrap_or_default(), en: text("en").unwrap_or_default() };
            let label = match (kind.name, &bare) {
                ("item", Some(text)) => Label::same(text),
                ("stage", _) => stage_label(schema, &key),
                _ => label,
            };
            let detail = ["pattern", "type", "filter", "check", "approvers"].iter().find_map(|name| text(name));
            Listed {
                label,
                object: text("object").unwrap_or_default(),
                detail: detail.or(bare.filter(|_| kind.name != "item")).unwrap_or_default(),
                retired: says("retired", true),
                off: says("active", false),
                own: says_something(&own, &place),
                added: !base_keys.contains(&key),
                place,
            }
        });
        listed.collect()
    })
}

fn stage_label(schema: &Schema, key: &str) -> Label {
    let field = schema.object(super::model::PIPELINED).and_then(|o| o.field("stage"));
    let item = field.and_then(|f| schema.dictionary(f.kind.dictionary()?)?.item(key));
    item.map(|item| item.label.clone()).unwrap_or_default()
}

fn says_something(own: &toml_edit::DocumentMut, place: &Place) -> bool {
    let mut at: Option<&dyn toml_edit::TableLike> = Some(own.as_table());
    let path = if place.kind.shape == Shape::List { place.kind.table(&place.whose) } else { place.path() };
    let Some((last, outer)) = path.split_last() else { return false };
    for name in outer {
        at = at.and_then(|table| table.get(name)?.as_table_like());
    }
    at.is_some_and(|table| table.contains_key(last))
}

/// The keys of entries in the order in which they count, where that isn't the files'.
fn order(schema: &Schema, kind: &EntryKind, whose: &str) -> Vec<String> {
    match kind.name {
        "menu" => schema.menus.iter().map(|m| m.name.clone()).collect(),
        "object" => schema.objects.iter().map(|o| o.name.clone()).collect(),
        "item" => schema.dictionary(whose).map(|d| d.items.iter().map(|i| i.key.clone()).collect()).unwrap_or_default(),
        "field" => schema.object(whose).map(|o| o.fields.iter().map(|f| f.name.clone()).collect()).unwrap_or_default(),
        "stage" => schema.pipeline(whose).map(|p| p.stages.iter().map(|s| s.key.clone()).collect()).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A text, number, word or list as one text.
fn plain(node: &Node<'_>) -> Option<String> {
    Some(match &node.data {
        Data::Text(text) => text.to_string(),
        Data::Integer(number) => number.to_string(),
        Data::Float(number) => number.clone(),
        Data::Boolean(yes) => yes.to_string(),
        Data::List(items) => items.iter().filter_map(plain).collect::<Vec<_>>().join(", "),
        Data::Table(_) | Data::Other => return None,
    })
}

/// The values of an entry in its form; `None` if there is no such entry.
pub fn read(text: &str, place: &Place, form: &Object) -> Option<Fields> {
    with_tree(text, |root| values(root, place, form))
}

fn values(root: &Table<'_>, place: &Place, form: &Object) -> Option<Fields> {
    let mut fields = Fields::new();
    let node = match place.kind.shape {
        Shape::Root => None,
        _ => Some(node_at(root, place)?),
    };
    let table = if place.kind.shape == Shape::Root { Some(root) } else { node.and_then(Node::table) };
    for field in form.fields.iter().filter(|f| !f.is_system()) {
        let name = field.name.as_str();
        let found = match (name, place.kind.shape) {
            (KEY, _) => None,
            (name, Shape::Value(of)) if name == of => node,
            _ => inner(table, node, name),
        };
        let value = match name {
            KEY if matches!(field.kind, Kind::Select { .. }) => Value::Choice(place.key.clone()),
            KEY => Value::text(&place.key),
            _ => found.map_or_else(|| otherwise(field), |node| value(field, node, form, &mut fields)),
        };
        if !value.is_empty() {
            fields.insert(field.name.clone(), value);
        }
    }
    Some(fields)
}

/// What stands under a form's field; a bare text stands for what it means.
fn inner<'t, 'a>(table: Option<&'t Table<'a>>, node: Option<&'t Node<'a>>, name: &str) -> Option<&'t Node<'a>> {
    let Some(table) = table else { return node.filter(|_| matches!(name, "pattern" | "zh" | "en")) };
    let mut names = name.split("__");
    let first = &table.entry(names.next()?)?.node;
    names.try_fold(first, |node, name| Some(&node.table()?.entry(name)?.node))
}

/// The value of a field that the TOML says nothing of.
fn otherwise(field: &Field) -> Value {
    match (&field.kind, field.default.as_deref()) {
        (Kind::Boolean, Some(text)) => Value::Boolean(text == "true"),
        (Kind::Select { .. }, Some(key)) => Value::Choice(key.to_owned()),
        _ => Value::Empty,
    }
}

fn value(field: &Field, node: &Node<'_>, form: &Object, fields: &mut Fields) -> Value {
    let number = |node: &Node<'_>| plain(node)?.parse().ok().map(Value::Decimal);
    match (&field.kind, &node.data) {
        (Kind::Select { dictionary }, data) if dictionary == WHEN => {
            let key = match data {
                Data::Boolean(true) => "always",
                Data::Boolean(false) => "never",
                _ => "if",
            };
            let condition = format!("{}_if", field.name);
            if let (Data::Text(text), Some(_)) = (data, form.field(&condition)) {
                fields.insert(condition, Value::text(text));
            }
            Value::Choice(key.to_owned())
        }
        (Kind::Boolean, Data::Boolean(yes)) => Value::Boolean(*yes),
        (Kind::Integer { .. }, Data::Integer(number)) => Value::Integer(*number),
        (Kind::Decimal { .. }, _) => number(node).unwrap_or_default(),
        (Kind::Tags | Kind::MultiSelect { .. }, Data::List(items)) => {
            let texts: Vec<String> = items.iter().filter_map(plain).collect();
            if texts.is_empty() { Value::Empty } else { Value::Choices(texts) }
        }
        (Kind::Tags, Data::Text(text)) => Value::Choices(vec![text.to_string()]),
        (Kind::Multiline, Data::Table(table)) => {
            let line = |e: &tree::Entry<'_>| Some(format!("{} = {}", e.key, plain(&e.node)?));
            Value::text(&table.0.iter().filter_map(line).collect::<Vec<_>>().join("\n"))
        }
        (Kind::Multiline, Data::List(lines)) => {
            Value::text(&lines.iter().filter_map(plain).collect::<Vec<_>>().join("\n"))
        }
        (Kind::Select { .. }, _) => plain(node).filter(|key| !key.is_empty()).map_or(Value::Empty, Value::Choice),
        (Kind::Text { .. }, Data::List(_) | Data::Table(_)) => Value::Empty,
        (Kind::Text { .. }, _) => plain(node).map_or(Value::Empty, |text| Value::text(&text)),
        _ => Value::Empty,
    }
}

/// An entry that two texts say differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where it stands.
    pub place: Place,
    /// Its values before; `None` if it is new.
    pub before: Option<Fields>,
    /// Its values now; `None` if it is gone.
    pub after: Option<Fields>,
}

/// All entries that another text says differently, in the order of the kinds. `forms` are of both together.
pub fn compare(old: &str, new: &str, forms: &[&Schema]) -> Vec<Difference> {
    with_tree(old, |old| with_tree(new, |new| differences(old, new, forms)))
}

/// Entries that stand in another order than before: whose they are, and their keys as they stand now. The place has
/// no key.
pub fn reordered(old: &Schema, new: &Schema) -> Vec<(Place, Vec<String>)> {
    let mut found = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.order.is_some()) {
        let owners: Vec<&str> = match kind.of {
            Some("dictionary") => new.dictionaries.keys().map(String::as_str).collect(),
            Some(_) => new.pipelines.iter().map(|p| p.name.as_str()).collect(),
            None => vec![""],
        };
        for whose in owners {
            let (before, after) = (order(old, kind, whose), order(new, kind, whose));
            let stays = |keys: &[String], other: &[String]| -> Vec<String> {
                keys.iter().filter(|key| other.contains(key)).cloned().collect()
            };
            if stays(&before, &after) != stays(&after, &before) {
                found.push((Place::new(kind, whose, ""), after));
            }
        }
    }
    found
}

/// The entries that those of a kind belong to.
fn owners(root: &Table<'_>, kind: &EntryKind) -> Vec<String> {
    let Some(owner) = kind.of.and_then(EntryKind::named) else { return vec![String::new()] };
    if owner.of.is_none() {
        return keys(root, owner, "");
    }
    let of = |whose: String| keys(root, owner, &whose).into_iter().map(move |key| format!("{whose}.{key}"));
    owners(root, owner).into_iter().flat_map(of).collect()
}

fn differences(old: &Table<'_>, new: &Table<'_>, forms: &[&Schema]) -> Vec<Difference> {
    let both = |kind: &EntryKind, whose: &str| {
        let mut all = keys(new, kind, whose);
        let gone = keys(old, kind, whose).into_iter().filter(|key| !all.contains(key)).collect::<Vec<_>>();
        all.extend(gone);
        all
    };
    let mut found: Vec<Difference> = Vec::new();
    for kind in &KINDS {
        for whose in owners(new, kind) {
            let name = kind.form(&whose);
            let Some(form) = forms.iter().find_map(|schema| schema.object(&name)) else { continue };
            for key in both(kind, &whose) {
                let place = Place::new(kind, &whose, &key);
                let (before, after) = (values(old, &place, form), values(new, &place, form));
                if before != after {
                    found.push(Difference { place, before, after });
                }
            }
        }
    }
    found
}

/// Mistakes as errors of an entry's form: under their fields where they belong to one, else for the whole.
pub fn told_in(text: &str, errors: &[SchemaError], place: &Place, form: &Object) -> Vec<FieldError> {
    let own = place.path();
    let told = errors.iter().map(|error| {
        let path = (error.file == OWN).then(|| path_at(text, error.line, error.column)).flatten();
        let rest = path.as_deref().and_then(|path| path.strip_prefix(own.as_slice()));
        let field = rest.map(|rest| match (rest.join("__"), error.message.key.as_ref()) {
            (name, _) if form.field(&name).is_some() => name,
            (_, "schema-missing-label" | "schema-new-field" | "schema-new-object") => "zh".to_owned(),
            (_, "schema-missing-title") => "title".to_owned(),
            (name, key) if name.is_empty() && (key.starts_with("schema-name-") || key == "schema-item-key") => {
                KEY.to_owned()
            }
            (name, _) => name.split("__").next().filter(|n| form.field(n).is_some()).unwrap_or_default().to_owned(),
        });
        let message = mistake(error, field.is_some());
        FieldError { field: field.unwrap_or_default(), message }
    });
    told.collect()
}

/// A mistake in both languages, with its place unless it stands where it was made.
pub fn mistake(error: &SchemaError, here: bool) -> Message {
    let say = |lang: Lang| match (here, &error.nearest) {
        (false, _) => error.text(lang),
        (true, None) => crate::i18n::message(lang, &error.message),
        (true, Some(nearest)) => {
            let meant = msg!("schema-did-you-mean", name = nearest);
            format!("{} {}", crate::i18n::message(lang, &error.message), crate::i18n::message(lang, &meant))
        }
    };
    msg!("schema-mistake", zh = say(Lang::Zh), en = say(Lang::En))
}

/// Where in the schema a mistake stands, by its path; its file and line where that can't be said.
pub fn mistaken_place(error: &SchemaError, own: &str) -> String {
    let builtin = BUILTIN.iter().find(|source| source.name == error.file).map(|source| source.text);
    let text = if error.file == OWN { Some(own) } else { builtin };
    let path = text.and_then(|text| path_at(text, error.line, error.column));
    path.map_or_else(|| format!("{}:{}", error.file, error.line), |path| path.join("."))
}

/// The names under which a character of a text stands.
fn path_at(text: &str, line: usize, column: usize) -> Option<Vec<String>> {
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let within = text.get(start..)?.char_indices().nth(column.checked_sub(1)?).map_or(0, |(at, _)| at);
    let (root, _) = DeTable::parse_recoverable(text);
    let mut best: Option<(usize, Vec<String>)> = None;
    visit(root.get_ref(), &mut Vec::new(), start + within, &mut best);
    best.map(|(_, path)| path)
}

/// Finds the smallest key or plain value around a byte.
fn visit(table: &DeTable<'_>, path: &mut Vec<String>, at: usize, best: &mut Option<(usize, Vec<String>)>) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        consider(key.span(), path, at, best);
        look_into(value, path, at, best);
        path.pop();
    }
}

fn look_into(
    value: &toml::Spanned<DeValue<'_>>,
    path: &mut Vec<String>,
    at: usize,
    best: &mut Option<(usize, Vec<String>)>,
) {
    match value.get_ref() {
        DeValue::Table(inner) => visit(inner, path, at, best),
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
            for (number, item) in items.iter().enumerate() {
                path.push((number + 1).to_string());
                if item.span().start == at {
                    consider(item.span(), path, at, best);
                }
                look_into(item, path, at, best);
                path.pop();
            }
        }
        _ => consider(value.span(), path, at, best),
    }
}

fn consider(span: std::ops::Range<usize>, path: &[String], at: usize, best: &mut Option<(usize, Vec<String>)>) {
    let size = span.len();
    if (span.contains(&at) || span.start == at) && best.as_ref().is_none_or(|(known, _)| size < *known) {
        *best = Some((size, path.to_vec()));
    }
}

/// Whether a text says a key of the root.
pub fn says(text: &str, key: &str) -> bool {
    DeTable::parse_recoverable(text).0.get_ref().contains_key(key)
}

/// Whether an object's name is a form's.
pub fn is_form(name: &str) -> bool {
    name.starts_with(FORM)
}
