//! What a schema is made of, as a schema: the forms that dictionaries, fields, number rules, flows and so on are
//! edited by. They are made from `builtin/meta/*.toml`, and from the schema that is edited: its fields and
//! dictionaries are what can be chosen.
//!
//! A form's object is called `schema/KIND`, or `schema/KIND/WHOSE` where an entry belongs to another one:
//! `schema/dictionary`, `schema/item/level`, `schema/field/customer`.

use super::load_alone;
use super::model::{Dictionary, Item, Kind, Object, PIPELINED, Pipeline, Schema};
use super::tree::Source;
use std::sync::{Arc, OnceLock};

/// What the name of every form begins with.
pub const FORM: &str = "schema/";
/// The key of an entry, as a field of its form.
pub const KEY: &str = "key";

const SOURCES: [Source<'static>; 3] = [
    Source { name: "meta/choices.toml", text: include_str!("builtin/meta/choices.toml") },
    Source { name: "meta/lists.toml", text: include_str!("builtin/meta/lists.toml") },
    Source { name: "meta/objects.toml", text: include_str!("builtin/meta/objects.toml") },
];

/// How the entries of a kind stand in the TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Tables under their keys.
    Table,
    /// A list of tables, their numbers as keys.
    List,
    /// A bare value under each key, which is this field of the form.
    Value(&'static str),
    /// The root itself: there is one entry.
    Root,
}

/// A kind of entry of a schema.
#[derive(Debug, PartialEq, Eq)]
pub struct EntryKind {
    /// Its name.
    pub name: &'static str,
    /// The kind of entry that its entries belong to.
    pub of: Option<&'static str>,
    /// Where they stand: each `*` is a part of whose they are.
    pub path: &'static [&'static str],
    /// How.
    pub shape: Shape,
    /// The key of the list in which their order is said, beside them or at the root.
    pub order: Option<&'static str>,
}

const fn kind(name: &'static str, of: Option<&'static str>, path: &'static [&'static str]) -> EntryKind {
    EntryKind { name, of, path, shape: Shape::Table, order: None }
}

/// All kinds of entries; those of others after them.
pub const KINDS: [EntryKind; 20] = [
    EntryKind { shape: Shape::Root, ..kind("settings", None, &[]) },
    EntryKind { shape: Shape::Value("rate"), ..kind("rate", None, &["rates"]) },
    EntryKind { order: Some("menu_order"), ..kind("menu", None, &["menus"]) },
    kind("dictionary", None, &["dictionaries"]),
    EntryKind { order: Some("order"), ..kind("item", Some("dictionary"), &["dictionaries", "*", "items"]) },
    kind("number", None, &["numbers"]),
    EntryKind { order: Some("object_order"), ..kind("object", None, &["objects"]) },
    kind("group", Some("object"), &["objects", "*", "groups"]),
    kind("field", Some("object"), &["objects", "*", "fields"]),
    kind("list_view", Some("object"), &["objects", "*", "views"]),
    kind("tab", Some("object"), &["objects", "*", "related"]),
    kind("rule", Some("object"), &["objects", "*", "rules"]),
    kind("action", Some("object"), &["objects", "*", "actions"]),
    kind("argument", Some("action"), &["objects", "*", "actions", "*", "fields"]),
    kind("pipeline", None, &["pipelines"]),
    EntryKind { order: Some("order"), ..kind("stage", Some("pipeline"), &["pipelines", "*", "stages"]) },
    kind("stage_rule", Some("stage"), &["pipelines", "*", "stages", "*", "rules"]),
    kind("reminder_rule", None, &["reminders"]),
    kind("flow", None, &["flows"]),
    EntryKind { shape: Shape::List, ..kind("step", Some("flow"), &["flows", "*", "steps"]) },
];

impl EntryKind {
    /// A kind by name.
    pub fn named(name: &str) -> Option<&'static EntryKind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The kinds of entries that belong to one of this kind.
    pub fn parts(&self) -> impl Iterator<Item = &'static EntryKind> {
        let name = self.name;
        KINDS.iter().filter(move |kind| kind.of == Some(name))
    }

    /// The names under which the entries of `whose` stand.
    pub fn table(&self, whose: &str) -> Vec<String> {
        let mut owners = whose.split('.');
        let part = |name: &&str| if *name == "*" { owners.next().unwrap_or_default() } else { *name }.to_owned();
        self.path.iter().map(part).collect()
    }

    /// The name of the form's object.
    pub fn form(&self, whose: &str) -> String {
        if self.of.is_some() { format!("{FORM}{}/{whose}", self.name) } else { format!("{FORM}{}", self.name) }
    }
}

/// The kind and the owner that a form's name stands for.
pub fn read_name(name: &str) -> Option<(&'static EntryKind, &str)> {
    let rest = name.strip_prefix(FORM)?;
    let (kind, whose) = rest.split_once('/').unwrap_or((rest, ""));
    EntryKind::named(kind).filter(|kind| kind.of.is_some() != whose.is_empty()).map(|kind| (kind, whose))
}

/// The forms of a schema, made when they are first needed. They say nothing that the schema doesn't: two schemas
/// are equal whatever theirs are.
#[derive(Debug, Clone, Default)]
pub struct Forms(OnceLock<Arc<Schema>>);

impl PartialEq for Forms {
    fn eq(&self, _: &Forms) -> bool {
        true
    }
}

impl Forms {
    /// The forms of another schema: of the one that is in the making, where another is in force.
    pub fn other(forms: Arc<Schema>) -> Forms {
        Forms(OnceLock::from(forms))
    }

    /// The forms of a schema.
    pub(super) fn of(&self, schema: &Schema) -> &Arc<Schema> {
        self.0.get_or_init(|| Arc::new(made(schema)))
    }
}

/// The forms as the files have them.
fn templates() -> &'static Schema {
    static TEMPLATES: OnceLock<Schema> = OnceLock::new();
    // A test keeps the files free of mistakes.
    TEMPLATES.get_or_init(|| load_alone(&SOURCES).unwrap_or_default())
}

/// The forms of a schema, with what can be chosen in it.
pub fn made(schema: &Schema) -> Schema {
    let templates = templates();
    let mut forms = Schema { currency: schema.currency.clone(), ..Schema::default() };
    for dictionary in templates.dictionaries.values() {
        let filled = Dictionary { items: chosen_from(&dictionary.name, schema), ..dictionary.clone() };
        let filled = if dictionary.items.is_empty() { filled } else { dictionary.clone() };
        let name = format!("{FORM}{}", dictionary.name);
        forms.dictionaries.insert(name.clone(), Dictionary { name, ..filled });
    }
    for object in &schema.objects {
        let fields = object.fields.iter().map(|f| Item { retired: f.retired, ..item(&f.name, &f.label) }).collect();
        let groups = object.groups.iter().map(|g| item(&g.name, &g.label)).collect();
        for (of, items) in [("fields", fields), ("groups", groups)] {
            let name = format!("{FORM}{of}/{}", object.name);
            let label = templates.dictionary(of).map(|d| d.label.clone()).unwrap_or_default();
            forms.dictionaries.insert(name.clone(), Dictionary { name, label, items });
        }
    }
    for kind in &KINDS {
        let Some(template) = templates.object(kind.name) else { continue };
        if kind.of.is_none() {
            forms.objects.push(form(template, kind, ""));
        }
        forms.objects.extend(owners(schema, kind).iter().map(|owner| form(template, kind, owner)));
    }
    forms
}

/// The entries that entries of a kind belong to, each with what it belongs to itself before it: `customer.claim`.
fn owners(schema: &Schema, kind: &EntryKind) -> Vec<String> {
    match kind.of {
        None => Vec::new(),
        Some("object") => schema.objects.iter().map(|o| o.name.clone()).collect(),
        Some("action") => {
            let of = |o: &Object| o.actions.iter().map(|a| format!("{}.{}", o.name, a.name)).collect::<Vec<_>>();
            schema.objects.iter().flat_map(of).collect()
        }
        Some("dictionary") => schema.dictionaries.keys().cloned().collect(),
        Some("pipeline") => schema.pipelines.iter().map(|p| p.name.clone()).collect(),
        Some("stage") => {
            let of = |p: &Pipeline| p.stages.iter().map(|s| format!("{}.{}", p.name, s.key)).collect::<Vec<_>>();
            schema.pipelines.iter().flat_map(of).collect()
        }
        Some(_) => schema.flows.iter().map(|f| f.name.clone()).collect(),
    }
}

fn item(name: &str, label: &crate::domain::lang::Label) -> Item {
    Item { key: name.to_owned(), label: label.clone(), ..Item::default() }
}

/// What can be chosen from, of the schema as a whole.
fn chosen_from(dictionary: &str, schema: &Schema) -> Vec<Item> {
    match dictionary {
        "objects" => schema.objects.iter().map(|o| item(&o.name, &o.label)).collect(),
        "menus" => schema.menus.iter().map(|m| item(&m.name, &m.label)).collect(),
        "dictionaries" => schema.dictionaries.values().map(|d| item(&d.name, &d.label)).collect(),
        "numbers" => {
            let label = |pattern: &str| crate::domain::lang::Label::same(pattern);
            schema.numbers.values().map(|n| item(&n.name, &label(&format!("{} {}", n.name, n.pattern)))).collect()
        }
        "stages" => {
            let field = schema.object(PIPELINED).and_then(|o| o.field("stage"));
            let stages = field.and_then(|f| f.kind.dictionary()).and_then(|name| schema.dictionary(name));
            stages.map(|d| d.items.clone()).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The form of the entries of one owner.
fn form(template: &Object, kind: &EntryKind, whose: &str) -> Object {
    let mut object = Object { name: kind.form(whose), ..template.clone() };
    // The fields of deals are those that a stage asks for.
    let fields_of = match kind.name {
        "stage" | "stage_rule" => PIPELINED,
        _ => whose.split('.').next().unwrap_or_default(),
    };
    for field in &mut object.fields {
        if kind.name == "stage" && field.name == KEY {
            field.kind = Kind::Select { dictionary: "stages".to_owned() };
        }
        // The object itself has no fields to choose from before it is there.
        let own = if kind.name == "object" { None } else { Some(fields_of) };
        match (&mut field.kind, own) {
            (Kind::Select { dictionary } | Kind::MultiSelect { dictionary }, own) => {
                let scoped = matches!(dictionary.as_str(), "fields" | "groups");
                *dictionary = match own.filter(|_| scoped) {
                    Some(owner) => format!("{FORM}{dictionary}/{owner}"),
                    None if scoped => String::new(),
                    None => format!("{FORM}{dictionary}"),
                };
            }
            _ => continue,
        }
        if field.kind.dictionary() == Some("") {
            field.kind = Kind::Text { max: 48, pattern: String::new() };
        }
    }
    object
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::builtin;

    #[test]
    fn the_forms_load_and_every_kind_has_one_in_both_languages() {
        if let Err(errors) = load_alone(&SOURCES) {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"));
        }
        for kind in &KINDS {
            let template = templates().object(kind.name).unwrap();
            for label in template.fields.iter().map(|f| &f.label).chain([&template.label, &template.plural]) {
                assert!(!label.zh.is_empty() && !label.en.is_empty(), "{}: {label:?}", kind.name);
            }
            assert!(template.field(KEY).is_some(), "{}", kind.name);
        }
    }

    #[test]
    fn a_form_offers_what_there_is_to_choose_from() {
        let schema = builtin();
        let form = schema.object("schema/field/customer").unwrap();
        let Kind::Select { dictionary } = &form.field("after").unwrap().kind else { panic!("no choice") };
        assert!(schema.dictionary(dictionary).unwrap().item("tax_number").is_some());
        let Kind::Select { dictionary } = &form.field("dictionary").unwrap().kind else { panic!("no choice") };
        assert!(schema.dictionary(dictionary).unwrap().item("level").is_some());
        for object in &made(schema).objects {
            let (kind, whose) = read_name(&object.name).unwrap();
            assert_eq!(kind.form(whose), object.name);
            for dictionary in object.fields.iter().filter_map(|f| f.kind.dictionary()) {
                assert!(schema.dictionary(dictionary).is_some(), "{}: {dictionary}", object.name);
            }
        }
        assert!(schema.object("schema/nothing").is_none());
        assert!(schema.object("schema/item").is_none());
    }
}
