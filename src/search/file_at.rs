//! A file read and written by position, by several threads at once, without a cursor.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file whose parts are read when they are needed.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    damaged: AtomicBool,
}

impl Source {
    /// Takes a file over.
    pub(super) fn new(file: File) -> Arc<Source> {
        Arc::new(Source { file, damaged: AtomicBool::new(false) })
    }

    /// Fills `bytes` from the position on.
    pub(super) fn read_at(&self, mut bytes: &mut [u8], mut at: u64) -> Result<()> {
        while !bytes.is_empty() {
            match read_some(&self.file, bytes, at) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    at += as_u64(count);
                    bytes = bytes.get_mut(count..).unwrap_or_default();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes all of `bytes` at the position.
    pub(super) fn write_at(&self, mut bytes: &[u8], mut at: u64) -> Result<()> {
        while !bytes.is_empty() {
            match write_some(&self.file, bytes, at) {
                Ok(0) => return Err(Error::from(ErrorKind::WriteZero)),
                Ok(count) => {
                    at += as_u64(count);
                    bytes = bytes.get(count..).unwrap_or_default();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Remembers that something in the file is not what was written.
    pub(super) fn set_damaged(&self) {
        self.damaged.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
fn read_some(file: &File, bytes: &mut [u8], at: u64) -> Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(unix)]
fn write_some(file: &File, bytes: &[u8], at: u64) -> Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, at)
}

#[cfg(windows)]
fn read_some(file: &File, bytes: &mut [u8], at: u64) -> Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

#[cfg(windows)]
fn write_some(file: &File, bytes: &[u8], at: u64) -> Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, at)
}

pub(super) fn as_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// Reads or writes a source from a position on.
pub(super) struct Cursor {
    pub(super) source: Arc<Source>,
    pub(super) at: u64,
}

impl Read for Cursor {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        let count = read_some(&self.source.file, bytes, self.at)?;
        self.at += as_u64(count);
        Ok(count)
    }
}

impl Write for Cursor {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.source.write_at(bytes, self.at)?;
        self.at += as_u64(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
