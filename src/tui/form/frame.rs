//! What the popups of forms share: their box, their ground, their scrolling.

use crate::tui::context::Shared;
use crate::tui::popup;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A box of at most that size in the middle of `area`; what is inside, with a free column at each side.
pub(super) fn frame(area: Rect, size: (u16, u16), title: &str, buf: &mut Buffer, shared: &Shared) -> Rect {
    let area = area.intersection(buf.area);
    let inner = popup::frame::draw(popup::frame::centered(area, size.0, size.1), title, buf, shared);
    if inner.width < 8 {
        return inner;
    }
    Rect { x: inner.x + 1, width: inner.width - 2, ..inner }
}

/// The style of text on a popup.
pub(super) fn ground(shared: &Shared) -> Style {
    shared.theme.style(Role::Text).patch(shared.theme.style(Role::Popup))
}

/// The first row to show in `room` rows so that row `at` is among them, if `top` was the first until now.
pub(super) fn scroll(top: usize, at: usize, room: usize) -> usize {
    if at < top {
        at
    } else if room > 0 && at >= top + room {
        at + 1 - room
    } else {
        top
    }
}
