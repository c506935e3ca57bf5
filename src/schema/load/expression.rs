//! What stands in strings of a schema file: conditions, rules, defaults and formulas. They are checked
//! against the whole schema, and their mistakes located inside the string.

use super::Loader;
use super::section::Text;
use crate::domain::formula::Formula;
use crate::domain::id::Id;
use crate::domain::span::Span;
use crate::msg;
use crate::schema::compute::circular;
use crate::schema::error::nearest;
use crate::schema::filter::{self, BindContext};
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::{Kind, Object, PIPELINED, Schema};
use crate::schema::tree::{Data, Entry, Place, Table};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;

impl<'t, 'a> Loader<'t, 'a, '_> {
    pub(super) fn check_expressions(&self, schema: &Schema) {
        // Any moment and user do: only whether the words have a meaning is asked.
        let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let me = Id::from_i64(1);
        let check = Check { loader: self, schema, now: &now, me };
        for object in &schema.objects {
            let Some(table) = self.object_table(&object.name) else { continue };
            for entry in inner(table, "fields") {
                check.field(object, entry);
            }
            for entry in inner(table, "rules") {
                for key in ["when", "check"] {
                    if let Some(text) = text(entry, key) {
                        check.condition(object, text);
                    }
                }
            }
            check.circles(object, inner(table, "fields"));
            for entry in inner(table, "actions") {
                check.action(object, entry);
            }
            for filter in inner(table, "views").iter().filter_map(|entry| text(entry, "filter")) {
                check.filter(object, filter);
            }
        }
        if let Some(object) = schema.object(PIPELINED) {
            for pipeline in inner(self.root, "pipelines") {
                for stage in pipeline.node.table().map_or(&[][..], |t| inner(t, "stages")) {
                    for rule in stage.node.table().map_or(&[][..], |t| inner(t, "rules")) {
                        ["when", "check"]
                            .iter()
                            .filter_map(|key| text(rule, key))
                            .for_each(|t| check.condition(object, t));
                    }
                }
            }
        }
    }

    fn object_table(&self, name: &str) -> Option<&'t Table<'a>> {
        self.root.entry("objects")?.node.table()?.entry(name)?.node.table()
    }
}

fn inner<'t, 'a>(table: &'t Table<'a>, key: &str) -> &'t [Entry<'a>] {
    table.entry(key).and_then(|e| e.node.table()).map_or(&[], |t| &t.0)
}

fn text<'t>(entry: &'t Entry<'_>, key: &str) -> Option<Text<'t>> {
    let node = &entry.node.table()?.entry(key)?.node;
    match &node.data {
        Data::Text(text) => Some(Text { at: node.at, text }),
        _ => None,
    }
}

struct Check<'l, 't, 'a, 'e> {
    loader: &'l Loader<'t, 'a, 'e>,
    schema: &'l Schema,
    now: &'l Zoned,
    me: Option<Id>,
}

impl Check<'_, '_, '_, '_> {
    fn field(&self, object: &Object, entry: &Entry<'_>) {
        let Some(field) = object.field(&entry.key) else { return };
        for key in ["required", "visible", "read_only", "hand_over"] {
            if let Some(condition) = text(entry, key) {
                self.condition(object, condition);
            }
        }
        if let Some(target) = field.kind.target().and_then(|name| self.schema.object(name))
            && let Some(only) = text(entry, "where")
        {
            self.condition(target, only);
        }
        let computed = field.kind.is_computed() || matches!(field.kind, Kind::Attachment);
        if let Some(typed) = field.default.as_ref().filter(|_| !computed) {
            let at = entry.node.table().and_then(|t| t.entry("default")).map_or(entry.at, |e| e.node.at);
            self.default(&field.kind, typed, at);
        }
        if let (Kind::Formula { .. }, Some(formula)) = (&field.kind, text(entry, "formula")) {
            self.formula(object, formula);
        }
    }

    fn action(&self, object: &Object, entry: &Entry<'_>) {
        let (Some(action), Some(table)) = (object.action(&entry.key), entry.node.table()) else { return };
        if let Some(condition) = text(entry, "when") {
            self.condition(object, condition);
        }
        for argument in inner(table, "fields") {
            self.field(&action.form, argument);
        }
        for pair in inner(table, "set") {
            let typed = action.set.iter().find(|(name, _)| *name == pair.key);
            if let (Some((name, typed)), false) = (typed, matches!(pair.node.data, Data::Table(_)))
                && let Some(field) = object.field(name)
            {
                self.default(&field.kind, typed, pair.node.at);
            }
        }
    }

    fn place(&self, text: Text<'_>, span: &Span) -> Place {
        self.loader.errors.inside(text.at, text.text, span.clone())
    }

    fn condition(&self, object: &Object, condition: Text<'_>) {
        let ctx = BindContext { now: self.now, me: self.me };
        match filter::parse(self.schema, object, condition.text, &ctx) {
            Ok(bound) if bound.needs_other_records() => {
                self.loader.errors.add(condition.at, msg!("schema-condition-own"), None);
            }
            Ok(_) => {}
            Err(error) => {
                self.loader.errors.add(self.place(condition, &error.span), error.message, error.nearest);
            }
        }
    }

    /// A filter of a list, which may look into other records.
    fn filter(&self, object: &Object, text: Text<'_>) {
        let ctx = BindContext { now: self.now, me: self.me };
        if let Err(error) = filter::parse(self.schema, object, text.text, &ctx) {
            self.loader.errors.add(self.place(text, &error.span), error.message, error.nearest);
        }
    }

    fn default(&self, kind: &Kind, typed: &str, at: Place) {
        let resolve = |_: &str, _: &str| self.me.ok_or_else(|| msg!("value-no-me"));
        let currency = &self.schema.currency;
        let ctx = ParseContext { now: self.now, me: self.me, currency, schema: self.schema, resolve: &resolve };
        if let Err(message) = kind::parse(kind, typed, &ctx) {
            self.loader.errors.add(at, message, None);
        }
    }

    fn formula(&self, object: &Object, formula: Text<'_>) {
        let parsed = match Formula::parse(formula.text) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.loader.errors.add(self.place(formula, &error.span), error.message(), None);
                return;
            }
        };
        for read in parsed.fields() {
            if object.field(&read.value).is_none() {
                let message = msg!("schema-unknown-field", name = &read.value, object = &object.name);
                let meant = nearest(&read.value, object.fields.iter().map(|f| f.name.as_str()));
                self.loader.errors.add(self.place(formula, &read.span), message, meant);
            }
        }
    }

    /// No formula needs itself, through others or not.
    fn circles(&self, object: &Object, entries: &[Entry<'_>]) {
        let mut reads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for field in &object.fields {
            if let Kind::Formula { expression, .. } = &field.kind
                && let Ok(formula) = Formula::parse(expression)
            {
                reads.insert(&field.name, formula.fields().map(|f| f.value.clone()).collect());
            }
        }
        for name in circular(&reads) {
            let at = entries.iter().find(|e| e.key == name).map(|e| e.at).unwrap_or_default();
            self.loader.errors.add(at, msg!("schema-formula-circle", name = name), None);
        }
    }
}
