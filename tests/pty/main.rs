//! The real program in a real terminal.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod approving;
mod begin;
mod console;
mod drafts;
mod ends;
mod notices;
#[cfg(feature = "network")]
mod offline;
mod people;
mod sale;
mod screen;
mod work;
