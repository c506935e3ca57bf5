//! Drawing the 360° view: title, header fields, tabs, the open tab.

use super::{DetailPane, Tab};
use crate::schema::model::{Field, Kind};
use crate::tui::context::Shared;
use crate::tui::deadline;
use crate::tui::pane::list::value_style;
use crate::tui::text::Measure;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the open tab: title, header fields, tabs.
pub(super) const HEAD: usize = 3;
/// Cells at the end of the tabs that tell of more.
const MORE: u16 = 2;

impl DetailPane {
    /// Draws the view. `focused` tells whether keys go to it.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared, focused: bool) {
        if area.height == 0 || area.width < 8 {
            return;
        }
        if let Some(error) = &self.error {
            let style = shared.theme.style(Role::Error);
            shared.glyphs.measure.draw(buf, area.x, area.y, &shared.error(error, None), area.width, style);
            return;
        }
        let Some(view) = &self.view else {
            let style = shared.theme.style(Role::Dim);
            shared.glyphs.measure.draw(buf, area.x, area.y, &shared.text("list-loading"), area.width, style);
            return;
        };
        self.draw_title(area, buf, shared);
        let tabs = Rect { y: area.y + 2, height: 1, ..area };
        if area.height > 2 {
            self.draw_tabs(tabs, buf, shared);
        }
        let body = Rect { y: area.y + HEAD as u16, height: area.height.saturating_sub(HEAD as u16), ..area };
        if body.height == 0 {
            return;
        }
        match self.tabs.get(self.tab) {
            Some(Tab::Related(_, list)) => list.draw(body, buf, shared, focused),
            Some(Tab::History(history)) => history.draw(body, buf, shared, focused),
            _ => self.attributes.draw(body, buf, view, shared, focused),
        }
    }

    /// The title, and under it the fields of the header: status, level, owner …
    fn draw_title(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let (Some(view), Some(object)) = (&self.view, shared.object(&self.key.object)) else { return };
        let measure = shared.glyphs.measure;
        let end = area.x + area.width;
        let title = object.field(&object.title).map(|f| shared.format(&f.kind, view.record.get(&f.name), &view.titles));
        let style = shared.theme.style(Role::Title);
        let title = title.unwrap_or_default();
        // Documents are called by their code.
        let code = object.code.as_deref().and_then(|c| view.record.get(c).as_str()).filter(|code| *code != title);
        let title = measure.fit(&title, area.width as usize, shared.glyphs.ellipsis, Default::default());
        let x = measure.draw(buf, area.x, area.y, title.trim_end(), area.width, style);
        if let Some(code) = code {
            measure.draw(buf, x + 2, area.y, code, end.saturating_sub(x + 2), shared.theme.style(Role::Dim));
        }
        let is_amount = |f: &Field| matches!(f.kind.result(), Kind::Money { .. });
        let amounts = object.header.iter().filter(|name| object.field(name).is_some_and(is_amount)).count();
        let mut x = area.x;
        for field in object.header.iter().filter_map(|name| object.field(name)) {
            let value = view.record.get(&field.name);
            let text = shared.format(&field.kind, value, &view.titles);
            if text.is_empty() || area.height < 2 || x >= end {
                continue;
            }
            if x > area.x {
                let dot = format!(" {} ", shared.glyphs.separator);
                x = measure.draw(buf, x, area.y + 1, &dot, end - x, shared.theme.style(Role::Text));
            }
            let bare = matches!(
                field.kind.result(),
                Kind::Date | Kind::DateTime | Kind::Boolean | Kind::Integer { .. } | Kind::Decimal { .. }
            );
            if bare || amounts > 1 && is_amount(field) {
                // A bare date, number or yes says nothing, and of two amounts neither does.
                let label = format!("{} ", field.label.get(shared.lang));
                let (label, _) = measure.cut(&label, end.saturating_sub(x).into(), shared.glyphs.ellipsis);
                x = measure.draw(buf, x, area.y + 1, &label, end.saturating_sub(x), shared.theme.style(Role::Label));
            }
            let mut style = shared.theme.style(Role::Text).patch(value_style(field, value, shared));
            let mut text = text;
            if let Some(due) = deadline::of(&view.record, field, shared) {
                text.push_str(due.sign(shared));
                style = style.patch(shared.theme.style(due.role()));
            }
            let (text, _) = measure.cut(&text, end.saturating_sub(x) as usize, shared.glyphs.ellipsis);
            x = measure.draw(buf, x, area.y + 1, &text, end.saturating_sub(x), style);
        }
    }

    /// Whole tabs only; where there are more on the right, a sign says so.
    fn draw_tabs(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let measure = shared.glyphs.measure;
        let labels = self.tab_labels(shared);
        let from = self.first_tab(&labels, area.width, shared);
        let more = tabs_width(labels.iter().skip(from), measure) > area.width.into();
        let end = if more { area.right().saturating_sub(MORE) } else { area.right() };
        let mut x = area.x;
        for (i, label) in labels.iter().enumerate().skip(from) {
            let rest = end.saturating_sub(x);
            if i != self.tab && measure.width(label) + 1 > rest.into() {
                break;
            }
            let role = if i == self.tab { Role::TabActive } else { Role::Tab };
            let (label, _) = measure.cut(label, usize::from(rest.saturating_sub(1)), shared.glyphs.ellipsis);
            x = measure.draw(buf, x, area.y, &format!(" {label} "), rest, shared.theme.style(role)) + 1;
        }
        if more {
            let style = shared.theme.style(Role::Dim);
            measure.draw(buf, area.right().saturating_sub(1), area.y, shared.glyphs.ellipsis, 1, style);
        }
    }

    fn tab_labels(&self, shared: &Shared) -> Vec<String> {
        let object = shared.object(&self.key.object);
        let label = |tab: &Tab| match tab {
            Tab::Attributes => shared.text("tab-attributes"),
            Tab::History(_) => shared.text("tab-history"),
            Tab::Related(place, list) => {
                let related = object.and_then(|o| o.related.get(*place));
                let label = related.map(|r| r.label.get(shared.lang)).unwrap_or_default();
                // As long as it isn't known, the place of a digit is kept free: the tabs behind it stay where they are.
                list.count().map_or_else(
                    || format!("{label}  "),
                    |count| format!("{label} {}{}", count.value, if count.capped { "+" } else { "" }),
                )
            }
        };
        self.tabs.iter().map(label).collect()
    }

    /// The first tab shown: those on the left are left out until the open one is visible.
    fn first_tab(&self, labels: &[String], width: u16, shared: &Shared) -> usize {
        let room = if self.tab + 1 < labels.len() { width.saturating_sub(MORE) } else { width };
        let shown = |from: usize| labels.iter().take(self.tab + 1).skip(from);
        let fits = |from: &usize| tabs_width(shown(*from), shared.glyphs.measure) <= room.into();
        (0..=self.tab).find(fits).unwrap_or(self.tab)
    }

    /// The tab under a cell of the tab line of some width, for the mouse.
    pub fn tab_at(&self, x: u16, width: u16, shared: &Shared) -> Option<usize> {
        let labels = self.tab_labels(shared);
        let from = self.first_tab(&labels, width, shared);
        let mut at = 0u16;
        for (i, label) in labels.iter().enumerate().skip(from) {
            let width = shared.glyphs.measure.width(label) as u16 + 3;
            if (at..at + width).contains(&x) {
                return Some(i);
            }
            at += width;
        }
        None
    }
}

/// The cells that tabs take beside each other; the blank behind the last may be missing.
fn tabs_width<'l>(labels: impl Iterator<Item = &'l String>, measure: Measure) -> usize {
    labels.map(|label| measure.width(label) + 3).sum::<usize>().saturating_sub(2)
}
