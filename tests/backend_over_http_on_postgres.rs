//! The suite over HTTP: a server on a store in PostgreSQL, and a client of it for each user.

const OVER_HTTP: bool = true;
const CACHED: bool = false;
const ON_POSTGRES: bool = true;

#[path = "backend_contract/suite.rs"]
mod suite;
