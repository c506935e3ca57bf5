//! Boolean, select, multiselect and tags.

use super::text::check_length;
use super::{FormatContext, is_separator, pieces};
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{Dictionary, Kind, Schema};
use std::cmp::Ordering;

const YES: [&str; 15] = ["yes", "y", "true", "t", "1", "on", "是", "是的", "对", "有", "真", "√", "✓", "✔", "x"];
const NO: [&str; 14] = ["no", "n", "false", "f", "0", "off", "否", "不是", "不", "无", "没有", "假", "×", "✗"];
/// The most choices that are named where something else was given.
const OFFERED: usize = 12;
/// The most characters of a tag.
const TAG_MAX: usize = 50;
/// The most tags of a record.
const TAGS_MAX: usize = 100;

pub(crate) fn parse_boolean(text: &str) -> Result<Value, Message> {
    let text = text.trim().to_lowercase();
    if YES.contains(&text.as_str()) {
        Ok(Value::Boolean(true))
    } else if NO.contains(&text.as_str()) {
        Ok(Value::Boolean(false))
    } else {
        Err(msg!("value-boolean", text = text))
    }
}

pub(super) fn boolean_label(yes: bool, lang: Lang) -> &'static str {
    match (lang, yes) {
        (Lang::Zh, true) => "是",
        (Lang::Zh, false) => "否",
        (Lang::En, true) => "Yes",
        (Lang::En, false) => "No",
    }
}

pub(super) fn parse_select(text: &str, dictionary: &str, schema: &Schema) -> Result<Value, Message> {
    item_key(text, dictionary, schema).map(Value::Choice)
}

pub(super) fn parse_multiselect(text: &str, dictionary: &str, schema: &Schema) -> Result<Value, Message> {
    let mut keys: Vec<String> = Vec::new();
    for piece in pieces(text) {
        let key = item_key(piece, dictionary, schema)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(if keys.is_empty() { Value::Empty } else { Value::Choices(keys) })
}

fn item_key(text: &str, dictionary: &str, schema: &Schema) -> Result<String, Message> {
    let Some(dictionary) = schema.dictionary(dictionary) else {
        return Err(msg!("value-choice", text = text.trim()));
    };
    if let Some(item) = dictionary.find(text) {
        return Ok(item.key.clone());
    }
    Err(match nearest_item(dictionary, text) {
        Some(meant) => msg!("value-choice-nearest", text = text.trim(), nearest = meant),
        None => msg!(
            "value-choice-of",
            text = text.trim(),
            zh = offered(dictionary, Lang::Zh),
            en = offered(dictionary, Lang::En)
        ),
    })
}

/// The labels of the first choices.
fn offered(dictionary: &Dictionary, lang: Lang) -> String {
    let mut labels: Vec<&str> = dictionary.items.iter().filter(|i| !i.retired).map(|i| i.label.get(lang)).collect();
    if labels.len() > OFFERED {
        labels.truncate(OFFERED);
        labels.push("…");
    }
    labels.join(if lang == Lang::Zh { "、" } else { ", " })
}

/// The key or label of the item that was probably meant.
pub(crate) fn nearest_item(dictionary: &Dictionary, text: &str) -> Option<String> {
    let offered = dictionary.items.iter().filter(|i| !i.retired);
    nearest(text.trim(), offered.flat_map(|i| [i.key.as_str(), i.label.zh.as_str(), i.label.en.as_str()]))
}

/// Words between commas, each once, letter case aside.
pub(super) fn parse_tags(text: &str) -> Value {
    let mut tags: Vec<String> = Vec::new();
    for piece in pieces(text) {
        let lower = piece.to_lowercase();
        if !tags.iter().any(|t| t.to_lowercase() == lower) {
            tags.push(piece.to_owned());
        }
    }
    if tags.is_empty() { Value::Empty } else { Value::Choices(tags) }
}

pub(super) fn check(dictionary: &str, key: &str, schema: &Schema) -> Result<(), Message> {
    match schema.dictionary(dictionary).and_then(|d| d.item(key)) {
        Some(_) => Ok(()),
        None => Err(msg!("value-choice", text = key)),
    }
}

pub(super) fn check_tags(tags: &[String]) -> Result<(), Message> {
    if tags.len() > TAGS_MAX {
        return Err(msg!("value-many", count = tags.len(), max = TAGS_MAX));
    }
    for tag in tags {
        check_length(tag, TAG_MAX)?;
        if tag.trim().is_empty() || tag.contains(|c: char| c.is_control() || is_separator(c)) {
            return Err(msg!("value-tag", text = tag.escape_debug()));
        }
    }
    Ok(())
}

/// The label of a choice; the key itself where the dictionary has lost it.
pub(super) fn label<'c>(kind: &Kind, key: &'c str, ctx: &FormatContext<'c>) -> &'c str {
    let item = kind.dictionary().and_then(|d| ctx.schema.dictionary(d)).and_then(|d| d.item(key));
    item.map_or(key, |item| item.label.get(ctx.lang))
}

pub(super) fn labels(kind: &Kind, keys: &[String], ctx: &FormatContext<'_>) -> String {
    let between = if ctx.lang == Lang::Zh { "、" } else { ", " };
    keys.iter().map(|key| label(kind, key, ctx)).collect::<Vec<_>>().join(between)
}

/// Labels between commas; the key where a label holds a comma itself.
pub(super) fn plain(kind: &Kind, keys: &[String], ctx: &FormatContext<'_>) -> String {
    let text = |key: &'_ String| {
        let label = label(kind, key, ctx).to_owned();
        if label.contains(is_separator) { key.clone() } else { label }
    };
    keys.iter().map(text).collect::<Vec<_>>().join(", ")
}

pub(super) fn compare(kind: &Kind, a: &str, b: &str, schema: &Schema) -> Ordering {
    let dictionary = kind.dictionary().and_then(|d| schema.dictionary(d));
    let rank = |key| dictionary.and_then(|d| d.rank(key)).unwrap_or(usize::MAX);
    rank(a).cmp(&rank(b)).then_with(|| a.cmp(b))
}
