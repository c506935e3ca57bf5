//! `tcrm list`.

use super::args::List;
use super::assign;
use super::failure::Failure;
use super::output::{self, note, stdout};
use super::session::{Session, Want, with_object};
use super::table::Table;
use crate::backend::Backend;
use crate::contract::request::{From, Page, Query};
use crate::domain::lang::Lang;
use crate::domain::record::{Titles, system};
use crate::i18n;
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Field, Object, SortKey};
use crate::transfer::export::CsvSink;
use serde_json::Value as Json;
use std::io::{IsTerminal, Write};

/// The most rows that are asked for at once.
const PAGE: usize = 1_000;

/// Lists records of an object.
pub(super) fn run(session: &Session, list: &List) -> Result<(), Failure> {
    let filter = list.filter.join(" ");
    let want = if filter.is_empty() { Want::Read } else { Want::Search };
    let (backend, object) = with_object(session, &list.object, want)?;
    let fields = match &list.columns {
        Some(columns) => assign::columns(&object, columns)?,
        None => default_columns(&object, list.json),
    };
    let mut pages = Pages {
        session,
        backend: &*backend,
        query: Query {
            object: object.name.clone(),
            filter,
            sort: sort(&object, list)?,
            columns: fields.iter().filter(|f| f.name != system::ID).map(|f| f.name.clone()).collect(),
            from: From::Start,
            limit: 0,
        },
        left: match list.limit {
            Some(0) => usize::MAX,
            Some(limit) => limit,
            None => session.config.list.limit,
        },
        more: true,
    };
    if list.ids {
        return print_ids(&mut pages);
    }
    if list.csv {
        return print_csv(&mut pages, &fields);
    }
    if list.json {
        return print_json(&mut pages, &fields);
    }
    print_rows(&mut pages, &fields, list.columns.is_none())
}

fn default_columns(object: &Object, whole: bool) -> Vec<&Field> {
    if whole {
        return object.fields.iter().filter(|f| !f.retired).collect();
    }
    object.list.iter().filter_map(|c| object.field(&c.field)).collect()
}

fn sort(object: &Object, list: &List) -> Result<Vec<SortKey>, Failure> {
    assign::sort(object, list.sort.as_deref())
}

/// Pages one after the other, until enough rows are there.
struct Pages<'a> {
    session: &'a Session,
    backend: &'a dyn Backend,
    query: Query,
    left: usize,
    more: bool,
}

impl Pages<'_> {
    fn next(&mut self) -> Result<Option<Page>, Failure> {
        if !self.more || self.left == 0 {
            return Ok(None);
        }
        self.query.limit = self.left.min(PAGE);
        let page = self.session.wait(self.backend.query(self.query.clone()))?;
        self.left -= page.rows.len().min(self.left);
        self.more = page.more_after;
        if let Some(last) = page.rows.last() {
            self.query.from = From::After(last.cursor.clone());
        } else {
            self.more = false;
        }
        Ok(Some(page))
    }
}

fn print_ids(pages: &mut Pages<'_>) -> Result<(), Failure> {
    let mut out = stdout();
    while let Some(page) = pages.next()? {
        for row in &page.rows {
            writeln!(out, "{}", row.record.id)?;
        }
    }
    Ok(out.flush()?)
}

fn print_csv(pages: &mut Pages<'_>, fields: &[&Field]) -> Result<(), Failure> {
    let mut sink = CsvSink::new(stdout(), fields, None, false)?;
    let schema = pages.backend.schema();
    while let Some(page) = pages.next()? {
        let look = output::look(pages.session, &schema, &page.titles);
        for row in &page.rows {
            sink.write(fields, &row.record, &look)?;
        }
    }
    sink.finish()?;
    Ok(())
}

/// An array, a record a line, so that a long one streams.
fn print_json(pages: &mut Pages<'_>, fields: &[&Field]) -> Result<(), Failure> {
    let mut out = stdout();
    let mut lead = "[";
    while let Some(page) = pages.next()? {
        for row in &page.rows {
            let json: Json = output::record_json(&row.record, fields.iter().copied(), &page.titles);
            write!(out, "{lead}\n{json}")?;
            lead = ",";
        }
    }
    writeln!(out, "{}", if lead == "[" { "[]" } else { "\n]" })?;
    Ok(out.flush()?)
}

/// `may_hide`: columns that nobody asked for by name may give way on a narrow terminal.
fn print_rows(pages: &mut Pages<'_>, fields: &[&Field], may_hide: bool) -> Result<(), Failure> {
    let session = pages.session;
    let schema = pages.backend.schema();
    let head = |f: &&Field| (f.label.get(session.lang).to_owned(), kind::is_right_aligned(&f.kind));
    let mut table = Table { head: fields.iter().map(head).collect(), rows: Vec::new() };
    while let Some(page) = pages.next()? {
        let titles: &Titles = &page.titles;
        let look = output::look(session, &schema, titles);
        let cells = |record| fields.iter().map(|f| output::field_text(f, record, &look)).collect();
        table.rows.extend(page.rows.iter().map(|row| cells(&row.record)));
    }
    let shown = table.rows.len();
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    let width = output::terminal_width();
    let hidden = width.filter(|_| may_hide).map(|width| table.hide_beyond(width)).unwrap_or_default();
    output::print_table(table, &names)?;
    if !hidden.is_empty() {
        let hidden = hidden.join(if session.lang == Lang::Zh { "、" } else { ", " });
        note(&i18n::message(session.lang, &msg!("cli-list-hidden", columns = hidden)));
    }
    if pages.more && std::io::stdout().is_terminal() {
        note(&i18n::message(session.lang, &msg!("cli-list-more", shown = shown)));
    }
    Ok(())
}
