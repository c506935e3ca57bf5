//! Pipelines: their stages in order, and what it takes to enter each.

use super::Loader;
use super::dictionary::dictionary_of;
use super::section::{Section, Text};
use crate::domain::lang::Label;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{
    Back, Dictionary, Kind, Object, PIPELINE, PIPELINED, Pipeline, Schema, Stage, StageType, When,
};
use crate::schema::tree::{Data, Entry};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The fields that the rules of pipelines work with, and the types they must have.
const FIELDS: [(&str, &str); 4] =
    [("pipeline", "select"), ("stage", "select"), ("status", "select"), ("stage_since", "datetime")];

impl<'t, 'a, 'e> Loader<'t, 'a, 'e> {
    /// The dictionary that fields choose a pipeline from; `None` if there are no pipelines.
    pub(super) fn pipeline_dictionary(&self, root: &mut Section<'t, 'a, 'e>) -> Option<Dictionary> {
        let label = Label { zh: "销售流程".to_owned(), en: "Pipeline".to_owned() };
        dictionary_of(root.entries("pipelines"), PIPELINE, label)
    }

    /// All pipelines, in the files' order.
    pub(super) fn pipelines(&self, root: &mut Section<'t, 'a, 'e>, schema: &Schema) -> Vec<Pipeline> {
        let entries = root.entries("pipelines");
        let Some(first) = entries.first() else { return Vec::new() };
        let Some(object) = schema.object(PIPELINED) else {
            self.errors.add(first.at, msg!("schema-unknown-object", name = PIPELINED), None);
            return Vec::new();
        };
        for (name, kind) in FIELDS {
            if object.field(name).is_none_or(|f| f.kind.name() != kind || f.required == When::Never && name == "stage")
            {
                self.errors.add(first.at, msg!("schema-pipeline-field", name = name, type = kind), None);
            }
        }
        let Some(stages) = stage_dictionary(schema, object) else { return Vec::new() };
        let mut types: BTreeMap<String, StageType> = BTreeMap::new();
        entries.iter().filter_map(|entry| self.pipeline(entry, stages, &mut types)).collect()
    }

    fn pipeline(
        &self,
        entry: &'t Entry<'a>,
        dictionary: &Dictionary,
        types: &mut BTreeMap<String, StageType>,
    ) -> Option<Pipeline> {
        self.check_name(&entry.key, entry.at);
        let mut section = Section::open(entry, self.errors)?;
        let label = section.label();
        if label.is_none() {
            let others = self.names("pipelines").filter(|n| *n != entry.key);
            self.errors.add(entry.at, msg!("schema-missing-label", name = &entry.key), nearest(&entry.key, others));
        }
        let retired = section.boolean("retired").unwrap_or(false);
        let entries = section.entries("stages");
        let mut stages: Vec<Stage> =
            entries.iter().filter_map(|stage| self.stage(stage, entries, dictionary, types)).collect();
        let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
        for (rank, key) in section.texts("order").unwrap_or_default().into_iter().enumerate() {
            if !self.known_stage(key, entries) {
                continue;
            }
            if ranks.insert(key.text, rank).is_some() {
                self.errors.add(key.at, msg!("schema-twice", name = key.text), None);
            }
        }
        stages.sort_by_key(|stage| ranks.get(stage.key.as_str()).copied().unwrap_or(usize::MAX));
        for kind in StageType::ALL {
            if !stages.iter().any(|s| s.kind == kind) {
                let message = msg!("schema-pipeline-lacks", name = &entry.key, type = kind.key());
                self.errors.add(entry.at, message, None);
            }
        }
        section.finish();
        Some(Pipeline { name: entry.key.to_string(), label: label.unwrap_or_default(), stages, retired })
    }

    /// One stage; `None` if it is taken out by a later file.
    fn stage(
        &self,
        entry: &'t Entry<'a>,
        all: &'t [Entry<'a>],
        dictionary: &Dictionary,
        types: &mut BTreeMap<String, StageType>,
    ) -> Option<Stage> {
        let key = entry.key.as_ref();
        if dictionary.item(key).is_none() {
            let message = msg!("schema-unknown-item", name = key, dictionary = &dictionary.name);
            let meant = nearest(key, dictionary.items.iter().map(|i| i.key.as_str()));
            self.errors.add(entry.at, message, meant);
        }
        let mut section = Section::open(entry, self.errors)?;
        let kind = self.stage_type(&mut section);
        if let Some(before) = types.insert(key.to_owned(), kind)
            && before != kind
        {
            let message = msg!("schema-stage-two-types", name = key, a = before.key(), b = kind.key());
            self.errors.add(entry.at, message, None);
        }
        let stage = Stage {
            key: key.to_owned(),
            kind,
            probability: self.probability(&mut section),
            required: self.stage_fields(&mut section),
            rules: self.rules(PIPELINED, &mut section),
            back: self.back(&mut section, all),
            rotting_days: self.rotting(&mut section),
        };
        let retired = section.boolean("retired").unwrap_or(false);
        section.finish();
        (!retired).then_some(stage)
    }

    fn stage_type(&self, section: &mut Section<'t, 'a, 'e>) -> StageType {
        let Some(Text { at, text }) = section.text("type") else { return StageType::Open };
        StageType::ALL.into_iter().find(|kind| kind.key() == text).unwrap_or_else(|| {
            let meant = nearest(text, StageType::ALL.iter().map(|kind| kind.key()));
            self.errors.add(at, msg!("schema-stage-type", name = text), meant);
            StageType::Open
        })
    }

    fn probability(&self, section: &mut Section<'t, 'a, 'e>) -> Option<Decimal> {
        let (probability, at) = section.decimal("probability")?;
        let fits = probability >= Decimal::ZERO && probability <= Decimal::ONE_HUNDRED;
        if !fits {
            self.errors.add(at, msg!("schema-stage-probability", value = probability), None);
        }
        fits.then_some(probability)
    }

    fn rotting(&self, section: &mut Section<'t, 'a, 'e>) -> Option<u32> {
        let (days, at) = section.integer("rotting_days")?;
        let fit = u32::try_from(days).ok().filter(|days| *days > 0);
        if fit.is_none() {
            self.errors.add(at, msg!("schema-stage-rotting", value = days), None);
        }
        fit
    }

    fn stage_fields(&self, section: &mut Section<'t, 'a, 'e>) -> Vec<String> {
        let texts = section.texts("required").unwrap_or_default();
        self.distinct(PIPELINED, texts)
    }

    fn back(&self, section: &mut Section<'t, 'a, 'e>, all: &'t [Entry<'a>]) -> Back {
        match section.table.entry("back").map(|e| &e.node.data) {
            None => Back::Any,
            Some(Data::Boolean(_)) => {
                if section.boolean("back") == Some(true) {
                    Back::Any
                } else {
                    Back::To(Vec::new())
                }
            }
            Some(_) => {
                let texts = section.texts("back").unwrap_or_default().into_iter();
                Back::To(texts.filter(|t| self.known_stage(*t, all)).map(|t| t.text.to_owned()).collect())
            }
        }
    }

    fn known_stage(&self, name: Text<'_>, all: &[Entry<'_>]) -> bool {
        let known = all.iter().any(|e| e.key == name.text);
        if !known {
            let meant = nearest(name.text, all.iter().map(|e| e.key.as_ref()));
            self.errors.add(name.at, msg!("schema-unknown-stage", name = name.text), meant);
        }
        known
    }
}

fn stage_dictionary<'s>(schema: &'s Schema, object: &Object) -> Option<&'s Dictionary> {
    match &object.field("stage")?.kind {
        Kind::Select { dictionary } => schema.dictionary(dictionary),
        _ => None,
    }
}
