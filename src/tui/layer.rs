//! The stack of layers: a screen at the bottom, forms, pickers and questions above. Events go to the
//! top layer first; what it ignores falls through to the application.

use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::{Key, Mouse};
use crate::tui::request::{Reply, Ticket};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Something that a layer is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An action of the catalogue, by key, palette or mouse.
    Action(Action),
    /// A key that is no action here; text fields take it.
    Key(Key),
    /// Pasted text, with its line breaks.
    Paste(String),
    /// A mouse event inside the layer's area.
    Mouse(Mouse),
    /// An answer of the backend. Layers look at the ticket: it may be another layer's.
    Reply(Ticket, Reply),
    /// The layer above this one closed with a result.
    Closed(Closed),
    /// The external editor of this layer ended with this text; `None` if it failed.
    Edited(Option<String>),
    /// The list below was stepped and is on this record now.
    Stepped(RecordKey),
    /// Stored data changed, here or in another process: show it again.
    Changed,
    /// The screen's size, the language or the theme changed.
    Resized,
}

/// What a layer made of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It is dealt with.
    Used,
    /// Not for this layer.
    Ignored,
}

/// The result that a closing layer hands to the one below it.
#[derive(Debug, Clone, PartialEq)]
pub enum Closed {
    /// Nothing was chosen.
    Cancelled,
    /// A question's answer: the number of the button.
    Answered(usize),
    /// A line was entered in a prompt.
    Entered(String),
    /// A prompt was left with this line unfinished.
    Left(String),
    /// Rows of a picker were chosen, by their keys.
    Picked(Vec<String>),
    /// A record was chosen, with its title.
    Record(RecordKey, String),
    /// A new record of an object is wanted, with the text typed so far as its title.
    Create(String),
    /// A form saved this record.
    Saved(Id),
}

/// What is waited for while what is typed must not go to what is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaits {
    /// The layer itself: it takes what was typed as soon as it can.
    Itself,
    /// A layer that it opens: what was typed is for that one, and of no use without it.
    Opening,
    /// Its end: what was typed is for what comes then, and of no use if it stays.
    Closing,
}

/// A screen, form, picker or question.
pub trait Layer {
    /// The scopes whose keys count while this layer is on top, the innermost first.
    fn scopes(&self) -> Vec<Scope>;

    /// Whether the layer is entering text right now: printable keys are then its, whatever the keymap says.
    fn takes_text(&self) -> bool {
        false
    }

    /// Whether the layers below stay visible around this one.
    fn is_popup(&self) -> bool {
        true
    }

    /// What it is, for the header line and the window title.
    fn title(&self, shared: &Shared) -> String;

    /// The record under the cursor, which the actions of scope Record work on.
    fn current(&self) -> Option<RecordKey> {
        None
    }

    /// The actions worth naming in the hint bar, the most useful first.
    fn hints(&self) -> Vec<Action>;

    /// Why an action can't be done right now, where it could be elsewhere.
    fn unavailable(&self, _action: Action, _shared: &Shared) -> Option<Message> {
        None
    }

    /// Takes an event. No I/O here: what is to be done goes into the context.
    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow;

    /// Draws itself and tells where the cursor stands.
    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position>;

    /// What stands on the right of the header line: place and number of records.
    fn status(&self, _shared: &Shared) -> String {
        String::new()
    }

    /// Whether it replaces the whole stack when it is opened.
    fn is_root(&self) -> bool {
        false
    }

    /// Whether what it shows is there.
    fn is_ready(&self) -> bool {
        true
    }

    /// What it waits for, if what is typed now is meant for that.
    fn awaits(&self) -> Option<Awaits> {
        None
    }

    /// Whether it has a list to step through.
    fn can_step(&self) -> bool {
        false
    }

    /// Moves its list and names the record it is on now; `None` at the end.
    fn step(&mut self, _delta: isize, _cx: &mut Context<'_>) -> Option<RecordKey> {
        None
    }

    /// The key of the draft that it keeps.
    fn draft(&self) -> Option<&str> {
        None
    }

    /// Whether it waits for work that tells how far it is.
    fn is_working(&self) -> bool {
        false
    }

    /// Whether closing would lose something that is not kept as a draft or saved.
    fn is_dirty(&self) -> bool {
        false
    }
}
