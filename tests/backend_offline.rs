//! The suite over HTTP with a cache beside it: while the server answers, it is as if there were none.

const OVER_HTTP: bool = true;
const CACHED: bool = true;
const ON_POSTGRES: bool = false;

#[path = "backend_contract/suite.rs"]
mod suite;
