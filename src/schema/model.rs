//! A loaded, checked schema. References by name inside it (a field's dictionary, an object's title
//! field, a rule's field) are known to exist: the loader has checked them.

mod action;
mod assignment;
mod kind;

pub use super::form::{FORM, Forms};
pub use super::pipeline::{Back, PIPELINE, PIPELINED, Pipeline, Stage, StageType};
pub use crate::domain::workflow::{Approver, Empty, Event, Flow, Mode, Step};
pub use action::{Action, UseCase};
pub use assignment::{Assignment, Sharing};
pub use kind::{CurrencyOf, Kind, Summary};

use crate::domain::lang::{Label, Lang};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// All objects, dictionaries and number rules of a store.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Schema {
    /// Objects in menu order.
    pub objects: Vec<Object>,
    /// The groups of the list of all objects, in order.
    #[serde(default)]
    pub menus: Vec<Group>,
    /// Dictionaries by name.
    pub dictionaries: BTreeMap<String, Dictionary>,
    /// Number rules by name.
    pub numbers: BTreeMap<String, NumberRule>,
    /// The currency of amounts that name none (ISO 4217).
    pub currency: String,
    /// The pipelines that opportunities go through, in menu order.
    #[serde(default)]
    pub pipelines: Vec<Pipeline>,
    /// Rules that make reminders, in menu order.
    #[serde(default)]
    pub reminders: Vec<ReminderRule>,
    /// Rules that say whose a new record is; the first that fits counts.
    #[serde(default)]
    pub assignments: Vec<Assignment>,
    /// What has to be approved, in menu order; those that aren't in force too.
    #[serde(default)]
    pub flows: Vec<Flow>,
    /// What one unit of another currency is worth in it, for sums over several currencies.
    #[serde(default)]
    pub rates: BTreeMap<String, rust_decimal::Decimal>,
    /// How many days the log keeps events such as sign-ins and exports; 0 for ever. Changes are kept for ever.
    #[serde(default)]
    pub keep_events_days: Option<u32>,
    /// The user's own TOML that was laid over the built-in files: what is edited.
    #[serde(default)]
    pub own: String,
    /// What a schema is made of, as a schema: the forms that this one is edited by.
    #[serde(skip)]
    pub forms: Forms,
}

/// Days that events are kept where the schema says nothing.
const EVENT_DAYS: u32 = 730;

impl Schema {
    /// How many days the log keeps events; 0 for ever.
    pub fn event_days(&self) -> u32 {
        self.keep_events_days.unwrap_or(EVENT_DAYS)
    }

    /// An object by its exact name; `lead.convert` is the form of an action on leads, `schema/item/level` that of an
    /// item of a dictionary.
    pub fn object(&self, name: &str) -> Option<&Object> {
        if name.starts_with(FORM) {
            return self.forms(name).objects.iter().find(|o| o.name == name);
        }
        match name.split_once('.') {
            None => self.objects.iter().find(|o| o.name == name),
            Some((object, action)) => Some(&self.object(object)?.action(action)?.form),
        }
    }

    /// An object by name, plural, alias or label in either language, letter case aside.
    pub fn find_object(&self, text: &str) -> Option<&Object> {
        let lower = text.trim().to_lowercase();
        self.object(&lower).or_else(|| {
            self.objects
                .iter()
                .find(|o| o.plural_name == lower || o.aliases.contains(&lower) || o.label.is(text) || o.plural.is(text))
        })
    }

    /// All objects as people look for them: with their menu, in the order of the menus.
    pub fn in_menus(&self) -> Vec<(Option<&Group>, &Object)> {
        let place = |object: &Object| self.menus.iter().position(|m| Some(&m.name) == object.menu.as_ref());
        let mut all: Vec<(usize, &Object)> =
            self.objects.iter().map(|o| (place(o).unwrap_or(self.menus.len()), o)).collect();
        all.sort_by_key(|(menu, _)| *menu);
        all.into_iter().map(|(menu, object)| (self.menus.get(menu), object)).collect()
    }

    /// A reminder rule by name.
    pub fn reminder(&self, name: &str) -> Option<&ReminderRule> {
        self.reminders.iter().find(|r| r.name == name)
    }

    /// The flows in force of an object.
    pub fn flows_of<'s, 'o>(&'s self, object: &'o str) -> impl Iterator<Item = &'s Flow> + use<'s, 'o> {
        self.flows.iter().filter(move |flow| flow.active && flow.object == object)
    }

    /// What one unit of a currency is worth in the schema's; `None` if no rate is known.
    pub fn rate(&self, currency: &str) -> Option<rust_decimal::Decimal> {
        let own = (currency == self.currency).then_some(rust_decimal::Decimal::ONE);
        own.or_else(|| self.rates.get(currency).copied())
    }

    /// A dictionary by name.
    pub fn dictionary(&self, name: &str) -> Option<&Dictionary> {
        if name.starts_with(FORM) {
            return self.forms(name).dictionaries.get(name);
        }
        self.dictionaries.get(name)
    }

    /// The schema that has a form's objects and dictionaries: itself, if it is one of forms.
    fn forms(&self, name: &str) -> &Schema {
        let own = self.objects.first().is_some_and(|o| o.name.starts_with(FORM));
        if own || !name.starts_with(FORM) { self } else { self.forms.of(self) }
    }
}

/// A kind of record: customer, contact, …
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    /// Singular name in English, the table's and the API's name (`payment_plan`).
    pub name: String,
    /// Plural name (`payment_plans`).
    pub plural_name: String,
    /// Other names accepted on the command line, in lower case.
    pub aliases: Vec<String>,
    /// Singular label (`客户`, `Customer`).
    pub label: Label,
    /// Plural label (`客户`, `Customers`).
    pub plural: Label,
    /// Its group in the list of all objects; in none, it comes last.
    #[serde(default)]
    pub menu: Option<String>,
    /// The field whose value names a record to people.
    pub title: String,
    /// The field that holds the record's code, if the object has one.
    pub code: Option<String>,
    /// Fields shown beside the title in pickers and search results.
    pub subtitle: Vec<String>,
    /// The fields of the 360° view's header line: status first.
    pub header: Vec<String>,
    /// Field groups in order: the sections of forms and of the 360° view.
    pub groups: Vec<Group>,
    /// Fields in order, the system fields last.
    pub fields: Vec<Field>,
    /// The columns of its list until the user chooses others.
    pub list: Vec<Column>,
    /// The order of its list until the user chooses another; never empty.
    pub sort: Vec<SortKey>,
    /// Indexes over several fields, beside those of single fields.
    pub indexes: Vec<Vec<String>>,
    /// Indexes over the stored values of several fields, for grouping and adding up: what asks for these fields
    /// alone never reads the records. Choices stand in them by key, not in the dictionary's order.
    #[serde(default)]
    pub covering: Vec<Vec<String>>,
    /// Fields that no two records may have all the same in.
    #[serde(default)]
    pub unique: Vec<Vec<String>>,
    /// The tabs of its 360° view beside attributes and history.
    pub related: Vec<Related>,
    /// Rules over several fields that every record must keep.
    pub rules: Vec<Rule>,
    /// Its cards on the board.
    #[serde(default)]
    pub board: Board,
    /// What can be done with a record beyond editing it, in menu order.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Views of its list that come with the schema: the pool, what is to be followed up.
    #[serde(default)]
    pub views: Vec<ListView>,
    /// Whether its records are found by the global search.
    pub searchable: bool,
    /// Whether people may enter records by hand (false for objects that tcrm fills itself).
    pub editable: bool,
}

impl Object {
    /// The fields that name users who are replaced as their work is handed over. What tcrm writes itself is history,
    /// unless it says otherwise.
    pub fn passing_fields(&self) -> impl Iterator<Item = &Field> {
        let passes = |f: &&Field| (self.editable || f.hand_over.is_some()) && *f.passes_on() != When::Never;
        self.fields.iter().filter(|f| !f.retired && !f.is_system()).filter(passes)
    }

    /// A field by its exact name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// A field by name or by its label in either language, letter case aside.
    pub fn find_field(&self, text: &str) -> Option<&Field> {
        let lower = text.trim().to_lowercase();
        self.field(&lower).or_else(|| self.fields.iter().find(|f| f.label.is(text)))
    }

    /// An action by its exact name.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|a| a.name == name)
    }

    /// An action by name or by its label in either language, letter case aside.
    pub fn find_action(&self, text: &str) -> Option<&Action> {
        self.action(&text.trim().to_lowercase()).or_else(|| self.actions.iter().find(|a| a.label.is(text)))
    }

    /// Position of each field by name.
    pub fn positions(&self) -> HashMap<&str, usize> {
        self.fields.iter().enumerate().map(|(i, f)| (f.name.as_str(), i)).collect()
    }

    /// The fields of a group, in order.
    pub fn group_fields<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Field> {
        self.fields.iter().filter(move |f| f.group == group)
    }

    /// The plural label in a language.
    pub fn plural_label(&self, lang: Lang) -> &str {
        self.plural.get(lang)
    }
}

/// A section of fields, or of the list of objects.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Group {
    /// Its name in the schema.
    pub name: String,
    /// Its heading.
    pub label: Label,
}

/// One field of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name: the column's and the API's name.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// Its type and the type's settings.
    pub kind: Kind,
    /// The group it stands in; `system` for system fields.
    pub group: String,
    /// When a value must be given.
    #[serde(default)]
    pub required: When,
    /// When it is shown in forms and the 360° view.
    #[serde(default = "When::always")]
    pub visible: When,
    /// When it can't be edited by hand.
    #[serde(default)]
    pub read_only: When,
    /// The value of a new record, as it would be typed (`today`, `me`, `CNY 0`, an item's key).
    pub default: Option<String>,
    /// No two records may have the same value.
    #[serde(default)]
    pub unique: bool,
    /// Found by the search.
    #[serde(default)]
    pub search: bool,
    /// A likeness in this field (name, phone, tax number) makes two records candidates for duplicates.
    #[serde(default)]
    pub duplicate: bool,
    /// Has an index of its own, so that sorting and filtering by it is fast.
    #[serde(default)]
    pub index: bool,
    /// What becomes of this record when the one that this field refers to is deleted.
    #[serde(default)]
    pub on_delete: OnDelete,
    /// A filter over the records that it may refer to; empty for all.
    #[serde(default)]
    pub only: String,
    /// Fields that follow the record referred to when another one is chosen: ours → theirs.
    #[serde(default)]
    pub fill: BTreeMap<String, String>,
    /// Whether what it says of a user passes to others when that user's work is handed over: `Never`, `Always`, or
    /// for the records that a filter matches (what is still to be done). `None`: as [`Field::passes_on`] says.
    #[serde(default)]
    pub hand_over: Option<When>,
    /// A line of help under the field.
    pub help: Option<Label>,
    /// Not offered any more in forms and lists; old values stay.
    #[serde(default)]
    pub retired: bool,
}

impl Field {
    /// A field of a type with nothing said about it but its name and label.
    pub fn new(name: &str, label: Label, kind: Kind) -> Field {
        Field {
            name: name.to_owned(),
            label,
            kind,
            group: String::new(),
            required: When::Never,
            visible: When::Always,
            read_only: When::Never,
            default: None,
            unique: false,
            search: false,
            duplicate: false,
            index: false,
            on_delete: OnDelete::default(),
            only: String::new(),
            fill: BTreeMap::new(),
            hand_over: None,
            help: None,
            retired: false,
        }
    }

    /// Whether the store fills this field itself.
    pub fn is_system(&self) -> bool {
        self.group == SYSTEM_GROUP
    }

    /// When its user is replaced as that user's work is handed over: owners and collaborators, unless it says otherwise.
    pub fn passes_on(&self) -> &When {
        let usual = matches!(
            (&self.kind, self.name.as_str()),
            (Kind::User { many: false }, "owner") | (Kind::User { many: true }, "collaborators")
        );
        match &self.hand_over {
            Some(when) => when,
            None if usual => &When::Always,
            None => &When::Never,
        }
    }

    /// A filter over the records that are offered for it: its own, and of users those who are still there. Empty for
    /// all.
    pub fn offered(&self, schema: &Schema) -> String {
        let leaves = |object: &Object| object.field(ACTIVE).is_some_and(|f| f.kind == Kind::Boolean && !f.retired);
        let is_user = matches!(self.kind, Kind::User { .. }) || self.kind.target() == Some(USER);
        match (is_user && schema.object(USER).is_some_and(leaves), self.only.as_str()) {
            (false, only) => only.to_owned(),
            (true, "") => AT_WORK.to_owned(),
            (true, only) => format!("({only}) {AT_WORK}"),
        }
    }

    /// Whether a person can ever type a value into it.
    pub fn is_editable(&self) -> bool {
        !self.is_system() && !self.retired && !self.kind.is_computed()
    }
}

/// The field that is an object's title where the object names none.
pub const NAME: &str = "name";
/// The object of the people who work with the store.
pub const USER: &str = "user";
/// The field that says whether a user may act.
pub const ACTIVE: &str = "active";
/// The filter over users who may act.
const AT_WORK: &str = "-active:false";
/// The dictionary of all objects whose records pass to others when a user's work is handed over, made of them.
pub const HANDED_OVER: &str = "handed_over";

/// The group of the fields that every object has.
pub const SYSTEM_GROUP: &str = "system";

/// When a property of a field holds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub enum When {
    /// Never.
    #[default]
    Never,
    /// Always.
    Always,
    /// Where a filter matches the record as it stands in the form.
    If(String),
}

impl When {
    fn always() -> When {
        When::Always
    }
}

/// What happens to a record when one that it refers to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnDelete {
    /// The deletion is refused.
    #[default]
    Restrict,
    /// The reference is emptied.
    Clear,
    /// This record is deleted as well.
    Cascade,
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The field's name.
    pub field: String,
    /// Its width in cells; `None` for the type's usual width.
    pub width: Option<u16>,
}

/// A field to sort by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SortKey {
    /// The field's name.
    pub field: String,
    /// Greatest first.
    pub descending: bool,
}

/// A tab of the 360° view: the records of another object that refer to this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The other object's name.
    pub object: String,
    /// Its field that refers to this object.
    pub field: String,
    /// The tab's label.
    pub label: Label,
    /// Fields of a new record there that are taken from this one: theirs → ours.
    pub fill: BTreeMap<String, String>,
    /// Records are entered here one after the other: a saved one offers the next.
    #[serde(default)]
    pub repeat: bool,
}

/// A rule that every record of an object must keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where this filter matches (always, if empty) …
    pub when: String,
    /// … this filter must match.
    pub check: String,
    /// What to tell the user otherwise.
    pub message: Label,
    /// The field that the error stands under, if any.
    pub field: Option<String>,
}

/// A view of an object's list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListView {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// What it shows.
    pub filter: String,
    /// Its order; empty for the object's own.
    pub sort: Vec<SortKey>,
}

/// How the records of an object stand on the board.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Board {
    /// The fields of a card, the first as its title.
    pub cards: Vec<String>,
}

/// A list of choices.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Dictionary {
    /// Its name in the schema.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// Items in order.
    pub items: Vec<Item>,
}

impl Dictionary {
    /// An item by key.
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.key == key)
    }

    /// An item by key, code or label in either language, letter case aside.
    pub fn find(&self, text: &str) -> Option<&Item> {
        let text = text.trim();
        self.item(text).or_else(|| {
            self.items
                .iter()
                .find(|i| i.key.eq_ignore_ascii_case(text) || i.label.is(text) || i.code.as_deref() == Some(text))
        })
    }

    /// An item's place in the order, for sorting.
    pub fn rank(&self, key: &str) -> Option<usize> {
        self.items.iter().position(|i| i.key == key)
    }
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// What is stored.
    pub key: String,
    /// What is shown.
    pub label: Label,
    /// Its part in numbers made by number rules (`BJ`).
    pub code: Option<String>,
    /// A colour role of the theme, or a colour's name.
    pub color: Option<String>,
    /// As the outcome of a call: in so many days comes the next touch.
    #[serde(default)]
    pub next_days: Option<u16>,
    /// As the outcome of a call: when the next touch comes must be said.
    #[serde(default)]
    pub ask_next: bool,
    /// As the outcome of a call: the task that it was made for is done with it.
    #[serde(default)]
    pub closes: bool,
    /// Not offered any more; old values stay.
    pub retired: bool,
}

/// How the codes of an object are made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NumberRule {
    /// Its name.
    pub name: String,
    /// Fixed text with parts in braces: `{field}` (an item's code, else its key; the code of a record referred to;
    /// text of a text field), `{yyyy}` `{yy}` `{mm}` `{dd}`, and last a serial per prefix: `{seq:N}` of at least N
    /// digits, or `{serial:N}` of just N.
    pub pattern: String,
    /// The serials have no gaps: one given by hand leaves those below it to be used, and one at the end whose record
    /// was taken back is given again.
    #[serde(default)]
    pub gap_free: bool,
}

/// A rule that reminds the owners of records of what a date of theirs asks for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReminderRule {
    /// Its name.
    pub name: String,
    /// What it reminds of, in a word or two.
    pub label: Label,
    /// The text of a reminder; `{field}` stands for the record's value.
    pub text: Label,
    /// The object whose records it watches.
    pub object: String,
    /// Only the records that this filter matches.
    pub filter: String,
    /// The date or time that it counts from.
    pub date: String,
    /// Days from the date until it reminds; negative ones go before the date. `None`: only where `days_by` says.
    pub days: Option<i64>,
    /// A select field whose items have days of their own.
    pub by: Option<String>,
    /// The days of those items.
    pub days_by: BTreeMap<String, i64>,
    /// The days are the rotting days of the stages, pipeline by pipeline.
    #[serde(default)]
    pub rotting: bool,
    /// The date comes again every year.
    pub yearly: bool,
    /// The field with the user that is reminded.
    pub to: String,
    /// After so many days without an answer that user's supervisor is reminded too.
    pub escalate: Option<i64>,
    /// The fields that its records are found by fast, in the order of their index.
    pub index: Vec<String>,
}
