//! Paths of files on this machine as people type, paste and drop them.

use crate::config::place;
use crate::contract::error::Error;
use crate::msg;
use std::fs;
use std::path::{Path, PathBuf};

/// The most completions that are given.
const LIMIT: usize = 500;

/// The path that a text means: `~`, quotes, `file://` addresses and escaped blanks, as terminals paste them.
pub fn read(text: &str) -> PathBuf {
    read_with(text, place::home().as_deref())
}

fn read_with(text: &str, home: Option<&Path>) -> PathBuf {
    let text = text.trim();
    let quoted = ['"', '\''].iter().find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q));
    if let Some(inner) = quoted {
        return PathBuf::from(inner);
    }
    if let Some(address) = text.strip_prefix("file://") {
        let path = address.find('/').and_then(|at| address.get(at..)).unwrap_or(address);
        return PathBuf::from(decoded(path));
    }
    let plain = text.replace("\\ ", " ");
    match (plain.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_owned(),
        (Some(rest), Some(home)) if rest.starts_with('/') => home.join(rest.trim_start_matches('/')),
        _ => PathBuf::from(plain),
    }
}

/// The text of an address with `%20` and the like.
fn decoded(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).filter(|_| *first == b'%').and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a typed path may go on as, in order; folders end in `/`. Hidden files only after a dot.
pub fn completions(typed: &str) -> Result<Vec<String>, Error> {
    let typed = if typed == "~" { "~/" } else { typed };
    let (folder, start) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let path = if folder.is_empty() { PathBuf::from(".") } else { read(folder) };
    let fail = |e: std::io::Error| Error::NotFound(msg!("backend-no-folder", path = path.display(), why = e));
    let wanted = start.to_lowercase();
    let mut found = Vec::new();
    for entry in fs::read_dir(&path).map_err(fail)?.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if !name.to_lowercase().starts_with(&wanted) || (name.starts_with('.') && !start.starts_with('.')) {
            continue;
        }
        let end = if entry.path().is_dir() { "/" } else { "" };
        found.push(format!("{folder}{name}{end}"));
    }
    found.sort_by_key(|path| path.to_lowercase());
    found.truncate(LIMIT);
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn paths_are_read_as_terminals_paste_them() {
        let home = PathBuf::from("/home/li");
        for (text, path) in [
            (" ./a.pdf ", "./a.pdf"),
            ("~/报价.pdf", "/home/li/报价.pdf"),
            ("~", "/home/li"),
            ("~li/a", "~li/a"),
            ("'/tmp/my file.pdf'", "/tmp/my file.pdf"),
            ("\"/tmp/~.pdf\"", "/tmp/~.pdf"),
            ("/tmp/my\\ file.pdf", "/tmp/my file.pdf"),
            ("file:///tmp/my%20%E6%8A%A5.pdf", "/tmp/my 报.pdf"),
            ("file://host/tmp/100%", "/tmp/100%"),
        ] {
            assert_eq!(read_with(text, Some(&home)), PathBuf::from(path), "{text}");
        }
    }

    #[test]
    fn a_path_is_completed_from_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["Offer.pdf", "order.txt", ".hidden", "合同.doc"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        fs::create_dir(dir.path().join("old")).unwrap();
        let base = format!("{}/", dir.path().display());
        let complete = |typed: &str| -> Vec<String> {
            let found = completions(&format!("{base}{typed}")).unwrap();
            found.iter().map(|p| p.strip_prefix(&base).unwrap().to_owned()).collect()
        };
        assert_eq!(complete("o"), ["Offer.pdf", "old/", "order.txt"]);
        assert_eq!(complete("合"), ["合同.doc"]);
        assert_eq!(complete("."), [".hidden"]);
        assert_eq!(complete("").len(), 4);
        assert!(complete("z").is_empty());
        assert!(matches!(completions(&format!("{base}none/")), Err(Error::NotFound(_))));
    }
}
