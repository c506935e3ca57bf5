//! The suite on a store in PostgreSQL, at the address in `TCRM_TEST_POSTGRES`.

const OVER_HTTP: bool = false;
const CACHED: bool = false;
const ON_POSTGRES: bool = true;

#[path = "backend_contract/suite.rs"]
mod suite;
