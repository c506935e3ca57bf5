//! Drawing a form.

use super::layout::{Columns, Content, MARK, Slot, fields_width, is_spacious};
use super::{FormLayer, Phase, Underneath};
use crate::msg;
use crate::tui::context::Shared;
use crate::tui::layer::Layer;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The most lines of what it would come to.
const MOST_NOTES: usize = 4;

impl FormLayer {
    pub(super) fn draw_form(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let area = area.intersection(buf.area);
        self.area.set(area);
        if area.is_empty() {
            return None;
        }
        buf.set_style(area, shared.theme.style(Role::Text));
        match &self.phase {
            Phase::Loading(_) => {
                let style = shared.theme.style(Role::Dim);
                shared.glyphs.measure.draw(buf, area.x, area.y, &shared.text("form-loading"), area.width, style);
                return None;
            }
            Phase::Failed(error) => {
                let style = shared.theme.style(Role::Error);
                let text = shared.error(error, Some(&self.object));
                shared.glyphs.measure.draw(buf, area.x, area.y, &text, area.width, style);
                return None;
            }
            _ => {}
        }
        let body = self.body(area, shared);
        let warnings = self.warnings(area.width, shared);
        if body.y > area.y {
            self.draw_title(Rect { height: 1, ..area }, buf, shared);
        }
        for (y, (text, role)) in (area.y + 1..body.y).zip(warnings) {
            let style = shared.theme.style(role);
            let (text, _) = shared.glyphs.measure.cut(&text, area.width.into(), shared.glyphs.ellipsis);
            shared.glyphs.measure.draw(buf, area.x, y, &text, area.width, style);
        }
        self.draw_body(body, buf, shared)
    }

    /// Where the fields stand: below title and warnings, where there is room for them.
    pub(super) fn body(&self, area: Rect, shared: &Shared) -> Rect {
        let head = match area.height {
            0..4 => 0,
            4..8 => 1,
            _ => {
                let lines = u16::try_from(self.warnings(area.width, shared).len()).unwrap_or(0);
                1 + lines.min(area.height / 2)
            }
        };
        Rect { y: area.y + head, height: area.height - head, ..area }
    }

    fn draw_title(&self, line: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let wrong = self.entries.iter().filter(|e| e.error(self.submitted).is_some()).count() + self.general.len();
        let (status, role) = match (&self.phase, wrong) {
            (Phase::Saving(..) | Phase::Merging(..) | Phase::Ending(..), _) => (self.saving(shared), Role::Dim),
            (_, 0) if self.keeper.failed && self.dirty => (shared.text("form-no-draft"), Role::Warning),
            (_, 0) if self.dirty && self.keeper.is_settled() => (shared.text("form-draft-kept"), Role::Dim),
            (_, 0) if self.dirty => (shared.text("form-changed"), Role::Dim),
            (_, 0) => (String::new(), Role::Dim),
            (_, count) => (shared.message(&msg!("form-errors", count = count)), Role::Error),
        };
        let width = u16::try_from(measure.width(&status)).unwrap_or(u16::MAX);
        let room = if width + 10 <= line.width { line.width - width } else { line.width };
        let title = self.title(shared);
        let (title, _) = measure.cut(&title, usize::from(room.saturating_sub(1)), shared.glyphs.ellipsis);
        measure.draw(buf, line.x, line.y, &title, room, shared.theme.style(Role::Title));
        if room < line.width {
            measure.draw(buf, line.x + room, line.y, &status, width, shared.theme.style(role));
        }
    }

    /// That it is being saved, and how far that is where it takes a while.
    fn saving(&self, shared: &Shared) -> String {
        match self.progress.far() {
            (_, 0) => shared.text("form-saving"),
            (done, all) => shared.message(&msg!("people-far", done = done, all = all)),
        }
    }

    /// The lines between title and fields.
    fn warnings(&self, width: u16, shared: &Shared) -> Vec<(String, Role)> {
        let notes: Vec<String> = self.notes.iter().map(|note| shared.message(note)).collect();
        let notes = shared.listed(&notes);
        let rows = shared.glyphs.measure.wrap(&notes, width.into());
        let rows = rows.into_iter().filter_map(|row| notes.get(row)).filter(|row| !row.is_empty()).take(MOST_NOTES);
        let mut lines: Vec<(String, Role)> = rows.map(|row| (row.to_owned(), Role::Accent)).collect();
        lines.extend(self.refused_because(shared).map(|why| (why, Role::Error)));
        match self.underneath {
            Underneath::Same => {}
            Underneath::Changed => lines.push((shared.text("form-underneath-changed"), Role::Warning)),
            Underneath::Deleted => lines.push((shared.text("form-underneath-deleted"), Role::Error)),
        }
        if self.submitted {
            let general = self.general.iter().take(3);
            lines.extend(general.map(|m| (format!("{} {}", shared.glyphs.error, shared.message(m)), Role::Error)));
        }
        lines
    }

    fn draw_body(&self, body: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        if body.is_empty() {
            return None;
        }
        // The last cells belong to the scroll bar.
        let (whole, body) = (body, Rect { width: fields_width(body.width), ..body });
        let columns = self.columns(body.width, shared);
        let bands = self.bands(body.width, columns, is_spacious(body), shared);
        let total = bands.last().map_or(0, |b| b.y + usize::from(b.height));
        let top = self.scroll_to_focus(&bands, total, usize::from(body.height));
        self.top.set(top);
        let mut cursor = None;
        for band in &bands {
            let (from, to) = (band.y, band.y + usize::from(band.height));
            if to <= top || from >= top + usize::from(body.height) {
                continue;
            }
            match &band.content {
                Content::Heading(name) => {
                    let y = body.y + u16::try_from(from - top).unwrap_or(0);
                    draw_heading(name, Rect { y, height: 1, ..whole }, buf, shared);
                }
                Content::Fields(slots) => {
                    for slot in slots {
                        let at = self.draw_clipped(slot, from, top, body, columns, buf, shared);
                        cursor = cursor.or(at);
                    }
                }
            }
        }
        if total > usize::from(body.height) {
            draw_scrollbar(whole, top, total, buf, shared);
        }
        cursor
    }

    /// The first row to show, so that the field of the cursor is in view, with its notes and its heading.
    fn scroll_to_focus(&self, bands: &[super::layout::Band], total: usize, room: usize) -> usize {
        let holds = |content: &Content| match content {
            Content::Fields(slots) => slots.iter().any(|s| s.place == self.focus),
            Content::Heading(_) => false,
        };
        let Some(number) = bands.iter().position(|b| holds(&b.content)) else { return 0 };
        let Some(band) = bands.get(number) else { return 0 };
        let headed =
            number.checked_sub(1).and_then(|n| bands.get(n)).filter(|b| matches!(b.content, Content::Heading(_)));
        let bottom = band.y + usize::from(band.height);
        let first = headed.map_or(band.y, |h| h.y);
        let first = if bottom - first > room { band.y } else { first };
        let top = self.top.get().max(bottom.saturating_sub(room)).min(first);
        top.min(total.saturating_sub(room))
    }

    /// Draws a field, whole or as much of it as is in view.
    #[expect(clippy::too_many_arguments, reason = "a field, its place in the form, and where to draw")]
    fn draw_clipped(
        &self,
        slot: &Slot,
        y: usize,
        top: usize,
        body: Rect,
        columns: Columns,
        buf: &mut Buffer,
        shared: &Shared,
    ) -> Option<Position> {
        let bottom = top + usize::from(body.height);
        let x = body.x + slot.x;
        if y >= top && y + usize::from(slot.height) <= bottom {
            let y = body.y + u16::try_from(y - top).unwrap_or(0);
            return self.draw_slot(slot, Rect { x, y, width: slot.width, height: slot.height }, columns, buf, shared);
        }
        let whole = Rect { x, y: 0, width: slot.width, height: slot.height };
        let mut apart = Buffer::empty(whole);
        apart.set_style(whole, shared.theme.style(Role::Text));
        let cursor = self.draw_slot(slot, whole, columns, &mut apart, shared);
        let place = |row: u16| {
            let at = y + usize::from(row);
            (top..bottom).contains(&at).then(|| body.y + u16::try_from(at - top).unwrap_or(0))
        };
        for row in 0..slot.height {
            let Some(to) = place(row) else { continue };
            for x in whole.x..whole.right() {
                if let (Some(from), Some(cell)) = (apart.cell((x, row)), buf.cell_mut((x, to))) {
                    cell.clone_from(from);
                }
            }
        }
        cursor.and_then(|at| Some(Position::new(at.x, place(at.y)?)))
    }

    fn draw_slot(
        &self,
        slot: &Slot,
        area: Rect,
        columns: Columns,
        buf: &mut Buffer,
        shared: &Shared,
    ) -> Option<Position> {
        let entry = self.entries.get(slot.place)?;
        let look = self.look(slot.place, shared);
        let measure = shared.glyphs.measure;
        let theme = &shared.theme;
        if entry.state.required {
            measure.draw(
                buf,
                area.x,
                area.y,
                shared.glyphs.required,
                MARK.min(area.width),
                theme.style(Role::Required),
            );
        }
        let room = if columns.above { area.width.saturating_sub(MARK) } else { columns.label };
        let label = measure.fit(entry.field.label.get(shared.lang), room.into(), shared.glyphs.ellipsis, Align::Left);
        let role = match (look.focused, entry.error(self.submitted)) {
            (true, _) => Role::Title,
            (_, Some(_)) => Role::Error,
            _ => Role::Label,
        };
        let label_width = room.min(area.width.saturating_sub(MARK));
        measure.draw(buf, area.x + MARK, area.y, label.trim_end(), label_width, theme.style(role));

        let left = columns.value_x().min(area.width);
        let mut value = Rect {
            x: area.x + left,
            y: area.y + u16::from(columns.above),
            width: area.width - left,
            height: slot.rows,
        };
        if let Some(text) = &slot.understood {
            let width = u16::try_from(measure.width(text) + 2).unwrap_or(u16::MAX).min(value.width);
            let x = value.right() - width;
            measure.draw(buf, x + 2, value.y, text, width.saturating_sub(2), theme.style(Role::Dim));
            value.width -= width;
        }
        let cursor = entry.editor.draw(value.intersection(buf.area), buf, &look);
        let notes = Rect { y: value.y + slot.rows, width: area.width - left, ..value };
        for (y, (text, role)) in (notes.y..area.bottom()).zip(&slot.notes) {
            let (text, _) = measure.cut(text, notes.width.into(), shared.glyphs.ellipsis);
            measure.draw(buf, notes.x, y, &text, notes.width, theme.style(*role));
        }
        (look.focused && !value.is_empty()).then_some(cursor)
    }
}

fn draw_heading(name: &str, line: Rect, buf: &mut Buffer, shared: &Shared) {
    let measure = shared.glyphs.measure;
    let x = measure.draw(buf, line.x, line.y, name, line.width, shared.theme.style(Role::Header)) + 1;
    let room = line.right().saturating_sub(x);
    let rule = shared.glyphs.horizontal.repeat(usize::from(room));
    measure.draw(buf, x, line.y, &rule, room, shared.theme.style(Role::Border));
}

/// A mark at the right edge that says which part of the form is in view.
fn draw_scrollbar(body: Rect, top: usize, total: usize, buf: &mut Buffer, shared: &Shared) {
    let rows = usize::from(body.height);
    let thumb = (rows * rows / total.max(1)).clamp(1, rows);
    let start = if total > rows { top * (rows - thumb) / (total - rows) } else { 0 };
    let x = body.right() - 1;
    for (row, y) in (body.top()..body.bottom()).enumerate() {
        let is_thumb = (start..start + thumb).contains(&row);
        let glyph = if is_thumb { shared.glyphs.scroll_thumb } else { continue };
        if let Some(cell) = buf.cell_mut((x, y)).filter(|cell| cell.symbol() == " ") {
            cell.set_symbol(glyph).set_style(shared.theme.style(Role::Border));
        }
    }
}
