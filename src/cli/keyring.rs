//! The token of a server in the keyring of the system: the Secret Service of a desktop, Keychain, Credential Manager.

use super::failure::Failure;
use crate::domain::password::Password;

/// The token for a server; `None` if there is none.
pub(super) fn get(url: &str) -> Result<Option<Password>, Failure> {
    Ok(within::get(url)?.map(Password::new))
}

/// Keeps the token for a server in the place of the one before.
pub(super) fn put(url: &str, token: &str) -> Result<(), Failure> {
    within::put(url, token)
}

/// Forgets the token for a server, if there is one.
pub(super) fn forget(url: &str) -> Result<(), Failure> {
    within::forget(url)
}

#[cfg(feature = "keyring")]
mod within {
    use super::Failure;
    use crate::msg;
    use keyring_core::{Entry, Error, Result};
    use std::sync::mpsc;
    use std::time::Duration;

    /// By what its entries are known among those of other programs.
    const SERVICE: &str = "tcrm";
    /// How long a keyring may take: one that is locked asks its owner, or waits for ever.
    const PATIENCE: Duration = Duration::from_secs(60);

    pub(super) fn get(url: &str) -> std::result::Result<Option<String>, Failure> {
        ask(url, |entry| match entry.get_password() {
            Ok(token) => Ok(Some(token)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    pub(super) fn put(url: &str, token: &str) -> std::result::Result<(), Failure> {
        let token = zeroize::Zeroizing::new(token.to_owned());
        ask(url, move |entry| entry.set_password(&token))
    }

    pub(super) fn forget(url: &str) -> std::result::Result<(), Failure> {
        ask(url, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        })
    }

    /// Asks on a thread of its own, which is left alone when it takes too long.
    fn ask<T: Send + 'static>(
        url: &str,
        work: impl FnOnce(Entry) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, Failure> {
        let url = url.trim_end_matches('/').to_owned();
        let (answer, answers) = mpsc::channel();
        let asked = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let _ =
                answer.send(ready().and_then(|()| {
                    work(Entry::new(SERVICE, &url).map_err(|e| e.to_string())?).map_err(|e| e.to_string())
                }));
        });
        let failed = |reason: String| Failure::Other(1, msg!("cli-keyring", reason = reason));
        asked.map_err(|error| failed(error.to_string()))?;
        match answers.recv_timeout(PATIENCE) {
            Ok(answer) => answer.map_err(failed),
            Err(_) => Err(Failure::Other(1, msg!("cli-keyring-silent"))),
        }
    }

    /// The system's own keyring, unless another one was chosen.
    fn ready() -> std::result::Result<(), String> {
        if keyring_core::get_default_store().is_some() {
            return Ok(());
        }
        keyring::Entry::store_status().as_ref().map(|_| ()).map_err(ToString::to_string)
    }

    #[cfg(test)]
    mod tests {
        #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
        use super::*;

        #[test]
        fn a_token_is_kept_replaced_and_forgotten_by_server() {
            keyring_core::set_default_store(keyring_core::mock::Store::new().unwrap());
            let (here, there) = ("https://crm.example.com/", "https://crm.example.org");
            assert_eq!(get(here).ok().unwrap(), None);
            put(here, "one").ok().unwrap();
            put(there, "other").ok().unwrap();
            put("https://crm.example.com", "two").ok().unwrap();
            assert_eq!(get(here).ok().unwrap().as_deref(), Some("two"));
            forget(here).ok().unwrap();
            forget(here).ok().unwrap();
            assert_eq!(get(here).ok().unwrap(), None);
            assert_eq!(get(there).ok().unwrap().as_deref(), Some("other"));
            let entry = Entry::new(SERVICE, there).unwrap();
            let mock = entry.as_any().downcast_ref::<keyring_core::mock::Cred>().unwrap();
            mock.set_error(Error::NoStorageAccess("locked".into()));
            match get(there) {
                Err(Failure::Other(1, message)) => assert_eq!(message.key, "cli-keyring"),
                _ => panic!("a keyring that is locked"),
            }
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod within {
    use super::Failure;
    use crate::msg;

    fn not_built() -> Failure {
        Failure::Other(3, msg!("cli-keyring-not-built"))
    }

    pub(super) fn get(_: &str) -> Result<Option<String>, Failure> {
        Err(not_built())
    }

    pub(super) fn put(_: &str, _: &str) -> Result<(), Failure> {
        Err(not_built())
    }

    pub(super) fn forget(_: &str) -> Result<(), Failure> {
        Err(not_built())
    }
}
