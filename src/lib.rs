//! tcrm

pub mod tui;
