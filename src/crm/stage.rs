//! What a stage means for the record that stands in it, for every write of it: what it takes to enter, what
//! follows (status, since when, probability), and the history. All of it hangs on the pipeline of the schema.

use super::evaluate::Rules;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::domain::lang::Lang;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Object, PIPELINED, Pipeline, Schema, Stage, StageType};
use crate::store::{self, Changed, Store, Which};
use jiff::Timestamp;

/// The object of the stage history.
pub(super) const HISTORY: &str = "stage_change";
/// The field that tells that the probability is the user's own.
const FIXED: &str = "probability_fixed";
const LOSS_REASON: &str = "loss_reason";
/// Fields that are set here, whatever else is asked for.
const OWN: [&str; 1] = ["status"];
/// Fields that are set here.
const SET: [&str; 5] = ["pipeline", "stage", "status", "stage_since", "probability"];

/// What follows from the stage of a record as it is about to be written.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Fields that were set, with their values.
    pub(super) changes: Fields,
    /// What forbids to enter the stage.
    pub(super) errors: Vec<FieldError>,
    /// Fields that the stage demands.
    pub(super) required: Vec<String>,
}

impl Settled {
    /// The errors of the schema's own rules with these: what was set here is nobody's mistake, and nothing is
    /// said twice.
    pub(super) fn join(self, mut errors: Vec<FieldError>, asked: &Fields) -> Vec<FieldError> {
        let ours = |e: &FieldError| e.message.key == "crm-read-only-field" && self.changes.contains_key(&e.field);
        errors.retain(|e| !ours(e) || asked.contains_key(&e.field));
        for error in self.errors {
            let said = errors.iter().any(|e| e.field == error.field && e.message.key == error.message.key);
            if !said {
                errors.push(error);
            }
        }
        errors
    }
}

/// Lays over a record what follows from its stage, and tells what forbids it. `before` is the record as stored,
/// `None` for a new one; `asked` what is asked to change; `fields` the whole as it would be written.
pub(super) fn settle(rules: &Rules<'_>, before: Option<&Record>, asked: &Fields, fields: &mut Fields) -> Settled {
    let (schema, object) = (rules.schema(), rules.object());
    if !schema.is_pipelined(&object.name) {
        return Settled::default();
    }
    let mut work = Settling { rules, before, asked, fields, settled: Settled::default() };
    work.settle();
    work.settled
}

struct Settling<'w, 's> {
    rules: &'w Rules<'s>,
    before: Option<&'w Record>,
    asked: &'w Fields,
    fields: &'w mut Fields,
    settled: Settled,
}

impl<'s> Settling<'_, 's> {
    fn settle(&mut self) {
        let Some(pipeline) = self.pipeline() else { return };
        let stage = self.text("stage");
        let moved = self.before.is_none_or(|record| {
            record.get("stage").as_str() != stage.as_deref()
                || record.get("pipeline").as_str().is_some_and(|before| before != pipeline.name)
        });
        let Some(stage) = stage else { return };
        let Some(definition) = pipeline.stage(&stage) else {
            // Where deals stand in a stage that was taken out, they stay until they are moved.
            if moved {
                self.fail("stage", not_of(pipeline, self.rules.schema()));
            }
            return;
        };
        self.set("status", Value::Choice(definition.kind.key().to_owned()));
        for own in OWN {
            let asked = self.asked.get(own).filter(|_| self.before.is_some());
            if asked.is_some_and(|value| self.fields.get(own) != Some(value)) {
                self.fail(own, msg!("crm-read-only-field"));
            }
        }
        if moved {
            let since = if self.before.is_none() { self.fields.get("stage_since").cloned() } else { None };
            self.set("stage_since", since.unwrap_or(Value::DateTime(self.rules.now().timestamp())));
            self.set_probability(definition);
            self.may_go_back(pipeline, definition);
            self.may_enter(definition);
        }
        self.settled.required = demanded(self.rules.object(), definition);
    }

    /// The record's pipeline; a record that names none belongs to the first that has its stage.
    fn pipeline(&mut self) -> Option<&'s Pipeline> {
        let schema = self.rules.schema();
        let stage = self.text("stage");
        let pipeline = match self.text("pipeline") {
            Some(name) => schema.pipeline(&name)?,
            None => {
                let pipeline = schema.default_pipeline(stage.as_deref())?;
                self.set("pipeline", Value::Choice(pipeline.name.clone()));
                pipeline
            }
        };
        // A new record of another pipeline begins at that one's first stage.
        let chosen = self.asked.get("stage").is_some_and(|v| !v.is_empty());
        if self.before.is_none()
            && !chosen
            && stage.is_none_or(|stage| pipeline.stage(&stage).is_none())
            && let Some(first) = pipeline.stages.first()
        {
            self.set("stage", Value::Choice(first.key.clone()));
        }
        Some(pipeline)
    }

    fn text(&self, field: &str) -> Option<String> {
        self.fields.get(field).and_then(Value::as_str).map(str::to_owned)
    }

    fn set(&mut self, field: &str, value: Value) {
        if self.rules.object().field(field).is_none() || self.fields.get(field) == Some(&value) {
            return;
        }
        self.fields.insert(field.to_owned(), value.clone());
        self.settled.changes.insert(field.to_owned(), value);
    }

    fn fail(&mut self, field: &str, message: Message) {
        self.settled.errors.push(FieldError { field: field.to_owned(), message });
    }

    /// The stage's probability, unless the user has given or fixed another.
    fn set_probability(&mut self, stage: &Stage) {
        let given = self.asked.get("probability").is_some_and(|v| !v.is_empty());
        let fixed = self.fields.get(FIXED) == Some(&Value::Boolean(true))
            && self.fields.get("probability").is_some_and(|v| !v.is_empty());
        if let Some(probability) = stage.probability.filter(|_| !given && !fixed) {
            self.set("probability", Value::Decimal(probability));
        }
    }

    fn may_go_back(&mut self, pipeline: &Pipeline, to: &Stage) {
        let Some(from) = self.before.and_then(|record| record.get("stage").as_str()) else { return };
        let refused =
            pipeline.is_back(from, &to.key) && pipeline.stage(from).is_some_and(|stage| !stage.allows_back_to(&to.key));
        if refused {
            let schema = self.rules.schema();
            let message = labelled(msg!("crm-stage-no-way-back"), schema, "from", from);
            self.fail("stage", labelled(message, schema, "to", &to.key));
        }
    }

    fn may_enter(&mut self, stage: &Stage) {
        for field in demanded(self.rules.object(), stage) {
            if self.fields.get(&field).is_none_or(Value::is_empty) {
                self.fail(&field, msg!("value-required"));
            }
        }
        self.settled.errors.extend(self.rules.broken(&stage.rules, "stage", self.fields));
    }
}

/// The fields that a stage demands: those of the schema, and for a lost one the reason.
fn demanded(object: &Object, stage: &Stage) -> Vec<String> {
    let mut fields = stage.required.clone();
    let reason = stage.kind == StageType::Lost && object.field(LOSS_REASON).is_some_and(|f| !f.retired);
    if reason && !fields.iter().any(|f| f == LOSS_REASON) {
        fields.push(LOSS_REASON.to_owned());
    }
    fields
}

/// The stages that a pipeline has, in both languages.
fn not_of(pipeline: &Pipeline, schema: &Schema) -> Message {
    let keys: Vec<&str> = pipeline.stages.iter().map(|s| s.key.as_str()).collect();
    let label = &pipeline.label;
    msg!("crm-stage-not-of", zh = label.get(Lang::Zh), en = label.get(Lang::En))
        .with("stages_zh", keys.iter().map(|k| stage_label(schema, k, Lang::Zh)).collect::<Vec<_>>().join("、"))
        .with("stages_en", keys.iter().map(|k| stage_label(schema, k, Lang::En)).collect::<Vec<_>>().join(", "))
}

fn labelled(message: Message, schema: &Schema, which: &str, stage: &str) -> Message {
    let (zh, en) = if which == "from" { ("from_zh", "from_en") } else { ("to_zh", "to_en") };
    message.with(zh, stage_label(schema, stage, Lang::Zh)).with(en, stage_label(schema, stage, Lang::En))
}

fn stage_label(schema: &Schema, stage: &str, lang: Lang) -> String {
    let dictionary = schema.object(PIPELINED).and_then(|o| o.field("stage")).and_then(|f| f.kind.dictionary());
    let item = dictionary.and_then(|d| schema.dictionary(d)).and_then(|d| d.item(stage));
    item.map_or(stage, |i| i.label.get(lang)).to_owned()
}

/// Whether a field of a new record may be set here.
pub(super) fn follows(schema: &Schema, object: &str, field: &str) -> bool {
    schema.is_pipelined(object) && SET.contains(&field)
}

/// The history of a record that changed its stage: from where, where to, and for how long it stood there.
pub(super) fn history(schema: &Schema, change: &Changed, now: Timestamp) -> Option<Fields> {
    let moved = |field: &str| change.before.get(field) != change.after.get(field) && change.after.contains_key(field);
    schema.object(HISTORY)?;
    if !schema.is_pipelined(&change.record.object) || !moved("stage") && !moved("pipeline") {
        return None;
    }
    let was = |field: &str| match change.before.get(field) {
        Some(value) => value.clone(),
        None => change.record.get(field).clone(),
    };
    let is = |field: &str| change.record.get(field).clone();
    let since = match (was("stage_since"), change.record.get(system::CREATED_AT)) {
        (Value::DateTime(since), _) => Some(since),
        (_, Value::DateTime(since)) => Some(*since),
        _ => None,
    };
    let seconds = since.map(|since| (now.as_second() - since.as_second()).max(0));
    Some(Fields::from([
        ("name".to_owned(), is("name")),
        ("opportunity".to_owned(), Value::Ref(change.record.id)),
        ("pipeline".to_owned(), is("pipeline")),
        ("from_stage".to_owned(), was("stage")),
        ("to_stage".to_owned(), is("stage")),
        ("at".to_owned(), Value::DateTime(now)),
        ("seconds".to_owned(), seconds.map_or(Value::Empty, Value::Integer)),
        ("amount".to_owned(), is("amount")),
        ("probability".to_owned(), is("probability")),
        ("owner".to_owned(), is("owner")),
    ]))
}

/// Brings all records in line with the pipelines in force: those without a pipeline get one, and the status
/// follows the stage's type. What stands in a stage that is no more stays as it is.
pub(super) fn adopt(store: &mut Store, now: Timestamp) -> Result<(), Error> {
    let schema = store.schema();
    let Some(object) = schema.object(PIPELINED).filter(|_| schema.is_pipelined(PIPELINED)) else { return Ok(()) };
    let columns = ["pipeline", "stage", "status", "stage_since", system::UPDATED_AT].map(str::to_owned);
    if columns.iter().any(|name| object.field(name).is_none()) {
        return Ok(());
    }
    let mut wrong: Vec<(Id, Fields)> = Vec::new();
    store.scan(Which::all(PIPELINED), &columns, |record| {
        let changes = due(&schema, &record);
        if !changes.is_empty() {
            wrong.push((record.id, changes));
        }
        true
    })?;
    if wrong.is_empty() {
        return Ok(());
    }
    let context = store::Context::new(None, now, Origin::System);
    let (_, _) = store.write::<(), Error>(&context, |tx| {
        for (id, changes) in wrong {
            tx.update(PIPELINED, id, None, changes)?;
        }
        Ok(())
    })?;
    Ok(())
}

/// What a stored record lacks by the pipelines in force.
fn due(schema: &Schema, record: &Record) -> Fields {
    let mut changes = Fields::new();
    let stage = record.get("stage").as_str();
    let pipeline = match record.get("pipeline").as_str() {
        Some(name) => schema.pipeline(name),
        None => schema.default_pipeline(stage),
    };
    let Some(pipeline) = pipeline else { return changes };
    if record.get("pipeline").is_empty() {
        changes.insert("pipeline".to_owned(), Value::Choice(pipeline.name.clone()));
    }
    if record.get("stage_since").is_empty() {
        changes.insert("stage_since".to_owned(), record.get(system::UPDATED_AT).clone());
    }
    if let Some(stage) = stage.and_then(|stage| pipeline.stage(stage))
        && record.get("status").as_str() != Some(stage.kind.key())
    {
        changes.insert("status".to_owned(), Value::Choice(stage.kind.key().to_owned()));
    }
    changes
}
