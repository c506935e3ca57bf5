//! What the interface shows: the application on a real store, driven by keys, drawn into a buffer.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod agenda;
mod approvals;
mod board;
mod desk;
mod documents;
mod early;
mod keys;
mod log;
mod looks;
mod people;
mod pools;
mod reports;
mod service;
mod setup;
mod sizes;
mod told;
mod working;
