//! Where the fields of a form stand: groups as sections, one column or two, labels beside or above.

use super::FormLayer;
use super::editor::{Look, is_short};
use crate::msg;
use crate::tui::action::Action;
use crate::tui::context::Shared;
use crate::tui::theme::Role;
use ratatui::layout::Rect;

/// From this width on labels stand beside their fields: a screen of 60 columns less the scroll bar.
const BESIDE: u16 = 58;
/// From this width on short fields stand two in a row.
const TWO_COLUMNS: u16 = 100;
/// Columns before a label, for the sign of required fields.
pub(super) const MARK: u16 = 2;
/// What is wrong with a field, and its help, are told in at most so many lines each.
const NOTE_LINES: usize = 3;

/// How labels and fields share the width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    /// Labels stand above their fields.
    pub(super) above: bool,
    /// The width of labels.
    pub(super) label: u16,
    /// Fields that may stand side by side.
    pub(super) count: u16,
}

impl Columns {
    /// Where a field's value begins.
    pub(super) fn value_x(self) -> u16 {
        if self.above { MARK } else { MARK + self.label + 1 }
    }

    /// The width of the value of a field that is `width` wide.
    pub(super) fn value_width(self, width: u16) -> u16 {
        width.saturating_sub(self.value_x()).max(1)
    }
}

/// One field in its place.
pub(super) struct Slot {
    pub(super) place: usize,
    pub(super) x: u16,
    pub(super) width: u16,
    pub(super) height: u16,
    /// The rows of the value.
    pub(super) rows: u16,
    /// What stands below the value.
    pub(super) notes: Vec<(String, Role)>,
    /// What the typed text is understood as, where it stands beside it.
    pub(super) understood: Option<String>,
}

/// Rows of the form, over its whole width.
pub(super) struct Band {
    pub(super) y: usize,
    pub(super) height: u16,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// The name of a group.
    Heading(String),
    /// Fields side by side.
    Fields(Vec<Slot>),
}

impl FormLayer {
    pub(super) fn columns(&self, width: u16, shared: &Shared) -> Columns {
        let count = if width >= TWO_COLUMNS { 2 } else { 1 };
        let measure = shared.glyphs.measure;
        let shown = self.entries.iter().filter(|e| e.state.visible);
        let widest = shown.map(|e| measure.width(e.field.label.get(shared.lang))).max().unwrap_or(0);
        let most = (width / count * 2 / 5).clamp(6, 24);
        let label = u16::try_from(widest).unwrap_or(u16::MAX).clamp(4, most);
        Columns { above: width < BESIDE, label, count }
    }

    /// All rows of the form at a width, from its top.
    pub(super) fn bands(&self, width: u16, columns: Columns, spacious: bool, shared: &Shared) -> Vec<Band> {
        let mut bands: Vec<Band> = Vec::new();
        let mut y = 0;
        let mut push = |content: Content, before: usize, y: &mut usize| {
            let height = match &content {
                Content::Heading(_) => 1,
                Content::Fields(slots) => slots.iter().map(|s| s.height).max().unwrap_or(0),
            };
            *y += before;
            bands.push(Band { y: *y, height, content });
            *y += usize::from(height);
        };
        let mut group: Option<&str> = None;
        let mut waiting: Option<usize> = None;
        let one = |place, shared: &Shared| Content::Fields(vec![self.slot(place, 0, width, columns, shared)]);
        let shown = self.entries.iter().enumerate().filter(|(_, e)| e.state.visible);
        for (place, entry) in shown {
            if group != Some(entry.field.group.as_str()) {
                if let Some(single) = waiting.take() {
                    push(one(single, shared), 0, &mut y);
                }
                let blank = usize::from(spacious && group.is_some());
                group = Some(entry.field.group.as_str());
                if let Some(group) = self.object.groups.iter().find(|g| g.name == entry.field.group) {
                    push(Content::Heading(group.label.get(shared.lang).to_owned()), blank, &mut y);
                }
            }
            let pairs = columns.count > 1 && is_short(&entry.field.kind);
            match waiting.take() {
                Some(left) if pairs => {
                    let half = width / 2;
                    let left = self.slot(left, 0, half.saturating_sub(1), columns, shared);
                    let right = self.slot(place, half, width - half, columns, shared);
                    push(Content::Fields(vec![left, right]), 0, &mut y);
                }
                None if pairs => waiting = Some(place),
                before => {
                    if let Some(single) = before {
                        push(one(single, shared), 0, &mut y);
                    }
                    push(one(place, shared), 0, &mut y);
                }
            }
        }
        if let Some(single) = waiting {
            push(one(single, shared), 0, &mut y);
        }
        bands
    }

    fn slot(&self, place: usize, x: u16, width: u16, columns: Columns, shared: &Shared) -> Slot {
        let value_width = columns.value_width(width);
        let mut slot = Slot { place, x, width, height: 1, rows: 1, notes: Vec::new(), understood: None };
        let Some(entry) = self.entries.get(place) else { return slot };
        let look = self.look(place, shared);
        if look.focused && !look.read_only {
            slot.understood = entry.editor.understood(shared);
        }
        let beside = |text: &String| shared.glyphs.measure.width(text) + 2 <= usize::from(value_width / 2);
        let below = slot.understood.take_if(|text| !beside(text));
        slot.notes = self.notes(place, below, value_width, shared);
        slot.rows = entry.editor.height(value_width, &look);
        let notes = u16::try_from(slot.notes.len()).unwrap_or(u16::MAX);
        slot.height = slot.rows.saturating_add(notes).saturating_add(u16::from(columns.above));
        slot
    }

    /// How an entry is drawn right now.
    pub(super) fn look<'a>(&'a self, place: usize, shared: &'a Shared) -> Look<'a> {
        let entry = self.entries.get(place);
        Look {
            shared,
            titles: &self.titles,
            focused: place == self.focus && entry.is_some_and(super::entry::Entry::is_open),
            read_only: entry.is_some_and(|e| e.state.read_only || e.is_computed()),
            preview: entry.map_or("", |e| e.preview.as_str()),
        }
    }

    /// What stands below a field: its error, what is understood, similar records, its help.
    fn notes(&self, place: usize, understood: Option<String>, width: u16, shared: &Shared) -> Vec<(String, Role)> {
        let Some(entry) = self.entries.get(place) else { return Vec::new() };
        let focused = place == self.focus;
        let mut notes = Vec::new();
        if let Some(error) = entry.error(self.submitted) {
            let text = format!("{} {}", shared.glyphs.error, shared.message(error));
            notes.extend(wrapped(&text, width, shared).map(|line| (line, Role::Error)));
        }
        notes.extend(understood.map(|text| (text, Role::Dim)));
        notes.extend(self.similar(&entry.field.name, shared).map(|text| (text, Role::Warning)));
        if let Some(help) = entry.field.help.as_ref().filter(|_| focused) {
            notes.extend(wrapped(help.get(shared.lang), width, shared).map(|line| (line, Role::Dim)));
        }
        notes
    }

    /// The similar records that are told of under a field.
    fn similar(&self, field: &str, shared: &Shared) -> Option<String> {
        let visible = |name: &&String| self.entries.iter().any(|e| e.field.name == **name && e.state.visible);
        let told_here =
            |d: &&crate::contract::request::Duplicate| d.fields.iter().find(visible).is_some_and(|name| name == field);
        let titles: Vec<&str> = self.duplicates.iter().filter(told_here).map(|d| d.title.as_str()).collect();
        let shown = shared.listed(&titles.iter().take(3).copied().collect::<Vec<_>>());
        let key = shared.keymap.first_key(Action::FormDuplicate);
        let text =
            format!("{} {}", shared.glyphs.warning, shared.message(&msg!("form-similar", titles = shown, key = key)));
        (!titles.is_empty()).then_some(text)
    }

    /// The nearest open field in the row above or below.
    pub(super) fn beside(&self, down: bool, shared: &Shared) -> Option<usize> {
        let width = fields_width(self.area.get().width);
        let columns = self.columns(width, shared);
        let rows: Vec<Vec<usize>> = self
            .bands(width, columns, false, shared)
            .into_iter()
            .filter_map(|band| match band.content {
                Content::Fields(slots) => Some(slots.into_iter().map(|s| s.place).collect()),
                Content::Heading(_) => None,
            })
            .collect();
        let row = rows.iter().position(|r| r.contains(&self.focus))?;
        let column = rows.get(row)?.iter().position(|p| *p == self.focus)?;
        let open = |places: &Vec<usize>| {
            let is_open = |place: &usize| self.entries.get(*place).is_some_and(super::entry::Entry::is_open);
            let wanted = places.get(column).copied().filter(is_open);
            wanted.or_else(|| places.iter().copied().rfind(is_open))
        };
        if down { rows.iter().skip(row + 1).find_map(open) } else { rows.iter().take(row).rev().find_map(open) }
    }

    /// The open field at a cell of the screen.
    pub(super) fn entry_at(&self, x: u16, y: u16, shared: &Shared) -> Option<usize> {
        let body = self.body(self.area.get(), shared);
        let body = Rect { width: fields_width(body.width), ..body };
        let row = usize::from(y.checked_sub(body.y)?) + self.top.get();
        let columns = self.columns(body.width, shared);
        let bands = self.bands(body.width, columns, is_spacious(body), shared);
        let band = bands.iter().find(|b| (b.y..b.y + usize::from(b.height)).contains(&row))?;
        let Content::Fields(slots) = &band.content else { return None };
        let column = x.checked_sub(body.x)?;
        let slot = slots.iter().find(|s| (s.x..s.x + s.width).contains(&column))?;
        self.entries.get(slot.place).filter(|e| e.is_open()).map(|_| slot.place)
    }
}

/// The lines of a note, as many as a note may have; the last one is cut where it is drawn.
fn wrapped<'t>(text: &'t str, width: u16, shared: &Shared) -> impl Iterator<Item = String> + use<'t> {
    let lines = shared.glyphs.measure.wrap(text, usize::from(width));
    let last = lines.len().min(NOTE_LINES).saturating_sub(1);
    let whole = move |(row, line): (usize, std::ops::Range<usize>)| {
        text.get(line.start..if row == last { text.len() } else { line.end }).map(str::to_owned)
    };
    lines.into_iter().take(NOTE_LINES).enumerate().filter_map(whole)
}

/// What a form of some width has for its fields beside the scroll bar.
pub(super) fn fields_width(width: u16) -> u16 {
    width.saturating_sub(2)
}

/// Whether there is room for blank lines between groups.
pub(super) fn is_spacious(body: Rect) -> bool {
    body.height >= 20
}
