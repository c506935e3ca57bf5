//! Imports: what they say of rows whose values others have.

use super::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// Imports rows of customers: what came of it, and the rows that are refused.
async fn import(
    backend: &LocalBackend,
    columns: &[&str],
    rows: impl Iterator<Item = ImportRow> + Send + 'static,
) -> (ImportReport, Vec<String>) {
    let (rejects, refused) = std::sync::mpsc::channel();
    let request = ImportRequest {
        object: "customer".to_owned(),
        mapping: columns.iter().map(|column| Some((*column).to_owned())).collect(),
        expected: 0,
        rows: Box::new(rows),
        on_duplicate: OnDuplicate::Error,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: Some(rejects),
        stop: Default::default(),
    };
    let report = backend.import(request).await.unwrap();
    (report, refused.iter().map(|row| format!("{row:?}")).collect())
}

#[test]
fn an_import_tells_of_what_is_there_already_as_on_a_file() {
    let place = Place::new();
    let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
    let id = |n| tcrm::domain::id::Id::from_i64(n).expect("an id");
    let mut reports = Vec::new();
    for path in [place.folder.path().join("a.db"), place.path()] {
        let mut store = Store::create(&path, tcrm::schema::builtin()).unwrap();
        // The next number is taken already, and so is the name of the third row.
        let taken = [("name", "一"), ("code", "C-000002")].map(|(f, v)| (f.to_owned(), Value::text(v)));
        store.write::<_, StoreError>(&context, |tx| tx.insert("customer", id(1), Fields::from(taken))).unwrap();
        drop(store);
        let backend = LocalBackend::open(options(path)).unwrap();
        let row = |line: u64, name: &str| ImportRow { line, cells: vec![name.to_owned()], error: None };
        let rows = vec![row(2, "二\t\\N"), row(3, "三"), row(4, "一"), row(5, "四\n五")];
        let runtime = runtime();
        let (report, refused) = runtime.block_on(import(&backend, &["name"], rows.into_iter()));
        let query = Query { object: "customer".to_owned(), sort: by("name", false), limit: 9, ..Query::default() };
        let page = runtime.block_on(backend.query(query)).unwrap();
        let shown: Vec<String> =
            page.rows.iter().map(|row| format!("{:?} {:?}", row.record.get("name"), row.record.get("code"))).collect();
        let problems = runtime.block_on(backend.doctor()).unwrap().len();
        reports.push((report.created, report.rejected, refused, shown, problems));
    }
    assert_eq!(reports.first(), reports.last());
    assert_eq!(reports.first().map(|r| r.0 + r.1), Some(4));
}

/// Rows of a file; before the first of them is there, somebody else writes a record with the number and the name that
/// later rows have.
struct Overtaken {
    rows: std::vec::IntoIter<(&'static str, &'static str)>,
    line: u64,
    other: LocalBackend,
}

impl Iterator for Overtaken {
    type Item = ImportRow;

    fn next(&mut self) -> Option<ImportRow> {
        self.line += 1;
        if self.line == 1 {
            let fields = [("name", "他人"), ("code", "X-1")].map(|(f, v)| (f.to_owned(), Value::text(v)));
            let request = SaveRequest { object: "customer".to_owned(), target: None, changes: Fields::from(fields) };
            runtime().block_on(self.other.save(request)).unwrap();
        }
        let (code, name) = self.rows.next()?;
        Some(ImportRow { line: self.line, cells: vec![code.to_owned(), name.to_owned()], error: None })
    }
}

#[test]
fn what_others_write_during_an_import_is_told_row_by_row_as_on_a_file() {
    let place = Place::new();
    let mut reports = Vec::new();
    for path in [place.folder.path().join("a.db"), place.path()] {
        drop(Store::create(&path, tcrm::schema::builtin()).unwrap());
        let backend = LocalBackend::open(options(path.clone())).unwrap();
        let other = LocalBackend::open(options(path)).unwrap();
        let rows = vec![("Y-1", "甲"), ("x-1", "不同"), ("Y-2", "乙"), ("", "丙")];
        let rows = Overtaken { rows: rows.into_iter(), line: 0, other };
        let runtime = runtime();
        let (report, refused) = runtime.block_on(import(&backend, &["code", "name"], rows));
        let problems = runtime.block_on(backend.doctor()).unwrap().len();
        reports.push((report.created, report.rejected, refused, problems));
    }
    let first = reports.first().map(|r| (r.0, r.1, r.3));
    assert_eq!(first, Some((3, 1, 0)), "{reports:?}");
    assert_eq!(reports.first(), reports.last());
}
