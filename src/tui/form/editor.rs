//! The editors of a form: one for each field type, chosen in one place.

mod choice;
mod computed;
mod files;
mod line;
mod moment;
mod multiline;
mod reference;
mod region;
mod toggle;

use crate::domain::message::Message;
use crate::domain::record::Titles;
use crate::domain::value::{FileRef, Value};
use crate::schema::model::{Field, Kind};
use crate::tui::context::{Context, Shared};
use crate::tui::input::Key;
use crate::tui::layer::{Closed, Layer};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// What a key did in an editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Response {
    /// It is none of the editor's keys.
    Ignored,
    /// The value is as it was.
    Moved,
    /// The value changed.
    Changed,
    /// The user is done with the field.
    Next,
    /// Open the chooser with this text typed already.
    Choose(String),
    /// Attach the file at this path.
    Attach(String),
}

/// What drawing needs beside the editor.
pub(super) struct Look<'a> {
    /// What every layer may read.
    pub(super) shared: &'a Shared,
    /// Titles of the records that are referred to.
    pub(super) titles: &'a Titles,
    /// The cursor is in this field.
    pub(super) focused: bool,
    /// The field can't be edited.
    pub(super) read_only: bool,
    /// What the field will become if nothing is entered.
    pub(super) preview: &'a str,
}

impl Look<'_> {
    /// The style of the entered text.
    pub(super) fn style(&self) -> Style {
        let theme = &self.shared.theme;
        let text = theme.style(Role::Text);
        match (self.read_only, self.focused) {
            (true, _) => text.patch(theme.style(Role::Disabled)),
            (_, true) => text.patch(theme.style(Role::Input)),
            _ => text,
        }
    }

    /// The style of what stands for a value that is not entered.
    pub(super) fn placeholder(&self) -> Style {
        self.shared.theme.style(Role::Placeholder)
    }

    /// Draws one line of text in the editor's style, cut to the area.
    pub(super) fn line(&self, text: &str, area: Rect, buf: &mut Buffer) -> u16 {
        let measure = self.shared.glyphs.measure;
        let (cut, _) = measure.cut(text, usize::from(area.width), self.shared.glyphs.ellipsis);
        measure.draw(buf, area.x, area.y, &cut, area.width, self.style())
    }
}

/// Edits one field's value. Says nothing about labels, rules or errors: that is the form's.
pub(super) trait Editor {
    /// The value as it is entered now, or why the text is none.
    fn value(&self, shared: &Shared) -> Result<Value, Message>;

    /// The value without what is typed halfway beside it.
    fn held(&self, shared: &Shared) -> Value {
        self.value(shared).unwrap_or_default()
    }

    /// Puts a value in.
    fn set(&mut self, value: &Value, shared: &Shared);

    /// Takes a key.
    fn key(&mut self, key: Key, shared: &Shared) -> Response;

    /// Takes pasted text.
    fn paste(&mut self, _text: &str) -> Response {
        Response::Ignored
    }

    /// The cursor leaves the field: the text takes its usual form.
    fn leave(&mut self, _shared: &Shared) {}

    /// The popup that helps to choose a value, with a text typed already.
    fn chooser(&self, _typed: &str, _cx: &mut Context<'_>) -> Option<Box<dyn Layer>> {
        None
    }

    /// Takes the popup's result; whether the value changed.
    fn chosen(&mut self, _closed: &Closed, _shared: &Shared) -> bool {
        false
    }

    /// The path of a file that is being typed, where the field takes files.
    fn path(&self) -> Option<&str> {
        None
    }

    /// Puts a longer path in the place of the typed one.
    fn complete(&mut self, _path: &str) {}

    /// Takes the file that was attached from a typed path.
    fn attached(&mut self, _path: &str, _file: FileRef) {}

    /// The text, if the field is edited as text.
    fn text(&self) -> Option<String> {
        None
    }

    /// Puts text in, if the field is edited as text.
    fn set_text(&mut self, _text: &str) {}

    /// What the typed text is understood as, where that isn't plain to see.
    fn understood(&self, _shared: &Shared) -> Option<String> {
        None
    }

    /// The rows it needs at a width.
    fn height(&self, _width: u16, _look: &Look<'_>) -> u16 {
        1
    }

    /// Draws itself and says where the cursor stands when it is in the field.
    fn draw(&self, area: Rect, buf: &mut Buffer, look: &Look<'_>) -> Position;
}

/// The editor of a field: the one place that knows which type is edited how.
pub(super) fn editor(field: &Field, shared: &Shared) -> Box<dyn Editor> {
    let kind = field.kind.clone();
    let only = || field.offered(&shared.schema);
    match &field.kind {
        Kind::Text { .. } | Kind::Phone | Kind::Email | Kind::Url => Box::new(line::LineEditor::new(kind, shared)),
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Percent { .. } | Kind::Money { .. } => {
            Box::new(line::LineEditor::new(kind, shared))
        }
        Kind::Tags => Box::new(line::LineEditor::new(kind, shared)),
        Kind::Attachment => Box::new(files::FilesEditor::new(shared)),
        Kind::Code { .. } => Box::new(line::LineEditor::new(kind, shared)),
        Kind::Region => Box::new(region::RegionEditor::new(shared)),
        Kind::Date | Kind::DateTime => Box::new(moment::MomentEditor::new(kind, shared)),
        Kind::Multiline => Box::new(multiline::MultilineEditor::new()),
        Kind::Boolean => Box::new(toggle::ToggleEditor::default()),
        Kind::Select { dictionary } => Box::new(choice::ChoiceEditor::one(dictionary)),
        Kind::MultiSelect { dictionary } => Box::new(choice::ChoiceEditor::several(dictionary)),
        Kind::Reference { object, many } => Box::new(reference::ReferenceEditor::new(object, *many, only())),
        Kind::User { many } => Box::new(reference::ReferenceEditor::new("user", *many, only())),
        Kind::Department => Box::new(reference::ReferenceEditor::new("department", false, only())),
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => Box::new(computed::ComputedEditor::new(result)),
    }
}

/// Whether a field fits into half of a wide form.
pub(super) fn is_short(kind: &Kind) -> bool {
    match kind {
        Kind::Text { max, .. } => (1..=80).contains(max),
        Kind::Multiline | Kind::Url | Kind::Attachment | Kind::MultiSelect { .. } | Kind::Tags => false,
        Kind::Reference { many, .. } | Kind::User { many } => !many,
        Kind::Formula { result, .. } | Kind::Rollup { result, .. } => is_short(result),
        _ => true,
    }
}
