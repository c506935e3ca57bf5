//! Number rules: `{region}-{type}-{seq:3}` makes `BJ-JS-001`.

use super::error::nearest;
use super::model::{Kind, NumberRule, Object, Schema};
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::msg;
use jiff::civil::Date;
use std::ops::Range;

/// The most digits of a serial.
const DIGITS_MAX: usize = 12;

/// A part of a number rule's pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'p> {
    /// Fixed text.
    Text(&'p str),
    /// A field's code.
    Field(&'p str),
    /// `yyyy`, `yy`, `mm` or `dd` of the day the number is made.
    Day(&'p str),
    /// A serial; always the last part.
    Serial {
        /// Its digits.
        digits: usize,
        /// It has just so many digits: when they are used up, no more numbers are made.
        exact: bool,
    },
}

/// What a number rule makes before the serial is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// The text in front of the serial.
    pub text: String,
    /// The least digits of the serial.
    pub digits: usize,
    /// The serial has no more digits than that.
    pub exact: bool,
}

impl Prefix {
    /// The number with its serial.
    pub fn with_serial(&self, serial: u64) -> String {
        format!("{}{serial:0width$}", self.text, width = self.digits)
    }

    /// The greatest serial there can be.
    pub fn most(&self) -> i64 {
        let digits = u32::try_from(self.digits).unwrap_or(u32::MAX);
        if self.exact { 10_i64.checked_pow(digits).map_or(i64::MAX, |n| n - 1) } else { i64::MAX }
    }

    /// The serial of a number that this could have made.
    pub fn serial(&self, code: &str) -> Option<i64> {
        let digits = code.strip_prefix(&self.text)?;
        let fits = if self.exact { digits.len() == self.digits } else { digits.len() >= self.digits };
        let serial = (fits && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())??;
        // Only the shape that it would be given: no further zeros in front.
        (self.with_serial(u64::try_from(serial).ok()?) == code).then_some(serial)
    }
}

impl NumberRule {
    /// The pattern's parts with their places; text that is no part is fixed text.
    pub fn parts(&self) -> Vec<(Range<usize>, Part<'_>)> {
        parts(&self.pattern)
    }

    /// The text before the serial for a record on a day. An empty field gives `0`, so that numbers keep their shape.
    pub fn prefix<'v>(&self, schema: &Schema, object: &Object, day: Date, get: impl Fn(&str) -> &'v Value) -> Prefix {
        let mut prefix = Prefix { text: String::new(), digits: 1, exact: false };
        for (_, part) in self.parts() {
            match part {
                Part::Text(text) => prefix.text.push_str(text),
                Part::Day(part) => prefix.text.push_str(&day_part(part, day)),
                Part::Serial { digits, exact } => (prefix.digits, prefix.exact) = (digits, exact),
                Part::Field(name) => prefix.text.push_str(&code_of(schema, object, name, get(name))),
            }
        }
        prefix
    }
}

fn day_part(part: &str, day: Date) -> String {
    match part {
        "yyyy" => format!("{:04}", day.year()),
        "yy" => format!("{:02}", day.year().rem_euclid(100)),
        "mm" => format!("{:02}", day.month()),
        _ => format!("{:02}", day.day()),
    }
}

/// A field's part in a number: the code of a choice or of a region's first part, else the text itself. A record that
/// is referred to stands here by its own code.
fn code_of(schema: &Schema, object: &Object, field: &str, value: &Value) -> String {
    let Some(text) = value.as_str() else { return "0".to_owned() };
    let kind = object.field(field).map(|f| &f.kind);
    let (dictionary, text) = match kind {
        Some(Kind::Region) => (Some("region"), text.split('/').next().unwrap_or(text)),
        Some(kind) => (kind.dictionary(), text),
        None => (None, text),
    };
    let item = dictionary.and_then(|d| schema.dictionary(d)).and_then(|d| d.find(text));
    item.map_or(text, |i| i.code.as_deref().unwrap_or(&i.key)).to_owned()
}

fn parts(pattern: &str) -> Vec<(Range<usize>, Part<'_>)> {
    let mut parts = Vec::new();
    let mut from = 0;
    while let Some(rest) = pattern.get(from..).filter(|r| !r.is_empty()) {
        let Some((open, close)) = rest.find('{').and_then(|o| Some((o, o + rest.get(o..)?.find('}')?))) else {
            parts.push((from..pattern.len(), Part::Text(rest)));
            break;
        };
        if let Some(text) = rest.get(..open).filter(|t| !t.is_empty()) {
            parts.push((from..from + open, Part::Text(text)));
        }
        let name = rest.get(open + 1..close).unwrap_or_default();
        parts.push((from + open..from + close + 1, part(name)));
        from += close + 1;
    }
    parts
}

fn part(name: &str) -> Part<'_> {
    match name {
        "yyyy" | "yy" | "mm" | "dd" => Part::Day(name),
        "seq" => Part::Serial { digits: 1, exact: false },
        _ => {
            let digits = |word: &str| name.strip_prefix(word).and_then(|n| n.parse().ok());
            match (digits("seq:"), digits("serial:")) {
                (Some(digits), _) => Part::Serial { digits, exact: false },
                (_, Some(digits)) => Part::Serial { digits, exact: true },
                _ => Part::Field(name),
            }
        }
    }
}

/// Where, what, and the name that was probably meant.
pub(super) type Mistake = (Range<usize>, Message, Option<String>);

/// What is wrong with a pattern for the objects that use it.
pub(super) fn mistakes(pattern: &str, objects: &[&Object]) -> Vec<Mistake> {
    let parts = parts(pattern);
    let mut found = Vec::new();
    for (i, (span, part)) in parts.iter().enumerate() {
        match part {
            Part::Serial { digits, .. } if *digits == 0 || *digits > DIGITS_MAX => {
                found.push((span.clone(), msg!("schema-number-digits", max = DIGITS_MAX), None));
            }
            Part::Serial { .. } if i + 1 < parts.len() => {
                found.push((span.clone(), msg!("schema-number-serial-last"), None))
            }
            Part::Field(name) => {
                found.extend(objects.iter().filter_map(|o| field_mistake(span.clone(), name, o)));
            }
            Part::Text(text) if text.contains(['{', '}']) || text.chars().any(char::is_control) => {
                found.push((span.clone(), msg!("schema-number-brace"), None));
            }
            _ => {}
        }
    }
    if !parts.iter().any(|(_, p)| matches!(p, Part::Serial { .. })) {
        found.push((0..pattern.len(), msg!("schema-number-serial-missing"), None));
    }
    found
}

fn field_mistake(span: Range<usize>, name: &str, object: &Object) -> Option<Mistake> {
    let Some(field) = object.field(name) else {
        let meant = nearest(name, object.fields.iter().map(|f| f.name.as_str()));
        return Some((span, msg!("schema-number-field", name = name, object = &object.name), meant));
    };
    let fits = matches!(
        field.kind,
        Kind::Text { .. }
            | Kind::Select { .. }
            | Kind::Region
            | Kind::Department
            | Kind::User { many: false }
            | Kind::Reference { many: false, .. }
    );
    (!fits).then(|| (span, msg!("schema-number-field-type", name = name, type = field.kind.name()), None))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn region_and_type_codes_make_the_number_of_the_manual() {
        let schema = crate::schema::builtin();
        let customer = schema.object("customer").unwrap();
        let rule = NumberRule {
            name: "x".into(),
            pattern: "{region}-{type}-{yy}{mm}-{seq:3}".into(),
            ..NumberRule::default()
        };
        let values = BTreeMap::from([
            ("region", Value::Text("北京/海淀".into())),
            ("type", Value::Choice("distributor".into())),
        ]);
        let empty = Value::Empty;
        let prefix = rule.prefix(schema, customer, jiff::civil::date(2026, 3, 9), |n| values.get(n).unwrap_or(&empty));
        assert_eq!(prefix.with_serial(1), "BJ-JS-2603-001");
        assert_eq!(prefix.with_serial(12345), "BJ-JS-2603-12345");
        let bare = rule.prefix(schema, customer, jiff::civil::date(2026, 3, 9), |_| &empty);
        assert_eq!(bare.text, "0-0-2603-");
    }

    #[test]
    fn a_serial_of_exact_digits_ends_and_one_of_least_digits_grows() {
        let schema = crate::schema::builtin();
        let customer = schema.object("customer").unwrap();
        let day = jiff::civil::date(2026, 3, 9);
        let made = |pattern: &str| {
            let rule = NumberRule { name: "x".into(), pattern: pattern.into(), ..NumberRule::default() };
            rule.prefix(schema, customer, day, |_| &Value::Empty)
        };
        let (exact, least) = (made("K-{serial:3}"), made("K-{seq:3}"));
        assert_eq!((exact.most(), least.most()), (999, i64::MAX));
        for (code, in_exact, in_least) in [
            ("K-001", Some(1), Some(1)),
            ("K-999", Some(999), Some(999)),
            ("K-1000", None, Some(1000)),
            ("K-0999", None, None),
            ("K-99", None, None),
            ("K-1x1", None, None),
            ("X-001", None, None),
        ] {
            assert_eq!((exact.serial(code), least.serial(code)), (in_exact, in_least), "{code}");
        }
        assert!(mistakes("K-{serial:0}", &[]).len() == 1 && mistakes("K-{serial:3}-{yy}", &[]).len() == 1);
    }
}
