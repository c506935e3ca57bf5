//! What one wants to see of someone before calling: the record, its people, what was said last, what is open.

use super::Backend;
use crate::contract::dossier::Dossier;
use crate::contract::error::Error;
use crate::contract::request::{Page, Query};
use crate::domain::id::Id;
use crate::domain::record::{Record, RecordKey};
use crate::schema::model::{Field, Object, Schema, SortKey};
use futures_util::future::try_join4;

/// The most records of each kind.
const EACH: usize = 5;
/// Who can be called.
const CALLED: [&str; 3] = ["contact", "lead", "customer"];

/// Collects the dossier of a record. `NotFound` if there is no such record.
pub async fn dossier(backend: &dyn Backend, key: RecordKey) -> Result<Dossier, Error> {
    let view = backend.get(key).await?;
    let schema = backend.schema();
    let part = |object: &str, filter: &str, field: &str, descending: bool| {
        let about = about(&schema, &view.record, object);
        let sort = vec![SortKey { field: field.to_owned(), descending }];
        let object = object.to_owned();
        let filter = about.map(|about| format!("{about} {filter}"));
        async move {
            let Some(filter) = filter else { return Ok(Page::default()) };
            backend.query(Query { object, filter, sort, limit: EACH, ..Query::default() }).await
        }
    };
    let mut whom = Vec::new();
    for target in CALLED.into_iter().filter(|target| *target != view.record.object) {
        if let Some(id) = party(&schema, &view.record, target) {
            match backend.get(RecordKey { object: target.to_owned(), id }).await {
                Ok(one) => whom.push(one),
                // Who may not see them sees the rest.
                Err(Error::NotFound(_) | Error::Denied(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    // All at once: over a network each would be a round trip.
    let (contacts, activities, deals, tasks) = try_join4(
        part("contact", "", "primary", true),
        part("activity", "state:done", "at", true),
        part("opportunity", "status:open", "close_date", false),
        part("task", "-state:done -state:cancelled", "due", false),
    )
    .await?;
    Ok(Dossier { whom, contacts, activities, deals, tasks, view })
}

/// The filter for the records of an object that belong to a record, or to its customer.
fn about(schema: &Schema, record: &Record, object: &str) -> Option<String> {
    let object = schema.object(object)?;
    let by = |field: &str, target: &str, id: Id| refers(object, field, target).then(|| format!("{field}:{id}"));
    let direct = by(&record.object, &record.object, record.id);
    let of = |target: &str| by(target, target, party(schema, record, target)?);
    direct.or_else(|| of("customer")).or_else(|| of("lead")).or_else(|| of("contact"))
}

/// Whom a record leads to: what its first reference to such an object holds.
fn party(schema: &Schema, record: &Record, target: &str) -> Option<Id> {
    let fields = &schema.object(&record.object)?.fields;
    let to = |f: &&Field| !f.retired && !f.is_system() && !f.kind.is_many() && f.kind.target() == Some(target);
    fields.iter().filter(to).find_map(|f| record.get(&f.name).as_ref_id())
}

fn refers(object: &Object, field: &str, target: &str) -> bool {
    object.field(field).is_some_and(|f| f.kind.target() == Some(target) && !f.kind.is_many())
}
