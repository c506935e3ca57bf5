//! One record as text for an editor: `field: value` lines, further lines of a value indented, `#`
//! comments. What is wrong with a value comes back as a `#!` line above it.

use crate::domain::message::FieldError;
use crate::domain::record::Record;
use crate::i18n;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Object, When};
use std::collections::BTreeMap;

const INDENT: &str = "    ";
const MARK: &str = "#!";

/// A text that can't be read: the line from 1, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// The field named there, or the whole line.
    pub what: String,
}

/// The texts of a record's editable fields, by field name.
pub fn texts(object: &Object, record: &Record, context: &FormatContext<'_>) -> BTreeMap<String, String> {
    let fields = object.fields.iter().filter(|f| f.is_editable() && f.read_only != When::Always);
    fields.map(|f| (f.name.clone(), kind::plain(&f.kind, record.get(&f.name), context))).collect()
}

/// Writes a record for the editor, with what is wrong with its fields.
pub fn write(object: &Object, record: &Record, context: &FormatContext<'_>, errors: &[FieldError]) -> String {
    let texts = texts(object, record, context);
    render(object, &texts, context, errors, &format!("{} {}", object.label.get(context.lang), record.id))
}

/// The same for texts that are no record yet.
pub fn render(
    object: &Object,
    texts: &BTreeMap<String, String>,
    context: &FormatContext<'_>,
    errors: &[FieldError],
    title: &str,
) -> String {
    let mut out = format!("# {title}\n# {}\n", i18n::text(context.lang, "record-text-help"));
    for error in errors.iter().filter(|e| !texts.contains_key(&e.field)) {
        out.push_str(&format!("{MARK} {}\n", i18n::message(context.lang, &error.message)));
    }
    for group in &object.groups {
        let fields: Vec<_> = object.group_fields(&group.name).filter(|f| texts.contains_key(&f.name)).collect();
        if fields.is_empty() {
            continue;
        }
        out.push_str(&format!("\n# {}\n", group.label.get(context.lang)));
        for field in fields {
            for error in errors.iter().filter(|e| e.field == field.name) {
                out.push_str(&format!("{MARK} {}\n", i18n::message(context.lang, &error.message)));
            }
            let label = field.label.get(context.lang);
            let text = texts.get(&field.name).map(String::as_str).unwrap_or_default();
            let mut lines = text.split('\n');
            let first = lines.next().unwrap_or_default();
            let note = if label == field.name || text.contains('\n') { String::new() } else { format!("  # {label}") };
            // A value that holds the comment sign itself gets no comment behind it.
            let note = if first.contains('#') { String::new() } else { note };
            out.push_str(format!("{}: {first}{note}", field.name).trim_end());
            out.push('\n');
            for line in lines {
                out.push_str(&format!("{INDENT}{line}\n"));
            }
        }
    }
    out
}

/// Reads the fields back: name (or label) to text. Fields that are left out stay as they are.
pub fn read(object: &Object, text: &str) -> Result<BTreeMap<String, String>, Vec<TextError>> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut errors = Vec::new();
    let mut open: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        if let (Some(name), Some(more)) = (&open, line.strip_prefix(INDENT)) {
            if let Some(value) = found.get_mut(name) {
                value.push('\n');
                value.push_str(more);
            }
            continue;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            open = None;
            continue;
        }
        let wrong = |what: &str| TextError { line: number + 1, what: what.to_owned() };
        let Some((name, value)) = line.split_once([':', '：']) else {
            errors.push(wrong(line));
            continue;
        };
        match object.find_field(name) {
            Some(field) => {
                let label = [&field.label.zh, &field.label.en];
                found.insert(field.name.clone(), without_note(value, &label).trim().to_owned());
                open = Some(field.name.clone());
            }
            None => errors.push(wrong(name.trim())),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

/// The value without the label that was written behind it; other `#` belong to the value.
fn without_note<'a>(value: &'a str, labels: &[&String]) -> &'a str {
    match value.rsplit_once("# ") {
        Some((head, note)) if labels.iter().any(|l| l.as_str() == note.trim()) => head,
        _ => value,
    }
}

/// The texts that differ between what was given to the editor and what came back.
pub fn changed(before: &BTreeMap<String, String>, after: BTreeMap<String, String>) -> BTreeMap<String, String> {
    after.into_iter().filter(|(name, text)| before.get(name).map(|t| t.trim()) != Some(text.trim())).collect()
}
