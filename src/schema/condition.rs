//! When a field must be filled, is shown, can't be edited, and which rules a record breaks: the
//! conditions of an object, compiled once and asked of many records.

use super::filter::{self, BindContext, Bound};
use super::kind;
use super::model::{Field, Kind, Object, Rule, Schema, When};
use crate::domain::lang::Lang;
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, Titles};
use crate::domain::value::Value;
use crate::msg;
use std::collections::HashMap;

/// The conditions of one object at one moment for one user. Compile anew when the day or user changes.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    required: HashMap<String, Bound>,
    visible: HashMap<String, Bound>,
    read_only: HashMap<String, Bound>,
    rules: Vec<(Rule, Bound, Bound)>,
}

impl Conditions {
    /// Compiles the conditions of an object.
    pub fn of(schema: &Schema, object: &Object, ctx: &BindContext<'_>) -> Conditions {
        // The loader has refused conditions without a meaning; one that slipped through never holds.
        let bind = |text: &str| filter::parse(schema, object, text, ctx).ok();
        let mut conditions = Conditions::default();
        for field in &object.fields {
            for (when, slot) in [
                (&field.required, &mut conditions.required),
                (&field.visible, &mut conditions.visible),
                (&field.read_only, &mut conditions.read_only),
            ] {
                if let When::If(text) = when
                    && let Some(bound) = bind(text)
                {
                    slot.insert(field.name.clone(), bound);
                }
            }
        }
        for rule in &object.rules {
            if let (Some(when), Some(check)) = (bind(&rule.when), bind(&rule.check)) {
                conditions.rules.push((rule.clone(), when, check));
            }
        }
        conditions
    }

    /// Whether a value must be given. A field that isn't shown never asks for one.
    pub fn is_required(&self, object: &Object, field: &Field, fields: &Fields) -> bool {
        holds(&field.required, self.required.get(&field.name), object, fields)
            && self.is_visible(object, field, fields)
            && !field.kind.is_computed()
    }

    /// Whether the field is shown.
    pub fn is_visible(&self, object: &Object, field: &Field, fields: &Fields) -> bool {
        !field.retired && holds(&field.visible, self.visible.get(&field.name), object, fields)
    }

    /// Whether people can't edit the field.
    pub fn is_read_only(&self, object: &Object, field: &Field, fields: &Fields) -> bool {
        !field.is_editable() || holds(&field.read_only, self.read_only.get(&field.name), object, fields)
    }

    /// The rules that a record breaks, each under its field (or none).
    pub fn broken_rules(&self, object: &Object, fields: &Fields) -> Vec<FieldError> {
        let broken = self
            .rules
            .iter()
            .filter(|(_, when, check)| matches(when, object, fields) && !matches(check, object, fields));
        broken.map(|(rule, _, _)| rule_error(rule)).collect()
    }

    /// The rules of a list that a record breaks, each under its field; the list is compiled for this one question.
    pub fn broken_of(
        schema: &Schema,
        object: &Object,
        rules: &[Rule],
        fields: &Fields,
        ctx: &BindContext<'_>,
    ) -> Vec<FieldError> {
        let bind = |text: &str| filter::parse(schema, object, text, ctx).ok();
        let compiled = rules.iter().filter_map(|rule| Some((rule.clone(), bind(&rule.when)?, bind(&rule.check)?)));
        Conditions { rules: compiled.collect(), ..Conditions::default() }.broken_rules(object, fields)
    }

    /// All that is wrong with a record: values against their types, missing ones, broken rules.
    pub fn mistakes(&self, schema: &Schema, object: &Object, fields: &Fields) -> Vec<FieldError> {
        let mut mistakes = Vec::new();
        for field in object.fields.iter().filter(|f| !f.is_system()) {
            let value = fields.get(&field.name).unwrap_or(&Value::Empty);
            let message = if value.is_empty() {
                // Codes are made when the record is saved.
                let wanted = !matches!(field.kind, Kind::Code { .. }) && self.is_required(object, field, fields);
                wanted.then(|| msg!("value-required"))
            } else {
                kind::check(&field.kind, value, schema).err()
            };
            mistakes.extend(message.map(|message| FieldError { field: field.name.clone(), message }));
        }
        mistakes.extend(self.broken_rules(object, fields));
        mistakes
    }
}

fn holds(when: &When, bound: Option<&Bound>, object: &Object, fields: &Fields) -> bool {
    match when {
        When::Never => false,
        When::Always => true,
        When::If(_) => bound.is_some_and(|bound| matches(bound, object, fields)),
    }
}

fn matches(bound: &Bound, object: &Object, fields: &Fields) -> bool {
    let get = |name: &str| fields.get(name).unwrap_or(&Value::Empty);
    filter::matches(bound, object, &get, &Titles::new())
}

fn rule_error(rule: &Rule) -> FieldError {
    let message = msg!("schema-rule", zh = rule.message.get(Lang::Zh), en = rule.message.get(Lang::En));
    FieldError { field: rule.field.clone().unwrap_or_default(), message }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::value::Money;
    use crate::schema::builtin;
    use jiff::civil::date;

    fn of(object: &str) -> (&'static Object, Conditions) {
        let now = date(2026, 11, 22).at(10, 30, 0, 0).in_tz("Asia/Shanghai").unwrap();
        let object = builtin().object(object).unwrap();
        (object, Conditions::of(builtin(), object, &BindContext { now: &now, me: None }))
    }

    fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Fields {
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn a_junk_lead_shows_and_wants_its_reason() {
        let (lead, conditions) = of("lead");
        let reason = lead.field("junk_reason").unwrap();
        let junk = fields([("status", Value::Choice("junk".into()))]);
        let new = fields([("status", Value::Choice("new".into()))]);
        assert!(conditions.is_visible(lead, reason, &junk) && conditions.is_required(lead, reason, &junk));
        assert!(!conditions.is_visible(lead, reason, &new) && !conditions.is_required(lead, reason, &new));
        let customer = lead.field("customer").unwrap();
        assert!(conditions.is_read_only(lead, customer, &new));
        assert!(!conditions.is_read_only(lead, reason, &new));
    }

    #[test]
    fn a_broken_rule_stands_under_its_field_in_both_languages() {
        let (customer, conditions) = of("customer");
        let limit = Value::Money(Money { amount: 10.into(), currency: "CNY".into() });
        let record = fields([("name", Value::Text("华信".into())), ("credit_limit", limit)]);
        let errors = conditions.mistakes(builtin(), customer, &record);
        let [error] = errors.as_slice() else { unreachable!("{errors:?}") };
        assert_eq!(error.field, "credit_term");
        assert!(crate::i18n::message(Lang::Zh, &error.message).contains("账期"));
        assert!(crate::i18n::message(Lang::En, &error.message).contains("credit term"));
    }

    #[test]
    fn missing_and_ill_formed_values_are_all_reported() {
        let (contact, conditions) = of("contact");
        let record = fields([("email", Value::Text("nobody".into())), ("gender", Value::Choice("x".into()))]);
        let found: Vec<(String, String)> = conditions
            .mistakes(builtin(), contact, &record)
            .into_iter()
            .map(|e| (e.field, e.message.key.into_owned()))
            .collect();
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            found,
            [
                pair("name", "value-required"),
                pair("customer", "value-required"),
                pair("gender", "value-choice"),
                pair("email", "value-email"),
            ]
        );
    }
}
