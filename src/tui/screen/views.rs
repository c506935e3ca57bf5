//! Saved views of a list, and how the user left it: filter, order and columns as a setting.

use crate::schema::model::{Column, ListView, Object, SortKey};
use crate::tui::action::Action;
use crate::tui::context::Shared;
use crate::tui::pane::list::ListPane;
use serde::{Deserialize, Serialize};

/// What makes a view.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ListState {
    /// The filter.
    pub(super) filter: String,
    /// The order.
    sort: Vec<SortKey>,
    /// The columns.
    columns: Vec<Column>,
}

impl ListState {
    /// The state of a list.
    pub(super) fn of(list: &ListPane) -> ListState {
        ListState { filter: list.filter.clone(), sort: list.sort.clone(), columns: list.columns.clone() }
    }

    /// A view of the schema, with the object's own columns.
    fn of_schema(view: &ListView) -> ListState {
        ListState { filter: view.filter.clone(), sort: view.sort.clone(), columns: Vec::new() }
    }

    /// As it is kept.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The columns whose fields the schema still has; the object's own if none is left.
    pub(super) fn columns(&self, object: &Object) -> Vec<Column> {
        let columns: Vec<Column> = self.columns.iter().filter(|c| object.field(&c.field).is_some()).cloned().collect();
        if columns.is_empty() { object.list.clone() } else { columns }
    }

    /// The sort keys whose fields the schema still has.
    pub(super) fn sort(&self, object: &Object) -> Vec<SortKey> {
        self.sort.iter().filter(|s| object.field(&s.field).is_some()).cloned().collect()
    }
}

/// The setting that keeps a view.
pub(super) fn key(object: &str, name: &str) -> String {
    format!("view/{object}/{name}")
}

/// The setting that keeps how a list was left.
pub(super) fn remembered_key(object: &str) -> String {
    format!("list/{object}")
}

/// How the user left a list.
pub(super) fn remembered(object: &str, shared: &Shared) -> Option<ListState> {
    serde_json::from_str(shared.settings.get(&remembered_key(object))?).ok()
}

/// The views of an object by name.
pub(super) fn all(object: &str, shared: &Shared) -> Vec<(String, ListState)> {
    let prefix = key(object, "");
    let views = shared.settings.iter().filter_map(|(k, v)| Some((k.strip_prefix(&prefix)?, v)));
    let mut all: Vec<(String, ListState)> =
        views.filter_map(|(name, v)| Some((name.to_owned(), serde_json::from_str(v).ok()?))).collect();
    // Those of the schema come after the user's own, so that the numbers of these stay.
    let own = shared.object(object).map(|o| o.views.as_slice()).unwrap_or_default();
    all.extend(own.iter().map(|view| (view.label.get(shared.lang).to_owned(), ListState::of_schema(view))));
    all
}

/// The place that a view of this name has or would have among the others.
pub(super) fn place_of(object: &str, name: &str, shared: &Shared) -> usize {
    let prefix = key(object, "");
    shared.settings.keys().filter_map(|k| k.strip_prefix(&prefix)).filter(|n| *n < name).count()
}

/// The number of the view that an action opens, from 0.
pub(super) fn number_of(action: Action) -> Option<usize> {
    use Action::*;
    [View1, View2, View3, View4, View5, View6, View7, View8, View9].iter().position(|a| *a == action)
}
