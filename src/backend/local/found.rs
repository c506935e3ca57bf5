//! Answers of the search: through the index, or by what can be found in a moment while there is none.

use super::document::Document;
use super::index::{Patience, SearchIndex};
use super::{Desk, OpenOptions, Shared};
use crate::backend::error::Error;
use crate::backend::request::{Hit, SearchAnswer, SearchRequest};
use crate::crm::{Crm, Finder};
use crate::domain::id::Id;
use crate::domain::record::{Record, RecordKey};
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::Object;
use crate::search::{Query, highlight};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// The most hits of a search.
const MOST: usize = 1_000;

/// The index as the rules see it, for reading: waits for it a while, then makes do without.
pub(super) struct Through<'a> {
    pub(super) index: &'a SearchIndex,
    pub(super) store: &'a Store,
    /// Set to give up.
    pub(super) cancel: &'a AtomicBool,
    pub(super) patience: Patience,
}

impl Finder for Through<'_> {
    fn ranked(&self, object: &str, text: &str, limit: usize) -> Result<Vec<i64>, Error> {
        self.index.wait(self.patience, self.cancel);
        let objects = [object.to_owned()];
        let hits = self.index.search(self.store, &objects, text, limit, self.cancel)?;
        Ok(hits.into_iter().map(|(_, id)| id.as_i64()).collect())
    }

    fn all(&self, object: &str, text: &str) -> Result<Vec<i64>, Error> {
        self.index.wait(self.patience, self.cancel);
        match self.index.matches(object, text, self.cancel) {
            Some(ids) => ids,
            None => {
                let hits = self.index.search(self.store, &[object.to_owned()], text, MOST, self.cancel)?;
                let ids: BTreeSet<i64> = hits.into_iter().map(|(_, id)| id.as_i64()).collect();
                Ok(ids.into_iter().collect())
            }
        }
    }
}

/// The index for use inside a write: whatever it knows now.
pub(super) struct Ranked<'a> {
    pub(super) index: &'a SearchIndex,
    pub(super) cancel: &'a AtomicBool,
}

impl Finder for Ranked<'_> {
    fn ranked(&self, object: &str, text: &str, limit: usize) -> Result<Vec<i64>, Error> {
        self.index.known(object, text, limit, self.cancel)
    }

    fn all(&self, object: &str, text: &str) -> Result<Vec<i64>, Error> {
        self.index.matches(object, text, self.cancel).unwrap_or_else(|| Ok(Vec::new()))
    }
}

/// Ranked hits with what is needed to show them.
pub(super) fn search(desk: &Desk, shared: &Shared, request: &SearchRequest) -> Result<SearchAnswer, Error> {
    let store = desk.crm.store();
    let limit = request.limit.clamp(1, MOST);
    let was_ready = shared.search.is_ready();
    let found = shared.search.search(store, &request.objects, &request.text, limit, &desk.interrupt)?;
    let hits = described(&desk.crm, &shared.options, &request.text, &found)?;
    Ok(SearchAnswer { hits, complete: was_ready && !shared.search.is_damaged() })
}

fn described(crm: &Crm, options: &OpenOptions, text: &str, found: &[(String, Id)]) -> Result<Vec<Hit>, Error> {
    let store = crm.store();
    let (schema, veils) = (store.schema(), crm.veils()?);
    let mut veiled: HashSet<Id> = HashSet::new();
    let mut ids: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for (object, id) in found {
        ids.entry(object).or_default().push(*id);
    }
    let mut records: HashMap<Id, Record> = HashMap::new();
    for (object, ids) in ids {
        let mut some = store.get_many(object, &ids)?;
        veiled.extend(crm.veil(&veils, object, &mut some)?);
        records.extend(some.into_iter().map(|r| (r.id, r)));
    }
    let titles = store.titles_of(records.values())?;
    let query = Query::new(text);
    // A record may have gone since the index saw it.
    let records = found.iter().filter_map(|(name, id)| Some((schema.object(name)?, records.get(id)?)));
    let look = FormatContext { lang: options.lang, zone: &options.zone, titles: &titles, schema: &schema };
    let hits = records.map(|(object, record)| hit(object, record, &look, &query));
    // What was found by a hidden field alone was not found.
    let told = |hit: &Hit| !hit.title_matches.is_empty() || hit.other_match.is_some() || !veiled.contains(&hit.key.id);
    Ok(hits.filter(told).collect())
}

fn hit(object: &Object, record: &Record, look: &FormatContext<'_>, query: &Query) -> Hit {
    let document = Document::of(look.schema, object, record);
    let title_matches = highlight(document.title(), query);
    let other_match = title_matches.is_empty().then(|| other_match(&document, query)).flatten();
    let code = object.code.as_deref().and_then(|code| record.get(code).as_str()).unwrap_or_default().to_owned();
    let beside = object.subtitle.iter().filter(|f| object.code.as_ref() != Some(f));
    let parts = beside.filter_map(|name| {
        let text = object.field(name).map(|f| kind::format(&f.kind, record.get(name), look)).unwrap_or_default();
        (!text.is_empty()).then_some(text)
    });
    Hit {
        key: RecordKey { object: object.name.clone(), id: record.id },
        title: crate::crm::title(object, &record.fields, record.id),
        code,
        detail: parts.collect::<Vec<_>>().join(" · "),
        title_matches,
        other_match,
    }
}

type OtherMatch = (String, String, Vec<Range<usize>>);

fn other_match(document: &Document, query: &Query) -> Option<OtherMatch> {
    document.extra.iter().find_map(|(field, text)| {
        let places = highlight(text, query);
        (!places.is_empty()).then(|| (field.clone(), text.clone(), places))
    })
}
