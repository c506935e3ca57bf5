//! Makes a [`Schema`] of schema files: reads and merges them, checks everything, and reports every
//! mistake at once.

mod action;
mod assignment;
mod dictionary;
mod expression;
mod field;
mod flow;
mod name;
mod object;
mod pipeline;
mod reminder;
mod rollup;
mod section;

pub(super) use flow::FLOW;

use super::error::{SchemaError, nearest};
use super::model::{
    Dictionary, EVERY_OBJECT, Group, HANDED_OVER, Item, MADE_OF_OBJECTS, NumberRule, OBJECTS, Object, PIPELINE, Schema,
};
use super::tree::{self, Errors, Place, Source, Table};
use crate::domain::lang::Label;
use crate::msg;
use rust_decimal::Decimal;
use section::{Section, Text};
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub(super) const BUILTIN: [Source<'static>; 14] = [
    Source { name: "builtin/dictionaries.toml", text: include_str!("builtin/dictionaries.toml") },
    Source { name: "builtin/customer.toml", text: include_str!("builtin/customer.toml") },
    Source { name: "builtin/sales.toml", text: include_str!("builtin/sales.toml") },
    Source { name: "builtin/documents.toml", text: include_str!("builtin/documents.toml") },
    Source { name: "builtin/work.toml", text: include_str!("builtin/work.toml") },
    Source { name: "builtin/company.toml", text: include_str!("builtin/company.toml") },
    Source { name: "builtin/reminders.toml", text: include_str!("builtin/reminders.toml") },
    Source { name: "builtin/plan.toml", text: include_str!("builtin/plan.toml") },
    Source { name: "builtin/service.toml", text: include_str!("builtin/service.toml") },
    Source { name: "builtin/marketing.toml", text: include_str!("builtin/marketing.toml") },
    Source { name: "builtin/pools.toml", text: include_str!("builtin/pools.toml") },
    Source { name: "builtin/rights.toml", text: include_str!("builtin/rights.toml") },
    Source { name: "builtin/flows.toml", text: include_str!("builtin/flows.toml") },
    Source { name: "builtin/menus.toml", text: include_str!("builtin/menus.toml") },
];

/// The built-in schema with the user's files laid over it in order. Returns every mistake found, in
/// the order of the files.
pub fn load(sources: &[Source<'_>]) -> Result<Schema, Vec<SchemaError>> {
    let all: Vec<Source<'_>> = BUILTIN.into_iter().chain(sources.iter().copied()).collect();
    let own = sources.iter().map(|source| source.text).collect::<Vec<_>>().join("\n");
    let errors = Errors::new(&all);
    let root = tree::read_over(builtin_tree().clone(), BUILTIN.len(), sources, &errors);
    let schema = Loader::new(&root, &errors).schema();
    if errors.is_empty() { Ok(Schema { own, ..schema }) } else { Err(errors.into_vec()) }
}

/// The built-in files as one tree.
pub(super) fn builtin_tree() -> &'static Table<'static> {
    static TREE: OnceLock<Table<'static>> = OnceLock::new();
    TREE.get_or_init(|| tree::read(&BUILTIN, &Errors::new(&BUILTIN)))
}

/// The built-in schema's files, for `tcrm schema show --builtin` and as examples to copy from.
pub fn builtin_sources() -> &'static [Source<'static>] {
    &BUILTIN
}

/// A schema of these files alone. Objects `user` and `department` must be among them if fields refer to them.
pub fn load_alone(sources: &[Source<'_>]) -> Result<Schema, Vec<SchemaError>> {
    let errors = Errors::new(sources);
    let root = tree::read(sources, &errors);
    let schema = Loader::new(&root, &errors).schema();
    if errors.is_empty() { Ok(schema) } else { Err(errors.into_vec()) }
}

/// The most days that events can be kept, short of for ever.
const MOST_EVENT_DAYS: u32 = 36_500;

/// What is being loaded, and the names that references may use.
struct Loader<'t, 'a, 'e> {
    root: &'t Table<'a>,
    errors: &'t Errors<'e>,
}

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    fn new(root: &'t Table<'a>, errors: &'t Errors<'e>) -> Self {
        Loader { root, errors }
    }

    fn schema(&self) -> Schema {
        let mut root = Section::root(self.root, self.errors);
        let mut schema = Schema { currency: self.currency(&mut root), ..Schema::default() };
        schema.rates = self.rates(&mut root);
        schema.menus = self.menus(&mut root);
        self.in_order(&mut root, "menu_order", "menus", &mut schema.menus, |menu| &menu.name);
        schema.keep_events_days = self.event_days(&mut root);
        for entry in root.entries("dictionaries") {
            if let Some(dictionary) = self.dictionary(entry) {
                schema.dictionaries.insert(dictionary.name.clone(), dictionary);
            }
        }
        if let Some(pipelines) = self.pipeline_dictionary(&mut root) {
            schema.dictionaries.insert(pipelines.name.clone(), pipelines);
        }
        if let Some(flows) = self.flow_dictionary(&mut root) {
            schema.dictionaries.insert(flows.name.clone(), flows);
        }
        for entry in root.entries("objects") {
            if let Some(object) = self.object(entry) {
                schema.objects.push(object);
            }
        }
        self.calls(&mut schema);
        self.in_order(&mut root, "object_order", "objects", &mut schema.objects, |object| &object.name);
        for made in [handed_over(&schema.objects), every_object(&schema.objects)] {
            schema.dictionaries.insert(made.name.clone(), made);
        }
        for entry in root.entries("numbers") {
            if let Some(rule) = self.number(entry) {
                schema.numbers.insert(rule.name.clone(), rule);
            }
        }
        schema.pipelines = self.pipelines(&mut root, &schema);
        schema.flows = self.flows(&mut root, &schema);
        let reminders = root.entries("reminders");
        let assignments = root.entries("assignments");
        root.finish();
        self.check_object_names(&schema.objects);
        self.check_numbers(&schema);
        self.settle_flows(&mut schema);
        self.settle_rollups(&mut schema);
        self.check_expressions(&schema);
        self.reminders(reminders, &mut schema);
        schema.assignments = assignments.iter().filter_map(|entry| self.assignment(entry, &schema)).collect();
        schema
    }

    fn currency(&self, root: &mut Section<'t, 'a, 'e>) -> String {
        let Some(Text { at, text }) = root.text("currency") else { return "CNY".to_owned() };
        if text.len() != 3 || !text.bytes().all(|b| b.is_ascii_uppercase()) {
            self.errors.add(at, msg!("schema-currency", text = text), None);
        }
        text.to_owned()
    }

    fn event_days(&self, root: &mut Section<'t, 'a, 'e>) -> Option<u32> {
        let (days, at) = root.integer("keep_events_days")?;
        let days = u32::try_from(days).ok().filter(|days| *days <= MOST_EVENT_DAYS);
        if days.is_none() {
            self.errors.add(at, msg!("schema-event-days", most = MOST_EVENT_DAYS), None);
        }
        days
    }

    /// `[rates]`: currency = what one unit is worth.
    fn rates(&self, root: &mut Section<'t, 'a, 'e>) -> BTreeMap<String, Decimal> {
        let mut rates = BTreeMap::new();
        for entry in root.entries("rates") {
            let code = entry.key.as_ref();
            if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
                self.errors.add(entry.at, msg!("schema-currency", text = code), None);
            }
            let rate: Option<Decimal> = match &entry.node.data {
                tree::Data::Integer(number) => Some(Decimal::from(*number)),
                tree::Data::Float(text) => text.parse().ok(),
                tree::Data::Text(text) => text.parse().ok(),
                _ => None,
            };
            match rate.filter(|rate| *rate > Decimal::ZERO) {
                Some(rate) => drop(rates.insert(code.to_owned(), rate)),
                None => self.errors.add(entry.node.at, msg!("schema-rate", currency = code), None),
            }
        }
        rates
    }

    /// `[menus]`: the groups of the list of all objects.
    fn menus(&self, root: &mut Section<'t, 'a, 'e>) -> Vec<Group> {
        let mut menus = Vec::new();
        for entry in root.entries("menus") {
            self.check_name(&entry.key, entry.at);
            let Some(mut section) = Section::open(entry, self.errors) else { continue };
            let label = section.label();
            if label.is_none() {
                self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
            }
            section.finish();
            menus.push(Group { name: entry.key.to_string(), label: label.unwrap_or_default() });
        }
        menus
    }

    /// Puts what a list of the root names first, in its order.
    fn in_order<T>(
        &self,
        root: &mut Section<'t, 'a, 'e>,
        key: &'static str,
        table: &str,
        all: &mut [T],
        name: impl Fn(&T) -> &String,
    ) {
        let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
        for (rank, named) in root.texts(key).unwrap_or_default().into_iter().enumerate() {
            if self.known(table, named) && ranks.insert(named.text, rank).is_some() {
                self.errors.add(named.at, msg!("schema-twice", name = named.text), None);
            }
        }
        all.sort_by_key(|one| ranks.get(name(one).as_str()).copied().unwrap_or(usize::MAX));
    }

    /// The keys of a table of the root: the names of all objects, dictionaries or number rules.
    fn names(&self, table: &str) -> impl Iterator<Item = &'t str> + use<'t, 'a, 'e> {
        let entries = self.root.entry(table).and_then(|e| e.node.table());
        entries.into_iter().flat_map(|t| t.0.iter().map(|e| e.key.as_ref()))
    }

    /// The names of an object's fields, the system fields included.
    fn field_names(&self, object: &str) -> Vec<&'t str> {
        let fields = self
            .root
            .entry("objects")
            .and_then(|e| e.node.table()?.entry(object)?.node.table()?.entry("fields")?.node.table());
        let mut names: Vec<&str> = fields.into_iter().flat_map(|t| t.0.iter().map(|e| e.key.as_ref())).collect();
        for system in crate::domain::record::system::ALL {
            if !names.contains(&system) {
                names.push(system);
            }
        }
        names
    }

    /// Whether a field of this name exists; reports it otherwise.
    fn known_field(&self, object: &str, name: Text<'_>) -> bool {
        let names = self.field_names(object);
        let known = names.contains(&name.text);
        if !known {
            let message = msg!("schema-unknown-field", name = name.text, object = object);
            self.errors.add(name.at, message, nearest(name.text, names));
        }
        known
    }

    /// Whether an entry of this name exists in a table of the root; reports it otherwise.
    fn known(&self, table: &str, name: Text<'_>) -> bool {
        let is_made = |made: &str, of: &str| name.text == made && self.root.entry(of).is_some();
        let is_made =
            is_made(PIPELINE, "pipelines") || is_made(flow::FLOW, "flows") || MADE_OF_OBJECTS.contains(&name.text);
        let made = table == "dictionaries" && is_made;
        let known = made || self.names(table).any(|n| n == name.text);
        if !known {
            let message = match table {
                "objects" => msg!("schema-unknown-object", name = name.text),
                "dictionaries" => msg!("schema-unknown-dictionary", name = name.text),
                "menus" => msg!("schema-unknown-menu", name = name.text),
                _ => msg!("schema-unknown-number", name = name.text),
            };
            self.errors.add(name.at, message, nearest(name.text, self.names(table)));
        }
        known
    }

    fn number(&self, entry: &'t tree::Entry<'a>) -> Option<NumberRule> {
        self.check_name(&entry.key, entry.at);
        let name = entry.key.to_string();
        if let tree::Data::Text(pattern) = &entry.node.data {
            return Some(NumberRule { name, pattern: pattern.to_string(), gap_free: false });
        }
        let Some(table) = entry.node.table() else {
            self.errors.add(entry.node.at, msg!("schema-wants-text", key = &entry.key), None);
            return None;
        };
        // A wrong pattern, or one under a wrong name, is told for itself.
        let has_pattern = table.0.iter().any(|e| e.key != "gap_free");
        let mut section = Section::open(entry, self.errors)?;
        let pattern = section.text("pattern");
        let gap_free = section.boolean("gap_free").unwrap_or(false);
        section.finish();
        if !has_pattern {
            self.errors.add(entry.at, msg!("schema-number-serial-missing"), None);
        }
        Some(NumberRule { name, pattern: pattern?.text.to_owned(), gap_free })
    }

    /// Every number rule is well formed, and the fields in it exist where it is used.
    fn check_numbers(&self, schema: &Schema) {
        let Some(table) = self.root.entry("numbers").and_then(|e| e.node.table()) else { return };
        for entry in &table.0 {
            let node = match &entry.node.data {
                tree::Data::Table(table) => table.entry("pattern").map(|e| &e.node),
                _ => Some(&entry.node),
            };
            let Some((at, tree::Data::Text(pattern))) = node.map(|n| (n.at, &n.data)) else { continue };
            let users: Vec<&Object> = schema
                .objects
                .iter()
                .filter(|o| o.fields.iter().any(|f| f.kind.rule() == Some(entry.key.as_ref())))
                .collect();
            let mut told: Vec<super::number::Mistake> = super::number::mistakes(pattern, &users);
            // Once for a field, however many objects are numbered by the rule.
            told.dedup_by(|next, first| next.0 == first.0 && next.1.key == first.1.key);
            for (span, mistake, meant) in told {
                let at = self.errors.inside(at, pattern, span);
                self.errors.add(at, mistake, meant);
            }
        }
    }

    /// No two objects answer to the same name.
    fn check_object_names(&self, objects: &[Object]) {
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for object in objects {
            let mut own: Vec<String> = vec![object.name.clone(), object.plural_name.clone()];
            own.extend(object.aliases.iter().cloned());
            for label in [&object.label, &object.plural] {
                own.extend([label.zh.to_lowercase(), label.en.to_lowercase()]);
            }
            own.retain(|n| !n.is_empty());
            own.sort();
            own.dedup();
            for name in own {
                if let Some(other) = taken.insert(name.clone(), &object.name) {
                    let message = msg!("schema-object-name-taken", name = name, object = other);
                    self.errors.add(self.object_place(&object.name), message, None);
                }
            }
        }
    }

    fn object_place(&self, name: &str) -> Place {
        let entry = self.root.entry("objects").and_then(|e| e.node.table()?.entry(name));
        entry.map(|e| e.at).unwrap_or_default()
    }
}

/// All objects to choose from, and what stands for all of them.
fn every_object(objects: &[Object]) -> Dictionary {
    let label = |zh: &str, en: &str| Label { zh: zh.to_owned(), en: en.to_owned() };
    let all = Item { key: EVERY_OBJECT.to_owned(), label: label("全部对象", "All objects"), ..Item::default() };
    let item = |o: &Object| Item { key: o.name.clone(), label: o.label.clone(), ..Item::default() };
    let items = std::iter::once(all).chain(objects.iter().map(item)).collect();
    Dictionary { name: OBJECTS.to_owned(), label: label("对象", "Object"), items }
}

/// The objects of which something passes to others when a user's work is handed over.
fn handed_over(objects: &[Object]) -> Dictionary {
    let passes_on = |object: &&Object| object.passing_fields().next().is_some();
    let item = |o: &Object| Item { key: o.name.clone(), label: o.plural.clone(), ..Item::default() };
    let label = Label { zh: "交接内容".to_owned(), en: "Handed over".to_owned() };
    Dictionary { name: HANDED_OVER.to_owned(), label, items: objects.iter().filter(passes_on).map(item).collect() }
}
