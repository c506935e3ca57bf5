//! What a new schema changes in an existing store, and what of it could lose data.

use super::load::FLOW;
use super::model::{Dictionary, Field, Kind, MADE_OF_OBJECTS, Object, PIPELINE, Schema};
use crate::domain::message::Message;
use crate::msg;
use std::collections::BTreeMap;

/// One difference between two schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What changes, by names.
    pub what: What,
    /// The same for people.
    pub message: Message,
}

/// What a change is about. `object`, `field`, `dictionary` and `item` are names.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A new object: its table is made.
    ObjectAdded(String),
    /// An object is gone with all its records.
    ObjectRemoved(String),
    /// A new field, empty in every record.
    FieldAdded(String, String),
    /// A field is gone with its values.
    FieldRemoved(String, String),
    /// A field's values keep their column, or can all be converted.
    TypeChanged(String, String),
    /// A field's values need another form, and some may have none in it.
    TypeIncompatible(String, String),
    /// A formula is computed anew in every record.
    FormulaChanged(String, String),
    /// Two records with the same value can't both stay.
    UniqueAdded(String, String),
    /// A field need not be unique any more.
    UniqueRemoved(String, String),
    /// An index is made.
    IndexAdded(String, Vec<String>),
    /// An index is dropped.
    IndexRemoved(String, Vec<String>),
    /// A field is found by the search, or no longer: the index is built anew.
    SearchChanged(String, String),
    /// A new dictionary.
    DictionaryAdded(String),
    /// A dictionary is gone.
    DictionaryRemoved(String),
    /// A new item.
    ItemAdded(String, String),
    /// An item is gone: records that hold its key show the bare key.
    ItemRemoved(String, String),
    /// Labels, order, layout, conditions, limits or rules of an object: nothing stored changes.
    ObjectChanged(String),
    /// Labels, order, colours or retired items of a dictionary: nothing stored changes.
    DictionaryChanged(String),
    /// A new pipeline.
    PipelineAdded(String),
    /// A pipeline is gone: its records show the bare name and belong to no board.
    PipelineRemoved(String),
    /// A pipeline has a new stage.
    StageAdded(String, String),
    /// A stage is taken out of a pipeline: records that stand in it stand apart on the board.
    StageRemoved(String, String),
    /// Labels, order, types, probabilities or conditions of a pipeline.
    PipelineChanged(String),
    /// Number rules, the currency, rates or reminder rules: only new records are touched.
    SettingsChanged,
}

impl Change {
    /// Whether values that a store holds could be lost or refused; such a change is applied only when
    /// told to.
    pub fn loses_data(&self) -> bool {
        matches!(
            self.what,
            What::ObjectRemoved(_)
                | What::FieldRemoved(..)
                | What::TypeIncompatible(..)
                | What::UniqueAdded(..)
                | What::ItemRemoved(..)
                | What::DictionaryRemoved(_)
                | What::PipelineRemoved(_)
                | What::StageRemoved(..)
        )
    }
}

/// All that turns `old` into `new`, objects first, in the schemas' order; empty if they are equal.
pub fn diff(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut changes = Vec::new();
    for object in &new.objects {
        match old.object(&object.name) {
            Some(before) => objects(before, object, &mut changes),
            None => add(&mut changes, What::ObjectAdded(object.name.clone())),
        }
    }
    for object in old.objects.iter().filter(|o| new.object(&o.name).is_none()) {
        add(&mut changes, What::ObjectRemoved(object.name.clone()));
    }
    let own = |schema: &Schema| {
        let mut own = schema.dictionaries.clone();
        own.retain(|name, _| name != PIPELINE && name != FLOW && !MADE_OF_OBJECTS.contains(&name.as_str()));
        own
    };
    dictionaries(&own(old), &own(new), &mut changes);
    pipelines(old, new, &mut changes);
    let settings =
        |s: &Schema| (s.numbers.clone(), s.currency.clone(), s.rates.clone(), s.reminders.clone(), s.flows.clone());
    if settings(old) != settings(new)
        || old.assignments != new.assignments
        || old.keep_events_days != new.keep_events_days
    {
        add(&mut changes, What::SettingsChanged);
    }
    changes
}

fn pipelines(old: &Schema, new: &Schema, changes: &mut Vec<Change>) {
    for pipeline in &new.pipelines {
        let name = || pipeline.name.clone();
        let Some(before) = old.pipeline(&pipeline.name) else {
            add(changes, What::PipelineAdded(name()));
            continue;
        };
        let number = changes.len();
        for stage in pipeline.stages.iter().filter(|s| before.stage(&s.key).is_none()) {
            add(changes, What::StageAdded(name(), stage.key.clone()));
        }
        for stage in before.stages.iter().filter(|s| pipeline.stage(&s.key).is_none()) {
            add(changes, What::StageRemoved(name(), stage.key.clone()));
        }
        if changes.len() == number && before != pipeline {
            add(changes, What::PipelineChanged(name()));
        }
    }
    for pipeline in old.pipelines.iter().filter(|p| new.pipeline(&p.name).is_none()) {
        add(changes, What::PipelineRemoved(pipeline.name.clone()));
    }
}

/// The new schema as far as it adds to the old one: what would lose or refuse stored values stays as it was.
pub fn additions(old: &Schema, new: &Schema) -> Schema {
    let mut merged = new.clone();
    merged.objects.extend(old.objects.iter().filter(|o| new.object(&o.name).is_none()).cloned());
    for (name, dictionary) in &old.dictionaries {
        let kept = merged.dictionaries.entry(name.clone()).or_insert_with(|| dictionary.clone());
        let gone = dictionary.items.iter().filter(|i| !kept.items.iter().any(|k| k.key == i.key));
        let gone: Vec<_> = gone.cloned().collect();
        kept.items.extend(gone);
    }
    for change in diff(old, new).into_iter().filter(Change::loses_data) {
        let (What::FieldRemoved(object, field)
        | What::TypeIncompatible(object, field)
        | What::UniqueAdded(object, field)) = change.what
        else {
            continue;
        };
        let was = old.object(&object).and_then(|o| o.field(&field));
        let (Some(was), Some(object)) = (was, merged.objects.iter_mut().find(|o| o.name == object)) else { continue };
        match object.fields.iter_mut().find(|f| f.name == field) {
            Some(now) => *now = was.clone(),
            None => object.fields.push(was.clone()),
        }
    }
    keep_stages(old, &mut merged);
    merged
}

/// Pipelines and stages that records may stand in stay.
fn keep_stages(old: &Schema, merged: &mut Schema) {
    for was in &old.pipelines {
        match merged.pipelines.iter_mut().find(|p| p.name == was.name) {
            Some(now) => {
                let gone = was.stages.iter().filter(|s| now.stage(&s.key).is_none());
                let gone: Vec<_> = gone.cloned().collect();
                now.stages.extend(gone);
            }
            None => merged.pipelines.push(was.clone()),
        }
    }
}

fn add(changes: &mut Vec<Change>, what: What) {
    let message = message(&what);
    changes.push(Change { what, message });
}

fn message(what: &What) -> Message {
    match what {
        What::ObjectAdded(object) => msg!("diff-object-added", object = object),
        What::ObjectRemoved(object) => msg!("diff-object-removed", object = object),
        What::FieldAdded(object, field) => msg!("diff-field-added", object = object, field = field),
        What::FieldRemoved(object, field) => msg!("diff-field-removed", object = object, field = field),
        What::TypeChanged(object, field) => msg!("diff-type-changed", object = object, field = field),
        What::TypeIncompatible(object, field) => msg!("diff-type-incompatible", object = object, field = field),
        What::FormulaChanged(object, field) => msg!("diff-formula-changed", object = object, field = field),
        What::UniqueAdded(object, field) => msg!("diff-unique-added", object = object, field = field),
        What::UniqueRemoved(object, field) => msg!("diff-unique-removed", object = object, field = field),
        What::IndexAdded(object, fields) => msg!("diff-index-added", object = object, fields = fields.join(", ")),
        What::IndexRemoved(object, fields) => msg!("diff-index-removed", object = object, fields = fields.join(", ")),
        What::SearchChanged(object, field) => msg!("diff-search-changed", object = object, field = field),
        What::DictionaryAdded(name) => msg!("diff-dictionary-added", dictionary = name),
        What::DictionaryRemoved(name) => msg!("diff-dictionary-removed", dictionary = name),
        What::ItemAdded(name, item) => msg!("diff-item-added", dictionary = name, item = item),
        What::ItemRemoved(name, item) => msg!("diff-item-removed", dictionary = name, item = item),
        What::ObjectChanged(object) => msg!("diff-object-changed", object = object),
        What::DictionaryChanged(name) => msg!("diff-dictionary-changed", dictionary = name),
        What::PipelineAdded(name) => msg!("diff-pipeline-added", pipeline = name),
        What::PipelineRemoved(name) => msg!("diff-pipeline-removed", pipeline = name),
        What::StageAdded(name, stage) => msg!("diff-stage-added", pipeline = name, stage = stage),
        What::StageRemoved(name, stage) => msg!("diff-stage-removed", pipeline = name, stage = stage),
        What::PipelineChanged(name) => msg!("diff-pipeline-changed", pipeline = name),
        What::SettingsChanged => msg!("diff-settings-changed"),
    }
}

fn objects(old: &Object, new: &Object, changes: &mut Vec<Change>) {
    let before = changes.len();
    let object = &new.name;
    for field in &new.fields {
        match old.field(&field.name) {
            Some(was) => fields(object, was, field, changes),
            None => {
                add(changes, What::FieldAdded(object.clone(), field.name.clone()));
                index(object, false, field.index && !field.unique, std::slice::from_ref(&field.name), changes);
            }
        }
    }
    for field in old.fields.iter().filter(|f| new.field(&f.name).is_none()) {
        add(changes, What::FieldRemoved(object.clone(), field.name.clone()));
    }
    for names in old.indexes.iter().filter(|i| !new.indexes.contains(i)) {
        index(object, true, false, names, changes);
    }
    for names in new.indexes.iter().filter(|i| !old.indexes.contains(i)) {
        index(object, false, true, names, changes);
    }
    for names in old.covering.iter().filter(|i| !new.covering.contains(i)) {
        index(object, true, false, names, changes);
    }
    for names in new.covering.iter().filter(|i| !old.covering.contains(i)) {
        index(object, false, true, names, changes);
    }
    if changes.len() == before && old != new {
        add(changes, What::ObjectChanged(object.clone()));
    }
}

fn fields(object: &str, old: &Field, new: &Field, changes: &mut Vec<Change>) {
    let names = || (object.to_owned(), new.name.clone());
    if old.kind != new.kind {
        let (object, field) = names();
        match change_of_type(&old.kind, &new.kind) {
            Some(Fit::Converts) => add(changes, What::TypeChanged(object, field)),
            Some(Fit::Loses) => add(changes, What::TypeIncompatible(object, field)),
            Some(Fit::Recomputes) => add(changes, What::FormulaChanged(object, field)),
            None => {}
        }
    }
    let (owner, field) = names();
    match (old.unique, new.unique) {
        (false, true) => add(changes, What::UniqueAdded(owner, field)),
        (true, false) => add(changes, What::UniqueRemoved(owner, field)),
        _ => {}
    }
    let (had, has) = (old.index && !old.unique, new.index && !new.unique);
    index(object, had, has, std::slice::from_ref(&new.name), changes);
    if old.search != new.search {
        let (object, field) = names();
        add(changes, What::SearchChanged(object, field));
    }
}

fn index(object: &str, had: bool, has: bool, fields: &[String], changes: &mut Vec<Change>) {
    match (had, has) {
        (false, true) => add(changes, What::IndexAdded(object.to_owned(), fields.to_vec())),
        (true, false) => add(changes, What::IndexRemoved(object.to_owned(), fields.to_vec())),
        _ => {}
    }
}

enum Fit {
    /// Every value has a form in the new type.
    Converts,
    /// Some values may have none.
    Loses,
    /// The values are computed anew.
    Recomputes,
}

/// What a change of type means for stored values; `None` if they stay as they are.
fn change_of_type(old: &Kind, new: &Kind) -> Option<Fit> {
    use Storage::{Choice, Decimal, Integer, References, Text};
    if new.is_computed() {
        // What a person once entered would be overwritten.
        return Some(if old.is_computed() { Fit::Recomputes } else { Fit::Loses });
    }
    match (storage(old), storage(new)) {
        (a, b) if a == b => None,
        (Integer, Decimal(_)) | (Choice(_) | Integer | Decimal(_), Text) => Some(Fit::Converts),
        (Decimal(a), Decimal(b)) if a < b => Some(Fit::Converts),
        (References(a, false), References(b, true)) if a == b => Some(Fit::Converts),
        _ => Some(Fit::Loses),
    }
}

/// The form in which values of a type are kept.
#[derive(PartialEq)]
enum Storage<'k> {
    Text,
    Integer,
    Decimal(u32),
    Money,
    Date,
    DateTime,
    Boolean,
    Choice(&'k str),
    Choices(&'k str),
    Tags,
    References(&'k str, bool),
    Files,
}

fn storage(kind: &Kind) -> Storage<'_> {
    match kind {
        Kind::Text { .. }
        | Kind::Multiline
        | Kind::Phone
        | Kind::Email
        | Kind::Url
        | Kind::Region
        | Kind::Code { .. } => Storage::Text,
        Kind::Integer { .. } => Storage::Integer,
        Kind::Decimal { scale, .. } => Storage::Decimal(*scale),
        Kind::Percent { .. } => Storage::Decimal(2),
        Kind::Money { .. } => Storage::Money,
        Kind::Date => Storage::Date,
        Kind::DateTime => Storage::DateTime,
        Kind::Boolean => Storage::Boolean,
        Kind::Select { dictionary } => Storage::Choice(dictionary),
        Kind::MultiSelect { dictionary } => Storage::Choices(dictionary),
        Kind::Tags => Storage::Tags,
        Kind::Reference { object, many } => Storage::References(object, *many),
        Kind::User { many } => Storage::References("user", *many),
        Kind::Department => Storage::References("department", false),
        Kind::Attachment => Storage::Files,
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => storage(result),
    }
}

fn dictionaries(old: &BTreeMap<String, Dictionary>, new: &BTreeMap<String, Dictionary>, changes: &mut Vec<Change>) {
    for (name, dictionary) in new {
        let Some(was) = old.get(name) else {
            add(changes, What::DictionaryAdded(name.clone()));
            continue;
        };
        let before = changes.len();
        for item in dictionary.items.iter().filter(|i| was.item(&i.key).is_none()) {
            add(changes, What::ItemAdded(name.clone(), item.key.clone()));
        }
        for item in was.items.iter().filter(|i| dictionary.item(&i.key).is_none()) {
            add(changes, What::ItemRemoved(name.clone(), item.key.clone()));
        }
        if changes.len() == before && was != dictionary {
            add(changes, What::DictionaryChanged(name.clone()));
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        add(changes, What::DictionaryRemoved(name.clone()));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::{Source, builtin, load};

    fn with(text: &str) -> Schema {
        load(&[Source { name: "mine.toml", text }]).unwrap()
    }

    fn changes(old: &Schema, new: &Schema) -> Vec<(What, bool)> {
        diff(old, new).into_iter().map(|c| (c.what.clone(), c.loses_data())).collect()
    }

    #[test]
    fn equal_schemas_have_no_differences() {
        assert_eq!(diff(builtin(), &with("")), []);
    }

    #[test]
    fn additions_are_safe_and_their_removal_is_not() {
        let new = with(
            r#"
            [dictionaries.level.items]
            S = "S"
            [objects.customer.fields]
            grade = { zh = "评分", type = "integer", index = true }
            [objects.audit]
            zh = "审核"
            [objects.audit.fields]
            name = { zh = "名称", type = "text" }
            "#,
        );
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let (customer, grade) = pair("customer", "grade");
        let (level, s) = pair("level", "S");
        assert_eq!(
            changes(builtin(), &new),
            [
                (What::FieldAdded(customer.clone(), grade.clone()), false),
                (What::IndexAdded(customer.clone(), vec![grade.clone()]), false),
                (What::ObjectAdded("audit".into()), false),
                (What::ItemAdded(level.clone(), s.clone()), false),
            ]
        );
        assert_eq!(
            changes(&new, builtin()),
            [
                (What::FieldRemoved(customer, grade), true),
                (What::ObjectRemoved("audit".into()), true),
                (What::ItemRemoved(level, s), true),
            ]
        );
    }

    #[test]
    fn additions_leave_out_whatever_could_lose_data() {
        let old = load(&[Source {
            name: "old.toml",
            text: "[objects.customer.fields]\ngone = { zh = \"甲\", type = \"text\", group = \"basic\" }\n\
                   kind = { zh = \"乙\", type = \"text\", group = \"basic\" }\n",
        }])
        .unwrap();
        let new = load(&[Source {
            name: "new.toml",
            text: "[objects.customer.fields]\nadded = { zh = \"丙\", type = \"text\", group = \"basic\" }\n\
                   kind = { zh = \"丁\", type = \"date\", group = \"basic\" }\n",
        }])
        .unwrap();
        assert!(diff(&old, &new).iter().any(Change::loses_data));
        let merged = additions(&old, &new);
        let left = diff(&old, &merged);
        assert!(left.iter().any(|c| c.what == What::FieldAdded("customer".into(), "added".into())), "{left:?}");
        assert!(!left.iter().any(Change::loses_data), "{left:?}");
        assert_eq!(additions(&old, &old), old);
    }

    #[test]
    fn a_change_of_type_says_whether_values_survive() {
        for (setting, loses) in [
            (r#"remark = { type = "text" }"#, None),
            (r#"phone = { type = "text" }"#, None),
            (r#"employees = { type = "decimal" }"#, Some(false)),
            (r#"industry = { type = "text" }"#, Some(false)),
            (r#"city = { type = "select", dictionary = "region" }"#, Some(true)),
            (r#"founded = { type = "date" }"#, Some(true)),
            (r#"parent = { type = "reference", object = "customer", many = true, index = false }"#, Some(false)),
            (r#"employees = { type = "formula", result = "integer", formula = "founded" }"#, Some(true)),
            (r#"city = { unique = true }"#, Some(true)),
            (r#"city = { zh = "所在城市" }"#, Some(false)),
        ] {
            let new = with(&format!(
                "[objects.customer.fields]\n{setting}\n[objects.customer.related]\nsubsidiaries={{retired=true}}"
            ));
            let old = with("[objects.customer.related]\nsubsidiaries={retired=true}");
            let found = changes(&old, &new);
            let any = found.iter().filter(|(what, _)| !matches!(what, What::ObjectChanged(_) | What::IndexRemoved(..)));
            let expected_only_layout = loses.is_none() || setting.contains("所在城市");
            let any: Vec<_> = any.collect();
            if expected_only_layout {
                assert!(any.is_empty(), "{setting}: {any:?}");
            } else {
                assert_eq!(any.iter().map(|(_, l)| *l).collect::<Vec<_>>(), [loses.unwrap()], "{setting}: {any:?}");
            }
        }
    }
}
