//! Reference, user and department.

use super::{FormatContext, ParseContext, pieces};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::msg;

const ME: [&str; 3] = ["me", "我", "本人"];

pub(super) fn parse(text: &str, object: &str, many: bool, ctx: &ParseContext<'_>) -> Result<Value, Message> {
    if !many {
        return resolve(object, text, ctx).map(Value::Ref);
    }
    // A title may hold a comma itself.
    if let Ok(id) = resolve(object, text, ctx) {
        return Ok(Value::Refs(vec![id]));
    }
    let mut ids: Vec<Id> = Vec::new();
    for piece in pieces(text) {
        let id = resolve(object, piece, ctx)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(if ids.is_empty() { Value::Empty } else { Value::Refs(ids) })
}

fn resolve(object: &str, text: &str, ctx: &ParseContext<'_>) -> Result<Id, Message> {
    let text = text.trim();
    if object == "user" && is_me(text) {
        return ctx.me.ok_or_else(|| msg!("value-no-me"));
    }
    (ctx.resolve)(object, text)
}

/// Whether a text means the user who types it.
pub(crate) fn is_me(text: &str) -> bool {
    ME.iter().any(|me| me.eq_ignore_ascii_case(text))
}

/// The title, or the id where the title isn't known.
pub(super) fn title(id: Id, ctx: &FormatContext<'_>) -> String {
    ctx.titles.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

pub(super) fn titles(ids: &[Id], ctx: &FormatContext<'_>) -> String {
    ids.iter().map(|id| title(*id, ctx)).collect::<Vec<_>>().join(", ")
}

/// Titles between semicolons; the id where a title holds a separator.
pub(super) fn plain(ids: &[Id], ctx: &FormatContext<'_>) -> String {
    let text = |id: &Id| {
        let title = title(*id, ctx);
        if title.contains(super::is_separator) { id.to_string() } else { title }
    };
    ids.iter().map(text).collect::<Vec<_>>().join("; ")
}
