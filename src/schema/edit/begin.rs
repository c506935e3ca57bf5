//! What a new entry can't be without: an object its title, a pipeline its stages, a flow its first step.

use super::write::{edited, number, put, table_at, unfit};
use super::{Place, Schema};
use crate::domain::message::Message;
use crate::schema::form::Shape;
use crate::schema::model::NAME;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value as Toml};

/// The text in which a new entry has the parts that it can't be without, where it has none: an object a text field
/// as its title, a pipeline the stages of the first one, a flow a step that the supervisor decides.
pub fn begin(text: &str, schema: &Schema, place: &Place) -> Result<String, Message> {
    match place.kind.name {
        _ if place.key.is_empty() || place.kind.shape != Shape::Table => Ok(text.to_owned()),
        "object" => edited(text, |doc| title(doc, place)),
        "pipeline" => edited(text, |doc| stages(doc, place, schema)),
        "flow" => edited(text, |doc| step(doc, place)),
        _ => Ok(text.to_owned()),
    }
}

/// A text field under the name that the object says as its title.
fn title(doc: &mut DocumentMut, place: &Place) -> Result<(), Message> {
    let entry = table_at(doc.as_table_mut(), &place.path(), false).ok_or_else(unfit)?;
    let name = entry.get("title").and_then(Item::as_str).unwrap_or(NAME).to_owned();
    let fields = table_at(entry, &["fields".to_owned()], false).ok_or_else(unfit)?;
    if !fields.contains_key(&name) {
        let said = [("zh", "名称"), ("en", "Name"), ("type", "text")].map(|(key, value)| (key, Toml::from(value)));
        let mut field: InlineTable = said.into_iter().collect();
        field.extend([("required", Toml::from(true)), ("search", Toml::from(true))]);
        put(fields, &name, Toml::InlineTable(field));
    }
    Ok(())
}

/// The stages of the first pipeline, each with its type and probability.
fn stages(doc: &mut DocumentMut, place: &Place, schema: &Schema) -> Result<(), Message> {
    let Some(model) = schema.pipelines.first() else { return Ok(()) };
    let entry = table_at(doc.as_table_mut(), &place.path(), false).ok_or_else(unfit)?;
    if entry.contains_key("stages") {
        return Ok(());
    }
    let stages = table_at(entry, &["stages".to_owned()], false).ok_or_else(unfit)?;
    for stage in &model.stages {
        let mut said: InlineTable = [("type", Toml::from(stage.kind.key()))].into_iter().collect();
        said.extend(stage.probability.map(|p| ("probability", number(&p.normalize().to_string()))));
        put(stages, &stage.key, Toml::InlineTable(said));
    }
    Ok(())
}

/// A step that the supervisor decides.
fn step(doc: &mut DocumentMut, place: &Place) -> Result<(), Message> {
    let entry = table_at(doc.as_table_mut(), &place.path(), false).ok_or_else(unfit)?;
    if !entry.contains_key("steps") {
        let mut step: Table = [("zh", "上级审批"), ("en", "Supervisor")].into_iter().collect();
        step.insert("approvers", Item::Value(Toml::Array(["supervisor"].into_iter().collect::<Array>())));
        entry.insert("steps", Item::ArrayOfTables([step].into_iter().collect::<ArrayOfTables>()));
    }
    Ok(())
}
