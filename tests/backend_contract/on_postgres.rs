//! A schema of its own in a PostgreSQL database for each stage: `TCRM_TEST_POSTGRES` names the database.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Which schema is the next one's of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The address of the database, without which there is nothing to test.
pub(super) fn database() -> String {
    match std::env::var("TCRM_TEST_POSTGRES") {
        Ok(url) if !url.is_empty() => url,
        _ => {
            eprintln!("skipped: TCRM_TEST_POSTGRES names no database");
            std::process::exit(0);
        }
    }
}

/// The name of a schema that nobody has.
pub(super) fn schema() -> String {
    format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The address of a store in a schema, whose files are in a folder.
pub(super) fn store(schema: &str, folder: &Path) -> PathBuf {
    let url = database();
    let joined = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joined}schema={schema}&folder={}", folder.display()).into()
}

/// Does something in a schema by SQL, past tcrm.
pub(super) fn run(schema: &str, sql: &str) {
    let url = database();
    let sql = format!("SET search_path = {schema}; {sql}");
    let run = move || postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(&sql).unwrap();
    std::thread::spawn(run).join().unwrap();
}

/// Takes a schema away again.
pub(super) fn drop_schema(schema: &str) {
    run(schema, &format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {schema} CASCADE"));
}
