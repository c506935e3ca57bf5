//! All that forms ask of the field types: text to value and back.

use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::kind::{self, ParseContext};
use crate::schema::model::Kind;
use crate::tui::context::Shared;

/// The value that a typed text means, checked against the type's own limits.
pub(super) fn read(kind: &Kind, text: &str, shared: &Shared) -> Result<Value, Message> {
    let context = ParseContext {
        now: &shared.now,
        me: shared.me.as_ref().map(|me| me.id),
        currency: &shared.schema.currency,
        schema: &shared.schema,
        resolve: &unresolved,
    };
    kind::parse(kind, text, &context)
}

/// Records are chosen in a form, never found by a typed name.
fn unresolved(_object: &str, text: &str) -> Result<Id, Message> {
    Err(msg!("form-choose-record", text = text))
}

/// The text that a value is edited as: reading it gives the value back.
pub(super) fn written(kind: &Kind, value: &Value, shared: &Shared) -> String {
    if value.is_empty() {
        return String::new();
    }
    kind::plain(kind, value, &shared.format_context(&Titles::new()))
}

/// The text that a value is shown as.
pub(super) fn shown(kind: &Kind, value: &Value, titles: &Titles, shared: &Shared) -> String {
    shared.format(kind, value, titles)
}
