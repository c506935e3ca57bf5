//! Reminder rules, and the indexes that they need.

use super::Loader;
use super::section::{Section, Text};
use crate::domain::lang::Label;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext, Bound, Test};
use crate::schema::model::{Field, Kind, Object, PIPELINED, ReminderRule, Schema};
use crate::schema::tree::{Data, Entry, Place};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// The most days that a rule may lie from its date: a century.
const DAYS_MAX: i64 = 36_500;
/// The name that stands for reminders made by hand.
const MANUAL: &str = "reminder";
/// The field of a record's stage.
const STAGE: &str = "stage";

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    /// Reads the rules and puts them, and what they need, into the schema.
    pub(super) fn reminders(&self, entries: &'t [Entry<'a>], schema: &mut Schema) {
        for entry in entries {
            let Some(rule) = self.reminder(entry, schema) else { continue };
            if let Some(object) = schema.objects.iter_mut().find(|o| o.name == rule.object)
                && !rule.yearly
                && !object.indexes.contains(&rule.index)
            {
                object.indexes.push(rule.index.clone());
            }
            schema.reminders.push(rule);
        }
    }

    /// `None` if it is retired or can't be used.
    fn reminder(&self, entry: &'t Entry<'a>, schema: &Schema) -> Option<ReminderRule> {
        self.check_name(&entry.key, entry.at);
        if entry.key == MANUAL {
            self.errors.add(entry.at, msg!("schema-name-reserved", name = &entry.key), None);
        }
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        if label.is_none() {
            self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
        }
        let object = self.watched(&mut section, schema);
        let text = self.reminder_text(&mut section, object);
        let filter = section.text("filter");
        let equal = object.zip(filter).and_then(|(object, text)| self.reminder_filter(schema, object, text));
        let dates = |kind: &Kind| matches!(kind.result(), Kind::Date | Kind::DateTime);
        let date = self.reminder_field(&mut section, object, "date", "", dates);
        let users = |kind: &Kind| matches!(kind, Kind::User { many: false });
        let to = self.reminder_field(&mut section, object, "to", "owner", users);
        let days = section.integer("days").map(|given| self.days(given));
        let rotting = self.by_stage(&mut section, object);
        let (by, days_by) = match rotting {
            true => (Some(STAGE.to_owned()), BTreeMap::new()),
            false => self.days_by(&mut section, schema, object),
        };
        let yearly = section.boolean("yearly").unwrap_or(false);
        let escalate = section.integer("escalate").map(|given| self.days(given));
        let retired = section.boolean("retired").unwrap_or(false);
        section.finish();
        let (object, date, to) = (object?, date?, to?);
        let middle = by.clone().or(equal).filter(|field| *field != to);
        let index = [Some(to.clone()), middle, Some(date.clone())].into_iter().flatten().collect();
        let rule = ReminderRule {
            name: entry.key.to_string(),
            text: text.unwrap_or_else(|| label.clone().unwrap_or_default()),
            label: label.unwrap_or_default(),
            object: object.name.clone(),
            filter: filter.map(|t| t.text.to_owned()).unwrap_or_default(),
            days: if by.is_none() { Some(days.unwrap_or(0)) } else { days },
            date,
            by,
            days_by,
            rotting,
            yearly,
            to,
            escalate,
            index,
        };
        (!retired).then_some(rule)
    }

    fn watched<'s>(&self, section: &mut Section<'t, 'a, 'e>, schema: &'s Schema) -> Option<&'s Object> {
        let Some(name) = section.text("object") else {
            self.errors.add(section.at, msg!("schema-reminder-missing", key = "object"), None);
            return None;
        };
        if self.known("objects", name) { schema.object(name.text) } else { None }
    }

    /// A field of a type that will do; `usual` where none is named.
    fn reminder_field(
        &self,
        section: &mut Section<'t, 'a, 'e>,
        object: Option<&Object>,
        key: &'static str,
        usual: &'static str,
        fits: impl Fn(&Kind) -> bool,
    ) -> Option<String> {
        let given = section.text(key);
        let object = object?;
        let name = match given {
            Some(name) => name,
            None if usual.is_empty() => {
                self.errors.add(section.at, msg!("schema-reminder-missing", key = key), None);
                return None;
            }
            None => Text { at: section.at, text: usual },
        };
        if !self.known_field(&object.name, name) {
            return None;
        }
        if object.field(name.text).is_some_and(|f| !fits(&f.kind)) {
            self.errors.add(name.at, msg!("schema-reminder-type", field = name.text, key = key), None);
            return None;
        }
        Some(name.text.to_owned())
    }

    /// Checks the filter; gives the select field that it pins to an item, if there is one.
    fn reminder_filter(&self, schema: &Schema, object: &Object, text: Text<'_>) -> Option<String> {
        let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let context = BindContext { now: &now, me: crate::domain::id::Id::from_i64(1) };
        match filter::parse(schema, object, text.text, &context) {
            Ok(bound) => pinned(object, &bound),
            Err(error) => {
                let at = self.errors.inside(text.at, text.text, error.span.clone());
                self.errors.add(at, error.message, error.nearest);
                None
            }
        }
    }

    /// `text = { zh = "…", en = "…" }` with known fields in braces.
    fn reminder_text(&self, section: &mut Section<'t, 'a, 'e>, object: Option<&Object>) -> Option<Label> {
        let node = section.node("text")?;
        let Some(table) = node.table() else {
            self.errors.add(node.at, msg!("schema-wants-table", key = "text"), None);
            return None;
        };
        let mut label = Label::default();
        for entry in &table.0 {
            match (entry.key.as_ref(), &entry.node.data) {
                ("zh", Data::Text(text)) => label.zh = text.to_string(),
                ("en", Data::Text(text)) => label.en = text.to_string(),
                ("zh" | "en", _) => {
                    self.errors.add(entry.node.at, msg!("schema-wants-text", key = &entry.key), None);
                }
                _ => self.errors.add(entry.at, msg!("schema-unknown-key", key = &entry.key), None),
            }
            if let (Data::Text(text), Some(object)) = (&entry.node.data, object) {
                self.places(object, Text { at: entry.node.at, text });
            }
        }
        Some(label)
    }

    fn places(&self, object: &Object, text: Text<'_>) {
        let mut from = 0;
        while let Some(open) = text.text.get(from..).and_then(|rest| rest.find('{')).map(|at| at + from) {
            let Some(close) = text.text.get(open..).and_then(|rest| rest.find('}')).map(|at| at + open) else {
                let at = self.errors.inside(text.at, text.text, open..text.text.len());
                self.errors.add(at, msg!("schema-reminder-brace"), None);
                return;
            };
            let name = text.text.get(open + 1..close).unwrap_or_default();
            if object.field(name).is_none() {
                let meant = nearest(name, object.fields.iter().map(|f| f.name.as_str()));
                let at = self.errors.inside(text.at, text.text, open + 1..close);
                self.errors.add(at, msg!("schema-unknown-field", name = name, object = &object.name), meant);
            }
            from = close + 1;
        }
    }

    /// `rotting = true`: the days of the pipelines' stages count.
    fn by_stage(&self, section: &mut Section<'t, 'a, 'e>, object: Option<&Object>) -> bool {
        let rotting = section.boolean("rotting").unwrap_or(false);
        if rotting && object.is_some_and(|o| o.name != PIPELINED) {
            self.errors.add(section.at, msg!("schema-reminder-rotting", object = PIPELINED), None);
        }
        rotting && object.is_some_and(|o| o.name == PIPELINED)
    }

    fn days(&self, (days, at): (i64, Place)) -> i64 {
        if !(-DAYS_MAX..=DAYS_MAX).contains(&days) {
            self.errors.add(at, msg!("schema-reminder-days", max = DAYS_MAX), None);
        }
        days.clamp(-DAYS_MAX, DAYS_MAX)
    }

    /// `days_by = { field = "level", A = 7, B = 14 }`.
    fn days_by(
        &self,
        section: &mut Section<'t, 'a, 'e>,
        schema: &Schema,
        object: Option<&Object>,
    ) -> (Option<String>, BTreeMap<String, i64>) {
        let mut days = BTreeMap::new();
        let Some(mut inner) = section.inner("days_by") else { return (None, days) };
        let selects = |kind: &Kind| matches!(kind, Kind::Select { .. });
        let by = self.reminder_field(&mut inner, object, "field", "", selects);
        let field = object.zip(by.as_ref()).and_then(|(o, name)| o.field(name));
        let dictionary = field.and_then(|f: &Field| f.kind.dictionary()).and_then(|name| schema.dictionary(name));
        for entry in inner.table.0.iter().filter(|e| e.key != "field") {
            if let Some(dictionary) = dictionary
                && dictionary.item(&entry.key).is_none()
            {
                let meant = nearest(&entry.key, dictionary.items.iter().map(|i| i.key.as_str()));
                let message = msg!("schema-reminder-item", name = &entry.key, dictionary = &dictionary.name);
                self.errors.add(entry.at, message, meant);
            }
            match entry.node.data {
                Data::Integer(number) => {
                    days.insert(entry.key.to_string(), self.days((number, entry.node.at)));
                }
                _ => self.errors.add(entry.node.at, msg!("schema-wants-integer", key = &entry.key), None),
            }
        }
        (by, days)
    }
}

/// A select field that must have one of some items wherever a filter matches.
fn pinned(object: &Object, bound: &Bound) -> Option<String> {
    match bound {
        Bound::And(parts) => parts.iter().find_map(|part| pinned(object, part)),
        Bound::Test { field, test: Test::AnyOf(_) } => {
            let select = object.field(field).is_some_and(|f| matches!(f.kind, Kind::Select { .. }));
            select.then(|| field.clone())
        }
        _ => None,
    }
}
