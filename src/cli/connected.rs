//! What a command works on: a store of this machine, or a server.

use super::failure::Failure;
use super::remote::Remote;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::msg;
use std::ops::Deref;

/// An open backend.
pub(super) enum Connected {
    /// A store of this machine.
    Local(Box<LocalBackend>),
    /// A server.
    #[cfg(feature = "network")]
    Http(Box<dyn Backend>),
}

impl Deref for Connected {
    type Target = dyn Backend;

    fn deref(&self) -> &(dyn Backend + 'static) {
        match self {
            Connected::Local(backend) => &**backend,
            #[cfg(feature = "network")]
            Connected::Http(backend) => &**backend,
        }
    }
}

impl Connected {
    /// The store, if it is one of this machine.
    pub(super) fn local(&self) -> Option<&LocalBackend> {
        match self {
            Connected::Local(backend) => Some(backend),
            #[cfg(feature = "network")]
            Connected::Http(_) => None,
        }
    }

    /// The store, for what only works on the file itself.
    pub(super) fn into_local(self) -> Result<LocalBackend, Failure> {
        match self {
            Connected::Local(backend) => Ok(*backend),
            #[cfg(feature = "network")]
            Connected::Http(_) => Err(only_here()),
        }
    }
}

/// What only works on the file itself was asked of a server.
pub(super) fn only_here() -> Failure {
    Failure::Usage(msg!("cli-only-local"))
}

impl From<LocalBackend> for Connected {
    fn from(backend: LocalBackend) -> Connected {
        Connected::Local(Box::new(backend))
    }
}

impl TryFrom<&Remote> for Connected {
    type Error = Failure;

    fn try_from(remote: &Remote) -> Result<Connected, Failure> {
        remote.connect()
    }
}
