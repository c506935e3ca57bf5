//! The contract of the HTTP API under `/api/v1`: routes and what goes over the wire. The server answers by it and the
//! HTTP backend asks by it; neither knows the other.
//!
//! A route is an [`Endpoint`]: its types say what is asked and answered. They are the
//! [`Backend`](crate::backend::Backend)'s own wherever there are any. `docs/openapi.json` is made of them, and a test
//! says when it is stale. To add a route: a line in [`endpoint`], an arm in `server::routes`, a method in
//! `backend::http`.

pub mod condition;
pub mod endpoint;
#[cfg(test)]
mod openapi;
pub mod payload;
pub mod typing;

pub use crate::contract::problem::{self, Problem, ProblemKind};
pub use endpoint::{Endpoint, Method};

/// What all routes begin with.
pub const BASE: &str = "/api/v1";
/// The media type of everything that isn't said otherwise.
pub const JSON: &str = "application/json";
/// The header that makes a write happen once, however often it is sent.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// How long a key is known at least: what was sent earlier and never acknowledged must not be sent again unasked.
pub const KEYS_KNOWN: jiff::SignedDuration = jiff::SignedDuration::from_hours(14 * 24);
/// The header that names the user's time zone: what `today` means.
pub const ZONE: &str = "tcrm-zone";
/// The header of answers that says which schema is in force.
pub const SCHEMA: &str = "tcrm-schema";
/// The header that says where a change comes from: `tui` or `cli`; anything else is `api`.
pub const ORIGIN: &str = "tcrm-origin";
/// The description of the API as OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("../docs/openapi.json");
/// The most rows of a page.
pub const MOST_ROWS: usize = 1_000;
/// The most operations of a batch.
pub const MOST_OPERATIONS: usize = 1_000;
/// The most numbers that are asked for at once.
pub const MOST_COUNTS: usize = 100;
/// What tokens of sessions and keys begin with, so that they are known for what they are where they leak.
pub const TOKEN_PREFIX: &str = "tcrm_";
