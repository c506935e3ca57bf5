//! The screens: what fills the place between header line and hint bar.

pub mod board;
pub mod detail;
pub mod journal;
pub mod list;
mod record_actions;
mod views;
