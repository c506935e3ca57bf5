//! Attached files: in and out as they are.

use super::failure::Failure;
use super::routes::{Call, Routes};
use crate::api::ProblemKind;
use crate::api::endpoint::{Attach, GetFile};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::domain::record::RecordKey;
use crate::domain::value::FileRef;
use crate::msg;
use crate::store::files::MAX_BYTES;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::{StreamExt, stream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The longest name of a file, in bytes.
const LONGEST: usize = 255;
const CHUNK: usize = 64 * 1024;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.raw(Attach, attach).raw(GetFile, send)
}

/// A folder of its own that is gone when it is dropped.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn new() -> std::io::Result<Scratch> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
        let random = u64::from_le_bytes(random);
        let path = std::env::temp_dir().join(format!("tcrm-{}-{number}-{random:x}", std::process::id()));
        let mut folder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            folder.mode(0o700);
        }
        folder.create(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Whether a name is one file's, without folders.
fn is_name(name: &str) -> bool {
    let is_bad = |c: char| matches!(c, '/' | '\\') || c.is_control();
    !name.trim().is_empty() && name.len() <= LONGEST && !matches!(name, "." | "..") && !name.contains(is_bad)
}

async fn attach(call: Call<Attach>, body: Body) -> Result<Response<Body>, Failure> {
    let name = &call.query.name;
    if !is_name(name) {
        return Err(Error::field("name", msg!("api-file-name")).into());
    }
    let failed = |error: std::io::Error| Error::Other(msg!("api-file", reason = error));
    let scratch = Scratch::new().map_err(failed)?;
    let path = scratch.0.join(name);
    let mut file = File::create(&path).await.map_err(failed)?;
    let (mut stream, mut size) = (body.into_data_stream(), 0_u64);
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|error| Failure::Server(ProblemKind::Malformed, msg!("api-malformed", reason = error)))?;
        size += chunk.len() as u64;
        if size > MAX_BYTES {
            let message = msg!("api-too-large", limit = MAX_BYTES / 1024);
            return Err(Failure::Server(ProblemKind::TooLarge, message));
        }
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    drop(file);
    let kept = call.backend().attach(path).await?;
    let mut response = Response::new(Body::from(serde_json::to_vec(&kept).unwrap_or_default()));
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(crate::api::JSON));
    Ok(response)
}

async fn send(call: Call<GetFile>, _: Body) -> Result<Response<Body>, Failure> {
    let (name, hash) = (call.query.name.clone(), call.part("hash").to_owned());
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hash || !is_name(&name) {
        return Err(Error::NotFound(msg!("api-no-file", name = name)).into());
    }
    let of = call.query.object.clone().zip(call.query.id).map(|(object, id)| RecordKey { object, id });
    let path = call.backend().file(FileRef { name, size: call.query.size, hash }, of).await?;
    stream_file(&path).await
}

/// A file as the body of an answer, to be kept and not to be shown.
pub(super) async fn stream_file(path: &Path) -> Result<Response<Body>, Failure> {
    let failed = |error: std::io::Error| Error::Other(msg!("api-file", reason = error));
    let file = File::open(path).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    let chunks = stream::unfold(file, |mut file| async move {
        let mut chunk = Vec::with_capacity(CHUNK);
        match (&mut file).take(CHUNK as u64).read_to_end(&mut chunk).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(chunk), file)),
            Err(error) => Some((Err(error), file)),
        }
    });
    // Whoever packs it asks again after its end.
    let mut response = Response::new(Body::from_stream(chunks.fuse()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    // What is attached is never shown by a browser as a page of this server's.
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_anywhere() {
        for good in ["报价, 最终.txt", "a", ".hidden", "a..b"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", " ", ".", "..", "../a", "a/b", "a\\b", "a\0b", "a\nb", &"x".repeat(256)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
