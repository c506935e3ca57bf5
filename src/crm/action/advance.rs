//! Moving a record through its pipeline: to the next stage, or to its end. What it takes to enter is asked where
//! the stage is written.

use super::Doing;
use crate::contract::error::Error;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Stage, StageType, UseCase};

/// Sets the stage that the action leads to.
pub(super) fn run(doing: &mut Doing<'_>, to: UseCase) -> Result<(), Error> {
    let stage = doing.record.get("stage").as_str().unwrap_or_default();
    let pipeline = match doing.record.get("pipeline").as_str() {
        Some(name) => doing.schema.pipeline(name),
        None => doing.schema.default_pipeline(Some(stage)),
    };
    let next: Option<&Stage> = pipeline.and_then(|pipeline| match to {
        UseCase::Win => pipeline.first(StageType::Won),
        UseCase::Lose => pipeline.first(StageType::Lost),
        _ => pipeline.next(stage),
    });
    let next = next.ok_or_else(|| Error::field("stage", msg!("crm-stage-last")))?;
    doing.changes.insert("stage".to_owned(), Value::Choice(next.key.clone()));
    Ok(())
}
