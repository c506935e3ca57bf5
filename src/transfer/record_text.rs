//! One record as text for an editor: `field: value` lines, further lines of a value indented, `#`
//! comments. What is wrong with a value comes back as a `#!` line above it.

use crate::domain::message::FieldError;
use crate::domain::record::Record;
use crate::i18n;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Field, Object, When};
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
            out.push_str(&choices(field, context));
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
                out.push_str(format!("{INDENT}{line}").trim_end());
                out.push('\n');
            }
        }
    }
    out
}

/// A comment that lists what may be chosen.
fn choices(field: &Field, context: &FormatContext<'_>) -> String {
    let dictionary = field.kind.dictionary().and_then(|d| context.schema.dictionary(d));
    let Some(dictionary) = dictionary else { return String::new() };
    let items = dictionary.items.iter().filter(|i| !i.retired).map(|i| i.label.get(context.lang));
    format!("# {}: {}\n", field.label.get(context.lang), items.collect::<Vec<_>>().join(", "))
}

/// Reads the fields back: name (or label) to text. Fields that are left out stay as they are.
pub fn read(object: &Object, text: &str) -> Result<BTreeMap<String, String>, Vec<TextError>> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut errors = Vec::new();
    let mut open: Option<String> = None;
    // Blank lines belong to a value only if more of it follows: editors strip blanks at line ends.
    let mut blank = 0;
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            blank += 1;
            continue;
        }
        if let (Some(name), Some(more)) = (&open, line.strip_prefix(INDENT)) {
            if let Some(value) = found.get_mut(name) {
                value.push_str(&"\n".repeat(blank + 1));
                value.push_str(more);
            }
            blank = 0;
            continue;
        }
        blank = 0;
        if line.starts_with('#') {
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::id::Id;
    use crate::domain::lang::Lang;
    use crate::domain::record::Titles;
    use crate::domain::value::Value;
    use crate::schema;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn customer(remark: &str) -> (Record, BTreeMap<String, String>, String) {
        let object = schema::builtin().object("customer").unwrap();
        let fields = [
            ("name", Value::text("华信 # 科技: 北京")),
            ("remark", Value::text(remark)),
            ("level", Value::Choice("A".into())),
        ];
        let fields = fields.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        let record = Record { object: "customer".into(), id: Id::from_i64(5).unwrap(), version: 1, fields };
        let titles = Titles::new();
        let look = FormatContext { lang: Lang::Zh, zone: &TimeZone::UTC, titles: &titles, schema: schema::builtin() };
        let error = FieldError { field: "name".into(), message: crate::domain::message::Message::literal("太长") };
        let text = write(object, &record, &look, &[error]);
        let texts = texts(object, &record, &look);
        (record, texts, text)
    }

    #[test]
    fn a_record_reads_back_as_it_was_written_and_errors_stand_above_their_field() {
        let object = schema::builtin().object("customer").unwrap();
        let (_, texts, text) = customer("一\n\n  # 二\n三");
        assert!(text.contains("#! 太长\nname: 华信 # 科技: 北京\n"), "{text}");
        assert!(text.contains("# 级别: "), "{text}");
        let read = read(object, &text).unwrap();
        assert_eq!(changed(&texts, read), BTreeMap::new());
    }

    #[test]
    fn labels_name_fields_too_and_what_is_not_known_is_told_with_its_line() {
        let object = schema::builtin().object("customer").unwrap();
        let read_back = read(object, "客户名称：华信\n\n\n备注: a\n    b\n").unwrap();
        assert_eq!(read_back.get("name").map(String::as_str), Some("华信"));
        assert_eq!(read_back.get("remark").map(String::as_str), Some("a\nb"));
        let lines: Vec<usize> =
            read(object, "name: x\nnonsense\nnope: y\n").unwrap_err().iter().map(|e| e.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    proptest! {
        #[test]
        fn any_lines_survive(remark in "[a-z#:中]([a-z#: 中]{0,5}[a-z])?(\n{1,3}[ a-z#:中]{0,4}[a-z]){0,3}") {
            let object = schema::builtin().object("customer").unwrap();
            let (_, texts, text) = customer(&remark);
            prop_assert_eq!(changed(&texts, read(object, &text).unwrap()), BTreeMap::new(), "{}", text);
        }
    }
}
