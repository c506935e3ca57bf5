//! Fields.

use super::Loader;
use super::section::{Condition, Section, Text};
use crate::domain::lang::Label;
use crate::domain::message::Message;
use crate::domain::record::system;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{CurrencyOf, Field, Kind, OnDelete, SYSTEM_GROUP, Summary, USER, When};
use crate::schema::tree::{Data, Entry, Place};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The type names of the schema, for suggestions.
pub(super) const TYPES: [&str; 23] = [
    "text",
    "multiline",
    "integer",
    "decimal",
    "percent",
    "money",
    "date",
    "datetime",
    "boolean",
    "select",
    "multiselect",
    "tags",
    "phone",
    "email",
    "url",
    "region",
    "reference",
    "user",
    "department",
    "code",
    "attachment",
    "formula",
    "rollup",
];
/// The types of a formula's result.
const RESULTS: [&str; 8] = ["text", "integer", "decimal", "percent", "money", "date", "boolean", "select"];
/// The most digits after the point.
const SCALE_MAX: i64 = 9;
/// The most characters that `max` of a text field may allow.
const TEXT_MAX: i64 = 10_000;
const HELP_MAX: usize = 300;

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    pub(super) fn field(&self, object: &str, group: &str, entry: &'t Entry<'a>) -> Option<Field> {
        let mut section = Section::open(entry, self.errors)?;
        if system::ALL.contains(&entry.key.as_ref()) {
            return Some(self.system_field(&entry.key, section));
        }
        self.check_name(&entry.key, entry.at);
        let label = section.label();
        let typed = section.table.entry("type").is_some();
        if label.is_none() && !typed {
            self.missing(object, entry, msg!("schema-new-field", name = &entry.key, object = object));
            return None;
        }
        match &label {
            Some(label) => self.check_label(label, entry.at),
            None => self.missing(object, entry, msg!("schema-missing-label", name = &entry.key)),
        }
        let type_name = section.text("type");
        if !typed {
            self.missing(object, entry, msg!("schema-missing-type", name = &entry.key));
        }
        let kind = type_name.and_then(|name| self.kind(object, &mut section, name, &TYPES));
        let unique = section.boolean("unique").unwrap_or(false);
        let search = section.boolean("search").unwrap_or(false);
        let field = Field {
            name: entry.key.to_string(),
            label: label.unwrap_or_default(),
            group: group.to_owned(),
            required: when(section.condition("required"), When::Never),
            visible: when(section.condition("visible"), When::Always),
            read_only: when(section.condition("read_only"), When::Never),
            default: section.typed("default").map(|(text, _)| text),
            unique,
            search,
            duplicate: section.boolean("duplicate").unwrap_or(false),
            index: section.boolean("index").unwrap_or(false) || unique,
            on_delete: self.on_delete(&mut section, kind.as_ref()),
            only: only(&mut section, kind.as_ref()),
            fill: self.follows(object, &mut section, kind.as_ref()),
            hand_over: hand_over(&mut section, kind.as_ref()),
            help: self.help(&mut section),
            retired: section.boolean("retired").unwrap_or(false),
            kind: kind.clone().unwrap_or(Kind::Multiline),
        };
        // Read by the object; named here so that they are known.
        section.text("group");
        section.text("after");
        if let Some(kind) = &kind {
            self.check_flags(&field, kind, entry);
            section.finish_for(Some(kind.name()));
        } else {
            // Of a type that there is not, nobody knows what can be set.
            let known = type_name.map(|name| name.text).filter(|name| TYPES.contains(name));
            section.finish_for(Some(known.unwrap_or_default()));
        }
        Some(field)
    }

    fn missing(&self, object: &str, entry: &Entry<'_>, message: Message) {
        let names = self.field_names(object);
        let meant = nearest(&entry.key, names.into_iter().filter(|n| *n != entry.key));
        self.errors.add(entry.at, message, meant);
    }

    fn help(&self, section: &mut Section<'t, 'a, 'e>) -> Option<Label> {
        let help = section.inner_label("help")?;
        for text in [&help.zh, &help.en] {
            if text.chars().count() > HELP_MAX {
                self.errors.add(section.at, msg!("schema-text-long", text = text, max = HELP_MAX), None);
            }
        }
        Some(help)
    }

    fn on_delete(&self, section: &mut Section<'t, 'a, 'e>, kind: Option<&Kind>) -> OnDelete {
        let Some(Text { at, text }) = section.text("on_delete") else { return OnDelete::default() };
        if kind.is_some_and(|k| k.target().is_none()) {
            let kind = kind.map_or("", Kind::name);
            self.errors.add(at, msg!("schema-key-not-for-type", key = "on_delete", type = kind), None);
        }
        match text {
            "restrict" => OnDelete::Restrict,
            "clear" => OnDelete::Clear,
            "cascade" => OnDelete::Cascade,
            other => {
                let meant = nearest(other, ["restrict", "clear", "cascade"]);
                self.errors.add(at, msg!("schema-on-delete", text = other), meant);
                OnDelete::default()
            }
        }
    }

    /// Properties that make no sense for the type.
    fn check_flags(&self, field: &Field, kind: &Kind, entry: &Entry<'_>) {
        let place = |key: &str| entry.node.table().and_then(|t| t.entry(key)).map_or(entry.at, |e| e.at);
        let unfit = |key: &str| {
            self.errors.add(place(key), msg!("schema-key-not-for-type", key = key, type = kind.name()), None);
        };
        let is_list = kind.is_many() || matches!(kind, Kind::MultiSelect { .. } | Kind::Tags | Kind::Attachment);
        if field.unique && (is_list || matches!(kind, Kind::Boolean) || kind.is_computed()) {
            unfit("unique");
        }
        if field.index && !field.unique && is_list {
            unfit("index");
        }
        if field.search && !is_searchable(kind) {
            unfit("search");
        }
        if field.duplicate && !matches!(kind, Kind::Text { .. } | Kind::Phone | Kind::Email | Kind::Url) {
            unfit("duplicate");
        }
        let computed = kind.is_computed() || matches!(kind, Kind::Attachment);
        if computed && field.default.is_some() {
            unfit("default");
        }
        if kind.is_computed() && field.required != When::Never {
            unfit("required");
        }
    }

    /// The type with its settings; `None` after a mistake in the type's name.
    fn kind(&self, object: &str, section: &mut Section<'t, 'a, 'e>, name: Text<'t>, allowed: &[&str]) -> Option<Kind> {
        if !allowed.contains(&name.text) {
            let message = msg!("schema-unknown-type", name = name.text);
            self.errors.add(name.at, message, nearest(name.text, allowed.iter().copied()));
            return None;
        }
        Some(match name.text {
            "text" => Kind::Text {
                max: self.within(section, "max", 1, TEXT_MAX).map_or(0, |n| usize::try_from(n).unwrap_or(0)),
                pattern: section.text("pattern").map(|t| t.text.to_owned()).unwrap_or_default(),
            },
            "multiline" => Kind::Multiline,
            "integer" => {
                let (min, max) = (section.integer("min"), section.integer("max"));
                self.check_order(min, max);
                Kind::Integer { min: min.map(|n| n.0), max: max.map(|n| n.0) }
            }
            "decimal" => {
                let scale = self.within(section, "scale", 0, SCALE_MAX).and_then(|n| u32::try_from(n).ok());
                let (min, max) = self.bounds(section);
                Kind::Decimal { scale: scale.unwrap_or(2), min, max }
            }
            "percent" => {
                let (min, max) = self.bounds(section);
                Kind::Percent { min, max }
            }
            "money" => Kind::Money { min: section.decimal("min").map(|n| n.0) },
            "date" => Kind::Date,
            "datetime" => Kind::DateTime,
            "boolean" => Kind::Boolean,
            "select" => Kind::Select { dictionary: self.named(section, "dictionary", "dictionaries")? },
            "multiselect" => Kind::MultiSelect { dictionary: self.named(section, "dictionary", "dictionaries")? },
            "tags" => Kind::Tags,
            "phone" => Kind::Phone,
            "email" => Kind::Email,
            "url" => Kind::Url,
            "region" => Kind::Region,
            "reference" => {
                let many = section.boolean("many").unwrap_or(false);
                Kind::Reference { object: self.named(section, "object", "objects")?, many }
            }
            "user" => Kind::User { many: section.boolean("many").unwrap_or(false) },
            "department" => Kind::Department,
            "code" => Kind::Code { rule: self.named(section, "rule", "numbers")? },
            "attachment" => Kind::Attachment,
            "rollup" => self.rollup(section)?,
            _ => self.formula(object, section)?,
        })
    }

    fn formula(&self, object: &str, section: &mut Section<'t, 'a, 'e>) -> Option<Kind> {
        let expression = section.text("formula");
        let result = section.text("result");
        for (key, found) in [("formula", expression.is_some()), ("result", result.is_some())] {
            if !found && section.table.entry(key).is_none() {
                self.errors.add(section.at, msg!("schema-missing-key", key = key), None);
            }
        }
        let (expression, result) = (expression?, result?);
        let result = Box::new(self.kind(object, section, result, &RESULTS)?);
        let is_money = matches!(*result, Kind::Money { .. });
        let currency = if is_money { self.currency_of(object, section) } else { CurrencyOf::Operand };
        Some(Kind::Formula { expression: expression.text.to_owned(), result, currency })
    }

    /// `base` for the schema's currency, else the field that holds the code.
    fn currency_of(&self, object: &str, section: &mut Section<'t, 'a, 'e>) -> CurrencyOf {
        match section.text("currency") {
            None => CurrencyOf::Operand,
            Some(name) if name.text == "base" => {
                let base = self.root.entry("currency").map(|e| &e.node.data);
                let code = if let Some(Data::Text(code)) = base { code.to_string() } else { "CNY".to_owned() };
                CurrencyOf::Fixed(code)
            }
            Some(name) => {
                self.known_field(object, name);
                CurrencyOf::Field(name.text.to_owned())
            }
        }
    }

    /// `of = "object.field"` and what is made of it; the result's type is found when all objects are known.
    fn rollup(&self, section: &mut Section<'t, 'a, 'e>) -> Option<Kind> {
        let of = section.text("of");
        let only = section.text("where").map(|t| t.text.to_owned()).unwrap_or_default();
        let is_count = section.boolean("count").unwrap_or(false);
        let looked_at = [("sum", section.text("sum")), ("min", section.text("min")), ("max", section.text("max"))];
        let found: Vec<_> = looked_at.into_iter().filter_map(|(what, text)| Some((what, text?))).collect();
        let Some(of) = of else {
            if section.table.entry("of").is_none() {
                self.errors.add(section.at, msg!("schema-missing-key", key = "of"), None);
            }
            return None;
        };
        let Some((other, by)) = of.text.split_once('.') else {
            self.errors.add(of.at, msg!("schema-rollup-of", text = of.text), None);
            return None;
        };
        let known = self.known("objects", Text { at: of.at, text: other })
            && self.known_field(other, Text { at: of.at, text: by })
            && found.iter().all(|(_, field)| self.known_field(other, *field));
        let summary = match (is_count, found.as_slice()) {
            (true, []) => Summary::Count,
            (false, [("sum", field)]) => Summary::Sum(field.text.to_owned()),
            (false, [("min", field)]) => Summary::Min(field.text.to_owned()),
            (false, [("max", field)]) => Summary::Max(field.text.to_owned()),
            _ => {
                self.errors.add(section.at, msg!("schema-rollup-one"), None);
                return None;
            }
        };
        let result = Box::new(Kind::Integer { min: None, max: None });
        known.then(|| Kind::Rollup { of: other.to_owned(), by: by.to_owned(), summary, only, result })
    }

    /// `fill = { ours = "theirs" }` of a reference.
    fn follows(
        &self,
        object: &str,
        section: &mut Section<'t, 'a, 'e>,
        kind: Option<&Kind>,
    ) -> BTreeMap<String, String> {
        let mut fill = BTreeMap::new();
        for pair in section.entries("fill") {
            let Some(target) = kind.and_then(Kind::target).filter(|_| kind.is_some_and(|k| !k.is_many())) else {
                let kind = kind.map_or("", Kind::name);
                self.errors.add(pair.at, msg!("schema-key-not-for-type", key = "fill", type = kind), None);
                break;
            };
            let Data::Text(theirs) = &pair.node.data else {
                self.errors.add(pair.node.at, msg!("schema-wants-text", key = &pair.key), None);
                continue;
            };
            let ours = self.known_field(object, Text { at: pair.at, text: &pair.key });
            if ours && self.known_field(target, Text { at: pair.node.at, text: theirs }) {
                fill.insert(pair.key.to_string(), theirs.to_string());
            }
        }
        fill
    }

    /// A setting that names an entry of a table of the root.
    fn named(&self, section: &mut Section<'t, 'a, 'e>, key: &'static str, table: &str) -> Option<String> {
        let Some(name) = section.text(key) else {
            if section.table.entry(key).is_none() {
                self.errors.add(section.at, msg!("schema-missing-key", key = key), None);
            }
            return None;
        };
        self.known(table, name).then(|| name.text.to_owned())
    }

    fn within(&self, section: &mut Section<'t, 'a, 'e>, key: &'static str, min: i64, max: i64) -> Option<i64> {
        let (number, at) = section.integer(key)?;
        if (min..=max).contains(&number) {
            return Some(number);
        }
        self.errors.add(at, msg!("schema-out-of-range", key = key, min = min, max = max), None);
        None
    }

    fn bounds(&self, section: &mut Section<'t, 'a, 'e>) -> (Option<Decimal>, Option<Decimal>) {
        let (min, max) = (section.decimal("min"), section.decimal("max"));
        self.check_order(min, max);
        (min.map(|n| n.0), max.map(|n| n.0))
    }

    fn check_order<T: PartialOrd + std::fmt::Display>(&self, min: Option<(T, Place)>, max: Option<(T, Place)>) {
        if let (Some((min, at)), Some((max, _))) = (min, max)
            && min > max
        {
            self.errors.add(at, msg!("schema-min-over-max", min = min, max = max), None);
        }
    }

    /// A field that the store fills: only its label and index can be set.
    fn system_field(&self, name: &str, mut section: Section<'t, 'a, 'e>) -> Field {
        let mut field = system_field(name);
        if let Some(label) = section.label() {
            self.check_label(&label, section.at);
            field.label = label;
        }
        field.index = section.boolean("index").unwrap_or(field.index);
        section.finish();
        field
    }
}

fn when(condition: Option<Condition<'_>>, otherwise: When) -> When {
    match condition {
        None => otherwise,
        Some(Condition::Fixed(true)) => When::Always,
        Some(Condition::Fixed(false)) => When::Never,
        Some(Condition::Filter(filter)) => When::If(filter.text.to_owned()),
    }
}

/// `where = "filter"` of a reference.
fn only(section: &mut Section<'_, '_, '_>, kind: Option<&Kind>) -> String {
    let text = kind.and_then(Kind::target).and_then(|_| section.text("where"));
    text.map(|t| t.text.to_owned()).unwrap_or_default()
}

/// `hand_over` of a field that names users.
fn hand_over(section: &mut Section<'_, '_, '_>, kind: Option<&Kind>) -> Option<When> {
    let names_users = kind.and_then(Kind::target) == Some(USER);
    let condition = if names_users { section.condition("hand_over") } else { None };
    condition.map(|condition| when(Some(condition), When::Never))
}

/// Types whose values are words that a search can find.
fn is_searchable(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Text { .. }
            | Kind::Multiline
            | Kind::Phone
            | Kind::Email
            | Kind::Url
            | Kind::Region
            | Kind::Code { .. }
            | Kind::Tags
    )
}

/// A system field as every object has it.
pub(super) fn system_field(name: &str) -> Field {
    let (zh, en, kind) = match name {
        system::ID => ("记录号", "Id", Kind::Text { max: 0, pattern: String::new() }),
        system::VERSION => ("版本", "Version", Kind::Integer { min: None, max: None }),
        system::CREATED_AT => ("创建时间", "Created at", Kind::DateTime),
        system::CREATED_BY => ("创建人", "Created by", Kind::User { many: false }),
        system::UPDATED_AT => ("修改时间", "Updated at", Kind::DateTime),
        _ => ("修改人", "Updated by", Kind::User { many: false }),
    };
    Field {
        name: name.to_owned(),
        label: Label { zh: zh.to_owned(), en: en.to_owned() },
        kind,
        group: SYSTEM_GROUP.to_owned(),
        required: When::Never,
        visible: When::Always,
        read_only: When::Always,
        default: None,
        unique: false,
        search: false,
        duplicate: false,
        index: false,
        on_delete: OnDelete::Restrict,
        only: String::new(),
        fill: BTreeMap::new(),
        hand_over: Some(When::Never),
        help: None,
        retired: false,
    }
}
