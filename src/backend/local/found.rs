//! Answers of the search: through the index, or by what can be found in a moment while there is none.

use super::document::{self, Document};
use super::index::{Asked, Patience, SearchIndex};
use super::{Desk, Shared};
use crate::contract::error::Error;
use crate::contract::request::{Hit, SearchAnswer, SearchRequest};
use crate::crm::{Finder, Rights};
use crate::domain::id::Id;
use crate::domain::record::{Record, RecordKey};
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::Object;
use crate::search::{Chosen, Query, highlight};
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The most hits of a search.
const MOST: usize = 1_000;
/// The least hits that are looked at for those that may be seen.
const FIRST_HITS: usize = 100;
/// By how much more hits are asked for where too few of them may be seen.
const MORE_HITS: usize = 16;
/// Records that are looked at together for what they are found by.
const LOOKED_UP: usize = 500;

/// The index as the rules see it, for reading: waits for it a while, then makes do without.
pub(super) struct Through<'a> {
    pub(super) index: &'a SearchIndex,
    pub(super) store: &'a Store,
    /// Set to give up.
    pub(super) cancel: &'a AtomicBool,
    pub(super) patience: Patience,
    /// What the user may not see of records is not what they are found by.
    pub(super) rights: Arc<Rights>,
}

impl Through<'_> {
    fn visible(&self, object: &str, text: &str, ids: Vec<i64>) -> Result<Vec<i64>, Error> {
        let found = ids.into_iter().filter_map(|id| Some((object.to_owned(), Id::from_i64(id)?))).collect();
        let seen = by_visible_fields(self.store, &self.rights, text, found)?;
        Ok(seen.into_iter().map(|(_, id)| id.as_i64()).collect())
    }

    fn search(
        &self,
        object: &str,
        text: &str,
        limit: usize,
        among: &[(String, Arc<Chosen>)],
    ) -> Result<Vec<i64>, Error> {
        self.index.wait(self.patience, self.cancel);
        let objects = [object.to_owned()];
        let asked = Asked { objects: &objects, text, among };
        let hits = self.index.search(self.store, &asked, limit, self.cancel)?;
        Ok(hits.into_iter().map(|(_, id)| id.as_i64()).collect())
    }
}

impl Finder for Through<'_> {
    fn ranked(&self, object: &str, text: &str, limit: usize) -> Result<Vec<i64>, Error> {
        self.ranked_among(object, text, limit, None)
    }

    fn ranked_among(
        &self,
        object: &str,
        text: &str,
        limit: usize,
        among: Option<&Arc<Chosen>>,
    ) -> Result<Vec<i64>, Error> {
        let among: Vec<_> = among.map(|ids| (object.to_owned(), Arc::clone(ids))).into_iter().collect();
        let veiled = has_hidden(self.store, &self.rights, object);
        let mut wanted = limit;
        loop {
            let found = self.search(object, text, wanted, &among)?;
            let all = found.len() < wanted;
            if !veiled {
                return Ok(found);
            }
            let mut seen = self.visible(object, text, found)?;
            if all || seen.len() >= limit {
                seen.truncate(limit);
                return Ok(seen);
            }
            wanted = wanted.saturating_mul(MORE_HITS);
        }
    }

    fn all(&self, object: &str, text: &str) -> Result<Vec<i64>, Error> {
        self.all_among(object, text, None)
    }

    fn all_among(&self, object: &str, text: &str, among: Option<&Arc<Chosen>>) -> Result<Vec<i64>, Error> {
        self.index.wait(self.patience, self.cancel);
        let found = match self.index.matches(object, text, among, self.cancel) {
            Some(ids) => ids?,
            None => {
                let among: Vec<_> = among.map(|ids| (object.to_owned(), Arc::clone(ids))).into_iter().collect();
                let ids: BTreeSet<i64> = self.search(object, text, MOST, &among)?.into_iter().collect();
                ids.into_iter().collect()
            }
        };
        self.visible(object, text, found)
    }
}

/// The index for use inside a write: whatever it knows now.
pub(super) struct Ranked<'a> {
    pub(super) index: &'a SearchIndex,
    pub(super) cancel: &'a AtomicBool,
    /// Objects of which the user may not see what records are found by: here nothing is found of them, since nothing
    /// can be looked up.
    pub(super) veiled: Vec<String>,
}

impl Finder for Ranked<'_> {
    fn ranked(&self, object: &str, text: &str, limit: usize) -> Result<Vec<i64>, Error> {
        if self.veiled.iter().any(|name| name == object) {
            return Ok(Vec::new());
        }
        self.index.known(object, text, limit, self.cancel)
    }

    fn all(&self, object: &str, text: &str) -> Result<Vec<i64>, Error> {
        if self.veiled.iter().any(|name| name == object) {
            return Ok(Vec::new());
        }
        self.index.matches(object, text, None, self.cancel).unwrap_or_else(|| Ok(Vec::new()))
    }
}

/// The objects of which the user may not see all that their records are found by.
pub(super) fn veiled(store: &Store, rights: &Rights) -> Vec<String> {
    let schema = store.schema();
    let names = schema.objects.iter().map(|o| o.name.clone());
    names.filter(|name| has_hidden(store, rights, name)).collect()
}

fn has_hidden(store: &Store, rights: &Rights, object: &str) -> bool {
    let schema = store.schema();
    !rights.is_unlimited()
        && schema.object(object).is_some_and(|o| document::columns(o).iter().any(|f| rights.is_hidden(object, f)))
}

/// Those hits that are found by what the user may see of them.
fn by_visible_fields(
    store: &Store,
    rights: &Rights,
    text: &str,
    found: Vec<(String, Id)>,
) -> Result<Vec<(String, Id)>, Error> {
    let objects: BTreeSet<&String> = found.iter().map(|(object, _)| object).collect();
    let veiled: BTreeSet<String> = objects.into_iter().filter(|o| has_hidden(store, rights, o)).cloned().collect();
    if veiled.is_empty() {
        return Ok(found);
    }
    let (schema, query) = (store.schema(), Query::new(text));
    let mut seen: HashSet<Id> = HashSet::new();
    for name in &veiled {
        let Some(object) = schema.object(name) else { continue };
        let ids: Vec<Id> = found.iter().filter(|(o, _)| o == name).map(|(_, id)| *id).collect();
        for chunk in ids.chunks(LOOKED_UP) {
            for mut record in store.get_many(name, chunk)? {
                rights.strip(&mut record);
                let document = Document::of(&schema, object, &record);
                let extra: Vec<&str> = document.extra.iter().map(|(_, text)| text.as_str()).collect();
                if query.matches(document.title(), &extra) {
                    seen.insert(record.id);
                }
            }
        }
    }
    Ok(found.into_iter().filter(|(object, id)| !veiled.contains(object) || seen.contains(id)).collect())
}

/// Ranked hits with what is needed to show them.
pub(super) fn search(desk: &Desk, shared: &Shared, request: &SearchRequest) -> Result<SearchAnswer, Error> {
    let limit = request.limit.clamp(1, MOST);
    let was_ready = shared.search.is_ready();
    let _snapshot = desk.crm.store().snapshot()?;
    let found = seen(desk, shared, request, limit)?;
    let hits = described(desk, &request.text, &found)?;
    // An index that was given up meanwhile is not ready any more, or not damaged any more because it is another one.
    let is_whole = !shared.search.is_damaged() && shared.search.is_ready();
    Ok(SearchAnswer { hits, complete: was_ready && is_whole })
}

/// The best hits among what the user may see. The search passes over what isn't to be seen as far as that was found
/// out before; of one object it is found out at once, of many the hits are looked at, which is enough where the user
/// sees a good part of all.
fn seen(desk: &Desk, shared: &Shared, request: &SearchRequest, limit: usize) -> Result<Vec<(String, Id)>, Error> {
    let (store, cancel) = (desk.crm.store(), desk.interrupt.flag());
    let rights = desk.crm.rights_now()?;
    let find = |asked: &Asked<'_>, wanted: usize| shared.search.search(store, asked, wanted, cancel);
    if rights.is_unlimited() {
        return find(&Asked::all(&request.objects, &request.text), limit);
    }
    let schema = store.schema();
    let named = |name: &String| request.objects.is_empty() || request.objects.contains(name);
    let searchable = schema.objects.iter().filter(|o| o.searchable).map(|o| o.name.clone());
    let objects: Vec<String> = searchable.filter(|name| named(name) && rights.may_view(name)).collect();
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    shared.search.note_limited();
    let mut among = among(desk, &rights, &objects, objects.len() == 1)?;
    let (mut wanted, mut looked) = if among.is_some() { (limit, true) } else { (4 * limit.max(FIRST_HITS / 4), false) };
    loop {
        let asked = Asked { objects: &objects, text: &request.text, among: among.as_deref().unwrap_or_default() };
        let found = find(&asked, wanted)?;
        let all = found.len() < wanted;
        let found = if among.is_some() { found } else { desk.crm.seen(&rights, found)? };
        let mut seen = by_visible_fields(store, &rights, &request.text, found)?;
        if all || seen.len() >= limit {
            seen.truncate(limit);
            return Ok(seen);
        }
        if looked {
            wanted = wanted.saturating_mul(MORE_HITS);
        } else {
            (among, looked) = (self::among(desk, &rights, &objects, true)?, true);
        }
    }
}

/// Records of objects, to search among.
type Among = Vec<(String, Arc<Chosen>)>;

/// For each object of which not all may be seen the records that may; `None` if that isn't known of one, and is not to
/// be found out now.
fn among(desk: &Desk, rights: &Rights, objects: &[String], find_out: bool) -> Result<Option<Among>, Error> {
    let mut among = Vec::new();
    for object in objects.iter().filter(|object| rights.is_limited_to_some(object)) {
        let known = match find_out {
            true => desk.crm.visible(rights, object)?,
            false => desk.crm.visible_if_known(rights, object)?,
        };
        let Some(known) = known else { return Ok(None) };
        among.push((object.clone(), known));
    }
    Ok(Some(among))
}

fn described(desk: &Desk, text: &str, found: &[(String, Id)]) -> Result<Vec<Hit>, Error> {
    let store = desk.crm.store();
    let rights = desk.crm.rights_now()?;
    let schema = store.schema();
    let mut veiled: HashSet<Id> = HashSet::new();
    let mut ids: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
    for (object, id) in found {
        ids.entry(object).or_default().push(*id);
    }
    let mut records: HashMap<Id, Record> = HashMap::new();
    for (object, ids) in ids {
        let mut found = store.get_some(object, &ids, &schema.object(object).map(shown).unwrap_or_default())?;
        veiled.extend(desk.crm.hide(&rights, object, &mut found)?);
        records.extend(found.into_iter().map(|r| (r.id, r)));
    }
    let titles = desk.crm.titles_of(&rights, records.values())?;
    let query = Query::new(text);
    // A record may have gone since the index saw it.
    let records = found.iter().filter_map(|(name, id)| Some((schema.object(name)?, records.get(id)?)));
    let look = FormatContext { lang: desk.seat.lang, zone: &desk.seat.zone, titles: &titles, schema: &schema };
    let hits = records.map(|(object, record)| hit(object, record, &look, &query));
    // What was found by a hidden field alone was not found.
    let told = |hit: &Hit| !hit.title_matches.is_empty() || hit.other_match.is_some() || !veiled.contains(&hit.key.id);
    Ok(hits.filter(told).collect())
}

/// The fields that a hit is made of.
fn shown(object: &Object) -> Vec<String> {
    let mut names = document::columns(object);
    names.extend(object.code.iter().chain(&object.subtitle).filter(|name| object.field(name).is_some()).cloned());
    names.sort();
    names.dedup();
    names
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
