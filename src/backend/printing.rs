//! A document with all that stands on its printed page, gathered from a backend.

use super::Backend;
use crate::config::place;
use crate::contract::error::Error;
use crate::contract::request::{From, Query};
use crate::domain::event::{EventKind, Happening};
use crate::domain::lang::Lang;
use crate::domain::record::{Record, RecordKey, Titles};
use crate::schema::model::{Schema, SortKey};
use crate::transfer::output::Output;
use crate::transfer::print::{Papers, Sheet, html, sheet};
use crate::{msg, transfer};
use jiff::tz::TimeZone;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Documents and their lines.
const DOCUMENTS: [(&str, &str); 3] = [("quote", "quote_line"), ("contract", "contract_line"), ("order", "order_line")];
const PAGE: usize = 1_000;

/// The records behind a printed page.
#[derive(Debug, Clone, PartialEq)]
pub struct Gathered {
    /// The quote, contract or order.
    pub document: Record,
    /// Its lines in order.
    pub lines: Vec<Record>,
    /// The own company, if it is entered.
    pub company: Option<Record>,
    /// Titles of what they refer to.
    pub titles: Titles,
}

impl Gathered {
    /// What stands on the page in a language.
    pub fn sheet(&self, schema: &Schema, lang: Lang, zone: &TimeZone) -> Sheet {
        let (document, lines, company, titles) = (&self.document, &self.lines, self.company.as_ref(), &self.titles);
        sheet(&Papers { schema, document, lines, company, titles }, lang, zone)
    }
}

/// The records of a quote, contract or order. `Invalid` for other objects.
pub async fn gather(backend: &dyn Backend, key: RecordKey) -> Result<Gathered, Error> {
    let lines = DOCUMENTS.iter().find(|(name, _)| *name == key.object).map(|(_, lines)| *lines);
    let Some(lines) = lines else { return Err(Error::field("", msg!("print-not-document"))) };
    let document = backend.get(key.clone()).await?;
    let mut titles = document.titles;
    let query = |object: &str, filter: String| Query {
        object: object.to_owned(),
        filter,
        sort: vec![SortKey { field: "id".to_owned(), descending: false }],
        limit: PAGE,
        ..Query::default()
    };
    let lines = all(backend, query(lines, format!("{}:{}", key.object, key.id)), &mut titles).await?;
    let company = match backend.schema().object("own_company") {
        Some(_) => match backend.query(Query { limit: 1, ..query("own_company", String::new()) }).await {
            // Who may not look at it prints without a letterhead.
            Err(Error::Denied(_)) => Vec::new(),
            page => page?.rows,
        },
        None => Vec::new(),
    };
    let company = company.into_iter().next().map(|row| row.record);
    Ok(Gathered { document: document.record, lines, company, titles })
}

async fn all(backend: &dyn Backend, mut query: Query, titles: &mut Titles) -> Result<Vec<Record>, Error> {
    let mut records = Vec::new();
    loop {
        let page = backend.query(query.clone()).await?;
        titles.extend(page.titles);
        let last = page.rows.last().map(|row| row.cursor.clone());
        records.extend(page.rows.into_iter().map(|row| row.record));
        match last.filter(|_| page.more_after) {
            Some(cursor) => query.from = From::After(cursor),
            None => return Ok(records),
        }
    }
}

/// How long a page is kept for the browser that shows it.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Writes a document as a page of HTML for a browser to print, in a folder that only its owner may read. Gives its
/// path. Pages of earlier days are taken away.
pub async fn to_file(backend: &dyn Backend, key: RecordKey, lang: Lang, zone: &TimeZone) -> Result<PathBuf, Error> {
    let id = key.id;
    let sheet = gather(backend, key.clone()).await?.sheet(&backend.schema(), lang, zone);
    note(backend, key, "").await?;
    let name: String = sheet.code.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let name = if name.is_empty() { format!("{id}.html") } else { format!("{name}.html") };
    let page = html(&sheet);
    let written = tokio::task::spawn_blocking(move || write(&printed_folder(), &name, &page));
    written.await.unwrap_or(Err(Error::Cancelled))
}

/// Notes in the log that a document is printed, to a file where one is named.
pub async fn note(backend: &dyn Backend, key: RecordKey, file: &str) -> Result<(), Error> {
    let what = Happening::new(EventKind::Print).about(&key.object, Some(key.id)).with("file", file);
    backend.note(what).await
}

/// Where pages are written: one place for all runs, where the user has a home.
fn printed_folder() -> PathBuf {
    let own = || std::env::temp_dir().join(format!("tcrm-{}", std::process::id()));
    place::state_dir().unwrap_or_else(own).join("printed")
}

fn write(folder: &Path, name: &str, page: &str) -> Result<PathBuf, Error> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.recursive(true).create(folder);
    made.map_err(|error| Error::Other(msg!("print-failed", path = folder.display(), reason = error)))?;
    take_away_old(folder, SystemTime::now());
    let path = folder.join(name);
    let put = || {
        let mut file = Output::create(&path)?;
        let written = file.write_all(page.as_bytes());
        written.map_err(|error| transfer::Error::io(&path.display().to_string(), &error))?;
        file.finish()
    };
    put().map_err(|error| Error::Other(error.message().clone()))?;
    Ok(path)
}

/// Takes away the pages that nobody looks at any more. One that stays does no harm.
fn take_away_old(folder: &Path, now: SystemTime) {
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let written = file.metadata().and_then(|meta| meta.modified()).ok();
        if written.and_then(|at| now.duration_since(at).ok()).is_some_and(|age| age > KEPT) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn pages_are_written_over_and_go_after_a_day() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/printed");
        let names = || -> Vec<String> {
            let names = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        };
        let old = write(&folder, "old.html", "old").unwrap();
        write(&folder, "q.html", "one").unwrap();
        let path = write(&folder, "q.html", "two").unwrap();
        assert_eq!(
            (std::fs::read_to_string(&path).unwrap().as_str(), names()),
            ("two", vec!["old.html".to_owned(), "q.html".to_owned()])
        );
        let long_ago = SystemTime::now() - KEPT - Duration::from_secs(60);
        std::fs::OpenOptions::new().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        write(&folder, "new.html", "new").unwrap();
        assert_eq!(names(), ["new.html", "q.html"]);
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&folder).unwrap().permissions()) & 0o077,
            0
        );
        std::fs::write(dir.path().join("file"), "").unwrap();
        assert!(matches!(write(&dir.path().join("file/printed"), "q.html", ""), Err(Error::Other(_))));
    }
}
