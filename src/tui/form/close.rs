//! Leaving a form: unsaved changes are asked about, the draft goes with what is done.

use super::grid::GridLayer;
use super::{Above, FormLayer, Phase};
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::tui::context::Context;
use crate::tui::layer::{Closed, Layer};
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::request::Request;

/// What is wanted after the form is saved or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing more.
    Close,
    /// The form of the next or previous record of the list below.
    Step(isize),
    /// The lines of the document.
    Lines,
}

/// The answers about unsaved changes, in the order of the buttons.
const ANSWERS: [&str; 3] = ["form-answer-save", "form-answer-discard", "form-answer-stay"];

impl FormLayer {
    /// Leaves the form, but asks first where something would be lost.
    pub(super) fn leave(&mut self, after: After, cx: &mut Context<'_>) {
        match &self.phase {
            // Asked again while the draft's last write is not answered: don't wait for it.
            Phase::Ending(closed, after) => {
                let (closed, after) = (closed.clone(), *after);
                self.keeper.hurry(cx);
                self.go(closed, after, cx);
            }
            Phase::Saving(..) if self.progress.far().1 > 0 => {
                self.progress.stop();
                cx.info(msg!("form-stopping"));
            }
            Phase::Saving(..) | Phase::Merging(..) => cx.info(msg!("form-saving")),
            Phase::Open if self.dirty => {
                self.above = Above::Leave(after);
                let buttons = ANSWERS.map(|key| cx.shared.text(key)).to_vec();
                let question = cx.shared.text("form-unsaved");
                cx.push(Box::new(ConfirmLayer::new(String::new(), vec![question], buttons, ANSWERS.len() - 1)));
            }
            _ => self.end(Closed::Cancelled, after, cx),
        }
    }

    /// Goes on to the lines of the document; what was changed of it is saved before.
    pub(super) fn lines(&mut self, cx: &mut Context<'_>) {
        match self.phase {
            Phase::Open if self.target.is_none() || self.dirty => self.save(After::Lines, cx),
            Phase::Open => self.end(Closed::Cancelled, After::Lines, cx),
            _ => {}
        }
    }

    /// The work is done or given up: removes the draft, and closes when that is written.
    pub(super) fn end(&mut self, closed: Closed, after: After, cx: &mut Context<'_>) {
        self.dirty = false;
        self.keeper.keep(None, cx);
        self.phase = Phase::Ending(closed, after);
        self.end_if_kept(cx);
    }

    pub(super) fn end_if_kept(&mut self, cx: &mut Context<'_>) {
        if let Phase::Ending(closed, after) = &self.phase
            && self.keeper.has_sent_all()
        {
            let (closed, after) = (closed.clone(), *after);
            self.go(closed, after, cx);
        }
    }

    fn go(&mut self, closed: Closed, after: After, cx: &mut Context<'_>) {
        match after {
            After::Close => cx.close(closed),
            After::Lines => {
                let saved = if let Closed::Saved(id) = closed { Some(id) } else { self.target.map(|(id, _)| id) };
                let Some(id) = saved else { return cx.close(closed) };
                let key = RecordKey { object: self.object.name.clone(), id };
                *self = FormLayer::of_record(key.clone(), None, cx);
                if let Some(grid) = GridLayer::open(key, cx) {
                    self.above = Above::Lines;
                    cx.push(Box::new(grid));
                }
            }
            After::Step(delta) => {
                // At the end of the list the form stays, with the record as it is stored now.
                if let Some(key) = self.current() {
                    let field = self.current_entry().map(|e| e.field.name.clone());
                    *self = FormLayer::of_record(key, field.as_deref(), cx);
                }
                cx.step(delta);
            }
        }
    }

    /// The layer above closed with a result.
    pub(super) fn take_closed(&mut self, closed: Closed, cx: &mut Context<'_>) {
        match std::mem::replace(&mut self.above, Above::Nothing) {
            Above::Chooser(place) => self.take_chosen(place, closed, cx),
            Above::Files(place) => {
                if let Closed::Picked(paths) = &closed
                    && let Some(path) = paths.first()
                {
                    self.take_file(place, path, cx);
                }
            }
            Above::Create(place) => self.take_created(place, &closed, cx),
            Above::Leave(after) => match closed {
                Closed::Answered(0) => self.save(after, cx),
                Closed::Answered(1) => self.end(Closed::Cancelled, after, cx),
                _ => {}
            },
            Above::Conflict => self.take_choice(closed, cx),
            Above::Duplicates => {
                let picked = match closed {
                    Closed::Picked(keys) => keys.first().and_then(|k| k.parse::<Id>().ok()),
                    _ => None,
                };
                if let Some(found) = self.duplicates.iter().find(|d| Some(d.key.id) == picked).cloned() {
                    self.take_duplicate(&found, cx);
                }
            }
            // The totals are others now.
            Above::Lines if !self.dirty => {
                if let (Closed::Saved(_), Some(key)) = (&closed, self.current()) {
                    *self = FormLayer::of_record(key, None, cx);
                }
            }
            Above::Nothing | Above::Other | Above::Lines => {}
        }
    }

    fn take_chosen(&mut self, place: usize, closed: Closed, cx: &mut Context<'_>) {
        if let Closed::Create(text) = &closed {
            self.create(place, text, cx);
            return;
        }
        if let Closed::Record(key, title) = &closed {
            self.titles.insert(key.id, title.clone());
        }
        let Some(entry) = self.entries.get_mut(place) else { return };
        if entry.editor.chosen(&closed, cx.shared) {
            self.changed(place, cx);
        }
        let single = self.entries.get(place).is_some_and(|e| !e.is_several());
        if closed != Closed::Cancelled && single && place == self.focus {
            self.next_field(cx.shared);
        }
    }

    /// Opens a form for the record that a field will refer to, its title typed already.
    fn create(&mut self, place: usize, text: &str, cx: &mut Context<'_>) {
        let target = self.entries.get(place).and_then(|e| e.field.kind.target());
        let Some(object) = target.and_then(|name| cx.shared.object(name)) else { return };
        let given = Fields::from([(object.title.clone(), Value::text(text))]);
        let form = FormLayer::add(&object.name.clone(), given, cx);
        self.above = Above::Create(place);
        cx.push(form);
    }

    fn take_created(&mut self, place: usize, closed: &Closed, cx: &mut Context<'_>) {
        let Some(entry) = self.entries.get_mut(place) else { return };
        let (Closed::Saved(id), Some(object)) = (closed, entry.field.kind.target()) else { return };
        let key = RecordKey { object: object.to_owned(), id: *id };
        if entry.editor.chosen(closed, cx.shared) {
            let slot = cx.slot();
            self.naming = Some(cx.ask(slot, Request::Get(key)));
            self.changed(place, cx);
        }
    }

    /// The external editor came back.
    pub(super) fn take_edited(&mut self, text: Option<String>, cx: &mut Context<'_>) {
        let place = self.focus;
        match (text, self.entries.get_mut(place)) {
            (Some(text), Some(entry)) => {
                entry.editor.set_text(&text);
                self.changed(place, cx);
            }
            (None, _) => cx.fail(&Error::Other(msg!("form-editor-failed")), None),
            _ => {}
        }
    }
}
