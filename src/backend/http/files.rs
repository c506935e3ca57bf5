//! Attached files: kept on this machine under their content, so that each is fetched once.

use super::{HttpBackend, Inner};
use crate::api::Endpoint;
use crate::api::Method;
use crate::api::endpoint::{Attach, GetFile, path_of};
use crate::api::payload::{FileQuery, NameQuery};
use crate::backend::Answer;
use crate::contract::error::Error;
use crate::domain::record::RecordKey;
use crate::domain::value::FileRef;
use crate::msg;
use crate::store::files::FileFolder;
use std::path::{Path, PathBuf};

/// The folder of the files that were sent or fetched, in the folder of a server.
pub fn attached(cache: &Path) -> FileFolder {
    FileFolder::beside(&cache.join("attached"))
}

impl Inner {
    fn folder(&self) -> FileFolder {
        attached(&self.cache)
    }

    fn address<Q: serde::Serialize>(path: String, query: &Q) -> String {
        format!("{path}?{}", serde_urlencoded::to_string(query).unwrap_or_default())
    }

    async fn fetch(&self, file: &FileRef, of: Option<RecordKey>) -> Result<PathBuf, Error> {
        if let Ok(path) = self.folder().open_copy(file) {
            return Ok(path);
        }
        let (object, id) = of.map(|key| (key.object, key.id)).unzip();
        let query = FileQuery { name: file.name.clone(), size: file.size, object, id };
        let address = Inner::address(path_of(GetFile::PATH, &[&file.hash]), &query);
        let bytes = self.client.bytes(Method::Get, &address, None).await?;
        let scratch = self.cache.join(format!("fetching-{}", super::client::random_key()));
        let kept = self.take(&scratch, file, &bytes);
        let _ = std::fs::remove_dir_all(&scratch);
        if kept?.hash != file.hash {
            return Err(Error::Corrupt(msg!("http-file-changed", name = file.name)));
        }
        Ok(self.folder().open_copy(file)?)
    }

    fn take(&self, scratch: &Path, file: &FileRef, bytes: &[u8]) -> Result<FileRef, Error> {
        let failed = |error: std::io::Error| Error::Other(msg!("api-file", reason = error));
        std::fs::create_dir_all(scratch).map_err(failed)?;
        // A name from elsewhere never leads out of the folder.
        let name = Path::new(&file.name).file_name().map_or_else(|| "file".into(), |name| name.to_owned());
        let path = scratch.join(name);
        std::fs::write(&path, bytes).map_err(failed)?;
        Ok(self.folder().keep(&path)?)
    }
}

impl HttpBackend {
    /// Sends a file of this machine.
    pub(super) fn send_file(&self, path: PathBuf) -> Answer<'_, FileRef> {
        self.run(false, move |inner| async move {
            let failed = |error: std::io::Error| Error::Other(msg!("api-file", reason = error));
            std::fs::create_dir_all(&inner.cache).map_err(failed)?;
            // What can't be attached is told without asking the server.
            let kept = inner.folder().keep(&path)?;
            let copy = inner.folder().open_copy(&kept)?;
            let bytes = tokio::fs::read(copy).await.map_err(failed)?;
            let address = Inner::address(path_of(Attach::PATH, &[]), &NameQuery { name: kept.name.clone() });
            let answer = inner.client.bytes(Method::Post, &address, Some(bytes.into())).await?;
            let url = inner.client.url();
            serde_json::from_slice(&answer).map_err(|e| Error::Other(msg!("http-garbage", url = url, reason = e)))
        })
    }

    /// A copy of an attached file on this machine.
    pub(super) fn fetch_file(&self, file: FileRef, of: Option<RecordKey>) -> Answer<'_, PathBuf> {
        self.run(true, move |inner| async move { inner.fetch(&file, of).await })
    }
}
