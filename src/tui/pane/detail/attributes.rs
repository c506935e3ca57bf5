//! The attributes of a record in their groups, in one column or two, with a cursor on a field.

use crate::backend::request::View;
use crate::schema::condition::Conditions;
use crate::schema::filter::BindContext;
use crate::schema::model::{Field, Group, Kind, Object, SYSTEM_GROUP};
use crate::tui::action::Action;
use crate::tui::context::Shared;
use crate::tui::layer::Flow;
use crate::tui::pane::list::value_style;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// From this width on fields stand in two columns.
const TWO_COLUMNS: u16 = 76;
const LABEL: u16 = 14;

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

    fn blocks<'a>(&self, object: &'a Object, view: &View, width: u16) -> Vec<Block<'a>> {
        let columns = if width >= TWO_COLUMNS { 2 } else { 1 };
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
                    let rows = run.len().div_ceil(columns);
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
        let blocks = self.blocks(object, view, area.width);
        let fields = blocks.iter().flat_map(|b| match b {
            Block::Heading(_) => Vec::new(),
            Block::Pair(pair) => pair.iter().map(|p| p.0).collect(),
            Block::Wide(i, _) => vec![*i],
        });
        let cursor = self.cursor.min(fields.max().unwrap_or(0));
        let heights: Vec<usize> = blocks.iter().map(|b| self.height(b, area.width, view, shared)).collect();
        let at = blocks.iter().position(|b| b.holds(cursor)).unwrap_or(0);
        let top = scroll(&heights, at, area.height as usize);
        let mut y = area.y;
        for (block, height) in blocks.iter().zip(&heights).skip(top) {
            let rest = (area.y + area.height).saturating_sub(y);
            if rest == 0 {
                break;
            }
            let place = Rect { y, height: (*height as u16).min(rest), ..area };
            self.draw_block(block, place, buf, view, shared, focused.then_some(cursor));
            y += place.height;
        }
    }

    fn height(&self, block: &Block<'_>, width: u16, view: &View, shared: &Shared) -> usize {
        match block {
            Block::Heading(_) | Block::Pair(_) => 1,
            Block::Wide(_, field) => {
                let text = shared.format(&field.kind, view.record.get(&field.name), &view.titles);
                text.lines()
                    .map(|l| shared.glyphs.measure.wrap(l, value_width(width)).len().max(1))
                    .sum::<usize>()
                    .max(1)
            }
        }
    }

    fn draw_block(
        &self,
        block: &Block<'_>,
        area: Rect,
        buf: &mut Buffer,
        view: &View,
        shared: &Shared,
        cursor: Option<usize>,
    ) {
        let measure = shared.glyphs.measure;
        match block {
            Block::Heading(group) => {
                let style = shared.theme.style(Role::Title);
                let x = measure.draw(buf, area.x, area.y, group.label.get(shared.lang), area.width, style);
                if self.brief {
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
                    draw_field(field, place, buf, view, shared, cursor == Some(*number));
                }
            }
            Block::Wide(number, field) => draw_field(field, area, buf, view, shared, cursor == Some(*number)),
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

fn is_wide(field: &Field) -> bool {
    matches!(field.kind, Kind::Multiline | Kind::Attachment | Kind::Url) || field.kind.is_many()
}

fn value_width(width: u16) -> usize {
    width.saturating_sub(LABEL + 2).max(4) as usize
}

fn draw_field(field: &Field, area: Rect, buf: &mut Buffer, view: &View, shared: &Shared, here: bool) {
    let measure = shared.glyphs.measure;
    let value = view.record.get(&field.name);
    let base = if here { shared.theme.style(Role::Selection) } else { shared.theme.style(Role::Text) };
    if here {
        buf.set_style(area, base);
    }
    let label = measure.fit(field.label.get(shared.lang), LABEL as usize, shared.glyphs.ellipsis, Default::default());
    let dim = if here { base } else { shared.theme.style(Role::Label) };
    measure.draw(buf, area.x, area.y, &label, LABEL.min(area.width), dim);
    let text = shared.format(&field.kind, value, &view.titles);
    let style = base.patch(value_style(field, value, shared));
    let width = value_width(area.width);
    let mut y = area.y;
    let x = area.x + LABEL + 1;
    if area.height == 1 {
        let line = measure.fit(&text, width, shared.glyphs.ellipsis, Default::default());
        measure.draw(buf, x, y, line.trim_end(), width as u16, style);
        return;
    }
    for line in text.lines() {
        for piece in measure.wrap(line, width) {
            if y >= area.y + area.height {
                return;
            }
            measure.draw(buf, x, y, line.get(piece).unwrap_or_default(), width as u16, style);
            y += 1;
        }
    }
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
