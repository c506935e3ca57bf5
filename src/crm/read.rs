//! Reading: pages, counts, single records, names, history.

use super::rights::{Operation, Rights, Sight};
use super::{Crm, Finder, named, object};
use crate::contract::error::Error;
use crate::contract::request::History;
use crate::contract::request::{Count, CountRequest, From as PageFrom, HistoryRequest, Page, Query, Row, View};
use crate::domain::id::Id;
use crate::domain::journal::{Deed, Entry};
use crate::domain::message::Message;
use crate::domain::record::{Record, RecordKey, system};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::edit::is_form;
use crate::schema::filter::{self, BindContext, Bound, FilterError};
use crate::schema::model::{Object, Schema};
use crate::store::{StoreError, StorePage, Which};
use std::collections::{BTreeMap, BTreeSet};

/// The most rows of a page.
const MOST_ROWS: usize = 1_000;
/// The most entries of a history page.
const MOST_ENTRIES: usize = 1_000;
/// Candidates named when a text means several records.
const CANDIDATES: usize = 8;
/// Records of one name that are looked at for those that may be seen.
const MOST_NAMESAKES: usize = 10_000;
/// Who counts no further than this can do without all that may be seen.
const WORTH_FINDING: u64 = 100_000;
/// By how much more hits are asked for, when those of a page in the order of hits don't fill it.
const MORE_HITS: usize = 16;

impl Crm {
    /// A page of records.
    pub fn query(&self, query: &Query, finder: &dyn Finder) -> Result<Page, Error> {
        self.page(query, Operation::View, finder)
    }

    /// A page of the records that may be taken out of the house.
    pub fn export(&self, query: &Query, finder: &dyn Finder) -> Result<Page, Error> {
        self.page(query, Operation::Export, finder)
    }

    fn page(&self, query: &Query, operation: Operation, finder: &dyn Finder) -> Result<Page, Error> {
        let schema = self.schema();
        let object = object(&schema, &query.object)?;
        let limit = query.limit.clamp(1, MOST_ROWS);
        let _snapshot = self.store.snapshot()?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        if let Some(why) = sight.refusal(operation, &object.name, None)? {
            return Err(Error::Denied(why));
        }
        let asked = self.asked(&schema, object, &query.filter, (&rights, operation, true))?;
        query.sort.iter().try_for_each(|key| rights.may_see(object, &key.field))?;
        let page = match &asked {
            Some(asked) if query.sort.is_empty() && !asked.leading.is_empty() => {
                self.page_of_hits(object, asked, query, limit, (&rights, finder))?
            }
            _ => {
                let words = asked.as_ref().map_or(Ok(Vec::new()), |a| answers(object, &a.bound, finder))?;
                let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
                let filter = asked.as_ref().map(|a| &a.bound);
                let which = Which { object: &object.name, filter, ids: None, words: &words };
                let mut sort = if query.sort.is_empty() { object.sort.clone() } else { query.sort.clone() };
                sort.retain(|key| !rights.is_hidden(&object.name, &key.field));
                self.store.page(which, &sort, &query.columns, &query.from, limit)?
            }
        };
        let mut page = page;
        sight.hide(&object.name, page.rows.iter_mut().map(|(record, _)| record))?;
        let row = |(record, cursor): (Record, _)| Row { record, cursor };
        let rows: Vec<Row> = page.rows.into_iter().map(row).collect();
        let titles = sight.titles_of(rows.iter().map(|row| &row.record))?;
        Ok(Page { rows, titles, more_before: page.more_before, more_after: page.more_after })
    }

    /// How many records match, counted up to a limit.
    pub fn count(&self, request: &CountRequest, finder: &dyn Finder) -> Result<Count, Error> {
        let schema = self.schema();
        let object = object(&schema, &request.object)?;
        let _snapshot = self.store.snapshot()?;
        let rights = self.rights()?;
        Sight { store: &self.store, rights: &rights }.may_view(&object.name)?;
        let asked = self.asked(&schema, object, &request.filter, (&rights, Operation::View, false))?;
        if let Some(found) = self.counted(object, asked.as_ref(), request.cap, (&rights, finder))? {
            return Ok(Count { value: found.min(request.cap), capped: found > request.cap });
        }
        let words = asked.as_ref().map_or(Ok(Vec::new()), |a| answers(object, &a.bound, finder))?;
        let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
        let filter = asked.as_ref().map(|a| &a.bound);
        let which = Which { object: &object.name, filter, ids: None, words: &words };
        let (value, capped) = self.store.count(which, request.cap)?;
        Ok(Count { value, capped })
    }

    /// How many records match where that is known without counting rows: all that may be seen, or the hits among them.
    fn counted(
        &self,
        object: &Object,
        asked: Option<&Asked>,
        cap: u64,
        (rights, finder): (&Rights, &dyn Finder),
    ) -> Result<Option<u64>, Error> {
        let Some(asked) = asked else { return Ok(None) };
        let visible = match &asked.own {
            Bound::All if cap < WORTH_FINDING => self.visible_if_known(rights, &object.name)?,
            Bound::All | Bound::Words(_) => self.visible(rights, &object.name)?,
            _ => return Ok(None),
        };
        Ok(match &asked.own {
            // The search has counted already.
            Bound::Words(words) => {
                Some(finder.all_among(&object.name, &words.join(" "), visible.as_ref())?.len() as u64)
            }
            _ => visible.map(|visible| visible.ids().len() as u64),
        })
    }

    /// One whole record with the titles of what it refers to.
    pub fn get(&self, key: &RecordKey) -> Result<View, Error> {
        if is_form(&key.object) {
            return self.entry(key);
        }
        object(&self.schema(), &key.object)?;
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let mut record = sight.get(&key.object, key.id)?;
        sight.hide(&key.object, [&mut record])?;
        let titles = sight.titles_of([&record])?;
        Ok(View { record, titles })
    }

    /// The record that a person means by an id, a code or an exact title.
    pub fn resolve(&self, name: &str, text: &str) -> Result<Id, Error> {
        let schema = self.schema();
        let object = object(&schema, name)?;
        let text = text.trim();
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        // Who is meant by the name of a colleague is no secret.
        let is_open = rights.is_unlimited() || rights.seen_titles(name) == Bound::All;
        if let Ok(id) = text.parse::<Id>()
            && self.store.get(name, id)?.is_some()
            && (is_open || sight.reaches(Operation::View, name, id)?)
        {
            return Ok(id);
        }
        let value = Value::text(text);
        let fields = object.code.iter().chain([&object.title]).filter(|field| !rights.is_hidden(name, field));
        for field in fields.filter(|_| !value.is_empty()) {
            let most = if is_open { CANDIDATES } else { MOST_NAMESAKES };
            let mut ids = self.store.find_equal(name, field, &value, most)?;
            if !is_open {
                ids = sight.among(Operation::View, name, &ids)?;
                ids.truncate(CANDIDATES);
            }
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
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let mut entries = self.seen_entries(&sight, request, limit + 1)?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        sight.veil_entries(&mut entries)?;
        let titles = self.titles_of_entries(&sight, &entries.iter().collect::<Vec<_>>())?;
        Ok(History { entries, titles, more })
    }

    /// Journal entries about what may be seen, without what may not be seen of it. Of one record, all; else those of
    /// one's own and those that one has the right to look through.
    fn seen_entries(&self, sight: &Sight<'_>, request: &HistoryRequest, wanted: usize) -> Result<Vec<Entry>, Error> {
        let of = request.key.as_ref().map(|key| (key.object.as_str(), key.id));
        let read = |before, limit| Ok(self.store.journal(of, before, limit)?);
        self.seen_of(sight, request.key.as_ref(), request.before, wanted, read, |_| true)
    }

    /// The same of what `read` gives: as many entries, newest first, before a number. `keep` looks at them as they are
    /// told.
    pub(super) fn seen_of(
        &self,
        sight: &Sight<'_>,
        of: Option<&RecordKey>,
        mut before: Option<i64>,
        wanted: usize,
        read: impl Fn(Option<i64>, usize) -> Result<Vec<Entry>, Error>,
        keep: impl Fn(&Entry) -> bool,
    ) -> Result<Vec<Entry>, Error> {
        if sight.rights.is_unlimited() {
            return read(before, wanted);
        }
        if let Some(key) = of
            && !sight.reaches(Operation::View, &key.object, key.id)?
        {
            return Err(super::missing(&key.object, key.id));
        }
        let mut seen = Vec::new();
        while seen.len() < wanted {
            let entries = read(before, MOST_ENTRIES)?;
            let Some(last) = entries.last() else { break };
            before = Some(last.seq);
            let operation = if of.is_some() { Operation::View } else { Operation::Audit };
            let shown = shown(sight, operation, &entries)?;
            let own = if of.is_some() { BTreeSet::new() } else { self.own_entries(sight, &entries)? };
            let kept = entries.into_iter().filter(|e| shown.contains(&e.seq) || own.contains(&e.seq));
            seen.extend(kept.filter_map(|entry| told(sight.rights, entry)).filter(&keep));
        }
        seen.truncate(wanted);
        Ok(seen)
    }

    fn own_entries(&self, sight: &Sight<'_>, entries: &[Entry]) -> Result<BTreeSet<i64>, Error> {
        let own: Vec<Entry> = entries.iter().filter(|e| e.user == self.context.user).cloned().collect();
        shown(sight, Operation::View, &own)
    }
}

/// Those entries whose records an operation reaches; of records that are gone, where it reaches all.
fn shown(sight: &Sight<'_>, operation: Operation, entries: &[Entry]) -> Result<BTreeSet<i64>, Error> {
    let mut ids: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
    for entry in entries {
        ids.entry(&entry.object).or_default().insert(entry.record);
    }
    let mut seen: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
    for (object, ids) in ids {
        let ids: Vec<Id> = ids.into_iter().collect();
        seen.insert(object, sight.among(operation, object, &ids)?.into_iter().collect());
    }
    let is_seen = |entry: &&Entry| seen.get(entry.object.as_str()).is_some_and(|ids| ids.contains(&entry.record));
    Ok(entries.iter().filter(is_seen).map(|entry| entry.seq).collect())
}

/// An entry without the fields that may not be seen; `None` if it is about nothing else.
fn told(rights: &Rights, mut entry: Entry) -> Option<Entry> {
    let is_marked = |entry: &Entry| {
        let names = entry.before.keys().chain(entry.after.keys());
        names.into_iter().any(|name| !system::ALL.contains(&name.as_str()))
    };
    let had = is_marked(&entry);
    rights.strip_fields(&entry.object, &mut entry.before);
    rights.strip_fields(&entry.object, &mut entry.after);
    (entry.deed != Deed::Update || !had || is_marked(&entry)).then_some(entry)
}

/// A filter that was read.
pub(super) struct Asked {
    pub(super) bound: Bound,
    /// What was asked, without what rights have joined to it.
    own: Bound,
    /// Rights have joined something.
    limited: bool,
    /// The words that every match holds, to be found by the search; empty if there are none.
    leading: String,
    /// What is asked beside them.
    rest: Bound,
}

impl Crm {
    /// Reads a filter, and joins to it what of the records an operation reaches; `for_page` if they are asked for in
    /// their order.
    pub(super) fn asked(
        &self,
        schema: &Schema,
        object: &Object,
        text: &str,
        (rights, operation, for_page): (&Rights, Operation, bool),
    ) -> Result<Option<Asked>, Error> {
        let now = self.context.now();
        let context = BindContext { now: &now, me: self.context.user };
        let bound = filter::parse(schema, object, text, &context).map_err(|error| unreadable(text, error))?;
        rights.may_ask(object, &bound)?;
        let own = rights.narrowed(object, bound);
        let reach = self.reach_now(rights, &object.name, operation, for_page)?;
        let (limited, bound) = (reach != Bound::All, own.clone().and(reach));
        if bound == Bound::All {
            return Ok(None);
        }
        let leading = bound.words().join(" ");
        let rest = match &bound {
            Bound::Words(_) => Bound::All,
            Bound::And(parts) => Bound::And(parts.iter().filter(|p| !matches!(p, Bound::Words(_))).cloned().collect()),
            other => other.clone(),
        };
        Ok(Some(Asked { bound, own, limited, leading, rest }))
    }

    /// A page in the order of the hits: as many hits as it takes to fill it.
    fn page_of_hits(
        &self,
        object: &Object,
        asked: &Asked,
        query: &Query,
        limit: usize,
        (rights, finder): (&Rights, &dyn Finder),
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
        let among = if asked.limited { self.visible(rights, &object.name)? } else { None };
        loop {
            let ids = finder.ranked_among(&object.name, &asked.leading, wanted, among.as_ref())?;
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
