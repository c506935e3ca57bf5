//! What changed: by number, and as it happens.

use super::app::App;
use super::failure::Failure;
use super::routes::{Call, Routes, rows};
use crate::api::ProblemKind;
use crate::api::endpoint::{ListChanges, Watch};
use crate::api::payload::{Changed, Changes};
use crate::backend::Backend;
use crate::domain::journal::Entry;
use crate::domain::record::RecordKey;
use crate::msg;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use futures_util::stream;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Changes that are told where nothing is said.
const USUAL: usize = 200;
/// How often a sign of life is sent.
const ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes(routes: Routes) -> Routes {
    routes.on(ListChanges, changes).raw(Watch, events)
}

async fn changes(call: Call<ListChanges>) -> Result<Changes, Failure> {
    let Some(since) = call.query.since else {
        return Ok(Changes { next: call.backend().journal_head().await?, ..Changes::default() });
    };
    let feed = call.backend().feed(since, rows(call.query.limit.unwrap_or(USUAL))).await?;
    let feed = feed.ok_or_else(|| Failure::Server(ProblemKind::TooOld, msg!("api-too-old", number = since)))?;
    let (next, more) = (feed.next, feed.more);
    Ok(Changes { changes: feed.entries.into_iter().map(changed).collect(), next, more })
}

pub(super) fn changed(entry: Entry) -> Changed {
    let fields: BTreeSet<String> = entry.before.into_keys().chain(entry.after.into_keys()).collect();
    Changed {
        seq: entry.seq,
        txn: entry.txn,
        at: entry.at,
        key: RecordKey { object: entry.object, id: entry.record },
        version: entry.version,
        deed: entry.deed,
        fields: fields.into_iter().collect(),
    }
}

struct Listener {
    app: Arc<App>,
    changes: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    schema: Arc<str>,
    begun: bool,
}

async fn events(call: Call<Watch>, _: Body) -> Result<Response<Body>, Failure> {
    let mut changes = call.backend().changes();
    changes.borrow_and_update();
    let app = Arc::clone(&call.app);
    let (stopping, schema) = (app.stopping.subscribe(), app.schema().version);
    let listener = Listener { app, changes, stopping, schema, begun: false };
    let body = Body::from_stream(stream::unfold(listener, |mut listener| async move {
        let text = listener.next().await?;
        Some((Ok::<Bytes, Infallible>(Bytes::from(text)), listener))
    }));
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    Ok(response)
}

impl Listener {
    /// The next event; `None` when the server stops.
    async fn next(&mut self) -> Option<String> {
        if !std::mem::replace(&mut self.begun, true) {
            return Some(self.event().await);
        }
        let is_changed = tokio::select! {
            changed = self.changes.changed() => {
                changed.ok()?;
                true
            }
            _ = self.stopping.wait_for(|stop| *stop) => return None,
            () = tokio::time::sleep(ALIVE) => false,
        };
        if !is_changed {
            return Some(": alive\n\n".to_owned());
        }
        self.changes.borrow_and_update();
        Some(self.event().await)
    }

    async fn event(&mut self) -> String {
        let head = self.app.store.journal_head().await.unwrap_or_default();
        let version = self.app.schema().version;
        let schema = match *version == *self.schema {
            true => String::new(),
            false => format!("event: schema\ndata: {{\"schema\":\"{version}\"}}\n\n"),
        };
        self.schema = version;
        format!("{schema}id: {head}\nevent: change\ndata: {{\"seq\":{head}}}\n\n")
    }
}
