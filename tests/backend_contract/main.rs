//! The suite on a local store.

const OVER_HTTP: bool = false;
const CACHED: bool = false;

#[path = "suite.rs"]
mod suite;
