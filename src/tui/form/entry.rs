//! One field of a form: its editor, how it stands right now, and what is wrong with it.

use super::editor::{Editor, editor};
use crate::contract::request::FieldState;
use crate::domain::message::Message;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::schema::model::{Field, Kind, When};
use crate::tui::context::Shared;

/// A field with its editor.
pub(super) struct Entry {
    pub(super) field: Field,
    pub(super) editor: Box<dyn Editor>,
    pub(super) state: FieldState,
    /// The user has changed it: its errors are shown while typing.
    pub(super) touched: bool,
    /// Its value came with what was chosen in another field.
    pub(super) followed: bool,
    /// What it will become if nothing is entered: the next code.
    pub(super) preview: String,
    /// Why the text is no value.
    local: Option<Message>,
    /// What the rules say.
    pub(super) ruled: Vec<Message>,
    /// The values that it had, for taking changes back; fields edited as text have their own history.
    history: History,
}

/// Values before the current one, the current one, and those that were taken back.
#[derive(Default)]
struct History {
    before: Vec<Value>,
    now: Value,
    after: Vec<Value>,
}

impl Entry {
    /// An entry with a stored or prepared value. A code that a new record would get is shown, not entered.
    pub(super) fn new(field: &Field, value: &Value, is_new: bool, shared: &Shared) -> Entry {
        let mut entry = Entry {
            editor: editor(field, shared),
            state: first_state(field),
            touched: false,
            followed: false,
            preview: String::new(),
            local: None,
            ruled: Vec::new(),
            history: History::default(),
            field: field.clone(),
        };
        if is_new && entry.is_code() {
            entry.preview = value.as_str().unwrap_or_default().to_owned();
        } else {
            entry.editor.set(value, shared);
            entry.history.now = value.clone();
        }
        entry
    }

    pub(super) fn is_code(&self) -> bool {
        matches!(self.field.kind, Kind::Code { .. })
    }

    pub(super) fn is_computed(&self) -> bool {
        self.field.kind.is_computed()
    }

    /// Whether the cursor can be in it.
    pub(super) fn is_open(&self) -> bool {
        self.state.visible && !self.state.read_only && !self.is_computed()
    }

    /// Whether it holds several values, of which one was just chosen.
    pub(super) fn is_several(&self) -> bool {
        self.field.kind.is_many() || matches!(self.field.kind, Kind::MultiSelect { .. } | Kind::Tags | Kind::Attachment)
    }

    /// Whether line breaks are part of its text.
    pub(super) fn takes_lines(&self) -> bool {
        matches!(self.field.kind, Kind::Multiline)
    }

    /// Looks at the text again.
    pub(super) fn read(&mut self, shared: &Shared) {
        self.local = self.editor.value(shared).err();
    }

    /// Remembers the value as it is now as one step.
    pub(super) fn remember(&mut self, shared: &Shared) {
        let now = self.editor.held(shared);
        if self.editor.text().is_none() && now != self.history.now {
            self.history.before.push(std::mem::replace(&mut self.history.now, now));
            self.history.after.clear();
        }
    }

    /// Takes the last change of the value back, or makes it again; whether there was one.
    pub(super) fn take_back(&mut self, again: bool, shared: &Shared) -> bool {
        let History { before, now, after } = &mut self.history;
        let (from, to) = if again { (after, before) } else { (before, after) };
        let Some(value) = from.pop() else { return false };
        self.editor.set(&value, shared);
        to.push(std::mem::replace(now, value));
        true
    }

    /// What is wrong and may be said: `all` after an attempt to save, else only what the user touched.
    pub(super) fn error(&self, all: bool) -> Option<&Message> {
        if !self.state.visible || !(all || self.touched) {
            return None;
        }
        self.local.as_ref().or(self.ruled.first())
    }

    /// Whether the text itself is no value.
    pub(super) fn is_unreadable(&self) -> bool {
        self.local.is_some() && self.is_open()
    }

    /// Whether it is another than in the record that the form began with.
    pub(super) fn differs(&self, base: &Fields, shared: &Shared) -> bool {
        if self.is_computed() {
            return false;
        }
        let base = base.get(&self.field.name).unwrap_or(&Value::Empty);
        self.editor.value(shared).map_or(true, |value| value != *base)
    }
}

/// How a field stands before the rules have been asked.
fn first_state(field: &Field) -> FieldState {
    FieldState {
        visible: field.visible == When::Always,
        required: field.required == When::Always,
        read_only: field.read_only == When::Always,
    }
}
