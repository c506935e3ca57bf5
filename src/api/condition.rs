//! The typed form of a filter: the same as the filter grammar, as JSON.

use crate::domain::filter::{Expr, Literal, Op, Operand};
use crate::domain::span::Spanned;
use serde::{Deserialize, Serialize};

/// A condition on records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// All of these hold.
    All(Vec<Condition>),
    /// One of these holds.
    Any(Vec<Condition>),
    /// This doesn't hold.
    Not(Box<Condition>),
    /// The searchable fields have these words.
    Words(String),
    /// A field compared with a value.
    Where {
        /// The field's name or label, or a path of them.
        field: String,
        /// How it is compared.
        #[serde(default)]
        is: Relation,
        /// What it is compared with.
        value: Operands,
    },
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Relation {
    /// Contains for texts, equals for choices, within for dates.
    #[default]
    #[serde(rename = ":")]
    Has,
    /// Equals.
    #[serde(rename = "=")]
    Equal,
    /// Doesn't equal.
    #[serde(rename = "!=")]
    Unequal,
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// Less or equal.
    #[serde(rename = "<=")]
    AtMost,
    /// Greater.
    #[serde(rename = ">")]
    Greater,
    /// Greater or equal.
    #[serde(rename = ">=")]
    AtLeast,
}

/// What a field is compared with, as people would type it: `today`, `-7d`, `me`, `empty` have their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Operands {
    /// One value.
    One(String),
    /// Any of these.
    AnyOf(Vec<String>),
    /// A text that is taken as it stands, whatever it looks like.
    Exactly {
        /// The text.
        text: String,
    },
    /// From one value to another, both included; an end may be open.
    Between {
        /// The lower end.
        #[serde(default)]
        from: Option<String>,
        /// The upper end.
        #[serde(default)]
        to: Option<String>,
    },
}

fn placeless<T>(value: T) -> Spanned<T> {
    Spanned::new(value, 0..0)
}

fn literal(text: String) -> Literal {
    Literal { text, quoted: false }
}

impl Condition {
    /// The filter that it is.
    pub fn expr(self) -> Expr {
        match self {
            Condition::All(parts) => Expr::all(parts.into_iter().map(Condition::expr)),
            Condition::Any(parts) => Expr::any(parts.into_iter().map(Condition::expr)),
            Condition::Not(part) => match part.expr() {
                Expr::All => Expr::All,
                expr => Expr::Not(Box::new(expr)),
            },
            Condition::Words(text) if text.trim().is_empty() => Expr::All,
            Condition::Words(text) => Expr::Word(placeless(text)),
            Condition::Where { field, is, value } => {
                Expr::Compare { field: placeless(field), op: is.op(), value: placeless(value.operand()) }
            }
        }
    }
}

impl Relation {
    fn op(self) -> Op {
        match self {
            Relation::Has => Op::Has,
            Relation::Equal => Op::Eq,
            Relation::Unequal => Op::Ne,
            Relation::Less => Op::Lt,
            Relation::AtMost => Op::Le,
            Relation::Greater => Op::Gt,
            Relation::AtLeast => Op::Ge,
        }
    }
}

impl Operands {
    fn operand(self) -> Operand {
        let end = |text: Option<String>| text.map(|text| placeless(literal(text)));
        match self {
            Operands::One(text) => Operand::One(literal(text)),
            Operands::Exactly { text } => Operand::One(Literal { text, quoted: true }),
            Operands::Between { from, to } => Operand::Between { from: end(from), to: end(to) },
            Operands::AnyOf(texts) => {
                let mut all: Vec<_> = texts.into_iter().map(|text| placeless(Operand::One(literal(text)))).collect();
                match all.pop() {
                    Some(only) if all.is_empty() => only.value,
                    Some(last) => {
                        all.push(last);
                        Operand::AnyOf(all)
                    }
                    None => Operand::One(literal(String::new())),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::filter;
    use serde_json::json;

    #[test]
    fn the_typed_form_means_what_the_grammar_means() {
        for (json, text) in [
            (json!({"where": {"field": "level", "value": "A"}}), "level:A"),
            (json!({"where": {"field": "level", "value": ["A", "B"]}}), "level:A,B"),
            (json!({"where": {"field": "amount", "is": ">=", "value": "1000"}}), "amount>=1000"),
            (json!({"where": {"field": "at", "value": {"from": "-7d", "to": "today"}}}), "at:-7d..today"),
            (json!({"where": {"field": "name", "is": "=", "value": {"text": "today"}}}), "name=\"today\""),
            (json!({"words": "华信 科技"}), "\"华信 科技\""),
            (
                json!({"all": [{"not": {"where": {"field": "city", "value": "a b"}}},
                    {"any": [{"words": "x"}, {"words": "y"}]}]}),
                "-city:\"a b\" (x or y)",
            ),
            (json!({"all": []}), ""),
        ] {
            let expr = serde_json::from_value::<Condition>(json).unwrap().expr();
            assert_eq!(expr.to_string(), text);
            assert_eq!(filter::parse(text).unwrap().to_string(), text);
        }
        for bad in [json!({"where": {"field": "a", "is": "~", "value": "b"}}), json!({"or": []}), json!("x")] {
            assert!(serde_json::from_value::<Condition>(bad).is_err());
        }
    }

    #[test]
    fn nothing_in_a_value_can_become_more_of_the_filter() {
        for evil in ["A or name:x", "A) or (b", "\"", "a\" or \"b", "a,b..c", "（", "-x", ""] {
            let condition =
                Condition::Where { field: "name".into(), is: Relation::Equal, value: Operands::One(evil.into()) };
            let text = condition.clone().expr().to_string();
            let read = filter::parse(&text).unwrap();
            assert!(
                matches!(&read, Expr::Compare { value, .. }
                if matches!(&value.value, Operand::One(literal) if literal.text == evil)),
                "{evil} {text} {read:?}"
            );
        }
    }
}
