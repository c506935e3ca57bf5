//! Where the password of a database comes from when a command prints it. It is asked for with the first connection and
//! kept in memory for those that follow.

use crate::domain::password::Password;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Asks for a password; why there is none.
pub type AskPassword = Box<dyn Fn() -> Result<Password, String> + Send>;

/// The sources of this process, by the address of the store.
static SOURCES: Mutex<BTreeMap<PathBuf, Source>> = Mutex::new(BTreeMap::new());

/// A source, and what it has given.
#[derive(Clone)]
pub(super) struct Source(Arc<Mutex<(AskPassword, Option<Password>)>>);

/// From now on the password for this very address is asked for so, unless there is such a way already.
pub fn ask_password(path: &Path, ask: AskPassword) {
    let mut sources = SOURCES.lock().unwrap_or_else(PoisonError::into_inner);
    sources.entry(path.to_owned()).or_insert_with(|| Source(Arc::new(Mutex::new((ask, None)))));
}

impl Source {
    /// The one for an address.
    pub(super) fn of(path: &Path) -> Option<Source> {
        SOURCES.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The password. Those who ask meanwhile wait for the same answer.
    #[cfg_attr(not(any(feature = "postgres", test)), expect(dead_code, reason = "only databases have passwords"))]
    pub(super) fn password(&self) -> Result<Password, String> {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if source.1.is_none() {
            source.1 = Some(source.0()?);
        }
        Ok(source.1.clone().unwrap_or_else(|| Password::new("")))
    }

    /// It was not the right one: the next connection asks again.
    #[cfg_attr(not(any(feature = "postgres", test)), expect(dead_code, reason = "only databases have passwords"))]
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = None;
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Source) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Source {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_password_is_asked_for_once_until_it_is_refused() {
        let path = Path::new("postgres://asked@localhost/once");
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let ask = move || match count.fetch_add(1, Ordering::SeqCst) {
            0 => Err("no".to_owned()),
            n => Ok(Password::new(n.to_string())),
        };
        assert!(Source::of(path).is_none());
        ask_password(path, Box::new(ask));
        ask_password(path, Box::new(|| Err("another".to_owned())));
        assert!(Source::of(Path::new("postgres://asked@elsewhere/once")).is_none(), "no other server is told");
        let given = || Source::of(path).and_then(|s| s.password().ok()).map(|p| p.bytes().to_vec());
        assert_eq!((given(), given(), given()), (None, Some(b"1".to_vec()), Some(b"1".to_vec())));
        if let Some(source) = Source::of(path) {
            source.forget();
        }
        assert_eq!(given(), Some(b"2".to_vec()));
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
