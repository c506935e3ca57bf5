//! Reading: pages, counts, single records, names, history.

use super::{Crm, Finder, existing, named, object};
use crate::backend::History;
use crate::backend::error::Error;
use crate::backend::request::{Count, CountRequest, From as PageFrom, HistoryRequest, Page, Query, Row, View};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::filter::{self, BindContext, Bound, FilterError};
use crate::schema::model::{Object, Schema};
use crate::store::{StoreError, StorePage, Which};

/// The most rows of a page.
const MOST_ROWS: usize = 1_000;
/// The most entries of a history page.
const MOST_ENTRIES: usize = 1_000;
/// Candidates named when a text means several records.
const CANDIDATES: usize = 8;
/// By how much more hits are asked for, when those of a page in the order of hits don't fill it.
const MORE_HITS: usize = 16;

impl Crm {
    /// A page of records.
    pub fn query(&self, query: &Query, finder: &dyn Finder) -> Result<Page, Error> {
        let schema = self.schema();
        let object = object(&schema, &query.object)?;
        let limit = query.limit.clamp(1, MOST_ROWS);
        let asked = self.asked(&schema, object, &query.filter)?;
        let page = match &asked {
            Some(asked) if query.sort.is_empty() && !asked.leading.is_empty() => {
                self.page_of_hits(object, asked, query, limit, finder)?
            }
            _ => {
                let words = asked.as_ref().map_or(Ok(Vec::new()), |a| answers(object, &a.bound, finder))?;
                let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
                let filter = asked.as_ref().map(|a| &a.bound);
                let which = Which { object: &object.name, filter, ids: None, words: &words };
                let sort = if query.sort.is_empty() { &object.sort } else { &query.sort };
                self.store.page(which, sort, &query.columns, &query.from, limit)?
            }
        };
        let rows: Vec<Row> = page.rows.into_iter().map(|(record, cursor)| Row { record, cursor }).collect();
        let titles = self.store.titles_of(rows.iter().map(|row| &row.record))?;
        Ok(Page { rows, titles, more_before: page.more_before, more_after: page.more_after })
    }

    /// How many records match, counted up to a limit.
    pub fn count(&self, request: &CountRequest, finder: &dyn Finder) -> Result<Count, Error> {
        let schema = self.schema();
        let object = object(&schema, &request.object)?;
        let asked = self.asked(&schema, object, &request.filter)?;
        let words = asked.as_ref().map_or(Ok(Vec::new()), |a| answers(object, &a.bound, finder))?;
        if let (Some(Asked { bound: Bound::Words(_), .. }), [hits]) = (&asked, words.as_slice()) {
            // The search has counted already.
            let found = hits.len() as u64;
            return Ok(Count { value: found.min(request.cap), capped: found > request.cap });
        }
        let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
        let filter = asked.as_ref().map(|a| &a.bound);
        let which = Which { object: &object.name, filter, ids: None, words: &words };
        let (value, capped) = self.store.count(which, request.cap)?;
        Ok(Count { value, capped })
    }

    /// One whole record with the titles of what it refers to.
    pub fn get(&self, key: &RecordKey) -> Result<View, Error> {
        object(&self.schema(), &key.object)?;
        let record = existing(&self.store, &key.object, key.id)?;
        let titles = self.store.titles_of([&record])?;
        Ok(View { record, titles })
    }

    /// The record that a person means by an id, a code or an exact title.
    pub fn resolve(&self, name: &str, text: &str) -> Result<Id, Error> {
        let schema = self.schema();
        let object = object(&schema, name)?;
        let text = text.trim();
        if let Ok(id) = text.parse::<Id>()
            && self.store.get(name, id)?.is_some()
        {
            return Ok(id);
        }
        let value = Value::text(text);
        for field in object.code.iter().chain([&object.title]).filter(|_| !value.is_empty()) {
            let ids = self.store.find_equal(name, field, &value, CANDIDATES)?;
            match ids.as_slice() {
                [] => {}
                [id] => return Ok(*id),
                _ => return Err(self.ambiguous(name, text, &ids)?),
            }
        }
        Err(Error::NotFound(named(msg!("crm-no-match", object = name, text = text), &schema, name)))
    }

    fn ambiguous(&self, name: &str, text: &str, ids: &[Id]) -> Result<Error, Error> {
        let titles = self.store.titles(name, ids)?;
        let title = |id: &Id| titles.get(id).cloned().unwrap_or_else(|| id.to_string());
        let candidates = ids.iter().map(|id| (*id, title(id))).collect();
        Ok(Error::Ambiguous { message: msg!("crm-ambiguous", text = text), candidates })
    }

    /// The journal, newest first: of one record, or overall.
    pub fn history(&self, request: &HistoryRequest) -> Result<History, Error> {
        let limit = request.limit.clamp(1, MOST_ENTRIES);
        let of = request.key.as_ref().map(|key| (key.object.as_str(), key.id));
        let mut entries = self.store.journal(of, request.before, limit + 1)?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let titles = self.titles_of_entries(&entries.iter().collect::<Vec<_>>())?;
        Ok(History { entries, titles, more })
    }
}

/// A filter that was read.
pub(super) struct Asked {
    pub(super) bound: Bound,
    /// The words that every match holds, to be found by the search; empty if there are none.
    leading: String,
    /// What is asked beside them.
    rest: Bound,
}

impl Crm {
    pub(super) fn asked(&self, schema: &Schema, object: &Object, text: &str) -> Result<Option<Asked>, Error> {
        let now = self.context.now();
        let context = BindContext { now: &now, me: self.context.user };
        let bound = filter::parse(schema, object, text, &context).map_err(|error| unreadable(text, error))?;
        if bound == Bound::All {
            return Ok(None);
        }
        let leading = bound.words().join(" ");
        let rest = match &bound {
            Bound::Words(_) => Bound::All,
            Bound::And(parts) => Bound::And(parts.iter().filter(|p| !matches!(p, Bound::Words(_))).cloned().collect()),
            other => other.clone(),
        };
        Ok(Some(Asked { bound, leading, rest }))
    }

    /// A page in the order of the hits: as many hits as it takes to fill it.
    fn page_of_hits(
        &self,
        object: &Object,
        asked: &Asked,
        query: &Query,
        limit: usize,
        finder: &dyn Finder,
    ) -> Result<StorePage, Error> {
        let words = answers(object, &asked.rest, finder)?;
        let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
        let filter = (asked.rest != Bound::All).then_some(&asked.rest);
        let which = Which { object: &object.name, filter, ids: None, words: &words };
        let mut wanted = match query.from {
            PageFrom::Start => limit + 1,
            PageFrom::End => usize::MAX,
            _ => (limit + 1) * MORE_HITS,
        };
        let mut from = query.from.clone();
        loop {
            let ids = finder.ranked(&object.name, &asked.leading, wanted)?;
            let all = ids.len() < wanted;
            match self.store.page_of_ids(which, &ids, &query.columns, &from, limit) {
                Ok(page) if all || page.more_after || matches!(from, PageFrom::Before(_)) => return Ok(page),
                // The row is no hit any more: the list begins anew.
                Err(StoreError::Cursor) if all && from != PageFrom::Start => from = PageFrom::Start,
                Ok(_) | Err(StoreError::Cursor) if !all => wanted = wanted.saturating_mul(MORE_HITS),
                Ok(page) => return Ok(page),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What the search answers to each group of words in a filter, in the order in which they stand.
pub(super) fn answers(object: &Object, bound: &Bound, finder: &dyn Finder) -> Result<Vec<Vec<i64>>, Error> {
    let mut found = Vec::new();
    let mut open = vec![bound];
    while let Some(bound) = open.pop() {
        match bound {
            Bound::Words(words) => found.push(finder.all(&object.name, &words.join(" "))?),
            Bound::And(parts) | Bound::Or(parts) => open.extend(parts.iter().rev()),
            Bound::Not(part) => open.push(part),
            Bound::All | Bound::Test { .. } => {}
        }
    }
    Ok(found)
}

pub(super) fn unreadable(text: &str, error: FilterError) -> Error {
    let message = match error.nearest {
        Some(nearest) => did_you_mean(error.message).with("nearest", nearest),
        None => error.message,
    };
    Error::Filter { text: text.to_owned(), span: error.span, message, incomplete: error.incomplete }
}

/// The message that also names what may have been meant.
fn did_you_mean(mut message: Message) -> Message {
    match message.key.as_ref() {
        "bind-unknown-field" => message.key = "bind-unknown-field-near".into(),
        "bind-choice" => message.key = "bind-choice-near".into(),
        _ => {}
    }
    message
}
