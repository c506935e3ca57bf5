//! Drawing the whole screen: header line, layers, which-key box, notice or hint bar.

use super::App;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Notice, Severity};
use crate::tui::keymap::Match;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Below this size nothing but a line that says so is shown.
const LEAST: (u16, u16) = (40, 10);
/// A notice may take so many lines, and never more than a third of the screen.
const MOST_NOTICE_LINES: usize = 4;

impl App {
    /// Draws everything and tells where the cursor stands.
    pub fn draw(&self, buf: &mut Buffer) -> Option<Position> {
        let area = buf.area;
        buf.set_style(area, self.shared.theme.style(Role::Text));
        if area.width < LEAST.0 || area.height < LEAST.1 {
            let text = self.shared.message(&crate::msg!("screen-too-small", width = LEAST.0, height = LEAST.1));
            let style = self.shared.theme.style(Role::Warning);
            self.shared.glyphs.measure.draw(buf, area.x, area.y, &text, area.width, style);
            return None;
        }
        self.draw_head(Rect { height: 1, ..area }, buf);
        let body = self.body(area);
        let from = self.layers.iter().rposition(|l| !l.is_popup()).unwrap_or(0);
        let mut cursor = None;
        for layer in self.layers.iter().skip(from) {
            cursor = layer.draw(body, buf, &self.shared);
        }
        self.shared.theme.settle_selection(buf);
        let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area };
        self.draw_foot(foot, buf);
        if self.which_key && !self.shared.pending.is_empty() {
            self.draw_which_key(body, buf);
        }
        cursor
    }

    fn body(&self, area: Rect) -> Rect {
        Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area }
    }

    /// The path of screens on the left, the user on the right.
    fn draw_head(&self, area: Rect, buf: &mut Buffer) {
        let measure = self.shared.glyphs.measure;
        let style = self.shared.theme.style(Role::StatusBar);
        buf.set_style(area, style);
        let titles: Vec<String> = self.layers.iter().filter(|l| !l.is_popup()).map(|l| l.title(&self.shared)).collect();
        let path = format!(
            " tcrm {} {}",
            self.shared.glyphs.separator,
            titles.join(&format!(" {} ", self.shared.glyphs.right))
        );
        // A record opened from a list shows its place there: J and K step through it.
        let mut screens = self.layers.iter().rev().filter(|l| !l.is_popup());
        let top = screens.next().map(|l| l.status(&self.shared)).filter(|s| !s.is_empty());
        let status = top.or_else(|| screens.next().map(|l| l.status(&self.shared))).unwrap_or_default();
        let mut right = vec![status];
        right.extend(self.badge_text());
        right.extend(self.sync_text());
        if !self.shared.writable {
            right.push(self.shared.text("read-only"));
        }
        // Where there is room for it beside the path.
        let place = Some(&self.shared.place).filter(|p| measure.width(p) + 40 < area.width as usize);
        right.extend(place.cloned());
        right.extend(self.shared.me.as_ref().map(|m| m.name.clone()));
        right.retain(|part| !part.is_empty());
        let right = format!("{} ", right.join("  "));
        let room = (area.width as usize).saturating_sub(measure.width(&right) + 2);
        let path = measure.fit(&path, room, self.shared.glyphs.ellipsis, Default::default());
        measure.draw(buf, area.x, area.y, &path, area.width, style);
        let x = area.right().saturating_sub(measure.width(&right) as u16);
        measure.draw(buf, x, area.y, &right, area.width, style);
    }

    fn draw_foot(&self, area: Rect, buf: &mut Buffer) {
        let measure = self.shared.glyphs.measure;
        if let Some(notice) = &self.notice {
            return self.draw_notice(notice, area, buf);
        }
        if !self.shared.config.interface.hints {
            return;
        }
        let (key_style, text_style) = (self.shared.theme.style(Role::HintKey), self.shared.theme.style(Role::HintText));
        let dim = self.shared.theme.style(Role::Dim);
        for (x, action, key, title) in self.hints(area.width) {
            let (key_style, text_style) =
                if self.forbidden(action).is_some() { (dim, dim) } else { (key_style, text_style) };
            let next = measure.draw(buf, area.x + x, area.y, &key, area.width, key_style);
            measure.draw(buf, next + 1, area.y, &title, area.right().saturating_sub(next + 1), text_style);
        }
    }

    /// A notice is told whole: what doesn't fit the last line takes lines above it.
    fn draw_notice(&self, notice: &Notice, foot: Rect, buf: &mut Buffer) {
        let measure = self.shared.glyphs.measure;
        let (role, mark) = match notice.severity {
            Severity::Info => (Role::Info, self.shared.glyphs.info),
            Severity::Warning => (Role::Warning, self.shared.glyphs.warning),
            Severity::Error => (Role::Error, self.shared.glyphs.error),
        };
        let style = self.shared.theme.style(role);
        let text = format!("{mark} {}", notice.text);
        let most = MOST_NOTICE_LINES.min(usize::from(buf.area.height / 3)).max(1);
        let lines = measure.wrap(&text, usize::from(foot.width));
        let rows = lines.len().min(most);
        let top = foot.y.saturating_sub(u16::try_from(rows - 1).unwrap_or(0));
        if rows > 1 {
            measure.blank(
                buf,
                Rect { y: top, height: foot.bottom() - top, ..foot },
                self.shared.theme.style(Role::Text),
            );
        }
        for (y, (row, line)) in (top..).zip(lines.iter().take(rows).enumerate()) {
            // The last row that there is room for holds all the rest, cut.
            let end = if row + 1 == rows { text.len() } else { line.end };
            let line = text.get(line.start..end).unwrap_or_default();
            let (line, _) = measure.cut(line, usize::from(foot.width), self.shared.glyphs.ellipsis);
            measure.draw(buf, foot.x, y, &line, foot.width, style);
        }
    }

    /// The hints that fit: column, action, key, title. The way to the help is always among them.
    fn hints(&self, width: u16) -> Vec<(u16, Action, String, String)> {
        let measure = self.shared.glyphs.measure;
        let takes_text = self.layers.last().is_some_and(|l| l.takes_text());
        let hint = |action: Action| {
            // A key that a text field would take is no hint there.
            let reached = |key: &String| !takes_text || key.chars().count() > 1;
            let key = self.shared.keymap.keys(action).into_iter().find(reached)?;
            let title = self.shared.text(&action.text_key());
            let needed = (measure.width(&key) + measure.width(&title) + 3) as u16;
            Some((action, key, title, needed))
        };
        let mut wanted = self.layers.last().map(|l| l.hints()).unwrap_or_default();
        if !takes_text {
            wanted.push(Action::Palette);
        }
        let help = hint(Action::Help).filter(|_| self.scopes().contains(&Scope::Global));
        let room = width.saturating_sub(help.as_ref().map_or(0, |h| h.3)) + 2;
        let mut x = 1u16;
        let mut hints = Vec::new();
        wanted.retain(|action| *action != Action::Help && self.is_worth_a_hint(*action));
        for (action, key, title, needed) in wanted.into_iter().filter_map(hint) {
            if x + needed <= room {
                hints.push((x, action, key, title));
                x += needed;
            }
        }
        hints.extend(help.map(|(action, key, title, _)| (x, action, key, title)));
        hints
    }

    /// The action of the hint at a column of the last line.
    pub(super) fn hint_at(&self, x: u16) -> Option<Action> {
        let hints = self.hints(self.shared.size.width);
        hints.into_iter().rev().find(|h| h.0 <= x).map(|h| h.1)
    }

    /// What may follow the keys typed so far.
    fn draw_which_key(&self, body: Rect, buf: &mut Buffer) {
        let Match::Pending(next) = self.shared.keymap.find(&self.scopes(), &self.shared.pending) else { return };
        let measure = self.shared.glyphs.measure;
        let lines: Vec<(String, String)> =
            next.iter().map(|(k, a)| (k.to_string(), self.shared.text(&a.text_key()))).collect();
        let cell = lines.iter().map(|(k, t)| measure.width(k) + measure.width(t) + 4).max().unwrap_or(8) as u16;
        let columns = (body.width / cell.max(1)).max(1);
        let rows = (lines.len() as u16).div_ceil(columns).min(body.height.saturating_sub(1)).max(1);
        let area = Rect { y: body.bottom().saturating_sub(rows + 1), height: rows + 1, ..body };
        measure.blank(buf, area, self.shared.theme.style(Role::Popup));
        let typed = crate::tui::input::Keys(self.shared.pending.clone()).to_string();
        measure.draw(
            buf,
            area.x + 1,
            area.y,
            &format!("{typed} {}", self.shared.glyphs.ellipsis),
            area.width,
            self.shared.theme.style(Role::Title),
        );
        for (i, (key, title)) in lines.iter().enumerate() {
            let (column, row) = (i as u16 / rows, i as u16 % rows);
            let x = area.x + 1 + column * cell;
            let next = measure.draw(buf, x, area.y + 1 + row, key, cell, self.shared.theme.style(Role::HintKey));
            measure.draw(buf, next + 1, area.y + 1 + row, title, cell, self.shared.theme.style(Role::Popup));
        }
    }
}
