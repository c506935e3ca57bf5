//! The suite on a local store.

const OVER_HTTP: bool = false;
#[cfg(feature = "network")]
const CACHED: bool = false;
const ON_POSTGRES: bool = false;

#[path = "suite.rs"]
mod suite;
