//! A filter in the words of a language: what the program wrote by names, as its reader would type it.

use super::bind::find_field;
use super::value::is_empty_word;
use crate::domain::filter::{Expr, Literal, Operand};
use crate::domain::lang::Lang;
use crate::domain::span::Spanned;
use crate::domain::value::Value;
use crate::schema::kind::{is_me, parse_yes_no};
use crate::schema::model::{Field, Kind, Object, Schema};

/// A filter over an object with labels for the names of fields and choices; as it is where it can't be read. It means
/// the same as before.
pub fn worded(schema: &Schema, object: &Object, text: &str, lang: Lang) -> String {
    match crate::domain::filter::parse(text) {
        Ok(mut expr) => {
            Wording { schema, lang }.expr(object, &mut expr);
            expr.to_string()
        }
        Err(_) => text.to_owned(),
    }
}

struct Wording<'s> {
    schema: &'s Schema,
    lang: Lang,
}

impl Wording<'_> {
    fn expr(&self, object: &Object, expr: &mut Expr) {
        match expr {
            Expr::All | Expr::Word(_) => {}
            Expr::And(parts) | Expr::Or(parts) => parts.iter_mut().for_each(|part| self.expr(object, part)),
            Expr::Not(part) => self.expr(object, part),
            Expr::Compare { field, value, .. } => {
                if let Some((label, of)) = self.field(object, &field.value) {
                    field.value = label;
                    self.operand(of, &mut value.value);
                }
            }
        }
    }

    /// What a field is called, or a field of what a field refers to; and the field whose values are meant.
    fn field<'s>(&'s self, object: &'s Object, name: &str) -> Option<(String, &'s Field)> {
        if let Some(field) = find_field(object, name) {
            return Some((self.label(object, field), field));
        }
        let (head, tail) = name.split_once('.')?;
        let head = find_field(object, head)?;
        let target = self.schema.object(head.kind.target()?)?;
        let tail = find_field(target, tail)?;
        Some((format!("{}.{}", self.label(object, head), self.label(target, tail)), tail))
    }

    /// The label in small letters, where it is one word and leads back to the field; else the name.
    fn label(&self, object: &Object, field: &Field) -> String {
        let label = field.label.get(self.lang).to_lowercase();
        let leads_back = object.find_field(&label).is_some_and(|found| found.name == field.name);
        if leads_back && is_word(&label) { label } else { field.name.clone() }
    }

    fn operand(&self, field: &Field, operand: &mut Operand) {
        match operand {
            Operand::One(literal) => self.literal(field, literal),
            Operand::Between { from, to } => {
                let ends = [from, to];
                ends.into_iter().flatten().for_each(|end: &mut Spanned<Literal>| self.literal(field, &mut end.value));
            }
            Operand::AnyOf(parts) => parts.iter_mut().for_each(|part| self.operand(field, &mut part.value)),
        }
    }

    fn literal(&self, field: &Field, literal: &mut Literal) {
        let word = |zh: &str, en: &str| Some(if self.lang == Lang::Zh { zh } else { en }.to_owned());
        let text = if is_empty_word(literal) {
            word("空", "empty")
        } else {
            match &field.kind {
                Kind::Select { dictionary } | Kind::MultiSelect { dictionary } => {
                    let item = self.schema.dictionary(dictionary).and_then(|d| d.item(&literal.text));
                    item.map(|item| item.label.get(self.lang).to_lowercase()).filter(|label| is_word(label))
                }
                Kind::Boolean => match parse_yes_no(&literal.text) {
                    Ok(Value::Boolean(true)) => word("是", "yes"),
                    Ok(Value::Boolean(false)) => word("否", "no"),
                    _ => None,
                },
                Kind::User { .. } if !literal.quoted && is_me(&literal.text) => word("我", "me"),
                _ => None,
            }
        };
        if let Some(text) = text {
            literal.text = text;
        }
    }
}

/// Whether a text needs no quotes and is read in no other way.
fn is_word(text: &str) -> bool {
    text.chars().all(char::is_alphanumeric)
}
