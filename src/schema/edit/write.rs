//! The user's TOML with one entry said otherwise.

use super::super::form::{EntryKind, KEY, Shape};
use super::super::load::builtin_tree;
use super::super::model::{Field, Kind, Object, Schema};
use super::super::tree::{Data, Node, TYPE_SETTINGS, UNSET};
use super::{LISTS, NUMBERS, Place, WHEN, keys, node_at, order, otherwise, values, with_tree};
use crate::domain::message::Message;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value as Toml};

/// Kinds whose entries get a heading of their own rather than one line.
const HEADED: [&str; 5] = ["dictionary", "object", "pipeline", "reminder_rule", "flow"];

/// The text in which an entry has other values; a new one if `before` is `None`. Fields that the form doesn't show
/// (`shown`) say nothing. What is as in the built-in files again isn't said any more.
pub fn write(
    text: &str,
    place: &Place,
    form: &Object,
    (before, after): (Option<&Fields>, &Fields),
    shown: &dyn Fn(&Field) -> bool,
) -> Result<String, Message> {
    let base = values(builtin_tree(), place, form);
    write_over(text, place, form, (before, after), shown, base.as_ref())
}

/// The same over what is said below; without, all is said.
pub(super) fn write_over(
    text: &str,
    place: &Place,
    form: &Object,
    (before, after): (Option<&Fields>, &Fields),
    shown: &dyn Fn(&Field) -> bool,
    base: Option<&Fields>,
) -> Result<String, Message> {
    let retyped = Settings::of(before, after, base);
    let mut said: Vec<Said> = Vec::new();
    for field in form.fields.iter().filter(|f| is_said(f, form)) {
        let wanted = if shown(field) { said_in(field, after, form) } else { None };
        let had = before.and_then(|before| said_in(field, before, form));
        let is_setting = TYPE_SETTINGS.contains(&field.name.as_str()) && place.kind.name == "field";
        if before.is_some() && same(wanted.as_ref(), had.as_ref()) && !(is_setting && retyped.changes) {
            continue;
        }
        let below = base.filter(|_| !(is_setting && retyped.own));
        let usual = below.map_or_else(|| said_otherwise(field), |base| said_in(field, base, form));
        let is_usual = same(usual.as_ref(), wanted.as_ref());
        let known = below.is_some_and(|_| stands(builtin_tree(), place, &field.name));
        said.push(Said { name: field.name.clone(), value: wanted.filter(|_| !is_usual), unset: known && !is_usual });
    }
    edited(text, |doc| match place.kind.shape {
        Shape::Value(_) => {
            let value = said.into_iter().find_map(|s| s.value).unwrap_or_else(|| Toml::from(0));
            put(
                table_at(doc.as_table_mut(), &place.kind.table(&place.whose), false).ok_or_else(unfit)?,
                &place.key,
                value,
            );
            Ok(())
        }
        Shape::List => {
            let mut steps = own_list(doc, text, place)?;
            let at = place.key.parse::<usize>().unwrap_or(steps.len() + 1).saturating_sub(1);
            if at >= steps.len() {
                steps.push(Table::new());
            }
            if let Some(step) = steps.get_mut(at) {
                said.into_iter().for_each(|said| say(step, said));
            }
            keep_list(doc, place, steps)
        }
        Shape::Table | Shape::Root => {
            let entry = entry(doc, text, place)?;
            said.into_iter().for_each(|said| say(entry, said));
            let says_nothing = entry.is_empty() && place.kind.shape == Shape::Table;
            if says_nothing && node_at(builtin_tree(), place).is_some() {
                forget(doc, place);
            }
            Ok(())
        }
    })
}

/// Takes out what the user's own TOML says of an entry, and its heading where that is left alone.
fn forget(doc: &mut DocumentMut, place: &Place) {
    let path = place.kind.table(&place.whose);
    let Some(container) = table_at(doc.as_table_mut(), &path, false) else { return };
    container.remove(&place.key);
    if container.is_empty() {
        prune(doc.as_table_mut(), &path);
    }
}

/// Whether a field is a key of its own: not the entry's, nor the condition of another one.
fn is_said(field: &Field, form: &Object) -> bool {
    let condition = field.name.strip_suffix("_if").is_some_and(|stem| form.field(stem).is_some());
    !field.is_system() && field.name != KEY && !condition
}

fn same(a: Option<&Toml>, b: Option<&Toml>) -> bool {
    a.map(ToString::to_string) == b.map(ToString::to_string)
}

/// One key and what it is to say.
struct Said {
    name: String,
    value: Option<Toml>,
    /// The built-in files say something that is not to count.
    unset: bool,
}

/// What becomes of the settings of a field's type.
struct Settings {
    /// The type is another one: all its settings are said anew.
    changes: bool,
    /// The type is not the built-in one, whose settings then don't count.
    own: bool,
}

impl Settings {
    fn of(before: Option<&Fields>, after: &Fields, base: Option<&Fields>) -> Settings {
        let kind = |fields: Option<&Fields>| fields.and_then(|f| f.get("type")).cloned();
        let now = kind(Some(after));
        Settings { changes: kind(before) != now, own: kind(base) != now }
    }
}

/// What a field says in the TOML; `None` for nothing.
fn said_in(field: &Field, fields: &Fields, form: &Object) -> Option<Toml> {
    let value = fields.get(&field.name).filter(|value| !value.is_empty())?;
    let said = match (&field.kind, value) {
        (Kind::Select { dictionary }, Value::Choice(key)) if dictionary == WHEN => match key.as_str() {
            "always" => Toml::from(true),
            "never" => Toml::from(false),
            _ => {
                let condition = form.field(&format!("{}_if", field.name))?;
                Toml::from(fields.get(&condition.name)?.as_str()?)
            }
        },
        (Kind::Multiline, Value::Text(lines)) if LISTS.contains(&field.name.as_str()) => Toml::Array(names(lines)),
        (Kind::Multiline, Value::Text(lines)) => Toml::InlineTable(pairs(lines)),
        (_, Value::Text(text)) if NUMBERS.contains(&field.name.as_str()) => number(text),
        (_, Value::Text(text) | Value::Choice(text)) => Toml::from(text.as_str()),
        (_, Value::Integer(number)) => Toml::from(*number),
        (_, Value::Decimal(amount)) => number(&amount.normalize().to_string()),
        (_, Value::Boolean(yes)) => Toml::from(*yes),
        (_, Value::Choices(texts)) => Toml::Array(texts.iter().map(String::as_str).collect::<Array>()),
        _ => return None,
    };
    Some(plain(said))
}

/// A value without anything around it, so that equal ones compare equal.
fn plain(mut value: Toml) -> Toml {
    value.decor_mut().clear();
    value
}

fn said_otherwise(field: &Field) -> Option<Toml> {
    match otherwise(field) {
        Value::Boolean(yes) => Some(Toml::from(yes)),
        Value::Choice(key) if field.kind.dictionary() == Some(WHEN) => Some(Toml::from(key == "always")),
        Value::Choice(key) => Some(Toml::from(key.as_str())),
        _ => None,
    }
    .map(plain)
}

/// A number, where the text is one.
pub(super) fn number(text: &str) -> Toml {
    let is_number = text.trim().parse::<rust_decimal::Decimal>().is_ok();
    let parsed = text.trim().parse::<Toml>().ok().filter(|value| is_number && (value.is_integer() || value.is_float()));
    parsed.unwrap_or_else(|| Toml::from(text))
}

/// Names with commas between them, line by line.
fn names(lines: &str) -> Array {
    let list = |line: &str| line.split([',', '，']).map(str::trim).filter(|name| !name.is_empty()).collect::<Array>();
    lines.lines().map(list).filter(|line| !line.is_empty()).map(Toml::Array).collect()
}

/// `key = value` line by line; whole numbers are numbers.
fn pairs(lines: &str) -> InlineTable {
    let mut table = InlineTable::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let value = value.trim();
        let value = value.parse::<i64>().map_or_else(|_| Toml::from(value), Toml::from);
        table.insert(key.trim(), value);
    }
    table
}

/// Whether the TOML of a tree says a key of an entry itself.
fn stands(root: &super::Table<'_>, place: &Place, name: &str) -> bool {
    let table = if place.kind.shape == Shape::Root { Some(root) } else { node_at(root, place).and_then(Node::table) };
    let mut names = name.split("__");
    let first = names.next().and_then(|name| Some(&table?.entry(name)?.node));
    first.and_then(|first| names.try_fold(first, |node, name| Some(&node.table()?.entry(name)?.node))).is_some()
}

fn say(entry: &mut dyn TableLike, said: Said) {
    let names: Vec<String> = said.name.split("__").map(str::to_owned).collect();
    let Some((last, outer)) = names.split_last() else { return };
    if said.value.is_none() && !said.unset && !has(entry, outer) {
        return;
    }
    let Some(table) = table_at(entry, outer, true) else { return };
    unmention(table, last);
    match said.value {
        Some(value) => put(table, last, value),
        None => {
            table.remove(last);
            if said.unset {
                mention(table, last);
            }
        }
    }
    let emptied = table.is_empty();
    if let (true, Some(first)) = (emptied, outer.first()) {
        entry.remove(first);
    }
}

fn has(table: &mut dyn TableLike, names: &[String]) -> bool {
    names.first().is_none_or(|name| table.contains_key(name))
}

/// Puts a value in a key's place; what stands around it stays.
pub(super) fn put(table: &mut dyn TableLike, key: &str, mut value: Toml) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
        return;
    }
    table.insert(key, Item::Value(value));
}

/// Takes a key out of what earlier files say.
fn mention(table: &mut dyn TableLike, key: &str) {
    match table.get_mut(UNSET).and_then(Item::as_array_mut) {
        Some(names) => names.push(key),
        None => drop(table.insert(UNSET, Item::Value(Toml::Array([key].into_iter().collect())))),
    }
}

fn unmention(table: &mut dyn TableLike, key: &str) {
    let Some(names) = table.get_mut(UNSET).and_then(Item::as_array_mut) else { return };
    names.retain(|name| name.as_str() != Some(key));
    if names.is_empty() {
        table.remove(UNSET);
    }
}

/// Works on a text as a document. Remarks alone stay at its head.
pub(super) fn edited(
    text: &str,
    work: impl FnOnce(&mut DocumentMut) -> Result<(), Message>,
) -> Result<String, Message> {
    let mut doc: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| crate::i18n::syntax::message("schema-syntax", error.message()))?;
    let head = if doc.is_empty() && !text.trim().is_empty() {
        doc.set_trailing("");
        format!("{}\n\n", text.trim_end())
    } else {
        String::new()
    };
    work(&mut doc)?;
    Ok(format!("{head}{doc}"))
}

pub(super) fn unfit() -> Message {
    Message::new("schema-edit-unfit")
}

/// The table under some names, made where there is none.
pub(super) fn table_at<'d>(
    table: &'d mut dyn TableLike,
    names: &[String],
    inline: bool,
) -> Option<&'d mut dyn TableLike> {
    let Some((name, rest)) = names.split_first() else { return Some(table) };
    if !table.contains_key(name) {
        let made = if inline {
            Item::Value(Toml::InlineTable(InlineTable::new()))
        } else {
            let mut made = Table::new();
            made.set_implicit(true);
            Item::Table(made)
        };
        table.insert(name, made);
    }
    table_at(table.get_mut(name)?.as_table_like_mut()?, rest, inline)
}

/// The table of an entry, made where there is none; a bare text becomes the table that it stands for.
fn entry<'d>(doc: &'d mut DocumentMut, text: &str, place: &Place) -> Result<&'d mut dyn TableLike, Message> {
    if place.kind.shape == Shape::Root {
        return Ok(doc.as_table_mut());
    }
    let bare = with_tree(text, |root| match node_at(root, place).map(|node| &node.data) {
        Some(Data::Text(text)) => Some(text.to_string()),
        _ => None,
    });
    let container = table_at(doc.as_table_mut(), &place.kind.table(&place.whose), false).ok_or_else(unfit)?;
    unmention(container, &place.key);
    let headed = HEADED.contains(&place.kind.name);
    if container.get(&place.key).is_none_or(|item| !item.is_table_like()) {
        let mut made: Item = if headed && container.get(&place.key).is_none() {
            Item::Table(Table::new())
        } else {
            Item::Value(Toml::InlineTable(InlineTable::new()))
        };
        if let (Some(text), Some(table)) = (bare, made.as_table_like_mut()) {
            let names: &[&str] = if place.kind.name == "number" { &["pattern"] } else { &["zh", "en"] };
            for name in names {
                table.insert(name, Item::Value(Toml::from(text.as_str())));
            }
        }
        container.insert(&place.key, made);
    }
    container.get_mut(&place.key).and_then(Item::as_table_like_mut).ok_or_else(unfit)
}

/// The text without an entry.
pub fn remove(text: &str, place: &Place) -> Result<String, Message> {
    let gone = || msg!("schema-edit-gone", place = place.text());
    if place.kind.shape == Shape::List {
        return edited(text, |doc| {
            let mut steps = own_list(doc, text, place)?;
            let at = place.key.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            steps.remove(at.filter(|at| *at < steps.len()).ok_or_else(gone)?);
            keep_list(doc, place, steps)
        });
    }
    let of_base = node_at(builtin_tree(), place).is_some();
    if !of_base && !with_tree(text, |root| node_at(root, place).is_some()) {
        return Err(gone());
    }
    edited(text, |doc| {
        forget(doc, place);
        if of_base {
            let path = place.kind.table(&place.whose);
            mention(table_at(doc.as_table_mut(), &path, false).ok_or_else(unfit)?, &place.key);
        }
        if let Some(list) = order_list(doc, place) {
            list.retain(|key| key.as_str() != Some(&place.key));
        }
        Ok(())
    })
}

/// Takes out the innermost table, which is empty now.
fn prune(table: &mut dyn TableLike, path: &[String]) {
    let Some((last, outer)) = path.split_last() else { return };
    if let Some(table) = table_at(table, outer, false) {
        table.remove(last);
    }
}

/// The list that says the order of an entry and its like.
fn order_list<'d>(doc: &'d mut DocumentMut, place: &Place) -> Option<&'d mut Array> {
    let key = place.kind.order?;
    let table = place.kind.table(&place.whose);
    let outer = if place.kind.of.is_some() { table.split_last()?.1.to_vec() } else { Vec::new() };
    let mut at: &mut dyn TableLike = doc.as_table_mut();
    for name in &outer {
        at = at.get_mut(name)?.as_table_like_mut()?;
    }
    at.get_mut(key)?.as_array_mut()
}

/// The text in which an entry stands some places further on; unchanged at the ends and where there is no order.
pub fn shift(text: &str, schema: &Schema, place: &Place, delta: isize) -> Result<String, Message> {
    if place.kind.shape == Shape::List {
        return edited(text, |doc| {
            let mut steps = own_list(doc, text, place)?;
            let at = place.key.parse::<usize>().unwrap_or(0).saturating_sub(1);
            let to = at.saturating_add_signed(delta);
            if at < steps.len() && to < steps.len() {
                let step = steps.remove(at);
                steps.insert(to, step);
            }
            keep_list(doc, place, steps)
        });
    }
    let there = with_tree(text, |root| keys(root, place.kind, &place.whose));
    let mut keys = order(schema, place.kind, &place.whose);
    keys.retain(|key| there.contains(key));
    let Some(at) = keys.iter().position(|key| *key == place.key) else { return Ok(text.to_owned()) };
    let to = at.saturating_add_signed(delta);
    if to >= keys.len() || to == at {
        return Ok(text.to_owned());
    }
    keys.remove(at);
    keys.insert(to, place.key.clone());
    if place.kind.order.is_some() {
        return put_order(text, place.kind, &place.whose, &keys);
    }
    edited(text, |doc| match place.kind.name {
        "field" => {
            // At the top, what stood there goes behind it.
            let (moved, after) = match to.checked_sub(1).and_then(|before| keys.get(before)) {
                Some(before) => (place.clone(), before),
                None => {
                    let second = keys.get(1).ok_or_else(unfit)?;
                    (Place { key: second.clone(), ..place.clone() }, &place.key)
                }
            };
            put(entry(doc, text, &moved)?, "after", Toml::from(after.as_str()));
            Ok(())
        }
        _ => Ok(()),
    })
}

/// The text in which entries stand in this order; unchanged where their kind knows none.
pub fn put_order(text: &str, kind: &EntryKind, whose: &str, keys: &[String]) -> Result<String, Message> {
    let Some(name) = kind.order else { return Ok(text.to_owned()) };
    let table = kind.table(whose);
    let outer = match (kind.of, table.split_last()) {
        (Some(_), Some((_, outer))) => outer,
        _ => &[],
    };
    edited(text, |doc| {
        let table = table_at(doc.as_table_mut(), outer, false).ok_or_else(unfit)?;
        put(table, name, Toml::Array(keys.iter().map(String::as_str).collect::<Array>()));
        Ok(())
    })
}

/// A list of tables as it stands now, to be said in the user's own TOML.
fn own_list(doc: &mut DocumentMut, text: &str, place: &Place) -> Result<Vec<Table>, Message> {
    let path = place.kind.table(&place.whose);
    let (last, outer) = path.split_last().ok_or_else(unfit)?;
    let own = table_at(doc.as_table_mut(), outer, false).ok_or_else(unfit)?.get(last).cloned();
    let own = own.and_then(|item| item.into_array_of_tables().ok());
    if let Some(own) = own {
        return Ok(own.into_iter().collect());
    }
    let list = |root: &super::Table<'_>| {
        let Some(Data::List(items)) = super::table_at(root, outer).and_then(|t| t.entry(last)).map(|e| &e.node.data)
        else {
            return Vec::new();
        };
        items.iter().filter_map(|item| item.table().map(copied)).collect()
    };
    Ok(with_tree(text, list))
}

fn keep_list(doc: &mut DocumentMut, place: &Place, tables: Vec<Table>) -> Result<(), Message> {
    let path = place.kind.table(&place.whose);
    let (last, outer) = path.split_last().ok_or_else(unfit)?;
    let parent = table_at(doc.as_table_mut(), outer, false).ok_or_else(unfit)?;
    let mut list = ArrayOfTables::new();
    for mut table in tables {
        table.set_position(None);
        list.push(table);
    }
    let in_line = parent.get(last).is_some_and(Item::is_value);
    let item = if in_line { Item::Value(Toml::Array(list.into_array())) } else { Item::ArrayOfTables(list) };
    parent.insert(last, item);
    Ok(())
}

fn copied(table: &super::Table<'_>) -> Table {
    let mut copy = Table::new();
    for entry in &table.0 {
        if let Some(value) = value_of(&entry.node) {
            copy.insert(&entry.key, Item::Value(value));
        }
    }
    copy
}

fn value_of(node: &Node<'_>) -> Option<Toml> {
    Some(match &node.data {
        Data::Text(text) => Toml::from(text.as_ref()),
        Data::Integer(number) => Toml::from(*number),
        Data::Float(text) => number(text),
        Data::Boolean(yes) => Toml::from(*yes),
        Data::List(items) => Toml::Array(items.iter().filter_map(value_of).collect::<Array>()),
        Data::Table(table) => {
            let mut inner = InlineTable::new();
            for entry in &table.0 {
                if let Some(value) = value_of(&entry.node) {
                    inner.insert(entry.key.as_ref(), value);
                }
            }
            Toml::InlineTable(inner)
        }
        Data::Other => return None,
    })
}
