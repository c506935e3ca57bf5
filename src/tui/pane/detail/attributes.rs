//! The attributes of a record in their groups, in one column or two, with a cursor on a field.

use crate::contract::request::View;
use crate::schema::condition::Conditions;
use crate::schema::filter::BindContext;
use crate::schema::model::{Field, Group, Kind, Object, SYSTEM_GROUP};
use crate::tui::action::Action;
use crate::tui::context::Shared;
use crate::tui::deadline;
use crate::tui::layer::Flow;
use crate::tui::pane::list::value_style;
use crate::tui::text::Align;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// From this width on fields stand in two columns.
const TWO_COLUMNS: u16 = 76;
/// Labels may be as wide as this, or as two fifths of their column.
const LEAST_LABEL: u16 = 14;

/// Where the cursor stands among the attributes.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Beside a list: no rules between groups, and nothing that title and header show already. Every step
    /// through the list writes all of it, over slow lines too.
    pub(super) brief: bool,
    cursor: usize,
    show_empty: bool,
    /// Fields that the schema's conditions hide for this record.
    hidden: BTreeSet<String>,
}

/// Something in the column of attributes.
enum Block<'a> {
    Heading(&'a Group),
    /// Fields beside each other, with their numbers among the shown fields.
    Pair(Vec<(usize, &'a Field)>),
    /// One field over the whole width, and its lines.
    Wide(usize, &'a Field),
}

impl Attributes {
    /// Of a record that isn't there yet.
    pub(super) fn new(brief: bool) -> Attributes {
        Attributes { brief, ..Attributes::default() }
    }

    /// Finds out what the schema's conditions hide for a record.
    pub(super) fn take(&mut self, view: &View, shared: &Shared) {
        let Some(object) = shared.object(&view.record.object) else { return };
        let context = BindContext { now: &shared.now, me: shared.me.as_ref().map(|m| m.id) };
        let conditions = Conditions::of(&shared.schema, object, &context);
        let hidden = object.fields.iter().filter(|f| !conditions.is_visible(object, f, &view.record.fields));
        self.hidden = hidden.map(|f| f.name.clone()).collect();
    }

    pub(super) fn toggle_empty(&mut self) {
        self.show_empty = !self.show_empty;
    }

    /// The name of the field under the cursor.
    pub(super) fn current(&self, object: &Object, view: &View) -> Option<String> {
        let fields: Vec<&Field> = self.groups(object, view).into_iter().flat_map(|g| g.1).collect();
        fields.get(self.cursor.min(fields.len().saturating_sub(1))).map(|f| f.name.clone())
    }

    pub(super) fn act(&mut self, action: Action, object: &Object, view: &View, body: usize) -> Flow {
        let count: usize = self.groups(object, view).iter().map(|g| g.1.len()).sum();
        let last = count.saturating_sub(1);
        let half = (body / 2).max(1);
        let here = self.cursor.min(last);
        self.cursor = match action {
            Action::Down => (here + 1).min(last),
            Action::Up => here.saturating_sub(1),
            Action::HalfPageDown => (here + half).min(last),
            Action::HalfPageUp => here.saturating_sub(half),
            Action::PageDown => (here + body).min(last),
            Action::PageUp => here.saturating_sub(body),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return Flow::Ignored,
        };
        Flow::Used
    }

    /// Groups that have something to show, with their shown fields.
    fn groups<'a>(&self, object: &'a Object, view: &View) -> Vec<(&'a Group, Vec<&'a Field>)> {
        let shown = |f: &&Field| {
            let value = view.record.get(&f.name);
            let above =
                || f.name == object.title || object.code.as_ref() == Some(&f.name) || object.header.contains(&f.name);
            let wanted = self.show_empty || !(value.is_empty() || self.brief && above());
            !f.retired && !self.hidden.contains(&f.name) && f.name != "id" && wanted
        };
        let groups = object.groups.iter().map(|g| (g, object.group_fields(&g.name).filter(shown).collect::<Vec<_>>()));
        groups.filter(|(g, fields)| !fields.is_empty() && (self.show_empty || g.name != SYSTEM_GROUP)).collect()
    }

    fn blocks<'a>(&self, object: &'a Object, view: &View, width: u16, shared: &Shared) -> Vec<Block<'a>> {
        let columns = if width >= TWO_COLUMNS { 2 } else { 1 };
        let room = value_width((width / columns).saturating_sub(1), label_width(object, width, shared));
        let is_wide = |field: &Field| {
            let text = shared.format(&field.kind, view.record.get(&field.name), &view.titles);
            is_long(field) || shared.glyphs.measure.width(&text) > room
        };
        let mut blocks = Vec::new();
        let mut number = 0;
        for (group, fields) in self.groups(object, view) {
            blocks.push(Block::Heading(group));
            let numbered: Vec<(usize, &Field)> = fields.into_iter().enumerate().map(|(i, f)| (number + i, f)).collect();
            number += numbered.len();
            // Runs of short fields are set in columns, read downwards; long texts take the whole width.
            for run in numbered.chunk_by(|a, b| is_wide(a.1) == is_wide(b.1)) {
                if run.first().is_some_and(|(_, f)| is_wide(f)) {
                    blocks.extend(run.iter().map(|(i, f)| Block::Wide(*i, f)));
                } else {
                    let rows = run.len().div_ceil(columns.into());
                    for row in 0..rows {
                        blocks.push(Block::Pair(run.iter().skip(row).step_by(rows).copied().collect()));
                    }
                }
            }
        }
        blocks
    }

    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, view: &View, shared: &Shared, focused: bool) {
        let Some(object) = shared.object(&view.record.object) else { return };
        let blocks = self.blocks(object, view, area.width, shared);
        let label = label_width(object, area.width, shared);
        let fields = blocks.iter().flat_map(|b| match b {
            Block::Heading(_) => Vec::new(),
            Block::Pair(pair) => pair.iter().map(|p| p.0).collect(),
            Block::Wide(i, _) => vec![*i],
        });
        let cursor = self.cursor.min(fields.max().unwrap_or(0));
        let heights: Vec<usize> =
            blocks.iter().map(|b| self.height(b, value_width(area.width, label), view, shared)).collect();
        let at = blocks.iter().position(|b| b.holds(cursor)).unwrap_or(0);
        let top = scroll(&heights, at, area.height as usize);
        let mut y = area.y;
        for (block, height) in blocks.iter().zip(&heights).skip(top) {
            let rest = (area.y + area.height).saturating_sub(y);
            if rest == 0 {
                break;
            }
            let place = Rect { y, height: (*height as u16).min(rest), ..area };
            let cursor = focused.then_some(cursor);
            let painter = Painter { view, shared, label, cursor, rules: !self.brief };
            painter.block(block, place, buf);
            y += place.height;
        }
    }

    fn height(&self, block: &Block<'_>, room: usize, view: &View, shared: &Shared) -> usize {
        match block {
            Block::Heading(_) | Block::Pair(_) => 1,
            Block::Wide(_, field) => {
                let text = shared.format(&field.kind, view.record.get(&field.name), &view.titles);
                text.lines().map(|l| shared.glyphs.measure.wrap(l, room).len().max(1)).sum::<usize>().max(1)
            }
        }
    }
}

/// Draws fields of one record.
struct Painter<'a> {
    view: &'a View,
    shared: &'a Shared,
    /// The width of labels.
    label: u16,
    /// Whether groups are set apart by rules.
    rules: bool,
    /// The number of the field under the cursor, where there is one.
    cursor: Option<usize>,
}

impl Painter<'_> {
    fn block(&self, block: &Block<'_>, area: Rect, buf: &mut Buffer) {
        let (shared, measure) = (self.shared, self.shared.glyphs.measure);
        match block {
            Block::Heading(group) => {
                let style = shared.theme.style(Role::Title);
                let x = measure.draw(buf, area.x, area.y, group.label.get(shared.lang), area.width, style);
                if !self.rules {
                    return;
                }
                let line = shared.glyphs.horizontal.repeat((area.x + area.width).saturating_sub(x + 2) as usize);
                let border = shared.theme.style(Role::Border);
                measure.draw(buf, x + 1, area.y, &line, area.width.saturating_sub(2), border);
            }
            Block::Pair(pair) => {
                let columns = if area.width >= TWO_COLUMNS { 2 } else { 1 };
                let width = area.width / columns;
                for (i, (number, field)) in pair.iter().enumerate() {
                    let place = Rect { x: area.x + width * i as u16, width: width.saturating_sub(1), ..area };
                    self.field(*number, field, place, buf);
                }
            }
            Block::Wide(number, field) => self.field(*number, field, area, buf),
        }
    }

    fn field(&self, number: usize, field: &Field, area: Rect, buf: &mut Buffer) {
        let (shared, measure) = (self.shared, self.shared.glyphs.measure);
        let here = self.cursor == Some(number);
        let value = self.view.record.get(&field.name);
        let base = shared.theme.style(if here { Role::Selection } else { Role::Text });
        if here {
            buf.set_style(area, base);
        }
        let label =
            measure.fit(field.label.get(shared.lang), self.label as usize, shared.glyphs.ellipsis, Align::default());
        let dim = if here { base } else { shared.theme.style(Role::Label) };
        measure.draw(buf, area.x, area.y, &label, self.label.min(area.width), dim);
        let mut text = shared.format(&field.kind, value, &self.view.titles);
        let mut style = base.patch(value_style(field, value, shared));
        if let Some(due) = deadline::of(&self.view.record, field, shared) {
            text.push_str(due.sign(shared));
            style = style.patch(shared.theme.style(due.role()));
        }
        let room = value_width(area.width, self.label);
        let x = area.x + self.label + 1;
        if area.height == 1 {
            let line = measure.fit(&text, room, shared.glyphs.ellipsis, Align::default());
            measure.draw(buf, x, area.y, line.trim_end(), room as u16, style);
            return;
        }
        let pieces = text.lines().flat_map(|line| measure.wrap(line, room).into_iter().filter_map(|p| line.get(p)));
        for (y, piece) in (area.top()..area.bottom()).zip(pieces) {
            measure.draw(buf, x, y, piece, room as u16, style);
        }
    }
}

impl Block<'_> {
    fn holds(&self, number: usize) -> bool {
        match self {
            Block::Heading(_) => false,
            Block::Pair(pair) => pair.iter().any(|p| p.0 == number),
            Block::Wide(i, _) => *i == number,
        }
    }
}

fn is_long(field: &Field) -> bool {
    matches!(field.kind, Kind::Multiline | Kind::Attachment | Kind::Url) || field.kind.is_many()
}

/// The width of the longest label, as far as a column has room for it.
fn label_width(object: &Object, width: u16, shared: &Shared) -> u16 {
    let column = if width >= TWO_COLUMNS { width / 2 } else { width };
    let labels = object.fields.iter().filter(|f| !f.retired).map(|f| f.label.get(shared.lang));
    let longest = labels.map(|l| shared.glyphs.measure.width(l) as u16).max().unwrap_or(0);
    longest.min((column * 2 / 5).max(LEAST_LABEL))
}

fn value_width(width: u16, label: u16) -> usize {
    width.saturating_sub(label + 2).max(4) as usize
}

/// The first block to show so that block `at` is on the screen, with a little of what follows it.
fn scroll(heights: &[usize], at: usize, room: usize) -> usize {
    let through = (at + 2).min(heights.len());
    let mut top = 0;
    while top < at && heights.iter().take(through).skip(top).sum::<usize>() > room {
        top += 1;
    }
    top
}
