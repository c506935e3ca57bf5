//! Approval flows, and what they add to the objects that they watch.

use super::Loader;
use super::dictionary::dictionary_of;
use super::section::{Section, Text};
use crate::domain::lang::Label;
use crate::domain::workflow::{Approver, Empty, Event, Flow, Mode, Overdue, Step};
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{
    Action, Dictionary, Field, Group, Kind, Object, OnDelete, Related, Schema, Summary, UseCase, When,
};
use crate::schema::tree::{Data, Entry};
use std::collections::BTreeMap;

/// The dictionary of all flows, made of them.
pub(in crate::schema) const FLOW: &str = "flow";
/// The object that holds what was submitted.
const APPROVAL: &str = "approval";
/// The group of the fields that approvals add.
const GROUP: &str = "approval";
/// The highest supervisor that a step can name.
const LEVELS: u8 = 9;

const MODES: [(&str, Mode); 3] = [("any", Mode::Any), ("all", Mode::All), ("turn", Mode::Turn)];
const POLICIES: [(&str, Empty); 3] = [("skip", Empty::Skip), ("admin", Empty::Admin), ("refuse", Empty::Refuse)];
const DEADLINES: [(&str, Overdue); 3] =
    [("remind", Overdue::Remind), ("supervisor", Overdue::Supervisor), ("next", Overdue::Next)];

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    /// The dictionary that approvals name their flow by; `None` if there are no flows.
    pub(super) fn flow_dictionary(&self, root: &mut Section<'t, 'a, 'e>) -> Option<Dictionary> {
        let label = Label { zh: "审批流程".to_owned(), en: "Flow".to_owned() };
        dictionary_of(root.entries("flows"), FLOW, label)
    }

    /// All flows, in the files' order.
    pub(super) fn flows(&self, root: &mut Section<'t, 'a, 'e>, schema: &Schema) -> Vec<Flow> {
        let entries = root.entries("flows");
        if let (Some(first), None) = (entries.first(), schema.object(APPROVAL)) {
            self.errors.add(first.at, msg!("schema-unknown-object", name = APPROVAL), None);
            return Vec::new();
        }
        entries.iter().filter_map(|entry| self.flow(entry, schema)).collect()
    }

    fn flow(&self, entry: &'t Entry<'a>, schema: &Schema) -> Option<Flow> {
        self.check_name(&entry.key, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        if label.is_none() {
            let others = self.names("flows").filter(|n| *n != entry.key);
            self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), nearest(&entry.key, others));
        }
        let object = self.required_text(&mut section, "object").filter(|name| self.known("objects", *name));
        let object = object.and_then(|name| schema.object(name.text));
        let on = self.events(object, &mut section);
        let when = section.text("when").map(|t| t.text.to_owned()).unwrap_or_default();
        let fields = self.watched_fields(object, &mut section, "fields");
        let key_fields = self.watched_fields(object, &mut section, "key_fields");
        let enable = section.boolean("enable").unwrap_or(false);
        let active = section.boolean("active").unwrap_or(true);
        let retired = section.boolean("retired").unwrap_or(false);
        let steps = self.steps(entry, object, &mut section);
        section.finish();
        if on.contains(&Event::Change) && fields.is_empty() {
            self.errors.add(entry.at, msg!("schema-flow-fields", name = &entry.key), None);
        }
        let flow = Flow {
            name: entry.key.to_string(),
            label: label.unwrap_or_default(),
            object: object?.name.clone(),
            on,
            when,
            fields,
            key_fields,
            enable,
            active,
            steps,
        };
        (!retired).then_some(flow)
    }

    /// `on = "create"`, `"change"` or the name of an action; several as a list.
    fn events(&self, object: Option<&Object>, section: &mut Section<'t, 'a, 'e>) -> Vec<Event> {
        let texts = match section.table.entry("on").map(|e| &e.node.data) {
            Some(Data::List(_)) => section.texts("on").unwrap_or_default(),
            _ => self.required_text(section, "on").into_iter().collect(),
        };
        let mut events = Vec::new();
        for Text { at, text } in texts {
            let actions = || object.into_iter().flat_map(|o| o.actions.iter().map(|a| a.name.as_str()));
            match text {
                "create" => events.push(Event::Create),
                "change" => events.push(Event::Change),
                name if object.is_none() || actions().any(|action| action == name) => {
                    events.push(Event::Action(name.to_owned()));
                }
                name => {
                    let meant = nearest(name, actions().chain(["create", "change"]));
                    self.errors.add(at, msg!("schema-flow-event", name = name), meant);
                }
            }
        }
        events
    }

    fn watched_fields(
        &self,
        object: Option<&Object>,
        section: &mut Section<'t, 'a, 'e>,
        key: &'static str,
    ) -> Vec<String> {
        let texts = section.texts(key).unwrap_or_default();
        object.map(|object| self.distinct(&object.name, texts)).unwrap_or_default()
    }

    fn steps(&self, entry: &Entry<'_>, object: Option<&Object>, section: &mut Section<'t, 'a, 'e>) -> Vec<Step> {
        let mut steps = Vec::new();
        let node = section.node("steps");
        match node.map(|node| (&node.data, node.at)) {
            Some((Data::List(items), _)) => {
                for item in items {
                    if let Some(inner) = Section::item(item, "steps", self.errors) {
                        steps.push(self.step(object, inner));
                    }
                }
            }
            Some((_, at)) => self.errors.add(at, msg!("schema-wants-list", key = "steps"), None),
            None => {}
        }
        if steps.is_empty() {
            self.errors.add(entry.at, msg!("schema-flow-steps", name = &entry.key), None);
        }
        steps
    }

    fn step(&self, object: Option<&Object>, mut section: Section<'t, 'a, 'e>) -> Step {
        let label = section.label().unwrap_or_default();
        let texts = section.texts("approvers").unwrap_or_default();
        if texts.is_empty() {
            self.errors.add(section.at, msg!("schema-missing-key", key = "approvers"), None);
        }
        let step = Step {
            label,
            approvers: texts.into_iter().filter_map(|text| self.approver(object, text)).collect(),
            mode: self.one_of(&mut section, "mode", &MODES),
            when: section.text("when").map(|t| t.text.to_owned()).unwrap_or_default(),
            empty: self.one_of(&mut section, "empty", &POLICIES),
            days: self.step_days(&mut section),
            overdue: self.one_of(&mut section, "overdue", &DEADLINES),
            own: section.boolean("self").unwrap_or(false),
        };
        section.finish();
        step
    }

    fn step_days(&self, section: &mut Section<'t, 'a, 'e>) -> Option<u32> {
        let (days, at) = section.integer("days")?;
        let fit = u32::try_from(days).ok().filter(|days| (1..=3650).contains(days));
        if fit.is_none() {
            self.errors.add(at, msg!("schema-out-of-range", key = "days", min = 1, max = 3650), None);
        }
        fit
    }

    fn one_of<T: Copy + Default>(
        &self,
        section: &mut Section<'t, 'a, 'e>,
        key: &'static str,
        known: &[(&'static str, T)],
    ) -> T {
        let Some(Text { at, text }) = section.text(key) else { return T::default() };
        known.iter().find(|(name, _)| *name == text).map_or_else(
            || {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let message = msg!("schema-one-of", key = key, text = text, known = names.join(", "));
                self.errors.add(at, message, nearest(text, names.iter().copied()));
                T::default()
            },
            |(_, value)| *value,
        )
    }

    /// `user:LOGIN`, `role:NAME`, `supervisor`, `supervisor:2`, `head`, `field:NAME`.
    fn approver(&self, object: Option<&Object>, Text { at, text }: Text<'_>) -> Option<Approver> {
        let wrong = || self.errors.add(at, msg!("schema-flow-approver", text = text), None);
        match text.split_once(':').map_or((text, ""), |(kind, name)| (kind, name.trim())) {
            ("supervisor", "") => Some(Approver::Supervisor(1)),
            ("supervisor", level) => {
                let level = level.parse().ok().filter(|level| (1..=LEVELS).contains(level));
                if level.is_none() {
                    wrong();
                }
                level.map(Approver::Supervisor)
            }
            ("head", "") => Some(Approver::Head),
            ("user", name) if !name.is_empty() => Some(Approver::User(name.to_owned())),
            ("role", name) if !name.is_empty() => Some(Approver::Role(name.to_owned())),
            ("field", name) if !name.is_empty() => {
                let field = object.and_then(|o| o.field(name));
                match (object, field.map(|f| &f.kind)) {
                    (None, _) => None,
                    (_, Some(Kind::User { .. })) => Some(Approver::Field(name.to_owned())),
                    (Some(object), _) => {
                        let users = object.fields.iter().filter(|f| matches!(f.kind, Kind::User { .. }));
                        let meant = nearest(name, users.map(|f| f.name.as_str()));
                        self.errors.add(at, msg!("schema-flow-approver-field", name = name), meant);
                        None
                    }
                }
            }
            _ => {
                wrong();
                None
            }
        }
    }

    /// Gives the objects of flows the fields that approvals need, and where a flow is in force the actions and the tab.
    pub(super) fn settle_flows(&self, schema: &mut Schema) {
        let flows = schema.flows.clone();
        let mut names: Vec<&str> = Vec::new();
        for flow in &flows {
            if !names.contains(&flow.object.as_str()) {
                names.push(&flow.object);
            }
        }
        let Some(template) = schema.object(APPROVAL).cloned() else { return };
        for name in names {
            let own = |test: &dyn Fn(&Flow) -> bool| flows.iter().any(|flow| flow.object == name && test(flow));
            let drafts = own(&|flow| flow.is_on_create());
            let enables = own(&|flow| flow.enable);
            let active = own(&|flow| flow.active);
            let (Some(label), Some(plural)) =
                (schema.object(name).map(|o| o.label.clone()), schema.object(APPROVAL).map(|o| o.plural.clone()))
            else {
                continue;
            };
            if let Some(approval) = schema.objects.iter_mut().find(|o| o.name == APPROVAL) {
                let group = approval.groups.first().map(|g| g.name.clone()).unwrap_or_default();
                add(approval, &group, reference(name, label));
            }
            let Some(object) = schema.objects.iter_mut().find(|o| o.name == name) else { continue };
            if !object.groups.iter().any(|g| g.name == GROUP) {
                let label = Label { zh: "审批".to_owned(), en: "Approval".to_owned() };
                object.groups.push(Group { name: GROUP.to_owned(), label });
            }
            if drafts {
                add(object, GROUP, audit());
            }
            if enables {
                add(object, GROUP, enabled());
            }
            add(object, GROUP, pending(name));
            if active {
                offer(object, &template, drafts, enables);
                object.related.push(Related {
                    object: APPROVAL.to_owned(),
                    field: name.to_owned(),
                    label: plural,
                    fill: BTreeMap::new(),
                    repeat: false,
                });
            }
            if active && drafts && !object.header.iter().any(|f| f == AUDIT) {
                object.header.push(AUDIT.to_owned());
            }
        }
    }
}

const AUDIT: &str = "audit";
const ENABLED: &str = "enabled";
const PENDING: &str = "pending";

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

/// Puts a field before the system fields, if the object has none of its name.
fn add(object: &mut Object, group: &str, mut field: Field) {
    if object.field(&field.name).is_none() {
        field.group = group.to_owned();
        let at = object.fields.iter().position(Field::is_system).unwrap_or(object.fields.len());
        object.fields.insert(at, field);
    }
}

fn reference(object: &str, label: Label) -> Field {
    let kind = Kind::Reference { object: object.to_owned(), many: false };
    let visible = When::If(format!("{object}!=empty"));
    Field { on_delete: OnDelete::Cascade, visible, ..Field::new(object, label, kind) }
}

fn audit() -> Field {
    let kind = Kind::Select { dictionary: "audit_state".to_owned() };
    let visible = When::If(format!("{AUDIT}!=empty"));
    Field { read_only: When::Always, visible, ..Field::new(AUDIT, label("审核状态", "Audit"), kind) }
}

fn enabled() -> Field {
    let visible = When::If(format!("{ENABLED}!=empty"));
    Field { read_only: When::Always, visible, ..Field::new(ENABLED, label("启用", "Enabled"), Kind::Boolean) }
}

fn pending(object: &str) -> Field {
    let kind = Kind::Rollup {
        of: APPROVAL.to_owned(),
        by: object.to_owned(),
        summary: Summary::Count,
        only: "state:pending".to_owned(),
        result: Box::new(Kind::Integer { min: None, max: None }),
    };
    let visible = When::If(format!("{PENDING}>0"));
    Field { visible, ..Field::new(PENDING, label("审批中", "In approval"), kind) }
}

/// The actions of approvals, on the record itself.
fn offer(object: &mut Object, template: &Object, drafts: bool, enables: bool) {
    let named = |name: &str| template.actions.iter().find(|a| a.name == name).cloned();
    let plain = |name: &str, label: Label, does: UseCase| {
        let mut form = named("withdraw").map(|a| a.form).unwrap_or_default();
        (form.label, form.plural) = (label.clone(), label.clone());
        form.groups.iter_mut().for_each(|group| group.label = label.clone());
        if does != UseCase::Submit {
            form.fields.clear();
        }
        let right = if does == UseCase::Submit { String::new() } else { "approve".to_owned() };
        Some(Action { name: name.to_owned(), form, label, does, right, ..Action::default() })
    };
    let mut actions = Vec::new();
    if drafts {
        actions.push(plain("submit", label("提交审批", "Submit"), UseCase::Submit));
    }
    actions.extend(["withdraw", "approve", "return", "transfer", "add_signer"].map(named));
    if enables {
        actions.push(plain("enable", label("启用", "Enable"), UseCase::Enable));
        actions.push(plain("disable", label("禁用", "Disable"), UseCase::Disable));
    }
    for mut action in actions.into_iter().flatten() {
        if object.action(&action.name).is_none() {
            action.form.name = format!("{}.{}", object.name, action.name);
            // What fits is found out with the approval at hand.
            action.when = String::new();
            object.actions.push(action);
        }
    }
}
