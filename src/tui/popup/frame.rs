//! What popups share: their box, their ground, their scrolling.

use crate::msg;
use crate::tui::context::Shared;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A box of at most this size in the middle of `area`, a little above it where there is room.
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(area.width);
    let height = height.min(area.height);
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 3;
    Rect { x, y, width, height }
}

/// Blanks the box, draws border and title, and gives the space inside.
pub fn draw(area: Rect, title: &str, buf: &mut Buffer, shared: &Shared) -> Rect {
    let measure = shared.glyphs.measure;
    let popup = shared.theme.style(Role::Popup);
    measure.blank(buf, area, popup);
    if area.width < 4 || area.height < 3 {
        return area;
    }
    let style = popup.patch(shared.theme.style(Role::FocusBorder));
    let set = shared.glyphs.border;
    let (left, right, top, bottom) = (area.left(), area.right() - 1, area.top(), area.bottom() - 1);
    let mut put = |x: u16, y: u16, symbol: &str| {
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    };
    for x in left + 1..right {
        put(x, top, set.horizontal_top);
        put(x, bottom, set.horizontal_bottom);
    }
    for y in top + 1..bottom {
        put(left, y, set.vertical_left);
        put(right, y, set.vertical_right);
    }
    put(left, top, set.top_left);
    put(right, top, set.top_right);
    put(left, bottom, set.bottom_left);
    put(right, bottom, set.bottom_right);
    if !title.is_empty() {
        let room = area.width.saturating_sub(4) as usize;
        let (text, _) = measure.cut(title, room.saturating_sub(2), shared.glyphs.ellipsis);
        measure.draw(
            buf,
            left + 2,
            top,
            &format!(" {text} "),
            room as u16,
            popup.patch(shared.theme.style(Role::Title)),
        );
    }
    Rect { x: left + 1, y: top + 1, width: area.width - 2, height: area.height - 2 }
}

/// Writes the keys of a popup into the lower border of its box, whose inside is given.
pub fn keys(inner: Rect, text: &str, buf: &mut Buffer, shared: &Shared) {
    let border = shared.glyphs.border.horizontal_bottom;
    let on_border = |x: u16| buf.cell((x, inner.bottom())).is_some_and(|cell| cell.symbol() == border);
    // Where there is no room for a box, there is none for this.
    if text.is_empty() || !on_border(inner.x) || inner.width < 8 {
        return;
    }
    let measure = shared.glyphs.measure;
    let (text, _) = measure.cut(text, usize::from(inner.width).saturating_sub(2), shared.glyphs.ellipsis);
    let style = shared.theme.style(Role::Popup).patch(shared.theme.style(Role::Dim));
    measure.draw(buf, inner.x, inner.bottom(), &format!(" {text} "), inner.width, style);
}

/// Draws a box of at most that size in the middle of `area`; gives what is inside, with a free column at each side.
pub fn boxed(area: Rect, size: (u16, u16), title: &str, buf: &mut Buffer, shared: &Shared) -> Rect {
    let area = area.intersection(buf.area);
    let inner = draw(centered(area, size.0, size.1), title, buf, shared);
    if inner.width < 8 {
        return inner;
    }
    Rect { x: inner.x + 1, width: inner.width - 2, ..inner }
}

/// Draws a box of lines, scrolled to `top` as far as they go, with a question under them.
pub fn asking(
    area: Rect,
    (width, title): (u16, &str),
    (lines, top): (&[(String, Role)], usize),
    question: &str,
    buf: &mut Buffer,
    shared: &Shared,
) {
    let measure = shared.glyphs.measure;
    let lines = wrapped(lines, width.min(area.width).saturating_sub(4), shared);
    let height = u16::try_from(lines.len() + 4).unwrap_or(area.height).min(area.height.saturating_sub(2));
    let inner = boxed(area, (width, height), title, buf, shared);
    let ground = ground(shared);
    let room = usize::from(inner.height.saturating_sub(2));
    let top = top.min(lines.len().saturating_sub(room));
    for (y, (text, role)) in (inner.top()..).zip(lines.iter().skip(top).take(room)) {
        let style = ground.patch(shared.theme.style(*role)).patch(shared.theme.style(Role::Popup));
        let style = if *role == Role::Text { ground } else { style };
        let (text, _) = measure.cut(text, usize::from(inner.width), shared.glyphs.ellipsis);
        measure.draw(buf, inner.x, y, &text, inner.width, style);
    }
    let more = lines.len().saturating_sub(top + room);
    if more > 0 {
        let told = shared.message(&msg!("popup-more", count = more));
        let (y, style) = (inner.bottom().saturating_sub(2), ground.patch(shared.theme.style(Role::Dim)));
        measure.draw(buf, inner.x, y, &told, inner.width, style.patch(shared.theme.style(Role::Popup)));
    }
    measure.draw(buf, inner.x, inner.bottom().saturating_sub(1), question, inner.width, ground);
}

/// Lines in a width: what is longer goes on below, under its own beginning.
pub fn wrapped(lines: &[(String, Role)], width: u16, shared: &Shared) -> Vec<(String, Role)> {
    let measure = shared.glyphs.measure;
    let mut all = Vec::with_capacity(lines.len());
    for (text, role) in lines {
        let body = text.trim_start_matches(' ');
        let indent = text.get(..text.len() - body.len()).unwrap_or_default();
        let room = usize::from(width).saturating_sub(indent.len() + 2).max(8);
        if measure.width(text) <= usize::from(width) {
            all.push((text.clone(), *role));
            continue;
        }
        for (row, line) in measure.wrap(body, room).into_iter().enumerate() {
            let hang = if row == 0 { "" } else { "  " };
            all.push((format!("{indent}{hang}{}", body.get(line).unwrap_or_default()), *role));
        }
    }
    all
}

/// The style of text on a popup.
pub fn ground(shared: &Shared) -> Style {
    shared.theme.style(Role::Text).patch(shared.theme.style(Role::Popup))
}

/// The first row to show in `room` rows so that row `at` is among them, if `top` was the first until now.
pub fn scroll(top: usize, at: usize, room: usize) -> usize {
    if at < top {
        at
    } else if room > 0 && at >= top + room {
        at + 1 - room
    } else {
        top
    }
}
