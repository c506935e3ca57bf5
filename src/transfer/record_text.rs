//! One record as text for an external editor: `field: value`, blocks of lines after `field: |`, comments with `#`.

use crate::domain::message::Message;
use crate::msg;

/// What a text says of fields, in its order.
pub type Pairs = Vec<(String, String)>;

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: Message,
}

/// A field as it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The field's name.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// What to say above it: its label, its choices.
    pub hint: String,
    /// What is wrong with it, above it.
    pub error: Option<String>,
}

/// The text of a record under a heading.
pub fn write(heading: &str, entries: &[Entry]) -> String {
    let mut text = String::new();
    comment(&mut text, "# ", heading);
    for entry in entries {
        text.push('\n');
        comment(&mut text, "# ", &entry.hint);
        if let Some(error) = &entry.error {
            comment(&mut text, "#! ", error);
        }
        text.push_str(&entry.name);
        text.push(':');
        if entry.value.contains('\n') || entry.value.trim() == "|" {
            text.push_str(" |");
            for line in entry.value.lines() {
                text.push_str(if line.is_empty() { "\n" } else { "\n  " });
                text.push_str(line);
            }
        } else if !entry.value.is_empty() {
            text.push(' ');
            text.push_str(&entry.value);
        }
        text.push('\n');
    }
    text
}

fn comment(text: &mut String, mark: &str, words: &str) {
    for line in words.lines() {
        text.push_str(mark);
        text.push_str(line);
        text.push('\n');
    }
}

/// The fields that a text gives.
pub fn read(text: &str) -> Result<Pairs, Vec<LineError>> {
    let mut pairs: Pairs = Vec::new();
    let mut errors = Vec::new();
    let mut block = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let content = line.strip_prefix("  ").or_else(|| line.strip_prefix('\t')).or_else(|| line.is_empty().then_some(""));
        if let (true, Some(content), Some((_, value))) = (block, content, pairs.last_mut()) {
            value.push_str(content);
            value.push('\n');
            continue;
        }
        block = false;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fail = |message| errors.push(LineError { line: at + 1, message });
        match line.split_once([':', '：']) {
            None => fail(msg!("transfer-text-line")),
            Some((name, _)) if name.starts_with([' ', '\t']) => fail(msg!("transfer-text-line")),
            Some((name, _)) if pairs.iter().any(|(n, _)| n == name.trim()) => {
                fail(msg!("transfer-text-twice", name = name.trim()));
            }
            Some((name, value)) => {
                block = value.trim() == "|";
                pairs.push((name.trim().to_owned(), if block { String::new() } else { value.trim().to_owned() }));
            }
        }
    }
    for (_, value) in &mut pairs {
        value.truncate(value.trim_end_matches('\n').len());
    }
    if errors.is_empty() { Ok(pairs) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn entry(name: &str, value: &str) -> Entry {
        Entry { name: name.into(), value: value.into(), hint: "标签 / Label".into(), error: None }
    }

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let entries = [entry("name", "华信: 科技 # 1"), entry("level", ""), entry("remark", "one\n\n  # two\nthree"), entry("x", "|")];
        let text = write("客户 C-1\nSave and close.", &entries);
        let pairs: Pairs = entries.iter().map(|e| (e.name.clone(), e.value.clone())).collect();
        assert_eq!(read(&text).unwrap(), pairs);
    }

    #[test]
    fn errors_stand_above_their_field_and_are_read_over() {
        let failed = Entry { error: Some("too long\nby far".into()), ..entry("name", "x") };
        let text = write("", &[failed]);
        assert!(text.contains("#! too long\n#! by far\nname: x\n"), "{text}");
        assert_eq!(read(&text).unwrap(), [("name".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn lines_that_give_no_field_are_reported_with_their_number() {
        let errors = read("name: x\nnonsense\nname: y\n  stray\n").unwrap_err();
        assert_eq!(errors.iter().map(|e| e.line).collect::<Vec<_>>(), [2, 3, 4]);
    }

    proptest! {
        #[test]
        fn any_text_survives(value in "[a-z#:|中 ]{0,6}(\n[a-z#:| 中]{0,5}[a-z]){0,3}") {
            let value = value.trim().to_owned();
            let read = read(&write("h", &[entry("f", &value), entry("g", "1")])).unwrap();
            prop_assert_eq!(read, vec![("f".to_owned(), value), ("g".to_owned(), "1".to_owned())]);
        }
    }
}
