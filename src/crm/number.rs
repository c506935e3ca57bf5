//! Codes by number rules: `C-{yyyy}{seq:4}` gives C-20260001, C-20260002, …

use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::model::{NumberRule, Object, Schema};
use jiff::civil::Date;

/// A rule applied to one record: the text before the serial, the serial's least digits, the text after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix {
    /// Serials are counted per rule and this text.
    pub(crate) text: String,
    digits: usize,
    after: String,
}

impl Prefix {
    /// The code with a serial.
    pub(crate) fn code(&self, serial: i64) -> String {
        format!("{}{serial:0width$}{}", self.text, self.after, width = self.digits)
    }

    /// The serial of a code that this prefix could have made.
    pub(crate) fn serial(&self, code: &str) -> Option<i64> {
        let digits = code.strip_prefix(&self.text)?.strip_suffix(&self.after)?;
        (digits.len() >= self.digits && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
    }
}

/// What a rule makes of a record on a day. Parts whose field is empty are left out.
pub(crate) fn prefix(schema: &Schema, object: &Object, rule: &NumberRule, fields: &Fields, today: Date) -> Prefix {
    let mut made = Prefix { text: String::new(), digits: 1, after: String::new() };
    let mut serial_seen = false;
    let mut rest = rule.pattern.as_str();
    while let Some((fixed, (part, tail))) = rest.split_once('{').and_then(|(a, b)| Some((a, b.split_once('}')?))) {
        let out = if serial_seen { &mut made.after } else { &mut made.text };
        out.push_str(fixed);
        match part.split_once(':') {
            Some(("seq", digits)) => {
                made.digits = digits.trim().parse().unwrap_or(1);
                serial_seen = true;
            }
            _ if part == "seq" => serial_seen = true,
            _ => out.push_str(&part_text(schema, object, part, fields, today)),
        }
        rest = tail;
    }
    if serial_seen { made.after.push_str(rest) } else { made.text.push_str(rest) }
    made
}

fn part_text(schema: &Schema, object: &Object, part: &str, fields: &Fields, today: Date) -> String {
    match part {
        "yyyy" => return format!("{:04}", today.year()),
        "yy" => return format!("{:02}", today.year().rem_euclid(100)),
        "mm" => return format!("{:02}", today.month()),
        "dd" => return format!("{:02}", today.day()),
        _ => {}
    }
    match fields.get(part) {
        Some(Value::Choice(key)) => {
            let dictionary = object.field(part).and_then(|f| f.kind.dictionary()).and_then(|d| schema.dictionary(d));
            let code = dictionary.and_then(|d| d.item(key)).and_then(|item| item.code.clone());
            code.unwrap_or_else(|| key.clone())
        }
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Integer(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::lang::Label;
    use crate::schema::model::{Dictionary, Field, Item, Kind, OnDelete, When};
    use jiff::civil::date;

    fn schema() -> Schema {
        let item = Item { key: "end".into(), code: Some("E".into()), ..Item::default() };
        let bare = Item { key: "partner".into(), ..Item::default() };
        let kinds = Dictionary { name: "kinds".into(), items: vec![item, bare], ..Dictionary::default() };
        let field = Field {
            name: "kind".into(),
            label: Label::default(),
            kind: Kind::Select { dictionary: "kinds".into() },
            group: String::new(),
            required: When::Never,
            visible: When::Always,
            read_only: When::Never,
            default: None,
            unique: false,
            search: false,
            duplicate: false,
            index: false,
            on_delete: OnDelete::Restrict,
            help: None,
            retired: false,
        };
        let object = Object { name: "customer".into(), fields: vec![field], ..Object::default() };
        Schema { objects: vec![object], dictionaries: [("kinds".into(), kinds)].into(), ..Schema::default() }
    }

    #[test]
    fn codes_are_made_of_fixed_text_parts_and_a_serial() {
        let schema = schema();
        let object = schema.object("customer").unwrap();
        for (pattern, kind, serial, code) in [
            ("C-{seq:6}", None, 7, "C-000007"),
            ("C-{seq:2}", None, 12345, "C-12345"),
            ("{kind}{yyyy}{seq:4}", Some("end"), 1, "E20260001"),
            ("{kind}-{yy}{mm}{dd}-{seq:3}", Some("partner"), 42, "partner-261122-042"),
            ("{kind}{seq:3}-X", None, 2, "002-X"),
        ] {
            let rule = NumberRule { name: "r".into(), pattern: pattern.into() };
            let fields: Fields = kind.map(|k| ("kind".to_owned(), Value::Choice(k.into()))).into_iter().collect();
            let prefix = prefix(&schema, object, &rule, &fields, date(2026, 11, 22));
            assert_eq!(prefix.code(serial), code);
            assert_eq!(prefix.serial(code), Some(serial));
            assert_eq!(prefix.serial("other"), None);
        }
    }
}
