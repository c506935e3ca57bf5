//! Actions on the records of an object.

use super::Loader;
use super::section::{Section, Text};
use crate::domain::lang::Label;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{Action, Field, Group, Object, Schema, UseCase, When};
use crate::schema::tree::{Data, Entry};
use std::collections::BTreeMap;

/// The group that all arguments of an action stand in.
const GROUP: &str = "action";
/// Who can be called.
const CALLED: [&str; 3] = ["customer", "contact", "lead"];

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    pub(super) fn actions(&self, object: &Object, section: &mut Section<'t, 'a, 'e>) -> Vec<Action> {
        section.entries("actions").iter().filter_map(|entry| self.action(object, entry)).collect()
    }

    fn action(&self, object: &Object, entry: &'t Entry<'a>) -> Option<Action> {
        self.check_name(&entry.key, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        match &label {
            Some(label) => self.check_label(label, entry.at),
            None => self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None),
        }
        let label = label.unwrap_or_default();
        let (mut fields, writes) = self.asked(object, &mut section);
        let form_name = format!("{}.{}", object.name, entry.key);
        for argument in section.entries("fields") {
            if let Some(field) = self.field(&object.name, GROUP, argument) {
                fields.push(field);
            }
        }
        let action = Action {
            name: entry.key.to_string(),
            when: section.text("when").map(|t| t.text.to_owned()).unwrap_or_default(),
            reason: section.inner_label("reason"),
            fill: self.fill(object, &fields, &mut section),
            writes,
            set: self.set(object, &mut section),
            does: self.does(&mut section),
            confirm: section.boolean("confirm").unwrap_or(false),
            note: section.inner_label("note"),
            right: section.text("right").map(|t| t.text.to_owned()).unwrap_or_default(),
            form: form(form_name, &label, fields),
            label,
        };
        let retired = section.boolean("retired").unwrap_or(false);
        section.finish();
        (!retired).then_some(action)
    }

    /// Whomever a record leads to can be called: objects with a reference to a customer, contact or lead have the
    /// action of customers that logs a call, unless they say something of their own about it.
    pub(super) fn calls(&self, schema: &mut Schema) {
        let customers = schema.object(CALLED[0]).map_or(&[][..], |o| &o.actions);
        let Some(model) = customers.iter().find(|a| a.does == UseCase::Call).cloned() else { return };
        for object in schema.objects.iter_mut().filter(|o| o.editable) {
            let leads_to = |f: &Field| {
                let is_one = !f.retired && !f.is_system() && !f.kind.is_many();
                is_one && f.kind.target().is_some_and(|target| CALLED.contains(&target))
            };
            if object.actions.iter().any(|a| a.does == UseCase::Call)
                || self.declares(&object.name, &model.name)
                || !object.fields.iter().any(leads_to)
            {
                continue;
            }
            let mut action = model.clone();
            action.form.name = format!("{}.{}", object.name, action.name);
            action.fill.retain(|_, ours| object.field(ours).is_some());
            object.actions.push(action);
        }
    }

    /// Whether an object says something about an action itself, be it that there is none.
    fn declares(&self, object: &str, action: &str) -> bool {
        let object = self.root.entry("objects").and_then(|e| e.node.table()?.entry(object));
        let actions = object.and_then(|e| e.node.table()?.entry("actions"));
        actions.and_then(|e| e.node.table()?.entry(action)).is_some()
    }

    /// The record's own fields that the action asks for; `!` marks those that must be filled.
    fn asked(&self, object: &Object, section: &mut Section<'t, 'a, 'e>) -> (Vec<Field>, Vec<String>) {
        let mut fields = Vec::new();
        for Text { at, text } in section.texts("ask").unwrap_or_default() {
            let (name, required) = text.strip_suffix('!').map_or((text, false), |name| (name, true));
            if self.known_field(&object.name, Text { at, text: name })
                && let Some(field) = object.field(name)
            {
                let required = if required { When::Always } else { When::Never };
                let (visible, read_only) = (When::Always, When::Never);
                let group = GROUP.to_owned();
                fields.push(Field {
                    required,
                    visible,
                    read_only,
                    group,
                    default: None,
                    unique: false,
                    ..field.clone()
                });
            }
        }
        let names = fields.iter().map(|f: &Field| f.name.clone()).collect();
        (fields, names)
    }

    fn fill(
        &self,
        object: &Object,
        arguments: &[Field],
        section: &mut Section<'t, 'a, 'e>,
    ) -> BTreeMap<String, String> {
        let mut fill = BTreeMap::new();
        for pair in section.entries("fill") {
            let Data::Text(ours) = &pair.node.data else {
                self.errors.add(pair.node.at, msg!("schema-wants-text", key = &pair.key), None);
                continue;
            };
            if !arguments.iter().any(|f| f.name == pair.key) {
                let message = msg!("schema-unknown-field", name = &pair.key, object = &object.name);
                self.errors.add(pair.at, message, nearest(&pair.key, arguments.iter().map(|f| f.name.as_str())));
            } else if self.known_field(&object.name, Text { at: pair.node.at, text: ours }) {
                fill.insert(pair.key.to_string(), ours.to_string());
            }
        }
        fill
    }

    pub(super) fn set(&self, object: &Object, section: &mut Section<'t, 'a, 'e>) -> Vec<(String, String)> {
        let mut set = Vec::new();
        for pair in section.entries("set") {
            let typed = match &pair.node.data {
                Data::Text(text) => text.to_string(),
                Data::Integer(number) => number.to_string(),
                Data::Float(number) => number.clone(),
                Data::Boolean(yes) => yes.to_string(),
                _ => {
                    self.errors.add(pair.node.at, msg!("schema-wants-text", key = &pair.key), None);
                    continue;
                }
            };
            if self.known_field(&object.name, Text { at: pair.at, text: &pair.key }) {
                set.push((pair.key.to_string(), typed));
            }
        }
        set
    }

    fn does(&self, section: &mut Section<'t, 'a, 'e>) -> UseCase {
        let Some(Text { at, text }) = section.text("does") else { return UseCase::default() };
        match UseCase::NAMED.into_iter().find(|(name, _)| *name == text) {
            Some((_, does)) => does,
            None => {
                let meant = nearest(text, UseCase::NAMED.into_iter().map(|(name, _)| name));
                self.errors.add(at, msg!("schema-unknown-use-case", name = text), meant);
                UseCase::default()
            }
        }
    }
}

/// The pseudo-object of an action's arguments.
fn form(name: String, label: &Label, fields: Vec<Field>) -> Object {
    Object {
        name,
        label: label.clone(),
        plural: label.clone(),
        title: fields.first().map(|f| f.name.clone()).unwrap_or_default(),
        groups: vec![Group { name: GROUP.to_owned(), label: label.clone() }],
        fields,
        editable: true,
        ..Object::default()
    }
}
