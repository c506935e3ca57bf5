//! Lines that lead somewhere: a cursor that goes from one to the next, headings between them.

use crate::tui::action::Action;
use crate::tui::context::{Goto, Shared};
use crate::tui::popup::frame;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::cell::Cell;

/// A part of a line: its text, its look, its width (none for what is left), its alignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Its look.
    pub role: Role,
    /// Its width in cells; `None` takes what is left, once per line.
    pub width: Option<u16>,
    /// Where it stands in its width.
    pub align: Align,
}

impl Part {
    /// A part of a width.
    pub fn of(text: impl Into<String>, width: u16) -> Part {
        Part { text: text.into(), role: Role::Text, width: Some(width), align: Align::Left }
    }

    /// A part that takes what is left.
    pub fn rest(text: impl Into<String>) -> Part {
        Part { text: text.into(), role: Role::Text, width: None, align: Align::Left }
    }

    /// In another look.
    #[must_use]
    pub fn role(self, role: Role) -> Part {
        Part { role, ..self }
    }

    /// At the right end of its width.
    #[must_use]
    pub fn right(self) -> Part {
        Part { align: Align::Right, ..self }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its parts.
    pub parts: Vec<Part>,
    /// Where it leads; lines that lead nowhere are passed over.
    pub target: Option<Goto>,
}

impl Line {
    /// A heading.
    pub fn head(text: impl Into<String>) -> Line {
        Line { parts: vec![Part::rest(text).role(Role::Title)], target: None }
    }

    /// A remark.
    pub fn note(text: impl Into<String>) -> Line {
        Line { parts: vec![Part::rest(format!("  {}", text.into())).role(Role::Dim)], target: None }
    }

    /// Why there is nothing to show.
    pub fn failure(text: impl Into<String>) -> Line {
        Line { parts: vec![Part::rest(text).role(Role::Error)], target: None }
    }

    /// A line that leads somewhere.
    pub fn to(target: Goto, parts: Vec<Part>) -> Line {
        Line { parts, target: Some(target) }
    }

    /// An empty line.
    pub fn empty() -> Line {
        Line { parts: Vec::new(), target: None }
    }
}

/// Lines with a cursor. It stays on its place when the lines are made anew.
#[derive(Debug, Default)]
pub struct LinesPane {
    lines: Vec<Line>,
    at: usize,
    top: Cell<usize>,
    height: Cell<usize>,
}

impl LinesPane {
    /// Takes other lines; the cursor follows what it was on, where that is still there.
    pub fn set(&mut self, lines: Vec<Line>) {
        let here = self.target().cloned();
        self.lines = lines;
        let same = here.and_then(|here| self.lines.iter().position(|line| line.target.as_ref() == Some(&here)));
        let first = || self.lines.iter().position(|line| line.target.is_some()).unwrap_or(0);
        self.at = match same {
            Some(at) => at,
            None if self.lines.get(self.at).is_some_and(|line| line.target.is_some()) => self.at,
            None => first(),
        };
    }

    /// Where the line under the cursor leads.
    pub fn target(&self) -> Option<&Goto> {
        self.lines.get(self.at)?.target.as_ref()
    }

    /// Moves the cursor to the line that leads somewhere.
    pub fn go_to(&mut self, target: &Goto) {
        self.at = self.lines.iter().position(|line| line.target.as_ref() == Some(target)).unwrap_or(self.at);
    }

    /// Moves the cursor; false for other actions.
    pub fn act(&mut self, action: Action) -> bool {
        let page = self.height.get().max(2) as isize;
        let delta = match action {
            Action::Down => 1,
            Action::Up => -1,
            Action::HalfPageDown => page / 2,
            Action::HalfPageUp => -page / 2,
            Action::PageDown => page - 1,
            Action::PageUp => 1 - page,
            Action::Top => isize::MIN,
            Action::Bottom => isize::MAX,
            _ => return false,
        };
        self.move_by(delta);
        true
    }

    /// Moves to the line with a target nearest to so many lines on.
    fn move_by(&mut self, delta: isize) {
        let wanted = self.at.saturating_add_signed(delta).min(self.lines.len().saturating_sub(1));
        let leads = |at: &usize| self.lines.get(*at).is_some_and(|line| line.target.is_some());
        let found = if delta > 0 {
            (wanted..self.lines.len()).find(leads).or_else(|| (0..wanted).rev().find(leads))
        } else {
            (0..=wanted).rev().find(leads).or_else(|| (wanted..self.lines.len()).find(leads))
        };
        self.at = found.unwrap_or(self.at);
        // What stands above the first line that leads somewhere is seen again.
        if !(0..self.at).any(|at| leads(&at)) {
            self.top.set(0);
        }
    }

    /// Draws the lines.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        self.draw_as(true, area, buf, shared);
    }

    /// Draws the lines, with the cursor only where the keys are theirs.
    pub fn draw_as(&self, focused: bool, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let room = usize::from(area.height);
        self.height.set(room);
        self.top.set(frame::scroll(self.top.get(), self.at, room).min(self.lines.len().saturating_sub(1)));
        let shown = self.lines.iter().enumerate().skip(self.top.get());
        for (y, (at, line)) in (area.top()..area.bottom()).zip(shown) {
            let here = focused && at == self.at && line.target.is_some();
            draw_line(line, here, Rect { y, height: 1, ..area }, buf, shared);
        }
    }
}

/// Draws one line, as the one under the cursor or not.
pub(in crate::tui) fn draw_line(line: &Line, here: bool, row: Rect, buf: &mut Buffer, shared: &Shared) {
    let measure = shared.glyphs.measure;
    let base = if here { shared.theme.style(Role::Selection) } else { shared.theme.style(Role::Text) };
    if here {
        buf.set_style(row, base);
    }
    let gaps = u16::try_from(line.parts.len().saturating_sub(1)).unwrap_or(0);
    let fixed: u16 = line.parts.iter().filter_map(|part| part.width).sum();
    let rest = row.width.saturating_sub(fixed + gaps);
    let mut x = row.x;
    for part in &line.parts {
        let width = part.width.unwrap_or(rest).min(row.right().saturating_sub(x));
        let style = if here { base } else { base.patch(shared.theme.style(part.role)) };
        let text = measure.fit(&part.text, width.into(), shared.glyphs.ellipsis, part.align);
        measure.draw(buf, x, row.y, &text, width, style);
        x = x.saturating_add(width + 1);
    }
}

/// A bar of some cells for a share of a whole: full parts, then empty ones.
pub fn bar(share: f64, width: usize, shared: &Shared) -> String {
    let full = (share.clamp(0.0, 1.0) * width as f64).round() as usize;
    // Only what is reached looks like it.
    let full = full.min(if share < 1.0 { width.saturating_sub(1) } else { width });
    format!("{}{}", shared.glyphs.bar_full.repeat(full), shared.glyphs.bar_empty.repeat(width - full))
}
