//! Two people changed one record: what both changed is shown, theirs and mine, field by field.

use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, KeyCode};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::popup::frame::{self, boxed, ground};
use crate::tui::popup::rows::Rows;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// The difference between two changed versions of a record and the one they come from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Differences {
    /// Fields that both changed, to different values.
    pub(super) both: Vec<String>,
    /// Fields that only they changed.
    pub(super) theirs: Vec<String>,
}

/// Compares field by field, in the order of `names`.
pub(super) fn differences<'n>(
    names: impl Iterator<Item = &'n str>,
    base: &Fields,
    mine: &Fields,
    theirs: &Fields,
) -> Differences {
    let mut found = Differences::default();
    for name in names {
        let of = |fields: &Fields| fields.get(name).cloned().unwrap_or(Value::Empty);
        let (base, mine, theirs) = (of(base), of(mine), of(theirs));
        if mine == theirs || theirs == base {
            continue;
        }
        if mine == base { found.theirs.push(name.to_owned()) } else { found.both.push(name.to_owned()) }
    }
    found
}

/// A field that both changed.
#[derive(Debug, Clone)]
pub(in crate::tui) struct Row {
    /// The field's name.
    pub(in crate::tui) field: String,
    /// Its label.
    pub(in crate::tui) label: String,
    /// My value, as it is shown.
    pub(in crate::tui) mine: String,
    /// Theirs.
    pub(in crate::tui) theirs: String,
}

/// Asks field by field. Closes with [`Closed::Picked`]: the fields whose value is theirs.
pub(in crate::tui) struct ConflictLayer {
    rows: Vec<(Row, bool)>,
    taken: String,
    cursor: Rows,
}

/// Rows of the screen for each field.
const HEIGHT: u16 = 3;

impl ConflictLayer {
    /// Asks about some fields; `taken` names those that are theirs without asking.
    pub(in crate::tui) fn new(rows: Vec<Row>, taken: String) -> ConflictLayer {
        ConflictLayer { rows: rows.into_iter().map(|r| (r, false)).collect(), taken, cursor: Rows::new(0) }
    }

    fn choose(&mut self, theirs: bool) {
        if let Some((_, choice)) = self.rows.get_mut(self.cursor.at()) {
            *choice = theirs;
        }
    }

    fn choose_all(&mut self, theirs: bool) {
        for (_, choice) in &mut self.rows {
            *choice = theirs;
        }
    }

    fn key(&mut self, key: Key, cx: &mut Context<'_>) -> Flow {
        match key.to_ascii().code {
            KeyCode::Char('s') if key.ctrl => self.accept(cx),
            _ if key.ctrl || key.alt => return Flow::Ignored,
            KeyCode::Left | KeyCode::Char('m' | 'h') => self.choose(false),
            KeyCode::Right | KeyCode::Char('t' | 'l') => self.choose(true),
            KeyCode::Char('M') => self.choose_all(false),
            KeyCode::Char('T') => self.choose_all(true),
            _ if self.cursor.key_or_letter(key, self.rows.len()) => {}
            KeyCode::Enter => self.accept(cx),
            KeyCode::Esc => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn accept(&mut self, cx: &mut Context<'_>) {
        let theirs = self.rows.iter().filter(|(_, theirs)| *theirs);
        cx.close(Closed::Picked(theirs.map(|(row, _)| row.field.clone()).collect()));
    }

    fn draw_row(&self, number: usize, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let (row, theirs) = self.rows.get(number)?;
        let measure = shared.glyphs.measure;
        let here = number == self.cursor.at();
        let style = |role: Role| ground(shared).patch(shared.theme.style(role));
        measure.draw(buf, area.x, area.y, &row.label, area.width, style(if here { Role::Title } else { Role::Label }));
        let sides = [("form-mine", &row.mine, !theirs), ("form-theirs", &row.theirs, *theirs)];
        let mut place = None;
        for (y, (name, text, chosen)) in (area.y + 1..area.bottom()).zip(sides) {
            let look: Style = if here && chosen { style(Role::Selection) } else { style(Role::Text) };
            let mark = if chosen { shared.glyphs.radio_on } else { shared.glyphs.radio_off };
            let text = if text.is_empty() { shared.text("form-empty-value") } else { text.clone() };
            let line = format!("{mark} {} {text}", shared.text(name));
            let (line, _) = measure.cut(&line, usize::from(area.width.saturating_sub(2)), shared.glyphs.ellipsis);
            measure.draw(buf, area.x + 2, y, &line, area.width.saturating_sub(2), look);
            if here && chosen {
                place = Some(Position::new((area.x + 2).min(area.right().saturating_sub(1)), y));
            }
        }
        place
    }
}

impl Layer for ConflictLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Picker]
    }

    /// Its letters are its own, whatever they mean elsewhere.
    fn takes_text(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("form-conflict")
    }

    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Key(key) => return self.key(key, cx),
            Event::Action(Action::Save) => self.accept(cx),
            Event::Action(action) if self.cursor.act(action, self.rows.len()) => {}
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let measure = shared.glyphs.measure;
        let rows = u16::try_from(self.rows.len()).unwrap_or(u16::MAX);
        let foot = u16::from(!self.taken.is_empty());
        let height = rows.saturating_mul(HEIGHT).saturating_add(foot + 2).min(area.height);
        let inner = boxed(area, (76, height), &self.title(shared), buf, shared);
        if inner.is_empty() {
            return None;
        }
        let body = Rect { height: inner.height.saturating_sub(foot).max(1), ..inner };
        let dim = ground(shared).patch(shared.theme.style(Role::Dim));
        frame::keys(inner, &shared.text("form-conflict-hint"), buf, shared);
        if foot > 0 && body.bottom() < inner.bottom() {
            let note = shared.message(&msg!("form-conflict-taken", fields = self.taken));
            let (note, _) = measure.cut(&note, inner.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, inner.x, body.bottom(), &note, inner.width, dim);
        }
        let room = usize::from(body.height / HEIGHT).max(1);
        let top = self.cursor.show(room);
        let mut place = None;
        for (slot, number) in (0u16..).zip(top..self.rows.len().min(top + room)) {
            let y = body.y + slot * HEIGHT;
            let row = Rect { y, height: HEIGHT.min(body.bottom().saturating_sub(y)), ..body };
            place = place.or(self.draw_row(number, row, buf, shared));
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(values: &[(&str, i64)]) -> Fields {
        values.iter().map(|(name, number)| ((*name).to_owned(), Value::Integer(*number))).collect()
    }

    #[test]
    fn only_what_both_changed_differently_is_asked_about() {
        let base = fields(&[("same", 1), ("mine", 1), ("theirs", 1), ("both", 1), ("agreed", 1), ("emptied", 1)]);
        let mine = fields(&[("same", 1), ("mine", 2), ("theirs", 1), ("both", 2), ("agreed", 5), ("emptied", 2)]);
        let theirs = fields(&[("same", 1), ("mine", 1), ("theirs", 3), ("both", 3), ("agreed", 5)]);
        let names = ["same", "mine", "theirs", "both", "agreed", "emptied", "nowhere"];
        let found = differences(names.into_iter(), &base, &mine, &theirs);
        assert_eq!(found.both, ["both", "emptied"]);
        assert_eq!(found.theirs, ["theirs"]);
    }
}
