//! A document with all that stands on its printed page, gathered from a backend.

use super::Backend;
use super::error::Error;
use super::request::{From, Query};
use crate::domain::lang::Lang;
use crate::domain::record::{Record, RecordKey, Titles};
use crate::msg;
use crate::transfer::print::{Papers, Sheet, html, sheet};
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// Documents and their lines.
const DOCUMENTS: [(&str, &str); 3] = [("quote", "quote_line"), ("contract", "contract_line"), ("order", "order_line")];
const PAGE: usize = 1_000;

/// The sheet of a quote, contract or order in a language. `Invalid` for other objects.
pub async fn gather(backend: &dyn Backend, key: RecordKey, lang: Lang, zone: &TimeZone) -> Result<Sheet, Error> {
    let lines = DOCUMENTS.iter().find(|(name, _)| *name == key.object).map(|(_, lines)| *lines);
    let Some(lines) = lines else { return Err(Error::field("", msg!("print-not-document"))) };
    let schema = backend.schema();
    let document = backend.get(key.clone()).await?;
    let mut titles = document.titles;
    let query = |object: &str, filter: String| Query {
        object: object.to_owned(),
        filter,
        sort: vec![crate::schema::model::SortKey { field: "id".to_owned(), descending: false }],
        limit: PAGE,
        ..Query::default()
    };
    let lines = all(backend, query(lines, format!("{}:{}", key.object, key.id)), &mut titles).await?;
    let company = match schema.object("own_company") {
        Some(_) => match backend.query(Query { limit: 1, ..query("own_company", String::new()) }).await {
            // Who may not look at it prints without a letterhead.
            Err(Error::Denied(_)) => Vec::new(),
            page => page?.rows,
        },
        None => Vec::new(),
    };
    let company = company.first().map(|row| &row.record);
    let papers = Papers { schema: &schema, document: &document.record, lines: &lines, company, titles: &titles };
    Ok(sheet(&papers, lang, zone))
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

/// Writes a document as a page of HTML for a browser to print, in a folder of its own among the temporary files,
/// readable by its owner only. Gives its path.
pub async fn to_file(backend: &dyn Backend, key: RecordKey, lang: Lang, zone: &TimeZone) -> Result<PathBuf, Error> {
    let id = key.id;
    let sheet = gather(backend, key, lang, zone).await?;
    let name: String = sheet.code.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let name = if name.is_empty() { format!("{id}.html") } else { format!("{name}.html") };
    let page = html(&sheet);
    let written = tokio::task::spawn_blocking(move || {
        let folder = std::env::temp_dir();
        write(&folder, &name, &page)
            .map_err(|e| Error::Other(msg!("print-failed", path = folder.display(), reason = e)))
    });
    written.await.unwrap_or(Err(Error::Cancelled))
}

/// The most folders that are tried: others may have made those of these names.
const TRIED: u32 = 10_000;

/// Writes into a folder that nobody else has made.
fn write(temporary: &Path, name: &str, page: &str) -> std::io::Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    for number in 0..TRIED {
        let folder = temporary.join(format!("tcrm-print-{}-{number}", std::process::id()));
        match builder.create(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            made => made?,
        }
        let path = folder.join(name);
        std::fs::write(&path, page)?;
        return Ok(path);
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}
