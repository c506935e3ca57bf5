//! Pipelines as the rules and the board ask for them. What a stage means hangs on its type, never on its label.

use super::model::{Rule, Schema};
use crate::domain::lang::Label;
use serde::{Deserialize, Serialize};

/// The object whose records go through pipelines.
pub const PIPELINED: &str = "opportunity";
/// The dictionary of all pipelines, made of them.
pub const PIPELINE: &str = "pipeline";

/// Ordered stages that a record goes through to be won or lost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Pipeline {
    /// Its name: the value of the field `pipeline`.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// Its stages in order; of each type there is one at least.
    pub stages: Vec<Stage>,
    /// Not offered any more; what is in it stays.
    pub retired: bool,
}

/// A stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Stage {
    /// The item of the stages' dictionary.
    pub key: String,
    /// What it means. All logic hangs on this.
    pub kind: StageType,
    /// The chance of winning, 0 to 100; `None` leaves it to the user.
    pub probability: Option<rust_decimal::Decimal>,
    /// The fields that must be filled to enter.
    pub required: Vec<String>,
    /// What a record must keep to enter.
    pub rules: Vec<Rule>,
    /// Where a record may go back to from here.
    pub back: Back,
    /// After so many days here a record needs attention.
    pub rotting_days: Option<u32>,
}

/// What a stage means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StageType {
    /// Undecided.
    #[default]
    Open,
    /// Sold.
    Won,
    /// Not sold.
    Lost,
}

/// The earlier stages that a record may go back to; out of a closed stage every move is one back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Back {
    /// All of them.
    #[default]
    Any,
    /// These.
    To(Vec<String>),
}

impl Schema {
    /// A pipeline by its exact name.
    pub fn pipeline(&self, name: &str) -> Option<&Pipeline> {
        self.pipelines.iter().find(|p| p.name == name)
    }

    /// A pipeline by name or label in either language, letter case aside.
    pub fn find_pipeline(&self, text: &str) -> Option<&Pipeline> {
        let text = text.trim();
        self.pipelines.iter().find(|p| p.name.eq_ignore_ascii_case(text) || p.label.is(text))
    }

    /// The pipeline of a record that names none: the first that has its stage, else the first of all.
    pub fn default_pipeline(&self, stage: Option<&str>) -> Option<&Pipeline> {
        let offered = || self.pipelines.iter().filter(|p| !p.retired);
        let holds = |p: &&Pipeline| stage.is_some_and(|stage| p.stage(stage).is_some());
        offered().find(holds).or_else(|| offered().next()).or(self.pipelines.first())
    }

    /// Whether the records of an object stand in stages of a pipeline.
    pub fn is_pipelined(&self, object: &str) -> bool {
        object == PIPELINED && !self.pipelines.is_empty()
    }
}

impl Pipeline {
    /// A stage by its key.
    pub fn stage(&self, key: &str) -> Option<&Stage> {
        self.stages.iter().find(|s| s.key == key)
    }

    /// A stage's place in the order.
    pub fn rank(&self, key: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.key == key)
    }

    /// The first stage of a type.
    pub fn first(&self, kind: StageType) -> Option<&Stage> {
        self.stages.iter().find(|s| s.kind == kind)
    }

    /// The open stage that follows one; after the last the first won one. `None` behind a closed stage.
    pub fn next(&self, key: &str) -> Option<&Stage> {
        let at = self.rank(key)?;
        if self.stages.get(at)?.kind != StageType::Open {
            return None;
        }
        let behind = self.stages.get(at + 1..)?;
        behind.iter().find(|s| s.kind == StageType::Open).or_else(|| self.first(StageType::Won))
    }

    /// Whether a move is one back: to an earlier stage, or out of a closed one.
    pub fn is_back(&self, from: &str, to: &str) -> bool {
        let (Some(was), Some(is)) = (self.rank(from), self.rank(to)) else { return false };
        was != is && (is < was || self.stages.get(was).is_some_and(|s| s.kind != StageType::Open))
    }
}

impl Stage {
    /// Whether a record may move back from this stage to an earlier one.
    pub fn allows_back_to(&self, key: &str) -> bool {
        match &self.back {
            Back::Any => true,
            Back::To(stages) => stages.iter().any(|s| s == key),
        }
    }
}

impl StageType {
    /// All types, in the order of a record's life.
    pub const ALL: [StageType; 3] = [StageType::Open, StageType::Won, StageType::Lost];

    /// Its name in the schema, and the value of the field `status`.
    pub fn key(self) -> &'static str {
        match self {
            StageType::Open => "open",
            StageType::Won => "won",
            StageType::Lost => "lost",
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::schema::builtin;

    #[test]
    fn every_pipeline_leads_from_its_first_stage_to_a_won_one() {
        for pipeline in &builtin().pipelines {
            let mut at = pipeline.stages.first().unwrap();
            let mut steps = 0;
            while let Some(next) = pipeline.next(&at.key) {
                assert!(!pipeline.is_back(&at.key, &next.key), "{} → {}", at.key, next.key);
                at = next;
                steps += 1;
                assert!(steps <= pipeline.stages.len(), "{} goes round", pipeline.name);
            }
            assert_eq!(at.kind, StageType::Won, "{}", pipeline.name);
        }
    }

    #[test]
    fn out_of_a_closed_stage_every_move_is_one_back() {
        let standard = builtin().pipeline("standard").unwrap();
        for (from, to, back) in [
            ("prospecting", "proposal", false),
            ("proposal", "prospecting", true),
            ("proposal", "proposal", false),
            ("proposal", "lost", false),
            ("won", "lost", true),
            ("lost", "won", true),
            ("lost", "prospecting", true),
            ("gone", "prospecting", false),
        ] {
            assert_eq!(standard.is_back(from, to), back, "{from} → {to}");
        }
    }

    #[test]
    fn a_record_without_a_pipeline_belongs_to_the_first_that_has_its_stage() {
        let of = |stage| builtin().default_pipeline(stage).map(|p| p.name.as_str());
        assert_eq!(of(Some("proposal")), Some("standard"));
        assert_eq!(of(Some("renewal_due")), Some("renewal"));
        assert_eq!(of(Some("nonsense")), Some("standard"));
        assert_eq!(of(None), Some("standard"));
        assert_eq!(builtin().find_pipeline("续约流程").map(|p| p.name.as_str()), Some("renewal"));
    }
}
