//! A search without an index: a small one is made of the newest records, as many as can be read in a
//! moment, and of those whose code or title is exactly what was typed.

use super::document::{self, Document};
use crate::contract::error::Error;
use crate::contract::request::From as PageFrom;
use crate::domain::record::{Record, system};
use crate::domain::value::Value;
use crate::schema::model::{Object, Schema, SortKey};
use crate::search::{Builder, Hit, Query};
use crate::store::{Store, Which};
use std::collections::HashSet;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// How long all objects together may take.
const MOMENT: Duration = Duration::from_millis(10);
const PAGE: usize = 200;

/// The best hits among the records that can be read in a moment.
pub(super) fn search(
    store: &Store,
    schema: &Schema,
    objects: &[String],
    text: &str,
    limit: usize,
    cancel: &AtomicBool,
) -> Result<Vec<Hit>, Error> {
    let wanted: Vec<(u16, &Object)> = (0_u16..)
        .zip(&schema.objects)
        .filter(|(_, o)| o.searchable && (objects.is_empty() || objects.contains(&o.name)))
        .collect();
    let mut builder = Builder::new();
    let until = Instant::now() + MOMENT;
    let mut seen = HashSet::new();
    for (number, object) in &wanted {
        let mut put = |record: &Record| {
            if seen.insert((*number, record.id)) {
                Document::of(schema, object, record).with(*number, |doc| builder.push(doc));
            }
        };
        exact(store, object, text)?.iter().for_each(&mut put);
    }
    for (number, object) in &wanted {
        let sort = [SortKey { field: system::UPDATED_AT.to_owned(), descending: true }];
        let mut from = PageFrom::Start;
        loop {
            let which = Which { object: &object.name, filter: None, ids: None, words: &[] };
            let page = store.page(which, &sort, &document::columns(object), &from, PAGE)?;
            for (record, _) in &page.rows {
                if seen.insert((*number, record.id)) {
                    Document::of(schema, object, record).with(*number, |doc| builder.push(doc));
                }
            }
            match page.rows.last() {
                Some((_, cursor)) if page.more_after && Instant::now() < until => {
                    from = PageFrom::After(cursor.clone());
                }
                _ => break,
            }
        }
        if Instant::now() >= until {
            break;
        }
    }
    let index = builder.finish();
    let query = Query::new(text);
    index.search(&query, limit, cancel).map_err(|crate::search::Cancelled| Error::Cancelled)
}

fn exact(store: &Store, object: &Object, text: &str) -> Result<Vec<Record>, Error> {
    let value = Value::text(text.trim());
    let mut ids = Vec::new();
    for name in object.code.iter().chain([&object.title]) {
        let indexed = object.field(name).is_some_and(|f| f.index || f.unique);
        if indexed && !value.is_empty() {
            ids.extend(store.find_equal(&object.name, name, &value, 20)?);
        }
    }
    Ok(store.get_many(&object.name, &ids)?)
}
