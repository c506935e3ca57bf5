//! The values of a filter by the type of their field.

use super::bind::error;
use super::{BindContext, FilterError, Test};
use crate::domain::decimal_text::parse_amount;
use crate::domain::filter::{Literal, Op};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::system;
use crate::domain::span::{Span, Spanned};
use crate::domain::value::{Money, Value};
use crate::domain::when::{self, Moment, WhenError};
use crate::msg;
use crate::schema::kind::{is_me, nearest_item, parse_yes_no};
use crate::schema::model::{Dictionary, Field, Kind, Schema};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use std::ops::Bound as End;

const EMPTY: [&str; 2] = ["empty", "空"];

/// Whether a value is the word for an empty field.
pub(super) fn is_empty_word(literal: &Literal) -> bool {
    !literal.quoted && EMPTY.iter().any(|word| word.eq_ignore_ascii_case(&literal.text))
}

pub(super) struct Values<'b> {
    pub(super) schema: &'b Schema,
    pub(super) field: &'b Field,
    pub(super) ctx: &'b BindContext<'b>,
}

/// The half-open span that a typed day, period or time stands for.
struct Stretch {
    from: Value,
    to: Value,
}

impl Values<'_> {
    /// The test for one value.
    pub(super) fn one(&self, op: Op, literal: &Literal, span: &Span) -> Result<Test, FilterError> {
        let located = |message: Message| error(span, message, None);
        if self.field.name == system::ID {
            let id: Id = literal.text.parse().map_err(|_| located(msg!("bind-id", text = &literal.text)))?;
            return Ok(Test::AnyOf(vec![Value::Ref(id)]));
        }
        match self.kind() {
            Kind::Select { dictionary } | Kind::MultiSelect { dictionary } => {
                self.choice(op, literal, dictionary, span)
            }
            Kind::Tags => Ok(Test::AnyOf(vec![Value::Choice(literal.text.clone())])),
            Kind::Boolean => {
                let value = parse_yes_no(&literal.text).map_err(located)?;
                Ok(Test::AnyOf(vec![value]))
            }
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. } => {
                let value = self.number(&literal.text).map_err(located)?;
                Ok(ordered(op, value))
            }
            Kind::Date | Kind::DateTime => {
                let stretch = self.stretch(&literal.text).map_err(located)?;
                Ok(stretch_test(op, stretch))
            }
            Kind::Reference { .. } | Kind::User { .. } | Kind::Department => self.reference(op, literal, span),
            _ if op == Op::Has => Ok(Test::Contains(literal.text.clone())),
            _ => Ok(ordered(op, Value::Text(literal.text.clone()))),
        }
    }

    /// The test for a range; both ends are inside.
    pub(super) fn between(
        &self,
        from: Option<&Spanned<Literal>>,
        to: Option<&Spanned<Literal>>,
        span: &Span,
    ) -> Result<Test, FilterError> {
        let kind = self.kind();
        let refused = || error(span, msg!("bind-range", field = &self.field.name, type = kind.name()), None);
        match kind {
            Kind::Select { dictionary } => self.choice_range(from, to, dictionary),
            Kind::Date | Kind::DateTime => {
                let end = |literal: &Spanned<Literal>| {
                    self.stretch(&literal.value.text).map_err(|m| error(&literal.span, m, None))
                };
                let from = from.map(end).transpose()?.map_or(End::Unbounded, |s| End::Included(s.from));
                let to = to.map(end).transpose()?.map_or(End::Unbounded, |s| End::Excluded(s.to));
                Ok(Test::Range { from, to })
            }
            Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. } => {
                let end = |literal: &Spanned<Literal>| {
                    self.number(&literal.value.text).map_err(|m| error(&literal.span, m, None))
                };
                let from = from.map(end).transpose()?.map_or(End::Unbounded, End::Included);
                let to = to.map(end).transpose()?.map_or(End::Unbounded, End::Included);
                Ok(Test::Range { from, to })
            }
            Kind::Text { .. } | Kind::Code { .. } => {
                let end = |literal: Option<&Spanned<Literal>>| {
                    literal.map_or(End::Unbounded, |l| End::Included(Value::Text(l.value.text.clone())))
                };
                Ok(Test::Range { from: end(from), to: end(to) })
            }
            _ => Err(refused()),
        }
    }

    /// The type of the value, the result's for a computed one.
    fn kind(&self) -> &Kind {
        self.field.kind.result()
    }

    fn number(&self, text: &str) -> Result<Value, Message> {
        let amount = parse_amount(text).map_err(|e| e.message())?;
        let (money, percent) = (matches!(self.kind(), Kind::Money { .. }), matches!(self.kind(), Kind::Percent { .. }));
        if amount.percent && !percent || amount.currency.is_some() && !money {
            return Err(msg!("value-number", text = text));
        }
        Ok(match amount.currency {
            Some(currency) => Value::Money(Money { amount: amount.value, currency: currency.to_owned() }),
            None => Value::Decimal(amount.value),
        })
    }

    /// A day, a period or an exact time as what lies inside it.
    fn stretch(&self, text: &str) -> Result<Stretch, Message> {
        let zone = self.ctx.now.time_zone();
        let range = match when::parse_range(text, self.ctx.now.date()) {
            Ok(range) => range,
            Err(other) => return self.exact(text, &other),
        };
        if matches!(self.kind(), Kind::Date) {
            return Ok(Stretch { from: Value::Date(range.from), to: Value::Date(range.to) });
        }
        let (from, to) = range.instants(zone).map_err(|e| e.message())?;
        Ok(Stretch { from: Value::DateTime(from), to: Value::DateTime(to) })
    }

    /// A time of day: the minute that it begins.
    fn exact(&self, text: &str, otherwise: &WhenError) -> Result<Stretch, Message> {
        let moment = when::parse_moment(text, self.ctx.now).map_err(|_| otherwise.message())?;
        match (moment, self.kind()) {
            (Moment::At(at), Kind::DateTime) => {
                let from: Timestamp = at.timestamp();
                let to = from.checked_add(1.minute()).map_err(|_| WhenError::OutOfRange.message())?;
                Ok(Stretch { from: Value::DateTime(from), to: Value::DateTime(to) })
            }
            (moment, _) => {
                let day: Date = moment.date();
                let to = day.tomorrow().map_err(|_| WhenError::OutOfRange.message())?;
                Ok(Stretch { from: Value::Date(day), to: Value::Date(to) })
            }
        }
    }

    fn choice(&self, op: Op, literal: &Literal, dictionary: &str, span: &Span) -> Result<Test, FilterError> {
        let keys = match self.schema.dictionary(dictionary) {
            Some(dictionary) if op.is_ordering() => {
                let rank = self.rank(dictionary, literal, span)?;
                let inside = |at: usize| match op {
                    Op::Lt => at < rank,
                    Op::Le => at <= rank,
                    Op::Gt => at > rank,
                    _ => at >= rank,
                };
                let items = dictionary.items.iter().enumerate().filter(|(at, _)| inside(*at));
                items.map(|(_, item)| item.key.clone()).collect()
            }
            Some(dictionary) => self.items(op, dictionary, literal, span)?,
            None => Vec::new(),
        };
        Ok(Test::AnyOf(keys.into_iter().map(Value::Choice).collect()))
    }

    /// The item meant; behind `:` also those whose label contains the text.
    fn items(
        &self,
        op: Op,
        dictionary: &Dictionary,
        literal: &Literal,
        span: &Span,
    ) -> Result<Vec<String>, FilterError> {
        if let Some(item) = dictionary.find(&literal.text) {
            return Ok(vec![item.key.clone()]);
        }
        let wanted = super::folded(&literal.text);
        let holds = |label: &str| super::folded(label).contains(&wanted);
        let found: Vec<String> = dictionary
            .items
            .iter()
            .filter(|i| op == Op::Has && !wanted.is_empty() && (holds(&i.label.zh) || holds(&i.label.en)))
            .map(|i| i.key.clone())
            .collect();
        if found.is_empty() { Err(self.no_item(dictionary, literal, span)) } else { Ok(found) }
    }

    fn no_item(&self, dictionary: &Dictionary, literal: &Literal, span: &Span) -> FilterError {
        let message = msg!("bind-choice", text = &literal.text, field = &self.field.name);
        error(span, message, nearest_item(dictionary, &literal.text))
    }

    fn rank(&self, dictionary: &Dictionary, literal: &Literal, span: &Span) -> Result<usize, FilterError> {
        let item = dictionary.find(&literal.text).and_then(|i| dictionary.rank(&i.key));
        item.ok_or_else(|| self.no_item(dictionary, literal, span))
    }

    fn choice_range(
        &self,
        from: Option<&Spanned<Literal>>,
        to: Option<&Spanned<Literal>>,
        dictionary: &str,
    ) -> Result<Test, FilterError> {
        let Some(dictionary) = self.schema.dictionary(dictionary) else { return Ok(Test::AnyOf(Vec::new())) };
        let rank = |l: &Spanned<Literal>| self.rank(dictionary, &l.value, &l.span);
        let from = from.map(rank).transpose()?.unwrap_or(0);
        let to = to.map(rank).transpose()?.unwrap_or(usize::MAX);
        let items = dictionary.items.iter().enumerate().filter(|(at, _)| (from..=to).contains(at));
        Ok(Test::AnyOf(items.map(|(_, item)| Value::Choice(item.key.clone())).collect()))
    }

    fn reference(&self, op: Op, literal: &Literal, span: &Span) -> Result<Test, FilterError> {
        let object = self.field.kind.target().unwrap_or_default();
        if object == "user" && !literal.quoted && is_me(&literal.text) {
            let me = self.ctx.me.ok_or_else(|| error(span, msg!("value-no-me"), None))?;
            return Ok(Test::AnyOf(vec![Value::Ref(me)]));
        }
        if let (false, Ok(id)) = (literal.quoted, literal.text.parse::<Id>()) {
            return Ok(Test::AnyOf(vec![Value::Ref(id)]));
        }
        Ok(Test::RefersTo { object: object.to_owned(), text: literal.text.clone(), exact: op != Op::Has })
    }
}

fn ordered(op: Op, value: Value) -> Test {
    match op {
        Op::Has | Op::Eq | Op::Ne => Test::AnyOf(vec![value]),
        Op::Lt => Test::Range { from: End::Unbounded, to: End::Excluded(value) },
        Op::Le => Test::Range { from: End::Unbounded, to: End::Included(value) },
        Op::Gt => Test::Range { from: End::Excluded(value), to: End::Unbounded },
        Op::Ge => Test::Range { from: End::Included(value), to: End::Unbounded },
    }
}

fn stretch_test(op: Op, Stretch { from, to }: Stretch) -> Test {
    match op {
        Op::Has | Op::Eq | Op::Ne => Test::Range { from: End::Included(from), to: End::Excluded(to) },
        Op::Lt => Test::Range { from: End::Unbounded, to: End::Excluded(from) },
        Op::Le => Test::Range { from: End::Unbounded, to: End::Excluded(to) },
        Op::Gt => Test::Range { from: End::Included(to), to: End::Unbounded },
        Op::Ge => Test::Range { from: End::Included(from), to: End::Unbounded },
    }
}
