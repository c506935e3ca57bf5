//! The pieces that screens are built from.

pub mod filter_line;
pub mod line_edit;
