//! Rows of made-up data on their way into a store, as an import without a file.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tcrm::backend::Backend;
use tcrm::contract::request::{ImportReport, ImportRequest, ImportRow, OnDuplicate};
use tokio::runtime::Runtime;

/// Imports a number of rows made one by one; each has a cell for each field.
pub(crate) fn bring_in(
    runtime: &Runtime,
    backend: &dyn Backend,
    object: &str,
    fields: &[&str],
    number: u64,
    cells: impl Fn(u64) -> Vec<String> + Send + 'static,
) -> ImportReport {
    let request = ImportRequest {
        object: object.to_owned(),
        mapping: fields.iter().map(|f| Some((*f).to_owned())).collect(),
        rows: Box::new((0..number).map(move |n| ImportRow { line: n + 2, cells: cells(n), error: None })),
        expected: number,
        on_duplicate: OnDuplicate::Error,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let report = runtime.block_on(backend.import(request)).unwrap();
    assert_eq!(report.rejected, 0);
    report
}
