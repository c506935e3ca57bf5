//! Copying a record, a field of it, and opening what it links to.

use crate::contract::request::View;
use crate::domain::record::Record;
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Field, Kind, Object};
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect};

pub(super) fn copy(text: String, cx: &mut Context<'_>) {
    let shown: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
    cx.effect(Effect::Copy(text));
    cx.info(msg!("copied", text = shown));
}

pub(super) fn copy_record(action: Action, view: &View, field: Option<&str>, cx: &mut Context<'_>) {
    let shared = cx.shared;
    let Some(object) = shared.object(&view.record.object) else { return };
    let show = |name: &str| {
        object.field(name).map(|f| shared.format(&f.kind, view.record.get(name), &view.titles)).unwrap_or_default()
    };
    let text = match action {
        Action::CopyField => show(field.unwrap_or(&object.title)),
        Action::CopyTitle => show(&object.title),
        Action::CopyJson => record_json(&view.record),
        _ => {
            let line = |f: &Field| {
                let text = show(&f.name);
                (!text.is_empty() && !f.is_system()).then(|| format!("{}: {text}", f.label.get(shared.lang)))
            };
            object.fields.iter().filter_map(line).collect::<Vec<_>>().join("\n")
        }
    };
    if text.is_empty() { cx.info(msg!("copy-empty")) } else { copy(text, cx) }
}

/// A record as JSON: its fields by name, its id and version.
pub(super) fn record_json(record: &Record) -> String {
    let fields = record.fields.iter().map(|(name, value)| (name.clone(), kind::to_json(value)));
    let mut map: serde_json::Map<String, serde_json::Value> = fields.collect();
    map.insert("id".to_owned(), record.id.to_string().into());
    map.insert("version".to_owned(), record.version.into());
    serde_json::to_string_pretty(&map).unwrap_or_default()
}

/// What to open: the chosen field, else the first web address, mail address or phone.
pub(super) fn link(view: &View, chosen: Option<&Field>, object: &Object) -> Option<String> {
    let candidates = chosen.into_iter().chain(&object.fields);
    for field in candidates {
        let Some(text) = view.record.get(&field.name).as_str() else { continue };
        match field.kind {
            Kind::Url if text.contains("://") => return Some(text.to_owned()),
            Kind::Url => return Some(format!("https://{text}")),
            Kind::Email => return Some(format!("mailto:{text}")),
            Kind::Phone => return Some(format!("tel:{}", text.replace(' ', ""))),
            _ => {}
        }
    }
    None
}
