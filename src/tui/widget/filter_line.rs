//! The line at the foot of a screen in which its filter is typed.

use super::line_edit::{Edited, LineEdit};
use crate::tui::context::Shared;
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::Event;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A filter while it is being typed: every change filters at once, Enter keeps it, Esc brings the former one back.
pub struct FilterLine {
    input: LineEdit,
    before: String,
    /// Nothing was done in it yet: what is typed first is another word.
    fresh: bool,
    help: &'static str,
}

/// What an event means for the filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// It is not for the line.
    Ignored,
    /// Only the line's cursor has moved.
    Nothing,
    /// The filter is this now.
    Changed(String),
    /// The cursor among the rows moves by so many.
    Moved(isize),
    /// The filter stays as it is.
    Kept,
    /// The filter from before comes back.
    Left(String),
}

impl FilterLine {
    /// The line with the filter as it is now.
    pub fn new(filter: &str) -> FilterLine {
        let open = filter.ends_with(|c: char| c.is_whitespace() || c == '(');
        let fresh = !filter.is_empty() && !open;
        FilterLine { input: LineEdit::new(filter), before: filter.to_owned(), fresh, help: "filter-help" }
    }

    /// The same with another text, by its key, that says what can be typed.
    pub fn with_help(self, help: &'static str) -> FilterLine {
        FilterLine { help, ..self }
    }

    /// Takes keys and pasted text.
    pub fn update(&mut self, event: &Event) -> Typed {
        let edited = match event {
            Event::Key(Key { code: KeyCode::Esc, .. }) => return Typed::Left(self.before.clone()),
            Event::Key(Key { code: KeyCode::Enter, .. }) => return Typed::Kept,
            Event::Key(Key { code: KeyCode::Down, .. }) => return Typed::Moved(1),
            Event::Key(Key { code: KeyCode::Up, .. }) => return Typed::Moved(-1),
            Event::Key(key) => {
                self.part(key.typed());
                self.input.handle(*key)
            }
            Event::Paste(text) => {
                self.part(text.chars().next());
                self.input.paste(text)
            }
            _ => Edited::Ignored,
        };
        match edited {
            Edited::Changed => Typed::Changed(self.input.text().to_owned()),
            Edited::Moved => Typed::Nothing,
            Edited::Ignored => Typed::Ignored,
        }
    }
}

impl FilterLine {
    /// Sets what is typed first apart from the filter that was there; any other key edits that one.
    fn part(&mut self, first: Option<char>) {
        if std::mem::take(&mut self.fresh) && first.is_some_and(|c| !c.is_whitespace()) {
            self.input.paste(" ");
        }
    }
}

/// Draws the line: what is typed, or the filter in force, and on the right a note. Tells where the cursor stands.
pub fn draw(
    line: Option<&FilterLine>,
    filter: &str,
    note: &str,
    area: Rect,
    buf: &mut Buffer,
    shared: &Shared,
) -> Option<Position> {
    let measure = shared.glyphs.measure;
    let input = shared.theme.style(Role::Input);
    buf.set_style(area, input);
    let x = measure.draw(buf, area.x, area.y, " / ", 3, shared.theme.style(Role::Accent));
    let width = measure.width(note) as u16;
    let note_x = area.right().saturating_sub(width + 1);
    measure.draw(buf, note_x, area.y, note, width, shared.theme.style(Role::Marked));
    let room = Rect { x, width: area.width.saturating_sub(4 + width), ..area };
    match line {
        Some(line) => {
            let help = shared.text(line.help);
            Some(line.input.render(room, buf, input, (&help, shared.theme.style(Role::Placeholder))))
        }
        None => {
            let (filter, _) = measure.cut(filter, room.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, room.x, room.y, &filter, room.width, input);
            None
        }
    }
}
