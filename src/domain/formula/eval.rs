//! Nodes to values.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::span::{Span, Spanned};

use super::{Arithmetic, Comparison, Context, EvalError, Function, Node, Operand};

type Value = Result<Operand, EvalError>;

pub(super) struct Evaluation<'a> {
    pub(super) field: &'a dyn Fn(&str) -> Operand,
    pub(super) context: &'a Context,
}

/// The operator or function at work, for messages.
#[derive(Clone, Copy)]
struct At<'a> {
    what: &'static str,
    span: &'a Span,
}

impl At<'_> {
    fn wrong(self, found: &Operand) -> EvalError {
        EvalError::WrongKind { what: self.what, found: found.kind(), span: self.span.clone() }
    }

    fn mismatch(self, left: &Operand, right: &Operand) -> EvalError {
        EvalError::Mismatch { what: self.what, left: left.kind(), right: right.kind(), span: self.span.clone() }
    }

    fn out_of_range(self) -> EvalError {
        EvalError::OutOfRange { what: self.what, span: self.span.clone() }
    }

    fn number(self, number: Option<Decimal>) -> Value {
        number.map(Operand::Number).ok_or_else(|| self.overflow())
    }

    fn overflow(self) -> EvalError {
        EvalError::Overflow { what: self.what, span: self.span.clone() }
    }
}

impl Evaluation<'_> {
    pub(super) fn value(&self, node: &Node) -> Value {
        match node {
            Node::Literal(value) => Ok(value.value.clone()),
            Node::Field(name) => Ok((self.field)(&name.value)),
            Node::Negate(inner, sign) => match self.value(inner)? {
                Operand::Number(number) => Ok(Operand::Number(-number)),
                value if value.is_empty() => Ok(Operand::Empty),
                value => Err(At { what: "-", span: &sign.span }.wrong(&value)),
            },
            Node::Not(inner) => Ok(Operand::Bool(!self.holds(inner, "not")?)),
            Node::And(parts) => {
                for part in parts {
                    if !self.holds(part, "and")? {
                        return Ok(Operand::Bool(false));
                    }
                }
                Ok(Operand::Bool(true))
            }
            Node::Or(parts) => {
                for part in parts {
                    if self.holds(part, "or")? {
                        return Ok(Operand::Bool(true));
                    }
                }
                Ok(Operand::Bool(false))
            }
            Node::Compare(left, op, right) => self.compare(&self.value(left)?, op, &self.value(right)?),
            Node::Chain(first, rest) => rest.iter().try_fold(self.value(first)?, |left, (op, node)| {
                let right = self.value(node)?;
                self.arithmetic(left, op, right)
            }),
            Node::Call(function, arguments) => self.call(function, arguments),
        }
    }

    /// A condition: yes, or no where empty.
    fn holds(&self, node: &Node, what: &'static str) -> Result<bool, EvalError> {
        match self.value(node)? {
            Operand::Bool(value) => Ok(value),
            value if value.is_empty() => Ok(false),
            value => Err(At { what, span: &place(node) }.wrong(&value)),
        }
    }

    fn compare(&self, left: &Operand, op: &Spanned<Comparison>, right: &Operand) -> Value {
        let at = At { what: op.value.sign(), span: &op.span };
        let equality = matches!(op.value, Comparison::Eq | Comparison::Ne);
        if left.is_empty() || right.is_empty() {
            let same = left.is_empty() && right.is_empty();
            return Ok(match op.value {
                Comparison::Eq => Operand::Bool(same),
                Comparison::Ne => Operand::Bool(!same),
                _ => Operand::Empty,
            });
        }
        let order = self.order(left, right).ok_or_else(|| at.mismatch(left, right))?;
        if !equality && matches!(left, Operand::Bool(_)) {
            return Err(at.wrong(left));
        }
        Ok(Operand::Bool(match op.value {
            Comparison::Eq => order.is_eq(),
            Comparison::Ne => order.is_ne(),
            Comparison::Lt => order.is_lt(),
            Comparison::Le => order.is_le(),
            Comparison::Gt => order.is_gt(),
            Comparison::Ge => order.is_ge(),
        }))
    }

    /// The order of two values of one kind; a moment against a day counts by its day.
    fn order(&self, left: &Operand, right: &Operand) -> Option<Ordering> {
        match (left, right) {
            (Operand::Number(l), Operand::Number(r)) => Some(l.cmp(r)),
            (Operand::Text(l), Operand::Text(r)) => Some(l.cmp(r)),
            (Operand::Date(l), Operand::Date(r)) => Some(l.cmp(r)),
            (Operand::DateTime(l), Operand::DateTime(r)) => Some(l.cmp(r)),
            (Operand::Date(l), Operand::DateTime(r)) => Some(l.cmp(&self.day_of(*r))),
            (Operand::DateTime(l), Operand::Date(r)) => Some(self.day_of(*l).cmp(r)),
            (Operand::Bool(l), Operand::Bool(r)) => Some(l.cmp(r)),
            _ => None,
        }
    }

    fn day_of(&self, moment: Timestamp) -> Date {
        moment.to_zoned(self.context.zone.clone()).date()
    }

    fn arithmetic(&self, left: Operand, op: &Spanned<Arithmetic>, right: Operand) -> Value {
        let at = At { what: op.value.sign(), span: &op.span };
        let joins =
            op.value == Arithmetic::Join || (op.value == Arithmetic::Add && (is_text(&left) || is_text(&right)));
        if joins {
            return Ok(text_or_empty(self.text(&left) + &self.text(&right)));
        }
        if left.is_empty() || right.is_empty() {
            return Ok(Operand::Empty);
        }
        match (&left, op.value, &right) {
            (Operand::Number(l), op, Operand::Number(r)) => match op {
                Arithmetic::Add => at.number(l.checked_add(*r)),
                Arithmetic::Subtract => at.number(l.checked_sub(*r)),
                Arithmetic::Multiply => at.number(l.checked_mul(*r)),
                Arithmetic::Divide | Arithmetic::Remainder if r.is_zero() => Ok(Operand::Empty),
                Arithmetic::Divide => at.number(l.checked_div(*r)),
                Arithmetic::Remainder => at.number(l.checked_rem(*r)),
                Arithmetic::Join => Err(at.mismatch(&left, &right)),
            },
            (Operand::Date(_) | Operand::DateTime(_), Arithmetic::Add, Operand::Number(n)) => self.later(&left, *n, at),
            (Operand::Number(n), Arithmetic::Add, Operand::Date(_) | Operand::DateTime(_)) => {
                self.later(&right, *n, at)
            }
            (Operand::Date(_) | Operand::DateTime(_), Arithmetic::Subtract, Operand::Number(n)) => {
                self.later(&left, -*n, at)
            }
            (
                Operand::Date(_) | Operand::DateTime(_),
                Arithmetic::Subtract,
                Operand::Date(_) | Operand::DateTime(_),
            ) => self.days(&right, &left, at),
            _ => Err(at.mismatch(&left, &right)),
        }
    }

    /// So many whole days later; a moment keeps its time of day.
    fn later(&self, from: &Operand, days: Decimal, at: At<'_>) -> Value {
        if !days.is_integer() {
            return Err(at.out_of_range());
        }
        let days = days.to_i32().ok_or_else(|| at.overflow())?;
        let span = jiff::Span::new().try_days(i64::from(days)).map_err(|_| at.overflow())?;
        match from {
            Operand::Date(date) => date.checked_add(span).map(Operand::Date).map_err(|_| at.overflow()),
            Operand::DateTime(moment) => {
                let later = moment.to_zoned(self.context.zone.clone()).checked_add(span);
                later.map(|later| Operand::DateTime(later.timestamp())).map_err(|_| at.overflow())
            }
            other => Err(at.wrong(other)),
        }
    }

    fn days(&self, from: &Operand, to: &Operand, at: At<'_>) -> Value {
        let (from, to) = (self.date(from, at)?, self.date(to, at)?);
        let since = to.since(from).map_err(|_| at.overflow())?;
        Ok(Operand::Number(Decimal::from(since.get_days())))
    }

    fn date(&self, value: &Operand, at: At<'_>) -> Result<Date, EvalError> {
        match value {
            Operand::Date(date) => Ok(*date),
            Operand::DateTime(moment) => Ok(self.day_of(*moment)),
            other => Err(at.wrong(other)),
        }
    }

    /// A value as it reads in text: numbers without idle zeros, days and minutes in ISO form.
    fn text(&self, value: &Operand) -> String {
        match value {
            Operand::Empty => String::new(),
            Operand::Text(text) => text.clone(),
            Operand::Number(number) => number.normalize().to_string(),
            Operand::Date(date) => date.to_string(),
            Operand::DateTime(moment) => {
                moment.to_zoned(self.context.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
            }
            Operand::Bool(value) => value.to_string(),
        }
    }

    fn call(&self, function: &Spanned<Function>, arguments: &[Node]) -> Value {
        let at = At { what: function.value.name(), span: &function.span };
        match (function.value, arguments) {
            (Function::Today, _) => Ok(Operand::Date(self.context.today)),
            (Function::If, [condition, then, rest @ ..]) => {
                if self.holds(condition, "if")? {
                    return self.value(then);
                }
                rest.first().map_or(Ok(Operand::Empty), |other| self.value(other))
            }
            (Function::Coalesce, all) => {
                for argument in all {
                    let value = self.value(argument)?;
                    if !value.is_empty() {
                        return Ok(value);
                    }
                }
                Ok(Operand::Empty)
            }
            (Function::Concat, all) => {
                let mut text = String::new();
                for argument in all {
                    text.push_str(&self.text(&self.value(argument)?));
                }
                Ok(text_or_empty(text))
            }
            (Function::Min, all) => self.extreme(all, Ordering::Less, at),
            (Function::Max, all) => self.extreme(all, Ordering::Greater, at),
            (Function::Empty, [one]) => Ok(Operand::Bool(self.value(one)?.is_empty())),
            (function, [one]) => self.of_one(function, self.value(one)?, at),
            (function, [first, second]) => self.of_two(function, self.value(first)?, self.value(second)?, at),
            // The parser has counted the arguments.
            _ => Err(at.out_of_range()),
        }
    }

    fn extreme(&self, arguments: &[Node], wanted: Ordering, at: At<'_>) -> Value {
        let mut best = Operand::Empty;
        for argument in arguments {
            let value = self.value(argument)?;
            if value.is_empty() {
                continue;
            }
            if best.is_empty() {
                best = value;
                continue;
            }
            let order = self.order(&value, &best).ok_or_else(|| at.mismatch(&best, &value))?;
            if order == wanted {
                best = value;
            }
        }
        Ok(best)
    }

    fn of_one(&self, function: Function, value: Operand, at: At<'_>) -> Value {
        if value.is_empty() {
            return Ok(if function == Function::Len { Operand::Number(Decimal::ZERO) } else { Operand::Empty });
        }
        match (function, value) {
            (Function::Round, Operand::Number(n)) => Ok(Operand::Number(rounded(n, 0))),
            (Function::Abs, Operand::Number(n)) => Ok(Operand::Number(n.abs())),
            (Function::Len, value) => Ok(Operand::Number(self.text(&value).graphemes(true).count().into())),
            (Function::Upper, value) => Ok(Operand::Text(self.text(&value).to_uppercase())),
            (Function::Lower, value) => Ok(Operand::Text(self.text(&value).to_lowercase())),
            (Function::Year, value) => Ok(Operand::Number(self.date(&value, at)?.year().into())),
            (Function::Month, value) => Ok(Operand::Number(self.date(&value, at)?.month().into())),
            (Function::Day, value) => Ok(Operand::Number(self.date(&value, at)?.day().into())),
            (_, value) => Err(at.wrong(&value)),
        }
    }

    fn of_two(&self, function: Function, first: Operand, second: Operand, at: At<'_>) -> Value {
        if function == Function::Contains {
            let (text, part) = (self.text(&first).to_lowercase(), self.text(&second).to_lowercase());
            return Ok(Operand::Bool(text.contains(&part)));
        }
        if first.is_empty() || second.is_empty() {
            return Ok(Operand::Empty);
        }
        match (function, &first, &second) {
            (Function::Round, Operand::Number(n), Operand::Number(places)) => {
                let places = whole(*places).filter(|places| *places <= 28).ok_or_else(|| at.out_of_range())?;
                Ok(Operand::Number(rounded(*n, places)))
            }
            (Function::Left | Function::Right, text, Operand::Number(n)) => {
                let n = whole(*n).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| at.out_of_range())?;
                let text = self.text(text);
                let skip = match function {
                    Function::Right => text.graphemes(true).count().saturating_sub(n),
                    _ => 0,
                };
                Ok(text_or_empty(text.graphemes(true).skip(skip).take(n).collect()))
            }
            (Function::Days, from, to) => self.days(from, to, at),
            (Function::DateAdd, from, Operand::Number(n)) => self.later(from, *n, at),
            (Function::DateAdd, Operand::Date(_) | Operand::DateTime(_), other)
            | (Function::Left | Function::Right, _, other)
            | (Function::Round, Operand::Number(_), other) => Err(at.wrong(other)),
            (_, other, _) => Err(at.wrong(other)),
        }
    }
}

fn is_text(value: &Operand) -> bool {
    matches!(value, Operand::Text(_))
}

fn text_or_empty(text: String) -> Operand {
    if text.is_empty() { Operand::Empty } else { Operand::Text(text) }
}

/// A whole number from zero on.
fn whole(number: Decimal) -> Option<u32> {
    if number.is_integer() { number.to_u32() } else { None }
}

fn rounded(number: Decimal, places: u32) -> Decimal {
    number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Where a node stands: its first value, operator or function.
fn place(node: &Node) -> Span {
    match node {
        Node::Literal(value) => value.span.clone(),
        Node::Field(name) => name.span.clone(),
        Node::Negate(_, sign) => sign.span.clone(),
        Node::Not(inner) => place(inner),
        Node::And(parts) | Node::Or(parts) => parts.first().map_or(0..0, place),
        Node::Compare(_, op, _) => op.span.clone(),
        Node::Chain(_, rest) => rest.first().map_or(0..0, |(op, _)| op.span.clone()),
        Node::Call(function, _) => function.span.clone(),
    }
}

impl Comparison {
    fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

impl Arithmetic {
    fn sign(self) -> &'static str {
        match self {
            Self::Join => "&",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}
