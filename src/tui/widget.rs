//! The pieces that screens are built from.

pub mod line_edit;
