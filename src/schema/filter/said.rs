//! A filter as a sentence: what a rule wants, for who is told that it isn't met.

use super::bind::find_field;
use super::value::is_empty_word;
use crate::domain::filter::{Expr, Literal, Op, Operand};
use crate::domain::lang::Lang;
use crate::domain::value::Value;
use crate::schema::kind::{is_me, parse_yes_no};
use crate::schema::model::{Field, Kind, Object, Schema};

/// What a filter over an object wants, in the words of a language; `None` where no words can be made of it, so that it
/// has to be shown as it is.
pub fn said(schema: &Schema, object: &Object, text: &str, lang: Lang) -> Option<String> {
    let expr = crate::domain::filter::parse(text).ok()?;
    Speech { schema, lang }.whole(object, &expr)
}

/// How a value stands to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Is,
    IsNot,
    Has,
    HasNot,
    More,
    Least,
    Less,
    Most,
}

impl Verb {
    fn of(op: Op, field: &Field) -> Verb {
        let texts =
            matches!(field.kind.result(), Kind::Text { .. } | Kind::Multiline | Kind::Tags | Kind::MultiSelect { .. });
        match op {
            Op::Has if texts => Verb::Has,
            Op::Has | Op::Eq => Verb::Is,
            Op::Ne => Verb::IsNot,
            Op::Lt => Verb::Less,
            Op::Le => Verb::Most,
            Op::Gt => Verb::More,
            Op::Ge => Verb::Least,
        }
    }

    fn turned(self) -> Verb {
        match self {
            Verb::Is => Verb::IsNot,
            Verb::IsNot => Verb::Is,
            Verb::Has => Verb::HasNot,
            Verb::HasNot => Verb::Has,
            Verb::More => Verb::Most,
            Verb::Most => Verb::More,
            Verb::Less => Verb::Least,
            Verb::Least => Verb::Less,
        }
    }

    /// Its words, and those for points in time.
    fn words(self, lang: Lang, is_time: bool) -> &'static str {
        match (lang, self, is_time) {
            (Lang::Zh, Verb::Is, _) => "为",
            (Lang::Zh, Verb::IsNot, _) => "不为",
            (Lang::Zh, Verb::Has, _) => "包含",
            (Lang::Zh, Verb::HasNot, _) => "不包含",
            (Lang::Zh, Verb::More, false) => "大于",
            (Lang::Zh, Verb::Least, false) => "不小于",
            (Lang::Zh, Verb::Less, false) => "小于",
            (Lang::Zh, Verb::Most, false) => "不大于",
            (Lang::Zh, Verb::More, true) => "晚于",
            (Lang::Zh, Verb::Least, true) => "不早于",
            (Lang::Zh, Verb::Less, true) => "早于",
            (Lang::Zh, Verb::Most, true) => "不晚于",
            (Lang::En, Verb::Is, _) => "is",
            (Lang::En, Verb::IsNot, _) => "is not",
            (Lang::En, Verb::Has, _) => "has",
            (Lang::En, Verb::HasNot, _) => "doesn't have",
            (Lang::En, Verb::More, false) => "is more than",
            (Lang::En, Verb::Least, false) => "is not less than",
            (Lang::En, Verb::Less, false) => "is less than",
            (Lang::En, Verb::Most, false) => "is not more than",
            (Lang::En, Verb::More, true) => "is after",
            (Lang::En, Verb::Least, true) => "is not before",
            (Lang::En, Verb::Less, true) => "is before",
            (Lang::En, Verb::Most, true) => "is not after",
        }
    }
}

struct Speech<'s> {
    schema: &'s Schema,
    lang: Lang,
}

impl Speech<'_> {
    fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    fn whole(&self, object: &Object, expr: &Expr) -> Option<String> {
        match expr {
            Expr::And(parts) => self.joined(object, parts, self.pick("，且", " and ")),
            Expr::Or(parts) => self.joined(object, parts, self.pick("，或", " or ")),
            one => self.one(object, one, false),
        }
    }

    fn joined(&self, object: &Object, parts: &[Expr], by: &str) -> Option<String> {
        let part = |part: &Expr| match part {
            // Among others it is one thing.
            Expr::And(_) | Expr::Or(_) => {
                self.whole(object, part).map(|inner| self.pick("（_）", "(_)").replacen('_', &inner, 1))
            }
            one => self.one(object, one, false),
        };
        Some(parts.iter().map(part).collect::<Option<Vec<_>>>()?.join(by))
    }

    fn one(&self, object: &Object, expr: &Expr, turned: bool) -> Option<String> {
        match expr {
            Expr::Not(inner) => self.one(object, inner, !turned),
            Expr::Compare { field, op, value } => {
                let (label, of) = self.field(object, &field.value)?;
                let verb = Verb::of(*op, of);
                self.compare(&label, of, if turned { verb.turned() } else { verb }, &value.value)
            }
            Expr::All | Expr::And(_) | Expr::Or(_) | Expr::Word(_) => None,
        }
    }

    fn compare(&self, label: &str, field: &Field, verb: Verb, operand: &Operand) -> Option<String> {
        if let Operand::One(literal) = operand
            && is_empty_word(literal)
        {
            let filled = match verb {
                Verb::Is | Verb::Has => self.pick("为空", " is empty"),
                Verb::IsNot | Verb::HasNot => self.pick("已填写", " is filled in"),
                _ => return None,
            };
            return Some(format!("{label}{filled}"));
        }
        let is_time = matches!(field.kind.result(), Kind::Date | Kind::DateTime);
        let words = verb.words(self.lang, is_time);
        let value = match operand {
            Operand::One(literal) => self.literal(field, literal)?,
            Operand::AnyOf(parts) => {
                let one = |part: &Operand| match part {
                    Operand::One(literal) => self.literal(field, literal),
                    _ => None,
                };
                let parts = parts.iter().map(|part| one(&part.value)).collect::<Option<Vec<_>>>()?;
                parts.join(self.pick("或", " or "))
            }
            Operand::Between { .. } => return None,
        };
        Some(match self.lang {
            Lang::Zh => format!("{label}{words}{value}"),
            Lang::En => format!("{label} {words} {value}"),
        })
    }

    /// What a field is called, or a field of what a field refers to; and the field whose values are meant.
    fn field<'s>(&'s self, object: &'s Object, name: &str) -> Option<(String, &'s Field)> {
        let label = |field: &Field| field.label.get(self.lang).to_owned();
        if let Some(field) = find_field(object, name) {
            return Some((self.quoted(&label(field)), field));
        }
        let (head, tail) = name.split_once('.')?;
        let head = find_field(object, head)?;
        let tail = find_field(self.schema.object(head.kind.target()?)?, tail)?;
        let both = match self.lang {
            Lang::Zh => format!("{}的{}", label(head), label(tail)),
            Lang::En => format!("{} of {}", label(tail), label(head)),
        };
        Some((self.quoted(&both), tail))
    }

    fn quoted(&self, label: &str) -> String {
        self.pick("“_”", "“_”").replacen('_', label, 1)
    }

    fn literal(&self, field: &Field, literal: &Literal) -> Option<String> {
        let text = literal.text.as_str();
        match field.kind.result() {
            Kind::Select { dictionary } | Kind::MultiSelect { dictionary } => {
                let item = self.schema.dictionary(dictionary)?.item(text)?;
                Some(self.quoted(item.label.get(self.lang)))
            }
            Kind::Boolean => match parse_yes_no(text) {
                Ok(Value::Boolean(true)) => Some(self.pick("“是”", "“yes”").to_owned()),
                Ok(Value::Boolean(false)) => Some(self.pick("“否”", "“no”").to_owned()),
                _ => None,
            },
            Kind::User { .. } if !literal.quoted && is_me(text) => Some(self.pick("本人", "you").to_owned()),
            Kind::Date | Kind::DateTime if !literal.quoted && text == "today" => {
                Some(self.pick("今天", "today").to_owned())
            }
            // Another word for a moment, or a sum with its unit, would have to be read like the filter itself.
            Kind::Date | Kind::DateTime => text.parse::<jiff::civil::Date>().ok().map(|day| day.to_string()),
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. } => {
                text.parse::<rust_decimal::Decimal>().ok().map(|number| number.to_string())
            }
            Kind::Text { .. } | Kind::Multiline | Kind::Tags | Kind::Code { .. } => Some(self.quoted(text)),
            _ => None,
        }
    }
}
