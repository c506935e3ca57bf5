//! Objects with their groups, lists, related tabs and rules.

use super::Loader;
use super::field::system_field;
use super::section::{Section, Text};
use crate::domain::lang::Label;
use crate::domain::record::system;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{
    Board, Column, Field, Group, Kind, ListView, NAME, Object, Related, Rule, SYSTEM_GROUP, SortKey,
};
use crate::schema::tree::Entry;
use std::collections::BTreeMap;

const WIDTH_MAX: u16 = 200;
/// How many fields a list shows that names no columns.
const LIST_DEFAULT: usize = 6;

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    pub(super) fn object(&self, entry: &'t Entry<'a>) -> Option<Object> {
        let name = entry.key.as_ref();
        self.check_name(name, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let Some(label) = section.label() else {
            let others = self.names("objects").filter(|n| *n != name);
            self.errors.add(entry.at, msg!("schema-new-object", name = name), nearest(name, others));
            return None;
        };
        self.check_label(&label, entry.at);
        let groups = self.groups(&mut section);
        let fields = self.fields(name, &groups, &mut section);
        let title = self.title(name, &fields, &mut section);
        let list = section.texts("list").map(|texts| self.columns(name, texts));
        let sort = section.texts("sort").unwrap_or_default();
        let sort: Vec<SortKey> = sort.into_iter().filter_map(|t| self.sort_key(name, t)).collect();
        let mut object = Object {
            name: name.to_owned(),
            plural_name: self.plural_name(name, &mut section),
            aliases: self.aliases(&mut section),
            plural: section.inner_label("plural").unwrap_or_else(|| label.clone()),
            label,
            menu: self.menu(&mut section),
            code: self.code(name, &mut section),
            subtitle: self.field_list(name, &mut section, "subtitle"),
            header: self.field_list(name, &mut section, "header"),
            list: list.unwrap_or_else(|| default_list(&fields)),
            sort: if sort.is_empty() { vec![newest_first()] } else { sort },
            indexes: self.indexes(name, &mut section, "indexes"),
            covering: self.indexes(name, &mut section, "covering"),
            unique: self.indexes(name, &mut section, "unique"),
            related: self.related(&mut section),
            rules: self.rules(name, &mut section),
            board: self.board(name, &title, &mut section),
            actions: Vec::new(),
            views: self.views(name, &mut section),
            searchable: section.boolean("searchable").unwrap_or(true),
            editable: section.boolean("editable").unwrap_or(true),
            title,
            groups,
            fields,
        };
        object.actions = self.actions(&object, &mut section);
        section.finish();
        Some(object)
    }

    fn plural_name(&self, name: &str, section: &mut Section<'t, 'a, 'e>) -> String {
        let Some(Text { at, text }) = section.text("plural_name") else { return format!("{name}s") };
        self.check_name(text, at);
        text.to_owned()
    }

    fn aliases(&self, section: &mut Section<'t, 'a, 'e>) -> Vec<String> {
        section.texts("aliases").unwrap_or_default().into_iter().map(|t| t.text.trim().to_lowercase()).collect()
    }

    fn title(&self, object: &str, fields: &[Field], section: &mut Section<'t, 'a, 'e>) -> String {
        let Some(title) = section.text("title") else {
            // `name`, where there is one, needs no mention.
            if fields.iter().any(|f| f.name == NAME) {
                return NAME.to_owned();
            }
            self.errors.add(section.at, msg!("schema-missing-title", object = object), None);
            return String::new();
        };
        if self.known_field(object, title)
            && let Some(field) = fields.iter().find(|f| f.name == title.text)
            && !matches!(field.kind, Kind::Text { .. } | Kind::Code { .. })
        {
            self.errors.add(title.at, msg!("schema-title-type", name = title.text), None);
        }
        title.text.to_owned()
    }

    fn menu(&self, section: &mut Section<'t, 'a, 'e>) -> Option<String> {
        let menu = section.text("menu")?;
        self.known("menus", menu).then(|| menu.text.to_owned())
    }

    fn code(&self, object: &str, section: &mut Section<'t, 'a, 'e>) -> Option<String> {
        let code = section.text("code")?;
        self.known_field(object, code).then(|| code.text.to_owned())
    }

    fn field_list(&self, object: &str, section: &mut Section<'t, 'a, 'e>, key: &'static str) -> Vec<String> {
        let texts = section.texts(key).unwrap_or_default();
        self.distinct(object, texts)
    }

    /// Known field names, each once.
    pub(super) fn distinct(&self, object: &str, texts: Vec<Text<'_>>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for text in texts {
            if names.iter().any(|n| n == text.text) {
                self.errors.add(text.at, msg!("schema-twice", name = text.text), None);
            } else if self.known_field(object, text) {
                names.push(text.text.to_owned());
            }
        }
        names
    }

    fn indexes(&self, object: &str, section: &mut Section<'t, 'a, 'e>, key: &'static str) -> Vec<Vec<String>> {
        let lists = section.text_lists(key);
        lists.into_iter().map(|list| self.distinct(object, list)).filter(|list| !list.is_empty()).collect()
    }

    fn board(&self, object: &str, title: &str, section: &mut Section<'t, 'a, 'e>) -> Board {
        let mut board = Board::default();
        if let Some(mut inner) = section.inner("board") {
            board.cards = self.field_list(object, &mut inner, "cards");
            inner.finish();
        }
        if board.cards.is_empty() {
            board.cards.push(title.to_owned());
        }
        board
    }

    /// `field` or `field:width`.
    fn columns(&self, object: &str, texts: Vec<Text<'t>>) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::new();
        for Text { at, text } in texts {
            let (name, width) = match text.split_once(':') {
                None => (text, None),
                Some((name, width)) => match width.trim().parse::<u16>() {
                    Ok(width) if (1..=WIDTH_MAX).contains(&width) => (name, Some(width)),
                    _ => {
                        self.errors.add(at, msg!("schema-column-width", text = text, max = WIDTH_MAX), None);
                        continue;
                    }
                },
            };
            if columns.iter().any(|c| c.field == name) {
                self.errors.add(at, msg!("schema-twice", name = name), None);
            } else if self.known_field(object, Text { at, text: name }) {
                columns.push(Column { field: name.to_owned(), width });
            }
        }
        columns
    }

    /// `field` or `-field`.
    fn sort_key(&self, object: &str, Text { at, text }: Text<'_>) -> Option<SortKey> {
        let name = text.strip_prefix('-').unwrap_or(text);
        self.known_field(object, Text { at, text: name })
            .then(|| SortKey { field: name.to_owned(), descending: text.starts_with('-') })
    }

    fn views(&self, object: &str, section: &mut Section<'t, 'a, 'e>) -> Vec<ListView> {
        let mut views = Vec::new();
        for entry in section.entries("views") {
            self.check_name(&entry.key, entry.at);
            let Some(mut inner) = Section::open(entry, self.errors) else { continue };
            let label = inner.label();
            if label.is_none() {
                self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
            }
            let filter = self.required_text(&mut inner, "filter").map(|t| t.text.to_owned());
            let sort = inner.texts("sort").unwrap_or_default();
            let sort = sort.into_iter().filter_map(|text| self.sort_key(object, text)).collect();
            let retired = inner.boolean("retired").unwrap_or(false);
            inner.finish();
            if !retired {
                let (label, filter) = (label.unwrap_or_default(), filter.unwrap_or_default());
                views.push(ListView { name: entry.key.to_string(), label, filter, sort });
            }
        }
        views
    }

    fn groups(&self, section: &mut Section<'t, 'a, 'e>) -> Vec<Group> {
        let mut groups = Vec::new();
        for entry in section.entries("groups") {
            self.check_name(&entry.key, entry.at);
            if entry.key == SYSTEM_GROUP {
                self.errors.add(entry.at, msg!("schema-name-reserved", name = &entry.key), None);
            }
            let Some(mut inner) = Section::open(entry, self.errors) else { continue };
            let label = inner.label();
            if label.is_none() {
                self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
            }
            inner.finish();
            groups.push(Group { name: entry.key.to_string(), label: label.unwrap_or_default() });
        }
        if groups.is_empty() {
            let label = Label { zh: "基本信息".to_owned(), en: "Basic".to_owned() };
            groups.push(Group { name: "basic".to_owned(), label });
        }
        groups
    }

    fn fields(&self, object: &str, groups: &[Group], section: &mut Section<'t, 'a, 'e>) -> Vec<Field> {
        let first = groups.first().map_or("basic", |g| g.name.as_str());
        let mut fields: Vec<Field> = Vec::new();
        let mut systems: Vec<Field> = Vec::new();
        let mut moved: Vec<(String, &str)> = Vec::new();
        for entry in section.entries("fields") {
            let setting = |key: &str| {
                let node = &entry.node.table()?.entry(key)?.node;
                match &node.data {
                    crate::schema::tree::Data::Text(text) => Some(Text { at: node.at, text }),
                    _ => None,
                }
            };
            if let Some(group) = setting("group").filter(|group| !groups.iter().any(|g| g.name == group.text)) {
                let message = msg!("schema-unknown-group", name = group.text, object = object);
                self.errors.add(group.at, message, nearest(group.text, groups.iter().map(|g| g.name.as_str())));
            }
            let group = setting("group").map_or(first, |group| group.text);
            let Some(field) = self.field(object, group, entry) else { continue };
            if field.is_system() {
                systems.push(field);
                continue;
            }
            if let Some(after) = setting("after").filter(|after| self.known_field(object, *after)) {
                moved.push((field.name.clone(), after.text));
            }
            fields.push(field);
        }
        for (name, after) in moved {
            let Some(at) = fields.iter().position(|f| f.name == name) else { continue };
            let field = fields.remove(at);
            let slot = fields.iter().position(|f| f.name == after).map_or(at, |place| place + 1);
            fields.insert(slot, field);
        }
        self.check_labels(&fields, section);
        for name in system::ALL {
            let set = systems.iter().position(|f| f.name == name).map(|i| systems.swap_remove(i));
            fields.push(set.unwrap_or_else(|| system_field(name)));
        }
        fields
    }

    /// No two fields of an object can be meant by the same text.
    fn check_labels(&self, fields: &[Field], section: &mut Section<'t, 'a, 'e>) {
        let entries = section.entries("fields");
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for field in fields {
            let mut own = vec![field.label.zh.to_lowercase(), field.label.en.to_lowercase()];
            own.retain(|n| !n.is_empty());
            own.dedup();
            for label in own {
                if let Some(other) = taken.insert(label.clone(), &field.name) {
                    let at = entries.iter().find(|e| e.key == field.name).map(|e| e.at).unwrap_or(section.at);
                    self.errors.add(at, msg!("schema-label-taken", label = label, field = other), None);
                }
            }
        }
    }

    fn related(&self, section: &mut Section<'t, 'a, 'e>) -> Vec<Related> {
        let own = section.at;
        let own_name: String = self.names("objects").find(|n| self.object_place(n) == own).unwrap_or_default().into();
        section.entries("related").iter().filter_map(|entry| self.related_tab(&own_name, entry)).collect()
    }

    fn related_tab(&self, own: &str, entry: &'t Entry<'a>) -> Option<Related> {
        self.check_name(&entry.key, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        if label.is_none() {
            self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
        }
        let object = self.required_text(&mut section, "object");
        let field = self.required_text(&mut section, "field");
        let retired = section.boolean("retired").unwrap_or(false);
        let repeat = section.boolean("repeat").unwrap_or(false);
        let mut fill = BTreeMap::new();
        let object = object.filter(|o| self.known("objects", *o));
        let field = field.filter(|f| object.is_none_or(|o| self.known_field(o.text, *f)));
        for pair in section.entries("fill") {
            let crate::schema::tree::Data::Text(ours) = &pair.node.data else {
                self.errors.add(pair.node.at, msg!("schema-wants-text", key = &pair.key), None);
                continue;
            };
            let theirs = Text { at: pair.at, text: &pair.key };
            let known = object.is_none_or(|o| self.known_field(o.text, theirs));
            if known && self.known_field(own, Text { at: pair.node.at, text: ours }) {
                fill.insert(pair.key.to_string(), ours.to_string());
            }
        }
        section.finish();
        let (object, field) = (object?.text.to_owned(), field?.text.to_owned());
        fill.insert(field.clone(), system::ID.to_owned());
        (!retired).then(|| Related { object, field, label: label.unwrap_or_default(), fill, repeat })
    }

    pub(super) fn required_text(&self, section: &mut Section<'t, 'a, 'e>, key: &'static str) -> Option<Text<'t>> {
        let text = section.text(key);
        if section.table.entry(key).is_none() {
            self.errors.add(section.at, msg!("schema-missing-key", key = key), None);
        }
        text
    }

    pub(super) fn rules(&self, object: &str, section: &mut Section<'t, 'a, 'e>) -> Vec<Rule> {
        let mut rules = Vec::new();
        for entry in section.entries("rules") {
            self.check_name(&entry.key, entry.at);
            let Some(mut inner) = Section::open(entry, self.errors) else { continue };
            let message = inner.label();
            if message.is_none() {
                self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), None);
            }
            let check = self.required_text(&mut inner, "check");
            let rule = Rule {
                name: entry.key.to_string(),
                when: inner.text("when").map(|t| t.text.to_owned()).unwrap_or_default(),
                check: check.map(|t| t.text.to_owned()).unwrap_or_default(),
                message: message.unwrap_or_default(),
                field: inner.text("field").filter(|f| self.known_field(object, *f)).map(|f| f.text.to_owned()),
            };
            let retired = inner.boolean("retired").unwrap_or(false);
            inner.finish();
            if !retired {
                rules.push(rule);
            }
        }
        rules
    }
}

fn default_list(fields: &[Field]) -> Vec<Column> {
    let shown = fields.iter().filter(|f| !f.is_system() && !f.retired && !matches!(f.kind, Kind::Multiline));
    shown.take(LIST_DEFAULT).map(|f| Column { field: f.name.clone(), width: None }).collect()
}

fn newest_first() -> SortKey {
    SortKey { field: system::UPDATED_AT.to_owned(), descending: true }
}
