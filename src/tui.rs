//! The terminal face: from the bytes of the terminal upwards.
//!
//! `text` measures and cuts, `renderer` turns a frame into the fewest bytes, `terminal` owns the modes of
//! the terminal, `input` turns its events into keys, `theme` names the colours. Above them: `action` is the
//! catalogue of what can be done, `keymap` its keys, `layer` what screens, forms and popups have in common,
//! `app` the stack of them, `run` the loop.

mod about;
pub mod action;
pub mod app;
pub mod context;
mod deadline;
pub mod form;
pub mod input;
pub mod keymap;
pub mod layer;
mod nearest;
pub mod pane;
pub mod popup;
pub mod renderer;
pub mod request;
pub mod run;
pub mod screen;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod widget;
