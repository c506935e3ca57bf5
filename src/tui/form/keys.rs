//! The way of a key through a form: the editor first, then moving between fields.

use super::close::After;
use super::editor::Response;
use super::fill::named_values;
use super::{Above, FormLayer, Phase, reading};
use crate::contract::error::Error;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Field, Kind};
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect, Goto, Shared};
use crate::tui::input::{Button, Key, KeyCode, Mouse, MouseAction};
use crate::tui::layer::Flow;
use crate::tui::popup::picker::{Item, PickerLayer};

impl FormLayer {
    pub(super) fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::Save => self.save(After::Close, cx),
            Action::Back => self.leave(After::Close, cx),
            Action::NextField => {
                if !self.complete(false, cx) {
                    self.next_field(cx.shared);
                }
            }
            Action::PreviousField => self.previous_field(cx.shared),
            Action::NextError => self.next_error(cx),
            Action::FieldEditor => self.open_editor(cx),
            Action::FormChoose => {
                if !self.complete(true, cx) {
                    self.choose("", cx);
                }
            }
            Action::FormDuplicate => self.show_duplicate(cx),
            Action::FormLines if self.acting.is_some() || !self.object.related.iter().any(|r| r.repeat) => {
                cx.info(msg!("lines-not-here"));
            }
            Action::FormLines => self.lines(cx),
            Action::FormNextRecord => self.leave(After::Step(1), cx),
            Action::FormPreviousRecord => self.leave(After::Step(-1), cx),
            // Undoing a stored change while another is typed would mix the two up.
            Action::Undo | Action::Redo | Action::Refresh => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    pub(super) fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        self.left = None;
        if key.code == KeyCode::Esc {
            self.leave(After::Close, cx);
            return Flow::Used;
        }
        if let Phase::Loading(_) = self.phase {
            self.early.push(key);
            return Flow::Used;
        }
        if self.phase != Phase::Open {
            return Flow::Used;
        }
        let place = self.focus;
        let Some(entry) = self.entries.get_mut(place).filter(|e| e.is_open()) else {
            return self.move_by_key(key, cx.shared);
        };
        match entry.editor.key(key, cx.shared) {
            Response::Ignored if key.ctrl && matches!(key.code, KeyCode::Char('_' | 'y')) => {
                let again = key.code == KeyCode::Char('y');
                if entry.take_back(again, cx.shared) {
                    self.changed(place, cx);
                }
            }
            Response::Ignored => return self.move_by_key(key, cx.shared),
            Response::Moved => {}
            Response::Changed => self.changed(place, cx),
            Response::Next => self.next_field(cx.shared),
            Response::Choose(typed) => self.choose(&typed, cx),
            Response::Attach(path) => self.attach(path, cx),
        }
        Flow::Used
    }

    fn move_by_key(&mut self, key: Key, shared: &Shared) -> Flow {
        match key.code {
            KeyCode::Tab if key.shift => self.previous_field(shared),
            KeyCode::Tab | KeyCode::Enter => self.next_field(shared),
            KeyCode::Down => self.move_row(true, shared),
            KeyCode::Up => self.move_row(false, shared),
            KeyCode::PageDown => self.move_group(true, shared),
            KeyCode::PageUp => self.move_group(false, shared),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    /// Everything that follows a change of one field by the user.
    pub(super) fn changed(&mut self, place: usize, cx: &mut Context<'_>) {
        if let Some(entry) = self.entries.get_mut(place) {
            entry.touched = true;
            entry.read(cx.shared);
            entry.remember(cx.shared);
            // What the rules said was about the former value.
            entry.ruled.clear();
        }
        self.after_change(cx);
    }

    /// Text that is left takes its usual form.
    pub(super) fn leave_field(&mut self, shared: &Shared) {
        if let Some(entry) = self.entries.get_mut(self.focus).filter(|e| e.is_open()) {
            entry.editor.leave(shared);
        }
    }

    fn go_to(&mut self, place: usize, shared: &Shared) {
        if place != self.focus {
            self.leave_field(shared);
            self.focus = place;
        }
        self.left = None;
    }

    fn open(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.entries.iter().enumerate().filter(|(_, e)| e.is_open()).map(|(place, _)| place)
    }

    pub(super) fn next_field(&mut self, shared: &Shared) {
        let next = self.open().find(|place| *place > self.focus);
        match next {
            Some(place) => {
                let left = self.focus;
                self.go_to(place, shared);
                self.left = Some(left);
            }
            None => self.leave_field(shared),
        }
    }

    /// The rules opened fields between the one that was left and the cursor: they come first.
    pub(super) fn go_to_opened(&mut self) {
        let Some(left) = self.left.take() else { return };
        let opened = self.open().find(|place| *place > left).filter(|place| *place < self.focus);
        self.focus = opened.unwrap_or(self.focus);
    }

    fn previous_field(&mut self, shared: &Shared) {
        let previous = self.open().rev().find(|place| *place < self.focus);
        if let Some(place) = previous {
            self.go_to(place, shared);
        }
    }

    fn move_row(&mut self, down: bool, shared: &Shared) {
        if let Some(place) = self.beside(down, shared) {
            self.go_to(place, shared);
        }
    }

    /// To the first open field of the next or previous group.
    fn move_group(&mut self, down: bool, shared: &Shared) {
        let group = |place: usize| self.entries.get(place).map(|e| e.field.group.clone());
        let here = group(self.focus);
        let place = if down {
            self.open().find(|p| *p > self.focus && group(*p) != here)
        } else {
            let before = self.open().rev().find(|p| *p < self.focus && group(*p) != here).and_then(group);
            let first = |name: Option<String>| self.open().find(|p| group(*p) == name);
            before.and_then(|name| first(Some(name))).or_else(|| first(here))
        };
        if let Some(place) = place {
            self.go_to(place, shared);
        }
    }

    fn next_error(&mut self, cx: &mut Context<'_>) {
        let wrong = |place: &usize| self.entries.get(*place).is_some_and(|e| e.error(self.submitted).is_some());
        let after = self.open().filter(wrong).find(|place| *place > self.focus);
        match after.or_else(|| self.open().find(wrong)) {
            Some(place) => self.go_to(place, cx.shared),
            None => cx.info(msg!("form-no-error")),
        }
    }

    fn open_editor(&mut self, cx: &mut Context<'_>) {
        let text = self.current_entry().filter(|e| e.is_open()).and_then(|e| e.editor.text());
        match text {
            Some(text) => cx.effect(Effect::Edit { text, extension: "txt" }),
            None => cx.warn(msg!("form-not-text")),
        }
    }

    fn choose(&mut self, typed: &str, cx: &mut Context<'_>) {
        let layer = self.current_entry().filter(|e| e.is_open()).and_then(|e| e.editor.chooser(typed, cx));
        match layer {
            Some(layer) => {
                self.above = Above::Chooser(self.focus);
                cx.push(layer);
            }
            None => cx.info(msg!("form-nothing-to-choose")),
        }
    }

    /// Opens a record that may be the same; in an action's form takes it, where there is a field for it.
    pub(super) fn take_duplicate(&mut self, found: &crate::contract::request::Duplicate, cx: &mut Context<'_>) {
        let takes = |e: &super::Entry| {
            let Kind::Reference { object, many: false } = &e.field.kind else { return false };
            *object == found.key.object
        };
        match self.entries.iter().position(takes).filter(|_| self.acting.is_some()) {
            Some(place) => {
                self.titles.insert(found.key.id, found.title.clone());
                if let Some(entry) = self.entries.get_mut(place) {
                    entry.editor.set(&Value::Ref(found.key.id), cx.shared);
                }
                self.above = Above::Nothing;
                self.changed(place, cx);
            }
            None => {
                self.above = Above::Other;
                cx.goto(Goto::Record(found.key.clone()));
            }
        }
    }

    /// Opens the record that may be the same; asks which, where there are several.
    fn show_duplicate(&mut self, cx: &mut Context<'_>) {
        match self.duplicates.as_slice() {
            [] => cx.info(msg!("form-no-duplicate")),
            [one] => {
                let one = one.clone();
                self.take_duplicate(&one, cx);
            }
            several => {
                let item = |d: &crate::contract::request::Duplicate| Item {
                    key: d.key.id.to_string(),
                    text: d.title.clone(),
                    ..Item::default()
                };
                let title = cx.shared.text("form-duplicates");
                let layer = PickerLayer::new(title, several.iter().map(item).collect());
                self.above = Above::Duplicates;
                cx.push(Box::new(layer));
            }
        }
    }

    /// A block of `label: value` lines fills fields; anything else goes into the field under the cursor.
    pub(super) fn paste(&mut self, text: &str, cx: &mut Context<'_>) {
        if self.phase != Phase::Open {
            return;
        }
        let takes_lines = self.current_entry().is_some_and(|e| e.takes_lines());
        if !takes_lines && self.fill(text, cx) {
            return;
        }
        let place = self.focus;
        let Some(entry) = self.entries.get_mut(place).filter(|e| e.is_open()) else { return };
        match entry.editor.paste(text) {
            Response::Changed => self.changed(place, cx),
            Response::Choose(typed) => self.choose(&typed, cx),
            _ => {}
        }
    }

    fn fill(&mut self, text: &str, cx: &mut Context<'_>) -> bool {
        let Some(pairs) = named_values(text, &self.object) else { return false };
        let named = |(f, text): (&Field, String)| (f.name.clone(), f.label.get(cx.shared.lang).to_owned(), text);
        let pairs: Vec<(String, String, String)> = pairs.into_iter().map(named).collect();
        let mut filled = 0;
        let mut left = Vec::new();
        for (name, label, text) in pairs {
            let Some(entry) = self.entries.iter_mut().find(|e| e.field.name == name && e.is_open()) else {
                left.push(label);
                continue;
            };
            if entry.editor.text().is_some() {
                entry.editor.set_text(&text);
            } else if let Ok(value) = reading::read(&entry.field.kind, &text, cx.shared) {
                entry.editor.set(&value, cx.shared);
            } else {
                left.push(label);
                continue;
            }
            entry.touched = true;
            entry.read(cx.shared);
            entry.remember(cx.shared);
            filled += 1;
        }
        if left.is_empty() {
            cx.info(msg!("form-filled", count = filled));
        } else {
            cx.fail(&Error::Other(msg!("form-filled-but", count = filled, fields = cx.shared.listed(&left))), None);
        }
        self.after_change(cx);
        true
    }

    pub(super) fn mouse(&mut self, mouse: Mouse, cx: &mut Context<'_>) -> Flow {
        match mouse.action {
            MouseAction::Press(Button::Left) => {
                if let Some(place) = self.entry_at(mouse.x, mouse.y, cx.shared) {
                    self.go_to(place, cx.shared);
                }
            }
            MouseAction::WheelDown => self.move_row(true, cx.shared),
            MouseAction::WheelUp => self.move_row(false, cx.shared),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}
