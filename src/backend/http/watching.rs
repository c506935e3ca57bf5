//! Hearing of changes as they happen, and the schema that is kept between starts.

use super::{HttpBackend, HttpOptions, Inner};
use crate::api::Endpoint;
use crate::api::endpoint::{Watch, path_of};
use crate::schema::model::Schema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// The first pause before the server is tried again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// A connection that is silent for so long is none any more.
const SILENCE: Duration = Duration::from_secs(50);

impl HttpBackend {
    /// Listens from now on, unless it does already.
    pub(super) fn listen(&self) {
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        if let (None, Some(handle)) = (&*listener, self.engine.handle()) {
            *listener = Some(handle.spawn(follow(Arc::downgrade(&self.inner))));
        }
    }
}

/// Listens as long as somebody uses the backend, again and again.
async fn follow(inner: std::sync::Weak<Inner>) {
    let mut pause = PAUSES.0;
    loop {
        let Some(of) = inner.upgrade() else { return };
        if of.hear().await {
            pause = PAUSES.0;
        }
        drop(of);
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

impl Inner {
    /// Hears events until the connection ends: whether there were any.
    async fn hear(&self) -> bool {
        let Ok(mut response) = self.client.stream(&path_of(Watch::PATH, &[])).await else { return false };
        let (mut text, mut heard) = (String::new(), false);
        loop {
            let chunk = match tokio::time::timeout(SILENCE, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                _ => return heard,
            };
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some(end) = text.find("\n\n") {
                let event: String = text.drain(..end + 2).collect();
                heard = true;
                self.take_event(&event).await;
            }
            if text.len() > 64 * 1024 {
                return heard;
            }
        }
    }

    async fn take_event(&self, event: &str) {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        match field("event:") {
            Some("schema") => {
                let told: Option<Told> = field("data:").and_then(|data| serde_json::from_str(data).ok());
                // Whoever asks next learns of it, if it can't be fetched now.
                let _ = self.take_up(told.as_ref().map(|told| told.schema.as_str())).await;
            }
            Some("change") => self.changes.send_modify(|n| *n += 1),
            _ => {}
        }
    }
}

#[derive(Deserialize)]
struct Told {
    schema: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: String,
    schema: Schema,
}

fn place(options: &HttpOptions) -> PathBuf {
    let digest = Sha256::digest(options.url.as_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    options.cache.join(format!("schema-{name}.json"))
}

/// The schema that a server had when it was asked last.
pub(super) fn kept_schema(options: &HttpOptions) -> Option<(String, Schema)> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(place(options)).ok()?).ok()?;
    Some((kept.version, kept.schema))
}

/// Keeps it for the next start; that it can't be kept is no failure.
pub(super) fn keep_schema(options: &HttpOptions, version: &str, schema: &Schema) {
    let path = place(options);
    if kept_schema(options).is_some_and(|(kept, _)| kept == version) {
        return;
    }
    let kept = Kept { version: version.to_owned(), schema: schema.clone() };
    let Ok(text) = serde_json::to_vec(&kept) else { return };
    let fresh = path.with_extension("new");
    let _ = std::fs::create_dir_all(&options.cache);
    let _ = std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, &path));
}
