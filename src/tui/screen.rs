//! The screens: what fills the place between header line and hint bar.

pub mod admin;
pub mod agenda;
pub mod board;
pub mod departments;
pub mod detail;
pub mod inbox;
pub mod journal;
pub mod list;
pub mod plans;
pub mod pools;
pub mod queue;
mod record_actions;
pub mod reports;
pub mod setup;
pub(in crate::tui) use record_actions::{is_submission, refused};
pub mod today;
mod views;
