//! A file that appears under its name whole or not at all. A link is followed to its file; what is no
//! regular file (a pipe, a device) is written to as it stands.

use super::Error;
use crate::msg;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written beside its final place.
#[derive(Debug)]
pub struct Output {
    writer: Option<BufWriter<File>>,
    /// Where it is written until it is whole; `None` where it is written in place.
    part: Option<PathBuf>,
    path: PathBuf,
}

impl Output {
    /// Begins a file; what stands under its name stays until [`Output::finish`].
    pub fn create(path: &Path) -> Result<Output, Error> {
        if path.is_dir() {
            return Err(Error::Invalid(msg!("transfer-directory", path = path.display())));
        }
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if path.metadata().is_ok_and(|m| !m.is_file()) {
            let file = OpenOptions::new().write(true).open(path);
            let file = file.map_err(|e| Error::io(&path.display().to_string(), &e))?;
            return Ok(Output { writer: Some(BufWriter::new(file)), part: None, path: path.to_owned() });
        }
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&part);
        let file = file.map_err(|e| Error::making(path, &e))?;
        Ok(Output { writer: Some(BufWriter::new(file)), part: Some(part), path: path.to_owned() })
    }

    /// Puts the file in its place.
    pub fn finish(mut self) -> Result<(), Error> {
        let fail = |e: std::io::Error| Error::io(&self.path.display().to_string(), &e);
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(|e| fail(e.into_error()))?;
            if self.part.is_some() {
                file.sync_all().map_err(fail)?;
            }
        }
        match &self.part {
            Some(part) => std::fs::rename(part, &self.path).map_err(fail),
            None => Ok(()),
        }
    }
}

impl Write for Output {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.writer.as_mut().map_or(Ok(0), |w| w.write(buf))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), |w| w.flush())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name any more.
        if let Some(part) = &self.part {
            let _ = std::fs::remove_file(part);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        std::fs::write(&path, "old").unwrap();
        let mut dropped = Output::create(&path).unwrap();
        dropped.write_all(b"half").unwrap();
        drop(dropped);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        let mut whole = Output::create(&path).unwrap();
        whole.write_all(b"new").unwrap();
        whole.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Output::create(&folder.path().join("no/such/out.csv")).unwrap_err();
        assert_eq!(error.message().key, "transfer-no-folder");
        assert!(error.message().arg("path").unwrap().ends_with("no/such"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_to_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
        std::fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut output = Output::create(&link).unwrap();
        output.write_all(b"new").unwrap();
        output.finish().unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "new");
    }
}
