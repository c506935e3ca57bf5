//! The terminal face: from the bytes of the terminal upwards.
//!
//! `text` measures and cuts, `renderer` turns a frame into the fewest bytes, `terminal` owns the modes of
//! the terminal, `input` turns its events into keys, `theme` names the colours.

pub mod input;
mod nearest;
pub mod renderer;
pub mod terminal;
pub mod text;
pub mod theme;
pub mod widget;
