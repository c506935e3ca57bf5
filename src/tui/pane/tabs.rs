//! A row of tabs over what one of them shows.

use crate::contract::error::Error;
use crate::tui::context::Shared;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws tabs from the left, each a text and whether it is the one shown. Gives the column behind the last.
pub fn draw_tabs(tabs: impl IntoIterator<Item = (String, bool)>, area: Rect, buf: &mut Buffer, shared: &Shared) -> u16 {
    tabs.into_iter().fold(area.x, |x, (text, active)| {
        let style = shared.theme.style(if active { Role::TabActive } else { Role::Tab });
        let room = area.right().saturating_sub(x);
        shared.glyphs.measure.draw(buf, x, area.y, &format!(" {text} "), room, style) + 1
    })
}

/// Draws why there is nothing to show.
pub fn draw_error(error: &Error, area: Rect, buf: &mut Buffer, shared: &Shared) {
    let text = shared.error(error, None);
    shared.glyphs.measure.draw(buf, area.x, area.y, &text, area.width, shared.theme.style(Role::Error));
}
