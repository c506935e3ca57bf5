//! Attached files without the server: what was opened before is read here, and what is attached is sent with what
//! refers to it.

use super::Inner;
use crate::backend::Backend;
use crate::backend::http::{HttpBackend, attached};
use crate::backend::local::OutboxRow;
use crate::contract::error::Error;
use crate::domain::value::FileRef;
use crate::msg;
use crate::store::files::FileFolder;
use serde_json::Value as Json;
use std::path::PathBuf;

impl Inner {
    /// The files that were attached here and may not be on the server.
    fn own_files(&self) -> FileFolder {
        FileFolder::beside(&self.options.folder.join(super::CACHE))
    }

    /// A copy of a file that was attached here, or fetched while the server was there.
    pub(super) fn kept_file(&self, file: &FileRef) -> Result<PathBuf, Error> {
        let fetched = attached(&self.options.http.cache);
        match [self.own_files(), fetched].iter().find(|folder| folder.holds(file)) {
            Some(folder) => Ok(folder.open_copy(file)?),
            None => Err(Error::Offline(msg!("offline-no-file", name = file.name))),
        }
    }

    /// Sends the files that a write refers to and that were attached here: it is refused without them.
    pub(super) async fn send_files(&self, http: &HttpBackend, row: &OutboxRow) -> Result<(), Error> {
        let Ok(request) = serde_json::from_str(&row.queued.request) else { return Ok(()) };
        let folder = self.own_files();
        for file in files_in(&request).into_iter().filter(|file| folder.holds(file)) {
            let copy = folder.open_copy(&file)?;
            let there = http.attach(copy).await?;
            if there.hash != file.hash {
                return Err(Error::Corrupt(msg!("http-file-changed", name = file.name)));
            }
        }
        Ok(())
    }
}

/// The files that something names, wherever they stand in it.
fn files_in(request: &Json) -> Vec<FileRef> {
    match request {
        Json::Array(parts) => parts.iter().flat_map(files_in).collect(),
        Json::Object(fields) => match serde_json::from_value::<FileRef>(request.clone()) {
            Ok(file) => vec![file],
            Err(_) => fields.values().flat_map(files_in).collect(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_they_stand() {
        let file = |name: &str| serde_json::json!({ "name": name, "size": 3, "hash": "00" });
        let request = serde_json::json!({ "create": { "object": "contract", "fields":
            { "name": "甲", "files": [file("a"), file("b")], "lines": { "deep": [file("c")] } } } });
        let mut names: Vec<String> = files_in(&request).into_iter().map(|file| file.name).collect();
        names.sort();
        assert_eq!(names, ["a", "b", "c"]);
    }
}
