//! The schema on screen: dictionaries and their items, objects and their fields, number rules, flows and the rest,
//! as lists that lead to forms. What is changed waits until it is put in force as a whole.

use crate::contract::configure::{Deed, Outline, Section};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::schema::edit::{Listed, Place};
use crate::schema::form::{Shape, read_name};
use crate::schema::model::Object;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Effect, Goto, Shared};
use crate::tui::form::FormLayer;
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part};
use crate::tui::popup::picker::PickerLayer;
use crate::tui::popup::plan::PlanLayer;
use crate::tui::popup::ranking::{Item, pinyin_forms};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The column of keys, and that of labels.
const COLUMNS: (u16, u16) = (22, 24);

/// Lists of entries of the schema.
pub struct SetupScreen {
    /// The form's name, or the path of the entry whose parts these are.
    of: String,
    pane: LinesPane,
    slot: Slot,
    waiting: Option<Ticket>,
    doing: Option<Ticket>,
    outline: Option<Result<Outline, Error>>,
    /// The entry that was saved just now: the cursor goes there.
    saved: Option<Id>,
    /// The text from the editor, while it can't be taken.
    refused: Option<String>,
}

/// What the cursor is on.
enum Here<'o> {
    /// The heading of a list.
    Head(&'o Section),
    /// An entry of it.
    Entry(&'o Section, &'o Listed),
}

impl SetupScreen {
    /// The entries of a form (`schema/dictionary`), or the parts of an entry (`objects.customer`).
    pub fn new(of: &str, cx: &mut Context<'_>) -> SetupScreen {
        let mut screen = SetupScreen {
            of: of.to_owned(),
            pane: LinesPane::default(),
            slot: cx.slot(),
            waiting: None,
            doing: None,
            outline: None,
            saved: None,
            refused: None,
        };
        screen.load(cx);
        screen
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        self.waiting = Some(cx.ask(self.slot, Request::Outline(self.of.clone())));
        self.lay_out(cx.shared);
    }

    fn lay_out(&mut self, shared: &Shared) {
        let mut lines = Vec::new();
        match &self.outline {
            None => lines.push(Line::note(shared.text("list-loading"))),
            Some(Err(error)) => {
                lines.push(Line::failure(shared.error(error, None)));
            }
            Some(Ok(outline)) => {
                for section in &outline.sections {
                    lines.extend(self.of_section(section, outline, shared));
                }
            }
        }
        let begins = self.pane.target().is_none();
        self.pane.set(lines);
        if let Some(saved) = self.saved_line() {
            self.saved = None;
            return self.pane.go_to(&saved);
        }
        // Begins on an entry: the headings stand for what is added.
        if begins && let Some(Ok(outline)) = &self.outline {
            let is_part = |listed: &&Listed| listed.place.text() != self.of;
            let part = outline.sections.iter().find_map(|s| Some((s, s.entries.iter().find(is_part)?)));
            let first = part.or_else(|| outline.sections.iter().find_map(|s| Some((s, s.entries.first()?))));
            let first = first.map(|(section, listed)| Goto::List(section.form.clone(), listed.place.text()));
            first.iter().for_each(|first| self.pane.go_to(first));
        }
    }

    /// The line of the entry that was saved just now, once it is there.
    fn saved_line(&self) -> Option<Goto> {
        let Some(Ok(outline)) = &self.outline else { return None };
        let is_saved = |listed: &&Listed| Some(listed.place.id()) == self.saved;
        let found = outline.sections.iter().find_map(|s| Some((s, s.entries.iter().find(is_saved)?)));
        found.map(|(section, listed)| Goto::List(section.form.clone(), listed.place.text()))
    }

    /// Whether a section holds the entry alone whose parts the others are.
    fn is_itself(&self, section: &Section) -> bool {
        section.entries.iter().any(|listed| listed.place.text() == self.of)
    }

    fn of_section(&self, section: &Section, outline: &Outline, shared: &Shared) -> Vec<Line> {
        let form = outline.forms.object(&section.form).or_else(|| shared.object(&section.form));
        let target = |path: String| Goto::List(section.form.clone(), path);
        let mut lines = Vec::new();
        if !self.is_itself(section) {
            let label = form.map_or("", |form| form.plural.get(shared.lang));
            let head = Part::rest(format!("{label} ({})", section.entries.len())).role(Role::Title);
            lines.push(Line::to(target(String::new()), vec![head]));
        }
        for listed in &section.entries {
            let role = if listed.retired || listed.off { Role::Dim } else { Role::Text };
            let mark = match (listed.added, listed.own) {
                (true, _) => "+",
                (false, true) => "*",
                _ => " ",
            };
            let key = if listed.place.key.is_empty() { listed.place.text() } else { listed.place.key.clone() };
            let parts = vec![
                Part::of(format!(" {mark} {key}"), COLUMNS.0).role(role),
                Part::of(label_of(listed, shared), COLUMNS.1).role(role),
                Part::rest(detail_of(listed, form, outline, shared)).role(Role::Dim),
            ];
            lines.push(Line::to(target(listed.place.text()), parts));
        }
        if section.entries.is_empty() {
            let key = shared.keymap.first_key(Action::SetupAdd);
            lines.push(Line::note(format!("    {}", shared.message(&msg!("setup-empty", key = key)))));
        }
        lines.push(Line::empty());
        lines
    }

    fn here(&self) -> Option<Here<'_>> {
        let Some(Goto::List(name, path)) = self.pane.target() else { return None };
        let Some(Ok(outline)) = &self.outline else { return None };
        let section = outline.sections.iter().find(|section| section.form == *name)?;
        match section.entries.iter().find(|listed| listed.place.text() == *path) {
            Some(listed) => Some(Here::Entry(section, listed)),
            None => Some(Here::Head(section)),
        }
    }

    fn open(&mut self, cx: &mut Context<'_>) {
        match self.here() {
            Some(Here::Entry(_, listed)) if listed.place.text() == self.of => self.edit(cx),
            Some(Here::Entry(_, listed)) if listed.place.kind.parts().next().is_some() => {
                let screen = SetupScreen::new(&listed.place.text(), cx);
                cx.push(Box::new(screen));
            }
            Some(Here::Entry(..)) => self.edit(cx),
            Some(Here::Head(_)) => self.add(cx),
            None => {}
        }
    }

    fn edit(&self, cx: &mut Context<'_>) {
        let Some(Here::Entry(section, listed)) = self.here() else { return };
        let key = RecordKey { object: section.form.clone(), id: listed.place.id() };
        let form = FormLayer::edit(key, None, cx);
        cx.push(form);
    }

    fn add(&self, cx: &mut Context<'_>) {
        let Some(Here::Head(section) | Here::Entry(section, _)) = self.here() else { return };
        // On the entry itself a part of it is added, where it has one kind of parts.
        let parts: Vec<&Section> = self.outline.iter().flatten().flat_map(|o| &o.sections).skip(1).collect();
        let section = match (self.is_itself(section), parts.as_slice()) {
            (true, [part]) => part,
            (true, _) => return cx.info(msg!("setup-add-where")),
            (false, _) => section,
        };
        let single = read_name(&section.form).is_some_and(|(kind, _)| kind.shape == Shape::Root);
        if single {
            return self.edit(cx);
        }
        let form = FormLayer::add(&section.form, Fields::new(), cx);
        cx.push(form);
    }

    fn place(&self) -> Option<Place> {
        match self.here()? {
            Here::Entry(_, listed) if listed.place.kind.shape != Shape::Root && listed.place.text() != self.of => {
                Some(listed.place.clone())
            }
            _ => None,
        }
    }

    fn act(&mut self, deed: Deed, cx: &mut Context<'_>) {
        self.doing = Some(cx.ask(self.slot, Request::Configure(deed)));
    }

    fn edit_text(&self, cx: &mut Context<'_>) {
        let Some(Ok(outline)) = &self.outline else { return };
        let text = self.refused.clone().unwrap_or_else(|| outline.text.clone());
        cx.effect(Effect::Edit { text, extension: "toml" });
    }

    fn take_edited(&mut self, text: Option<String>, cx: &mut Context<'_>) {
        let Some(Ok(outline)) = &self.outline else { return };
        match text {
            Some(text) if text != outline.text => {
                self.refused = Some(text.clone());
                self.act(Deed::Text(text), cx);
            }
            _ => self.refused = None,
        }
    }

    /// All lines to choose from by what is typed.
    fn find(&self, cx: &mut Context<'_>) {
        let Some(Ok(outline)) = &self.outline else { return };
        let item = |section: &Section, listed: &Listed| {
            let place = &listed.place;
            let also = [&place.key, &listed.label.zh, &listed.label.en, &pinyin_forms(&listed.label.zh).join("\n")];
            Item {
                key: format!("{}\n{}", section.form, place.text()),
                text: if place.key.is_empty() { place.text() } else { place.key.clone() },
                also: also.map(String::as_str).join("\n"),
                detail: listed.label.get(cx.shared.lang).to_owned(),
                group: String::new(),
                ..Item::default()
            }
        };
        let items = outline.sections.iter().flat_map(|s| s.entries.iter().map(move |listed| item(s, listed)));
        let layer = PickerLayer::new(self.title(cx.shared), items.collect());
        cx.push(Box::new(layer));
    }

    fn take_done(&mut self, result: Result<(), Error>, cx: &mut Context<'_>) {
        self.doing = None;
        match result {
            Ok(()) => {
                match self.refused.take() {
                    Some(_) => preview(cx),
                    None => cx.info(msg!("setup-kept")),
                }
                self.load(cx);
            }
            Err(error) => cx.fail(&error, None),
        }
    }
}

fn preview(cx: &mut Context<'_>) {
    let layer = PlanLayer::new(cx);
    cx.push(Box::new(layer));
}

/// What an entry is about and what else is worth seeing of it, in words where its form has them.
fn detail_of(listed: &Listed, form: Option<&Object>, outline: &Outline, shared: &Shared) -> String {
    let said = |field: &str, value: &str| {
        let dictionary = form.and_then(|form| form.field(field)).and_then(|field| field.kind.dictionary());
        let item = dictionary.and_then(|name| outline.forms.dictionary(name)).and_then(|d| d.item(value));
        item.map_or_else(|| value.to_owned(), |item| item.label.get(shared.lang).to_owned())
    };
    let states = [("setup-off", listed.off), ("setup-retired", listed.retired)];
    let states = states.into_iter().filter(|(_, is_so)| *is_so).map(|(key, _)| shared.text(key));
    let rest = [said("object", &listed.object), said("type", &listed.detail)];
    shared.listed(&states.chain(rest).filter(|part| !part.is_empty()).collect::<Vec<_>>())
}

/// An entry without a label of its own: a number rule is that of an object.
fn label_of(listed: &Listed, shared: &Shared) -> String {
    let own = listed.label.get(shared.lang);
    let object =
        shared.schema.object(&listed.place.key).filter(|_| listed.place.kind.name == "number" && own.is_empty());
    object.map_or(own, |object| object.label.get(shared.lang)).to_owned()
}

impl Layer for SetupScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Setup, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        let label = |form: &str| shared.object(form).map(|form| form.plural.get(shared.lang).to_owned());
        match (label(&self.of), Place::read(&self.of)) {
            (Some(label), _) => label,
            (None, Some(place)) => {
                let kind = shared.object(&place.form()).map_or("", |form| form.label.get(shared.lang));
                let entries = self.outline.iter().flatten().flat_map(|o| &o.sections).flat_map(|s| &s.entries);
                let mut own = entries.filter(|listed| listed.place == place).map(|listed| label_of(listed, shared));
                let named = own.next().filter(|label| !label.is_empty());
                format!("{kind} {}", named.unwrap_or(place.key))
            }
            (None, None) => self.of.clone(),
        }
    }

    fn status(&self, shared: &Shared) -> String {
        match &self.outline {
            Some(Ok(outline)) if outline.waiting > 0 => {
                shared.message(&msg!("setup-waiting", number = outline.waiting))
            }
            _ => String::new(),
        }
    }

    fn hints(&self) -> Vec<Action> {
        use Action::{Back, SetupAdd, SetupDown, SetupEdit, SetupOpen, SetupPlan, SetupRemove, SetupText};
        vec![SetupOpen, SetupEdit, SetupAdd, SetupPlan, SetupRemove, SetupDown, SetupText, Back]
    }

    fn is_ready(&self) -> bool {
        self.outline.is_some()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::SetupOpen) => self.open(cx),
            Event::Action(Action::SetupEdit) => self.edit(cx),
            Event::Action(Action::SetupAdd) => self.add(cx),
            Event::Action(Action::SetupText) => self.edit_text(cx),
            Event::Action(Action::SetupPlan) => preview(cx),
            Event::Action(Action::SetupRemove) => {
                if let Some(place) = self.place() {
                    self.act(Deed::Remove(place), cx);
                }
            }
            Event::Action(action @ (Action::SetupUp | Action::SetupDown)) => {
                if let Some(place) = self.place() {
                    self.act(Deed::Shift(place, if action == Action::SetupUp { -1 } else { 1 }), cx);
                }
            }
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            Event::Action(action) if self.pane.act(action) => {}
            Event::Edited(text) => self.take_edited(text, cx),
            Event::Action(Action::SetupFind) => self.find(cx),
            Event::Closed(Closed::Picked(keys)) => {
                if let Some((form, path)) = keys.first().and_then(|key| key.split_once('\n')) {
                    self.pane.go_to(&Goto::List(form.to_owned(), path.to_owned()));
                }
            }
            Event::Closed(closed) => {
                self.load(cx);
                if let Closed::Saved(id) = closed {
                    self.saved = Some(id);
                    preview(cx);
                }
            }
            Event::Action(Action::Refresh) | Event::Changed => self.load(cx),
            Event::Reply(ticket, Reply::Outline(answer)) if self.waiting == Some(ticket) => {
                self.waiting = None;
                if !matches!(answer, Err(Error::Cancelled)) {
                    self.outline = Some(answer);
                }
                self.lay_out(cx.shared);
            }
            Event::Reply(ticket, Reply::Configured(result)) if self.doing == Some(ticket) => self.take_done(result, cx),
            Event::Resized => self.lay_out(cx.shared),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.pane.draw(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, buf, shared);
        None
    }
}
