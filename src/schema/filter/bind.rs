//! Names and structure: which field is meant, and what the parts say together.

use super::value::{Values, is_empty_word};
use super::{BindContext, Bound, FilterError, Test};
use crate::domain::filter::{self as language, Expr, Op, Operand};
use crate::domain::message::Message;
use crate::domain::span::{Span, Spanned};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::kind::operators;
use crate::schema::model::{Field, Object, Schema};

/// Endings that may be left out of a field's name: `updated` is `updated_at`.
const ENDINGS: [&str; 2] = ["_at", "_date"];

/// Parses a filter line and binds it.
pub fn parse(schema: &Schema, object: &Object, text: &str, ctx: &BindContext<'_>) -> Result<Bound, FilterError> {
    bind(schema, object, &language::parse(text)?, ctx)
}

/// Gives a parsed filter its meaning over an object.
pub fn bind(schema: &Schema, object: &Object, expr: &Expr, ctx: &BindContext<'_>) -> Result<Bound, FilterError> {
    Binder { schema, object, ctx }.expr(expr)
}

pub(super) fn error(span: &Span, message: Message, nearest: Option<String>) -> FilterError {
    FilterError { span: span.clone(), message, nearest, incomplete: false }
}

struct Binder<'b> {
    schema: &'b Schema,
    object: &'b Object,
    ctx: &'b BindContext<'b>,
}

impl Binder<'_> {
    fn expr(&self, expr: &Expr) -> Result<Bound, FilterError> {
        Ok(match expr {
            Expr::All => Bound::All,
            Expr::And(parts) => self.and(parts)?,
            Expr::Or(parts) => Bound::Or(parts.iter().map(|part| self.expr(part)).collect::<Result<_, _>>()?),
            Expr::Not(part) => Bound::Not(Box::new(self.expr(part)?)),
            Expr::Word(word) => Bound::Words(vec![word.value.clone()]),
            Expr::Compare { field, op, value } => self.compare(field, *op, value)?,
        })
    }

    /// Words side by side become one test, so that the search sees them together.
    fn and(&self, parts: &[Expr]) -> Result<Bound, FilterError> {
        let mut words = Vec::new();
        let mut bound = Vec::new();
        for part in parts {
            match part {
                Expr::Word(word) => words.push(word.value.clone()),
                other => bound.push(self.expr(other)?),
            }
        }
        if !words.is_empty() {
            bound.insert(0, Bound::Words(words));
        }
        Ok(match bound.len() {
            1 => bound.remove(0),
            _ => Bound::And(bound),
        })
    }

    fn compare(&self, name: &Spanned<String>, op: Op, value: &Spanned<Operand>) -> Result<Bound, FilterError> {
        if let Some(field) = find_field(self.object, &name.value) {
            return self.field(field, op, value);
        }
        match name.value.split_once('.') {
            Some((head, tail)) => self.hop(name, head, tail, op, value),
            None => Err(self.unknown_field(&name.span, &name.value)),
        }
    }

    /// `customer.level:A`: one step into the record referred to.
    fn hop(
        &self,
        name: &Spanned<String>,
        head: &str,
        tail: &str,
        op: Op,
        value: &Spanned<Operand>,
    ) -> Result<Bound, FilterError> {
        // The parts can be pointed at where the name is written without quotes.
        let exact = name.span.len() == name.value.len();
        let start = name.span.start;
        let head_span = if exact { start..start + head.len() } else { name.span.clone() };
        let tail_span = if exact { start + head.len() + 1..name.span.end } else { name.span.clone() };
        let field = find_field(self.object, head).ok_or_else(|| self.unknown_field(&head_span, head))?;
        let target = field.kind.target().and_then(|t| self.schema.object(t));
        let Some(target) = target else {
            return Err(error(&head_span, msg!("bind-no-reference", field = head), None));
        };
        let inner = Binder { schema: self.schema, object: target, ctx: self.ctx };
        let Some(tail_field) = find_field(target, tail) else {
            if tail.contains('.') {
                return Err(error(&tail_span, msg!("bind-one-hop"), None));
            }
            return Err(inner.unknown_field(&tail_span, tail));
        };
        let inner = Box::new(inner.field(tail_field, op, value)?);
        let test = Test::Related { object: target.name.clone(), inner };
        Ok(Bound::Test { field: field.name.clone(), test })
    }

    fn unknown_field(&self, span: &Span, text: &str) -> FilterError {
        let fields = self.object.fields.iter();
        let names = fields.flat_map(|f| [f.name.as_str(), f.label.zh.as_str(), f.label.en.as_str()]);
        error(span, msg!("bind-unknown-field", name = text, object = &self.object.name), nearest(text, names))
    }

    fn field(&self, field: &Field, op: Op, value: &Spanned<Operand>) -> Result<Bound, FilterError> {
        if op == Op::Ne {
            return Ok(Bound::Not(Box::new(self.operand(field, Op::Eq, &value.value, &value.span)?)));
        }
        self.operand(field, op, &value.value, &value.span)
    }

    fn operand(&self, field: &Field, op: Op, operand: &Operand, span: &Span) -> Result<Bound, FilterError> {
        let test = |test| Bound::Test { field: field.name.clone(), test };
        let values = Values { schema: self.schema, field, ctx: self.ctx };
        match operand {
            Operand::One(literal) if is_empty_word(literal) && !op.is_ordering() => Ok(test(Test::Empty)),
            Operand::One(literal) => {
                self.check_operator(field, op, span)?;
                values.one(op, literal, span).map(test)
            }
            Operand::Between { from, to } => values.between(from.as_ref(), to.as_ref(), span).map(test),
            Operand::AnyOf(list) => {
                let parts: Result<Vec<Bound>, FilterError> =
                    list.iter().map(|part| self.operand(field, op, &part.value, &part.span)).collect();
                Ok(any_of(field, parts?))
            }
        }
    }

    fn check_operator(&self, field: &Field, op: Op, span: &Span) -> Result<(), FilterError> {
        if operators(&field.kind).contains(&op) {
            return Ok(());
        }
        let message = msg!("bind-operator", op = op.sign(), field = &field.name, type = field.kind.name());
        Err(error(span, message, None))
    }
}

/// A field by name, label, or name without its ending.
pub(super) fn find_field<'o>(object: &'o Object, text: &str) -> Option<&'o Field> {
    object.find_field(text).or_else(|| {
        let lower = text.trim().to_lowercase();
        ENDINGS.iter().find_map(|ending| object.field(&format!("{lower}{ending}")))
    })
}

/// Alternatives of one field: lists of values are joined.
fn any_of(field: &Field, parts: Vec<Bound>) -> Bound {
    let mut joined: Vec<Value> = Vec::new();
    let mut others = Vec::new();
    for part in parts {
        match part {
            Bound::Test { test: Test::AnyOf(values), .. } => joined.extend(values),
            other => others.push(other),
        }
    }
    if !joined.is_empty() {
        let mut distinct: Vec<Value> = Vec::with_capacity(joined.len());
        for value in joined {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        others.insert(0, Bound::Test { field: field.name.clone(), test: Test::AnyOf(distinct) });
    }
    match others.len() {
        1 => others.remove(0),
        _ => Bound::Or(others),
    }
}
